"""What a command prints: the JSON envelope, or light text for people."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from proofs_check.cli.streams import stop
from proofs_check.show.envelope import envelope, json_text


def say(text: str) -> None:
    """Print to stdout at once, so that a closed pipe or a full disk is noticed here and ends the command."""
    try:
        print(text, flush=True)
    except OSError as error:
        stop(error)


def remark(text: str) -> None:
    """Print a remark to stderr; if that cannot be written, the work goes on."""
    with suppress(OSError):
        print(f"rankcert: {text}", file=sys.stderr)


def print_envelope(command: str, results: Iterable[Any], version: str | None = None, **more: Any) -> None:
    """Print the one object of the machine-readable form; see `envelope` for the arguments."""
    say(json_text(envelope(command, results, version, **more), sys.stdout.encoding))


def show(command: str, results: Sequence[Any], as_json: bool, text: Callable[[Any], str]) -> None:
    """Print results as JSON, or each through `text`."""
    if as_json:
        print_envelope(command, results)
    else:
        for result in results:
            say(text(result))
