"""The minors of a program's certificate: points at which every square root is there, and rows that prove the rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.evidence.checker.generator import residues
from algebra.evidence.checker.limits import Refused
from algebra.evidence.checker.programs_lower import character, ends, levels, split
from algebra.evidence.checker.programs_reading import EXPONENTIALS, Program, behind
from algebra.evidence.checker.programs_signs import active
from algebra.evidence.checker.programs_values import Sampler
from algebra.evidence.evaluation import suitable_prime
from algebra.programs.evaluation import PIECES_ROWS, ProgramJacobian
from algebra.rank.modular_rank import minor_of_array

if TYPE_CHECKING:
    from algebra.programs.straight_line import StraightLineProgram

KEYS = 4
"""Keys that are tried: each misses a rank with a probability of some thousands in 2^23."""

PIECES_KEYS = 16
"""With rectifiers the rank depends on the region of the weights: a few more are looked at."""

SLACK = 8
"""Rows beyond those of the minor, among which it is searched."""

CHARACTER_SLACK = 24
"""Rows beyond the number of roots: random bits miss their rank with probability 2^-24."""

MOST_TRIES = 64
"""Residues drawn anew for one square root; each is a square with probability 1/2."""

MOST_STARTS = 64
"""New starts with all residues of the weights, where a root of weights alone has no residue of its own."""

MOST_SKIPPED = 40
"""Samples skipped for each that is used: where a root has no residue of its own, one in two is lost for each."""


def refusal(what: str) -> InputError:
    """Return the error that says what the checker has no rules for."""
    return InputError("--certificate", "asked for", f"left out: the checker has no rules for {what}")


@dataclass(frozen=True)
class Minors:
    """The search for the minors of one program's lower bound."""

    program: StraightLineProgram
    tape: Program

    def lower_json(self, wanted: int) -> tuple[int, dict[str, Any]]:
        """Return a rank and its proof: the wanted one; with rectifiers, where it depends on the region, perhaps less.

        Raises
        ------
        InputError
            For what the checker has no rules for.
        ArithmeticError
            If the rank is not seen again.
        """
        tape, has_pieces = self.tape.tape, self.tape.has("relu")
        if any(tape.value(tape.made[u].of[0]) is not None for u in self.tape.roots):
            raise refusal("roots of numbers")
        if has_pieces and (self.tape.exponents or self.tape.roots):
            raise refusal("rectifiers beside exponentials or square roots")
        exponents, roots = self.exponents_json(), [self.level_json(level) for level in levels(self.tape)]

        best: dict[str, Any] = {"rule": "trivial", "rows": []}
        for number in range(PIECES_KEYS if has_pieces else KEYS):
            # Regions that the samples miss lower the rank: more samples are looked at if the first do not do.
            many = (PIECES_ROWS if has_pieces and number else 1) * (wanted + SLACK)
            found = self.minor_json(f"{self.program.label}/minor={number}", wanted, many)
            best = max(best, found, key=lambda proof: len(proof["rows"]))
            if len(best["rows"]) == wanted:
                break
        rank = len(best["rows"])
        if rank < wanted and not (has_pieces and rank):
            label = self.program.label
            raise ArithmeticError(f"the rank {wanted} of {label} was not seen again under {KEYS} keys")
        return rank, {**best, "exponents": exponents, "roots": roots}

    def minor_json(self, key: str, wanted: int, many: int) -> dict[str, Any]:
        """Return the largest minor among so many rows that is found under a key, up to the wanted size."""
        sampler = self.sampler(key)
        gradients, names = [], []
        for t, gradient in self.gradients(sampler, many):
            gradients.append(gradient)
            names.append(t)
        chosen: Sequence[int] = ()
        columns: Sequence[int] = ()
        if gradients:
            chosen, columns = minor_of_array(np.array(gradients, np.int64), sampler.m, wanted)
        used = [names[i] for i in chosen]
        return {
            "rule": "program-minor",
            "prime": sampler.m,
            "key": key,
            "forced": [[*place, value] for place, value in sampler.forced.items() if place[0] in (0, *used)],
            "rows": used,
            "columns": list(columns),
            "signs": key if self.tape.has("relu") else None,
        }

    @cached_property
    def prime(self) -> int:
        """Of all minors."""
        return suitable_prime(ProgramJacobian(self.program))

    def sampler(self, key: str) -> Sampler:
        """Return what is drawn under a key."""
        return Sampler(self.tape, key, self.prime, {})

    def gradients(self, sampler: Sampler, count: int) -> Iterator[tuple[int, list[int]]]:
        """Yield samples where all roots are there and no denominator vanishes, with their rows of the Jacobian."""
        of_inputs, of_weights = split(self.tape, self.tape.roots)
        if not Forcing(sampler, 0, 0).has_all(of_weights, MOST_STARTS):
            return
        found = 0
        for t in range(MOST_SKIPPED * count):
            if found == count:
                return
            if not Forcing(sampler, 0, t).has_all(of_inputs):
                continue
            try:
                if self.tape.has("relu"):
                    sampler.signs[t] = active(self.tape, sampler.key, t)
                yield t, sampler.gradient(0, t)
            except Refused:
                continue
            found += 1

    def pairs(self, sampler: Sampler, count: int, is_of_weights: bool, below: Sequence[int]) -> Iterator[int]:
        """Yield pairs of points at which some roots are there."""
        roots = split(self.tape, below)
        found = 0
        for r in range(MOST_SKIPPED * count):
            good = found < count and all(
                Forcing(sampler, g, t).has_all(roots[1], MOST_STARTS) and Forcing(sampler, g, t).has_all(roots[0])
                for g, t in ends(r, is_of_weights)
            )
            if good:
                found += 1
                yield r

    def exponents_json(self) -> dict[str, Any] | None:
        """Return the proof that the exponents are independent.

        Raises
        ------
        InputError
            If they are not: there are relations between them.
        """
        exponents = self.tape.exponents
        if not exponents:
            return None
        scalars = behind(self.tape.tape, exponents)
        roots = [u for u in self.tape.roots if u in set(scalars)]
        for number in range(KEYS):
            sampler, chosen = self.sampler(f"{self.program.label}/exponents={number}"), []
            for is_of_weights, kind in enumerate(split(self.tape, exponents)):
                rows, names = [], []
                for r in self.pairs(sampler, len(kind) + SLACK, bool(is_of_weights), roots) if kind else ():
                    values = _both(sampler, r, bool(is_of_weights), scalars)
                    if values is not None:
                        rows.append([(values[0][u] - values[1][u]) % sampler.m for u in kind])
                        names.append(r)
                taken = minor_of_array(np.array(rows, np.int64), sampler.m, len(kind))[0] if rows else []
                chosen.append([names[i] for i in taken])
            if sum(map(len, chosen)) == len(exponents):
                return self._pairs_json(sampler, *chosen)
        raise refusal("relations between exponentials")

    def level_json(self, level: Sequence[int]) -> dict[str, Any]:
        """Return the proof that the roots of one level are independent.

        Raises
        ------
        InputError
            If they are not seen to be.
        """
        for number in range(KEYS):
            sampler, chosen = self.sampler(f"{self.program.label}/roots={level[0]}/{number}"), []
            for is_of_weights, kind in enumerate(split(self.tape, level)):
                radicands = tuple(self.tape.tape.made[u].of[0] for u in kind)
                scalars = behind(self.tape.tape, radicands)
                below = [u for u in self.tape.roots if u in set(scalars)]
                taken, rows = [], list[int]()
                count = len(kind) + CHARACTER_SLACK if kind else 0
                for r in self.pairs(sampler, count, bool(is_of_weights), below):
                    values = _both(sampler, r, bool(is_of_weights), scalars)
                    row = None if values is None else _characters(values, radicands, sampler.m)
                    for pivot in rows:
                        row = None if row is None else min(row, row ^ pivot)
                    if row:
                        rows.append(row)
                        taken.append(r)
                chosen.append(taken)
            if sum(map(len, chosen)) == len(level):
                return self._pairs_json(sampler, *chosen)
        raise refusal("square roots that are not seen to be independent")

    def _pairs_json(self, sampler: Sampler, pairs: list[int], weights: list[int]) -> dict[str, Any]:
        points = {
            p for is_of_weights, each in enumerate((pairs, weights)) for r in each for p in _points(r, is_of_weights)
        }
        forced = [[*place, value] for place, value in sampler.forced.items() if place[0] in points]
        return {"prime": sampler.m, "key": sampler.key, "pairs": pairs, "weights": weights, "forced": forced}


def _points(r: int, is_of_weights: int) -> set[int]:
    return {number for pair in ends(r, bool(is_of_weights)) for number in pair}


def _both(sampler: Sampler, r: int, is_of_weights: bool, scalars: tuple[int, ...]) -> tuple[dict[int, int], ...] | None:
    """Return the scalars at both points of a pair; None at a pole."""
    try:
        return tuple(sampler.values(g, t, scalars) for g, t in ends(r, is_of_weights))
    except Refused:
        return None


def _characters(values: Sequence[dict[int, int]], radicands: Sequence[int], m: int) -> int | None:
    """Return at which radicands the characters differ, as bits; None if one is no unit."""
    first, second = values
    if any(each[u] % m == 0 for each in values for u in radicands):
        return None
    return sum((character(first[u], m) != character(second[u], m)) << i for i, u in enumerate(radicands))


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
