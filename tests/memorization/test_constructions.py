"""Every construction memorises every data set exactly, within its guarantee."""

import json
import time
from fractions import Fraction
from itertools import pairwise
from math import prod
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.memorization import CONSTRUCTIONS, Activation, Sizes, data_set, memorize, to_hardtanh, to_relu
from algebra.memorization.builder import Affine, Builder
from algebra.memorization.folding import Fold, admissible_shifts, fold, layers_of_steps, step_layers
from algebra.memorization.guarantees import theorem3
from algebra.memorization.projection import _mixed_radix, lemma13_range, project
from algebra.memorization.reading import Covers, cover, read_layers
from algebra.memorization.square_root import longest_inside
from algebra.memorization.width3 import foldings
from tests.memorization.oracle import plain, plain_parameters, random_data
from tests.properties import examples

EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "memorization_examples.json").read_text())
CASES = EXAMPLES["cases"]
NAMES = tuple(CONSTRUCTIONS)


def units(kind):
    return [unit for unit in EXAMPLES["unit"] if unit["kind"] == kind]


@st.composite
def data_sets(draw, most=24):
    dimension, classes = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    numbers = st.one_of(st.integers(-30, 30), st.fractions(-3, 3, max_denominator=50))
    points = draw(st.lists(st.tuples(*[numbers] * dimension), min_size=1, max_size=most, unique=True))
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=len(points), max_size=len(points)))
    return points, labels, classes


@pytest.mark.parametrize("name", NAMES)
@examples(25)
@given(data=data_sets(), seed=st.integers(0, 3))
def test_random_data_are_memorised_within_the_guarantee(name, data, seed):
    points, labels, classes = data
    found = memorize(points, labels, name, classes=classes, seed=seed)
    network = found.network
    assert found.check.exact
    assert [plain(network, point) for point in points] == labels
    assert network.parameters == plain_parameters(network)
    assert network.parameters <= found.guarantee.parameters
    assert network.hidden_layers <= found.guarantee.hidden_layers or name not in ("width3", "staircase")


@pytest.mark.parametrize("convert", [to_relu, to_hardtanh])
@pytest.mark.parametrize("name", NAMES)
@examples(8)
@given(data=data_sets(most=14))
def test_other_activations_agree_on_the_data(name, convert, data):
    points, labels, classes = data
    original = memorize(points, labels, name, classes=classes).network
    network = convert(original, points)
    assert [plain(network, point) for point in points] == labels
    used = {activation for layer in network.layers[:-1] for activation in layer.activations}
    assert used == {Activation.RELU if convert is to_relu else Activation.HARDTANH}
    times = 2 if convert is to_relu else 1
    assert network.widths == (original.inputs, *(w for w in original.widths[1:-1] for _ in range(times)), 1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_listed_cases(case):
    data = data_set([[Fraction(x) for x in point] for point in case["points"]], case["labels"])
    assert data.delta_squared == Fraction(case["delta_squared"])
    bound = theorem3(Sizes.of(data))
    assert bound.hidden_layers == case["width3"]["theorem3_hidden_layers_max"]
    assert bound.parameters == case["width3"]["params_max"]
    assert bound.choice == {k: case["width3"]["theorem3_choice"][k] for k in ("K", "L1", "A", "B")}
    for name, key, most in (
        ("width3", "width3", "reference_params"),
        ("sqrt", "sqrtN_step_id", "params"),
        ("hard-tanh", "three_layer_hardtanh", "params"),
    ):
        found = memorize(case["points"], case["labels"], name)
        assert [plain(found.network, p) for p in case["points"]] == case["labels"]
        assert found.network.parameters <= case[key][most]
    width3 = memorize(case["points"], case["labels"]).network
    assert set(width3.widths[1:-1]) == {3}
    assert width3.parameters == 3 * (case["d_x"] + 1) + 12 * (width3.hidden_layers - 1) + 4
    assert memorize(case["points"], case["labels"], "sqrt").network.width <= 6


def test_the_listed_projections_are_not_longer_than_ours():
    for case in CASES:
        found = project(data_set(case["points"], case["labels"]))
        assert found.range <= 2 * case["projection"]["integer_range"]
        values = sorted(found.values)
        assert values[0] == 0
        assert all(b - a >= 1 for a, b in pairwise(values))


# ---- awkward data


HARD = {
    "near-coincident": ([[0], ["1/1000000000000000000000000000000"], [1], [7]], [0, 1, 0, 1]),
    "two near-coincident pairs": ([[0, 0], ["1/10000000000", 0], [5, 5], [5, "50000000001/10000000000"]], [0, 1, 2, 3]),
    "far": ([[10**40], [10**40 + 1], [0], [-(10**41)], [3]], [1, 0, 1, 0, 1]),
    "one point": ([[5, 7, 11]], [0]),
    "one point of a high class": ([["5/3"]], [6]),
    "two points": ([[5], [6]], [0, 1]),
    "one class": ([[x] for x in range(12)], [0] * 12),
    "grid": ([[x, y, z] for x in range(4) for y in range(4) for z in range(4)], [(k * k) % 5 for k in range(64)]),
    "parity": ([[k >> i & 1 for i in range(6)] for k in range(64)], [k.bit_count() % 2 for k in range(64)]),
    "basis": ([[int(i == j) for j in range(30)] for i in range(30)], [i % 3 for i in range(30)]),
    "many classes": ([[x * x] for x in range(40)], list(range(40))),
    "sparse labels": ([[x, -x] for x in range(9)], [0, 100, 0, 50, 0, 0, 0, 0, 1]),
    "equal steps": ([[x] for x in range(0, 700, 7)], [x % 2 for x in range(100)]),
    "doubling": ([[1 << x] for x in range(90)], [x % 3 for x in range(90)]),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", HARD)
def test_awkward_data(which, name):
    points, labels = HARD[which]
    found = memorize(points, labels, name)
    assert [plain(found.network, point) for point in points] == labels
    assert found.network.parameters <= found.guarantee.parameters


@pytest.mark.parametrize(("count", "dimension", "classes"), [(300, 1, 2), (300, 10, 3), (500, 2, 7), (800, 4, 2)])
@pytest.mark.parametrize("name", NAMES)
def test_large_data(name, count, dimension, classes):
    data = random_data(count, count, dimension, classes)
    found = memorize(data.points, data.labels, name, classes=classes)
    assert found.check.exact
    assert found.network.parameters <= found.guarantee.parameters
    for k in range(0, count, 100):
        assert plain(found.network, data.points[k]) == data.labels[k]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_thousands_of_points(name):
    data = random_data(1, 4000, 3, 2, 10**9)
    found = memorize(data.points, data.labels, name)
    assert found.check.exact
    assert found.network.parameters <= found.guarantee.parameters


def test_the_wide_network_has_fewer_parameters_than_points():
    data = random_data(1, 2000, 2, 2, 10**6)
    found = memorize(data.points, data.labels, "wide")
    assert found.check.exact
    assert found.network.parameters < 2000


@pytest.mark.parametrize("exponent", ["2/3", "3/4", "5/6", 1])
def test_the_exponent_trades_depth_for_width(exponent):
    data = random_data(3, 200, 2, 3)
    found = memorize(data.points, data.labels, "wide", exponent=exponent)
    assert found.check.exact
    assert found.network.parameters <= found.guarantee.parameters
    deep = memorize(data.points, data.labels, "wide", exponent="2/3").network
    assert found.network.hidden_layers <= deep.hidden_layers


def test_the_same_seed_gives_the_same_network():
    data = random_data(5, 40, 3, 2)
    first, second = (memorize(data.points, data.labels, seed=7).network for _ in range(2))
    assert first == second


def test_fewer_than_four_points_are_given_to_two_layers():
    found = memorize([[0], [1], [2]], [0, 1, 0])
    assert (found.construction, found.check.exact, found.network.width) == ("hard-tanh", True, 2)


def test_equal_pairs_are_taken_once():
    once = memorize([[0], [1], [2], [3]], [1, 0, 1, 0])
    assert memorize([[0], [0], [1], [2], [3]], [1, 1, 0, 1, 0]).network == once.network


# ---- the stages


@pytest.mark.parametrize("unit", units("lemma14_halving"), ids=str)
def test_admissible_shifts(unit):
    assert admissible_shifts(unit["floors"], unit["T"]) == unit["admissible_shifts"]
    found = fold(unit["floors"], unit["T"], most_runs=1)
    b = unit["admissible_shifts"][0]
    assert found.cells == tuple(x if x < unit["T"] else (x + b) % unit["T"] for x in unit["floors"])


@pytest.mark.parametrize("unit", units("lemma22_bits"), ids=str)
def test_reading_the_stored_bits(unit):
    size, bits = unit["B"], unit["D"]
    word = int(Fraction(unit["w"]) * 2 ** (bits * (size + 1)))
    builder = Builder(1, {"x": Affine({0: 1}), "w": Affine({}, word)})
    read_layers(builder, size, bits)
    network = builder.finish(Affine({"w": 1}))
    assert (network.hidden_layers, set(network.widths[1:-1])) == (unit["hidden_layers"], {unit["width"]})
    for offset in (Fraction(0), Fraction(1, 3), Fraction(99, 100)):
        assert [plain(network, [cell + offset]) for cell in range(size)] == unit["blocks"]


@examples(60)
@given(st.sets(st.integers(0, 400), min_size=2, max_size=30), st.integers(0, 40))
def test_folds_are_injective_and_their_layers_compute_them(cells, extra):
    ordered = tuple(sorted(cells))
    length = max(-(-(ordered[-1] + 1) // 2), len(ordered)) + extra
    found = fold(ordered, length)
    assert len(set(found.cells)) == len(cells)
    assert 0 <= min(found.cells) <= max(found.cells) < length
    assert all(x == y for x, y in zip(ordered, found.cells, strict=True) if x < length)
    builder = Builder(1, {"x": Affine({0: 1})})
    step_layers(builder, found.breakpoints)
    network = builder.finish(Affine({"x": 1}))
    half = Fraction(1, 2)
    assert [plain(network, [x + half]) for x in ordered] == [y + half for y in found.cells]
    assert (network.hidden_layers, network.width) == (found.layers, 3)
    if length > len(cells) ** 2 // 4:
        assert found.layers == 1
    if length >= len(cells):
        runs = -(-len(cells) // (length // len(cells)))
        assert found.layers <= layers_of_steps(2 * runs)


def test_too_many_runs_are_refused():
    assert fold((0, 1, 2, 3, 4, 5, 6, 7), 8) == Fold(8, (), (0, 1, 2, 3, 4, 5, 6, 7))
    assert fold((0, 2, 4, 5, 7), 5, most_runs=0) is None


@given(st.sets(st.integers(0, 200), min_size=1, max_size=20), st.integers(1, 12))
def test_covers_are_least(cells, cost):
    ordered = sorted(cells)
    covers = Covers(ordered)
    totals = []
    for size in range(1, 40):
        starts = cover(ordered, size).starts
        assert covers.count(size) == len(starts)
        assert all(any(s <= x < s + size for s in starts) for x in ordered)
        totals.append(len(starts) + cost * size)
    best = covers.best(cost)
    assert len(best.starts) + cost * best.size == min(totals)


def test_the_first_halvings_take_one_layer_each():
    data = random_data(2, 30, 1, 2, 10**9)
    states = foldings(project(data).floors, lambda state: False)
    halved = [state for state in states if state.range > 30**2 // 4 + 1]
    assert all(f.layers == 1 for f in states[len(halved)].folds)


@examples(30)
@given(data_sets(most=12), st.integers(0, 5))
def test_the_projection_keeps_what_lemma_13_promises(given_data, seed):
    points, labels, classes = given_data
    data = data_set(points, labels, classes)
    found = project(data, seed)
    for point, value in zip(data.points, found.values, strict=True):
        assert sum(v * x for v, x in zip(found.v, point, strict=True)) + found.b == value
    if len(data) > 1:
        assert found.range <= lemma13_range(len(data), data.dimension, data.delta_squared) + 1
        least = min(
            sum((a - b) ** 2 for a, b in zip(p, q, strict=True)) for p in data.points for q in data.points if p != q
        )
        most = max(sum((a - b) ** 2 for a, b in zip(p, q, strict=True)) for p in data.points for q in data.points)
        assert data.delta_squared == Fraction(most) / least
    assert len(set(found.floors)) == len(data)
    assert prod(x >= 0 for x in found.floors) == 1


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 14))
def test_the_longest_gap_inside_blocks(gaps: list[int], size: int) -> None:
    slow = max((gap for place, gap in enumerate(gaps, start=1) if place % size), default=0)
    assert longest_inside(np.array([0, *gaps]), size) == slow


def test_coordinates_of_thousands_of_digits_take_seconds():
    """The folds of every state once were listed and hashed, which took minutes and a gigabyte."""
    start = time.perf_counter()
    found = memorize([["-1"], ["1"], ["1/2"], [10**3000], [4]], [1, 0, 1, 0, 0])
    assert found.check.exact
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize("seed", range(3))
def test_points_of_many_coordinates_are_told_apart_by_few(seed):
    """Digits of all coordinates would take gigabytes with 100,000 of them."""
    random = Random(seed)
    rows = [[random.randint(0, 1) * (k % 400 == 399) for k in range(1200)] for _ in range(6)]
    points = [list(row) for row in dict.fromkeys(map(tuple, rows))]
    values = sorted(project(data_set(points, [0] * len(points))).values)
    assert all(b - a >= 1 for a, b in pairwise(values))
    assert len(_mixed_radix(np.array(points, object))) == 1200
    assert max(_mixed_radix(np.array(points, object))) <= 4
