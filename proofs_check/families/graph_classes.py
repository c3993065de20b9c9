"""The classes of named graphs, and of all circulants on few vertices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer, one_of
from proofs_check.family import Column, Family, Instance, Row, Rows, Told
from proofs_check.option import SEED, Option, words_option
from proofs_check.words import integer

if TYPE_CHECKING:
    from algebra.graphs import SimpleGraph

OURS = ("cube", "rook-3x3", "rook-3x4", "rook-4x4", "paley-13", "petersen", "heawood", "icosahedron", "shrikhande")
THEIRS: dict[str, tuple[str, tuple[int, ...]]] = {
    "tesseract": ("hypercube_graph", (4,)),
    "prism-5": ("circular_ladder_graph", (5,)),
    "prism-6": ("circular_ladder_graph", (6,)),
    "truncated-tetrahedron": ("truncated_tetrahedron_graph", ()),
    "moebius-kantor": ("moebius_kantor_graph", ()),
    "pappus": ("pappus_graph", ()),
    "desargues": ("desargues_graph", ()),
    "dodecahedron": ("dodecahedral_graph", ()),
    "frucht": ("frucht_graph", ()),
    "karate-club": ("karate_club_graph", ()),
}
"""Functions of networkx that make the graph, with their arguments."""

NAMES = (*OURS, *THEIRS)
LARGEST = 12
"""Vertices of circulants: 2^6 sets of steps, most of which have many equal copies."""

CLASSES = ("discrete", "amenable", "compact", "godsil", "tinhofer", "refinable")


def instances(names: Sequence[str] | None = None, circulants: int | None = None, seed: int = 0) -> list[Instance]:
    """Graphs by their names, all of them by default; or all circulants with so many vertices and some edge.

    Raises
    ------
    InputError
        For a name that there is not, or a number of vertices that is not from 3 to 12.

    Examples
    --------
    >>> [each["name"] for each in instances(circulants=6)]
    ['C6(1)', 'C6(2)', 'C6(3)', 'C6(1,2)', 'C6(1,3)', 'C6(2,3)', 'C6(1,2,3)']
    """
    if circulants is not None:
        if as_integer("circulants", circulants, 3) > LARGEST:
            raise InputError("circulants", circulants, f"at most {LARGEST}")
        listed = _circulants(circulants)
        return [{"name": name, "order": circulants, "steps": steps, "seed": seed} for name, steps in listed]
    for name in names or ():
        one_of("name", name, NAMES)
    return [{"name": name, "order": None, "steps": None, "seed": seed} for name in names or NAMES]


def _circulants(order: int) -> Iterator[tuple[str, list[int]]]:
    """Yield one circulant of each isomorphism type."""
    from algebra.graphs import canonical_form, circulant

    seen = set()
    for count in range(1, order // 2 + 1):
        for steps in combinations(range(1, order // 2 + 1), count):
            form = canonical_form(circulant(order, list(steps)))
            if form not in seen:
                seen.add(form)
                yield f"C{order}({','.join(map(str, steps))})", list(steps)


def graph_of(instance: Instance) -> SimpleGraph:
    """Build the graph of an instance.

    Examples
    --------
    >>> graph_of(instances(["pappus"])[0]).order
    18
    """
    import networkx as nx

    from algebra.graphs import as_graph, circulant, named_graph

    name = instance["name"]
    if instance["steps"] is not None:
        return circulant(instance["order"], instance["steps"])
    if name in OURS:
        return named_graph(name)
    function, arguments = THEIRS[name]
    found: Any = getattr(nx, function)(*arguments)
    # edges alone: some of these graphs have attributes, and nodes that are no numbers
    return as_graph(nx.convert_node_labels_to_integers(nx.Graph(found.edges())))


def evaluate(instance: Instance) -> Row:
    """Classify one graph.

    Examples
    --------
    >>> row = evaluate(instances(["cube"])[0])
    >>> row["compact"], row["godsil"], row["compact_by"]
    (True, True, 'extreme-rays')
    """
    from algebra.graphs import classify_graph

    graph = graph_of(instance)
    found = classify_graph(graph, instance["seed"])
    return {
        "label": graph.label,
        "name": instance["name"],
        "n": graph.order,
        "edges": graph.size,
        **{name: verdict.value for name, verdict in found.verdicts.items()},
        "compact_by": found.compact.by,
        "grade": "inconclusive" if None in found.values else "proved",
        "seed": instance["seed"],
    }


def _shown(name: str) -> Callable[[Row], str]:
    return lambda row: {True: "yes", False: "no", None: "open"}[row[name]]


def notes(rows: Rows, told: Told) -> Iterator[str]:
    """Say what the classes are, and what is open."""
    yield "each class is contained in the next one (Arvind et al., arXiv:1502.01255)"
    yield "compact: by all extreme rays, enumerated exactly, or not by a fractional vertex, which is checked exactly"
    left = [row["name"] for row in rows if row["grade"] != "proved"]
    if left:
        yield f"open: {', '.join(left)}; pip install pplpy enumerates more"


def key(instance: Instance) -> str:
    """Name the graph and the seed."""
    return f"graph-classes:{instance['name']}:seed={instance['seed']}"


FAMILY = Family(
    name="graph-classes",
    says="Which of six classes named graphs, or all circulants on few vertices, are in.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text"),
        Column("name", "text", "graph", says="name of the graph"),
        Column("n", heading="n", says="number of vertices"),
        Column("edges", heading="edges", says="number of edges"),
        *(Column(name, "boolean", name, _shown(name), says=f"whether it is {name}; empty if open") for name in CLASSES),
        Column("compact_by", "text", "compact by", says="what proves whether it is compact"),
        Column("grade", "text"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title="Classes of graphs",
    notes=notes,
    options=(
        words_option(
            "names", f"Names of graphs; default: all of {', '.join(NAMES)}.", metavar="[NAME]…", choices=lambda: NAMES
        ),
        Option("circulants", "Instead: all circulants with N vertices, up to 12.", integer, metavar="N"),
        SEED,
    ),
    cost=lambda instance: float(instance["order"] or 20),
    example={"names": ["cube", "frucht"]},
    usage=("rankcert table graph-classes", "rankcert table graph-classes --circulants 10"),
)
