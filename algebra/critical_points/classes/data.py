"""Rational data whose singular structure is rational and known: orthogonal matrices by the Cayley transform."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.errors import InputError, as_integer
from algebra.exact.matrices import from_rows, identity
from algebra.exact.numbers import exact_number, to_fmpq, to_fraction


def rational_orthogonal(size: int, rng: random.Random, bound: int = 2) -> fmpq_mat:
    """Return a rational orthogonal matrix, (I - K)(I + K)^-1 for a random skew K with small integer entries.

    Parameters
    ----------
    size : int
    rng : random.Random
    bound : int
        Largest absolute value of the entries of K: larger ones give larger denominators.

    Returns
    -------
    fmpq_mat of shape (size, size)

    Examples
    --------
    >>> q = rational_orthogonal(3, random.Random(0))
    >>> q * q.transpose() == identity(3)
    True
    """
    skew = fmpq_mat(size, size)
    for i in range(size):
        for j in range(i):
            value = rng.randint(-bound, bound)
            skew[i, j], skew[j, i] = fmpq(value), fmpq(-value)
    return (identity(size) - skew) * (identity(size) + skew).inv() if size else skew


def invertible_matrix(size: int, rng: random.Random) -> fmpq_mat:
    """Return a random integer matrix of determinant 1 or -1, so that its inverse is integral too.

    Parameters
    ----------
    size : int
    rng : random.Random

    Returns
    -------
    fmpq_mat, shape (size, size)
    """
    matrix = identity(size)
    order = list(range(size))
    rng.shuffle(order)
    for _ in range(2 * size if size > 1 else 0):
        i, j = rng.sample(range(size), 2)
        factor = rng.choice((-1, 1))
        for column in range(size):
            matrix[i, column] += factor * matrix[j, column]
    return from_rows([[matrix[i, j] for j in range(size)] for i in order], size)


@dataclass(frozen=True)
class SpectralData:
    """Data whose whitened target has prescribed singular values.

    Attributes
    ----------
    X, Y : fmpq_mat
        Shapes (d_x, m) and (d_y, m).
    singular_values : tuple of Fraction
        Of Y X^T (X X^T)^-1 X, decreasing, min(d_x, d_y) of them.
    residual : Fraction
        Half the squared norm of what no linear map can fit.
    """

    X: fmpq_mat
    Y: fmpq_mat
    singular_values: tuple[Fraction, ...]
    residual: Fraction


def data_with_singular_values(
    singular_values: Sequence[Any], inputs: int, outputs: int, samples: int | None = None, seed: int = 0
) -> SpectralData:
    """Build rational X and Y such that Y X^T (X X^T)^-1 X has these singular values.

    Parameters
    ----------
    singular_values : sequence of exact numbers
        min(inputs, outputs) of them, at least 0; repeated and zero ones are welcome.
    inputs, outputs : int
        d_x and d_y, at least 1.
    samples : int, optional
        m, at least d_x; default d_x. With more samples Y gets a part that no linear map fits.
    seed : int

    Returns
    -------
    SpectralData
        X has full row rank.

    Raises
    ------
    InputError
        If the number of singular values is wrong, one is negative or a float, or there are too few samples.

    Examples
    --------
    >>> data = data_with_singular_values([1, "1/2"], inputs=2, outputs=3, seed=1)
    >>> data.singular_values
    (Fraction(1, 1), Fraction(1, 2))
    """
    d_x, d_y = as_integer("inputs", inputs, 1), as_integer("outputs", outputs, 1)
    m = as_integer("samples", d_x if samples is None else samples, d_x)
    values = _checked_values(singular_values, min(d_x, d_y))
    rng = random.Random(seed)
    left, right, frame = (rational_orthogonal(size, rng, 1) for size in (d_y, d_x, m))
    diagonal = fmpq_mat(d_y, d_x)
    for i, value in enumerate(values):
        diagonal[i, i] = to_fmpq(value)
    whitened = left * diagonal * right.transpose()
    rows = frame.table()
    seen, unseen = from_rows(rows[:d_x], m), from_rows(rows[d_x:], m)
    noise = fmpq_mat(d_y, m - d_x, [fmpq(rng.randint(-1, 1)) for _ in range(d_y * (m - d_x))])
    lost = sum((entry * entry for entry in noise.entries()), fmpq(0)) / 2
    target = whitened * seen + noise * unseen
    return SpectralData(invertible_matrix(d_x, rng) * seen, target, values, to_fraction(lost))


def _checked_values(singular_values: Sequence[Any], count: int) -> tuple[Fraction, ...]:
    values = sorted((exact_number("singular_values", value) for value in singular_values), reverse=True)
    if len(values) != count or (values and values[-1] < 0):
        raise InputError("singular_values", list(singular_values), f"{count} exact numbers of at least 0")
    return tuple(values)
