"""Disjoint paths through circuits that are trees.

No position is read twice by what the output depends on, and each read has a matrix of its own. A path goes from an
input of the rows up to the first position above that sees its other end, an input of the columns, and down to it; it
has a width w. Give every channel index on it a digit of w values, let the matrices on it be 1 where the digits of both
neighbours agree and 0 elsewhere, and restrict the indices to the values that their digits name; all else is 1. If the
widths of the paths through each position multiply to at most its channels (its templates, for an input), the
matricization is, up to a constant and rows and columns of zeros or equal ones, a Kronecker product of identity
matrices: its rank is at least the product of the widths.
"""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import Any

from .circuits import Circuit, needed_positions, vanishes
from .limits import capped_product, need, spend
from .reading import fields, integer, integers

Site = tuple[int, int]  # layer (0: the inputs) and position


def path_product(circuit: Circuit, rows: set[int], proof: Any) -> int:
    """Return the product of the widths, if the paths are what the rule asks for."""
    _, paths = fields(proof, "lower", "rule", "paths")
    need(type(paths) is list, "paths is not a list")
    need(not vanishes(circuit), "the tensor vanishes")
    spend(20 * len(paths) * len(circuit.layers), "the paths")
    above = readers(circuit)
    carried: Counter[Site] = Counter()
    widths = []
    for entry in paths:
        width, ends = fields(entry, "a path", "width", "ends")
        width, ends = integer(width, "a width", 1), integers(ends, "ends", 0, circuit.positions - 1)
        need(len(ends) == 2 and ends[0] in rows and ends[1] not in rows, "a path does not start and end as it should")
        for site in between(circuit, above, ends[0], ends[1]):
            carried[site] = max(carried[site], 1) * width
            need(carried[site] <= room(circuit, site), "a position carries more than its channels")
        widths.append(width)
    return capped_product(widths)


def readers(circuit: Circuit) -> dict[Site, int]:
    """Return which position reads each; every one is read once, by a matrix of its own."""
    needed, found = needed_positions(circuit), {}
    for k, layer in enumerate(circuit.layers):
        used = [read for read in circuit.reads[k] if read[0] in needed[k + 1]]
        places = prod(circuit.shapes[k + 1])
        matrices = {
            (u if layer.sharing == "none" and places > 1 else 0, 0 if layer.sharing == "full" else o)
            for u, o, _ in used
        }
        need(len(matrices) == len(used) == len({q for _, _, q in used}), "the circuit is not a tree of free matrices")
        found.update({(k, q): u for u, _, q in used})
    return found


def between(circuit: Circuit, above: dict[Site, int], start: int, end: int) -> list[Site]:
    """Return the sites on the path between two inputs."""
    sites = [(0, start), (0, end)]
    for k in range(len(circuit.layers)):
        need((k, start) in above and (k, end) in above, "a path starts where the output does not depend on the input")
        start, end = above[k, start], above[k, end]
        if start == end:
            return [*sites, (k + 1, start)]
        sites += [(k + 1, start), (k + 1, end)]
    raise AssertionError  # the last layer has one position


def room(circuit: Circuit, site: Site) -> int:
    """Return how many values the channel index at a site has."""
    return 1 if site[0] == len(circuit.layers) and circuit.output == "single" else circuit.channels[site[0]]
