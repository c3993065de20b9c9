"""The stable partition of a graph, its orbits, and whether marking vertices is an invariant of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from proofs_check.option import CERTIFICATE
from proofs_check.question import Answer, Field, Question, Result, Words
from proofs_check.questions.graph_compare import Described, is_graph6, read_graph
from proofs_check.reading import Integer, file_format
from proofs_check.show.text import aligned, number, run_notes, strong

if TYPE_CHECKING:
    from algebra.graphs import Orbits, SimpleGraph

MOST_FOR_2_FWL = 100
"""Vertices up to which pairs are refined as well: a million numbers a round, a second."""

SAID = {True: "yes", False: "no", None: "open"}


@file_format
class Given:
    """A simple undirected graph."""

    graph: Described
    """A graph6 word, or an adjacency matrix of 0 and 1."""

    colours: list[Integer] | None = None
    """A colour for each vertex, which isomorphisms preserve. By default all are equal."""


def answer(given: Given) -> Answer:
    """Refine the graph, find its automorphisms, and follow marks."""
    from algebra.graphs import colour_refinement, folklore_refinement, tinhofer_certificate

    graph = read_graph("graph", given.graph, given.colours, "colours")
    found = colour_refinement(graph)
    symmetric = _symmetries(graph)
    exception: Orbits | None = symmetric.pop("found")
    fields = {
        "cells": [list(cell) for cell in found.cells],
        "quotient": [list(row) for row in found.quotient],
        "rounds": found.rounds,
        "discrete": found.is_discrete,
        "pair_colours": folklore_refinement(graph).count if graph.order <= MOST_FOR_2_FWL else None,
        **symmetric,
        "grade": "inconclusive" if symmetric["tinhofer"] is None else "proved",
    }
    files = {}
    if exception is not None and exception.pair is not None:
        files["certificate"] = lambda path: tinhofer_certificate(graph, exception).write(path)
    return Answer(graph.label, fields, files=files)


def _symmetries(graph: SimpleGraph) -> dict[str, Any]:
    """Find what automorphisms decide; all is None where the search takes too long."""
    from algebra.graphs import automorphism_group, is_path_invariant, is_tinhofer
    from algebra.graphs.symmetry import Undecided

    names = ("automorphisms", "orbits", "path_invariant", "tinhofer", "exception", "found")
    try:
        group = automorphism_group(graph)
        invariant = {name: bool(is_path_invariant(graph, of)) for name, of in (("smallest", min), ("largest", max))}
        found = is_tinhofer(graph)
    except Undecided:
        return dict.fromkeys(names)
    exception = None
    if found is not None and found.pair is not None:
        exception = {"marks": list(found.marks), "pair": list(found.pair)}
    orbits = [list(orbit) for orbit in group.orbits]
    holds = None if found is None else found.holds
    return dict(zip(names, (group.order, orbits, invariant, holds, exception, found), strict=True))


def report(result: Result) -> str:
    """Everything that is known of one graph, for people."""
    rows = [
        ("cells", str(len(result["cells"])), f"stable after {result['rounds']} rounds"),
        ("orbits", number(None if result["orbits"] is None else len(result["orbits"])), ""),
        ("automorphisms", number(result["automorphisms"]), ""),
        ("colours of pairs", number(result["pair_colours"]), "by 2-FWL (= 3-OWL)"),
        ("Tinhofer graph", SAID[result["tinhofer"]], _exception(result)),
    ]
    if result["path_invariant"] is not None:
        notes = {True: "an invariant", False: "depends on the choices"}
        rows += [(f"path of {name} cells", notes[is_so], "") for name, is_so in result["path_invariant"].items()]
    cells = " | ".join(" ".join(map(str, cell)) for cell in result["cells"])
    shown = cells if len(cells) <= 200 else f"{cells[:200]} …"
    head = f"{result['label']}  {strong(_verdict(result))}"
    return f"{head}\n\n{aligned(rows, right=())}\n\nstable partition: {shown}\n\n{run_notes(result)}"


def _exception(result: Result) -> str:
    if result["exception"] is None:
        return ""
    u, v = result["exception"]["pair"]
    marks = ", ".join(map(str, result["exception"]["marks"]))
    after = f" after the marks {marks}" if marks else ""
    return f"{u} and {v} are in one cell{after}, but in two orbits"


def _verdict(result: Result) -> str:
    count = len(result["cells"])
    return f"{count} cell{'s' * (count != 1)} ({result['grade']})"


def _described(words: list[str]) -> Result:
    if not is_graph6(words[0]):
        raise InputError("GRAPH6", words[0], "a word of graph6")
    return {"graph": words[0]}


QUESTION = Question(
    name="graph refine",
    says="The stable partition of a graph, its orbits, and whether paths of marks are invariants of it.",
    about="Colour refinement finds the coarsest partition in which all vertices of a cell have equally many neighbours "
    "in each cell. A path of marks (Tinhofer's procedure, one path) is an invariant exactly if each selected cell is "
    "an orbit; of a Tinhofer graph it always is. The certificate holds two vertices that prove that it is none.",
    given=Given,
    answer=answer,
    fields=(
        Field("cells", "list", "the vertices of each stable colour, by canonical colours"),
        Field("quotient", "list", "entry (i, j): neighbours in cell j of a vertex of cell i"),
        Field("rounds", "integer", "rounds that split a cell"),
        Field("discrete", "boolean", "whether all cells are singletons"),
        Field("pair_colours", "integer", "colours of pairs of vertices by 2-FWL; null above 100 vertices"),
        Field("automorphisms", "integer", "the order of the group; null if the search takes too long, as all below"),
        Field("orbits", "list", "of the automorphisms"),
        Field("path_invariant", "object", "whether a path is an invariant that selects smallest, or largest, cells"),
        Field("tinhofer", "boolean", "whether Tinhofer's test is right on it, whatever is chosen"),
        Field("exception", "object", "marks, and a pair of one cell that is in two orbits after them; null if none"),
        Field("grade", "text", "proved, or inconclusive where tinhofer is null"),
    ),
    example={"graph": "FwCGg"},
    options=(CERTIFICATE,),
    needs=("algebra.graphs.tinhofer",),
    usage=("rankcert graph refine FwCGg EhEG", "rankcert graph refine FwCGg --certificate exception.json"),
    words=Words("GRAPH6", "Words of graph6", _described, is_word=is_graph6, is_each=True),
    report=report,
    line=lambda result: f"{result['label']}  {_verdict(result)}, Tinhofer graph: {SAID[result['tinhofer']]}",
)
