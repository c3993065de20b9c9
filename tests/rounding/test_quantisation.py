"""What survives quantisation: the theorems behind the table, on its own objects and seeds."""

from fractions import Fraction
from random import Random

import pytest

from algebra import PolynomialNetwork
from algebra.errors import InputError
from algebra.linear import Problem, classify
from algebra.rounding import Mode, round_to_integer
from proofs_check.families import _quantised
from proofs_check.families.quantisation import BITS, OBJECTS, evaluate, instances
from tensors.convac import ConvAC, ConvLayer

WIDTHS = {"deep-linear": 3, "attention-scores": 2, "attention-matrix": 3, "convac": 4, "polynomial-jacobian": 14}


def rows_of(name, rounding="nearest_even", seed=0, bits=BITS):
    return [evaluate(instance) for instance in instances(bits, [name], rounding, seed)]


@pytest.mark.parametrize("name", WIDTHS)
@pytest.mark.parametrize(("rounding", "seed"), [("nearest_even", 0), ("stochastic", 1)])
def test_structure_survives_and_coincidence_does_not(name, rounding, seed):
    found = rows_of(name, rounding, seed, (0, 3, 16))
    for row in found:
        assert int(row["before"]) == WIDTHS[name]
        if row["rounded"] == "factors":
            assert int(row["after"]) <= WIDTHS[name]  # the theorem: the shape bounds the rank
        else:
            assert row["proved_before"] <= int(row["before"])  # what was rounded has at least this rank
    fine = {row["rounded"]: row for row in found if row["fraction_bits"] == 16}
    assert fine["factors"]["survives"]
    assert int(fine["entries"]["after"]) == min(fine["entries"]["rows"], fine["entries"]["columns"])
    assert fine["entries"]["proved_before"] == WIDTHS[name]


def test_the_objects_are_those_of_the_other_wings():
    assert int(PolynomialNetwork((3, 5, 1), degree=4).dimension()) == WIDTHS["polynomial-jacobian"]
    assert int(ConvAC(4, 3, [ConvLayer(2, 2, 2), ConvLayer(2, 2, 1)]).rank("odd-even")) == WIDTHS["convac"]


def test_derivatives_are_those_of_the_network():
    """Differences of the polynomial itself, in exact arithmetic: it is linear in the outer weights."""
    W, a = _quantised.RANKS["polynomial-jacobian"].parts(Random("any"))
    rows = _quantised._jacobian([W, a])
    for i in range(_quantised.NEURONS):
        more = [[*a[0][:i], a[0][i] + 1, *a[0][i + 1 :]]]
        # the derivatives by inner weights are linear in the outer ones, those by outer weights do not change
        changed = _quantised._jacobian([W, more])
        for row, other in zip(rows, changed, strict=True):
            inner = slice(_quantised.NEURONS + 3 * i, _quantised.NEURONS + 3 * i + 3)
            assert row[: _quantised.NEURONS] == other[: _quantised.NEURONS]
            assert [x * more[0][i] for x in row[inner]] == [x * a[0][i] for x in other[inner]]
    # Euler: the inner derivatives, times the inner weights, are r times the value of the neuron
    for row in rows:
        for i in range(_quantised.NEURONS):
            inner = row[_quantised.NEURONS + 3 * i : _quantised.NEURONS + 3 * i + 3]
            assert sum(w * d for w, d in zip(W[i], inner, strict=True)) == 4 * a[0][i] * row[i]


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("global-minimum", "global_min"), ("strict-saddle", "strict_saddle"), ("nonstrict-saddle", "nonstrict_saddle"),
     ("origin", "nonstrict_saddle")],
)  # fmt: skip
def test_critical_points(name, verdict):
    found = rows_of(name)
    assert {row["before"] for row in found} == {verdict}
    on_the_grid = name in ("nonstrict-saddle", "origin")
    assert {row["after"] for row in found} == {verdict if on_the_grid else "not_critical"}
    squares = [Fraction(row["gradient_squared"]) for row in found]
    if on_the_grid:
        assert not any(squares)
    else:
        assert sorted(squares, reverse=True) == squares


def test_a_verdict_is_that_of_the_rounded_problem():
    parts = _quantised.POINTS["global-minimum"][1]
    unit = 2**4

    def rounded(rows):
        return [[Fraction(round_to_integer(x * unit, Mode.NEAREST_EVEN), unit) for x in row] for row in rows]

    X, Y, *W = map(rounded, parts)
    problem = Problem(X, Y, W)
    (row,) = rows_of("global-minimum", bits=(4,))
    assert (row["after"], row["gradient_squared"]) == (classify(problem).verdict.value, str(problem.gradient_squared))


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ({"bits": [-1]}, "B"),
        ({"bits": [10**9]}, "B"),
        ({"objects": ["nothing"]}, "object"),
        ({"rounding": "floor"}, "rounding"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_input_is_named(given, argument):
    with pytest.raises(InputError) as failure:
        instances(**given)
    assert failure.value.argument == argument
    assert len(instances()) == len(BITS) * (len(OBJECTS) + len(WIDTHS))
