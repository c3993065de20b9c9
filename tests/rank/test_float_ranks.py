from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import ctx

from algebra.errors import InputError
from algebra.rank import rank_lower_bound_balls, rank_numeric
from tests.properties import cases


def low_rank(rng, m, n, rank):
    return rng.standard_normal((m, rank)) @ rng.standard_normal((rank, n))


def test_numeric(rng):
    for m, n, rank in ((5, 5, 5), (20, 30, 7), (30, 20, 0), (1, 1, 1)):
        result = rank_numeric(low_rank(rng, m, n, rank))
        assert result.rank == rank
        assert len(result.singular_values) == min(m, n)
        assert result.gap > 1e6
        assert sum(value > result.tolerance for value in result.singular_values) == rank


def test_numeric_tolerance_is_relative():
    matrix = np.diag([100.0, 1.0, 1e-3])
    assert rank_numeric(matrix).rank == 3
    result = rank_numeric(matrix, tolerance=1e-4)
    assert (result.rank, result.tolerance) == (2, 1e-2)
    assert result.gap == pytest.approx(1000)
    assert rank_numeric(1e200 * matrix, tolerance=1e-4).rank == 2
    assert rank_numeric(matrix, tolerance=0).gap == np.inf


def test_numeric_takes_complex_and_empty():
    assert rank_numeric([[1, 1j], [1j, -1]]).rank == 1
    for shape in ((0, 0), (0, 3), (3, 0)):
        assert rank_numeric(np.zeros(shape)).rank == 0


REFUSED = [[[np.nan]], [[np.inf, 1]], [1.0, 2.0], [[1.0], [1.0, 2.0]], [["x"]], [["1.5"]], [[None]], 3.0, [[10**400]]]


@pytest.mark.parametrize("matrix", REFUSED)
def test_refused_matrices(matrix):
    for function in (rank_numeric, rank_lower_bound_balls):
        with pytest.raises(InputError, match=r"^matrix is "):
            function(matrix)


@pytest.mark.parametrize("tolerance", [-1.0, np.nan, np.inf, "x"])
def test_refused_tolerance(tolerance):
    with pytest.raises(InputError, match=r"^tolerance is "):
        rank_numeric([[1.0]], tolerance)


def test_balls_are_a_lower_bound(rng):
    for _ in cases(10):
        m, n = rng.integers(1, 12, 2)
        rank = int(rng.integers(0, min(m, n) + 1))
        matrix = low_rank(rng, int(m), int(n), rank)
        bound = rank_lower_bound_balls(matrix, radius=1e-10)
        assert bound.rank == rank  # not always, but for these
        assert len(bound.rows) == len(bound.columns) == rank
        minor = matrix[np.ix_(bound.rows, bound.columns)]
        assert rank == 0 or np.linalg.svd(minor, compute_uv=False)[-1] > 0


def test_balls_never_exceed_what_the_error_allows(rng):
    """The nearest matrix of lower rank is within the radius, so its rank must not be exceeded."""
    for _ in cases(20):
        n = int(rng.integers(2, 8))
        u, values, v = np.linalg.svd(rng.standard_normal((n, n)))
        values[-1] *= float(rng.random())
        matrix = (u * values) @ v
        last = values[-1] * np.abs(np.outer(u[:, -1], v[-1]))
        assert rank_lower_bound_balls(matrix, radius=1.001 * last).rank < n
        assert rank_lower_bound_balls(matrix, radius=float(1.001 * last.max())).rank < n


def test_balls_exact_floats_and_badly_conditioned():
    hilbert = np.array([[1 / (i + j + 1) for j in range(14)] for i in range(14)])
    assert rank_lower_bound_balls(hilbert).rank == 14
    assert rank_lower_bound_balls(hilbert, radius=1e-8).rank < 10
    assert rank_lower_bound_balls([[1e-300, 0.0], [0.0, 1e300]]).rank == 2
    assert rank_lower_bound_balls(np.ones((4, 4))).rank == 1
    for shape in ((0, 0), (0, 3), (3, 0)):
        assert rank_lower_bound_balls(np.zeros(shape)).rank == 0


def test_balls_leave_the_precision_alone():
    before = ctx.prec
    rank_lower_bound_balls([[1.0]], bits=100)
    assert ctx.prec == before


@pytest.mark.parametrize("radius", [-1.0, np.nan, np.inf, [1.0, 2.0], "x", [[1.0, -1.0]]])
def test_refused_radius(radius):
    with pytest.raises(InputError, match=r"^radius is "):
        rank_lower_bound_balls([[1.0, 2.0]], radius)


def test_other_refusals():
    with pytest.raises(InputError, match=r"^matrix is "):
        rank_lower_bound_balls([[1j]])
    for rounded in ([[2**53 + 1]], [[2**63 + 1, -1]], np.array([[2**53 + 1]]), [[Fraction(1, 3)]]):
        with pytest.raises(InputError, match="exactly"):
            rank_lower_bound_balls(rounded)
    assert rank_lower_bound_balls([[2**70, Fraction(1, 4)], [np.float32(0.1), 1]]).rank == 2
    with pytest.raises(InputError, match=r"^bits is "):
        rank_lower_bound_balls([[1.0]], bits=10)
