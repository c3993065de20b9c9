"""About ``sqrt(N)`` parameters, exactly: the idea of Vardi, Yehudai and Shamir (ICLR 2022) in STEP and ID neurons.

The sorted points are cut into blocks of B. Two numbers belong to a block: the gaps between its consecutive cells and
its labels, both as bits. The block's numbers are selected by one threshold a block, then read point by point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from algebra.memorization.builder import Affine, Builder
from algebra.memorization.data import DataSet
from algebra.memorization.folding import step_layers, threshold
from algebra.memorization.layers import Activation, dense_of_runs
from algebra.memorization.network import RationalNetwork
from algebra.memorization.projection import project
from algebra.memorization.width3 import Folded, best_plan, label_of, start

ID, STEP = Activation.ID, Activation.STEP


@dataclass(frozen=True)
class Plan:
    """Folds, and blocks of `size` consecutive cells whose inner gaps have `gap_bits` bits."""

    folded: Folded
    size: int
    gap_bits: int
    parameters: int

    @property
    def cells(self) -> tuple[int, ...]:
        """The cells, sorted."""
        return tuple(sorted(self.folded.cells))


def plan(cells: Sequence[int], bits: int, inputs: int) -> Plan:
    """Choose the folds and the size of the blocks so that the parameters are fewest.

    Examples
    --------
    >>> plan((0, 3, 8, 9), 1, inputs=1).size
    1
    """
    return best_plan(
        cells,
        lambda state: _best_size(state, bits, inputs),
        lambda plan: plan.parameters,
        lambda state: 12 * state.layers,
    )


def _best_size(state: Folded, bits: int, inputs: int) -> Plan:
    gaps = np.array([0, *((after - before).bit_length() for before, after in pairwise(sorted(state.cells)))])
    best: Plan | None = None
    size = 1
    # reading costs at least 12 parameters a layer
    while best is None or (size <= len(state.cells) and 24 * bits * size < best.parameters):
        inner = longest_inside(gaps, size)
        count = dense_of_runs(shape(inputs, state.layers, -(-len(state.cells) // size), size, inner, bits))
        if best is None or count < best.parameters:
            best = Plan(state, size, inner, count)
        size += 1
    return best


def longest_inside(gaps: NDArray[np.int_], size: int) -> int:
    """Return the longest gap but those between blocks, which stand at the multiples of their size."""
    whole = len(gaps) // size * size
    inside = gaps[:whole].reshape(-1, size)[:, 1:]
    return int(max(inside.max(initial=0), gaps[whole + 1 :].max(initial=0)))


def shape(inputs: int, folds: int, blocks: int, size: int, gap_bits: int, bits: int) -> list[tuple[int, int]]:
    """Return the widths from the inputs to the output, as pairs ``(width, how many layers)``.

    Parameters
    ----------
    inputs : int
        Coordinates of a point.
    folds : int
        Layers of width 3 for the folds.
    blocks, size, gap_bits : int
        Number of blocks, points in each, bits of a gap.
    bits : int
        D, the bits of a label.

    Returns
    -------
    list of (int, int)
    """
    selecting = (4 if size > 1 else 3, blocks - 1)  # x, w, a threshold, and the gaps while some are to be read
    reading = (4, (size - 1) * (2 * bits + gap_bits) + max(size - 2, 0))
    return [(inputs, 1), (3, folds), selecting, reading, (3, 2 * bits - 1 + (size > 1)), (2, 1), (1, 1)]


def square_root(data: DataSet, seed: int = 0) -> RationalNetwork:
    """Memorise the data with about ``sqrt(N)`` parameters at width 4, in STEP and ID neurons.

    Parameters
    ----------
    data : DataSet
    seed : int
        Of the projection.

    Returns
    -------
    Network
        Of width at most 4; the output at each point is its label, exactly. Its weights have about ``sqrt(N)`` bits.

    Examples
    --------
    >>> from algebra.memorization.data import data_set
    >>> network = square_root(data_set([[0], [3], [8], [9]], [1, 0, 1, 0]))
    >>> [int(y) for y in network.evaluate([[0], [3], [8], [9]])], network.widths
    ([1, 0, 1, 0], (1, 3, 3, 3, 3, 2, 1))
    """
    projection = project(data, seed)
    chosen = plan(projection.floors, data.label_bits, data.dimension)
    builder = start(projection)
    for found in chosen.folded.folds:
        step_layers(builder, found.breakpoints)
    _select(builder, chosen, _stored(chosen, label_of(data, projection, chosen.folded.cells), data.label_bits))
    for slot in range(chosen.size):
        if slot:
            _next_point(builder, chosen, slot)
        _read_label(builder, chosen.size - slot, data.label_bits)
    network = builder.finish(Affine({"w": 1}))
    assert network.parameters == chosen.parameters
    return network


def _stored(chosen: Plan, labels: dict[int, int], bits: int) -> list[tuple[int, int, int]]:
    """Return each block's first cell, its gaps and its labels as numbers."""
    found, cells = [], chosen.cells
    for first in range(0, len(cells), chosen.size):
        block = cells[first : first + chosen.size]
        gaps = [after - before for before, after in pairwise(block)]
        found.append((
            block[0],
            _packed(gaps, chosen.size - 1, chosen.gap_bits),
            _packed([labels[cell] for cell in block], chosen.size + 1, bits),
        ))  # fmt: skip
    return found


def _packed(numbers: Sequence[int], count: int, bits: int) -> int:
    """Write numbers one after another, so many bits each, the first one highest, zeros up to `count`."""
    total = 0
    for number in numbers:
        total = total << bits | number
    return total << bits * (count - len(numbers))


def _select(builder: Builder, chosen: Plan, stored: Sequence[tuple[int, int, int]]) -> None:
    """Find the block from the last one down: x counts from its first cell, and moves up a block while below 0."""
    first, gaps, labels = stored[-1]
    x = builder.state["x"]
    builder.state = {"x": Affine(x.terms, x.constant - first), "u": Affine({}, gaps), "w": Affine({}, labels)}
    names = ("x", "w", "u") if chosen.size > 1 else ("x", "w")

    for block, below in pairwise(reversed(stored)):
        cell, gaps, labels = block
        cell_below, gaps_below, labels_below = below
        change = {"x": cell - cell_below, "w": labels_below - labels, "u": gaps_below - gaps}
        back = {name: -amount for name, amount in change.items()}
        _carry(builder, names, threshold("x", 0), back, change)


def _next_point(builder: Builder, chosen: Plan, slot: int) -> None:
    """Move x to the block's next point: the gap is read bit by bit; x jumps up once it falls below 0."""
    last = slot == chosen.size - 1
    for bit in reversed(range(chosen.gap_bits)):
        unit = 1 << chosen.gap_bits * (chosen.size - 1 - slot) + bit
        _carry(builder, ("x", "w", "u"), threshold("u", unit), {"x": -(1 << bit), "u": -unit})
    jump = (chosen.size + 1) << chosen.gap_bits
    _carry(builder, ("x", "w") if last else ("x", "w", "u"), threshold("x", 0), {"x": -jump}, {"x": jump})


def _read_label(builder: Builder, slots: int, bits: int) -> None:
    """Add the label's bits to the lowest bits of w where x is in ``[0, 1)``; `slots` of them are still in w."""
    is_last_slot = slots == 1
    names = tuple(name for name in ("x", "w", "u") if name in builder.state and not (is_last_slot and name == "u"))
    for bit in reversed(range(bits)):
        # The highest bit of w goes to a neuron of its own, n.
        unit = 1 << slots * bits + bit
        _carry(builder, names, threshold("w", unit), {"w": -unit}, new="n")

        # It is added where x is in the cell; with the last bit of all, x is done.
        kept = ("w",) if is_last_slot and not bit else names
        worth = 1 << bit
        _carry(builder, kept, (STEP, Affine({"x": 1, "n": -1})), {"w": -worth}, {"w": worth})


def _carry(
    builder: Builder,
    names: Sequence[str],
    neuron: tuple[Activation, Affine],
    changes: dict[str, int],
    constants: dict[str, int] | None = None,
    new: str | None = None,
) -> None:
    """Add a layer that carries quantities on and changes them where one more neuron fires.

    Parameters
    ----------
    names : sequence of str
        The quantities that are carried on.
    neuron : (Activation, Affine)
        The neuron that may fire, of the quantities before.
    changes, constants : dict
        What is added to a quantity where it fires, and everywhere.
    new : str, optional
        A quantity that is 1 where it fires.
    """
    carriers = [(ID, Affine({name: 1})) for name in names]
    fired = len(carriers)

    state = {}
    for k, name in enumerate(names):
        constant = constants.get(name, 0) if constants else 0
        state[name] = Affine({k: 1, fired: changes.get(name, 0)}, constant)
    if new is not None:
        state[new] = Affine({fired: 1})

    builder.layer([*carriers, neuron], state)
