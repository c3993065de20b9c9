"""Certificates of dimensions at given weights: a minor, and vectors of the kernel, as the checker reads them."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.evidence.certificate import Certificate, checked_claim
from algebra.evidence.checker.limits import Refused
from algebra.evidence.checker.programs_fields import Derivation, field_at
from algebra.evidence.checker.programs_given import read_given
from algebra.evidence.checker.programs_patterns import hidden_directions
from algebra.evidence.evaluation import PoleError
from algebra.evidence.reason import Reason
from algebra.exact.numbers import number_text
from algebra.programs.ambient import ambient_dimension
from algebra.programs.batch import Batch, primes
from algebra.programs.certifying import field_json, vector_fields
from algebra.programs.kernel_vectors import kernel_vectors
from algebra.programs.lowering import lowered
from algebra.programs.pattern_certificate import CHOICES, parts_json
from algebra.programs.pattern_relations import relation_fields
from algebra.programs.quiet_neurons import quiet_fields
from algebra.rank import Echelon
from algebra.rank.field import prime_field
from algebra.rank.modular import centred_residues
from algebra.rank.modular_rank import minor_of_array

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from algebra.evidence.checker.programs_exact import Given
    from algebra.evidence.checker.programs_fields import Field
    from algebra.evidence.checker.programs_reading import Program
    from algebra.programs.given_point import GivenPoint
    from algebra.types import Array

MOST_PRIMES = 8
"""Primes that are tried: each divides a denominator, or a minor, with a probability of some thousands in 2^23."""

MOST_WRITTEN = 300
"""Parameters up to which vectors of the kernel are written down rather than counted: beyond, they are many and long."""


def given_certificate(point: GivenPoint, lower: int, upper: int) -> Certificate:
    """Write both bounds of a batch functional dimension down; the checker's upper bound may be larger.

    Parameters
    ----------
    point : GivenPoint
    lower, upper : int
        The bounds that were found.

    Returns
    -------
    Certificate

    Raises
    ------
    InputError
        If the checker refuses the program, the weights or the data.
    ArithmeticError
        If the rank is not seen again.
    """
    program = point.program
    claim = {
        "quantity": "batch-functional-dimension",
        "label": program.label,
        "program": program.to_json(),
        "values": {name: point.values[name].to_json() for name in program.parameters},
        "data": {name: point.data[name].to_json() for name in program.inputs},
    }
    claimed = checked_claim(lambda: claim, lower, program.count)
    batch = Batch.of(lowered(program), point)
    below = {"rule": "trivial"} if lower == 0 else minor_json(batch, lower)
    try:
        above = best_upper(batch, read_given(claim["program"], claim["values"], claim["data"]), lower, upper)
    except Refused as refused:
        raise InputError("--certificate", "asked for", f"left out: the checker refuses it ({refused})") from None
    return Certificate.of({**claimed, "upper": above.value}, None, lower=below, upper=above.note)


def minor_json(batch: Batch, rank: int) -> dict[str, Any]:
    """Return a minor of the Jacobian.

    Raises
    ------
    ArithmeticError
        If the rank is not seen again.
    """
    outputs = batch.rows // batch.samples
    for prime, _ in zip(primes(), range(MOST_PRIMES), strict=False):
        jacobian = batch.jacobian(prime)
        if not len(jacobian):
            continue
        rows, columns = minor_of_array(jacobian, prime, rank)
        if len(rows) == rank:
            # Here the samples of one output are neighbours, there the outputs of one sample.
            places = [row % batch.samples * outputs + row // batch.samples for row in rows]
            found = {"rule": "given-minor", "prime": prime, "rows": places, "columns": list(columns)}
            return found | batch.exact.base_json(prime_field(prime))
    label = batch.point.program.label
    raise ArithmeticError(f"the rank {rank} of {label} was not seen again modulo {MOST_PRIMES} primes")


def best_upper(batch: Batch, given: Given, lower: int, upper: int) -> Reason:
    """Return the least upper bound that the checker proves, with its proof as the note."""
    best = Reason("parameters", given.program.parameters, note={"rule": "parameters"})
    for found in _uppers(batch, given, lower, upper):
        best = best if found is None else min(best, found, key=lambda reason: reason.value)
        if best.value <= upper:
            break
    return best


def _uppers(batch: Batch, given: Given, lower: int, upper: int) -> Iterator[Reason | None]:
    """Yield the other bounds."""
    yield Reason("samples", batch.rows, note={"rule": "samples"})
    space = ambient_dimension(batch.graph)
    yield None if space is None else Reason("ambient", space, note={"rule": "ambient"})
    few = given.program.parameters <= MOST_WRITTEN
    if few:
        yield kernel_reason(batch, given.program, lower, upper)
    yield from relation_reasons(batch, given, lower, upper)
    if not few:
        yield kernel_reason(batch, given.program, lower, upper)


def kernel_reason(batch: Batch, tape: Program, lower: int, upper: int) -> Reason | None:
    """Return the bound by symmetries of the graph, and by further vectors of the kernel where they do not do."""
    derivation, count, has_powers = Derivation(tape), tape.parameters, bool(batch.exact.powers)
    fields = [field for field in vector_fields(batch.graph) if derivation.is_symmetry(field)]
    for prime, weights in _weights(batch):
        # Of the symmetries as many as are independent at these weights.
        values = _field_values(fields, weights, prime)
        chosen = minor_of_array(values, prime, len(fields))[0] if fields else []
        fields, values = [fields[i] for i in chosen], values[list(chosen)]

        known = Echelon(count, prime)
        known.add(values)
        vectors = kernel_vectors(batch, known, count - lower) if count - len(fields) > upper and not has_powers else []
        rows = np.concatenate([values, _vector_values(vectors, count, prime)])
        if not len(rows):
            return None
        _, columns = minor_of_array(rows, prime, len(rows))
        if len(columns) == len(rows):
            proof = {
                "rule": "kernel-vectors",
                "fields": [field_json(field) for field in fields],
                "vectors": [_vector_json(vector) for vector in vectors],
                "prime": prime,
                "columns": list(columns),
            }
            return Reason("kernel-vectors", count - len(rows), note=proof)
    return None


def relation_reasons(batch: Batch, given: Given, lower: int, upper: int) -> Iterator[Reason]:
    """Yield bounds by relations between activation patterns, with symmetries, and vectors of the kernel on top."""
    count, prime_and_weights = given.program.parameters, next(_weights(batch), None)
    if prime_and_weights is None or batch.exact.powers:
        return
    prime, weights = prime_and_weights
    derivation = Derivation(given.program)
    fields = [field for field in vector_fields(batch.graph) if derivation.is_symmetry(field)]
    values = _field_values(fields, weights, prime)
    for exceptions in CHOICES:
        stated, moved = parts_json(batch, exceptions)
        try:
            hidden, _ = hidden_directions(given, stated)
        except Refused:
            continue

        # What is written down must be independent where no hidden direction moves anything.
        kept = np.flatnonzero(~moved)
        vectors: list[dict[int, Fraction]] = []
        rows = values
        if count - hidden - len(_independent(values[:, kept], prime)[0]) > upper:
            known = Echelon(count, prime)
            known.add(values)
            for each in (*quiet_fields(batch), *relation_fields(batch, exceptions)):
                known.add(each.values)
            vectors = kernel_vectors(batch, known, count - lower)
            rows = np.concatenate([values, _vector_values(vectors, count, prime)])
        chosen, columns = _independent(rows[:, kept], prime)
        proof = {
            "rule": "pattern-relations",
            "parts": stated,
            "fields": [field_json(fields[i]) for i in chosen if i < len(fields)],
            "vectors": [_vector_json(vectors[i - len(fields)]) for i in chosen if i >= len(fields)],
            "prime": prime,
            "columns": [int(kept[i]) for i in columns],
        }
        yield Reason("pattern-relations", count - hidden - len(chosen), note=proof)


def _weights(batch: Batch) -> Iterator[tuple[int, list[int]]]:
    """Yield primes that divide no denominator, with the residues of all weights."""
    for prime, _ in zip(primes(), range(MOST_PRIMES), strict=False):
        try:
            found = batch.residues(prime_field(prime))
        except PoleError:
            continue
        arrays = [found[name].ravel() for name, _ in batch.graph.parameters]
        yield prime, [int(x) % prime for x in np.concatenate(arrays)]


def _field_values(fields: list[Field], weights: list[int], prime: int) -> Array:
    """Return the values of vector fields at weights."""
    if not fields:
        return np.zeros((0, len(weights)))
    return centred_residues(np.array([field_at(field, weights, prime) for field in fields], object), prime)


def _vector_values(vectors: list[dict[int, Fraction]], count: int, prime: int) -> Array:
    """Return vectors modulo a prime, each multiplied by the denominators of its entries."""
    found = np.zeros((len(vectors), count), object)
    for row, vector in zip(found, vectors, strict=True):
        common = lcm(*(x.denominator for x in vector.values()))
        for q, x in vector.items():
            row[q] = x.numerator * (common // x.denominator) % prime
    return centred_residues(found, prime)


def _independent(rows: Array, prime: int) -> tuple[list[int], list[int]]:
    """Return independent rows, the first ones, and columns at which they are independent."""
    return minor_of_array(rows, prime, len(rows)) if rows.size else ([], [])


def _vector_json(vector: dict[int, Fraction]) -> list[list[int | str]]:
    """Write a vector down."""
    return [[q, _number(x)] for q, x in vector.items()]


def _number(value: Fraction) -> int | str:
    """Return an integer, or a fraction as text."""
    return int(value) if value.denominator == 1 else number_text(value)
