"""Every claim of every paper, on its default instances."""

from __future__ import annotations

import json

import pytest

from algebra import Grade, PolynomialNetwork
from proofs_check.claim import Kind, Outcome, shown
from proofs_check.papers import select
from proofs_check.papers.abo_brambilla import is_listed
from proofs_check.papers.alexander_hirschowitz1995 import EXCEPTIONS
from proofs_check.papers.kileel2019 import wide_enough
from proofs_check.papers.massarenti2025 import COUNTEREXAMPLES
from proofs_check.verify import run

CLAIMS = select()

# Every claim, and whether all that holds of it is proved.
PROVED = {
    "abo_brambilla.unbalanced",
    "bona_pellissier2024.batch-at-most-full",
    "bona_pellissier2024.rescaling",
    "dao2026.below-smaller-threshold",
    "dao2026.below-threshold",
    "dao2026.counterexample",
    "dao2026.filling",
    "elhamifar2013.independent",
    "elhamifar2013.margins",
    "finkel2024.equal-widths",
    "finkel2024.high-degree",
    "grosdos2025.shallow-dimension",
    "gupta2015.small-updates",
    "gupta2015.unbiased",
    "grigsby2022.inhomogeneous",
    "grigsby2022.scalings",
    "haeffele2021.autoencoder",
    "haeffele2021.collapse",
    "haeffele2021.nothing-below",
    "haeffele2021.optima",
    "haeffele2021.same-for-both",
    "haeffele2021.scaling",
    "haeffele2021.twins",
    "haeffele2021.two-points",
    "kileel2019.bottleneck",
    "kileel2019.doubling",
    "kileel2019.no-wider-bottleneck",
    "kileel2019.unimodal",
    "kileel2019.wide-enough",
    "kohn2023.dimension",
    "kubjas2024.non-increasing-widths",
    "limited_precision.covariance",
    "limited_precision.dead-zone",
    "limited_precision.descent-limit",
    "limited_precision.descent-mean",
    "limited_precision.determinant",
    "limited_precision.dot-tail",
    "liu2013.block-diagonal",
    "liu2013.shape-interaction",
    "lu2012.block-diagonal",
    "lu2012.closed-form",
    "massarenti2025.several-outputs",
    "massarenti2025.several-outputs-as-coded",
    "open_questions.expected-upward-closed",
    "open_questions.naive-upward-closed",
    "open_questions.threshold-attained",
    "shahverdi2024.dimension",
    "usevich2025.biases",
    "usevich2025.biases-degrees",
    "usevich2025.blocks-necessary",
    "usevich2025.bounded-decoder",
    "usevich2025.high-degrees",
    "usevich2025.kruskal",
    "usevich2025.localization",
    "usevich2025.localization-converse",
    "usevich2025.non-increasing",
    "usevich2025.threshold",
}
PROBABLE = {
    "abo_brambilla.defective",
    "alexander_hirschowitz1995.dimension",
    "kileel2019.dimension-bound",
    "kileel2019.recursive-bound",
    "linear_networks.determinantal",
    "open_questions.bounds-sharp",
}


@pytest.mark.parametrize("claim", [c for c in CLAIMS if c.id in PROVED | PROBABLE], ids=lambda claim: claim.id)
def test_outcome_on_default_instances(claim):
    row = run(claim)
    known_false = claim.kind is Kind.FALSE_CONJECTURE
    assert row.expected, row.counterexamples
    assert row.outcome == ("violated (known false)" if known_false else "holds")
    assert row.inconclusive == 0
    assert row.holds >= 2
    assert row.holds + row.violated + row.not_applicable == row.instances
    assert row.grade == ("proved" if claim.id in PROVED else "probable")
    if known_false:
        assert {found.grade for found in row.counterexamples} == {"proved"}


def test_the_lists_name_claims_that_exist():
    assert {claim.id for claim in CLAIMS} >= PROVED | PROBABLE


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_instances_are_the_same_at_every_call_and_printable(claim):
    first, second = claim.instances(), claim.instances()
    assert first == second
    assert first
    assert json.loads(json.dumps([shown(instance) for instance in first]))
    assert claim.id.startswith(claim.paper + ".")
    assert claim.statement
    assert claim.source.reference


def test_the_unimodality_conjecture_is_refuted_from_both_sides():
    (claim,) = select(["kileel2019.unimodal"])
    verdict = claim.check(PolynomialNetwork((2, 3, 4, 5, 4, 6, 4, 1), degree=2))
    assert verdict.outcome is Outcome.VIOLATED
    assert verdict.grade is Grade.PROVED
    filling, *predecessors = verdict.evidence
    assert (filling.lower, filling.upper) == (65, 65)
    assert [bounds.lower for bounds in predecessors] == [35, 60, 62, 39, 61, 59]
    assert all(bounds.upper is not None and bounds.upper < 65 for bounds in predecessors)


def test_not_minimal_is_not_a_counterexample():
    (claim,) = select(["kileel2019.unimodal"])
    verdict = claim.check(PolynomialNetwork((2, 3, 4, 5, 4, 6, 5, 1), degree=2))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason.startswith("minimal filling")


def test_the_sweep_over_two_layers_finds_exactly_the_listed_defects():
    (claim,) = select(["abo_brambilla.defective"])
    listed = {n.label for n in claim.instances() if is_listed(*n.widths, n.degrees[0])}
    defective = {n.label for n in claim.instances() if claim.check(n).evidence[0].lower < n.expected_dimension}
    assert defective == listed
    assert {"pnn:3-5-2:r3", "pnn:4-5-3:r2", "pnn:4-6-5:r2", "pnn:6-8-3:r2"} <= listed


def test_the_box_of_one_output_contains_every_exception():
    (claim,) = select(["alexander_hirschowitz1995.dimension"])
    found = {(n.widths[0], n.degrees[0], n.widths[1]) for n in claim.instances()}
    assert found >= EXCEPTIONS


@pytest.mark.parametrize(("network", "dimension"), list(zip(COUNTEREXAMPLES, (23, 24, 40, 6), strict=True)), ids=shown)
def test_counterexamples_to_the_coded_hypotheses(network, dimension):
    coded, repaired = select(["massarenti2025.several-outputs-as-coded", "massarenti2025.several-outputs"])
    verdict = coded.check(network)
    assert verdict.outcome is Outcome.VIOLATED
    assert (verdict.evidence[0].upper, verdict.grade) == (dimension, Grade.PROVED)
    assert repaired.check(network).outcome is Outcome.NOT_APPLICABLE


def test_only_the_exceptions_of_one_output_are_not_proved():
    (claim,) = select(["alexander_hirschowitz1995.dimension"])
    assert run(claim).grades == {"proved": len(claim.instances()) - 4, "probable": 4}


def test_wide_enough_is_what_the_formula_says():
    assert wide_enough(2, 1, 2, 3) == (2, 3, 2, 1)
    assert wide_enough(3, 2, 2, 3) == (3, 6, 8, 2)


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_gives_the_same_outcomes(seed):
    for claim in select(["usevich2025.bounded-decoder", "kileel2019.unimodal", "grosdos2025"]):
        first, other = run(claim), run(claim, seed)
        assert (first.holds, first.violated, first.outcome) == (other.holds, other.violated, other.outcome)
        assert other.seed == seed
