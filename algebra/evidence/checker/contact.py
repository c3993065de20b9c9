"""Global identifiability of a network with one hidden layer: the tangential contact locus.

One hidden neuron makes a point c (x) l^r of a Segre-Veronese variety X, of dimension n + m - 2 for forms l in n
variables and c in m. Let the tangent spaces at s general points span s(n + m - 1) dimensions and not all. If the second
derivatives on X, at one of the points, of hyperplanes that contain them have together rank dim X, then X is not
s-tangentially weakly defective, and a general sum of s points is the sum of these s points only (Chiantini, Ottaviani
2012; Chiantini, Ottaviani, Vannieuwenhoven 2014, 2017): the network has one orbit of weights under scalings and
permutations. A general network with fewer neurons than inputs or outputs depends on as many forms, and has as many
independent outputs, as it has neurons; so has every other of that function: the ends may be lowered to the width first.
With biases there is one more variable z, and everything is modulo the last biases, b (x) z^r.

Where the tangent spaces have a minor of that size that is not zero, their span moves with the weights, and so does
every hyperplane that contains it; so a minor of the second derivatives that is not zero there is not zero in general.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement
from math import comb
from typing import Any

from .functions import Row, exponents_of, matrix, monomial, powers
from .generator import residues
from .limits import hold, need, spend
from .minors import is_regular, read_minor, read_modulus
from .reading import Network, fields, integers, label, read_key, read_network, read_proofs, text


def identifiability_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """One network with one hidden layer."""
    _, name, described = fields(claim, "claim", "quantity", "label", "network")
    (proof,) = read_proofs(document, "contact")
    network = read_network(described)
    need(text(name, "label") == label(network), "the label does not fit the network")
    return f"{name} is globally identifiable", [lambda: check_contact(network, proof)]


def check_contact(a: Network, proof: Any) -> None:
    """Check the tangent spaces, the hyperplanes, and their second derivatives."""
    need(a.is_plain and len(a.widths) == 3, "the network has not one hidden layer of powers")
    (d0, s, d2), (r,) = a.widths, a.degrees
    need(r >= 2, "the degree is 1: neurons are not told apart")
    names = ("rule", "ends", "key", "prime", "coordinates", "hyperplanes", "rows", "columns")
    rule, ends, key, prime, pivots, hyperplanes, rows, columns = fields(proof, "contact", *names)
    need(rule == "contact-locus", "the rule is unknown")

    # The numbers of inputs and outputs; a bias is one more input.
    ends = integers(ends, "ends", 1)
    lowered = (min(d0, s), min(d2, s))
    need(ends in ((d0, d2), lowered), "the ends are not those of the network, nor lowered to its width")
    n, m = ends[0] + a.biases, ends[1]

    # As many coordinates as tangent vectors.
    need(type(hyperplanes) is list and len(hyperplanes) > 0, "there are no hyperplanes")
    tangents = s * (n + m - 1)
    pivots = integers(pivots, "coordinates")
    is_basis = len(pivots) == tangents and len(set(pivots)) == tangents
    need(is_basis, "the coordinates are not as many as tangent vectors")

    # Sizes: all are paid for before anything is built.
    vectors_held = (tangents + s) * m
    hold(vectors_held, 60, "the tangent spaces")
    need(r + n <= 10_000, "the forms are too many")
    count = comb(r + n - 1, min(r, n - 1)) - a.biases
    hold(vectors_held * count, 40, "the tangent spaces")
    space = m * count
    spend(s * (m + n) * space * (n + 4), "the points")
    spend(len(hyperplanes) * (s * (m + n) + n * n + 50) * space, "the hyperplanes")

    # Where the minors stand.
    need(tangents < space, "the tangent spaces fill the space")
    need(all(c < space for c in pivots), "a coordinate is beyond the space")
    rows, columns = read_minor(rows, columns, len(hyperplanes) * (m + n) - 1, m + n - 1)
    need(len(rows) == n + m - 2, "the minor has not the dimension of X")
    modulus = read_modulus(prime, tangents)

    # The tangent spaces at s points of X. Euler's relation makes the last vector of each superfluous.
    key = read_key(key)
    forms = matrix(residues(key, "forms", 0, s * n, 1, modulus), n)
    outputs = matrix(residues(key, "outputs", 0, s * m, 1, modulus), m)
    exponents = exponents_of(n, r)[:count]
    vectors = [tangent_vectors(c, form, exponents, modulus) for c, form in zip(outputs, forms, strict=True)]
    minor = [[row[c] for c in pivots] for each in vectors for row in each[:-1]]
    need(is_regular(minor, modulus), "the minor of the tangent spaces vanishes")

    # The hyperplanes contain them all; their second derivatives at the first point have rank dim X.
    second: list[Row] = []
    for given in hyperplanes:
        h = integers(given, "a hyperplane", 0, modulus - 1)
        need(len(h) == space, "a hyperplane has not as many coordinates as the space")
        is_tangent = all(dot(h, row) % modulus == 0 for each in vectors for row in each)
        need(is_tangent, "a hyperplane does not contain the tangent spaces")
        second += hessian(list(h), outputs[0], forms[0], exponents, modulus)
    minor = [[second[i][j] for j in columns] for i in rows]
    need(is_regular(minor, modulus), "the minor of the Hessians vanishes")


def dot(left: Sequence[int], right: Row) -> int:
    """Scalar product."""
    return sum(x * y for x, y in zip(left, right, strict=True) if y)


def tangent_vectors(c: Row, form: Row, exponents: list[tuple[int, ...]], m: int) -> list[Row]:
    """Derivatives of c (x) l^r in all entries of c, then of l; monomials are the coordinates of l^r."""
    tables = powers(form, sum(exponents[0]), m)
    values = [monomial(tables, e, m) for e in exponents]

    # In entry a of c: l^r on output a, and 0 on all others.
    rows: list[Row] = []
    zeros = [0] * len(values)
    for a in range(len(c)):
        parts = [values if b == a else zeros for b in range(len(c))]
        rows.append([v for part in parts for v in part])

    # In a coefficient of l: its derivative, times c.
    for i in range(len(form)):
        slopes = [derivative(tables, e, (i,), m) for e in exponents]
        rows.append([x * v % m for x in c for v in slopes])
    return rows


def derivative(tables: list[Row], exponents: tuple[int, ...], variables: tuple[int, ...], m: int) -> int:
    """Return a derivative of a monomial at a point, from the powers of its coordinates."""
    left, factor = list(exponents), 1
    for i in variables:
        factor *= left[i]
        left[i] -= 1
    return factor * monomial(tables, tuple(left), m) % m if factor else 0


def hessian(h: Row, c: Row, form: Row, exponents: list[tuple[int, ...]], m: int) -> list[Row]:
    """Second derivatives of h(c (x) l^r) in the entries of c, then of l."""
    n, count, width = len(form), len(exponents), len(c)
    sides = matrix(h, count)  # the part of h on each output
    tables = powers(form, sum(exponents[0]), m)
    found = [[0] * (width + n) for _ in range(width + n)]

    # Once in c, once in l; c enters linearly, so twice in c is zero.
    for i in range(n):
        slopes = [derivative(tables, e, (i,), m) for e in exponents]
        for a, side in enumerate(sides):
            value = dot(side, slopes) % m
            found[a][width + i] = found[width + i][a] = value

    # Twice in l: h contracted with c is a form, and its second derivatives remain.
    weighted = [dot(c, [side[e] for side in sides]) % m for e in range(count)]
    for i, j in combinations_with_replacement(range(n), 2):
        curved = [derivative(tables, e, (i, j), m) for e in exponents]
        value = dot(weighted, curved) % m
        found[width + i][width + j] = found[width + j][width + i] = value
    return found
