r"""V. Likhosherstov, K. Choromanski, A. Weller: the expressive power of self-attention matrices."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

from algebra import Bounds, Grade
from algebra.exact.numbers import to_fraction
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import within
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from tensors.attention import Realised, SparseTarget

PAPER = Paper(
    "likhosherstov2021",
    "V. Likhosherstov, K. Choromanski, A. Weller, On the expressive power of self-attention matrices, 2021; AAAI 2023 "
    "as On the expressive flexibility of self-attention matrices",
    "2106.03764",
)
OWN = PAPER.beside("the rankcert developers")

Target = tuple[int, int, bool, int]  # L, k, whether with unequal entries, seed
Demand = tuple[str, str, str | None]
Keys = tuple[int, int, int, int]  # L, k, d, seed
Case = tuple[int, int, str, Demand]  # L, k, method, precision
Crossing = tuple[int, int, Demand]  # L, k, precision

RATIOS: Demand = ("1/100", "1/1000", None)
LOOSE: Demand = ("1/10", "1/2", "1/2")
TIGHT: Demand = ("1/100", "1/10", "1/10")


@lru_cache(maxsize=512)
def target_of(instance: Target) -> SparseTarget:
    """Return a random matrix with k nonzero entries in each row and column, equal ones or weights from 1 to 9.

    Examples
    --------
    >>> target_of((8, 2, False, 0)).k
    2
    """
    from tensors.attention import SparseTarget

    length, k, uneven, _ = instance
    random = Random(f"target {instance}")
    order = random.sample(range(length), length)
    shifts = random.sample(range(length), k)
    supports = [[order[(i + shift) % length] for shift in shifts] for i in range(length)]
    weights = [[random.randint(1, 9) for _ in row] for row in supports] if uneven else None
    return SparseTarget.from_supports(supports, weights)


@lru_cache(maxsize=512)
def realised(instance: Target, method: str, precision: Demand, dimension: int | None = None) -> Realised:
    """Return what a construction makes of `target_of`, verified.

    Examples
    --------
    >>> realised((8, 1, False, 0), "moment", RATIOS).verified
    True
    """
    from tensors.attention import realise

    return realise(target_of(instance), precision, method, dimension=dimension)


def _within(found: Realised, most: int) -> Verdict:
    """Decide that a realisation is verified entry by entry, in at most so many dimensions."""
    if found.realisation is None or not found.verified:
        return Verdict.inconclusive("the construction did not meet the precisions: " + "; ".join(found.tried))
    return within(Bounds.exactly(found.realisation.dimension, by=found.realisation.method), high=most)


def radon(keys: list[list[int]]) -> tuple[list[int], list[int], list[Fraction]]:
    """Return two disjoint sets of points with a common convex combination, and the coefficients (Radon).

    Parameters
    ----------
    keys : d + 2 points or more with d coordinates

    Returns
    -------
    positive, negative : lists of int
    relation : list of Fraction
        Not zero, with sum 0, and with sum of relation times points 0.

    Examples
    --------
    >>> radon([[0], [1], [2]])[:2]
    ([0, 2], [1])
    """
    from algebra.exact.elimination import kernel
    from algebra.exact.matrices import from_rows

    rows = [[1] * len(keys), *map(list, zip(*keys, strict=True))]
    relation = [to_fraction(x) for x in kernel(from_rows(rows))[0].entries()]
    positive = [j for j, x in enumerate(relation) if x > 0]
    return positive, [j for j, x in enumerate(relation) if x < 0], relation


def _inner_products(kind: str, m: int, count: int) -> Verdict:
    """Decide that different keys have inner products 0 or ± the stated one, all pairs."""
    import numpy as np

    from tensors.attention.realisation import gold_keys, kerdock_keys

    keys = gold_keys(m, count) if kind == "gold" else kerdock_keys(m, count)
    signs = keys.astype(np.float32)  # exact: sums of at most 2^10 signs
    products = (signs @ signs.T).astype(np.int32)
    off = set(np.unique(products[~np.eye(count, dtype=bool)]).tolist())
    step = 1 << ((m + 1) // 2 if kind == "gold" else m // 2)
    if off <= {-step, 0, step}:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"inner products {sorted(off)}")


def projection_ball(instance: Crossing) -> Any:
    """Return (2k beta^2 / tau^2) log(2 L^2) as a ball, at 128 bits.

    Examples
    --------
    >>> projection_ball((4096, 1, LOOSE)).str(8, radius=False)
    '6183.8921'
    """
    from flint import arb

    from algebra.exact.precision import precision

    length, k, demand = instance
    zeros, ratios, uniform = (Fraction(x) for x in demand if x is not None)
    allowed = min(ratios, uniform)
    with precision(128):
        tau = (1 + arb(allowed.numerator) / allowed.denominator).log() / 2
        beta = (arb(zeros.denominator) / zeros.numerator).log() + 2 * tau
        return 2 * k * beta * beta / (tau * tau) * arb(2 * length * length).log()


def _beats_trivial(instance: Crossing, seed: int) -> Verdict:
    """Decide that the bound of random projection is below L - 1."""
    bound, trivial = projection_ball(instance), instance[0] - 1
    if bound <= trivial:
        return Verdict.holds(Grade.PROVED)
    reason = f"L = {instance[0]}, k = {instance[1]}: {bound.str(6, radius=False)} dimensions, more than {trivial}"
    return Verdict.violated(Grade.PROVED, reason=reason) if bound > trivial else Verdict.inconclusive(reason)


TARGETS: tuple[Target, ...] = tuple(
    (length, k, uneven, 0) for length, k, uneven in product((8, 16, 33, 64), (1, 2, 3), (False, True)) if k < length
)
KEYS: tuple[Keys, ...] = tuple(
    (length, k, d, seed)
    for length, k, seed in product((4, 8, 20, 100), (1, 2, 3, 4), (0, 1))
    for d in range(1, min(2 * k, length - 1))
)
CODES: tuple[Case, ...] = tuple(product((16, 64, 128), (1, 2), ("gold", "kerdock"), (("1/100", "1/10", None), LOOSE)))
UNIFORM: tuple[Case, ...] = (
    *((length, 1, method, LOOSE) for length in (16, 48) for method in ("trivial", "gold", "kerdock")),
    *((length, 2, "trivial", LOOSE) for length in (16, 48)),
    (16, 1, "projection", ("1/2", "2", "2")),
)
CROSSINGS: tuple[Crossing, ...] = tuple(
    (length, k, demand) for demand in (LOOSE, TIGHT) for length in (16, 64, 256, 1024, 4096) for k in (1, 2, 4, 8)
)
BEYOND: tuple[Crossing, ...] = (
    *((length, 1, LOOSE) for length in (6000, 6517, 8192, 1 << 20)),
    *((length, 1, TIGHT) for length in (500_000, 526_139, 1 << 20)),
)
LONG: Hypothesis[Crossing] = Hypothesis(
    "L >= 6,517 at (1/10, 1/2, 1/2), 526,139 at (1/100, 1/10, 1/10)",
    lambda i: i[1] == 1 and i[0] >= (6_517 if i[2] == LOOSE else 526_139),
)


@PAPER.states(
    r"d \ge \tfrac{2}{\tau^2} \max_i \|B_i\|^2 \log(2L^2) \implies \text{fixed } W_Q, W_K \text{ and some input}"
    r" \text{ give every } k\text{-sparse matrix, to given precisions}",
    on=lambda: ((8, 1, False, 0), (16, 1, False, 0), (16, 2, False, 0), (32, 1, True, 0)),
)
def logarithmic(instance: Target, seed: int) -> Verdict:
    """Random projection with the one-sided split and its own constants: the paper's are larger.

    At precisions (1/10, 1/2, 1/2); the draw is verified entry by entry.
    """
    # A random projection of the proved size works: one of three draws is verified.
    from tensors.attention.realisation import Precision, projection_bound

    bound = projection_bound(target_of(instance), Precision.of(LOOSE))
    return _within(realised(instance, "projection", LOOSE, bound), bound)


@PAPER.states(
    r"d = O(\log L) \text{ for fixed } k \text{ and precisions}",
    on=lambda: CROSSINGS,
)
def order(instance: Crossing, seed: int) -> Verdict:
    # Squaring L (times 2) doubles the bound: it is a constant times log(2 L^2).
    length, k, demand = instance
    ratio = projection_ball((2 * length * length, k, demand)) / projection_ball(instance)
    if ratio <= 3:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"from L to 2L^2 it grows {ratio} times")


@OWN.states(
    r"\tfrac{2k\beta^2}{\tau^2} \log(2L^2) \le L - 1",
    on=lambda: CROSSINGS,
    kind=Kind.FALSE_CONJECTURE,
)
def beats_trivial(instance: Crossing, seed: int) -> Verdict:
    """The logarithmic bound is larger than the trivial L - 1 up to L = 4096 and beyond: see crossover."""
    return _beats_trivial(instance, seed)


@OWN.states(
    r"k = 1,\; L \ge 6517 \;(\text{or } 526139) \implies \tfrac{2\beta^2}{\tau^2} \log(2L^2) \le L - 1",
    LONG,
    on=lambda: BEYOND,
    kind=Kind.PROPOSITION,
)
def crossover(instance: Crossing, seed: int) -> Verdict:
    """At precisions (1/10, 1/2, 1/2) or (1/100, 1/10, 1/10).

    L / log L increases, so each instance speaks for all greater L.
    """
    return _beats_trivial(instance, seed)


@OWN.states(
    r"d = \min(2k, L-1) \text{ dimensions and keys } (t, t^2, \ldots, t^{2k}) \text{ serve every matrix with } k"
    r" \text{ nonzero entries a row, if zeros need not be uniform}",
    on=lambda: TARGETS,
)
def moment(instance: Target, seed: int) -> Verdict:
    """Whatever the length; the price is the size of the logits. Verified without exponentials."""
    # 2k dimensions are enough, with keys that do not depend on the matrix.
    length, k, uneven, number = instance
    found = realised(instance, "moment", RATIOS)
    other = realised((length, k, uneven, number + 1000), "moment", RATIOS)
    verdict = _within(found, min(2 * k, length - 1))
    if found.realisation is None or other.realisation is None:
        return verdict
    if found.realisation.keys.tolist() != other.realisation.keys.tolist():
        return Verdict.inconclusive("the keys depend on the matrix")
    return verdict


@OWN.states(
    r"\text{keys that serve all supports of at most } k \text{ keys need } d \ge \min(2k, L-1)",
    on=lambda: KEYS,
)
def moment_optimal(instance: Keys, seed: int) -> Verdict:
    """Radon's theorem: random keys in fewer dimensions, and the support that they cannot serve."""
    # Keys in d < min(2k, L - 1) dimensions fail for the support that Radon's theorem names.
    _, k, d, _ = instance
    random = Random(f"keys {instance}")
    keys = [[random.randint(-9, 9) for _ in range(d)] for _ in range(d + 2)]
    positive, negative, relation = radon(keys)
    support = min(positive, negative, key=len)
    sums = [sum((x * key[c] for x, key in zip(relation, keys, strict=True)), Fraction(0)) for c in range(d)]
    if any(sums) or sum(relation) != 0 or not 0 < len(support) <= k:
        return Verdict.inconclusive(f"no relation with a side of at most {k} keys")
    return Verdict.holds(Grade.PROVED, reason=f"keys {support} cannot all exceed the others")


@OWN.states(
    r"\text{one cyclic permutation},\; L \ge 3 \implies d = 2 \text{ is the least dimension}",
    on=lambda: (3, 4, 8, 33, 64),
)
def permutation(length: int, seed: int) -> Verdict:
    # The least dimension for one permutation is 2.
    found = realised((length, 1, False, 0), "moment", RATIOS)
    return within(found.bounds, 2, 2, "dimension")


@OWN.states(
    r"k = 1 \implies d = \lceil \log_2 L \rceil \text{ with logits in a range of } d \log(1/\epsilon_1)",
    on=lambda: (2, 5, 16, 33, 64, 100),
)
def binary(length: int, seed: int) -> Verdict:
    found = realised((length, 1, False, 1), "binary", RATIOS)
    verdict = _within(found, (length - 1).bit_length())
    if found.verification is None or found.realisation is None:
        return verdict
    from algebra.exact.logarithms import compare_with_log

    # d log(1/eps_1), and a little for rounding
    room = Fraction(found.realisation.dimension, 1 << 8)
    if compare_with_log(found.verification.logit_range - room, Fraction(100) ** found.realisation.dimension) > 0:
        return Verdict.inconclusive(f"logits range over {found.verification.logit_range}")
    return verdict


@OWN.states(
    r"m \text{ odd} \implies \langle g, g' \rangle \in \{0, \pm 2^{(m+1)/2}\} \text{ for Gold sequences } g \ne g'"
    r" \text{ of length } 2^m",
    on=lambda: ((3, 64), (5, 1024), (7, 2048), (9, 1200)),
)
def gold(instance: tuple[int, int], seed: int) -> Verdict:
    """Classical (Gold, 1968). All pairs of the first so many keys."""
    return _inner_products("gold", *instance)


@OWN.states(
    r"m \text{ even} \implies \langle g, g' \rangle \in \{0, \pm 2^{m/2}\} \text{ for Kerdock codes, } d = 2^m",
    on=lambda: ((4, 128), (6, 2048), (8, 2048), (10, 1200)),
)
def kerdock(instance: tuple[int, int], seed: int) -> Verdict:
    """Classical (Kerdock, 1972). All pairs of the first so many keys."""
    return _inner_products("kerdock", *instance)


@OWN.states(
    r"\mu < 1/(2k-1) \implies \text{sign vectors of coherence } \mu \text{ serve every matrix with } k"
    r" \text{ equal entries a row; with uniform zeros if } \frac{2k\mu}{1-(k-1)\mu} \text{ is small enough}",
    on=lambda: CODES,
)
def codes(instance: Case, seed: int) -> Verdict:
    """Built from Gold and Kerdock codes of the guaranteed length, verified entry by entry."""
    # A code of the length that its coherence asks for serves a random matrix.
    from tensors.attention.realisation import Precision, guaranteed_exponent

    length, k, kind, precision = instance
    exponent = guaranteed_exponent(kind, length, k, Precision.of(precision))
    if exponent is None:
        return Verdict.not_applicable("a code at hand is long enough")
    size = 1 << exponent
    return _within(realised((length, k, False, 0), kind, precision, size), size)


@OWN.states(
    r"d \ge \frac{L(1-\delta)^2}{k(1+\delta)^2 + (L-k)\delta^2} - 1,\quad"
    r" \delta = \frac{\lambda}{\log(1/\epsilon_1) + \lambda},\; \lambda = \tfrac12 \log(1 + \epsilon_3)",
    on=lambda: UNIFORM,
)
def uniform_zeros(instance: Case, seed: int) -> Verdict:
    """What is needed where the zeros of a row must be alike; no construction may go below it."""
    # No construction has fewer dimensions than the bound for uniform zeros.
    from tensors.attention.realisation import Precision, dimension_lower_bound

    length, k, method, precision = instance
    found = realised((length, k, False, 2), method, precision)
    if found.realisation is None or not found.verified:
        return Verdict.inconclusive("the construction did not meet the precisions")
    lower, _ = dimension_lower_bound(found.target, Precision.of(precision))
    name = f"dimension by {method}"
    return within(Bounds.exactly(found.realisation.dimension, by=method), low=lower, name=name)


def _matched(supports: Any) -> list[int]:
    """Return for each row a key of its support, each key once."""
    import networkx as nx

    length = len(supports)
    graph = nx.Graph([(i, length + j) for i, row in enumerate(supports) for j in row])
    found = nx.bipartite.hopcroft_karp_matching(graph, range(length))
    return [found[i] - length for i in range(length)]


@OWN.states(
    r"(\operatorname{tr} M)^2 \le \operatorname{rank}(M) \|M\|_F^2",
    on=lambda: tuple(case for case in UNIFORM if case[0] == 16),
)
def trace_and_frobenius(instance: Case, seed: int) -> Verdict:
    """The lemma behind the lower bound, exactly, at logits that were realised."""
    # (tr M)^2 <= rank(M) |M|^2 for logits that were realised, the support moved to the diagonal.
    from algebra.rank import rank_rational

    length, k, method, precision = instance
    found = realised((length, k, False, 2), method, precision)
    if found.realisation is None:
        return Verdict.inconclusive("nothing was realised")
    columns = _matched(found.target.supports)
    rows = [[found.realisation.logits(i)[j] for j in columns] for i in range(length)]
    trace = sum((rows[i][i] for i in range(length)), Fraction(0))
    squares = sum((x * x for row in rows for x in row), Fraction(0))
    rank = rank_rational(rows)
    if trace**2 <= rank * squares and rank <= found.realisation.dimension:
        return Verdict.holds(Grade.PROVED, Bounds.exactly(rank, by="rank"))
    return Verdict.violated(Grade.PROVED, reason=f"rank {rank}, trace {trace}, squares {squares}")
