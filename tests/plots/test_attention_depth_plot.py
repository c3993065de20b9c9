"""`rankcert plot attention-depth`, against the bounds that it draws."""

import pytest

from algebra import Grade
from proofs_check.papers._separation import log3
from proofs_check.plots import attention_depth_figure, depth_series
from proofs_check.plots.canvas import FRONTIER


def test_the_picture_shows_the_bounds_and_the_threshold():
    series = depth_series([2, 3], 8)
    axes = attention_depth_figure([2, 3], 8).axes[0]
    curves = [line for line in axes.lines if line.get_label().startswith("d = ")]
    for each, line in zip(series, curves, strict=True):
        assert line.get_ydata().tolist() == [log3(bounds.upper) for bounds in each.ranks]
    proved = [line for line in axes.lines if line.get_label() == "_proved"]
    for each, line in zip(series, proved, strict=True):
        assert line.get_xdata().tolist() == [k for k, b in enumerate(each.ranks, 1) if b.grade is Grade.PROVED]
    rings = [line for line in axes.lines if line.get_markeredgecolor() == FRONTIER]
    assert [line.get_xdata().tolist() for line in rings] == [[1], [2]]
    assert axes.get_xlabel()
    assert axes.get_ylabel()


def test_the_command_writes_a_picture(call, tmp_path):
    file = tmp_path / "depth.svg"
    (result,) = call("plot", "attention-depth", "2..3", 5, "--output", file, "--json").results
    assert (result["plot"], result["widths"]) == ("attention-depth", [2, 3, 5])
    assert file.stat().st_size > 1000


@pytest.mark.parametrize("words", [("0",), ("x",), ("2..3", "--degree", "2"), ("49",), ("1..13",)])
def test_bad_words_are_refused(call, tmp_path, words):
    answer = call("plot", "attention-depth", *words, "--output", tmp_path / "depth.png", "--json")
    assert answer.status == 2
    assert answer.error["argument"] in ("widths", "--degree")
