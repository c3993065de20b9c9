from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.rank import DEFAULT_PRIME, rank_mod
from tensors.convac import (
    CircuitWeights,
    ConvAC,
    ConvLayer,
    grid_tensor,
    matricization,
    matricization_rank,
    rank_distribution,
    rank_spectrum,
)
from tensors.convac.generalised import generalised_matricization, integer_weights
from tests.convac import oracle
from tests.convac.circuits import circuits
from tests.properties import examples

CP = ConvAC(3, 2, [ConvLayer(3, 3, 4)])


@examples(40)
@given(circuits(most=5), st.data())
def test_values_are_those_of_one_configuration_at_a_time(net, data):
    rows = data.draw(st.sets(st.integers(0, net.positions - 1), min_size=1, max_size=net.positions - 1))
    rows = tuple(sorted(rows))
    weights = oracle.draw(net, 3)
    reduced = ([np.array(w, dtype=object) % DEFAULT_PRIME for w in weights[0]], np.array(weights[1]) % DEFAULT_PRIME)
    output = reduced[1] if net.output == "linear" else None
    ours = matricization(CircuitWeights.given(net, reduced[0], output).modulo(DEFAULT_PRIME), rows)
    exact = matricization(CircuitWeights.given(net, reduced[0], output), rows)
    assert ((ours.astype(np.int64) - exact) % DEFAULT_PRIME == 0).all()
    listed = ([w.tolist() for w in reduced[0]], reduced[1].tolist())
    assert (exact % oracle.P == np.array(oracle.matrix(net, rows, listed), dtype=object)).all()


def test_the_cp_circuit_is_a_cp_tensor():
    import tensorly as tl

    weights = integer_weights(CP, seed=1)
    factors = [weights.layers[0][0, o].T.astype(float) for o in range(3)]
    expected = tl.cp_to_tensor((weights.output.astype(float), factors))
    assert np.allclose(grid_tensor(weights).astype(float), expected)
    floats = CircuitWeights.given(CP, [weights.layers[0].astype(float)], weights.output.astype(float))
    tensor = grid_tensor(floats)
    assert tensor.dtype == np.float64
    assert np.allclose(tl.unfold(tensor, 1), tl.unfold(expected, 1))


def test_fractions_stay_exact():
    third = np.full((1, 3, 4, 2), Fraction(1, 3), dtype=object)
    assert grid_tensor(CircuitWeights.given(CP, [third]))[0, 1, 0] == Fraction(4, 27)


def test_a_representation_changes_every_axis():
    weights = integer_weights(CP, seed=2)
    table = [[1, 2], [0, 1], [3, -1]]
    tensor = grid_tensor(weights, table)
    assert tensor.shape == (3, 3, 3)
    expected = grid_tensor(weights)
    for axis in range(3):
        expected = np.moveaxis(np.tensordot(np.array(table, dtype=object), expected, (1, axis)), 0, axis)
    assert (tensor == expected).all()


@pytest.mark.parametrize("table", [[[1, 2, 3]], [1, 2], [], [[0.5, 1], [1, 1]]])
def test_bad_representations(table):
    with pytest.raises(InputError, match="representation"):
        matricization_rank(CP, [0], representation=table)


def test_dependent_representations_get_no_theorem():
    net = ConvAC(4, 2, [ConvLayer(2, 2, 2), ConvLayer(2, 2, 2)])
    assert net.rank("odd-even").lower_by == "window-equality"
    found = matricization_rank(net, "odd-even", representation=[[1, 1], [2, 2]])
    assert (found.lower, found.lower_by) == (1, "evaluation-minor")
    assert matricization_rank(net, "odd-even", representation=[[1, 1], [1, 2]]).lower == 4


def test_a_tensor_that_is_too_large_is_refused():
    net = ConvAC(64, 2, [ConvLayer(64, 64, 1)])
    with pytest.raises(InputError, match="at most"):
        grid_tensor(CircuitWeights.drawn(net, "key", DEFAULT_PRIME))


@pytest.mark.parametrize(
    ("layers", "output", "argument"),
    [
        ([], None, "layers"),
        ([np.ones((1, 3, 4, 3))], None, "weights of layer 1"),
        ([np.ones((1, 3, 4, 2))], [1, 2], "output"),
    ],
)
def test_weights_of_the_wrong_shape(layers, output, argument):
    with pytest.raises(InputError) as caught:
        CircuitWeights.given(CP, layers, output)
    assert caught.value.argument == argument


def test_given_outputs_of_single_circuits_are_refused():
    with pytest.raises(InputError, match="single"):
        CircuitWeights.given(ConvAC(3, 2, [ConvLayer(3, 3, 1)], "single"), [np.ones((1, 3, 1, 2))], [1])


def test_product_pooling_is_the_circuit():
    net = ConvAC((2, 3), 2, [ConvLayer(2, 1, 2), ConvLayer((2, 3), (2, 3), 2)])
    weights = integer_weights(net, seed=4)
    for rows in ("left", [1, 2, 3]):
        expected = matricization(weights, rows)
        assert (generalised_matricization(weights, rows, "product") == expected).all()
        floats = generalised_matricization(weights, rows, "product", numeric=True)
        assert np.allclose(floats, expected.astype(float))


def test_rectifiers_one_configuration_at_a_time():
    net = ConvAC(2, 2, [ConvLayer(2, 2, 3)])
    weights = integer_weights(net, seed=5)
    maps, mixing = weights.layers[0][0], weights.output
    for pooling, pool in (("max", max), ("sum", sum), ("average", lambda x: Fraction(sum(x), 2))):
        matrix = generalised_matricization(weights, [0], pooling)
        for i in range(2):
            for j in range(2):
                channels = [pool([max(maps[0, c, i], 0), max(maps[1, c, j], 0)]) for c in range(3)]
                assert matrix[i, j] == sum(a * x for a, x in zip(mixing, channels, strict=True))


def test_rectifiers_have_no_generic_rank():
    net = ConvAC(8, 3, [ConvLayer(2, 2, 3)] * 3)
    found = rank_distribution(net, "odd-even", "max", seeds=range(6))
    assert len(found.counts) > 2
    assert max(found.ranks) <= 81
    numeric = rank_distribution(net, "odd-even", "max", seeds=range(3), numeric=True)
    assert numeric.ranks == found.ranks[:3]
    assert (found.grade.value, numeric.grade.value) == ("proved", "numeric")
    sums = rank_distribution(net, "left", "sum", seeds=range(3))
    assert max(sums.ranks) <= 2  # g(A) + h(B)


@pytest.mark.parametrize(
    ("pooling", "net", "argument"),
    [
        ("median", CP, "pooling"),
        ("max", ConvAC(4, 2, [ConvLayer(2, 2, 1, "zero"), ConvLayer(2, 2, 1)]), "border"),
        ("max", ConvAC(32, 2, [ConvLayer(32, 32, 1)]), "architecture"),
    ],
)
def test_bad_poolings(pooling, net, argument):
    with pytest.raises(InputError) as caught:
        rank_distribution(net, [0], pooling, seeds=(0,))
    assert caught.value.argument == argument
    with pytest.raises(InputError, match="residues"):
        generalised_matricization(CircuitWeights.drawn(CP, "key", 7), [0], "max")


def test_the_spectrum_of_pooling_geometries():
    neighbours = rank_spectrum(ConvAC(8, 2, [ConvLayer(2, 2, 2)] * 3))
    assert len(neighbours.ranks) == 127
    assert neighbours.grade.value == "proved"
    assert neighbours.worst(4)[0] == (0, 1, 2, 3)
    assert neighbours.best(4)[1].lower == 16
    assert sum(neighbours.counts.values()) == 127
    with pytest.raises(InputError, match="size"):
        neighbours.best(5)
    with pytest.raises(InputError, match="16 positions"):
        rank_spectrum(ConvAC(17, 2, [ConvLayer(17, 17, 1)]))


def test_the_rank_of_the_explicit_tensor_with_tensorly():
    import tensorly as tl

    net = ConvAC(6, 2, [ConvLayer(2, 1, 2, sharing="sliding"), ConvLayer(6, 6, 3)])
    tensor = grid_tensor(CircuitWeights.drawn(net, "tensorly", DEFAULT_PRIME))
    unfolded = tensor.reshape(8, 8)
    assert tl.shape(tensor) == (2,) * 6
    assert rank_mod(unfolded.astype(np.int64)) == net.rank([0, 1, 2]).lower == 6
