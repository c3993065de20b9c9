"""What the prose of the notebook on limited precision rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, numbers, shown, without_tags

SHOWN = (
    "{-2: 8/29, -1: 21/29}",
    "{-2: 1/2, -1: 1/2}",
    numbers("13739/256", "13739/256"),
    numbers(8, "0.0149"),
    "-16.",
    numbers(185, 76, "(185, 216)"),
    numbers("(197, 200)", "(199, 202)"),
    numbers("{200: 1/2, 201: 1/2}", "True False"),
    numbers(1, "{2: 21/64, 3: 43/64}"),
    *(f" {what} 16 4 {after} " for what, after in (("factors", 4), ("entries", 9))),
    *(f" {what} 16 14 {after} " for what, after in (("factors", 14), ("entries", 15))),
    numbers("0.5 True", "0.85 True"),
    "False",
    " float8_e4m3fn 253 17.8 % 1, 8, 9 2, 22, 26 75 74.4 % ",
    " float8_e5m2 247 9.4 % 1, 4, 5 2, 12, 16 2 83.6 % ",
    numbers(16, "0.03788284"),
    numbers(16, "0.01404708"),
    numbers(31, "0.00892035"),
    numbers(62, "0.00537303"),
    "[8, 6, 4, 0, 0] [2, 4, 2, 0, 0]",
)


@pytest.mark.parametrize("notebook", ["07_limited_precision.ipynb"])
def test_the_notebook_on_limited_precision_shows_what_its_prose_says(notebook):
    pytest.importorskip("sklearn")
    assert_in_order(without_tags(shown(notebook)), SHOWN)
