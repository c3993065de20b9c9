"""Windows of arrays with sizes behind two axes (batch, channels): their largest entries, and their means."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import product
from math import prod
from operator import add

import numpy as np

from algebra.programs.layers import padded, window_entries, window_starts
from algebra.programs.tracing import Traced, relu


def windows(x: Traced, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]) -> list[Traced]:
    """Return one array for every place in a window: what stands there, for all windows.

    Parameters
    ----------
    x : Traced, shape (batch, channels, *sizes)

    Returns
    -------
    list of Traced
    """
    outer, sizes = x.shape[:2], x.shape[2:]
    starts = window_starts(sizes, kernel, strides, dilations)
    flat = x.reshape(*outer, prod(sizes))

    found = []
    for offset in product(*map(range, kernel)):
        taken = flat[:, :, window_entries(sizes, starts, offset, dilations)]
        found.append(taken.reshape(*outer, *map(len, starts)))
    return found


def largest(parts: Sequence[Traced]) -> Traced:
    """Return the largest of several arrays, entry by entry: max(a, b) = a + relu(b - a)."""
    return reduce(lambda a, b: a + relu(b - a), parts)


def total(parts: Sequence[Traced]) -> Traced:
    """Return the sum of several arrays."""
    return reduce(add, parts)


def mean_of_windows(
    x: Traced, kernel: Sequence[int], strides: Sequence[int], pads: Sequence[int], counts_pads: bool
) -> Traced:
    """Return the means of windows; what is padded counts as 0, or not at all."""
    ones = [1] * len(kernel)
    found = total(windows(padded(x, pads), kernel, strides, ones))
    if counts_pads or not any(pads):
        return found * x.trace.constant(f"1/{prod(kernel)}")

    # How many entries of a window are there is known: it is the same for all batches and channels.
    rank = len(kernel)
    around = [(pads[a], pads[rank + a]) for a in range(rank)]
    mask = np.pad(np.ones(x.shape[2:], int), around)
    steps = tuple(slice(None, None, step) for step in strides)
    seen = np.lib.stride_tricks.sliding_window_view(mask, tuple(kernel))[steps]
    counts = seen.reshape(*seen.shape[:rank], -1).sum(axis=-1)

    inverse = np.array([f"1/{n}" for n in counts.ravel().tolist()], object)
    return found * x.trace.constant(inverse.reshape(found.shape[2:]).tolist())
