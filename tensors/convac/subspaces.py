"""Upper bound of the generic rank by how subspaces intersect, for every circuit."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from tensors.convac.unrolled import Fields


class Cell(NamedTuple):
    """What is known of the channels of a position, as functions of rows times functions of columns.

    Parameters
    ----------
    spans : tuple of int
        Bounds of the dimensions that all of them span together, as functions of the rows and of the columns.
    """

    spans: tuple[int, int]

    @property
    def rank(self) -> int:
        """Bound of the rank of one linear combination of the channels."""
        return min(self.spans)


def subspace_value(fields: Fields) -> int:
    """Bound the rank by how the spaces of two channels must intersect.

    Channel g of a window is a product over the positions j that it reads of linear combinations of their channels. Such
    a combination is a sum of at most a_j products of a function of the rows and one of the columns, and its functions
    of the rows lie in the span of all that position j has, of dimension m_j >= a_j. Enlarged where they are smaller,
    they are a space U_gj of dimension a_j in one of dimension m_j. So channel g lies in the image of ``U_g1 x U_g2 …``
    under multiplication, which is linear whether or not the positions see common inputs. ``U_1j`` and ``U_2j`` meet at
    least in dimension ``max(0, 2 a_j - m_j)``, and tensor products of spaces meet in the tensor product of what these
    have in common: two channels span at most ``2 prod a_j - prod max(0, 2 a_j - m_j)`` dimensions, C channels half of C
    times that (a channel left over ``prod a_j``), and at most ``prod m_j`` and M to the number of inputs seen. The same
    for columns.

    Nothing in this depends on borders (a window that is 0 spans less), on sharing or on how many layers there are. A
    linear output is one combination of the last channels; a single output is one channel.

    Parameters
    ----------
    fields : Fields
        Of the circuit and the row side.

    Returns
    -------
    int

    Examples
    --------
    The minimal cut is 18 here:

    >>> from tensors.convac import ConvAC, Layer
    >>> subspace_value(Fields(ConvAC(9, 3, [Layer(3, 3, 5), Layer(3, 3, 2)]), (0, 1, 3, 5)))
    17
    """
    net = fields.architecture
    one_row, one_column = Cell((net.templates, 1)), Cell((1, net.templates))
    below = [one_row if rows else one_column for rows, _ in fields.seen[0]]
    for number, children in enumerate(fields.children):
        is_single = number + 1 == len(net.layers) and net.output == "single"
        channels = 1 if is_single else net.layers[number].channels
        # Of a million windows most are like their neighbours.
        above: list[Cell] = []
        known: dict[tuple[tuple[Cell, ...], tuple[int, int]], Cell] = {}
        for position, read in enumerate(children):
            window = (tuple([below[q] for q in read]), fields.counts(number + 1, position))
            if window not in known:
                known[window] = _joined(window[0], channels, net.templates, window[1])
            above.append(known[window])
        below = above
    return below[0].rank


def _joined(below: Sequence[Cell], channels: int, templates: int, seen: tuple[int, int]) -> Cell:
    one = prod(cell.rank for cell in below)
    return Cell(
        (_span(below, 0, channels, one, templates ** seen[0]), _span(below, 1, channels, one, templates ** seen[1]))
    )


def _span(below: Sequence[Cell], side: int, channels: int, one: int, most: int) -> int:
    common = prod(max(0, 2 * cell.rank - cell.spans[side]) for cell in below)
    together = channels // 2 * (2 * one - common) + channels % 2 * one
    return min(together, prod(cell.spans[side] for cell in below), most)
