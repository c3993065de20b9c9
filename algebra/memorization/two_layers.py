"""Two hidden layers of hard-tanh neurons that meet any targets exactly: ``d_1 d_2 >= N`` points, d_2 even.

An exact variant of the construction of Yun, Sra and Jadbabaie (NeurIPS 2019). A neuron of the first layer is linear on
one group of d_2 consecutive points and saturated on the others; neuron k of the second layer serves the k-th point of
each group and is saturated at the others, where the signs of the output cancel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from algebra.memorization.builder import Affine, Builder
from algebra.memorization.data import DataSet
from algebra.memorization.layers import Activation, dense_parameters
from algebra.memorization.network import RationalNetwork
from algebra.memorization.projection import Projection, project

HARDTANH = Activation.HARDTANH


def best_widths(count: int, inputs: int) -> tuple[int, int]:
    """Return d_1 and d_2, the latter even, with a product of at least `count` and the fewest parameters.

    Examples
    --------
    >>> best_widths(9, 2), best_widths(72, 2), best_widths(1, 1)
    ((5, 2), (6, 12), (1, 2))
    """
    choices = [(-(-count // second), second) for second in range(2, count + 3, 2)]
    return min(choices, key=lambda pair: dense_parameters((inputs, *pair, 1)))


@dataclass(frozen=True)
class _Group:
    """Consecutive points: the neuron's sign, its input as slope and offset of z, its values, the targets."""

    sign: int
    slope: Fraction
    offset: Fraction
    values: tuple[Fraction, ...]
    targets: tuple[Fraction, ...]

    def served(self, neuron: int) -> int:
        """Position of the point that a neuron of the second layer serves: counted from the right if falling."""
        return neuron if self.sign > 0 else len(self.values) - 1 - neuron

    def room(self, place: int) -> Fraction:
        """Distance from one value to the nearest other one."""
        near = [self.values[k] for k in (place - 1, place + 1) if 0 <= k < len(self.values)]
        return min(abs(value - self.values[place]) for value in near)


def two_layers(data: DataSet, seed: int = 0) -> RationalNetwork:
    """Memorise the data with two hidden layers of hard-tanh neurons.

    Parameters
    ----------
    data : DataSet
    seed : int
        Of the projection.

    Returns
    -------
    Network
        The output at each point is its label, exactly.

    Examples
    --------
    >>> from algebra.memorization.data import data_set
    >>> network = two_layers(data_set([[0], [3], [8], [9]], [1, 0, 2, 0]))
    >>> [int(y) for y in network.evaluate([[0], [3], [8], [9]])], network.widths, network.parameters
    ([1, 0, 2, 0], (1, 2, 2, 1), 13)
    """
    projection = project(data, seed)
    first, second = best_widths(len(data), data.dimension)
    groups = _groups(data, projection, first, second)
    builder = Builder(data.dimension, {"z": Affine(dict(enumerate(projection.v)), projection.b)})

    # First layer: a neuron a group, of the projected point.
    neurons = [(HARDTANH, Affine({"z": group.slope}, group.offset)) for group in groups]
    builder.layer(neurons, {f"h{j}": Affine({j: 1}) for j in range(first)})

    # Second layer: a neuron for each place in the groups.
    neurons = []
    for k in range(second):
        weights, bias = _second_neuron(groups, k)
        neurons.append((HARDTANH, Affine({f"h{j}": v for j, v in enumerate(weights)}, bias)))

    # The output takes them with alternating signs, and moves [-1, 1] to the labels 0 .. C-1.
    half = Fraction(data.classes - 1, 2)
    signed = {k: half * (-1) ** (k + 1) for k in range(second)}
    builder.layer(neurons, {"y": Affine(signed, 2 * half)})
    return builder.finish(Affine({"y": 1}))


def _groups(data: DataSet, projection: Projection, first: int, second: int) -> list[_Group]:
    """Return the points in groups of `second`, in the order of their projections."""
    targets = [_target(data.labels[k], data.classes) for k in projection.order]
    z = [projection.values[k] for k in projection.order]

    # Points that fill the last groups, beyond the others.
    missing = first * second - len(z)
    z += [z[-1] + k for k in range(1, missing + 1)]
    targets += [Fraction(0)] * missing

    # Groups meet half-way between two points.
    between = [(z[k - 1] + z[k]) / 2 for k in range(second, len(z), second)]
    edges = [z[0] - 1, *between, z[-1] + 1]
    return list(_made(z, targets, edges, second))


def _target(label: int, classes: int) -> Fraction:
    """Return the label moved from ``0..C-1`` to ``[-1, 1]``."""
    return Fraction(2 * label, classes - 1) - 1 if classes > 1 else Fraction(0)


def _made(z: Sequence[Fraction], targets: Sequence[Fraction], edges: Sequence[Fraction], size: int) -> Iterator[_Group]:
    """Yield the groups; their neurons rise and fall in turn, from one edge to the next."""
    for j in range(len(z) // size):
        sign, low, high = (-1) ** j, edges[j], edges[j + 1]
        slope = sign * 2 / (high - low)
        offset = -slope * (low + high) / 2
        members = slice(j * size, (j + 1) * size)
        values = tuple(slope * x + offset for x in z[members])
        yield _Group(sign, slope, offset, values, tuple(targets[members]))


def _second_neuron(groups: Sequence[_Group], neuron: int) -> tuple[list[Fraction], Fraction]:
    """Return weights and bias; all weights are affine in the first, which is taken large enough for all."""
    # At the point that it serves in each group: the values t of the first layer, and the outputs tau wanted there.
    served = [(group, group.served(neuron)) for group in groups]
    t = [group.values[place] for group, place in served]
    sign = (-1) ** (neuron + 1)
    tau = [sign * group.targets[place] for group, place in served]

    # Neighbouring groups share the bias: weight j is rates[j] times the first weight, plus shifts[j].
    rates, shifts = [Fraction(1)], [Fraction(0)]
    for j, group in enumerate(groups[:-1]):
        here = group.sign - t[j]
        room = group.sign - t[j + 1]
        rates.append(rates[j] * here / room)
        shifts.append((shifts[j] * here + tau[j] - tau[j + 1]) / room)

    # The first weight is the least power of two that saturates the neuron at every other point of the groups.
    needed = [2 / group.room(place) for group, place in served]
    least = max((need - shift) / rate for need, shift, rate in zip(needed, shifts, rates, strict=True))
    ceiling = -(-least.numerator // least.denominator)
    scale = Fraction(1 << max(0, (ceiling - 1).bit_length()))
    weights = [rate * scale + shift for rate, shift in zip(rates, shifts, strict=True)]

    # The bias, from the point of the first group: there the others are saturated at their signs.
    saturated = [weight * group.sign for weight, group in zip(weights[1:], groups[1:], strict=True)]
    return weights, tau[0] - weights[0] * t[0] + sum(saturated, Fraction(0))
