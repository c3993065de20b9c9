"""Arguments that people try with factor graphs, trees and sum-product networks."""

import networkx as nx
import numpy as np
import pytest

from algebra.errors import InputError
from tensors.mixtures import (
    CoreTree,
    LatentTree,
    SumProductNetwork,
    hidden_markov,
    latent_tree,
    nonnegative_rank,
    shallow_mixture,
    tensor_train,
)
from tensors.mixtures.spn import Indicators, Product, Sum
from tensors.networks import FactorGraph

LEAVES = (Indicators(0, (1, 0)), Indicators(1, (1, 0)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: FactorGraph({4, 2, 3}, 2, ((0, 1),)),
        lambda: FactorGraph({4: 1, 2: 1}, 2, ((0, 1),)),
        lambda: FactorGraph(b"\x04\x02", 2, ((0, 1),)),
        lambda: FactorGraph(None, 2, ()),
        lambda: FactorGraph((4, 2, ()), 2, ()),
        lambda: FactorGraph((4, 2), 2, (0, 1)),
        lambda: FactorGraph((4, 2), 2, ({0, 1},)),
        lambda: FactorGraph((4, 2), 2, {(0, 1)}),
        lambda: FactorGraph((4, 2), 2, ((0,), (1,)), (0, 1)),
        lambda: FactorGraph((4, 2), 2, ((0,), (1,)), {(0, 1)}),
        lambda: nonnegative_rank([1, 2]),
        lambda: nonnegative_rank(["12", "34"]),
        lambda: nonnegative_rank([b"12", b"34"]),
        lambda: nonnegative_rank({(1, 2), (3, 4)}),
        lambda: nonnegative_rank(None),
        lambda: latent_tree(None),
        lambda: latent_tree([(0, 1)]),
        lambda: latent_tree(nx.star_graph(3), symbols={1: 2}),
        lambda: latent_tree(nx.star_graph(3), symbols=2.0),
        lambda: latent_tree(nx.star_graph(3), symbols={1: 2, 2: 2, 3: "2"}),
        lambda: tensor_train(3, 2, 2.0),
        lambda: tensor_train(3, 2, "22"),
        lambda: tensor_train(3, 2, {2, 3}),
        lambda: tensor_train(3, 2, None),
        lambda: LatentTree(None, (2,), (-1,), (0,)),
        lambda: LatentTree((2, 2), (2,), None, (0, 0)),
        lambda: LatentTree((2, 2), (2,), (-1,), (0, 0.0)),
        lambda: LatentTree({2, 3}, (2,), (-1,), (0, 0)),
        lambda: CoreTree((2, 2), None, (2, 2)),
        lambda: CoreTree((2, 2), ((0, 1, 2),), (2, 2)),
        lambda: CoreTree((2, 2), (0, 1), (2, 2)),
        lambda: CoreTree((2, 2), ((0, 1),), {2: 1, 3: 1}),
        lambda: SumProductNetwork((2, 2), (*LEAVES, (0, 1))),
        lambda: SumProductNetwork((2, 2), (*LEAVES, None)),
        lambda: SumProductNetwork((2, 2), (*LEAVES, Product((0.0, 1)))),
        lambda: SumProductNetwork((2, 2), (*LEAVES, Product(None))),
        lambda: SumProductNetwork((2, 2), (*LEAVES, Product({0, 1}))),
        lambda: SumProductNetwork((2, 2), (*LEAVES, Product((0, 1)), Sum((2,), None))),
        lambda: SumProductNetwork((2,), (Indicators(0.0, (1, 0)),)),
        lambda: SumProductNetwork((2,), (Indicators(0, None),)),
        lambda: SumProductNetwork(None, LEAVES),
        lambda: SumProductNetwork((2,), None),
    ],
)
def test_what_is_no_list_is_refused(call):
    with pytest.raises(InputError):
        call()


def test_what_is_meant_is_taken():
    assert tensor_train(3, 2, np.int64(2)).label == tensor_train(3, 2, 2).label
    assert tensor_train(3, 2, np.array([2, 3])).variable_dims == (2, 2, 2, 2, 3)
    assert latent_tree(nx.star_graph(3), symbols=np.int64(3)).symbols == (3, 3, 3)
    assert FactorGraph([4, 2], np.int64(2), [[0, 1]]).label == FactorGraph((4, 2), 2, ((0, 1),)).label
    assert nonnegative_rank(np.array([[1, 2], [3, 4]])).rank == 2


@pytest.mark.parametrize("count", [10**12, 10**400])
def test_models_of_any_size_are_refused_before_they_are_built(count):
    for call in (
        lambda: shallow_mixture(count, 2, 2),
        lambda: hidden_markov(count, 2, 2),
        lambda: tensor_train(count, 2, 2),
    ):
        with pytest.raises(InputError, match="fits into memory"):
            call()


def test_a_tensor_of_too_many_axes_is_refused():
    many = SumProductNetwork((1,) * 65, (*(Indicators(j, (1,)) for j in range(65)), Product(tuple(range(65)))))
    with pytest.raises(InputError, match="64"):
        many.tensor()
