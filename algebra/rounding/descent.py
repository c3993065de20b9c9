"""Gradient descent on quadratics in fixed point: exact laws under stochastic rounding, dead zones of nearest modes.

Everything is in grid units: a word s stands for s eps. On F(w) = a/2 (w - w*)^2 one step of size eta maps s to the
rounding of (1 - h) s + h c, with h = eta a and c = w* / eps. The update is formed exactly and rounded once.
"""

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
from algebra.rounding.fixed_point import MOST_BITS, Mode, quotient_law, round_quotient
from algebra.rounding.law import Law
from algebra.sequences import as_list

MOST_PROBABILITY_BITS = 1 << 17
MOST_LAW_BITS = 1 << 25  # of all probabilities of a law; as decimals some ten megabytes
MOST_VISITS = 1 << 21  # outcomes that are propagated, over all steps: a second or two
MOST_ITERATE_BITS = 1 << 26  # of exact iterates, each as many bits longer than the one before; a few seconds
MOST_STEPS = 100_000  # of a simulation that looks for the step at which nothing moves any more

Ends = tuple[int, int]
Weights = dict[int, int]


@dataclass(frozen=True)
class Stop:
    """Where rounding to nearest ends.

    Parameters
    ----------
    at : int or None
        The word that does not change any more.
    step : int or None
        The first t with s_(t+1) = s_t; None if it is later than 100,000.
    cycle : (int, int) or None
        Where it does not stop: the two words between which it alternates.
    """

    at: int | None
    step: int | None
    cycle: tuple[int, int] | None = None


@dataclass(frozen=True)
class Descent:
    """The law of gradient descent in one dimension under stochastic rounding, in grid units.

    Parameters
    ----------
    h, c : Fraction
        Step size times curvature, and the minimiser.
    start, steps : int
    law : Law
        Of the last word.
    saturation : Fraction
        Probability that some step left the range of the words; 0 without a range.
    ends : (int, int), optional
        The range.
    """

    h: Fraction
    c: Fraction
    start: int
    steps: int
    law: Law
    saturation: Fraction
    ends: Ends | None = None

    @property
    def exact(self) -> Fraction:
        """The iterate without rounding, c - (c - start) (1 - h)^steps: the mean of the law if nothing saturates."""
        return self.c - (self.c - self.start) * (1 - self.h) ** self.steps

    @property
    def is_unbiased(self) -> bool:
        """Whether no trajectory saturates, the hypothesis under which the mean is the exact iterate."""
        return self.saturation == 0

    @property
    def limit(self) -> Law | None:
        """The limit law for 0 < h <= 1: the stochastic rounding of c, whatever the step size.

        The pair {floor c, ceil c} is absorbing, as the image of either lies between them, and is reached with
        probability 1; means converge to c. None for h > 1, or if c is out of range.
        """
        if self.h > 1 or (self.ends is not None and not self.ends[0] <= self.c <= self.ends[1]):
            return None
        return quotient_law(*self.c.as_integer_ratio())

    def stop(self, mode: Mode) -> Stop:
        """Return where rounding to nearest stops from the same start."""
        return stop_of_nearest(self.h, self.c, self.start, mode, self.ends)


def gradient_descent(h: Any, c: Any, start: int, steps: int, word_bits: int | None = None) -> Descent:
    """Return the exact law after some steps of gradient descent with stochastic rounding, in one dimension.

    Parameters
    ----------
    h : int, Fraction or str
        Step size times curvature, above 0 and at most 2; beyond, descent diverges without any rounding.
    c : int, Fraction or str
        The minimiser in grid units.
    start, steps : int
    word_bits : int, optional
        Length of the words, which then saturate. Without it they are as long as is needed.

    Raises
    ------
    InputError
        If h is out of range, the start does not fit the words, or the law would be too long to be written.

    Examples
    --------
    >>> found = gradient_descent("1/8", 13, 0, 4)
    >>> print(found.law)
    {4: 45/512, 5: 963/2048, 6: 1705/4096, 7: 105/4096}
    >>> found.law.mean == found.exact == Fraction(22035, 4096)
    True
    >>> found.stop(Mode.NEAREST_EVEN), found.limit
    (Stop(at=10, step=9, cycle=None), Law(weights=((13, 1),)))
    """
    rate, centre = _rate(h), exact_number("c", c)
    first, count = as_integer("start", start), as_integer("steps", steps, 0)
    ends = None
    if word_bits is not None:
        if as_integer("word_bits", word_bits, 1) > MOST_PROBABILITY_BITS:
            raise InputError("word_bits", word_bits, f"at most {MOST_PROBABILITY_BITS:,}")
        ends = (-(1 << (word_bits - 1)), (1 << (word_bits - 1)) - 1)
        if not ends[0] <= first <= ends[1]:
            raise InputError("start", first, f"in the range of words of {word_bits} bits, from {ends[0]} to {ends[1]}")

    slope, offset, below = _integers(rate, centre)
    _check_size(rate, below, count)
    weights: Weights = {first: 1}
    inside: Weights = {first: 1}  # the weight of trajectories that never left the range
    for _ in range(count):
        weights = _clipped(_propagated(weights, slope, offset, below), ends)
        if ends is not None:
            moved = _propagated(inside, slope, offset, below)
            inside = {at: weight for at, weight in moved.items() if ends[0] <= at <= ends[1]}
    saturation = Fraction(0) if ends is None else 1 - Fraction(sum(inside.values()), below**count)
    return Descent(rate, centre, first, count, Law.of(weights), saturation, ends)


def _rate(h: Any) -> Fraction:
    rate = exact_number("h", h)
    if not 0 < rate <= 2:
        raise InputError("h", h, "above 0 and at most 2: step size times curvature")
    return rate


def _integers(h: Fraction, c: Fraction) -> tuple[int, int, int]:
    """Return integers with (1 - h) s + h c = (slope s + offset) / below."""
    shift = h * c
    below = math.lcm(h.denominator, shift.denominator)
    return below - int(h * below), int(shift * below), below


def most_words(h: Fraction, steps: int) -> int:
    """Return how many words the law of a descent has at most, for 0 < h <= 2.

    A step maps words between two that are L apart into words less than |1 - h| L + 2 apart, and not over L + 1.

    Examples
    --------
    >>> most_words(Fraction(1, 8), 3), most_words(Fraction(1, 8), 1000)
    (4, 17)
    """
    shrinking = 1 - abs(1 - h)
    return steps + 1 if shrinking == 0 else min(steps, math.ceil(2 / shrinking)) + 1


def _check_size(h: Fraction, below: int, steps: int) -> None:
    """Refuse laws that are too long to be computed or written."""
    bits, atoms = steps * (below - 1).bit_length(), most_words(h, steps)
    if bits > MOST_PROBABILITY_BITS or atoms * bits > MOST_LAW_BITS:
        allowed = f"such that a probability has at most {MOST_PROBABILITY_BITS:,} bits, and the law {MOST_LAW_BITS:,}"
        raise InputError("steps", steps, allowed)
    if atoms * steps > MOST_VISITS:
        raise InputError("steps", steps, f"such that at most {MOST_VISITS:,} words are met, about {atoms:,} a step")


def _propagated(weights: Weights, slope: int, offset: int, below: int) -> Weights:
    """One step of the chain; weights are over a denominator that is multiplied by `below`."""
    found: Weights = {}
    for at, weight in weights.items():
        down, rest = divmod(slope * at + offset, below)
        found[down] = found.get(down, 0) + weight * (below - rest)
        if rest:
            found[down + 1] = found.get(down + 1, 0) + weight * rest
    return found


def _clipped(weights: Weights, ends: Ends | None) -> Weights:
    if ends is None:
        return weights
    found: Weights = {}
    for at, weight in weights.items():
        inside = min(max(at, ends[0]), ends[1])
        found[inside] = found.get(inside, 0) + weight
    return found


# ---- rounding to nearest


def dead_zone(h: Any, c: Any, mode: Mode, ends: Ends | None = None) -> tuple[int, int] | None:
    """Return the first and the last word that a step of rounded descent leaves as it is; None if there is none.

    Within a range, words that are kept only because they saturate do not count.

    Rounding to nearest keeps s if |h (c - s)| < 1/2, and at 1/2 as the tie rule says. All words between the first and
    the last are kept. The zone is 1/h wide, so that it grows as the step shrinks.

    Examples
    --------
    >>> dead_zone("1/16", 200, Mode.NEAREST_DOWN), dead_zone("1/16", 200, Mode.NEAREST_EVEN)
    ((192, 207), (192, 208))
    """
    rate, centre = _rate(h), exact_number("c", c)
    slope, offset, below = _integers(rate, centre)

    def is_kept(word: int) -> bool:
        return round_quotient(slope * word + offset, below, mode) == word

    reach = (1 / rate, Fraction(0)) if mode is Mode.FLOOR else (1 / (2 * rate), 1 / (2 * rate))
    first, last = math.ceil(centre - reach[0]), math.floor(centre + reach[1])
    first += first <= last and not is_kept(first)  # only an end can be a tie
    last -= first <= last and not is_kept(last)
    if ends is not None:
        first, last = max(first, ends[0]), min(last, ends[1])
    return (first, last) if first <= last else None


def stop_of_nearest(h: Any, c: Any, start: int, mode: Mode, ends: Ends | None = None) -> Stop:
    """Return where descent with a deterministic rounding stops, and at which step.

    For h <= 1 the rounded step is a monotone map, so that it stops at the first word of the dead zone that it meets:
    the start itself, or the nearer end. For h > 1 it is antitone, and its square monotone: it stops or alternates
    between two words, which is found by simulation.

    Examples
    --------
    >>> stop_of_nearest("1/64", 200, 400, Mode.NEAREST_EVEN)
    Stop(at=232, step=108, cycle=None)
    >>> stop_of_nearest(2, 5, 0, Mode.NEAREST_EVEN)
    Stop(at=None, step=None, cycle=(0, 10))
    """
    rate, centre = _rate(h), exact_number("c", c)
    slope, offset, below = _integers(rate, centre)
    at: int | None = None
    zone = dead_zone(rate, centre, mode)
    if rate <= 1 and zone is not None:
        at = min(max(start, zone[0]), zone[1])
        at = at if ends is None else min(max(at, ends[0]), ends[1])

    before, word = None, start
    for step in range(MOST_STEPS + 1):
        after = round_quotient(slope * word + offset, below, mode)
        after = after if ends is None else min(max(after, ends[0]), ends[1])
        if after == word:
            assert at is None or at == word
            return Stop(word, step)
        if after == before:
            return Stop(None, None, (min(word, after), max(word, after)))
        before, word = word, after
    return Stop(at, None)


def lost_coordinates(words: Sequence[int], updates: Sequence[Any], mode: Mode) -> list[int]:
    """Return the coordinates that an update does not change: those where rounding gives the old word back.

    Examples
    --------
    >>> lost_coordinates([4, 5, 6, 7], ["1/2", "1/2", "-1/2", "2/3"], Mode.NEAREST_EVEN)
    [0, 2]
    """
    exact = [exact_number(f"updates[{i}]", update) for i, update in enumerate(updates)]
    moved = [round_quotient(*(word + u).as_integer_ratio(), mode) for word, u in zip(words, exact, strict=True)]
    return [i for i, (word, after) in enumerate(zip(words, moved, strict=True)) if word == after]


# ---- several dimensions

State = tuple[int, ...]


@dataclass(frozen=True)
class JointDescent:
    """The joint law of gradient descent on a quadratic of several variables, in grid units.

    Parameters
    ----------
    weights : dict
        Positive integer weights of the words.
    exact : tuple of Fraction
        The iterate without rounding, which is the mean.
    """

    weights: dict[State, int]
    exact: tuple[Fraction, ...]

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

    def marginal(self, coordinate: int) -> Law:
        """Return the law of one coordinate."""
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
        """Read the quadratic: I - eta A and eta b 2^fraction_bits over one denominator."""
        matrix, step = rational_matrix("A", A), exact_number("eta", eta)
        b = as_list("b", b, "a list of numbers")
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


def quadratic_descent(
    A: Any, b: Sequence[Any], eta: Any, start: Sequence[int], steps: int, fraction_bits: int
) -> JointDescent:
    """Return the joint law of gradient descent with independent stochastic roundings of the coordinates.

    The step is affine, so that the mean is the exact iterate, by the tower rule; without a range nothing saturates.

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

    Raises
    ------
    InputError
        If shapes differ, or more than 2^21 outcomes are met.

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
    count = as_integer("steps", steps, 0)
    if count**2 * quadratic.below.bit_length() > MOST_ITERATE_BITS:
        least = f"such that the exact iterates have at most {MOST_ITERATE_BITS:,} bits together"
        raise InputError("steps", steps, least)

    weights, exact, visits = {state: 1}, [Fraction(word) for word in state], 0
    for _ in range(count):
        visits += len(weights) << len(state)
        if visits > MOST_VISITS:
            raise InputError("steps", steps, f"such that at most {MOST_VISITS:,} outcomes are met")
        weights = _joint_step(weights, quadratic)
        exact = [Fraction(numerator) / quadratic.below for numerator in quadratic.image(exact)]
    return JointDescent(weights, tuple(exact))


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
