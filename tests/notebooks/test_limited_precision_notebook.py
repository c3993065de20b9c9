"""What the prose of the notebook on limited precision rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, shown, without_tags

SHOWN = (
    "{-2: 8/29, -1: 21/29}",
    "{-2: 1/2, -1: 1/2} with two random bits",
    "mean 13739/256 · exact 13739/256",
    "P(error >= 8) = 0.0149",
    "with one random bit the mean is -16.",
    "nearest stops at 185 after 76 steps · dead zone (185, 216)",
    "three random bits keep (197, 200) · centred (199, 202)",
    "limit {200: 1/2, 201: 1/2} · unbiased: True False",
    "a matrix of rank 1 has after stochastic rounding the rank {2: 21/64, 3: 43/64}",
    *(f" {what} 16 4 {after} " for what, after in (("factors", 4), ("entries", 9))),
    *(f" {what} 16 14 {after} " for what, after in (("factors", 14), ("entries", 15))),
    "nearest below 0.5 True · stochastic above 0.85 True",
    "stochastic better on held out images False",
    " float8_e4m3fn 253 17.8 % 1, 8, 9 2, 22, 26 75 74.4 % ",
    " float8_e5m2 247 9.4 % 1, 4, 5 2, 12, 16 2 83.6 % ",
    "16 entries: maximal error 0.03788284",
    "16 entries, carry: maximal error 0.01404708",
    "31 entries: maximal error 0.00892035",
    "62 entries, carry: maximal error 0.00537303",
    "get wrong: [8, 6, 4, 0, 0] [2, 4, 2, 0, 0]",
)


@pytest.mark.parametrize("notebook", ["07_limited_precision.ipynb"])
def test_the_notebook_on_limited_precision_shows_what_its_prose_says(notebook):
    pytest.importorskip("sklearn")
    assert_in_order(without_tags(shown(notebook)), SHOWN)
