"""Activation thresholds: when 2 max(hidden) - 2 is reached, and whether non-defectivity is upward closed in the degree.

Usevich, Borsoi, Dérand and Clausel (2025, corollary 17) bound the threshold by 2 max(d_1, …, d_{h-1}) - 2. A row scans
*every* degree from 2 to that bound, so it also answers whether the set of degrees with the naive dimension is upward
closed (an open question): a degree that has it, followed by one that has not, would be a counterexample.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from algebra import Grade, PolynomialNetwork
from proofs_check.families._boxes import boxes, depths_option, largest_option, widths_key
from proofs_check.family import Chapter, Column, Family, Instance, Row, Rows, graded, spaced, tuple_column
from proofs_check.option import SEED


def instances(depths: Sequence[int] = (2, 3), largest: int = 5, seed: int = 0) -> list[Instance]:
    """Every network of these depths with widths 2 … largest (the last from 1).

    Examples
    --------
    >>> [i["widths"] for i in instances([2], 2)]
    [[2, 2, 1], [2, 2, 2]]
    """
    return [{"widths": list(widths), "seed": seed} for widths in boxes(depths, largest)]


def evaluate(instance: Instance) -> Row:
    """Scan all degrees up to the theorem's bound.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``threshold``, ``bound`` (the theorem's), ``attained``, ``upward_closed``, ``defects`` (naive less dimension at
        degrees 2 … bound), ``grade``.

    Examples
    --------
    >>> evaluate({"widths": [2, 4, 3]})["threshold"]
    4
    """
    widths = instance["widths"]
    bound = max(2 * max(widths[1:-1]) - 2, 1)
    missing, grades = [], []
    for degree in range(2, bound + 1):
        network = PolynomialNetwork(widths, degree)
        found = network.dimension(seed=instance.get("seed", 0))
        missing.append(network.naive_dimension - int(found))
        grades.append(found.grade)
    failing = [degree for degree, lost in enumerate(missing, start=2) if lost]
    threshold = max(failing, default=1)
    return {
        "label": "threshold:" + "-".join(map(str, widths)),
        "widths": widths,
        "threshold": threshold,
        "bound": bound,
        "attained": threshold == bound,
        "upward_closed": failing == list(range(2, threshold + 1)),
        "defects": missing,
        "grade": Grade.weakest(grades).value,
    }


def key(instance: Instance) -> str:
    """Permanent key."""
    return widths_key("threshold-scan", instance)


def cost(instance: Instance) -> float:
    """Roughly the work: degrees times the cube of the parameters."""
    widths = instance["widths"]
    parameters = sum(a * b for a, b in pairwise(widths))
    return float(max(widths) * parameters**3)


def findings(rows: Rows) -> list[str]:
    """Say how often the theorem's bound is attained, and whether non-defectivity is upward closed."""
    attained = [row for row in rows if row["attained"] and row["bound"] > 1]
    gaps = [row["label"] for row in rows if not row["upward_closed"]]
    named = ", ".join(row["label"].removeprefix("threshold:") for row in attained[:12])
    closed = "Non-defectivity is upward closed in the degree for all of them."
    return [
        f"The theorem's bound 2 max - 2 is attained by {len(attained)} of {len(rows)}: {named}"
        + ("." if len(attained) <= 12 else " and others."),
        f"Non-defectivity is not upward closed at {', '.join(gaps)}." if gaps else closed,
    ]


FAMILY = Family(
    name="thresholds",
    says="Activation thresholds of small networks, every degree up to the theorem's bound computed.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    cost=cost,
    columns=(
        Column("label", "text"),
        tuple_column("widths", "widths", "widths from input to output"),
        Column("threshold", heading="threshold", says="the last degree below the naive dimension; 1 if there is none"),
        Column("bound", heading="bound", says="the theorem's bound on it, 2 max - 2"),
        Column("attained", "boolean", "attained", says="whether the threshold is that bound"),
        Column(
            "upward_closed",
            "boolean",
            "upward closed",
            says="whether every greater degree reaches the naive dimension, and no smaller one from 2 on",
        ),
        Column(
            "defects",
            "text",
            "defects",
            value=spaced("defects"),
            says="naive dimension less dimension at the degrees 2, 3, …, bound",
        ),
        Column("grade", "text", "grade", says="the weakest grade of all degrees"),
    ),
    title="Activation thresholds",
    notes=lambda rows, told: (graded(rows), *findings(rows)),
    options=(depths_option(2, 3), largest_option(5), SEED),
    example={"depths": [2], "largest": 3},
    usage=("rankcert table thresholds --depths 2 --largest 4",),
    chapter=Chapter(
        "Activation thresholds",
        "The last degree at which the dimension is below the naive one. Every degree up to the bound of Usevich, "
        "Borsoi, Dérand and Clausel (2025, corollary 17) is computed, so the columns also answer whether that bound is "
        "attained and whether non-defectivity is upward closed.",
        findings,
    ),
)
