"""Certificates of programs: what the independent checker needs, found in its own terms.

The checker reads a program as a tape of scalars, equal ones once. Points at which its square roots are there, minors,
and vector fields are searched here; what is found is small, and the checker verifies it without a search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.evidence.checker.generator import residues
from algebra.evidence.checker.limits import Refused
from algebra.evidence.checker.programs_fields import Derivation, field_at
from algebra.evidence.checker.programs_larger import larger as larger_program
from algebra.evidence.checker.programs_parts import independent_coefficients, split_off
from algebra.evidence.checker.programs_reading import Program, read_program
from algebra.evidence.reason import Reason
from algebra.exact.numbers import number_text
from algebra.polynomial.architecture import PolynomialArchitecture
from algebra.polynomial.certify import chain_json
from algebra.polynomial.rules import upper_bound
from algebra.programs.actions import Equations
from algebra.programs.ambient import ambient_dimension
from algebra.programs.certified_minors import Minors
from algebra.programs.graph_text import program_text, with_own_names
from algebra.programs.larger import Larger
from algebra.programs.lowering import lowered
from algebra.programs.parts import prepared, reduced_to_rest
from algebra.programs.recognised import polynomial_architecture
from algebra.programs.shifts import shifts, unreached
from algebra.programs.translations import translations
from algebra.rank.modular_rank import minor_of_array
from algebra.rank.primes import DEFAULT_PRIME

if TYPE_CHECKING:
    from algebra.evidence.checker.programs_fields import Field
    from algebra.evidence.generic_rank import RankEvidence
    from algebra.programs.lowering import Graph
    from algebra.programs.straight_line import StraightLineProgram


def certified_bounds(
    program: StraightLineProgram,
    evidence: RankEvidence,
    larger: Sequence[Larger] = (),
    affine: Callable[[], Sequence[Field]] = tuple,
) -> tuple[Reason, Reason]:
    """Return both bounds as the checker can prove them; each reason's note is its proof as JSON.

    Parameters
    ----------
    program : StraightLineProgram
    evidence : RankEvidence
    larger : sequence of Larger
        Programs without what linear maps absorb or hide.
    affine : callable
        Gives further fields, asked for only where what is known of the program's graph does not do.

    Returns
    -------
    (Reason, Reason)
        The lower and the upper bound.

    Raises
    ------
    InputError
        For some relations between exponentials, and roots of dependent numbers: the checker has no rules for them.
    """
    graph = lowered(program)
    try:
        tape = read_program(program.to_json())
    except Refused as refused:
        raise InputError("--certificate", "asked for", f"left out: the checker refuses it ({refused})") from None
    lower = Reason("trivial", 0, note={"rule": "trivial"})
    if evidence.lower.value:
        rank, proof = Minors(program, tape).lower_json(evidence.lower.value)
        lower = Reason("program-minor", rank, note=proof)
    wanted = evidence.lower.value if evidence.upper is None else evidence.upper.value
    return lower, best_upper(uppers(graph, tape, larger, affine), tape, wanted)


def best_upper(candidates: Iterable[Reason], tape: Program, wanted: int) -> Reason:
    """Return the least upper bound that the checker proves; no more is searched once it is as small as wanted."""
    best = Reason("parameters", tape.parameters, note={"rule": "parameters"})
    for candidate in candidates:
        best = min(best, candidate, key=lambda reason: reason.value)
        if best.value <= wanted:
            break
    return best


def uppers(
    graph: Graph, tape: Program, larger: Sequence[Larger], affine: Callable[[], Sequence[Field]]
) -> Iterator[Reason]:
    """Yield the other upper bounds, what takes longest last."""
    yield symmetries_reason(graph, tape, ())
    network = polynomial_architecture(graph)
    if network is not None:
        reason = upper_bound(network)
        same = PolynomialArchitecture(network.widths, degrees=network.degrees, biases=network.biases)
        proof = {"rule": "network", "network": network.to_json(), "upper": chain_json(same, reason)}
        yield Reason("network", reason.value, note=proof)
    space = ambient_dimension(graph)
    if space is not None:
        yield Reason("ambient", space, note={"rule": "ambient"})
    for program in larger:
        yield from _if_accepted(partial(larger_reason, tape, program))
    found = affine()
    if found:
        yield symmetries_reason(graph, tape, found)
    yield from _if_accepted(partial(coefficients_reason, tape))
    for program in (Larger.same(graph), *larger):
        yield from _if_accepted(partial(parts_reason, tape, program))


def _if_accepted(reason: Callable[[], Reason]) -> Iterator[Reason]:
    """Yield a reason, unless the checker refuses it."""
    try:
        yield reason()
    except Refused:
        return


def larger_reason(tape: Program, program: Larger) -> Reason:
    """Return the bound by the symmetries of a larger program."""
    return larger_with(tape, program, lambda other: symmetries_reason(program.graph, other, ()))


def larger_with(tape: Program, program: Larger, rest: Callable[[Program], Reason]) -> Reason:
    """Return the bound by a larger program, for which another argument is given."""
    graph = with_own_names(program.graph)
    proof = program.to_json(program_text(graph))
    other = larger_program(tape, proof["program"], proof["weights"], proof["inputs"])
    reason = rest(other)
    return Reason("larger-program", reason.value, note={**proof, "upper": reason.note})


def coefficients_reason(tape: Program) -> Reason:
    """Return the bound by the coefficients of a polynomial program."""
    return Reason("independent-coefficients", independent_coefficients(tape), note={"rule": "independent-coefficients"})


def parts_reason(tape: Program, program: Larger) -> Reason:
    """Return the bound by what is seen of parts of a larger program, and the symmetries of the rest."""
    rest_graph, cuts = reduced_to_rest(program.graph)

    def reason(other: Program) -> Reason:
        rest, total = other, 0
        for cut in cuts:
            seen, rest = split_off(rest, cut.cut)
            total += seen
        left = symmetries_reason(rest_graph, rest, ())
        proof = {"rule": "parts", "parts": [dict(cut.cut) for cut in cuts], "upper": left.note}
        return Reason("parts", total + left.value, note=proof)

    return larger_with(tape, replace(program, graph=prepared(program.graph)), reason)


def symmetries_reason(graph: Graph, tape: Program, more: Sequence[Field]) -> Reason:
    """Return the bound by those vector fields that the checker can follow, as many as are independent at a point."""
    derivation, key, prime = Derivation(tape), "symmetries", DEFAULT_PRIME
    weights = residues(key, "weights", 0, tape.parameters, 1, prime)
    own = vector_fields(graph) if graph.count else ()
    found = [field for field in (*own, *more) if derivation.is_symmetry(field)]
    if not found:
        return Reason("parameters", tape.parameters, note={"rule": "parameters"})
    values = np.array([field_at(field, weights, prime) for field in found], np.int64)
    rows, columns = minor_of_array(values, prime, len(found))
    chosen = [field_json(found[i]) for i in rows]
    proof = {"rule": "symmetries", "fields": chosen, "prime": prime, "key": key, "columns": list(columns)}
    return Reason("symmetries", tape.parameters - len(rows), note=proof)


def vector_fields(graph: Graph) -> Iterator[Field]:
    """Yield the symmetries of a program's graph as fields on numbered weights: those of `algebra.programs.symmetries`.

    Translations first, then the solutions of the equations of `algebra.programs.actions`.
    """
    numbers, shapes = graph.places, dict(graph.parameters)
    for unseen in np.flatnonzero(unreached(graph)).tolist():
        yield {unseen: {None: 1}}
    for shift in shifts(graph):
        for row in shift.directions(shapes[shift.parameter]):
            yield {q: {None: 1} for q in numbers[shift.parameter].ravel()[np.flatnonzero(row)].tolist()}
    for row in translations(graph):
        yield {q: {None: row[q]} for q in np.flatnonzero(row).tolist()}

    equations = Equations(graph)
    found: dict[int, Field] = {}
    for i, node in enumerate(equations.graph.nodes):
        if node.kind != "parameter":
            continue
        places = numbers[node.name]
        moves = [(places, places, equations.actions[i].scale)]
        for axis, matrix in enumerate(equations.actions[i].axes):
            lines = np.moveaxis(places, axis, 0)
            moves += [(lines[a], lines[b], form) for (a, b), form in matrix.items()]
        for to, of, form in moves:
            for unknown, c in equations.system.reduced(form).items():
                field = found.setdefault(unknown, {})
                for q, other in zip(to.ravel().tolist(), of.ravel().tolist(), strict=True):
                    parts = field.setdefault(q, {})
                    parts[other] = parts.get(other, 0) + c
    for unknown in sorted(found):
        yield {q: kept for q, parts in found[unknown].items() if (kept := _nonzero(parts))}


def _nonzero(parts: dict[int | None, Any]) -> dict[int | None, Any]:
    return {other: c for other, c in parts.items() if c}


def field_json(field: Field) -> list[list[Any]]:
    """Write a field down."""
    return [
        [q, other, int(c) if c.denominator == 1 else number_text(Fraction(c))]
        for q, parts in field.items()
        for other, c in parts.items()
    ]
