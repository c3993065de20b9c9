"""Masked scores: fully visible blocks, and a completion of low rank."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat

from algebra.exact.elimination import solution
from algebra.exact.logarithms import LogMatrix
from algebra.exact.matrices import from_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensors.attention.low_rank.scores import Scores

MOST_PAIRS = 500


def visible_blocks(scores: Scores) -> Iterator[tuple[list[int], list[int]]]:
    """Yield blocks of keys and queries in which all is visible, each maximal, the promising ones first.

    The keys are what one query sees, or what two of them both see.
    """
    supports = [frozenset(scores.support(j)) for j in range(scores.shape[1])]
    distinct = sorted(set(supports), key=lambda s: (-len(s), sorted(s)))
    pairs = [a & b for a, b in list(combinations(distinct, 2))[:MOST_PAIRS]]
    blocks = {
        keys: [j for j, support in enumerate(supports) if keys <= support] for keys in [*distinct, *pairs] if keys
    }
    for keys, queries in sorted(blocks.items(), key=lambda block: -min(len(block[0]) - 1, len(block[1]))):
        yield sorted(keys), queries


def complete(scores: Scores) -> LogMatrix:
    """Fill the blocked scores so that the rank, modulo shifts, becomes small.

    Queries that see the most come first. A query whose visible scores are a rational combination of earlier ones, up
    to a shift, takes over that combination; another one is filled with zeros. The rank that results is an upper
    bound of the least one, no more.
    """
    rows, columns = scores.shape
    order = sorted(range(columns), key=lambda j: -len(scores.support(j)))
    done: list[list[list[Any]]] = []  # columns that span the others, each as a list for every number of the base
    filled: dict[int, list[list[Any]]] = {}
    for j in order:
        column = [[e[i, j] for i in range(rows)] for e in scores.values.coefficients]
        weights = _combination(column, done, scores.support(j))
        if weights is None:
            done.append(column)
            filled[j] = column
        else:
            filled[j] = _combined(weights, done, rows, len(column))
    coefficients = []
    for b in range(len(scores.values.base)):
        entries = [filled[j][b][i] for i in range(rows) for j in range(columns)]
        coefficients.append(fmpq_mat(rows, columns, entries))
    return LogMatrix(scores.values.base, tuple(coefficients))


def _combination(
    column: Sequence[Sequence[Any]], done: Sequence[Sequence[Sequence[Any]]], support: Sequence[int]
) -> list[Any] | None:
    """Solve column = sum of weights times done + a shift for each number of the base, where the query sees."""
    size = len(column)
    equations, right = [], []
    for b in range(size):
        for i in support:
            equations.append([each[b][i] for each in done] + [fmpq(int(k == b)) for k in range(size)])
            right.append(column[b][i])
    width = len(done) + size
    found = solution(from_rows(equations, width), fmpq_mat(len(right), 1, right))
    return None if found is None else [found[k, 0] for k in range(width)]


def _combined(weights: Sequence[Any], done: Sequence[Sequence[Sequence[Any]]], rows: int, size: int) -> list[list[Any]]:
    shifts = weights[len(done) :]
    return [
        [sum((w * each[b][i] for w, each in zip(weights, done, strict=False)), shifts[b]) for i in range(rows)]
        for b in range(size)
    ]
