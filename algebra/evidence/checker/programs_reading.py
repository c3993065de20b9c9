"""Reading a program as a certificate writes it down; its label is the digest of that text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256
from math import lcm, prod
from types import MappingProxyType
from typing import Any, NamedTuple

from .limits import LARGEST, MOST_BITS, need
from .programs_operations import OPERATIONS
from .programs_tape import MOST_AXES, Entries, Made, Rational, Tape, pay_for_terms
from .reading import fields, integers, rational

EXPONENTIALS = ("exp", "sigmoid", "softmax")


class Relation(NamedTuple):
    """An exponent u as a sum of multiples of others, and a rest that is a function of the weights, if there is one."""

    u: int
    parts: tuple[tuple[int, int], ...]
    has_rest: bool


class Program(NamedTuple):
    """A program as a tape of scalars.

    `needed` are the scalars that the outputs need, in order; `exponents` those among them whose exponentials are
    taken, `roots` the square roots. `sees` tells of every scalar whether it depends on an input; `numbers` are
    the exponents that are numbers, as integer multiples of one. `relations` are those that a certificate states.
    `given` is the text, `arrays` are all arrays by name.
    """

    tape: Tape
    outputs: tuple[int, ...]
    parameters: int
    inputs: int
    needed: tuple[int, ...]
    exponents: tuple[int, ...]
    roots: tuple[int, ...]
    sees: tuple[bool, ...]
    numbers: tuple[tuple[int, int], ...] = ()
    relations: tuple[Relation, ...] = ()
    given: Any = None
    arrays: Mapping[str, Entries] = MappingProxyType({})

    def has(self, kind: str) -> bool:
        """Tell whether an output needs such a scalar."""
        return any(self.tape.made[u].kind == kind for u in self.needed)


def program_label(given: Any) -> str:
    """Return the label: the first 128 bits of the digest of the canonical JSON, with the order of the parameters."""
    return f"program:{digest_of({**given, 'order': list(given['parameters'])})}"


def digest_of(value: Any) -> str:
    """Return the first 128 bits of the digest of canonical JSON."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True)
    return sha256(text.encode("ascii")).hexdigest()[:32]


def read_program(given: Any) -> Program:
    """Return a program; shapes and names are checked."""
    names = ("inputs", "parameters", "constants", "steps", "outputs")
    inputs, parameters, constants, steps, outputs = fields(given, "program", *names)
    need(all(type(each) is dict for each in (inputs, parameters, constants)), "names of arrays are not in an object")
    need(type(steps) is list and type(outputs) is list, "steps or outputs is not a list")
    need(len(parameters) > 0 and len(outputs) > 0, "there is no parameter, or no output")
    return program_of(given)


def program_of(given: dict[str, Any]) -> Program:
    """Return a program, perhaps one without parameters."""
    tape, arrays = Tape(), dict[str, Entries]()
    counts = [leaves(tape, arrays, kind, given[key]) for kind, key in (("weight", "parameters"), ("input", "inputs"))]
    ends = run_all(tape, arrays, given)
    return pruned(tape, ends, *counts)._replace(given=given, arrays=arrays)


def leaves(tape: Tape, arrays: dict[str, Entries], kind: str, named: dict[str, Any]) -> int:
    """Make the weights, or the inputs; return how many there are."""
    start = 0
    for name, given_shape in named.items():
        shape = read_shape(given_shape)
        pay_for_terms(prod(shape))
        scalars = [tape.add(Made(kind, (), (), start + i)) for i in range(prod(shape))]
        keep(arrays, name, Entries(shape, scalars))
        start += len(scalars)
    return start


def run_all(tape: Tape, arrays: dict[str, Entries], given: dict[str, Any]) -> tuple[int, ...]:
    """Make the constants and do all steps; return the scalars of the outputs."""
    for name, value in given["constants"].items():
        shape, numbers = nested(value)
        pay_for_terms(len(numbers))
        keep(arrays, name, Entries(shape, [tape.number(each) for each in numbers]))
    for step in given["steps"]:
        tape.step += 1
        run(tape, arrays, step)
    ends = [named_array(arrays, name) for name in given["outputs"]]
    return tuple(u for a in ends for u in a.scalars)


def keep(arrays: dict[str, Entries], name: Any, array: Entries) -> None:
    """Note a new array."""
    need(type(name) is str and len(name) > 0 and name not in arrays, "a name is empty, or repeated")
    need(len(array.shape) <= MOST_AXES, f"an array has more than {MOST_AXES} axes")
    arrays[name] = array


def named_array(arrays: dict[str, Entries], name: Any) -> Entries:
    """Return an array that is there."""
    need(type(name) is str and name in arrays, "a step or an output names no array that is there")
    return arrays[name]


def read_shape(value: Any) -> tuple[int, ...]:
    """Return a shape."""
    found = integers(value, "a shape", 1)
    need(len(found) <= MOST_AXES and prod(found) <= LARGEST, "an array is too large")
    return found


def nested(value: Any) -> tuple[tuple[int, ...], list[Rational]]:
    """Return nested lists of numbers as a shape and its entries; fractions are strings, integers are not."""
    shape: list[int] = []
    level = [value]
    while type(level[0]) is list:
        size = len(level[0])
        need(size > 0 and all(type(each) is list and len(each) == size for each in level), "a constant is no array")
        shape.append(size)
        level = [each for row in level for each in row]
    return tuple(shape), [exact_number(each) for each in level]


def exact_number(value: Any) -> Rational:
    """Return an integer, or a fraction written as "p/q" in lowest terms."""
    if type(value) is int:
        return value
    found: Fraction = rational(value, "a constant")
    need(found.denominator > 1, "an integer is written as a string")
    return found


def run(tape: Tape, arrays: dict[str, Entries], step: Any) -> None:
    """Do one step."""
    need(type(step) is dict and type(step.get("op")) is str and step["op"] in OPERATIONS, "an operation is unknown")
    arity, allowed, operation = OPERATIONS[step["op"]]
    given = tuple(name for name in allowed if name != "keepdims" or name in step)
    name, _, of, *_ = fields(step, "a step", "name", "op", "of", *given)
    need(type(of) is list and (len(of) == arity or (arity == LARGEST and len(of) > 0)), "a step takes other arrays")
    taken = [named_array(arrays, each) for each in of]
    keep(arrays, name, operation(tape, taken, {option: step[option] for option in given}))


def pruned(tape: Tape, outputs: tuple[int, ...], parameters: int, inputs: int) -> Program:
    """Return the program with what its outputs need."""
    sees: list[bool] = []
    for made in tape.made:
        sees.append(made.kind == "input" or any(sees[v] for v in made.of))
    needed = behind(tape, outputs)
    for u in needed:
        is_zero = tape.made[u].kind == "inverse" and tape.value(tape.made[u].of[0]) == 0
        need(not is_zero, "the program divides by 0")
    taken = dict.fromkeys(v for u in needed if tape.made[u].kind in EXPONENTIALS for v in tape.made[u].of)
    roots = tuple(u for u in needed if tape.made[u].kind == "sqrt")
    numbers = multiples({u: value for u in taken if (value := tape.value(u)) is not None})
    return Program(tape, outputs, parameters, inputs, needed, tuple(taken), roots, tuple(sees), numbers)


def multiples(numbers: dict[int, Rational]) -> tuple[tuple[int, int], ...]:
    """Return rational exponents as integer multiples of one number."""
    common = 1
    for value in numbers.values():
        common = lcm(common, value.denominator)
        need(common.bit_length() <= MOST_BITS, "exponents have too many denominators")
    return tuple((u, int(value * common)) for u, value in numbers.items())


def line(tape: Tape, u: int) -> range:
    """Return the scalars of a softmax along its axis: they stand side by side."""
    made = tape.made[u]
    return range(u - made.number, u - made.number + len(made.of))


def behind(tape: Tape, ends: tuple[int, ...]) -> tuple[int, ...]:
    """Return the scalars that some scalars need, and these, in order; of a softmax always the whole line."""
    found, waiting = set(ends), list(ends)
    while waiting:
        u = waiting.pop()
        made = tape.made[u]
        fresh = set(made.of)
        if made.kind == "softmax" and not fresh <= found:
            fresh |= set(line(tape, u))
        fresh -= found
        found |= fresh
        waiting += fresh
    return tuple(sorted(found))
