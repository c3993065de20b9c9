"""What the notebook on own conjectures shows, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, numbers, shown, without_tags

SHOWN = (
    "7 (proved)",
    "mine.full-heads",
    "('holds', 'proved', 9, {'H <= d': 3})",
    "violated",
    "('kileel2019.unimodal', 'violated (known false)', 'proved')",
    "('mine.binary-forms', 'holds', 'proved')",
    numbers(2),
)


@pytest.mark.parametrize("notebook", ["10_your_own_conjecture.ipynb"])
def test_the_notebook_on_own_conjectures_shows_what_it_says(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
