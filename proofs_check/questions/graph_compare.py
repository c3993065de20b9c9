"""Which methods tell two graphs apart, and whether they are isomorphic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.errors import InputError
from proofs_check.option import CERTIFICATE
from proofs_check.question import Answer, Field, Question, Result, Words
from proofs_check.reading import Integer, Text, file_format
from proofs_check.show.text import aligned, run_notes, strong

if TYPE_CHECKING:
    from algebra.graphs import GraphComparison, SimpleGraph

Described = Text | list[list[Integer]]
METHODS = {
    "colour-refinement": "colour refinement (1-WL)",
    "tinhofer": "Tinhofer's procedure",
    "2-fwl": "2-FWL (= 3-OWL)",
    "walks": "numbers of walks",
    "one-mark": "one mark on each vertex in turn",
    "3-fwl": "3-FWL (= 4-OWL)",
}
SAID = {True: "tells them apart", False: "does not", None: "open"}


@file_format
class Pair:
    """Two simple undirected graphs."""

    first: Described
    """A graph6 word, or an adjacency matrix of 0 and 1."""

    second: Described
    """The other graph, likewise."""

    first_colours: list[Integer] | None = None
    """A colour for each vertex of the first graph; isomorphisms preserve them. By default all are equal."""

    second_colours: list[Integer] | None = None
    """Those of the second graph."""


def read_graph(argument: str, graph: Described, colours: list[int] | None, named: str) -> SimpleGraph:
    """Return the graph of a file under one key, with its colours under another.

    Raises
    ------
    InputError
        If there are not as many colours as vertices.
    """
    from algebra.graphs import as_graph

    read = as_graph(graph, argument)
    if colours is None:
        return read
    if len(colours) != read.order:
        raise InputError(named, colours, f"a list of {read.order} integers, one for each vertex")
    return read.coloured(colours)


def is_graph6(word: str) -> bool:
    """Say whether a word stands for a graph and not for a file: graph6 has neither points nor strokes.

    Examples
    --------
    >>> is_graph6("EhEG"), is_graph6("pair.json"), is_graph6("-")
    (True, False, False)
    """
    return word != "-" and "." not in word and "/" not in word


def answer(given: Pair) -> Answer:
    """Ask each method."""
    from algebra.graphs import compare_graphs

    first = read_graph("first", given.first, given.first_colours, "first_colours")
    second = read_graph("second", given.second, given.second_colours, "second_colours")
    found = compare_graphs(first, second)
    files = {"certificate": lambda path: found.certificate().write(path)}
    return Answer(found.label, _fields(found), files=files)


def _fields(found: GraphComparison) -> Result:
    separated = found.separated_by()
    isomorphic = found.is_isomorphic
    images = found.isomorphism if isomorphic else None
    return {
        "separated_by": separated,
        "also_separated_by": found.others(),
        "isomorphic": isomorphic,
        "isomorphism": None if images is None else list(images),
        "fractionally_isomorphic": found.fractional.exists,
        "rounds": {
            "colour-refinement": found.fractional.first_difference,
            "2-fwl": found.two_fwl_round if separated["2-fwl"] and not found.is_large else None,
        },
        "one_run": {
            "answer": "yes" if found.test.says_yes else "no",
            "marks": len(found.test.first_marks),
            "is_proof": True if found.test.says_yes else found.is_no_proved,
        },
        "grade": "inconclusive" if None in (isomorphic, *separated.values()) else "proved",
    }


def report(result: Result) -> str:
    """Everything that is known of one pair, for people."""
    rows = [(METHODS[name], SAID[value], _note(name, result)) for name, value in result["separated_by"].items()]
    rows += [
        (METHODS[name], SAID[value] if value is not None else "not asked", "")
        for name, value in result["also_separated_by"].items()
    ]
    images = result["isomorphism"]
    shown = "" if images is None else f"\n\nisomorphism: {' '.join(map(str, images))}"
    head = f"{result['label']}  {strong(_verdict(result))}"
    return f"{head}\n\n{aligned(rows, right=())}{shown}\n\n{run_notes(result)}"


def _note(name: str, result: Result) -> str:
    """Say how soon a method decides."""
    if name == "tinhofer":
        run = result["one_run"]
        marks = f"{run['marks']} mark{'s' * (run['marks'] != 1)}"
        worth = {True: "is proof", False: "alone is no proof", None: "may be no proof"}[run["is_proof"]]
        return f"one run says {run['answer']} after {marks}, which {worth}"
    found = result["rounds"][name]
    return "" if found is None else f"in round {found}"


def _verdict(result: Result) -> str:
    verdict = {True: "isomorphic", False: "not isomorphic", None: "isomorphism open"}[result["isomorphic"]]
    return f"{verdict} ({result['grade']})"


def line(result: Result) -> str:
    """Say in one line whether they are isomorphic, and which methods tell them apart."""
    by = [name for name, value in result["separated_by"].items() if value]
    return f"{result['label']}  {_verdict(result)}; told apart by {', '.join(by) or 'none'}"


def _described(words: list[str]) -> Result:
    if len(words) != 2:
        raise InputError("GRAPH6", " ".join(words), "two words of graph6")
    return {"first": words[0], "second": words[1]}


QUESTION = Question(
    name="graph compare",
    says="Whether two graphs are isomorphic, and which methods of the Weisfeiler-Leman family tell them apart.",
    about="Colour refinement is what message passing can see at most. 2-FWL is the folklore algorithm on pairs, as "
    "strong as the oblivious one on triples. Tinhofer's procedure marks vertices and refines; with all choices in the "
    "second graph it tells apart whatever is not isomorphic, and the report says whether one run is a proof.",
    given=Pair,
    answer=answer,
    fields=(
        Field("separated_by", "object", "for colour-refinement, tinhofer and 2-fwl: true, false, or null if too large"),
        Field("also_separated_by", "object", "likewise for walks (null with colours), one-mark (M_1) and 3-fwl"),
        Field("isomorphic", "boolean", "null if the search takes too long"),
        Field("isomorphism", "list", "the image of each vertex of the first graph; null if there is none"),
        Field(
            "fractionally_isomorphic",
            "boolean",
            "whether A X = X B has a doubly stochastic solution: the opposite of colour-refinement",
        ),
        Field("rounds", "object", "the round in which colour-refinement and 2-fwl tell them apart first; else null"),
        Field(
            "one_run", "object", "answer (yes, no) and marks of one run of Tinhofer's test; is_proof, or null if open"
        ),
        Field("grade", "text", "proved, or inconclusive where a verdict is null"),
    ),
    example={"first": "EhEG", "second": "EwCW"},
    options=(CERTIFICATE,),
    needs=("algebra.graphs.comparison",),
    usage=("rankcert graph compare EhEG EwCW", "rankcert graph compare pairs.jsonl --json"),
    words=Words(
        "GRAPH6",
        "Two words of graph6",
        _described,
        is_word=is_graph6,
    ),
    report=report,
    line=line,
)
