"""What the Weisfeiler-Leman family of algorithms says of two graphs; graphs that are not Tinhofer graphs.

**Comparison.** ``colour_refinement``, ``two_fwl``: whether the algorithm cannot tell ``first`` and ``second`` apart
("same") or does ("different"); ``isomorphic``: whether they are isomorphic. The last two may be null. Rules:

* colour refinement. ``equitable-partition``: ``colours`` of both graphs, as many vertices of each, equal numbers of
  neighbours of each colour for all vertices of one colour. Then X_uv = 1/|cell| in cells, and 0 elsewhere, is doubly
  stochastic with A X = X B, and refinement never tells vertices of one colour apart: *same*. ``multipliers``: integers
  P (``pairs``), a (``rows``), b (``columns``) with A P - P B + a 1^T + 1 b^T >= 0 at all pairs of one given colour and
  a negative sum of a and b: no such X exists, and *different* follows (Tinhofer; Ramana, Scheinerman and Ullman).
  ``refinement``: it is run here.
* 2-FWL. ``refinement``: it is run here. c(x, y) becomes (c(x, y), multiset of (c(w, y), c(x, w)) over all w).
* isomorphism. ``map``: the ``images``. ``colour-refinement``, ``two-fwl``: the algorithm tells them apart. ``search``:
  marks and refinement, all choices in the second graph but those that its ``automorphisms`` carry into each other,
  done here.

**Not a Tinhofer graph.** After the marks, u and v of ``pair`` are in one cell of the stable partition, but no
automorphism that fixes the marks maps u to v. So Tinhofer's test, run on the graph and itself with equal marks, and
then u against v, answers *no*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from .limits import MOST_VALUE, hold, need, per_product, spend
from .reading import fields, integer, integers, read_proofs, text
from .simple_graphs import SimpleGraph, agree, are_isomorphic, is_automorphism, marked, read_graph, refined

Checks = list[Callable[[], None]]
MEANING = {"same": "colour refinement cannot tell them apart", "different": "colour refinement tells them apart"}
FWL = {"same": "2-FWL cannot tell them apart", "different": "2-FWL tells them apart", None: ""}
ISOMORPHIC = {True: "they are isomorphic", False: "they are not isomorphic", None: ""}


def comparison_claim(claim: Any, document: dict[str, Any]) -> tuple[str, Checks]:
    """What algorithms say of two graphs, and whether they are isomorphic."""
    names = ("quantity", "label", "first", "second", "colour_refinement", "two_fwl", "isomorphic")
    _, name, *given, refinement, two_fwl, isomorphic = fields(claim, "claim", *names)
    proved = ("colour_refinement", "two_fwl", "isomorphic")
    proofs = read_proofs(document, *proved)
    first, second = (read_graph(each, of) for each, of in zip(given, ("first", "second"), strict=True))
    label = f"graphs:{first.label}:{second.label}"
    need(text(name, "label") == label, "the label does not fit the graphs")

    need(type(refinement) is str and refinement in MEANING, "colour_refinement is neither same nor different")
    need(two_fwl is None or (type(two_fwl) is str and two_fwl in FWL), "two_fwl is neither same, different nor null")
    need(isomorphic is None or type(isomorphic) is bool, "isomorphic is neither true, false nor null")
    checks: Checks = [lambda: check_refinement(first, second, refinement == "same", proofs[0])]
    if two_fwl is not None:
        checks.append(lambda: check_two_fwl(first, second, two_fwl == "same", proofs[1]))
    if isomorphic is not None:
        told = {"colour-refinement": refinement == "different", "two-fwl": two_fwl == "different"}
        checks.append(lambda: check_isomorphic(first, second, isomorphic, told, proofs[2]))
    need(two_fwl is not None or proofs[1] is None, "there is a proof of what is not claimed")
    need(isomorphic is not None or proofs[2] is None, "there is a proof of what is not claimed")

    said = [MEANING[refinement], FWL[two_fwl], ISOMORPHIC[isomorphic]]
    return f"of {label}: {', '.join(filter(None, said))}", checks


def tinhofer_claim(claim: Any, document: dict[str, Any]) -> tuple[str, Checks]:
    """Two vertices that prove that a graph is no Tinhofer graph."""
    _, name, given, marks, pair = fields(claim, "claim", "quantity", "label", "graph", "marks", "pair")
    read_proofs(document)
    graph = read_graph(given, "graph")
    need(text(name, "label") == f"graph:{graph.label}", "the label does not fit the graph")
    fixed = integers(marks, "marks", 0, graph.order - 1)
    two = integers(pair, "pair", 0, graph.order - 1)
    need(len(two) == 2 and len(fixed) <= graph.order, "a pair is not two vertices, or there are too many marks")

    def is_exception() -> None:
        colours = graph.colours
        for v in fixed:
            (colours,) = refined([graph], [marked(colours, v)])
        (colours,) = refined([graph], [colours])
        u, v = two
        need(colours[u] == colours[v], "the two vertices are not in one cell of the stable partition")
        moved = are_isomorphic([graph, graph], [marked(colours, u), marked(colours, v)])
        need(not moved, "an automorphism that fixes the marks maps the first vertex to the second")

    after = f" after the marks {', '.join(map(str, fixed))}" if fixed else ""
    return f"graph:{graph.label} is no Tinhofer graph: {two[0]} and {two[1]} prove it{after}", [is_exception]


# ---- colour refinement


def check_refinement(first: SimpleGraph, second: SimpleGraph, is_same: bool, proof: Any) -> None:
    """Check what colour refinement says."""
    rule = proof.get("rule") if type(proof) is dict else None
    allowed = ("equitable-partition",) if is_same else ("multipliers",)
    need(rule in (*allowed, "refinement"), "the rule for colour refinement is unknown, or proves something else")
    if rule == "equitable-partition":
        check_partition(first, second, proof)
    elif rule == "multipliers":
        check_multipliers(first, second, proof)
    else:
        fields(proof, "colour_refinement", "rule")
        found = agree(refined([first, second], [first.colours, second.colours]))
        need(found == is_same, "colour refinement, run anew, says the opposite")


def check_partition(first: SimpleGraph, second: SimpleGraph, proof: Any) -> None:
    """Check a common equitable partition, which refines the given colours."""
    _, both = fields(proof, "colour_refinement", "rule", "colours")
    need(type(both) is list and len(both) == 2, "colours is not one list for each graph")
    colours = [integers(each, "colours") for each in both]
    need(first.order == second.order, "the graphs have not as many vertices")
    need(all(len(each) == first.order for each in colours), "colours is not one integer for each vertex")
    need(agree(colours), "the graphs have not as many vertices of each colour")

    # All vertices of one colour have the same given colour, and as many neighbours of each colour.
    seen: dict[int, Any] = {}
    for graph, own in zip((first, second), colours, strict=True):
        spend(20 * (graph.order + degrees(graph)), "the partition")
        for v, near in enumerate(graph.neighbours):
            signature = graph.colours[v], Counter(own[w] for w in near)
            known = seen.setdefault(own[v], signature)
            need(known == signature, f"the partition is not equitable: colour {own[v]}")


def degrees(graph: SimpleGraph) -> int:
    """Return the sum of all degrees."""
    return sum(map(len, graph.neighbours))


def check_multipliers(first: SimpleGraph, second: SimpleGraph, proof: Any) -> None:
    """Check multipliers of A X = X B and of the sums of rows and columns, which contradict X >= 0."""
    _, pairs, rows, columns = fields(proof, "colour_refinement", "rule", "pairs", "rows", "columns")
    need(type(pairs) is list and len(pairs) == first.order, "pairs is not one row for each vertex of the first graph")
    P = [integers(row, "pairs", -MOST_VALUE, MOST_VALUE) for row in pairs]
    a, b = (integers(each, "sums", -MOST_VALUE, MOST_VALUE) for each in (rows, columns))
    sizes = {len(row) for row in P} | {len(b)}
    need(len(a) == first.order and sizes == {second.order}, "the multipliers have not the shape of the graphs")

    # A look at a multiplier for each pair, and one for each neighbour on either side.
    bits = max((abs(x).bit_length() for row in (*P, a, b) for x in row), default=0)
    entries = first.order * second.order
    looks = entries + degrees(first) * second.order + degrees(second) * first.order
    hold(entries, 40 + bits // 8, "the multipliers")
    spend(looks * (10 + per_product(bits)), "the multipliers")

    # The sum is negative, but every coefficient of an entry of X that may be positive is at least 0.
    need(sum(a) + sum(b) < 0, "the sum of the multipliers is not negative")
    for u, near in enumerate(first.neighbours):
        for v, around in enumerate(second.neighbours):
            left = sum(P[w][v] for w in near)
            right = sum(P[u][x] for x in around)
            value = left - right + a[u] + b[v]
            is_free = first.colours[u] == second.colours[v]
            need(value >= 0 or not is_free, f"the multipliers give {value} at ({u}, {v}), which is negative")


# ---- 2-FWL


def check_two_fwl(first: SimpleGraph, second: SimpleGraph, is_same: bool, proof: Any) -> None:
    """Run 2-FWL on both graphs together."""
    (rule,) = fields(proof, "two_fwl", "rule")
    need(rule == "refinement", "the rule for 2-FWL is unknown")
    need(two_fwl_agrees(first, second) == is_same, "2-FWL, run anew, says the opposite")


def two_fwl_agrees(first: SimpleGraph, second: SimpleGraph) -> bool:
    """Say whether 2-FWL cannot tell two graphs apart."""
    graphs = (first, second)
    squares = sum(graph.order**2 for graph in graphs)
    cubes = sum(graph.order**3 for graph in graphs)
    hold(squares, 400, "2-FWL")

    # The first colour of a pair is its type; then each pair sees all others through every third vertex.
    colours, count = named([pair_types(graph) for graph in graphs])
    while agree_in_all(colours):
        before = count
        spend(8 * cubes, "2-FWL")
        hold(2 * squares, 100 + 60 * max(first.order, second.order), "2-FWL")
        colours, count = named([two_fwl_round(each) for each in colours])
        if count == before:
            return agree_in_all(colours)
    return False


def pair_types(graph: SimpleGraph) -> list[list[Any]]:
    """Return what is seen of each pair of vertices alone: their colours, whether they are equal, or neighbours."""
    own, vertices = graph.colours, range(graph.order)
    found = []
    for x in vertices:
        near = frozenset(graph.neighbours[x])
        found.append([(own[x], own[y], x == y, y in near) for y in vertices])
    return found


def two_fwl_round(colours: list[list[int]]) -> list[list[Any]]:
    """Return the signatures of all pairs of one graph."""
    columns = list(zip(*colours, strict=True))
    return [two_fwl_row(colours, columns, x) for x in range(len(colours))]


def two_fwl_row(colours: list[list[int]], columns: list[Any], x: int) -> list[Any]:
    """Return the signatures of the pairs (x, y) for all y."""
    mine = colours[x]
    return [(mine[y], tuple(sorted(zip(column, mine, strict=True)))) for y, column in enumerate(columns)]


def named(signatures: list[list[list[Any]]]) -> tuple[list[list[list[int]]], int]:
    """Give equal signatures equal numbers, the same in both graphs."""
    names: dict[Any, int] = {}
    found = [[[names.setdefault(s, len(names)) for s in row] for row in rows] for rows in signatures]
    return found, len(names)


def agree_in_all(colours: list[list[list[int]]]) -> bool:
    """Say whether two graphs have as many pairs of each colour."""
    mine, its = (Counter(colour for row in rows for colour in row) for rows in colours)
    return mine == its


# ---- isomorphisms


def check_isomorphic(first: SimpleGraph, second: SimpleGraph, is_so: bool, told: dict[str, bool], proof: Any) -> None:
    """Check that the graphs are isomorphic, or that they are not; `told`: which claims tell them apart."""
    rule = proof.get("rule") if type(proof) is dict else None
    if rule == "map" and is_so:
        _, images = fields(proof, "isomorphic", "rule", "images")
        check_map(first, second, integers(images, "images"))
        return
    known = not is_so and (rule == "search" or rule in told)
    need(known, "the rule for isomorphism is unknown, or proves something else")
    if rule != "search":
        fields(proof, "isomorphic", "rule")
        need(told[str(rule)], f"{rule} is not claimed to tell the graphs apart")
        return

    _, given = fields(proof, "isomorphic", "rule", "automorphisms")
    need(type(given) is list, "automorphisms is not a list")
    moves = [integers(each, "automorphisms") for each in given]
    need(all(is_automorphism(each, second) for each in moves), "one of the automorphisms is none")
    found = are_isomorphic([first, second], [first.colours, second.colours], moves)
    need(not found, "there is an isomorphism")


def check_map(first: SimpleGraph, second: SimpleGraph, images: tuple[int, ...]) -> None:
    """Check an isomorphism vertex by vertex."""
    need(first.order == second.order, "the graphs have not as many vertices")
    need(sorted(images) == list(range(first.order)), "images is not a permutation of the vertices")
    spend(20 * (first.order + sum(map(len, first.neighbours))), "the isomorphism")
    for v, near in enumerate(first.neighbours):
        image = integer(images[v], "images")
        need(first.colours[v] == second.colours[image], f"the image of {v} has another colour")
        kept = sorted(images[w] for w in near) == sorted(second.neighbours[image])
        need(kept, f"the image of {v} has other neighbours")
