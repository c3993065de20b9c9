"""Gradient descent on quadratics of several variables in fixed point: the exact joint law under stochastic rounding."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from algebra.errors import InputError, as_integer
from algebra.exact.matrices import rational_matrix
from algebra.exact.numbers import exact_number, to_fraction
from algebra.rounding.dead_zones import MOST_STEPS
from algebra.rounding.descent import MOST_VISITS
from algebra.rounding.descent_step import Ends, Weights
from algebra.rounding.fixed_point import MOST_BITS, Mode, round_quotient, word_ends
from algebra.rounding.law import Law
from algebra.sequences import as_list
from algebra.shown import Shown

State = tuple[int, ...]

MOST_ITERATE_BITS = 1 << 26  # of exact iterates, each as many bits longer than the one before; a few seconds


@dataclass(frozen=True)
class JointDescent(Shown):
    """The joint law of gradient descent on a quadratic of several variables, in grid units.

    Parameters
    ----------
    weights : dict
        Positive integer weights of the words.
    exact : tuple of Fraction
        The iterate without rounding, which is the mean unless a step saturates.
    saturation : Fraction
        Probability that some coordinate of some step left the range of the words; 0 without a range.
    """

    weights: dict[State, int]
    exact: tuple[Fraction, ...]
    saturation: Fraction = Fraction(0)

    @property
    def is_unbiased(self) -> bool:
        """Whether no trajectory saturates, the hypothesis under which the mean is the exact iterate."""
        return self.saturation == 0

    @property
    def total(self) -> int:
        """The sum of the weights."""
        return sum(self.weights.values())

    @property
    def mean(self) -> tuple[Fraction, ...]:
        """The mean of each coordinate."""
        total = self.total
        columns = range(len(self.exact))
        return tuple(Fraction(sum(w * s[i] for s, w in self.weights.items()), total) for i in columns)

    @property
    def covariance(self) -> list[list[Fraction]]:
        """The covariance matrix, in squared grid units."""
        total, mean, columns = self.total, self.mean, range(len(self.exact))

        def second(i: int, j: int) -> Fraction:
            return Fraction(sum(w * s[i] * s[j] for s, w in self.weights.items()), total)

        return [[second(i, j) - mean[i] * mean[j] for j in columns] for i in columns]

    def expected_loss(self, A: Any, b: Sequence[Any], fraction_bits: int = 0) -> Fraction:
        """Return E F(w) for F(w) = w^T A w / 2 - b^T w: F(E w) + tr(A C) / 2, with the covariance C.

        Parameters
        ----------
        A : array_like of exact numbers, shape (n, n)
        b : sequence of exact numbers
            n of them.
        fraction_bits : int
            A grid unit is 2^-fraction_bits.

        Returns
        -------
        Fraction

        Examples
        --------
        >>> quadratic_descent([[1]], [13], "1/8", [0], 1, 0).expected_loss([[1]], [13])
        Fraction(-315, 16)
        """
        matrix, columns = rational_matrix("A", A), range(len(self.exact))
        eps, mean, C = Fraction(1, 1 << as_integer("fraction_bits", fraction_bits, 0)), self.mean, self.covariance
        entries = [[to_fraction(matrix[i, j]) for j in columns] for i in columns]
        square = sum(entries[i][j] * (mean[i] * mean[j] + C[i][j]) for i in columns for j in columns)
        return eps**2 * square / 2 - eps * sum(exact_number(f"b[{i}]", b[i]) * mean[i] for i in columns)

    def marginal(self, coordinate: int) -> Law:
        """Return the law of one coordinate.

        Parameters
        ----------
        coordinate : int
            From 0.

        Returns
        -------
        Law
            In grid units.
        """
        found: Weights = {}
        for state, weight in self.weights.items():
            found[state[coordinate]] = found.get(state[coordinate], 0) + weight
        return Law.of(found)


@dataclass(frozen=True)
class Quadratic:
    """The step of gradient descent on w^T A w / 2 - b^T w in grid units: s -> (rows s + offsets) / below."""

    rows: tuple[tuple[int, ...], ...]
    offsets: tuple[int, ...]
    below: int

    @classmethod
    def of(cls, A: Any, b: Sequence[Any], eta: Any, fraction_bits: int) -> Quadratic:
        """Read the quadratic: I - eta A and eta b 2^fraction_bits over one denominator.

        Raises
        ------
        InputError
            If A is not square or b of another length, or there are too many fraction bits.
        """
        b = as_list("b", b, "a list of numbers")
        matrix, step = rational_matrix("A", A), exact_number("eta", eta)
        size = matrix.nrows()
        if matrix.ncols() != size or len(b) != size:
            raise InputError("A", f"{size} x {matrix.ncols()}", f"square, with as many rows as b, {len(b)}")
        fraction_bits = as_integer("fraction_bits", fraction_bits, 0)
        if fraction_bits > MOST_BITS:
            raise InputError("fraction_bits", fraction_bits, f"at most {MOST_BITS:,}")
        rows = [[(i == j) - step * to_fraction(matrix[i, j]) for j in range(size)] for i in range(size)]
        shift = [step * exact_number(f"b[{i}]", x) * 2**fraction_bits for i, x in enumerate(b)]
        below = math.lcm(*(x.denominator for x in shift), *(x.denominator for row in rows for x in row))
        return cls(
            tuple(tuple(int(x * below) for x in row) for row in rows), tuple(int(x * below) for x in shift), below
        )

    def image(self, state: Sequence[int | Fraction]) -> Iterator[int | Fraction]:
        """Yield the numerators of the next iterate before it is rounded."""
        for row, offset in zip(self.rows, self.offsets, strict=True):
            yield sum((x * s for x, s in zip(row, state, strict=True)), start=offset)

    def rounded(self, state: State, mode: Mode) -> State:
        """Return the next iterate under a deterministic rounding."""
        return tuple(round_quotient(int(numerator), self.below, mode) for numerator in self.image(state))

    def stop(self, start: Sequence[int], mode: Mode) -> tuple[State, int] | None:
        """Return where a deterministic rounding stops, and after how many steps; None if it has not after 100,000."""
        state = tuple(start)
        for step in range(MOST_STEPS):
            after = self.rounded(state, mode)
            if after == state:
                return state, step
            state = after
        return None


def covariance_bound(A: Any, eta: Any) -> list[list[Fraction]]:
    """Return (I - M^2)^-1 / 4 for M = I - eta A: no limit of covariances exceeds it, in squared grid units.

    C_(t+1) = M C_t M + diag E f (1 - f), and f (1 - f) is at most 1/4. On an eigenvector of eta A with the eigenvalue h
    it is 1 / (4 h (2 - h)). In one dimension the limit is at most 1/4, so that it is far from sharp for small steps.

    Parameters
    ----------
    A : array_like
        Symmetric and rational, with all eigenvalues of eta A between 0 and 2.
    eta : int, Fraction or str

    Returns
    -------
    rows of Fraction

    Raises
    ------
    InputError
        If A is not symmetric, or descent does not converge without rounding.

    Examples
    --------
    >>> covariance_bound([[1]], "1/8")
    [[Fraction(16, 15)]]
    """
    from flint import fmpq_mat

    from algebra.exact.inertia import inertia
    from algebra.exact.numbers import to_fmpq

    matrix, step = rational_matrix("A", A), exact_number("eta", eta)
    size = matrix.nrows()
    if matrix.ncols() != size or matrix.transpose() != matrix:
        raise InputError("A", f"{size} x {matrix.ncols()}", "symmetric")
    scaled = to_fmpq(step) * matrix
    unit = fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    if inertia(scaled).pos != size or inertia(2 * unit - scaled).pos != size:
        raise InputError("eta", eta, "such that all eigenvalues of eta A are between 0 and 2")
    M = unit - scaled
    return [[to_fraction(x) / 4 for x in row] for row in (unit - M * M).inv().table()]


def quadratic_descent(
    A: Any,
    b: Sequence[Any],
    eta: Any,
    start: Sequence[int],
    steps: int,
    fraction_bits: int,
    word_bits: int | None = None,
) -> JointDescent:
    """Return the joint law of gradient descent with independent stochastic roundings of the coordinates.

    The step is affine, so that the mean is the exact iterate, by the tower rule, unless a step saturates.

    Parameters
    ----------
    A : array_like
        A square rational matrix.
    b : sequence
    eta : int, Fraction or str
        The step size.
    start : sequence of int
        In grid units.
    steps, fraction_bits : int
    word_bits : int, optional
        Length of the words, which then saturate.

    Returns
    -------
    JointDescent

    Raises
    ------
    InputError
        If shapes differ, the start does not fit the words, or more than 2^21 outcomes are met.

    Examples
    --------
    >>> found = quadratic_descent([[4, 6], [6, 14]], [16, 35], "1/32", [0, 0], 2, 4)
    >>> found.mean == found.exact, len(found.weights), str(found.covariance[0][1])
    (True, 6, '-27/1024')
    """
    quadratic = Quadratic.of(A, b, eta, fraction_bits)
    given = as_list("start", start, "a list of integers")
    state = tuple(as_integer(f"start[{i}]", word) for i, word in enumerate(given))
    if len(state) != len(quadratic.offsets):
        raise InputError("start", given, f"of {len(quadratic.offsets)} coordinates")
    ends = word_ends(word_bits)
    if not _is_inside(state, ends):
        raise InputError("start", given, f"in the range of words of {word_bits} bits")

    weights, exact, visits = {state: 1}, [Fraction(word) for word in state], 0
    inside = weights  # the weight of trajectories that never left the range
    count = as_integer("steps", steps, 0)
    if count**2 * quadratic.below.bit_length() > MOST_ITERATE_BITS:
        least = f"such that the exact iterates have at most {MOST_ITERATE_BITS:,} bits together"
        raise InputError("steps", steps, least)
    for _ in range(count):
        visits += len(weights) << len(state)
        if visits > MOST_VISITS:
            raise InputError("steps", steps, f"such that at most {MOST_VISITS:,} outcomes are met")
        weights = _joint_clipped(_joint_step(weights, quadratic), ends)
        if ends is not None:
            moved = _joint_step(inside, quadratic)
            inside = {at: weight for at, weight in moved.items() if _is_inside(at, ends)}
        exact = [Fraction(numerator) / quadratic.below for numerator in quadratic.image(exact)]
    saturation = Fraction(0) if ends is None else 1 - Fraction(sum(inside.values()), sum(weights.values()))
    return JointDescent(weights, tuple(exact), saturation)


def _is_inside(state: State, ends: Ends | None) -> bool:
    return ends is None or all(ends[0] <= word <= ends[1] for word in state)


def _joint_clipped(weights: dict[State, int], ends: Ends | None) -> dict[State, int]:
    if ends is None:
        return weights
    found: dict[State, int] = {}
    for state, weight in weights.items():
        clipped = tuple(min(max(word, ends[0]), ends[1]) for word in state)
        found[clipped] = found.get(clipped, 0) + weight
    return found


def _joint_step(weights: dict[State, int], quadratic: Quadratic) -> dict[State, int]:
    found: dict[State, int] = {}
    below = quadratic.below
    for state, weight in weights.items():
        choices = []
        for numerator in quadratic.image(state):
            down, rest = divmod(int(numerator), below)
            choices.append([(down, below - rest), (down + 1, rest)] if rest else [(down, below)])
        for outcome in product(*choices):
            after = tuple(at for at, _ in outcome)
            found[after] = found.get(after, 0) + weight * math.prod(share for _, share in outcome)
    return found
