r"""Rule ``double-points``: pairs of points that the second layer does not tell apart.

The n + 1 activations x of a first layer with n inputs satisfy one relation F(x) = 0 of degree e = r_1^(n - 1). Let
F_1, …, F_w be the pre-activations of the second layer, linear forms in x. As for the rule ``graph``, a polynomial in
the powers F_i^{r_2} takes the same value at x and y if F_i(x) = ω_i F_i(y) for all i; but its values matter only where
F(x) = F(y) = 0. On the linear space L_ω of these pairs, of dimension 2(n + 1) - w, the difference f(x) - f(y) therefore
lies in the ideal I = (F(x), F(y)): whoever adds a multiple of F to f changes the difference by an element of I. For
w = 2n - 1 the space is a plane, and I has e^2 points: (3, 4, 5) with squares has 10 planes with 6 pairs of points each.

The conditions are computed in one degree m = r_2 t', and hold in every degree beyond, t >= t':

- x, y, F and I are those of one choice of weights modulo a prime. There, L_ω is not larger than at general weights, and
  the forms of degree m in I have the dimension that a complete intersection has, which is the largest possible. So both
  move with the weights, and a minor that does not vanish there does not vanish for general weights.
- m >= 2e - 1 shows that F(x) and F(y) have no common factor, so the points of L_ω modulo I have no embedded components.
  A general form g in the F_i^{r_2} vanishes at none of them and takes the same value at x and y: multiplying f by a
  power of g keeps conditions independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.evaluation import Evaluation, PoleError, Seen, WholeMatrix, look, suitable_prime
from algebra.memory import power_up_to
from algebra.polynomial.graph_conditions import (
    Label,
    echelon_form,
    forms_on,
    general_nullity,
    graph_labels,
    kernel_modulo,
    monomial_values,
    monomials,
    pairs_of_points,
)
from algebra.rank.modular_rank import feed_flint
from algebra.rank.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.rank.field import PrimeField

MOST_RELATION = 300
"""Forms of degree e in x: the relation is the kernel of a matrix of as many columns, which the checker computes too."""

MOST_ENTRIES = 3_000_000
"""Of the matrix of conditions: it takes a second or two."""

SPARE = 5
"""Points on a plane beyond the number of forms there: any number is right, so many see all that there is."""

TRIES = 3
"""Degrees in which conditions are looked at, from the least possible on."""


@dataclass(frozen=True)
class TowerConditions(Evaluation):
    """The differences f(x) - f(y) modulo I, for the forms f of degree m: points of the planes times monomials.

    Parameters
    ----------
    variables, forms : int
        n and w; the first layer has n + 1 neurons.
    degrees : (int, int)
        r_1 and r_2.
    base : int
        t'.
    labels : tuple of Label
        Which L_ω are looked at.
    """

    variables: int
    forms: int
    degrees: tuple[int, int]
    base: int
    labels: tuple[Label, ...]

    rule = "double-points"

    @property
    def label(self) -> str:
        """Name of the conditions, e.g. ``double-points:3-4-5:r2,2:t4``."""
        n, (first, second) = self.variables, self.degrees
        return f"double-points:{n}-{n + 1}-{self.forms}:r{first},{second}:t{self.base}"

    @property
    def top(self) -> int:
        """The degree m of f in x."""
        return self.degrees[1] * self.base

    @property
    def points(self) -> int:
        """Random points on each plane."""
        dimension = general_nullity(self.variables + 1, self.labels[0])
        return forms_on(dimension, self.top) + SPARE

    @property
    def entries(self) -> int:
        """Size of the matrix."""
        return len(self.labels) * self.points * forms_on(self.variables + 1, self.top)

    def suits(self, prime: int) -> bool:
        """Tell whether the prime has the roots of unity."""
        return prime % self.degrees[1] == 1

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> WholeMatrix:
        """Evaluate at weights and points drawn from a key; what is larger than in general is a pole."""
        d, count = self.variables + 1, self.points
        first = field.draw(key, "first", (d, self.variables), word_size)
        second = field.draw(key, "second", (self.forms, d), word_size)
        drawn = field.draw(key, "points", (len(self.labels), count, 2 * d), word_size)
        relation = relation_of_powers(field, first, self.degrees[0])
        blocks = []
        for label, coefficients in zip(self.labels, drawn, strict=True):
            basis = pairs_of_points(second, label, self.degrees[1], field.prime)
            if len(basis) != general_nullity(d, label):
                raise PoleError(f"the space of {label} is too large at these weights")
            blocks.append(self._differences(field, relation, basis, coefficients[:, : len(basis)]))
        return WholeMatrix(np.concatenate(blocks), field.prime)

    def _differences(
        self, field: PrimeField, relation: NDArray[Any], basis: NDArray[np.int64], coefficients: NDArray[Any]
    ) -> NDArray[Any]:
        """Return f(x) - f(y) at the points of one plane, less the element of I that vanishes at the pivots."""
        d, e, k = self.variables + 1, self.degrees[0] ** (self.variables - 1), len(basis)
        both = field.multiply(coefficients, field.residues(basis))
        sides = (both[:, :d], both[:, d:])

        # I in degree m: multiples of F(x) and of F(y), evaluated at the points.
        multiples = monomial_values(field, coefficients, monomials(k, self.top - e))
        terms = [monomial_values(field, side, monomials(d, e)) for side in sides]
        values = [field.multiply(each, relation[:, None]) for each in terms]
        ideal = np.concatenate([field.times(multiples, value) for value in values], axis=1).T
        echelon, pivots = echelon_form(feed_flint(ideal, field.prime))
        if len(pivots) != 2 * forms_on(k, self.top - e) - forms_on(k, self.top - 2 * e):
            raise PoleError("the ideal is smaller at these weights than in general")

        powers = monomials(d, self.top)
        found = [monomial_values(field, side, powers) for side in sides]
        difference = field.plus(found[0], -found[1])
        return field.plus(difference, -field.multiply(field.residues(echelon.T), difference[pivots]))

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return key and prime."""
        return {"key": seen.key, "prime": seen.prime}

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Name labels, points and monomials of a minor."""
        minor = {"rows": list(rows), "columns": list(columns)}
        labels = [list(label) for label in self.labels]
        return {**self.details(seen), "base": self.base, "labels": labels, "points": self.points, **minor}


def tower_conditions(variables: int, forms: int, degrees: tuple[int, int], t: int) -> Seen | None:
    """Return where conditions on the second layer's activations are seen, in a degree t' <= t; None if there are none.

    Examples
    --------
    >>> found = tower_conditions(3, 5, (2, 2), 16)
    >>> found.rank, found.evaluation.base
    (60, 4)
    """
    best: Seen | None = None
    most = most_tower_conditions(variables, forms, degrees)
    for base in bases_of(variables, forms, degrees):
        # In a greater degree there are more conditions, until all are independent.
        if base > t or (best is not None and best.rank >= most):
            break
        seen = _seen(variables, forms, degrees, base)
        if best is not None and seen.rank <= best.rank:
            break
        best = seen
    return best


@lru_cache(maxsize=256)
def _seen(variables: int, forms: int, degrees: tuple[int, int], base: int) -> Seen:
    conditions = TowerConditions(variables, forms, degrees, base, graph_labels(variables + 1, forms, degrees[1]))
    most = most_tower_conditions(variables, forms, degrees)
    with one_thread(forms_on(variables + 1, conditions.top)):
        return look(conditions, conditions.label, most, suitable_prime(conditions))


@lru_cache(maxsize=1024)
def bases_of(variables: int, forms: int, degrees: tuple[int, int]) -> tuple[int, ...]:
    """Return the t' in which conditions are looked at; none if the rule does not apply or would take too long.

    Examples
    --------
    >>> bases_of(3, 5, (2, 2)), bases_of(3, 6, (2, 2))
    ((4, 5, 6), ())
    """
    n, d = variables, variables + 1
    if n < 3 or forms != 2 * n - 1 or min(degrees) < 2 or not graph_labels(d, forms, degrees[1]):
        return ()
    e = power_up_to(degrees[0], n - 1, MOST_RELATION)
    if e is None or forms_on(d, e) > MOST_RELATION:
        return ()
    least = -(-(2 * e - 1) // degrees[1])
    labels = graph_labels(d, forms, degrees[1])
    bases = [TowerConditions(n, forms, degrees, base, labels) for base in range(least, least + TRIES)]
    return tuple(each.base for each in bases if each.entries <= MOST_ENTRIES)


@lru_cache(maxsize=1024)
def most_tower_conditions(variables: int, forms: int, degrees: tuple[int, int]) -> int:
    """Bound the number of conditions without computing a rank.

    Examples
    --------
    >>> most_tower_conditions(3, 5, (2, 2))
    60
    """
    e = int(degrees[0] ** (variables - 1))
    each = e * (e - 1) // 2 if degrees[1] == 2 else e * e  # squares: the even and the odd part meet, up to exchange
    return each * len(graph_labels(variables + 1, forms, degrees[1]))


def relation_of_powers(field: PrimeField, forms: NDArray[Any], degree: int) -> NDArray[Any]:
    """Return the relation of n + 1 powers of linear forms in n variables: coefficients of the monomials of degree e.

    Raises
    ------
    PoleError
        If there is more than one: then it need not be that of general forms.
    """
    d, n = forms.shape
    exponents = monomials(d, degree ** (n - 1))
    points = field.draw("relation", "points", (len(exponents) + SPARE, n))
    powers = field.power(field.multiply(points, forms.T), degree)
    values = monomial_values(field, powers, exponents)
    kernel = kernel_modulo([[int(c) for c in row] for row in values], field.prime)
    if len(kernel) != 1:
        raise PoleError("the powers satisfy more than one relation at these forms")
    found: NDArray[Any] = field.residues(kernel[0])
    return found
