"""The dimension of a program at given weights, on given data: the exact rank of its Jacobian there.

Floats are the dyadic rationals that they are, so every sign of a rectifier is decided exactly, and the activation
pattern makes the program a rational function of the weights. The rank of its Jacobian, with all outputs at all
samples as rows, is the *batch functional dimension* [1]_. A pre-activation that is exactly 0 is a kink: it is
reported, and its derivative is taken to be 0 there.

References
----------
.. [1] J. Bona-Pellissier, F. Malgouyres, F. Bachoc, Geometry-induced implicit regularization in deep ReLU neural
   networks, arXiv:2402.08269 (2024).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.evidence.bounds import Bounds, Grade
from algebra.evidence.evaluation import PoleError
from algebra.memory import check_fits
from algebra.programs.arithmetic import Rationals, Residues
from algebra.programs.core import Relu, Sqrt
from algebra.programs.exponentials import EXPONENTIAL
from algebra.programs.lowering import lowered
from algebra.programs.running import backward, forward, gradient_rows
from algebra.programs.straight_line import Constant, StraightLineProgram, read_constant
from algebra.programs.symmetries import orbit
from algebra.rank import rank_rational
from algebra.rank.field import prime_field
from algebra.rank.modular_rank import rank_of_array
from algebra.rank.primes import DEFAULT_PRIME, largest_prime_below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algebra.programs.lowering import Graph
    from algebra.programs.symmetries import Symmetry
    from algebra.rank.field import PrimeField
    from algebra.types import Array

MOST_EXACT = 400_000
"""Entries of the Jacobian whose rank is computed over the rational numbers where the other bounds leave a gap."""

PRIMES = 3
"""Primes tried for the lower bound; a rank that is smaller modulo all of them is as rare as 2^-60."""


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
class GivenPoint:
    """A program with weights and data.

    Parameters
    ----------
    program : StraightLineProgram
    values : mapping of str to Constant
        One array for every parameter, of its shape.
    data : mapping of str to tuple of Constant
        For every input one array a sample.
    """

    program: StraightLineProgram
    values: Mapping[str, Constant]
    data: Mapping[str, tuple[Constant, ...]]

    @classmethod
    def read(cls, program: StraightLineProgram, values: Any, data: Any) -> GivenPoint:
        """Read weights and data, and check their names and shapes.

        Raises
        ------
        InputError
            Naming the array, and the shape that is needed.
        """
        weights = {
            name: _of_shape(f"values.{name}", each, program.parameters[name])
            for name, each in _named("values", values, program.parameters).items()
        }
        samples = {}
        for name, each in _named("data", data, program.inputs).items():
            shape = program.inputs[name]
            whole = read_constant(f"data.{name}", each)
            if whole.shape[1:] != shape or not whole.shape:
                raise InputError(f"data.{name}", list(whole.shape), f"a list of samples, each of shape {list(shape)}")
            size = prod(shape)
            count = whole.shape[0]
            samples[name] = tuple(Constant(shape, whole.entries[i * size : (i + 1) * size]) for i in range(count))
        if len({len(each) for each in samples.values()}) > 1:
            raise InputError(
                "data", {name: len(each) for name, each in samples.items()}, "as many samples of every input"
            )
        return cls(program, weights, samples)

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(next(iter(self.data.values()), ()))

    @cached_property
    def leaves(self) -> dict[str, Array]:
        """Weights and data as exact numbers, with the samples in front."""
        found = {name: _array([constant]) for name, constant in self.values.items()}
        return found | {name: _array(list(samples)) for name, samples in self.data.items()}


def _named(argument: str, given: Any, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(given, Mapping) or set(given) != set(wanted):
        shown = sorted(given) if isinstance(given, Mapping) else given
        raise InputError(argument, shown, f"an object with the keys {', '.join(wanted)}")
    return given


def _of_shape(name: str, given: Any, shape: tuple[int, ...]) -> Constant:
    found = read_constant(name, given)
    if found.shape != shape:
        raise InputError(name, list(found.shape), f"of the shape {list(shape)}")
    return found


def _array(constants: list[Constant]) -> Array:
    flat = np.empty((len(constants), len(constants[0].entries)), object)
    for i, constant in enumerate(constants):
        flat[i] = [x.numerator if x.denominator == 1 else x for x in constant.entries]
    return flat.reshape(len(constants), *constants[0].shape)


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

    Raises
    ------
    InputError
        For programs with exponentials or square roots, denominators that vanish, and what does not fit into memory.

    Examples
    --------
    >>> steps = [{"name": "h", "op": "matmul", "of": ["W", "x"]}, {"name": "a", "op": "relu", "of": ["h"]}]
    >>> steps.append({"name": "y", "op": "matmul", "of": ["V", "a"]})
    >>> given = {"inputs": {"x": [1]}, "parameters": {"W": [2, 1], "V": [1, 2]}, "steps": steps, "outputs": ["y"]}
    >>> program, data = StraightLineProgram.from_json(given), {"x": [[1], [2], [-1]]}
    >>> point = GivenPoint.read(program, {"W": [[1], [-0.5]], "V": [[1, 1]]}, data)
    >>> given_dimension(point).bounds
    2 (proved)
    """
    graph = lowered(point.program)
    _check(point, graph)
    numbers = Rationals()
    try:
        exact = forward(graph, numbers, point.leaves)
    except PoleError as error:
        raise InputError("values", point.program.label, f"such that no denominator vanishes: {error}") from None

    lower = max(_rank_modulo(graph, point, numbers, prime) for prime in _primes())
    symmetries = _orbit(graph, point)
    bounds = _bounded(graph, point, numbers, exact, lower, symmetries)
    return GivenDimension(bounds, symmetries, _kinks(graph, numbers), _patterns(graph, numbers, point.samples))


def _check(point: GivenPoint, graph: Graph) -> None:
    if graph.numbers(*EXPONENTIAL, Sqrt):
        node = graph.nodes[graph.numbers(*EXPONENTIAL, Sqrt)[0]]
        raise InputError(
            f"steps.{node.name}", "exponential or square root", "left out at given weights: they are not rational"
        )
    rows = point.samples * sum(prod(graph.nodes[i].shape) for i in graph.outputs)
    entries = sum(prod(node.shape) for node in graph.nodes if node.sees_input)
    check_fits("data", point.program.label, 8 * rows * point.program.count + 80 * point.samples * entries)


def _primes() -> Iterator[int]:
    prime = DEFAULT_PRIME
    for _ in range(PRIMES):
        yield prime
        prime = largest_prime_below(prime)


def _residues(field: PrimeField, leaves: Mapping[str, Array]) -> dict[str, Array]:
    numbers = Residues(field)
    return {name: numbers.constant(array) for name, array in leaves.items()}


def _rows(graph: Graph, numbers: Any, values: list[Array], samples: int, zeros: Any) -> Iterator[Array]:
    """Yield the gradients of every entry of every output, one row a sample."""
    for k, i in enumerate(graph.outputs):
        for e in range(prod(graph.nodes[i].shape)):
            covectors = []
            for j, other in enumerate(graph.outputs):
                unit = zeros((samples, prod(graph.nodes[other].shape)))
                if j == k:
                    unit[:, e] = 1
                covectors.append(unit.reshape(samples, *graph.nodes[other].shape))
            gradients = backward(graph, numbers, values, covectors)
            whole = zeros((samples, sum(prod(shape) for _, shape in graph.parameters)))
            yield gradient_rows(graph, gradients, samples, whole)


def _rank_modulo(graph: Graph, point: GivenPoint, numbers: Rationals, prime: int) -> int:
    field = prime_field(prime)
    residues = Residues(field, signs=lambda node, z: numbers.signs[node])
    try:
        values = forward(graph, residues, _residues(field, point.leaves))
    except PoleError:
        return 0
    rows = np.concatenate(list(_rows(graph, residues, values, point.samples, field.zeros)))
    return int(rank_of_array(rows, prime))


def _orbit(graph: Graph, point: GivenPoint) -> tuple[Symmetry, ...]:
    try:
        weights = _residues(prime_field(DEFAULT_PRIME), point.leaves)
    except PoleError:
        return ()
    return orbit(graph, {name: weights[name] for name, _ in graph.parameters})


def _bounded(
    graph: Graph,
    point: GivenPoint,
    numbers: Rationals,
    exact: list[Array],
    lower: int,
    symmetries: tuple[Symmetry, ...],
) -> Bounds:
    """Take the least upper bound; where a gap is left, compute the rank over Q if that is possible."""
    rows = point.samples * sum(prod(graph.nodes[i].shape) for i in graph.outputs)
    count = point.program.count
    lost = sum(symmetry.dimension for symmetry in symmetries)
    upper, rule = min((count - lost, "symmetries" if lost else "parameters"), (rows, "samples"))
    if lower < upper and rows * count <= MOST_EXACT:
        found = list(_rows(graph, numbers, exact, point.samples, _zeros))
        rank = int(rank_rational(np.concatenate(found)))
        lower, upper, rule = rank, rank, "rational-rank"
    grade = Grade.PROVED if lower == upper else Grade.INCONCLUSIVE
    return Bounds(lower, upper, grade, lower_by="program-jacobian", upper_by=rule)


def _zeros(shape: tuple[int, ...]) -> Array:
    found = np.empty(shape, object)
    found[...] = 0
    return found


def _kinks(graph: Graph, numbers: Rationals) -> tuple[Kink, ...]:
    found = []
    for i in graph.numbers(Relu):
        zeros = numbers.zeros[i]
        rows = np.flatnonzero(zeros.reshape(len(zeros), -1).any(axis=1))
        found += [Kink(graph.nodes[i].name, int(sample)) for sample in rows]
    return tuple(found)


def _patterns(graph: Graph, numbers: Rationals, samples: int) -> int:
    parts = [
        np.broadcast_to(numbers.signs[i], (samples, *graph.nodes[i].shape)).reshape(samples, -1)
        for i in graph.numbers(Relu)
    ]
    if not parts:
        return 1
    return len({row.tobytes() for row in np.concatenate(parts, axis=1)})
