"""Dimensions of many networks at once: the same as one by one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import ConvolutionalNetwork, Grade, InputError, PolynomialNetwork, Rational
from algebra.polynomial import batch
from algebra.polynomial.batch import LEAST_BATCH, MOST_BATCH, MOST_PARAMETERS, dimensions
from tests.properties import examples

small = st.builds(
    lambda widths, degrees, biases: PolynomialNetwork(widths, degrees=degrees[: len(widths) - 2], biases=biases),
    st.lists(st.integers(1, 4), min_size=2, max_size=5),
    st.lists(st.sampled_from((1, 2, 2, 3)), min_size=3, max_size=3),
    st.booleans(),
)


def one_by_one(networks, seed=0):
    return [network.dimension(seed) for network in networks]


def records(found):
    return [bounds.record for bounds in found]


def drawn(count, depth, widest, **options):
    chance = random.Random(f"{count}/{depth}/{widest}")
    return [PolynomialNetwork([chance.randint(1, widest) for _ in range(depth + 1)], **options) for _ in range(count)]


@pytest.fixture
def alone(monkeypatch):
    """Networks that were not done together."""
    found = []
    single = batch.dimension

    def recorded(network, seed):
        found.append(network)
        return single(network, seed)

    monkeypatch.setattr(batch, "dimension", recorded)
    return found


@pytest.mark.parametrize(
    ("depth", "widest", "options"),
    [
        (1, 5, {}),
        (2, 6, {"degree": 2}),
        (2, 5, {"degree": 3, "biases": True}),
        (3, 5, {"degree": 2}),
        (3, 5, {"degree": 1}),
        (3, 4, {"degrees": (2, 5), "biases": True}),
        (4, 4, {"degrees": (3, 1, 2)}),
        (5, 3, {"degree": 4}),
    ],
)
def test_equal_to_one_by_one(alone, depth, widest, options):
    networks = drawn(90, depth, widest, **options)
    found = dimensions(networks, seed=5)
    expected = one_by_one(networks, seed=5)
    assert records(found) == records(expected)
    assert [f.evidence.lower for f in found] == [e.evidence.lower for e in expected]
    assert [f.evidence.upper for f in found] == [e.evidence.upper for e in expected]
    assert [f.evidence.question.network for f in found] == networks
    large = {network for network in networks if network.parameters > MOST_PARAMETERS}
    unproved = {n for n, e in zip(networks, expected, strict=True) if e.grade is not Grade.PROVED}
    assert set(alone) == large | unproved  # the others were proved together


@examples(15)
@given(st.lists(small, max_size=60), st.integers(-3, 3))
def test_mixed_architectures(networks, seed):
    assert records(dimensions(networks, seed)) == records(one_by_one(networks, seed))


def test_widths_of_one_and_duplicates(alone):
    networks = [PolynomialNetwork((1, width, 1), 2) for width in range(1, LEAST_BATCH + 1)] * 3
    networks += [PolynomialNetwork((1, 1, 1), 2)]
    assert records(dimensions(iter(networks))) == records(one_by_one(networks))
    assert not alone


def test_more_than_one_part():
    networks = [PolynomialNetwork((a, b, c), 3) for a in range(1, 7) for b in range(1, 7) for c in range(1, 6)]
    assert len(networks) > MOST_BATCH
    assert records(dimensions(networks)) == records(one_by_one(networks))


def test_few_or_large_or_other_networks_go_one_by_one(alone):
    others = [
        ConvolutionalNetwork((2, 2), degree=2),
        PolynomialNetwork((2, 3, 1), activation=Rational((0, 1, 0, 1))),
        PolynomialNetwork((10, 10, 5), 2),
        PolynomialNetwork((2, 2, 2, 2), 2),
    ]
    together = [PolynomialNetwork((2, width, 1), 4) for width in range(1, LEAST_BATCH + 1)]
    networks = [others[0], *together, *others[1:]]
    assert records(dimensions(networks)) == records(one_by_one(networks))
    assert alone == others
    assert dimensions([]) == []


def test_a_rank_that_falls_short_is_done_again(monkeypatch, alone):
    networks = [PolynomialNetwork((2, width, 2), 2) for width in range(1, LEAST_BATCH + 1)]
    monkeypatch.setattr(batch, "_ranks", lambda networks, *_: [0] * len(networks))
    assert records(dimensions(networks)) == records(one_by_one(networks))
    assert alone == networks


def test_certificates_are_valid():
    networks = drawn(12, 3, 4, degree=2, biases=True) + drawn(12, 4, 3, degree=3)
    for bounds in dimensions(networks, seed=2):
        report = bounds.certificate().check()
        assert report.valid, report


@pytest.mark.parametrize(
    ("networks", "seed", "named"),
    [
        (3, 0, "networks"),
        ([PolynomialNetwork((2, 1)), "2-1"], 0, r"networks\[1\]"),
        ([], 0.5, "seed"),
        ([], True, "seed"),
    ],
)
def test_bad_input_is_named(networks, seed, named):
    with pytest.raises(InputError, match=named):
        dimensions(networks, seed)
