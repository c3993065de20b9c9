"""Reasons that a digraph has no Hamiltonian path, each checked again in one pass over its arcs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from algebra.shown import Shown
from tensors.attention.patterns.bits import Rows, bitset, closure, members, transpose

if TYPE_CHECKING:
    from networkx import DiGraph, Graph

MOST_REMOVED = 40
MOST_ARCS_MATCHED = 2_000_000


@dataclass(frozen=True)
class Obstacle(Shown):
    """A reason that there is no Hamiltonian path.

    Parameters
    ----------
    kind : str
        ``"condensation"``: two sets of tokens, neither of which can be left for the other. ``"sources"`` and
        ``"sinks"``: two tokens that nobody else attends to, or that attend to nobody else. ``"removal"``: tokens
        without which the rest falls into more than one part more than their number. ``"vertex-cover"``: fewer than
        n - 1 outgoing and incoming sides touch all arcs.
    sets : tuple of tuples of int
        The tokens in question.
    """

    kind: str
    sets: tuple[tuple[int, ...], ...]

    def certificate(self) -> dict[str, Any]:
        """Return the obstacle as plain JSON.

        Returns
        -------
        dict
            The keys ``kind`` and ``sets``.
        """
        return {"kind": self.kind, "sets": [list(tokens) for tokens in self.sets]}


def obstacle(arcs: Rows) -> Obstacle | None:
    """Look for a reason that a digraph without loops has no Hamiltonian path; None says nothing.

    Parameters
    ----------
    arcs : sequence of int
        For each token the set of tokens that it attends to, as bits, without itself.

    Returns
    -------
    Obstacle or None

    Examples
    --------
    >>> obstacle((0b110, 0b000, 0b000))
    Obstacle(kind='sinks', sets=((1, 2),))
    """
    found = _dead_ends(arcs) or _condensation(arcs) or _removal(arcs) or _vertex_cover(arcs)
    assert found is None or is_obstacle(arcs, found)
    return found


def is_obstacle(arcs: Sequence[int], found: Obstacle) -> bool:
    """Check a reason against the arcs alone.

    Parameters
    ----------
    arcs : sequence of int
        For each token the set of tokens that it attends to, as bits. Self-loops do not count.
    found : Obstacle

    Returns
    -------
    bool

    Examples
    --------
    >>> is_obstacle((0b110, 0b000, 0b000), Obstacle("sinks", ((1, 2),)))
    True
    >>> is_obstacle((0b110, 0b100, 0b000), Obstacle("sinks", ((1, 2),)))
    False
    """
    rows = tuple(row & ~(1 << token) for token, row in enumerate(arcs))

    # Two tokens without a way on, or without a way to them.
    if found.kind in ("sinks", "sources"):
        sides = rows if found.kind == "sinks" else transpose(rows)
        dead_ends = set(found.sets[0])
        return len(dead_ends) > 1 and all(sides[token] == 0 for token in dead_ends)

    # Two sets that are never left, with parts a and b, each in one of them alone.
    if found.kind == "condensation":
        a, b, first, second = map(bitset, found.sets)
        is_apart = bool(a & first and b & second) and not (a & second or b & first)
        return is_apart and _is_closed(rows, first) and _is_closed(rows, second)

    # A path without k tokens falls into at most k + 1 parts.
    if found.kind == "removal":
        removed = bitset(found.sets[0])
        return len(_weak_parts(rows, removed)) > removed.bit_count() + 1

    # A path has n - 1 arcs that share no side.
    left, right = map(bitset, found.sets)
    uncovered = any(row & ~right for token, row in enumerate(rows) if not left >> token & 1)
    return not uncovered and left.bit_count() + right.bit_count() < len(rows) - 1


def components(arcs: Rows) -> list[list[int]]:
    """Return the strongly connected components, those first from which arcs lead to the others.

    Examples
    --------
    >>> components((0b010, 0b001, 0b001))
    [[2], [0, 1]]
    """
    import networkx as nx

    graph: DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(arcs)))
    graph.add_edges_from((k, j) for k, row in enumerate(arcs) for j in members(row))
    parts = [sorted(part) for part in nx.strongly_connected_components(graph)]
    return parts[::-1]  # Tarjan's order: a component comes after all that it leads to


def _is_closed(rows: Rows, tokens: int) -> bool:
    return all(rows[token] & ~tokens == 0 for token in members(tokens))


def _dead_ends(arcs: Rows) -> Obstacle | None:
    for kind, sides in (("sinks", arcs), ("sources", transpose(arcs))):
        dead = [token for token, row in enumerate(sides) if not row]
        if len(dead) > 1:
            return Obstacle(kind, (tuple(dead),))
    return None


def _condensation(arcs: Rows) -> Obstacle | None:
    """Two components, neither of which leads to the other: a path could visit only one of them."""
    parts = components(arcs)
    for before, after in pairwise(parts):
        here, there = bitset(before), bitset(after)
        first, second = closure(arcs, here), closure(arcs, there)
        if not first & there:
            return Obstacle(
                "condensation", (tuple(before), tuple(after), tuple(members(first)), tuple(members(second)))
            )
    return None


def _weak_parts(arcs: Rows, removed: int) -> list[int]:
    left = ((1 << len(arcs)) - 1) & ~removed
    both = [a | b for a, b in zip(arcs, transpose(arcs), strict=True)]
    return _parts(both, left)


def _parts(both: list[int], left: int) -> list[int]:
    found = []
    while left:
        part = fresh = left & -left
        while fresh:
            union = 0
            for token in members(fresh):
                union |= both[token]
            fresh = union & left & ~part
            part |= fresh
        found.append(part)
        left &= ~part
    return found


def _removal(arcs: Rows) -> Obstacle | None:
    """Take away the tokens with the most neighbours, one after the other, or any one token."""
    n = len(arcs)
    both = [a | b for a, b in zip(arcs, transpose(arcs), strict=True)]
    full = (1 << n) - 1
    hubs = sorted(range(n), key=lambda token: -both[token].bit_count())
    tries = [hubs[:count] for count in range(min(MOST_REMOVED, n // 2) + 1)]
    tries += [[token] for token in hubs[1 : MOST_REMOVED + 1]]
    tries += [list(members(both[token])) for token in hubs[: -MOST_REMOVED - 1 : -1]]
    for tokens in tries:
        removed = bitset(tokens)
        if len(_parts(both, full & ~removed)) > len(tokens) + 1:
            return Obstacle("removal", (tuple(sorted(tokens)),))
    return None


def _vertex_cover(arcs: Rows) -> Obstacle | None:
    """Match outgoing with incoming sides: a Hamiltonian path is a matching of n - 1 of them (Koenig's theorem)."""
    import networkx as nx
    from networkx.algorithms import bipartite

    n = len(arcs)
    if sum(row.bit_count() for row in arcs) > MOST_ARCS_MATCHED:
        return None
    graph: Graph[int] = nx.Graph()
    graph.add_nodes_from(range(2 * n))
    graph.add_edges_from((k, n + j) for k, row in enumerate(arcs) for j in members(row))
    matching = bipartite.hopcroft_karp_matching(graph, range(n))
    if len(matching) // 2 >= n - 1:
        return None
    cover = bipartite.to_vertex_cover(graph, matching, range(n))
    sides = sorted(v for v in cover if v < n), sorted(v - n for v in cover if v >= n)
    return Obstacle("vertex-cover", (tuple(sides[0]), tuple(sides[1])))
