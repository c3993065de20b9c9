"""A program on a batch of data: signs decided exactly, and its Jacobian modulo any prime."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.evidence.evaluation import PoleError
from algebra.programs.arithmetic import Rationals, Residues
from algebra.programs.balls import Balls, decided
from algebra.programs.core import Reciprocal, Relu
from algebra.programs.given_exponentials import BallsBeside, ExactPart
from algebra.programs.running import backward, forward, gradient_rows
from algebra.rank import Echelon
from algebra.rank.field import prime_field
from algebra.rank.modular_rank import is_small, rank_of_array
from algebra.rank.primes import DEFAULT_PRIME, largest_prime_below
from algebra.rank.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.given_point import GivenPoint
    from algebra.programs.lowering import Graph
    from algebra.rank.field import PrimeField
    from algebra.types import Array

PRIMES = 2
"""Primes tried for the lower bound; a rank that is smaller modulo both is as rare as 2^-40."""

MOST_TWICE = 2_000
"""Parameters up to which a second prime is tried, and the Jacobian kept for the kernel: beyond, each takes its time.

Modulo one prime alone a rank is too small as rarely as 2^-20; it is a lower bound anyway.
"""


def primes() -> Iterator[int]:
    """Yield primes below 2^23, the default one first."""
    prime = DEFAULT_PRIME
    while True:
        yield prime
        prime = largest_prime_below(prime)


@dataclass(frozen=True, eq=False)
class Batch:
    """A lowered program at given weights on given data.

    Parameters
    ----------
    graph : Graph
    point : GivenPoint
    signs, zeros : dict of int to ndarray
        For every rectifier: where it is active, and where its argument is 0.
    known : dict of int to ndarray
        Jacobians by their primes, where they are kept.
    exact : ExactPart
        What stands before exponentials.
    """

    graph: Graph
    point: GivenPoint
    signs: Mapping[int, NDArray[np.bool_]]
    zeros: Mapping[int, NDArray[np.bool_]]
    known: dict[int, Array] = field(default_factory=dict)
    exact: ExactPart = field(default_factory=ExactPart)

    @classmethod
    def of(cls, graph: Graph, point: GivenPoint) -> Batch:
        """Decide all signs: by arithmetic with error bounds, and exactly at the samples where that leaves one open.

        Raises
        ------
        InputError
            If a denominator vanishes, or a sign behind an exponential is not decided.
        """
        try:
            part = ExactPart.of(graph, point)
        except PoleError as error:
            raise InputError("values", point.program.label, f"such that no denominator vanishes: {error}") from None
        numbers = BallsBeside(exact=part.numbers)
        samples = point.samples
        if graph.numbers(Relu):
            leaves = {name: numbers.constant(array) for name, array in point.leaves.items()}
            with np.errstate(over="ignore", invalid="ignore"):  # what is no number decides no sign
                forward(graph, numbers, leaves, (), max(graph.numbers(Relu)) + 1)
        signs = {i: np.broadcast_to(a, (samples, *a.shape[1:])).copy() for i, a in numbers.signs.items()}
        zeros = {i: np.broadcast_to(a, (samples, *a.shape[1:])).copy() for i, a in numbers.zeros.items()}

        open_rows = np.flatnonzero(~decided(numbers, samples))
        if part.powers:
            _refuse_open(graph, numbers, open_rows)
            return cls(graph, point, signs, zeros, exact=part)
        if graph.numbers(Reciprocal):  # whether a denominator vanishes is not decided by the signs
            open_rows = np.arange(samples)
        if len(open_rows):
            exact = _exactly(graph, point, open_rows)
            for i in signs:
                signs[i][open_rows], zeros[i][open_rows] = exact.signs[i], exact.zeros[i]
        return cls(graph, point, signs, zeros)

    @property
    def samples(self) -> int:
        """Number of samples."""
        return self.point.samples

    @property
    def rows(self) -> int:
        """Rows of the Jacobian: outputs times samples."""
        return self.samples * sum(prod(self.graph.nodes[i].shape) for i in self.graph.outputs)

    def rank(self, goal: int) -> int:
        """Return the rank of the Jacobian modulo a prime or two: a lower bound, not followed beyond the goal."""
        found = 0
        for prime, _ in zip(primes(), range(PRIMES if self.is_kept else 1), strict=False):
            found = max(found, _rank_up_to(self.jacobian(prime), prime, goal))
            if found == goal:
                break
        return found

    @property
    def is_kept(self) -> bool:
        """Whether Jacobians are small enough to be kept."""
        return self.point.program.count <= MOST_TWICE

    def residues(self, field: PrimeField) -> dict[str, Array]:
        """Return weights and data modulo a prime.

        Raises
        ------
        PoleError
            If it divides a denominator.
        """
        numbers = Residues(field)
        return {name: numbers.constant(array) for name, array in self.point.leaves.items()}

    def arithmetic(self, field: PrimeField) -> Residues:
        """Return the arithmetic modulo a prime in which the program runs, with the signs that were decided."""
        return Residues(field, self.exact.residues(field), signs=lambda node, z: self.signs[node])

    def weight_residues(self) -> dict[str, Array]:
        """Return the weights modulo the default prime, or 0 if that divides a denominator: no symmetry moves 0."""
        numbers = prime_field(DEFAULT_PRIME)
        try:
            found = self.residues(numbers)
        except PoleError:
            found = {name: numbers.zeros((1, *shape)) for name, shape in self.graph.parameters}
        return {name: found[name] for name, _ in self.graph.parameters}

    def jacobian(self, prime: int) -> Array:
        """Return the Jacobian modulo a prime; without rows if the prime divides a denominator.

        Parameters
        ----------
        prime : int

        Returns
        -------
        ndarray, shape (rows, parameters)
            The samples of one entry of an output are neighbours.
        """
        if prime in self.known:
            return self.known[prime]
        found = self._evaluated(prime)
        if self.is_kept:
            self.known[prime] = found
        return found

    def _evaluated(self, prime: int) -> Array:
        residues, count = prime_field(prime), self.point.program.count
        numbers = self.arithmetic(residues)
        try:
            values = forward(self.graph, numbers, self.residues(residues))
        except PoleError:
            return residues.zeros((0, count))
        found = residues.zeros((self.rows, count))
        for k, covectors in enumerate(self._unit_covectors(residues.zeros)):
            gradients = backward(self.graph, numbers, values, covectors)
            part = found[k * self.samples : (k + 1) * self.samples]
            gradient_rows(self.graph, gradients, self.samples, part)
        return found

    def _unit_covectors(self, zeros: Any) -> Iterator[list[Array]]:
        """Yield covectors that pick one entry of one output."""
        shapes = [self.graph.nodes[i].shape for i in self.graph.outputs]
        for k, shape in enumerate(shapes):
            for e in range(prod(shape)):
                flat = [zeros((self.samples, prod(each))) for each in shapes]
                flat[k][:, e] = 1
                yield [array.reshape(self.samples, *each) for array, each in zip(flat, shapes, strict=True)]

    def rational_rows(self) -> Iterator[Array]:
        """Yield the Jacobian over the rational numbers, one entry of an output after the other.

        Yields
        ------
        ndarray of object, shape (samples, parameters)
        """
        numbers, count = Rationals(), self.point.program.count
        values = forward(self.graph, numbers, self.point.leaves)
        for covectors in self._unit_covectors(lambda shape: np.zeros(shape, object)):
            gradients = backward(self.graph, numbers, values, covectors)
            yield gradient_rows(self.graph, gradients, self.samples, np.zeros((self.samples, count), object))

    def largest_rows(self) -> Array:
        """Bound the absolute values of the Jacobian's entries: the largest of each column, a row for each output."""
        numbers = Balls(dict(self.signs))
        leaves = {name: numbers.constant(array) for name, array in self.point.leaves.items()}
        fixed = _Fixed(self.signs)
        values = forward(self.graph, fixed, leaves)
        rows = []
        for covectors in self._unit_covectors(lambda shape: np.zeros(shape, np.complex128)):
            gradients = backward(self.graph, fixed, values, covectors)
            whole = np.zeros((self.samples, self.point.program.count), np.complex128)
            found = gradient_rows(self.graph, gradients, self.samples, whole)
            rows.append((np.abs(found.real) + np.abs(found.imag)).max(axis=0))
        return np.stack(rows)


def _refuse_open(graph: Graph, numbers: Balls, rows: NDArray[np.intp]) -> None:
    """Refuse signs that intervals do not decide: what stands there is perhaps 0, and never guessed."""
    for node, array in numbers.undecided.items() if len(rows) else ():
        found = np.flatnonzero(array.reshape(len(array), -1).any(axis=1))
        if len(found):
            allowed = (
                "so far from 0 that intervals decide its sign behind exponentials: that was not decided, perhaps a kink"
            )
            raise InputError(f"steps.{graph.nodes[node].name}", f"at sample {int(found[0])}", allowed)


def _rank_up_to(array: Array, prime: int, goal: int) -> int:
    """Return the rank, or the goal if that is reached: rows behind it are not looked at."""
    if is_small(array.shape[0], array.shape[1], prime):
        return min(rank_of_array(array, prime), goal)
    tall = array.T if array.shape[0] < array.shape[1] else array
    form = Echelon(tall.shape[1], prime, capacity=goal)
    with one_thread(goal):
        form.add(tall, centred=True)
    return form.rank


@dataclass(frozen=True, eq=False)
class _Fixed(Balls):
    """Balls whose signs are known."""

    def __init__(self, signs: Mapping[int, NDArray[np.bool_]]) -> None:
        super().__init__(dict(signs))

    def positive(self, node: int, z: Array) -> NDArray[np.bool_]:
        """Return the sign that was decided."""
        return self.signs[node]


def _exactly(graph: Graph, point: GivenPoint, rows: NDArray[np.intp]) -> Rationals:
    """Run the program with exact numbers at some samples."""
    numbers = Rationals()
    try:
        forward(graph, numbers, point.leaves_at(rows))
    except PoleError as error:
        raise InputError("values", point.program.label, f"such that no denominator vanishes: {error}") from None
    return numbers
