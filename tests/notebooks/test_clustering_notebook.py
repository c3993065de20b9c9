"""What the prose of the notebook on clustering rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, shown, without_tags

SHOWN = (
    "collapse · numeric · optimal: True",
    "least value 7/32 = 0.21875 · all points equal up to sign",
    "frobenius l1 132/175 all points at 0 except two, which are equal or opposite 4/35 yes",
    "frobenius square 7/32 all points equal up to sign 1/16 yes",
    "frobenius nuclear 132/175 all points at 0 except two, which are equal or opposite 4/35 yes",
    "instance l1 56/25 every point has a twin, equal or opposite, and is expressed by twins alone 2/5 yes",
    "instance square 7/32 all points equal up to sign 1/16 yes",
    "instance nuclear 132/175 all points equal up to sign 4/35 yes",
    "pairs · gap 0 · proved · 6 components for 2 labels",
    "F(Z, C) = 21/8 · F(1/2 Z, 0) = 7/8 · lam / |Z|^2 = 1/14",
    "independent planes · block diagonal: True · ranks {0: 2, 1: 2} in 4",
    "planes that meet · block diagonal: False · ranks {0: 2, 1: 2} in 3",
    *(
        f" {point} {p} {own} {margin} {preserved} ".replace("  ", " ")
        for point, p, own, margin, preserved in (
            (0, 1, 1, "1/2", "yes"),
            (1, 2, 2, "1/2", "yes"),
            (2, 1, 1, "1", "yes"),
            (3, 2, 2, "1/2", "yes"),
            (4, 1, 2, "", "no"),
            (5, 1, 2, "", "no"),
            (6, 2, 2, "1", "yes"),
        )
    ),
)


@pytest.mark.parametrize("notebook", ["06_clustering.ipynb"])
def test_the_clustering_notebook_shows_what_its_prose_says(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
