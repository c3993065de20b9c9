"""The evaluated Jacobian of an attention network: one forward and one backward pass for all samples, modulo p.

A sample is a random input with a random covector on the outputs of its query tokens; its row is the gradient of
<covector, output> in the weights. Evaluations paired with covectors span the dual of the space of functions, so
as many general samples as the dimension see all of it. Outputs of one query determine those of all (permuting the
tokens permutes them), so without a mask the last layer is evaluated at the first query only.

Softmax: at every sample, every exponential exp(s) is an independent random residue E, and dE = E ds. That is a
specialisation of the true Jacobian wherever the exponentials are algebraically independent over the field of weights
and inputs, which `tensors.attention.functions.independence` proves from the `logits`.

Many networks of one shape, padded with zeros, go through the same passes (`tensors.attention.functions.batch`): every
array may have one more axis in front, that of the networks. What is drawn has the samples first, what is computed has
them last: matrices of a few rows and columns are multiplied across all samples at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algebra.evidence.evaluation import PoleError
from algebra.rank import modular
from tensors.attention.functions.reduction import forward_widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from algebra.rank.field import PrimeField
    from algebra.types import Array
    from tensors.attention.functions.architecture import AttentionArchitecture, Shape


LARGE = 1 << 11
"""Products in a product of matrices from which on BLAS at each sample is faster than a sum over all samples."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights of one layer: K and Q of shape (heads, head size, before), V of shape (heads, after, before).

    Here and below, an axis of networks may be in front, and in a pass the samples come last.
    """

    K: Array
    Q: Array
    V: Array


@dataclass(frozen=True, eq=False)
class Pass:
    """What the backward pass of a layer needs: inputs, keys, queries, values, scores, attention weights P."""

    X: Array  # (before, tokens, samples)
    keys: Array  # (heads, head size, tokens, samples)
    queries: Array  # (heads, head size, query tokens, samples)
    values: Array  # (heads, after, tokens, samples)
    scores: Array  # (heads, tokens, query tokens, samples)
    P: Array
    inverse: Array | None  # of the column sums, for normalised scores
    visible: NDArray[np.bool_]  # (tokens, query tokens, 1)


class Adjoints(NamedTuple):
    """Derivatives of all samples in what a layer makes of its tokens: (heads, tokens, rows, samples) each."""

    keys: Array
    queries: Array  # of the query tokens
    values: Array


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is drawn under a key: weights, points, covectors on the outputs, and exponentials of each layer, if any."""

    weights: list[Weights]
    points: Array  # (samples, tokens, first width)
    covectors: Array  # (samples, query tokens of the last layer, last width)
    exponentials: list[Array | None]  # (samples, heads, tokens, tokens)

    @classmethod
    def of(cls, network: AttentionArchitecture, field: PrimeField, key: str, samples: int, size: int = 1) -> Drawn:
        """Draw, each from a stream of its own: fewer samples are the first of more."""
        return cls.together([network], field, [key], [samples], size)[0]

    @classmethod
    def together(
        cls,
        networks: Sequence[AttentionArchitecture],
        field: PrimeField,
        keys: Sequence[str],
        samples: Sequence[int],
        size: int = 1,
    ) -> list[Drawn]:
        """Draw for many networks, each under its own key and for so many samples."""
        shapes = list(map(_shapes, networks, samples))
        streams = [
            (key, name, prod(shape)) for key, each in zip(keys, shapes, strict=True) for name, shape in each.items()
        ]
        numbers = iter(field.draw_all(streams, size))

        found = []
        for network, each in zip(networks, shapes, strict=True):
            drawn = {name: next(numbers).reshape(shape) for name, shape in each.items()}
            E = [_equal_where_symmetric(network, i, drawn.get(f"exponentials/{i}")) for i in range(network.depth)]
            found.append(cls(layer_weights(network, drawn["weights"]), drawn["points"], drawn["covectors"], E))
        return found


def _shapes(network: AttentionArchitecture, samples: int) -> dict[str, tuple[int, ...]]:
    """Return the shape of what is drawn from each stream."""
    n = network.tokens
    shapes: dict[str, tuple[int, ...]] = {
        "weights": (network.parameters,),
        "points": (samples, n, network.widths[0]),
        "covectors": (samples, query_tokens(network), network.widths[-1]),
    }
    if network.kind == "softmax":
        shapes |= {f"exponentials/{i}": (samples, heads, n, n) for i, heads in enumerate(network.heads)}
    return shapes


def draw_weights(network: AttentionArchitecture, field: PrimeField, key: str, size: int) -> list[Weights]:
    """Draw the weights of all layers from the stream ``weights`` of `key`."""
    return layer_weights(network, field.draw(key, "weights", (network.parameters,), size))


def layer_weights(network: AttentionArchitecture, numbers: Array) -> list[Weights]:
    """Cut a row of numbers into the weights of all layers: of each layer K, Q, V."""
    found, start = [], 0
    for shape in network.shapes:
        parts = []
        for rows in (shape.head_size, shape.head_size, shape.after):
            end = start + shape.heads * rows * shape.before
            parts.append(numbers[start:end].reshape(shape.heads, rows, shape.before))
            start = end
        found.append(Weights(*parts))
    return found


def jacobian(
    network: AttentionArchitecture, field: PrimeField, key: str, samples: int, size: int = 1, fix_gauge: bool = True
) -> Array:
    """Evaluate the Jacobian at weights, points, covectors and exponentials drawn from the streams of `key`.

    Parameters
    ----------
    network : AttentionArchitecture
    field : PrimeField
    key : str
        Key of the generator of the certificates.
    samples : int
        Number of rows.
    size : int
        64-bit words in each drawn integer.
    fix_gauge : bool
        Leave out as many weights as there are symmetries that are always there: at a general point, the rank stays.

    Returns
    -------
    array, shape (samples, weights that are left)
        Gradients, one row a sample.

    Raises
    ------
    PoleError
        If the sum of a column of scores or of exponentials vanishes modulo p.
    """
    parts = gradients(network, field, Drawn.of(network, field, key, samples, size))
    if fix_gauge:
        parts = [part[free_weights(network, i)] for i, part in enumerate(parts)]
    return np.ascontiguousarray(np.concatenate(parts).T)


def gradients(network: AttentionArchitecture, field: PrimeField, drawn: Drawn) -> list[Array]:
    """Return the gradients in the weights of each layer, (weights, samples): K, Q, V, flattened."""
    passes, adjoint = run(network, field, drawn), samples_last(drawn.covectors)
    found: list[Array] = []
    for i in range(network.depth - 1, -1, -1):
        at = layer_adjoints(network, field, passes[i], adjoint)
        found.append(np.concatenate([_flat(part, 3) for part in weight_gradients(field, passes[i], at)], axis=-2))
        if i > 0:
            adjoint = input_adjoint(network, field, drawn.weights[i], at, adjoint)
    return found[::-1]


def run(network: AttentionArchitecture, field: PrimeField, drawn: Drawn) -> list[Pass]:
    """Apply all layers to the points."""
    X, passes = samples_last(drawn.points), []
    for i, (layer, E) in enumerate(zip(drawn.weights, drawn.exponentials, strict=True)):
        visible = visibility(network, i)
        exponentials = None if E is None else np.moveaxis(E[..., : visible.shape[1]], -4, -1)
        step, X = forward(network, field, layer, X, visible, exponentials)
        passes.append(step)
    return passes


def samples_last(tokens: Array) -> Array:
    """Turn (samples, tokens, width) into (width, tokens, samples), in this order in memory."""
    return np.ascontiguousarray(tokens.swapaxes(-1, -3))


def logits(network: AttentionArchitecture, field: PrimeField, drawn: Drawn) -> Array:
    """Return, one row a sample, the logits that have exponentials of their own; equal ones count once."""
    found = []
    for i, step in enumerate(run(network, field, drawn)):
        chosen = visibility(network, i)
        if has_symmetric_scores(network, i) and chosen.shape[1] > 1:
            chosen = np.triu(chosen)
        found.append(_flat(step.scores[..., chosen, :], 2))
    return np.ascontiguousarray(np.concatenate(found, axis=-2).swapaxes(-1, -2))


def query_tokens(network: AttentionArchitecture) -> int:
    """Query tokens at which the last layer is evaluated: one, unless a mask makes tokens differ."""
    return network.tokens if network.causal else 1


def visibility(network: AttentionArchitecture, i: int) -> NDArray[np.bool_]:
    """Return whether query q of layer i sees key j, at row j, column q."""
    whole = every_pair(network)
    return whole[:, : query_tokens(network)] if i == network.depth - 1 else whole


def every_pair(network: AttentionArchitecture) -> NDArray[np.bool_]:
    """Return which keys each query sees, for all tokens as queries."""
    whole = np.ones((network.tokens, network.tokens), bool)
    return np.triu(whole) if network.causal else whole


def has_symmetric_scores(network: AttentionArchitecture, layer: int) -> bool:
    """Tell whether all tokens that enter a layer are multiples of one vector: the scores are symmetric then."""
    return forward_widths(network)[layer] == 1


def _equal_where_symmetric(network: AttentionArchitecture, i: int, E: Array | None) -> Array | None:
    """Let exponentials of a layer, (samples, heads, tokens, tokens), be equal where its scores are symmetric."""
    if E is not None and has_symmetric_scores(network, i):
        rows, columns = np.tril_indices(network.tokens, -1)
        E[..., rows, columns] = E[..., columns, rows]
    return E


def _flat(array: Array, axes: int) -> Array:
    """Make one axis of the last `axes` before the samples."""
    *shape, samples = array.shape
    return array.reshape(*shape[:-axes], -1, samples)


def _heads_of(field: PrimeField, X: Array, matrix: Array) -> Array:
    """Apply a matrix of each head, (heads, rows, d), to (d, tokens, samples): (heads, rows, tokens, samples)."""
    *networks, d, tokens, samples = X.shape
    *_, heads, rows, _ = matrix.shape
    flat = field.multiply(matrix.reshape(*networks, -1, d), X.reshape(*networks, d, -1))
    return flat.reshape(*networks, heads, rows, tokens, samples)


def forward(
    network: AttentionArchitecture, field: PrimeField, w: Weights, X: Array, visible: NDArray[np.bool_], E: Array | None
) -> tuple[Pass, Array]:
    """Apply one layer to all samples; the queries are the first tokens, as many as `visible` has columns."""
    count, seen = visible.shape[1], visible[:, :, None]
    keys, values = _heads_of(field, X, w.K), _heads_of(field, X, w.V)
    queries = _heads_of(field, np.ascontiguousarray(X[..., :count, :]), w.Q)
    scores = _summed(field, keys, queries)
    P, inverse = _attention(network, field, scores, seen, E)

    # The sum over the tokens of all heads.
    *networks, heads, after, n, samples = values.shape
    by_token = np.moveaxis(values, -3, -2).reshape(*networks, heads * n, after, samples)
    Y = _summed(field, by_token, P.reshape(*networks, heads * n, count, samples))
    if network.residual:
        Y = field.plus(Y, X[..., :count, :])
    return Pass(X, keys, queries, values, scores, P, inverse, seen), Y


def _summed(field: PrimeField, a: Array, b: Array) -> Array:
    """Return the sum over k of a[k, i] b[k, j] at every sample: (k, m, samples) and (k, n, samples) to (m, n, samples).

    Some passes over all samples are faster than a product of matrices at each, unless these are large.
    """
    terms, m, n = a.shape[-3], a.shape[-2], b.shape[-2]
    if field.is_float and terms * m * n <= LARGE and terms <= modular.summable_products(field.prime):
        found = a[..., 0, :, None, :] * b[..., 0, None, :, :]
        for k in range(1, terms):
            found += a[..., k, :, None, :] * b[..., k, None, :, :]
        return modular.centre(found, field.prime)
    by_sample = field.multiply(np.moveaxis(a, -1, -3).swapaxes(-1, -2), np.moveaxis(b, -1, -3))
    return np.ascontiguousarray(np.moveaxis(by_sample, -3, -1))


def _attention(
    network: AttentionArchitecture, field: PrimeField, scores: Array, visible: Array, E: Array | None
) -> tuple[Array, Array | None]:
    """Return the weights P, and the inverses of the column sums where there are any."""
    if network.is_polynomial:
        power = scores if network.score_power == 1 else field.power(scores, network.score_power)
        return (power * visible if network.causal else power), None
    top = scores if E is None else E
    if network.causal:
        top = top * visible
    sums = field.residues(top.sum(axis=-3, keepdims=True))
    if not np.all(sums != 0):
        raise PoleError("the sum of a column of attention weights vanishes at a sample")
    inverse = field.inverse(sums)
    return field.times(top, inverse), inverse


def layer_adjoints(network: AttentionArchitecture, field: PrimeField, step: Pass, adjoint: Array) -> Adjoints:
    """Return the adjoints of keys, queries and values from that of the layer's output."""
    at_output = adjoint[..., None, :, :, :]
    at_P = _summed(field, step.values, at_output)
    at_scores = _score_adjoint(network, field, step, at_P)
    if network.causal:
        at_scores = at_scores * step.visible

    by_query = at_scores.swapaxes(-2, -3)
    return Adjoints(
        _summed(field, by_query, step.queries.swapaxes(-2, -3)),
        _summed(field, at_scores, step.keys.swapaxes(-2, -3)),
        _summed(field, step.P.swapaxes(-2, -3), at_output.swapaxes(-2, -3)),
    )


def weight_gradients(field: PrimeField, step: Pass, at: Adjoints) -> tuple[Array, Array, Array]:
    """Return the gradients in K, Q, V, samples last."""
    by_token = step.X[..., None, :, :, :].swapaxes(-2, -3)
    count = at.queries.shape[-3]
    return (
        _summed(field, at.keys, by_token),
        _summed(field, at.queries, by_token[..., :count, :, :]),
        _summed(field, at.values, by_token),
    )


def input_adjoint(network: AttentionArchitecture, field: PrimeField, w: Weights, at: Adjoints, adjoint: Array) -> Array:
    """Return the adjoint of the layer's input."""
    count = adjoint.shape[-2]
    back = field.plus(_to_tokens(field, at.keys, w.K), _to_tokens(field, at.values, w.V))
    seen = field.plus(back[..., :count, :], _to_tokens(field, at.queries, w.Q))
    back[..., :count, :] = field.plus(seen, adjoint) if network.residual else seen
    return back


def _score_adjoint(network: AttentionArchitecture, field: PrimeField, step: Pass, at_P: Array) -> Array:
    """Adjoint of the scores. With P = E / sum E and dE = E ds: dP = P (ds - sum P ds)."""
    if network.is_polynomial:
        r = network.score_power
        if r == 1:
            return at_P
        return field.times(field.times(field.power(step.scores, r - 1), field.number(r)), at_P)
    mean = field.residues(field.times(at_P, step.P).sum(axis=-3, keepdims=True))
    centred = field.plus(at_P, -mean)
    if network.kind == "softmax":
        return field.times(centred, step.P)
    assert step.inverse is not None
    return field.times(centred, step.inverse)


def _to_tokens(field: PrimeField, adjoint: Array, matrix: Array) -> Array:
    """Adjoint of `_heads_of`, of (heads, tokens, rows, samples)."""
    *networks, heads, tokens, rows, samples = adjoint.shape
    flat = adjoint.swapaxes(-2, -3).reshape(*networks, heads * rows, tokens * samples)
    back = field.multiply(matrix.reshape(*networks, heads * rows, -1).swapaxes(-1, -2), flat)
    return back.reshape(*networks, -1, tokens, samples)


def free_weights(network: AttentionArchitecture, i: int) -> NDArray[np.bool_]:
    """Tell which weights of a layer (K, Q, V, flattened) are left when the gauge is fixed; see `free_parts`."""
    return np.concatenate([part.ravel() for part in free_parts(network, i)])


def free_parts(network: AttentionArchitecture, i: int) -> tuple[NDArray[np.bool_], ...]:
    """Tell which entries of K, Q and V of a layer are left when the gauge is fixed, in the shapes of `Weights`.

    Fixed are a square block of each K (changing the basis of the head), one entry of each Q (moving a factor from the
    scores to the values), and the first columns of the values side by side (changing the basis of the hidden tokens).
    """
    has_bases = i < network.depth - 1 and not network.residual
    return _free_parts(network.shapes[i], network.kind, has_bases)


@lru_cache(maxsize=1024)
def _free_parts(shape: Shape, kind: str, has_bases: bool) -> tuple[NDArray[np.bool_], ...]:
    """Return the same of a layer with or without hidden tokens after it whose basis can change; do not write to it."""
    h, a, d = shape.heads, shape.head_size, shape.before
    K, Q = np.ones((h, a, d), bool), np.ones((h, a, d), bool)
    V = np.ones((h, shape.after, d), bool)
    K[:, :, : min(a, d)] = False
    if kind == "normalised" and shape.rank == 1:
        Q[:] = False  # the weights depend on the key alone
    elif kind != "softmax":
        Q[:, 0, 0] = False
    if has_bases:
        columns = V.swapaxes(0, 1).reshape(shape.after, h * d)
        columns[:, : shape.after] = False
        V = columns.reshape(shape.after, h, d).swapaxes(0, 1)
    return K, Q, V
