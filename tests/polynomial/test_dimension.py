"""Dimensions: reference rows, theorems over boxes, invariances, errors."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import Bounds, ConvolutionalNetwork, Grade, InputError, PolynomialNetwork, Rational
from algebra.evidence.evaluation import careful_trial, quick_trial, suitable_prime
from algebra.evidence.reason import Reason
from algebra.polynomial import dimension as dimension_module
from algebra.polynomial import jacobian as jacobian_module
from algebra.polynomial.dimension import (
    best_upper_bound,
    check_memory,
    dimension,
    may_be_single,
    memory_estimate,
    single_trial,
)
from algebra.polynomial.jacobian import JacobianEvaluation
from algebra.polynomial.layout import layout
from algebra.polynomial.symbolic import symbolic_dimension
from algebra.polynomial.threshold import activation_threshold
from algebra.rank.primes import random_prime
from tests.polynomial import definition
from tests.properties import examples

DATA = Path(__file__).parent.parent / "data"
REFERENCE = [json.loads(line) for line in (DATA / "reference_dimensions.jsonl").read_text().splitlines()]
OTHERS = json.loads((DATA / "reference_thresholds.json").read_text())

TRUE_BOUND = best_upper_bound  # before anything is patched

small_widths = st.lists(st.integers(1, 5), min_size=2, max_size=5)
degrees = st.integers(1, 4)


def test_every_reference_row_is_proved():
    wrong = []
    for row in REFERENCE:
        network = PolynomialNetwork(row["widths"], row["degree"])
        found = network.dimension()
        # The source counts raw parameters for degree 1; we count scalings out at every degree, as its formula does.
        naive = network.parameters if row["degree"] == 1 else network.naive_dimension
        facts = (found.lower, found.grade, network.ambient_dimension, naive)
        if facts != (row["dim"], Grade.PROVED, row["ambient"], row["naive"]):
            wrong.append((row["widths"], facts))
    assert len(REFERENCE) > 80
    assert not wrong


@pytest.mark.parametrize("case", OTHERS["convolutions"], ids=str)
def test_convolutions(case):
    network = ConvolutionalNetwork(case["filters"], case["strides"], case["degree"])
    found = network.dimension()
    assert (int(found), found.grade) == (case["dim"], Grade.PROVED)


@pytest.mark.parametrize(
    ("widths", "degree", "biases"),
    [
        ((2, 2, 1), 2, False),
        ((2, 3, 2), 2, False),
        ((3, 5, 1), 4, False),
        ((1, 3, 2), 2, True),
        ((2, 3, 2, 1), 2, False),
        ((2, 2, 1), 3, True),
        ((3, 2, 4), 1, False),
    ],
)
def test_against_sympy(widths, degree, biases):
    network = PolynomialNetwork(widths, degree, biases=biases)
    assert int(network.dimension()) == symbolic_dimension(network)


def test_alexander_hirschowitz_over_a_box():
    exceptions = {(3, 5, 4), (4, 9, 4), (5, 14, 4), (5, 7, 3)}
    for n in range(2, 6):
        for r in range(3, 6):
            for s in range(1, min(math.comb(n + r - 1, r) // n + 3, 20)):
                expected = min(s * n, math.comb(n + r - 1, r)) - ((n, s, r) in exceptions)
                found = PolynomialNetwork((n, s, 1), r).dimension()
                assert (int(found), found.grade) == (expected, Grade.PROVED), (n, s, r)
        for s in range(1, n + 3):
            q = min(s, n)
            assert int(PolynomialNetwork((n, s, 1), 2).dimension()) == q * n - math.comb(q, 2)


def test_degenerate_networks():
    cases = {
        ((4, 3), ()): 12,
        ((1, 5, 5, 3), (2, 2)): 3,
        ((3, 1, 2, 2), (2, 2)): 4,
        ((3, 2, 4), (1,)): 10,
        ((6, 3, 2, 3, 7), (1, 1, 1)): 22,
        ((2, 3, 9), (2,)): 27,
        ((2, 2, 40), (2,)): 82,
        ((1, 1, 1), (7,)): 1,
        ((1, 1), ()): 1,
    }
    for (widths, powers), expected in cases.items():
        found = PolynomialNetwork(widths, degrees=powers).dimension()
        assert (int(found), found.grade) == (expected, Grade.PROVED), widths


def test_degrees_with_hundreds_of_digits():
    network = PolynomialNetwork((2, 2, 2), degree=10**300)
    assert int(network.dimension()) == network.naive_dimension == 6
    deep = PolynomialNetwork((2,) * 400, degree=3)
    assert deep.output_degree == 3**398
    assert deep.dimension().record == (800, 800, Grade.PROVED, None, "fewer-outputs", "gauge", 0)


def test_characteristic_dividing_the_degree():
    prime = suitable_prime(JacobianEvaluation(PolynomialNetwork((2, 2, 1), degree=8388593 * 2)))
    assert prime != 8388593
    assert int(PolynomialNetwork((2, 3, 2), degree=8388593).dimension()) == 9


def test_degrees_beyond_the_small_prime():
    """Modulo p the power r acts as r mod (p - 1), here 7: the larger primes of the careful trials see the truth."""
    for width in (5, 7):
        found = PolynomialNetwork((2, width, 1), degree=8388593).dimension()
        assert (int(found), found.grade) == (2 * width, Grade.PROVED)


@pytest.mark.parametrize("seed", [0, 1, 12345678901234567890])
def test_seeds_are_recorded_and_reproduce(seed):
    network = PolynomialNetwork((2, 3, 4, 5, 4, 6, 4, 1), degree=2)
    first, second = network.dimension(seed=seed), network.dimension(seed=seed)
    assert first.record == second.record
    assert first.seed == seed
    assert first.evidence.lower == second.evidence.lower


def _loose(network: PolynomialNetwork, by: int) -> Reason:
    return Reason("loose", TRUE_BOUND(network).value + by)


def test_a_gap_is_probable_with_an_honest_error(monkeypatch):
    network = PolynomialNetwork((2, 3, 2, 1), degree=2)
    for name in ("best_upper_bound", "elementary_bound", "explained_bound"):
        monkeypatch.setattr(f"algebra.polynomial.dimension.{name}", lambda n: _loose(n, 2))
    found = dimension(network)
    assert (found.lower, found.upper, found.grade) == (5, 7, Grade.PROBABLE)
    assert -128 < found.log2_error <= -64
    smaller = dimension(network, log2_error=-300)
    assert smaller.log2_error <= -300
    assert smaller.log2_error < 2 * found.log2_error
    assert str(smaller).startswith("5 (probable, p < 2^-")


def test_a_wrong_upper_bound_is_caught_by_the_lower_bound():
    """With more rows than a bound that is too small asks for, the rank rises above it."""
    network = PolynomialNetwork((2, 3, 2), degree=2)
    true = int(network.dimension())
    assert quick_trial(JacobianEvaluation(network), true - 1 + 8, 0, 0).rank > true - 1
    with pytest.raises(InputError, match="at most the upper bound"):
        Bounds(true, true - 1, Grade.INCONCLUSIVE)


def test_the_careful_trial_uses_the_prime_it_says():
    network = PolynomialNetwork((2, 3, 2), degree=2)
    jacobian = JacobianEvaluation(network)
    trial = careful_trial(jacobian, 6, 0, 0, 1)
    assert trial.prime == random_prime(trial.key, 62)
    assert trial.prime.bit_length() == 62
    assert trial.rank == 6
    big = careful_trial(jacobian, 6, 0, 0, 3)
    assert big.prime.bit_length() == 190
    assert big.rank == 6
    assert jacobian.log2_error(6, 10, 3) < 3 * jacobian.log2_error(6, 10, 1) / 1.2


@pytest.mark.parametrize("target", [0, 1, -0.5, -5000, float("nan"), "small", True])
def test_a_target_that_cannot_be_reached_is_refused(target):
    with pytest.raises(InputError, match="log2_error"):
        PolynomialNetwork((2, 3, 1), 2).dimension(log2_error=target)


def test_too_large_is_said_before_the_work_starts():
    with pytest.raises(InputError, match="GiB needed"):
        PolynomialNetwork((1000, 1000, 1000, 1000), activation=Rational([0, 1, 1])).dimension()
    check_memory(100)


def test_the_estimate_of_memory_is_about_what_is_taken():
    """Of a rank of 2,109 numpy takes 8 U^2/4 bytes and some blocks: 34 MiB, where once 46 MiB were asked for."""
    import tracemalloc

    network = PolynomialNetwork((3, 80, 80, 3), degree=6)
    estimate = memory_estimate(best_upper_bound(network).value, sum(network.widths))
    layout(network)
    tracemalloc.start()
    rank = quick_trial(JacobianEvaluation(network), 2109, 0, 0).rank
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rank == 2109
    assert 0.5 * estimate < taken < 1.2 * estimate


def test_a_gap_stays_open_where_long_integers_do_not_fit(monkeypatch):
    """The bounds are not lost: they are told, and that nothing is decided."""
    network = PolynomialNetwork((2, 3, 2, 1), degree=2)
    for name in ("best_upper_bound", "elementary_bound", "explained_bound"):
        monkeypatch.setattr(f"algebra.polynomial.dimension.{name}", lambda n: _loose(n, 2))
    monkeypatch.setattr("algebra.polynomial.dimension.fits", lambda needed: False)
    found = dimension(network)
    assert (found.lower, found.upper, found.grade) == (5, 7, Grade.INCONCLUSIVE)


@pytest.mark.parametrize("width", [2**40, 10**30, 10**1000])
def test_widths_beyond_all_floats_are_refused_too(width):
    with pytest.raises(InputError, match="GiB needed"):
        PolynomialNetwork((width, width, 2), activation=Rational([0, 1, 1])).dimension()
    with pytest.raises(InputError, match="GiB needed"):  # a small dimension, of many parameters
        PolynomialNetwork((2, width, 2, 1), activation=Rational([0, 1, 1])).dimension()
    with pytest.raises(InputError, match="GiB needed"):
        activation_threshold((2, width, 3))


def test_a_stride_beyond_all_floats_jumps_over_inputs_that_nothing_reads():
    for stride in (2**40, 10**30, 10**1000):
        assert int(ConvolutionalNetwork((2, 2, 2), (1, stride, 1), degree=2).dimension()) == 4
        assert int(ConvolutionalNetwork((2, 2), (stride, 1), degree=2).dimension()) == 3


def test_the_stride_of_a_single_output_does_not_count():
    dims = [ConvolutionalNetwork((3, 2), (1, stride), degree=2).dimension() for stride in (1, 10**30)]
    assert int(dims[0]) == int(dims[1]) == 4


def test_bad_seed():
    with pytest.raises(InputError, match="seed"):
        PolynomialNetwork((2, 3, 1), 2).dimension(seed=0.5)


def test_rational_activations_as_functions():
    for d0, d1, d2 in [(2, 3, 2), (3, 4, 1), (3, 2, 2)]:
        found = PolynomialNetwork((d0, d1, d2), activation=Rational([1], [0, 1])).dimension()
        assert (int(found), found.grade) == (d1 * (d0 + d2 - 1), Grade.PROVED)


@examples(60)
@given(small_widths, degrees, st.booleans(), st.randoms(use_true_random=False))
def test_bounds_sandwich_and_widths_are_monotone(widths, degree, biases, random):
    network = PolynomialNetwork(widths, degree, biases=biases)
    found = network.dimension()
    assert found.upper is None or found.lower <= found.upper <= network.expected_dimension
    if len(widths) > 2:
        k = random.randrange(1, len(widths) - 1)
        wider = PolynomialNetwork([w + (i == k) for i, w in enumerate(widths)], degree, biases=biases)
        assert wider.dimension().lower >= found.lower


@examples(40)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=4), degrees, st.integers(0, 10**9))
def test_every_seed_finds_the_rank_of_the_definition(widths, degree, seed):
    """Of the Jacobian in Python's integers at other weights, with nothing of the library."""
    assert PolynomialNetwork(widths, degree).dimension(seed=seed).lower == definition.dimension(widths, degree)


@examples(40)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), degrees)
def test_an_output_more_is_a_function_more(d0, d1, d2, degree):
    one = PolynomialNetwork((d0, d1, d2), degree).dimension().lower
    more = PolynomialNetwork((d0, d1, d2 + 1), degree).dimension().lower
    assert one < more <= (d2 + 1) * one


def test_wide_networks_with_few_functions_are_weighed_before_they_are_evaluated(monkeypatch):
    network = PolynomialNetwork((2, 10**4, 2, 10**4, 1), activation=Rational([1, 1, 1]))
    monkeypatch.setattr("algebra.memory.available_memory", lambda: 1 << 24)
    with pytest.raises(InputError, match="up to 45"):
        network.dimension()


# ---- float32


SINGLE = [((4, 6, 6, 4), 2, "structured-minor"), ((6, 9, 9, 1), 2, "jacobian-minor")]


@pytest.mark.parametrize(("widths", "degree", "rule"), SINGLE)
def test_ranks_in_float32_prove_the_same(monkeypatch, widths, degree, rule):
    network = PolynomialNetwork(widths, degree)
    before = network.dimension()
    for name in ("WORTH_SINGLE", "WORTH_STRUCTURE"):
        monkeypatch.setattr(dimension_module, name, 20)
    monkeypatch.setattr(jacobian_module, "STREAMED", 20)
    bounds = network.dimension()
    assert bounds == before
    assert (bounds.lower_by, bounds.evidence.trials) == (rule, 1)
    assert bounds.evidence.lower.prime <= 509
    assert bounds.certificate().check().valid


def test_a_rank_in_float32_that_falls_short_says_nothing(monkeypatch):
    network = PolynomialNetwork((6, 9, 9, 1), 2)
    before = network.dimension()
    monkeypatch.setattr(jacobian_module, "STREAMED", 20)
    jacobian = JacobianEvaluation(network)
    assert single_trial(jacobian, before.lower, 0).rank == before.lower
    assert single_trial(jacobian, before.lower + 1, 0) is None
    monkeypatch.setattr(dimension_module, "WORTH_SINGLE", 20)
    monkeypatch.setattr(dimension_module, "single_trial", lambda *given: None)
    bounds = network.dimension()
    assert bounds.evidence.to_json() == before.evidence.to_json()


def test_primes_that_hide_a_neuron_are_passed_over():
    """Before one output, the weight of one of 90 neurons is 0 modulo a prime of 9 bits in a sixth of all draws."""
    jacobian = JacobianEvaluation(PolynomialNetwork((4, 90, 1), 9))
    seen = [single_trial(jacobian, 100, seed) for seed in range(16)]
    assert min(each.rank for each in seen) >= 100
    assert len({each.prime for each in seen}) > 1


@pytest.mark.parametrize(
    ("widths", "degree", "may"),
    [
        ((20, 36, 36, 20), 2, True),
        ((30, 50, 50, 1), 2, True),
        ((30, 50, 50, 2), 2, False),  # two neurons have the same two outputs, up to a factor
        ((30, 50, 50, 2), 3, True),
        ((2, 50, 50, 3), 3, False),  # or the same inputs
        ((30, 50, 50, 3), 23, False),  # forms of degree 529
    ],
)
def test_float32_is_tried_where_it_may_serve(widths, degree, may):
    assert may_be_single(PolynomialNetwork(widths, degree), 2664) == may
    assert not may_be_single(PolynomialNetwork(widths, degree), 1999)
    assert not may_be_single(PolynomialNetwork(widths, activation=Rational([0, 1], [1, 1])), 2664)
