"""Inputs that once hung, crashed, took minutes, or were taken for something else."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flint import fmpz_mat

from algebra import InputError
from algebra.critical_points.classification import PointVerdict, classify_exactly
from algebra.critical_points.escapes import escape
from algebra.critical_points.problem import Problem
from algebra.critical_points.second_order import hessian
from algebra.exact.dyadic import dyadic
from algebra.exact.inertia import inertia, signature
from algebra.exact.matrices import rows_of
from algebra.exact.roots import sign_changes
from proofs_check.cli.files import answer_file
from proofs_check.questions.critical_point import QUESTION
from proofs_check.show.envelope import json_text
from tests.properties import cases

IDENTITY = [[int(i == j) for j in range(3)] for i in range(3)]


def test_inverse_iteration_does_not_start_orthogonal_to_its_target_for_ever() -> None:
    """The best direction (11, -1, 0) is orthogonal to (1, 11, 10), the fixed start of an earlier version."""
    columns = [(11, -1, 0), (1, 11, 10), (-10, -110, 122)]
    scales = [Fraction(1, 10), Fraction(1, 15), Fraction(1, 157)]
    Y = [[scale * column[i] for scale, column in zip(scales, columns, strict=True)] for i in range(3)]
    found = classify_exactly(Problem(IDENTITY, Y, [[[0, 0, 1]], [[row[2]] for row in Y]]))
    assert found.verdict is PointVerdict.STRICT_SADDLE
    way = escape(found)
    assert way is not None
    assert way.loss < found.problem.loss


def test_the_gradient_step_at_huge_entries_is_found_by_bisection() -> None:
    huge = 10**12000
    way = escape(classify_exactly(Problem([[huge]], [[1]], [[[1]], [[3]]])))
    assert way is not None
    assert way.loss < Problem([[huge]], [[1]], [[[1]], [[3]]]).loss


@pytest.mark.parametrize("entry", ["1e1000000000", "1E-99999999", "-2e+0012345"])
def test_exponents_that_would_fill_the_memory_are_refused(entry: str) -> None:
    with pytest.raises(InputError):
        rows_of("X", [[entry]])


@pytest.mark.parametrize("entry", [True, 10**400, 2**60 + 1])
def test_what_floats_would_change_is_refused(entry: Any) -> None:
    with pytest.raises(InputError):
        dyadic("X", [[entry, 0.5]])
    with pytest.raises(InputError):
        QUESTION.ask({"X": [[entry, 0.5]], "Y": [[1.5, 1.5]], "W": [[[1]]]})


@pytest.mark.parametrize("changed", [{"W": 1.5}, {"accuracy": 10**400}])
def test_scalars_for_weights_and_huge_accuracies_are_bad_input(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        QUESTION.ask({"X": [[1.5]], "Y": [[1.5]], "W": [[[1.0]]], **changed})


def test_a_lone_surrogate_is_answered_in_the_envelope(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"X": [["\\ud800"]], "Y": [[1]], "W": [[[1]]]}\n', encoding="utf-8")
    results, good = answer_file(path, QUESTION.ask)
    assert not good
    assert json.loads(json_text(results).encode())[0]["error"]["argument"] == "X[0][0]"


def _by_descartes(rows: list[list[int]]) -> tuple[int, int, int]:
    signs = [(c > 0) - (c < 0) for c in fmpz_mat(rows).charpoly().coeffs()]
    zero = next(i for i, sign in enumerate(signs) if sign)
    pos = sign_changes(signs)
    return len(rows) - zero - pos, zero, pos


@pytest.mark.parametrize("seed", cases(40))
def test_signature_agrees_with_descartes(seed: int) -> None:
    draw = random.Random(seed)
    size = draw.randint(1, 12)
    rank, most = draw.randint(0, size), 10 ** draw.choice([0, 1, 9, 40])
    weights = [draw.choice([-1, 1]) * draw.randint(1, most) for _ in range(rank)]
    vectors = [[draw.randint(-3, 3) for _ in range(size)] for _ in range(rank)]
    rows = [
        [sum(w * v[i] * v[j] for w, v in zip(weights, vectors, strict=True)) for j in range(size)] for i in range(size)
    ]
    found = signature(fmpz_mat(rows))
    assert found in (None, _by_descartes(rows))
    assert found is not None or most > 9


def test_signature_gives_up_where_floats_cannot_tell() -> None:
    close = 10**30
    assert signature(fmpz_mat([[close, close - 1], [close - 1, close]])) in (None, (0, 0, 2))
    assert signature(fmpz_mat([[close, close + 1], [close + 1, close]])) in (None, (1, 0, 1))


def test_the_hessian_of_wide_layers_with_long_entries_is_quick() -> None:
    """The characteristic polynomial of this 108 x 108 matrix takes minutes."""
    draw = random.Random(3)
    X, Y, *W = [
        [[Fraction(draw.randint(-(10**6), 10**6), draw.randint(1, 10**6)) for _ in range(6)] for _ in range(6)]
        for _ in range(5)
    ]
    found = inertia(hessian(Problem(X, Y, W)))
    assert found.neg + found.zero + found.pos == 108
    assert found.neg
    assert found.pos
