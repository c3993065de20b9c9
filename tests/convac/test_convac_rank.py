import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.evidence.evaluation import look
from algebra.rank import DEFAULT_PRIME
from tensors.convac import ConvAC, ConvLayer
from tensors.convac.cuts import candidate_cuts, cut_cost
from tensors.convac.lower_bounds import (
    crossing_components,
    equality_graph_bound,
    overlap_theorem_bound,
    window_equality_bound,
)
from tensors.convac.receptive_fields import minimal_receptive_field, overlap_bound, total_receptive_field, total_stride
from tensors.convac.sampling import _distances, best_sample, nearest_first
from tensors.convac.unrolled import unroll
from tensors.convac.upper_bounds import best_upper_bound, quick_upper_bound
from tensors.convac.values import CircuitValues
from tensors.matricization import column_positions, row_positions
from tests.convac import oracle
from tests.convac.circuits import circuits
from tests.properties import examples

ROWS = [
    json.loads(line) for line in (Path(__file__).parents[1] / "data/convac_reference.jsonl").read_text().splitlines()
]
CIRCUITS = [row for row in ROWS if "shape" in row]
GAP = ConvAC(5, 3, [ConvLayer(2, 1, 2), ConvLayer(5, 5, 2)]), (2, 3)  # rank 7; no bound is below 8
FORMULAS = [row for row in ROWS if row["g"] == "overlap_formula"]
POOLED = [row for row in ROWS if row["g"] == "BxB_then_2x2_pool"]


def circuit(row):
    return ConvAC(row["shape"], row["M"], [ConvLayer(*layer) for layer in row["layers"]], row["out"])


@pytest.mark.parametrize("row", CIRCUITS, ids=lambda row: row["id"])
def test_reference_ranks(row):
    net, rows = circuit(row), row["I"]
    found = net.rank(rows)
    assert found.lower == row["rank"]
    if row["status"] == "exact":
        assert (found.upper, found.grade.value) == (row["rank"], "proved")
        assert best_upper_bound(net, rows).value == min(row["mincut"], row["max"])
    bounds = row["bounds"]
    if "equality_graph_lower" in bounds:
        graph = equality_graph_bound(net, rows)
        assert (graph.value if graph else 1) == bounds["equality_graph_lower"]
    if "sharir_shashua_overlap" in bounds:
        theorem = overlap_theorem_bound(net, rows)
        assert (theorem.value if theorem else 1) == bounds["sharir_shashua_overlap"]


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row["id"])
def test_reference_exponents(row):
    windows, strides = row["R"], row["S"]
    assert total_stride(strides) == row["total_stride"]
    assert total_receptive_field(windows, strides) == row["total_receptive_field"]
    assert minimal_receptive_field(windows, strides, row["alpha"]) == row["alpha_minimal_receptive_field"]
    layers = [ConvLayer(r, s, c) for r, s, c in zip(windows, strides, row["C"], strict=True)]
    found = overlap_bound(_topped((row["H"], row["H"]), row["M"], layers), 1)
    if row["exponent_2d"] is None:
        assert found is None
    else:
        assert found.value >= int(row["bound"])
        if found.layer == row["K"]:
            assert (found.base, found.exponent, str(found.value)) == (row["D"], row["exponent_2d"], row["bound"])


@pytest.mark.parametrize("row", POOLED, ids=lambda row: row["id"])
def test_reference_exponents_of_pooled_blocks(row):
    shape, layers = (row["H"], row["H"]), []
    size = row["H"]
    while size > 1:
        layers += [ConvLayer(min(row["B"], size), 1, 128), ConvLayer(2, 2, 128)]
        size //= 2
    if row["B"] > row["H"] // 2:
        layers = [layer for layer in layers if layer.window[0] in (row["B"], 2)]
    found = overlap_bound(_topped(shape, 64, layers), 1)
    assert (found.exponent, found.base) == (row["best_exponent_over_K"], 64)


def _topped(shape, templates, layers):
    """The same circuit up to a last layer that covers what is left."""
    size, kept = shape[0], []
    for layer in layers:
        if layer.window[0] > size:
            break
        kept.append(layer)
        size = -(-size // layer.stride[0])
    return ConvAC(shape, templates, [*kept, ConvLayer(size, size, 2)])


@examples(80)
@given(circuits(), st.data())
def test_bounds_hold_the_true_rank(net, data):
    rows = data.draw(st.sets(st.integers(0, net.positions - 1), min_size=1, max_size=net.positions - 1))
    rows = tuple(sorted(rows))
    found = net.rank(rows)
    true = oracle.rank(net, rows)
    assert found.lower == true <= found.upper
    other = net.rank(column_positions(net.positions, rows))
    assert (other.lower, other.upper) == (found.lower, found.upper)
    for bound in (window_equality_bound, overlap_theorem_bound, equality_graph_bound):
        theorem = bound(net, rows)
        assert theorem is None or theorem.value <= true
    assert quick_upper_bound(net, rows).value >= best_upper_bound(net, rows).value >= true


@examples(25)
@given(circuits(borders=("clip", "same", "valid")), st.data())
def test_more_channels_never_lower_the_rank(net, data):
    wider = list(net.layers)
    k = data.draw(st.integers(0, len(wider) - 1))
    wider[k] = ConvLayer(wider[k].window, wider[k].stride, wider[k].channels + 1, wider[k].border, wider[k].sharing)
    rows = tuple(range(data.draw(st.integers(1, net.positions - 1))))
    before, after = net.rank(rows), ConvAC(net.input_shape, net.templates, wider, net.output).rank(rows)
    assert after.lower >= before.lower


@examples(30)
@given(circuits(borders=("clip", "same", "valid")), st.data())
def test_smaller_graphs_bound_the_rank_too(net, data):
    rows = tuple(range(data.draw(st.integers(1, net.positions - 1))))
    true = net.rank(rows).lower
    for graph in ({}, {"folded": True}, {"merged": True}):
        unrolled = unroll(net, rows, **graph)
        for cut in candidate_cuts(unrolled):
            assert cut_cost(unrolled, cut) >= true


def test_the_matrix_of_2_to_the_50_rows():
    net = ConvAC((10, 10), 2, [ConvLayer(2, 1, 2, sharing="sliding"), ConvLayer(10, 10, 1)])
    rows = row_positions((10, 10), "left")
    sample = best_sample(net, rows, 1024)
    assert (sample.rank, sample.evaluation.scheme, len(sample.evaluation.varied[0])) == (1024, "enumerated", 10)
    assert len(sample.minor_json()["rows"]) == 1024
    assert str(net.rank("left")) == "1024 (proved)"


def test_a_thousand_patches():
    net = ConvAC(1024, 2, [ConvLayer(2, 1, 2)] * 10 + [ConvLayer(1024, 1024, 1)])
    found = net.rank("left")
    assert (found.lower, found.upper, found.lower_by) == (1024, 1024, "evaluation-minor")
    grid = ConvAC((32, 32), 2, [ConvLayer(17, 1, 2, sharing="sliding"), ConvLayer(32, 32, 1)])
    found = grid.rank("left")
    assert found.lower == found.upper == 2**512
    assert found.lower_by == "sharir-shashua-overlap"


def test_depth_efficiency_where_the_tensor_has_2_to_the_1024_entries():
    deep = ConvAC(1024, 2, [ConvLayer(2, 2, 2)] * 10)
    assert deep.rank("odd-even").lower == 2**512 == deep.rank("odd-even").upper
    assert int(deep.rank("left")) == 2
    shallow = ConvAC(1024, 2, [ConvLayer(1024, 1024, 7)])
    assert int(shallow.rank("odd-even")) == int(shallow.rank("left")) == 7


def test_the_seed_changes_nothing_but_the_weights():
    net, rows = GAP
    found = [net.rank(rows, seed=seed) for seed in (0, 1, 2)]
    assert {(b.lower, b.upper, b.grade.value) for b in found} == {(7, 8, "probable")}
    assert [b.seed for b in found] == [0, 1, 2]
    assert net.rank(rows).record == found[0].record
    assert all(b.log2_error < -24 for b in found)


def test_more_trials_make_the_error_smaller():
    from tensors.convac import matricization_rank

    net, rows = GAP
    assert matricization_rank(net, rows, log2_error=-100).log2_error < -100
    for bad in (0, -5000, "x", True):
        with pytest.raises(InputError, match="log2_error"):
            matricization_rank(net, rows, log2_error=bad)
    values = CircuitValues(net, rows)
    assert values.log2_error(8, 12, 1) > values.log2_error(7, 12, 1)


def test_generic_vectors_are_for_multilinear_circuits_only():
    """An overlapping circuit is no multilinear function: vectors would see a greater rank than the tensor has."""
    row = next(row for row in CIRCUITS if row["id"] == "S069")
    net = circuit(row)
    assert not net.is_multilinear
    near = nearest_first(net, row["I"])
    vectors = look(CircuitValues(net, tuple(row["I"]), "vectors", near, 20), "key", 20, DEFAULT_PRIME)
    assert vectors.rank == 16 > row["rank"]
    assert net.rank(row["I"]).evidence.seen.evaluation.scheme == "enumerated"


def test_equality_graphs_by_hand():
    is_row = np.array([True, True, True, False, False, False])
    none = np.zeros(0, dtype=int)
    assert crossing_components(none, none, is_row) == 0
    assert crossing_components(np.array([0, 1, 2]), np.array([3, 4, 5]), is_row) == 3
    assert crossing_components(np.array([2, 3, 4]), np.array([3, 4, 5]), is_row) == 1


@pytest.mark.parametrize("border", ["clip", "same", "valid"])
def test_the_overlap_formula_is_false_for_some_borders_and_sharings(border):
    """The literal formula gives 16; complete windows only, or one matrix for all offsets, fall short of it."""
    net = ConvAC(8, 2, [ConvLayer(8, 1, 2, border, "sliding"), ConvLayer(8 if border != "valid" else 1, 8, 2)])
    assert int(net.rank("left")) == (2 if border == "valid" else 16)
    full = ConvAC(8, 2, [ConvLayer(8, 1, 2, "clip", "full"), ConvLayer(8, 8, 2, "clip", "full")])
    assert full.rank("left").lower < 16
    assert overlap_bound(full, 0) is None


def test_evidence_is_told():
    net = ConvAC(8, 3, [ConvLayer(2, 2, 3), ConvLayer(2, 2, 4), ConvLayer(2, 2, 6)])
    told = net.rank([0, 1, 2]).explain()
    assert "evaluation-minor" in told
    assert "9 >= rank: " in told


@pytest.mark.parametrize(
    ("row_side", "seed", "argument"), [([], 0, "row_side"), ("up", 0, "row_side"), ("left", "x", "seed")]
)
def test_bad_arguments(row_side, seed, argument):
    with pytest.raises(InputError) as caught:
        ConvAC(4, 2, [ConvLayer(4, 4, 1)]).rank(row_side, seed=seed)
    assert caught.value.argument == argument


@examples(10)
@given(circuits(most=4), st.integers(0, 3))
def test_one_template_or_one_position_on_a_side(net, position):
    assume(position < net.positions)
    found = net.rank([position])
    assert found.upper <= net.templates


@pytest.mark.parametrize(("stride", "border", "left"), [(1, "valid", 12), (2, "valid", 6), (2, "clip", 7)])
def test_positions_of_a_row_that_is_cut_in_two_are_sorted_by_their_distances(stride, border, left):
    net = ConvAC(13, 2, [ConvLayer(2, stride, 2, border=border), ConvLayer(left, left, 1)])
    for cut in range(14):
        inside = np.arange(13) < cut
        expected = []
        for side in (inside, ~inside):
            places = np.flatnonzero(side & net.covered[0])
            expected.append(tuple(places[np.argsort(_distances(~side)[places], kind="stable")].tolist()))
        assert nearest_first(net, range(cut)) == tuple(expected)
