"""Layers that frameworks have as one operation, written in those of a program."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from operator import add
from typing import Any

import numpy as np

from algebra.programs.tracing import Traced, concatenate, exp, relu, softmax, sqrt


def layer_norm(
    x: Traced, axes: Sequence[int], epsilon: float, gain: Traced | None = None, bias: Traced | None = None
) -> Traced:
    """(x - mean) / sqrt(variance + epsilon), times a gain, plus a bias."""
    centred = x - x.mean(list(axes), keepdims=True)
    found = centred / sqrt((centred * centred).mean(list(axes), keepdims=True) + epsilon)
    found = found if gain is None else found * gain
    return found if bias is None else found + bias


def rms_norm(x: Traced, axes: Sequence[int], epsilon: float, gain: Traced | None = None) -> Traced:
    """X / sqrt(mean of x^2 + epsilon), times a gain."""
    found = x / sqrt((x * x).mean(list(axes), keepdims=True) + epsilon)
    return found if gain is None else found * gain


def batch_norm(
    x: Traced, mean: Any, variance: Any, epsilon: float, gain: Traced | None = None, bias: Traced | None = None
) -> Traced:
    """Normalise the channels (axis 1) with a mean and a variance that were measured before.

    The measured deviation is a float that was rounded anyway; one more rounding makes it rational.
    """
    shape = (len(mean), *(1,) * (x.ndim - 2))
    deviation = np.sqrt(np.asarray(variance, float) + epsilon).reshape(shape)
    found = (x - x.trace.constant(np.asarray(mean, float).reshape(shape))) * x.trace.constant(1 / deviation)
    found = found if gain is None else found * gain.reshape(*shape)
    return found if bias is None else found + bias.reshape(*shape)


def leaky_relu(z: Traced, slope: float) -> Traced:
    """Z where it is positive, else slope * z."""
    return relu(z) - relu(-z) * slope


def attention(queries: Traced, keys: Traced, values: Traced, scale: float, mask: Any = None) -> Traced:
    """Scaled attention over the last two axes; `mask` says which keys a query sees (truth values that are constant)."""
    scores = (queries @ keys.transpose(*range(keys.ndim - 2), keys.ndim - 1, keys.ndim - 2)) * scale
    if mask is None:
        return softmax(scores, -1) @ values
    seen = exp(scores) * scores.trace.constant(np.asarray(mask, int))
    return (seen / seen.sum(-1, keepdims=True)) @ values


def convolution(
    x: Traced,
    w: Traced,
    bias: Traced | None,
    strides: Sequence[int],
    pads: Sequence[int],
    dilations: Sequence[int],
    groups: int = 1,
) -> Traced:
    """Gather the windows of every output position, and multiply with the filters.

    Parameters
    ----------
    x : Traced, shape (batch, channels, *sizes)
    w : Traced, shape (filters, channels / groups, *window)
    pads : sequence of int
        Zeros in front of each axis, then behind each.
    """
    rank = x.ndim - 2
    x = padded(x, pads)
    kernel, sizes = w.shape[2:], x.shape[2:]
    places = [range(0, sizes[a] - dilations[a] * (kernel[a] - 1), strides[a]) for a in range(rank)]
    windows = []
    for offset in product(*map(range, kernel)):
        steps = [d * k for d, k in zip(dilations, offset, strict=True)]
        moved = [tuple(map(add, place, steps)) for place in product(*places)]
        windows.append([int(np.ravel_multi_index(place, sizes)) for place in moved])

    batch, count, channels = x.shape[0], len(windows[0]), x.shape[1] // groups
    flat = x.reshape(batch, x.shape[1], prod(sizes))
    taken = flat[:, :, [i for line in windows for i in line]].reshape(batch, x.shape[1], len(windows), count)
    parts, rows = [], w.shape[0] // groups
    for g in range(groups):
        filters = w[g * rows : (g + 1) * rows].reshape(rows, channels * len(windows))
        columns = taken[:, g * channels : (g + 1) * channels].reshape(batch, channels * len(windows), count)
        parts.append(filters @ columns)
    found = concatenate(parts, 1) if groups > 1 else parts[0]
    found = found.reshape(batch, w.shape[0], *map(len, places))
    return found if bias is None else found + bias.reshape(w.shape[0], *(1,) * rank)


def padded(x: Traced, pads: Sequence[int]) -> Traced:
    """Put zeros around the axes behind the first two: in front of each, then behind each."""
    rank = len(pads) // 2
    for a in range(rank):
        shape, parts = list(x.shape), [x]
        if pads[a]:
            parts.insert(0, _zeros(x, shape, a + 2, pads[a]))
        if pads[rank + a]:
            parts.append(_zeros(x, shape, a + 2, pads[rank + a]))
        x = concatenate(parts, a + 2) if len(parts) > 1 else x
    return x


def _zeros(x: Traced, shape: list[int], axis: int, count: int) -> Traced:
    return x.trace.constant(np.zeros([*shape[:axis], count, *shape[axis + 1 :]], int))
