r"""Infinitesimal symmetries of a program, found on its graph: linear equations for matrices that act along the axes.

Let every array t vary by :math:`\delta t = (s + \sum_a X_a)\,t`, with a number s and a square matrix :math:`X_a`
along each axis a. For parameters, s and the X are unknown; inputs do not vary; of constants the X must add up to
nothing. Each operation says which X its result has, and what its arguments must satisfy for that: in a product of
matrices the X of the axis that is summed must cancel (up to a number, which becomes part of s); before a power or a
rectifier the X must be diagonal, because only scalings of single entries pass through; before an exponential
nothing may vary. If no output varies, the weights move without changing the function. All conditions are linear and
homogeneous, so the solutions are a vector space of vector fields, linear in the weights, *each proved* to leave the
function alone.

GL(k) between linear maps, scalings of neurons and of gated units, gains of normalisations, keys and queries (under
rotary positions the commutant of the rotations), values and outputs, shared heads, ties and adapters all come out of
these equations: none of them is looked for by name.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from algebra.programs.axis_kinds import (
    DIAGONAL,
    FULL,
    NOTHING,
    Groups,
    axis_kinds,
    groups_of_axes,
    sums_of_squares,
)
from algebra.programs.core import (
    Add,
    Concatenate,
    MatMul,
    Multiply,
    Power,
    Reciprocal,
    Relu,
    Reshape,
    Sqrt,
    Sum,
    Take,
    Transpose,
)
from algebra.programs.linear_system import ZERO, Form, LinearSystem, combine
from algebra.programs.operations import Shape

if TYPE_CHECKING:
    from algebra.programs.lowering import Graph, Node

Matrix = Mapping[tuple[int, int], Form]
"""A square matrix of linear forms; entries that are not there are 0."""

MOST_FULL = 128
"""Longer axes get diagonal matrices only: 128^2 unknowns take about a second. The bound is weaker then, not wrong."""

MOST_SPLIT = 64
"""Longer axes that a reshape splits into several get none."""

DEGREES = {Reciprocal: Fraction(-1), Sqrt: Fraction(1, 2), Relu: Fraction(1)}
"""Degrees of homogeneous functions of single entries; of powers it is their exponent."""


@dataclass(frozen=True)
class Action:
    """How an array varies: a number, and a matrix along every axis (empty along axes of length 1)."""

    scale: Form
    axes: tuple[Matrix, ...]


def _groups(graph: Graph, patterns: Mapping[str, Sequence[Hashable]]) -> Groups:
    """Return the groups by node; only arrays with one long axis have any."""
    return {
        i: patterns[node.name]
        for i, node in enumerate(graph.nodes)
        if isinstance(node.operation, Relu) and node.name in patterns and sum(n > 1 for n in node.shape) == 1
    }


def with_separate_constants(graph: Graph) -> Graph:
    """Return the program with a copy of its constants for every use: each use may split "nothing" in its own way."""
    nodes: list[Node] = []
    place: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        if node.constant is not None and i not in graph.outputs:
            continue
        of = []
        for j in node.of:
            if graph.nodes[j].constant is not None:
                nodes.append(graph.nodes[j])
                of.append(len(nodes) - 1)
            else:
                of.append(place[j])
        place[i] = len(nodes)
        nodes.append(replace(node, of=tuple(of)))
    return replace(graph, nodes=tuple(nodes), outputs=tuple(place[i] for i in graph.outputs))


class Equations:
    """The equations of one program, and how its arrays vary."""

    def __init__(self, graph: Graph, patterns: Mapping[str, Sequence[Hashable]] | None = None) -> None:
        graph = with_separate_constants(graph)
        self.graph = graph
        self.groups = _groups(graph, patterns or {})
        self.system = LinearSystem()
        self.kinds = axis_kinds(graph, self.groups)
        self.squares = sums_of_squares(graph)
        self.actions: list[Action] = []
        for i, node in enumerate(graph.nodes):
            self.actions.append(self._action(i, node))
        for i in graph.outputs:
            self.nothing(self.actions[i], graph.nodes[i].shape)

    def _action(self, i: int, node: Node) -> Action:
        if node.kind == "input":
            return Action(ZERO, tuple({} for _ in node.shape))
        if node.operation is None:
            scale = self.system.unknown() if node.kind == "parameter" else ZERO
            found = Action(scale, tuple(self.matrix(n, self.kinds.of((i, a))) for a, n in enumerate(node.shape)))
            if node.constant is not None:
                self._keep_constant(found, node)
            return found
        if i in self.groups:
            return self._rectified(self.actions[node.of[0]], self.groups[i])
        if i in self.squares:
            return self._square(self.actions[node.of[0]], node.shape, self.squares[i])
        return RULES.get(type(node.operation), _exponential)(self, node, [self.actions[j] for j in node.of])

    def _rectified(self, action: Action, labels: Sequence[Hashable]) -> Action:
        """Mix neurons that are active at the same samples: on the data they are linear together."""
        for matrix in action.axes:
            for (i, j), form in matrix.items():
                if labels[i] != labels[j]:
                    self.system.vanish(form)
        return action

    def _square(self, action: Action, shape: Shape, axis: int) -> Action:
        """Return how a square varies along all axes but the one that is summed; there, rotations and a number are left.

        The number goes into s, as the sum sees it: z * z varies by 2 (s + number).
        """
        matrix = action.axes[axis]
        for i, j in matrix:
            if i < j:
                self.system.vanish(combine((1, matrix[i, j]), (1, matrix.get((j, i), ZERO))))
        number = self.system.agree(matrix.get((i, i), ZERO) for i in range(shape[axis])) if matrix else ZERO
        axes = [scaled(each, Fraction(2)) if a != axis else {} for a, each in enumerate(action.axes)]
        for each in axes:
            for (i, j), form in each.items():
                if i != j:
                    self.system.vanish(form)
        return Action(combine((2, action.scale), (2, number)), tuple(axes))

    def matrix(self, size: int, kind: int) -> Matrix:
        """Return a matrix of unknowns."""
        if size == 1 or kind == NOTHING:
            return {}
        if kind == DIAGONAL or size > MOST_FULL:
            return {(i, i): self.system.unknown() for i in range(size)}
        return {(i, j): self.system.unknown() for i in range(size) for j in range(size)}

    def _keep_constant(self, action: Action, node: Node) -> None:
        """Require that what acts on a constant adds up to nothing, entry by entry."""
        assert node.constant is not None
        if not any(action.axes):
            return
        entries = dict(zip(product(*map(range, node.shape)), node.constant.entries, strict=True))
        columns = [_by_row(matrix) for matrix in action.axes]
        for place in entries:
            parts: list[tuple[int | Fraction, Form]] = []
            for a, rows in enumerate(columns):
                for j, form in rows.get(place[a], ()):
                    value = entries[(*place[:a], j, *place[a + 1 :])]
                    if value:
                        parts.append((value, form))
            self.system.vanish(combine(*parts))

    def number_of(self, matrix: Matrix, size: int) -> Form:
        """Require that a matrix is a number times the identity; return the number."""
        if not matrix:
            return ZERO
        for (i, j), form in matrix.items():
            if i != j:
                self.system.vanish(form)
        return self.system.agree(matrix.get((i, i), ZERO) for i in range(size))

    def nothing(self, action: Action, shape: Shape) -> None:
        """Require that an array does not vary."""
        numbers = [self.number_of(matrix, n) for matrix, n in zip(action.axes, shape, strict=True)]
        self.system.vanish(combine((1, action.scale), *((1, number) for number in numbers)))

    def difference(self, a: Matrix, b: Matrix, size: int) -> Form:
        """Require that two matrices differ by a number times the identity; return the number."""
        keys = a.keys() | b.keys()
        return self.number_of({key: combine((1, a.get(key, ZERO)), (-1, b.get(key, ZERO))) for key in keys}, size)

    def row_sum(self, matrix: Matrix, size: int) -> Form:
        """Require that all rows have the same sum (the vector of ones is multiplied by it); return the sum."""
        if not matrix:
            return ZERO
        rows: list[list[tuple[int, Form]]] = [[] for _ in range(size)]
        for (i, _), form in matrix.items():
            rows[i].append((1, form))
        return self.system.agree(combine(*row) for row in rows)


def _by_row(matrix: Matrix) -> dict[int, list[tuple[int, Form]]]:
    found: dict[int, list[tuple[int, Form]]] = {}
    for (i, j), form in matrix.items():
        found.setdefault(i, []).append((j, form))
    return found


def transposed(matrix: Matrix) -> Matrix:
    """Return the transpose."""
    return {(j, i): form for (i, j), form in matrix.items()}


def plus(a: Matrix, b: Matrix) -> Matrix:
    """Return the sum of two matrices."""
    if not a or not b:
        return a or b
    return {key: combine((1, a.get(key, ZERO)), (1, b.get(key, ZERO))) for key in a.keys() | b.keys()}


def scaled(matrix: Matrix, factor: Fraction) -> Matrix:
    """Return a multiple of a matrix."""
    return {key: combine((factor, form)) for key, form in matrix.items()}


def _padded(action: Action, shape: Shape, rank: int) -> tuple[tuple[Matrix, ...], Shape]:
    missing = rank - len(shape)
    return (*({},) * missing, *action.axes), (*(1,) * missing, *shape)


def _add(equations: Equations, node: Node, taken: Sequence[Action]) -> Action:
    """Both terms vary as the sum does; a term that is repeated along an axis needs rows of equal sums there."""
    rank = len(node.shape)
    shapes = [equations.graph.nodes[j].shape for j in node.of]
    padded = [_padded(action, shape, rank) for action, shape in zip(taken, shapes, strict=True)]
    axes = []
    for a, n in enumerate(node.shape):
        owner = next((matrices[a] for matrices, shape in padded if shape[a] == n), {})
        axes.append(owner if n > 1 else {})

    # The number s of the sum, as each term sees it.
    numbers = []
    for action, (matrices, shape) in zip(taken, padded, strict=True):
        parts = [(1, action.scale)]
        for a, n in enumerate(node.shape):
            if n > 1 and shape[a] == n:
                parts.append((1, equations.difference(matrices[a], axes[a], n)))
            elif n > 1:
                parts.append((-1, equations.row_sum(axes[a], n)))
        numbers.append(combine(*parts))
    return Action(equations.system.agree(numbers), tuple(axes))


def _multiply(equations: Equations, node: Node, taken: Sequence[Action]) -> Action:
    """Logarithmic derivatives add up; along an axis that both factors have they are diagonal."""
    rank = len(node.shape)
    padded = [_padded(a, equations.graph.nodes[j].shape, rank)[0] for a, j in zip(taken, node.of, strict=True)]
    axes = tuple(plus(a, b) for a, b in zip(*padded, strict=True))
    return Action(combine((1, taken[0].scale), (1, taken[1].scale)), axes)


def _matmul(equations: Equations, node: Node, taken: Sequence[Action]) -> Action:
    """What acts along the axis that is summed cancels, up to a number."""
    left, right = taken
    shapes = [equations.graph.nodes[j].shape for j in node.of]

    # The axis that is summed: the actions of both sides add up to a number.
    summed = plus(transposed(left.axes[-1]), right.axes[-2])
    number = equations.number_of(summed, shapes[0][-1])

    # The axes of the stack are those of either side.
    rank = len(node.shape)
    stacks = [_padded(a, shape, rank)[0][:-2] for a, shape in zip(taken, shapes, strict=True)]
    stack = [plus(a, b) for a, b in zip(*stacks, strict=True)]

    scale = combine((1, left.scale), (1, right.scale), (1, number))
    return Action(scale, (*stack, left.axes[-2], right.axes[-1]))


def _homogeneous(equations: Equations, node: Node, taken: Sequence[Action]) -> Action:
    """A function of degree r of every entry: diagonal matrices, r times as large."""
    operation = node.operation
    degree = Fraction(operation.exponent) if isinstance(operation, Power) else DEGREES[type(operation)]
    for matrix in taken[0].axes:
        for (i, j), form in matrix.items():
            if i != j:
                equations.system.vanish(form)
    diagonal = [{key: form for key, form in matrix.items() if key[0] == key[1]} for matrix in taken[0].axes]
    return Action(combine((degree, taken[0].scale)), tuple(scaled(matrix, degree) for matrix in diagonal))


def _exponential(equations: Equations, node: Node, taken: Sequence[Action]) -> Action:
    """Nothing may vary."""
    equations.nothing(taken[0], node.shape)
    return Action(ZERO, tuple({} for _ in node.shape))


def _sum(equations: Equations, node: Node, taken: Sequence[Action]) -> Action:
    """Along an axis that is summed all columns have the same sum."""
    assert isinstance(node.operation, Sum)
    shape, axes = equations.graph.nodes[node.of[0]].shape, list(taken[0].axes)
    parts = [(1, taken[0].scale)]
    for a in node.operation.axes:
        parts.append((1, equations.row_sum(transposed(axes[a]), shape[a])))
        axes[a] = {}
    return Action(combine(*parts), tuple(axes))


def _transpose(equations: Equations, node: Node, taken: Sequence[Action]) -> Action:
    assert isinstance(node.operation, Transpose)
    return Action(taken[0].scale, tuple(taken[0].axes[i] for i in node.operation.axes))


def _take(equations: Equations, node: Node, taken: Sequence[Action]) -> Action:
    """Entries that are left out must not mix into those that are taken."""
    assert isinstance(node.operation, Take)
    indices, axis = node.operation.indices, node.operation.axis
    matrix = taken[0].axes[axis]
    first: dict[int, int] = {}
    for place, index in enumerate(indices):
        first.setdefault(index, place)
    for (i, j), form in matrix.items():
        if i in first and j not in first:
            equations.system.vanish(form)
    found: dict[tuple[int, int], Form] = {}
    for place, index in enumerate(indices):
        for j, other in first.items():
            if matrix.get((index, j), ZERO):
                found[place, other if j != index else place] = matrix[index, j]
    axes = list(taken[0].axes)
    if len(indices) == 1:
        axes[axis] = {}
        return Action(combine((1, taken[0].scale), (1, found.get((0, 0), ZERO))), tuple(axes))
    axes[axis] = found
    return Action(taken[0].scale, tuple(axes))


def _concatenate(equations: Equations, node: Node, taken: Sequence[Action]) -> Action:
    """Blocks along the axis; along the others the same, up to numbers, which go into the blocks."""
    assert isinstance(node.operation, Concatenate)
    axis, found, start = node.operation.axis, {}, 0
    for action, j in zip(taken, node.of, strict=True):
        shape = equations.graph.nodes[j].shape
        parts = [(1, action.scale)]
        for a, n in enumerate(shape):
            if a != axis:
                parts.append((1, equations.difference(action.axes[a], taken[0].axes[a], n)))
        number = combine(*parts)
        for i in range(shape[axis]):
            for k in range(shape[axis]):
                form = combine((1, action.axes[axis].get((i, k), ZERO)), *([(1, number)] if i == k else []))
                if form:
                    found[start + i, start + k] = form
        start += shape[axis]
    axes = list(taken[0].axes)
    axes[axis] = found
    return Action(ZERO, tuple(axes))


def _reshape(equations: Equations, node: Node, taken: Sequence[Action]) -> Action:
    """Merge axes into one (Kronecker sums of what acts along them), or split one: what acts must be such a sum."""
    old, new = equations.graph.nodes[node.of[0]].shape, node.shape
    number = len(equations.actions)
    axes: list[Matrix] = [{} for _ in new]
    scale = taken[0].scale
    for left, right in groups_of_axes(old, new):
        long = [b for b in right if new[b] > 1]
        sizes = [old[a] for a in left]
        merged = kronecker_sum([taken[0].axes[a] for a in left], sizes)
        if len(long) == 1:
            axes[long[0]] = merged
        elif long and merged:
            kind = DIAGONAL if prod(sizes) > MOST_SPLIT else FULL
            fresh = [equations.matrix(new[b], max(kind, equations.kinds.of((number, b)))) for b in long]
            rebuilt = kronecker_sum(fresh, [new[b] for b in long])
            left_over = equations.difference(merged, rebuilt, prod(sizes))
            scale = combine((1, scale), (1, left_over))
            for b, matrix in zip(long, fresh, strict=True):
                axes[b] = matrix
    return Action(scale, tuple(axes))


def kronecker_sum(matrices: Sequence[Matrix], sizes: Sequence[int]) -> Matrix:
    """Return what acts on the axes together: the sum of each matrix with identities along the others."""
    if sum(bool(matrix) for matrix in matrices) == 0:
        return {}
    parts: dict[tuple[int, int], list[tuple[int, Form]]] = {}
    places = {place: k for k, place in enumerate(product(*map(range, sizes)))}
    for a, matrix in enumerate(matrices):
        rows = _by_row(matrix)
        for place, k in places.items():
            for j, form in rows.get(place[a], ()):
                other = places[(*place[:a], j, *place[a + 1 :])]
                parts.setdefault((k, other), []).append((1, form))
    return {key: combine(*forms) for key, forms in parts.items()}


RULES = {
    Add: _add,
    Multiply: _multiply,
    MatMul: _matmul,
    Power: _homogeneous,
    Reciprocal: _homogeneous,
    Sqrt: _homogeneous,
    Relu: _homogeneous,
    Sum: _sum,
    Transpose: _transpose,
    Reshape: _reshape,
    Concatenate: _concatenate,
    Take: _take,
}
"""How the result of each core operation varies; before the others nothing may."""
