"""Heat maps of a realised attention matrix beside its target."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra import InputError
from proofs_check.plots.canvas import FRONTIER, bare_cells, colour_bar, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from tensors.attention.realisation import Realised, SparseTarget

MOST_PRODUCTS = 30_000_000  # of exact numbers, for the logits: some seconds
LEAST_EXPONENT = -16.0  # of the third panel: beyond, a weight is lost in float64 beside one that is 1
BAR: dict[str, Any] = {"aspect": 30, "pad": 0.02, "shrink": 0.8}


def target_matrix(target: SparseTarget) -> NDArray[np.float64]:
    """Return a sparse target in floating point, for drawings.

    Parameters
    ----------
    target : SparseTarget

    Returns
    -------
    numpy.ndarray of float64, shape (L, L)

    Examples
    --------
    >>> from tensors.attention.realisation import SparseTarget
    >>> target_matrix(SparseTarget.from_supports([[0, 1], [1]], [[1, 3], [1]])).tolist()
    [[0.25, 0.75], [0.0, 1.0]]
    """
    found = np.zeros((target.length, target.length))
    for row, (support, weights) in enumerate(zip(target.supports, target.weights, strict=True)):
        found[row, list(support)] = 1 / len(support) if weights is None else [float(weight) for weight in weights]
    return found


def realised_matrix_figure(found: Realised) -> Figure:
    """Draw a target, the attention matrix that realises it, and its weights on a logarithmic scale.

    The third panel shows each weight over the greatest of its row, so how far below it the zeros stay. The drawing is
    in floating point; whether the demand is met was decided exactly, before.

    Parameters
    ----------
    found : Realised
        See `tensors.attention.realisation.realise`.

    Returns
    -------
    matplotlib.figure.Figure
        Of three panels: rows are queries, columns are keys.

    Raises
    ------
    InputError
        If nothing was realised, there are too many tokens and dimensions, or matplotlib is not installed.
    """
    made = found.realisation
    if made is None:
        raise InputError("found", "; ".join(found.tried), "a demand that the method can reach: nothing to draw")
    size = f"{made.length} tokens in {made.dimension} dimensions"
    if made.length**2 * made.dimension > MOST_PRODUCTS:
        raise InputError("found", size, f"of at most {MOST_PRODUCTS} products L * L * d, to be drawn")
    wanted, reached = target_matrix(found.target), made.approximate_matrix()
    figure = new_figure((10.4, 3.9))
    first, second, third = figure.subplots(1, 3)
    top = float(max(wanted.max(), reached.max()))
    _draw(first, wanted, "target", (0.0, top))
    image = _draw(
        second, reached, f"realised: softmax of $\\langle q_i, y_j\\rangle$, $d = {made.dimension}$", (0.0, top)
    )
    colour_bar(image, [first, second], label="weight", **BAR)
    exponents = _exponents(reached)
    least = max(LEAST_EXPONENT, math.floor(exponents.min()))
    image = _draw(third, exponents, "over the greatest of the row", (least, 0.0))
    cut = "min" if exponents.min() < least else "neither"
    label = r"$\log_{10}$ of the weight; red: $\varepsilon_1$"
    bar = colour_bar(image, [third], label=label, extend=cut, **BAR)
    bar.ax.axhline(math.log10(float(found.precision.zeros)), color=FRONTIER, lw=2.5)
    first.set_ylabel("query $i$")
    verdict = "verified exactly" if found.verified else "the demand is NOT met"
    figure.suptitle(f"{size} by {made.method}: {verdict}")
    return figure


def _exponents(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    ratios = weights / weights.max(axis=1, keepdims=True)
    return np.asarray(np.log10(np.maximum(ratios, 10.0 ** (LEAST_EXPONENT - 1))))


def _draw(axes: Axes, values: NDArray[np.float64], title: str, limits: tuple[float, float]) -> Any:
    from matplotlib.ticker import MaxNLocator

    image = axes.imshow(values, cmap="cividis", vmin=limits[0], vmax=limits[1], interpolation="none")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    bare_cells(axes, None)
    axes.set_xlabel("key $j$")
    axes.set_title(title, fontsize=10.5)
    return image
