import json
import math
from fractions import Fraction
from itertools import product
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from tensors.mixtures import (
    CoreTree,
    Indicators,
    LatentTree,
    Product,
    Sum,
    SumProductNetwork,
    WeightedGraph,
    approximate,
    balanced_cores,
    balanced_tree,
    bond_exponents,
    components_needed,
    cores_of_latent_tree,
    hidden_markov,
    largest_cut,
    latent_tree,
    latent_tree_of_cores,
    markov_of_train,
    nonnegative_rank,
    parameter_count,
    random_weights,
    rectangle_cover,
    separating_rows,
    separation_exponent,
    shallow_mixture,
    spn_of_latent_tree,
    stochastic,
    tensor_train,
    train_cut,
)
from tensors.networks import FactorGraph
from tensors.networks.cuts import minimal_cut
from tests.mixtures.oracles import least_cover, tensor_of
from tests.properties import examples

REFERENCE = Path(__file__).parents[1] / "data" / "mixtures_reference.jsonl"
ROWS = [json.loads(line) for line in REFERENCE.read_text().splitlines()]
HEXAGON = [[(0, 0, 1, 2, 2, 1)[(j - i) % 6] for j in range(6)] for i in range(6)]


@st.composite
def latent_trees(draw, most=5, large=False):
    """Random latent trees with at least two leaves."""
    hidden = draw(st.integers(1, 4))
    states = (2,) * hidden if large else tuple(draw(st.lists(st.integers(1, 3), min_size=hidden, max_size=hidden)))
    parents = (-1, *(draw(st.integers(0, h - 1)) for h in range(1, hidden)))
    bare = [h for h in range(hidden) if h not in parents]
    extra = draw(st.lists(st.integers(0, hidden - 1), min_size=1 + (len(bare) < 2), max_size=max(2, most - len(bare))))
    above = draw(st.permutations(bare + extra))
    symbols = (3,) * len(above) if large else tuple(draw(st.integers(1, 3)) for _ in above)
    return LatentTree(symbols, states, parents, tuple(above))


def same(a, b):
    return a.shape == b.shape and bool((a == b).all())


# ---- weights


@examples(25)
@given(latent_trees(most=4), st.integers(0, 9))
def test_tensors_are_the_sum_over_all_assignments(tree, seed):
    weights = random_weights(tree.graph, seed)
    tensor, entries = weights.tensor(), tensor_of(tree.graph, [table.tolist() for table in weights.tables])
    assert all(tensor[x] == value for x, value in entries.items())
    assert tensor.sum() == weights.total() == 1


def test_inference_by_likelihood_vectors():
    chain = hidden_markov(5, symbols=3, states=2)
    weights = random_weights(chain.graph, seed=4)
    tensor = weights.tensor()
    x = (2, 0, 1, 1, 0)
    assert weights.probability(x) == tensor[x]
    assert weights.probability([2, None, 1, None, 0]) == tensor[2, :, 1, :, 0].sum()
    likelihoods = [[Fraction(i + j + 1, 7) for i in range(3)] for j in range(5)]
    expected = sum(
        tensor[y] * math.prod(likelihoods[j][i] for j, i in enumerate(y)) for y in product(range(3), repeat=5)
    )
    assert weights.value(likelihoods) == expected


def test_stationary_models_share_tables():
    chain = hidden_markov(4, symbols=2, states=3, stationary=True)
    weights = random_weights(chain.graph)
    assert same(weights.tables[1], weights.tables[2])
    assert weights.total() == 1
    with pytest.raises(InputError, match="tied"):
        WeightedGraph(chain.graph, [*weights.tables[:1], weights.tables[1] * 2, *weights.tables[2:]])


@pytest.mark.parametrize("bad", [0.5, True, "x", "1/0", None])
def test_tables_are_exact(bad):
    with pytest.raises(InputError, match="tables"):
        WeightedGraph(FactorGraph((2,), 1, ((0,),)), [[1, bad]])


def test_shapes_are_checked():
    graph = FactorGraph((2,), 1, ((0,),))
    for tables in ([], [[1, 2, 3]], [[[1], [2]]]):
        with pytest.raises(InputError, match="tables"):
            WeightedGraph(graph, tables)
    weighted = WeightedGraph(graph, [[1, 2]])
    with pytest.raises(InputError, match="assignment"):
        weighted.probability([2])
    with pytest.raises(InputError, match="likelihoods"):
        weighted.value([])


# ---- models


def test_parameter_counts_of_the_formats():
    d, m, k = 8, 3, 2
    assert parameter_count(shallow_mixture(d, m, k).graph) == k + d * k * m
    assert parameter_count(hidden_markov(d, m, k).graph) == k + (d - 1) * k * k + d * k * m
    assert parameter_count(hidden_markov(d, m, k, stationary=True).graph) == k + k * k + k * m
    assert parameter_count(tensor_train(d, m, k)) == (d - 2) * m * k * k + 2 * m * k
    assert parameter_count(balanced_tree(d, m, k).graph) == k + (d - 2) * k * k + d * k * m
    assert parameter_count(balanced_cores(d, m, k).graph) == (d - 2) * k**3 + k * k + d * k * m


def test_named_models_are_latent_trees_of_networkx_trees():
    star = latent_tree(nx.star_graph(5), symbols=3, states=4)
    assert star == shallow_mixture(5, 3, 4)
    caterpillar = nx.Graph([("a", "b"), ("b", "c"), ("a", 0), ("b", 1), ("c", 2), ("a", 3), ("c", 4)])
    tree = latent_tree(caterpillar, symbols={0: 2, 1: 3, 2: 4, 3: 5, 4: 6})
    assert tree.symbols == (2, 3, 4, 5, 6)
    assert tree.parents == (-1, 0, 1)
    assert tree.leaf_parents == (0, 1, 2, 0, 2)


@pytest.mark.parametrize("tree", [nx.path_graph(2), nx.cycle_graph(4), nx.DiGraph([(0, 1), (0, 2)]), nx.Graph()])
def test_other_graphs_are_refused(tree):
    with pytest.raises(InputError, match="tree"):
        latent_tree(tree)


@pytest.mark.parametrize(
    "make",
    [
        lambda: hidden_markov(0, 2, 2),
        lambda: hidden_markov(3, 0, 2),
        lambda: shallow_mixture(3, 2, 0),
        lambda: balanced_tree(6, 2, 2),
        lambda: balanced_cores(3, 2, 2),
        lambda: tensor_train(1, 2, 2),
        lambda: tensor_train(4, 2, [2, 2]),
        lambda: tensor_train(4, 2, 0),
        lambda: LatentTree((2, 2), (2, 2), (-1, 1), (0, 1)),
        lambda: LatentTree((2, 2), (2, 2), (-1, 0), (0, 0)),
        lambda: LatentTree((2, 2), (2,), (-1,), (0,)),
        lambda: CoreTree((2, 2, 2), ((0, 1), (2, ~0)), (2, 2, 2, 2)),
        lambda: CoreTree((2, 2, 2), ((0, ~1), (1, 1)), (2, 2, 2, 2)),
        lambda: CoreTree((2, 2, 2), ((0, ~1), (1, 2)), (2, 2, 2)),
    ],
)
def test_bad_models_are_refused(make):
    with pytest.raises(InputError):
        make()


# ---- conversions


@examples(30)
@given(latent_trees(), st.integers(0, 9))
def test_latent_trees_become_sum_product_networks_of_linear_size(tree, seed):
    weights = random_weights(tree.graph, seed)
    network = spn_of_latent_tree(tree, weights)
    assert same(network.tensor(), weights.tensor())
    children = sum(k * (tree.parents.count(h) + tree.leaf_parents.count(h)) for h, k in enumerate(tree.states))
    assert network.edges == parameter_count(tree.graph) + children


@examples(30)
@given(latent_trees(), st.integers(0, 9))
def test_latent_trees_become_cores_with_as_many_states(tree, seed):
    weights = random_weights(tree.graph, seed)
    cores, converted = cores_of_latent_tree(tree, weights)
    assert same(converted.tensor(), weights.tensor())
    assert converted.is_nonnegative
    assert set(cores.bonds) <= set(tree.states)
    assert len(cores.nodes) == len(tree.symbols) - 1


@pytest.mark.parametrize("seed", range(4))
def test_cores_become_latent_trees_with_pairs_of_states(seed):
    cores = CoreTree((2, 3, 2, 3), ((~1, 3), (0, ~2), (2, 1)), (2, 3, 2, 3, 2, 2))
    weights = random_weights(cores.graph, seed)
    tree, converted = latent_tree_of_cores(cores, weights)
    assert same(converted.tensor(), weights.tensor())
    assert converted.is_nonnegative
    assert tree.states == (4, 6, 6)
    back, again = cores_of_latent_tree(tree, converted)
    assert same(again.tensor(), weights.tensor())
    assert len(back.nodes) == 3


@pytest.mark.parametrize("bonds", [2, 3, [1, 2, 3], [3, 1, 2]])
def test_trains_become_markov_models_with_pairs_of_states(bonds):
    train = tensor_train(4, 3, bonds)
    weights = random_weights(train, seed=7)
    chain, converted = markov_of_train(train, weights)
    assert same(converted.tensor(), weights.tensor())
    ends = train.variable_dims[4:]
    assert chain.states == (ends[0], ends[0] * ends[1], ends[1] * ends[2], ends[2])
    normal = stochastic(chain, converted)
    assert same(normal.tensor(), weights.tensor())
    assert all(sum(row) == 1 for table in normal.tables[1:] for row in table)
    assert sum(normal.tables[0]) == 1


def test_pairs_of_states_are_needed():
    train = tensor_train(8, 4, 2).rank(range(0, 8, 2))
    assert [int(hidden_markov(8, 4, k).graph.rank(range(0, 8, 2))) for k in (2, 4)] == [16, 256]
    assert int(train) == 128
    assert all(minimal_cut(hidden_markov(8, 4, k).graph, range(0, 8, 2)).product < 128 for k in (1, 2, 3))


def test_a_state_that_cannot_be_left_is_made_uniform():
    chain = hidden_markov(2, 2, 2)
    tables = [[1, 1], [[0, 1], [0, 0]], [[1, 1], [0, 0]], [[1, 0], [3, 1]]]
    weights = WeightedGraph(chain.graph, tables)
    normal = stochastic(chain, weights)
    assert same(normal.tensor(), weights.normalised().tensor())


def test_other_graphs_are_no_trains():
    chain = hidden_markov(3, 2, 2)
    with pytest.raises(InputError, match="train"):
        markov_of_train(chain.graph, random_weights(chain.graph))
    with pytest.raises(InputError, match="train"):
        train_cut(chain.graph, [0])
    shared = hidden_markov(3, 2, 2, stationary=True)
    weights = random_weights(shared.graph)
    with pytest.raises(InputError, match="stationary"):
        stochastic(shared, weights)


# ---- sum-product networks


@pytest.mark.parametrize(
    "nodes",
    [
        (),
        (Indicators(0, (1, 1)), Indicators(1, (1, 1)), Sum((0, 1), (1, 1))),
        (Indicators(0, (1, 1)), Indicators(0, (1, 1)), Product((0, 1))),
        (Indicators(0, (1, 1)), Product((0, 1)), Indicators(1, (1, 1))),
        (Indicators(0, (1, 1)),),
        (Indicators(0, (1, 1)), Indicators(1, (1, -1)), Product((0, 1))),
        (Indicators(0, (1, 1)), Indicators(1, (1, 0.5)), Product((0, 1))),
        (Indicators(0, (1, 1)), Indicators(2, (1, 1)), Product((0, 1))),
        (Indicators(0, (1, 1)), Indicators(1, (1, 1, 1)), Product((0, 1))),
        (Indicators(0, (1, 1)), Indicators(1, (1, 1)), Product((0, 1)), Sum((2,), (1, 1))),
        (Product(()),),
    ],
)
def test_networks_that_are_no_densities_are_refused(nodes):
    with pytest.raises(InputError):
        SumProductNetwork((2, 2), nodes)


def test_networks_share_nodes_and_marginalise():
    shared = (Indicators(0, (1, 2)), Indicators(1, (3, 4)), Indicators(1, (5, 6)), Product((0, 1)), Product((0, 2)))
    network = SumProductNetwork((2, 2), (*shared, Sum((3, 4), (1, "1/2"))))
    assert network.value([[1, 1], [1, 1]]) == network.tensor().sum() == Fraction(75, 2)
    assert network.value([[0, 1], [1, 1]]) == network.tensor()[1].sum()
    with pytest.raises(InputError):
        network.value([[1, 1]])


# ---- separation


@examples(40)
@given(latent_trees(most=6, large=True))
def test_the_separation_exponent_is_the_largest_cut(tree):
    exponent = separation_exponent(tree)
    assert largest_cut(tree.graph) == 2**exponent == components_needed(tree)
    bounds = tree.graph.rank(separating_rows(tree))
    assert bounds.lower == bounds.upper == 2**exponent


def test_separation_exponents_of_the_named_trees():
    for d in (2, 4, 8, 16, 32):
        assert separation_exponent(shallow_mixture(d, 2, 2)) == 1
        assert separation_exponent(balanced_tree(d, 2, 2)) == d // 2
        assert separation_exponent(hidden_markov(d + 1, 2, 2)) == d // 2
    with pytest.raises(InputError, match="tied"):
        components_needed(hidden_markov(4, 2, 2, stationary=True))


@examples(60)
@given(st.integers(2, 9), st.integers(1, 5), st.data())
def test_the_dynamic_program_is_the_minimal_cut(variables, symbols, data):
    bonds = data.draw(st.lists(st.integers(1, 6), min_size=variables - 1, max_size=variables - 1))
    rows = data.draw(st.lists(st.integers(0, variables - 1), unique=True))
    train = tensor_train(variables, symbols, bonds)
    assert train_cut(train, rows) == minimal_cut(train, rows).product


def test_trees_and_chains_need_each_others_exponents():
    for row in (row for row in ROWS if row["g"] == "tree_to_chain"):
        prefixes = [range(t) for t in range(1, row["N"])]
        assert max(bond_exponents(balanced_tree(row["N"], 2, 2), prefixes)) == row["max_prefix_exponent"]
    row = next(row for row in ROWS if row["g"] == "chain_to_tree")
    blocks = [range(i, i + size) for size in (1, 2, 4) for i in range(0, 8, size)]
    assert max(bond_exponents(hidden_markov(8, 2, 2), blocks)) == row["max_node_exponent"]


# ---- nonnegative ranks


@pytest.mark.parametrize("row", [row for row in ROWS if row["g"] == "nonneg_rank"], ids=lambda row: row["name"])
def test_reference_nonnegative_ranks(row):
    found = nonnegative_rank(row["matrix"])
    assert (found.rank, found.boolean_rank) == (row["rank"], row["boolean_rank"])
    assert found.bounds.lower == found.bounds.upper == row["nonneg_rank"]


def test_the_hexagon_needs_five():
    found = nonnegative_rank(HEXAGON)
    assert (found.rank, found.boolean_rank, int(found.bounds), found.bounds.upper_by) == (3, 5, 5, "factorisation")
    left, right = (np.array(side, dtype=object) for side in (found.left, found.right))
    assert left.shape == (6, 5)
    assert (left >= 0).all()
    assert (right >= 0).all()
    assert (left @ right == np.array(HEXAGON)).all()


@examples(60)
@given(st.integers(1, 4), st.integers(1, 5), st.randoms(use_true_random=False))
def test_covers_and_factorisations_of_random_matrices(height, width, draw):
    matrix = [[draw.choice([0, 0, 1, 2, 3]) for _ in range(width)] for _ in range(height)]
    found = nonnegative_rank(matrix)
    assert len(found.cover) == found.boolean_rank == least_cover(matrix) == len(rectangle_cover(matrix))
    assert len(found.fooling_set) <= found.boolean_rank <= found.bounds.upper
    product_ = [
        [sum(x * row[j] for x, row in zip(left, found.right, strict=True)) for j in range(width)] for left in found.left
    ]
    assert product_ == matrix
    assert found.bounds.upper <= min(height, width)
    if found.rank <= 2:
        assert found.bounds.lower == found.bounds.upper == found.rank


@pytest.mark.parametrize("bad", [[], [[]], [[1, -1]], [[0.5]], [[1], [1, 2]], [[1] * 13] * 13])
def test_bad_matrices_are_refused(bad):
    with pytest.raises(InputError, match="matrix"):
        nonnegative_rank(bad)


# ---- approximation


@pytest.mark.parametrize("gram", [None, [[2, 1, 0], [1, 2, 1], [0, 1, 2]]])
def test_few_products_approximate_within_the_bound(gram):
    weights = random_weights(hidden_markov(4, symbols=3, states=2).graph, seed=3)
    found = approximate(weights.tensor(), steps=40, gram=gram)
    assert found.holds
    assert max(found.scaled_errors) <= math.sqrt(found.constant) + 1e-12
    assert found.components <= 40
    target = weights.tensor().astype(float)
    mixture = np.zeros(target.shape)
    for place in found.products:
        mixture[place] += 1 / 40
    g = np.eye(3) if gram is None else np.array(gram, dtype=float)
    gap = mixture - target
    error = np.einsum("abcd,ae,bf,cg,dh,efgh->", gap, g, g, g, g, gap, optimize=True)
    assert math.isclose(float(found.squared_errors[-1]), error, rel_tol=1e-9)


def test_exact_rank_is_large_where_the_error_is_small():
    chain = hidden_markov(6, symbols=2, states=2)
    weights = random_weights(chain.graph, seed=1)
    assert weights.rank([0, 2, 4]) == components_needed(chain) == 8
    assert approximate(weights.tensor(), steps=4).squared_errors[-1] < Fraction(1, 4)


@pytest.mark.parametrize(
    ("density", "steps", "gram"),
    [
        ([[1, 1], [1, 1]], 3, None),
        ([[2, -1], [0, 0]], 3, None),
        ([["1/2", "1/2"]], 3, None),
        ([1, 0], 0, None),
        ([1, 0], 2, [[1, 0]]),
        ([1, 0], 2, [[1, 2], [0, 1]]),
        ([0.5, 0.5], 2, None),
    ],
)
def test_bad_densities_are_refused(density, steps, gram):
    with pytest.raises(InputError):
        approximate(density, steps, gram)
