"""Light text for people: aligned columns, abbreviated integers, bounds with what gave them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

HUGE_BITS = 100  # longer integers, of 30 digits and more, are abbreviated: nobody reads them


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
    >>> counted(1, "row"), counted(3, "row"), counted(2, "class")
    ('1 row', '3 rows', '2 classes')
    """
    return f"{count} {word}" if count == 1 else f"{count} {word}{'es' if word.endswith('s') else 's'}"


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
