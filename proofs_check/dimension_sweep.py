"""Dimensions of polynomial networks over a family, as a sweep."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from proofs_check.engine.sweep import FamilySweep, Instance

if TYPE_CHECKING:
    from algebra import PolynomialNetwork
    from proofs_check.cli.table_rows import Row


def dimension_sweep(rows: Sequence[Row], log2_error: float | None = None) -> FamilySweep:
    """Return the sweep that asks for the dimension of each row's network.

    Examples
    --------
    >>> from proofs_check.cli.table_rows import rows_of_ranges
    >>> sweep = dimension_sweep(rows_of_ranges(["2", "3..4", "1"], "2", False, 0))
    >>> [sweep.key(instance) for instance in sweep.instances]
    ['dimension:pnn:2-3-1:r2:seed=0', 'dimension:pnn:2-4-1:r2:seed=0']
    """
    instances = [instance_of(row, log2_error) for row in rows]
    seeds = {row.seed for row in rows}
    parameters: dict[str, Any] = {
        "first": instances[0]["label"] if instances else None,
        "last": instances[-1]["label"] if instances else None,
        "instances": len(instances),
        "log2_error": log2_error,
    }
    if len(seeds) == 1:
        parameters["seed"] = seeds.pop()
    return FamilySweep("dimensions", parameters, instances, evaluate, key, cost)


def instance_of(row: Row, log2_error: float | None) -> Instance:
    """Describe a row's network in plain values."""
    network = row.network()
    return {
        "label": network.label,
        "widths": list(row.widths),
        "degree": list(row.degrees) if isinstance(row.degrees, tuple) else row.degrees,
        "biases": row.biases,
        "seed": row.seed,
        "log2_error": log2_error,
    }


def network_of(instance: Instance) -> PolynomialNetwork:
    """Build the network that an instance describes."""
    from algebra import PolynomialNetwork

    degree = instance["degree"]
    power = {"degrees": degree} if isinstance(degree, list) else {"degree": degree}
    return PolynomialNetwork(instance["widths"], **power, biases=instance["biases"])


def evaluate(instance: Instance) -> dict[str, Any]:
    """Bound one dimension.

    Examples
    --------
    >>> evaluate({"widths": [2, 3, 2, 1], "degree": 2, "biases": False, "seed": 0, "log2_error": None})["lower"]
    5
    """
    from proofs_check.results import dimension_result

    network = network_of(instance)
    start = time.perf_counter()
    bounds = network.dimension(seed=instance["seed"], log2_error=instance["log2_error"])
    return dimension_result(network, bounds, time.perf_counter() - start)


def key(instance: Instance) -> str:
    """Return the permanent key of a dimension: label, seed, and the bound of the error if one was asked for."""
    error = "" if instance["log2_error"] is None else f":log2_error={instance['log2_error']:g}"
    return f"dimension:{instance['label']}:seed={instance['seed']}{error}"


def cost(instance: Instance) -> float:
    """Estimate the seconds from the expected dimension: evaluation, combinations, elimination."""
    size = float(min(network_of(instance).expected_dimension, 1_000_000))
    return 0.002 + 1e-4 * size + 1e-7 * size**2 + 3e-11 * size**3
