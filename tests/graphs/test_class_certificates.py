"""Certificates of classes: the checker proves them anew, and refuses what was changed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import algebra.evidence.checker as checker
from algebra.evidence import Certificate
from algebra.evidence.checker.cones import extreme_rays
from algebra.evidence.checker.limits import Patience, Refused, patience
from algebra.graphs import SimpleGraph, as_graph, circulant, classify_graph, cycle, named_graph
from tests.graphs.oracle import all_graphs
from tests.tampering import check_forged, put

K3_K3 = "H{S{aSf"
C6 = "EhEG"
C10_1_2 = "IzKWWMBoW"
MIXED = "FwCGg"


def certificate(word):
    return classify_graph(word).certificate()


@pytest.mark.parametrize("order", range(1, 7))
def test_every_small_graph(order):
    for graph in all_graphs(order):
        made = certificate(graph)
        assert made.check().valid, graph.label
        assert set(made.claim["classes"]) >= {"discrete", "amenable", "compact", "refinable"}


@pytest.mark.parametrize(
    ("graph", "says"),
    [
        ("D~{", "not discrete, amenable, compact, Godsil, Tinhofer, refinable"),
        (C6, "not discrete, not amenable, compact, Godsil, Tinhofer, refinable"),
        (K3_K3, "not discrete, not amenable, not compact, refinable"),
        (C10_1_2, "not discrete, not amenable, not compact, not Godsil, refinable"),
        (MIXED, "not discrete, not amenable, not compact, not Godsil, not Tinhofer, not refinable"),
        (cycle(5).union(cycle(5)), "not discrete, not amenable, compact, Godsil, Tinhofer, refinable"),
        (cycle(3).union(cycle(3)).union(cycle(3)), "not discrete, not amenable, compact, Godsil, Tinhofer, refinable"),
        (as_graph("EhEG").marked(0), "not discrete, amenable, compact, Godsil, Tinhofer, refinable"),
        (named_graph("cube"), "not discrete, not amenable, compact, Godsil, Tinhofer, refinable"),
        (cycle(6).union(SimpleGraph([[], [], []])), "not discrete, not amenable, compact, Godsil, Tinhofer, refinable"),
        (cycle(6).union(as_graph("D~{")), "not discrete, not amenable, compact, Godsil, Tinhofer, refinable"),
    ],
)
def test_what_is_claimed(graph, says):
    report = certificate(graph).check()
    assert report.valid, report.reasons
    assert report.statement.endswith(f" is {says}")


def test_shrikhande_is_no_tinhofer_graph():
    report = certificate(named_graph("shrikhande")).check()
    assert report.valid
    assert report.statement.endswith("not compact, not Godsil, not Tinhofer, refinable")


def test_the_checker_needs_the_standard_library_alone(tmp_path):
    file = tmp_path / "c6.json"
    certificate(C6).write(file)
    command = [sys.executable, "-I", str(Path(checker.__file__).parent), str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "valid: graph:EhEG is not discrete, not amenable, compact, Godsil, "
                                              "Tinhofer, refinable\n")  # fmt: skip
    assert Certificate.read(file).check().valid
    assert json.loads(file.read_text())["claim"]["quantity"] == "graph-classes"


def rows(change):
    """Change the numerators of a fractional vertex."""

    def changed(body):
        change(body["proofs"]["compact"]["numerators"])

    return changed


def swap_rows(matrix):
    matrix[0], matrix[1] = matrix[1], matrix[0]


def make_barycentre(body):
    body["proofs"]["compact"] |= {"denominator": 9, "numerators": [[1] * 9 for _ in range(9)]}


def make_identity(body):
    body["proofs"]["compact"] |= {"denominator": 1, "numerators": [[int(u == v) for v in range(9)] for u in range(9)]}


def add_to_first(matrix):
    matrix[0][0] += 1


def move_unit(matrix):
    matrix[0][0] -= 1
    matrix[0][1] += 1


FORGED_VERTICES = {
    "compact instead": put("claim", "classes", "compact", True),
    "two rows exchanged": rows(swap_rows),
    "one more": rows(add_to_first),
    "one unit moved": rows(move_unit),
    "the barycentre, which is no vertex": make_barycentre,
    "the identity, which is integral": make_identity,
    "another denominator": put("proofs", "compact", "denominator", 5),
    "a denominator of zero": put("proofs", "compact", "denominator", 0),
    "a row too few": rows(lambda matrix: matrix.pop()),
    "another graph": lambda body: (
        put("claim", "graph", "graph6", "H?????B")(body), put("claim", "label", "graph:H?????B")(body)
    ),
    "Godsil by inclusion": lambda body: (
        put("claim", "classes", "godsil", True)(body),
        put("proofs", "godsil", {"rule": "inclusion", "from": "refinable"})(body),
    ),
    "not refinable by inclusion": lambda body: (
        put("claim", "classes", "refinable", False)(body),
        put("proofs", "refinable", {"rule": "inclusion", "from": "compact"})(body),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", FORGED_VERTICES.values(), ids=FORGED_VERTICES)
def test_forged_vertices(change):
    report = check_forged(certificate(K3_K3), change)
    assert not report.valid
    assert report.reasons
    assert not any("malformed" in reason for reason in report.reasons)


def drop_ray(body):
    body["proofs"]["compact"]["parts"][0]["rays"].pop()


def wrong_ray(body):
    body["proofs"]["compact"]["parts"][0]["rays"][0] = [1, 0, 2, 3, 4, 5]


def twice(body):
    rays = body["proofs"]["compact"]["parts"][0]["rays"]
    rays.append(rays[0])


FORGED_RAYS = {
    "amenable instead": put("claim", "classes", "amenable", True),
    "discrete instead": put("claim", "classes", "discrete", True),
    "a ray dropped": drop_ray,
    "a ray changed": wrong_ray,
    "a ray twice": twice,
    "no part": put("proofs", "compact", "parts", []),
    "a part of another component": put("proofs", "compact", "parts", 0, "vertices", [0, 1, 2, 3, 4]),
    "vertices in another order": put("proofs", "compact", "parts", 0, "vertices", [1, 0, 2, 3, 4, 5]),
    "copies that are none": put("proofs", "compact", "parts", 0, {"copies": [[0, 1, 2], [3, 4, 5]], "parts": []}),
    "one copy": put("proofs", "compact", "parts", 0, {"copies": [[0, 1, 2, 3, 4, 5]], "parts": []}),
    "compact by itself": put("proofs", "compact", {"rule": "inclusion", "from": "compact"}),
    "compact by Godsil": put("proofs", "compact", {"rule": "inclusion", "from": "godsil"}),
    "compact by the structure theorem": put("proofs", "compact", {"rule": "structure-theorem"}),
    "no automorphism": put("proofs", "refinable", "generators", [[1, 0, 2, 3, 4, 5]]),
    "too few automorphisms": put("proofs", "refinable", "generators", []),
    "no proof": lambda body: body["proofs"].pop("compact"),
    "no class": lambda body: body["claim"].update(classes={}),
    "an unknown class": put("claim", "classes", "asymmetric", True),
    "a verdict that is no truth value": put("claim", "classes", "compact", 1),
    "another label": put("claim", "label", "graph:EhEK"),
}


@pytest.mark.parametrize("change", FORGED_RAYS.values(), ids=FORGED_RAYS)
def test_forged_rays(change):
    report = check_forged(certificate(C6), change)
    assert not report.valid
    assert not any("malformed" in reason for reason in report.reasons)


FORGED_ORBITS = {
    "a pair of one orbit": put("proofs", "refinable", "pair", [0, 1]),
    "a pair of one vertex": put("proofs", "refinable", "pair", [0, 0]),
    "a pair of three": put("proofs", "refinable", "pair", [0, 3, 4]),
    "a vertex that there is not": put("proofs", "refinable", "pair", [0, 7]),
    "with marks": put("proofs", "refinable", "marks", [0]),
    "refinable": put("claim", "classes", "refinable", True),
    "amenable": put("claim", "classes", "amenable", True),
}


@pytest.mark.parametrize("change", FORGED_ORBITS.values(), ids=FORGED_ORBITS)
def test_forged_orbits(change):
    report = check_forged(certificate(MIXED), change)
    assert not report.valid
    assert not any("malformed" in reason for reason in report.reasons)


FORGED_PARTITIONS = {
    "orbits of a group": put("proofs", "godsil", "cells", [[v] for v in range(10)]),
    "not equitable": put("proofs", "godsil", "cells", [[0], list(range(1, 10))]),
    "a vertex left out": put("proofs", "godsil", "cells", [[0, 5], [1, 2, 3, 4, 6, 7, 8]]),
    "a vertex twice": put("proofs", "godsil", "cells", [[0, 5], [0, 1, 2, 3, 4, 6, 7, 8, 9]]),
    "all vertices": put("proofs", "godsil", "cells", [list(range(10))]),
    "Godsil": put("claim", "classes", "godsil", True),
}


@pytest.mark.parametrize("change", FORGED_PARTITIONS.values(), ids=FORGED_PARTITIONS)
def test_forged_partitions(change):
    report = check_forged(certificate(C10_1_2), change)
    assert not report.valid
    assert not any("malformed" in reason for reason in report.reasons)


def test_copies_have_to_be_isomorphic():
    """Theorem 6 asks for isomorphic pieces: two pentagons, listed in an order that is no isomorphism."""
    made = certificate(cycle(5).union(cycle(5)))
    assert made.check().valid
    wrong = put("proofs", "compact", "parts", 0, "copies", [[0, 1, 2, 3, 4], [5, 7, 6, 8, 9]])
    assert "not isomorphic" in check_forged(made, wrong).reasons[0]
    crossed = put("proofs", "compact", "parts", 0, "copies", [[0, 1, 2, 3, 5], [4, 6, 7, 8, 9]])
    assert not check_forged(made, crossed).valid


@pytest.mark.slow
def test_what_is_too_large_is_refused_before_the_work():
    made = certificate(circulant(10, [1, 4])) if classify_graph(circulant(10, [1, 4])).compact.value else None
    if made is not None:  # with pplpy, whose enumeration is faster than the checker's
        assert "too large" in made.check().reasons[0]


def test_budgets_of_the_enumeration():
    equations = [{j: 1 if j < 4 else -1 for j in range(8)}]
    assert len(extreme_rays(equations, 8)) == 16
    with patience(Patience(20, 1 << 20, 1 << 20, "")), pytest.raises(Refused, match="too large"):
        extreme_rays(equations, 8)


@pytest.mark.parametrize(
    ("equations", "variables", "rays"),
    [
        ([], 2, [(0, 1), (1, 0)]),
        ([{0: 1, 1: 1}], 2, []),
        ([{0: 2, 1: -3}], 2, [(3, 2)]),
        ([{0: 1, 1: -1}, {2: 1, 3: -1}], 4, [(0, 0, 1, 1), (1, 1, 0, 0)]),
    ],
)
def test_cones_by_hand(equations, variables, rays):
    assert extreme_rays(equations, variables) == rays


def coloured(edges, colours):
    """A graph of coloured vertices by its edges."""
    neighbours = [[] for _ in colours]
    for u, v in edges:
        neighbours[u].append(v)
        neighbours[v].append(u)
    return SimpleGraph(neighbours, colours)


# Cells that violate conditions B and C of the structure theorem: neither a matching nor stars between two cells, cells
# that are joined in a circle, and cells that shrink on the way from the smallest one.
NOT_AMENABLE = {
    "an 8-cycle between two cells": coloured([(i, (i + 1) % 8) for i in range(8)], [0, 1] * 4),
    "a circle of three cells": coloured([(0, 2), (1, 3), (2, 4), (3, 5), (4, 1), (5, 0)], [0, 0, 1, 1, 2, 2]),
    "a large cell between two small ones": coloured(
        [(0, 2), (0, 3), (1, 4), (1, 5), (2, 6), (4, 6), (3, 7), (5, 7)], [0, 0, 1, 1, 1, 1, 2, 2]
    ),
}


@pytest.mark.parametrize("name", NOT_AMENABLE)
def test_graphs_that_are_not_amenable_for_their_joined_cells(name):
    made = certificate(NOT_AMENABLE[name])
    assert made.claim["classes"]["amenable"] is False
    assert made.check().valid
    report = check_forged(made, put("claim", "classes", "amenable", True))
    assert "the structure theorem says the opposite" in report.reasons
