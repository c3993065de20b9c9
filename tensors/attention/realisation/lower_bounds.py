"""Dimensions that no construction can beat, and those that codes and projections guarantee."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from algebra.exact.logarithms import rounded_log
from tensors.attention.realisation.codes import capacity, coherence_bound, exponents
from tensors.attention.realisation.demand import Precision, SparseTarget

if TYPE_CHECKING:
    from networkx import Graph

BITS = 40
STEP = Fraction(1, 1 << BITS)


def universal_keys_dimension(length: int, k: int) -> int:
    """Return ``min(2k, L - 1)``: the least dimension in which one set of keys serves all supports of k keys.

    With fewer dimensions, Radon's theorem gives k keys and some others with a common convex combination, so that the
    scores of the former cannot all exceed those of the latter; the moment curve attains it.

    Parameters
    ----------
    length : int
        L, the tokens.
    k : int
        Nonzero entries of a row.

    Returns
    -------
    int

    Examples
    --------
    >>> universal_keys_dimension(4096, 8), universal_keys_dimension(16, 8)
    (16, 15)
    """
    return min(2 * k, length - 1)


def uniform_zeros_bound(length: int, k: int, delta: Fraction) -> int:
    """Return a dimension that zeros uniform up to `delta` need, for k equal entries in each row and column.

    From ``(tr M)^2 <= rank(M) ||M||_F^2``, a perfect matching of the support moved to the diagonal: at least
    ``L (1 - delta)^2 / (k (1 + delta)^2 + (L - k) delta^2) - 1``, where the logits are within ``tau`` of 0 off the
    support and of beta on it, ``delta = tau / beta``.

    Parameters
    ----------
    length : int
        L, the tokens.
    k : int
        Nonzero entries of each row and column.
    delta : Fraction
        Between 0 and 1.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If delta is not between 0 and 1.

    Examples
    --------
    >>> [uniform_zeros_bound(4096, 1, Fraction(1, n)) for n in (5, 10, 20, 50, 100)]
    [15, 78, 325, 1468, 2808]
    """
    if not 0 < delta < 1:
        raise InputError("delta", str(delta), "between 0 and 1")
    as_integer("k", k, 1)
    share = length * (1 - delta) ** 2 / (k * (1 + delta) ** 2 + (length - k) * delta**2)
    return max(math.ceil(share) - 1, 0)


def least_ratio(precision: Precision) -> Fraction | None:
    """Return a number above ``tau / beta`` of the precisions: ``lambda / (log(1/eps_1) + lambda)``.

    Here ``lambda = log(1 + eps_3) / 2``; None if zeros need not be uniform.

    Examples
    --------
    >>> round(float(least_ratio(Precision.of(["1/10", "1/2", "1/2"]))), 4)
    0.0809
    """
    if precision.uniform is None:
        return None
    half = (rounded_log(1 + precision.uniform, BITS) + STEP) / 2
    return half / (_least_height(precision) + half)


def _least_height(precision: Precision) -> Fraction:
    return max(rounded_log(1 / precision.zeros, BITS) - STEP, Fraction(0))


def dimension_lower_bound(target: SparseTarget, precision: Precision) -> tuple[int, str]:
    """Return a dimension that this matrix needs at this precision, with the name of the argument.

    If zeros must be uniform, the rank argument of `uniform_zeros_bound`, sharpened: each row of the logits is shifted
    until the zeros are centred and then divided by the entry of a matching, so that the diagonal is 1 exactly. Else
    what one dimension can separate: every support is then an initial or a final segment of the keys.

    Parameters
    ----------
    target : SparseTarget
    precision : Precision

    Returns
    -------
    (int, str)

    Examples
    --------
    >>> target = SparseTarget.from_supports([[j] for j in range(1024)])
    >>> dimension_lower_bound(target, Precision.of(["1/10", "1/2", "1/2"]))
    (133, 'trace-and-frobenius')
    >>> dimension_lower_bound(target, Precision.of(["1/10", "1/2", None]))
    (2, 'three-incomparable-supports')
    """
    separated = _separation_bound(target)
    if precision.uniform is None or precision.zeros == 1:
        return separated
    needed = _matched_bound(target, precision)
    return (needed, "trace-and-frobenius") if needed > separated[0] else separated


def _separation_bound(target: SparseTarget) -> tuple[int, str]:
    if target.k == target.length and min(map(len, target.supports)) == target.length:
        return 0, "no zeros"
    supports = {frozenset(support) for support in target.supports}
    chosen: list[frozenset[int]] = []
    for support in sorted(supports, key=lambda found: (len(found), sorted(found))):
        if all(not (support <= other or other <= support) for other in chosen):
            chosen.append(support)
        if len(chosen) == 3:
            return 2, "three-incomparable-supports"
    return 1, "a-zero"


def _matched_bound(target: SparseTarget, precision: Precision) -> int:
    matching = _matching(target)
    delta, height = least_ratio(precision), _least_height(precision)
    assert delta is not None
    if not height:
        return 0
    columns, squares = set(matching.values()), Fraction(0)
    error = rounded_log(1 + precision.ratios, BITS) + STEP
    sizes: dict[tuple[object, ...], Fraction] = {}
    for i, diagonal in matching.items():
        inside = [place for place, key in enumerate(target.supports[i]) if key in columns]
        ratios = target.ratios(i)
        own = ratios[target.supports[i].index(diagonal)]
        others = tuple(sorted(ratios[place] for place in inside if target.supports[i][place] != diagonal))
        if (own, others) not in sizes:
            sizes[own, others] = sum((_square(other / own, error, height) for other in others), Fraction(1))
        squares += sizes[own, others] + (len(columns) - len(inside)) * delta**2
    return max(math.ceil(Fraction(len(matching) ** 2) / squares) - 1, 0)


def _square(ratio: Fraction, error: Fraction, height: Fraction) -> Fraction:
    """Bound the square of a support's entry over the diagonal one."""
    return (1 + max(rounded_log(ratio, BITS) + STEP + error, Fraction(0)) / height) ** 2


def _matching(target: SparseTarget) -> dict[int, int]:
    """Return as many rows as possible, each with a key of its support for itself."""
    import networkx as nx
    from networkx.algorithms import bipartite

    length = target.length
    graph: Graph[int] = nx.Graph()
    graph.add_edges_from((i, length + key) for i, support in enumerate(target.supports) for key in support)
    found = bipartite.hopcroft_karp_matching(graph, range(length))
    return {i: key - length for i, key in found.items() if i < length}


def guaranteed_exponent(kind: str, length: int, k: int, precision: Precision) -> int | None:
    """Return the least exponent of a code that serves every matrix with at most k equal entries a row.

    Off the support scores are at most ``w = k mu / (1 - (k-1) mu)`` times those on it (Gershgorin), so that any
    ``mu < 1 / (2k - 1)`` separates; zeros uniform up to eps_3 need ``2 w log(1/eps_1) < (1 - w) log(1 + eps_3)``,
    compared as powers of rationals. None if no code at hand is long enough.

    Parameters
    ----------
    kind : {"gold", "kerdock"}
        The code.
    length : int
        Tokens: so many vectors of the code are needed.
    k : int
        Nonzero entries of a row, at most.
    precision : Precision

    Returns
    -------
    int or None
        m; the vectors have dimension 2^m.

    Examples
    --------
    >>> precision = Precision.of(["1/10", "1/2", "1/2"])
    >>> guaranteed_exponent("gold", 1024, 1, precision), guaranteed_exponent("kerdock", 1024, 1, precision)
    (9, 8)
    """
    return next((m for m in _large_enough(kind, length) if _serves(coherence_bound(kind, m), k, precision)), None)


def _large_enough(kind: str, length: int) -> Iterator[int]:
    return (m for m in exponents(kind) if capacity(kind, m) >= length)


def _serves(coherence: Fraction, k: int, precision: Precision) -> bool:
    if coherence * (2 * k - 1) >= 1:
        return False
    if precision.uniform is None:
        return True
    weight = k * coherence / (1 - (k - 1) * coherence)
    left, right = 2 * weight.numerator, weight.denominator - weight.numerator
    return (1 / precision.zeros) ** left < (1 + precision.uniform) ** right
