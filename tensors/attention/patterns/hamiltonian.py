"""Part 2 of Assumption 1: a Hamiltonian path in the union of the layers; yes, no or undecided, each with its reason."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.shown import Shown
from tensors.attention.patterns.bits import Rows, closure, members, transpose
from tensors.attention.patterns.cycle_patching import patched_path
from tensors.attention.patterns.path_obstacles import Obstacle, components, obstacle

EXACT_LIMIT = 20
SEARCH_NODES = 20_000

CHECKED_EVERY, MOST_CHECKS = 16, 128
"""After so many steps a search looks whether what is left can still be reached, on large patterns about so many times
a path: each look passes over all tokens, 20 ms of 20,000."""


@dataclass(frozen=True)
class Components(Shown):
    """No path leads through these strongly connected components, in whatever order: all subsets were tried.

    Parameters
    ----------
    components : tuple of tuples of int
    """

    components: tuple[tuple[int, ...], ...]

    def certificate(self) -> dict[str, Any]:
        """Return the reason as plain JSON.

        Returns
        -------
        dict
            The key ``components``.
        """
        return {"components": [list(part) for part in self.components]}


@dataclass(frozen=True)
class SearchedWhole(Shown):
    """A search from every token ended without a path, and within its steps.

    Parameters
    ----------
    starts : int
        How many tokens it began at.
    """

    starts: int

    def certificate(self) -> dict[str, Any]:
        """Return the reason as plain JSON.

        Returns
        -------
        dict
            The key ``starts``.
        """
        return {"starts": self.starts}


@dataclass(frozen=True)
class Degrees(Shown):
    """A strongly connected digraph on n tokens has a path if all total degrees are at least n (Ghouila-Houri, 1960).

    Parameters
    ----------
    total_degrees : tuple of int
        For each token, how many arcs leave and reach it.
    at_least : int
        n.
    """

    total_degrees: tuple[int, ...]
    at_least: int

    def certificate(self) -> dict[str, Any]:
        """Return the reason as plain JSON.

        Returns
        -------
        dict
            The keys ``total_degrees`` and ``at_least``.
        """
        return {"total_degrees": list(self.total_degrees), "at_least": self.at_least}


@dataclass(frozen=True)
class PathAnswer(Shown):
    """Whether the union digraph has a Hamiltonian path.

    Parameters
    ----------
    exists : bool or None
        None: not decided.
    gamma : tuple of int or None
        The permutation, if one was found: ``gamma[i + 1]`` attends to ``gamma[i]`` in some layer.
    by : str
        The argument that decided.
    reason : Obstacle, Components, SearchedWhole, Degrees or None
        What shows it, beside `gamma`: an obstacle that can be checked in one pass, or the degrees of a theorem.
    """

    exists: bool | None
    gamma: tuple[int, ...] | None = None
    by: str = "none"
    reason: Obstacle | Components | SearchedWhole | Degrees | None = None

    @property
    def certificate(self) -> dict[str, Any]:
        """The reason as plain JSON values; empty without one."""
        return {} if self.reason is None else self.reason.certificate()


def hamiltonian_path(
    rows: Rows, exact_limit: int = EXACT_LIMIT, search_nodes: int = SEARCH_NODES, seed: int = 0
) -> PathAnswer:
    """Look for a Hamiltonian path, or for a reason that there is none.

    Parameters
    ----------
    rows : tuple of int
        Union of the layers; bit j of ``rows[k]``: token k attends to token j.
    exact_limit : int
        Strongly connected components up to this size are settled by dynamic programming over all subsets.
    search_nodes : int
        Steps that a search may take; one that ends without a path within them proves that there is none.
    seed : int
        Of the search's random choices.

    Returns
    -------
    PathAnswer
        Never "no" because a search failed.

    Examples
    --------
    >>> hamiltonian_path((0b011, 0b011, 0b110)).gamma
    (0, 1, 2)
    >>> hamiltonian_path((0b1111, 0b0011, 0b0101, 0b1001)).by
    'removal'
    """
    n = len(rows)
    arcs = tuple(row & ~(1 << token) for token, row in enumerate(rows))
    for order, by in ((range(n - 1, -1, -1), "previous-token"), (range(n), "next-token")):
        if is_path(arcs, order):
            return _found(order, by)
    if _is_semicomplete(arcs):
        return _found(_by_insertion(arcs), "semicomplete")
    quick = _search(arcs, min(search_nodes, 4 * n + 100), seed)
    if quick.order is not None:
        return _found(quick.order, "search")
    reason = obstacle(arcs)
    if reason is not None:
        return PathAnswer(False, None, reason.kind, reason)
    return _decide(arcs, exact_limit, search_nodes, seed, quick)


@dataclass(frozen=True)
class _Searched:
    order: list[int] | None
    complete: bool


def _decide(arcs: Rows, exact_limit: int, search_nodes: int, seed: int, quick: _Searched) -> PathAnswer:
    parts = components(arcs)
    if max(len(part) for part in parts) <= exact_limit:
        order = through_components(arcs, parts)
        if order is not None:
            return _found(order, "dynamic-programming")
        return PathAnswer(False, None, "dynamic-programming", Components(tuple(tuple(sorted(part)) for part in parts)))
    patched = patched_path(arcs, seed=seed)
    if patched is not None:
        return _found(patched, "cycle-patching")
    found = quick if quick.complete else _search(arcs, search_nodes, seed + 1)
    if found.order is not None:
        return _found(found.order, "search")
    if found.complete:
        return PathAnswer(False, None, "exhaustive-search", SearchedWhole(len(arcs)))
    if len(parts) == 1 and _meets_ghouila_houri(arcs):
        return PathAnswer(True, None, "ghouila-houri", Degrees(_total_degrees(arcs), at_least=len(arcs)))
    return PathAnswer(None)


def is_path(arcs: Sequence[int], order: Sequence[int]) -> bool:
    """Check that each token of an order attends to the next one, and that every token is there once.

    Examples
    --------
    >>> is_path((0b01, 0b01), (1, 0)), is_path((0b01, 0b01), (0, 1))
    (True, False)
    """
    if sorted(order) != list(range(len(arcs))):
        return False
    return all(arcs[order[i]] >> order[i + 1] & 1 for i in range(len(order) - 1))


def is_gamma(rows: Sequence[int], gamma: Sequence[int]) -> bool:
    """Check the paper's permutation by n - 1 look-ups: each token attends to the one *before* it.

    Parameters
    ----------
    rows : sequence of int
        For each token the set of tokens that it attends to, as bits.
    gamma : sequence of int
        A permutation of the tokens.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_gamma((0b01, 0b01), (0, 1))
    True
    """
    return is_path(rows, list(reversed(gamma)))


def _found(order: Sequence[int], by: str) -> PathAnswer:
    return PathAnswer(True, tuple(reversed(order)), by)


def _is_semicomplete(arcs: Rows) -> bool:
    if 2 * sum(row.bit_count() for row in arcs) < len(arcs) * (len(arcs) - 1):
        return False
    full = (1 << len(arcs)) - 1
    return all(a | b | 1 << k == full for k, (a, b) in enumerate(zip(arcs, transpose(arcs), strict=True)))


def _by_insertion(arcs: Rows) -> list[int]:
    """Return a path of a digraph that joins any two tokens: insert each where the arcs first turn round (Redei)."""
    order = [0]
    for token in range(1, len(arcs)):
        place = next((i for i, other in enumerate(order) if arcs[token] >> other & 1), len(order))
        order.insert(place, token)
    return order


def _meets_ghouila_houri(arcs: Rows) -> bool:
    return min(_total_degrees(arcs)) >= len(arcs)


def _total_degrees(arcs: Rows) -> tuple[int, ...]:
    """Return how many arcs leave and reach each token."""
    return tuple(a.bit_count() + b.bit_count() for a, b in zip(arcs, transpose(arcs), strict=True))


def through_components(arcs: Rows, parts: list[list[int]]) -> list[int] | None:
    """Find a path component by component, in the order in which their arcs lead; exact."""
    layers, starts = [], (1 << len(arcs)) - 1
    for part in parts:
        table = _subsets_table(arcs, part, starts)
        ends = sum(1 << part[i] for i in members(int(table[-1])))
        if not ends:
            return None
        layers.append((part, table, ends))
        starts = 0
        for token in members(ends):
            starts |= arcs[token]
    return _traced(arcs, layers)


def _subsets_table(arcs: Rows, part: list[int], starts: int) -> NDArray[np.uint32]:
    """Return, for each subset of a component, the tokens at which a path through all of it can end."""
    m = len(part)
    backward = [sum(1 << i for i, u in enumerate(part) if arcs[u] >> v & 1) for v in part]
    table = np.zeros(1 << m, np.uint32)
    for i, token in enumerate(part):
        table[1 << i] = (starts >> token & 1) << i
    for masks in _subsets_by_size(m)[2:]:
        for i in range(m):
            chosen = masks[masks >> i & 1 == 1]
            ends = (table[chosen ^ (1 << i)] & np.uint32(backward[i])) != 0
            table[chosen] |= ends.astype(np.uint32) << np.uint32(i)
    return table


@lru_cache(maxsize=4)
def _subsets_by_size(m: int) -> list[NDArray[np.int64]]:
    masks = np.arange(1 << m)
    sizes = np.bitwise_count(masks)
    order = np.argsort(sizes, kind="stable")
    return np.split(masks[order], np.cumsum(np.bincount(sizes, minlength=m + 1))[:-1])


def _traced(arcs: Rows, layers: list[tuple[list[int], NDArray[np.uint32], int]]) -> list[int]:
    order: list[int] = []  # from the end to the start
    for part, table, ends in reversed(layers):
        allowed = ends if not order else sum(1 << u for u in members(ends) if arcs[u] >> order[-1] & 1)
        mask = (1 << len(part)) - 1
        last = next(i for i in range(len(part)) if allowed >> part[i] & 1)
        while True:
            order.append(part[last])
            mask ^= 1 << last
            if not mask:
                break
            last = next(i for i in members(int(table[mask])) if arcs[part[i]] >> order[-1] & 1)
    return order[::-1]


def _search(arcs: Rows, nodes: int, seed: int) -> _Searched:
    """Backtrack from every token, next the token with the fewest ways on (Warnsdorff), within a number of steps."""
    n, backward = len(arcs), transpose(arcs)
    noise = random.Random(seed)
    rank = [noise.random() for _ in range(n)]
    starts = sorted(range(n), key=lambda v: (backward[v].bit_count(), arcs[v].bit_count(), rank[v]))
    share = max(nodes // min(n, 8), n + 1)
    complete = True
    for start in starts:
        budget = min(share, nodes)
        order, used, done = _from(arcs, backward, start, budget, rank)
        if order is not None:
            return _Searched(order, True)
        complete, nodes = complete and done, nodes - used
        if nodes <= 0:
            return _Searched(None, False)
    return _Searched(None, complete)


def _from(arcs: Rows, backward: Rows, start: int, budget: int, rank: list[float]) -> tuple[list[int] | None, int, bool]:
    n = len(arcs)
    left = ((1 << n) - 1) & ~(1 << start)
    order, used, rarely = [start], 0, max(CHECKED_EVERY, n // MOST_CHECKS)
    choices = [_ways(arcs, start, left, rank)]
    while choices:
        if not left:
            return order, used, True
        if used >= budget:
            return None, used, False
        if not choices[-1]:
            choices.pop()
            left |= 1 << order.pop()
            continue
        token = choices[-1].pop()
        used += 1
        left &= ~(1 << token)
        order.append(token)
        is_checked = left and used % rarely == 0
        hopeless = is_checked and closure(_within(arcs, left), arcs[token] & left) != left
        choices.append([] if hopeless else _ways(arcs, token, left, rank))
    return None, used, True


def _within(arcs: Rows, left: int) -> tuple[int, ...]:
    return tuple(row & left for row in arcs)


def _ways(arcs: Rows, token: int, left: int, rank: list[float]) -> list[int]:
    """Return the tokens to go on with, the best last."""
    return sorted(members(arcs[token] & left), key=lambda v: (-(arcs[v] & left).bit_count(), rank[v]))
