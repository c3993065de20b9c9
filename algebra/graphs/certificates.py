"""Certificates: what algorithms say of two graphs, and that a graph is no Tinhofer graph.

`algebra.evidence.checker.graph_pairs` specifies them. Where a proof is short it is written down; what an algorithm
finds is left to the checker to run anew.
"""

from __future__ import annotations

from typing import Any

from algebra.errors import InputError
from algebra.evidence.certificate import Certificate
from algebra.graphs.fractional import FractionalIsomorphism
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.symmetry import Permutation, automorphisms_of_search
from algebra.graphs.tinhofer import Orbits, is_tinhofer

MOST_FOR_MULTIPLIERS = 60
"""Vertices up to which multipliers are written down: 3,600 integers. Beyond, the checker refines anew."""

MOST_FOR_2_FWL = 60
"""Vertices up to which the checker is asked for 2-FWL: 40 rounds are within its budget of ten seconds."""

RERUN = {"rule": "refinement"}


def comparison_certificate(
    label: str,
    fractional: FractionalIsomorphism,
    two_fwl: bool | None,
    isomorphic: bool | None,
    images: Permutation | None,
) -> Certificate:
    """Return a certificate of what colour refinement and 2-FWL say, and of whether two graphs are isomorphic.

    Parameters
    ----------
    label : str
        Of the pair.
    fractional : FractionalIsomorphism
        Of both graphs.
    two_fwl : bool or None
        Whether 2-FWL tells them apart.
    isomorphic : bool or None
    images : tuple of int or None
        An isomorphism, if there is one.

    Returns
    -------
    Certificate

    Notes
    -----
    That graphs are not isomorphic is left out where only a search tells, and the checker's would take too long.
    """
    first, second = fractional.first.graph, fractional.second.graph
    if max(first.order, second.order) > MOST_FOR_2_FWL:
        two_fwl = None
    claim = {
        "quantity": "graph-comparison",
        "label": label,
        "first": described(first),
        "second": described(second),
        "colour_refinement": _said(not fractional),
        "two_fwl": _said(two_fwl),
        "isomorphic": isomorphic,
    }
    proof = None if isomorphic is None else _isomorphism_proof(fractional, two_fwl, images)
    found = Certificate.of(
        claim,
        None,
        colour_refinement=_refinement_proof(fractional),
        two_fwl=None if two_fwl is None else RERUN,
        isomorphic=proof,
    )
    if proof is not None and proof["rule"] == "search" and not found.check().valid:  # it takes the checker too long
        return comparison_certificate(label, fractional, two_fwl, None, None)
    return found


def tinhofer_certificate(graph: SimpleGraph, found: Orbits | None = None) -> Certificate:
    """Return a certificate that a graph is no Tinhofer graph: marks, and two vertices of one cell but of two orbits.

    Parameters
    ----------
    graph : SimpleGraph
    found : Orbits, optional
        As `is_tinhofer` returns it; default: found here.

    Returns
    -------
    Certificate

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


def _refinement_proof(found: FractionalIsomorphism) -> dict[str, Any]:
    """Return a common equitable partition, or multipliers if the graphs are small."""
    if found.exists:
        return {"rule": "equitable-partition", "colours": [list(found.first.colours), list(found.second.colours)]}
    if max(found.first.graph.order, found.second.graph.order) > MOST_FOR_MULTIPLIERS:
        return RERUN
    proof = found.farkas
    return {"rule": "multipliers", "pairs": proof.pairs, "rows": proof.rows, "columns": proof.columns}


def _isomorphism_proof(
    found: FractionalIsomorphism, two_fwl: bool | None, images: Permutation | None
) -> dict[str, Any]:
    """Return an isomorphism, or what tells the graphs apart most cheaply."""
    if images is not None:
        return {"rule": "map", "images": list(images)}
    if not found:
        return {"rule": "colour-refinement"}
    if two_fwl:
        return {"rule": "two-fwl"}
    moves = automorphisms_of_search(found.first.graph, found.second.graph) or []
    return {"rule": "search", "automorphisms": [list(move) for move in moves]}
