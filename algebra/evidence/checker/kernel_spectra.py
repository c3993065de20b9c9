"""Rank and inertia of a kernel on the hypercube, a slice, or all 0/1 vectors, from its values.

The claim: the Gram matrix of all points of the ``domain`` has ``positive`` positive and ``negative`` negative
eigenvalues, so that its rank is ``lower`` = ``upper``. On the ``hypercube`` {-1,1}^n the kernel has the value
``values``[d] at Hamming distance d, on the ``slice`` of the 0/1 vectors of weight p at distance 2d, on ``cube01`` at
the inner product d.

Nothing is believed: ``spectrum`` computes the eigenvalue sum_i f(i) P_j(i) on each level j, of dimension C(n, j), on
slices C(n, j) - C(n, j-1), with

    sum_i P_j(i) z^i = (1 - z)^j (1 + z)^(n-j),    on slices    (1 - z)^j sum_s C(p-j, s) C(n-p-j, s) z^s.

On cube01 f(<x, y>) = sum_j a_j C(<x, y>, j) with the forward differences a_j of f at 0, and C(<x, y>, j) is the sum
of x^S y^S over the sets S of j coordinates: a congruence, so that a_j counts C(n, j) times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import comb, lcm
from typing import Any

from .labels import spectrum_label
from .limits import need, shown, spend
from .reading import fields, integer, rational, read_proofs, text

MOST_COORDINATES = 3000


def kernel_inertia_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Numbers of positive and of negative eigenvalues."""
    names = ("quantity", "label", "domain", "n", "p", "values", "positive", "negative", "lower", "upper")
    _, name, domain, n, p, values, positive, negative, lower, upper = fields(claim, "claim", *names)
    proofs = read_proofs(document, "lower", "upper")
    need(domain in ("hypercube", "slice", "cube01"), "claim.domain is not hypercube, slice or cube01")
    n = integer(n, "claim.n", 1, MOST_COORDINATES)
    need((p is None) == (domain != "slice"), "claim.p does not fit the domain")
    p = None if p is None else integer(p, "claim.p", 0, n)
    last = n if p is None else min(p, n - p)
    need(type(values) is list and len(values) == last + 1, "there is not one value for each relation")
    f = [rational(value, "values") for value in values]
    need(text(name, "label") == spectrum_label(domain, n, p, values), "the label does not fit the claim")
    ranks = [integer(value, "the counts", 0, 1 << n) for value in (positive, negative, lower, upper)]
    need(ranks[2] == ranks[3] == ranks[0] + ranks[1], "the rank is not the number of eigenvalues that are not 0")

    def recomputed() -> None:
        need(all(proof == {"rule": "spectrum"} for proof in proofs[:2]), "the rule is unknown")
        found = inertia_of(domain, n, p, f)
        need(found == (ranks[0], ranks[1]), "the inertia is not what the claim says")

    kind = "positive semidefinite" if negative == 0 else "not positive semidefinite"
    return f"{name} has rank {shown(ranks[2])} and is {kind}", [recomputed]


def inertia_of(domain: str, n: int, p: int | None, values: list[Fraction]) -> tuple[int, int]:
    """Return the numbers of positive and negative eigenvalues."""
    below = 1
    for value in values:
        below = lcm(below, value.denominator)
        need(below.bit_length() <= 100_000, "the common denominator of the values is too large")
    whole = [int(value * below) for value in values]
    bits = max(abs(value).bit_length() for value in whole)
    spend(len(whole) ** 2 * (1 + ((n >> 7) + 1) * ((bits >> 7) + 1)), "the spectrum")

    if domain == "cube01":
        levels = []
        while whole:
            levels.append(whole[0])
            whole = [y - x for x, y in pairwise(whole)]
    else:
        levels = [sum(x * f for x, f in zip(row, whole, strict=True)) for row in eigenmatrix(n, p)]
    counts = [comb(n, j) for j in range(len(levels))]
    if domain == "slice":
        counts = [x - y for x, y in zip(counts, [0, *counts], strict=False)]
    pairs = list(zip(levels, counts, strict=True))
    return sum(m for x, m in pairs if x > 0), sum(m for x, m in pairs if x < 0)


def per_addition(bits: int) -> int:
    """Steps of an addition of integers of so many bits."""
    return 1 + bits // 500


def eigenmatrix(n: int, p: int | None) -> Iterator[list[int]]:
    """Yield P_j for each level j, by the generating function."""
    if p is None:
        spend(4 * (n + 1) ** 2 * per_addition(n), "the eigenvalues of distances")
        row = [comb(n, i) for i in range(n + 1)]
        for _ in range(n + 1):
            yield row
            product = [x - y for x, y in zip(row, [0, *row], strict=False)]  # times 1 - z, over 1 + z: exact
            row = []
            for x in product:
                row.append(x - (row[-1] if row else 0))
        return

    last = min(p, n - p)
    spend((last + 1) ** 3 * per_addition(n), "the eigenvalues of distances")
    for j in range(last + 1):
        row = [comb(p - j, s) * comb(n - p - j, s) for s in range(last + 1)]
        for _ in range(j):
            row = [x - y for x, y in zip(row, [0, *row], strict=False)]
        yield row
