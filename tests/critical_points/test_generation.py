"""Generated critical points against the exact classification, the exact Hessian and slow second opinions."""

import random
from fractions import Fraction
from itertools import combinations

import pytest
import sympy
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from algebra.critical_points import (
    Problem,
    class_table,
    classify,
    conjectural_inertia,
    critical_classes,
    critical_point,
    critical_points,
    data_with_singular_values,
    hessian_inertia,
    minimum_loss,
    sampled_points,
    singular_structure,
)
from algebra.critical_points.classes.data import invertible_matrix, rational_orthogonal
from algebra.critical_points.classes.enumeration import hidden_chains
from algebra.critical_points.classes.generation import product_ranks
from algebra.errors import InputError
from algebra.exact.matrices import identity
from tests.critical_points.points import loss_of
from tests.properties import examples

I2 = [[1, 0], [0, 1]]
CASES = [
    ((2, 2), (2, 1)),
    ((2, 2, 2), (2, 1)),
    ((2, 2, 2, 2), (2, 1)),
    ((2, 2, 2, 2), (1, 1)),
    ((2, 2, 2, 2), (1, 0)),
    ((2, 2, 2, 2), (0, 0)),
    ((3, 2, 2), (2, 1)),
    ((2, 2, 3), (2, 0)),
    ((3, 1, 3), (2, 2, 1)),
    ((2, 1, 1, 2), (2, 1)),
    ((3, 2, 3, 2), (2, 1)),
    ((2, 2, 2, 2, 2), (2, 1)),
    ((1, 2, 1, 1), (1,)),
    ((3, 2, 2, 3), (2, 2, 0)),
    ((1, 1, 1, 1, 1), (1,)),
]


def fraction(value):
    return Fraction(int(value.p), int(value.q))


def agrees_with_the_exact_path(point):
    expected, problem = point.expected, point.problem
    found = classify(problem)
    assert found.verdict.value == expected.verdict
    assert (problem.r, problem.k) == (expected.rank, expected.largest_rank)
    assert fraction(problem.loss) == expected.loss
    if expected.minimum_loss is not None:
        assert minimum_loss(problem).fields() == str(expected.minimum_loss)
    assert conjectural_inertia(problem).fields() == expected.inertia
    if found.untightened is not None:
        assert set(found.untightened) == set(expected.untightened)


@pytest.mark.parametrize(("widths", "values"), CASES)
def test_every_class_against_the_classification_and_the_exact_hessian(widths, values):
    data = data_with_singular_values(values, widths[0], widths[-1], samples=widths[0] + 1, seed=3)
    for number, point in enumerate(critical_points(widths, data.X, data.Y, limit=60)):
        agrees_with_the_exact_path(point)
        if number % 4 == 0:
            inertia = hessian_inertia(point.problem).fields()
            assert inertia == point.expected.inertia
            assert (inertia["neg"] > 0) == (point.expected.verdict == "strict_saddle")
            assert (
                loss_of(point.problem.X.table(), point.problem.Y.table(), [w.table() for w in point.problem.W])
                == point.expected.loss
            )


def test_all_verdicts_and_exotic_saddles_occur():
    data = data_with_singular_values((1, 0), 2, 2)
    classes = list(critical_classes((2, 2, 2, 2), singular_structure(data.X, data.Y)))
    assert {c.verdict for c in classes} == {"global_min", "strict_saddle", "nonstrict_saddle"}
    assert any(c.is_exotic for c in classes)


@examples(25)
@given(data=st.data())
def test_any_small_architecture(data):
    widths = tuple(data.draw(st.lists(st.integers(1, 3), min_size=2, max_size=5), label="widths"))
    count = min(widths[0], widths[-1])
    values = data.draw(st.lists(st.sampled_from([0, 1, 2, Fraction(1, 2)]), min_size=count, max_size=count))
    seed = data.draw(st.integers(0, 99))
    made = data_with_singular_values(values, widths[0], widths[-1], samples=widths[0] + seed % 2, seed=seed)
    classes = list(critical_classes(widths, singular_structure(made.X, made.Y), limit=40))
    agrees_with_the_exact_path(critical_point(data.draw(st.sampled_from(classes)), seed=seed))


@pytest.mark.parametrize(
    "X",
    [
        [[1, 0, 1], [2, 0, 2], [0, 1, 1]],  # rank 2, three inputs
        [[1], [2], [3]],  # fewer samples than inputs
        [[0, 0, 0], [1, 2, 3], [0, 0, 1]],  # an input that is always zero
        [[0, 0], [0, 0], [0, 0]],
    ],
)
def test_deficient_data(X):
    Y = [[2, 1, 0][: len(X[0])], [0, 1, 1][: len(X[0])]]
    points = list(critical_points((3, 2, 2, 2), X, Y, limit=40, seed=5))
    assert points
    for point in points:
        agrees_with_the_exact_path(point)
        assert hessian_inertia(point.problem).fields() == point.expected.inertia


def test_irrational_directions_come_whole():
    X, Y = identity(3), [[1, 1, 0], [1, 2, 0], [0, 0, 1]]
    structure = singular_structure(X, Y)
    assert [d.size for d in structure.directions] == [2, 1]
    largest = (7 + 3 * 5**0.5) / 2
    assert abs(float(structure.spectrum[0].ball(64).mid()) - largest) < 1e-12
    assert [e.rational for e in structure.spectrum] == [None, 1, None]
    points = list(critical_points((3, 2, 3, 3), X, Y))
    assert {p.expected.kept for p in points} == {(), (0,), (1,)}
    for point in points:
        agrees_with_the_exact_path(point)
    # Of rank 2 with singular values 2.6 and 0.4: the direction of value 1 was left out.
    assert {p.expected.verdict for p in points if p.expected.kept == (0,)} == {"strict_saddle"}


def test_repeated_irrational_factor_splits_into_orthogonal_blocks():
    block = fmpq_mat([[1, 1], [1, 2]])
    Y = fmpq_mat(4, 4)
    for i in range(2):
        for j in range(2):
            Y[i, j] = Y[2 + i, 2 + j] = block[i, j]
    structure = singular_structure(identity(4), Y)
    assert [d.size for d in structure.directions] == [2, 2]
    first, second = (d.left for d in structure.directions)
    assert not any((first.transpose() * second).entries())
    for point in critical_points((4, 2, 4), identity(4), Y):
        agrees_with_the_exact_path(point)


def test_sampled_points_are_critical_and_their_class_agrees_with_the_hessian():
    data = data_with_singular_values((2, 1, 1), 3, 3, seed=2)
    verdicts = set()
    for problem in sampled_points((3, 2, 3, 3), data.X, data.Y, count=25, seed=4):
        assert problem.is_critical
        verdict = classify(problem).verdict.value
        verdicts.add(verdict)
        assert (hessian_inertia(problem).neg > 0) == (verdict == "strict_saddle")
        assert (minimum_loss(problem).fields() == str(problem.loss)) == (verdict == "global_min")
    assert len(verdicts) >= 2


def test_seed_decides_everything_and_the_plain_form_is_equivalent():
    data = data_with_singular_values((2, 1), 2, 2, seed=1)
    classes = list(critical_classes((2, 3, 2, 2), singular_structure(data.X, data.Y)))
    for expected in classes[::5]:
        plain, hidden, again = (critical_point(expected, seed).problem for seed in (None, 8, 8))
        assert hidden == again
        assert plain.R == hidden.R
        assert product_ranks(plain) == product_ranks(hidden)


def test_classes_are_distinct_under_rank_invariants():
    data = data_with_singular_values((2, 1), 2, 2, seed=1)
    points = list(critical_points((2, 2, 2, 2), data.X, data.Y))
    keys = {
        (
            p.expected.kept,
            *product_ranks(p.problem).values(),
            *(int(p.problem.T(i, j).rank()) for i, j in p.problem.pivots),
        )
        for p in points
    }
    seen = {(p.expected.kept, p.expected.pairs, p.expected.hidden) for p in points}
    assert len(seen) == len(points)
    assert len(keys) > len(points) / 2


@given(st.lists(st.integers(0, 3), max_size=3))
def test_hidden_chains_fill_the_layers_exactly(capacity):
    found = list(hidden_chains(capacity))
    assert len(found) == len(set(found))
    for chains in found:
        assert [sum(s <= h <= e for s, e in chains) for h in range(1, len(capacity) + 1)] == capacity


def test_number_of_hidden_chains_by_brute_force():
    # Pairs of layers of width 2: chains (1,1), (2,2), (1,2); as many long ones as fit.
    assert len(list(hidden_chains([2, 2]))) == 3
    brute = 0
    for n12 in range(3):
        for n23 in range(3):
            for n13 in range(3):
                fits = n12 + n13 <= 2 and n12 + n23 + n13 <= 2 and n23 + n13 <= 2
                brute += fits
    assert len(list(hidden_chains([2, 2, 2]))) == brute


def test_one_class_for_each_subset_of_a_shallow_network():
    data = data_with_singular_values((3, 2, 1), 3, 3)
    classes = list(critical_classes((3, 2, 3), singular_structure(data.X, data.Y)))
    assert [c.kept for c in classes] == [s for n in range(3) for s in combinations(range(3), n)]


@given(size=st.integers(0, 4), seed=st.integers(0, 50))
def test_orthogonal_and_invertible_matrices(size, seed):
    q = rational_orthogonal(size, random.Random(seed))
    assert q * q.transpose() == identity(size)
    if size:
        assert abs(invertible_matrix(size, random.Random(seed)).det()) == 1


@examples(10)
@given(values=st.lists(st.sampled_from([0, 1, 2, 3]), min_size=2, max_size=2), seed=st.integers(0, 99))
def test_data_have_the_singular_values_by_sympy(values, seed):
    data = data_with_singular_values(values, 3, 2, samples=4, seed=seed)
    X, Y = (sympy.Matrix(m.nrows(), m.ncols(), [sympy.Rational(str(e)) for e in m.entries()]) for m in (data.X, data.Y))
    best = Y * X.T * (X * X.T).inv() * X
    roots = (best * best.T).eigenvals()
    assert sorted(r for r, n in roots.items() for _ in range(n)) == sorted(v * v for v in values)
    assert sum(e * e for e in Y - best) / 2 == sympy.Rational(data.residual.numerator, data.residual.denominator)


def test_table_of_a_small_architecture():
    rows = class_table((2, 2, 2, 2), I2, [[2, 0], [0, 1]])
    assert sum(row.classes for row in rows) == len(
        list(critical_classes((2, 2, 2, 2), singular_structure(I2, [[2, 0], [0, 1]])))
    )
    best = [row for row in rows if row.verdict == "global_min"]
    assert [(row.S, row.loss, row.neg, row.zero, row.pos) for row in best] == [((1, 2), 0, 0, 8, 4)]
    # e, e, 2e is non-strict with inertia 0/9/3; 0, 0, 0 with 0/12/0; 0, I, 0 is strict with 4/4/4.
    found = {(row.S, row.verdict, row.neg, row.zero, row.pos) for row in rows}
    assert {
        ((1,), "nonstrict_saddle", 0, 9, 3),
        ((), "nonstrict_saddle", 0, 12, 0),
        ((), "strict_saddle", 4, 4, 4),
    } <= found
    for row in rows:
        assert classify(row.example).verdict.value == row.verdict


def test_a_wrong_weight_is_noticed():
    data = data_with_singular_values((2, 1), 2, 2)
    point = next(p for p in critical_points((2, 2, 2), data.X, data.Y) if p.expected.verdict == "global_min")
    doubled = Problem(point.problem.X, point.problem.Y, (point.problem.W[0] * fmpq(2), point.problem.W[1]))
    assert classify(doubled).verdict.value == "not_critical"


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: data_with_singular_values([1], 2, 2), "singular_values"),
        (lambda: data_with_singular_values([1, -1], 2, 2), "singular_values"),
        (lambda: data_with_singular_values([1, 0.5], 2, 2), "singular_values"),
        (lambda: data_with_singular_values([1, 2], 2, 2, samples=1), "samples"),
        (lambda: data_with_singular_values([], 0, 2), "inputs"),
        (lambda: singular_structure(I2, [[1, 0, 0]]), "Y"),
        (lambda: singular_structure([[1, sympy.sqrt(2)]], [[1, 2]]), "X"),
        (lambda: singular_structure([[1, 0.5]], [[1, 2]]), "X[0][1]"),
        (lambda: critical_points((3, 2), I2, I2), "widths"),
        (lambda: critical_points((2, 0, 2), I2, I2), "widths"),
        (lambda: critical_points((2,), I2, I2), "widths"),
        (lambda: critical_points((2, 2), I2, I2, limit=0), "limit"),
        (lambda: sampled_points((2, 2), I2, I2, count=1), "widths"),
        (lambda: sampled_points((2, 2, 2), I2, I2, count=-1), "count"),
    ],
)
def test_bad_input_is_refused_at_once(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
