"""Activation thresholds: when 2 max(hidden) - 2 is reached, and whether non-defectivity is upward closed in the degree.

Usevich, Borsoi, Dérand and Clausel (2025, corollary 17) bound the threshold by 2 max(d_1, …, d_{h-1}) - 2. A row scans
*every* degree from 2 to that bound, so it also answers whether the set of degrees with the naive dimension is upward
closed (an open question): a degree that has it, followed by one that has not, would be a counterexample.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from algebra import Grade, PolynomialNetwork
from proofs_check.conjectures.small_families import boxes, widths_key


def family(depths: list[int], largest: int) -> list[dict[str, Any]]:
    """Return every network of these depths with widths 2 … largest (the last from 1).

    Examples
    --------
    >>> family([2], 2)
    [{'widths': [2, 2, 1]}, {'widths': [2, 2, 2]}]
    """
    return [{"widths": list(widths)} for widths in boxes(depths, largest)]


def evaluate(instance: dict[str, Any]) -> dict[str, Any]:
    """Scan all degrees up to the theorem's bound.

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


def key(instance: dict[str, Any]) -> str:
    """Permanent key."""
    return widths_key("threshold-scan", instance)


def cost(instance: dict[str, Any]) -> float:
    """Roughly the work: degrees times the cube of the parameters."""
    widths = instance["widths"]
    parameters = sum(a * b for a, b in pairwise(widths))
    return float(max(widths) * parameters**3)
