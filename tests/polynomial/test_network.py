"""Networks: what they refuse, what they count, how they are called."""

import json

import pytest

from algebra import ConvolutionalNetwork, InputError, PolynomialNetwork, Rational


@pytest.mark.parametrize(
    ("widths", "options", "argument"),
    [
        ((), {"degree": 2}, "widths"),
        ((3,), {"degree": 2}, "widths"),
        ((2, 0, 1), {"degree": 2}, "widths"),
        ((2, -3, 1), {"degree": 2}, "widths"),
        ((2, 2.5, 1), {"degree": 2}, "widths"),
        ((2, True, 1), {"degree": 2}, "widths"),
        ("2 3 1", {"degree": 2}, "widths"),
        (7, {"degree": 2}, "widths"),
        ((2, 3, 1), {"degree": 0}, "degree"),
        ((2, 3, 1), {"degree": 1.5}, "degree"),
        ((2, 3, 1), {}, "degree"),
        ((2, 3, 1), {"degrees": [2, 2]}, "degrees"),
        ((2, 3, 1), {"degrees": 2}, "degrees"),
        ((2, 3, 1), {"degree": 2, "degrees": [2]}, "degrees"),
        ((2, 3, 1), {"degree": 2, "biases": 1}, "biases"),
        ((2, 3, 1), {"activation": [2]}, "activation"),
    ],
)
def test_bad_input_names_the_argument(widths, options, argument):
    with pytest.raises(InputError) as refused:
        PolynomialNetwork(widths, **options)
    assert refused.value.argument == argument
    assert str(refused.value).startswith(argument)


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        (([],), "filters"),
        (([2, 0], [1, 1], 2), "filters"),
        ((3, [1], 2), "filters"),
        (([2, 2], [1], 2), "strides"),
        (([2, 2], [1, 0], 2), "strides"),
        (([2, 2], [1, 1]), "degree"),
    ],
)
def test_bad_convolutions(arguments, argument):
    with pytest.raises(InputError) as refused:
        ConvolutionalNetwork(*arguments)
    assert refused.value.argument == argument


@pytest.mark.parametrize("coefficients", [([0.5, 1],), ([1], [0]), ([3],), ([1, 1], [2, 2]), (["1/0"],), ([None, 1],)])
def test_bad_activations(coefficients):
    with pytest.raises(InputError):
        Rational(*coefficients)


def test_quantities_of_a_small_network():
    network = PolynomialNetwork((2, 3, 2, 1), degree=2)
    assert network.parameters == 14
    assert network.gauge_dimension == 5
    assert network.naive_dimension == 9
    assert network.ambient_dimension == 5
    assert network.expected_dimension == 5
    assert network.output_degree == 4
    assert PolynomialNetwork((2, 3, 2, 1), degree=2, biases=True).ambient_dimension == 15


def test_labels_are_distinct_and_stable():
    networks = {
        "pnn:2-3-2-1:r2": PolynomialNetwork((2, 3, 2, 1), degree=2),
        "pnn:2-3-2-1:r2,3": PolynomialNetwork((2, 3, 2, 1), degrees=(2, 3)),
        "pnn:2-3-2-1:r2:b": PolynomialNetwork((2, 3, 2, 1), degree=2, biases=True),
        "pnn:4-3": PolynomialNetwork((4, 3)),
        "pnn:2-3-1:a0,1,1/2": PolynomialNetwork((2, 3, 1), activation=Rational([0, 1, "1/2"])),
        "cnn:k3-2:s1-2:r2": ConvolutionalNetwork((3, 2), (1, 2), 2),
    }
    assert {network.label for network in networks.values()} == set(networks)
    for label, network in networks.items():
        assert network.label == label


def test_a_monomial_activation_is_a_power():
    assert PolynomialNetwork((2, 3, 1), activation=Rational([0, 0, 5])) == PolynomialNetwork((2, 3, 1), degree=2)


def test_networks_are_values():
    assert len({PolynomialNetwork((2, 3, 1), 2), PolynomialNetwork([2, 3, 1], degrees=[2])}) == 1
    assert "PolynomialNetwork" in repr(PolynomialNetwork((2, 3, 1), 2))
    assert "2 → 3 → 1" in PolynomialNetwork((2, 3, 1), 2)._repr_html_()


@pytest.mark.parametrize("biases", [False, True])
def test_ambient_dimension_of_sparse_activations_counts_the_monomials(biases):
    from sympy import Poly, expand

    from algebra.polynomial.symbolic import input_symbols

    network = PolynomialNetwork((1 + (not biases), 2, 1), activation=Rational([0, 1, 0, 2]), biases=biases)
    monomials = Poly(expand(network.polynomials()[0]), *input_symbols(network)).monoms()
    assert network.ambient_dimension == len(monomials)


@pytest.mark.parametrize(
    "network",
    [
        PolynomialNetwork((2, 3, 2, 1), degree=2),
        PolynomialNetwork((2, 3, 2, 1), degrees=[2, 3], biases=True),
        PolynomialNetwork((4, 3)),
        PolynomialNetwork((2, 3, 1), activation=Rational([0, 1, "1/2"], [1, 1])),
        PolynomialNetwork((2, 2, 2, 1), activation=[Rational([0, 0, 2]), Rational([1], [1, 1])], biases=True),
        ConvolutionalNetwork([4, 3, 2], [1, 2, 1], degrees=[2, 3]),
        ConvolutionalNetwork([4]),
    ],
    ids=lambda network: network.label,
)
def test_json_round_trip(network):
    again = type(network).from_json(json.loads(json.dumps(network.to_json())))
    assert again == network
    assert type(again) is type(network)


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ({"degree": 2}, "widths"),
        ({"widths": [2, 3, 1], "degree": 2, "degrees": [2]}, "degrees"),
        ({"widths": "2-3-1", "degree": 2}, "widths"),
        ({"widths": [2, 3, 1], "activation": "relu"}, "activation"),
        ({"widths": [2, 3, 1], "depth": 2}, "depth"),
    ],
)
def test_bad_objects_are_refused(given, argument):
    with pytest.raises(InputError) as caught:
        PolynomialNetwork.from_json(given)
    assert caught.value.argument == argument
