"""Least norms of conjunctions over all Euclidean kernels, on the three domains, beside that of one kernel for all."""

from __future__ import annotations

from collections.abc import Sequence

from algebra.errors import InputError, as_integer
from proofs_check.family import Column, Family, Instance, Row
from proofs_check.option import words_option
from proofs_check.words import integer

MOST = 40  # coordinates: a table of all sizes and domains


def instances(sizes: Sequence[int] = (4, 8, 12, 16)) -> list[Instance]:
    """Every number of literals up to half of the coordinates, from 2 to 40 of them.

    Raises
    ------
    InputError
        If there are too many coordinates.
    """
    for n in sizes:
        if as_integer("n", n, 2) > MOST:
            raise InputError("n", n, f"at most {MOST}")
    return [{"n": n, "k": k} for n in sizes for k in range(1, n // 2 + 1)]


def evaluate(instance: Instance) -> Row:
    """Enclose the least norms of one size of conjunctions.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        For each domain and mode the upper end of the proved interval; ``narrow``: whether all are narrower than 10^-6
        of it; ``all_conjunctions``: (4/3)^(n/2), what one kernel for all conjunctions needs.

    Examples
    --------
    >>> row = evaluate({"n": 4, "k": 2})
    >>> row["hypercube"], row["slice"], row["cube01"], row["cube01_margin"]
    (1.569479, 1.0, 1.467599, 2.380476)
    """
    from fractions import Fraction

    from algebra.kernels import RootSum, conjunction_norm

    n, k = instance["n"], instance["k"]
    found = {
        "hypercube": conjunction_norm("hypercube", n, k),
        "margin": conjunction_norm("hypercube", n, k, mode="margin"),
        "approximate": conjunction_norm("hypercube", n, k, mode="approximate", epsilon="1/3"),
        "slice": conjunction_norm("slice", n, k, n // 2),
        "slice_margin": conjunction_norm("slice", n, k, n // 2, "margin"),
        "cube01": conjunction_norm("cube01", n, k),
        "cube01_margin": conjunction_norm("cube01", n, k, mode="margin"),
    }
    widths = [1 - Fraction(norm.lower) / Fraction(norm.upper) for norm in found.values()]
    return {
        "label": f"kernels:n{n}:k{k}",
        "n": n,
        "k": k,
        **{name: round(float(norm.upper), 6) for name, norm in found.items()},
        "all_conjunctions": round(float(RootSum((Fraction(4, 3) ** n,)).ball()), 6),
        "narrow": max(widths) < Fraction(1, 10**6),
    }


FAMILY = Family(
    name="kernels",
    says="Least norms of conjunctions over all Euclidean kernels: exact, with a margin, approximate; on three domains.",
    instances=instances,
    evaluate=evaluate,
    key=lambda i: f"kernels:n{i['n']}:k{i['k']}",
    columns=(
        Column("label", "text"),
        Column("n", heading="n", says="number of coordinates"),
        Column("k", heading="k", says="number of literals"),
        Column("hypercube", "number", "exact", says="least norm on {-1,1}^n"),
        Column("margin", "number", "margin 1", says="with a margin of 1 instead"),
        Column("approximate", "number", "up to 1/3", says="up to 1/3 of the values 0 and 1 instead"),
        Column("slice", "number", "exact, slice", says="least norm on the 0/1 vectors of weight n/2"),
        Column("slice_margin", "number", "margin 1, slice", says="with a margin of 1 there"),
        Column("cube01", "number", "exact, 0/1 cube", says="least norm of monotone conjunctions on {0,1}^n"),
        Column("cube01_margin", "number", "margin 1, 0/1 cube", says="with a margin of 1 there"),
        Column("all_conjunctions", "number", "all sizes", says="(4/3)^(n/2): of one kernel for all conjunctions"),
        Column("narrow", "boolean", says="whether every proved interval is narrower than 10^-6 of its end"),
        Column("seconds", "number"),
    ),
    title="Least norms of conjunctions of k literals over all Euclidean kernels with k(x, x) <= 1",
    notes=lambda rows, told: (
        "no kernel, Euclidean or not, serves all conjunctions of k literals with a smaller norm",
        "all sizes: (4/3)^(n/2), the norm that one kernel for all conjunctions needs; (1/2)^d attains it",
    ),
    options=(
        words_option(
            "sizes", "Numbers of coordinates, from 2 to 40; default: 4 8 12 16.", integer, (4, 8, 12, 16), "[N]…"
        ),
    ),
    is_good=lambda row: bool(row["narrow"]),
    cost=lambda instance: float(instance["n"]) ** 3,
    example={"sizes": [4, 6]},
    usage=("rankcert table kernels", "rankcert table kernels 8 32 --output kernels.csv"),
)
