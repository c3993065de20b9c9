"""Constructions with sign vectors as keys: codes, random signs with Gram systems, and random projection."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.exact.integers import LIMIT
from algebra.exact.logarithms import log_above, rounded_log
from algebra.random_words import words
from tensors.attention.realisation.codes import capacity, code_keys, exponents
from tensors.attention.realisation.demand import Precision, SparseTarget
from tensors.attention.realisation.facts import CodeFacts, ProjectionFacts, SignFacts
from tensors.attention.realisation.realisation import Realisation
from tensors.attention.realisation.sign_keys import SignSystem
from tensors.attention.realisation.verification import verify

GROWTH = 1.05
DRAWS = 3
MOST_SIGNS = 1 << 24
CLOSE = 1e-3  # relative: the queries of a projection are rounded
PROJECTION_BITS, MOST_PROJECTION_BITS = 16, 40


def code_realisation(
    target: SparseTarget, precision: Precision, kind: str, m: int, most_range: float = math.inf, margin: float = 0.0
) -> Realisation | None:
    """Use the keys of a Gold or Kerdock code of length ``2**m``; None if they do not meet the demand.

    Examples
    --------
    >>> target = SparseTarget.from_supports([[(j + 1) % 40] for j in range(40)])
    >>> found = code_realisation(target, Precision.of(["1/10", "1/10", None]), "gold", 3)
    >>> found.dimension, verify(target, found, ["1/10", "1/10", None]).holds
    (8, True)
    """
    system = SignSystem(code_keys(kind, m, target.length), target, precision)
    plan = system.plan(margin, most_range)
    return None if plan is None else system.realise(plan, kind, partial(CodeFacts, exponent=m))


def sign_realisation(
    target: SparseTarget,
    precision: Precision,
    margin: float = 0.5,
    seed: int = 0,
    most: int | None = None,
    most_range: float = math.inf,
    first: int | None = None,
) -> Realisation | None:
    """Search for few random sign vectors: dimensions grown by 5 %, three draws each; None if `most` are not enough.

    Parameters
    ----------
    margin : float
        What a query whose logits are 1 on its support leaves free below 1: the logits then stay within about
        ``(1/margin) log(1/eps_1)`` each side.
    seed : int
        The signs are words of the certificates' generator.
    most : int, optional
        Largest dimension; by default ``16 k log L + 64``.

    Returns
    -------
    Realisation or None

    Examples
    --------
    >>> target = SparseTarget.from_supports([[(j + 1) % 40] for j in range(40)])
    >>> found = sign_realisation(target, Precision.of(["1/10", "1/10", None]))
    >>> verify(target, found, ["1/10", "1/10", None]).holds
    True
    """
    length, k = target.length, target.k
    _check_memory(target, first)
    limit = most if most is not None else math.ceil(16 * k * math.log(length + 1)) + 64
    least = max(k, (length - 1).bit_length(), 1) if first is None else first
    for d in growing(least, limit, GROWTH):
        for draw in range(DRAWS):
            system = SignSystem(random_signs(length, d, f"signs:{seed}:{d}:{draw}"), target, precision)
            plan = system.plan(margin, most_range)
            found = None if plan is None else system.realise(plan, "signs", partial(SignFacts, seed=seed, draw=draw))
            if found is not None and verify(target, found, precision).holds:
                return found
    return None


def projection_bound(target: SparseTarget, precision: Precision, failure: Fraction = Fraction(1)) -> int:
    """Return a dimension at which a random projection works with probability above ``1 - failure``.

    ``(2 max ||B_i||^2 / tau^2) log(2 L^2 / failure)`` with the log-target B (Hoeffding and a union bound over all
    entries); ``exp(2 tau) = 1 + min(eps_2, eps_3)`` and ``beta = log(1/eps_1) + 2 tau``. Computed in floating point
    and rounded up: the realisation itself is verified.

    Parameters
    ----------
    target : SparseTarget
    precision : Precision
    failure : Fraction
        Probability that one projection may fail with; 1: some projection works.

    Returns
    -------
    int

    Examples
    --------
    >>> target = SparseTarget.from_supports([[j] for j in range(16)])
    >>> projection_bound(target, Precision.of(["1/100", "1/10", "1/10"]))
    121385
    """
    beta = _tolerances(precision)[1]
    squares = max(sum((beta + math.log(ratio)) ** 2 for ratio in target.ratios(i)) for i in range(target.length))
    return projection_dimension(target.length, precision, squares, failure)


def projection_dimension(
    length: int, precision: Precision, squares: float | None = None, failure: Fraction = Fraction(1), k: int = 1
) -> int:
    """Return the bound of `projection_bound` from ``max ||B_i||^2``; that of k equal entries a row if left out.

    Parameters
    ----------
    length : int
        L, the tokens.
    precision : Precision
    squares : float, optional
        The greatest squared norm of a row of the log-target.
    failure : Fraction
        Probability that one projection may fail with; 1: some projection works.
    k : int
        Nonzero entries of a row, where `squares` is left out.

    Returns
    -------
    int

    Examples
    --------
    >>> projection_dimension(4096, Precision.of(["1/10", "1/2", "1/2"]))
    6184
    """
    tau, beta = _tolerances(precision)
    if squares is None:
        squares = k * beta**2
    entries = 2 * length**2 / failure
    logarithm = math.log(entries.numerator) - math.log(entries.denominator)  # it may be beyond all floats
    return math.ceil(2 * squares / tau**2 * logarithm)


def projection_realisation(
    target: SparseTarget, precision: Precision, seed: int = 0, dimension: int | None = None
) -> Realisation:
    """Realise by random projection of the log-target, as Likhosherstov, Choromanski and Weller do (one-sided split).

    Parameters
    ----------
    dimension : int, optional
        By default the least of a growing sequence at which one of three draws is verified, up to the proved bound.
        If memory ends far below that bound, only one draw is shown.

    Returns
    -------
    Realisation
        The last draw if none was good: to be verified.

    Raises
    ------
    InputError
        If the signs would not fit into memory.
    """
    bound = projection_bound(target, precision, Fraction(1, 2))
    most = MOST_SIGNS // target.length
    _check_memory(target, dimension)
    sizes = [dimension] if dimension is not None else list(growing(max(bound // 16, 1), min(bound, most), 1.2))
    draws = 1 if dimension is None and bound // 16 > most else DRAWS
    for d in sizes:
        for draw in range(draws):
            keys = random_signs(target.length, d, f"projection:{seed}:{d}:{draw}")
            is_last = d == sizes[-1] and draw == draws - 1
            if not is_last and not _seems_good(target, precision, keys):
                continue
            found = _projected(target, precision, keys, ProjectionFacts(seed, draw))
            if is_last or verify(target, found, precision).holds:
                return found
    raise AssertionError("the last draw is returned")


def _seems_good(target: SparseTarget, precision: Precision, keys: NDArray[np.int64]) -> bool:
    """Tell whether a draw may meet the demand, in floats: it is not worth an exact check if it does not come close."""
    signs = keys.astype(np.float64)
    gram = signs @ signs.T / keys.shape[1]
    beta = _tolerances(precision)[1]
    gap, error, spread = math.inf, 0.0, 0.0
    for i, support in enumerate(target.supports):
        wanted = np.array([math.log(ratio) for ratio in target.ratios(i)])
        row = (beta + wanted) @ gram[list(support)]
        on, off = row[list(support)], np.delete(row, list(support))
        error = max(error, float(np.ptp(on - wanted)))
        if off.size:
            gap, spread = min(gap, float(on.min() - off.max())), max(spread, float(np.ptp(off)))
    good = gap > -math.log(precision.zeros) * (1 - CLOSE) and error < math.log1p(precision.ratios) * (1 + CLOSE)
    return good and (precision.uniform is None or spread < math.log1p(precision.uniform) * (1 + CLOSE))


def _check_memory(target: SparseTarget, dimension: int | None) -> None:
    """Refuse signs of a dimension that would not fit into memory."""
    most = MOST_SIGNS // target.length
    if dimension is not None and dimension > most:
        raise InputError("dimension", dimension, f"at most {most} for {target.length} tokens")


def growing(least: int, most: int, factor: float) -> Iterator[int]:
    """Yield integers that grow by a factor, at least by 1, and end with `most`.

    Examples
    --------
    >>> list(growing(2, 10, 1.5))
    [2, 3, 5, 8, 10]
    """
    d = min(least, most)
    while d < most:
        yield d
        d = max(d + 1, math.ceil(d * factor))
    yield most


def random_signs(length: int, d: int, key: str) -> NDArray[np.int64]:
    """Return signs (length x d) from the generator of the certificates: bits of words, 1 for a minus.

    Examples
    --------
    >>> random_signs(2, 3, "k").tolist() == random_signs(2, 3, "k").tolist()
    True
    """
    raw = words(key, "signs", -(-length * d // 64))
    bits = np.unpackbits(np.frombuffer(raw, np.uint8), count=length * d).reshape(length, d)
    return np.asarray(1 - 2 * bits.astype(np.int64))


def code_choices(length: int, most: int) -> list[tuple[int, str, int]]:
    """Return (dimension, code, exponent) of the codes with enough keys, shorter ones first.

    Examples
    --------
    >>> code_choices(1024, 100)
    [(32, 'gold', 5), (64, 'kerdock', 6)]
    """
    found = [(1 << m, kind, m) for kind in ("gold", "kerdock") for m in exponents(kind) if capacity(kind, m) >= length]
    return sorted(choice for choice in found if choice[0] <= most)


def _tolerances(precision: Precision) -> tuple[float, float]:
    allowed = precision.ratios if precision.uniform is None else min(precision.ratios, precision.uniform)
    tau = math.log1p(allowed) / 2
    return tau, -math.log(precision.zeros) + 2 * tau


def _projected(
    target: SparseTarget, precision: Precision, keys: NDArray[np.int64], facts: ProjectionFacts
) -> Realisation:
    bits = min(max(precision.bits, PROJECTION_BITS), MOST_PROJECTION_BITS)
    allowed = precision.ratios if precision.uniform is None else min(precision.ratios, precision.uniform)
    beta = log_above((1 + allowed) / precision.zeros, bits)
    levels = {
        ratio: int((beta + rounded_log(ratio, bits)) * (1 << bits))
        for i in range(target.length)
        for ratio in target.ratios(i)
    }
    # A query is a sum of at most k keys, which are signs, each times the level of a ratio.
    kind: Any = np.int64 if target.k * max(map(abs, levels.values())) < LIMIT else object
    queries = np.zeros(keys.shape, kind)
    for place in range(target.k):
        rows = [i for i, support in enumerate(target.supports) if len(support) > place]
        factors = np.array([levels[target.ratios(i)[place]] for i in rows], kind)
        queries[rows] += factors[:, None] * keys[[target.supports[i][place] for i in rows]]
    return Realisation(keys, queries, ((1 << bits) * keys.shape[1],) * target.length, "projection", facts)
