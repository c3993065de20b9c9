"""Statements on spans of monomials in activations: theorems that go beyond forms and relations.

Each speaks of one or two layers, and of the monomials of degree t in the activations of the last; later statements of
the chain name it among their parts. A polynomial in the powers z_i^r of the w pre-activations of a layer takes the same
value at x and y if z_i(x) = omega_i z_i(y) for roots of unity omega_i. These pairs (x, y) are a linear space; the rank
of the conditions f(x) = f(y) on forms f, at one choice of weights and points modulo a prime, is a lower bound of the
rank at general ones, as long as everything that is chosen moves with the weights: see `space`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

from .generator import residues
from .hilbert import Functions, forms, prod_mod, reduced, span_bound
from .limits import INFINITE, hold, need, spend
from .minors import is_regular, read_minor, read_modulus
from .pairs import MOST_PRIME, isolated_pairs, need_roots, root_of_unity
from .polynomial_counts import OCTAD_SPAN
from .reading import Network, fields, integer, integers, read_key, read_widths

MOST_ORDER = 5000
"""Of the roots of unity."""

Row = list[int]


def check_functions(entry: dict[str, Any]) -> Functions:
    """Check one statement on a span."""
    name = entry["rule"]
    rule = SPANS[name]
    found = fields(entry, name, "rule", "widths", "degrees", "t", "value", *rule.names)
    _, widths, degrees, t, value, *proof = found

    of = Network(read_widths(widths), integers(degrees, "degrees", 1, MOST_ORDER))
    need(len(of.activations) == len(of.widths) - 1, f"{name} has not one degree for each layer")
    t, value = integer(t, "t", 1), integer(value, "value")
    least = rule.bound(of, t, *proof)
    need(value >= least, f"{name} does not give the value {value}")
    return Functions(of.widths, of.degrees, t, value)


def octad(of: Network, t: int) -> int:
    """Products of two of eight squares of linear forms in four variables span 34 of the 35 quartics at most.

    The points dual to the eight forms lie on a pencil of quadrics with a self-polar tetrahedron a_1 ... a_4; it is
    spanned by sums alpha_k a_k^2 and beta_k a_k^2. So the vectors (a_k(p_j)^2)_k lie in a plane, and one of the
    quadratic forms sum c_k x_k^2 vanishes on it. Then sum c_k a_k^4 is orthogonal to all l_i^2 l_j^2.
    """
    need(of.widths == (4, 8) and of.degrees == (2,) and t == 2, "the layer is not the theorem's")
    return OCTAD_SPAN


def graph(of: Network, t: int, *proof: Any) -> int:
    """Forms of degree r t in n variables, less independent conditions that polynomials in w powers satisfy."""
    need(len(of.widths) == 2, "there is not one layer")
    (n, w), (r,) = of.widths, of.degrees
    top = r * t
    chosen, size = read_conditions(w, n, r, top, proof)
    m = chosen.prime

    # The spaces of the pairs (x, y) that the rows need.
    lines = matrix(residues(chosen.key, "weights", 0, w * n, 1, m), n)
    used = {row // chosen.points for row in chosen.rows}
    spaces = {i: space(lines, chosen.labels[i], r, m) for i in used}

    # A condition is f(x) = f(y): a row of the differences of all monomials.
    minor: list[Row] = []
    for row in chosen.rows:
        _, x, y = pair(chosen, row, n, spaces[row // chosen.points])
        minor.append(monomial_differences(x, y, chosen.exponents, top, m))
    need(is_regular(minor, m), "the minor of the conditions vanishes")
    return size - len(minor)


def monomial_differences(x: Row, y: Row, exponents: list[tuple[int, ...]], top: int, m: int) -> Row:
    """Return how much each monomial of degree `top` differs between two points."""
    of_x, of_y = powers(x, top, m), powers(y, top, m)
    return [(monomial(of_x, e, m) - monomial(of_y, e, m)) % m for e in exponents]


def double_points(of: Network, t: int, base: Any, *proof: Any) -> int:
    """Pairs of points that a second layer does not tell apart, on the image of the first, a hypersurface F = 0.

    The n + 1 activations x of the first layer satisfy a relation F of degree e = r_1^(n - 1), which is what a search at
    points finds if it finds one only. On the space of the pairs, f(x) - f(y) lies in the ideal I = (F(x), F(y)),
    whichever multiple of F is added to f. Where I has in the degree d = r_2 base as many forms as a complete
    intersection, it has at general weights too. For d >= 2e - 1 the two have no common factor; then in a space of
    dimension 3 or more, multiplying by a power of a general g(z_1^r_2, ..., z_w^r_2), which vanishes nowhere on I = 0
    and takes the same value at x and y, keeps conditions independent: they hold in every degree beyond.
    """
    need(len(of.widths) == 3, "there are not two layers")
    (n, d, w), (first, second) = of.widths, of.degrees
    need(n >= 3 and d == n + 1 and w <= 2 * n - 1, "the layers are not those of the rule")

    base = integer(base, "base", 1, t)
    e, top = first ** (n - 1), second * base
    need(e <= MOST_ORDER and top >= 2 * e - 1, "the base is too small")
    chosen, _ = read_conditions(w, d, second, top, proof)
    m = chosen.prime

    # The hypersurface of the first layer, and the forms of the second.
    drawn = residues(chosen.key, "first", 0, d * n, 1, m)
    relation = hypersurface(matrix(drawn, n), first, e, m)
    lines = matrix(residues(chosen.key, "second", 0, w * d, 1, m), d)

    # The rows of each label, whose points are in one space.
    by_label: dict[int, list[int]] = {}
    for row in chosen.rows:
        by_label.setdefault(row // chosen.points, []).append(row)

    minor: list[Row] = []
    for i, rows in sorted(by_label.items()):
        basis = space(lines, chosen.labels[i], second, m)
        minor += differences(chosen, i, rows, basis, relation, e, top)
    need(is_regular(minor, m), "the minor of the conditions vanishes")

    one_layer = Network((n, d), (first,))
    return span_bound(one_layer, 1, second * t) - len(minor)


class Conditions(NamedTuple):
    """What a proof chooses: forms and points by key and prime, roots of unity by labels, and a minor."""

    key: str
    prime: int
    labels: list[tuple[int, ...]]
    points: int
    rows: tuple[int, ...]
    exponents: list[tuple[int, ...]]


def read_conditions(w: int, n: int, r: int, top: int, proof: Sequence[Any]) -> tuple[Conditions, int]:
    """Return the choices for w forms in n variables and conditions on forms of degree `top`, and how many such forms.

    All work is paid for here: spaces, points, monomials, the elimination.
    """
    key, prime, labels, points, rows, columns = proof
    size = forms(top, n, False)
    need(size < INFINITE and 2 <= r <= MOST_ORDER, "the forms are too many")
    hold(size, 60 + 8 * top, "the monomials")
    need(type(labels) is list and len(labels) > 0, "there are no labels")

    points = integer(points, "points", 1)
    rows, columns = read_minor(rows, columns, len(labels) * points - 1, size - 1)
    m = integer(prime, "prime", 3, MOST_PRIME)

    # The work that follows: a space for each label, a point for each row, its monomials, the elimination.
    of_a_space = 100 + 8 * w * w * n
    of_a_row = len(columns) * (n + 2) + n * (top + 4 * n)
    spend(len(labels) * of_a_space + size * (top + 10) + 5000, "the spaces")
    spend(2 * len(rows) * of_a_row, "the conditions")
    read_modulus(m, len(rows))

    need_roots(r, m)
    read = [integers(label, "a label", 0, r - 1) for label in labels]
    need(all(len(label) == w for label in read), "a label has not one root of unity for each form")

    monomials = list(combinations_with_replacement(range(n), top))
    exponents = [exponents_in(monomials[c], n) for c in columns]
    return Conditions(read_key(key), m, read, points, rows, exponents), size


def space(lines: list[Row], label: tuple[int, ...], r: int, m: int) -> list[Row]:
    """Return the basis of all (x, y) with l_i(x) = omega_i l_i(y), its free coordinates unit vectors.

    The rows of these equations are the tensors of l_i and (1, -omega_i). At general l_i their rank is that of a union
    of n matroids, each of rank 2 with the equal omega_i parallel: the least of w, 2n, and n + w - c, with c of them
    equal (Edmonds, Fulkerson 1965). Where the rank is less, the space is too large, and general weights do not give it.
    """
    n, w = len(lines[0]), len(lines)
    root = root_of_unity(r, m)

    equations: list[Row] = []
    for line, e in zip(lines, label, strict=True):
        omega = pow(root, e, m)
        equations.append([*line, *(-omega * c % m for c in line)])
    basis = reduced(equations, m)

    most_equal = max(map(label.count, label))
    general = min(w, 2 * n, n + w - most_equal)
    need(len(basis) == general, "a space is larger than at general weights")

    # One vector for each free coordinate j.
    free = [j for j in range(2 * n) if j not in basis]
    return [[-basis[i][j] % m if i in basis else int(i == j) for i in range(2 * n)] for j in free]


def pair(chosen: Conditions, number: int, n: int, basis: list[Row]) -> tuple[Row, Row, Row]:
    """Return the coordinates of a random point of a space, and its x and y."""
    m = chosen.prime
    drawn = residues(chosen.key, "points", 2 * n * number, 2 * n, 1, m)[: len(basis)]
    both = [sum(c * v[i] for c, v in zip(drawn, basis, strict=True)) % m for i in range(2 * n)]
    return drawn, both[:n], both[n:]


def hypersurface(lines: list[Row], r: int, e: int, m: int) -> dict[tuple[int, ...], int]:
    """Return the one relation of degree e of the powers of n + 1 linear forms in n variables."""
    d, n = len(lines), len(lines[0])
    count = forms(e, d, False)
    spend(count**3 + count * count * (d + 2), "the relation")

    # A relation vanishes at the powers z of the forms at every x: two equations more than it has coefficients.
    exponents = exponents_of(d, e)
    equations = []
    for i in range(count + 2):
        x = residues("relation", "inputs", n * i, n, 1, m)
        values = [sum(c * v for c, v in zip(line, x, strict=True)) for line in lines]
        table = powers([pow(value, r, m) for value in values], e, m)
        equations.append([monomial(table, exponent, m) for exponent in exponents])
    basis = reduced(equations, m)
    need(len(basis) == count - 1, "there is not one relation at these weights")

    # Its one free coefficient is 1.
    free = next(j for j in range(count) if j not in basis)
    coefficients = [1 if j == free else -basis[j][free] % m for j in range(count)]
    return dict(zip(exponents, coefficients, strict=True))


def differences(
    chosen: Conditions,
    label: int,
    rows: list[int],
    basis: list[Row],
    relation: dict[tuple[int, ...], int],
    e: int,
    top: int,
) -> list[Row]:
    """Return f(x) - f(y) at the named points of one space, modulo the ideal: what is left where its pivots are 0."""
    m, d, k = chosen.prime, len(basis[0]) // 2, len(basis)
    need(k >= 3, "the space of the pairs is too small")

    # A complete intersection has so many forms of the degree `top`; the last term is for the multiples of F(x) F(y).
    common = forms(top - 2 * e, k, False) if top >= 2 * e else 0
    expected = 2 * forms(top - e, k, False) - common
    spend(chosen.points * (expected**2 + 2 * expected * k + 4 * len(relation) * d), "the ideal")
    spend(chosen.points * len(chosen.exponents) * (2 * d + len(rows)), "the differences")

    # A column for each point: all multiples of F(x) and of F(y) there, and the differences of the monomials.
    multipliers = exponents_of(k, top - e)
    ideal: list[Row] = [[] for _ in range(2 * len(multipliers))]
    values: list[Row] = []
    for number in range(chosen.points):
        drawn, x, y = pair(chosen, label * chosen.points + number, d, basis)
        factors = powers(drawn, top - e, m)
        at_point = [monomial(factors, exponent, m) for exponent in multipliers]
        relations = [value_of(relation, side, top, m) for side in (x, y)]
        multiples = [factor * value % m for value in relations for factor in at_point]
        for multiple, entry in zip(ideal, multiples, strict=True):
            multiple.append(entry)
        values.append(monomial_differences(x, y, chosen.exponents, top, m))
    echelon = reduced(ideal, m)
    need(len(echelon) == expected, "the ideal is smaller at these weights than in general")

    # What the pivots of the ideal subtract from the row of a point.
    found = []
    for row in rows:
        point = row % chosen.points
        need(point not in echelon, "a row of the minor is a pivot of the ideal")
        subtracted = [(other[point], values[pivot]) for pivot, other in echelon.items() if other[point]]
        left = [v - sum(c * at[j] for c, at in subtracted) for j, v in enumerate(values[point])]
        found.append([value % m for value in left])
    return found


def value_of(relation: dict[tuple[int, ...], int], point: Row, top: int, m: int) -> int:
    """Evaluate a polynomial at a point."""
    table = powers(point, top, m)
    return sum(c * monomial(table, exponent, m) for exponent, c in relation.items()) % m


def exponents_of(variables: int, degree: int) -> list[tuple[int, ...]]:
    """List the exponents of the monomials of a degree."""
    chosen = combinations_with_replacement(range(variables), degree)
    return [exponents_in(each, variables) for each in chosen]


def exponents_in(factors: tuple[int, ...], variables: int) -> tuple[int, ...]:
    """Return how often each variable is a factor."""
    return tuple(map(factors.count, range(variables)))


def matrix(entries: Row, columns: int) -> list[Row]:
    """Return entries as rows."""
    return [entries[i : i + columns] for i in range(0, len(entries), columns)]


def powers(point: Row, most: int, m: int) -> list[Row]:
    """Return the powers of each coordinate, from 0 to `most`."""
    found = []
    for x in point:
        table = [1]
        for _ in range(most):
            table.append(table[-1] * x % m)
        found.append(table)
    return found


def monomial(tables: list[Row], exponents: tuple[int, ...], m: int) -> int:
    """Return a monomial at a point, from the powers of its coordinates."""
    return prod_mod([table[e] for table, e in zip(tables, exponents, strict=True) if e], m)


class SpanRule(NamedTuple):
    """A theorem on spans, and the names of what its proof chooses."""

    bound: Callable[..., int]
    names: tuple[str, ...]


CHOSEN = ("key", "prime", "labels", "points", "rows", "columns")
SPANS: dict[str, SpanRule] = {
    "octad": SpanRule(octad, ()),
    "graph": SpanRule(graph, CHOSEN),
    "double-points": SpanRule(double_points, ("base", *CHOSEN)),
    "isolated-pairs": SpanRule(isolated_pairs, ("base", "key", "prime", "pairs", "rows", "columns")),
}
