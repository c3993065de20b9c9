"""Every claim of every paper, on its default instances: what comes out is what the table says."""

from __future__ import annotations

import json

import pytest

from algebra import Grade
from proofs_check.claim import Kind, shown
from proofs_check.papers import papers, select
from proofs_check.verify import run
from tests.claims.outcomes import line_of, read

CLAIMS = select()
OUTCOMES = read()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_outcome_on_default_instances(claim):
    row = run(claim)
    assert line_of(row) == OUTCOMES[claim.id], row.counterexamples or row.undecided

    # Whatever the table says: a theorem is not violated, what is known to be false is refuted by a proof.
    assert row.expected
    assert row.holds + row.violated > 0
    assert row.holds + row.violated + row.inconclusive + row.not_applicable == row.instances
    if claim.kind is Kind.FALSE_CONJECTURE:
        assert Grade.PROVED.value in {found.grade for found in row.counterexamples}
    else:
        assert row.outcome == ("inconclusive" if row.inconclusive else "holds")


DRAWN = (
    "cohen2017.upper",
    "grosdos2025.shallow-dimension",
    "khrulkov2018.chain-cut",
    "kileel2019.unimodal",
    "levine2018.any-tree",
    "sharir2018.overlaps",
    "usevich2025.bounded-decoder",
)
"""Claims whose decisions draw weights or points, one of each kind of network."""


@pytest.mark.parametrize("seed", [1, 7])
@pytest.mark.parametrize("name", DRAWN)
def test_another_seed_gives_what_the_table_says(name, seed):
    (claim,) = select([name])
    row = run(claim, seed)
    assert row.seed == seed
    assert line_of(row) == OUTCOMES[name]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_instances_are_printable_told_apart_and_the_same_at_every_call(claim):
    first, second = claim.instances(), claim.instances()
    assert first
    assert first == second
    labels = [shown(instance) for instance in first]
    assert json.loads(json.dumps(labels)) == labels
    named = dict(zip(labels, first, strict=True))
    assert all(named[label] == instance for label, instance in zip(labels, first, strict=True))


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_claim_says_what_and_where(claim):
    assert claim.id.startswith(f"{claim.paper}.")
    assert claim.paper in papers()
    assert claim.statement
    assert claim.source.reference
    assert callable(claim.decide)
    assert len({hypothesis.name for hypothesis in claim.hypotheses}) == len(claim.hypotheses)
