"""Attention networks at samples modulo m: weights, outputs, and derivatives in all weights."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from .attention_networks import Attention
from .generator import residues
from .matrices import Matrix, add, cut, product, transpose
from .minors import unit_inverse


class Head(NamedTuple):
    """One head at one sample: keys, queries, values, scores, weights P."""

    keys: Matrix
    queries: Matrix
    values: Matrix
    scores: Matrix
    P: Matrix


class Step(NamedTuple):
    """One layer at one sample: its input and its heads."""

    X: Matrix
    heads: list[Head]


Weights = list[list[tuple[Matrix, Matrix, Matrix]]]


def weights(a: Attention, key: str, m: int, size: int = 1) -> Weights:
    """Draw K, Q and V of the heads of every layer, `size` words for each number."""
    drawn = residues(key, "weights", 0, a.parameters, size, m)
    start, layers = 0, []
    for (d, e), head_size, h in zip(pairwise(a.widths), a.head_sizes, a.heads, strict=True):
        # All keys of a layer, then all queries, then all values.
        parts = []
        for rows in (head_size, head_size, e):
            parts.append([cut(drawn, start + k * rows * d, rows, d) for k in range(h)])
            start += h * rows * d
        layers.append(list(zip(*parts, strict=True)))
    return layers


def forward(
    a: Attention, theta: Weights, key: str, t: int, m: int, whole: bool = False, size: int = 1
) -> tuple[list[Step], Matrix]:
    """Evaluate all layers at sample t; the last one at its first query only, unless `whole`."""
    n, d = a.tokens, a.widths[0]
    drawn = residues(key, "points", t * n * d, n * d, size, m)
    X = transpose(cut(drawn, 0, n, d))
    steps = []
    for i, layer in enumerate(theta):
        is_last = i == len(theta) - 1
        count = 1 if is_last and not whole else n
        seen = [row[:count] for row in X]

        # The layer is the sum of V X P over its heads.
        Y = [[0] * count for _ in range(a.widths[i + 1])]
        heads = []
        for h, (K, Q, V) in enumerate(layer):
            keys, queries, values = product(K, X, m), product(Q, seen, m), product(V, X, m)
            scores = product(transpose(keys), queries, m)
            if a.kind == "softmax":
                P = softmax(exponentials(a, key, i, t, h, m, size), count, m)
            else:
                P = [[pow(s, a.power, m) for s in row] for row in scores]
            heads.append(Head(keys, queries, values, scores, P))
            Y = add(Y, product(values, P, m), m)
        steps.append(Step(X, heads))
        X = Y
    return steps, X


def exponentials(a: Attention, key: str, i: int, t: int, h: int, m: int, size: int = 1) -> Matrix:
    """Draw the residues that replace the exponentials of a head's logits.

    Where all tokens are multiples of one vector, a logit stays the same if its tokens change places.
    """
    n = a.tokens
    start = (t * a.heads[i] + h) * n * n
    E = cut(residues(key, f"exponentials/{i}", start, n * n, size, m), 0, n, n)
    if a.spaces[i] > 1:
        return E
    return [[E[min(j, q)][max(j, q)] for q in range(n)] for j in range(n)]


def softmax(E: Matrix, count: int, m: int) -> Matrix:
    """Divide the first columns by their sums."""
    found = []
    for column in transpose(E)[:count]:
        inverse = unit_inverse(sum(column) % m, m, "the sum of exponentials is no unit at a sample")
        found.append([x * inverse % m for x in column])
    return transpose(found)


def gradient(a: Attention, theta: Weights, key: str, t: int, m: int, size: int = 1) -> list[int]:
    """Return the derivatives of covector t times the output in all weights: one pass forward, one backward."""
    steps, _ = forward(a, theta, key, t, m, size=size)
    above = [[c] for c in residues(key, "covectors", t * a.widths[-1], a.widths[-1], size, m)]
    found: list[int] = []
    for layer, step in zip(theta[::-1], steps[::-1], strict=True):
        X, count = step.X, len(above[0])
        seen = [row[:count] for row in X]
        at_K, at_Q, at_V = [], [], []
        below = [[0] * len(X[0]) for _ in X]
        for (K, Q, V), head in zip(layer, step.heads, strict=True):
            # Adjoints of what the head computes.
            at_scores = score_adjoint(a, head, product(transpose(head.values), above, m), m)
            at_keys = product(head.queries, transpose(at_scores), m)
            at_queries = product(head.keys, at_scores, m)
            at_values = product(above, transpose(head.P), m)

            # Of its weights, which multiply the tokens; queries see the first tokens only.
            at_K.append(product(at_keys, transpose(X), m))
            at_Q.append(product(at_queries, transpose(seen), m))
            at_V.append(product(at_values, transpose(X), m))

            # Of its tokens.
            short = product(transpose(Q), at_queries, m)
            longer = [row + [0] * (len(X[0]) - count) for row in short]
            below = add(below, longer, m)
            below = add(below, product(transpose(K), at_keys, m), m)
            below = add(below, product(transpose(V), at_values, m), m)

        # The weights stand in the order of `weights`.
        entries = [x for matrix in (*at_K, *at_Q, *at_V) for row in matrix for x in row]
        found = entries + found
        above = below
    return found


def score_adjoint(a: Attention, head: Head, at_P: Matrix, m: int) -> Matrix:
    """Return the adjoint of the scores. For softmax, dP = P (ds - sum P ds) in each column."""
    # Powers: each score for itself.
    if a.kind != "softmax":
        slopes = [[a.power * pow(s, a.power - 1, m) for s in row] for row in head.scores]
        pairs = zip(at_P, slopes, strict=True)
        return [[x * slope % m for x, slope in zip(row, of_row, strict=True)] for row, of_row in pairs]

    # Softmax: a column at a time.
    found = []
    for p, x in zip(transpose(head.P), transpose(at_P), strict=True):
        mean = sum(y * z for y, z in zip(p, x, strict=True))
        found.append([y * (z - mean) % m for y, z in zip(p, x, strict=True)])
    return transpose(found)
