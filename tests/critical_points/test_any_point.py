"""`classify` of whatever is given: exact numbers, floats, trained networks; and its answer in one sentence."""

import json

import numpy as np
import pytest

import rankcert as rc
from algebra.critical_points import TrainedProblem, classify_exactly, critical_points, data_with_singular_values
from algebra.critical_points.classification import PointVerdict
from algebra.critical_points.files import read_npz
from algebra.exact.dyadic import nearest_floats
from algebra.exact.numbers import to_fraction

EYE, DIAGONAL = np.eye(2), np.diag([2.0, 1.0])
POINT = [[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[1, 0], [0, 0]], [[2, 0], [0, 0]]]


class Tensor:
    """What is read of a tensor of torch: it leaves the graph of gradients and the device, and becomes float64."""

    def __init__(self, rows, steps=()):
        self.rows, self.steps = rows, steps

    def __array__(self, dtype=None, copy=None):
        if self.steps != ("detach", "cpu", "double"):
            raise TypeError("Can't call numpy() on Tensor that requires grad.")
        return np.array(self.rows, dtype=dtype)


for _step in ("detach", "cpu", "double"):
    setattr(Tensor, _step, lambda self, _step=_step: Tensor(self.rows, (*self.steps, _step)))


class Linear:
    """A module of torch with a weight, or without anything."""

    def __init__(self, weight=None, **others):
        self.state = {} if weight is None else {"weight": Tensor(weight), **others}

    def children(self):
        return iter(())


class ReLU(Linear):
    pass


class Sequential:
    def __init__(self, *layers):
        self.layers = layers

    def children(self):
        return iter(self.layers)

    def modules(self):
        return iter((self, *self.layers))

    def state_dict(self):
        return {f"{i}.{name}": w for i, layer in enumerate(self.layers) for name, w in layer.state.items()}


def trained(steps=4000):
    """Return data and weights in float32 that gradient descent brought near a global minimum."""
    rng = np.random.default_rng(1)
    X, truth = rng.standard_normal((3, 20)), rng.standard_normal((2, 3))
    Y = truth @ X + 0.1 * rng.standard_normal((2, 20))
    first, second = rng.standard_normal((4, 3)) / 2, rng.standard_normal((2, 4)) / 2
    for _ in range(steps):
        error = (second @ first @ X - Y) @ X.T
        first, second = first - 0.01 * second.T @ error, second - 0.01 * error @ first.T
    return [matrix.astype(np.float32) for matrix in (X, Y, first, second)]


def test_exact_numbers_are_classified_exactly():
    assert rc.classify(*POINT) == rc.classify(rc.Problem(*POINT)) == classify_exactly(rc.Problem(*POINT))
    assert rc.classify(*POINT).verdict is PointVerdict.STRICT_SADDLE


def test_trained_weights_lead_to_the_global_minimum():
    X, Y, *W = trained()
    found = rc.classify(X, Y, W)
    assert (found.verdict, found.grade) == (PointVerdict.NOT_CRITICAL, rc.Grade.PROVED)
    near = found.nearby
    assert (near.verdict, near.grade, near.steps) == (PointVerdict.GLOBAL_MIN, rc.Grade.NUMERIC, 1)
    assert near.moved < 1e-5
    assert near.gap.upper < 1e-20
    assert near.moved == pytest.approx(found.newton_distance)
    least = to_fraction(rc.minimum_loss(rc.Problem.from_floats(X, Y, W)).lower)
    gap = 0.5 * np.sum((near.W[1] @ near.W[0] @ X - Y.astype(float)) ** 2) - float(least)
    assert abs(gap) < 1e-12
    assert found.answer.startswith("not critical as it stands (proved); one Newton step of length ")
    assert " leads to a global minimum (numeric), gap below " in found.answer
    assert repr(found) == f"NumericClassification({found.answer})"


def test_a_tolerance_judges_the_point_where_it_stands():
    X, Y, *W = trained()
    found = rc.classify(X, Y, W, tolerance=1e-4)
    assert found.verdict is PointVerdict.NOT_CRITICAL
    assert found.nearby.steps == 0
    assert found.nearby.verdict is PointVerdict.GLOBAL_MIN
    assert "; up to the tolerance 0.0001 it is a global minimum (numeric)" in found.answer


def test_an_accuracy_leaves_it_open():
    X, Y, *W = trained()
    found = rc.classify(X, Y, W, accuracy=1e-6)
    assert found.answer.startswith(
        "critical or not is open within the accuracy, where every critical point is a global"
    )


@pytest.mark.parametrize("seed", range(3))
def test_what_is_near_agrees_with_the_exact_class(seed):
    """Every class of critical points of a small network, disturbed a little: the walk leads back to its kind."""
    data = data_with_singular_values((2, 1), 2, 2, samples=3, seed=5)
    rng = np.random.default_rng(seed)
    for point in critical_points((2, 2, 2), data.X, data.Y, limit=8):
        X, Y, *W = map(nearest_floats, (point.problem.X, point.problem.Y, *point.problem.W))
        found = rc.classify(X, Y, [w + 1e-7 * rng.standard_normal(w.shape) for w in W])
        assert found.verdict is PointVerdict.NOT_CRITICAL
        assert found.nearby is not None
        assert found.nearby.verdict is classify_exactly(point.problem).verdict
        assert found.nearby.moved < 1e-5


def test_far_from_every_critical_point_nothing_is_said_of_one():
    rng = np.random.default_rng(0)
    found = rc.classify(EYE, DIAGONAL, [rng.standard_normal((2, 2)), rng.standard_normal((2, 2))])
    assert found.nearby is None
    assert found.answer == "not critical as it stands (proved); Newton steps reach no critical point nearby"


def test_large_networks_are_not_walked():
    X = np.random.default_rng(0).standard_normal((25, 30))
    found = rc.classify(X, 2 * X, [np.eye(25)])
    assert found.answer == "not critical as it stands (proved); no Newton steps are taken with more than 600 weights"


def test_floats_that_are_critical_are_said_to_be():
    assert rc.classify(EYE, DIAGONAL, [EYE, DIAGONAL]).answer == (
        "global minimum (proved) for exactly the floats, as rationals"
    )


def test_a_module_of_torch_and_its_state_dict():
    X, Y, first, second = trained()
    model = Sequential(Linear(first), Linear(second))
    problem = rc.Problem.from_torch(model, Tensor(X.T), Tensor(Y.T))
    assert isinstance(problem, TrainedProblem)
    assert problem == rc.Problem.from_floats(X, Y, [first, second])
    assert problem == rc.Problem.from_torch(model.state_dict(), X.T, Y.T)
    assert rc.classify(problem).answer == rc.classify(X, Y, [first, second]).answer
    assert rc.classify(Tensor(X), Y, [Tensor(first), second]).answer == rc.classify(problem).answer
    assert [w.tolist() for w in problem.floats[2]] == [first.tolist(), second.tolist()]
    assert len(repr(problem)) < 100


def test_an_archive_of_a_state_dict(tmp_path):
    X, Y, first, second = trained()
    path = tmp_path / "state.npz"
    np.savez(path, X=X.T, Y=Y.T, **{"0.weight": first, "1.weight": second})
    read = read_npz(path)
    assert (read["X"] == X).all()
    assert [w.tolist() for w in read["W"]] == [first.tolist(), second.tolist()]


def test_the_command_answers_first(call, tmp_path):
    X, Y, *W = trained()
    path = tmp_path / "trained.npz"
    np.savez(path, X=X, Y=Y, W_1=W[0], W_2=W[1])
    first = call("critical-point", str(path)).stdout.splitlines()[0]
    assert first.startswith("deep-linear:3-4-2:m20  not critical as it stands (proved); one Newton step of length")
    result = json.loads(call("critical-point", str(path), "--json").stdout)["results"][0]
    assert result["answer"] == first.split("  ", 1)[1]
    assert result["nearby"]["verdict"] == "global_min"
    assert result["verdict"] == "not_critical"


LAYER = Linear([[1.0, 2.0]])


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (lambda: rc.classify(EYE), "X"),
        (lambda: rc.classify(EYE, DIAGONAL), "W"),
        (lambda: rc.classify(EYE, DIAGONAL, 3), "W"),
        (lambda: rc.classify(rc.Problem(*POINT), accuracy=1e-3), "accuracy"),
        (lambda: rc.classify(*POINT, tolerance=1e-3), "tolerance"),
        (lambda: rc.Problem.from_torch(Sequential(LAYER, ReLU()), [[1, 2]], [[1]]), "model"),
        (lambda: rc.Problem.from_torch(Sequential(Linear([[1.0]], bias=[0.0])), [[1]], [[1]]), "0.bias"),
        (lambda: rc.Problem.from_torch(Sequential(), [[1]], [[1]]), "model"),
        (lambda: rc.Problem.from_torch(7, [[1]], [[1]]), "model"),
        (lambda: rc.Problem.from_torch({"conv.weight": np.ones((1, 1, 3))}, [[1]], [[1]]), "conv.weight"),
        (lambda: rc.Problem.from_torch(Sequential(LAYER), [[1.0], [2.0]], [[1.0]]), "X"),
        (lambda: rc.Problem.from_torch(Sequential(LAYER), [[1.0, 2.0]], [[1.0, 2.0]]), "Y"),
        (lambda: rc.Problem.from_torch({"0.weight": "text"}, [[1]], [[1]]), "0.weight"),
    ],
)
def test_what_is_refused_by_name(wrong, named):
    with pytest.raises(rc.InputError) as refused:
        wrong()
    assert refused.value.argument == named
