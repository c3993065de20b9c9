"""Tables whose small networks are computed together: the same rows, cell for cell, as one by one."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs_check.engine.run import answers
from proofs_check.registry import family, question
from proofs_check.tabulate import table
from tests.properties import examples

RANGES = [range(1, 5), range(1, 6), range(1, 4), range(1, 3)]


def without_seconds(rows):
    return [row and {name: cell for name, cell in row.items() if name != "seconds"} for row in rows]


def both_ways(name, /, **told):
    """Rows of a family as they are computed, and one by one."""
    asked = family(name)
    ways = (asked.sweep(**told), replace(asked, together=None).sweep(**told))
    assert ways[0].together is not None
    return [without_seconds(answers(sweep, jobs=1)) for sweep in ways]


@pytest.mark.parametrize(
    "told",
    [
        {"degree": "2..3"},
        {"degree": "2", "biases": True, "seed": 7},
        {"degree": "2", "log2_error": -100.0},
    ],
)
def test_dimensions_together_are_those_one_by_one(told):
    together, alone = both_ways("dimensions", ranges=RANGES, **told)
    assert together == alone
    assert len(together) >= 120


def test_rows_with_seeds_of_their_own(tmp_path):
    path = tmp_path / "a.csv"
    lines = [f"2 {width} {out},{seed}" for width in range(1, 8) for out in (1, 2) for seed in (0, 3)]
    path.write_text("\n".join(["widths,seed", *lines]))
    together, alone = both_ways("dimensions", source=path, degree="3")
    assert together == alone
    assert {row["seed"] for row in together} == {0, 3}


def test_lines_of_a_file(tmp_path):
    """Seeds of their own, other kinds of networks, larger ones."""
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"widths": [2, width, 2], "degree": 2}) for width in range(1, 12)]
    lines += [json.dumps({"widths": [2, width, 2], "degree": 2, "seed": 5}) for width in range(1, 12)]
    lines += ['{"widths": [2, 20, 20, 3], "degree": 3}', '{"convolution": {"filters": [2, 2]}, "degree": 2}']
    path.write_text("\n".join(lines))
    together, alone = both_ways("batch", name="dimension", file=path)
    assert together == alone
    assert len(together) == 24


def test_bad_lines_leave_the_others_their_answers(tmp_path, call):
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"widths": [2, width, 2], "degree": 2}) for width in range(1, 12)]
    lines[3:3] = ["{", '{"widths": [2, 0]}', '{"width": [2, 3, 1]}', "", "[]"]
    path.write_text("\n".join(lines))
    answer = call("dimension", path, "--json")
    assert answer.status == 1
    bad = [result["line"] for result in answer.results if "error" in result]
    assert bad == [4, 5, 6, 8]
    good = [result for result in answer.results if "error" not in result]
    alone = [question("dimension").ask({"widths": [2, width, 2], "degree": 2}, seed=0) for width in range(1, 12)]
    assert without_seconds(good) == without_seconds(alone)


def test_a_list_of_networks_in_python():
    networks = [{"widths": [2, width, 1], "degree": 3} for width in range(1, 20)]
    lower = [table([network], jobs=1).data.cells["lower"][0] for network in networks]
    assert table(networks, jobs=1).data.cells["lower"] == lower


NUMBERS = st.integers(0, 4)
OBJECTS = st.fixed_dictionaries(
    {"widths": st.lists(NUMBERS, min_size=1, max_size=4)},
    optional={"degree": st.integers(0, 3), "biases": st.booleans(), "seed": st.integers(-2, 2), "wrong": NUMBERS},
)


@examples(15)
@given(st.lists(OBJECTS, max_size=40), st.integers(0, 2))
def test_any_objects_together_are_answered_as_alone_or_not_at_all(objects, seed):
    asked = question("dimension")
    together = asked.ask_together([*map(json.dumps, objects)], seed=seed, log2_error=None)
    for given_object, found in zip(objects, together, strict=True):
        if found is not None:
            alone = asked.ask(given_object, seed=seed, log2_error=None)
            assert list(found) == list(alone)
            assert without_seconds([found]) == without_seconds([alone])


ATTENTION = st.fixed_dictionaries(
    {"widths": st.lists(st.integers(0, 3), min_size=1, max_size=3), "head_sizes": st.integers(1, 2)},
    optional={
        "kind": st.sampled_from(["lightning", "polynomial", "softmax", "normalised"]),
        "tokens": st.integers(1, 3),
        "heads": st.integers(1, 2),
        "causal": st.booleans(),
        "seed": st.integers(0, 1),
        "wrong": NUMBERS,
    },
)


@examples(15)
@given(st.lists(ATTENTION, max_size=40), st.integers(0, 2))
def test_attention_networks_together_are_answered_as_alone_or_not_at_all(objects, seed):
    asked = question("attention dimension")
    together = asked.ask_together([*map(json.dumps, objects)], seed=seed, log2_error=None)
    for given_object, found in zip(objects, together, strict=True):
        if found is not None:
            alone = asked.ask(given_object, seed=seed, log2_error=None)
            assert list(found) == list(alone)
            assert without_seconds([found]) == without_seconds([alone])


def test_a_file_of_attention_networks_is_answered_together(tmp_path, call):
    path = tmp_path / "a.jsonl"
    wholes = [
        {"kind": kind, "widths": [3, width, 2], "head_sizes": size, "tokens": 3}
        for kind in ("lightning", "softmax")
        for width in range(1, 5)
        for size in (1, 2)
    ]
    path.write_text("\n".join([*map(json.dumps, wholes), "{", '{"widths": [2, 0], "head_sizes": 1}']))
    lines = path.read_text().split("\n")
    found = question("attention dimension").ask_together(lines, seed=0, log2_error=None)
    assert [each is not None for each in found] == [True] * 16 + [False] * 2
    answer = call("attention", "dimension", path, "--json")
    assert [result.get("line") for result in answer.results if "error" in result] == [17, 18]
    alone = [question("attention dimension").ask(whole, seed=0, log2_error=None) for whole in wholes]
    assert without_seconds(answer.results[:16]) == without_seconds(alone)


def test_a_file_that_is_to_be_written_is_for_one_object(tmp_path):
    lines = [f'{{"widths": [2, {width}, 1], "degree": 3}}' for width in range(1, 12)]
    assert question("dimension").ask_together(lines, certificate=tmp_path / "c.json") == [None] * 11
    assert question("threshold").ask_together(['{"widths": [3, 5, 4]}'], seed=0) == [None]


def test_a_question_that_fails_together_is_asked_alone():
    asked = replace(question("dimension"), answer_together=lambda given, **told: 1 // 0)
    assert asked.ask_together(['{"widths": [2, 3, 1], "degree": 2}'], seed=0) == [None]
