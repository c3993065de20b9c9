"""What is on the axes, against what is computed."""

import math
import sys

import matplotlib as mpl
import numpy as np
import pytest

from algebra import Bounds, Grade, InputError
from proofs_check.plots import (
    canvas,
    defect_map,
    dimension_heatmap,
    frontier_staircase,
    new_axes,
    pictures,
    two_hidden_widths,
    width_and_degree,
)
from proofs_check.plots.canvas import FRONTIER, staircase
from proofs_check.plots.grid import Grid
from tests.polynomial import definition


@pytest.fixture(autouse=True)
def _no_window():
    from matplotlib import pyplot  # now: a test may hide matplotlib until the end

    mpl.use("Agg")
    yield

    pyplot.close("all")


def texts(axes):
    return {(text.get_position()): text.get_text() for text in axes.texts if text.get_transform() == axes.transData}


def pixels(axes):
    return np.asarray(axes.get_images()[0].get_array())


def frames(axes):
    return {(patch.get_x() + 0.38, patch.get_y() + 0.38) for patch in axes.patches}


def notes(axes):
    return [text.get_text() for text in axes.texts if text.get_transform() != axes.transData]


def test_heatmap_shows_the_dimensions():
    axes = dimension_heatmap(3, 1, 3, range(2, 6), range(4, 7))
    for row, d2 in enumerate(range(4, 7)):
        for column, d1 in enumerate(range(2, 6)):
            expected = definition.dimension((3, d1, d2, 1), 3)
            assert pixels(axes)[row, column] == expected
            assert texts(axes)[d1, d2] == str(expected)
    assert axes.get_images()[0].get_extent() == [1.5, 5.5, 3.5, 6.5]
    assert axes.get_xlabel() == "first hidden width $d_1$"
    assert axes.get_ylabel() == "second hidden width $d_2$"
    assert "(3, d_1, d_2, 1)" in axes.get_title()
    assert notes(axes) == []


def test_ticks_are_integers():
    axes = dimension_heatmap(2, 1, 2, range(1, 4), range(1, 3))
    axes.figure.canvas.draw()
    for ticks in (axes.get_xticks(), axes.get_yticks()):
        assert all(float(tick).is_integer() for tick in ticks)


def test_staircase_frames_the_minimal_architectures():
    axes = frontier_staircase(3, 1, 3, range(1, 11), range(1, 13))
    assert frames(axes) == {(6, 8), (7, 6)}
    line = next(line for line in axes.lines if line.get_label() == "frontier")
    assert line.get_color() == FRONTIER
    x, y = (list(map(float, data)) for data in line.get_data())
    assert (x, y) == ([5.5, 5.5, 6.5, 6.5, 10.5], [12.5, 7.5, 7.5, 5.5, 5.5])
    assert notes(axes) == ["minimal: (3, 6, 8, 1), (3, 7, 6, 1); the list is proved to be complete"]
    filling = pixels(axes) == 55
    assert filling.sum() == sum(
        (d1 >= 6 and d2 >= 8) or (d1 >= 7 and d2 >= 6) for d1 in range(1, 11) for d2 in range(1, 13)
    )


def test_staircase_knows_what_lies_outside():
    cut = frontier_staircase(3, 1, 3, range(7, 9), range(2, 9))
    assert frames(cut) == {(7, 6)}  # in the picture (7, 8) looks minimal in no direction, (6, 8) is outside
    assert "1 outside" in notes(cut)[0]
    none = frontier_staircase(3, 1, 3, range(1, 3), range(1, 3))
    assert frames(none) == set()
    assert notes(none)[0].startswith("no minimal filling architecture is in the picture; 2 outside")
    assert none.get_xlim() == (0.5, 2.5)


def test_stairs_without_points():
    assert staircase([], (0.5, 3.5, 0.5, 3.5)) == ([], [])


def test_defects_over_two_widths():
    axes = defect_map(3, 1, 3, range(2, 9), range(2, 9))
    assert len(texts(axes)) == 49
    for (d1, d2), text in texts(axes).items():
        assert int(text) == pixels(axes)[int(d2) - 2, int(d1) - 2]

    # The space of forms has dimension 55, and the scalings of each hidden neuron are lost.
    for d1, d2 in ((2, 2), (8, 2), (2, 8), (5, 4), (6, 7), (7, 6), (8, 8)):
        expected = min(55, 2 * d1 + d1 * d2)
        assert int(texts(axes)[d1, d2]) == expected - definition.dimension((3, d1, d2, 1), 3)
    assert axes.get_images()[0].get_clim() == (-0.5, 14.5)


def test_defects_over_width_and_degree():
    axes = defect_map(3, 1, range(2, 6), range(2, 8))
    defective = {place for place, text in texts(axes).items() if text != "0"}
    assert defective == {(2, 2), (5, 4)}  # Alexander and Hirschowitz, three variables
    assert axes.get_ylabel() == "activation degree $r$"
    one = defect_map(3, 1, 4, range(5, 6))
    assert texts(one) == {(5, 4): "1"}


def test_given_axes_are_used():
    ax = new_axes((4, 4))
    assert dimension_heatmap(2, 1, 2, range(1, 3), range(1, 3), ax=ax) is ax
    assert defect_map(2, 1, range(2, 4), range(1, 3), ax=new_axes((4, 4))) is not ax


def undecided(columns, rows, networks):
    bounds = ((Bounds(3, 4, Grade.INCONCLUSIVE), Bounds(3, 4, Grade.PROBABLE, log2_error=-60.0)),)
    return Grid(columns, rows, networks, bounds)


def test_what_is_not_proved_is_shown(monkeypatch):
    found = two_hidden_widths(2, 1, 2, range(2, 4), range(2, 3))
    monkeypatch.setattr(pictures, "two_hidden_widths", lambda *_: undecided(found.columns, found.rows, found.networks))
    axes = dimension_heatmap(2, 1, 2, range(2, 4), range(2, 3))
    assert texts(axes) == {(2, 2): "≥3", (3, 2): "3"}
    assert notes(axes) == ["≥: only a lower bound is proved; 1 of 2 only probable"]
    defects = defect_map(2, 1, 2, range(2, 4), range(2, 3))
    assert texts(defects) == {(2, 2): "?", (3, 2): "2"}
    assert notes(defects) == ["?: not decided; 1 of 2 only probable"]


def test_undecided_defects_are_missing():
    found = two_hidden_widths(2, 1, 2, range(2, 4), range(2, 3))
    assert math.isnan(undecided(found.columns, found.rows, found.networks).defects()[0, 0])


def test_large_pictures_carry_no_numbers(monkeypatch):
    monkeypatch.setattr(canvas, "MOST_NUMBERS", 3)
    assert texts(dimension_heatmap(2, 1, 2, range(1, 3), range(1, 3))) == {}


def test_bad_input(monkeypatch):
    for wrong in ([2, 4], [], [0, 1], [3, 2]):
        with pytest.raises(InputError, match="d1_range"):
            dimension_heatmap(2, 1, 2, wrong, range(1, 3))
    with pytest.raises(InputError, match="degree"):
        defect_map(2, 1, range(2, 4), range(1, 3), range(1, 3))
    with pytest.raises(InputError, match="10000 cells"):
        width_and_degree(2, 1, range(2, 203), range(1, 102))
    with pytest.raises(InputError, match="seed"):
        dimension_heatmap(2, 1, 2, range(1, 3), range(1, 3), seed="x")


def test_matplotlib_is_missed_politely(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match=r"pip install matplotlib"):
        dimension_heatmap(2, 1, 2, range(1, 3), range(1, 3))
