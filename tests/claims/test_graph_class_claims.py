"""Claims about amenable, compact and Godsil graphs, on all small graphs."""

import pytest

from proofs_check.claim import Outcome
from proofs_check.papers import select
from proofs_check.papers.arvind2017 import STRICT
from proofs_check.verify import run

CLAIMS = {
    "arvind2017.complements",
    "arvind2017.forests",
    "arvind2017.inclusions",
    "arvind2017.strict",
    "arvind2017.structure",
    "godsil1997.converse",
    "godsil1997.orbit-partitions",
    "kiefer2022.complements",
    "kiefer2022.regular",
    "tinhofer1991.families",
    "tinhofer1991.test",
}
PAPERS = sorted({name.partition(".")[0] for name in CLAIMS})


def test_every_claim_is_listed():
    assert {claim.id for claim in select(PAPERS)} == CLAIMS


@pytest.mark.parametrize("claim", select(PAPERS), ids=lambda claim: claim.id)
def test_every_claim_holds(claim):
    row = run(claim)
    assert row.outcome == "holds", row.counterexamples
    assert row.holds + row.not_applicable == row.instances
    assert row.holds >= 2
    assert row.grade == "proved"


@pytest.mark.parametrize(
    ("name", "wrong", "answer", "instance"),
    [
        ("arvind2017.structure", "is_amenable", False, 6),
        ("arvind2017.forests", "is_amenable", False, "Bg"),
        ("kiefer2022.regular", "is_amenable", False, 5),
        ("tinhofer1991.test", "isomorphism", None, 4),
    ],
)
def test_a_wrong_answer_is_found(monkeypatch, name, wrong, answer, instance):
    monkeypatch.setattr(f"algebra.graphs.{wrong}", lambda *given: answer, raising=False)
    (claim,) = select([name])
    assert claim.check(instance).outcome is Outcome.VIOLATED


def test_graphs_with_cycles_are_no_forests():
    (claim,) = select(["arvind2017.forests"])
    assert claim.check("Bw").outcome is Outcome.NOT_APPLICABLE


def test_each_inclusion_has_an_example():
    assert len(STRICT) == 5
