"""`rankcert threshold`: the last degree at which the dimension is below the naive one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from proofs_check.cli.options import Json, Seed
from proofs_check.cli.output import aligned, show, strong

if TYPE_CHECKING:
    from algebra.evidence import Bounds


def threshold(
    widths: Annotated[
        list[str], typer.Argument(metavar="WIDTHS…", show_default=False, help="Widths from input to output.")
    ],
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Activation threshold: the last degree at which the dimension is below the naive one; 1 if there is none.

    Examples
    --------
      rankcert threshold 3 5 4
    """
    from proofs_check.cli.networks import integers

    show("threshold", [measure(integers("widths", widths), seed)], as_json, report)


def measure(widths: list[int], seed: int) -> dict[str, Any]:
    """Find the threshold, with what is known at each degree that was looked at."""
    import time

    from algebra.polynomial.threshold import activation_threshold

    start = time.perf_counter()
    found = activation_threshold(widths, seed=seed)
    return {
        "label": f"threshold:{'-'.join(map(str, widths))}",
        "widths": widths,
        "threshold": found.threshold,
        "grade": found.grade.value,
        "reason": found.reason,
        "degrees": [_at_degree(widths, degree, bounds) for degree, bounds in sorted(found.bounds)],
        "seed": seed,
        "seconds": round(time.perf_counter() - start, 6),
    }


def _at_degree(widths: list[int], degree: int, bounds: Bounds) -> dict[str, Any]:
    from algebra import PolynomialNetwork
    from proofs_check.results import bounds_fields, reaches

    naive = PolynomialNetwork(widths, degree).naive_dimension
    return {
        "degree": degree,
        **bounds_fields(bounds),
        "naive_dimension": naive,
        "reaches_naive": reaches(bounds, naive),
    }


def report(result: dict[str, Any]) -> str:
    """Write the threshold and the degrees for people."""
    from proofs_check.results import known

    value = (
        "none: the naive dimension is reached at no degree" if result["threshold"] is None else str(result["threshold"])
    )
    value = strong(f"{value} ({result['grade']})")
    text = f"{result['label']}  threshold {value}\n  {result['reason']}"
    rows = [(f"degree {at['degree']}", str(known(at)), f"naive {at['naive_dimension']}") for at in result["degrees"]]
    return f"{text}\n\n{aligned(rows, right=())}" if rows else text
