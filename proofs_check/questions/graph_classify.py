"""Which of six classes a graph is in: discrete, amenable, compact, Godsil, Tinhofer, refinable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs_check.option import CERTIFICATE, SEED
from proofs_check.question import Answer, Field, Question, Result, Words
from proofs_check.reading import Integer, Text, file_format
from proofs_check.show.text import aligned, run_notes, strong

if TYPE_CHECKING:
    from algebra.graphs import GraphClasses

SHOWN = {True: "yes", False: "no", None: "open"}
MEANINGS = {
    "discrete": "colour refinement tells all vertices apart",
    "amenable": "colour refinement tells the graph from every other graph",
    "compact": "every extreme point of the polytope of fractional automorphisms is an automorphism",
    "godsil": "every equitable partition is the orbit partition of a group of automorphisms",
    "tinhofer": "Tinhofer's procedure is right for every other graph, whatever it chooses",
    "refinable": "the stable partition is the orbit partition of all automorphisms",
}
RULES = {
    "stable-partition": "by the stable partition",
    "structure-theorem": "by the structure theorem",
    "automorphisms": "by automorphisms",
    "cell-of-two-orbits": "a cell is no orbit",
    "extreme-rays": "all extreme rays are automorphisms",
    "fractional-vertex": "a fractional vertex",
    "marks": "cells are orbits after all marks",
    "equitable-partition": "an equitable partition that is no orbit partition",
    "equitable-partitions": "all equitable partitions are orbit partitions",
}
MOST_SHOWN = 12  # vertices of a certificate in a report for people


@file_format
class Given:
    """A simple undirected graph."""

    graph: Text | list[list[Integer]]
    """A graph6 word, or an adjacency matrix of 0 and 1."""

    colours: list[Integer] | None = None
    """A colour for each vertex; automorphisms preserve them. By default all are equal."""


def answer(given: Given, seed: int) -> Answer:
    """Decide the six classes."""
    from algebra.graphs import as_graph, classify_graph

    graph = as_graph(given.graph)
    found = classify_graph(graph if given.colours is None else graph.coloured(given.colours), seed)
    files = {"certificate": lambda path: found.certificate().write(path)}
    return Answer(found.graph.label, _fields(found), seed=seed, files=files)


def _fields(found: GraphClasses) -> Result:
    is_open = None in found.values
    return {
        "order": found.graph.order,
        "size": found.graph.size,
        "grade": "inconclusive" if is_open else "proved",
        **{name: verdict.to_json() for name, verdict in found.verdicts.items()},
    }


def report(result: Result) -> str:
    """Everything that is known of one graph, for people."""
    rows = [(name, SHOWN[result[name]["value"]], _note(result[name])) for name in MEANINGS]
    meanings = "".join(f"\n  {name}: {says}" for name, says in MEANINGS.items())
    head = f"{result['label']}  {strong(_smallest(result))} ({result['grade']})"
    return f"{head}\n\n{aligned(rows, right=())}\n{meanings}\n\n{run_notes(result)}"


def _note(verdict: Result) -> str:
    """Say what proves a verdict, and show it where it is short."""
    evidence, by = verdict["evidence"], verdict["by"]
    if by == "inclusion":
        return f"as it is {'' if verdict['value'] else 'not '}{evidence['from']}"
    if verdict["value"] is None:
        return str(evidence["says"])
    shown = RULES[by]
    if "says" in evidence and not verdict["value"]:
        shown += f", condition {evidence['condition']}: {evidence['says']}"
    elif "pair" in evidence:
        marks = f" after marking {', '.join(map(str, evidence['marks']))}" if evidence.get("marks") else ""
        shown += f": {evidence['pair'][0]} and {evidence['pair'][1]}{marks}"
    elif by == "equitable-partition" and sum(map(len, evidence["cells"])) <= MOST_SHOWN:
        shown += ": " + " | ".join(" ".join(map(str, cell)) for cell in evidence["cells"])
    elif by == "fractional-vertex":
        shown += f", denominator {evidence['denominator']}"
    elif by == "extreme-rays" and evidence["parts"]:
        rays = sum(len(part["rays"]) for part in evidence["parts"])
        shown = f"all {rays} extreme rays are automorphisms, enumerated by {evidence['enumerated_by']}"
    return shown


def _smallest(result: Result) -> str:
    """Name the smallest class that the graph is known to be in, and the next one where that is open."""
    inside = next((name for name in MEANINGS if result[name]["value"]), "in none of the classes")
    is_open = [name for name in MEANINGS if result[name]["value"] is None]
    return f"{inside}{f', {is_open[0]} open' if is_open else ''}"


def line(result: Result) -> str:
    """Say in one line which classes a graph is in."""
    verdicts = ", ".join(f"{name} {SHOWN[result[name]['value']]}" for name in MEANINGS)
    return f"{result['label']}  {verdicts}"


QUESTION = Question(
    name="graph classify",
    says="Which of six classes a graph is in, from discrete to refinable, each with what proves it.",
    about="Each class is contained in the next one: discrete, amenable, compact, Godsil, Tinhofer, refinable. A "
    "verdict is true, false, or null where neither was proved. Compactness is proved by all extreme rays of a cone, "
    "enumerated exactly: by the Parma Polyhedra Library after `pip install pplpy`, else by a slower "
    "enumeration for small graphs.",
    given=Given,
    answer=answer,
    fields=(
        Field("order", "integer", "number of vertices"),
        Field("size", "integer", "number of edges"),
        Field("grade", "text", "proved, or inconclusive where a verdict is null"),
        *(Field(name, "object", f"value, grade, by, evidence: whether {says}") for name, says in MEANINGS.items()),
    ),
    example={"graph": "EhEG"},
    options=(SEED, CERTIFICATE),
    needs=("algebra.graphs.classes",),
    usage=(
        "rankcert graph classify EhEG FwCGg",
        "rankcert graph classify IzKWWMBoW --certificate c10.json",
        "rankcert graph classify graphs.jsonl --json",
    ),
    words=Words(
        "GRAPH6",
        "Words of graph6, one a graph",
        lambda words: {"graph": words[0]},
        is_word=lambda word: word != "-" and "." not in word,
        is_each=True,
        is_batch=True,
    ),
    report=report,
    line=line,
)
