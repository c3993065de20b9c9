"""Arguments that people try: what is refused says so, and what is meant is taken."""

import numpy as np
import pytest

from algebra.errors import InputError
from tensors.convac import ConvAC, ConvLayer
from tensors.convac.constructive import constructive_weights
from tensors.formats import (
    CP,
    Train,
    Tucker,
    from_tensorly,
    graph_of_tree,
    same_tensor,
    to_tensorly,
    train_of_tensor,
    train_of_tree,
    tree_of_circuit,
    tree_of_cp,
    tree_of_graph,
    tree_of_tensor,
    tucker_of_tensor,
)
from tensors.mixtures import CoreTree, WeightedGraph
from tensors.networks.trees import Leaf, Node, Tree

NO_PRIMES = [4, 9, 6, 25, 0, 1, -7, "7", 7.0, True, 2**63 + 29, 2**64, 2**89 - 1]
MATRIX = [[1, 2], [3, 4]]


@pytest.mark.parametrize("prime", NO_PRIMES)
def test_every_prime_is_checked(prime):
    tree = tree_of_tensor(MATRIX)
    for call in (
        lambda: train_of_tensor(MATRIX, prime),
        lambda: train_of_tensor([1, 2], prime),
        lambda: tree_of_tensor(MATRIX, prime=prime),
        lambda: tucker_of_tensor(MATRIX, prime),
        lambda: train_of_tree(tree, prime),
        lambda: same_tensor(MATRIX, MATRIX, prime),
    ):
        with pytest.raises(InputError, match="a prime below 2\\^63") as found:
            call()
        assert found.value.argument == "prime"


@pytest.mark.parametrize("prime", NO_PRIMES)
def test_the_prime_of_a_part_is_checked(prime):
    found = constructive_weights(ConvAC(4, 2, [ConvLayer(2, 1, 2, sharing="sliding"), ConvLayer(4, 4, 1)]), "left")
    with pytest.raises(InputError, match="a prime below 2\\^63"):
        found.part(found.single_labels(), prime)
    assert found.part(found.single_labels(), 101).shape == (len(found.classes) + 1,) * 2


def test_labels_of_a_part_are_integers():
    found = constructive_weights(ConvAC(4, 2, [ConvLayer(2, 1, 2, sharing="sliding"), ConvLayer(4, 4, 1)]), "left")
    for labels in ([[0.5] * len(found.classes)], [[0], [0, 1, 1]], "01", [[10**30] * len(found.classes)]):
        with pytest.raises(InputError, match="labels"):
            found.part(labels, 101)


@pytest.mark.parametrize("build", [train_of_tensor, tree_of_tensor, tucker_of_tensor])
@pytest.mark.parametrize("ragged", [[[1, 2], [3]], [np.zeros((2, 2)), np.zeros((2, 3))], [[0.5, 1], [2]]])
def test_ragged_tensors_are_refused(build, ragged):
    with pytest.raises(InputError):
        build(ragged)


def test_ragged_factors_are_refused():
    for factors in ([[np.zeros((2, 2)), np.zeros((2, 3))]], {1: [[1]]}, {1, 2}, b"12", bytearray(b"12"), "12"):
        with pytest.raises(InputError):
            CP(factors)


def test_numbers_beyond_all_floats_are_refused_where_there_are_floats():
    for call in (
        lambda: CP([[[10**400]], [[0.5]]]).tensor(),
        lambda: CP([[[10**400, 0.5]]]),
        lambda: to_tensorly(CP([[[10**400]]]), floats=True),
    ):
        with pytest.raises(InputError, match="2\\^1024"):
            call()
    assert from_tensorly(to_tensorly(CP([[[10**400]]]))).tensor()[0] == 10**400


def test_more_axes_than_arrays_have_are_refused():
    many = CP([[[1]]] * 65)
    for call in (many.tensor, lambda: same_tensor(many, many), Train([[[[1]]]] * 65).tensor):
        with pytest.raises(InputError, match="64"):
            call()
    assert CP([[[1]]] * 64).tensor().ndim == 64


def test_floats_of_numpy_in_lists_are_floats():
    assert CP([[[np.float32(0.5)]]]).tensor().tolist() == [0.5]
    assert Tucker([np.float64(2)], [[[3]]]).tensor().tolist() == [6]


def test_no_tree_recurses_in_its_depth():
    shape: object = 0
    for _ in range(5000):
        shape = (shape, 1)
    with pytest.raises(InputError, match="tree"):
        tree_of_tensor(MATRIX, shape)

    chain = Leaf(0, [[1]])
    for mode in range(1, 1500):
        chain = Node(chain, Leaf(mode, [[1]]), [[[1]]])
    tree = Tree(chain)
    assert tree.shape == (1,) * 1500
    weighted = graph_of_tree(tree)
    cores = CoreTree((1,) * 1500, (*((~(j + 1), 1499 - j) for j in range(1498)), (0, 1)), (1,) * 2998)
    assert tree_of_graph(cores, WeightedGraph(cores.graph, weighted.tables)).shape == (1,) * 1500


def test_children_are_nodes():
    for call in (lambda: Tree(None), lambda: Node(1, Leaf(0, [[1]]), [[[1]]])):
        with pytest.raises(InputError):
            call()


def test_a_long_window_is_a_deep_tree():
    from tensors.convac.generalised import integer_weights

    weights = integer_weights(ConvAC(1500, 1, [ConvLayer(1500, 1500, 1)]), seed=1)
    assert len(tree_of_circuit(weights).leaves) == 1500
    assert tree_of_cp(CP([[[1]]] * 2000)).width == 1


def test_bounds_of_any_size_are_refused_before_they_are_computed():
    from tensors.formats import deep_circuit, depth_efficiency_bound, train_terms_bound, truncation_bound
    from tensors.mixtures import balanced_cores, balanced_tree

    for call in (
        lambda: depth_efficiency_bound(2**40, 3, 3),
        lambda: train_terms_bound(10**12, 3, 3),
        lambda: truncation_bound(2**40, 3, [3] * 40, 1),
        lambda: balanced_tree(2**40, 2, 2),
        lambda: balanced_cores(2**40, 2, 2),
        lambda: deep_circuit(4, 2, {2, 3}),
    ):
        with pytest.raises(InputError):
            call()
    assert train_terms_bound(10**12, 1, 3) == 1
