r"""Isolated pairs of points (u, v) at which the pre-activations of a second layer agree up to roots of unity.

Let z_1, …, z_5 be quadratic forms in three variables, and ω_i roots of unity. That z_i(u) = ω_i σ z_i(v) for all i and
one factor σ is as many equations as there are unknowns, for points u and v of the plane. Here all isolated solutions of
one label ω are found modulo a prime, at once: as polynomials u(θ), v(θ), σ(θ) modulo a polynomial q(θ) whose roots are
the solutions (a rational univariate representation [1]_). Nobody has to trust the search: `is_solution` verifies that
the polynomials solve the equations and that no solution is multiple, and so does whoever checks a certificate.

How they are found. Five general z_i span all quadratic forms but one dimension. So the six products of coordinates at u
are X = T ν(v) + λ c, where ν(v) are those at v, T solves Z T = Ω Z for the matrix Z of coefficients, c spans its
kernel, and λ is one more unknown, of degree 2. X has to be a point of the Veronese surface: six quadrics in X vanish.
Let J_s be what they span among the polynomials in v and λ of degree 2s, and M_s what the X_a ν_b - X_b ν_a span there
modulo J_s: that leaves out the solutions u = v. M_s has a dimension for each other solution if s >= `STEP`, and
multiplication by a form of degree 2 is a matrix on it. All these, divided by that of X_1 = u_1^2, commute.

References
----------
.. [1] F. Rouillier, Solving zero-dimensional systems through the rational univariate representation, Appl. Algebra
   Engrg. Comm. Comput. 9 (1999).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import nmod_mat, nmod_poly

from algebra.evidence.evaluation import PoleError, combinations
from algebra.polynomial.graph_conditions import (
    Label,
    echelon_form,
    forms_on,
    kernel_modulo,
    monomial_values,
    monomials,
    root_of_unity,
)
from algebra.rank.modular_rank import feed_flint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.rank.field import PrimeField

VARIABLES, FORMS = 3, 5

STEP = 3
"""The s of M_s. For general forms the dimension was the same for s = 3, …, 6, with every label of order 2, 3 and 4."""

SPARE = 5
"""Points beyond the dimension of the polynomials: any number is right, so many tell them apart."""

PRODUCTS = monomials(VARIABLES, 2)
"""Exponents of the six products of coordinates: x_1^2, x_1 x_2, x_1 x_3, x_2^2, x_2 x_3, x_3^2."""

MINORS = ((0, 3, 1, 1), (0, 4, 1, 2), (0, 5, 2, 2), (1, 4, 2, 3), (1, 5, 2, 4), (3, 5, 4, 4))
"""X_a X_b = X_c X_d: the six quadrics through the Veronese surface."""

Echelon = tuple["NDArray[Any]", list[int]]
"""Rows in reduced echelon form, and their pivots."""


@dataclass(frozen=True)
class PairSolutions:
    """Simple solutions with one label, one for each root of `modulus`; the first coordinates of u and v are 1.

    Parameters
    ----------
    label : Label
        Exponents of the roots of unity.
    modulus : nmod_poly
        q, without multiple roots.
    left, right : tuple of nmod_poly
        The second and third coordinates of u and of v, modulo q.
    scale : nmod_poly
        σ.
    """

    label: Label
    modulus: Any
    left: tuple[Any, ...]
    right: tuple[Any, ...]
    scale: Any

    @property
    def count(self) -> int:
        """How many solutions."""
        return int(self.modulus.degree())

    def to_json(self) -> dict[str, Any]:
        """Write the polynomials down, constant terms first."""
        return {
            "label": list(self.label),
            "modulus": _coefficients(self.modulus),
            "left": [_coefficients(x) for x in self.left],
            "right": [_coefficients(x) for x in self.right],
            "scale": _coefficients(self.scale),
        }

    def differences(self, degree: int, weight: int) -> list[list[int]]:
        """Return f(u) - σ^weight f(v) for the monomials f of a degree: for each, one number a solution.

        The numbers are the coefficients of a polynomial modulo q: as good as its values at the roots.
        """
        q = self.modulus
        sides = [[_powers(x, degree, q) for x in side] for side in (self.left, self.right)]
        factor = _powers(self.scale, weight, q)[-1]
        found = []
        for exponents in monomials(VARIABLES, degree).tolist():
            u, v = ([table[e] for table, e in zip(side, exponents[1:], strict=True)] for side in sides)
            value = (u[0] * u[1] - v[0] * v[1] % q * factor) % q
            found.append([*_coefficients(value), *[0] * self.count][: self.count])
        return found


def quadratic_forms(field: PrimeField, first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """Return the coefficients of the forms second · (first · x)^2, one form a row, in the order of `PRODUCTS`."""
    chosen = combinations_with_replacement(range(VARIABLES), 2)
    squares = []
    for i, j in chosen:
        values = field.times(first[:, i], first[:, j])
        squares.append(values if i == j else field.plus(values, values))
    return field.multiply(second, np.array(squares).T)


def find_pairs(field: PrimeField, key: str, forms: NDArray[Any], label: Label, order: int) -> PairSolutions | None:
    """Return all isolated solutions of one label; None if there are none.

    Parameters
    ----------
    field : PrimeField
    key : str
        For the random choices of the search.
    forms : ndarray, shape (5, 6)
        Coefficients of the z_i, in the order of `PRODUCTS`.
    label : Label
    order : int
        Of the roots of unity.

    Returns
    -------
    PairSolutions or None

    Raises
    ------
    PoleError
        If the forms, or the random choices, are special.
    """
    search = _search(field, key, forms, label, order)
    lower, upper = search.ideal(STEP), search.ideal(STEP + 1)
    basis, _ = search.quotient(STEP, lower)
    _, pivots = search.quotient(STEP + 1, upper)
    if len(basis) != len(pivots):
        raise PoleError("the solutions are not isolated")
    if not pivots:
        return None

    # Multiplication by u_1^2, u_1 u_2, u_1 u_3, v_1^2, v_1 v_2 and v_1 v_3, all divided by the first.
    matrices = []
    for factor in (*search.far[:VARIABLES], *search.near[:VARIABLES]):
        image = _reduced(field, field.times(basis, factor[None, :]), upper)
        matrices.append(feed_flint(image[:, pivots], field.prime))
    try:
        divisor = matrices[0].inv()
        return _representation(field, key, [each * divisor for each in matrices[1:]], label)
    except ZeroDivisionError:
        raise PoleError("a first coordinate vanishes, or a solution is multiple") from None


def _representation(field: PrimeField, key: str, matrices: list[Any], label: Label) -> PairSolutions:
    """Write u_2, u_3, σ, σ v_2 and σ v_3, as commuting matrices, as polynomials in a combination θ of them."""
    p, n = field.prime, matrices[0].nrows()
    chosen = [int(c) for c in field.draw(key, "combination", (len(matrices) + n,))]
    theta = nmod_mat(n, n, p)
    for c, matrix in zip(chosen, matrices, strict=False):
        theta += matrix * (c % p)

    # A vector and its images are a basis, if θ has different values at all solutions.
    images = [nmod_mat(1, n, chosen[-n:], p)]
    for _ in range(n):
        images.append(images[-1] * theta)
    to_powers = nmod_mat(n, n, [c for row in images[:n] for c in row.entries()], p).inv()
    q = nmod_poly([*[-c for c in (images[n] * to_powers).entries()], 1], p)
    second, third, scale, *right = (nmod_poly((images[0] * each * to_powers).entries(), p) for each in matrices)

    common, inverse, _ = scale.xgcd(q)
    if common.degree() > 0:
        raise PoleError("a first coordinate vanishes")
    return PairSolutions(label, q, (second, third), tuple(x * inverse % q for x in right), scale)


def is_solution(field: PrimeField, forms: NDArray[Any], found: PairSolutions, order: int) -> bool:
    """Tell whether the equations hold, no solution is multiple, and the first form vanishes at none."""
    p, q = field.prime, found.modulus
    root = root_of_unity(order, p)
    zero, one = nmod_poly([0], p), nmod_poly([1], p)
    u, v = ((one, *side) for side in (found.left, found.right))
    rows: list[list[Any]] = []
    for z, exponent in zip(forms, found.label, strict=True):
        omega = pow(root, exponent, p)
        (at_u, by_u), (at_v, by_v) = (_form_and_gradient(z, side, q) for side in (u, v))
        if (at_u - omega * found.scale * at_v) % q != zero:
            return False
        if not rows and at_u.gcd(q) != one:
            return False
        rows.append([*by_u[1:], *[-omega * found.scale * d % q for d in by_v[1:]], -omega * at_v % q])
    return bool(q.gcd(q.derivative()) == one and _determinant(rows, q).gcd(q) == one)


def _form_and_gradient(z: NDArray[Any], point: tuple[Any, ...], q: Any) -> tuple[Any, list[Any]]:
    """Return a quadratic form and its derivatives at a point."""
    p = q.modulus()
    gradient = [nmod_poly([0], p) for _ in point]
    value = nmod_poly([0], p)
    for c, (i, j) in zip(z, combinations_with_replacement(range(VARIABLES), 2), strict=True):
        value += int(c) % p * (point[i] * point[j] % q)
        gradient[i] += int(c) % p * point[j]
        gradient[j] += int(c) % p * point[i]
    return value, gradient


def _determinant(rows: list[list[Any]], q: Any) -> Any:
    """Return the determinant of polynomials modulo q, by expansion: there are five rows."""
    if len(rows) == 1:
        return rows[0][0]
    found = nmod_poly([0], q.modulus())
    for j, entry in enumerate(rows[0]):
        minor = _determinant([row[:j] + row[j + 1 :] for row in rows[1:]], q)
        found += (-1) ** j % q.modulus() * (entry * minor % q)
    return found % q


@dataclass(frozen=True)
class _Search:
    """Random values of v and λ, and what is calculated from them: one column a point.

    Parameters
    ----------
    field : PrimeField
    points : ndarray, shape (points, 3)
        v.
    multiplier : ndarray, shape (1, points)
        λ.
    near, far : ndarray, shape (6, points)
        ν(v) and X.
    """

    field: PrimeField
    points: NDArray[Any]
    multiplier: NDArray[Any]
    near: NDArray[Any]
    far: NDArray[Any]

    def ideal(self, step: int) -> Echelon:
        """Return J_s: multiples of the 2 x 2 minors of X, as a symmetric matrix."""
        minors = [self._difference(self.far[a], self.far[b], self.far[c], self.far[d]) for a, b, c, d in MINORS]
        return _echelon(self.field, self._multiples(minors, step - 2))

    def quotient(self, step: int, ideal: Echelon) -> Echelon:
        """Return a basis of M_s."""
        pairs = combinations_with_replacement(range(len(PRODUCTS)), 2)
        parallel = [self._difference(self.far[a], self.near[b], self.far[b], self.near[a]) for a, b in pairs if a < b]
        return _echelon(self.field, _reduced(self.field, self._multiples(parallel, step - 2), ideal))

    def _difference(self, a: NDArray[Any], b: NDArray[Any], c: NDArray[Any], d: NDArray[Any]) -> NDArray[Any]:
        """Return a b - c d."""
        return self.field.plus(self.field.times(a, b), -self.field.times(c, d))

    def _multiples(self, generators: list[NDArray[Any]], step: int) -> NDArray[Any]:
        """Return random combinations of the generators' multiples, as many as there are polynomials and some more."""
        factors = []
        for j in range(step + 1):
            inner = monomial_values(self.field, self.points, monomials(VARIABLES, 2 * (step - j))).T
            factors.append(self.field.times(self.field.power(self.multiplier, j), inner))
        every = np.concatenate(factors)
        multiples = np.concatenate([self.field.times(every, each[None, :]) for each in generators])
        most = _size(step + 2) + SPARE
        if len(multiples) <= most:
            return multiples
        return self.field.multiply(combinations(most, len(multiples), self.field.prime), multiples)


def _search(field: PrimeField, key: str, forms: NDArray[Any], label: Label, order: int) -> _Search:
    """Draw points; calculate X there."""
    root, size = root_of_unity(order, field.prime), len(PRODUCTS)
    omega = field.residues(np.array([pow(root, e, field.prime) for e in label]))

    # T: the solution of Z T = Ω Z with zeros in one row.
    echelon, pivots = _echelon(field, np.concatenate([forms, field.times(forms, omega[:, None])], axis=1))
    if len(pivots) < FORMS or max(pivots) >= size:
        raise PoleError("the forms are dependent")
    image = field.zeros((size, size))
    image[pivots] = echelon[:, size:]
    kernel = field.residues(kernel_modulo([[int(c) for c in row] for row in forms], field.prime))

    drawn = field.draw(key, "search", (_size(STEP + 1) + SPARE, VARIABLES + 1))
    points, multiplier = drawn[:, :VARIABLES], drawn[:, VARIABLES:].T
    near = monomial_values(field, points, PRODUCTS).T
    far = field.plus(field.multiply(image, near), field.multiply(kernel.T, multiplier))
    return _Search(field, points, multiplier, near, far)


def _size(step: int) -> int:
    """Dimension of the polynomials of degree 2 · step in v and λ."""
    return sum(forms_on(VARIABLES, 2 * j) for j in range(step + 1))


def _echelon(field: PrimeField, rows: NDArray[Any]) -> Echelon:
    """Return the reduced echelon form without zero rows, and its pivots."""
    echelon, pivots = echelon_form(feed_flint(rows, field.prime))
    return field.residues(echelon), pivots


def _reduced(field: PrimeField, rows: NDArray[Any], ideal: Echelon) -> NDArray[Any]:
    """Subtract the elements of an ideal that make its pivots 0."""
    echelon, pivots = ideal
    return field.plus(rows, -field.multiply(rows[:, pivots], echelon))


def _coefficients(polynomial: Any) -> list[int]:
    """Return the coefficients, constant term first."""
    return [int(c) for c in polynomial.coeffs()]


def _powers(x: Any, most: int, q: Any) -> list[Any]:
    """Return the powers of a polynomial modulo q, from 0 to `most`."""
    found = [nmod_poly([1], q.modulus())]
    for _ in range(most):
        found.append(found[-1] * x % q)
    return found
