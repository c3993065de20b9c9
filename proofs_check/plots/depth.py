"""Depth against width of attention: what is known of separation ranks, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algebra import Bounds, Grade
from algebra.errors import as_integer
from proofs_check.papers._separation import log3
from proofs_check.plots.canvas import FRONTIER, check_matplotlib, new_figure, shades
from tensors.attention import AttentionStack

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_LAYERS = 12
"""Depths that are drawn: the regimes of all widths up to some hundred are told apart by then."""


@dataclass(frozen=True)
class DepthSeries:
    """Separation ranks of stacks of one head and one width, as many tokens a side as there are coordinates.

    Parameters
    ----------
    width : int
    threshold : int
        The last depth at which C = (3^L - 1)/2 is at most d(d+1)/2.
    ranks : tuple of Bounds
        For 1, 2, ... layers.
    """

    width: int
    threshold: int
    ranks: tuple[Bounds, ...]


def depth_series(widths: Iterable[int], most_layers: int = MOST_LAYERS, seed: int = 0) -> tuple[DepthSeries, ...]:
    """Bound the ranks of all depths; small ones are evaluated, of others theorems say what they say.

    Raises
    ------
    InputError
        For a width below 1, or one whose bounds nobody could write down.

    Examples
    --------
    >>> (series,) = depth_series([2], 4)
    >>> series.threshold, [bounds.lower for bounds in series.ranks]
    (1, [3, 18, 232, 132])
    """
    found = []
    for d in widths:
        as_integer("width", d, 1)
        stacks = [AttentionStack(d, 1, d, depth, (d, d)) for depth in range(1, most_layers + 1)]
        ranks = tuple(stack.separation(seed, most_work=0).whole for stack in stacks)
        threshold = sum((3**depth - 1) // 2 <= stacks[0].gram_size for depth in range(1, most_layers + 1))
        found.append(DepthSeries(d, threshold, ranks))
    return tuple(found)


def attention_depth_figure(widths: Iterable[int], most_layers: int = MOST_LAYERS, seed: int = 0) -> Figure:
    """Draw log_3 of the rank over the number of layers: a band between the bounds, dots where it is proved.

    A ring marks the depth up to which the rank grows double exponentially; beyond, log_3 of it grows by at most
    d(d+1)/2 a layer.

    Parameters
    ----------
    widths : iterable of int
    most_layers : int
    seed : int
    """
    check_matplotlib()
    series = depth_series(widths, most_layers, seed)
    figure = new_figure((7.2, 4.8))
    axes = figure.subplots()
    colours = shades(len(series) + 2)
    depths = range(1, most_layers + 1)

    for number, each in enumerate(series):
        colour = colours(number + 2)
        below = [log3(bounds.lower) for bounds in each.ranks]
        above = [log3(bounds.upper or bounds.lower) for bounds in each.ranks]
        axes.fill_between(depths, below, above, color=colour, alpha=0.25, lw=0)
        axes.plot(depths, above, color=colour, lw=1.6, label=f"d = {each.width}")
        proved = [k for k, bounds in enumerate(each.ranks) if bounds.grade is Grade.PROVED]
        axes.plot([k + 1 for k in proved], [above[k] for k in proved], "o", color=colour, ms=6, label="_proved")
        if each.threshold:
            at = each.threshold
            axes.plot([at], [above[at - 1]], "o", mfc="none", mec=FRONTIER, ms=11, mew=1.6, label="_threshold")

    axes.set(xlabel="layers $L$", ylabel=r"$\log_3$ of the separation rank")
    axes.set_title(
        "Depth against width, one head (dots: proved; band: between the bounds; ring: threshold)", fontsize=10
    )
    axes.set_yscale("symlog", linthresh=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    return figure
