"""Certificates of norms and of learned kernels: what is written is checked, what is forged is refused."""

import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from algebra.evidence import check, checker
from algebra.evidence.checker.labels import conjunction_label
from algebra.kernels import conjunction_norm, inertia_certificate, learn
from tests.tampering import check_forged, put

ASKED = [
    ("hypercube", 9, 3, None, "exact", None),
    ("slice", 9, 3, 5, "exact", None),
    ("slice", 7, 2, 7, "exact", None),
    ("cube01", 9, 3, None, "exact", None),
    ("hypercube", 9, 3, None, "margin", None),
    ("slice", 9, 4, 6, "margin", None),
    ("cube01", 6, 2, None, "margin", None),
    ("hypercube", 9, 3, None, "approximate", "1/3"),
    ("slice", 8, 8, 8, "approximate", "1/7"),
    ("cube01", 6, 2, None, "approximate", "1/3"),
    ("cube01", 5, 5, None, "approximate", "0"),
    ("hypercube", 1, 1, None, "margin", None),
]
EXACT, MARGIN = ASKED[0], ASKED[4]
WHOLE = ASKED[6]
POINTS = [[1, 1, 1, 1], [1, 1, -1, 1], [1, -1, 1, 1], [-1, 1, 1, -1], [-1, -1, -1, 1], [1, 1, -1, -1]]
LABELS = [1, 1, -1, -1, -1, 1]


def norm(asked):
    return conjunction_norm(*asked).certificate()


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: "-".join(map(str, asked)))
def test_norms_are_checked(asked):
    certificate = norm(asked)
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.label in report.statement
    assert json.loads(certificate.to_json()) == certificate.document


def nearer(end, share):
    """Claim more than is proved, by a share of the number; the other end is given up."""

    def change(body):
        claim, other, far = body["claim"], *(("upper", 10) if end == "lower" else ("lower", Fraction(1, 10)))
        claim[end] = str(Fraction(claim[end]) * (1 + Fraction(share)))
        claim[other] = str(Fraction(claim[other]) * far)

    return change


def relabelled(**changes):
    """Claim the same of something else, under its label."""

    def change(body):
        claim = body["claim"]
        claim.update(changes)
        epsilon = None if claim["epsilon"] is None else Fraction(claim["epsilon"])
        told = (claim[key] for key in ("domain", "n", "p", "k", "mode"))
        claim["label"] = conjunction_label(*told, epsilon)

    return change


def scaled(*path, by):
    """Multiply a rational number in the document."""

    def change(body):
        *above, last = path
        for key in above:
            body = body[key]
        body[last] = str(Fraction(body[last]) * Fraction(by))

    return change


@pytest.mark.parametrize(
    ("asked", "change", "reason"),
    [
        (EXACT, nearer("lower", "1/1000000000000"), "lower bound is not what"),
        (EXACT, nearer("upper", "-1/1000000000000"), "upper bound is not what"),
        (EXACT, put("claim", "n", 10), "label does not fit"),
        (EXACT, relabelled(n=10), "upper bound is not what"),
        (EXACT, relabelled(k=2), "lower bound is not what"),
        (EXACT, relabelled(mode="margin"), "lower lacks multipliers"),
        (EXACT, put("lower", "weights", ["2"]), "no probabilities"),
        (EXACT, put("lower", "weights", ["1", "0"]), "not one weight for each orbit"),
        (EXACT, put("lower", "rule", "trust"), "rule is unknown"),
        (EXACT, put("claim", "lower", "1e3"), "not a string"),
        (EXACT, put("claim", "upper", "1"), "exceeds its upper bound"),
        (EXACT, put("claim", "domain", "ball"), "domain is none of"),
        (EXACT, put("claim", "extra", 1), "unknown fields"),
        (MARGIN, scaled("lower", "multipliers", 0, 3, by="1000001/1000000"), "not feasible"),
        (MARGIN, put("lower", "multipliers", 0, 3, "0"), "not feasible"),
        (MARGIN, put("lower", "multipliers", 0, 0, "1"), "a limit that is not there"),
        (MARGIN, put("lower", "multipliers", 0, ["1"]), "do not fit the numbers of true literals"),
        (MARGIN, put("upper", "values", 0, 3, "99/100"), "beyond its limit"),
        (MARGIN, put("upper", "values", 0, 0, "-2"), "upper bound is not what"),
        (MARGIN, relabelled(n=12), "."),
        (WHOLE, nearer("lower", "1/100000000"), "lower bound is not what"),
        (WHOLE, nearer("upper", "-1/100000000"), "upper bound is not what"),
        (WHOLE, put("upper", "weights", ["0"] * 6 + ["1"]), "slope is infinite|not what the claim says"),
        (WHOLE, put("lower", "weights", ["0"] * 6 + ["1"]), "weight 0 has multipliers"),
        (WHOLE, scaled("upper", "values", 3, 0, by=2), "upper bound is not what"),
        (WHOLE, relabelled(mode="approximate", epsilon="1/3"), "."),
    ],
)
def test_forged_norms_are_refused(asked, change, reason):
    report = check_forged(norm(asked), change)
    assert not report.valid
    assert any(re.search(reason, each) for each in report.reasons), report.reasons


@pytest.mark.parametrize("given", [{"ridge": "1/10"}, {"cost": 2}])
def test_learned_kernels_are_checked(given):
    report = learn(POINTS, LABELS, **given).certificate().check()
    assert report.valid, report.reasons
    points = [[int(x > 0) for x in point] + [int(x < 0) for x in point] for point in POINTS]  # all of one weight
    report = learn(points, LABELS, **given, domain="slice").certificate().check()
    assert report.valid, report.reasons


@pytest.mark.parametrize(
    ("given", "change", "reason"),
    [
        ({"ridge": 1}, nearer("lower", "1/1000000000"), "lower bound is not what"),
        ({"ridge": 1}, nearer("upper", "-1/1000000000"), "upper bound is not what"),
        ({"ridge": 1}, put("claim", "labels", 0, "2"), "label does not fit"),
        ({"ridge": 1}, put("claim", "points", 0, 0, -1), "label does not fit"),
        ({"ridge": 1}, put("claim", "points", 0, 0, 0), "not of the domain"),
        ({"ridge": 1}, put("claim", "strength", "0"), "not above 0"),
        ({"ridge": 1}, put("claim", "loss", "hinge"), "label does not fit"),
        ({"ridge": 1}, scaled("lower", "multipliers", 0, by=2), "lower bound is not what"),
        ({"ridge": 1}, scaled("upper", "coefficients", 0, by=2), "upper bound is not what"),
        ({"ridge": 1}, put("upper", "weights", ["1", "0", "0", "0", "1"]), "no probabilities"),
        ({"ridge": 1}, put("upper", "weights", ["1", "0", "0", "0", "0"]), "upper bound is not what"),
        ({"ridge": 1}, put("upper", "weights", ["1", "0"]), "not one weight for each level"),
        ({"ridge": 1}, put("lower", "multipliers", ["1"]), "one of the multipliers for each point"),
        ({"ridge": 1}, put("lower", "rule", "x"), "rule is unknown"),
        ({"cost": 2}, put("lower", "multipliers", 0, "9"), "outside its limits"),
        ({"cost": 2}, put("lower", "multipliers", 0, "-1"), "outside its limits"),
        ({"cost": 2}, nearer("upper", "-1/1000000"), "upper bound is not what"),
        ({"cost": 2}, scaled("upper", "coefficients", 1, by=2), "upper bound is not what"),
    ],
)
def test_forged_learning_is_refused(given, change, reason):
    report = check_forged(learn(POINTS, LABELS, **given).certificate(), change)
    assert not report.valid
    assert any(reason in each for each in report.reasons), report.reasons


def sealed(claim, **proofs):
    body = {"format": checker.FORMAT, "claim": claim, **proofs, "made_by": {"rankcert": "0.1.0", "seed": None}}
    return {**body, "digest": checker.digest(body)}


def test_small_files_that_would_take_long_are_refused():
    n, k = 3000, 1500
    claim = {
        "quantity": "conjunction-norm",
        "label": conjunction_label("cube01", n, None, k, "margin", None),
        **{"domain": "cube01", "n": n, "k": k, "p": None, "mode": "margin", "epsilon": None},
        **{"lower": "1", "upper": "2"},
    }
    proofs = {"lower": {"rule": "multipliers", "weights": [], "multipliers": []}, "upper": None}
    report = check(sealed(claim, **proofs))
    assert not report.valid
    assert "too large" in report.reasons[0]


def test_a_stranger_checks_them(tmp_path):
    """With nothing but Python: no numpy, no package of ours on the path."""
    files = [tmp_path / "norm.json", tmp_path / "kernel.json"]
    norm(WHOLE).write(files[0])
    learn(POINTS, LABELS, ridge=1).certificate().write(files[1])
    folder = Path(checker.__file__).parent
    done = subprocess.run([sys.executable, "-I", folder, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": valid: ") == 2


INERTIAS = [
    ("hypercube", 5, None, [1, "1/2", "1/4", "1/8", "1/16", "1/32"], 32, 0),
    ("hypercube", 4, None, [1, 1, 0, 0, 0], 11, 5),
    ("slice", 6, 3, [16, 9, 4, 1], 15, 0),
    ("slice", 7, 6, [1, -1], None, None),
    ("cube01", 5, None, [1, 0, 1, 4, 9, 16], 11, 5),
]


@pytest.mark.parametrize(("domain", "n", "p", "values", "positive", "negative"), INERTIAS)
def test_inertias_are_checked_and_forged_ones_refused(domain, n, p, values, positive, negative):
    certificate = inertia_certificate(domain, n, p, values)
    assert certificate.check().valid
    if positive is not None:
        assert (certificate.claim["positive"], certificate.claim["negative"]) == (positive, negative)
    rank, up = certificate.claim["lower"], certificate.claim["positive"]

    def one_less(body):
        body["claim"].update(positive=up - 1, lower=rank - 1, upper=rank - 1)

    def turned(body):
        body["claim"].update(positive=certificate.claim["negative"], negative=up)

    changes = [one_less, put("claim", "lower", rank - 1), put("claim", "values", 0, "7"), put("claim", "p", 1)]
    changes += [turned] if up != certificate.claim["negative"] else []
    changes += [put("lower", "rule", "trust"), put("claim", "n", n + 1), put("claim", "values", ["1"])]
    assert [check_forged(certificate, change).valid for change in changes] == [False] * len(changes)
