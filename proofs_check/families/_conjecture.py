"""What families say that compare a value with a conjectured one, case by case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from proofs_check.family import Row, Rows
from proofs_check.results import known
from proofs_check.show.text import strong

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

    def in_words(self, agree: str) -> str:
        """Say how many agree, in the words of the family: agree, or reach the bound."""
        return f"{self.agree} {agree}, {len(self.disagree)} do not, {len(self.open)} open"

    def report(self, total: int, cases: str, agree: str, beside: Callable[[Row], str]) -> str:
        """Say how often the rows agree, and where they do not.

        Parameters
        ----------
        total : int
            Cases that were asked for.
        cases, agree : str
            What they are, and what they do.
        beside : callable
            From a row that disagrees to what its value is compared with.
        """
        head = f"{strong(self.label)}: {self.about}"
        counts = f"{self.count} of {total} {cases}: {self.in_words(agree)}; {self.proved} proved"
        lines = [f"  {row['label']}  {known(row)}, {beside(row)}" for row in self.disagree[:SHOWN]]
        hidden = len(self.disagree) - SHOWN
        return "\n".join([head, counts, *lines, *([f"  and {hidden} more"] if hidden > 0 else [])])
