"""What the notebook on programs shows, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, numbers, shown, without_tags

SHOWN = (
    "32 (proved) of 36",
    numbers(4),
    "3 (proved)",
    "20 (proved) of 20",
    numbers(84, 68, "62 (proved)"),
    "FullDimension(rank=10, regions=7, is_complete=True)",
)


@pytest.mark.parametrize("notebook", ["09_your_own_network.ipynb"])
def test_the_notebook_on_programs_shows_its_numbers(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
