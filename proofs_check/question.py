"""A question: what a file holds, how it is answered, which fields the answer has. All else is derived from it.

Derived are: the command with FILE and FILE.jsonl and its options (`proofs_check.cli.questions`), the report and the
line of a batch, the JSON Schema and a valid file (`rankcert schema`, `rankcert example`), the page of file formats, and
tests that misspell, drop and spoil every key.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from algebra.errors import InputError
from algebra.reading import parse_object
from algebra.writing import WritingError
from proofs_check.option import Option
from proofs_check.reading import read
from proofs_check.results import bounds_fields
from proofs_check.show.text import aligned, bound_rows, bounds_text, number, run_notes, strong

if TYPE_CHECKING:
    from algebra.evidence import Bounds

Kind = Literal["integer", "number", "boolean", "text", "list", "object"]
Result = dict[str, Any]  # plain JSON values: the edge
Writer = Callable[[Path], Any]


@dataclass(frozen=True)
class Field:
    """One field of an answer.

    Parameters
    ----------
    name : str
        In JSON and CSV.
    kind : str
    says : str
        What it means.
    heading : str
        In a report for people; without one it is not shown there.
    only : str
        Of a field that not every answer has: where it is there, as the end of the sentence "only …".
    """

    name: str
    kind: Kind
    says: str
    heading: str = ""
    only: str = ""


LABEL = Field("label", "text", "permanent name of what was asked about")
BOUND_FIELDS = (
    Field("lower", "integer", "proved lower bound"),
    Field("upper", "integer", "proved upper bound; null if none is known"),
    Field("grade", "text", "proved, probable, numeric or inconclusive"),
    Field("log2_error", "number", "of a probable value: binary logarithm of its p-value; else null"),
    Field("lower_by", "text", "argument for the lower bound"),
    Field("upper_by", "text", "argument for the upper bound"),
)
SEED_FIELD = Field("seed", "integer", "of every random choice; null if there was none")
SECONDS = Field("seconds", "number", "that the answer took")


@dataclass(frozen=True)
class Answer:
    """What came of one question.

    Parameters
    ----------
    label : str
        Permanent name of the object.
    fields : dict
        The fields of the question's own, plain JSON values.
    bounds : Bounds, optional
        Shown in front of the fields; their certificate can be written.
    seed : int, optional
        Of the random choices that were made.
    files : dict
        For options that name a file: what writes it.
    """

    label: str
    fields: Mapping[str, Any]
    bounds: Bounds | None = None
    seed: int | None = None
    files: Mapping[str, Writer] = field(default_factory=dict)

    @classmethod
    def of_bounds(cls, label: str, bounds: Bounds, fields: Mapping[str, Any], seed: int | None = None) -> Answer:
        """Return the answer that bounds give, with their certificate, and their seed if no other is named."""
        files = {"certificate": lambda path: bounds.certificate().write(path)}
        return cls(label, fields, bounds, bounds.seed if seed is None else seed, files)


class NotWritten(InputError):  # noqa: N818 - the answer is there
    """A file beside an answer could not be written."""

    def __init__(self, error: InputError, result: Result) -> None:
        super().__init__(error.argument, error.value, error.allowed, error.words)
        self.result = result


@dataclass(frozen=True)
class Words:
    """How a question is asked without a file.

    Parameters
    ----------
    metavar : str
    says : str
        About the words, for the help.
    describe : callable
        ``describe(words, **options)``: the object that a file would hold.
    options : tuple of Option
        Those that only make sense with words; where there is no `metavar`, they say all.
    is_word : callable
        Whether a word that stands alone is one of these, and no FILE.
    is_each : bool
        Whether each word describes an object of its own.
    is_batch : bool
        Whether then a bad word leaves the others their answers, as a bad line of a file does.
    """

    metavar: str
    says: str
    describe: Callable[..., Result]
    options: tuple[Option, ...] = ()
    is_word: Callable[[str], bool] = lambda word: word.lstrip("+-").isdigit()
    is_each: bool = False
    is_batch: bool = False


def always(result: Result) -> bool:
    """Say of any answer that it is what was hoped for."""
    return True


@dataclass(frozen=True)
class Question:
    """What can be asked of one kind of object.

    Parameters
    ----------
    name : str
        Also the command: ``rank convac``.
    says : str
        One sentence, for lists and help.
    about : str
        What else a reader of the help and of the page should know.
    given : type
        The file format (`proofs_check.reading.file_format`).
    answer : callable
        ``answer(given, **options) -> Answer``, with a keyword for each of the options.
    answer_together : callable, optional
        ``answer_together(given, **options)``: the answers to many objects at once, the same as one by one; None in the
        place of one that is to be asked alone, and so is each if it raises.
    fields : tuple of Field
        Those of its own, in order; `columns` adds the common ones.
    headline : str
        What the bounds are of: rank, dimension; empty without bounds.
    example : dict
        An object that is answered in a moment.
    options : tuple of Option
    usage : tuple of str
        Command lines for the help.
    needs : tuple of str
        Modules that are imported before the clock starts: the time is that of the answer.
    words : Words, optional
    suffixes : dict
        Readers of files that are not JSON, by suffix.
    report, line : callable, optional
        Text of a single result, and of one of many, for people; default: headline, bounds, fields with a heading.
    is_good : callable
        Whether a result is what was hoped for; else the exit status is 1.
    page : callable, optional
        Returns what the page of formats says beside, as Markdown.
    """

    name: str
    says: str
    given: type
    answer: Callable[..., Answer]
    fields: tuple[Field, ...]
    example: Mapping[str, Any]
    answer_together: Callable[..., Sequence[Answer | None]] | None = None
    about: str = ""
    headline: str = ""
    options: tuple[Option, ...] = ()
    usage: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    words: Words | None = None
    suffixes: Mapping[str, Callable[[Path], Result]] = field(default_factory=dict)
    report: Callable[[Result], str] | None = None
    line: Callable[[Result], str] | None = None
    is_good: Callable[[Result], bool] = always
    page: Callable[[], str] | None = None

    @property
    def columns(self) -> tuple[Field, ...]:
        """All fields of an answer, in order."""
        names = [option.name for option in self.options]
        bounds = BOUND_FIELDS if self.headline else ()
        seed = (SEED_FIELD,) if "seed" in names else ()
        files = (Field(o.name, "text", "the file that was written, if any") for o in self.options if o.is_written)
        return (LABEL, *bounds, *self.fields, *seed, SECONDS, *files)

    def ask(self, found: Mapping[str, Any], **told: Any) -> Result:
        """Answer for one parsed object; a seed in the object comes before the one that is told.

        Raises
        ------
        InputError
            Naming the key or the option, its value and what is allowed.
        """
        return self.reply(read(self.given, found), **told)

    def reply(self, given: Any, **told: Any) -> Result:
        """Answer for an object that has been read.

        Raises
        ------
        NotWritten
            If all is well but a file that could not be written; the exception holds the answer.
        """
        options, files = self._options(told)
        options |= _own_seed(given, options)
        for module in self.needs:
            import_module(module)
        start = time.perf_counter()
        with self._promise(files):
            answer = self.answer(given, **options)
        result = self._result(answer, time.perf_counter() - start)

        unwritten: list[InputError] = []
        result |= {option.name: _write(answer, option, path, unwritten) for option, path in files.items()}
        if unwritten:
            raise NotWritten(unwritten[0], result)
        return result

    def ask_together(self, lines: Sequence[str], **told: Any) -> list[Result | None]:
        """Answer for many objects at once, each the JSON of a line, each in an equal share of the time.

        None stands in the place of an object that is to be asked alone: that is bad, that gains nothing by company, or
        for which a file is to be written; each of them, where the question knows no way to answer many.
        """
        options, files = self._options(told)
        results: list[Result | None] = [None] * len(lines)
        if self.answer_together is None or any(path is not None for path in files.values()):
            return results
        for module in self.needs:
            import_module(module)

        # Objects with a seed of their own are asked together with those of the same seed.
        groups: dict[int | None, list[tuple[int, Any]]] = {}
        for place, line in enumerate(lines):
            with suppress(InputError):
                given: Any = read(self.given, parse_object(line, "line"))
                groups.setdefault(_own_seed(given, options).get("seed"), []).append((place, given))
        for seed, group in groups.items():
            own = {} if seed is None else {"seed": seed}
            start = time.perf_counter()
            answers: Sequence[Answer | None] = ()
            with suppress(Exception):  # alone it will be seen of which
                answers = self.answer_together([given for _, given in group], **(options | own))
            share = (time.perf_counter() - start) / len(group)
            unwritten = {option.name: None for option in files}
            for (place, _), answer in zip(group, answers, strict=False):
                if answer is not None:
                    results[place] = self._result(answer, share) | unwritten
        return results

    def _options(self, told: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Option, Path | None]]:
        """Return a value for every option; apart from them the files that are to be written."""
        options = {option.name: told.get(option.name, option.default) for option in self.options}
        files = {option: options.pop(option.name) for option in self.options if option.is_written}
        return options, files

    def _result(self, answer: Answer, seconds: float) -> Result:
        """Return an answer with the fields that all answers have, in their order."""
        result: Result = {"label": answer.label}
        result |= bounds_fields(answer.bounds) if answer.bounds is not None else {}
        result |= answer.fields
        result |= {"seed": answer.seed} if any(option.name == "seed" for option in self.options) else {}
        return result | {"seconds": round(seconds, 6)}

    def _promise(self, files: Mapping[Option, Path | None]) -> AbstractContextManager[None]:
        """Refuse before the work what no certificate can hold, if one is asked for."""
        from algebra.evidence.certificate import certificate_wanted

        wanted = any(option.name == "certificate" and path is not None for option, path in files.items())
        return certificate_wanted() if wanted else nullcontext()

    def text(self, result: Result) -> str:
        """Everything that people want to know of one answer."""
        if self.report is not None:
            return self.report(result)
        rows = [*bound_rows(result), *(_row(each, result) for each in self.fields if each.heading)]
        head = f"{result['label']}  {self.headline} {strong(bounds_text(result))}"
        return f"{head}\n\n{aligned(rows)}\n\n{run_notes(result)}"

    def one_line(self, result: Result) -> str:
        """One line of a batch."""
        return self.line(result) if self.line is not None else f"{result['label']}  {bounds_text(result)}"


def _own_seed(given: Any, options: Mapping[str, Any]) -> dict[str, int]:
    """Return the seed that an object names itself, if seeds are an option."""
    seed = getattr(given, "seed", None)
    return {} if seed is None or "seed" not in options else {"seed": seed}


def _row(field: Field, result: Result) -> tuple[str, str, str]:
    value = result[field.name]
    return field.heading, number(value) if value is None or field.kind == "integer" else str(value), ""


def _write(answer: Answer, option: Option, path: Path | None, unwritten: list[InputError]) -> str | None:
    """Write one of the files that were asked for, and return its name for the result."""
    if path is None:
        return None
    if option.name not in answer.files:
        raise InputError(option.argument, str(path), "left out here: nothing is proved that it could hold")
    try:
        answer.files[option.name](path)
    except WritingError as error:  # the answer is not lost for it
        unwritten.append(InputError(option.argument, str(path), error.allowed))
        return None
    return str(path)
