"""The least head size of an attention matrix: the low-rank bottleneck, decided.

P = softmax(X^T A X) fixes the scores up to one constant a query. So for X of full column rank P has weights of head
size a exactly if a is at least the rank of D_ij = log(P_ij / P_1j); every positive P has them from a = n - 1 on.
Bhojanapalli, Yun, Rawat, Reddi, Kumar (ICML 2020, arXiv:2002.07028) prove that a = n suffices.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from flint import fmpq_mat

from algebra.errors import InputError, instance_of
from algebra.evidence import Bounds, Grade
from algebra.exact.elimination import projector
from algebra.exact.logarithms import LogMatrix
from algebra.exact.matrices import identity, rational_matrix
from tensors.attention.low_rank.answer import Contradiction, HeadSize, Witness
from tensors.attention.low_rank.completion import complete, visible_blocks
from tensors.attention.low_rank.joint import Solution, solve_jointly
from tensors.attention.low_rank.log_rank import LogRank, determinant_text, log_rank
from tensors.attention.low_rank.scores import Scores, reference

if TYPE_CHECKING:
    from collections.abc import Sequence


def read_tokens(X: Any, count: int, argument: str = "X") -> fmpq_mat:
    """Return the tokens, which are the columns of X.

    Raises
    ------
    InputError
        If it is no rational matrix with so many columns.

    Examples
    --------
    >>> read_tokens([[1, 0], [0, 1]], 3)
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: X is [[1, 0], [0, 1]], but it must be a matrix with one column for each of the 3 tokens
    """
    matrix = rational_matrix(argument, X)
    if matrix.ncols() != count:
        hint = "; its rows are that many: transpose it" if matrix.nrows() == count else ""
        raise InputError(argument, X, f"a matrix with one column for each of the {count} tokens{hint}")
    return matrix


def least_head_size(scores: Scores, X: Any = None) -> HeadSize:
    """Find the least head size of weights with softmax((W_k X)^T W_q X / sqrt(a)) = P.

    Parameters
    ----------
    scores : Scores
        See `scores_of_logits` and `scores_of_probabilities`.
    X : array_like, optional
        Rational, d x n, one token a column. Left out: any X of full column rank; all of them give the same answer.

    Returns
    -------
    HeadSize

    Raises
    ------
    InputError
        If X does not fit.

    Examples
    --------
    >>> from tensors.attention.low_rank.scores import scores_of_probabilities
    >>> least_head_size(scores_of_probabilities([["1/2", "1/3"], ["1/2", "2/3"]])).bounds
    1 (proved)
    """
    instance_of("scores", scores, Scores, "scores_of_probabilities or scores_of_logits")
    if X is None:
        return _of_full_rank(scores, None) if scores.is_full else _masked(scores)
    if scores.shape[0] != scores.shape[1]:
        raise InputError("X", X, f"left out: there are {scores.shape[0]} keys, but {scores.shape[1]} queries")
    tokens = read_tokens(X, scores.shape[0])
    if tokens.rank() == tokens.ncols():
        found = _of_full_rank(scores, tokens) if scores.is_full else _masked(scores)
        return replace(found, tokens=(tokens,))
    return _of_dependent_tokens(scores, tokens) if scores.is_full else common_head_size([(tokens, scores)])


def _of_full_rank(scores: Scores, tokens: fmpq_mat | None) -> HeadSize:
    found = log_rank(_differences(scores.values))
    reason = "for tokens of full column rank it is the rank of log(P_ij / P_1j)"
    return HeadSize(True, found.bounds, reason, _witness(scores.values, found, 0), (scores.values,), None, (tokens,))


def _differences(values: LogMatrix) -> LogMatrix:
    """Return the scores less the first row; for one key nothing is left but a row of zeros."""
    if values.shape[0] == 1:
        return values.after(fmpq_mat(1, 1))
    return values.after(reference(values.shape[0]))


def _witness(values: LogMatrix, found: LogRank, against: int | None) -> Witness | None:
    if not found.rows:
        return None
    matrix = values if against is None else _differences(values)
    determinant = determinant_text(matrix.minor(found.rows, found.columns), found.bits)
    keys = found.rows if against is None else tuple(i + 1 for i in found.rows)
    return Witness(keys, found.columns, against, determinant)


def _of_dependent_tokens(scores: Scores, tokens: fmpq_mat) -> HeadSize:
    """X has dependent columns: the scores' rows and columns must lie in its row space, after some shift."""
    away = identity(tokens.ncols()) - projector(tokens.transpose())
    ones = fmpq_mat(1, tokens.ncols(), [1] * tokens.ncols())
    weight = (ones * away * ones.transpose())[0, 0]
    values = scores.values
    reference_key: int | None = 0
    if weight != 0:
        shift = values.after(ones.transpose() * ones * away * (-1 / weight))
        values, reference_key = values.plus(shift), None
    missed = _contradiction(values, away)
    if missed is not None:
        reason = f"the tokens are dependent, but the scores of the {missed.side} are not in the same way"
        return HeadSize(False, None, reason, None, (), None, (tokens,), missed)
    found = log_rank(values if reference_key is None else _differences(values))
    reason = "the tokens are dependent, and the scores are, after a shift, in the same way: it is their rank"
    return HeadSize(True, found.bounds, reason, _witness(values, found, reference_key), (values,), None, (tokens,))


def _contradiction(values: LogMatrix, away: fmpq_mat) -> Contradiction | None:
    """The columns of `away` are relations of the tokens, which the scores must satisfy on both sides."""
    for side, rest in (("keys", values.after(away)), ("queries", values.times(away))):
        for i, row in enumerate(rest.texts()):
            for j, text in enumerate(row):
                if text != "0":
                    k, at = (i, j) if side == "keys" else (j, i)
                    return Contradiction(side, tuple(str(away[m, k]) for m in range(away.nrows())), at, text)
    return None


def _masked(scores: Scores) -> HeadSize:
    """A mask prescribes fewer scores: fully visible blocks bound the size from below, a completion from above."""
    lower, witness = 0, None
    for keys, queries in visible_blocks(scores):
        if min(len(keys) - 1, len(queries)) <= lower:
            continue
        block = scores.values.minor(keys, queries)
        found = log_rank(_differences(block))
        if found.bounds.lower > lower:
            lower, inner = found.bounds.lower, _witness(block, found, 0)
            assert inner is not None
            places = tuple(keys[i] for i in inner.keys), tuple(queries[j] for j in inner.queries)
            witness = Witness(*places, keys[0], inner.determinant)
    filled = complete(scores)
    upper = log_rank(_differences(filled)).bounds.upper
    grade = Grade.PROVED if lower == upper else Grade.INCONCLUSIVE
    bounds = Bounds(lower, upper, grade, lower_by="visible-block", upper_by="completion")
    reason = "blocked scores are free: between the rank of a visible block and that of a completion"
    return HeadSize(True, bounds, reason, witness, (filled,), None, (None,))


def common_head_size(pairs: Sequence[tuple[Any, Scores]]) -> HeadSize:
    """Find the least head size of one pair of weights that serves several inputs.

    Parameters
    ----------
    pairs : sequence of (X, Scores)
        All X with equally many rows.

    Returns
    -------
    HeadSize
        Decided if the linear equations for A and the shifts have no solution, or only one A that matters, or one
        whose rank meets the bound that single pairs give.

    Raises
    ------
    InputError
        If there is no pair, or the X do not fit.

    Examples
    --------
    >>> from tensors.attention.low_rank.scores import scores_of_logits
    >>> eye = [[1, 0], [0, 1]]
    >>> twice = [(eye, scores_of_logits([[0, 1], [1, 0]])), (eye, scores_of_logits([[0, 1], [1, 1]]))]
    >>> common_head_size(twice).representable
    False
    """
    if not pairs:
        raise InputError("pairs", [], "at least one pair of X and P")
    given = [(read_tokens(X, scores.shape[0], f"pairs[{m}].X"), scores) for m, (X, scores) in enumerate(pairs)]
    if len({X.nrows() for X, _ in given}) > 1:
        raise InputError("pairs", [X.nrows() for X, _ in given], "tokens of one dimension in all pairs")
    tokens = tuple(X for X, _ in given)
    solution = solve_jointly(given)
    if solution is None:
        reason = "the linear equations for A and the shifts contradict each other"
        return HeadSize(False, None, reason, None, (), None, tokens)
    return _of_solution(solution, given)


def _of_solution(solution: Solution, given: Sequence[tuple[fmpq_mat, Scores]]) -> HeadSize:
    ranks = [(log_rank(matrix), matrix) for matrix in solution.matrices]
    found, matrix = min(ranks, key=lambda each: inf if each[0].bounds.upper is None else each[0].bounds.upper)
    bounds, witness = found.bounds, _witness(matrix, found, None)
    reason = "the equations leave one A on the span of the tokens: it is its rank"
    if not solution.is_unique:
        lower, witness = max((_single_lower(X, each) for X, each in given), key=lambda single: single[0])
        grade = Grade.PROVED if lower == found.bounds.upper else Grade.INCONCLUSIVE
        bounds = Bounds(lower, found.bounds.upper, grade, lower_by="single-pair", upper_by="one-solution")
        reason = "between what one pair asks for and the rank of one solution"
    tokens = tuple(X for X, _ in given)
    scores = tuple(matrix.after(X.transpose()).times(X) for X in tokens)
    return HeadSize(True, bounds, reason, witness, scores, matrix, tokens)


def _single_lower(X: fmpq_mat, scores: Scores) -> tuple[int, Witness | None]:
    found = least_head_size(scores, X) if scores.is_full else _masked(scores)
    return (found.bounds.lower, found.witness) if found.bounds is not None else (0, None)
