"""Bounds by intersecting subspaces and by windows that are equal, against ranks computed entry by entry."""

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.evidence.checker.circuit_cuts import cut_value
from algebra.evidence.checker.circuit_subspaces import subspace_bound as checked_subspaces
from algebra.evidence.checker.circuits import read_circuit
from tensors.convac import ConvAC, ConvLayer
from tensors.convac.cuts import candidate_cuts, cut_cost, first_window_cuts
from tensors.convac.equal_windows import Equal, crossing_first_windows, equal_windows
from tensors.convac.lower_bounds import equality_graph_bound, overlap_theorem_bound
from tensors.convac.subspaces import subspace_value
from tensors.convac.unrolled import Fields, unroll
from tensors.convac.upper_bounds import best_upper_bound, pooling_bound
from tensors.matricization import row_positions
from tests.convac import oracle
from tests.convac.circuits import circuits
from tests.properties import cases, examples
from tests.tampering import check_forged

NINE = ConvAC(9, 3, [ConvLayer(3, 3, 5), ConvLayer(3, 3, 2)])
NINE_ROWS = (0, 1, 3, 5)
SHARED = ConvAC(8, 2, [ConvLayer(8, 1, 2, sharing="full"), ConvLayer(8, 8, 2, sharing="full")])


def fully_shared(net):
    layers = [ConvLayer(x.window, x.stride, x.channels, x.border, "full") for x in net.layers]
    return ConvAC(net.input_shape, net.templates, layers, net.output)


@st.composite
def partitioned(draw):
    net = draw(circuits())
    net = fully_shared(net) if draw(st.booleans()) else net
    return net, tuple(sorted(draw(st.sets(st.integers(0, net.positions - 1), min_size=1, max_size=net.positions - 1))))


@examples(120)
@given(partitioned())
def test_subspaces_never_bound_below_the_rank(case):
    net, rows = case
    fields = Fields(net, rows)
    value = subspace_value(fields)
    assert oracle.rank(net, rows) <= value <= pooling_bound(net, rows).value
    assert checked_subspaces(read_circuit(net.to_json()), set(rows)) == value


@examples(80)
@given(partitioned())
def test_no_cut_bounds_below_the_rank(case):
    net, rows = case
    fields, circuit = Fields(net, rows), read_circuit(net.to_json())
    equal, rank = Equal.of(fields), oracle.rank(net, rows)
    for kind in ("tree", "folded", "merged"):
        unrolled = unroll(net, rows, **({} if kind == "tree" else {kind: True}))
        first = first_window_cuts(unrolled, crossing_first_windows(fields, unrolled.copies))
        for cut in (*candidate_cuts(unrolled, equal), *first):
            value = cut_cost(unrolled, cut, equal)
            assert rank <= value <= cut_cost(unrolled, cut)
            proof = {"rule": "equal-windows", "graph": kind, "variables": list(cut)}
            assert cut_value(circuit, rows, proof) == value


@pytest.mark.parametrize(("net", "rows", "value"), [(NINE, NINE_ROWS, 17), (NINE, (2, 4, 6, 7, 8), 17)])
def test_subspaces_by_hand(net, rows, value):
    assert subspace_value(Fields(net, rows)) == value


def test_a_single_output_is_one_channel():
    net = ConvAC(2, 3, [ConvLayer(1, 1, 3), ConvLayer(2, 2, 7)], "single")
    assert subspace_value(Fields(net, (0,))) == 1


def test_spaces_meet_where_windows_overlap():
    """Both windows see both cells: the spaces of the two channels have dimension 4 of 9, in the span of 3 x 3."""
    net = ConvAC(4, 3, [ConvLayer(2, 1, 2, "valid"), ConvLayer(3, 3, 5)])
    rows = (0, 2)
    assert oracle.rank(net, rows) <= subspace_value(Fields(net, rows)) <= pooling_bound(net, rows).value


def test_windows_that_are_equal():
    fields = Fields(SHARED, (0, 1, 2, 3))
    assert equal_windows(fields, False)[1] == [0, 0, 0, 0, 0, 1, 2, 3]
    assert equal_windows(fields, True)[1] == [0, 1, 2, 3, 4, 4, 4, 4]
    sliding = ConvAC(8, 2, [ConvLayer(8, 1, 2, sharing="sliding"), ConvLayer(8, 8, 2)])
    assert equal_windows(Fields(sliding, (0, 1, 2, 3)), False)[1] == list(range(8))
    assert Equal.of(Fields(sliding, (0, 1, 2, 3))) is None


def equal_values(window, channels, border, above):
    """The product over groups of windows that see the same of one side, times the last channels where they matter."""
    length = 7 if border == "valid" else 6
    size = length - window + 1 if border == "valid" else length
    return ConvAC(length, 2, [ConvLayer(window, 1, channels, border, "full"), ConvLayer(size, size, 2, sharing=above)])


def test_two_layers_that_are_fully_shared():
    random, closed, cases = Random(0), 0, 0
    for window, border, channels, above in product((4, 5, 6), ("clip", "same", "valid"), (1, 2), ("full", "none")):
        net = equal_values(window, channels, border, above)
        rows = tuple(sorted(random.sample(range(net.positions), 3)))
        bound, rank = best_upper_bound(net, rows), oracle.rank(net, rows)
        assert rank <= bound.value
        cases, closed = cases + 1, closed + (rank == bound.value)
    assert closed >= 0.9 * cases


@pytest.mark.parametrize(
    ("last", "sharing", "value"), [(1, "none", 5), (2, "full", 5), (2, "sliding", 10), (2, "none", 10)]
)
def test_what_reads_equal_windows_counts(last, sharing, value):
    """A last window of one matrix leaves the monomials alone; others multiply them by the channels (the rank is 8)."""
    net = ConvAC(8, 2, [ConvLayer(8, 1, 2, sharing="full"), ConvLayer(8, 8, last, sharing=sharing)])
    bound = best_upper_bound(net, (0, 1, 2, 3))
    assert (bound.value, bound.rule) == (value, "equal-windows")
    assert (net.rank((0, 1, 2, 3)).lower == value) == (value == 5)


@pytest.mark.parametrize("window", [6, 7, 8])
def test_large_grids(window):
    net = ConvAC((8, 8), 2, [ConvLayer(window, 1, 2, sharing="full"), ConvLayer(8, 8, 2, sharing="full")])
    rows = row_positions((8, 8), "left")
    bound = best_upper_bound(net, rows)
    assert bound.rule == "equal-windows"
    proof = {"rule": bound.rule, "graph": bound.detail("graph"), "variables": bound.detail("variables")}
    assert cut_value(read_circuit(net.to_json()), rows, proof) == bound.value


@pytest.mark.parametrize(("size", "window", "exponent"), [(16, 9, 128), (16, 12, 128), (32, 17, 512)])
def test_equality_graphs_are_never_below_the_overlap_theorem(size, window, exponent):
    net = ConvAC((size, size), 2, [ConvLayer(window, 1, 2, sharing="sliding"), ConvLayer(size, size, 1)])
    rows = row_positions((size, size), "left")
    assert overlap_theorem_bound(net, rows).value == 2**exponent
    assert equality_graph_bound(net, rows).value == 2**exponent


def test_deep_equality_graphs_are_never_below_the_overlap_theorem():
    random = Random(5)
    for _ in cases(25):
        size = random.choice((6, 8, 10, 12))
        layers = [ConvLayer(random.randint(2, 5), random.choice((1, 1, 2)), random.randint(2, 6)) for _ in range(2)]
        sizes = [size]
        for layer in layers:
            sizes.append(-(-sizes[-1] // layer.stride[0]))
        if all(layer.window[0] <= h for layer, h in zip(layers, sizes, strict=False)):
            net = ConvAC((size, size), 3, [*layers, ConvLayer(sizes[-1], sizes[-1], 2)])
            rows = row_positions((size, size), "top")
            theorem, graph = overlap_theorem_bound(net, rows), equality_graph_bound(net, rows)
            assert theorem is None or theorem.value <= graph.value, net.label


# ---- certificates


def lowered(document):
    document["claim"]["upper"] -= 1
    document["claim"]["lower"] = min(document["claim"]["lower"], document["claim"]["upper"])


def of_sharing(sharing, layer):
    def change(document):
        document["claim"]["circuit"]["layers"][layer]["sharing"] = sharing
        document["claim"]["label"] = SHARED_LABELS[sharing, layer]

    return change


SHARED_LABELS = {
    (sharing, layer): ConvAC(
        8,
        2,
        [
            ConvLayer(x.window, x.stride, x.channels, x.border, sharing if k == layer else "full")
            for k, x in enumerate(SHARED.layers)
        ],
    ).label
    for sharing in ("none", "sliding")
    for layer in (0, 1)
}
FORGERIES = {
    "one less": lowered,
    "unshared first windows": of_sharing("none", 0),
    "sliding first windows": of_sharing("sliding", 0),
    "sliding last windows": of_sharing("sliding", 1),
    "no equal windows": lambda d: d["upper"].update(rule="cut"),
    "a variable left out": lambda d: d["upper"]["variables"].pop(),
    "a variable twice": lambda d: d["upper"]["variables"].append(d["upper"]["variables"][0]),
    "a variable that is none": lambda d: d["upper"]["variables"].append(10**6),
    "an unknown graph": lambda d: d["upper"].update(graph="forest"),
    "a field more": lambda d: d["upper"].update(value=5),
    "other rows": lambda d: d["claim"].update(row_side=[0, 1, 2, 5]),
    "subspaces": lambda d: d.update(upper={"rule": "subspace-intersections"}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_equal_windows_are_refused(name):
    certificate = SHARED.rank("left").certificate()
    assert certificate.document["upper"]["rule"] == "equal-windows"
    assert certificate.check().valid
    report = check_forged(certificate, FORGERIES[name])
    assert not report.valid
    assert "digest" not in report.reasons[0]
    assert "label" not in report.reasons[0]


def wider(document):
    document["claim"]["circuit"]["layers"][0]["channels"] = 6
    document["claim"]["label"] = ConvAC(9, 3, [ConvLayer(3, 3, 6), ConvLayer(3, 3, 2)]).label


def longer(document):
    document["claim"]["circuit"]["layers"][1]["channels"] = 3
    document["claim"]["label"] = ConvAC(9, 3, [ConvLayer(3, 3, 5), ConvLayer(3, 3, 3)]).label


SUBSPACE_FORGERIES = {
    "one less": lowered,
    "more channels below": wider,
    "more channels above": longer,
    "a field more": lambda d: d["upper"].update(value=17),
    "equal windows without variables": lambda d: d.update(upper={"rule": "equal-windows"}),
    "other rows": lambda d: d["claim"].update(row_side=[0, 1, 2, 5]),
}


@pytest.mark.parametrize("name", SUBSPACE_FORGERIES)
def test_forged_subspaces_are_refused(name):
    certificate = NINE.rank(NINE_ROWS).certificate()
    assert certificate.document["upper"] == {"rule": "subspace-intersections"}
    assert certificate.check().valid
    report = check_forged(certificate, SUBSPACE_FORGERIES[name])
    assert not report.valid
    assert "label" not in report.reasons[0]
