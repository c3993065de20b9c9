"""A paper and its statements: what the decorator registers, and that the function stays a plain one."""

from __future__ import annotations

from importlib import import_module

import pytest

from algebra import Grade, InputError
from proofs_check.claim import Hypothesis, Kind, Outcome, Verdict
from proofs_check.paper import Paper
from proofs_check.papers import papers, select

EVEN: Hypothesis[int] = Hypothesis("n is even", lambda n: n % 2 == 0)


def is_divisible(n: int, seed: int) -> Verdict:
    return Verdict.decided(n * n % 4 == 0, f"{n * n} is not divisible by 4")


def test_a_statement_is_a_claim_and_the_function_stays_as_it_is():
    paper = Paper("arithmetic", "Euclid, Elements", "0000.00001")
    decide = paper.states(r"4 \mid n^2", EVEN, on=lambda: (2, 4), item="Book VII", kind=Kind.PROPOSITION)(is_divisible)
    assert decide is is_divisible
    (claim,) = paper.claims
    assert (claim.id, claim.paper, claim.statement) == ("arithmetic.is-divisible", "arithmetic", r"4 \mid n^2")
    assert str(claim.source) == "Euclid, Elements, arXiv:0000.00001, Book VII"
    assert (claim.kind, claim.note, claim.instances()) == (Kind.PROPOSITION, "", (2, 4))
    assert claim.check(6).outcome is Outcome.HOLDS
    assert claim.check(3).reason == "n is even"
    assert is_divisible(3, 0).grade is Grade.PROVED


def test_the_docstring_is_the_note_after_what_several_claims_have_in_common():
    paper = Paper("arithmetic", "Euclid")

    @paper.states("a", on=lambda: (1,), remark="For some numbers\n  only.")
    def first(n: int, seed: int) -> Verdict:
        """Not for all.

        Whatever they are.
        """
        return Verdict.holds(Grade.PROVED)

    @paper.states("b", on=lambda: (1,), remark="For some numbers only.")
    def second(n: int, seed: int) -> Verdict:
        return Verdict.holds(Grade.PROVED)

    notes = [claim.note for claim in paper.claims]
    assert notes == ["For some numbers only. Not for all. Whatever they are.", "For some numbers only."]


def test_sources_of_one_module_share_its_claims_in_the_order_of_their_definition():
    paper = Paper("arithmetic", "Euclid")
    ours = paper.beside("the developers", "0000.00002")
    for source, name in ((paper, "a"), (ours, "b"), (paper, "c")):
        source.states(name, on=lambda: (1,), name=name)(is_divisible)
    assert [claim.id for claim in paper.claims] == ["arithmetic.a", "arithmetic.b", "arithmetic.c"]
    assert [str(claim.source) for claim in paper.claims][1] == "the developers, arXiv:0000.00002"


def test_no_two_statements_have_one_name():
    paper = Paper("arithmetic", "Euclid")
    paper.states("a", on=lambda: (1,))(is_divisible)
    with pytest.raises(InputError, match=r"arithmetic\.is-divisible"):
        paper.beside("the developers").states("b", on=lambda: (1,))(is_divisible)


@pytest.mark.parametrize("key", papers())
def test_every_claim_stands_on_a_public_function_of_its_paper(key):
    module = import_module(f"proofs_check.papers.{key}")
    assert module.PAPER.key == key
    assert module.PAPER.claims, "a module of papers states something"
    for claim in select([key]):
        name = claim.decide.__name__
        assert not name.startswith("_")
        assert getattr(module, name) is claim.decide
