"""Activation thresholds."""

import json
from pathlib import Path

import pytest

from algebra import Grade, InputError, PolynomialNetwork
from algebra.polynomial.threshold import activation_threshold

CASES = json.loads((Path(__file__).parent.parent / "data" / "reference_thresholds.json").read_text())["thresholds"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: "-".join(map(str, c["widths"])))
def test_reference_thresholds(case):
    found = activation_threshold(case["widths"])
    assert (found.threshold, found.grade) == (case["threshold"], Grade.PROVED)


@pytest.mark.parametrize("widths", [(2, 3, 2), (2, 2, 4, 2), (3, 4, 2, 3)])
def test_the_theorem_covers_what_is_not_scanned(widths):
    threshold = int(activation_threshold(widths))
    for degree in range(threshold + 1, 2 * max(widths) + 3):
        network = PolynomialNetwork(widths, degree)
        assert int(network.dimension()) == network.naive_dimension


def test_layers_of_width_one():
    for widths, never in [((3, 1, 2, 2), True), ((2, 1, 3), False), ((1, 3, 2), True), ((3, 2, 1, 1, 3), False)]:
        found = activation_threshold(widths)
        assert (found.threshold is None) == never
        degree = 9 if never else int(found) + 1
        network = PolynomialNetwork(widths, degree)
        assert (int(network.dimension()) < network.naive_dimension) == never
    with pytest.raises(ValueError, match="no degree"):
        int(activation_threshold((1, 3, 2)))


def test_progress_and_bad_input():
    seen = []
    activation_threshold((2, 4, 3), on_degree=lambda degree, bounds: seen.append(degree))
    assert seen == [6, 5, 4]
    with pytest.raises(InputError, match="widths"):
        activation_threshold((2, 0, 1))
