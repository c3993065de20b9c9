"""What is computed for a given embedding: closed forms, linear programs and the lasso, beside slow oracles."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.exact.matrices import rational_matrix
from tensors.clustering import (
    low_rank_minimum,
    nuclear_norm,
    recovery,
    ridge_coefficients,
    shape_interaction,
    sparse_expression,
    subspace_report,
)
from tensors.clustering.closed_forms import is_block_diagonal, ridge_minimum
from tensors.clustering.sparse import lasso_minimum
from tests.clustering.oracle import best_of_embedding
from tests.properties import examples

# subspace_clustering, section 5: independent planes in Q^4, and two planes in Q^3 that meet in a line
A = [[1, 0, 1, 2, 0, 0, 0], [0, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0, 1], [0, 0, 0, 0, 0, 1, 1]]
B = [[1, 0, 1, 2, 1, 0, 1], [0, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1, 2]]
LABELS = [0, 0, 0, 0, 1, 1, 1]


def texts(values):
    return ["-" if value is None else str(value) for value in values]


def test_independent_planes():
    Q = shape_interaction(A) * 3
    first = [[1, -1, 0, 1], [-1, 2, 1, 0], [0, 1, 1, 1], [1, 0, 1, 2]]
    second = [[2, -1, 1], [-1, 2, 1], [1, 1, 2]]
    assert [[int(Q[i, j]) for j in range(4)] for i in range(4)] == first
    assert [[int(Q[i, j]) for j in range(4, 7)] for i in range(4, 7)] == second
    found = subspace_report(A, LABELS)
    assert found.subspaces.are_independent
    assert found.is_block_diagonal
    assert found.is_expressible
    assert texts(each.best.value for each in found.sparse) == ["1", "2", "1", "2", "2", "2", "2"]
    assert all(each.best.value == each.own.value and each.margin == 1 for each in found.sparse)


def test_planes_that_meet():
    found = subspace_report(B, LABELS)
    assert (found.subspaces.total, dict(found.subspaces.ranks)) == (3, {0: 2, 1: 2})
    assert found.subspaces.meets == ((0, 1, 1),)
    assert not found.is_block_diagonal
    assert str(shape_interaction(B)[0, 4]) == "1/7"
    assert texts(each.best.value for each in found.sparse) == ["1", "2", "1", "2", "1", "1", "2"]
    assert texts(each.own.value for each in found.sparse) == ["1", "2", "1", "2", "2", "2", "2"]
    assert texts(each.margin for each in found.sparse) == ["1/2", "1/2", "1", "1/2", "-", "-", "1"]
    assert [each.is_preserved for each in found.sparse] == [True, True, True, True, False, False, True]


def test_orthogonal_planes_that_are_not_enough_for_ridge():
    slanted = [[1, 0, 1], [0, 1, 1]]
    labels = [0, 0, 1]
    assert not subspace_report(slanted, labels).are_orthogonal
    independent = [[1, 1], [0, 1]]
    report = subspace_report(independent, [0, 1])
    assert (report.is_block_diagonal, report.are_orthogonal) == (True, False)
    assert not is_block_diagonal(ridge_coefficients(independent, 1, is_free=True), [0, 1])


def test_points_alone_and_points_that_are_zero():
    found = recovery([[1, 0, 0], [0, 1, 0]], [0, 1, 1])
    assert [each.best is None for each in found] == [True, True, False]
    assert found[2].best.value == 0
    assert found[2].is_preserved
    assert sparse_expression([[3]], 0) is None
    assert sparse_expression([[0]], 0).value == 0


def test_duplicates_are_found():
    assert subspace_report([[1, 2, -1, 0, 0]], [0, 0, 1, 1, 1]).duplicates == ((0, 2),)


@st.composite
def points(draw, most=7):
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, most))
    entry = st.integers(-3, 3)
    return draw(st.lists(st.lists(entry, min_size=columns, max_size=columns), min_size=rows, max_size=rows))


@examples(40)
@given(points(), st.fractions(Fraction(1, 5), 4, max_denominator=9), st.booleans())
def test_closed_forms_have_the_least_value(Z, lam, is_free):
    matrix = fmpq_mat(Z)
    C = ridge_coefficients(Z, lam, is_free)
    floats = np.array(Z, float)
    numbers = np.array([[float(Fraction(int(c.p), int(c.q))) for c in row] for row in C.table()])
    residual = floats - floats @ numbers
    value = (residual**2).sum() / 2 + float(lam) / 2 * (numbers**2).sum()
    assert float(ridge_minimum(matrix, lam, is_free)) == pytest.approx(value, abs=1e-9)
    assert value == pytest.approx(best_of_embedding(floats, float(lam), "square", is_free), abs=1e-9)
    lower, upper = low_rank_minimum(matrix, lam)
    assert lower <= upper <= lower + Fraction(1, 2**90)
    assert float(lower) == pytest.approx(best_of_embedding(floats, float(lam), "nuclear", True), abs=1e-9)


@examples(30)
@given(points(5), st.fractions(Fraction(1, 5), 4, max_denominator=9), st.booleans())
def test_the_lasso_is_that_of_coordinate_descent(Z, lam, is_free):
    found = lasso_minimum(fmpq_mat(Z), lam, is_free)
    assert found is not None
    floats = best_of_embedding(np.array(Z, float), float(lam), "l1", is_free)
    assert float(found[0]) <= floats + 1e-9

    # Coordinate descent may be slow; the conditions of Karush, Kuhn and Tucker say that nothing is below.
    value, C = found
    matrix = fmpq_mat(Z)
    slopes = matrix.transpose() * (matrix - matrix * C)
    for i in range(C.nrows()):
        for j in range(C.ncols()):
            c, slope = C[i, j], slopes[i, j]
            if i == j and not is_free:
                assert c == 0
            else:
                assert abs(slope) <= exactly(lam)
                assert c == 0 or slope == (exactly(lam) if c > 0 else -exactly(lam))
    residual = matrix - matrix * C
    squares = sum(x * x for x in residual.entries()) / 2
    assert exactly(value) == squares + exactly(lam) * sum(abs(c) for c in C.entries())


def exactly(x):
    return fmpq(x.numerator, x.denominator)


@examples(30)
@given(points())
def test_sparse_expressions_prove_themselves(Z):
    matrix = fmpq_mat(Z)
    columns = [[Fraction(int(x.p), int(x.q)) for x in row] for row in matrix.transpose().table()]
    for j, z in enumerate(columns):
        found = sparse_expression(Z, j)
        rest = [each for i, each in enumerate(columns) if i != j]
        if found is None:
            assert matrix.rank() > (rational_matrix("rest", rest).rank() if rest else 0)
            continue
        assert found.coefficients[j] == 0
        for k, entry in enumerate(z):
            assert sum(c * column[k] for c, column in zip(found.coefficients, columns, strict=True)) == entry
        assert sum(map(abs, found.coefficients)) == found.value
        assert sum(x * y for x, y in zip(z, found.dual, strict=True)) == found.value
        assert all(abs(sum(x * y for x, y in zip(each, found.dual, strict=True))) <= 1 for each in rest)


@examples(30)
@given(points(4))
def test_nuclear_norms_are_enclosed(rows):
    lower, upper = nuclear_norm(fmpq_mat(rows))
    assert upper - lower <= Fraction(1, 2**90)
    assert float(upper) == pytest.approx(np.linalg.norm(np.array(rows, float), "nuc"), abs=1e-9)


@examples(20)
@given(points(), st.integers(0, 10**6))
def test_signs_and_order_of_points_change_nothing(Z, seed):
    rng = np.random.default_rng(seed)
    N = len(Z[0])
    labels = rng.integers(0, 2, N)
    order, signs = rng.permutation(N), rng.choice([-1, 1], N)
    moved = [[int(signs[j]) * row[j] for j in order] for row in Z]
    before, after = recovery(Z, list(labels)), recovery(moved, [labels[j] for j in order])
    for place, j in enumerate(order):
        one, other = before[j], after[place]
        assert (one.best is None, one.margin) == (other.best is None, other.margin)
        assert one.best is None or one.best.value == other.best.value
        assert (one.is_preserved, one.is_preserved_by_some) == (other.is_preserved, other.is_preserved_by_some)


def test_too_many_points_are_refused_before_the_work():
    with pytest.raises(InputError, match=r"Z is 'a matrix of shape \(1, 201\)'.*take a sample"):
        subspace_report([[1] * 201], [0] * 201)


@pytest.mark.parametrize(
    ("Z", "labels", "message"),
    [
        ([[1.5, 1]], [0, 0], r"Z\[0\]\[0\] is 1.5"),
        ([[1, 1], [1]], [0, 0], "Z is"),
        ([[1, 1]], [0], "labels is 'a list of 1'"),
        ([[1, 1]], "ab", "labels is 'ab'"),
        ([[1, 1]], [[0], [1]], "labels"),
    ],
)
def test_bad_points_are_refused(Z, labels, message):
    with pytest.raises(InputError, match=message):
        subspace_report(Z, labels)
