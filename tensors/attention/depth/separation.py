"""The separation rank of a stack from the ranks of its degrees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from algebra.evidence.bounds import Bounds, Grade
from algebra.evidence.certificate import Certificate
from algebra.evidence.error import log2_of_sum
from algebra.evidence.evaluation import Seen
from algebra.evidence.generic_rank import Known, RankEvidence, bound_generic_rank, bounds_of
from algebra.evidence.reason import Reason
from algebra.shown import Shown
from tensors.attention.depth.evaluation import StackValues
from tensors.attention.depth.question import CAREFUL, MOST_WORK, SeparationRank, stack_claim
from tensors.attention.depth.rules import check_size, degree_bound, degrees_are_listed, exact_rank

if TYPE_CHECKING:
    from algebra.evidence.generic_rank import Lower
    from tensors.attention.depth.architecture import StackArchitecture

SUM, BOTH = "sum-over-degrees", "both-sides"


@dataclass(frozen=True)
class StackSeparation(Shown):
    """What is known of the separation rank of a stack.

    Parameters
    ----------
    stack : StackArchitecture
    whole : Bounds
        Of the separation rank.
    degrees : tuple of Bounds, optional
        Of the ranks of f_0 ... f_C, whose sum it is; None with residual connections, vocabularies and pooling, where
        ranks do not add up by degree, and for more than six layers.
    """

    stack: StackArchitecture
    whole: Bounds
    degrees: tuple[Bounds, ...] | None


Separation = StackSeparation  # its earlier name


@dataclass(frozen=True)
class SumEvidence:
    """Ranks of parts, as evidence of their sum: of all degrees, or of a pooled output read on either side.

    Parameters
    ----------
    stack : StackArchitecture
    parts : tuple of Bounds
    seed : int
    """

    stack: StackArchitecture
    parts: tuple[Bounds, ...]
    seed: int

    def explain(self) -> str:
        """Return one line a part."""
        about, name = f"over the degrees k of the ranks of f_k ({SUM})", "k"
        if self.stack.pooled:
            about, name = f"of the ranks at a token of A (0) and at one of B (1) ({BOTH})", "side"
        lines = [f"{name} = {k}: {each}, {each.lower_by}, {each.upper_by}" for k, each in enumerate(self.parts)]
        return "\n".join([f"the sum {about}", *lines])

    def certificate(self) -> Certificate:
        """Write the proofs of all parts down; the checker finds the least upper bounds of degrees itself."""
        documents = [each.certificate().document for each in self.parts]
        bounds = {side: sum(part["claim"][side] for part in documents) for side in ("lower", "upper")}
        proofs = {
            side: [{"value": part["claim"][side], "proof": part[side]} for part in documents]
            for side in ("lower", "upper")
        }
        if self.stack.pooled:
            claim = {"quantity": "pooled-separation-rank", **stack_claim(self.stack), **bounds}
            both = {side: {"rule": BOTH, "sides": parts} for side, parts in proofs.items()}
            return Certificate.of(claim, self.seed, **both)
        claim = {**SeparationRank(self.stack).claim(), **bounds}
        return Certificate.of(claim, self.seed, lower={"rule": SUM, "degrees": proofs["lower"]}, upper={"rule": SUM})


def separation_rank(
    stack: StackArchitecture, seed: int = 0, log2_error: float | None = None, most_work: int = MOST_WORK
) -> StackSeparation:
    """Bound the separation rank of a stack for almost all weights, and the rank of each degree.

    *Theorem (T9).* The sum of the outputs at all tokens is Phi(G) (m_A + m_B), m the sums of both groups. The first
    part is odd in x_A and even in x_B, the second the other way round, so their ranks add up; and Phi(G) m_A has the
    rank of Phi(G) x_i, since an orthogonal matrix that combines the tokens of A leaves G as it is.

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
    StackSeparation

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
    if stack.pooled:
        sides = tuple(separation_rank(side, seed, log2_error, most_work).whole for side in stack.sides)
        return StackSeparation(stack, _summed(stack, sides, BOTH), None)
    whole = bound_generic_rank(SeparationRank(stack), seed, log2_error)
    if not degrees_are_listed(stack):
        return StackSeparation(stack, whole, None)
    uppers = [degree_bound(stack, k) for k in range(stack.degree + 1)]
    evidence = whole.evidence
    if whole.lower == sum(upper.value for upper in uppers) and isinstance(evidence, RankEvidence):
        return StackSeparation(stack, whole, tuple(_at_bound(stack, evidence, upper) for upper in uppers))

    degrees: dict[int, Bounds] = {}
    left = most_work
    for k in sorted(range(len(uppers)), key=lambda k: uppers[k].value):
        question = SeparationRank(stack, k, left)
        degrees[k] = bound_generic_rank(question, seed, log2_error)
        if question.can_be_seen(uppers[k].value):
            trials = 1 if degrees[k].grade is Grade.PROVED else 1 + CAREFUL
            left -= trials * question.values.work(uppers[k].value)
    found = tuple(degrees[k] for k in sorted(degrees))
    summed = _summed(stack, found, SUM)
    return StackSeparation(stack, whole if summed.lower < whole.lower else summed, found)


def _at_bound(stack: StackArchitecture, whole: RankEvidence, upper: Reason) -> Bounds:
    """Return the bounds of one degree where the whole rank is the sum of all upper bounds.

    The matrix that showed it is the sum of those of the degrees at the same tokens: a rank below its bound would make
    the sum less. So each of them has this rank, under the same key.
    """
    k = upper.detail("k")
    lower: Lower = exact_rank(stack, k) or Reason("line", 1)
    if isinstance(whole.lower, Seen):
        lower = replace(whole.lower, evaluation=StackValues(stack, k), rank=upper.value)
    assert whole.seed is not None
    return bounds_of(SeparationRank(stack, k), Known(whole.seed, lower, upper))


def _summed(stack: StackArchitecture, parts: tuple[Bounds, ...], rule: str) -> Bounds:
    """Return the sum of ranks of parts."""
    lower, upper = sum(each.lower for each in parts), sum(each.upper or 0 for each in parts)
    grade = Grade.weakest(each.grade for each in parts)
    errors = [each.log2_error for each in parts if each.log2_error is not None]
    error = log2_of_sum(errors) if grade is Grade.PROBABLE else None
    seed = parts[0].seed
    assert seed is not None
    return Bounds(lower, upper, grade, error, rule, rule, seed, SumEvidence(stack, parts, seed))


def rank_of_degree(stack: StackArchitecture, k: int, seed: int = 0, log2_error: float | None = None) -> Bounds:
    """Bound the rank of f_k, the part of degree k in the Gram matrix of the tokens of B.

    Parameters
    ----------
    stack : StackArchitecture
    k : int
        The degree.
    seed : int
        Any integer: the seed of every random choice.
    log2_error : float, optional
        Target for log2 of the error probability; default: -64.

    Returns
    -------
    Bounds

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
        raise InputError("k", k, "left out: with residual connections, words or pooling ranks do not add up by degree")
    check_size(stack)
    return bound_generic_rank(SeparationRank(stack, k), seed, log2_error)
