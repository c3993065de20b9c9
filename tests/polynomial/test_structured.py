"""Jacobians that are eliminated output by output: equal to dense ones, never above the dimension, certified."""

from random import Random

import numpy as np
import pytest

from algebra import PolynomialNetwork, Rational
from algebra.errors import InputError
from algebra.evidence.evaluation import quick_trial
from algebra.evidence.generic_rank import RankEvidence
from algebra.polynomial import dimension as dimension_module
from algebra.polynomial.dimension import DimensionQuestion, best_upper_bound, first_evaluations
from algebra.polynomial.layout import layout
from algebra.polynomial.structured import LEVELS, StructuredEvaluation, has_level, special_weights
from algebra.rank.echelon import Echelon
from algebra.rank.field import PrimeField
from algebra.rank.modular_rank import rank_mod
from tests.properties import cases
from tests.tampering import check_forged

P = 8388593

SMALL = [
    ((4, 6, 6, 2), 3, False),
    ((6, 8, 8, 3), 2, False),
    ((5, 8, 8, 4), 3, True),
    ((3, 4, 5, 6, 3), 2, False),
    ((4, 5, 6, 3), 2, True),
    ((3, 3, 4, 2), 2, False),
    ((5, 9, 3), 3, False),
    ((3, 2, 4), 3, False),
]
WITH_LEVELS = [
    (PolynomialNetwork(widths, degree, biases=biases), level)
    for widths, degree, biases in SMALL
    for level in LEVELS
    if has_level(PolynomialNetwork(widths, degree, biases=biases), level)
]


def dense_rank(network, level, rng):
    """The rank of the whole Jacobian at weights of a level, with plenty of points for each output, by FLINT."""
    field, plan = PrimeField(P), layout(network)
    drawn = field.residues(rng.integers(0, P, plan.parameters).astype(float))
    theta = [int(x) for x in special_weights(plan, field, drawn, level)]
    weights, shifts, start = [], [], 0
    for before, after in zip(network.widths, network.widths[1:], strict=False):
        middle = start + before * after
        weights.append(np.array(theta[start:middle], object).reshape(after, before))
        start = middle + network.biases * after
        shifts.append(np.array(theta[middle:start] or [0] * after, object))

    degree, outputs = network.degrees[0], network.widths[-1]
    rows = []
    for k in range(outputs):
        for _ in range(network.parameters // outputs + 40):
            values, slopes = [rng.integers(0, P, network.widths[0]).astype(object)], []
            for w, shift in zip(weights[:-1], shifts, strict=False):
                z = (w @ values[-1] + shift) % P
                values.append(np.array([pow(int(x), degree, P) for x in z], object))
                slopes.append(np.array([degree * pow(int(x), degree - 1, P) for x in z], object))
            adjoint = np.array([int(i == k) for i in range(outputs)], object)
            gradient = []
            for layer in reversed(range(len(weights))):
                gradient += [*np.outer(adjoint, values[layer]).ravel(), *(adjoint if network.biases else [])]
                if layer:
                    adjoint = (weights[layer].T @ adjoint) * slopes[layer - 1] % P
            rows.append([int(x) % P for x in gradient])
    return rank_mod(rows, P)


@pytest.mark.parametrize(("network", "level"), WITH_LEVELS)
def test_the_rank_is_that_of_the_dense_matrix_at_such_weights(network, level, rng):
    """With more samples than are needed, and no stop at the upper bound."""
    evaluation = StructuredEvaluation(network, level)
    found = evaluation.at(PrimeField(P), "a key", network.parameters + 40, 1).rank(10**6)
    assert found == dense_rank(network, level, rng)


@pytest.mark.parametrize("number", cases(25))
def test_level_0_loses_nothing_and_no_level_is_above(number):
    random = Random(number)
    depth = random.randint(2, 4)
    widths = [random.randint(1, 7) for _ in range(depth)] + [random.randint(2, 5)]
    degrees = [random.randint(1, 4) for _ in range(depth - 1)]
    network = PolynomialNetwork(widths, degrees=degrees, biases=random.random() < 0.3)
    true = network.dimension()
    for level in LEVELS:
        if has_level(network, level):
            rank = quick_trial(StructuredEvaluation(network, level), best_upper_bound(network).value, number, 0).rank
            assert rank <= true.lower
            assert level or rank == true.lower


def test_other_activations_do_as_well():
    network = PolynomialNetwork((3, 5, 4, 3), activation=Rational([1, 2, 0, 1], [1, 1]))
    true = int(network.dimension())
    assert quick_trial(StructuredEvaluation(network, 0), true, 0, 0).rank == true


def test_squares_with_many_outputs_are_proved_at_level_0():
    bounds = PolynomialNetwork((8, 35, 35, 35), degree=2).dimension()
    assert (bounds.value, bounds.lower_by, bounds.evidence.lower.evaluation.level) == (2450, "structured-minor", 0)
    assert bounds.certificate().check().valid


def test_saturated_layers_are_proved_at_level_2():
    bounds = PolynomialNetwork((3, 24, 24, 24, 3), degree=6).dimension()
    assert bounds.lower_by == "structured-minor"
    assert bounds.evidence.lower.evaluation.level == 2
    assert bounds.grade.value == "proved"


def test_where_special_weights_fall_short_general_ones_decide(monkeypatch):
    """Squares at level 2 lose the rotations of two neurons of one output; nothing is lost but the time."""
    network = PolynomialNetwork((10, 20, 20, 10), degree=2)
    short = [StructuredEvaluation(network, 2), *first_evaluations(network, 760)]
    monkeypatch.setattr(dimension_module, "first_evaluations", lambda network, goal: short)
    monkeypatch.setattr(dimension_module, "block_bound", lambda a, seed: None)
    bounds = network.dimension()
    assert (bounds.value, bounds.evidence.lower.evaluation.level, bounds.evidence.trials) == (760, 0, 2)


def certificate_of(network, level):
    """The certificate of the lower bound that a level gives."""
    seen = quick_trial(StructuredEvaluation(network, level), best_upper_bound(network).value, 0, 0)
    return RankEvidence(DimensionQuestion(network), seen, None, 0).certificate()


@pytest.mark.parametrize(("network", "level"), WITH_LEVELS)
def test_certificates_are_accepted(network, level):
    certificate = certificate_of(network, level)
    report = certificate.check()
    assert report.valid, report.reasons
    if level == 2 and len(network.widths) == 4 and not network.biases:
        # The first layer is local as well: there is a minor for each output, and nothing else.
        assert certificate.document["lower"]["rest"] == [[], []]


def lower(change):
    """Return a change of the lower bound."""
    return lambda document: change(document["lower"])


def repeat(name, side):
    """Say one sample or parameter of a minor of the first output twice."""
    return lower(lambda body: body["outputs"][0][side].__setitem__(0, body["outputs"][0][side][1]))


def swap_outputs(body):
    body["outputs"][0], body["outputs"][1] = body["outputs"][1], body["outputs"][0]


def steal(body):
    """Give a parameter of the second output to the first, with a sample of its own."""
    body["outputs"][0][0].append(max(body["outputs"][0][0]) + 50)
    body["outputs"][0][1].append(body["outputs"][1][1].pop())
    body["outputs"][1][0].pop()


FORGERIES = {
    "one more": lambda d: d["claim"].update(lower=d["claim"]["lower"] + 1),
    "another key": lower(lambda body: body.update(key="another", prime=3)),
    "another level": lower(lambda body: body.update(level=2)),
    "a level that there is not": lower(lambda body: body.update(level=3)),
    "a sample twice": repeat("sample", 0),
    "a parameter twice": repeat("parameter", 1),
    "minors of other outputs": lower(swap_outputs),
    "a parameter that another output sees": lower(steal),
    "one output less": lower(lambda body: body["outputs"].pop()),
    "a row more than columns": lower(lambda body: body["rest"][0].append([0, 999])),
    "a sample of no output": lower(lambda body: body["rest"][0].__setitem__(0, [7, 0])),
    "a global parameter among the local": lower(
        lambda body: (body["outputs"][0][1].append(body["rest"][1].pop()), body["outputs"][0][0].append(
            body["rest"][0].pop()[1] + 60))
    ),
    "an unknown field": lower(lambda body: body.update(note="")),
    "a composite modulus": lower(lambda body: body.update(prime=4)),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_minors_are_refused(name):
    report = check_forged(certificate_of(PolynomialNetwork((6, 8, 8, 3), 2), 0), FORGERIES[name])
    assert not report.valid


def test_many_outputs_without_minors_are_paid_for():
    def empty(document):
        widths = [1, 2, 100_000]
        document["claim"].update(lower=0, label="pnn:1-2-100000:r2", network={**NETWORK, "widths": widths})
        document["lower"].update(outputs=[[[], []]] * 100_000, rest=[[], []], level=0)

    certificate = certificate_of(PolynomialNetwork((2, 2, 2), 2), 0)
    NETWORK = certificate.document["claim"]["network"]
    report = check_forged(certificate, empty)
    assert not report.valid
    assert "too large" in report.reasons[0]


def test_relations_of_an_echelon_form():
    form = Echelon(4, 7)
    form.add(np.array([[0.0, 2, 1, 3], [0, 0, 1, 1]]))
    pivots, others, rest = form.relations()
    assert sorted(pivots) == [1, 2]
    rows = np.zeros((2, 4))
    rows[:, pivots], rows[:, others] = np.eye(2), rest
    assert rank_mod([[0, 2, 1, 3], [0, 0, 1, 1], *rows.astype(int).tolist()], 7) == 2
    full = Echelon(4, 7, capacity=1)
    full.add(np.ones((1, 4)))
    with pytest.raises(InputError, match="capacity"):
        full.relations()
