"""Networks: exact evaluation against plain Fractions, the file format, refusals, bounds."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import InputError
from algebra.exact.numbers import bit_length, long_number, number_text, root_above
from algebra.memorization import (
    Activation,
    DenseLayer,
    RationalNetwork,
    Sizes,
    check_memorization,
    crossover,
    data_set,
    information_bits,
    memorize,
    to_hardtanh,
    to_relu,
)
from algebra.memorization.guarantees import theorem3
from algebra.memorization.layers import dense_of_runs, dense_parameters
from algebra.memorization.wide import exponent_choice
from tests.memorization.oracle import plain, random_data
from tests.properties import examples

HUGE = st.sampled_from([0, 1, -1, 2**31, -(2**61), 2**62 - 1, 2**63, -(2**63), 10**30, -(10**40)])
NUMBERS = st.one_of(
    st.just(0),
    st.integers(-4, 4),
    HUGE,
    st.fractions(-5, 5, max_denominator=12),
    st.builds(Fraction, HUGE, st.sampled_from([1, 3, 2**62, 2**64 + 1, 10**25])),
)


@st.composite
def networks(draw):
    widths = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    layers = []
    for k, (below, above) in enumerate(zip(widths, [*widths[1:], 1], strict=True)):
        last = k == len(widths) - 1
        layers.append(
            DenseLayer(
                tuple(tuple(Fraction(draw(NUMBERS)) for _ in range(below)) for _ in range(above)),
                tuple(Fraction(draw(NUMBERS)) for _ in range(above)),
                tuple(Activation.ID if last else draw(st.sampled_from(Activation)) for _ in range(above)),
            )
        )
    points = draw(st.lists(st.tuples(*[NUMBERS] * widths[0]), min_size=1, max_size=6))
    return RationalNetwork(widths[0], tuple(layers)), points


@examples(120)
@given(networks())
def test_evaluation_is_that_of_plain_fractions(drawn):
    network, points = drawn
    assert list(network.evaluate(points)) == [plain(network, point) for point in points]


@examples(50)
@given(networks(), st.sampled_from([to_relu, to_hardtanh]))
def test_conversions_agree_with_any_network_at_the_points(drawn, convert):
    network, points = drawn
    assert convert(network, points).evaluate(points) == network.evaluate(points)


@examples(25)
@given(networks())
def test_the_file_format_keeps_everything(drawn):
    network, _ = drawn
    assert RationalNetwork.from_dict(json.loads(json.dumps(network.to_dict()))) == network


def test_weights_may_be_longer_than_pythons_limit_on_digits():
    long = Fraction(3**20000, 2**9000)
    assert len(number_text(long)) > 9000
    assert long_number("weight", number_text(long)) == long
    network = RationalNetwork(1, (DenseLayer(((long,),), (Fraction(0),), (Activation.ID,)),))
    assert RationalNetwork.from_dict(network.to_dict()).evaluate([[2]]) == (2 * long,)
    assert network.bits == (bit_length(long), bit_length(long))


def test_counts():
    widths = (4, 3, 3, 3, 1)
    assert dense_parameters(widths) == 15 + 12 + 12 + 4 == dense_of_runs([(4, 1), (3, 3), (7, 0), (1, 1)])
    network = RationalNetwork.from_dict(ONE)
    assert (network.widths, network.width, network.hidden_layers, network.parameters) == ((1, 1, 1), 1, 1, 4)


# ---- the inverse check


def test_the_check_finds_the_first_point_that_fails():
    data = random_data(0, 50, 2, 3)
    network = memorize(data.points, data.labels).network
    labels = list(data.labels)
    assert check_memorization(network, data.points, labels).exact
    for k in (17, 30):
        labels[k] += 1
    found = check_memorization(network, data.points, labels)
    assert (found.exact, found.failures, found.first, found.output) == (False, 2, 17, data.labels[17])
    assert found.label == data.labels[17] + 1


def test_a_deviation_of_any_size_is_seen():
    data = random_data(0, 12, 1, 2)
    given = memorize(data.points, data.labels).network.to_dict()
    bias = Fraction(given["layers"][-1]["biases"][0])
    given["layers"][-1]["biases"] = [str(bias + Fraction(1, 10**80))]
    found = check_memorization(RationalNetwork.from_dict(given), data.points, data.labels)
    assert (found.exact, found.failures) == (False, 12)
    assert found.output - found.label == Fraction(1, 10**80)


def test_labels_of_a_check_may_be_any_exact_numbers():
    network = RationalNetwork.from_dict(ONE)
    assert check_memorization(network, [["1/2"], [-3]], ["3/2", 0]).first == 1


# ---- refusals


ONE = {
    "inputs": 1,
    "layers": [
        {"weights": [["2"]], "biases": ["0"], "activations": ["relu"]},
        {"weights": [[1]], "biases": ["1/2"], "activations": ["id"]},
    ],
}


def changed(where, value):
    given = json.loads(json.dumps(ONE))
    target = given
    for key in where[:-1]:
        target = target[key]
    target[where[-1]] = value
    return given


@pytest.mark.parametrize(
    ("where", "value", "argument"),
    [
        (["inputs"], 0, "inputs"),
        (["inputs"], 2, "layer 1 weights"),
        (["layers"], [], "layers"),
        (["layers"], 3, "layers"),
        (["layers", 0], [], "layer 1"),
        (["layers", 0, "weights"], [], "layer 1"),
        (["layers", 0, "weights"], ["2"], "layer 1 weights"),
        (["layers", 0, "weights"], [["2"], ["3"]], "layer 1 biases"),
        (["layers", 1, "weights"], [["2", "1"]], "layer 2 weights"),
        (["layers", 0, "weights", 0, 0], 0.5, "layer 1 weight"),
        (["layers", 0, "weights", 0, 0], "x", "layer 1 weight"),
        (["layers", 0, "weights", 0, 0], "1/0", "layer 1 weight"),
        (["layers", 0, "weights", 0, 0], "1e9999999999", "layer 1 weight"),
        (["layers", 0, "biases"], ["0", "0"], "layer 1 biases"),
        (["layers", 0, "biases", 0], None, "layer 1 bias"),
        (["layers", 0, "activations"], [], "layer 1 activations"),
        (["layers", 0, "activations", 0], "tanh", "layer 1 activation"),
        (["layers", 1, "activations", 0], "relu", "activations"),
    ],
)
def test_a_bad_network_is_refused_by_name(where, value, argument):
    with pytest.raises(InputError) as caught:
        RationalNetwork.from_dict(changed(where, value))
    assert caught.value.argument == argument


def test_several_outputs_are_refused():
    given = changed(["layers", 1, "weights"], [[1], [2]])
    given["layers"][1].update(biases=[0, 0], activations=["id", "id"])
    with pytest.raises(InputError, match="single output"):
        RationalNetwork.from_dict(given).evaluate([[1]])


@pytest.mark.parametrize(
    ("points", "labels", "argument"),
    [
        ([[1, 2], [1, 2]], [0, 1], "points"),
        ([["1/2"], ["2/4"]], [0, 1], "points"),
        ([[1], [2]], [0], "labels"),
        ([[1], [2]], [0, -1], "label"),
        ([[1], [2]], [0, "1/2"], "label"),
        ([[1], [2]], [0, 1.0], "label"),
        ([[1], [2]], [0, True], "label"),
        ([[1], [2]], [0, None], "label"),
        ([[1], [2.5]], [0, 1], "coordinate"),
        ([[1], ["x"]], [0, 1], "coordinate"),
        ([[1], [float("nan")]], [0, 1], "coordinate"),
        ([[1], [2, 3]], [0, 1], "point 2"),
        ([[], []], [0, 1], "point"),
        ([1, 2], [0, 1], "point"),
        ([], [], "points"),
        ("12", [0, 1], "points"),
        ([[1], [2]], 7, "labels"),
    ],
)
def test_bad_data_are_refused_by_name(points, labels, argument):
    with pytest.raises(InputError) as caught:
        memorize(points, labels)
    assert caught.value.argument == argument


def test_labels_stay_below_the_number_of_classes():
    with pytest.raises(InputError, match="0 to 1"):
        memorize([[0], [1]], [0, 2], classes=2)
    assert data_set([[0], [1]], ["0", 1], classes=5).label_bits == 3


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"construction": "width4"}, "construction"),
        ({"activation": "tanh"}, "activation"),
        ({"exponent": "3/4"}, "exponent"),
        ({"construction": "wide", "exponent": "1/2"}, "exponent"),
        ({"construction": "wide", "exponent": 0.75}, "exponent"),
        ({"seed": -1}, "seed"),
        ({"classes": 0}, "classes"),
    ],
)
def test_bad_options_are_refused_by_name(options, argument):
    with pytest.raises(InputError) as caught:
        memorize([[0], [1]], [0, 1], **options)
    assert caught.value.argument == argument


def test_points_must_fit_the_network():
    with pytest.raises(InputError, match="1 coordinates"):
        check_memorization(RationalNetwork.from_dict(ONE), [[1, 2]], [0])


# ---- numbers around it


@examples(30)
@given(
    st.sampled_from([1, 10**8, 10**30]),
    st.lists(st.tuples(*[st.integers(-9, 9)] * 2), min_size=2, max_size=9, unique=True),
)
def test_distances_are_exact_at_any_size(scale, points):
    far = [(scale * x, scale * y + k % 2) for k, (x, y) in enumerate(points)]
    if len(set(far)) == len(far):
        squares = [(a - c) ** 2 + (b - d) ** 2 for a, b in far for c, d in far if (a, b) != (c, d)]
        assert data_set(far, [0] * len(far)).delta_squared == Fraction(max(squares), min(squares))


@given(st.integers(1, 10**30), st.integers(1, 7))
def test_roots_are_rounded_up(value, degree):
    root = root_above(value, degree)
    assert (root - 1) ** degree < value <= root**degree


@given(st.integers(1, 60), st.integers(1, 9))
def test_information_bits(count, classes):
    bits = information_bits(count, classes)
    assert 2**bits >= classes**count
    assert bits == 0 or 2 ** (bits - 1) < classes**count


@given(st.integers(4, 300), st.integers(1, 4), st.integers(1, 10**6), st.integers(1, 40))
@examples(60)
def test_theorem_3_is_the_least_over_all_choices(count, dimension, delta_squared, classes):
    sizes = Sizes(count, dimension, Fraction(delta_squared), classes)
    cost = 2 * sizes.label_bits + 1
    first = next(k for k in range(1, 99) if 113 * 4**k >= 2 * 355 * dimension * delta_squared)
    least = min(
        first + sum(2 ** (i + 3) for i in range(2, K)) + -(-product // B) + cost * B
        for K in range(2, 1 + count.bit_length() - 1)
        for product in [-(-(count**2 + 4) // 2**K)]
        for B in range(1, product + 1 if product < 200 else 3 * count)
    )
    assert theorem3(sizes).hidden_layers == least


def test_theorem_3_needs_four_points():
    with pytest.raises(InputError, match="at least 4"):
        theorem3(Sizes(3, 1, Fraction(4)))


def test_the_crossover_of_the_theorem_itself():
    def parameters(count):
        return theorem3(Sizes(count, 1, Fraction((count - 1) ** 2))).parameters

    found = crossover(parameters)
    assert 1_000_000 < found < 1_300_000
    assert parameters(found) < found
    assert parameters(found - 1) >= found - 1
    assert crossover(lambda count: count, most=1000) is None


def test_the_exponents_ends():
    assert exponent_choice(1000, Fraction(2, 3)) == (1, 100)
    assert exponent_choice(1000, Fraction(1)) == (5, 1)
