"""The output of a stack of attention layers at a pair of token groups, modulo m, through Gram matrices."""

from __future__ import annotations

from functools import lru_cache
from operator import mul
from typing import NamedTuple

from .generator import residues
from .matrices import Matrix, add, product, transpose
from .separation_stacks import Stack

Head = tuple[Matrix, Matrix]  # O V and K^T Q
SIDES = ("rows", "columns")  # of the matrix of values: one group of tokens for each row, and for each column


class Sample(NamedTuple):
    """Tokens of one group: the first of them, their Gram matrix G, and what the first layer makes of it, M(G)."""

    first: list[int]
    gram: Matrix
    image: Matrix

    @classmethod
    def of(cls, tokens: Matrix, heads: list[Head], m: int) -> Sample:
        """Sum the products of each token with itself."""
        gram = product(transpose(tokens), tokens, m)
        return cls(tokens[0], gram, image_of(heads, gram, m))


def draw_layers(stack: Stack, key: str, m: int, size: int = 1) -> list[list[Head]]:
    """Draw the weights of each layer: of each head Q, K, V, then O, each row by row."""
    layers, start = [], 0
    for number in range(stack.layers):
        inner = stack.width if number else stack.seen
        into, out = (stack.head_size, inner), (stack.width, stack.head_size)
        heads = []
        for _ in range(stack.heads):
            drawn = []
            for rows, columns in (into, into, into, out):
                numbers = residues(key, "weights", start, rows * columns, size, m)
                drawn.append(rows_of(numbers, columns))
                start += rows * columns
            q, k, v, o = drawn
            heads.append((product(o, v, m), product(transpose(k), q, m)))
        layers.append(heads)
    return layers


def rows_of(numbers: list[int], columns: int) -> Matrix:
    """Cut numbers into rows."""
    return [numbers[i : i + columns] for i in range(0, len(numbers), columns)]


def draw_tokens(stack: Stack, key: str, side: int, choice: int, m: int, size: int = 1) -> Matrix:
    """Draw a choice of tokens of one group: min(N, r) of them, one a row."""
    each = min(stack.tokens[side], stack.seen) * stack.seen
    numbers = residues(key, SIDES[side], choice * each, each, size, m)
    return rows_of(numbers, stack.seen)


def tokens_of_texts(stack: Stack, key: str, side: int, texts: list[list[int]], m: int, size: int) -> list[Matrix]:
    """Return the tokens of texts of one group: of each word its vector, plus that of its position."""
    d, count = stack.seen, stack.tokens[side]
    words = {word for text in texts for word in text}
    vectors = {word: residues(key, "embeddings", word * d, d, size, m) for word in words}

    places: Matrix = [[0] * d] * count
    if stack.positions:
        drawn = residues(key, SIDES[side] + "/positions", 0, count * d, size, m)
        places = rows_of(drawn, d)
    return [add([vectors[word] for word in text], places, m) for text in texts]


def pair_values(
    layers: list[list[Head]], a: Sample, b: Sample, residual: bool, degree: tuple[int, int] | None, m: int
) -> int:
    """Return the first coordinate at a pair of groups, or its coefficient of degree k of C in the second one's G."""
    # Of the last layer one row of M(G) is needed, of the others all.
    later = [(heads, len(heads[0][0])) for heads in layers[1:]]
    later[-1:] = [(heads, 1) for heads, _ in later[-1:]]
    if degree is None:
        return value(later, a.first, add(a.gram, b.gram, m), add(a.image, b.image, m), residual, m)
    k, top = degree
    gram, image, total = a.gram, a.image, 0
    for coefficient in coefficients_at(k, top, m):
        total += coefficient * value(later, a.first, gram, image, residual, m)
        gram, image = add(gram, b.gram, m), add(image, b.image, m)
    return total % m


def value(
    later: list[tuple[list[Head], int]], x: list[int], gram: Matrix, image: Matrix, residual: bool, m: int
) -> int:
    """Return the first coordinate of M_L(G_{L-1}) ... M_1(G_0) x, for the later layers with the rows that are needed.

    With residual connections the identity, filled up with zeros, is added to each M(G).
    """
    for heads, rows in later:
        image = with_residual(image, residual)
        x = [sum(map(mul, row, x)) % m for row in image]
        gram = product(product(image, gram, m), transpose(image), m)
        image = image_of([(left[:rows], right) for left, right in heads], gram, m)
    return int(sum(map(mul, with_residual(image, residual)[0], x)) % m)


def with_residual(image: Matrix, residual: bool) -> Matrix:
    """Add the identity where there is a residual connection."""
    return [[y + (i == j) for j, y in enumerate(row)] for i, row in enumerate(image)] if residual else image


def image_of(heads: list[Head], gram: Matrix, m: int) -> Matrix:
    """Return the sum of O V G K^T Q over the heads."""
    total: Matrix = [[0] * len(gram) for _ in heads[0][0]]
    for left, right in heads:
        total = add(total, product(product(left, gram, m), right, m), m)
    return total


@lru_cache(maxsize=4096)
def coefficients_at(k: int, top: int, m: int) -> tuple[int, ...]:
    """Return c_0 ... c_top with sum_t c_t f(t) = the k-th coefficient of f, for f of degree top.

    c_t is that of the polynomial that is 1 at t and 0 at the other points: of (z - 0) ... (z - top), divided by z - t,
    over its value at t.
    """
    whole, factorials = [1], [1]
    for u in range(top + 1):
        shifted, here = [0, *whole], [*whole, 0]
        whole = [(below - u * x) % m for below, x in zip(shifted, here, strict=True)]
        factorials.append(factorials[-1] * (u + 1) % m)

    found = []
    for t in range(top + 1):
        # The division, from the leading coefficient down to the k-th.
        coefficient = 0
        for each in whole[:k:-1]:
            coefficient = (each + t * coefficient) % m
        sign = -1 if (top - t) % 2 else 1
        value = sign * factorials[t] * factorials[top - t]
        found.append(coefficient * pow(value, -1, m) % m)
    return tuple(found)
