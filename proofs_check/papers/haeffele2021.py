r"""B. Haeffele, C. You, R. Vidal: self-expressive deep subspace clustering is ill-posed; its optima are degenerate."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

from flint import fmpq_mat

from algebra.evidence.checker.clustering import NORMALISATIONS
from algebra.exact.numbers import to_fmpq
from proofs_check.claim import Verdict
from proofs_check.deciding.clustering import random_matrix, unit_points
from proofs_check.paper import Paper
from tensors.clustering.closed_forms import ridge_minimum
from tensors.clustering.degeneracy import objective
from tensors.clustering.model import SelfExpressiveModel
from tensors.clustering.optimum import degenerate_optimum
from tensors.clustering.solution import trained_solution
from tensors.clustering.sparse import lasso_minimum

PAPER = Paper(
    "haeffele2021",
    "B. Haeffele, C. You, R. Vidal, A Critique of Self-Expressive Deep Subspace Clustering, ICLR 2021",
    "2010.03697",
)
NOTE = "The statement is reconstructed with constants of our own; the paper has it for one form of each model."
Kind = tuple[str, str, str]  # normalisation, regulariser, diagonal

WEIGHTS = tuple(Fraction(*each) for each in ((1, 14), (1, 4), (1, 1), (3, 2), (5, 2), (7, 1)))


def _kinds() -> tuple[Kind, ...]:
    """All models whose least value is known."""
    every = product(NORMALISATIONS, ("l1", "square", "nuclear"), ("zero", "free"))
    return tuple(kind for kind in every if kind[0] != "whitened" or (kind[1] != "l1" and kind[2] == "free"))


def _model(kind: Kind, N: int, lam: Fraction, tau: Any = None) -> SelfExpressiveModel:
    names: Any = dict(zip(("normalisation", "regulariser", "diagonal"), kind, strict=True))
    return SelfExpressiveModel(N=N, lam=lam, tau=tau, **names)


def _value(Z: fmpq_mat, C: fmpq_mat, lam: Fraction, regulariser: str) -> Fraction:
    """Return F(Z, C), which is rational."""
    found = objective(trained_solution(Z, C, lam, regulariser, diagonal="free"))
    assert found is not None
    return found[0]


def _circles() -> tuple[tuple[tuple[Fraction, ...], Fraction], ...]:
    """Points of the circle, collapsed, in pairs and triples, and scattered; -1/t is opposite to t."""
    half, third = Fraction(1, 2), Fraction(1, 3)
    points = [
        (half, half, half),
        (half, -1 / half, half, half),
        (half, half, third, -1 / third),
        (half, half, half, third, third),
        (half, third, Fraction(2)),
        (half, half, third),
        (half, third, Fraction(1), Fraction(-1, 4)),
        (half, half + Fraction(1, 10**6)),
    ]
    return tuple((each, lam) for each in points for lam in (Fraction(1, 14), half, Fraction(9, 10), Fraction(1)))


@PAPER.states(
    r"F_\lambda(\mu Z, C) = \mu^2 F_{\lambda/\mu^2}(Z, C)",
    on=lambda: tuple(range(6)),
)
def scaling(seed_of_point: int, seed: int) -> Verdict:
    """For l1 and the square; the nuclear norm is a number like theirs."""
    # Compare F_lam(mu Z, C) with mu^2 F_(lam / mu^2)(Z, C).
    random = Random(f"scaling {seed_of_point}")
    Z, C = random_matrix(2, 4, random), random_matrix(4, 4, random, zero_diagonal=True)
    for mu, lam, regulariser in product((Fraction(1, 8), Fraction(3)), WEIGHTS, ("l1", "square")):
        left = _value(Z * to_fmpq(mu), C, lam, regulariser)
        right = mu**2 * _value(Z, C, lam / mu**2, regulariser)
        if left != right:
            return Verdict.decided(False, f"mu = {mu}, lam = {lam}, {regulariser}: {left} != {right}")
    return Verdict.decided(True, "")


def _relu(matrix: fmpq_mat) -> fmpq_mat:
    return fmpq_mat(matrix.nrows(), matrix.ncols(), [max(entry, 0) for entry in matrix.entries()])


@PAPER.states(
    r"\text{Layers scaled by } \mu \text{ and } 1/\mu \text{ keep the reconstruction, and } F(\mu Z, 0) \to 0",
    on=lambda: tuple(range(6)),
)
def autoencoder(seed_of_point: int, seed: int) -> Verdict:
    """With rational weights and ReLU, exactly."""
    # Scale the last encoder layer by mu and the first decoder layer by 1/mu, and look at reconstruction and value.
    #
    # Encoder: W2 relu(W1 x + b); decoder: V2 relu(V1 z).
    random = Random(f"autoencoder {seed_of_point}")
    X, W1, W2 = random_matrix(3, 5, random), random_matrix(4, 3, random), random_matrix(2, 4, random)
    V1, V2, b = random_matrix(4, 2, random), random_matrix(3, 4, random), random_matrix(4, 1, random)
    C, lam = random_matrix(5, 5, random, zero_diagonal=True), Fraction(1, 3)
    hidden = _relu(W1 * X + b * fmpq_mat(1, 5, [1] * 5))
    before = V2 * _relu(V1 * (W2 * hidden))
    value = _value(W2 * hidden, C, lam, "l1")
    for k in (1, 4, 20):
        mu = to_fmpq(Fraction(1, 2**k))
        Z = (W2 * mu) * hidden
        after = V2 * _relu((V1 / mu) * Z)
        scaled = _value(Z, fmpq_mat(5, 5), lam, "l1")
        if after != before or (k == 20 and not scaled < value):
            return Verdict.decided(False, f"mu = 2^-{k}: reconstruction or value {scaled}, {value}")
    return Verdict.decided(True, "")


def _models(kind: Kind) -> list[SelfExpressiveModel]:
    sizes = [(N, tau) for N in (2, 3, 4, 7) for tau in (Fraction(1), Fraction(5, 2))]
    return [_model(kind, N, lam, tau) for N, tau in sizes for lam in WEIGHTS]


@PAPER.states(
    r"\min_{Z, C} F = \text{the value of a degenerate point, proved from both sides}",
    on=_kinds,
    remark=NOTE,
)
def optima(kind: Kind, seed: int) -> Verdict:
    # Have both sides of every optimum checked by the independent checker.
    for model in _models(kind):
        report = degenerate_optimum(model).certificate().check()
        if not report.valid:
            return Verdict.decided(False, f"{model.label}: {'; '.join(report.reasons)}")
    return Verdict.decided(True, "")


@PAPER.states(
    r"F(Z, C) \ge \min F \text{ at random points}",
    on=lambda: tuple(kind for kind in _kinds() if kind[0] in ("frobenius", "instance")),
)
def nothing_below(kind: Kind, seed: int) -> Verdict:
    """A search that would find a mistake of a bound; the bound itself is proved by `optima`."""
    # Compare the value at random embeddings and coefficients with the least value.
    normalisation, regulariser, diagonal = kind
    random = Random(f"points {kind}")
    for _ in range(40):
        N = random.randint(2, 5)
        Z, lam = random_matrix(2, N, random), random.choice(WEIGHTS)
        if normalisation == "instance":
            Z = unit_points([Fraction(random.randint(-3, 3), random.randint(1, 2)) for _ in range(N)])
        C = random_matrix(N, N, random, zero_diagonal=diagonal == "zero")
        C = C * to_fmpq(Fraction(1, random.randint(1, 4 * N)))
        if not Z:
            continue
        solution = trained_solution(Z, C, lam, regulariser, normalisation, diagonal=diagonal)
        value, least = objective(solution), degenerate_optimum(solution.model).value
        if value is None or value[1] < least:
            return Verdict.decided(False, f"{solution.model.label}: {value} is below {least}")
    return Verdict.decided(True, "")


@PAPER.states(
    r"\|Z\|_F^2 = \tau,\ \theta = \ell_1: \ C = 0 \text{ is optimal } \iff 2\lambda \ge \tau",
    on=lambda: (*WEIGHTS, Fraction(7, 10), Fraction(999, 1000)),
    remark=NOTE,
)
def two_points(lam: Fraction, seed: int) -> Verdict:
    # Descent's trap: C = 0 costs tau / 2, two points less, iff 2 lam < tau.
    tau = Fraction(2)
    found = degenerate_optimum(SelfExpressiveModel("frobenius", "l1", 5, lam, tau))
    expected = 2 * lam - 2 * lam**2 / tau if 2 * lam <= tau else tau / 2
    is_zero = found.kind == "no-expression"
    return Verdict.decided(found.value == expected and is_zero == (2 * lam >= tau), f"{found.value}, {found.kind}")


@PAPER.states(
    r"\|z_j\| = 1,\ \ell_1,\ \lambda < 1: \ Z \text{ is optimal } \iff \text{every point has a twin } \pm z_j",
    on=_circles,
    remark=NOTE,
)
def twins(given: tuple[tuple[Fraction, ...], Fraction], seed: int) -> Verdict:
    # Compare the least value for one embedding with that of all; they are equal iff every point has a twin.
    parameters, lam = given
    Z = unit_points(list(parameters))
    found = lasso_minimum(Z, lam)
    if found is None:
        return Verdict.inconclusive("floats do not find the support of the lasso")
    least = degenerate_optimum(SelfExpressiveModel("instance", "l1", len(parameters), lam)).value
    inner = (Z.transpose() * Z).table()
    places = range(len(parameters))
    paired = all(any(i != j and abs(inner[i][j]) == 1 for j in places) for i in places)
    return Verdict.decided((found[0] == least) == (paired or lam >= 1), f"{found[0]} against {least}, twins: {paired}")


@PAPER.states(
    r"\|z_j\| = 1,\ \tfrac12 \|C\|_F^2: \ Z \text{ is optimal } \iff \text{all points are equal up to sign}",
    on=_circles,
    remark=NOTE,
)
def collapse(given: tuple[tuple[Fraction, ...], Fraction], seed: int) -> Verdict:
    # Compare the least value for one embedding with that of all; they are equal iff all points are, up to sign.
    parameters, lam = given
    Z = unit_points(list(parameters))
    inner = (Z.transpose() * Z).entries()
    collapsed = all(abs(entry) == 1 for entry in inner)
    for diagonal in ("zero", "free"):
        least = degenerate_optimum(_model(("instance", "square", diagonal), len(parameters), lam)).value
        found = ridge_minimum(Z, lam, diagonal == "free")
        if (found == least) != collapsed:
            return Verdict.decided(False, f"{diagonal}: {found} against {least}, collapsed: {collapsed}")
    return Verdict.decided(True, "")


@PAPER.states(
    r"\theta \ne \ell_1,\ \tau = N: \ \text{points of norm } 1 \text{ have the optimum of } \|Z\|_F^2 = \tau",
    on=lambda: (2, 3, 5, 8),
)
def same_for_both(N: int, seed: int) -> Verdict:
    """The collapse satisfies both normalisations."""
    # Compare the normalisations where both norms of the embedding agree.
    for regulariser, diagonal, lam in product(("square", "nuclear"), ("zero", "free"), WEIGHTS):
        one = degenerate_optimum(_model(("frobenius", regulariser, diagonal), N, lam, N)).value
        other = degenerate_optimum(_model(("instance", regulariser, diagonal), N, lam)).value
        if one != other:
            return Verdict.decided(False, f"{regulariser}, {diagonal}, lam = {lam}: {one} != {other}")
    return Verdict.decided(True, "")
