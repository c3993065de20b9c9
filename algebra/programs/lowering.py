"""Every operation of a program, written in the core operations; equal parts are computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import isqrt, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.evidence.evaluation import PoleError
from algebra.programs.arithmetic import Rationals
from algebra.programs.core import (
    Add,
    Concatenate,
    Exp,
    MatMul,
    Multiply,
    Power,
    Reciprocal,
    Relu,
    Reshape,
    Sigmoid,
    Softmax,
    Sqrt,
    Sum,
    Take,
    Transpose,
)
from algebra.programs.operations import axes_of, axis_of, broadcast
from algebra.programs.straight_line import Constant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.core import CoreOperation
    from algebra.programs.operations import Options, Shape
    from algebra.programs.straight_line import StraightLineProgram
    from algebra.types import Array


@dataclass(frozen=True)
class Node:
    """One array of a lowered program.

    Parameters
    ----------
    kind : str
        ``"input"``, ``"parameter"``, ``"constant"`` or ``"step"``.
    shape : tuple of int
    name : str
        Of the array, or of the step that it belongs to.
    operation : CoreOperation, optional
        For steps.
    of : tuple of int
        Numbers of the nodes that it takes.
    constant : Constant, optional
        For constants.
    sees_input, sees_parameter : bool
        Whether it depends on an input, on a parameter.
    """

    kind: str
    shape: Shape
    name: str
    operation: CoreOperation | None = None
    of: tuple[int, ...] = ()
    constant: Constant | None = None
    sees_input: bool = False
    sees_parameter: bool = False


@dataclass(frozen=True)
class Graph:
    """A lowered program: nodes in an order in which each takes what is there, without those that no output needs.

    Parameters
    ----------
    nodes : tuple of Node
    outputs : tuple of int
    parameters : tuple of (str, shape)
        All parameters, in their order; those that no output needs have no node.
    """

    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]
    parameters: tuple[tuple[str, Shape], ...]

    @property
    def count(self) -> int:
        """Number of weights."""
        return sum(prod(shape) for _, shape in self.parameters)

    @property
    def places(self) -> dict[str, NDArray[np.intp]]:
        """The numbers of the weights, for each parameter in its shape: all weights stand in one row."""
        found, start = {}, 0
        for name, shape in self.parameters:
            found[name] = np.arange(start, start + prod(shape)).reshape(shape)
            start += prod(shape)
        return found

    @property
    def owners(self) -> list[str]:
        """The parameter that each weight belongs to."""
        return [name for name, shape in self.parameters for _ in range(prod(shape))]

    def numbers(self, *kinds: type) -> list[int]:
        """Return the nodes whose operation is of these classes."""
        return [i for i, node in enumerate(self.nodes) if isinstance(node.operation, kinds)]

    def depths(self, *kinds: type) -> list[int]:
        """Return for every node how many operations of these classes are behind one another up to it."""
        found: list[int] = []
        for node in self.nodes:
            below = max((found[j] for j in node.of), default=0)
            found.append(below + isinstance(node.operation, kinds))
        return found

    def uses(self) -> list[list[int]]:
        """Return, for every node, the nodes that take it (once for every time)."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for i, node in enumerate(self.nodes):
            for j in node.of:
                found[j].append(i)
        return found


@dataclass
class Builder:
    """Nodes while they are collected; equal ones are one."""

    nodes: list[Node] = field(default_factory=list)
    known: dict[Any, int] = field(default_factory=dict)
    name: str = ""

    def add(self, operation: CoreOperation, *of: int, shape: Shape) -> int:
        """Return the node of an operation; of constants it is a constant, where that is rational."""
        order = tuple(sorted(of)) if isinstance(operation, Add | Multiply) else of
        taken = [self.nodes[j].constant for j in order]
        found = folded(operation, [each for each in taken if each is not None]) if None not in taken else None
        if found is not None:
            return self.leaf("constant", self.name, found.shape, found)
        return self._node((operation, order), lambda: self._step(operation, order, shape))

    def _step(self, operation: CoreOperation, of: tuple[int, ...], shape: Shape) -> Node:
        taken = [self.nodes[j] for j in of]
        sees = any(t.sees_input for t in taken), any(t.sees_parameter for t in taken)
        return Node("step", shape, self.name, operation, of, None, *sees)

    def leaf(self, kind: str, name: str, shape: Shape, constant: Constant | None = None) -> int:
        """Return the node of an input, a parameter or a constant; equal constants are one."""
        node = Node(kind, shape, name, None, (), constant, kind == "input", kind == "parameter")
        return self._node(constant if constant is not None else (kind, name), lambda: node)

    def number(self, value: int | Fraction) -> int:
        """Return the node of a number."""
        return self.leaf("constant", str(value), (), Constant((), (Fraction(value),)))

    def _node(self, key: Any, make: Callable[[], Node]) -> int:
        if key not in self.known:
            self.known[key] = len(self.nodes)
            self.nodes.append(make())
        return self.known[key]

    def shape(self, node: int) -> Shape:
        """Return the shape of a node."""
        return self.nodes[node].shape

    def sum_of(self, a: int, b: int) -> int:
        """Return a + b."""
        return self.add(Add(), a, b, shape=broadcast(self.shape(a), self.shape(b)))

    def product_of(self, a: int, b: int) -> int:
        """Return a * b, entry by entry."""
        return self.add(Multiply(), a, b, shape=broadcast(self.shape(a), self.shape(b)))

    def same(self, operation: CoreOperation, a: int) -> int:
        """Return an operation that keeps the shape."""
        return self.add(operation, a, shape=self.shape(a))

    def reshaped(self, a: int, shape: Shape) -> int:
        """Return the same entries with new axes."""
        return a if self.shape(a) == shape else self.add(Reshape(shape), a, shape=shape)


def folded(operation: CoreOperation, taken: Sequence[Constant]) -> Constant | None:
    """Return what an operation makes of constants; None if that is not rational.

    Examples
    --------
    >>> folded(Sqrt(), [Constant((), (Fraction(4, 9),))]), folded(Exp(), [Constant((), (Fraction(1),))])
    (Constant(shape=(), entries=(Fraction(2, 3),)), None)
    """
    if isinstance(operation, Exp | Sigmoid | Softmax) or _is_long(operation, taken):
        return None
    if isinstance(operation, Sqrt):
        parts = [n for x in taken[0].entries for n in (x.numerator, x.denominator)]
        if any(n < 0 or isqrt(n) ** 2 != n for n in parts):
            return None
        return Constant(
            taken[0].shape, tuple(Fraction(isqrt(x.numerator), isqrt(x.denominator)) for x in taken[0].entries)
        )
    try:
        found = operation.forward(Rationals(), 0, [constant_array(each) for each in taken])
    except PoleError:
        return None  # no output may need it: see `lowered`
    return Constant(found.shape[1:], tuple(Fraction(x) for x in found.ravel()))


MOST_FOLDED_BITS = 1 << 20
"""Of a number that is folded: a power of a power soon has more digits than there are atoms."""


def _is_long(operation: CoreOperation, taken: Sequence[Constant]) -> bool:
    """Tell whether a power of constants is too long to be written out; modulo a prime it is short anyway."""
    if not isinstance(operation, Power):
        return False
    longest = max(max(x.numerator.bit_length(), x.denominator.bit_length()) for x in taken[0].entries)
    return longest * operation.exponent > MOST_FOLDED_BITS


def constant_array(constant: Constant) -> Array:
    """Return a constant as an object array, with an axis for the samples in front."""
    flat = np.empty(len(constant.entries), object)
    flat[:] = constant.entries
    return flat.reshape(1, *constant.shape)


Lowering = Callable[[Builder, Sequence[int], "Options"], int]


def _negative(b: Builder, of: Sequence[int], options: Options) -> int:
    return b.product_of(of[0], b.number(-1))


def _subtract(b: Builder, of: Sequence[int], options: Options) -> int:
    return b.sum_of(of[0], _negative(b, of[1:], options))


def _divide(b: Builder, of: Sequence[int], options: Options) -> int:
    return b.product_of(of[0], b.same(Reciprocal(), of[1]))


def _matmul(b: Builder, of: Sequence[int], options: Options) -> int:
    left, right = (b.shape(each) for each in of)

    # A vector is a row on the left, and a column on the right.
    first = b.reshaped(of[0], (1, *left)) if len(left) == 1 else of[0]
    second = b.reshaped(of[1], (*right, 1)) if len(right) == 1 else of[1]
    stack = broadcast(b.shape(first)[:-2], b.shape(second)[:-2])
    rows, columns = b.shape(first)[-2], b.shape(second)[-1]
    product = b.add(MatMul(), first, second, shape=(*stack, rows, columns))

    # Its axis of length 1 goes again.
    wanted = list(stack)
    if len(left) > 1:
        wanted.append(rows)
    if len(right) > 1:
        wanted.append(columns)
    return b.reshaped(product, tuple(wanted))


def _power(b: Builder, of: Sequence[int], options: Options) -> int:
    exponent = int(options["exponent"])
    if exponent == 0:
        return b.leaf("constant", "1", b.shape(of[0]), Constant(b.shape(of[0]), (Fraction(1),) * prod(b.shape(of[0]))))
    return of[0] if exponent == 1 else b.same(Power(exponent), of[0])


def _tanh(b: Builder, of: Sequence[int], options: Options) -> int:
    # tanh z = 2 sigmoid(2 z) - 1
    above = b.same(Sigmoid(), b.product_of(of[0], b.number(2)))
    return b.sum_of(b.product_of(above, b.number(2)), b.number(-1))


def _silu(b: Builder, of: Sequence[int], options: Options) -> int:
    return b.product_of(of[0], b.same(Sigmoid(), of[0]))


def _softmax(b: Builder, of: Sequence[int], options: Options) -> int:
    return b.same(Softmax(axis_of("axis", options["axis"], b.shape(of[0]))), of[0])


def _sum(b: Builder, of: Sequence[int], options: Options) -> int:
    shape = b.shape(of[0])
    axes = axes_of("axis", options["axis"], shape)
    kept = tuple(1 if i in axes else n for i, n in enumerate(shape))
    found = b.add(Sum(axes), of[0], shape=kept) if axes else of[0]
    left = tuple(n for i, n in enumerate(shape) if i not in axes)
    return found if options.get("keepdims", False) else b.reshaped(found, left)


def _transpose(b: Builder, of: Sequence[int], options: Options) -> int:
    axes = tuple(options["axes"])
    return b.add(Transpose(axes), of[0], shape=tuple(b.shape(of[0])[i] for i in axes))


def _reshape(b: Builder, of: Sequence[int], options: Options) -> int:
    return b.reshaped(of[0], tuple(options["shape"]))


def _concatenate(b: Builder, of: Sequence[int], options: Options) -> int:
    first = b.shape(of[0])
    axis = axis_of("axis", options["axis"], first)
    size = sum(b.shape(i)[axis] for i in of)
    return b.add(Concatenate(axis), *of, shape=(*first[:axis], size, *first[axis + 1 :]))


def _taken(b: Builder, a: int, indices: Sequence[int], axis: int) -> int:
    shape = b.shape(a)
    return b.add(Take(tuple(indices), axis), a, shape=(*shape[:axis], len(indices), *shape[axis + 1 :]))


def _slice(b: Builder, of: Sequence[int], options: Options) -> int:
    axis = axis_of("axis", options["axis"], b.shape(of[0]))
    return _taken(b, of[0], range(options["start"], options["stop"]), axis)


def _take(b: Builder, of: Sequence[int], options: Options) -> int:
    return _taken(b, of[0], options["indices"], axis_of("axis", options["axis"], b.shape(of[0])))


LOWERED: dict[str, Lowering] = {
    "add": lambda b, of, options: b.sum_of(*of),
    "subtract": _subtract,
    "multiply": lambda b, of, options: b.product_of(*of),
    "divide": _divide,
    "matmul": _matmul,
    "negative": _negative,
    "power": _power,
    "reciprocal": lambda b, of, options: b.same(Reciprocal(), of[0]),
    "exp": lambda b, of, options: b.same(Exp(), of[0]),
    "sqrt": lambda b, of, options: b.same(Sqrt(), of[0]),
    "relu": lambda b, of, options: b.same(Relu(), of[0]),
    "sigmoid": lambda b, of, options: b.same(Sigmoid(), of[0]),
    "tanh": _tanh,
    "silu": _silu,
    "softmax": _softmax,
    "sum": _sum,
    "transpose": _transpose,
    "reshape": _reshape,
    "concatenate": _concatenate,
    "slice": _slice,
    "take": _take,
}
"""How each operation is written in the core operations."""


@lru_cache(maxsize=256)
def lowered(program: StraightLineProgram) -> Graph:
    """Return a program in core operations: equal parts once, and nothing that no output needs.

    Raises
    ------
    InputError
        If an output divides by a constant that is 0.

    Examples
    --------
    >>> from algebra.programs.program import Program
    >>> steps = [{"name": "h", "op": "matmul", "of": ["W", "x"]}, {"name": "y", "op": "silu", "of": ["h"]}]
    >>> given = {"inputs": {"x": [3]}, "parameters": {"W": [2, 3]}, "steps": steps, "outputs": ["y"]}
    >>> [type(node.operation).__name__ for node in lowered(Program.from_json(given)).nodes[2:]]
    ['Reshape', 'MatMul', 'Reshape', 'Sigmoid', 'Multiply']
    """
    b, place = Builder(), {}
    for name, shape in program.inputs.items():
        place[name] = b.leaf("input", name, shape)
    for name, shape in program.parameters.items():
        place[name] = b.leaf("parameter", name, shape)
    for name, constant in program.constants.items():
        place[name] = b.leaf("constant", name, constant.shape, constant)
    for step in program.steps:
        b.name = step.name
        place[step.name] = LOWERED[step.op](b, [place[name] for name in step.of], dict(step.options))

    outputs = [place[name] for name in program.outputs]
    graph = _pruned(b.nodes, outputs, tuple(program.parameters.items()))
    for i in graph.numbers(Reciprocal):
        node = graph.nodes[i]
        below = graph.nodes[node.of[0]].constant
        if below is not None and 0 in below.entries:
            raise InputError(f"steps.{node.name}", 0, "a denominator that is not 0")
    return graph


def _pruned(nodes: list[Node], outputs: list[int], parameters: tuple[tuple[str, Shape], ...]) -> Graph:
    needed = [False] * len(nodes)
    for i in outputs:
        needed[i] = True
    for i in reversed(range(len(nodes))):
        if needed[i]:
            for j in nodes[i].of:
                needed[j] = True

    number: dict[int, int] = {}
    kept: list[Node] = []
    for i, node in enumerate(nodes):
        if needed[i]:
            number[i] = len(kept)
            of = tuple(number[j] for j in node.of)
            kept.append(
                Node(
                    node.kind,
                    node.shape,
                    node.name,
                    node.operation,
                    of,
                    node.constant,
                    node.sees_input,
                    node.sees_parameter,
                )
            )
    return Graph(tuple(kept), tuple(number[i] for i in outputs), parameters)
