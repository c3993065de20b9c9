r"""What stochastic rounding does to dot products, descents and determinants: theorems with short proofs."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from random import Random

from algebra.exact.matrices import rational_matrix
from algebra.exact.numbers import to_fraction
from algebra.rounding.dead_zones import dead_zone, random_dead_zone
from algebra.rounding.descent import gradient_descent
from algebra.rounding.dots import rounded_dot_product
from algebra.rounding.fixed_point import Mode, round_to_integer, rounding_law
from algebra.rounding.joint_descent import quadratic_descent
from algebra.rounding.rank_bounds import rounded_rank_bound
from algebra.rounding.ranks import rounded_rank
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.paper import Paper

PAPER = Paper("limited_precision", "the rankcert developers")
HOEFFDING = PAPER.beside(
    "W. Hoeffding, Probability inequalities for sums of bounded random variables, J. Amer. Statist. Assoc. 58, 1963",
)

ZIPPEL = PAPER.beside(
    "J. T. Schwartz, Fast probabilistic algorithms for verification of polynomial identities, J. ACM 27, 1980",
)

Descent = tuple[Fraction, Fraction, int]  # h, c, start
Words = tuple[Fraction, int, bool]  # a number, the length of the random word, whether it is centred
Vectors = tuple[tuple[int, ...], tuple[int, ...], int]  # a, b, fraction bits
Rows = tuple[tuple[Fraction, ...], ...]

AT_MOST_ONE: Hypothesis[Descent] = Hypothesis("0 < h <= 1", lambda given: 0 < given[0] <= 1)


def _descents() -> tuple[Descent, ...]:
    rates = [Fraction(*h) for h in ((1, 16), (1, 6), (1, 3), (2, 5), (7, 8), (1, 1), (3, 2))]
    centres = [Fraction(*c) for c in ((10, 1), (21, 2), (-13, 3), (40, 7))]
    return tuple((h, c, start) for h in rates for c in centres for start in (0, 17))


def _matrices() -> tuple[Rows, ...]:
    random = Random("matrices")
    sizes = (1, 2, 2, 2, 3, 3, 3)
    return tuple(
        tuple(tuple(Fraction(random.randint(-9, 9), random.randint(1, 5)) for _ in range(n)) for _ in range(n))
        for n in sizes
    )


def _few_words() -> tuple[Words, ...]:
    numbers = [Fraction(p, q) for q in (1, 2, 3, 7, 16, 29) for p in (-37, -5, 1, 11)]
    return tuple((x, bits, centred) for x in numbers for bits in (0, 1, 3, 6) for centred in (False, True))


@PAPER.states(
    r"0 \le x - \mathbb{E}\,\mathrm{SR}_b(x) < 2^{-b}\varepsilon, \quad "
    r"|x - \mathbb{E}\,\mathrm{SR}'_b(x)| \le 2^{-(b+1)}\varepsilon \text{ (centred)}",
    on=_few_words,
)
def few_bits(given: Words, seed: int) -> Verdict:
    """All random words of b bits are enumerated."""
    # Enumerate all random words, and compare with the law and with the bound.
    value, bits, centred = given
    unit = Fraction(1, 1 << bits)
    outcomes = [math.floor(value + (word + Fraction(centred, 2)) * unit) for word in range(1 << bits)]
    law = rounding_law(value, bits, centred)
    is_law = all(Fraction(outcomes.count(at), 1 << bits) == probability for at, probability in law)
    bias = law.mean - value
    is_bounded = abs(bias) <= unit / 2 if centred else -unit < bias <= 0
    return Verdict.decided(is_law and is_bounded, f"bias {bias}, enumeration agrees: {is_law}")


def _few_descents() -> tuple[tuple[Fraction, Fraction, Words], ...]:
    rates = [Fraction(*h) for h in ((1, 64), (1, 16), (2, 5), (1, 1), (3, 2))]
    kinds = [
        (Fraction(c), bits, centred) for c in ("10", "21/2", "-13/3") for bits in (1, 4) for centred in (False, True)
    ]
    return tuple((h, kind[0], kind) for h in rates for kind in kinds)


@PAPER.states(
    r"\{s : \mathrm{SR}_b(s - h(s - c)) = s \text{ surely}\} = \mathbb{Z} \cap (c - 2^{-b}/h, c], \quad "
    r"\text{centred: } (c - 2^{-(b+1)}/h, c + 2^{-(b+1)}/h]",
    on=_few_descents,
)
def few_bits_dead_zone(given: tuple[Fraction, Fraction, Words], seed: int) -> Verdict:
    """What few random bits lose: a dead zone that is 2^b times narrower than that of rounding to nearest."""
    h, c, (_, bits, centred) = given
    reach = 1 / (h * (1 << bits))
    below, above = (reach / 2, reach / 2) if centred else (reach, Fraction(0))
    around = range(math.floor(c - reach) - 3, math.ceil(c + reach) + 4)

    # The words that are kept surely, by their laws; those that the statement names; and the zone that is computed.
    laws = {s: dict(rounding_law((1 - h) * s + h * c, bits, centred)) for s in around}
    kept = [s for s, law in laws.items() if law == {s: 1}]
    is_inside = [s for s in around if c - below < s <= c + above]
    zone = random_dead_zone(h, c, bits, centred)

    ends = (kept[0], kept[-1]) if kept else None
    return Verdict.decided(kept == is_inside and zone == ends, f"kept are {kept}, not {is_inside}")


def _numbers() -> tuple[tuple[Fraction, int], ...]:
    return tuple((Fraction(p, q), bits) for q in (2, 3, 7, 29) for p in (-37, 5, 11) for bits in (1, 2, 5))


@PAPER.states(
    r"\mathrm{SR}(\mathrm{SR}_{\text{finer}}(x)) \sim \mathrm{SR}(x)",
    on=_numbers,
)
def twice(given: tuple[Fraction, int], seed: int) -> Verdict:
    """Rounding twice is harmless, which it is not to nearest."""
    # Round to a grid that is finer by some bits, then to integers.
    value, bits = given
    found: dict[int, Fraction] = {}
    for fine, p in rounding_law(value * (1 << bits)):
        for at, q in rounding_law(Fraction(fine, 1 << bits)):
            found[at] = found.get(at, Fraction(0)) + p * q
    once = dict(rounding_law(value))
    return Verdict.decided({at: p for at, p in found.items() if p} == once, f"{found}, not {once}")


@PAPER.states(
    r"\mathbb{E}\,\mathrm{SR}(A)^T \mathrm{SR}(A) = A^T A + \mathrm{diag}_j \sum_i f_{ij}(1 - f_{ij})",
    on=_matrices,
)
def gram(rows: Rows, seed: int) -> Verdict:
    """The same rounded matrix twice is not multilinear: its Gram matrix is biased."""
    # Enumerate all roundings of a matrix: E SR(A)^T SR(A), and the mean of a product of independent ones.
    n = len(rows)
    laws = [[rounding_law(x) for x in row] for row in rows]
    for i, j in product(range(n), repeat=2):
        gram = Fraction(0)
        for k in range(n):
            outcomes = product(laws[k][i], laws[k][j]) if i != j else (((at, p), (at, 1)) for at, p in laws[k][i])
            gram += sum((x * y * p * q for (x, p), (y, q) in outcomes), Fraction(0))
        exact = sum((row[i] * row[j] for row in rows), Fraction(0))
        excess = sum((law[i].variance for law in laws), Fraction(0)) if i == j else 0
        if gram != exact + excess:
            return Verdict.decided(False, f"entry {i}, {j}: {gram}, not {exact} + {excess}")
    return Verdict.decided(True, "")


@ZIPPEL.states(
    r"\mathrm{rank}\,\hat A = r \text{ for one outcome} \implies "
    r"\Pr[\mathrm{rank}\,\mathrm{SR}(A) \ge r] \ge (1 - p)^{m},\quad p = \max \max(f, 1 - f)",
    on=_matrices,
)
def rank_bound(rows: Rows, seed: int) -> Verdict:
    """m: the least of r and the numbers of rows and of columns with random entries; beside the exact law."""
    bound, law = rounded_rank_bound(rows, seed=seed), rounded_rank(rows).law
    probability = sum((p for rank, p in law if rank >= bound.rank), Fraction(0))
    reason = f"rank {bound.rank} with probability {probability}, at least {bound.probability}"
    return Verdict.decided(bound.probability <= probability, reason)


@PAPER.states(
    r"w_{t+1} = \mathrm{SR}(w_t - h(w_t - c)) \implies \mathbb{E}\,w_t = c - (1-h)^t (c - w_0)",
    on=_descents,
)
def descent_mean(given: Descent, seed: int) -> Verdict:
    """The step is affine: tower rule. Checked for t < 8, with words that do not saturate."""
    for steps in range(8):
        found = gradient_descent(*given, steps)
        if found.law.mean != found.exact:
            return Verdict.decided(False, f"after {steps} steps the mean is {found.law.mean}, not {found.exact}")
    return Verdict.decided(True, "")


@PAPER.states(
    r"0 < h \le 1 \implies w_t \to \mathrm{SR}(c) \text{ in law}",
    AT_MOST_ONE,
    on=_descents,
)
def descent_limit(given: Descent, seed: int) -> Verdict:
    """Proved at each instance: the words next to c are absorbing and reached surely, and the mean tends to c."""
    # Prove that the pair next to c is absorbing and reached surely; as means tend to c, the limit law is SR(c).
    #
    # The words that can be met are finitely many. If from each of them a path leads to the pair, it is reached
    # surely.
    h, c, start = given
    pair = {math.floor(c), math.ceil(c)}
    following: dict[int, set[int]] = {}
    unseen = {start} | pair
    while unseen:
        word = unseen.pop()
        following[word] = {at for at, _ in gradient_descent(h, c, word, 1).law}
        unseen |= following[word] - following.keys()

    reaching = set(pair)
    while more := {word for word, after in following.items() if after & reaching} - reaching:
        reaching |= more
    is_absorbing = all(following[word] <= pair for word in pair)
    lost = following.keys() - reaching
    return Verdict.decided(
        is_absorbing and not lost, f"absorbing: {is_absorbing}; the pair is not reached from {sorted(lost)}"
    )


@PAPER.states(
    r"0 < h \le 1 \implies \{s : \mathrm{RN}(s - h(s - c)) = s\} = \mathbb{Z} \cap "
    r"[c - \tfrac1{2h}, c + \tfrac1{2h}) \text{ (ties down)}",
    AT_MOST_ONE,
    on=_descents,
    name="dead-zone",
)
def words_where_descent_stays(given: Descent, seed: int) -> Verdict:
    h, c, _ = given
    reach = 1 / (2 * h)
    zone = dead_zone(h, c, Mode.NEAREST_DOWN)
    around = range(math.floor(c - reach) - 3, math.ceil(c + reach) + 4)
    kept = [s for s in around if round_to_integer((1 - h) * s + h * c, Mode.NEAREST_DOWN) == s]
    expected = [s for s in around if c - reach <= s < c + reach]
    is_true = kept == expected and zone == (kept[0], kept[-1])
    return Verdict.decided(is_true, f"kept are {kept}, not {expected}")


@PAPER.states(
    r"C_{t+1} = M C_t M^T + \mathrm{diag}_i\, \mathbb{E}[f_i(1 - f_i)],\quad M = I - \eta A",
    on=_matrices,
)
def covariance(rows: Rows, seed: int) -> Verdict:
    """In grid units, independent random bits, no saturation; checked for three steps."""
    # A is made symmetric; three steps of the descent, one after the other.
    n = len(rows)
    places = list(product(range(n), repeat=2))
    A = [[(rows[i][j] + rows[j][i]) / 2 for j in range(n)] for i in range(n)]
    b, eta = [Fraction(i + 1, 2) for i in range(n)], Fraction(1, 8)
    M = [[(i == j) - eta * A[i][j] for j in range(n)] for i in range(n)]
    before = quadratic_descent(A, b, eta, [1] * n, 0, 0)

    for step in range(1, 4):
        after = quadratic_descent(A, b, eta, [1] * n, step, 0)
        C = before.covariance
        for i, j in places:
            expected = sum((M[i][k] * C[k][m] * M[j][m] for k, m in places), Fraction(0))

            # On the diagonal, the mean of E f (1 - f) over the states: the variance of one rounding.
            if i == j:
                noise = Fraction(0)
                for state, weight in before.weights.items():
                    image = sum((M[i][k] * state[k] for k in range(n)), eta * b[i])
                    noise += weight * rounding_law(image).variance
                expected += noise / before.total

            found = after.covariance[i][j]
            if found != expected:
                return Verdict.decided(False, f"step {step}, entry {i}, {j}: {found}, not {expected}")
        before = after
    return Verdict.decided(True, "")


def _vectors() -> tuple[Vectors, ...]:
    found = []
    for n in (1, 4, 12, 40):
        random = Random(f"vectors {n}")
        a, b = (tuple(random.randint(-99, 99) for _ in range(n)) for _ in range(2))
        found += [(a, b, bits) for bits in (1, 4)] + [((1,) * n, (1,) * n, 1)]
    return tuple(found)


@HOEFFDING.states(
    r"\Pr[|\mathrm{err}| \ge L\varepsilon] \le 2 \exp(-2L^2/n)",
    on=_vectors,
)
def dot_tail(given: Vectors, seed: int) -> Verdict:
    """Of dot products whose n products are rounded stochastically: the exact tail at every distance."""
    # Compare at every distance that occurs; the exponential is enclosed by a ball.
    from flint import arb

    found = rounded_dot_product(*given)
    n = len(given[0])
    for distance in sorted({abs(at - found.exact) for at, _ in found.law}):
        exact = found.tail(distance)
        power = -2 * distance**2 / n
        bound = 2 * (arb(power.numerator) / power.denominator).exp()
        if not arb(exact.numerator) / exact.denominator <= bound:
            return Verdict.decided(False, f"P(error >= {distance}) = {exact} is not below {bound}")
    return Verdict.decided(found.law.mean == found.exact, f"the mean is {found.law.mean}")


@PAPER.states(
    r"\mathbb{E} \det \mathrm{SR}(A) = \det A,\quad "
    r"\Pr[\det \mathrm{SR}(A) \ne 0] \ge (\det A)^2 / \mathbb{E} \det(\mathrm{SR}(A))^2",
    on=_matrices,
)
def determinant(rows: Rows, seed: int) -> Verdict:
    """All outcomes are enumerated."""
    # Enumerate all roundings of the matrix.
    n = len(rows)
    mean, square, regular = Fraction(0), Fraction(0), Fraction(0)
    for outcome in product(*(rounding_law(x) for row in rows for x in row)):
        probability = math.prod(p for _, p in outcome)
        determinant = rational_matrix("M", [[at for at, _ in outcome[i * n : (i + 1) * n]] for i in range(n)]).det()
        mean += probability * to_fraction(determinant)
        square += probability * to_fraction(determinant) ** 2
        regular += probability * (determinant != 0)
    exact = to_fraction(rational_matrix("A", rows).det())
    return Verdict.decided(mean == exact and regular * square >= exact**2, f"mean {mean}, P(regular) {regular}")
