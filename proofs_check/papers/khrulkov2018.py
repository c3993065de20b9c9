r"""V. Khrulkov, A. Novikov, I. Oseledets: recurrent networks as tensor trains, against CP and hierarchical Tucker."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from algebra import Bounds
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import equals, within
from proofs_check.deciding.grid_tensors import Graph, every_side, graph_rank_is, random_sides, unaided_graph_rank
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensors.networks import FactorGraph

PAPER = Paper(
    "khrulkov2018",
    "V. Khrulkov, A. Novikov, I. Oseledets, Expressive power of recurrent neural networks, ICLR 2018",
    "1711.00811",
)
OURS = PAPER.beside("the rankcert developers, after Khrulkov, Novikov and Oseledets, ICLR 2018", "1711.00811")
HACKBUSCH = PAPER.beside("W. Buczynska, J. Buczynski, M. Michalek, The Hackbusch conjecture on tensor formats, 2015")


class Train(NamedTuple):
    """A tensor train: order, mode size, rank."""

    order: int
    modes: int
    rank: int

    @property
    def graph(self) -> FactorGraph:
        """The chain of cores."""
        from tensors.mixtures import tensor_train

        return tensor_train(self.order, self.modes, self.rank)

    @property
    def label(self) -> str:
        """Its three numbers."""
        return f"TT N={self.order} M={self.modes} r={self.rank}"


SIZES = ((4, 2, 1), (4, 2, 2), (4, 3, 2), (4, 4, 2), (4, 4, 3), (6, 2, 2), (6, 2, 3), (6, 3, 2), (6, 4, 2), (8, 2, 2))
TRAINS = tuple(Train(*numbers) for numbers in (*SIZES, (8, 2, 3)))
EVEN: Hypothesis[Train] = Hypothesis("N even", lambda t: t.order % 2 == 0)


def _odd_even(order: int) -> tuple[int, ...]:
    return tuple(range(0, order, 2))


class Sides(NamedTuple):
    """A format with the sides that another format cuts, and the power of its rank that bounds the other's bonds."""

    name: str
    graph: FactorGraph
    rank: int
    sides: tuple[tuple[int, ...], ...]
    exponent: int

    @property
    def label(self) -> str:
        """The format, and how many sides."""
        return f"{self.name}, {len(self.sides)} sides"


def _bonds(instance: Sides, seed: int) -> Verdict:
    """Decide that all ranks across the sides are at most the power, and that one reaches it."""
    ranks = [unaided_graph_rank(instance.graph, side, seed) for side in instance.sides]
    bound = instance.rank**instance.exponent
    verdicts = [within(found, high=bound, name="bond") for found in ranks]
    greatest = max(ranks, key=lambda found: found.lower)
    return Verdict.all_of((*verdicts, within(greatest, low=bound, name="the greatest bond")))


def blocks(order: int) -> tuple[tuple[int, ...], ...]:
    """Return the blocks of the balanced tree but the whole.

    Examples
    --------
    >>> blocks(4)
    ((0,), (1,), (2,), (3,), (0, 1), (2, 3))
    """
    sizes = [1 << k for k in range(order.bit_length() - 1)]
    return tuple(tuple(range(start, start + size)) for size in sizes for start in range(0, order, size))


def prefixes(order: int) -> tuple[tuple[int, ...], ...]:
    """Return the prefixes of a chain, each as the shorter side of its partition.

    Examples
    --------
    >>> prefixes(4)
    ((0,), (0, 1), (3,))
    """
    every = (tuple(range(t)) for t in range(1, order))
    return tuple(p if 2 * len(p) <= order else tuple(range(len(p), order)) for p in every)


def _tree_graph(order: int, modes: int, rank: int) -> FactorGraph:
    from tensors.mixtures import balanced_cores

    return balanced_cores(order, modes, rank).graph


@PAPER.states(
    r"\text{TT of rank } r: \quad \operatorname{rank}_{CP} \ge \min(M, r)^{N/2} \text{ almost everywhere}",
    EVEN,
    on=lambda: TRAINS,
)
def trains(train: Train, seed: int) -> Verdict:
    """Through the odd-even matricization."""
    # The lower bound through the odd-even matricization, whose rank the CP rank is at least.
    bound = min(train.modes, train.rank) ** (train.order // 2)
    return within(unaided_graph_rank(train.graph, _odd_even(train.order), seed), low=bound, name="rank")


@PAPER.states(
    r"\text{HT of rank } r: \quad \operatorname{rank}_{CP} \ge \min(M, r)^{N/2} \text{ almost everywhere}",
    on=lambda: ((4, 2, 2), (4, 3, 2), (4, 3, 3), (8, 2, 2), (8, 2, 3)),
)
def trees(numbers: tuple[int, int, int], seed: int) -> Verdict:
    order, modes, rank = numbers
    graph = _tree_graph(order, modes, rank)
    return within(unaided_graph_rank(graph, _odd_even(order), seed), low=min(modes, rank) ** (order // 2), name="rank")


def _shallow_instances() -> Iterable[Graph]:
    from tensors.mixtures import shallow_mixture

    for order, modes, rank in ((4, 3, 2), (4, 2, 3), (6, 2, 3), (6, 2, 5)):
        graph = shallow_mixture(order, modes, rank).graph
        for side in list(every_side(order))[::3]:
            yield Graph(f"CP N={order} M={modes} r={rank}", graph, side)


@PAPER.states(
    r"\text{CP of rank } r: \quad \text{all TT and HT ranks are at most } r",
    on=lambda: tuple(_shallow_instances()),
)
def cp(instance: Graph, seed: int) -> Verdict:
    """A third of all partitions."""
    return graph_rank_is(instance, 0, instance.graph.variable_dims[-1], seed)


def _train_sides(order: int, rank: int) -> Sides:
    train = Train(order, 2 if rank <= 2 else 3, rank)
    return Sides(train.label, train.graph, rank, blocks(order), 2)


@PAPER.states(
    r"\text{TT of rank } r \text{ as balanced HT: ranks at most } r^2,\; \text{attained for } N \ge 8",
    Hypothesis("N >= 8", lambda s: len(s.graph.variable_dims) >= 15),
    on=lambda: (_train_sides(8, 2), _train_sides(8, 3)),
)
def train_to_tree(instance: Sides, seed: int) -> Verdict:
    return _bonds(instance, seed)


def _tree_sides(order: int, modes: int, rank: int) -> Sides:
    from tensors.mixtures import balanced_cores

    depth = order.bit_length() - 1
    graph = balanced_cores(order, modes, rank).graph
    return Sides(f"HT N={order} M={modes} r={rank}", graph, rank, prefixes(order), -(-depth // 2))


@HACKBUSCH.states(
    r"\text{balanced HT of rank } r \text{ as TT: ranks at most } r^{\lceil \log_2(N)/2 \rceil},\; \text{attained}",
    on=lambda: (_tree_sides(4, 2, 2), _tree_sides(4, 3, 3), _tree_sides(8, 2, 2), _tree_sides(16, 2, 2)),
)
def tree_to_train(instance: Sides, seed: int) -> Verdict:
    return _bonds(instance, seed)


@HACKBUSCH.states(
    r"\max_t \log_r \operatorname{rank} [\mathcal A^{HT}]_{\{1..t\}} = \lceil \log_2(N)/2 \rceil",
    on=lambda: (2, 4, 8, 16, 32, 64),
)
def train_exponent(order: int, seed: int) -> Verdict:
    """Latent trees with large modes; minimal cuts, which disjoint paths attain."""
    # The exponent by minimal cuts with large modes: powers of one integer, so the cuts are ranks.
    from tensors.mixtures import balanced_tree, bond_exponents

    found = max(bond_exponents(balanced_tree(order, 2, 2), prefixes(order)))
    return equals(Bounds.exactly(found, by="minimal cuts"), -(-(order.bit_length() - 1) // 2), "exponent")


def _chain_instances() -> tuple[Graph, ...]:
    return tuple(
        Graph(train.label, train.graph, side)
        for number, train in enumerate(TRAINS)
        for side in (_odd_even(train.order), *random_sides(train.order, 3, number))
    )


@OURS.states(
    r"\operatorname{rank} [\mathcal A^{TT}]_I = \min_{\text{cuts}} \textstyle\prod \dim \text{ almost everywhere}",
    on=_chain_instances,
    kind=Kind.CONJECTURE,
)
def chain_cut(instance: Graph, seed: int) -> Verdict:
    """Cores assigned to sides by dynamic programming."""
    from tensors.mixtures import train_cut

    found = unaided_graph_rank(instance.graph, instance.rows, seed)
    return equals(found, train_cut(instance.graph, instance.rows), "rank")


@OURS.states(
    r"\operatorname{rank} [\mathcal A^{TT}]_{\text{odd-even}} = \min(M, r)^{N/2}",
    EVEN,
    on=lambda: TRAINS,
    kind=Kind.FALSE_CONJECTURE,
)
def bound_attained(train: Train, seed: int) -> Verdict:
    """The theorem's bound is a bound: the rank of a generic train is greater, where M > r."""
    # The theorem's bound is the rank itself.
    bound = min(train.modes, train.rank) ** (train.order // 2)
    return equals(train.graph.rank(_odd_even(train.order), seed=seed), bound, "rank")
