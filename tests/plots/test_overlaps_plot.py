"""`rankcert plot overlaps`, against ranks that are computed one by one."""

import numpy as np
import pytest

from algebra import Grade, InputError
from proofs_check.plots import overlap_circuit, overlap_series, overlaps_figure
from proofs_check.plots.canvas import FRONTIER
from proofs_check.plots.overlaps import STYLES
from tests.convac import oracle


def markers(axes, name, is_open=False):
    colour, marker, _ = STYLES[name]
    return {
        (float(x), float(y))
        for line in axes.lines
        if line.get_color() == colour and line.get_marker() == marker
        if (line.get_markerfacecolor() == "white") == is_open
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }


def test_series_agree_with_the_slow_reference():
    for series in overlap_series((6,)):
        for net, bounds in zip(series.circuits, series.ranks, strict=True):
            assert bounds.lower == oracle.rank(net, (0, 1, 2))


def test_the_picture_shows_the_ranks_and_their_grades():
    axes = overlaps_figure((8,)).axes[0]
    for series in overlap_series((8,)):
        for is_open in (False, True):
            expected = {
                (window, bounds.lower)
                for window, bounds in zip(series.windows, series.ranks, strict=True)
                if (bounds.grade is not Grade.PROVED) == is_open
            }
            assert markers(axes, series.name, is_open) == expected
    (theorem,) = (line for line in axes.lines if line.get_color() == FRONTIER)
    assert np.array_equal(theorem.get_xydata(), [(window, 16.0) for window in (5, 6, 7, 8)])
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert "8 patches" in axes.get_title()


def test_planes_and_many_patches():
    series = overlap_series((4, 4))
    assert [bounds.lower for bounds in series[0].ranks] == [1, 16, 256, 256]
    many = overlap_series((6, 6), 3)
    assert "stride 1, fully shared weights" not in [each.name for each in many]
    assert many[0].ranks[-1].value == 3**18
    assert overlap_circuit((2, 4), 2, 3, "overlapping: stride 1, clip").layers[0].window == (2, 3)


@pytest.mark.parametrize(
    ("shape", "templates"),
    [((1,), 2), ((4, 1), 2), ((100, 100), 2), ((), 2), ((4,), 1), ((8, 8), 10**9), ((64, 64), 2)],
)
def test_bad_input(shape, templates):
    with pytest.raises(InputError):
        overlaps_figure(shape, templates)


def test_command(call, tmp_path):
    files = [tmp_path / name for name in ("a.png", "b.png")]
    for file in files:
        (result,) = call("plot", "overlaps", "2x4", 3, "--output", file, "--json").results
        assert (result["plot"], result["shape"], result["templates"]) == ("overlaps", [2, 4], 3)
    assert files[0].read_bytes() == files[1].read_bytes()
    for words, argument in (
        (["8xa"], "GRID"),
        (["8", "2", "2"], "GRID"),
        (["8", "--degree", 2], "--degree"),
        (["1"], "shape"),
        (["8", "1"], "templates"),
    ):
        answer = call("plot", "overlaps", *words, "--output", tmp_path / "c.png", "--json")
        assert (answer.status, answer.error["argument"]) == (2, argument)
