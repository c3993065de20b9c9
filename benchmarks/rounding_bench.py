"""Exact laws of rounded dot products, descents and ranks per second, against the same in rational arithmetic.

    python benchmarks/rounding_bench.py [--quick]

The laws are those of `algebra.rounding`. The other way keeps a dictionary of outcomes with a `Fraction` each, the
obvious program: one convolution a term, one step of the chain, or one pass over all roundings of a matrix. Both answers
are compared. CPU seconds of one thread, in turns, the least of several.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import floor

import numpy as np
from _timing import interleaved
from rich.console import Console
from rich.table import Table

from algebra.rounding import gradient_descent, rounded_dot_product, rounded_rank

Law = dict[int, Fraction]
FRACTION_BITS = 8
RATE, MINIMISER = Fraction(1, 16), Fraction(401, 2)


def both(x: Fraction) -> list[tuple[int, Fraction]]:
    """The two neighbours with their probabilities."""
    down = floor(x)
    return [(down, 1 - (x - down)), (down + 1, x - down)] if x > down else [(down, Fraction(1))]


def dot_by_fractions(a: list[int], b: list[int]) -> Law:
    law = {0: Fraction(1)}
    for x, y in zip(a, b, strict=True):
        found: Law = {}
        for at, p in law.items():
            for word, q in both(Fraction(x * y, 1 << FRACTION_BITS)):
                found[at + word] = found.get(at + word, Fraction(0)) + p * q
        law = found
    return law


def descent_by_fractions(h: Fraction, c: Fraction, steps: int) -> Law:
    law = {0: Fraction(1)}
    for _ in range(steps):
        found: Law = {}
        for at, p in law.items():
            for word, q in both((1 - h) * at + h * c):
                found[word] = found.get(word, Fraction(0)) + p * q
        law = found
    return law


def rank_by_enumeration(rows: list[list[Fraction]]) -> Law:
    from flint import fmpz_mat

    law: Law = {}
    for outcome in product(*(both(x) for row in rows for x in row)):
        p = Fraction(1)
        for _, q in outcome:
            p *= q
        words = [at for at, _ in outcome]
        rank = int(fmpz_mat(len(rows), len(rows[0]), words).rank())
        law[rank] = law.get(rank, Fraction(0)) + p
    return law


def tasks(is_quick: bool) -> dict[str, tuple[Callable[[], object], Callable[[], Law]]]:
    """Pairs of ways by what they compute."""
    rng = np.random.default_rng(0)
    found: dict[str, tuple[Callable[[], object], Callable[[], Law]]] = {}
    for n in (8, 64) if is_quick else (8, 64, 256):
        a, b = (rng.integers(-(1 << FRACTION_BITS), 1 << FRACTION_BITS, size=n).tolist() for _ in range(2))
        found[f"dot product of {n} terms, 8 fraction bits"] = (
            lambda a=a, b=b: rounded_dot_product(a, b, FRACTION_BITS).law,
            lambda a=a, b=b: dot_by_fractions(a, b),
        )
    for steps in (10,) if is_quick else (10, 100):
        found[f"descent of {steps} steps, h = 1/16"] = (
            lambda steps=steps: gradient_descent(RATE, MINIMISER, 0, steps).law,
            lambda steps=steps: descent_by_fractions(RATE, MINIMISER, steps),
        )
    for n in (2, 3):
        rows = [[Fraction(2 * i + j + 1, 7 + (i + j) % 3) for j in range(n)] for i in range(n)]
        found[f"rank of a {n} x {n} matrix, all entries random"] = (
            lambda rows=rows: rounded_rank(rows).law,
            lambda rows=rows: rank_by_enumeration(rows),
        )
    return found


def compared(is_quick: bool, repeats: int) -> Table:
    """Time both ways in turns, and compare their laws."""
    table = Table("law", "laws a second", "by fractions", "times faster", "equal")
    for name, (ours, theirs) in tasks(is_quick).items():
        mine, other = interleaved([ours, theirs], repeats)
        agree = dict(ours()) == {at: p for at, p in theirs().items() if p}  # type: ignore[call-overload]
        table.add_row(name, f"{1 / mine:,.0f}", f"{1 / other:,.0f}", f"{other / mine:.1f}", "yes" if agree else "no")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    Console().print(compared(options.quick, 3 if options.quick else 9))


if __name__ == "__main__":
    main()
