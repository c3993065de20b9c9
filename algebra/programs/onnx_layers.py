"""Layers of ONNX files beyond single operations: activations, pools, norms, pads, and reductions of other kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from algebra.programs.layers import layer_norm, padded, rms_norm
from algebra.programs.onnx_nodes import Reader, attributes, refusal
from algebra.programs.pooling import largest, mean_of_windows, total, windows
from algebra.programs.tracing import Traced, exp, relu, sigmoid, sqrt, tanh

Handler = Callable[[Reader, Any], Traced]

SELU = 1.67326319217681884765625, 1.05070102214813232421875
"""alpha and gamma, the floats that ONNX states."""

GELU = 0.7978845608028654, 0.044715
"""sqrt(2 / pi) as a float, as frameworks have it, and the factor of the cube."""


def _of(given: dict[str, Any], name: str, default: float) -> float:
    return float(given.get(name, default))


def _elu(reader: Reader, node: Any) -> Traced:
    z = reader.array(node.input[0])
    return relu(z) + (exp(-relu(-z)) - 1) * _of(attributes(node), "alpha", 1.0)


def _celu(reader: Reader, node: Any) -> Traced:
    z, alpha = reader.array(node.input[0]), _of(attributes(node), "alpha", 1.0)
    return relu(z) + (exp(-relu(-z) * (1 / alpha)) - 1) * alpha


def _selu(reader: Reader, node: Any) -> Traced:
    z, given = reader.array(node.input[0]), attributes(node)
    alpha, gamma = _of(given, "alpha", SELU[0]), _of(given, "gamma", SELU[1])
    return (relu(z) + (exp(-relu(-z)) - 1) * alpha) * gamma


def _gelu(reader: Reader, node: Any) -> Traced:
    if attributes(node).get("approximate", "none") != "tanh":
        raise refusal(node, "with approximate = 'tanh'")
    z = reader.array(node.input[0])
    return z * 0.5 * (tanh((z + z**3 * GELU[1]) * GELU[0]) + 1)


def _between(z: Traced, least: float, most: float) -> Traced:
    """Return z, no smaller and no greater than two numbers."""
    return relu(z - least) - relu(z - most) + least


def _hard_sigmoid(reader: Reader, node: Any) -> Traced:
    given = attributes(node)
    line = reader.array(node.input[0]) * _of(given, "alpha", 0.2) + _of(given, "beta", 0.5)
    return _between(line, 0.0, 1.0)


def _hard_swish(reader: Reader, node: Any) -> Traced:
    z = reader.array(node.input[0])
    return z * _between(z * reader.trace.constant("1/6") + 0.5, 0.0, 1.0)


def _clip(reader: Reader, node: Any) -> Traced:
    ends = [name for name in node.input[1:] if name]
    if any(name not in reader.numbers for name in ends):
        raise refusal(node, "with bounds that are constant")
    given, z = attributes(node), reader.array(node.input[0])
    least, most = (
        float(np.ravel(reader.numbers[node.input[i]])[0]) if len(node.input) > i and node.input[i] else given.get(name)
        for i, name in ((1, "min"), (2, "max"))
    )
    z = z if least is None else relu(z - float(least)) + float(least)
    return z if most is None else z - relu(z - float(most))


def _prelu(reader: Reader, node: Any) -> Traced:
    z, slope = (reader.array(name) for name in node.input)
    return relu(z) - relu(-z) * slope


def _swish(reader: Reader, node: Any) -> Traced:
    z = reader.array(node.input[0])
    return z * sigmoid(z * _of(attributes(node), "alpha", 1.0))


class Steps(NamedTuple):
    """How windows move: strides and dilations, one an axis; pads, those before all axes first, then those behind."""

    strides: list[int]
    dilations: list[int]
    pads: list[int]


def steps_of(given: dict[str, Any], rank: int) -> Steps:
    """Return strides, dilations and pads of windows with so many axes."""
    strides, dilations = (list(given.get(name, [1] * rank)) for name in ("strides", "dilations"))
    return Steps(strides, dilations, list(given.get("pads", [0] * 2 * rank)))


class _Pool(NamedTuple):
    """What is pooled, the shape of the window, and how it moves."""

    x: Traced
    kernel: list[int]
    steps: Steps


def _pool(reader: Reader, node: Any) -> _Pool:
    given, x = attributes(node), reader.array(node.input[0])
    kernel = list(given["kernel_shape"])
    if given.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID") or given.get("ceil_mode", 0):
        raise refusal(node, "with pads written out, and ceil_mode 0")
    return _Pool(x, kernel, steps_of(given, len(kernel)))


def _max_pool(reader: Reader, node: Any) -> Traced:
    x, kernel, steps = _pool(reader, node)
    if any(steps.pads) or len(node.output) > 1:
        raise refusal(node, "without pads, and without indices as an output")
    return largest(windows(x, kernel, steps.strides, steps.dilations))


def _average_pool(reader: Reader, node: Any) -> Traced:
    x, kernel, steps = _pool(reader, node)
    if any(d > 1 for d in steps.dilations):
        raise refusal(node, "without dilations")
    counts_pads = bool(attributes(node).get("count_include_pad", 0))
    return mean_of_windows(x, kernel, steps.strides, steps.pads, counts_pads)


def _global_average(reader: Reader, node: Any) -> Traced:
    x = reader.array(node.input[0])
    return x.mean(list(range(2, x.ndim)), keepdims=True)


def _global_max(reader: Reader, node: Any) -> Traced:
    x = reader.array(node.input[0])
    return largest(windows(x, x.shape[2:], [1] * (x.ndim - 2), [1] * (x.ndim - 2)))


def _pad(reader: Reader, node: Any) -> Traced:
    z, given = reader.array(node.input[0]), attributes(node)
    value = float(np.ravel(reader.numbers[node.input[2]])[0]) if len(node.input) > 2 and node.input[2] else 0.0
    if given.get("mode", "constant") != "constant" or value or (len(node.input) > 3 and node.input[3]):
        raise refusal(node, "with zeros, along all axes")
    pads = reader.integers(node, 1, "pads") or []
    if min(pads) < 0:
        raise refusal(node, "with pads that are not negative")
    return padded(z.reshape(1, 1, *z.shape), pads).reshape(*(n + a + b for n, a, b in _sizes(z, pads)))


def _sizes(z: Traced, pads: list[int]) -> list[tuple[int, int, int]]:
    return list(zip(z.shape, pads[: z.ndim], pads[z.ndim :], strict=True))


def _expand(reader: Reader, node: Any) -> Traced:
    z, wanted = reader.array(node.input[0]), reader.integers(node, 1, "shape") or []
    return z + reader.trace.constant(np.zeros(np.broadcast_shapes(z.shape, tuple(wanted)), int).tolist())


def _instance_norm(reader: Reader, node: Any) -> Traced:
    x, gain, bias = (reader.array(name) for name in node.input)
    shape = (x.shape[1], *(1,) * (x.ndim - 2))
    epsilon = _of(attributes(node), "epsilon", 1e-5)
    return layer_norm(x, range(2, x.ndim), epsilon, gain.reshape(*shape), bias.reshape(*shape))


def _group_norm(reader: Reader, node: Any) -> Traced:
    x, gain, bias = (reader.array(name) for name in node.input)
    groups, channels = int(attributes(node)["num_groups"]), x.shape[1]
    if gain.shape != (channels,):
        raise refusal(node, "with one gain and one bias for every channel (opset 21)")
    parts = x.reshape(x.shape[0], groups, channels // groups, *x.shape[2:])
    normal = layer_norm(parts, range(2, parts.ndim), _of(attributes(node), "epsilon", 1e-5)).reshape(*x.shape)
    shape = (channels, *(1,) * (x.ndim - 2))
    return normal * gain.reshape(*shape) + bias.reshape(*shape)


def _rms_norm(reader: Reader, node: Any) -> Traced:
    given, z = attributes(node), reader.array(node.input[0])
    axes = range(int(given.get("axis", -1)) % z.ndim, z.ndim)
    return rms_norm(z, axes, _of(given, "epsilon", 1e-5), reader.array(node.input[1]))


class Reduction(NamedTuple):
    """What is reduced, along which axes, and whether these stay, with length 1."""

    z: Traced
    axes: list[int]
    keeps_axes: bool


def reduction(reader: Reader, node: Any) -> Reduction:
    """Read what a reduction reduces; by default it is all axes."""
    z, axes = reader.array(node.input[0]), reader.integers(node, 1, "axes")
    chosen = list(range(z.ndim)) if axes is None else [a % z.ndim for a in axes]
    return Reduction(z, chosen, bool(attributes(node).get("keepdims", 1)))


def _sum_of_squares(reader: Reader, node: Any) -> Traced:
    z, axes, keeps_axes = reduction(reader, node)
    return (z * z).sum(axes, keeps_axes)


def _norm(reader: Reader, node: Any) -> Traced:
    return sqrt(_sum_of_squares(reader, node))


def _largest_along(reader: Reader, node: Any) -> Traced:
    z, axes, keeps_axes = reduction(reader, node)
    for axis in axes:
        z = largest([z[(*(slice(None),) * axis, slice(i, i + 1))] for i in range(z.shape[axis])])
    return z if keeps_axes else z.reshape([n for a, n in enumerate(z.shape) if a not in axes])


def _mean(reader: Reader, node: Any) -> Traced:
    return total([reader.array(name) for name in node.input]) * reader.trace.constant(f"1/{len(node.input)}")


LAYERS: dict[str, Handler] = {
    "AveragePool": _average_pool,
    "Celu": _celu,
    "Clip": _clip,
    "Elu": _elu,
    "Expand": _expand,
    "Gelu": _gelu,
    "GlobalAveragePool": _global_average,
    "GlobalMaxPool": _global_max,
    "GroupNormalization": _group_norm,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": _hard_swish,
    "InstanceNormalization": _instance_norm,
    "MaxPool": _max_pool,
    "Mean": _mean,
    "PRelu": _prelu,
    "Pad": _pad,
    "RMSNormalization": _rms_norm,
    "ReduceL2": _norm,
    "ReduceMax": _largest_along,
    "ReduceSumSquare": _sum_of_squares,
    "Selu": _selu,
    "Swish": _swish,
}
"""How each is written; `algebra.programs.onnx_files.HANDLERS` has the others."""
