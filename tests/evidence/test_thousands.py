"""Ten thousand small instances of every family beside oracles of their own: each side of the answer has to be true.

The oracles know no bounds, and share no code with the library: Python's integers modulo 2^61 - 1, first derivatives by
dual numbers, more rows than there are weights, and no stop. Their rank is the generic one but for a probability of some
10^-15 a case. Slow tests run with the switch RANKCERT_CHECK: every upper bound is looked at once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from random import Random

import numpy as np
import pytest
from flint import nmod_mat

from algebra import ConvolutionalNetwork, PolynomialNetwork, Rational
from algebra.evidence import Grade
from tensors.attention import AttentionNetwork, AttentionStack, softmax_matrix
from tensors.convac import ConvAC, ConvLayer
from tensors.networks import FactorGraph
from tests.attention.separation_oracle import output as token_output
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

    def inverse(self):
        """Return 1 / x, whose derivative is -1 / x^2."""
        value = pow(self.value, -1, P)
        return Dual(value, self.slopes * (-value * value % P) % P)

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


def rational_network(draw):
    """A quotient of polynomials as the activation: a power may hide in it."""
    widths = [draw.randint(1, 3) for _ in range(3)]
    top, bottom = ([draw.randint(-2, 2) for _ in range(draw.randint(0, 2))] + [1] for _ in range(2))
    biases = draw.random() < 0.3
    if len(top) == len(bottom) and top == bottom:
        top = [0, *top]
    network = PolynomialNetwork(widths, activation=Rational(top, bottom), biases=biases)
    count = sum((a + biases) * b for a, b in pairwise(widths))

    def outputs(numbers, x):
        numbers = iter(numbers)
        for layer, width in enumerate(widths[1:]):
            y = [sum(next(numbers) * each for each in x) for _ in range(width)]
            y = [each + next(numbers) for each in y] if biases else y
            x = y if layer else [value_at(top, z) * value_at(bottom, z).inverse() for z in y]
        return x

    return network.dimension(), jacobian_rank(count, outputs, draw, widths[0])


def value_at(polynomial, z):
    """Return the value of a polynomial, coefficients in ascending order."""
    found = Dual(0, 0 * z.slopes)
    for coefficient in reversed(polynomial):
        found = found * z + Dual(coefficient % P, 0 * z.slopes)
    return found


def convolutional_network(draw):
    filters = [draw.randint(1, 3) for _ in range(draw.randint(1, 3))]
    strides = [draw.randint(1, 2) for _ in filters]
    degrees = [draw.randint(1, 3) for _ in filters[1:]]
    network = ConvolutionalNetwork(filters, strides, degrees=degrees)
    size = 1
    for k, t in zip(reversed(filters), reversed(strides), strict=True):
        size = (size - 1) * t + k

    def outputs(numbers, x):
        numbers = iter(numbers)
        for layer, (k, t) in enumerate(zip(filters, strides, strict=True)):
            w = [next(numbers) for _ in range(k)]
            x = [sum(w[j] * x[i + j] for j in range(k)) for i in range(0, len(x) - k + 1, t)]
            x = x if layer == len(filters) - 1 else [each ** degrees[layer] for each in x]
        return x

    return network.dimension(), jacobian_rank(sum(filters), outputs, draw, size)


MOST_PAIRS = 24  # rows of a separation matrix: it has the square of them as entries


def attention_stack(draw):
    """The matrix of the output between the tokens of two groups, none of them 0, with more rows than the bound."""
    while True:
        width, heads, layers = draw.randint(1, 3), draw.randint(1, 2), draw.randint(1, 2)
        size, tokens = draw.randint(1, width), [draw.randint(1, 2) for _ in range(2)]
        stack = AttentionStack(width, heads, size, layers, tokens, None, draw.random() < 0.2)
        if stack.upper_bound().value <= MOST_PAIRS:
            break
    rows = stack.upper_bound().value + ROOM

    def drawn(*shape):
        return np.array([draw.randrange(P) for _ in range(prod(shape))], object).reshape(shape)

    weights = [
        [(*(drawn(size, width) for _ in range(3)), drawn(width, size)) for _ in range(heads)] for _ in range(layers)
    ]
    sides = [[list(drawn(count, width)) for _ in range(rows)] for count in tokens]
    matrix = [[token_output(weights, [*a, *b], P, stack.residual) for b in sides[1]] for a in sides[0]]
    return stack.separation_rank(), nmod_mat(matrix, P).rank()


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


FAMILIES = {
    each.__name__: each
    for each in (
        *(polynomial_network, rational_network, convolutional_network, attention_network, attention_stack),
        *(softmax, circuit, factor_graph),
    )
}


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
