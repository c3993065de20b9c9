"""Learning with the best Euclidean kernel of the cube {-1,1}^n, or of a slice of {0,1}^n: the least value V.

The claim is ``lower <= V <= upper`` for labelled ``points``. Euclidean kernels with k(x, x) = 1 are the combinations
sum_j mu_j k_j, mu >= 0 with the sum 1, of the zonal kernels of the levels j: at points in relation i (Hamming distance,
on a slice half of it), k_j is P_j(i) / v_i, where v_i points are in that relation to one, and

    sum_i P_j(i) z^i = (1 - z)^j (1 + z)^(n-j),    on slices    (1 - z)^j sum_s C(p-j, s) C(n-p-j, s) z^s.

G_j is the Gram matrix of k_j on the sample, q_j(beta) = beta' G_j beta.

``squared`` with ``strength`` lambda: V = min over mu of y' (lambda I + sum mu_j G_j)^-1 y. ``hinge`` with C: labels are
-1 and 1, and V is the least of |g|^2 / 2 + C sum max(0, 1 - y_a g(x_a)) over all these kernels and their functions g.

**Lower bound**, ``multipliers`` beta. squared: 2 beta'y - lambda |beta|^2 - max_j q_j(beta), since for every mu the
maximum over beta of 2 beta'y - beta'(lambda I + G)beta is the value. hinge, with 0 <= y_a beta_a <= C: beta'y - max_j
q_j(beta) / 2, the dual of the support vector machine.

**Upper bound**, ``weights`` mu and ``coefficients`` c of a predictor. squared: with r = y - (lambda I + G) c it is 2
c'y - lambda |c|^2 - c'Gc + |r|^2 / lambda, since (lambda I + G)^-1 <= 1 / lambda. hinge: the value at g = sum_b c_b
k(., x_b).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm
from operator import mul
from typing import Any, NamedTuple

from .kernel_norms import decimal
from .kernel_spectra import eigenmatrix
from .labels import learning_label
from .limits import hold, need, per_product, spend
from .reading import fields, integers, rational, read_proofs, text

LOSSES = ("squared", "hinge")
MOST_COORDINATES = 1000


class Task(NamedTuple):
    """The sample, what is asked, and P: ``rows[j][i]`` is P_j(i), and row 0 has the v_i."""

    relations: list[list[int]]
    labels: list[Fraction]
    loss: str
    strength: Fraction
    rows: list[list[int]]


def learning_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of the least value."""
    names = ("quantity", "label", "domain", "points", "labels", "loss", "strength", "lower", "upper")
    _, name, domain, points, labels, loss, strength, *ends = fields(claim, "claim", *names)
    proofs = read_proofs(document, "lower", "upper")
    need(domain in ("hypercube", "slice"), "claim.domain is not hypercube or slice")
    need(loss in LOSSES, f"claim.loss is none of {', '.join(LOSSES)}")
    rows, p = read_points(points, domain)
    size = len(rows[0])
    need(type(labels) is list and len(labels) == len(rows), "there is not one label for each point")
    y = [rational(label, "labels") for label in labels]
    amount = rational(strength, "claim.strength")
    need(amount > 0, "claim.strength is not above 0")
    need(loss == "squared" or all(abs(label) == 1 for label in y), "a label is not -1 or 1")
    fitting = learning_label(domain, size, p, len(rows), [points, labels, loss, strength])
    need(text(name, "label") == fitting, "the label does not fit the claim")
    lower, upper = (rational(end, "claim.lower or claim.upper") for end in ends)
    need(lower <= upper, "the claim's lower bound exceeds its upper bound")

    made: list[Task] = []

    def task() -> Task:
        if not made:
            made.append(Task(relations_of(rows, p), y, loss, amount, list(eigenmatrix(size, p))))
        return made[0]

    statement = f"the least value of {name} over all Euclidean kernels is between {decimal(lower)} and {decimal(upper)}"
    return statement, [
        lambda: check_learning_lower(task(), lower, proofs[0]),
        lambda: check_learning_upper(task(), upper, proofs[1]),
    ]


def read_points(value: Any, domain: str) -> tuple[list[tuple[int, ...]], int | None]:
    """Return points, and on a slice their weight."""
    need(type(value) is list and len(value) > 0, "points is not a list")
    rows = [integers(row, "points", -1, 1) for row in value]
    size = len(rows[0])
    need(1 <= size <= MOST_COORDINATES and all(len(row) == size for row in rows), "points are not of one length")
    spend(2 * size * len(rows), "the points")
    allowed = {-1, 1} if domain == "hypercube" else {0, 1}
    need(all(set(row) <= allowed for row in rows), "a coordinate is not of the domain")
    p = None if domain == "hypercube" else sum(rows[0])
    need(p is None or all(sum(row) == p for row in rows), "the points are not of one slice")
    return rows, p


def relations_of(points: Sequence[Sequence[int]], p: int | None) -> list[list[int]]:
    """Return the distances of all pairs, on a slice half of them."""
    hold(len(points) ** 2, 8, "the distances")
    spend(len(points) ** 2 * (3 + len(points[0]) // 64), "the distances")
    words = [int("".join("1" if x == 1 else "0" for x in row), 2) for row in points]
    unit = 1 if p is None else 2
    return [[(one ^ other).bit_count() // unit for other in words] for one in words]


class Sums(NamedTuple):
    """Multipliers over a common denominator, and for each point their sums by relation to it."""

    below: int
    whole: list[int]
    rows: list[list[int]]


def common_denominator(numbers: Sequence[Fraction], what: str) -> int:
    """Return the least common multiple of denominators, or refuse before it is too large."""
    below = 1
    for denominator in {number.denominator for number in numbers}:
        below = lcm(below, denominator)
        need(below.bit_length() <= 10_000, f"the common denominator of the {what} is too large")
    return below


def sums_by_relation(task: Task, multipliers: Sequence[Fraction]) -> Sums:
    """Return the sums from which all Gram matrices take multipliers to their images."""
    below = common_denominator(multipliers, "multipliers")
    spend(len(multipliers) ** 2 * (2 + below.bit_length() // 500), "the sums over the sample")
    whole = [int(beta * below) for beta in multipliers]
    rows = []
    for relations in task.relations:
        row = [0] * len(task.rows)
        for relation, beta in zip(relations, whole, strict=True):
            row[relation] += beta
        rows.append(row)
    return Sums(below, whole, rows)


def forms(task: Task, sums: Sums) -> list[Fraction]:
    """Return q_j for every level: sum_i P_j(i) s_i / v_i, where s_i are the sums over the pairs in relation i."""
    count, valencies = len(task.rows), task.rows[0]
    common = lcm(*valencies)
    bits = common.bit_length() + 2 * sums.below.bit_length() + 64
    spend(count * len(sums.whole) * per_product(2 * sums.below.bit_length()), "the quadratic forms")
    spend(count**2 * (1 + ((count >> 7) + 1) * ((bits >> 7) + 1)), "the quadratic forms")

    # All over one denominator: the least common multiple of the v_i, and that of the multipliers twice.
    scaled = []
    for i, valency in enumerate(valencies):
        pairs = sum(beta * row[i] for beta, row in zip(sums.whole, sums.rows, strict=True))
        scaled.append(pairs * (common // valency))
    below = common * sums.below**2
    return [Fraction(sum(map(mul, row, scaled)), below) for row in task.rows]


def combined_kernel(task: Task, weights: Sequence[Fraction]) -> list[Fraction]:
    """Return the values of sum_j mu_j k_j, one a relation."""
    below = common_denominator(weights, "weights")
    count = len(weights)
    spend(count**2 * (1 + ((count >> 7) + 1) * ((below.bit_length() >> 7) + 1)), "the kernel")
    whole = [int(weight * below) for weight in weights]

    found = []
    for i, valency in enumerate(task.rows[0]):
        value = sum(w * row[i] for w, row in zip(whole, task.rows, strict=True))
        found.append(Fraction(value, below * valency))
    return found


def read_multipliers(value: Any, task: Task, name: str) -> list[Fraction]:
    """Return rational numbers, one a point."""
    need(type(value) is list and len(value) == len(task.labels), f"there is not one of the {name} for each point")
    return [rational(entry, name) for entry in value]


def check_learning_lower(task: Task, claimed: Fraction, proof: Any) -> None:
    """Check the lower bound."""
    rule, given = fields(proof, "lower", "rule", "multipliers")
    need(rule == "multipliers", "the lower bound's rule is unknown")
    beta = read_multipliers(given, task, "multipliers")
    most = max(forms(task, sums_by_relation(task, beta)))
    value = dot(task.labels, beta)
    if task.loss == "squared":
        value = 2 * value - task.strength * dot(beta, beta) - most
    else:
        inside = all(0 <= y * b <= task.strength for y, b in zip(task.labels, beta, strict=True))
        need(inside, "a multiplier is outside its limits")
        value -= most / 2
    need(value >= claimed, "the lower bound is not what the claim says")


def check_learning_upper(task: Task, claimed: Fraction, proof: Any) -> None:
    """Check the upper bound."""
    rule, weights, given = fields(proof, "upper", "rule", "weights", "coefficients")
    need(rule == "predictor", "the upper bound's rule is unknown")
    need(type(weights) is list and len(weights) == len(task.rows), "there is not one weight for each level")
    mu = [rational(weight, "weights") for weight in weights]
    need(all(weight >= 0 for weight in mu) and sum(mu) == 1, "the weights are no probabilities")
    c = read_multipliers(given, task, "coefficients")

    # The predictor at all points, G c.
    sums = sums_by_relation(task, c)
    kernel = combined_kernel(task, mu)
    below = lcm(*(value.denominator for value in kernel))
    spend(len(mu) * len(c) * per_product(below.bit_length() + sums.below.bit_length()), "the predictor")
    whole = [int(value * below) for value in kernel]
    images = [Fraction(sum(map(mul, whole, row)), below * sums.below) for row in sums.rows]

    # The two formulas of the head of this module.
    y, strength, form = task.labels, task.strength, dot(c, images)
    if task.loss == "squared":
        left = [label - strength * x - g for label, x, g in zip(y, c, images, strict=True)]
        value = 2 * dot(y, c) - strength * dot(c, c) - form + dot(left, left) / strength
    else:
        missing = [max(Fraction(0), 1 - label * g) for label, g in zip(y, images, strict=True)]
        value = form / 2 + strength * sum(missing, Fraction(0))
    need(value <= claimed, "the upper bound is not what the claim says")


def dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Return the inner product."""
    return sum((x * y for x, y in zip(left, right, strict=True)), Fraction(0))
