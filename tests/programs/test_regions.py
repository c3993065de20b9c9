"""The full functional dimension: all regions, beside batches of data that meet each of them."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.programs.given import given_dimension
from algebra.programs.given_point import GivenPoint
from algebra.programs.regions import full_dimension
from proofs_check.families.relu import evaluate, instances, network_of
from tests.properties import examples


def batch(sizes, weights, biases, points):
    """Rank of the Jacobian at points, by the programs."""
    values = {f"W{k}": w for k, w in enumerate(weights, 1)} | {f"b{k}": b for k, b in enumerate(biases, 1)}
    found = given_dimension(GivenPoint.read(network_of(sizes), values, {"x": points}))
    return found.bounds.lower


@st.composite
def networks(draw, inputs, most=4):
    """A network with one hidden layer and small integers as weights; no neuron is constant."""
    hidden = draw(st.integers(1, most))
    number = st.integers(-5, 5)
    nonzero = number.filter(bool)
    first = [[draw(nonzero) for _ in range(inputs)] for _ in range(hidden)]
    return first, [draw(number) for _ in range(hidden)], [[draw(number) for _ in range(hidden)]], [draw(number)]


@examples(40)
@given(networks(inputs=1))
def test_on_the_line_by_its_intervals(network):
    """Two points in every interval between the kinks meet all regions: the batch has the full dimension."""
    first, b, last, c = network
    kinks = sorted({Fraction(-y, w[0]) for w, y in zip(first, b, strict=True)})
    ends = [kinks[0] - 3, *kinks, kinks[-1] + 3]
    points = [[str(x + (y - x) * t / 3)] for x, y in pairwise(ends) for t in (1, 2)]
    found = full_dimension([first, last], [b, c])
    expected = batch([1, len(b), 1], [first, last], [b, c], points)
    if found.is_complete:
        assert (found.rank, found.regions) == (expected, len(kinks) + 1)
    else:
        assert len(kinks) < len(b)
        assert found.rank <= expected


@examples(25)
@given(networks(inputs=2, most=3), st.integers(0, 100))
def test_no_batch_has_more_and_scalings_are_lost(network, seed):
    first, b, last, c = network
    found = full_dimension([first, last], [b, c])
    points = np.random.default_rng(seed).integers(-40, 40, (30, 2)).tolist()
    if found.is_complete:
        at_kinks = [x for x in points if any(np.dot(w, x) + y == 0 for w, y in zip(first, b, strict=True))]
        points = [x for x in points if x not in at_kinks]
        assert batch([2, len(b), 1], [first, last], [b, c], points) <= found.rank <= 3 * len(b) + 1
    assert full_dimension([first, last], [b, c], most=1).rank <= found.rank


def test_two_neurons_at_one_place_are_told():
    assert full_dimension([[[1], [2]], [[1, 1]]], [[1, 2], [0]]).is_complete is False
    assert full_dimension([[[1], [0]], [[1, 1]]], [[1, 0], [0]]).is_complete is False
    assert full_dimension([[[1], [-1]], [[1, 1]]], [[0, 1], [0]], most=2).is_complete is False


@pytest.mark.parametrize(
    ("weights", "biases", "words"),
    [
        ([[[1]], [[1]]], [[0]], "biases"),
        ([[[1], [1, 2]], [[1, 1]]], [[0, 0], [0]], "weights"),
        ([[[1]], [[1, 2]]], [[0], [0]], "weights"),
    ],
)
def test_bad_shapes(weights, biases, words):
    with pytest.raises(InputError, match=words):
        full_dimension(weights, biases)


def test_the_same_function_at_other_weights():
    """Powers of two change no digit, so every exact number stays; numpy's rank does not."""
    plain, scaled = (evaluate(each) for each in instances(["2-5-5-1"], [200], [0, 24]))
    for name in ("lower", "upper", "patterns", "kinks"):
        assert plain[name] == scaled[name]
    assert (plain["float_wrong"], scaled["float_wrong"]) == (False, True)


def test_the_dimension_varies_over_parameter_space():
    full = {evaluate(each)["full"] for each in instances(["1-6-1", "2-3-3-1"], [50], [0], [0, 1])}
    assert len(full) > 2


@pytest.mark.parametrize("widths", ["2-3", "2-0-1", "2-x-1", "500-500-1"])
def test_bad_widths(widths):
    with pytest.raises(InputError, match="widths"):
        instances([widths])
