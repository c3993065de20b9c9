import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.rank import rank_rational
from tensors.convac.constructive import depth_witness
from tensors.convac.grid_tensor import matricization
from tensors.formats import (
    deep_circuit,
    depth_efficiency_bound,
    depth_separation,
    shallow_circuit,
    train_rank_of_tree,
    train_terms_bound,
    tree_width_of_train,
    truncated_circuit,
    truncation_bound,
    witness_distance_squared,
)
from tensors.mixtures import tensor_train, train_cut
from tests.properties import examples


@pytest.mark.parametrize(("patches", "layers"), [(4, 1), (8, 1), (8, 2), (16, 2), (16, 3)])
@pytest.mark.parametrize("templates", [2, 3])
def test_truncated_circuits_need_as_many_channels(patches, layers, templates):
    widths = [templates] * (patches.bit_length() - 1)
    if templates ** (patches >> layers) > 200:
        pytest.skip("the rank is large")
    found = depth_separation(patches, templates, widths, layers)
    assert found.needed == templates ** (patches >> layers)
    assert found.is_confirmed
    assert found.truncated_rank.value == found.needed - 1


@examples(25)
@given(st.integers(1, 3), st.lists(st.integers(1, 4), min_size=3, max_size=3), st.integers(1, 2))
def test_deep_ranks_reach_the_bound(templates, widths, layers):
    bound = truncation_bound(8, templates, widths, layers)
    rank = deep_circuit(8, templates, widths).rank(bound.rows)
    assert rank.lower >= bound.channels
    if layers == 1:
        assert rank.value == bound.channels == depth_efficiency_bound(8, templates, widths[0])


@pytest.mark.parametrize("sharing", ["none", "sliding", "full"])
def test_sharing_does_not_spoil_depth_efficiency(sharing):
    net = deep_circuit(8, 2, [2, 3, 2], sharing)
    assert (
        rank_rational(matricization(depth_witness(net), "odd-even").tolist()) == depth_efficiency_bound(8, 2, 2) == 16
    )
    assert net.rank("odd-even").value == 16


def test_a_shallow_circuit_may_have_the_rank():
    assert shallow_circuit(6, 2, 5).rank("odd-even").value == 5
    assert shallow_circuit(6, 2, 50).rank("odd-even").value == 8
    assert truncated_circuit(16, 2, [2, 2], 7).rank([0, 1, 4, 5, 8, 9, 12, 13]).upper >= 7


def test_distance_of_the_witness():
    assert witness_distance_squared(8, 3, 80) == 1
    assert witness_distance_squared(8, 3, 100) == 0


@pytest.mark.parametrize(("patches", "templates", "rank"), [(4, 2, 2), (6, 3, 2), (8, 3, 3), (6, 2, 4)])
def test_trains_need_as_many_products(patches, templates, rank):
    train = tensor_train(patches, templates, rank)
    assert train_cut(train, range(0, patches, 2)) >= train_terms_bound(patches, templates, rank)


def test_widths_of_conversions():
    assert tree_width_of_train(3) == 9
    assert [train_rank_of_tree(n, 2) for n in (2, 4, 8, 16, 32)] == [2, 2, 4, 4, 8]


def test_bad_input():
    bad = [
        (lambda: deep_circuit(6, 2, [2, 2]), "patches"),
        (lambda: deep_circuit(8, 2, [2, 2]), "widths"),
        (lambda: truncated_circuit(8, 2, [2, 2, 2], 1), "widths"),
        (lambda: truncation_bound(8, 2, [2, 2, 2], 3), "layers"),
        (lambda: truncation_bound(8, 2, [2, 2], 1), "widths"),
        (lambda: depth_separation(8, 2, [1, 2, 2]), "widths"),
        (lambda: depth_efficiency_bound(8, 0, 2), "templates"),
        (lambda: train_terms_bound(5, 2, 2), "patches"),
        (lambda: witness_distance_squared(8, 2, 0), "channels"),
        (lambda: train_rank_of_tree(12, 2), "patches"),
    ]
    for make, name in bad:
        with pytest.raises(InputError, match=name):
            make()
