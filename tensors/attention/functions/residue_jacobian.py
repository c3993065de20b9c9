"""The evaluated Jacobian of an attention network: one forward and one backward pass for all samples, modulo p.

A sample is a random input with a random covector on the outputs of its query tokens; its row is the gradient of
<covector, output> in the weights. Evaluations paired with covectors span the dual of the space of functions, so
as many general samples as the dimension see all of it. Outputs of one query determine those of all (permuting the
tokens permutes them), so without a mask the last layer is evaluated at the first query only.

Softmax: at every sample, every exponential exp(s) is an independent random residue E, and dE = E ds. That is a
specialisation of the true Jacobian wherever the exponentials are algebraically independent over the field of weights
and inputs, which `tensors.attention.functions.independence` proves from the `logits`.

Many networks of one shape, padded with zeros, go through the same passes (`tensors.attention.functions.batch`): every
array may have one more axis in front, that of the networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence.evaluation import PoleError
from tensors.attention.functions.reduction import forward_widths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.rank.field import PrimeField
    from algebra.types import Array
    from tensors.attention.functions.architecture import AttentionArchitecture


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights of one layer: K and Q of shape (heads, head size, before), V of shape (heads, after, before).

    Here and below, an axis of networks may be in front.
    """

    K: Array
    Q: Array
    V: Array


@dataclass(frozen=True, eq=False)
class Pass:
    """What the backward pass of a layer needs: inputs, keys, queries, values, scores, attention weights P."""

    X: Array  # (samples, tokens, before)
    keys: Array  # (samples, heads, tokens, head size)
    queries: Array  # (samples, heads, query tokens, head size)
    values: Array  # (samples, heads, tokens, after)
    scores: Array  # (samples, heads, tokens, query tokens)
    P: Array
    inverse: Array | None  # of the column sums, for normalised scores
    visible: NDArray[np.bool_]  # (tokens, query tokens)


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
        return cls(
            draw_weights(network, field, key, size),
            field.draw(key, "points", (samples, network.tokens, network.widths[0]), size),
            field.draw(key, "covectors", (samples, query_tokens(network), network.widths[-1]), size),
            [_exponentials(network, field, i, key, samples, size) for i in range(network.depth)],
        )


def draw_weights(network: AttentionArchitecture, field: PrimeField, key: str, size: int) -> list[Weights]:
    """Draw the weights of all layers from the stream ``weights`` of `key`: of each layer K, Q, V."""
    numbers = field.draw(key, "weights", (network.parameters,), size)
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
        parts = [part[:, free_weights(network, i)] for i, part in enumerate(parts)]
    return np.concatenate(parts, axis=1)


def gradients(network: AttentionArchitecture, field: PrimeField, drawn: Drawn) -> list[Array]:
    """Return the gradients in the weights of each layer, (samples, weights): K, Q, V, flattened."""
    passes, adjoint = run(network, field, drawn), drawn.covectors
    found: list[Array] = []
    for i in range(network.depth - 1, -1, -1):
        parts, adjoint = backward(network, field, drawn.weights[i], passes[i], adjoint)
        found.append(np.concatenate([part.reshape(*part.shape[:-3], -1) for part in parts], axis=-1))
    return found[::-1]


def run(network: AttentionArchitecture, field: PrimeField, drawn: Drawn) -> list[Pass]:
    """Apply all layers to the points."""
    X, passes = drawn.points, []
    for i, (layer, E) in enumerate(zip(drawn.weights, drawn.exponentials, strict=True)):
        visible = visibility(network, i)
        step, X = forward(network, field, layer, X, visible, None if E is None else E[..., : visible.shape[1]])
        passes.append(step)
    return passes


def logits(network: AttentionArchitecture, field: PrimeField, drawn: Drawn) -> Array:
    """Return, one row a sample, the logits that have exponentials of their own; equal ones count once."""
    found = []
    for i, step in enumerate(run(network, field, drawn)):
        chosen = visibility(network, i)
        if has_symmetric_scores(network, i) and chosen.shape[1] > 1:
            chosen = np.triu(chosen)
        seen = step.scores[..., chosen]
        found.append(seen.reshape(*seen.shape[:-2], -1))
    return np.concatenate(found, axis=-1)


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


def _exponentials(
    network: AttentionArchitecture, field: PrimeField, i: int, key: str, samples: int, size: int
) -> Array | None:
    if network.kind != "softmax":
        return None
    n = network.tokens
    E = field.draw(key, f"exponentials/{i}", (samples, network.heads[i], n, n), size)
    if has_symmetric_scores(network, i):
        rows, columns = np.tril_indices(n, -1)
        E[..., rows, columns] = E[..., columns, rows]
    return E


def _heads_of(field: PrimeField, X: Array, matrix: Array) -> Array:
    """Apply a matrix of each head, (heads, rows, d), to (samples, tokens, d): (samples, heads, tokens, rows)."""
    *networks, samples, tokens, d = X.shape
    *_, heads, rows, _ = matrix.shape
    forms = matrix.reshape(*networks, -1, d).swapaxes(-1, -2)
    flat = field.multiply(np.ascontiguousarray(X).reshape(*networks, -1, d), forms)
    return np.ascontiguousarray(flat.reshape(*networks, samples, tokens, heads, rows).swapaxes(-2, -3))


def forward(
    network: AttentionArchitecture, field: PrimeField, w: Weights, X: Array, visible: NDArray[np.bool_], E: Array | None
) -> tuple[Pass, Array]:
    """Apply one layer to all samples; the queries are the first tokens, as many as `visible` has columns."""
    count = visible.shape[1]
    keys, values = _heads_of(field, X, w.K), _heads_of(field, X, w.V)
    queries = _heads_of(field, X[..., :count, :], w.Q)
    scores = field.multiply(keys, queries.swapaxes(-1, -2))
    P, inverse = _attention(network, field, scores, visible, E)
    *samples, heads, n, _ = P.shape
    mixed = np.moveaxis(P, -1, -3).reshape(*samples, count, heads * n)
    Y = field.multiply(mixed, values.reshape(*samples, heads * n, -1))
    if network.residual:
        Y = field.plus(Y, X[..., :count, :])
    return Pass(X, keys, queries, values, scores, P, inverse, visible), Y


def _attention(
    network: AttentionArchitecture, field: PrimeField, scores: Array, visible: Array, E: Array | None
) -> tuple[Array, Array | None]:
    """Return the weights P, and the inverses of the column sums where there are any."""
    if network.is_polynomial:
        power = scores if network.score_power == 1 else field.power(scores, network.score_power)
        return power * visible, None
    top = (scores if E is None else E) * visible
    sums = field.residues(top.sum(axis=-2, keepdims=True))
    if not np.all(sums != 0):
        raise PoleError("the sum of a column of attention weights vanishes at a sample")
    inverse = field.inverse(sums)
    return field.times(top, inverse), inverse


def backward(
    network: AttentionArchitecture, field: PrimeField, w: Weights, step: Pass, adjoint: Array
) -> tuple[tuple[Array, Array, Array], Array]:
    """Return the gradients in K, Q, V (samples first) and the adjoint of the layer's input."""
    count = adjoint.shape[-2]
    at_output = adjoint[..., None, :, :]
    at_P = field.multiply(step.values, at_output.swapaxes(-1, -2))
    at_values = field.multiply(step.P, np.broadcast_to(at_output, (*step.P.shape[:-2], *adjoint.shape[-2:])))
    at_scores = _score_adjoint(network, field, step, at_P) * step.visible
    at_keys = field.multiply(at_scores, step.queries)
    at_queries = field.multiply(at_scores.swapaxes(-1, -2), step.keys)
    X = step.X[..., None, :, :]
    gradients = (
        field.multiply(at_keys.swapaxes(-1, -2), X),
        field.multiply(at_queries.swapaxes(-1, -2), X[..., :count, :]),
        field.multiply(at_values.swapaxes(-1, -2), X),
    )
    back = field.plus(_to_tokens(field, at_keys, w.K), _to_tokens(field, at_values, w.V))
    seen = field.plus(back[..., :count, :], _to_tokens(field, at_queries, w.Q))
    back[..., :count, :] = field.plus(seen, adjoint) if network.residual else seen
    return gradients, back


def _score_adjoint(network: AttentionArchitecture, field: PrimeField, step: Pass, at_P: Array) -> Array:
    """Adjoint of the scores. With P = E / sum E and dE = E ds: dP = P (ds - sum P ds)."""
    if network.is_polynomial:
        r = network.score_power
        if r == 1:
            return at_P
        return field.times(field.times(field.power(step.scores, r - 1), field.number(r)), at_P)
    mean = field.residues(field.times(at_P, step.P).sum(axis=-2, keepdims=True))
    centred = field.plus(at_P, -mean)
    if network.kind == "softmax":
        return field.times(centred, step.P)
    assert step.inverse is not None
    return field.times(centred, step.inverse)


def _to_tokens(field: PrimeField, adjoint: Array, matrix: Array) -> Array:
    """Adjoint of `_heads_of`."""
    *networks, samples, heads, tokens, rows = adjoint.shape
    flat = np.ascontiguousarray(adjoint.swapaxes(-2, -3)).reshape(*networks, samples * tokens, heads * rows)
    back = field.multiply(flat, matrix.reshape(*networks, heads * rows, -1))
    return back.reshape(*networks, samples, tokens, -1)


def free_weights(network: AttentionArchitecture, i: int) -> NDArray[np.bool_]:
    """Tell which weights of a layer (K, Q, V, flattened) are left when the gauge is fixed; see `free_parts`."""
    return np.concatenate([part.ravel() for part in free_parts(network, i)])


def free_parts(network: AttentionArchitecture, i: int) -> tuple[NDArray[np.bool_], ...]:
    """Tell which entries of K, Q and V of a layer are left when the gauge is fixed, in the shapes of `Weights`.

    Fixed are a square block of each K (changing the basis of the head), one entry of each Q (moving a factor from the
    scores to the values), and the first columns of the values side by side (changing the basis of the hidden tokens).
    """
    shape = network.shapes[i]
    h, a, d = shape.heads, shape.head_size, shape.before
    K, Q = np.ones((h, a, d), bool), np.ones((h, a, d), bool)
    V = np.ones((h, shape.after, d), bool)
    K[:, :, : min(a, d)] = False
    if network.kind == "normalised" and shape.rank == 1:
        Q[:] = False  # the weights depend on the key alone
    elif network.is_scalable:
        Q[:, 0, 0] = False
    if i < network.depth - 1 and not network.residual:
        columns = V.swapaxes(0, 1).reshape(shape.after, h * d)
        columns[:, : shape.after] = False
        V = columns.reshape(shape.after, h, d).swapaxes(0, 1)
    return K, Q, V
