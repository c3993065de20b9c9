"""Dimension of a network's variety: the question, for `algebra.evidence.generic_rank`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb, prod
from typing import TYPE_CHECKING, Any

from algebra.evidence.evaluation import SLACK, Seen, idle_samples, quick_trial, trial_key
from algebra.evidence.generic_rank import AtLeast, AtMost, GenericRank, Known, bound_generic_rank
from algebra.evidence.reason import Reason
from algebra.memory import check_fits, fits
from algebra.polynomial.architecture import ConvolutionalArchitecture, PolynomialArchitecture
from algebra.polynomial.blocks import block_bound, explained
from algebra.polynomial.filters import filter_bound
from algebra.polynomial.hilbert import Architecture
from algebra.polynomial.jacobian import Jacobian, JacobianEvaluation
from algebra.polynomial.layout import layout
from algebra.polynomial.reduced import reduced_bound
from algebra.polynomial.rules import upper_bound
from algebra.polynomial.slices import has_slice
from algebra.polynomial.structured import LEVELS, StructuredEvaluation, StructuredJacobian, has_level
from algebra.polynomial.whole_rules import elementary
from algebra.rank.echelon import default_block
from algebra.rank.field import prime_field
from algebra.rank.modular import SINGLE_PRIME
from algebra.rank.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algebra.evidence.bounds import Bounds
    from algebra.evidence.evaluation import Evaluation
    from algebra.evidence.generic_rank import RankEvidence
    from algebra.polynomial.architecture import Network

QUICK_TRIALS = 2
"""Of a part before its symmetries are searched; one published row in 1,576 needed the second."""

NEURON_BYTES = 50
"""Of a neuron at a sample: its value, its slope, its adjoint, and what is there while they are computed."""

WORTH_SPLITTING = 150
"""From this upper bound on block networks are tried: below, a rank takes less than 1.5 ms, and three attempts 1 ms."""

LONG_BYTES = 100
"""Of an entry of a Jacobian modulo a prime of 62 bits, as Python's integers, while FLINT reads them."""

WORTH_REDUCING = 20_000
"""From so many parameters on a network that reduces to a smaller one is decided by that. Below, the samples of the
whole take less than 10 ms beside the elimination, which is the same."""

WORTH_STRUCTURE = 400
"""From this upper bound on samples with unit covectors pay: at 480 they are 1.3 times as fast, at 180 slower."""

LEAST_LOCAL = 0.4
"""Part of U that outputs must see alone at level 0; with 0.53 it is 3 times as fast, with 0.1 slower."""

WORTH_SINGLE = 2_000
"""From this upper bound on float32 is tried first: it takes three fifths of the time."""

SINGLE_PRIMES = (SINGLE_PRIME, 503, 499)
"""Primes that float32 serves: so small that a weight may well be 0, and then rarely modulo the next one, too."""

SINGLE_TRIES = 2
"""In float32: the first falls short in some hundredths of all draws."""

MOST_COINCIDENCES = 0.1
"""Pairs of neurons that are expected to coincide modulo a small prime: each lowers a rank. (30, 50, 50, 2) has 2.4."""

TINY = 48
"""Up to this expected dimension a rank costs less than the recursive bounds: it is tried first."""


@dataclass(frozen=True)
class DimensionQuestion(GenericRank):
    """The dimension of a network's variety: the generic rank of the Jacobian of weights to functions."""

    network: Network

    @property
    def label(self) -> str:
        """Label of the network."""
        return self.network.label

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Count, evaluate, count better; search hidden symmetries where a gap is left."""
        network, jacobian = self.network, JacobianEvaluation(self.network)

        # The rank of a tiny network comes before the recursive bounds, because it costs less.
        a, is_wide = powers_only(network), network.parameters >= WORTH_REDUCING
        is_tiny = network.expected_dimension <= TINY and not (is_wide and a is not None)
        if is_tiny:
            yield AtMost(elementary_bound(network))
            if is_wide:
                check_memory(known.goal, *_numbers_at_a_sample(network))
            yield AtLeast(quick_trial(jacobian, known.goal, known.seed, 0))

        yield AtMost(best_upper_bound(network))

        # What no output sees is left out, whatever its size: what is left decides.
        reduced = None
        if a is not None and (is_wide or known.goal >= WORTH_SPLITTING):
            reduced = reduced_bound(a, known.seed)
            if reduced is not None:
                yield AtLeast(reduced)

        # Of one channel it is a theorem. A small rank is as quick, and shows what it rests on.
        if isinstance(network, ConvolutionalArchitecture) and known.goal >= WORTH_SPLITTING:
            yield AtLeast(filter_bound(network))

        # Block networks prove large dimensions without a large elimination: they need not fit into memory.
        if a is not None and reduced is None and known.goal >= WORTH_SPLITTING:
            split = block_bound(a, known.seed)
            if split is not None:
                yield AtLeast(split)

        check_memory(known.goal, *_numbers_at_a_sample(network))
        if not is_tiny:
            for evaluation in first_evaluations(network, known.goal):
                seen = single_trial(evaluation, known.goal, known.seed) if may_be_single(network, known.goal) else None
                if seen is not None:
                    yield AtLeast(seen)
                yield AtLeast(quick_trial(evaluation, known.goal, known.seed, 0))

        # A gap: there may be a reason that counting does not see, or the trial was unlucky.
        yield AtMost(explained_bound(network))
        yield AtLeast(quick_trial(jacobian, known.goal, known.seed, 1))

    def repeated(self, known: Known) -> JacobianEvaluation | None:
        """Evaluate the same Jacobian again, unless it does not fit into memory: as long integers, or on the way."""
        if not fits(LONG_BYTES * self.network.parameters * (known.goal + SLACK)):
            return None
        on_the_way = memory_estimate(known.goal, *_numbers_at_a_sample(self.network))
        return JacobianEvaluation(self.network) if fits(on_the_way) else None

    def claim(self) -> dict[str, Any]:
        """Return what is claimed."""
        return {"quantity": "dimension", "label": self.label, "network": self.network.to_json()}

    def lower_json(self, lower: Reason) -> dict[str, Any]:
        """Write the tree of a lower bound from block networks as a chain; of a convolution its name is enough."""
        if isinstance(self.network, ConvolutionalArchitecture):
            return {"rule": lower.rule}
        from algebra.polynomial.certify_blocks import lower_chain_json

        return lower_chain_json(lower)

    def upper_json(self, upper: Reason) -> list[dict[str, Any]]:
        """Write the tree of the upper bound as a chain."""
        from algebra.polynomial.certify import chain_json

        return chain_json(self.network, upper)

    def explain(self, evidence: RankEvidence) -> str:
        """Return both arguments as text."""
        assert evidence.upper is not None
        lower = evidence.lower
        below = explained(lower) if isinstance(lower, Reason) else lower.explain()
        return f"{below}\n{evidence.upper.explain('dim')}"


def first_evaluations(network: Network, goal: int) -> list[Evaluation]:
    """Return what is evaluated first: at special weights if they may meet the goal, then a Jacobian as general as any.

    Of squares two neurons that one output owns may be rotated: special weights would fall short.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> [found.rule for found in first_evaluations(PolynomialNetwork((20, 36, 36, 20), degree=2), 2664)]
    ['structured-minor']
    >>> [found.rule for found in first_evaluations(PolynomialNetwork((20, 36, 36, 2), degree=2), 2000)]
    ['jacobian-minor']
    """
    if not isinstance(network, PolynomialArchitecture) or goal < WORTH_STRUCTURE:
        return [JacobianEvaluation(network)]
    special: list[Evaluation] = []
    if network.degrees is not None and network.degrees[-1] > 2:
        levels = [level for level in LEVELS if level and has_level(network, level)]
        special = [StructuredEvaluation(network, max(levels))] if levels else []

    # At level 0 only what several outputs see goes to the large elimination.
    widths = network.widths
    local = widths[-1] * (widths[-2] + widths[-3] - 1) if has_level(network, 0) else 0
    is_worth = local >= goal * LEAST_LOCAL
    return [*special, StructuredEvaluation(network, 0) if is_worth else JacobianEvaluation(network)]


def may_be_single(network: Network, goal: int) -> bool:
    """Tell whether a rank in float32 is looked at first: where it meets the goal, it is a proof modulo any prime.

    Forms of degree p or more may vanish at all residues modulo p. And there must be so many points that hardly two
    neurons have the same inputs, up to a factor; of squares before two outputs or more, hardly the same outputs.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> network = PolynomialNetwork((20, 36, 36, 20), degree=2)
    >>> may_be_single(network, 2664), may_be_single(network, 1000)
    (True, False)
    >>> [may_be_single(PolynomialNetwork((30, 50, 50, outputs), degree=2), 2700) for outputs in (1, 2, 3)]
    [True, False, True]
    """
    if not isinstance(network, PolynomialArchitecture) or network.degrees is None or goal < WORTH_SINGLE:
        return False
    first, last = network.widths[:2], network.widths[:-3:-1]
    sides = [first, last] if network.degrees[-1] == 2 and network.widths[-1] > 1 else [first]
    coincidences = sum(comb(many, 2) / SINGLE_PRIME ** (few - 1) for few, many in sides)
    return prod(network.degrees) < min(SINGLE_PRIMES) and coincidences < MOST_COINCIDENCES


def single_trial(evaluation: Evaluation, goal: int, seed: int) -> Seen | None:
    """Return a rank in float32 that meets the goal, or None.

    Modulo primes at which a neuron is not seen nothing is looked at: of 50 neurons before one output, the weight of one
    is 0 in a tenth of all draws.
    """
    key, tries = trial_key(evaluation, seed, "trial", 0), 0
    for prime in SINGLE_PRIMES:
        with one_thread(goal):
            evaluated = evaluation.at(prime_field(prime), key, goal + SLACK + idle_samples(goal, prime), 1)
        whole = evaluated.whole if isinstance(evaluated, StructuredJacobian) else evaluated
        if not isinstance(whole, Jacobian) or not whole.sees_all:
            continue
        tries += 1
        rank = evaluated.rank(goal)
        if rank >= goal:
            return Seen(evaluation, key, prime, 1, rank)
        if tries == SINGLE_TRIES:
            break
    return None


def dimension(network: Network, seed: int = 0, log2_error: float | None = None) -> Bounds:
    """Bound the dimension of a network's variety from both sides.

    The lower bound is a rank modulo a prime at random weights; the upper bound is the least of the named rules of
    `algebra.polynomial.rules`. Where they leave a gap, the rank is repeated at random integers modulo random
    large primes, and the answer is `PROBABLE`; see `algebra.evidence.generic_rank`.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    seed : int
        Any integer.
    log2_error : float, optional
        Target for log2 of the error probability, between -4096 and -1. Default: -64.

    Returns
    -------
    Bounds

    Raises
    ------
    InputError
        For a bad seed or target, or a network too large for this machine's memory.
    """
    return bound_generic_rank(DimensionQuestion(network), seed, log2_error)


def elementary_bound(network: Network) -> Reason:
    """Return the least of the bounds that need no look at subnetworks: parameters, and the space of outputs."""
    a = powers_only(network)
    return best_upper_bound(network) if a is None else elementary(a)


def best_upper_bound(network: Network) -> Reason:
    """Return the least proved upper bound for the dimension that needs no search for hidden symmetries.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork

    Returns
    -------
    Reason

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> best_upper_bound(PolynomialNetwork((3, 4, 15, 20, 1), degree=2)).value
    42
    """
    a = powers_only(network)
    if a is not None:
        return upper_bound(a)
    ambient = network.ambient_dimension
    if ambient is not None and ambient < network.naive_dimension:
        return Reason("ambient", ambient)
    return Reason("gauge", network.naive_dimension)


def explained_bound(network: Network) -> Reason:
    """Search hidden symmetries of the one-hidden-layer parts of a network; return the bound that they give.

    A part is worth a search if its own rank stays below its own bound.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork

    Returns
    -------
    Reason

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> network = PolynomialNetwork((3, 5, 4), degree=2, biases=True)
    >>> best_upper_bound(network).value, explained_bound(network).value
    (39, 38)
    """
    a = powers_only(network)
    return best_upper_bound(network) if a is None else _explained(a)


@lru_cache(maxsize=1 << 14)
def _explained(a: Architecture) -> Reason:
    bound = upper_bound(a)
    searched = frozenset(part for part in _parts(bound) if _has_gap(part))
    return upper_bound(a, searched) if searched else bound


def powers_only(network: Network) -> Architecture | None:
    """Return the architecture that the rules speak of; None for convolutions and activations that are no powers."""
    if isinstance(network, PolynomialArchitecture) and network.degrees is not None:
        return Architecture(network.widths, network.degrees, network.biases)
    return None


def _parts(bound: Reason) -> list[Architecture]:
    """Subnetworks with one hidden layer: those that the bound rests on, and three consecutive layers."""
    found = []
    for node in bound.nodes():
        a = node.about
        if isinstance(a, Architecture):
            found += [a.tail(k - 1).head(2) for k in range(1, a.depth)]
    return [a for a in dict.fromkeys(found) if has_slice(a)]


@lru_cache(maxsize=1 << 14)
def _has_gap(part: Architecture) -> bool:
    """Tell whether quick trials of a part stay below its bound."""
    known = upper_bound(part).value
    jacobian = JacobianEvaluation(part.network)
    return all(quick_trial(jacobian, known, 0, number).rank < known for number in range(QUICK_TRIALS))


def _numbers_at_a_sample(network: Network) -> tuple[int, int]:
    """Return the number of neurons, and that of the places of shared parameters: a convolution sums over them."""
    if isinstance(network, PolynomialArchitecture):
        return sum(network.widths), 0
    plan = layout(network)
    return sum(plan.widths), plan.adjoint.size


def check_memory(bound: int, neurons: int = 0, places: int = 0) -> None:
    """Refuse a bound whose elimination does not fit into memory, naming the estimate.

    Raises
    ------
    InputError
        If what `memory_estimate` says exceeds what there is.
    """
    check_fits("network", f"a variety of dimension up to {bound}", memory_estimate(bound, neurons, places))


def memory_estimate(bound: int, neurons: int = 0, places: int = 0) -> int:
    """Bytes that the rank of a network takes whose dimension is at most `bound`.

    The echelon form of r rows and U columns keeps the r (U - r) entries beside its pivots, U^2/4 doubles at most; three
    blocks of rows are there while one is reduced; the rest are the values of all neurons at all samples. Measured on
    networks with dimensions from 2,100 to 7,200: from 0.9 to 1.7 times what the process grows by.

    Parameters
    ----------
    bound : int
        U, at least 0.
    neurons : int
        Of all layers.
    places : int
        Of shared parameters: their products with every sample are there at once, before they are added up.

    Returns
    -------
    int

    Examples
    --------
    >>> memory_estimate(50880) < 6 << 30
    True
    """
    samples = bound + SLACK  # in integers: a bound may be beyond all floats
    a_sample = 3 * 8 * (default_block(samples) + places) + NEURON_BYTES * neurons
    return 2 * samples**2 + a_sample * samples
