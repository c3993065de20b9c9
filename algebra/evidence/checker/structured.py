"""Lower bounds of dimensions whose minor is eliminated output by output.

The weights are drawn as for ``jacobian-minor``, then the last matrices are changed: at level 0 the leading square of
W_h becomes the identity; from level 1 on W_h[k, j] is 1 where k owns neuron j of layer h-1, else 0; at level 2 also
W_{h-1}[j, i] becomes 0 unless one output owns neuron j of layer h-1 and neuron i of layer h-2. Output k owns neuron j
of a layer of width d if k = floor(j d_h / d). Any weights prove a lower bound.

Sample (k, j) is the input of integers j d_0 ... of stream ``points-k``, with the k-th unit vector as covector. For each
output a minor is given (its samples, its parameters), and one of the rest. The derivatives along the parameters of
output k vanish at the samples of all other outputs: this is looked at. So the whole minor, of all samples and all
parameters, is the product of the minors of the outputs and of that of the rest, reduced by the rows of the outputs.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

from .generator import residues
from .limits import LARGEST, Refused, hold, need, spend
from .minors import (
    gradient,
    is_regular,
    pack,
    packed_pivots,
    pay_for_samples,
    read_minor,
    read_modulus,
    slot_bytes,
    terms,
    unpack,
)
from .reading import Network, fields, integer, read_key

Minor = tuple[tuple[int, ...], tuple[int, ...]]
"""Samples and parameters."""

PAIR = 1 << 20
"""More than the number of any sample of one output: a pair (k, j) is written as k PAIR + j while it is read."""


def special_weights(a: Network, theta: list[int], level: int) -> list[int]:
    """Return the parameters with the last matrices changed."""
    depth, outputs = len(a.widths) - 1, a.widths[-1]
    sizes = [(before + a.biases) * after for before, after in pairwise(a.widths)]
    starts = [0, *accumulate(sizes)]
    changed = list(theta)

    def put(layer: int, row: int, column: int, value: int) -> None:
        changed[starts[layer] + row * a.widths[layer] + column] = value

    def owner(layer: int, neuron: int) -> int:
        return neuron * outputs // a.widths[layer]

    # The leading square of the last matrix becomes the identity.
    if level == 0:
        size = min(outputs, a.widths[-2])
        for i in range(size):
            for j in range(size):
                put(depth - 1, i, j, int(i == j))
        return changed

    # Or each output sees the neurons that it owns,
    for k in range(outputs):
        for j in range(a.widths[-2]):
            put(depth - 1, k, j, int(owner(-2, j) == k))

    # which see those of the layer before that it owns too.
    if level == 2:
        for j in range(a.widths[-2]):
            for i in range(a.widths[-3]):
                if owner(-2, j) != owner(-3, i):
                    put(depth - 2, j, i, 0)
    return changed


def read_minors(
    a: Network, of_outputs: Any, rest: Any
) -> tuple[list[Minor], tuple[list[tuple[int, int]], tuple[int, ...]]]:
    """Return the minors of the outputs and of the rest; no sample and no parameter occurs twice."""
    need(type(of_outputs) is list and len(of_outputs) == a.widths[-1], "there is not one minor for each output")
    most = a.parameters - 1
    minors = [read_pair(minor, most, PAIR - 1) for minor in of_outputs]

    # A sample of the rest is a pair: output k and its sample j, read as one number.
    need(type(rest) is list and len(rest) == 2 and type(rest[0]) is list, "the rest is not two lists")
    given, columns = rest
    need(all(type(pair) is list and len(pair) == 2 for pair in given), "a sample of the rest is not a pair")
    last = a.widths[-1] - 1
    pairs = [(integer(k, "an output", 0, last), integer(j, "a sample", 0, PAIR - 1)) for k, j in given]
    numbers, names = read_minor([k * PAIR + j for k, j in pairs], columns, LARGEST, most)

    # Minors of different samples and parameters make one of the whole matrix.
    samples = [k * PAIR + j for k, (rows, _) in enumerate(minors) for j in rows]
    samples += numbers
    parameters = [q for _, chosen in minors for q in chosen]
    parameters += names
    need(len(set(samples)) == len(samples), "a sample occurs in two minors")
    need(len(set(parameters)) == len(parameters), "a parameter occurs in two minors")
    return minors, (pairs, names)


def read_pair(minor: Any, most: int, most_sample: int) -> Minor:
    """Return one minor."""
    need(type(minor) is list and len(minor) == 2, "a minor is not two lists")
    samples, names = minor
    return read_minor(samples, names, most_sample, most)


def check_structured(network: Network, claimed: int, lower: Any) -> None:
    """Check the lower bound."""
    names = ("rule", "prime", "key", "level", "outputs", "rest")
    _, prime, key, level, of_outputs, rest = fields(lower, "lower", *names)
    a, key = network, read_key(key)
    need(not a.filters and len(a.widths) > 2, "the network is a convolution, or has no hidden layer")
    level = integer(level, "level", 0, min(2, len(a.widths) - 2))
    minors, (pairs, global_names) = read_minors(a, of_outputs, rest)
    sizes = [len(rows) for rows, _ in minors]
    size = len(global_names) + sum(sizes)
    need(size == claimed, f"the claim's lower bound is {claimed}, but the minors have size {size}")

    # The samples of each output: those of its minor, then those of the rest.
    outputs = a.widths[-1]
    samples = [list(rows) for rows, _ in minors]
    for k, j in pairs:
        samples[k].append(j)

    # Pay for the eliminations, for the reduction of the rest, and for the network at all samples.
    spend(2 * (size + outputs) ** 2, "the zeros of the minor")
    m = read_modulus(prime, len(global_names))
    for pivots, here in zip(sizes, samples, strict=True):
        pay_for_reduction(pivots + len(global_names), pivots, len(here), m.bit_length())
    hold(size * (len(global_names) + max(sizes)), 40, "the rows of the minors")
    pay_for_samples(a, size, m, 1)

    layers, inputs = terms(a), a.widths[0]
    theta = special_weights(a, residues(key, "weights", 0, a.parameters, 1, m), level)
    reduced: dict[tuple[int, int], list[int]] = {}
    for k, ((rows, parameters), here) in enumerate(zip(minors, samples, strict=True)):
        others = [q for output, (_, named) in enumerate(minors) if output != k for q in named]
        covector = [int(output == k) for output in range(outputs)]

        # The derivatives along its parameters and along those of the rest, at its samples; along all others they are 0.
        local: list[list[int]] = [[] for _ in parameters]
        remaining: list[list[int]] = [[] for _ in global_names]
        for j in here:
            x = residues(key, f"points-{k}", j * inputs, inputs, 1, m)
            row = gradient(a, layers, theta, x, covector, m)
            need(not any(row[q] for q in others), "a parameter of an output is seen by another")
            for q, values in zip(parameters, local, strict=True):
                values.append(row[q])
            for q, values in zip(global_names, remaining, strict=True):
                values.append(row[q])

        # What is left of the rest once the minor of this output is eliminated.
        after = remainders(local, remaining, m)
        for place, j in enumerate(here[len(rows) :]):
            reduced[k, j] = [values[place] for values in after]
    need(is_regular([reduced[pair] for pair in pairs], m), "the minor of the rest vanishes")


def pay_for_reduction(rows: int, pivots: int, columns: int, bits: int) -> None:
    """Pay for the reduction of packed rows by pivots; see `limits.per_elimination`."""
    spend(4 * rows * pivots + rows * pivots * columns * (2000 + bits**2) // 160_000, "the minors of the outputs")


def remainders(local: list[list[int]], others: list[list[int]], m: int) -> list[list[int]]:
    """Eliminate the leading square of the local rows, and return the others reduced, without its columns.

    The rows are packed as in `minors.packed_pivots`.

    Examples
    --------
    >>> remainders([[2, 1]], [[4, 5]], 7)
    [[3]]
    """
    n, length = len(local), max(map(len, [*local, *others]), default=0)
    size = slot_bytes(n, m)
    pivots = packed_pivots(local, length, size, m)
    if pivots is None:
        raise Refused("a minor of an output vanishes")

    width, mask = 8 * size, (1 << 8 * size) - 1
    found = []
    for values in others:
        row = pack(values, size)
        for pivot in pivots:
            row = (row >> width) + (row & mask) % m * pivot
        found.append(unpack(row, length - n, size, m))
    return found
