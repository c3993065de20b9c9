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
    name, rule = entry["rule"], SPANS[entry["rule"]]
    _, widths, degrees, t, value, *proof = fields(entry, name, "rule", "widths", "degrees", "t", "value", *rule.names)
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
    chosen, size = read_conditions(w, n, r, r * t, proof)
    m = chosen.prime
    lines = matrix(residues(chosen.key, "weights", 0, w * n, 1, m), n)
    spaces = {i: space(lines, chosen.labels[i], r, m) for i in {row // chosen.points for row in chosen.rows}}

    minor: list[Row] = []
    for row in chosen.rows:
        x, y = pair(chosen, row, n, spaces[row // chosen.points])[1:]
        values = [powers(side, r * t, m) for side in (x, y)]
        minor.append([(monomial(values[0], e, m) - monomial(values[1], e, m)) % m for e in chosen.exponents])
    need(is_regular(minor, m), "the minor of the conditions vanishes")
    return size - len(minor)


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
    e = first ** (n - 1)
    need(e <= MOST_ORDER and second * base >= 2 * e - 1, "the base is too small")
    chosen, _ = read_conditions(w, d, second, second * base, proof)
    m, top = chosen.prime, second * base

    relation = hypersurface(matrix(residues(chosen.key, "first", 0, d * n, 1, m), n), first, e, m)
    lines = matrix(residues(chosen.key, "second", 0, w * d, 1, m), d)
    by_label: dict[int, list[int]] = {}
    for row in chosen.rows:
        by_label.setdefault(row // chosen.points, []).append(row)
    minor: list[Row] = []
    for i, rows in sorted(by_label.items()):
        minor += differences(chosen, i, rows, space(lines, chosen.labels[i], second, m), relation, e, top)
    need(is_regular(minor, m), "the minor of the conditions vanishes")
    return span_bound(Network((n, d), (first,)), 1, second * t) - len(minor)


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
    spend(len(labels) * (100 + 8 * w * w * n) + size * (top + 10) + 5000, "the spaces")
    spend(2 * len(rows) * (len(columns) * (n + 2) + n * (top + 4 * n)), "the conditions")
    read_modulus(m, len(rows))

    need_roots(r, m)
    read = [integers(label, "a label", 0, r - 1) for label in labels]
    need(all(len(label) == w for label in read), "a label has not one root of unity for each form")
    monomials = list(combinations_with_replacement(range(n), top))
    exponents = [tuple(map(monomials[c].count, range(n))) for c in columns]
    return Conditions(read_key(key), m, read, points, rows, exponents), size


def space(lines: list[Row], label: tuple[int, ...], r: int, m: int) -> list[Row]:
    """Return the basis of all (x, y) with l_i(x) = omega_i l_i(y), its free coordinates unit vectors.

    The rows of these equations are the tensors of l_i and (1, -omega_i). At general l_i their rank is that of a union
    of n matroids, each of rank 2 with the equal omega_i parallel: the least of w, 2n, and n + w - c, with c of them
    equal (Edmonds, Fulkerson 1965). Where the rank is less, the space is too large, and general weights do not give it.
    """
    n, w = len(lines[0]), len(lines)
    root = root_of_unity(r, m)
    equations = [[*line, *(-pow(root, e, m) * c % m for c in line)] for line, e in zip(lines, label, strict=True)]
    basis = reduced(equations, m)
    need(len(basis) == min(w, 2 * n, n + w - max(map(label.count, label))), "a space is larger than at general weights")
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
    exponents = exponents_of(d, e)
    equations = []
    for i in range(count + 2):
        x = residues("relation", "inputs", n * i, n, 1, m)
        z = [pow(sum(c * v for c, v in zip(line, x, strict=True)), r, m) for line in lines]
        equations.append([monomial(table, exponent, m) for table in [powers(z, e, m)] for exponent in exponents])
    basis = reduced(equations, m)
    need(len(basis) == count - 1, "there is not one relation at these weights")
    free = next(j for j in range(count) if j not in basis)
    return {exponent: 1 if j == free else -basis[j][free] % m for j, exponent in enumerate(exponents)}


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
    expected = 2 * forms(top - e, k, False) - (forms(top - 2 * e, k, False) if top >= 2 * e else 0)
    spend(chosen.points * (expected**2 + 2 * expected * k + 4 * len(relation) * d), "the ideal")
    spend(chosen.points * len(chosen.exponents) * (2 * d + len(rows)), "the differences")
    multipliers = exponents_of(k, top - e)

    ideal: list[Row] = [[] for _ in range(2 * len(multipliers))]
    values: list[Row] = []
    for number in range(chosen.points):
        drawn, *sides = pair(chosen, label * chosen.points + number, d, basis)
        factors = powers(drawn, top - e, m)
        tables = [powers(side, top, m) for side in sides]
        relations = [sum(c * monomial(table, at, m) for at, c in relation.items()) % m for table in tables]
        multiples = [monomial(factors, exponent, m) * value % m for value in relations for exponent in multipliers]
        for multiple, entry in zip(ideal, multiples, strict=True):
            multiple.append(entry)
        values.append([(monomial(tables[0], c, m) - monomial(tables[1], c, m)) % m for c in chosen.exponents])
    echelon = reduced(ideal, m)
    need(len(echelon) == expected, "the ideal is smaller at these weights than in general")

    found = []
    for row in rows:
        point = row % chosen.points
        need(point not in echelon, "a row of the minor is a pivot of the ideal")
        subtracted = [(other[point], values[pivot]) for pivot, other in echelon.items() if other[point]]
        left = [v - sum(c * at[j] for c, at in subtracted) for j, v in enumerate(values[point])]
        found.append([value % m for value in left])
    return found


def exponents_of(variables: int, degree: int) -> list[tuple[int, ...]]:
    """List the exponents of the monomials of a degree."""
    chosen = combinations_with_replacement(range(variables), degree)
    return [tuple(map(each.count, range(variables))) for each in chosen]


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
