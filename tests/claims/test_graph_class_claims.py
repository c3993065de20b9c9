"""Claims about amenable, compact and Godsil graphs, on all small graphs."""

import pytest

from proofs_check.claim import Outcome
from proofs_check.papers import select
from proofs_check.papers.arvind2017 import STRICT


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
