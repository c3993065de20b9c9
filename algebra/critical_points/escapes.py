"""Ways down from a point that is no global minimum, explicit and verified exactly.

Where the Hessian has a negative eigenvalue a direction of negative curvature is written down in rational numbers;
at a non-strict saddle the point is moved along its fibre (R stays the same) until the gradient no longer vanishes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq

from algebra.critical_points.classification import Classification, PointVerdict
from algebra.critical_points.fibre import moved_off
from algebra.critical_points.pivots import untightened_pivots
from algebra.critical_points.problem import Problem
from algebra.critical_points.second_order import quadratic_form
from algebra.exact.elimination import column_basis, coordinates, kernel
from algebra.exact.matrices import Matrix, identity, is_zero, rows_like, to_strings, trace_of_product
from algebra.exact.numbers import to_fmpq
from algebra.exact.pickling import frozen_hash
from algebra.exact.spectra import extreme_eigenvalue
from algebra.shown import Shown

ONE_BY_ONE = 32


@dataclass(frozen=True)
class Escape(Shown):
    """A perturbation that lowers the loss, verified exactly.

    Parameters
    ----------
    kind : str
        "gradient-step", "negative-curvature" or "fibre-then-gradient".
    direction : tuple of matrices
        One for each layer; ``W + step * direction`` has the loss `loss`.
    step : fmpq
        At most 1, a power of 2.
    loss : exact number
        The loss that is reached, below that of the point.
    second_derivative : exact number, optional
        Of the loss along the direction at the point; negative if the kind is "negative-curvature".
    fibre_moves : int
        Number of moves inside the fibre that came first.
    seed : int, optional
        Seed of the random moves, where there were any.
    """

    kind: str
    direction: tuple[Matrix, ...]
    step: Any
    loss: Any
    second_derivative: Any = None
    fibre_moves: int = 0
    seed: int | None = None

    __hash__ = frozen_hash

    def fields(self) -> dict[str, Any]:
        """Return everything as strings and integers.

        Returns
        -------
        dict
            Numbers are strings; ``second_derivative`` is None where it was not needed.
        """
        return {
            "kind": self.kind,
            "direction": [to_strings(V) for V in self.direction],
            "step": str(self.step),
            "loss": str(self.loss),
            "second_derivative": None if self.second_derivative is None else str(self.second_derivative),
            "fibre_moves": self.fibre_moves,
            "seed": self.seed,
        }


def escape(found: Classification, seed: int = 0, radius: Fraction = Fraction(1)) -> Escape | None:
    """Return a perturbation that lowers the loss; None at a global minimum.

    Parameters
    ----------
    found : Classification
    seed : int
        Of the moves along the fibre of a non-strict saddle.
    radius : Fraction
        Scale of those moves: at a non-strict saddle there are points of lower loss as near as one likes.

    Returns
    -------
    Escape, or None

    Examples
    --------
    >>> from algebra.critical_points.classification import classify_exactly
    >>> zero = [[0]]
    >>> way = escape(classify_exactly(Problem([[1]], [[1]], [zero, zero])))
    >>> way.kind, way.second_derivative, way.loss
    ('negative-curvature', -2, 0)
    """
    problem = found.problem
    if found.verdict is PointVerdict.GLOBAL_MIN:
        return None
    if found.verdict is PointVerdict.NOT_CRITICAL:
        return _against_gradient(problem)
    if found.verdict is PointVerdict.NONSTRICT_SADDLE:
        return _along_fibre(problem, seed, radius)
    direction = lifted(problem, negative_curvature(problem.reduced, found))
    curvature = quadratic_form(problem, list(direction))
    if not curvature < 0:
        raise ArithmeticError("the direction written down for a strict saddle does not have negative curvature")
    return _descend(problem, direction, "negative-curvature", fmpq(1), second_derivative=curvature)


def _moved(problem: Problem, direction: tuple[Matrix, ...], step: Any) -> Problem:
    return problem.with_weights([W + V * step for W, V in zip(problem.W, direction, strict=True)])


def _against_gradient(problem: Problem) -> Escape:
    """Begin with the power of 2 next to the best step of the quadratic model: a full step may be far too long."""
    descent = tuple(-1 * g for g in problem.gradient)
    curvature = quadratic_form(problem, list(descent))
    gain = 2 * problem.gradient_squared
    halvings = _halvings(lambda n: not _halved(fmpq(1), n) * curvature > gain)
    return _descend(problem, descent, "gradient-step", _halved(fmpq(1), halvings))


def _descend(problem: Problem, direction: tuple[Matrix, ...], kind: str, step: Any, **more: Any) -> Escape:
    """Halve the step until the loss is lower, then as long as that gains."""
    step = _halved(step, _halvings(lambda n: _moved(problem, direction, _halved(step, n)).loss < problem.loss))
    lowest = _moved(problem, direction, step).loss
    while (reached := _moved(problem, direction, step / 2).loss) < lowest:
        step, lowest = step / 2, reached
    return Escape(kind, direction, step, lowest, **more)


def _halved(step: Any, times: int) -> Any:
    return step / fmpq(2) ** times


def _halvings(enough: Callable[[int], bool]) -> int:
    """Return how often to halve a step until it is short enough; every shorter one is at some point.

    One by one at first; then by doubling and bisection, because entries of thousands of digits ask for tens of
    thousands of halvings.
    """
    for times in range(ONE_BY_ONE):
        if enough(times):
            return times
    low, high = ONE_BY_ONE - 1, 2 * ONE_BY_ONE
    while not enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _along_fibre(problem: Problem, seed: int, radius: Fraction) -> Escape:
    moved, moves = moved_off(problem, seed, to_fmpq(radius))
    descent = _against_gradient(moved)
    there = _moved(moved, descent.direction, descent.step)
    direction = tuple(new - old for new, old in zip(there.W, problem.W, strict=True))
    return Escape("fibre-then-gradient", direction, fmpq(1), descent.loss, fibre_moves=moves, seed=seed)


def lifted(problem: Problem, direction: list[Matrix]) -> tuple[Matrix, ...]:
    """Carry a direction of the reduced problem over to the weights of the original one.

    X = P X^ with the pivot columns P of X: the direction of W_1 is multiplied by a left inverse of P.
    """
    if problem.reduced is problem:
        return tuple(direction)
    P = column_basis(problem.X)
    return (direction[0] * coordinates(P, identity(P.nrows(), P)), *direction[1:])


def negative_curvature(reduced: Problem, found: Classification) -> list[Matrix]:
    """Return a direction along which the second derivative of the loss is negative; X must have full row rank."""
    assert found.comparison is not None
    return _rotation(reduced) if not found.comparison.top else _through_pivot(reduced)


def _zeros(problem: Problem) -> list[Matrix]:
    return [W - W for W in problem.W]


def _rotation(p: Problem) -> list[Matrix]:
    """Rotate a singular direction of R towards a better one of E.

    With V_H = -N_E z yᵀ W_H and V_1 = W_1 S_XX Rᵀ y (S_XX⁻¹ Eᵀ z)ᵀ the second derivative is
    (yᵀ N_R² y)(zᵀ N_E z) - |N_E z|² (yᵀ N_R y), negative if the Rayleigh quotient of z exceeds that of y.
    """
    z, y = rayleigh_pair(p.N_R, p.N_E)
    direction = _zeros(p)
    direction[-1] = -1 * (p.N_E * z) * (y.transpose() * p.W[-1])
    direction[0] = (p.W[0] * p.S_XX * p.R.transpose() * y) * (p.S_XX_inverse * p.E.transpose() * z).transpose()
    return direction


def rayleigh_pair(N_R: Matrix, N_E: Matrix) -> tuple[Matrix, Matrix]:
    """Return columns z, y with zᵀ N_E² z / zᵀ N_E z > yᵀ N_R² y / yᵀ N_R y, as simple as they are found.

    The largest eigenvalue of N_E must exceed the smallest nonzero one of N_R.  Inverse iteration over Q finds both
    vectors to any accuracy; they are rounded as coarsely as the inequality allows.
    """
    size = N_R.nrows()
    bits = 8
    while True:
        z, y = _extreme(N_E, size, bits, largest=True), _extreme(N_R, size, bits, largest=False)
        for z_short, y_short in zip(_rounded(z, bits), _rounded(y, bits), strict=True):
            if _better(N_R, N_E, z_short, y_short):
                return z_short, y_short
        bits *= 2


def _better(N_R: Matrix, N_E: Matrix, z: Matrix, y: Matrix) -> bool:
    Ez, Ry = N_E * z, N_R * y
    better = trace_of_product(Ez, Ez) * trace_of_product(y, Ry) > trace_of_product(Ry, Ry) * trace_of_product(z, Ez)
    return bool(better)


def _extreme(N: Matrix, size: int, bits: int, largest: bool) -> Matrix:
    """One step of inverse iteration; each precision starts elsewhere, as one start may be orthogonal to the target."""
    shift = extreme_eigenvalue(N, bits, largest)
    generator = random.Random(bits)
    start = rows_like(N, [[fmpq(generator.randint(1, 11))] for _ in range(size)])
    return (N - identity(size, N) * shift).solve(start)


def _rounded(vector: Matrix, bits: int) -> Iterator[Matrix]:
    """Yield the vector over its largest entry, rounded to more and more bits."""
    entries = vector.entries()
    largest = max((entry if entry > 0 else -entry) for entry in entries)
    precision = 0
    while precision <= 2 * bits:
        scale = fmpq(2) ** precision
        rows = [[fmpq((entry / largest * scale + fmpq(1, 2)).floor())] for entry in entries]
        yield rows_like(vector, rows)
        precision = 2 * precision or 1


def _through_pivot(p: Problem) -> list[Matrix]:
    """Use a pivot whose middle B_ij reaches further than C_i or A_j.

    One of the two moves leaves the product unchanged to first order, so that it can be scaled until the mixed term
    <E, A_i V_i B_ij V_j C_j> outweighs the square of the other.
    """
    for i, j in sorted(untightened_pivots(p), key=lambda pivot: pivot[0] - pivot[1]):
        T = p.T(i, j)
        for build in (_above, _below):
            direction = build(p, i, j, T)
            if direction is not None:
                return direction
    raise ArithmeticError("no pivot gives negative curvature at a strict saddle")


def _above(p: Problem, i: int, j: int, T: Matrix) -> list[Matrix] | None:
    """V_i = x yᵀ with yᵀ C_i = 0 and yᵀ B_ij nonzero, V_j = -B_ijᵀ y τᵀ."""
    y = _null_vector(p.C(i).transpose(), lambda v: p.B(i, j).transpose() * v)
    if y is None:
        return None
    d, a = _first_nonzero(T)
    beta = p.B(i, j).transpose() * y
    direction = _zeros(p)
    direction[i - 1] = _unit(p, T.ncols(), a) * y.transpose()
    direction[j - 1] = -1 * beta * _unit(p, T.nrows(), d).transpose()
    return _scaled(p, direction, i, j, free=i)


def _below(p: Problem, i: int, j: int, T: Matrix) -> list[Matrix] | None:
    """V_j = y τᵀ with A_j y = 0 and B_ij y nonzero, V_i = -x (B_ij y)ᵀ."""
    y = _null_vector(p.A(j), lambda v: p.B(i, j) * v)
    if y is None:
        return None
    d, a = _first_nonzero(T)
    direction = _zeros(p)
    direction[j - 1] = y * _unit(p, T.nrows(), d).transpose()
    direction[i - 1] = -1 * _unit(p, T.ncols(), a) * (p.B(i, j) * y).transpose()
    return _scaled(p, direction, i, j, free=j)


def _scaled(p: Problem, direction: list[Matrix], i: int, j: int, free: int) -> list[Matrix]:
    """Scale the layer whose first-order effect is zero so that the mixed term wins."""
    other = j if free == i else i
    image = p.A(other) * direction[other - 1] * p.C(other) * p.X
    square = trace_of_product(image, image)
    inner = p.A(i).transpose() * p.E * p.C(j).transpose()
    mixed = trace_of_product(inner, direction[i - 1] * p.B(i, j) * direction[j - 1])
    factor = square / mixed if square != 0 else fmpq(1)
    if mixed * factor > 0:
        factor = -1 * factor
    direction[free - 1] = direction[free - 1] * factor
    return direction


def _null_vector(matrix: Matrix, seen: Callable[[Matrix], Matrix]) -> Matrix | None:
    return next((v for v in kernel(matrix) if not is_zero(seen(v))), None)


def _first_nonzero(T: Matrix) -> tuple[int, int]:
    return next((d, a) for d, row in enumerate(T.table()) for a, entry in enumerate(row) if entry != 0)


def _unit(p: Problem, size: int, place: int) -> Matrix:
    return p.matrix_of([[fmpq(int(i == place))] for i in range(size)])
