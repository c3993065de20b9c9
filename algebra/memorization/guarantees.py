"""What the theorems promise before any network is built, and what no network can beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from algebra.errors import InputError
from algebra.memorization.data import DataSet
from algebra.memorization.folding import layers_of_steps
from algebra.memorization.layers import dense_of_runs
from algebra.memorization.projection import PI_ABOVE, lemma13_range
from algebra.memorization.square_root import shape as square_root_shape
from algebra.memorization.two_layers import best_widths
from algebra.memorization.wide import widths as wide_widths
from algebra.shown import Shown

COUNTED = "count of the construction with Park et al. 2021, {}"


@dataclass(frozen=True)
class Sizes(Shown):
    """What a guarantee depends on: N, d, Delta^2 and C.

    Parameters
    ----------
    count : int
        N, the points.
    dimension : int
        d, coordinates of a point.
    delta_squared : Fraction
        Delta^2, the squared ratio of greatest and least distance.
    classes : int
        C.

    Examples
    --------
    >>> Sizes(16, 1, Fraction(225)).label_bits
    1
    """

    count: int
    dimension: int
    delta_squared: Fraction
    classes: int = 2

    @classmethod
    def of(cls, data: DataSet) -> Sizes:
        """Return the sizes of a data set.

        Parameters
        ----------
        data : DataSet

        Returns
        -------
        Sizes
        """
        return cls(len(data), data.dimension, data.delta_squared, data.classes)

    @property
    def label_bits(self) -> int:
        """``ceil(log2 C)``, at least 1."""
        return max(1, (self.classes - 1).bit_length())


@dataclass(frozen=True)
class Guarantee(Shown):
    """Parameters that suffice for every data set of the given sizes, and why.

    Parameters
    ----------
    shape : tuple of (int, int)
        Widths from the inputs to the output, as pairs ``(width, how many layers)``.
    by : str
        The theorem, or "count of the construction" where the paper states an order only.
    choice : dict
        The free numbers at which the least is reached.
    """

    shape: tuple[tuple[int, int], ...]
    by: str
    choice: dict[str, int]

    @property
    def parameters(self) -> int:
        """The dense count."""
        return dense_of_runs(self.shape)

    @property
    def hidden_layers(self) -> int:
        """Number of hidden layers."""
        return sum(count for _, count in self.shape) - 2

    def doubled(self) -> Guarantee:
        """Return the same with two layers for each hidden one, as ReLU neurons need them.

        Returns
        -------
        Guarantee
        """
        hidden = tuple((width, 2 * count) for width, count in self.shape[1:-1])
        return Guarantee((self.shape[0], *hidden, self.shape[-1]), f"{self.by}, each layer twice", self.choice)


def theorem3(sizes: Sizes) -> Guarantee:
    """Return the least network of width 3 that Theorem 3 of Park et al. 2021 promises.

    ``L = L_1 + sum_{i=2}^{K-1} 2^{i+3} + A + (2D+1) B`` hidden layers with ``4^{L_1} >= 2 pi d Delta^2`` and
    ``A B >= (N^2+4) / 2^K``, least over ``2 <= K <= log2 N``, A and B. Squares are compared, and pi is taken as
    355/113, which is more.

    Raises
    ------
    InputError
        If N < 4: there is no such K.

    Examples
    --------
    >>> found = theorem3(Sizes(4, 2, Fraction(109, 5)))
    >>> found.hidden_layers, found.parameters, found.choice
    (13, 157, {'K': 2, 'L1': 5, 'A': 5, 'B': 1})
    """
    if sizes.count < 4:
        raise InputError("count", sizes.count, "at least 4: the theorem wants 2 <= K <= log2 N")
    first = _first_layers(sizes)
    cost = 2 * sizes.label_bits + 1
    best: tuple[int, int, int, int] | None = None
    for K in range(2, sizes.count.bit_length()):
        middle = sum(1 << i + 3 for i in range(2, K))
        A, B = _factors(-(-(sizes.count**2 + 4) // (1 << K)), cost)
        total = first + middle + A + cost * B
        if best is None or total < best[0]:
            best = total, K, A, B
    assert best is not None
    layers, K, A, B = best
    choice = {"K": K, "L1": first, "A": A, "B": B}
    return Guarantee(_width3(sizes.dimension, layers), "Park et al. 2021, Theorem 3", choice)


def square_root_count(sizes: Sizes) -> Guarantee:
    """Return the count of the square-root construction without folds, at the range that Lemma 13 promises.

    Examples
    --------
    >>> square_root_count(Sizes(100, 1, Fraction(99**2))).parameters
    1205
    """
    bits = sizes.label_bits
    gap_bits = (lemma13_range(sizes.count, sizes.dimension, sizes.delta_squared) - 1).bit_length()
    found = []
    for size in range(1, 2 * isqrt(sizes.count) + 2):
        inner = gap_bits if size > 1 else 0
        shape = square_root_shape(sizes.dimension, 0, -(-sizes.count // size), size, inner, bits)
        found.append(Guarantee(tuple(shape), COUNTED.format("Lemma 13"), {"B": size, "gap_bits": inner}))
    return _least(found)


def two_layers_count(sizes: Sizes) -> Guarantee:
    """Return the count of two hard-tanh layers with ``d_1 d_2 >= N``, least over the widths.

    Examples
    --------
    >>> two_layers_count(Sizes(72, 2, Fraction(1))).parameters
    115
    """
    first, second = best_widths(sizes.count, sizes.dimension)
    return Guarantee(_runs([sizes.dimension, first, second, 1]), "d_1 d_2 >= N", {"d_1": first, "d_2": second})


def staircase_count(sizes: Sizes) -> Guarantee:
    """Return the count of one threshold between any two points, at width 3.

    Examples
    --------
    >>> staircase_count(Sizes(100, 1, Fraction(1))).parameters
    1162
    """
    layers = layers_of_steps(sizes.count - 1)
    return Guarantee(_width3(sizes.dimension, layers), "N - 1 thresholds", {})


def wide_count(sizes: Sizes, choice: tuple[int, int] | None = None) -> Guarantee:
    """Return the count of the wide construction with stage B alone, at the range that Lemma 13 promises.

    Examples
    --------
    >>> wide_count(Sizes(4, 1, Fraction(81))).hidden_layers
    4
    """
    found = []
    for folds, length in _stage_b(sizes):
        for read, size in [choice] if choice else _wide_choices(sizes, length):
            blocks = min(sizes.count, -(-length // size))
            shape = wide_widths(sizes.dimension, [2] * folds, blocks, size, sizes.label_bits, read)
            found.append(Guarantee(_runs(shape), COUNTED.format("Lemmas 13 and 14"), {"R": read, "B": size}))
    return _least(found)


def information_bits(count: int, classes: int) -> int:
    """Return ``ceil(N log2 C)``: bits of weights that any family memorising every labelling of N points has.

    There are ``C^N`` labellings, and a family whose weights have b bits together has at most ``2^b`` members.

    Parameters
    ----------
    count : int
        N.
    classes : int
        C.

    Returns
    -------
    int

    Examples
    --------
    >>> information_bits(10, 2), information_bits(10, 3), information_bits(10, 1)
    (10, 16, 0)
    """
    return int(classes**count - 1).bit_length()


def crossover(parameters: Callable[[int], int], most: int = 1 << 40) -> int | None:
    """Return an N from which on a count is below N: the end of a bisection, exact if they cross once.

    Parameters
    ----------
    parameters : callable
        The count for N points.
    most : int
        Give up beyond; the answer is then None.

    Returns
    -------
    int, or None

    Examples
    --------
    >>> crossover(lambda count: 10 + count // 2)
    21
    """
    high = 4
    while parameters(high) >= high:
        high *= 2
        if high > most:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if parameters(middle) < middle else (middle, high)
    return high


def _first_layers(sizes: Sizes) -> int:
    wanted = 2 * PI_ABOVE * sizes.dimension * sizes.delta_squared
    layers = 1
    while 4**layers < wanted:
        layers += 1
    return layers


def _factors(product: int, cost: int) -> tuple[int, int]:
    """Return A and B with ``A B >= product`` and the least ``A + cost B``.

    The least of the rounded-up convex function ``product / B + cost B`` is next to where it is least unrounded.
    """
    root = isqrt(product // cost)
    choices = [(-(-product // B), B) for B in (max(1, root), root + 1)]
    return min(choices, key=lambda pair: pair[0] + cost * pair[1])


def _width3(inputs: int, layers: int) -> tuple[tuple[int, int], ...]:
    return ((inputs, 1), (3, layers), (1, 1))


def _runs(widths: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple((width, 1) for width in widths)


def _least(found: Sequence[Guarantee]) -> Guarantee:
    return min(found, key=lambda guarantee: guarantee.parameters)


def _stage_b(sizes: Sizes) -> list[tuple[int, int]]:
    """Return how long the range still is after so many folds."""
    least = sizes.count**2 // 4 + 1
    found = [(0, lemma13_range(sizes.count, sizes.dimension, sizes.delta_squared))]
    while found[-1][1] > least:
        folds, length = found[-1]
        found.append((folds + 1, max(-(-length // 2), least)))
    return found[-1:] if len(found) > 40 else found


def _wide_choices(sizes: Sizes, length: int) -> list[tuple[int, int]]:
    """Return pairs (R, B): for each R the B of one block a point, and those near the least of the count."""
    found = []
    for read in range(1, min(sizes.count.bit_length(), 6) + 1):
        root = isqrt(max(1, 4 * read * length // (sizes.label_bits * ((4 * read + 10) << read))))
        found += [(read, size) for size in (1, root, root + 1) if 0 < size <= sizes.count]
    return found
