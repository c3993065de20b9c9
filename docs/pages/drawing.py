"""A layered drawing: parts on floors, arrows that go down between the parts and never behind one.

An arrow over several floors passes a slot of its own on each of them. Slots and parts of a floor are put into an order,
and then moved, towards the middle of what they are joined to (Sugiyama, Tagawa and Toda 1981).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

SLOT = 8.0  # the width that an arrow takes where it passes a floor
APART = 12.0  # between neighbours
SWEEPS = 12  # more do not change the picture

Node = tuple[str, ...]  # the rooms of a part; a slot is named by the arrow and its floor


@dataclass(frozen=True)
class Layout:
    """Where the middle of each part and slot is on its floor, and the chain of them that each arrow takes."""

    x: dict[Node, float]
    chains: dict[tuple[Node, Node], tuple[Node, ...]]


def layout(
    levels: Sequence[Sequence[Node]], arrows: Sequence[tuple[Node, Node]], wide: dict[Node, float], room: float
) -> Layout:
    """Place parts and slots.

    Parameters
    ----------
    levels : sequence of sequence of Node
        The parts of each floor, from the ground up.
    arrows : sequence of pairs
        From a part to one on a lower floor.
    wide : dict
        Width of each part.
    room : float
        Width of the picture.

    Returns
    -------
    Layout
        With all middles from 0 to `room`.

    Examples
    --------
    >>> a, b, c = ("a",), ("b",), ("c",)
    >>> found = layout([[c], [b], [a]], [(a, b), (b, c), (a, c)], dict.fromkeys((a, b, c), 40.0), 200)
    >>> len(found.chains[a, c]), abs(found.x[found.chains[a, c][1]] - found.x[b]) >= 24
    (3, True)
    """
    floor = {node: count for count, level in enumerate(levels) for node in level}
    items = [list(level) for level in levels]
    chains, widths = {}, dict(wide)
    for start, end in arrows:
        slots = [(*start, "to", *end, str(count)) for count in range(floor[start] - 1, floor[end], -1)]
        for slot in slots:
            items[int(slot[-1])].append(slot)
            widths[slot] = SLOT
        chains[start, end] = (start, *slots, end)

    joined: dict[Node, list[Node]] = {item: [] for level in items for item in level}
    for chain in chains.values():
        for upper, lower in itertools.pairwise(chain):
            joined[upper].append(lower)
            joined[lower].append(upper)

    x = {item: room * (place + 0.5) / len(level) for level in items for place, item in enumerate(level)}
    for _ in range(SWEEPS):
        for level in (*items, *reversed(items)):
            wanted = {item: fmean(x[other] for other in joined[item]) if joined[item] else x[item] for item in level}
            level.sort(key=lambda item: (wanted[item], item))
            x |= _spread(level, wanted, widths, room)
    return Layout(x, chains)


def _spread(level: list[Node], wanted: dict[Node, float], widths: dict[Node, float], room: float) -> dict[Node, float]:
    """Place the items of a floor in their order, apart from each other, on average where they are wanted."""
    found: dict[Node, float] = {}
    right = 0.0
    for item in level:
        found[item] = max(wanted[item], right + APART + widths[item] / 2)
        right = found[item] + widths[item] / 2
    shift = fmean(wanted[item] - found[item] for item in level)
    shift = min(shift, room - right)
    left = min(found[item] - widths[item] / 2 for item in level)
    shift = max(shift, -left)
    return {item: place + shift for item, place in found.items()}
