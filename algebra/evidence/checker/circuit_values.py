"""Values of a circuit at points of both sides, modulo m.

A position is of kind 0 if no input that it sees varies, 1 if only inputs of the rows do, 2 of the columns, 3 if both.
The channels at a position are the product of four parts, one for the reads of each kind; the first is computed once,
the next two once for each row point and each column point, the last for every pair.
"""

from __future__ import annotations

from math import prod

from .circuits import Circuit
from .generator import residues

Vector = list[int]
Known = dict[int, Vector]  # by position
Weights = list[list[list[list[Vector]]]]  # by layer, position, offset, channel out


def values(
    circuit: Circuit, key: str, fixed: Known, vectors: list[dict[int, Known]], m: int, size: int = 1
) -> list[list[int]]:
    """Return the matrix of values: one row for each row point, one column for each column point.

    `fixed` holds the vectors of the positions that never change, `vectors` for either side those of each point.
    """
    weights, output = draw_weights(circuit, key, m, size)
    kinds = position_kinds(circuit, fixed, next(iter(vectors[0].values()), {}))
    constant = parts(circuit, weights, kinds, 0, fixed, m)
    rows, columns = (
        [parts(circuit, weights, kinds, which, shown, m, constant) for shown in side.values()]
        for which, side in zip((1, 2), vectors, strict=True)
    )
    found = []
    for row in rows:
        line = []
        for column in columns:
            crossing = parts(circuit, weights, kinds, 3, {}, m, constant, row, column)
            top = joined(len(output), [part[-1].get(0) for part in (constant, row, column, crossing)], m)
            line.append(sum(a * x for a, x in zip(output, top, strict=True)) % m)
        found.append(line)
    return found


def draw_weights(circuit: Circuit, key: str, m: int, size: int = 1) -> tuple[Weights, Vector]:
    """Draw the weights again, `size` words for each number."""
    shapes = []
    for k, layer in enumerate(circuit.layers):
        places = prod(circuit.shapes[k + 1]) if layer.sharing == "none" else 1
        offsets = 1 if layer.sharing == "full" else prod(layer.window)
        shapes.append((places, offsets, layer.channels, circuit.channels[k]))
    last = circuit.layers[-1].channels
    total = sum(map(prod, shapes))
    numbers = iter(residues(key, "weights", 0, total + last, size, m))
    weights = [
        [
            [[[next(numbers) for _ in range(before)] for _ in range(after)] for _ in range(offsets)]
            for _ in range(places)
        ]
        for places, offsets, after, before in shapes
    ]
    return weights, list(numbers) if circuit.output == "linear" else [1] + [0] * (last - 1)


def position_kinds(circuit: Circuit, fixed: Known, row: Known) -> list[list[int]]:
    """Return, for each grid and position, its kind."""
    kinds = [[0 if q in fixed else 1 if q in row else 2 for q in range(circuit.positions)]]
    for k, reads in enumerate(circuit.reads):
        found = [0] * prod(circuit.shapes[k + 1])
        for u, _, q in reads:
            found[u] |= kinds[-1][q]
        kinds.append(found)
    return kinds


def parts(
    circuit: Circuit, weights: Weights, kinds: list[list[int]], which: int, inputs: Known, m: int, *below: list[Known]
) -> list[Known]:
    """Return, for each grid, the products of the reads of one kind; `below` holds the parts of the other kinds."""
    found: list[Known] = [inputs]
    for k, reads in enumerate(circuit.reads):
        layer = circuit.layers[k]
        products: Known = {}
        known: Known = {}
        for u, o, q in reads:
            if kinds[k][q] != which:
                continue
            if q not in known:
                known[q] = joined(circuit.channels[k], [part[k].get(q) for part in (*below, found)], m)
            matrix = weights[k][u if layer.sharing == "none" else 0][o if layer.sharing != "full" else 0]
            factor = [sum(a * x for a, x in zip(line, known[q], strict=True)) % m for line in matrix]
            products[u] = joined(layer.channels, [products.get(u), factor], m)
        found.append(products)
    return found


def joined(channels: int, vectors: list[Vector | None], m: int) -> Vector:
    """Multiply vectors entry by entry; None stands for ones."""
    found = [1] * channels
    for vector in vectors:
        if vector is not None:
            found = [a * b % m for a, b in zip(found, vector, strict=True)]
    return found
