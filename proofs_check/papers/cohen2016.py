r"""N. Cohen, O. Sharir, A. Shashua: deep against shallow arithmetic circuits; and rectifiers (Cohen, Shashua)."""

from __future__ import annotations

from itertools import product
from math import comb
from typing import TYPE_CHECKING, NamedTuple

from algebra import Bounds, Grade
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import equals, within
from proofs_check.deciding.grid_tensors import Circuit, balanced, every_side, rank_is, shallow, unaided_rank
from proofs_check.paper import Paper
from tensors.convac import ConvAC, ConvLayer

if TYPE_CHECKING:
    from collections.abc import Sequence

PAPER = Paper(
    "cohen2016",
    "N. Cohen, O. Sharir, A. Shashua, On the expressive power of deep learning: a tensor analysis, COLT 2016",
    "1509.05009",
)
OURS = PAPER.beside("the rankcert developers, after Cohen, Sharir and Shashua, COLT 2016", "1509.05009")
RECTIFIERS = PAPER.beside(
    "N. Cohen, A. Shashua, Convolutional rectifier networks as generalized tensor decompositions, ICML 2016",
    "1603.00162",
)


def _deep(sharings: Sequence[str] = ("none",)) -> tuple[ConvAC, ...]:
    """Hierarchical Tucker models of 4 and 8 patches."""
    small = [balanced(4, m, (r, c), sharing=s) for s in sharings for m, r, c in product((2, 3), (1, 2, 3, 4), (1, 3))]
    large = [
        balanced(8, m, (r, *above), sharing=s)
        for s in sharings
        for m, r, above in product((2, 3), (1, 2, 3), ((2, 3), (4, 1)))
    ]
    return (*small, *large)


def _witnessed(net: ConvAC) -> int:
    return int(min(net.layers[0].channels, net.templates) ** (net.positions // 2))


class Pair(NamedTuple):
    """A deep circuit and a shallow one."""

    deep: ConvAC
    shallow: ConvAC

    @property
    def label(self) -> str:
        """Both names."""
        return f"{self.deep.label} against {self.shallow.label}"


class Truncated(NamedTuple):
    """A deep circuit, and how many layers the shallower one has, the last of which multiplies all that is left."""

    deep: ConvAC
    layers: int
    channels: int

    @property
    def label(self) -> str:
        """The deep circuit's name and the shallower one's sizes."""
        return f"{self.deep.label} against {self.layers} layers, {self.channels} channels"


class Rectified(NamedTuple):
    """A network of rectifiers: the circuit whose products are replaced, and by which pooling."""

    net: ConvAC
    pooling: str

    @property
    def label(self) -> str:
        """The circuit's name and the pooling."""
        return f"{self.net.label} {self.pooling}"


SMALL = tuple(shallow(n, m, z) for n, m, z in ((4, 2, 1), (4, 2, 3), (4, 3, 5), (6, 2, 3), (6, 2, 6), (8, 2, 5)))
POWER_OF_2: Hypothesis[ConvAC] = Hypothesis("N a power of 2", lambda net: net.positions.bit_count() == 1)


@PAPER.states(
    r"\operatorname{rank} [\mathcal A^{HT}]_{\text{odd-even}} \ge \min(r_0, M)^{N/2} \text{ almost everywhere}",
    POWER_OF_2,
    on=lambda: _deep(("none", "sliding", "full")),
)
def depth(net: ConvAC, seed: int) -> Verdict:
    """In every sharing: the same weights at all places suffice."""
    return rank_is(Circuit(net, "odd-even"), _witnessed(net), None, seed)


@PAPER.states(
    r"\operatorname{rank} [\mathcal A^{CP}]_I \le Z \text{ for every } I",
    on=lambda: SMALL,
    name="shallow",
)
def shallow_rank(net: ConvAC, seed: int) -> Verdict:
    """All partitions of each circuit."""
    # No partition shows a rank above the number of channels.
    sides = every_side(net.positions)
    return Verdict.all_of(rank_is(Circuit(net, side), 0, net.layers[-1].channels, seed) for side in sides)


@PAPER.states(
    r"Z < \min(r_0, M)^{N/2} \implies \mathcal A^{HT} \ne \mathcal A^{CP} \text{ for almost all deep weights}",
    Hypothesis("Z < min(r_0, M)^(N/2)", lambda i: i.shallow.layers[0].channels < _witnessed(i.deep)),
    on=lambda: tuple(
        Pair(balanced(n, m, (r, *above)), shallow(n, m, z))
        for n, m, r, above, z in (
            (4, 2, 2, (1,), 3),
            (4, 3, 2, (2,), 3),
            (4, 3, 3, (1,), 8),
            (8, 2, 2, (1, 1), 15),
            (8, 2, 3, (2, 2), 15),
            (8, 3, 2, (1, 1), 15),
        )
    ),
)
def separation(pair: Pair, seed: int) -> Verdict:
    # The deep rank exceeds the number of channels, which bounds the shallow one.
    return rank_is(Circuit(pair.deep, "odd-even"), pair.shallow.layers[0].channels + 1, None, seed)


@PAPER.states(
    r"\text{the weights of the proof: } [\mathcal A]_{\text{odd-even}} \text{ is an identity matrix of size }"
    r" \min(r_0, M)^{N/2}, \text{ up to zeros and order}",
    POWER_OF_2,
    on=lambda: _deep(("none", "full")),
)
def witness(net: ConvAC, seed: int) -> Verdict:
    """So any circuit of Z channels is at a Frobenius distance of at least sqrt(min(r_0, M)^(N/2) - Z)."""
    # At the weights of the proof the matricization has the rank, with one entry in each row and column.
    import numpy as np

    from algebra.rank import rank_rational
    from tensors.convac.constructive import depth_witness
    from tensors.convac.grid_tensor import matricization

    matrix = matricization(depth_witness(net), "odd-even")
    rank = equals(Bounds.exactly(rank_rational(matrix), by="elimination"), _witnessed(net), "rank")
    counts = [int(np.count_nonzero(matrix, axis=axis).max()) for axis in (0, 1)]
    if counts != [1, 1]:
        return Verdict.violated(Grade.PROVED, reason=f"a row or column has {max(counts)} entries")
    return rank


@PAPER.states(
    r"\text{a net of } L_2 < \log_2 N \text{ layers needs } Z \ge r^{N/2^{L_2}},\; r = \min(M, r_0, \ldots,"
    r" r_{L_2-1})",
    Hypothesis("1 <= L_2 < log2 N", lambda i: 1 <= i.layers < len(i.deep.layers)),
    on=lambda: tuple(
        Truncated(balanced(n, 2, widths), layers, channels)
        for n, widths, layers, channels in (
            (8, (2, 2, 1), 1, 5),
            (8, (2, 2, 1), 2, 3),
            (8, (2, 3, 2), 2, 2),
            (8, (3, 2, 2), 2, 3),
            (16, (2, 2, 2, 1), 2, 3),
            (16, (2, 2, 2, 1), 3, 3),
            (16, (2, 2, 2, 2), 3, 2),
        )
    ),
)
def truncated(instance: Truncated, seed: int) -> Verdict:
    """Neighbouring blocks of 2^(L_2 - 1) patches lie on different sides."""
    # Both ranks across blocks of 2^(layers - 1) patches, which lie on different sides in turn.
    deep, count = instance.deep, instance.layers
    block = 2 ** (count - 1)
    rows = tuple(q for q in range(deep.positions) if q // block % 2 == 0)
    rest = deep.positions // block
    flat = ConvAC(deep.positions, deep.templates, [*deep.layers[: count - 1], ConvLayer(rest, rest, instance.channels)])
    least = min(deep.templates, *(layer.channels for layer in deep.layers[:count]))
    return Verdict.all_of(
        (
            rank_is(Circuit(flat, rows), 0, instance.channels, seed),
            rank_is(Circuit(deep, rows), least ** (deep.positions // 2**count), None, seed),
        )
    )


@OURS.states(
    r"\operatorname{rank} [\mathcal A^{HT}]_{\text{odd-even}} = \min(r_0, M)^{N/2}",
    POWER_OF_2,
    Hypothesis("weights not shared", lambda net: net.layers[0].sharing == "none"),
    on=_deep,
)
def exact(net: ConvAC, seed: int) -> Verdict:
    return equals(unaided_rank(Circuit(net, "odd-even"), seed), _witnessed(net), "rank")


@OURS.states(
    r"\operatorname{rank} [\mathcal A^{HT}]_{\text{left-right}} \le r_{L-1}",
    POWER_OF_2,
    on=_deep,
)
def left_right(net: ConvAC, seed: int) -> Verdict:
    """The width of the last layer."""
    return rank_is(Circuit(net, "left"), 0, net.layers[-1].channels, seed)


@OURS.states(
    r"\text{CP with fully shared weights: } \operatorname{rank} [\mathcal A]_{\text{odd-even}} \le"
    r" \binom{M+N/2-1}{N/2}",
    on=lambda: tuple(shallow(n, m, z, "full") for n, m, z in ((4, 2, 6), (4, 3, 9), (6, 2, 9), (8, 2, 20))),
)
def shared_shallow(net: ConvAC, seed: int) -> Verdict:
    """A shallow circuit whose weights are all shared is a symmetric tensor."""
    half = net.positions // 2
    return rank_is(Circuit(net, "odd-even"), 0, comb(net.templates + half - 1, half), seed)


@RECTIFIERS.states(
    r"\text{ReLU and max pooling, shallow, at drawn weights: } \operatorname{rank} \le Z M N / 2",
    on=lambda: tuple(
        shallow(n, m, z) for n, m, z in ((4, 2, 1), (4, 3, 1), (6, 2, 1), (6, 3, 1), (6, 3, 2), (8, 2, 1))
    ),
)
def rectifier_bound(net: ConvAC, seed: int) -> Verdict:
    """At eight draws of integer weights, each rank exact: a check of examples, not of all weights."""
    # Rank <= Z M N / 2 for several draws of integer weights, each rank exact.
    from tensors.convac.generalised import rank_distribution

    found = rank_distribution(net, "odd-even", "max", range(seed, seed + 8))
    bound = net.layers[0].channels * net.templates * net.positions // 2
    greatest = Bounds.exactly(max(found.ranks), by="elimination")
    return within(greatest, high=bound, name="the greatest rank of the drawn weights")


@OURS.states(
    r"\text{ReLU and sum pooling, at drawn weights: } \operatorname{rank} [\mathcal A]_{\text{left-right}} \le 2",
    on=lambda: tuple(balanced(n, m, w) for n, m, w in ((4, 2, (3, 3)), (4, 3, (4, 2)), (8, 2, (3, 3, 3)))),
)
def rectifier_sums(net: ConvAC, seed: int) -> Verdict:
    """A sum over the two halves is g(A) + h(B). At twelve draws of integer weights."""
    from tensors.convac.generalised import rank_distribution

    found = rank_distribution(net, "left", "sum", range(seed, seed + 12))
    return within(Bounds.exactly(max(found.ranks), by="elimination"), high=2, name="rank across left and right")


@OURS.states(
    r"\text{with rectifiers, almost all weights have one rank}",
    on=lambda: (
        Rectified(balanced(4, 3, (3, 3)), "max"),
        Rectified(balanced(8, 2, (2, 2, 2)), "max"),
        Rectified(balanced(4, 3, (4, 2)), "sum"),
    ),
    kind=Kind.FALSE_CONJECTURE,
)
def rectifier_generic(instance: Rectified, seed: int) -> Verdict:
    """So their depth efficiency cannot hold almost everywhere: reports give distributions over drawn weights."""
    # Two open sets of weights with different ranks are looked for.
    #
    # If all first factors are negative at every template, nothing passes the rectifiers, and so it is near these
    # weights: rank 0. A rank above 0 does not fall near the weights that show it.
    import numpy as np

    from tensors.convac.generalised import generalised_matricization, rank_distribution
    from tensors.convac.weights import CircuitWeights

    net, pooling = instance
    shapes = [net.weight_shape(number) for number in range(len(net.layers))]
    closed = CircuitWeights.given(net, [np.full(shape, 1 if k else -1) for k, shape in enumerate(shapes)])
    is_zero = not generalised_matricization(closed, "odd-even", pooling).any()
    ranks = rank_distribution(net, "odd-even", pooling, range(seed, seed + 12)).counts
    if is_zero and max(ranks) > 0:
        reason = f"rank 0 near weights -1 in the first layer; drawn weights have ranks {', '.join(map(str, ranks))}"
        return Verdict.violated(Grade.PROVED, reason=reason)
    return Verdict.inconclusive("no two open sets of different ranks were found")
