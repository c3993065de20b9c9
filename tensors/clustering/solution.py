"""What somebody has trained: an embedding, coefficients and labels, read exactly.

Floats are read as the binary fractions that they are.  A tolerance, relative to the size of what is compared, then says
which numbers count as 0 or as equal: with it the findings are numeric, without it they are proved.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import hypot
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.errors import TEXT, InputError
from algebra.exact.dyadic import dyadic
from algebra.exact.given import plain_array
from algebra.exact.inertia import inertia
from algebra.exact.matrices import identity, rational_matrix, trace_of_product
from algebra.exact.numbers import as_finite_float, exact_fractions, has_floats, to_fmpq, to_fraction
from algebra.shown import Shown
from tensors.clustering.model import NORMS_OF_ALL, SelfExpressiveModel

USUAL_TOLERANCE = 1e-6
"""Relative, of floats: what was trained in single precision has seven digits."""

ROUNDED = 1e-9
"""Far above what rounding does to a squared sine."""

MOST_POINTS = 1000  # every pair of points is looked at: some seconds
MOST_ENTRIES = 200_000  # of the embedding


@dataclass(frozen=True)
class TrainedSolution(Shown):
    """An embedding with coefficients, and the model that they are meant to solve.

    Parameters
    ----------
    model : SelfExpressiveModel
    Z, C : fmpq_mat
    labels : tuple, optional
        The cluster of each point.
    tolerance : Fraction
        0: everything is exact.
    """

    model: SelfExpressiveModel
    Z: fmpq_mat
    C: fmpq_mat
    labels: tuple[Hashable, ...] | None
    tolerance: Fraction

    @cached_property
    def gram(self) -> list[list[Any]]:
        """Inner products of the points."""
        rows: list[list[Any]] = (self.Z.transpose() * self.Z).table()
        return rows

    @cached_property
    def parallel(self) -> frozenset[tuple[int, int]]:
        """Pairs i < j of points that are not 0 and multiples of each other.

        Floats leave out the pairs whose squared sine is far above the tolerance, most of all; the others are decided
        exactly, by equality in the inequality of Cauchy and Schwarz.
        """
        import numpy as np

        nonzero = [i for i in range(self.model.N) if not self.is_zero(i)]
        if not nonzero:
            return frozenset()
        units = np.array([_unit(column) for column in zip(*self.Z.table(), strict=True)])[nonzero]
        sines = 1 - (units @ units.T) ** 2
        near = np.argwhere(np.triu(sines <= max(4 * float(to_fraction(self.slack)), ROUNDED), k=1)).tolist()
        pairs = ((nonzero[a], nonzero[b]) for a, b in near)
        return frozenset((i, j) for i, j in pairs if self._are_parallel(i, j))

    @cached_property
    def size(self) -> fmpq:
        """``|Z|_F^2``, to which lengths are compared."""
        return fmpq(trace_of_product(self.Z, self.Z))

    @cached_property
    def slack(self) -> fmpq:
        """The squared tolerance, for squared lengths."""
        return to_fmpq(self.tolerance**2)

    def rank_of(self, points: Sequence[int]) -> int:
        """Return the rank of some points: the singular values above the tolerance times ``|Z|_F`` are counted.

        Parameters
        ----------
        points : sequence of int

        Returns
        -------
        int
        """
        if not points or not self.size:
            return 0
        part = fmpq_mat([[row[j] for j in points] for row in self.Z.table()])
        if not self.tolerance:
            return int(part.rank())
        inner = part * part.transpose() if part.nrows() < part.ncols() else part.transpose() * part
        return inertia(inner - identity(inner.nrows()) * (self.slack * self.size)).pos

    def is_zero(self, i: int) -> bool:
        """Whether a point is 0.

        Parameters
        ----------
        i : int
            The point.

        Returns
        -------
        bool
        """
        return bool(self.gram[i][i] <= self.slack * self.size)

    def _are_parallel(self, i: int, j: int) -> bool:
        inner, both = self.gram[i][j], self.gram[i][i] * self.gram[j][j]
        return bool(both - inner * inner <= self.slack * both)

    @cached_property
    def twins(self) -> list[tuple[int, int]]:
        """Pairs i < j of points that are equal up to sign, and not 0."""
        margin = 2 * to_fmpq(self.tolerance)
        lengths = [self.gram[i][i] for i in range(self.model.N)]
        return sorted(
            (i, j) for i, j in self.parallel if abs(lengths[i] - lengths[j]) <= margin * max(lengths[i], lengths[j])
        )

    @cached_property
    def support(self) -> list[tuple[int, int]]:
        """Places of the coefficients that are not 0."""
        least = to_fmpq(self.tolerance) * max(map(abs, self.C.entries()))
        rows = self.C.table()
        return [(i, j) for i, row in enumerate(rows) for j, entry in enumerate(row) if abs(entry) > least]


def trained_solution(
    Z: Any,
    C: Any,
    lam: Any,
    regulariser: Any,
    normalisation: Any = "none",
    labels: Any = None,
    diagonal: Any = "zero",
    tau: Any = None,
    tolerance: Any = None,
) -> TrainedSolution:
    """Read what was trained, and refuse what does not fit together.

    Parameters
    ----------
    Z : array_like
        The embedding, one point a column; rational, or floats.
    C : array_like
        Coefficients; column j expresses point j.
    lam, regulariser, normalisation, diagonal, tau
        As `SelfExpressiveModel` has them; lam and tau may be floats.  tau is ``|Z|_F^2`` where it is left out.
    labels : sequence, optional
        The cluster of each point.
    tolerance : float, optional
        Relative; with floats 10^-6 where it is left out.

    Returns
    -------
    TrainedSolution

    Raises
    ------
    InputError
        Naming the argument: shapes that do not fit, a diagonal that is not zero, a number that is none.

    Examples
    --------
    >>> trained_solution([[1, 1]], [[0, "1/2"], ["1/2", 0]], 1, "square").tolerance
    Fraction(0, 1)
    >>> trained_solution([[1, 1]], [[1, 0], [0, 0]], 1, "square")
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: C[0][0] is '1', but it must be 0: the diagonal is "zero", no point expresses itself
    """
    numbers = {"Z": _nested("Z", Z), "C": _nested("C", C)}
    is_numeric = tolerance is not None or has_floats(*numbers.values(), [lam, tau])
    allowed = "a number from 0 to below 1"
    margin = as_finite_float("tolerance", USUAL_TOLERANCE if tolerance is None else tolerance, allowed)
    if not 0 <= margin < 1:
        raise InputError("tolerance", tolerance, allowed)

    matrix = _matrix("Z", numbers["Z"])
    N = matrix.ncols()
    if N > MOST_POINTS or N * matrix.nrows() > MOST_ENTRIES:
        most = f"of at most {MOST_POINTS} points and {MOST_ENTRIES} entries: take a sample of the points"
        raise InputError("Z", f"a matrix of shape {(matrix.nrows(), N)}", most)
    coefficients = _matrix("C", numbers["C"])
    if (coefficients.nrows(), coefficients.ncols()) != (N, N):
        shape = f"a matrix of shape {(coefficients.nrows(), coefficients.ncols())}"
        raise InputError("C", shape, f"of shape {(N, N)}: one row and one column for each column of Z")

    model = _model(matrix, lam, regulariser, normalisation, diagonal, tau)
    found = TrainedSolution(
        model, matrix, coefficients, _labels(labels, N), Fraction(margin) if is_numeric else Fraction(0)
    )
    if model.diagonal == "zero":
        for i in (i for i, j in found.support if i == j):
            raise InputError(
                f"C[{i}][{i}]", str(coefficients[i, i]), '0: the diagonal is "zero", no point expresses itself'
            )
    return found


def _nested(argument: str, given: Any) -> Any:
    return plain_array(argument, given).tolist() if hasattr(given, "dtype") else given


def _unit(column: Sequence[Any]) -> list[float]:
    """Return a point as floats of norm 1; zero stays zero."""
    largest = max(map(abs, column))
    floats = [float(to_fraction(entry / largest)) if largest else 0.0 for entry in column]
    norm = hypot(*floats) or 1.0
    return [entry / norm for entry in floats]


def _matrix(argument: str, given: Any) -> fmpq_mat:
    if _are_floats(given):
        return dyadic(argument, given)
    try:
        return rational_matrix(argument, exact_fractions([list(row) for row in given]))
    except TypeError:  # no rows
        return rational_matrix(argument, given)


def _are_floats(given: Any) -> bool:
    """Whether numpy reads a matrix as floats: no fractions and no text in it."""
    import numpy as np

    try:
        return has_floats(given) and np.asarray(given).dtype.kind == "f"
    except ValueError:  # rows of different lengths
        return False


def _model(Z: fmpq_mat, lam: Any, regulariser: Any, normalisation: Any, diagonal: Any, tau: Any) -> SelfExpressiveModel:
    """Return the model; a norm that is not given is the embedding's own."""
    if tau is None and normalisation in NORMS_OF_ALL:
        tau = to_fraction(fmpq(trace_of_product(Z, Z)))
        if not tau:
            raise InputError("Z", "zero", f"an embedding that is not 0 with the normalisation {normalisation}")
    exact_lam, exact_tau = exact_fractions([lam, tau])
    return SelfExpressiveModel(normalisation, regulariser, Z.ncols(), exact_lam, exact_tau, diagonal, Z.nrows())


def _labels(labels: Any, N: int) -> tuple[Hashable, ...] | None:
    if labels is None:
        return None
    allowed = f"a list of {N} labels, one for each column of Z"
    listed = labels.tolist() if hasattr(labels, "tolist") else labels
    if isinstance(listed, TEXT) or not isinstance(listed, Sequence) or any(isinstance(x, list | dict) for x in listed):
        raise InputError("labels", labels, allowed)
    if len(listed) != N:
        raise InputError("labels", f"a list of {len(listed)}", allowed)
    return tuple(listed)
