"""What came of a run of claims: the rows, as data, as JSON, and as one HTML page that needs nothing but itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from algebra.version import __version__
from proofs_check.show.envelope import envelope, json_text

if TYPE_CHECKING:
    from proofs_check.show.tables import Table

ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5}|[a-z.-]+/\d{7})")

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
    """The rows of one run, and the seed of every random choice in it.

    Parameters
    ----------
    rows : tuple of Row
    seed : int
    planned : int, optional
        How many claims were to be run, where the run was interrupted.
    """

    rows: tuple[Row, ...]
    seed: int
    planned: int | None = None

    @property
    def is_part(self) -> bool:
        """Whether claims are missing."""
        return self.planned is not None and self.planned > len(self.rows)

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

    def table(self) -> Table:
        """Return one line a claim: how many instances there are, and what became of them."""
        from proofs_check.show.tables import Columns, Table

        numbers = ("instances", "holds", "violated", "inconclusive", "not_applicable")
        kinds = {"claim": "text", **dict.fromkeys(numbers, "integer"), "grade": "text", "outcome": "text"}
        data = Columns({name: [getattr(row, name) for row in self.rows] for name in kinds}, kinds)
        shown = Columns({name.replace("_", " "): cells for name, cells in data.cells.items()})
        return Table(data, "", [f"rankcert {__version__}, seed {self.seed}"], shown)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return table(self.rows)


Report = VerifyReport  # its earlier name


@dataclass(frozen=True)
class Section:
    """The claims of one paper: what all of their sources begin with, and each with the rest of its source."""

    key: str
    reference: str
    rows: tuple[tuple[Row, str], ...]

    @property
    def totals(self) -> list[tuple[str, int]]:
        """How many claims have which outcome."""
        return _totals([row for row, _ in self.rows])


def sections(rows: Sequence[Row]) -> list[Section]:
    """Return the papers in the order of the rows.

    Parameters
    ----------
    rows : sequence of Row

    Returns
    -------
    list of Section
    """
    found = []
    for key in dict.fromkeys(row.paper for row in rows):
        mine = [row for row in rows if row.paper == key]
        reference, items = common_source([row.source for row in mine])
        found.append(Section(key, reference, tuple(zip(mine, items, strict=True))))
    return found


def common_source(sources: Sequence[str]) -> tuple[str, list[str]]:
    """Return what all sources begin with, up to a comma, and the rest of each.

    Examples
    --------
    >>> common_source(["Euclid, Elements, Book 1", "Euclid, Elements, Book 2"])
    ('Euclid, Elements', ['Book 1', 'Book 2'])
    """
    parts = [source.split(", ") for source in sources]
    common = [first for first, *others in zip(*parts, strict=False) if all(other == first for other in others)]
    # A part after one that differs is no beginning.
    while any(part[: len(common)] != common for part in parts):
        common.pop()
    return ", ".join(common), [", ".join(part[len(common) :]) for part in parts]


def _totals(rows: Sequence[Row]) -> list[tuple[str, int]]:
    return Counter(row.outcome for row in rows).most_common()


def page(report: VerifyReport) -> str:
    """Return the whole page."""
    from datetime import date

    return _rendered(
        "verify.html.j2",
        report=report,
        rows=report.rows,
        papers=sections(report.rows),
        totals=_totals(report.rows),
        version=__version__,
        date=date.today().isoformat(),
        seconds=sum(row.seconds for row in report.rows),
    )


def table(rows: Sequence[Row]) -> str:
    """Return the table of the rows for a notebook: formulas between dollars, counterexamples folded in."""
    return _rendered("claims.html.j2", rows=rows)


def _rendered(template: str, **content: Any) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from proofs_check.show.formulas import mathml

    pages = Environment(
        loader=PackageLoader("proofs_check.show", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made = pages.get_template(template)
    return made.render(shown=SHOWN, colour=colour, formula=mathml, linked=linked, **content).lstrip()


def linked(source: str) -> Any:
    """Return a source with its arXiv numbers as links.

    Examples
    --------
    >>> str(linked("Euclid, arXiv:1905.12207"))
    'Euclid, <a href="https://arxiv.org/abs/1905.12207">arXiv:1905.12207</a>'
    """
    from markupsafe import Markup, escape

    return Markup(ARXIV.sub(r'<a href="https://arxiv.org/abs/\1">arXiv:\1</a>', str(escape(source))))


def colour(row: Row) -> str:
    """Class of an outcome: good, known, or bad."""
    if not row.expected:
        return "bad"
    return "good" if row.outcome == "holds" else "known"
