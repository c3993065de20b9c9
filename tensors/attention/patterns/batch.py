"""Steps of many small patterns at once: rows of up to 64 tokens in one machine word, the batch axis last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from tensors.attention.patterns.pattern import SparsePattern

Words = NDArray[np.uint64]

MOST_TOKENS = 64
CACHED_WORDS = 1 << 14
ONE = np.uint64(1)


def words_of(patterns: Sequence[SparsePattern]) -> Words:
    """Return patterns of one size as words (p x n x count): bit j of ``[l, k, b]``: in layer l, k attends to j.

    Parameters
    ----------
    patterns : sequence of SparsePattern

    Returns
    -------
    numpy.ndarray of uint64, shape (p, n, count)

    Raises
    ------
    InputError
        If there is none, they differ in tokens or layers, or have more than 64 tokens.
    """
    if not patterns:
        raise InputError("patterns", patterns, "at least one pattern")
    shapes = {(pattern.p, pattern.n) for pattern in patterns}
    if len(shapes) > 1:
        raise InputError("patterns", sorted(shapes), "patterns with as many layers and tokens each")
    if patterns[0].n > MOST_TOKENS:
        raise InputError("patterns", f"{patterns[0].n} tokens", f"patterns of at most {MOST_TOKENS} tokens")
    return np.ascontiguousarray(np.array([pattern.layers for pattern in patterns], np.uint64).transpose(1, 2, 0))


def steps_batch(layers: Any) -> NDArray[np.int64]:
    """Find the steps of many patterns by the definition.

    Parameters
    ----------
    layers : uint64 array (p, n, count), or sequence of SparsePattern
        See `words_of`. Every token attends to itself in every layer.

    Returns
    -------
    int64 array (count,)
        The steps; 0 for never. After p (n - 1) layers without success there is none: with self-loops a path of the
        union is followed at one arc a period.

    Raises
    ------
    InputError
        If the shape or type is wrong, a self-loop is missing, or a token is out of range.

    Examples
    --------
    >>> steps_batch(np.array([[[0b011], [0b111], [0b110]]], np.uint64))
    array([2])
    """
    words = words_of(layers) if isinstance(layers, list | tuple) else layers
    words = _checked(words)
    _, n, count = words.shape
    steps = np.zeros(count, np.int64)
    size = max(CACHED_WORDS // n, 1)
    for start in range(0, count, size):
        steps[start : start + size] = _block(np.ascontiguousarray(words[:, :, start : start + size]))
    return steps


def _checked(words: Any) -> Words:
    if not isinstance(words, np.ndarray) or words.dtype != np.uint64 or words.ndim != 3 or 0 in words.shape:
        raise InputError("layers", type(words).__name__, "a uint64 array (layers, tokens, patterns)")
    n = words.shape[1]
    if n > MOST_TOKENS:
        raise InputError("layers", f"{n} tokens", f"of at most {MOST_TOKENS} tokens")
    if n < MOST_TOKENS and (words >> np.uint64(n)).any():
        raise InputError("layers", "a bit beyond the last token", f"rows with bits 0..{n - 1}")
    own = np.arange(n, dtype=np.uint64)[None, :, None]
    if not (words >> own & ONE).all():
        raise InputError("layers", "a missing self-loop", "patterns in which every token attends to itself")
    return words


def _block(layers: Words) -> NDArray[np.int64]:
    p, n, count = layers.shape
    full = np.uint64(2**n - 1)
    steps = np.zeros(count, np.int64)
    left = np.arange(count)
    seen = layers[0]
    for done in range(1, p * (n - 1) + 2):
        ready = (seen == full).all(axis=0)
        steps[left[ready]] = done
        if ready.any():
            seen, layers, left = seen[:, ~ready], layers[:, :, ~ready], left[~ready]
        if not left.size or done == p * (n - 1) + 1:
            break
        after = compose_words(layers[done % p], seen)
        if p == 1:
            moving = (after != seen).any(axis=0)
            if not moving.all():
                after, layers, left = after[:, moving], layers[:, :, moving], left[moving]
        seen = after
    return steps


def compose_words(left: Words, right: Words) -> Words:
    """Return the Boolean products of many pairs (n x count): row k is the union of the rows of `right` named by `left`.

    Examples
    --------
    >>> compose_words(np.array([[2], [1]], np.uint64), np.array([[1], [3]], np.uint64))
    array([[3],
           [1]], dtype=uint64)
    """
    n = len(left)
    found, mask = np.zeros_like(left), np.empty_like(left)
    signed = mask.view(np.int64)
    for token in range(n):
        np.left_shift(left, np.uint64(63 - token), out=mask)
        np.right_shift(signed, 63, out=signed)  # arithmetic: all ones where the bit was set
        np.bitwise_and(mask, right[token], out=mask)
        np.bitwise_or(found, mask, out=found)
    return found
