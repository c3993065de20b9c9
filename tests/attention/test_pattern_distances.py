"""Steps of patterns by distances: the same as by the definition, on small ones; large ones are decided soon."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import InputError
from algebra.evidence.checker.labels import shortened
from tensors.attention.patterns import SparsePattern, named_pattern
from tensors.attention.patterns.bits import round_of, transpose, unpacked_rows
from tensors.attention.patterns.distances import is_moved, is_turned, longest_distance
from tensors.attention.patterns.reachability import causal_steps, reach
from tests.properties import examples

DISTANCES = "tensors.attention.patterns.distances"
REACHABILITY = "tensors.attention.patterns.reachability"


def random_pattern(seed):
    random = Random(seed)
    n = random.randint(2, 14)
    share = random.choice((0.1, 0.2, 0.4))
    lists = [[k for k in range(n) if k == token or random.random() < share] for token in range(n)]
    if random.random() < 0.5:  # a path both ways: everything is connected
        lists = [sorted({*row, max(token - 1, 0), min(token + 1, n - 1)}) for token, row in enumerate(lists)]
    return SparsePattern.from_lists([lists])


def seen_after(pattern, steps):
    seen = pattern.layers[0]
    for _ in range(steps - 1):
        seen = round_of(pattern.layers[0], seen)
    return seen


@examples(150)
@given(st.integers(0, 10**9))
def test_distances_give_the_steps_of_the_definition(seed):
    pattern = random_pattern(seed)
    with pytest.MonkeyPatch.context() as patch:
        plain = reach(pattern)
        patch.setattr(f"{REACHABILITY}.LARGE", 2)
        found = reach(pattern)
    assert (found.steps, found.closed_set) == (plain.steps, plain.closed_set)
    if found.pair is not None:
        token, unseen = found.pair
        assert not seen_after(pattern, found.steps - 1)[token] >> unseen & 1


@pytest.mark.parametrize("name", ["causal-window", "sliding-window", "circular-window", "dilated-window"])
@pytest.mark.parametrize("n", [2, 7, 16, 33])
@pytest.mark.parametrize("w", [1, 2, 5])
def test_named_patterns_have_the_same_steps_either_way(monkeypatch, name, n, w):
    pattern = named_pattern(name, n, w=w)
    steps = reach(pattern).steps, causal_steps(pattern) if pattern.is_causal else None
    monkeypatch.setattr(f"{REACHABILITY}.LARGE", 2)
    assert (reach(pattern).steps, causal_steps(pattern) if pattern.is_causal else None) == steps


def test_turned_and_moved_patterns_are_recognised():
    assert is_turned(named_pattern("circular-window", 9, w=2).layers[0])
    assert is_turned(named_pattern("directed-ring", 9).layers[0])
    assert not is_turned(named_pattern("sliding-window", 9, w=2).layers[0])
    assert is_moved(named_pattern("causal-window", 9, w=2).layers[0])
    assert not is_moved(named_pattern("star", 9).layers[0])


def test_few_searches_may_not_decide(monkeypatch):
    circle = named_pattern("circular-window", 12, w=1).relabelled([5, 0, 7, 2, 9, 4, 11, 8, 1, 6, 3, 10])
    assert not is_turned(circle.layers[0])
    assert longest_distance(circle.layers[0])[0] == 6
    monkeypatch.setattr(f"{DISTANCES}.MOST_SEARCHES", 3)
    assert longest_distance(circle.layers[0]) is None


def test_unnamed_patterns_of_many_tokens_have_labels():
    lists = [[[token, (7 * token + 1) % 15_000] for token in range(15_000)]]
    assert SparsePattern.from_lists(lists).label.startswith("pattern:n15000:p1:")
    assert SparsePattern.from_lists([[[0], [0, 1]]]).label == "pattern:n2:p1:" + shortened("(2, ((1, 3),))")


LARGE = [
    (("sliding-window", 20_000), {"w": 5}, 4000),
    (("circular-window", 20_000), {"w": 3}, 3333 + 1),
    (("directed-ring", 20_000), {}, 19_999),
    (("star-transformer", 20_000), {}, 2),
]


@pytest.mark.parametrize(("words", "parameters", "steps"), LARGE)
def test_twenty_thousand_tokens(words, parameters, steps):
    pattern = named_pattern(*words, **parameters)
    found = reach(pattern)
    assert found.steps == steps
    assert found.pair is not None


def test_twenty_thousand_causal_tokens():
    pattern = named_pattern("causal-window", 20_000, w=3)
    assert reach(pattern).closed_set is not None
    assert causal_steps(pattern) == 6667


def test_powers_of_huge_patterns_are_refused(monkeypatch):
    """Two layers, of which one step in two goes on: rounds and searches decide nothing."""
    monkeypatch.setattr(f"{REACHABILITY}.MOST_FOR_POWERS", 100)
    n = 200
    still = [[k] for k in range(n)]
    on = [sorted({k, (k + 1) % n}) for k in range(n)]
    with pytest.raises(InputError, match="at most 100 tokens"):
        reach(SparsePattern.from_lists([still, on]))


def test_rows_of_few_bits_are_transposed_like_others(monkeypatch):
    monkeypatch.setattr("tensors.attention.patterns.bits.MANY", 4)
    rows = random_pattern(5).layers[0]
    assert (unpacked_rows(transpose(rows), len(rows)) == unpacked_rows(rows, len(rows)).T).all()
    wide = (0b100101, 0b000000, 0b111111, 0b010000)
    assert transpose(wide, 6) == (5, 4, 5, 4, 12, 5)
