"""Drawings of graphs: one panel each, as many colours as there are stable ones."""

import pytest
from matplotlib.collections import PathCollection

from algebra.errors import InputError
from algebra.graphs import colour_refinement, cycle
from proofs_check.plots import graph_figure, refinement_figure


def fills(axes):
    """The colours of the vertices that are drawn."""
    nodes = [each for each in axes.collections if isinstance(each, PathCollection)]
    return {tuple(colour) for each in nodes for colour in each.get_facecolor()}


def test_equal_colours_mean_equal_stable_colours():
    first, second = graph_figure("EhEG", "EwCW").axes
    assert fills(first) == fills(second)
    assert len(fills(first)) == 1
    path, star = graph_figure("Ch", "Cs", title="trees").axes
    assert not fills(path) & fills(star)


def test_one_panel_a_round():
    axes = refinement_figure("FhCGG").axes
    assert [len(fills(each)) for each in axes] == [1, 2, 3, 4]
    assert len(axes) == colour_refinement("FhCGG").rounds + 1


@pytest.mark.parametrize("graphs", [["@"], ["D??"], ["A_", "A?"], ["?"]])
def test_tiny_graphs_are_drawn(graphs):
    assert len(graph_figure(*graphs).axes) == len(graphs)


def test_what_cannot_be_drawn():
    with pytest.raises(InputError, match="at most 200"):
        graph_figure(cycle(201))
    with pytest.raises(InputError, match="at least one graph"):
        graph_figure()
