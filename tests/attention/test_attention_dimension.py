import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import Grade, InputError
from algebra.evidence.evaluation import careful_trial
from algebra.evidence.reason import Reason
from algebra.rank import DEFAULT_PRIME
from algebra.rank.field import PrimeField
from algebra.rank.modular_rank import rank_of_array
from tensors.attention.formulas import equal_width_dimension, formula_values
from tensors.attention.functions import dimension as module
from tensors.attention.functions import evaluation, independence
from tensors.attention.functions.counts import (
    naive_dimension,
    one_layer_bounds,
    one_layer_dimension,
    virtual_weights_dimension,
)
from tensors.attention.functions.dimension import AttentionDimension
from tensors.attention.functions.evaluation import AttentionJacobian
from tensors.attention.functions.height import entry_size
from tensors.attention.functions.independence import independent_exponentials, logit_rank, narrowest
from tensors.attention.functions.network import AttentionNetwork
from tensors.attention.functions.reduction import forward_widths, gauge_fixed, reduced, visible_widths
from tensors.attention.functions.residue_jacobian import free_weights, has_symmetric_scores, jacobian
from tensors.attention.functions.rules import upper_bound, upper_bounds
from tests.properties import examples

REFERENCE = json.loads((Path(__file__).parents[1] / "data" / "attention_dimensions.json").read_text())
FIELD = PrimeField(DEFAULT_PRIME)


def network_of(row):
    keys = ("kind", "tokens", "score_power")
    return AttentionNetwork(
        row["widths"], row["head_sizes"], row["heads"], **{key: row[key] for key in keys if key in row}
    )


def whole_rank(network, extra=8):
    """Rank of the Jacobian without any reduction, gauge or stop."""
    matrix = jacobian(network, FIELD, "whole", upper_bound(network).value + extra, fix_gauge=False)
    assert matrix.shape[1] == network.parameters
    return rank_of_array(matrix, DEFAULT_PRIME)


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: network_of(row).label)
def test_reference_dimensions(row):
    network = network_of(row)
    bounds = network.dimension()
    assert bounds.lower == row["dimension"]
    assert network.parameters == row.get("parameters", network.parameters)
    assert whole_rank(network) == row["dimension"]
    assert all(bound.value >= row["dimension"] for bound in upper_bounds(network))


def test_all_reference_dimensions_are_proved():
    assert {network_of(row).dimension().grade for row in REFERENCE} == {Grade.PROVED}


# formulas


def test_published_formula_fails_after_head_size_one():
    for a, dimension in ((1, 17), (2, 23), (3, 25)):
        network = AttentionNetwork((3, 3, 3), a)
        assert equal_width_dimension(3, a, 2) == network.dimension().lower == dimension
    assert naive_dimension(AttentionNetwork((3,) * 3, (1, 2))) == 20
    assert int(AttentionNetwork((3,) * 3, (1, 2)).dimension()) == 18
    assert int(AttentionNetwork((3,) * 3, (1, 2), kind="softmax").dimension()) == 22  # softmax does not collapse


def test_conjectured_softmax_dimension_is_proved_on_the_published_range():
    for d in range(3, 11):
        network = AttentionNetwork((d,) * 3, 2, kind="softmax", tokens=3)
        assert network.dimension().grade is Grade.PROVED
        assert int(network.dimension()) == equal_width_dimension(d, 2, 2, softmax=True)


@pytest.mark.parametrize("tokens", [1, 2, 3])
def test_one_layer_formula(tokens):
    for d, after, a in itertools.product(range(1, 5), range(1, 4), range(1, 4)):
        for heads in range(1, 5):
            network = AttentionNetwork((d, after), a, heads, tokens=tokens)
            bounds = network.dimension()
            assert bounds.grade is Grade.PROVED
            assert bounds.lower == one_layer_dimension(d, after, a, heads, tokens)


def test_virtual_weights_formula():
    for widths in itertools.product(range(1, 4), repeat=3):
        for a in itertools.product(range(1, 4), repeat=2):
            for tokens, kind in ((1, "lightning"), (2, "lightning"), (3, "lightning"), (3, "softmax"), (1, "softmax")):
                network = AttentionNetwork(widths, a, kind=kind, tokens=tokens)
                assert int(network.dimension()) == virtual_weights_dimension(network), network.label


@pytest.mark.slow
def test_formulas_on_the_whole_published_range():
    count = 0
    for d, after, a, heads in itertools.product(range(1, 6), range(1, 7), range(1, 6), range(1, 9)):
        if a <= d and heads * (2 * a * d + d * after) <= 330:
            network = AttentionNetwork((d, after), a, heads)
            assert int(network.dimension()) == one_layer_dimension(d, after, a, heads)
            count += network.dimension().grade is Grade.PROVED
    assert count == 663
    for widths in itertools.product(range(1, 5), repeat=4):
        for a in itertools.product(range(1, 3), repeat=3):
            network = AttentionNetwork(widths, a)
            assert network.dimension().grade is Grade.PROVED
            assert int(network.dimension()) == virtual_weights_dimension(network)


def test_deep_lightning_heads_fall_short_of_the_sum_over_layers_where_the_first_layer_fills():
    exceptions = set()
    for widths in itertools.product(range(2, 5), repeat=3):
        for heads in (2, 3):
            network = AttentionNetwork(widths, (1, 3), heads, tokens=3)
            bounds = network.dimension()
            assert bounds.lower <= formula_values(network)["layers"]
            if bounds.lower < formula_values(network)["layers"]:
                exceptions.add(widths)
                assert bounds.grade is Grade.PROVED
    assert exceptions == {(2, 4, 2), (2, 4, 3), (2, 4, 4)}


def test_normalised_scores_of_rank_one_show_their_key_only():
    # the count alpha (2d - alpha) + d d' - 1 of one bilinear form overlooks it
    network = AttentionNetwork((3, 2), 1, kind="normalised")
    assert int(network.dimension()) == 8 < 1 * (6 - 1) + 6 - 1
    assert int(AttentionNetwork((3, 2), 2, kind="normalised").dimension()) == 2 * (6 - 2) + 6 - 1


def test_formulas_that_do_not_speak_of_a_network():
    assert set(formula_values(AttentionNetwork((3, 3), 1, residual=True)).values()) == {None}
    assert formula_values(AttentionNetwork((3, 3), 1, 2))["virtual-weights"] is None
    assert formula_values(AttentionNetwork((3, 2), 1))["equal-width"] is None
    assert formula_values(AttentionNetwork((3, 3), 1, kind="softmax", tokens=1))["layers"] is None


def test_bounds_have_their_conditions():
    assert set(one_layer_bounds(4, 2, 2, 2)) == {"heads", "matrix-rank", "ambient"}
    assert "mixing" in one_layer_bounds(4, 1, 2, 4)
    assert "common-subspace" not in one_layer_bounds(4, 1, 2, 4)
    assert "mixing" not in one_layer_bounds(4, 1, 2, 2, score_power=2)


# properties

widths_drawn = st.lists(st.integers(1, 4), min_size=2, max_size=3)


@st.composite
def networks(draw, kinds=("lightning", "polynomial", "normalised", "softmax")):
    widths = draw(widths_drawn)
    depth = len(widths) - 1
    kind = draw(st.sampled_from(kinds))
    residual = draw(st.booleans()) and len(set(widths)) == 1
    return AttentionNetwork(
        widths,
        draw(st.lists(st.integers(1, 4), min_size=depth, max_size=depth)),
        draw(st.lists(st.integers(1, 3), min_size=depth, max_size=depth)),
        kind=kind,
        tokens=draw(st.integers(1, 3)),
        score_power=draw(st.integers(1, 3)) if kind == "polynomial" else 1,
        causal=draw(st.booleans()),
        residual=residual,
    )


@examples(60)
@given(networks(), st.integers(0, 3))
def test_the_two_sides_fit_and_reduction_changes_nothing(network, seed):
    bounds = network.dimension(seed=seed)
    assert bounds.lower <= min(bound.value for bound in upper_bounds(network))
    assert whole_rank(network) <= bounds.upper
    assert whole_rank(network) == bounds.lower
    assert bounds.seed == seed
    assert bounds.grade in (Grade.PROVED, Grade.PROBABLE)


@examples(40)
@given(networks(("lightning", "polynomial", "softmax")), st.integers(0, 2))
def test_dimension_never_falls_when_something_grows(network, what):
    if network.residual and what == 0:
        return
    arguments = network.to_json() | {"heads": list(network.heads)}
    name = ("widths", "head_sizes", "heads")[what]
    arguments[name][-1] += 1
    assert AttentionNetwork(**arguments).dimension().lower >= network.dimension().lower


@examples(30)
@given(networks(("lightning", "polynomial")))
def test_more_tokens_see_no_less(network):
    more = AttentionNetwork(**network.to_json() | {"tokens": network.tokens + 1})
    assert more.dimension().lower >= network.dimension().lower


@examples(60)
@given(networks())
def test_reduction_is_idempotent_and_its_weights_are_counted_right(network):
    small = reduced(network)
    assert reduced(small) == small
    assert all(w <= f for w, f in zip(visible_widths(network)[:-1], forward_widths(network), strict=False))
    assert gauge_fixed(small) == sum(int(free_weights(small, i).sum()) for i in range(small.depth))


def test_seeds_reproduce():
    network = AttentionNetwork((3, 3, 3), 2, 2, kind="softmax", tokens=2)
    matrices = [jacobian(network, FIELD, key, 5) for key in ("a", "a", "b")]
    assert np.array_equal(matrices[0], matrices[1])
    assert not np.array_equal(matrices[0], matrices[2])


# evidence


def test_explanation_names_both_arguments():
    text = AttentionNetwork((3, 3, 3), (1, 2), tokens=9).dimension().explain()
    assert "18 <= dim: rank of the evaluated Jacobian modulo 8388593" in text
    assert "n2" in text
    assert "18 >= dim: virtual-weights" in text


def test_independence_is_proved_by_the_rank_of_the_logits():
    network = AttentionNetwork((2, 4, 5), (1, 3), 2, kind="softmax", tokens=3)
    assert logit_rank(network) == (24, 24)  # at one set of weights the rank is 21
    assert AttentionDimension(network).independence == "24 logits linearly independent modulo 8388593"
    for widths in itertools.product((1, 2, 3), repeat=3):
        for heads, causal in itertools.product((1, 2), (False, True)):
            network = AttentionNetwork(widths, 2, heads, kind="softmax", tokens=3, causal=causal)
            assert independent_exponentials(reduced(network)) is not None, network.label


def test_logits_of_the_narrowest_network_are_as_many_and_specialise():
    """The rank of the narrow network is one of the wide one, at weights and inputs that are 0 where it has none."""
    for widths in itertools.product((1, 2, 4), repeat=4):
        network = AttentionNetwork(widths, (3, 1, 2), (1, 2, 1), kind="softmax", tokens=3)
        narrow = narrowest(network)
        assert max(narrow.widths) <= 2
        assert logit_rank(narrow) == logit_rank(network)
        for i in range(3):
            assert has_symmetric_scores(narrow, i) == has_symmetric_scores(network, i)


def test_logits_are_looked_at_again_where_the_narrowest_network_says_nothing(monkeypatch):
    network = AttentionNetwork((3, 4, 2), 2, kind="softmax", tokens=3)
    monkeypatch.setattr(independence, "_kept_logit_rank", lambda narrow: (0, 12))
    independent_exponentials.cache_clear()
    assert independent_exponentials(network) == "12 logits linearly independent modulo 8388593"
    monkeypatch.setattr(independence, "logit_rank", lambda narrow: (11, 12))
    independent_exponentials.cache_clear()
    assert independent_exponentials(network) is None
    independent_exponentials.cache_clear()


def test_equal_logits_of_proportional_tokens_have_one_exponential(monkeypatch):
    network = AttentionNetwork((1, 2, 2), 1, kind="softmax", tokens=3)
    assert logit_rank(network) == (9, 9)  # 6 and 3, not 9 and 3
    monkeypatch.setattr("tensors.attention.functions.residue_jacobian.has_symmetric_scores", lambda *_: False)
    rank, count = logit_rank(network)
    assert rank < count == 12


def test_without_independence_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr(module, "independent_exponentials", lambda _: None)
    bounds = AttentionNetwork((2, 2, 2), 1, kind="softmax").dimension()
    assert (bounds.lower, bounds.grade) == (0, Grade.INCONCLUSIVE)
    assert "assumed, not proved" in bounds.explain()


def test_a_wrong_upper_bound_is_noticed(monkeypatch):
    network = AttentionNetwork((3, 3), 2)
    wrong = Reason("wrong", network.dimension().lower - 1)
    monkeypatch.setattr(module, "upper_bound", lambda _: wrong)
    with pytest.raises(ArithmeticError, match="exceeds the upper bound"):
        network.dimension()


def test_a_vanishing_column_sum_is_drawn_again(monkeypatch):
    from algebra.evidence.evaluation import PoleError

    calls = []

    def sometimes(network, field, key, samples, size):
        calls.append(key)
        if len(calls) < 3:
            raise PoleError("a column sum vanishes")
        return jacobian(network, field, key, samples, size)

    monkeypatch.setattr(evaluation, "jacobian", sometimes)
    assert int(AttentionNetwork((2, 2), 1, kind="normalised").dimension()) == 5
    assert calls[-1].endswith("/again=2")
    monkeypatch.setattr(independence, "logits", lambda *_: (_ for _ in ()).throw(PoleError("always")))
    assert logit_rank(AttentionNetwork((2, 2, 2), 1, kind="softmax"))[0] == 0


def test_error_targets_are_met():
    network = AttentionNetwork((2, 3, 1), (4, 1), (4, 1), tokens=3)
    loose, tight = network.dimension(), network.dimension(log2_error=-100)
    assert -64 >= loose.log2_error >= tight.log2_error
    assert tight.log2_error <= -100
    assert loose.lower == tight.lower == 15
    far = network.dimension(log2_error=-2000)
    assert far.log2_error <= -2000
    assert far.evidence.trials > loose.evidence.trials


@pytest.mark.parametrize("kind", ["lightning", "polynomial", "normalised", "softmax"])
def test_large_primes_see_the_same_rank(kind):
    network = AttentionNetwork((2, 3, 2), (1, 2), 2, kind=kind, tokens=2, score_power=2 if kind == "polynomial" else 1)
    bounds = network.dimension()
    small = reduced(network)
    for size in (1, 3):
        assert careful_trial(AttentionJacobian(small), bounds.upper, 0, 0, size).rank == bounds.lower
    assert AttentionJacobian(small).log2_error(bounds.lower + 1, bounds.upper + 4, 1) < -30


@pytest.mark.parametrize(("widths", "a", "heads"), [((2, 2), 1, 2), ((2, 3, 1), 2, 1), ((1, 2, 2), 1, 2)])
def test_height_bounds_every_entry(widths, a, heads):
    network = AttentionNetwork(widths, a, heads, kind="polynomial", score_power=2, tokens=2)
    bits = []
    for size in (1, 2):
        entry = entry_size(network, 64 * size)
        ring = PrimeField(1 << (entry.log2_height + 64))  # no inverse is needed, so a modulus beyond all entries is Z
        matrix = jacobian(network, ring, "height", 6, size)
        bits.append(max(int(x).bit_length() for x in matrix.flat))
        assert bits[-1] <= entry.log2_height
    assert bits[1] - bits[0] <= 64 * entry_size(network, 64).degree


# bad input


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"widths": (3,), "head_sizes": 1}, "widths"),
        ({"widths": (3, 0), "head_sizes": 1}, "widths"),
        ({"widths": "33", "head_sizes": 1}, "widths"),
        ({"widths": (3, 3), "head_sizes": 0}, "head_sizes"),
        ({"widths": (3, 3), "head_sizes": (1, 1)}, "head_sizes"),
        ({"widths": (3, 3, 3), "head_sizes": (1,)}, "head_sizes"),
        ({"widths": (3, 3), "head_sizes": "2"}, "head_sizes"),
        ({"widths": (3, 3), "head_sizes": 1, "heads": 0}, "heads"),
        ({"widths": (3, 3), "head_sizes": 1, "heads": True}, "heads"),
        ({"widths": (3, 3), "head_sizes": 1, "tokens": 0}, "tokens"),
        ({"widths": (3, 3), "head_sizes": 1, "tokens": 2.0}, "tokens"),
        ({"widths": (3, 3), "head_sizes": 1, "kind": "relu"}, "kind"),
        ({"widths": (3, 3), "head_sizes": 1, "kind": None}, "kind"),
        ({"widths": (3, 3), "head_sizes": 1, "score_power": 2}, "score_power"),
        ({"widths": (3, 3), "head_sizes": 1, "score_power": 0, "kind": "polynomial"}, "score_power"),
        ({"widths": (3, 3), "head_sizes": 1, "causal": 1}, "causal"),
        ({"widths": (3, 2), "head_sizes": 1, "residual": True}, "widths"),
    ],
)
def test_bad_networks(arguments, argument):
    with pytest.raises(InputError) as caught:
        AttentionNetwork(**arguments)
    assert caught.value.argument == argument


def test_bad_questions():
    network = AttentionNetwork((3, 3), 1)
    with pytest.raises(InputError, match="seed"):
        network.dimension(seed="zero")
    with pytest.raises(InputError, match="log2_error"):
        network.dimension(log2_error=1)
    with pytest.raises(InputError, match="fits into memory"):
        AttentionNetwork((10**6, 10**6), 10**5).dimension()
    with pytest.raises(InputError, match="fits into memory"):
        AttentionNetwork((3, 3), 1, kind="softmax", tokens=10**7).dimension()
    with pytest.raises(InputError, match="single head"):
        virtual_weights_dimension(AttentionNetwork((3, 3), 1, 2))
    with pytest.raises(InputError, match="depth"):
        equal_width_dimension(3, 1, 0)
    with pytest.raises(InputError, match="heads"):
        one_layer_bounds(3, 1, 1, 0)


def test_thousands_of_tokens_cost_lightning_nothing():
    assert int(AttentionNetwork((4, 4, 4), 2, tokens=10**9).dimension()) == 38


def test_head_sizes_may_be_an_array():
    for sizes in (np.array([2]), np.array(2), [np.int64(2)], (2,), 2):
        assert AttentionNetwork(widths=(3, 3), head_sizes=sizes, kind="softmax", tokens=3).dimension().value == 17
    with pytest.raises(InputError, match="head_sizes"):
        AttentionNetwork((3, 3), "2")
