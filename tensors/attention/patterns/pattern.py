"""`SparsePattern`: which tokens each token attends to, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.drawn import LARGEST, grids
from algebra.errors import TEXT, InputError, as_integer, one_of
from algebra.evidence.checker.labels import shortened, tuple_digits
from algebra.exact.given import plain_array
from algebra.sequences import UNORDERED
from algebra.shown import LONGEST, card, counted
from tensors.attention.patterns.bits import Rows, bitset, members, rows_of, transpose, unpacked_rows

if TYPE_CHECKING:
    from networkx import DiGraph
    from numpy.typing import NDArray

MOST_TOKENS = 1 << 15

MOST_DRAWN = 8
"""Layers that a display draws."""


@dataclass(frozen=True)
class SparsePattern:
    """A periodic stack of layers of sparse attention; layer l of a deep stack uses pattern ``(l - 1) mod p + 1``.

    Parameters
    ----------
    layers : tuple of tuples of int
        ``layers[l][k]``: the tokens that token k attends to in layer l (keys visible to query k), as the set bits
        of an integer. `from_lists`, `from_masks` and `from_digraphs` build it from what users have.
    name : str
        Label; one made of the pattern's content if empty.
    remarks : tuple of str
        What the maker of the pattern has to say about it; not compared.

    Raises
    ------
    InputError
        If there is no layer or no token, the layers differ in size, a token is out of range, or one sees nothing.

    Examples
    --------
    >>> pattern = SparsePattern.from_lists([[[0, 2], [0, 1], [1, 2]]])
    >>> pattern.n, pattern.p, pattern.connections
    (3, 1, (6,))
    """

    layers: tuple[Rows, ...]
    name: str = ""
    remarks: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        given = (self.layers, *self.layers)
        if any(type(each) is not tuple and isinstance(each, UNORDERED) for each in given):
            raise InputError("layers", self.layers, "a tuple of layers, each a tuple of integers, one for each token")
        if not self.layers or not self.layers[0]:
            raise InputError("layers", self.layers, "at least one layer of at least one token")
        if self.n > MOST_TOKENS:
            raise InputError("n", self.n, f"at most {MOST_TOKENS} tokens")
        for index, rows in enumerate(self.layers):
            try:
                _check_layer(f"layers[{index}]", rows, self.n)
            except TypeError:
                allowed = "a tuple of integers, whose bits are the tokens that are seen; from_lists takes lists"
                raise InputError(f"layers[{index}]", rows, allowed) from None

    @property
    def n(self) -> int:
        """Number of tokens."""
        return len(self.layers[0])

    @property
    def p(self) -> int:
        """Number of layers in a period."""
        return len(self.layers)

    @property
    def full(self) -> int:
        """The set of all tokens."""
        return (1 << self.n) - 1

    @cached_property
    def label(self) -> str:
        """Readable label; of an unnamed pattern, with the first digits of a hash of its content."""
        if self.name:
            return f"pattern:{self.name}"
        return f"pattern:n{self.n}:p{self.p}:{shortened(tuple_digits((self.n, self.layers)))}"

    @cached_property
    def connections(self) -> tuple[int, ...]:
        """Connections of each layer, self-loops included; of a dense layer ``n**2``."""
        return tuple(sum(row.bit_count() for row in rows) for rows in self.layers)

    @cached_property
    def largest_degrees(self) -> tuple[int, ...]:
        """The largest number of tokens that any token attends to, layer by layer."""
        return tuple(max(row.bit_count() for row in rows) for rows in self.layers)

    @cached_property
    def union(self) -> Rows:
        """The rows of the union of all layers."""
        rows = list(self.layers[0])
        for layer in self.layers[1:]:
            rows = [a | b for a, b in zip(rows, layer, strict=True)]
        return tuple(rows)

    @cached_property
    def missing_self_loops(self) -> tuple[tuple[int, int], ...]:
        """Pairs (layer, token) where a token does not attend to itself."""
        return tuple(
            (index, token)
            for index, rows in enumerate(self.layers)
            for token, row in enumerate(rows)
            if not row >> token & 1
        )

    @property
    def is_causal(self) -> bool:
        """Whether no token attends to a later one."""
        return all(row >> (token + 1) == 0 for token, row in enumerate(self.union))

    def __repr__(self) -> str:
        """Say what it is: the layers are integers of as many bits as there are tokens."""
        sizes = counted(self.n, "token"), counted(self.p, "layer"), counted(sum(self.connections), "connection")
        return f"SparsePattern({self.label[:LONGEST]}: {', '.join(sizes)})"

    def _repr_html_(self) -> str:
        title = f"Sparse pattern of {counted(self.n, 'token')}"
        facts = card(title, self.label, counted(self.p, "layer"), counted(sum(self.connections), "connection"))
        return facts + self._drawn()

    def _drawn(self) -> str:
        """Draw the layers of a small pattern: row k has the tokens that token k attends to."""
        if self.n > LARGEST or self.p > MOST_DRAWN:
            return ""
        layers = [[[bool(row >> token & 1) for token in range(self.n)] for row in rows] for rows in self.layers]
        return grids([(f"layer {number}", layer) for number, layer in enumerate(layers, start=1)])

    def with_self_loops(self) -> SparsePattern:
        """Return the pattern with every missing self-loop added.

        Returns
        -------
        SparsePattern
        """
        layers = tuple(tuple(row | 1 << token for token, row in enumerate(rows)) for rows in self.layers)
        return replace(self, layers=layers, name=f"{self.name}:self-loops" if self.name else "")

    def united(self) -> SparsePattern:
        """Return the pattern of one layer that holds the union of all layers.

        Returns
        -------
        SparsePattern
        """
        return SparsePattern((self.union,))

    def rotated(self, by: int) -> SparsePattern:
        """Return the pattern whose first layer is layer `by`.

        Parameters
        ----------
        by : int
            Modulo p.

        Returns
        -------
        SparsePattern
        """
        by %= self.p
        return SparsePattern(self.layers[by:] + self.layers[:by])

    def reversed(self) -> SparsePattern:
        """Return the pattern with every arc turned round; a token that nobody attends to would then see nothing.

        Returns
        -------
        SparsePattern
        """
        return SparsePattern(tuple(transpose(rows) for rows in self.layers))

    def relabelled(self, permutation: Sequence[int]) -> SparsePattern:
        """Return the pattern in which token k is called ``permutation[k]``.

        Parameters
        ----------
        permutation : sequence of int
            Of the tokens.

        Returns
        -------
        SparsePattern

        Raises
        ------
        InputError
            If it is no permutation.
        """
        if sorted(permutation) != list(range(self.n)):
            raise InputError("permutation", permutation, f"a permutation of 0..{self.n - 1}")
        layers = []
        for rows in self.layers:
            moved = [0] * self.n
            for token, row in enumerate(rows):
                moved[permutation[token]] = bitset(permutation[other] for other in members(row))
            layers.append(tuple(moved))
        return SparsePattern(tuple(layers))

    def lists(self) -> list[list[list[int]]]:
        """Return the neighbour lists: ``lists()[l][k]`` are the tokens that k attends to in layer l.

        Returns
        -------
        list of lists of lists of int
        """
        return [[list(members(row)) for row in rows] for rows in self.layers]

    def masks(self) -> NDArray[np.bool_]:
        """Return Boolean masks (p x n x n), indexed by layer, query and key; True means visible.

        Returns
        -------
        numpy.ndarray of bool, shape (p, n, n)
        """
        return np.stack([unpacked_rows(rows, self.n) for rows in self.layers])

    def digraph(self, layer: int | None = None) -> DiGraph[int]:
        """Return a layer, or the union of all, as a networkx digraph with an arc k -> j where k attends to j.

        Parameters
        ----------
        layer : int, optional
            From 0; default: the union of all.

        Returns
        -------
        networkx.DiGraph
        """
        import networkx as nx

        graph: DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(self.n))
        rows = self.union if layer is None else self.layers[layer]
        graph.add_edges_from((token, other) for token, row in enumerate(rows) for other in members(row))
        return graph

    @classmethod
    def from_lists(cls, layers: Any, name: str = "") -> SparsePattern:
        """Build from neighbour lists: ``layers[l][k]`` lists the tokens that k attends to in layer l.

        Parameters
        ----------
        layers : sequence of sequences of sequences of int
            Indexed by layer and token.
        name : str

        Returns
        -------
        SparsePattern

        Raises
        ------
        InputError
            Also where an entry is a truth value, or a token is listed twice: then it is a mask, see `from_masks`.
        """
        given = _sequence("layers", layers)
        found = []
        for index, layer in enumerate(given):
            rows = _sequence(f"layers[{index}]", layer)
            found.append(tuple(_row(f"layers[{index}][{k}]", row, len(rows)) for k, row in enumerate(rows)))
        return cls(tuple(found), name)

    @classmethod
    def from_masks(cls, masks: Any, true_means: str | None, name: str = "") -> SparsePattern:
        """Build from Boolean masks, indexed by layer, query and key.

        Parameters
        ----------
        masks : array-like of bool, or of 0 and 1
            Of shape (p, n, n), or (n, n) for one layer.
        true_means : {"visible", "blocked"}
            What True says of a key; libraries differ, so there is no default.

        Returns
        -------
        SparsePattern

        Raises
        ------
        InputError
            If the meaning is not said, or the shape or an entry is wrong.

        Examples
        --------
        >>> SparsePattern.from_masks([[False, True], [False, False]], "blocked").lists()
        [[[0], [0, 1]]]
        """
        meanings = "'visible' or 'blocked': libraries differ in what True means"
        one_of("true_means", true_means, ("visible", "blocked"), meanings)
        array = plain_array("masks", masks, "square matrices of one size")
        if array.ndim == 2:
            array = array[None]
        if array.ndim != 3 or array.shape[1] != array.shape[2] or 0 in array.shape:
            raise InputError("masks", masks, "one or more square matrices of one size, indexed by query and key")
        if array.dtype != np.bool_ and not (array.dtype.kind in "iu" and np.isin(array, (0, 1)).all()):
            raise InputError("masks", masks, "truth values, or the integers 0 and 1; not scores to be added")
        visible = array.astype(bool) if true_means == "visible" else ~array.astype(bool)
        return cls(tuple(rows_of(layer) for layer in visible), name)

    @classmethod
    def from_digraphs(cls, graphs: Any, name: str = "") -> SparsePattern:
        """Build from networkx digraphs on the nodes 0..n-1 with an arc k -> j where k attends to j; one a layer.

        Parameters
        ----------
        graphs : networkx.DiGraph, or a list or tuple of them
        name : str

        Returns
        -------
        SparsePattern

        Raises
        ------
        InputError
            If one is not directed, or has other nodes.
        """
        graphs = list(graphs) if isinstance(graphs, list | tuple) else [graphs]
        found = []
        for index, graph in enumerate(graphs):
            if not hasattr(graph, "successors") or not graph.is_directed():
                raise InputError(f"graphs[{index}]", graph, "a networkx DiGraph: the direction of attention matters")
            if set(graph) != set(range(len(graph))) or not all(is_token(node) for node in graph):
                raise InputError(f"graphs[{index}]", sorted(graph, key=str), "a graph on the nodes 0..n-1")
            found.append(tuple(bitset(map(int, graph.successors(token))) for token in range(len(graph))))
        return cls(tuple(found), name)


def is_token(node: Any) -> bool:
    """Whether a node is an integer, also one of numpy; 0.0 and False are not, though equal to 0."""
    return isinstance(node, int | np.integer) and not isinstance(node, bool)


def _check_layer(where: str, rows: Rows, n: int) -> None:
    if len(rows) != n:
        raise InputError(where, f"{len(rows)} tokens", f"as long as the first layer: {n} tokens")
    for token, row in enumerate(rows):
        if row <= 0:
            raise InputError(f"{where}[{token}]", [], "not empty: a token that sees nothing has no attention weights")
        if row >> n:
            raise InputError(f"{where}[{token}]", row.bit_length() - 1, f"a token from 0 to {n - 1}")


def _sequence(argument: str, value: Any) -> Sequence[Any]:
    is_list = hasattr(value, "__len__") and hasattr(value, "__getitem__") and getattr(value, "ndim", 1) != 0
    if isinstance(value, UNORDERED) or not is_list:
        raise InputError(argument, value, "a list: layers[l][k] lists the tokens that token k attends to")
    return value  # type: ignore[no-any-return]


def _row(where: str, given: Any, n: int) -> int:
    is_list = isinstance(given, Iterable) and getattr(given, "ndim", 1) != 0
    if isinstance(given, (*TEXT, dict)) or not is_list:
        raise InputError(where, given, "a list of the tokens that this token attends to")
    tokens = list(given)
    if any(isinstance(token, bool | np.bool_) for token in tokens):
        raise InputError(where, given, "a list of tokens; for a mask say what True means (masks and true_means)")
    numbers = [as_integer(where, token, allowed=f"a list of integers from 0 to {n - 1}") for token in tokens]
    row = 0
    for token in numbers:
        if not 0 <= token < n:
            raise InputError(where, token, f"a list of tokens from 0 to {n - 1}")
        if row >> token & 1:
            raise InputError(where, given, "a list without repeats (is it a mask? then use masks and true_means)")
        row |= 1 << token
    return row
