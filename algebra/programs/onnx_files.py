"""Networks in ONNX files as programs; `onnx` reads the file, and its weights are exact numbers or unknowns.

Every array has a fixed shape. A first axis of unknown length (the batch) is taken to have length 1: samples are counted
elsewhere. Floats with at least one axis are parameters, unless others are named; scalars, exponents and what a batch
normalisation has measured are constant. Dropout is the identity, as it is after training.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from algebra.errors import InputError, one_of
from algebra.programs.layers import batch_norm, convolution, layer_norm, leaky_relu
from algebra.programs.onnx_layers import LAYERS, reduction, steps_of
from algebra.programs.onnx_nodes import Reader, attributes, refusal
from algebra.programs.program import Program
from algebra.programs.tracing import Trace, Traced, concatenate, exp, relu, sigmoid, softmax, sqrt, tanh
from algebra.reading import check_archive
from algebra.types import Array


@dataclass(frozen=True, eq=False)
class OnnxNetwork:
    """A network that was read.

    Parameters
    ----------
    program : Program
    values : dict of str to ndarray
        The weights in the file, by the names of the parameters.
    """

    program: Program
    values: Mapping[str, Array]


def read_onnx(path: Any, parameters: Sequence[str] | None = None) -> OnnxNetwork:
    """Read a network.

    Parameters
    ----------
    path : path or onnx.ModelProto
    parameters : sequence of str, optional
        Names of the weights that are unknown; the others are constants.

    Returns
    -------
    OnnxNetwork

    Raises
    ------
    InputError
        If `onnx` is not installed, the file is not one of its kind, or an operation is not one that a program can say:
        the node, its operation and the layer that it belongs to are named.
    """
    model = _load(path)
    graph, weights = model.graph, initialisers(model)
    inputs = {each.name: _shape(each) for each in graph.input if each.name not in weights}
    places = {"BatchNormalization": slice(3, 5), "Pow": slice(1, 2), "Clip": slice(1, 3)}
    fixed = {name for node in graph.node for name in node.input[places.get(node.op_type, slice(0, 0))]}
    learned = [name for name, w in weights.items() if w.dtype.kind == "f" and w.ndim and name not in fixed]
    if parameters is not None:
        learned = [_known(name, weights) for name in parameters]

    trace = Trace(inputs, {name: weights[name].shape for name in learned})
    opset = max((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), default=1)
    reader = Reader(trace, {name: w for name, w in weights.items() if name not in learned}, opset, HANDLERS)
    for name in (*inputs, *learned):
        reader.arrays[name] = Traced(trace, name, tuple(trace.parameters.get(name, inputs.get(name, ()))))
    for node in graph.node:
        reader.read(node)
    outputs = [reader.array(each.name).name for each in graph.output]
    program = Program(trace.inputs, trace.parameters, trace.steps, outputs, trace.constants)
    return OnnxNetwork(program, {name: weights[name] for name in learned})


def initialisers(path: Any) -> dict[str, Array]:
    """Return the arrays that an ONNX file stores, by their names.

    Raises
    ------
    InputError
        If `onnx` is not installed, or the file is not one of its kind.
    """
    model = _load(path)
    from onnx import numpy_helper

    return {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}


def _load(path: Any) -> Any:
    try:
        import onnx
    except ImportError:
        raise InputError("FILE", str(path), "read by the package onnx: pip install onnx") from None
    if isinstance(path, onnx.ModelProto):
        return path
    check_archive(Path(path))
    try:
        return onnx.load(str(Path(path)))
    except OSError as error:
        raise InputError("FILE", str(path), f"a file that can be read: {error.strerror}") from None
    except Exception:
        raise InputError("FILE", str(path), "an ONNX model") from None


def _known(name: str, weights: Mapping[str, Any]) -> str:
    return one_of("parameters", name, weights)


def _shape(value: Any) -> tuple[int, ...]:
    sizes = [d.dim_value if d.HasField("dim_value") else 0 for d in value.type.tensor_type.shape.dim]
    if 0 in sizes[1:]:
        raise InputError(f"inputs.{value.name}", sizes, "of a fixed shape; only the first axis may be of any length")
    return tuple(size or 1 for size in sizes)


FIRST_OF_ONE_AXIS = 13
"""Opset from which a softmax is along one axis; before, it is over all axes from one on."""


def _two(operation: Callable[[Traced, Traced], Traced]) -> Callable[[Reader, Any], Traced]:
    def read(reader: Reader, node: Any) -> Traced:
        found = reader.array(node.input[0])
        for name in node.input[1:]:
            found = operation(found, reader.array(name))
        return found

    return read


def _one(operation: Callable[[Traced], Traced]) -> Callable[[Reader, Any], Traced]:
    return lambda reader, node: operation(reader.array(node.input[0]))


def _power(reader: Reader, node: Any) -> Traced:
    if node.input[1] not in reader.numbers:
        raise refusal(node, "with an exponent that is constant")
    exponent = float(np.ravel(reader.numbers[node.input[1]])[0])
    base = reader.array(node.input[0])
    if exponent == 0.5:
        return sqrt(base)
    if exponent != int(exponent):
        raise refusal(node, "with an exponent that is an integer, or 1/2")
    found = base ** abs(int(exponent))
    return found if exponent >= 0 else found**-1


def _gemm(reader: Reader, node: Any) -> Traced:
    given = attributes(node)
    a, b = (reader.array(name) for name in node.input[:2])
    a = a.T if given.get("transA") else a
    b = b.T if given.get("transB") else b
    found = a @ b
    found = found * float(given["alpha"]) if given.get("alpha", 1.0) != 1.0 else found
    if len(node.input) > 2:
        c = reader.array(node.input[2])
        found = found + (c * float(given["beta"]) if given.get("beta", 1.0) != 1.0 else c)
    return found


def _softmax(reader: Reader, node: Any) -> Traced:
    z, axis = reader.array(node.input[0]), attributes(node).get("axis")
    if reader.opset >= FIRST_OF_ONE_AXIS:
        return softmax(z, -1 if axis is None else int(axis))
    first = (1 if axis is None else int(axis)) % z.ndim  # all axes from this one on are one
    return softmax(z.reshape(prod(z.shape[:first]), prod(z.shape[first:])), 1).reshape(*z.shape)


def _leaky(reader: Reader, node: Any) -> Traced:
    return leaky_relu(reader.array(node.input[0]), float(attributes(node).get("alpha", 0.01)))


def _reduced(node_mean: bool) -> Callable[[Reader, Any], Traced]:
    def read(reader: Reader, node: Any) -> Traced:
        z, axes, keeps_axes = reduction(reader, node)
        return z.mean(axes, keeps_axes) if node_mean else z.sum(axes, keeps_axes)

    return read


def _transpose(reader: Reader, node: Any) -> Traced:
    return reader.array(node.input[0]).transpose(*attributes(node).get("perm", ()))


def _reshape(reader: Reader, node: Any) -> Traced:
    z, wanted = reader.array(node.input[0]), reader.integers(node, 1, "shape") or []
    return z.reshape([z.shape[i] if n == 0 else n for i, n in enumerate(wanted)])


def _flatten(reader: Reader, node: Any) -> Traced:
    z = reader.array(node.input[0])
    axis = int(attributes(node).get("axis", 1)) % (z.ndim + 1)
    return z.reshape(prod(z.shape[:axis]), prod(z.shape[axis:]))


def _squeeze(reader: Reader, node: Any) -> Traced:
    z, axes = reader.array(node.input[0]), reader.integers(node, 1, "axes")
    gone = [i for i, n in enumerate(z.shape) if n == 1] if axes is None else [a % z.ndim for a in axes]
    return z.reshape([n for i, n in enumerate(z.shape) if i not in gone])


def _unsqueeze(reader: Reader, node: Any) -> Traced:
    z, axes = reader.array(node.input[0]), reader.integers(node, 1, "axes") or []
    rank = z.ndim + len(axes)
    new, left = {a % rank for a in axes}, iter(z.shape)
    return z.reshape([1 if i in new else next(left) for i in range(rank)])


def _concat(reader: Reader, node: Any) -> Traced:
    return concatenate([reader.array(name) for name in node.input], int(attributes(node)["axis"]))


def _slice(reader: Reader, node: Any) -> Traced:
    z = reader.array(node.input[0])
    starts, ends = (reader.integers(node, i + 1, name) or [] for i, name in enumerate(("starts", "ends")))
    axes = reader.integers(node, 3, "axes") or list(range(len(starts)))
    steps = reader.integers(node, 4, "steps") or [1] * len(starts)
    parts = [slice(None)] * z.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        is_open = step < 0 and end < -z.shape[axis % z.ndim]
        parts[axis % z.ndim] = slice(start, None if is_open else end, step)
    return z[tuple(parts)]


def _split(reader: Reader, node: Any) -> list[Traced]:
    z, given = reader.array(node.input[0]), attributes(node)
    axis = int(given.get("axis", 0)) % z.ndim
    sizes = reader.integers(node, 1, "split")
    if sizes is None:
        count = len(node.output)
        size = -(-z.shape[axis] // count)
        sizes = [min(size, z.shape[axis] - i * size) for i in range(count)]
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    before = (slice(None),) * axis
    return [z[(*before, slice(start, start + size))] for start, size in zip(starts, sizes, strict=True)]


def _gather(reader: Reader, node: Any) -> Traced:
    if node.input[1] not in reader.numbers:
        raise refusal(node, "with indices that are constant")
    z, indices = reader.array(node.input[0]), np.asarray(reader.numbers[node.input[1]])
    axis = int(attributes(node).get("axis", 0)) % z.ndim
    chosen = [int(i) % z.shape[axis] for i in indices.ravel()]
    found = z[(*(slice(None),) * axis, chosen)]
    return found.reshape([*z.shape[:axis], *indices.shape, *z.shape[axis + 1 :]])


def _convolution(reader: Reader, node: Any) -> Traced:
    given = attributes(node)
    x, w = (reader.array(name) for name in node.input[:2])
    rank = x.ndim - 2
    if given.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise refusal(node, "with pads written out")
    bias = reader.array(node.input[2]) if len(node.input) > 2 else None
    steps, groups = steps_of(given, rank), int(given.get("group", 1))
    return convolution(x, w, bias, steps.strides, steps.pads, steps.dilations, groups)


def _layer_norm(reader: Reader, node: Any) -> Traced:
    given, z = attributes(node), reader.array(node.input[0])
    axes = range(int(given.get("axis", -1)) % z.ndim, z.ndim)
    gain, bias = reader.array(node.input[1]), reader.array(node.input[2]) if len(node.input) > 2 else None
    return layer_norm(z, axes, float(given.get("epsilon", 1e-5)), gain, bias)


def _batch_norm(reader: Reader, node: Any) -> Traced:
    x, gain, bias = (reader.array(name) for name in node.input[:3])
    mean, variance = (reader.numbers[name] for name in node.input[3:5])
    return batch_norm(x, mean, variance, float(attributes(node).get("epsilon", 1e-5)), gain, bias)


HANDLERS: dict[str, Callable[[Reader, Any], Any]] = {
    "Abs": _one(lambda z: relu(z) + relu(-z)),
    "Add": _two(lambda a, b: a + b),
    "BatchNormalization": _batch_norm,
    "Cast": _one(lambda z: z),
    "Concat": _concat,
    "Conv": _convolution,
    "Div": _two(lambda a, b: a / b),
    "Dropout": _one(lambda z: z),
    "Exp": _one(exp),
    "Flatten": _flatten,
    "Gather": _gather,
    "Gemm": _gemm,
    "Identity": _one(lambda z: z),
    "LayerNormalization": _layer_norm,
    "LeakyRelu": _leaky,
    "MatMul": _two(lambda a, b: a @ b),
    "Max": _two(lambda a, b: a + relu(b - a)),
    "Min": _two(lambda a, b: a - relu(a - b)),
    "Mul": _two(lambda a, b: a * b),
    "Neg": _one(lambda z: -z),
    "Pow": _power,
    "Reciprocal": _one(lambda z: z**-1),
    "ReduceMean": _reduced(node_mean=True),
    "ReduceSum": _reduced(node_mean=False),
    "Relu": _one(relu),
    "Reshape": _reshape,
    "Sigmoid": _one(sigmoid),
    "Slice": _slice,
    "Softmax": _softmax,
    "Split": _split,
    "Sqrt": _one(sqrt),
    "Squeeze": _squeeze,
    "Sub": _two(lambda a, b: a - b),
    "Sum": _two(lambda a, b: a + b),
    "Tanh": _one(tanh),
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
    **LAYERS,
}
"""How each operation of ONNX is written; what is not here is refused by name."""
