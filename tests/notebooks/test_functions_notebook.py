"""What the prose of the notebook on functions as tensors rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, shown, without_tags

SHOWN = (
    "1024 (proved)",
    "1024 <= rank: equality-graph, layer 1, paths [[[0, 0]], [[0, 1]]], base 2, components 10",
    "1024 >= rank: ",
    "left 2 (proved)",
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
    "1024 patches, rank 2^1024, proved by sharir-shashua-overlap",
    "classes of equal cells ((0, 4), (1, 5), (2, 6), (3, 7))",
    "rank 16 · computed over Q 16",
    "rank 4^512; a (50, 50) part has 50 entries that are not 0",
    "(8, 1) 16 16 (proved) 15 (proved) yes",
    "(16, 3) 4 4 (proved) 3 (proved) yes",
    " 64 32 2 (proved) 4294967296 (proved) ",
    "TTTensor (1, 2, 2, 2, 2, 2, 2, 2, 1) · exact: True",
    "back from tensorly: True",
    "tree of width 4 True · of its circuit: 8",
    "convac:8:M2:w2s2c8-w2s2c4-w2s2c2 True",
    "sum of 128 products True · at least 16",
    "back: (2, 2, 2, 2, 2, 2, 2)",
    "latent tree, odd|even: 81 (proved) · left|right: 3 (proved)",
    "hidden Markov model, odd|even: 81 (proved)",
    "mixture of 20, odd|even: 20 (proved)",
    "needs for the tree: 81",
    "a density: 1",
)


@pytest.mark.parametrize("notebook", ["03_functions_as_tensors.ipynb"])
def test_the_notebook_on_functions_shows_what_its_prose_says(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
