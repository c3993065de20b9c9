"""What the prose of the second notebook rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, numbers, shown, without_tags

SHOWN = (
    "nonstrict_saddle (k = 2, r = 1; all-pivots-tightened)",
    numbers(0, 9, 3),
    "fibre-then-gradient after",
    "strict_saddle (k = 2, r = 1; untightened-pivot)",
    numbers("negative-curvature", "-2"),
    "global_min (k = 2, r = 1; zero-residual) · loss 0",
    "Theorem 2.1 saddle Y X^T of full rank",
    "Theorem 7 nonstrict_saddle Y X^T of full rank",
    "yun2018.filling-singular 49 14 15 0 20 proved violated (known false)",
    numbers(0, 0, 1, 2),
    numbers(20, 20),
    numbers(120, 120),
    "inconclusive",
    "strict_saddle (k = 2, r = 1; untightened-pivot)",
    numbers("{0: 1, 1: 3, 2: 3}", 3, 39),
    numbers(8, 2, 2),
    numbers("3/4"),
    "{3}",
    "exact True",
    numbers("False", 1, 59),
    "16 217 (457) 102 (102) 200 (200) 37 (37) 121 (157)",
    "1024 2509 (10393) 1209 (5142) 3863 (6890) 1184 (1184) 6169 (12253)",
)


@pytest.mark.parametrize("notebook", ["02_critical_points_and_memorization.ipynb"])
def test_the_second_notebook_shows_what_its_prose_says(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
