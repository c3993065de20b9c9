"""Learning with the best Euclidean kernel of all: a convex program over a simplex, both sides of it proved.

On the cube and on a slice every Euclidean kernel with k(x, x) = 1 is a convex combination sum_j mu_j k_j of the zonal
kernels k_j of the levels, k_j = P[j][i] / v_i in relation i.  Let G_j be the Gram matrix of k_j on the sample, and
q_j(beta) = beta' G_j beta.

**Ridge regression** with lambda > 0.  V = min over mu of y' (lambda I + sum_j mu_j G_j)^-1 y.  For every beta and mu

    2 beta'y - lambda |beta|^2 - max_j q_j(beta)  <=  V  <=  2 beta'y - lambda |beta|^2 - sum_j mu_j q_j(beta)
                                                             + |y - lambda beta - sum_j mu_j G_j beta|^2 / lambda,

on the left because V is the greatest value of that side over all beta (a minimax theorem), on the right because with M
= lambda I + sum_j mu_j G_j and r = y - M beta the form y' M^-1 y is 2 beta'y - beta'M beta + r' M^-1 r, and M >= lambda
I.  (Lambda times V is the least of |y - g|^2 + lambda |g|_k^2 over all functions g and all these kernels k.)

**Support vectors** with the cost C and labels -1 and 1.  V = min over mu and g of |g|_k^2 / 2 + C sum_a max(0, 1 - y_a
g(x_a)).  For every beta with 0 <= y_a beta_a <= C, and g = s sum_b beta_b k(., x_b) for any s,

    y'beta - max_j q_j(beta) / 2  <=  V  <=  s^2 sum_j mu_j q_j(beta) / 2 + C sum_a max(0, 1 - y_a g(x_a)).

Floats propose mu and beta (`learning_floats`); both sides are then evaluated in rational numbers.  Only
Euclidean kernels are looked for: one sample alone may have a better kernel that is not Euclidean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import lcm
from typing import Any

from algebra.errors import InputError
from algebra.evidence.certificate import Certificate
from algebra.evidence.checker.labels import learning_label
from algebra.evidence.checker.reading import MOST_COEFFICIENT
from algebra.exact.balls import ball, decimals
from algebra.exact.numbers import exact_number, number_text
from algebra.exact.precision import precision
from algebra.kernels.learning_floats import Program, proposal, regression
from algebra.kernels.norms import SHOWN_BITS
from algebra.kernels.samples import Sample, read_sample
from algebra.shown import Shown

WEIGHT_BITS = 48  # of the weights of levels
MULTIPLIER_BITS = 72  # of the largest multiplier: rounding moves the values by less than floats do
MOST_COST = Fraction(10**9)  # of floats: a margin that costs more is hard
POLISHED_BITS = 30  # that a step of iterative refinement gains at least, unless floats cannot solve at all
LEAST_RIDGE = Fraction(1, 10**100)  # under less, rounding multipliers moves the upper side
MOST_BITS = 400  # of multipliers under the smallest ridges, below 2^-600


@dataclass(frozen=True)
class LearnedKernel(Shown):
    """A kernel that was learned, with both sides of the least value of the objective.

    Parameters
    ----------
    sample : Sample
    ridge, cost : Fraction, optional
        lambda of ridge regression, or C of support vectors: one of them.
    weights : tuple of Fraction
        mu: one a level, not negative, with the sum 1.
    multipliers : tuple of Fraction
        beta: one a point of the sample.
    scale : Fraction
        The predictor is this times sum_b beta_b k(., x_b): 1, or of support vectors what gives all points their margin.

    Examples
    --------
    >>> found = learn([[1, 1], [1, -1], [-1, 1], [-1, -1]], [1, -1, -1, 1], ridge="1/10")
    >>> [round(float(w), 6) for w in found.weights], float(found.lower), float(found.upper)
    ([0.0, 0.0, 1.0], 0.975609756097561, 0.975609756097561)
    >>> found.certificate().check().valid
    True
    """

    sample: Sample
    ridge: Fraction | None
    cost: Fraction | None
    weights: tuple[Fraction, ...]
    multipliers: tuple[Fraction, ...]
    scale: Fraction = Fraction(1)

    @property
    def loss(self) -> str:
        """``squared`` for ridge regression, ``hinge`` for support vectors."""
        return "squared" if self.cost is None else "hinge"

    @cached_property
    def values(self) -> tuple[Fraction, ...]:
        """Values of the kernel, one a relation; the first is 1."""
        P, v = self.sample.scheme.P, self.sample.scheme.valencies
        below = lcm(*(weight.denominator for weight in self.weights))
        whole = [int(weight * below) for weight in self.weights]
        return tuple(
            Fraction(sum(w * row[i] for w, row in zip(whole, P, strict=True)), below * v[i]) for i in range(len(v))
        )

    @property
    def lower(self) -> Fraction:
        """What the multipliers prove."""
        most = max(self._forms)
        if self.ridge is not None:
            return self._linear - most
        return self._linear - most / 2

    @property
    def upper(self) -> Fraction:
        """What kernel and multipliers prove."""
        form = sum((w * q for w, q in zip(self.weights, self._forms, strict=True)), Fraction(0))

        # Ridge regression: what the predictor misses is divided by the ridge.
        if self.ridge is not None:
            return self._linear - form + _square(self.residual) / self.ridge

        # Support vectors: each label costs what its margin misses of 1.
        assert self.cost is not None
        margins = [y * g for y, g in zip(self.sample.labels, self.fitted, strict=True)]
        missing = [max(Fraction(0), 1 - margin) for margin in margins]
        return self.scale**2 * form / 2 + self.cost * sum(missing, Fraction(0))

    @property
    def residual(self) -> tuple[Fraction, ...]:
        """What a regression leaves of y - (lambda I + G) beta; near 0."""
        assert self.ridge is not None
        rows = zip(self.sample.labels, self.multipliers, self.fitted, strict=True)
        return tuple(y - self.ridge * beta - g for y, beta, g in rows)

    @cached_property
    def fitted(self) -> tuple[Fraction, ...]:
        """Values of the predictor at the points of the sample."""
        below, _, sums = self._sums
        return self._predicted(sums, below)

    @property
    def label(self) -> str:
        """Permanent name of what was asked."""
        scheme, told = self.sample.scheme, self._told()
        return learning_label(self.sample.domain, scheme.n, scheme.p, len(self.sample.points), list(told.values()))

    def certificate(self) -> Certificate:
        """Return what the independent checker needs for both sides.

        Returns
        -------
        Certificate

        Raises
        ------
        InputError
            If a number is longer than the checker reads: labels of hundreds of digits.
        """
        coefficients = [self.scale * beta for beta in self.multipliers]
        told, ends = self._told(), self.enclosure()
        claim = {
            "quantity": "kernel-learning",
            "label": self.label,
            "domain": self.sample.domain,
            **told,
            "lower": number_text(Fraction(ends[0])),
            "upper": number_text(Fraction(ends[1])),
        }
        written = [list(map(number_text, row)) for row in (self.multipliers, self.weights, coefficients)]
        if max(map(len, [*told["labels"], *chain(*written)])) >= MOST_COEFFICIENT:
            raise InputError("--certificate", "asked for", "left out: a number is too long")
        return Certificate.of(
            claim,
            None,
            lower={"rule": "multipliers", "multipliers": written[0]},
            upper={"rule": "predictor", "weights": written[1], "coefficients": written[2]},
        )

    def _told(self) -> dict[str, Any]:
        """Return what was given, as JSON values."""
        strength = self.cost if self.ridge is None else self.ridge
        assert strength is not None
        return {
            "points": [list(point) for point in self.sample.points],
            "labels": list(map(number_text, self.sample.labels)),
            "loss": self.loss,
            "strength": number_text(strength),
        }

    def enclosure(self, digits: int = 16) -> tuple[str, str]:
        """Return decimal strings between which the least value lies.

        Parameters
        ----------
        digits : int
            Significant ones.

        Returns
        -------
        (str, str)
            At most the value, and at least.
        """
        with precision(SHOWN_BITS):
            below, above = ball(max(self.lower, Fraction(0))), ball(self.upper)
            return decimals(below, digits).lower, decimals(above, digits).upper

    def predict(self, points: Any, argument: str = "points") -> tuple[Fraction, ...]:
        """Return the values of the predictor at other points, exactly.

        Parameters
        ----------
        points : sequence of sequences of int
        argument : str
            What messages call them.

        Returns
        -------
        tuple of Fraction
            One for each point.

        Raises
        ------
        InputError
            If a point is not of the domain.
        """
        read = [self.sample.read_point(f"{argument}[{a}]", point) for a, point in enumerate(points)]
        below, whole, _ = self._sums
        found = []
        for row in self.sample.relations_to(read):
            sums = [0] * len(self.weights)
            for relation, beta in zip(row, whole, strict=True):
                sums[relation] += beta
            found.append(sums)
        return self._predicted(found, below)

    def _predicted(self, sums: Sequence[Sequence[int]], below: int) -> tuple[Fraction, ...]:
        common = lcm(*(value.denominator for value in self.values))
        whole = [int(value * common) for value in self.values]
        unit = self.scale / (common * below)
        return tuple(sum(f * r for f, r in zip(whole, row, strict=True)) * unit for row in sums)

    @cached_property
    def _sums(self) -> tuple[int, list[int], list[list[int]]]:
        """A common denominator of the multipliers, what they are over it, and their sums by relation."""
        below = lcm(*(beta.denominator for beta in self.multipliers))
        whole = [int(beta * below) for beta in self.multipliers]
        return below, whole, self.sample.sums_by_relation(whole)

    @cached_property
    def _linear(self) -> Fraction:
        """What both sides have in common."""
        pairs = zip(self.sample.labels, self.multipliers, strict=True)
        inner = sum((y * beta for y, beta in pairs), Fraction(0))
        return inner if self.ridge is None else 2 * inner - self.ridge * _square(self.multipliers)

    @cached_property
    def _forms(self) -> tuple[Fraction, ...]:
        """q_j for each level: the spectrum of the numbers of pairs, weighted and divided by the valencies."""
        below, whole, sums = self._sums
        valencies = self.sample.scheme.valencies
        pairs = [sum(b * row[i] for b, row in zip(whole, sums, strict=True)) for i in range(len(valencies))]

        # Everything over one denominator, so that the spectrum is one of integers.
        common = lcm(*valencies)
        averaged = [count * (common // valency) for count, valency in zip(pairs, valencies, strict=True)]
        whole_below = common * below**2
        return tuple(Fraction(level, whole_below) for level in self.sample.scheme.spectrum(averaged))


def learn(points: Any, labels: Any, ridge: Any = None, cost: Any = None, domain: str = "hypercube") -> LearnedKernel:
    """Find the Euclidean kernel that suits a labelled sample best, by ridge regression or with support vectors.

    Parameters
    ----------
    points : sequence of sequences of int
        Coordinates -1 and 1 on the cube, 0 and 1 on a slice, where each point has as many ones.
    labels : sequence of int, Fraction or str
        -1 and 1 for support vectors, any exact numbers for ridge regression.
    ridge : int, Fraction or str, optional
        lambda, above 0, of ridge regression.
    cost : int, Fraction or str, optional
        C, above 0, of support vectors: instead of `ridge`.
    domain : str
        ``"hypercube"`` or ``"slice"``.

    Returns
    -------
    LearnedKernel

    Raises
    ------
    InputError
        If a point is not of the domain, a label is not allowed, or not one of `ridge` and `cost` is given.

    References
    ----------
    .. [1] P. Kothari, R. Livni, On the expressive power of kernel methods and the efficiency of kernel learning by
       association schemes, arXiv:1902.04782.

    Examples
    --------
    >>> found = learn([[1, 1, 1], [1, -1, 1], [-1, 1, -1], [-1, -1, 1]], [1, -1, -1, 1], cost=10)
    >>> 0 <= found.upper - found.lower < Fraction(1, 10**6)
    True
    >>> [str(round(x)) for x in found.predict([[1, 1, 1]])]
    ['1']
    """
    sample = read_sample(domain, points, labels)
    if (ridge is None) == (cost is None):
        raise InputError("ridge", ridge, "given, or a cost instead")
    name, number = ("ridge", ridge) if cost is None else ("cost", cost)
    strength = exact_number(name, number)
    if ridge is not None and not LEAST_RIDGE <= strength <= 1 / LEAST_RIDGE:
        raise InputError(name, number, "from 1e-100 to 1e100")
    if strength <= 0:
        raise InputError(name, number, "above 0")
    if cost is not None:
        for a, label in enumerate(sample.labels):
            if abs(label) != 1:
                raise InputError(f"labels[{a}]", str(label), "-1 or 1 with a cost")

    return _regression(sample, strength) if cost is None else _support_vectors(sample, strength)


def _regression(sample: Sample, ridge: Fraction) -> LearnedKernel:
    """Solve in floats for the distinct points, polish, and round.

    A point that comes c times counts once, with the mean of its labels and the ridge / c.  If its multiplier is gamma,
    those of its copies are gamma / c + (label - mean) / ridge, exactly.
    """
    import numpy as np

    places: dict[tuple[int, ...], list[int]] = {}
    for place, point in enumerate(sample.points):
        places.setdefault(point, []).append(place)
    groups = list(places.values())
    means = [sum((sample.labels[i] for i in group), Fraction(0)) / len(group) for group in groups]

    # the largest label and a large ridge are divided out: both only scale the multipliers
    top, scale = max(map(abs, means)) or Fraction(1), max(ridge, Fraction(1))
    distinct = Sample(sample.scheme, tuple(places), tuple(means))
    ridges = [float(ridge / scale / len(group)) for group in groups]
    program = _program(distinct, top, scale, ridges, None)
    floats = proposal(program)
    weights = _simplex(floats[0].tolist())

    def spread(gamma: Sequence[Fraction]) -> LearnedKernel:
        multipliers = [Fraction(0)] * len(sample.points)
        for group, mean, each in zip(groups, means, gamma, strict=True):
            for i in group:
                multipliers[i] = each / len(group) + (sample.labels[i] - mean) / ridge
        return LearnedKernel(sample, ridge, None, weights, tuple(multipliers))

    # what is left is computed exactly and solved for, until the smallest ridge makes nothing of it
    small = max(ridge.denominator.bit_length() - ridge.numerator.bit_length(), 0)
    bits = min(MULTIPLIER_BITS + small // 2, MOST_BITS)
    gamma = [Fraction(x) * top / scale for x in floats[1].tolist()]
    rounded_weights = np.array(list(map(float, weights)))
    for _ in range(bits // POLISHED_BITS + 1):
        residual = spread(gamma).residual
        left = np.array([float(residual[group[0]] / top) for group in groups])
        correction = regression(program, rounded_weights, left).tolist()
        gamma = list(_rounded([g + Fraction(c) * top / scale for g, c in zip(gamma, correction, strict=True)], bits))
    return spread(gamma)


def _support_vectors(sample: Sample, cost: Fraction) -> LearnedKernel:
    """Solve in floats, round, and give every point its margin where that costs less."""
    # Floats propose a kernel and multipliers.
    one, zeros = Fraction(1), [0.0] * len(sample.points)
    weights, found = proposal(_program(sample, one, one, zeros, float(min(cost, MOST_COST))))
    multipliers = _rounded([Fraction(x) for x in found.tolist()], MULTIPLIER_BITS)

    # A multiplier has the sign of its label, and at most the cost.
    sizes = [y * b for y, b in zip(sample.labels, multipliers, strict=True)]
    boxed = [y * min(max(size, Fraction(0)), cost) for y, size in zip(sample.labels, sizes, strict=True)]
    return _with_margins(LearnedKernel(sample, None, cost, _simplex(weights.tolist()), tuple(boxed)))


def _program(sample: Sample, top: Fraction, scale: Fraction, ridges: Sequence[float], cost: float | None) -> Program:
    """Return the dual program in floats, with labels divided by `top` and kernels by `scale`."""
    import numpy as np

    valencies = sample.scheme.valencies
    table = [[float(Fraction(x, v) / scale) for x, v in zip(row, valencies, strict=True)] for row in sample.scheme.P]
    labels = np.array([float(y / top) for y in sample.labels])
    return Program(np.array(sample.relations), np.array(table), labels, np.array(ridges), cost)


def _with_margins(found: LearnedKernel) -> LearnedKernel:
    """Enlarge the predictor where it just misses a margin that costs much."""
    least = min(y * g for y, g in zip(found.sample.labels, found.fitted, strict=True))
    if not 0 < least < 1:
        return found
    bits = 1 << MULTIPLIER_BITS
    enlarged = replace(found, scale=Fraction(-(-bits * least.denominator // least.numerator), bits))
    return min(found, enlarged, key=lambda each: each.upper)


def _simplex(floats: Sequence[float]) -> tuple[Fraction, ...]:
    """Round weights to multiples of a power of 2 whose sum is 1."""
    whole = [round(weight * 2**WEIGHT_BITS) for weight in floats]
    whole[whole.index(max(whole))] += 2**WEIGHT_BITS - sum(whole)
    return tuple(Fraction(weight, 2**WEIGHT_BITS) for weight in whole)


def _rounded(multipliers: Sequence[Fraction], bits: int) -> tuple[Fraction, ...]:
    """Round multipliers to multiples of one power of 2, the largest to so many bits."""
    largest = max(map(abs, multipliers))
    if not largest:
        return tuple(multipliers)
    unit = Fraction(2) ** (largest.numerator.bit_length() - largest.denominator.bit_length() - bits)
    return tuple(round(beta / unit) * unit for beta in multipliers)


def _square(vector: Sequence[Fraction]) -> Fraction:
    return sum((x * x for x in vector), Fraction(0))
