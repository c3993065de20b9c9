"""What the prose of the notebook on attention rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, shown, without_tags

SHOWN = (
    *(f" {exact} (proved) {floats} " for exact, floats in ((4, 4), (8, 8), (12, 9), (16, 10), (20, 11))),
    "24 (proved) 12",
    "32 (proved) 14",
    "24 <= value: residue-minor 24 >= value: distinct-keys",
    "is 24",
    *(f" {size} (proved) {most} " for size, most in ((1, 1), (0, 3), (1, 2), (2, 2), (1, 4), (2, 4))),
    "[1/3, 1/11, 1/11], [1/3, 6/11, 4/11], [1/3, 4/11, 6/11]]",
    "False · the tokens are dependent, but the scores of the queries are not in the same way",
    "relation=('0', '1'), at=0, value='-log(2)'",
    "4 dimensions by moment · 2..4",
    "4983 dimensions by projection · verified: True",
    " 16 1 15 2 binary 2227 10 trivial",
    " 1024 1 1023 2 binary 5195 109 kerdock_uniform",
    "w = 3 does not divide n = 8",
    "closed set: (0, 1, 2, 3, 4, 5) · universal: False",
    "directed-ring:n64 1 128 yes 63 - yes",
    " star:n64 1 190 no 2 - no",
    " logsparse:n64 1 385 yes never 6 no",
    "12 arcs",
    *(
        f"{network}:n3 {parameters} {dimension} (proved) {below} {above} {naive}"
        for network, parameters, dimension, below, above, naive in (
            ("lightning:4-4:a2", 32, 27, "jacobian", "gauge", 27),
            ("softmax:4-4:a2", 32, 28, "residue-jacobian", "gauge", 28),
            ("lightning:3-3-3:a1-2", 36, 18, "jacobian", "virtual-weights", 20),
            ("softmax:3-3-3:a1-2", 36, 22, "residue-jacobian", "gauge", 22),
            ("lightning:4-1:a2:h3", 60, 39, "jacobian", "common-subspace", ""),
            ("softmax:4-1:a2:h3", 60, 48, "residue-jacobian", "gauge", ""),
        )
    ),
    "18 <= dim",
    "18 >= dim: virtual-weights",
    "A = [[1, 0], [0, 0]] V = [[1, 0], [0, 1]] from heads (1,)",
    "least head size 1 · heads 1 (proved)",
    "difference = ",
    *(
        f"{width} {heads} {rank} (proved) {parts} "
        for width, heads, rank, parts in (
            (4, 1, 110, "1 + 10 + 55 + 40 + 4"),
            (4, 2, 107, "1 + 10 + 52 + 40 + 4"),
            (6, 1, 385, "1 + 21 + 231 + 126 + 6"),
            (6, 6, 231, "1 + 21 + 111 + 92 + 6"),
        )
    ),
    "free tokens 110 (proved)",
    "embedding of rank 2 18 (proved)",
    "one token in each group 70 (proved)",
    "two words, positions 18 (proved)",
    "two words, counts only 5 (proved)",
    "between 10^90 and 10^109 · below by copied-form",
)


@pytest.mark.parametrize("notebook", ["04_attention.ipynb"])
def test_the_attention_notebook_shows_what_its_prose_says(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
