"""The operations of a program, as scalars of a tape. Shapes, broadcasting and axes are those of numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from .limits import LARGEST, MOST_BITS, need
from .programs_tape import (
    MOST_AXES,
    Entries,
    Made,
    Tape,
    along,
    broadcast,
    gather,
    pay_for_terms,
    places,
    spread,
    strides,
)
from .reading import boolean, integer, integers

Options = dict[str, Any]


def elementwise(tape: Tape, a: Entries, scalar: Callable[[int], int]) -> Entries:
    """Apply a function to every entry."""
    pay_for_terms(2 * len(a.scalars))
    return Entries(a.shape, [scalar(u) for u in a.scalars])


def paired(tape: Tape, of: Sequence[Entries], scalar: Callable[[int, int], int]) -> Entries:
    """Apply an operation to the entries of two arrays that are broadcast."""
    shape = broadcast(of[0].shape, of[1].shape)
    pay_for_terms(2 * prod(shape))
    pairs = zip(spread(of[0], shape), spread(of[1], shape), strict=True)
    return Entries(shape, [scalar(u, v) for u, v in pairs])


def add(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """A + b."""
    return paired(tape, of, lambda u, v: tape.total([(1, (u,)), (1, (v,))]))


def subtract(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """A - b."""
    return paired(tape, of, lambda u, v: tape.total([(1, (u,)), (-1, (v,))]))


def multiply(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """A * b, entry by entry."""
    return paired(tape, of, tape.product)


def divide(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """A / b, entry by entry."""
    below = elementwise(tape, of[1], lambda u: tape.function("inverse", u))
    return paired(tape, (of[0], below), tape.product)


def matmul(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """Products of stacks of matrices; a vector is one row on the left, one column on the right."""
    a, b = of
    need(bool(a.shape and b.shape), "matmul takes arrays with at least one axis")
    left = a.shape if len(a.shape) > 1 else (1, *a.shape)
    right = b.shape if len(b.shape) > 1 else (*b.shape, 1)
    need(left[-1] == right[-2], "shapes do not fit")

    # Both as stacks of as many matrices.
    stack = broadcast(left[:-2], right[:-2])
    rows, inner, columns = left[-2], left[-1], right[-1]
    pay_for_terms(prod(stack) * rows * inner * columns)
    first = spread(Entries(left, a.scalars), (*stack, rows, inner))
    second = spread(Entries(right, b.scalars), (*stack, inner, columns))

    found = []
    for k in range(prod(stack)):
        matrix = second[k * inner * columns : (k + 1) * inner * columns]
        for i in range(k * rows, (k + 1) * rows):
            row = first[i * inner : (i + 1) * inner]
            for j in range(columns):
                pairs = zip(row, matrix[j::columns], strict=True)
                found.append(tape.total((1, pair) for pair in pairs))

    # The axes of vectors are left out again.
    below = b.shape[-1:] if len(b.shape) > 1 else ()
    return Entries((*stack, *a.shape[-2:-1], *below), found)


def negative(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """-a."""
    return elementwise(tape, of[0], lambda u: tape.total([(-1, (u,))]))


def power(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """Power of every entry."""
    exponent = integer(options["exponent"], "exponent", 0, 1 << MOST_BITS)
    if exponent == 0:
        return elementwise(tape, of[0], lambda u: tape.number(1))
    return of[0] if exponent == 1 else elementwise(tape, of[0], lambda u: tape.function("power", u, exponent))


def function(kind: str) -> Operation:
    """Return the operation that is one function of every entry."""
    return lambda tape, of, options: elementwise(tape, of[0], lambda u: tape.function(kind, u))


def tanh(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """2 sigmoid(2 z) - 1."""

    def scalar(u: int) -> int:
        above = tape.function("sigmoid", tape.total([(2, (u,))]))
        return tape.total([(2, (above,)), (-1, ())])

    return elementwise(tape, of[0], scalar)


def silu(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """Z sigmoid(z)."""
    return elementwise(tape, of[0], lambda u: tape.product(u, tape.function("sigmoid", u)))


def softmax(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """Exponentials over their sum along an axis."""
    a = of[0]
    axis = axis_of(options["axis"], a.shape)
    step, n = strides(a.shape)[axis], a.shape[axis]
    pay_for_terms(len(a.scalars) * n)

    found = list(a.scalars)
    others = [i for i in range(len(a.shape)) if i != axis]
    for start in places_along(a.shape, others):
        line = tuple(a.scalars[start + i * step] for i in range(n))
        for i in range(n):
            # The scalars of a line stand side by side on the tape.
            share = tape.number(1) if n == 1 else tape.add(Made("softmax", line, (), i))
            found[start + i * step] = share
    return Entries(a.shape, found)


def sized(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the length and the stride of every axis."""
    return list(zip(shape, strides(shape), strict=True))


def axis_of(value: Any, shape: tuple[int, ...]) -> int:
    """Return an axis, from 0 on; negative ones count from the end."""
    need(type(value) is int and -len(shape) <= value < len(shape), "there is no such axis")
    return int(value) % len(shape)


def places_along(shape: tuple[int, ...], axes: Sequence[int]) -> list[int]:
    """Return where the entries along some axes stand, the others at 0."""
    steps = strides(shape)
    return list(places(along(shape[i], steps[i]) for i in axes))


def total(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """Sum over axes."""
    a, given = of[0], options["axis"]
    axes = [axis_of(each, a.shape) for each in (given if type(given) is list else [given])]
    need(len(set(axes)) == len(axes), "an axis is summed twice")
    keep = boolean(options.get("keepdims", False), "keepdims")
    pay_for_terms(len(a.scalars))

    # A sum for each place along the other axes.
    others = [i for i in range(len(a.shape)) if i not in axes]
    summed = places_along(a.shape, sorted(axes))
    found = []
    for place in places_along(a.shape, others):
        parts = [a.scalars[place + offset] for offset in summed]
        found.append(tape.total(map(tape.squares, parts)))
    return Entries(shape_without(a.shape, axes, keep), found) if axes else a


def transpose(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """New order of the axes."""
    shape = of[0].shape
    axes = integers(options["axes"], "axes", 0)
    need(sorted(axes) == list(range(len(shape))), "axes are not all axes")
    return gather(of[0], tuple(shape[i] for i in axes), [along(*sized(shape)[i]) for i in axes])


def reshape(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """New axes for the same entries."""
    shape = integers(options["shape"], "shape", 1)
    need(len(shape) <= MOST_AXES, f"an array has more than {MOST_AXES} axes")
    need(prod(shape) == len(of[0].scalars), "a reshape changes the number of entries")
    return Entries(shape, of[0].scalars)


def shape_without(shape: tuple[int, ...], axes: Sequence[int], keep: bool) -> tuple[int, ...]:
    """Return the shape after a sum over some axes, which are kept with length 1, or left out."""
    if keep:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)


def concatenate(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """Arrays one behind the other along an axis."""
    shape = of[0].shape
    axis = axis_of(options["axis"], shape)
    for a in of:
        fits = len(a.shape) == len(shape) and around(a.shape, axis) == around(shape, axis)
        need(fits, "shapes do not fit")
    pay_for_terms(sum(len(a.scalars) for a in of))

    found = []
    for k in range(prod(shape[:axis])):
        for a in of:
            size = prod(a.shape[axis:])
            found += a.scalars[k * size : (k + 1) * size]
    length = sum(a.shape[axis] for a in of)
    return Entries((*shape[:axis], length, *shape[axis + 1 :]), found)


def around(shape: tuple[int, ...], axis: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the axes before and behind an axis."""
    return shape[:axis], shape[axis + 1 :]


def part(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """Entries from start to stop."""
    axis = axis_of(options["axis"], of[0].shape)
    stop = integer(options["stop"], "stop", 1, of[0].shape[axis])
    start = integer(options["start"], "start", 0, stop - 1)
    return taken(of[0], range(start, stop), axis)


def take(tape: Tape, of: Sequence[Entries], options: Options) -> Entries:
    """Entries along an axis, perhaps several times."""
    axis = axis_of(options["axis"], of[0].shape)
    indices = integers(options["indices"], "indices", 0, of[0].shape[axis] - 1)
    need(len(indices) > 0, "indices is empty")
    return taken(of[0], indices, axis)


def taken(a: Entries, indices: Sequence[int], axis: int) -> Entries:
    """Return the entries at such indices of an axis."""
    shape = (*a.shape[:axis], len(indices), *a.shape[axis + 1 :])
    pay_for_terms(prod(shape))
    offsets = [along(n, step) for n, step in sized(a.shape)]
    step = strides(a.shape)[axis]
    offsets[axis] = [i * step for i in indices]
    return gather(a, shape, offsets)


Operation = Callable[[Tape, Sequence[Entries], Options], Entries]

OPERATIONS: dict[str, tuple[int, tuple[str, ...], Operation]] = {
    "add": (2, (), add),
    "subtract": (2, (), subtract),
    "multiply": (2, (), multiply),
    "divide": (2, (), divide),
    "matmul": (2, (), matmul),
    "negative": (1, (), negative),
    "power": (1, ("exponent",), power),
    "reciprocal": (1, (), function("inverse")),
    "exp": (1, (), function("exp")),
    "sqrt": (1, (), function("sqrt")),
    "relu": (1, (), function("relu")),
    "sigmoid": (1, (), function("sigmoid")),
    "tanh": (1, (), tanh),
    "silu": (1, (), silu),
    "softmax": (1, ("axis",), softmax),
    "sum": (1, ("axis", "keepdims"), total),
    "transpose": (1, ("axes",), transpose),
    "reshape": (1, ("shape",), reshape),
    "concatenate": (LARGEST, ("axis",), concatenate),
    "slice": (1, ("start", "stop", "axis"), part),
    "take": (1, ("indices", "axis"), take),
}
"""How many arrays each takes (`LARGEST`: one or more), its options, and what it does."""
