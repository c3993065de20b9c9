"""A floating-point estimator of attention dimensions: gradients of single outputs, and a rank with default tolerance.

As the scripts published with the first papers do it: random Gaussian weights and inputs, one backward pass for each
entry of the output, `numpy.linalg.matrix_rank` of all gradients with its default tolerance; written anew, in numpy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tensors.attention.functions.network import AttentionNetwork

Floats = NDArray[np.float64]
Head = tuple[Floats, Floats, Floats]
Step = list[tuple[Floats, Floats, Floats, Floats]]


def draw(network: AttentionNetwork, rng: np.random.Generator) -> list[list[Head]]:
    """Gaussian weights, scaled so that outputs stay of the same size."""
    layers = []
    for s in network.shapes:
        scale = s.before**-0.5
        rows = (s.head_size, s.head_size, s.after)
        layers.append(
            [tuple(scale * rng.standard_normal((r, s.before)) for r in rows) for _ in range(s.heads)]  # type: ignore[misc]
        )
    return layers  # type: ignore[return-value]


def forward(network: AttentionNetwork, layers: list[list[Head]], X: Floats) -> tuple[list[Floats], list[Step]]:
    """Evaluate; keep inputs, and of every head keys, queries, values and weights P."""
    inputs, steps = [X], []
    for heads in layers:
        step: Step = []
        Y = np.zeros((heads[0][2].shape[0], X.shape[1]))
        for K, Q, V in heads:
            keys, queries, values = K @ inputs[-1], Q @ inputs[-1], V @ inputs[-1]
            P = keys.T @ queries
            if network.kind == "softmax":
                P = np.exp(P - P.max(axis=0))
                P /= P.sum(axis=0)
            step.append((keys, queries, values, P))
            Y += values @ P
        inputs.append(Y)
        steps.append(step)
    return inputs, steps


def gradient(
    network: AttentionNetwork, layers: list[list[Head]], inputs: list[Floats], steps: list[Step], o: int, q: int
) -> Floats:
    """Gradient of one entry of the output in all weights."""
    adjoint = np.zeros_like(inputs[-1])
    adjoint[o, q] = 1.0
    parts: list[Floats] = []
    for heads, step, X in zip(layers[::-1], steps[::-1], inputs[-2::-1], strict=True):
        back, here = np.zeros_like(X), []
        for (K, Q, V), (keys, queries, values, P) in zip(heads, step, strict=True):
            at_P, at_values = values.T @ adjoint, adjoint @ P.T
            if network.kind == "softmax":
                at_P = P * (at_P - (at_P * P).sum(axis=0))
            at_keys, at_queries = queries @ at_P.T, keys @ at_P
            here += [at_keys @ X.T, at_queries @ X.T, at_values @ X.T]
            back += K.T @ at_keys + Q.T @ at_queries + V.T @ at_values
        parts = here + parts
        adjoint = back
    return np.concatenate([part.ravel() for part in parts])


def float_dimension(network: AttentionNetwork, points: int = 10, seed: int = 0) -> int:
    """Rank of the gradients of all outputs at so many inputs, with numpy's default tolerance."""
    rng = np.random.default_rng(seed)
    layers = draw(network, rng)
    rows = []
    for _ in range(points):
        inputs, steps = forward(network, layers, rng.standard_normal((network.widths[0], network.tokens)))
        entries = np.ndindex(inputs[-1].shape)
        rows += [gradient(network, layers, inputs, steps, o, q) for o, q in entries]
    return int(np.linalg.matrix_rank(np.array(rows)))
