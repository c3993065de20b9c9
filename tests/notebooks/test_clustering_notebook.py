"""What the prose of the notebook on clustering rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, numbers, shown, without_tags

SHOWN = (
    numbers("numeric", "True"),
    numbers("7/32", "0.21875"),
    numbers("frobenius l1", "132/175", 0, "4/35 yes"),
    numbers("frobenius square", "7/32", "1/16 yes"),
    numbers("frobenius nuclear", "132/175", 0, "4/35 yes"),
    numbers("instance l1", "56/25", "2/5 yes"),
    numbers("instance square", "7/32", "1/16 yes"),
    numbers("instance nuclear", "132/175", "4/35 yes"),
    numbers(0, "proved", 6, 2),
    "F(Z, C) = 21/8 · F(1/2 Z, 0) = 7/8 · lam / |Z|^2 = 1/14",
    numbers("True", "{0: 2, 1: 2}", 4),
    numbers("False", "{0: 2, 1: 2}", 3),
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
