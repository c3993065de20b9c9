"""Claims about critical points: outcomes, second opinions that can fail, and instances that are what they say."""

import subprocess
import sys
from fractions import Fraction

import sympy

from algebra.critical_points import Problem, classify
from algebra.critical_points import Verdict as Class
from algebra.critical_points.theorem_check import TheoremCheck
from proofs_check.claim import Outcome
from proofs_check.deciding.assumptions import is_global, top_directions
from proofs_check.deciding.balanced import Balanced
from proofs_check.deciding.convex_losses import CUBES, cube_roots, gradient_vanishes, quartic
from proofs_check.deciding.critical_points import BOTTLENECK, FAMILY, FILLING, Data, Point, points
from proofs_check.deciding.function_space import Net, nets, theorem_applies, verified_bounds
from proofs_check.deciding.saddles import checked, higher_nearby, lower_nearby
from proofs_check.papers import select
from proofs_check.papers.laurent2018 import Weighted
from proofs_check.papers.trager2020 import critical_count, sign_vectors
from proofs_check.papers.yun2018 import residual_net
from proofs_check.papers.yun2019 import Fit, fits
from proofs_check.verify import run


def test_every_verdict_and_every_kind_of_data_occurs():
    chosen = points()
    assert {point.found.verdict for point in chosen} == {
        Class.GLOBAL_MIN,
        Class.STRICT_SADDLE,
        Class.NONSTRICT_SADDLE,
    }
    facts = [point.facts.data() for point in chosen]
    for name in ("X X^T invertible", "Y X^T of full rank", "distinct singular values"):
        assert {fact[name] for fact in facts} == {True, False}, name
    assert any(point.data.widths[-1] > point.data.widths[0] for point in chosen)
    assert any(point.kind == "mixed" for point in chosen)
    assert all(point.problem.is_critical for point in chosen)
    assert not all(point.problem.is_critical for point in points(FILLING, bent=4))


def test_data_have_the_singular_values_that_they_name():
    for data in FAMILY:
        if data.kind == "golden":
            continue
        squares = sorted((Fraction(value) ** 2 for value in data.values if value), reverse=True)
        assert [eigenvalue.rational for eigenvalue in data.structure.spectrum] == squares
        assert data.structure.data_rank == data.widths[0] - data.deficient


def test_golden_data_are_irrational():
    (data,) = (data for data in BOTTLENECK if data.kind == "golden")
    assert [eigenvalue.rational for eigenvalue in data.structure.spectrum] == [None, 1, None]
    assert top_directions(data.structure, 2) is None
    assert top_directions(data.structure, 3).nrows() == 3


def test_turned_points_leave_the_basis():
    (point,) = (p for p in points((Data((2, 1, 2), (1, 1), "plain"),), mixed=0) if p.kind == "turned" and p.number == 1)
    assert [[str(entry) for entry in row] for row in point.problem.W[0].table()] == [["3/5", "4/5"]]
    assert is_global(point.problem)


def test_the_counterexample_of_the_filling_theorem():
    (claim,) = select(["yun2018.filling-singular"])
    found = run(claim).counterexamples[0]
    assert "loss 0, least loss 0, r = 1, k = 2" in found.reason
    assert "W_1 = [[2, 0], [0, 0]]" in found.reason
    (theorem,) = select(["yun2018.filling"])
    point = Point(Data((2, 2, 2), (2, 0), "plain"), "class", 4)
    assert theorem.check(point).outcome is Outcome.NOT_APPLICABLE
    assert theorem.check(point).reason == "Y X^T of full rank"


def test_a_wrong_test_of_optimality_is_seen(monkeypatch):
    from proofs_check.papers import yun2018

    monkeypatch.setattr(yun2018, "_rank_is_k", lambda point: True)
    (claim,) = select(["yun2018.filling"])
    assert run(claim).outcome == "violated"


def test_a_wrong_classification_is_seen(monkeypatch):
    strict = Point(Data((2, 2, 2), (2, 1), "plain"), "class", 0)
    (claim,) = select(["deep_linear.classification"])
    assert claim.check(strict).outcome is Outcome.HOLDS
    found = strict.found
    object.__setattr__(found, "verdict", Class.NONSTRICT_SADDLE)
    try:
        assert "a negative eigenvalue iff strict" in claim.check(strict).reason
    finally:
        object.__setattr__(found, "verdict", Class.STRICT_SADDLE)


def test_a_wrong_inertia_is_seen(monkeypatch):
    from algebra.critical_points import Inertia
    from proofs_check.papers import deep_linear

    monkeypatch.setattr(deep_linear, "conjectural_inertia", lambda problem: Inertia(0, problem.parameters, 0))
    (claim,) = select(["deep_linear.inertia"])
    row = run(claim)
    assert row.violated > 100
    assert not row.expected


def test_a_wrong_theorem_7_is_seen(monkeypatch):
    from proofs_check.papers import achour2024

    always = TheoremCheck("Achour", "", {}, {}, "strict_saddle", Class.STRICT_SADDLE)
    monkeypatch.setattr(achour2024, "theorem7", lambda point: always)
    (claim,) = select(["achour2024.second-order"])
    assert run(claim).violated > 10


def test_points_nearby():
    zero, one = [[0]], [[1]]
    saddle = classify(Problem([[1]], [[1]], [zero, zero, zero]))
    least = classify(Problem([[1]], [[1]], [one, one, one]))
    assert lower_nearby(saddle)
    assert higher_nearby(saddle.problem)
    assert not lower_nearby(least)
    assert higher_nearby(least.problem)
    assert not higher_nearby(Problem([[0]], [[1]], [one, one]))  # the loss is constant
    assert checked({"a": True}).outcome is Outcome.HOLDS
    assert checked({"a": False}, "x").reason == "x: not (a)"


def test_the_quartic_loss_is_critical_by_its_own_derivatives():
    point = next(p for p in points(CUBES[:1], mixed=0) if p.problem.r == 1)
    target = (point.problem.R - cube_roots(point.problem.E)).table()
    first, second = symbols = [sympy.Matrix(2, 2, sympy.symbols(f"{name}:4")) for name in "ab"]
    residual = second * first - sympy.Matrix(2, 2, lambda i, j: sympy.Rational(str(target[i][j])))
    loss = sum(entry**4 for entry in residual) / 4
    values = {
        symbol: sympy.Rational(str(value))
        for block, W in zip(symbols, point.problem.W, strict=True)
        for symbol, value in zip(block, W.entries(), strict=True)
    }
    assert all(loss.diff(symbol).subs(values) == 0 for symbol in values)
    assert gradient_vanishes(point)
    assert loss.subs(values) > 0
    assert quartic(point.problem.E - point.problem.E) == 0


def test_the_weighted_loss_against_sympy():
    a, b, c, d = sympy.symbols("a b c d")
    for weight, kept in ((1, 0), (3, 0), (3, 1), (10, 0)):
        instance = Weighted(weight, kept)
        R = sympy.Matrix([c, d]) * sympy.Matrix([[a, b]])
        target, weights = sympy.diag(1, 2), sympy.Matrix([[1, weight], [weight, 1]])
        loss = sum(weights[i, j] * (R[i, j] - target[i, j]) ** 2 for i in range(2) for j in range(2)) / 2
        at = dict(zip((a, b, c, d), (1, 0, 1, 0) if kept == 0 else (0, 1, 0, 2), strict=True))
        assert loss.subs(at) == instance.loss
        eigenvalues = sympy.hessian(loss, (a, b, c, d)).subs(at).eigenvals(multiple=True)
        signs = [sympy.sign(sympy.re(value.evalf(30))) if value != 0 else 0 for value in eigenvalues]
        assert (signs.count(-1), signs.count(0), signs.count(1)) == tuple(instance.hessian_inertia.fields().values())
    assert [Weighted(w, 0).hessian_inertia.neg for w in (1, 2, 3)] == [1, 0, 0]


def test_counts_of_critical_points():
    assert [critical_count(n, weighted=True, seed=3) for n in (2, 3, 4)] == [6, 10, 14]
    assert [critical_count(n, weighted=False, seed=3) for n in (2, 3, 4)] == [2, 2, 2]


def test_signs_on_a_fibre():
    assert len(sign_vectors((2, 1, 1, 2), 5)) == 4
    assert sign_vectors((2, 3, 2), 5) == {()}


def test_balanced_points():
    problem = Balanced(3, (3, 2, 1), (0, 2)).problem
    first, second, third = problem.W
    assert second.transpose() * second == first * first.transpose()
    assert third.transpose() * third == second * second.transpose()
    assert (problem.is_critical, problem.r, classify(problem).verdict) == (True, 2, Class.STRICT_SADDLE)


def test_a_bound_that_is_too_large_is_seen(monkeypatch):
    from dataclasses import replace

    from proofs_check.deciding import function_space

    net = Net((3, 3, 2), "x+tanh", False, 0)
    assert theorem_applies(net, "4.1")
    assert verified_bounds(net, "4.1", 0).outcome is Outcome.HOLDS
    honest = function_space.check_of(net, "4.1")
    monkeypatch.setattr(
        function_space, "check_of", lambda net, theorem: replace(honest, squared_bounds={"g": Fraction(10**6)})
    )
    assert verified_bounds(net, "4.1", 0).outcome is Outcome.VIOLATED
    assert all(theorem_applies(net, "4.2") for net in nets("4.2"))


def test_residual_nets_fit_or_not():
    (claim,) = select(["yun2018.residual"])
    kinds = {residual_net(instance).is_critical for instance in claim.instances()}
    assert kinds == {True, False}


def test_hypotheses_of_the_spurious_minima():
    (claim,) = select(["yun2019.spurious-minima"])
    assert run(claim).not_applicable_because == {"distinct inputs": 1, "no affine map fits the data": 1}
    wide = Fit(2, 6, 4, Fraction(1), Fraction(0), "random", 11)
    assert claim.check(wide).outcome is Outcome.HOLDS
    assert len({fit.minimum().better_by for fit in fits()[:-2]}) >= 1


def test_importing_the_registry_imports_no_paper():
    code = "import sys, proofs_check.papers as p; p.papers(); sys.exit('algebra.critical_points' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
