"""The benchmarks of limited precision run, and their ways agree."""

import importlib

import numpy as np


def test_laws_are_equal():
    bench = importlib.import_module("rounding_bench")
    table = bench.compared(is_quick=True, repeats=1)
    assert set(table.columns[-1].cells) == {"yes"}


def test_ways_to_tanh_agree():
    bench = importlib.import_module("ktanh_bench")
    ways = {name: way() for name, way in bench.paths(4096).items()}
    lookup = ways["lookup of words"]
    assert (ways["arithmetic of K-TanH in numpy"] == lookup).all()
    exact = ways["words to float32, numpy.tanh, to words"]
    assert (ways["ml_dtypes casts around numpy.tanh"].view(np.uint16) == exact).all()
    assert (ways["numpy.tanh on bfloat16"].view(np.uint16) == exact).all()
    assert np.abs(lookup.astype(int) - exact.astype(int)).max() <= 6  # words apart, as the table ktanh says
    assert bench.compared(1 << 10, 1).row_count == len(ways)
