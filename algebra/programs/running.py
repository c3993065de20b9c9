"""Running a lowered program for all samples at once, forwards and backwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING

from algebra.programs.lowering import constant_array

if TYPE_CHECKING:
    from algebra.programs.arithmetic import Arithmetic
    from algebra.programs.lowering import Graph
    from algebra.types import Array


def forward(
    graph: Graph, numbers: Arithmetic, leaves: Mapping[str, Array], known: Sequence[Array] = (), stop: int | None = None
) -> list[Array]:
    """Compute the arrays of a program.

    Parameters
    ----------
    graph : Graph
    numbers : Arithmetic
    leaves : mapping of str to ndarray
        Inputs and parameters by name, with the samples in front.
    known : sequence of ndarray
        The first arrays, where they are there already.
    stop : int, optional
        The first node that is not needed.

    Returns
    -------
    list of ndarray
        One for every node, with the samples in front; axes of length 1 there for what is the same at all samples.
    """
    values = list(known)
    for i, node in enumerate(graph.nodes[len(values) : stop], start=len(values)):
        if node.operation is not None:
            values.append(node.operation.forward(numbers, i, [values[j] for j in node.of]))
        elif node.constant is not None:
            values.append(numbers.constant(constant_array(node.constant)))
        else:
            values.append(leaves[node.name])
    return values


def backward(
    graph: Graph, numbers: Arithmetic, values: Sequence[Array], covectors: Sequence[Array]
) -> dict[str, Array]:
    """Return the gradients of <covectors, outputs> in the parameters, one for every sample.

    Parameters
    ----------
    graph : Graph
    numbers : Arithmetic
    values : sequence of ndarray
        From `forward`.
    covectors : sequence of ndarray, shapes (samples, *shape of the output)
        One for every output.

    Returns
    -------
    dict of str to ndarray, shapes (samples, *shape of the parameter)
        For the parameters that an output needs.
    """
    adjoints: dict[int, Array] = {}

    def give(node: int, adjoint: Array) -> None:
        if graph.nodes[node].sees_parameter:
            adjoints[node] = numbers.plus(adjoints[node], adjoint) if node in adjoints else adjoint

    for output, covector in zip(graph.outputs, covectors, strict=True):
        give(output, covector)
    found = {}
    for i in reversed(range(len(graph.nodes))):
        node = graph.nodes[i]
        if i not in adjoints:
            continue
        adjoint = adjoints.pop(i)
        if node.kind == "parameter":
            found[node.name] = adjoint
        elif node.operation is not None:
            taken = [values[j] for j in node.of]
            parts = node.operation.backward(numbers, i, adjoint, taken, values[i])
            for j, part in zip(node.of, parts, strict=True):
                give(j, part)
    return found


def gradient_rows(graph: Graph, gradients: Mapping[str, Array], samples: int, zeros: Array) -> Array:
    """Return gradients side by side, one row a sample, one column a parameter; `zeros` stands for unused arrays.

    Parameters
    ----------
    zeros : ndarray, shape (samples, parameters)
        Filled, and returned.

    Returns
    -------
    numpy.ndarray
    """
    start = 0
    for name, shape in graph.parameters:
        size = prod(shape)
        if name in gradients:
            zeros[:, start : start + size] = gradients[name].reshape(samples, size)
        start += size
    return zeros
