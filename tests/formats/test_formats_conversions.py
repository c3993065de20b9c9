from fractions import Fraction
from math import log2, prod
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.rank import rank_rational
from tensors.attention.decomposition import unfolding
from tensors.convac import ConvAC, ConvLayer
from tensors.convac.generalised import integer_weights
from tensors.convac.grid_tensor import grid_tensor
from tensors.convac.weights import CircuitWeights
from tensors.formats import (
    CP,
    Leaf,
    Node,
    Train,
    Tree,
    Tucker,
    circuit_of_cp,
    circuit_of_train,
    circuit_of_tree,
    cp_of_circuit,
    cp_of_train,
    cp_of_tree,
    from_tensorly,
    graph_of_train,
    graph_of_tree,
    same_tensor,
    to_tensorly,
    train_of_cp,
    train_of_graph,
    train_of_tensor,
    train_of_tree,
    tree_of_circuit,
    tree_of_cp,
    tree_of_graph,
    tree_of_tensor,
    tree_of_train,
    tucker_of_tensor,
)
from tensors.mixtures import CoreTree, random_weights, tensor_train
from tensors.networks.conversions import balanced
from tests.convac.circuits import circuits
from tests.properties import examples


def numbers(random, *shape, fractions=False):
    entries = [random.randint(-4, 4) for _ in range(prod(shape))]
    if fractions:
        entries = [Fraction(entry, random.randint(1, 3)) for entry in entries]
    return np.array(entries, dtype=object).reshape(shape)


def random_cp(seed, shape, terms, fractions=False):
    random = Random(seed)
    return CP([numbers(random, size, terms, fractions=fractions) for size in shape], numbers(random, terms))


def random_train(seed, shape, rank, fractions=False):
    random, bonds = Random(seed), [1, *[rank] * (len(shape) - 1), 1]
    return Train([numbers(random, bonds[k], size, bonds[k + 1], fractions=fractions) for k, size in enumerate(shape)])


def random_tree(seed, sizes, width, shape=None):
    random = Random(seed)

    def node(each, rank):
        if isinstance(each, int):
            return Leaf(each, numbers(random, sizes[each], rank))
        return Node(node(each[0], width), node(each[1], width), numbers(random, width, width, rank))

    return Tree(node(shape or balanced(len(sizes)), 1))


def by_hand(model, index):
    """One entry, term by term, from the definition."""
    if isinstance(model, CP):
        factors = [factor[i] for factor, i in zip(model.factors, index, strict=True)]
        return sum(w * prod(f[r] for f in factors) for r, w in enumerate(model.weights))
    if isinstance(model, Train):
        row = [1]
        for core, i in zip(model.cores, index, strict=True):
            row = [sum(row[a] * core[a, i, b] for a in range(len(row))) for b in range(core.shape[2])]
        return row[0]

    def values(node):
        if isinstance(node, Leaf):
            return list(node.matrix[index[node.mode]])
        left, right = values(node.left), values(node.right)
        return [
            sum(node.core[a, b, c] * x * y for a, x in enumerate(left) for b, y in enumerate(right))
            for c in range(node.rank)
        ]

    return values(model.root)[0]


SHAPES = st.lists(st.integers(1, 3), min_size=1, max_size=5)
SEEDS = st.integers(0, 10**6)


@examples(40)
@given(SHAPES, st.integers(1, 3), SEEDS)
def test_tensors_agree_with_the_definitions(shape, rank, seed):
    tree = random_tree(seed, shape, rank)
    for model in (random_cp(seed, shape, rank), random_train(seed, shape, rank), tree):
        assert model.shape == tuple(shape)
        tensor = model.tensor()
        assert all(tensor[index] == by_hand(model, index) for index in np.ndindex(*shape))


@examples(50)
@given(SHAPES, st.integers(1, 3), SEEDS, st.booleans())
def test_conversions_keep_the_tensor(shape, rank, seed, fractions):
    cp, train = random_cp(seed, shape, rank, fractions), random_train(seed, shape, rank, fractions)
    for same in (tree_of_cp(cp), train_of_cp(cp), cp_of_tree(tree_of_cp(cp)), cp_of_train(train_of_cp(cp))):
        assert same_tensor(cp, same)
    for same in (tree_of_train(train), cp_of_train(train), cp_of_tree(tree_of_train(train))):
        assert same_tensor(train, same)
    assert tree_of_cp(cp).width <= rank
    assert tree_of_train(train).width <= max(rank**2, 1)
    tree = random_tree(seed, shape, rank)
    assert same_tensor(tree, cp_of_tree(tree))
    assert same_tensor(tree, train_of_tree(tree))


@examples(30)
@given(SHAPES, SEEDS, st.booleans())
def test_least_ranks_are_those_of_the_unfoldings(shape, seed, low):
    train = random_train(seed, shape, 1 if low else 3)
    tensor = train.tensor()
    order = list(range(len(shape)))
    Random(seed).shuffle(order)

    def ranks(nested):
        """Modes of each node, with its unfolding's rank."""
        if isinstance(nested, int):
            return [nested], [([nested])]
        (left, below), (right, also) = ranks(nested[0]), ranks(nested[1])
        return left + right, [*below, *also, left + right]

    def unfolded(modes):
        return max(1, rank_rational(unfolding(tensor, tuple(modes)).tolist()))

    best = train_of_tensor(tensor)
    assert same_tensor(best, tensor)
    assert best.ranks == tuple(unfolded(range(k)) for k in range(1, len(shape)))
    tucker = tucker_of_tensor(tensor)
    assert same_tensor(tucker, tensor)
    assert tucker.ranks == tuple(unfolded([k]) for k in range(len(shape)))
    nested = order[0]
    for mode in order[1:]:
        nested = (nested, mode) if mode % 2 else (mode, nested)
    tree = tree_of_tensor(tensor, nested)
    assert same_tensor(tree, tensor)
    wanted = sorted(unfolded(modes) for modes in ranks(nested)[1][:-1])

    def found(node, is_root=True):
        own = [] if is_root else [node.rank]
        return own + (found(node.left, False) + found(node.right, False) if isinstance(node, Node) else [])

    assert sorted(found(tree.root)) == wanted


@examples(20)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), SEEDS)
def test_modulo_a_prime(shape, seed):
    tensor = random_train(seed, shape, 2, fractions=True).tensor()
    for same in (train_of_tensor(tensor, 10007), tree_of_tensor(tensor, prime=10007), tucker_of_tensor(tensor, 10007)):
        assert same_tensor(tensor, same, 10007)


def test_worst_case_of_the_tree_as_a_train():
    tree = random_tree(5, [2] * 8, 2)
    train = train_of_tree(tree)
    assert same_tensor(tree, train)
    assert max(train.ranks) == 4  # 2^ceil(log2(8) / 2)
    assert train_of_tree(tree, 8388593).ranks == train.ranks


def test_products_that_a_train_needs():
    train = random_train(3, [2] * 6, 2)
    cp = cp_of_train(train)
    assert same_tensor(train, cp)
    least = rank_rational(unfolding(train.tensor(), (0, 2, 4)).tolist())
    assert 2**3 <= least <= cp.terms <= 2**2 * 2**3


@examples(40)
@given(st.sampled_from([2, 4, 8]), st.integers(1, 2), st.integers(1, 3), SEEDS)
def test_circuits_of_formats(patches, templates, rank, seed):
    shape = [templates] * patches
    cp, tree, train = random_cp(seed, shape, rank), random_tree(seed, shape, rank), random_train(seed, shape, rank)
    shallow, deep = circuit_of_cp(cp), circuit_of_tree(tree)
    assert same_tensor(cp, grid_tensor(shallow))
    assert same_tensor(cp, cp_of_circuit(shallow))
    assert same_tensor(tree, grid_tensor(deep))
    assert same_tensor(tree, tree_of_circuit(deep))
    assert len(deep.architecture.layers) == log2(patches)
    assert max(deep.architecture.channels[1:]) <= rank**2
    recurrent = circuit_of_train(train)
    assert same_tensor(train, grid_tensor(recurrent))
    assert max(recurrent.architecture.channels[1:]) <= max(rank**3, 1)


@examples(60)
@given(circuits(), SEEDS)
def test_trees_of_circuits(net, seed):
    weights = integer_weights(net, seed)
    if net.is_multilinear and net.covered[0].all() and not net.vanishes:
        tree = tree_of_circuit(weights)
        assert same_tensor(tree, grid_tensor(weights))
        assert tree.width <= max(net.channels)
    else:
        with pytest.raises(InputError, match="weights"):
            tree_of_circuit(weights)


@pytest.mark.parametrize("prime", [8388593, 2**61 - 1])
def test_circuits_drawn_modulo_a_prime(prime):
    net = ConvAC(4, 2, [ConvLayer(2, 2, 3), ConvLayer(2, 2, 2)])
    weights = CircuitWeights.drawn(net, "key", prime)
    exact = grid_tensor(weights)
    residues = np.array([int(entry) for entry in exact.flat], dtype=object).reshape(exact.shape)
    assert same_tensor(tree_of_circuit(weights), residues, prime)
    shallow = CircuitWeights.drawn(
        ConvAC((2, 2), 3, [ConvLayer((2, 2), (2, 2), 2, sharing="full")], "single"), "key", prime
    )
    residues = np.array([int(entry) for entry in grid_tensor(shallow).flat], dtype=object).reshape((3,) * 4)
    assert same_tensor(cp_of_circuit(shallow), residues, prime)


@examples(20)
@given(st.lists(st.integers(1, 3), min_size=2, max_size=5), st.integers(1, 3), SEEDS)
def test_factor_graphs_of_formats(shape, rank, seed):
    train, tree = random_train(seed, shape, rank), random_tree(seed, shape, rank)
    weighted = graph_of_train(train)
    assert same_tensor(train, weighted)
    assert same_tensor(train, train_of_graph(weighted))
    assert same_tensor(tree, graph_of_tree(tree))
    uniform = graph_of_train(random_train(seed, [2] * len(shape), rank))
    assert uniform.graph == tensor_train(len(shape), 2, rank)


@examples(30)
@given(st.lists(st.integers(1, 3), min_size=2, max_size=4), st.integers(1, 3), SEEDS, st.booleans())
def test_tensorly_keeps_exact_numbers(shape, rank, seed, fractions):
    from tensorly.cp_tensor import cp_to_tensor
    from tensorly.tt_tensor import tt_to_tensor
    from tensorly.tucker_tensor import tucker_to_tensor

    big = 10**30
    cp = random_cp(seed, shape, rank, fractions)
    cp = CP([cp.factors[0] * big + 1, *cp.factors[1:]], cp.weights)
    train = random_train(seed, shape, rank, fractions)
    train = Train([train.cores[0] * big + 1, *train.cores[1:]])
    tucker = tucker_of_tensor(train.tensor())
    written = {CP: cp_to_tensor, Train: tt_to_tensor, Tucker: tucker_to_tensor}
    for model in (cp, train, tucker):
        theirs = to_tensorly(model)
        assert same_tensor(model, written[type(model)](theirs))
        back = from_tensorly(theirs)
        assert type(back) is type(model)
        assert same_tensor(model, back)


@pytest.mark.parametrize("model", [random_cp(1, (2, 3), 3, True), random_train(2, (2, 3, 2), 2, True)])
def test_tensorly_gets_floats_where_they_are_asked_for(model):
    rounded = from_tensorly(to_tensorly(model, floats=True)).tensor()
    assert rounded.dtype == np.float64
    assert np.allclose(rounded, model.tensor().astype(float))


def test_tensorlys_own_decompositions_are_read():
    from tensorly.decomposition import tensor_train as decompose
    from tensorly.decomposition import tucker

    tensor = random_train(1, (2, 3, 2), 2).tensor().astype(float)
    train = from_tensorly(decompose(tensor, [1, 2, 2, 1]))
    assert np.allclose(train.tensor(), tensor)
    assert np.allclose(from_tensorly(tucker(tensor, [2, 3, 2])).tensor(), tensor)
    assert np.allclose(tree_of_train(train).tensor(), tensor)


def test_floats_make_circuits_of_floats():
    cp = CP([[[0.5, 2.0], [1.0, 4.0]]] * 4)
    assert grid_tensor(circuit_of_cp(cp)).dtype == np.float64
    assert np.allclose(grid_tensor(circuit_of_tree(tree_of_cp(cp))), cp.tensor())


@pytest.mark.parametrize("nodes", [((0, ~1), (~2, 3), (1, 2)), ((~1, ~2), (0, 2), (1, 3))])
def test_trees_of_cores(nodes):
    cores = CoreTree((2, 3, 2, 2), nodes, (2, 3, 1, 2, 2, 2))
    weights = random_weights(cores.graph, seed=4)
    tree = tree_of_graph(cores, weights)
    assert same_tensor(tree, weights)
    assert same_tensor(graph_of_tree(tree), weights)
    with pytest.raises(InputError, match="weighted"):
        tree_of_graph(cores, random_weights(tensor_train(4, 2, 2)))


def test_zero_tensors():
    zero = np.zeros((2, 2, 2, 2), dtype=np.int64)
    assert train_of_tensor(zero).ranks == (1, 1, 1)
    tree = tree_of_tensor(zero)
    assert not grid_tensor(circuit_of_tree(tree)).any()
    assert cp_of_tree(tree).terms == cp_of_train(train_of_tensor(zero)).terms == 1


def test_bad_input():
    eye = [[1, 0], [0, 1]]
    bad = [
        (lambda: CP([]), "factors"),
        (lambda: CP([eye, [[1]]]), "factors"),
        (lambda: CP([eye, eye], [1]), "factors"),
        (lambda: CP([[1, 2]]), "factors 0"),
        (lambda: CP([[["a"]]]), "factors 0"),
        (lambda: Train([[[[1, 2]]], [[[1], [0]]]]), "cores"),
        (lambda: Train("abc"), "factors"),
        (lambda: Tucker(eye, [eye]), "factors"),
        (lambda: Node(Leaf(0, eye), Leaf(1, eye), [[[1]]]), "core"),
        (lambda: Tree(Leaf(0, eye)), "root"),
        (lambda: Tree(Leaf(1, [[1], [1]])), "root"),
        (lambda: train_of_tensor([[0.5, 1.0]]), "tensor"),
        (lambda: train_of_tensor(np.ones((2,) * 21, dtype=np.int64)), "tensor"),
        (lambda: tree_of_tensor(np.ones((2, 2)), (0, 0)), "tree"),
        (lambda: tree_of_tensor([eye, eye], (0, 1, 2)), "tree"),
        (lambda: cp_of_train(Train([[[[0.5]]]])), "train"),
        (lambda: circuit_of_cp(random_cp(0, (2, 3), 1)), "tensor"),
        (lambda: circuit_of_tree(random_tree(0, (2, 2, 2), 1)), "tree"),
        (lambda: circuit_of_tree(random_tree(0, (2,) * 4, 1, (((0, 1), 2), 3))), "tree"),
        (lambda: cp_of_circuit(integer_weights(ConvAC(4, 2, [ConvLayer(2, 2, 1), ConvLayer(2, 2, 1)]), 0)), "weights"),
        (lambda: to_tensorly(random_tree(0, (2, 2), 1)), "tensor"),
        (lambda: from_tensorly(np.ones(2)), "tensor"),
        (lambda: train_of_graph(graph_of_tree(random_tree(0, (2, 2, 2), 1))), "weighted"),
        (lambda: cp_of_tree(random_tree(0, [2] * 32, 3)), "products"),
    ]
    for make, name in bad:
        with pytest.raises(InputError, match=name):
            make()
