"""The minors of a program's certificate: points at which every square root is there, and rows that prove the rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import nmod_mat

from algebra.errors import InputError
from algebra.evidence.checker.limits import Refused
from algebra.evidence.checker.programs_constants import (
    binary_rank,
    character,
    check_constant_exponents,
    numbers_under_roots,
)
from algebra.evidence.checker.programs_lower import ends, levels, rectifiers_inside, samples_of, split
from algebra.evidence.checker.programs_reading import Program, Relation, behind
from algebra.evidence.checker.programs_relations import check_relation, columns
from algebra.evidence.checker.programs_signs import active
from algebra.evidence.checker.programs_values import Sampler
from algebra.evidence.evaluation import suitable_prime
from algebra.programs.evaluation import PIECES_ROWS, ProgramJacobian
from algebra.programs.forced_roots import Forcing
from algebra.rank.modular_rank import minor_of_array
from algebra.rank.primes import is_prime

if TYPE_CHECKING:
    from fractions import Fraction

    from algebra.evidence.checker.programs_relations import Combination
    from algebra.programs.straight_line import StraightLineProgram

KEYS = 4
"""Keys that are tried: each misses a rank with a probability of some thousands in 2^23."""

PIECES_KEYS = 16
"""With rectifiers the rank depends on the region of the weights: a few more are looked at."""

MOST_ROUNDS = 6
"""Relations change the residues that later exponents see: after a round others may show."""

MOST_MULTIPLE = 1000
"""Larger multiples are fractions modulo the prime."""

SLACK = 8
"""Rows beyond those of the minor, among which it is searched."""

CHARACTER_SLACK = 24
"""Rows beyond the number of roots: random bits miss their rank with probability 2^-24."""

MOST_STARTS = 64
"""New starts with all residues of the weights, where a root of weights alone has no residue of its own."""

MOST_PATTERNS = 32
"""Of rectifiers behind which exponentials or roots stand: a proof of independence for each, tenths of a second long."""

LAST_MODULUS = 10_000
"""Of the moduli that show that roots of numbers are independent: each tells with probability 1/2."""

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
    pattern: frozenset[int] = frozenset()
    """Of the rectifiers inside, where independence is asked for."""
    proofs: dict[frozenset[int], tuple[Any, list[Any]] | None] = field(default_factory=dict)
    """Of independence, for each pattern that was met."""

    def lower_json(self, wanted: int) -> tuple[int, dict[str, Any]]:
        """Return a rank and its proof: the wanted one; with rectifiers, where it depends on the region, perhaps less.

        Raises
        ------
        InputError
            For what the checker has no rules for.
        ArithmeticError
            If the rank is not seen again.
        """
        has_pieces, under_roots = self.tape.has("relu"), numbers_under_roots(self.tape)
        numbers = {"numbers": moduli_of_roots(under_roots)} if under_roots else {}
        minors: Minors = self
        exponents: Any = []
        roots: Any = []
        if not self.inside:
            minors, exponents = self.with_relations()
            roots = [minors.level_json(level) for level in levels(self.tape)]

        best: dict[str, Any] = {"rule": "trivial", "rows": []}
        for number in range(PIECES_KEYS if has_pieces else KEYS):
            # Regions that the samples miss lower the rank: more samples are looked at if the first do not do.
            many = (PIECES_ROWS if has_pieces and number else 1) * (wanted + SLACK)
            found = minors.minor_json(f"{self.program.label}/minor={number}", wanted, many)
            best = max(best, found, key=lambda proof: len(proof["rows"]))
            if len(best["rows"]) == wanted:
                break
        rank = len(best["rows"])
        if rank < wanted and not (has_pieces and rank):
            label = self.program.label
            raise ArithmeticError(f"the rank {wanted} of {label} was not seen again under {KEYS} keys")
        if self.inside:
            exponents, roots = self.of_patterns(best["key"], best["rows"])
        return rank, {**best, "exponents": exponents, "roots": roots, **numbers}

    def of_patterns(self, key: str, rows: Sequence[int]) -> tuple[list[Any], list[Any]]:
        """Return the proofs of independence for the patterns of some rows, in the order of the rows."""
        patterns = dict.fromkeys(active(self.tape, key, t) & self.inside for t in rows)
        found = [proof for proof in map(self.proofs.get, patterns) if proof is not None]
        return [exponents for exponents, _ in found], [roots for _, roots in found]

    def is_shown(self, pattern: frozenset[int]) -> bool:
        """Tell whether exponents and roots are shown to be independent under a pattern of the rectifiers inside."""
        if pattern not in self.proofs and len(self.proofs) < MOST_PATTERNS:
            self.proofs[pattern] = replace(self, pattern=pattern).independence()
        return self.proofs.get(pattern) is not None

    def independence(self) -> tuple[Any, list[Any]] | None:
        """Return the proof that all exponents, and all roots, are independent under the pattern; None without one."""
        exponents = None
        try:
            for number in range(KEYS if self.tape.exponents else 0):
                exponents, _ = self.exponents_json(f"{self.program.label}/exponents={number}")
                if exponents is not None:
                    break
            if self.tape.exponents and exponents is None:
                return None
            return exponents, [self.level_json(level) for level in levels(self.tape)]
        except (Refused, InputError):  # relations, or roots that are not seen to be independent
            return None

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
    def inside(self) -> frozenset[int]:
        """The rectifiers behind which exponentials or square roots stand."""
        return rectifiers_inside(self.tape)

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
        if self.inside and not self.has_pattern(sampler, 0):
            return
        if not Forcing(sampler, 0, 0).has_all(of_weights, MOST_STARTS):
            return
        found = 0
        for t in range(MOST_SKIPPED * count):
            if found == count:
                return
            if self.inside and not (self.has_pattern(sampler, t) and self.is_shown(sampler.signs[t] & self.inside)):
                continue
            if not Forcing(sampler, 0, t).has_all(of_inputs):
                continue
            try:
                if self.tape.has("relu") and not self.inside:
                    sampler.signs[t] = active(self.tape, sampler.key, t)
                yield t, sampler.gradient(0, t)
            except Refused:
                continue
            found += 1

    def has_pattern(self, sampler: Sampler, t: int) -> bool:
        """Decide the signs of all rectifiers at a sample; False if one is not decided."""
        try:
            sampler.signs[t] = active(self.tape, sampler.key, t)
        except Refused:
            return False
        return True

    def pairs(self, sampler: Sampler, count: int, is_of_weights: bool, below: Sequence[int]) -> Iterator[int]:
        """Yield pairs of points at which some roots are there."""
        roots = split(self.tape, below)
        found = 0
        for r in range(MOST_SKIPPED * count):
            sampler.signs |= dict.fromkeys(samples_of([r]), self.pattern)
            good = found < count and all(
                Forcing(sampler, g, t).has_all(roots[1], MOST_STARTS) and Forcing(sampler, g, t).has_all(roots[0])
                for g, t in ends(r, is_of_weights)
            )
            if good:
                found += 1
                yield r

    def with_relations(self) -> tuple[Minors, dict[str, Any] | None]:
        """Return the same with relations between the exponents, and the proof that the others are independent.

        Raises
        ------
        InputError
            If no such relations are found.
        """
        if not self.tape.exponents:
            return self, None
        found = self
        for number in range(KEYS + MOST_ROUNDS):
            try:
                proof, related = found.exponents_json(f"{self.program.label}/exponents={number}")
                if proof is not None:
                    check_constant_exponents(found.tape)
            except Refused:
                break
            if proof is not None:
                return found, proof
            found = Minors(self.program, self.tape._replace(relations=related))
        raise refusal("such relations between exponentials")

    def exponents_json(self, key: str) -> tuple[dict[str, Any] | None, tuple[Relation, ...]]:
        """Return the proof that the exponents are independent but for the relations, or more relations."""
        scalars = behind(self.tape.tape, self.tape.exponents)
        roots = [u for u in self.tape.roots if u in set(scalars)]
        sampler, chosen = self.sampler(key), []
        for is_of_weights, kind in enumerate(columns(self.tape)):
            rows, names = [], []
            for r in self.pairs(sampler, len(kind) + SLACK, bool(is_of_weights), roots) if kind else ():
                values = _both(sampler, r, bool(is_of_weights), scalars)
                if values is not None:
                    rows.append([sum(q * (values[0][u] - values[1][u]) for u, q in each) % sampler.m for each in kind])
                    names.append(r)
            taken = minor_of_array(np.array(rows, np.int64), sampler.m, len(kind))[0] if rows else []
            if rows and len(taken) < len(kind):
                return None, self.more_relations(kind, rows, sampler.m)
            chosen.append([names[i] for i in taken])
        if list(map(len, chosen)) != list(map(len, columns(self.tape))):
            return None, self.tape.relations
        numbers = {u: i for i, u in enumerate(self.tape.exponents)}
        stated = [[numbers[u], [[numbers[v], q] for v, q in parts], rest] for u, parts, rest in self.tape.relations]
        return {**self._pairs_json(sampler, *chosen), "relations": stated}, self.tape.relations

    def more_relations(
        self, kind: Sequence[Combination], rows: Sequence[Sequence[int]], m: int
    ) -> tuple[Relation, ...]:
        """Return the relations with those that the dependent columns show; integers are recognised from residues.

        Raises
        ------
        Refused
            If one does not hold.
        """
        # Multiples are integers if the least of dependent exponents is taken as independent: mostly the first or last.
        for order in (list(range(len(kind))), list(range(len(kind)))[::-1]):
            reduced, rank = nmod_mat(len(rows), len(kind), [row[j] for row in rows for j in order], m).rref()
            found = _dependencies(reduced, rank, len(kind), m)
            if all(abs(q) <= MOST_MULTIPLE for _, parts in found for _, q in parts):
                break
        relations = {relation.u: relation for relation in self.tape.relations}
        for j, parts in found:
            form: dict[int, int] = {}
            for at, q in ((j, 1), *((i, -q) for i, q in parts)):
                for v, c in kind[order[at]]:
                    form[v] = form.get(v, 0) + q * c
            u = kind[order[j]][0][0]
            relations.pop(u, None)
            parts_of_u = tuple((v, -c) for v, c in form.items() if v != u and c)
            relations[u] = self._checked(Relation(u, parts_of_u, False))
        return tuple(relations.values())

    def _checked(self, relation: Relation) -> Relation:
        """Return a relation, with a rest if it has one."""
        try:
            check_relation(self.tape, relation)
        except Refused:
            relation = relation._replace(has_rest=True)
            check_relation(self.tape, relation)
        return relation

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


def moduli_of_roots(numbers: Sequence[int | Fraction]) -> list[int]:
    """Return primes that show that no product of some numbers is a square, one for each: Jacobi symbols tell.

    Raises
    ------
    InputError
        If no primes up to `LAST_MODULUS` tell: a product is a square, then, or a number is negative.

    Examples
    --------
    >>> moduli_of_roots([2, 3, 5])
    [7, 11, 13]
    """
    whole = [value.numerator * value.denominator for value in numbers]
    found, rows = list[int](), list[int]()
    for q in filter(is_prime, range(3, LAST_MODULUS, 2)):
        if min(whole) < 0 or len(found) == len(whole):
            break
        if all(n % q for n in whole):
            row = sum((character(n % q, q) < 0) << i for i, n in enumerate(whole))
            if binary_rank([*rows, row]) > len(rows):
                rows.append(row)
                found.append(q)
    if len(found) < len(whole):
        raise refusal("such roots of numbers")
    return found


def _dependencies(reduced: nmod_mat, rank: int, count: int, m: int) -> list[tuple[int, list[tuple[int, int]]]]:
    """Return the columns without a pivot, each with the columns and centred multiples whose sum it is."""
    pivots = [next(j for j in range(count) if int(reduced[i, j])) for i in range(rank)]
    found = []
    for j in sorted(set(range(count)) - set(pivots)):
        residues_of_j = [(pivots[i], int(reduced[i, j])) for i in range(rank)]
        found.append((j, [(i, q - m if 2 * q > m else q) for i, q in residues_of_j if q]))
    return found


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
