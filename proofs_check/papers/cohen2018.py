r"""N. Cohen, R. Tamari, A. Shashua: mode trees of dilated networks, and the ranks that their tilings bound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any

from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import equals, within
from proofs_check.deciding.grid_tensors import random_sides, unaided_graph_rank
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from algebra import Bounds
    from tensors.mixtures import LatentTree

PAPER = Paper(
    "cohen2018",
    "N. Cohen, R. Tamari, A. Shashua, Boosting dilated convolutional networks with mixed tensor decompositions, "
    "ICLR 2018",
    "1703.06846",
)
OURS = PAPER.beside("the rankcert developers, after Cohen, Tamari and Shashua, ICLR 2018", "1703.06846")

Tree = Any
"""A leaf's number, or a pair of trees."""


@dataclass(frozen=True)
class ModeTree:
    """A binary mode tree, its size constant r (also the number of templates), and a partition.

    Parameters
    ----------
    tree : nested pairs of int
        Leaves 0, …, N-1.
    size : int
        r: that many tensors at every node but the root, and that many templates.
    rows : tuple of int
    """

    tree: Tree
    size: int
    rows: tuple[int, ...]

    @property
    def label(self) -> str:
        """The tree, r, and the rows."""
        return f"tree {str(self.tree).replace(' ', '')} r={self.size} rows {','.join(map(str, self.rows))}"

    @cached_property
    def model(self) -> LatentTree:
        """The tensor as a latent tree: one state at the root, which mixes nothing."""
        from tensors.mixtures import LatentTree

        parents, leaves = [-1], {}
        waiting = [(self.tree, 0)]
        while waiting:
            tree, at = waiting.pop()
            if isinstance(tree, int):
                leaves[tree] = at
                continue
            for child in tree:
                parents.append(at)
                waiting.append((child, len(parents) - 1))
        count = len(leaves)
        states = (1, *(self.size,) * (len(parents) - 1))
        return LatentTree((self.size,) * count, states, tuple(parents), tuple(leaves[j] for j in range(count)))

    def rank(self, seed: int) -> Bounds:
        """Generic rank, from values alone."""
        return unaided_graph_rank(self.model.graph, self.rows, seed)


def leaves(tree: Tree) -> frozenset[int]:
    """Return the leaves below a node.

    Examples
    --------
    >>> sorted(leaves(((0, 2), 1)))
    [0, 1, 2]
    """
    return frozenset([tree]) if isinstance(tree, int) else leaves(tree[0]) | leaves(tree[1])


def tiling(tree: Tree, side: frozenset[int]) -> tuple[frozenset[int], ...]:
    """Return the maximal nodes that lie within a set of leaves.

    Examples
    --------
    >>> [sorted(node) for node in tiling(((0, 1), (2, 3)), frozenset([0, 1, 3]))]
    [[0, 1], [3]]
    """
    if leaves(tree) <= side:
        return (leaves(tree),)
    return () if isinstance(tree, int) else tiling(tree[0], side) + tiling(tree[1], side)


def tilings(instance: ModeTree) -> tuple[tuple[frozenset[int], ...], tuple[frozenset[int], ...]]:
    """Return the tilings of the rows and of the columns."""
    rows = frozenset(instance.rows)
    return tiling(instance.tree, rows), tiling(instance.tree, leaves(instance.tree) - rows)


def sibling_pairs(instance: ModeTree) -> int:
    """Count the siblings below the root's children of which one tiles the rows and the other the columns.

    Examples
    --------
    >>> sibling_pairs(ModeTree(((0, 1), (2, 3)), 2, (0, 2))), sibling_pairs(ModeTree(((0, 1), (2, 3)), 2, (0, 1)))
    (2, 0)
    """
    rows, columns = map(set, tilings(instance))

    def count(tree: Tree, depth: int) -> int:
        if isinstance(tree, int):
            return 0
        left, right = leaves(tree[0]), leaves(tree[1])
        here = depth > 0 and ((left in rows and right in columns) or (left in columns and right in rows))
        return here + count(tree[0], depth + 1) + count(tree[1], depth + 1)

    return count(instance.tree, 0)


def random_tree(positions: list[int], random: Random) -> Tree:
    """Return a random binary tree on these leaves.

    Examples
    --------
    >>> random_tree([0, 1], Random(0))
    (0, 1)
    """
    if len(positions) == 1:
        return positions[0]
    at = random.randint(1, len(positions) - 1)
    return random_tree(positions[:at], random), random_tree(positions[at:], random)


def dilated(depth: int, order: tuple[int, ...]) -> Tree:
    """Return the tree of a dilated network: from the leaves up, nodes join whose numbers differ in these bits.

    Examples
    --------
    >>> dilated(2, (0, 1)), dilated(2, (1, 0))
    (((0, 1), (2, 3)), ((0, 2), (1, 3)))
    """
    nodes: dict[int, Tree] = {j: j for j in range(2**depth)}
    for bit in order:
        nodes = {j: (nodes[j], nodes[j | 1 << bit]) for j in nodes if not j >> bit & 1}
    return nodes[0]


def mode_trees(count: int, seed: int) -> tuple[ModeTree, ...]:
    """Return random trees, balanced ones and chains, with random partitions.

    Examples
    --------
    >>> len(mode_trees(6, 0))
    6
    """
    random = Random(f"mode trees {seed}")
    found = []
    for number in range(count):
        size = random.choice((2, 2, 3))
        positions = random.randint(3, 8 if size == 2 else 6)
        order = list(range(positions))
        random.shuffle(order)
        tree = random_tree(order, random)
        if number % 4 == 0:
            tree = dilated(3, random.choice(((0, 1, 2), (1, 0, 2), (0, 2, 1), (2, 1, 0))))
            size, positions = 2, 8
        found.append(ModeTree(tree, size, random_sides(positions, 1, number)[0]))
    return tuple(found)


def _upper_bound(instance: ModeTree) -> int:
    return int(instance.size ** min(map(len, tilings(instance))))


def _proved(instance: ModeTree, seed: int) -> Bounds:
    """Rank with the bounds by cuts and disjoint paths, which meet on trees with one size."""
    return instance.model.graph.rank(instance.rows, seed=seed)


def nodes(tree: Tree) -> frozenset[frozenset[int]]:
    """Return the nodes of a tree, as sets of leaves.

    Examples
    --------
    >>> sorted(map(sorted, nodes((0, (1, 2)))))
    [[0], [0, 1, 2], [1], [1, 2], [2]]
    """
    below = frozenset[frozenset[int]]() if isinstance(tree, int) else nodes(tree[0]) | nodes(tree[1])
    return below | {leaves(tree)}


REVERSED = dilated(3, (2, 1, 0))


CHAIN = (((((((0, 1), 2), 3), 4), 5), 6), 7)
NAMED = tuple(ModeTree(CHAIN, 2, rows) for rows in ((0, 1, 4, 5), (0, 1, 2, 3), (0, 3, 5, 6), (0, 2, 4, 6)))


@PAPER.states(
    r"\operatorname{rank} [\mathcal A]_I \le r^{\min(|\Theta(I;T)|, |\Theta(I^c;T)|)}",
    on=lambda: (*NAMED, *mode_trees(120, 0)),
)
def upper(instance: ModeTree, seed: int) -> Verdict:
    """M = r, discretizers the identity; the root mixes nothing."""
    return within(instance.rank(seed), high=_upper_bound(instance), name="rank")


@PAPER.states(
    r"\operatorname{rank} [\mathcal A]_I \ge r^{\#\{\text{siblings in } \Theta(I;T) \times \Theta(I^c;T)"
    r" \text{ at depth} > 1\}} \text{ almost everywhere}",
    on=lambda: (*NAMED, *mode_trees(120, 1)),
)
def lower(instance: ModeTree, seed: int) -> Verdict:
    return within(instance.rank(seed), low=instance.size ** sibling_pairs(instance), name="rank")


@OURS.states(
    r"I \text{ a node of } T, \text{ not of } T': \quad \operatorname{rank} [\mathcal A^T]_I \le r <"
    r" \operatorname{rank} [\mathcal A^{T'}]_I \text{ almost everywhere}",
    Hypothesis("I is no node of the reversed dilations", lambda i: frozenset(i.rows) not in nodes(REVERSED)),
    on=lambda: tuple(
        ModeTree(dilated(3, order), 2, tuple(sorted(node)))
        for order in ((0, 1, 2), (1, 0, 2))
        for node in sorted(nodes(dilated(3, order)), key=sorted)
        if len(node) < 8
    ),
)
def dilations(instance: ModeTree, seed: int) -> Verdict:
    """T' has the dilations 4, 2, 1.

    Mixed decompositions of two trees, and the sub-linear gap between widths, are not checked.
    """
    # The tree that has the block as a node has rank at most r, and the one that does not more.
    own = within(instance.rank(seed), high=instance.size, name="rank")
    other = ModeTree(REVERSED, instance.size, instance.rows)
    return Verdict.all_of((own, within(other.rank(seed), low=instance.size + 1, name="rank in the other tree")))


@OURS.states(
    r"\operatorname{rank} [\mathcal A]_I = \min_{\text{cuts}} \textstyle\prod \dim \text{ almost everywhere}",
    on=lambda: (*NAMED, *mode_trees(120, 2)),
    kind=Kind.PROPOSITION,
)
def min_cut(instance: ModeTree, seed: int) -> Verdict:
    """All dimensions are r, but one at the root: disjoint paths attain the cut. It replaces both bounds."""
    from tensors.networks.cuts import minimal_cut

    return equals(instance.rank(seed), minimal_cut(instance.model.graph, instance.rows).product, "rank")


@OURS.states(
    r"\operatorname{rank} [\mathcal A]_I = r^{\min(|\Theta(I;T)|, |\Theta(I^c;T)|)}",
    on=lambda: (*NAMED, *mode_trees(40, 3)),
    kind=Kind.FALSE_CONJECTURE,
)
def upper_attained(instance: ModeTree, seed: int) -> Verdict:
    return equals(_proved(instance, seed), _upper_bound(instance), "rank")


@OURS.states(
    r"\operatorname{rank} [\mathcal A]_I = r^{\#\text{sibling pairs}}",
    on=lambda: (*NAMED, *mode_trees(40, 4)),
    kind=Kind.FALSE_CONJECTURE,
)
def lower_attained(instance: ModeTree, seed: int) -> Verdict:
    return equals(_proved(instance, seed), instance.size ** sibling_pairs(instance), "rank")
