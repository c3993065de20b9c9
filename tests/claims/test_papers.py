"""Claims about polynomial networks: counterexamples, exceptions and lists of the papers, one by one."""

from __future__ import annotations

import pytest

from algebra import Grade, PolynomialNetwork
from proofs_check.claim import Outcome, shown
from proofs_check.papers import select
from proofs_check.papers.abo_brambilla import is_listed
from proofs_check.papers.alexander_hirschowitz1995 import EXCEPTIONS
from proofs_check.papers.kileel2019 import wide_enough
from proofs_check.papers.massarenti2025 import COUNTEREXAMPLES
from proofs_check.verify import run


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
