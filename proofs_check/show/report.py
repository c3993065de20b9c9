"""What came of a run of claims: the rows, as data, as JSON, and as one HTML page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from proofs_check.show.envelope import envelope, json_text

SHOWN = 20  # counterexamples in the page; the JSON has them all


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
class VerifyReport:
    """The rows of one run, and the seed of every random choice in it."""

    rows: tuple[Row, ...]
    seed: int

    @property
    def exit_status(self) -> int:
        """0 if every outcome was expected, else 1."""
        return 0 if all(row.expected for row in self.rows) else 1

    def results(self) -> list[dict[str, Any]]:
        """Return the rows as plain JSON values."""
        return [asdict(row) for row in self.rows]

    def to_json(self) -> str:
        """Return the report as JSON text: the envelope that the command prints."""
        return json_text(envelope("verify", self.results(), seed=self.seed))

    def to_html(self) -> str:
        """Return the report as one self-contained page."""
        return page(self)

    def _repr_html_(self) -> str:
        return table(self.rows)


Report = VerifyReport  # its earlier name


def page(report: VerifyReport) -> str:
    """Return the whole page."""
    return _rendered("verify.html.j2", report=report, rows=report.rows)


def table(rows: Sequence[Row]) -> str:
    """Return the table of the rows, counterexamples folded in."""
    return _rendered("claims.html.j2", rows=rows)


def _rendered(template: str, **content: Any) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    pages = Environment(
        loader=PackageLoader("proofs_check.show", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template(template).render(shown=SHOWN, colour=colour, **content)


def colour(row: Row) -> str:
    """Class of an outcome: good, known, or bad."""
    if not row.expected:
        return "bad"
    return "good" if row.outcome == "holds" else "known"
