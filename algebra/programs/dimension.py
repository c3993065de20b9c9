"""The dimension of a program's set of functions: the question, for `algebra.evidence.generic_rank`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from algebra.evidence.evaluation import SLACK, quick_trial
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
    def fused_graph(self) -> Graph | None:
        """The program without the gains and biases that linear maps absorb; None if there are none."""
        graph, names = fused(self.graph)
        return graph if names else None

    @cached_property
    def fused_symmetries(self) -> tuple[Symmetry, ...]:
        """The symmetries of that program."""
        return () if self.fused_graph is None else symmetries(self.fused_graph)

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
            about = tuple((str(symmetry), "") for symmetry in self.symmetries)
            yield AtMost(Reason("symmetries", self.program.count - lost, note=_listed(about)))
        if self.fused_graph is not None:
            yield AtMost(_fused_reason(self.fused_graph, *self.fused_symmetries))
        network = polynomial_architecture(self.graph)
        if network is not None:
            yield AtMost(upper_bound(network))
        space = ambient_dimension(self.graph)
        if space is not None and space < known.goal:
            yield AtMost(Reason("ambient", space))

        if not self.is_evaluated:
            yield AtLeast(Reason(UNPROVED, 0))
            return
        for number in range(PIECES_TRIALS if self.graph.numbers(Relu) else QUICK_TRIALS):
            yield AtLeast(quick_trial(ProgramJacobian(self.program), known.goal, known.seed, number))

    def repeated(self, known: Known) -> ProgramJacobian | None:
        """Evaluate the Jacobian, if its rank says something; see `algebra.programs.height`."""
        is_sized = self.is_evaluated and not self.graph.numbers(Relu, Sqrt)
        return ProgramJacobian(self.program) if is_sized else None

    def claim(self) -> dict[str, Any]:
        """Return what is claimed."""
        return {"quantity": "program-dimension", "label": self.label, "program": self.program.to_json()}

    def explain(self, evidence: RankEvidence) -> str:
        """Return both arguments as text, and what every lost parameter is lost to."""
        lower, upper = evidence.lower, evidence.upper
        lines = [lower.explain("dim", "<=") if isinstance(lower, Reason) else lower.explain()]
        found = exponentials(self.graph) if self.is_evaluated and not self.graph.numbers(Relu) else None
        if found is not None and found.nodes:
            lines.append(f"  {found.explain()}")
        assert upper is not None
        return "\n".join([*lines, upper.explain("dim")])


def _fused_reason(graph: Graph, *found: Symmetry) -> Reason:
    """Count the parameters of a fused program, and the symmetries that it has."""
    count = sum(prod(shape) for _, shape in graph.parameters)
    lost = sum(symmetry.dimension for symmetry in found)
    return Reason("fused-symmetries", count - lost, details=(("parameters", count),), note="; ".join(map(str, found)))


def _listed(about: Sequence[tuple[str, str]]) -> str:
    return "; ".join(text for text, _ in about)


def check_size(program: StraightLineProgram) -> None:
    """Refuse a program whose Jacobian does not fit into this machine's memory, naming the estimate.

    Raises
    ------
    InputError
        If it does not fit.
    """
    graph = lowered(program)
    samples = program.count + SLACK
    arrays = 0
    for node in graph.nodes:
        entries = 1
        for n in node.shape:
            entries *= n
        arrays += entries if node.sees_input else 0
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
        For a bad seed or target, a rectifier behind an exponential, or a program too large for this machine's memory.
    """
    return bound_generic_rank(ProgramDimension(program), seed, log2_error)
