"""The independent checker of certificates: the standard library alone, to be read as their specification.

    python -I checker.py FILE        exit status 0: valid; 1: refused, and why; 2: not a certificate

A certificate claims ``lower <= dim V <= upper`` for the variety V (Zariski closure) of the functions of a network

    p(x) = W_h s_{h-1}( ... s_1(W_1 x + b_1) ... ) + b_h        (biases only where ``"biases": true``).

s_l is z -> z^{r_l} (``"degrees"``), or a quotient of polynomials with rational coefficients in ascending
order (``"activations"``), coordinate by coordinate. A ``"convolution"`` of filters k_l and strides t_l has one
output, no biases, and layers (w * x)_i = sum_j w_j x_{i t_l + j}; its input is as long as that output asks for.

**Random numbers.** ``words(key, stream, ...)`` below is the generator: block i (four 64-bit big-endian words)
is the SHA-256 of ``"key/stream/i"``. Integer q of a stream joins its words q*word_size ... (q+1)*word_size-1,
the first most significant.

**Lower bound.** Parameters are numbered layer by layer, each W_l row by row, then b_l (of convolutions the
filters); parameter q is integer q of stream ``weights``. Sample t is the input x_t = integers t*d_0 ... of
stream ``points`` with the covector c_t = integers t*d_h ... of stream ``covectors``. The matrix
J[t, q] = d/d(parameter q) of c_t . p(x_t) modulo ``prime`` has a minor at (``rows``, ``columns``) that is not
zero. The minor is the residue of a value of a rational function of the parameters. So that function is not
zero, the Jacobian of the network's parameterisation has at least that rank over Q(W), and dim V is at least the
minor's size. This needs no primality: a modulus is good if every pivot of the elimination, and every
denominator, is a unit. The rule ``trivial`` claims 0.

**Upper bound.** A list of statements "the variety of this network has dimension at most ``value``", each by a
rule from the earlier statements that ``parts`` names; the last speaks of the claim's network. The rules are
the functions in `RULES`, each under its theorem. Some ask for a lower bound s of the span of the activations of
a layer l (with biases: and of the constant 1). It is 0 unless a minor is shown that is not zero: row i is
neuron i of layer l (the constant comes last), column t is sample t; weights and points are drawn for the
network d_0 ... d_l as above, from ``span_key``, with words of size 1.

Nothing that can be recomputed is believed; unknown fields are refused, and so are sizes that would take hours.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache, partial
from hashlib import sha256
from itertools import combinations_with_replacement, pairwise
from itertools import product as tuples_of
from math import gcd, prod
from typing import Any, NamedTuple

FORMAT = "rankcert-certificate/1"
INFINITE = 1 << 100  # binomials stop here; no value that a certificate may claim comes near
LARGEST = 1 << 40  # of widths' products, degrees, values and sample numbers
MOST_LAYERS = 1000
MOST_PARAMETERS = 1_000_000
MOST_DEGREE = 512  # up to which `ambient` looks at the degrees that can be made
EXPONENT_BITS = 16
MOST_BITS = 1 << 14  # of the degree of the outputs
MOST_PAIRS = 10**8  # of layers, in all statements; of monomials, in a symmetry
MOST_WORK = 2 * 10**13  # bit operations, roughly; about an hour


class Refused(Exception):  # noqa: N818 - a verdict, not an error
    """The certificate does not prove its claim; the argument says why."""


class Report(NamedTuple):
    """The verdict: whether the claim is proved, why not, and what it says."""

    valid: bool
    reasons: tuple[str, ...]
    statement: str


Activation = int | tuple[tuple[Fraction, ...], tuple[Fraction, ...]]  # a degree, or numerator and denominator
Term = tuple[int, int, int]  # (neuron, input, parameter); the input after the last is the constant 1


class Network(NamedTuple):
    """Widths d_0 … d_h, activations, biases; `filters` and `strides` are empty unless it is convolutional."""

    widths: tuple[int, ...]
    activations: tuple[Activation, ...]
    biases: bool = False
    filters: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it is dense with powers: the networks that most rules speak of."""
        return not self.filters and all(isinstance(activation, int) for activation in self.activations)

    @property
    def degrees(self) -> tuple[int, ...]:
        """The degrees r_1 … r_{h-1} of a polynomial network."""
        return tuple(a if isinstance(a, int) else max(0, len(a[0]) - 1) for a in self.activations)

    @property
    def parameters(self) -> int:
        """Number of parameters."""
        dense = sum((before + self.biases) * after for before, after in pairwise(self.widths))
        return sum(self.filters) if self.filters else dense

    def head(self, k: int) -> Network:
        """Return d_0 … d_k: its outputs are the pre-activations of layer k."""
        return Network(self.widths[: k + 1], self.activations[: k - 1], self.biases)

    def tail(self, k: int) -> Network:
        """Return d_k … d_h, on the activations of layer k."""
        return Network(self.widths[k:], self.activations[k:], self.biases)

    def with_width(self, k: int, width: int) -> Network:
        """Replace d_k."""
        return self._replace(widths=(*self.widths[:k], width, *self.widths[k + 1 :]))


class Bound(NamedTuple):
    """An earlier statement of the chain."""

    of: Network
    value: int


# ---------------------------------------------------------------- the generator


def words(key: str, stream: str, count: int, start: int = 0) -> bytes:
    """Return `count` words of a stream from word `start` on, 8 bytes each, big-endian.

    Block i of 32 bytes (four words) is SHA-256 of ``"{key}/{stream}/{i}"`` in UTF-8.

    Examples
    --------
    >>> words("k", "weights", 1).hex() == sha256(b"k/weights/0").hexdigest()[:16]
    True
    """
    prefix = sha256(f"{key}/{stream}/".encode())
    blocks = []
    for i in range(start // 4, (start + count + 3) // 4):
        block = prefix.copy()
        block.update(b"%d" % i)
        blocks.append(block.digest())
    skipped = 8 * (start % 4)
    return b"".join(blocks)[skipped : skipped + 8 * count]


def residues(key: str, stream: str, start: int, count: int, size: int, modulus: int) -> list[int]:
    """Return integers start … start+count-1 of a stream, `size` words each, reduced."""
    drawn, step = words(key, stream, count * size, start * size), 8 * size
    return [int.from_bytes(drawn[i : i + step], "big") % modulus for i in range(0, step * count, step)]


# ---------------------------------------------------------------- reading


def need(condition: bool, reason: str) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise Refused(reason)


def fields(value: Any, name: str, *names: str) -> list[Any]:
    """Return the values of an object that has exactly these fields."""
    need(type(value) is dict, f"{name} is not an object")
    extra, missing = sorted(map(repr, set(value) - set(names))), sorted(set(names) - set(value))
    need(not extra, f"{name} has unknown fields: {', '.join(extra)[:200]}")
    need(not missing, f"{name} lacks {', '.join(missing)}")
    return [value[field] for field in names]


def integer(value: Any, name: str, least: int = 0, most: int = LARGEST) -> int:
    """Return an integer (no bool, no string) between two limits."""
    need(type(value) is int and least <= value <= most, f"{name} is not an integer between {least} and {most}")
    return int(value)


def integers(value: Any, name: str, least: int = 0, most: int = LARGEST) -> tuple[int, ...]:
    """Return a list of integers between two limits as a tuple."""
    need(type(value) is list, f"{name} is not a list")
    return tuple(integer(item, f"an entry of {name}", least, most) for item in value)


def text(value: Any, name: str) -> str:
    """Return an ASCII string."""
    need(
        type(value) is str and value.isascii() and len(value) < 1_000_000,
        f"{name} is not a short ASCII string",
    )
    return str(value)


def boolean(value: Any, name: str) -> bool:
    """Return true or false."""
    need(type(value) is bool, f"{name} is not true or false")
    return bool(value)


def coefficients(value: Any, name: str) -> tuple[Fraction, ...]:
    """Return rational coefficients written "p" or "p/q" in lowest terms, the leading one not zero."""
    need(type(value) is list and len(value) <= MOST_LAYERS, f"{name} is not a list of coefficients")
    good = all(type(c) is str and len(c) < 500 and re.fullmatch(r"-?\d+(/0*[1-9]\d*)?", c, re.A) for c in value)
    need(good, f"{name} has a coefficient that is not a string 'p' or 'p/q'")
    found = tuple(map(Fraction, value))
    need(list(map(str, found)) == value, f"{name} has a coefficient that is not in lowest terms")
    need(not found or found[-1] != 0, f"{name} has leading coefficient 0")
    return found


def read_widths(value: Any) -> tuple[int, ...]:
    """Return d_0 … d_h."""
    widths = integers(value, "widths", 1)
    need(2 <= len(widths) <= MOST_LAYERS, f"there are not between 2 and {MOST_LAYERS} widths")
    return widths


def read_network(value: Any) -> Network:
    """Return a network: dense with powers, dense with other activations, or convolutional."""
    need(type(value) is dict, "a network is not an object")
    if "convolution" in value:
        return read_convolution(*fields(value, "network", "convolution", "degrees"))
    if "activations" in value:
        widths, given, biases = fields(value, "network", "widths", "activations", "biases")
        need(type(given) is list, "activations is not a list")
        activations = tuple(map(read_activation, given))
        found = Network(read_widths(widths), activations, boolean(biases, "biases"))
    else:
        widths, degrees, biases = fields(value, "network", "widths", "degrees", "biases")
        found = Network(read_widths(widths), integers(degrees, "degrees", 1), boolean(biases, "biases"))
    need(len(found.activations) == len(found.widths) - 2, "there is not one activation for each hidden layer")
    return found


def read_activation(value: Any) -> Activation:
    """Return the degree of a power, or the numerator and the denominator of a rational function."""
    if type(value) is int:
        return integer(value, "a degree", 1)
    top, bottom = fields(value, "an activation", "numerator", "denominator")
    found = coefficients(top, "numerator"), coefficients(bottom, "denominator")
    need(len(found[1]) > 0, "an activation has denominator 0")
    return found


def read_convolution(sizes: Any, degrees: Any) -> Network:
    """Return a convolutional network."""
    both = fields(sizes, "convolution", "filters", "strides")
    filters, strides = (integers(side, "filters or strides", 1) for side in both)
    activations = integers(degrees, "degrees", 1)
    need(1 <= len(filters) <= MOST_LAYERS and len(strides) == len(filters), "filters and strides do not fit")
    need(len(activations) == len(filters) - 1, "there is not one degree for each hidden layer")
    widths = [1]
    for size, stride in zip(reversed(filters), reversed(strides), strict=True):
        widths.append(integer((widths[-1] - 1) * stride + size, "a width of the convolution", 1))
    return Network(tuple(reversed(widths)), activations, False, filters, strides)


def label(network: Network) -> str:
    """Return the network's permanent name."""
    if network.filters:
        parts = [
            "cnn",
            *(c + "-".join(map(str, n)) for c, n in (("k", network.filters), ("s", network.strides))),
        ]
    else:
        parts = ["pnn", "-".join(map(str, network.widths))]
    each = [activation_label(activation) for activation in network.activations]
    if each:
        shown = each[:1] if len(set(each)) == 1 else each
        parts.append(
            "r" + ",".join(shown) if all(isinstance(s, int) for s in network.activations) else "a" + ";".join(shown)
        )
    return ":".join(parts + ["b"] * network.biases)


def activation_label(activation: Activation) -> str:
    """Return an activation's part of the name."""
    if isinstance(activation, int):
        return str(activation)
    sides = [",".join(map(str, side)) for side in activation]
    return sides[0] if sides[1] == "1" else "|".join(sides)


# ---------------------------------------------------------------- evaluation modulo m


def terms(network: Network) -> list[list[Term]]:
    """List, layer by layer, which parameter multiplies which input into which neuron."""
    layers, first = [], 0
    if network.filters:
        for after, size, stride in zip(network.widths[1:], network.filters, network.strides, strict=True):
            need(after * size <= MOST_PARAMETERS, "the convolution is too large")
            layers.append([(i, i * stride + j, first + j) for i in range(after) for j in range(size)])
            first += size
        return layers
    for before, after in pairwise(network.widths):
        layer = [(i, j, first + i * before + j) for i in range(after) for j in range(before)]
        first += before * after
        if network.biases:
            layer += [(i, before, first + i) for i in range(after)]
            first += after
        layers.append(layer)
    return layers


def activate(activation: Activation, z: int, m: int) -> tuple[int, int]:
    """Return s(z) and s'(z)."""
    if isinstance(activation, int):
        below = pow(z, activation - 1, m)
        return below * z % m, below * activation % m
    (top, top_slope), (bottom, bottom_slope) = (horner(side, z, m) for side in activation)
    inverse = unit_inverse(bottom, m, "a denominator is no unit at a sample")
    return top * inverse % m, (top_slope - top * inverse * bottom_slope) * inverse % m


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


def forward(network: Network, layers: list[list[Term]], theta: list[int], x: list[int], m: int) -> Iterator[Any]:
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
    network: Network, layers: list[list[Term]], theta: list[int], x: list[int], covector: list[int], m: int
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
    """Tell whether elimination of a square matrix of residues finds a unit modulo m as every pivot.

    A row is packed into one integer, a slot for each column, the first column lowest; so adding a multiple of a row
    is two operations on integers. Slots are wide enough to put off their reduction until the row becomes a pivot.
    """
    n = len(matrix)
    size = (2 * m.bit_length() + n.bit_length() + 8) // 8
    width, mask = 8 * size, (1 << 8 * size) - 1
    waiting = [(pack(row, size), 0) for row in matrix]
    pivots: list[int] = []  # multiplied so that the pivot is -1, which is left out
    for column in range(n):
        for place, (row, done) in enumerate(waiting):
            for pivot in pivots[done:]:
                row = (row >> width) + (row & mask) % m * pivot
            waiting[place] = row, column
            if gcd((row & mask) % m, m) == 1:
                break
        else:
            return False
        del waiting[place]
        values = unpack(row, n - column, size, m)
        factor = -pow(values[0], -1, m)
        pivots.append(pack([value * factor % m for value in values[1:]], size))
    return True


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


def read_modulus(value: Any, size: int, terms_: int) -> int:
    """Return the modulus, if a minor of this size modulo it takes a sane time."""
    m = integer(value, "prime", 2, 1 << 4096)
    work = (size**3 // 4 + 100 * size * terms_) * (64 + m.bit_length())
    need(work <= MOST_WORK, "the minor is too large to be checked here")
    return m


def check_lower(network: Network, claimed: int, lower: Any) -> None:
    """Check the lower bound."""
    if type(lower) is dict and lower.get("rule") == "trivial":
        fields(lower, "lower", "rule")
        return need(claimed == 0, f"the trivial bound is 0, not the claim's lower bound {claimed}")
    names = ("rule", "prime", "key", "word_size", "rows", "columns")
    rule, prime, key, size, rows, columns = fields(lower, "lower", *names)
    need(rule == "jacobian-minor", "the lower bound's rule is unknown")
    count = network.parameters
    need(count <= MOST_PARAMETERS, f"there are more than {MOST_PARAMETERS} parameters")
    rows, columns = read_minor(rows, columns, LARGEST, count - 1)
    need(len(rows) == claimed, f"the claim's lower bound is {claimed}, but the minor has size {len(rows)}")
    layers = terms(network)
    m = read_modulus(prime, len(rows), sum(map(len, layers)))
    size, key = integer(size, "word_size", 1, 64), text(key, "key")
    theta = residues(key, "weights", 0, count, size, m)
    matrix = []
    for t in rows:
        x = residues(key, "points", t * network.widths[0], network.widths[0], size, m)
        covector = residues(key, "covectors", t * network.widths[-1], network.widths[-1], size, m)
        row = gradient(network, layers, theta, x, covector, m)
        matrix.append([row[q] for q in columns])
    need(is_regular(matrix, m), "the minor of the lower bound vanishes")


def certified_span(a: Network, layer: int, key: Any, prime: Any, rows: Any, columns: Any) -> int:
    """Return a lower bound for the span of the activations of a layer (with biases: and the constant 1)."""
    rows, columns = read_minor(rows, columns, a.widths[layer] + a.biases - 1, LARGEST)
    prefix = Network(a.widths[: layer + 1], a.activations[:layer], a.biases)
    need(prefix.parameters <= MOST_PARAMETERS, f"there are more than {MOST_PARAMETERS} parameters")
    layers = terms(prefix)
    m, key = read_modulus(prime, len(rows), sum(map(len, layers))), text(key, "span_key")
    theta = residues(key, "weights", 0, prefix.parameters, 1, m)
    matrix = []
    for t in columns:
        x = residues(key, "points", t * a.widths[0], a.widths[0], 1, m)
        passed = [x, *(outputs for _, outputs, _ in forward(prefix, layers, theta, x, m))]
        matrix.append([[*passed[-1], 1][i] for i in rows])
    need(is_regular(matrix, m), "the minor of a span vanishes")
    return len(rows)


# ---------------------------------------------------------------- Hilbert functions


def forms(t: int, variables: int, biases: bool) -> int:
    """Dimension of the forms of degree t (with biases: of the polynomials up to degree t), or `INFINITE`."""
    n = variables if biases else variables - 1
    small, large = sorted((n, t))
    found = 1
    for i in range(1, small + 1):  # binomial(large + i, i) grows with i, at least twofold
        found = found * (large + i) // i
        if found >= INFINITE:
            return INFINITE
    return found


def span_bound(a: Network, k: int, t: int) -> int:
    """Bound the span of the degree-t monomials in the activations of layer k (with biases: up to degree t).

    They are forms of degree t r_k … r_{j+1} in the activations of any earlier layer j.
    """
    best, degrees = INFINITE, a.degrees
    for j in range(k, -1, -1):
        best = min(best, forms_modulo_relation(a, j, t))
        t *= degrees[j - 1] if j else 1
    return best


def forms_modulo_relation(a: Network, j: int, t: int) -> int:
    """Bound the forms of degree t in the activations of layer j, as functions.

    If d_j > d_i for an earlier layer i, then d_i + 1 of them are forms of degree e = r_j ... r_{i+1} in d_i
    variables. The image of P^{d_i - 1} under such forms has degree at most e^{d_i - 1} (Bezout), so it lies on a
    hypersurface of that degree (with biases e^{d_i}, Perron), whose multiples vanish.
    """
    total, e, least, degrees = forms(t, a.widths[j], a.biases), 1, t + 1, a.degrees
    for i in range(j - 1, -1, -1):
        e *= degrees[i]
        if e.bit_length() - 1 > t.bit_length():
            break
        power = a.widths[i] - (not a.biases)
        if a.widths[j] > a.widths[i] and power * (e.bit_length() - 1) <= t.bit_length():
            least = min(least, e**power)
    found = total if total >= INFINITE or least > t else total - forms(t - least, a.widths[j], a.biases)
    if j == 1 and a.widths[1] == 2 * a.widths[0] - 1 and not a.biases:
        n, r = a.widths[0], degrees[0]
        found = min(found, forms(r * t, n, False) - double_points(n, r, t))
    return found


@cache
def double_points(n: int, r: int, t: int) -> int:
    """Count independent conditions that forms of degree r t must satisfy to be forms in l_1^r, ..., l_{2n-1}^r.

    For roots of unity w_i the equations l_i(P) = w_i l_i(Q) have a solution, and a polynomial in the l_i^r takes the
    same value at P and Q. The rank of these conditions at some forms l_i over a field F_m that holds the roots of unity
    is a lower bound of the rank at general forms. It is computed here, with forms drawn from the key "double points".
    """
    w = 2 * n - 1
    if not 3 <= n <= 4 or r < 3 or r ** (w - 1) > 5000 or forms(r * t, n, False) > 2500:
        return 0
    m = next(m for m in range(1 + (1 << 20) // r * r, 2, -r) if all(m % q for q in range(2, 1025)))
    orders = (pow(x, (m - 1) // r, m) for x in range(2, m))
    root = next(y for y in orders if all(pow(y, e, m) != 1 for e in range(1, r)))
    drawn = residues("double points", "weights", 0, w * n, 1, m)
    lines = [drawn[i : i + n] for i in range(0, w * n, n)]
    exponents = list(combinations_with_replacement(range(n), r * t))
    conditions = []
    for label in tuples_of(range(r), repeat=w - 1):
        if max(map([*label, 0].count, range(r))) < n and label <= tuple(-e % r for e in label):
            equations = [
                [*line, *(-pow(root, e, m) * c % m for c in line)] for line, e in zip(lines, [*label, 0], strict=True)
            ]
            solution = kernel_vector(equations, m)
            if solution is None:  # not unique, and so not that of general forms
                continue
            values = [[prod_mod([x[i] for i in e], m) for e in exponents] for x in (solution[:n], solution[n:])]
            conditions.append([(a - b) % m for a, b in zip(*values, strict=True)])
        if len(conditions) == 240:
            break
    return len(reduced(conditions, m))


def prod_mod(factors: list[int], m: int) -> int:
    """Product modulo m."""
    found = 1
    for factor in factors:
        found = found * factor % m
    return found


def reduced(rows: list[list[int]], m: int) -> dict[int, list[int]]:
    """Return a reduced basis of the rows modulo a prime m: pivot column -> row."""
    basis: dict[int, list[int]] = {}
    for row in rows:
        for column, other in basis.items():
            if row[column]:
                factor = row[column]
                row = [(a - factor * b) % m for a, b in zip(row, other, strict=True)]
        pivot = next((i for i, value in enumerate(row) if value), None)
        if pivot is not None:
            inverse = pow(row[pivot], -1, m)
            row = [value * inverse % m for value in row]
            for column, other in basis.items():
                if other[pivot]:
                    factor = other[pivot]
                    basis[column] = [(a - factor * b) % m for a, b in zip(other, row, strict=True)]
            basis[pivot] = row
    return basis


def kernel_vector(rows: list[list[int]], m: int) -> list[int] | None:
    """Return the solution of one equation fewer than unknowns; None if it is not unique up to a factor."""
    basis, unknowns = reduced(rows, m), len(rows[0])
    if len(basis) != unknowns - 1:
        return None
    free = next(i for i in range(unknowns) if i not in basis)
    return [1 if i == free else -basis[i][free] % m for i in range(unknowns)]


# ---------------------------------------------------------------- the rules of the upper bound
# Each takes the network, the layer k that the statement names (or 0), the earlier statements and the certified
# span; it refuses if a hypothesis fails, and returns the bound. V(d) is the variety of the network d.

Rule = Callable[[Network, int, list[Bound], int], int]


def same(part: Bound, wanted: Network) -> int:
    """Return the value of a part that speaks of the wanted network."""
    need(part.of == wanted, "a part speaks of another network than the rule asks for")
    return part.value


def one_layer(a: Network, _k: int, _parts: list[Bound], _s: int) -> int:
    """Without hidden layers the parameters are the coefficients."""
    need(len(a.widths) == 2, "there is a hidden layer")
    return a.parameters


def gauge(a: Network, _k: int, _parts: list[Bound], _s: int) -> int:
    """Move one neuron's input z by (alpha z + beta), its outgoing weights by gamma, and the next bias by epsilon.

    Where s'(z)(alpha z + beta) + gamma s(z) + epsilon = 0, the function stays: a vector field tangent to the
    fibre. For powers these are the scalings. The fields of all neurons are independent at a general point: look
    at the first layer in which one moves the incoming weights. For convolutions: one scaling of each filter.
    """
    if a.filters:
        return a.parameters - len(a.activations)
    neurons = zip(a.widths[1:-1], a.activations, strict=True)
    return a.parameters - sum(width * symmetries(activation, a.biases) for width, activation in neurons)


def symmetries(activation: Activation, biases: bool) -> int:
    """Dimension of the (alpha, gamma), with biases (alpha, beta, gamma, epsilon), of `gauge`; exact over Q."""
    if isinstance(activation, int):
        return 1
    top, bottom = activation
    slopes = [tuple(i * c for i, c in enumerate(side))[1:] for side in activation]
    plus, minus = times(slopes[0], bottom), times(top, slopes[1])
    length = len(top) + len(bottom) + max(len(top), len(bottom))
    slope = [x - y for x, y in zip(padded(plus, length), padded(minus, length), strict=True)]
    need(any(slope), "an activation is constant")
    moves = [[Fraction(0), *slope[:-1]], padded(times(top, bottom), length)]
    moves += [slope, padded(times(bottom, bottom), length)] if biases else []
    return len(moves) - rank(moves)


def times(a: Sequence[Fraction], b: Sequence[Fraction]) -> list[Fraction]:
    """Product of polynomials."""
    found = [Fraction(0)] * (len(a) + len(b))
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            found[i + j] += x * y
    return found


def padded(polynomial: Sequence[Fraction], length: int) -> list[Fraction]:
    """So many coefficients."""
    return [*polynomial, *[Fraction(0)] * length][:length]


def rank(rows: list[list[Fraction]]) -> int:
    """Rank of a matrix over Q."""
    found, left = 0, [row for row in rows if any(row)]
    while left:
        pivot, *rest = left
        j = next(i for i, x in enumerate(pivot) if x)
        left = [[x - row[j] / pivot[j] * y for x, y in zip(row, pivot, strict=True)] for row in rest]
        found, left = found + 1, [row for row in left if any(row)]
    return found


def ambient(a: Network, _k: int, _parts: list[Bound], _s: int) -> int:
    """The outputs are polynomials up to degree D; without biases only of the degrees that can be made."""
    need(all(isinstance(s, int) or len(s[1]) == 1 for s in a.activations), "an activation is not a polynomial")
    powers = all(isinstance(s, int) for s in a.activations)
    degree, n = prod(a.degrees), a.widths[0]
    if powers or a.biases or degree > MOST_DEGREE:
        return a.widths[-1] * forms(degree, n, a.biases or not powers)
    return a.widths[-1] * sum(forms(made, n, False) for made in output_degrees(a))


def output_degrees(a: Network) -> set[int]:
    """Degrees of the monomials of the outputs, without biases: sums of as many degrees as a power has factors."""
    found = {1}
    for s in a.activations:
        support = {s} if isinstance(s, int) else {i for i, c in enumerate(s[0]) if c}
        sums, made = {0}, set[int]()
        for power in range(max(support, default=0) + 1):
            made |= sums if power in support else set()
            sums = {x + y for x in sums for y in found}
        found = made
    return found


def rank_variety(a: Network, k: int) -> int:
    """Bound what follows layer k: d_h functions from a space of dimension n, of which m at most are independent.

    With biases all that is meant modulo the constants, which the last bias adds.
    """
    d, m = a.widths[-1], min(a.widths[-1], outputs_span(a))
    return m * (span_bound(a, k, prod(a.degrees[k:])) - a.biases + d - m) + d * a.biases


def outputs_span(a: Network) -> int:
    """Bound the span of the outputs for all last weights, with biases modulo the constants."""
    return span_bound(a, len(a.degrees), 1) - a.biases


def determinantal(a: Network, _k: int, _parts: list[Bound], _s: int) -> int:
    """The outputs span no more than the activations of layer h-1: a matrix of bounded rank."""
    return rank_variety(a, 0)


def fibre(a: Network, k: int, s: int) -> int:
    """Dimension of the orbits of the group that acts on the pre-activations of layer k and inversely on W_{k+1}.

    It is the torus of dimension d_k. If r_k = 1 it is all of GL(d_k), with biases the affine group: its orbits
    have dimension d_k m (with biases d_k more) if the pre-activations span m dimensions (modulo the constants).
    """
    d = a.widths[k]
    return max(d, d * min(s - a.biases, d) + d * a.biases) if a.degrees[k - 1] == 1 else d


def hilbert(a: Network, k: int, parts: list[Bound], s: int) -> int:
    """V(head) up to that group; then the outputs are forms on what layer k yields."""
    return same(parts[0], a.head(k)) - fibre(a, k, s) + rank_variety(a, k)


def cut(a: Network, k: int, parts: list[Bound], s: int) -> int:
    """V(head) x V(tail) -> V is dominant, and that group acts on its fibres (Kileel, Trager, Bruna 2019)."""
    return same(parts[0], a.head(k)) + same(parts[1], a.tail(k)) - fibre(a, k, s)


def linear_layer(a: Network, k: int, parts: list[Bound], _s: int) -> int:
    """If r_k = 1 and d_k >= min(d_{k-1}, d_{k+1}), then W_{k+1} W_k is any matrix: leave layer k out."""
    need(a.degrees[k - 1] == 1, "the layer's degree is not 1")
    need(a.widths[k] >= min(a.widths[k - 1], a.widths[k + 1]), "the layer is a bottleneck")
    left = Network(a.widths[:k] + a.widths[k + 1 :], a.degrees[: k - 1] + a.degrees[k:], a.biases)
    return same(parts[0], left)


def saturation(a: Network, k: int, parts: list[Bound], _s: int) -> int:
    """As many neurons as there are independent powers on layer k-1 (modulo constants) give all their combinations."""
    width = parts[0].of.widths[k] if k < len(parts[0].of.widths) else 0
    independent = span_bound(a, k - 1, a.degrees[k - 1]) - a.biases
    need(independent <= width <= a.widths[k], "the layer is not saturated")
    return same(parts[0], a.with_width(k, width))


def input_reduction(a: Network, _k: int, parts: list[Bound], _s: int) -> int:
    """The function factors through the d_1 forms of W_1: a point of a Grassmannian, and a function on C^{d_1}."""
    d0, d1 = a.widths[:2]
    need(d1 <= d0, "the first layer is wider than the input")
    return same(parts[0], a.with_width(0, d1)) + d1 * (d0 - d1)


def width_one(a: Network, k: int, parts: list[Bound], _s: int) -> int:
    """Behind a layer of width 1 the outputs are multiples c_i z^e of one power, z up to a scalar."""
    need(a.widths[k] == 1 and not a.biases, "the layer has not width 1, or there are biases")
    return same(parts[0], a.head(k)) + a.widths[-1] - 1


def output_span(a: Network, _k: int, parts: list[Bound], _s: int) -> int:
    """If m bounds the span of the outputs, all others are combinations of the first m (and constants)."""
    m, d = parts[0].of.widths[-1], a.widths[-1]
    need(len(a.degrees) > 0 and outputs_span(a) <= m <= d, "the outputs need not depend")
    return same(parts[0], a.with_width(len(a.widths) - 1, m)) + (m + a.biases) * (d - m)


def quadratic_output(a: Network, _k: int, parts: list[Bound], s: int) -> int:
    """One output, last degree 2: a quadratic form of rank q at most in the span of layer h-2's activations.

    So it is a sum of q squares of outputs of d_0 ... d_{h-2}, q (plus b_h). O(q) acts on the fibres; these
    outputs span at least s dimensions, so the stabiliser of a general point is in O(q - s).
    """
    h, q = len(a.widths) - 1, parts[0].of.widths[-1]
    need(a.widths[-1] == 1 and a.degrees[-1:] == (2,), "there is not one output that is a sum of squares")
    need(q >= min(a.widths[h - 1], span_bound(a, h - 2, 1)), "the quadratic form may have a larger rank")
    need(s <= q, "the span is larger than the rank")
    part = same(parts[0], Network((*a.widths[: h - 1], q), a.degrees[: h - 2], a.biases))
    return part - (q * (q - 1) - (q - s) * (q - s - 1)) // 2 + a.biases


def alexander_hirschowitz(a: Network, _k: int, parts: list[Bound], s: int) -> int:
    """The defective cases of Alexander and Hirschowitz (1995) of degree 3 and 4, each of defect 1."""
    exceptions = {(3, 5, 1, 4), (4, 9, 1, 4), (5, 14, 1, 4), (5, 7, 1, 3)}
    need((*a.widths, *a.degrees) in exceptions and not a.biases, "the network is no exception of the theorem")
    return min(gauge(a, 0, parts, s), ambient(a, 0, parts, s)) - 1


def segre_veronese(a: Network, _k: int, parts: list[Bound], s: int) -> int:
    """Secants of Segre-Veronese varieties of degree (1, r) of defect 1 (Ottaviani 2007, Abo, Brambilla 2009)."""
    d0, d1, d2, r = (*a.widths, *a.degrees) if len(a.widths) == 3 else (0, 0, 0, 0)
    family = r == 2 and d2 == 3 and d0 >= 4 and d0 % 2 == 0 and d1 == 3 * (d0 // 2) - 1
    known = family or (d0, d1, d2, r) in {(4, 6, 5, 2), (3, 5, 2, 3)}
    need(known and not a.biases, "the network is no known exception")
    return min(gauge(a, 0, parts, s), ambient(a, 0, parts, s)) - 1


def homogenisation(a: Network, _k: int, parts: list[Bound], _s: int) -> int:
    """With one hidden layer the first bias is one more input, set to 1; the last adds d_2 parameters."""
    need(len(a.widths) == 3 and a.biases, "there is not one hidden layer with biases")
    return same(parts[0], Network((a.widths[0] + 1, *a.widths[1:]), a.degrees, False)) + a.widths[2]


Polynomial = dict[int, int]  # coefficients; a monomial's exponents are its digits in base 2^EXPONENT_BITS


def symmetry(a: Network, moves: Any) -> int:
    """Bound one hidden layer by k vector fields (``fields``) tangent to the fibres, along a slice of the weights.

    Let d_1 >= d_0 and d_1 >= d_2. Linear (with biases affine) changes of the inputs and of the outputs and the
    scalings of neurons carry almost every network into the slice, and leave the Jacobian's rank as it is: neurons
    1 ... d_0 see one input each, the next their sum (with biases plus 1), the others have first weight 1; the last
    d_2 columns of W_2 are the identity, b_2 = 0. The weights that are left are the symbols, by their numbers.
    A field is a list of [parameter, [[exponents of the symbols, coefficient], ...]]. If it does not move the
    function, identically in inputs and symbols, and the fields and the d_1 scalings are independent at one point
    of the slice, then the rank is at most the number of parameters less d_1 + k.
    """
    need(len(a.widths) == 3 and a.widths[1] >= max(a.widths[0], a.widths[2]), "the network has no such slice")
    need(a.parameters <= 200 and a.degrees[0] <= 30, "the symmetries are too large to be checked here")
    entries, scalings = slice_of(a)
    need(type(moves) is list and len(moves) <= a.parameters, "fields is not a short list")
    fields_ = [read_field(move, entries.count(None), a.parameters) for move in moves]
    length = sum(len(component) for field in fields_ for component in field.values())
    work = length * forms(a.degrees[0], a.widths[0], True) * a.widths[2]
    need(work <= MOST_PAIRS, "the symmetries are too large to be checked here")
    for field in fields_:
        need(all(not any(change.values()) for change in moved(a, entries, field)), "a field moves the function")
    drawn = iter(residues("slice", "symbols", 0, entries.count(None), 1, 10007))
    point = [next(drawn) if entry is None else entry for entry in entries]
    symbols = [value for value, entry in zip(point, entries, strict=True) if entry is None]
    rows = [[Fraction(point[q] * weight) for q, weight in enumerate(scaling)] for scaling in scalings]
    for field in fields_:
        values = {q: sum(c * prod(map(pow, symbols, e)) for e, c in terms_) for q, terms_ in field.items()}
        rows.append([Fraction(values.get(q, 0)) for q in range(a.parameters)])
    need(rank(rows) == len(rows), "the fields are not independent")
    return a.parameters - len(rows)


def slice_of(a: Network) -> tuple[list[int | None], list[list[int]]]:
    """Return the slice (None where there is a symbol), and how the scalings move each parameter, by its multiples."""
    (d0, d1, d2), columns = a.widths, a.widths[0] + a.biases
    first = [[int(i == j) if i < d0 else 1 if i == d0 or j == 0 else None for j in range(columns)] for i in range(d1)]
    entries: list[int | None] = [entry for row in first for entry in row[:d0]]
    owners = [i for i in range(d1) for _ in range(d0)]
    if a.biases:
        entries, owners = entries + [row[d0] for row in first], owners + list(range(d1))
    inner = len(owners)
    entries += [None if j < d1 - d2 else int(j == d1 - d2 + i) for i in range(d2) for j in range(d1)]
    entries, owners = entries + [0] * (d2 * a.biases), owners + list(range(d1)) * d2 + [-1] * (d2 * a.biases)
    multiples = [1] * inner + [-a.degrees[0]] * (len(owners) - inner)
    return entries, [[m * (o == i) for m, o in zip(multiples, owners, strict=True)] for i in range(d1)]


def read_field(value: Any, symbols: int, count: int) -> dict[int, list[tuple[tuple[int, ...], int]]]:
    """Return the components of a vector field by their parameters."""
    need(type(value) is list and all(type(each) is list and len(each) == 2 for each in value), "a field is no list")
    found = {}
    for parameter, component in value:
        good = type(component) is list and all(type(term) is list and len(term) == 2 for term in component)
        need(good and len(component) <= 10_000, "a component is not a short list of terms")
        read = [
            (integers(e, "exponents", 0, 100), integer(c, "a coefficient", -INFINITE, INFINITE)) for e, c in component
        ]
        need(all(len(e) == symbols for e, _ in read), "there is not one exponent for each symbol")
        found[integer(parameter, "a parameter", 0, count - 1)] = read
    need(len(found) == len(value), "a field has two components for one parameter")
    return found


def moved(a: Network, entries: list[int | None], field: dict[int, Any]) -> Iterator[Polynomial]:
    """Yield what a field does to each output: sum_i L_i^{r-1} (dW_2[j,i] L_i + r W_2[j,i] dL_i) + db_2[j]."""
    (d0, d1, d2), r = a.widths, a.degrees[0]
    variable = [1 << EXPONENT_BITS * i for i in range(d0 + entries.count(None))]
    symbol = iter(variable[d0:])
    weights: list[Polynomial] = [{next(symbol): 1} if entry is None else {0: entry} for entry in entries]
    motion: list[Polynomial] = [{} for _ in entries]
    for q, component in field.items():
        motion[q] = total({sum(map(int.__mul__, e, variable[d0:])): c} for e, c in component)
    inputs = [{x: 1} for x in variable[:d0]] + [{0: 1}] * a.biases
    places = [[*range(i * d0, (i + 1) * d0), *[d1 * d0 + i] * a.biases] for i in range(d1)]
    forms_, moves = (
        [total(product(of[q], x) for q, x in zip(row, inputs, strict=True)) for row in places]
        for of in (weights, motion)
    )
    start = d1 * len(inputs)
    for j in range(d2):
        change = [motion[start + d2 * d1 + j]] if a.biases else []
        for i, (form, move) in enumerate(zip(forms_, moves, strict=True)):
            q = start + j * d1 + i
            inner = total([product(motion[q], form), product({0: r}, product(weights[q], move))])
            for _ in range(r - 1):
                inner = product(form, inner)
            change.append(inner)
        yield total(change)


def product(a: Polynomial, b: Polynomial) -> Polynomial:
    """Product of polynomials."""
    found: Polynomial = {}
    for e, c in a.items():
        for f, d in b.items():
            found[e + f] = found.get(e + f, 0) + c * d
    return found


def total(summands: Iterable[Polynomial]) -> Polynomial:
    """Sum of polynomials."""
    found: Polynomial = {}
    for summand in summands:
        for e, c in summand.items():
            found[e] = found.get(e, 0) + c
    return found


# name: the rule, its number of parts, whether it names a layer, how far before that layer (or the last) the span
# is taken; 0 if it takes none
RULES: dict[str, tuple[Rule, int, bool, int]] = {
    "one-layer": (one_layer, 0, False, 0),
    "gauge": (gauge, 0, False, 0),
    "ambient": (ambient, 0, False, 0),
    "determinantal": (determinantal, 0, False, 0),
    "linear-layer": (linear_layer, 1, True, 0),
    "saturation": (saturation, 1, True, 0),
    "input-reduction": (input_reduction, 1, False, 0),
    "width-one": (width_one, 1, True, 0),
    "cut": (cut, 2, True, 1),
    "hilbert": (hilbert, 1, True, 1),
    "output-span": (output_span, 1, False, 0),
    "quadratic-output": (quadratic_output, 1, False, 2),
    "alexander-hirschowitz": (alexander_hirschowitz, 0, False, 0),
    "segre-veronese": (segre_veronese, 0, False, 0),
    "homogenisation": (homogenisation, 1, False, 0),
    "symmetry": (gauge, 0, False, 0),  # less the fields that the statement brings along, see `symmetry`
}
SPAN = ("span_key", "span_prime", "span_rows", "span_columns")


def check_statement(entry: Any, earlier: list[Bound]) -> Bound:
    """Check one statement of the chain, given the earlier ones."""
    need(type(entry) is dict, "a statement of the upper bound is not an object")
    name = text(entry.get("rule"), "rule")
    need(name in RULES, "a rule of the upper bound is unknown")
    rule, count, layered, back = RULES[name]
    fields_ = ("fields",) if name == "symmetry" else ()
    spanned = SPAN if back and "span_key" in entry else ()
    described = ("network",) if "network" in entry else ("widths", "degrees", "biases")
    fields(entry, name, "rule", "value", "parts", *described, *["layer"] * layered, *spanned, *fields_)
    a = read_network(entry["network"] if "network" in entry else {field: entry[field] for field in described})
    need(a.is_plain != ("network" in entry), "a statement writes down its network in the wrong way")
    need(a.is_plain or name in ("gauge", "ambient"), f"{name} does not speak of such networks")
    need(prod(a.degrees).bit_length() <= MOST_BITS, "the degree is too large to be checked here")
    parts = [earlier[i] for i in integers(entry["parts"], f"the parts of {name}", 0, len(earlier) - 1)]
    need(len(parts) == count, f"{name} has not {count} parts")
    k = integer(entry["layer"], f"the layer of {name}", 1, len(a.widths) - 2) if layered else 0
    before = (k or len(a.widths) - 1) - back
    need(before >= 0, f"there are too few layers for {name}")
    try:
        span = certified_span(a, before, *(entry[field] for field in spanned)) if spanned else 0
        least = symmetry(a, entry["fields"]) if fields_ else rule(a, k, parts, span)
    except Refused as refusal:
        raise Refused(f"{name}: {refusal}") from None
    value = integer(entry["value"], "value")
    need(value >= least, f"{name} does not give the value {value} of {label(a)}")
    return Bound(a, value)


def check_upper(network: Network, claimed: int | None, chain: Any) -> None:
    """Check the upper bound."""
    if chain is None or claimed is None:
        return need(chain is claimed, "the claim's upper bound has no proof, or the proof no claim")
    need(type(chain) is list and len(chain) > 0, "the upper bound is not a list of statements")
    lists = [value for entry in chain if type(entry) is dict for value in entry.values() if type(value) is list]
    need(sum(len(value) ** 2 for value in lists) <= MOST_PAIRS, "the chain is too long to be checked here")
    bounds: list[Bound] = []
    for entry in chain:
        bounds.append(check_statement(entry, bounds))
    found = bounds[-1]
    need(found.of == network, "the upper bound's last statement speaks of another network")
    need(found.value == claimed, f"the claim's upper bound is {claimed}, but the chain gives {found.value}")


# ---------------------------------------------------------------- the document


def digest(document: dict[str, Any]) -> str:
    """Return the hash of everything but the digest, in canonical JSON (sorted, no spaces, ASCII)."""
    body = {name: value for name, value in document.items() if name != "digest"}
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return "sha256:" + sha256(canonical.encode("ascii")).hexdigest()


def check(document: Any) -> Report:
    """Check a certificate by recomputing everything that it says.

    Examples
    --------
    >>> check({"format": "something else"}).valid
    False
    """
    try:
        claim = read_document(document)
        quantity = claim.get("quantity") if type(claim) is dict else None
        need(quantity in QUANTITIES, f"the claim is about none of {', '.join(QUANTITIES)}")
        statement, checks = QUANTITIES[quantity](claim, document)
    except Refused as refusal:
        return Report(False, (str(refusal),), "")
    except (ValueError, TypeError, RecursionError) as problem:  # JSON that cannot be written canonically
        return Report(False, (f"the document is malformed: {problem}",), "")
    reasons = []
    for part in checks:
        try:
            part()
        except Refused as refusal:
            reasons.append(str(refusal))
    return Report(not reasons, tuple(reasons), statement)


def read_document(document: Any) -> Any:
    """Return the claim, if the document is what its digest says."""
    need(type(document) is dict and document.get("format") == FORMAT, f"the format is not {FORMAT}")
    need(
        all(name in document for name in ("claim", "made_by", "digest")), "the document lacks claim, made_by or digest"
    )
    need(document["digest"] == digest(document), "the digest does not fit: the document was changed")
    version, seed = fields(document["made_by"], "made_by", "rankcert", "seed")
    text(version, "made_by.rankcert")
    need(seed is None or type(seed) is int, "made_by.seed is not an integer")
    return document["claim"]


def dimension_claim(claim: Any, document: dict[str, Any]) -> Claim:
    """Two bounds of the dimension of one network's variety."""
    inner = ("quantity", "label", "network", "lower", "upper")
    _, name, described, lower, upper = fields(claim, "claim", *inner)
    proofs = fields(document, "document", "lower", "upper", "claim", "made_by", "digest", "format")
    network = read_network(described)
    need(text(name, "label") == label(network), "the label does not fit the network")
    lower = integer(lower, "claim.lower")
    upper = None if upper is None else integer(upper, "claim.upper", lower)
    between = f"at least {lower}" + ("" if upper is None else f" and at most {upper}")
    statement = f"the dimension of {name} is {lower if lower == upper else between}"
    return statement, [lambda: check_upper(network, upper, proofs[1]), lambda: check_lower(network, lower, proofs[0])]


def filling_claim(claim: Any, document: dict[str, Any]) -> Claim:
    """The complete list of minimal filling architectures of given ends, depth h and degree r.

    V never shrinks when a hidden width grows (an added neuron may be switched off), so filling is an up-set. At the
    corner of each region a bound is below the ambient dimension, so nothing in the region {w <= corner} fills; an
    unbounded entry of layer k is read as C(r^k + d_0 - 1, d_0 - 1), since more activations of that degree are dependent
    (see `saturation`). Each listed architecture fills, and the minimal points outside all regions are those listed: so
    these are the minimal filling architectures, and there are no others.
    """
    names = ("input", "output", "depth", "degree", "architectures")
    _, name, *ends, listed = fields(claim, "claim", "quantity", "label", *names)
    filling, regions, *_ = fields(document, "document", "filling", "regions", "claim", "made_by", "digest", "format")
    d0, dh, h, r = (integer(value, f"claim.{of}", 1) for of, value in zip(names, ends, strict=False))
    need(text(name, "label") == f"mfa:{d0}-{dh}:h{h}:r{r}", "the label does not fit the claim")
    need(h <= MOST_LAYERS and h * r.bit_length() <= MOST_BITS, "the problem is too large")
    ambient = dh * forms(r ** (h - 1), d0, False)
    most = tuple(forms(r**k, d0, False) for k in range(1, h))

    def network(hidden: tuple[int, ...]) -> Network:
        return Network((d0, *hidden, dh), (r,) * (h - 1))

    need(all(type(group) is list for group in (listed, filling, regions)), "a list is missing")
    points = [tuple(integers(widths, "architectures", 1)) for widths in listed]
    good = all(len(w) == h + 1 and (w[0], w[-1]) == (d0, dh) for w in points) and len(filling) == len(points)
    need(good and sorted(set(points)) == points, "the architectures are not distinct, sorted, and of these ends")

    def fills(i: int) -> None:
        check_lower(network(points[i][1:-1]), ambient, filling[i])

    def excludes(i: int) -> None:
        corner, chain = fields(regions[i], "a region", "corner", "upper")
        filled = [n if w is None else min(n, w) for w, n in zip(read_corner(corner, h - 1), most, strict=True)]
        need(type(chain) is list and len(chain) > 0 and type(chain[-1]) is dict, "a region has no proof")
        value = integer(chain[-1].get("value"), "a region's bound", 0, ambient - 1)
        check_upper(network(tuple(filled)), value, chain)

    def covers() -> None:
        corners = [read_corner(region.get("corner"), h - 1) for region in regions if type(region) is dict]
        need(minimal_outside(corners, h - 1) == [w[1:-1] for w in points], "regions and architectures do not fit")

    checks = [partial(fills, i) for i in range(len(points))] + [partial(excludes, i) for i in range(len(regions))]
    return f"the minimal filling architectures {name} are exactly the {len(points)} listed", [*checks, covers]


def read_corner(value: Any, length: int) -> tuple[int | None, ...]:
    """Return a region's corner: integers, or null for unbounded."""
    need(type(value) is list and len(value) == length, "a region's corner is not a list of the hidden widths")
    return tuple(None if w is None else integer(w, "a corner", 1) for w in value)


def minimal_outside(corners: list[tuple[int | None, ...]], length: int) -> list[tuple[int, ...]]:
    """Return the minimal points w >= 1 that lie below none of the corners, sorted."""
    points = {(1,) * length}
    for corner in corners:
        inside = {w for w in points if all(c is None or x <= c for x, c in zip(w, corner, strict=True))}
        up = {(*w[:k], c + 1, *w[k + 1 :]) for w in inside for k, c in enumerate(corner) if c is not None}
        points = set(least_points(points - inside, sorted(up, key=sum)))
        need(len(points) ** 2 <= MOST_PAIRS, "the regions leave too many minimal points")
    return sorted(points)


def least_points(kept: set[tuple[int, ...]], added: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return the kept points and those of the added ones (by increasing sum) that lie above no other."""
    found = list(kept)
    for w in added:
        if not any(all(x <= y for x, y in zip(v, w, strict=True)) for v in found):
            found.append(w)
    return found


Claim = tuple[str, list[Callable[[], None]]]
QUANTITIES: dict[Any, Callable[[Any, dict[str, Any]], Claim]] = {
    "dimension": dimension_claim,
    "minimal-filling": filling_claim,
}


def refuse_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Read a JSON object, in which no name may come twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice in an object")
    return found


def parse(raw: bytes) -> dict[str, Any]:
    """Read a certificate's JSON; anything else raises ValueError."""
    document = json.loads(raw, object_pairs_hook=refuse_repetition)
    if type(document) is not dict or document.get("format") != FORMAT:
        raise ValueError(f"the format is not {FORMAT}")
    return document


def main(arguments: Sequence[str]) -> int:
    """Check the file named on the command line."""
    try:
        (path,) = arguments
        with open(path, "rb") as file:
            document = parse(file.read())
    except (OSError, ValueError, RecursionError) as problem:
        print(f"not a certificate: {problem}", file=sys.stderr)
        return 2
    report = check(document)
    print(f"valid: {report.statement}" if report.valid else f"refused: {'; '.join(report.reasons)}")
    return 0 if report.valid else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
