"""Plain Python as a program: a function on arrays is run once on arrays that write down what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from operator import index
from typing import Any

import numpy as np

from algebra.errors import InputError
from algebra.programs.operations import OPERATIONS, Shape, ShapeError
from algebra.programs.program import Program
from algebra.programs.straight_line import Constant, Step, read_constant
from algebra.shown import Shown

KNOWN = (
    "+ - * / @ **, .T, .sum, .mean, .reshape, .transpose, slices, and exp, sqrt, relu, sigmoid, tanh, silu, softmax, "
    "concatenate of algebra.programs"
)
"""What a function may do with its arrays."""


@dataclass(eq=False)
class Trace:
    """The steps of a program while they are collected."""

    inputs: Mapping[str, Shape]
    parameters: Mapping[str, Shape]
    constants: dict[str, Constant] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def constant(self, value: Any) -> Traced:
        """Return a constant; equal ones are one."""
        read = read_constant("constant", value)
        for name, known in self.constants.items():
            if known == read:
                return Traced(self, name, read.shape)
        name = f"constant {len(self.constants)}"
        self.constants[name] = read
        return Traced(self, name, read.shape)

    def step(self, op: str, *of: Traced, **options: Any) -> Traced:
        """Write an operation down.

        Raises
        ------
        InputError
            If the operation does not take arrays of these shapes.
        """
        name, taken = f"step {len(self.steps)}", [each.shape for each in of]
        try:
            shape = OPERATIONS[op].shape(taken, options)
        except ShapeError as error:
            shown = " and ".join(str(list(each)) for each in taken)
            raise InputError(op, shown, f"shapes that {op} takes: {error}") from None
        frozen = tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in options.items())
        self.steps.append(Step(name, op, tuple(each.name for each in of), frozen))
        return Traced(self, name, shape)


@dataclass(eq=False)
class Traced(Shown):
    """An array that writes down what is done with it; it behaves like a numpy array in what a program can say.

    It knows ``+ - * / @ **``, ``.T``, ``.sum``, ``.mean``, ``.reshape``, ``.transpose``, slices along axes, and the
    functions of this module.

    Parameters
    ----------
    trace : Trace
        Where the steps are written down.
    name : str
        Of the step that makes the array.
    shape : tuple of int
    """

    trace: Trace
    name: str
    shape: Shape

    __array_ufunc__ = None  # numpy's own arrays leave their operators to this one

    def _with(self, op: str, other: Any, is_left: bool = True) -> Traced:
        second = other if isinstance(other, Traced) else self.trace.constant(other)
        return self.trace.step(op, *((self, second) if is_left else (second, self)))

    def __add__(self, other: Any) -> Traced:
        return self._with("add", other)

    def __radd__(self, other: Any) -> Traced:
        return self._with("add", other, is_left=False)

    def __sub__(self, other: Any) -> Traced:
        return self._with("subtract", other)

    def __rsub__(self, other: Any) -> Traced:
        return self._with("subtract", other, is_left=False)

    def __mul__(self, other: Any) -> Traced:
        return self._with("multiply", other)

    def __rmul__(self, other: Any) -> Traced:
        return self._with("multiply", other, is_left=False)

    def __truediv__(self, other: Any) -> Traced:
        return self._with("divide", other)

    def __rtruediv__(self, other: Any) -> Traced:
        return self._with("divide", other, is_left=False)

    def __matmul__(self, other: Any) -> Traced:
        return self._with("matmul", other)

    def __rmatmul__(self, other: Any) -> Traced:
        return self._with("matmul", other, is_left=False)

    def __neg__(self) -> Traced:
        return self.trace.step("negative", self)

    def __pow__(self, exponent: Any) -> Traced:
        if exponent == -1:
            return self.trace.step("reciprocal", self)
        return self.trace.step("power", self, exponent=exponent)

    def __getitem__(self, key: Any) -> Traced:
        found: Traced = self
        parts, axis = list(key) if isinstance(key, tuple) else [key], 0
        if Ellipsis in [part for part in parts if part is Ellipsis]:
            place = next(i for i, part in enumerate(parts) if part is Ellipsis)
            parts[place : place + 1] = [slice(None)] * (len(self.shape) - len(parts) + 1)
        for part in parts:
            found, axis = _taken(found, part, axis)
        return found

    def __iter__(self) -> Any:
        return (self[i] for i in range(self.shape[0]))

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def T(self) -> Traced:
        """The transpose."""
        return self.transpose()

    def transpose(self, *axes: int) -> Traced:
        """Put the axes into a new order; by default the reverse.

        Parameters
        ----------
        *axes : int
            Which old axis comes first, second, …

        Returns
        -------
        Traced
        """
        return self.trace.step("transpose", self, axes=list(axes) or list(range(self.ndim))[::-1])

    def reshape(self, *shape: Any) -> Traced:
        """Give the same entries new axes; one size may be -1.

        Parameters
        ----------
        *shape : int, or one list or tuple of int

        Returns
        -------
        Traced
        """
        wanted = list(shape[0]) if len(shape) == 1 and isinstance(shape[0], list | tuple) else list(shape)
        if -1 in wanted:
            known = prod(n for n in wanted if n != -1)
            wanted[wanted.index(-1)] = prod(self.shape) // max(known, 1)
        return self.trace.step("reshape", self, shape=wanted)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Traced:
        """Sum over one axis, several, or all.

        Parameters
        ----------
        axis : int or sequence of int, optional
            Default: all axes.
        keepdims : bool
            Leave axes of length 1 where they were.

        Returns
        -------
        Traced
        """
        axes = list(range(self.ndim)) if axis is None else list(axis) if isinstance(axis, list | tuple) else [axis]
        return self.trace.step("sum", self, axis=axes, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Traced:
        """Mean over one axis, several, or all.

        Parameters
        ----------
        axis : int or sequence of int, optional
            Default: all axes.
        keepdims : bool
            Leave axes of length 1 where they were.

        Returns
        -------
        Traced
        """
        total = self.sum(axis, keepdims)
        ratio = prod(self.shape) // prod(total.shape)
        return total * self.trace.constant(f"1/{ratio}")

    def __bool__(self) -> bool:
        raise InputError("condition", self.name, "fixed: a program has no control flow that depends on its arrays")


def _taken(array: Traced, part: Any, axis: int) -> tuple[Traced, int]:
    """Apply one part of an index; return the array, and the axis that the next part is for."""
    if part is None:
        return array.reshape(*array.shape[:axis], 1, *array.shape[axis:]), axis + 1
    if axis >= array.ndim:
        raise InputError("index", part, f"for an array of shape {list(array.shape)}: there are too many indices")
    if isinstance(part, slice):
        chosen = list(range(*part.indices(array.shape[axis])))
        if chosen == list(range(array.shape[axis])):
            return array, axis + 1
        if not chosen:
            raise InputError("index", part, "of at least one entry")
        return array.trace.step("take", array, indices=chosen, axis=axis), axis + 1
    if isinstance(part, list | np.ndarray):
        return array.trace.step("take", array, indices=[int(i) for i in part], axis=axis), axis + 1
    try:
        place = range(array.shape[axis])[index(part)]
    except (TypeError, IndexError):
        raise InputError("index", part, f"an index or a slice along an axis of length {array.shape[axis]}") from None
    line = array.trace.step("slice", array, start=place, stop=place + 1, axis=axis)
    return line.reshape(*array.shape[:axis], *array.shape[axis + 1 :]), axis


def exp(z: Traced) -> Traced:
    """Exponential, entry by entry.

    Parameters
    ----------
    z : Traced
        An array of the function that is traced.

    Returns
    -------
    Traced
    """
    return z.trace.step("exp", z)


def sqrt(z: Traced) -> Traced:
    """Square root, entry by entry.

    Parameters
    ----------
    z : Traced
        An array of the function that is traced.

    Returns
    -------
    Traced
    """
    return z.trace.step("sqrt", z)


def relu(z: Traced) -> Traced:
    """max(z, 0), entry by entry.

    Parameters
    ----------
    z : Traced
        An array of the function that is traced.

    Returns
    -------
    Traced
    """
    return z.trace.step("relu", z)


def sigmoid(z: Traced) -> Traced:
    """1 / (1 + exp(-z)), entry by entry.

    Parameters
    ----------
    z : Traced
        An array of the function that is traced.

    Returns
    -------
    Traced
    """
    return z.trace.step("sigmoid", z)


def tanh(z: Traced) -> Traced:
    """Hyperbolic tangent, entry by entry.

    Parameters
    ----------
    z : Traced
        An array of the function that is traced.

    Returns
    -------
    Traced
    """
    return z.trace.step("tanh", z)


def silu(z: Traced) -> Traced:
    """Z sigmoid(z), entry by entry.

    Parameters
    ----------
    z : Traced
        An array of the function that is traced.

    Returns
    -------
    Traced
    """
    return z.trace.step("silu", z)


def softmax(z: Traced, axis: int = -1) -> Traced:
    """Exponentials over their sum along an axis.

    Parameters
    ----------
    z : Traced
        An array of the function that is traced.
    axis : int
        Along which the sums are taken.

    Returns
    -------
    Traced
    """
    return z.trace.step("softmax", z, axis=axis)


def concatenate(arrays: Sequence[Traced], axis: int = 0) -> Traced:
    """Arrays side by side along an axis.

    Parameters
    ----------
    arrays : sequence of Traced
        Of shapes that differ along the axis only.
    axis : int

    Returns
    -------
    Traced
    """
    return arrays[0].trace.step("concatenate", *arrays, axis=axis)


def traced(
    function: Callable[..., Any], parameters: Mapping[str, Sequence[int]], inputs: Mapping[str, Sequence[int]]
) -> Program:
    """Return the program of a function of arrays, by running it once.

    Parameters
    ----------
    function : callable
        Takes all parameters and all inputs, by name; returns an array or several.
    parameters, inputs : mapping of str to shape

    Returns
    -------
    Program

    Raises
    ------
    InputError
        If it does something that a program cannot say.

    Examples
    --------
    >>> program = traced(lambda W, V, x: V @ (W @ x) ** 2, {"W": (3, 2), "V": (1, 3)}, {"x": (2, 1)})
    >>> [step.op for step in program.steps]
    ['matmul', 'power', 'matmul']
    """
    shapes = {name: tuple(shape) for name, shape in {**inputs, **parameters}.items()}
    trace = Trace({name: shapes[name] for name in inputs}, {name: shapes[name] for name in parameters})
    try:
        found = function(**{name: Traced(trace, name, shape) for name, shape in shapes.items()})
    except (TypeError, AttributeError) as error:  # of numpy, or of math, or a method that an array does not have
        allowed = f"one that takes {', '.join(shapes)} by name, and does with them what a program can say: {KNOWN}"
        raise InputError("function", str(error), allowed) from error
    outputs = list(found) if isinstance(found, list | tuple) else [found]
    for output in outputs:
        if not isinstance(output, Traced):
            raise InputError("function", type(output).__name__, "one that returns arrays made from its arguments")
    return Program(inputs, parameters, trace.steps, [output.name for output in outputs], trace.constants)
