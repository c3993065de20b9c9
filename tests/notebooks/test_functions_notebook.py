"""What the prose of the notebook on functions as tensors rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, numbers, shown, without_tags

SHOWN = (
    "1024 (proved)",
    numbers("1024 <=", "equality-graph", 1, "[[[0, 0]], [[0, 1]]]", 2, 10),
    numbers("1024 >="),
    numbers("2 (proved)"),
    "odd-even 6561 (proved) window-equality templates yes",
    "w2s2c2-w2s2c2-w2s2c2 {2: 13, 4: 50, 8: 56, 16: 8} (0, 2, 4, 6) (0, 1, 2, 3) proved",
    "w5s1c2,sliding-w8s8c2 {2: 8, 4: 28, 8: 56, 16: 35}",
    *(
        f"{circuits} {' '.join(f'{rank} (proved)' for rank in ranks)}"
        for circuits, ranks in (
            ("overlapping: stride 1, clip", (1, 2, 4, 8, 16, 16, 16, 16)),
            ("stride 1, valid borders", (1, 2, 4, 8, 16, 8, 4, 2)),
            ("stride 1, fully shared weights", (1, 2, 4, 8, 16, 12, 8, 5)),
            ("not overlapping: stride = window", (1, 1, 2, 1, 2, 2, 2, 2)),
        )
    ),
    numbers(1024, "2^1024", "sharir-shashua-overlap"),
    "((0, 4), (1, 5), (2, 6), (3, 7))",
    numbers(16, 16),
    numbers("4^512", "(50, 50)", 50),
    "(8, 1) 16 16 (proved) 15 (proved) yes",
    "(16, 3) 4 4 (proved) 3 (proved) yes",
    " 64 32 2 (proved) 4294967296 (proved) ",
    "TTTensor (1, 2, 2, 2, 2, 2, 2, 2, 1) · exact: True",
    "True",
    numbers("4 True", 8),
    "convac:8:M2:w2s2c8-w2s2c4-w2s2c2 True",
    numbers(128, "True", 16),
    "(2, 2, 2, 2, 2, 2, 2)",
    numbers("81 (proved)", "3 (proved)"),
    numbers("81 (proved)"),
    numbers(20, "20 (proved)"),
    numbers(81),
    numbers(1),
)


@pytest.mark.parametrize("notebook", ["03_functions_as_tensors.ipynb"])
def test_the_notebook_on_functions_shows_what_its_prose_says(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
