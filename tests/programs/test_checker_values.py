"""The checker's own evaluation of programs against the library's, at the same points."""

import numpy as np
import pytest
from hypothesis import assume, given

from algebra.errors import InputError
from algebra.evidence.checker.generator import residues
from algebra.evidence.checker.limits import Refused
from algebra.evidence.checker.programs_fields import Derivation, field_at
from algebra.evidence.checker.programs_reading import read_program
from algebra.evidence.checker.programs_values import Sampler
from algebra.evidence.evaluation import PoleError
from algebra.programs import Program
from algebra.programs.arithmetic import Residues
from algebra.programs.lowering import lowered
from algebra.programs.running import backward, forward, gradient_rows
from algebra.rank.field import prime_field
from tests.programs.strategies import programs
from tests.properties import examples

PRIME = 8388587


def library_gradient(program, weights, inputs, covector, exponentials=None):
    """One row of the Jacobian, as the library computes it; `exponentials` are those of the only node that has any."""
    graph, field = lowered(program), prime_field(PRIME)
    leaves = {}
    for shapes, drawn in ((program.inputs, inputs), (program.parameters, weights)):
        start = 0
        for name, shape in shapes.items():
            size = int(np.prod(shape, dtype=int))
            leaves[name] = field.residues(np.array(drawn[start : start + size])).reshape(1, *shape)
            start += size

    def source(node, exponents):
        return field.residues(np.array(exponentials)).reshape(exponents.shape)

    numbers = Residues(field, source)
    values = forward(graph, numbers, leaves)
    shapes, covectors, start = [graph.nodes[i].shape for i in graph.outputs], [], 0
    for shape in shapes:
        size = int(np.prod(shape, dtype=int))
        covectors.append(field.residues(np.array(covector[start : start + size])).reshape(1, *shape))
        start += size
    rows = gradient_rows(graph, backward(graph, numbers, values, covectors), 1, field.zeros((1, program.count)))
    return [int(x) % PRIME for x in rows[0]]


def both_gradients(given_program):
    """The row of sample 3 by the checker and by the library."""
    program = Program.from_json(given_program)
    tape = read_program(program.to_json())
    sampler = Sampler(tape, "key", PRIME, {})
    weights, inputs, exponentials = sampler.drawn(0, 3)
    covector = residues("key", "covectors/3", 0, len(tape.outputs), 1, PRIME)
    drawn = [exponentials[u] for u in tape.exponents]
    return sampler.gradient(0, 3), library_gradient(program, weights, inputs, covector, drawn)


@given(programs(smooth=False, roots=False))
@examples(100)
def test_random_rational_programs(given_program):
    try:
        found, expected = both_gradients(given_program)
    except (Refused, PoleError, InputError):  # a constant denominator may be 0
        assume(False)
    assert found == expected


def small_fields(count):
    """Scalings and translations of single weights, differences of two, and what moves one weight by another."""
    for q in range(count):
        yield {q: {None: 1}}
        yield {q: {q: 1}}
        for other in range(count):
            if other != q:
                yield {q: {other: 1}}
                yield {q: {None: 1}, other: {None: -1}}
                yield {q: {None: 1}, other: {None: 1}}
                yield {q: {q: 1}, other: {other: -1}}
                yield {q: {q: 2}, other: {other: -1}}
                yield {q: {other: 1}, other: {q: -1}}


@given(programs(roots=False))
@examples(60)
def test_accepted_fields_leave_random_programs_alone(given_program):
    """The formal derivation never accepts a field along which the Jacobian does not vanish."""
    try:
        tape = read_program(Program.from_json(given_program).to_json())
        sampler, derivation = Sampler(tape, "key", PRIME, {}), Derivation(tape)
        rows = [sampler.gradient(0, t) for t in range(4)]
    except Refused:
        assume(False)
    weights = sampler.drawn(0, 0)[0]
    for field in small_fields(tape.parameters):
        values = field_at(field, weights, PRIME)
        moves = any(sum(x * y for x, y in zip(row, values, strict=True)) % PRIME for row in rows)
        assert not (moves and derivation.is_symmetry(field))


@pytest.mark.parametrize("op", ["exp", "sigmoid", "tanh", "silu", "softmax"])
def test_functions(op):
    options = {"axis": 1} if op == "softmax" else {}
    steps = [
        {"name": "z", "op": "matmul", "of": ["W", "x"]},
        {"name": "f", "op": op, "of": ["z"], **options},
        {"name": "s", "op": "multiply", "of": ["f", "z"]},
        {"name": "y", "op": "matmul", "of": ["V", "s"]},
    ]
    program = {"inputs": {"x": [2, 3]}, "parameters": {"W": [2, 2], "V": [1, 2]}, "steps": steps, "outputs": ["y"]}
    found, expected = both_gradients(program)
    assert found == expected
    assert any(found)


def test_derivatives_that_are_forms_of_the_step_and_a_rest():
    """Rows of W at (x, 1) and (x, 0): W_00 moves by W_10 and W_01 by 1, so a form moves by another one and 1."""
    steps = [
        {"name": "a", "op": "multiply", "of": ["x", "E"]},
        {"name": "v", "op": "add", "of": ["a", "F"]},
        {"name": "u", "op": "matmul", "of": ["W", "v"]},
        {"name": "m", "op": "multiply", "of": ["V", "u"]},
        {"name": "s", "op": "sum", "of": ["m"], "axis": [0, 1]},
        {"name": "y", "op": "add", "of": ["s", "c"]},
    ]
    constants = {"E": [[1, 1], [0, 0]], "F": [[0, 0], [1, 0]]}
    shapes = {"inputs": {"x": []}, "parameters": {"W": [2, 2], "V": [2, 2], "c": []}, "constants": constants}
    tape = read_program(Program.from_json({**shapes, "steps": steps, "outputs": ["y"]}).to_json())
    derivation, sampler = Derivation(tape), Sampler(tape, "key", PRIME, {})
    weights, rows = sampler.drawn(0, 0)[0], [sampler.gradient(0, t) for t in range(3)]
    compensated = {0: {2: 1}, 1: {None: 1}, 7: {4: -1, 5: -1}, 8: {4: -1}}
    for field, leaves_alone in ((compensated, True), ({**compensated, 8: {4: 1}}, False)):
        values = field_at(field, weights, PRIME)
        moved = [sum(x * y for x, y in zip(row, values, strict=True)) % PRIME for row in rows]
        assert (not any(moved)) is leaves_alone
        assert derivation.is_symmetry(field) is leaves_alone
