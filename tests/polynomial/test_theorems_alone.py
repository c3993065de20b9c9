"""Every theorem on spans by itself: no bound that rests on it is below the rank, on networks where it really counts.

``RANKCERT_TEST_MULTIPLIER=1000`` looks at 10,000 networks for each theorem; `docs/bounds.md` says which runs were made.
``-s`` prints those at which the least bound of all rules is above the rank, with their seeds.
"""

from __future__ import annotations

from itertools import count
from random import Random
from typing import NamedTuple

import pytest

from algebra import PolynomialNetwork
from algebra.evidence.evaluation import quick_trial
from algebra.evidence.reason import Reason
from algebra.polynomial.hilbert import Architecture
from algebra.polynomial.jacobian import JacobianEvaluation
from algebra.polynomial.rules import RULES, upper_bound
from algebra.polynomial.whole_rules import ALL
from tests.properties import cases


class Shape(NamedTuple):
    """First layers of a theorem, and what comes behind them so that it counts: degrees, and ranges of widths."""

    widths: tuple[int, ...]
    degrees: tuple[int, ...]
    behind: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]
    outputs: tuple[int, int] = (1, 3)


OCTAD = [
    Shape((4, 8), (2,), (2,), ((30, 45),), (13, 18)),
    Shape((4, 8), (2,), (1, 2), ((8, 8), (34, 40)), (14, 17)),
    Shape((4, 8), (2,), (2, 1), ((34, 40), (14, 20)), (14, 17)),
]

SHAPES = {
    "graph": [
        Shape((4, 6), (2,), (4,), ((19, 40),)),
        Shape((4, 6), (2,), (2, 2), ((10, 20), (6, 14))),
        Shape((4, 6), (2,), (5,), ((36, 60),)),
        Shape((3, 5), (3,), (5,), ((22, 40),)),
        Shape((3, 5), (3,), (6,), ((30, 50),)),
        Shape((3, 5), (3,), (2, 3), ((10, 15), (8, 15))),
        Shape((3, 5), (3,), (3, 2), ((10, 30), (5, 12))),
    ],
    "octad": OCTAD,
    "family-of-spans": OCTAD,
    "double-points": [
        Shape((3, 4, 5), (2, 2), (8,), ((88, 110),)),
        Shape((3, 4, 5), (2, 2), (2, 4), ((15, 18), (30, 40))),
        Shape((3, 4, 5), (2, 2), (4, 2), ((40, 60), (10, 14))),
        Shape((3, 4, 5), (2, 2), (2, 2, 2), ((15, 16), (22, 30), (8, 12))),
    ],
    "isolated-pairs": [
        Shape((3, 5, 5), (2, 2), (8,), ((90, 110),)),
        Shape((3, 6, 5), (2, 2), (2, 4), ((15, 18), (34, 44))),
        Shape((3, 5, 5), (2, 2), (4, 2), ((45, 70), (10, 14))),
        Shape((3, 6, 5), (2, 2), (2, 2, 2), ((15, 16), (22, 30), (9, 12))),
    ],
}

LARGEST = 600
"""Of the bounds, so that 10,000 ranks take minutes; the theorems count from 125, 490, 490, 477 and 511 on."""

SLACK = 8
"""Rows beyond every bound: a rank above one shows."""


def network(theorem: str, random: Random) -> Architecture:
    """Draw a network of one of the shapes; one in five has a layer more in front, as wide as the inputs or wider."""
    shape = random.choice(SHAPES[theorem])
    widths = [*shape.widths, *(random.randint(*each) for each in shape.ranges), random.randint(*shape.outputs)]
    degrees = [*shape.degrees, *shape.behind]
    if random.random() < 0.2:
        widths.insert(0, random.randint(shape.widths[0], shape.widths[0] + 2))
        degrees.insert(0, random.choice([1, 2]))
    return Architecture(tuple(widths), tuple(degrees))


def bounds_that_rest_on(theorem: str, a: Architecture) -> list[Reason]:
    """Return the bound of each rule, alone, in whose tree the theorem stands, as far as it counts."""
    found = [bound for rule in RULES if (bound := rule(a, None, ALL)) is not None]
    resting = [bound for bound in (*found, upper_bound(a)) if theorem in {node.rule for node in bound.nodes()}]
    return [bound for bound in resting if bound.value <= min(a.naive, LARGEST)]


def drawn(theorem: str, number: int) -> tuple[Architecture, list[Reason]]:
    """Return the first network at which the theorem counts."""
    random = Random(f"{theorem}/{number}")
    for _ in count():
        a = network(theorem, random)
        found = bounds_that_rest_on(theorem, a)
        if found:
            return a, found
    raise AssertionError


def rank(a: Architecture, rows: int, seed: int, trial: int = 0) -> int:
    """Return the rank of at most so many rows at random weights: no bound stops it."""
    jacobian = JacobianEvaluation(PolynomialNetwork(a.widths, degrees=a.degrees))
    return quick_trial(jacobian, rows, seed, trial).rank


@pytest.mark.parametrize("theorem", SHAPES)
def test_no_bound_that_rests_on_the_theorem_is_below_the_rank(theorem):
    sharp = 0
    for number in cases(10):
        a, found = drawn(theorem, number)
        seen = rank(a, max(bound.value for bound in found) + SLACK, number)
        assert all(bound.value >= seen for bound in found), (a, number, seen, found)

        # Where no rule explains the rank, it may be a trial that has seen too little, or a gap.
        least = upper_bound(a).value
        sharp += least == seen
        if least > seen:
            again = [rank(a, least, number, trial) for trial in (1, 2)]
            print(f"{theorem}: {a}, seed {number}: rank {seen}, again {again}, bound {least}", flush=True)
    print(f"{theorem}: {sharp} of {len(cases(10))} bounds are met")
    assert sharp > 0
