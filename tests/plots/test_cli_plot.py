"""`rankcert plot`."""

import json

import pytest

STARTS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


@pytest.mark.parametrize("ending", STARTS)
def test_formats(call, tmp_path, ending):
    files = [tmp_path / f"{name}.{ending}" for name in "ab"]
    for file in files:
        answer = call("plot", "staircase", 3, "5..7", "5..8", 1, "--degree", 3, "--output", file)
        assert (answer.status, answer.stdout) == (0, "")
    assert files[0].read_bytes().startswith(STARTS[ending])
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ("heatmap", 2, "1..3", "1..3", 1, "--degree", 2),
        ("defects", 2, "1..3", "1..3", 1, "--degree", 2),
        ("defects", 3, "2..6", 1, "--degree", "2..4"),
        ("heatmap", 2, "1..3", 2, 1, "--degree", 2),
    ],
)
def test_kinds(call, tmp_path, words):
    file = tmp_path / "plot.png"
    (result,) = call("plot", *words, "--output", file, "--json").results
    assert (result["plot"], result["output"], result["seed"]) == (words[0], str(file), 0)
    assert file.stat().st_size > 1000


FILES = {
    "realised": {"supports": [[1], [2], [3], [0]], "epsilon": ["1/100", "1/10", None]},
    "attention-pattern": {"name": "fixed", "n": 8, "w": 3},
}


@pytest.mark.parametrize("kind", FILES)
def test_attention_files(call, tmp_path, kind):
    given, drawn = tmp_path / "given.json", tmp_path / "drawn.png"
    given.write_text(json.dumps(FILES[kind]))
    (result,) = call("plot", kind, given, "--output", drawn, "--json").results
    assert (result["plot"], result["file"], result["output"]) == (kind, str(given), str(drawn))
    assert drawn.read_bytes().startswith(STARTS["png"])
    first = drawn.read_bytes()
    assert call("plot", kind, given, "--output", drawn).status == 0
    assert drawn.read_bytes() == first


def test_bad_attention_files(call, tmp_path):
    given = tmp_path / "given.json"
    given.write_text(json.dumps({"name": "fixed", "n": 8}))
    answer = call("plot", "attention-pattern", given, "--output", tmp_path / "drawn.png", "--json")
    assert (answer.status, answer.error["argument"]) == (2, "w")


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        (("pie", 2, 3, 3, 1, "--degree", 2), "KIND"),
        (("heatmap", 2, "1..3", 1, "--degree", 2), "widths"),
        (("staircase", 2, "1..3", 1, "--degree", "2..3"), "widths"),
        (("heatmap", 2, "1..3", "1..3", "1..2", "--degree", 2), "widths"),
        (("heatmap", 2, "3..1", "1..3", 1, "--degree", 2), "widths"),
        (("heatmap", 2, "1..3", "1..3", 1, "--degree", "2..3"), "degree"),
        (("heatmap", 2, "1..200", "1..200", 1, "--degree", 2), "ranges"),
        (("heatmap", 2, "1..3", "1..3", 1), "--degree"),
        (("realised", "matrix.json", "--degree", 2), "--degree"),
        (("attention-pattern", "a.json", "b.json"), "FILE"),
        (("attention-pattern", "no-such-file.json"), "FILE"),
    ],
)
def test_bad_words(call, tmp_path, words, argument):
    answer = call("plot", *words, "--output", tmp_path / "plot.png", "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)
    assert not (tmp_path / "plot.png").exists()


@pytest.mark.parametrize("name", ["plot.gif", "plot", "no/plot.png"])
def test_bad_files(call, tmp_path, name):
    answer = call("plot", "heatmap", 2, "1..3", "1..3", 1, "--degree", 2, "--output", tmp_path / name, "--json")
    assert (answer.status, answer.error["argument"]) == (2, "--output")


def test_missing_matplotlib(call, tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    answer = call("plot", "heatmap", 2, 2, 2, 1, "--degree", 2, "--output", tmp_path / "plot.png")
    assert answer.status == 2
    assert "pip install matplotlib" in answer.stderr
