"""Down-sets and up-sets of the lattice of hidden widths, by their corners.

A *corner* is the upper end of a down-set {w : w <= corner}; an entry None is unbounded. The points outside a union of
down-sets form an up-set; `Frontier` keeps its minimal points, one corner at a time (Berge's dualisation).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

Point = tuple[int, ...]
Corner = tuple[int | None, ...]


def below(point: Point, corner: Corner) -> bool:
    """Tell whether a point lies in the down-set of a corner.

    Examples
    --------
    >>> below((2, 7), (2, None)), below((3, 1), (2, None))
    (True, False)
    """
    return all(c is None or w <= c for w, c in zip(point, corner, strict=True))


class Frontier:
    """Minimal points outside a growing union of down-sets.

    Examples
    --------
    >>> frontier = Frontier(2)
    >>> frontier.exclude((1, None))
    >>> frontier.exclude((4, 2))
    >>> frontier.points
    [(2, 3), (5, 1)]
    """

    def __init__(self, dimension: int) -> None:
        self.points: list[Point] = [(1,) * dimension]

    def exclude(self, corner: Corner) -> None:
        """Take the down-set of a corner out."""
        kept = [point for point in self.points if not below(point, corner)]
        raised = {
            (*point[:k], c + 1, *point[k + 1 :])
            for point in self.points
            if below(point, corner)
            for k, c in enumerate(corner)
            if c is not None
        }
        self.points = sorted(kept + minimal_points(raised, kept))


def minimal_points(points: Iterable[Point], others: list[Point]) -> list[Point]:
    """Return those of the points that lie above none of the others and of each other.

    Examples
    --------
    >>> minimal_points([(2, 2), (3, 1), (3, 2)], [(1, 4)])
    [(2, 2), (3, 1)]
    """
    found: list[Point] = []
    known = np.array(others) if others else None
    for point in sorted(points, key=lambda p: (sum(p), p)):
        mine = np.array(point)
        if known is None or not (known <= mine).all(axis=1).any():
            found.append(point)
            known = mine[None, :] if known is None else np.concatenate([known, mine[None, :]])
    return found


def is_unimodal(widths: Iterable[int]) -> bool:
    """Tell whether a sequence weakly rises up to some place and weakly falls after it.

    Parameters
    ----------
    widths : iterable of int
        Positive ones.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_unimodal((2, 3, 3, 2, 1)), is_unimodal((2, 3, 4, 5, 4, 6, 4, 1))
    (True, False)
    """
    falling = False
    previous = 0
    for width in widths:
        if width > previous and falling:
            return False
        falling = falling or width < previous
        previous = width
    return True
