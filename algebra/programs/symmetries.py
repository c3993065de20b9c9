"""The symmetries of a program: vector fields on the weights that leave its function alone, and what each is due to."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.programs.actions import Equations
from algebra.programs.axis_kinds import sums_of_squares
from algebra.programs.core import MatMul, Multiply, Power, Reciprocal, Relu, Softmax, Sqrt
from algebra.programs.shifts import shifts, unreached
from algebra.programs.translations import translations
from algebra.rank import Echelon
from algebra.rank.field import prime_field
from algebra.rank.primes import DEFAULT_PRIME

if TYPE_CHECKING:
    from algebra.programs.lowering import Graph
    from algebra.types import Array

KEY = "symmetries"
"""Key of the weights at which the fields are compared; any weights give a lower bound of the orbit's dimension."""


@dataclass(frozen=True)
class Symmetry:
    """Vector fields of one kind.

    Parameters
    ----------
    rule : str
        What they are, in the field's words.
    parameters : tuple of str
        The arrays that they move.
    dimension : int
        How many directions they add to those of the symmetries before.
    """

    rule: str
    parameters: tuple[str, ...]
    dimension: int

    def __str__(self) -> str:
        if len(self.parameters) == 1:
            where = f"of {self.parameters[0]}"
        else:
            where = f"between {', '.join(self.parameters[:-1])} and {self.parameters[-1]}"
        return f"{self.dimension} by {self.rule} {where}"

    def to_json(self) -> dict[str, Any]:
        """Return the symmetry as the contract has it."""
        return {"rule": self.rule, "dimension": self.dimension, "parameters": list(self.parameters)}


@dataclass(frozen=True)
class Fields:
    """Vector fields that move the same arrays: their rule, the arrays, and their values at a point, one a row."""

    rule: str
    parameters: tuple[str, ...]
    values: Array


@lru_cache(maxsize=256)
def symmetries(graph: Graph) -> tuple[Symmetry, ...]:
    """Find the symmetries of a program; the sum of their dimensions is that of a general orbit, or less."""
    field = prime_field(DEFAULT_PRIME)
    weights = {name: field.draw(KEY, f"weights/{name}", shape) for name, shape in graph.parameters}
    return orbit(graph, weights)


def orbit(
    graph: Graph, weights: Mapping[str, Array], patterns: Mapping[str, Sequence[Hashable]] | None = None
) -> tuple[Symmetry, ...]:
    """Return the symmetries with the dimensions that they have at given weights, modulo the default prime.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Centred residues.
    patterns : mapping of str to sequence, optional
        For rectifiers on given data, by the name of the step: of every neuron at which samples it is active.

    Returns
    -------
    tuple of Symmetry
    """
    return orbit_with_form(graph, weights, patterns)[0]


def orbit_with_form(
    graph: Graph, weights: Mapping[str, Array], patterns: Mapping[str, Sequence[Hashable]] | None = None
) -> tuple[tuple[Symmetry, ...], Echelon]:
    """Return the same, and the echelon form of all fields."""
    form = Echelon(graph.count, DEFAULT_PRIME)
    found: list[Symmetry] = []
    for fields in vector_fields(graph, weights, patterns):
        before = form.rank
        form.add(fields.values)
        if form.rank > before:
            found.append(Symmetry(fields.rule, fields.parameters, form.rank - before))
    return tuple(found), form


def vector_fields(
    graph: Graph, weights: Mapping[str, Array], patterns: Mapping[str, Sequence[Hashable]] | None = None
) -> Iterator[Fields]:
    """Yield all fields at given weights, those that move the fewest arrays first."""
    places, total = graph.places, graph.count

    unseen = unreached(graph)
    for name, numbers in places.items():
        own = numbers[unseen[numbers]]
        if len(own):
            yield Fields("does not reach the output", (name,), np.eye(total)[own])

    shapes = dict(graph.parameters)
    for shift in shifts(graph):
        directions = shift.directions(shapes[shift.parameter])
        rows = np.zeros((len(directions), total))
        rows[:, places[shift.parameter].ravel()] = directions
        rule = "shift of softmax logits" if shift.by == "softmax" else "shift before a centring"
        yield Fields(rule, (shift.parameter,), rows)

    yield from _translations(graph)
    yield from _linear_fields(graph, weights, patterns)


def _translations(graph: Graph) -> Iterator[Fields]:
    """Yield the translations of `algebra.programs.translations`, grouped by the arrays that they move."""
    field = prime_field(DEFAULT_PRIME)
    names = graph.owners
    groups: dict[tuple[str, ...], list[list[int]]] = {}
    for row in translations(graph):
        moved = tuple(dict.fromkeys(name for name, c in zip(names, row, strict=True) if c))
        groups.setdefault(moved, []).append([field.number(c) for c in row])
    for moved, rows in groups.items():
        yield Fields("translation of biases", moved, np.array(rows, float))


def _linear_fields(
    graph: Graph, weights: Mapping[str, Array], patterns: Mapping[str, Sequence[Hashable]] | None
) -> Iterator[Fields]:
    """Yield the solutions of the equations of `algebra.programs.actions`, grouped by the arrays that they move."""
    equations = Equations(graph, patterns)
    places, total, graph = graph.places, graph.count, equations.graph
    field = prime_field(DEFAULT_PRIME)

    # Every unknown that is left gives one field: its values on the weights, array by array.
    values: dict[int, Array] = {}
    moved: dict[int, dict[str, None]] = {}
    for i, node in enumerate(graph.nodes):
        if node.kind != "parameter":
            continue
        array, own = weights[node.name].reshape(node.shape), places[node.name].ravel()
        for unknown, part in _moves(equations, i, array, field).items():
            if not part.any():
                continue
            row = values.setdefault(unknown, np.zeros(total))
            row[own] = field.plus(row[own], part.ravel())
            moved.setdefault(unknown, {})[node.name] = None

    groups: dict[tuple[str, ...], list[int]] = {}
    for unknown in sorted(values):
        groups.setdefault(tuple(moved[unknown]), []).append(unknown)
    free = [_unknowns(equations, action) for action in equations.actions]
    for names, unknowns in sorted(groups.items(), key=lambda item: (len(item[0]), item[1])):
        rule = _rule(graph, free, names, unknowns)
        yield Fields(rule, names, np.stack([values[unknown] for unknown in unknowns]))


def _moves(equations: Equations, i: int, array: Array, field: Any) -> dict[int, Array]:
    """Return what every unknown moves of one parameter: its entry of (s + sum of X) applied to the array."""
    action = equations.actions[i]
    found: dict[int, Array] = {}

    def part(unknown: int) -> Array:
        return found.setdefault(unknown, np.zeros(array.shape))

    for unknown, c in equations.system.reduced(action.scale).items():
        part(unknown)[...] = field.plus(part(unknown), field.times(array, np.asarray(field.number(c))))
    for axis, matrix in enumerate(action.axes):
        lines = np.moveaxis(array, axis, 0)
        for (row, column), form in matrix.items():
            for unknown, c in equations.system.reduced(form).items():
                target = np.moveaxis(part(unknown), axis, 0)
                target[row] = field.plus(target[row], field.times(lines[column], np.asarray(field.number(c))))
    return found


def _rule(graph: Graph, free: Sequence[set[int]], names: tuple[str, ...], unknowns: list[int]) -> str:
    """Name what these fields are, from the operations between the arrays that they move.

    `free` has, for every array, the unknowns that it varies with.
    """
    wanted = set(unknowns)
    varied = [i for i, own in enumerate(free) if wanted & own]
    operations = [graph.nodes[i].operation for i in varied]
    uses = graph.uses()
    users = [k for i in varied for k in uses[i]]
    places = {node.name: i for i, node in enumerate(graph.nodes) if node.kind == "parameter"}

    if len(names) == 1 and not any(isinstance(each, Power | Reciprocal | Relu | Sqrt) for each in operations):
        return "rotations that keep a tie"
    if any(isinstance(each, Power | Reciprocal | Relu | Sqrt) for each in operations):
        is_shared = any(len(set(uses[places[name]])) > 1 for name in names)
        return "scaling of a filter" if is_shared else "scaling of a neuron with homogeneous activation"
    squares = sums_of_squares(graph)
    if any(k in squares for k in users):
        return "rotations under a normalisation"
    factors = [k for k in users if isinstance(graph.nodes[k].operation, Multiply)]
    if factors:
        is_gain = any(isinstance(graph.nodes[k].operation, Multiply) for name in names for k in uses[places[name]])
        return "gain before a linear map" if is_gain else "scaling of a gated unit"
    if _reaches_softmax(graph, varied, uses):
        return "GL of keys and queries"
    if any(_is_mixed(graph, i) for i in varied):
        return "GL of values and output"
    products = [graph.nodes[k] for k in users if isinstance(graph.nodes[k].operation, MatMul)]
    if any(all(graph.nodes[j].kind == "parameter" for j in node.of) for node in products):
        return "GL of a low-rank adapter"
    return "GL between linear maps"


def _unknowns(equations: Equations, action: Any) -> set[int]:
    forms = [action.scale, *(form for matrix in action.axes for form in matrix.values())]
    return {unknown for form in forms for unknown in equations.system.reduced(form)}


def _reaches_softmax(graph: Graph, varied: list[int], uses: list[list[int]]) -> bool:
    """Tell whether the first arrays that do not vary any more are logits."""
    waiting = [k for i in varied for k in uses[i] if k not in varied]
    seen: set[int] = set()
    while waiting:
        k = waiting.pop()
        if k in seen:
            continue
        seen.add(k)
        if isinstance(graph.nodes[k].operation, Softmax):
            return True
        if not isinstance(graph.nodes[k].operation, MatMul) or k == min(seen):
            waiting += [j for j in uses[k] if not isinstance(graph.nodes[j].operation, MatMul)]
    return False


def _is_mixed(graph: Graph, i: int) -> bool:
    """Tell whether an array is a product with weights that a softmax made."""
    node = graph.nodes[i]
    if not isinstance(node.operation, MatMul):
        return False
    return any(isinstance(graph.nodes[j].operation, Softmax) for j in node.of)
