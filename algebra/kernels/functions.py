"""The least norm of a user's function over all Euclidean kernels: by its values, or by counts of true coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from algebra.errors import InputError
from algebra.exact.numbers import exact_number
from algebra.kernels.norms import fourier_weights
from algebra.kernels.programs import literal_count, predictor_norm
from algebra.kernels.schemes import Scheme
from algebra.kernels.whole_cube import ConcaveMaximum, maximised

MOST_POINTS = 3000  # of a slice: all pairs of points are looked at
MOST_COUNTED = 200  # coordinates that are counted: exact orthogonal polynomials, five seconds on slices


def function_weights(scheme: Scheme, values: Sequence[Any]) -> tuple[Fraction, ...]:
    """Return the weight on each level of a function that is given by all its values.

    Parameters
    ----------
    scheme : Scheme
    values : sequence of exact numbers
        On the cube by the points' numbers, in which bit i is coordinate i; on a slice by the sets of ones, in the order
        of `itertools.combinations`.

    Returns
    -------
    tuple of Fraction

    Raises
    ------
    InputError
        If there are not as many values as points, or too many.

    Examples
    --------
    >>> [str(w) for w in function_weights(Scheme(4, 2), [1, 0, 0, 0, 0, 0])]  # x_0 x_1
    ['1/36', '1/12', '1/18']
    """
    if scheme.n > MOST_POINTS or len(values) != scheme.size:
        raise InputError("values", f"{len(values)} values", f"of {scheme.label} one for each point")
    if scheme.p is None:
        return fourier_weights(values)
    if scheme.size > MOST_POINTS:
        raise InputError("values", f"{len(values)} values", f"at most {MOST_POINTS} on a slice")

    # |E_j g|^2 = sum over pairs of points of g(x) g(y) Q[i][j] / N, at their relation i
    exact = [exact_number(f"values[{i}]", value) for i, value in enumerate(values)]
    words = [sum(1 << i for i in ones) for ones in combinations(range(scheme.n), scheme.p)]
    points = [(word, value) for word, value in zip(words, exact, strict=True) if value]
    pairs = [Fraction(0)] * (scheme.diameter + 1)
    for place, (word, value) in enumerate(points):
        sums = [Fraction(0)] * len(pairs)
        for other, another in points[:place]:
            sums[(word ^ other).bit_count() // 2] += another
        pairs = [total + 2 * value * each for total, each in zip(pairs, sums, strict=True)]
        pairs[0] += value * value
    shares = [pair / v for pair, v in zip(pairs, scheme.valencies, strict=True)]
    sums_of_levels = scheme.spectrum(shares)
    return tuple(m * x / scheme.size**2 for m, x in zip(scheme.multiplicities, sums_of_levels, strict=True))


def count_weights(scheme: Scheme, values: Sequence[Any]) -> tuple[Fraction, ...]:
    """Return the weights of a function of the number of true ones among the first k coordinates.

    Parameters
    ----------
    scheme : Scheme
    values : sequence of exact numbers
        By that number, 0..k.

    Returns
    -------
    tuple of Fraction

    Examples
    --------
    >>> [str(w) for w in count_weights(Scheme(9), [0, 0, 1, 1])]  # a majority of three
    ['1/4', '3/16', '0', '1/16']
    """
    functions = literal_count(scheme, _counted(scheme, values))
    squares = predictor_norm(functions, [_exact(values, t) for t in functions.support]).squares
    return tuple(square / m for square, m in zip(squares, scheme.multiplicities, strict=False))


def count_norm_whole_cube(n: int, values: Sequence[Any]) -> ConcaveMaximum:
    """Return the least norm on {0,1}^n, over all kernels, of a function of the number of ones among k coordinates.

    It is that of all images of the function under permutations, as of `monomial_norm`.

    Parameters
    ----------
    n : int
        Bits of a point.
    values : sequence
        The function at 0, 1, ..., k ones: exact numbers.

    Returns
    -------
    ConcaveMaximum

    Examples
    --------
    >>> count_norm_whole_cube(4, [0, 0, 0, 1]).enclosure(8)  # sqrt(8/5), as of the monomial
    ('1.2649110', '1.2649111')
    """
    k = _counted(Scheme(n), values)
    columns: dict[int, tuple[Fraction, ...]] = {}
    for p in range(n + 1):
        functions = literal_count(Scheme(n, p), k)
        squares = predictor_norm(functions, [_exact(values, t) for t in functions.support]).squares
        if any(squares):
            columns[p] = squares
    if not columns:
        return ConcaveMaximum({0: (Fraction(0),)}, {0: Fraction(1)})
    levels = range(max(map(len, columns.values())))
    used = [j for j in levels if any(j < len(column) and column[j] for column in columns.values())]
    kept = {p: tuple(c[j] if j < len(c) else Fraction(0) for j in used) for p, c in columns.items()}
    return maximised(kept)


def _counted(scheme: Scheme, values: Sequence[Any]) -> int:
    """Return how many coordinates are counted."""
    k = len(values) - 1
    most = min(scheme.n, MOST_COUNTED)
    if not 0 <= k <= most:
        raise InputError("counts", f"{len(values)} values", f"1 to {most + 1}: by the number of ones among 0 to {most}")
    return k


def _exact(values: Sequence[Any], t: int) -> Fraction:
    return exact_number(f"counts[{t}]", values[t])
