"""The dimension of a program's set of functions: the question, for `algebra.evidence.generic_rank`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.evidence.evaluation import SLACK, Seen, look, quick_trial, suitable_prime
from algebra.evidence.generic_rank import AtLeast, AtMost, GenericRank, Known, bound_generic_rank
from algebra.evidence.reason import Reason
from algebra.memory import check_fits
from algebra.polynomial.rules import upper_bound
from algebra.programs.affine_fields import AffineFields, affine_fields
from algebra.programs.ambient import ambient_dimension
from algebra.programs.core import Relu, Sqrt
from algebra.programs.evaluation import ProgramJacobian
from algebra.programs.exponentials import EXPONENTIAL
from algebra.programs.fusing import fused
from algebra.programs.independence import exponentials
from algebra.programs.larger import Larger
from algebra.programs.linear_sums import summed
from algebra.programs.lowering import lowered
from algebra.programs.merging import merged
from algebra.programs.orientation import with_columns
from algebra.programs.parts import independent_coefficients, reduced_to_rest, without_symmetries
from algebra.programs.recognised import polynomial_architecture
from algebra.programs.roots import constant_roots_are_independent, roots_are_independent
from algebra.programs.straight_line import StraightLineProgram
from algebra.programs.symmetries import Symmetry, symmetries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algebra.evidence.bounds import Bounds
    from algebra.evidence.generic_rank import RankEvidence
    from algebra.programs.lowering import Graph

QUICK_TRIALS = 2
"""A second look under another key: weights at which the rank is too small are as rare as one in a million."""

PIECES_TRIALS = (6, 120)
"""With rectifiers the rank depends on the region of the weights, and on how many pieces the samples meet.

So there are the more trials, the smaller a program is: of three networks (2, 3, 3, 1) one has the full rank.
"""

PIECES_WORK = 10**8
"""Entries of Jacobians, times their shorter sides, of all these trials: about a second."""

MOST_LOOKED_AT = 300
"""Weights up to which symmetries are compared with a rank, to look for more where they do not explain it."""

ABSORBED = "gains, biases and maps that linear maps absorb"
"""Rule of the parameters that `algebra.programs.fusing` takes out."""

UNPROVED = "nothing (exponentials or square roots were not proved independent)"


@dataclass(frozen=True)
class ProgramDimension(GenericRank):
    """The dimension of a program's set of functions: the generic rank of its Jacobian at enough general inputs."""

    program: StraightLineProgram

    @property
    def label(self) -> str:
        """Label of the program."""
        return self.program.label

    @cached_property
    def graph(self) -> Graph:
        """The program in core operations."""
        return lowered(self.program)

    @cached_property
    def symmetries(self) -> tuple[Symmetry, ...]:
        """What the lost parameters are lost to, as far as it is known.

        That is what the graph shows; where more is lost, and gains and biases are absorbed, what the smaller program
        shows; else affine fields.
        """
        found = symmetries(self.graph)
        for graph in self.fused_graphs:
            absorbed = self.program.count - graph.count
            if absorbed > 0:  # a bias in front of wide maps makes more biases than it was
                other = (Symmetry(ABSORBED, _missing(self.graph, graph), absorbed), *symmetries(graph))
                found = max(found, other, key=_total)
        left = self.program.count - _total(found)
        is_small = self.program.count <= MOST_LOOKED_AT and self.is_evaluated
        if is_small and _seen_rank(self.program) < left:
            found = max(found, (*symmetries(self.graph), *self.affine.symmetries), key=_total)
        return found

    @cached_property
    def affine(self) -> AffineFields:
        """Affine fields beyond what the graph shows; none where the program has no residues."""
        return affine_fields(self.program) if self.is_evaluated else AffineFields()

    @cached_property
    def larger(self) -> tuple[Larger, ...]:
        """The program without what linear maps absorb or hide, in two ways; nothing if there is nothing of the kind.

        It is looked at as it is, with its vectors as columns, and with its rows as columns.
        """
        turned = (with_columns(self.graph, are_rows) for are_rows in (False, True))
        for program in (Larger.same(self.graph), *turned):
            if program is None:
                continue
            found = [fused(program, is_repeated) for is_repeated in (False, True)]
            found += [merged(summed(each)) for each in found]
            smaller = {each.graph: each for each in found if each.graph.parameters != program.graph.parameters}
            if smaller:
                return tuple(smaller.values())
        return ()

    @property
    def fused_graphs(self) -> tuple[Graph, ...]:
        """The graphs of these programs."""
        return tuple(each.graph for each in self.larger)

    @cached_property
    def is_evaluated(self) -> bool:
        """Whether residues may stand for exponentials and square roots."""
        if self.graph.numbers(Relu):
            return True
        if not constant_roots_are_independent(self.graph):
            return False
        found = exponentials(self.graph)
        return found is not None and roots_are_independent(self.graph, found)

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Count, bound by theorems, symmetries and the ambient space, then evaluate."""
        check_size(self.program)
        yield AtMost(Reason("parameters", self.program.count))
        network = polynomial_architecture(self.graph)
        if network is not None:
            yield AtMost(upper_bound(network))  # its rules know of scalings, and count monomials
        else:
            yield from self._of_the_graph(known)

        if not self.is_evaluated:
            yield from self._parts()
            yield AtLeast(Reason(UNPROVED, 0))
            return
        # What takes longest comes last: with rectifiers more trials are cheaper, and more often what is missing.
        trials = self._trials
        last_cheap = trials - 1 if self.graph.numbers(Relu) else 0
        for number in range(trials):
            yield AtLeast(_looked_at(ProgramJacobian(self.program), known, number))
            if number == last_cheap and not known.is_decided:
                yield from self._of_the_graph(known) if network is not None else ()
                yield from self._affine()
                yield from self._coefficients()
                yield from self._parts()

    def _coefficients(self) -> Iterator[AtMost]:
        """Bound by the coefficients of a polynomial program that are linearly independent."""
        found = independent_coefficients(self.graph)
        if found is not None:
            yield AtMost(Reason("independent-coefficients", found))

    def _affine(self) -> Iterator[AtMost]:
        """Bound by affine fields beside the symmetries of the graph."""
        if self.affine.symmetries:
            yield AtMost(_symmetries_reason(self.program, (*symmetries(self.graph), *self.affine.symmetries)))

    @property
    def _trials(self) -> int:
        """How often the Jacobian is looked at, unless both bounds meet before."""
        if not self.graph.numbers(Relu):
            return QUICK_TRIALS
        least, most = PIECES_TRIALS
        return min(max(least, PIECES_WORK // (self.program.count + SLACK) ** 3), most)

    def _of_the_graph(self, known: Known) -> Iterator[AtMost]:
        """Bound by the symmetries of the graph, as it is and without what is absorbed, and by the ambient space."""
        if symmetries(self.graph):
            yield AtMost(_symmetries_reason(self.program, symmetries(self.graph)))
        for graph in self.fused_graphs:
            yield AtMost(_fused_reason(graph, *symmetries(graph)))
        space = ambient_dimension(self.graph)
        if space is not None and space < known.goal:
            yield AtMost(Reason("ambient", space))

    def _parts(self) -> Iterator[AtMost]:
        """Bound what can be seen of parts: it takes longer than the symmetries, and is seldom needed."""
        for graph in (self.graph, *self.fused_graphs):
            reason = _parts_reason(graph)
            if reason is not None:
                yield AtMost(reason)

    def repeated(self, known: Known) -> ProgramJacobian | None:
        """Evaluate the Jacobian, if its rank says something; see `algebra.programs.height`."""
        is_sized = self.is_evaluated and not self.graph.numbers(Relu, Sqrt)
        return ProgramJacobian(self.program) if is_sized else None

    def claim(self) -> dict[str, Any]:
        """Return what is claimed."""
        return {"quantity": "program-dimension", "label": self.label, "program": self.program.to_json()}

    def certified(self, evidence: RankEvidence) -> tuple[Reason, Reason]:
        """Return the bounds that the checker can prove; see `algebra.programs.certifying`.

        Raises
        ------
        InputError
            For relations between exponentials, say, for which it has no rules.
        """
        from algebra.programs.certifying import certified_bounds

        return certified_bounds(self.program, evidence, self.larger, lambda: self.affine.fields)

    def lower_json(self, lower: Reason) -> dict[str, Any]:
        """Write the lower bound down: the proof was found with it."""
        found: dict[str, Any] = lower.note
        return found

    def upper_json(self, upper: Reason) -> dict[str, Any]:
        """Write the upper bound down: the proof was found with it."""
        found: dict[str, Any] = upper.note
        return found

    def explain(self, evidence: RankEvidence) -> str:
        """Return both arguments as text, and what every lost parameter is lost to."""
        lower, upper = evidence.lower, evidence.upper
        lines = [lower.explain("dim", "<=") if isinstance(lower, Reason) else lower.explain()]
        found = exponentials(self.graph) if self.is_evaluated and not self.graph.numbers(Relu) else None
        if found is not None and found.nodes:
            lines.append(f"  {found.explain()}")
        assert upper is not None
        return "\n".join([*lines, upper.explain("dim"), *self._lost(upper)])

    def _lost(self, upper: Reason) -> Iterator[str]:
        """Attribute every lost parameter: to a symmetry, or to what the upper bound says beside them."""
        lost = self.program.count - upper.value
        found = self.symmetries if lost else ()
        more = lost - _total(found)
        if lost:
            yield f"of {self.program.count} parameters {lost} {'is' if lost == 1 else 'are'} lost:"
        yield from (f"  {each}" for each in found)
        if more > 0:
            yield f"  {more} {'more ' if found else ''}by the bound {upper.rule}"


def _looked_at(evaluation: ProgramJacobian, known: Known, number: int) -> Seen:
    try:
        return quick_trial(evaluation, known.goal, known.seed, number)
    except ArithmeticError as error:
        allowed = f"such that no denominator and no argument of a root vanishes everywhere: {error}"
        raise InputError("program", evaluation.label, allowed) from None


def _seen_rank(program: StraightLineProgram) -> int:
    """Return a rank of the Jacobian as it is seen once."""
    evaluation = ProgramJacobian(program)
    try:
        return look(evaluation, f"{program.label}/look", program.count, suitable_prime(evaluation)).rank
    except ArithmeticError:
        return program.count


def _symmetries_reason(program: StraightLineProgram, found: tuple[Symmetry, ...]) -> Reason:
    return Reason("symmetries", program.count - _total(found), note="; ".join(map(str, found)))


def _total(found: tuple[Symmetry, ...]) -> int:
    return sum(symmetry.dimension for symmetry in found)


def _missing(graph: Graph, fused_graph: Graph) -> tuple[str, ...]:
    """Return the parameters that another program has no more."""
    kept = {name for name, _ in fused_graph.parameters}
    return tuple(name for name, _ in graph.parameters if name not in kept)


def _fused_reason(graph: Graph, *found: Symmetry) -> Reason:
    """Count the parameters of a fused program, and the symmetries that it has."""
    count = graph.count
    note = "; ".join(map(str, found))
    return Reason("fused-symmetries", count - _total(found), details=(("parameters", count),), note=note)


def _parts_reason(graph: Graph) -> Reason | None:
    """Add up what is seen of some parts, and the dimension of the rest, as far as its symmetries say."""
    rest, seen = reduced_to_rest(graph)
    if not seen:
        return None
    left = without_symmetries(rest)
    found = symmetries(rest) if rest.parameters else ()
    value = left + sum(each.dimension for each in seen)
    return Reason("parts", value, details=(("rest", left),), note="; ".join(map(str, (*seen, *found))))


def check_size(program: StraightLineProgram) -> None:
    """Refuse a program whose Jacobian does not fit into this machine's memory, naming the estimate.

    Raises
    ------
    InputError
        If it does not fit.
    """
    graph = lowered(program)
    samples = program.count + SLACK
    arrays = sum(prod(node.shape) for node in graph.nodes if node.sees_input)
    check_fits("program", program.label, 8 * samples * (3 * program.count + 2 * arrays))

    # Whether exponentials are independent is asked at as many points as there are, in integers beyond floats.
    exponents = sum(prod(graph.nodes[i].shape) for i in graph.numbers(*EXPONENTIAL))
    varying = sum(prod(node.shape) for node in graph.nodes if node.sees_input or node.sees_parameter)
    check_fits("program", program.label, 170 * exponents * varying)


def program_dimension(program: StraightLineProgram, seed: int = 0, log2_error: float | None = None) -> Bounds:
    """Bound the dimension of the set of functions of a program from both sides.

    The lower bound is the rank of the Jacobian modulo a prime, exact also with exponentials and square roots. The upper
    bound is the number of parameters less the dimension of a general orbit of the symmetries that are found on the
    program's graph (`algebra.programs.actions`, `algebra.programs.shifts`), or the dimension of the ambient space.

    Parameters
    ----------
    program : StraightLineProgram
    seed : int
        Any integer.
    log2_error : float, optional
        Target for log2 of the error probability, between -4096 and -1. Default: -64.

    Returns
    -------
    Bounds

    Raises
    ------
    InputError
        For a bad seed or target, a denominator that vanishes everywhere, or a program too large for this machine.
    """
    return bound_generic_rank(ProgramDimension(program), seed, log2_error)
