"""The sweep engine: rows a second on 1 and 2 cores, and its overhead for each instance.

    python benchmarks/sweep_bench.py [--quick] [SECTION …]

Sections: scaling, overhead, store, small, filling. Wall times, but of `small`: to be trusted on an idle machine only,
so its load is printed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from _timing import ROOT, busy, children_seconds, goal_cells, goal_table, seconds
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from proofs_check.engine import FamilySweep, Record, Store, SweepReport, run_sweep
from proofs_check.engine.cores import BLAS_THREADS, usable_cores
from proofs_check.families import dimensions
from proofs_check.filling import FillingProblem, MinimalFilling
from proofs_check.words import span

CONSOLE = Console(width=110)
MILLISECOND = 1e-3
SCALING_GOAL = 1.7
OVERHEAD_GOAL = 10  # per cent
SMALL_PARAMETERS = 60
TABLE_GOAL = 2.5  # times the batched library
JOBS_GOAL = 1.2  # times one job


def spin(instance: dict[str, Any]) -> dict[str, Any]:
    """Work for a given CPU time, as `evaluate` of an instance that is tiny; tell how long it took."""
    start = time.perf_counter()
    end = time.thread_time() + instance["seconds"]
    while time.thread_time() < end:
        pass
    return {"value": instance["n"], "grade": "proved", "spent": time.perf_counter() - start}


def family(count: int, length: float) -> FamilySweep:
    instances = [{"n": n, "seconds": length} for n in range(count)]
    return FamilySweep("spins", {"count": count}, instances, spin, lambda i: f"spin:{i['n']}")


def stored(sweep: FamilySweep, jobs: int) -> SweepReport:
    """Run a sweep into a new store on disk."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder, "results.db")) as store:
        return run_sweep(sweep, store, jobs=jobs)


def scaling(options: argparse.Namespace) -> None:
    """Wall time of the same sweeps on one and on two processes, the pool's start included."""
    widths = "3..5" if options.quick else "3..10"
    sweeps = {
        f"dimensions of 4, four times {widths}, 2; cubes": lambda: dimensions.FAMILY.sweep(
            ranges=[span("widths", word) for word in ("4", *[widths] * 4, "2")], degree="3"
        ),
        "instances of 10 ms": lambda: family(100 if options.quick else 1500, 10 * MILLISECOND),
    }
    table = goal_table(f"Two processes against one ({busy(usable_cores())})", "", "rows", "one: rows/s", "two: rows/s")
    for name, make in sweeps.items():
        one, two = (stored(make(), jobs) for jobs in (1, 2))
        rates = [f"{report.computed / report.seconds:,.0f}" for report in (one, two)]
        cells = goal_cells(one.seconds / two.seconds, None if options.quick else SCALING_GOAL)
        table.add_row(name, str(one.computed), *rates, *cells)
    CONSOLE.print(table)


def overhead(options: argparse.Namespace) -> None:
    """Time that the engine and the store add to instances of a millisecond: wall time beyond the evaluations'."""
    count = 500 if options.quick else 10_000
    note = busy(usable_cores())
    table = goal_table(f"Overhead of {count:,} instances of 1 ms ({note})", "", "evaluations", "in all", "each")
    for jobs in (1, 2):
        sweep = family(count, MILLISECOND)
        report = stored(sweep, jobs)
        inside = sum(result["spent"] for _, result in sweep.results) / jobs
        beyond = report.seconds - inside
        cells = goal_cells(100 * beyond / inside, OVERHEAD_GOAL, at_least=False, unit=" %")
        name = "one process" if jobs == 1 else "two processes, their start included"
        table.add_row(name, seconds(inside), seconds(report.seconds), seconds(beyond / count), *cells)
    CONSOLE.print(table)


def store(options: argparse.Namespace) -> None:
    """Rows a second into and out of a store."""
    count = 2000 if options.quick else 100_000
    records = [Record(f"row:{n}", "rows", {"n": n}, {"value": n, "grade": "proved"}) for n in range(count)]
    table = goal_table(f"A store of {count:,} rows", "")
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder, "results.db")) as opened:
        for name, task in {
            "written, 1000 at a time": lambda: [opened.put(records[k : k + 1000]) for k in range(0, count, 1000)],
            "looked up": lambda: opened.get_many(record.key for record in records),
            "as a data frame": opened.frame,
        }.items():
            start = time.perf_counter()
            task()
            table.add_row(f"{name}, rows/s", *goal_cells(count / (time.perf_counter() - start), None))
    CONSOLE.print(table)


# Small rows: the library that they are compared with, and the command with and without evaluating them together.
LIBRARY = """
import csv
from algebra import PolynomialNetwork
from algebra.polynomial.batch import dimensions
rows = list(csv.DictReader(open("small.csv")))
dimensions([PolynomialNetwork(tuple(map(int, row["widths"].split())), int(row["degree"])) for row in rows])
"""
COMMAND = "from proofs_check.cli import main; main()"
ONE_BY_ONE = f"""
from dataclasses import replace
from proofs_check.families import dimensions
dimensions.FAMILY = replace(dimensions.FAMILY, together=None)
{COMMAND}
"""


def small(options: argparse.Namespace) -> None:
    """CPU time of a table of small networks, from CSV to CSV, in units of the batched library that reads the file."""
    widths = product(range(1, 6), range(1, 7), range(1, 6), range(1, 5))
    networks = [each for each in widths if sum(a * b for a, b in pairwise(each)) <= SMALL_PARAMETERS]
    rows = [(each, degree) for degree in range(2, 11) for each in networks][: 500 if options.quick else 5000]
    lines = [f"{' '.join(map(str, each))},{degree}" for each, degree in rows]
    words = ["table", "dimensions", "--from", "small.csv", "--output"]
    runs = {
        "the batched library": ["-c", LIBRARY],
        "table, one by one as before": ["-c", ONE_BY_ONE, *words, "alone.csv", "--jobs", "1"],
        "table, together": ["-c", COMMAND, *words, "one.csv", "--jobs", "1"],
        "table, together, two jobs": ["-c", COMMAND, *words, "two.csv", "--jobs", "2"],
    }
    environment = {**os.environ, **dict.fromkeys(BLAS_THREADS, "1"), "PYTHONPATH": str(ROOT)}
    times: dict[str, list[float]] = {name: [] for name in runs}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "small.csv").write_text("\n".join(["widths,degree", *lines]))
        for _ in range(1 if options.quick else 5):
            for name, command in runs.items():
                before = children_seconds()
                subprocess.run([sys.executable, *command], check=True, capture_output=True, cwd=folder, env=environment)
                times[name].append(children_seconds() - before)
        written = [Path(folder, name).read_bytes() for name in ("alone.csv", "one.csv", "two.csv")]
        assert written[0] == written[1] == written[2]

    least = {name: min(each) for name, each in times.items()}
    library, _, together, two = least.values()
    table = goal_table(f"{len(rows):,} small rows, CSV to CSV: CPU time in units of the batched library's", "", "time")
    for name, used in least.items():
        goal = TABLE_GOAL if name == "table, together" and not options.quick else None
        table.add_row(name, seconds(used), *goal_cells(used / library, goal, at_least=False))
    table.add_row("two jobs against one", "", *goal_cells(two / together, JOBS_GOAL, at_least=False))
    CONSOLE.print(table)


def filling(options: argparse.Namespace) -> None:
    """The complete certified table of minimal filling architectures with ends (2, 1), squares, by depth."""
    table = Table(title="Minimal filling architectures (2, …, 1), squares: search, certificate, independent check")
    for name in ("depth", "architectures", "regions", "search", "certificate", "check"):
        table.add_column(name, justify="right")
    total = 0.0
    for depth in range(1, 7 if options.quick else 8):
        search = MinimalFilling(FillingProblem(2, 1, depth, 2))
        clock = [time.perf_counter()]
        search.run()
        clock.append(time.perf_counter())
        certificate = search.certificate()
        clock.append(time.perf_counter())
        assert certificate.check().valid
        clock.append(time.perf_counter())
        total += clock[-1] - clock[0]
        counts = [str(depth), str(len(search.minimal())), str(len(search.regions))]
        table.add_row(*counts, *(seconds(b - a) for a, b in pairwise(clock)))
    CONSOLE.print(table)
    CONSOLE.print(f"all of them, proved and checked: {seconds(total)}")


SECTIONS = {"scaling": scaling, "overhead": overhead, "store": store, "small": small, "filling": filling}


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="small cases only")
    options = parser.parse_args(words)
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    with threadpool_limits(1):
        for name in options.sections or SECTIONS:
            SECTIONS[name](options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
