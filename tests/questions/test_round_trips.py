"""What a file describes can be written down again: from_json and to_json are inverse."""

import json

import pytest

from algebra import ConvolutionalNetwork, PolynomialNetwork, Rational
from tensors.attention import AttentionNetwork
from tensors.convac import ConvAC, ConvLayer
from tensors.networks import FactorGraph

OBJECTS = [
    PolynomialNetwork((2, 3, 1), degree=2),
    PolynomialNetwork((2, 4, 3, 1), degrees=[2, 3], biases=True),
    PolynomialNetwork((2, 3, 1), activation=Rational([0, 1, "1/2"], [1, "2/3"])),
    PolynomialNetwork((2, 3)),
    ConvolutionalNetwork([4, 3, 2], [2, 1, 1], degree=3),
    AttentionNetwork((5, 3), 2, kind="softmax", tokens=3),
    AttentionNetwork((3, 3, 3), (1, 2), (2, 1), kind="polynomial", score_power=2, tokens=2),
    AttentionNetwork((3, 3), 2, kind="lightning", tokens=3, causal=True, residual=True),
    ConvAC((4, 4), 2, [ConvLayer((3, 3), (1, 1), 2, "same", "sliding"), ConvLayer((4, 4), (4, 4), 1)], output="single"),
    FactorGraph((4, 4, 2), 2, ((0, 2), (1, 2))),
    FactorGraph((4, 4, 2), 2, ((0, 2), (1, 2)), ((0, 1),)),
]


@pytest.mark.parametrize("given", OBJECTS, ids=lambda given: given.label)
def test_the_same_object_again(given):
    again = type(given).from_json(json.loads(json.dumps(given.to_json())))
    assert again == given
    assert again.label == given.label
