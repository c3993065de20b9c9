"""Pictures: dimensions over widths and degrees, frontiers, defects; attention matrices, patterns; ranks.

matplotlib is imported when something is drawn. The colours are those of the map cividis, which looks the same to people
who see no difference between red and green; the frontier is drawn in vermilion with a white border.
"""

from proofs_check.plots.canvas import figure_size, new_axes, new_figure
from proofs_check.plots.depth import VIEWS, StackSeries, attention_depth_figure, stack_series
from proofs_check.plots.graphs import graph_figure, refinement_figure
from proofs_check.plots.grid import Grid, two_hidden_widths, width_and_degree
from proofs_check.plots.overlaps import OverlapSeries, overlap_circuit, overlap_series, overlaps_figure
from proofs_check.plots.patterns import layers_until_seen, pattern_figure
from proofs_check.plots.pictures import defect_map, dimension_heatmap, frontier_staircase
from proofs_check.plots.realised import realised_matrix_figure, target_matrix

__all__ = [
    "VIEWS",
    "Grid",
    "OverlapSeries",
    "StackSeries",
    "attention_depth_figure",
    "defect_map",
    "dimension_heatmap",
    "figure_size",
    "frontier_staircase",
    "graph_figure",
    "layers_until_seen",
    "new_axes",
    "new_figure",
    "overlap_circuit",
    "overlap_series",
    "overlaps_figure",
    "pattern_figure",
    "realised_matrix_figure",
    "refinement_figure",
    "stack_series",
    "target_matrix",
    "two_hidden_widths",
    "width_and_degree",
]
