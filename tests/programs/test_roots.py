"""Roots of numbers and of weights alone: for some of them the residues have no root."""

import pytest

from algebra.evidence import Grade
from algebra.programs import exp, relu, sqrt, traced


@pytest.mark.parametrize("number", range(1, 12))
def test_a_constant_exponent_is_never_an_error(number):
    """The factor is a number above 0, and the dimension that of w x; where residues have no root, no proof is found."""

    def network(w, x):
        return (w @ x) * exp(sqrt(w.trace.constant(number)))

    bounds = traced(network, {"w": (1, 2)}, {"x": (2,)}).dimension()
    assert bounds.lower <= 2 == bounds.upper


def test_the_function_is_constant():
    bounds = traced(lambda w, x: exp(sqrt(w.trace.constant(185))), {"w": (2,)}, {"x": (2,)}).dimension()
    assert bounds.value == 0


@pytest.mark.parametrize("seed", range(4))
def test_a_root_of_weights_behind_a_rectifier(seed):
    """Its argument stands there once for every sample, the weights once for all."""

    def network(w, x):
        return sqrt(relu(2 * w) * relu(2 * w) + 1) * x

    bounds = traced(network, {"w": (2,)}, {"x": (2,)}).dimension(seed=seed)
    assert (bounds.value, bounds.grade) == (2, Grade.PROVED)
