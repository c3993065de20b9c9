"""Rectifiers at generic weights: activation patterns that occur, and residues that know nothing of signs.

At real weights and inputs every rectifier is either active or not. The pattern stays the same nearby, and with it
fixed the program is an analytic function. So its dimension is at least the generic rank of the Jacobian of that
function, with one pattern for every sample, and *that* rank is seen at any residues. The patterns are read off at
random dyadic weights and inputs, by arithmetic with error bounds (`algebra.programs.balls`); a sample whose signs
are not all decided is left out. What stands for exponentials and roots must be independent under the pattern of
every sample that is kept.
"""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from algebra.programs.balls import Balls, ball, decided
from algebra.programs.core import Relu, Sqrt
from algebra.programs.exponentials import EXPONENTIAL
from algebra.programs.independence import exponentials
from algebra.programs.roots import roots_are_independent
from algebra.programs.running import forward
from algebra.programs.sampling import Pattern
from algebra.random_words import residues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.lowering import Graph
    from algebra.types import Array

BITS = 20
"""Bits of the random weights and inputs: dyadic numbers from -2 to 2, exact in float64."""

SCALES = 4
"""Samples are drawn at scales 1, 2, 4 and 8: the greater, the less biases count."""

MOST_PATTERNS = 64
"""Patterns under which independence is tested, the most frequent ones; each test runs the program once."""


def _real_draw(key: str, stream: str, shape: tuple[int, ...]) -> Array:
    half = 1 << BITS
    flat = np.array([x - half for x in residues(key, stream, 0, prod(shape), 1, 2 * half)], np.float64)
    return ball((flat * 2.0 / half).reshape(shape), 0.0, 0.0)


def _scales(samples: int) -> Array:
    """Return powers of two by which samples are multiplied: exact, and far points meet regions that near ones miss."""
    return np.asarray(2.0 ** (np.arange(samples) % SCALES))


def patterns(graph: Graph, key: str, samples: int) -> dict[int, NDArray[np.bool_]]:
    """Return which entries each rectifier lets through, at samples where all signs are decided.

    Parameters
    ----------
    graph : Graph
    key : str
        Of the generator.
    samples : int
        How many are drawn.

    Returns
    -------
    dict of int to ndarray, shapes (samples that are kept, *shape)
    """
    leaves = {}
    for node in graph.nodes:
        if node.kind == "input":
            drawn = _real_draw(key, f"points/{node.name}", (samples, *node.shape))
            leaves[node.name] = drawn * _scales(samples).reshape(samples, *(1,) * len(node.shape))
        elif node.kind == "parameter":
            leaves[node.name] = _real_draw(key, f"weights/{node.name}", (1, *node.shape))
    numbers = Balls()
    with np.errstate(over="ignore", invalid="ignore"):  # an exponential beyond all floats decides no sign
        forward(graph, numbers, leaves, (), max(graph.numbers(Relu)) + 1)
    rows = np.flatnonzero(decided(numbers, samples))
    found = {
        node: np.broadcast_to(array, (samples, *graph.nodes[node].shape))[rows] for node, array in numbers.signs.items()
    }
    return _with_independence(graph, found) if graph.numbers(*EXPONENTIAL, Sqrt) else found


def _with_independence(graph: Graph, signs: dict[int, NDArray[np.bool_]]) -> dict[int, NDArray[np.bool_]]:
    """Keep the samples under whose patterns exponentials and roots are independent."""
    nodes = graph.numbers(Relu)
    count = len(signs[nodes[0]])
    keys = [Pattern(tuple(signs[node][i].tobytes() for node in nodes)) for i in range(count)]
    good = {pattern for pattern, _ in Counter(keys).most_common(MOST_PATTERNS) if _is_independent(graph, pattern)}
    rows = np.array([i for i, pattern in enumerate(keys) if pattern in good], np.intp)
    return {node: array[rows] for node, array in signs.items()}


def _is_independent(graph: Graph, pattern: Pattern) -> bool:
    found = exponentials(graph, pattern)
    if found is None or found.of_input + found.of_weights < sum(found.counts):
        return False
    return roots_are_independent(graph, found, pattern)
