"""A stack of attention layers at random tokens, modulo a prime: the matrix of the separation rank, or of one degree.

Tokens enter through their Gram matrices only, so a pair (tokens of A, tokens of B) costs L products of matrices,
however many tokens there are; min(N, d) of them are drawn, the others are 0. All pairs are evaluated at once: a matrix
for each pair is an array of shape (rows, columns, pairs), every operation runs along the pairs. The map from Gram
matrices to M(G) is one matrix, so applying it is one product that BLAS makes.

The part f_k of degree k in G_B is a coefficient of F(G_A + t G_B, x) as a polynomial in t: the values at t = 0 ... C
are combined with the k-th row of the inverse Vandermonde matrix. This needs primes above C.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import log2
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.checker.separation_values import coefficients_at
from algebra.evidence.error import WORD, EntrySize, log2_trial_error
from algebra.evidence.evaluation import MINOR_SLACK, Evaluation, WholeMatrix
from algebra.rank import modular
from algebra.rank.threads import LEAST_LIMITED, one_thread
from tensors.grid_points import drawn_templates, enumeration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra.evidence.evaluation import Seen
    from algebra.rank.field import PrimeField
    from algebra.types import Array
    from tensors.attention.depth.architecture import StackArchitecture

CHUNK = 8192
"""Pairs evaluated at a time: the dozen arrays of 9 to 16 numbers a pair that are alive stay in the cache."""

TEXTS = 4
"""So many times as many texts of a vocabulary are drawn as rows are asked for, since some say the same; all texts in
turn if there are no more than that."""


@dataclass(frozen=True)
class Layer:
    """One layer with its weights.

    Parameters
    ----------
    factors : tuple of (Array, Array)
        For each head O V (width x d) and K^T Q (d x d), where d is the width of what comes in.
    skip : Array or None
        What a residual connection adds to M(G).
    """

    factors: tuple[tuple[Array, Array], ...]
    skip: Array | None

    def as_map(self, field: PrimeField) -> Array:
        """Return the matrix that takes G, read row by row, to sum_h P_h G S_h."""
        rows, d = self.factors[0][0].shape
        total = field.zeros((rows * d, d * d))
        for P, S in self.factors:
            total = field.plus(total, field.residues(np.kron(P, S.T)))
        return total


@dataclass(frozen=True)
class StackValues(Evaluation):
    """The matrix of y(x_A, x_B), or of its part of one degree in the Gram matrix of x_B.

    Parameters
    ----------
    stack : StackArchitecture
    degree : int, optional
        Default: all degrees together.
    """

    stack: StackArchitecture
    degree: int | None = None

    rule = "minor"

    @property
    def label(self) -> str:
        """Label of the stack, with the degree."""
        return self.stack.label + (f"/degree={self.degree}" if self.degree is not None else "")

    def suits(self, prime: int) -> bool:
        """Tell whether the prime is above 3^(L+1).

        Smaller ones prove ranks all the same, but smaller ranks: derivatives of degree p vanish, and x^p = x.
        """
        return bool(prime > 3 ** (self.stack.layers + 1))

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> WholeMatrix:
        """Evaluate at so many choices of tokens on either side; of a vocabulary at some more texts."""
        rows *= TEXTS if self.stack.vocabulary is not None else 1
        layers = draw_layers(self.stack, field, key, word_size)
        on_a, on_b = (draw_tokens(self.stack, field, key, side, rows, word_size) for side in (0, 1))
        asked = None if self.degree is None else (self.degree, self.stack.degree)
        with one_thread(LEAST_LIMITED):  # the products are many and small: a second thread only waits
            array = values(layers, field, on_a, on_b, asked)
        return WholeMatrix(array, field.prime)

    def log2_error(self, rank: int, rows: int, word_size: int) -> float:
        """Bound how seldom a trial misses a rank; see `algebra.evidence.error`."""
        if self.stack.vocabulary is not None:
            return 0.0  # random texts are no random integers: nothing is said of those that were not drawn
        return log2_trial_error(entry_size(self.stack, WORD * word_size), rank, word_size)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return prime, key and word size."""
        return {"prime": seen.prime, "key": seen.key, "word_size": seen.word_size}

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Write a minor down; of a vocabulary its texts."""
        found = super().minor_json(seen, rows, columns)
        if self.stack.vocabulary is None:
            return found
        count = TEXTS * (seen.rank + MINOR_SLACK)  # as many as were drawn: see `at`
        on_a, on_b = (drawn_texts(self.stack, seen.key, side, count) for side in (0, 1))
        return {**found, "rows": on_a[list(rows)].tolist(), "columns": on_b[list(columns)].tolist()}

    def work(self, rows: int) -> int:
        """Return roughly how many multiplications it takes at so many choices of tokens; one takes 1 to 2 ns.

        Each layer but the first and the last multiplies two matrices along the pairs and one by BLAS, where a
        multiplication costs an eighth; of the last layer only vectors are needed.
        """
        stack = self.stack
        d, times = stack.width, 1 if self.degree is None else stack.degree + 1
        each = max(0, stack.layers - 2) * (2 * d**3 + d**4 // 8) + (3 * stack.heads + 8) * d**2 + 20
        weights = stack.layers * stack.heads * d**4
        words = 0
        if stack.vocabulary is not None:
            rows *= TEXTS
            words = rows * sum(stack.tokens) + stack.vocabulary * d
        return times * rows**2 * each + weights + words


# ---- drawing


def draw_layers(stack: StackArchitecture, field: PrimeField, key: str, size: int = 1) -> list[Layer]:
    """Draw the weights: of each layer and head Q, K and V (row by row), then O.

    The first layer reads the d coordinates of the tokens' space. With residual connections it adds E x, where the
    embedding E (width x d) is the identity, filled up with zeros: every other is that up to a change of basis.
    """
    e, width = stack.head_size, stack.width
    shapes = []
    for number in range(stack.layers):
        d = width if number else stack.seen_width
        shapes += [(e, d), (e, d), (e, d), (width, e)] * stack.heads
    numbers = field.draw(key, "weights", (sum(a * b for a, b in shapes),), size)

    drawn, start = [], 0
    for a, b in shapes:
        drawn.append(numbers[start : start + a * b].reshape(a, b))
        start += a * b
    layers = []
    for number in range(stack.layers):
        heads = [drawn[4 * h : 4 * h + 4] for h in range(number * stack.heads, (number + 1) * stack.heads)]
        factors = tuple((field.multiply(out, v), field.multiply(k.T, q)) for q, k, v, out in heads)
        skip = np.eye(*factors[0][0].shape, dtype=np.int64).astype(numbers.dtype) if stack.residual else None
        layers.append(Layer(factors, skip))
    return layers


def draw_tokens(stack: StackArchitecture, field: PrimeField, key: str, side: int, count: int, size: int = 1) -> Array:
    """Draw so many choices of the tokens of one side: an array (choices, tokens, d); of A the first token is x_i."""
    d, tokens = stack.seen_width, stack.tokens[side]
    stream = ("rows", "columns")[side]
    if stack.vocabulary is None:
        return field.draw(key, stream, (count, min(tokens, d), d), size)

    # On B positions are other ones than on A.
    texts = drawn_texts(stack, key, side, count)
    embeddings = field.draw(key, "embeddings", (stack.vocabulary, d), size)[texts]
    if not stack.positions:
        return embeddings
    return field.plus(embeddings, field.draw(key, f"{stream}/positions", (tokens, d), size))


def drawn_texts(stack: StackArchitecture, key: str, side: int, count: int) -> Array:
    """Draw so many texts of one side, (texts, tokens) numbers of words; all texts in turn if they are no more."""
    words, tokens = stack.vocabulary, stack.tokens[side]
    assert words is not None, "asked of a vocabulary"
    if tokens * log2(words) <= log2(count):
        return enumeration(tokens, words, count).T
    return drawn_templates(tokens, words, f"{key}/{('rows', 'columns')[side]}", count)


# ---- evaluating


def values(
    layers: list[Layer], field: PrimeField, on_a: Array, on_b: Array, degree: tuple[int, int] | None = None
) -> Array:
    """Return the matrix of the first output coordinate: one row a choice of tokens on A, one column on B.

    Parameters
    ----------
    layers : list of Layer
    field : PrimeField
    on_a, on_b : Array, shape (choices, tokens, d)
    degree : (int, int), optional
        Of the part in G_B that is asked for, and of the whole.

    Returns
    -------
    numpy.ndarray
        Residues.
    """
    times = [(1, 1)] if degree is None else list(enumerate(coefficients_at(*degree, field.prime)))
    gram_a, gram_b = gram(on_a, field), gram(on_b, field)
    maps = [layer.as_map(field) for layer in layers[:-1] or layers]
    first = maps[0]
    x = np.ascontiguousarray(on_a[:, 0].T)

    # The first layer is linear in G = G_A + t G_B, so both parts are made once for each choice, not for each pair.
    sides = [_split(field.multiply(first, side.reshape(first.shape[1], -1)), len(x)) for side in (gram_a, gram_b)]

    rows, columns = len(on_a), len(on_b)
    found = field.zeros((rows, columns))
    step = max(1, CHUNK // columns)
    for start in range(0, rows, step):
        part = slice(start, start + step)
        for t, coefficient in times:
            if coefficient == 0:
                continue
            G, M = (
                _pairs(field.plus(a[:, :, part, None], field.times(b[:, :, None, :], field.number(t))))
                for a, b in ((gram_a, gram_b), sides)
            )
            each = np.repeat(x[:, part], columns, axis=1)
            value = _through(layers, maps, field, G, M, each).reshape(-1, columns)
            found[part] = field.plus(found[part], field.times(value, field.number(coefficient)))
    return found


def _through(layers: list[Layer], maps: list[Array], field: PrimeField, G: Array, M: Array, x: Array) -> Array:
    """Return the first output coordinate for each pair; G, M and x are the first layer's, along the last axis."""
    for number, layer in enumerate(layers):
        if number == len(layers) - 1 > 0:
            return _last(layer, field, G, M, x)
        if number:
            G = _product(_product(M, G, field), M.swapaxes(0, 1), field)
            M = _split(field.multiply(maps[number], G.reshape(maps[number].shape[1], -1)), len(G))
        if layer.skip is not None:
            M = field.plus(M, layer.skip[:, :, None])
        x = _product(M, x[:, None], field)[:, 0]
    first: Array = x[0]
    return first


def _last(layer: Layer, field: PrimeField, G: Array, M: Array, x: Array) -> Array:
    """Return the first coordinate of the last layer's output: vectors through M G M^T, which is not formed.

    Of head h it is (M^T u)^T G (M^T S x), where u is the first row of O V.
    """
    across, flat = M.swapaxes(0, 1), M.reshape(len(M), -1)
    total = x[0] if layer.skip is not None else field.zeros(x.shape[1:])
    for P, S in layer.factors:
        left = field.multiply(P[:1], flat).reshape(1, len(G), -1)
        right = _product(across, field.multiply(S, x)[:, None], field)
        total = field.plus(total, _product(left, _product(G, right, field), field)[0, 0])
    return total


def gram(tokens: Array, field: PrimeField) -> Array:
    """Return sum_j x_j x_j^T of each choice, an array (d, d, choices)."""
    along = np.ascontiguousarray(tokens.transpose(2, 1, 0))
    return _product(along, along.swapaxes(0, 1), field)


def _split(flat: Array, d: int) -> Array:
    """Give matrices that lie row by row in columns their shape (rows, d, pairs)."""
    matrices: Array = flat.reshape(-1, d, flat.shape[-1])
    return matrices


def _pairs(array: Array) -> Array:
    """Join the last two axes."""
    return np.ascontiguousarray(array.reshape(*array.shape[:2], -1))


def _product(a: Array, b: Array, field: PrimeField) -> Array:
    """Multiply matrices along the last axis, (i, k, n) by (k, j, n); sums are reduced once, or when they are long."""
    if not field.is_float:
        exact: Array = reduce(np.add, (a[:, k, None] * b[None, k] for k in range(a.shape[1]))) % field.prime
        return exact
    total = a[:, 0, None] * b[None, 0]
    scratch = np.empty_like(total)
    for k in range(1, a.shape[1]):
        if k % modular.summable_products(field.prime) == 0:
            modular.centre(total, field.prime)
        np.multiply(a[:, k, None], b[None, k], out=scratch)
        total += scratch
    return modular.centre(total, field.prime)


def entry_size(stack: StackArchitecture, bits: int) -> EntrySize:
    """Return degree and height of the entries, as polynomials in weights and tokens of at most `bits` bits.

    Each of the C factors M(G) has four weights, and the degree in the tokens is 3^L. The height is that of the
    same polynomial with absolute values: layer by layer the greatest entries of G, M(G) and y.
    """
    degree = 3**stack.layers + 4 * stack.degree
    numbers = 1 << bits
    d, e = stack.seen_width, stack.head_size
    gram_height, x = sum(min(count, d) for count in stack.tokens) * numbers**2, numbers
    for number in range(stack.layers):
        inner = d if number == 0 else stack.width
        image = stack.heads * (e * numbers**2 * inner) ** 2 * gram_height + stack.residual
        gram_height *= (image * inner) ** 2
        x *= image * inner
    return EntrySize(degree, x.bit_length())
