"""The benchmark runs, and both libraries find the same cuts."""

import importlib


def test_flows_beside_networkx():
    bench = importlib.import_module("flow_bench")
    assert bench.compared([200, 1200], 1).row_count == 4
