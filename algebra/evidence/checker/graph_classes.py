"""Which of six classes a graph is in: discrete, amenable, compact, Godsil, Tinhofer, refinable.

The claim is a truth value for some of the classes, each of which is contained in the next one (Arvind, Köbler, Rattan
and Verbitsky, arXiv:1502.01255, Theorem 2). The *stable partition* of the graph is the coarsest equitable one that
refines its colours; it is computed here. Rules:

* ``inclusion``: from the verdict on another class, itself proved by another rule.
* discrete. ``stable-partition``: whether all cells are singletons.
* amenable. ``structure-theorem`` (Theorem 9 there): conditions A to D, on the cells alone.
* compact: no. ``fractional-vertex``: ``numerators`` over ``denominator`` make a matrix X >= 0 with rows and columns
  that sum to 1, AX = XA, X_uv = 0 across cells, not integral, and the columns of these equations at the support of X
  are independent: X is a vertex of the polytope S of fractional automorphisms, and no permutation.
* compact: yes. ``extreme-rays``. Blocks between cells may be complemented, and blocks that are empty or complete
  constrain nothing: S is a product over the components of the cell graph. Each part is about one component, with the
  sparser of each block and its complement (the block itself where both are equal). ``rays`` lists automorphisms, each
  by the positions of images among ``vertices``. P - I must span the extreme rays of the cone {Y : AY = YA, Y1 = 0,
  1'Y = 0, Y_uv = 0 across cells, Y_uv >= 0 for u != v}, the cone of S at the identity; the rays are enumerated anew
  here, and all must be listed. Then all neighbours of automorphisms are automorphisms, and all vertices are. Or
  ``copies`` lists the connected pieces of the component, each in the order of an isomorphism from the first: then it
  is compact if the first piece is, which ``parts`` prove.
* refinable: yes. ``automorphisms``: ``generators`` of a group whose orbits are the cells.
* refinable, Tinhofer: no. ``cell-of-two-orbits``: after ``marks``, the two vertices of ``pair`` are in one cell, but
  no automorphism that fixes the marks maps one to the other, which is searched here. Without marks: not refinable.
* Godsil: no. ``equitable-partition``: ``cells`` of an equitable partition; the automorphisms of the graph coloured by
  it do not move the vertices of some cell into each other, which is searched here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from .cones import eliminated, extreme_rays
from .limits import MOST_VALUE, need, spend
from .reading import fields, integer, integers, read_proofs, text
from .simple_graphs import Colours, SimpleGraph, are_isomorphic, is_automorphism, marked, read_graph, refined

Checks = list[Callable[[], None]]
CLASSES = ("discrete", "amenable", "compact", "godsil", "tinhofer", "refinable")
SHOWN = ("discrete", "amenable", "compact", "Godsil", "Tinhofer", "refinable")

MOST_ENTRIES = 4000
"""Entries of a fractional automorphism that may differ from zero: their equations are eliminated here."""


def classes_claim(claim: Any, document: dict[str, Any]) -> tuple[str, Checks]:
    """Which classes a graph is in, and which it is not in."""
    _, name, given, classes = fields(claim, "claim", "quantity", "label", "graph", "classes")
    (proofs,) = read_proofs(document, "proofs")
    graph = read_graph(given, "graph")
    need(text(name, "label") == f"graph:{graph.label}", "the label does not fit the graph")
    known = type(classes) is dict and len(classes) > 0 and set(classes) <= {*CLASSES}
    need(known, f"classes is not an object with some of {', '.join(CLASSES)}")
    need(all(type(value) is bool for value in classes.values()), "the value of a class is not true or false")

    checks: Checks = []
    if proofs is not None or document["digest"] is not None:  # else only the claim is read
        need(type(proofs) is dict and set(proofs) == set(classes), "there is not one proof for each class")
        (stable,) = refined([graph], [graph.colours])
        checks = [partial(check_class, graph, stable, each, classes, proofs) for each in classes]
    said = [("" if classes[c] else "not ") + shown for c, shown in zip(CLASSES, SHOWN, strict=True) if c in classes]
    return f"graph:{graph.label} is {', '.join(said)}", checks


def check_class(graph: SimpleGraph, stable: Colours, name: str, classes: dict[str, bool], proofs: Any) -> None:
    """Check the verdict on one class."""
    proof, value = proofs[name], classes[name]
    rule = proof.get("rule") if type(proof) is dict else None
    if rule == "inclusion":
        check_inclusion(name, classes, proofs)
        return
    checked = RULES.get((name, value, rule)) if type(rule) is str else None
    need(checked is not None, f"{name}: the rule is unknown, or proves something else")
    if checked is not None:
        checked(graph, stable, proof)


def check_inclusion(name: str, classes: dict[str, bool], proofs: Any) -> None:
    """Follow one step from another class, which is proved by a rule of its own."""
    _, other = fields(proofs[name], name, "rule", "from")
    need(type(other) is str and other in classes, f"{name}: the other class has no verdict")
    proof = proofs[other]
    need(type(proof) is dict and proof.get("rule") != "inclusion", f"{name}: the other class has no proof of its own")
    value = classes[name]
    smaller, larger = (other, name) if value else (name, other)
    follows = classes[other] == value and CLASSES.index(smaller) < CLASSES.index(larger)
    need(follows, f"{name}: that does not follow from the verdict on {other}")


# ---- the stable partition


class Cells(NamedTuple):
    """A partition into cells, and how many neighbours a vertex of one has in another."""

    cells: tuple[tuple[int, ...], ...]
    degrees: tuple[tuple[int, ...], ...]

    def is_open(self, i: int, j: int) -> bool:
        """Tell whether two cells, or the vertices of one, are joined, but not completely."""
        return self.degrees[i][j] not in (0, len(self.cells[j]) - (i == j))


def cells_of(graph: SimpleGraph, colours: Colours) -> Cells:
    """Return the cells of an equitable partition."""
    names = sorted(set(colours))
    place = {name: i for i, name in enumerate(names)}
    cells: list[list[int]] = [[] for _ in names]
    for v, colour in enumerate(colours):
        cells[place[colour]].append(v)
    spend(10 * len(names) ** 2, "the cells")
    degrees = []
    for cell in cells:
        row = [0] * len(names)
        for w in graph.neighbours[cell[0]]:
            row[place[colours[w]]] += 1
        degrees.append(tuple(row))
    return Cells(tuple(map(tuple, cells)), tuple(degrees))


def components(found: Cells) -> list[list[int]]:
    """Return the components of the cell graph: numbers of cells."""
    left, parts = set(range(len(found.cells))), []
    spend(10 * len(left) ** 2, "the cell graph")
    while left:
        part, waiting = set(), [min(left)]
        while waiting:
            i = waiting.pop()
            if i not in part:
                part.add(i)
                waiting += [j for j in left if j != i and found.is_open(i, j)]
        parts.append(sorted(part))
        left -= part
    return parts


def check_discrete(is_discrete: bool, graph: SimpleGraph, stable: Colours, proof: Any) -> None:
    """Count the cells."""
    fields(proof, "discrete", "rule")
    need((len(set(stable)) == graph.order) == is_discrete, "the stable partition says the opposite")


def check_amenable(claimed: bool, graph: SimpleGraph, stable: Colours, proof: Any) -> None:
    """Look at the conditions of the structure theorem."""
    fields(proof, "amenable", "rule")
    need(is_amenable(cells_of(graph, stable)) == claimed, "the structure theorem says the opposite")


def is_amenable(found: Cells) -> bool:
    """Tell whether the cells of a stable partition satisfy A, B, C and D."""
    sizes = [len(cell) for cell in found.cells]
    numbers = range(len(sizes))
    for i in numbers:
        inside = found.degrees[i][i]
        if inside not in (0, 1, sizes[i] - 2, sizes[i] - 1) and (sizes[i], inside) != (5, 2):
            return False
        for j in numbers:
            is_open = j < i and found.is_open(i, j)
            there, back = found.degrees[i][j], found.degrees[j][i]
            if is_open and there not in (1, sizes[j] - 1) and back not in (1, sizes[i] - 1):
                return False

    for part in components(found):
        edges = [(i, j) for i in part for j in part if i < j and found.is_open(i, j)]
        least = min(sizes[i] for i in part)
        inner = [i for i in part if found.is_open(i, i)]
        if len(edges) != len(part) - 1 or len(inner) > 1 or any(sizes[i] > least for i in inner):
            return False
        if not grows(sizes, edges, next(i for i in part if sizes[i] == least)):
            return False
    return True


def grows(sizes: Sequence[int], edges: list[tuple[int, int]], start: int) -> bool:
    """Tell whether the sizes do not decrease along a tree, away from one of its cells."""
    seen, waiting = {start}, [start]
    while waiting:
        i = waiting.pop()
        for j in (b if a == i else a for a, b in edges if i in (a, b)):
            if j not in seen:
                if sizes[j] < sizes[i]:
                    return False
                seen.add(j)
                waiting.append(j)
    return True


# ---- compact


def check_vertex(graph: SimpleGraph, stable: Colours, proof: Any) -> None:
    """Check a vertex of the polytope that is no permutation."""
    _, denominator, rows = fields(proof, "compact", "rule", "denominator", "numerators")
    D = integer(denominator, "denominator", 1, MOST_VALUE)
    n = graph.order
    need(type(rows) is list and len(rows) == n, "numerators is not a square matrix")
    X = [integers(row, "numerators", 0, D) for row in rows]
    need(all(len(row) == n for row in X), "numerators is not a square matrix")
    spend(n * (n + sum(map(len, graph.neighbours))), "the fractional vertex")

    # It is doubly stochastic, keeps the cells, and is no permutation.
    sums = [sum(row) for row in X]
    sums += [sum(column) for column in zip(*X, strict=True)]
    need(set(sums) == {D}, "the rows and columns do not sum to the denominator")
    positive = [(u, v) for u in range(n) for v in range(n) if X[u][v]]
    need(all(stable[u] == stable[v] for u, v in positive), "cells are mixed")
    need(any(X[u][v] < D for u, v in positive), "the vertex is integral")

    # It commutes with the graph.
    for u, near in enumerate(graph.neighbours):
        for v, around in enumerate(graph.neighbours):
            need(sum(X[w][v] for w in near) == sum(X[u][w] for w in around), "it does not commute with the graph")

    # No other matrix with this support does: the equations leave no room.
    support = {place: i for i, place in enumerate(positive)}
    need(len(support) <= MOST_ENTRIES, "the support of the vertex is too large")
    rank = len(eliminated(equations(graph, support), len(support), "the vertex"))
    need(rank == len(support), "the matrix is no vertex: its support leaves room")


def equations(graph: SimpleGraph, number: dict[tuple[int, int], int]) -> list[dict[int, int]]:
    """Return the homogeneous equations of S on some entries, by their numbers; all other entries are zero."""
    vertices = range(graph.order)
    spend(10 * graph.order * sum(map(len, graph.neighbours)), "the equations")
    found = []
    for u in vertices:
        for v in vertices:
            row: dict[int, int] = {}
            for place, sign in [((w, v), 1) for w in graph.neighbours[u]] + [((u, w), -1) for w in graph.neighbours[v]]:
                if place in number:
                    row[number[place]] = row.get(number[place], 0) + sign
            found.append({i: x for i, x in row.items() if x})
    for u in vertices:
        found.append({i: 1 for (a, _), i in number.items() if a == u})
        found.append({i: 1 for (_, b), i in number.items() if b == u})
    return [row for row in found if row]


def check_rays(graph: SimpleGraph, stable: Colours, proof: Any) -> None:
    """Check that each component is compact."""
    _, parts = fields(proof, "compact", "rule", "parts")
    check_parts(graph, stable, tuple(range(graph.order)), parts)


def check_parts(graph: SimpleGraph, colours: Colours, names: tuple[int, ...], parts: Any) -> None:
    """Check one proof for each component of a graph; names are those of its vertices in the whole graph."""
    found = cells_of(graph, colours)
    waiting = [part for part in components(found) if len(part) > 1 or found.is_open(part[0], part[0])]
    need(
        type(parts) is list and len(parts) == len(waiting), "there is not one part for each component of the cell graph"
    )
    by_vertices = {}
    for part in waiting:
        kept = tuple(sorted(v for i in part for v in found.cells[i]))
        by_vertices[frozenset(names[v] for v in kept)] = sparse_component(graph, found, part, kept)
    for proof in parts:
        has_copies = type(proof) is dict and "copies" in proof
        listed = proof["copies"] if has_copies else fields(proof, "a part", "vertices", "rays")[0]
        vertices = [integers(each, "copies") for each in listed] if has_copies else [integers(listed, "vertices")]
        whole = frozenset(v for each in vertices for v in each)
        component = by_vertices.pop(whole, None)
        need(component is not None, "a part is about no component of the cell graph, or about one for the second time")
        assert component is not None
        kept = tuple(v for v in range(graph.order) if names[v] in whole)
        own = tuple(names[v] for v in kept)
        if has_copies:
            check_copies(component, own, vertices, fields(proof, "a part", "copies", "parts")[1])
        else:
            need(vertices[0] == own, "the vertices of a part are not listed in order")
            check_piece(component, proof["rays"])


def sparse_component(graph: SimpleGraph, found: Cells, part: list[int], kept: tuple[int, ...]) -> SimpleGraph:
    """Return the graph on some cells with dense blocks complemented; its colours are the numbers of the cells."""
    cell_of = {v: i for i in part for v in found.cells[i]}
    sizes = {i: len(found.cells[i]) for i in part}
    dense = {(i, j) for i in part for j in part if 2 * found.degrees[i][j] > sizes[j] - (i == j)}
    place = {v: k for k, v in enumerate(kept)}
    spend(10 * len(kept) ** 2, "a component")
    rows = []
    for u in kept:
        near = set(graph.neighbours[u])
        row = [place[v] for v in kept if v != u and (v in near) != ((cell_of[u], cell_of[v]) in dense)]
        rows.append(tuple(row))
    return SimpleGraph(tuple(rows), tuple(cell_of[v] for v in kept), "")


def check_copies(component: SimpleGraph, names: tuple[int, ...], copies: list[Any], parts: Any) -> None:
    """Check that a component is made of isomorphic connected pieces, and the parts of the first one."""
    place = {name: v for v, name in enumerate(names)}
    pieces = [tuple(place[name] for name in copy) for copy in copies]
    listed = [v for piece in pieces for v in piece]
    need(sorted(listed) == list(range(component.order)), "the copies do not have each vertex once")
    need(len(pieces) > 1 and len({len(piece) for piece in pieces}) == 1, "the copies are not several of one size")
    near = [set(row) for row in component.neighbours]
    first = pieces[0]
    spend(10 * len(listed) * len(first), "the copies")
    for piece in pieces:
        inside = set(piece)
        need(all(near[v] <= inside for v in piece), "a copy is joined to another one")
        need(connected(component, piece), "a copy is not connected")
        for a, u in zip(first, piece, strict=True):
            need(component.colours[a] == component.colours[u], "a copy has other colours than the first one")
            same = all((b in near[a]) == (v in near[u]) for b, v in zip(first, piece, strict=True))
            need(same, "a copy is not isomorphic to the first one in the order that is listed")

    ordered = sorted(first)
    at = {v: k for k, v in enumerate(ordered)}
    rows = tuple(tuple(sorted(at[w] for w in component.neighbours[v])) for v in ordered)
    colours = tuple(component.colours[v] for v in ordered)
    piece_graph = SimpleGraph(rows, colours, "")
    check_parts(piece_graph, colours, tuple(names[v] for v in ordered), parts)


def connected(graph: SimpleGraph, piece: tuple[int, ...]) -> bool:
    """Tell whether a union of components is one component."""
    seen, waiting = set(), [piece[0]]
    while waiting:
        v = waiting.pop()
        if v not in seen:
            seen.add(v)
            waiting += graph.neighbours[v]
    return seen == set(piece)


def check_piece(graph: SimpleGraph, rays: Any) -> None:
    """Enumerate the extreme rays of the cone of circulations, and find each of them in the list."""
    n = graph.order
    need(type(rays) is list, "rays is not a list")
    listed = {integers(ray, "rays", 0, n - 1) for ray in rays}
    need(len(listed) == len(rays), "an automorphism is listed twice")
    entries = [(u, v) for u in range(n) for v in range(n) if graph.colours[u] == graph.colours[v]]
    need(len(entries) <= MOST_ENTRIES, "a piece is too large")

    # the diagonal is minus the sum of the row
    off = {place: i for i, place in enumerate(place for place in entries if place[0] != place[1])}
    every = {place: i for i, place in enumerate(entries)}
    rows = []
    for equation in equations(graph, every):
        row: dict[int, int] = {}
        for i, x in equation.items():
            u, v = entries[i]
            terms = [((u, v), x)] if u != v else [((u, w), -x) for w in range(n) if (u, w) in off]
            for place, value in terms:
                row[off[place]] = row.get(off[place], 0) + value
        rows.append({i: x for i, x in row.items() if x})

    found = set()
    for values in extreme_rays([row for row in rows if row], len(off), "the rays"):
        images, positive = list(range(n)), [x for x in values if x]
        for (u, v), i in off.items():
            if values[i]:
                images[u] = v
        moved = sum(u != v for u, v in enumerate(images))
        need(
            set(positive) == {1} and len(positive) == moved,
            "an extreme ray is no automorphism: the graph is not compact",
        )
        found.add(tuple(images))
    need(found == listed, "the listed automorphisms are not those of the extreme rays")


# ---- orbits


def check_automorphisms(graph: SimpleGraph, stable: Colours, proof: Any) -> None:
    """Check that a group moves the vertices of each cell into each other."""
    _, generators = fields(proof, "refinable", "rule", "generators")
    need(type(generators) is list, "generators is not a list")
    links: list[tuple[int, int]] = []
    for generator in generators:
        images = integers(generator, "generators", 0, graph.order - 1)
        need(len(images) == graph.order and is_automorphism(images, graph), "a generator is no automorphism")
        links += enumerate(images)

    names = list(range(graph.order))
    for u, v in links:
        while names[u] != u:
            u = names[u]
        while names[v] != v:
            v = names[v]
        names[max(u, v)] = min(u, v)
    orbits = sum(v == name for v, name in enumerate(names))
    need(orbits == len(set(stable)), "the orbits of the generators are not the cells")


def check_pair(graph: SimpleGraph, stable: Colours, proof: Any) -> None:
    """Check that two vertices of a cell are in different orbits, after some marks."""
    _, marks, pair = fields(proof, "a class", "rule", "marks", "pair")
    fixed = integers(marks, "marks", 0, graph.order - 1)
    two = integers(pair, "pair", 0, graph.order - 1)
    need(len(two) == 2 and len(fixed) <= graph.order, "a pair is not two vertices, or there are too many marks")
    colours = stable
    for v in fixed:
        (colours,) = refined([graph], [marked(colours, v)])
    u, v = two
    need(colours[u] == colours[v], "the two vertices are not in one cell")
    moved = are_isomorphic([graph, graph], [marked(colours, u), marked(colours, v)])
    need(not moved, "an automorphism maps one vertex of the pair to the other")


def check_not_refinable(graph: SimpleGraph, stable: Colours, proof: Any) -> None:
    """Check a pair without marks."""
    need(proof.get("marks") == [], "refinable: marks are left out")
    check_pair(graph, stable, proof)


def check_partition(graph: SimpleGraph, stable: Colours, proof: Any) -> None:
    """Check an equitable partition that is the orbit partition of no group."""
    _, listed = fields(proof, "godsil", "rule", "cells")
    need(type(listed) is list, "cells is not a list")
    cells = [integers(cell, "cells", 0, graph.order - 1) for cell in listed]
    need(
        sorted(v for cell in cells for v in cell) == list(range(graph.order)), "the cells do not have each vertex once"
    )
    colours = [0] * graph.order
    for i, cell in enumerate(cells):
        for v in cell:
            colours[v] = i
    given = {colour: {stable[v] for v in cell} for colour, cell in enumerate(cells)}
    need(all(len(each) == 1 for each in given.values()), "a cell has vertices of several stable colours")
    (found,) = refined([graph], [tuple(colours)])
    need(len(set(found)) == len(cells), "the partition is not equitable")

    for cell in cells:
        for v in cell[1:]:
            if not are_isomorphic([graph, graph], [marked(found, cell[0]), marked(found, v)]):
                return
    need(False, "the partition is the orbit partition of a group")


RULES: dict[tuple[str, bool, str], Callable[[SimpleGraph, Colours, Any], None]] = {
    ("discrete", True, "stable-partition"): partial(check_discrete, True),
    ("discrete", False, "stable-partition"): partial(check_discrete, False),
    ("amenable", True, "structure-theorem"): partial(check_amenable, True),
    ("amenable", False, "structure-theorem"): partial(check_amenable, False),
    ("compact", True, "extreme-rays"): check_rays,
    ("compact", False, "fractional-vertex"): check_vertex,
    ("godsil", False, "equitable-partition"): check_partition,
    ("tinhofer", False, "cell-of-two-orbits"): check_pair,
    ("refinable", True, "automorphisms"): check_automorphisms,
    ("refinable", False, "cell-of-two-orbits"): check_not_refinable,
}
