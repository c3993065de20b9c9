r"""P. Jaini, P. Poupart, Y. Yu: deep homogeneous mixtures against shallow ones, exactly and approximately."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from algebra import Bounds, Grade
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import equals, within
from proofs_check.deciding.grid_tensors import unaided_graph_rank
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from tensors.mixtures import LatentTree

PAPER = Paper(
    "jaini2018",
    "P. Jaini, P. Poupart, Y. Yu, Deep homogeneous mixture models: representation, separation, and approximation, "
    "NeurIPS 2018",
)
OURS = PAPER.beside("the rankcert developers, after Jaini, Poupart and Yu, NeurIPS 2018")
COHEN = PAPER.beside("J. E. Cohen, U. G. Rothblum, Nonnegative ranks, Linear Algebra and its Applications 1993")
LIM = PAPER.beside("L.-H. Lim, P. Comon, Nonnegative approximations of nonnegative tensors, 2009")

Matrix = tuple[tuple[int, ...], ...]


class Model(NamedTuple):
    """A latent tree model under a name."""

    label: str
    tree: LatentTree


def _make(name: str, variables: int, symbols: int, states: int) -> Model:
    from tensors.mixtures import balanced_tree, hidden_markov, shallow_mixture

    build = {"HMM": hidden_markov, "TMM": balanced_tree, "shallow": shallow_mixture}[name]
    return Model(f"{name} d={variables} M={symbols} k={states}", build(variables, symbols, states))


def models() -> tuple[Model, ...]:
    """Return hidden Markov models, tensorial mixtures and shallow mixtures.

    Examples
    --------
    >>> models()[0].label
    'HMM d=4 M=2 k=2'
    """
    sizes = ((4, 2, 2), (4, 3, 2), (4, 3, 3), (4, 2, 3), (8, 2, 2), (8, 2, 3), (8, 3, 2))
    odd = ((3, 2, 2), (5, 2, 2), (6, 3, 2), (7, 2, 2))
    return (
        *(_make("HMM", *size) for size in (*sizes, *odd)),
        *(_make("TMM", *size) for size in sizes),
        *(_make("shallow", *size) for size in (*sizes, *odd)),
    )


def random_trees(count: int, seed: int) -> tuple[Model, ...]:
    """Return random latent trees with at least as many symbols as states.

    Examples
    --------
    >>> len(random_trees(3, 0))
    3
    """
    from tensors.mixtures import LatentTree

    random = Random(f"latent trees {seed}")
    found = []
    for number in range(count):
        hidden = random.randint(1, 4)
        parents = (-1, *(random.randrange(h) for h in range(1, hidden)))
        above = [h for h in range(hidden) if h not in parents]
        above += [random.randrange(hidden) for _ in range(random.randint(0, 7 - len(above)))]
        above += [0] * (2 - len(above))
        tree = LatentTree((2,) * len(above), (2,) * hidden, parents, tuple(above))
        found.append(Model(f"tree {number}: parents {parents} leaves {tuple(above)}", tree))
    return tuple(found)


class Widths(NamedTuple):
    """A train of rank r and M symbols against a hidden Markov model of k states, both of order d."""

    order: int
    symbols: int
    rank: int
    states: int

    @property
    def label(self) -> str:
        """Its numbers."""
        return f"d={self.order} M={self.symbols} r={self.rank} k={self.states}"


def _same(first: bool, name: str) -> Verdict:
    return Verdict.holds(Grade.PROVED) if first else Verdict.violated(Grade.PROVED, reason=f"another tensor: {name}")


Cube = tuple[int, ...]  # entries of a 2 x 2 x 2 tensor
W_STATE: Cube = (0, 1, 1, 0, 1, 0, 0, 0)


COHEN_ROTHBLUM: Matrix = ((1, 1, 0, 0), (1, 0, 1, 0), (0, 1, 0, 1), (0, 0, 1, 1))
SQUARE: Matrix = ((0, 0, 1, 1), (1, 0, 0, 1), (1, 1, 0, 0), (0, 1, 1, 0))
IDENTITY: Matrix = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
HEXAGON: Matrix = tuple(tuple((0, 0, 1, 2, 2, 1)[(j - i) % 6] for j in range(6)) for i in range(6))
ENOUGH: Hypothesis[Model] = Hypothesis("one number of states", lambda m: len(set(m.tree.states)) == 1)
DEEP: Hypothesis[Model] = Hypothesis("not shallow", lambda m: len(m.tree.states) > 1)
EVEN: Hypothesis[Model] = Hypothesis("d even", lambda m: len(m.tree.symbols) % 2 == 0)


@OURS.states(
    r"\max_I \operatorname{rank} [W]_I = k^{\nu(T)},\; \nu(T) = \#\text{disjoint paths between leaves}",
    ENOUGH,
    on=lambda: (*models(), *random_trees(25, 0)),
)
def separation(model: Model, seed: int) -> Verdict:
    """So a shallow mixture needs k^nu components, to be equal.

    With fewer symbols M than states: at least min(k, M)^nu. The largest cut over all partitions bounds the rank
    from above.
    """
    # The rank across the separating rows, from values; and that no other cut is larger.
    from tensors.mixtures import largest_cut, separating_rows, separation_exponent

    tree = model.tree
    states, symbols = min(tree.states), min(tree.symbols)
    exponent = separation_exponent(tree)
    found = unaided_graph_rank(tree.graph, separating_rows(tree), seed)
    verdicts = [within(found, low=min(states, symbols) ** exponent, name="rank")]
    if symbols >= states:
        verdicts.append(within(found, high=states**exponent, name="rank"))
        greatest = Bounds.exactly(largest_cut(tree.graph), by="minimal cuts of all partitions")
        verdicts.append(equals(greatest, states**exponent, "the largest cut"))
    return Verdict.all_of(verdicts)


@PAPER.states(
    r"\text{HMM, TMM: } \operatorname{rank} [W]_{\text{odd-even}} = \min(k, M)^{d/2} \text{ almost everywhere}",
    EVEN,
    DEEP,
    on=models,
)
def odd_even(model: Model, seed: int) -> Verdict:
    tree = model.tree
    rows = tuple(range(0, len(tree.symbols), 2))
    least = min(*tree.states, *tree.symbols)
    return equals(unaided_graph_rank(tree.graph, rows, seed), least ** (len(tree.symbols) // 2), "rank")


@PAPER.states(
    r"\text{shallow mixture of } k \text{ components: all matricization ranks are at most } k",
    Hypothesis("shallow", lambda m: len(m.tree.states) == 1),
    on=lambda: tuple(_make("shallow", *size) for size in ((4, 2, 2), (4, 3, 2), (5, 2, 3), (6, 2, 3))),
)
def shallow(model: Model, seed: int) -> Verdict:
    """Half of all partitions."""
    # A shallow mixture of k components has no rank above k.
    from proofs_check.deciding.grid_tensors import every_side

    tree = model.tree
    sides = list(every_side(len(tree.symbols)))[::2]
    return Verdict.all_of(
        within(unaided_graph_rank(tree.graph, side, seed), high=tree.states[0], name="rank") for side in sides
    )


@OURS.states(
    r"M \ge r^2: \quad \operatorname{rank} [W^{TT}]_{\text{odd-even}} = r^{d-1} > \operatorname{rank} [W^{HMM(k)}]",
    Hypothesis("M >= r^2, d even", lambda s: s.symbols >= s.rank**2 and s.order % 2 == 0),
    Hypothesis("k^(d/2) < r^(d-1)", lambda s: s.states ** (s.order // 2) < s.rank ** (s.order - 1)),
    on=lambda: (Widths(4, 4, 2, 2), Widths(6, 4, 2, 3), Widths(8, 4, 2, 2), Widths(8, 4, 2, 3), Widths(4, 9, 3, 5)),
)
def train_against_markov(sizes: Widths, seed: int) -> Verdict:
    """A train of rank r is no hidden Markov model of r states."""
    # The train's rank is r^(d-1), which a hidden Markov model of fewer than r^2 states cannot have.
    from tensors.mixtures import tensor_train

    rows = tuple(range(0, sizes.order, 2))
    train = tensor_train(sizes.order, sizes.symbols, sizes.rank)
    markov = _make("HMM", sizes.order, sizes.symbols, sizes.states).tree.graph
    value = sizes.rank ** (sizes.order - 1)
    return Verdict.all_of(
        (
            equals(train.rank(rows, seed=seed), value, "rank of the train"),
            within(markov.rank(rows, seed=seed), high=value - 1, name="rank of the hidden Markov model"),
        )
    )


@PAPER.states(
    r"\text{latent tree} \to \text{sum-product network, of linear size}",
    on=lambda: (*(m for m in models() if len(m.tree.symbols) <= 6), *random_trees(10, 1)),
)
def spn(model: Model, seed: int) -> Verdict:
    """At drawn nonnegative weights, entry by entry, exactly; at most three edges for each parameter."""
    # The sum-product network is the same tensor, of at most three edges for each parameter.
    from tensors.mixtures import parameter_count, random_weights, spn_of_latent_tree

    weights = random_weights(model.tree.graph, seed)
    network = spn_of_latent_tree(model.tree, weights)
    size = within(Bounds.exactly(network.edges, by="count"), high=3 * parameter_count(model.tree.graph), name="edges")
    return Verdict.all_of((_same(bool((network.tensor() == weights.tensor()).all()), "sum-product network"), size))


@PAPER.states(
    r"\text{latent tree} \to \text{binary tree of cores, with no more states}",
    on=lambda: (*(m for m in models() if len(m.tree.symbols) <= 6), *random_trees(10, 2)),
)
def cores(model: Model, seed: int) -> Verdict:
    """At drawn nonnegative weights, entry by entry, exactly."""
    # The tree of cores is the same tensor, with the same number of states.
    from tensors.mixtures import cores_of_latent_tree, random_weights

    weights = random_weights(model.tree.graph, seed)
    cores, same = cores_of_latent_tree(model.tree, weights)
    bonds = within(Bounds.exactly(max(cores.bonds), by="count"), high=max(model.tree.states), name="bonds")
    good = bool((same.tensor() == weights.tensor()).all()) and same.is_nonnegative
    return Verdict.all_of((_same(good, "tree of cores"), bonds))


@OURS.states(
    r"\text{trains and trees of cores of rank } r \to \text{latent trees of } r^2 \text{ states}",
    on=lambda: ((4, 2, 2), (4, 3, 2), (4, 2, 3), (8, 2, 2)),
)
def squared_states(size: tuple[int, int, int], seed: int) -> Verdict:
    """At drawn nonnegative weights, entry by entry, exactly."""
    # Trains and trees of cores are latent trees of squared states, nonnegative and exact.
    from tensors.mixtures import (
        balanced_cores,
        latent_tree_of_cores,
        markov_of_train,
        random_weights,
        tensor_train,
    )

    variables, symbols, rank = size
    train, cores = tensor_train(variables, symbols, rank), balanced_cores(variables, symbols, rank)
    given = random_weights(train, seed), random_weights(cores.graph, seed)
    found = markov_of_train(train, given[0]), latent_tree_of_cores(cores, given[1])
    verdicts = []
    for before, (tree, after) in zip(given, found, strict=True):
        verdicts.append(_same(bool((after.tensor() == before.tensor()).all()) and after.is_nonnegative, "latent tree"))
        verdicts.append(within(Bounds.exactly(max(tree.states), by="count"), high=rank**2, name="states"))
    return Verdict.all_of(verdicts)


@PAPER.states(
    r"\lVert q_k - p \rVert_2^2 \le c/k \text{ for conditional gradient with } k \text{ components}",
    on=lambda: (*(m for m in models() if len(m.tree.symbols) <= 5), *random_trees(8, 3)),
)
def approximation(model: Model, seed: int) -> Verdict:
    """Discrete components, 30 steps, rational arithmetic, at drawn weights.

    So rank gaps say nothing of approximation.
    """
    # The bound c / k of the squared error after each of 30 steps, in rational numbers.
    from tensors.mixtures import approximate, random_weights

    found = approximate(random_weights(model.tree.graph, seed).tensor(), 30)
    if found.holds:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"k times the squared error exceeds {found.constant}")


def _of_rank(matrix: Matrix, most: int) -> bool:
    from algebra.rank import rank_rational

    return rank_rational(matrix) <= most


def _rank_2(count: int) -> tuple[Matrix, ...]:
    random = Random("rank 2")
    found = []
    for _ in range(count):
        (a, b), (c, d) = ([[random.randint(0, 3) for _ in range(4)] for _ in range(2)] for _ in range(2))
        found.append(tuple(tuple(a[i] * c[j] + b[i] * d[j] for j in range(4)) for i in range(4)))
    return tuple(found)


@COHEN.states(
    r"\operatorname{rank} A \le 2 \implies \operatorname{rank}_+ A = \operatorname{rank} A",
    Hypothesis("rank at most 2", lambda a: _of_rank(a, 2)),
    on=lambda: _rank_2(12),
)
def rank_2(matrix: Matrix, seed: int) -> Verdict:
    from algebra.rank import rank_rational
    from tensors.mixtures import nonnegative_rank

    return equals(nonnegative_rank(matrix).bounds, rank_rational(matrix), "nonnegative rank")


@COHEN.states(
    r"\operatorname{rank}_+ A = \operatorname{rank} A",
    on=lambda: (IDENTITY, COHEN_ROTHBLUM, SQUARE, HEXAGON),
    kind=Kind.FALSE_CONJECTURE,
)
def ranks_equal(matrix: Matrix, seed: int) -> Verdict:
    """So ranks are lower bounds for mixtures, and not tight ones."""
    from tensors.mixtures import nonnegative_rank

    found = nonnegative_rank(matrix)
    return equals(found.bounds, found.rank, f"nonnegative rank (rank {found.rank})")


def _flattening_ranks(cube: tuple[Fraction, ...] | Cube) -> tuple[int, ...]:
    from algebra.rank import rank_rational

    entry: dict[tuple[int, ...], int | Fraction] = dict(zip(product((0, 1), repeat=3), cube, strict=True))
    found = []
    for axis in range(3):
        rows: list[list[int | Fraction]] = [[], []]
        for x in product((0, 1), repeat=3):
            rows[x[axis]].append(entry[x])
        found.append(rank_rational(rows))
    return tuple(found)


def _hyperdeterminant(cube: Cube) -> int:
    """Cayley's: with flattenings of rank 2 it is 0 exactly for tensors of rank 3."""
    a, b, c, d, e, f, g, h = cube
    squares = (a * h) ** 2 + (b * g) ** 2 + (c * f) ** 2 + (d * e) ** 2
    pairs = a * h * b * g + a * h * c * f + a * h * d * e + b * g * c * f + b * g * d * e + c * f * d * e
    return squares - 2 * pairs + 4 * (a * d * f * g + b * c * e * h)


@LIM.states(
    r"\text{CP rank } 3 \text{ may be a limit of CP rank } 2;\; \text{matricization ranks cannot rise in a limit}",
    on=lambda: (W_STATE,),
)
def limits(cube: Cube, seed: int) -> Verdict:
    """The W state, by Cayley's hyperdeterminant; eleven approximants.

    So separations by matricizations hold for border rank, too.
    """
    # A tensor of CP rank 3 is a limit of tensors of CP rank 2, while its matricizations have rank 2.
    #
    # The approximants are ((e_0 + t e_1)^3 - e_0^3) / t: two products, and within t of the tensor.
    if _flattening_ranks(cube) != (2, 2, 2) or _hyperdeterminant(cube) != 0:
        return Verdict.violated(Grade.PROVED, reason="the tensor is not of rank 3")
    for power in range(1, 12):
        t = Fraction(1, 2**power)
        near = tuple((t ** sum(x) - (sum(x) == 0)) / t for x in product((0, 1), repeat=3))
        far = max(abs(a - b) for a, b in zip(near, cube, strict=True))
        if far > t or max(_flattening_ranks(near)) > 2:
            return Verdict.violated(Grade.PROVED, reason=f"t = {t}: distance {far}, ranks {_flattening_ranks(near)}")
    return Verdict.holds(Grade.PROVED)
