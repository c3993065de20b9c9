"""Random weights, inputs and residues for exponentials, drawn so that every square root is there.

A square root sigma of u needs a residue u that is a square: the ring of (weights, inputs, sigma) with sigma^2 = u
is mapped to F_p. Half of all residues are squares. To reject whole samples would cost two to the number of roots;
instead, of an entry that is no square, *one* residue is drawn anew that it depends on and that no earlier root
depends on: an entry of an input, or an exponential. So a root costs two tries.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.evaluation import PoleError
from algebra.programs.arithmetic import Residues
from algebra.programs.core import Relu, Sqrt
from algebra.programs.exponentials import as_source, values_of
from algebra.programs.running import forward
from algebra.rank.field import prime_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.exponentials import Exponentials
    from algebra.programs.lowering import Graph
    from algebra.rank.field import PrimeField
    from algebra.types import Array

MOST_ROUNDS = 400
"""Rounds of drawing anew for one node: the slowest of a million entries needs some 30, one after another a few more."""

PROBE_PRIME = 2**61 - 1
"""For finding out what depends on what: a dependence is overlooked with probability 2^-61."""


@dataclass(frozen=True)
class Pattern:
    """Which entries each rectifier lets through at one sample.

    Parameters
    ----------
    bits : tuple of bytes
        For every rectifier, in the order of the nodes, one byte an entry.
    """

    bits: tuple[bytes, ...] = ()

    def signs(self, graph: Graph) -> dict[int, NDArray[np.bool_]]:
        """Return it as arrays, with an axis of length 1 for the samples in front."""
        nodes = graph.numbers(Relu)
        return {
            node: np.frombuffer(part, bool).reshape(1, *graph.nodes[node].shape)
            for node, part in zip(nodes, self.bits, strict=True)
        }


NO_PATTERN = Pattern()
"""Of a program without rectifiers."""


@dataclass(frozen=True, eq=False)
class Point:
    """Weights, inputs and residues, with the samples in front.

    Parameters
    ----------
    leaves : mapping of str to ndarray
        Inputs and parameters.
    of_input, of_weights, base : ndarray
        Residues behind the exponentials; see `algebra.programs.exponentials.values_of`.
    signs : mapping of int to ndarray
        Which entries each rectifier lets through.
    """

    leaves: Mapping[str, Array]
    of_input: Array
    of_weights: Array
    base: Array
    signs: Mapping[int, NDArray[np.bool_]]

    def at(self, rows: NDArray[np.intp]) -> Point:
        """Return some of the samples."""
        return Point(
            {name: _rows(array, rows) for name, array in self.leaves.items()},
            self.of_input[rows],
            _rows(self.of_weights, rows),
            self.base,
            {node: _rows(array, rows) for node, array in self.signs.items()},
        )


def _rows(array: Array, rows: NDArray[np.intp]) -> Array:
    return array if len(array) == 1 else array[rows]


def draw(
    graph: Graph,
    found: Exponentials,
    field: PrimeField,
    key: str,
    samples: int,
    size: int = 1,
    weights: Point | None = None,
    rows: int = 1,
    signs: Mapping[int, NDArray[np.bool_]] | None = None,
) -> Point:
    """Draw from the streams of a key.

    Parameters
    ----------
    weights : Point, optional
        Whose weights, and residues of exponentials that depend on weights alone, are taken.
    rows : int
        1, or the number of samples: weights for every sample.
    signs : mapping of int to ndarray, optional
        Of the rectifiers; by default those of `weights`.

    Returns
    -------
    Point
    """
    leaves = {}
    for node in graph.nodes:
        if node.kind == "input":
            leaves[node.name] = field.draw(key, f"points/{node.name}", (samples, *node.shape), size)
        elif node.kind == "parameter":
            drawn = None if weights is None else weights.leaves[node.name]
            shape = (rows, *node.shape)
            leaves[node.name] = field.draw(key, f"weights/{node.name}", shape, size) if drawn is None else drawn
    of_input = field.draw(key, "exponentials", (samples, found.of_input), size)
    if weights is not None:
        return Point(leaves, of_input, weights.of_weights, weights.base, weights.signs if signs is None else signs)
    of_weights = field.draw(key, "exponentials/weights", (rows, found.of_weights), size)
    return Point(leaves, of_input, of_weights, field.draw(key, "exponentials/base", (1, 1), size), signs or {})


def numbers_at(graph: Graph, found: Exponentials, field: PrimeField, point: Point, roots: Any = None) -> Residues:
    """Return the arithmetic in which a program is run at a point.

    Raises
    ------
    PoleError
        If the residue of an exponential is 0.
    """
    if not (np.all(point.of_input != 0) and np.all(point.of_weights != 0) and np.all(point.base != 0)):
        raise PoleError("the residue of an exponential is 0")
    values = values_of(graph, found, field, point.of_input, point.of_weights, point.base) if found.nodes else {}
    return Residues(field, as_source(values), roots or square_roots(field), lambda node, z: point.signs[node])


def square_roots(field: PrimeField, negative: Collection[int] = ()) -> Any:
    """Return what takes roots of squares; those of `negative` residues with the other sign."""

    def root(node: int, radicands: Array) -> Array:
        if not np.all(radicands != 0):
            raise PoleError("the argument of a square root vanishes at a sample")
        found = root_of(field, radicands)
        if negative:
            is_negative = np.isin(radicands % field.prime, list(negative))
            found = np.where(is_negative, -found % field.prime, found)
        return found

    return root


def root_of(field: PrimeField, squares: Array) -> Array:
    """Return square roots of squares; equal squares have equal roots."""
    if field.prime % 4 == 3:
        return field.power(squares, (field.prime + 1) // 4)

    from flint import fmpz

    flat = [int(fmpz(int(x) % field.prime).sqrtmod(field.prime)) for x in squares.ravel()]
    found = np.empty(len(flat), object)
    found[:] = flat
    return field.residues(found).reshape(squares.shape)


def is_square(field: PrimeField, z: Array) -> NDArray[np.bool_]:
    """Tell which residues are squares and not 0: by Euler's criterion, or Jacobi symbols where the prime is large."""
    if field.is_float:
        return np.asarray(field.power(z, (field.prime - 1) // 2) == 1, bool)

    from flint import fmpz

    prime = fmpz(field.prime)
    return np.array([fmpz(int(x)).jacobi(prime) == 1 for x in z.ravel()], bool).reshape(z.shape)


def run(
    graph: Graph,
    found: Exponentials,
    field: PrimeField,
    key: str,
    point: Point,
    forced: Iterable[int] | None = None,
    negative: Collection[int] = (),
) -> tuple[list[Array], Residues, Point]:
    """Run a program; draw residues anew until every root is there.

    Parameters
    ----------
    forced : iterable of int, optional
        The nodes whose roots are taken; the others stand for 1. Default: all.
    negative : collection of int
        Residues whose roots are taken with the other sign.

    Returns
    -------
    (values, numbers, point)

    Raises
    ------
    PoleError
        If a denominator, or the argument of a root, vanishes, or a root of weights alone is not there.
    """
    roots = graph.numbers(Sqrt)
    wanted = roots if forced is None else sorted(forced)
    root = square_roots_of(field, wanted, negative)
    numbers = numbers_at(graph, found, field, point, root)
    values: list[Array] = []
    for node in wanted:
        values = forward(graph, numbers, point.leaves, values, node)
        point = _forced(graph, found, field, f"{key}/root={node}", point, node, wanted, values, negative)
        numbers = numbers_at(graph, found, field, point, root)
    return forward(graph, numbers, point.leaves, values), numbers, point


def _forced(
    graph: Graph,
    found: Exponentials,
    field: PrimeField,
    key: str,
    point: Point,
    node: int,
    wanted: list[int],
    values: list[Array],
    negative: Collection[int],
) -> Point:
    """Draw residues anew until the arguments of one node are squares; `values` are brought up to date."""
    radicands = graph.nodes[node].of[0]
    if graph.nodes[radicands].constant is not None:
        if not np.all(is_square(field, values[radicands])):
            raise PoleError("a constant has no square root modulo this prime")
        return point
    of_weights = not graph.nodes[radicands].sees_input
    private = _private_sources(graph, found, node)
    many = len(point.of_input)
    samples = _draws(graph, point) if of_weights else len(values[radicands])
    for number in range(MOST_ROUNDS):
        # Behind a rectifier what depends on weights alone stands there once for every sample, always the same.
        bad = ~is_square(field, values[radicands][:samples]).reshape(samples, -1)
        rows = np.flatnonzero(bad.any(axis=1))
        if not len(rows):
            return point
        hopeless = rows[[any(not private[e] for e in np.flatnonzero(bad[i])) for i in rows]]
        if of_weights and len(hopeless):
            raise PoleError("a number that depends on weights alone has no square root")

        # One residue for each entry that is no square; where it has none of its own, the sample is drawn anew.
        at = f"{key}/again={number}"
        fresh = draw(graph, found, field, at, many, 1, None if of_weights else point, samples if of_weights else 1)
        part = point
        for e in range(bad.shape[1]):
            if private[e]:
                part = _redrawn(part, fresh, private[e][number % len(private[e])], bad[:, e])
        if len(hopeless):
            whole = draw(graph, found, field, f"{key}/anew={number}", len(hopeless), weights=point.at(hopeless))
            earlier = [each for each in wanted if each < node]
            _, _, whole = run(graph, found, field, f"{key}/anew={number}", whole, earlier, negative)
            part = _with_rows(graph, part, whole, hopeless)
        point = part

        # Only what changed is computed anew: some samples, or everything where weights changed.
        if of_weights:
            rows = np.arange(many)
        few = point.at(rows)
        numbers = numbers_at(graph, found, field, few, square_roots_of(field, wanted, negative))
        for i, array in enumerate(forward(graph, numbers, few.leaves, (), node)):
            values[i] = _replaced(values[i], array, rows) if len(values[i]) == many and not of_weights else array
    raise PoleError("no squares were found")


def _draws(graph: Graph, point: Point) -> int:
    """Return how many draws of the weights there are: one for all samples, or one for each."""
    return max((len(point.leaves[node.name]) for node in graph.nodes if node.kind == "parameter"), default=1)


def square_roots_of(field: PrimeField, wanted: list[int], negative: Collection[int] = ()) -> Any:
    """Return what takes the roots of some nodes; the others stand for 1."""
    source = square_roots(field, negative)
    return lambda node, radicands: source(node, radicands) if node in wanted else np.ones_like(radicands)


def _replaced(array: Array, part: Array, rows: NDArray[np.intp]) -> Array:
    found = np.array(array)
    found[rows] = part
    return found


def _with_rows(graph: Graph, point: Point, part: Point, rows: NDArray[np.intp]) -> Point:
    """Return the point with some samples from another: inputs and exponentials; the weights stay."""
    inputs = {node.name for node in graph.nodes if node.kind == "input"}
    leaves = {
        name: _replaced(array, part.leaves[name], rows) if name in inputs else array
        for name, array in point.leaves.items()
    }
    return replace(point, leaves=leaves, of_input=_replaced(point.of_input, part.of_input, rows))


OF_INPUT, OF_WEIGHTS = "exponentials of inputs", "exponentials of weights"

Source = tuple[str, int]
"""A residue: the name of an input or a parameter (or one of the two above), and the number of its entry."""


def _redrawn(point: Point, fresh: Point, source: Source, where: NDArray[np.bool_]) -> Point:
    """Return the point with one residue taken from another where it is asked for."""
    name, index = source
    if name in (OF_INPUT, OF_WEIGHTS):
        old, new = (p.of_input if name == OF_INPUT else p.of_weights for p in (point, fresh))
        found = np.array(old)
        found[where, index] = new[where, index]
        return replace(point, of_input=found) if name == OF_INPUT else replace(point, of_weights=found)
    array = np.array(point.leaves[name])
    flat, other = array.reshape(len(array), -1), fresh.leaves[name].reshape(len(array), -1)
    flat[where, index] = other[where, index]
    return replace(point, leaves={**point.leaves, name: array})


def _free(graph: Graph, found: Exponentials, of_weights: bool) -> list[Source]:
    """Return the residues of a sample, or those of the weights."""
    kind = "parameter" if of_weights else "input"
    entries = [(node.name, k) for node in graph.nodes if node.kind == kind for k in range(prod(node.shape))]
    count = found.of_weights if of_weights else found.of_input
    return [*entries, *((OF_WEIGHTS if of_weights else OF_INPUT, k) for k in range(count))]


@lru_cache(maxsize=1024)
def _private_sources(graph: Graph, found: Exponentials, node: int) -> tuple[tuple[Source, ...], ...]:
    """Return for every entry under a root the residues that it depends on and that no earlier root depends on.

    Of these, those that the fewest entries beside it depend on.
    """
    of_weights = not graph.nodes[node].sees_input
    reach, free = _influence(graph, found, of_weights), _free(graph, found, of_weights)
    earlier = [reach[i] for i in graph.numbers(Sqrt) if i < node]
    touched = np.concatenate(earlier, axis=1).any(axis=1) if earlier else np.zeros(len(free), bool)
    beside = reach[node].sum(axis=1)
    sources = []
    for e in range(reach[node].shape[1]):
        own = [int(i) for i in np.flatnonzero(reach[node][:, e] & ~touched)]
        least = min((beside[i] for i in own), default=0)
        sources.append(tuple(free[i] for i in own if beside[i] == least))
    return tuple(sources)


@lru_cache(maxsize=256)
def _influence(graph: Graph, found: Exponentials, of_weights: bool) -> dict[int, NDArray[np.bool_]]:
    """Return for every root which residues its arguments depend on: shape (residues, entries).

    A dependence shows as a change modulo a large prime; roots themselves are replaced by another function.
    """
    field, free = prime_field(PROBE_PRIME), _free(graph, found, of_weights)
    rows = len(free) if of_weights else 1
    everything = {i: np.ones((1, *graph.nodes[i].shape), bool) for i in graph.numbers(Relu)}
    start = draw(graph, found, field, "influence", len(free), rows=rows, signs=everything)
    other = draw(graph, found, field, "influence/other", len(free), rows=rows, signs=everything)
    start = _alike(start)
    probes = start
    for i, source in enumerate(free):
        where = np.zeros(len(free), bool)
        where[i] = True
        probes = _redrawn(probes, other, source, where)

    def stand_in(node: int, radicands: Array) -> Array:
        return field.plus(field.power(radicands, 3), field.ones(()))

    runs = [forward(graph, numbers_at(graph, found, field, point, stand_in), point.leaves) for point in (start, probes)]
    shown = {}
    for node in graph.numbers(Sqrt):
        before, after = (values[graph.nodes[node].of[0]] for values in runs)
        changed = np.broadcast_to(before != after, (len(free), *before.shape[1:]))
        shown[node] = np.array(changed.reshape(len(free), -1), bool)
    return shown


def _alike(point: Point) -> Point:
    """Return a point whose samples are all the first."""
    leaves = {name: np.array(np.broadcast_to(array[:1], array.shape)) for name, array in point.leaves.items()}
    parts = (point.of_input, point.of_weights)
    of_input, of_weights = (np.array(np.broadcast_to(part[:1], part.shape)) for part in parts)
    return Point(leaves, of_input, of_weights, point.base, point.signs)


def pair_of_runs(
    graph: Graph,
    found: Exponentials,
    field: PrimeField,
    key: str,
    rows: int,
    pattern: Pattern = NO_PATTERN,
    forced: Iterable[int] | None = None,
    negative: Collection[int] = (),
) -> tuple[list[Array], list[Array]]:
    """Run a program at two inputs, with the same weights; weights are drawn anew for every row.

    All rectifiers are as the pattern has them. For `forced` and `negative` see `run`.
    """
    first = draw(graph, found, field, f"{key}/first", rows, rows=rows, signs=pattern.signs(graph))
    second = draw(graph, found, field, f"{key}/second", rows, weights=first)
    chosen = None if forced is None else list(forced)
    return (
        run(graph, found, field, f"{key}/first", first, chosen, negative)[0],
        run(graph, found, field, f"{key}/second", second, chosen, negative)[0],
    )
