"""Claims about separation ranks: what holds, and how far the restated theorem is refuted."""

import pytest

from proofs_check.claim import Outcome
from proofs_check.deciding.separation import deep_upper_log3, lower_core, shallow_upper
from proofs_check.papers import select
from tensors.attention import AttentionStack


def test_a_violation_has_a_certificate():
    (claim,) = select(["levine2020.deep-upper"])
    verdict = claim.check(AttentionStack(5, 1, 5, 24, (5, 5)))
    assert verdict.outcome is Outcome.VIOLATED
    (bounds,) = verdict.evidence
    assert bounds.lower_by == "copied-form"
    assert bounds.certificate().check().valid


@pytest.mark.parametrize(("width", "layers"), [(5, 22), (6, 14), (7, 11), (8, 10)])
def test_the_first_depth_at_which_the_restated_bound_fails(width, layers):
    """The note: with the proved lower bound alone at 22, 14, 11 and 10 layers for widths 5 to 8, one head."""
    from math import comb

    s = width * (width + 1) // 2
    for depth in (layers - 1, layers):
        m = (3 ** (depth - 2) - 1) // 2
        exceeds = comb(s - 1 + m, m) > 3 ** deep_upper_log3(width, depth)
        assert exceeds == (depth == layers)


def test_restated_formulas():
    assert shallow_upper(3, 1, 1) == 4
    assert lower_core(9, 1, 3) == 20  # cubic monomials in 4 variables
    assert lower_core(4, 4, 3) == lower_core(4, 1, 1) == 0
