"""Dimensions of polynomial networks: time against other methods, a published table, and the matrix product.

    python benchmarks/dimension_bench.py [--quick] [--large] [peers] [published] [batch] [large] [start]

Without sections all are run.  Every ratio is measured in one run: CPU time on one thread, both sides interleaved,
the least of several, unless a line says wall time.  The exit status is 1 if a dimension disagrees.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import _peers
from _bounds import cut_and_gauge
from _timing import (
    ROOT,
    Cold,
    busy,
    children_seconds,
    clear_caches,
    figure,
    goal_cells,
    goal_table,
    interleaved,
    product_seconds,
    seconds,
    timed,
)
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from algebra import Grade, PolynomialNetwork
from algebra.polynomial.dimension import best_upper_bound, memory_estimate
from algebra.polynomial.hilbert import Architecture
from algebra.polynomial.rules import counted_bound, upper_bound

CONSOLE = Console(width=128)
BOUND_REPEATS = 5
Network = tuple[tuple[int, ...], int]

PER_SAMPLE_GOALS: dict[Network, float] = {
    ((2, 3, 2, 1), 2): 1.5,
    ((3, 4, 3, 1), 3): 20,
    ((4, 6, 6, 2), 3): 100,
    ((8, 16, 16, 8), 2): 100,
}
SYMBOLIC_GOALS: dict[Network, float] = {((2, 3, 2, 1), 2): 3_000, ((3, 4, 4, 1), 2): 50_000}
MACAULAY2_GOALS: dict[Network, float] = {
    ((2, 3, 2, 1), 2): 25,
    ((3, 4, 4, 1), 2): 60,
    ((3, 4, 3, 1), 3): 1_000,
    ((2, 5, 4, 3, 1), 2): 50_000,
}
SMALL_OUTPUT = 140
LARGE: list[Network] = [
    ((16, 16, 16, 16, 1), 3),
    ((20, 20, 20, 20, 1), 3),
    ((20, 36, 36, 20), 3),
    ((20, 50, 50, 20), 3),
]
LARGEST: list[Network] = [((40, 70, 70, 40), 3), ((3, 80, 80, 80, 80, 3), 6), ((60, 100, 100, 40), 3)]
LARGE_FROM, LARGE_GOAL, MEMORY_GOAL = 9_000, 2.0, 1.3


class DisagreementError(Exception):
    """Two ways gave different dimensions."""


def shown(network: Network) -> str:
    """A network as the tables print it."""
    return f"({', '.join(map(str, network[0]))}) r={network[1]}"


def same(network: Network, *dimensions: int) -> None:
    """Stop if the dimensions differ."""
    if len(set(dimensions)) != 1:
        raise DisagreementError(f"{shown(network)}: {', '.join(map(str, dimensions))}")


# peers: one architecture against other methods


def ours(network: Network) -> int:
    """Our dimension of a network."""
    return PolynomialNetwork(*network).dimension().lower


def cold(network: Network) -> Cold:
    """Our dimension from empty caches."""
    return Cold(lambda: ours(network))


def against(title: str, goals: dict[Network, float], peer: Callable[[Network], int], repeats: int, quick: bool) -> None:
    """Print how many times faster we are than a peer in this process."""
    table = goal_table(title, "network", "dimension", "peer", "here, cold", "here, warm", "times (warm)")
    for network, goal in goals.items():
        if quick and goal >= 50:
            continue
        found = ours(network)
        same(network, found, peer(network))
        tasks = [lambda n=network: peer(n), cold(network), lambda n=network: ours(n)]
        theirs, first, again = interleaved(tasks, repeats, budget=20.0)
        if theirs > 1e-2:
            first, again = interleaved(tasks[1:], 40, budget=2.0)
        cells = goal_cells(theirs / first, goal)
        table.add_row(
            shown(network), str(found), seconds(theirs), seconds(first), seconds(again), figure(theirs / again), *cells
        )
    CONSOLE.print(table)


def symbolic(network: Network) -> int:
    """The symbolic peer from an empty sympy cache."""
    from sympy.core.cache import clear_cache

    clear_cache()
    return _peers.symbolic(*network)


def against_macaulay2(quick: bool) -> None:
    """Print the same for Macaulay2, which runs in its own process."""
    if _peers.macaulay2_command() is None:
        CONSOLE.print("Macaulay2: skipped, there is neither M2 on the path nor passagemath-macaulay2\n")
        return
    title = "Against numericalImageDim of Macaulay2, expansion not counted: times faster, from empty caches"
    table = goal_table(title, "network", "dimension", "peer", "here, cold", "here, warm", "times (warm)")
    for network, goal in MACAULAY2_GOALS.items():
        if quick and goal >= 1_000:
            continue
        found, theirs = _peers.macaulay2(*network, repeats=2 if goal >= 1_000 else 20)
        same(network, found, ours(network))
        first, again = interleaved([cold(network), lambda n=network: ours(n)], 100)
        cells = goal_cells(theirs / first, goal)
        table.add_row(
            shown(network), str(found), seconds(theirs), seconds(first), seconds(again), figure(theirs / again), *cells
        )
    CONSOLE.print(table)


def peers(options: argparse.Namespace) -> None:
    """One architecture, against three other ways to its dimension."""
    repeats = 5 if options.quick else 20
    title = "Against passes for single samples and interpolation: times faster, from empty caches"
    against(title, PER_SAMPLE_GOALS, lambda n: _peers.per_sample(*n), repeats, options.quick)
    title = "Against a symbolic Jacobian in sympy: times faster, from empty caches"
    if not options.quick:
        symbolic(((2, 2, 1), 2))  # sympy is imported here, not in the measured calls
        against(title, SYMBOLIC_GOALS, symbolic, 2, options.quick)
    against_macaulay2(options.quick)


# published: the table of published dimensions


def published_rows() -> list[tuple[Network, int, int]]:
    """Networks, dimensions and ambient dimensions of the published table."""
    with (ROOT / "proofs_check" / "printed" / "data" / "dao2026-search.csv").open(newline="") as file:
        return [
            ((tuple(map(int, row["widths"].split())), int(row["degree"])), int(row["dimension"]),
             int(row["ambient_dimension"]))
            for row in csv.DictReader(file)
        ]  # fmt: skip


def one_row(network: Network) -> tuple[int, bool]:
    """Dimension, and whether it is proved; called in other processes too."""
    bounds = PolynomialNetwork(*network).dimension()
    return bounds.lower, bounds.grade is Grade.PROVED


def limit_threads() -> None:
    """Give a worker process one BLAS thread."""
    threadpool_limits(1)


def compare_published(rows: list[tuple[Network, int, int]]) -> tuple[float, float]:
    """Compute all rows on one process; return CPU and wall seconds. Disagreements are printed."""
    clear_caches()
    wall, cpu = time.perf_counter(), time.process_time()
    answers = [one_row(network) for network, _, _ in rows]
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    wrong = [
        f"{shown(n)}: {found} here, {known} published"
        for (n, known, _), (found, _) in zip(rows, answers, strict=True)
        if found != known
    ]
    proved = sum(proved for _, proved in answers) / len(rows)
    alone = sum(cut_and_gauge(*n) == known for n, known, _ in rows) / len(rows)
    table = goal_table(f"{len(rows)} published rows", "")
    table.add_row("agree", *goal_cells(100 * (1 - len(wrong) / len(rows)), 100, unit=" %"))
    table.add_row("proved, all bounds", *goal_cells(100 * proved, 96, unit=" %"))
    table.add_row("proved by cuts and gauge alone", *goal_cells(100 * alone, 85, unit=" %"))
    table.add_row("rows a CPU second, one process", *goal_cells(len(rows) / cpu, None))
    CONSOLE.print(table)
    if wrong:
        raise DisagreementError("\n".join(wrong))
    return cpu, wall


def against_per_sample(rows: list[tuple[Network, int, int]], count: int) -> None:
    """Rows a second against the per-sample method, where outputs are small.

    We compute all those rows, from empty caches, as for a table; both times are of the same sample of them.
    """
    small = [network for network, _, ambient in rows if ambient / network[0][-1] <= SMALL_OUTPUT]
    sample = small[:: max(1, len(small) // count)]
    clear_caches()
    times = {network: timed(lambda n=network: ours(n)) for network in small}
    here = sum(times[network] for network in sample)
    theirs = sum(timed(lambda n=network: _peers.per_sample(*n)) for network in sample)
    for network in sample[::8]:
        same(network, ours(network), _peers.per_sample(*network))
    title = f"{len(small)} rows with at most {SMALL_OUTPUT} coefficients an output, {len(sample)} compared"
    table = goal_table(title, "")
    table.add_row("rows a second, per sample", *goal_cells(len(sample) / theirs, None))
    table.add_row("rows a second, here", *goal_cells(len(sample) / here, None))
    table.add_row("times faster", *goal_cells(theirs / here, 20))
    CONSOLE.print(table)


def on_two(rows: list[tuple[Network, int, int]]) -> None:
    """Wall time on two processes against one, largest first, and what 50,000 rows would take."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    note = busy(cores)
    order = sorted((n for n, _, _ in rows), key=lambda n: -sum(a * b for a, b in pairwise(n[0])))
    walls = {}
    for workers in (1, 2):
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context, initializer=limit_threads) as pool:
            list(pool.map(one_row, [((2, 3, 2, 1), 2)] * 64))  # processes are started before the clock
            start = time.perf_counter()
            list(pool.map(one_row, order, chunksize=4))
            walls[workers] = time.perf_counter() - start
    table = goal_table(f"Two processes, wall time ({note})", "")
    table.add_row("one process, rows a second", *goal_cells(len(rows) / walls[1], None))
    table.add_row("two processes, rows a second", *goal_cells(len(rows) / walls[2], None))
    table.add_row("two against one", *goal_cells(walls[1] / walls[2], 1.7))
    minutes = 50_000 / len(rows) * walls[2] / 60
    table.add_row("50,000 such rows on two processes", *goal_cells(minutes, 10, at_least=False, unit=" min"))
    CONSOLE.print(table)


def against_counting(rows: list[tuple[Network, int, int]]) -> None:
    """CPU time of all upper bounds, against those without theorems that cost a rank; both from empty caches."""
    architectures = [Architecture(widths, (degree,) * (len(widths) - 2)) for (widths, degree), _, _ in rows]
    times: dict[Callable[[Architecture], Any], list[float]] = {upper_bound: [], counted_bound: []}
    for _ in range(BOUND_REPEATS):
        for bound, taken in times.items():
            clear_caches()
            start = time.process_time()
            for a in architectures:
                bound(a)
            taken.append(time.process_time() - start)
    ratio = min(times[upper_bound]) / min(times[counted_bound])
    table = goal_table("Upper bounds alone", "", "CPU time")
    cells = goal_cells(ratio, 1.2, at_least=False)
    table.add_row("against those without theorems that cost a rank", seconds(min(times[upper_bound])), *cells)
    CONSOLE.print(table)


def published(options: argparse.Namespace) -> None:
    """The published table: agreement, proofs, throughput."""
    rows = published_rows()
    if options.quick:
        rows = rows[::40]
    compare_published(rows)
    against_counting(rows)
    against_per_sample(rows, 10 if options.quick else 60)
    if not options.quick:
        on_two(rows)


# batch: many small networks at once


def batch(options: argparse.Namespace) -> None:
    """Many networks of up to 60 parameters at once, against one by one, in the same process (warm)."""
    from algebra.polynomial.batch import dimensions

    few = list(itertools.product(range(2, 5), range(2, 6), range(2, 5), range(1, 3)))
    many = list(itertools.product(range(1, 6), range(1, 7), range(1, 6), range(1, 5)))
    table = goal_table("Networks of up to 60 parameters, times faster", "biases", "networks", "one by one", "batched")
    for widths, biases in ((few, False), (few, True), (many, False), (many, True)):
        networks = [PolynomialNetwork(each, 2, biases=biases) for each in widths]
        networks = [network for network in networks if network.parameters <= 60]
        tasks = [lambda n=networks: [network.dimension() for network in n], lambda n=networks: dimensions(n)]
        if tasks[0]() != tasks[1]():
            raise DisagreementError("batched and one by one")
        single, together = interleaved(tasks, 3 if options.quick else 10)
        row = ("yes" if biases else "no", f"{len(networks)}", seconds(single), seconds(together))
        table.add_row(*row, *goal_cells(single / together, 2))
    CONSOLE.print(table)


# large: time in G(U), memory in U^2 doubles


def measured(network: Network, threads: int, repeats: int) -> dict[str, Any]:
    """Time and memory of one network in a process of its own."""
    task = {"widths": network[0], "degree": network[1], "threads": threads, "repeats": repeats}
    command = [sys.executable, str(Path(__file__).with_name("_measured.py")), json.dumps(task)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def large_row(network: Network, threads: int) -> tuple[str, ...]:
    """Measure one network, and the product before and after it."""
    clock = time.process_time if threads == 1 else time.perf_counter
    form = PolynomialNetwork(*network)
    bound = best_upper_bound(form).value
    with threadpool_limits(threads):
        unit = product_seconds(bound, clock)
        CONSOLE.print(
            f"{shown(network)}: {form.parameters} parameters, U = {bound}, about {seconds(2 * unit)} "
            f"and at most {memory_estimate(bound) / 2**20:.0f} MiB"
        )
        run = measured(network, threads, 1 if bound > 6000 else 5)
        unit = min(unit, product_seconds(bound, clock))
    used = run["cpu" if threads == 1 else "wall"]
    grade = "proved" if run["lower"] == run["upper"] else "probable"
    judged = form.parameters >= LARGE_FROM
    times = goal_cells(used / unit, LARGE_GOAL if judged else None, at_least=False)
    memory = goal_cells(run["memory"] / 8 / bound**2, MEMORY_GOAL if judged else None, at_least=False)
    return (shown(network), f"{form.parameters}", f"{run['lower']} {grade}", seconds(unit), seconds(used),
            *times[::2], *memory[::2])  # fmt: skip


def large(options: argparse.Namespace) -> None:
    """Large networks: time in units of G(U), and memory."""
    networks = LARGE[:2] if options.quick else LARGE + (LARGEST if options.large else [])
    for threads in (1, 2) if options.two_threads else (1,):
        how = "one thread, CPU time" if threads == 1 else f"two threads, wall time, {busy(2)}"
        table = Table(title=f"Large networks, {how}", title_justify="left")
        for name in ("network", "parameters", "dimension", "G(U)", "time", f"in G(U), ≤ {LARGE_GOAL:g}", "",
                     f"in 8 U² B, ≤ {MEMORY_GOAL}", ""):  # fmt: skip
            table.add_column(name, justify="right")
        for network in networks:
            table.add_row(*large_row(network, threads))
        CONSOLE.print(table)


# start: the command line


# Cold commands, each with its goal: the ratio to the import of numpy and flint.
STARTS = {
    "rankcert --help": (2.0, ["--help"]),
    "rankcert dimension 2 3 2 1 --degree 2": (1.8, ["dimension", "2", "3", "2", "1", "--degree", "2"]),
    "rankcert table dimensions 2 3 2 1 --output t.csv": (
        3.0,
        ["table", "dimensions", "2", "3", "2", "1", "--degree", "2", "--output", "t.csv"],
    ),
    "rankcert verify --claims": (2.5, ["verify", "--claims"]),
    "rankcert rank factor-graph FILE": (2.5, ["rank", "factor-graph", "graph.json"]),
}


def start(options: argparse.Namespace) -> None:
    """Cold commands against the import of numpy and flint: CPU time, least of all runs, in turns."""
    from proofs_check.registry import question

    main = "from proofs_check.cli import main; main()"
    least = "python -c 'import numpy, flint'"
    commands = {least: ["-c", "import numpy, flint"]} | {name: ["-c", main, *w] for name, (_, w) in STARTS.items()}
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "graph.json").write_text(json.dumps(question("rank factor-graph").example))
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        for _ in range(2 if options.quick else 15):
            for name, words in commands.items():
                before = children_seconds()
                subprocess.run([sys.executable, *words], check=True, capture_output=True, cwd=folder, env=environment)
                times[name].append(children_seconds() - before)

    table = goal_table("Cold start, CPU time, ratio to the import of numpy and flint", "")
    table.add_row(least, *goal_cells(1e3 * min(times[least]), None, unit=" ms"))
    for name, (goal, _) in STARTS.items():
        table.add_row(name, *goal_cells(min(times[name]) / min(times[least]), goal, at_least=False))
    CONSOLE.print(table)


SECTIONS = {"peers": peers, "published": published, "batch": batch, "large": large, "start": start}


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="small cases only, few repetitions")
    parser.add_argument("--large", action="store_true", help="section large: networks of 10,000 parameters and more")
    parser.add_argument("--two-threads", action="store_true", help="section large: once more with two BLAS threads")
    options = parser.parse_args(words)
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    try:
        for name in options.sections or SECTIONS:
            with threadpool_limits(None if name == "large" else 1):
                SECTIONS[name](options)
    except DisagreementError as error:
        CONSOLE.print(f"[red]disagreement[/]\n{error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
