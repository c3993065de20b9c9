"""What the prose of the second notebook rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, shown, without_tags

SHOWN = (
    "nonstrict_saddle (k = 2, r = 1; all-pivots-tightened)",
    "0 negative, 9 zero, 3 positive",
    "fibre-then-gradient after",
    "strict_saddle (k = 2, r = 1; untightened-pivot)",
    "negative-curvature with second derivative -2",
    "global_min (k = 2, r = 1; zero-residual) · loss 0",
    "Theorem 2.1 saddle Y X^T of full rank",
    "Theorem 7 nonstrict_saddle Y X^T of full rank",
    "yun2018.filling-singular 49 14 15 0 20 proved violated (known false)",
    "loss 0, least loss 0, r = 1, k = 2",
    "theory, classification and exact Hessian agree in 20 of 20",
    "the formula agrees with the exact Hessian at 120 of 120 points",
    "inconclusive",
    "critical points found nearby: strict_saddle (k = 2, r = 1; untightened-pivot)",
    "products of rank r: {0: 1, 1: 3, 2: 3} · pure: 3 · generic weights: 39",
    "dimension 8 · components of a fibre of rank 2: 2",
    "risk 3/4 · better",
    "the other network is better",
    "widths {3} · parameters",
    "exact True",
    "False · failures: 1 · first at point 59",
    "16 217 (457) 102 (102) 200 (200) 37 (37) 121 (157)",
    "1024 2509 (10393) 1209 (5142) 3863 (6890) 1184 (1184) 6169 (12253)",
)


@pytest.mark.parametrize("notebook", ["02_critical_points_and_memorization.ipynb"])
def test_the_second_notebook_shows_what_its_prose_says(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
