"""Least norms under linear constraints: a linear program in floats proposes, rational numbers prove both sides.

A conjunction of k literals and its constraints are invariant under the stabiliser of the conjunction, so that a best
predictor g depends on the number t of true literals only.  With the law w of t and its orthogonal polynomials u_j,
level j meets these functions in one dimension, and g(t) = sum_j b_j u_j(t) has the norm

    B = sum_j |b_j| c_j,    c_j^2 = m_j ||u_j||_w^2,

to be minimised under lower_t <= g(t) <= upper_t.  By duality every z with |sum_t z_t u_j(t)| <= c_j for all j proves

    B >= sum_t max(z_t, 0) lower_t - max(-z_t, 0) upper_t.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import comb, isqrt

from algebra.exact.numbers import to_fmpq, to_fraction
from algebra.kernels.norms import RootSum
from algebra.kernels.schemes import Scheme

DUAL_BITS = 96  # of rational multipliers: an interval of width about 10^-25, and certificates that can be read
SCALINGS = (0.0, 0.5, 1.0, 0.25, 0.75)  # of columns, by these powers of their largest entry
NEARLY = 1e-13  # of the largest: what floats mean by 0
ENOUGH = 1e-9  # relative width from which on no other scaling is tried
Limits = tuple[Fraction | None, ...]


@dataclass(frozen=True)
class LiteralCount:
    """Functions of the number of true literals: support, law, orthogonal polynomials, and the costs of their levels.

    Parameters
    ----------
    support : tuple of int
        Numbers of true literals that occur.
    law : tuple of Fraction
        How often each does.
    polynomials : tuple of tuple of Fraction
        ``polynomials[j][a]``: the value of u_j at ``support[a]``.
    squared_costs : tuple of Fraction
        c_j^2 = m_j ||u_j||^2.
    """

    support: tuple[int, ...]
    law: tuple[Fraction, ...]
    polynomials: tuple[tuple[Fraction, ...], ...]
    squared_costs: tuple[Fraction, ...]


def literal_count(scheme: Scheme, k: int) -> LiteralCount:
    """Return the functions of the number of true ones among k literals; on a slice of k ones among the coordinates.

    Examples
    --------
    >>> from algebra.kernels.schemes import hamming
    >>> found = literal_count(hamming(8), 2)
    >>> [str(x) for x in found.law], [str(x) for x in found.squared_costs]
    (['1/4', '1/2', '1/4'], ['1', '4', '7'])
    """
    n, p = scheme.n, scheme.p
    if p is None:
        support = tuple(range(k + 1))
        law = tuple(Fraction(comb(k, t), 2**k) for t in support)
    else:
        support = tuple(range(max(0, k - (n - p)), min(k, p) + 1))
        law = tuple(Fraction(comb(k, t) * comb(n - k, p - t), comb(n, p)) for t in support)

    polynomials = tuple(_orthogonal_polynomials(support, law))
    norms = [weighted(law, each, each) for each in polynomials]
    costs = tuple(m * norm for m, norm in zip(scheme.multiplicities, norms, strict=False))
    return LiteralCount(support, law, polynomials, costs)


def _orthogonal_polynomials(support: Sequence[int], law: Sequence[Fraction]) -> Iterator[tuple[Fraction, ...]]:
    """Yield the values of the monic orthogonal polynomials (Krawtchouk, Hahn), by the recurrence of Stieltjes."""
    before, now = [Fraction(0)] * len(support), [Fraction(1)] * len(support)
    norm_before = Fraction(1)
    for _ in support:
        yield tuple(now)
        squares = [w * u * u for w, u in zip(law, now, strict=True)]
        norm = sum(squares, Fraction(0))
        centre = sum((s * t for s, t in zip(squares, support, strict=True)), Fraction(0)) / norm
        ratio = norm / norm_before
        following = [(t - centre) * u - ratio * v for t, u, v in zip(support, now, before, strict=True)]
        before, now, norm_before = now, following, norm


@dataclass(frozen=True)
class Optimum:
    """Both sides of a least norm, proved: a predictor that needs no more, and multipliers that need no less.

    Parameters
    ----------
    support : tuple of int
    predictor : tuple of Fraction
        Values of g on the support, within the limits.
    norm : RootSum
        Of that predictor: an upper bound of the least norm.
    multipliers : tuple of Fraction
        z on the support: positive ones belong to lower limits, negative ones to upper ones.
    lower : Fraction
        What the multipliers prove.
    """

    support: tuple[int, ...]
    predictor: tuple[Fraction, ...]
    norm: RootSum
    multipliers: tuple[Fraction, ...]
    lower: Fraction


def least_norm(functions: LiteralCount, lower: Limits, upper: Limits, inside: Sequence[Fraction]) -> Optimum:
    """Return both sides of the least norm under limits of the predictor.

    Parameters
    ----------
    functions : LiteralCount
    lower, upper : tuple of Fraction or None
        Limits on the support; None where there is none.
    inside : sequence of Fraction
        A predictor within all limits, strictly where they leave room: others are moved towards it until they are, too.

    Returns
    -------
    Optimum
    """
    best: Optimum | None = None
    for power in SCALINGS:
        floats = _float_solution(functions, lower, upper, power)
        found = _proved(functions, lower, upper, inside, floats)
        best = found if best is None else _better(best, found)
        if float(best.norm.ball()) - float(best.lower) <= ENOUGH * float(best.lower):
            break
    assert best is not None
    return best


def _proved(
    functions: LiteralCount, lower: Limits, upper: Limits, inside: Sequence[Fraction], floats: _Floats
) -> Optimum:
    """Return the best of what floats propose for each side, and of the predictor inside with its own multipliers."""
    # A predictor: what floats propose, moved within the limits, or the one inside; the least norm is the best.
    predictors = [tuple(moved_inside(h, lower, upper, inside)) for h in _predictors(functions, floats)]
    predictors.append(tuple(inside))
    norms = [predictor_norm(functions, predictor) for predictor in predictors]
    least = min(range(len(norms)), key=lambda i: float(norms[i].ball()))

    # Multipliers: the greatest value is the best.
    proposed = _multipliers(functions, floats, inside)
    multipliers = [_feasible(functions, z, lower, upper) for z in proposed]
    values = [dual_value(z, lower, upper) for z in multipliers]
    most = max(range(len(values)), key=values.__getitem__)

    proof = tuple(multipliers[most]), values[most]
    return Optimum(functions.support, predictors[least], norms[least], *proof)


def _better(one: Optimum, other: Optimum) -> Optimum:
    """Return the better predictor of two, and the better multipliers."""
    above = min(one, other, key=lambda optimum: float(optimum.norm.ball()))
    below = max(one, other, key=lambda optimum: optimum.lower)
    return replace(above, multipliers=below.multipliers, lower=below.lower)


def predictor_norm(functions: LiteralCount, predictor: Sequence[Fraction]) -> RootSum:
    """Return the least norm of one predictor, a sum of square roots, one a level."""
    squares = []
    for u, cost in zip(functions.polynomials, functions.squared_costs, strict=True):
        inner, length = weighted(functions.law, u, predictor), weighted(functions.law, u, u)
        squares.append((inner / length) ** 2 * cost)
    return RootSum(tuple(squares))


def weighted(law: Sequence[Fraction], left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Return the inner product of two functions under a law."""
    return sum((w * x * y for w, x, y in zip(law, left, right, strict=True)), Fraction(0))


def dual_value(multipliers: Sequence[Fraction], lower: Limits, upper: Limits) -> Fraction:
    """Return the lower bound that feasible multipliers prove."""
    total = Fraction(0)
    for z, low, high in zip(multipliers, lower, upper, strict=True):
        limit = low if z > 0 else high
        if z:
            assert limit is not None  # _feasible has left out the others
            total += z * limit
    return total


@dataclass(frozen=True)
class _Floats:
    """What a float solver says: coefficients in units of the costs, dual values, and which limits are met."""

    coefficients: list[float]
    duals: list[float]
    at: dict[int, Fraction]


def _float_solution(functions: LiteralCount, lower: Limits, upper: Limits, power: float) -> _Floats:
    """Minimise sum |b_j| subject to the limits on sum_j b_j u_j(t) / c_j.

    All entries are at most 1 in size, those of high levels much less, and solvers take small ones for 0.  A power of
    their size moves it from the column into the cost.
    """
    import numpy as np
    from scipy.optimize import linprog

    # A column for each level, in units of its cost, and its negative: coefficients are then at least 0.
    roots = [root_near(cost) for cost in functions.squared_costs]
    scaled = [[float(x / c) for x in u] for u, c in zip(functions.polynomials, roots, strict=True)]
    matrix = np.array(scaled, dtype=np.float64).T
    sizes = np.abs(matrix).max(axis=0) ** power
    signed = np.hstack([matrix / sizes, -matrix / sizes])
    costs = np.concatenate([1 / sizes, 1 / sizes])

    # A row for each limit, upper ones first.
    rows = [(a, +1, limit) for a, limit in enumerate(upper) if limit is not None]
    rows += [(a, -1, limit) for a, limit in enumerate(lower) if limit is not None]
    left = np.array([sign * signed[a] for a, sign, _ in rows])
    right = np.array([sign * float(limit) for _, sign, limit in rows])
    tolerances = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    found = linprog(costs, A_ub=left, b_ub=right, method="highs-ds", options=tolerances)
    if found.x is None:  # too hard for floats: the predictor inside is left, and its own multipliers
        return _Floats([0.0] * len(roots), [0.0] * len(functions.support), {})

    # The limits that bind are those with a dual value that counts.
    duals, at = [0.0] * len(functions.support), {}
    marginals = found.ineqlin.marginals
    least = NEARLY * float(np.abs(marginals).max())
    for (a, sign, limit), dual in zip(rows, marginals, strict=True):
        duals[a] += sign * float(dual)  # SciPy's are negative where an upper limit binds
        if abs(dual) > least:
            at[a] = limit

    half = len(roots)
    coefficients = (found.x[:half] - found.x[half:]) / sizes
    return _Floats(coefficients.tolist(), duals, at)


def _levels(floats: _Floats) -> list[int]:
    least = NEARLY * max(map(abs, floats.coefficients))
    return [j for j, b in enumerate(floats.coefficients) if abs(b) > least]


def _predictors(functions: LiteralCount, floats: _Floats) -> Iterator[Sequence[Fraction]]:
    """Yield the vertex that the floats mean, solved for exactly, and the floats themselves."""
    # The vertex: as many levels as limits that are met.
    levels = _levels(floats)
    rows = [[functions.polynomials[j][a] for j in levels] for a in floats.at]
    solved = _solve(rows, list(floats.at.values()))
    if solved is not None:
        yield _combined(functions, dict(zip(levels, solved, strict=True)))

    # The floats, in units of the functions.
    roots = [root_near(cost) for cost in functions.squared_costs]
    yield _combined(functions, {j: Fraction(b) / roots[j] for j, b in enumerate(floats.coefficients)})


def _combined(functions: LiteralCount, coefficients: Mapping[int, Fraction]) -> list[Fraction]:
    """Return a combination of the polynomials of some levels, on the support."""
    found = []
    for a in range(len(functions.support)):
        terms = (b * functions.polynomials[j][a] for j, b in coefficients.items())
        found.append(sum(terms, Fraction(0)))
    return found


def _multipliers(functions: LiteralCount, floats: _Floats, inside: Sequence[Fraction]) -> Iterator[Sequence[Fraction]]:
    """Yield multipliers that are tight on the levels in use, those of the floats, and those of the predictor inside.

    The first have the costs to many digits; the last are best where the limits leave no room.
    """
    size = len(functions.support)

    # Those that are tight on the levels in use.
    levels, places = _levels(floats), list(floats.at)
    signs = [1 if floats.coefficients[j] > 0 else -1 for j in levels]
    wanted = [sign * root_near(functions.squared_costs[j]) for j, sign in zip(levels, signs, strict=True)]
    solved = _solve([[functions.polynomials[j][a] for a in places] for j in levels], wanted)
    if solved is not None:
        at = dict(zip(places, solved, strict=True))
        yield [at.get(a, Fraction(0)) for a in range(size)]

    # Those of the floats.
    yield [Fraction(z) for z in floats.duals]

    # Those of the predictor inside: on each level its sign, at full cost.
    found = [Fraction(0)] * size
    for u, cost in zip(functions.polynomials, functions.squared_costs, strict=True):
        inner, length = weighted(functions.law, u, inside), weighted(functions.law, u, u)
        share = root_near(cost) / length * (1 if inner > 0 else -1)
        found = [z + share * w * x for z, w, x in zip(found, functions.law, u, strict=True)]
    yield found


def _feasible(functions: LiteralCount, multipliers: Sequence[Fraction], lower: Limits, upper: Limits) -> list[Fraction]:
    """Leave out multipliers of limits that are not there, round the others, and shrink them as far as it takes."""
    found = without_missing(multipliers, lower, upper)
    excess = Fraction(1)
    for u, cost in zip(functions.polynomials, functions.squared_costs, strict=True):
        inner = sum((z * x for z, x in zip(found, u, strict=True)), Fraction(0))
        excess = max(excess, inner * inner / cost)
    if excess == 1:
        return found
    above = Fraction(isqrt(int(excess * 4**DUAL_BITS) + 1) + 1, 2**DUAL_BITS)  # at least the root of the excess
    return [z / above for z in found]


def without_missing(multipliers: Sequence[float | Fraction], lower: Limits, upper: Limits) -> list[Fraction]:
    """Round multipliers, and leave out those of limits that are not there."""
    rows = zip(multipliers, lower, upper, strict=True)
    return [_rounded(z) if (low if z > 0 else high) is not None else Fraction(0) for z, low, high in rows]


def moved_inside(
    predictor: Sequence[Fraction], lower: Limits, upper: Limits, inside: Sequence[Fraction]
) -> list[Fraction]:
    """Move a predictor towards one within the limits, no further than it takes."""
    share = Fraction(0)
    for h, low, high, safe in zip(predictor, lower, upper, inside, strict=True):
        if low is not None and h < low:
            share = max(share, (low - h) / (safe - h))
        if high is not None and h > high:
            share = max(share, (h - high) / (h - safe))
    return [h + share * (safe - h) for h, safe in zip(predictor, inside, strict=True)]


def _solve(rows: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction] | None:
    """Solve a square system exactly; None if it is not square, or singular."""
    from flint import fmpq_mat

    if not rows or len(rows) != len(rows[0]):
        return None
    matrix = fmpq_mat([[to_fmpq(x) for x in row] for row in rows])
    try:
        found = matrix.solve(fmpq_mat([[to_fmpq(x)] for x in right]))
    except ZeroDivisionError:
        return None
    return [to_fraction(x) for x in found.entries()]


def root_near(square: Fraction) -> Fraction:
    """Return a rational number near the square root of a positive one, to twice the bits that certificates keep."""
    shift = max(2 * DUAL_BITS - (square.numerator.bit_length() - square.denominator.bit_length()) // 2, 0)
    return Fraction(isqrt((square.numerator << 2 * shift) // square.denominator), 1 << shift)


def _rounded(value: float | Fraction) -> Fraction:
    return Fraction(round(Fraction(value) * 2**DUAL_BITS), 2**DUAL_BITS)
