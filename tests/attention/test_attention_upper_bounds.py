"""Upper bounds of attention dimensions: what they count, that they hold, and that forged ones are refused."""

import copy
import itertools
import random
from contextlib import suppress
from dataclasses import replace
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import Grade
from algebra.evidence import checker
from algebra.evidence.checker.attention_counts import covariants, enough_rank
from algebra.evidence.checker.gram_forms import schur_dimension
from algebra.evidence.checker.hilbert import forms
from algebra.evidence.checker.limits import INFINITE
from algebra.evidence.evaluation import PoleError
from algebra.rank import DEFAULT_PRIME
from algebra.rank.field import PrimeField
from algebra.rank.modular_rank import rank_of_array
from tensors.attention.functions.blocks import best_cuts, gram_forms, independent_outputs
from tensors.attention.functions.gram import output_forms
from tensors.attention.functions.network import AttentionNetwork
from tensors.attention.functions.reduction import counted_widths, forward_widths, reduced, seen_tokens
from tensors.attention.functions.residue_jacobian import jacobian
from tensors.attention.functions.rules import upper_bounds
from tensors.attention.functions.unseen import equal_tokens_dimension, seen_weights, unseen_scores
from tests.properties import examples

PRIME = 10007


def whole_rank(network, most):
    """Rank of the Jacobian in all weights: no width is reduced and no symmetry is fixed."""
    for key in ("whole", "whole/again"):  # once in some thousand networks the sum of a column vanishes at a sample
        with suppress(PoleError):
            matrix = jacobian(network, PrimeField(DEFAULT_PRIME), key, most + 8, fix_gauge=False)
            return rank_of_array(matrix, DEFAULT_PRIME)
    raise AssertionError("both keys meet a pole")


# forms in the Gram matrix


def covariants_by_evaluation(width, degree, tokens):
    """Rank of all functions (monomial in S) x_jq at random tokens modulo a prime."""
    rng = random.Random(width * 100 + degree * 10 + tokens)
    entries = list(itertools.combinations_with_replacement(range(width), 2))
    monomials = list(itertools.combinations_with_replacement(range(len(entries)), degree))
    rows = []
    for _ in range(width * len(monomials) // tokens + 5):
        X = [[rng.randrange(PRIME) for _ in range(tokens)] for _ in range(width)]
        S = [sum(X[i][q] * X[j][q] for q in range(tokens)) % PRIME for i, j in entries]
        values = []
        for monomial in monomials:
            value = 1
            for k in monomial:
                value = value * S[k] % PRIME
            values.append(value)
        rows += [[v * X[j][q] % PRIME for j in range(width) for v in values] for q in range(tokens)]
    from flint import nmod_mat

    return nmod_mat(rows, PRIME).rank()


@pytest.mark.parametrize(
    ("width", "degree", "tokens"),
    [(1, 4, 2), (2, 1, 1), (2, 1, 2), (2, 4, 1), (2, 4, 2), (3, 1, 2), (3, 2, 2), (3, 3, 2), (3, 2, 3), (4, 2, 2),
     (4, 2, 3), (3, 3, 1)],
)  # fmt: skip
def test_covariants_are_counted(width, degree, tokens):
    assert covariants(width, degree, tokens) == covariants_by_evaluation(width, degree, tokens)


@given(st.integers(1, 5), st.integers(1, 8))
def test_many_tokens_see_all_forms_and_one_sees_one_form(width, degree):
    entries = width * (width + 1) // 2
    whole = width * comb(degree + entries - 1, degree)
    assert covariants(width, degree, width) == whole
    assert covariants(width, degree, 1) == comb(2 * degree + width, width - 1)
    counts = [covariants(width, degree, n) for n in range(1, width + 1)]
    assert counts == sorted(counts)


def test_representations_of_small_groups():
    assert [schur_dimension([k], 2) for k in range(1, 4)] == [2, 3, 4]
    assert schur_dimension([2, 1], 3) == 8
    assert schur_dimension([1, 1, 1], 2) == 0
    assert forms(3, 2, False) == 4
    assert forms(10**9, 10**9, False) == INFINITE


def test_deep_networks_are_not_counted_out():
    network = AttentionNetwork((50,) * 101, 2, 2)
    assert output_forms(network, 50, 100, 2) >= INFINITE
    assert upper_bounds(network)[0].value < network.parameters


def test_two_tokens_can_be_fewer_than_three():
    found = {n: AttentionNetwork((3, 8, 1), 3, 9, tokens=n).dimension() for n in (1, 2, 3)}
    assert {n: int(bounds) for n, bounds in found.items()} == {1: 55, 2: 315, 3: 368}
    assert {bounds.grade for bounds in found.values()} == {Grade.PROVED}
    assert found[2].upper_by == "gram-forms"


def test_hidden_widths_beyond_all_functions_are_invisible():
    assert counted_widths(AttentionNetwork((2, 9, 9), 1, 9)) == (2, 9, 9)
    assert forward_widths(AttentionNetwork((2, 9, 9), 1, 9)) == (2, 6, 9)
    assert forward_widths(AttentionNetwork((1, 5, 5), 1, 9)) == (1, 1, 1)
    assert forward_widths(AttentionNetwork((2, 9, 9), 1, 9, kind="softmax")) == (2, 9, 9)
    assert forward_widths(AttentionNetwork((2, 9, 11), 1, 9, tokens=1)) == (2, 4, 10)
    assert forward_widths(AttentionNetwork((2, 9, 50), 1, 9, causal=True)) == (2, 6, 50)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("tokens", [1, 2, 3])
def test_output_forms_are_all_there(tokens, causal):
    network = AttentionNetwork((2, 40), 2, 40, tokens=tokens, causal=causal)
    forms = output_forms(network, 2, 1, tokens)
    assert independent_outputs(replace(network, widths=(2, forms)))
    assert not independent_outputs(replace(network, widths=(2, forms + 1)))


# head sizes, unseen scores, equal tokens


def test_enough_heads_need_small_head_sizes_only():
    for d, heads, sizes in ((2, 2, (1, 2)), (3, 2, (2, 3)), (3, 5, (1, 2, 3)), (4, 2, (3, 4)), (3, 1, (3, 4))):
        assert enough_rank(d, heads) == sizes[0]
        ranks = {whole_rank(AttentionNetwork((d, 3), a, heads), 200) for a in sizes}
        assert len(ranks) == 1
    smaller = AttentionNetwork((3, 3), 1, 2)
    assert whole_rank(smaller, 200) < whole_rank(AttentionNetwork((3, 3), 2, 2), 200)
    assert reduced(AttentionNetwork((3, 3), 3, 2, kind="softmax")).head_sizes == (3,)


@pytest.mark.parametrize(
    ("network", "gain"),
    [
        (AttentionNetwork((2, 4, 5), (1, 3), 2, kind="softmax"), 2),
        (AttentionNetwork((2, 5, 2), (2, 3), 2, kind="softmax"), 2),
        (AttentionNetwork((2, 6, 1), (1, 6), 3, kind="softmax"), 6),
        (AttentionNetwork((2, 4, 2), (2, 3), 2, kind="normalised"), 0),
        (AttentionNetwork((2, 4, 2), (2, 4), 2, kind="normalised"), 1),
        (AttentionNetwork((2, 4, 2), (1, 3), 2, kind="polynomial", score_power=2), 2),
        (AttentionNetwork((2, 4, 2), (1, 3), 2, kind="polynomial", score_power=2, tokens=1), 1),
        (AttentionNetwork((2, 4, 2), (1, 3), 2, kind="softmax", tokens=3), 0),
    ],
    ids=lambda value: getattr(value, "label", value),
)
def test_scores_that_no_function_shows(network, gain):
    small = reduced(network)
    assert unseen_scores(small, 0) == 0
    bounds = {bound.rule: bound.value for bound in upper_bounds(network)}
    assert bounds["gauge"] - seen_weights(small) >= gain
    assert bounds.get("unseen-scores", bounds["gauge"]) == seen_weights(small)
    assert whole_rank(network, bounds["gauge"]) <= seen_weights(small)


def test_two_tokens_of_several_softmax_heads_are_settled():
    for widths, sizes, values in (((2, 4, 5), (1, 3), (74, 76)), ((2, 5, 2), (2, 3), (52, 54))):
        for tokens, value in zip((2, 3), values, strict=True):
            bounds = AttentionNetwork(widths, sizes, 2, kind="softmax", tokens=tokens).dimension()
            assert (int(bounds), bounds.grade) == (value, Grade.PROVED)


def test_layers_that_fill_their_space_are_settled():
    for after, value in ((2, 44), (3, 52), (4, 60)):
        for sizes in ((1, 3), (1, 4), (2, 3)):
            bounds = AttentionNetwork((2, 4, after), sizes, 2, tokens=3).dimension()
            assert (int(bounds), bounds.grade) == (value, Grade.PROVED)


def test_normalised_heads_on_one_coordinate_are_one():
    for after, heads, causal in itertools.product((1, 2, 4), (1, 2, 5), (False, True)):
        network = AttentionNetwork((1, after), 1, heads, kind="normalised", tokens=3, causal=causal)
        assert (int(network.dimension()), network.dimension().grade) == (after, Grade.PROVED)
    deep = AttentionNetwork((1, 3, 2), 2, 3, kind="normalised", tokens=2)
    assert (int(deep.dimension()), deep.dimension().upper_by) == (2, "equal-tokens")
    assert equal_tokens_dimension(AttentionNetwork((2, 2), 2, kind="normalised")) is None
    assert equal_tokens_dimension(AttentionNetwork((2, 2), 1, kind="normalised", causal=True)) is None
    assert equal_tokens_dimension(AttentionNetwork((1, 2), 1)) is None


def test_one_vector_after_one_head_of_rank_one():
    network = AttentionNetwork((3, 3, 2, 2), (1, 2, 2), (1, 2, 2), tokens=3)
    assert [seen_tokens(network, i) for i in range(3)] == [3, 1, 1]
    assert [seen_tokens(replace(network, causal=True), i) for i in range(3)] == [3, 3, 3]
    assert network.dimension().grade is Grade.PROVED


@st.composite
def networks(draw):
    depth = draw(st.integers(2, 3))
    kind = draw(st.sampled_from(("lightning", "lightning", "polynomial", "normalised", "softmax")))
    return AttentionNetwork(
        draw(st.lists(st.sampled_from((1, 2, 2, 3, 4)), min_size=depth + 1, max_size=depth + 1)),
        draw(st.lists(st.integers(1, 4), min_size=depth, max_size=depth)),
        draw(st.lists(st.sampled_from((1, 2, 3, 6)), min_size=depth, max_size=depth)),
        kind=kind,
        tokens=draw(st.integers(1, 3)),
        score_power=draw(st.integers(1, 2)) if kind == "polynomial" else 1,
        causal=draw(st.booleans()),
    )


@examples(80)
@given(networks())
def test_no_rank_exceeds_a_bound(network):
    bounds = upper_bounds(network)
    assert whole_rank(network, bounds[0].value) <= bounds[0].value  # of 8 rows more than the bound


@examples(30)
@given(networks())
def test_blocks_cover_the_network(network):
    small = reduced(network)
    if network.kind in ("lightning", "polynomial"):
        cuts = best_cuts(small)
        assert cuts == tuple(sorted(set(cuts)))
        assert set(cuts) <= set(range(1, small.depth))
        assert cuts


# forged certificates


def forged(network, rule, value, extra=None):
    """Put another rule and value into a certificate of a network whose dimension it states too low."""
    document = copy.deepcopy(network.dimension().certificate().document)
    document["claim"]["upper"] = value
    document["upper"] = {"rule": rule, **(extra or {})}
    return checker.check(document | {"digest": checker.digest(document)})


@pytest.mark.parametrize(
    ("network", "rule"),
    [
        (AttentionNetwork((2, 4, 2), (1, 3), 3, tokens=3), "gram-forms"),
        (AttentionNetwork((3, 8, 1), 3, 9), "gram-forms"),
        (AttentionNetwork((2, 4, 5), (1, 3), 2, kind="softmax"), "unseen-scores"),
        (AttentionNetwork((2, 4, 2), (1, 3), 2, kind="polynomial", score_power=2, tokens=1), "unseen-scores"),
    ],
    ids=lambda value: getattr(value, "label", value),
)
def test_one_less_is_refused(network, rule):
    (bound,) = [bound for bound in upper_bounds(network) if bound.rule == rule]
    assert forged(network, rule, bound.value).valid
    document = copy.deepcopy(network.dimension().certificate().document)
    document["claim"] |= {"lower": 0, "upper": bound.value - 1}
    document |= {"lower": {"rule": "trivial"}, "upper": {"rule": rule}}
    report = checker.check(document | {"digest": checker.digest(document)})
    assert f"but {rule} gives {bound.value}" in " ".join(report.reasons)


def test_gram_forms_do_not_apply_elsewhere():
    softmax = AttentionNetwork((2, 2, 2), 1, 2, kind="softmax", tokens=3)
    assert "does not apply" in forged(softmax, "gram-forms", 99).reasons[0]
    powers = AttentionNetwork((2, 2, 2), 1, 2, kind="polynomial", score_power=2)
    assert "does not apply" in forged(powers, "gram-forms", 99).reasons[0]
    three = AttentionNetwork((3, 8, 1), 3, 9, tokens=3)
    assert "gives 378" in forged(three, "gram-forms", 368).reasons[0]  # 315 with two tokens only


def test_forged_blocks_are_refused():
    network = AttentionNetwork((2, 4, 1, 1), (4, 3, 3), (4, 3, 1), tokens=1)
    document = network.dimension().certificate().document
    upper, value = document["upper"], document["claim"]["upper"]
    assert upper["rule"] == "blocks"
    extra = {name: upper[name] for name in ("cuts", "outputs")}
    assert forged(network, "blocks", value, extra).valid
    for change, word in (
        ({"cuts": [1]}, "square"),
        ({"cuts": []}, "one minor for each block"),
        ({"cuts": [3]}, "cuts is not an integer"),
        ({"cuts": [2, 2], "outputs": upper["outputs"] * 2}, "increase"),
        ({"outputs": [upper["outputs"][0] | {"rows": []}]}, "square"),
        ({"outputs": [upper["outputs"][0] | {"tokens": 2}]}, "tokens"),
    ):
        reasons = forged(network, "blocks", value, extra | change).reasons
        assert word in " ".join(reasons), (change, reasons)
    softmax = AttentionNetwork((2, 2, 2), 1, 2, kind="softmax", tokens=3)
    assert "not for softmax" in forged(softmax, "blocks", 99, extra | {"cuts": [1]}).reasons[0]


def test_gram_forms_count_what_enters_and_what_leaves():
    assert gram_forms(AttentionNetwork((2, 4, 2), (1, 3), 3, tokens=3)) == 60
    assert gram_forms(AttentionNetwork((2, 2, 9), 1, (9, 1), tokens=3)) == 2 * (9 + 30 - 2)  # outputs in a plane
    assert gram_forms(AttentionNetwork((9, 1, 1), 1, tokens=9)) == 3 * 6 + covariants(3, 4, 9)
    assert gram_forms(AttentionNetwork((2, 2), 1, residual=True)) is None
    assert gram_forms(AttentionNetwork((2, 2, 2), 1, causal=True)) is None
