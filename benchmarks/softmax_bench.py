"""The exact rank of softmax matrices against ball elimination and against numpy's float rank: time and correctness.

    python benchmarks/softmax_bench.py [--sizes 16 32 64 128 256] [--quick]

Two families of rational logits, both of full rank (the first because exp(u v) is strictly totally positive):
`grid`, z_ij = i j / 100, whose float rank is far too small, and `tokens`, random tokens of head size 4 with
coordinates k/10. Times are CPU seconds from the rational logits to the answer, one thread, interleaved, the least of
several. Ball elimination is FLINT's LU in Arb at 64, 128, ... bits until every pivot excludes 0, and stops at the
precision that decides; above `--most-balls` it is not run. numpy's rank starts from a float64 array of the logits.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from _timing import figure, interleaved, seconds
from flint import arb, arb_mat, ctx, fmpq_mat
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from algebra.exact.matrices import rational_matrix
from tensors.attention.softmax.matrix import softmax_matrix

BITS = 8192


def grid(n: int) -> fmpq_mat:
    return rational_matrix("logits", [[Fraction(i * j, 100) for j in range(n)] for i in range(n)])


def tokens(n: int) -> fmpq_mat:
    rng = random.Random(n)
    sides = [[[Fraction(rng.randint(-30, 30), 10) for _ in range(4)] for _ in range(n)] for _ in range(2)]
    keys, queries = (rational_matrix("tokens", side) for side in sides)
    return keys * queries.transpose()


def by_balls(logits: fmpq_mat) -> tuple[int, int]:
    """Rank proved, and bits: LU with pivots that exclude 0, at doubled precision until all do."""
    n, before, bits = logits.nrows(), ctx.prec, 64
    try:
        while bits <= BITS:
            ctx.prec = bits
            matrix = arb_mat(n, n, [arb(z).exp() for z in logits.entries()])
            if not matrix.det().contains(0):
                return n, bits
            bits *= 2
    finally:
        ctx.prec = before
    return 0, BITS


def in_floats(logits: np.ndarray) -> int:
    weights = np.exp(logits - logits.max(axis=0))
    return int(np.linalg.matrix_rank(weights / weights.sum(axis=0)))


def exact(logits: fmpq_mat) -> tuple[int, str]:
    bounds = softmax_matrix(logits).rank()
    return bounds.lower, bounds.grade.value


def remembered(task: Callable[[], object], answers: dict[str, object], name: str) -> Callable[[], None]:
    def run() -> None:
        answers[name] = task()

    return run


def compared(make: Callable[[int], fmpq_mat], sizes: list[int], repeats: int, most_balls: int) -> Table:
    table = Table(
        "n", "exact rank", "time", "balls: rank, bits", "times slower", "numpy rank", "times faster", "numpy is"
    )
    for n in sizes:
        logits, answers = make(n), {}
        floats = np.array([[int(z.p) / int(z.q) for z in row] for row in logits.table()])
        tasks = [remembered(lambda m=logits: exact(m), answers, "exact")]
        tasks.append(remembered(lambda m=floats: in_floats(m), answers, "floats"))
        if n <= most_balls:
            tasks.append(remembered(lambda m=logits: by_balls(m), answers, "balls"))
        times = interleaved(tasks, max(1, repeats * 32 // n), budget=60.0)
        rank, grade = answers["exact"]
        balls = answers.get("balls")
        if balls is not None and balls[0] not in (0, rank):
            raise AssertionError((n, rank, balls))
        table.add_row(
            str(n),
            f"{rank} ({grade})",
            seconds(times[0]),
            "" if balls is None else f"{balls[0] or 'open'}, {balls[1]}",
            "" if balls is None else figure(times[2] / times[0]),
            str(answers["floats"]),
            figure(times[0] / times[1]),
            "right" if answers["floats"] == rank else "wrong",
        )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[8, 16, 32, 64, 128, 256])
    parser.add_argument("--most-balls", type=int, default=128)
    parser.add_argument("--quick", action="store_true", help="up to n = 64, fewer repetitions")
    arguments = parser.parse_args()
    sizes = [n for n in arguments.sizes if n <= 64 or not arguments.quick]
    repeats = 2 if arguments.quick else 6
    console = Console()
    with threadpool_limits(1):
        exact(grid(8))  # tables of residues, imports
        for name, make in (("grid", grid), ("tokens", tokens)):
            console.print(name)
            console.print(compared(make, sizes, repeats, arguments.most_balls))


if __name__ == "__main__":
    main()
