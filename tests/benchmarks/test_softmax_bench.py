"""The benchmark runs, and its three ways to a rank agree where they decide."""

import importlib

from algebra.exact.dyadic import nearest_floats


def test_three_ways():
    bench = importlib.import_module("softmax_bench")
    for make in (bench.grid, bench.tokens):
        logits = make(12)
        floats = nearest_floats(logits)
        assert bench.exact(logits) == (12, "proved")
        assert bench.by_balls(logits)[0] == 12
        assert bench.in_floats(floats) <= 12
    table = bench.compared(bench.grid, [4, 16], 1, 4)
    assert table.row_count == 2
    assert list(table.columns[-1].cells) == ["right", "wrong"]
