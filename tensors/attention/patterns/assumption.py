"""Assumption 1 of Yun et al. (NeurIPS 2020, arXiv:2006.04862) for a pattern: three verdicts with certificates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from algebra.shown import Shown
from tensors.attention.patterns.hamiltonian import EXACT_LIMIT, PathAnswer, hamiltonian_path
from tensors.attention.patterns.pattern import SparsePattern
from tensors.attention.patterns.reachability import (
    Reach,
    causal_steps,
    reach,
    steps_by_rotation,
    steps_lower_bound,
)


@dataclass(frozen=True)
class Assumption1(Shown):
    """What is known of the three parts for one pattern.

    Parameters
    ----------
    pattern : SparsePattern
    missing_self_loops : tuple of (layer, token)
        Part 1 holds if there is none.
    path : PathAnswer
        Part 2.
    reach : Reach
        Part 3.
    """

    pattern: SparsePattern
    missing_self_loops: tuple[tuple[int, int], ...]
    path: PathAnswer
    reach: Reach

    @property
    def holds(self) -> bool | None:
        """Whether all three parts hold; None if that is not decided."""
        if self.missing_self_loops or self.reach.steps is None or self.path.exists is False:
            return False
        return True if self.path.exists else None

    @cached_property
    def unseen_set(self) -> tuple[int, ...] | None:
        """Tokens whose outputs no other token's input can influence, at any depth; None if there are none.

        A residual connection lets a token see itself, so self-loops count as present: this alone shows that a
        pattern is not universal.
        """
        return self.reach.closed_set if self._has_closed_set else None

    @property
    def _has_closed_set(self) -> bool:
        return self.reach.closed_set is not None and not self.reach.over_period

    @property
    def universal(self) -> bool | None:
        """True by Theorem 1 of Yun et al., False if some token never influences another, else None: not known."""
        if self.unseen_set is not None:
            return False
        return True if self.holds else None

    @cached_property
    def causal_steps(self) -> int | None:
        """For a causal pattern with self-loops: layers until every token has seen all earlier ones; else None."""
        if not self.pattern.is_causal or self.missing_self_loops:
            return None
        return causal_steps(self.pattern)

    @cached_property
    def rotations(self) -> tuple[int | None, ...]:
        """Steps for each choice of the first layer."""
        if self.pattern.p == 1 or self.unseen_set is not None:
            return (self.reach.steps,) * self.pattern.p
        return steps_by_rotation(self.pattern)

    @property
    def steps_lower_bound(self) -> int:
        """What the largest degrees alone say of the steps."""
        return steps_lower_bound(self.pattern)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is worth knowing beside the verdicts."""
        found = list(self.pattern.remarks)
        if self.pattern.is_causal and self.pattern.n > 1:
            found.append("causal: token 0 never sees token 1, so part 3 cannot hold; causal_steps counts what can")
        elif self.unseen_set is not None:
            found.append("not universal: some tokens never see the others")
        if self.missing_self_loops:
            found.append(f"{len(self.missing_self_loops)} self-loops are missing; add_self_loops adds them")
        if self.path.exists is False and self.unseen_set is None:
            found.append("the assumption is sufficient: without a path nothing is known against universality")
        if self.path.exists is None:
            found.append("no Hamiltonian path was found and none was excluded")
        return tuple(found)


def check_assumption1(pattern: SparsePattern, exact_limit: int = EXACT_LIMIT, seed: int = 0) -> Assumption1:
    """Decide the three parts of Assumption 1: self-loops, Hamiltonian path, and reach.

    Parameters
    ----------
    pattern : SparsePattern
    exact_limit : int
        Strongly connected components up to this size are searched for a path exactly (at most 24).
    seed : int
        Of the path search.

    Returns
    -------
    Assumption1

    Raises
    ------
    InputError
        If `exact_limit` is not an integer from 1 to 24.

    Examples
    --------
    >>> from tensors.attention.patterns.named import named_pattern
    >>> found = check_assumption1(named_pattern("star", 5))
    >>> found.holds, found.reach.steps, found.path.certificate["sets"], found.universal
    (False, 2, [[0]], None)
    """
    from algebra.errors import InputError, as_integer

    if as_integer("exact_limit", exact_limit, 1) > 24:
        raise InputError("exact_limit", exact_limit, "at most 24: memory and time double with each token")
    path = hamiltonian_path(pattern.union, exact_limit, seed=seed)
    return Assumption1(pattern, pattern.missing_self_loops, path, reach(pattern))
