"""Networks far beyond memory that reduce to small ones: decided, with certificates; forgeries are refused."""

from random import Random

import pytest

from algebra import PolynomialNetwork
from algebra.polynomial.blocks import explained
from algebra.polynomial.hilbert import Architecture
from algebra.polynomial.reduced import reduced_bound
from algebra.polynomial.rules import upper_bound
from tests.properties import cases
from tests.tampering import check_forged

HUGE = 10**400

DECIDED = [
    # a sum of enough squares is any quadratic form in two variables, and likewise
    ((2, 10**10, 1), (2,), False, 3),
    ((2, HUGE, 1), (2,), False, 3),
    ((2, HUGE, 3), (2,), False, 9),
    ((2, 10**6, 2, 10**6, 1), (3, 3, 3), False, 8 + 4 - 2),
    ((2, 10**6, 10**6, 1), (2, 2), False, 5),
    ((2, 10**6, 1), (2,), True, 6),
    ((2, 10**6, 2, 10**6, 1), (3, 3, 3), True, 28),
    # a point of a Grassmannian, and a quadratic form in two variables
    ((HUGE, 2, 1), (2,), False, 2 * (HUGE - 2) + 3),
    ((10**10, 2, 1), (2,), True, 2 * (10**10 - 2) + 6),
    # c f^R: the squares of binary forms of degree 2, and a scalar for each output
    ((2, 3, 1, 10**9, 10**9), (2, 2, 3), False, 3 + 10**9 - 1),
    ((10**9, 1, 10**9, 1, 10**9, 1), (2, 2, 2, 2), False, 10**9),
    # linear layers that are no bottleneck, and one that is
    ((10**9, 10**9, 10**9), (1,), False, 10**18),
    ((10**9, 10**9, 10**9), (1,), True, 10**18 + 10**9),
    ((2, HUGE, HUGE, HUGE, 1), (1, 2, 1), False, 3),
    ((10**10, 2, HUGE, 3), (2, 3), False, 20000000010),
]


def network_of(a):
    return PolynomialNetwork(a.widths, degrees=a.degrees, biases=a.biases)


@pytest.mark.parametrize(("widths", "degrees", "biases", "value"), DECIDED)
def test_what_no_output_sees_is_left_out(widths, degrees, biases, value):
    bounds = PolynomialNetwork(widths, degrees=degrees, biases=biases).dimension()
    assert (bounds.lower, bounds.upper, bounds.grade.value) == (value, value, "proved")


READABLE = [case for case in DECIDED if max(case[0]) <= 10**10 and case[-1] < 1 << 40]


@pytest.mark.parametrize(("widths", "degrees", "biases", "value"), READABLE)
def test_their_certificates_are_valid(widths, degrees, biases, value):
    certificate = PolynomialNetwork(widths, degrees=degrees, biases=biases).dimension().certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    chain = certificate.document["lower"]["chain"]
    assert max(len(statement.get("rows", [])) for statement in chain) <= 30


def reducible(random):
    """Return a small architecture of which some layer says more than its neighbours see."""
    widths = [random.randint(1, 5) for _ in range(random.randint(3, 5))]
    widths[random.randrange(len(widths) - 1)] += random.randint(3, 9)
    degrees = tuple(random.choice((1, 2, 2, 3)) for _ in widths[2:])
    return Architecture(tuple(widths), degrees, random.random() < 0.3)


def check_equal_to_the_rank(count, first):
    """The bound of the reduced network is the rank of the whole Jacobian, at other weights and with more rows."""
    used = set()
    for number in range(first, first + count):
        a = reducible(Random(number))
        found = reduced_bound(a, seed=number)
        if found is None:
            continue
        used |= set(found.names)
        rank = direct_rank(a, number)
        assert found.value == rank, explained(found)
        assert found.value <= upper_bound(a).value
    return used


def direct_rank(a, number):
    from algebra.evidence.evaluation import quick_trial
    from algebra.polynomial.jacobian import JacobianEvaluation

    beyond = upper_bound(a).value + 8
    return quick_trial(JacobianEvaluation(network_of(a)), beyond, number + 1, 0).rank


RULES = {"narrower", "linear-layer", "width-one", "fewer-inputs", "one-layer"}


def test_the_bound_is_the_rank_of_the_whole():
    assert check_equal_to_the_rank(len(cases(150)), 0) >= RULES


@pytest.mark.slow
def test_the_bound_is_the_rank_of_the_whole_on_2000_architectures():
    assert check_equal_to_the_rank(2000, 1000) >= RULES


def test_what_does_not_reduce_has_no_such_bound():
    assert reduced_bound(Architecture((3, 4, 2), (3,))) is None


def test_a_linear_first_layer_is_not_spoken_of():
    """(4, 2, 3; 1, 2) has a bottleneck that is linear: the theorem on inputs asks for degrees of at least 2."""
    a = Architecture((40_000, 2, 3, 1), (1, 2))
    assert reduced_bound(a) is None


@pytest.fixture(scope="module")
def certificate():
    """Rests on every rule but two."""
    return PolynomialNetwork((9, 3, 50_000, 1, 7, 4), degrees=(2, 2, 2, 2)).dimension().certificate()


@pytest.fixture(scope="module")
def linear():
    return PolynomialNetwork((300, 400, 500), degree=1).dimension().certificate()


def first(document, rule):
    return next(statement for statement in document["lower"]["chain"] if statement["rule"] == rule)


def raised(document):
    document["claim"]["lower"] += 1
    document["lower"]["chain"][-1]["value"] += 1


FORGERIES = {
    "more is claimed": raised,
    "a Grassmannian of more inputs": lambda d: first(d, "fewer-inputs").update(
        value=first(d, "fewer-inputs")["value"] + 1
    ),
    "fewer inputs than neurons": lambda d: first(d, "fewer-inputs")["widths"].__setitem__(0, 2),
    "a linear layer behind the inputs": lambda d: first(d, "fewer-inputs")["degrees"].__setitem__(0, 1),
    "biases in front of one neuron": lambda d: first(d, "width-one").update(biases=True),
    "two neurons in the place of one": lambda d: first(d, "width-one")["widths"].__setitem__(3, 2),
    "a head that is none": lambda d: first(d, "width-one")["widths"].__setitem__(0, 8),
    "wider, not narrower": lambda d: first(d, "narrower")["widths"].__setitem__(2, 1),
    "narrower, with other outputs": lambda d: first(d, "narrower")["widths"].__setitem__(-1, 2),
    "narrower, with other inputs": lambda d: first(d, "narrower")["widths"].__setitem__(0, 30),
    "narrower, of another degree": lambda d: first(d, "narrower")["degrees"].__setitem__(0, 3),
    "ranks that the rule does not need": lambda d: first(d, "narrower").update(factors=[0]),
    "no part": lambda d: first(d, "narrower").update(parts=[]),
}
OF_LINEAR = {
    "more than there are coefficients": raised,
    "a layer that is not linear": lambda d: first(d, "linear-layer")["degrees"].__setitem__(0, 2),
    "a bottleneck": lambda d: first(d, "linear-layer")["widths"].__setitem__(1, 200),
    "a layer too few": lambda d: first(d, "one-layer").update(widths=[300, 400, 500], degrees=[1]),
    "other outputs": lambda d: first(d, "one-layer")["widths"].__setitem__(1, 501),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_reductions_are_refused(certificate, name):
    assert {"narrower", "width-one", "fewer-inputs"} <= {s["rule"] for s in certificate.document["lower"]["chain"]}
    assert certificate.check().valid
    assert not check_forged(certificate, FORGERIES[name]).valid


@pytest.mark.parametrize("name", OF_LINEAR)
def test_forged_linear_layers_are_refused(linear, name):
    assert linear.check().valid
    assert not check_forged(linear, OF_LINEAR[name]).valid


def test_the_command_line_writes_and_checks_it(call, tmp_path):
    path = tmp_path / "c.json"
    answer = call("dimension", 2, 10**9, 1, "--degree", 2, "--certificate", path, "--json")
    assert (answer.results[0]["lower"], answer.results[0]["grade"]) == (3, "proved")
    assert call("check", path).status == 0
