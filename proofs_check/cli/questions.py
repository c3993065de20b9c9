"""From a question to its command: FILE, FILE.jsonl or words, the question's options, a report or an envelope."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import rich_click as click

from algebra.errors import InputError
from proofs_check.cli.build import command
from proofs_check.cli.files import LINES, answer_file, answer_words, finish
from proofs_check.cli.output import show
from proofs_check.cli.written import check_written
from proofs_check.option import JSON, Option, words_option
from proofs_check.question import NotWritten, Question, Result, Words
from proofs_check.show.envelope import json_text
from proofs_check.words import path

LISTED = re.compile(r"[\[(]?[0-9]+(?:[ ,;x-]+[0-9]+)*[\])]?")  # numbers in one word, meant as several


def _file(suffixes: Iterable[str]) -> Option:
    """The argument FILE of a question that also reads files with these suffixes."""
    kinds = "".join(f", {suffix}" for suffix in suffixes)
    says = f"A .json file{kinds}, or .jsonl or .ndjson: one object a line; - reads standard input."
    return Option("file", says, path, metavar="FILE", is_argument=True, is_needed=True)


def question_command(question: Question) -> click.Command:
    """Return the command that asks a question.

    Examples
    --------
    >>> from proofs_check.registry import question
    >>> [parameter.name for parameter in question_command(question("rank convac")).params]
    ['file', 'seed', 'log2_error', 'certificate', 'as_json']
    """
    words = question.words
    given = _file(question.suffixes)
    if words is not None:
        says = f"{words.says}, or a .json, .jsonl or .ndjson file; - reads standard input."
        metavar = f"{words.metavar}…|FILE" if words.metavar else "[FILE]"
        is_needed = bool(words.metavar)
        given = words_option("file", says, metavar=metavar, is_needed=is_needed)

    def run(file: Any, as_json: bool, **told: Any) -> None:
        describing = {option: told.pop(option.name) for option in (words.options if words else ())}
        place = _file_of(file, words, question.suffixes) if words is not None else file
        for option in question.options:
            if option.is_written:
                check_written(option.argument, told[option.name], place)
        unwritten = None
        try:
            if place is not None:
                _check_unused(describing)
                ask, together = partial(question.ask, **told), partial(question.ask_together, **told)
                answers = answer_file(place, ask, question.suffixes, together)
            else:
                assert words is not None
                named = {option.name: value for option, value in describing.items()}
                each = [[word] for word in file] if words.is_each else [list(file)]
                if words.is_batch and len(file) > 1:
                    answers = answer_words(file, lambda word: question.ask(words.describe([word], **named), **told))
                else:
                    found = [question.given(**words.describe(those, **named)) for those in each]  # all are read first
                    answers = [question.reply(given, **told) for given in found], True
        except NotWritten as failure:
            answers, unwritten = ([failure.result], True), failure
        finish(question.name, answers, as_json, question.text, question.one_line, question.is_good, unwritten)

    arguments = [option for option in question.options if option.is_argument]
    others = [option for option in question.options if not option.is_argument]
    options = [*arguments, given, *(words.options if words else ()), *others, JSON]
    return command(question.name.split()[-1], run, options, question.says, _about(question), question.usage)


def _about(question: Question) -> str:
    """What the file holds, by its example; where to find the rest."""
    import json

    example = f"FILE holds an object such as {json.dumps(question.example, ensure_ascii=False)}."
    more = f"`rankcert schema {question.name}` describes every key, `rankcert example {question.name}` prints this one."
    return "\n\n".join([*([question.about] if question.about else []), example, more])


def _file_of(words: tuple[str, ...], asked: Words, suffixes: Iterable[str]) -> Path | None:
    """Return the file if the only word is none of those that ask, else None.

    Raises
    ------
    InputError
        If there is no such file, or another word beside it.
    """
    is_file = [Path(word).suffix.lower() in (".json", *LINES, *suffixes) for word in words]
    if len(words) > 1 and any(is_file):
        raise InputError("FILE", " ".join(words), "one file")
    if not asked.metavar and not words:
        return None
    if words != ("-",) and (len(words) > 1 or asked.is_word(words[0])):
        return None
    (word,) = words
    if not word:
        raise InputError("FILE", word, "the name of a file")
    if word != "-" and not is_file[0] and not os.path.lexists(word):  # else options are looked at first
        numbers = LISTED.fullmatch(word) and re.findall(r"[0-9]+", word)
        meant = f"; several words in place of one: {' '.join(numbers)}" if numbers else ""
        raise InputError("FILE", word, f"a file that can be read (No such file or directory){meant}")
    return Path(word)


def _check_unused(options: dict[Option, Any]) -> None:
    for option, value in options.items():
        if value:
            raise InputError(option.argument, value, "left out when a file describes the network")


def example_command() -> click.Command:
    """Return `rankcert example`, which prints a valid file of a question."""
    return command(
        "example",
        lambda name, as_json: _print("example", _question(name).example, as_json),
        [NAME, JSON],
        "Print a file that a command takes.",
        usage=("rankcert example rank convac > circuit.json", "rankcert example dimension | rankcert dimension -"),
    )


def schema_command() -> click.Command:
    """Return `rankcert schema`, which prints the JSON Schema of a question's file."""
    from proofs_check.reading import schema

    return command(
        "schema",
        lambda name, as_json: _print("schema", schema(_question(name).given), as_json),
        [NAME, JSON],
        "Print the JSON Schema of a command's file.",
        usage=("rankcert schema rank convac",),
    )


def _names() -> list[str]:
    from proofs_check.registry import question_modules

    return list(question_modules())


NAME = words_option("name", "The command's words.", metavar="NAME…", choices=_names, is_needed=True)


def _question(name: tuple[str, ...]) -> Question:
    from proofs_check.registry import question

    return question(" ".join(name))


def _print(command: str, found: Result | Any, as_json: bool) -> None:
    show(command, [found], as_json, lambda content: json_text(content, sys.stdout.encoding, indent=2))
