"""Networks with rectifiers at given weights, for the claims on their functional dimension."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

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
    from proofs_check.families.relu import drawn, layers_of, network_of

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


def path_monomials(instance: Network) -> int:
    """Return the number of paths to the outputs: from an input, or from a bias.

    Examples
    --------
    >>> path_monomials(("2-3-1", 0)), path_monomials(("2-3-3-1", 0))
    (10, 31)
    """
    from proofs_check.families.relu import layers_of

    first, *rest = layers_of(instance[0])
    behind = first
    for width in rest[:-1]:
        behind = width * (behind + 1)
    return rest[-1] * (behind + 1)


def _affine(row: list[float], x: list[Fraction], constant: float) -> Fraction:
    return sum((Fraction(w) * v for w, v in zip(row, x, strict=True)), Fraction(constant))


def activation_rank(instance: Network, samples: int = 100) -> int:
    """Return the exact rank of the activation matrix of a network on its data.

    Each row belongs to a sample and an output, each column to a path. The entry is 1 if the path starts at a bias, the
    input where it starts otherwise, and 0 if a neuron on the way is not active.

    Examples
    --------
    >>> activation_rank(("2-3-1", 0))
    8
    """
    from flint import fmpq_mat

    from algebra.exact.numbers import to_fmpq

    found = network(instance, samples)
    rows = []
    for point in found.data["x"]:
        x = [Fraction(value) for value in point]
        paths = [[value] for value in x]
        for k in range(1, found.depth + 1):
            W, b = found.weights[f"W{k}"], found.weights[f"b{k}"]
            z = [_affine(row, x, c) for row, c in zip(W, b, strict=True)]
            arriving = [entry for each in paths for entry in each] + [Fraction(1)]
            is_open = [value > 0 or k == found.depth for value in z]
            paths = [arriving if one else [Fraction(0)] * len(arriving) for one in is_open]
            x = [max(value, Fraction(0)) for value in z]
        # Every output has paths of its own.
        for k, own in enumerate(paths):
            before, behind = k * len(own), (len(paths) - 1 - k) * len(own)
            rows.append([*[Fraction(0)] * before, *own, *[Fraction(0)] * behind])
    return int(fmpq_mat([[to_fmpq(entry) for entry in row] for row in rows]).rank())
