"""The least norm that a conjunction of k literals needs of the best kernel with k(x, x) <= 1.

The claim is ``lower <= B <= upper``: B is the least number for which some kernel on the ``domain`` gives every image
of the conjunction under the symmetries a predictor of norm at most B. Domains are the ``hypercube`` {-1,1}^n, the
``slice`` of the 0/1 vectors of weight p, and ``cube01``, all of {0,1}^n (there without negations). A predictor is the
conjunction itself (``exact``), or at least 1 where it is true and at most -1 elsewhere (``margin``), or within
``epsilon`` of it.

The symmetries have one orbit of points, on cube01 one for each weight p = 0, ..., n. Averaging predictor and kernel
over them costs nothing, since the squared norm is jointly convex; what is left of a predictor is a function g_p(t) of
the orbit and of the number t of true literals. On an orbit t occurs w(t) times, C(k,t) on the hypercube and C(k,t)
C(n-k,p-t) on a slice, N in all, and with backward differences d_j = Delta^j W_j, W_j(t) = C(k-j,t) or C(k-j,t)
C(n-k-j,p-j-t),

    u_j = d_j / w    are orthogonal polynomials of degree j (Rodrigues; by parts), |u_j|^2 = sum d_j^2 / (w N),

and level j, of dimension m_j (C(n,j), on slices C(n,j) - C(n,j-1)), meets the functions of t in u_j alone. So

    B(g) = max over probabilities pi of F(pi) = sum_j sqrt(sum_p pi_p b_j(p)^2), b_j = sum(d_j g) sqrt(m_j) / (N |u_j|),

a factorisation norm (for one orbit by Cauchy and Schwarz). F is concave and homogeneous of degree 1/2.

**Lower bound.** ``concave-maximum``, for exact: F at ``weights`` pi for the conjunction itself. ``multipliers``:
numbers z_p(t), positive for lower limits and negative for upper ones, with sum_p (sum_t z_p u_j)^2 / (pi_p m_j
|u_j|^2) <= 1 for every level j. Then sum z g <= B(g) for all predictors (Cauchy and Schwarz), so B >= the sum of z
times the limits.

**Upper bound.** ``concave-maximum`` for the conjunction itself, ``predictor`` for ``values`` g_p(t) within the
limits: B <= F(pi)/2 + max_p dF/dpi_p, at ``weights`` pi.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb, isqrt
from typing import Any, NamedTuple

from .labels import conjunction_label
from .limits import need, per_product, spend
from .reading import fields, integer, rational, read_proofs, text

DOMAINS = ("hypercube", "slice", "cube01")
MODES = ("exact", "margin", "approximate")
MOST_COORDINATES = 3000
ROOT_BITS = 160
"""Of square roots: claims have 16 digits."""

Limits = tuple[Fraction | None, Fraction | None]


class Problem(NamedTuple):
    """What the norm is asked of."""

    domain: str
    n: int
    k: int
    p: int | None
    mode: str
    epsilon: Fraction | None

    def limits(self, t: int) -> Limits:
        """Return what a predictor is at least and at most where t literals are true."""
        is_true = t == self.k
        if self.mode == "margin":
            return (Fraction(1), None) if is_true else (None, Fraction(-1))
        e = self.epsilon or Fraction(0)
        return Fraction(is_true) - e, Fraction(is_true) + e


class Orbit(NamedTuple):
    """The functions of the number of true literals on one orbit; d_j, w, and m_j |u_j|^2 as a rational number."""

    support: tuple[int, ...]
    differences: tuple[tuple[int, ...], ...]
    counts: tuple[int, ...]
    costs: tuple[Fraction, ...]

    def inner(self, j: int, z: Sequence[Fraction]) -> Fraction:
        """Return sum_t z(t) u_j(t)."""
        rows = zip(z, self.differences[j], self.counts, strict=True)
        return sum((x * Fraction(d, w) for x, d, w in rows if x), Fraction(0))

    def squares(self, g: Sequence[Fraction], multiplicities: Sequence[int]) -> list[Fraction]:
        """Return b_j^2 for a predictor: (sum d_j g / N)^2 m_j / |u_j|^2."""
        size = sum(self.counts)
        found = []
        for d, cost, m in zip(self.differences, self.costs, multiplicities, strict=False):
            inner = sum((x * y for x, y in zip(g, d, strict=True)), Fraction(0)) / size
            found.append((inner * m) ** 2 / cost)
        return found


def conjunction_norm_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of a least norm."""
    names = ("quantity", "label", "domain", "n", "k", "p", "mode", "epsilon", "lower", "upper")
    _, name, domain, n, k, p, mode, epsilon, *ends = fields(claim, "claim", *names)
    proofs = read_proofs(document, "lower", "upper")
    problem = read_problem(domain, n, k, p, mode, epsilon)
    need(text(name, "label") == conjunction_label(*claim_of(problem)), "the label does not fit the claim")
    lower, upper = (rational(end, "claim.lower or claim.upper") for end in ends)
    need(lower <= upper, "the claim's lower bound exceeds its upper bound")
    statement = (
        f"the least norm of {name} over all kernels with k(x, x) <= 1 is between {decimal(lower)} and {decimal(upper)}"
    )
    return statement, [
        lambda: check_norm_lower(problem, lower, proofs[0]),
        lambda: check_norm_upper(problem, upper, proofs[1]),
    ]


def read_problem(domain: Any, n: Any, k: Any, p: Any, mode: Any, epsilon: Any) -> Problem:
    """Return what the claim is about."""
    need(type(domain) is str and domain in DOMAINS, f"claim.domain is none of {', '.join(DOMAINS)}")
    need(type(mode) is str and mode in MODES, f"claim.mode is none of {', '.join(MODES)}")
    n = integer(n, "claim.n", 1, MOST_COORDINATES)
    need((p is None) == (domain != "slice"), "claim.p does not fit the domain")
    p = None if p is None else integer(p, "claim.p", 0, n)
    k = integer(k, "claim.k", 1, n if p is None else p)
    need((epsilon is None) == (mode != "approximate"), "claim.epsilon does not fit the mode")
    given = None if epsilon is None else rational(epsilon, "claim.epsilon")
    need(given is None or 0 <= given < Fraction(1, 2), "claim.epsilon is not from 0 to below 1/2")
    return Problem(domain, n, k, p, mode, given)


def claim_of(problem: Problem) -> tuple[str, int, int | None, int, str, Fraction | None]:
    """Return what a label names."""
    return problem.domain, problem.n, problem.p, problem.k, problem.mode, problem.epsilon


def multiplicities_of(problem: Problem) -> list[int]:
    """Return the dimensions m_j of the levels up to k."""
    n, k = problem.n, problem.k
    spend((k + 1) * per_product(n), "the levels")
    found = [comb(n, j) for j in range(k + 1)]
    return found if problem.domain == "hypercube" else [x - y for x, y in zip(found, [0, *found], strict=False)]


def orbits_of(problem: Problem) -> list[Orbit]:
    """Return the functions of t on every orbit."""
    weights: list[int | None] = list(range(problem.n + 1)) if problem.domain == "cube01" else [problem.p]
    levels = multiplicities_of(problem)
    spend(len(weights) * (problem.k + 1) ** 3 * per_product(2 * problem.n), "the orthogonal polynomials")
    return [orbit_of(problem.n, problem.k, p, levels) for p in weights]


def orbit_of(n: int, k: int, p: int | None, multiplicities: Sequence[int]) -> Orbit:
    """Return the functions of t on one orbit: W_j(t) and its j-th backward differences, by their definition."""

    def weight(j: int, t: int) -> int:
        if not 0 <= t <= k - j:
            return 0
        if p is None:
            return comb(k - j, t)
        return comb(k - j, t) * comb(n - k - j, p - j - t) if 0 <= p - j - t <= n - k - j else 0

    support = tuple(t for t in range(k + 1) if weight(0, t))
    counts = tuple(weight(0, t) for t in support)
    size, differences, costs = sum(counts), [], []
    for j in range(len(support)):
        signs = [(-1) ** i * comb(j, i) for i in range(j + 1)]
        row = tuple(sum(sign * weight(j, t - i) for i, sign in enumerate(signs)) for t in support)
        length = sum((Fraction(d * d, w) for d, w in zip(row, counts, strict=True)), Fraction(0)) / size
        differences.append(row)
        costs.append(length * multiplicities[j])
    return Orbit(support, tuple(differences), counts, tuple(costs))


def exact_squares(problem: Problem) -> list[list[Fraction]]:
    """Return b_j^2 of the conjunction itself on every orbit, in closed form.

    C(n, j) C(k, j) / 4^k on the hypercube. The inclusions of k-sets in p-sets have the squared singular value
    C(p-j, k-j) C(n-k-j, p-k) on level j, of which each set has its share: m_j^2 times that over C(n, p) C(n, k).
    """
    n, k = problem.n, problem.k
    levels = multiplicities_of(problem)
    if problem.domain == "hypercube":
        return [[Fraction(m * comb(k, j), 4**k) for j, m in enumerate(levels)]]
    weights = [problem.p] if problem.p is not None else list(range(n + 1))
    count = min(k, n - k) + 1
    spend(len(weights) * count * per_product(3 * n), "the closed form")
    found = []
    for p in weights:
        if p < k:
            found.append([Fraction(0)] * count)
            continue
        below = comb(n, p) * comb(n, k)
        pairs = [comb(p - j, k - j) * comb(n - k - j, p - k) for j in range(count)]
        found.append([Fraction(m * m * pair, below) for m, pair in zip(levels, pairs, strict=False)])
    return found


def read_weights(value: Any, count: int) -> list[Fraction]:
    """Return probabilities, one an orbit."""
    need(type(value) is list and len(value) == count, "there is not one weight for each orbit")
    found = [rational(weight, "weights") for weight in value]
    need(all(weight >= 0 for weight in found) and sum(found) == 1, "the weights are no probabilities")
    return found


def read_rows(value: Any, orbits: Sequence[Orbit], name: str) -> list[list[Fraction]]:
    """Return numbers, for each orbit one for each number of true literals."""
    need(type(value) is list and len(value) == len(orbits), f"{name} are not one list for each orbit")
    for row, orbit in zip(value, orbits, strict=True):
        need(type(row) is list and len(row) == len(orbit.support), f"{name} do not fit the numbers of true literals")
    return [[rational(entry, name) for entry in row] for row in value]


def check_norm_lower(problem: Problem, claimed: Fraction, proof: Any) -> None:
    """Check the lower bound."""
    if problem.mode == "exact":
        rule, weights = fields(proof, "lower", "rule", "weights")
        need(rule == "concave-maximum", "the lower bound's rule is unknown")
        squares = exact_squares(problem)
        value = sum((root(q)[0] for q in mixed(squares, read_weights(weights, len(squares)))), Fraction(0))
    else:
        rule, weights, multipliers = fields(proof, "lower", "rule", "weights", "multipliers")
        need(rule == "multipliers", "the lower bound's rule is unknown")
        orbits = orbits_of(problem)
        pi = read_weights(weights, len(orbits))
        value = multiplied(problem, orbits, pi, read_rows(multipliers, orbits, "multipliers"))
    need(value >= claimed, "the lower bound is not what the claim says")


def multiplied(
    problem: Problem, orbits: Sequence[Orbit], weights: Sequence[Fraction], multipliers: Sequence[Sequence[Fraction]]
) -> Fraction:
    """Return the bound that multipliers prove, if they are feasible."""
    spend(sum(len(orbit.support) ** 2 for orbit in orbits) * per_product(4 * problem.n + 2000), "the multipliers")
    sums = [Fraction(0)] * (problem.k + 1)
    bound = Fraction(0)
    for orbit, pi, row in zip(orbits, weights, multipliers, strict=True):
        if not any(row):
            continue
        need(pi > 0, "an orbit of weight 0 has multipliers")
        for j, cost in enumerate(orbit.costs):
            sums[j] += orbit.inner(j, row) ** 2 / (cost * pi)
        for t, z in zip(orbit.support, row, strict=True):
            low, high = problem.limits(t)
            limit = low if z > 0 else high
            if limit is None:
                need(z == 0, "a multiplier belongs to a limit that is not there")
            else:
                bound += z * limit
    need(max(sums) <= 1, "the multipliers are not feasible")
    return bound


def check_norm_upper(problem: Problem, claimed: Fraction, proof: Any) -> None:
    """Check the upper bound."""
    if problem.mode == "exact":
        rule, weights = fields(proof, "upper", "rule", "weights")
        need(rule == "concave-maximum", "the upper bound's rule is unknown")
        squares = exact_squares(problem)
    else:
        rule, weights, values = fields(proof, "upper", "rule", "weights", "values")
        need(rule == "predictor", "the upper bound's rule is unknown")
        orbits = orbits_of(problem)
        rows = read_rows(values, orbits, "values")
        for orbit, row in zip(orbits, rows, strict=True):
            for t, g in zip(orbit.support, row, strict=True):
                low, high = problem.limits(t)
                need((low is None or low <= g) and (high is None or g <= high), "a value is beyond its limit")
        spend(sum(len(orbit.support) ** 2 for orbit in orbits) * per_product(4 * problem.n + 1000), "the predictor")
        levels = multiplicities_of(problem)
        squares = [orbit.squares(row, levels) for orbit, row in zip(orbits, rows, strict=True)]
    found = concave_above(squares, read_weights(weights, len(squares)))
    need(found <= claimed, "the upper bound is not what the claim says")


def mixed(squares: Sequence[Sequence[Fraction]], weights: Sequence[Fraction]) -> list[Fraction]:
    """Return sum_p pi_p b_j(p)^2 for each level j."""
    found = [Fraction(0)] * max(map(len, squares))
    for row, pi in zip(squares, weights, strict=True):
        if pi:
            for j, square in enumerate(row):
                found[j] += pi * square
    return found


def concave_above(squares: Sequence[Sequence[Fraction]], weights: Sequence[Fraction]) -> Fraction:
    """Return a number above the maximum of F: F(pi)/2 + max_p sum_j b_j(p)^2 / (2 sqrt(q_j))."""
    levels = mixed(squares, weights)
    spend(sum(map(len, squares)) * per_product(4000), "the slopes")
    roots = [root(q) for q in levels]
    slopes = [Fraction(0)]
    for row in squares:
        slope = Fraction(0)
        for square, (below, _) in zip(row, roots, strict=False):
            need(square == 0 or below > 0, "a level of weight 0 is in use: its slope is infinite")
            slope += rounded_up(square / (2 * below)) if square else 0
        slopes.append(slope)
    return sum((above for _, above in roots), Fraction(0)) / 2 + max(slopes)


def rounded_up(value: Fraction) -> Fraction:
    """Return a number that is not smaller, and as short as the roots: sums of long fractions grow with each term."""
    shift = max(ROOT_BITS - (value.numerator.bit_length() - value.denominator.bit_length()), 0)
    if value.denominator.bit_length() <= ROOT_BITS:
        return value
    return Fraction(-(-(value.numerator << shift) // value.denominator), 1 << shift)


def decimal(value: Fraction) -> str:
    """Write a number for a statement: as a decimal if it is one, of not too many digits.

    Examples
    --------
    >>> decimal(Fraction(-5, 4)), decimal(Fraction(1, 3))
    ('-1.25', '1/3')
    """
    digits = max((value.denominator & -value.denominator).bit_length() - 1, 0)
    while digits <= 40 and (value * 10**digits).denominator != 1:
        digits += 1
    if digits > 40:
        return str(value)
    whole, sign = str(abs(int(value * 10**digits))).zfill(digits + 1), "-" if value < 0 else ""
    return sign + (f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole)


def root(square: Fraction) -> tuple[Fraction, Fraction]:
    """Return rational numbers below and above a square root, both itself where it is rational."""
    shift = max(ROOT_BITS - (square.numerator.bit_length() - square.denominator.bit_length()) // 2, 0)
    exact = Fraction(isqrt(square.numerator), isqrt(square.denominator))
    if exact**2 == square:
        return exact, exact
    below = isqrt((square.numerator << 2 * shift) // square.denominator)
    return Fraction(below, 1 << shift), Fraction(below + 1, 1 << shift)
