"""Slow, independent answers: tensors by explicit sums, cuts and covers by trying every set."""

from fractions import Fraction
from itertools import combinations, product
from math import prod

from sympy import Matrix

from tensors.networks import FactorGraph


def tensor_of(graph, tables):
    """Entries of the tensor, by summing over every assignment of all variables."""
    found = {}
    for x in product(*map(range, graph.variable_dims)):
        value = Fraction(1)
        for scope, table in zip(graph.factor_scopes, tables, strict=True):
            entry = table
            for v in scope:
                entry = entry[x[v]]
            value *= entry
        place = x[: graph.observed]
        found[place] = found.get(place, 0) + value
    return found


def rank_of(graph, entries, rows):
    """Rank of a matricization, by sympy."""
    columns = [v for v in range(graph.observed) if v not in rows]
    sides = [list(product(*(range(graph.variable_dims[v]) for v in side))) for side in (rows, columns)]

    def place(x, y):
        values = dict(zip([*rows, *columns], [*x, *y], strict=True))
        return tuple(values[v] for v in range(graph.observed))

    return Matrix([[entries[place(x, y)] for y in sides[1]] for x in sides[0]]).rank()


def is_separated(graph, rows, removed):
    """Whether the components of the graph without the removed variables keep the two sides apart."""
    label = list(range(len(graph.variable_dims)))
    changed = True
    while changed:
        changed = False
        for scope in graph.factor_scopes:
            alive = [v for v in scope if v not in removed]
            least = min((label[v] for v in alive), default=0)
            for v in alive:
                if label[v] != least:
                    label[v], changed = least, True
    sides = [
        {label[v] for v in range(graph.observed) if v not in removed and (v in rows) == inside} for inside in (0, 1)
    ]
    return not sides[0] & sides[1]


def least_cut(graph, rows):
    """Least product over all separating sets of variables."""
    everything = range(len(graph.variable_dims))
    return min(
        prod(graph.variable_dims[v] for v in removed)
        for size in range(len(everything) + 1)
        for removed in combinations(everything, size)
        if is_separated(graph, set(rows), set(removed))
    )


def least_cover(matrix):
    """Least number of rectangles that cover the support: every choice of row sets."""
    height, width = len(matrix), len(matrix[0])
    cells = {(i, j) for i in range(height) for j in range(width) if matrix[i][j]}
    rectangles = set()
    for mask in range(1, 1 << height):
        rows = [i for i in range(height) if mask >> i & 1]
        columns = [j for j in range(width) if all(matrix[i][j] for i in rows)]
        rectangles.add(frozenset(product(rows, columns)))
    for size in range(len(cells) + 1):
        if any(frozenset().union(*chosen) >= cells for chosen in combinations(rectangles, size)):
            return size
    raise AssertionError


def reference_graph(row):
    """The factor graph of a reference row."""
    p, model = row["params"], row["model"]
    n, m = p["N"], p["M"]
    if model == "TT":
        dims = [m] * n + [p["r"]] * (n - 1)
        scopes = [[0, n]] + [[t, n + t - 1, n + t] for t in range(1, n - 1)] + [[n - 1, 2 * n - 2]]
        return FactorGraph(tuple(dims), n, tuple(map(tuple, scopes)))
    k = p["k"]
    if model.startswith("HMM"):
        scopes = [(n,), *((n + t - 1, n + t) for t in range(1, n)), *((n + t, t) for t in range(n))]
        tied = (tuple(range(1, n)), tuple(range(n, 2 * n))) if model == "HMM_stationary" else None
        return FactorGraph((m,) * n + (k,) * n, n, tuple(scopes), tied)
    if model == "STAR":
        return FactorGraph((m,) * n + (k,), n, ((n,), *((n, t) for t in range(n))))
    inner = 2 * n - 1 if model == "LTM_leafhidden" else n - 1
    edges = [(n + (h - 1) // 2, n + h) for h in range(1, inner)]
    above = [(n + (n - 1 + j if model == "LTM_leafhidden" else (n - 2 + j) // 2), j) for j in range(n)]
    return FactorGraph((m,) * n + (k,) * inner, n, ((n,), *edges, *above))
