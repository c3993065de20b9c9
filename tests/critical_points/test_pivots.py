"""Pairs of layers looked at along each layer, against all pairs one by one; deep networks."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from algebra.critical_points import PointVerdict, Problem, classify, escape, quadratic_form
from algebra.critical_points.fibre import moved_off
from algebra.critical_points.pivots import are_tightened, least_collapsed, rank_steps, untightened_pivots
from algebra.exact.matrices import is_zero, trace_of_product
from tests.properties import examples


@st.composite
def problems(draw):
    """Points of up to six layers, with many zeros, critical or not; X is not zero."""
    widths = draw(st.lists(st.integers(1, 3), min_size=2, max_size=7))
    entry = draw(st.sampled_from([st.integers(-1, 2), st.sampled_from([0, 0, 0, 1])]))

    def matrix(rows, columns):
        return draw(st.lists(st.lists(entry, min_size=columns, max_size=columns), min_size=rows, max_size=rows))

    X = [[1, *row] for row in matrix(widths[0], 2)]
    weights = [matrix(after, before) for before, after in pairwise(widths)]
    return Problem(X, matrix(widths[-1], 3), weights)


@examples(150)
@given(problems())
def test_as_all_pairs_one_by_one(problem):
    p = problem.reduced
    r, depth, S_XY = p.r, p.depth, p.S_YX.transpose()
    ranks = {pair: int(p.B(*pair).rank()) for pair in p.pivots}
    least = [next((i for i in range(j + 1, depth + 1) if ranks[i, j] == r), depth + 1) for j in range(1, depth + 1)]
    assert least_collapsed(p) == least
    assert untightened_pivots(p) == tuple(pair for pair in p.pivots if ranks[pair] > r and not is_zero(p.T(*pair)))
    assert are_tightened(p) == all(r in (ranks[i, j], int((p.C(j) * S_XY * p.A(i)).rank())) for i, j in p.pivots)
    for j in range(1, depth + 1):
        steps = rank_steps(p, j, p.E.transpose())
        for i in range(j + 1, depth + 1):
            assert sum(rise for place, rise in steps.items() if place <= i) == int(p.T(i, j).rank())


@examples(80)
@given(problems(), problems())
def test_the_second_derivative_is_a_sum_over_pairs(problem, other):
    direction = [W * 0 for W in problem.W]
    for place, (W, V) in enumerate(zip(problem.W, other.W, strict=False)):
        direction[place] = V if (W.nrows(), W.ncols()) == (V.nrows(), V.ncols()) else W + W
    first = problem.R * 0
    for i, V in enumerate(direction, start=1):
        first = first + problem.A(i) * V * problem.C(i)
    expected = trace_of_product(first * problem.X, first * problem.X)
    for i, j in problem.pivots:
        inner = problem.A(i).transpose() * problem.E * problem.C(j).transpose()
        expected += 2 * trace_of_product(inner, direction[i - 1] * problem.B(i, j) * direction[j - 1])
    assert quadratic_form(problem, direction) == expected


def test_deep_points_are_decided_layer_by_layer():
    zeros = Problem([[1]], [[2]], [[[0]]] * 600)
    found = classify([[1]], [[2]], [[[0]]] * 600)
    assert found.verdict is PointVerdict.NONSTRICT_SADDLE
    there, _ = moved_off(zeros)
    assert there.R == zeros.R
    assert not there.is_critical
    assert escape(found).loss < zeros.loss
    assert classify([[1]], [[2]], [[[1]]] * 600).verdict is PointVerdict.NOT_CRITICAL
