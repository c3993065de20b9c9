"""The formulas of Park, Lee, Yun and Shin (COLT 2021) as printed, beside what they must be; each is a network.

Only the general widths of Lemma 14 and the pieces of Lemma 15 are here; the constructions use `folding`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from algebra.memorization.builder import Affine, Builder
from algebra.memorization.folding import threshold
from algebra.memorization.layers import Activation, dense_parameters
from algebra.memorization.network import RationalNetwork

ID, STEP = Activation.ID, Activation.STEP


@dataclass(frozen=True)
class Pieces:
    """Cells from T on, cut at breakpoints; piece i is to be moved by ``x -> (x + b_i) mod T`` onto free cells.

    Parameters
    ----------
    length : int
        T.
    starts : tuple of int
        ``M_1 = T < M_2 < …``, and the end of the last piece.
    shifts : tuple of int
        b_1, b_2, …
    """

    length: int
    starts: tuple[int, ...]
    shifts: tuple[int, ...]


def equal_pieces(cells: Sequence[int], width: int) -> Pieces:
    """Choose T and the shifts of Lemma 14 for layers of a width: pieces ``[iT, (i+1)T)``.

    Parameters
    ----------
    cells : sequence of int
        Distinct.
    width : int
        Of the layers, odd.

    Returns
    -------
    Pieces

    Examples
    --------
    >>> equal_pieces((0, 3, 8, 9), 3)
    Pieces(length=5, starts=(5, 10), shifts=(3,))
    """
    count = (width - 1) // 2
    reach = max(cells) + 1
    length = max(-(-reach // ((width + 1) // 2)), len(cells) ** 2 // 4 + 1)
    return _shifted(cells, length, [length * i for i in range(1, count + 2)])


def run_pieces(cells: Sequence[int], runs: int) -> Pieces:
    """Choose T and the greatest shifts of Lemma 15 for at most so many runs of equally many points.

    Parameters
    ----------
    cells : sequence of int
        Distinct, ascending.
    runs : int

    Returns
    -------
    Pieces

    Examples
    --------
    >>> run_pieces((0, 1, 2, 9, 14, 15), 2)
    Pieces(length=18, starts=(18, 18), shifts=(17,))
    """
    count, reach = len(cells), max(cells) + 1
    size = -(-count // runs)
    length = max(count * size, -(-reach // 2))

    # A piece begins at every size-th point beyond T.
    high = sorted(cell for cell in cells if cell >= length)
    starts = [length, *high[size::size], max(reach, length)]
    return _shifted(cells, length, starts, greatest=True)


def _shifted(cells: Sequence[int], length: int, starts: Sequence[int], greatest: bool = False) -> Pieces:
    """Choose for each piece the least (or greatest) shift that moves its points onto cells that are free."""
    taken = {cell for cell in cells if cell < length}
    shifts = []
    for start, end in pairwise(starts):
        piece = [cell for cell in cells if start <= cell < end]
        order = reversed(range(length)) if greatest else range(length)
        shift = next(b for b in order if taken.isdisjoint((cell + b) % length for cell in piece))
        taken.update((cell + shift) % length for cell in piece)
        shifts.append(shift)
    return Pieces(length, tuple(starts), tuple(shifts))


def lemma14(pieces: Pieces, printed: bool = False) -> RationalNetwork:
    """Return the layer of Lemma 14, equation (5); printed: with ``b_i - sum_{j<i} b_j`` instead of ``b_i - b_{i-1}``.

    Parameters
    ----------
    pieces : Pieces
    printed : bool
        Take the sum as it is printed.

    Returns
    -------
    RationalNetwork

    Examples
    --------
    >>> network = lemma14(Pieces(5, (5, 10), (3,)))
    >>> [int(y) for y in network.evaluate([[0], [3], [8], [9]])]
    [0, 3, 1, 2]
    """
    T = pieces.length
    changes = _changes(pieces.shifts, printed)
    steps = [(T, -T)]
    for i, (shift, change) in enumerate(zip(pieces.shifts, changes, strict=True), start=1):
        steps.append((i * T, change))
        steps.append(((i + 1) * T - shift, -T))
    return _network(steps)


def lemma15(pieces: Pieces, printed_sum: bool = False, printed_threshold: bool = False) -> RationalNetwork:
    """Return the layer of Lemma 15, equation (8), with the printed sum or the printed threshold if asked for.

    The printed sum is that of Lemma 14; the printed threshold ``min(2T - b_i, M_{i+1})`` may lie below ``M_i``, so
    that it fires in an earlier piece.

    Parameters
    ----------
    pieces : Pieces
    printed_sum, printed_threshold : bool

    Returns
    -------
    RationalNetwork

    Examples
    --------
    >>> network = lemma15(Pieces(6, (6, 9, 12), (0, 5)))
    >>> [int(y) for y in network.evaluate([[6], [8], [9], [11]])]
    [0, 2, 2, 4]
    """
    T = pieces.length
    changes = _changes(pieces.shifts, printed_sum)
    steps = [(T, -2 * T)]
    for (start, end), shift, change in zip(pairwise(pieces.starts), pieces.shifts, changes, strict=True):
        fall = min(2 * T - shift, end)
        if not printed_threshold:
            fall = max(start, fall)
        steps.append((start, T + change))
        steps.append((fall, -T))
    return _network(steps)


def _changes(shifts: Sequence[int], printed: bool) -> list[int]:
    """Return by how much the shift changes at each piece."""
    if printed:
        return [shift - sum(shifts[:i]) for i, shift in enumerate(shifts)]
    return [after - before for before, after in pairwise([0, *shifts])]


def _network(steps: Sequence[tuple[int, int]]) -> RationalNetwork:
    """Return x plus a step function, equal thresholds together."""
    merged: dict[int, int] = {}
    for at, change in steps:
        merged[at] = merged.get(at, 0) + change
    builder = Builder(1, {"x": Affine({0: 1})})
    changes = dict(enumerate(merged.values(), start=1))
    builder.layer([(ID, Affine({"x": 1})), *(threshold("x", at) for at in merged)], {"x": Affine({0: 1, **changes})})
    return builder.finish(Affine({"x": 1}))


def lemma22(word: Fraction, size: int, bits: int, printed: bool = False) -> RationalNetwork:
    """Return the layers of Lemma 22 that read the label of cell ``floor(x)`` from the bits of a number in [0, 1).

    Parameters
    ----------
    word : Fraction
        ``sum_{c < B} label(c) 2^(-(c+1)D)``.
    size, bits : int
        B and D.
    printed : bool
        With the printed test ``l mod D = 1``, which never holds for D = 1, in place of ``(l-1) mod D = 0``.

    Returns
    -------
    RationalNetwork

    Examples
    --------
    >>> [int(y) for y in lemma22(Fraction(3, 4), 4, 1).evaluate([[0], [1], [2], [3]])]
    [1, 1, 0, 0]
    """
    builder = Builder(1, {"x": Affine({0: 1}), "w": Affine({}, word)})
    carried = [(ID, Affine({"x": 1})), (ID, Affine({"w": 1}))]
    for number in range(1, size * bits + 1):
        # At the first bit of a cell: count x down, and send it far away once its cell is past.
        is_first = number % bits == 1 if printed else (number - 1) % bits == 0
        if is_first:
            state = {"x": Affine({0: 1, 2: -3 * size}, 3 * size - 1), "w": Affine({1: 1})}
            builder.layer([*carried, (STEP, Affine({"x": 1}))], state)

        # Read the next bit n of the word, and take it away.
        unit = Fraction(1, 1 << number)
        state = {"x": Affine({0: 1}), "w": Affine({1: Fraction(1), 2: -unit}), "n": Affine({2: 1})}
        builder.layer([*carried, (STEP, Affine({"w": 1}, -unit))], state)

        # Write it beyond the end of the word if it belongs to the cell of x.
        answer = Fraction(1, 1 << size * bits + (number - 1) % bits + 1)
        state = {"x": Affine({0: 1}), "w": Affine({1: Fraction(1), 2: -answer}, answer)}
        builder.layer([*carried, (STEP, Affine({"x": 1, "n": -1}, 1))], state)
    return builder.finish(Affine({"w": 1 << bits * (size + 1)}))


def lemma16_count(A: int, B: int, bits: int, R: int, constant: int = 13) -> int:
    """Return ``4A + ((2R+5)2^R + 2R^2 + 8R + 7) n - R 2^R - R^2 + constant`` with ``n = ceil(BD/R)``; printed: 3.

    Parameters
    ----------
    A, B : int
        Blocks, and cells of a block.
    bits : int
        D, bits of a label.
    R : int
        Bits that are read at a time.
    constant : int
        13, or 3 as it is printed.

    Returns
    -------
    int

    Examples
    --------
    >>> lemma16_count(5, 4, 1, 2) == dense_parameters(lemma16_widths(5, 4, 1, 2))
    True
    """
    n = -(-B * bits // R)
    return 4 * A + (((2 * R + 5) << R) + 2 * R * R + 8 * R + 7) * n - (R << R) - R * R + constant


def lemma16_widths(A: int, B: int, bits: int, R: int) -> tuple[int, ...]:
    """Return the widths that Lemma 16 counts: 1, A+2, 2, n pairs (2^R+R+1, R+2), 1.

    Examples
    --------
    >>> lemma16_widths(5, 4, 1, 2)
    (1, 7, 2, 7, 4, 7, 4, 1)
    """
    pairs = ((1 << R) + R + 1, R + 2) * -(-B * bits // R)
    return (1, A + 2, 2, *pairs, 1)


def lemma16_dense(A: int, B: int, bits: int, R: int) -> int:
    """Return the dense count of the widths of Lemma 16.

    Parameters
    ----------
    A, B : int
        Blocks, and cells of a block.
    bits : int
        D, bits of a label.
    R : int
        Bits that are read at a time.

    Returns
    -------
    int
    """
    return dense_parameters(lemma16_widths(A, B, bits, R))


def cell_edges(first: int, R: int, bits: int, size: int) -> int:
    """Return how many thresholds tell apart the cells that R consecutive bits belong to, and all others.

    Bits ``first, first + 1, …`` (from 0) of B cells with D bits each; one threshold at each end of such a cell, those
    at 0 and B left out. Fewer do not suffice: each is a jump of an indicator function.

    Parameters
    ----------
    first : int
        The first of the bits.
    R : int
        How many bits.
    bits : int
        D.
    size : int
        B.

    Returns
    -------
    int

    Examples
    --------
    >>> cell_edges(2, 2, 1, 8)
    3
    """
    cells = range(first // bits, (first + R - 1) // bits + 1)
    return len({edge for cell in cells for edge in (cell, cell + 1) if 0 < edge < size})
