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
    slopes = [tuple(i * c for i, c in enumerate(side))[1:] for side in activation]
    plus, minus = times(slopes[0], bottom), times(top, slopes[1])
    length = len(top) + len(bottom) + max(len(top), len(bottom))
    slope = [x - y for x, y in zip(padded(plus, length), padded(minus, length), strict=True)]
    moves = [[Fraction(0), *slope[:-1]], padded(times(top, bottom), length)]
    moves += [slope, padded(times(bottom, bottom), length)] if biases else []
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
    found, left = 0, [row for row in rows if any(row)]
    while left:
        pivot, *rest = left
        j = next(i for i, x in enumerate(pivot) if x)
        left = [[x - row[j] / pivot[j] * y for x, y in zip(row, pivot, strict=True)] for row in rest]
        found, left = found + 1, [row for row in left if any(row)]
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
    length = sum(len(component) for field in fields_ for component in field.values())
    products = length * forms(a.degrees[0], a.widths[0], True)  # each neuron's power has so many terms
    hold(products, 400, "the symmetries")
    spend(40 * products * (a.widths[0] + 1) * a.widths[2] + 100 * length * a.parameters, "the symmetries")
    spend(2 * (len(fields_) + a.widths[1]) ** 2 * a.parameters, "the symmetries")
    for field in fields_:
        need(all(not any(change.values()) for change in moved(a, entries, field)), "a field moves the function")
    drawn = iter(residues("slice", "symbols", 0, entries.count(None), 1, 10007))
    point = [next(drawn) if entry is None else entry for entry in entries]
    symbols = [value for value, entry in zip(point, entries, strict=True) if entry is None]
    rows = [[point[q] * weight % PRIME for q, weight in enumerate(scaling)] for scaling in scalings]
    for field in fields_:
        values = {q: sum(c * monomial(symbols, e) for e, c in terms_) % PRIME for q, terms_ in field.items()}
        rows.append([values.get(q, 0) for q in range(a.parameters)])
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
