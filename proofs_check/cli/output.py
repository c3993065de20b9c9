"""What a command prints: the JSON envelope, or light text for people."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from proofs_check.cli.failures import BROKEN_PIPE, close_stdout

HUGE_BITS = 100


def say(text: str) -> None:
    """Print to stdout at once, so that a closed pipe is noticed here and ends the command without a word."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        close_stdout()
        sys.exit(BROKEN_PIPE)


def remark(text: str) -> None:
    """Print a remark to stderr."""
    print(f"rankcert: {text}", file=sys.stderr)


def print_envelope(command: str, results: Iterable[Any]) -> None:
    """Print the one object of the machine-readable form."""
    from algebra import __version__

    say(
        json.dumps(
            {"schema": 1, "version": __version__, "command": command, "results": list(results)},
            ensure_ascii=False,
            allow_nan=False,
        )
    )


def show(command: str, results: Sequence[Any], as_json: bool, text: Callable[[Any], str]) -> None:
    """Print results as JSON, or each through `text`."""
    if as_json:
        print_envelope(command, results)
    else:
        for result in results:
            say(text(result))


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
    return "\n".join(
        "  "
        + "  ".join(
            c.rjust(w) if i in to_right else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
