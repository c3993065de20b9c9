"""From a file or standard input to one JSON object, or a sentence that says why that is not possible."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

STANDARD_INPUT = Path("-")


def read_text(path: Path, called: str = "FILE") -> str:
    """Read a text file, or say in a sentence why that is not possible.

    Parameters
    ----------
    path : Path
        ``-`` is standard input.
    called : str
        Name of the argument, as the user knows it.

    Raises
    ------
    InputError
        If it is missing, a folder, not readable, or not UTF-8.
    """
    from algebra.errors import InputError

    try:
        return sys.stdin.read() if path == STANDARD_INPUT else path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(called, str(path), f"a file that can be read ({reason})") from None
    except UnicodeDecodeError:
        raise InputError(called, str(path), "a text file in UTF-8") from None


def parse_object(text: str, where: str, called: str = "FILE") -> dict[str, Any]:
    """Parse one JSON object.

    Raises
    ------
    InputError
        If it is not JSON, not an object, or has a key twice.

    Examples
    --------
    >>> parse_object('{"widths": [2, 1]}', "network.json")
    {'widths': [2, 1]}
    """
    from algebra.errors import InputError

    try:
        found = json.loads(text, object_pairs_hook=_without_repeats)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = (
            f"{error.msg}, line {error.lineno} column {error.colno}"
            if isinstance(error, json.JSONDecodeError)
            else "nested too deeply"
        )
        raise InputError(called, where, f"valid JSON ({reason})") from None
    if not isinstance(found, dict):
        raise InputError(called, where, f"a JSON object, not {_kind(found)}")
    return found


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    from algebra.errors import InputError

    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(twice, [value for name, value in pairs if name == twice], "given once")
    return found


def _kind(value: Any) -> str:
    kinds = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "a truth value"}
    return kinds.get(type(value), "null")
