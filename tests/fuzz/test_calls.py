"""A hundred thousand calls, the other part: functions and classes of Python with arguments changed at random."""

import copy
import random
from fractions import Fraction

import numpy as np
import pytest

from algebra import ConvolutionalNetwork, PolynomialNetwork, Rational
from algebra.critical_points import classify, classify_numeric, hessian_inertia, minimum_loss, singular_structure
from algebra.errors import InputError
from algebra.kernels import Scheme, conjunction_norm, inner_product_spectrum, kernel_spectrum
from algebra.linear import Problem
from algebra.memorization import check_memorization, memorize
from algebra.rank import rank_lower_bound_balls, rank_mod, rank_mod_batch, rank_numeric, rank_profile_mod, rank_rational
from algebra.rounding import (
    FixedPoint,
    Mode,
    exact_product,
    gradient_descent,
    quadratic_descent,
    round_array,
    round_to_integer,
    rounded_dot_product,
    rounded_rank,
    rounding_law,
)
from tensors.attention import (
    AttentionNetwork,
    AttentionStack,
    SparsePattern,
    SparseTarget,
    head_size_numeric,
    least_head_size,
    named_pattern,
    rank_collapse,
    realise,
    scores_of_logits,
    scores_of_probabilities,
    softmax_layer,
    softmax_matrix,
    softmax_of_tokens,
    softmax_rank_numeric,
)
from tensors.convac import ConvAC
from tensors.formats import CP, same_tensor, train_of_tensor, tree_of_tensor, tucker_of_tensor
from tensors.mixtures import approximate, hidden_markov, nonnegative_rank, tensor_train
from tensors.networks import FactorGraph
from tests.fuzz.mutations import OF_PYTHON, TooSlow, changed, limited
from tests.properties import times

SEED = 20261128
CALLS = 40_000

ONE = [[1, 2], [3, 4]]
HALVES = [["1/2", "1/3"], ["1/2", "2/3"]]
CIRCUIT = {
    "input_shape": [4],
    "templates": 2,
    "layers": [{"window": [2], "stride": [2], "channels": 2}, {"window": [2], "stride": [2], "channels": 1}],
}
POINT = {"X": [[1, 0], [0, 1]], "Y": [[2, 0], [0, 1]], "W": [[[1, 0]], [[1], [0]]]}


def problem(X, Y, W):
    return Problem(X, Y, W)


def collapse(heads, X, bits):
    return rank_collapse([softmax_layer(heads, tokens=2)], X, bits)


def realised(supports, weights, epsilon, method):
    return realise(SparseTarget.from_supports(supports, weights), epsilon, method)


CALLED = {
    "rank_mod": (rank_mod, {"matrix": ONE, "prime": 7}),
    "rank_profile_mod": (rank_profile_mod, {"matrix": ONE, "prime": 101}),
    "rank_mod_batch": (rank_mod_batch, {"matrices": [ONE, ONE], "prime": 7}),
    "rank_rational": (rank_rational, {"matrix": [["1/2", 1], [1, 2]]}),
    "rank_numeric": (rank_numeric, {"matrix": [[0.5, 1.0], [1.0, 2.0]], "tolerance": 0.1}),
    "rank_lower_bound_balls": (rank_lower_bound_balls, {"matrix": [[0.5, 1.0], [1.0, 3.0]], "bits": 64}),
    "PolynomialNetwork": (
        lambda seed, **given: PolynomialNetwork(**given).dimension(seed=seed),
        {"widths": [2, 3, 1], "degree": 2, "seed": 0},
    ),
    "activation": (
        lambda top, bottom: PolynomialNetwork((2, 2, 1), activation=Rational(top, bottom)).dimension(),
        {"top": [0, 1, "1/2"], "bottom": [1, 1]},
    ),
    "ConvolutionalNetwork": (
        lambda **given: ConvolutionalNetwork(**given).dimension(),
        {"filters": [2, 2], "strides": [1, 1], "degree": 2},
    ),
    "AttentionNetwork": (
        lambda **given: AttentionNetwork(**given).dimension(),
        {"widths": [2, 2], "head_sizes": [1], "heads": 1, "kind": "lightning", "tokens": 2},
    ),
    "AttentionStack": (
        lambda **given: AttentionStack(**given).separation_rank(),
        {"width": 3, "heads": 1, "head_size": 1, "layers": 1, "tokens": [1, 2]},
    ),
    "ConvAC": (lambda row_side, **given: ConvAC.from_json(given).rank(row_side), {**CIRCUIT, "row_side": [0, 1]}),
    "FactorGraph": (
        lambda row_side, **given: FactorGraph(**given).rank(row_side),
        {"variable_dims": [3, 3, 2], "observed": 2, "factor_scopes": [[0, 2], [1, 2]], "row_side": [0]},
    ),
    "classify": (lambda **given: classify(problem(**given)), POINT),
    "classify_numeric": (classify_numeric, {**POINT, "accuracy": {"X": 0, "Y": 1e-9, "W": 1e-9}}),
    "minimum_loss": (lambda **given: str(minimum_loss(problem(**given))), POINT),
    "hessian_inertia": (lambda **given: hessian_inertia(problem(**given)), POINT),
    "singular_structure": (singular_structure, {"X": [[1, 0], [0, 1]], "Y": [[2, 0], [0, 1]]}),
    "memorize": (
        lambda points, labels, construction: memorize(points, labels, construction),
        {"points": [["-1"], ["1"]], "labels": [1, 0], "construction": "width3"},
    ),
    "check_memorization": (
        lambda points, labels: check_memorization(memorize([[0], [1]], [0, 1], "width3").network, points, labels),
        {"points": [[0], [1]], "labels": [0, 1]},
    ),
    "kernel_spectrum": (
        lambda n, p, values: kernel_spectrum(Scheme(n, p), values),
        {"n": 3, "p": None, "values": [1, 2, 3, 4]},
    ),
    "inner_product_spectrum": (inner_product_spectrum, {"n": 3, "values": [1, 2, 3, 4]}),
    "conjunction_norm": (conjunction_norm, {"domain": "hypercube", "n": 4, "k": 2, "mode": "exact"}),
    "FixedPoint": (
        lambda value, **given: FixedPoint(**given).stochastic(value),
        {"value": "1/3", "integer_bits": 4, "fraction_bits": 2},
    ),
    "rounding_law": (rounding_law, {"value": "-37/29", "random_bits": 3}),
    "round_to_integer": (lambda value: [round_to_integer(value, mode) for mode in Mode], {"value": "5/2"}),
    "round_array": (lambda **given: round_array(mode=Mode.NEAREST_EVEN, **given), {"values": [1, -2, 5], "shift": 1}),
    "exact_product": (exact_product, {"left": ONE, "right": ONE}),
    "gradient_descent": (gradient_descent, {"h": "1/6", "c": 10, "start": 0, "steps": 3}),
    "quadratic_descent": (
        quadratic_descent,
        {"A": [[2, 1], [1, 2]], "b": [1, 2], "eta": "1/8", "start": [0, 0], "steps": 2, "fraction_bits": 2},
    ),
    "rounded_dot_product": (rounded_dot_product, {"a": [3, -5], "b": [5, 3], "fraction_bits": 3}),
    "rounded_rank": (rounded_rank, {"matrix": [["1/3", "2/3"], ["1/2", "5/4"]]}),
    "SparsePattern": (
        lambda layers: SparsePattern.from_lists(layers).label,
        {"layers": [[[0, 1], [1]]]},
    ),
    "named_pattern": (named_pattern, {"name": "sliding-window", "n": 9, "w": 3}),
    "realise": (
        lambda supports, weights, epsilon, method: realise(
            SparseTarget.from_supports(supports, weights), epsilon, method
        ),
        {"supports": [[0], [0, 1]], "weights": [[1], [1, 2]], "epsilon": ["1/10", "1/10", None], "method": "auto"},
    ),
    "softmax_matrix": (lambda logits, seed: softmax_matrix(logits).rank(seed), {"logits": ONE, "seed": 0}),
    "softmax_of_tokens": (
        lambda keys, queries: softmax_of_tokens(keys, queries).rank(),
        {"keys": [[0, 1], [1, 0]], "queries": [[1, "1/2"], [0, 1]]},
    ),
    "softmax_rank_numeric": (softmax_rank_numeric, {"keys": [[0.5], [1.0]], "queries": [[1.0]], "tolerance": 0.1}),
    "head_size_numeric": (head_size_numeric, {"P": [[0.5, 0.25], [0.5, 0.75]]}),
    "scores_of_logits": (
        lambda logits, mask, means, X: least_head_size(scores_of_logits(logits, mask, means), X),
        {"logits": [[0, 1], ["-inf", 2]], "mask": [[1, 1], [0, 1]], "means": "visible", "X": None},
    ),
    "scores_of_probabilities": (lambda P, X: least_head_size(scores_of_probabilities(P), X), {"P": HALVES, "X": ONE}),
    "rank_collapse": (collapse, {"heads": [{"A": [[1]], "V": [[1]]}], "X": [[0, 1]], "bits": 64}),
    "CP": (lambda factors: CP(factors).tensor(), {"factors": [[[1, 2], [0, 1]], [[1, 1], [2, 3]]]}),
    "same_tensor": (
        lambda left, right, prime: same_tensor(CP(left), CP(right), prime),
        {"left": [[[1], [2]], [[1]]], "right": [[[1], [2]], [[1]]], "prime": 101},
    ),
    "train_of_tensor": (train_of_tensor, {"tensor": ONE, "prime": 101}),
    "tree_of_tensor": (tree_of_tensor, {"tensor": ONE, "prime": 101}),
    "tucker_of_tensor": (tucker_of_tensor, {"tensor": ONE, "prime": 101}),
    "nonnegative_rank": (nonnegative_rank, {"matrix": [[1, 0], [1, 1]]}),
    "approximate": (approximate, {"density": [["1/2", 0], [0, "1/2"]], "steps": 3}),
    "tensor_train": (tensor_train, {"variables": 3, "symbols": 2, "rank": 2}),
    "hidden_markov": (hidden_markov, {"variables": 3, "symbols": 2, "states": 2}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLED)
def test_changed_arguments_are_answered_or_refused(name):
    function, given = CALLED[name]
    choose, said = random.Random(f"{SEED} {name}"), []
    for number in range(times(CALLS // len(CALLED)) + 1):
        found, _ = changed({"given": given}, choose, OF_PYTHON)
        arguments = found.get("given")
        if not isinstance(arguments, dict) or set(arguments) != set(given):
            continue  # Python itself refuses missing and unknown arguments
        shown = f"{name}, call {number}: {arguments!r}"[:2000]
        try:
            with limited():
                repr(function(**arguments))
        except InputError as refusal:
            said.append(str(refusal))
        except (Exception, TooSlow) as problem:
            raise AssertionError(shown) from problem
    assert all(said)


@pytest.mark.parametrize("name", CALLED)
def test_what_is_changed_is_right_before(name):
    function, given = CALLED[name]
    with limited():
        assert function(**copy.deepcopy(given)) is not None


def test_exact_numbers_of_any_type_are_the_same():
    from decimal import Decimal

    import sympy

    for one in (1, Fraction(1), "1", np.int64(1), sympy.Integer(1), "2/2"):
        assert rank_rational([[one, 2], [2, 4]]) == 1
    with pytest.raises(InputError):
        rank_rational([[Decimal("0.5"), 1.5]])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("attention-dimensions", 10**400, 3), "row 1: InputError"),
        (("attention-depth", 10**400), "InputError: layers"),
        (("realisation", 10**4000), None),
        (("head-size", 10**400), "n is 1"),
    ],
)
def test_sizes_beyond_all_floats_in_tables(call, words, said):
    """What an instance is expected to cost is a float, and so is a logarithm; a table without rows has a title."""
    answer = call("table", *words)
    assert answer.status in ((0,) if said is None else (1, 2))
    assert said is None or said in answer.stderr
