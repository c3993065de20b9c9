"""Depth and width of attention: separation ranks over one size of a stack, the others fixed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from algebra import Bounds
from algebra.errors import InputError, as_integer
from proofs_check.deciding.separation import log3
from proofs_check.engine.progress import moving_progress
from proofs_check.plots.canvas import FRONTIER, check_matplotlib, curve_axes, draw_grades, new_figure, shades
from tensors.attention import AttentionStack

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DEPTHS = range(1, 13)
"""Depths that are drawn: the regimes of all widths up to some hundred are told apart by then."""

MOST_WORDS = 8
"""Words of a vocabulary that are drawn: beyond, their grid matrices have the rank of free tokens, or take minutes."""

MOST_WORK = 1 << 32
"""Multiplications for the degrees of one stack, some five seconds; what takes longer is drawn as a band."""

BAND = 0.25  # opacity between two bounds


Stacks = dict[int, AttentionStack]  # of one curve, by the size that varies


@dataclass(frozen=True)
class StackSeries:
    """Separation ranks of stacks that differ in one size.

    Parameters
    ----------
    name : str
        Of the curve, in a legend.
    sizes : tuple of int
        What they differ in, increasing.
    ranks : tuple of Bounds
    threshold : int, optional
        The size at which the regimes meet: the last depth, or the least width, at which C = (3^L - 1)/2 is at most
        s = d(d+1)/2. None if it is not among the sizes.
    """

    name: str
    sizes: tuple[int, ...]
    ranks: tuple[Bounds, ...]
    threshold: int | None = None


@dataclass(frozen=True)
class View:
    """One way to look at stacks: what varies, and the stacks along one curve of a width and a depth.

    Parameters
    ----------
    axis : str
        Label of the horizontal axis.
    title : str
        What the picture shows.
    stacks : callable, optional
        From width, depth and heads to the stacks of one curve, by the size that varies. None: a curve has all widths.
    layers : tuple of int
        Depths where none are told.
    """

    axis: str
    title: str
    stacks: Callable[[int, int, int], Stacks] | None
    layers: tuple[int, ...] = (2,)


def _over_depth(d: int, depth: int, heads: int) -> Stacks:
    """Return stacks of 1, 2, ... layers; these are all depths, so `depth` says nothing."""
    return {layers: _stack(d, layers, heads) for layers in DEPTHS}


def _over_heads(d: int, depth: int, heads: int) -> Stacks:
    """Return stacks of H heads of size d/H, for all divisors H of the width."""
    return {each: _stack(d, depth, each) for each in range(1, d + 1) if d % each == 0}


def _over_vocabulary(d: int, depth: int, heads: int) -> Stacks:
    """Return stacks that read 1, 2, ... words with positions."""
    stack = _stack(d, depth, heads)
    return {each: replace(stack, vocabulary=each, positions=True) for each in range(1, MOST_WORDS + 1)}


def _over_embedding_rank(d: int, depth: int, heads: int) -> Stacks:
    """Return stacks whose tokens lie in a space of dimension 1, 2, ... d."""
    stack = _stack(d, depth, heads)
    return {each: replace(stack, embedding_rank=each) for each in range(1, d + 1)}


def _stack(d: int, depth: int, heads: int) -> AttentionStack:
    """Return the stack of so many heads that fill the width, and as many tokens a side as there are coordinates."""
    if d % heads:
        raise InputError("heads", heads, f"a divisor of every width, {d} among them")
    return AttentionStack(d, heads, d // heads, depth, (d, d))


VIEWS = {
    "depth": View("layers $L$", "the two regimes over depth (ring: the last efficient depth)", _over_depth),
    "width": View("width $d$", "the two regimes over width (ring: the least efficient width)", None, (1, 2, 3, 4)),
    "heads": View("heads $H$ of size $d/H$", "more heads at fixed width", _over_heads),
    "vocabulary": View("words, with positions (dotted: any vectors)", "a vocabulary as bottleneck", _over_vocabulary),
    "embedding-rank": View("rank $r$ of the embedding", "the embedding's rank as bottleneck", _over_embedding_rank),
}
"""What can vary, in the words of the command."""


def stack_series(
    widths: Iterable[int], over: str = "depth", layers: Sequence[int] = (), heads: int = 1, seed: int = 0
) -> tuple[StackSeries, ...]:
    """Bound the ranks of stacks along one size; small ones are evaluated, of others theorems say what they say.

    Parameters
    ----------
    widths : iterable of int
        One curve each; with ``over="width"`` the sizes of all curves.
    over : str
        One of `VIEWS`.
    layers : sequence of int
        Depths, one curve each; default: 2, over width 1 to 4. Over depth all are drawn.
    heads : int
        In each layer; they divide the widths. Over heads all divisors are drawn.
    seed : int

    Returns
    -------
    tuple of StackSeries

    Raises
    ------
    InputError
        For a size below 1, heads that do not divide a width, or a stack whose bounds nobody could write down.

    Examples
    --------
    >>> (series,) = stack_series([6], "heads")
    >>> series.sizes, [bounds.lower for bounds in series.ranks]
    ((1, 2, 3, 6), [385, 379, 340, 231])
    """
    view, drawn = VIEWS[over], [as_integer("width", d, 1) for d in widths]
    as_integer("heads", heads, 1)
    depths = [as_integer("layers", depth, 1) for depth in layers or view.layers]
    if view.stacks is None:
        curves = [(f"L = {L}", {d: _stack(d, L, heads) for d in sorted(set(drawn))}) for L in depths]
    elif over == "depth":
        curves = [(f"d = {d}", view.stacks(d, 1, heads)) for d in drawn]
    else:
        curves = [(f"d = {d}, L = {L}", view.stacks(d, L, heads)) for d, L in product(drawn, depths)]

    found, most_work = [], 0 if over == "depth" else MOST_WORK
    with moving_progress("curves", len(curves)) as show:
        for number, (name, stacks) in enumerate(curves, start=1):
            ranks = tuple(stack.separation(seed, most_work=most_work).whole for stack in stacks.values())
            found.append(StackSeries(name, tuple(stacks), ranks, _meeting(over, stacks)))
            show(number, len(curves), number / len(curves))
    return tuple(found)


def _meeting(over: str, stacks: Stacks) -> int | None:
    """Return the size at which the regimes meet: the last efficient depth, or the least efficient width."""
    efficient = [size for size, stack in stacks.items() if stack.layers <= stack.threshold]
    if over not in ("depth", "width") or not 0 < len(efficient) < len(stacks):
        return None
    return efficient[-1] if over == "depth" else efficient[0]


def attention_depth_figure(
    widths: Iterable[int], over: str = "depth", layers: Sequence[int] = (), heads: int = 1, seed: int = 0
) -> Figure:
    """Draw log_3 of the separation rank over one size of a stack: see `stack_series`.

    A filled dot is a proved rank. Where none is known there is an open one at the lower bound, and a band up to the
    upper one. Over depth and width a ring marks where the regimes meet.

    Parameters
    ----------
    widths : iterable of int
        One curve each; with ``over="width"`` the sizes of all curves.
    over : str
        One of `VIEWS`.
    layers : sequence of int
        Depths, one curve each; default: 2, over width 1 to 4. Over depth all are drawn.
    heads : int
        In each layer; they divide the widths.
    seed : int

    Returns
    -------
    matplotlib.figure.Figure
    """
    check_matplotlib()
    widths = list(widths)
    series, view = stack_series(widths, over, layers, heads, seed), VIEWS[over]
    figure = new_figure((7.2, 4.8))
    axes = figure.subplots()
    colours = shades(len(series) + 2)
    for number, each in enumerate(series):
        _draw(axes, each, colours(number + 2), size=6 + 2.5 * (len(series) - 1 - number) * (over == "embedding-rank"))

    if over == "vocabulary":
        depths = layers or view.layers
        for number, (d, depth) in enumerate(product(widths, depths)):
            free = _stack(d, depth, heads).separation(seed, most_work=MOST_WORK).whole
            axes.axhline(log3(free.upper or free.lower), color=colours(number + 2), lw=1, ls=":", label="_free")
    _label(axes, view, "" if over == "heads" else f", {heads} head" + "s" * (heads > 1), over == "depth")
    return figure


def _draw(axes: Axes, series: StackSeries, colour: tuple[float, ...], size: float) -> None:
    """Draw one curve along its upper bounds; larger dots lie below smaller ones of equal ranks."""
    below = [log3(bounds.lower) for bounds in series.ranks]
    above = [log3(bounds.upper or bounds.lower) for bounds in series.ranks]
    axes.fill_between(series.sizes, below, above, color=colour, alpha=BAND, lw=0)
    axes.plot(series.sizes, above, color=colour, lw=size / 4, label=series.name)

    draw_grades(axes, series.sizes, below, series.ranks, (colour, "o", size))
    if series.threshold is not None:
        at = series.threshold, above[series.sizes.index(series.threshold)]
        axes.plot([at[0]], [at[1]], "o", mfc="none", mec=FRONTIER, ms=11, mew=1.6, label="_threshold")


def _label(axes: Axes, view: View, heads: str, is_large: bool) -> None:
    curve_axes(axes, view.axis, r"$\log_3$ of the separation rank")
    axes.set_title(
        f"{view.title.capitalize()}{heads}\nfilled: proved; open: a lower bound, with a band up to the upper one",
        fontsize=10,
    )
    if is_large:
        axes.set_yscale("symlog", linthresh=10)
    axes.legend(frameon=False, fontsize=9)
