"""Claims of the papers about attention: what holds, what is known to be false, and that a wrong statement is seen."""

from fractions import Fraction

import pytest

from algebra import Bounds, Grade
from proofs_check.claim import ContradictionError, Outcome
from proofs_check.deciding import attention
from proofs_check.deciding.attention import dimension, whole_rank
from proofs_check.deciding.attention_matrices import reproduced, scores_of, tokens_of
from proofs_check.deciding.softmax_layers import pair_of
from proofs_check.deciding.sparse_patterns import pattern_of, steps_by_definition
from proofs_check.papers import select
from proofs_check.papers.likhosherstov2021 import LOOSE, TIGHT, projection_ball, radon
from proofs_check.verify import run, verify
from tensors.attention import AttentionNetwork, construct_weights, layers_equal, least_head_size
from tensors.attention.functions.blocks import gram_forms
from tests.properties import cases

PAPERS = ("bhojanapalli2020", "dong2021", "henry2025", "likhosherstov2021", "yun2020")


def check(name, instance, seed=0):
    (claim,) = select([name])
    return claim.check(instance, seed)


@pytest.mark.parametrize("paper", PAPERS)
def test_verify_with_certificates_and_another_seed(paper, tmp_path):
    report = verify([paper], seed=3, certificates=tmp_path)
    assert report.exit_status == 0
    assert {row.seed for row in report.rows} == {3}


def test_counterexamples_have_certificates(tmp_path):
    from algebra.evidence import Certificate

    (row,) = verify(["henry2025.any-head-sizes"], certificates=tmp_path).rows
    paths = [path for found in row.counterexamples for path in found.certificates]
    assert paths
    assert all(Certificate.read(path).check().valid for path in paths)


# dimensions


def test_the_published_count_after_head_size_one():
    verdict = check("henry2025.any-head-sizes", AttentionNetwork((3, 3, 3), (1, 2)))
    assert verdict.outcome is Outcome.VIOLATED
    assert (verdict.evidence[0].upper, verdict.grade) == (18, Grade.PROVED)
    assert check("henry2025.any-head-sizes", AttentionNetwork((3, 3, 3), (2, 1))).outcome is Outcome.HOLDS
    verdict = check("henry2025.rank-two-before-last", AttentionNetwork((3, 3, 3), (1, 2)))
    assert verdict.outcome is Outcome.NOT_APPLICABLE


def test_equal_widths_do_not_speak_of_different_head_sizes():
    assert check("henry2025.equal-widths", AttentionNetwork((3, 3, 3), (1, 2))).outcome is Outcome.NOT_APPLICABLE
    assert check("henry2025.softmax-equal-widths", AttentionNetwork((3, 3), 1)).reason == "softmax"


@pytest.mark.parametrize(("heads", "found", "grade"), [(2, 44, Grade.PROVED), (3, 60, Grade.PROVED)])
def test_deep_heads_fall_short(heads, found, grade):
    verdict = check("henry2025.deep-heads", AttentionNetwork((2, 4, 2), (1, 3), heads, tokens=3))
    assert (verdict.outcome, verdict.grade) == (Outcome.VIOLATED, grade)
    assert verdict.evidence[0].lower == found


@pytest.mark.parametrize(("d", "after", "heads", "value"), [(3, 2, 1, 8), (2, 1, 2, 6), (4, 4, 1, 19)])
def test_normalised_scores_of_rank_one(d, after, heads, value):
    network = AttentionNetwork((d, after), 1, heads, kind="normalised")
    assert dimension(network).record == (value, value, Grade.PROVED, None, *_by(network), 0)
    assert check("henry2025.normalised-rank-one", network).outcome is Outcome.HOLDS
    assert check("henry2025.normalised-any", network).outcome is Outcome.VIOLATED


def _by(network):
    found = dimension(network)
    return found.lower_by, found.upper_by


def test_one_coordinate_is_no_counterexample_for_normalised_scores():
    network = AttentionNetwork((1, 2), 1, 2, kind="normalised")
    assert dimension(network).lower == 2  # all heads are one
    assert check("henry2025.normalised-rank-one", network).reason == "d >= 2"


@pytest.mark.parametrize("widths", [(1, 2, 1), (1, 3, 2), (2, 2, 2), (2, 4, 2), (2, 3), (3, 2)])
@pytest.mark.parametrize("heads", [1, 2, 3])
def test_functions_are_forms_in_the_gram_matrix(widths, heads):
    network = AttentionNetwork(widths, 3, heads, tokens=3)
    assert whole_rank(network, gram_forms(network) + 8) <= gram_forms(network)


def test_gram_forms_of_one_layer_are_the_ambient_space():
    for d, after in ((1, 1), (2, 3), (4, 2)):
        network = AttentionNetwork((d, after), 1, 3)
        assert gram_forms(network) == network.ambient_dimension
    assert gram_forms(AttentionNetwork((2, 2), 1, kind="softmax")) is None
    assert gram_forms(AttentionNetwork((2, 2), 1, residual=True)) is None


def test_a_wrong_upper_bound_is_seen(monkeypatch):
    network = AttentionNetwork((3, 3), 2, tokens=5)
    monkeypatch.setattr(AttentionNetwork, "dimension", lambda self, seed: Bounds.exactly(12, by="a wrong bound"))
    attention.dimension.cache_clear()
    with pytest.raises(ContradictionError, match="exceeds the upper bound 12 by 'a wrong bound'"):
        dimension(network)
    assert check("henry2025.one-layer", network).outcome is Outcome.VIOLATED
    attention.dimension.cache_clear()


def test_a_wrong_formula_is_seen(monkeypatch):
    from proofs_check.papers import henry2025

    monkeypatch.setattr(henry2025, "single_layer", lambda network: 1)
    assert check("henry2025.one-layer", AttentionNetwork((3, 3), 2)).outcome is Outcome.VIOLATED


# matrices


@pytest.mark.parametrize("n", [2, 3, 5])
def test_constructed_weights_are_multiplied_out(n):
    scores, X = scores_of(("logits", n, 0)), tokens_of(n, n + 1, 0)
    weights = construct_weights(least_head_size(scores, X), n)
    assert reproduced(weights, X, scores)
    other = scores_of(("logits", n, 1))
    assert not reproduced(weights, X, other)


def test_weights_of_a_head_size_whose_root_is_rational():
    scores, X = scores_of(("logits", 4, 0)), tokens_of(4, 4, 0)
    weights = construct_weights(least_head_size(scores, X), 4)
    assert weights.query_factor == "1"
    assert reproduced(weights, X, scores)


def test_pairs_are_what_they_say():
    for same in (True, False):
        assert layers_equal(*pair_of((3, 2, same, 0))) is same


def test_the_rank_of_softmax_can_drop():
    verdicts = [
        check("bhojanapalli2020.distinct-rank", instance)
        for instance in select(["bhojanapalli2020.distinct-rank"])[0].instances()
    ]
    assert [(verdict.evidence[0].upper, verdict.grade) for verdict in verdicts] == [
        (2, Grade.PROVED),
        (3, Grade.PROVED),
        (4, Grade.PROVED),
    ]


def test_floats_see_less_than_half_of_the_rank():
    (claim,) = select(["bhojanapalli2020.float-rank"])
    row = run(claim, instances=[(16, 1, 10000, -1)])
    seen = int(row.counterexamples[0].reason.rpartition(" ")[2])
    assert 2 * seen < 16


# realisation


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_radon_partitions(d):
    keys = [[(3 * i + 7 * c + i * i * (c + 1)) % 13 for c in range(d)] for i in range(d + 2)]
    positive, negative, relation = radon(keys)
    assert positive
    assert not set(positive) & set(negative)
    assert sum(relation) == 0
    assert all(sum(x * key[c] for x, key in zip(relation, keys, strict=True)) == 0 for c in range(d))


def test_the_crossover_is_where_it_is_said_to_be():
    for demand, below, above in ((LOOSE, 6516, 6517), (TIGHT, 526_138, 526_139)):
        assert projection_ball((below, 1, demand)) > below - 1
        assert projection_ball((above, 1, demand)) < above - 1


def test_a_realisation_below_the_needed_dimension_would_be_seen(monkeypatch):
    from tensors.attention.realisation import lower_bounds

    assert check("likhosherstov2021.uniform-zeros", (16, 1, "trivial", LOOSE)).outcome is Outcome.HOLDS
    import tensors.attention.realisation as module

    monkeypatch.setattr(module, "dimension_lower_bound", lambda target, precision: (16, "a wrong bound"))
    assert check("likhosherstov2021.uniform-zeros", (16, 1, "trivial", LOOSE)).outcome is Outcome.VIOLATED
    assert lower_bounds.uniform_zeros_bound(4096, 1, Fraction(1, 10)) == 78


# patterns


def test_steps_by_definition_agree_with_matrix_powers():

    for seed in cases(20):
        pattern = pattern_of((6, 2, 30, seed))
        layers = [mask.astype(int) for mask in pattern.masks()]
        product, steps = layers[0], 1
        while not product.all() and steps < 20:
            product, steps = ((layers[steps % 2] @ product) > 0).astype(int), steps + 1
        found = steps_by_definition([[set(row) for row in layer] for layer in pattern.lists()], 19)
        assert found == (steps if product.all() else None)


def test_the_fixed_pattern_fails_where_the_block_does_not_divide():
    for n, w in ((8, 3), (23, 5), (512, 23)):
        verdict = check("yun2020.fixed-any-block", (n, w))
        assert verdict.outcome is Outcome.VIOLATED
        assert "never see the others" in verdict.reason
        assert check("yun2020.fixed", (n, w)).reason == "w divides n"
        assert check("yun2020.fixed-repaired", (n, w)).outcome is Outcome.HOLDS


def test_a_wrong_count_of_connections_is_seen(monkeypatch):
    from proofs_check.deciding import sparse_patterns

    monkeypatch.setattr(sparse_patterns, "window_connections", lambda n, w: n)
    verdict = check("yun2020.named", ("sliding-window", (("n", 8), ("w", 1))))
    assert verdict.outcome is Outcome.VIOLATED


# collapse


def test_the_collapse_claim_needs_small_tokens():
    outcomes = {check("dong2021.collapse", (3, 2, 1, 3, d)).outcome for d in (8, 24)}
    assert Outcome.HOLDS in outcomes
    assert check("dong2021.collapse", (5, 3, 2, 1, 4)).reason == "sqrt(c) delta(X) < 1"


def test_a_bound_that_is_too_small_is_seen(monkeypatch):
    from proofs_check.papers import dong2021

    found = dong2021.collapse_of((3, 2, 1, 1, 4))
    shrunk = [bound / 1000 for bound in found.one_step]
    assert dong2021._below(found.deltas[1:], shrunk, "bound").outcome is Outcome.VIOLATED
