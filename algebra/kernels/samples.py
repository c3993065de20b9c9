"""Labelled points of the cube {-1,1}^n, or of one slice of {0,1}^n, and sums over them by distance.

Everything that a kernel does with a sample depends on distances only.  So for multipliers beta the sums

    r_a(i) = sum of beta_b over the points x_b in relation i to x_a

are enough: the kernel with the values f takes beta to sum_i f_i r_a(i), whatever f is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from algebra.errors import InputError, as_integer, one_of
from algebra.exact.numbers import exact_number
from algebra.kernels.schemes import Scheme
from algebra.shown import Shown

DOMAINS = ("hypercube", "slice")
MOST_POINTS = 1000  # float matrices of this order, solved some fifty times: ten seconds
MOST_INPUTS = 1000  # coordinates: levels, each with exact values as long as the cube is wide


@dataclass(frozen=True)
class Sample(Shown):
    """Points with exact labels.

    Parameters
    ----------
    scheme : Scheme
        The cube, or the slice that holds all points.
    points : tuple of tuple of int
        -1 and 1 on the cube, 0 and 1 on a slice.
    labels : tuple of Fraction

    Examples
    --------
    >>> sample = read_sample("slice", [[1, 1, 0], [0, 1, 1]], [1, "-1/2"])
    >>> sample.scheme.label, sample.relations
    ('J(3,2)', ((0, 1), (1, 0)))
    """

    scheme: Scheme
    points: tuple[tuple[int, ...], ...]
    labels: tuple[Fraction, ...]

    @property
    def domain(self) -> str:
        """Its name in files."""
        return DOMAINS[0] if self.scheme.p is None else DOMAINS[1]

    @cached_property
    def relations(self) -> tuple[tuple[int, ...], ...]:
        """The relation of each pair of points: Hamming distance on the cube, half of it on a slice."""
        return self.relations_to(self.points)

    def relations_to(self, points: Iterable[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
        """Return the relations of other points, one a row, to those of the sample.

        Parameters
        ----------
        points : iterable of sequences of int
            Of the same domain; they are not checked.

        Returns
        -------
        tuple of tuples of int
            Hamming distances on the cube, half of them on a slice; one column a point of the sample.
        """
        unit = 1 if self.scheme.p is None else 2
        words = [_word(point) for point in self.points]
        return tuple(tuple((one ^ word).bit_count() // unit for word in words) for one in map(_word, points))

    def sums_by_relation(self, multipliers: Sequence[int]) -> list[list[int]]:
        """Return r_a(i) for each point a and relation i.

        Parameters
        ----------
        multipliers : sequence of int
            beta_b, one for each point b.

        Returns
        -------
        list of lists of int
            r_a(i), the sum of beta_b over the points b in relation i to a: one row a point, one column a relation.
        """
        found = []
        for row in self.relations:
            sums = [0] * (self.scheme.diameter + 1)
            for relation, multiplier in zip(row, multipliers, strict=True):
                sums[relation] += multiplier
            found.append(sums)
        return found

    def read_point(self, argument: str, given: Any) -> tuple[int, ...]:
        """Read one more point of the same domain.

        Parameters
        ----------
        argument : str
            What messages call the point.
        given : sequence of int
            n coordinates: -1 and 1 on the cube, 0 and 1 on a slice.

        Returns
        -------
        tuple of int

        Raises
        ------
        InputError
            If it has another number of coordinates, other ones than the domain, or another weight than the slice.
        """
        return _point(argument, given, self.scheme.n, self.scheme.p, self.domain)


def read_sample(domain: str, points: Any, labels: Any) -> Sample:
    """Read points and labels.

    Parameters
    ----------
    domain : str
        ``"hypercube"``: coordinates -1 and 1; ``"slice"``: 0 and 1, as many ones in each point.
    points : sequence of sequences of int
    labels : sequence of int, Fraction or str

    Returns
    -------
    Sample

    Raises
    ------
    InputError
        If there are none, too many, not as many labels as points, or a point is not of the domain.
    """
    one_of("domain", domain, DOMAINS)
    rows = _list("points", points)
    if not 1 <= len(rows) <= MOST_POINTS:
        raise InputError("points", f"{len(rows)} points", f"1 to {MOST_POINTS}")
    given = _list("labels", labels)
    if len(given) != len(rows):
        raise InputError("labels", f"{len(given)} labels", f"{len(rows)}, one a point")

    n = len(_list("points[0]", rows[0]))
    if not 1 <= n <= MOST_INPUTS:
        raise InputError("points[0]", f"{n} coordinates", f"1 to {MOST_INPUTS}")
    first = _point("points[0]", rows[0], n, None, domain)
    p = sum(first) if domain == "slice" else None
    read = [first, *(_point(f"points[{a}]", row, n, p, domain) for a, row in enumerate(rows[1:], 1))]
    exact = [exact_number(f"labels[{a}]", label) for a, label in enumerate(given)]
    return Sample(Scheme(n, p), tuple(read), tuple(exact))


def _point(argument: str, given: Any, n: int, p: int | None, domain: str) -> tuple[int, ...]:
    row = _list(argument, given)
    if len(row) != n:
        raise InputError(argument, f"{len(row)} coordinates", f"{n}, as many as points[0] has")
    allowed = (-1, 1) if domain == "hypercube" else (0, 1)
    found = tuple(as_integer(f"{argument}[{i}]", x) for i, x in enumerate(row))
    for i, x in enumerate(found):
        if x not in allowed:
            raise InputError(f"{argument}[{i}]", x, f"{allowed[0]} or {allowed[1]} on the domain {domain}")
    if p is not None and sum(found) != p:
        raise InputError(argument, f"{sum(found)} ones", f"{p}, as many as points[0] has: one slice")
    return found


def _list(argument: str, given: Any) -> list[Any]:
    """Take a sequence or an array; a text is none."""
    if isinstance(given, str | bytes) or not hasattr(given, "__len__") or not hasattr(given, "__getitem__"):
        raise InputError(argument, given, "a list")
    return list(given)


def _word(point: Sequence[int]) -> int:
    """Pack a point into the bits of an integer."""
    return int("".join("1" if x > 0 else "0" for x in point), 2)
