"""Modules of torch as programs, through `torch.export`; torch is imported only here, and only if a module is given.

Parameters are unknown, buffers are constant; two parameters that are one tensor are one. The module is taken as it is
in evaluation. Operations are those of ATen; what is not in `HANDLERS` is decomposed by torch into its core operations,
and refused by name, with the layer where it stands, if that does not help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from operator import getitem
from typing import Any

import numpy as np

from algebra.errors import InputError
from algebra.programs.layers import attention, batch_norm, convolution, layer_norm, leaky_relu, rms_norm
from algebra.programs.program import Program
from algebra.programs.tracing import Trace, Traced, concatenate, exp, relu, sigmoid, silu, softmax, sqrt, tanh
from algebra.types import Array

FLOAT32_EPSILON = 2.0**-23
"""What torch adds in an RMS norm where nothing is said."""


@dataclass(frozen=True, eq=False)
class TorchNetwork:
    """A module that was read.

    Parameters
    ----------
    program : Program
    values : dict of str to ndarray
        Its weights, by the names of the parameters.
    """

    program: Program
    values: Mapping[str, Array]


def read_module(module: Any, *examples: Any) -> TorchNetwork:
    """Read a module.

    Parameters
    ----------
    module : torch.nn.Module
    *examples : torch.Tensor
        Inputs of the shapes that it takes; their values do not matter.

    Returns
    -------
    TorchNetwork

    Raises
    ------
    InputError
        If torch cannot export the module, or an operation is not one that a program can say; with the layer.
    """
    import torch

    try:
        exported = torch.export.export(module.eval(), examples)
    except Exception as error:  # whatever torch finds
        allowed = f"one that torch.export can export: {str(error).splitlines()[0]}"
        raise InputError("module", type(module).__name__, allowed) from None
    names = [str(node.target) for node in exported.graph.nodes if node.op == "call_function"]
    if any(name not in HANDLERS for name in names):
        exported = exported.run_decompositions()
    return _translated(exported, _same_tensors(module))


def _same_tensors(module: Any) -> dict[str, str]:
    """Return for every parameter the first name of its tensor."""
    first: dict[int, str] = {}
    every = module.named_parameters(remove_duplicate=False)
    return {name: first.setdefault(id(tensor), name) for name, tensor in every}


def _translated(exported: Any, same: Mapping[str, str]) -> TorchNetwork:
    signature = exported.graph_signature
    learned = {place: same.get(name, name) for place, name in signature.inputs_to_parameters.items()}
    buffers = {**signature.inputs_to_buffers, **signature.inputs_to_lifted_tensor_constants}
    held = {**exported.state_dict, **exported.constants}
    placeholders = [node for node in exported.graph.nodes if node.op == "placeholder"]
    inputs = {
        node.name: tuple(node.meta["val"].shape)
        for node in placeholders
        if node.name not in learned and node.name not in buffers
    }
    values = {name: held[name].detach().numpy() for name in dict.fromkeys(learned.values())}

    trace = Trace(inputs, {name: array.shape for name, array in values.items()})
    known: dict[str, Any] = {name: Traced(trace, name, shape) for name, shape in inputs.items()}
    known |= {place: Traced(trace, name, tuple(values[name].shape)) for place, name in learned.items()}
    known |= {place: held[name].detach().numpy() for place, name in buffers.items()}
    outputs: list[Any] = []
    for node in exported.graph.nodes:
        if node.op == "call_function":
            known[node.name] = _called(node, known, trace)
        elif node.op == "output":
            outputs = [known[each.name] for each in node.args[0] if each is not None]
    program = Program(inputs, trace.parameters, trace.steps, [each.name for each in outputs], trace.constants)
    return TorchNetwork(program, values)


def _called(node: Any, known: Mapping[str, Any], trace: Trace) -> Any:
    import torch.fx

    def value(argument: Any) -> Any:
        if isinstance(argument, torch.fx.Node):
            return known[argument.name]
        if isinstance(argument, list | tuple):
            return type(argument)(value(each) for each in argument)
        return argument

    arguments, options = [value(each) for each in node.args], {key: value(each) for key, each in node.kwargs.items()}
    if node.target is getitem:
        return arguments[0][arguments[1]]
    name = str(node.target)
    if name not in HANDLERS:
        allowed = "one that a program can say; write the layer in plain Python instead, or leave it out"
        raise InputError(f"module, {_layer(node)}", name, allowed)
    try:
        return HANDLERS[name](trace, *arguments, **options)
    except InputError as error:
        raise error.renamed(f"module, {_layer(node)}, {name}: {error.argument}") from None


def _layer(node: Any) -> str:
    """Name the innermost layer that a node belongs to."""
    stack = list(node.meta.get("nn_module_stack", {}).values())
    path, kind = stack[-1] if stack else ("", "module")
    return f"layer {path or 'itself'} ({str(kind).rpartition('.')[2].rstrip(chr(39) + '>')})"


# ---- the operations


def _array(trace: Trace, value: Any) -> Traced:
    return value if isinstance(value, Traced) else trace.constant(np.asarray(value).tolist())


def _two(operation: Callable[[Any, Any], Traced]) -> Callable[..., Traced]:
    def called(trace: Trace, a: Any, b: Any, alpha: float = 1) -> Traced:
        second = _array(trace, b)
        return operation(_array(trace, a), second * alpha if alpha != 1 else second)

    return called


def _one(operation: Callable[[Traced], Traced]) -> Callable[..., Traced]:
    return lambda trace, a, *rest, **options: operation(_array(trace, a))


def _same(trace: Trace, a: Any, *rest: Any, **options: Any) -> Any:
    return a


def _linear(trace: Trace, x: Traced, w: Traced, b: Traced | None = None) -> Traced:
    found = x @ w.T
    return found if b is None else found + b


def _addmm(trace: Trace, b: Traced, x: Traced, y: Traced, beta: float = 1, alpha: float = 1) -> Traced:
    product = x @ y if alpha == 1 else (x @ y) * alpha
    return product + (b if beta == 1 else b * beta)


def _pow(trace: Trace, a: Traced, exponent: float) -> Traced:
    if exponent == 0.5:
        return sqrt(a)
    if exponent != int(exponent):
        raise InputError("exponent", exponent, "an integer, or 1/2")
    found = a ** abs(int(exponent))
    return found if exponent >= 0 else found**-1


def _softmax(trace: Trace, a: Traced, axis: int, *rest: Any) -> Traced:
    return softmax(a, axis)


def _mean(trace: Trace, a: Traced, axis: Any = None, keep: bool = False, **options: Any) -> Traced:
    return a.mean(_axes(a, axis), keep)


def _sum(trace: Trace, a: Traced, axis: Any = None, keep: bool = False, **options: Any) -> Traced:
    return a.sum(_axes(a, axis), keep)


def _axes(a: Traced, axis: Any) -> list[int]:
    if axis is None or axis == []:
        return list(range(a.ndim))
    return [each % a.ndim for each in (axis if isinstance(axis, list | tuple) else [axis])]


def _transpose(trace: Trace, a: Traced, first: int, second: int) -> Traced:
    axes = list(range(a.ndim))
    axes[first], axes[second] = axes[second], axes[first]
    return a.transpose(*axes)


def _unsqueeze(trace: Trace, a: Traced, axis: int) -> Traced:
    axis %= a.ndim + 1
    return a.reshape([*a.shape[:axis], 1, *a.shape[axis:]])


def _squeeze(trace: Trace, a: Traced, axis: Any = None) -> Traced:
    gone = [i for i in _axes(a, axis) if a.shape[i] == 1]
    return a.reshape([n for i, n in enumerate(a.shape) if i not in gone])


def _flatten(trace: Trace, a: Traced, start: int = 0, end: int = -1) -> Traced:
    start, end = start % a.ndim, end % a.ndim
    return a.reshape([*a.shape[:start], prod(a.shape[start : end + 1]), *a.shape[end + 1 :]])


def _slice(trace: Trace, a: Traced, axis: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Traced:
    stop = None if end is None or end > a.shape[axis] else end
    return a[(*(slice(None),) * (axis % a.ndim), slice(start, stop, step))]


def _select(trace: Trace, a: Traced, axis: int, place: int) -> Traced:
    return a[(*(slice(None),) * (axis % a.ndim), place)]


def _split(trace: Trace, a: Traced, sizes: Any, axis: int = 0) -> list[Traced]:
    axis %= a.ndim
    if isinstance(sizes, int):
        sizes = [min(sizes, a.shape[axis] - i) for i in range(0, a.shape[axis], sizes)]
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    before = (slice(None),) * axis
    return [a[(*before, slice(start, start + size))] for start, size in zip(starts, sizes, strict=True)]


def _chunk(trace: Trace, a: Traced, count: int, axis: int = 0) -> list[Traced]:
    return _split(trace, a, -(-a.shape[axis % a.ndim] // count), axis)


def _unbind(trace: Trace, a: Traced, axis: int = 0) -> list[Traced]:
    return [_select(trace, a, axis, i) for i in range(a.shape[axis % a.ndim])]


def _expand(trace: Trace, a: Traced, shape: Sequence[int], **options: Any) -> Traced:
    wanted = [a.shape[i - len(shape)] if n == -1 else n for i, n in enumerate(shape)]
    return a if tuple(wanted) == a.shape else a + trace.constant(np.zeros(wanted, int))


def _norm(
    trace: Trace, x: Traced, shape: Sequence[int], w: Any = None, b: Any = None, eps: float = 1e-5, *rest: Any
) -> Traced:
    return layer_norm(x, range(x.ndim - len(shape), x.ndim), eps, w, b)


def _rms(trace: Trace, x: Traced, shape: Sequence[int], w: Any = None, eps: float | None = None) -> Traced:
    return rms_norm(x, range(x.ndim - len(shape), x.ndim), FLOAT32_EPSILON if eps is None else eps, w)


def _batch(trace: Trace, x: Traced, w: Any, b: Any, mean: Any, variance: Any, *rest: Any) -> Traced:
    epsilon = rest[2]  # behind whether it trains, and a momentum
    return batch_norm(x, mean, variance, epsilon, w, b)


def _conv(
    trace: Trace,
    x: Traced,
    w: Traced,
    b: Traced | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Traced:
    rank = x.ndim - 2
    strides, pads, dilations = (_each(value, rank) for value in (stride, padding, dilation))
    return convolution(x, w, b, strides, [*pads, *pads], dilations, groups)


def _each(value: Any, rank: int) -> list[int]:
    given = list(value) if isinstance(value, list | tuple) else [value]
    if not all(isinstance(each, int) for each in given):
        raise InputError("padding", value, "numbers")
    return given * (rank if len(given) == 1 else 1)


def _scaled_attention(
    trace: Trace,
    q: Traced,
    k: Traced,
    v: Traced,
    mask: Any = None,
    dropout: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    **options: Any,
) -> Traced:
    if isinstance(mask, Traced):
        raise InputError("attn_mask", "an array", "constant")
    seen = None if mask is None else np.asarray(mask)
    if seen is not None and seen.dtype != bool:
        if not np.all((seen == 0) | (seen == -np.inf)):
            raise InputError("attn_mask", "numbers", "truth values, or 0 and minus infinity")
        seen = seen == 0
    if is_causal:
        seen = np.tril(np.ones((q.shape[-2], k.shape[-2]), bool))
    return attention(q, k, v, q.shape[-1] ** -0.5 if scale is None else scale, seen)


HANDLERS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("aten.add.Tensor", "aten.add.Scalar"), _two(lambda a, b: a + b)),
    **dict.fromkeys(("aten.sub.Tensor", "aten.sub.Scalar"), _two(lambda a, b: a - b)),
    **dict.fromkeys(("aten.mul.Tensor", "aten.mul.Scalar"), _two(lambda a, b: a * b)),
    **dict.fromkeys(("aten.div.Tensor", "aten.div.Scalar"), _two(lambda a, b: a / b)),
    **dict.fromkeys(("aten.matmul.default", "aten.mm.default", "aten.bmm.default"), _two(lambda a, b: a @ b)),
    "aten.rsub.Scalar": _two(lambda a, b: b - a),
    "aten.maximum.default": _two(lambda a, b: a + relu(b - a)),
    "aten.minimum.default": _two(lambda a, b: a - relu(a - b)),
    "aten.neg.default": _one(lambda z: -z),
    "aten.exp.default": _one(exp),
    "aten.sqrt.default": _one(sqrt),
    "aten.rsqrt.default": _one(lambda z: sqrt(z) ** -1),
    "aten.reciprocal.default": _one(lambda z: z**-1),
    "aten.relu.default": _one(relu),
    "aten.sigmoid.default": _one(sigmoid),
    "aten.tanh.default": _one(tanh),
    "aten.silu.default": _one(silu),
    "aten.abs.default": _one(lambda z: relu(z) + relu(-z)),
    "aten.leaky_relu.default": lambda trace, z, slope=0.01: leaky_relu(z, slope),
    "aten.pow.Tensor_Scalar": _pow,
    "aten.linear.default": _linear,
    "aten.addmm.default": _addmm,
    "aten.t.default": lambda trace, a: a.T,
    "aten.transpose.int": _transpose,
    "aten.permute.default": lambda trace, a, axes: a.transpose(*[axis % a.ndim for axis in axes]),
    **dict.fromkeys(
        ("aten.view.default", "aten.reshape.default", "aten._unsafe_view.default"),
        lambda trace, a, shape: a.reshape(list(shape)),
    ),
    "aten.flatten.using_ints": _flatten,
    "aten.unsqueeze.default": _unsqueeze,
    **dict.fromkeys(("aten.squeeze.default", "aten.squeeze.dim", "aten.squeeze.dims"), _squeeze),
    "aten.expand.default": _expand,
    **dict.fromkeys(
        (
            "aten.clone.default",
            "aten.contiguous.default",
            "aten.dropout.default",
            "aten.alias.default",
            "aten.detach.default",
            "aten._to_copy.default",
        ),
        _same,
    ),
    **dict.fromkeys(("aten.softmax.int", "aten._softmax.default"), _softmax),
    **dict.fromkeys(("aten.mean.dim", "aten.mean.default"), _mean),
    **dict.fromkeys(("aten.sum.dim_IntList", "aten.sum.default"), _sum),
    "aten.cat.default": lambda trace, arrays, axis=0: concatenate([_array(trace, a) for a in arrays], axis),
    "aten.stack.default": lambda trace, arrays, axis=0: concatenate([_unsqueeze(trace, a, axis) for a in arrays], axis),
    "aten.slice.Tensor": _slice,
    "aten.select.int": _select,
    **dict.fromkeys(
        ("aten.split.Tensor", "aten.split_with_sizes.default", "aten.split.sizes", "aten.split.default"), _split
    ),
    "aten.chunk.default": _chunk,
    "aten.unbind.int": _unbind,
    "aten.layer_norm.default": _norm,
    "aten.native_layer_norm.default": lambda *given: [_norm(*given)],
    "aten.rms_norm.default": _rms,
    "aten.batch_norm.default": _batch,
    **dict.fromkeys(("aten.conv1d.default", "aten.conv2d.default", "aten.conv3d.default"), _conv),
    "aten.scaled_dot_product_attention.default": _scaled_attention,
}
"""How each operation of ATen is written; `_operator.getitem` picks one of several results."""

HANDLERS["<built-in function getitem>"] = _same
