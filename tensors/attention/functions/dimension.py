"""Dimension of an attention network's set of functions: the question, for `algebra.evidence.generic_rank`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.evidence.evaluation import SLACK, quick_trial
from algebra.evidence.generic_rank import AtLeast, AtMost, GenericRank, Known, bound_generic_rank
from algebra.evidence.reason import Reason
from algebra.memory import check_fits
from tensors.attention.functions.certify import upper_json
from tensors.attention.functions.evaluation import AttentionJacobian
from tensors.attention.functions.independence import independent_exponentials
from tensors.attention.functions.reduction import few_tokens, reduced
from tensors.attention.functions.rules import explanation, upper_bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algebra.evidence.bounds import Bounds
    from algebra.evidence.evaluation import Seen
    from algebra.evidence.generic_rank import RankEvidence
    from tensors.attention.functions.architecture import AttentionArchitecture

QUICK_TRIALS = 2
"""The first with two tokens, where the others may be 0; the second with all of them."""

UNPROVED = "nothing (the exponentials were not proved independent)"

CERTIFIED = ("lightning", "polynomial", "softmax")


@dataclass(frozen=True)
class AttentionDimension(GenericRank):
    """The dimension of the set of functions: the generic rank of the Jacobian of weights to functions."""

    network: AttentionArchitecture

    @property
    def label(self) -> str:
        """Label of the network."""
        return self.network.label

    @cached_property
    def independence(self) -> str | None:
        """For softmax: why the exponentials may be replaced by independent residues; None if that was not proved."""
        return independent_exponentials(reduced(self.network)) if self.network.kind == "softmax" else None

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Count, then evaluate the network without its invisible widths."""
        small = reduced(self.network)
        check_size(few_tokens(small), 1)
        yield AtMost(upper_bound(self.network))

        if self.network.kind == "softmax" and self.independence is None:
            yield AtLeast(Reason(UNPROVED, 0))
            return
        for number in range(QUICK_TRIALS):
            evaluated = few_tokens(small) if number == 0 else small
            check_size(evaluated, known.goal)
            yield AtLeast(trial(evaluated, known.goal, known.seed, number))

    def repeated(self, known: Known) -> AttentionJacobian | None:
        """Evaluate the Jacobian with all tokens, unless its rank would say nothing."""
        return None if known.seen is None else AttentionJacobian(reduced(self.network))

    def claim(self) -> dict[str, Any]:
        """Return what is claimed.

        Raises
        ------
        InputError
            For networks that the checker has no rules for: normalised, causal or residual ones.
        """
        network = self.network
        if network.kind not in CERTIFIED or network.causal or network.residual:
            allowed = "lightning, polynomial or softmax, not causal or residual: the checker has no rules for others"
            raise InputError("network", network.label, allowed)
        described = {**network.to_json(), "heads": list(network.heads)}
        return {"quantity": "attention-dimension", "label": self.label, "network": described}

    def upper_json(self, upper: Reason) -> dict[str, Any]:
        """Name the rule; of a sum over blocks, where they begin and that their outputs are independent."""
        return upper_json(self.network, upper)

    def explain(self, evidence: RankEvidence) -> str:
        """Return both arguments as text."""
        lower, seen = evidence.lower, evidence.seen
        lines = [lower.explain("dim", "<=") if isinstance(lower, Reason) else lower.explain()]
        evaluated = None if seen is None else seen.evaluation
        if isinstance(evaluated, AttentionJacobian) and evaluated.network.tokens < self.network.tokens:
            lines.append("  tokens that are 0 change nothing for the others, so fewer tokens see no more")
        if self.network.kind == "softmax":
            lines.append(f"  independence of the exponentials: {self.independence or 'assumed, not proved'}")
        assert evidence.upper is not None
        return "\n".join([*lines, explanation(evidence.upper)])


@lru_cache(maxsize=4096)
def trial(network: AttentionArchitecture, goal: int, seed: int, number: int) -> Seen:
    """Return what is seen of a reduced network: half of the networks of a table share it with another one."""
    return quick_trial(AttentionJacobian(network), goal, seed, number)


def attention_dimension(network: AttentionArchitecture, seed: int = 0, log2_error: float | None = None) -> Bounds:
    """Bound the dimension of the set of functions of an attention network from both sides.

    The lower bound is the rank of the Jacobian modulo a prime at random weights, exact also for softmax: exponentials
    are replaced by independent residues, and their algebraic independence is itself proved by a rank (see
    `tensors.attention.functions.independence`). The upper bound is the least of the arguments in
    `tensors.attention.functions.rules`. Where they leave a gap, the rank is repeated at random integers modulo random
    large primes, and the answer is `PROBABLE`; see `algebra.evidence.generic_rank`.

    Parameters
    ----------
    network : AttentionArchitecture
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

    Examples
    --------
    >>> from tensors.attention import AttentionNetwork
    >>> attention_dimension(AttentionNetwork((3, 3, 3), 2, kind="softmax", tokens=3))
    25 (proved)
    >>> attention_dimension(AttentionNetwork((4, 1), 2, heads=3))
    39 (proved)
    """
    return bound_generic_rank(AttentionDimension(network), seed, log2_error)


def memory_estimate(network: AttentionArchitecture, bound: int) -> int:
    """Bytes that the evaluated Jacobian and its passes need for a dimension up to `bound`."""
    n = network.tokens
    inner = sum(s.heads * n * (n + 2 * s.head_size + s.after) + n * s.before for s in network.shapes)
    return 3 * 8 * (bound + SLACK) * (network.parameters + inner)


def check_size(network: AttentionArchitecture, bound: int) -> None:
    """Refuse a network whose Jacobian does not fit into this machine's memory, naming the estimate.

    Raises
    ------
    InputError
        If it does not fit.
    """
    check_fits("network", network.label, memory_estimate(network, bound))
