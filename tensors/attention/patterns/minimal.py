"""The fewest arcs with which a pattern of n tokens mixes within s layers: complete enumeration for small n."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from math import comb

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError, as_integer
from algebra.shown import Shown
from tensors.attention.patterns.bits import bitset
from tensors.attention.patterns.hamiltonian import hamiltonian_path
from tensors.attention.patterns.pattern import SparsePattern

Words = NDArray[np.uint64]

MOST_TOKENS = 8
LOW_BITS = 18
BLOCK = 1 << 15
MOST_EXAMINED = 500_000_000
COLUMN = np.uint64(0x0101010101010101)
ROW = np.uint64(0xFF)


@dataclass(frozen=True)
class MinimalPattern(Shown):
    """The fewest arcs, self-loops not counted, and a pattern that has them.

    Parameters
    ----------
    n, steps, layers : int
        Tokens, the most layers until every token has seen all, and layers in a period.
    with_path : bool
        Whether a Hamiltonian path was asked for: all of Assumption 1.
    arcs : int
        The minimum, proved by complete enumeration up to relabelling.
    pattern : SparsePattern
        One that attains it.
    examined : int
        Number of patterns that were looked at.
    """

    n: int
    steps: int
    layers: int
    with_path: bool
    arcs: int
    pattern: SparsePattern
    examined: int

    @property
    def connections(self) -> int:
        """Connections over a period, self-loops included."""
        return self.arcs + self.layers * self.n


def minimal_pattern(
    n: int, steps: int, layers: int = 1, with_path: bool = True, most_examined: int = MOST_EXAMINED
) -> MinimalPattern:
    """Find the fewest arcs with which every token has seen all n tokens after `steps` layers.

    The arcs ``k -> k-1`` of a Hamiltonian path may be taken as given up to relabelling; the others are added in
    increasing number, all choices of them.

    Parameters
    ----------
    n : int
        Tokens, from 1 to 8; beyond n = 7 only where few arcs are enough.
    steps : int
        At least 1.
    layers : int
        Period p of the pattern.
    with_path : bool
        Ask for all of Assumption 1; else for self-loops and reach alone.
    most_examined : int
        Patterns to look at before giving up; ten to twenty million a second.

    Returns
    -------
    MinimalPattern

    Raises
    ------
    InputError
        If an argument is out of range, or the enumeration would be too long; then with what was excluded.

    Examples
    --------
    >>> minimal_pattern(5, 2).arcs, minimal_pattern(5, 2, with_path=False).arcs
    (10, 8)
    """
    n, steps, layers = as_integer("n", n, 1), as_integer("steps", steps, 1), as_integer("layers", layers, 1)
    if n > MOST_TOKENS:
        raise InputError("n", n, f"at most {MOST_TOKENS}: the enumeration grows like 2^(n^2)")
    if layers > 1 and n * layers * (n - 1) > 96:
        raise InputError("layers", layers, f"fewer, for n = {n} tokens: the enumeration is too long")
    if steps == 1:
        return _dense_first(n, layers, with_path)
    examined = 0
    star = None if with_path or n == 1 else _star(n, layers)
    for arcs in range(_least(n, steps, layers), layers * n * (n - 1) + 1):
        if star is not None and arcs == 2 * (n - 1):
            return MinimalPattern(n, steps, layers, with_path, arcs, star, examined)
        for forced in _forced(n, layers, with_path, arcs):
            count = _count(n, layers, arcs, forced)
            if examined + count > most_examined:
                raise InputError(
                    "n", n, f"smaller: {arcs} arcs, {count:,} patterns, are too many; at least {arcs} arcs"
                )
            found, looked = _first(n, steps, layers, arcs, forced)
            examined += looked
            if found is not None:
                return MinimalPattern(n, steps, layers, with_path, arcs, found, examined)
    raise InputError("steps", steps, "a number of layers within which the complete pattern mixes")


def _least(n: int, steps: int, layers: int) -> int:
    return n if n > 1 else 0  # strong connectivity: an arc out of every token


def _star(n: int, layers: int) -> SparsePattern:
    """Return a star in every layer's place where it mixes within two layers: its two halves, or all of it."""
    hub = ((1 << n) - 1, *(1 << k for k in range(1, n)))
    spokes = tuple(1 << k | 1 for k in range(n))
    loops = tuple(1 << k for k in range(n))
    if layers == 1:
        return SparsePattern((tuple(a | b for a, b in zip(hub, spokes, strict=True)),))
    return SparsePattern((hub, spokes) + (loops,) * (layers - 2))


def _dense_first(n: int, layers: int, with_path: bool) -> MinimalPattern:
    dense = ((1 << n) - 1,) * n
    loops = tuple(1 << k for k in range(n))
    return MinimalPattern(n, 1, layers, with_path, n * (n - 1), SparsePattern((dense,) + (loops,) * (layers - 1)), 1)


def _forced(n: int, layers: int, with_path: bool, arcs: int) -> Iterator[tuple[int, ...]]:
    """Yield sets of arcs that are there up to relabelling; arcs are numbered (layer, from, to).

    Without a path: some token has at least the average number of arcs, and it may be called 0.
    """
    places = _places(n, layers)
    number = {place: i for i, place in enumerate(places)}
    if not with_path:
        average = -(-arcs // n) if layers == 1 else 0
        yield tuple(number[(0, 0, j)] for j in range(1, average + 1))
        return
    for chosen in product(range(layers), repeat=n - 1):
        yield tuple(number[(layer, k + 1, k)] for k, layer in enumerate(chosen))


@lru_cache(maxsize=8)
def _places(n: int, layers: int) -> tuple[tuple[int, int, int], ...]:
    return tuple((layer, k, j) for layer in range(layers) for k in range(n) for j in range(n) if k != j)


def _count(n: int, layers: int, arcs: int, forced: tuple[int, ...]) -> int:
    extra = arcs - len(forced)
    return comb(len(_places(n, layers)) - len(forced), extra) if extra >= 0 else 0


def _first(n: int, steps: int, layers: int, arcs: int, forced: tuple[int, ...]) -> tuple[SparsePattern | None, int]:
    places = _places(n, layers)
    free = [i for i in range(len(places)) if i not in forced]
    extra = arcs - len(forced)
    if extra < 0:
        return None, 0
    base = _adjacency(n, layers, [places[i] for i in forced], loops=True)
    looked = 0
    for words in _choices(n, layers, [places[i] for i in free], extra, base):
        looked += words.shape[1]
        good = np.nonzero(_mixes(words, n, steps))[0]
        if good.size:
            return _pattern(words[:, good[0]], n), looked
    return None, looked


def _adjacency(n: int, layers: int, arcs: list[tuple[int, int, int]], loops: bool = False) -> Words:
    """Return one word a layer: bit 8 k + j: k attends to j."""
    own = bitset(9 * k for k in range(n)) if loops else 0
    found = [own] * layers
    for layer, k, j in arcs:
        found[layer] |= 1 << 8 * k + j
    return np.array(found, np.uint64)


def _choices(n: int, layers: int, free: list[tuple[int, int, int]], extra: int, base: Words) -> Iterator[Words]:
    """Yield all patterns with so many of the free arcs beside the given ones, in blocks (layers x count)."""
    low, middle, high = free[:LOW_BITS], free[LOW_BITS : 2 * LOW_BITS], free[2 * LOW_BITS :]
    lows, middles = _by_size(n, layers, tuple(low)), _by_size(n, layers, tuple(middle))

    # High arcs one choice at a time, with as many middle and low ones as are left.
    for count in range(min(extra, len(high)) + 1):
        for picked in combinations(high, count):
            given = (base | _adjacency(n, layers, list(picked)))[:, None]
            for size, some in enumerate(middles):
                rest = extra - count - size
                if 0 <= rest < len(lows):
                    yield from _joined(some | given, lows[rest])


def _joined(left: Words, right: Words) -> Iterator[Words]:
    """Yield the unions of each of `left` with each of `right`, in blocks that stay in the cache."""
    step = max(BLOCK // right.shape[1], 1)
    for start in range(0, left.shape[1], step):
        both = left[:, start : start + step, None] | right[:, None, :]
        yield both.reshape(len(left), -1)


@lru_cache(maxsize=8)
def _by_size(n: int, layers: int, low: tuple[tuple[int, int, int], ...]) -> list[Words]:
    # Word by word: every arc whose bit is set in the mask.
    masks = np.arange(1 << len(low))
    words = np.zeros((layers, len(masks)), np.uint64)
    for i, (layer, k, j) in enumerate(low):
        is_set = (masks >> i & 1).astype(np.uint64)
        words[layer] |= is_set << np.uint64(8 * k + j)

    sizes = np.bitwise_count(masks)
    return [np.ascontiguousarray(words[:, sizes == size]) for size in range(len(low) + 1)]


def _mixes(words: Words, n: int, steps: int) -> NDArray[np.bool_]:
    """Tell for each pattern whether every token has seen all after so many layers."""
    full = np.uint64(sum(((1 << n) - 1) << 8 * k for k in range(n)))
    seen = words[0]
    for done in range(1, steps):
        after = _product(words[done % len(words)], seen, n)
        if len(words) == 1 and np.array_equal(after, seen):
            break
        seen = after
    return np.asarray(seen == full)


def _product(left: Words, right: Words, n: int) -> Words:
    """Boolean product of 8 x 8 matrices, one in each word."""
    found = np.zeros_like(left)
    for token in range(n):
        column = left >> np.uint64(token)
        column &= COLUMN
        column *= ROW
        row = right >> np.uint64(8 * token)
        row &= ROW
        row *= COLUMN
        column &= row
        found |= column
    return found


def _pattern(words: Words, n: int) -> SparsePattern:
    rows = tuple(tuple(int(word) >> 8 * k & (1 << n) - 1 for k in range(n)) for word in words)
    return SparsePattern(rows)


def has_assumption1(found: MinimalPattern) -> bool:
    """Check a minimal pattern by the checker for any pattern.

    Parameters
    ----------
    found : MinimalPattern

    Returns
    -------
    bool

    Examples
    --------
    >>> has_assumption1(minimal_pattern(4, 2))
    True
    """
    from tensors.attention.patterns.reachability import reach

    mixes = reach(found.pattern).steps
    in_time = mixes is not None and mixes <= found.steps
    return in_time and (not found.with_path or hamiltonian_path(found.pattern.union).exists is True)
