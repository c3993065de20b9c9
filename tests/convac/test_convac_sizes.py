"""Circuits of very many templates or channels, arguments without an order, and what notebooks show."""

import pytest

from algebra.errors import InputError
from tensors.attention import AttentionNetwork
from tensors.attention.patterns import SparsePattern
from tensors.convac import ConvAC, ConvLayer
from tensors.convac.grid_tensor import grid_tensor, matricization
from tensors.convac.weights import CircuitWeights
from tensors.networks import FactorGraph


@pytest.mark.parametrize("templates", [10**5, 10**400])
@pytest.mark.parametrize(
    ("layers", "value"),
    [
        ([ConvLayer(2, 2, 2), ConvLayer(2, 2, 2)], 2),
        ([ConvLayer(2, 1, 2, sharing="sliding"), ConvLayer(4, 4, 2)], 4),
    ],
)
def test_templates_that_the_channels_cannot_tell_apart_cost_nothing(templates, layers, value):
    bounds = ConvAC(4, templates, layers).rank("left")
    assert bounds.value == value
    assert bounds.grade.value == "proved"


@pytest.mark.parametrize("channels", [10**7, 10**400])
def test_channels_that_nothing_needs_cost_nothing(channels):
    net = ConvAC(4, 3, [ConvLayer(4, 4, channels, sharing="sliding")])
    assert net.rank("odd-even").value == 9


def test_a_part_is_not_certified_as_the_whole():
    bounds = ConvAC(4, 10**5, [ConvLayer(2, 2, 2), ConvLayer(2, 2, 2)]).rank("left")
    if bounds.lower_by == "evaluation-minor":
        with pytest.raises(InputError, match="templates"):
            bounds.evidence.certificate()
    else:
        assert bounds.evidence.certificate()


def test_grid_tensors_are_refused_before_they_are_made():
    weights = CircuitWeights.given(ConvAC(65, 1, [ConvLayer(65, 65, 1)]), [[[[[1]]] * 65]])
    with pytest.raises(InputError, match="64"):
        grid_tensor(weights)
    assert matricization(weights, "left").shape == (1, 1)


@pytest.mark.parametrize("layer", [ConvLayer(2, 2, 2)])
def test_what_has_no_order_is_refused(layer):
    for call in (
        lambda: ConvAC({3, 2}, 2, [layer]),
        lambda: ConvAC({3: 2}, 2, [layer]),
        lambda: ConvAC(b"\x02", 2, [layer]),
        lambda: ConvAC(bytearray(b"\x02"), 2, [layer]),
        lambda: ConvAC(2, 2, {layer}),
        lambda: ConvAC(2, 2, bytearray(b"\x02")),
        lambda: ConvLayer({2, 3}, 2, 2),
        lambda: ConvLayer(2, frozenset({2}), 2),
        lambda: AttentionNetwork({3, 4}, 2),
        lambda: AttentionNetwork((3, 3, 3), {1, 2}),
        lambda: AttentionNetwork((3, 3), 2, heads={2}),
        lambda: SparsePattern(({1, 3},)),
        lambda: SparsePattern({(1, 3)}),
        lambda: SparsePattern((([0], [1]),)),
    ):
        with pytest.raises(InputError):
            call()


def test_notebooks_show_a_few_lines_of_anything():
    huge = (
        ConvAC(2**19, 10**400, [ConvLayer(2**19, 2**19, 10**400)]),
        FactorGraph((2,) * 3000, 1500, tuple((i, i + 1500) for i in range(1500))),
        SparsePattern(tuple(tuple(1 << k for k in range(500)) for _ in range(3)), name="<script>" * 99),
        AttentionNetwork((3,) * 300, 10**300),
        ConvAC(2, 2, [ConvLayer(2, 2, 2)]),
        FactorGraph((2, 2), 2, ((0, 1),)),
        AttentionNetwork((3, 3), 2, kind="softmax", tokens=1),
    )
    for each in huge:
        shown = each._repr_html_()
        assert len(shown) < 1200
        assert "<b>" in shown
        assert "<script>" not in shown
