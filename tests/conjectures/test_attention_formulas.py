"""The sweep of formulas for attention varieties."""

import pytest

from algebra import InputError
from proofs_check.families.attention import QUESTIONS, cost, evaluate, instances, key


@pytest.mark.parametrize("question", ["virtual-weights", "softmax", "heads", "softmax-heads"])
def test_open_formulas_hold_of_small_families(question):
    asked = QUESTIONS[question]
    heads = [1] if asked.single else [1, 2, 3]
    rows = [evaluate(each) for each in instances(question, [asked.depths[0]], 3, [1, 2], heads, 200)]
    assert all(row["agrees"] for row in rows)
    assert {row["grade"] for row in rows} == {"proved"}


def test_the_false_formula_fails_of_some():
    rows = [evaluate(each) for each in instances("deep-heads", [2], 2, [1], [2], 200)]
    assert {row["agrees"] for row in rows} == {True, False}
    assert all(row["widths"][0] == 1 for row in rows if not row["agrees"])


def test_keys_are_unique_and_costs_grow():
    networks = instances("virtual-weights", [1, 2], 2, [1, 2], [1], 200)
    assert len({key(each) for each in networks}) == len(networks)
    assert cost(networks[-1]) > cost(networks[0])


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        (("area", [1], 2, [1], [1], 99), "QUESTION"),
        (("heads", [2], 2, [1], [1], 99), "--depth"),
        (("softmax", [1], 2, [1], [2], 99), "--heads"),
        (("softmax", [1], 2, [1], [1], 1), "--most-parameters"),
        (("virtual-weights", [5], 50, [1, 2], [1], 99), "--largest"),
    ],
)
def test_bad_input(arguments, argument):
    with pytest.raises(InputError) as caught:
        instances(*arguments)
    assert caught.value.argument == argument


def test_the_command_stores_and_resumes(call, tmp_path):
    words = [
        "sweep",
        "attention",
        "heads",
        "--largest",
        2,
        "--heads",
        "1..3",
        "--jobs",
        1,
        "--store",
        tmp_path / "a.db",
    ]
    first = call(*words, "--json")
    assert first.status == 0
    (result,) = first.results
    assert (result["count"], result["agree"], result["proved"]) == (24, 24, 24)
    assert len(result["rows"]) == 24
    (again,) = call(*words, "--json").results
    assert (again["computed"], again["reused"]) == (0, 24)
    assert again["rows"] == result["rows"]


def test_the_command_lists_what_disagrees(call):
    answer = call("sweep", "attention", "deep-heads", "--depth", 2, "--largest", 2, "--heads", 2, "--jobs", 1)
    assert answer.status == 0
    assert "attention:lightning:1-2-1:a1-1:h2-2:n2  1 (proved)" in answer.stdout
    assert "formula 4" in answer.stdout


def test_the_command_refuses(call):
    assert call("sweep", "attention", "area").status == 2
    assert call("sweep", "attention", "heads", "--depth", "1..").status == 2
