"""Degenerate optima: the notes' reference table, formulas written out, searches, and certificates that are forged."""

import subprocess
import sys
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import algebra.evidence.checker
from algebra.errors import InputError
from algebra.evidence.checker.clustering import scalar
from tensors.clustering import SelfExpressiveModel, degeneracy_report, degenerate_optimum, trained_solution
from tensors.clustering.optimum import KINDS, _for_the_checker
from tests.clustering.oracle import best_of_embedding, descended, least_value
from tests.properties import examples
from tests.tampering import check_forged, put

KINDS_OF_MODELS = list(product(("frobenius", "instance"), ("l1", "square", "nuclear"), ("zero", "free")))

# subspace_clustering, section 5: N, tau, lam, and the four optima with a zero diagonal
REFERENCE = [
    (3, "1", "1/4", "3/22", "3/8", "1/6", "21/32"),
    (4, "2", "1/2", "1/4", "3/4", "2/7", "3/2"),
    (5, "3", "1/3", "15/82", "16/27", "5/26", "25/18"),
    (7, "7", "2/5", "7/32", "132/175", "7/32", "56/25"),
]


def optimum(normalisation, regulariser, diagonal, N, tau, lam, d=2):
    return degenerate_optimum(SelfExpressiveModel(normalisation, regulariser, N, lam, tau, diagonal, d))


@pytest.mark.parametrize(("N", "tau", "lam", "square", "l1", "square_instance", "l1_instance"), REFERENCE)
def test_the_reference_table(N, tau, lam, square, l1, square_instance, l1_instance):
    assert optimum("frobenius", "square", "zero", N, tau, lam).value == Fraction(square)
    assert optimum("frobenius", "l1", "zero", N, tau, lam).value == Fraction(l1)
    assert optimum("instance", "square", "zero", N, None, lam).value == Fraction(square_instance)
    assert optimum("instance", "l1", "zero", N, None, lam).value == Fraction(l1_instance)


positive = st.builds(Fraction, st.integers(1, 60), st.integers(1, 20))


@examples(60)
@given(st.sampled_from(KINDS_OF_MODELS), st.integers(1, 9), positive, positive, st.integers(1, 3))
def test_formulas_and_certificates(kind, N, tau, lam, d):
    found = optimum(*kind, N, tau, lam, d)
    assert found.value == least_value(*kind, N, tau, lam)
    report = found.certificate().check()
    assert report.valid, report.reasons
    assert found.kind in KINDS


@pytest.mark.parametrize("kind", KINDS_OF_MODELS)
@pytest.mark.parametrize("N", [1, 2, 3])
def test_around_the_threshold(kind, N):
    """At the threshold and from it on C = 0 is optimal, and only that; just below it is not."""
    tau = Fraction(7, 3)
    threshold = optimum(*kind, N, tau, 1).threshold
    if threshold is None:
        assert kind[1] == "square"
        assert optimum(*kind, N, tau, 10**30).kind != "no-expression"
        return
    for lam in (threshold, threshold + Fraction(1, 10**9), 10**30):
        if lam:
            found = optimum(*kind, N, tau, lam)
            assert (found.kind, found.is_only) == ("no-expression", True)
            assert found.value == (Fraction(N) if kind[0] == "instance" else tau) / 2
    if threshold:
        below = optimum(*kind, N, tau, threshold - Fraction(1, 10**9))
        assert below.kind != "no-expression"
        assert below.value < optimum(*kind, N, tau, threshold).value
        assert below.certificate().check().valid


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("regulariser", ["square", "nuclear"])
def test_whitened_embeddings_are_sums(regulariser, d):
    for tau, lam in product((Fraction(1), Fraction(5)), (Fraction(1, 7), Fraction(2), Fraction(9))):
        found = optimum("whitened", regulariser, "free", 4, tau, lam, d)
        assert found.value == d * optimum("frobenius", regulariser, "free", 4, tau / d, lam).value
        assert found.certificate().check().valid


@pytest.mark.parametrize("kind", [("l1", "zero"), ("l1", "free"), ("square", "zero"), ("nuclear", "zero")])
def test_whitened_models_that_nobody_has_solved_are_refused(kind):
    with pytest.raises(InputError, match="normalisation is 'whitened'"):
        optimum("whitened", *kind, 4, 1, 1)


SEARCHED = [
    ("frobenius", "square", "zero", 4),
    ("frobenius", "square", "free", 3),
    ("instance", "square", "zero", 4),
    ("instance", "square", "free", 3),
    ("frobenius", "nuclear", "free", 3),
    ("instance", "nuclear", "free", 4),
]


@pytest.mark.parametrize("kind", SEARCHED, ids=lambda kind: "-".join(map(str, kind)))
def test_descent_finds_nothing_below(kind, rng):
    """Descent over embeddings, with the best coefficients for each, knows nothing of the theorems."""
    normalisation, regulariser, diagonal, N = kind
    lam = Fraction(1, 3)
    found = descended(normalisation, regulariser, diagonal == "free", N, 2.0, float(lam), rng)
    least = float(optimum(normalisation, regulariser, diagonal, N, 2, lam).value)
    assert found >= least - 1e-9
    assert found <= least + 1e-5


def test_no_triple_of_directions_is_better_than_twins():
    """Over a grid of angles the lasso of three points of the circle is least where every point has a twin."""
    lam, angles = 1 / 3, np.linspace(0, np.pi, 13)[:-1]
    least = float(optimum("instance", "l1", "zero", 3, None, Fraction(1, 3)).value)
    for a, b in product(angles, repeat=2):
        Z = np.array([[1, np.cos(a), np.cos(b)], [0, np.sin(a), np.sin(b)]])
        found = best_of_embedding(Z, lam, "l1", False)
        assert found >= least - 1e-9
        assert (found <= least + 1e-9) == (a == b == 0)


@pytest.mark.parametrize("lam", ["1/9", "1/2", "9/10", "1", "3"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS_OF_MODELS if kind[0] == "instance"], ids="-".join)
def test_the_point_has_the_value_by_the_report(kind, lam):
    """The degeneracy report, which shares no line with the checker, finds the gap 0 of the point."""
    _, regulariser, diagonal = kind
    point = optimum(*kind, 5, None, lam).point()
    found = degeneracy_report(trained_solution(point.Z, point.C, lam, regulariser, "instance", diagonal=diagonal))
    assert found.is_feasible
    assert found.gap == (0, 0)
    assert found.is_optimal
    assert found.is_degenerate
    assert found.is_optimal_for_embedding in ((None,) if regulariser == "nuclear" and diagonal == "zero" else (True,))


def test_the_key_lemma_has_the_largest_ratio(rng):
    """beta bounds v C v / |C| at random, and is attained at the listed points."""
    for regulariser, diagonal in product(("l1", "square", "nuclear"), ("zero", "free")):
        N = 4
        model = SelfExpressiveModel("frobenius", regulariser, N, 1, 1, diagonal)
        beta = np.sqrt(float(scalar(_for_the_checker(model)).beta_squared))
        ratios = []
        for _ in range(300):
            C, v = rng.normal(size=(N, N)), rng.normal(size=N)
            if diagonal == "zero":
                np.fill_diagonal(C, 0)
            norms = {"l1": np.abs(C).sum(), "square": np.linalg.norm(C), "nuclear": np.linalg.norm(C, "nuc")}
            ratios.append(v @ C @ v / (v @ v) / norms[regulariser])
        assert max(ratios) <= beta + 1e-12


# ---- certificates

# the coefficients of "nuclear", which are not semidefinite
TRIANGLE = [["0" if i == j else "7/18" for j in range(3)] for i in range(3)]


def slanted_parts(body):
    """Move a share of one entry from P to M: what is not symmetric is not semidefinite, though C is P - M."""
    for part in ("P", "M"):
        above = Fraction(body["upper"]["parts"][part][0][1]) + 1
        body["upper"]["parts"][part][0][1] = str(above)


CASES = {
    "two points": ("frobenius", "l1", "zero", 4, "2", "1/3"),
    "collapse": ("instance", "square", "zero", 3, None, "1/3"),
    "nuclear": ("instance", "nuclear", "zero", 3, None, "1/3"),
    "pairs": ("instance", "l1", "zero", 5, None, "1/3"),
    "whitened": ("whitened", "square", "free", 4, "2", "1/3"),
    "rows": ("rows", "nuclear", "free", 4, "2", "1/3"),
    "none": ("none", "l1", "zero", 2, None, "1/3"),
    "no expression": ("frobenius", "l1", "zero", 4, "2", "3"),
}


@pytest.mark.parametrize("name", list(CASES))
def test_certificates_state_what_they_prove(name):
    found = optimum(*CASES[name])
    certificate = found.certificate()
    assert certificate.check().statement == f"the least value of {found.model.label} is {found.value}"
    assert f"of {found.model.label} = {found.value}," in repr(certificate)


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("two points", put("claim", "upper", "1/2"), "do not meet"),
        ("two points", lambda body: body["claim"].update(lower="2/3", upper="2/3"), "above what the multiplier proves"),
        ("two points", lambda body: body["claim"].update(lower="1/2", upper="1/2"), "above the claim's upper bound"),
        ("two points", put("claim", "label", "other"), "label"),
        ("two points", put("claim", "model", "lam", "1/4"), "label"),
        ("two points", put("claim", "model", "lam", "2/6"), "lowest terms"),
        ("two points", put("claim", "model", "tau", None), "tau does not fit"),
        ("two points", put("claim", "model", "tau", "-2"), "not positive"),
        ("two points", put("claim", "model", "normalisation", "whitened"), "no bound is known"),
        ("two points", put("claim", "model", "normalisation", "else"), "normalisation is unknown"),
        ("two points", put("claim", "model", "N", 0), "N is not an integer"),
        ("two points", put("lower", "multiplier", "1/2"), "too large for lam"),
        ("two points", put("lower", "multiplier", "1/4"), "above what the multiplier proves"),
        ("two points", put("lower", "multiplier", "-1/3"), "between 0 and 1"),
        ("two points", put("lower", "rule", "else"), "rule is unknown"),
        ("two points", put("lower", "more", 1), "unknown fields"),
        ("two points", put("upper", "squared_scale", "1/2"), "squared norm of Z is not tau"),
        ("two points", put("upper", "squared_scale", "-1"), "negative"),
        ("two points", put("upper", "C", 0, 1, "0"), "above the claim's upper bound"),
        ("two points", put("upper", "C", 0, 0, "1"), "diagonal of C is not zero"),
        ("two points", put("upper", "C", [["0"]]), "rows"),
        ("two points", put("upper", "Z", 0, ["1"]), "columns"),
        ("two points", put("upper", "parts", {"P": [], "M": []}), "nuclear norm"),
        ("collapse", put("upper", "Z", 0, 1, "1/2"), "norm 1"),
        ("collapse", put("lower", "multiplier", "1"), "above what the multiplier proves"),
        ("nuclear", put("upper", "parts", None), "not an object"),
        ("nuclear", put("upper", "parts", "P", 0, 0, "5"), "C is not P - M"),
        ("nuclear", put("upper", "parts", {"P": TRIANGLE, "M": [["0"] * 3] * 3}), "semidefinite"),
        ("nuclear", slanted_parts, "semidefinite"),
        ("pairs", put("upper", "C", 0, 1, "1/3"), "above the claim's upper bound"),
        ("whitened", put("upper", "Z", 1, ["1", "0", "0", "0"]), "orthogonal"),
        ("whitened", put("upper", "Z", 1, ["0", "2", "0", "0"]), "tau/d"),
        ("rows", put("upper", "Z", 1, ["0", "0", "0", "0"]), "tau/d"),
        ("none", lambda body: body["claim"].update(lower="1", upper="1"), "above what the multiplier proves"),
        ("none", lambda body: body["claim"].update(lower="-1", upper="-1"), "above the claim's upper bound"),
    ],
)
def test_forgeries_are_refused(name, change, reason):
    report = check_forged(optimum(*CASES[name]).certificate(), change)
    assert not report.valid
    assert any(part in "; ".join(report.reasons) for part in reason.split("|")), report.reasons


def test_the_checker_alone_accepts_it(tmp_path):
    path = tmp_path / "certificate.json"
    optimum(*CASES["nuclear"]).certificate().write(path)
    folder = Path(algebra.evidence.checker.__file__).parent
    done = subprocess.run([sys.executable, "-I", folder, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("valid: the least value of clustering:instance:nuclear:zero:N3:lam1/3 is ")


def test_many_points_have_a_value_but_no_certificate():
    found = optimum("frobenius", "square", "zero", 10**30, "1", "1")
    assert found.value == Fraction(10**30, 2 * (2 * 10**30 - 1))
    with pytest.raises(InputError, match="N is 1000000000000000000000000000000, but it must be at most 100"):
        found.certificate()
    with pytest.raises(InputError, match="d is 101"):
        optimum("frobenius", "square", "zero", 100, "1", "1", 101).point()


def test_numbers_that_no_certificate_holds_are_refused():
    with pytest.raises(InputError, match="--certificate"):
        optimum("frobenius", "square", "zero", 3, "1", Fraction(1, 10**600)).certificate()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"normalisation": "frobenus"}, "normalisation is 'frobenus'.*did you mean frobenius"),
        ({"regulariser": "L1"}, "regulariser"),
        ({"diagonal": None}, "diagonal"),
        ({"N": 0}, "N is 0"),
        ({"N": True}, "N is True"),
        ({"lam": 0}, "lam is 0, but it must be a positive number"),
        ({"lam": "-1/2"}, "lam"),
        ({"lam": 0.5}, "lam is 0.5, but it must be exact"),
        ({"tau": None}, "tau is missing; it must be given with the normalisation frobenius"),
        ({"tau": 0}, "tau is 0"),
        ({"normalisation": "whitened", "d": 4}, "d is 4, but it must be at most N = 3"),
    ],
)
def test_bad_models_are_refused(changes, message):
    good = {"normalisation": "frobenius", "regulariser": "l1", "N": 3, "lam": 1, "tau": 1}
    with pytest.raises(InputError, match=message):
        SelfExpressiveModel(**{**good, **changes})


def test_tau_has_no_meaning_for_points_of_norm_one():
    assert SelfExpressiveModel("instance", "l1", 3, 1, "7").tau is None
    assert SelfExpressiveModel("instance", "l1", 3, 1, "7") == SelfExpressiveModel("instance", "l1", 3, 1)
