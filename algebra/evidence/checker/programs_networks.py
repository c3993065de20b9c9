"""Which polynomial network a program is: linear maps, perhaps with biases, and powers in turn."""

from __future__ import annotations

from typing import NamedTuple

from .limits import need
from .programs_reading import Program
from .reading import Network

NO_NETWORK = "the program is not seen to be a polynomial network"


class LinearMap(NamedTuple):
    """A scalar as a linear combination: what it is of, the weights that multiply it in the same order, and biases."""

    of: list[int]
    weights: list[int]
    biases: list[int]


def recognised(p: Program) -> Network:
    """Return the network, from the outputs down; every weight must be used once."""
    made = p.tape.made
    layer = list(p.outputs)
    widths, degrees, used = list[int](), list[int](), list[int]()
    have_biases: set[bool] = set()

    while True:
        # A layer: different scalars, each a linear combination of the same ones.
        need(len(set(layer)) == len(layer), NO_NETWORK)
        widths.append(len(layer))
        rows = [linear(p, u) for u in layer]
        below = sorted(rows[0].of)
        need(all(sorted(row.of) == below for row in rows), NO_NETWORK)
        for row in rows:
            used += [*row.weights, *row.biases]
            have_biases.add(len(row.biases) == 1)

        # Below it are all inputs,
        kinds = {made[v].kind for v in below}
        if kinds == {"input"}:
            need(len(below) == p.inputs, NO_NETWORK)
            widths.append(len(below))
            break

        # or powers of the layer before, with one exponent.
        need(kinds == {"power"}, NO_NETWORK)
        exponents = {made[v].number for v in below}
        need(len(exponents) == 1, NO_NETWORK)
        degrees.append(exponents.pop())
        layer = [made[v].of[0] for v in below]

    need(sorted(used) == list(range(p.parameters)), NO_NETWORK)
    need(len(have_biases) == 1, NO_NETWORK)
    return Network(tuple(widths[::-1]), tuple(degrees[::-1]), have_biases.pop())


def linear(p: Program, u: int) -> LinearMap:
    """Return what a scalar is a linear combination of, with the weights that multiply it, and the biases."""
    made = p.tape.made
    terms = made[u].terms if made[u].kind == "form" else (((u,), 1),)
    biases: list[int] = []

    # A bias is added by a step of its own: its other term is the linear map.
    while any(len(symbol) == 1 for symbol, _ in terms):
        singles = [symbol[0] for symbol, _ in terms if len(symbol) == 1]
        added = [v for v in singles if made[v].kind == "weight"]
        rest = tuple((symbol, c) for symbol, c in terms if symbol not in [(v,) for v in added])
        need(all(c == 1 for _, c in terms), NO_NETWORK)
        need(len(added) == 1 and len(rest) >= 1, NO_NETWORK)
        biases.append(made[added[0]].number)

        first = rest[0][0]
        is_step = len(rest) == 1 and len(first) == 1
        terms = made[first[0]].terms if is_step else rest

    # Each term is a weight times what is no weight.
    found = LinearMap([], [], biases)
    for symbol, c in terms:
        need(c == 1 and len(symbol) == 2, NO_NETWORK)
        weight, factor = sorted(symbol, key=lambda v: made[v].kind != "weight")
        need(made[weight].kind == "weight", NO_NETWORK)
        need(made[factor].kind != "weight", NO_NETWORK)
        found.weights.append(made[weight].number)
        found.of.append(factor)
    need(len(biases) <= 1 and len(terms) > 0, NO_NETWORK)
    return found
