"""Dependent activation patterns at given weights, against exact ranks, every choice of exceptions, and forgers."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from algebra.programs import Program, given_certificate, relu, traced
from algebra.programs import given as given_module
from algebra.programs.batch import Batch
from algebra.programs.given_point import GivenPoint
from algebra.programs.lowering import lowered
from algebra.programs.pattern_exceptions import few_differences, rows_of_every_basis
from algebra.programs.pattern_layers import layers
from algebra.programs.pattern_relations import relation_fields
from tests.programs.test_quiet_neurons import SHAPES, exact_rank, network
from tests.tampering import check_forged, put

PRIME = 8388593


def one_layer(inputs, neurons, biases):
    """A network with one hidden layer and one output, and its shapes."""
    if not biases:
        return traced(lambda W, V, x: V @ relu(W @ x), {"W": (neurons, inputs), "V": (1, neurons)}, {"x": (inputs,)})
    shapes = {"W": (neurons, inputs), "b": (neurons,), "V": (1, neurons), "d": (1,)}
    return traced(lambda W, b, V, d, x: V @ relu(W @ x + b) + d, shapes, {"x": (inputs,)})


def rank_by_hand(weights, data):
    """The rank over Q of the Jacobian of such a network."""
    exact = {name: np.vectorize(Fraction, otypes=[object])(array) for name, array in weights.items()}
    rows = []
    for x in np.vectorize(Fraction, otypes=[object])(data):
        z = exact["W"] @ x + exact.get("b", 0)
        above = np.array([v if each > 0 else Fraction(0) for v, each in zip(exact["V"][0], z, strict=True)])
        seen = [*x, *([1] if "b" in exact else [])]
        activations = [max(each, Fraction(0)) for each in z]
        rows.append([*np.outer(above, seen).ravel(), *activations, *([1] if "b" in exact else [])])
    return fmpq_mat([[fmpq(Fraction(x).numerator, Fraction(x).denominator) for x in row] for row in rows]).rank()


def drawn(program, numbers, samples, is_generic):
    draw = numbers.standard_normal if is_generic else lambda shape: numbers.integers(-3, 4, shape).astype(float)
    weights = {name: draw(shape) for name, shape in program.parameters.items()}
    return weights, draw((samples, *program.inputs["x"]))


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("seed", range(60))
def test_one_hidden_layer_is_exact(monkeypatch, seed, biases):
    """No vector is reconstructed: the structure alone closes the gap, from no sample to more than enough."""
    monkeypatch.setattr(given_module, "kernel_vectors", lambda *_: [])
    numbers = np.random.default_rng([seed, biases])
    program = one_layer(*(int(n) for n in numbers.integers(1, [5, 14])), biases)
    weights, data = drawn(program, numbers, int(numbers.integers(1, 70)), True)
    found = program.dimension_at(weights, {"x": data})
    assert found.bounds.lower == found.bounds.upper == rank_by_hand(weights, data)


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("seed", range(60))
def test_bounds_hold_on_special_data(seed, biases):
    """Small integers: kinks, equal samples, samples on a line; all bounds hold, and meet with reconstructed vectors."""
    numbers = np.random.default_rng([seed, biases, 1])
    program = one_layer(*(int(n) for n in numbers.integers(1, [4, 9])), biases)
    weights, data = drawn(program, numbers, int(numbers.integers(1, 30)), False)
    found = program.dimension_at(weights, {"x": data})
    assert found.bounds.lower == found.bounds.upper == rank_by_hand(weights, data)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("samples", [7, 60])
def test_two_hidden_layers_are_bounded(monkeypatch, seed, samples):
    monkeypatch.setattr(given_module, "kernel_vectors", lambda *_: [])
    numbers = np.random.default_rng([seed, samples])
    weights = {name: numbers.standard_normal(shape) for name, shape in SHAPES.items()}
    data = numbers.standard_normal((samples, 2))
    found = traced(network, SHAPES, {"x": (2,)}).dimension_at(weights, {"x": data})
    exact = {name: np.vectorize(Fraction, otypes=[object])(array) for name, array in weights.items()}
    rank = exact_rank(exact, np.vectorize(Fraction, otypes=[object])(data))
    assert found.bounds.lower == rank <= found.bounds.upper


def test_every_field_kills_the_jacobian():
    """Of two layers, where an entry of the vector in front is 0 at most samples, and of one."""
    numbers = np.random.default_rng(5)
    deep = traced(network, SHAPES, {"x": (2,)})
    for program, samples in ((deep, 40), (one_layer(2, 12, True), 30)):
        weights, data = drawn(program, numbers, samples, True)
        batch = Batch.of(lowered(program), GivenPoint.read(program, weights, {"x": data}))
        jacobian = batch.jacobian(PRIME).astype(np.int64).astype(object)
        found = [each for choice in (few_differences, rows_of_every_basis) for each in relation_fields(batch, choice)]
        assert found
        for each in found:
            assert each.values.any(axis=1).all()
            assert not (jacobian @ each.values.astype(np.int64).astype(object).T % PRIME).any()


def least_over_all_exceptions(patterns, size):
    """The least size * rank(patterns of the others) + number of exceptions, over all sets of exceptions."""
    count = len(patterns)
    values = []
    for k in range(count + 1):
        for chosen in combinations(range(count), k):
            others = np.delete(patterns, chosen, axis=0).astype(int)
            rank = fmpq_mat(others.tolist()).rank() if len(others) else 0
            values.append(size * rank + k)
    return min(values)


@pytest.mark.parametrize("seed", range(25))
def test_the_rank_is_the_minimum_over_all_exceptions(seed):
    """The theorem itself (a union of matroids), and that the exceptions found reach it."""
    numbers = np.random.default_rng([seed, 7])
    program = one_layer(int(numbers.integers(1, 4)), int(numbers.integers(2, 7)), False)
    weights, data = drawn(program, numbers, 9, True)
    batch = Batch.of(lowered(program), GivenPoint.read(program, weights, {"x": data}))
    (layer,) = layers(batch)
    size = layer.vectors.shape[1]
    least = least_over_all_exceptions(layer.patterns, size)
    assert least == batch.rank(program.count)
    exceptions = rows_of_every_basis(layer)
    if exceptions is not None:
        others = np.delete(layer.patterns, exceptions, axis=0).astype(int)
        assert size * fmpq_mat(others.tolist()).rank() + len(exceptions) == least


def test_beyond_what_is_reconstructed():
    """More than 2,000 weights: neurons that differ at few samples, and nearly dead and nearly linear ones."""
    numbers = np.random.default_rng(3)
    program = one_layer(1, 667, True)
    weights, data = drawn(program, numbers, 1000, True)
    found = program.dimension_at(weights, {"x": data})
    assert program.count == 2002
    assert found.bounds.lower == found.bounds.upper < 1000
    assert any("dependent activation patterns" in each.rule for each in found.symmetries)


def test_a_neuron_that_is_read_with_0_or_twice_is_left_alone():
    weights = {"W": [[1], [2]], "V": [[0, 1]]}
    program = one_layer(1, 2, False)
    batch = Batch.of(lowered(program), GivenPoint.read(program, weights, {"x": [[1], [2]]}))
    (layer,) = layers(batch)
    assert layer.weights.tolist() == [[1]]
    twice = traced(lambda W, V, x: V @ relu(W @ x) + relu(W @ x)[:1], {"W": (2, 1), "V": (1, 2)}, {"x": (1,)})
    batch = Batch.of(lowered(twice), GivenPoint.read(twice, weights, {"x": [[1], [2]]}))
    assert layers(batch) == []


@pytest.fixture
def counted(monkeypatch):
    """Certificates whose vectors are counted, not written down."""
    monkeypatch.setattr(given_certificate, "MOST_WRITTEN", 0)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_certificates_of_one_hidden_layer(seed, biases):
    numbers = np.random.default_rng([seed, biases, 2])
    program = one_layer(int(numbers.integers(1, 4)), int(numbers.integers(2, 12)), biases)
    weights, data = drawn(program, numbers, 30, True)
    bounds = program.dimension_at(weights, {"x": data}).bounds
    certificate = bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == certificate.claim["upper"] == bounds.upper


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("seed", range(10))
def test_certificates_of_two_hidden_layers_and_two_outputs(seed):
    numbers = np.random.default_rng([seed, 3])
    shapes = {**SHAPES, "V": (1 + seed % 2, 3), "d": (1 + seed % 2,)}
    program = traced(network, shapes, {"x": (2,)})
    weights, data = drawn(program, numbers, 25, seed % 4 > 1)
    bounds = program.dimension_at(weights, {"x": data}).bounds
    certificate = bounds.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert certificate.claim["lower"] == bounds.lower <= certificate.claim["upper"]


WEIGHTS = {"W": [[1], [1], [-1], [2], [1]], "b": [0, "1/4", 5, 9, -9], "V": [[1, -2, 3, "1/2", 1]], "d": [1]}
DATA = [[-2], [-1], ["-1/8"], ["1/3"], [1], [2], [3], [4]]
"""Two neurons that differ at one sample, two that are always active, one that never is."""


@pytest.fixture
def certificate(counted):
    found = one_layer(1, 5, True).dimension_at(WEIGHTS, {"x": DATA})
    certificate = found.bounds.certificate()
    assert certificate.document["upper"]["rule"] == "pattern-relations"
    assert certificate.claim["lower"] == certificate.claim["upper"] == 5
    assert any(relation[1] for part in certificate.document["upper"]["parts"] for relation in part["relations"])
    assert any(part["samples"] for part in certificate.document["upper"]["parts"])
    assert certificate.check().valid
    return certificate


def parts_with(*parts):
    return put("upper", "parts", [{"relations": relations, "samples": samples} for relations, samples in parts])


# Weights: W 0 to 4, b 5 to 9, V 10 to 14, d 15.
DEAD = [[[4, 1]], None, [4, 9]]
PAIR = [[[0, 1], [1, -1]], None, [0, 5]]
LINEAR = [[[2, 1], [3, -1]], None, [2, 7]]
BIAS = [[[3, -1]], [15, 1], [8]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put("upper", "parts", 3), "parts is not a list"),
        (parts_with(([], [])), "a part has no relation"),
        (parts_with(([3], [])), "a relation is no triple"),
        (parts_with(([[[], None, [4]]], [])), "a relation has no neuron"),
        (parts_with(([[[[4, 0]], None, [4]]], [])), "no weight with an integer that is not 0"),
        (parts_with(([[[[16, 1]], None, [4]]], [])), "no weight with an integer"),
        (parts_with(([[[[10, 1]], None, [10]]], [])), "a weight is in front of no rectifier"),
        (parts_with(([[[[4, 1], [9, 1]], None, [4]]], [])), "names a neuron twice"),
        (parts_with(([[[[4, 1]], None, [4, 4]]], [])), "names a weight twice, or none"),
        (parts_with(([[[[4, 1]], None, []]], [])), "names a weight twice, or none"),
        (parts_with(([[[[4, 1]], None, [3]]], [])), "none of the neuron's own"),
        (parts_with(([DEAD], [0, 0])), "a sample is excepted twice"),
        (parts_with(([DEAD], []), ([DEAD], [])), "relations are not shown to be independent"),
        (parts_with(([PAIR], [])), "a relation does not hold at a sample"),
        (parts_with(([PAIR], [3])), "a relation does not hold at a sample"),
        (parts_with(([[[[2, 1], [3, 1]], None, [2, 7]]], [])), "a relation does not hold at a sample"),
        (parts_with(([[[[3, 1]], [15, 1], [8]]], [])), "a relation does not hold at a sample"),
        (parts_with(([[[[3, -1]], [15, 1], [3, 8]]], [])), "stands beside other weights"),
        (parts_with(([[[[3, -1]], [5, 1], [8]]], [])), "a bias is not added to the form that reads the neurons"),
        (parts_with(([[[[3, -1]], [10, 1], [8]]], [])), "a bias is not added"),
        (parts_with(([DEAD], []), ([LINEAR], [])), "but the rule gives"),
        (put("claim", "upper", 4), "claim.upper is not an integer"),
        (put("claim", "values", "V", 0, 2, 0), "a neuron is read by no own weight"),
        (put("claim", "values", "b", 4, 9), "a relation does not hold at a sample"),
        (put("claim", "data", "x", 0, 0, -10), "a relation does not hold at a sample"),
        (put("upper", "columns", 0, 4), "not shown to be independent"),
    ],
)
def test_forgeries_are_refused(certificate, change, reason):
    report = check_forged(certificate, change)
    assert not report.valid
    assert any(reason in each for each in report.reasons), report.reasons


def test_what_suffices(certificate):
    """The relations by hand, the pair with its one exception, at the place where it is."""
    at = next(i for i, x in enumerate(DATA) if x == ["-1/8"])
    stated = parts_with(([DEAD, LINEAR, BIAS], []), ([PAIR], [at]))
    report = check_forged(certificate, stated)
    assert report.valid, report.reasons


def forged_program(more, outputs):
    """The same network as another program, in which something is used twice."""
    steps = [
        {"name": "h", "op": "matmul", "of": ["W", "x"]},
        {"name": "z", "op": "add", "of": ["h", "b"]},
        {"name": "a", "op": "relu", "of": ["z"]},
        {"name": "s", "op": "matmul", "of": ["V", "a"]},
        {"name": "y", "op": "add", "of": ["s", "d"]},
        *more,
    ]
    shapes = {"W": [5, 1], "b": [5], "V": [1, 5], "d": [1]}
    return {"inputs": {"x": [1]}, "parameters": shapes, "constants": {}, "steps": steps, "outputs": list(outputs)}


def at_another_program(*steps, outputs):
    def change(body):
        described = forged_program(steps, outputs)
        body["claim"] |= {"program": described, "label": Program.from_json(described).label}
        body["claim"] |= {"lower": 0, "upper": 16}
        body["lower"] = {"rule": "trivial"}
        body["upper"] |= {"fields": [], "columns": []}

    return change


@pytest.mark.parametrize(
    ("steps", "outputs", "reason"),
    [
        ([{"name": "t", "op": "sum", "of": ["a"], "axis": [0]}], ["y", "t"], "used in more than one place"),
        ([], ["y", "a"], "used in more than one place"),
        ([], ["y", "z"], "used in more than one place"),
        ([], ["y", "W"], "a neuron is named by no weight of its own"),
        ([], ["y", "V"], "a neuron is read by no own weight"),
        ([], ["y", "d"], "a bias is none of its own"),
        ([], ["y", "s"], "a bias is not added to the form that reads the neurons"),
        ([], ["a"], "a neuron is not read by one form"),
        ([{"name": "q", "op": "power", "of": ["a"], "exponent": 2}], ["q"], "a neuron is not read by one form"),
    ],
)
def test_what_is_used_twice_moves_more(certificate, steps, outputs, reason):
    report = check_forged(certificate, at_another_program(*steps, outputs=outputs))
    assert not report.valid
    assert any(reason in each for each in report.reasons), report.reasons
