"""Minors: the Jacobian and the activations at samples modulo m, and the elimination that proves a rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import gcd
from typing import Any

from .generator import residues
from .limits import LARGEST, hold, need, per_drawing, per_elimination, per_product, spend
from .reading import Activation, Network, fields, integer, integers, read_key

Terms = list[tuple[int, int, int]]
"""Of a layer: neuron, input and parameter of each; the input after the last is the constant 1."""


def terms(network: Network) -> list[Terms]:
    """List, layer by layer, which parameter multiplies which input into which neuron."""
    layers, first = [], 0
    if network.filters:
        for after, size, stride in zip(network.widths[1:], network.filters, network.strides, strict=True):
            layers.append([(i, i * stride + j, first + j) for i in range(after) for j in range(size)])
            first += size
        return layers
    for before, after in pairwise(network.widths):
        weights = [(i, j, first + i * before + j) for i in range(after) for j in range(before)]
        biases = [(i, before, first + before * after + i) for i in range(after * network.biases)]
        layers.append(weights + biases)
        first += (before + network.biases) * after
    return layers


def pay_for_samples(network: Network, samples: int, m: int, size: int) -> None:
    """Pay for the terms of a network and for its values, and derivatives, at so many samples."""
    if network.filters:
        count = sum(after * size for after, size in zip(network.widths[1:], network.filters, strict=True))
    else:
        count = network.parameters
    hold(count, 260 + 8 * size, "the network")  # a term, the weight, drawn from so many words, and its derivative
    neurons = sum(network.widths)
    hold(neurons + samples * max(network.widths), 100 + 8 * size, "a layer")

    activations = zip(network.widths[1:], network.activations, strict=False)
    values = sum(width * per_value(activation, m) for width, activation in activations)
    each = 8 * count * per_product(m.bit_length()) + values + per_drawing(neurons, size)
    spend(12 * count + per_drawing(network.parameters, size) + samples * each, "the network at all samples")


def per_value(activation: Activation, m: int) -> int:
    """Steps for one value and derivative of an activation."""
    if isinstance(activation, int):
        return 20 + activation.bit_length() * per_product(m.bit_length())
    digits = sum(c.numerator.bit_length() + c.denominator.bit_length() for side in activation for c in side)
    return 40 * (len(activation[0]) + len(activation[1]) + 1) * per_product(m.bit_length()) + digits


def activate(activation: Activation, z: int, m: int) -> tuple[int, int]:
    """Return s(z) and s'(z)."""
    if isinstance(activation, int):
        below = pow(z, activation - 1, m)
        return below * z % m, below * activation % m

    # The quotient rule: (top' - s bottom') / bottom.
    (top, top_slope), (bottom, bottom_slope) = (horner(side, z, m) for side in activation)
    inverse = unit_inverse(bottom, m, "a denominator is no unit at a sample")
    value = top * inverse
    return value % m, (top_slope - value * bottom_slope) * inverse % m


def horner(polynomial: Sequence[Fraction], z: int, m: int) -> tuple[int, int]:
    """Return the value and the derivative of a polynomial."""
    value = slope = 0
    for c in reversed(polynomial):
        slope = (slope * z + value) % m
        residue = c.numerator * unit_inverse(c.denominator, m, "a coefficient's denominator is no unit")
        value = (value * z + residue) % m
    return value, slope


def unit_inverse(value: int, m: int, reason: str) -> int:
    """Return the inverse modulo m, or refuse."""
    need(gcd(value, m) == 1, reason)
    return pow(value, -1, m)


def forward(network: Network, layers: list[Terms], theta: list[int], x: list[int], m: int) -> Iterator[Any]:
    """Yield, for each layer, its inputs (then the constant 1), its outputs and the slopes of its activation."""
    for layer, width in enumerate(network.widths[1:]):
        inputs, z = [*x, 1], [0] * width
        for i, j, q in layers[layer]:
            z[i] += theta[q] * inputs[j]
        if layer < len(network.activations):
            both = [activate(network.activations[layer], value % m, m) for value in z]
            x, slopes = [a for a, _ in both], [s for _, s in both]
        else:
            x, slopes = [value % m for value in z], [1] * width
        yield inputs, x, slopes


def gradient(
    network: Network, layers: list[Terms], theta: list[int], x: list[int], covector: list[int], m: int
) -> list[int]:
    """Return the derivatives of covector · p(x) in all parameters: one pass forward, one backward."""
    passed = list(forward(network, layers, theta, x, m))
    found, above = [0] * len(theta), covector
    for layer, (inputs, _, slopes) in reversed(list(zip(layers, passed, strict=True))):
        adjoint = [a * s % m for a, s in zip(above, slopes, strict=True)]
        above_inputs = [0] * len(inputs)
        for i, j, q in layer:
            found[q] += adjoint[i] * inputs[j]
            above_inputs[j] += theta[q] * adjoint[i]
        above = above_inputs[:-1]
    return [value % m for value in found]


def is_regular(matrix: list[list[int]], m: int) -> bool:
    """Tell whether elimination of a square matrix of residues finds a unit modulo m as every pivot."""
    n = len(matrix)
    return packed_pivots(matrix, n, slot_bytes(n, m), m) is not None


def slot_bytes(n: int, m: int) -> int:
    """Return the width of a slot that n multiples of rows of residues can be added in, without a reduction."""
    return (2 * m.bit_length() + n.bit_length() + 8) // 8


def packed_pivots(rows: list[list[int]], length: int, size: int, m: int) -> list[int] | None:
    """Eliminate as many leading columns as there are rows; None if some pivot is no unit modulo m.

    A row is packed into one integer, a slot for each column, the first column lowest; so adding a multiple of a row
    is two operations on integers. Slots are wide enough to put off their reduction until the row becomes a pivot.

    Parameters
    ----------
    rows : list of list of int
        Residues, in so many columns as `length` says, or fewer: the rest is 0.
    size : int
        Bytes of a slot; see `slot_bytes`.

    Returns
    -------
    list of int or None
        The pivot rows, packed from behind their pivot on, and multiplied so that the pivot is -1.
    """
    width, mask = 8 * size, (1 << 8 * size) - 1
    waiting = [(pack(row, size), 0) for row in rows]
    pivots: list[int] = []
    for column in range(len(rows)):
        for place, (row, done) in enumerate(waiting):
            for pivot in pivots[done:]:
                row = (row >> width) + (row & mask) % m * pivot
            waiting[place] = row, column
            if gcd((row & mask) % m, m) == 1:
                break
        else:
            return None
        del waiting[place]
        values = unpack(row, length - column, size, m)
        factor = -pow(values[0], -1, m)
        pivots.append(pack([value * factor % m for value in values[1:]], size))
    return pivots


def pack(values: list[int], size: int) -> int:
    """Join residues into one integer, `size` bytes each."""
    return int.from_bytes(b"".join([value.to_bytes(size, "little") for value in values]), "little")


def unpack(packed: int, count: int, size: int, m: int) -> list[int]:
    """Return the residues of the slots."""
    raw = packed.to_bytes(count * size, "little")
    return [int.from_bytes(raw[i : i + size], "little") % m for i in range(0, count * size, size)]


def read_minor(rows: Any, columns: Any, most_rows: int, most_columns: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return distinct rows and columns in range, as many of the one as of the other."""
    both = integers(rows, "rows", 0, most_rows), integers(columns, "columns", 0, most_columns)
    need(all(len(set(side)) == len(side) for side in both), "the minor repeats a row or a column")
    need(len(both[0]) == len(both[1]), "the minor is not square")
    return both


def read_modulus(value: Any, size: int) -> int:
    """Return the modulus, once the elimination of a minor of this size modulo it is paid for."""
    m = integer(value, "prime", 2, 1 << 4096)
    bits = m.bit_length()
    hold(2 * size * size, 40 + bits // 4, "the minor")
    spend(per_elimination(size, bits), "the minor")
    return m


def check_lower(network: Network, claimed: int, lower: Any) -> None:
    """Check the lower bound."""
    if type(lower) is dict and lower.get("rule") == "trivial":
        fields(lower, "lower", "rule")
        return need(claimed == 0, f"the trivial bound is 0, not the claim's lower bound {claimed}")
    names = ("rule", "prime", "key", "word_size", "rows", "columns")
    rule, prime, key, size, rows, columns = fields(lower, "lower", *names)
    need(rule == "jacobian-minor", "the lower bound's rule is unknown")

    # A minor of samples and parameters.
    count = network.parameters
    rows, columns = read_minor(rows, columns, LARGEST, count - 1)
    need(len(rows) == claimed, f"the claim's lower bound is {claimed}, but the minor has size {len(rows)}")
    m = read_modulus(prime, len(rows))
    size, key = integer(size, "word_size", 1, 64), read_key(key)
    pay_for_samples(network, len(rows), m, size)

    # Its rows: the gradient of a random combination of the outputs at a random input.
    layers, first, last = terms(network), network.widths[0], network.widths[-1]
    theta = residues(key, "weights", 0, count, size, m)
    minor = []
    for t in rows:
        x = residues(key, "points", t * first, first, size, m)
        covector = residues(key, "covectors", t * last, last, size, m)
        row = gradient(network, layers, theta, x, covector, m)
        minor.append([row[q] for q in columns])
    need(is_regular(minor, m), "the minor of the lower bound vanishes")


def certified_span(a: Network, layer: int, key: Any, prime: Any, rows: Any, columns: Any) -> int:
    """Return a lower bound for the span of the activations of a layer (with biases: and the constant 1)."""
    rows, columns = read_minor(rows, columns, a.widths[layer] + a.biases - 1, LARGEST)
    prefix = Network(a.widths[: layer + 1], a.activations[:layer], a.biases)
    m, key = read_modulus(prime, len(rows)), read_key(key, "span_key")
    pay_for_samples(prefix, len(rows), m, 1)

    layers, first = terms(prefix), a.widths[0]
    theta = residues(key, "weights", 0, prefix.parameters, 1, m)
    minor = []
    for t in columns:
        outputs = residues(key, "points", t * first, first, 1, m)
        for _, passed, _ in forward(prefix, layers, theta, outputs, m):
            outputs = passed
        values = [*outputs, 1]
        minor.append([values[i] for i in rows])
    need(is_regular(minor, m), "the minor of a span vanishes")
    return len(rows)
