"""Title, size, letters and resolution of pictures; marks of what is not proved; the legend of the frontier."""

import struct

import pytest

from algebra import Bounds, Grade
from proofs_check.plots import (
    dimension_heatmap,
    frontier_staircase,
    new_axes,
    overlaps_figure,
    pictures,
    two_hidden_widths,
)
from proofs_check.plots.grid import Grid
from proofs_check.plots.looks import Looks

WORDS = ("plot", "heatmap", 2, "1..3", "1..3", 1, "--degree", 2)


def pixels(path):
    return struct.unpack(">II", path.read_bytes()[16:24])


def test_size_and_resolution(call, tmp_path):
    file = tmp_path / "p.png"
    assert call(*WORDS, "--output", file, "--size", "5x4", "--dpi", 60).status == 0
    assert pixels(file) == (300, 240)
    assert call(*WORDS, "--output", file, "--size", "5x4").status == 0
    assert pixels(file) == (750, 600)


def test_title_and_letters(call, tmp_path):
    file = tmp_path / "p.svg"
    assert call(*WORDS, "--output", file).status == 0
    plain = file.read_text()
    told = ("--title", "My own title", "--font", "serif", "--font-size", 14)
    assert call(*WORDS, "--output", file, *told).status == 0
    drawn = file.read_text()
    assert "My own title" in drawn
    assert "My own title" not in plain
    assert "Dimension of" not in drawn
    assert "DejaVuSerif" in drawn
    assert "DejaVuSerif" not in plain
    assert call(*WORDS, "--output", file).status == 0
    assert file.read_text() == plain  # nothing of it stays


@pytest.mark.parametrize(
    "words", [("overlaps", 8), ("attention-depth", 4), ("defects", 2, "1..3", 1, "--degree", "2..3")]
)
def test_every_kind_takes_them(call, tmp_path, words):
    file = tmp_path / "p.svg"
    assert call("plot", *words, "--output", file, "--title", "My own title", "--size", "6x5").status == 0
    text = file.read_text()
    assert "My own title" in text
    assert 'width="432pt" height="360pt"' in text


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--size", "5"),
        ("--size", "0x4"),
        ("--size", "nanx4"),
        ("--size", "5x1000"),
        ("--font", "No Such Font"),
        ("--font-size", "0"),
        ("--font-size", "x"),
        ("--dpi", "1"),
        ("--dpi", "100000"),
    ],
)
def test_bad_looks_are_refused(call, tmp_path, option, value):
    answer = call(*WORDS, "--output", tmp_path / "p.png", option, value, "--json")
    assert (answer.status, answer.error["argument"]) == (2, option)
    assert not list(tmp_path.iterdir())


def legend(axes):
    found = axes.get_legend()
    return [] if found is None else [text.get_text() for text in found.get_texts()]


def hatched(axes):
    return {
        (patch.get_x() + 0.5, patch.get_y() + 0.5): patch.get_hatch() for patch in axes.patches if patch.get_hatch()
    }


def test_what_is_not_proved_is_hatched(monkeypatch):
    grid = two_hidden_widths(2, 1, 2, range(2, 5), range(2, 3))
    assert hatched(dimension_heatmap(2, 1, 2, range(2, 5), range(2, 3), ax=new_axes((4, 4)))) == {}
    proved = grid.bounds[0][2]
    bounds = ((Bounds(3, 4, Grade.INCONCLUSIVE), Bounds(3, 4, Grade.PROBABLE, log2_error=-60.0), proved),)
    changed = Grid(grid.columns, grid.rows, grid.networks, bounds)
    monkeypatch.setattr(pictures, "two_hidden_widths", lambda *_: changed)
    axes = dimension_heatmap(2, 1, 2, range(2, 5), range(2, 3), ax=new_axes((4, 4)))
    assert hatched(axes) == {(2, 2): "xxx", (3, 2): "///"}
    assert legend(axes) == ["inconclusive, not proved", "probable, not proved"]


def test_the_frontier_has_a_legend():
    axes = frontier_staircase(3, 1, 3, range(5, 8), range(5, 9), ax=new_axes((4, 4)))
    assert legend(axes) == ["frontier: filling to the right of it and above", "minimal filling architecture"]


@pytest.mark.parametrize("size", [(5.0, 4.0), (3.0, 3.0), (9.0, 6.0)])
def test_no_legend_and_no_title_is_wider_than_the_picture(size):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = overlaps_figure((8,))
    Looks(size=size).apply(figure)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    (legend,) = figure.legends
    shown = legend.get_window_extent(renderer)
    assert shown.x0 >= 0
    assert shown.x1 <= figure.bbox.width
    assert figure.axes[0].title.get_window_extent(renderer).width <= figure.bbox.width
