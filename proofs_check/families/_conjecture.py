"""What families say that compare a value with a conjectured one, case by case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from proofs_check.family import Row, Rows
from proofs_check.results import known
from proofs_check.show.text import strong

SHOWN = 10  # of the cases that disagree; the others are counted


def counted(label: str, question: str, about: str, rows: Rows) -> dict[str, Any]:
    """Return how often the rows agree, and every case where they do not; of those that are open the labels."""
    return {
        "label": f"{label}:{question}",
        "question": question,
        "about": about,
        "count": len(rows),
        "agree": sum(row["agrees"] is True for row in rows),
        "proved": sum(row["grade"] == "proved" for row in rows),
        "open": [row["label"] for row in rows if row["agrees"] is None],
        "disagree": [row for row in rows if row["agrees"] is False],
    }


def in_words(found: Mapping[str, Any], agree: str) -> str:
    """Say how many agree, in the words of the family: agree, or reach the bound."""
    return f"{found['agree']} {agree}, {len(found['disagree'])} do not, {len(found['open'])} open"


def report(found: Mapping[str, Any], total: int, cases: str, agree: str, beside: Callable[[Row], str]) -> str:
    """Say how often the rows agree, and where they do not.

    Parameters
    ----------
    found : dict
        Of `counted`.
    total : int
        Cases that were asked for.
    cases, agree : str
        What they are, and what they do.
    beside : callable
        From a row that disagrees to what its value is compared with.
    """
    wrong = found["disagree"]
    head = f"{strong(found['label'])}: {found['about']}"
    counts = f"{found['count']} of {total} {cases}: {in_words(found, agree)}; {found['proved']} proved"
    lines = [f"  {row['label']}  {known(row)}, {beside(row)}" for row in wrong[:SHOWN]]
    more = [f"  and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
    return "\n".join([head, counts, *lines, *more])
