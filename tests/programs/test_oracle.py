"""Ranks of random programs beside real Jacobians in high precision, which share no code with ours."""

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given

from algebra.evidence.bounds import Grade
from algebra.programs import Program
from tests.programs.oracle import Oracle
from tests.programs.strategies import programs
from tests.properties import examples


def compare(described, seed=0):
    program = Program.from_json(described)
    oracle = Oracle(described, np.random.default_rng(seed))
    try:
        real = max(oracle.rank() for _ in range(2))
    except (ZeroDivisionError, OverflowError, mpmath.libmp.ComplexResult):
        assume(False)
    try:
        bounds = program.dimension(seed=seed)
    except ArithmeticError as error:
        # A constant denominator 0, say, has no value anywhere.
        assume("denominator" not in str(error))
        raise
    assert bounds.lower <= real, (described, bounds)
    assert bounds.upper is None or bounds.upper >= real, (described, bounds)
    if bounds.grade is Grade.PROVED:
        assert bounds.lower == real
    return bounds, real


@examples(150)
@given(programs(smooth=False, roots=False))
def test_rational_programs_have_their_rank(described):
    bounds, real = compare(described)
    assert bounds.lower == real


@examples(150)
@given(programs(roots=False))
def test_exponentials(described):
    compare(described)


@examples(100)
@given(programs(smooth=False))
def test_roots(described):
    compare(described)


@examples(100)
@given(programs())
def test_exponentials_and_roots(described):
    compare(described)


@examples(60)
@given(programs(smooth=False, roots=False, rectifiers=True))
def test_rectifiers_are_bounded_from_above(described):
    program = Program.from_json(described)
    try:
        real = Oracle(described, np.random.default_rng(0)).rank()
    except (ZeroDivisionError, OverflowError):
        assume(False)
    try:
        upper = program.dimension().upper
    except ArithmeticError:
        assume(False)
    assert upper is None or upper >= real


@pytest.mark.slow
@examples(3000)
@given(programs(most=10))
def test_many_programs(described):
    compare(described)
