"""The operations that a program may use: names, options, and the shapes that they take and give.

Every array has a fixed shape; broadcasting and axes are as in numpy. What an operation computes is written once, in
terms of the few *core* operations of `algebra.programs.core`: a new operation is one entry in `OPERATIONS` (its
options and its shape) and one in `algebra.programs.lowering.LOWERED`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from algebra.errors import InputError, as_integer

Shape = tuple[int, ...]
Options = Mapping[str, Any]


class ShapeError(ValueError):
    """Shapes that an operation does not take; the message says what is needed."""


@dataclass(frozen=True)
class Operation:
    """What the reader of a program has to know of an operation.

    Parameters
    ----------
    arity : int or None
        How many arrays it takes; None: one or more.
    options : tuple of str
        Its extra keys, in the order in which they are documented.
    shape : callable
        From the shapes that it takes and its options to the shape that it gives.
    optional : tuple of str
        Options that may be left out.
    """

    arity: int | None
    options: tuple[str, ...]
    shape: Callable[[Sequence[Shape], Options], Shape]
    optional: tuple[str, ...] = ()


def broadcast(a: Shape, b: Shape) -> Shape:
    """Return the common shape of two arrays, as numpy has it.

    Raises
    ------
    ShapeError
        If there is none.

    Examples
    --------
    >>> broadcast((3, 1), (4,))
    (3, 4)
    """
    rank = max(len(a), len(b))
    longer = [(1,) * (rank - len(shape)) + shape for shape in (a, b)]
    found = []
    for m, n in zip(*longer, strict=True):
        if m != n and 1 not in (m, n):
            raise ShapeError("equal sizes, or 1, along every axis")
        found.append(n if m == 1 else m)
    return tuple(found)


def _elementwise(shapes: Sequence[Shape], options: Options) -> Shape:
    found = shapes[0]
    for shape in shapes[1:]:
        found = broadcast(found, shape)
    return found


def _power(shapes: Sequence[Shape], options: Options) -> Shape:
    as_integer("exponent", options["exponent"], 0)
    return shapes[0]


def matmul_shape(shapes: Sequence[Shape], options: Options) -> Shape:
    """Return the shape of a matrix product; a vector counts as one row on the left, one column on the right."""
    a, b = shapes
    if not a or not b:
        raise ShapeError("arrays with at least one axis: multiply scalars with multiply")
    if a[-1] != (b[-2] if len(b) > 1 else b[0]):
        raise ShapeError("the last axis of the first to be as long as the first of the last two axes of the second")
    stack = broadcast(a[:-2], b[:-2])
    return (*stack, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))


def axis_of(name: str, value: Any, shape: Shape) -> int:
    """Return an axis as a number from 0 on; negative ones count from the end.

    Raises
    ------
    InputError
        If there is no such axis.
    """
    allowed = f"an axis of an array of shape {list(shape)}: from {-len(shape)} to {len(shape) - 1}"
    axis = as_integer(name, value, allowed=allowed)
    if not -len(shape) <= axis < len(shape):
        raise InputError(name, value, allowed)
    return axis % len(shape)


def axes_of(name: str, value: Any, shape: Shape) -> tuple[int, ...]:
    """Return different axes, sorted; a single one may be given as it is.

    Raises
    ------
    InputError
        If one is not there, or named twice.
    """
    given = value if isinstance(value, list | tuple) else [value]
    found = sorted(axis_of(name, each, shape) for each in given)
    if len(set(found)) < len(found):
        raise InputError(name, value, "different axes")
    return tuple(found)


def _softmax(shapes: Sequence[Shape], options: Options) -> Shape:
    axis_of("axis", options["axis"], shapes[0])
    return shapes[0]


def _sum(shapes: Sequence[Shape], options: Options) -> Shape:
    shape = shapes[0]
    summed = axes_of("axis", options["axis"], shape)
    keep = options.get("keepdims", False)
    if not isinstance(keep, bool):
        raise InputError("keepdims", keep, "true or false")
    if keep:
        return tuple(1 if i in summed else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in summed)


def _transpose(shapes: Sequence[Shape], options: Options) -> Shape:
    shape, axes = shapes[0], options["axes"]
    given = axes if isinstance(axes, list | tuple) else None
    if given is None or sorted(given, key=str) != sorted(range(len(shape)), key=str):
        raise InputError("axes", axes, f"every axis from 0 to {len(shape) - 1} once, in their new order")
    return tuple(shape[i] for i in given)


def _reshape(shapes: Sequence[Shape], options: Options) -> Shape:
    wanted = options["shape"]
    if not isinstance(wanted, list | tuple):
        raise InputError("shape", wanted, "a list of sizes")
    found = tuple(as_integer("shape", size, 1) for size in wanted)
    if prod(found) != prod(shapes[0]):
        raise ShapeError(f"{prod(shapes[0])} entries in the new shape {list(found)}, which has {prod(found)}")
    return found


def _concatenate(shapes: Sequence[Shape], options: Options) -> Shape:
    first = shapes[0]
    axis = axis_of("axis", options["axis"], first)
    for shape in shapes[1:]:
        if len(shape) != len(first) or any(
            m != n for i, (m, n) in enumerate(zip(first, shape, strict=True)) if i != axis
        ):
            raise ShapeError(f"the same sizes along every axis but axis {axis}")
    return (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])


def _slice(shapes: Sequence[Shape], options: Options) -> Shape:
    shape = shapes[0]
    axis = axis_of("axis", options["axis"], shape)
    size = shape[axis]
    start, stop = as_integer("start", options["start"], 0), as_integer("stop", options["stop"], 1)
    if not start < stop <= size:
        raise InputError("stop", stop, f"above start, which is {start}, and at most {size}, the length of axis {axis}")
    return (*shape[:axis], stop - start, *shape[axis + 1 :])


def _take(shapes: Sequence[Shape], options: Options) -> Shape:
    shape, given = shapes[0], options["indices"]
    axis = axis_of("axis", options["axis"], shape)
    if not isinstance(given, list | tuple) or not given:
        raise InputError("indices", given, "a list of at least one index")
    for index in given:
        if as_integer("indices", index, 0) >= shape[axis]:
            raise InputError("indices", index, f"below {shape[axis]}, the length of axis {axis}")
    return (*shape[:axis], len(given), *shape[axis + 1 :])


_UNARY = Operation(1, (), _elementwise)
_BINARY = Operation(2, (), _elementwise)

OPERATIONS: dict[str, Operation] = {
    "add": _BINARY,
    "subtract": _BINARY,
    "multiply": _BINARY,
    "divide": _BINARY,
    "matmul": Operation(2, (), matmul_shape),
    "negative": _UNARY,
    "power": Operation(1, ("exponent",), _power),
    "reciprocal": _UNARY,
    "exp": _UNARY,
    "sqrt": _UNARY,
    "relu": _UNARY,
    "sigmoid": _UNARY,
    "tanh": _UNARY,
    "silu": _UNARY,
    "softmax": Operation(1, ("axis",), _softmax),
    "sum": Operation(1, ("axis", "keepdims"), _sum, optional=("keepdims",)),
    "transpose": Operation(1, ("axes",), _transpose),
    "reshape": Operation(1, ("shape",), _reshape),
    "concatenate": Operation(None, ("axis",), _concatenate),
    "slice": Operation(1, ("start", "stop", "axis"), _slice),
    "take": Operation(1, ("indices", "axis"), _take),
}
"""All operations, by the names that programs use."""
