"""Independent roads to the same dimensions: coefficient polynomials in sympy, and derivatives in floats."""

import numpy as np
import pytest
from sympy import QQ, Matrix, ring

from tensors.attention.functions.network import AttentionNetwork


def weights_of(network, numbers):
    """Cut a flat list of numbers into (K, Q, V) of every head of every layer."""
    numbers = list(numbers)
    layers = []
    for shape in network.shapes:
        heads = []
        for _ in range(shape.heads):
            parts = []
            for rows in (shape.head_size, shape.head_size, shape.after):
                taken, numbers = numbers[: rows * shape.before], numbers[rows * shape.before :]
                parts.append([taken[i * shape.before : (i + 1) * shape.before] for i in range(rows)])
            heads.append(parts)
        layers.append(heads)
    return layers


def product(a, b):
    return [[sum((x * y for x, y in zip(row, column, strict=True)), 0) for column in zip(*b, strict=True)] for row in a]


def lightning(network, weights, X):
    """Definition of the layers, on lists of lists of anything that can be added and multiplied."""
    n = network.tokens
    for heads in weights:
        new = [list(row) for row in X] if network.residual else None
        for K, Q, V in heads:
            scores = product(list(map(list, zip(*product(K, X), strict=True))), product(Q, X))
            P = [
                [scores[j][q] ** network.score_power if not network.causal or j <= q else 0 for q in range(n)]
                for j in range(n)
            ]
            Y = product(product(V, X), P)
            new = (
                Y if new is None else [[x + y for x, y in zip(*rows, strict=True)] for rows in zip(new, Y, strict=True)]
            )
        X = new
    return X


def symbolic_dimension(network):
    """Rank over Q of the derivatives of all coefficients in all weights, at integer weights: dual numbers in sympy."""
    d, n = network.widths[0], network.tokens
    names = [f"x{i}{j}" for i in range(d) for j in range(n)]
    R, *generators = ring([*names, "eps"], QQ)
    *xs, eps = generators
    X = [xs[i * n : (i + 1) * n] for i in range(d)]
    rng = np.random.default_rng(5)
    point = [int(w) for w in rng.integers(1, 100, network.parameters)]
    rows, columns = [], {}
    for k in range(network.parameters):
        moved = [R(w) + eps if i == k else R(w) for i, w in enumerate(point)]
        outputs = [y for row in lightning(network, weights_of(network, moved), X) for y in row]
        row = {}
        for o, polynomial in enumerate(outputs):
            for exponents, c in R(polynomial).terms():
                if exponents[-1] == 1:
                    row[columns.setdefault((o, exponents), len(columns))] = c
        rows.append(row)
    matrix = Matrix(len(rows), max(len(columns), 1), lambda i, j: rows[i].get(j, 0))
    from sympy.polys.matrices import DomainMatrix

    return DomainMatrix.from_Matrix(matrix).to_field().rank()


@pytest.mark.parametrize(
    "network",
    [
        AttentionNetwork((2, 2), 1, tokens=1),
        AttentionNetwork((2, 2), 1, tokens=2),
        AttentionNetwork((3, 2), 2, tokens=2),
        AttentionNetwork((3, 1), 1, 2, tokens=2),
        AttentionNetwork((2, 2), 2, 2, tokens=2),
        AttentionNetwork((2, 1), 1, 3, kind="polynomial", score_power=2, tokens=2),
        AttentionNetwork((2, 2), 1, 2, tokens=2, causal=True),
        AttentionNetwork((1, 2, 1), 1, 2, tokens=2),
        AttentionNetwork((1, 1, 1), 1, 2, tokens=2, residual=True),
        AttentionNetwork((2, 1, 2), 1, tokens=2),
        AttentionNetwork((2, 2, 1), (1, 2), tokens=1),
        AttentionNetwork((2, 2, 1), (2, 1), tokens=1),
    ],
    ids=lambda network: network.label,
)
def test_symbolic_jacobian_of_the_coefficients(network):
    assert symbolic_dimension(network) == network.dimension().lower


def test_symbolic_collapse_after_head_size_one():
    network = AttentionNetwork((2, 2, 2), (1, 2), tokens=2)
    assert symbolic_dimension(network) == network.dimension().lower < AttentionNetwork((2, 2, 2), 2).dimension().lower


def float_layers(network, numbers, X):
    for heads in weights_of(network, numbers):
        Y = X if network.residual else 0
        for K, Q, V in (map(np.array, head) for head in heads):
            E = np.exp((K @ X).T @ (Q @ X)) if network.kind == "softmax" else (K @ X).T @ (Q @ X)
            if network.causal:
                E = E * np.triu(np.ones(E.shape))
            Y = Y + V @ X @ (E / E.sum(axis=0))
        X = Y
    return X.ravel()


def float_dimension(network):
    """Numerical rank by the complex step, whose derivatives are exact to rounding; the gap must be clear."""
    rng = np.random.default_rng(3)
    point = rng.normal(size=network.parameters) * 0.9
    inputs = rng.normal(size=(network.parameters + 8, network.widths[0], network.tokens))
    columns = []
    for k in range(network.parameters):
        moved = point.astype(complex)
        moved[k] += 1e-30j
        columns.append(np.concatenate([float_layers(network, moved, X).imag * 1e30 for X in inputs]))
    singular = np.linalg.svd(np.array(columns), compute_uv=False)
    singular /= singular[0]
    rank = int((singular > 1e-12).sum())
    if rank < len(singular):
        assert singular[rank - 1] > 50 * singular[rank]
    return rank


@pytest.mark.parametrize(
    "network",
    [
        AttentionNetwork((2, 2), 1, kind="softmax", tokens=2),
        AttentionNetwork((3, 2), 2, 2, kind="softmax", tokens=3),
        AttentionNetwork((1, 2), 1, 2, kind="softmax", tokens=3),
        AttentionNetwork((2, 2, 2), (1, 2), kind="softmax", tokens=3),
        AttentionNetwork((1, 2, 2), 1, kind="softmax", tokens=3),
        AttentionNetwork((3, 1, 2), 1, kind="softmax", tokens=2),
        AttentionNetwork((2, 2, 2), 1, 2, kind="softmax", tokens=3),
        AttentionNetwork((2, 2, 2), 1, kind="softmax", tokens=3, causal=True),
        AttentionNetwork((2, 2, 2), 1, kind="softmax", tokens=2, residual=True),
        AttentionNetwork((2, 3), 1, kind="softmax", tokens=1),
        AttentionNetwork((3, 2), 1, kind="normalised", tokens=3),
        AttentionNetwork((2, 2), 2, kind="normalised", tokens=2),
    ],
    ids=lambda network: network.label,
)
def test_float_jacobian(network):
    assert float_dimension(network) == network.dimension().lower


def test_float_jacobian_sees_that_two_tokens_are_fewer():
    two = AttentionNetwork((2, 4, 1), (1, 3), 2, kind="softmax", tokens=2)
    three = AttentionNetwork((2, 4, 1), (1, 3), 2, kind="softmax", tokens=3)
    assert (two.dimension().lower, three.dimension().lower) == (42, 44)
    assert float_dimension(two) == 42
