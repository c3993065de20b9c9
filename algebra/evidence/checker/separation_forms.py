"""A form in the Gram matrix that later layers copy: the hypothesis of a lower bound for every depth.

Let gamma be the first diagonal entry of the Gram matrix after r + 1 layers of a part of the stack (less width, fewer
and smaller heads, no residual connections, at least ``width`` tokens on either side), a form of degree 3^(r+1) in the
s = d(d+1)/2 entries of G, and omega the first coordinate of the output there. Checked modulo ``prime``, with weights
from ``key``, at the symmetric matrix ``point`` (entries on and above the diagonal): gamma = 0, a derivative is a unit,
a coordinate of omega is a unit, and the Hessian, bordered by the gradient (row and column s), has the minor ``rows``,
``columns`` of size s, a unit. So does all this for a prime factor of the modulus, and the zero lifts to its p-adic
numbers (Hensel). `separation_bounds.copied_rank` says what follows.

Later layers with Q = K = V = e_1^T and O = e_1 give F = gamma^m omega, m = 1 + 3 + ... + 3^(L-r-2). Let P be a form of
degree k <= m with P(d/dG) F = 0. The terms with the lowest power of gamma show that P(grad gamma) vanishes on {gamma =
0} near the point. A tangent vector that the Hessian kills would lie in the kernel of the bordered Hessian, which is
spanned by (G, 1 - deg gamma): so grad gamma immerses {gamma = 0}, its image is a hypersurface, and all P are multiples
of one form. At least mon(s, k) - mon(s, k - 1) = mon(s - 1, k) derivatives of order k are independent.

With residual connections the terms of the greatest degree are those of the same stack without, and are a limit of
functions that have the rank of the whole: that rank is no less.
"""

from __future__ import annotations

from math import gcd
from typing import Any

from .limits import hold, need, per_drawing, per_product, spend
from .matrices import Matrix, add, product, transpose
from .minors import is_regular, read_minor, read_modulus
from .reading import fields, integer, integers, read_key
from .separation_stacks import Stack
from .separation_values import Head, draw_layers, image_of

Jet = list[Matrix]  # a + b eps_1 + c eps_2 + d eps_1 eps_2
JET_TERMS = (((0, 0),), ((0, 1), (1, 0)), ((0, 2), (2, 0)), ((0, 3), (1, 2), (2, 1), (3, 0)))


def check_form(stack: Stack, proof: Any) -> Stack:
    """Check the hypothesis, and return the part of the stack whose form it is."""
    names = ("rule", "width", "heads", "head_size", "layers", "key", "prime", "point", "rows", "columns")
    _, width, heads, size, layers, key, prime, point, rows, columns = fields(proof, "lower", *names)

    # The part.
    width = integer(width, "width", 1, min(stack.seen, *stack.tokens))
    heads = integer(heads, "heads", 1, stack.heads)
    size = integer(size, "head_size", 1, min(stack.head_size, width))
    layers = integer(layers, "layers", 1)
    need(layers <= stack.layers - 1, "no layer is left to copy the form")
    part = Stack(width, heads, size, layers, (width, width), width, False)
    s = width * (width + 1) // 2

    # The work: nine products of matrices for each pair of entries, and the weights.
    m, key = read_modulus(prime, s), read_key(key)
    hold(part.weights, 40, "the weights of the form")
    jets = 5 * s**2 * layers * (heads + 2) * width**3
    products = jets + part.weights * width
    spend(per_drawing(part.weights, 1) + products * per_product(m.bit_length()), "the form")

    entries = integers(point, "point", 0, m - 1)
    need(len(entries) == s, "the point is not a symmetric matrix")
    rows, columns = read_minor(rows, columns, s, s)
    need(len(rows) == s, "the minor of the bordered Hessian is too small")

    # A regular zero at which the output does not vanish, nor the curvature.
    drawn = draw_layers(part, key, m)
    value, omega, bordered = derivatives(drawn, symmetric(entries, width), m)
    need(value == 0, "the form does not vanish at the point")
    need(any(gcd(x, m) == 1 for x in bordered[s]), "no derivative of the form is a unit at the point")
    need(any(gcd(x, m) == 1 for x in omega), "the output is no unit at the point")
    minor = [[bordered[i][j] for j in columns] for i in rows]
    need(is_regular(minor, m), "the minor of the bordered Hessian vanishes")
    return part


def derivatives(layers: list[list[Head]], point: Matrix, m: int) -> tuple[int, list[int], Matrix]:
    """Return gamma, the coordinates of omega, and the bordered Hessian of gamma at a point."""
    d = len(point)
    s = d * (d + 1) // 2
    zero: Matrix = [[0] * d for _ in range(d)]
    units = [symmetric([int(i == j) for j in range(s)], d) for i in range(s)]

    value, omega = 0, [0]
    bordered = [[0] * (s + 1) for _ in range(s + 1)]
    for i in range(s):
        for j in range(i, s):
            jet = [point, units[i], units[j], zero]
            (here, first, _, second), omega = forward(layers, jet, m)
            value = here[0][0]
            bordered[i][j] = bordered[j][i] = second[0][0]
            bordered[i][s] = bordered[s][i] = first[0][0]
    return value, omega, bordered


def forward(layers: list[list[Head]], gram: Jet, m: int) -> tuple[Jet, list[int]]:
    """Return the Gram matrix after the layers, and the first row of the product of all M."""
    d = len(gram[0])
    passed: Matrix = [[int(i == j) for j in range(d)] for i in range(d)]
    for heads in layers:
        image = [image_of(heads, each, m) for each in gram]
        passed = product(image[0], passed, m)
        gram = jet_product(jet_product(image, gram, m), [transpose(each) for each in image], m)
    return gram, passed[0]


def jet_product(a: Jet, b: Jet, m: int) -> Jet:
    """Multiply two jets of matrices."""
    found = []
    for terms in JET_TERMS:
        parts = [product(a[i], b[j], m) for i, j in terms]
        total = parts[0]
        for part in parts[1:]:
            total = add(total, part, m)
        found.append(total)
    return found


def symmetric(entries: Any, d: int) -> Matrix:
    """Return the symmetric matrix with these entries on and above the diagonal."""
    found = [[0] * d for _ in range(d)]
    numbers = iter(entries)
    for i in range(d):
        for j in range(i, d):
            found[i][j] = found[j][i] = next(numbers)
    return found
