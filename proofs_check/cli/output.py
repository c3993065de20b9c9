"""What a command prints: the JSON envelope, or light text for people."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from proofs_check.cli.failures import BROKEN_PIPE, close_stdout, encodable_json
from proofs_check.show.envelope import envelope


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


def print_envelope(command: str, results: Iterable[Any], version: str | None = None, **more: Any) -> None:
    """Print the one object of the machine-readable form; see `envelope` for the arguments."""
    say(encodable_json(envelope(command, results, version, **more)))


def show(command: str, results: Sequence[Any], as_json: bool, text: Callable[[Any], str]) -> None:
    """Print results as JSON, or each through `text`."""
    if as_json:
        print_envelope(command, results)
    else:
        for result in results:
            say(text(result))
