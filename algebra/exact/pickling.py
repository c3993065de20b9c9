"""Pickling and copying of FLINT's objects, and with them of everything that holds them.

FLINT's own types do not know how.  They are taught here, once: as Python's integers, which have every value exactly
(a ball may come back larger by 2^-29 of its radius).
`frozen_hash` gives frozen dataclasses with such fields a hash.
"""

from __future__ import annotations

import copyreg
from dataclasses import fields
from typing import Any

from flint import arb, arb_mat, fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_mat, fmpz_poly, nmod_mat

MATRICES = (fmpz_mat, fmpq_mat, nmod_mat, arb_mat)


def _integers(numbers: Any) -> tuple[int, ...]:
    return tuple(map(int, numbers))


def _fmpz(value: fmpz) -> tuple[Any, ...]:
    return fmpz, (int(value),)


def _fmpq(value: fmpq) -> tuple[Any, ...]:
    return fmpq, (int(value.p), int(value.q))


def _fmpz_mat(matrix: fmpz_mat) -> tuple[Any, ...]:
    return _integer_matrix, (matrix.nrows(), matrix.ncols(), _integers(matrix.entries()))


def _integer_matrix(rows: int, columns: int, entries: tuple[int, ...]) -> fmpz_mat:
    return fmpz_mat(rows, columns, list(entries))


def _fmpq_mat(matrix: fmpq_mat) -> tuple[Any, ...]:
    if not matrix.nrows() or not matrix.ncols():
        return fmpq_mat, (matrix.nrows(), matrix.ncols())
    numerators, denominator = matrix.numer_denom()
    return _rational_matrix, (matrix.nrows(), matrix.ncols(), _integers(numerators.entries()), int(denominator))


def _rational_matrix(rows: int, columns: int, numerators: tuple[int, ...], denominator: int) -> fmpq_mat:
    return fmpq_mat(_integer_matrix(rows, columns, numerators)) / denominator


def _nmod_mat(matrix: nmod_mat) -> tuple[Any, ...]:
    return _residue_matrix, (matrix.nrows(), matrix.ncols(), _integers(matrix.entries()), int(matrix.modulus()))


def _residue_matrix(rows: int, columns: int, entries: tuple[int, ...], modulus: int) -> nmod_mat:
    return nmod_mat(rows, columns, list(entries), modulus)


def _fmpz_poly(polynomial: fmpz_poly) -> tuple[Any, ...]:
    return _integer_polynomial, (_integers(polynomial.coeffs()),)


def _integer_polynomial(coefficients: tuple[int, ...]) -> fmpz_poly:
    return fmpz_poly(list(coefficients))


def _fmpq_poly(polynomial: fmpq_poly) -> tuple[Any, ...]:
    return _rational_polynomial, (_integers(polynomial.numer().coeffs()), int(polynomial.denom()))


def _rational_polynomial(numerators: tuple[int, ...], denominator: int) -> fmpq_poly:
    return fmpq_poly(list(numerators), denominator)


def _arb(ball: arb) -> tuple[Any, ...]:
    """Keep the middle exactly, whatever the precision in force."""
    middle, radius = ball.mid(), ball.rad()
    return _ball, (_dyadic(middle), _dyadic(radius))


def _dyadic(number: arb) -> tuple[int, int] | str:
    if not number.is_finite():
        return str(number.str()).strip("[]") if number.is_nan() else ("inf" if number > 0 else "-inf")
    mantissa, exponent = number.man_exp()
    return int(mantissa), int(exponent)


def _ball(middle: tuple[int, int] | str, radius: tuple[int, int] | str) -> arb:
    """Return a ball with this middle, and a radius that is no smaller: FLINT rounds up what it reads to 29 bits."""
    return arb(middle, radius)


def _arb_mat(matrix: arb_mat) -> tuple[Any, ...]:
    return _ball_matrix, (matrix.nrows(), matrix.ncols(), tuple(matrix.entries()))


def _ball_matrix(rows: int, columns: int, entries: tuple[arb, ...]) -> arb_mat:
    return arb_mat(rows, columns, list(entries))


for _kind, _reduce in (
    (fmpz, _fmpz),
    (fmpq, _fmpq),
    (fmpz_mat, _fmpz_mat),
    (fmpq_mat, _fmpq_mat),
    (nmod_mat, _nmod_mat),
    (fmpz_poly, _fmpz_poly),
    (fmpq_poly, _fmpq_poly),
    (arb, _arb),
    (arb_mat, _arb_mat),
):
    copyreg.pickle(_kind, _reduce)


def frozen_hash(instance: Any) -> int:
    """Return a hash of a frozen dataclass from the fields that are compared; use it as its ``__hash__``.

    FLINT's matrices and polynomials can be changed and have no hash of their own; those in a frozen dataclass are not
    changed.

    Parameters
    ----------
    instance : dataclass

    Returns
    -------
    int
    """
    return hash((type(instance), *(_hashable(getattr(instance, f.name)) for f in fields(instance) if f.compare)))


def frozen_equal(instance: Any, other: Any) -> Any:
    """Compare frozen dataclasses with arrays among their fields, entry by entry; use it as their ``__eq__``.

    Parameters
    ----------
    instance : dataclass
    other : object

    Returns
    -------
    bool or NotImplemented
    """
    if type(other) is not type(instance):
        return NotImplemented
    names = [f.name for f in fields(instance) if f.compare]
    return all(_are_equal(getattr(instance, name), getattr(other, name)) for name in names)


def _are_equal(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_are_equal, one, other))
    if hasattr(one, "shape") and hasattr(other, "shape"):
        return bool(one.shape == other.shape and (one == other).all())
    return bool(one == other)


def _hashable(value: Any) -> Any:
    if hasattr(value, "shape") and hasattr(value, "tolist"):
        return value.shape, _hashable(value.tolist())
    if isinstance(value, MATRICES):
        return value.nrows(), value.ncols(), tuple(map(str, value.entries()))
    if isinstance(value, fmpq_poly | fmpz_poly | arb):
        return str(value)
    if isinstance(value, tuple | list):
        return tuple(map(_hashable, value))
    return tuple((key, _hashable(each)) for key, each in sorted(value.items())) if isinstance(value, dict) else value
