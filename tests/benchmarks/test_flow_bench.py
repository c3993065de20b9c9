"""The benchmark of flows compares both engines on the same graph."""

import importlib


def test_small_chains_are_compared(capsys):
    bench = importlib.import_module("flow_bench")
    graph, rows = bench.chain(40, mixed=True)
    assert len(graph.variable_dims) == 40
    assert rows == tuple(range(0, 20, 2))
    assert bench.main(["--quick"]) == 0
