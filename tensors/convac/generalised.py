"""Networks of the same shape with another activation and pooling: rectifiers with max, sum or average pooling.

Cohen and Shashua (ICML 2016, arXiv:1603.00162) write them as generalised tensor decompositions: the product of a
window is replaced by an operator, ``max(a, b, 0)`` for rectifiers with max pooling, ``max(a, 0) + max(b, 0)`` for
rectifiers with sum pooling. Their ranks have **no generic value**: sets of weights that differ in rank all have
positive measure. So the answer is a distribution over drawn weights, each rank exact (integer weights) or numeric.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import prod
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.drawn import bars
from algebra.errors import InputError, as_integer, one_of
from algebra.evidence.bounds import Grade
from algebra.rank import rank_numeric, rank_rational
from algebra.shown import Shown
from tensors.convac.weights import CircuitWeights
from tensors.matricization import column_positions, row_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tensors.convac.architecture import ConvACArchitecture

LARGEST = 1 << 20
POOLINGS = ("product", "max", "sum", "average")


@dataclass(frozen=True)
class RankDistribution(Shown):
    """Ranks of one network across one partition, over drawn weights.

    Parameters
    ----------
    label : str
    pooling : str
    rows : tuple of int
        Row side of the partition.
    ranks : tuple of int
        One per seed.
    seeds : tuple of int
    grade : Grade
        `PROVED`: each rank is exact for the weights of its seed. `NUMERIC`: up to the tolerance.
    tolerance : float or None
        Relative tolerance of numeric ranks; None for exact ones.
    """

    label: str
    pooling: str
    rows: tuple[int, ...]
    ranks: tuple[int, ...]
    seeds: tuple[int, ...]
    grade: Grade
    tolerance: float | None = None

    def shown_figure(self) -> str:
        """Draw how many draws have which rank.

        Returns
        -------
        str
            SVG.
        """
        return bars([(str(rank), self.ranks.count(rank)) for rank in sorted(set(self.ranks))])

    @cached_property
    def counts(self) -> dict[int, int]:
        """How often each rank was seen, in increasing order of rank."""
        return dict(sorted(Counter(self.ranks).items()))


def integer_weights(architecture: ConvACArchitecture, seed: int, largest: int = 9) -> CircuitWeights:
    """Draw integer weights, uniform between ``-largest`` and ``largest``, the output's mixing too.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> integer_weights(ConvAC(2, 2, [Layer(2, 2, 2)]), seed=0).layers[0].shape
    (1, 2, 2, 2)
    """
    random = Random(as_integer("seed", seed))
    bound = as_integer("largest", largest, 1)

    def draw(shape: tuple[int, ...]) -> NDArray[Any]:
        count = prod(shape)
        return np.array([random.randint(-bound, bound) for _ in range(count)], dtype=object).reshape(shape)

    layers = [draw(architecture.weight_shape(number)) for number in range(len(architecture.layers))]
    output = draw((architecture.layers[-1].channels,)) if architecture.output == "linear" else None
    return CircuitWeights.given(architecture, layers, output)


def generalised_matricization(
    weights: CircuitWeights, row_side: str | Sequence[int], pooling: str, numeric: bool = False
) -> NDArray[Any]:
    """Evaluate a network with another pooling at every row and column of the matricization.

    Parameters
    ----------
    weights : CircuitWeights
        Given ones: integers or fractions, or floats.
    row_side : str or sequence of int
    pooling : {"product", "max", "sum", "average"}
        ``product``: of the factors themselves. The others pool rectified factors; ``average`` divides by the number of
        factors that the window has.
    numeric : bool
        Use floats of the current tensorly backend.

    Returns
    -------
    ndarray, shape (rows, columns)

    Raises
    ------
    InputError
        For an unknown pooling, weights modulo a prime, ``zero`` borders, or more than 2^20 entries.
    """
    net = weights.architecture
    one_of("pooling", pooling, POOLINGS, "one of " + ", ".join(map(repr, POOLINGS)))
    if weights.key is not None:
        raise InputError("weights", "drawn modulo a prime", "integers, fractions or floats: residues have no maximum")
    if any(layer.border == "zero" for layer in net.layers):
        raise InputError("border", "zero", "'clip', 'same' or 'valid' with other poolings")
    if net.templates**net.positions > LARGEST:
        raise InputError("architecture", net.label, f"small enough for at most {LARGEST} entries")
    rows = row_positions(net.input_shape, row_side)
    operations = _backend() if numeric else _Operations(np.asarray, np.tensordot, np.maximum, np.asarray)
    grid = _inputs(net, rows, operations, np.float64 if numeric else object)
    for number, layer in enumerate(weights.layers):
        matrices = operations.tensor(layer.reshape(-1, *layer.shape[2:]))
        grid = _layer(net, number, matrices, grid, pooling, operations)
    values = operations.to_numpy(operations.tensordot(operations.tensor(weights.output), grid[0], 1))
    shape = net.templates ** len(rows), net.templates ** (net.positions - len(rows))
    return np.broadcast_to(values, shape)


@dataclass(frozen=True)
class _Operations:
    tensor: Callable[[Any], Any]
    tensordot: Callable[[Any, Any, int], Any]
    maximum: Callable[[Any, Any], Any]
    to_numpy: Callable[[Any], NDArray[Any]]


def _backend() -> _Operations:
    import tensorly as tl

    def tensor(values: Any) -> Any:
        return tl.tensor(np.asarray(values, dtype=np.float64))

    return _Operations(
        tensor, lambda a, b, n: tl.tensordot(a, b, axes=n), lambda a, b: tl.where(a > b, a, b), tl.to_numpy
    )


def _inputs(net: ConvACArchitecture, rows: tuple[int, ...], operations: _Operations, dtype: Any) -> list[Any]:
    """One-hot vectors at every position: shape (M, rows, 1) or (M, 1, columns)."""
    found: dict[int, Any] = {}
    for axis, side in ((1, rows), (2, column_positions(net.positions, rows))):
        for place, position in enumerate(side):
            repeats = net.templates ** (len(side) - 1 - place)
            one = np.kron(np.eye(net.templates, dtype=np.int64), np.ones(repeats, dtype=np.int64))
            one = np.tile(one, net.templates**place)
            found[position] = operations.tensor(np.expand_dims(one, 3 - axis).astype(dtype))
    return [found[position] for position in range(net.positions)]


def _layer(
    net: ConvACArchitecture, number: int, matrices: Any, grid: list[Any], pooling: str, operations: _Operations
) -> list[Any]:
    """Pool the factors of every window."""
    read = net.reads[number].outputs, net.reads[number].inputs, net.matrix_numbers(number)
    factors: dict[int, list[Any]] = {}
    for output, position, matrix in zip(*(numbers.tolist() for numbers in read), strict=True):
        factors.setdefault(output, []).append(operations.tensordot(matrices[matrix], grid[position], 1))
    return [_pooled(factors[output], pooling, operations) for output in sorted(factors)]


def _pooled(factors: list[Any], pooling: str, operations: _Operations) -> Any:
    if pooling == "product":
        return reduce(lambda a, b: a * b, factors)
    rectified = [operations.maximum(factor, 0 * factor) for factor in factors]
    if pooling == "max":
        return reduce(lambda a, b: operations.maximum(a, b), rectified)
    total = reduce(lambda a, b: a + b, rectified)
    if pooling == "sum":
        return total
    from fractions import Fraction

    is_exact = isinstance(total, np.ndarray) and total.dtype.kind == "O"
    return total * Fraction(1, len(factors)) if is_exact else total / len(factors)


def rank_distribution(
    architecture: ConvACArchitecture,
    row_side: str | Sequence[int],
    pooling: str,
    seeds: Sequence[int] = tuple(range(12)),
    largest: int = 9,
    numeric: bool = False,
    tolerance: float = 1e-9,
) -> RankDistribution:
    """Rank of the matricization for each of several draws of weights.

    Parameters
    ----------
    architecture : ConvACArchitecture
    row_side : str or sequence of int
    pooling : {"product", "max", "sum", "average"}
    seeds : sequence of int
    largest : int
        Integer weights are uniform between ``-largest`` and ``largest``.
    numeric : bool
        Evaluate in floats through tensorly's backend and count singular values, instead of exactly.
    tolerance : float
        Relative, of numeric ranks.

    Returns
    -------
    RankDistribution

    Examples
    --------
    A sum over the two halves is g(A) + h(B), of rank 2 at most:

    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC(4, 2, [Layer(2, 2, 3), Layer(2, 2, 3)])
    >>> max(rank_distribution(net, "left", "sum").ranks) <= 2
    True
    """
    rows = row_positions(architecture.input_shape, row_side)
    ranks = []
    for seed in seeds:
        matrix = generalised_matricization(integer_weights(architecture, seed, largest), rows, pooling, numeric)
        ranks.append(rank_numeric(matrix, tolerance).rank if numeric else rank_rational(matrix))
    grade = Grade.NUMERIC if numeric else Grade.PROVED
    used = tolerance if numeric else None
    return RankDistribution(architecture.label, pooling, rows, tuple(ranks), tuple(seeds), grade, used)
