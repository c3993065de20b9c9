"""Rank collapse of pure attention: without skip connections tokens approach each other doubly exponentially.

With delta(X) the largest Euclidean distance of two tokens, one layer Y = sum_h V_h X softmax(X^T A_h X) satisfies

    delta(Y) <= delta(X) sum_h |V_h| tanh(|A_h| delta(X)^2 / 4) <= c delta(X)^3,    c = sum_h |V_h| |A_h| / 4,

in spectral norms: two columns of softmax have log-ratios that oscillate by at most w = |A| delta^2, so their total
variation is at most tanh(w/4). After L layers delta_L <= c^((3^L-1)/2) delta_0^(3^L), with no further condition. Dong,
Cordonnier, Loukas (ICML 2021, arXiv:2103.03404) have the rate 3^L with other norms and constants.

With a skip connection nothing of this holds: X + f(X) need not collapse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, fmpq, fmpq_mat

from algebra.errors import InputError, as_integer
from algebra.exact.dyadic import nearest_floats
from algebra.exact.inertia import is_positive_semidefinite
from algebra.exact.numbers import binary_exponent, to_fraction
from algebra.exact.precision import precision
from algebra.shown import Shown
from tensors.attention.low_rank.head_size import read_tokens
from tensors.attention.softmax.heads import bilinear, head_matrix_balls

MOST_LOST = 1 << 14
"""Bits: scores of 10^4900 in one layer. A product of so long numbers takes some 10 us."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensors.attention.softmax.heads import SoftmaxHead, SoftmaxLayer


def diameter_squared(X: fmpq_mat) -> fmpq:
    """Return delta(X)^2, the largest squared distance of two tokens, exactly.

    Parameters
    ----------
    X : fmpq_mat, d x n
        One token a column.

    Returns
    -------
    fmpq

    Examples
    --------
    >>> diameter_squared(fmpq_mat(2, 3, [0, 3, 0, 0, 0, 4]))
    25
    """
    tokens = list(zip(*X.table(), strict=True))
    return max((_distance_squared(x, y) for x, y in combinations(tokens, 2)), default=fmpq(0))


def _distance_squared(x: Sequence[Any], y: Sequence[Any]) -> Any:
    """Multiply, not square: the square of a ball around zero is not a number in some releases of python-flint."""
    return sum(((a - b) * (a - b) for a, b in zip(x, y, strict=True)), 0 * x[0])


def spectral_norm_upper(matrix: fmpq_mat) -> fmpq:
    """Return a rational upper bound of the spectral norm, proved, and close to it.

    Floats propose t; that t^2 - M^T M is positive semidefinite is proved by exact elimination. If it is not, the
    Frobenius norm, rounded up, is returned. The matrix is brought near 1 before, for it may be beyond all floats.

    Examples
    --------
    >>> spectral_norm_upper(fmpq_mat(1, 2, [3, 4])) < fmpq(501, 100)
    True
    """
    largest = max(map(abs, matrix.entries()))
    if largest == 0:
        return fmpq(0)
    unit = fmpq(2) ** binary_exponent(to_fraction(largest))
    return unit * _norm_near_one(matrix / unit)


def _norm_near_one(matrix: fmpq_mat) -> fmpq:
    values = nearest_floats(matrix)
    proposed = Fraction(float(np.linalg.norm(values, 2))) * (1 + Fraction(1, 1 << 30))
    bound = fmpq(math.ceil(proposed * (1 << 40)), 1 << 40)
    square = fmpq_mat(matrix.ncols(), matrix.ncols())
    for i in range(matrix.ncols()):
        square[i, i] = bound * bound
    if is_positive_semidefinite(square - matrix.transpose() * matrix):
        return bound
    return _sqrt_upper(sum((x * x for x in matrix.entries()), fmpq(0)))


def _sqrt_upper(square: fmpq) -> fmpq:
    scaled = -(-int(square.p) * (1 << 80) // int(square.q))
    return fmpq(math.isqrt(scaled) + 1, 1 << 40)


def oscillation(X: fmpq_mat, A: fmpq_mat) -> fmpq:
    """Return max |(x_i - x_k)^T A (x_p - x_q)|, exactly: how much log-ratios of two columns of softmax(X^T A X) vary.

    Examples
    --------
    >>> oscillation(fmpq_mat(1, 2, [0, 2]), fmpq_mat(1, 1, [3]))
    12
    """
    scores = bilinear(A.table(), X.table())
    differences = [[x - y for x, y in zip(a, b, strict=True)] for a, b in combinations(scores, 2)]
    return max((max(row) - min(row) for row in differences), default=fmpq(0))


def layer_constant(layer: SoftmaxLayer) -> fmpq:
    """Return a rational c >= sum_h |V_h| |A_h| / 4, close to it: delta(Y) <= c delta(X)^3.

    Examples
    --------
    >>> from tensors.attention.softmax.heads import softmax_layer
    >>> abs(layer_constant(softmax_layer([{"A": [[4]], "V": [[1]]}], tokens=3)) - 1) < fmpq(1, 10**6)
    True
    """
    return sum((v * a for v, a in map(_norms, layer.heads)), fmpq(0)) / 4


def _norms(head: SoftmaxHead) -> tuple[fmpq, fmpq]:
    return spectral_norm_upper(head.V), spectral_norm_upper(head.A) * _sqrt_upper(fmpq(head.radicand))


def contraction_bound(layer: SoftmaxLayer, delta: Any) -> arb:
    """Return a ball above delta(X) sum_h |V_h| tanh(|A_h| delta(X)^2 / 4), for delta(X) given as a ball.

    Its upper end is the bound, at the precision in force.

    Parameters
    ----------
    layer : SoftmaxLayer
    delta : arb
        The largest distance of two tokens.

    Returns
    -------
    arb
    """
    terms = (arb(v) * _tanh_above(arb(a) * delta * delta / 4) for v, a in map(_norms, layer.heads))
    return delta * sum(terms, arb(0))


def _tanh_above(value: arb) -> arb:
    """Return a ball above tanh; Arb has no number for it where the exponential overflows, and there it is below 1."""
    found = value.tanh()
    return found if found.is_finite() else arb(1)


def depth_bound(layers: Sequence[SoftmaxLayer], delta: Any) -> arb:
    """Return a ball above c^((3^L-1)/2) delta^(3^L) for c = the largest constant of the L layers."""
    c, delta = max(map(layer_constant, layers)), arb(delta)
    return (arb(c) * delta * delta) ** ((3 ** len(layers) - 1) // 2) * delta


def dobrushin(P: Sequence[Sequence[Any]]) -> Any:
    """Return half the largest 1-distance of two columns: the factor by which P contracts distances of tokens.

    Parameters
    ----------
    P : rows of ``arb`` or ``fmpq``
        Column-stochastic.

    Returns
    -------
    number
        Of the kind of the entries.

    Examples
    --------
    >>> dobrushin([[fmpq(1, 2), fmpq(1, 3)], [fmpq(1, 2), fmpq(2, 3)]])
    1/6
    """
    columns = list(zip(*P, strict=True))
    sums = [sum((abs(x - y) for x, y in zip(a, b, strict=True)), 0 * a[0]) for a, b in combinations(columns, 2)]
    return largest(sums, 0 * columns[0][0]) / 2


def largest(values: Sequence[Any], zero: Any) -> Any:
    """Return the maximum; of balls, one that contains it."""
    found = zero
    for value in values:
        found = found.max(value) if isinstance(found, arb) else max(found, value)
    return found


@dataclass(frozen=True)
class Collapse(Shown):
    """How fast the tokens of one input approach each other, layer by layer.

    Attributes
    ----------
    deltas : tuple of arb
        delta(X), delta(Y_1), …: enclosures of the true diameters.
    one_step : tuple of arb
        For each layer the bound from the diameter before it, `contraction_bound`.
    two_point : tuple of arb
        The sharper bound sum_h |V_h| (Dobrushin's coefficient of that layer's matrix) delta.
    cubic : tuple of arb
        For each depth the bound from the first diameter alone, `depth_bound`.
    constant : fmpq
        The largest c of the layers.
    collapses : bool
        Whether sqrt(c) delta_0 < 1 is proved: then the bound falls doubly exponentially.
    bits : int
        The working precision.
    """

    deltas: tuple[arb, ...]
    one_step: tuple[arb, ...]
    two_point: tuple[arb, ...]
    cubic: tuple[arb, ...]
    constant: fmpq
    collapses: bool
    bits: int


def rank_collapse(layers: Sequence[SoftmaxLayer], X: Any, bits: int = 256) -> Collapse:
    """Follow the diameter of the tokens through pure attention, with the bounds beside it.

    Parameters
    ----------
    layers : sequence of SoftmaxLayer
        Each as wide as the one before puts out; all for as many tokens as X has columns.
    X : array_like
        Rational, d x n, one token a column.
    bits : int
        The working precision. Where scores are so large that they would use up half of it, more is taken, up to
        `MOST_LOST`; beyond that the enclosures are wide, but hold.

    Returns
    -------
    Collapse

    Raises
    ------
    InputError
        If the sizes do not fit.

    Examples
    --------
    >>> from tensors.attention.softmax.heads import softmax_layer
    >>> layer = softmax_layer([{"A": [[1]], "V": [[1]]}], tokens=2)
    >>> found = rank_collapse([layer, layer], [[0, 1]])
    >>> found.collapses, bool(found.deltas[2] < found.cubic[1])
    (True, True)
    """
    as_integer("bits", bits, 16)
    tokens = _checked(layers, X)
    with precision(bits + max(0, _lost_bits(layers, tokens) - bits // 2)):
        first = arb(diameter_squared(tokens)).sqrt()
        state: list[list[Any]] = [[arb(x) for x in row] for row in tokens.table()]
        deltas, one_step, two_point = [first], [], []
        for layer in layers:
            one_step.append(contraction_bound(layer, deltas[-1]))
            two_point.append(deltas[-1] * _dobrushin_sum(layer, state))
            state = layer.balls(state)
            deltas.append(_diameter(state))
        cubic = tuple(depth_bound(layers[: k + 1], first) for k in range(len(layers)))
        constant = max(map(layer_constant, layers))
        collapses = constant * diameter_squared(tokens) < 1
    return Collapse(tuple(deltas), tuple(one_step), tuple(two_point), cubic, constant, bool(collapses), bits)


def _lost_bits(layers: Sequence[SoftmaxLayer], X: fmpq_mat) -> int:
    """Return how many bits of the tokens their scores use up before the point, over all layers, at most `MOST_LOST`."""
    lost, token = 0, _exponent(X.entries())
    for layer in layers:
        width = layer.width.bit_length()
        score = max(_exponent(head.A.entries()) for head in layer.heads) + 2 * (token + width)
        lost += max(0, score)
        value = max(_exponent(head.V.entries()) for head in layer.heads)
        token += value + width + len(layer.heads).bit_length()
    return min(lost, MOST_LOST)


def _exponent(entries: Sequence[fmpq]) -> int:
    greatest = to_fraction(max(map(abs, entries)))
    return binary_exponent(greatest) + 1 if greatest else 0


def _checked(layers: Sequence[SoftmaxLayer], X: Any) -> fmpq_mat:
    if not layers:
        raise InputError("layers", layers, "at least one layer")
    tokens = read_tokens(X, layers[0].tokens)
    if tokens.nrows() != layers[0].width:
        raise InputError("X", X, f"a matrix with {layers[0].width} rows, the width of the first layer")
    for before, after in pairwise(layers):
        if before.output_width != after.width or before.tokens != after.tokens:
            raise InputError("layers", after.width, f"as wide as the layer before puts out: {before.output_width}")
    return tokens


def _dobrushin_sum(layer: SoftmaxLayer, state: Sequence[Sequence[Any]]) -> arb:
    parts = (arb(_norms(head)[0]) * dobrushin(head_matrix_balls(head, state)) for head in layer.heads)
    return sum(parts, arb(0))


def _diameter(state: Sequence[Sequence[Any]]) -> arb:
    tokens = list(zip(*state, strict=True))
    squares = [_distance_squared(x, y) for x, y in combinations(tokens, 2)]
    return largest(squares, arb(0)).nonnegative_part().sqrt()
