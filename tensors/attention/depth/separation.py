"""The separation rank of a stack from the ranks of its degrees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from algebra.evidence.bounds import Bounds, Grade
from algebra.evidence.certificate import Certificate
from algebra.evidence.error import log2_of_sum
from algebra.evidence.evaluation import Seen
from algebra.evidence.generic_rank import RankEvidence, bound_generic_rank
from algebra.evidence.reason import Reason
from tensors.attention.depth.evaluation import StackValues
from tensors.attention.depth.question import CAREFUL, MOST_WORK, SeparationRank
from tensors.attention.depth.rules import check_size, degree_bound, degrees_are_listed, exact_degree

if TYPE_CHECKING:
    from algebra.evidence.generic_rank import Lower
    from tensors.attention.depth.architecture import StackArchitecture

SUM = "sum-over-degrees"


@dataclass(frozen=True)
class Separation:
    """What is known of the separation rank of a stack.

    Parameters
    ----------
    stack : StackArchitecture
    whole : Bounds
        Of the separation rank.
    degrees : tuple of Bounds, optional
        Of the ranks of f_0 ... f_C, whose sum it is; None with residual connections and vocabularies, where ranks do
        not add up by degree, and for more than six layers.
    """

    stack: StackArchitecture
    whole: Bounds
    degrees: tuple[Bounds, ...] | None


@dataclass(frozen=True)
class SumEvidence:
    """The ranks of all degrees, as evidence of their sum."""

    stack: StackArchitecture
    degrees: tuple[Bounds, ...]
    seed: int

    def explain(self) -> str:
        """Return one line a degree."""
        lines = [f"k = {k}: {each}, {each.lower_by}, {each.upper_by}" for k, each in enumerate(self.degrees)]
        return "\n".join([f"the sum over the degrees k of the ranks of f_k ({SUM})", *lines])

    def certificate(self) -> Certificate:
        """Write the proofs of all degrees down."""
        parts = [each.certificate().document for each in self.degrees]
        lower, upper = (sum(part["claim"][side] for part in parts) for side in ("lower", "upper"))
        claim = {**SeparationRank(self.stack).claim(), "lower": lower, "upper": upper}
        proofs = [{"value": part["claim"]["lower"], "proof": part["lower"]} for part in parts]
        return Certificate.of(claim, self.seed, lower={"rule": SUM, "degrees": proofs}, upper={"rule": SUM})


def separation_rank(
    stack: StackArchitecture, seed: int = 0, log2_error: float | None = None, most_work: int = MOST_WORK
) -> Separation:
    """Bound the separation rank of a stack for almost all weights, and the rank of each degree.

    All degrees are evaluated at once first: where that rank is the sum of their upper bounds, each of them is proved.
    Otherwise one degree after the other is evaluated, those with small bounds first, as long as the work is affordable.

    Parameters
    ----------
    stack : StackArchitecture
    seed : int
        Any integer.
    log2_error : float, optional
        Target for log2 of the error probability of each degree. Default: -64.
    most_work : int
        Multiplications that all degrees together may take; a thousand million take a second or two.

    Returns
    -------
    Separation

    Raises
    ------
    InputError
        For a bad seed or target, or bounds with more than 4200 digits.

    Examples
    --------
    >>> from tensors.attention.depth.architecture import StackArchitecture
    >>> found = separation_rank(StackArchitecture(3, 3, 1, 2, (3, 3)))
    >>> found.whole, found.degrees
    (43 (proved), (1 (proved), 6 (proved), 15 (proved), 18 (proved), 3 (proved)))
    """
    whole = bound_generic_rank(SeparationRank(stack), seed, log2_error)
    if not degrees_are_listed(stack):
        return Separation(stack, whole, None)
    uppers = [degree_bound(stack, k) for k in range(stack.degree + 1)]
    evidence = whole.evidence
    if whole.lower == sum(upper.value for upper in uppers) and isinstance(evidence, RankEvidence):
        return Separation(stack, whole, tuple(_at_bound(stack, evidence, upper) for upper in uppers))

    degrees: dict[int, Bounds] = {}
    left = most_work
    for k in sorted(range(len(uppers)), key=lambda k: uppers[k].value):
        question = SeparationRank(stack, k, left)
        degrees[k] = bound_generic_rank(question, seed, log2_error)
        if question.can_be_seen(uppers[k].value):
            trials = 1 if degrees[k].grade is Grade.PROVED else 1 + CAREFUL
            left -= trials * question.values.work(uppers[k].value)
    found = tuple(degrees[k] for k in sorted(degrees))
    return Separation(stack, _summed(stack, whole, found), found)


def _at_bound(stack: StackArchitecture, whole: RankEvidence, upper: Reason) -> Bounds:
    """Return the bounds of one degree where the whole rank is the sum of all upper bounds.

    The matrix that showed it is the sum of those of the degrees at the same tokens: a rank below its bound would make
    the sum less. So each of them has this rank, under the same key.
    """
    k = upper.detail("k")
    lower: Lower = exact_degree(stack, k) or Reason("line", 1)
    if isinstance(whole.lower, Seen):
        lower = replace(whole.lower, evaluation=StackValues(stack, k), rank=upper.value)
    evidence = RankEvidence(SeparationRank(stack, k), lower, upper, whole.seed)
    return Bounds(
        upper.value,
        upper.value,
        Grade.PROVED,
        lower_by=lower.rule,
        upper_by=upper.rule,
        seed=whole.seed,
        evidence=evidence,
    )


def _summed(stack: StackArchitecture, whole: Bounds, degrees: tuple[Bounds, ...]) -> Bounds:
    """Return the sum of the degrees' ranks, or what is known of the whole where that says more."""
    lower, upper = sum(each.lower for each in degrees), sum(each.upper or 0 for each in degrees)
    if lower < whole.lower:
        return whole
    grade = Grade.weakest(each.grade for each in degrees)
    errors = [each.log2_error for each in degrees if each.log2_error is not None]
    error = log2_of_sum(errors) if grade is Grade.PROBABLE else None
    assert whole.seed is not None
    evidence = SumEvidence(stack, degrees, whole.seed)
    return Bounds(lower, upper, grade, error, SUM, SUM, whole.seed, evidence)


def rank_of_degree(stack: StackArchitecture, k: int, seed: int = 0, log2_error: float | None = None) -> Bounds:
    """Bound the rank of f_k, the part of degree k in the Gram matrix of the tokens of B.

    Raises
    ------
    InputError
        For a degree that the output does not have, or a stack whose ranks do not add up by degree.

    Examples
    --------
    >>> from tensors.attention.depth.architecture import StackArchitecture
    >>> rank_of_degree(StackArchitecture(5, 1, 5, 2, (5, 5)), 2)
    120 (proved)
    """
    allowed = f"an integer between 0 and {stack.degree}"
    if as_integer("k", k, 0, allowed) > stack.degree:
        raise InputError("k", k, allowed)
    if not stack.is_homogeneous:
        raise InputError("k", k, "left out: with residual connections or a vocabulary ranks do not add up by degree")
    check_size(stack)
    return bound_generic_rank(SeparationRank(stack, k), seed, log2_error)
