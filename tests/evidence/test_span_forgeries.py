"""Statements on spans that are changed and sealed again: hypotheses, labels, forms, minors; and who rests on them."""

import copy
from contextlib import suppress

import pytest

from algebra import PolynomialNetwork
from algebra.evidence.checker import Network, Refused, check_upper
from algebra.evidence.checker.functions import space
from algebra.evidence.checker.generator import residues
from algebra.polynomial.certify import chain_json
from algebra.polynomial.dimension import best_upper_bound
from tests.tampering import check_forged, put

NETWORKS = {
    "graph": (4, 6, 12, 8, 1),
    "double-points": (3, 4, 5, 15, 25, 10, 1),
    "octad": (4, 8, 35, 19, 19, 1),
    "isolated-pairs": (3, 5, 5, 15, 25, 10, 1),
}


@pytest.fixture(scope="module", params=NETWORKS)
def rule(request):
    return request.param


def chain_of(widths, degree=2):
    """Return network, bound and chain of a bound without a lower side, which is not what is forged here."""
    network = PolynomialNetwork(widths, degree=degree)
    bound = best_upper_bound(network)
    return Network(widths, network.degrees), bound.value, chain_json(network, bound)


def place(chain, name):
    return next(i for i, statement in enumerate(chain) if statement["rule"] == name)


def refused(case, change, part="."):
    """Check a changed chain; it must be refused for a reason that contains a part."""
    network, value, chain = copy.deepcopy(case)
    change(chain)
    with pytest.raises(Refused, match=part):
        check_upper(network, value, chain)


@pytest.fixture(scope="module")
def cases():
    return {name: chain_of(widths) for name, widths in NETWORKS.items()}


def test_the_chains_are_valid_as_they_are(cases, rule):
    network, value, chain = cases[rule]
    assert rule in [statement["rule"] for statement in chain]
    check_upper(network, value, chain)


def test_cubes_are_valid_too():
    network, value, chain = chain_of((3, 5, 12, 29, 1), degree=3)
    assert value == 401
    check_upper(network, value, chain)
    i = place(chain, "graph")
    refused((network, value, chain), put(i, "prime", 8388593), "roots of unity")  # 2 modulo 3


def test_no_value_of_a_theorem_can_be_lowered(cases, rule):
    i = place(cases[rule][2], rule)
    refused(cases[rule], put(i, "value", cases[rule][2][i]["value"] - 1), "does not give the value")


def test_whoever_rests_on_a_theorem_names_it(cases, rule):
    chain = cases[rule][2]
    i = place(chain, rule)
    users = [j for j, statement in enumerate(chain) if i in statement.get("parts", [])]
    assert users
    for j in users:
        refused(cases[rule], put(j, "parts", [part for part in chain[j]["parts"] if part != i]))


def test_a_theorem_is_no_bound_of_a_dimension(cases, rule):
    network, value, chain = cases[rule]
    i = place(chain, rule)
    with pytest.raises(Refused, match="another network"):
        check_upper(network, value, chain[: i + 1])
    user = next(j for j, statement in enumerate(chain) if len(statement.get("parts", [])) == 2)
    refused(cases[rule], put(user, "parts", [i, i]), "parts")


def test_the_octad_is_eight_squares_in_four_variables(cases):
    case = cases["octad"]
    i = place(case[2], "octad")
    for field, wrong in [("t", 3), ("degrees", [3]), ("widths", [4, 7]), ("widths", [5, 8]), ("widths", [8, 4])]:
        refused(case, put(i, field, wrong), "not the theorem's")
    refused(case, put(i, "widths", [4, 8, 8]), "one degree for each layer")
    refused(case, put(i, "labels", []), "octad")


def test_the_family_of_spans_is_that_of_the_octad(cases):
    case = cases["octad"]
    chain = case[2]
    i = place(chain, "family-of-spans")
    refused(case, put(i, "value", chain[i]["value"] - 1), "does not give the value")
    refused(case, put(i, "layer", 2), "not the octad")
    refused(case, put(i, "widths", [4, 9, 34, 19]), "not the octad")
    refused(case, put(i, "degrees", [3, 2]), "not the octad")
    refused(case, put(i, "degrees", [2, 3]), "not the octad")
    refused(case, put(i, "biases", True), "not the octad")
    refused(case, put(i, "parts", []), "octad is missing")


@pytest.mark.parametrize("name", ["graph", "double-points"])
def test_hypotheses_of_conditions_are_checked(name, cases):
    case = cases[name]
    chain = case[2]
    i = place(chain, name)
    statement = chain[i]
    widths, labels = statement["widths"], statement["labels"]
    refused(case, put(i, "prime", 8388593 - 2), "no prime")
    refused(case, put(i, "prime", 2), "prime")
    refused(case, put(i, "prime", (1 << 61) - 1), "prime")
    refused(case, put(i, "widths", [*widths[:-1], widths[-1] + 1]))
    refused(case, put(i, "widths", [widths[0] + 1, *widths[1:]]))
    refused(case, put(i, "widths", widths[:-1]), "layer|degree|widths")
    refused(case, put(i, "labels", 0, [0] * (len(labels[0]) - 1)), "one root of unity for each form")
    refused(case, put(i, "labels", 0, 0, 2), "label")
    refused(case, put(i, "labels", []), "no labels")
    refused(case, put(i, "columns", 0, 10**6), "columns")
    refused(case, put(i, "rows", 0, statement["rows"][1]), "repeats")
    refused(case, put(i, "rows", statement["rows"][:-1]), "not square")


@pytest.mark.parametrize("name", ["graph", "double-points"])
def test_labels_that_give_no_condition_are_refused(name, cases):
    """As many equal roots of unity as unknowns: P and Q are equal, or opposite."""
    case = cases[name]
    i = place(case[2], name)
    label = case[2][i]["labels"][0]
    size = case[2][i]["widths"][-2]
    for equal in ([0] * len(label), [0] * size + [1] * (len(label) - size)):
        refused(case, put(i, "labels", [equal] * len(case[2][i]["labels"])), "vanishes|ideal")


def test_the_same_conditions_twice_are_refused(cases):
    case = cases["graph"]
    i = place(case[2], "graph")
    labels = case[2][i]["labels"]
    refused(case, put(i, "labels", [labels[0]] * len(labels)), "vanishes")
    exchanged = [1 - e for e in labels[0]]
    refused(case, put(i, "labels", 1, exchanged), "vanishes")


def test_special_forms_do_not_stand_for_general_ones():
    """Modulo 3 half of all keys draw forms for which some space is too large: it need not be that of general forms."""
    label = (0, 0, 0, 1, 1, 1)
    verdicts = []
    for number in range(40):
        drawn = residues(f"special {number}", "weights", 0, 24, 1, 3)
        verdicts.append(None)
        with suppress(Refused):
            verdicts[-1] = len(space([drawn[i : i + 4] for i in range(0, 24, 4)], label, 2, 3))
    assert set(verdicts) == {2, None}
    with pytest.raises(Refused, match="larger than at general weights"):
        space([[1, 0, 0, 0]] * 6, label, 2, 3)


def test_special_weights_in_a_certificate_are_refused(cases):
    """A prime so small that the forms of most keys are special."""
    for name in ("graph", "double-points"):
        case = cases[name]
        i = place(case[2], name)
        for number in range(8):

            def change(chain, i=i, number=number):
                chain[i] |= {"prime": 3, "key": f"special {number}"}

            refused(case, change)


def test_conditions_of_a_degree_that_is_too_small_or_too_large(cases):
    case = cases["double-points"]
    i = place(case[2], "double-points")
    refused(case, put(i, "base", 3), "base is too small")
    refused(case, put(i, "base", 9), "base")  # t is 8
    refused(case, put(i, "degrees", [3, 2]), "base is too small")
    refused(case, put(i, "t", 4))  # nobody asks for it, and the value is not that
    graph = cases["graph"]
    i = place(graph[2], "graph")
    refused(graph, put(i, "t", 5))
    refused(graph, put(i, "points", 1), "rows")


def test_a_pivot_of_the_ideal_is_no_row(cases):
    """Fewer points than the ideal has dimensions: then all of them are pivots."""
    case = cases["double-points"]
    i = place(case[2], "double-points")
    rows = list(range(len(case[2][i]["rows"])))
    refused(case, put(i, "rows", rows), "pivot")
    refused(case, put(i, "points", 10), "rows|ideal")


def test_pairs_that_are_none_are_refused(cases):
    case = cases["isolated-pairs"]
    i = place(case[2], "isolated-pairs")
    pairs = case[2][i]["pairs"]
    no_solution = "does not solve"
    refused(case, put(i, "pairs", 0, "label", [0, 0, 0, 0, 1]), no_solution)
    refused(case, put(i, "pairs", 3, "left", 0, 2, 17), no_solution)
    refused(case, put(i, "pairs", 3, "right", pairs[3]["left"]), no_solution)
    refused(case, put(i, "pairs", 3, "scale", [1]), no_solution)
    refused(case, put(i, "pairs", 3, "modulus", pairs[4]["modulus"]), no_solution)
    refused(case, put(i, "key", "other weights"), no_solution)
    refused(case, put(i, "widths", [3, 6, 5]), no_solution)
    refused(case, put(i, "degrees", [3, 2]), no_solution)


def test_hypotheses_of_pairs_are_checked(cases):
    case = cases["isolated-pairs"]
    i = place(case[2], "isolated-pairs")
    statement, m = case[2][i], case[2][i]["prime"]
    refused(case, put(i, "prime", m - 2), "no prime")
    refused(case, put(i, "prime", (1 << 61) - 1), "prime")
    refused(case, put(i, "degrees", [2, 3]), "roots of unity|base")
    refused(case, put(i, "degrees", [2, 1]), "not those of the rule")
    refused(case, put(i, "widths", [3, 5, 6]), "not those of the rule")
    refused(case, put(i, "widths", [9, 18, 17]), "not those of the rule")
    refused(case, put(i, "widths", [3, 5]), "layers|degree")
    refused(case, put(i, "base", 9), "base")  # t is 8
    refused(case, put(i, "base", 3), "columns|vanishes")
    refused(case, put(i, "base", 10**9), "base")
    refused(case, put(i, "t", 10**9), "another|value|large|names")
    refused(case, put(i, "pairs", []), "no pairs")
    refused(case, put(i, "pairs", [5]), "no object|not an object")
    refused(case, put(i, "pairs", 0, "label", [0] * 4), "one root of unity for each form")
    refused(case, put(i, "pairs", 0, "label", 0, 2), "label")
    refused(case, put(i, "pairs", 0, "left", []), "coordinates")
    refused(case, put(i, "pairs", 0, "scale", [0] * 99), "greater degree")
    refused(case, put(i, "pairs", 0, "scale", 0, m), "scale")
    refused(case, put(i, "rows", statement["rows"][:-1]), "not square")
    refused(case, put(i, "rows", 0, statement["rows"][1]), "repeats")
    refused(case, put(i, "rows", 0, 10**6), "rows")
    refused(case, put(i, "columns", 0, 10**6), "columns")


def test_multiple_roots_and_other_leading_coefficients_are_refused(cases):
    case = cases["isolated-pairs"]
    i = place(case[2], "isolated-pairs")
    modulus, m = case[2][i]["pairs"][0]["modulus"], case[2][i]["prime"]
    square = [0] * (2 * len(modulus) - 1)
    for j, a in enumerate(modulus):
        for k, b in enumerate(modulus):
            square[j + k] = (square[j + k] + a * b) % m
    refused(case, put(i, "pairs", 0, "modulus", square), "multiple root")
    refused(case, put(i, "pairs", 0, "modulus", [*modulus, 0]), "leading coefficient")
    refused(case, put(i, "pairs", 0, "modulus", [1]), "leading coefficient")


def test_equal_points_are_no_condition(cases):
    """u = v solves the equations with equal signs, and with others where two forms vanish: not simple, or no use."""
    case = cases["isolated-pairs"]
    i = place(case[2], "isolated-pairs")
    count = len(case[2][i]["pairs"])
    diagonal = {"label": [0] * 5, "modulus": [0, 1], "left": [[2], [3]], "right": [[2], [3]], "scale": [1]}
    refused(case, put(i, "pairs", [diagonal] * 200), "not simple")
    first = case[2][i]["pairs"][0]
    refused(case, put(i, "pairs", [first] * (2 * count)), "vanishes")


def test_absurd_sizes_are_refused_before_any_work(cases):
    case = cases["graph"]
    i = place(case[2], "graph")
    refused(case, put(i, "t", 10**9), "too many|large|memory")
    refused(case, put(i, "widths", [10**9, 10**9 + 2]))
    refused(case, put(i, "points", 1 << 39), "vanishes|rows")
    case = cases["double-points"]
    i = place(case[2], "double-points")
    refused(case, put(i, "points", 1 << 39), "large")
    refused(case, put(i, "degrees", [4000, 2]), "base|large")


def test_a_whole_certificate_with_a_fresh_digest():
    certificate = PolynomialNetwork(NETWORKS["graph"], degree=2).dimension().certificate()
    i = place(certificate.document["upper"], "graph")
    assert certificate.check().valid
    assert not check_forged(certificate, put("upper", i, "value", 124)).valid
    assert not check_forged(certificate, put("upper", i, "rows", [])).valid
