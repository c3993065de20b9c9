"""Maximal flows: both ways agree, and agree with networkx, whatever the limits, and what passes is a flow."""

import random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networkx.algorithms.flow import edmonds_karp

from algebra.errors import InputError
from tensors.networks import FactorGraph, flows
from tensors.networks.cuts import capacities, minimal_cut
from tensors.networks.flows import Flow
from tests.properties import examples


@st.composite
def limited(draw):
    """Graphs with a row side and limits that need one, two or three rounds of 30 bits."""
    variables = draw(st.integers(2, 12))
    observed = draw(st.integers(1, variables))
    scopes = st.lists(st.integers(0, variables - 1), max_size=4, unique=True).map(tuple)
    graph = FactorGraph((2,) * variables, observed, tuple(draw(st.lists(scopes, max_size=14))))
    most = 2 ** draw(st.sampled_from([1, 4, 29, 40, 56]))
    limits = draw(st.lists(st.integers(0, most), min_size=variables, max_size=variables))
    rows = draw(st.lists(st.integers(0, observed - 1), unique=True).map(sorted))
    return graph, tuple(rows), limits


def both(monkeypatch, graph, rows, limits):
    """Return the flow by levels and that of scipy."""
    found = []
    for small in (1000, -1):
        monkeypatch.setattr(flows, "SMALL", small)
        found.append(Flow.of(graph, rows, limits))
    return found


def value(flow):
    return sum(onto.get(flow.sink, 0) for onto in flow.edges.values())


@examples(150)
@given(limited())
def test_both_ways_agree_with_networkx(case):
    graph, rows, limits = case
    with pytest.MonkeyPatch.context() as monkeypatch:
        first, second = both(monkeypatch, graph, rows, limits)
    assert first.cut == second.cut
    assert value(first) == value(second) == sum(limits[v] for v in first.cut) == by_networkx(graph, rows, limits)
    for flow in (first, second):
        assert all(passed <= limit for passed, limit in zip(flow.through, limits, strict=True))
        assert_kept(graph, rows, flow)


def by_networkx(graph, rows, limits):
    """The value of a maximal flow, with a node for each factor."""
    network = nx.DiGraph()
    network.add_nodes_from(["from", "to"])
    for v, limit in enumerate(limits):
        network.add_edge(("in", v), ("out", v), capacity=limit)
        if v < graph.observed:
            network.add_edge(*(("from", ("in", v)) if v in rows else (("out", v), "to")))
    for f, scope in enumerate(graph.factor_scopes):
        for v in scope:
            network.add_edge(("out", v), f)
            network.add_edge(f, ("in", v))
    return nx.maximum_flow_value(network, "from", "to", flow_func=edmonds_karp)


def assert_kept(graph, rows, flow):
    """What enters a node leaves it, but for what the source gives to row variables."""
    entered: dict[int, int] = {}
    for onto in flow.edges.values():
        for node, amount in onto.items():
            assert amount > 0
            entered[node] = entered.get(node, 0) + amount
    given_by_source = {2 * v for v in rows}
    for node in {*entered, *flow.edges} - {flow.sink}:
        leaving = sum(flow.edges.get(node, {}).values())
        assert leaving == entered.get(node, 0) or (node in given_by_source and leaving > entered.get(node, 0))


def chain(variables, seed=0, hidden=(2, 3, 4, 7)):
    """Observed variables on a hidden chain, odd against even."""
    n, draw = variables // 2, random.Random(seed)
    dims = [draw.choice((2, 3, 5, 6)) for _ in range(n)] + [draw.choice(hidden) for _ in range(n)]
    scopes = [(i, n + i) for i in range(n)] + [(n + i, n + i + 1) for i in range(n - 1)]
    return FactorGraph(tuple(dims), n, tuple(scopes)), tuple(range(0, n, 2))


@pytest.mark.parametrize("hidden", [(2, 3, 4, 7), (10**9, 10**9 + 7)])
def test_long_chains_need_several_rounds(monkeypatch, hidden):
    graph, rows = chain(1200, hidden=hidden)
    first, second = both(monkeypatch, graph, rows, capacities(graph.variable_dims))
    assert first.cut == second.cut
    assert value(first) == value(second)


def test_a_chain_of_20_000_variables_is_cut():
    graph, rows = chain(20_000)
    cut = minimal_cut(graph, rows)
    assert 1 < cut.product < 2 ** len(graph.variable_dims)


def test_limits_beyond_int64_are_refused_or_met():
    graph = FactorGraph((2, 2, 2), 2, ((0, 2), (1, 2)))
    assert Flow.of(graph, (0,), [5, 7, 1 << 80]).cut == (0,)
    with pytest.raises(InputError, match="variable_dims"):
        Flow.of(graph, (0,), [1 << 62, 1 << 62, 1])
