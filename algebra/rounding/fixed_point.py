"""Fixed-point formats, tie rules and stochastic rounding, by adding and shifting integers.

A number of the format <IL, FL> is an integer s times eps = 2^-FL, so that every rounding here is the rounding of a
rational number to an integer. The tie rules and the law are stated once, in `round_quotient` and `quotient_law`: for a
numerator and a positive denominator, whose integer division has floor semantics, also for negative numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.exact.numbers import exact_number
from algebra.rounding.law import Law
from algebra.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BITS = 1 << 16  # of a word: a number of this length is still printed in a moment
MOST_SHIFT = 4 * MOST_BITS  # a product of two words has twice as many bits before, and twice as many after the point


class Mode(Enum):
    """How a number between two grid points is rounded when nothing is random.

    The four nearest modes differ at ties only. In fixed point these are common: every product of odd numerators of
    which one bit is dropped is one.

    * `NEAREST_DOWN`: ties go down. So do Gupta et al.: up only if the fraction exceeds 1/2.
    * `NEAREST_UP`: ties go up. Hardware adds half a unit and drops the bits.
    * `NEAREST_EVEN`: ties go to the even neighbour, as in IEEE 754.
    * `NEAREST_AWAY`: ties go away from zero.
    * `FLOOR`: always down, also for negative numbers.
    """

    NEAREST_DOWN = "nearest_down"
    NEAREST_UP = "nearest_up"
    NEAREST_EVEN = "nearest_even"
    NEAREST_AWAY = "nearest_away"
    FLOOR = "floor"


def round_quotient(numerator: int, denominator: int, mode: Mode) -> int:
    """Round numerator / denominator, the denominator positive, to an integer.

    Examples
    --------
    >>> [round_quotient(-5, 2, mode) for mode in Mode]
    [-3, -2, -2, -3, -3]
    """
    down, rest = divmod(numerator, denominator)
    if mode is Mode.FLOOR:
        return down
    if 2 * rest != denominator:
        return down + (2 * rest > denominator)
    goes_up = {
        Mode.NEAREST_DOWN: False,
        Mode.NEAREST_UP: True,
        Mode.NEAREST_EVEN: down % 2 == 1,
        Mode.NEAREST_AWAY: down >= 0,
    }
    return down + goes_up[mode]


def round_to_integer(value: Any, mode: Mode) -> int:
    """Round an exact number to an integer.

    Parameters
    ----------
    value : exact number
    mode : Mode
        A deterministic rounding.

    Returns
    -------
    int

    Examples
    --------
    >>> round_to_integer("5/2", Mode.NEAREST_EVEN), round_to_integer("-1/3", Mode.FLOOR)
    (2, -1)
    """
    return round_quotient(*exact_number("value", value).as_integer_ratio(), mode)


def round_shift(value: int, shift: int, mode: Mode) -> int:
    """Drop the last bits of an integer by additions and shifts alone, as hardware and vectorised code do.

    The same function as ``round_quotient(value, 2**shift, mode)``, computed in another way; tests compare them.

    Parameters
    ----------
    value : int
    shift : int
        Bits that are dropped.
    mode : Mode
        A deterministic rounding.

    Returns
    -------
    int

    Examples
    --------
    >>> round_shift(-11, 3, Mode.NEAREST_EVEN), round_shift(-11, 3, Mode.FLOOR)
    (-1, -2)
    """
    checked_shift(shift)
    if shift == 0 or mode is Mode.FLOOR:
        return value >> shift
    half = 1 << (shift - 1)
    if mode is Mode.NEAREST_UP:
        return (value + half) >> shift
    if mode is Mode.NEAREST_DOWN:
        return (value + half - 1) >> shift
    if mode is Mode.NEAREST_AWAY:  # an odd function: ties of negative numbers go down
        return (value + half - (value < 0)) >> shift
    down = value >> shift
    return (value + half - 1 + (down & 1)) >> shift


def checked_shift(shift: Any) -> int:
    """Return a number of bits to be dropped, or refuse one that no word of a format has.

    Raises
    ------
    InputError
        If it is not an integer from 0 to `MOST_SHIFT`.

    Examples
    --------
    >>> checked_shift(3)
    3
    """
    if as_integer("shift", shift, 0) > MOST_SHIFT:
        raise InputError("shift", shift, f"at most {MOST_SHIFT:,}")
    return int(shift)


def stochastic_shift(value: int, shift: int, random: int, random_bits: int | None = None, centred: bool = False) -> int:
    """Drop the last bits of an integer after adding a random word to them: stochastic rounding by one addition.

    With as many random bits as are dropped, the carry occurs for r of the 2^shift words, r the dropped bits, so that
    the mean is exact. With fewer, the word is added to the highest of the dropped bits; the mean is then too low, by
    less than 2^-random_bits units, unless the word is centred by half of its unit.

    Parameters
    ----------
    value, shift : int
    random : int
        Uniform on ``range(2**random_bits)``.
    random_bits : int, optional
        Default: all of them, `shift`.
    centred : bool
        Add half a unit of the random word.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If the random word has more bits than are dropped.

    Examples
    --------
    >>> [stochastic_shift(-11, 3, u) for u in range(8)]
    [-2, -2, -2, -1, -1, -1, -1, -1]
    >>> [stochastic_shift(-11, 3, u, random_bits=1) for u in range(2)]
    [-2, -1]
    """
    checked_shift(shift)
    below = shift - (shift if random_bits is None else random_bits)
    if below < 0:
        raise InputError("random_bits", random_bits, f"at most the {shift} bits that are dropped")
    half = (1 << below) >> 1 if centred else 0
    return (value + (random << below) + half) >> shift


def stochastic_rounding(values: Sequence[int], shift: int, seed: int, random_bits: int | None = None) -> list[int]:
    """Round integers stochastically, by one word of Python's Mersenne Twister each, in order.

    Raises
    ------
    InputError
        If the random words have more bits than are dropped.

    Examples
    --------
    >>> stochastic_rounding([4, 4, 4, 4, -4, -4], 3, seed=0)
    [1, 0, 1, 1, -1, -1]
    """
    checked_shift(shift)
    bits = shift if random_bits is None else as_integer("random_bits", random_bits, 0)
    if bits > shift:
        raise InputError("random_bits", bits, f"at most the {shift} bits that are dropped")
    random = Random(seed)
    return [stochastic_shift(as_integer("value", value), shift, random.getrandbits(bits), bits) for value in values]


def up_share(
    numerator: int, denominator: int, random_bits: int | None = None, centred: bool = False
) -> tuple[int, int]:
    """Return the probability with which a fraction from 0 to 1 is rounded up, as a share and its denominator.

    A random word of b bits sees the highest b binary digits of the fraction f: the carry occurs for floor(f 2^b) of the
    2^b words, and if half a unit is added for floor(f 2^b + 1/2). Without a word length it is f itself.

    Examples
    --------
    >>> up_share(5, 8), up_share(5, 8, 1), up_share(1, 8, 1), up_share(2, 8, 1, centred=True), up_share(7, 8, 1, True)
    ((5, 8), (1, 2), (0, 2), (1, 2), (2, 2))
    """
    if random_bits is None:
        return numerator, denominator
    scaled = numerator << random_bits
    return (scaled + (denominator >> 1 if centred else 0)) // denominator, 1 << random_bits


def quotient_law(numerator: int, denominator: int, random_bits: int | None = None, centred: bool = False) -> Law:
    """Return the law of the stochastic rounding of numerator / denominator to an integer.

    It is rounded up with the probability of its fractional part f, or with that of `up_share` where the random word
    has few bits: the mean is then too low by less than 2^-b, or within 2^-(b+1) if the words are centred.

    Examples
    --------
    >>> print(quotient_law(-11, 8)), print(quotient_law(-11, 8, random_bits=1))
    {-2: 3/8, -1: 5/8}
    {-2: 1/2, -1: 1/2}
    (None, None)
    """
    down, rest = divmod(numerator, denominator)
    up, total = up_share(rest, denominator, random_bits, centred)
    return Law.of({down: total - up, down + 1: up})


@dataclass(frozen=True)
class FixedPoint(Shown):
    """A signed fixed-point format of `integer_bits`, the sign's among them, and `fraction_bits`.

    Its numbers are s eps, with eps = 2^-fraction_bits and -2^(w-1) <= s < 2^(w-1) for words of w bits. Numbers are
    rounded first and saturated then (rounding up can leave the range), and never wrapped around: the function Convert
    of Gupta, Agrawal, Gopalakrishnan and Narayanan, ICML 2015, arXiv:1502.02551.

    Parameters
    ----------
    integer_bits : int
        At least 1.
    fraction_bits : int
        At least 0.

    Raises
    ------
    InputError
        If a format has no bits, or more than 65,536.

    Examples
    --------
    >>> words = FixedPoint(3, 2)
    >>> words.eps, words.least, words.most
    (Fraction(1, 4), Fraction(-4, 1), Fraction(15, 4))
    >>> words.round("5/8", Mode.NEAREST_EVEN), words.round("5/8", Mode.NEAREST_DOWN), words.round(100, Mode.FLOOR)
    (Fraction(1, 2), Fraction(1, 2), Fraction(15, 4))
    >>> print(words.stochastic("-1/3"))
    {-2: 1/3, -1: 2/3}
    """

    integer_bits: int
    fraction_bits: int

    def __post_init__(self) -> None:
        as_integer("integer_bits", self.integer_bits, 1, "an integer of at least 1: the sign takes a bit")
        as_integer("fraction_bits", self.fraction_bits, 0)
        for name in ("integer_bits", "fraction_bits"):
            if getattr(self, name) > MOST_BITS:
                raise InputError(name, getattr(self, name), f"at most {MOST_BITS:,}")

    @property
    def eps(self) -> Fraction:
        """The distance of neighbouring numbers."""
        return Fraction(1, 1 << self.fraction_bits)

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the greatest word, in grid units."""
        half = 1 << (self.integer_bits + self.fraction_bits - 1)
        return -half, half - 1

    @property
    def least(self) -> Fraction:
        """The least number of the format."""
        return self.ends[0] * self.eps

    @property
    def most(self) -> Fraction:
        """The greatest number of the format."""
        return self.ends[1] * self.eps

    def fits(self, value: Any) -> bool:
        """Whether a number is within the range, so that no rounding of it saturates.

        Parameters
        ----------
        value : exact number

        Returns
        -------
        bool
        """
        return self.least <= exact_number("value", value) <= self.most

    def word(self, value: Any, mode: Mode) -> int:
        """Round, then saturate, and return the word, the number in grid units.

        Parameters
        ----------
        value : exact number
        mode : Mode

        Returns
        -------
        int
        """
        numerator, denominator = exact_number("value", value).as_integer_ratio()
        least, most = self.ends
        return min(max(round_quotient(numerator << self.fraction_bits, denominator, mode), least), most)

    def round(self, value: Any, mode: Mode) -> Fraction:
        """Round, then saturate.

        Parameters
        ----------
        value : exact number
        mode : Mode

        Returns
        -------
        Fraction
        """
        return self.word(value, mode) * self.eps

    def stochastic(self, value: Any, random_bits: int | None = None, centred: bool = False) -> Law:
        """Return the law of the word that stochastic rounding gives; the mean is exact unless it saturates.

        Parameters
        ----------
        value : exact number
        random_bits : int, optional
            Length of the random words; default: a real random number.
        centred : bool
            Put each random word into the middle of its interval.

        Returns
        -------
        Law
            In grid units.
        """
        numerator, denominator = exact_number("value", value).as_integer_ratio()
        bits = checked_random_bits(random_bits)
        return quotient_law(numerator << self.fraction_bits, denominator, bits, centred).clipped(*self.ends)


def word_ends(word_bits: int | None) -> tuple[int, int] | None:
    """Return the least and the greatest word of so many bits; None without a length.

    Raises
    ------
    InputError
        If a word has no bits, or more than 65,536.

    Examples
    --------
    >>> word_ends(16), word_ends(None)
    ((-32768, 32767), None)
    """
    if word_bits is None:
        return None
    if as_integer("word_bits", word_bits, 1) > MOST_BITS:
        raise InputError("word_bits", word_bits, f"at most {MOST_BITS:,}")
    return -(1 << (word_bits - 1)), (1 << (word_bits - 1)) - 1


def checked_random_bits(random_bits: int | None) -> int | None:
    """Return the length of random words, or None for as many bits as are dropped.

    Raises
    ------
    InputError
        If it is negative, or above 65,536.
    """
    if random_bits is not None and as_integer("random_bits", random_bits, 0) > MOST_BITS:
        raise InputError("random_bits", random_bits, f"at most {MOST_BITS:,}")
    return random_bits


def rounding_law(value: Any, random_bits: int | None = None, centred: bool = False) -> Law:
    """Return the law of the stochastic rounding of an exact number to an integer.

    Parameters
    ----------
    value : exact number
    random_bits : int, optional
        Length of the random words; default: a real random number.
    centred : bool
        Whether half a unit of the random word is added to it.

    Returns
    -------
    Law

    Examples
    --------
    >>> law = rounding_law("-37/29")
    >>> law.mean, law.variance
    (Fraction(-37, 29), Fraction(168, 841))
    """
    bits = checked_random_bits(random_bits)
    return quotient_law(*exact_number("value", value).as_integer_ratio(), bits, centred)
