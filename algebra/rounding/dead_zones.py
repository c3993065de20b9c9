"""Which words a rounded step of gradient descent keeps for ever, and where rounding to nearest stops.

Everything is in grid units.  On F(w) = a/2 (w - w*)^2 one step of size eta maps s to the rounding of (1 - h) s + h c,
with h = eta a and c = w* / eps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from algebra.errors import InputError
from algebra.exact.numbers import exact_number
from algebra.rounding.descent_step import Ends, Step, Words, step_integers, step_size
from algebra.rounding.fixed_point import Mode, checked_random_bits, round_quotient

MOST_STEPS = 100_000  # of a simulation that looks for the step at which nothing moves any more


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


def dead_zone(h: Any, c: Any, mode: Mode, ends: Ends | None = None) -> tuple[int, int] | None:
    """Return the first and the last word that a step of rounded descent leaves as it is; None if there is none.

    Within a range, words that are kept only because they saturate do not count.

    Rounding to nearest keeps s if |h (c - s)| < 1/2, and at 1/2 as the tie rule says. All words between the first and
    the last are kept. The zone is 1/h wide, so that it grows as the step shrinks.

    Parameters
    ----------
    h : exact number
        h = eta a, the step times the curvature.
    c : exact number
        c = w* / eps, the minimum in grid units.
    mode : Mode
        A deterministic rounding.
    ends : (int, int), optional
        The least and the greatest word; default: no ends.

    Returns
    -------
    (int, int), or None

    Examples
    --------
    >>> dead_zone("1/16", 200, Mode.NEAREST_DOWN), dead_zone("1/16", 200, Mode.NEAREST_EVEN)
    ((192, 207), (192, 208))
    """
    rate, centre = step_size(h), exact_number("c", c)
    slope, offset, below = step_integers(rate, centre)

    def is_kept(word: int) -> bool:
        return round_quotient(slope * word + offset, below, mode) == word

    reach = (1 / rate, Fraction(0)) if mode is Mode.FLOOR else (1 / (2 * rate), 1 / (2 * rate))
    first, last = math.ceil(centre - reach[0]), math.floor(centre + reach[1])
    first += first <= last and not is_kept(first)  # only an end can be a tie
    last -= first <= last and not is_kept(last)
    if ends is not None:
        first, last = max(first, ends[0]), min(last, ends[1])
    return (first, last) if first <= last else None


def random_dead_zone(h: Any, c: Any, random_bits: int, centred: bool = False) -> tuple[int, int] | None:
    """Return the first and the last word that stochastic rounding with few random bits keeps for ever; None: none is.

    With b bits, increments h (c - s) from 0 to below 2^-b are never rounded up, and all others move: a dead zone of
    2^-b / h words below c, where rounding to nearest has 1 / h around c. Centred, increments are kept from -2^-(b+1) on
    and up to below 2^-(b+1): as many words around c. Negative increments are never kept otherwise.

    Parameters
    ----------
    h : exact number
        h = eta a, the step times the curvature.
    c : exact number
        c = w* / eps, the minimum in grid units.
    random_bits : int
        Length of the random words.
    centred : bool
        Whether half a unit of the random word is added to it.

    Returns
    -------
    (int, int), or None

    Raises
    ------
    InputError
        If the number of random bits is None.

    Examples
    --------
    >>> random_dead_zone("1/64", 200, 3), random_dead_zone("1/64", 200, 3, centred=True)
    ((193, 200), (197, 204))
    """
    rate, centre, bits = step_size(h), exact_number("c", c), checked_random_bits(random_bits)
    if bits is None:
        raise InputError("random_bits", None, "an integer of at least 0")
    step = Step.of(rate, centre, Words(bits, centred))

    def is_kept(word: int) -> bool:
        down, up = step.outcome(word)
        return (down, up) in ((word, 0), (word - 1, step.total))

    reach = 1 / (rate * step.total)
    below, above = (reach / 2, reach / 2) if centred else (reach, Fraction(0))
    first, last = math.ceil(centre - below), math.floor(centre + above)
    first += first <= last and not is_kept(first)  # only an end can be a tie
    last -= first <= last and not is_kept(last)
    return (first, last) if first <= last else None


def stop_of_nearest(h: Any, c: Any, start: int, mode: Mode, ends: Ends | None = None) -> Stop:
    """Return where descent with a deterministic rounding stops, and at which step.

    For h <= 1 the rounded step is a monotone map, so that it stops at the first word of the dead zone that it meets:
    the start itself, or the nearer end. For h > 1 it is antitone, and its square monotone: it stops or alternates
    between two words, which is found by simulation. With h = 2 and ties away from zero words may grow for
    ever: then neither is returned.

    Parameters
    ----------
    h : exact number
        h = eta a, the step times the curvature.
    c : exact number
        c = w* / eps, the minimum in grid units.
    start : int
        The first word.
    mode : Mode
        A deterministic rounding.
    ends : (int, int), optional
        The least and the greatest word; default: no ends.

    Returns
    -------
    Stop

    Examples
    --------
    >>> stop_of_nearest("1/64", 200, 400, Mode.NEAREST_EVEN)
    Stop(at=232, step=108, cycle=None)
    >>> stop_of_nearest(2, 5, 0, Mode.NEAREST_EVEN)
    Stop(at=None, step=None, cycle=(0, 10))
    """
    rate, centre = step_size(h), exact_number("c", c)
    slope, offset, below = step_integers(rate, centre)
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
