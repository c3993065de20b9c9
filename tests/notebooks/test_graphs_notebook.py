"""What the prose of the notebook on graphs rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, numbers, shown, without_tags

SHOWN = (
    "{'colour-refinement': False, 'tinhofer': True, '2-fwl': True} isomorphic: False",
    "6 X = [1, 1, 1, 1, 1, 1] in each row",
    numbers(1, "-1", "True"),
    " 4 7 10 11 11 11 11 11 5 11 26 34 34 34 34 34 6 16 64 142 152 152 152 152 7 22 144 712 942 1006 1002 1022 ",
    "False Orbits(holds=False, marks=(), pair=(0, 3), nodes=1)",
    numbers("graph:FwCGg", 0, 3),
    numbers("False", "True", "Orbits(holds=False"),
    " rook-shrikhande 16 no no yes yes, no ",
    " cfi-k4 28 no no yes yes, no ",
    "layers sum mean max refinement 1 4 1 1 4 2 8 1 1 8 3 9 1 1 9 4 9 1 1 9 ",
    "1 (12, 4) 4 yes",
    "2 (12, 4, 24, 8) 8 yes",
    "3 (12, 4, 24, 8, 27, 9) 9 yes",
    numbers("False", "((0, 0), (0, 3))"),
)


@pytest.mark.parametrize("notebook", ["08_graphs.ipynb"])
def test_the_graphs_notebook_shows_what_its_prose_says(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
