"""Light text for people: aligned columns, abbreviated integers, bounds with what gave them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fractions import Fraction

HUGE_BITS = 100  # longer integers, of 30 digits and more, are abbreviated: nobody reads them
LONG = 10_000  # from here on a power of one prime is shorter than its digits; a product of several, from LONG^3 on


def number(value: int | None) -> str:
    """Write an integer, abbreviated where nobody would read it; a dash for None.

    Examples
    --------
    >>> number(12345), number(10**40), number(None)
    ('12345', 'about 10^40', '-')
    """
    if value is None:
        return "-"
    bits = value.bit_length()
    return str(value) if bits <= HUGE_BITS else f"about 10^{int(bits * 0.30103)}"


def decimal(value: Fraction) -> str:
    """Write a rational number, of any size, with four significant digits; never 1 for what is just below it.

    Examples
    --------
    >>> from fractions import Fraction
    >>> decimal(Fraction(1, 3)), decimal(Fraction(10**400, 7)), decimal(1 - Fraction(1, 10**30)), decimal(Fraction(1))
    ('0.3333', '1.429e+399', '1 - 1e-30', '1')
    """
    from decimal import MAX_EMAX, MIN_EMIN, Context

    wide, narrow = (Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN) for digits in (12, 4))
    found = wide.divide(wide.create_decimal(value.numerator), wide.create_decimal(value.denominator))
    text = f"{narrow.plus(found).normalize(narrow):g}"
    return text if text != "1" or value >= 1 else f"1 - {decimal(1 - value)}"


def powers(number: int) -> str:
    """Write a large number as a power of a small prime, or as a product of such powers where that is shorter.

    Examples
    --------
    >>> powers(512), powers(2**25), powers(3 * 2**60), powers(12544), powers(10**9 + 7)
    ('512', '2^25', '2^60·3', '12544', '1000000007')
    """
    rest, parts = number, []
    for prime in (2, 3, 5, 7):
        count = 0
        while number and rest % prime == 0:
            rest, count = rest // prime, count + 1
        if count:
            parts.append(f"{prime}^{count}" if count > 1 else str(prime))

    long = LONG if len(parts) == 1 else LONG**3
    return "·".join(parts) if rest == 1 and number >= long else str(number)


def plain_matrix(rows: Iterable[Iterable[Any]]) -> str:
    """Write a matrix of exact numbers, which results hold as strings.

    Examples
    --------
    >>> plain_matrix([["0", "1/16"], ["-2", "3"]])
    '[[0, 1/16], [-2, 3]]'
    """
    return f"[{', '.join('[' + ', '.join(map(str, row)) + ']' for row in rows)}]"


def bound_rows(result: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the rows of a report that say which theorem or computation gives each bound.

    Examples
    --------
    >>> bound_rows({"lower": 5, "lower_by": "minor", "upper": None, "upper_by": ""})
    [('lower bound', '5', 'minor'), ('upper bound', '-', '')]
    """
    return [(f"{side} bound", number(result[side]), result[f"{side}_by"]) for side in ("lower", "upper")]


def bounds_text(result: Mapping[str, Any]) -> str:
    """Write the bounds of a result, long integers abbreviated.

    Examples
    --------
    >>> bounds_text({"lower": 5, "upper": 5, "grade": "proved"})
    '5 (proved)'
    >>> bounds_text({"lower": 10**40, "upper": 10**50, "grade": "inconclusive"})
    'about 10^40..about 10^50'
    """
    from algebra.evidence.checker.labels import digits
    from proofs_check.results import known

    text = str(known(result))
    for value in (result["upper"], result["lower"]):  # the longer one first, which may contain the other
        if value is not None and value.bit_length() > HUGE_BITS:
            text = text.replace(digits(value), number(value))
    return text


def run_notes(result: Mapping[str, Any]) -> str:
    """Return the last line of a report: the seed, if any choice was random, the time, and where the certificate is.

    Examples
    --------
    >>> run_notes({"seed": 0, "seconds": 0.25, "certificate": "c.json"})
    '  seed 0, 0.25 s, certificate in c.json'
    """
    seed = "" if result.get("seed") is None else f"seed {result['seed']}, "
    file = f", certificate in {result['certificate']}" if result.get("certificate") else ""
    return f"  {seed}{result['seconds']:.3g} s{file}"


def counted(count: int, word: str) -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(3, "row"), counted(2, "class"), counted(2, "minimum")
    ('1 row', '3 rows', '2 classes', '2 minima')
    """
    if count == 1:
        return f"{count} {word}"
    stem, ending = (word[:-2], "a") if word.endswith("um") else (word, "es" if word.endswith("s") else "s")
    return f"{count} {stem}{ending}"


def strong(text: str) -> str:
    """Bold on a terminal, plain elsewhere."""
    return f"\033[1m{text}\033[0m" if _is_coloured() else text


def _is_coloured() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def aligned(rows: Iterable[Sequence[str]], right: Iterable[int] = (1,)) -> str:
    """Align columns with spaces, those in `right` to the right.

    Examples
    --------
    >>> print(aligned([("lower", "5", "minor"), ("upper", "12", "gauge")]))
      lower   5  minor
      upper  12  gauge
    """
    lines = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    to_right = set(right)
    return "\n".join(_aligned(line, widths, to_right) for line in lines)


def _aligned(line: Sequence[str], widths: Sequence[int], right: set[int]) -> str:
    cells = enumerate(zip(line, widths, strict=True))
    return "  " + "  ".join(c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in cells).rstrip()
