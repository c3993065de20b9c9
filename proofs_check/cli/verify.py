"""``rankcert verify``: every theorem on small instances."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proofs_check.cli.options import Json, Seed
from proofs_check.cli.output import print_envelope, say

if TYPE_CHECKING:
    from proofs_check.claim import AnyClaim
    from proofs_check.report import Report, Row

SHOWN = 6


def verify(
    paper: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PAPER…]", show_default=False, help="Papers (kileel2019) or single claims; all without any."
        ),
    ] = None,
    as_json: Json = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page.")] = None,
    seed: Seed = 0,
    claims: Annotated[bool, typer.Option("--claims", help="List the claims; run nothing.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", help="Number of processes.")] = 1,
    certificates: Annotated[
        Path | None, typer.Option("--certificates", metavar="FOLDER", help="Write certificates of counterexamples.")
    ] = None,
) -> None:
    """Check the theorems of papers on small instances, each with its grade and its counterexamples.

    A conjecture that is known to be false has to come out violated.

    Exit status: 0 every outcome was expected, 1 a theorem or an open conjecture is violated, 2 bad input.

    Examples
    --------
      rankcert verify kileel2019
      rankcert verify kileel2019.unimodal --certificates evidence
      rankcert verify --html report.html
    """
    if claims:
        _list(paper or [], as_json)
        return
    raise typer.Exit(_run(paper or [], as_json, html, seed, jobs, certificates))


def _run(names: list[str], as_json: bool, html: Path | None, seed: int, jobs: int, certificates: Path | None) -> int:
    from rich.console import Console

    from proofs_check.verify import verify as run

    errors = Console(stderr=True)
    with errors.status("verifying …") as status:
        report = run(
            names,
            seed,
            jobs=jobs,
            certificates=certificates,
            progress=lambda done: status.update(f"{done} done"),
        )
    if html is not None:
        _save(html, report.to_html())
    if as_json:
        say(report.to_json())
    else:
        _print(report)
    return report.exit_status


def _save(path: Path, text: str) -> None:
    from algebra.errors import InputError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError("html", str(path), f"a file that can be written ({error.strerror})") from None


def _print(report: Report) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("claim", overflow="fold", ratio=1)
    for name in ("all", "hold", "viol", "open", "n/a"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("grade", no_wrap=True)
    table.add_column("outcome", overflow="fold", max_width=14)
    paper = ""
    for row in report.rows:
        if row.paper != paper:
            paper = row.paper
            table.add_row(Text(paper, style="bold"))
        numbers = (row.instances, row.holds, row.violated, row.inconclusive, row.not_applicable)
        name = "  " + row.claim.removeprefix(f"{paper}.")
        table.add_row(name, *map(str, numbers), row.grade, Text(row.outcome, style=_style(row)))
    console.print(table)
    for row in report.rows:
        for line in _details(row):
            console.print(Text(line), soft_wrap=True)
    failed = [row.claim for row in report.rows if not row.expected]
    verdict = f"NOT as expected: {', '.join(failed)}" if failed else "all as expected"
    say(f"{len(report.rows)} claims, seed {report.seed}: {verdict}")


def _style(row: Row) -> str:
    if not row.expected:
        return "bold red"
    return "green" if row.outcome == "holds" else "yellow"


def _details(row: Row) -> list[str]:
    lines = []
    for title, findings in (("violated", row.counterexamples), ("undecided", row.undecided)):
        lines += [
            f"{row.claim} {title} ({found.grade}) at {found.instance}: {found.reason}"
            + "".join(f"\n    certificate: {path}" for path in found.certificates)
            for found in findings[:SHOWN]
        ]
        if len(findings) > SHOWN:
            lines.append(f"{row.claim}: {len(findings) - SHOWN} more {title}; --json has them all")
    return lines


def _list(names: list[str], as_json: bool) -> None:
    from proofs_check.papers import select

    chosen = select(names)
    if as_json:
        print_envelope("verify", map(_entry, chosen))
        return
    for claim in chosen:
        say(f"{claim.id}  ({claim.kind.value}; {claim.source})\n    {claim.statement}")


def _entry(claim: AnyClaim) -> dict[str, object]:
    return {
        "claim": claim.id,
        "paper": claim.paper,
        "statement": claim.statement,
        "kind": claim.kind.value,
        "source": str(claim.source),
        "hypotheses": [hypothesis.name for hypothesis in claim.hypotheses],
        "note": claim.note,
    }
