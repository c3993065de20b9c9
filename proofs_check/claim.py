r"""Theorems, propositions and conjectures as objects that can be run: `Claim`, `Verdict`, `Outcome`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from algebra.evidence import Bounds, Grade

Instance = TypeVar("Instance")


class Outcome(Enum):
    """What became of one instance.

    A violated theorem is a bug here or an erratum there; a claim that is not applicable was not tested.
    """

    HOLDS = "holds"
    VIOLATED = "violated"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"


class Kind(Enum):
    """What a claim's source asserts; `FALSE_CONJECTURE`: asserted once, and refuted since."""

    THEOREM = "theorem"
    PROPOSITION = "proposition"
    CONJECTURE = "conjecture"
    FALSE_CONJECTURE = "false conjecture"


@dataclass(frozen=True)
class Source:
    """Where a claim is stated.

    Parameters
    ----------
    paper : str
        Key of the paper; also the name of the module in `proofs_check.papers`.
    reference : str
        Authors, title, place and year.
    arxiv : str
        arXiv number, or "".
    item : str
        Number of the theorem, only where it is known for sure; else "".

    Examples
    --------
    >>> str(Source("kileel2019", "Kileel, Trager, Bruna, NeurIPS 2019", "1905.12207", "Conjecture 12"))
    'Kileel, Trager, Bruna, NeurIPS 2019, arXiv:1905.12207, Conjecture 12'
    """

    paper: str
    reference: str
    arxiv: str = ""
    item: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.reference, self.arxiv and f"arXiv:{self.arxiv}", self.item)))


@dataclass(frozen=True)
class Hypothesis(Generic[Instance]):
    """A named condition on an instance; where it fails, the claim says nothing."""

    name: str
    holds: Callable[[Instance], bool]


@dataclass(frozen=True)
class Verdict:
    """What became of a claim at one instance, how far that is proved, and the bounds that decided it."""

    outcome: Outcome
    grade: Grade
    reason: str = ""
    evidence: tuple[Bounds, ...] = ()

    @classmethod
    def holds(cls, grade: Grade, *evidence: Bounds, reason: str = "") -> Verdict:
        """The claim is true of the instance."""
        return cls(Outcome.HOLDS, grade, reason, evidence)

    @classmethod
    def violated(cls, grade: Grade, *evidence: Bounds, reason: str) -> Verdict:
        """The instance is a counterexample."""
        return cls(Outcome.VIOLATED, grade, reason, evidence)

    @classmethod
    def decided(cls, is_true: bool, violation: str, found: str = "") -> Verdict:
        """An exact computation says whether the claim is true of the instance: proved, either way.

        Examples
        --------
        >>> Verdict.decided(2 + 2 == 4, "2 + 2 is not 4").outcome, Verdict.decided(False, "1 > 0").reason
        (<Outcome.HOLDS: 'holds'>, '1 > 0')
        """
        return cls.holds(Grade.PROVED, reason=found) if is_true else cls.violated(Grade.PROVED, reason=violation)

    @classmethod
    def inconclusive(cls, reason: str, *evidence: Bounds) -> Verdict:
        """What is known does not decide; `reason` says what is missing."""
        return cls(Outcome.INCONCLUSIVE, Grade.INCONCLUSIVE, reason, evidence)

    @classmethod
    def not_applicable(cls, hypothesis: str, *evidence: Bounds) -> Verdict:
        """The hypothesis with that name fails."""
        return cls(Outcome.NOT_APPLICABLE, Grade.INCONCLUSIVE, hypothesis, evidence)

    @classmethod
    def all_of(cls, verdicts: Iterable[Verdict]) -> Verdict:
        """Conjunction: violated if one is, else undecided if one is, else as good as its weakest part.

        Examples
        --------
        >>> parts = [Verdict.holds(Grade.PROVED), Verdict.violated(Grade.PROBABLE, reason="3 > 2")]
        >>> Verdict.all_of(parts).outcome, Verdict.all_of(parts).reason
        (<Outcome.VIOLATED: 'violated'>, '3 > 2')
        """
        each = list(verdicts)
        for outcome in (Outcome.VIOLATED, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE):
            chosen = [verdict for verdict in each if verdict.outcome is outcome]
            if chosen:
                return max(chosen, key=lambda verdict: verdict.grade.strength)
        evidence = tuple(bounds for verdict in each for bounds in verdict.evidence)
        reason = "; ".join(dict.fromkeys(verdict.reason for verdict in each if verdict.reason))
        return cls(Outcome.HOLDS, Grade.weakest(verdict.grade for verdict in each), reason, evidence)


class ContradictionError(ArithmeticError):
    """A proved lower bound exceeds a bound that is said to be an upper one.

    Parameters
    ----------
    message : str
        Names both bounds, and where each comes from.
    evidence : Bounds
        The lower bound.
    """

    def __init__(self, message: str, evidence: Bounds) -> None:
        super().__init__(message)
        self.evidence = evidence


@dataclass(frozen=True)
class Claim(Generic[Instance]):
    r"""A theorem, proposition or conjecture that can be run on instances.

    Parameters
    ----------
    id : str
        ``paper.name``.
    statement : str
        LaTeX.
    source : Source
    hypotheses : tuple of Hypothesis
        Checked in order before the claim is decided.
    instances : callable
        Returns the default instances: plain, printable, the same at every call.
    decide : callable
        ``decide(instance, seed) -> Verdict`` for an instance that satisfies the hypotheses.
    kind : Kind
    note : str
        What a finite check of this claim leaves out, or which bounds it does without.

    Examples
    --------
    >>> even = Hypothesis("n is even", lambda n: n % 2 == 0)
    >>> def decide(n, seed):
    ...     good = (n * n) % 4 == 0
    ...     return Verdict.holds(Grade.PROVED) if good else Verdict.violated(Grade.PROVED, reason=f"{n * n}")
    >>> euclid = Source("arithmetic", "Euclid")
    >>> claim = Claim("arithmetic.squares", r"4 \mid n^2", euclid, (even,), lambda: (2,), decide)
    >>> claim.check(6).outcome
    <Outcome.HOLDS: 'holds'>
    >>> claim.check(3).reason
    'n is even'
    """

    id: str
    statement: str
    source: Source
    hypotheses: tuple[Hypothesis[Instance], ...]
    instances: Callable[[], tuple[Instance, ...]]
    decide: Callable[[Instance, int], Verdict]
    kind: Kind = Kind.THEOREM
    note: str = ""

    @property
    def paper(self) -> str:
        """Key of the paper."""
        return self.source.paper

    def __repr__(self) -> str:
        names = "; ".join(hypothesis.name for hypothesis in self.hypotheses)
        return f"<{self.kind.value} {self.id}: {self.statement}{f'  if {names}' if names else ''}>"

    def check(self, instance: Instance, seed: int = 0) -> Verdict:
        """Decide the claim at one instance.

        Parameters
        ----------
        instance : Instance
            Of the type that `instances` returns.
        seed : int
            Seed of every random choice.

        Returns
        -------
        Verdict
            `NOT_APPLICABLE` with the name of the first hypothesis that fails as its reason. A proved lower bound
            above a supposed upper bound is `VIOLATED`, whatever the claim: one of the two is wrong.
        """
        for hypothesis in self.hypotheses:
            if not hypothesis.holds(instance):
                return Verdict.not_applicable(hypothesis.name)
        try:
            return self.decide(instance, seed)
        except ContradictionError as contradiction:
            return Verdict.violated(Grade.PROVED, contradiction.evidence, reason=str(contradiction))


AnyClaim = Claim[Any]


def shown(instance: Any) -> str:
    """Return an instance as one line: a network's label, or what it prints as.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> shown(PolynomialNetwork((2, 2, 1), degree=2)), shown((2, 3))
    ('pnn:2-2-1:r2', '(2, 3)')
    """
    label = getattr(instance, "label", None)
    return label if isinstance(label, str) else repr(instance)
