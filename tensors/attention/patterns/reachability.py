"""Part 3 of Assumption 1: after how many layers every token has seen every token, and why if never."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from algebra.errors import InputError
from algebra.shown import Shown
from tensors.attention.patterns.bits import Rows, closure, compose, members, round_of, transpose
from tensors.attention.patterns.distances import LARGE, is_moved, levels, longest_distance
from tensors.attention.patterns.pattern import SparsePattern

PLAIN_ROUNDS = 48

MOST_FOR_POWERS = 8192
"""Tokens of a pattern of which powers are taken: one product takes 3 s, 26 may be needed, and time grows cubically."""


@dataclass(frozen=True)
class Reach(Shown):
    """After how many layers every token has seen every token, with a certificate either way.

    Parameters
    ----------
    steps : int or None
        The least s with ``S_k^s`` the set of all tokens for every k; None: never.
    pair : (int, int) or None
        Token k and token j that k has not seen after ``steps - 1`` layers; None if ``steps`` is at most 1.
    closed_set : tuple of int or None
        If never: tokens that together attend to no token outside, though there is one. Over a whole period if
        `over_period`, else in every layer.
    cyclic_classes : tuple of tuples or None
        If never though everything is connected (self-loops are missing): in a period, class i sees only class i+1.
    over_period : bool
        Whether the certificate speaks of the product of all layers of a period rather than of each layer.
    """

    steps: int | None
    pair: tuple[int, int] | None = None
    closed_set: tuple[int, ...] | None = None
    cyclic_classes: tuple[tuple[int, ...], ...] | None = None
    over_period: bool = False


def reach(pattern: SparsePattern) -> Reach:
    """Decide part 3 of Assumption 1 and find the number of steps, exactly.

    A few rounds of the definition, on integers as bit sets; then, if that was not enough, connectivity, and powers of
    the period's Boolean matrix by doubling. Self-loops are not assumed. Large patterns of one layer with self-loops are
    tried by distances first (`tensors.attention.patterns.distances`).

    Parameters
    ----------
    pattern : SparsePattern

    Returns
    -------
    Reach
        The number of steps, with a certificate either way.

    Raises
    ------
    InputError
        If none of this decides a pattern of more than `MOST_FOR_POWERS` tokens.

    Examples
    --------
    >>> reach(SparsePattern.from_lists([[[0, 1], [0, 1, 2], [1, 2]]]))
    Reach(steps=2, pair=(0, 2), closed_set=None, cyclic_classes=None, over_period=False)
    >>> reach(SparsePattern.from_lists([[[0], [0, 1]]])).closed_set
    (0,)
    """
    everything = (pattern.full,) * pattern.n
    if _is_one_large_layer(pattern):
        closed = closed_set(pattern.union)
        if closed is not None:
            return Reach(None, closed_set=closed)
        longest = longest_distance(pattern.layers[0])
        if longest is not None:
            return Reach(longest[0], longest[1:] if longest[0] > 1 else None)

    found = _first_round(pattern.layers, everything, PLAIN_ROUNDS)
    if found is None:
        obstacle = _obstacle(pattern)
        if obstacle is not None:
            return obstacle
        found = _by_doubling(pattern, everything)
    steps, before = found
    return Reach(steps, None if steps == 1 else _unseen(before, everything))


def causal_steps(pattern: SparsePattern) -> int | None:
    """Return the least s after which every token k has seen exactly the tokens 0..k; None if never.

    Parameters
    ----------
    pattern : SparsePattern

    Returns
    -------
    int or None

    Raises
    ------
    InputError
        If a token attends to a later one, or not to itself; or as in `reach`.

    Examples
    --------
    >>> causal_steps(SparsePattern.from_lists([[[0], [0, 1], [1, 2], [2, 3]]]))
    3
    """
    if not pattern.is_causal:
        raise InputError("pattern", pattern.label, "causal: no token attends to a later one")
    if pattern.missing_self_loops:
        raise InputError("pattern", pattern.label, "one where every token attends to itself in every layer")
    goal = tuple((2 << token) - 1 for token in range(pattern.n))
    if _is_one_large_layer(pattern) and is_moved(pattern.layers[0]):
        found_by_last = levels(pattern.layers[0], pattern.n - 1)
        return len(found_by_last) - 1 if sum(found_by_last) == goal[-1] else None
    found = _first_round(pattern.layers, goal, PLAIN_ROUNDS)
    if found is None:
        # With self-loops a walk of the union is followed within one period an arc.
        if any(not pattern.union[token] >> (token - 1) & 1 for token in range(1, pattern.n)):
            return None
        found = _by_doubling(pattern, goal)
    return found[0]


def steps_by_rotation(pattern: SparsePattern) -> tuple[int | None, ...]:
    """Return the steps for each choice of the layer that comes first.

    Parameters
    ----------
    pattern : SparsePattern

    Returns
    -------
    tuple of int or None
        One for each layer of the period.

    Examples
    --------
    >>> from tensors.attention.patterns.named import named_pattern
    >>> steps_by_rotation(named_pattern("fixed", 8, w=4))
    (2, 3)
    """
    return tuple(reach(pattern.rotated(by)).steps for by in range(pattern.p))


def steps_lower_bound(pattern: SparsePattern) -> int:
    """Return the least s at which the largest degrees allow every token to have seen n tokens.

    Parameters
    ----------
    pattern : SparsePattern

    Returns
    -------
    int

    Examples
    --------
    >>> from tensors.attention.patterns.named import named_pattern
    >>> steps_lower_bound(named_pattern("circular-window", 64, w=1))
    4
    """
    if pattern.n == 1:
        return 1
    if max(pattern.largest_degrees) == 1:
        return pattern.n  # nothing is ever added: no number of steps is enough, and any bound is true
    product, steps = 1, 0
    while product < pattern.n:
        product *= pattern.largest_degrees[steps % pattern.p]
        steps += 1
    return steps


def least_connections(n: int, p: int = 1) -> int:
    """Return the least number of connections over a period with which Assumption 1 can hold: ``p n + n`` from n = 2 on.

    Every token attends to itself in each layer, and to another one in some layer; the directed ring attains it.

    Parameters
    ----------
    n : int
        Tokens.
    p : int
        Layers of a period.

    Returns
    -------
    int

    Examples
    --------
    >>> least_connections(8), least_connections(1)
    (16, 1)
    """
    return p * n + (n if n > 1 else 0)


def is_closed(rows: Sequence[int], tokens: Sequence[int]) -> bool:
    """Check the certificate of a pattern that never mixes: nobody in the set attends to a token outside.

    Parameters
    ----------
    rows : sequence of int
        For each token the set of tokens that it attends to, as bits.
    tokens : sequence of int
        The set; not empty, and not all tokens.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_closed((0b001, 0b011, 0b110), (0,)), is_closed((0b001, 0b011, 0b110), (1,))
    (True, False)
    """
    inside = 0
    for token in tokens:
        inside |= 1 << token
    return 0 < inside < (1 << len(rows)) - 1 and all(rows[token] & ~inside == 0 for token in tokens)


def _first_round(layers: tuple[Rows, ...], goal: Rows, rounds: int) -> tuple[int, Rows] | None:
    """Follow the definition: the first round that meets the goal, and the sets before it."""
    seen = before = layers[0]
    for count in range(1, rounds + 1):
        if seen == goal:
            return count, before
        before, seen = seen, round_of(layers[count % len(layers)], seen)
        if count % len(layers) == 0 and seen == before and len(layers) == 1:
            return None
    return None


def _is_one_large_layer(pattern: SparsePattern) -> bool:
    """Tell whether steps are distances, of so many tokens that searches come first."""
    return pattern.n >= LARGE and pattern.p == 1 and not pattern.missing_self_loops


def _by_doubling(pattern: SparsePattern, goal: Rows) -> tuple[int, Rows]:
    """Find the round that meets a goal which is met at some time and then for ever, from powers of the period."""
    if pattern.n > MOST_FOR_POWERS:
        allowed = f"one whose steps few rounds or searches find, or of at most {MOST_FOR_POWERS:,} tokens"
        raise InputError("pattern", pattern.label, allowed)
    layers = pattern.layers
    powers = [_period(layers)]
    while powers[-1] != goal:
        powers.append(compose(powers[-1], powers[-1]))
    seen: Rows | None = None
    periods = 0
    for exponent in range(len(powers) - 2, -1, -1):
        further = powers[exponent] if seen is None else compose(powers[exponent], seen)
        if further != goal:
            seen, periods = further, periods + (1 << exponent)
    count, before = periods * len(layers), seen
    while True:
        layer = layers[count % len(layers)]
        after = layer if before is None else compose(layer, before)
        count += 1
        if after == goal:
            return count, before if before is not None else after
        before = after


def _period(layers: tuple[Rows, ...]) -> Rows:
    product = layers[0]
    for layer in layers[1:]:
        product = compose(layer, product)
    return product


def _unseen(before: Rows, goal: Rows) -> tuple[int, int]:
    for token, (row, wanted) in enumerate(zip(before, goal, strict=True)):
        if row != wanted:
            return token, next(members(wanted & ~row))
    raise AssertionError("the round before was full")


def _obstacle(pattern: SparsePattern) -> Reach | None:
    """Return why not every token will see every token; None if it will."""
    closed = closed_set(pattern.union)
    if closed is not None:
        return Reach(None, closed_set=closed)
    if not pattern.missing_self_loops:
        return None
    product = _period(pattern.layers)
    closed = closed_set(product)
    if closed is not None:
        return Reach(None, closed_set=closed, over_period=True)
    classes = _cyclic_classes(product)
    if len(classes) > 1:
        return Reach(None, cyclic_classes=classes, over_period=True)
    return None


def closed_set(rows: Rows) -> tuple[int, ...] | None:
    """Return tokens that together attend to none of the others; None if the digraph is strongly connected.

    Examples
    --------
    >>> closed_set((0b001, 0b011, 0b110))
    (0,)
    """
    everything = (1 << len(rows)) - 1
    seen = closure(rows, 1)
    if seen != everything:
        return tuple(members(seen))
    missed = everything & ~closure(transpose(rows), 1)
    return tuple(members(missed)) if missed else None


def _cyclic_classes(rows: Rows) -> tuple[tuple[int, ...], ...]:
    """Split a strongly connected digraph into the classes that its arcs permute; one class: it is primitive."""
    level = {0: 0}
    period, queue = 0, [0]
    for token in queue:
        for other in members(rows[token]):
            if other in level:
                period = math.gcd(period, level[token] + 1 - level[other])
            else:
                level[other] = level[token] + 1
                queue.append(other)
    classes: list[list[int]] = [[] for _ in range(period)]
    for token in range(len(rows)):
        classes[level[token] % period].append(token)
    return tuple(map(tuple, classes))
