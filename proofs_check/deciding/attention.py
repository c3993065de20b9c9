"""Dimensions of attention varieties and small random weights for claims: audited, and the same at every call."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import product
from random import Random
from typing import TYPE_CHECKING

from algebra import Bounds, Grade
from proofs_check.claim import ContradictionError, Hypothesis, Verdict
from proofs_check.deciding.evidence import equals
from proofs_check.deciding.families import some
from tensors.attention import AttentionNetwork

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOM = 8
"""Dimensions beyond an upper bound in which a greater rank would be seen."""


def whole_rank(network: AttentionNetwork, most: int, seed: int = 0) -> int:
    """Rank of the Jacobian in all weights, up to `most`: no symmetry is fixed and no width reduced beforehand.

    Examples
    --------
    >>> whole_rank(AttentionNetwork((3, 3, 3), (1, 2)), 30)
    18
    """
    from algebra.evidence.evaluation import suitable_prime
    from algebra.rank.field import PrimeField
    from algebra.rank.modular_rank import rank_of_array
    from tensors.attention.functions.evaluation import AttentionJacobian
    from tensors.attention.functions.residue_jacobian import jacobian

    prime = suitable_prime(AttentionJacobian(network))
    matrix = jacobian(network, PrimeField(prime), f"{network.label}/seed={seed}/audit", most, fix_gauge=False)
    return rank_of_array(matrix, prime)


@lru_cache(maxsize=1 << 12)
def dimension(network: AttentionNetwork, seed: int = 0) -> Bounds:
    """Dimension of an attention variety, its upper bound audited by a rank with room above it.

    Raises
    ------
    ContradictionError
        If some rank exceeds what is said to be an upper bound.

    Examples
    --------
    >>> dimension(AttentionNetwork((2, 4, 2), (1, 3), 3, tokens=3))
    60 (proved)
    """
    try:
        bounds = network.dimension(seed=seed)
    except ArithmeticError as error:
        raise ContradictionError(str(error), Bounds(0, None, Grade.INCONCLUSIVE, seed=seed)) from None
    _audit(network, bounds, seed)
    plain = network.kind == "normalised" or network.causal or network.residual  # no certificate of these
    return replace(bounds, evidence=None) if plain else bounds


def _audit(network: AttentionNetwork, bounds: Bounds, seed: int) -> None:
    assert bounds.upper is not None
    seen = whole_rank(network, bounds.upper + ROOM, seed)
    if seen > bounds.upper:
        message = f"{network.label}: a rank of {seen} exceeds the upper bound {bounds.upper} by {bounds.upper_by!r}"
        raise ContradictionError(message, bounds)


def has_dimension(network: AttentionNetwork, value: int, seed: int) -> Verdict:
    """Decide whether the dimension has a value.

    Examples
    --------
    >>> has_dimension(AttentionNetwork((3, 3, 3), (1, 2)), 20, 0).reason
    'dimension 18 (proved), not 20'
    """
    return equals(dimension(network, seed), value)


def attention_box(
    widest: int,
    depths: Iterable[int],
    head_sizes: Sequence[int],
    count: int,
    *,
    heads: Sequence[int] = (1,),
    tokens: Sequence[int] = (2,),
    kind: str = "lightning",
    least: int = 1,
) -> tuple[AttentionNetwork, ...]:
    """Return some networks with widths up to `widest` and these head sizes, at most `count` for each depth.

    Examples
    --------
    >>> len(attention_box(3, (1, 2), (1, 2), 10))
    20
    """
    found: list[AttentionNetwork] = []
    for depth in depths:
        widths = product(range(least, widest + 1), repeat=depth + 1)
        every = product(widths, product(head_sizes, repeat=depth), heads, tokens)
        found += [AttentionNetwork(w, a, h, kind=kind, tokens=n) for w, a, h, n in some(every, count)]
    return tuple(found)


def random_matrix(random: Random, rows: int, columns: int, most: int = 3) -> list[list[int]]:
    """Return a matrix of random integers from -most to most.

    Examples
    --------
    >>> random_matrix(Random(0), 1, 3)
    [[3, 0, 3]]
    """
    return [[random.randint(-most, most) for _ in range(columns)] for _ in range(rows)]


SINGLE_HEAD: Hypothesis[AttentionNetwork] = Hypothesis("H = 1", lambda n: n.is_single_headed)
ONE_LAYER: Hypothesis[AttentionNetwork] = Hypothesis("l = 1", lambda n: n.depth == 1)
SEVERAL_TOKENS: Hypothesis[AttentionNetwork] = Hypothesis("n >= 2", lambda n: n.tokens >= 2)
THREE_TOKENS: Hypothesis[AttentionNetwork] = Hypothesis("n >= 3", lambda n: n.tokens >= 3)
