"""Larger programs: those whose functions, at some weights and inputs of theirs, are the functions of a given one.

A certificate writes down another program Q, and its weights v and inputs u as sums of products of the weights w and of
the inputs x of the given program P. If P(w, x) = Q(v(w), u(x)), the functions of P lie among those x -> Q(v, u(x)), and
the dimension of P is at most that of Q.

Both programs are put on one tape, P first. A scalar of Q is taken for one that is there if both are the same
polynomial in atoms (`programs_expansion`). Whatever Q needs that is no polynomial (exponentials, roots, rectifiers,
denominators) must be there already, and P must need it: so Q has values where P has them, no denominator vanishes
identically, and the outputs of both are equal as functions. Which scalar may be equal to a new one is looked up by a
*mark*, its value modulo a prime if atoms were numbers; that proves nothing, and is not believed.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from .limits import need, spend
from .programs_expansion import definition, of_scalar, vanishes
from .programs_monomials import Monomial
from .programs_reading import Program, behind, leaves, named_array, read_program, run, run_all
from .programs_relations import Polynomial, combined
from .programs_tape import Entries, Made, Rational, Tape
from .reading import fields

PRIME = (1 << 61) - 1
"""Of the marks."""

RING = ("form", "power")
"""Scalars that are polynomials in others."""

KEYS = {"weight": "parameters", "input": "inputs"}
"""Where a program names its leaves."""


class JoinedTape(Tape):
    """A tape on which scalars are one if they are seen to be the same polynomial in atoms."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[int] = []
        self.by_mark: dict[int, int] = {}

    def add(self, made: Made) -> int:
        """Return the scalar that is made so, or one that is seen to be equal."""
        if made not in self.known:
            mark = self.mark(made)
            twin = self.by_mark.get(mark)
            if twin is not None and made.kind in RING and self.is_equal(made, twin):
                self.known[made] = twin
            else:
                self.marks.append(mark)
                self.by_mark.setdefault(mark, super().add(made))
        return self.known[made]

    def mark(self, made: Made) -> int:
        """Return the value of a scalar modulo the prime if every atom is a number that is drawn from its name."""
        kind, of, _, number = made
        spend(60 + 10 * len(of), "the larger program")
        if kind == "softmax" and number == len(of) - 1:
            return (1 - sum(self.marks[-number:])) % PRIME  # the others of the line stand in front of it
        meant = definition(made, -1)
        if meant is None:
            name = f"{kind}/{number}/{[self.marks[u] for u in of]}"
            return int.from_bytes(sha256(name.encode()).digest()[:8], "big") % PRIME
        return sum(residue(c) * self.product_of_marks(each) for each, c in meant.items()) % PRIME

    def product_of_marks(self, each: Monomial) -> int:
        """Return the mark of a product."""
        found = 1
        for u, exponent in each:
            spend(exponent.bit_length(), "the larger program")
            found = found * pow(self.marks[u], exponent, PRIME) % PRIME
        return found

    def is_equal(self, made: Made, twin: int) -> bool:
        """Tell whether a scalar that is no atom is seen to be one that is there."""
        return vanishes(self, less(definition(made, -1) or {}, twin))


def less(polynomial: Polynomial, u: int) -> Polynomial:
    """Return a polynomial less a scalar."""
    return combined([(1, polynomial), (-1, of_scalar(u))])


def residue(c: Rational) -> int:
    """Return the residue of a coefficient; of one that has none, anything."""
    return c.numerator * pow(c.denominator, PRIME - 2, PRIME) % PRIME


def larger(p: Program, given: Any, weights: Any, inputs: Any) -> Program:
    """Return the larger program; refuse one that is not seen to be larger."""
    q = read_program(given)
    tape, arrays = JoinedTape(), dict[str, Entries]()
    for kind, key in KEYS.items():
        leaves(tape, arrays, kind, p.given[key])
    outputs = run_all(tape, arrays, p.given)

    # The weights and the inputs of the larger program, from those of the given one.
    stated = {"weight": weights, "input": inputs}
    sources: dict[str, list[int]] = {}
    for kind, key in KEYS.items():
        own = {name: arrays[name] for name in p.given[key]}
        sources[kind] = made_of(tape, own, stated[kind], kind, {name: q.arrays[name] for name in q.given[key]})

    # All that it needs, on the tape of the given program.
    allowed, place = set(behind(tape, outputs)), dict[int, int]()
    for u in q.needed:
        kind, of, terms, number = q.tape.made[u]
        if kind in KEYS:
            place[u] = sources[kind][number]
        elif kind == "form":
            place[u] = tape.total((c, tuple(place[v] for v in symbol)) for symbol, c in terms)
        elif kind == "softmax":
            place[u] = tape.add(Made(kind, tuple(place[v] for v in of), (), number))
        else:
            place[u] = tape.function(kind, place[of[0]], number)
        is_there = place[u] in allowed or tape.made[place[u]].kind in (*KEYS, *RING)
        need(is_there, "the larger program has a function that the program does not need")
    found = {place[u] for u in q.outputs}
    need(found.issuperset(outputs), "the larger program is not seen to have the program's outputs")
    return q


def made_of(tape: Tape, arrays: dict[str, Entries], stated: Any, kind: str, wanted: dict[str, Entries]) -> list[int]:
    """Return the weights, or the inputs, of the larger program, as polynomials in those of the given one."""
    steps, given = fields(stated, f"the {kind}s", "steps", "arrays")
    need(type(steps) is list and type(given) is dict, "steps is not a list, or arrays is not an object")
    need(given.keys() == wanted.keys(), f"the {kind}s of the larger program are not those that are stated")
    for step in steps:
        run(tape, arrays, step)
    found: list[int] = []
    for name, other in wanted.items():
        array = named_array(arrays, given[name])
        need(array.shape == other.shape, f"a {kind} of the larger program has another shape")
        kinds = {tape.made[u].kind for u in behind(tape, tuple(array.scalars))}
        need(kinds <= {kind, *RING}, f"a {kind} of the larger program is no polynomial in those of the program")
        found += array.scalars
    return found
