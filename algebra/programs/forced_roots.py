"""Residues drawn anew until square roots are there, at one point of a certificate's sampler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algebra.evidence.checker.generator import residues
from algebra.evidence.checker.limits import Refused
from algebra.evidence.checker.programs_constants import character
from algebra.evidence.checker.programs_reading import EXPONENTIALS, Program, behind

if TYPE_CHECKING:
    from algebra.evidence.checker.programs_values import Sampler

MOST_TRIES = 64
"""Residues drawn anew for one square root; each is a square with probability 1/2."""


@dataclass(frozen=True)
class Forcing:
    """Draws residues anew at one point until square roots are there.

    As in `algebra.programs.sampling`: of a radicand that is no square, one residue is drawn anew that it depends on
    and that no earlier root depends on.
    """

    sampler: Sampler
    g: int
    t: int

    def has_all(self, roots: Sequence[int], anew: int = 1) -> bool:
        """Force these roots, in order; False if that fails `anew` times, each with all residues drawn anew."""
        for start in range(anew):
            touched: set[int] = set()
            for root in roots:
                own = sources(self.sampler.program, root, self.sampler.program.sees[root])
                if not self.has(root, sorted(own - touched), start):
                    break
                touched |= own
            else:
                return True
        return False

    def has(self, root: int, own: Sequence[int], start: int) -> bool:
        """Draw these residues anew, one after another (all at first in a new start), until a root is there."""
        p, of_input = self.sampler.program, self.sampler.program.sees[root]
        point, radicand = self.t if of_input else self.g, p.tape.made[root].of[0]
        scalars = behind(p.tape, (radicand,))
        for number in range(MOST_TRIES):
            chosen = own if start and not number else [own[number % len(own)]] if number and own else []
            for source in chosen:
                at = f"again/{root}/{point}/{start}/{number}/{source}"
                (self.sampler.forced[point, source],) = residues(self.sampler.key, at, 0, 1, 1, self.sampler.m)
            if self.is_there(radicand, scalars):
                return True
            if not own:
                return False
        return False

    def is_there(self, radicand: int, scalars: tuple[int, ...]) -> bool:
        """Tell whether a radicand is a square and not 0."""
        try:
            value = self.sampler.values(self.g, self.t, scalars)[radicand]
        except Refused:
            return False
        return bool(value) and character(value, self.sampler.m) == 1


def sources(p: Program, u: int, of_input: bool) -> set[int]:
    """Return the numbers of the residues that a scalar depends on: those of a sample, or those of the weights."""
    found, waiting, seen = set[int](), [u], {u}
    numbers = {v: p.parameters + p.inputs + i for i, v in enumerate(p.exponents)}
    while waiting:
        made = p.tape.made[waiting.pop()]
        if made.kind in EXPONENTIALS:
            found |= {numbers[v] for v in made.of if p.sees[v] == of_input}
            continue
        if made.kind == ("input" if of_input else "weight"):
            found.add(made.number + (p.parameters if of_input else 0))
        fresh = set(made.of) - seen
        seen |= fresh
        waiting += fresh
    return found
