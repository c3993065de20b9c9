"""Reading FILE and FILE.jsonl, the same for every command that takes one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from proofs_check.cli.failures import error_fields

Solve = Callable[[dict[str, Any]], dict[str, Any]]


def answer_file(path: Path, solve: Solve) -> tuple[list[dict[str, Any]], bool]:
    """Solve the object in FILE, or each line of FILE.jsonl.

    Parameters
    ----------
    path : Path
        With the suffix ``.jsonl``: one object a line, blank lines skipped.
    solve : callable
        From the object to its result; it raises `InputError` for a bad one.

    Returns
    -------
    results : list of dict
        In order; of a line whose input is bad, ``{"line": …, "error": …}``.
    good : bool
        Whether every line had an answer.

    Raises
    ------
    InputError
        If the file cannot be read or, for a single object, if that is bad.
    """
    text = read_text(path)
    if path.suffix.lower() != ".jsonl":
        return [solve(parse_object(text, str(path)))], True
    results = [_answer_line(number, line, path, solve) for number, line in _lines(text)]
    return results, not any("error" in result for result in results)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _answer_line(number: int, line: str, path: Path, solve: Solve) -> dict[str, Any]:
    from algebra.errors import InputError

    try:
        return solve(parse_object(line, f"{path}, line {number}"))
    except InputError as error:
        return {"line": number, "error": error_fields(error)}
    except (ArithmeticError, MemoryError) as error:
        message = f"{type(error).__name__}: {error}"
        return {
            "line": number,
            "error": {"argument": "line", "value": number, "allowed": "one that can be computed", "message": message},
        }


def read_text(path: Path) -> str:
    """Read a text file, or say in a sentence why that is not possible.

    Raises
    ------
    InputError
        If it is missing, a folder, not readable, or not UTF-8.
    """
    from algebra.errors import InputError

    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError("FILE", str(path), f"a file that can be read ({reason})") from None
    except UnicodeDecodeError:
        raise InputError("FILE", str(path), "a text file in UTF-8") from None


def parse_object(text: str, where: str) -> dict[str, Any]:
    """Parse one JSON object.

    Raises
    ------
    InputError
        If it is not JSON, not an object, or has a key twice.
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
        raise InputError("FILE", where, f"valid JSON ({reason})") from None
    if not isinstance(found, dict):
        raise InputError("FILE", where, f"a JSON object, not {_kind(found)}")
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


def check_keys(given: dict[str, Any], allowed: Iterable[str], required: Iterable[str] = ()) -> None:
    """Refuse unknown keys by name, and missing ones.

    Raises
    ------
    InputError
        Naming the key.

    Examples
    --------
    >>> check_keys({"width": 3}, ["widths", "degree"])
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: width is 3, but it must be left out: the keys are widths, degree
    """
    from algebra.errors import InputError

    names = list(allowed)
    for key, value in given.items():
        if key not in names:
            raise InputError(key, value, f"left out: the keys are {', '.join(names)}")
    for key in required:
        if key not in given:
            raise InputError(key, None, f"given: the keys are {', '.join(names)}")
