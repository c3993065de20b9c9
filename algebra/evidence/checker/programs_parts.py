"""Parts of a program that are polynomials in weights: what can be seen of those at all.

**Theorem.** Some steps, the *ends*, are polynomials G(w, z) in weights w and in arrays z that are *taken*: inputs,
weights, or steps that come before the end. Let R(w, x, a) be the rest, the program with the ends as inputs a, whose
outputs are those of the program, and z. Then the dimension of the program is at most that of R, and what is seen of G:
the number of its coefficients, as a polynomial in z, that are linearly independent as polynomials in w, modulo numbers.

For the functions R(w, .) and G(w, .) determine f: going through the steps in their order, each end is G at arrays
before it, and these are R at ends before them. G(w, .) is determined by its coefficients, and these are, up to numbers,
linear combinations of so many of them. The dimension of a pair is at most the sum of both.

A line of an array may add up to 0, because it was centred: then its last entry is the negative sum of the others,
wherever it stands, and these are free. If nothing but a softmax of just this line sees a line of an end, differences of
its entries are all that counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from .limits import need, spend
from .programs_expansion import expanded, of_scalar, replaced, vanishes
from .programs_fields import Echelon
from .programs_monomials import Monomial
from .programs_operations import axis_of, places_along
from .programs_reading import Program, named_array, program_of
from .programs_relations import Polynomial, combined
from .programs_tape import Entries, Symbol, Terms, along, strides
from .reading import fields, text

Line = tuple[int, ...]


class Part(NamedTuple):
    """Names of the ends, and of what is taken; lines whose entries add up to 0; axes of logits, by end."""

    ends: tuple[str, ...]
    taken: tuple[str, ...]
    centred: tuple[Line, ...]
    logits: Mapping[str, int]


def split_off(p: Program, proof: Any) -> tuple[int, Program]:
    """Return how much is seen of a part, and the rest of the program; refuse what is no part."""
    part, moved = read_part(p, proof), moving(p)
    rest = program_of(rest_of(p, part, moved))
    places = {step["name"]: i for i, step in enumerate(p.given["steps"])}
    meant = {line[-1]: combined((-1, of_scalar(u)) for u in line[:-1]) for line in part.centred}

    rows: list[Polynomial] = []
    for end in part.ends:
        before = [name for name in part.taken if places.get(name, -1) < places[end]]
        kept = {u for name in before for u in p.arrays[name].scalars}
        scalars = p.arrays[end].scalars
        values = {u: replaced(seen_from(p, u, kept, moved), meant) for u in scalars}
        if end in part.logits:
            check_softmax(rest, end, part.logits[end])
            lines = lines_of(p.arrays[end], part.logits[end])
            of_end = [combined([(1, values[u]), (-1, values[line[-1]])]) for line in lines for u in line[:-1]]
        else:
            of_end = list(values.values())
        rows += coefficients(p, of_end, kept)
    return rank(rows), rest


def independent_coefficients(p: Program) -> int:
    """Return how many coefficients of a polynomial program are linearly independent."""
    moved = moving(p)
    polynomial = all(not moved[u] or p.tape.made[u].kind in ("weight", "form", "power") for u in p.needed)
    need(polynomial, "the program is no polynomial in its weights")
    values = [seen_from(p, u, (), moved) for u in dict.fromkeys(p.outputs)]
    return rank(coefficients(p, values, ()))


def read_part(p: Program, proof: Any) -> Part:
    """Return a part; names are checked."""
    ends, taken, centred, logits = fields(proof, "a part", "ends", "taken", "centred", "logits")
    need(all(type(each) is list for each in (ends, taken, centred, logits)), "a part is not made of lists")
    steps = {step["name"] for step in p.given["steps"]}
    names = tuple(text(each, "an end") for each in ends)
    need(len(set(names)) == len(names) > 0 and steps.issuperset(names), "the ends are not different steps")
    before = tuple(text(each, "what is taken") for each in taken)
    need(len(set(before)) == len(before) and p.arrays.keys() >= set(before), "what is taken is not there, or repeated")

    lines: list[Line] = []
    for name, axis in map(pair, centred):
        array = named_array(dict(p.arrays), name)
        lines += lines_of(array, axis_of(axis, array.shape))
    for line in lines:
        need(all(p.tape.made[u].kind != "weight" for u in line), "a weight is said to be centred")
        need(vanishes(p.tape, combined((1, of_scalar(u)) for u in line)), "a line is not seen to add up to 0")

    axes: dict[str, int] = {}
    for name, axis in map(pair, logits):
        need(name in names and name not in axes, "logits are no ends, or repeated")
        axes[name] = axis_of(axis, p.arrays[name].shape)
    return Part(names, before, tuple(lines), axes)


def pair(value: Any) -> tuple[str, Any]:
    """Return a name with an axis."""
    need(type(value) is list and len(value) == 2, "an axis of an array is not a name and a number")
    return text(value[0], "a name"), value[1]


def lines_of(array: Entries, axis: int) -> list[Line]:
    """Return the lines along an axis."""
    offsets = along(array.shape[axis], strides(array.shape)[axis])
    starts = places_along(array.shape, [a for a in range(len(array.shape)) if a != axis])
    return [tuple(array.scalars[start + offset] for offset in offsets) for start in starts]


def moving(p: Program) -> list[bool]:
    """Tell of every scalar whether it depends on a weight."""
    found: list[bool] = []
    spend(10 * len(p.tape.made), "the program")
    for made in p.tape.made:
        found.append(made.kind == "weight" or any(found[v] for v in made.of))
    return found


def rest_of(p: Program, part: Part, moved: list[bool]) -> dict[str, Any]:
    """Return the text of the rest: what its outputs need, with the ends as inputs."""
    given = p.given
    steps = {step["name"]: step for step in given["steps"] if step["name"] not in part.ends}
    seen = [name for name in part.taken if any(moved[u] for u in p.arrays[name].scalars)]
    outputs = list(dict.fromkeys((*given["outputs"], *seen)))
    needed, waiting = set[str](), list(outputs)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += steps[name]["of"] if name in steps else []
    spend(10 * sum(1 + len(step["of"]) for step in given["steps"]), "the rest of a program")
    free = {name: list(p.arrays[name].shape) for name in part.ends}
    kept = {
        key: {name: value for name, value in each.items() if name in needed}
        for key, each in (("inputs", given["inputs"] | free), *((k, given[k]) for k in ("parameters", "constants")))
    }
    return {**kept, "steps": [step for name, step in steps.items() if name in needed], "outputs": outputs}


def seen_from(p: Program, u: int, kept: Collection[int], moved: list[bool]) -> Polynomial:
    """Return a scalar as a polynomial in weights, in what is kept, and in what depends on no weight."""
    found = expanded(p.tape, of_scalar(u), kept)
    atoms = {v for monomial in found for v, _ in monomial}
    known = all(v in kept or not moved[v] or p.tape.made[v].kind == "weight" for v in atoms)
    need(known, "a part is no polynomial in weights and in what it takes")
    return found


def check_softmax(rest: Program, end: str, axis: int) -> None:
    """Refuse unless nothing but the softmax of a line sees it; an end that nothing needs is seen by nothing."""
    lines = lines_of(rest.arrays[end], axis) if end in rest.arrays else []
    owner = {u: line for line in lines for u in line}
    need(owner.keys().isdisjoint(rest.outputs), "logits are outputs, or taken")
    for u in rest.needed:
        made = rest.tape.made[u]
        is_own = made.kind == "softmax" and made.of == owner.get(made.of[0])
        need(is_own or owner.keys().isdisjoint(made.of), "logits are not seen by a softmax of their line alone")


def coefficients(p: Program, values: Iterable[Polynomial], kept: Collection[int]) -> list[Polynomial]:
    """Return the coefficients, which are polynomials in the weights that are not kept, without their numbers."""
    found: list[Polynomial] = []
    for value in values:
        parts: dict[Symbol, Polynomial] = {}
        for monomial, c in value.items():
            own = tuple(factor for factor in monomial if is_own(p, factor[0], kept))
            others = flat(tuple(factor for factor in monomial if factor not in own))
            if own:
                parts.setdefault(others, {})[own] = c
        found += parts.values()
    return found


def is_own(p: Program, u: int, kept: Collection[int]) -> bool:
    """Tell whether a scalar is a weight that is not kept."""
    return p.tape.made[u].kind == "weight" and u not in kept


def rank(rows: list[Polynomial]) -> int:
    """Return how many polynomials are linearly independent over the rational numbers."""
    forms: dict[Terms, None] = {}
    for row in rows:
        terms = [(flat(monomial), c) for monomial, c in row.items()]
        forms[tuple(sorted(terms))] = None
    return len(Echelon(dict(enumerate(forms))).rows)


def flat(monomial: Monomial) -> Symbol:
    """Return a monomial as one row of numbers, scalars and exponents in turn."""
    return tuple(number for factor in monomial for number in factor)
