"""What words on a command line mean: integers, ranges, probabilities; each reader refuses with a sentence.

A reader takes the name of an argument, as the user knows it, and a word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra import errors
from algebra.errors import InputError, as_integer

if TYPE_CHECKING:
    from fractions import Fraction

Reader = Callable[[str, str], Any]

MOST_SIGNS, MOST_EXPONENT = 10_000, 5  # of a number in a word, and of the exponent in it: 1e-99999 is the least
PROBABILITY = "2^-k, a decimal like 1e-30 or a fraction like 1/1000, greater than 0 and at most 1/2"
LABEL = re.compile(r"[A-Za-z0-9:.\-_+/]+")
LONGEST, MOST_NUMBERS = 10_000_000, 1_000_000  # of a range, and of a list that is made of ranges
FORMS = "such as 2 3 1, 2,3,1, (2, 3, 1), [2, 3, 1] or 2-3-1"
WIDTHS_WORDS = f"Widths from input to output, {FORMS}"
BRACKETS = ("()", "[]", "{}")
# Lists have one separator throughout. A hyphen has no space on one side only: 2 -3 is no list of 2 and 3.
SEPARATORS = (r"\s+", r"\s*,\s*", r"\s*;\s*", "-", r"\s-\s", "[x×]", r"\s*(?:->|→|–)\s*")
LISTED = [(re.compile(rf"[0-9]+(?:{sign}[0-9]+)*"), sign) for sign in SEPARATORS]
RANGE = "an integer of at least 1, or a range like 3..6"


def text(name: str, word: str) -> str:
    """Take a word as it is."""
    return word


def path(name: str, word: str) -> Path:
    """Take a word as the name of a file; an empty one would be the folder that one is in.

    Raises
    ------
    InputError
        If the word is empty.
    """
    if not word:
        raise InputError(name, word, "the name of a file")
    return Path(word)


def folder(name: str, word: str) -> Path:
    """Take a word as the name of a folder, which need not be there; refuse it where none can be made.

    Raises
    ------
    InputError
        If something else is there.
    """
    found = path(name, word)
    there = next((each for each in (found, *found.parents) if each.exists()), Path())
    if not there.is_dir():
        raise InputError(name, word, f"a folder: {there} is none")
    return found


def integer(name: str, word: str, allowed: str = "an integer") -> int:
    """Read an integer.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> integer("width", "12")
    12
    """
    try:
        return int(word)
    except ValueError:
        raise InputError(name, word, allowed) from None


def at_least(least: int) -> Reader:
    """Return a reader of integers that are not smaller.

    Examples
    --------
    >>> at_least(4)("N", "16")
    16
    """
    allowed = f"an integer of at least {least}"
    return lambda name, word: as_integer(name, integer(name, word, allowed), least)


def real(name: str, word: str) -> float:
    """Read a number as a float.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return float(word)
    except ValueError:
        raise InputError(name, word, "a number") from None


def integers(name: str, words: str | Sequence[str]) -> list[int]:
    """Read integers, in any of the forms in which people write them; several words are read as one with spaces.

    Raises
    ------
    InputError
        If they are none.

    Examples
    --------
    >>> [integers("widths", word) for word in ("2 3 1", "2,3,1", "(2, 3, 1)", "[2, 3, 1]", "2-3-1")] == [[2, 3, 1]] * 5
    True
    """
    word = (words if isinstance(words, str) else " ".join(words)).strip()
    inner = _without_brackets(word)
    for listed, sign in LISTED:
        if listed.fullmatch(inner):
            return [integer(name, part.strip()) for part in re.split(sign, inner)]

    parts = word.replace(",", " ").split() if isinstance(words, str) else words
    try:
        return [integer(name, part, f"integers, each at least 1, {FORMS}") for part in parts]
    except InputError as error:
        if isinstance(words, str) and any(sign in words for sign in "[]();{}-"):  # show all of "[2, 3", not "[2"
            raise InputError(name, words, error.allowed) from None
        raise


def is_integers(word: str) -> bool:
    """Whether a word is an integer, or a list of them in one of the forms that `integers` reads.

    Examples
    --------
    >>> is_integers("12"), is_integers("-3"), is_integers("(2,3,1)"), is_integers("2-3-1"), is_integers("a.json")
    (True, True, True, True, False)
    """
    inner = _without_brackets(word.strip())
    is_listed = any(listed.fullmatch(inner) for listed, _ in LISTED)
    return is_listed or word.lstrip("+-").isdigit() or word.startswith(("(", "[", "{"))


def _without_brackets(word: str) -> str:
    return word[1:-1].strip().removesuffix(",") if word[:1] + word[-1:] in BRACKETS else word


def span(name: str, word: str) -> range:
    """Read an integer, or a range that includes both ends.

    Raises
    ------
    InputError
        If it is neither, or the range is empty or too long.

    Examples
    --------
    >>> list(span("widths", "3..6"))
    [3, 4, 5, 6]
    """
    first, _, last = word.partition("..")
    low = integer(name, first, RANGE)
    high = integer(name, last, RANGE) if last else low
    if word.endswith("..") or not 1 <= low <= high:
        raise InputError(name, word, RANGE)
    if high - low >= LONGEST:
        raise InputError(name, word, f"{RANGE}, of at most {LONGEST:,} integers")
    return range(low, high + 1)


def numbers(name: str, word: str) -> list[int]:
    """Read a range as the list of its numbers.

    Examples
    --------
    >>> numbers("--heads", "2..4")
    [2, 3, 4]
    """
    return _listed(name, word, [span(name, word)])


def numbers_of(name: str, word: str) -> list[int]:
    """Read numbers and ranges, separated by commas.

    Examples
    --------
    >>> numbers_of("--depths", "2,4..6")
    [2, 4, 5, 6]
    """
    return _listed(name, word, [span(name, part) for part in word.replace(",", " ").split()])


def _listed(name: str, word: str, spans: Sequence[range]) -> list[int]:
    if not spans:
        raise InputError(name, word, RANGE)
    if sum(each.stop - each.start for each in spans) > MOST_NUMBERS:
        raise InputError(name, word, f"at most {MOST_NUMBERS:,} numbers")
    return [number for each in spans for number in each]


def separated(read: Reader) -> Reader:
    """Return a reader of several values, separated by commas.

    Examples
    --------
    >>> separated(span)("--head-sizes", "1..3, 2")
    [range(1, 4), range(2, 3)]
    """
    return lambda name, word: [read(name, part.strip()) for part in word.split(",")]


def spelled(numbers: Sequence[int]) -> str:
    """Write a range as `span` reads it, and other numbers with commas between.

    Examples
    --------
    >>> spelled(range(3, 7)), spelled(range(3, 4)), spelled([2, 5])
    ('3..6', '3', '2,5')
    """
    if isinstance(numbers, range) and len(numbers) > 1:
        return f"{numbers[0]}..{numbers[-1]}"
    return ",".join(map(str, numbers))


def grid(name: str, word: str) -> list[int]:
    """Read the lengths of a grid: 8 or 8x8.

    Raises
    ------
    InputError
        If it is no such word.

    Examples
    --------
    >>> grid("--grid", "8x4")
    [8, 4]
    """
    parts = word.split("x")
    if not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise InputError(name, word, "positive lengths joined by x, like 8 or 8x8")
    return [int(part) for part in parts]


def spelled_grid(lengths: int | Sequence[int]) -> str:
    """Write lengths as `grid` reads them.

    Examples
    --------
    >>> spelled_grid([8, 4]), spelled_grid(8)
    ('8x4', '8')
    """
    return "x".join(map(str, [lengths] if isinstance(lengths, int) else lengths))


def names_of(name: str, word: str) -> list[str]:
    """Read names of columns, separated by commas.

    Raises
    ------
    InputError
        If a name is empty.

    Examples
    --------
    >>> names_of("--columns", "widths, least head size")
    ['widths', 'least head size']
    """
    found = [part.strip() for part in word.split(",")]
    if not all(found):
        raise InputError(name, word, "names of columns, separated by commas")
    return found


def label_of(name: str, word: str) -> str:
    """Read a label of LaTeX, in which most special signs would be commands.

    Raises
    ------
    InputError
        If it has other signs.

    Examples
    --------
    >>> label_of("--label", "tab:filling-2.1")
    'tab:filling-2.1'
    """
    if not LABEL.fullmatch(word):
        raise InputError(name, word, "letters, digits and : . - _ + /")
    return word


def one_of(names: Callable[[], Iterable[str]]) -> Reader:
    """Return a reader of names from a list, which is asked for when a word is read.

    Examples
    --------
    >>> one_of(lambda: ["stack", "blocks"])("--family", "stacks")
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: --family is 'stacks', but it must be one of stack, blocks (did you mean stack?)
    """

    def read(name: str, word: str) -> str:
        return errors.one_of(name, word, names())

    return read


def _short_fraction(word: str) -> Fraction:
    """Read a number whose digits fit on a screen: 1e-99999999 has a hundred million, and takes as long to write."""
    from fractions import Fraction

    _, _, exponent = word.lower().partition("e")
    if len(word) > MOST_SIGNS or len(exponent.lstrip("+-").lstrip("0")) > MOST_EXPONENT:
        raise ValueError(word)
    return Fraction(word)


def log2_error_of(name: str, word: str) -> float:
    """Read an error probability, and return its base-2 logarithm.

    Raises
    ------
    InputError
        If it is not a number greater than 0 and at most 1/2.

    Examples
    --------
    >>> log2_error_of("error", "2^-100"), log2_error_of("error", "1/1024")
    (-100.0, -10.0)
    """
    base, power, exponent = word.replace("**", "^").partition("^")
    try:
        if power:
            logarithm = math.log2(_short_fraction(base)) * float(_short_fraction(exponent))
        else:
            value = _short_fraction(word)
            logarithm = math.log2(value.numerator) - math.log2(value.denominator)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise InputError(name, word, PROBABILITY) from None
    if not -math.inf < logarithm <= -1:
        raise InputError(name, word, PROBABILITY)
    return logarithm
