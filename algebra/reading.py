"""Files of others: text, one JSON object, or a sentence that says why that is not possible.

What could fill time or memory is refused before: files beyond 256 MB, and integers, also in strings, beyond 100,000
digits. Python reads an integer in a time that grows with the square of its length, and does not listen to Ctrl-C
meanwhile; a tenth of a second is what this limit allows. Archives are opened by libraries that jump to their ends, and
a device may have none: so an archive is a regular file of a size that is looked at before.
"""

from __future__ import annotations

import codecs
import json
import re
import stat
import sys
from pathlib import Path
from typing import Any

from algebra.errors import InputError

STANDARD_INPUT = Path("-")
MOST_BYTES = 1 << 28  # of a file; as JSON it takes some GB of memory
MOST_DIGITS = 100_000
LONG = re.compile(rf"(?<![0-9])[0-9]{{{MOST_DIGITS + 1}}}")  # tried where a number begins only, so in linear time


def read_text(path: Path, called: str = "FILE", wide: bool = False) -> str:
    """Read a text file, or say in a sentence why that is not possible.

    Parameters
    ----------
    path : Path
        ``-`` is standard input.
    called : str
        Name of the argument, as the user knows it.
    wide : bool
        Whether UTF-16 with its mark is read as well, the "Unicode text" of spreadsheets.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If it is missing, a folder, not readable, too large, or not UTF-8.
    """
    try:
        data = _read(path)
        if len(data) > MOST_BYTES:
            raise InputError(called, str(path), f"a file of at most {MOST_BYTES >> 20} MB")
        is_wide = wide and data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return data.decode("utf-16" if is_wide else "utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(called, str(path), f"a file that can be read ({reason})") from None
    except UnicodeDecodeError:
        raise InputError(called, str(path), "a text file in UTF-8") from None


def _read(path: Path) -> bytes:
    """Read a file, or one byte more of it than is allowed: a device may have no end."""
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(MOST_BYTES + 1)  # in UTF-8, whatever the terminal's encoding
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def check_archive(path: Path) -> None:
    """Refuse a file that cannot be read from any place, or is too large, before a library opens it.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        With what it is instead.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise InputError("FILE", str(path), f"a file that can be read ({error.strerror})") from None
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "a device or a pipe"
        raise InputError("FILE", str(path), f"a file that can be read from any place, not {what}")
    if found.st_size > MOST_BYTES:
        raise InputError("FILE", str(path), f"a file of at most {MOST_BYTES >> 20} MB")


def parse_object(text: str, where: str, called: str = "FILE", long_strings: bool = False) -> dict[str, Any]:
    """Parse one JSON object.

    Parameters
    ----------
    text, where : str
        The JSON, and where it is from.
    called : str
        Name of the argument, as the user knows it.
    long_strings : bool
        Whether numbers in strings may be longer than the limit, for a reader that is quick with them.

    Returns
    -------
    dict

    Raises
    ------
    InputError
        If it is not JSON, not an object, has a key twice, or an integer that is too long.

    Examples
    --------
    >>> parse_object('{"widths": [2, 1]}', "network.json")
    {'widths': [2, 1]}
    """
    integers: dict[str, Any] = {}
    if LONG.search(text):
        if not long_strings:
            raise _too_long(called, where)
        integers["parse_int"] = lambda word: _integer(word, called, where)
    try:
        found = json.loads(text, object_pairs_hook=_without_repeats, **integers)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = (
            f"{error.msg}, line {error.lineno} column {error.colno}"
            if isinstance(error, json.JSONDecodeError)
            else "nested too deeply"
        )
        is_lines = reason.startswith("Extra data") and not where.endswith("l")
        lines = "; a file of one object a line has a name that ends in .jsonl" if is_lines else ""
        raise InputError(called, where, f"valid JSON ({reason}){lines}") from None
    if not isinstance(found, dict):
        raise InputError(called, where, f"a JSON object, not {_kind(found)}")
    return found


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if _is_seen(name, seen))
        raise InputError(twice, [value for name, value in pairs if name == twice], "given once")
    return found


def _is_seen(name: str, seen: set[str]) -> bool:
    """Tell whether a name was there before, and remember it."""
    if name in seen:
        return True
    seen.add(name)
    return False


def _integer(word: str, called: str, where: str) -> int:
    if len(word.lstrip("-")) > MOST_DIGITS:
        raise _too_long(called, where)
    return int(word)


def _too_long(called: str, where: str) -> InputError:
    return InputError(called, where, f"JSON whose integers have at most {MOST_DIGITS:,} digits")


def _kind(value: Any) -> str:
    kinds = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "a truth value"}
    return kinds.get(type(value), "null")
