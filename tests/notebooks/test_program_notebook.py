"""What the notebook on programs shows, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, shown, without_tags

SHOWN = (
    "32 (proved) of 36",
    "4 by scaling of a gated unit between U and D",
    "3 (proved)",
    "20 (proved) of 20",
    "layer 84 weights, formula 68 dimension 62 (proved)",
    "FullDimension(rank=10, regions=7, is_complete=True)",
)


@pytest.mark.parametrize("notebook", ["09_your_own_network.ipynb"])
def test_the_notebook_on_programs_shows_its_numbers(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
