"""Windows that are the same function of one side of a partition, because their weights are fully shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tensors.convac.unrolled import Copy, Fields

Classes = list[list[int]]
"""For every grid (the input first) and position a number; equal numbers: equal functions of the side."""


def equal_windows(fields: Fields, row_side: bool) -> Classes:
    """Number the positions so that two of one grid with the same number are the same functions of one side.

    Let every position that a window reads see one side only. Then channel c of the window is a function of the rows
    times one of the columns: each is the product, over the positions of that side, of ``sum_d W[c, d] X[d]``. If the
    layer is fully shared, W is the same for all windows and offsets; so the function depends only on the multiset of
    the functions read on that side. All other windows are numbered apart.

    Parameters
    ----------
    fields : Fields
        Of a circuit and a row side; any borders.
    row_side : bool
        The side: the rows, or the columns.

    Returns
    -------
    Classes

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> from tensors.convac.unrolled import Fields
    >>> net = ConvAC(4, 2, [Layer(4, 1, 2, sharing="full"), Layer(4, 4, 1)])
    >>> equal_windows(Fields(net, (0, 1)), False)[1]
    [0, 0, 0, 1]
    """
    net = fields.architecture
    classes: Classes = [list(range(net.positions))]
    for number, children in enumerate(fields.children):
        known: dict[tuple[bool, tuple[int, ...]], int] = {}
        numbers = []
        for position, read in enumerate(children):
            sides = [fields.side(number, q) for q in read]
            if net.layers[number].sharing == "full" and None not in sides:
                mine = sorted(classes[number][q] for q, side in zip(read, sides, strict=True) if side is row_side)
                key = True, tuple(mine)
            else:
                key = False, (position,)
            numbers.append(known.setdefault(key, len(known)))
        classes.append(numbers)
    return classes


class Equal(NamedTuple):
    """What is equal because weights are fully shared.

    Parameters
    ----------
    classes : mapping
        `equal_windows` of the rows (True) and of the columns.
    full : tuple of bool
        For every layer whether it is fully shared.
    """

    classes: Mapping[bool, Classes]
    full: tuple[bool, ...]

    @classmethod
    def of(cls, fields: Fields) -> Equal | None:
        """Return what is equal in a circuit; None where no layer is fully shared."""
        full = tuple(layer.sharing == "full" for layer in fields.architecture.layers)
        return cls({side: equal_windows(fields, side) for side in (True, False)}, full) if any(full) else None

    def name(self, copy: Copy, side: bool) -> Copy:
        """Name a copy by the number of its class in place of its position."""
        return Copy(copy.layer, self.classes[side][copy.layer][copy.position])

    def is_read_alike(self, copy: Copy) -> bool:
        """Tell whether what reads a copy has the same matrix for all that it reads."""
        return copy.layer < len(self.full) and self.full[copy.layer]


def crossing_first_windows(fields: Fields, copies: Mapping[int, Copy]) -> tuple[int, ...]:
    """Return the variables of an unrolled circuit that are first windows with inputs on both sides."""
    return tuple(v for v, copy in copies.items() if copy.layer == 1 and fields.side(1, copy.position) is None)
