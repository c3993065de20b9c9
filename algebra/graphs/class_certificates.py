"""Certificates of the classes of a graph: those verdicts that an independent checker proves anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from algebra.evidence.certificate import Certificate
from algebra.graphs.certificates import described
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.refinement import StablePartition
from algebra.graphs.splitting import Component, aligned_copies, inner_components, split
from algebra.graphs.verdicts import ClassVerdict

WITHOUT_PROOF = ("equitable-partitions", "marks")
"""Arguments that are a whole search: nothing short proves them, and a checker would repeat them."""


def classes_certificate(
    graph: SimpleGraph, partition: StablePartition, verdicts: Mapping[str, ClassVerdict], seed: int = 0
) -> Certificate:
    """Return a certificate of verdicts on a graph; what rests on a search alone is not claimed.

    Parameters
    ----------
    graph : SimpleGraph
    partition : StablePartition
        Of the graph.
    verdicts : dict
        By the names of classes.
    seed : int
        Noted in the document.

    Returns
    -------
    Certificate

    Examples
    --------
    >>> from algebra.graphs.refinement import colour_refinement
    >>> path = colour_refinement("Bg")
    >>> made = classes_certificate(path.graph, path, {"amenable": ClassVerdict(True, "structure-theorem")})
    >>> print(made.check().statement)
    graph:Bg is amenable
    """
    proved = {name: _proof(partition, verdict) for name, verdict in verdicts.items()}
    proofs = {name: proof for name, proof in proved.items() if proof is not None}
    dropped = [name for name, proof in proofs.items() if proof["rule"] == "inclusion" and proof["from"] not in proofs]
    kept = {name: proof for name, proof in proofs.items() if name not in dropped}
    claim = {
        "quantity": "graph-classes",
        "label": graph.label,
        "graph": described(graph),
        "classes": {name: verdicts[name].value for name in kept},
    }
    return Certificate.of(claim, seed, proofs=kept)


def _proof(partition: StablePartition, verdict: ClassVerdict) -> dict[str, Any] | None:
    """Return what the checker reads of one verdict; None if there is nothing."""
    evidence, rule = verdict.evidence, verdict.by
    if verdict.value is None or rule in WITHOUT_PROOF:
        return None
    if rule == "inclusion":
        return {"rule": rule, "from": evidence["from"]}
    if rule == "automorphisms":
        return {"rule": rule, "generators": evidence["generators"]}
    if rule == "cell-of-two-orbits":
        return {"rule": rule, "marks": evidence.get("marks", []), "pair": evidence["pair"]}
    if rule == "equitable-partition":
        return {"rule": rule, "cells": evidence["cells"]}
    if rule == "fractional-vertex":
        return {"rule": rule, "denominator": evidence["denominator"], "numerators": evidence["numerators"]}
    if rule == "extreme-rays":
        rays = {tuple(part["vertices"]): part["rays"] for part in evidence["parts"]}
        return {"rule": rule, "parts": [_part(part, rays) for part in split(partition)]}
    return {"rule": rule}


def _part(component: Component, rays: dict[tuple[int, ...], list[list[int]]]) -> dict[str, Any]:
    """Return the proof of one component: its rays, or its isomorphic copies and the parts of the first of them."""
    if component.vertices in rays:
        return {"vertices": list(component.vertices), "rays": rays[component.vertices]}
    copies = [list(copy) for copy in aligned_copies(component)]
    return {"copies": copies, "parts": [_part(part, rays) for part in inner_components(component)]}


__all__ = ["classes_certificate"]
