"""Message-passing networks, beside floats, and beside colour refinement."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.graphs import (
    MessagePassingNetwork,
    as_graph,
    cfi,
    network_from_weights,
    refinement_network,
    rook,
    separation_of,
)
from tests.graphs.oracle import graphs
from tests.properties import cases, examples


def random_layers(rng, widths, how="sum"):
    layers = []
    for a, b in pairwise(widths):
        W, U, bias = (rng.integers(-3, 4, shape) / 4 for shape in ((b, a), (b, a), b))
        layers.append({"own": W, "neighbours": U, "bias": bias, "aggregation": how})
    layers[-1]["activation"] = "identity"
    return layers


def in_floats(layers, graph):
    h = np.ones((graph.order, 1))
    for layer in layers:
        sent = []
        for near in graph.neighbours:
            rows = h[list(near)] if near else np.zeros((1, h.shape[1]))
            sent.append(getattr(rows, layer.get("aggregation", "sum"))(axis=0))
        h = h @ layer["own"].T + np.array(sent) @ layer["neighbours"].T + layer["bias"]
        if layer.get("activation", "relu") == "relu":
            h = np.maximum(h, 0)
    return h


@pytest.mark.parametrize("how", ["sum", "mean", "max"])
@pytest.mark.parametrize("seed", cases(4))
def test_networks_beside_floats(how, seed):
    rng = np.random.default_rng(seed)
    layers = random_layers(rng, [1, 3, 2, 2], how)
    network = MessagePassingNetwork.of(layers)
    for graph in (as_graph(nx.gnp_random_graph(9, 0.4, seed=seed)), as_graph("FhCGG"), as_graph("D??")):
        found = np.array(network.features(graph), dtype=float)
        assert np.allclose(found, in_floats(layers, graph), atol=1e-9)
        assert np.allclose(np.array(network.readout(graph), dtype=float), found.sum(axis=0))


@given(graphs(most=7, colours=2, least=1), st.integers(0, 10**6))
@examples(40)
def test_no_network_separates_more_than_refinement(graph, seed):
    """`separation_of` raises where one does; what it misses is told."""
    rng = np.random.default_rng(seed)
    layers = random_layers(rng, [2, 2, 2], ["sum", "mean", "max"][seed % 3])
    found = separation_of(MessagePassingNetwork.of(layers, palette=[0, 1]), graph)
    assert found.is_best == ({frozenset(c) for c in found.cells} == {frozenset(c) for c in found.best})
    if found.missed is not None:
        u, v = found.missed
        assert any(u in cell and v in cell for cell in found.cells)
        assert not any(u in cell and v in cell for cell in found.best)


@given(st.lists(graphs(most=6, colours=2, least=1), min_size=1, max_size=3), st.integers(1, 4))
@examples(40)
def test_the_network_of_refinement_separates_all(several, rounds):
    network = refinement_network(several, rounds)
    found = separation_of(network, several)
    assert found.rounds == rounds
    assert found.is_best
    for row in (row for graph in several for row in network.features(graph)):
        assert sorted(row) == [0] * (len(row) - 1) + [1]


def test_the_readout_of_one_hot_features_tells_apart_what_refinement_does():
    several = ["EhEG", "EwCW", "Ch", "Cs", "FwCGg", "FhCKG"]
    found = separation_of(refinement_network(several, 6), several)
    assert found.graph_pairs == ((0, 1), (4, 5))
    assert found.missed_graphs == ()


def test_means_miss_what_sums_see():
    """Means of constant features are constant; degrees are not seen."""
    mean = MessagePassingNetwork.of([{"own": [[1]], "neighbours": [[1]], "aggregation": "mean"}])
    total = MessagePassingNetwork.of([{"own": [[1]], "neighbours": [[1]], "aggregation": "sum"}])
    assert separation_of(mean, "Ch").missed == ((0, 0), (0, 1))
    assert separation_of(total, "Ch").is_best


def test_a_collision_by_design():
    """The last layer forgets everything."""
    layers = [{"own": [[w]], "neighbours": [[u]]} for w, u in ((0, 1), (1, -1), (0, 0))]
    found = separation_of(MessagePassingNetwork.of(layers), "FhCGG")
    assert not found.is_best
    assert len(found.cells) == 1


class Tensor:
    """What torch gives: an array behind detach and cpu."""

    def __init__(self, array):
        self.array = array

    def detach(self):
        return self

    def cpu(self):
        return self.array


@pytest.mark.parametrize("wrap", [lambda x: x, Tensor, lambda x: x.tolist()])
def test_trained_graph_convolutions(wrap):
    rng = np.random.default_rng(3)
    state, layers = {}, []
    for i, (a, b) in enumerate([(1, 4), (4, 3)]):
        W, U, c = (rng.normal(size=shape).astype(np.float32) for shape in ((b, a), (b, a), b))
        state |= {f"c.{i}.lin_rel.weight": wrap(U), f"c.{i}.lin_rel.bias": wrap(c), f"c.{i}.lin_root.weight": wrap(W)}
        layers.append({"own": W, "neighbours": U, "bias": c})
    layers[-1]["activation"] = "identity"
    network = network_from_weights(state)
    assert network.rounds == 2
    assert network.to_json() == MessagePassingNetwork.of(layers).to_json()
    assert separation_of(network, [cfi("C~"), rook(4), as_graph("FhCGG")]).is_best


def test_trained_gin_and_sage():
    rng = np.random.default_rng(4)
    W0, W2, L, R = rng.normal(size=(4, 1)), rng.normal(size=(2, 4)), rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    state = {
        "a.eps": np.array([0.5]),
        "a.nn.0.weight": W0,
        "a.nn.2.weight": W2,
        "b.lin_l.weight": L,
        "b.lin_r.weight": R,
    }
    network = network_from_weights(state)
    graph = as_graph("FhCGG")
    A = np.array(graph.adjacency())
    h = np.maximum((1.5 * np.ones((7, 1)) + A @ np.ones((7, 1))) @ W0.T, 0)
    h = np.maximum(h @ W2.T, 0)
    h = h @ R.T + (A @ h) / A.sum(axis=1, keepdims=True) @ L.T
    assert np.allclose(np.array(network.features(graph), dtype=float), h)
    assert network.rounds == 2


def test_an_npz_file(tmp_path):
    path = tmp_path / "trained.npz"
    np.savez(path, **{"conv.lin_rel.weight": np.array([[2.0]]), "conv.lin_root.weight": np.array([[1.0]])})
    with np.load(path) as archive:
        assert network_from_weights(archive).features("A_") == [[3], [3]]


@pytest.mark.parametrize(
    ("state", "part"),
    [
        ({"lin.weight": [[1.0]]}, "GraphConv"),
        ({}, "GraphConv"),
        ({"c.lin_rel.weight": [[1.0]], "c.other": [1.0]}, "GraphConv"),
        ({"c.lin_root.weight": [[1.0]]}, "given with c.lin_rel.weight"),
        ({"c.lin_rel.weight": [["a"]]}, "an array of real numbers"),
        ({"c.lin_rel.weight": [[float("nan")]]}, "a finite number"),
        ({"c.lin_rel.weight": [[1.0, 2.0]]}, "one with 1 columns"),
    ],
)
def test_weights_that_are_refused(state, part):
    with pytest.raises(InputError, match=part):
        network_from_weights(state)


@pytest.mark.parametrize(
    ("layers", "part"),
    [
        ([], "at least one layer"),
        ([{"neighbours": [[1]]}], "own"),
        ([{"own": [[1]], "bais": [1]}], "did you mean bias"),
        ([{"own": [[1]], "activation": "tanh"}], "relu, identity"),
        ([{"own": [[1]], "aggregation": "median"}], "sum, mean, max"),
        ([{"own": [[1]], "bias": [1, 2]}], "a list of 1 numbers"),
        ([{"own": [[1]], "neighbours": [[1, 2]]}], "of the shape 1 x 1"),
        ([{"own": [[1, 2]]}], "one with 1 columns"),
        (["layer"], "an object with the keys"),
        (7, "a list of layers"),
    ],
)
def test_layers_that_are_refused(layers, part):
    with pytest.raises(InputError, match=part):
        MessagePassingNetwork.of(layers)


def test_features_that_grow_beyond_all_bounds_are_refused():
    layer = {"own": [["1e9999"]], "neighbours": [[1]]}
    with pytest.raises(InputError, match="at most 1,048,576 bits"):
        MessagePassingNetwork.of([layer] * 100).features("A_")


def test_a_colour_that_the_network_does_not_know():
    network = MessagePassingNetwork.of([{"own": [[1, 1]]}], palette=[0, 1])
    with pytest.raises(InputError, match="palette"):
        network.features(as_graph("A_").coloured([0, 5]))
