"""Unimodality of minimal filling architectures: at which depth, degree and end widths it fails.

Kileel, Trager and Bruna (2019) asked whether every minimal filling architecture is unimodal; Dao and Rodriguez (2026)
published non-unimodal ones of depth 7 with squares and of depth 6 with cubes. Each row here is the complete list of one
problem, proved or with its open regions.

Depth 3 and less needs no search. Hidden widths d_1 >= d_0 and, in front of the output, d_{h-1} >= min(d_h, ambient
forms) are necessary to fill, so a sequence of at most four widths has no valley.
"""

from __future__ import annotations

from typing import Any

from algebra.errors import InputError
from proofs_check.conjectures.minimal_filling import FillingProblem, MinimalFilling

LARGEST_AMBIENT = 700
DEEP = 7  # depth from which problems are hard at a smaller ambient dimension
SHOWN = 3  # counterexamples listed in a row, those of fewest parameters first


def problems(
    inputs: list[int],
    outputs: list[int],
    depths: list[int],
    degrees: list[int],
    largest: int = LARGEST_AMBIENT,
    largest_deep: int | None = None,
) -> list[dict[str, int]]:
    """Return the problems of a box whose ambient dimension is at most `largest`; from depth 7 on also `largest_deep`.

    At equal ambient dimension a deep problem has many times as many architectures between its bounds.

    Raises
    ------
    InputError
        If the box is empty.

    Examples
    --------
    >>> problems([2], [1], [3], [2, 3])
    [{'input': 2, 'output': 1, 'depth': 3, 'degree': 2}, {'input': 2, 'output': 1, 'depth': 3, 'degree': 3}]
    """
    deep = largest if largest_deep is None else largest_deep
    found = [
        {"input": d0, "output": dh, "depth": h, "degree": r}
        for h in depths
        for r in degrees
        for d0 in inputs
        for dh in outputs
        if FillingProblem(d0, dh, h, r).ambient_dimension <= (min(largest, deep) if h >= DEEP else largest)
    ]
    if not found:
        raise InputError("largest", largest, "at least the ambient dimension of one problem of the family")
    return found


def evaluate(instance: dict[str, Any]) -> dict[str, Any]:
    """Search one problem and summarise it.

    Returns
    -------
    dict
        ``architectures`` (how many), ``non_unimodal`` (how many), ``examples`` (widths of non-unimodal ones), ``lists``
        (widths of all), ``least_parameters`` of a non-unimodal one, ``complete``, ``regions``, ``open_regions`` (how
        many), ``grade``.
    """
    problem = FillingProblem(*(instance[name] for name in ("input", "output", "depth", "degree")))
    search = MinimalFilling(problem, instance.get("seed", 0))
    search.run()
    result = search.result()
    failing = sorted(
        (a for a in result["architectures"] if not a["unimodal"]), key=lambda a: (a["parameters"], a["widths"])
    )
    return {
        "label": problem.label,
        "input": problem.input,
        "output": problem.output,
        "depth": problem.depth,
        "degree": problem.degree,
        "ambient_dimension": problem.ambient_dimension,
        "architectures": len(result["architectures"]),
        "non_unimodal": len(failing),
        "least_parameters": failing[0]["parameters"] if failing else None,
        "examples": [a["widths"] for a in failing[:SHOWN]],
        "lists": [a["widths"] for a in result["architectures"]],
        "regions": len(result["regions"]),
        "open_regions": len(result["open_regions"]),
        "complete": result["complete"],
        "grade": result["grade"],
    }


def key(instance: dict[str, Any]) -> str:
    """Permanent key of a problem."""
    problem = FillingProblem(*(instance[name] for name in ("input", "output", "depth", "degree")))
    return f"unimodality:{problem.label}:seed={instance.get('seed', 0)}"


def cost(instance: dict[str, Any]) -> float:
    """Roughly how long the search takes, in arbitrary units: it grows fast with depth and ambient dimension."""
    problem = FillingProblem(*(instance[name] for name in ("input", "output", "depth", "degree")))
    return float(problem.ambient_dimension) ** 2 * 4.0**problem.depth


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Least depth, least degree at each depth, and least number of parameters at which unimodality fails.

    Only what the rows prove: a row that is not complete may hide a counterexample, but those that it lists are proved.
    """
    failing = [row for row in rows if row["non_unimodal"]]
    by_depth: dict[int, dict[str, Any]] = {}
    for depth in sorted({row["depth"] for row in rows}):
        here = [row for row in failing if row["depth"] == depth]
        least = min((row["degree"] for row in here), default=None)
        smaller = [row for row in rows if row["depth"] == depth and (least is None or row["degree"] < least)]
        by_depth[depth] = {
            "least_degree": least,
            "examples": [row["examples"][0] for row in here if row["degree"] == least],
            "smaller_degrees_complete": all(row["complete"] for row in smaller),
        }
    fewest = min(failing, key=lambda row: row["least_parameters"], default=None)
    return {
        "least_depth": min((row["depth"] for row in failing), default=None),
        "by_depth": by_depth,
        "least_parameters": None if fewest is None else fewest["least_parameters"],
        "least_parameters_at": None if fewest is None else fewest["examples"][0],
        "open": [row["label"] for row in rows if not row["complete"]],
    }
