"""``rankcert verify``: every theorem on small instances."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from algebra.writing import write_file
from proofs_check.cli.build import command
from proofs_check.cli.failures import INTERRUPTED
from proofs_check.cli.output import print_envelope, remark, say
from proofs_check.cli.written import check_written
from proofs_check.option import CERTIFICATES, JOBS, JSON, SCHEDULER, SEED, STORE, Option, words_option
from proofs_check.words import path

if TYPE_CHECKING:
    from proofs_check.claim import AnyClaim
    from proofs_check.cli.families import Place
    from proofs_check.engine.sweep import Failure, SweepReport
    from proofs_check.show.report import Row, VerifyReport
    from proofs_check.verify import Work

SHOWN = 6


PAPERS = words_option(
    "papers", "Papers (kileel2019) or single claims; all without any.", metavar="[PAPER]…", choices=lambda: _papers()
)
OWN = Option(
    "file",
    "Your own claims: a Python file whose variables hold them. Without PAPER, these alone.",
    path,
    metavar="FILE.py",
)
HTML = Option("html", "Write a page.", path, metavar="FILE", is_written=True)
CLAIMS = Option("claims", "List the claims; run nothing.", default=False)


def _papers() -> tuple[str, ...]:
    from proofs_check.papers import papers

    return papers()


def verify_command() -> click.Command:
    """Return `rankcert verify`."""
    return command(
        "verify",
        run,
        [PAPERS, OWN, HTML, SEED, CLAIMS, CERTIFICATES, STORE, JOBS, SCHEDULER, JSON],
        "Check the theorems of papers on small instances, each with its grade and its counterexamples.",
        "For conjectures that have been disproved, the check passes only if a counterexample is found.\n\n"
        "Exit status: 0 every outcome was expected, 1 a theorem or an open conjecture is violated, 2 bad input.",
        (
            "rankcert verify kileel2019",
            "rankcert verify kileel2019.unimodal --certificates evidence",
            "rankcert verify --html report.html --store claims.db",
            "rankcert verify --file mine.py --store mine.db",
        ),
    )


def run(
    papers: tuple[str, ...],
    file: Path | None,
    html: Path | None,
    seed: int,
    claims: bool,
    certificates: Path | None,
    store: Path | None,
    jobs: int | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """List the claims, or run them on all cores; what is finished is reported, also after Ctrl-C."""
    own = () if file is None else _own(file)
    if claims:
        _list(papers, own, as_json)
        return

    from proofs_check.cli.families import Place, interrupts_heard_once, remark_failures
    from proofs_check.verify import Work

    check_written("--html", html)
    place = Place(store, jobs, scheduler)
    place.check_apart("html", html)
    with interrupts_heard_once():
        work = Work.of(papers, own, seed, certificates)
        ran = _run(work, place)
        report = work.report()

        if as_json:
            print_envelope("verify", report.results(), seed=report.seed)
        else:
            _print(report, len(ran.failed))
        remark_failures(ran)
        if html is not None:  # last: the results are there even if it cannot be written
            html = _beside(html) if ran.interrupted and html.exists() else html
            write_file(html, report.to_html(), "--html")
        if ran.interrupted:
            written = f" and in {html}" if html else ""
            remark(f"interrupted: {work.finished} are finished{written}; {place.again}")
            sys.exit(INTERRUPTED)
    sys.exit(1 if ran.failed else report.exit_status)


def _own(file: Path) -> tuple[AnyClaim, ...]:
    from proofs_check.own_claims import claims_in

    return claims_in(file)


def _run(work: Work, place: Place) -> SweepReport:
    """Run all parts, one after the other; Ctrl-C in one ends the next as well."""
    failed: tuple[Failure, ...] = ()
    for sweep, what in work.parts:
        ran = place.run(sweep, what)
        failed += ran.failed
        if ran.interrupted:
            break
    return replace(ran, failed=failed)


def _beside(html: Path) -> Path:
    """Return where a page goes that would replace a whole one by a part."""
    from proofs_check.engine.output import free_name

    return free_name(html)


def _print(report: VerifyReport, failures: int) -> None:
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
    more = f"; {failures} could not be run" if failures else ""
    say(f"{len(report.rows)} claims, seed {report.seed}: {verdict}{more}")


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


def _list(names: Sequence[str], own: tuple[AnyClaim, ...], as_json: bool) -> None:
    from proofs_check.papers import select
    from proofs_check.show.report import common_source

    chosen = (*(select(names) if names or not own else ()), *own)
    if as_json:
        print_envelope("verify", map(_entry, chosen))
        return
    for paper in dict.fromkeys(claim.paper for claim in chosen):
        mine = [claim for claim in chosen if claim.paper == paper]
        reference, items = common_source([str(claim.source) for claim in mine])
        say(f"{paper}: {reference}" if reference else paper)
        for claim, item in zip(mine, items, strict=True):
            said = "; ".join(filter(None, (claim.kind.value, item)))
            say(f"  {claim.id}  ({said})\n      {claim.statement}")
        say("")
    papers = len({claim.paper for claim in chosen})
    say(f"{len(chosen)} claims of {papers} paper{'s' if papers > 1 else ''}")


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
