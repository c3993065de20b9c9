"""Homogeneous mixtures as factor graphs: shallow mixtures, Markov and latent tree models, trains, trees of cores.

A density over d variables with M component densities each is given by its density tensor W: nonnegative, of order d
with modes of size M. Each model says how W is a sum over hidden variables; see Jaini, Poupart, Yu, *Deep Homogeneous
Mixture Models*, NeurIPS 2018, and Sharir, Tamari, Cohen, Shashua, *Tensorial Mixture Models*, arXiv 1610.04167.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.memory import check_fits
from algebra.sequences import as_list
from algebra.shown import Shown
from tensors.networks.factor_graph import FactorGraph

if TYPE_CHECKING:
    from collections.abc import Sequence


VARIABLE_BYTES = 400
"""Of a variable of a factor graph: its dimension, the scopes of its factors, its numbers in them."""


def parameter_count(graph: FactorGraph) -> int:
    """Number of entries of all tables, those of tied factors once: the unconstrained parameters.

    Parameters
    ----------
    graph : FactorGraph

    Returns
    -------
    int

    Examples
    --------
    >>> parameter_count(hidden_markov(4, symbols=3, states=2).graph)
    38
    """
    return graph.table_entries


@dataclass(frozen=True)
class LatentTree(Shown):
    """A rooted tree of hidden variables with observed leaves; edges carry matrices.

    Parameters
    ----------
    symbols : tuple of int
        Number of values of each observed variable.
    states : tuple of int
        Number of values of each hidden variable.
    parents : tuple of int
        For each hidden variable its parent; -1 for the root. Parents come before their children.
    leaf_parents : tuple of int
        For each observed variable the hidden variable above it.
    stationary : bool
        All edges between hidden variables share one matrix, and all edges to leaves another.

    Raises
    ------
    InputError
        If it is no such tree, or stationary with matrices of different shapes.

    Examples
    --------
    >>> LatentTree((3, 3, 3), (2, 2), (-1, 0), (0, 1, 1)).graph.factor_scopes
    ((3,), (3, 4), (3, 0), (4, 1), (4, 2))
    """

    symbols: tuple[int, ...]
    states: tuple[int, ...]
    parents: tuple[int, ...]
    leaf_parents: tuple[int, ...]
    stationary: bool = False

    def __post_init__(self) -> None:
        for name in ("symbols", "states"):
            wanted = "a list of at least one integer, each at least 1"
            values = tuple(as_integer(name, v, 1, wanted) for v in as_list(name, getattr(self, name), wanted))
            if not values:
                raise InputError(name, values, wanted)
            object.__setattr__(self, name, values)
        for name in ("parents", "leaf_parents"):
            object.__setattr__(self, name, _integers(name, getattr(self, name)))
        if len(self.parents) != len(self.states) or self.parents[0] != -1:
            raise InputError("parents", self.parents, "one parent for each hidden variable, -1 for the first, the root")
        if any(not 0 <= parent < child for child, parent in enumerate(self.parents[1:], start=1)):
            raise InputError("parents", self.parents, "such that parents come before their children")
        if len(self.leaf_parents) != len(self.symbols) or any(
            not 0 <= parent < len(self.states) for parent in self.leaf_parents
        ):
            raise InputError("leaf_parents", self.leaf_parents, "one hidden variable for each observed one")
        if set(range(len(self.states))) - set(self.parents) - set(self.leaf_parents):
            raise InputError("leaf_parents", self.leaf_parents, "such that no hidden variable is a leaf")

    @cached_property
    def graph(self) -> FactorGraph:
        """The factor graph: hidden variables after the observed ones; prior, edges, then edges to leaves."""
        d = len(self.symbols)
        edges = tuple((d + self.parents[h], d + h) for h in range(1, len(self.states)))
        leaves = tuple((d + parent, j) for j, parent in enumerate(self.leaf_parents))

        # The prior is factor 0; in a stationary tree all edges share one table, and all leaves another.
        tied = None
        if self.stationary:
            first_leaf = len(edges) + 1
            tied = (tuple(range(1, first_leaf)), tuple(range(first_leaf, first_leaf + d)))

        dims = (*self.symbols, *self.states)
        return FactorGraph(dims, d, ((d,), *edges, *leaves), tied)

    @property
    def prior(self) -> int:
        """The factor that holds the prior of the root."""
        return 0

    def edge(self, hidden: int) -> int:
        """The factor between a hidden variable and its parent; its axes are the parent's, then its own states.

        Parameters
        ----------
        hidden : int
            The hidden variable.

        Returns
        -------
        int
            Its number among the factors of `graph`.
        """
        return hidden

    def emission(self, leaf: int) -> int:
        """The factor between an observed variable and its parent; its axes are states, then symbols.

        Parameters
        ----------
        leaf : int
            The observed variable.

        Returns
        -------
        int
            Its number among the factors of `graph`.
        """
        return len(self.states) + leaf

    @cached_property
    def children(self) -> tuple[tuple[list[int], list[int]], ...]:
        """The hidden variables and the observed ones directly below each hidden variable."""
        found: tuple[tuple[list[int], list[int]], ...] = tuple(([], []) for _ in self.states)
        for h, parent in enumerate(self.parents[1:], start=1):
            found[parent][0].append(h)
        for j, parent in enumerate(self.leaf_parents):
            found[parent][1].append(j)
        return found


def _integers(name: str, values: Any) -> tuple[int, ...]:
    wanted = "a list of integers"
    return tuple(as_integer(name, value, allowed=wanted) for value in as_list(name, values, wanted))


def _sizes(variables: int, symbols: int, states: int, least: int = 1) -> None:
    check_fits("variables", variables, VARIABLE_BYTES * as_integer("variables", variables, least))
    as_integer("symbols", symbols, 1)
    as_integer("states", states, 1)


def shallow_mixture(variables: int, symbols: int, states: int, tied: bool = False) -> LatentTree:
    """One hidden variable: W is a sum of `states` products, a nonnegative CP decomposition.

    Parameters
    ----------
    variables : int
        Observed ones.
    symbols : int
        Values of each.
    states : int
        Components of the mixture.
    tied : bool
        Whether all variables share their table.

    Returns
    -------
    LatentTree

    Examples
    --------
    >>> shallow_mixture(6, symbols=3, states=2).graph.rank([0, 2, 4])
    2 (proved)
    """
    _sizes(variables, symbols, states)
    return LatentTree((symbols,) * variables, (states,), (-1,), (0,) * variables, tied)


def hidden_markov(variables: int, symbols: int, states: int, stationary: bool = False) -> LatentTree:
    """A chain of hidden states, each with one observation.

    Parameters
    ----------
    variables : int
        Observed ones, in a chain.
    symbols : int
        Values of each.
    states : int
        Hidden states.
    stationary : bool
        Whether all steps share their tables.

    Returns
    -------
    LatentTree

    Examples
    --------
    >>> hidden_markov(6, symbols=3, states=2, stationary=True).graph.rank([0, 2, 4])
    8 (proved)
    """
    _sizes(variables, symbols, states)
    chain = tuple(range(-1, variables - 1))
    return LatentTree((symbols,) * variables, (states,) * variables, chain, tuple(range(variables)), stationary)


def balanced_tree(variables: int, symbols: int, states: int, leaf_hidden: bool = False) -> LatentTree:
    """A perfect binary tree (TMM: hierarchical Tucker with diagonal cores).

    Parameters
    ----------
    variables : int
        A power of 2, at least 2.
    symbols, states : int
    leaf_hidden : bool
        One more hidden variable above each observed one.

    Returns
    -------
    LatentTree

    Raises
    ------
    InputError
        If the number of variables is no power of 2.

    Examples
    --------
    >>> balanced_tree(8, symbols=3, states=2).graph.rank([2, 3, 4, 5])
    4 (proved)
    """
    _sizes(variables, symbols, states, 2)
    if variables & (variables - 1):
        raise InputError("variables", variables, "a power of 2")
    inner = 2 * variables - 1 if leaf_hidden else variables - 1
    parents = tuple((h - 1) // 2 for h in range(inner))
    above = tuple(variables - 1 + j if leaf_hidden else (variables - 2 + j) // 2 for j in range(variables))
    return LatentTree((symbols,) * variables, (states,) * inner, (-1, *parents[1:]), above)


def latent_tree(tree: Any, root: Any = None, symbols: int | Mapping[Any, int] = 2, states: int = 2) -> LatentTree:
    """Read a latent tree model from a networkx tree: the leaves are observed, in the order of the tree's nodes.

    Parameters
    ----------
    tree : networkx.Graph
        A tree with an inner node.
    root : node, optional
        An inner node; the first one unless given.
    symbols : int or mapping
        Number of values of each leaf.
    states : int
        Number of values of each inner node.

    Returns
    -------
    LatentTree

    Raises
    ------
    InputError
        If it is no tree, or the root is no inner node.

    Examples
    --------
    >>> import networkx as nx
    >>> latent_tree(nx.star_graph(3), symbols=3).leaf_parents
    (0, 0, 0)
    """
    import networkx as nx

    if not isinstance(tree, nx.Graph):
        raise InputError("tree", tree, "an undirected networkx tree with an inner node")
    inner = [v for v in tree if tree.degree(v) > 1]
    if not inner or tree.is_directed() or not nx.is_tree(tree):
        raise InputError("tree", tree, "an undirected networkx tree with an inner node")
    start = inner[0] if root is None else root
    if start not in inner:
        raise InputError("root", root, "an inner node of the tree")
    leaves = [v for v in tree if tree.degree(v) == 1]
    above = {child: parent for parent, child in nx.bfs_edges(tree, start)}
    order = [start, *(v for v in above if tree.degree(v) > 1)]
    place = {v: i for i, v in enumerate(order)}
    if isinstance(symbols, Mapping):
        missing = [leaf for leaf in leaves if leaf not in symbols]
        if missing:
            raise InputError("symbols", dict(symbols), f"an integer for every leaf, also for {missing[0]!r}")
        sizes = tuple(symbols[leaf] for leaf in leaves)
    else:
        sizes = (as_integer("symbols", symbols, 1, "an integer of at least 1, or one for every leaf"),) * len(leaves)
    parents = (-1, *(place[above[v]] for v in order[1:]))
    return LatentTree(sizes, (states,) * len(order), parents, tuple(place[above[v]] for v in leaves))


def tensor_train(variables: int, symbols: int, rank: int | Sequence[int]) -> FactorGraph:
    """A chain of cores: one factor for each observed variable, between its two bonds.

    Axes of the cores: observed variable, bond to the left, bond to the right.

    Parameters
    ----------
    variables : int
    symbols : int
    rank : int or sequence of int
        Dimension of the bonds, of which there are ``variables - 1``.

    Returns
    -------
    FactorGraph

    Raises
    ------
    InputError
        If there are not as many ranks as bonds, or one is not positive.

    Examples
    --------
    >>> tensor_train(6, symbols=3, rank=2).rank([0, 2, 4])
    18 (proved)
    """
    _sizes(variables, symbols, 1, 2)
    wanted = f"an integer of at least 1 or {variables - 1} of them, one for each bond"
    bonds = as_list("rank", rank, wanted) if isinstance(rank, Iterable) else [rank] * (variables - 1)
    if len(bonds) != variables - 1:
        raise InputError("rank", rank, wanted)
    bonds = [as_integer("rank", bond, 1, wanted) for bond in bonds]
    inner = tuple((t, variables + t - 1, variables + t) for t in range(1, variables - 1))
    scopes = ((0, variables), *inner, (variables - 1, 2 * variables - 2))
    return FactorGraph((*(symbols,) * variables, *bonds), variables, scopes)


@dataclass(frozen=True)
class CoreTree(Shown):
    """A binary tree of cores (hierarchical Tucker, HTF): each inner node holds a core, each leaf a matrix.

    Parameters
    ----------
    symbols : tuple of int
        Number of values of each observed variable.
    nodes : tuple of (int, int)
        Children of each inner node: a leaf j >= 0 is written j, an inner node i is written ``~i``. The first is the
        root, and children come after their parents.
    bonds : tuple of int
        Dimension of the bond above each inner node but the root, then of the bond above each leaf.

    Raises
    ------
    InputError
        If it is no such tree.

    Examples
    --------
    >>> CoreTree((3, 3, 3), ((0, ~1), (1, 2)), (2, 2, 2, 2)).graph.factor_scopes
    ((4, 3), (5, 6, 3), (4, 0), (5, 1), (6, 2))
    """

    symbols: tuple[int, ...]
    nodes: tuple[tuple[int, int], ...]
    bonds: tuple[int, ...]

    def __post_init__(self) -> None:
        wanted_pairs = "pairs of children, each leaf and each inner node but the root once"
        pairs = [_integers("nodes", pair) for pair in as_list("nodes", self.nodes, wanted_pairs)]
        for name, values in (("symbols", self.symbols), ("bonds", self.bonds)):
            object.__setattr__(self, name, _integers(name, values))
        object.__setattr__(self, "nodes", tuple(pairs))
        named = [child for pair in pairs for child in pair]
        wanted = {*range(len(self.symbols)), *(~i for i in range(1, len(self.nodes)))}
        good = set(named) == wanted and len(named) == len(wanted) and all(len(pair) == 2 for pair in self.nodes)
        if not good or any(child < 0 and ~child <= i for i, pair in enumerate(self.nodes) for child in pair):
            raise InputError("nodes", self.nodes, wanted_pairs)
        if len(self.bonds) != len(self.nodes) - 1 + len(self.symbols):
            raise InputError("bonds", self.bonds, "one dimension for each node but the root")

    def bond(self, child: int) -> int:
        """The variable of the bond above a node.

        Parameters
        ----------
        child : int
            The node below it, as `nodes` writes it: a leaf j as j, an inner node i as ``~i``; not the root.

        Returns
        -------
        int
            Its number among the variables of `graph`.
        """
        d, inner = len(self.symbols), len(self.nodes) - 1
        return d + inner + child if child >= 0 else d + ~child - 1

    @cached_property
    def graph(self) -> FactorGraph:
        """The factor graph: cores (left, right, above; the root's has no bond above), then the leaves' matrices."""
        d = len(self.symbols)
        cores = tuple(
            (self.bond(left), self.bond(right), *([self.bond(~i)] if i else []))
            for i, (left, right) in enumerate(self.nodes)
        )
        leaves = tuple((self.bond(j), j) for j in range(d))
        return FactorGraph((*self.symbols, *self.bonds), d, cores + leaves)


def balanced_cores(variables: int, symbols: int, states: int) -> CoreTree:
    """The perfect binary tree with full cores.

    Parameters
    ----------
    variables : int
        A power of two.
    symbols : int
        Values of each variable.
    states : int
        Values of each bond.

    Returns
    -------
    CoreTree

    Raises
    ------
    InputError
        If the number of variables is no power of 2.

    Examples
    --------
    >>> balanced_cores(8, symbols=3, states=2).graph.rank([0, 1, 2, 3])
    2 (proved)
    """
    _sizes(variables, symbols, states, 2)
    if variables & (variables - 1):
        raise InputError("variables", variables, "a power of 2")
    inner = variables - 1

    def child(place: int) -> int:
        return ~place if place < inner else place - inner

    nodes = tuple((child(2 * i + 1), child(2 * i + 2)) for i in range(inner))
    return CoreTree((symbols,) * variables, nodes, (states,) * (2 * variables - 2))
