"""K-TanH: tanh on bfloat16 by a small table of exponents, shifts and addends.

A word with the magnitude m = w & 0x7fff is answered by itself below a threshold t1, by 1 from a threshold t2 on, and
between them by an entry (E, r, b) of the table, which the exponent's low bits and the mantissa's high bits select: the
exponent becomes E and the mantissa (M >> r) + b.  With carry, the sum may run into the exponent: the magnitude becomes
(E << 7) + (M >> r) + b.  Signs stay, and what is no number (NaN) is told apart first.

The source is Kundu et al., K-TanH: Efficient TanH for Deep Learning, arXiv:1909.07729; the carry is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from algebra.errors import InputError, as_integer
from algebra.rounding.ktanh_bfloat16 import (
    INFINITY,
    MAGNITUDE,
    ONE,
    QUIET,
    SIGN,
    as_word,
    bfloat16_value,
    is_nan,
    word_of,
)
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.rounding.ktanh_bfloat16 import Words

# thresholds lie between 2^-10 and 16: below 0.09, tanh rounds to x, and from 3.47 on to 1, so nothing is to be gained
# outside, and a search for monotone tables, which compares all answers that a level allows, would take long
LEAST, MOST = 0x3A80, 0x4180
THRESHOLD = "a bfloat16 number from 2^-10 to 16, such as 0.25"
LARGEST_SHIFT = 7


def threshold_word(argument: str, value: Fraction) -> int:
    """Return the word of a threshold.

    Parameters
    ----------
    argument : str
        What messages call it.
    value : Fraction

    Returns
    -------
    int
        The 16 bits of a bfloat16.

    Raises
    ------
    InputError
        If it is not one of bfloat16's numbers, or too small or too large.

    Examples
    --------
    >>> hex(threshold_word("t2", Fraction(15, 4)))
    '0x4070'
    """
    word = word_of(value)
    if word is None or not LEAST <= word <= MOST:
        raise InputError(argument, str(value), THRESHOLD)
    return word


@dataclass(frozen=True)
class Layout(Shown):
    """Which words the table answers, and which bits of them choose the entry.

    Parameters
    ----------
    mantissa_bits : int
        High bits of the mantissa in the index, from 0 to 7.
    first, last : int
        Words of the thresholds: the table answers magnitudes from `first` on, and `last` is the first that is answered
        by 1.

    Examples
    --------
    >>> layout = Layout.between(3, Fraction(1, 4), Fraction(15, 4))
    >>> layout.exponent_bits, layout.size, len(layout.pieces), layout.index(0x4000)
    (2, 32, 31, 0)
    """

    mantissa_bits: int
    first: int
    last: int

    def __post_init__(self) -> None:
        if as_integer("mantissa_bits", self.mantissa_bits, 0, "an integer from 0 to 7") > 7:
            raise InputError("mantissa_bits", self.mantissa_bits, "an integer from 0 to 7")
        for name in ("first", "last"):
            if not LEAST <= as_word(name, getattr(self, name)) <= MOST:
                raise InputError(name, getattr(self, name), f"the word of {THRESHOLD}")
        if self.first >= self.last:
            raise InputError("t2", str(bfloat16_value(self.last)), f"greater than t1 = {bfloat16_value(self.first)}")

    @classmethod
    def between(cls, mantissa_bits: int, t1: Fraction, t2: Fraction) -> Layout:
        """Return the layout with these thresholds, as numbers.

        Parameters
        ----------
        mantissa_bits : int
            Bits of the mantissa that are part of the index.
        t1, t2 : Fraction
            Below the first a word is its own answer; from the second on the answer is 1.

        Returns
        -------
        Layout
        """
        return cls(mantissa_bits, threshold_word("t1", t1), threshold_word("t2", t2))

    @property
    def exponent_bits(self) -> int:
        """Low bits of the exponent that tell the binades of the region apart."""
        return ((self.last - 1 >> 7) - (self.first >> 7)).bit_length()

    @property
    def size(self) -> int:
        """Entries that the index can name, whether or not a word of the region does."""
        return 1 << (self.exponent_bits + self.mantissa_bits)

    @cached_property
    def pieces(self) -> tuple[range, ...]:
        """The words of each entry, in increasing order; one piece lies within one binade."""
        width = 1 << (7 - self.mantissa_bits)
        starts = range(self.first - self.first % width, self.last, width)
        return tuple(range(max(start, self.first), min(start + width, self.last)) for start in starts)

    def index(self, word: int) -> int:
        """Return the index that the hardware reads from a word: low bits of the exponent, high bits of the mantissa.

        Parameters
        ----------
        word : int
            The 16 bits of a bfloat16.

        Returns
        -------
        int
        """
        return word >> (7 - self.mantissa_bits) & (self.size - 1)


class Entry(NamedTuple):
    """One entry: the exponent E, the shift r and the addend b, each of which fits into a byte."""

    exponent: int
    shift: int
    addend: int

    @property
    def base(self) -> int:
        """What is added to the shifted mantissa."""
        return (self.exponent << 7) + self.addend

    def answer(self, word: int) -> int:
        """Return the magnitude for a magnitude of the entry's piece.

        Parameters
        ----------
        word : int
            15 bits.

        Returns
        -------
        int
            15 bits.
        """
        return self.base + ((word & 0x7F) >> self.shift)


@dataclass(frozen=True)
class KTanhTable(Shown):
    """A table of K-TanH.

    Parameters
    ----------
    layout : Layout
    entries : tuple of Entry
        One for each piece of the layout, in increasing order.
    carry : bool
        Whether the sum of mantissa and addend may run into the exponent.

    Raises
    ------
    InputError
        If an entry does not fit into its bytes, or overflows the mantissa without carry.

    Examples
    --------
    >>> table = KTanhTable(Layout.between(0, Fraction(1, 2), Fraction(1)), (Entry(126, 1, 0),), carry=False)
    >>> [hex(table.apply(word)) for word in (0x3E80, 0x3F40, 0xBF80, 0x7F81)]
    ['0x3e80', '0x3f20', '0xbf80', '0x7fc1']
    """

    layout: Layout
    entries: tuple[Entry, ...]
    carry: bool = False

    def __post_init__(self) -> None:
        if len(self.entries) != len(self.layout.pieces):
            raise InputError("entries", len(self.entries), f"{len(self.layout.pieces)} entries, one for each piece")
        for number, (entry, piece) in enumerate(zip(self.entries, self.layout.pieces, strict=True)):
            exponent, shift, addend = entry
            is_small = 0 <= exponent <= 255 and 0 <= shift <= LARGEST_SHIFT and -128 <= addend <= 127
            ends = [entry.answer(piece[0]), entry.answer(piece[-1])]
            if not is_small or not 0 <= ends[0] <= ends[1] < INFINITY:
                raise InputError(f"entries[{number}]", tuple(entry), "an exponent, a shift up to 7 and a signed byte")
            if not self.carry and any(end >> 7 != exponent for end in ends):
                raise InputError(f"entries[{number}]", tuple(entry), "without overflow of the mantissa, or carry true")

    @cached_property
    def outputs(self) -> tuple[int, ...]:
        """The answers to the words of the region, in order."""
        pairs = zip(self.entries, self.layout.pieces, strict=True)
        return tuple(entry.answer(word) for entry, piece in pairs for word in piece)

    @property
    def is_monotone(self) -> bool:
        """Whether the answers never descend, over all numbers from -infinity to infinity."""
        answers = (self.layout.first - 1, *self.outputs, ONE)
        return all(a <= b for a, b in pairwise(answers))

    def apply(self, word: int) -> int:
        """Return the answer to one word, in the arithmetic of the algorithm.

        Parameters
        ----------
        word : int
            The 16 bits of a bfloat16.

        Returns
        -------
        int
            The 16 bits of a bfloat16.

        Raises
        ------
        InputError
            If it is no integer of 16 bits.
        """
        if is_nan(as_word("word", word)):
            return word | QUIET
        sign, magnitude = word & SIGN, word & MAGNITUDE
        if magnitude < self.layout.first:
            return word
        if magnitude >= self.layout.last:
            return sign | ONE
        return sign | self._by_index[self.layout.index(magnitude)].answer(magnitude)

    @cached_property
    def _by_index(self) -> dict[int, Entry]:
        pairs = zip(self.entries, self.layout.pieces, strict=True)
        return {self.layout.index(piece[0]): entry for entry, piece in pairs}

    @cached_property
    def words(self) -> Words:
        """The answers to all 65,536 words: the fast form, ``table.words[given]`` for an array of words."""
        import numpy as np

        words = np.arange(1 << 16, dtype=np.uint16)
        magnitudes = words & MAGNITUDE
        found: Words = np.where(magnitudes >= self.layout.last, np.uint16(ONE), magnitudes)
        found[self.layout.first : self.layout.last] = self.outputs
        found[SIGN + self.layout.first : SIGN + self.layout.last] = self.outputs
        found = np.where(magnitudes > INFINITY, magnitudes | QUIET, found) | (words & SIGN)
        found.setflags(write=False)
        return found
