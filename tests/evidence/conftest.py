"""Certificates to tamper with."""

import copy
import json

import pytest

from algebra.evidence import checker
from algebra.polynomial.activation import Rational
from algebra.polynomial.convolution import ConvolutionalNetwork
from algebra.polynomial.network import PolynomialNetwork

NETWORKS = {
    "ambient": PolynomialNetwork((2, 3, 2, 1), degree=2),
    "one layer": PolynomialNetwork((2, 3)),
    "smallest": PolynomialNetwork((1, 1)),
    "many rules": PolynomialNetwork((2, 3, 3, 5, 4, 6, 4, 1), degree=2),
    "reduced input": PolynomialNetwork((4, 3, 2, 1), degree=2),
    "spans": PolynomialNetwork((3, 4, 2, 1), degree=2),
    "spans with biases": PolynomialNetwork((2, 3, 2, 1), degree=2, biases=True),
    "saturated with biases": PolynomialNetwork((1, 3, 1), degree=2, biases=True),
    "bottleneck": PolynomialNetwork((3, 5, 2, 3), degrees=[3, 1]),
    "bottleneck with biases": PolynomialNetwork((1, 2, 1, 4, 1), degrees=[3, 1, 2], biases=True),
    "symmetry": PolynomialNetwork((3, 5, 4), degree=2, biases=True),
    "symmetry in a part": PolynomialNetwork((3, 5, 4, 1), degree=2, biases=True),
    "sporadic": PolynomialNetwork((3, 5, 2), degree=3),
    "determinantal": PolynomialNetwork((2, 3, 4), degree=2),
    "hilbert with biases": PolynomialNetwork((1, 2, 5, 3), degree=3, biases=True),
    "hilbert": PolynomialNetwork((3, 4, 9, 12, 14, 1), degree=2),
    "exception": PolynomialNetwork((3, 5, 1), degree=4),
    "another exception": PolynomialNetwork((4, 5, 3), degree=2),
    "linear": PolynomialNetwork((6, 3, 2, 3, 7), degree=1),
    "linear with biases": PolynomialNetwork((6, 3, 2, 3, 7), degree=1, biases=True),
    "biases": PolynomialNetwork((2, 3, 2, 1), degree=2, biases=True),
    "biases, wide output": PolynomialNetwork((2, 4, 4, 5), degree=2, biases=True),
    "mixed degrees": PolynomialNetwork((3, 2, 1, 4), degrees=[3, 2]),
    "convolution": ConvolutionalNetwork([4, 3, 2], degree=3),
    "convolution with strides": ConvolutionalNetwork([2, 2, 3], [2, 3, 1], degrees=[2, 1]),
    "one filter": ConvolutionalNetwork([3]),
    "sparse": PolynomialNetwork((2, 9, 1), activation=Rational([0, 1, 0, 1])),
    "power in disguise": PolynomialNetwork((2, 3, 1), activation=Rational([0, 1, 1]), biases=True),
    "mixed activations": PolynomialNetwork((2, 2, 2, 1), activation=[Rational([0, 0, 2]), Rational([1], [1, 1])]),
    "inverse": PolynomialNetwork((2, 3, 2), activation=Rational([1], [0, 1])),
    "polynomial": PolynomialNetwork((1, 3, 2), activation=Rational([0, 1, "1/2"]), biases=True),
}


@pytest.fixture(scope="session", params=list(NETWORKS))
def network(request):
    return NETWORKS[request.param]


@pytest.fixture(scope="session")
def make():
    """Give a fresh document of a named network."""
    made = {}

    def document(name):
        if name not in made:
            made[name] = json.dumps(NETWORKS[name].dimension().certificate().document)
        return json.loads(made[name])

    return document


@pytest.fixture(scope="session")
def forge():
    """Change a document and give it a fresh digest."""

    def forged(document, change):
        document = copy.deepcopy(document)
        change(document)
        return {**document, "digest": checker.digest(document)}

    return forged
