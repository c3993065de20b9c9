"""From data to a network that is checked on them, and from a network and data to a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from algebra.errors import InputError, as_integer, one_of
from algebra.evidence import Grade
from algebra.exact.numbers import long_number
from algebra.memorization.conversion import to_hardtanh, to_relu
from algebra.memorization.data import DataSet, data_set, exact_labels, exact_points
from algebra.memorization.guarantees import (
    Guarantee,
    Sizes,
    square_root_count,
    staircase_count,
    theorem3,
    two_layers_count,
    wide_count,
)
from algebra.memorization.network import RationalNetwork
from algebra.memorization.square_root import square_root
from algebra.memorization.staircase import staircase
from algebra.memorization.two_layers import two_layers
from algebra.memorization.wide import exponent_choice, wide
from algebra.memorization.width3 import width3
from algebra.memory import check_fits
from algebra.shown import Shown

LEAST_WIDTH3 = 4  # points; Theorem 3 of Park et al. 2021 says nothing of fewer


@dataclass(frozen=True)
class Construction:
    """A way to memorise: the builder, its guarantee, and the order of its parameters."""

    build: Callable[[DataSet, int], RationalNetwork]
    guarantee: Callable[[Sizes], Guarantee]
    order: str

    def guarantee_of(self, data: DataSet) -> Guarantee:
        """Return what is promised for data of these sizes."""
        return self.guarantee(Sizes.of(data))


def _widely(data: DataSet, seed: int) -> RationalNetwork:
    """Build the wide construction; its search goes by an estimate, so take the guarantee's choice if that is less."""
    network, promised = wide(data, seed), wide_count(Sizes.of(data))
    if network.parameters > promised.parameters:
        return wide(data, seed, choice=(promised.choice["R"], promised.choice["B"]))
    return network


CONSTRUCTIONS = {
    "width3": Construction(width3, theorem3, "O(d + log Delta + N^(2/3) log C)"),
    "wide": Construction(_widely, wide_count, "O(d + log Delta + N^w + N^(1-w/2) log C), 2/3 <= w <= 1"),
    "sqrt": Construction(square_root, square_root_count, "O(d + sqrt(N log N)), if log d, log Delta, log C = O(log N)"),
    "hard-tanh": Construction(two_layers, two_layers_count, "O(N + d sqrt(N))"),
    "staircase": Construction(staircase, staircase_count, "O(N + d)"),
}
PAIR_BYTES = 8
"""Of two points: ``hard-tanh`` takes so much at 4,000 points, and the others half of it at 16,000."""

ACTIVATIONS = {"relu": to_relu, "hard-tanh": to_hardtanh}

# Known up to constant factors only, from the growth of the VC dimension: piecewise-linear networks whose weights are
# arbitrary real numbers (Bartlett, Harvey, Liaw, Mehrabian, JMLR 2019).
LOWER_ORDERS = {
    "parameters": "Omega(sqrt(N)) for some labels, at any depth",
    "parameters_at_depth_L": "Omega(N / (L log N)) for some labels",
}


@dataclass(frozen=True)
class Check(Shown):
    """Whether a network memorises data: exact, and where it first fails.

    Parameters
    ----------
    exact : bool
        Every output is its label.
    failures : int
    first : int or None
        Index of the first point that is missed.
    output, label : Fraction or None
        What the network says there, and what it should.
    """

    exact: bool
    points: int
    failures: int = 0
    first: int | None = None
    output: Fraction | None = None
    label: Fraction | None = None
    grade: Grade = Grade.PROVED


@dataclass(frozen=True)
class Memorized(Shown):
    """A network, the data that it memorises, what was promised, and the check of every point.

    Parameters
    ----------
    network : RationalNetwork
    data : DataSet
    construction : str
        Name of what built the network.
    guarantee : Guarantee, optional
        What a theorem promises.
    check : Check
        Whether every point has its label.
    seed : int
        Of the projection.
    """

    network: RationalNetwork
    data: DataSet
    construction: str
    guarantee: Guarantee | None
    check: Check
    seed: int

    @property
    def grade(self) -> Grade:
        """Proved: every point was evaluated exactly."""
        return self.check.grade


def memorize(
    points: Any,
    labels: Any,
    construction: str = "width3",
    *,
    classes: int | None = None,
    activation: str | None = None,
    exponent: Any = None,
    seed: int = 0,
) -> Memorized:
    """Build a network with rational weights that gives every point its label, and check it exactly.

    Parameters
    ----------
    points : sequence of sequences
        Integers, Fractions or strings "p/q".
    labels : sequence of int
        From 0 on; equal pairs are taken once.
    construction : str
        ``width3`` ([1]_, Theorem 2; fewer than 4 points are given to ``hard-tanh``), ``wide`` ([1]_, Theorem 1),
        ``sqrt`` (after [2]_), ``hard-tanh`` (two layers, after [3]_) or ``staircase``.
    classes : int, optional
        C; one more than the greatest label by default.
    activation : str, optional
        ``relu`` (twice the hidden layers) or ``hard-tanh`` (the same shape) in place of the construction's own.
    exponent : Fraction, optional
        w of Theorem 1, for ``wide``; by default the least parameters.
    seed : int
        Of the random directions of the projection.

    Returns
    -------
    Memorized

    Raises
    ------
    InputError
        For bad data (see `data_set`) or an unknown name.

    References
    ----------
    .. [1] S. Park, J. Lee, C. Yun, J. Shin, "Provable memorization via deep neural networks using sub-linear
       parameters", COLT 2021, arXiv:2010.13363.
    .. [2] G. Vardi, G. Yehudai, O. Shamir, "On the optimal memorization power of ReLU neural networks", ICLR 2022,
       arXiv:2110.03187.
    .. [3] C. Yun, S. Sra, A. Jadbabaie, "Small ReLU networks are powerful memorizers: a tight analysis of
       memorization capacity", NeurIPS 2019, arXiv:1810.07770.

    Examples
    --------
    >>> found = memorize([[0], [3], [8], [9]], [1, 0, 1, 0])
    >>> found.check.exact, found.network.parameters, found.guarantee.parameters
    (True, 70, 154)
    """
    one_of("construction", construction, CONSTRUCTIONS)
    if activation is not None:
        one_of("activation", activation, ACTIVATIONS)
    w = _exponent(construction, exponent)
    as_integer("seed", seed, least=0)
    data = data_set(points, labels, classes)
    check_count("points", len(data))
    name = "hard-tanh" if construction == "width3" and len(data) < LEAST_WIDTH3 else construction
    network = wide(data, seed, w) if w is not None else CONSTRUCTIONS[name].build(data, seed)
    if activation is not None:
        network = ACTIVATIONS[activation](network, data.points)
    return Memorized(network, data, name, _guarantee(data, name, activation, w), check(network, data), seed)


def check_count(argument: str, count: int) -> None:
    """Refuse so many points that a network of theirs, evaluated at all of them, does not fit into memory.

    Parameters
    ----------
    argument : str
        What the message calls the points.
    count : int
        N.

    Raises
    ------
    InputError
        If N neurons and groups at N points are too many: 8 N^2 bytes.
    """
    check_fits(argument, count, PAIR_BYTES * count**2)


def check(network: RationalNetwork, data: DataSet) -> Check:
    """Evaluate a network at every point of the data, exactly.

    Examples
    --------
    >>> data = data_set([[0], [1]], [0, 1])
    >>> network = memorize([[0], [1]], [0, 0]).network
    >>> check(network, data).first
    1
    """
    return _compared(network.evaluate(data.points), tuple(map(Fraction, data.labels)))


def check_memorization(network: RationalNetwork, points: Any, labels: Any) -> Check:
    """Decide whether a network maps every point to its label, which may be any exact number here.

    Parameters
    ----------
    network : RationalNetwork
    points : array_like
        One row a point, exact numbers.
    labels : sequence
        One exact number a point.

    Returns
    -------
    Check

    Raises
    ------
    InputError
        For bad points or labels, or points that do not fit the network's inputs.

    Examples
    --------
    >>> network = memorize([[0], [1]], [0, 1]).network
    >>> found = check_memorization(network, [[0], [1], [2]], [0, "1/2", 1])
    >>> found.exact, found.first, found.output, found.label
    (False, 1, Fraction(1, 1), Fraction(1, 2))
    """
    exact = exact_points(points)
    wanted = exact_labels(labels, len(exact))
    return _compared(network.evaluate(exact), wanted)


def _compared(found: tuple[Fraction, ...], wanted: tuple[Fraction, ...]) -> Check:
    wrong = [k for k, (output, label) in enumerate(zip(found, wanted, strict=True)) if output != label]
    if not wrong:
        return Check(True, len(found))
    first = wrong[0]
    return Check(False, len(found), len(wrong), first, found[first], wanted[first])


def _guarantee(data: DataSet, name: str, activation: str | None, exponent: Fraction | None) -> Guarantee | None:
    sizes = Sizes.of(data)
    if activation == "relu":
        return CONSTRUCTIONS[name].guarantee(sizes).doubled() if name in ("width3", "staircase", "hard-tanh") else None
    if exponent is not None:
        return wide_count(sizes, exponent_choice(len(data), exponent))
    return CONSTRUCTIONS[name].guarantee(sizes)


def _exponent(construction: str, exponent: Any) -> Fraction | None:
    if exponent is None:
        return None
    if construction != "wide":
        raise InputError("exponent", str(exponent), "left out except for the construction 'wide'")
    w = long_number("exponent", exponent)
    exponent_choice(4, w)
    return w
