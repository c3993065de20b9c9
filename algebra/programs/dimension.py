"""The dimension of a program's set of functions: the question, for `algebra.evidence.generic_rank`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.evidence.evaluation import SLACK, Seen, quick_trial
from algebra.evidence.generic_rank import AtLeast, AtMost, GenericRank, Known, bound_generic_rank
from algebra.evidence.reason import Reason
from algebra.memory import check_fits
from algebra.polynomial.rules import upper_bound
from algebra.programs.ambient import ambient_dimension
from algebra.programs.core import Relu, Sqrt
from algebra.programs.evaluation import ProgramJacobian
from algebra.programs.fusing import fused
from algebra.programs.independence import exponentials
from algebra.programs.lowering import lowered
from algebra.programs.parts import reduced_to_rest, without_symmetries
from algebra.programs.recognised import polynomial_architecture
from algebra.programs.roots import constant_roots_are_independent, roots_are_independent
from algebra.programs.straight_line import StraightLineProgram
from algebra.programs.symmetries import symmetries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algebra.evidence.bounds import Bounds
    from algebra.evidence.generic_rank import RankEvidence
    from algebra.programs.lowering import Graph
    from algebra.programs.symmetries import Symmetry

QUICK_TRIALS = 2
"""A second look under another key: weights at which the rank is too small are as rare as one in a million."""

PIECES_TRIALS = 6
"""With rectifiers the rank depends on the region of the weights, and on how many pieces the samples meet."""

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
        """What the lost parameters are lost to."""
        return symmetries(self.graph)

    @cached_property
    def fused_graphs(self) -> tuple[Graph, ...]:
        """The program without the gains and biases that linear maps absorb, in two ways; nothing if there are none."""
        found = [fused(self.graph, is_repeated) for is_repeated in (False, True)]
        return tuple(dict.fromkeys(graph for graph, names in found if names))

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
        """Count, find symmetries and the ambient space, then evaluate."""
        check_size(self.program)
        yield AtMost(Reason("parameters", self.program.count))
        lost = sum(symmetry.dimension for symmetry in self.symmetries)
        if lost:
            note = "; ".join(map(str, self.symmetries))
            yield AtMost(Reason("symmetries", self.program.count - lost, note=note))
        for graph in self.fused_graphs:
            yield AtMost(_fused_reason(graph, *symmetries(graph)))
        network = polynomial_architecture(self.graph)
        if network is not None:
            yield AtMost(upper_bound(network))
        space = ambient_dimension(self.graph) if network is None else None  # its rules count monomials, too
        if space is not None and space < known.goal:
            yield AtMost(Reason("ambient", space))

        if not self.is_evaluated:
            yield from self._parts()
            yield AtLeast(Reason(UNPROVED, 0))
            return
        for number in range(PIECES_TRIALS if self.graph.numbers(Relu) else QUICK_TRIALS):
            yield AtLeast(_looked_at(ProgramJacobian(self.program), known, number))
            if number == 0 and not known.is_decided:
                yield from self._parts()

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

        return certified_bounds(self.program, evidence)

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
        return "\n".join([*lines, upper.explain("dim")])


def _looked_at(evaluation: ProgramJacobian, known: Known, number: int) -> Seen:
    try:
        return quick_trial(evaluation, known.goal, known.seed, number)
    except ArithmeticError as error:
        allowed = f"such that no denominator and no argument of a root vanishes everywhere: {error}"
        raise InputError("program", evaluation.label, allowed) from None


def _fused_reason(graph: Graph, *found: Symmetry) -> Reason:
    """Count the parameters of a fused program, and the symmetries that it has."""
    count = sum(prod(shape) for _, shape in graph.parameters)
    lost = sum(symmetry.dimension for symmetry in found)
    return Reason("fused-symmetries", count - lost, details=(("parameters", count),), note="; ".join(map(str, found)))


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
