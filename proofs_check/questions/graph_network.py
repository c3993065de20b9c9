"""Whether a message-passing network separates what it could, on given graphs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from algebra.errors import InputError
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Number, Text, file_format
from proofs_check.show.text import aligned, run_notes, strong

if TYPE_CHECKING:
    from algebra.graphs import MessagePassingNetwork

Numbers = list[Number]


@file_format
class Layer:
    """One layer: h_v <- s(own h_v + neighbours a_v + bias), a_v aggregated over the neighbours of v."""

    own: list[Numbers]
    """Weights of a vertex's own features, outputs x inputs."""

    neighbours: list[Numbers] | None = None
    """Weights of what its neighbours send, of the same shape; left out in a layer that acts on each vertex alone."""

    bias: Numbers | None = None
    """One number for each output; zeros if left out."""

    activation: Literal["relu", "identity"] = "relu"
    """s: relu or identity."""

    aggregation: Literal["sum", "mean", "max"] = "sum"
    """Of the neighbours' features."""


@file_format
class Given:
    """A network, by its layers or by trained weights, and graphs."""

    graphs: list[Text]
    """graph6 words; vertices of all of them are compared."""

    layers: list[Layer] | None = None
    """From the first to the last. Integers, strings "p/q", or floats, which are the binary fractions that they are."""

    weights: dict[Text, Number | Numbers | list[Numbers]] | None = None
    """Instead: trained weights by the names of PyTorch Geometric's GraphConv, SAGEConv or GINConv, with ReLU behind
    every layer but the last, such as {name: value.tolist() for name, value in model.state_dict().items()}."""

    colours: list[list[Integer]] | None = None
    """For each graph the colours of its vertices; a vertex's input features are one-hot in them. By default every
    vertex has the feature 1."""


def answer(given: Given) -> Answer:
    """Evaluate the network exactly, and refine.

    Raises
    ------
    InputError
        If there are no graphs, or not as many colourings as graphs.
    """
    from algebra.graphs import as_graph, separation_of

    graphs = [as_graph(word, f"graphs[{i}]") for i, word in enumerate(given.graphs)]
    if not graphs:
        raise InputError("graphs", given.graphs, "at least one word of graph6")
    palette = [0]
    if given.colours is not None:
        if len(given.colours) != len(graphs):
            raise InputError("colours", given.colours, f"a list of {len(graphs)} lists, one for each graph")
        graphs = [graph.coloured(colours) for graph, colours in zip(graphs, given.colours, strict=True)]
        palette = sorted({colour for graph in graphs for colour in graph.colours})

    network = network_of(given, palette)
    found = separation_of(network, graphs)
    fields = {
        "separates_all_it_could": found.is_best,
        "rounds": found.rounds,
        "needed_rounds": found.needed_rounds,
        "cells": [[list(vertex) for vertex in cell] for cell in found.cells],
        "refinement_cells": [[list(vertex) for vertex in cell] for cell in found.best],
        "missed": None if found.missed is None else [list(vertex) for vertex in found.missed],
        "equal_readouts": [list(pair) for pair in found.graph_pairs],
        "missed_graphs": [list(pair) for pair in found.missed_graphs],
        "grade": "proved",
    }
    widths = "-".join(str(layer.outputs) for layer in network.layers)
    return Answer(f"gnn:{len(palette)}-{widths}:{found.rounds}:{len(graphs)}", fields)


def network_of(given: Given, palette: list[int]) -> MessagePassingNetwork:
    """Return the network that a file describes.

    Raises
    ------
    InputError
        If it has both layers and weights, or neither, or shapes do not fit.
    """
    from algebra.graphs import MessagePassingNetwork, network_from_weights

    if (given.layers is None) == (given.weights is None):
        raise InputError("layers", given.layers and len(given.layers), "given, or weights instead")
    if given.weights is not None:
        return network_from_weights(given.weights, palette)
    layers: list[dict[str, Any]] = [vars(layer) for layer in given.layers or []]
    return MessagePassingNetwork.of(layers, palette)


def read_archive(place: Path) -> Result:
    """Return the object that stands for a numpy archive: the graph6 words in ``graphs``, all else trained weights.

    Raises
    ------
    InputError
        If there are no graph6 words, or an array holds no real numbers.
    """
    from algebra.critical_points.files import read_arrays

    arrays = read_arrays(place)
    words = arrays.pop("graphs", None)
    if words is None or words.dtype.kind != "U":
        raise InputError("graphs", None, f"given in {place}: an array of graph6 words")
    weights = {}
    for name, array in arrays.items():
        if array.dtype.kind not in "fiu":
            raise InputError(name, f"an array of {array.dtype}", "an array of real numbers")
        weights[name] = (array.astype("float64") if array.dtype.kind == "f" else array).tolist()
    return {"weights": weights, "graphs": words.reshape(-1).tolist()}


def report(result: Result) -> str:
    """Everything that is known of one network, for people."""
    rows = [
        ("cells of the network", str(len(result["cells"])), ""),
        ("cells of refinement", str(len(result["refinement_cells"])), f"after {result['rounds']} rounds"),
        ("rounds until stable", str(result["needed_rounds"]), ""),
    ]
    if result["missed"]:
        (g, u), (h, v) = result["missed"]
        rows.append(("not told apart", f"{u}, {v}", f"vertices of graphs {g} and {h}"))
    rows += [("graphs not told apart", f"{i}, {j}", "") for i, j in result["missed_graphs"][:10]]
    return f"{result['label']}  {strong(_verdict(result))}\n\n{aligned(rows)}\n\n{run_notes(result)}"


def _verdict(result: Result) -> str:
    all_of = "separates all that it could" if result["separates_all_it_could"] else "separates less than it could"
    return f"{all_of} (proved)"


QUESTION = Question(
    name="graph network",
    says="Whether a message-passing network separates all vertices that it could, on given graphs, exactly.",
    about="A .npz file holds trained weights by their names, and graph6 words in an array graphs. No network with t "
    "layers of messages tells more vertices apart than colour refinement does in t rounds. The "
    "weights are taken as exact numbers, so that what they separate is proved; a computation in floats may separate "
    "less, or more by rounding.",
    given=Given,
    answer=answer,
    fields=(
        Field("separates_all_it_could", "boolean", "whether its cells are those of colour refinement"),
        Field("rounds", "integer", "layers in which messages are passed"),
        Field("needed_rounds", "integer", "rounds until colour refinement is stable on these graphs"),
        Field("cells", "list", "vertices of equal output features, as pairs [graph, vertex]"),
        Field("refinement_cells", "list", "the cells of colour refinement after as many rounds"),
        Field("missed", "list", "two vertices that refinement tells apart and the network does not; null if none"),
        Field("equal_readouts", "list", "pairs of graphs with equal sums of output features"),
        Field("missed_graphs", "list", "those of them that colour refinement tells apart"),
        Field("grade", "text", "proved"),
    ),
    example={"layers": [{"own": [[1]], "neighbours": [["1/2"]]}], "graphs": ["Ch", "Cs"]},
    needs=("algebra.graphs.separation",),
    usage=(
        "rankcert graph network network.json",
        "rankcert graph network trained.npz",
        "rankcert graph network networks.jsonl --json",
    ),
    suffixes={".npz": read_archive},
    is_good=lambda result: bool(result["separates_all_it_could"]),
    report=report,
    line=lambda result: f"{result['label']}  {_verdict(result)}",
)
