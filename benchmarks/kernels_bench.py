"""Exact spectra and proved norms of kernels on the hypercube, beside what floats do for the same questions.

    python benchmarks/kernels_bench.py [--quick]

Every line is a ratio in one run, CPU time on one thread, both sides in turns. The exit status is 1 if an answer of the
peer disagrees with the exact one by more than the printed number.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from math import comb, lcm

import numpy as np
from _timing import interleaved, seconds
from rich.console import Console
from rich.table import Table
from scipy.linalg import eigh
from scipy.optimize import linprog

from algebra.kernels import conjunction_norm, hamming, kernel_spectrum, learn
from algebra.kernels.programs import literal_count
from algebra.kernels.schemes import Scheme


def krawtchouk_product(n: int, values: list[Fraction]) -> list[Fraction]:
    """Eigenvalues by the matrix of Krawtchouk polynomials: made by its recurrence, then one product of integers."""
    below = lcm(*(value.denominator for value in values))
    whole = [int(value * below) for value in values]
    return [Fraction(sum(x * f for x, f in zip(row, whole, strict=True)), below) for row in Scheme(n).P]


def quotient_matrix(n: int, values: list[Fraction]) -> np.ndarray:
    """The quotient matrix of distances, symmetric, in floats: its eigenvalues are those of the kernel, one a level."""
    matrix = np.zeros((n + 1, n + 1))
    for i in range(n + 1):  # neighbours of a point at distance i that are at distance j from the first one
        for a in range(i + 1):
            for b in range(n - i + 1):
                matrix[i, i - a + b] += comb(i, a) * comb(n - i, b) * float(values[a + b])
    scale = np.sqrt([float(comb(n, i)) for i in range(n + 1)])
    return matrix * scale[:, None] / scale


def float_program(n: int, k: int) -> float:
    """The least norm with margin 1 by a linear program in floats, without any proof."""
    functions = literal_count(hamming(n), k)
    costs = np.array([float(c) ** 0.5 for c in functions.squared_costs])
    basis = np.array([[float(x) for x in u] for u in functions.polynomials]).T / costs
    signs = np.array([-1.0 if t == k else 1.0 for t in functions.support])
    left = np.hstack([basis, -basis]) * signs[:, None]
    return float(linprog(np.ones(2 * len(costs)), A_ub=left, b_ub=-np.ones(len(signs)), method="highs").fun)


def main(quick: bool) -> int:
    """Print all lines."""
    table = Table(title="Kernels on the hypercube", title_justify="left")
    for name in ("question", "exact", "peer", "peer / exact", "disagreement"):
        table.add_column(name, justify="left" if name == "question" else "right")
    worst = 0.0

    def add(question: str, exact: object, peer: object, repeats: int, disagreement: float) -> None:
        nonlocal worst
        ours, theirs = interleaved([exact, peer], repeats)  # type: ignore[list-item]
        worst = max(worst, disagreement)
        table.add_row(question, seconds(ours), seconds(theirs), f"{theirs / ours:.2f}", f"{disagreement:.1e}")

    n = 200 if quick else 1000
    values = [Fraction(1, 1 + d) for d in range(n + 1)]
    exact = kernel_spectrum(hamming(n), values).eigenvalues
    assert exact is not None
    same = [Fraction(x) for x in exact] == krawtchouk_product(n, values)
    add(
        f"spectrum of 1 / (1 + d), n = {n}: against the matrix of Krawtchouk, exactly",
        lambda: kernel_spectrum(hamming(n), values),
        lambda: krawtchouk_product(n, values),
        1,
        0.0 if same else 1.0,
    )

    small = 60
    few = [Fraction(1, 1 + d) for d in range(small + 1)]
    mine = kernel_spectrum(hamming(small), few).eigenvalues
    assert mine is not None
    sizes = np.sort([float(Fraction(x)) for x in mine])
    quotient = quotient_matrix(small, few)
    off = np.abs(np.sort(eigh(quotient, eigvals_only=True)) / sizes - 1).max()
    table.add_row(f"eigenvalues of LAPACK, n = {small}: the worst is relatively wrong by", "", "", "", f"{off:.1e}")
    add(
        f"spectrum, n = {small}: against LAPACK, the quotient matrix being there",
        lambda: kernel_spectrum(hamming(small), few),
        lambda: eigh(quotient, eigvals_only=True),
        3,
        0.0,
    )

    for k in (10,) if quick else (10, 20, 40):
        size = 50 if quick else 200
        norm = conjunction_norm("hypercube", size, k, mode="margin")
        add(
            f"margin of {k} literals, n = {size}, with dual: against the program in floats",
            lambda k=k, size=size: conjunction_norm("hypercube", size, k, mode="margin"),
            lambda k=k, size=size: float_program(size, k),
            3,
            abs(float_program(size, k) / float(norm.upper) - 1),
        )
        certificate = norm.certificate()
        add(
            "its certificate checked: against solving it",
            certificate.check,
            lambda k=k, size=size: conjunction_norm("hypercube", size, k, mode="margin"),
            3,
            0.0 if certificate.check().valid else 1.0,
        )

    points, labels = sample(40 if quick else 200, 30)
    found = learn(points, labels, ridge="1/10")
    add(
        f"best kernel of {len(points)} points of 30 coordinates: against a search in floats (SLSQP)",
        lambda: learn(points, labels, ridge="1/10"),
        lambda: searched(found, 0.1),
        1,
        abs(searched(found, 0.1) / float(found.upper) - 1),
    )
    Console().print(table)
    return int(worst > 1e-3)


def sample(count: int, n: int) -> tuple[list[list[int]], list[int]]:
    """Random points, labelled by a majority of five."""
    random = np.random.default_rng(0)
    points = random.choice([-1, 1], (count, n))
    return points.tolist(), np.where(points[:, :5].sum(axis=1) > 0, 1, -1).tolist()


def searched(found: object, ridge: float) -> float:
    """The least value over the simplex by SLSQP, in floats."""
    from scipy.optimize import minimize

    from algebra.kernels import LearnedKernel

    assert isinstance(found, LearnedKernel)
    relations, scheme = np.array(found.sample.relations), found.sample.scheme
    table = np.array([[float(Fraction(x, v)) for x, v in zip(row, scheme.valencies, strict=True)] for row in scheme.P])
    y = np.array(list(map(float, found.sample.labels)))

    def value(weights: np.ndarray) -> tuple[float, np.ndarray]:
        alpha = np.linalg.solve((weights @ table)[relations] + ridge * np.eye(len(y)), y)
        return float(y @ alpha), np.array([-alpha @ row[relations] @ alpha for row in table])

    start = np.full(len(table), 1 / len(table))
    simplex = {"type": "eq", "fun": lambda w: w.sum() - 1}
    return float(
        minimize(value, start, jac=True, bounds=[(0, 1)] * len(table), constraints=[simplex], method="SLSQP").fun
    )


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv[1:]))
