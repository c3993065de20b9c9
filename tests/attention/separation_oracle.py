"""Slow oracles for separation ranks: layers token by token, and forms as polynomials in the entries of tokens."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np

from algebra.random_words import residues
from algebra.rank import rank_mod


def drawn_weights(stack, key, modulus):
    """Draw Q, K, V and O of each layer and head as the certificates do, but all numbers at once."""
    shapes = []
    for number in range(stack.layers):
        inner = stack.width if number else stack.seen_width
        shapes += 3 * [(stack.head_size, inner)] + [(stack.width, stack.head_size)]
    shapes = [shape for i in range(0, len(shapes), 4) for _ in range(stack.heads) for shape in shapes[i : i + 4]]
    numbers = iter(residues(key, "weights", 0, sum(a * b for a, b in shapes), 1, modulus))
    found = [np.array([[next(numbers) for _ in range(b)] for _ in range(a)], object) for a, b in shapes]
    heads = [tuple(found[i : i + 4]) for i in range(0, len(found), 4)]
    return [heads[i : i + stack.heads] for i in range(0, len(heads), stack.heads)]


def drawn_tokens(stack, key, side, choice, modulus):
    """Draw one choice of tokens, as rows; the tokens beyond the width are 0."""
    count, d = min(stack.tokens[side], stack.seen_width), stack.seen_width
    numbers = residues(key, ("rows", "columns")[side], choice * count * d, count * d, 1, modulus)
    return [np.array(numbers[i * d : (i + 1) * d], object) for i in range(count)]


def output(layers, tokens, modulus, residual=False):
    """Return the first coordinate of the output at the first token, from the definition of a layer."""
    return outputs(layers, tokens, modulus, residual)[0]


def outputs(layers, tokens, modulus, residual=False):
    """Return the first coordinate of the output at every token."""
    for heads in layers:
        passed = []
        for x in tokens:
            y = np.zeros(len(heads[0][3]), object)
            for q, k, v, o in heads:
                for z in tokens:
                    y = y + o @ (v @ z) * int((q @ x) @ (k @ z) % modulus)
            if residual:
                y[: len(x)] += x
            passed.append(y % modulus)
        tokens = passed
    return [int(token[0]) for token in tokens]


def token_level_matrix(stack, key, modulus, size):
    """Return the matrix of the output, one row a choice of A's tokens, one column a choice of B's."""
    layers = drawn_weights(stack, key, modulus)
    sides = [[drawn_tokens(stack, key, side, t, modulus) for t in range(size)] for side in (0, 1)]
    return [[output(layers, [*a, *b], modulus, stack.residual) for b in sides[1]] for a in sides[0]]


def pooled_matrix(stack, key, modulus, size):
    """Return the matrix of the sum of the outputs at all tokens; all tokens of both groups are drawn."""
    layers, d, (on_a, on_b) = drawn_weights(stack, key, modulus), stack.seen_width, stack.tokens
    count = size * (on_a + on_b)
    drawn = np.array(residues(key, "tokens", 0, count * d, 1, modulus), object).reshape(size, on_a + on_b, d)
    pairs = [[[*a[:on_a], *b[on_a:]] for b in drawn] for a in drawn]
    return [[sum(outputs(layers, list(each), modulus, stack.residual)) % modulus for each in row] for row in pairs]


def rank_of_forms(d, tokens, degree, modulus, with_token=False):
    """Return the dimension of the forms on Gram matrices of so many tokens, times the first token on request.

    All monomials are evaluated at random tokens, more of them than there are monomials.
    """
    pairs = list(combinations_with_replacement(range(d), 2))
    monomials = list(combinations_with_replacement(range(len(pairs)), degree))
    count = len(monomials) * (d if with_token else 1) + 3
    rng = np.random.default_rng(d * 100 + tokens * 10 + degree)
    matrix = []
    for _ in range(count):
        x = [[int(z) for z in row] for row in rng.integers(modulus, size=(tokens, d))]
        entries = [sum(row[i] * row[j] for row in x) % modulus for i, j in pairs]
        values = []
        for monomial in monomials:
            value = 1
            for i in monomial:
                value = value * entries[i] % modulus
            values += [value * z % modulus for z in x[0]] if with_token else [value]
        matrix.append(values)
    return rank_mod(matrix, modulus)
