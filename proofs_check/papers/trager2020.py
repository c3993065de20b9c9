r"""M. Trager, K. Kohn, J. Bruna: pure and spurious critical points, a geometric study of linear networks."""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise, product
from math import comb

from flint import fmpq_mat, fmpq_poly

from algebra.critical_points import (
    Problem,
    critical_products,
    fibre_components,
    generic_distance_degree,
    purity,
    variety_dimension,
)
from algebra.critical_points.classes.data import invertible_matrix
from algebra.critical_points.classes.degrees import frobenius_distance_degree
from algebra.critical_points.classes.varieties import differential, differential_rank
from algebra.exact.matrices import is_zero
from algebra.rank import rank_rational
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.assumptions import CRITICAL, INVERTIBLE, is_global
from proofs_check.deciding.critical_points import BOTTLENECK, FAMILY, FILLING, SINGULAR, Data, Point, points
from proofs_check.deciding.saddles import checked, saddle
from proofs_check.paper import Paper

PAPER = Paper(
    "trager2020",
    "M. Trager, K. Kohn, J. Bruna, Pure and spurious critical points: a geometric study of linear networks, ICLR 2020",
    "1910.01671",
)
DEGREES = PAPER.beside(
    "J. Draisma, E. Horobet, G. Ottaviani, B. Sturmfels, R. R. Thomas, The Euclidean distance degree of an algebraic "
    "variety, Foundations of Computational Mathematics, 2016",
    "1309.0049",
)


def _is_critical_on_the_variety(problem: Problem) -> bool:
    """Hold E against directions tangent to the matrices of rank at most k at R: all of them where the rank is less.

    At rank k they are the matrices R P + Q R; below, every R + t x yᵀ belongs to the variety, and these span.
    """
    if int(problem.R.rank()) < min(problem.widths):
        return is_zero(problem.E)
    return is_zero(problem.R.transpose() * problem.E) and is_zero(problem.E * problem.R.transpose())


def sign_vectors(widths: tuple[int, ...], seed: int, count: int = 200) -> set[tuple[int, ...]]:
    """Return the signs that occur on random points of one fibre of full rank k.

    For each hidden layer of width k: the sign of det(W_h ... W_1 P), with P fixed such that R P has rank k.  It never
    vanishes on the fibre, so that points with different signs lie in different components.

    Examples
    --------
    >>> sorted(sign_vectors((2, 1, 2), 0))
    [(-1,), (1,)]
    """
    generator, k = random.Random(seed), min(widths)
    chosen = [h for h in range(1, len(widths) - 1) if widths[h] == k]
    plain = [fmpq_mat(a, b, [int(i == j < k) for i in range(a) for j in range(b)]) for b, a in pairwise(widths)]
    found = set()
    for _ in range(count):
        bases = [_flipped(invertible_matrix(width, generator), generator) for width in widths[1:-1]]
        ends = [None, *bases, None]
        W = [_changed(w, ends[h], ends[h + 1]) for h, w in enumerate(plain)]
        below, signs = fmpq_mat(widths[0], k, [int(i == j) for i in range(widths[0]) for j in range(k)]), []
        for h, w in enumerate(W, start=1):
            below = w * below
            if h in chosen:
                determinant = below.det()
                assert determinant != 0
                signs.append(1 if determinant > 0 else -1)
        found.add(tuple(signs))
    return found


def _flipped(matrix: fmpq_mat, generator: random.Random) -> fmpq_mat:
    """Change the sign of the determinant, or not: the random matrices of width 1 are all 1."""
    size, sign = matrix.nrows(), generator.choice((-1, 1))
    return fmpq_mat(size, size, [(i == j) * (sign if i == 0 else 1) for i in range(size) for j in range(size)]) * matrix


def _changed(w: fmpq_mat, below: fmpq_mat | None, above: fmpq_mat | None) -> fmpq_mat:
    w = w if below is None else w * below.inv()
    return w if above is None else above * w


def critical_count(rows: int, weighted: bool, seed: int) -> int:
    """Count the complex critical points of a weighted distance to the matrices (b, a b)ᵀ of rank one, 2 x n, exactly.

    The best b for given a is a quotient of polynomials; what remains is a rational function of a, and its critical
    points are the roots of a squarefree polynomial, away from the poles.

    Examples
    --------
    >>> critical_count(2, False, 0), critical_count(2, True, 0)
    (2, 6)
    """
    generator = random.Random(seed)
    terms = []
    for _ in range(rows):
        up, down = (generator.randint(1, 50), generator.randint(1, 50)) if weighted else (1, 1)
        first, second = generator.randint(1, 50), generator.randint(1, 50)
        terms.append((fmpq_poly([up * first, down * second]), fmpq_poly([up, 0, down])))
    if weighted:
        poles = [D for _, D in terms]
    else:
        terms, poles = [(sum((p * p for p, _ in terms), fmpq_poly()), terms[0][1])], [terms[0][1]]
        numerators = [terms[0][0].derivative() * poles[0] - terms[0][0] * poles[0].derivative()]
        return _roots(numerators[0], poles)
    total = fmpq_poly()
    for place, (p, D) in enumerate(terms):
        others = [E * E for other, (_, E) in enumerate(terms) if other != place]
        part = 2 * p * p.derivative() * D - p * p * D.derivative()
        for other in others:
            part *= other
        total += part
    return _roots(total, poles)


def _roots(numerator: fmpq_poly, poles: list[fmpq_poly]) -> int:
    assert numerator.gcd(numerator.derivative()).degree() == 0
    assert all(numerator.gcd(pole).degree() == 0 for pole in poles)
    return int(numerator.degree())


def _degree(columns: int, seed: int, weighted: bool) -> Verdict:
    counted = critical_count(columns, weighted, seed)
    degree = (generic_distance_degree if weighted else frobenius_distance_degree)(2, columns, 1)
    return checked({f"{counted} = {degree}": counted == degree})


SPURIOUS: Hypothesis[Point] = Hypothesis("spurious", lambda p: purity(p.problem).pure is False)
REGULAR = tuple(d for d in FILLING + BOTTLENECK + SINGULAR if d.kind != "golden" and len(d.widths) > 2)


def _tested(point: Point) -> bool:
    return _is_critical_on_the_variety(point.problem)


@PAPER.states(
    r"\text{critical } W \text{ is pure (} R \text{ critical on } \{\operatorname{rank} \le k\}) \iff"
    r" \operatorname{rank} R = k \text{ or } E = 0",
    CRITICAL,
    INVERTIBLE,
    on=points,
)
def pure(point: Point, seed: int) -> Verdict:
    """For the square loss; criticality on the variety by its tangent directions."""
    return checked({"pure iff critical on the variety": purity(point.problem).pure == _tested(point)}, point.label)


@PAPER.states(
    r"\text{a spurious critical point is a saddle}",
    CRITICAL,
    INVERTIBLE,
    SPURIOUS,
    on=points,
)
def spurious_saddles(point: Point, seed: int) -> Verdict:
    """Exact points of lower and of higher loss nearby."""
    parts = Verdict.all_of([checked({"no global minimum": not is_global(point.problem)}), saddle(point)])
    return parts


@PAPER.states(
    r"\operatorname{rank} d\mu(W) = \sum_i (\operatorname{rank} A_i - \operatorname{rank} A_{i-1})"
    r" \operatorname{rank} C_i,\quad \operatorname{rank} A_0 := 0",
    on=lambda: points(FAMILY, most=4, mixed=3, bent=2),
    name="differential",
)
def rank_of_differential(point: Point, seed: int) -> Verdict:
    """Against the rank of the whole matrix of the differential."""
    problem = point.problem
    rank, formula = rank_rational(differential(problem)), differential_rank(problem)
    return checked({f"{rank} = {formula}": rank == formula}, point.label)


@cache
def _widths() -> tuple[tuple[int, ...], ...]:
    return tuple(w for depth in (2, 3) for w in product((1, 2, 3), repeat=depth + 1))


@PAPER.states(
    r"\dim \{W_H \cdots W_1\} = k(d_x + d_y - k)",
    on=_widths,
)
def dimension(widths: tuple[int, ...], seed: int) -> Verdict:
    """By the differential at random weights."""
    # Random weights; the data are the unit vectors, so that the differential is that of the product.
    generator = random.Random(seed)
    inputs, outputs = widths[0], widths[-1]
    shapes = zip(widths[1:], widths, strict=False)
    W = [[[generator.randint(-99, 99) for _ in range(b)] for _ in range(a)] for a, b in shapes]
    eye = [[int(i == j) for j in range(inputs)] for i in range(inputs)]
    problem = Problem(eye, [[0] * inputs for _ in range(outputs)], W)

    rank, expected = rank_rational(differential(problem)), variety_dimension(widths)
    return checked({f"{rank} = {expected}": rank == expected})


@PAPER.states(
    r"\operatorname{rank} R = k \implies \mu^{-1}(R) \text{ has } 2^b \text{ components},\; b = \#\{0 < h < H :"
    r" d_h = k\}",
    on=lambda: ((2, 1, 2), (2, 1, 1, 2), (3, 2, 3), (3, 2, 3, 2, 3), (2, 1, 2, 1, 1, 3), (3, 2, 2, 3), (2, 2, 2)),
    name="fibre-components",
)
def number_of_fibre_components(widths: tuple[int, ...], seed: int) -> Verdict:
    """That many components are separated by signs of determinants, all of which occur.

    Not checked: that each is connected, and that fibres of smaller rank are.
    """
    expected, found = fibre_components(widths, min(widths)), len(sign_vectors(widths, seed))
    return checked({f"{found} = {expected}": found == expected})


@PAPER.states(
    r"q \text{ distinct singular values: } \binom{q}{r} \text{ critical products of each rank } r \le k,\;"
    r" \binom{q}{k} \text{ critical on the variety}",
    on=lambda: REGULAR,
)
def counts(data: Data, seed: int) -> Verdict:
    """Counted among the generated points of every class.

    Y X^T may be singular; then the exact fit is the one that is critical on the variety.
    """
    count = critical_products(data.widths, data.structure.X, data.structure.Y)
    by_rank: dict[int, set[str]] = {}
    pure: set[str] = set()
    for number, found in enumerate(data.classes):
        problem = Point(data, "class", number).problem
        shown = str(problem.R.table())
        by_rank.setdefault(found.rank, set()).add(shown)
        if _is_critical_on_the_variety(problem):
            pure.add(shown)
    q = len(data.structure.spectrum)
    parts = {
        "binom(q, r) of each rank": {r: len(found) for r, found in by_rank.items()} == count.by_rank,
        "the formula": all(number == comb(q, r) for r, number in count.by_rank.items()),
        "binom(q, k) critical on the variety": len(pure) == count.pure,
    }
    return checked(parts, f"{count.by_rank}, pure {count.pure}")


@PAPER.states(
    r"\text{the Frobenius distance to } \{\operatorname{rank} \le 1\} \subset \mathbb{R}^{2 \times n} \text{ has }"
    r" \binom{2}{1} \text{ critical points}",
    on=lambda: (2, 3, 4, 5, 6),
)
def frobenius_degree(n: int, seed: int) -> Verdict:
    """Roots of a polynomial in one variable, counted exactly."""
    return _degree(n, seed, weighted=False)


@DEGREES.states(
    r"\text{a generic weighted distance to } \{\operatorname{rank} \le 1\} \subset \mathbb{R}^{2 \times n} \text{"
    r" has the generic Euclidean distance degree } 4n - 2",
    on=lambda: (2, 3, 4, 5, 6),
)
def generic_degree(n: int, seed: int) -> Verdict:
    """Chern classes against roots of a polynomial in one variable, counted exactly."""
    return _degree(n, seed, weighted=True)
