"""Sizes are checked before anything is built, and depth is no recursion."""

from __future__ import annotations

import pytest

from algebra import PolynomialNetwork
from algebra.polynomial.double_points import double_point_labels, independent_conditions


@pytest.mark.parametrize(
    ("widths", "degrees", "value"),
    [
        ((3, 5, 6, 6, 6, 6, 1), [5] * 5, 130),
        ((3, 5, 4, 4, 4, 4, 4, 4, 4, 1), [3] * 8, 102),
        ((3, 5, 2, 1), [3, 400], 19),
    ],
)
def test_long_lists_of_exponents_are_not_built(widths: tuple[int, ...], degrees: list[int], value: int) -> None:
    """W3: a list of C(rt + 2, 2) exponents was built before its size was looked at."""
    assert PolynomialNetwork(widths, degrees=degrees).dimension() == value


def test_double_points_of_large_sizes() -> None:
    assert independent_conditions(3, 3, 10**9) == independent_conditions(4, 3, 10**9) == 0
    assert double_point_labels(10**9, 3) == double_point_labels(2, 10**9) == double_point_labels(10**9, 10**400) == []


@pytest.mark.parametrize(("widths", "value"), [([1] * 200, 200), ([1] * 450, 450), ([2] + [1] * 200, 202)])
def test_deep_networks_of_width_one(widths: list[int], value: int) -> None:
    """W4: a rule called itself once for every layer."""
    found = PolynomialNetwork(widths, degree=2, biases=True).dimension()
    assert (found.lower, found.upper) == (value, value)
    assert found.explain()
