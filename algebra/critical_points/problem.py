"""A deep linear network with its data, exactly, and the matrices that decide about its critical points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from flint import fmpq

from algebra.errors import InputError
from algebra.exact.dyadic import nearest_floats
from algebra.exact.elimination import rank_factors
from algebra.exact.matrices import Matrix, Scalar, from_rows, identity, is_zero, rows_like, rows_of, trace_of_product
from algebra.frozen import set_fields
from algebra.sequences import as_list
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.types import Floats

SHOWN = 40
"""Characters of a loss that are shown."""

WEIGHTS = "a list of at least one matrix, the one that acts first in front"


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Problem(Shown):
    """Data X, Y and weights W_1 … W_H of the loss 1/2 ||W_H … W_1 X - Y||².

    Parameters
    ----------
    X : array_like, shape (d_x, m)
        The inputs, one a column.
    Y : array_like, shape (d_y, m)
        The targets.
    W : sequence of array_like
        W_h has shape (d_h, d_{h-1}), with d_0 = d_x and d_H = d_y; W_1 acts first.  Entries are integers, fractions,
        strings "p/q", sympy or FLINT numbers; real algebraic numbers of sympy are taken into one number field.

    Raises
    ------
    InputError
        If an entry is not exact, or the shapes do not chain (it names the layer, what was expected and what given).

    Examples
    --------
    >>> problem = Problem([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[1, 0], [0, 0]], [[2, 0], [0, 0]]])
    >>> problem
    Problem(2-2-2, 2 samples, loss 1/2)
    >>> problem.k, problem.r, problem.is_critical
    (2, 1, True)
    >>> Problem([[1, 0]], [[1, 0]], [[[1], [2]], [[1, 2, 3]]])
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: W_2 is '1 x 3', but it must be 1 x 2: it takes what W_1 gives
    """

    X: Matrix
    Y: Matrix
    W: tuple[Matrix, ...]

    def __init__(self, X: Any, Y: Any, W: Sequence[Any]) -> None:
        _check_list(W)
        named = [("X", X), ("Y", Y), *((f"W_{h}", w) for h, w in enumerate(W, start=1))]
        rows = {name: _exact_rows(name, given) for name, given in named}
        _check_shapes(rows)
        matrices = _matrices(list(rows.values()))
        self._set(matrices[0], matrices[1], matrices[2:])

    @classmethod
    def from_floats(cls, X: Any, Y: Any, W: Sequence[Any]) -> Self:
        """Return the problem whose numbers are exactly the binary fractions that the floats stand for.

        Parameters
        ----------
        X : array_like of float, shape (d_x, m)
            The inputs, one a column.
        Y : array_like of float, shape (d_y, m)
            The targets, one a column.
        W : sequence of array_like
            The weights; W_1 acts first.

        Returns
        -------
        Problem

        Raises
        ------
        InputError
            If a float is infinite or NaN, or the shapes do not chain.

        Examples
        --------
        >>> Problem.from_floats([[0.5]], [[1.0]], [[[2.0]]]).loss
        0
        """
        from algebra.exact.dyadic import dyadic

        _check_list(W)
        return cls(dyadic("X", X), dyadic("Y", Y), [dyadic(f"W_{h}", w) for h, w in enumerate(W, start=1)])

    @classmethod
    def from_torch(cls, model: Any, X: Any, Y: Any) -> TrainedProblem:
        """Return the problem of trained linear layers and their data, which `classify` takes as floats.

        Parameters
        ----------
        model : torch.nn.Module, or mapping of str to array
            Linear layers without biases, in the order in which they act; a state dict will do. Torch is not imported.
        X : tensor or array_like, shape (m, d_x)
            The inputs, one sample a row, as torch has them.
        Y : tensor or array_like, shape (m, d_y)
            The targets, likewise.

        Returns
        -------
        TrainedProblem

        Raises
        ------
        InputError
            If a layer is not linear or has a bias, or a sample is of another size.

        Notes
        -----
        The loss here is half the sum of squares. Torch's `MSELoss` is a multiple of it: critical points are the same.

        Examples
        --------
        >>> trained = Problem.from_torch({"0.weight": [[1.0]], "1.weight": [[0.5]]}, X=[[1.0], [2.0]], Y=[[0.5], [1.0]])
        >>> trained, trained.loss
        (TrainedProblem(1-1-1, 2 samples, loss 0), 0)
        """
        from algebra.critical_points.trained import trained_problem

        return TrainedProblem.from_floats(*trained_problem(model, X, Y))

    @classmethod
    def from_file(cls, path: str | Path) -> Problem:
        """Read the problem from JSON (keys X, Y, W) or ``.npz`` (X, Y, W_1 … W_H), exact entries only.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Problem

        Raises
        ------
        InputError
            If the file cannot be read or holds floats.
        """
        from algebra.critical_points.files import read_problem

        return cls(*read_problem(Path(path)))

    def with_weights(self, W: Sequence[Matrix]) -> Problem:
        """Return the problem with the same data and other weights of the same shapes, without checking them.

        Parameters
        ----------
        W : sequence of Matrix
            Over the field of the data; W_1 acts first.

        Returns
        -------
        Problem
        """
        return self._bare(self.X, self.Y, W)

    @classmethod
    def _bare(cls, X: Matrix, Y: Matrix, W: Sequence[Matrix]) -> Problem:
        problem = object.__new__(cls)
        problem._set(X, Y, W)
        return problem

    def _set(self, X: Matrix, Y: Matrix, W: Sequence[Matrix]) -> None:
        set_fields(self, X=X, Y=Y, W=tuple(W))

    def matrix_of(self, rows: Sequence[Sequence[Any]]) -> Matrix:
        """Return a matrix over the field of the data, from rows of its elements or of rationals.

        Parameters
        ----------
        rows : sequence of sequences
            Of one length each.

        Returns
        -------
        Matrix
        """
        return rows_like(self.X, rows)

    @property
    def depth(self) -> int:
        """H, the number of weight matrices."""
        return len(self.W)

    @property
    def widths(self) -> tuple[int, ...]:
        """(d_x, d_1, …, d_y)."""
        return (self.X.nrows(), *(w.nrows() for w in self.W))

    @property
    def samples(self) -> int:
        """m, the number of columns of X."""
        return int(self.X.ncols())

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return sum(w.nrows() * w.ncols() for w in self.W)

    @property
    def label(self) -> str:
        """Permanent name of the architecture: ``deep-linear:2-3-1:m4``."""
        return f"deep-linear:{'-'.join(map(str, self.widths))}:m{self.samples}"

    @cached_property
    def partial_above(self) -> tuple[Matrix, ...]:
        """A_0 … A_H with A_i = W_H … W_{i+1}; A_H is the identity and A_0 = R."""
        return tuple(accumulate(reversed(self.W), mul, initial=identity(self.Y.nrows(), self.Y)))[::-1]

    @cached_property
    def partial_below(self) -> tuple[Matrix, ...]:
        """C_1 … C_{H+1} with C_i = W_{i-1} … W_1; C_1 is the identity and C_{H+1} = R. Entry 0 is C_1."""
        return tuple(accumulate(self.W, lambda product, w: w * product, initial=identity(self.X.nrows(), self.X)))

    def A(self, i: int) -> Matrix:
        """W_H … W_{i+1}, for i from 0 to H.

        Parameters
        ----------
        i : int
            From 0, the product of all layers, to H, the identity.

        Returns
        -------
        Matrix
            d_y x d_i.
        """
        return self.partial_above[i]

    def C(self, i: int) -> Matrix:
        """W_{i-1} … W_1, for i from 1 to H+1.

        Parameters
        ----------
        i : int
            From 1, the identity, to H + 1, the product of all layers.

        Returns
        -------
        Matrix
            d_{i-1} x d_x.
        """
        return self.partial_below[i - 1]

    @cached_property
    def _between(self) -> dict[tuple[int, int], Matrix]:
        """The products that were asked for."""
        return {}

    def B(self, i: int, j: int) -> Matrix:
        """W_{i-1} … W_{j+1}, for i > j; the identity if i = j + 1.

        Parameters
        ----------
        i, j : int
            0 <= j < i <= H + 1.

        Returns
        -------
        Matrix
            d_{i-1} x d_j.
        """
        if (i, j) not in self._between:
            shorter = max((k for k in range(j + 1, i) if (k, j) in self._between), default=None)
            product = identity(self.widths[j], self.X) if shorter is None else self._between[shorter, j]
            for k in range(j + 1 if shorter is None else shorter, i):
                product = self.W[k - 1] * product
            self._between[i, j] = product
        return self._between[i, j]

    @cached_property
    def R(self) -> Matrix:
        """The product W_H … W_1, d_y x d_x."""
        return self.partial_below[-1]

    @cached_property
    def S_XX(self) -> Matrix:
        """X Xᵀ, d_x x d_x."""
        return self.X * self.X.transpose()

    @cached_property
    def S_YX(self) -> Matrix:
        """Y Xᵀ, d_y x d_x."""
        return self.Y * self.X.transpose()

    @cached_property
    def E(self) -> Matrix:
        """Gradient with respect to R: (R X - Y) Xᵀ, d_y x d_x."""
        return self.R * self.S_XX - self.S_YX

    def T(self, i: int, j: int) -> Matrix:
        """C_j Eᵀ A_i for i > j, d_{j-1} x d_i; nonzero where the pivot (i, j) sees the residual.

        Parameters
        ----------
        i, j : int
            1 <= j < i <= H.

        Returns
        -------
        Matrix
        """
        return self.C(j) * self.E.transpose() * self.A(i)

    @cached_property
    def pivots(self) -> tuple[tuple[int, int], ...]:
        """All pairs (i, j) of layers with i > j."""
        return tuple((i, j) for i in range(2, self.depth + 1) for j in range(1, i))

    @cached_property
    def gradient(self) -> tuple[Matrix, ...]:
        """A_iᵀ E C_iᵀ for i = 1 … H."""
        layers = range(1, self.depth + 1)
        return tuple(self.A(i).transpose() * self.E * self.C(i).transpose() for i in layers)

    @cached_property
    def gradient_squared(self) -> Scalar:
        """Sum of the squares of all entries of the gradient."""
        return sum((trace_of_product(g, g) for g in self.gradient), fmpq(0))

    @cached_property
    def is_critical(self) -> bool:
        """Whether the gradient is exactly zero."""
        return all(is_zero(g) for g in self.gradient)

    @cached_property
    def loss(self) -> Scalar:
        """1/2 ||R X - Y||², exact."""
        residual = self.R * self.X - self.Y
        return trace_of_product(residual, residual) / 2

    @cached_property
    def data_rank(self) -> int:
        """Rank of X."""
        return int(self.X.rank())

    @cached_property
    def k(self) -> int:
        """min(rank X, d_1, …, d_H): the largest rank that the network can have on the data."""
        return min(self.data_rank, *self.widths[1:])

    @cached_property
    def r(self) -> int:
        """Rank of R X."""
        return int((self.R * self.X).rank())

    @cached_property
    def reduced(self) -> Problem:
        """The same problem with X of full row rank: X = P X^, and W_1 replaced by W_1 P.

        It is the problem itself if X has full row rank.  What W_1 does outside the columns of X does not enter the
        loss.  X must not be zero.
        """
        if self.data_rank == self.X.nrows():
            return self
        P, rows = rank_factors(self.X)
        return self._bare(rows, self.Y, (self.W[0] * P, *self.W[1:]))

    @cached_property
    def N_R(self) -> Matrix:
        """R S_XX Rᵀ, d_y x d_y, positive semidefinite."""
        return self.R * self.S_XX * self.R.transpose()

    @cached_property
    def S_XX_inverse(self) -> Matrix:
        """Inverse of X Xᵀ; X must have full row rank (see `reduced`)."""
        return self.S_XX.inv()

    @cached_property
    def N_E(self) -> Matrix:
        """E S_XX⁻¹ Eᵀ, d_y x d_y, positive semidefinite; X must have full row rank."""
        return self.E * self.S_XX_inverse * self.E.transpose()

    @cached_property
    def N_M(self) -> Matrix:
        """S_YX S_XX⁻¹ S_XY, d_y x d_y; its eigenvalues are the squared singular values of Y Xᵀ (X Xᵀ)⁻¹ X."""
        return self.S_YX * self.S_XX_inverse * self.S_YX.transpose()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        return self.widths == other.widths and self._key == other._key

    def __hash__(self) -> int:
        return hash((self.widths, self._key))

    @cached_property
    def _key(self) -> tuple[str, ...]:
        return tuple(str(entry) for matrix in (self.X, self.Y, *self.W) for entry in matrix.entries())

    def __repr__(self) -> str:
        widths = "-".join(map(str, self.widths))
        return f"{type(self).__name__}({widths}, {self.samples} samples, loss {_short(self.loss)})"


class TrainedProblem(Problem):
    """A problem that was read from floats: its numbers are exactly the floats, and `classify` takes them as floats.

    Parameters
    ----------
    X, Y, W
        As for `Problem`; made by `Problem.from_torch`.
    """

    @property
    def floats(self) -> tuple[Floats, Floats, tuple[Floats, ...]]:
        """X, Y and the weights as they were read."""
        x, y, *weights = map(nearest_floats, (self.X, self.Y, *self.W))
        return x, y, tuple(weights)


def _short(loss: Scalar) -> str:
    """Write a number in one line: floats make fractions of hundreds of digits."""
    text = str(loss)
    if len(text) <= SHOWN:
        return text
    try:
        return f"about {int(loss.p) / int(loss.q):.6g}"
    except (AttributeError, OverflowError):  # no rational number, or one beyond floats
        return f"{text[:SHOWN]}…"


def _matrices(rows: list[list[list[Any]]]) -> list[Matrix]:
    if all(isinstance(entry, fmpq) for matrix in rows for row in matrix for entry in row):
        return [from_rows(matrix) for matrix in rows]
    from algebra.exact.field_matrix import into_one_field

    return into_one_field(rows)


def _exact_rows(name: str, given: Any) -> list[list[Any]]:
    """Return the rows of a matrix; where an entry is a float, say who takes those."""
    try:
        return rows_of(name, given)
    except InputError as error:
        if not isinstance(error.value, float):
            raise
        allowed = f"{error.allowed}. Floats: classify(X, Y, W) takes them as they are, Problem.from_floats as fractions"
        raise InputError(error.argument, error.value, allowed) from None


def _check_list(W: Any) -> None:
    if not hasattr(W, "__len__") or not as_list("W", W, WEIGHTS):
        raise InputError("W", W, WEIGHTS)


def _check_shapes(rows: dict[str, list[list[Any]]]) -> None:
    shapes = {name: (len(matrix), len(matrix[0])) for name, matrix in rows.items()}
    (d_x, m), (d_y, m_y) = shapes["X"], shapes["Y"]
    if m_y != m:
        _refuse("Y", (d_y, m_y), (d_y, m), "one column for each column of X")
    below, giver, depth = d_x, "X", len(rows) - 2
    for h in range(1, depth + 1):
        given = shapes[f"W_{h}"]
        if given[1] != below:
            _refuse(f"W_{h}", given, (given[0], below), f"it takes what {giver} gives")
        below, giver = given[0], f"W_{h}"
    if below != d_y:
        last = shapes[f"W_{depth}"]
        _refuse(f"W_{depth}", last, (d_y, last[1]), f"the last layer gives the {d_y} rows of Y")


def _refuse(name: str, given: tuple[int, int], expected: tuple[int, int], why: str) -> None:
    raise InputError(name, f"{given[0]} x {given[1]}", f"{expected[0]} x {expected[1]}: {why}")
