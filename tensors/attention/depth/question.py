"""The separation rank of a stack, and the rank of one degree: the questions, for `algebra.evidence.generic_rank`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from algebra.evidence.evaluation import MINOR_SLACK, SLACK, quick_trial
from algebra.evidence.generic_rank import AtLeast, AtMost, GenericRank, Known
from algebra.evidence.reason import Reason
from algebra.rank.primes import DEFAULT_PRIME
from tensors.attention.depth.copied_form import CopiedForm, copied_form_bound
from tensors.attention.depth.copies import copied_entry_bound, copied_power_bound
from tensors.attention.depth.evaluation import TEXTS, StackValues
from tensors.attention.depth.rules import degree_bound, degrees_are_listed, exact_rank, whole_bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensors.attention.depth.architecture import StackArchitecture

MOST_SIDE = 4096
"""Choices of tokens on either side at most: the rank of so many, modulo a 23-bit prime, takes some ten seconds."""

MOST_AT_ONCE = 600
"""Up to this rank all degrees are evaluated at once. Beyond, one after the other is faster although each takes C + 1
evaluations: for a rank of 3,102 in 14 degrees 4 s against 9 s, because elimination is cubic in the rank."""

MOST_WORK = 1 << 33
"""Multiplications of one evaluation in float64: some eight seconds. Three layers of width 3 need half of it."""

CAREFUL = 128
"""How much more a multiplication of Python integers modulo a large prime costs."""


def stack_claim(stack: StackArchitecture) -> dict[str, Any]:
    """Return label and fields of a stack, as claims say them: whether the output is pooled says the quantity."""
    return {"label": stack.label, "stack": {k: v for k, v in stack.to_json().items() if k != "pooled"}}


@dataclass(frozen=True)
class SeparationRank(GenericRank):
    """The rank between both sides' tokens that the output, or its part of one degree, has for almost all weights.

    Parameters
    ----------
    stack : StackArchitecture
    degree : int, optional
        k: in the Gram matrix of the tokens of B. Default: the whole.
    most_work : int
        Multiplications that an evaluation may take.
    """

    stack: StackArchitecture
    degree: int | None = None
    most_work: int = MOST_WORK

    @property
    def label(self) -> str:
        """Label of the stack, with the degree."""
        return self.values.label

    @property
    def values(self) -> StackValues:
        """What is evaluated."""
        return StackValues(self.stack, self.degree)

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Count, use theorems that know the rank, evaluate, or copy forms where that would take too long."""
        stack, k = self.stack, self.degree
        yield AtMost(whole_bound(stack) if k is None else degree_bound(stack, k))

        # Weights that forget all but one coordinate show C + 1, one in each degree; a few theorems say more.
        exact = exact_rank(stack, k)
        if exact is not None:
            yield from (AtMost(exact), AtLeast(exact))
        elif stack.vocabulary is None:
            yield AtLeast(Reason("line", stack.degree + 1 if k is None else 1))

        if self.can_be_seen(known.goal):
            yield AtLeast(quick_trial(self.values, known.goal, known.seed, 0))
        else:
            for theorem in (copied_entry_bound, copied_power_bound, copied_form_bound):
                copied = theorem(stack, k)
                if copied is not None:
                    yield AtLeast(copied)

    def can_be_seen(self, goal: int) -> bool:
        """Tell whether a rank of that size can be evaluated, modulo the prime that the rank core is made for."""
        stack, side = self.stack, goal + MINOR_SLACK
        if not self.values.suits(DEFAULT_PRIME):
            return False
        if self.degree is None and degrees_are_listed(stack) and goal > MOST_AT_ONCE:
            return False
        most = MOST_SIDE // (TEXTS if stack.vocabulary is not None else 1)
        return side <= most and self.values.work(side) <= self.most_work

    def repeated(self, known: Known) -> StackValues | None:
        """Evaluate at random large integers; None where that would take too long, or degrees are asked one by one."""
        whole = self.degree is None and degrees_are_listed(self.stack)
        is_long = CAREFUL * self.values.work(known.goal + SLACK) > self.most_work
        return None if whole or is_long else self.values

    def claim(self) -> dict[str, Any]:
        """Return what is claimed."""
        return {"quantity": "separation-rank", **stack_claim(self.stack), "degree": self.degree}

    def lower_json(self, lower: Reason) -> dict[str, Any]:
        """Name the theorem; of a copied form what it is."""
        form = lower.detail("form")
        return {"rule": lower.rule, **(form.to_json() if isinstance(form, CopiedForm) else {})}
