r"""N. Cohen, A. Shashua: which partitions a pooling geometry favours."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING

from proofs_check.claim import Claim, Hypothesis, Kind, Source, Verdict
from proofs_check.papers._evidence import equals, within
from proofs_check.papers._grid_tensors import (
    NON_OVERLAPPING,
    Circuit,
    balanced,
    both_ways,
    every_side,
    random_sides,
    rank_is,
    unaided_rank,
)
from tensors.convac import ConvAC

if TYPE_CHECKING:
    from collections.abc import Sequence

PAPER = Source(
    "cohen2017",
    "N. Cohen, A. Shashua, Inductive bias of deep convolutional networks through pooling geometry, ICLR 2017",
    "1605.06743",
)
OURS = Source("cohen2017", "the rankcert developers, after Cohen and Shashua, ICLR 2017", "1605.06743")


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


def _upper(circuit: Circuit, seed: int) -> Verdict:
    return rank_is(circuit, 0, recursion(circuit.net, circuit.rows), seed)


def _lower(circuit: Circuit, seed: int) -> Verdict:
    net = circuit.net
    base = min(net.layers[0].channels, net.templates)
    return rank_is(circuit, base ** crossing_windows(net, circuit.rows), None, seed)


def _attained(circuit: Circuit, seed: int) -> Verdict:
    return equals(both_ways(circuit, seed), recursion(circuit.net, circuit.rows), "rank")


def _favours(net: ConvAC, seed: int) -> Verdict:
    """Decide that no partition has a greater rank than the interleaved one, and left and right at most the width."""
    best = unaided_rank(Circuit(net, "odd-even"), seed)
    verdicts = [rank_is(Circuit(net, "left"), 0, net.layers[-1].channels, seed)]
    verdicts += [within(unaided_rank(Circuit(net, side), seed), high=best.lower) for side in every_side(net.positions)]
    return Verdict.all_of(verdicts)


CLAIMS = (
    Claim(
        "cohen2017.upper",
        r"\operatorname{rank} [\mathcal A]_I \le c^{(L)},\; c^{(l,k)} = \min\{M^{\min(|I_k|, |I_k^c|)},"
        r" r_{l-1} \textstyle\prod c^{(l-1,\cdot)}\}",
        PAPER,
        (NON_OVERLAPPING,),
        lambda: circuits(120, 0),
        _upper,
        note="Windows of 2, 3 and 4 patches; the paper's are 4.",
    ),
    Claim(
        "cohen2017.lower",
        r"\operatorname{rank} [\mathcal A]_I \ge \min(r_0, M)^{S(I)} \text{ almost everywhere}",
        PAPER,
        (NON_OVERLAPPING,),
        lambda: circuits(160, 1),
        _lower,
        note="S(I): first windows that contain patches of both sides.",
    ),
    Claim(
        "cohen2017.interleaved",
        r"\text{contiguous windows: odd-even has the greatest rank of all partitions, left-right at most } r_{L-1}",
        OURS,
        (Hypothesis("r_0 >= M and windows of 2", lambda n: n.layers[0].channels >= n.templates),),
        lambda: tuple(
            balanced(n, m, (r, *above))
            for n, m, r, above in (
                (4, 2, 2, (1,)),
                (4, 2, 3, (2,)),
                (4, 3, 3, (2,)),
                (8, 2, 2, (2, 2)),
                (8, 2, 3, (1, 3)),
            )
        ),
        _favours,
        note="Over all partitions of 4 and 8 patches.",
    ),
    Claim(
        "cohen2017.upper-attained",
        r"\operatorname{rank} [\mathcal A]_I = c^{(L)} \text{ almost everywhere}",
        OURS,
        (NON_OVERLAPPING,),
        lambda: (
            *(Circuit(balanced(4, 2, widths), "left") for widths in product((1, 2), (1, 2))),
            *circuits(60, 2),
        ),
        _attained,
        kind=Kind.FALSE_CONJECTURE,
        note="The recursion is not tight: minimal cuts are smaller.",
    ),
)
