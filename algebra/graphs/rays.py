"""Extreme rays of the cone of circulations: all of them, exactly; or a bad one, found in floats and then proved."""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from random import Random
from typing import Any

import numpy as np

from algebra.evidence.checker.cones import extreme_rays
from algebra.evidence.checker.limits import PATIENT, Refused, patience
from algebra.graphs.circulations import Circulations, Matrix, permutation_of

MOST_RAYS = 8_000
"""That the double description may hold at a time: some ten seconds with PPL. The Petersen graph and the rook's graph
3 x 3 do not end within 40 s."""

STEPS_A_RAY = 10_000
"""Steps that the enumeration in Python may take instead, for each ray that PPL may hold: it is some hundred times
slower, and stops after seconds where PPL does."""

TOLERANCE = 1e-7
"""Entries of a float solution that are taken for zero. What is wrong with that choice, the exact check finds."""

INSTALL = "pip install pplpy"


@dataclass(frozen=True)
class Rays:
    """All extreme rays of a cone.

    Parameters
    ----------
    matrices : tuple of matrices
    by : str
        What enumerated them.
    """

    matrices: tuple[Matrix, ...]
    by: str


def has_ppl() -> bool:
    """Tell whether the Parma Polyhedra Library is there, by the package pplpy."""
    return find_spec("ppl") is not None


def all_rays(cone: Circulations, most: int = MOST_RAYS) -> Rays | None:
    """Return all extreme rays, by exact double description; None if there are too many on the way.

    With pplpy installed the Parma Polyhedra Library enumerates [1]_; without it the checker's own enumeration, which is
    for small cones.

    Parameters
    ----------
    cone : Circulations
    most : int
        How many rays there may be at a time.

    Returns
    -------
    Rays, or None

    References
    ----------
    .. [1] R. Bagnara, P. M. Hill and E. Zaffanella, "The Parma Polyhedra Library", Science of Computer Programming 72
           (2008).

    Examples
    --------
    >>> triangle = Circulations(((0, 1, 1), (1, 0, 1), (1, 1, 0)), ((0, 1, 2),))
    >>> len(all_rays(triangle).matrices)
    5
    """
    found = _by_ppl(cone, most) if has_ppl() else _by_checker(cone, most)
    return None if found is None else Rays(tuple(sorted(found)), "PPL" if has_ppl() else "the checker")


def _by_ppl(cone: Circulations, most: int) -> list[Matrix] | None:
    """Add one inequality after the other, sparse ones first, and stop where the rays are too many."""
    ppl = _imported_ppl()
    polyhedron = ppl.C_Polyhedron(cone.dimension, "universe")
    for row in sorted(cone.inequalities, key=lambda row: (sum(map(abs, row)), row)):
        polyhedron.add_constraint(ppl.Linear_Expression(list(row), 0) >= 0)
        if len(polyhedron.minimized_generators()) > most:
            return None
    generators = polyhedron.minimized_generators()
    return [cone.circulation([int(x) for x in g.coefficients()]) for g in generators if g.is_ray()]


def _imported_ppl() -> Any:
    """Return pplpy; what Ctrl-C does stays as it was.

    The package cysignals, which pplpy brings, takes Ctrl-C over where it is imported: then it ends whatever runs, also
    what must not be ended, and a process that was deaf to it hears it.
    """
    before = signal.getsignal(signal.SIGINT)
    import ppl

    is_taken = signal.getsignal(signal.SIGINT) is not before and before is not None
    if is_taken and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, before)
    return ppl


def _by_checker(cone: Circulations, most: int) -> list[Matrix] | None:
    """Enumerate by the double description that the checker has."""
    equations, places = cone.off_diagonal
    try:
        with patience(PATIENT._replace(steps=STEPS_A_RAY * most)):
            found = extreme_rays(equations, len(places))
    except Refused:
        return None
    return [cone.from_off_diagonal(values) for values in found]


def bad_ray(cone: Circulations, programs: int, seed: int | str = 0) -> Matrix | None:
    """Search for an extreme ray that is not spanned by P - I for an automorphism P.

    A linear program in floats minimises a random objective over the rays of trace -1. The places where its solution
    vanishes are then solved exactly: only that decides. A ray P - I is driven out by forcing the most expensive of its
    places to zero, with the same objective, until a bad ray is left, or none at all; then the search begins again. In
    eight searches that took 4 to 38 programs for the rook's graph 3 x 3, where new objectives each time, or other
    places, took hundreds.

    Parameters
    ----------
    cone : Circulations
    programs : int
        How many linear programs may be solved.
    seed : int or str

    Returns
    -------
    matrix or None
        None proves nothing.

    Examples
    --------
    >>> from algebra.graphs.named import circulant
    >>> ray = bad_ray(Circulations.of(circulant(10, [1, 2])), 30)
    >>> permutation_of(ray) is None
    True
    """
    from scipy.optimize import linprog

    rows = {place: row for place, row in zip(cone.places, cone.basis, strict=True) if len({*place}) == 2 and any(row)}
    place_numbers = {place: i for i, place in enumerate(rows)}
    matrix = np.array(list(rows.values()), dtype=float)
    random = Random(f"circulations/{seed}")
    costs: list[float] = []
    forced: list[int] = []

    for _ in range(programs):
        if not forced:
            costs = [random.gauss(0, 1) for _ in rows]
        trace = matrix.sum(axis=0)
        equal = np.vstack([trace, *(matrix[i] for i in forced)])
        right = np.eye(1, len(equal))[0]
        limits = -matrix, np.zeros(len(rows))
        found = linprog(np.array(costs) @ matrix, *limits, equal, right, (None, None), method="highs-ds")

        if found.status != 0:  # nothing is left
            forced = []
            continue
        values = matrix @ found.x
        support = [place for place, value in zip(rows, values, strict=True) if value > TOLERANCE]
        if not _is_permutation(support):
            ray = cone.ray_on(support)
            if ray is not None and permutation_of(ray) is None:
                return ray
        forced.append(max((place_numbers[place] for place in support), key=costs.__getitem__))
    return None


def _is_permutation(support: list[tuple[int, int]]) -> bool:
    """Tell whether places are those of P - I off the diagonal: then there is nothing to solve."""
    sources, targets = {u for u, _ in support}, {v for _, v in support}
    return len(sources) == len(support) and sources == targets


__all__ = ["INSTALL", "Rays", "all_rays", "bad_ray", "has_ppl"]
