"""Plots over widths and degrees: dimension, the staircase of minimal filling architectures, defects.

matplotlib is imported when something is drawn. The colours are those of the map cividis, which looks the same to people
who see no difference between red and green; the frontier is drawn in vermilion with a white border.
"""

from proofs_check.plots.canvas import figure_size, new_axes
from proofs_check.plots.grid import Grid, two_hidden_widths, width_and_degree
from proofs_check.plots.pictures import defect_map, dimension_heatmap, frontier_staircase

__all__ = [
    "Grid",
    "defect_map",
    "dimension_heatmap",
    "figure_size",
    "frontier_staircase",
    "new_axes",
    "two_hidden_widths",
    "width_and_degree",
]
