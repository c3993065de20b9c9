"""Which polynomial network a program is: linear maps, perhaps with biases, and powers in turn."""

from __future__ import annotations

from .limits import need
from .programs_reading import Program
from .reading import Network

NO_NETWORK = "the program is not seen to be a polynomial network"


def recognised(p: Program) -> Network:
    """Return the network, from the outputs down; every weight must be used once."""
    made = p.tape.made
    layer, widths, degrees, biases = list(p.outputs), list[int](), list[int](), set[bool]()
    used: list[int] = []
    while True:
        need(len(set(layer)) == len(layer), NO_NETWORK)
        widths.append(len(layer))
        rows = [linear(p, u) for u in layer]
        below = sorted(rows[0][0])
        need(all(sorted(row) == below for row, _, _ in rows), NO_NETWORK)
        used += [q for row, weights, bias in rows for q in (*weights, *bias)]
        biases |= {len(bias) == 1 for _, _, bias in rows}
        kinds = {made[v].kind for v in below}
        if kinds == {"input"}:
            need(len(below) == p.inputs, NO_NETWORK)
            widths.append(len(below))
            break
        need(kinds == {"power"}, NO_NETWORK)
        exponents = {made[v].number for v in below}
        need(len(exponents) == 1, NO_NETWORK)
        degrees.append(exponents.pop())
        layer = [made[v].of[0] for v in below]
    need(sorted(used) == list(range(p.parameters)) and len(biases) == 1, NO_NETWORK)
    return Network(tuple(widths[::-1]), tuple(degrees[::-1]), biases.pop())


def linear(p: Program, u: int) -> tuple[list[int], list[int], list[int]]:
    """Return what a scalar is a linear combination of, with the weights that multiply it, and the biases."""
    tape, taken, weights, biases = p.tape, list[int](), list[int](), list[int]()
    below: tuple[int, ...] = (u,)
    terms = tape.made[u].terms if tape.made[u].kind == "form" else (((u,), 1),)
    # A bias is added by a step of its own: its other term is the linear map.
    while any(len(symbol) == 1 for symbol, _ in terms):
        added = [symbol[0] for symbol, _ in terms if len(symbol) == 1 and tape.made[symbol[0]].kind == "weight"]
        rest = [(symbol, c) for symbol, c in terms if symbol not in [(v,) for v in added]]
        need(all(c == 1 for _, c in terms) and len(added) == 1 and len(rest) >= 1, NO_NETWORK)
        biases += [tape.made[v].number for v in added]
        below = rest[0][0]
        terms = tape.made[below[0]].terms if len(rest) == 1 and len(below) == 1 else tuple(rest)
    for symbol, c in terms:
        need(c == 1 and len(symbol) == 2, NO_NETWORK)
        weight, factor = sorted(symbol, key=lambda v: tape.made[v].kind != "weight")
        need(tape.made[weight].kind == "weight" and tape.made[factor].kind != "weight", NO_NETWORK)
        weights.append(tape.made[weight].number)
        taken.append(factor)
    need(len(biases) <= 1 and len(terms) > 0, NO_NETWORK)
    return taken, weights, biases
