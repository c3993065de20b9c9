"""Borders and sharings under which the overlap formula, taken literally, is true or false."""

from __future__ import annotations

import time
from typing import Any

FIELDS = {
    "label": "text",
    "grid": "text",
    "window": "integer",
    "border": "text",
    "sharing": "text",
    "formula": "integer",
    "lower": "integer",
    "upper": "integer",
    "grade": "text",
    "log2_error": "number",
    "lower_by": "text",
    "upper_by": "text",
    "formula_holds": "boolean",
    "excluded_by": "text",
    "row_side": "text",
    "seed": "integer",
    "seconds": "number",
}


def convention_row(length: int, window: int, border: str, sharing: str, seed: int = 0) -> dict[str, Any]:
    """Compare the overlap formula, taken literally, with the rank under one convention.

    A line of patches under one layer of stride 1 with two channels, then a product over everything; M = 2.

    Parameters
    ----------
    length, window : int
        The window is longer than half of the line.
    border, sharing : str
    seed : int

    Returns
    -------
    dict
        The fields of `FIELDS`; ``formula_holds`` is None where the bounds do not decide, ``excluded_by``
        names the hypotheses of the theorem as restated that fail, None if it applies.

    Examples
    --------
    >>> row = convention_row(8, 8, "valid", "sliding")
    >>> row["formula"], row["upper"], row["formula_holds"], row["excluded_by"]
    (16, 2, False, 'valid border')
    """
    from proofs_check.papers._grid_tensors import both_ways
    from proofs_check.papers.sharir2018 import one_window, stated
    from proofs_check.results import bounds_fields, reaches

    start = time.perf_counter()
    circuit = one_window(length, window, border, sharing, 1 if sharing == "full" else 2)
    bounds, formula = both_ways(circuit, seed), stated(circuit)
    return {
        "label": circuit.net.label,
        "grid": str(length),
        "window": window,
        "border": border,
        "sharing": sharing,
        "formula": formula,
        **bounds_fields(bounds),
        "formula_holds": reaches(bounds, formula),
        "excluded_by": _excluded(length, border, sharing),
        "row_side": "left",
        "seed": seed,
        "seconds": round(time.perf_counter() - start, 6),
    }


def conventions(length: int) -> tuple[tuple[int, int, str, str], ...]:
    """Return the rows of the table of conventions: every border and sharing on a line, and the line one longer.

    Examples
    --------
    >>> len(conventions(8))
    26
    """
    wide, widest = length // 2 + 2, length
    even = [
        (length, window, border, sharing)
        for border in ("clip", "same", "valid", "zero")
        for sharing in ("none", "sliding", "full")
        for window in (wide, widest)
    ]
    odd = [(length + 1, (length + 1) // 2 + 1, border, "sliding") for border in ("clip", "same")]
    return (*even, *odd)


def _excluded(length: int, border: str, sharing: str) -> str | None:
    reasons = [
        f"{border} border" * (border in ("valid", "zero")),
        "full sharing" * (sharing == "full"),
        "odd length" * (length % 2),
    ]
    return ", ".join(filter(None, reasons)) or None
