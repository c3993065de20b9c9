"""Evaluation and Jacobian against sympy, which knows nothing of our layouts."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from algebra import ConvolutionalNetwork, InputError, PolynomialNetwork, Rational
from algebra.evidence.evaluation import PoleError
from algebra.polynomial.evaluation import evaluate
from algebra.polynomial.jacobian import jacobian
from algebra.polynomial.layout import layout
from algebra.polynomial.symbolic import coefficient_jacobian, input_symbols, parameter_symbols, polynomials
from algebra.rank import rank_mod
from algebra.rank.field import PrimeField

NETWORKS = [
    PolynomialNetwork((2, 3, 2), degree=2),
    PolynomialNetwork((2, 2, 2, 1), degrees=(3, 2)),
    PolynomialNetwork((3, 2, 2), degree=2, biases=True),
    PolynomialNetwork((2, 3, 1), activation=Rational([1, "1/2", 0, 3])),
    PolynomialNetwork((2, 2, 2), activation=Rational([1, 2], [3, 0, 1]), biases=True),
    PolynomialNetwork((3, 2)),
    ConvolutionalNetwork((3, 2, 2), (1, 2, 1), 2),
]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.label)
def test_outputs_equal_sympy(network):
    rng = np.random.default_rng(7)
    theta = [int(v) for v in rng.integers(-9, 10, layout(network).parameters)]
    points = [[int(v) for v in rng.integers(-9, 10, network.widths[0])] for _ in range(3)]
    values = dict(zip(parameter_symbols(network), theta, strict=True))
    expected = [
        [p.subs({**values, **dict(zip(input_symbols(network), x, strict=True))}) for p in polynomials(network)]
        for x in points
    ]
    exact = evaluate(network, theta, points)
    assert [[Fraction(int(v.p), int(v.q)) for v in map(sympy.Rational, row)] for row in expected] == exact.tolist()
    floats = evaluate(network, [float(v) for v in theta], points)
    assert floats.dtype == np.float64
    np.testing.assert_allclose(floats, exact.astype(float), rtol=1e-12)
    for prime in (8388593, 2**61 - 1):
        residues = evaluate(network, theta, points, prime=prime)
        wanted = [[int(v.p) * pow(int(v.q), -1, prime) % prime for v in map(sympy.Rational, row)] for row in expected]
        assert residues.tolist() == wanted


@pytest.mark.parametrize("prime", [10007, 8388593, 2**61 - 1])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.label)
def test_jacobian_equals_sympys_gradient(network, prime):
    field, key, samples = PrimeField(prime), f"gradient {network.label}", 2
    found, owners = jacobian(network, field, key, samples).transposed(fix_gauge=False)
    assert owners.tolist() == list(range(layout(network).parameters))
    theta = field.draw(key, "weights", (layout(network).parameters,))
    x = field.draw(key, "points", (samples, network.widths[0]))
    c = field.draw(key, "covectors", (samples, network.widths[-1]))
    symbols, inputs = parameter_symbols(network), input_symbols(network)
    for t in range(samples):
        at = {**dict(zip(symbols, map(int, theta), strict=True)), **dict(zip(inputs, map(int, x[t]), strict=True))}
        output = sum(int(w) * p for w, p in zip(c[t], polynomials(network), strict=True))
        for q, symbol in enumerate(symbols):
            exact = sympy.Rational(sympy.diff(output, symbol).subs(at))
            assert int(found[q, t]) % prime == int(exact.p) * pow(int(exact.q), -1, prime) % prime


def test_the_evaluated_rank_is_that_of_the_coefficient_jacobian():
    for network in NETWORKS[:4]:
        symbols = parameter_symbols(network)
        rng = np.random.default_rng(3)
        matrix = coefficient_jacobian(network).subs(
            {s: int(v) for s, v in zip(symbols, rng.integers(1, 10**6, len(symbols)), strict=True)}
        )
        scaled = [[int(v * 2**10) for v in row] for row in matrix.tolist()]
        evaluated, _ = jacobian(network, PrimeField(8388593), "rank", network.parameters + 8).transposed()
        assert rank_mod(scaled, 2**61 - 1) == rank_mod(evaluated.astype(np.int64), 8388593) == network.dimension().lower


def test_a_pole_is_an_error_and_not_a_wrong_number():
    # z = w x and 1/z: over F_3 some weight or input vanishes soon.
    network = PolynomialNetwork((1, 3, 1), activation=Rational([1], [0, 1]))
    with pytest.raises(PoleError):
        jacobian(network, PrimeField(3), "poles", 20)


def test_the_same_key_gives_the_same_jacobian():
    network = NETWORKS[0]
    first, second = (jacobian(network, PrimeField(8388593), "key", n).transposed()[0] for n in (5, 9))
    assert (first == second[:, :5]).all()  # streams are read by position: more samples change nothing before them


@pytest.mark.parametrize(
    ("parameters", "points", "options", "argument"),
    [
        ([1, 2], [[1, 2]], {}, "parameters"),
        ([1] * 12, [[1, 2, 3]], {}, "points"),
        ([1] * 12, [1, 2], {}, "points"),
        ([1.5] * 12, [[1, 2]], {"prime": 7}, "parameters"),
        ([float("nan")] * 12, [[1, 2]], {}, "parameters"),
        (["x"] * 12, [[1, 2]], {}, "parameters"),
        ([1] * 12, [[1, 2]], {"prime": 8}, "prime"),
    ],
)
def test_bad_evaluations(parameters, points, options, argument):
    with pytest.raises(InputError) as refused:
        evaluate(PolynomialNetwork((2, 3, 2), degree=2), parameters, points, **options)
    assert refused.value.argument == argument


def test_symbolic_objects_are_refused_when_too_large():
    with pytest.raises(InputError, match="network"):
        coefficient_jacobian(PolynomialNetwork((5, 9, 9, 5), degree=3))
    with pytest.raises(InputError, match="network"):
        coefficient_jacobian(PolynomialNetwork((2, 2, 1), activation=Rational([1], [1, 1])))
