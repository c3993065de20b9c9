r"""C. Yun, S. Sra, A. Jadbabaie: small nonlinearities in activation functions create bad local minima."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from flint import arb, fmpq, fmpq_mat

from algebra import Grade
from algebra.errors import InputError
from algebra.exact.balls import Band
from algebra.exact.matrices import is_zero
from algebra.nonlinear import (
    ReluLike,
    SmoothSpuriousMinimum,
    SpuriousMinimum,
    smooth_spurious_minimum,
    spurious_local_minimum,
)
from algebra.nonlinear.network import HiddenLayerNetwork
from algebra.nonlinear.smooth import SMOOTH
from algebra.nonlinear.spurious import two_point_bump
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.assumptions import CRITICAL
from proofs_check.deciding.convex_losses import (
    CUBES,
    gradient_vanishes,
    has_lower_and_higher,
    is_least,
)
from proofs_check.deciding.critical_points import FAMILY, Point, points
from proofs_check.deciding.saddles import checked, global_iff
from proofs_check.paper import Paper

PAPER = Paper(
    "yun2019",
    "C. Yun, S. Sra, A. Jadbabaie, Small nonlinearities in activation functions create bad local minima in neural "
    "networks, ICLR 2019",
    "1802.03487",
)


@dataclass(frozen=True)
class Fit:
    """Random data for a hidden layer of units max(s_+ t, 0) + min(s_- t, 0).

    Parameters
    ----------
    inputs, samples, width : int
    positive, negative : Fraction
    kind : str
        "random"; "affine": some affine map fits; "repeated": two inputs are equal.
    seed : int
    """

    inputs: int
    samples: int
    width: int
    positive: Fraction
    negative: Fraction
    kind: str
    seed: int

    @property
    def label(self) -> str:
        """Short name."""
        slopes = f"s+={self.positive}, s-={self.negative}"
        return f"relu-like:{self.inputs}-{self.width}-1:m{self.samples}:{slopes}:{self.kind}:seed {self.seed}"

    @property
    def data(self) -> tuple[fmpq_mat, fmpq_mat]:
        """X and Y, rational."""
        generator = random.Random(self.seed)
        columns: list[tuple[int, ...]] = []
        while len(columns) < self.samples:
            column = tuple(generator.randint(-6, 6) for _ in range(self.inputs))
            columns += [column] if column not in columns else []
        if self.kind == "repeated":
            columns[1] = columns[0]
        flat = [fmpq(column[i], 2) for i in range(self.inputs) for column in columns]
        targets = [fmpq(sum(column) + 1 if self.kind == "affine" else generator.randint(-5, 5)) for column in columns]
        return fmpq_mat(self.inputs, self.samples, flat), fmpq_mat(1, self.samples, targets)

    def minimum(self, scale: int = 1) -> SpuriousMinimum:
        """Return the construction of Theorem 1."""
        X, Y = self.data
        return spurious_local_minimum(X, Y, ReluLike(self.positive, self.negative), self.width, scale)


def fits() -> tuple[Fit, ...]:
    """Return the instances, two of which break a hypothesis.

    Examples
    --------
    >>> len(fits())
    74
    """
    slopes = ((Fraction(1), Fraction(0)), (Fraction(1), Fraction(1, 100)), (Fraction(1, 2), Fraction(3)))
    sizes = product((1, 2, 3), (2, 3), slopes, range(4))
    found = [Fit(d, d + 2 + seed, width, up, down, "random", seed) for d, width, (up, down), seed in sizes]
    bad = [Fit(2, 5, 2, *slopes[0], kind, 0) for kind in ("affine", "repeated")]
    return (*found, *bad)


BUMP = ((1, 0, 0), (0, 1, 0), (Fraction(1, 2), Fraction(1, 2), 1))  # x_1, x_2, y


WIDE: Hypothesis[Point] = Hypothesis("d_j >= min(d_x, d_y)", lambda p: p.facts.least_width == p.facts.ends)
LINEAR = (
    r"\min_j d_j \ge \min(d_x, d_y): \text{ a critical point is a saddle if } \nabla \ell_0(R) \ne 0, \text{ and a"
    r" global minimum} \iff R \text{ minimises } \ell_0 \text{ otherwise}"
)


def _distinct(fit: Fit) -> bool:
    columns = [tuple(map(str, column)) for column in zip(*fit.data[0].table(), strict=True)]
    return len(set(columns)) == len(columns)


def _not_affine(fit: Fit) -> bool:
    X, Y = fit.data
    rows = [*X.table(), [fmpq(1)] * X.ncols()]
    lifted, both = (fmpq_mat(len(t), X.ncols(), [e for row in t for e in row]) for t in (rows, [*rows, *Y.table()]))
    return int(both.rank()) > int(lifted.rank())


def _lower(found: SpuriousMinimum, seed: int, number: int) -> bool:
    generator, net = random.Random(1000 * seed + number), found.network

    def near(matrix: fmpq_mat) -> fmpq_mat:
        entries = [entry + fmpq(generator.randint(-9, 9), 10**4) for entry in matrix.entries()]
        return fmpq_mat(matrix.nrows(), matrix.ncols(), entries)

    moved = HiddenLayerNetwork(near(net.W_1), near(net.b_1), near(net.W_2), near(net.b_2), net.activation)
    return moved.risk(found.X, found.Y) < found.risk


@PAPER.states(
    r"d_y = 1,\; d_1 \ge 2,\; \bar h(t) = \max(s_+ t, 0) + \min(s_- t, 0) \implies \text{infinitely many local"
    r" minima with the risk of least squares that are not global}",
    Hypothesis("distinct inputs", _distinct),
    Hypothesis("no affine map fits the data", _not_affine),
    on=fits,
    item="Theorem 1",
)
def spurious_minima(fit: Fit, seed: int) -> Verdict:
    """Exact: all hidden inputs are positive, least squares is attained, another network is strictly better.

    Two scales stand for the infinitely many.
    """
    try:
        found = fit.minimum()
    except InputError as error:
        return Verdict.violated(Grade.PROVED, reason=f"no construction: {error}")
    again = fit.minimum(3)
    parts = {
        **found.check(),
        "another scale is another minimum of the same risk": all(again.check().values()) and again.risk == found.risk,
        "no lower risk at random points nearby": not any(_lower(found, seed, number) for number in range(8)),
    }
    return checked(parts, fit.label)


def _fits(found: SmoothSpuriousMinimum, point: tuple[int | Fraction, ...]) -> bool:
    """Tell whether the better network's output at a point is its target, up to 10^-9."""
    *inputs, target = (arb(fmpq(Fraction(x).numerator, Fraction(x).denominator)) for x in point)
    phi = SMOOTH[found.activation].value
    first, second, last = map(_ball, found.outer)

    inner = []
    for row, shift in zip(found.better.weights, found.better.biases, strict=True):
        products = (w * x for w, x in zip(row, inputs, strict=True))
        inner.append(sum(products, arb(shift)))
    output = first * phi(inner[0]) + second * phi(inner[1]) + last
    return bool(abs(output - target) < 1e-9)


def _ball(band: Band) -> arb:
    return arb(band.lower).union(arb(band.upper))


@PAPER.states(
    r"X = ((1, 0), (0, 1), (\tfrac12, \tfrac12)),\; Y = (0, 0, 1),\; d_1 = 2: \text{ a local minimum of risk }"
    r" \tfrac13 \text{ beside a global one of risk } 0",
    on=lambda: (*sorted(SMOOTH), "1:0", "1:1/100", "2:3"),
    item="Theorem 2",
)
def counterexample(name: str, seed: int) -> Verdict:
    """The data and risks of the theorem; for smooth activations the local minimum is one of ours, certified in ball
    arithmetic by a second derivative that is not zero. Slopes s+:s- otherwise.
    """
    if name in SMOOTH:
        smooth = smooth_spurious_minimum(name)
        second = smooth.second_derivative
        parts = {
            "risk 1/3": smooth.risk == Fraction(1, 3),
            "phi'' is not zero": second.lower > 0 or second.upper < 0,
            "the other network fits": all(_fits(smooth, point) for point in BUMP),
        }
        return checked(parts, name)
    up, _, down = name.partition(":")
    relu = ReluLike(Fraction(up), Fraction(down))
    X, Y, better = two_point_bump(relu)
    found = spurious_local_minimum(X, Y, relu)
    parts = {**found.check(), "risk 1/3": found.risk == Fraction(1, 3), "risk 0": better.risk(X, Y) == 0}
    return checked(parts, name)


@PAPER.states(
    LINEAR,
    CRITICAL,
    WIDE,
    on=lambda: points(FAMILY, mixed=3),
    item="Theorem 4",
)
def linear(point: Point, seed: int) -> Verdict:
    """For the square loss on any data: singular values may repeat or vanish, X may be deficient."""
    return global_iff(point, is_zero(point.problem.E))


@PAPER.states(
    LINEAR + r", \quad \ell_0(R) = \tfrac14 \sum (R - Y)_{ij}^4",
    CRITICAL,
    WIDE,
    on=lambda: points(CUBES, most=8, mixed=0),
    item="Corollary 5",
)
def linear_quartic(point: Point, seed: int) -> Verdict:
    """Exact points of lower and of higher loss near each, found along the fibre of R."""
    if is_least(point):
        return Verdict.holds(Grade.PROVED)
    parts = {"critical for the quartic loss": gradient_vanishes(point), "a saddle of it": has_lower_and_higher(point)}
    return checked(parts, point.label)
