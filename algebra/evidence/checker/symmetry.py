"""Symmetries: those of one neuron, which `gauge` counts, and the vector fields that a statement brings along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from .generator import residues
from .hilbert import forms, reduced
from .limits import EXPONENT_BITS, INFINITE, hold, need, per_product, spend
from .reading import Activation, Network, integer, integers


def symmetries(activation: Activation, biases: bool) -> int:
    """Dimension of the (alpha, gamma), with biases (alpha, beta, gamma, epsilon), of `gauge`; exact over Q."""
    if isinstance(activation, int):
        return 1
    top, bottom = activation
    pay_for_symmetries(activation)

    # The numerator of the derivative of s = top/bottom: top' bottom - top bottom', over bottom^2.
    top_slope, bottom_slope = (tuple(i * c for i, c in enumerate(side))[1:] for side in activation)
    plus, minus = times(top_slope, bottom), times(top, bottom_slope)
    length = len(top) + len(bottom) + max(len(top), len(bottom))
    slope = [x - y for x, y in zip(padded(plus, length), padded(minus, length), strict=True)]

    # alpha moves s by z s', gamma by s; with biases beta moves it by s', epsilon by 1. All times bottom^2.
    moves = [[Fraction(0), *slope[:-1]], padded(times(top, bottom), length)]
    if biases:
        moves += [slope, padded(times(bottom, bottom), length)]
    return len(moves) - rank(moves)


def pay_for_symmetries(activation: tuple[Sequence[Fraction], Sequence[Fraction]]) -> None:
    """Pay for the four moves of a neuron and their rank: sums of products of two coefficients, then of eight."""
    top, bottom = map(len, activation)
    bits = sum(c.numerator.bit_length() + c.denominator.bit_length() for side in activation for c in side)
    length = top + bottom + max(top, bottom)
    hold(8 * length, 40 + bits, "the symmetries of an activation")
    steps = 60 * length**2 * per_product(2 * bits) + 600 * length * per_product(8 * bits)
    spend(steps, "the symmetries of an activation")


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
    found = 0
    left = [row for row in rows if any(row)]
    while left:
        pivot, *rest = left
        j = next(i for i, x in enumerate(pivot) if x)
        cleared = []
        for row in rest:
            factor = row[j] / pivot[j]
            cleared.append([x - factor * y for x, y in zip(row, pivot, strict=True)])
        left = [row for row in cleared if any(row)]
        found += 1
    return found


MOST_SYMBOLS = 200
"""Parameters of a network with further symmetries; each is a digit of the exponents of every monomial."""

PRIME = (1 << 61) - 1

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
    need(a.parameters <= MOST_SYMBOLS and a.degrees[0] <= 30, "the symmetries are too large to be checked here")
    entries, scalings = slice_of(a)
    need(type(moves) is list and len(moves) <= a.parameters, "fields is not a short list")
    fields_ = [read_field(move, entries.count(None), a.parameters) for move in moves]

    # All is paid for first: a neuron's power has so many terms, and each term of a field multiplies one.
    length = sum(len(component) for field in fields_ for component in field.values())
    products = length * forms(a.degrees[0], a.widths[0], True)
    hold(products, 400, "the symmetries")
    spend(40 * products * (a.widths[0] + 1) * a.widths[2] + 100 * length * a.parameters, "the symmetries")
    spend(2 * (len(fields_) + a.widths[1]) ** 2 * a.parameters, "the symmetries")

    # No field moves the function, identically.
    for field in fields_:
        still = all(not any(change.values()) for change in moved(a, entries, field))
        need(still, "a field moves the function")

    # A point of the slice, drawn from a key that is always the same.
    drawn = iter(residues("slice", "symbols", 0, entries.count(None), 1, 10007))
    point = [next(drawn) if entry is None else entry for entry in entries]
    symbols = [value for value, entry in zip(point, entries, strict=True) if entry is None]

    # The scalings and the fields there, a row each, are independent.
    rows = [[point[q] * weight % PRIME for q, weight in enumerate(scaling)] for scaling in scalings]
    for field in fields_:
        row = [0] * a.parameters
        for q, component in field.items():
            row[q] = sum(c * monomial(symbols, e) for e, c in component) % PRIME
        rows.append(row)
    need(len(reduced(rows, PRIME)) == len(rows), "the fields are not independent")
    return a.parameters - len(rows)


def monomial(symbols: Sequence[int], exponents: Sequence[int]) -> int:
    """Return the value of a monomial modulo `PRIME`: what is independent there is so over Q."""
    found = 1
    for symbol, exponent in zip(symbols, exponents, strict=True):
        if exponent:
            found = found * pow(symbol, exponent, PRIME) % PRIME
    return found


def slice_of(a: Network) -> tuple[list[int | None], list[list[int]]]:
    """Return the slice (None where there is a symbol), and how the scalings move each parameter, by its multiples."""
    d0, d1, d2 = a.widths

    # W_1, then b_1: the first d_0 neurons see one input each, the next their sum, the others have first weight 1.
    first = [first_row(i, d0, d0 + a.biases) for i in range(d1)]
    entries = [entry for row in first for entry in row[:d0]]
    owners = [i for i in range(d1) for _ in range(d0)]
    if a.biases:
        entries += [row[d0] for row in first]
        owners += range(d1)
    inner = len(owners)

    # W_2 ends with the identity; b_2 = 0, which no scaling moves.
    for i in range(d2):
        entries += [None] * (d1 - d2)
        entries += [int(i == j) for j in range(d2)]
    owners += [*range(d1)] * d2
    if a.biases:
        entries += [0] * d2
        owners += [-1] * d2

    # A scaling multiplies what enters its neuron, and divides what leaves it by the r-th power.
    multiples = [1] * inner + [-a.degrees[0]] * (len(owners) - inner)
    places = list(zip(multiples, owners, strict=True))
    return entries, [[m if owner == i else 0 for m, owner in places] for i in range(d1)]


def first_row(i: int, inputs: int, columns: int) -> list[int | None]:
    """Return the weights of one neuron in the slice; the last is the bias where there are more than the inputs."""
    if i < inputs:
        return [int(i == j) for j in range(columns)]
    if i == inputs:
        return [1] * columns
    return [1, *[None] * (columns - 1)]


def read_field(value: Any, symbols: int, count: int) -> dict[int, list[tuple[tuple[int, ...], int]]]:
    """Return the components of a vector field by their parameters."""
    need(type(value) is list and all(type(each) is list and len(each) == 2 for each in value), "a field is no list")
    found = {}
    for parameter, component in value:
        good = type(component) is list and all(type(term) is list and len(term) == 2 for term in component)
        need(good and len(component) <= 10_000, "a component is not a short list of terms")
        read = []
        for exponents, coefficient in component:
            e = integers(exponents, "exponents", 0, 100)
            need(len(e) == symbols, "there is not one exponent for each symbol")
            read.append((e, integer(coefficient, "a coefficient", -INFINITE, INFINITE)))
        found[integer(parameter, "a parameter", 0, count - 1)] = read
    need(len(found) == len(value), "a field has two components for one parameter")
    return found


def moved(a: Network, entries: list[int | None], field: dict[int, Any]) -> Iterator[Polynomial]:
    """Yield what a field does to each output: sum_i L_i^{r-1} (dW_2[j,i] L_i + r W_2[j,i] dL_i) + db_2[j]."""
    (d0, d1, d2), r = a.widths, a.degrees[0]

    # The inputs are the first variables, the symbols the others; a variable is the digit of its exponent.
    variables = [1 << EXPONENT_BITS * i for i in range(d0 + entries.count(None))]
    inputs, symbols = variables[:d0], variables[d0:]

    # Each weight, and how the field moves it.
    symbol = iter(symbols)
    weights: list[Polynomial] = [{next(symbol): 1} if entry is None else {0: entry} for entry in entries]
    motion: list[Polynomial] = [{} for _ in entries]
    for q, component in field.items():
        motion[q] = total({sum(map(int.__mul__, e, symbols)): c} for e, c in component)

    # The linear form L_i of each neuron, and how it moves.
    seen = [{x: 1} for x in inputs] + [{0: 1}] * a.biases
    forms_, moves = [], []
    for i in range(d1):
        places = [*range(i * d0, (i + 1) * d0), *[d1 * d0 + i] * a.biases]
        forms_.append(total(product(weights[q], x) for q, x in zip(places, seen, strict=True)))
        moves.append(total(product(motion[q], x) for q, x in zip(places, seen, strict=True)))

    # The outputs, one at a time.
    start = d1 * len(seen)
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
