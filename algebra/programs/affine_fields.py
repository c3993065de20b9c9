r"""Affine vector fields that leave a program's function alone: found by linear algebra, proved by formal rules.

A bias in front of linear maps can be taken out of it and added behind: db = t, dc = -W t. A constant factor of an
exponential can be moved into its bias: dc = c t, db = -t. Such fields are affine in the weights, v(w) = M w + t, but
mix arrays in ways that `algebra.programs.actions` has no unknowns for. So they are *discovered*: v kills the Jacobian
at all weights, J(w) (M w + t) = 0, which is linear in the entries of M and t. Each row of a Jacobian, at weights of its
own, is one equation modulo a prime; the solutions are recognised as fractions. A solution is used only if it is then
*proved*, by the formal rules of the independent checker (`algebra.evidence.checker.programs_fields`), which knows
nothing of how it was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence.checker.limits import Refused
from algebra.evidence.checker.programs_fields import Derivation, field_at
from algebra.evidence.checker.programs_reading import read_program
from algebra.evidence.evaluation import PoleError, suitable_prime
from algebra.exact.numbers import fraction_of_residue
from algebra.programs.core import Add, Exp, MatMul, Reshape, Sum, Take, Transpose
from algebra.programs.evaluation import ProgramJacobian, jacobian_and_weights
from algebra.programs.lowering import lowered
from algebra.programs.symmetries import KEY, Symmetry, orbit_with_form
from algebra.rank import Echelon
from algebra.rank.field import prime_field
from algebra.rank.primes import DEFAULT_PRIME
from algebra.rank.threads import LEAST_LIMITED, one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from algebra.evidence.checker.programs_fields import Field
    from algebra.evidence.checker.programs_reading import Program
    from algebra.programs.lowering import Graph
    from algebra.programs.straight_line import StraightLineProgram
    from algebra.rank.field import PrimeField
    from algebra.types import Array

MOST_WHOLE = 1_000
"""Entries of M and t, where all are unknown: that is up to 31 weights."""

MOST_UNKNOWNS = 3_000
"""Entries of M and t, where only weights in line are looked at: about a second, and up to some 300 weights."""

SLACK = 8
"""Rows beyond the number of weights, at every point: more rows than the rank of the Jacobian say nothing new."""

QUIET_POINTS = 2
"""Points in a row that give no new equation: then all that are to be had are there, up to a chance of 2^-40."""

MOST_POINTS = 2_000
"""Points at most; each gives as many equations as the rank, so that a few hundred do for all unknowns."""

PASSED = (Add, MatMul, Reshape, Sum, Take, Transpose)
"""What a translation goes through on its way to an exponential."""


@dataclass(frozen=True)
class AffineFields:
    """The fields that were proved, beyond the known symmetries: as symmetries with names, and one by one."""

    symmetries: tuple[Symmetry, ...] = ()
    fields: tuple[Field, ...] = ()


def affine_fields(program: StraightLineProgram) -> AffineFields:
    """Find and prove affine fields that add to the orbit of the symmetries of the program's graph.

    The program must be one whose exponentials and square roots have residues (`ProgramDimension.is_evaluated`).
    """
    graph = lowered(program)
    pairs = _pairs(graph)
    if not pairs:
        return AffineFields()
    try:
        tape = read_program(program.to_json())
    except Refused:
        return AffineFields()
    return _named(graph, _proved(graph, tape, _solutions(program, pairs)))


def _pairs(graph: Graph) -> list[tuple[int, int | None]]:
    """Return the entries of (M, t) that are unknown: what moves, and the weight (None: 1) that moves it.

    All of them, if they are few. Otherwise those of weights that stand in line with one another: in the same array
    along an axis, as groups act; and of vectors b, the slices of other arrays with the same number along an axis as
    long as b: b_i may move by W_ij for all j, as biases do. If these are too many, only what moves vectors, or nothing.
    """
    total = graph.count
    if total * (total + 1) <= MOST_WHOLE:
        return [(q, other) for q in range(total) for other in (None, *range(total))]

    places = list(graph.places.values())
    short = [place for place in places if sum(n > 1 for n in place.shape) <= 1]
    for chosen in (places, short):
        pairs = [pair for place in chosen for pair in _in_line(place, places)]
        if len(pairs) <= MOST_UNKNOWNS:
            return pairs
    return []


def _in_line(place: NDArray[np.intp], places: Sequence[NDArray[np.intp]]) -> Iterator[tuple[int, int | None]]:
    """Yield what may move the entries of one array."""
    is_vector = sum(n > 1 for n in place.shape) <= 1
    for index, q in np.ndenumerate(place):
        moved_by: set[int] = {int(q)}
        for axis in range(place.ndim):
            line = (*index[:axis], slice(None), *index[axis + 1 :])
            moved_by.update(place[line].tolist())
        for other in places if is_vector else ():
            for axis in (axis for axis, n in enumerate(other.shape) if n == place.size):
                moved_by.update(np.take(other, int(sum(index)), axis=axis).ravel().tolist())
        yield int(q), None
        yield from ((int(q), other) for other in sorted(moved_by))


def _solutions(program: StraightLineProgram, pairs: Sequence[tuple[int, int | None]]) -> list[Field]:
    """Return a basis of the fields that kill the Jacobian at many points, as far as its numbers are recognised."""
    field = prime_field(suitable_prime(ProgramJacobian(program)))
    moved = np.array([q for q, _ in pairs])
    by = np.array([-1 if other is None else other for _, other in pairs])
    form, quiet = Echelon(len(pairs), field.prime), 0
    with one_thread(LEAST_LIMITED):  # a few rows come at a time: a second thread only waits
        for gradients, weights in _points(program, field):
            factors = np.append(weights, 1.0)[by]  # that of t is the last: 1
            before = form.rank
            form.add(field.times(gradients[:, moved], factors[None]), centred=True)
            quiet = quiet + 1 if form.rank == before else 0
            if quiet == QUIET_POINTS or form.rank == len(pairs):
                break
    found = (_recognised(pairs, vector, field.prime) for vector in form.kernel())
    return [each for each in found if each]


def _points(program: StraightLineProgram, field: PrimeField) -> Iterator[tuple[Array, Array]]:
    """Yield Jacobians with the weights at which they were evaluated."""
    graph = lowered(program)
    for number in range(MOST_POINTS):
        key = f"{program.label}/affine={number}"
        try:
            yield jacobian_and_weights(graph, field, key, program.count + SLACK)
        except PoleError:
            continue


def _recognised(pairs: Sequence[tuple[int, int | None]], vector: Array, prime: int) -> Field:
    """Return a vector of residues as a field with fractions; an empty one if a fraction is not recognised."""
    found: Field = {}
    for k in np.flatnonzero(vector).tolist():
        c = fraction_of_residue(int(vector[k]) % prime, prime)
        if c is None:
            return {}
        q, other = pairs[k]
        found.setdefault(q, {})[other] = c
    return found


def _proved(graph: Graph, tape: Program, candidates: Sequence[Field]) -> list[Field]:
    """Return fields that are proved and independent of the known symmetries, and of one another, at a point."""
    numbers = prime_field(DEFAULT_PRIME)
    drawn = {name: numbers.draw(KEY, f"weights/{name}", shape) for name, shape in graph.parameters}
    weights = [int(x) for name, _ in graph.parameters for x in drawn[name].ravel()]
    derivation, form = Derivation(tape), orbit_with_form(graph, drawn)[1]

    # Those that move the fewest weights first. What the kernel of the known fields kills is one of their combinations.
    found: list[Field] = []
    kernel = form.kernel()
    for field in sorted(candidates, key=len):
        values = np.array(field_at(field, weights, DEFAULT_PRIME), float)
        if numbers.multiply(kernel, values[:, None]).any() and derivation.is_symmetry(field):
            form.add(values[None])
            found.append(field)
            kernel = form.kernel()
    return found


def _named(graph: Graph, fields: Sequence[Field]) -> AffineFields:
    """Group fields by the arrays that they move, and say what they are."""
    names = graph.owners
    counts: dict[tuple[str, tuple[str, ...]], int] = {}
    for field in fields:
        moved = tuple(dict.fromkeys(names[q] for q in sorted(field)))
        shifted = {names[q] for q, parts in field.items() if None in parts}
        is_constant = all(list(parts) == [None] for parts in field.values())
        key = "translation that nothing sees" if is_constant else _rule(graph, shifted), moved
        counts[key] = counts.get(key, 0) + 1
    found = tuple(Symmetry(rule, moved, count) for (rule, moved), count in counts.items())
    return AffineFields(found, tuple(fields))


def _rule(graph: Graph, shifted: set[str]) -> str:
    """Name a field by the arrays that it moves by constants."""
    if not shifted:
        return "mixing of weights"
    uses = graph.uses()
    waiting = [i for i, node in enumerate(graph.nodes) if node.kind == "parameter" and node.name in shifted]
    seen = set(waiting)
    while waiting:
        for k in uses[waiting.pop()]:
            if isinstance(graph.nodes[k].operation, Exp):
                return "factor of an exponential that its bias absorbs"
            if k not in seen and isinstance(graph.nodes[k].operation, PASSED):
                seen.add(k)
                waiting.append(k)
    return "bias that later weights absorb"
