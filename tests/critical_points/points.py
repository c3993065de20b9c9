"""Critical points of known structure, and slow second opinions in plain fractions, for the tests of the exact path."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

I2 = [[1, 0], [0, 1]]
O2 = [[0, 0], [0, 0]]
e = [[1, 0], [0, 0]]
f = [[0, 0], [0, 1]]


def diag(*values):
    return [[value if i == j else 0 for j in range(len(values))] for i, value in enumerate(values)]


def mul(A, B):
    columns = list(zip(*B, strict=True))
    return [[sum((a * b for a, b in zip(row, c, strict=True)), Fraction(0)) for c in columns] for row in A]


def product(matrices):
    """W_H … W_1 of the list that begins with W_1."""
    total = matrices[0]
    for matrix in matrices[1:]:
        total = mul(matrix, total)
    return total


def fractions(matrix):
    return [[Fraction(str(entry)) for entry in row] for row in matrix]


def loss_of(X, Y, W):
    """The loss with nothing but fractions."""
    out = mul(product([fractions(w) for w in W]), fractions(X))
    return sum((a - b) ** 2 for r, s in zip(out, fractions(Y), strict=True) for a, b in zip(r, s, strict=True)) / 2


def moved(W, direction, step):
    """The weights after a step, in fractions."""
    pairs = zip(map(fractions, W), map(fractions, direction), strict=True)
    return [[[w[i][j] + Fraction(step) * v[i][j] for j in range(len(w[0]))] for i in range(len(w))] for w, v in pairs]


def inverse(matrix):
    size = len(matrix)
    rows = [[Fraction(x) for x in row] + [Fraction(int(i == j)) for j in range(size)] for i, row in enumerate(matrix)]
    for c in range(size):
        pivot = next(i for i in range(c, size) if rows[i][c])
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [x / rows[c][c] for x in rows[c]]
        for i in range(size):
            if i != c:
                rows[i] = [x - rows[i][c] * y for x, y in zip(rows[i], rows[c], strict=True)]
    return [row[size:] for row in rows]


def inertia_of(matrix):
    """Signs of a symmetric matrix's eigenvalues, by congruence (symmetric elimination with 2 x 2 pivots by mixing)."""
    A = [[Fraction(str(x)) for x in row] for row in matrix]
    neg = zero = pos = 0
    while A:
        place = next((i for i in range(len(A)) if A[i][i]), None)
        if place is None:
            pair = next(((i, j) for i, j in itertools.combinations(range(len(A)), 2) if A[i][j]), None)
            if pair is None:
                return neg, zero + len(A), pos
            i, j = pair
            A[i] = [x + y for x, y in zip(A[i], A[j], strict=True)]
            for row in A:
                row[i] += row[j]
            place = i
        pivot = A[place][place]
        neg, pos = neg + (pivot < 0), pos + (pivot > 0)
        keep = [i for i in range(len(A)) if i != place]
        A = [[A[i][j] - A[i][place] * A[place][j] / pivot for j in keep] for i in keep]
    return neg, zero, pos


def rational_orthogonal(generator, size):
    v = [generator.choice((-2, -1, 1, 2)) for _ in range(size)]
    norm = sum(x * x for x in v)
    return [[Fraction(int(i == j)) - Fraction(2 * v[i] * v[j], norm) for j in range(size)] for i in range(size)]


def unimodular(generator, size):
    lower = [[int(i == j) if i <= j else generator.randint(-1, 1) for j in range(size)] for i in range(size)]
    return mul(lower, [list(column) for column in zip(*lower, strict=True)])


def block(kept, rest, rows, columns):
    """The matrix diag(identity of this size, rest)."""
    out = [[Fraction(int(i == j < kept)) for j in range(columns)] for i in range(rows)]
    for i, row in enumerate(rest):
        for j, value in enumerate(row):
            out[kept + i][kept + j] = Fraction(value)
    return out


def random_critical_point(seed):
    """A random exact critical point with small widths: (X, Y, W, minimum loss).

    The singular values are drawn with repetitions and zeros; r of them are kept, and sparse blocks act outside them.
    """
    generator = random.Random(seed)
    while True:
        depth = generator.randint(1, 4)
        widths = [generator.randint(1, 3) for _ in range(depth + 1)]
        found = _try(generator, widths)
        if found is not None:
            return found


def _try(generator, widths):
    d_x, d_y = widths[0], widths[-1]
    values = [Fraction(generator.choice((0, 1, 1, 2, 3))) for _ in range(min(d_x, d_y))]
    k = min(widths)
    minimum = sum((s * s for s in sorted(values, reverse=True)[k:]), Fraction(0)) / 2
    usable = [i for i, s in enumerate(values) if s]
    kept = generator.sample(usable, generator.randint(0, min(k, len(usable))))
    U, V = rational_orthogonal(generator, d_y), rational_orthogonal(generator, d_x)
    order_y = kept + [i for i in range(d_y) if i not in kept]
    order_x = kept + [i for i in range(d_x) if i not in kept]
    r = len(kept)
    blocks = [_sparse(generator, widths[h + 1] - r, widths[h] - r) for h in range(len(widths) - 1)]
    layers = [block(r, Z, widths[h + 1], widths[h]) for h, Z in enumerate(blocks)]
    Y = [[sum(U[i][t] * values[t] * V[j][t] for t in range(len(values))) for j in range(d_x)] for i in range(d_y)]
    scale = block(
        0, [[values[kept[i]] if i == j < r else int(i == j) for j in range(d_x)] for i in range(d_x)], d_x, d_x
    )
    first = [[V[j][t] for j in range(d_x)] for t in order_x]
    G = unimodular(generator, d_x)
    layers[0] = mul(mul(mul(layers[0], scale), first), inverse(G))
    layers[-1] = mul([[U[i][t] for t in order_y] for i in range(d_y)], layers[-1])
    X, Y = _hidden_columns(generator, G, Y)
    for h in range(len(layers) - 1):
        D = unimodular(generator, widths[h + 1])
        layers[h], layers[h + 1] = mul(D, layers[h]), mul(layers[h + 1], inverse(D))
    return (X, Y, layers, minimum) if gradient_is_zero(X, Y, layers) else None


def _sparse(generator, rows, columns):
    return [[generator.choice((0, 0, 0, 1)) for _ in range(columns)] for _ in range(rows)]


def _hidden_columns(generator, G, Y):
    """Rotate the samples, so that X and Y no longer look diagonal."""
    Q = rational_orthogonal(generator, len(G))
    return mul(G, Q), mul(Y, Q)


def gradient_is_zero(X, Y, W):
    residual = [[a - b for a, b in zip(r, s, strict=True)] for r, s in zip(mul(product(W), X), Y, strict=True)]
    E = mul(residual, [list(column) for column in zip(*X, strict=True)])
    for i in range(len(W)):
        left = E if i == len(W) - 1 else mul([list(c) for c in zip(*product(W[i + 1 :]), strict=True)], E)
        whole = left if i == 0 else mul(left, [list(c) for c in zip(*product(W[:i]), strict=True)])
        if any(any(row) for row in whole):
            return False
    return True
