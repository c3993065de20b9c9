"""Sum-product networks: graphs of weighted sums and products over indicators of the observed variables.

A network is *complete* if the children of a sum speak of the same variables, and *decomposable* if the children of a
product speak of different ones; then it is a density that is multilinear in the indicators, and marginals cost one
pass (Poon, Domingos, UAI 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product as all_of
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.exact.arrays import as_exact
from algebra.sequences import as_list
from algebra.shown import Shown
from tensors.networks.arrays import check_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tensors.mixtures.models import LatentTree
    from tensors.mixtures.weights import WeightedGraph


@dataclass(frozen=True)
class Indicators(Shown):
    """A weighted sum of the indicators of one variable.

    Parameters
    ----------
    variable : int
    weights : tuple
        One for each value.
    """

    variable: int
    weights: tuple[int | Fraction, ...]


@dataclass(frozen=True)
class Sum(Shown):
    """A weighted sum of earlier nodes.

    Parameters
    ----------
    children : tuple of int
        Numbers of earlier nodes.
    weights : tuple of exact numbers
        One for each child.
    """

    children: tuple[int, ...]
    weights: tuple[int | Fraction, ...]


@dataclass(frozen=True)
class Product(Shown):
    """A product of earlier nodes.

    Parameters
    ----------
    children : tuple of int
        Numbers of earlier nodes.
    """

    children: tuple[int, ...]


Node = Indicators | Sum | Product


@dataclass(frozen=True)
class SumProductNetwork(Shown):
    """A directed acyclic graph of sums and products; the last node is the root.

    Parameters
    ----------
    symbols : tuple of int
        Number of values of each observed variable.
    nodes : tuple of Indicators, Sum or Product
        Children come before their parents.

    Raises
    ------
    InputError
        If a child comes after its parent, weights do not fit or are negative, a sum is not complete, a product is not
        decomposable, or the root does not speak of every variable.

    Examples
    --------
    >>> even = (Indicators(0, (1, 0)), Indicators(1, (1, 0)), Indicators(0, (0, 1)), Indicators(1, (0, 1)))
    >>> network = SumProductNetwork((2, 2), (*even, Product((0, 1)), Product((2, 3)), Sum((4, 5), (3, 4))))
    >>> network.tensor().tolist(), network.edges
    ([[3, 0], [0, 4]], 14)
    """

    symbols: tuple[int, ...]
    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        wanted = "a list of integers of at least 1"
        symbols = tuple(as_integer("symbols", dim, 1, wanted) for dim in as_list("symbols", self.symbols, wanted))
        object.__setattr__(self, "symbols", symbols)
        nodes = as_list("nodes", self.nodes, "a list of at least one node")
        if not nodes:
            raise InputError("nodes", self.nodes, "a list of at least one node")
        checked = tuple(self._checked(i, node) for i, node in enumerate(nodes))
        object.__setattr__(self, "nodes", checked)
        if self.scopes[-1] != frozenset(range(len(self.symbols))):
            raise InputError("nodes", sorted(self.scopes[-1]), "such that the root speaks of every variable")

    def _checked(self, place: int, node: Node) -> Node:
        if not isinstance(node, Indicators | Sum | Product):
            raise InputError("nodes", node, "Indicators, a Sum or a Product")
        if isinstance(node, Indicators):
            weights = as_list("nodes", node.weights, "indicators with a list of weights")
            variable = as_integer("nodes", node.variable, allowed="indicators of a variable, which is an integer")
            if not 0 <= variable < len(self.symbols) or len(weights) != self.symbols[variable]:
                raise InputError("nodes", node, "indicators of a variable, with one weight for each value")
            return Indicators(variable, _weights(weights))
        before = "a node whose children are integers and come before it"
        children = tuple(as_integer("nodes", c, allowed=before) for c in as_list("nodes", node.children, before))
        if not children or any(not 0 <= child < place for child in children):
            raise InputError("nodes", node, before)
        if isinstance(node, Sum):
            weights = as_list("nodes", node.weights, "a sum with one weight for each child")
            if len(weights) != len(children):
                raise InputError("nodes", node, "a sum with one weight for each child")
            return Sum(children, _weights(weights))
        return Product(children)

    @cached_property
    def scopes(self) -> tuple[frozenset[int], ...]:
        """The observed variables that each node speaks of.

        Raises
        ------
        InputError
            If a sum is not complete or a product not decomposable.
        """
        found: list[frozenset[int]] = []
        for node in self.nodes:
            below = [] if isinstance(node, Indicators) else [found[child] for child in node.children]
            if isinstance(node, Sum) and len(set(below)) > 1:
                raise InputError("nodes", node, "complete: the children of a sum speak of the same variables")
            scope = frozenset().union(*below) if below else frozenset({getattr(node, "variable", -1)})
            if isinstance(node, Product) and sum(map(len, below)) != len(scope):
                raise InputError("nodes", node, "decomposable: the children of a product speak of different variables")
            found.append(scope)
        return tuple(found)

    @property
    def edges(self) -> int:
        """Size of the network: the children of all sums and products, and the weights of the indicators."""
        return sum(len(n.weights) if isinstance(n, Indicators) else len(n.children) for n in self.nodes)

    def value(self, likelihoods: Sequence[Sequence[Any]]) -> Any:
        """Evaluate the network, one vector for each variable; all ones sum a variable out.

        Parameters
        ----------
        likelihoods : sequence of sequences of numbers

        Returns
        -------
        number
            Exact if the weights and the vectors are.

        Raises
        ------
        InputError
            If a vector has another length than the variable has values.
        """
        if [len(q) for q in likelihoods] != list(self.symbols):
            raise InputError("likelihoods", [len(q) for q in likelihoods], f"vectors of lengths {list(self.symbols)}")
        values: list[Any] = []
        for node in self.nodes:
            if isinstance(node, Indicators):
                values.append(sum(w * q for w, q in zip(node.weights, likelihoods[node.variable], strict=True)))
            elif isinstance(node, Sum):
                values.append(sum(w * values[child] for w, child in zip(node.weights, node.children, strict=True)))
            else:
                values.append(prod(values[child] for child in node.children))
        return values[-1]

    def tensor(self) -> NDArray[Any]:
        """Write the density tensor out.

        Returns
        -------
        numpy.ndarray of object
            One axis a variable.

        Raises
        ------
        InputError
            If it has more than a million entries.
        """
        check_size(self.symbols)
        found = np.empty(self.symbols, dtype=object)
        for x in all_of(*map(range, self.symbols)):
            found[x] = self.value([[int(i == v) for i in range(n)] for v, n in zip(x, self.symbols, strict=True)])
        return found


def _weights(weights: Sequence[Any]) -> tuple[int | Fraction, ...]:
    exact = tuple(as_exact("weights", w) for w in weights)
    if any(w < 0 for w in exact):
        raise InputError("weights", weights, "nonnegative")
    return exact


def spn_of_latent_tree(tree: LatentTree, weighted: WeightedGraph) -> SumProductNetwork:
    """Turn a latent tree model into a sum-product network of a size linear in its parameters.

    One product for each state of each hidden variable; one sum for each hidden variable and each state of its parent.

    Parameters
    ----------
    tree : LatentTree
    weighted : WeightedGraph
        Tables for ``tree.graph``.

    Returns
    -------
    SumProductNetwork

    Examples
    --------
    >>> from tensors.mixtures import hidden_markov, random_weights
    >>> chain = hidden_markov(4, symbols=3, states=2)
    >>> weights = random_weights(chain.graph)
    >>> bool((spn_of_latent_tree(chain, weights).tensor() == weights.tensor()).all())
    True
    """
    tables = weighted.tables
    nodes: list[Node] = []
    products: dict[int, list[int]] = {}
    for h in reversed(range(len(tree.states))):
        hidden, leaves = tree.children[h]
        products[h] = []
        for state in range(tree.states[h]):
            children = []
            for j in leaves:
                nodes.append(Indicators(j, tuple(tables[tree.emission(j)][state])))
                children.append(len(nodes) - 1)
            for c in hidden:
                nodes.append(Sum(tuple(products[c]), tuple(tables[tree.edge(c)][state])))
                children.append(len(nodes) - 1)
            nodes.append(Product(tuple(children)))
            products[h].append(len(nodes) - 1)
    nodes.append(Sum(tuple(products[0]), tuple(tables[tree.prior])))
    return SumProductNetwork(tree.symbols, tuple(nodes))
