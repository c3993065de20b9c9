"""Maximal flows by scipy and by networkx: the same values and cuts, and the limits are respected."""

import math
from random import Random

import pytest

from tensors.networks import FactorGraph
from tensors.networks.cuts import capacities, flow_cut, is_cut, minimal_cut
from tensors.networks.flows import LARGE, Flow, _by_networkx, _by_scipy
from tests.properties import cases


def random_graph(random):
    """A graph with factors of one to four variables, some of them twice, and its row side."""
    count = random.randint(2, 14)
    dims = [random.choice((1, 2, 3, 4, 6, 9)) for _ in range(count)]
    observed = random.randint(1, count)
    scopes = [tuple(random.sample(range(count), random.randint(1, min(4, count)))) for _ in range(2 * count)]
    rows = tuple(v for v in range(observed) if random.random() < 0.5)
    return FactorGraph(dims, observed, tuple(scopes)), rows


def check_flow(graph, rows, limits, flow):
    """Look at the limits, at what enters and leaves each node, and at the cut."""
    assert all(0 <= amount <= limit for amount, limit in zip(flow.through, limits, strict=True))
    balance = {}
    for start, onto in flow.edges.items():
        for end, amount in onto.items():
            balance[start] = balance.get(start, 0) - amount
            balance[end] = balance.get(end, 0) + amount
    sources = {2 * v for v in rows}
    assert all(value == 0 or node in sources or node == flow.sink for node, value in balance.items())
    assert is_cut(graph, rows, flow.cut)
    return balance.get(flow.sink, 0)


@pytest.mark.parametrize("number", cases(60))
def test_both_engines_give_the_same_value_and_the_same_cut(number):
    graph, rows = random_graph(Random(number))
    limits = [Random(number + v).randint(0, 9) for v in range(len(graph.variable_dims))]
    one, other = _by_networkx(graph, rows, limits), _by_scipy(graph, rows, limits)
    value = check_flow(graph, rows, limits, one)
    assert check_flow(graph, rows, limits, other) == value == sum(limits[v] for v in other.cut)
    assert one.cut == other.cut


@pytest.mark.parametrize("number", cases(20))
def test_limits_of_more_than_32_bits_are_rounded_down(number):
    graph, rows = random_graph(Random(number))
    limits = [round(2**60 * math.log2(d)) for d in graph.variable_dims]
    one, other = _by_networkx(graph, rows, limits), _by_scipy(graph, rows, limits)
    exact, rounded = check_flow(graph, rows, limits, one), check_flow(graph, rows, limits, other)
    assert exact * (1 - 2**-20) <= rounded <= exact


def chain(hidden, random=None):
    """A hidden chain, an observed variable at each of its variables; every other one is of the row side."""
    dims = [2] * hidden + [4 if random is None else random.choice((2, 3, 4, 7)) for _ in range(hidden)]
    scopes = [(i, hidden + i) for i in range(hidden)] + [(hidden + i, hidden + i + 1) for i in range(hidden - 1)]
    return FactorGraph(dims, hidden, tuple(scopes)), tuple(range(0, hidden, 2))


def test_a_chain_of_20000_variables_is_cut_at_every_other_observed_one():
    graph, rows = chain(10_000)
    assert len(graph.variable_dims) >= LARGE
    cut = minimal_cut(graph, rows)
    assert cut.product == 2**5000
    assert is_cut(graph, rows, cut.variables)


def test_large_graphs_of_any_dimensions_have_a_cut_that_is_nearly_the_least():
    graph, rows = chain(600, Random(3))
    limits = capacities(graph.variable_dims)
    least = flow_cut(graph, rows, _by_networkx(graph, rows, limits))
    found = flow_cut(graph, rows, Flow.of(graph, rows, limits))
    assert least.product <= found.product <= least.product * 2 ** (1200 / 2**18)


def test_the_rank_of_a_long_chain_is_proved_by_cut_and_paths():
    graph, rows = chain(600)
    bounds = graph.rank(rows)
    assert (bounds.value, bounds.upper_by, bounds.lower_by) == (2**300, "minimal-cut", "disjoint-paths")
