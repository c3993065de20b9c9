"""Rational functions of few symbols from their values modulo a prime, and their coefficients as rationals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from flint import nmod_mat
from numpy.typing import NDArray

Values = NDArray[np.int64]
Exponents = tuple[int, ...]
Polynomial = dict[Exponents, int]
"""Exponents of the symbols → integer coefficient; no zeros."""


def line_degrees(values: Values, points: Values, prime: int) -> tuple[int, int] | None:
    """Degrees of numerator and denominator of a rational function of one variable; None if they are too large.

    Examples
    --------
    >>> t = np.arange(1, 12)
    >>> line_degrees(np.array([(x + 1) * pow(int(x * x + 3), -1, 101) % 101 for x in t]), t, 101)
    (1, 2)
    """
    most = (len(points) - 2) // 2 - 1
    powers = _powers(points, most, prime)
    for e in range(most + 1):
        system = np.concatenate([powers[:, : e + 1], -values[:, None] * powers[:, : e + 1] % prime], axis=1)
        kernel, dimension = _matrix(system, prime).nullspace()
        if dimension:
            solution = [int(kernel[i, 0]) for i in range(2 * e + 2)]
            top = max((i for i in range(e + 1) if solution[i]), default=0)
            return top, max(i for i in range(e + 1) if solution[e + 1 + i])
    return None


def monomials(symbols: int, degree: int, each: tuple[int, ...]) -> list[Exponents]:
    """Exponents of total degree at most `degree`, and at most `each` in every symbol; see `count_monomials` first.

    Examples
    --------
    >>> monomials(2, 2, (1, 2))
    [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]
    """
    return [exponents for total in range(degree + 1) for exponents in _of_total(total, each[:symbols])]


def _of_total(total: int, each: tuple[int, ...]) -> Iterator[Exponents]:
    """Exponents of one total degree, those with the most of the first symbol first."""
    if not each:
        if total == 0:
            yield ()
        return
    least = max(0, total - sum(each[1:]))
    for first in range(min(total, each[0]), least - 1, -1):
        for rest in _of_total(total - first, each[1:]):
            yield (first, *rest)


def count_monomials(degree: int, each: Iterable[int]) -> int:
    """Count what `monomials` lists, without listing it: 12 symbols have a billion monomials of degree 24.

    Examples
    --------
    >>> count_monomials(2, (1, 2)), count_monomials(24, (24,) * 12)
    (5, 1251677700)
    """
    counts = [1] + [0] * degree  # of each total degree
    for most in each:
        counts = [sum(counts[max(0, total - most) : total + 1]) for total in range(degree + 1)]
    return sum(counts)


def evaluate_monomials(exponents: list[Exponents], points: Values, prime: int) -> Values:
    """Values of the monomials (columns) at points (rows)."""
    most = max((max(e, default=0) for e in exponents), default=0)
    powers = [_powers(points[:, i], most, prime) for i in range(points.shape[1])]
    columns = []
    for e in exponents:
        column = np.ones(len(points), np.int64)
        for i, power in enumerate(e):
            if power:
                column = column * powers[i][:, power] % prime
        columns.append(column)
    return np.stack(columns, axis=1)


def denominator(
    values: Values, points: Values, top: list[Exponents], bottom: list[Exponents], prime: int
) -> Values | None:
    """Coefficients of the denominator of a rational function from more values than unknowns; None if not unique."""
    numerator_part = evaluate_monomials(top, points, prime)
    denominator_part = evaluate_monomials(bottom, points, prime)
    system = np.concatenate([numerator_part, -values[:, None] * denominator_part % prime], axis=1)
    kernel, dimension = _matrix(system, prime).nullspace()
    if dimension != 1:
        return None
    return np.array([int(kernel[len(top) + i, 0]) for i in range(len(bottom))], np.int64)


def interpolate(values: Values, points: Values, exponents: list[Exponents], prime: int) -> Values | None:
    """Coefficients of polynomials (columns of `values`) with given monomials; None if the points do not fix them."""
    n = len(exponents)
    system = evaluate_monomials(exponents, points[:n], prime)
    try:
        solution = _matrix(system, prime).solve(_matrix(values[:n], prime))
    except ZeroDivisionError:
        return None
    return np.array([int(x) for x in solution.entries()], np.int64).reshape(n, values.shape[1])


def lift(residue: int, prime: int) -> Fraction | None:
    """Return the fraction of small numerator and denominator with this residue, if there is one.

    Examples
    --------
    >>> lift(2 * pow(3, -1, 8388593) % 8388593, 8388593)
    Fraction(2, 3)
    """
    bound = int((prime // 2) ** 0.5)
    a, b, u, v = prime, residue % prime, 0, 1
    while b > bound:
        q = a // b
        a, b, u, v = b, a - q * b, v, u - q * v
    return None if v == 0 or abs(v) > bound else Fraction(b, v)


def lift_polynomials(columns: list[tuple[list[Exponents], Values]], prime: int) -> list[Polynomial] | None:
    """Lift polynomials given by residues, up to one common factor, to integers; None without small lifts."""
    scale = next((int(c) for _, column in columns for c in column if c), 0)
    if not scale:
        return None
    inverse = pow(scale, -1, prime)
    lifted: list[dict[Exponents, Fraction]] = []
    for exponents, column in columns:
        entries = {}
        for e, residue in zip(exponents, column, strict=True):
            if residue:
                value = lift(int(residue) * inverse % prime, prime)
                if value is None:
                    return None
                entries[e] = value
        lifted.append(entries)
    common = lcm(*(value.denominator for entries in lifted for value in entries.values()))
    return [{e: int(value * common) for e, value in entries.items()} for entries in lifted]


def _powers(points: Values, most: int, prime: int) -> Values:
    table = np.ones((len(points), most + 1), np.int64)
    for i in range(most):
        table[:, i + 1] = table[:, i] * points % prime
    return table


def _matrix(array: Values, prime: int) -> Any:
    return nmod_mat(*array.shape, (array % prime).ravel().tolist(), prime)
