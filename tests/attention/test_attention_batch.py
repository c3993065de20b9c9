"""Attention networks evaluated together: the same bounds and the same evidence as one by one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import InputError
from algebra.evidence.evaluation import PoleError
from algebra.rank import DEFAULT_PRIME
from proofs_check.families import attention, attention_dimensions
from tensors.attention import AttentionNetwork
from tensors.attention.functions import batch
from tensors.attention.functions.batch import proved_dimensions
from tests.properties import examples

KINDS = ({}, {"kind": "polynomial", "score_power": 3}, {"kind": "softmax"}, {"kind": "normalised"})


@st.composite
def networks(draw):
    """Networks of one kind, tokens, depth and heads, and of different widths and head sizes."""
    depth, small = draw(st.integers(1, 3)), st.integers(1, 3)
    told = {**draw(st.sampled_from(KINDS)), "tokens": draw(small), "causal": draw(st.booleans())}
    heads = draw(st.lists(st.integers(1, 2), min_size=depth, max_size=depth))
    residual = draw(st.booleans())
    found = []
    for _ in range(draw(st.integers(1, 7))):
        widths = draw(st.lists(small, min_size=depth + 1, max_size=depth + 1))
        sizes = draw(st.lists(small, min_size=depth, max_size=depth))
        widths = widths[:1] * (depth + 1) if residual else widths
        found.append(AttentionNetwork(widths, sizes, heads, residual=residual, **told))
    return found


def assert_the_same(found, alone):
    """Bounds, what stands behind them, and how many trials it took."""
    assert found == alone
    assert found.evidence.to_json() == alone.evidence.to_json()
    assert found.evidence.explain() == alone.evidence.explain()
    assert (found.seed, found.evidence.trials) == (alone.seed, alone.evidence.trials)


@examples(60)
@given(networks(), st.integers(0, 3))
def test_together_as_one_by_one(given_networks, seed):
    batch._seen_before.cache_clear()
    for network, bounds in proved_dimensions(given_networks, seed).items():
        assert_the_same(bounds, network.dimension(seed))


def test_nearly_all_of_a_table_are_proved_together():
    instances = attention_dimensions.instances([range(1, 5)] * 3, [range(1, 3)], [1, 2])
    given_networks = [
        attention_dimensions._network(i, name) for i in instances for name in attention_dimensions.NETWORKS
    ]
    found = proved_dimensions(given_networks)
    assert len(found) > 0.99 * len(set(given_networks))
    for network in given_networks[::17]:
        if network in found:
            assert_the_same(found[network], network.dimension())
            if found[network].lower and network.kind != "softmax":
                assert found[network].certificate().check().valid


@pytest.mark.parametrize(
    ("family", "instances"),
    [
        (attention_dimensions, attention_dimensions.instances([[2, 3], [1, 2], [2, 3]], [[1, 2]], [1, 2])),
        (attention, attention.instances("deep-heads", [2], 2, [1, 2], [2])),
        (attention, attention.instances("softmax", [1, 2], 3, [1, 2], [1])),
    ],
)
def test_rows_are_those_of_one_by_one(family, instances):
    batch._seen_before.cache_clear()
    rows = family.evaluate_together(instances)
    assert sum(row is not None for row in rows) >= 0.6 * len(rows)  # some reduce to three networks of a kind: too few
    for instance, row in zip(instances, rows, strict=True):
        assert family.gains(instance)
        assert row is None or row == family.evaluate(instance)


def small(**told):
    return [AttentionNetwork((3, width, 2), size, **told) for width in (2, 3, 4, 5) for size in (1, 2)]


def test_each_seed_has_its_own_evidence():
    for network in small():
        first, second = (proved_dimensions(small(), seed)[network].evidence.lower.key for seed in (0, 1))
        assert "seed=0" in first
        assert "seed=1" in second


def test_a_pole_leaves_all_of_them_to_be_asked_alone(monkeypatch):
    def fails(*given):
        raise PoleError("a sum vanishes")

    with monkeypatch.context() as patched:
        patched.setattr(batch, "gradients", fails)
        batch._seen_before.cache_clear()
        assert proved_dimensions(small(kind="softmax")) == {}
    batch._seen_before.cache_clear()
    assert len(proved_dimensions(small(kind="softmax"))) == 8


def test_exponentials_that_are_not_proved_independent_leave_all_of_them_to_be_asked_alone(monkeypatch):
    monkeypatch.setattr(batch, "independent_exponentials", lambda network: None)
    batch._seen_before.cache_clear()
    assert proved_dimensions(small(kind="softmax")) == {}
    batch._seen_before.cache_clear()
    assert len(proved_dimensions(small())) == 8


def test_too_low_a_rank_proves_nothing(monkeypatch):
    batch._seen_before.cache_clear()
    true_bound = batch.upper_bound
    monkeypatch.setattr(batch, "upper_bound", lambda network: replace(true_bound(network), value=network.parameters))
    for kind in ("lightning", "softmax"):
        assert proved_dimensions(small(kind=kind)) == {}


def test_kinds_of_different_primes_are_eliminated_apart():
    batch._seen_before.cache_clear()
    given_networks = [*small(), *small(kind="polynomial", score_power=DEFAULT_PRIME), *small(kind="softmax")]
    found = proved_dimensions(given_networks)
    assert {network.score_power for network in found} == {1, DEFAULT_PRIME}
    for network, bounds in found.items():
        assert_the_same(bounds, network.dimension())


def test_few_matrices_wait_for_others(monkeypatch):
    batch._seen_before.cache_clear()
    whole = proved_dimensions(small())
    monkeypatch.setattr(batch, "MOST_WAITING", 100)
    batch._seen_before.cache_clear()
    assert proved_dimensions(small()) == whole


def test_who_gains_nothing_is_left_out():
    large = [AttentionNetwork((20, 20), size) for size in (1, 2, 3, 4)]
    long = [AttentionNetwork((2, width), 1, kind="softmax", tokens=9) for width in (1, 2, 3, 4)]
    assert proved_dimensions([*large, *long, *small(kind="normalised"), *small()[:3]]) == {}


def test_a_bad_target_is_refused():
    with pytest.raises(InputError, match="log2_error"):
        proved_dimensions(small(), 0, 5.0)
