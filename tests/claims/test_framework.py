"""The framework: a false claim is reported, hypotheses are named, wrong bounds are caught."""

from __future__ import annotations

import dataclasses

import pytest

from algebra import Bounds, Grade, InputError, PolynomialNetwork
from proofs_check.claim import Claim, ContradictionError, Hypothesis, Kind, Outcome, Source, Verdict, shown
from proofs_check.deciding import evidence
from proofs_check.deciding.evidence import at_most_sum, audit, dimension, equals, unaided_dimension, within
from proofs_check.papers import claims_of, papers, select
from proofs_check.verify import run

SOURCE = Source("test", "nobody", "", "Lemma 0")


def net(*widths: int, r: int = 2) -> PolynomialNetwork:
    return PolynomialNetwork(widths, degree=r)


def always_expected(kind: Kind = Kind.THEOREM) -> Claim[PolynomialNetwork]:
    return Claim(
        "test.always-expected",
        r"\dim = e",
        SOURCE,
        (Hypothesis("one output", lambda n: n.widths[-1] == 1),),
        lambda: (net(3, 4, 1, r=4), net(3, 5, 1, r=4), net(3, 5, 2, r=3)),
        lambda n, seed: equals(dimension(n, seed), n.expected_dimension),
        kind,
    )


def test_a_false_claim_is_violated_with_its_counterexample():
    row = run(always_expected())
    assert (row.instances, row.holds, row.violated, row.not_applicable) == (3, 1, 1, 1)
    assert row.outcome == "violated"
    assert not row.expected
    (found,) = row.counterexamples
    assert found.instance == "pnn:3-5-1:r4"
    assert found.grade == "proved"
    assert "14" in found.reason
    assert "15" in found.reason


def test_known_false_is_expected_and_must_be_refuted():
    claim = always_expected(Kind.FALSE_CONJECTURE)
    assert run(claim).outcome == "violated (known false)"
    assert run(claim).expected
    missed = run(claim, instances=[net(3, 4, 1, r=4)])
    assert missed.outcome == "not refuted (known false)"
    assert not missed.expected


def test_a_probable_counterexample_does_not_refute():
    def decide(instance, seed):
        return Verdict.violated(Grade.PROBABLE, reason="perhaps")

    claim = Claim("test.probable", "x", SOURCE, (), lambda: (1,), decide, Kind.FALSE_CONJECTURE)
    assert run(claim).outcome == "not refuted (known false)"
    assert run(dataclasses.replace(claim, kind=Kind.CONJECTURE)).outcome == "violated"


def test_inconclusive_says_why():
    claim = Claim("test.open", "x", SOURCE, (), lambda: (1,), lambda i, seed: Verdict.inconclusive("no bound"))
    row = run(claim)
    assert (row.outcome, row.expected, row.grade) == ("inconclusive", True, "inconclusive")
    assert row.undecided[0].reason == "no bound"


def test_not_applicable_names_the_hypothesis():
    verdict = always_expected().check(net(3, 5, 2, r=3))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason == "one output"
    assert run(always_expected()).not_applicable_because == {"one output": 1}


def test_a_wrong_upper_bound_is_caught(monkeypatch):
    right = evidence.best_upper_bound

    def wrong(network):
        bound = right(network)
        return dataclasses.replace(bound, value=bound.value - 1, rule="one too low")

    monkeypatch.setattr(evidence, "best_upper_bound", wrong)
    evidence._dimension.cache_clear()
    try:
        verdict = select(["usevich2025.non-increasing"])[0].check(net(4, 3, 2))
    finally:
        evidence._dimension.cache_clear()
    assert verdict.outcome is Outcome.VIOLATED
    assert verdict.grade is Grade.PROVED
    assert "'one too low'" in verdict.reason


def test_audit_passes_the_truth_and_stops_everything_below():
    network = net(3, 3, 3)
    audit(network, 15, "naive")
    for wrong in (14, 7, 1):
        with pytest.raises(ContradictionError, match="naive") as caught:
            audit(network, wrong, "naive")
        assert caught.value.evidence.lower > wrong


@pytest.mark.parametrize("network", [net(3, 5, 1, r=4), net(2, 4, 3, 1), net(4, 3, 2, 1), net(3, 2, 4, r=1)])
def test_unaided_dimension_agrees_with_the_aided_one(network):
    assert unaided_dimension(network).lower == dimension(network).lower


def test_without_a_rule_the_bound_is_not_proved_by_it():
    assert dimension(net(3, 5, 1, r=4)).grade is Grade.PROVED
    unaided = dimension(net(3, 5, 1, r=4), without=frozenset({"alexander-hirschowitz"}))
    assert (unaided.lower, unaided.grade) == (14, Grade.PROBABLE)
    assert unaided.log2_error is not None
    assert unaided.log2_error < -24


def test_comparisons_use_bounds_before_values():
    probable = Bounds(3, 5, Grade.PROBABLE, log2_error=-30)
    open_ = Bounds(3, 5, Grade.INCONCLUSIVE)
    assert within(probable, 2, 6).grade is Grade.PROVED
    assert within(probable, high=3).grade is Grade.PROBABLE
    assert within(probable, low=6).grade is Grade.PROVED
    assert within(probable, low=6).outcome is Outcome.VIOLATED
    assert within(open_, low=4).outcome is Outcome.INCONCLUSIVE
    assert within(open_, high=2).outcome is Outcome.VIOLATED
    five = Bounds.exactly(5, by="x")
    assert at_most_sum(five, (open_,), 2, "s").outcome is Outcome.HOLDS
    assert at_most_sum(five, (open_,), 1, "s").outcome is Outcome.INCONCLUSIVE
    assert at_most_sum(five, (open_,), -1, "s").outcome is Outcome.VIOLATED
    assert at_most_sum(five, (probable,), 2, "s").grade is Grade.PROVED
    assert at_most_sum(five, (probable,), 0, "s").grade is Grade.PROBABLE


def test_conjunction():
    good, weak = Verdict.holds(Grade.PROVED), Verdict.holds(Grade.PROBABLE)
    unknown, bad = Verdict.inconclusive("why"), Verdict.violated(Grade.PROBABLE, reason="here")
    worse = Verdict.violated(Grade.PROVED, reason="there")
    assert Verdict.all_of([good, weak]).grade is Grade.PROBABLE
    assert Verdict.all_of([good, unknown]).reason == "why"
    assert Verdict.all_of([unknown, bad]).outcome is Outcome.VIOLATED
    assert Verdict.all_of([bad, worse]).reason == "there"
    assert Verdict.all_of([]).outcome is Outcome.HOLDS


def test_registry_names_what_exists():
    assert "kileel2019" in papers()
    with pytest.raises(InputError, match="kileel2019"):
        claims_of("nobody1900")
    with pytest.raises(InputError, match=r"kileel2019\.unimodal"):
        select(["kileel2019.no-such-claim"])
    assert len(select(["kileel2019", "kileel2019.unimodal"])) == len(claims_of("kileel2019"))
    assert len({claim.id for claim in select()}) == len(select())


def test_shown_is_a_label_or_a_repr():
    assert shown(net(2, 2, 1)) == "pnn:2-2-1:r2"
    assert shown((1, 2)) == "(1, 2)"


@pytest.mark.parametrize(
    ("network", "rule", "value"),
    [
        (net(3, 3, 3), "gauge", 15),  # 18 weights, and three hidden neurons that may be scaled
        (net(3, 5, 1, r=4), "alexander-hirschowitz", 14),  # 15 quartic forms in three variables: the exception
        (net(2, 4, 3, 1), "saturation", 5),  # all binary quartics
    ],
)
def test_upper_bounds_name_their_rules(network, rule, value):
    found = evidence.best_upper_bound(network)
    assert (found.rule, found.value) == (rule, value)
