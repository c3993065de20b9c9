"""The benchmark of separation ranks runs, and its ranks are proved."""

import importlib


def test_proofs_and_pairs(monkeypatch):
    bench = importlib.import_module("attention_depth_bench")
    monkeypatch.setattr(bench, "PROOFS", bench.PROOFS[:2])
    monkeypatch.setattr(bench, "PAIRS", bench.PAIRS[:1])
    monkeypatch.setattr(bench, "SIDE", 20)
    assert list(bench.proofs(quick=False).columns[1].cells) == ["18 (proved)", "85 (proved)"]
    assert bench.pairs().row_count == 1


def test_the_largest_proofs(monkeypatch):
    bench = importlib.import_module("attention_depth_bench")
    monkeypatch.setattr(bench, "LARGEST", bench.PROOFS[:2])
    assert list(bench.largest().columns[2].cells) == ["6", "36"]
    assert bench.largest(minutes=-1).row_count == 0
