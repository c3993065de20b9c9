"""Reference data anew, from the definitions alone: ``python -m tests.data.remake`` says which rows differ.

It needs nothing of this project, nor of any library but numpy. The files were first written by programs that were not
kept; this is a second one, for the dimensions of polynomial networks (with at most 300 weights) and of attention
networks, the separation ranks (up to 130 in each degree), the ranks of mixtures, the laws of stochastic rounding, and
the losses and inertias of deep linear networks.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
PRIME = 33554393  # the last one below 2^25: sums of a thousand products of residues fit into 64 bits
SPARE = 8  # inputs beyond as many as there are weights: each adds a row to the rank, as long as it can grow


# ---- dimensions of polynomial and attention networks

MOST_WEIGHTS = 300  # of a polynomial network: larger ones take minutes


class Jet:
    """A matrix of residues with its derivatives in all weights: arrays of shape (rows, columns) and one axis more."""

    def __init__(self, value, slope):
        self.value, self.slope = value % PRIME, slope % PRIME

    @property
    def T(self):
        return Jet(self.value.T, self.slope.transpose(1, 0, 2))

    def __add__(self, other):
        return Jet(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        """Multiply entry by entry."""
        slope = self.value[:, :, None] * other.slope % PRIME + other.value[:, :, None] * self.slope % PRIME
        return Jet(self.value * other.value, slope)

    def __matmul__(self, other):
        left = np.einsum("ij,jkq->ikq", self.value, other.slope)
        right = np.einsum("ijq,jk->ikq", self.slope, other.value)
        return Jet(self.value @ other.value, left % PRIME + right % PRIME)

    def __pow__(self, exponent):
        found = self
        for _ in range(exponent - 1):
            found = found * self
        return found


def polynomial_dimension(row, seed=0):
    """Return the rank of the Jacobian of a polynomial network at random weights, at more random inputs than weights."""
    rng = np.random.default_rng(seed)
    shapes = [(after, before) for before, after in pairwise(row["widths"])]
    weights, count = free_matrices(rng, shapes)
    found = []
    for _ in range(count + SPARE):
        x = constant(rng.integers(0, PRIME, (row["widths"][0], 1)), count)
        for layer, W in enumerate(weights):
            x = W @ x if layer == 0 else W @ x ** row["degree"]
        found.append(x.slope.reshape(-1, count))
    return rank_modulo(np.concatenate(found))


def free_matrices(rng, shapes):
    """Return random matrices whose entries are all weights, and how many weights there are."""
    count = sum(rows * columns for rows, columns in shapes)
    found, start = [], 0
    for rows, columns in shapes:
        slope = np.zeros((rows * columns, count), np.int64)
        slope[np.arange(rows * columns), np.arange(start, start + rows * columns)] = 1
        found.append(Jet(rng.integers(0, PRIME, (rows, columns)), slope.reshape(rows, columns, count)))
        start += rows * columns
    return found, count


def constant(value, count):
    """Return a matrix that no weight moves."""
    return Jet(value, np.zeros((*value.shape, count), np.int64))


def jacobian_rank(row, seed=0):
    """Return the rank of the Jacobian of a network at random weights, at more random inputs than weights."""
    rng = np.random.default_rng(seed)
    tokens, heads, widths = row["tokens"], row["heads"], row["widths"]
    shapes = []
    for (before, after), size in zip(pairwise(widths), row["head_sizes"], strict=True):
        shapes += [(size, before), (size, before), (after, before)] * heads
    weights, count = free_matrices(rng, shapes)

    found = []
    for _ in range(count + SPARE):
        X = constant(rng.integers(0, PRIME, (widths[0], tokens)), count)
        found.append(outputs(row, weights, X, rng).slope.reshape(-1, count))
    return rank_modulo(np.concatenate(found))


def outputs(row, weights, X, rng):
    """Return the tokens after all layers: each the sum of V X P over its heads."""
    of_all = iter(weights)
    for before, _ in pairwise(row["widths"]):
        total = None
        for _ in range(row["heads"]):
            K, Q, V = next(of_all), next(of_all), next(of_all)
            scores = (K @ X).T @ (Q @ X)
            is_softmax = row["kind"] == "softmax"
            P = shares(scores, before, rng) if is_softmax else scores ** row.get("score_power", 1)
            head = V @ X @ P
            total = head if total is None else total + head
        X = total
    return X


def shares(scores, width, rng):
    """Return the exponentials of the scores over their sums in each column.

    Exponentials of general scores are algebraically independent of them: they are random residues E, with slope E ds.
    Tokens of dimension 1 are multiples of one vector, and so a score stays if its two tokens change places.
    """
    n = len(scores.value)
    E = rng.integers(1, PRIME, (n, n))
    if width == 1:
        E = np.triu(E) + np.triu(E, 1).T
    exponentials = Jet(E, E[:, :, None] * scores.slope)
    ones = Jet(np.ones((n, n), np.int64), np.zeros_like(scores.slope))
    sums = ones @ exponentials
    inverse = np.array([[pow(int(x), -1, PRIME) for x in line] for line in sums.value])
    return exponentials * Jet(inverse, -(inverse * inverse % PRIME)[:, :, None] * sums.slope)


def rank_modulo(matrix):
    """Return the rank by elimination, one column at a time."""
    matrix, rank = matrix.copy() % PRIME, 0
    for column in range(matrix.shape[1]):
        below = np.flatnonzero(matrix[rank:, column])
        if not below.size:
            continue
        matrix[[rank, rank + below[0]]] = matrix[[rank + below[0], rank]]
        matrix[rank] = matrix[rank] * pow(int(matrix[rank, column]), -1, PRIME) % PRIME
        rest = matrix[rank + 1 :]
        rest -= rest[:, column, None] * matrix[rank] % PRIME
        rest %= PRIME
        rank += 1
    return rank


# ---- separation ranks of stacks of attention layers

LARGEST = 130  # of the ranks of all degrees: larger ones take minutes


def separation_ranks(row, seed=0):
    """Return the rank of each degree in the Gram matrix of the second group of tokens, at random groups.

    The first coordinate of the first token after all layers X -> sum of O V X (K X)^T (Q X) is a polynomial in t where
    the tokens of the second group are multiplied by s, t = s^2. Its coefficients come from its values by interpolation.
    """
    rng = np.random.default_rng(seed)
    width, size, degree = row["width"], row["head_size"], (3 ** row["layers"] - 1) // 2
    seen = row.get("embedding_rank") or width
    count = max(row["per_degree"]) + SPARE
    first = rng.integers(0, PRIME, (count, 1, seen, row["tokens"][0]))
    second = rng.integers(0, PRIME, (1, count, seen, row["tokens"][1]))
    layers = []
    for number in range(row["layers"]):
        inner = seen if number == 0 else width
        shapes = [(size, inner)] * 3 + [(width, size)]
        layers.append([[rng.integers(0, PRIME, shape) for shape in shapes] for _ in range(row["heads"])])

    values = []
    for s in range(degree + 1):
        left, right = (np.broadcast_to(part, (count, count, *part.shape[2:])) for part in (first, second * s % PRIME))
        X = np.concatenate([left, right], axis=3)
        for heads in layers:
            X = sum(attended(X, *head) for head in heads) % PRIME
        values.append(X[:, :, 0, 0])
    return [rank_modulo(coefficient) for coefficient in interpolated(np.array(values))]


def attended(X, Q, K, V, out):
    """Return what one head makes of tokens, which are the columns of X."""
    keys, queries, carried = (M @ X % PRIME for M in (K, Q, V))
    scores = keys.swapaxes(-1, -2) @ queries % PRIME
    return out @ (carried @ scores % PRIME) % PRIME


def interpolated(values):
    """Return the coefficients of the polynomials with these values at t = 0, 1, 4, 9, ..."""
    points = [s * s for s in range(len(values))]
    coefficients = np.zeros_like(values)
    for t, value in zip(points, values, strict=True):
        # The product of all (z - other) / (t - other), the coefficient of the lowest power first.
        basis, below = [1], 1
        for other in points:
            if other != t:
                basis = [(a - other * b) % PRIME for a, b in zip([0, *basis], [*basis, 0], strict=True)]
                below = below * (t - other) % PRIME
        inverse = pow(below, -1, PRIME)
        for k, c in enumerate(basis):
            coefficients[k] = (coefficients[k] + c * inverse % PRIME * value) % PRIME
    return coefficients


# ---- ranks of mixture models


def mixture_rank(row, seed=0):
    """Return the rank of a matricization of a model with random weights: the named modes against the others."""
    rng, size = np.random.default_rng(seed), row["params"]
    N, M, k = size["N"], size["M"], size.get("k") or size["r"]
    if row["model"] == "TMM_balanced":
        tensor = balanced(rng, N, M, k)
    else:
        tensor = chain_of_cores(cores_of(row["model"], rng, N, M, k))
    tensor = tensor.reshape((M,) * N)
    rows = row["I"]
    others = [mode for mode in range(N) if mode not in rows]
    return rank_modulo(tensor.transpose([*rows, *others]).reshape(M ** len(rows), -1))


def cores_of(model, rng, N, M, k):
    """Return a core for each mode: of shape (state before, symbol, state after)."""
    if model == "TT":
        return [rng.integers(0, PRIME, (k, M, k)) for _ in range(N)]
    if model == "STAR":
        return [np.eye(k, dtype=np.int64)[:, None, :] * rng.integers(0, PRIME, (1, M, k)) for _ in range(N)]
    steps = [rng.integers(0, PRIME, (k, k)) for _ in range(N)]
    emissions = [rng.integers(0, PRIME, (k, M)) for _ in range(N)]
    if model == "HMM_stationary":
        steps, emissions = steps[:1] * N, emissions[:1] * N
    return [step[:, None, :] * emission.T[None, :, :] % PRIME for step, emission in zip(steps, emissions, strict=True)]


def chain_of_cores(cores):
    """Contract cores from the left; the first state is summed over, and the last one."""
    found = np.ones((1, len(cores[0])), np.int64)
    for core in cores:
        found = np.einsum("xi,imj->xmj", found, core) % PRIME
        found = found.reshape(-1, core.shape[2])
    return found.sum(axis=1) % PRIME


def balanced(rng, N, M, k):
    """Contract a balanced binary tree from the leaves up: a core joins the bonds of two halves."""
    parts = [rng.integers(0, PRIME, (M, k)) for _ in range(N)]
    while len(parts) > 1:
        above = 1 if len(parts) == 2 else k
        joined = []
        for left, right in zip(parts[::2], parts[1::2], strict=True):
            half = np.einsum("xi,ijk->xjk", left, rng.integers(0, PRIME, (k, k, above))) % PRIME
            joined.append((np.einsum("xjk,yj->xyk", half, right) % PRIME).reshape(-1, above))
        parts = joined
    return parts[0]


# ---- laws of stochastic rounding


def rounded(x):
    """Return the law of a number that is rounded up with the probability of its fractional part."""
    low = x.__floor__()
    return {low: 1 - (x - low), low + 1: x - low} if x != low else {low: Fraction(1)}


def convolved(laws):
    """Return the law of a sum of independent summands."""
    found = {0: Fraction(1)}
    for law in laws:
        longer = {}
        for (a, p), (b, q) in product(found.items(), law.items()):
            longer[a + b] = longer.get(a + b, Fraction(0)) + p * q
        found = longer
    return found


def dot_product_law(given):
    """Return the law of a sum of products, each of which is rounded."""
    return convolved(rounded(Fraction(a * b, 2 ** given["FL"])) for a, b in zip(given["a"], given["b"], strict=True))


def descent_law(given):
    """Return the law after so many steps s -> s - h (s - c), each rounded."""
    h, c, law = Fraction(given["h"]), Fraction(given["c"]), {given["s0"]: Fraction(1)}
    for _ in range(given["t"]):
        following = {}
        for s, p in law.items():
            for after, q in rounded(s - h * (s - c)).items():
                following[after] = following.get(after, Fraction(0)) + p * q
        law = following
    return law


def rank_law(given):
    """Return the law of the rank of a matrix whose entries are rounded, over all results."""
    entries = [rounded(Fraction(x)) for row in given["A"] for x in row]
    columns, law = len(given["A"][0]), {}
    for results in product(*(each.items() for each in entries)):
        numbers, weight = [x for x, _ in results], Fraction(1)
        for _, p in results:
            weight *= p
        matrix = np.array(numbers).reshape(-1, columns)
        rank = rank_modulo(matrix)  # entries are 0 and 1: no minor is as large as the prime
        law[rank] = law.get(rank, Fraction(0)) + weight
    return law


LAWS = {"dot_product_law": dot_product_law, "sr_chain": descent_law, "rank_law": rank_law}


# ---- critical points of deep linear networks


def hessian_inertia(case):
    """Return how many eigenvalues of the Hessian of the loss are negative, zero, and positive, exactly."""
    X, Y = fractions(case["X"]), fractions(case["Y"])
    layers = [fractions(W) for W in case["W"]]
    residual = minus(chain(layers, X), Y)
    places = [(h, i, j) for h, W in enumerate(layers) for i in range(len(W)) for j in range(len(W[0]))]
    first = [chain(with_units(layers, place), X) for place in places]
    size = len(places)
    hessian = [[Fraction(0)] * size for _ in range(size)]
    for p, q in product(range(size), repeat=2):
        if p <= q:
            entry = inner(first[p], first[q])
            if places[p][0] != places[q][0]:
                entry += inner(residual, chain(with_units(layers, places[p], places[q]), X))
            hessian[p][q] = hessian[q][p] = entry
    return inertia(hessian)


def half_loss(case):
    """Return half the sum of squares of the residual."""
    residual = minus(chain([fractions(W) for W in case["W"]], fractions(case["X"])), fractions(case["Y"]))
    return inner(residual, residual) / 2


def fractions(matrix):
    """Read strings."""
    return [[Fraction(x) for x in row] for row in matrix]


def chain(layers, X):
    """Return W_H ... W_1 X."""
    for W in layers:
        columns = list(zip(*X, strict=True))
        X = [[dot(row, column) for column in columns] for row in W]
    return X


def dot(row, column):
    """Return the scalar product."""
    return sum((a * b for a, b in zip(row, column, strict=True) if a), Fraction(0))


def with_units(layers, *places):
    """Return the layers, with the matrix that is 1 at a place instead of the layer of that place."""
    found = list(layers)
    for h, i, j in places:
        W = layers[h]
        found[h] = [[Fraction((a, b) == (i, j)) for b in range(len(W[0]))] for a in range(len(W))]
    return found


def minus(A, B):
    """Return A - B."""
    return [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(A, B, strict=True)]


def inner(A, B):
    """Return the sum of the products of all entries."""
    return sum((a * b for rows in zip(A, B, strict=True) for a, b in zip(*rows, strict=True)), Fraction(0))


def inertia(matrix):
    """Return the numbers of negative, zero and positive eigenvalues, by congruences (Sylvester)."""
    left, signs, size = [row[:] for row in matrix], [], len(matrix)
    while left:
        pivot = next((i for i in range(len(left)) if left[i][i]), None)
        if pivot is None:
            # The diagonal is zero: the sum of two rows and columns with an entry off it has a diagonal entry.
            pair = next(((i, j) for i in range(len(left)) for j in range(i) if left[i][j]), None)
            if pair is None:
                break
            i, j = pair
            left[i] = [a + b for a, b in zip(left[i], left[j], strict=True)]
            for row in left:
                row[i] += row[j]
            continue
        line, diagonal = left[pivot], left[pivot][pivot]
        signs.append(diagonal > 0)
        others = [i for i in range(len(left)) if i != pivot]
        left = [[left[i][j] - line[i] * line[j] / diagonal for j in others] for i in others]
    positive = sum(signs)
    return {"neg": len(signs) - positive, "zero": size - len(signs), "pos": positive}


# ---- the files


def polynomial_rows():
    """Yield each network of moderate size with its dimension in the file, and anew."""
    for line in (FOLDER / "reference_dimensions.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["naive"] <= MOST_WEIGHTS:
            yield row, row["dim"], polynomial_dimension(row)


def attention_rows():
    """Yield each row with its dimension in the file, and anew."""
    for row in json.loads((FOLDER / "attention_dimensions.json").read_text()):
        yield row, row["dimension"], jacobian_rank(row)


def deep_linear_cases():
    """Yield each point with what the file says of it, and anew."""
    for case in json.loads((FOLDER / "deep_linear_examples.json").read_text())["cases"]:
        yield case["id"], Fraction(case["loss_half"]), half_loss(case)
        if case.get("hessian_inertia"):
            yield case["id"], case["hessian_inertia"], hessian_inertia(case)


def separation_rows():
    """Yield each stack of moderate ranks with those of the file, and anew."""
    for line in (FOLDER / "separation_ranks.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["per_degree"] and max(row["per_degree"]) <= LARGEST:
            yield row, row["per_degree"], separation_ranks(row)


def mixture_rows():
    """Yield each model that is a chain, a star or a balanced tree with its rank in the file, and anew."""
    for line in (FOLDER / "mixtures_reference.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row.get("model") in ("TT", "HMM", "HMM_stationary", "STAR", "TMM_balanced"):
            yield row["id"], row["rank"], mixture_rank(row)


def rounding_rows():
    """Yield each law with that of the file, and anew."""
    for row in json.loads((FOLDER / "rounding_reference.json").read_text()):
        if row["kind"] in LAWS:
            said = {int(at): Fraction(p) for at, p in row["answer"]["law"].items()}
            yield row["id"], said, LAWS[row["kind"]](row["input"])


COMPARED = (polynomial_rows, attention_rows, separation_rows, mixture_rows, rounding_rows, deep_linear_cases)


def main():
    """Compare every row, and return how many differ."""
    differ = 0
    for compare in COMPARED:
        rows = list(compare())
        wrong = [(name, said, found) for name, said, found in rows if said != found]
        differ += len(wrong)
        print(f"{compare.__name__}: {len(rows)} compared, {len(wrong)} differ")
        for line in wrong[:20]:
            print("  ", *line)
    return differ


if __name__ == "__main__":
    sys.exit(main() > 0)
