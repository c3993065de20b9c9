"""Claims on programs: published symmetry groups, activation matrices; and that a wrong statement is seen."""

import pytest

from proofs_check.claim import Outcome
from proofs_check.deciding.relu import activation_rank, path_monomials
from proofs_check.papers import claims_of
from proofs_check.papers.gauge2025 import _compared, _layer

SIZES = (3, 2, 2, 1, 1, 3)


def check(name, instance):
    (claim,) = [claim for claim in claims_of(name.partition(".")[0]) if claim.id == name]
    return claim.check(instance)


@pytest.mark.parametrize(
    ("name", "instance"),
    [
        ("gauge2025.heads", SIZES),
        ("gauge2025.rotary", SIZES),
        ("gauge2025.shared-heads", (3, 1, 1, 2, 1, 2)),
        ("gauge2025.layers", ((2, 1, 1, 1, 1, 2), "rms")),
        ("grigsby_lindsey2024.activation-matrices", ("2-3-1", 0)),
        ("grigsby_lindsey2024.complexities-coincide", ("2-3-1", 0)),
    ],
)
def test_they_hold(name, instance):
    verdict = check(name, instance)
    assert (verdict.outcome, verdict.grade) == (Outcome.HOLDS, "proved")


def test_a_group_that_is_too_small_is_seen():
    assert _compared(_layer(SIZES), 7, seed=0).outcome is Outcome.VIOLATED


def test_wide_heads_are_no_instance():
    assert check("gauge2025.heads", (2, 3, 1, 1, 1, 3)).outcome is Outcome.NOT_APPLICABLE


def test_deep_networks_stay_open():
    assert check("grigsby_lindsey2024.complexities-coincide", ("2-3-3-1", 0)).outcome is Outcome.INCONCLUSIVE


def test_ranks_of_activation_matrices():
    """One hidden layer: no more monomials than parameters less neurons; two outputs have paths of their own."""
    assert path_monomials(("2-3-1", 0)) == 13 - 3
    assert activation_rank(("2-3-2", 0)) == 2 * activation_rank(("2-3-1", 0), samples=100)
