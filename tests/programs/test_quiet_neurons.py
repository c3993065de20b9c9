"""Weights that the data do not show, against the exact rank of the Jacobian over the rational numbers."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from algebra.programs import relu, traced
from algebra.programs.batch import Batch
from algebra.programs.given_point import GivenPoint
from algebra.programs.lowering import lowered
from algebra.programs.quiet_neurons import linear_maps, quiet_fields


def network(W, b, U, c, V, d, x):
    return V @ relu(U @ relu(W @ x + b) + c) + d


SHAPES = {"W": (4, 2), "b": (4,), "U": (3, 4), "c": (3,), "V": (1, 3), "d": (1,)}


def exact_rank(weights, data):
    """The rank of the Jacobian over Q, from the gradients written out by hand."""
    rows = []
    W, b, U, c, V = (np.array(weights[name], object) for name in ("W", "b", "U", "c", "V"))
    for x in np.array(data, object):
        z = W @ x + b
        a = np.where(z > 0, z, 0)
        y = U @ a + c
        second = np.where(y > 0, V[0], 0)
        first = np.where(z > 0, second @ U, 0)
        rows.append([*np.outer(first, x).ravel(), *first, *np.outer(second, a).ravel(), *second, *np.maximum(y, 0), 1])
    return fmpq_mat([[fmpq(Fraction(x).numerator, Fraction(x).denominator) for x in row] for row in rows]).rank()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("samples", [6, 40])
def test_bounds_hold_and_often_meet(seed, samples):
    numbers = np.random.default_rng(seed)
    weights = {name: numbers.integers(-9, 10, shape).tolist() for name, shape in SHAPES.items()}
    data = numbers.integers(-9, 10, (samples, 2)).tolist()
    found = traced(network, SHAPES, {"x": (2,)}).dimension_at(weights, {"x": data})
    assert found.bounds.lower == exact_rank(weights, data)
    assert found.bounds.upper == found.bounds.lower


def test_every_field_kills_the_jacobian():
    numbers = np.random.default_rng(3)
    weights = {name: numbers.integers(-9, 10, shape).tolist() for name, shape in SHAPES.items()}
    program = traced(network, SHAPES, {"x": (2,)})
    point = GivenPoint.read(program, weights, {"x": numbers.integers(-9, 10, (9, 2)).tolist()})
    batch = Batch.of(lowered(program), point)
    prime = 8388593
    fields = list(quiet_fields(batch))
    assert fields
    jacobian = batch.jacobian(prime).astype(np.int64).astype(object)
    for each in fields:
        assert not (jacobian @ each.values.astype(np.int64).astype(object).T % prime).any()


def test_weights_that_are_used_twice_are_left_alone():
    program = traced(lambda W, x: W @ relu(W @ x), {"W": (2, 2)}, {"x": (2,)})
    assert linear_maps(lowered(program)) == []
