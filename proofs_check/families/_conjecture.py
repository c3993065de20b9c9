"""What families say that compare a value with a conjectured one, case by case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from proofs_check.family import Row, Rows, Told
from proofs_check.option import Option
from proofs_check.results import known
from proofs_check.show.text import strong
from proofs_check.words import one_of

SHOWN = 10  # of the cases that disagree; the others are counted


@dataclass(frozen=True)
class Comparison:
    """How often the rows agree with a conjecture, and every case where they do not.

    Parameters
    ----------
    label, question, about : str
        Name of what is compared, the question that was chosen, and what it is about.
    count, agree, proved : int
        Numbers of all rows, of those that agree, and of those that are proved.
    open : tuple of str
        Labels of the rows that leave it open.
    disagree : tuple of dict
        The rows that do not agree.
    """

    label: str
    question: str
    about: str
    count: int
    agree: int
    proved: int
    open: tuple[str, ...]
    disagree: tuple[Row, ...]

    @classmethod
    def of(cls, name: str, question: str, about: str, rows: Rows) -> Comparison:
        """Count the rows."""
        return cls(
            label=f"{name}:{question}",
            question=question,
            about=about,
            count=len(rows),
            agree=sum(row["agrees"] is True for row in rows),
            proved=sum(row["grade"] == "proved" for row in rows),
            open=tuple(row["label"] for row in rows if row["agrees"] is None),
            disagree=tuple(row for row in rows if row["agrees"] is False),
        )

    def result(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**vars(self), "open": list(self.open), "disagree": list(self.disagree)}


@dataclass(frozen=True)
class Conjecture:
    """One or several questions whether a value is what is conjectured; rows say in ``agrees`` whether it is.

    Parameters
    ----------
    label : str
        What a sweep's result is called, before the question.
    questions : dict of str to str
        By name what each is about.
    cases, agree : str
        What the rows are, and what those do that are as conjectured: ``agree``.
    compared : str
        What a value is compared with: ``formula``. A row has it under `field`.
    field : str
    about : str
        What the question is called in the notes.
    """

    label: str
    questions: Mapping[str, str]
    cases: str
    agree: str
    compared: str
    field: str
    about: str

    @property
    def says(self) -> str:
        """The questions, for the help."""
        return "The questions: " + "; ".join(f"{name} ({about})" for name, about in self.questions.items()) + "."

    @property
    def read(self) -> Callable[[str, str], str]:
        """Reader of the name of a question."""
        return one_of(lambda: self.questions)

    @property
    def option(self) -> Option:
        """The argument that names the question."""
        return Option(
            "question",
            f"One of {', '.join(self.questions)}.",
            self.read,
            metavar="QUESTION",
            choices=lambda: self.questions,
            is_argument=True,
            is_needed=True,
        )

    def summary(self, rows: Rows, told: Told) -> Comparison:
        """Return how often the rows agree, and every case where they do not."""
        question = told["question"]
        return Comparison.of(self.label, question, self.questions[question], rows)

    def counts(self, found: Comparison) -> str:
        """Say how many agree, in the words of the family, and how many are proved."""
        wrong, left = len(found.disagree), len(found.open)
        return f"{self.cases}: {found.agree} {self.agree}, {wrong} do not, {left} open; {found.proved} proved"

    def notes(self, rows: Rows, told: Told) -> tuple[str, ...]:
        """Say what is asked, and how often the rows agree."""
        found = self.summary(rows, told)
        return f"{self.about}: {found.about}", f"{len(rows)} {self.counts(found)}"

    def text(self, found: Comparison, rows: Rows, total: int) -> str:
        """Say how often the rows agree, of so many cases that were asked for, and where they do not."""
        head = f"{strong(found.label)}: {found.about}"
        counts = f"{found.count} of {total} {self.counts(found)}"
        wrong = found.disagree
        lines = [f"  {row['label']}  {known(row)}, {self.compared} {row[self.field]}" for row in wrong[:SHOWN]]
        more = [f"  and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
        return "\n".join([head, counts, *lines, *more])
