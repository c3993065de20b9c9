"""Linear programs over Q: degenerate, infeasible and unbounded ones, with and without floats."""

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from scipy.optimize import linprog

from algebra.exact import programs
from algebra.exact.dyadic import nearest_floats
from algebra.exact.programs import is_optimal, minimum, simplex
from tests.properties import cases


def random_program(seed):
    """Few small integers: many bases are degenerate, a third of the programs has no optimum."""
    rng = np.random.default_rng(seed)
    m, n = rng.integers(1, 6), rng.integers(1, 10)
    A = fmpq_mat(rng.integers(-2, 3, (m, n)).tolist())
    inside = fmpq_mat(np.maximum(rng.integers(-2, 3, (n, 1)), 0).tolist())
    right = A * inside if seed % 2 else fmpq_mat(rng.integers(-2, 3, (m, 1)).tolist())
    costs = [fmpq(int(a), int(b)) for a, b in zip(rng.integers(-1, 5, n), rng.integers(1, 4, n), strict=True)]
    return costs, A, right


@pytest.mark.parametrize("seed", cases(60))
def test_both_ways_agree_with_floats(seed):
    costs, A, right = random_program(seed)
    cost = fmpq_mat(len(costs), 1, costs)
    found, exact = minimum(costs, A, right), simplex(cost, A, right)
    floats = linprog(nearest_floats(cost)[:, 0], A_eq=nearest_floats(A), b_eq=nearest_floats(right)[:, 0])
    assert (found is None) == (exact is None) == (floats.status != 0)
    if found is not None:
        assert is_optimal(cost, A, right, found.x, found.y)
        assert is_optimal(cost, A, right, exact.x, exact.y)
        assert found.value == exact.value
        assert floats.fun == pytest.approx(int(found.value.p) / int(found.value.q), abs=1e-7)


def test_numbers_that_floats_cannot_hold_together():
    huge = 10**40
    found = minimum([1, 1, 1], fmpq_mat([[huge, 1, 0], [0, fmpq(1, huge), 1]]), fmpq_mat([[huge + 1], [fmpq(1, huge)]]))
    assert is_optimal(
        fmpq_mat([[1]] * 3),
        fmpq_mat([[huge, 1, 0], [0, fmpq(1, huge), 1]]),
        fmpq_mat([[huge + 1], [fmpq(1, huge)]]),
        found.x,
        found.y,
    )


def test_what_floats_say_is_not_believed(monkeypatch):
    def wrong(cost, matrix, right):
        return programs._Floats([1.0] * matrix.ncols(), [7.0] * matrix.nrows(), [1.0] * matrix.ncols())

    monkeypatch.setattr(programs, "_float_solution", wrong)
    found = minimum([1, 1], fmpq_mat([[1, 2]]), fmpq_mat([[3]]))
    assert found.value == fmpq(3, 2)


def test_programs_without_rows_or_with_superfluous_ones():
    assert minimum([1, 1], fmpq_mat([[0, 0]]), fmpq_mat([[0]])).value == 0
    assert minimum([1, -1], fmpq_mat([[0, 0]]), fmpq_mat([[0]])) is None
    assert minimum([1, 1], fmpq_mat([[0, 0]]), fmpq_mat([[1]])) is None
    assert minimum([1, 1], fmpq_mat([[1, 2], [2, 4]]), fmpq_mat([[3], [6]])).value == fmpq(3, 2)
    assert minimum([1, 1], fmpq_mat([[1, 2], [2, 4]]), fmpq_mat([[3], [7]])) is None
