"""Ten thousand small instances of every family beside oracles of their own: each side of the answer has to be true.

The oracles know no bounds, and share no code with the library: Python's integers modulo 2^61 - 1, first derivatives by
dual numbers, more rows than there are weights, and no stop. Their rank is the generic one but for a probability of some
10^-15 a case. Slow tests run with the switch RANKCERT_CHECK: every upper bound is looked at once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from flint import nmod_mat

from algebra import PolynomialNetwork
from algebra.evidence import Grade
from tensors.attention import AttentionNetwork, softmax_matrix
from tensors.convac import ConvAC, ConvLayer
from tensors.networks import FactorGraph
from tests.attention.test_attention_dimension_oracles import lightning, weights_of
from tests.convac import oracle
from tests.mixtures.oracles import tensor_of

P = 2**61 - 1
ROOM = 3  # inputs beyond the number of weights: one output alone then gives more rows than there are columns
PARTS = 10
FEW, MANY = 30, 1000


@dataclass(frozen=True)
class Dual:
    """A number modulo P with its derivatives in all weights."""

    value: int
    slopes: np.ndarray

    def __add__(self, other):
        if not isinstance(other, Dual):
            return Dual((self.value + other) % P, self.slopes)
        return Dual((self.value + other.value) % P, (self.slopes + other.slopes) % P)

    __radd__ = __add__

    def __mul__(self, other):
        if not isinstance(other, Dual):
            return Dual(self.value * other % P, self.slopes * other % P)
        slopes = (self.slopes * other.value + other.slopes * self.value) % P
        return Dual(self.value * other.value % P, slopes)

    __rmul__ = __mul__

    def __pow__(self, exponent):
        power = pow(self.value, exponent - 1, P)
        return Dual(power * self.value % P, self.slopes * (exponent * power) % P)


def weights(count, draw):
    """Return so many random numbers, each of them a variable."""
    units = np.eye(count, dtype=int).astype(object)
    return [Dual(draw.randrange(P), unit) for unit in units]


def jacobian_rank(count, outputs, draw, inputs):
    """Return the rank of the derivatives of all outputs in all weights, at more inputs than there are weights."""
    at, seen = weights(count, draw), []
    for _ in range(count + ROOM):
        seen += outputs(at, [draw.randrange(P) for _ in range(inputs)])
    return nmod_mat([[int(slope) for slope in y.slopes] for y in seen], P).rank()


# ---- families: a random instance gives what is said of it, and what is true


def polynomial_network(draw):
    widths = [draw.randint(1, 3) for _ in range(draw.randint(2, 4))]
    degrees, biases = [draw.randint(1, 3) for _ in widths[2:]], draw.random() < 0.3
    network = PolynomialNetwork(widths, None if degrees else 2, degrees=degrees or None, biases=biases)
    count = sum((a + biases) * b for a, b in pairwise(widths))

    def outputs(numbers, x):
        numbers = iter(numbers)
        for layer, width in enumerate(widths[1:]):
            rows = [[next(numbers) for _ in x] for _ in range(width)]
            y = [sum(w * each for w, each in zip(row, x, strict=True)) for row in rows]
            if biases:
                y = [each + next(numbers) for each in y]
            x = y if layer == len(widths) - 2 else [each ** degrees[layer] for each in y]
        return x

    return network.dimension(), jacobian_rank(count, outputs, draw, widths[0])


def attention_network(draw):
    widths = [draw.randint(1, 2) for _ in range(draw.choice([2, 2, 3]))]
    residual = draw.random() < 0.2
    if residual:
        widths = [widths[0]] * len(widths)
    heads, size, tokens = draw.randint(1, 2), draw.randint(1, 2), draw.randint(1, 2)
    network = AttentionNetwork(widths, size, heads, tokens=tokens, causal=draw.random() < 0.2, residual=residual)

    def outputs(numbers, x):
        X = [x[i * tokens : (i + 1) * tokens] for i in range(widths[0])]
        return [y for row in lightning(network, weights_of(network, numbers), X) for y in row]

    return network.dimension(), jacobian_rank(network.parameters, outputs, draw, widths[0] * tokens)


def softmax(draw):
    rows, columns, most = draw.randint(1, 5), draw.randint(1, 5), draw.choice([1, 2, 5, 10**9])
    keys, queries = ([draw.randint(-most, most) for _ in range(count)] for count in (rows, columns))
    is_product = draw.random() < 0.5
    logits = [[a * b if is_product else draw.randint(-most, most) for b in queries] for a in keys]
    at = draw.randrange(2, P)  # in the place of e, which satisfies no equation either
    matrix = [[pow(at, entry % (P - 1), P) for entry in row] for row in logits]
    return softmax_matrix(logits).rank(), nmod_mat(matrix, P).rank()


def circuit(draw):
    positions, templates = draw.randint(2, 4), draw.randint(1, 3 if draw.random() < 0.3 else 2)
    layers, size = [], positions
    while size > 1:
        window = draw.randint(2, size)
        stride = draw.randint(1, window)
        border = draw.choice(["clip", "valid", "same", "zero"])
        layers.append(ConvLayer(window, stride, draw.randint(1, 3), border, draw.choice(["none", "sliding", "full"])))
        size = (size - window) // stride + 1 if border == "valid" else -(-size // stride)
        if stride == 1 and border != "valid":
            layers.append(ConvLayer(size, size, draw.randint(1, 3)))
            size = 1
    net = ConvAC(positions, templates, layers)
    rows = draw.sample(range(positions), draw.randint(1, positions - 1))
    return net.rank(rows), oracle.rank(net, sorted(rows), draw.randrange(10**9))


def factor_graph(draw):
    dims = tuple(draw.randint(1, 3) for _ in range(draw.randint(2, 5)))
    observed = draw.randint(2, min(4, len(dims)))
    scopes = [draw.sample(range(len(dims)), draw.randint(1, min(3, len(dims)))) for _ in range(draw.randint(1, 5))]
    graph = FactorGraph(dims, observed, tuple(map(tuple, scopes)))
    rows = sorted(draw.sample(range(observed), draw.randint(1, observed - 1)))

    def table(shape):
        return draw.randrange(P) if not shape else [table(shape[1:]) for _ in range(shape[0])]

    entries = tensor_of(graph, [table(graph.table_shape(f)) for f in range(len(scopes))])
    return graph.rank(rows), matricization_rank(entries, rows)


def matricization_rank(entries, rows):
    """Return the rank modulo P of a tensor that is given entry by entry."""
    left, right = {}, {}
    placed = []
    for place, value in entries.items():
        row = tuple(x for axis, x in enumerate(place) if axis in rows)
        column = tuple(x for axis, x in enumerate(place) if axis not in rows)
        placed.append((left.setdefault(row, len(left)), right.setdefault(column, len(right)), int(value) % P))
    matrix = nmod_mat(len(left), len(right), P)
    for i, j, value in placed:
        matrix[i, j] = value
    return matrix.rank()


FAMILIES = {each.__name__: each for each in (polynomial_network, attention_network, softmax, circuit, factor_graph)}


def look(family, part, count):
    """Compare so many instances; of a settled answer there is one value only."""
    for number in range(count):
        seed = f"{family}/{part}/{number}"
        bounds, truth = FAMILIES[family](Random(seed))
        assert bounds.lower <= truth, (seed, bounds, truth)
        assert bounds.upper is None or truth <= bounds.upper, (seed, bounds, truth)
        assert bounds.grade is not Grade.NUMERIC
        assert bounds.value in (None, truth), (seed, bounds, truth)


@pytest.mark.parametrize("family", FAMILIES)
def test_some(family):
    look(family, "few", FEW)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("family", FAMILIES)
def test_thousands(family, part):
    look(family, part, MANY)
