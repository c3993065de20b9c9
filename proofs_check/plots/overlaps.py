"""Rank against overlap: windows of growing size, under four meanings of border, sharing and stride."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from algebra import Bounds, Grade, InputError
from algebra.errors import as_integer
from proofs_check.engine.progress import moving_progress
from proofs_check.engine.run import answers
from proofs_check.engine.sweep import FamilySweep
from proofs_check.plots.canvas import FRONTIER, check_matplotlib, curve_axes, draw_grades, new_figure
from proofs_check.results import bounds_fields, known
from tensors.convac import ConvAC, ConvLayer
from tensors.convac.geometry import grid_after

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PATCHES = 4096
MOST_BITS = 960
"""Of the greatest rank, and of three more marks on its axis: they are floats, which end at 2^1024."""

MOST_SHARED = 16  # patches up to which the ranks of fully shared weights are computed: beyond, it takes long

STYLES = {
    "overlapping: stride 1, clip": ("#00224e", "o", 9.5),
    "stride 1, valid borders": ("#e69f00", "s", 6.5),
    "stride 1, fully shared weights": ("#0072b2", "^", 4.0),
    "not overlapping: stride = window": ("#7d7c78", "D", 5.0),
}
"""The class that the theorem speaks of, two that it does not, and the baseline: colours, markers and their sizes, which
leave equal ranks visible."""


@dataclass(frozen=True)
class OverlapSeries:
    """Ranks of one kind of circuits over the size of the first layer's window.

    Parameters
    ----------
    name : str
        One of `STYLES`.
    windows : tuple of int
    circuits : tuple of ConvAC
    ranks : tuple of Bounds
        Across left and right.
    """

    name: str
    windows: tuple[int, ...]
    circuits: tuple[ConvAC, ...]
    ranks: tuple[Bounds, ...]


def overlap_circuit(shape: Sequence[int], templates: int, window: int, name: str) -> ConvAC:
    """Return a circuit of two layers: windows of one size and M channels, then one product of all positions.

    Parameters
    ----------
    shape : sequence of int
    templates : int
        M.
    window : int
        Along every axis, or the whole axis where it is shorter.
    name : str
        One of `STYLES`.

    Returns
    -------
    ConvAC

    Examples
    --------
    >>> overlap_circuit((8,), 2, 3, "stride 1, valid borders").label
    'convac:8:M2:w3s1c2,valid,sliding-w6s6c1,sliding'
    """
    size = [min(window, length) for length in shape]
    stride = size if name.startswith("not") else [1] * len(size)
    sharing = "full" if "shared" in name else "sliding"
    first = ConvLayer(size, stride, templates, "valid" if "valid" in name else "clip", sharing)
    rest = grid_after(tuple(shape), first)
    return ConvAC(shape, templates, [first, ConvLayer(rest, rest, 1, sharing=sharing)])


def overlap_series(shape: Sequence[int], templates: int = 2, seed: int = 0) -> tuple[OverlapSeries, ...]:
    """Compute the ranks across left and right for every size of window.

    Fully shared weights are left out beyond 16 patches.

    Parameters
    ----------
    shape : sequence of int
        Of the grid of patches, at most 4096 of them.
    templates : int
        M, at least two.
    seed : int

    Returns
    -------
    tuple of OverlapSeries
        One for each way in which layers share weights and treat borders.

    Raises
    ------
    InputError
        For fewer than two patches along the last axis, more than 4096 in all, or fewer than two templates.

    Examples
    --------
    >>> for series in overlap_series((8,)):
    ...     print([bounds.lower for bounds in series.ranks])
    [1, 2, 4, 8, 16, 16, 16, 16]
    [1, 2, 4, 8, 16, 8, 4, 2]
    [1, 2, 4, 8, 16, 12, 8, 5]
    [1, 1, 2, 1, 2, 2, 2, 2]
    """
    sizes = tuple(as_integer("shape", size, 1) for size in shape)
    if not sizes or sizes[-1] < 2 or prod(sizes) > MOST_PATCHES:
        raise InputError(
            "shape", list(shape), f"a grid of at most {MOST_PATCHES} patches, two or more from left to right"
        )
    as_integer("templates", templates, 2)
    windows = tuple(range(1, max(sizes) + 1))
    names = [name for name in STYLES if "shared" not in name or prod(sizes) <= MOST_SHARED]
    drawn = {name: tuple(overlap_circuit(sizes, templates, window, name) for window in windows) for name in names}
    instances = [{**net.to_json(), "seed": as_integer("seed", seed)} for nets in drawn.values() for net in nets]
    sweep = FamilySweep("overlap-ranks", {}, instances, _rank, key=_key)
    with moving_progress("circuits", len(instances)) as show:
        ranks = [known(result) for result in answers(sweep, progress=show)]

    found, each = [], len(windows)
    for number, (name, circuits) in enumerate(drawn.items()):
        found.append(OverlapSeries(name, windows, circuits, tuple(ranks[number * each : (number + 1) * each])))
    return tuple(found)


def _rank(instance: dict[str, Any]) -> dict[str, Any]:
    """Bound the rank of one circuit across left and right."""
    return bounds_fields(_circuit(instance).rank("left", instance["seed"]))


def _key(instance: dict[str, Any]) -> str:
    return f"overlap-rank:{_circuit(instance).label}:left:seed={instance['seed']}"


def _circuit(instance: dict[str, Any]) -> ConvAC:
    return ConvAC.from_json({name: value for name, value in instance.items() if name != "seed"})


def overlaps_figure(shape: Sequence[int], templates: int = 2, seed: int = 0) -> Figure:
    """Draw rank against window size, with the overlap theorem's bound and the greatest rank that there can be.

    The bound is that of [1]_ for the first kind of circuits; the picture shows what becomes of the formula under other
    borders and sharing.

    Parameters
    ----------
    shape : sequence of int
    templates : int
    seed : int

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        As `overlap_series`, or if the greatest rank is too large for an axis.

    References
    ----------
    .. [1] O. Sharir, A. Shashua, "On the expressive power of overlapping architectures of deep learning", ICLR
       2018, arXiv:1703.02065.
    """
    check_matplotlib()
    half = prod(shape[:-1]) * (shape[-1] // 2) if shape else 0
    if (half + 3) * as_integer("templates", templates, 2).bit_length() > MOST_BITS:
        shown = f"{templates} on {' x '.join(map(str, shape))} patches"
        raise InputError("templates", shown, f"such that the greatest rank, M^{half}, is at most about 2^{MOST_BITS}")
    series = overlap_series(shape, templates, seed)
    figure = new_figure((7.6, 4.8))
    axes = figure.subplots()
    _draw_theorem(axes, series[0])
    for each in series:
        _draw_series(axes, each)
    count = prod(shape)
    left = count // shape[-1] * (shape[-1] // 2)
    axes.axhline(float(templates) ** min(left, count - left), color="0.6", lw=1, zorder=0)
    axes.annotate(
        f"greatest possible, ${templates}^{{{min(left, count - left)}}}$",
        (1.0, float(templates) ** min(left, count - left)),
        (0, 4),
        textcoords="offset points",
        fontsize=9,
        color="0.35",
    )
    _label(axes, shape, templates, series)
    return figure


def _draw_series(axes: Axes, series: OverlapSeries) -> None:
    colour, marker, size = STYLES[series.name]
    values = [float(bounds.lower) for bounds in series.ranks]
    axes.plot(series.windows, values, color=colour, lw=1.4, label="_line", zorder=2)
    draw_grades(axes, series.windows, values, series.ranks, (colour, marker, size), series.name)


def _draw_theorem(axes: Axes, series: OverlapSeries) -> None:
    from tensors.convac.receptive_fields import overlap_bound

    axis = len(series.circuits[0].input_shape) - 1
    bounds = [(window, overlap_bound(net, axis)) for window, net in zip(series.windows, series.circuits, strict=True)]
    known = [(window, float(bound.value)) for window, bound in bounds if bound is not None]
    if known:
        x, y = zip(*known, strict=True)
        axes.plot(x, y, color=FRONTIER, lw=9, alpha=0.35, solid_capstyle="round", label="overlap theorem's bound")


def _label(axes: Axes, shape: Sequence[int], templates: int, series: Sequence[OverlapSeries]) -> None:
    grid = "x".join(map(str, shape))
    axes.set_yscale("log", base=templates)
    axes.set_ylim(bottom=0.8, top=axes.get_ylim()[1] * 2)
    curve_axes(axes, "window $R$ of the first layer", "rank of left against right")
    is_open = any(bounds.grade is not Grade.PROVED for each in series for bounds in each.ranks)
    noted = " (open: not proved)" if is_open else ""
    axes.set_title(f"{grid} patches, $M = {templates}$: rank against overlap{noted}", fontsize=11)
    if len(series) < len(STYLES):
        note = f"fully shared weights: computed up to {MOST_SHARED} patches only"
        axes.annotate(note, (0.99, 0.02), xycoords="axes fraction", ha="right", fontsize=8, color="0.35")
    figure = axes.get_figure()
    assert figure is not None
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
