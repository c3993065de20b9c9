"""Convolutions of one channel: the theorem against ranks at random filters, certificates, forgeries."""

from random import Random

import pytest

from algebra import ConvolutionalNetwork
from algebra.evidence.evaluation import quick_trial
from algebra.polynomial.filters import filter_bound
from algebra.polynomial.jacobian import JacobianEvaluation
from tests.properties import cases
from tests.tampering import check_forged


def random_network(random):
    depth = random.randint(1, 4)
    filters = [random.choice((1, 1, 2, 3, 4, 5)) for _ in range(depth)]
    degrees = [random.choice((1, 1, 2, 3)) for _ in range(depth - 1)]
    return ConvolutionalNetwork(filters, [random.randint(1, 4) for _ in range(depth)], degrees=degrees)


def check_equal_to_the_rank(count, first):
    for number in range(first, first + count):
        network = random_network(Random(number))
        rank = quick_trial(JacobianEvaluation(network), network.parameters + 8, number, 0).rank
        assert filter_bound(network).value == rank, network.label


def test_the_theorem_is_the_rank():
    """More rows than the bound, and no stop at it; also with layers of degree 1."""
    check_equal_to_the_rank(len(cases(100)), 0)


@pytest.mark.slow
def test_the_theorem_is_the_rank_of_2000_networks():
    check_equal_to_the_rank(2000, 1000)


@pytest.mark.parametrize(
    ("filters", "strides", "degrees", "value"),
    [
        ([200, 30, 20], [1, 2, 3], [2, 3], 248),
        ([20_000, 3_000, 200], None, [2, 1], 23_198),
        ([10**5] * 3, [7, 1, 2], [1, 1], 299_998),
        ([2, 2**39], None, [2], 2**39 + 1),
    ],
)
def test_large_filters_are_decided_without_a_rank(filters, strides, degrees, value):
    bounds = ConvolutionalNetwork(filters, strides, degrees=degrees).dimension()
    assert (bounds.lower, bounds.upper, bounds.lower_by) == (value, value, "convolution")
    assert bounds.evidence.trials == 0
    assert bounds.explain().splitlines()[0] == f"{value} <= dim: convolution"
    certificate = bounds.certificate()
    assert certificate.document["lower"] == {"rule": "convolution"}
    assert certificate.check().valid


def test_small_filters_have_a_rank_to_look_at():
    assert ConvolutionalNetwork([4, 3, 2], degree=3).dimension().lower_by == "jacobian-minor"


@pytest.fixture(scope="module")
def certificate():
    return ConvolutionalNetwork([100, 60, 40], degree=2).dimension().certificate()


def without_upper(document, **claim):
    """Claim something else from below, and nothing from above."""
    document["claim"].update(upper=None, **claim)
    document["upper"] = None


def of_filters(*filters):
    return {
        "convolution": {"filters": list(filters), "strides": [1] * len(filters)},
        "degrees": [2] * (len(filters) - 1),
    }


DENSE = {"widths": [10, 20, 10], "degrees": [2], "biases": False}
FORGERIES = {
    "the theorem gives 198, not 199": lambda d: without_upper(d, lower=199),
    "the theorem gives 198, not 200": lambda d: without_upper(d, lower=200),
    "the network is not convolutional": lambda d: without_upper(d, network=DENSE, label="pnn:10-20-10:r2"),
    "the label does not fit": lambda d: without_upper(d, network=of_filters(100, 60, 41)),
    "the theorem gives 197, not 198": lambda d: without_upper(
        d, network=of_filters(100, 60, 39), label="cnn:k100-60-39:s1-1-1:r2"
    ),
    "the theorem gives 157, not 198": lambda d: without_upper(
        d, network=of_filters(99, 59), label="cnn:k99-59:s1-1:r2"
    ),
    "unknown fields": lambda d: d["lower"].update(note="trust me"),
    "lower lacks": lambda d: d.update(lower={}),
    "lower is not an object": lambda d: d.update(lower=["convolution"]),
    "claim.lower": lambda d: without_upper(d, lower="198"),
    "between 1 and": lambda d: without_upper(d, network=of_filters(100, 60, 0)),
}


@pytest.mark.parametrize("reason", FORGERIES)
def test_forged_certificates_are_refused(certificate, reason):
    report = check_forged(certificate, FORGERIES[reason])
    assert not report.valid
    assert reason in report.reasons[0]


def test_what_a_theorem_decides_is_looked_at_once_more_where_it_fits(monkeypatch):
    """4 million places of shared coefficients at 4,007 samples do not fit; those of 120 coefficients do."""
    monkeypatch.setenv("RANKCERT_CHECK", "1")
    monkeypatch.setattr("algebra.memory.available_memory", lambda: 8 << 30)
    assert ConvolutionalNetwork([2000, 2000], degree=2).dimension().value == 3999
    assert ConvolutionalNetwork([100, 60], degree=2).dimension().value == 159
