"""Exponentials at given weights: powers of one transcendental number, against ranks in 150 digits."""

import re

import mpmath
import numpy as np
import pytest
from hypothesis import given

from algebra.errors import InputError
from algebra.programs import Program, exp, relu, silu, softmax, sqrt, traced
from tests.programs.test_given_certificates import given_programs
from tests.properties import examples
from tests.tampering import check_forged, put

SHAPES = {"Q": (1, 2), "K": (1, 2), "V": (2, 2), "A": (2, 2), "a": (2, 1), "B": (1, 2)}


def attention(Q, K, V, A, a, B, x):
    """One head with residual connection, and a network with rectifiers behind it."""
    y = x + V @ x @ softmax((K @ x).T @ (Q @ x), 0)
    return B @ relu(A @ y + a)


def gated(G, U, D, x):
    return D @ (silu(G @ x) * relu(U @ x))


GATED = {"G": (2, 2), "U": (2, 2), "D": (1, 2)}


def drawn(shapes, inputs, samples, seed):
    numbers = np.random.default_rng(seed)
    weights = {name: np.round(numbers.standard_normal(shape) * 8) / 8 for name, shape in shapes.items()}
    return weights, np.round(numbers.standard_normal((samples, *inputs)) * 8) / 8


def value(name, w, x):
    """The outputs in mpmath, written by hand."""
    m = {key: mpmath.matrix(array) for key, array in w.items()}
    x = mpmath.matrix(x)
    if name == "gated":
        g, u = m["G"] * x, m["U"] * x
        hidden = mpmath.matrix([g[i] / (1 + mpmath.exp(-g[i])) * max(u[i], 0) for i in range(2)])
        return [(m["D"] * hidden)[0]]
    scores = (m["K"] * x).T * (m["Q"] * x)
    powers = scores.apply(mpmath.exp)
    shares = mpmath.matrix(2, 2)
    for i in range(2):
        for j in range(2):
            shares[i, j] = powers[i, j] / (powers[0, j] + powers[1, j])
    y = x + m["V"] * x * shares
    return [
        sum(m["B"][0, k] * max(m["A"][k, 0] * y[0, j] + m["A"][k, 1] * y[1, j] + m["a"][k, 0], 0) for k in range(2))
        for j in range(2)
    ]


def rank_by_differences(name, weights, data):
    """The rank of central differences with steps of 10^-50, in 150 digits."""
    with mpmath.workdps(150):
        step = mpmath.mpf(10) ** -50
        exact = {key: [[mpmath.mpf(c) for c in row] for row in array.tolist()] for key, array in weights.items()}
        columns = []
        for rows in exact.values():
            for row in rows:
                for k, c in enumerate(row):
                    ends = []
                    for moved in (c + step, c - step):
                        row[k] = moved
                        ends.append([v for x in data.tolist() for v in value(name, exact, x)])
                    row[k] = c
                    columns.append([(a - b) / (2 * step) for a, b in zip(*ends, strict=True)])
        singular = mpmath.svd_r(mpmath.matrix(columns), compute_uv=False)
        return sum(each > mpmath.mpf(10) ** -40 for each in singular)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("name", "run", "shapes", "inputs", "samples"),
    [
        ("attention", attention, SHAPES, (2, 2), 12),
        ("attention", attention, SHAPES, (2, 2), 3),
        ("gated", gated, GATED, (2, 1), 14),
    ],
)
def test_against_differences_in_many_digits(name, run, shapes, inputs, samples, seed):
    weights, data = drawn(shapes, inputs, samples, seed)
    found = traced(run, shapes, {"x": inputs}).dimension_at(weights, {"x": data})
    assert found.bounds.lower == rank_by_differences(name, weights, data) <= found.bounds.upper
    certificate = found.bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == found.bounds.lower <= found.bounds.upper <= certificate.claim["upper"]


def test_both_bounds_meet():
    """As many as for almost all weights: enough samples, and each neuron is active at some."""
    shapes = {"Q": (2, 2), "K": (2, 2), "V": (2, 2), "A": (3, 2), "a": (3, 1), "B": (1, 3)}
    numbers = np.random.default_rng(0)
    program = traced(attention, shapes, {"x": (2, 2)})
    weights = {name: numbers.standard_normal(shape) for name, shape in shapes.items()}
    found = program.dimension_at(weights, {"x": numbers.standard_normal((30, 2, 2))})
    assert found.bounds.lower == found.bounds.upper == program.dimension() == 17
    assert found.patterns > 1
    assert found.bounds.certificate().check().valid


def test_equal_exponents_are_one_power():
    """exp(w x) and exp(u x) at w = u have the same gradients up to place: v and t are seen through one number each."""
    program = traced(lambda w, u, v, t, x: v * exp(w * x) + t * exp(u * x), dict.fromkeys("wuvt", ()), {"x": ()})
    weights = {"w": "1/3", "u": "1/3", "v": 2, "t": 5}
    assert program.dimension_at(weights, {"x": [1, 2, 3, "1/2", 7]}).bounds.lower == 2
    assert program.dimension_at({**weights, "u": "1/7"}, {"x": [1, 2, 3, "1/2", 7]}).bounds == 4


def test_a_kink_before_an_exponential_is_exact():
    program = traced(lambda w, v, x: v * exp(relu(w * x)), {"w": (), "v": ()}, {"x": ()})
    found = program.dimension_at({"w": "1/3", "v": 1}, {"x": [0, 1, -1, 2]})
    assert [kink.sample for kink in found.kinks] == [0]
    assert found.bounds == 2


def test_a_sign_that_is_not_decided_is_named():
    """Behind exponentials nothing is guessed: exp(x) - exp(x) is 0, and no interval says so."""
    program = traced(lambda w, u, v, x: v * relu(exp(w * x) - exp(u * x)), dict.fromkeys("wuv", ()), {"x": ()})
    found = program.dimension_at({"w": 1, "u": 2, "v": 1}, {"x": [1, -1]})
    assert found.bounds.lower == 1
    with pytest.raises(InputError, match=r"at sample 0.*not decided"):
        program.dimension_at({"w": 1, "u": 1, "v": 1}, {"x": ["1/3", "1/7"]})


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (lambda w, x: exp(exp(w * x)), "an exponential behind another"),
        (lambda w, x: x / (exp(w * x) + 1), "a division behind an exponential"),
        (lambda w, x: sqrt(w * w + x * x), "a square root"),
    ],
)
def test_what_is_refused_by_name(run, reason):
    program = traced(run, {"w": ()}, {"x": ()})
    with pytest.raises(InputError, match=reason):
        program.dimension_at({"w": 1}, {"x": [1]})


def test_a_denominator_before_an_exponential_that_vanishes():
    program = traced(lambda w, x: exp(w / x), {"w": ()}, {"x": ()})
    with pytest.raises(InputError, match="no denominator vanishes"):
        program.dimension_at({"w": 1}, {"x": [1, 0]})
    assert program.dimension_at({"w": 1}, {"x": [1, 3]}).bounds == 1


@given(given_programs(smooth=True))
@examples(40)
def test_random_programs(case):
    described, values, data = case
    try:
        bounds = Program.from_json(described).dimension_at(values, data).bounds
    except InputError:  # exponentials behind exponentials, divisions behind them, signs that are not decided
        return
    certificate = bounds.certificate()
    report = certificate.check()
    assert report.valid or "not decided" in str(report.reasons), report.reasons
    assert certificate.claim["lower"] == bounds.lower <= bounds.upper <= certificate.claim["upper"]


@pytest.fixture(scope="module")
def certificate():
    weights, data = drawn(SHAPES, (2, 2), 12, 0)
    found = traced(attention, SHAPES, {"x": (2, 2)}).dimension_at(weights, {"x": data})
    certificate = found.bounds.certificate()
    assert certificate.check().valid
    assert certificate.document["upper"]["fields"]
    return certificate


def with_a_vector(body):
    upper = body["upper"]
    more = next(q for q in range(14) if q not in upper["columns"])
    upper["vectors"].append([[more, 1]])
    upper["columns"].append(more)


def by_relations(body):
    body["upper"] |= {"rule": "pattern-relations", "parts": [], "vectors": [], "fields": [], "columns": []}


def without_base(body):
    del body["lower"]["base"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put("lower", "base", 0), "base is not an integer"),
        (put("lower", "common", 1), "an exponent is no multiple of the fraction"),
        (put("lower", "common", "1"), "common is not an integer"),
        (without_base, "unknown fields|base"),
        (with_a_vector, "not shown to be independent|vectors are followed through rational values only"),
        (by_relations, "relations are looked at in rational values only"),
        (put("claim", "values", "B", [[0, 0]]), "the minor of the lower bound vanishes"),
    ],
)
def test_forgeries_are_refused(certificate, change, reason):
    report = check_forged(certificate, change)
    assert not report.valid
    assert any(re.search(reason, each) for each in report.reasons), report.reasons
