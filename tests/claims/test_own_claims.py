"""Own conjectures: two sides compared at every instance, run by the one engine, from Python and from a file."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import rankcert as rc
from algebra.evidence import Grade
from proofs_check.claim import Outcome
from proofs_check.own_claims import claims_in, own_sweep

FILE = """
import rankcert as rc

OFFSET = 0


def dimension(d, H):
    return rc.PolynomialNetwork((d, H, 1), degree=2).dimension()


quadrics = rc.equality(
    r"\\dim = Hd - H(H-1)/2",
    [(d, H) for d in (1, 2, 3) for H in (1, 2, 3)],
    dimension,
    lambda d, H: H * d - H * (H - 1) // 2 + OFFSET,
    when={"H <= d": lambda d, H: H <= d},
    name="quadrics",
)
others = [rc.inequality(r"n^2 \\le 2^n", range(8), lambda n: n * n, lambda n: 2**n, name="powers")]
"""


def between(lower, upper, grade=Grade.INCONCLUSIVE, **more):
    return rc.Bounds(lower, upper, grade, **more)


PROBABLY_5 = between(5, 9, Grade.PROBABLE, log2_error=-60.0)
NUMERICALLY_5 = between(5, None, Grade.NUMERIC)


def exactly(value):
    return rc.Bounds.exactly(value, "oracle")


@pytest.mark.parametrize(
    ("left", "right", "equal", "at_most"),
    [
        (3, 3, "holds proved", "holds proved"),
        (3, 4, "violated proved", "holds proved"),
        (4, 3, "violated proved", "violated proved"),
        (Fraction(1, 2), np.int64(1), "violated proved", "holds proved"),
        (exactly(5), 5, "holds proved", "holds proved"),
        (exactly(5), exactly(6), "violated proved", "holds proved"),
        (between(3, 5), 4, "inconclusive inconclusive", "inconclusive inconclusive"),
        (between(3, 5), 6, "violated proved", "holds proved"),
        (between(3, 5), 5, "inconclusive inconclusive", "holds proved"),
        (between(3, None), 2, "violated proved", "violated proved"),
        (between(3, None), 3, "inconclusive inconclusive", "inconclusive inconclusive"),
        (PROBABLY_5, 5, "holds probable", "holds probable"),
        (PROBABLY_5, 4, "violated proved", "violated proved"),
        (PROBABLY_5, 7, "violated probable", "holds probable"),
        (PROBABLY_5, 9, "violated probable", "holds proved"),
        (NUMERICALLY_5, 5, "holds numeric", "holds numeric"),
        (NUMERICALLY_5, 4, "violated numeric", "violated numeric"),
    ],
)
def test_the_three_way_comparison(left, right, equal, at_most):
    for make, expected in ((rc.equality, equal), (rc.inequality, at_most)):
        verdict = make("a", [0], lambda n: left, lambda n: right).check(0)
        assert f"{verdict.outcome.value} {verdict.grade.value}" == expected


def test_instances_are_handed_over_as_they_are():
    pairs = rc.equality("a", [(1, 2)], lambda a, b: a + b, lambda a, b: 3)
    named = rc.equality("a", [{"b": 2, "a": 1}], lambda a, b: a + b, lambda a, b: 3)
    lists = rc.equality("a", [[1, 2]], sum, lambda both: 3)
    assert [row.outcome for row in rc.verify([pairs]).rows] == ["holds"]
    assert [claim.check(claim.instances()[0]).outcome for claim in (pairs, named, lists)] == [Outcome.HOLDS] * 3


def test_what_a_side_refuses_costs_no_other_instance():
    claim = rc.equality("a", [(1,), (0,)], lambda n: rc.PolynomialNetwork((1, n, 1), 2).dimension(), lambda n: 1)
    (row,) = rc.verify(claim, jobs=1).rows
    assert (row.outcome, row.holds, row.inconclusive) == ("inconclusive", 1, 1)
    assert "widths" in row.undecided[0].reason
    (row,) = rc.verify(rc.equality("a", [0], lambda n: 0.5, lambda n: 1), jobs=1).rows
    assert "a float proves nothing" in row.undecided[0].reason


@pytest.mark.parametrize("jobs", [1, 2])
def test_own_claims_run_in_parallel_and_resume(tmp_path, monkeypatch, jobs):
    claim = rc.equality(
        r"\dim = \min(2n, 3)",
        range(1, 9),
        lambda n: rc.PolynomialNetwork((2, n, 1), degree=2).dimension(),
        lambda n: min(2 * n, 3) if n != 5 else 4,
        when=lambda n: n != 8,
        name="quadrics",
    )
    store = tmp_path / "own.db"
    first = rc.verify([claim, "kileel2019.unimodal"], jobs=jobs, store=store, certificates=tmp_path / "found")
    printed, own = first.rows
    assert printed.claim == "kileel2019.unimodal"
    assert (own.claim, own.outcome, own.grade) == ("mine.quadrics", "violated", "proved")
    assert (own.holds, own.violated, own.not_applicable) == (6, 1, 1)
    assert own.not_applicable_because == {"the condition of the claim": 1}
    (found,) = own.counterexamples
    assert found.instance == "5"
    assert rc.check(json.loads(Path(found.certificates[0]).read_text())).valid

    monkeypatch.setattr("proofs_check.own_claims.judge", None)  # nothing is decided again
    (again,) = rc.verify([claim], jobs=1, store=store, certificates=tmp_path / "found").rows
    assert again == own


def test_a_changed_claim_is_computed_again():
    keys = []
    for add in (0, 1):
        claim = rc.equality("a", [1], lambda n: n, lambda n, add=add: n + add, name="same")
        sweep = own_sweep([claim], 0)
        keys.append(sweep.key(sweep.instances[0]))
    assert keys[0] != keys[1]


def test_a_file_of_claims(call, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(FILE, encoding="utf-8")
    answer = call("verify", "--file", str(path), "--json", "--jobs", "2")
    assert answer.status == 1  # 9 > 8
    quadrics, powers = json.loads(answer.stdout)["results"]
    assert (quadrics["claim"], quadrics["outcome"], quadrics["holds"]) == ("mine.quadrics", "holds", 6)
    assert quadrics["not_applicable_because"] == {"H <= d": 3}
    assert [found["instance"] for found in powers["counterexamples"]] == ["3"]

    listed = call("verify", "--file", str(path), "--claims").stdout
    assert "mine.quadrics" in listed
    assert "kileel2019" not in listed
    both = call("verify", "kileel2019.unimodal", "--file", str(path), "--json")
    assert json.loads(both.stdout)["results"][0]["claim"] == "kileel2019.unimodal"


@pytest.mark.parametrize("text", ["", "1/0", "import nothing_of_this_name", "x = (", None])
def test_files_without_claims_are_refused(call, tmp_path, text):
    path = tmp_path / "mine.py"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    answer = call("verify", "--file", str(path))
    assert answer.status == 2
    assert "--file is" in answer.stderr


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (lambda: rc.equality("", [1], abs, abs), "statement"),
        (lambda: rc.equality("a", [], abs, abs), "family"),
        (lambda: rc.equality("a", [1], 3, abs), "left"),
        (lambda: rc.inequality("a", [1], abs, None), "right"),
        (lambda: rc.verify([3]), "claims"),
        (lambda: rc.verify([rc.equality("a", [1], abs, abs), rc.equality("a", [2], abs, abs)]), "claims"),
        (lambda: rc.verify(["mine.unknown"]), "paper"),
    ],
)
def test_what_is_refused_by_name(wrong, named):
    with pytest.raises(rc.InputError) as refused:
        wrong()
    assert refused.value.argument == named


def test_claims_of_a_file_keep_their_order(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(FILE, encoding="utf-8")
    assert [claim.id for claim in claims_in(path)] == ["mine.quadrics", "mine.powers"]
