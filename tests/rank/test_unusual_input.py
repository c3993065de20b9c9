"""Floats at the ends of their range and of every type, array subclasses, and what is no matrix though it looks so."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import nmod_mat

from algebra import PolynomialNetwork
from algebra.critical_points import Problem
from algebra.errors import InputError
from algebra.evidence import Bounds, Grade
from algebra.polynomial.activation import Rational
from algebra.polynomial.batch import dimensions
from algebra.polynomial.convolution import ConvolutionalNetwork
from algebra.polynomial.evaluation import evaluate
from algebra.rank import (
    rank_lower_bound_balls,
    rank_mod,
    rank_mod_batch,
    rank_numeric,
    rank_profile_mod,
    rank_rational,
)
from tensors.attention import AttentionLayer, AttentionNetwork, SparsePattern, softmax_matrix
from tensors.attention.softmax.numeric import (
    head_size_numeric,
    logits_rank_numeric,
    numeric_rank,
    softmax_rank_numeric,
)
from tensors.convac import ConvAC, ConvLayer
from tensors.convac.weights import CircuitWeights

pytestmark = [
    pytest.mark.filterwarnings("error::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),  # of numpy.matrix
]

ENDS = [
    (np.full((2, 2), 1e308), 1),
    (np.full((5, 5), 1e308), 1),
    (np.full((300, 300), 1e306), 1),
    (np.full((2, 2), 1e308 + 1e308j), 1),
    (np.full((2, 2), 1.7e308 * (1 + 1j)), 1),
    (np.array([[1e308, -1e308], [1e308, 1e308]]), 2),
    (np.diag([1.7e308, 1.7e308, 0.0]), 2),
    (np.full((3, 3), 5e-324), 1),
    (np.diag([1e-320, 1e-320]), 2),
    (np.zeros((2, 2)), 0),
]


@pytest.mark.parametrize(("matrix", "rank"), ENDS, ids=lambda value: str(np.shape(value)))
def test_ranks_at_both_ends_of_the_floats(matrix: Any, rank: int) -> None:
    """F3: the largest singular value was infinite, and so was the tolerance."""
    found = rank_numeric(matrix)
    assert found.rank == rank
    assert np.isfinite([found.tolerance, *found.singular_values]).all()
    if matrix.dtype.kind == "f":
        assert numeric_rank(matrix).rank == rank
        if len(matrix) < 100:
            assert rank_lower_bound_balls(matrix).rank == rank


@pytest.mark.parametrize("scale", [1e38, 1e-40])
def test_ranks_at_both_ends_of_float32(scale: float) -> None:
    assert numeric_rank(np.full((2, 2), scale, np.float32)).rank == 1


@pytest.mark.parametrize(
    "logits", [[[0.0, 0.0], [1.7e308, -1.7e308]], [[1e308, -1e308], [-1e308, 1e308]], [[1e-310, 0.0], [0.0, 1e-310]]]
)
def test_logits_whose_differences_overflow(logits: Any) -> None:
    found = logits_rank_numeric(logits)
    assert found.rank == 1
    assert np.isfinite([found.tolerance, found.sigma_k]).all()


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128])
@pytest.mark.parametrize("size", [20, 50, 200])
def test_the_tolerance_is_that_of_the_type(kind: Any, size: int) -> None:
    """F4: float32 was judged with the epsilon of float64."""
    generator = np.random.default_rng(0)
    product = generator.standard_normal((size, 2)) @ generator.standard_normal((2, size))
    assert rank_numeric(product.astype(kind)).rank == 2


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_head_size_of_a_softmax_of_every_type(kind: Any) -> None:
    generator = np.random.default_rng(1)
    weights = np.exp(generator.standard_normal((64, 2)) @ generator.standard_normal((2, 64)))
    assert head_size_numeric((weights / weights.sum(axis=0)).astype(kind)).rank == 2


def test_the_rank_of_a_softmax_of_float32_tokens_is_coarser() -> None:
    generator = np.random.default_rng(1)
    keys, queries = generator.standard_normal((2, 64, 2))
    assert softmax_rank_numeric(keys.astype(np.float32), queries).rank < softmax_rank_numeric(keys, queries).rank
    assert numeric_rank(np.eye(3, dtype=np.float16)).rank == 3


@pytest.mark.parametrize("tolerance", [np.float32(1e-5), np.int64(0), Fraction(1, 3), 0, 0.5], ids=repr)
def test_tolerances_of_every_real_type(tolerance: Any) -> None:
    assert rank_numeric(np.eye(2), tolerance).rank == numeric_rank(np.eye(2), tolerance).rank == 2


@pytest.mark.parametrize("tolerance", [True, np.True_, "1", -1, float("nan"), float("inf"), 1j], ids=repr)
def test_other_tolerances_are_refused(tolerance: Any) -> None:
    for function in (rank_numeric, numeric_rank):
        with pytest.raises(InputError, match="tolerance"):
            function(np.eye(2), tolerance)


def test_infinite_entries_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="finite"):
        numeric_rank([[float("nan")]])


READERS = [rank_mod, rank_profile_mod, rank_rational, rank_numeric, rank_lower_bound_balls]


@pytest.mark.parametrize("function", READERS, ids=lambda function: function.__name__)
def test_subclasses_of_arrays(function: Any) -> None:
    """F5: FLINT was given the rows of a matrix as matrices, and the values behind a mask were used."""
    found = function(np.asmatrix([[1, 2], [2, 4]]))
    assert (found if isinstance(found, int) else found.rank) == 1
    found = function(np.ma.masked_array([[1, 2], [2, 4]]))
    assert (found if isinstance(found, int) else found.rank) == 1

    masked = np.ma.masked_array([[1, 2], [2, 5]], mask=[[0, 0], [0, 1]])
    large = np.ma.masked_array(np.ones((100, 100), int))
    large[3, 3] = np.ma.masked
    for given in (masked, [masked[0], masked[1]], large):
        with pytest.raises(InputError):
            function(given)


def test_masked_arrays_elsewhere() -> None:
    hidden = np.ma.masked_array([[1, 1], [1, 0]], mask=[[0, 0], [0, 1]])
    net = ConvAC(2, 2, [ConvLayer(2, 2, 1)])
    calls = [
        lambda: rank_mod_batch(hidden[None]),
        lambda: rank_lower_bound_balls([[1, 2], [3, 4.0]], radius=hidden),
        lambda: SparsePattern.from_masks(hidden, "visible"),
        lambda: AttentionLayer([([[1]], [[1]], [[1]])], visible=hidden.astype(bool)),
        lambda: Problem.from_floats(hidden.astype(float), [[1, 1]], [[[1, 1]]]),
        lambda: softmax_matrix(hidden),
        lambda: CircuitWeights.given(net, [hidden.reshape(1, 2, 1, 2)]),
        lambda: evaluate(PolynomialNetwork((2, 1), degree=None), np.ma.masked_array([1, 2], mask=[0, 1]), [[1, 1]]),
    ]
    for call in calls:
        with pytest.raises(InputError):
            call()
    assert list(rank_mod_batch([np.asmatrix([[1, 2], [2, 4]])] * 2)) == [1, 1]


TEXTS = [[b"12", b"24"], [bytearray(b"12"), bytearray(b"24")], [memoryview(b"12")] * 2, ["12", "24"], b"12", "12"]


@pytest.mark.parametrize("given", [*TEXTS, bytearray(b"12"), memoryview(b"12")])
def test_text_is_no_row(given: Any) -> None:
    """F6: the bytes of texts were taken as numbers."""
    for function in (*READERS, softmax_matrix, lambda X: Problem(X, [[1, 2]], [[[1]]]), lambda X: rank_mod_batch([X])):
        with pytest.raises(InputError):
            function(given)


@pytest.mark.parametrize(
    "make",
    [
        lambda: PolynomialNetwork({2, 3, 1}, degree=2),
        lambda: PolynomialNetwork(frozenset({2, 3, 1}), degree=2),
        lambda: PolynomialNetwork({2: 0, 3: 0, 1: 0}, degree=2),
        lambda: PolynomialNetwork({2: 0, 3: 0, 1: 0}.keys(), degree=2),
        lambda: PolynomialNetwork(bytearray(b"231"), degree=2),
        lambda: PolynomialNetwork((2, 3, 1), degrees={2}),
        lambda: ConvolutionalNetwork({2, 3}, degree=2),
        lambda: ConvolutionalNetwork([2, 3], strides={1, 2}, degree=2),
        lambda: dimensions({PolynomialNetwork((2, 3, 1), degree=2)}),
        lambda: Rational("12"),
        lambda: Rational({1, 2}),
        lambda: ConvAC({3, 2}, 2, [ConvLayer(2, 2, 1)]),
        lambda: ConvLayer({2, 3}, 1, 1),
        lambda: AttentionNetwork({2, 3}, [1]),
        lambda: Problem([[1]], [[1]], {((1,),)}),
    ],
)
def test_a_set_has_no_order(make: Any) -> None:
    with pytest.raises(InputError):
        make()


def test_other_sequences_are_taken() -> None:
    expected = PolynomialNetwork((2, 3, 1), degree=2)
    for widths in ([2, 3, 1], np.array([2, 3, 1]), iter([2, 3, 1]), range(2, 4)):
        assert isinstance(PolynomialNetwork(widths, degree=None if isinstance(widths, range) else 2), type(expected))


BOOLS = [[[True, 2], [3, 4]], np.array([[True, 2], [3, 4]], object), [[True, False], [False, True]], [[np.True_, 2]]]


@pytest.mark.parametrize("given", BOOLS, ids=str)
def test_truth_values_are_no_integers(given: Any) -> None:
    for function in (rank_mod, rank_profile_mod, rank_rational, lambda matrix: rank_mod_batch([matrix])):
        with pytest.raises(InputError):
            function(given)


def test_residues_keep_their_modulus() -> None:
    matrix = nmod_mat(2, 2, [1, 2, 4, 1], 7)
    assert rank_mod(matrix, 7) == 1
    assert rank_profile_mod(matrix, 7).rank == 1
    for function in (rank_mod, rank_profile_mod, lambda given: rank_mod_batch([given])):
        with pytest.raises(InputError, match="7, the modulus of the matrix"):
            function(matrix)


def test_large_integers_beside_small_ones_stay_exact() -> None:
    net = ConvAC(2, 2, [ConvLayer(2, 2, 1)])
    assert CircuitWeights.given(net, [[[[[2**63, -1]], [[1, 1]]]]]).layers[0].ravel().tolist() == [2**63, -1, 1, 1]
    assert rank_mod([[2**63, -1], [0, 1]]) == rank_mod(np.array([[2**63, 1], [0, 1]], np.uint64)) == 2


def test_a_short_text_is_no_huge_number() -> None:
    with pytest.raises(InputError):
        rank_rational([["1e10000000", 1], [1, 3]])


def test_bounds_compare_with_numbers() -> None:
    """F6: a dimension was never equal to its value."""
    found = PolynomialNetwork((2, 3, 1), degree=2).dimension()
    assert found == 3
    assert found == np.int64(3)
    assert found != 4
    assert hash(found) == hash(3)
    assert found < 6 <= 6.5
    assert found >= 3
    assert not found > 3
    assert float(found) == 3.0
    assert f"{found:>12}" == "  3 (proved)"
    assert f"{found:03d}" == "003"
    assert found not in ("3", None, True)

    gap = Bounds(12, 15, Grade.INCONCLUSIVE)
    assert gap != 16
    assert gap < 16
    assert gap >= 12
    for undecided in (lambda: gap == 13, lambda: gap < 14, lambda: gap > 12, lambda: gap <= 12, lambda: float(gap)):
        with pytest.raises(ValueError, match="not decided"):
            undecided()
    probable = Bounds(14, 15, Grade.PROBABLE, log2_error=-61.3)
    assert (probable.value, int(probable)) == (14, 14)
    with pytest.raises(ValueError, match="not decided"):  # what is probable is not proved
        _ = probable == 14
    assert Bounds(12, None, Grade.INCONCLUSIVE) >= 12
    assert Bounds.exactly(3, by="a") == Bounds.exactly(3, by="b", seed=1)
    assert Bounds.exactly(3, by="a").record != Bounds.exactly(3, by="b").record
