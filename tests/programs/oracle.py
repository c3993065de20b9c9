"""The Jacobian of a program by forward mode, one number after another, in high precision: slow, and without our code.

It reads the JSON of a program itself. Numbers are mpmath's, each with its derivatives in all parameters; exponentials,
square roots and rectifiers are the real ones. The rank is found by elimination with complete pivoting.
"""

from fractions import Fraction
from itertools import product

import mpmath
import numpy as np

DIGITS = 60
SMALL = mpmath.mpf(10) ** -30


class Dual:
    """A number with its derivatives."""

    def __init__(self, value, slopes):
        self.value, self.slopes = value, slopes

    def __add__(self, other):
        return Dual(self.value + other.value, [a + b for a, b in zip(self.slopes, other.slopes, strict=True)])

    def __mul__(self, other):
        slopes = [a * other.value + self.value * b for a, b in zip(self.slopes, other.slopes, strict=True)]
        return Dual(self.value * other.value, slopes)

    def map(self, value, slope):
        return Dual(value, [slope * a for a in self.slopes])


def each(function, array):
    found = np.empty(np.shape(array), object)
    found[...] = np.frompyfunc(function, 1, 1)(array)
    return found


def exponential(z):
    value = mpmath.exp(z.value)
    return z.map(value, value)


def root(z):
    value = mpmath.sqrt(z.value)
    return z.map(value, 1 / (2 * value))


def reciprocal(z):
    return z.map(1 / z.value, -1 / z.value**2)


def sigmoid(z):
    value = 1 / (1 + mpmath.exp(-z.value))
    return z.map(value, value * (1 - value))


def tanh(z):
    value = mpmath.tanh(z.value)
    return z.map(value, 1 - value**2)


def relu(z):
    return z if z.value > 0 else z.map(mpmath.mpf(0), mpmath.mpf(0))


def power(z, exponent):
    return z.map(z.value**exponent, exponent * z.value ** (exponent - 1) if exponent else mpmath.mpf(0))


class Oracle:
    """A program at random real weights, and its rank there."""

    def __init__(self, program, rng):
        self.program, self.rng = program, rng
        self.count = sum(int(np.prod(shape, dtype=int)) for shape in program["parameters"].values())

    def constant(self, values):
        return each(lambda x: Dual(mpmath.mpf(x.numerator) / x.denominator, [mpmath.mpf(0)] * self.count), values)

    def drawn(self, shape):
        flat = [
            Fraction(int(self.rng.integers(400, 1200)) * int(self.rng.choice((-1, 1))), 997)
            for _ in range(int(np.prod(shape, dtype=int)))
        ]
        found = np.empty(len(flat), object)
        found[:] = flat
        return self.constant(found).reshape(shape)

    def weights(self):
        found, place = {}, 0
        for name, shape in self.program["parameters"].items():
            array = self.drawn(shape)
            for index in product(*map(range, shape)):
                array[index].slopes = [mpmath.mpf(i == place) for i in range(self.count)]
                place += 1
            found[name] = array
        return found

    def run(self, weights):
        arrays = {name: self.drawn(shape) for name, shape in self.program["inputs"].items()} | weights
        for name, value in self.program.get("constants", {}).items():
            arrays[name] = self.constant(each(lambda x: Fraction(x), np.array(value, object)))
        for step in self.program["steps"]:
            found = self.apply(step, [arrays[name] for name in step["of"]])
            arrays[step["name"]] = np.empty(np.shape(found), object)
            arrays[step["name"]][...] = found
        return [arrays[name] for name in self.program["outputs"]]

    def apply(self, step, of):
        op, a = step["op"], of[0]
        minus = self.constant(np.array(Fraction(-1), object))
        if op in ("add", "multiply", "matmul"):
            return {"add": lambda: a + of[1], "multiply": lambda: a * of[1], "matmul": lambda: a @ of[1]}[op]()
        if op == "subtract":
            return a + of[1] * minus
        if op == "divide":
            return a * each(reciprocal, of[1])
        if op == "negative":
            return a * minus
        if op == "power":
            return each(lambda z: power(z, step["exponent"]), a)
        if op == "softmax":
            above = each(exponential, a)
            return above * each(reciprocal, np.asarray(above.sum(axis=step["axis"], keepdims=True), object))
        if op == "silu":
            return a * each(sigmoid, a)
        if op == "sum":
            return a.sum(axis=tuple(step["axis"]), keepdims=step.get("keepdims", False))
        if op == "transpose":
            return a.transpose(step["axes"])
        if op == "reshape":
            return a.reshape(step["shape"])
        if op == "concatenate":
            return np.concatenate(of, axis=step["axis"])
        if op == "slice":
            return a.take(range(step["start"], step["stop"]), axis=step["axis"])
        if op == "take":
            return a.take(step["indices"], axis=step["axis"])
        maps = {
            "exp": exponential,
            "sqrt": root,
            "reciprocal": reciprocal,
            "sigmoid": sigmoid,
            "tanh": tanh,
            "relu": relu,
        }
        return each(maps[op], a)

    def rank(self):
        """The rank of the Jacobian at more samples than there are parameters."""
        with mpmath.workdps(DIGITS):
            weights, rows = self.weights(), []
            for _ in range(self.count + 3):
                rows += [entry.slopes for output in self.run(weights) for entry in output.ravel()]
            return rank(rows)


def rank(rows):
    """Eliminate with complete pivoting; what is below 10^-30, of 1 and of the largest entry, is 0."""
    rows = [[x / max(1, *(abs(y) for y in row)) for x in row] for row in rows]  # exponentials may be huge
    least = SMALL * max((abs(x) for row in rows for x in row), default=mpmath.mpf(0))
    least = max(least, SMALL)
    found = 0
    while rows:
        size, i, j = max(((abs(x), i, j) for i, row in enumerate(rows) for j, x in enumerate(row)), default=(0, 0, 0))
        if size <= least or not size:
            break
        pivot = rows.pop(i)
        found += 1
        rows = [[x - row[j] / pivot[j] * y for x, y in zip(row, pivot, strict=True)] for row in rows]
    return found
