"""Isolated pairs of points that a second layer does not tell apart: solutions that a proof lists, and their conditions.

The forms z_1 ... z_w of degree e in n variables, w = 2n - 1, are what the second layer raises to the power r. At a pair
(u, v) with z_i(u) = omega_i sigma z_i(v), omega_i^r = 1, a polynomial of degree t in the powers satisfies f(u) =
sigma^(r t) f(v). A proof lists pairs at one choice of weights modulo a prime m, all with the same omega together: as
polynomials u, v, sigma modulo a polynomial q, whose roots are the pairs. Then it names independent conditions.

Where the Jacobian of the equations in u_2 ... u_n, v_2 ... v_n, sigma (with u_1 = v_1 = 1) is a unit modulo q, the
pairs are etale over the weights. So they, and a minor that does not vanish, lift to characteristic 0 and to general
weights.
Where z_1(u) is a unit modulo q, multiplying f by powers of z_1^r keeps conditions independent in every degree beyond.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

from .generator import residues
from .hilbert import forms
from .limits import INFINITE, hold, need, spend
from .minors import is_regular, read_minor, read_modulus
from .reading import Network, fields, integer, integers, read_key

MOST_PRIME = 1 << 24
"""Its primality is tested by division."""

MOST_INPUTS = 5
"""Determinants of 2n - 1 rows are expanded."""

Poly = list[int]
"""Coefficients of a polynomial modulo m, the constant term first; elements modulo q have as many as q has roots."""


class Roots(NamedTuple):
    """The algebra F_m[x] / q, for a polynomial q whose leading coefficient is 1."""

    q: Poly
    m: int

    @property
    def size(self) -> int:
        """Degree of q."""
        return len(self.q) - 1

    def constant(self, value: int) -> Poly:
        """Return a number as an element."""
        return [value % self.m, *[0] * (self.size - 1)]

    def reduce(self, x: Poly) -> Poly:
        """Return the remainder modulo q."""
        x, k = list(x), self.size
        for top in range(len(x) - 1, k - 1, -1):
            factor = x[top] % self.m
            if factor:
                for i in range(k):
                    x[top - k + i] -= factor * self.q[i]
        return [c % self.m for c in x[:k]] + [0] * (k - len(x))

    def times(self, x: Poly, y: Poly) -> Poly:
        """Return the product."""
        found = [0] * (len(x) + len(y) - 1)
        for i, a in enumerate(x):
            if a:
                for j, b in enumerate(y):
                    found[i + j] += a * b
        return self.reduce(found)

    def combination(self, factors: Sequence[int], elements: Sequence[Poly]) -> Poly:
        """Return the sum of elements times numbers."""
        pairs = list(zip(factors, elements, strict=True))
        return [sum(c * x[i] for c, x in pairs) % self.m for i in range(self.size)]

    def powers(self, x: Poly, most: int) -> list[Poly]:
        """Return the powers from 0 to `most`."""
        found = [self.constant(1)]
        for _ in range(most):
            found.append(self.times(found[-1], x))
        return found

    def is_unit(self, x: Poly) -> bool:
        """Tell whether an element has no root in common with q (Euclid)."""
        a, b = self.q, _trimmed(x, self.m)
        while b:
            a, b = b, _trimmed(_remainder(a, b, self.m), self.m)
        return len(a) == 1

    def is_separable(self) -> bool:
        """Tell whether q has no multiple root."""
        return self.is_unit([i * c % self.m for i, c in enumerate(self.q)][1:])


def _trimmed(x: Poly, m: int) -> Poly:
    """Leave leading zeros out."""
    x = [c % m for c in x]
    while x and not x[-1]:
        x.pop()
    return x


def _remainder(a: Poly, b: Poly, m: int) -> Poly:
    """Return a modulo b, whose leading coefficient is not 0."""
    inverse = pow(b[-1], -1, m)
    left = list(a)
    for top in range(len(a) - 1, len(b) - 2, -1):
        factor = left[top] * inverse % m
        start = top - len(b) + 1
        for i, c in enumerate(b):
            left[start + i] = (left[start + i] - factor * c) % m
    return left[: len(b) - 1]


def isolated_pairs(of: Network, t: int, base: Any, key: Any, prime: Any, pairs: Any, rows: Any, columns: Any) -> int:
    """Forms in the inputs, less independent conditions at pairs of points that the second layer does not tell apart."""
    need(len(of.widths) == 3, "there are not two layers")
    (n, d, w), (e, r) = of.widths, of.degrees
    need(2 <= n <= MOST_INPUTS and w == 2 * n - 1 and r >= 2, "the layers are not those of the rule")
    base = integer(base, "base", 1, t)
    top = e * r * base
    size = forms(top, n, False)
    need(size < INFINITE, "the forms are too many")
    hold(size, 60 + 8 * n, "the monomials")
    spend(size * (top + 10) + 1000, "the monomials")

    # The prime, and the pairs: a condition for each root of each modulus q.
    m = integer(prime, "prime", 3, MOST_PRIME)
    spend(5000 + 100 * r, "the prime")
    need_roots(r, m)
    need(type(pairs) is list and len(pairs) > 0, "there are no pairs")
    listed = [read_pairs(each, n, w, r, m) for each in pairs]
    places = [(i, j) for i, each in enumerate(listed) for j in range(each.roots.size)]
    rows, columns = read_minor(rows, columns, len(places) - 1, size - 1)
    read_modulus(m, len(rows))

    # All work is paid for: products of elements, for the equations, their determinant, and the monomials.
    for each in listed:
        product = each.roots.size * (each.roots.size + 4)
        equations = 2 * (d * (n + e) + w * d * (n + 1)) + w * 2**w
        monomials = 2 * n * top + (2 * n + 1) * len(columns)
        spend(2 * product * equations, "the equations of the pairs")
        spend(2 * product * monomials, "the conditions")
    spend(20 * (d * n + w * d), "the weights")

    # The weights of both layers.
    key = read_key(key)
    first = rows_of(residues(key, "first", 0, d * n, 1, m), n)
    second = rows_of(residues(key, "second", 0, w * d, 1, m), d)

    # The pairs solve the equations; the conditions are rows of a minor.
    factors = list(combinations_with_replacement(range(n), top))
    exponents = [tuple(map(factors[c].count, range(n))) for c in columns]
    root = root_of_unity(r, m)
    conditions = []
    for each in listed:
        check_pairs(each, first, second, e, root)
        conditions.append(differences(each, exponents, top, r * base))
    chosen = [places[row] for row in rows]
    minor = [[value[j] for value in conditions[i]] for i, j in chosen]
    need(is_regular(minor, m), "the minor of the conditions vanishes")
    return forms(e * r * t, n, False) - len(minor)


class Pairs(NamedTuple):
    """Pairs with the same roots of unity: exponents of these, the algebra, and u, v, sigma in it."""

    label: tuple[int, ...]
    roots: Roots
    left: list[Poly]
    right: list[Poly]
    scale: Poly


def read_pairs(value: Any, n: int, w: int, r: int, m: int) -> Pairs:
    """Read what is listed for some roots of unity."""
    exponents, modulus, *given, scale = fields(value, "pairs", "label", "modulus", "left", "right", "scale")
    label = integers(exponents, "label", 0, r - 1)
    need(len(label) == w, "a label has not one root of unity for each form")
    q = list(integers(modulus, "modulus", 0, m - 1))
    need(len(q) >= 2 and q[-1] == 1, "the leading coefficient of modulus is not 1")
    roots = Roots(q, m)
    spend(4 * len(q) ** 2 + 10 * n * len(q), "the pairs")
    need(roots.is_separable(), "modulus has a multiple root")

    sides = []
    for name, side in zip(("left", "right"), given, strict=True):
        need(type(side) is list and len(side) == n - 1, f"{name} has not all coordinates but the first")
        sides.append([roots.constant(1), *[_element(x, name, roots) for x in side]])
    return Pairs(label, roots, sides[0], sides[1], _element(scale, "scale", roots))


def _element(value: Any, name: str, roots: Roots) -> Poly:
    """Read an element of the algebra."""
    found = list(integers(value, name, 0, roots.m - 1))
    need(len(found) <= roots.size, f"an entry of {name} has a greater degree than modulus")
    return found + [0] * (roots.size - len(found))


def rows_of(entries: list[int], columns: int) -> list[list[int]]:
    """Return entries as rows."""
    return [entries[i : i + columns] for i in range(0, len(entries), columns)]


def check_pairs(pairs: Pairs, first: list[list[int]], second: list[list[int]], e: int, root: int) -> None:
    """Check the equations, that every solution is simple, and that the first form vanishes at none."""
    roots, scale = pairs.roots, pairs.scale
    left = forms_and_gradients(pairs.left, first, second, e, roots)
    right = forms_and_gradients(pairs.right, first, second, e, roots)

    jacobian = []
    for exponent, (at_u, by_u), (at_v, by_v) in zip(pairs.label, left, right, strict=True):
        # z(u) - omega sigma z(v) is zero,
        minus = -pow(root, exponent, roots.m) % roots.m
        moved = roots.times(roots.constant(minus), at_v)
        value = roots.combination((1, 1), (at_u, roots.times(scale, moved)))
        need(not any(value), "a pair does not solve the equations")

        # and has these derivatives in all coordinates but the first, and in sigma.
        by_right = [roots.combination((minus,), (roots.times(scale, slope),)) for slope in by_v[1:]]
        jacobian.append([*by_u[1:], *by_right, moved])
    at_first, _ = left[0]
    need(roots.is_unit(at_first), "the first form vanishes at a pair")
    need(roots.is_unit(determinant(jacobian, roots)), "a pair is not simple")


def forms_and_gradients(
    point: list[Poly], first: list[list[int]], second: list[list[int]], e: int, roots: Roots
) -> list[tuple[Poly, list[Poly]]]:
    """Return the forms second (first x)^e and their derivatives in x, at a point."""
    # Of each neuron of the first layer the powers e - 1 and e.
    slopes_below, below = [], []
    for line in first:
        *_, lower, power = roots.powers(roots.combination(line, point), e)
        slopes_below.append(lower)
        below.append(power)

    found = []
    for row in second:
        slopes = []
        for a in range(len(point)):
            factors = [c * e * line[a] % roots.m for c, line in zip(row, first, strict=True)]
            slopes.append(roots.combination(factors, slopes_below))
        found.append((roots.combination(row, below), slopes))
    return found


def determinant(rows: list[list[Poly]], roots: Roots) -> Poly:
    """Expand a determinant, row by row: minors of the first rows by the set of their columns."""
    minors = {0: roots.constant(1)}
    for row in rows:
        longer: dict[int, Poly] = {}
        for chosen, minor in minors.items():
            for j, entry in enumerate(row):
                if chosen >> j & 1:
                    continue
                # The new column passes those behind it.
                sign = (-1) ** (chosen >> j).bit_count()
                both = chosen | 1 << j
                known = longer.get(both, roots.constant(0))
                longer[both] = roots.combination((1, sign), (known, roots.times(minor, entry)))
        minors = longer
    (found,) = minors.values()
    return found


def differences(pairs: Pairs, exponents: list[tuple[int, ...]], top: int, weight: int) -> list[Poly]:
    """Return f(u) - sigma^weight f(v) for monomials f, modulo q."""
    roots = pairs.roots
    at_left = [roots.powers(x, top) for x in pairs.left]
    at_right = [roots.powers(x, top) for x in pairs.right]

    # sigma^weight, by the bits of the weight.
    factor, square = roots.constant(1), pairs.scale
    while weight:
        if weight & 1:
            factor = roots.times(factor, square)
        square = roots.times(square, square)
        weight >>= 1

    found = []
    for exponent in exponents:
        u = _monomial(at_left, exponent, roots)
        v = _monomial(at_right, exponent, roots)
        found.append(roots.combination((1, -1), (u, roots.times(factor, v))))
    return found


def _monomial(tables: list[list[Poly]], exponents: tuple[int, ...], roots: Roots) -> Poly:
    """Return a monomial from the powers of the coordinates, of which the first is 1."""
    found = roots.constant(1)
    for table, exponent in zip(tables[1:], exponents[1:], strict=True):
        found = roots.times(found, table[exponent])
    return found


def need_roots(r: int, m: int) -> None:
    """Refuse a modulus, at most `MOST_PRIME`, that is no prime with the r-th roots of unity."""
    need(all(m % q for q in range(2, 1 << 12) if q * q <= m), "the modulus is no prime")
    need(m % r == 1, "the prime has not the roots of unity")


def root_of_unity(r: int, m: int) -> int:
    """Return the first power x^((m - 1)/r), x = 1, 2, ..., of exactly this order."""
    orders = (pow(x, (m - 1) // r, m) for x in range(1, m))
    return next(y for y in orders if all(pow(y, e, m) != 1 for e in range(1, r) if r % e == 0))
