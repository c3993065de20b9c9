"""The order of summation in small formats: where it matters, and where attention is no longer equivariant.

In exact arithmetic an attention layer without positions is equivariant: permuting the tokens permutes the outputs.  In
floating point the output of a token is a sum over all tokens, in their order.  Addition commutes but does not
associate: with two tokens nothing happens, with three the smallest counterexamples are found here by exhaustion.

**Smallest.** Words are ordered by magnitude, +x before -x.  Of all counterexamples those come first whose largest word
is the earliest; among these the others decide, in the same order.  All smaller triples are looked at and do not differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.rounding.formats import NumberFormat
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.types import Array

Orders = Callable[[Any, Any, Any], "list[Array]"]

MOST_BITS = 8  # of a format all of whose triples are looked at: 2^24


@dataclass(frozen=True)
class OrderMatters(Shown):
    """Three numbers of a format for which a result depends on their order.

    Parameters
    ----------
    format : NumberFormat
    tokens : tuple of Fraction
        Three numbers; the largest is the last.
    results : tuple of Fraction
        With the last, the second and the first of them added last.
    query : Fraction, optional
        The token whose output it is.
    """

    format: NumberFormat
    tokens: tuple[Fraction, ...]
    results: tuple[Fraction, ...]
    query: Fraction | None = None


def sum_of_three(a: Any, b: Any, c: Any) -> Array:
    """Return (a + b) + c, rounded twice."""
    return np.asarray((a + b) + c)


def attended(fmt: NumberFormat) -> Callable[..., Array]:
    """Return the output of softmax attention for one token, the simplest that there is.

    Tokens are numbers; query, key and value are the token itself.  Every operation is rounded to the format: scores,
    their differences from the greatest, exp (correctly), the normaliser, the weights, the products and the sum.

    Parameters
    ----------
    fmt : NumberFormat

    Returns
    -------
    callable
        ``output(query, *keys)``, of arrays of the format: sums run over the keys in this order.
    """
    exponential = _exponentials(fmt)

    def output(query: Any, *keys: Any) -> Array:
        scores = [query * key for key in keys]
        greatest = reduce(np.maximum, scores)
        weights = [exponential(score - greatest) for score in scores]
        normaliser = reduce(add, weights)
        shares = [weight / normaliser * key for weight, key in zip(weights, keys, strict=True)]
        return np.asarray(reduce(add, shares))

    return output


def _exponentials(fmt: NumberFormat) -> Callable[[Array], Array]:
    """Return exp of numbers that are at most 0, correctly rounded, by a table of all of them."""
    from algebra.exact.balls import ball
    from algebra.exact.precision import precision

    kind = np.uint8 if fmt.bits <= 8 else np.uint16
    table = np.zeros(1 << (8 * np.dtype(kind).itemsize), dtype=np.float64)
    with precision(192):
        for word in fmt.words:
            if word <= 0:
                value = fmt.nearest_real(ball(Fraction(float(word))).exp()) if word < 0 else Fraction(1)
                table[np.asarray(word).view(kind)] = float(value)
    table[np.asarray(fmt.rounded(-0.0)).view(kind)] = 1
    rounded = fmt.rounded(table)
    return lambda values: np.asarray(rounded[np.asarray(values).view(kind)])


def _triples(fmt: NumberFormat) -> Iterator[tuple[Array, Array, Any]]:
    """Yield all triples a <= b <= c in the order of words, by c: a down the rows, b along the columns."""
    words = fmt.words
    for count in range(1, len(words) + 1):
        until = words[:count]
        yield until[:, None], until[None, :], words[count - 1]


def _first(differs: Array) -> tuple[int, int] | None:
    """Return column and row of the first difference with a <= b: by b, then by a."""
    rows, columns = np.nonzero(np.triu(differs))
    if not len(rows):
        return None
    at = np.lexsort((rows, columns))[0]
    return int(columns[at]), int(rows[at])


def _differ(results: list[Array]) -> Array:
    """Say where results differ: as numbers, and only where all of them are finite."""
    floats = [result.astype(np.float64) for result in results]
    is_finite = np.isfinite(floats[0]) & np.isfinite(floats[1]) & np.isfinite(floats[2])
    return np.asarray(is_finite & ((floats[0] != floats[1]) | (floats[0] != floats[2])))


def smallest_unordered_sum(name: str) -> OrderMatters | None:
    """Return the smallest three numbers whose rounded sum depends on their order; None if no sum does.

    With p significant bits it is 1, 2^(p-1), 2^(p-1) + 1 in units of the least number: the sum of the last two is a
    tie, and rounded down by 1, so that the 1 is lost twice; in the other orders all sums are exact.

    Parameters
    ----------
    name : str
        Of a format.

    Returns
    -------
    OrderMatters, or None

    Raises
    ------
    InputError
        If there is no such format.

    Examples
    --------
    >>> found = smallest_unordered_sum("e4m3")
    >>> [str(512 * x) for x in found.tokens], [str(512 * x) for x in found.results]
    (['1', '8', '9'], ['18', '18', '16'])
    """
    fmt = NumberFormat(name)
    return _smallest(fmt, [lambda a, b, c: [sum_of_three(a, b, c), sum_of_three(a, c, b), sum_of_three(b, c, a)]])


def smallest_unequal_attention(name: str) -> OrderMatters | None:
    """Return the smallest three tokens for which the output of one depends on the order of the tokens.

    Parameters
    ----------
    name : str
        Of a format; in bfloat16 the search takes minutes.

    Returns
    -------
    OrderMatters, or None

    Raises
    ------
    InputError
        If there is no such format.

    Examples
    --------
    >>> found = smallest_unequal_attention("e5m2")
    >>> [str(2**16 * x) for x in found.tokens], [str(2**16 * x) for x in found.results]
    (['2', '12', '16'], ['10', '10', '8'])
    """
    fmt = NumberFormat(name)
    output = attended(fmt)

    def of(query: int) -> Orders:
        def results(*keys: Any) -> list[Array]:
            a, b, c = keys
            token = keys[query]
            return [output(token, a, b, c), output(token, a, c, b), output(token, b, c, a)]

        return results

    return _smallest(fmt, [of(2), of(1), of(0)])


def _short(name: str) -> NumberFormat:
    fmt = NumberFormat(name)
    if fmt.bits > MOST_BITS:
        raise InputError(
            "format", fmt.name, f"one of at most {MOST_BITS} bits: all triples of its numbers are looked at"
        )
    return fmt


def _smallest(fmt: NumberFormat, questions: Sequence[Orders]) -> OrderMatters | None:
    """Return the first triple at which one of the questions has results that differ; the first of these questions."""
    with np.errstate(all="ignore"):  # infinities and NaN are left out
        for a, b, c in _triples(fmt):
            found: list[tuple[tuple[int, int], int, list[Array]]] = []
            for number, question in enumerate(questions):
                results = question(a, b, c)
                at = _first(_differ(results))
                if at is not None:
                    found.append((at, number, results))
            if found:
                (column, row), number, results = min(found, key=lambda each: each[:2])
                exact = tuple(Fraction(float(x)) for x in (a[row, 0], b[0, column], c))
                query = None if len(questions) == 1 else exact[2 - number]
                return OrderMatters(fmt, exact, tuple(Fraction(float(r[row, column])) for r in results), query)
    return None


def unordered_sums(name: str) -> tuple[int, int]:
    """Count the ordered triples of numbers whose sum depends on the order, and all whose partial sums are finite.

    Parameters
    ----------
    name : str
        Of a format of at most 8 bits.

    Returns
    -------
    (int, int)

    Examples
    --------
    >>> unordered_sums("e2m1")
    (1350, 3375)
    """
    fmt = _short(name)
    sums = _table(fmt)
    differing = finite = 0
    for c in range(len(fmt.words)):
        after = sums[:-1, c]
        orders = [sums[sums[:-1, :-1], c], sums[after][:, :-1], sums[:-1, after]]
        is_finite = (orders[0] >= 0) & (orders[1] >= 0) & (orders[2] >= 0)
        finite += int(is_finite.sum())
        differing += int((is_finite & ((orders[0] != orders[1]) | (orders[0] != orders[2]))).sum())
    return differing, finite


def _table(fmt: NumberFormat) -> Array:
    """Return the number of the sum of two words, by their numbers; -1 where it is not finite, also of -1 itself."""
    floats = fmt.words.astype(np.float64)
    numbers = {value: number for number, value in enumerate(floats.tolist())}
    with np.errstate(all="ignore"):
        sums = (fmt.words[:, None] + fmt.words[None, :]).astype(np.float64)
    table = np.full((len(floats) + 1,) * 2, -1, dtype=np.int16)
    table[:-1, :-1] = [[numbers.get(value, -1) for value in row] for row in sums.tolist()]
    return table


def float32_sums(name: str) -> tuple[int, float, float]:
    """Return how many numbers of a format have sums in float32 that depend on the order, with two such sums.

    They are one more than `NumberFormat.order_free_terms`: the greatest number as often as its sum stays even beyond
    2^24 times the least one, which then comes twice: at the end it is lost, at the beginning it is not.

    Parameters
    ----------
    name : str
        Of a format.

    Returns
    -------
    (int, float, float)

    Raises
    ------
    InputError
        If there is no such format, or two of its numbers already have a sum that float32 does not hold.

    Examples
    --------
    >>> float32_sums("e4m3")
    (76, 33152.0, 33152.00390625)
    """
    fmt = _short(name)
    count = fmt.exact_terms()
    if not count:
        raise InputError("format", fmt.name, "one of which float32 holds all sums of two numbers")
    large = np.full(count + 1, float(fmt.most), dtype=np.float32)
    small = np.full(2, float(fmt.least_positive), dtype=np.float32)
    # cumulative sums are made one after the other; numpy.sum adds in pairs
    orders = [np.cumsum(np.concatenate(parts), dtype=np.float32)[-1] for parts in ((large, small), (small, large))]
    return count + 3, float(orders[0]), float(orders[1])
