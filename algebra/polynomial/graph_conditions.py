r"""Rule ``graph``: pairs of points that powers of linear forms do not tell apart.

Let l_1, …, l_w be general linear forms in n variables, r an exponent, and ω_i roots of unity, ω_i^r = 1. On the
linear space

.. math:: L_ω = \{(P, Q) : l_i(P) = ω_i l_i(Q) \text{ for all } i\}

the powers l_i^r take the same values at P and Q, and so does every polynomial in them. The conditions f(P) = f(Q), for
(P, Q) in the union of all these spaces, that are independent on the forms f of degree rt bound the span of the degree-t
monomials in the powers: it is at most C(rt + n - 1, n - 1) less their rank.

The dimension of L_ω at general forms is 2n - min(w, 2n, n + w - c), where c is the greatest number of equal ω_i: the
rows of the equations are the tensors of l_i and (1, -ω_i), whose rank is that of a union of n matroids [1]_. If c >= n,
then P and Q are equal up to a root of unity, and there is no condition; nor is there for w >= 2n. Isolated pairs, w =
2n - 1, are double points of the image (for n = 3, r = 3 the double-point formula counts the same 15); for w = 2n - 2
squares have C(2n - 2, n - 1)/2 double lines.

The rank is computed at one choice of forms and points modulo a prime p = 1 (mod r), which holds the roots of unity. A
choice at which some L_ω is larger than at general forms is refused: then the points move with the forms, and a minor
that does not vanish there does not vanish for general forms.

References
----------
.. [1] J. Edmonds, D. R. Fulkerson, Transversals and matroid partition, J. Res. Nat. Bur. Standards 69B (1965).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement, product
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import nmod_mat

from algebra.evidence.evaluation import Evaluation, PoleError, Seen, WholeMatrix, look, suitable_prime
from algebra.memory import binomial, power_up_to
from algebra.rank.primes import is_prime
from algebra.rank.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.rank.field import PrimeField

Label = tuple[int, ...]
"""Exponents of the roots of unity ω_i."""

MOST_LABELS = 5000
"""Choices of roots of unity that are looked at: beyond, enumerating them costs more than the ranks."""

MOST_FORMS = 2500
"""Forms of degree rt: a matrix of as many columns takes a second."""

MOST_ROWS = 3
"""Conditions are drawn up to so many times the number of forms; more hardly ever raise a rank."""


@dataclass(frozen=True)
class GraphConditions(Evaluation):
    """The conditions f(P) = f(Q) on forms of degree rt: pairs of points times monomials.

    Parameters
    ----------
    variables, forms, degree, t : int
        n, w, r and t.
    labels : tuple of Label
        Which L_ω are looked at.
    points : int
        Random points on each.
    """

    variables: int
    forms: int
    degree: int
    t: int
    labels: tuple[Label, ...]
    points: int

    rule = "graph"

    @property
    def label(self) -> str:
        """Name of the conditions, e.g. ``graph:4-6:r2:t8``."""
        return f"graph:{self.variables}-{self.forms}:r{self.degree}:t{self.t}"

    def suits(self, prime: int) -> bool:
        """Tell whether the prime has the roots of unity."""
        return prime % self.degree == 1

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> WholeMatrix:
        """Evaluate at forms and points drawn from a key; a label with too large a space is a pole."""
        n, w = self.variables, self.forms
        forms = field.draw(key, "weights", (w, n), word_size)
        drawn = field.draw(key, "points", (len(self.labels), self.points, 2 * n), word_size)
        pairs = []
        for label, coefficients in zip(self.labels, drawn, strict=True):
            basis = pairs_of_points(forms, label, self.degree, field.prime)
            if len(basis) != general_nullity(n, label):
                raise PoleError(f"the space of {label} is too large at these forms")
            pairs.append(field.multiply(coefficients[:, : len(basis)], field.residues(basis)))

        both = np.concatenate(pairs)
        exponents = monomials(n, self.degree * self.t)
        values = [monomial_values(field, side, exponents) for side in (both[:, :n], both[:, n:])]
        return WholeMatrix(field.plus(values[0], -values[1]), field.prime)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return key and prime."""
        return {"key": seen.key, "prime": seen.prime}

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Name labels, points and monomials of a minor."""
        labels = [list(label) for label in self.labels]
        minor = {"rows": list(rows), "columns": list(columns)}
        return {**self.details(seen), "labels": labels, "points": self.points, **minor}


@lru_cache(maxsize=4096)
def graph_conditions(variables: int, forms: int, degree: int, t: int) -> Seen | None:
    """Return where independent conditions on forms of degree ``degree * t`` are seen; None if there are none.

    Examples
    --------
    Ten double lines of the squares of six forms in four variables, eight conditions each; 15 double points:

    >>> graph_conditions(4, 6, 2, 8).rank, graph_conditions(3, 5, 3, 9).rank
    (80, 15)
    """
    most = most_conditions(variables, forms, degree, t)
    if most == 0:
        return None
    labels, space = graph_labels(variables, forms, degree), forms_on(variables, degree * t)
    points = max(_conditions_on(variables, label, degree, t) for label in labels)
    points = min(points, MOST_ROWS * space // len(labels) + 1)
    conditions = GraphConditions(variables, forms, degree, t, labels, points)
    with one_thread(space):
        return look(conditions, conditions.label, min(most, space), suitable_prime(conditions))


@lru_cache(maxsize=4096)
def most_conditions(variables: int, forms: int, degree: int, t: int) -> int:
    """Bound the number of conditions without computing a rank; 0 if there are none, or if they are not looked at.

    Examples
    --------
    >>> most_conditions(4, 6, 2, 8), most_conditions(3, 5, 2, 8), most_conditions(3, 5, 3, 10**30)
    (80, 0, 0)
    """
    labels = graph_labels(variables, forms, degree)
    if not labels or forms_on(variables, degree * t) > MOST_FORMS:
        return 0
    return sum(_conditions_on(variables, label, degree, t) for label in labels)


def forms_on(dimension: int, degree: int) -> int:
    """Dimension of the forms of a degree on a space of so many dimensions.

    Examples
    --------
    >>> forms_on(4, 2), forms_on(4, -1)
    (10, 0)
    """
    return binomial(degree + dimension - 1, dimension - 1) if degree >= 0 else 0


def _conditions_on(variables: int, label: Label, degree: int, t: int) -> int:
    """Bound the conditions on one L_ω: the dimension of the restrictions of f(P) - f(Q) to it."""
    dimension, top = general_nullity(variables, label), degree * t
    if degree != 2:
        return forms_on(dimension, top)

    # P = u + v and Q = u - v, where u is in the kernel of the one forms and v in that of the others: odd in v.
    ones = variables - sum(label)
    others = dimension - ones
    degrees = range(1, top + 1, 2)
    return sum(forms_on(ones, top - e) * forms_on(others, e) for e in degrees)


@lru_cache(maxsize=1024)
def graph_labels(variables: int, forms: int, degree: int) -> tuple[Label, ...]:
    """Return the labels that give conditions, one of each pair that differs by a factor or the exchange of P and Q.

    Examples
    --------
    The nodes of a plane curve of degree r, (r - 1)(r - 2)/2 of them, and 15 points of a surface in 4-space:

    >>> [len(graph_labels(2, 3, r)) for r in (3, 4, 5)], len(graph_labels(3, 5, 3)), len(graph_labels(4, 6, 2))
    ([1, 3, 6], 15, 10)
    """
    is_small = variables < forms < 2 * variables and power_up_to(degree, forms - 1, MOST_LABELS) is not None
    if not is_small or degree < 2:
        return ()
    found = []
    for rest in product(range(degree), repeat=forms - 1):
        label = (*rest, 0)
        exchanged = tuple(-e % degree for e in label)
        if label <= exchanged and max(Counter(label).values()) < variables:
            found.append(label)
    return tuple(found)


def general_nullity(variables: int, label: Label) -> int:
    """Dimension of L_ω at general forms.

    Examples
    --------
    >>> general_nullity(4, (0, 0, 0, 1, 1, 1)), general_nullity(4, (0, 0, 0, 0, 0, 1))
    (2, 3)
    """
    n, w = variables, len(label)
    return 2 * n - min(w, 2 * n, n + w - max(Counter(label).values()))


def pairs_of_points(forms: NDArray[Any], label: Label, degree: int, prime: int) -> NDArray[np.int64]:
    """Return the basis of L_ω in echelon form, one pair (P, Q) a row: the free coordinates are unit vectors."""
    root = root_of_unity(degree, prime)
    roots = [pow(root, e, prime) for e in label]
    weights = [[int(c) for c in row] for row in forms]
    rows = [[*row, *(-omega * c for c in row)] for row, omega in zip(weights, roots, strict=True)]
    return kernel_modulo(rows, prime)


def kernel_modulo(rows: Sequence[Sequence[int]], prime: int) -> NDArray[np.int64]:
    """Return the kernel's basis of which the free coordinates are unit vectors, as rows."""
    unknowns = len(rows[0])
    echelon, pivots = echelon_form(nmod_mat(len(rows), unknowns, [c % prime for row in rows for c in row], prime))
    free = [j for j in range(unknowns) if j not in pivots]
    basis = np.zeros((len(free), unknowns), np.int64)
    for i, j in enumerate(free):
        basis[i, j] = 1
        basis[i, pivots] = -echelon[:, j] % prime if pivots else 0
    return basis


def echelon_form(matrix: nmod_mat) -> tuple[NDArray[np.int64], list[int]]:
    """Return the rows of the reduced echelon form that are not zero, and their pivots.

    Examples
    --------
    >>> echelon_form(nmod_mat(2, 3, [0, 2, 4, 0, 1, 2], 7))
    (array([[0, 1, 2]]), [1])
    """
    form, rank = matrix.rref()
    echelon = np.array([int(c) for c in form.entries()], np.int64).reshape(matrix.nrows(), matrix.ncols())[:rank]
    return echelon, [int(np.flatnonzero(row)[0]) for row in echelon]


@lru_cache(maxsize=256)
def root_of_unity(order: int, prime: int) -> int:
    """Return the first power x^((p - 1)/order), x = 1, 2, …, of exactly this order modulo the prime."""
    factors = [q for q in range(2, order + 1) if order % q == 0 and is_prime(q)]
    for x in range(1, prime):
        root = pow(x, (prime - 1) // order, prime)
        if all(pow(root, order // q, prime) != 1 for q in factors):
            return root
    raise ArithmeticError(f"no element of order {order} modulo {prime}")


@lru_cache(maxsize=64)
def monomials(variables: int, degree: int) -> NDArray[np.int64]:
    """Return the exponents of the monomials of a degree, one a row, in lexicographic order of their factors."""
    factors = combinations_with_replacement(range(variables), degree)
    found = np.zeros((forms_on(variables, degree), variables), np.int64)
    for row, chosen in zip(found, factors, strict=True):
        np.add.at(row, list(chosen), 1)
    return found


def monomial_values(field: PrimeField, points: NDArray[Any], exponents: NDArray[np.int64]) -> NDArray[Any]:
    """Return the monomials with these exponents at points: points times monomials."""
    values = field.ones((len(points), len(exponents)))
    for i in range(exponents.shape[1]):
        table = [field.ones((len(points),))]
        for _ in range(int(exponents[:, i].max(initial=0))):
            table.append(field.times(table[-1], points[:, i]))
        values = field.times(values, np.array(table).T[:, exponents[:, i]])
    return values
