r"""J. Kileel, M. Trager, J. Bruna: dimension bounds, filling and bottlenecks of polynomial networks."""

from __future__ import annotations

from random import Random

from algebra import Bounds, Grade, PolynomialNetwork
from algebra.polynomial.dimension import best_upper_bound
from proofs_check.claim import Hypothesis, Kind, Outcome, Verdict
from proofs_check.deciding.evidence import at_most_sum, audit, dimension, fills, unaided_dimension, within
from proofs_check.deciding.families import (
    DEEP,
    deep_box,
    forms,
    is_minimal_filling,
    mixed,
    powers,
)
from proofs_check.filling.lattice import is_unimodal
from proofs_check.paper import Paper

PAPER = Paper(
    "kileel2019",
    "J. Kileel, M. Trager, J. Bruna, On the expressive power of deep polynomial neural networks, NeurIPS 2019",
    "1905.12207",
)

AUDITED = 150  # greater bounds are taken as they are: the ranks behind them take seconds
CUTS = frozenset({"cut", "hilbert"})

# Minimal filling architectures with their activation degree; the last two are not unimodal.
MINIMAL_FILLING = (
    ((2, 2, 2, 1), 2),
    ((2, 3, 3, 2, 1), 2),
    ((2, 3, 3, 3, 2, 1), 2),
    ((2, 3, 3, 4, 4, 2, 1), 2),
    ((2, 3, 3, 2), 2),
    ((2, 3, 3, 4, 4, 2), 2),
    ((2, 3, 4, 4, 3), 2),
    ((2, 3, 4, 4), 2),
    ((3, 4, 3, 1), 2),
    ((3, 5, 6, 4, 1), 2),
    ((4, 6, 5, 1), 2),
    ((4, 6, 3), 2),
    ((5, 9, 6, 1), 2),
    ((2, 3, 3, 1), 3),
    ((2, 3, 4, 5, 1), 3),
    ((2, 3, 5, 3, 1), 3),
    ((2, 4, 4, 4, 1), 3),
    ((2, 3, 4, 5, 4, 6, 4, 1), 2),
    ((2, 3, 7, 6, 15, 8, 1), 3),
)


def saturated(inputs: int, degree: int, depth: int, outputs: int, **fixed: int) -> PolynomialNetwork:
    """Return the network whose hidden layers are as wide as is of any use, save those fixed as ``w1=…, w2=…``.

    Examples
    --------
    >>> saturated(3, 2, 4, 1, w1=4).widths
    (3, 4, 15, 45, 1)
    """
    hidden = [fixed.get(f"w{k}", forms(degree**k, inputs)) for k in range(1, depth)]
    return PolynomialNetwork((inputs, *hidden, outputs), degree=degree)


Bottleneck = tuple[int, int, int, int]


def _gaps(instance: Bottleneck, width: int, seed: int) -> list[Verdict]:
    """For each depth, decide whether the network with that one narrow layer does not fill."""
    inputs, degree, position, deepest = instance
    found = []
    for depth in range(position + 1, deepest + 1):
        network = saturated(inputs, degree, depth, 1, **{f"w{position}": width})
        ambient = network.ambient_dimension
        assert ambient is not None
        bound = best_upper_bound(network)
        if bound.value < ambient:
            if bound.value < AUDITED:
                audit(network, bound.value, bound.rule, seed)
            known = Bounds(0, bound.value, Grade.INCONCLUSIVE, upper_by=bound.rule, seed=seed)
        else:
            known = dimension(network, seed)
        found.append(within(known, high=ambient - 1, name=f"{network.label}: dimension"))
    return found


def wide_enough(inputs: int, outputs: int, degree: int, depth: int) -> tuple[int, ...]:
    r"""Widths d_{h-i} = min(d_h r^{i(d_0-1)}, C(r^{h-i}+d_0-1, d_0-1)) that suffice to fill.

    Examples
    --------
    >>> wide_enough(2, 1, 2, 4)
    (2, 3, 4, 2, 1)
    """
    hidden = [min(outputs * degree ** ((depth - k) * (inputs - 1)), forms(degree**k, inputs)) for k in range(1, depth)]
    return (inputs, *hidden, outputs)


Weights = list[list[list[int]]]


FILLING: Hypothesis[PolynomialNetwork] = Hypothesis("filling", lambda n: fills(n).outcome is Outcome.HOLDS)


@PAPER.states(
    r"\dim V_{d,r} \le \min\Bigl(d_h + \sum_{i=1}^h (d_{i-1}-1)d_i,\; d_h\binom{r^{h-1}+d_0-1}{d_0-1}\Bigr)",
    on=lambda: mixed(4, (1, 2, 3), (2, 3, 4), 60),
    item="Lemma 13 and Theorem 14",
)
def dimension_bound(network: PolynomialNetwork, seed: int) -> Verdict:
    """Decided without the bound that it asserts."""
    return within(unaided_dimension(network, seed), high=network.expected_dimension)


def _cut(network: PolynomialNetwork, k: int, whole: Bounds, seed: int) -> Verdict:
    w, r = network.widths, powers(network)
    head = dimension(PolynomialNetwork(w[: k + 1], degrees=r[: k - 1]), seed)
    tail = dimension(PolynomialNetwork(w[k:], degrees=r[k:]), seed)
    return at_most_sum(whole, (head, tail), -w[k], f"{network.label} cut at layer {k}")


@PAPER.states(
    r"\dim V_{(d_0,\ldots,d_h)} \le \dim V_{(d_0,\ldots,d_k)} + \dim V_{(d_k,\ldots,d_h)} - d_k"
    r"\quad (0 < k < h)",
    DEEP,
    on=lambda: (*deep_box(5, (2, 3), (2, 3), 50), *deep_box(4, (2,), (4, 5), 40)),
)
def recursive_bound(network: PolynomialNetwork, seed: int) -> Verdict:
    """The left side is decided without the bound that the claim asserts."""
    whole = dimension(network, seed, CUTS)
    return Verdict.all_of(_cut(network, k, whole, seed) for k in range(1, network.depth))


def _doubled(network: PolynomialNetwork) -> PolynomialNetwork:
    w = network.widths
    return PolynomialNetwork((w[0], *(2 * d for d in w[1:-1]), w[-1]), degrees=powers(network))


def _represents_sums(network: PolynomialNetwork, seed: int) -> Verdict:
    """Check in integers that the doubled network represents p + q for random p, q of the network."""
    random = Random(seed)
    first, second = _draw(network, random), _draw(network, random)
    sums = _side_by_side(first, second)
    for _ in range(4):
        x = [random.randint(-9, 9) for _ in range(network.widths[0])]
        parts = [_value(weights, powers(network), x) for weights in (first, second)]
        if _value(sums, powers(network), x) != [a + b for a, b in zip(*parts, strict=True)]:
            return Verdict.violated(Grade.PROVED, reason=f"at x = {x} the doubled network is not the sum")
    return Verdict.holds(Grade.PROVED)


def _draw(network: PolynomialNetwork, random: Random) -> Weights:
    w = network.widths
    return [[[random.randint(-9, 9) for _ in range(w[i])] for _ in range(w[i + 1])] for i in range(network.depth)]


def _side_by_side(first: Weights, second: Weights) -> Weights:
    """Return the weights of the doubled network: stacked, block diagonal, and side by side."""
    middle = [
        [row + [0] * len(b[0]) for row in a] + [[0] * len(a[0]) + row for row in b]
        for a, b in zip(first[1:-1], second[1:-1], strict=True)
    ]
    last = [a + b for a, b in zip(first[-1], second[-1], strict=True)]
    return [first[0] + second[0], *middle, last]


def _value(weights: Weights, degrees: tuple[int, ...], x: list[int]) -> list[int]:
    for matrix, r in zip(weights, (*degrees, 1), strict=True):
        x = [sum(a * b for a, b in zip(row, x, strict=True)) ** r for row in matrix]
    return x


@PAPER.states(
    r"(d_0,\ldots,d_h) \text{ filling} \implies (d_0, 2d_1, \ldots, 2d_{h-1}, d_h)"
    r"\text{ represents every element of the ambient space over } \mathbb R",
    DEEP,
    FILLING,
    on=lambda: tuple(PolynomialNetwork(w, degree=r) for w, r in MINIMAL_FILLING[:11]),
    item="Proposition 5",
)
def doubling(network: PolynomialNetwork, seed: int) -> Verdict:
    """Checked: the doubled network fills, and represents the sum of any two functions of the network (the step on
    which the proof rests). That a real functional space is all of the ambient space is not.
    """
    return Verdict.all_of([fills(_doubled(network), seed), _represents_sums(network, seed)])


@PAPER.states(
    r"r, d_0 \ge 2 \implies \text{the width } 2d_0 - 2 \text{ at any fixed hidden position}"
    r"\text{ is an asymptotic bottleneck}",
    Hypothesis("r, d_0 >= 2", lambda t: t[0] >= 2 and t[1] >= 2),
    on=lambda: (
        (2, 2, 1, 6),
        (2, 2, 2, 6),
        (2, 2, 3, 7),
        (2, 3, 1, 5),
        (2, 3, 2, 5),
        (3, 2, 1, 5),
        (3, 2, 2, 6),
        (3, 3, 1, 4),
    ),
    item="Theorem 19",
)
def bottleneck(instance: Bottleneck, seed: int) -> Verdict:
    """Instances (d_0, r, i, greatest depth), all other widths saturated.

    Finitely many depths: a range in which all deeper networks fill would be inconclusive, never a violation.
    """
    verdicts = _gaps(instance, 2 * instance[0] - 2, seed)
    last = [i for i, verdict in enumerate(verdicts) if verdict.outcome is not Outcome.HOLDS]
    narrow = verdicts[last[-1] + 1 :] if last else verdicts
    if not narrow:
        return Verdict.inconclusive("the deepest network of the range still fills; deeper ones may not")
    first = instance[2] + 1 + len(verdicts) - len(narrow)
    grade = Grade.weakest(verdict.grade for verdict in narrow)
    evidence = tuple(bounds for verdict in narrow for bounds in verdict.evidence)
    return Verdict.holds(grade, *evidence, reason=f"no network of depth {first} to {instance[3]} fills")


@PAPER.states(
    r"2d_0 - 1 \text{ is not an asymptotic bottleneck}",
    Hypothesis("r, d_0 >= 2", lambda t: t[0] >= 2 and t[1] >= 2),
    on=lambda: ((2, 2, 1, 7), (2, 2, 2, 7), (2, 3, 1, 5), (3, 2, 1, 5)),
    kind=Kind.CONJECTURE,
)
def no_wider_bottleneck(instance: Bottleneck, seed: int) -> Verdict:
    """Reported as a conjecture of the paper; which positions and degrees it means is not confirmed.

    Instances (d_0, r, i, depth): the deepest network is tested for filling.
    """
    deepest = _gaps(instance, 2 * instance[0] - 1, seed)[-1]
    if deepest.outcome is Outcome.VIOLATED:  # of "does not fill"
        return Verdict.holds(deepest.grade, *deepest.evidence)
    if deepest.outcome is Outcome.HOLDS:
        return Verdict.inconclusive(
            "the deepest network of the range does not fill; deeper ones may", *deepest.evidence
        )
    return deepest


@PAPER.states(
    r"d_{h-i} \ge \min\Bigl(d_h r^{i(d_0-1)}, \binom{r^{h-i}+d_0-1}{d_0-1}\Bigr) \text{ for } 1 \le i \le h-1"
    r"\implies V_{d,r} \text{ fills}",
    on=lambda: tuple(
        (d0, dh, r, h)
        for d0, h_max in ((2, 5), (3, 3), (4, 2))
        for dh in (1, 2)
        for r in (2, 3)
        for h in range(2, h_max + 1)
    ),
    name="wide-enough",
)
def wide_enough_fills(instance: tuple[int, int, int, int], seed: int) -> Verdict:
    """Instances (d_0, d_h, r, h).

    In the form that follows from Fröberg, Ottaviani and Shapiro (a general form of degree rk in n+1 variables is a
    sum of r^n r-th powers); the paper's exponent may differ.
    """
    return fills(PolynomialNetwork(wide_enough(*instance), degree=instance[2]), seed)


@PAPER.states(
    r"\text{every minimal filling architecture } (d_0, \ldots, d_h) \text{ is unimodal}",
    DEEP,
    on=lambda: tuple(PolynomialNetwork(w, degree=r) for w, r in MINIMAL_FILLING),
    item="Conjecture 12",
    kind=Kind.FALSE_CONJECTURE,
)
def unimodal(network: PolynomialNetwork, seed: int) -> Verdict:
    """Refuted by Dao and Rodriguez, arXiv:2605.09609."""
    minimal = is_minimal_filling(network, seed)
    if minimal.outcome is Outcome.VIOLATED:
        return Verdict.not_applicable(f"minimal filling ({minimal.reason})", *minimal.evidence)
    if minimal.outcome is Outcome.INCONCLUSIVE or is_unimodal(network.widths):
        return minimal
    reason = f"the widths {network.widths} fall and rise again; {minimal.reason}"
    return Verdict.violated(minimal.grade, *minimal.evidence, reason=reason)
