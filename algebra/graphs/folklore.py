"""The folklore Weisfeiler-Leman algorithm on k-tuples of vertices, k-FWL, for k = 2 and 3.

Colours of round t+1 are the pairs (colour of x, multiset over all vertices w of the k colours of x with one entry
replaced by w). The first colour of a tuple is its isomorphism type: the colours of its entries, which of them are
equal, and which are adjacent.

**Names.** "k-WL" means two things. k-FWL, here, is as strong as (k+1)-OWL, the oblivious algorithm with k+1 separate
multisets, which many papers on graph neural networks call (k+1)-WL: 2-FWL = 3-OWL, 3-FWL = 4-OWL. Colour refinement is
1-FWL, and as strong as 1-OWL and 2-OWL. k-FWL tells apart exactly what logic with k+1 variables and counting does [1]_.

References
----------
.. [1] J.-Y. Cai, M. Fürer, N. Immerman, "An optimal lower bound on the number of variables for graph identification",
   Combinatorica 12 (1992).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph
from algebra.memory import check_fits
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.types import Array

DIMENSIONS = (2, 3)
BIG_ENDIAN = ">i8"
"""So that the bytes of rows of numbers that are not negative have the order of the rows."""

LARGEST_CODE = 1 << 63

COPIES = 6
"""Of all multisets of one round: as numbers, beside colours, in the other order of bytes, as bytes, and cut to rows."""

MOST_NUMBERS = 3 * 10**7
"""Numbers in the multisets of one round, n^(k+1): some seconds a round. 2-FWL up to 310 vertices, 3-FWL up to 74."""

Round = tuple[tuple[bytes, int], ...]
"""The sorted distinct signatures as bytes, with their multiplicities."""


@dataclass(frozen=True)
class TuplePartition(Shown):
    """The stable colours of k-tuples.

    Parameters
    ----------
    graph : SimpleGraph
    k : int
        Of k-FWL.
    colours : ndarray
        With k axes: the colour of each tuple, by its canonical name.
    transcript : tuple
        For each round the sorted pairs (signature, multiplicity).
    """

    graph: SimpleGraph
    k: int
    colours: Array
    transcript: tuple[Round, ...]

    @property
    def name(self) -> str:
        """Which algorithm it was, in both conventions."""
        return f"{self.k}-FWL (= {self.k + 1}-OWL)"

    @property
    def count(self) -> int:
        """The number of colours of tuples."""
        return len(self.transcript[-1])

    @property
    def rounds(self) -> int:
        """How many rounds split a colour."""
        return len(self.transcript) - 2

    @cached_property
    def cells(self) -> tuple[tuple[int, ...], ...]:
        """The vertices v of each colour of (v, …, v)."""
        found: dict[int, list[int]] = {}
        for v in range(self.graph.order):
            found.setdefault(int(self.colours[(v,) * self.k]), []).append(v)
        return tuple(tuple(found[colour]) for colour in sorted(found))


def folklore_refinement(graph: Any, k: int = 2) -> TuplePartition:
    """Refine the colours of k-tuples by k-FWL until no colour splits.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.
    k : int
        2 or 3.

    Returns
    -------
    TuplePartition

    Raises
    ------
    InputError
        If one round has more than `MOST_NUMBERS` numbers, or does not fit into memory.

    Examples
    --------
    >>> found = folklore_refinement("EhEG")
    >>> found.name, found.count, found.rounds
    ('2-FWL (= 3-OWL)', 4, 1)
    """
    read = as_graph(graph)
    transcript = []
    for colours, counted in _refinements(read, _checked(read, k)):  # noqa: B007 - the last ones are stable
        transcript.append(counted)
    return TuplePartition(read, k, colours, tuple(transcript))


def folklore_difference(first: Any, second: Any, k: int = 2) -> int | None:
    """Return the first round in which k-FWL tells two graphs apart; None if it never does.

    Both run side by side, and no round is kept.

    Parameters
    ----------
    first, second : graph
        Whatever `as_graph` reads.
    k : int
        Vertices of a tuple, at least 2.

    Returns
    -------
    int, or None

    Examples
    --------
    >>> folklore_difference("EhEG", "EwCW"), folklore_difference("Dhc", "DUW")
    (1, None)
    """
    graphs = as_graph(first, "first"), as_graph(second, "second")
    rounds = (_refinements(graph, _checked(graph, k)) for graph in graphs)
    for t, ((_, mine), (_, its)) in enumerate(zip(*rounds, strict=False)):
        if mine != its:
            return t
    return None


def _checked(graph: SimpleGraph, k: int) -> int:
    """Refuse what there is not, and what is too large, with the estimate."""
    if as_integer("k", k) not in DIMENSIONS:
        raise InputError("k", k, "2 or 3: k-FWL refines k-tuples; colour refinement is 1-FWL")
    numbers = graph.order ** (k + 1)
    if numbers > MOST_NUMBERS:
        told = f"such that the n^{k + 1} numbers of a round of {k}-FWL are at most {MOST_NUMBERS:,}, not {numbers:,}"
        raise InputError("graph", f"one with {graph.order:,} vertices", told)
    check_fits("graph", f"one with {graph.order:,} vertices", 8 * COPIES * numbers)
    return k


def _refinements(graph: SimpleGraph, k: int) -> Iterator[tuple[Array, Round]]:
    """Yield the colours of each round with their signatures, up to the first round that splits no colour."""
    colours, counted = _named(_types(graph, k))
    palette = ",".join(map(str, sorted(set(graph.colours))))  # types have places in it; it is the same for equal rounds
    yield colours, ((palette.encode(), 0), *counted)

    before = -1
    while len(counted) > before:
        before = len(counted)
        colours, counted = _named(_signatures(colours, before))
        yield colours, counted


def _types(graph: SimpleGraph, k: int) -> Array:
    """Write down the isomorphism type of each tuple, along a last axis.

    For each entry the place of its colour among all colours of the graph; for each pair of entries 0 if they are
    neither equal nor adjacent, 1 if adjacent, 2 if equal.
    """
    n = graph.order
    adjacent = np.array(graph.adjacency(), dtype=np.int64).reshape(n, n)
    pairs = adjacent + 2 * np.eye(n, dtype=np.int64)
    place = {colour: name for name, colour in enumerate(sorted(set(graph.colours)))}
    single = np.array([place[colour] for colour in graph.colours], dtype=np.int64)

    # Arrays along the axes of each entry, and of each pair of entries, repeated along all others.
    axes, shape = np.ogrid[(slice(n),) * k], (n,) * k
    parts = [single[axis] for axis in axes]
    parts += [pairs[axes[i], axes[j]] for i in range(k) for j in range(i)]
    return np.stack([np.broadcast_to(part, shape) for part in parts], axis=-1)


def _signatures(colours: Array, count: int) -> Array:
    """Write down the colour of each tuple and its multiset, sorted, along a last axis.

    The k colours of a member of the multiset are the digits of one number, to the base of their number.
    """
    k = colours.ndim
    if count**k >= LARGEST_CODE:  # out of reach: there are at most n^k colours
        raise ArithmeticError(f"{count} colours to the power {k} do not fit 64 bits")

    codes = np.zeros(colours.shape + colours.shape[:1], dtype=np.int64)
    for axis in range(k):
        codes *= count
        codes += np.expand_dims(np.moveaxis(colours, axis, -1), axis)
    codes.sort(axis=-1)
    return np.concatenate([colours[..., None], codes], axis=-1)


def _named(signatures: Array) -> tuple[Array, Round]:
    """Name each distinct signature by its place in order, and count."""
    *shape, width = signatures.shape
    text = signatures.astype(BIG_ENDIAN).tobytes()
    length = 8 * width
    rows = [text[at : at + length] for at in range(0, len(text), length)]
    counted = sorted(Counter(rows).items())
    names = {row: name for name, (row, _) in enumerate(counted)}
    return np.array([names[row] for row in rows], dtype=np.int64).reshape(shape), tuple(counted)
