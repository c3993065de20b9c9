"""Cuts of unrolled circuits.

The ``tree`` has one hidden variable, a channel index, for each copy of a position: the root is the output's, and a copy
of position u of a layer has one copy below it for each read of its window; the inputs are observed and shared. Each
weight matrix is a factor that joins a copy with what it reads. Variables are numbered: the inputs that the output
depends on, ascending, then what is joined (below), then the copies layer by layer, in the order in which they are made.

``folded``: of each window, the reads whose inputs all lie on one side are joined into one observed variable of that
side. It has as many values as its copy, or fewer if the product over the reads of min(channels, M^inputs) is smaller.
``merged``: all copies of a position are one variable that stands for so many; the reads of the copies that are read
once are folded.

If no path of factors leads from the rows to the columns but through the variables, the matricization is a sum over
their values of matrices of rank 1: its rank is at most the number of different functions on either side. If n copies
of one vector of C channels are cut, while nothing is cut below them and nothing that reads them lies on this side, then
its functions do not change when the copies' values are exchanged: C(C + n - 1, n) of them, not C^n.

``equal-windows`` is the same with more exchanges: copies of windows that are equal functions of a side, see
`equal_functions`. One window of a fully shared layer that reads them all may then lie on that side: it multiplies each
of their values by the same matrix.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .circuits import Circuit, seen_inputs, windows
from .limits import LARGEST, capped_product, multisets, need, power
from .reading import fields, integers

MOST_COPIES = 200_000
"""Variables of an unrolled circuit; the library unrolls no more."""

MOST_JOINS = 500_000
"""Of two of them each: a few seconds and 100 MB."""


class Unrolled:
    """The variables of an unrolled circuit and what joins them."""

    def __init__(self, circuit: Circuit, rows: set[int], kind: str) -> None:
        self.circuit, self.rows, self.kind = circuit, rows, kind
        self.seen = seen_inputs(circuit)
        self.reads = [windows(circuit, k) for k in range(len(circuit.layers))]
        self.dims: list[int] = []
        self.copy_of: dict[int, tuple[int, int]] = {}  # layer (from 1) and position
        self.times: dict[int, int] = {}
        self.parents: dict[int, list[int]] = {}
        self.inputs: dict[int, int] = {}
        self.known_sides: dict[tuple[int, int], bool | None] = {}
        self.sides: dict[int, bool] = {}  # observed variables: whether they are of the rows
        self.joins: list[tuple[int, int]] = []

        # From the output down, a layer at a time.
        level = [self.copy(len(circuit.layers), 0)]
        self.times[0] = 1
        if circuit.output == "single":
            self.dims[0] = 1
        for layer in range(len(circuit.layers), 0, -1):
            known: dict[int, int] = {}
            level = [child for v in level for child in self.read(v, layer, known)]

    def variable(self, dim: int) -> int:
        """Add a variable."""
        self.dims.append(dim)
        need(len(self.dims) <= MOST_COPIES, "the circuit is too large to unroll")
        return len(self.dims) - 1

    def copy(self, layer: int, position: int) -> int:
        """Add a copy of a position."""
        v = self.variable(self.circuit.layers[layer - 1].channels)
        self.copy_of[v] = layer, position
        return v

    def side(self, layer: int, position: int) -> bool | None:
        """Tell which side a position sees; None: both."""
        if (layer, position) not in self.known_sides:
            inside = {q in self.rows for q in self.seen[layer][position]}
            self.known_sides[layer, position] = None if len(inside) == 2 else inside.pop()
        return self.known_sides[layer, position]

    def join(self, v: int, child: int) -> None:
        """Add a factor."""
        self.joins.append((v, child))
        need(len(self.joins) <= MOST_JOINS, "the circuit is too large to unroll")

    def link(self, v: int, child: int) -> None:
        """Let a copy read a variable."""
        self.parents.setdefault(child, []).append(v)
        self.times[child] = self.times.get(child, 0) + (self.times[v] if self.kind == "merged" else 1)
        self.join(v, child)

    def read(self, v: int, layer: int, known: dict[int, int]) -> list[int]:
        """Add what a copy reads; return the copies that are new."""
        fresh: list[int] = []
        widths: dict[bool, int] = {}
        folds = self.kind == "folded" or (self.kind == "merged" and self.times[v] == 1)
        for q in self.reads[layer - 1][self.copy_of[v][1]]:
            side = self.side(layer - 1, q)
            if layer == 1:
                # An input, shared by all that read it.
                if q not in self.inputs:
                    self.inputs[q] = self.variable(self.circuit.templates)
                    self.sides[self.inputs[q]] = q in self.rows
                self.join(v, self.inputs[q])
            elif side is not None and folds:
                # A read that sees one side only: it is folded below.
                inputs = power(self.circuit.templates, len(self.seen[layer - 1][q]))
                channels = self.circuit.layers[layer - 2].channels
                widths[side] = capped_product((widths.get(side, 1), min(channels, inputs)))
            else:
                # A copy of its own, or the one of its position.
                if self.kind != "merged" or q not in known:
                    known[q] = self.copy(layer - 1, q)
                    fresh.append(known[q])
                self.link(v, known[q])

        for side, width in widths.items():
            folded = self.variable(min(width, self.dims[v]))
            self.sides[folded] = side
            self.link(v, folded)
        return fresh

    def numbered(self) -> list[int]:
        """Return the variables in the order of their numbers in certificates."""
        inputs = [self.inputs[q] for q in sorted(self.inputs)]
        joined = [v for v in self.sides if v in self.parents]
        return [*inputs, *joined, *(v for v in range(len(self.dims)) if v not in self.sides)]


def cut_value(circuit: Circuit, rows: Iterable[int], proof: Any) -> int:
    """Return the bound that a cut proves."""
    rule, kind, given = fields(proof, "upper", "rule", "graph", "variables")
    need(kind in ("tree", "folded", "merged"), "the graph is unknown")
    unrolled = Unrolled(circuit, set(rows), kind)
    order = unrolled.numbered()
    numbers = integers(given, "variables", 0, min(len(order) - 1, LARGEST))
    cut = {order[n] for n in numbers}
    need(len(cut) == len(numbers), "the cut repeats a variable")
    reached = {side: reach(unrolled, cut, side) for side in (True, False)}
    need(reached[True].isdisjoint(reached[False]), "the variables do not separate the two sides")
    equal = {side: equal_functions(unrolled, side) if rule == "equal-windows" else None for side in reached}
    return min(side_functions(unrolled, cut, found, equal[side]) for side, found in reached.items())


def equal_functions(unrolled: Unrolled, side: bool) -> dict[int, tuple[int, int]]:
    """Name every copy by its layer and a position that is the same function of a side.

    If each position that a window reads sees one side only, and the layer is fully shared, then channel c of the window
    is, on each side, the product of the same sums over what it reads there: the multiset of these functions decides.
    """
    same = {(0, q): q for q in range(unrolled.circuit.positions)}
    for k, layer in enumerate(unrolled.circuit.layers):
        first: dict[tuple[int, ...], int] = {}
        for u, read in sorted(unrolled.reads[k].items()):
            seen = {q: unrolled.side(k, q) for q in read}
            same[k + 1, u] = u
            if layer.sharing == "full" and None not in seen.values():
                functions = sorted(same[k, q] for q in read if seen[q] == side)
                same[k + 1, u] = first.setdefault(tuple(functions), u)
    return {v: (layer, same[layer, u]) for v, (layer, u) in unrolled.copy_of.items()}


def reach(unrolled: Unrolled, cut: set[int], side: bool) -> set[int]:
    """Return the variables that one side reaches without the cut."""
    joined: dict[int, list[int]] = {}
    for a, b in unrolled.joins:
        joined.setdefault(a, []).append(b)
        joined.setdefault(b, []).append(a)
    found = {v for v, inside in unrolled.sides.items() if inside == side} - cut
    waiting = list(found)
    while waiting:
        fresh = set(joined.get(waiting.pop(), ())) - found - cut
        found |= fresh
        waiting += fresh
    return found


def side_functions(
    unrolled: Unrolled, cut: set[int], reached: set[int], equal: dict[int, tuple[int, int]] | None
) -> int:
    """Count the functions of one side: copies of one name that are free there by their multisets."""
    # All that reads something that is cut: it is not free.
    above: set[int] = set()
    waiting = list(cut)
    while waiting:
        fresh = set(unrolled.parents.get(waiting.pop(), ())) - above
        above |= fresh
        waiting += fresh

    # A free copy belongs to those of its name; with equal windows, that are read by the same window.
    factors: list[int] = []
    free: dict[tuple[tuple[int, int], int], list[int]] = {}
    for v in cut:
        count, parents = unrolled.times.get(v, 1), unrolled.parents.get(v, [])
        names = unrolled.copy_of if equal is None else equal
        is_free = v in names and v not in above
        if is_free and reached.isdisjoint(parents):
            free.setdefault((names[v], -1), []).append(v)
        elif is_free and equal is not None and len(parents) == count == 1 and is_read_alike(unrolled, v):
            free.setdefault((names[v], parents[0]), []).append(v)
        else:
            factors.append(power(unrolled.dims[v], count))

    # n free copies of one vector of C channels: C(C + n - 1, n) functions.
    for copies in free.values():
        count = sum(unrolled.times.get(v, 1) for v in copies)
        factors.append(multisets(unrolled.dims[copies[0]], count))
    return capped_product(factors)


def is_read_alike(unrolled: Unrolled, v: int) -> bool:
    """Tell whether the layer that reads a copy is fully shared."""
    layers, number = unrolled.circuit.layers, unrolled.copy_of[v][0]
    return number < len(layers) and layers[number].sharing == "full"
