"""Networks, bounds and errors with integers beyond the 4,300 digits that Python writes."""

import sys
from fractions import Fraction

import pytest

from algebra import Bounds, ConvolutionalNetwork, Grade, InputError, PolynomialNetwork, Rational
from algebra.evidence.checker.labels import digits

HUGE = 10**4400 + 7


@pytest.fixture(autouse=True)
def usual_limit():
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(4300)
    yield
    sys.set_int_max_str_digits(before)


@pytest.mark.parametrize(
    "network",
    [
        PolynomialNetwork((2, 3, 1), degree=HUGE),
        PolynomialNetwork((2, 3, 4, 1), degrees=(2, HUGE)),
        PolynomialNetwork((2, HUGE, 1), degree=2),
        PolynomialNetwork((2, 3, 1), activation=Rational([0, 1, Fraction(1, HUGE)])),
        ConvolutionalNetwork([2, 2], degree=HUGE),
    ],
)
def test_networks_can_be_shown(network):
    text = digits(HUGE)
    assert text in network.label
    assert text in repr(network)
    if isinstance(network, PolynomialNetwork):
        assert text in network._repr_html_()


def test_a_dimension_is_found():
    dimension = PolynomialNetwork((2, 3, 1), degree=HUGE).dimension()
    assert str(dimension) == "6 (proved)"
    assert dimension.explain()


@pytest.mark.parametrize("upper", [HUGE, 2 * HUGE, None], ids=["proved", "open", "unknown"])
def test_bounds_can_be_shown(upper):
    grade = Grade.PROVED if upper == HUGE else Grade.INCONCLUSIVE
    bounds = Bounds(HUGE, upper, grade, lower_by="a", upper_by="b")
    for text in (str(bounds), bounds.explain(), bounds._repr_html_(), bounds._repr_latex_()):
        assert digits(HUGE) in text


def test_errors_are_short():
    for value, says in ((-HUGE, "is -about 10^4400,"), ([HUGE], "of type list with an integer of more than 4300")):
        assert says in str(InputError("degree", value, "an integer"))
    with pytest.raises(InputError, match="degree is"):
        PolynomialNetwork((2, 3, 1), degree=-HUGE)


@pytest.mark.parametrize(
    "number",
    [0, -1, 10**4000, 10**4000 - 1, -(10**8000), 10**8000 + 1, 7**9000],
    ids=lambda number: f"{number.bit_length()} bits",
)
def test_digits(number):
    sys.set_int_max_str_digits(0)
    assert digits(number) == str(number)


def test_a_certificate_that_readers_refuse_is_not_written(call, tmp_path):
    target = tmp_path / "c.json"
    answer = call("dimension", 2, 3, 1, "--degree", digits(HUGE), "--certificate", target, "--json")
    assert answer.status == 2
    assert answer.error["argument"] == "--certificate"  # before the work, as the checker would refuse it
    assert not target.exists()
    with pytest.raises(InputError, match="too long"):
        PolynomialNetwork((2, 3, 1), degree=HUGE).dimension().certificate().write(target)
