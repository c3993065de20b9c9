"""What came of a run of claims: the rows, as data, as JSON, and as one HTML page that needs nothing but itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any

from algebra.version import __version__

SCHEMA = 1
SHOWN = 20  # counterexamples in the page; the JSON has them all

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #1f2937; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35em .6em; border-bottom: 1px solid #e5e7eb; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code { font-size: 12.5px; overflow-wrap: anywhere; }
small { color: #6b7280; }
.good { color: #15803d; } .known { color: #a16207; } .bad { color: #b91c1c; font-weight: bold; }
"""

COLUMNS = ("claim", "instances", "holds", "violated", "undecided", "not applicable", "grade", "outcome")


@dataclass(frozen=True)
class Finding:
    """An instance that was violated or not decided: why, how far proved, and the certificates' paths."""

    instance: str
    reason: str
    grade: str
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """What became of one claim.

    Parameters
    ----------
    grade : str
        The weakest among the instances that hold; without any, among those that are violated.
    grades : dict
        How many of the instances that hold have which grade.
    outcome : str
        ``holds``, ``violated``, ``violated (known false)``, ``inconclusive``, ``not tested``, or
        ``not refuted (known false)`` if no proved counterexample came out.
    expected : bool
        Whether the outcome is no news: false if a theorem or an open conjecture is violated, or if a conjecture
        that is known to be false is not.
    not_applicable_because : dict
        How often each hypothesis failed first.
    """

    claim: str
    paper: str
    statement: str
    kind: str
    source: str
    note: str
    instances: int
    holds: int
    violated: int
    inconclusive: int
    not_applicable: int
    grade: str
    outcome: str
    expected: bool
    seed: int
    seconds: float
    counterexamples: tuple[Finding, ...] = ()
    undecided: tuple[Finding, ...] = ()
    not_applicable_because: dict[str, int] = field(default_factory=dict)
    grades: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The rows of one run, and the seed of every random choice in it."""

    rows: tuple[Row, ...]
    seed: int

    @property
    def exit_status(self) -> int:
        """0 if every outcome was expected, else 1."""
        return 0 if all(row.expected for row in self.rows) else 1

    def envelope(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        results = [asdict(row) for row in self.rows]
        return {
            "schema": SCHEMA,
            "version": __version__,
            "command": "verify",
            "seed": self.seed,
            "results": results,
        }

    def to_json(self) -> str:
        """Return the report as JSON text."""
        return json.dumps(self.envelope(), indent=2, ensure_ascii=False)

    def to_html(self) -> str:
        """Return the report as one self-contained page."""
        return page(self)

    def _repr_html_(self) -> str:
        return table(self.rows)


def page(report: Report) -> str:
    """Return the whole page."""
    verdict = "Every outcome is as expected." if report.exit_status == 0 else "Some outcomes are not as expected."
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>rankcert verify</title><style>{STYLE}</style></head>\n'
        f"<body><h1>rankcert verify</h1><p>{verdict} Seed {report.seed}. Grades: the weakest among the instances "
        f"that hold.</p>\n{table(report.rows)}</body></html>\n"
    )


def table(rows: Sequence[Row]) -> str:
    """Return the table of the rows, counterexamples folded in."""
    head = "".join(f"<th>{escape(name)}</th>" for name in COLUMNS)
    body = "\n".join(map(_row, rows))
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>\n"


def _row(row: Row) -> str:
    numbers = (row.instances, row.holds, row.violated, row.inconclusive, row.not_applicable)
    cells = "".join(f'<td class="number">{number}</td>' for number in numbers)
    return (
        f"<tr><td>{_claim(row)}</td>{cells}<td>{escape(row.grade)}</td>"
        f'<td class="{colour(row)}">{escape(row.outcome)}</td></tr>'
    )


def colour(row: Row) -> str:
    """Class of an outcome: good, known, or bad."""
    if not row.expected:
        return "bad"
    return "good" if row.outcome == "holds" else "known"


def _claim(row: Row) -> str:
    note = f"<br><small>{escape(row.note)}</small>" if row.note else ""
    folded = _folded("counterexamples", row.counterexamples) + _folded("undecided", row.undecided)
    failed = "; ".join(f"{name} ({count})" for name, count in row.not_applicable_because.items())
    unmet = f"<br><small>hypotheses that failed: {escape(failed)}</small>" if failed else ""
    return (
        f"<b>{escape(row.claim)}</b> <small>{escape(row.kind)}; {escape(row.source)}</small><br>"
        f"<code>{escape(row.statement)}</code>{note}{unmet}{folded}"
    )


def _folded(title: str, findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    items = "".join(f"<li>{_finding(finding)}</li>" for finding in findings[:SHOWN])
    more = f"<li>and {len(findings) - SHOWN} more</li>" if len(findings) > SHOWN else ""
    return f"<details><summary>{len(findings)} {title}</summary><ul>{items}{more}</ul></details>"


def _finding(finding: Finding) -> str:
    text = f"<code>{escape(finding.instance)}</code> ({escape(finding.grade)}): {escape(finding.reason)}"
    return text + _paths(finding.certificates)


def _paths(paths: Iterable[str]) -> str:
    return "".join(f' <small><a href="{escape(path, quote=True)}">certificate</a></small>' for path in paths)
