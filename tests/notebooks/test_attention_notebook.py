"""What the prose of the notebook on attention rests on, in the order in which it appears."""

import pytest

from tests.notebooks.prose import assert_in_order, numbers, shown, without_tags

SHOWN = (
    *(f" {exact} (proved) {floats} " for exact, floats in ((4, 4), (8, 8), (12, 9), (16, 10), (20, 11))),
    "24 (proved) 12",
    "32 (proved) 14",
    "24 <= value: residue-minor 24 >= value: distinct-keys",
    "is 24",
    *(f" {size} (proved) {most} " for size, most in ((1, 1), (0, 3), (1, 2), (2, 2), (1, 4), (2, 4))),
    "[1/3, 1/11, 1/11], [1/3, 6/11, 4/11], [1/3, 4/11, 6/11]]",
    "False · ",
    "relation=('0', '1'), at=0, value='-log(2)'",
    numbers(4, "2..4"),
    numbers(4983, "True"),
    " 16 1 15 2 binary 2227 10 trivial",
    " 1024 1 1023 2 binary 5195 109 kerdock_uniform",
    numbers(3, 8),
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
    numbers("18 <="),
    numbers("18 >=", "virtual-weights"),
    "A = [[1, 0], [0, 0]] V = [[1, 0], [0, 1]] from heads (1,)",
    numbers(1, "1 (proved)"),
    *(
        f"{width} {heads} {rank} (proved) {parts} "
        for width, heads, rank, parts in (
            (4, 1, 110, "1 + 10 + 55 + 40 + 4"),
            (4, 2, 107, "1 + 10 + 52 + 40 + 4"),
            (6, 1, 385, "1 + 21 + 231 + 126 + 6"),
            (6, 6, 231, "1 + 21 + 111 + 92 + 6"),
        )
    ),
    *(numbers(f"{rank} (proved)") for rank in (110, 18, 70, 18, 5)),
    numbers("10^90", "10^109", "copied-form"),
)


@pytest.mark.parametrize("notebook", ["04_attention.ipynb"])
def test_the_attention_notebook_shows_what_its_prose_says(notebook):
    assert_in_order(without_tags(shown(notebook)), SHOWN)
