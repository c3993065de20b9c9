"""What a small format represents exactly: sums, products, linear maps, rows of softmax, tanh; all of it by exhaustion.

Sums and products of two numbers of at most 8 bits are computed in float64, which holds them exactly.  Values of exp and
tanh at rational numbers other than 0 are no numbers of any format: balls (Arb) prove it one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from algebra.errors import InputError
from algebra.rounding.formats import NumberFormat
from algebra.rounding.ktanh_bfloat16 import bfloat16_value, word_of
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.rounding.ktanh_bfloat16 import Words
    from algebra.types import Array, Floats

Operation = Literal["+", "*"]
BITS = 192  # of the balls


def small_format(name: str) -> NumberFormat:
    """Return a format of at most 8 bits.

    Parameters
    ----------
    name : str

    Returns
    -------
    NumberFormat

    Raises
    ------
    InputError
        If there is no such format, or it is longer: it has too many pairs.
    """
    fmt = NumberFormat(name)
    if fmt.bits > 8:
        raise InputError("format", fmt.name, "one of at most 8 bits: all pairs of its numbers are looked at")
    return fmt


@dataclass(frozen=True)
class Pairs(Shown):
    """An operation on all pairs of numbers of a format.

    Parameters
    ----------
    format : NumberFormat
    exact : ndarray
        The results, in float64, which holds them.
    rounded : ndarray
        The results of the format's own arithmetic; infinite or no number where it overflows.
    """

    format: NumberFormat
    exact: Floats
    rounded: Floats

    @classmethod
    def of(cls, name: str, operation: Operation) -> Pairs:
        """Compute all of them.

        Parameters
        ----------
        name : str
            Of a format of at most 8 bits.
        operation : {"+", "*"}

        Returns
        -------
        Pairs

        Examples
        --------
        >>> found = Pairs.of("e4m3", "+")
        >>> found.count, found.representable, found.is_correctly_rounded, found.errors_are_numbers
        (64009, 11377, True, True)
        """
        fmt = small_format(name)
        words, floats = fmt.words, fmt.words.astype(np.float64)
        with np.errstate(all="ignore"):
            if operation == "+":
                return cls(fmt, floats[:, None] + floats, (words[:, None] + words).astype(np.float64))
            return cls(fmt, floats[:, None] * floats, (words[:, None] * words).astype(np.float64))

    @property
    def count(self) -> int:
        """How many pairs there are."""
        return int(self.exact.size)

    @property
    def representable(self) -> int:
        """How many results are numbers of the format."""
        return int((self.exact == self.rounded).sum())

    @property
    def is_correctly_rounded(self) -> bool:
        """Whether the format's arithmetic gives the exact result, rounded once: nearest, ties to even.

        `ml_dtypes` computes in float32 and rounds again. A conversion from float64 is a single rounding.
        """
        with np.errstate(all="ignore"):
            once = self.format.rounded(self.exact).astype(np.float64)
        return bool(np.array_equal(once, self.rounded, equal_nan=True))

    @property
    def errors_are_numbers(self) -> bool:
        """Whether every rounding error is a number of the format, where the result is finite and not saturated.

        Of products only those count that are multiples of the least number: others underflow.
        """
        multiples = self.exact / float(self.format.least_positive)
        counts = np.isfinite(self.rounded) & (abs(self.exact) <= float(self.format.most))
        counts &= multiples == np.rint(multiples)
        errors = (self.exact - self.rounded)[counts]
        return bool((self.format.rounded(errors).astype(np.float64) == errors).all())


def exact_multipliers(name: str) -> tuple[list[Fraction], list[Fraction]]:
    """Return the numbers w for which x -> w x is exact: for all x, and for all x without over- and underflow.

    The second asks only for products that are not above the greatest number and whose last digit is not below the
    least. A dot product with rounding after every product is exact for such weights alone.

    Parameters
    ----------
    name : str
        Of a format.

    Returns
    -------
    tuple[list[Fraction], list[Fraction]]

    Examples
    --------
    >>> always, mostly = exact_multipliers("e5m2")
    >>> [str(w) for w in always], len(mostly), [str(w) for w in mostly[-4:]]
    (['0', '1', '-1'], 65, ['16384', '-16384', '32768', '-32768'])
    """
    found = Pairs.of(name, "*")
    is_number = found.exact == found.rounded
    multiples = found.exact / float(found.format.least_positive)
    is_within = (abs(found.exact) <= float(found.format.most)) & (multiples == np.rint(multiples))
    numbers = [Fraction(float(word)) for word in found.format.words]
    always = [w for w, row in zip(numbers, is_number, strict=True) if row.all()]
    mostly = [w for w, row, within in zip(numbers, is_number, is_within, strict=True) if row[within].all()]
    return always, mostly


@dataclass(frozen=True)
class SoftmaxPairs(Shown):
    """Softmax of two logits of a format, for all pairs of them; the weights depend on their difference alone.

    Parameters
    ----------
    format : NumberFormat
    pairs : int
        Pairs of logits.
    differences : int
        Their distinct absolute differences.
    representable : int
        Pairs whose weights are numbers of the format: those of equal logits.
    sums_to_one : int
        Pairs whose correctly rounded weights have the sum 1.
    rows : int
        Distinct rows of correctly rounded weights.
    distributions : int
        Rows (p, 1 - p) of numbers of the format, the points of the simplex that it has.
    attained : int
        How many of these are the correctly rounded weights of some pair.
    """

    format: NumberFormat
    pairs: int
    differences: int
    representable: int
    sums_to_one: int
    rows: int
    distributions: int
    attained: int


def softmax_pairs(name: str) -> SoftmaxPairs:
    """Look at the softmax of all pairs of logits.

    Parameters
    ----------
    name : str
        Of a format.

    Returns
    -------
    SoftmaxPairs

    Raises
    ------
    InputError
        If there is no such format, or it has more than 8 bits.
    ArithmeticError
        If some ball does not decide, which did not happen.

    Examples
    --------
    >>> found = softmax_pairs("e4m3")
    >>> found.pairs, found.representable, found.sums_to_one, found.rows, found.distributions, found.attained
    (64009, 253, 47601, 113, 17, 17)
    """
    return _softmax_pairs(small_format(name))


@cache
def _softmax_pairs(fmt: NumberFormat) -> SoftmaxPairs:
    floats = fmt.words.astype(np.float64)
    differences, counts = np.unique(abs(floats[:, None] - floats), return_counts=True)

    sums_to_one = representable = 0
    rows: set[tuple[Fraction, Fraction]] = set()
    for difference, count in zip(differences.tolist(), counts.tolist(), strict=True):
        greater, lesser, is_exact = _weights(fmt, Fraction(difference))
        rows |= {(greater, lesser), (lesser, greater)}
        sums_to_one += count * (greater + lesser == 1)
        representable += count * is_exact

    distributions = {(p, 1 - p) for p in fmt.numbers if 0 <= p <= 1 and 1 - p in fmt}
    return SoftmaxPairs(
        fmt, len(floats) ** 2, len(differences), representable, sums_to_one, len(rows), len(distributions),
        len(distributions & rows),
    )  # fmt: skip


def _weights(fmt: NumberFormat, difference: Fraction) -> tuple[Fraction, Fraction, bool]:
    """Return the weights of logits d and 0, correctly rounded, and whether they are numbers of the format."""
    from algebra.exact.balls import ball
    from algebra.exact.precision import precision

    if difference == 0:
        return Fraction(1, 2), Fraction(1, 2), Fraction(1, 2) in fmt
    with precision(BITS):
        small = (-ball(difference)).exp()
        if small * 4 < ball(fmt.least_positive):  # rounds to 0, and the other to 1: neither is attained
            return Fraction(1), Fraction(0), False
        weights = 1 / (1 + small), small / (1 + small)
        greater, lesser = (fmt.nearest_real(weight) for weight in weights)
        is_exact = not all(_is_strictly_between(fmt, weight) for weight in weights)
    return greater, lesser, is_exact


def _is_strictly_between(fmt: NumberFormat, value: Any) -> bool:
    """Say whether a ball contains no number of the format, so that it lies strictly between two of them."""
    from algebra.exact.balls import interval_of

    low, high = (Fraction(int(end.p), int(end.q)) for end in interval_of(value))
    below, above = fmt.neighbours(low)
    return below < low and high < above


def exact_softmax_sizes(name: str) -> list[int]:
    """Return all n for which some softmax of n logits is a row of the format: powers of two.

    By Lindemann and Weierstrass, exponentials of different rational numbers are linearly independent over the algebraic
    numbers. So a weight p > 0 of logits that are not all equal is transcendental: with p_i = exp(z_i) / sum exp(z_j),
    the coefficients of each exponential in (sum exp(z_j)) p_i = exp(z_i) would have to vanish. What remains is 1/n, for
    n equal logits; masked entries are left out of n.

    Parameters
    ----------
    name : str
        Of a format.

    Returns
    -------
    list of int

    Examples
    --------
    >>> exact_softmax_sizes("e2m1"), exact_softmax_sizes("e4m3")[-1], exact_softmax_sizes("e5m2")[-1]
    ([1, 2], 512, 65536)
    """
    fmt = NumberFormat(name)
    shares = (1 / p for p in reversed(fmt.numbers) if 0 < p <= 1)
    return [int(n) for n in shares if n.denominator == 1]


@dataclass(frozen=True)
class TanhInFormat:
    """tanh of all numbers of a small format, by a table of bfloat16 words that is rounded to the format.

    Parameters
    ----------
    format : NumberFormat
    numbers : int
        How many numbers there are.
    representable : int
        Numbers whose tanh is one of the format: 0 alone.
    wrong : tuple of Fraction
        The numbers whose answer is not the correctly rounded tanh.
    """

    format: NumberFormat
    numbers: int
    representable: int
    wrong: tuple[Fraction, ...]


def tanh_in_format(name: str, words: Words) -> TanhInFormat:
    """Compare a table of tanh on bfloat16, rounded to a format of at most 8 bits, with the correctly rounded tanh.

    Every number of such a format is one of bfloat16, if it is not too small.

    Parameters
    ----------
    name : str
    words : ndarray
        tanh of all 65,536 words: `KTanhTable.words`, or `correctly_rounded_tanh`.

    Returns
    -------
    TanhInFormat

    Examples
    --------
    >>> from algebra.rounding import correctly_rounded_tanh
    >>> found = tanh_in_format("e4m3", correctly_rounded_tanh())
    >>> found.numbers, found.representable, found.wrong
    (253, 1, ())
    """
    from algebra.exact.balls import ball
    from algebra.exact.precision import precision

    fmt = small_format(name)
    wrong: list[Fraction] = []
    representable = 0
    for number in fmt.numbers:
        if number == 0:
            representable += 1
            continue
        with precision(2 * BITS):
            value = _bounded_tanh(fmt, ball(abs(number)))
            exact = fmt.nearest_real(value)
            representable += not _is_strictly_between(fmt, value)
        if _answer(fmt, words, abs(number)) != exact:
            wrong.append(number)
    return TanhInFormat(fmt, len(fmt.numbers), representable, tuple(wrong))


def _bounded_tanh(fmt: NumberFormat, value: Any) -> Any:
    """Return tanh, or where it is too near to 1 for the balls a number that no format tells from it."""
    from flint import arb

    return value.tanh() if value < 64 else 1 - arb(2) ** -90


def _answer(fmt: NumberFormat, words: Words, number: Fraction) -> Fraction:
    """Return the answer of a table to a positive number, rounded to the format."""
    word = word_of(number)
    answer = None if word is None else bfloat16_value(int(words[word]))
    if answer is None:
        raise InputError("format", fmt.name, f"one whose numbers are those of bfloat16; {number} is not")
    rounded: Array = fmt.rounded(float(answer))
    return Fraction(float(rounded))
