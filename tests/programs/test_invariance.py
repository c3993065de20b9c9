"""The dimension does not depend on names, on the order of steps, or on how a network is written."""

import random
from itertools import pairwise

import pytest
from hypothesis import assume, given

from algebra import PolynomialNetwork
from algebra.errors import InputError
from algebra.programs import Program, dimension_of, exp, relu, sigmoid, silu, softmax, sqrt, tanh, traced
from tensors.attention import AttentionNetwork
from tests.programs.strategies import programs
from tests.properties import examples


def renamed(described, seed):
    """Give every array another name, and put steps that do not need each other into another order."""
    order = list(range(len(described["steps"])))
    random.Random(seed).shuffle(order)
    known = {*described["inputs"], *described["parameters"], *described["constants"]}
    steps, left = [], [described["steps"][i] for i in order]
    while left:
        step = next(step for step in left if set(step["of"]) <= known)
        left.remove(step)
        steps.append(step)
        known.add(step["name"])
    new = {name: f"array {i}" for i, name in enumerate(sorted(known))}
    return {
        **{kind: {new[n]: v for n, v in described[kind].items()} for kind in ("inputs", "parameters", "constants")},
        "steps": [{**step, "name": new[step["name"]], "of": [new[n] for n in step["of"]]} for step in steps],
        "outputs": [new[name] for name in described["outputs"]],
    }


@examples(60)
@given(programs())
def test_names_and_order(described):
    try:
        bounds = Program.from_json(described).dimension()
    except InputError:
        assume(False)
    other = Program.from_json(renamed(described, 1)).dimension()
    assert (bounds.lower, bounds.upper) == (other.lower, other.upper)


@pytest.mark.parametrize(
    ("widths", "degree"), [((2, 3, 2, 1), 2), ((3, 5, 4), 2), ((2, 2, 3, 2), 3), ((3, 4, 4, 1), 2)]
)
@pytest.mark.parametrize("biases", [False, True])
def test_polynomial_networks(widths, degree, biases):
    def network(x, **w):
        for i in range(len(widths) - 1):
            x = w[f"W{i}"] @ x + (w[f"b{i}"] if biases else 0)
            x = x**degree if i < len(widths) - 2 else x
        return x

    shapes = {f"W{i}": (b, a) for i, (a, b) in enumerate(pairwise(widths))}
    if biases:
        shapes |= {f"b{i}": (b, 1) for i, b in enumerate(widths[1:])}
    found = dimension_of(network, shapes, {"x": (widths[0], 1)})
    own = PolynomialNetwork(widths, degree, biases=biases).dimension()
    assert found.lower == own.lower
    assert own.upper <= found.upper


@pytest.mark.parametrize("kind", ["lightning", "softmax"])
@pytest.mark.parametrize(("widths", "head", "tokens"), [((3, 2), 2, 3), ((2, 3), 1, 2), ((3, 2, 2), 1, 2)])
def test_attention(kind, widths, head, tokens):
    def network(x, **w):
        for i in range(len(widths) - 1):
            scores = (w[f"K{i}"] @ x).T @ (w[f"Q{i}"] @ x)
            x = (w[f"V{i}"] @ x) @ (softmax(scores, 0) if kind == "softmax" else scores)
        return x

    shapes = {}
    for i, (before, after) in enumerate(pairwise(widths)):
        shapes |= {f"K{i}": (head, before), f"Q{i}": (head, before), f"V{i}": (after, before)}
    found = dimension_of(network, shapes, {"x": (widths[0], tokens)})
    own = AttentionNetwork(widths, head, kind=kind, tokens=tokens).dimension()
    assert found.lower == own.lower
    assert own.upper <= found.upper


def test_one_function_written_in_several_ways():
    shapes, inputs = {"W": (3, 2), "V": (2, 3)}, {"x": (2, 1)}
    ways = [
        lambda W, V, x: V @ sigmoid(W @ x),
        lambda W, V, x: V @ (1 / (1 + exp(-(W @ x)))),
        lambda W, V, x: V @ (exp(W @ x) / (1 + exp(W @ x))),
        lambda W, V, x: V @ ((tanh((W @ x) * "1/2") + 1) * "1/2"),
    ]
    assert {dimension_of(way, shapes, inputs).lower for way in ways} == {12}
    assert dimension_of(lambda W, V, x: V @ silu(W @ x), shapes, inputs).lower == 12
    assert dimension_of(lambda W, V, x: V @ relu(W @ x), shapes, inputs).lower == 9


def test_roots_that_depend_are_not_taken_for_independent():
    shapes, inputs = {"a": (), "b": ()}, {"x": ()}
    # sqrt(u) sqrt(v) = sqrt(u v): the function is 0 for all weights
    zero = dimension_of(
        lambda a, b, x: sqrt(a * a + x * x + 1) * sqrt(b * b + 1) - sqrt((a * a + x * x + 1) * (b * b + 1)),
        shapes,
        inputs,
    )
    assert zero.lower == 0
    twice = dimension_of(lambda a, b, x: a * sqrt(x * x + 1) + b * sqrt(4 * x * x + 4), shapes, inputs)
    assert twice.lower <= 1


def test_a_constant_denominator_of_0_is_named():
    steps = [
        {"name": "r", "op": "reciprocal", "of": ["c"]},
        {"name": "y", "op": "multiply", "of": ["r", "w"]},
        {"name": "z", "op": "add", "of": ["w", "x"]},
    ]
    shapes = {"inputs": {"x": []}, "parameters": {"w": [2]}, "constants": {"c": [1, 0]}, "steps": steps}
    with pytest.raises(InputError, match="a denominator that is not 0"):
        Program.from_json({**shapes, "outputs": ["y"]}).dimension()
    assert Program.from_json({**shapes, "outputs": ["z"]}).dimension() == 2


def test_powers_of_the_input_are_no_network():
    """W x^2 has the dimension of W: the recognition of polynomial networks starts with a linear map."""
    program = traced(lambda W, x: W @ x**2, {"W": (2, 4)}, {"x": (4, 1)})
    assert str(program.dimension()) == "8 (proved)"
