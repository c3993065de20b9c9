r"""P. Kothari, R. Livni: Euclidean kernels on the hypercube, spectra, and norms that simple functions need."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

from algebra.evidence import Grade
from proofs_check.claim import Verdict
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from algebra.kernels import ConjunctionNorm
    from algebra.kernels.conjunctions import Mode

PAPER = Paper(
    "kothari2019",
    "P. Kothari, R. Livni, On the expressive power of kernel methods and the efficiency of kernel learning by "
    "association schemes",
    "1902.04782",
)
NOTE = (
    "The paper shows that Euclidean kernels are limited; the constants here are exact optima of our own, not its "
    "printed ones."
)
FORM = "A closed form that is proved here; the paper need not print it."

MEET = "the width of the proved intervals, which meet"


def _equal(found: object, formula: object) -> Verdict:
    if found == formula:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"{found} != {formula}")


def _cubes() -> tuple[int, ...]:
    return tuple(range(1, 13))


def _sizes() -> tuple[tuple[int, int], ...]:
    return tuple((n, k) for n in range(1, 11) for k in range(1, n + 1))


def _at_most(small: ConjunctionNorm, large: ConjunctionNorm) -> Verdict:
    if Fraction(small.lower) > Fraction(large.upper):
        return Verdict.violated(Grade.PROVED, reason=f"{small.lower} > {large.upper}")
    if Fraction(small.upper) <= Fraction(large.lower):
        return Verdict.holds(Grade.PROVED)
    return Verdict.holds(Grade.NUMERIC, reason=f"up to {MEET}")


def _meets(lower: Fraction, upper: Fraction) -> Verdict:
    if lower > upper:
        return Verdict.violated(Grade.PROVED, reason=f"{float(lower)} > {float(upper)}")
    if upper - lower > upper / 10**7:
        return Verdict.inconclusive(f"the sides {float(lower)} and {float(upper)} are not near to each other")
    return Verdict.holds(Grade.NUMERIC, reason=f"up to {MEET}")


@PAPER.states(
    r"t^{d(x,y)} \text{ on } \{\pm 1\}^n \text{ has the eigenvalues } (1-t)^j (1+t)^{n-j},\ "
    r"\text{each } \tbinom{n}{j} \text{ times}",
    on=_cubes,
    remark=FORM,
)
def gaussian_spectrum(n: int, seed: int) -> Verdict:
    """As polynomials in t."""
    # Multiply (1-t)^j (1+t)^(n-j) out and compare the coefficients that the spectrum has.
    from flint import fmpq_poly

    from algebra.kernels import hamming

    found = hamming(n).spectrum([fmpq_poly([0, 1]) ** d for d in range(n + 1)])
    products = tuple(fmpq_poly([1, -1]) ** j * fmpq_poly([1, 1]) ** (n - j) for j in range(n + 1))
    return _equal(found, products)


@PAPER.states(
    r"(c + \langle x, y \rangle)^d \text{ is positive semidefinite on } \{\pm 1\}^n \iff c \ge 0, \text{ of rank } "
    r"\sum_{j \le \min(d, n)} \tbinom{n}{j}, \text{ for } c = 0 \text{ over } j \equiv d \bmod 2",
    on=lambda: tuple(
        (n, d, c) for n in range(2, 9) for d in range(1, 6) for c in (Fraction(-1, 2), Fraction(0), Fraction(3))
    ),
    remark=NOTE,
)
def polynomial_kernels(instance: tuple[int, int, Fraction], seed: int) -> Verdict:
    from algebra.kernels import hamming, kernel_spectrum

    n, d, c = instance
    found = kernel_spectrum(hamming(n), [(c + n - 2 * i) ** d for i in range(n + 1)])
    if c < 0:
        return _equal(found.is_psd, False)  # its rank is not said

    levels = [j for j in range(min(d, n) + 1) if c != 0 or (d - j) % 2 == 0]
    rank = sum(comb(n, j) for j in levels)
    return Verdict.all_of([_equal(found.is_psd, True), _equal(int(found.rank), rank)])


@PAPER.states(
    r"e^{-\gamma \lVert x-y \rVert^2} \text{ is strictly positive definite on every slice of the cube}",
    on=lambda: tuple((n, p) for n in range(2, 10) for p in range(1, n)),
    remark=FORM,
)
def gaussian_on_slices(instance: tuple[int, int], seed: int) -> Verdict:
    """For all values of the kernel at distance 2 from 0 to 1, by Sturm's theorem."""
    # The Gaussian of squared distance 2i is positive definite for all q strictly between 0 and 1.
    from algebra.kernels import formula_spectrum

    n, p = instance
    found = formula_spectrum("slice", n, "t^(d/2)", p, (Fraction(0), Fraction(1)))
    return Verdict.all_of([_equal(found.is_psd, True), _equal(int(found.rank), comb(n, p))])


@PAPER.states(
    r"\text{A parity of } k \text{ bits needs the norm } \sqrt{\tbinom{n}{k}} \text{ of the best Euclidean kernel}",
    on=_sizes,
    remark=NOTE,
)
def parities(instance: tuple[int, int], seed: int) -> Verdict:
    # All values of the parity, its Fourier weights, and the closed form.
    from algebra.kernels import best_norm, fourier_weights, hamming

    n, k = instance
    values = [(-1) ** (point & ((1 << k) - 1)).bit_count() for point in range(2**n)]
    found = best_norm(hamming(n), fourier_weights(values))
    return _equal([x for x in found.squares if x], [Fraction(comb(n, k))])


@PAPER.states(
    r"\text{A conjunction of } k \text{ literals needs } 2^{-k} \sum_j \sqrt{\tbinom{n}{j} \tbinom{k}{j}}",
    on=_sizes,
    remark=NOTE,
)
def conjunctions(instance: tuple[int, int], seed: int) -> Verdict:
    from algebra.kernels import best_norm, fourier_weights, hamming

    n, k = instance
    ones = (1 << k) - 1
    values = [int(point & ones == ones) for point in range(2**n)]
    found = best_norm(hamming(n), fourier_weights(values))
    formula = [Fraction(comb(n, j) * comb(k, j), 4**k) for j in range(k + 1)]
    return _equal([x for x in found.squares if x], formula)


def _is_within(n: int, k: int, j: int) -> bool:
    """Tell whether |(sqrt(nk) + k - 1) C(k-1, j-1) - C(k-1, j)| <= sqrt(C(n, j) C(k, j)), by squares of integers."""
    from algebra.exact.balls import ball
    from algebra.exact.precision import precision

    with precision(256):
        left = (ball(Fraction(n * k)).sqrt() + k - 1) * comb(k - 1, j - 1) - comb(k - 1, j)
        difference = ball(Fraction(comb(n, j) * comb(k, j))).sqrt() - abs(left)
        return not difference < 0  # equality, which balls leave open, is within


@PAPER.states(
    r"\text{With margin } 1 \text{ it needs } k - 1 + \sqrt{nk} \iff \bigl|(\sqrt{nk} + k - 1) \tbinom{k-1}{j-1} - "
    r"\tbinom{k-1}{j}\bigr| \le \sqrt{\tbinom{n}{j} \tbinom{k}{j}},\ 2 \le j \le k",
    on=lambda: tuple((n, k) for k in range(1, 6) for n in range(k, 34)),
    remark=NOTE,
)
def affine_margin(instance: tuple[int, int], seed: int) -> Verdict:
    # The proved interval of the linear program, against (k-1) + sqrt(nk).
    from algebra.kernels import RootSum, conjunction_norm

    n, k = instance
    found = conjunction_norm("hypercube", n, k, mode="margin")
    formula = RootSum((Fraction((k - 1) ** 2), Fraction(n * k))).enclosure()
    is_best = all(_is_within(n, k, j) for j in range(2, k + 1))
    if Fraction(found.upper) < Fraction(formula[0]):
        return _equal(False, is_best)
    if not is_best or Fraction(found.lower) > Fraction(formula[1]):
        return Verdict.inconclusive(f"{found.lower} .. {found.upper} does not tell the norm from {formula[0]}")
    return Verdict.holds(Grade.NUMERIC, reason=f"up to {MEET}")


@PAPER.states(
    r"\text{One kernel for all conjunctions needs } (4/3)^{n/2}, \text{ which } 2^{-d(x,y)} \text{ attains}",
    on=_cubes,
    remark=NOTE,
)
def all_conjunctions(n: int, seed: int) -> Verdict:
    # The squared norm of every size under 2^-d, and by Cauchy and Schwarz an average that no kernel can be below.
    from algebra.kernels import conjunction_weights, hamming

    # The squared norm of every size under 2^-d.
    cube = hamming(n)
    bound = Fraction(4, 3) ** n
    theta = cube.spectrum([Fraction(1, 2**d) for d in range(n + 1)])
    sizes = [conjunction_weights(cube, k) for k in range(n + 1)]
    norms = []
    for weights in sizes:
        shares = (w / x for w, x in zip(weights, theta, strict=False))
        norms.append(2**n * sum(shares, Fraction(0)))

    # Sizes k ~ Binomial(n, 1/3): no kernel has a smaller mean of squared norms than the square of sum_j sqrt(m_j W_j),
    # W_j the mean weight, by Cauchy and Schwarz. Its terms are those of (sqrt(1/12) + sqrt(3/4))^n, and that sum is
    # 2/sqrt(3).
    law = [comb(n, k) * Fraction(2 ** (n - k), 3**n) for k in range(n + 1)]
    squares = []
    for j, multiplicity in enumerate(cube.multiplicities):
        mean = sum((law[k] * sizes[k][j] for k in range(j, n + 1)), Fraction(0))
        squares.append(multiplicity * mean)
    terms = [comb(n, j) ** 2 * Fraction(1, 12) ** j * Fraction(3, 4) ** (n - j) for j in range(n + 1)]
    return Verdict.all_of([_equal(set(norms), {bound}), _equal(squares, terms)])


@PAPER.states(
    r"f(\langle x, y \rangle) \text{ on } \{0,1\}^n \text{ is congruent to } \Delta^j f(0), \text{ each } "
    r"\tbinom{n}{j} \text{ times}",
    on=lambda: tuple((n, f) for n in range(1, 9) for f in ("(1+s)^2", "(s-1)^2", "(s+1/2)^3", "2^-s", "1/(1+s)")),
    remark=FORM,
)
def inner_products(instance: tuple[int, str], seed: int) -> Verdict:
    """Rank and inertia, against those of Schrijver's blocks."""
    # The congruence by forward differences against the blocks of the Terwilliger algebra.
    from algebra.kernels import formula_spectrum

    n, formula = instance
    short, blocks = (formula_spectrum("cube01", n, text) for text in (formula, f"{formula} + 0*a"))
    return _equal(
        (int(short.rank), short.positive, short.negative), (int(blocks.rank), blocks.positive, blocks.negative)
    )


@PAPER.states(
    r"\max_p B_{J(n,p)} \le B_{\{0,1\}^n} \le B_{\{\pm 1\}^n} \text{ for every conjunction}",
    on=lambda: tuple((n, k) for n in range(2, 11) for k in range(1, n + 1)),
    remark=NOTE,
)
def slices_below_cube(instance: tuple[int, int], seed: int) -> Verdict:
    # Intervals of all slices, of {0,1}^n and of {-1,1}^n: no lower end may exceed an upper one above it.
    from algebra.kernels import conjunction_norm

    n, k = instance
    whole, above = conjunction_norm("cube01", n, k), conjunction_norm("hypercube", n, k)
    pairs = [(conjunction_norm("slice", n, k, p), whole) for p in range(k, n + 1)] + [(whole, above)]
    return Verdict.all_of(_at_most(small, large) for small, large in pairs)


@PAPER.states(
    r"\text{With limits of predictors } g_p(t) \text{ on } \{0,1\}^n:\ \min_g \max_\pi \sum_j "
    r"\bigl(\sum_p \pi_p b_j(p)^2\bigr)^{1/2} = \max_{\pi, z} \langle z, \text{limits} \rangle,\ "
    r"\sum_p y_j(p)^2 / \pi_p \le 1",
    on=lambda: tuple((n, k, e) for n in range(1, 9) for k in range(1, n + 1) for e in (None, "1/3")),
    remark=NOTE,
)
def limits_on_the_cube(instance: tuple[int, int, str | None], seed: int) -> Verdict:
    """Predictors and multipliers are those of `algebra.kernels.whole_cube_programs`."""
    # Both sides on {0,1}^n, and the best of the hypercube above.
    from algebra.kernels import conjunction_norm

    n, k, epsilon = instance
    mode: Mode = "margin" if epsilon is None else "approximate"
    whole = conjunction_norm("cube01", n, k, None, mode, epsilon)
    above = conjunction_norm("hypercube", n, k, None, mode, epsilon)
    return Verdict.all_of([_meets(Fraction(whole.lower), Fraction(whole.upper)), _at_most(whole, above)])


@PAPER.states(
    r"\min_\mu y^T (\lambda I + \textstyle\sum_j \mu_j G_j)^{-1} y = "
    r"\max_\beta\, 2 \beta^T y - \lambda |\beta|^2 - \max_j \beta^T G_j \beta"
    r",\ \text{and likewise for support vectors}",
    on=lambda: tuple(
        (domain, n, m, strength)
        for domain in ("hypercube", "slice")
        for n, m in ((3, 4), (5, 8), (8, 20), (12, 30))
        for strength in (Fraction(1, 10), Fraction(2))
    ),
)
def kernel_learning(instance: tuple[str, int, int, Fraction], seed: int) -> Verdict:
    """The paper learns with an unknown Euclidean kernel. Here both sides are proved for each sample."""
    # Both sides for labels drawn at random: a kernel with its predictor, and multipliers.
    from random import Random

    from algebra.kernels import learn

    domain, n, size, strength = instance
    random = Random(f"kernels/{seed}/{instance}")
    points = [[random.choice((-1, 1)) for _ in range(n)] for _ in range(size)]
    if domain == "slice":
        points = [random.sample([0] * (n // 2) + [1] * (n - n // 2), n) for _ in range(size)]
    labels = [random.choice((-1, 1)) for _ in range(size)]
    found = [learn(points, labels, ridge=strength, domain=domain), learn(points, labels, cost=strength, domain=domain)]
    return Verdict.all_of(_meets(each.lower, each.upper) for each in found)
