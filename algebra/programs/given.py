"""The dimension of a program at given weights, on given data: the exact rank of its Jacobian there.

Floats are the dyadic rationals that they are, so every sign of a rectifier is decided exactly, and the activation
pattern makes the program a rational function of the weights. The rank of its Jacobian, with all outputs at all samples
as rows, is the *batch functional dimension* [1]_. A pre-activation that is exactly 0 is a kink: it is reported, and its
derivative is taken to be 0 there.

References
----------
.. [1] J. Bona-Pellissier, F. Malgouyres, F. Bachoc, Geometry-induced implicit regularization in deep ReLU neural
   networks, arXiv:2402.08269 (2024).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.evidence.bounds import Bounds, Grade
from algebra.memory import check_fits
from algebra.programs.ambient import ambient_dimension
from algebra.programs.batch import Batch
from algebra.programs.core import MatMul, Multiply, Power, Reciprocal, Relu, Sqrt
from algebra.programs.exponentials import EXPONENTIAL
from algebra.programs.kernel_vectors import kernel_vectors
from algebra.programs.lowering import lowered
from algebra.programs.pattern_exceptions import few_differences, rows_of_every_basis
from algebra.programs.pattern_relations import relation_fields
from algebra.programs.quiet_neurons import quiet_fields
from algebra.programs.symmetries import Symmetry, orbit_with_form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from algebra.evidence.certificate import Certificate
    from algebra.programs.given_point import GivenPoint
    from algebra.programs.lowering import Graph
    from algebra.programs.symmetries import Fields
    from algebra.rank import Echelon

MOST_COMPLETED = 2_000
"""Parameters up to which further vectors of the kernel are searched: an elimination of some seconds for each prime."""


@dataclass(frozen=True)
class Kink:
    """A rectifier whose argument is exactly 0.

    Parameters
    ----------
    step : str
    sample : int
    """

    step: str
    sample: int

    def to_json(self) -> dict[str, Any]:
        """Return it as the contract has it."""
        return {"step": self.step, "sample": self.sample}


@dataclass(frozen=True, eq=False)
class GivenEvidence:
    """What stands behind the bounds of a dimension at given weights.

    Parameters
    ----------
    point : GivenPoint
    lower, upper : int
    """

    point: GivenPoint
    lower: int
    upper: int

    def certificate(self) -> Certificate:
        """Write both bounds down for the independent checker; see `algebra.programs.given_certificate`."""
        from algebra.programs.given_certificate import given_certificate

        return given_certificate(self.point, self.lower, self.upper)


@dataclass(frozen=True)
class GivenDimension:
    """What is known of a program at given weights and data.

    Parameters
    ----------
    bounds : Bounds
    symmetries : tuple of Symmetry
        With the dimensions that they have at these weights.
    kinks : tuple of Kink
    patterns : int
        Different activation patterns on the data; 1 without rectifiers.
    """

    bounds: Bounds
    symmetries: tuple[Symmetry, ...]
    kinks: tuple[Kink, ...]
    patterns: int


def given_dimension(point: GivenPoint) -> GivenDimension:
    """Bound the batch functional dimension of a program from both sides.

    The lower bound is the rank modulo a prime. The upper bound is the number of parameters less the symmetries, with
    neurons that are active at the same samples mixed freely, and less the weights that the data do not show
    (`algebra.programs.quiet_neurons`, `algebra.programs.pattern_relations`). Where a gap is left, it is the dimension
    of the ambient space, and further vectors of the kernel are reconstructed from their residues and verified exactly
    (`algebra.programs.kernel_vectors`).

    Parameters
    ----------
    point : GivenPoint
        A program, its weights and its inputs, all given.

    Returns
    -------
    GivenDimension

    Raises
    ------
    InputError
        For programs with square roots or exponentials behind exponentials, denominators that vanish, signs behind an
        exponential that are not decided, and what does not fit into memory.

    Examples
    --------
    >>> from algebra.programs import GivenPoint, Program
    >>> steps = [{"name": "h", "op": "matmul", "of": ["W", "x"]}, {"name": "a", "op": "relu", "of": ["h"]}]
    >>> steps.append({"name": "y", "op": "matmul", "of": ["V", "a"]})
    >>> given = {"inputs": {"x": [1]}, "parameters": {"W": [2, 1], "V": [1, 2]}, "steps": steps, "outputs": ["y"]}
    >>> program, data = Program.from_json(given), {"x": [[1], [2], [-1]]}
    >>> given_dimension(GivenPoint.read(program, {"W": [[1], [-0.5]], "V": [[1, 1]]}, data)).bounds
    2 (proved)
    """
    graph = lowered(point.program)
    _check(point, graph)
    batch = Batch.of(graph, point)
    symmetries, form = orbit_with_form(graph, batch.weight_residues(), _active_samples(graph, batch))
    symmetries += _added(form, quiet_fields(batch))
    count, rows = point.program.count, batch.rows

    # Relations between patterns take longer: first those that are quick to find, and only where rows do not suffice.
    choices = [few_differences, rows_of_every_basis]
    if rows > count - form.rank:
        symmetries += _added(form, relation_fields(batch, choices.pop(0)))

    # A rank need not be followed beyond its bound.
    upper = min(count - form.rank, rows)
    lower = batch.rank(upper)
    for choice in choices:
        if lower < upper:
            symmetries += _added(form, relation_fields(batch, choice))
            upper = min(upper, count - form.rank)
    lost = form.rank
    upper, rule = min((count - lost, "symmetries" if lost else "parameters"), (rows, "samples"))

    # The ambient space is one whatever the weights are, and vectors of the kernel that are no symmetries lower the
    # upper bound further.
    space = ambient_dimension(graph) if lower < upper else None
    if space is not None and space < upper:
        upper, rule = space, "ambient"
    if lower < upper and count <= MOST_COMPLETED and not batch.exact.powers:
        found = len(kernel_vectors(batch, form, count - lower))
        if count - lost - found < upper:
            upper, rule = count - lost - found, "kernel-vectors"
    grade = Grade.PROVED if lower == upper else Grade.INCONCLUSIVE
    evidence = GivenEvidence(point, lower, upper)
    bounds = Bounds(lower, upper, grade, lower_by="program-jacobian", upper_by=rule, evidence=evidence)
    return GivenDimension(bounds, _merged(symmetries), _kinks(graph, batch), _patterns(graph, batch))


def _added(form: Echelon, fields: Iterable[Fields]) -> tuple[Symmetry, ...]:
    """Add vectors of the kernel that the data show; return what they add."""
    found = []
    for each in fields:
        added = form.add(each.values)
        if added:
            found.append(Symmetry(each.rule, each.parameters, added))
    return tuple(found)


def _merged(symmetries: Iterable[Symmetry]) -> tuple[Symmetry, ...]:
    """Add what one rule shows of the same arrays."""
    total: dict[tuple[str, tuple[str, ...]], int] = {}
    for each in symmetries:
        name = each.rule, each.parameters
        total[name] = total.get(name, 0) + each.dimension
    return tuple(Symmetry(rule, names, dimension) for (rule, names), dimension in total.items())


MOST_DEGREE = 10_000
"""Of a program at given weights, in its numbers: exact arithmetic makes them that many times as long."""


def _degrees(graph: Graph) -> list[int]:
    """Return the degree of every array in weights, data and constants."""
    found: list[int] = []
    for node in graph.nodes:
        taken = [found[j] for j in node.of]
        if not taken:
            found.append(1)
        elif isinstance(node.operation, Multiply | MatMul):
            found.append(sum(taken))
        elif isinstance(node.operation, Power):
            found.append(taken[0] * node.operation.exponent)
        else:
            found.append(max(taken))
    return found


def _check(point: GivenPoint, graph: Graph) -> None:
    depths = graph.depths(*EXPONENTIAL)
    for i, node in enumerate(graph.nodes):
        step = f"steps.{node.name}"
        if isinstance(node.operation, Sqrt):
            raise InputError(step, "a square root", "left out at given weights: its values are not rational")
        if isinstance(node.operation, EXPONENTIAL) and depths[i] > 1:
            allowed = (
                "left out at given weights: whether such numbers are algebraically independent is an open question"
            )
            raise InputError(step, "an exponential behind another", allowed)
        if isinstance(node.operation, Reciprocal) and depths[i]:
            allowed = "left out at given weights: whether its denominator vanishes is not decided exactly"
            raise InputError(step, "a division behind an exponential", allowed)
    degrees = _degrees(graph)
    if max(degrees) > MOST_DEGREE:
        node = graph.nodes[next(i for i, degree in enumerate(degrees) if degree > MOST_DEGREE)]
        allowed = f"of a degree of at most {MOST_DEGREE:,} in weights and data, to be exact at given weights"
        raise InputError(f"steps.{node.name}", f"of degree {max(degrees):,}"[:60], allowed)
    rows = point.samples * sum(prod(graph.nodes[i].shape) for i in graph.outputs)
    entries = sum(prod(node.shape) for node in graph.nodes if node.sees_input)
    check_fits("data", point.program.label, 3 * 8 * rows * point.program.count + 80 * point.samples * entries)


def _active_samples(graph: Graph, batch: Batch) -> dict[str, list[bytes]]:
    """Return, for rectifiers of vectors, the samples at which each neuron is active, as bits."""
    found = {}
    for i in graph.numbers(Relu):
        signs = np.broadcast_to(batch.signs[i], (batch.samples, *graph.nodes[i].shape)).reshape(batch.samples, -1)
        found[graph.nodes[i].name] = [np.packbits(column).tobytes() for column in signs.T]
    return found


def _kinks(graph: Graph, batch: Batch) -> tuple[Kink, ...]:
    found: list[Kink] = []
    for i in graph.numbers(Relu):
        rows = np.flatnonzero(batch.zeros[i].reshape(len(batch.zeros[i]), -1).any(axis=1))
        found += [Kink(graph.nodes[i].name, int(sample)) for sample in rows]
    return tuple(found)


def _patterns(graph: Graph, batch: Batch) -> int:
    parts = [
        np.broadcast_to(batch.signs[i], (batch.samples, *graph.nodes[i].shape)).reshape(batch.samples, -1)
        for i in graph.numbers(Relu)
    ]
    return len({row.tobytes() for row in np.concatenate(parts, axis=1)}) if parts else 1
