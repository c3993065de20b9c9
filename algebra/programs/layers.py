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

    Returns
    -------
    Traced
    """
    x = padded(x, pads)
    rank = x.ndim - 2
    batch, channels = x.shape[:2]
    kernel, sizes = w.shape[2:], x.shape[2:]

    # Where the windows begin, and for each place in a window where it stands in all of them.
    places = window_starts(sizes, kernel, strides, dilations)
    offsets = product(*map(range, kernel))
    windows = [window_entries(sizes, places, offset, dilations) for offset in offsets]

    # One column for each window.
    size, count = len(windows), len(windows[0])
    flat = x.reshape(batch, channels, prod(sizes))
    taken = flat[:, :, [i for line in windows for i in line]]
    taken = taken.reshape(batch, channels, size, count)

    # Filters of one group see the channels of that group.
    parts, rows, inner = [], w.shape[0] // groups, channels // groups
    for g in range(groups):
        filters = w[g * rows : (g + 1) * rows].reshape(rows, inner * size)
        columns = taken[:, g * inner : (g + 1) * inner].reshape(batch, inner * size, count)
        parts.append(filters @ columns)
    found = concatenate(parts, 1) if groups > 1 else parts[0]

    found = found.reshape(batch, w.shape[0], *map(len, places))
    return found if bias is None else found + bias.reshape(w.shape[0], *(1,) * rank)


def window_starts(
    sizes: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> list[range]:
    """Return, for each axis, where windows begin that end within the array."""
    starts = []
    for n, k, step, d in zip(sizes, kernel, strides, dilations, strict=True):
        starts.append(range(0, n - d * (k - 1), step))
    return starts


def window_entries(
    sizes: Sequence[int], starts: Sequence[range], offset: Sequence[int], dilations: Sequence[int]
) -> list[int]:
    """Return where one place of a window stands, for all windows: positions in the flat array."""
    steps = [d * k for d, k in zip(dilations, offset, strict=True)]
    places = [tuple(map(add, start, steps)) for start in product(*starts)]
    return [int(np.ravel_multi_index(place, sizes)) for place in places]


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
