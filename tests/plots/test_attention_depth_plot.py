"""`rankcert plot attention-depth`, against published ranks, bounds computed elsewhere, and what the axes hold."""

import pytest

from algebra import Grade
from proofs_check.deciding.separation import log3
from proofs_check.plots import VIEWS, attention_depth_figure, depth, stack_series
from proofs_check.plots.canvas import FRONTIER
from tensors.attention import AttentionStack


def dots(axes, label):
    """Return the places of each curve's dots of one kind."""
    return [list(line.get_xdata()) for line in axes.lines if line.get_label() == label]


def test_the_picture_shows_the_bounds_and_the_threshold():
    series = stack_series([2, 3])
    axes = attention_depth_figure([2, 3]).axes[0]
    curves = [line for line in axes.lines if line.get_label().startswith("d = ")]
    for each, line in zip(series, curves, strict=True):
        assert line.get_ydata().tolist() == [log3(bounds.upper) for bounds in each.ranks]
    for each, proved in zip(series, dots(axes, "_proved"), strict=True):
        assert proved == [k for k, b in enumerate(each.ranks, 1) if b.grade is Grade.PROVED]
    rings = [line for line in axes.lines if line.get_markeredgecolor() == FRONTIER]
    assert [list(line.get_xdata()) for line in rings] == [[1], [2]]
    assert axes.get_xlabel()
    assert axes.get_ylabel()


def test_regimes_meet_over_width_where_they_meet_over_depth():
    for series in stack_series(range(1, 7), "width", [1, 2]):
        depth = int(series.name.removeprefix("L = "))
        efficient = [d for d in series.sizes if (3**depth - 1) // 2 <= d * (d + 1) // 2]
        assert series.threshold == (efficient[0] if 0 < len(efficient) < 6 else None)


def test_heads_at_fixed_width_lower_the_rank():
    published = {4: [110, 107, 85], 6: [385, 379, 340, 231]}
    for series, d in zip(stack_series([4, 6], "heads"), (4, 6), strict=True):
        assert series.sizes == tuple(h for h in range(1, d + 1) if d % h == 0)
        assert [bounds.lower for bounds in series.ranks] == published[d]


def test_a_vocabulary_is_a_bottleneck_until_it_has_all_that_free_tokens_have():
    (series,) = stack_series([3], "vocabulary")
    values = [bounds.lower for bounds in series.ranks]
    assert values == sorted(values)
    assert values[0] == 1
    assert values[-1] == AttentionStack(3, 1, 3, 2, (3, 3)).separation_rank().lower == 49
    axes = attention_depth_figure([3], "vocabulary").axes[0]
    assert [line.get_ydata()[0] for line in axes.lines if line.get_label() == "_free"] == [log3(49)]


def test_only_the_embeddings_rank_counts():
    narrow, wide = stack_series([3, 5], "embedding-rank")
    assert wide.ranks[:3] == narrow.ranks
    assert [bounds.lower for bounds in wide.ranks] == [5, 18, 49, 110, 216]


def test_what_is_not_proved_is_drawn_as_such(monkeypatch):
    monkeypatch.setattr(depth, "MOST_WORK", 0)
    (series,) = stack_series([8], "heads")
    is_proved = [bounds.grade is Grade.PROVED for bounds in series.ranks]
    assert not all(is_proved)
    axes = attention_depth_figure([8], "heads").axes[0]
    for label, asked in (("_proved", True), ("_open", False)):
        places = [h for h, proved in zip(series.sizes, is_proved, strict=True) if proved == asked]
        assert dots(axes, label) == [places]


@pytest.mark.parametrize("over", VIEWS)
def test_the_command_writes_a_picture(call, tmp_path, over):
    file = tmp_path / "depth.svg"
    words = ["--layers", "1..2"] if over == "width" else []
    (result,) = call("plot", "attention-depth", "2..3", "--over", over, *words, "--output", file, "--json").results
    assert (result["plot"], result["widths"], result["over"]) == ("attention-depth", [2, 3], over)
    assert file.stat().st_size > 1000


@pytest.mark.parametrize(
    "words",
    [
        ("0",),
        ("x",),
        ("2..3", "--degree", "2"),
        ("49",),
        ("1..13",),
        ("2", "--over", "tokens"),
        ("2", "--layers", "3"),
        ("2", "--over", "width", "--layers", "13"),
        ("3", "--over", "vocabulary", "--heads", "2"),
        ("4", "--over", "heads", "--heads", "2"),
    ],
)
def test_bad_words_are_refused(call, tmp_path, words):
    answer = call("plot", "attention-depth", *words, "--output", tmp_path / "depth.png", "--json")
    assert answer.status == 2
    assert answer.error["argument"] in ("widths", "heads", *(word for word in words if word.startswith("--")))


def test_other_pictures_take_no_stacks(call, tmp_path):
    answer = call("plot", "overlaps", "8", "--over", "heads", "--output", tmp_path / "x.png", "--json")
    assert (answer.status, answer.error["argument"]) == (2, "--over")
