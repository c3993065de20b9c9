"""Certificates of the classes of a graph: those verdicts that an independent checker proves anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from algebra.evidence.certificate import Certificate
from algebra.graphs.certificates import described
from algebra.graphs.circulations import FractionalVertex
from algebra.graphs.class_evidence import EquitablePartition, ExtremeRays, Generators, Inclusion, TwoOrbits
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
    # What rests on a search is left out, and so is what follows from it alone.
    proved = {name: verdict for name, verdict in verdicts.items() if _is_short(verdict)}
    sources = (None, *proved)
    kept = {name: _proof(partition, verdict) for name, verdict in proved.items() if verdict.follows_from in sources}

    claim = {
        "quantity": "graph-classes",
        "label": graph.label,
        "graph": described(graph),
        "classes": {name: verdicts[name].value for name in kept},
    }
    return Certificate.of(claim, seed, proofs=kept)


def _is_short(verdict: ClassVerdict) -> bool:
    """Whether a verdict has a proof that a checker need not search for."""
    return verdict.value is not None and verdict.by not in WITHOUT_PROOF


def _proof(partition: StablePartition, verdict: ClassVerdict) -> dict[str, Any]:
    """Return what the checker reads of one verdict: that of its evidence which it cannot compute itself."""
    match verdict.evidence:
        case Inclusion() | Generators() | EquitablePartition() | FractionalVertex() as evidence:
            proof = evidence.to_json()
        case TwoOrbits(pair, marks):
            proof = {"marks": list(marks or ()), "pair": list(pair)}
        case ExtremeRays(parts):
            rays = {part.vertices: part.to_json()["rays"] for part in parts}
            proof = {"parts": [_part(part, rays) for part in split(partition)]}
        case _:  # the checker refines, and sees it
            proof = {}
    return {"rule": verdict.by, **proof}


def _part(component: Component, rays: dict[tuple[int, ...], list[list[int]]]) -> dict[str, Any]:
    """Return the proof of one component: its rays, or its isomorphic copies and the parts of the first of them."""
    if component.vertices in rays:
        return {"vertices": list(component.vertices), "rays": rays[component.vertices]}
    copies = [list(copy) for copy in aligned_copies(component)]
    return {"copies": copies, "parts": [_part(part, rays) for part in inner_components(component)]}


__all__ = ["classes_certificate"]
