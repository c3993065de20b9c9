"""The switch RANKCERT_CHECK: every upper bound is looked at once more."""

from __future__ import annotations

import pytest

from algebra import PolynomialNetwork
from algebra.evidence import generic_rank
from algebra.evidence.generic_rank import Known, check_upper
from algebra.evidence.reason import Reason
from tensors.attention import AttentionNetwork, softmax_matrix
from tensors.attention.softmax.question import SoftmaxRank
from tensors.convac import ConvAC, ConvLayer


def test_true_bounds_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setenv("RANKCERT_CHECK", "1")
    monkeypatch.setattr(generic_rank, "look", lambda *given: calls.append(given) or _look(*given))
    assert PolynomialNetwork((2, 3, 3, 1), degree=3).dimension() == 10
    assert softmax_matrix([[0, 1], [1, 0]]).rank() == 2
    assert ConvAC(4, 2, [ConvLayer(4, 4, 2)]).rank("left") == 2
    assert AttentionNetwork((2, 2), [1]).dimension() == 6
    assert len(calls) >= 3


_look = generic_rank.look


def test_a_bound_that_is_too_small_is_found() -> None:
    """The distinct keys of a matrix that wraps around were counted as one (W1)."""
    question = SoftmaxRank(softmax_matrix([[0, 1, 5], [1, 0, 3], [2, 2, 2]]))
    with pytest.raises(ArithmeticError, match="exceeds the upper bound 1"):
        check_upper(question, Known(0, upper=Reason("distinct-keys", 1)))
