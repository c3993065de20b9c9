import json
from math import prod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.rank import DEFAULT_PRIME, rank_rational
from tensors.convac import ConvAC, ConvLayer
from tensors.convac.constructive import constructive_weights, depth_witness
from tensors.convac.equality_weights import equality_weights, window_weights
from tensors.convac.geometry import grid_after
from tensors.convac.grid_tensor import matricization
from tensors.convac.lower_bounds import (
    best_lower_bound,
    crossing_components,
    equality_graph_bound,
    overlap_theorem_bound,
)
from tensors.convac.offset_paths import Pair, edges, overlap_pair, path_base, path_bases
from tensors.convac.receptive_fields import overlap_bound
from tensors.matricization import row_positions
from tests.convac import oracle
from tests.convac.circuits import circuits
from tests.properties import examples

REFERENCE = Path(__file__).parents[1] / "data" / "convac_reference.jsonl"
ROWS = [row for row in map(json.loads, REFERENCE.read_text().splitlines()) if "shape" in row]
SMALL = [row for row in ROWS if row["M"] ** prod(row["shape"]) <= 2**16]


def circuit(row):
    return ConvAC(row["shape"], row["M"], [ConvLayer(*layer) for layer in row["layers"]], row["out"])


def is_monomial(matrix):
    return (np.count_nonzero(matrix, axis=0) == 1).all() and (np.count_nonzero(matrix, axis=1) == 1).all()


@pytest.mark.parametrize("row", SMALL, ids=lambda row: row["id"])
def test_reference_circuits_attain_their_bounds(row):
    net = circuit(row)
    if net.vanishes:
        with pytest.raises(InputError, match="architecture"):
            constructive_weights(net, row["I"])
        return
    found = constructive_weights(net, row["I"])
    assert found.rank == best_lower_bound(net, tuple(row["I"])).value <= row["rank"]
    assert rank_rational(found.matrix().tolist()) == found.rank


@pytest.mark.parametrize("row", [row for row in ROWS if row not in SMALL], ids=lambda row: row["id"])
def test_larger_circuits_attain_their_bounds_on_a_square_part(row):
    net = circuit(row)
    found = constructive_weights(net, row["I"])
    assert found.rank == best_lower_bound(net, tuple(row["I"])).value
    labels = found.drawn_labels(64)
    assert len(labels) == min(64, found.rank)
    assert is_monomial(found.part(labels, DEFAULT_PRIME))


def test_thousand_patches_attain_the_overlap_theorem():
    layers = [
        ConvLayer(5, 1, 8, sharing="sliding"),
        ConvLayer(2, 2, 8),
        ConvLayer(5, 1, 4, sharing="sliding"),
        ConvLayer(8, 8, 2),
    ]
    net = ConvAC((16, 16), 4, layers)
    found = constructive_weights(net, "left", "sharir-shashua-overlap")
    theorem = overlap_bound(net, 1)
    assert theorem.value == 4**32  # the exponent of the formula for H = 16, R = (5, 2, 5), S = (1, 2, 1)
    assert (found.base, found.rank) == (4, theorem.value)
    part = found.part(found.single_labels(), DEFAULT_PRIME)
    assert part.shape == (33, 33)
    assert is_monomial(part)
    line = ConvAC((1024,), 2, [ConvLayer(600, 1, 2, sharing="sliding"), ConvLayer(1024, 1024, 1)])
    found = constructive_weights(line, "left", "sharir-shashua-overlap")
    assert found.rank == 2**512
    assert is_monomial(found.part(found.single_labels()[:40], DEFAULT_PRIME))


@examples(60)
@given(circuits(), st.data())
def test_random_circuits_attain_the_best_bound(net, data):
    assume(not net.vanishes and net.positions > 1)
    rows = data.draw(st.sets(st.integers(0, net.positions - 1), min_size=1, max_size=net.positions - 1))
    found = constructive_weights(net, sorted(rows))
    assert found.rank == best_lower_bound(net, tuple(sorted(rows))).value
    assert rank_rational(found.matrix().tolist()) == found.rank


@st.composite
def circuits_with_a_same_border(draw):
    """One layer of windows that reach beyond the grid, and a second that sees everything."""
    shape = draw(st.sampled_from([(2,), (4,), (6,), (2, 2), (3, 2), (2, 3), (3, 4), (5, 2)]))
    window = [draw(st.integers(1, h)) for h in shape]
    first = ConvLayer(window, (1,) * len(shape), draw(st.integers(2, 3)), "same", "none")
    return ConvAC(shape, 2, [first, ConvLayer(shape, shape, 1)])


@examples(60)
@given(circuits_with_a_same_border(), st.sampled_from(["left", "top"]))
def test_the_overlap_theorem_is_attained_at_a_same_border(net, side):
    rows = row_positions(net.input_shape, side if len(net.input_shape) > 1 else "left")
    theorem = overlap_theorem_bound(net, rows)
    assume(theorem is not None)
    found = constructive_weights(net, rows, "sharir-shashua-overlap")
    assert found.rank >= theorem.value
    assert equality_graph_bound(net, rows).value >= theorem.value
    if net.positions <= 8:
        assert rank_rational(found.matrix().tolist()) == found.rank


def test_a_window_that_begins_outside_of_the_grid_on_the_other_axis():
    """Found by chance: the weights of the theorem lost a component at the border, and attained 4 of 8."""
    layers = [ConvLayer((3, 2), (1, 1), 2, "same", "none"), ConvLayer((1, 1), (1, 1), 1), ConvLayer((3, 2), (3, 2), 1)]
    net = ConvAC((3, 2), 2, layers)
    assert overlap_pair(net, 1, 1) == Pair(((1, 0),), ((1, 1),))
    found = constructive_weights(net, "left")
    assert found.rule == "sharir-shashua-overlap"
    assert found.rank == rank_rational(found.matrix().tolist()) == 8


@st.composite
def circuits_with_paths(draw):
    """A circuit of two or three layers that know their offsets below the last one, and two paths through them."""
    shape = draw(st.sampled_from([(3,), (4,), (5,), (6,), (2, 2), (2, 3)]))
    grid, layers, paths = shape, [], ([], [])
    for _ in range(draw(st.integers(1, 2))):
        window = [draw(st.integers(min(2, h), h)) for h in grid]
        stride = [draw(st.integers(1, r)) for r in window]
        border = draw(st.sampled_from(("clip", "clip", "same", "valid")))
        layers.append(
            ConvLayer(window, stride, draw(st.integers(2, 4)), border, draw(st.sampled_from(("none", "sliding"))))
        )
        for path in paths:
            path.append(tuple(draw(st.integers(0, r - 1)) for r in window))
        grid = grid_after(grid, layers[-1])
    layers.append(ConvLayer(grid, grid, draw(st.integers(1, 2)), sharing=draw(st.sampled_from(("none", "full")))))
    net = ConvAC(shape, draw(st.integers(2, 3)) if prod(shape) <= 4 else 2, layers)
    return net, Pair(*map(tuple, paths))


@examples(150)
@given(circuits_with_paths(), st.data())
def test_any_two_paths_give_the_rank_of_their_graph(circuit_and_pair, data):
    net, pair = circuit_and_pair
    assume(pair.first != pair.second)
    layer = len(pair.first)
    agree = next(k for k in range(layer) if pair.first[k] != pair.second[k])
    weights = equality_weights(net, layer, pair)
    rows = sorted(data.draw(st.sets(st.integers(0, net.positions - 1), min_size=1, max_size=net.positions - 1)))
    is_row = np.isin(np.arange(net.positions), rows)
    count = crossing_components(*edges(net, layer, pair), is_row)
    assert rank_rational(matricization(weights, rows).tolist()) == path_base(net, layer, agree) ** count


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 9))
def test_bases_of_paths_by_their_definition(channels, templates):
    """The least of templates, last channels, and inner channels, halved where the paths differ."""
    net = ConvAC(2, templates, [*(ConvLayer(1, 1, c) for c in channels), ConvLayer(2, 2, 1)])
    *inner, last = channels
    for agree, base in enumerate(path_bases(net, len(channels))):
        shared = [c if k < agree else c // 2 for k, c in enumerate(inner)]
        assert base == min(templates, last, *shared)


def test_paths_that_meet_again_keep_their_edges_apart():
    net = ConvAC(
        8, 2, [ConvLayer(2, 1, 4, sharing="sliding"), ConvLayer(2, 2, 4, sharing="sliding"), ConvLayer(4, 4, 1)]
    )
    pair = Pair(((0,), (0,)), ((1,), (0,)))  # cells 2u and 2u + 1, although the first layer joins all neighbours
    weights = equality_weights(net, 2, pair)
    assert rank_rational(matricization(weights, "odd-even").tolist()) == 16
    alone = equality_weights(net, 1, Pair(((0,),), ((1,),)))
    assert rank_rational(matricization(alone, "odd-even").tolist()) == 2


def test_the_example_of_two_overlapping_layers():
    net = ConvAC(
        8, 2, [ConvLayer(2, 1, 4, sharing="sliding"), ConvLayer(4, 1, 2, sharing="sliding"), ConvLayer(8, 8, 1)]
    )
    found = constructive_weights(net, "left", "sharir-shashua-overlap")
    matrix = found.matrix()
    assert rank_rational(matrix.tolist()) == 16
    assert all(set(array.flat) <= {0, 1} for array in found.weights.layers)


def test_values_agree_with_the_slow_reference():
    net = ConvAC((2, 3), 3, [ConvLayer((2, 2), 1, 3), ConvLayer((2, 3), (2, 3), 2)])
    found = constructive_weights(net, "left")
    weights = ([array.tolist() for array in found.weights.layers], found.weights.output.tolist())
    expected = oracle.matrix(net, found.rows, weights)
    assert (found.matrix() == np.array(expected, dtype=object)).all()


@pytest.mark.parametrize("sharing", ["none", "sliding", "full"])
@pytest.mark.parametrize(("templates", "channels"), [(2, 2), (3, 2), (2, 3)])
def test_depth_witness_is_an_identity(sharing, templates, channels):
    layers = [
        ConvLayer(2, 2, channels, sharing=sharing),
        ConvLayer(2, 2, 2, sharing=sharing),
        ConvLayer(2, 2, 1, sharing=sharing),
    ]
    net = ConvAC(8, templates, layers)
    matrix = matricization(depth_witness(net), "odd-even")
    base = min(templates, channels)
    shown = matrix[matrix.any(axis=1)][:, matrix.any(axis=0)]
    assert (shown == np.eye(base**4, dtype=int)).all()
    assert rank_rational(matrix.tolist()) == base**4


def test_one_layer_with_a_linear_output_sums_its_own_channels():
    net = ConvAC(4, 3, [ConvLayer(4, 4, 2, sharing="full")])
    assert rank_rational(matricization(window_weights(net), "left").tolist()) == 2


def test_a_circuit_of_rank_one_gets_constant_weights():
    net = ConvAC(4, 2, [ConvLayer(4, 4, 3)], "single")
    found = constructive_weights(net, "left")
    assert (found.rule, found.rank) == ("nonzero", 1)
    assert (found.matrix() == 1).all()
    assert found.part(found.single_labels(), 7).tolist() == [[1]]


def test_overlap_pair_takes_the_least_receptive_field():
    net = ConvAC(16, 2, [ConvLayer(5, 1, 4), ConvLayer(2, 2, 4), ConvLayer(5, 1, 4), ConvLayer(8, 8, 1)])
    first, far = overlap_pair(net, 0, 3)
    assert first == ((0,), (0,), (0,))
    assert far[0][0] + far[1][0] + 2 * far[2][0] == 8
    assert far[1] == (1,)


def test_bad_input():
    net = ConvAC(8, 2, [ConvLayer(2, 1, 2, sharing="full"), ConvLayer(8, 8, 1)])
    with pytest.raises(InputError, match="offset"):
        equality_weights(net, 1, Pair(((0,),), ((1,),)))
    net = ConvAC(8, 2, [ConvLayer(2, 1, 1), ConvLayer(2, 1, 2), ConvLayer(8, 8, 1)])
    for layer, pair, name in (
        (3, Pair(((0,),), ((1,),)), "layer"),
        (1, Pair(((0,),), ((2,),)), "pair"),
        (1, Pair(((0,),), ((0,),)), "pair"),
        (2, Pair(((0,),), ((1,),)), "pair"),
        (2, Pair(((0,), (0,)), ((1,), (1,))), "channels"),
    ):
        with pytest.raises(InputError, match=name):
            equality_weights(net, layer, pair)
    with pytest.raises(InputError, match="rule"):
        constructive_weights(net, "left", "tensor-train")
    with pytest.raises(InputError, match="rule"):
        constructive_weights(net, "odd-even", "sharir-shashua-overlap")
    with pytest.raises(InputError, match="linear output"):
        window_weights(ConvAC(4, 2, [ConvLayer(4, 4, 3)], "single"))
    with pytest.raises(InputError, match="receptive field"):
        overlap_pair(ConvAC(8, 2, [ConvLayer(2, 1, 2), ConvLayer(8, 8, 1)]), 0, 1)
    found = constructive_weights(
        ConvAC(4, 2, [ConvLayer(2, 2, 2), ConvLayer(2, 2, 1)]), row_positions((4,), "odd-even")
    )
    for labels in ([[0, 2]], [[0]], [0, 0], [[-1, 0]]):
        with pytest.raises(InputError, match="labels"):
            found.part(labels, DEFAULT_PRIME)
