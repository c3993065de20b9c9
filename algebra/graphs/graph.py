"""Simple undirected graphs with coloured vertices: the data that every question about graphs is asked of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.frozen import set_fields
from algebra.sequences import as_list

if TYPE_CHECKING:
    from networkx import Graph


@dataclass(frozen=True)
class SimpleGraph:
    """A simple undirected graph on the vertices 0, …, n-1, with a colour on each vertex.

    Colours are integers whose values carry meaning: isomorphisms preserve them.

    Parameters
    ----------
    neighbours : sequence of sequences of int
        For each vertex its neighbours, in any order; the relation has to be symmetric.
    colours : sequence of int, optional
        For each vertex its colour; by default 0.

    Raises
    ------
    InputError
        For loops, edges that stand at one end only, edges that stand twice, and vertices that there are not.

    Examples
    --------
    >>> path = SimpleGraph([[1], [0, 2], [1]])
    >>> path.order, path.size, path.label
    (3, 2, 'graph:Bg')
    >>> list(path.complement().edges())
    [(0, 2)]
    """

    neighbours: tuple[tuple[int, ...], ...]
    colours: tuple[int, ...]

    def __init__(self, neighbours: Iterable[Iterable[int]], colours: Sequence[int] | None = None) -> None:
        found = _neighbours(neighbours)
        set_fields(self, neighbours=found, colours=_colours(colours, len(found)))

    @classmethod
    def trusted(cls, neighbours: tuple[tuple[int, ...], ...], colours: tuple[int, ...]) -> SimpleGraph:
        """Return a graph of sorted, symmetric neighbour lists that need no check, as fast as possible.

        Parameters
        ----------
        neighbours : tuple of tuples of int
            For each vertex its neighbours, in order.
        colours : tuple of int
            One for each vertex.

        Returns
        -------
        SimpleGraph
        """
        made = object.__new__(cls)
        set_fields(made, neighbours=neighbours, colours=colours)
        return made

    @classmethod
    def of_edges(
        cls, order: int, edges: Iterable[tuple[int, int]], colours: Sequence[int] | None = None
    ) -> SimpleGraph:
        """Return the graph on so many vertices with these edges.

        Parameters
        ----------
        order : int
            Number of vertices.
        edges : iterable of pairs of int
            Each in either direction.
        colours : sequence of int, optional
            One for each vertex; default: all are 0.

        Returns
        -------
        SimpleGraph

        Raises
        ------
        InputError
            If an end is no vertex.

        Examples
        --------
        >>> SimpleGraph.of_edges(3, [(0, 1)]).degrees
        (1, 1, 0)
        """
        found: list[list[int]] = [[] for _ in range(as_integer("order", order, 0))]
        for u, v in edges:
            for end in (u, v):
                if not 0 <= as_integer("vertex", end) < len(found):
                    raise InputError("vertex", end, f"from 0 to {len(found) - 1}")
            found[u].append(v)
            found[v].append(u)
        return cls(found, colours)

    # ---- what it is

    @property
    def order(self) -> int:
        """The number of vertices."""
        return len(self.neighbours)

    @property
    def size(self) -> int:
        """The number of edges."""
        return sum(map(len, self.neighbours)) // 2

    @property
    def degrees(self) -> tuple[int, ...]:
        """The number of neighbours of each vertex."""
        return tuple(map(len, self.neighbours))

    @property
    def is_coloured(self) -> bool:
        """Whether the vertices have more than one colour."""
        return len(set(self.colours)) > 1

    def edges(self) -> Iterator[tuple[int, int]]:
        """Yield the edges (u, v), u < v, in order.

        Yields
        ------
        (int, int)
        """
        return ((u, v) for u, around in enumerate(self.neighbours) for v in around if u < v)

    def adjacency(self) -> list[list[int]]:
        """Return the adjacency matrix as lists of 0 and 1.

        Returns
        -------
        list of lists of int
            n x n, symmetric.

        Examples
        --------
        >>> SimpleGraph([[1], [0]]).adjacency()
        [[0, 1], [1, 0]]
        """
        rows = [[0] * self.order for _ in range(self.order)]
        for u, around in enumerate(self.neighbours):
            for v in around:
                rows[u][v] = 1
        return rows

    @property
    def graph6(self) -> str:
        """The graph as a word of McKay's format graph6, which knows no colours."""
        from algebra.graphs.graph6 import encoded

        return encoded(self.neighbours)

    @property
    def label(self) -> str:
        """Permanent name: the graph6 word, and the colours where not all are 0; of a large graph a hash of both."""
        from algebra.evidence.checker.labels import simple_graph_label

        return f"graph:{simple_graph_label(self.graph6, self.colours, self.order)}"

    def __str__(self) -> str:
        return self.label

    def _repr_html_(self) -> str:
        from algebra.drawn import LARGEST, circle
        from algebra.shown import card, counted

        facts = card("Graph", self.label, counted(self.order, "vertex", "vertices"), counted(self.size, "edge"))
        if self.order > LARGEST:
            return facts
        edges = [(u, v) for u, around in enumerate(self.neighbours) for v in around if u < v]
        return facts + circle(self.order, edges)

    # ---- what is made of it

    def complement(self) -> SimpleGraph:
        """Return the graph of the pairs that are no edges, with the same colours.

        Returns
        -------
        SimpleGraph
        """
        every = range(self.order)
        missing = (set(every).difference(around, (u,)) for u, around in enumerate(self.neighbours))
        return SimpleGraph.trusted(tuple(tuple(sorted(each)) for each in missing), self.colours)

    def induced(self, vertices: Iterable[int]) -> SimpleGraph:
        """Return the graph on some vertices, numbered in the order in which they are given.

        Parameters
        ----------
        vertices : iterable of int
            Different ones.

        Returns
        -------
        SimpleGraph

        Raises
        ------
        InputError
            If one is given twice, or is no vertex.

        Examples
        --------
        >>> list(SimpleGraph([[1], [0, 2], [1]]).induced([2, 1]).edges())
        [(0, 1)]
        """
        allowed = "a sequence of different vertices"
        kept = as_list("vertices", vertices, allowed)
        place = {v: i for i, v in enumerate(kept)}
        if len(place) < len(kept) or not all(v in range(self.order) for v in kept):
            raise InputError("vertices", vertices, f"{allowed} from 0 to {self.order - 1}")

        around = ([place[w] for w in self.neighbours[v] if w in place] for v in kept)
        found = tuple(tuple(sorted(near)) for near in around)
        return SimpleGraph.trusted(found, tuple(self.colours[v] for v in kept))

    def relabelled(self, images: Sequence[int]) -> SimpleGraph:
        """Return the same graph with vertex v called images[v].

        Parameters
        ----------
        images : sequence of int
            A permutation of the vertices.

        Returns
        -------
        SimpleGraph

        Raises
        ------
        InputError
            If it is none.

        Examples
        --------
        >>> list(SimpleGraph([[1], [0], []]).relabelled([2, 0, 1]).edges())
        [(0, 2)]
        """
        if sorted(images) != list(range(self.order)):
            raise InputError("images", images, f"a permutation of 0, …, {self.order - 1}")
        inverse = sorted(range(self.order), key=images.__getitem__)
        return self.induced(inverse)

    def coloured(self, colours: Sequence[int]) -> SimpleGraph:
        """Return the same graph with other colours.

        Parameters
        ----------
        colours : sequence of int
            One for each vertex, at least 0.

        Returns
        -------
        SimpleGraph

        Examples
        --------
        >>> SimpleGraph([[1], [0]]).coloured([3, 4]).label
        'graph:A_:c3,4'
        """
        return SimpleGraph.trusted(self.neighbours, _colours(colours, self.order))

    def marked(self, *vertices: int) -> SimpleGraph:
        """Return the graph with vertices individualised, one after the other: colour c becomes 2c, of the marked 2c+1.

        Old colours keep their order, so that what is found of two graphs stays comparable.

        Parameters
        ----------
        *vertices : int
            In the order in which they are marked.

        Returns
        -------
        SimpleGraph

        Raises
        ------
        InputError
            If one is no vertex.

        Examples
        --------
        >>> SimpleGraph([[1], [0], []]).marked(2, 0).colours
        (1, 0, 2)
        """
        colours = self.colours
        for u in vertices:
            if not 0 <= as_integer("vertex", u) < self.order:
                raise InputError("vertex", u, f"from 0 to {self.order - 1}")
            colours = tuple(2 * c + (v == u) for v, c in enumerate(colours))
        return SimpleGraph.trusted(self.neighbours, colours)

    def union(self, other: SimpleGraph) -> SimpleGraph:
        """Return the disjoint union; the other graph's vertices come behind.

        Parameters
        ----------
        other : SimpleGraph

        Returns
        -------
        SimpleGraph

        Examples
        --------
        >>> SimpleGraph([[1], [0]]).union(SimpleGraph([[]])).degrees
        (1, 1, 0)
        """
        moved = tuple(tuple(v + self.order for v in around) for around in other.neighbours)
        return SimpleGraph.trusted(self.neighbours + moved, self.colours + other.colours)

    def to_networkx(self) -> Graph[int]:
        """Return it as a networkx graph; colours other than 0 make the vertex attribute ``colour``.

        Returns
        -------
        networkx.Graph
            On the nodes 0, …, n - 1.
        """
        import networkx as nx

        found: Graph[int] = nx.Graph()
        found.add_nodes_from(range(self.order))
        found.add_edges_from(self.edges())
        if any(self.colours):
            nx.set_node_attributes(found, dict(enumerate(self.colours)), "colour")
        return found


def _neighbours(neighbours: Any) -> tuple[tuple[int, ...], ...]:
    """Check lists of neighbours, and sort them."""
    given = as_list("neighbours", neighbours, "a sequence of sequences of vertices, one for each vertex")
    rows = []
    for u, around in enumerate(given):
        row = sorted(as_integer("vertex", v) for v in as_list(f"neighbours[{u}]", around, "a sequence of vertices"))
        if row and not (row[0] >= 0 and row[-1] < len(given)):
            raise InputError(f"neighbours[{u}]", around, f"of vertices from 0 to {len(given) - 1}")
        if len(set(row)) < len(row):
            raise InputError(f"neighbours[{u}]", around, "without an edge that stands twice: graphs here are simple")
        if u in row:
            raise InputError(f"neighbours[{u}]", around, f"without {u}: graphs here have no loops")
        rows.append(tuple(row))

    sets = [frozenset(row) for row in rows]
    for u, known in enumerate(rows):
        one_way = next((v for v in known if u not in sets[v]), None)
        if one_way is not None:
            raise InputError(f"neighbours[{one_way}]", given[one_way], f"with {u}: graphs here are undirected")
    return tuple(rows)


def _colours(colours: Any, order: int) -> tuple[int, ...]:
    """Check the colours of so many vertices."""
    if colours is None:
        return (0,) * order
    allowed = f"a sequence of {order} integers, one for each vertex"
    found = tuple(as_integer("colour", c) for c in as_list("colours", colours, allowed))
    if len(found) != order:
        raise InputError("colours", colours, allowed)
    return found
