"""Roots of numbers and of weights alone: for some of them the residues have no root."""

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.evidence import Grade
from algebra.evidence.checker.limits import Refused
from algebra.evidence.checker.programs_constants import check_constant_exponents
from algebra.evidence.checker.programs_reading import read_program
from algebra.programs import exp, relu, softmax, sqrt, traced
from algebra.programs.certified_minors import moduli_of_roots
from algebra.programs.sampling import is_square
from algebra.random_words import residues
from algebra.rank.field import prime_field
from tests.tampering import check_forged, put


def number(array, value):
    return sqrt(array.trace.constant(value))


@pytest.mark.parametrize("value", [1, 2, 3, 5, 6, 7, 11, 185, "2/3"])
def test_constant_exponents(value):
    """The factor is a number above 0, and the dimension that of w x."""
    bounds = traced(lambda w, x: (w @ x) * exp(number(w, value)), {"w": (1, 2)}, {"x": (2,)}).dimension()
    assert (bounds.lower, bounds.upper, bounds.grade) == (2, 2, Grade.PROVED)


@pytest.mark.parametrize("value", [2, 3, 5, 6, 7])
def test_logits_over_the_root_of_a_head_size(value):
    def network(Q, K, x):
        return softmax((K @ x).T @ (Q @ x[:, :1]) / number(x, value), 0)

    bounds = traced(network, {"Q": (1, 2), "K": (1, 2)}, {"x": (2, 3)}).dimension()
    assert (bounds.lower, bounds.upper) == (3, 3)


@pytest.mark.parametrize(("a", "b"), [(4, 5), (2, 3), (3, 7), (5, 9)])
def test_relations_between_constant_exponents(a, b):
    """exp(u) exp(v) = exp(u + v): the function is 0 for all weights, whatever is recognised from residues."""

    def network(w, x):
        return w * (exp(number(w, a)) * exp(number(w, b)) - exp(number(w, a) + number(w, b))) * x

    assert traced(network, {"w": ()}, {"x": ()}).dimension().lower == 0


def test_constant_exponents_that_are_independent():
    """Modulo a prime all are multiples of one another; only the signs of roots tell them apart."""

    def network(u, v, w, x):
        golden = (number(u, 5) + 1) / 2
        return u * exp(golden * x) + v * exp(number(u, 5) * x) + w * exp(x)

    bounds = traced(network, {"u": (), "v": (), "w": ()}, {"x": ()}).dimension()
    assert (bounds.lower, bounds.upper) == (3, 3)


def test_products_of_constant_exponentials():
    """Three functions of two inputs, with the factors e^sqrt(2), e^(1 - sqrt(2)) and e: the third is their product."""

    def network(u, v, x, y):
        first, second = exp(number(u, 2)), exp(1 - number(u, 2))
        return u * first * x + v * second * y + u * v * exp(u.trace.constant(1)) * x * y

    bounds = traced(network, {"u": (), "v": ()}, {"x": (), "y": ()}).dimension()
    assert (bounds.lower, bounds.upper) == (2, 2)
    # (u a)(v b) - u v e is 0 with these factors
    zero = traced(
        lambda u, v, x: ((u * exp(number(u, 2))) * (v * exp(1 - number(u, 2))) - u * v * exp(u.trace.constant(1))) * x,
        {"u": (), "v": ()},
        {"x": ()},
    )
    assert zero.dimension().lower == 0


def test_what_transcendence_theory_does_not_know():
    """Whether e and e^e are algebraically independent is open; roots of too many numbers are left alone."""
    tower = traced(lambda w, x: w * exp(exp(w.trace.constant(1))) * x, {"w": ()}, {"x": ()})
    assert (tower.dimension().lower, tower.dimension().upper) == (0, 1)
    primes = (2, 3, 5, 7, 11, 13, 17)
    many = traced(lambda w, x: w * exp(sum(number(w, p) for p in primes)) * x, {"w": ()}, {"x": ()})
    assert (many.dimension().lower, many.dimension().upper) == (0, 1)


def test_the_function_is_constant():
    bounds = traced(lambda w, x: exp(sqrt(w.trace.constant(185))), {"w": (2,)}, {"x": (2,)}).dimension()
    assert bounds.value == 0


@pytest.mark.parametrize("seed", range(4))
def test_a_root_of_weights_behind_a_rectifier(seed):
    """Its argument stands there once for every sample, the weights once for all."""

    def network(w, x):
        return sqrt(relu(2 * w) * relu(2 * w) + 1) * x

    bounds = traced(network, {"w": (2,)}, {"x": (2,)}).dimension(seed=seed)
    assert (bounds.value, bounds.grade) == (2, Grade.PROVED)


def logits(Q, K, u, v, x):
    """Logits over the square root of a head size, and exponentials of numbers that are independent of 1."""
    z = (K @ x).T @ (Q @ x[:, :1]) / number(x, 3)
    return softmax(z, 0) * (u * exp(number(x, 2)) + v * exp(number(x, 2) * number(x, 3) * 2 + 1) * x[:1, :1])


@pytest.fixture(scope="module")
def certificate():
    shapes = {"Q": (1, 2), "K": (1, 2), "u": (), "v": ()}
    bounds = traced(logits, shapes, {"x": (2, 3)}).dimension()
    found = bounds.certificate()
    report = found.check()
    assert report.valid, report.reasons
    assert found.claim["lower"] == bounds.lower == 5
    assert found.document["lower"]["numbers"]
    return found


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put("lower", "numbers", [3, 5]), "no unit"),
        (put("lower", "numbers", [5]), "not an odd modulus for every root"),
        (put("lower", "numbers", [5, 8]), "not an odd modulus for every root"),
        (put("lower", "numbers", [5, 5]), "not shown to be independent"),
        (put("lower", "numbers", None), "not a list"),
        (lambda body: body["lower"].pop("numbers"), "lacks numbers"),
        (put("lower", "prime", 8388587), "square root is not there"),
    ],
)
def test_forged_roots_of_numbers_are_refused(certificate, change, reason):
    report = check_forged(certificate, change)
    assert any(reason in each for each in report.reasons), report.reasons


def of_constants(first, second):
    """Two exponentials of numbers, each with a weight and an input of its own."""
    return traced(
        lambda u, v, x, y: u * exp(first(u)) * x + v * exp(second(u)) * y, {"u": (), "v": ()}, {"x": (), "y": ()}
    )


def test_constant_exponents_in_certificates():
    for first, second in (
        (lambda u: number(u, 2), lambda u: number(u, 3)),
        (lambda u: number(u, 2), lambda u: (number(u, 2) + 1) ** 2),
        (lambda u: number(u, 5) ** 3, lambda u: u.trace.constant(1)),
    ):
        found = of_constants(first, second).dimension().certificate()
        assert found.claim["lower"] == 2
        report = found.check()
        assert report.valid, report.reasons


def test_false_claims_on_constant_exponents_are_refused():
    """One is three times the other; 1 / sqrt(2) is written as no polynomial in roots."""
    program = of_constants(lambda u: number(u, 2) * 3, lambda u: number(u, 2)).to_json()
    with pytest.raises(Refused, match="not seen to be independent"):
        check_constant_exponents(read_program(program))
    inverse = of_constants(lambda u: 1 / number(u, 2), lambda u: u.trace.constant(1)).to_json()
    with pytest.raises(Refused, match="no polynomial in roots"):
        check_constant_exponents(read_program(inverse))


def test_moduli_of_dependent_roots():
    with pytest.raises(InputError, match="such roots of numbers"):
        moduli_of_roots([2, 3, 6])


@pytest.mark.parametrize("prime", [8388617, 1_000_000_007, 2**61 - 1, 2**63 - 25])
def test_squares_and_inverses_modulo_large_primes(prime):
    field = prime_field(prime)
    values = np.array([[0, 1, prime - 1, 4], [*residues("k", "values", 0, 4, 1, prime)]], object)
    euler = [[pow(x, (prime - 1) // 2, prime) == 1 for x in row] for row in values.tolist()]
    assert is_square(field, values).tolist() == euler
    assert (field.inverse(values) * values % prime).tolist() == [[int(x != 0) for x in row] for row in values.tolist()]
    assert is_square(field, values[:0]).shape == (0, 4)
