"""The cone of equivariant circulations, whose extreme rays decide whether a graph is compact.

Let A be the adjacency matrix of a graph whose colours are an equitable partition. S is the set of fractional
automorphisms: X >= 0 with AX = XA, rows and columns that sum to 1, and X_uv = 0 where the colours differ. Its cone of
feasible directions at the identity is

    K = {Y : AY = YA, Y1 = 0, 1'Y = 0, Y_uv = 0 across colours, Y_uv >= 0 for u != v}.

K is pointed: where all entries off the diagonal vanish, so does the diagonal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd

from flint import fmpz_mat

from algebra.graphs.graph import SimpleGraph
from algebra.shown import Shown

Matrix = tuple[tuple[int, ...], ...]
Cells = tuple[tuple[int, ...], ...]


def fractional_equations(adjacency: Matrix, cells: Cells) -> tuple[list[tuple[int, int]], list[dict[int, int]]]:
    """Return the entries of Y that may differ from zero, and the homogeneous equations that they satisfy.

    Parameters
    ----------
    adjacency : tuple of tuples of int
    cells : tuple of tuples of int
        Of an equitable partition.

    Returns
    -------
    places : list of pairs of vertices
        Two vertices of one cell each; their numbers are the variables.
    equations : list of dict
        Coefficients by variable: Y commutes with A, and its rows and columns sum to zero.

    Examples
    --------
    >>> fractional_equations(((0, 1), (1, 0)), ((0, 1),))[0]
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    places = [(u, v) for cell in cells for u in cell for v in cell]
    number = {place: i for i, place in enumerate(places)}
    vertices = range(len(adjacency))
    equations: list[dict[int, int]] = []

    for u in vertices:
        for v in vertices:
            # (AY - YA)_uv; a variable may stand on both sides
            found: dict[int, int] = {}
            for w in vertices:
                if adjacency[u][w] and (w, v) in number:
                    found[number[w, v]] = found.get(number[w, v], 0) + 1
                if adjacency[w][v] and (u, w) in number:
                    found[number[u, w]] = found.get(number[u, w], 0) - 1
            equations.append(found)

    for cell in cells:
        equations += [{number[u, v]: 1 for v in cell} for u in cell]
        equations += [{number[u, v]: 1 for u in cell} for v in cell]
    distinct = {tuple(sorted((i, x) for i, x in each.items() if x)) for each in equations}
    return places, [dict(each) for each in sorted(distinct) if each]


@dataclass(frozen=True)
class Circulations(Shown):
    """The cone K of one graph with an equitable partition.

    Parameters
    ----------
    adjacency : tuple of tuples of int
    cells : tuple of tuples of int

    Examples
    --------
    >>> cone = Circulations(((0, 1, 1), (1, 0, 1), (1, 1, 0)), ((0, 1, 2),))
    >>> cone.dimension, len(cone.inequalities)
    (4, 6)
    """

    adjacency: Matrix
    cells: Cells

    @classmethod
    def of(cls, graph: SimpleGraph) -> Circulations:
        """Return the cone of a graph whose colours are an equitable partition.

        Parameters
        ----------
        graph : SimpleGraph
            Its colours are the cells.

        Returns
        -------
        Circulations
        """
        cells: dict[int, list[int]] = {}
        for v, colour in enumerate(graph.colours):
            cells.setdefault(colour, []).append(v)
        return cls(tuple(map(tuple, graph.adjacency())), tuple(tuple(cells[colour]) for colour in sorted(cells)))

    @cached_property
    def system(self) -> tuple[list[tuple[int, int]], list[dict[int, int]]]:
        """Variables and equations."""
        return fractional_equations(self.adjacency, self.cells)

    @property
    def places(self) -> list[tuple[int, int]]:
        """The pair of vertices of each variable."""
        return self.system[0]

    @cached_property
    def basis(self) -> list[list[int]]:
        """For each variable, its values on an integral basis of the solutions of the equations."""
        places, equations = self.system
        rows = [[each.get(i, 0) for i in range(len(places))] for each in equations]
        columns = integer_nullspace(rows, len(places))
        return [list(values) for values in zip(*columns, strict=True)] if columns else [[] for _ in places]

    @property
    def dimension(self) -> int:
        """Dimension of the space that K spans with -K: K has an inner point in it, J/|cell| - I."""
        return len(self.basis[0])

    @cached_property
    def inequalities(self) -> list[tuple[int, ...]]:
        """The distinct conditions Y_uv >= 0, u != v, on coordinates in the basis, primitive and sorted."""
        found = set()
        for (u, v), row in zip(self.places, self.basis, strict=True):
            common = gcd(*row)
            if u != v and common:
                found.add(tuple(x // common for x in row))
        return sorted(found)

    def circulation(self, coordinates: Sequence[int]) -> Matrix:
        """Return the primitive matrix Y with these coordinates, up to a positive factor.

        Parameters
        ----------
        coordinates : sequence of int
            In `basis`, `dimension` many.

        Returns
        -------
        tuple of tuples of int
            n x n.
        """
        values = [sum(x * t for x, t in zip(row, coordinates, strict=True)) for row in self.basis]
        common = gcd(*values) or 1
        n = len(self.adjacency)
        matrix = [[0] * n for _ in range(n)]
        for (u, v), value in zip(self.places, values, strict=True):
            matrix[u][v] = value // common
        return tuple(map(tuple, matrix))

    @property
    def off_diagonal(self) -> tuple[list[dict[int, int]], list[tuple[int, int]]]:
        """The equations on the entries off the diagonal alone, and their places: all of these are at least 0."""
        places, equations = self.system
        kept = [place for place in places if place[0] != place[1]]
        number = {place: i for i, place in enumerate(kept)}
        found = []
        for equation in equations:
            row: dict[int, int] = {}
            for i, x in equation.items():
                u, v = places[i]
                # an entry on the diagonal is minus the sum of its row
                terms = [((u, v), x)] if u != v else [(place, -x) for place in kept if place[0] == u]
                for place, value in terms:
                    row[number[place]] = row.get(number[place], 0) + value
            found.append({i: x for i, x in row.items() if x})
        return [row for row in found if row], kept

    def from_off_diagonal(self, values: Sequence[int]) -> Matrix:
        """Return the circulation with these entries off the diagonal.

        Parameters
        ----------
        values : sequence of int
            One for each of `places` that is not on the diagonal, in order. They solve the equations `off_diagonal`.

        Returns
        -------
        tuple of tuples of int
            n x n.
        """
        n = len(self.adjacency)
        matrix = [[0] * n for _ in range(n)]
        for (u, v), value in zip((place for place in self.places if place[0] != place[1]), values, strict=True):
            matrix[u][v] = value
            matrix[u][u] -= value
        return tuple(map(tuple, matrix))

    def ray_on(self, support: Iterable[tuple[int, int]]) -> Matrix | None:
        """Return the one circulation that vanishes outside the diagonal and these places, up to a positive factor.

        It spans an extreme ray of K, since the inequalities that are tight there leave one dimension. None if there is
        more than one, or none in K.

        Parameters
        ----------
        support : iterable of pairs of vertices
            Places off the diagonal.

        Returns
        -------
        tuple of tuples of int, or None
            n x n.
        """
        allowed = set(support)
        places = zip(self.places, self.basis, strict=True)
        zero = sorted({tuple(row) for (u, v), row in places if u != v and (u, v) not in allowed})
        directions = integer_nullspace([list(row) for row in zero], self.dimension)
        if len(directions) != 1:
            return None
        found = self.circulation(directions[0])
        for candidate in (found, tuple(tuple(-x for x in row) for row in found)):
            if all(x >= 0 for u, row in enumerate(candidate) for v, x in enumerate(row) if u != v):
                return candidate
        return None


def integer_nullspace(rows: list[list[int]], columns: int) -> list[list[int]]:
    """Return a basis of the integer vectors that a matrix takes to zero, reduced and primitive.

    Examples
    --------
    >>> integer_nullspace([[1, 1, 1]], 3), integer_nullspace([], 2)
    ([[1, -1, 0], [1, 0, -1]], [[1, 0], [0, 1]])
    """
    if not rows:
        return [[int(i == j) for j in range(columns)] for i in range(columns)]
    found, nullity = fmpz_mat(rows).nullspace()
    # columns of X span the kernel; fewer and shorter numbers after LLL would cost more than they save here
    vectors = [[int(found[i, j]) for i in range(columns)] for j in range(nullity)]
    return [_primitive(vector) for vector in vectors]


def _primitive(vector: list[int]) -> list[int]:
    """Divide by the greatest common divisor, and make the first entry that is not zero positive."""
    common = gcd(*vector)
    first = next(x for x in vector if x)
    return [x // (common if first > 0 else -common) for x in vector]


def permutation_of(ray: Matrix) -> tuple[int, ...] | None:
    """Return the permutation P for which a ray is spanned by P - I, or None.

    The entries off the diagonal that are positive must be equal, to t, and those on it 0 or -t.

    Examples
    --------
    >>> permutation_of(((-2, 2, 0), (2, -2, 0), (0, 0, 0))), permutation_of(((-2, 1, 1), (1, -1, 0), (1, 0, -1)))
    ((1, 0, 2), None)
    """
    t = max(max(row) for row in ray)
    images = []
    for u, row in enumerate(ray):
        moved = [v for v, x in enumerate(row) if v != u and x]
        if row[u] == 0 and not moved:
            images.append(u)
        elif row[u] == -t and len(moved) == 1 and row[moved[0]] == t:
            images.append(moved[0])
        else:
            return None
    return tuple(images)


@dataclass(frozen=True)
class FractionalVertex(Shown):
    """A vertex of the polytope of fractional automorphisms that is no permutation: numerators over one denominator.

    Parameters
    ----------
    numerators : tuple of tuples of int
    denominator : int
    """

    numerators: Matrix
    denominator: int

    def to_json(self) -> dict[str, object]:
        """Return plain JSON values.

        Returns
        -------
        dict
            The keys ``denominator`` and ``numerators``, n x n.
        """
        return {"denominator": self.denominator, "numerators": [list(row) for row in self.numerators]}


def fractional_vertex(ray: Matrix) -> FractionalVertex:
    """Return the other end I + Y / max(-Y_uu) of the edge at the identity that an extreme ray of K spans.

    Examples
    --------
    >>> fractional_vertex(((-2, 1, 1), (1, -1, 0), (1, 0, -1)))
    FractionalVertex(numerators=((0, 1, 1), (1, 1, 0), (1, 0, 1)), denominator=2)
    """
    length = max(-row[u] for u, row in enumerate(ray))
    moved = [[x + length * (u == v) for v, x in enumerate(row)] for u, row in enumerate(ray)]
    common = gcd(length, *(x for row in moved for x in row))
    return FractionalVertex(tuple(tuple(x // common for x in row) for row in moved), length // common)


def is_fractional_vertex(adjacency: Matrix, cells: Cells, vertex: FractionalVertex) -> bool:
    """Check exactly that a matrix is a vertex of S and no permutation.

    Parameters
    ----------
    adjacency : tuple of tuples of int
    cells : tuple of tuples of int
        Of the stable partition, or of any equitable one that was kept as colours.
    vertex : FractionalVertex

    Returns
    -------
    bool

    Examples
    --------
    >>> half = FractionalVertex(((1, 1), (1, 1)), 2)
    >>> is_fractional_vertex(((0, 1), (1, 0)), ((0, 1),), half)
    False
    """
    X, D = vertex.numerators, vertex.denominator
    places, equations = fractional_equations(adjacency, cells)
    values = [X[u][v] for u, v in places]

    # Nonnegative, nothing outside the cells, doubly stochastic, and no permutation.
    if sum(values) != sum(map(sum, X)) or min(map(min, X)) < 0:
        return False
    if any(sum(row) != D for row in X) or any(sum(column) != D for column in zip(*X, strict=True)):
        return False
    if all(x in (0, D) for x in values):
        return False

    # The homogeneous equations hold of X - I, which has the same products with A as X.
    moved = [x - D * (u == v) for x, (u, v) in zip(values, places, strict=True)]
    if any(sum(x * moved[i] for i, x in each.items()) for each in equations):
        return False

    # Nothing else with this support satisfies them.
    support = [i for i, x in enumerate(values) if x]
    rows = [[each.get(i, 0) for i in support] for each in equations]
    return int(fmpz_mat(rows).rank()) == len(support)
