"""The singular directions of given rational data, over the rationals: eigenspaces of N_M, never an SVD.

With full row rank, N_M = S_YX S_XX^-1 S_XY is symmetric and rational; its eigenvalues are the squared singular values.
A rational eigenvalue gives rational directions (repeated ones as many as its multiplicity, orthogonal to each other).
An irreducible factor of the characteristic polynomial of higher degree gives a block that rational critical points
contain whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, total_ordering
from typing import Any

from flint import arb, fmpq, fmpq_mat, fmpq_poly

from algebra.errors import InputError
from algebra.exact.elimination import coordinates, independent_rows, orthogonal_kernel, orthogonalised
from algebra.exact.matrices import (
    OVER_Q,
    columns_of,
    from_rows,
    is_zero,
    rational_matrix,
    side_by_side,
    spread_columns,
    submatrix,
)
from algebra.exact.numbers import to_fraction
from algebra.exact.pickling import frozen_hash
from algebra.exact.precision import precision
from algebra.exact.roots import merged_roots
from algebra.rank import rank_rational

MAX_PRECISION = 1 << 20


@total_ordering
@dataclass(frozen=True, eq=False)
class Eigenvalue:
    """A root of an irreducible rational polynomial, compared exactly.

    Attributes
    ----------
    polynomial : fmpq_poly
        Irreducible, monic.
    position : int
        0 for its largest root.
    """

    polynomial: fmpq_poly
    position: int = 0

    @property
    def rational(self) -> Fraction | None:
        """The value if it is rational, else None."""
        if self.polynomial.degree() > 1:
            return None
        root = -self.polynomial[0] / self.polynomial[1]
        return to_fraction(root)

    def ball(self, bits: int) -> arb:
        """Return an enclosure made with this working precision."""
        with precision(bits):
            if self.polynomial.degree() == 1:
                return arb(-self.polynomial[0] / self.polynomial[1])
            root = merged_roots([self.polynomial.numer()], bits)[self.position]  # disjoint, so in their order
            return arb((root.lower + root.upper) / 2, (root.upper - root.lower) / 2)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Eigenvalue):
            return NotImplemented
        return bool(self.polynomial == other.polynomial) and self.position == other.position

    def __hash__(self) -> int:
        return hash((str(self.polynomial), self.position))

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Eigenvalue):
            return NotImplemented
        if self == other:
            return False
        bits = 64
        while bits <= MAX_PRECISION:  # distinct numbers: it ends long before
            mine, theirs = self.ball(bits), other.ball(bits)
            if not mine.overlaps(theirs):
                return bool(mine < theirs)
            bits *= 2
        raise ArithmeticError("two distinct eigenvalues were not separated")


@dataclass(frozen=True)
class Direction:
    """One rational singular direction, or an irreducible block of several.

    Attributes
    ----------
    eigenvalues : tuple of Eigenvalue
        Squared singular values, decreasing; one unless they are irrational.
    left : fmpq_mat of shape (d_y, size)
        Columns u that span it.
    right : fmpq_mat of shape (size, d_x)
        Rows z of the dual maps: the part of the best linear map in this direction is ``left * right``.
    """

    eigenvalues: tuple[Eigenvalue, ...]
    left: fmpq_mat = field(repr=False)
    right: fmpq_mat = field(repr=False)

    @property
    def size(self) -> int:
        """How many singular values it holds."""
        return len(self.eigenvalues)


@dataclass(frozen=True)
class SingularStructure:
    """Rational data and their singular directions.

    Attributes
    ----------
    X, Y : fmpq_mat
    directions : tuple of Direction
        With nonzero singular values, decreasing by the largest of each.
    left_kernel : fmpq_mat of shape (d_y, d_y - q)
        Columns orthogonal to every direction, q the rank of Y X^T.
    right_kernel : fmpq_mat of shape (rank X - q, d_x)
        Rows that see inputs on which Y X^T vanishes.
    data_rank : int
    residual : Fraction
        Half the squared norm of what no linear map fits.
    """

    __hash__ = frozen_hash

    X: fmpq_mat = field(repr=False)
    Y: fmpq_mat = field(repr=False)
    directions: tuple[Direction, ...]
    left_kernel: fmpq_mat = field(repr=False)
    right_kernel: fmpq_mat = field(repr=False)
    data_rank: int
    residual: Fraction

    @property
    def inputs(self) -> int:
        """Width d_x of the input."""
        return int(self.X.nrows())

    @property
    def outputs(self) -> int:
        """Width d_y of the output."""
        return int(self.Y.nrows())

    @cached_property
    def spectrum(self) -> tuple[Eigenvalue, ...]:
        """All nonzero squared singular values, decreasing, with multiplicity."""
        return tuple(sorted((e for d in self.directions for e in d.eigenvalues), reverse=True))

    @cached_property
    def levels(self) -> tuple[tuple[int, ...], ...]:
        """For each direction the places of its eigenvalues among the distinct ones: larger is larger."""
        distinct = sorted(set(self.spectrum))
        places = {eigenvalue: place for place, eigenvalue in enumerate(distinct)}
        return tuple(tuple(places[e] for e in direction.eigenvalues) for direction in self.directions)

    @cached_property
    def traces(self) -> tuple[Fraction, ...]:
        """For each direction the sum of its eigenvalues, which is rational."""
        sums = [-d.eigenvalues[0].polynomial[d.size - 1] / d.eigenvalues[0].polynomial[d.size] for d in self.directions]
        return tuple(map(to_fraction, sums))


def singular_structure(X: Any, Y: Any) -> SingularStructure:
    """Find the singular directions of rational data, exactly.

    Parameters
    ----------
    X : array_like of shape (d_x, m)
        Exact rationals; any rank.
    Y : array_like of shape (d_y, m)

    Returns
    -------
    SingularStructure

    Raises
    ------
    InputError
        If an entry is not an exact rational, or X and Y have different numbers of columns.

    Examples
    --------
    >>> structure = singular_structure([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 1, 0], [1, 2, 0], [0, 0, 1]])
    >>> [(d.size, [e.rational for e in d.eigenvalues]) for d in structure.directions]
    [(2, [None, None]), (1, [Fraction(1, 1)])]
    """
    x, y = (rational_matrix(name, given, OVER_Q) for name, given in (("X", X), ("Y", Y)))
    if x.ncols() != y.ncols():
        raise InputError("Y", f"a matrix with {y.ncols()} columns", f"one with {x.ncols()} columns, as X")
    rows = independent_rows(x)
    reduced = submatrix(x, rows, range(x.ncols()))
    gram = reduced * reduced.transpose()
    cross = y * reduced.transpose()
    best = cross * gram.inv() if rows else fmpq_mat(y.nrows(), 0)
    normal = best * cross.transpose() if rows else fmpq_mat(y.nrows(), y.nrows())
    missed = y - best * reduced if rows else y
    lost = sum((entry * entry for entry in missed.entries()), fmpq(0)) / 2
    directions = [_direction(block, normal, spread_columns(best, rows, x.nrows())) for block in _blocks(normal)]
    directions.sort(key=lambda direction: direction.eigenvalues[0], reverse=True)
    return SingularStructure(
        x,
        y,
        tuple(directions),
        orthogonal_kernel(normal),
        spread_columns(orthogonal_kernel(cross).transpose(), rows, x.nrows()),
        len(rows),
        to_fraction(lost),
    )


def _blocks(normal: fmpq_mat) -> list[tuple[fmpq_poly, fmpq_mat]]:
    """Split the range of a symmetric matrix into orthogonal cyclic blocks, one per irreducible factor."""
    blocks = []
    for factor, multiplicity in normal.charpoly().factor()[1]:
        if factor.degree() == 1 and factor[0] == 0:
            continue
        space = orthogonal_kernel(_evaluated(factor, normal))
        for _ in range(multiplicity):
            block = _cyclic(space, normal, factor.degree())
            blocks.append((factor, block))
            space = _complement(space, block)
    return blocks


def _evaluated(polynomial: fmpq_poly, matrix: fmpq_mat) -> fmpq_mat:
    size = matrix.nrows()
    value = fmpq_mat(size, size)
    for degree in range(polynomial.degree(), -1, -1):
        value = value * matrix
        for i in range(size):
            value[i, i] += polynomial[degree]
    return value


def _cyclic(space: fmpq_mat, normal: fmpq_mat, size: int) -> fmpq_mat:
    vectors = [from_rows([[row[0]] for row in space.table()], 1)]
    while len(vectors) < size:
        vectors.append(normal * vectors[-1])
    return side_by_side(vectors, space.nrows())


def _complement(space: fmpq_mat, block: fmpq_mat) -> fmpq_mat:
    """Return the vectors of the space that are orthogonal to the block."""
    if space.ncols() == block.ncols():
        return fmpq_mat(space.nrows(), 0)
    return side_by_side(orthogonalised(columns_of(space * orthogonal_kernel(block.transpose() * space))), space.nrows())


def _direction(block: tuple[fmpq_poly, fmpq_mat], normal: fmpq_mat, best: fmpq_mat) -> Direction:
    polynomial, left = block
    right = coordinates(left, best)
    assert not is_zero(right)
    assert rank_rational(right) == left.ncols()
    return Direction(tuple(Eigenvalue(polynomial, i) for i in range(polynomial.degree())), left, right)
