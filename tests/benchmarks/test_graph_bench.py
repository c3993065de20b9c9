"""The benchmark runs, and refinement tells as many graphs apart as the hash of networkx."""

import importlib

import pytest


@pytest.mark.filterwarnings("ignore:The hashes produced")
def test_refinement_beside_the_hash(monkeypatch):
    bench = importlib.import_module("graph_bench")
    kept = {name: graphs[:20] for name, graphs in bench.families(True).items() if "random" not in name}
    monkeypatch.setattr(bench, "families", lambda is_quick: kept)
    table = bench.compared(1, is_quick=True)
    *_, classes, hashes = table.columns
    assert list(classes.cells) == list(hashes.cells)
    assert bench.others(1).row_count == 3
    assert bench.long_paths(1, is_quick=True).row_count == 2
