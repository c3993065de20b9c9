"""What softmax leaves of the scores: logarithms of its entries up to one constant a query, and a mask.

Tokens are columns: rows are keys, columns are queries, and the columns of P sum to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat

from algebra.errors import InputError, one_of
from algebra.evidence.checker.softmax import BLOCKED
from algebra.exact.logarithms import LogMatrix, log_matrix, rational_scores
from algebra.exact.matrices import from_rows, rational_matrix
from algebra.sequences import plain_lists
from algebra.shown import Shown
from tensors.attention.softmax.blocked import Visible, split_blocked

if TYPE_CHECKING:
    from collections.abc import Sequence

MEANINGS = ("visible", "blocked")
ASK = (
    '"zeros" (the zeros of P are blocked), "causal" (key i is visible to query j if i <= j), or a matrix of 0 and 1 '
    "together with true_means"
)


@dataclass(frozen=True)
class Scores(Shown):
    """Scores of n keys for m queries, known up to a constant for each query.

    Parameters
    ----------
    values : LogMatrix, n x m
        Logarithms of P, shifted so that the first visible entry of each column is 0; 0 at blocked places.
    visible : tuple of tuple of bool
        ``visible[i][j]``: key i is visible to query j.
    """

    values: LogMatrix
    visible: tuple[tuple[bool, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of keys and of queries."""
        return self.values.shape

    @cached_property
    def is_full(self) -> bool:
        """Whether every key is visible to every query."""
        return all(map(all, self.visible))

    def support(self, j: int) -> list[int]:
        """Return the keys that query j sees.

        Parameters
        ----------
        j : int
            The query.

        Returns
        -------
        list of int
        """
        return [i for i, row in enumerate(self.visible) if row[j]]

    def differences(self, keys: Sequence[int], queries: Sequence[int]) -> LogMatrix:
        """Return log P_ij - log P_kj for the first of the keys, k: the block's rank modulo shifts is that of this.

        Parameters
        ----------
        keys, queries : sequence of int
            A block in which all is visible.

        Returns
        -------
        LogMatrix
            One row for each key but the first.
        """
        block = self.values.minor(keys, queries)
        return block.after(reference(len(keys)))


def reference(count: int) -> fmpq_mat:
    """Return the (count-1) x count matrix that subtracts the first row from the others."""
    entries = [-1 if j == 0 else int(i + 1 == j) for i in range(count - 1) for j in range(count)]
    return fmpq_mat(count - 1, count, entries)


def scores_of_logits(logits: Any, mask: Any = None, true_means: str | None = None) -> Scores:
    """Read rational logits, one row a key, one column a query; minus infinity blocks a key, as a mask does.

    Parameters
    ----------
    logits : array_like
        Rational, or minus infinity; one row a key.
    mask : "causal" or array_like of bool, optional
        One row a key, one column a query.
    true_means : {"visible", "blocked"}, optional
        What True says of a key; libraries differ, so there is no default.

    Returns
    -------
    Scores

    Raises
    ------
    InputError
        If they are not such numbers, or the mask is not clear, or it says that an infinite logit is visible.

    Examples
    --------
    >>> scores_of_logits([[0, 1], [1, "1/2"]]).values.texts()
    [['0', '0'], ['1', '-1/2']]
    """
    finite, not_blocked = split_blocked("logits", logits)
    matrix, mask = rational_matrix("logits", finite), plain_lists(mask)
    if mask == "zeros":
        raise InputError("mask", mask, '"causal" or a matrix: logits of 0 are no mask')
    visible = read_mask(mask, true_means, (matrix.nrows(), matrix.ncols()))
    if not_blocked is not None:
        visible = not_blocked if mask is None else _agreed(visible, not_blocked)
    return _shifted(rational_scores(matrix), visible)


def _agreed(visible: Visible, not_blocked: Visible) -> Visible:
    """Return what a mask lets be seen, if it blocks whatever is minus infinity."""
    for i, row in enumerate(visible):
        for j, seen in enumerate(row):
            if seen and not not_blocked[i][j]:
                raise InputError(f"logits[{i}][{j}]", BLOCKED, "finite, for the mask says that it is visible")
    return visible


def scores_of_probabilities(P: Any, mask: Any = None, true_means: str | None = None) -> Scores:
    """Read a rational column-stochastic matrix, one row a key, one column a query.

    Parameters
    ----------
    P : array_like
        Rational, columns that sum to 1; one row a key.
    mask : "causal", "zeros" or array_like of bool, optional
        One row a key, one column a query; ``zeros``: what is zero is blocked.
    true_means : {"visible", "blocked"}, optional
        What True says of a key; libraries differ, so there is no default.

    Returns
    -------
    Scores

    Raises
    ------
    InputError
        If an entry is negative, or zero without a mask that blocks it, or a column does not sum to 1; or if the mask
        is not clear.

    Examples
    --------
    >>> scores_of_probabilities([["1/2", "1/3"], ["1/2", "2/3"]]).values.texts()
    [['0', '0'], ['0', 'log(2)']]
    """
    matrix, mask = rational_matrix("P", P), plain_lists(mask)
    rows = matrix.table()
    _check_columns(P, rows)
    shape = matrix.nrows(), matrix.ncols()
    zeros = tuple(tuple(x != 0 for x in row) for row in rows)
    visible = zeros if mask == "zeros" else read_mask(mask, true_means, shape)
    for i, row in enumerate(rows):
        for j, x in enumerate(row):
            _check_entry(f"P[{i}][{j}]", x, visible[i][j], mask is None)
    ones = [[x if x > 0 else fmpq(1) for x in row] for row in rows]
    first = [next(ones[i][j] for i in range(shape[0]) if visible[i][j]) for j in range(shape[1])]
    ratios = [
        [x / first[j] if visible[i][j] else fmpq(1) for j, x in enumerate(row)] for i, row in enumerate(ones)
    ]  # common factors of a column, such as its sum, leave the base at once
    return Scores(log_matrix(ratios), visible)


def _check_columns(P: Any, rows: list[list[Any]]) -> None:
    sums = [sum(column, fmpq(0)) for column in zip(*rows, strict=True)]
    wrong = [j for j, total in enumerate(sums) if total != 1]
    if not wrong:
        return
    j = wrong[0]
    if all(x == 0 for x in (row[j] for row in rows)):
        raise InputError("P", P, f"a matrix in which every query sees a key: column {j} is zero")
    hint = ""
    if all(sum(row, fmpq(0)) == 1 for row in rows):
        hint = "; its rows do, but tokens are columns here: transpose it"
    raise InputError("P", P, f"column-stochastic: column {j} sums to {sums[j]}, not to 1{hint}")


def _check_entry(name: str, value: fmpq, visible: bool, is_unmasked: bool) -> None:
    if value < 0:
        raise InputError(name, str(value), "positive")
    if value == 0 and is_unmasked:
        raise InputError(name, "0", f"positive, for softmax is never 0; or give mask: {ASK}")
    if value == 0 and visible:
        raise InputError(name, "0", "positive, for the mask says that it is visible")
    if value > 0 and not visible:
        raise InputError(name, str(value), "0, for the mask says that it is blocked")


def read_mask(mask: Any, true_means: str | None, shape: tuple[int, int]) -> tuple[tuple[bool, ...], ...]:
    """Return which key each query sees.

    Parameters
    ----------
    mask : None, "causal" or matrix of 0 and 1
    true_means : {"visible", "blocked"}, optional
        What a 1 of the matrix means: libraries disagree, so it must be said.
    shape : (int, int)

    Returns
    -------
    tuple of tuples of bool
        One row a key, one column a query.

    Raises
    ------
    InputError
        If it is not said, or a query sees nothing.

    Examples
    --------
    >>> read_mask([[0, 1], [0, 0]], "blocked", (2, 2))
    ((True, False), (True, True))
    """
    (rows, columns), mask = shape, plain_lists(mask)
    if mask is None or mask == "causal":
        if true_means is not None:
            raise InputError("true_means", true_means, "left out unless mask is a matrix")
        return tuple(tuple(mask is None or i <= j for j in range(columns)) for i in range(rows))
    good = isinstance(mask, (list, tuple)) and len(mask) == rows
    good = good and all(isinstance(row, (list, tuple)) and len(row) == columns for row in mask)
    if not good or any(type(x) not in (bool, int) or x not in (0, 1) for row in mask for x in row):
        raise InputError("mask", mask, f"{ASK}, of shape {rows} x {columns}")
    one_of("true_means", true_means, MEANINGS, '"visible" or "blocked": what does a 1 of the mask mean?')
    visible = tuple(tuple(bool(x) == (true_means == "visible") for x in row) for row in mask)
    for j in range(columns):
        if not any(row[j] for row in visible):
            raise InputError("mask", mask, f"one that lets every query see a key: query {j} sees none")
    return visible


def _shifted(values: LogMatrix, visible: tuple[tuple[bool, ...], ...]) -> Scores:
    rows, columns = values.shape
    first = [next(i for i in range(rows) if visible[i][j]) for j in range(columns)]
    shifted = []
    for e in values.coefficients:
        moved = [[e[i, j] - e[first[j], j] if visible[i][j] else 0 for j in range(columns)] for i in range(rows)]
        shifted.append(from_rows(moved))
    return Scores(LogMatrix(values.base, tuple(shifted)), visible)
