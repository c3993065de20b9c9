"""A bound of the rank of a circuit's matricization by how the spaces of two channels intersect.

Channel g of a window is a product, over the positions j that it reads, of combinations of their channels. If such a
combination is a sum of a_j products of a function of the rows and one of the columns, its functions of one side lie in
a space U_gj of dimension a_j, in the span of position j's functions of that side, of dimension m_j. Multiplication is
linear on ``U_g1 x U_g2 x …``, also where positions see common inputs. ``U_1j`` and ``U_2j`` meet in dimension
``max(0, 2 a_j - m_j)`` at least, and tensor products of spaces in the product of these.
"""

from __future__ import annotations

from .circuits import Circuit, pay_for_products, seen_inputs, windows
from .limits import capped_product, power

Spans = tuple[int, int]  # dimensions that a position's channels span, as functions of the rows and of the columns


def subspace_bound(circuit: Circuit, rows: set[int]) -> int:
    """Bound the spans of all positions, layer by layer; a combination of channels has at most the lesser as its rank.

    A linear output is a combination of the last channels, a single output is one channel.
    """
    pay_for_products(circuit)
    seen = seen_inputs(circuit)
    spans: list[Spans] = [
        (circuit.templates, 1) if q in rows else (1, circuit.templates) for q in range(circuit.positions)
    ]
    for k, layer in enumerate(circuit.layers):
        is_single = k + 1 == len(circuit.layers) and circuit.output == "single"
        above = []
        for u, read in sorted(windows(circuit, k).items()):
            below = [spans[q] for q in read]
            counts = len(seen[k + 1][u] & rows), len(seen[k + 1][u] - rows)
            sizes = [
                min(channel_span(below, side, 1 if is_single else layer.channels), power(circuit.templates, count))
                for side, count in enumerate(counts)
            ]
            above.append((sizes[0], sizes[1]))
        spans = above
    return min(spans[0])


def channel_span(below: list[Spans], side: int, channels: int) -> int:
    """Return how many dimensions the channels of a window span at most: pairs of channels, and one left over."""
    one = capped_product(min(each) for each in below)
    pair = 2 * one - capped_product(max(0, 2 * min(each) - each[side]) for each in below)
    return min(channels // 2 * pair + channels % 2 * one, capped_product(each[side] for each in below))
