"""Extreme rays of a pointed cone, by the double description method in integers.

The cone is {x >= 0 : Ex = 0} in so many variables. Gauss-Jordan elimination writes all variables as combinations of
d free ones. The orthant {free >= 0} has d rays; the other inequalities x_j >= 0 are added one by one: rays on the wrong
side go, and each pair of adjacent rays on both sides gives a new one, where x_j vanishes. Two rays of a pointed cone
are adjacent exactly if no third one lies in every facet that both lie in (Fukuda and Prodon, "Double description method
revisited", 1996, Proposition 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from .limits import hold, spend

Equation = dict[int, int]


class Ray(NamedTuple):
    """A primitive solution, and the set of the variables that vanish on it, as bits: of those that are looked at."""

    values: tuple[int, ...]
    zeros: int


def extreme_rays(equations: Sequence[Equation], variables: int, what: str = "the cone") -> list[tuple[int, ...]]:
    """Return the extreme rays of {x >= 0 : Ex = 0} as primitive vectors, sorted.

    Examples
    --------
    >>> extreme_rays([{0: 1, 1: 1, 2: -1}], 3)
    [(0, 1, 1), (1, 0, 1)]
    """
    pivots = eliminated(equations, variables, what)
    free = [j for j in range(variables) if j not in pivots]
    started = [start(f, free, pivots, variables) for f in free]

    # variables that are multiples of each other say the same; those that always vanish say nothing
    columns = {j: primitive([ray.values[j] for ray in started]) for j in range(variables)}
    distinct = {column: j for j, column in reversed(columns.items()) if any(column)}
    waiting = [j for j in distinct.values() if j not in free]
    waiting.sort(key=lambda j: (sum(map(abs, columns[j])), columns[j]))  # sparse ones cut few rays

    rays = started
    for j in waiting:
        rays = cut(rays, j, len(free), what)
    return sorted(ray.values for ray in rays)


def start(f: int, free: Sequence[int], pivots: dict[int, dict[int, Fraction]], variables: int) -> Ray:
    """Return the ray of the orthant of the free variables along one of them."""
    values = [Fraction(0)] * variables
    values[f] = Fraction(1)
    for j, row in pivots.items():
        values[j] = -row.get(f, Fraction(0))
    common = lcm(*(x.denominator for x in values))
    return Ray(primitive([int(x * common) for x in values]), sum(1 << g for g in free if g != f))


def primitive(values: Sequence[int]) -> tuple[int, ...]:
    """Divide by the greatest common divisor."""
    common = gcd(*values) or 1
    return tuple(x // common for x in values)


def cut(rays: Sequence[Ray], j: int, dimension: int, what: str) -> list[Ray]:
    """Add the inequality x_j >= 0."""
    bit = 1 << j
    above = [ray for ray in rays if ray.values[j] > 0]
    below = [ray for ray in rays if ray.values[j] < 0]
    kept = above + [Ray(ray.values, ray.zeros | bit) for ray in rays if ray.values[j] == 0]
    zeros = [ray.zeros for ray in rays]
    spend(3 * len(above) * len(below), what)

    for p in above:
        for n in below:
            common = p.zeros & n.zeros
            if common.bit_count() < dimension - 2:
                continue
            spend(len(zeros), what)
            if are_adjacent(common, zeros):
                spend(3 * len(p.values), what)
                a, b = p.values[j], -n.values[j]
                values = primitive([a * y + b * x for x, y in zip(p.values, n.values, strict=True)])
                kept.append(Ray(values, common | bit))
        hold(len(kept), 100 + 40 * len(p.values), what)
    return kept


def are_adjacent(common: int, zeros: Sequence[int]) -> bool:
    """Tell whether only two rays lie in all facets of a set; a third one parts them."""
    found = 0
    for other in zeros:
        if not common & ~other:
            found += 1
            if found > 2:
                return False
    return True


def eliminated(equations: Sequence[Equation], variables: int, what: str) -> dict[int, dict[int, Fraction]]:
    """Return the reduced rows of the equations by their pivots, each without its own pivot."""
    found: dict[int, dict[int, Fraction]] = {}
    for equation in equations:
        row = {j: Fraction(x) for j, x in equation.items() if x}
        for j in [j for j in row if j in found]:
            spend(10 * (1 + len(found[j])), what)
            add(row, found[j], -row.pop(j))
        if not row:
            continue
        pivot = min(row)
        scale = row.pop(pivot)
        row = {j: x / scale for j, x in row.items()}
        spend(10 * len(found) * (1 + len(row)), what)
        for other in found.values():
            if pivot in other:
                add(other, row, -other.pop(pivot))
        found[pivot] = row
    return found


def add(row: dict[int, Fraction], other: dict[int, Fraction], factor: Fraction) -> None:
    """Add a multiple of another row."""
    for j, x in other.items():
        value = row.get(j, Fraction(0)) + factor * x
        if value:
            row[j] = value
        else:
            row.pop(j, None)
