r"""Y. Levine, D. Yakira, N. Cohen, A. Shashua: minimal cuts of the tensor network, above and below the rank."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from random import Random
from typing import TYPE_CHECKING

from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import equals, within
from proofs_check.deciding.grid_tensors import (
    NON_OVERLAPPING,
    Circuit,
    both_ways,
    random_sides,
    rank_is,
    unaided_rank,
)
from proofs_check.paper import Paper
from tensors.convac import ConvAC, ConvLayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensors.convac.unrolled import Unrolled

PAPER = Paper(
    "levine2018",
    "Y. Levine, D. Yakira, N. Cohen, A. Shashua, Deep learning and quantum entanglement: fundamental connections with "
    "implications to network design, ICLR 2018",
    "1704.01552",
)
OURS = PAPER.beside("the rankcert developers, after Levine, Yakira, Cohen and Shashua, ICLR 2018", "1704.01552")
LARGEST_BASE = 7


@lru_cache(maxsize=1 << 10)
def _unrolled(circuit: Circuit) -> Unrolled:
    from tensors.convac.unrolled import unroll

    return unroll(circuit.net, circuit.rows)


@lru_cache(maxsize=1 << 10)
def cut(circuit: Circuit) -> int:
    """Return the minimal cut of the unrolled circuit, each hyperedge counted once.

    Examples
    --------
    >>> from proofs_check.deciding.grid_tensors import balanced
    >>> cut(Circuit(balanced(8, 3, (3, 4, 6)), (0, 1, 2)))
    9
    """
    from tensors.networks.cuts import minimal_cut

    unrolled = _unrolled(circuit)
    return minimal_cut(unrolled.graph, unrolled.row_side).product


def rounded_cut(circuit: Circuit) -> int:
    """Return the greatest minimal cut with every dimension rounded down to a power of one integer.

    Examples
    --------
    >>> from proofs_check.deciding.grid_tensors import balanced
    >>> rounded_cut(Circuit(balanced(4, 3, (3, 5)), "left")), rounded_cut(Circuit(balanced(4, 6, (6, 5)), (0, 2)))
    (3, 36)
    """
    from dataclasses import replace

    from tensors.networks.cuts import digits, minimal_cut

    unrolled = _unrolled(circuit)
    found = 1
    for base in range(2, LARGEST_BASE + 1):
        dims = tuple(base ** digits(dim, base) for dim in unrolled.graph.variable_dims)
        found = max(found, minimal_cut(replace(unrolled.graph, variable_dims=dims), unrolled.row_side).product)
    return found


def trees(count: int, seed: int, windows: tuple[int, ...], channels: Callable[[Random], int]) -> tuple[Circuit, ...]:
    """Return random circuits without overlaps on up to 9 patches, with random partitions.

    Examples
    --------
    >>> len(trees(5, 0, (2, 3), lambda random: 2))
    5
    """
    random = Random(f"trees {seed} {windows}")
    found = []
    for number in range(count):
        sizes: list[int] = []
        for _ in range(random.choice((1, 2, 2, 3))):
            window = random.choice(windows)
            if window * prod(sizes) <= 9:
                sizes.append(window)
        positions = prod(sizes)
        templates = 3 if positions <= 6 and random.random() < 0.4 else 2
        layers = [ConvLayer(w, w, channels(random)) for w in sizes]
        found.append(Circuit(ConvAC(positions, templates, layers), random_sides(positions, 1, number)[0]))
    return tuple(found)


def any_width(random: Random) -> int:
    """Draw a width."""
    return random.randint(1, 5)


def power_of_2(random: Random) -> int:
    """Draw a width that is a power of 2."""
    return random.choice((1, 2, 2, 4, 8))


def overlapping(count: int, seed: int) -> tuple[Circuit, ...]:
    """Return random overlapping circuits on up to 6 patches, of all sharings, with random partitions.

    Examples
    --------
    >>> len(overlapping(5, 0))
    5
    """
    random = Random(f"overlapping {seed}")
    found: dict[str, Circuit] = {}
    while len(found) < count:
        size, sharing = random.randint(4, 6), random.choice(("none", "sliding", "full"))
        window = random.randint(2, size)
        stride = random.randint(1, min(2, window - 1))
        left = -(-size // stride)
        layers = [
            ConvLayer(window, stride, random.randint(1, 4), sharing=sharing),
            ConvLayer(left, left, random.randint(1, 3)),
        ]
        circuit = Circuit(ConvAC(size, 2, layers), random_sides(size, 1, len(found))[0])
        found[circuit.label] = circuit
    return tuple(found.values())


def _is_power_of_2(circuit: Circuit) -> bool:
    return all(channels.bit_count() == 1 for channels in circuit.net.channels)


def _equal(circuit: Circuit, seed: int) -> Verdict:
    return equals(unaided_rank(circuit, seed), cut(circuit), "rank")


def _equal_or_refuted(circuit: Circuit, seed: int) -> Verdict:
    """Decide equality with every bound there is: minimal cuts above alone would not refute it."""
    return within(both_ways(circuit, seed), low=cut(circuit), high=cut(circuit), name="rank")


NINE = Circuit(ConvAC(9, 3, [ConvLayer(3, 3, 5), ConvLayer(3, 3, 2)]), (0, 1, 3, 5))
TWELVE = Circuit(ConvAC(12, 2, [ConvLayer(3, 3, 3), ConvLayer(2, 2, 2), ConvLayer(2, 2, 2)]), (0, 2, 4, 5, 10))
RE_READ = Circuit(
    ConvAC((3, 2), 2, [ConvLayer((2, 2), (1, 2), 2), ConvLayer((2, 1), (1, 1), 1), ConvLayer((3, 1), (3, 1), 1)]),
    (1, 4, 5),
)
POWERS: Hypothesis[Circuit] = Hypothesis("M and all widths are powers of 2", _is_power_of_2)


@PAPER.states(
    r"\operatorname{rank} [\mathcal A]_I \le \min_{\text{cuts}} \textstyle\prod \dim",
    on=lambda: (*trees(80, 0, (2, 3), any_width), *overlapping(30, 0), NINE, RE_READ),
)
def upper(circuit: Circuit, seed: int) -> Verdict:
    """Of the unrolled circuit, a copy hyperedge counted once. Trees, and overlaps in every sharing."""
    return rank_is(circuit, 0, cut(circuit), seed)


@PAPER.states(
    r"\operatorname{rank} [\mathcal A]_I \ge \max_p \min_{\text{cuts}} \textstyle\prod p^{\lfloor \log_p \dim"
    r" \rfloor} \text{ almost everywhere}",
    NON_OVERLAPPING,
    on=lambda: trees(100, 1, (2, 3), any_width),
)
def lower(circuit: Circuit, seed: int) -> Verdict:
    """p from 2 to 7; trees of up to 9 patches, weights not shared."""
    return rank_is(circuit, rounded_cut(circuit), None, seed)


@PAPER.states(
    r"\dim \in \{2^k\} \implies \operatorname{rank} [\mathcal A]_I = \min_{\text{cuts}} \textstyle\prod \dim",
    NON_OVERLAPPING,
    POWERS,
    on=lambda: tuple(c for c in trees(120, 2, (2, 3), power_of_2) if c.net.templates == 2),
)
def powers(circuit: Circuit, seed: int) -> Verdict:
    return _equal(circuit, seed)


@OURS.states(
    r"\text{windows of } 2 \implies \operatorname{rank} [\mathcal A]_I = \min_{\text{cuts}} \textstyle\prod \dim",
    NON_OVERLAPPING,
    Hypothesis("windows of 2", lambda c: all(x.window == (2,) for x in c.net.layers)),
    on=lambda: trees(100, 3, (2,), any_width),
    kind=Kind.CONJECTURE,
)
def binary(circuit: Circuit, seed: int) -> Verdict:
    """Any widths. With windows of 3 it is false: see levine2018.any-tree."""
    return _equal(circuit, seed)


@OURS.states(
    r"t \text{ copies of a vector of } C \text{ channels in a cut: } \tbinom{C+t-1}{t} \text{ in place of } C^t",
    on=lambda: (RE_READ, *overlapping(60, 1)),
)
def reuse(circuit: Circuit, seed: int) -> Verdict:
    """Where what reads them lies on the other side."""
    # Copies of one vector that are cut count fewer times, for the cuts that the library finds.
    from tensors.convac.upper_bounds import cut_bound

    bound = cut_bound(circuit.net, circuit.rows)
    if bound is None:
        return Verdict.inconclusive("the unrolled circuit is too large")
    return rank_is(circuit, 0, min(bound.value, cut(circuit)), seed)


@OURS.states(
    r"\dim \textstyle\sum_{g \le 2} \bigotimes_j U_{gj} \le 2\prod a_j - \prod \max(0, 2a_j - m_j)"
    r" \text{ bounds the ranks of trees}",
    NON_OVERLAPPING,
    on=lambda: (NINE, TWELVE, *trees(80, 4, (2, 3), any_width)),
)
def intersections(circuit: Circuit, seed: int) -> Verdict:
    """Subspaces U_gj of dimension a_j of one space of dimension m_j."""
    from tensors.convac.subspaces import subspace_value
    from tensors.convac.unrolled import Fields

    return rank_is(circuit, 0, subspace_value(Fields(circuit.net, circuit.rows)), seed)


@OURS.states(
    r"\text{no overlaps} \implies \operatorname{rank} [\mathcal A]_I = \min_{\text{cuts}} \textstyle\prod \dim",
    NON_OVERLAPPING,
    on=lambda: (NINE, TWELVE, *trees(20, 5, (2, 3), any_width)),
    kind=Kind.FALSE_CONJECTURE,
)
def any_tree(circuit: Circuit, seed: int) -> Verdict:
    """Windows of 3 with mixed dimensions: subspaces that intersect (see levine2018.intersections)."""
    return _equal_or_refuted(circuit, seed)


@OURS.states(
    r"\text{dimensions } 2 \implies \operatorname{rank} [\mathcal A]_I = \min_{\text{cuts}} \textstyle\prod \dim"
    r" \text{ with overlaps}",
    POWERS,
    on=lambda: (RE_READ, *(c for c in overlapping(80, 2) if _is_power_of_2(c))),
    kind=Kind.FALSE_CONJECTURE,
)
def overlapping_equality(circuit: Circuit, seed: int) -> Verdict:
    """A vector that is read twice is no two vectors."""
    return _equal_or_refuted(circuit, seed)
