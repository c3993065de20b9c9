"""Networks with rectifiers at given weights, for the claims on their functional dimension."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from proofs_check.families.relu import drawn, layers_of, network_of

if TYPE_CHECKING:
    from algebra.programs.program import Program
    from algebra.programs.regions import FullDimension

Network = tuple[str, int]
"""Widths like ``"2-3-1"``, and the seed of the weights."""


@dataclass(frozen=True)
class Drawn:
    """A network with weights and data.

    Parameters
    ----------
    program : Program
    weights, data : dict
        Nested lists of floats.
    bound : int
        Parameters less hidden neurons.
    depth : int
        Number of layers.
    """

    program: Program
    weights: dict[str, Any]
    data: dict[str, Any]
    bound: int
    depth: int


def network(instance: Network, samples: int = 100, scale: int = 0) -> Drawn:
    """Draw a network; see `proofs_check.families.relu.drawn`.

    Examples
    --------
    >>> network(("2-3-1", 0)).bound
    10
    """
    sizes = layers_of(instance[0])
    weights, data = drawn({"widths": instance[0], "seed": instance[1], "samples": samples, "scale": scale})
    program = network_of(sizes)
    listed = {name: array.tolist() for name, array in weights.items()}
    return Drawn(program, listed, {"x": data.tolist()}, program.count - sum(sizes[1:-1]), len(sizes) - 1)


@lru_cache(maxsize=64)
def full(instance: Network) -> FullDimension:
    """Return the full functional dimension of a network."""
    from algebra.programs.regions import full_dimension

    found = network(instance, samples=1)
    layers = range(1, found.depth + 1)
    return full_dimension([found.weights[f"W{k}"] for k in layers], [found.weights[f"b{k}"] for k in layers])


def batch(instance: Network, samples: int = 100, scale: int = 0) -> tuple[int, int]:
    """Return the proved bounds of the batch functional dimension of a network on its data."""
    found = network(instance, samples, scale)
    bounds = found.program.dimension_at(found.weights, found.data).bounds
    assert bounds.upper is not None
    return bounds.lower, bounds.upper
