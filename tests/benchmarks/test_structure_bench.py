"""The benchmark of structure measures both ways on the same network, and checks what it certifies."""

import importlib

from algebra import PolynomialNetwork


def test_a_row_is_measured():
    bench = importlib.import_module("structure_bench")
    cells = bench.row(bench.Case((10, 12, 8, 1), 3, times=4))
    assert cells[:3] == ("(10, 12, 8, 1) r=3", str(int(PolynomialNetwork((10, 12, 8, 1), 3).dimension())), "blocks")
    assert all(cells)
