"""Certificates of dimensions: the minor of the lower bound and the chain of the upper bound, as JSON."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from algebra.evidence.certificate import Certificate
from algebra.polynomial.activation import Rational
from algebra.polynomial.convolution import ConvolutionalNetwork
from algebra.polynomial.field import PrimeField
from algebra.polynomial.jacobian import jacobian
from algebra.polynomial.span import ATTEMPTS, activation_matrix, span_key
from algebra.rank import DEFAULT_PRIME, rank_profile_mod
from algebra.rank.primes import PRIME_LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.polynomial.activation import Activation
    from algebra.polynomial.architecture import Architecture
    from algebra.polynomial.layout import Network
    from algebra.polynomial.symmetries import SymmetryField
    from algebra.polynomial.upper_bounds import UpperBound

SLACK = 8  # samples beyond the rank, as many as any trial draws beyond its bound
LAYERED = frozenset({"linear-layer", "saturation", "width-one", "cut", "hilbert"})


class MinorSource(Protocol):
    """Where a rank was seen: a `Trial`, or anything with these attributes."""

    @property
    def prime(self) -> int:
        """The modulus."""
        ...

    @property
    def key(self) -> str:
        """Key of the generator of weights, points and covectors."""
        ...

    @property
    def word_size(self) -> int:
        """64-bit words in each number drawn."""
        ...

    @property
    def rank(self) -> int:
        """The rank that was seen."""
        ...


def dimension_certificate(
    network: Network, lower: MinorSource | None, upper: UpperBound | None, seed: int | None
) -> Certificate:
    """Write the bounds of a dimension down for the independent checker.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    lower : MinorSource, optional
        Where the rank was seen; without it the lower bound is 0.
    upper : UpperBound, optional
        The tree of the upper bound.
    seed : int, optional
        Noted in the document.

    Returns
    -------
    Certificate

    Raises
    ------
    ArithmeticError
        If the rank is not seen again.
    """
    import algebra

    rank = lower.rank if lower is not None else 0
    claim = {
        "quantity": "dimension",
        "label": network.label,
        "network": network_json(network),
        "lower": rank,
        "upper": None if upper is None else upper.value,
    }
    body = {
        "claim": claim,
        "lower": minor_json(network, lower) if lower is not None and rank else {"rule": "trivial"},
        "upper": None if upper is None else chain_json(network, upper),
        "made_by": {"rankcert": algebra.__version__, "seed": seed},
    }
    return Certificate.from_body(body)


def network_json(network: Network) -> dict[str, Any]:
    """Describe a network in JSON.

    Examples
    --------
    >>> from algebra.polynomial.network import PolynomialNetwork
    >>> network_json(PolynomialNetwork((2, 3, 1), degree=2))
    {'widths': [2, 3, 1], 'degrees': [2], 'biases': False}
    """
    if isinstance(network, ConvolutionalNetwork):
        convolution = {"filters": list(network.filters), "strides": list(network.strides)}
        return {"convolution": convolution, "degrees": list(network.degrees)}
    if network.degrees is not None:
        return _plain_json(network.widths, network.degrees, network.biases)
    activations = [_activation_json(a) for a in network.activations]
    return {"widths": list(network.widths), "activations": activations, "biases": network.biases}


def _activation_json(activation: Activation) -> int | dict[str, list[str]]:
    if not isinstance(activation, Rational):
        return activation.exponent
    sides = {"numerator": activation.numerator, "denominator": activation.denominator}
    return {name: list(map(str, side)) for name, side in sides.items()}


def _plain_json(widths: tuple[int, ...], degrees: tuple[int, ...], biases: bool) -> dict[str, Any]:
    return {"widths": list(widths), "degrees": list(degrees), "biases": biases}


def minor_json(network: Network, source: MinorSource) -> dict[str, Any]:
    """Find a minor of full rank again and name its rows (samples) and columns (parameters)."""
    field = PrimeField(source.prime)
    evaluated = jacobian(network, field, source.key, source.rank + SLACK, source.word_size)
    matrix, parameters = evaluated.transposed()
    columns, rows = nonsingular_minor(matrix, source.prime, source.rank)
    if len(rows) < source.rank:
        raise ArithmeticError(f"the rank {source.rank} was not seen again: the samples give {len(rows)}")
    return {
        "rule": "jacobian-minor",
        "prime": source.prime,
        "key": source.key,
        "word_size": source.word_size,
        "rows": rows,
        "columns": [int(parameters[i]) for i in columns],
    }


def nonsingular_minor(matrix: NDArray[Any], prime: int, most: int) -> tuple[list[int], list[int]]:
    """Return rows and columns of a minor that is not zero modulo a prime, as large as the rank or `most`.

    Examples
    --------
    >>> nonsingular_minor(np.array([[0, 0], [0, 1], [1, 1]]), 7, 1)
    ([1], [1])
    """
    if prime < PRIME_LIMIT:
        whole = matrix.astype(np.int64) if matrix.dtype == np.float64 else matrix
        rows = list(rank_profile_mod(whole, prime).rows[:most])
        columns = list(rank_profile_mod(whole[rows], prime).columns)
        return rows, columns
    rows = _pivots(matrix.T, prime)[:most]
    return rows, _pivots(matrix[rows], prime)


def _pivots(matrix: NDArray[Any], prime: int) -> list[int]:
    """Pivot columns of the reduced row echelon form, for primes of more than 63 bits."""
    from flint import fmpz_mod_ctx, fmpz_mod_mat

    form, rank = fmpz_mod_mat(*matrix.shape, matrix.ravel().tolist(), fmpz_mod_ctx(prime)).rref()
    pivots: list[int] = []
    for row in range(rank):
        start = pivots[-1] + 1 if pivots else 0
        pivots.append(next(j for j in range(start, matrix.shape[1]) if form[row, j] != 0))
    return pivots


def chain_json(network: Network, root: UpperBound) -> list[dict[str, Any]]:
    """Write a tree of bounds as a list without repetition, parts before what rests on them."""
    if root.architecture is None:
        return [{"rule": root.rule, "network": network_json(network), "value": root.value, "parts": []}]
    chain: list[dict[str, Any]] = []
    place: dict[int, int] = {}  # by identity: hashing a tree would walk it over and over
    first: dict[Any, int] = {}
    waiting = [root]
    while waiting:
        bound = waiting[-1]
        missing = [part for part in bound.parts if id(part) not in place]
        waiting.extend(missing)
        if missing:
            continue
        waiting.pop()
        parts = [place[id(part)] for part in bound.parts]
        content = (bound.rule, bound.architecture, bound.value, tuple(parts), bound.details)
        if content not in first:
            first[content] = len(chain)
            chain.append(_statement(bound, parts))
        place[id(bound)] = first[content]
    return chain


def _statement(bound: UpperBound, parts: list[int]) -> dict[str, Any]:
    assert bound.architecture is not None
    statement = {"rule": bound.rule, **_plain_json(*bound.architecture), "value": bound.value, "parts": parts}
    layer = dict(bound.details).get("layer")
    if bound.rule in LAYERED:
        statement["layer"] = layer
    a, details = bound.architecture, dict(bound.details)
    if bound.rule == "quadratic-output":
        statement |= _span_json(a, a.depth - 2, details["rank"])
    elif bound.symmetries is not None:
        statement["fields"] = [_field_json(field) for field in bound.symmetries.fields]
    elif layer is not None and "span" in details:
        # With biases the constant is one dimension of the span, which the affine maps do not move.
        statement |= _span_json(a, layer - 1, a.widths[layer] + a.biases)
    return statement


def _field_json(field: SymmetryField) -> list[Any]:
    return [[q, [[list(e), c] for e, c in terms]] for q, terms in field.components]


def _span_json(a: Architecture, layer: int, enough: int) -> dict[str, Any]:
    key, prime, rows, columns = span_minor(a.widths[: layer + 1], a.degrees[:layer], a.biases, enough)
    return {"span_key": key, "span_prime": prime, "span_rows": list(rows), "span_columns": list(columns)}


@lru_cache(maxsize=1024)
def span_minor(
    widths: tuple[int, ...], degrees: tuple[int, ...], biases: bool, enough: int
) -> tuple[str, int, tuple[int, ...], tuple[int, ...]]:
    """Return key, prime, neurons and samples of a minor that proves what `certified_span` says.

    Parameters
    ----------
    widths, degrees, biases, enough
        As for `algebra.polynomial.span.certified_span`.

    Examples
    --------
    >>> span_minor((2, 5), (2,), False, 5)
    ('span:2-5:r2/attempt=0', 8388593, (0, 1, 2), (0, 1, 2))
    """
    best: tuple[str, int, tuple[int, ...], tuple[int, ...]] | None = None
    for attempt in range(ATTEMPTS):
        key = span_key(widths, degrees, biases, attempt)
        matrix = activation_matrix(widths, degrees, biases, key, enough + SLACK)
        rows, columns = nonsingular_minor(matrix, DEFAULT_PRIME, enough)
        if best is None or len(rows) > len(best[2]):
            best = key, DEFAULT_PRIME, tuple(rows), tuple(columns)
        if len(rows) >= enough:
            break
    assert best is not None
    return best
