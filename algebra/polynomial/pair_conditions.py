r"""Rule ``isolated-pairs``: points of the input that the second layer does not tell apart, one by one.

Five quadratic forms z_i in three variables, raised to the power r, map the plane to 4-space; its image has double
points as every such surface has: (D^4 - 10 D^2 + 15 D - 6)/2 of them for D = 2 r, by the double-point formula [1]_. For
each there are roots of unity ω_i with z_i(u) = ω_i σ z_i(v). So a polynomial of degree t in the z_i^r satisfies f(u) =
σ^{rt} f(v), and conditions that are independent on the forms of degree D t lower the span. (3, 5, 5) and (3, 6, 5) with
squares have 75: 6 for each of the ten labels ω with three and two equal signs, 3 for each of the five with four. The
latter lie beside a curve of pairs u = v, so a count of conditions modulo all equations, as the rule ``double-points``
makes it where the first layer yields a hypersurface, is not enough.

The conditions are computed at one choice of weights modulo a prime and in one degree, t' say. They hold for general
weights and for all t >= t':

- The Jacobian of the equations in (u, v, σ) is regular at every pair. So the pairs move with the weights (they are
  étale over them), to characteristic 0 too, and a minor that does not vanish modulo the prime does not vanish for
  general weights.
- z_1 vanishes at none of them. With g = z_1^{r(t - t')} the condition of f g is g(u) times that of f: conditions that
  are independent in the degree t' are in the degree t.

References
----------
.. [1] W. Fulton, Intersection Theory (2nd ed., 1998), Theorem 9.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.evaluation import Evaluation, PoleError, Seen, WholeMatrix, look, suitable_prime
from algebra.memory import binomial
from algebra.polynomial.graph_conditions import Label, forms_on
from algebra.polynomial.pair_solutions import FORMS, VARIABLES, PairSolutions, find_pairs, is_solution, quadratic_forms
from algebra.rank.field import prime_field
from algebra.rank.threads import one_thread

if TYPE_CHECKING:
    from algebra.rank.field import PrimeField

MOST_ENTRIES = 3_000_000
"""Of the matrix of conditions: it takes a second or two. Squares and cubes in the second layer are below."""


@dataclass(frozen=True)
class PairConditions(Evaluation):
    """The conditions f(u) = σ^{r t'} f(v) on forms f of degree 2 r t': pairs of points times monomials.

    Parameters
    ----------
    width : int
        Neurons of the first layer, at least 5; it has three inputs, and the second layer five neurons.
    degree : int
        r; the first layer takes squares.
    base : int
        t'.
    """

    width: int
    degree: int
    base: int

    rule = "isolated-pairs"

    @property
    def label(self) -> str:
        """Name of the conditions, e.g. ``isolated-pairs:3-6-5:r2,2:t4``."""
        return f"isolated-pairs:{VARIABLES}-{self.width}-{FORMS}:r2,{self.degree}:t{self.base}"

    @property
    def top(self) -> int:
        """Degree of f."""
        return 2 * self.degree * self.base

    @property
    def entries(self) -> int:
        """Size of the matrix: each pair is found in both orders."""
        return 2 * most_pairs(self.degree) * forms_on(VARIABLES, self.top)

    def suits(self, prime: int) -> bool:
        """Tell whether the prime has the roots of unity."""
        return prime % self.degree == 1

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> WholeMatrix:
        """Evaluate at weights drawn from a key; special ones are a pole."""
        blocks = [each.differences(self.top, self.degree * self.base) for each in self.pairs(field, key)]
        return WholeMatrix(field.residues(np.concatenate([np.array(block).T for block in blocks])), field.prime)

    def pairs(self, field: PrimeField, key: str) -> tuple[PairSolutions, ...]:
        """Find all pairs at weights drawn from a key."""
        return _pairs(self.width, self.degree, field.prime, key)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return key and prime."""
        return {"key": seen.key, "prime": seen.prime}

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Write down the pairs, and which conditions and monomials a minor has."""
        pairs = [each.to_json() for each in self.pairs(prime_field(seen.prime), seen.key)]
        return {**self.details(seen), "base": self.base, "pairs": pairs, "rows": list(rows), "columns": list(columns)}


@lru_cache(maxsize=16)
def _pairs(width: int, degree: int, prime: int, key: str) -> tuple[PairSolutions, ...]:
    field = prime_field(prime)
    first, second = (field.draw(key, name, shape) for name, shape in _weights(width).items())
    forms = quadratic_forms(field, first, second)
    found = []
    for label in pair_labels(degree):
        pairs = find_pairs(field, f"{key}/{label}", forms, label, degree)
        if pairs is not None:
            if not is_solution(field, forms, pairs, degree):
                raise PoleError(f"a pair of {label} is special")
            found.append(pairs)
    if not found:
        raise PoleError("there are no pairs")
    return tuple(found)


def _weights(width: int) -> dict[str, tuple[int, int]]:
    """Names and shapes of the weights of both layers."""
    return {"first": (width, VARIABLES), "second": (FORMS, width)}


@lru_cache(maxsize=64)
def pair_labels(degree: int) -> tuple[Label, ...]:
    """Return the labels, one of each pair that differs by a factor or the exchange of u and v.

    Examples
    --------
    >>> len(pair_labels(2)), len(pair_labels(3))
    (16, 41)
    """
    labels = ((*rest, 0) for rest in product(range(degree), repeat=FORMS - 1))
    return tuple(label for label in labels if label <= tuple(-e % degree for e in label))


def most_pairs(degree: int) -> int:
    """Number of double points of the surface, by the formula.

    Examples
    --------
    >>> most_pairs(2), most_pairs(3)
    (75, 510)
    """
    d = 2 * degree
    return (d**4 - 10 * d**2 + 15 * d - 6) // 2


@lru_cache(maxsize=256)
def base_of(width: int, degree: int) -> int | None:
    """Return the least t' with room for all conditions beside the monomials; None if that would take too long.

    Examples
    --------
    >>> base_of(6, 2), base_of(6, 3), base_of(6, 4), base_of(4, 2)
    (4, 7, None, None)
    """
    if width < FORMS or degree < 2:
        return None
    base = 1
    while forms_on(VARIABLES, 2 * degree * base) - binomial(base + FORMS - 1, base) < most_pairs(degree):
        base += 1
        if PairConditions(width, degree, base).entries > MOST_ENTRIES:
            return None
    return base


@lru_cache(maxsize=64)
def pair_conditions(width: int, degree: int) -> Seen | None:
    """Return where conditions on the second layer's activations are seen, from a degree t' on; None if nowhere.

    Examples
    --------
    >>> found = pair_conditions(6, 2)
    >>> found.rank, found.evaluation.base
    (75, 4)
    """
    base = base_of(width, degree)
    if base is None:
        return None
    conditions = PairConditions(width, degree, base)
    with one_thread(forms_on(VARIABLES, conditions.top)):
        return look(conditions, conditions.label, most_pairs(degree), suitable_prime(conditions))
