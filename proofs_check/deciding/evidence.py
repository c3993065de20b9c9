"""Dimensions for claims: audited, and on request without the bounds that the claim itself asserts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from algebra import Bounds, ConvolutionalNetwork, Grade, PolynomialNetwork
from algebra.evidence.evaluation import quick_trial
from algebra.evidence.generic_rank import AtLeast, AtMost, Known, Lower, RankEvidence, bound_generic_rank
from algebra.evidence.reason import Reason
from algebra.polynomial.architecture import Network as AnyNetwork
from algebra.polynomial.dimension import DimensionQuestion, best_upper_bound
from algebra.polynomial.jacobian import JacobianEvaluation
from proofs_check.claim import ContradictionError, Verdict

Network = PolynomialNetwork | ConvolutionalNetwork

AUDIT = 8  # room above an upper bound in which a greater rank would be seen


def dimension(network: Network, seed: int = 0, without: frozenset[str] = frozenset()) -> Bounds:
    """Dimension of a network's variety, its upper bound audited.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    seed : int
    without : frozenset of str
        Upper bounds that may not be used, because the claim asserts them; then see `unaided_dimension`.

    Returns
    -------
    Bounds

    Raises
    ------
    ContradictionError
        If the rank of the Jacobian at random weights, computed with room above the upper bound, exceeds it.

    Examples
    --------
    >>> dimension(PolynomialNetwork((2, 2, 1), degree=2))
    3 (proved)
    """
    return _dimension(network, seed, without)


@lru_cache(maxsize=1 << 14)
def _dimension(network: Network, seed: int, without: frozenset[str]) -> Bounds:
    bound = best_upper_bound(network)
    if without and not without.isdisjoint(bound.names):
        return unaided_dimension(network, seed)
    limit, _ = elementary_bound(network)
    if bound.value < limit:
        audit(network, bound.value, bound.rule, seed)
    return network.dimension(seed=seed)


def audit(network: Network, upper: int, rule: str, seed: int = 0) -> None:
    """Raise if some weights show that the dimension exceeds what is said to be an upper bound.

    Raises
    ------
    ContradictionError
        With the rank that was seen, a proved lower bound.

    Examples
    --------
    >>> audit(PolynomialNetwork((3, 3, 3), degree=2), 14, "a wrong bound")
    Traceback (most recent call last):
    ...
    proofs_check.claim.ContradictionError: pnn:3-3-3:r2 has dimension at least 15, but 'a wrong bound' says at most 14
    """
    room = min(elementary_bound(network)[0], upper + AUDIT)
    trial = quick_trial(JacobianEvaluation(network), room, seed, 0)
    if trial.rank > upper:
        evidence = RankEvidence(DimensionQuestion(network), trial, best_upper_bound(network), seed, trial, 1)
        seen = Bounds(trial.rank, None, Grade.INCONCLUSIVE, lower_by=trial.rule, seed=seed, evidence=evidence)
        raise ContradictionError(
            f"{network.label} has dimension at least {trial.rank}, but {rule!r} says at most {upper}", seen
        )


def elementary_bound(network: AnyNetwork) -> tuple[int, str]:
    """Return the least of ambient dimension and number of parameters, and which it is: bounds by definition.

    Examples
    --------
    >>> elementary_bound(PolynomialNetwork((3, 3, 1), degree=2))
    (6, 'ambient')
    """
    ambient = network.ambient_dimension
    if ambient is not None and ambient <= network.parameters:
        return ambient, "ambient"
    return network.parameters, "parameters"


@lru_cache(maxsize=1 << 14)
def unaided_dimension(network: Network, seed: int = 0) -> Bounds:
    """Dimension with no upper bound but `elementary_bound`: proved where that is reached, else probable.

    Claims that assert an upper bound use it, so that nothing is verified by itself.

    Examples
    --------
    >>> unaided_dimension(PolynomialNetwork((3, 3, 1), degree=2))
    6 (proved)
    >>> unaided_dimension(PolynomialNetwork((3, 5, 1), degree=4)).grade
    <Grade.PROBABLE: 'probable'>
    """
    return bound_generic_rank(UnaidedDimension(network), seed)


@dataclass(frozen=True)
class UnaidedDimension(DimensionQuestion):
    """The same dimension, asked without any rule for the upper bound."""

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Count, and evaluate once."""
        limit, name = elementary_bound(self.network)
        yield AtMost(Reason(name, limit))
        yield AtLeast(quick_trial(JacobianEvaluation(self.network), limit, known.seed, 0))

    def certified(self, evidence: RankEvidence) -> tuple[Lower, Reason | None]:
        """A certificate may use every rule."""
        return evidence.lower, best_upper_bound(self.network)


def within(bounds: Bounds, low: int = 0, high: int | None = None, name: str = "dimension") -> Verdict:
    """Decide whether an integer lies between two numbers: by its bounds if they suffice, else by its value.

    Examples
    --------
    >>> within(Bounds(3, 5, Grade.INCONCLUSIVE), low=2, high=5).grade
    <Grade.PROVED: 'proved'>
    >>> within(Bounds(3, 5, Grade.PROBABLE, log2_error=-30), high=2).reason
    'dimension 3 (probable, p < 2^-29), not at most 2'
    """
    if bounds.lower >= low and (high is None or (bounds.upper is not None and bounds.upper <= high)):
        return Verdict.holds(Grade.PROVED, bounds)
    claimed = f"{name} {bounds}, not {_range(low, high)}"
    if (high is not None and bounds.lower > high) or (bounds.upper is not None and bounds.upper < low):
        return Verdict.violated(Grade.PROVED, bounds, reason=claimed)
    if bounds.value is None:
        return Verdict.inconclusive(f"{name} only known to be {bounds}", bounds)
    if bounds.value >= low and (high is None or bounds.value <= high):
        return Verdict.holds(bounds.grade, bounds)
    return Verdict.violated(bounds.grade, bounds, reason=claimed)


def equals(bounds: Bounds, value: int, name: str = "dimension") -> Verdict:
    """Decide whether an integer has a value.

    Examples
    --------
    >>> equals(Bounds.exactly(14, by="minor"), 15).reason
    'dimension 14 (proved), not 15'
    """
    return within(bounds, value, value, name)


def _range(low: int, high: int | None) -> str:
    if low == high:
        return str(low)
    parts = [f"at least {low}"] if low > 0 else []
    return " and ".join(parts + ([f"at most {high}"] if high is not None else []))


def reaches_naive(network: Network, seed: int = 0, without: frozenset[str] = frozenset()) -> Verdict:
    """Decide whether the dimension is the naive one: finitely identifiable.

    Examples
    --------
    >>> reaches_naive(PolynomialNetwork((3, 3, 3), degree=2)).outcome
    <Outcome.HOLDS: 'holds'>
    """
    return equals(dimension(network, seed, without), network.naive_dimension, f"{network.label}: dimension")


def fills(network: Network, seed: int = 0) -> Verdict:
    """Decide whether the variety is the whole ambient space.

    Examples
    --------
    >>> fills(PolynomialNetwork((2, 2, 1), degree=2)).grade
    <Grade.PROVED: 'proved'>
    """
    ambient = network.ambient_dimension
    assert ambient is not None
    return within(dimension(network, seed), low=ambient, name=f"{network.label}: dimension")


def at_most_sum(left: Bounds, parts: tuple[Bounds, ...], shift: int, name: str) -> Verdict:
    """Decide whether `left` is at most the sum of the parts plus `shift`.

    Examples
    --------
    >>> at_most_sum(Bounds.exactly(5, by="x"), (Bounds.exactly(2, by="x"), Bounds.exactly(3, by="x")), -1, "T").reason
    'T: 5 (proved) is more than 2 (proved) + 3 (proved) - 1'
    """
    evidence = (left, *parts)
    least = sum(part.lower for part in parts) + shift
    most = None if any(part.upper is None for part in parts) else sum(part.upper or 0 for part in parts) + shift
    if left.upper is not None and left.upper <= least:
        return Verdict.holds(Grade.PROVED, *evidence)
    claimed = " + ".join(map(str, parts)) + (f" {'-' if shift < 0 else '+'} {abs(shift)}" if shift else "")
    reason = f"{name}: {left} is more than {claimed}"
    if most is not None and left.lower > most:
        return Verdict.violated(Grade.PROVED, *evidence, reason=reason)
    grade = Grade.weakest(bounds.grade for bounds in evidence)
    if grade is Grade.INCONCLUSIVE:
        return Verdict.inconclusive(f"{name}: {left} against {claimed} is not decided", *evidence)
    if left.lower <= least:
        return Verdict.holds(grade, *evidence)
    return Verdict.violated(grade, *evidence, reason=reason)
