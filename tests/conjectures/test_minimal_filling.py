"""Minimal filling architectures: published lists from nothing, brute force, certificates and forged ones."""

import copy
import itertools
import json
from pathlib import Path

import pytest

from algebra import InputError, PolynomialNetwork
from algebra.evidence import Certificate, checker
from proofs_check.filling import FillingProblem, MinimalFilling
from proofs_check.filling.lattice import Frontier, below, is_unimodal, minimal_points
from proofs_check.filling.search import evaluate

REFERENCE = json.loads((Path(__file__).parent.parent / "data" / "reference_thresholds.json").read_text())


def searched(*problem, seed=0):
    search = MinimalFilling(FillingProblem(*problem), seed)
    search.run()
    return search


@pytest.mark.parametrize("case", REFERENCE["minimal_filling"], ids=lambda c: f"{c['d0']}-{c['dh']}-{c['layers']}")
def test_reference_lists_are_found_and_proved(case):
    result = searched(case["d0"], case["dh"], case["layers"], case["degree"]).result()
    assert sorted(a["widths"] for a in result["architectures"]) == sorted(case["minimal"])
    assert result["complete"]
    assert result["open_regions"] == []


def test_the_published_counterexample_to_unimodality_from_nothing():
    result = searched(2, 1, 7, 2).result()
    assert len(result["architectures"]) == 13
    assert [a["widths"] for a in result["architectures"] if not a["unimodal"]] == [[2, 3, 4, 5, 4, 6, 4, 1]]


@pytest.mark.slow
def test_the_published_counterexample_for_cubes_and_shallower_ones():
    cubes = searched(2, 1, 6, 3).result()
    assert cubes["complete"]
    assert [2, 3, 7, 6, 15, 8, 1] in [a["widths"] for a in cubes["architectures"] if not a["unimodal"]]
    quartics = searched(2, 1, 5, 4).result()
    assert quartics["complete"]
    assert not all(a["unimodal"] for a in quartics["architectures"])


@pytest.mark.parametrize("problem", [(2, 1, 4, 3), (2, 2, 3, 3), (3, 2, 3, 2), (2, 3, 3, 2)])
def test_against_brute_force_over_a_box(problem):
    d0, dh, h, r = problem
    search = searched(*problem)
    box = max(max(point) for point in search.minimal()) + 1
    fills = {
        w: PolynomialNetwork((d0, *w, dh), r).dimension().lower == search.problem.ambient_dimension
        for w in itertools.product(range(1, box + 1), repeat=h - 1)
    }
    smaller = lambda w: [(*w[:k], w[k] - 1, *w[k + 1 :]) for k in range(len(w)) if w[k] > 1]  # noqa: E731
    assert search.minimal() == sorted(w for w in fills if fills[w] and not any(fills[v] for v in smaller(w)))
    for w, filling in fills.items():
        assert filling != any(below(w, corner) for corner in search.regions)


def test_degenerate_problems():
    assert searched(3, 2, 1, 2).result()["architectures"][0]["widths"] == [3, 2]
    assert [a["widths"] for a in searched(1, 3, 3, 2).result()["architectures"]] == [[1, 1, 1, 3]]
    assert [a["widths"] for a in searched(3, 2, 3, 1).result()["architectures"]] == [[3, 2, 2, 2]]


def test_the_seed_is_recorded_and_does_not_change_the_list():
    first, second = searched(2, 1, 7, 2, seed=0).result(), searched(2, 1, 7, 2, seed=5).result()
    assert second["seed"] == 5
    assert [a["widths"] for a in first["architectures"]] == [a["widths"] for a in second["architectures"]]


def test_results_may_come_in_any_order():
    one, other = (MinimalFilling(FillingProblem(2, 1, 7, 2)) for _ in range(2))
    one.run()
    while not other.is_finished:
        for instance in reversed(other.pending()):
            other.receive(instance, json.loads(json.dumps(evaluate(instance))))
    assert other.result() == one.result()


@pytest.mark.parametrize("problem", [(0, 1, 3, 2), (2, 0, 3, 2), (2, 1, 0, 2), (2, 1, 3, 0), (2, 1, 2.5, 2)])
def test_bad_problems(problem):
    with pytest.raises(InputError):
        FillingProblem(*problem)


def test_an_unfinished_list_has_no_certificate():
    with pytest.raises(ValueError, match="not proved"):
        MinimalFilling(FillingProblem(2, 1, 5, 2)).certificate()


@pytest.fixture(scope="module")
def document():
    return searched(2, 1, 4, 3).certificate().document


def test_the_certificate_is_valid(document):
    report = checker.check(document)
    assert report.valid
    assert "exactly the 3 listed" in report.statement


def _forge(document, change):
    forged = copy.deepcopy(document)
    change(forged)
    forged["digest"] = checker.digest(forged)
    return forged


def _drop_first_architecture(d):
    del d["claim"]["architectures"][0], d["filling"][0]


def _add_an_architecture(d):
    d["claim"]["architectures"].append([2, 9, 9, 9, 1])
    d["filling"].append(d["filling"][-1])


FORGERIES = {
    "an architecture is left out": _drop_first_architecture,
    "an architecture is added": _add_an_architecture,
    "a region is left out": lambda d: d["regions"].pop(),
    "a region is too large": lambda d: d["regions"][0].update(corner=[None, None, None]),
    "a corner is raised": lambda d: d["regions"][0].update(corner=[w and w + 1 for w in d["regions"][0]["corner"]]),
    "a bound is lowered": lambda d: d["regions"][0]["upper"][-1].update(value=1),
    "a minor is too small": lambda d: [d["filling"][0][side].pop() for side in ("rows", "columns")],
    "another degree": lambda d: d["claim"].update(degree=2, label="mfa:2-1:h4:r2"),
    "a label that does not fit": lambda d: d["claim"].update(label="mfa:2-1:h4:r2"),
    "a field more": lambda d: d.update(note="trust me"),
    "widths as text": lambda d: d["claim"]["architectures"][0].__setitem__(1, "3"),
    "no regions": lambda d: d.update(regions=[]),
    "an empty chain": lambda d: d["regions"][0].update(upper=[]),
    "regions of the wrong type": lambda d: d.update(regions={}),
    "an unknown quantity": lambda d: d["claim"].update(quantity="minimal"),
}


@pytest.mark.parametrize("change", FORGERIES.values(), ids=FORGERIES)
def test_forged_lists_are_refused(document, change):
    assert not checker.check(_forge(document, change)).valid
    stale = copy.deepcopy(document)
    change(stale)
    assert "digest" in checker.check(stale).reasons[0]


def test_the_file_checks_alone(document, tmp_path):
    path = tmp_path / "list.json"
    Certificate(document).write(path)
    assert Certificate.read(path).check().valid


def test_the_frontier_is_the_complement():
    frontier = Frontier(3)
    corners = [(1, None, None), (3, 2, None), (None, None, 1), (2, 4, 3)]
    for corner in corners:
        frontier.exclude(corner)
    outside = [p for p in itertools.product(range(1, 7), repeat=3) if not any(below(p, c) for c in corners)]
    assert frontier.points == sorted(minimal_points(outside, []))


@pytest.mark.parametrize(
    ("widths", "unimodal"),
    [((1,), True), ((2, 2), True), ((1, 2, 1), True), ((2, 1, 2), False), ((3, 2, 1), True), ((1, 2, 1, 1, 2), False)],
)
def test_unimodality(widths, unimodal):
    assert is_unimodal(widths) is unimodal
