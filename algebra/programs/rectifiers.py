"""Rectifiers at random weights and inputs: every sign is decided with integers, and makes the program a polynomial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.programs.arithmetic import Rationals
from algebra.programs.core import Relu
from algebra.programs.exponentials import EXPONENTIAL
from algebra.programs.running import forward
from algebra.random_words import residues

if TYPE_CHECKING:
    from algebra.programs.lowering import Graph
    from algebra.types import Array

from math import prod

from algebra.programs.core import Sqrt

BITS = 16
"""Bits of the random weights and inputs: signs are random, and products over many layers stay short."""


def check_signs_are_exact(graph: Graph) -> None:
    """Refuse rectifiers behind exponentials or roots: their signs are not decided by integers.

    Raises
    ------
    InputError
        Naming the step.
    """
    inexact: list[bool] = []
    for node in graph.nodes:
        below = any(inexact[j] for j in node.of)
        inexact.append(below or isinstance(node.operation, (*EXPONENTIAL, Sqrt)))
        if isinstance(node.operation, Relu) and below:
            allowed = "before any exponential or square root: behind them its sign is not decided exactly"
            raise InputError(f"step {node.name}", "relu", allowed)


def signed_draw(key: str, stream: str, shape: tuple[int, ...]) -> Array:
    """Draw integers from -2^16 to 2^16 - 1, as Python integers."""
    half = 1 << BITS
    flat = np.empty(prod(shape), object)
    flat[:] = [x - half for x in residues(key, stream, 0, prod(shape), 1, 2 * half)]
    return flat.reshape(shape)


def rectified_point(graph: Graph, key: str, samples: int) -> tuple[dict[str, Array], dict[int, Any]]:
    """Return integer weights and inputs, and which entries each rectifier lets through there.

    Only what the rectifiers need is computed with integers.
    """
    leaves = {}
    for node in graph.nodes:
        if node.kind == "input":
            leaves[node.name] = signed_draw(key, f"points/{node.name}", (samples, *node.shape))
        elif node.kind == "parameter":
            leaves[node.name] = signed_draw(key, f"weights/{node.name}", (1, *node.shape))
    last = max(graph.numbers(Relu))
    numbers = Rationals()
    forward(graph, numbers, leaves, (), last + 1)
    return leaves, numbers.signs
