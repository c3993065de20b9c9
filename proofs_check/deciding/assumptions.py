"""What the papers on deep linear networks assume of a point, and second opinions on it."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from algebra.critical_points import Problem, minimum_loss
from algebra.critical_points.classes.structure import SingularStructure
from algebra.exact.matrices import Matrix, side_by_side
from proofs_check.claim import Hypothesis
from proofs_check.deciding.critical_points import Point

CRITICAL: Hypothesis[Point] = Hypothesis("critical point", lambda p: p.found.critical)


def _on_data(name: str) -> Hypothesis[Point]:
    return Hypothesis(name, lambda p: p.facts.data()[name])


SAMPLES = (_on_data("d_x <= m"), _on_data("d_y <= m"))
INVERTIBLE = _on_data("X X^T invertible")
FULL_RANK = _on_data("Y X^T of full rank")
DISTINCT = _on_data("distinct singular values")
ON_DATA = (*SAMPLES, INVERTIBLE, FULL_RANK, DISTINCT)
FILLS: Hypothesis[Point] = Hypothesis("k = min(d_x, d_y)", lambda p: p.facts.least_width == p.facts.ends)
NARROW: Hypothesis[Point] = Hypothesis("k < min(d_x, d_y)", lambda p: p.facts.least_width < p.facts.ends)
NOT_TALLER: Hypothesis[Point] = Hypothesis("d_y <= d_x", lambda p: p.data.widths[-1] <= p.data.widths[0])
HIDDEN: Hypothesis[Point] = Hypothesis("H >= 2", lambda p: len(p.data.widths) > 2)


# ---- second opinions


def is_global(problem: Problem) -> bool:
    """Tell whether the loss is the least possible, by Eckart and Young and not by the classification.

    Examples
    --------
    >>> is_global(Problem([[1]], [[1]], [[[1]], [[1]]]))
    True
    """
    least = minimum_loss(problem)
    if least.exact:
        return bool(problem.loss == least.lower)
    return False  # the loss is rational and the minimum is not


def top_directions(structure: SingularStructure, count: int) -> Matrix | None:
    """Return U_k: columns for the `count` largest singular values, of one basis; None if they are not rational.

    Examples
    --------
    >>> from proofs_check.deciding.critical_points import Data
    >>> top_directions(Data((2, 1, 2), (2, 1), "plain").structure, 1).table()
    [[1], [0]]
    """
    places = range(len(structure.directions))
    for size in range(count + 1):
        for kept in combinations(places, size):
            inside = [level for i in kept for level in structure.levels[i]]
            outside = [level for i in places if i not in kept for level in structure.levels[i]]
            if len(inside) == count and min(inside, default=0) >= max(outside, default=0):
                columns: list[Any] = [structure.directions[i].left for i in kept]
                return side_by_side(columns, structure.outputs)
    return None
