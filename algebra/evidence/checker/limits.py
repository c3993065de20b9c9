"""Limits: what a check may cost, so that a small file cannot take hours or all memory.

The unit of work is a *step*: what Python needs for one operation on small numbers in a loop, about 0.1 µs. Whatever a
document can make long is paid for before it is done: `spend` takes the steps from the budget of the whole check, and
`hold` looks at the bytes of one structure before it is built. Both are estimates from the sizes that the document
states, mostly too high, up to a few times; where the budget ends, the certificate is refused, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import comb
from typing import NamedTuple


class Refused(Exception):  # noqa: N818 - a verdict, not an error
    """The certificate does not prove its claim; the argument says why."""


def need(condition: bool, reason: str) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise Refused(reason)


class Patience(NamedTuple):
    """What a check may cost in all: steps; bytes of one structure (a few exist at a time), and of the file."""

    steps: int
    memory: int
    text: int
    advice: str


QUICK = Patience(150_000_000, 3 << 27, 1 << 23, "; --patient allows more")
"""About ten seconds and 400 MB; a JSON text of 8 MB may need 30 times as much memory when it is read.

A minor of size 1,600 modulo a prime of 23 bits takes most of it (128 million steps, 8 to 10 s). The certificates of the
library's tests and atlas take a tenth at most, those of networks with 1,800 parameters a fifth.
"""

PATIENT = Patience(4 * 10**10, 1 << 33, 1 << 27, "")
"""About an hour and 8 GB: a minor of size 10,000."""

MOST_VALUE = 1 << 14000
"""Of whatever number a certificate holds: 4215 decimal digits; JSON readers take no more than 4300."""

MOST_DIGITS = 4300
"""Of a number in the text: longer ones take Python quadratic time to read."""

MOST_NESTED = 32
"""Lists and objects inside each other. Certificates of the library have at most 12."""

LARGEST = 1 << 40
"""Of widths, sizes, sample numbers and dimensions: so sums and products of a few of them stay small numbers."""

INFINITE = 1 << 100
"""Binomials stop here; no dimension that a certificate may claim comes near."""

MOST_LAYERS = 1000
"""Some rules take the square of it, and for each pair the work of a binomial."""

MOST_AXES = 32
"""Of a grid; numpy's arrays have at most as many."""

MOST_BITS = 1 << 14
"""Of the degree of the outputs, and of the common denominator of logits: rules calculate with them."""

MOST_DEGREE = 512
"""Up to which `ambient` looks at the degrees that can be made: that takes its square."""

EXPONENT_BITS = 16
"""Of an exponent in the polynomials of a symmetry: at most 100 · 200 + 30."""


class Budget:
    """What is left of the patience with one document."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self.steps = patience.steps
        self.paid: set[object] = set()


_CURRENT: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def patience(given: Patience) -> Iterator[None]:
    """Check with so much patience. Without it, every part of the checker that is called has an hour of its own."""
    token = _CURRENT.set(Budget(given))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def spend(steps: int, what: str) -> None:
    """Pay for work that is about to be done; refuse it if the budget does not suffice."""
    budget = _CURRENT.get() or Budget(PATIENT)
    if steps > budget.steps:
        raise Refused(f"{what}: too large to be checked here{budget.patience.advice}")
    budget.steps -= steps


def afford(steps: int, what: str) -> None:
    """Refuse work as a whole that the budget does not suffice for, before its first part; its parts are paid for later.

    The steps are those that it takes at least.
    """
    budget = _CURRENT.get() or Budget(PATIENT)
    if steps > budget.steps:
        raise Refused(f"{what}: too large to be checked here{budget.patience.advice}")


def spend_once(name: object, steps: int, what: str) -> None:
    """Pay for what is kept and used again, by its name."""
    budget = _CURRENT.get()
    if budget is None or name not in budget.paid:
        spend(steps, what)
    if budget is not None:
        budget.paid.add(name)


def hold(count: int, size: int, what: str) -> None:
    """Refuse so many entries of so many bytes each if they would take too much memory."""
    budget = _CURRENT.get() or Budget(PATIENT)
    if count * size > budget.patience.memory:
        raise Refused(f"{what}: too large to be held in memory here{budget.patience.advice}")


def per_product(bits: int) -> int:
    """Steps of a multiplication of integers of so many bits, with its reduction: quadratic, 40 µs for 4096 bits.

    Python multiplies longer ones faster than that.
    """
    return 1 + (bits >> 7) ** 2


def per_elimination(size: int, bits: int) -> int:
    """Steps of the elimination of a square matrix of residues, which is packed: 3 s for 1,000 rows and 62 bits."""
    return 4 * size**2 + size**3 * (2000 + bits**2) // 160_000


def per_drawing(count: int, size: int) -> int:
    """Steps to draw so many integers of so many words."""
    return count * (4 + 4 * size)


def shown(value: int) -> str:
    """Write a number for a reason; one that no reader would read by its length.

    Examples
    --------
    >>> shown(2**40), shown(10**400)
    ('1099511627776', 'a number of 1329 bits')
    """
    return str(value) if value.bit_length() <= 200 else f"a number of {value.bit_length()} bits"


BEYOND = MOST_VALUE << 14001
"""Products, powers and binomials stop here: beyond the square of what can be claimed, so that even twice the least
dimension of an intersection stays beyond it."""


def capped_product(factors: Iterable[int]) -> int:
    """Multiply integers that are not negative, up to `BEYOND`."""
    found = 1
    for factor in factors:
        found = min(found * factor, BEYOND)
    return found


def power(base: int, exponent: int) -> int:
    """Return a power of a positive integer, or `BEYOND`."""
    return min(base**exponent, BEYOND) if (base.bit_length() - 1) * exponent < BEYOND.bit_length() else BEYOND


def multisets(d: int, n: int) -> int:
    """Count the choices of n out of d things, repeated and without order: binomial(d + n - 1, n), or `BEYOND`.

    A binomial of a and b <= a/2 is at least (a/b)^b.
    """
    few, of = min(n, d - 1), d + n - 1
    is_long = few > 0 and few * ((of // few).bit_length() - 1) >= BEYOND.bit_length()
    return BEYOND if is_long else min(comb(of, few), BEYOND)
