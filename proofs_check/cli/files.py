"""Reading FILE and FILE.jsonl, the same for every command that takes one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from algebra.reading import STANDARD_INPUT, parse_object, read_text
from proofs_check.cli.failures import BAD_INPUT, error_fields
from proofs_check.cli.output import remark, show

if TYPE_CHECKING:
    from algebra.errors import InputError

Result = dict[str, Any]
LINES = (".jsonl", ".ndjson")  # suffixes of files with one object a line
TABLES = (".csv", ".tsv", ".parquet", ".xlsx")
OBJECTS = "a .json or .jsonl file; tables of networks are read by `rankcert table dimensions --from FILE.csv`"
Solve = Callable[[Result], Result]
SolveTogether = Callable[[Sequence[str]], Sequence[Result | None]]
Answers = tuple[list[Result], bool]


def answer_file(
    path: Path,
    solve: Solve,
    suffixes: Mapping[str, Callable[[Path], Result]] | None = None,
    together: SolveTogether | None = None,
) -> Answers:
    """Solve the object in FILE, or each line of FILE.jsonl.

    Parameters
    ----------
    path : Path
        With the suffix ``.jsonl`` or ``.ndjson``: one object a line, blank lines skipped. ``-`` is standard input: one
        object, or several, each on a line of its own.
    solve : callable
        From the object to its result; it raises `InputError` for a bad one.
    suffixes : dict, optional
        Readers of files that are not JSON.
    together : callable, optional
        From many lines to the results of their objects, None for each that is to be solved on its own.

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
    suffix = path.suffix.lower()
    if suffixes and suffix in suffixes:
        return [solve(suffixes[suffix](path))], True
    if suffix in TABLES:
        from algebra.errors import InputError

        raise InputError("FILE", str(path), OBJECTS)
    text = read_text(path)
    if suffix not in LINES and not (path == STANDARD_INPUT and _is_lines(text)):
        return [solve(parse_object(text, str(path)))], True
    lines = dict(_lines(text))
    if not lines:
        remark(f"{path} has no line with an object: nothing was asked")
    solved: Sequence[Result | None] = [None] * len(lines)
    if together is not None and len(lines) > 1:
        solved = together(list(lines.values()))
    results = [
        known or _answer_line(number, line, path, solve)
        for known, (number, line) in zip(solved, lines.items(), strict=True)
    ]
    return results, not any("error" in result for result in results)


def finish(
    command: str,
    answers: Answers,
    as_json: bool,
    report: Callable[[Result], str],
    one_line: Callable[[Result], str],
    accepted: Callable[[Result], bool] = lambda result: True,
    unwritten: InputError | None = None,
) -> NoReturn:
    """Show what `answer_file` returned, and end the command.

    Parameters
    ----------
    command : str
        Its name in the envelope.
    answers : tuple
        The results, and whether every line had an answer.
    as_json : bool
        Print the envelope, else text.
    report, one_line : callable
        Text of the only result, and of one of many; lines with bad input are written here.
    accepted : callable, optional
        Whether a result is what was hoped for.
    unwritten : InputError, optional
        About a file that could not be written beside the answer: said after it.

    Raises
    ------
    SystemExit
        With status 0 if all is well, 2 if a file could not be written, else 1.
    """
    results, good = answers
    show(command, results, as_json, report if len(results) == 1 and good else in_batch(one_line))
    if unwritten is not None:
        remark(str(unwritten))
        sys.exit(BAD_INPUT)
    sys.exit(0 if good and all(map(accepted, results)) else 1)


def in_batch(one_line: Callable[[Result], str]) -> Callable[[Result], str]:
    """Return how to write a line of a batch: as `one_line` does, or what was wrong with the input.

    Examples
    --------
    >>> in_batch(lambda result: result["label"])({"line": 3, "error": {"message": "no"}})
    'line 3: no'
    """

    def text(result: Result) -> str:
        if "error" not in result:
            return one_line(result)
        place = f"line {result['line']}" if "line" in result else result["word"]
        return f"{place}: {result['error']['message']}"

    return text


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _is_lines(text: str) -> bool:
    """Whether a text is one object a line: more than one, the first of them whole."""
    from algebra.errors import InputError

    lines = [line for _, line in _lines(text)]
    try:
        return len(lines) > 1 and bool(parse_object(lines[0], "-") or True)
    except InputError as error:
        return "valid JSON" not in error.allowed and "JSON object" not in error.allowed


def _answer_line(number: int, line: str, path: Path, solve: Solve) -> Result:
    return _answer("line", number, lambda: solve(parse_object(line, f"{path}, line {number}")))


def answer_words(words: Sequence[str], solve: Callable[[str], Result]) -> Answers:
    """Solve each word of a command line on its own; of a bad one the result is ``{"word": …, "error": …}``."""
    results = [_answer("word", word, partial(solve, word)) for word in words]
    return results, not any("error" in result for result in results)


def _answer(kind: str, place: int | str, solve: Callable[[], Result]) -> Result:
    """Return a result, or what is wrong with the input at one place, so that it does not take the others."""
    from algebra.errors import InputError

    try:
        return solve()
    except InputError as error:
        return {kind: place, "error": error_fields(error)}
    except (ArithmeticError, MemoryError) as error:
        message = f"{type(error).__name__}: {error}"
        fields = {"argument": kind, "value": place, "allowed": "one that can be computed", "message": message}
        return {kind: place, "error": fields}


def seed_of(given: Result, default: int) -> int:
    """Return the seed of an object, which comes before the option's.

    Raises
    ------
    InputError
        If it is no integer.

    Examples
    --------
    >>> seed_of({"seed": 7}, 0), seed_of({"seed": None}, 3), seed_of({}, 3)
    (7, 3, 3)
    """
    from algebra.errors import as_integer

    return default if given.get("seed") is None else as_integer("seed", given["seed"])
