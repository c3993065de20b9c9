"""The plain constructions: L - 1 dimensions for everything, a binary code for permutations."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from algebra.errors import InputError
from algebra.exact.integers import LIMIT, with_room
from algebra.exact.logarithms import log_above, rounded_log
from tensors.attention.realisation.demand import Precision, SparseTarget
from tensors.attention.realisation.facts import BinaryFacts, TrivialFacts
from tensors.attention.realisation.realisation import Realisation


def trivial_realisation(target: SparseTarget, precision: Precision) -> Realisation:
    """Use L - 1 dimensions: unit vectors as keys, and the wanted logits, less their first column, as queries.

    Logits are 0 off the support, so that zeros are uniform exactly.

    Examples
    --------
    >>> target = SparseTarget.from_supports([[2], [0], [1]])
    >>> trivial_realisation(target, Precision.of(["1/10", "1/10", "1/10"])).dimension
    2
    """
    length, bits = target.length, precision.bits
    height = log_above(1 / precision.zeros, bits) + Fraction(1, 1 << bits)
    scores = np.zeros((length, length), np.int64)
    levels = {r: int((height + rounded_log(r, bits)) * (1 << bits)) for r in _all_ratios(target)}
    if 2 * max(map(abs, levels.values())) >= LIMIT:
        scores = scores.astype(object)
    for i, support in enumerate(target.supports):
        scores[i, list(support)] = [levels[ratio] for ratio in target.ratios(i)]
    keys = np.eye(length, length - 1, k=-1, dtype=np.int64)
    queries = scores[:, 1:] - scores[:, :1]
    return Realisation(keys, queries, (1 << bits,) * length, "trivial", TrivialFacts(height))


def binary_realisation(target: SparseTarget, precision: Precision) -> Realisation:
    """Use ``ceil(log2 L)`` dimensions for one nonzero entry a row: the binary digits of j, as signs, are key j.

    Two different keys have inner product at most d - 2, so logits stay within ``d log(1/eps_1)``.

    Raises
    ------
    InputError
        If a row has more than one nonzero entry.

    Examples
    --------
    >>> target = SparseTarget.from_supports([[2], [0], [1], [3], [4]])
    >>> binary_realisation(target, Precision.of(["1/10", "1/10", None])).dimension
    3
    """
    if target.k > 1:
        raise InputError("method", "binary", f"another one: a row has {target.k} nonzero entries, and this is for one")
    length = target.length
    size = (length - 1).bit_length()
    keys = 1 - 2 * (np.arange(length)[:, None] >> np.arange(size) & 1)
    half = log_above(1 / precision.zeros, precision.bits) / 2 + Fraction(1, 1 << precision.bits)
    chosen = keys[[support[0] for support in target.supports]]
    queries = with_room(chosen, abs(half.numerator)) * half.numerator
    return Realisation(keys, queries, (half.denominator,) * length, "binary", BinaryFacts(half))


def _all_ratios(target: SparseTarget) -> set[Fraction]:
    return {ratio for i in range(target.length) for ratio in target.ratios(i)}
