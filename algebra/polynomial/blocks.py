r"""Lower bounds from block networks: a rank proved without an elimination larger than that of a leaf.

Powers as activations, no biases unless said otherwise; :math:`e_l = r_1 \cdots r_{l-1}` is the degree of the
activations below layer l, :math:`D = e_h` that of the outputs, :math:`\delta^{(l)}_i` the derivative of the outputs in
the i-th pre-activation of layer l, a vector of forms of degree :math:`D - e_l`. Any weights whatsoever give a lower
bound of the dimension; here they are chosen such that the tangent space is a direct sum of small pieces.

**blocks.** Split inputs and hidden neurons into two groups, and take weights that join no two groups. Each output is
then a sum of one form in the inputs of the first group and one in those of the second. The derivative along a weight
inside a group is a form in its own inputs: these are the tangent vectors of the *block*, the network of that group with
all outputs. The derivative along a weight of layer l < h from neuron j of group g' to neuron i of group g is
:math:`\delta^{(l)}_i(x_g)\, a^{(l-1)}_j(x_{g'})`: a tensor product of spaces of forms, of degree :math:`e_l` in
:math:`x_{g'}` and :math:`D - e_l` in :math:`x_g`. If all degrees are at least 2, the :math:`e_l` are distinct, and if
the last is at least 3, then :math:`e_l + e_{l'} \le 2D/3 < D`. So no two of these multidegrees agree, and

.. math:: \dim \ge \sum_g \dim(\text{block } g)
    + \sum_{l < h} \sum_{g \ne g'} \operatorname{rank} \delta^{(l)}(g) \cdot \operatorname{rank} a^{(l-1)}(g').

**Squares at the end** (:math:`r_{h-1} = 2`). Then :math:`e_{h-1} = D/2`: the two tensor products of layer h-1 have the
same multidegree, and no others do. They are spanned by :math:`w_i \otimes z_i(x_g)\, a_j(x_{g'})`, i in g, and by
:math:`w_{i'} \otimes a_{j'}(x_g)\, z_{i'}(x_{g'})`, i' in g', where :math:`z_i` is a pre-activation, any combination of
the activations of layer h-2, and :math:`w_i` a column of :math:`W_h`, any vector. Let these activations have the ranks
:math:`\alpha` and :math:`\alpha'` in the two groups, and choose each :math:`z_i` among so many independent forms
:math:`\zeta_b` and :math:`\zeta'_{b'}`, as often as :math:`n_b` and :math:`n'_{b'}` times. The part
:math:`\zeta_b \zeta'_{b'}` of both products together is then a sum of two general spaces of vectors, of dimensions
:math:`n_b` and :math:`n'_{b'}`: with m outputs the two products span at least

.. math:: \sum_b \sum_{b'} \min(m,\, n_b + n'_{b'})

dimensions. Shared out evenly, that is the sum of theirs if m is large enough, with :math:`d_{h-1} \le \alpha` in both
groups from m = 2 on; for one output it is less by :math:`d_{h-1}(g)\, d_{h-1}(g')`.

Dimensions and ranks of a block hold at its general weights, hence at one choice of them; a lower bound of each is
enough. In such a network the activations of a layer are forms in distinct variables, and so are the adjoints: their
ranks are at least the sums of those of the blocks (*factors*).

**independent.** A network that has its naive dimension has independent activations in each layer, and independent
adjoints: no rank of them need be looked at. For the kernel of its Jacobian is then spanned by the scalings of hidden
neurons. A relation :math:`\sum_j c_j a^{(l-1)}_j = 0` would give the vector that changes one row of :math:`W_l` by c, a
relation :math:`\sum_i c_i \delta^{(l)}_i = 0` one that changes one column. But no combination of scalings changes one
layer alone, if no weight is 0: the inputs are not scaled, so the neurons of layer 1, 2, … below it are not, nor are the
outputs, so those of layer h-1, h-2, … down to it are not.

**fewer-outputs.** An output more has weights of its own, which no other output sees: the Jacobian is block triangular,
and :math:`\dim(d_h) \ge \dim(m) + (d_h - m) \operatorname{rank} a^{(h-1)}` for all :math:`m \le d_h`. Any degrees.

**zero-biases.** At biases zero the derivative along a bias of layer l is :math:`\delta^{(l)}_i`, of degree
:math:`D - e_l`, and those of the last biases are constants. If all degrees are at least 2, these degrees and D are
distinct: :math:`\dim(\text{with biases}) \ge \dim(\text{without}) + \sum_{l<h} \operatorname{rank} \delta^{(l)} + d_h`.

`block_bound` applies these rules recursively, down to leaves whose rank is seen at random weights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from algebra.evidence.evaluation import Seen, quick_trial
from algebra.evidence.reason import Reason
from algebra.polynomial.halves import LEAF, Factors, crossing, factors_of, halved, splits
from algebra.polynomial.hilbert import CACHE, Architecture
from algebra.polynomial.jacobian import JacobianEvaluation
from algebra.polynomial.rules import upper_bound

if TYPE_CHECKING:
    from collections.abc import Iterator


LARGEST_LEAF = 400
"""Up to this upper bound a rank is seen where splitting falls short; the checker looks at such a minor in 0.3 s."""

GREATEST_LEAF = 4000
"""Of networks of which that is a small part: such a leaf takes a second, the whole a minute. Up to some 1,700 the
checker needs no more than its ordinary budget."""

SMALL_PART = 3
"""A leaf of a third of the whole takes 4 % of its elimination, and there are some of them."""

MOST_PARAMETERS = 1_000_000
"""Of a leaf: the checker draws no more of them."""

FEWER_OUTPUTS = (1, 2, 4, 8, 16)
"""Numbers of outputs that are tried in the place of all: with few, hidden weights may not all be seen."""


class Leaves(NamedTuple):
    """Where ranks are seen at random weights, from a seed: at upper bounds up to `least` at once, and up to `most`."""

    seed: int
    least: int
    most: int


@dataclass(frozen=True)
class Sight:
    """Where the rank of a leaf was seen; shown in short."""

    seen: Seen

    def __str__(self) -> str:
        return f"modulo {self.seen.prime}, weights and samples from {self.seen.key!r}"


@dataclass(frozen=True)
class Ranks:
    """Ranks of activations and adjoints that a bound rests on; of the blocks, in their order."""

    factors: tuple[Factors, ...]

    def __str__(self) -> str:
        return "; ".join(dict.fromkeys(map(str, self.factors)))


@lru_cache(maxsize=CACHE)
def block_bound(a: Architecture, seed: int = 0, leaf: int = LEAF) -> Reason | None:
    """Return a proved lower bound for the dimension of a network's variety that meets the upper bound, or None.

    Parameters
    ----------
    a : Architecture
    seed : int
        Of the random weights at the leaves.
    leaf : int
        Of upper bounds up to this one ranks are seen at once; larger ones are split first.

    Returns
    -------
    Reason or None
        The tree of the bound; None if it stays below the least known upper bound, or if a leaf is too large.

    Examples
    --------
    >>> found = block_bound(Architecture((40, 70, 70, 40), (3, 3)))
    >>> found.value, found.names
    (10360, ('fewer-outputs', 'blocks', 'jacobian-minor'))
    >>> block_bound(Architecture((40, 60, 60, 1), (2, 2))).value
    4170
    >>> block_bound(Architecture((10, 43, 42, 1), (2, 3))) is None
    True
    """
    found = _split(a, leaves_of(a, seed, leaf))
    return found if found is not None and found.value == upper_bound(a).value else None


def leaves_of(a: Architecture, seed: int = 0, least: int = LEAF) -> Leaves:
    """Return where ranks may be seen in the parts of a network: the larger it is, the larger they.

    Examples
    --------
    >>> leaves_of(Architecture((20, 60, 60, 10), (2, 2))).most
    1760
    """
    most = min(max(upper_bound(a).value // SMALL_PART, LARGEST_LEAF), GREATEST_LEAF)
    return Leaves(seed, least, most)


@lru_cache(maxsize=CACHE)
def best_block_bound(a: Architecture, leaves: Leaves) -> Reason | None:
    """Return the best of the bounds that the rules give, whether it meets the upper bound or not; None if none does.

    A rule is not tried where the upper bounds of its parts show that it cannot meet that of the whole. What is small
    is not split, and what is not much larger only as long as that meets its bound.
    """
    goal = upper_bound(a).value
    best = None if goal <= leaves.least else _split(a, leaves)
    is_leaf = goal <= leaves.most and a.parameters <= MOST_PARAMETERS
    if is_leaf and (best is None or best.value < goal):
        seen = _leaf(a, leaves.seed, goal)
        best = seen if best is None or seen.value > best.value else best
    return best


def _split(a: Architecture, leaves: Leaves) -> Reason | None:
    goal = upper_bound(a).value
    best: Reason | None = None
    for found in _attempts(a, leaves, goal):
        if best is None or found.value > best.value:
            best = found
        if best.value >= goal:
            break
    return best


def _attempts(a: Architecture, leaves: Leaves, goal: int) -> Iterator[Reason]:
    """Yield the bounds of all rules that could meet the goal."""
    if a.biases:
        found = _biases(a, leaves)
        if found is not None:
            yield found
        return
    for count in FEWER_OUTPUTS:
        if count < a.widths[-1] and a.depth > 1:
            found = _outputs(a, count, leaves, goal)
            if found is not None:
                yield found
    found = _blocks(a, leaves, goal)
    if found is not None:
        yield found


def _leaf(a: Architecture, seed: int, goal: int) -> Reason:
    seen = quick_trial(JacobianEvaluation(a.network), goal, seed, 0)
    return Reason(seen.rule, seen.rank, a, note=Sight(seen))


def _outputs(a: Architecture, count: int, leaves: Leaves, goal: int) -> Reason | None:
    part, others = a.with_width(-1, count), a.widths[-1] - count
    if upper_bound(part).value + others * a.widths[-2] < goal:
        return None
    found = best_block_bound(part, leaves)
    factors = None if found is None else factors_of(found, leaves.seed)
    if found is None or factors is None:
        return None
    value = found.value + others * factors.activations[-1]
    return Reason("fewer-outputs", value, a, (found,), (("outputs", count),), Ranks((factors,)))


def _biases(a: Architecture, leaves: Leaves) -> Reason | None:
    if a.depth == 1 or min(a.degrees) < 2:
        return None
    part = a._replace(biases=False)
    found = best_block_bound(part, leaves)
    factors = None if found is None else factors_of(found, leaves.seed)
    if found is None or factors is None:
        return None
    value = found.value + sum(factors.adjoints) + a.widths[-1]
    return Reason("zero-biases", value, a, (found,), (), Ranks((factors,)))


def _blocks(a: Architecture, leaves: Leaves, goal: int) -> Reason | None:
    if not splits(a):
        return None
    halves = halved(a)
    full = [(half.widths[:-1], half.widths[1:-1]) for half in halves]
    if sum(upper_bound(half).value for half in halves) + crossing(halves, *full) < goal:
        return None

    # The parts come first: of a layer that halves down to a single neuron they show early that nothing is gained.
    parts: list[Reason] = []
    for half in halves:
        found = best_block_bound(half, leaves)
        if found is None:
            return None
        parts.append(found)
    factors = [each for part in parts if (each := factors_of(part, leaves.seed)) is not None]
    if len(factors) < len(halves):
        return None
    ranks = ((each.activations, each.adjoints) for each in factors)
    value = sum(part.value for part in parts) + crossing(halves, *ranks)
    return Reason("blocks", value, a, tuple(parts), (), Ranks(tuple(factors)))


def explained(root: Reason) -> str:
    """Return the tree of a bound as text, the whole before its parts; what occurs twice is shown once.

    Examples
    --------
    >>> print(explained(block_bound(Architecture((16, 16, 1), (3,)))))
    256 <= dim(16, 16, 1; 3): blocks (activations of ranks 8 8, adjoints of ranks 8)
      64 <= dim(8, 8, 1; 3): jacobian-minor (modulo 8388593, weights and samples from 'pnn:8-8-1:r3/seed=0/trial=0')
    """
    shown, waiting, lines = set(), [(root, "")], []
    while waiting:
        node, indent = waiting.pop()
        if id(node) in shown:
            continue
        shown.add(id(node))
        lines.append(replace(node, parts=()).explain("dim", "<=", indent))
        waiting += [(part, indent + "  ") for part in reversed(node.parts)]
    return "\n".join(lines)
