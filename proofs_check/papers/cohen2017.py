r"""N. Cohen, A. Shashua: which partitions a pooling geometry favours."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING

from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import equals, within
from proofs_check.deciding.grid_tensors import (
    NON_OVERLAPPING,
    Circuit,
    balanced,
    both_ways,
    every_side,
    random_sides,
    rank_is,
    unaided_rank,
)
from proofs_check.paper import Paper
from tensors.convac import ConvAC

if TYPE_CHECKING:
    from collections.abc import Sequence

PAPER = Paper(
    "cohen2017",
    "N. Cohen, A. Shashua, Inductive bias of deep convolutional networks through pooling geometry, ICLR 2017",
    "1605.06743",
)
OURS = PAPER.beside("the rankcert developers, after Cohen and Shashua, ICLR 2017", "1605.06743")


def recursion(net: ConvAC, rows: Sequence[int]) -> int:
    """Return the upper bound of the paper: block by block, the product below times the width.

    Examples
    --------
    >>> recursion(balanced(4, 3, (2, 5)), (0, 1)), recursion(balanced(4, 3, (2, 5)), (0, 2))
    (5, 9)
    """
    window, inside = net.layers[0].window[0], set(rows)
    blocks = [((1, 0) if q in inside else (0, 1), 1) for q in range(net.positions)]
    for number in range(len(net.layers)):
        found = []
        for start in range(0, len(blocks), window):
            below = blocks[start : start + window]
            seen = sum(b[0][0] for b in below), sum(b[0][1] for b in below)
            value = 1
            for _, rank in below:
                value *= rank
            width = net.layers[number].channels
            found.append((seen, min(net.templates ** min(seen), width * value)))
        blocks = found
    return blocks[0][1]


def crossing_windows(net: ConvAC, rows: Sequence[int]) -> int:
    """Count the first windows that contain patches of both sides.

    Examples
    --------
    >>> crossing_windows(balanced(8, 2, (2, 2, 2)), (0, 2, 3))
    1
    """
    window, inside = net.layers[0].window[0], set(rows)
    starts = range(0, net.positions, window)
    return sum(len({q in inside for q in range(start, start + window)}) == 2 for start in starts)


def circuits(count: int, seed: int) -> tuple[Circuit, ...]:
    """Return random circuits of pooling windows 2, 3 and 4, with random partitions.

    Examples
    --------
    >>> len(circuits(6, 0))
    6
    """
    random = Random(f"pooling {seed}")
    found = []
    for number in range(count):
        window, depth, templates = random.choice(((2, 2, 2), (2, 2, 3), (2, 3, 2), (3, 2, 2), (2, 3, 2), (4, 1, 2)))
        net = balanced(window**depth, templates, [random.randint(1, 4) for _ in range(depth)], window)
        found.append(Circuit(net, random_sides(net.positions, 1, number)[0]))
    return tuple(found)


@PAPER.states(
    r"\operatorname{rank} [\mathcal A]_I \le c^{(L)},\; c^{(l,k)} = \min\{M^{\min(|I_k|, |I_k^c|)},"
    r" r_{l-1} \textstyle\prod c^{(l-1,\cdot)}\}",
    NON_OVERLAPPING,
    on=lambda: circuits(120, 0),
)
def upper(circuit: Circuit, seed: int) -> Verdict:
    """Windows of 2, 3 and 4 patches; the paper's are 4."""
    return rank_is(circuit, 0, recursion(circuit.net, circuit.rows), seed)


@PAPER.states(
    r"\operatorname{rank} [\mathcal A]_I \ge \min(r_0, M)^{S(I)} \text{ almost everywhere}",
    NON_OVERLAPPING,
    on=lambda: circuits(160, 1),
)
def lower(circuit: Circuit, seed: int) -> Verdict:
    """S(I): first windows that contain patches of both sides."""
    net = circuit.net
    base = min(net.layers[0].channels, net.templates)
    return rank_is(circuit, base ** crossing_windows(net, circuit.rows), None, seed)


@OURS.states(
    r"\text{contiguous windows: odd-even has the greatest rank of all partitions, left-right at most } r_{L-1}",
    Hypothesis("r_0 >= M and windows of 2", lambda n: n.layers[0].channels >= n.templates),
    on=lambda: tuple(
        balanced(n, m, (r, *above))
        for n, m, r, above in (
            (4, 2, 2, (1,)),
            (4, 2, 3, (2,)),
            (4, 3, 3, (2,)),
            (8, 2, 2, (2, 2)),
            (8, 2, 3, (1, 3)),
        )
    ),
)
def interleaved(net: ConvAC, seed: int) -> Verdict:
    """Over all partitions of 4 and 8 patches."""
    # No partition has a greater rank than the interleaved one, and left and right at most the width.
    best = unaided_rank(Circuit(net, "odd-even"), seed)
    verdicts = [rank_is(Circuit(net, "left"), 0, net.layers[-1].channels, seed)]
    verdicts += [within(unaided_rank(Circuit(net, side), seed), high=best.lower) for side in every_side(net.positions)]
    return Verdict.all_of(verdicts)


@OURS.states(
    r"\operatorname{rank} [\mathcal A]_I = c^{(L)} \text{ almost everywhere}",
    NON_OVERLAPPING,
    on=lambda: (
        *(Circuit(balanced(4, 2, widths), "left") for widths in product((1, 2), (1, 2))),
        *circuits(60, 2),
    ),
    kind=Kind.FALSE_CONJECTURE,
)
def upper_attained(circuit: Circuit, seed: int) -> Verdict:
    """The recursion is not tight: minimal cuts are smaller."""
    return equals(both_ways(circuit, seed), recursion(circuit.net, circuit.rows), "rank")
