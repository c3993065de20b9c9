"""Families that are proved for all widths: the table of the documentation, and members beyond what was looked at."""

import re
from pathlib import Path

import pytest

from algebra import PolynomialNetwork
from algebra.errors import InputError
from algebra.polynomial.block_families import is_good, least_width
from algebra.polynomial.hilbert import Architecture

DOCUMENT = Path(__file__).parents[2] / "docs" / "bounds.md"

TABLE, TABLE_OF_SQUARES = DOCUMENT.read_text(encoding="utf-8").split("| hidden and input widths |")[1:]
ROW = r"^\| \(([\d, ]+)\) n \| (\d+|–) \| (\d+|–) \| (\d+|–) \| (\d+) \|$"


def families(table):
    """Return the multipliers of each row with the widths beside them; None for a dash."""
    rows = re.findall(ROW, table, re.M)
    return {tuple(map(int, row[0].split(", "))): tuple(None if x == "–" else int(x) for x in row[1:]) for row in rows}


FAMILIES, SQUARES = families(TABLE), families(TABLE_OF_SQUARES)
OUTPUTS = (1, 2, 4, 6)

SLOW = {(1, 3), (1, 3, 3), (1, 2, 4), (1, 2, 1, 2)}
"""Their first widths need ranks of 500 to 1,000 with cubes."""


def test_the_documentation_has_a_table():
    assert len(FAMILIES) >= 12
    assert len(SQUARES) >= 10
    assert FAMILIES[1, 1, 1] == SQUARES[1, 1, 1] == (1, 1, 1, 1)


@pytest.mark.parametrize(
    "multipliers", [pytest.param(c, marks=pytest.mark.slow) if c in SLOW else c for c in FAMILIES], ids=str
)
def test_families_are_proved_from_the_printed_width_on(multipliers):
    hidden = len(multipliers) - 1
    degrees = [*((r,) * hidden for r in (3, 4, 5)), (*(2,) * (hidden - 1), 3)]
    assert tuple(least_width(multipliers, r) for r in degrees) == FAMILIES[multipliers]


@pytest.mark.parametrize(
    "multipliers", [pytest.param(c, marks=pytest.mark.slow) if c in SLOW else c for c in SQUARES], ids=str
)
def test_families_of_squares_are_proved_from_the_printed_width_on(multipliers):
    degrees = (2,) * (len(multipliers) - 1)
    for outputs, first in zip(OUTPUTS, SQUARES[multipliers], strict=True):
        if first is not None:
            assert least_width(multipliers, degrees, outputs) == first


def test_squares_are_spoken_of_before_enough_outputs_only():
    assert least_width((1, 1), (2,)) == 1
    with pytest.raises(InputError, match="outputs is 3, but it must be at least 4"):
        least_width((2, 3), (2,), 3)


@pytest.mark.parametrize("outputs", [1, 4])
def test_members_of_a_family_of_squares(outputs):
    """Before one output the orthogonal group of the last hidden layer acts."""
    for n in (11, 57, 201):
        bounds = PolynomialNetwork((n, n, n, outputs), degree=2).dimension()
        assert (
            bounds.lower == bounds.upper == 2 * n * n + n * outputs - 2 * n - (n * (n - 1) // 2 if outputs == 1 else 0)
        )


def test_members_of_a_family_have_the_naive_dimension():
    """Widths that nobody looked at, one just above the first."""
    first = least_width((1, 2, 2), (3, 3))
    for n in (first, 11, 23, 57, 101):
        network = PolynomialNetwork((n, 2 * n, 2 * n, 4), degree=3)
        bounds = network.dimension()
        assert bounds.lower == bounds.upper == network.naive_dimension


def test_below_the_first_width_a_member_fails():
    assert least_width((1, 2, 2), (3, 3)) == 3
    assert not is_good(Architecture((2, 4, 4, 1), (3, 3)))


def test_a_family_without_a_first_width_in_reach():
    assert least_width((1, 2), (3,), most=8) is None


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (((1, 2), (2,), 3), "outputs"),
        (((1, 1), (3, 3)), "degrees"),
        (((1,), ()), "degrees"),
        (((0, 1), (3,)), "multipliers"),
        (((1, 1, 1), (1, 3)), "degrees"),
        (((1, 1), (3,), 0), "outputs"),
        ((1, (3,)), "multipliers"),
    ],
)
def test_what_the_theorem_does_not_speak_of_is_refused(arguments, named):
    with pytest.raises(InputError, match=named):
        least_width(*arguments)
