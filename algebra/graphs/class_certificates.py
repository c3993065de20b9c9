"""Certificates of the classes of a graph: those verdicts that an independent checker proves anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.evidence.certificate import Certificate
from algebra.graphs.certificates import described
from algebra.graphs.splitting import Component, aligned_copies, inner_components, split

if TYPE_CHECKING:
    from algebra.graphs.classes import GraphClasses, Verdict

WITHOUT_PROOF = ("equitable-partitions", "marks")
"""Arguments that are a whole search: nothing short proves them, and a checker would repeat them."""


def classes_certificate(found: GraphClasses) -> Certificate:
    """Return a certificate of the verdicts on a graph; what rests on a search alone is not claimed.

    Examples
    --------
    >>> from algebra.graphs.classes import classify_graph
    >>> print(classes_certificate(classify_graph("EhEG")).check().statement)
    graph:EhEG is not discrete, not amenable, compact, Godsil, Tinhofer, refinable
    """
    claimed = {name: _proof(found, name, verdict) for name, verdict in found.verdicts.items()}
    proofs = {name: proof for name, proof in claimed.items() if proof is not None}
    dropped = [name for name, proof in proofs.items() if proof["rule"] == "inclusion" and proof["from"] not in proofs]
    kept = {name: proof for name, proof in proofs.items() if name not in dropped}
    claim = {
        "quantity": "graph-classes",
        "label": found.graph.label,
        "graph": described(found.graph),
        "classes": {name: found.verdicts[name].value for name in kept},
    }
    return Certificate.of(claim, found.seed, proofs=kept)


def _proof(found: GraphClasses, name: str, verdict: Verdict) -> dict[str, Any] | None:
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
        return {"rule": rule, "parts": [_part(part, rays) for part in split(found.partition)]}
    return {"rule": rule}


def _part(component: Component, rays: dict[tuple[int, ...], list[list[int]]]) -> dict[str, Any]:
    """Return the proof of one component: its rays, or its isomorphic copies and the parts of the first of them."""
    if component.vertices in rays:
        return {"vertices": list(component.vertices), "rays": rays[component.vertices]}
    copies = [list(copy) for copy in aligned_copies(component)]
    return {"copies": copies, "parts": [_part(part, rays) for part in inner_components(component)]}


__all__ = ["classes_certificate"]
