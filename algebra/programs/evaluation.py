"""The Jacobian of a program as a matrix with generic entries, for `algebra.evidence.evaluation`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from algebra.evidence.error import WORD, log2_trial_error
from algebra.evidence.evaluation import Evaluation, WholeMatrix
from algebra.programs.core import Power, Relu, Sqrt
from algebra.programs.exponentials import Exponentials, unrelated
from algebra.programs.height import entry_size, has_size
from algebra.programs.independence import exponentials
from algebra.programs.lowering import lowered
from algebra.programs.rectifiers import patterns
from algebra.programs.roots import constant_roots
from algebra.programs.running import backward, gradient_rows
from algebra.programs.sampling import draw, run

if TYPE_CHECKING:
    from algebra.evidence.evaluation import Seen
    from algebra.programs.lowering import Graph
    from algebra.programs.straight_line import StraightLineProgram
    from algebra.rank.field import PrimeField
    from algebra.types import Array


PIECES_ROWS = 4
"""With rectifiers: samples for every row that is asked for. Regions that the samples miss lower the rank."""


@dataclass(frozen=True)
class ProgramJacobian(Evaluation):
    """The Jacobian of weights to functions of a program, as a matrix with generic entries.

    Rows are samples (inputs with a covector on the outputs), columns are parameters. For what stands in the place of
    exponentials, square roots and rectifiers see `algebra.programs.exponentials`, `algebra.programs.roots` and
    `algebra.programs.rectifiers`.
    """

    program: StraightLineProgram

    @property
    def label(self) -> str:
        """Label of the program."""
        return self.program.label

    @property
    def rule(self) -> str:
        """Name of a rank that is seen."""
        return "program-jacobian"

    @cached_property
    def graph(self) -> Graph:
        """The program in core operations."""
        return lowered(self.program)

    def suits(self, prime: int) -> bool:
        """Tell whether the prime divides no exponent and no denominator; roots, if there are any, must be powers."""
        if self.graph.numbers(Sqrt):
            numbers = [x.numerator * x.denominator for x in constant_roots(self.graph)]
            if prime % 4 != 3 or any(pow(n, (prime - 1) // 2, prime) != 1 for n in numbers):
                return False
        operations = (node.operation for node in self.graph.nodes)
        if any(isinstance(each, Power) and each.exponent % prime == 0 for each in operations):
            return False
        constants = (node.constant for node in self.graph.nodes if node.constant is not None)
        return all(x.denominator % prime for constant in constants for x in constant.entries)

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> WholeMatrix:
        """Evaluate under a key; see `jacobian`."""
        return WholeMatrix(jacobian(self.graph, field, key, rows, word_size), field.prime)

    def log2_error(self, rank: int, rows: int, word_size: int) -> float:
        """Bound how seldom a trial misses a rank; see `algebra.evidence.error`."""
        found = None if self.graph.numbers(Relu, Sqrt) else exponentials(self.graph)
        if not has_size(self.graph, found):
            return 0.0
        return log2_trial_error(entry_size(self.graph, WORD * word_size, rows), rank, word_size)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return prime and key; the word size only where it is not 1."""
        return {"prime": seen.prime, "key": seen.key, **({"word_size": seen.word_size} if seen.word_size > 1 else {})}

    def explain(self, seen: Seen) -> str:
        """Say where the rank was seen."""
        where = f"weights and samples from {seen.key!r}"
        return f"{seen.rank} <= dim: rank of the evaluated Jacobian modulo {seen.prime}, {where}"


def jacobian(graph: Graph, field: PrimeField, key: str, samples: int, size: int = 1) -> Array:
    """Evaluate the Jacobian at weights, points, covectors and residues drawn from the streams of a key.

    Parameters
    ----------
    graph : Graph
    field : PrimeField
    key : str
        Of the generator.
    samples : int
        Rows.
    size : int
        64-bit words in each number before it is reduced.

    Returns
    -------
    ndarray, shape (samples, parameters)

    Raises
    ------
    PoleError
        If a denominator vanishes at a sample.
    """
    return jacobian_and_weights(graph, field, key, samples, size)[0]


def jacobian_and_weights(graph: Graph, field: PrimeField, key: str, samples: int, size: int = 1) -> tuple[Array, Array]:
    """Evaluate the Jacobian as `jacobian` does; return the weights, too, side by side in the order of its columns.

    Weights that no output needs are 0.
    """
    if graph.numbers(Relu):
        signs = patterns(graph, key, PIECES_ROWS * samples)
        samples = len(next(iter(signs.values())))
        if not samples:
            return field.zeros((0, graph.count)), field.zeros((graph.count,))
        found: Exponentials | None = unrelated(graph)
    else:
        signs, found = {}, exponentials(graph)
    assert found is not None, "asked for by the question"
    point = draw(graph, found, field, key, samples, size, signs=signs)
    values, numbers, _ = run(graph, found, field, key, point)
    covectors = [
        field.draw(key, f"covectors/{k}", (samples, *graph.nodes[i].shape), size) for k, i in enumerate(graph.outputs)
    ]
    gradients = backward(graph, numbers, values, covectors)
    rows = gradient_rows(graph, gradients, samples, field.zeros((samples, graph.count)))
    return rows, gradient_rows(graph, point.leaves, 1, field.zeros((1, graph.count)))[0]
