"""The claims of papers, each run on its default instances: a family of claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from algebra.version import __version__
from algebra.writing import make_folder
from proofs_check.family import Column, Family, Instance, Row, Rows, Told
from proofs_check.option import CERTIFICATES, SEED, words_option
from proofs_check.show.report import Finding, VerifyReport
from proofs_check.show.report import Row as ClaimRow


def instances(papers: Sequence[str] = (), certificates: Path | None = None, seed: int = 0) -> list[Instance]:
    """The claims of some papers, or single ones; all of them without any."""
    from proofs_check.papers import select

    folder = None if certificates is None else str(make_folder("--certificates", certificates))
    return [{"claim": claim.id, "seed": seed, "certificates": folder} for claim in select(papers)]


def evaluate(instance: Instance) -> Row:
    """Run one claim.

    Examples
    --------
    >>> evaluate({"claim": "kileel2019.unimodal", "seed": 0, "certificates": None})["outcome"]
    'violated (known false)'
    """
    from proofs_check.claim_run import run
    from proofs_check.papers import select

    (claim,) = select([instance["claim"]])
    folder = instance["certificates"]
    return asdict(run(claim, instance["seed"], certificates=None if folder is None else Path(folder)))


def key(instance: Instance) -> str:
    """Return the permanent key: a claim's outcome belongs to the version whose code decided it."""
    folder = "" if instance["certificates"] is None else f":certificates={instance['certificates']}"
    return f"verify:{instance['claim']}:seed={instance['seed']}:rankcert={__version__}{folder}"


def report_of(rows: Rows, seed: int) -> VerifyReport:
    """Return the report that the rows of this family make."""
    return VerifyReport(tuple(map(_row, rows)), seed)


def _row(row: Row) -> ClaimRow:
    findings = {name: tuple(map(_finding, row[name])) for name in ("counterexamples", "undecided")}
    return ClaimRow(**{**row, **findings})


def _finding(found: dict[str, Any]) -> Finding:
    return Finding(**{**found, "certificates": tuple(found["certificates"])})


def notes(rows: Rows, told: Told) -> list[str]:
    """Say how many claims there are, and which of them came out otherwise than expected."""
    wrong = [row["claim"] for row in rows if not row["expected"]]
    return [f"{len(rows)} rows: " + (f"NOT as expected: {', '.join(wrong)}" if wrong else "all as expected")]


def _papers() -> Sequence[str]:
    from proofs_check.papers import papers

    return papers()


FAMILY = Family(
    name="verify",
    says="The theorems of papers, each on small instances.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("claim", "text", "claim", says="name of the claim"),
        Column("paper", "text", says="the paper that it is from"),
        Column("kind", "text", says="theorem, proposition, conjecture or false conjecture"),
        Column("source", "text", says="where in the paper"),
        Column("instances", heading="all", says="number of instances"),
        Column("holds", heading="hold", says="on how many it holds"),
        Column("violated", heading="viol", says="on how many it is violated"),
        Column("inconclusive", heading="open", says="on how many it is undecided"),
        Column("not_applicable", heading="n/a", says="of how many it does not speak"),
        Column("grade", "text", "grade", says="the weakest grade"),
        Column("outcome", "text", "outcome", says="what that amounts to"),
        Column("expected", "boolean", says="whether that was to be expected"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title="Claims of papers on small instances",
    notes=notes,
    is_good=lambda row: bool(row["expected"]),
    options=(
        words_option(
            "papers",
            "Papers (kileel2019) or single claims; default: all.",
            metavar="[PAPER]…",
            choices=_papers,
            default=(),
        ),
        CERTIFICATES,
        SEED,
    ),
    example={"papers": ["kileel2019.unimodal"]},
    usage=("rankcert table verify kileel2019",),
)
