"""The lower bound of the dimension of a program's functions: a minor, and why residues may stand for functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .limits import LARGEST, need, spend
from .minors import is_regular, read_minor, read_modulus
from .programs_constants import binary_rank, character, check_constant_exponents, check_numbers, numbers_under_roots
from .programs_reading import Program, behind
from .programs_relations import columns, read_relations
from .programs_signs import active
from .programs_values import pay_for_points, read_sampler
from .reading import fields, integers, read_key

NO_RULE = "the checker has no rule for"


def check_program_lower(p: Program, claimed: int, proof: Any) -> None:
    """Check the lower bound."""
    if type(proof) is dict and proof.get("rule") == "trivial":
        fields(proof, "lower", "rule")
        return need(claimed == 0, f"the trivial bound is 0, not the claim's lower bound {claimed}")
    radicands = numbers_under_roots(p)
    names = ["rule", "prime", "key", "forced", "rows", "columns", "exponents", "roots", "signs"]
    given = fields(proof, "lower", *names, *(["numbers"] if radicands else []))
    rule, prime, key, forced, rows, columns, exponents, roots, signs, *numbers = given
    need(rule == "program-minor", "the lower bound's rule is unknown")
    rows, columns = read_minor(rows, columns, LARGEST, p.parameters - 1)
    need(len(rows) == claimed, f"the claim's lower bound is {claimed}, but the minor has size {len(rows)}")
    m = read_modulus(prime, len(rows))
    if p.exponents and type(exponents) is dict and "relations" in exponents:
        p = read_relations(p, exponents["relations"])
    sampler = read_sampler(p, m, key, forced)
    pay_for_points(p, len(rows), m)

    need(p.has("relu") == (signs is not None), "signs are for rectifiers only")
    for t in rows if signs is not None else ():
        sampler.signs[t] = active(p, read_key(signs, "signs"), t)
    if radicands:
        check_numbers(radicands, numbers[0])
    inside = rectifiers_inside(p)
    if inside:
        patterns = list(dict.fromkeys(sampler.signs[t] & inside for t in rows))
        check_under_patterns(p, patterns, exponents, roots)
    else:
        check_exponents(p, exponents)
        check_roots(p, roots)

    matrix = []
    for t in rows:
        row = sampler.gradient(0, t)
        matrix.append([row[q] for q in columns])
    return need(is_regular(matrix, m), "the minor of the lower bound vanishes")


def rectifiers_inside(p: Program) -> frozenset[int]:
    """Return the rectifiers that an exponent or the argument of a root depends on.

    Without any, exponentials and roots are the same functions whatever the signs are.
    """
    inner = behind(p.tape, (*p.exponents, *p.roots))
    return frozenset(u for u in inner if p.tape.made[u].kind == "relu")


def check_under_patterns(p: Program, patterns: Sequence[frozenset[int]], exponents: Any, roots: Any) -> None:
    """Check what is independent under each pattern of the rectifiers inside that a row of the minor has.

    Near a sample the pattern stays, and exponents and radicands are the functions that they are under it. A relation
    between exponentials of several samples is one of a single sample, as each has an input of its own.
    """
    fit = type(exponents) is list and type(roots) is list and len(exponents) == len(roots) == len(patterns)
    need(fit, "there is not one proof of independence for every pattern of the rectifiers inside")
    for pattern, of_exponents, of_roots in zip(patterns, exponents, roots, strict=True):
        check_exponents(p, of_exponents, pattern)
        check_roots(p, of_roots, pattern)


def check_exponents(p: Program, proof: Any, pattern: frozenset[int] = frozenset()) -> None:
    """Check that the exponents are linearly independent: those of inputs modulo functions of the weights.

    Those that see no input: modulo numbers.
    """
    if not p.exponents:
        return need(proof is None, "there are no exponents")
    names = ("prime", "key", "pairs", "weights", "forced", "relations")
    prime, key, pairs, weights, forced, _ = fields(proof, "exponents", *names)
    kinds = columns(p)
    check_constant_exponents(p)
    both = [distinct(each, "pairs or weights") for each in (pairs, weights)]
    fit = all(len(each) == len(kind) for each, kind in zip(both, kinds, strict=True))
    need(fit, "there are not as many pairs as exponents")
    m = read_modulus(prime, len(p.exponents))
    pay_for_points(p, 2 * len(p.exponents), m)
    sampler = read_sampler(p, m, key, forced)
    scalars = behind(p.tape, p.exponents)
    for is_of_weights, (chosen, kind) in enumerate(zip(both, kinds, strict=True)):
        sampler.signs |= dict.fromkeys(samples_of(chosen), pattern)
        matrix = []
        for r in chosen:
            first, second = (sampler.values(g, t, scalars) for g, t in ends(r, bool(is_of_weights)))
            matrix.append([sum(q * (first[u] - second[u]) for u, q in each) % m for each in kind])
        need(is_regular(matrix, m), "the minor of the exponents vanishes")
    return None


def ends(r: int, is_of_weights: bool) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the two points of a pair: the same weights with two samples, or two weights."""
    return ((2 * r, 2 * r), (2 * r + 1, 2 * r + 1)) if is_of_weights else ((r, 2 * r), (r, 2 * r + 1))


def samples_of(pairs: Sequence[int]) -> list[int]:
    """Return the samples of pairs, whichever points these are."""
    return [t for r in pairs for t in (2 * r, 2 * r + 1)]


def split(p: Program, scalars: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return those that see an input, and the others."""
    return [u for u in scalars if p.sees[u]], [u for u in scalars if not p.sees[u]]


def distinct(value: Any, name: str) -> tuple[int, ...]:
    """Return a list of different numbers."""
    found = integers(value, name)
    need(len(set(found)) == len(found), f"{name} repeats a number")
    return found


def levels(p: Program) -> list[tuple[int, ...]]:
    """Return the square roots by how many are behind one another, without those of numbers."""
    depth: dict[int, int] = {}
    for u in p.needed:
        made = p.tape.made[u]
        depth[u] = max((depth[v] for v in made.of), default=0) + (made.kind == "sqrt")
    varying = [u for u in p.roots if p.tape.value(p.tape.made[u].of[0]) is None]
    return [tuple(u for u in varying if depth[u] == level) for level in sorted({depth[u] for u in varying})]


def check_roots(p: Program, proofs: Any, pattern: frozenset[int] = frozenset()) -> None:
    """Check, level by level, that no product of radicands is a square up to a function of the weights.

    Those that see no input: up to a number.
    """
    expected = levels(p)
    need(type(proofs) is list and len(proofs) == len(expected), "roots are not proved level by level")
    for level, proof in zip(expected, proofs, strict=True):
        prime, key, pairs, weights, forced = fields(proof, "a level", "prime", "key", "pairs", "weights", "forced")
        m = read_modulus(prime, 1)
        need(m % 2 == 1, "the modulus of roots is even")
        sampler = read_sampler(p, m, key, forced)
        radicands = [tuple(p.tape.made[u].of[0] for u in kind) for kind in split(p, level)]
        both = [distinct(each, "pairs or weights") for each in (pairs, weights)]
        pay_for_points(p, 2 * sum(map(len, both)), m)
        for is_of_weights, (chosen, kind) in enumerate(zip(both, radicands, strict=True)):
            spend(2 * len(chosen) * len(kind) * (m.bit_length() + len(kind) // 8), "the characters of roots")
            sampler.signs |= dict.fromkeys(samples_of(chosen), pattern)
            scalars, rows = behind(p.tape, kind), []
            for r in chosen:
                first, second = (sampler.values(g, t, scalars) for g, t in ends(r, bool(is_of_weights)))
                changed = [character(first[u], m) != character(second[u], m) for u in kind]
                rows.append(sum(bit << i for i, bit in enumerate(changed)))
            need(binary_rank(rows) == len(kind), "square roots are not shown to be independent")
