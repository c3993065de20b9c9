"""Weights of a head that realises given scores, exactly: rational where possible, with logarithms otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat

from algebra.errors import InputError, as_integer
from algebra.exact.elimination import coordinates, pivots, pseudo_inverse
from algebra.exact.logarithms import LogMatrix, rational_scores
from algebra.exact.matrices import stacked, submatrix
from algebra.shown import Shown
from tensors.attention.low_rank.log_rank import LogRank, log_rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensors.attention.low_rank.answer import HeadSize


@dataclass(frozen=True)
class HeadWeights(Shown):
    """Weights W_k, W_q with softmax((W_k X)^T W_q X / sqrt(a)) = P.

    Attributes
    ----------
    head_size : int
        a, the number of rows of both.
    key_rows, query_rows : tuple of tuple of str
        Entries as text: rational numbers, or expressions in logarithms.
    query_factor : str
        W_q is this number times `query_rows`: "1", or "sqrt(a)" where that is irrational.
    columns : str
        "coordinates": the rows are those of W_k and W_q. "tokens": they are those of W_k X and W_q X, because no X
        was given; then W_k = (rows) X^+ for any X of full column rank.
    """

    head_size: int
    key_rows: tuple[tuple[str, ...], ...]
    query_rows: tuple[tuple[str, ...], ...]
    query_factor: str
    columns: str

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object.

        Returns
        -------
        dict
            ``head_size``, both matrices, and by which factor the second is to be multiplied.
        """
        names = ("W_k", "W_q") if self.columns == "coordinates" else ("W_k X", "W_q X")
        return {
            "head_size": self.head_size,
            names[0]: [list(row) for row in self.key_rows],
            names[1]: [list(row) for row in self.query_rows],
            f"{names[1]} times": self.query_factor,
        }


Weights = HeadWeights  # its earlier name


def construct_weights(found: HeadSize, head_size: int | None = None) -> HeadWeights:
    """Construct weights from the answer about the least head size.

    Parameters
    ----------
    found : HeadSize
    head_size : int, optional
        Default: the smallest for which the construction is known.

    Returns
    -------
    HeadWeights

    Raises
    ------
    InputError
        If there are none, or none of this size are known.

    Examples
    --------
    >>> from tensors.attention.low_rank.head_size import least_head_size
    >>> from tensors.attention.low_rank.scores import scores_of_probabilities
    >>> made = construct_weights(least_head_size(scores_of_probabilities([["1/2", "1/3"], ["1/2", "2/3"]])))
    >>> made.key_rows, made.query_rows
    ((('0', '1'),), (('0', 'log(2)'),))
    """
    if found.bounds is None or found.bounds.upper is None:
        raise InputError("P", "the given one", f"representable, but {found.reason}")
    least = found.bounds.upper
    size = max(least, 1) if head_size is None else as_integer("head_size", head_size, max(least, 1))
    matrix = found.scores[0] if found.solution is None else found.solution
    rank = log_rank(matrix)
    if rank.bounds.upper != least:  # the shifts are free, and those of a completion are not the best
        matrix = _less_first_row(matrix)
        rank = log_rank(matrix)
    left, right = factors(matrix, rank)
    X = found.tokens[0] if found.solution is None else None
    if X is not None:
        inverse = pseudo_inverse(X)
        left, right = left.times(inverse), _times(right, inverse)
    scale, factor = (isqrt(size), "1") if isqrt(size) ** 2 == size else (1, f"sqrt({size})")
    columns = "tokens" if X is None and found.solution is None else "coordinates"
    key, query = left.texts(), _texts(_scaled(right, scale))
    return HeadWeights(size, _padded(key, size, left.shape[1]), _padded(query, size, left.shape[1]), factor, columns)


def _less_first_row(matrix: LogMatrix) -> LogMatrix:
    rows = matrix.shape[0]
    first = fmpq_mat(rows, rows, [int(j == 0) for _ in range(rows) for j in range(rows)])
    return LogMatrix(matrix.base, tuple(e - first * e for e in matrix.coefficients))


def factors(matrix: LogMatrix, found: LogRank | None = None) -> tuple[LogMatrix, Any]:
    """Write a matrix of rank r as F^T G, and return F and G, each with r rows.

    F is rational if the rational column space of the coefficients has dimension r; else G if their row space has;
    else G is a sympy matrix of rational functions of logarithms.

    Examples
    --------
    >>> from algebra.exact.logarithms import rational_scores
    >>> F, G = factors(rational_scores(fmpq_mat(2, 2, [1, 2, 2, 4])))
    >>> F.texts(), G.texts()
    ([['1', '2']], [['1', '2']])
    """
    seen = found or log_rank(matrix)
    rank = seen.bounds.upper
    sides = [matrix.coefficients, [e.transpose() for e in matrix.coefficients]]
    for transposed, side in enumerate(sides):
        joined = stacked([e.transpose() for e in side]).transpose()
        places = pivots(joined)
        if len(places) == rank:
            basis = submatrix(joined, range(joined.nrows()), places)
            rest = LogMatrix(matrix.base, tuple(coordinates(basis, e) for e in side))
            plain = rational_scores(basis.transpose())
            return (rest, plain) if transposed else (plain, rest)
    return _symbolic_factors(matrix, seen)


def _symbolic_factors(matrix: LogMatrix, seen: LogRank) -> tuple[LogMatrix, Any]:
    """F^T = the pivot columns, G = D[R, C]^-1 D[R, :], with logarithms as independent variables."""
    from sympy import QQ, symbols

    field = QQ.frac_field(*symbols([f"t{b}" for b in matrix.base]))
    every = range(matrix.shape[1])
    block, right = (_over_field(matrix.minor(seen.rows, columns), field) for columns in (seen.columns, every))
    solved = (block.inv() * right).to_Matrix()
    pivot_columns = matrix.minor(range(matrix.shape[0]), seen.columns)
    left = LogMatrix(matrix.base, tuple(e.transpose() for e in pivot_columns.coefficients))
    return left, solved.xreplace(_logarithms(matrix.base, field))


def _over_field(matrix: LogMatrix, field: Any) -> Any:
    from sympy import QQ
    from sympy.polys.matrices import DomainMatrix

    generators = [field.one if b == 1 else gen for b, gen in zip(matrix.base, field.gens, strict=True)]
    rows, columns = matrix.shape

    def entry(i: int, j: int) -> Any:
        terms = [(QQ(int(e[i, j].p), int(e[i, j].q)), g) for e, g in zip(matrix.coefficients, generators, strict=True)]
        return sum((field.convert(c) * g for c, g in terms), field.zero)

    return DomainMatrix([[entry(i, j) for j in range(columns)] for i in range(rows)], matrix.shape, field)


def _logarithms(base: Sequence[int], field: Any) -> dict[Any, Any]:
    from sympy import Integer, log

    return {field.symbols[k]: log(Integer(b), evaluate=False) for k, b in enumerate(base) if b > 1}


def _times(right: Any, matrix: fmpq_mat) -> Any:
    if isinstance(right, LogMatrix):
        return right.times(matrix)
    from sympy import Matrix, Rational

    return right * Matrix([[Rational(int(x.p), int(x.q)) for x in row] for row in matrix.table()])


def _scaled(right: Any, scale: int) -> Any:
    if isinstance(right, LogMatrix):
        return LogMatrix(right.base, tuple(e * fmpq(scale) for e in right.coefficients))
    return right * scale


def _texts(right: Any) -> list[list[str]]:
    return right.texts() if isinstance(right, LogMatrix) else [[str(x) for x in row] for row in right.tolist()]


def _padded(rows: list[list[str]], count: int, width: int) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, [*rows, *[["0"] * width] * (count - len(rows))]))
