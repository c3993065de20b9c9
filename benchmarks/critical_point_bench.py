"""Exact verdicts on critical points against the float eigenvalues of the full Hessian, in time and correctness.

    python benchmarks/critical_point_bench.py [--widths 2 3 4 6 8 12] [--depths 2 3 4] [--largest] [--minute 60]

Each network is a critical point of a known class: data with prescribed rational singular values, rotated by
rational reflections, layers built from the singular vectors and hidden behind integer changes of basis.

The float verdict is what one would do by hand: the Hessian in float64, `eigvalsh`, a tolerance of 1e-9 of its norm.
No negative eigenvalue leaves a minimum and a non-strict saddle, which eigenvalues cannot tell apart.

Columns: milliseconds of the exact verdict; with the minimum and a verified way down; of the exact inertia of the
Hessian; of the float verdict; the last over the first; then how many classes the exact verdict gets right, the float
one does not exclude, and the float one settles.  One thread, CPU time, mean over the classes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import _timing  # noqa: F401  makes the library importable from a checkout that is not installed
import numpy as np
from flint import fmpq, fmpq_mat
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from algebra.critical_points.classification import PointVerdict, classify_exactly
from algebra.critical_points.escapes import escape
from algebra.critical_points.problem import Problem
from algebra.critical_points.second_order import hessian_inertia

EXACT_HESSIAN_LIMIT = 150
FLOAT_HESSIAN_LIMIT = 3000
T = TypeVar("T")


@dataclass(frozen=True)
class Recipe:
    """A class of critical points: which singular directions are kept, and which blocks outside them are zero."""

    name: str
    verdict: PointVerdict
    kept: str
    middle: str


RECIPES = (
    Recipe("global, E = 0", PointVerdict.GLOBAL_MIN, "all", "zero"),
    Recipe("global, bottleneck", PointVerdict.GLOBAL_MIN, "top-half", "bottleneck"),
    Recipe("wrong directions", PointVerdict.STRICT_SADDLE, "not-top", "zero"),
    Recipe("untightened", PointVerdict.STRICT_SADDLE, "top-half", "identity"),
    Recipe("tightened", PointVerdict.NONSTRICT_SADDLE, "top-half", "zero"),
)


def recipes_of(depth: int) -> list[Recipe]:
    """The classes that there are at this depth: two layers have no room for a middle one."""
    return [r for r in RECIPES if depth > 2 or r.name not in ("untightened", "tightened")]


def reflection(generator: random.Random, size: int) -> fmpq_mat:
    """A rational orthogonal matrix: I - 2 v vᵀ / |v|²."""
    v = [generator.choice((-2, -1, 1, 2)) for _ in range(size)]
    norm = sum(x * x for x in v)
    return fmpq_mat(
        size, size, [fmpq(int(i == j)) - fmpq(2 * a * b, norm) for i, a in enumerate(v) for j, b in enumerate(v)]
    )


def change_of_basis(generator: random.Random, size: int) -> tuple[fmpq_mat, fmpq_mat]:
    """A dense integer matrix of determinant 1, and its inverse: the product of two unit triangular ones."""
    lower = [[int(i == j) if i <= j else generator.randint(-1, 1) for j in range(size)] for i in range(size)]
    upper = [[int(i == j) if i >= j else generator.randint(-1, 1) for j in range(size)] for i in range(size)]
    one, other = (fmpq_mat(size, size, [x for row in rows for x in row]) for rows in (lower, upper))
    return one * other, other.inv() * one.inv()


def diagonal(rows: int, columns: int, values: dict[int, int]) -> fmpq_mat:
    return fmpq_mat(rows, columns, [values.get(i, 0) if i == j else 0 for i in range(rows) for j in range(columns)])


def critical_point(recipe: Recipe, width: int, depth: int, seed: int) -> Problem:
    """A network of this width at a critical point of the class; the singular values of the data are width, …, 2, 1."""
    generator = random.Random(seed)
    kept = {"all": range(width), "not-top": range(1, width), "top-half": range(width // 2)}[recipe.kept]
    hidden = width // 2 if recipe.middle == "bottleneck" else width
    U, V = reflection(generator, width), reflection(generator, width)
    middle = diagonal(hidden, hidden, dict.fromkeys(range(hidden) if recipe.middle == "identity" else kept, 1))
    first = diagonal(hidden, width, {i: width - i for i in kept}) * V.transpose()
    layers = [first, *[middle] * (depth - 2), U * diagonal(width, hidden, dict.fromkeys(kept, 1))]
    for h in range(depth - 1):
        D, inverse = change_of_basis(generator, hidden)
        layers[h], layers[h + 1] = D * layers[h], layers[h + 1] * inverse
    X, inverse = change_of_basis(generator, width)
    layers[0] = layers[0] * inverse
    Y = U * diagonal(width, width, {i: width - i for i in range(width)}) * V.transpose()
    # Y Xᵀ (X Xᵀ)⁻¹ X = Y, since X is invertible: its singular values are those of Y.
    return Problem(X, Y, layers)


def float_hessian(problem: Problem) -> np.ndarray:
    """The Hessian in float64, from Kronecker products as anyone would write it."""

    def array(m: fmpq_mat) -> np.ndarray:
        return np.array([[float(int(x.p) / int(x.q)) for x in row] for row in m.table()])

    W, X, Y = [array(w) for w in problem.W], array(problem.X), array(problem.Y)
    H, widths = len(W), problem.widths
    above, below = [np.eye(widths[-1])], [np.eye(widths[0])]
    for w in reversed(W):
        above.insert(0, above[0] @ w)
    for w in W:
        below.append(w @ below[-1])
    E, S = (below[-1] @ X - Y) @ X.T, X @ X.T
    blocks = [[None] * H for _ in range(H)]
    for i in range(H):
        between = np.eye(widths[i])
        for j in reversed(range(i + 1)):
            block = np.kron(above[i + 1].T @ above[j + 1], below[i] @ S @ below[j].T)
            if i > j:
                inner = above[i + 1].T @ E @ below[j].T
                cross = np.einsum("ad,bc->abcd", inner, between)
                block = block + cross.reshape(block.shape)
                between = between @ W[j]
            blocks[i][j], blocks[j][i] = block, block.T
    return np.block(blocks)


def float_says(problem: Problem) -> set[PointVerdict]:
    values = np.linalg.eigvalsh(float_hessian(problem))
    if values[0] < -1e-9 * max(1.0, abs(values[-1])):
        return {PointVerdict.STRICT_SADDLE}
    return {PointVerdict.GLOBAL_MIN, PointVerdict.NONSTRICT_SADDLE}


@dataclass
class Tally:
    """Sums over the classes of one size."""

    verdict: float = 0.0
    way_down: float = 0.0
    hessian: float = 0.0
    floats: float = 0.0
    right: int = 0
    float_right: int = 0
    float_decides: int = 0


def answered(point: Problem, task: Callable[[Problem], T]) -> tuple[T, float]:
    """Run a task on a problem of which nothing is known yet; its answer and the CPU time."""
    fresh = Problem(point.X, point.Y, point.W)
    start = time.process_time()
    answer = task(fresh)
    return answer, time.process_time() - start


def everything(point: Problem) -> None:
    found = classify_exactly(point)
    found.minimum_loss()
    escape(found)


def compared(widths: list[int], depths: list[int]) -> Table:
    headings = ("H", "width", "weights", "verdict", "all", "Hessian", "eigvalsh", "ratio", "exact", "float", "settled")
    table = Table(*headings)
    measured(3, 3)  # imports and first calls are not timed
    for depth in depths:
        for width in widths:
            table.add_row(*cells(width, depth))
    return table


def measured(width: int, depth: int) -> tuple[Tally, int]:
    tally, recipes = Tally(), recipes_of(depth)
    weights = 0
    for seed, recipe in enumerate(recipes):
        point = critical_point(recipe, width, depth, seed)
        weights = max(weights, point.parameters)
        found, took = answered(point, classify_exactly)
        tally.verdict += took
        tally.right += found.verdict is recipe.verdict
        tally.way_down += answered(point, everything)[1]
        if point.parameters <= EXACT_HESSIAN_LIMIT:
            tally.hessian += answered(point, hessian_inertia)[1]
        if point.parameters <= FLOAT_HESSIAN_LIMIT:
            said, took = answered(point, float_says)
            tally.floats += took
            tally.float_right += recipe.verdict in said
            tally.float_decides += said == {recipe.verdict}
    return tally, weights


def ms(value: float) -> str:
    return f"{value * 1e3:.3g}"


def cells(width: int, depth: int) -> list[str]:
    tally, weights = measured(width, depth)
    n = len(recipes_of(depth))
    exact_hessian = ms(tally.hessian / n) if weights <= EXACT_HESSIAN_LIMIT else "-"
    shown = [str(depth), str(width), f"{weights:,}", ms(tally.verdict / n), ms(tally.way_down / n), exact_hessian]
    if weights > FLOAT_HESSIAN_LIMIT:
        return [*shown, "-", "-", f"{tally.right}/{n}", "-", "-"]
    ratio = f"{tally.floats / tally.verdict:.2g}"
    right = [f"{count}/{n}" for count in (tally.right, tally.float_right, tally.float_decides)]
    return [*shown, ms(tally.floats / n), ratio, *right]


def close_singular_values() -> Table:
    """Two singular values 1 and 1 + 2^-b: keeping the smaller one is a strict saddle, however close they are."""
    table = Table("singular values", "exact", "right", "eigvalsh says", "right")
    for bits in (10, 20, 30, 40, 60):
        Y = [[fmpq(1), 0], [0, 1 + fmpq(1, 2**bits)]]
        problem = Problem([[1, 0], [0, 1]], Y, [[[1, 0]], [[1], [0]]])
        verdict, said = classify_exactly(problem).verdict, float_says(problem)
        shown = " or ".join(sorted(v.value for v in said))
        good = verdict is PointVerdict.STRICT_SADDLE
        table.add_row(f"1, 1 + 2^-{bits}", verdict.value, str(good), shown, str(PointVerdict.STRICT_SADDLE in said))
    return table


def growing(budget: float, depth: int) -> Iterator[tuple[int, int, float]]:
    """Wider and wider networks of this depth, while the slowest class takes less than the budget: CPU seconds."""
    width = 32
    while True:
        slowest, weights = 0.0, 0
        for seed, recipe in enumerate(recipes_of(depth)):
            point = critical_point(recipe, width, depth, seed)
            found, took = answered(point, classify_exactly)
            if found.verdict is not recipe.verdict:
                raise AssertionError((recipe, width, depth))
            slowest, weights = max(slowest, took), max(weights, point.parameters)
        if slowest > budget:
            return
        yield width, weights, slowest
        width = int(width * (1.5 if slowest < budget / 8 else 1.15))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--widths", type=int, nargs="+", default=[2, 3, 4, 6, 8, 12])
    parser.add_argument("--depths", type=int, nargs="+", default=[2, 3, 4])
    parser.add_argument("--largest", action="store_true", help="wider networks until one takes --minute seconds")
    parser.add_argument("--minute", type=float, default=60.0)
    arguments = parser.parse_args()
    console = Console(width=110)
    with threadpool_limits(1):
        console.print(compared(arguments.widths, arguments.depths))
        console.print(close_singular_values())
        for depth in (3, 6) if arguments.largest else ():
            for width, weights, took in growing(arguments.minute, depth):
                console.print(f"depth {depth}, width {width}: {weights:,} weights decided exactly in {took:.3g} s")


if __name__ == "__main__":
    main()
