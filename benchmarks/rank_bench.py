"""Time of the rank modulo p, relative to numpy's matrix product measured in the same run.

    python benchmarks/rank_bench.py [--sizes 200 500 1000 2000 4000 8000] [--quick]

G(N) is the time of one N x N float64 product divided by 3: as many operations as an elimination.  One thread,
CPU time, both sides interleaved, the least of several.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from _timing import interleaved
from flint import fmpz_mat, nmod_mat
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from algebra.rank import DEFAULT_PRIME, rank_mod, rank_mod_batch
from algebra.rank.modular import centred_residues, multiply

GOALS = {200: 18.0, 500: 5.0, 1000: 2.5, 2000: 1.9, 4000: 1.6, 8000: 1.4}
BATCH_GOAL = 4.0


def deficient(rng: np.random.Generator, n: int, rank: int) -> np.ndarray:
    """A dense n x n matrix of this rank: the last columns are combinations of all the others."""
    p = DEFAULT_PRIME
    matrix = centred_residues(rng.integers(0, p, (n, n)), p)
    mixer = centred_residues(rng.integers(0, p, (rank, n - rank)), p)
    matrix[:, rank:] = multiply(matrix[:, :rank], mixer, p)
    return matrix.astype(np.int64)


def scattered(rng: np.random.Generator, n: int, rank: int) -> np.ndarray:
    """The same with sparse combinations, and the columns in random order: leading blocks are singular."""
    matrix = rng.integers(0, DEFAULT_PRIME, (n, n))
    chosen = rng.integers(0, rank, (3, n - rank))
    matrix[:, rank:] = matrix[:, chosen].sum(axis=1) % DEFAULT_PRIME
    return matrix[:, rng.permutation(n)]


def feed_and_rank(matrix: np.ndarray) -> int:
    m, n = matrix.shape
    return int(nmod_mat(fmpz_mat(m, n, matrix.ravel().tolist()), DEFAULT_PRIME).rank())


def expect(matrix: np.ndarray, rank: int) -> Callable[[], None]:
    def task() -> None:
        if rank_mod(matrix) != rank:
            raise AssertionError(rank)

    return task


def single(sizes: list[int], repeats: int, with_flint: bool) -> Table:
    rng = np.random.default_rng(1)
    table = Table("N", "G(N) ms", "full rank", "10 % deficient", "scattered", "goal, at most", "FLINT")
    for n in sizes:
        rank = n * 9 // 10
        full, lower, hard = (
            rng.integers(0, DEFAULT_PRIME, (n, n)),
            deficient(rng, n, rank),
            scattered(rng, n, rank),
        )
        floats, out = rng.random((n, n)), np.empty((n, n))
        tasks = [lambda a=floats, b=out: np.matmul(a, a, out=b), expect(full, n)]
        tasks += [expect(lower, rank), expect(hard, rank)]
        if with_flint and n <= 1000:
            tasks.append(lambda a=full: feed_and_rank(a))
        times = interleaved(tasks, max(1 if n > 4000 else 2, repeats * 500 // n))
        unit = times[0] / 3
        goal = GOALS.get(n)
        ratios = [f"{t / unit:.2f}" for t in times[1:]] + [""]
        table.add_row(str(n), f"{unit * 1e3:.2f}", *ratios[:3], f"{goal:.1f}" if goal else "", ratios[3])
    return table


def batched(repeats: int) -> Table:
    rng = np.random.default_rng(2)
    table = Table("batch", "here ms", "FLINT one by one ms", "times faster", "goal, at least")
    for count, n in ((250, 10), (250, 30), (250, 60), (1000, 30)):
        stack = rng.integers(0, DEFAULT_PRIME, (count, n, n))
        ours, theirs = interleaved(
            [lambda a=stack: rank_mod_batch(a), lambda a=stack: [feed_and_rank(x) for x in a]], repeats
        )
        goal = f"{BATCH_GOAL:.0f}" if (count, n) == (250, 30) else ""
        table.add_row(f"{count} of {n} x {n}", f"{ours * 1e3:.2f}", f"{theirs * 1e3:.2f}", f"{theirs / ours:.1f}", goal)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 500, 1000, 2000, 4000])
    parser.add_argument("--quick", action="store_true", help="up to N = 1000, fewer repetitions, no FLINT")
    arguments = parser.parse_args()
    sizes = [n for n in arguments.sizes if n <= 1000 or not arguments.quick]
    repeats = 5 if arguments.quick else 15
    console = Console()
    with threadpool_limits(1):
        console.print("rank_mod of an int64 matrix, time / G(N)")
        console.print(single(sizes, repeats, not arguments.quick))
        console.print(batched(repeats))


if __name__ == "__main__":
    main()
