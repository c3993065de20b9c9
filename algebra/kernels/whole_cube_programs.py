"""Conjunctions on {0,1}^n with a margin, or approximately: a concave maximum over weights and multipliers, proved.

Let f be a monotone conjunction of k variables.  Wanted is the least B such that some kernel, Euclidean or not, with
k(x, x) <= 1 gives each of the C(n, k) images of f a predictor within its limits, of norm at most B.  Averaged over the
permutations, predictor and kernel stay as good (the squared norm is jointly convex).  So the predictor is a function
g(t, p) of the number t of true literals and the weight p of the point.

For one predictor, B is the factorisation norm of the matrix of its images, the maximum over probability vectors pi on
the weights of a trace norm.  The functions on k-sets hold level j once, and those on {0,1}^n once for each weight.  So
block j of the trace norm is the length of one row, and with b_j(p) = <g, u_j> sqrt(m_j) / |u_j| on the slice of weight
p (`programs`), whose least norm is sum_j |b_j(p)|,

    B(g) = max over pi of F(pi) = sum_j sqrt( sum_p pi_p b_j(p)^2 ).

F is concave and homogeneous of degree 1/2: every pi bounds B(g) from above by F(pi)/2 + max_p dF/dpi_p.  From below,
whatever the predictor: multipliers z_p(t) of the limits prove

    B >= sum max(z, 0) lower - max(-z, 0) upper    if    sum_p (sum_t z_p(t) u_j(t))^2 / (pi_p c_j^2) <= 1 for all j,

with c_j^2 = m_j |u_j|^2 on the slice: the sum of z g is sum_jp y_j(p) b_j(p) <= sum_j sqrt(sum_p pi_p b_j(p)^2), by
Cauchy and Schwarz, y_j(p) being the inner sums over c_j.  Both sides meet (minimax), so that this is no relaxation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from typing import TYPE_CHECKING

from algebra.kernels.interior_point import State, path
from algebra.kernels.programs import (
    DUAL_BITS,
    Limits,
    LiteralCount,
    dual_value,
    literal_count,
    moved_inside,
    predictor_norm,
    root_near,
    weighted,
    without_missing,
)
from algebra.kernels.schemes import Scheme
from algebra.kernels.whole_cube import WEIGHT_BITS, ConcaveMaximum, maximised

if TYPE_CHECKING:
    from algebra.types import Floats

LAST_STATES = 8  # of the path that are rounded: the very last one is not always best
NEGLIGIBLE = (0.0, 1e-10, 1e-7, 1e-5)  # weights up to which multipliers of a slice are left out: one of them is best
PREDICTOR_BITS = 64
LEAST_THETA = 0.1  # at the start: about the size of a level that counts


@dataclass(frozen=True)
class Slice:
    """What is asked on one slice: its functions, the limits of a predictor, and one strictly within them."""

    functions: LiteralCount
    lower: Limits
    upper: Limits
    inside: tuple[Fraction, ...]


@dataclass(frozen=True)
class WholeCubeOptimum:
    """Both sides of a least norm on {0,1}^n, proved.

    Parameters
    ----------
    predictor : ConcaveMaximum
        Its norm, as a maximum over weights, with the weights.
    values : tuple of tuple of Fraction
        The predictor: g(t, p) for each weight p, over the support of its slice.
    multipliers : tuple of tuple of Fraction
        z_p(t), likewise.
    multiplier_weights : tuple of Fraction
        pi, of the multipliers.
    lower : Fraction
        What the multipliers prove.
    """

    predictor: ConcaveMaximum
    values: tuple[tuple[Fraction, ...], ...]
    multipliers: tuple[tuple[Fraction, ...], ...]
    multiplier_weights: tuple[Fraction, ...]
    lower: Fraction


def whole_cube_norm(
    n: int, k: int, limits: Callable[[Sequence[int]], tuple[Limits, Limits, tuple[Fraction, ...]]]
) -> WholeCubeOptimum:
    """Return both sides of the least norm on {0,1}^n of a predictor within limits.

    Parameters
    ----------
    n, k : int
    limits : callable
        From numbers of true literals to lower limits, upper limits, and values strictly within them.

    Returns
    -------
    WholeCubeOptimum

    Examples
    --------
    >>> def margin(support):
    ...     lower = tuple(Fraction(1) if t == 2 else None for t in support)
    ...     upper = tuple(None if t == 2 else Fraction(-1) for t in support)
    ...     return lower, upper, tuple(Fraction(2 if t == 2 else -2) for t in support)
    >>> found = whole_cube_norm(4, 2, margin)
    >>> round(float(found.lower), 8), found.predictor.enclosure(9)[1]
    (2.38047614, '2.38047615')
    """
    slices = []
    for p in range(n + 1):
        functions = literal_count(Scheme(n, p), k)
        slices.append(Slice(functions, *limits(functions.support)))

    program = _Program(slices)
    start = program.start()
    states = list(path(program, start, abs(program.objective(start))))
    candidates = [_with_own_multipliers(slices, [each.inside for each in slices])]
    for state in states[-LAST_STATES:]:
        candidates += _exactly(slices, program, state)
    lower = max(candidates, key=lambda each: each.lower)
    upper = min(candidates, key=lambda each: Fraction(each.predictor.enclosure()[1]))
    return replace(upper, multipliers=lower.multipliers, multiplier_weights=lower.multiplier_weights, lower=lower.lower)


def _exactly(slices: Sequence[Slice], program: _Program, state: State) -> list[WholeCubeOptimum]:
    """Round what floats propose, and make it feasible: the predictor, with multipliers of its own and with theirs."""
    values = [
        moved_inside([_near(x) for x in row], each.lower, each.upper, each.inside)
        for each, row in zip(slices, program.predictor(state), strict=True)
    ]
    own = _with_own_multipliers(slices, values)
    weights = _simplex(program.weights(state))
    multipliers, lower = _proved(slices, program.multipliers(state), weights)
    return [own, replace(own, multipliers=multipliers, multiplier_weights=weights, lower=lower)]


def _with_own_multipliers(slices: Sequence[Slice], values: Sequence[Sequence[Fraction]]) -> WholeCubeOptimum:
    """Find the weights at which F is greatest for a predictor, and take its gradient there for the multipliers.

    At the optimum these are the best ones; where the limits leave next to no room, nearly so for any predictor.
    """
    # The weights at which F is greatest, and its terms there, squared.
    columns = _columns(slices, values)
    found = maximised({p: column for p, column in columns.items() if any(column)})
    weights = tuple(found.weights.get(p, Fraction(0)) for p in range(len(slices)))
    squares = []
    for j in range(len(columns[0])):
        parts = (weight * columns[p][j] for p, weight in found.weights.items())
        squares.append(sum(parts, Fraction(0)))

    # b_j(g) = <g, u> c / |u|^2, so that b_j times its share of the slope is <g, u> <., u> c^2 / |u|^4.
    multipliers = []
    for each, row, weight in zip(slices, values, weights, strict=True):
        law = each.functions.law
        z = [Fraction(0)] * len(row)
        for u, cost, square in zip(each.functions.polynomials, each.functions.squared_costs, squares, strict=False):
            inner, length = weighted(law, u, row), weighted(law, u, u)
            share = weight * inner * cost / (length**2 * root_near(square)) if inner else Fraction(0)
            z = [x + share * w * y for x, w, y in zip(z, law, u, strict=True)]
        multipliers.append(z)

    proved, lower = _proved(slices, multipliers, weights)
    rows = tuple(map(tuple, values))
    return WholeCubeOptimum(ConcaveMaximum(columns, dict(enumerate(weights))), rows, proved, weights, lower)


def _columns(slices: Sequence[Slice], values: Sequence[Sequence[Fraction]]) -> dict[int, tuple[Fraction, ...]]:
    """Return b_j(p)^2 for each weight p."""
    levels = max(len(each.functions.support) for each in slices)
    columns = {}
    for p, (each, row) in enumerate(zip(slices, values, strict=True)):
        squares = predictor_norm(each.functions, row).squares
        columns[p] = squares + (Fraction(0),) * (levels - len(squares))
    return columns


def _proved(
    slices: Sequence[Slice], proposed: Sequence[Sequence[float | Fraction]], weights: Sequence[Fraction]
) -> tuple[tuple[tuple[Fraction, ...], ...], Fraction]:
    """Round multipliers, leave slices of no weight out, and shrink the others as far as it takes."""
    best: tuple[tuple[tuple[Fraction, ...], ...], Fraction] | None = None
    for least in NEGLIGIBLE:
        found = [
            [Fraction(0)] * len(row) if pi <= least else without_missing(row, each.lower, each.upper)
            for each, row, pi in zip(slices, proposed, weights, strict=True)
        ]
        excess = max(_squares(slices, found, weights), default=Fraction(0))
        above = Fraction(isqrt(int(excess * 4**DUAL_BITS) + 1) + 1, 2**DUAL_BITS)  # at least the root of the excess
        shrunk = tuple(tuple(z / above for z in row) for row in found)
        rows = zip(slices, shrunk, strict=True)
        value = sum((dual_value(row, each.lower, each.upper) for each, row in rows), Fraction(0))
        if best is None or value > best[1]:
            best = shrunk, value
    assert best is not None
    return best


def _squares(
    slices: Sequence[Slice], multipliers: Sequence[Sequence[Fraction]], weights: Sequence[Fraction]
) -> list[Fraction]:
    """Return for each level what has to be at most 1."""
    found = [Fraction(0)] * max(len(each.functions.support) for each in slices)
    for each, row, pi in zip(slices, multipliers, weights, strict=True):
        if not any(row):
            continue
        for j, (u, cost) in enumerate(zip(each.functions.polynomials, each.functions.squared_costs, strict=True)):
            inner = sum((z * x for z, x in zip(row, u, strict=True)), Fraction(0))
            found[j] += inner * inner / (cost * pi)
    return found


def _simplex(weights: Sequence[float]) -> tuple[Fraction, ...]:
    """Round weights to rationals with the sum 1, none of them 0: slopes are then finite everywhere."""
    whole = [max(round(weight * 2**WEIGHT_BITS), 1) for weight in weights]
    total = sum(whole)
    return tuple(Fraction(weight, total) for weight in whole)


def _near(value: float) -> Fraction:
    return Fraction(round(Fraction(value) * 2**PREDICTOR_BITS), 2**PREDICTOR_BITS)


class _Program:
    """The upper side in floats: the values of a predictor, then a theta for each level, then tau.

    The square root of q is the least of (q / theta + theta) / 2 over theta > 0.  So the least of max F over all
    predictors is that of sum_j theta_j / 2 + tau / 2 under sum_j b_j(p)^2 / theta_j <= tau for each weight p.  Twice
    the prices of these walls are the weights pi, and those of the limits are the multipliers.
    """

    def __init__(self, slices: Sequence[Slice]) -> None:
        import numpy as np

        self.slices = slices
        self.maps = [_coefficients(each.functions) for each in slices]  # from values on a slice to its b_j
        ends = np.cumsum([0, *(len(each.functions.support) for each in slices)]).tolist()
        self.spans = [slice(*pair) for pair in pairwise(ends)]
        self.values = ends[-1]
        self.levels = max(len(each.functions.support) for each in slices)

        lower = [-np.inf if limit is None else float(limit) for each in slices for limit in each.lower]
        upper = [np.inf if limit is None else float(limit) for each in slices for limit in each.upper]
        self.lower = np.array([*lower, *[0.0] * self.levels, -np.inf])
        self.upper = np.array([*upper, *[np.inf] * (self.levels + 1)])

    def start(self) -> Floats:
        """Return a point inside."""
        import numpy as np

        inside = [float(value) for each in self.slices for value in each.inside]
        x = np.array([*inside, *[0.0] * self.levels, 0.0])
        for span, matrix in zip(self.spans, self.maps, strict=True):
            b = abs(matrix @ x[span])
            places = slice(self.values, self.values + len(b))
            x[places] = np.maximum(x[places], b)
        x[self.values : -1] += LEAST_THETA
        x[-1] = 1.0 - self.walls(x)[0].min()
        return x

    def objective(self, x: Floats) -> float:
        """Return minus the norm."""
        return float(self.slope(x) @ x)

    def slope(self, x: Floats) -> Floats:
        """Return the gradient of the objective."""
        import numpy as np

        return np.append(np.zeros(self.values), np.full(self.levels + 1, -0.5))

    def walls(self, x: Floats) -> tuple[Floats, Floats]:
        """Return tau - sum_j b_j(p)^2 / theta_j, one a weight, and the gradients."""
        import numpy as np

        rooms, normals = np.full(len(self.slices), x[-1]), np.zeros((len(x), len(self.slices)))
        normals[-1] = 1.0
        for p, (span, places, shares, b) in enumerate(self._parts(x)):
            rooms[p] -= shares @ b
            normals[span, p] = -2 * self.maps[p].T @ shares
            normals[places, p] = shares**2
        return rooms, normals

    def curvature(self, x: Floats, prices: Floats) -> Floats:
        """Return the sum over weights and levels of a square: b^2 / theta is a perspective."""
        import numpy as np

        found = np.zeros((len(x), len(x)))
        for p, (span, places, shares, _) in enumerate(self._parts(x)):
            scale = 2 * prices[p] / x[places]
            found[span, span] += (self.maps[p].T * scale) @ self.maps[p]
            found[span, places] -= self.maps[p].T * (scale * shares)
            found[places, span] -= (self.maps[p].T * (scale * shares)).T
            found[places, places] += np.diag(scale * shares**2)
        return found

    def _parts(self, x: Floats) -> Iterator[tuple[slice, slice, Floats, Floats]]:
        """Yield for each weight where its values and its levels are, b_j / theta_j, and b_j."""
        for span, matrix in zip(self.spans, self.maps, strict=True):
            b = matrix @ x[span]
            places = slice(self.values, self.values + len(b))
            yield span, places, b / x[places], b

    def predictor(self, state: State) -> list[list[float]]:
        """Return g(t, p)."""
        return [state.x[span].tolist() for span in self.spans]

    def weights(self, state: State) -> list[float]:
        """Return pi."""
        found: list[float] = (state.walls / state.walls.sum()).tolist()
        return found

    def multipliers(self, state: State) -> list[list[float]]:
        """Return z_p(t): the prices of lower limits minus those of upper ones."""
        prices = state.lower - state.upper
        return [prices[span].tolist() for span in self.spans]


def _coefficients(functions: LiteralCount) -> Floats:
    """Return the matrix that takes values on a slice to b_j = <g, u_j> c_j / |u_j|^2."""
    import numpy as np

    rows = []
    for u, cost in zip(functions.polynomials, functions.squared_costs, strict=True):
        factor = root_near(cost) / weighted(functions.law, u, u)
        rows.append([float(w * x * factor) for w, x in zip(functions.law, u, strict=True)])
    return np.array(rows)
