"""Whether the polytope of fractional automorphisms is integral, exactly; with what proves it.

A graph with its stable colours is split into components, and a disconnected component into one of its copies. What is
left is decided by the cone K of `circulations`: the graph is compact exactly if every extreme ray of K is spanned by
P - I for an automorphism P [1]_. For K is the cone of S at the identity, automorphisms carry it to every other
automorphism, and the graph of a polytope is connected.

References
----------
.. [1] Theorem 5 of `docs/graph-classes.md`.
.. [2] G. Tinhofer, "Graph isomorphism and theorems of Birkhoff type", Computing 36 (1986).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from algebra.graphs.circulations import Circulations, FractionalVertex, fractional_vertex, permutation_of
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.rays import INSTALL, all_rays, bad_ray, has_ppl
from algebra.graphs.splitting import Component, component_form, of_form, with_cells
from algebra.graphs.symmetry import Permutation, isomorphism

SMALL = 20
"""Dimension of K up to which all rays are enumerated at once: some hundreds, in milliseconds with PPL."""

STAGES = ((60, 400), (300, 5000), (1500, 10000))
"""Linear programs, and rays that an enumeration may hold on its way, in turn until one of them ends. In eight searches
the Petersen graph needed 3 to 25 programs, the rook's graph 3 x 3 4 to 38; a program takes 3 ms there. C_10(1, 4) comes
to 4,287 rays on the way to 213, in half a second."""

MOST_PLACES = 900
"""Entries of a fractional automorphism that may differ from zero, in one component: 30 vertices of one cell. The exact
nullspace of their equations takes seconds there, and grows with the third power."""

MOST_MEMOISED = 14
"""Vertices of a component whose canonical form is worth its time."""


@dataclass(frozen=True)
class PieceVerdict:
    """What is known of one connected piece.

    Parameters
    ----------
    compact : bool or None
    rays : tuple of tuple of int
        Of a compact one: the automorphisms P for which P - I spans the extreme rays of K.
    vertex : FractionalVertex, optional
        Of one that is not compact.
    by : str
        What enumerated the rays, or what was tried.
    """

    compact: bool | None
    rays: tuple[Permutation, ...] = ()
    vertex: FractionalVertex | None = None
    by: str = ""


def decide_piece(graph: SimpleGraph, seed: int = 0) -> PieceVerdict:
    """Decide whether a graph whose colours are an equitable partition of orbits is compact.

    Small cones are enumerated; in large ones a bad ray is searched for first, which is much faster where there is one.

    Examples
    --------
    >>> from algebra.graphs.named import cycle, rook
    >>> len(decide_piece(cycle(6)).rays), decide_piece(rook(3)).vertex.denominator > 1
    (11, True)
    """
    cone = Circulations.of(graph)
    places = len([1 for c in graph.colours for d in graph.colours if c == d])
    if places > MOST_PLACES:
        return PieceVerdict(
            None, by=f"not tried: the equations have {places:,} unknowns, and {MOST_PLACES} are the most"
        )

    if cone.dimension <= SMALL:
        found = _enumerated(cone, STAGES[-1][1])
        if found is not None:
            return found
    for number, (programs, rays) in enumerate(STAGES):
        found = _searched(cone, programs, f"{seed}/{number}") or _enumerated(cone, rays)
        if found is not None:
            return found

    more = "" if has_ppl() else f"; {INSTALL} enumerates larger ones"
    tried = sum(programs for programs, _ in STAGES)
    said = f"{tried:,} linear programs found no fractional vertex"
    return PieceVerdict(None, by=f"{said}, and the rays of dimension {cone.dimension} are too many{more}")


def _searched(cone: Circulations, programs: int, seed: str) -> PieceVerdict | None:
    ray = bad_ray(cone, programs, seed)
    return None if ray is None else PieceVerdict(False, vertex=fractional_vertex(ray), by="a bad ray")


def _enumerated(cone: Circulations, most: int) -> PieceVerdict | None:
    rays = all_rays(cone, most)
    if rays is None:
        return None
    images = [permutation_of(ray) for ray in rays.matrices]
    if None in images:
        return PieceVerdict(False, vertex=fractional_vertex(rays.matrices[images.index(None)]), by="a bad ray")
    return PieceVerdict(True, tuple(sorted(image for image in images if image is not None)), by=rays.by)


@lru_cache(maxsize=4096)
def _decide_form(word: str, colours: tuple[int, ...], seed: int) -> PieceVerdict:
    """Decide a piece by its canonical form, so that the answer does not depend on names."""
    return decide_piece(of_form(word, colours), seed)


def decide_component(component: Component, seed: int = 0) -> PieceVerdict:
    """Decide one connected piece; pieces that are isomorphic are decided once.

    Parameters
    ----------
    component : Component
    seed : int

    Returns
    -------
    PieceVerdict

    Examples
    --------
    >>> from algebra.graphs.splitting import split
    >>> from algebra.graphs.refinement import colour_refinement
    >>> part = split(colour_refinement("EhEG"))[0]
    >>> decide_component(part).compact
    True
    """
    if component.graph.order > MOST_MEMOISED:
        return decide_piece(component.graph, seed)
    word, colours = component_form(component)
    found = _decide_form(word, colours, seed)
    return _carried(found, of_form(word, colours), component.graph)


def _carried(found: PieceVerdict, source: SimpleGraph, target: SimpleGraph) -> PieceVerdict:
    """Carry the evidence to an isomorphic graph, whose cells may have other names."""
    images = isomorphism(with_cells(source), with_cells(target))
    assert images is not None
    order = target.order
    inverse = sorted(range(order), key=images.__getitem__)
    rays = tuple(tuple(images[ray[inverse[v]]] for v in range(order)) for ray in found.rays)
    vertex = None
    if found.vertex is not None:
        old = found.vertex.numerators
        moved = tuple(tuple(old[inverse[u]][inverse[v]] for v in range(order)) for u in range(order))
        vertex = FractionalVertex(moved, found.vertex.denominator)
    return PieceVerdict(found.compact, tuple(sorted(rays)), vertex, found.by)


__all__ = ["PieceVerdict", "decide_component", "decide_piece"]
