"""A Hamiltonian path by patching the cycles of a matching: quick on random digraphs, never a proof that there is none.

Karp's patching: a perfect matching of outgoing with incoming sides is a set of disjoint cycles; two cycles become one
where two of their arcs can be exchanged for two others.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tensors.attention.patterns.bits import Rows, members

if TYPE_CHECKING:
    from networkx import Graph

MOST_ARCS = 400_000


def patched_path(arcs: Rows, tries: int = 12, seed: int = 0) -> list[int] | None:
    """Look for a Hamiltonian path of a digraph without loops; None says nothing.

    A further token with arcs to and from all others turns paths into cycles.

    Parameters
    ----------
    arcs : tuple of int
    tries : int
        Number of random matchings.
    seed : int

    Returns
    -------
    list of int, or None

    Examples
    --------
    >>> patched_path((0b010, 0b100, 0b000))
    [0, 1, 2]
    """
    n = len(arcs)
    if sum(row.bit_count() for row in arcs) > MOST_ARCS:
        return None
    closed = [[*members(row), n] for row in arcs] + [list(range(n))]
    generator = random.Random(seed)
    for _ in range(tries):
        successor = _random_matching(closed, generator)
        if successor is None:
            return None
        order = _patched(closed, successor, generator)
        if order is not None:
            return order
    return None


def _random_matching(neighbours: list[list[int]], generator: random.Random) -> list[int] | None:
    import networkx as nx
    from networkx.algorithms import bipartite

    n = len(neighbours)
    graph: Graph[int] = nx.Graph()
    order = generator.sample(range(n), n)
    graph.add_nodes_from(order)
    for token in order:
        graph.add_edges_from(
            (token, n + other) for other in generator.sample(neighbours[token], len(neighbours[token]))
        )
    matching = bipartite.hopcroft_karp_matching(graph, order)
    if len(matching) < 2 * n:
        return None
    return [matching[token] - n for token in range(n)]


def _patched(neighbours: list[list[int]], successor: list[int], generator: random.Random) -> list[int] | None:
    """Merge cycles until one is left; return it from the token after the added one on."""
    n = len(neighbours)
    known = [set(others) for others in neighbours]
    before = [0] * n
    for token, other in enumerate(successor):
        before[other] = token
    cycle, count = _labelled(successor)
    merged = True
    while merged and count > 1:
        merged = False
        for a in generator.sample(range(n), n):
            for b_next in neighbours[a]:
                b, a_next = before[b_next], successor[a]
                if cycle[a] != cycle[b] and a_next in known[b]:
                    successor[a], successor[b] = b_next, a_next
                    before[b_next], before[a_next] = a, b
                    _rename(successor, cycle, b_next, cycle[a])
                    merged, count = True, count - 1
    return None if count > 1 else _cycle_of(successor, n - 1)[1:]


def _labelled(successor: list[int]) -> tuple[list[int], int]:
    label, count = [-1] * len(successor), 0
    for token in range(len(successor)):
        if label[token] < 0:
            for other in _cycle_of(successor, token):
                label[other] = count
            count += 1
    return label, count


def _cycle_of(successor: list[int], start: int) -> list[int]:
    found, token = [start], successor[start]
    while token != start:
        found.append(token)
        token = successor[token]
    return found


def _rename(successor: list[int], cycle: list[int], start: int, name: int) -> None:
    for token in _cycle_of(successor, start):
        cycle[token] = name
