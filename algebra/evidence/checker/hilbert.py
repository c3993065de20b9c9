"""Hilbert functions: how many forms there are in the activations of a layer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations_with_replacement
from itertools import product as tuples_of
from typing import NamedTuple

from .generator import residues
from .limits import INFINITE, need, spend_once
from .reading import Network


def forms(t: int, variables: int, biases: bool) -> int:
    """Dimension of the forms of degree t (with biases: of the polynomials up to degree t), or `INFINITE`."""
    n = variables if biases else variables - 1
    small, large = sorted((n, t))
    found = 1
    for i in range(1, small + 1):  # binomial(large + i, i) grows with i, at least twofold
        found = found * (large + i) // i
        if found >= INFINITE:
            return INFINITE
    return found


class Functions(NamedTuple):
    """An earlier statement: the degree-t monomials in the last of these layers' activations span so many dimensions."""

    widths: tuple[int, ...]
    degrees: tuple[int, ...]
    t: int
    value: int

    def speaks_of(self, a: Network, j: int, t: int) -> bool:
        """Tell whether the statement's layers are those that end at layer j; whatever they begin with."""
        first = j + 1 - len(self.widths)
        at = first >= 0 and a.widths[first : j + 1] == self.widths and a.degrees[first:j] == self.degrees
        return at and t == self.t and not a.biases


def span_bound(a: Network, k: int, t: int, proved: Sequence[Functions] = ()) -> int:
    """Bound the span of the degree-t monomials in the activations of layer k (with biases: up to degree t).

    They are forms of degree t r_k … r_{j+1} in the activations of any earlier layer j, where earlier statements hold.
    """
    best, degrees = INFINITE, a.degrees
    for j in range(k, -1, -1):
        stated = [statement.value for statement in proved if statement.speaks_of(a, j, t)]
        best = min(best, forms_modulo_relation(a, j, t), *stated)
        if j:
            t *= degrees[j - 1]
    return best


def forms_modulo_relation(a: Network, j: int, t: int) -> int:
    """Bound the forms of degree t in the activations of layer j, as functions.

    If d_j > d_i for an earlier layer i, then d_i + 1 of them are forms of degree e = r_j ... r_{i+1} in d_i
    variables. The image of P^{d_i - 1} under such forms has degree at most e^{d_i - 1} (Bezout), so it lies on a
    hypersurface of that degree (with biases e^{d_i}, Perron), whose multiples vanish.
    """
    width, degrees = a.widths[j], a.degrees

    # The least degree of such a hypersurface, as far as it is at most t; larger powers are not computed.
    least, e, bits = t + 1, 1, t.bit_length()
    for i in range(j - 1, -1, -1):
        e *= degrees[i]
        if e.bit_length() - 1 > bits:
            break
        power = a.widths[i] - (not a.biases)
        if width > a.widths[i] and power * (e.bit_length() - 1) <= bits:
            least = min(least, e**power)

    # Its multiples are forms of degree t - least.
    found = forms(t, width, a.biases)
    if found < INFINITE and least <= t:
        found -= forms(t - least, width, a.biases)

    # Polynomials in 2n - 1 powers take the same value at pairs of points.
    if j == 1 and width == 2 * a.widths[0] - 1 and not a.biases:
        n, r = a.widths[0], a.degrees[0]
        found = min(found, forms(r * t, n, False) - paid_double_points(n, r, t))
    return found


MOST_CONDITIONS = 240
"""Of double points that are looked at; the elimination takes their square."""


def paid_double_points(n: int, r: int, t: int) -> int:
    """Pay for the elimination of the conditions, once in a document."""
    if not have_double_points(n, r, t):
        return 0
    conditions = min(MOST_CONDITIONS, r ** (2 * n - 2) // 2 + 1)
    spend_once(("double points", n, r, t), 2 * conditions * (conditions + r * t) * forms(r * t, n, False), "the chain")
    return double_points(n, r, t)


def have_double_points(n: int, r: int, t: int) -> bool:
    """Tell whether the conditions of these double points are few enough to be looked at."""
    return 3 <= n <= 4 and 3 <= r <= 70 and r ** (2 * n - 2) <= 5000 and forms(r * t, n, False) <= 2500


@cache
def double_points(n: int, r: int, t: int) -> int:
    """Count independent conditions that forms of degree r t must satisfy to be forms in l_1^r, ..., l_{2n-1}^r.

    For roots of unity w_i the equations l_i(P) = w_i l_i(Q) have a solution, and a polynomial in the l_i^r takes the
    same value at P and Q. The rank of these conditions at some forms l_i over a field F_m that holds the roots of unity
    is a lower bound of the rank at general forms. It is computed here, with forms drawn from the key "double points".
    """
    if not have_double_points(n, r, t):
        return 0
    w = 2 * n - 1

    # The greatest prime m up to 2^20 with m = 1 modulo r; no number below 2^20 + 2 needs a divisor beyond 1024.
    m = next(m for m in range(1 + (1 << 20) // r * r, 2, -r) if all(m % q for q in range(2, 1025)))
    orders = (pow(x, (m - 1) // r, m) for x in range(2, m))
    root = next(y for y in orders if all(pow(y, e, m) != 1 for e in range(1, r)))

    drawn = residues("double points", "weights", 0, w * n, 1, m)
    lines = [drawn[i : i + n] for i in range(0, w * n, n)]
    exponents = list(combinations_with_replacement(range(n), r * t))
    conditions: list[list[int]] = []
    for label in tuples_of(range(r), repeat=w - 1):
        # The last root is 1. With n equal ones P and Q are the same point; the inverse roots exchange P and Q.
        whole = [*label, 0]
        most_equal = max(map(whole.count, range(r)))
        is_first = label <= tuple(-e % r for e in label)
        if most_equal < n and is_first:
            conditions.append(condition(lines, [pow(root, e, m) for e in whole], exponents, m))
        if len(conditions) == MOST_CONDITIONS:
            break
    return len(reduced(conditions, m))


def condition(lines: list[list[int]], roots: list[int], exponents: list[tuple[int, ...]], m: int) -> list[int]:
    """Return the differences of all monomials between P and Q, the solution of l_i(P) = w_i l_i(Q)."""
    equations = [[*line, *(-w * c % m for c in line)] for line, w in zip(lines, roots, strict=True)]
    solution, n = kernel_vector(equations, m), len(lines[0])
    at_p, at_q = solution[:n], solution[n:]

    found = []
    for factors in exponents:
        difference = prod_mod([at_p[i] for i in factors], m) - prod_mod([at_q[i] for i in factors], m)
        found.append(difference % m)
    return found


def prod_mod(factors: list[int], m: int) -> int:
    """Product modulo m."""
    found = 1
    for factor in factors:
        found = found * factor % m
    return found


def reduced(rows: list[list[int]], m: int) -> dict[int, list[int]]:
    """Return a reduced basis of the rows modulo a prime m: pivot column -> row."""
    basis: dict[int, list[int]] = {}
    for row in rows:
        for column, other in basis.items():
            if row[column]:
                factor = row[column]
                row = [(a - factor * b) % m for a, b in zip(row, other, strict=True)]
        pivot = next((i for i, value in enumerate(row) if value), None)
        if pivot is not None:
            inverse = pow(row[pivot], -1, m)
            row = [value * inverse % m for value in row]
            for column, other in basis.items():
                if other[pivot]:
                    factor = other[pivot]
                    basis[column] = [(a - factor * b) % m for a, b in zip(other, row, strict=True)]
            basis[pivot] = row
    return basis


def kernel_vector(rows: list[list[int]], m: int) -> list[int]:
    """Return the solution of one equation fewer than unknowns; it is unique up to a factor where forms are general."""
    basis, unknowns = reduced(rows, m), len(rows[0])
    need(len(basis) == unknowns - 1, "the forms of the double points are not general")
    free = next(i for i in range(unknowns) if i not in basis)
    return [1 if i == free else -basis[i][free] % m for i in range(unknowns)]
