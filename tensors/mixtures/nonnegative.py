"""Bounds of the nonnegative rank: boolean rank and fooling sets below, explicit factorisations above.

The nonnegative rank is the least number of nonnegative matrices of rank 1 that add up to a matrix: the components of a
shallow mixture of two variables (Cohen, Rothblum, Linear Algebra and its Applications 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.evidence import Bounds, Grade
from algebra.exact.arrays import as_exact
from algebra.exact.elimination import solution
from algebra.exact.matrices import from_rows
from algebra.exact.numbers import to_fmpq, to_fraction
from algebra.rank import rank_rational
from algebra.sequences import as_list, plain_lists
from algebra.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Row = tuple[Fraction, ...]
Rectangle = tuple[frozenset[int], frozenset[int]]

MOST_SIDE = 12
"""Rows or columns, whichever are fewer, up to which all rectangles are listed: of 2^12 sets of rows."""

MOST_STEPS = 20_000
"""Steps of the search for a factorisation."""

LARGEST_FACTOR = 2
"""Largest entry of its left factors, after the first terms."""

MOST_ENTRY = 1 << 20
"""Largest integer entry, after clearing denominators, of matrices that are searched: far from where int64 ends."""


@dataclass(frozen=True)
class NonnegativeRank(Shown):
    """Bounds of a nonnegative rank with what proves them.

    Parameters
    ----------
    bounds : Bounds
    rank : int
    boolean_rank : int
        Least number of rectangles that cover the support.
    cover : tuple of (rows, columns)
        Such a cover.
    fooling_set : tuple of (row, column)
        Entries no two of which lie in a rectangle within the support.
    left, right : tuple of tuple of Fraction
        Nonnegative factors: the matrix is left times right, with ``bounds.upper`` inner indices.
    """

    bounds: Bounds
    rank: int
    boolean_rank: int
    cover: tuple[Rectangle, ...]
    fooling_set: tuple[tuple[int, int], ...]
    left: tuple[Row, ...]
    right: tuple[Row, ...]


def nonnegative_rank(matrix: Sequence[Sequence[Any]]) -> NonnegativeRank:
    """Bound the nonnegative rank of a small matrix.

    Parameters
    ----------
    matrix : sequence of rows
        Nonnegative integers, fractions or strings "p/q"; up to 12 rows or 12 columns.

    Returns
    -------
    NonnegativeRank

    Raises
    ------
    InputError
        If it is no such matrix.

    Examples
    --------
    >>> found = nonnegative_rank([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 1]])
    >>> found.rank, found.boolean_rank, found.bounds
    (3, 4, 4 (proved))
    """
    rows = _read(matrix)

    # Below: the rank, and the rectangles of nonzero entries that the supports of nonnegative terms are.
    rank = rank_rational([list(row) for row in rows])
    fooling = fooling_set(rows)
    cover = rectangle_cover(rows)
    lower = max(rank, len(cover))

    # Above: an explicit factorisation.
    left, right = _factorisation(rows, lower)
    assert _multiplied(left, right, len(rows[0])) == rows
    upper = len(right)

    by = "rank" if rank == lower else "boolean-rank"
    grade = Grade.PROVED if lower == upper else Grade.INCONCLUSIVE
    bounds = Bounds(lower, upper, grade, lower_by=by, upper_by="factorisation")
    return NonnegativeRank(bounds, rank, len(cover), cover, fooling, left, right)


def rectangle_cover(matrix: Sequence[Sequence[Any]]) -> tuple[Rectangle, ...]:
    """Return the fewest rectangles of nonzero entries that cover all nonzero entries: exact, by branch and bound.

    Parameters
    ----------
    matrix : rows of exact numbers
        Not negative.

    Returns
    -------
    tuple of Rectangle

    Examples
    --------
    >>> len(rectangle_cover([[0, 1, 1], [1, 0, 1], [1, 1, 0]]))
    3
    """
    rows = _read(matrix)
    support = frozenset(_support(rows))
    least = max(1, len(fooling_set(rows)))
    rectangles = maximal_rectangles(rows)
    for size in range(least if support else 0, len(support) + 1):
        found = next(_covers(rectangles, support, size), None)
        if found is not None:
            return found
    raise ArithmeticError("single entries cover the support")


def maximal_rectangles(matrix: Sequence[Sequence[Any]]) -> tuple[Rectangle, ...]:
    """List the rectangles of nonzero entries that no larger one contains.

    Parameters
    ----------
    matrix : rows of exact numbers
        Not negative.

    Returns
    -------
    tuple of Rectangle

    Examples
    --------
    >>> [(sorted(r), sorted(c)) for r, c in maximal_rectangles([[1, 1], [0, 1]])]
    [([0], [0, 1]), ([0, 1], [1])]
    """
    rows = _read(matrix)
    if len(rows) > len(rows[0]):
        transposed = tuple(zip(*rows, strict=True))
        return tuple((r, c) for c, r in maximal_rectangles(transposed))
    supports = [frozenset(j for j, x in enumerate(row) if x) for row in rows]
    found: dict[frozenset[int], frozenset[int]] = {}
    for size in range(1, len(rows) + 1):
        for chosen in combinations(range(len(rows)), size):
            columns = frozenset.intersection(*(supports[i] for i in chosen))
            if columns and columns not in found:
                found[columns] = frozenset(i for i, s in enumerate(supports) if columns <= s)
    return tuple((r, c) for c, r in found.items())


def fooling_set(matrix: Sequence[Sequence[Any]]) -> tuple[tuple[int, int], ...]:
    """Return a largest set of nonzero entries of which no two lie in a rectangle of nonzero entries.

    Parameters
    ----------
    matrix : rows of exact numbers
        Not negative.

    Returns
    -------
    tuple of pairs of int

    Examples
    --------
    >>> fooling_set([[1, 1], [0, 1]])
    ((0, 0), (1, 1))
    """
    import networkx as nx

    rows = _read(matrix)
    graph: Any = nx.Graph()
    cells = _support(rows)
    graph.add_nodes_from(cells)
    graph.add_edges_from((a, b) for a, b in combinations(cells, 2) if not (rows[a[0]][b[1]] and rows[b[0]][a[1]]))
    clique, _ = nx.max_weight_clique(graph, weight=None)
    return tuple(sorted(clique))


def _covers(
    rectangles: tuple[Rectangle, ...], left: frozenset[tuple[int, int]], size: int
) -> Iterator[tuple[Rectangle, ...]]:
    """Covers of the cells by at most so many rectangles: the scarcest cell first."""
    if not left:
        yield ()
        return
    largest = max(sum((i, j) in left for i in r for j in c) for r, c in rectangles)
    if size * largest < len(left):
        return
    options = {(i, j): [(r, c) for r, c in rectangles if i in r and j in c] for i, j in left}
    scarcest = min(options.values(), key=len)
    for r, c in scarcest:
        for rest in _covers(rectangles, left - {(i, j) for i in r for j in c}, size - 1):
            yield ((r, c), *rest)


def _factorisation(rows: tuple[Row, ...], lower: int) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The smallest factorisation found: few extreme rows or columns, or a search for integer terms."""
    best = min(_by_rows(rows), _transposed(_by_rows(tuple(zip(*rows, strict=True)))), key=lambda f: len(f[1]))
    for size in range(lower, len(best[1])):
        found = _search(rows, size)
        if found is not None:
            return found
    return best


def _transposed(factors: tuple[tuple[Row, ...], tuple[Row, ...]]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    left, right = factors
    return tuple(zip(*right, strict=True)), tuple(zip(*left, strict=True))


def _by_rows(rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Write the rows with those that are no multiples, or no combinations of two others."""
    kept = [i for i, row in enumerate(rows) if any(row)]
    coefficients: dict[int, dict[int, Fraction]] = {}
    for i in list(kept):
        others = [k for k in kept if k != i]
        found = _combination(rows, rows[i], others)
        if found is not None:
            kept.remove(i)
            coefficients[i] = found

    # A row that was left out may use one that was left out later.
    resolved = {k: {k: Fraction(1)} for k in kept}
    for i in reversed(coefficients):
        total: dict[int, Fraction] = {}
        for k, factor in coefficients[i].items():
            for end, inner in resolved[k].items():
                total[end] = total.get(end, Fraction(0)) + factor * inner
        resolved[i] = total

    left = tuple(tuple(resolved.get(i, {}).get(k, Fraction(0)) for k in kept) for i in range(len(rows)))
    return left, tuple(rows[k] for k in kept)


def _combination(rows: tuple[Row, ...], wanted: Row, others: list[int]) -> dict[int, Fraction] | None:
    """Nonnegative coefficients of one or two other rows that add up to the wanted one."""
    for pair in [(k,) for k in others] + list(combinations(others, 2)):
        found = _solve([rows[k] for k in pair], wanted)
        if found is not None and all(x >= 0 for x in found):
            return dict(zip(pair, found, strict=True))
    return None


def _solve(generators: list[Row], wanted: Row) -> list[Fraction] | None:
    """The only coefficients with which the generators add up to a vector; None if there are none, or many."""
    matrix = from_rows([[to_fmpq(x) for x in column] for column in zip(*generators, strict=True)])
    if matrix.rank() < len(generators):
        return None
    found = solution(matrix, from_rows([[to_fmpq(x)] for x in wanted]))
    return None if found is None else [to_fraction(x) for x in found.entries()]


def _search(rows: tuple[Row, ...], size: int) -> tuple[tuple[Row, ...], tuple[Row, ...]] | None:
    """Take integer matrices of rank 1 away, as large as possible, until few rows are left that generate the rest."""
    scale = lcm(*(x.denominator for row in rows for x in row))
    whole = [[int(x * scale) for x in row] for row in rows]
    if max(map(max, whole)) > MOST_ENTRY:
        return None
    found = _peeled(np.array(whole), size, [MOST_STEPS])
    if found is None:
        return None
    left, right = ([tuple(map(Fraction, vector)) for vector in side] for side in zip(*found, strict=True))
    return tuple(zip(*left, strict=True)), tuple(tuple(x / scale for x in vector) for vector in right)


Term = tuple[Sequence[Any], Sequence[Any]]


def _peeled(matrix: NDArray[np.int64], size: int, budget: list[int]) -> list[Term] | None:
    """Terms u v^T that add up to an integer matrix, at most `size` of them; None if the search finds none."""
    budget[0] -= 1
    if not matrix.any():
        return []
    if budget[0] < 0 or np.linalg.matrix_rank(matrix) > size:  # floats: a hint where to search, no proof
        return None

    # Nonnegative rows of rank 2 lie in a plane: the two outermost generate the others.
    if size <= 2:
        left, right = _by_rows(tuple(tuple(map(Fraction, row)) for row in matrix.tolist()))
        return list(zip(zip(*left, strict=True), right, strict=True)) if len(right) <= size else None

    # Some term covers the entry whose row and column hold the fewest others: try its left factors, each with the
    # largest right factor that leaves no entry negative.
    support = matrix > 0
    cells = zip(*support.nonzero(), strict=True)
    i, j = min(cells, key=lambda cell: support[cell[0]].sum() * support[:, cell[1]].sum())
    for u in product(*(range(min(entry, LARGEST_FACTOR) + 1) for entry in matrix[:, j])):
        if u[i] and gcd(*u) == 1:
            factors = np.array(u)
            v = (matrix[factors > 0] // factors[factors > 0, None]).min(axis=0)
            rest = _peeled(matrix - np.outer(factors, v), size - 1, budget)
            if rest is not None:
                return [(u, v.tolist()), *rest]
    return None


def _multiplied(left: tuple[Row, ...], right: tuple[Row, ...], width: int) -> tuple[Row, ...]:
    def combined(factors: Row) -> Row:
        columns = zip(*right, strict=True) if right else [()] * width
        return tuple(sum((x * y for x, y in zip(factors, column, strict=True)), Fraction(0)) for column in columns)

    return tuple(map(combined, left))


def _support(rows: Sequence[Row]) -> list[tuple[int, int]]:
    return [(i, j) for i, row in enumerate(rows) for j, x in enumerate(row) if x]


def _read(matrix: Sequence[Sequence[Any]]) -> tuple[Row, ...]:
    wanted = "a matrix of nonnegative numbers, as a list of rows"
    rows = tuple(
        tuple(Fraction(as_exact("matrix", x)) for x in as_list("matrix", row, wanted))
        for row in as_list("matrix", plain_lists(matrix), wanted)
    )
    if not rows or not rows[0] or len({len(row) for row in rows}) > 1 or any(x < 0 for row in rows for x in row):
        raise InputError("matrix", [list(map(str, row)) for row in rows], "a matrix of nonnegative numbers")
    if min(len(rows), len(rows[0])) > MOST_SIDE:
        raise InputError("matrix", f"{len(rows)} x {len(rows[0])}", f"one of at most {MOST_SIDE} rows or columns")
    return rows
