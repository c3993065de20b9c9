"""The degeneracy report: shapes, gaps, clusters, floats, archives, and what is refused."""

import json
from fractions import Fraction

import numpy as np
import pytest

from algebra.errors import InputError
from tensors.clustering import SelfExpressiveModel, degeneracy_report, degenerate_optimum, trained_solution
from tensors.clustering.degeneracy import undercut

NOTHING = [[0] * 4] * 4


def report(Z, C=None, lam="1/4", regulariser="l1", normalisation="none", **rest):
    C = [[0] * len(Z[0])] * len(Z[0]) if C is None else C
    return degeneracy_report(trained_solution(Z, C, lam, regulariser, normalisation, **rest))


@pytest.mark.parametrize(
    ("Z", "shape", "directions", "twins", "zeros"),
    [
        ([[0, 0, 0]], "zero", 0, 0, 3),
        ([[0, 2, 0]], "one-point", 1, 0, 2),
        ([[1, 0, -1]], "two-points", 1, 2, 1),
        ([[1, 0, 2]], "rank-one", 1, 0, 1),
        ([[1, -1, 1], [2, -2, 2]], "collapse", 1, 3, 0),
        ([[1, 2, 3], [1, 2, 3]], "rank-one", 1, 0, 0),
        ([[1, 1, 1, 0, 0]], "rank-one", 1, 3, 2),
        ([[1, -1, 0, 0], [0, 0, 1, 1]], "pairs", 2, 4, 0),
        ([[1, -1, 0, 0], [0, 0, 1, 2]], None, 2, 2, 0),
        ([[1, 0, 1], [0, 1, 1]], None, 3, 0, 0),
        ([[1, 0], [0, 1]], None, 2, 0, 0),
        ([[1]], None, 1, 0, 0),
    ],
)
def test_shapes(Z, shape, directions, twins, zeros):
    found = report(Z)
    assert (found.shape, found.directions) == (shape, directions)
    assert (found.points_with_twin, found.zero_points) == (twins, zeros)
    assert found.is_degenerate == (shape is not None)
    floats = report([[float(x) for x in row] for row in Z])
    assert floats.shape == shape
    assert floats.grade.value == "numeric"


@pytest.mark.parametrize("diagonal", ["zero", "free"])
@pytest.mark.parametrize("regulariser", ["l1", "square", "nuclear"])
def test_optimal_points_of_floats_are_optimal_up_to_the_tolerance(regulariser, diagonal):
    model = SelfExpressiveModel("instance", regulariser, 5, "1/3", diagonal=diagonal)
    point = degenerate_optimum(model).point()
    Z, C = (np.array([[float(x) for x in row] for row in rows]) for rows in (point.Z, point.C))
    found = report(Z, C, 1 / 3, regulariser, "instance", diagonal=diagonal)
    assert found.is_feasible
    assert found.is_optimal
    assert found.grade.value == "numeric"
    worse = report(Z, 0.9 * C, 1 / 3, regulariser, "instance", diagonal=diagonal)
    assert worse.is_optimal is False


def test_noise_below_the_tolerance_changes_nothing(rng):
    Z = np.array([[1.0, 1, 0, 0], [0, 0, 1, 1]]) + 1e-9 * rng.normal(size=(2, 4))
    assert report(Z).shape == "pairs"
    assert report(Z, tolerance=1e-12).shape is None
    assert report(Z, tolerance=1e-12).rank == 2
    nearly = np.outer([1.0, 2], [1.0, 1, 1]) + 1e-9 * rng.normal(size=(2, 3))
    assert (report(nearly).rank, report(nearly, tolerance=1e-13).rank) == (1, 2)


def test_single_precision_is_enough(rng):
    v = rng.normal(size=(3, 1))
    Z = (v / np.linalg.norm(v) @ np.sign(rng.normal(size=(1, 6)))).astype(np.float32)
    found = report(Z, normalisation="instance")
    assert (found.shape, found.rank, found.is_feasible) == ("collapse", 1, True)


def test_a_tolerance_of_exact_numbers_is_numeric():
    found = report([[1, 1]], tolerance=0.1)
    assert (found.grade.value, float(found.solution.tolerance)) == ("numeric", 0.1)
    assert report([[1, 1]]).grade.value == "proved"


def test_normalisations_are_held_against_the_embedding():
    assert report([[1, 1]], normalisation="instance").is_feasible
    assert report([[1, 2]], normalisation="instance").deviation == 3
    assert report([[1, 2]], normalisation="frobenius").is_feasible  # of its own norm
    assert not report([[1, 2]], normalisation="frobenius", tau=4).is_feasible
    assert report([[1, 1], [1, -1]], normalisation="rows").is_feasible
    assert report([[1, 1], [1, -1]], normalisation="whitened").is_feasible
    assert not report([[1, 1], [1, 1]], normalisation="whitened").is_feasible
    assert not report([[1, 2], [1, 1]], normalisation="rows", tau=7).is_feasible
    infeasible = report([[1, 2]], normalisation="instance")
    assert (infeasible.optimum, infeasible.gap, infeasible.is_optimal) == (None, None, None)


def test_whitened_models_that_nobody_has_solved_have_no_gap():
    assert report([[1, 1], [1, -1]], normalisation="whitened").gap is None
    solved = report([[1, 1], [1, -1]], regulariser="square", normalisation="whitened", diagonal="free")
    assert solved.optimum is not None


def test_the_gap_is_never_negative(rng):
    for _ in range(40):
        N = int(rng.integers(1, 5))
        Z, C = rng.integers(-3, 4, (2, N)), rng.integers(-2, 3, (N, N))
        np.fill_diagonal(C, 0)
        for regulariser in ("l1", "square", "nuclear"):
            found = report(Z.tolist(), C.tolist(), Fraction(1, int(rng.integers(1, 9))), regulariser)
            assert found.gap_for_embedding is None or found.gap_for_embedding[1] >= 0
            if Z.any():
                assert report(Z.tolist(), C.tolist(), 1, regulariser, "frobenius").gap[1] >= 0


def test_scaling_alone_beats_any_coefficients():
    found = report([[1, 1]], [[0, 1], [1, 0]])
    assert found.objective[0] == Fraction(1, 2)
    assert undercut(found) == (Fraction(1, 2), Fraction(1, 4))
    assert undercut(report([[0, 0]])) is None
    assert undercut(report([[1, 1]], normalisation="instance")) is None
    assert report([[1, 1]]).relative_lam == Fraction(1, 8)
    assert report([[0, 0]]).relative_lam is None


def test_clusters_of_the_graph():
    C = [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    Z = [[1, 1, 0, 0], [0, 0, 1, 1]]
    fits = report(Z, C, labels=["a", "a", "b", "b"])
    assert fits.affinity.is_preserving
    assert (fits.affinity.components, fits.affinity.split, fits.affinity.crossing) == (2, (), 0)
    assert fits.subspaces.are_independent
    split = report(Z, C, labels=["a", "a", "a", "a"])
    assert split.affinity.split == ("a",)
    crossing = report(Z, C, labels=[0, 1, 0, 1])
    assert (crossing.affinity.is_preserving, crossing.affinity.crossing) == (False, 2)
    assert crossing.subspaces.meets == ((0, 1, 2),)
    assert report(Z, NOTHING).affinity.components == 4
    assert report(Z, C).subspaces is None
    assert report(Z, C).affinity.is_preserving is None


def test_components_are_the_nullity_of_the_laplacian(rng):
    for _ in range(20):
        N = 7
        C = np.where(rng.random((N, N)) < 0.15, 1, 0)
        np.fill_diagonal(C, 0)
        weights = C + C.T
        laplacian = np.diag(weights.sum(axis=0)) - weights
        found = report(np.eye(N, dtype=int).tolist(), C.tolist())
        assert found.affinity.components == N - np.linalg.matrix_rank(laplacian)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"C": [[0, 1], [1, 1]]}, r'C\[1\]\[1\] is .1., but it must be 0: the diagonal is "zero"'),
        ({"C": [[0, 1]]}, r"C is 'a matrix of shape \(1, 2\)', but it must be of shape \(2, 2\)"),
        ({"C": [[0, 1, 0], [1, 0, 0], [0, 0, 0]]}, r"C is .*of shape \(2, 2\)"),
        ({"C": [[0, 1], [1]]}, "C is"),
        ({"C": 3}, "C is 3"),
        ({"C": [[0, "x"], [1, 0]]}, r"C\[0\]\[1\] is 'x'"),
        ({"Z": []}, "Z is"),
        ({"Z": [1, 2]}, "Z is"),
        ({"Z": [[float("nan"), 1]]}, r"Z\[0\]\[0\]"),
        ({"Z": [[float("inf"), 1]]}, r"Z\[0\]\[0\]"),
        ({"Z": [[True, 1]]}, r"Z\[0\]\[0\]"),
        ({"labels": [0]}, "labels is 'a list of 1', but it must be a list of 2 labels"),
        ({"labels": [[0], 1]}, "labels"),
        ({"labels": "ab"}, "labels"),
        ({"labels": 5}, "labels"),
        ({"lam": 0}, "lam"),
        ({"lam": float("nan")}, "lam"),
        ({"tau": -1, "normalisation": "frobenius"}, "tau"),
        ({"Z": [[0, 0]], "normalisation": "frobenius"}, "Z is 'zero'"),
        ({"tolerance": -1}, "tolerance is -1"),
        ({"tolerance": 1}, "tolerance is 1"),
        ({"tolerance": "x"}, "tolerance"),
        ({"regulariser": "l2"}, "regulariser is 'l2'"),
        ({"normalisation": "norm"}, "normalisation"),
        ({"Z": [[1] * 1001], "C": [[0]]}, r"Z is 'a matrix of shape \(1, 1001\)'.*take a sample"),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    good = {"Z": [[1, 1]], "C": [[0, 1], [1, 0]], "lam": 1, "regulariser": "l1", "normalisation": "none"}
    with pytest.raises(InputError, match=message):
        trained_solution(**{**good, **changes})


def test_a_free_diagonal_may_be_anything():
    assert report([[1, 1]], [[1, 0], [0, 1]], diagonal="free").objective == (Fraction(1, 2), Fraction(1, 2))


def test_rounding_on_the_diagonal_of_floats_is_no_diagonal():
    C = np.array([[1e-12, 0.5], [0.5, 0]])
    assert report(np.ones((1, 2)), C).affinity.components == 1
    with pytest.raises(InputError, match=r"C\[0\]\[0\]"):
        report(np.ones((1, 2)), C, tolerance=1e-14)


def test_many_points_have_a_report_without_the_least_value_for_them(rng):
    Z = rng.normal(size=(3, 150))
    C = rng.normal(size=(150, 150))
    np.fill_diagonal(C, 0)
    found = report(Z, C, 0.1, "l1", "frobenius")
    assert (found.rank, found.directions, found.shape) == (3, 150, None)
    assert found.least_for_embedding is None
    assert found.is_optimal is False
    assert report(Z, C, 0.1, "nuclear").objective is None


# ---- the command


def test_archives_are_read(call, tmp_path):
    Z, C = np.array([[1.0, 1, 0, 0], [0, 0, 1, 1]], np.float32), np.zeros((4, 4))
    C[0, 1] = C[1, 0] = C[2, 3] = C[3, 2] = 0.75
    path = tmp_path / "trained.npz"
    np.savez(path, Z=Z, C=C, lam=0.25, regulariser="l1", normalisation="instance", labels=[0, 0, 1, 1])
    (result,) = call("clustering", "check", path, "--json").results
    assert (result["shape"], result["grade"], result["optimal"]) == ("pairs", "numeric", True)
    assert result["gap"] == {"lower": "0", "upper": "0"}
    assert result["subspace_preserving"] is True
    (result,) = call("clustering", "check", path, "--json", "--tolerance", "1e-4").results
    assert result["tolerance"] == 1e-4
    np.savez(path, Z=Z, C=C[:3], lam=0.25, regulariser="l1")
    answer = call("clustering", "check", path, "--json")
    assert (answer.status, answer.error["argument"]) == (2, "C")
    np.savez(path, Z=Z, C=C, lam=0.25, regulariser="l1", other=1)
    assert call("clustering", "check", path, "--json").error["argument"] == "other"
    path.write_bytes(b"no archive")
    assert call("clustering", "check", path, "--json").error["argument"] == "FILE"


def test_a_bad_line_leaves_the_others(call, tmp_path):
    path = tmp_path / "trained.jsonl"
    good = {"Z": [[1, 1]], "C": [[0, "1/2"], ["1/2", 0]], "lam": 1, "regulariser": "square"}
    lines = [good, {**good, "C": [[1, 0], [0, 0]]}, {**good, "labels": [1]}, {**good, "lam": 0.5}]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    answer = call("clustering", "check", path, "--json")
    assert answer.status == 1
    assert [result.get("grade") for result in answer.results] == ["proved", None, None, "numeric"]
    assert [result["error"]["argument"] for result in answer.results[1:3]] == ["C[0][0]", "labels"]


def test_optima_in_a_batch(call, tmp_path):
    path = tmp_path / "models.jsonl"
    kinds = [("frobenius", "l1"), ("instance", "l1"), ("frobenius", "square"), ("instance", "nuclear"), ("none", "l1")]
    lines = [{"normalisation": n, "regulariser": r, "N": 5, "tau": "30", "lam": "1/14"} for n, r in kinds]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = [result["optimum"] for result in call("clustering", "optimum", path, "--json").results]
    assert found == ["419/2940", "135/392", "15/337", "69/490", "0"]


@pytest.mark.parametrize("words", [("3", "--lam", "1/14"), ("1", "4", "--tau", "7/2")])
def test_the_table(call, words):
    rows = call("table", "clustering", *words, "--json").results
    assert len(rows) == 12 * (len(words) - 2)
    assert all(row["certified"] for row in rows)


@pytest.mark.parametrize(
    ("words", "argument"),
    [(("0",), "N"), (("101",), "N"), (("--lam", "0"), "lam"), (("--lam", "0.1.2"), "lam"), (("--tau", "-1"), "tau")],
)
def test_tables_refuse_what_makes_no_model(call, words, argument):
    answer = call("table", "clustering", *words, "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)
