"""The benchmark of classes runs, and networkx generates as many graphs."""

import importlib


def test_the_atlas_beside_networkx():
    bench = importlib.import_module("graph_classes_bench")
    assert [bench.generated_by_networkx(n) for n in range(1, 6)] == [1, 2, 4, 11, 34]
    assert bench.atlas(5, 5).row_count == 1
    assert bench.enumerations(1).row_count in (0, 4)
