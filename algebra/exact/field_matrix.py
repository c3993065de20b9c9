"""Matrices over a real number field, with the methods of FLINT's rational matrices.

An element of Q(alpha) is a d x d rational matrix, that of the multiplication by it in the basis 1, alpha, …,
alpha^(d-1).  A matrix over the field is the rational matrix of these blocks: products, inverses, ranks and reduced
echelon forms of the one are those of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_poly

from algebra.errors import InputError
from algebra.exact.field import FieldElement, NumberField, polynomial_of
from algebra.exact.matrices import identity

LARGEST_DEGREE = 24


@dataclass(frozen=True, eq=False)
class FieldMatrix:
    """A matrix over a real number field.

    Parameters
    ----------
    field : NumberField
    blocks : fmpq_mat
        The rational matrix of d x d blocks.

    Examples
    --------
    >>> from sympy import sqrt
    >>> (a,) = into_one_field([[[sqrt(2), 2], [1, sqrt(2)]]])
    >>> a.rank(), (a * a).table()
    (1, [[4, 4*sqrt(2)], [2*sqrt(2), 4]])
    """

    field: NumberField
    blocks: fmpq_mat

    def nrows(self) -> int:
        """Number of rows."""
        return int(self.blocks.nrows()) // self.field.degree

    def ncols(self) -> int:
        """Number of columns."""
        return int(self.blocks.ncols()) // self.field.degree

    def _with(self, blocks: fmpq_mat) -> FieldMatrix:
        return FieldMatrix(self.field, blocks)

    def from_rows(self, rows: Sequence[Sequence[Any]], columns: int | None = None) -> FieldMatrix:
        """Return the matrix over the same field with these rows of elements or rationals."""
        elements = [[self.field.element(entry) for entry in row] for row in rows]
        return build(self.field, elements, len(rows[0]) if columns is None else columns)

    def embed(self, matrix: fmpq_mat) -> FieldMatrix:
        """Return a rational matrix as one over the same field."""
        return self.from_rows(matrix.table(), matrix.ncols())

    def __getitem__(self, place: tuple[int, int]) -> FieldElement:
        d, (i, j) = self.field.degree, place
        return FieldElement(self.field, fmpq_poly([self.blocks[i * d + t, j * d] for t in range(d)]))

    def table(self) -> list[list[FieldElement]]:
        """Return the rows."""
        d = self.field.degree
        raw = self.blocks.table()
        return [
            [FieldElement(self.field, fmpq_poly([raw[i + t][j] for t in range(d)])) for j in range(0, len(raw[0]), d)]
            for i in range(0, len(raw), d)
        ]

    def entries(self) -> list[FieldElement]:
        """Return all entries, row by row."""
        return [entry for row in self.table() for entry in row]

    def transpose(self) -> FieldMatrix:
        """Return the transposed matrix."""
        return build(self.field, [list(column) for column in zip(*self.table(), strict=True)], self.nrows())

    def __add__(self, other: FieldMatrix) -> FieldMatrix:
        return self._with(self.blocks + other.blocks)

    def __sub__(self, other: FieldMatrix) -> FieldMatrix:
        return self._with(self.blocks - other.blocks)

    def __mul__(self, other: Any) -> FieldMatrix:
        if isinstance(other, FieldMatrix):
            return self._with(self.blocks * other.blocks)
        if isinstance(other, FieldElement):
            return self.from_rows([[entry * other for entry in row] for row in self.table()])
        return self._with(self.blocks * fmpq(other))

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return bool(self.blocks)

    def rank(self) -> int:
        """Return the rank over the field."""
        return int(self.blocks.rank()) // self.field.degree

    def inv(self) -> FieldMatrix:
        """Return the inverse."""
        return self._with(self.blocks.inv())

    def solve(self, right: FieldMatrix) -> FieldMatrix:
        """Return the solution Z of self * Z = right."""
        return self._with(self.blocks.solve(right.blocks))

    def rref(self) -> tuple[FieldMatrix, int]:
        """Return the reduced row echelon form and the rank."""
        echelon, rank = self.blocks.rref()
        return self._with(echelon), int(rank) // self.field.degree

    def charpoly(self) -> list[FieldElement]:
        """Return the coefficients of the characteristic polynomial, the constant one first (Faddeev–LeVerrier)."""
        size = self.nrows()
        coefficients, M = [self.field.element(1)], None
        one = self.embed(identity(size))
        for step in range(1, size + 1):
            M = one if M is None else self * M + one * coefficients[-1]
            table = (self * M).table()
            trace = sum((table[i][i] for i in range(size)), self.field.element(0))
            coefficients.append(trace * fmpq(-1, step))
        return coefficients[::-1]

    def charpoly_signs(self) -> list[int]:
        """Return the signs of the coefficients of the characteristic polynomial, the constant one first."""
        return [c.sign for c in self.charpoly()]


def build(field: NumberField, rows: list[list[FieldElement]], columns: int) -> FieldMatrix:
    """Return the matrix with these rows."""
    d = field.degree
    flat: list[Any] = []
    for row in rows:
        blocks = [_block(field, entry) for entry in row]
        for t in range(d):
            flat += [entry for block in blocks for entry in block[t]]
    return FieldMatrix(field, fmpq_mat(len(rows) * d, columns * d, flat))


def _block(field: NumberField, element: FieldElement) -> list[list[Any]]:
    total = field.powers[0] * element.polynomial[0]
    for i in range(1, element.polynomial.degree() + 1):
        if element.polynomial[i] != 0:
            total = total + field.powers[i] * element.polynomial[i]
    return total.table()  # type: ignore[no-any-return]


def into_one_field(matrices: list[list[list[Any]]]) -> list[FieldMatrix]:
    """Return the matrices over the smallest number field that sympy finds for all their entries.

    Parameters
    ----------
    matrices : list of lists of rows
        Entries are integers, ``fmpq`` or real algebraic numbers of sympy.

    Returns
    -------
    list of FieldMatrix
        In the order in which they were given.

    Raises
    ------
    InputError
        If an entry is not algebraic, or the field has a degree above 24.

    Examples
    --------
    >>> from sympy import pi
    >>> into_one_field([[[pi]]])
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: entries is [pi], but it must be rational or algebraic numbers
    """
    from sympy import Rational
    from sympy.polys.constructor import construct_domain
    from sympy.polys.polyerrors import BasePolynomialError

    flat = [entry for matrix in matrices for row in matrix for entry in row]
    given = [_as_sympy(entry, Rational) for entry in flat]
    irrational = sorted({entry for entry in given if not entry.is_Rational}, key=str)
    if not all(entry.is_algebraic for entry in irrational):
        raise InputError("entries", [e for e in irrational if not e.is_algebraic], "rational or algebraic numbers")
    allowed = f"in one real number field of degree at most {LARGEST_DEGREE}"
    try:
        domain, elements = construct_domain([Rational(0), *irrational], extension=True)
    except (ArithmeticError, LookupError, NotImplementedError, BasePolynomialError) as refusal:  # sympy cannot read it
        raise InputError("entries", irrational, allowed) from refusal
    if not domain.is_Algebraic or domain.mod.degree() > LARGEST_DEGREE:
        raise InputError("entries", irrational, allowed)
    field = NumberField(domain)
    # An entry may be zero, or another rational number, though it does not look so: sqrt(3 + 2 sqrt(2)) - 1 - sqrt(2).
    convert = {
        e: FieldElement(field, polynomial_of(v.to_list())) for e, v in zip(irrational, elements[1:], strict=True)
    }
    convert |= {e: FieldElement(field, fmpq_poly([fmpq(int(e.p), int(e.q))])) for e in given if e.is_Rational}
    numbers = iter([convert[e] for e in given])
    return [build(field, [[next(numbers) for _ in row] for row in matrix], len(matrix[0])) for matrix in matrices]


def _as_sympy(entry: Any, rational: Any) -> Any:
    if hasattr(entry, "is_Rational"):
        return entry
    value = fmpq(entry)
    return rational(int(value.p), int(value.q))
