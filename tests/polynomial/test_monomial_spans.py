"""Spans of monomials from both sides: exact where bounds meet, honest where they do not; forged certificates."""

import pytest

from algebra import Grade, InputError
from algebra.polynomial.monomial_spans import monomial_span
from proofs_check.families import monomial_spans
from tests.polynomial.spans import seen_span_of_monomials
from tests.tampering import check_forged, put


@pytest.mark.parametrize(
    ("widths", "degrees", "t"),
    [((4, 6), (2,), 4), ((4, 8), (2,), 2), ((3, 4, 5), (2, 2), 4), ((3, 5), (3,), 4), ((2, 3, 4), (2, 3), 2)],
)
def test_bounds_meet_what_all_monomials_span(widths, degrees, t):
    found = monomial_span(widths, degrees, t)
    assert (found.value, found.grade) == (seen_span_of_monomials(widths, degrees, t), Grade.PROVED)
    assert found.certificate().check().valid


def test_an_open_value_is_between_its_bounds():
    found = monomial_span((3, 5), (3,), 5)
    assert (found.lower, found.upper, found.grade) == (120, 121, Grade.INCONCLUSIVE)
    report = found.certificate().check()
    assert report.valid
    assert report.statement.endswith("monomial-span:3-5:r3:t5 is at least 120 and at most 121")


def test_forged_spans_are_refused():
    certificate = monomial_span((4, 6), (2,), 4).certificate()

    def lowered(document):
        document["claim"]["upper"] = document["claim"]["lower"] = 124
        for side in ("rows", "columns"):
            document["lower"][side] = document["lower"][side][:124]

    for change in (
        lowered,
        put("upper", []),
        put("upper", 0, "value", 124),
        put("upper", 0, "t", 3),
        put("claim", "lower", 124),
        put("claim", "upper", 124),
        put("claim", "t", 5),
        put("claim", "label", "monomial-span:4-6:r2:t5"),
        put("claim", "degrees", [2, 2]),
        put("lower", "prime", 2),
        put("lower", "rows", 0, certificate.document["lower"]["rows"][1]),
        put("lower", "rule", "jacobian-minor"),
    ):
        assert not check_forged(certificate, change).valid
    assert check_forged(certificate, put("claim", "upper", 125)).valid


@pytest.mark.parametrize(
    ("widths", "degrees", "t", "argument"),
    [((4, 6), (2, 2), 2, "degrees"), ((4, 6), (2,), 0, "t"), ((4,), (), 2, "widths"), ((4, 6), (2,), 10**9, "t")],
)
def test_bad_layers_are_refused(widths, degrees, t, argument):
    with pytest.raises(InputError, match=argument):
        monomial_span(widths, degrees, t)


def test_the_table_says_where_a_gap_is_left():
    rows = [monomial_spans.evaluate(instance) for instance in monomial_spans.instances([3], 1, [3], 5, 140)]
    assert [row["t"] for row in rows] == [2, 3, 4, 5]
    assert [row["gap"] for row in rows] == [0, 0, 0, 1]
    exact, left = monomial_spans.findings(rows)
    assert exact.startswith("3 of 4")
    assert left == "a gap is left at monomial-span:3-5:r3:t5"
    for wrong in ({"layers": 9}, {"inputs": [1]}, {"largest": 10**9}, {"widest": 3}):
        with pytest.raises(InputError):
            monomial_spans.instances(**wrong)
