"""Every public object goes through pickle, copy, a process pool; frozen ones have a hash; threads restore FLINT."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import is_dataclass
from multiprocessing import get_context
from typing import Any

import flint
import pytest
import sympy

from algebra import PolynomialNetwork
from algebra.critical_points import Problem
from algebra.critical_points.classification import classify_exactly
from algebra.critical_points.escapes import escape
from algebra.critical_points.floats.classification import classify_numeric
from algebra.exact.precision import precision
from algebra.rank import rank_lower_bound_balls, rank_numeric, rank_profile_mod
from tensors.attention import AttentionLayer, AttentionNetwork, SparsePattern, softmax_matrix
from tensors.attention.low_rank.head_size import least_head_size
from tensors.attention.low_rank.scores import scores_of_logits, scores_of_probabilities
from tensors.attention.softmax.canonical import canonical_form, distinguish
from tensors.attention.softmax.heads import softmax_layer
from tensors.attention.softmax.numeric import numeric_rank
from tensors.convac import ConvAC, ConvLayer

EYE = [[1, 0], [0, 1]]
SADDLE = Problem(EYE, [[2, 0], [0, 1]], [[[1, 0], [0, 0]], [[2, 0], [0, 0]]])
ROOT = Problem([[sympy.sqrt(2), 1]], [[1, 0]], [[[1]]])


def _layer(a: int) -> Any:
    return softmax_layer([{"A": [[a]], "V": [[1]]}], tokens=3)


MADE: dict[str, Callable[[], Any]] = {
    "problem": lambda: Problem([[1]], [[1]], [[[1]]]),
    "problem over a field": lambda: ROOT,
    "classification": lambda: classify_exactly(SADDLE),
    "classification over a field": lambda: classify_exactly(ROOT),
    "escape": lambda: escape(classify_exactly(SADDLE)),
    "float classification": lambda: classify_numeric(EYE, EYE, [EYE, EYE]),
    "softmax matrix": lambda: softmax_matrix([[0, 1], [1, 0]]),
    "softmax rank": lambda: softmax_matrix([[0, 1], [1, 0]]).rank(0),
    "scores": lambda: scores_of_logits([[0, 1], [1, "1/2"]]),
    "head size": lambda: least_head_size(scores_of_probabilities([["1/2", "1/3"], ["1/2", "2/3"]])),
    "softmax layer": lambda: _layer(1),
    "canonical form": lambda: canonical_form(_layer(1)),
    "distinction": lambda: distinguish(_layer(1), _layer(2)),
    "network": lambda: PolynomialNetwork((2, 3, 1), degree=2),
    "dimension": lambda: PolynomialNetwork((2, 3, 1), degree=2).dimension(),
    "attention network": lambda: AttentionNetwork((2, 2), [1]),
    "attention dimension": lambda: AttentionNetwork((2, 2), [1]).dimension(),
    "attention layer": lambda: AttentionLayer([([[1]], [[1]], [[1]])]),
    "pattern": lambda: SparsePattern.from_masks([[1, 0], [1, 1]], "visible"),
    "circuit": lambda: ConvAC(4, 2, [ConvLayer(4, 4, 2)]),
    "circuit rank": lambda: ConvAC(4, 2, [ConvLayer(4, 4, 2)]).rank("left"),
    "profile": lambda: rank_profile_mod([[1, 2], [3, 4]]),
    "numeric rank": lambda: rank_numeric(EYE),
    "balls": lambda: rank_lower_bound_balls(EYE),
    "numeric softmax rank": lambda: numeric_rank([[1.0, 0.0], [0.0, 1.0]]),
}
UNHASHABLE = {"float classification", "attention layer"}  # they hold arrays


@pytest.mark.parametrize("name", MADE)
def test_every_public_object_is_pickled_copied_and_hashed(name: str) -> None:
    """F7: FLINT's objects could not be pickled, and nothing that held them."""
    made = MADE[name]()
    for again in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made), copy.copy(made)):
        assert type(again) is type(made)
        assert repr(again) == repr(made)
        if is_dataclass(made) and name not in UNHASHABLE and "__eq__" in dir(type(made)):
            if type(made).__eq__ is not object.__eq__:
                assert again == made
                assert hash(again) == hash(made)
            else:
                hash(again)


def test_a_certificate_after_a_copy() -> None:
    found = pickle.loads(pickle.dumps(softmax_matrix([[0, 1], [1, 0]]).rank(0)))
    assert found.certificate() == softmax_matrix([[0, 1], [1, 0]]).rank(0).certificate()


def _rank(logits: list[list[int]]) -> Any:
    return softmax_matrix(logits).rank(0)


def test_results_come_back_from_a_process_pool() -> None:
    tasks = [[[0, 1], [1, 0]], [[0, 0], [0, 0]]]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(_rank, tasks)) == list(map(_rank, tasks))


def test_precision_is_restored() -> None:
    before = flint.ctx.prec
    with precision(100):
        with precision(300):
            assert flint.ctx.prec == 300
        assert flint.ctx.prec == 100
        with pytest.raises(ZeroDivisionError), precision(77):
            raise ZeroDivisionError
        assert flint.ctx.prec == 100
        with pytest.raises((ValueError, TypeError)), precision("many"):  # type: ignore[arg-type]
            pass
    assert flint.ctx.prec == before


def test_threads_leave_the_precision_as_it_was() -> None:
    """F8: each thread restored what another had set."""
    before, interval = flint.ctx.prec, sys.getswitchinterval()
    hilbert = [[1 / (i + j + 1) for i in range(8)] for j in range(8)]
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(5):
            with ThreadPoolExecutor(8) as pool:
                found = list(pool.map(lambda k: rank_lower_bound_balls(hilbert, bits=60 + 200 * (k % 4)), range(24)))
            assert {each.rank for each in found} == {8}
            assert flint.ctx.prec == before
    finally:
        sys.setswitchinterval(interval)
