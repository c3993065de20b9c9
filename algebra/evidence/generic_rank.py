"""The one mechanism: a generic rank, bounded from both sides.

A *question* (`GenericRank`) says what its matrix is and which arguments it has, in the order in which they are worth
their cost: theorems above and below, evaluations at random points, searches. `bound_generic_rank` does the rest, the
same for every architecture. It takes the arguments one by one and stops as soon as both sides meet: the value is then
proved. Where a gap is left, it evaluates again at random integers modulo random large primes, until the probability
that a greater generic rank would have stayed unseen is as small as was asked for: the value is then probable.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from algebra.errors import as_integer

from .bounds import Bounds, Grade
from .error import checked_log2_error, word_size_for
from .evaluation import SLACK, Evaluation, Seen, careful_trial, look, suitable_prime
from .reason import Reason
from .wanted import WANTED

if TYPE_CHECKING:
    from .certificate import Certificate

Lower = Reason | Seen
"""What proves a lower bound: a theorem, or where the rank was seen."""

NOTHING = Reason("trivial", 0)
"""No rank is negative."""

CHECK = "RANKCERT_CHECK"
"""Environment variable: 1 has every upper bound looked at once more; see `check_upper`."""

MORE_ROWS = 8
"""Beyond the upper bound, where it is looked at once more."""

LEAST_WORTH = -20.0
"""Errors above 2^-20 are not called probable: one answer in a million would be wrong, and tables have as many rows."""


class AtLeast(NamedTuple):
    """An argument for a lower bound: a theorem, or a rank that was seen."""

    reason: Lower


class AtMost(NamedTuple):
    """An argument for an upper bound."""

    reason: Reason


class GenericRank(Protocol):
    """A question after the rank that a matrix has at almost all points.

    A room's question is a subclass. It needs `label`, `arguments` and `claim`; the other methods are for what is
    special: repetition, rules that the checker does not know, arguments that need more than their name.
    """

    @property
    def label(self) -> str:
        """Permanent name of what is asked about."""
        ...

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Yield arguments for both sides, cheap ones first; `known` always holds the best of those yielded so far.

        The first is for the upper side: it is the goal of what is evaluated.
        """
        ...

    def claim(self) -> dict[str, Any]:
        """Return what is claimed, as a certificate says it: quantity, label, and the object itself."""
        ...

    def repeated(self, known: Known) -> Evaluation | None:
        """Return what is evaluated at random primes if a gap is left; None if that is impossible or takes too long."""
        return None

    def certified(self, evidence: RankEvidence) -> tuple[Lower, Reason | None]:
        """Return the bounds that a certificate can claim: as a rule both; for some the checker knows weaker ones.

        Raises
        ------
        InputError
            If the checker has no rules at all for what was asked.
        """
        return evidence.lower, evidence.upper

    def lower_json(self, lower: Reason) -> dict[str, Any]:
        """Write a theorem for the lower bound down for the checker; by default its name is enough."""
        return {"rule": lower.rule}

    def upper_json(self, upper: Reason) -> Any:
        """Write an argument for the upper bound down for the checker; by default its name is enough."""
        return {"rule": upper.rule}

    def explain(self, evidence: RankEvidence) -> str:
        """Return the arguments for both sides as text; by default their names."""
        lower, upper = evidence.lower, evidence.upper
        above = "no upper bound is known" if upper is None else f"{upper.value} >= value: {upper.rule}"
        return f"{lower.value} <= value: {lower.rule}\n{above}"


@dataclass
class Known:
    """What is known of a rank while its arguments come in.

    Parameters
    ----------
    seed : int
    lower, upper : Reason or Seen
        The best so far. Of equal lower bounds the first is kept, of equal upper bounds the last.
    seen : Seen, optional
        The largest rank that was seen, even where a theorem says more.
    trials : int
        How many ranks were seen.
    repeats : list of Seen
        Trials at random primes that fell short of nothing that is known: they bound the error.
    """

    seed: int
    lower: Lower = NOTHING
    upper: Reason | None = None
    seen: Seen | None = None
    trials: int = 0
    repeats: list[Seen] = field(default_factory=list)

    @property
    def goal(self) -> int:
        """The least upper bound; a rank need not be followed beyond it."""
        assert self.upper is not None, "a question gives an upper bound first"
        return self.upper.value

    @property
    def is_decided(self) -> bool:
        """Whether both sides meet, and each has an argument."""
        return self.lower is not NOTHING and self.upper is not None and self.lower.value == self.upper.value

    def take(self, argument: AtLeast | AtMost) -> None:
        """Note one more argument.

        Raises
        ------
        ArithmeticError
            If the bounds contradict each other: one of the two arguments is wrong.
        """
        reason = argument.reason
        if isinstance(argument, AtMost):
            if self.upper is None or reason.value <= self.upper.value:
                self.upper = argument.reason
        elif reason.value > self.lower.value or self.lower is NOTHING:
            # The trials so far all fell short of this rank: they say nothing of greater ones.
            self.lower, self.repeats = reason, []

        if isinstance(reason, Seen):
            self.trials += 1
            if self.seen is None or reason.rank > self.seen.rank:
                self.seen = reason
            if reason.is_random:
                self.repeats.append(reason)

        if self.upper is not None and self.lower.value > self.upper.value:
            lower, upper = self.lower, self.upper
            raise ArithmeticError(
                f"a rank of {lower.value} ({lower.rule}) exceeds the upper bound {upper.value} ({upper.rule})"
            )

    @property
    def log2_error(self) -> float | None:
        """Log2 of the probability that all repetitions miss a greater generic rank; None without any."""
        if not self.repeats:
            return None
        return sum(self.log2_trial_error(each.evaluation, each.word_size) for each in self.repeats)

    def log2_trial_error(self, evaluation: Evaluation, word_size: int) -> float:
        """Log2 of the probability that one trial misses every rank beyond the best lower bound."""
        return evaluation.log2_error(self.lower.value + 1, self.goal + SLACK, word_size)


@dataclass(frozen=True)
class RankEvidence:
    """What stands behind the bounds of a generic rank.

    Parameters
    ----------
    question : GenericRank
    lower : Reason or Seen
        A theorem, or where the rank was seen.
    upper : Reason or None
        The tree of the upper bound.
    seed : int or None
    seen : Seen, optional
        The largest rank that was seen, even where a theorem says more.
    trials : int
        How many ranks were seen.
    """

    question: GenericRank
    lower: Lower
    upper: Reason | None
    seed: int | None
    seen: Seen | None = None
    trials: int = 0

    def explain(self) -> str:
        """Return the arguments for both sides as text."""
        return self.question.explain(self)

    def to_json(self) -> dict[str, Any]:
        """Return what both bounds rest on, as plain JSON values."""
        return {"lower": self.lower.to_json(), "upper": None if self.upper is None else self.upper.to_json()}

    def certificate(self) -> Certificate:
        """Write both bounds down for the independent checker.

        Raises
        ------
        InputError
            If the checker has no rules for what was asked.
        ArithmeticError
            If the rank is not seen again.
        """
        from .certificate import Certificate, checked_claim

        lower, upper = self.question.certified(self)
        claim = checked_claim(self.question.claim, lower.value, None if upper is None else upper.value)
        return Certificate.of(
            claim,
            self.seed,
            lower=_lower_json(self.question, lower),
            upper=None if upper is None else self.question.upper_json(upper),
        )


def _lower_json(question: GenericRank, lower: Lower) -> dict[str, Any]:
    if lower.value == 0:
        return {"rule": "trivial"}
    return lower.minor_json() if isinstance(lower, Seen) else question.lower_json(lower)


def bound_generic_rank(question: GenericRank, seed: int = 0, log2_error: float | None = None) -> Bounds:
    """Bound a generic rank from both sides.

    Parameters
    ----------
    question : GenericRank
    seed : int
        Seed of every random choice, any integer; the same seed gives the same answer on every machine.
    log2_error : float, optional
        Where the bounds leave a gap: repeat until a greater generic rank would have stayed unseen with probability at
        most ``2**log2_error``. Default: -64.

    Returns
    -------
    Bounds
        `PROVED` where both sides meet; else `PROBABLE`, with the bound of the error; `INCONCLUSIVE` where no
        repetition says anything, or would take too long.

    Raises
    ------
    InputError
        For a bad seed or target, or a question that is too large for this machine.
    """
    known = Known(as_integer("seed", seed))
    if WANTED.get():
        from .certificate import check_claim

        check_claim(question.claim)
    target = min(checked_log2_error(log2_error), LEAST_WORTH)

    # Arguments for both sides, cheap ones first, until they meet.
    for argument in question.arguments(known):
        known.take(argument)
        if known.is_decided:
            return bounds_of(question, known)

    # A gap is left: either the upper bound is not sharp, or all evaluations were unlucky. Repeat until the latter is
    # as improbable as was asked for.
    number = 0
    while not known.is_decided and (known.log2_error is None or known.log2_error > target):
        trial = _repetition(question, known, number, target)
        if trial is None:
            break
        known.take(AtLeast(trial))
        number += 1
    return bounds_of(question, known)


def check_upper(question: GenericRank, known: Known) -> None:
    """Evaluate once more, under another key, with more rows than the upper bound and without a stop at it.

    It is done for every answer where the environment variable ``RANKCERT_CHECK`` is 1: evaluations that stop as soon
    as they reach the upper bound cannot show that it is too small.

    Raises
    ------
    ArithmeticError
        If the rank exceeds the upper bound: the argument for it is wrong.
    """
    evaluation = known.seen.evaluation if known.seen is not None else question.repeated(known)
    if known.upper is None or evaluation is None:
        return
    prime, word_size = suitable_prime(evaluation), 1
    if known.seen is not None:
        prime, word_size = known.seen.prime, known.seen.word_size
    key = f"{evaluation.label}/seed={known.seed}/check"
    found = look(evaluation, key, known.goal + MORE_ROWS, prime, word_size)
    if found.rank > known.goal:
        by = known.upper.rule
        raise ArithmeticError(f"a rank of {found.rank} at {key} exceeds the upper bound {known.goal} ({by})")


def _repetition(question: GenericRank, known: Known, number: int, target: float) -> Seen | None:
    """Evaluate once more at random integers that are long enough; None if no length is, or it would take too long."""
    evaluation = question.repeated(known)
    if evaluation is None:
        return None
    size = word_size_for(target, lambda size: known.log2_trial_error(evaluation, size))
    return None if size is None else careful_trial(evaluation, known.goal, known.seed, number, size)


def bounds_of(question: GenericRank, known: Known) -> Bounds:
    """Return what is known as `Bounds`, with its grade and its evidence.

    Parameters
    ----------
    question : GenericRank
    known : Known

    Returns
    -------
    Bounds
    """
    if os.environ.get(CHECK) == "1":
        check_upper(question, known)
    lower, upper = known.lower, known.upper
    grade, error = Grade.PROVED, None
    if not known.is_decided:
        error = known.log2_error
        grade = Grade.INCONCLUSIVE if error is None or error > LEAST_WORTH else Grade.PROBABLE
        error = error if grade is Grade.PROBABLE else None
    return Bounds(
        lower.value,
        None if upper is None else upper.value,
        grade,
        log2_error=error,
        lower_by=lower.rule,
        upper_by="" if upper is None else upper.rule,
        seed=known.seed,
        evidence=RankEvidence(question, lower, upper, known.seed, known.seen, known.trials),
    )
