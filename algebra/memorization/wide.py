"""The shallow variant: Theorem 1 of Park, Lee, Yun and Shin, COLT 2021, with wide layers in place of deep stacks.

Stage C takes one wide layer a fold, stage D1 one wide layer, and stage D2 reads R bits with two layers (Lemmas 20
and 21, with the one more step neuron for blocks that the printed count leaves out).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from algebra.errors import InputError
from algebra.exact.numbers import root_above
from algebra.memorization.builder import Affine, Builder
from algebra.memorization.data import DataSet
from algebra.memorization.folding import Breakpoint, threshold
from algebra.memorization.layers import Activation, dense_parameters
from algebra.memorization.network import RationalNetwork
from algebra.memorization.projection import project
from algebra.memorization.reading import Blocks, Covers, cover
from algebra.memorization.width3 import Folded, best_plan, label_of, start

ID, STEP = Activation.ID, Activation.STEP


@dataclass(frozen=True)
class Plan:
    """Folds, blocks, and the bits R that two layers read."""

    folded: Folded
    blocks: Blocks
    read: int
    parameters: int


def exponent_choice(count: int, exponent: Fraction) -> tuple[int, int]:
    """Return R and B that Theorem 1 takes for an exponent w: ``1 + floor((1.5w-1) log2 N)`` and ``ceil(N^(2-2w))``.

    Raises
    ------
    InputError
        If w is not between 2/3 and 1.

    Examples
    --------
    >>> exponent_choice(4096, Fraction(2, 3)), exponent_choice(4096, Fraction(1))
    ((1, 256), (7, 1))
    """
    if not Fraction(2, 3) <= exponent <= 1:
        raise InputError("exponent", str(exponent), "from 2/3 to 1")
    p, q = exponent.numerator, exponent.denominator
    read = 1 + ((count ** (3 * p - 2 * q)).bit_length() - 1) // (2 * q)
    return read, max(1, root_above(count ** (2 * q - 2 * p), q))


def widths(inputs: int, folds: Sequence[int], blocks: int, size: int, bits: int, read: int) -> list[int]:
    """Return the widths of the network, from the inputs to the output.

    Parameters
    ----------
    folds : sequence of int
        Number of thresholds of each fold.
    blocks, size : int
        A and B.
    bits, read : int
        D and R.

    Returns
    -------
    list of int
    """
    found = [inputs]
    for thresholds in folds:
        found += [thresholds + 1] if thresholds <= 2 else [thresholds + 1, 1]
    if blocks > 1:
        found += [blocks, 2]
    for chunk in _chunks(size, bits, read):
        found += [1 + (1 << chunk.read) + len(chunk.slots), 2 + chunk.read]
    return [*found[:-1], found[-1] - 1, 1]  # the last layer drops x


@dataclass(frozen=True)
class _Chunk:
    """Bits ``first..first+read-1`` of the stored number, and the block cells at which a threshold is needed."""

    first: int
    read: int
    slots: tuple[int, ...]


def _chunks(size: int, bits: int, read: int) -> Iterator[_Chunk]:
    for first in range(0, size * bits, read):
        taken = min(read, size * bits - first)
        slots = range(first // bits, (first + taken - 1) // bits + 2)
        yield _Chunk(first, taken, tuple(slot for slot in slots if 0 < slot < size))


def plan(cells: Sequence[int], bits: int, inputs: int, choice: tuple[int, int] | None = None) -> Plan:
    """Choose folds, blocks and R so that the parameters are fewest; R and B may be given.

    Examples
    --------
    >>> plan((0, 3, 8, 9), 1, inputs=1).parameters
    38
    """

    def plan_of(state: Folded) -> Plan:
        found = []
        for read, blocks in _options(state, bits, choice):
            shape = widths(inputs, _thresholds(state), len(blocks.starts), blocks.size, bits, read)
            found.append(Plan(state, blocks, read, dense_parameters(shape)))
        return min(found, key=lambda plan: plan.parameters)

    return best_plan(cells, plan_of, lambda plan: plan.parameters, lambda state: 5 * sum(_thresholds(state)))


def _thresholds(state: Folded) -> list[int]:
    return [len(fold.breakpoints) for fold in state.folds]


def _options(state: Folded, bits: int, choice: tuple[int, int] | None) -> Iterator[tuple[int, Blocks]]:
    cells = sorted(state.cells)
    if choice is not None:
        yield choice[0], cover(cells, choice[1])
        return
    covers = Covers(cells)
    for read in range(1, min(len(cells).bit_length(), 6) + 1):
        yield read, covers.best(Fraction(_pair_cost(read) * bits, 4 * read))


def _pair_cost(read: int) -> int:
    """Parameters of one pair of reading layers, about."""
    wide, narrow = (1 << read) + read + 2, read + 2
    return (narrow + 1) * wide + (wide + 1) * narrow


def wide(
    data: DataSet, seed: int = 0, exponent: Fraction | None = None, choice: tuple[int, int] | None = None
) -> RationalNetwork:
    """Memorise the data with wide layers.

    Parameters
    ----------
    data : DataSet
    seed : int
        Of the projection.
    exponent : Fraction, optional
        w of Theorem 1, from 2/3 (deep) to 1 (shallow). By default all choices are compared by their parameters.
    choice : (int, int), optional
        R and B themselves.

    Returns
    -------
    RationalNetwork

    Examples
    --------
    >>> from algebra.memorization.data import data_set
    >>> network = wide(data_set([[0], [3], [8], [9]], [1, 0, 1, 0]), exponent=Fraction(1))
    >>> [int(y) for y in network.evaluate([[0], [3], [8], [9]])], network.widths
    ([1, 0, 1, 0], (1, 4, 2, 3, 2, 1))
    """
    projection = project(data, seed)
    bits = data.label_bits
    choice = choice if exponent is None else exponent_choice(len(data), exponent)
    chosen = plan(projection.floors, bits, data.dimension, choice)
    blocks, cells = chosen.blocks, chosen.folded.cells

    # Project and fold.
    builder = start(projection)
    for fold in chosen.folded.folds:
        _fold(builder, fold.breakpoints)

    # Select the block, and read its bits, some at a time.
    _select(builder, blocks, blocks.words(label_of(data, projection, cells), bits))
    chunks = list(_chunks(blocks.size, bits, chosen.read))
    for chunk in chunks:
        _split(builder, chunk, blocks.size, bits)
        _add(builder, chunk, bits, last=chunk is chunks[-1])

    network = builder.finish(Affine({"w": 1}))
    assert network.parameters == chosen.parameters
    return network


def _fold(builder: Builder, breakpoints: Sequence[Breakpoint]) -> None:
    neurons = [(ID, Affine({"x": 1})), *(threshold("x", at) for at, _ in breakpoints)]
    changes = {k: change for k, (_, change) in enumerate(breakpoints, start=1)}
    builder.layer(neurons, {"x": Affine({0: 1, **changes})})
    if len(breakpoints) > 2:
        builder.layer([(ID, Affine({"x": 1}))], {"x": Affine({0: 1})})


def _select(builder: Builder, blocks: Blocks, words: Sequence[int]) -> None:
    """Stage D1 in one layer, and one that keeps x and w alone."""
    starts = blocks.starts
    x = builder.state["x"]
    builder.state = {"x": Affine(x.terms, x.constant - starts[0]), "w": Affine({}, words[0])}
    if len(starts) == 1:
        return

    # Past the start of a block x falls by the length of the one before, and w becomes its word.
    steps = {k: before - after for k, (before, after) in enumerate(pairwise(starts), start=1)}
    changes = {k: after - before for k, (before, after) in enumerate(pairwise(words), start=1)}
    x_kept, w_kept = (ID, Affine({"x": 1})), (ID, Affine({"w": 1}))
    thresholds = [threshold("x", at - starts[0]) for at in starts[1:]]
    state = {"x": Affine({0: 1, **steps}), "w": Affine(changes, words[0])}
    builder.layer([x_kept, *thresholds], state)
    builder.layer([x_kept, w_kept], {"x": Affine({0: 1}), "w": Affine({1: 1})})


def _split(builder: Builder, chunk: _Chunk, size: int, bits: int) -> None:
    """Find the next bits of w by thresholds at every value, and where x is by thresholds between the cells."""
    count = (1 << chunk.read) - 1
    unit = 1 << (size + 1) * bits - chunk.first - chunk.read

    # Neurons: x, w, a threshold at every value of the bits, and one between any two cells.
    neurons = [(ID, Affine({"x": 1})), (ID, Affine({"w": 1}))]
    neurons += [threshold("w", unit * value) for value in range(1, count + 1)]
    neurons += [threshold("x", slot) for slot in chunk.slots]
    of_value = range(2, count + 2)
    of_slot = dict(zip(chunk.slots, range(count + 2, count + 2 + len(chunk.slots)), strict=True))

    # What is left of w; each bit, which changes where the value passes a threshold.
    state = {"x": Affine({0: 1}), "w": Affine({1: 1, **dict.fromkeys(of_value, -unit)})}
    for k in range(chunk.read):
        place = chunk.read - 1 - k
        bit = [value >> place & 1 for value in range(count + 1)]
        state[f"bit{k}"] = Affine({neuron: bit[v] - bit[v - 1] for v, neuron in enumerate(of_value, start=1)})

    # Whether x is in the cell that a bit belongs to: above its left end, and not above its right end.
    for k in range(chunk.read):
        slot = (chunk.first + k) // bits
        ends = ((slot, 1), (slot + 1, -1))
        inside = {of_slot[end]: sign for end, sign in ends if end in of_slot}
        state[f"here{k}"] = Affine(inside, int(slot == 0))
    builder.layer(neurons, state)


def _add(builder: Builder, chunk: _Chunk, bits: int, last: bool) -> None:
    """Add to the answer the bits that are 1 and belong to the point's cell."""
    names = ("w",) if last else ("x", "w")
    kept = [(ID, Affine({name: 1})) for name in names]
    both = [(STEP, Affine({f"bit{k}": 1, f"here{k}": 1}, -2)) for k in range(chunk.read)]

    # Bit l of a label, from 0, is worth 2^(bits - 1 - l).
    worth = [1 << bits - 1 - (chunk.first + k) % bits for k in range(chunk.read)]
    answers = dict(enumerate(worth, start=len(names)))
    state = {name: Affine({k: 1}) for k, name in enumerate(names)}
    state["w"] = Affine({len(names) - 1: 1, **answers})
    builder.layer([*kept, *both], state)
