"""Convolutional arithmetic circuits and their grid tensors.

A ``circuit`` has a grid ``input_shape`` of positions (row-major), M ``templates``, ``layers`` and an ``output``. At
output position u of a layer the offsets o of the window look, on each axis, at the cells u*stride - shift + o of the
grid below (shift (window-1)//2 if the border is ``same``, else 0); the grid has floor((h - window)/stride) + 1 cells
left if it is ``valid``, else ceil(h/stride). Channel c is the product over the offsets inside of sum_d W[c, d] X[d].
Offsets outside are left out; if the border is ``zero`` they make the window 0. W depends on u and o (sharing ``none``),
on o (``sliding``) or on neither (``full``). A ``linear`` output sums the last channels with weights, a ``single`` one
is the first. The entry of the tensor at templates (t_q) has the unit vector of t_q at each position q.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any, NamedTuple

from .labels import circuit_label, layer_label
from .limits import BEYOND, MOST_AXES, MOST_LAYERS, hold, need, per_product, spend
from .reading import fields, integer, integers

Read = tuple[int, int, int]  # output position, offset, input position


class Layer(NamedTuple):
    """One layer."""

    window: tuple[int, ...]
    stride: tuple[int, ...]
    channels: int
    border: str
    sharing: str


class Circuit(NamedTuple):
    """A circuit, with the shapes of its grids and all reads of each layer."""

    templates: int
    layers: tuple[Layer, ...]
    output: str
    shapes: tuple[tuple[int, ...], ...]
    reads: tuple[tuple[Read, ...], ...]

    @property
    def positions(self) -> int:
        """N."""
        return prod(self.shapes[0])

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels of each grid."""
        return (self.templates, *(layer.channels for layer in self.layers))


def read_circuit(value: Any) -> Circuit:
    """Return a circuit."""
    shape, templates, given, output = fields(value, "circuit", "input_shape", "templates", "layers", "output")
    shapes, layers, reads = [integers(shape, "input_shape", 1)], [], []
    need(type(given) is list and 0 < len(given) <= MOST_LAYERS, f"there are not between 1 and {MOST_LAYERS} layers")
    need(0 < len(shapes[0]) <= MOST_AXES, f"there are not between 1 and {MOST_AXES} axes")
    hold(prod(shapes[0]), PER_POSITION, "the grid")
    spend(20 * prod(shapes[0]), "the grid")
    seen = jumps = (1,) * len(shapes[0])  # how many cells of each axis a position sees at most, and the next one skips
    need(output in ("linear", "single"), "the output is neither linear nor single")
    for entry in given:
        window, stride, channels, border, sharing = fields(
            entry, "a layer", "window", "stride", "channels", "border", "sharing"
        )
        sizes = integers(window, "window", 1), integers(stride, "stride", 1)
        need(all(len(size) == len(shapes[0]) for size in sizes), "window or stride has not one size per axis")
        need(border in ("clip", "same", "valid", "zero"), "the border is unknown")
        need(sharing in ("none", "sliding", "full"), "the sharing is unknown")
        need(all(r <= h for r, h in zip(sizes[0], shapes[-1], strict=True)), "a window is larger than the grid")
        layer = Layer(sizes[0], sizes[1], integer(channels, "channels", 1), border, sharing)
        shapes.append(tuple(axis_size(layer, axis, h) for axis, h in enumerate(shapes[-1])))
        count = prod(shapes[-1]) * prod(layer.window)
        hold(count, PER_READ, "the reads of the circuit")
        spend(count * (30 * len(shapes[0]) + 3 * prod(seen)), "the reads of the circuit")
        above = zip(seen, layer.window, jumps, shapes[0], strict=True)
        seen = tuple(min(cells + (r - 1) * jump, h) for cells, r, jump, h in above)
        jumps = tuple(map(int.__mul__, jumps, layer.stride))
        hold(prod(shapes[-1]), PER_POSITION + 70 * prod(seen), "what positions see")
        layers.append(layer)
        reads.append(tuple(layer_reads(layer, shapes[-2], shapes[-1])))
    need(prod(shapes[-1]) == 1, "the last layer leaves several positions")
    return Circuit(integer(templates, "templates", 1), tuple(layers), output, tuple(shapes), tuple(reads))


PER_READ = 150
"""Bytes of three numbers in a tuple."""

PER_POSITION = 250
"""Bytes of a small set."""


def axis_size(layer: Layer, axis: int, h: int) -> int:
    """Return how many windows there are along an axis."""
    window, stride = layer.window[axis], layer.stride[axis]
    return (h - window) // stride + 1 if layer.border == "valid" else -(-h // stride)


def layer_reads(layer: Layer, before: tuple[int, ...], after: tuple[int, ...]) -> Iterator[Read]:
    """Yield every factor of every window inside the grid."""
    for u, place in enumerate(product(*map(range, after))):
        for o, offset in enumerate(product(*map(range, layer.window))):
            cell = cell_below(layer, place, offset, before)
            if cell is not None:
                yield u, o, flat(cell, before)


def cell_below(
    layer: Layer, place: tuple[int, ...], offset: tuple[int, ...], before: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Return the cell that an offset looks at, None outside."""
    shifts = [(r - 1) // 2 if layer.border == "same" else 0 for r in layer.window]
    cell = tuple(u * s - k + o for u, s, k, o in zip(place, layer.stride, shifts, offset, strict=True))
    return cell if all(0 <= q < h for q, h in zip(cell, before, strict=True)) else None


def flat(cell: tuple[int, ...], shape: tuple[int, ...]) -> int:
    """Number a cell, row-major."""
    number = 0
    for place, size in zip(cell, shape, strict=True):
        number = number * size + place
    return number


def label_of(circuit: Circuit) -> str:
    """Return the permanent name of a circuit."""
    layers = [layer_label(*layer) for layer in circuit.layers]
    return circuit_label(circuit.shapes[0], circuit.templates, layers, circuit.output)


def vanishes(circuit: Circuit) -> bool:
    """Tell whether zero borders make the tensor 0: a window that leaves the grid is 0, and what reads it."""
    zero: set[int] = set()
    for k, layer in enumerate(circuit.layers):
        counts = Counter(u for u, _, _ in circuit.reads[k])
        zero = {u for u, _, q in circuit.reads[k] if q in zero}
        if layer.border == "zero":
            zero |= {u for u, count in counts.items() if count < prod(layer.window)}
    return 0 in zero


def needed_positions(circuit: Circuit) -> list[set[int]]:
    """Return, for each grid, the positions that the output depends on."""
    needed = [{0}]
    for reads in reversed(circuit.reads):
        needed.append({q for u, _, q in reads if u in needed[-1]})
    return needed[::-1]


def windows(circuit: Circuit, layer: int) -> dict[int, list[int]]:
    """Return which positions each window of a layer (from 0) reads."""
    found: dict[int, list[int]] = {}
    for u, _, q in circuit.reads[layer]:
        found.setdefault(u, []).append(q)
    return found


def seen_inputs(circuit: Circuit) -> list[list[set[int]]]:
    """Return, for each grid and position, the inputs that it sees."""
    seen = [[{q} for q in range(circuit.positions)]]
    for k in range(len(circuit.layers)):
        seen.append([set().union(*(seen[-1][q] for q in read)) for _, read in sorted(windows(circuit, k).items())])
    return seen


def pay_for_products(circuit: Circuit) -> None:
    """Pay for a product, at every read, of numbers that are at most the templates of all inputs seen."""
    seen = 1
    for layer, reads in zip(circuit.layers, circuit.reads, strict=True):
        seen = min(circuit.positions, seen * prod(layer.window))
        bits = min(BEYOND.bit_length(), seen * circuit.templates.bit_length())
        spend(len(reads) * (10 + per_product(bits) // 4), "the products at all reads")
