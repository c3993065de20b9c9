"""Maps that later ones hide: bottlenecks of linear networks, and readouts of residual streams."""

import pytest

from algebra.programs import sqrt, tanh, traced
from algebra.programs.larger import Larger
from algebra.programs.linear_sums import summed
from algebra.programs.lowering import lowered
from algebra.programs.merging import merged


@pytest.mark.parametrize("widths", [(6, 3, 2, 3, 7), (4, 2, 5, 3), (3, 3, 1, 4, 2), (2, 4, 3)])
def test_linear_networks_are_matrices_of_bounded_rank(widths):
    shapes = {f"W{k}": (widths[k], widths[k - 1]) for k in range(1, len(widths))}

    def network(x, **weights):
        for name in shapes:
            x = weights[name] @ x
        return x

    rank, first, last = min(widths), widths[0], widths[-1]
    bounds = traced(network, shapes, {"x": (first, 1)}).dimension()
    assert (bounds.lower, bounds.upper) == (rank * (first + last - rank),) * 2


def readout(E, W, U, R, x):
    z = E @ x
    return R @ (z + U @ tanh(W @ z))


def normed_readout(E, W, U, R, x):
    z = E @ x
    return R @ (z + U @ tanh(W @ (z / sqrt((z * z).sum(0, keepdims=True) + 1))))


@pytest.mark.parametrize(("network", "dimension"), [(readout, 30 - 9 - 2), (normed_readout, 30 - 3 - 2)])
def test_a_narrow_readout_hides_directions_of_the_stream(network, dimension):
    """Of U only R U is seen: one direction for each of its two columns is not."""
    program = traced(network, {"E": (3, 4), "W": (2, 3), "U": (3, 2), "R": (2, 3)}, {"x": (4, 1)})
    bounds = program.dimension()
    assert (bounds.lower, bounds.upper) == (dimension, dimension)
    assert sum(each.dimension for each in program.symmetries) == program.count - dimension


def test_maps_that_are_used_twice_or_are_narrow_stay():
    shared = lowered(traced(lambda W, V, x: V @ (W @ (W @ x)), {"W": (2, 2), "V": (1, 2)}, {"x": (2, 1)}))
    assert merged(Larger.same(shared)).graph.parameters == shared.parameters
    narrow = lowered(traced(lambda W, V, x: V @ (W @ x), {"W": (1, 3), "V": (3, 1)}, {"x": (3, 1)}))
    assert merged(Larger.same(narrow)).graph.parameters == narrow.parameters


def sum_of_maps(A, B, C, x):
    return A @ x + B @ (C @ x)


def block_before_a_map(W, R, L, x):
    z = tanh(x)
    return W @ (z + R @ (L @ z))


def block_behind_a_map(W, R, L, V, x):
    z = W @ x
    return V @ tanh(z + R @ (L @ z))


@pytest.mark.parametrize(
    ("network", "shapes", "dimension"),
    [
        (sum_of_maps, {"A": (3, 4), "B": (3, 2), "C": (2, 4)}, 12),
        (block_before_a_map, {"W": (3, 4), "R": (4, 2), "L": (2, 4)}, 12),
        (block_behind_a_map, {"W": (3, 4), "R": (3, 1), "L": (1, 3), "V": (2, 3)}, 18),
    ],
)
def test_sums_of_linear_maps_are_free_matrices(network, shapes, dimension):
    program = traced(network, shapes, {"x": (4, 1)})
    bounds = program.dimension()
    assert (bounds.lower, bounds.upper) == (dimension, dimension)
    certificate = bounds.certificate()
    assert certificate.claim["upper"] == dimension
    assert certificate.check().valid


def test_a_residual_linear_block_alone_is_no_free_matrix():
    """1 + R L has rank conditions: R L is a matrix of rank 1."""
    graph = lowered(traced(lambda R, L, x: x + R @ (L @ x), {"R": (3, 1), "L": (1, 3)}, {"x": (3, 1)}))
    assert summed(Larger.same(graph)).graph.parameters == graph.parameters
