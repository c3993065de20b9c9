"""What the prose of the notebook on kernels rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, numbers, shown, without_tags

SHOWN = (
    "(1 + s)^2: 192 64 64 0 0 0 · rank 16 (proved) · psd: True",
    "arc-cosine: 16 … 0 … 0 … · rank 17 (proved)",
    "t^d on [-1, 1]: -t^4 - 2*t^3 + 2*t + 1 · psd: True",
    "1 - t d on [0, 1]: -32*t + 16 · psd: False · negative on level, at t: (0, Fraction(1, 1))",
    numbers(3, 9, "0 27/4 0 21", "7.1806519"),
    numbers(3, 9, 84, "9.1651513"),
    numbers(3, "1/64 27/64 27/16 21/16", "3.2192010"),
    "82.2455532033675",
    "conjunction:hypercube:n200:k20:margin",
    "1e-9",
    *("(4, 2) 2.33333333", " 2.38047614", " 3.13895843"),
    *("(8, 2) 4.46410161", " 4.48502370", " 5.0"),
    *("(16, 4) 9.11592868", " 9.18110890", " 10.20820393", " yes"),
    numbers("26.5946", "1e-9", "True", 199, 200, "True"),
    numbers("48.0686", "1e-9", "True", 143, 200, "True"),
)


@pytest.mark.parametrize("notebook", ["05_kernels.ipynb"])
def test_the_notebook_on_kernels_shows_what_its_prose_says(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
