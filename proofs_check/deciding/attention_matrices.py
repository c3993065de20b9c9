"""What the claims about attention matrices and softmax layers decide, on small random ones."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from random import Random
from typing import TYPE_CHECKING, Any

from algebra import Bounds, Grade
from proofs_check.claim import Verdict
from proofs_check.deciding.attention import random_matrix
from proofs_check.deciding.evidence import equals, within

if TYPE_CHECKING:
    from tensors.attention import Scores, SoftmaxMatrix

Matrix = tuple[str, int, int]  # how P is given, n, seed
Shape = tuple[int, int, int]  # n, d, seed
Tokens = tuple[int, int, int, int]  # n, head size, denominator, seed
Vectors = tuple[tuple[Fraction | int, ...], ...]


def scores_of(instance: Matrix) -> Scores:
    """Return random scores: rational logits, a rational stochastic matrix, or a matrix of powers of 2.

    Examples
    --------
    >>> scores_of(("logits", 3, 0)).shape
    (3, 3)
    """
    from tensors.attention import scores_of_logits, scores_of_probabilities

    how, n, seed = instance
    random = Random(f"{how} {n} {seed}")
    if how == "logits":
        return scores_of_logits([[Fraction(x, 3) for x in row] for row in random_matrix(random, n, n, 9)])
    draw = (lambda: random.randint(1, 6)) if how == "rational" else (lambda: 2 ** random.randint(0, 5))
    weights = [[draw() for _ in range(n)] for _ in range(n)]
    sums = [sum(column) for column in zip(*weights, strict=True)]
    return scores_of_probabilities([[Fraction(w, s) for w, s in zip(row, sums, strict=True)] for row in weights])


def tokens_of(n: int, d: int, seed: int) -> list[list[int]]:
    """Return n tokens as columns, d x n, independent if d >= n: the first coordinates are unitriangular.

    Examples
    --------
    >>> tokens_of(2, 2, 0)
    [[1, 2], [0, 1]]
    """
    random = Random(f"tokens {n} {d} {seed}")
    drawn = random_matrix(random, d, n)
    return [[1 if i == j else 0 if j < i < n else drawn[i][j] for j in range(n)] for i in range(d)]


def reproduced(texts: Any, X: list[list[int]], scores: Scores) -> bool:
    """Tell whether softmax of (W_k X)^T W_q X / sqrt(a) is the given matrix: rational weights and logits only.

    Parameters
    ----------
    texts : Weights
    X : list of list of int, d x n
    scores : Scores

    Returns
    -------
    bool
    """
    key = [[Fraction(x) for x in row] for row in texts.key_rows]
    query = [[Fraction(x) for x in row] for row in texts.query_rows]

    # A factor sqrt(a) of W_q cancels 1/sqrt(a).
    scale = isqrt(texts.head_size) if texts.query_factor == "1" else 1
    left, right = _product(key, X), _product(query, X)
    transposed = [list(column) for column in zip(*left, strict=True)]
    got = [[x / scale for x in row] for row in _product(transposed, right)]

    wanted = [[Fraction(text) for text in row] for row in scores.values.texts()]
    return _less_first(got) == _less_first(wanted)


def _product(A: Any, B: Any) -> list[list[Fraction]]:
    columns = list(zip(*B, strict=True))
    return [[sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in columns] for row in A]


def _less_first(Z: list[list[Fraction]]) -> list[list[Fraction]]:
    return [[z - first for z, first in zip(row, Z[0], strict=True)] for row in Z]


def sufficient(instance: Matrix, seed: int, head_size: int) -> Verdict:
    """Decide that a head size is enough, by weights that are built, and multiplied out where they are rational."""
    from tensors.attention import construct_weights, least_head_size

    how, n, number = instance
    scores, X = scores_of(instance), tokens_of(n, n + number % 2, number)
    found = least_head_size(scores, X)
    if found.bounds is None or not found.fits(head_size):
        return Verdict.inconclusive(f"head size {found.bounds}", *([found.bounds] if found.bounds else []))
    weights = construct_weights(found, head_size)
    if how == "logits" and not reproduced(weights, X, scores):
        return Verdict.inconclusive("the weights that were built do not reproduce the matrix")
    return Verdict.holds(Grade.PROVED, Bounds.exactly(len(weights.key_rows), by="weights"))


def needed(n: int, seed: int) -> Verdict:
    """Decide that some P needs n - 1, for every X of full column rank: the one with logits 1 on the diagonal."""
    from tensors.attention import least_head_size, scores_of_logits

    found = least_head_size(scores_of_logits([[int(i == j) for j in range(n)] for i in range(n)]))
    assert found.bounds is not None
    return within(found.bounds, low=n - 1, name="head size")


def most_head_size(n: int) -> Bounds:
    """Return the greatest least head size of n independent tokens: attained by a matrix, and D has n - 1 rows."""
    from tensors.attention import least_head_size, scores_of_logits

    found = least_head_size(scores_of_logits([[int(i == j) for j in range(n)] for i in range(n)])).bounds
    assert found is not None
    return Bounds(found.lower, n - 1, Grade.PROVED, lower_by=found.lower_by, upper_by="rows of D")


def dependent(instance: Shape, seed: int) -> Verdict:
    """Decide that for some X (d x n, d < n) and some P no weights of any head size exist."""
    from tensors.attention import least_head_size

    n, d, number = instance
    X = [[int(i == j) for j in range(n)] for i in range(d)]
    found = least_head_size(scores_of(("logits", n, number)), X)
    if not found.representable and found.contradiction is not None:
        return Verdict.holds(Grade.PROVED, reason=f"the scores of the {found.contradiction.side} are contradictory")
    return Verdict.inconclusive("this P is representable")


def rank_of_differences(instance: Matrix, seed: int) -> Verdict:
    """Decide that the rank of D is one less than that of [log P | 1], and the same for each reference row."""
    from flint import fmpq_mat

    from algebra.exact.logarithms import LogMatrix
    from tensors.attention import least_head_size
    from tensors.attention.low_rank.log_rank import log_rank

    values, n = scores_of(instance).values, instance[1]
    least = least_head_size(scores_of(instance)).bounds
    bordered = []
    for b, e in zip(values.base, values.coefficients, strict=True):
        ones = [[*map(int, [0] * n), int(b == 1)] for _ in range(n)]
        bordered.append(fmpq_mat([[*row, end[-1]] for row, end in zip(e.table(), ones, strict=True)]))
    base = values.base
    if 1 not in base:
        base, bordered = (1, *base), [fmpq_mat(n, n + 1, ([0] * n + [1]) * n), *bordered]
    joined = log_rank(LogMatrix(base, tuple(bordered))).bounds
    if least is None or least.value is None or joined.value is None:
        return Verdict.inconclusive(f"ranks {least} and {joined}")
    others = [_referred(values, row) for row in range(1, n)]
    return Verdict.all_of(
        [equals(joined, least.value + 1, "rank"), *(equals(rank, least.value, "rank") for rank in others)]
    )


def _referred(values: Any, row: int) -> Bounds:
    """Return the rank of the scores less one of their rows."""
    from flint import fmpq_mat

    from tensors.attention.low_rank.log_rank import log_rank

    n = values.shape[0]
    return log_rank(
        values.after(fmpq_mat(n, n, [int(i == j) - int(j == row) for i in range(n) for j in range(n)]))
    ).bounds


def tokens_drawn(instance: Tokens) -> tuple[Vectors, Vectors]:
    """Return random keys and queries; with a seed below 0, (i, ...) and (j, ...) over the denominator.

    Examples
    --------
    >>> tokens_drawn((2, 1, 10, -1))[1]
    ((Fraction(0, 1),), (Fraction(1, 10),))
    """
    n, size, denominator, seed = instance
    random = Random(f"softmax {instance}")
    left, right = ([[i] * size for i in range(n)] if seed < 0 else random_matrix(random, n, size, 4) for _ in range(2))
    keys = tuple(tuple(Fraction(x) for x in row) for row in left)
    return keys, tuple(tuple(Fraction(x, denominator) for x in row) for row in right)


def softmax_of(instance: Tokens) -> SoftmaxMatrix:
    """Return softmax of `tokens_drawn`.

    Examples
    --------
    >>> softmax_of((3, 1, 10, -1)).rank()
    3 (proved)
    """
    from tensors.attention import softmax_of_tokens

    return softmax_of_tokens(*tokens_drawn(instance))


def distinct_rank(keys: Vectors, queries: Vectors, seed: int) -> Verdict:
    """Decide that the rank is the lesser number of distinct keys and distinct queries."""
    from tensors.attention import softmax_of_tokens

    return equals(softmax_of_tokens(keys, queries).rank(seed), min(len(set(keys)), len(set(queries))), "rank")


def at_most_head_size(instance: Tokens, seed: int) -> Verdict:
    """Decide that the rank of softmax is at most the head size."""
    return within(softmax_of(instance).rank(seed), high=instance[1], name="rank")


def float_rank(instance: Tokens, seed: int) -> Verdict:
    """Decide that numpy's rank of the softmax in float64 is the rank."""
    import numpy as np

    from algebra.exact.dyadic import nearest_floats
    from tensors.attention.softmax.numeric import softmax_floats

    matrix = softmax_of(instance)
    seen = int(np.linalg.matrix_rank(softmax_floats(nearest_floats(matrix.logits))))
    return equals(matrix.rank(seed), seen, "rank")
