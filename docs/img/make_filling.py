"""Draw filling.png: dimensions of (3, d1, d2, 1) with cubes, and the frontier of the filling architectures.

python docs/img/make_filling.py [FILE]

Needs matplotlib (pip install matplotlib); the numbers are computed and proved anew at every run.
"""

import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from algebra import Grade, PolynomialNetwork

INPUTS, OUTPUTS, DEGREE = 3, 1, 3
FIRST, SECOND = range(1, 11), range(1, 13)  # d1 > 10 adds nothing: there are 10 cubic forms in 3 variables
FRONTIER = "#d62f00"


def dimensions() -> np.ndarray:
    """Return the dimension for each d2 (rows) and d1 (columns), every one of them proved."""
    table = np.zeros((len(SECOND), len(FIRST)), int)
    for row, d2 in enumerate(SECOND):
        for column, d1 in enumerate(FIRST):
            found = PolynomialNetwork((INPUTS, d1, d2, OUTPUTS), DEGREE).dimension()
            assert found.grade is Grade.PROVED
            table[row, column] = int(found)
    return table


def frontier(fills: np.ndarray) -> tuple[list[float], list[float]]:
    """Return the staircase below the filling architectures, from top left to bottom right."""
    columns = [k for k in range(len(FIRST)) if fills[:, k].any()]
    lowest = {k: int(fills[:, k].argmax()) for k in columns}
    x, y = [FIRST[columns[0]] - 0.5], [SECOND[-1] + 0.5]
    for k in columns:
        level = SECOND[lowest[k]] - 0.5
        x += [FIRST[k] - 0.5, FIRST[k] + 0.5]
        y += [level, level]
    return x, y


def minimal(fills: np.ndarray) -> list[tuple[int, int]]:
    """Return the (d1, d2) that fill while neither (d1 - 1, d2) nor (d1, d2 - 1) does."""
    padded = np.pad(fills, ((1, 0), (1, 0)))
    corners = fills & ~padded[:-1, 1:] & ~padded[1:, :-1]
    return [(FIRST[column], SECOND[row]) for row, column in np.argwhere(corners)]


def draw(path: Path) -> None:
    """Draw the picture into a file."""
    table = dimensions()
    ambient = PolynomialNetwork((INPUTS, 1, 1, OUTPUTS), DEGREE).ambient_dimension
    fills = table == ambient
    plt.rcParams.update({"font.family": "DejaVu Sans", "font.size": 11})
    figure, axes = plt.subplots(figsize=(7.2, 6.2), layout="constrained")
    edges = (FIRST[0] - 0.5, FIRST[-1] + 0.5, SECOND[0] - 0.5, SECOND[-1] + 0.5)
    image = axes.imshow(table, origin="lower", extent=edges, cmap="cividis", vmin=0, vmax=ambient, aspect="auto")
    for row, d2 in enumerate(SECOND):
        for column, d1 in enumerate(FIRST):
            value = table[row, column]
            colour = "white" if value < 0.55 * ambient else "black"
            axes.text(d1, d2, value, ha="center", va="center", fontsize=9, color=colour)
    axes.plot(*frontier(fills), color=FRONTIER, lw=3, solid_joinstyle="miter", solid_capstyle="butt")
    for d1, d2 in minimal(fills):
        axes.add_patch(Rectangle((d1 - 0.42, d2 - 0.42), 0.84, 0.84, fill=False, ec=FRONTIER, lw=2))
    axes.set(xticks=FIRST, yticks=SECOND, xlabel="$d_1$", ylabel="$d_2$")
    axes.set_xticks(np.arange(*edges[:2])[1:], minor=True)
    axes.set_yticks(np.arange(*edges[2:])[1:], minor=True)
    axes.grid(which="minor", color="white", lw=0.6, alpha=0.5)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    corners = ", ".join(f"$({INPUTS}, {d1}, {d2}, {OUTPUTS})$" for d1, d2 in sorted(minimal(fills)))
    title = f"Dimension of the networks $({INPUTS}, d_1, d_2, {OUTPUTS})$ with cubic activation"
    subtitle = f"beyond the red line they fill their ambient space; minimal: {corners}"
    figure.suptitle(title, fontsize=13, fontweight="bold")
    axes.set_title(subtitle, fontsize=10.5, pad=8)
    figure.colorbar(image, label="dimension", ticks=range(0, ambient + 1, 11)).outline.set_visible(False)
    figure.savefig(path, dpi=120, metadata={"Software": None}, pil_kwargs={"optimize": True})


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("filling.png"))
