"""Certificates: what algorithms say of two graphs, and that a graph is no Tinhofer graph.

`algebra.evidence.checker.graph_pairs` specifies them. Where a proof is short it is written down; what an algorithm
finds is left to the checker to run anew.
"""

from __future__ import annotations

from typing import Any

from algebra.errors import InputError
from algebra.evidence.certificate import Certificate
from algebra.graphs.comparison import COLOUR_REFINEMENT, FOLKLORE, GraphComparison
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.tinhofer import Orbits, is_tinhofer

MOST_FOR_MULTIPLIERS = 60
"""Vertices up to which multipliers are written down: 3,600 integers. Beyond, the checker refines anew."""

MOST_FOR_2_FWL = 100
"""Vertices up to which the checker is asked for 2-FWL: it takes a second for each round."""

RERUN = {"rule": "refinement"}


def comparison_certificate(comparison: GraphComparison) -> Certificate:
    """Return a certificate of what colour refinement and 2-FWL say, and of whether the graphs are isomorphic.

    Examples
    --------
    >>> from algebra.graphs.comparison import compare_graphs
    >>> print(comparison_certificate(compare_graphs("EhEG", "EwCW")).check().statement)
    of graphs:EhEG:EwCW: colour refinement cannot tell them apart, 2-FWL tells them apart, they are not isomorphic
    """
    first, second = comparison.first, comparison.second
    separated = comparison.separated_by()
    two_fwl = separated[FOLKLORE] if max(first.order, second.order) <= MOST_FOR_2_FWL else None
    isomorphic = comparison.is_isomorphic
    claim = {
        "quantity": "graph-comparison",
        "label": comparison.label,
        "first": described(first),
        "second": described(second),
        "colour_refinement": _said(separated[COLOUR_REFINEMENT]),
        "two_fwl": _said(two_fwl),
        "isomorphic": isomorphic,
    }
    return Certificate.of(
        claim,
        None,
        colour_refinement=_refinement_proof(comparison),
        two_fwl=None if two_fwl is None else RERUN,
        isomorphic=None if isomorphic is None else _isomorphism_proof(comparison, isomorphic, two_fwl),
    )


def tinhofer_certificate(graph: SimpleGraph, found: Orbits | None = None) -> Certificate:
    """Return a certificate that a graph is no Tinhofer graph: marks, and two vertices of one cell but of two orbits.

    Raises
    ------
    InputError
        If it is one, or if that is open.

    Examples
    --------
    >>> from algebra.graphs.reading import as_graph
    >>> print(tinhofer_certificate(as_graph("FwCGg")).check().statement)
    graph:FwCGg is no Tinhofer graph: 0 and 3 prove it
    """
    exception = found or is_tinhofer(graph)
    if exception is None or exception.pair is None:
        raise InputError("graph", graph.label, "one that is proved to be no Tinhofer graph")
    claim = {
        "quantity": "not-tinhofer",
        "label": graph.label,
        "graph": described(graph),
        "marks": list(exception.marks),
        "pair": list(exception.pair),
    }
    return Certificate.of(claim, None)


def described(graph: SimpleGraph) -> dict[str, Any]:
    """Return a graph as certificates write it."""
    return {"graph6": graph.graph6, "colours": list(graph.colours) if any(graph.colours) else None}


def _said(is_separated: bool | None) -> str | None:
    return None if is_separated is None else "different" if is_separated else "same"


def _refinement_proof(comparison: GraphComparison) -> dict[str, Any]:
    """Return a common equitable partition, or multipliers if the graphs are small."""
    found = comparison.fractional
    if found.exists:
        return {"rule": "equitable-partition", "colours": [list(found.first.colours), list(found.second.colours)]}
    if max(comparison.first.order, comparison.second.order) > MOST_FOR_MULTIPLIERS:
        return RERUN
    proof = found.farkas
    return {"rule": "multipliers", "pairs": proof.pairs, "rows": proof.rows, "columns": proof.columns}


def _isomorphism_proof(comparison: GraphComparison, isomorphic: bool, two_fwl: bool | None) -> dict[str, Any]:
    """Return an isomorphism, or what tells the graphs apart most cheaply."""
    if isomorphic:
        assert comparison.isomorphism is not None
        return {"rule": "map", "images": list(comparison.isomorphism)}
    if not comparison.fractional:
        return {"rule": COLOUR_REFINEMENT}
    return {"rule": "two-fwl" if two_fwl else "search"}
