"""Theorems on spans: never below the span that is seen, sharp where they are known to be, and what rests on them."""

from math import comb
from random import Random

import numpy as np
import pytest
from flint import nmod_poly

from algebra import Grade, PolynomialNetwork
from algebra.evidence import checker
from algebra.evidence.checker.hilbert import kernel_vector
from algebra.evidence.checker.limits import Refused
from algebra.evidence.evaluation import quick_trial
from algebra.polynomial.dimension import best_upper_bound
from algebra.polynomial.graph_conditions import general_nullity, graph_conditions, graph_labels, pairs_of_points
from algebra.polynomial.hilbert import Architecture, hilbert_function, span
from algebra.polynomial.jacobian import JacobianEvaluation
from algebra.polynomial.pair_conditions import base_of, most_pairs, pair_conditions
from algebra.polynomial.rules import RULES, upper_bound
from algebra.polynomial.span_rules import least_span
from algebra.polynomial.tower_conditions import tower_conditions
from algebra.polynomial.whole_rules import ALL, family_of_spans
from tests.polynomial.spans import FIELD, seen_span_of_monomials
from tests.properties import cases

SQUARES = {
    (4, 6, 12, 8, 1): 143,
    (4, 6, 21, 35, 14, 1): 907,
    (3, 4, 5, 15, 25, 10, 1): 477,
    (3, 4, 5, 15, 40, 40, 12, 1): 2013,
    (3, 5, 5, 15, 25, 10, 1): 511,
    (3, 6, 5, 15, 25, 10, 1): 511,
    (4, 8, 35, 22, 15, 1): 966,
    (4, 8, 35, 22, 14, 1): 958,
    (4, 8, 35, 21, 15, 1): 918,
    (4, 8, 35, 21, 14, 1): 911,
    (4, 8, 35, 21, 16, 1): 924,
    (4, 8, 35, 20, 16, 1): 875,
    (4, 8, 35, 20, 20, 1): 885,
    (4, 8, 35, 19, 19, 1): 832,
}
"""Networks without biases at which forms and relations leave a gap."""


QUICK = [(4, 6, 12, 8, 1), (3, 4, 5, 15, 25, 10, 1), (3, 5, 5, 15, 25, 10, 1), (4, 8, 35, 19, 19, 1)]
"""One for each theorem."""


@pytest.mark.parametrize("widths", SQUARES)
def test_gaps_of_counting_are_closed(widths):
    assert best_upper_bound(PolynomialNetwork(widths, degree=2)).value == SQUARES[widths]


@pytest.mark.parametrize("widths", QUICK)
def test_the_closed_gaps_are_proved_and_certified(widths):
    found = PolynomialNetwork(widths, degree=2).dimension()
    assert (found.value, found.grade) == (SQUARES[widths], Grade.PROVED)
    assert found.certificate().check().valid


@pytest.mark.slow
@pytest.mark.parametrize("widths", SQUARES)
def test_every_closed_gap_is_proved_and_certified(widths):
    found = PolynomialNetwork(widths, degree=2).dimension()
    assert (found.value, found.grade) == (SQUARES[widths], Grade.PROVED)
    assert checker.check(found.certificate().document, patient=True).valid


@pytest.mark.parametrize(
    ("widths", "degrees", "t", "value"),
    [
        ((4, 6), (2,), 4, 125),
        ((4, 6), (2,), 5, 236),
        ((4, 6), (2,), 6, 395),
        ((4, 8), (2,), 2, 34),
        ((3, 5), (3,), 4, 70),
        ((3, 5), (3,), 6, 175),
        ((3, 5), (4,), 4, 70),
        ((4, 7), (3,), 3, 84),
        ((3, 4, 5), (2, 2), 8, 454),
        ((3, 4, 6), (2, 2), 4, 125),
        ((3, 5, 5), (2, 2), 7, 330),
        ((3, 5, 5), (2, 2), 8, 486),
        ((3, 6, 5), (2, 2), 9, 628),
        ((3, 5, 5), (2, 2), 11, 960),
    ],
)
def test_spans_that_the_theorems_give_exactly(widths, degrees, t, value):
    assert hilbert_function(Architecture((*widths, 1), degrees), len(degrees), t) == value
    assert seen_span_of_monomials(widths, degrees, t) == value


@pytest.mark.parametrize(
    ("widths", "degree", "t", "bound", "seen"), [((3, 5), 3, 5, 121, 120), ((5, 8), 2, 5, 792, 791)]
)
def test_the_two_open_values(widths, degree, t, bound, seen):
    """No argument is known for the one that is missing; `docs/bounds.md` says what is open."""
    assert hilbert_function(Architecture((*widths, 1), (degree,)), 1, t) == bound
    assert seen_span_of_monomials(widths, (degree,), t) == seen


def test_no_span_is_below_what_is_seen():
    """Random layers and towers of the shapes where a theorem speaks, and degrees from small to where it counts."""
    shapes = [
        ((4, 6), (2,)),
        ((4, 8), (2,)),
        ((3, 5), (3,)),
        ((3, 5), (4,)),
        ((5, 7), (2,)),
        ((5, 8), (2,)),
        ((4, 6), (3,)),
    ]
    shapes += [
        ((3, 4, 5), (2, 2)),
        ((3, 5, 5), (2, 2)),
        ((3, 6, 5), (2, 2)),
        ((3, 4, 6), (2, 2)),
        ((3, 6, 8), (2, 2)),
        ((2, 4, 6), (2, 2)),
        ((4, 4, 6), (1, 2)),
    ]
    shapes += [((3, 4, 5), (2, 1)), ((4, 8, 5), (2, 1)), ((4, 6, 4), (2, 2)), ((3, 5, 7), (2, 2))]
    random = Random(0)
    for number in cases(24):
        widths, degrees = shapes[number] if number < len(shapes) else random.choice(shapes)
        t = random.randint(1, 6)
        while comb(t + widths[-1] - 1, t) > 700:
            t -= 1
        seen = seen_span_of_monomials(widths, degrees, t, f"case {number}")
        found = span(Architecture((*widths, 1), degrees), len(degrees), t)
        assert seen <= found.value, (widths, degrees, t, seen, found)


def test_no_rule_that_rests_on_a_theorem_is_below_the_rank():
    """Every rule alone, on networks whose first layers are those of a theorem: more rows than the bound and no stop."""
    random, used = Random(1), set()
    heads = [((4, 6), (2,)), ((4, 8), (2,)), ((3, 4, 5), (2, 2)), ((3, 5, 5), (2, 2)), ((3, 5), (3,))]
    for number in cases(25):
        head, degrees = heads[number % len(heads)]
        rest = tuple(random.randint(4, 22) for _ in range(random.randint(1, 2)))
        outputs = random.choice([1, 1, 2])
        if head[-1] == 5 != head[1] or head == (3, 5, 5):  # the double points count from degree 32 on
            rest, outputs = (15, random.randint(20, 25), random.randint(8, 10)), 1
        a = Architecture((*head, *rest, outputs), (*degrees, *[2] * len(rest)))
        if upper_bound(a).value > 520:
            continue
        found = [bound for rule in RULES if (bound := rule(a, None, ALL)) is not None]
        network = PolynomialNetwork(a.widths, degrees=a.degrees)
        rows = min(a.naive, max(bound.value for bound in found)) + 8
        rank = quick_trial(JacobianEvaluation(network), rows, number, 0).rank
        assert all(bound.value >= rank for bound in found), (a, rank, found)
        used |= {node.rule for bound in found for node in bound.nodes()}
    assert {"graph", "octad", "double-points", "isolated-pairs"} <= used


def test_the_family_of_spans_counts_less_than_the_head():
    a = Architecture((4, 8, 34, 19), (2, 2))
    assert family_of_spans(a, None, ALL).value == 15 + 34 * 19
    assert family_of_spans(a, 15 + 34 * 19, ALL) is None
    for other in [(4, 7, 34, 19), (5, 8, 34, 19)]:
        assert family_of_spans(Architecture(other, (2, 2)), None, ALL) is None
    assert family_of_spans(a._replace(degrees=(2, 3)), None, ALL) is None
    assert family_of_spans(a._replace(biases=True), None, ALL) is None


def test_double_points_are_counted_as_by_the_double_point_formula():
    for r in (3, 4, 5):  # a surface of degree r^2 in 4-space, projected from the Veronese surface
        assert len(graph_labels(3, 5, r)) == (r**4 - 10 * r**2 + 15 * r - 6) // 2
    assert graph_labels(3, 5, 2) == ()
    for n in (3, 4, 5):  # double lines of squares
        assert len(graph_labels(n, 2 * n - 2, 2)) == comb(2 * n - 2, n - 1) // 2


@pytest.mark.parametrize(("n", "r", "t"), [(3, 3, 2), (3, 3, 5), (3, 3, 6), (3, 4, 4), (4, 3, 3)])
def test_isolated_pairs_are_what_certificates_without_them_were_checked_by(n, r, t):
    assert checker.double_points(n, r, t) == graph_conditions(n, 2 * n - 1, r, t).rank


def test_the_general_dimension_of_the_space_of_pairs():
    """The formula of the matroid union against ranks at random forms, labels of every kind."""
    random = Random(2)
    for number in cases(60):
        n, r = random.randint(2, 5), random.choice([2, 3, 4])
        label = tuple(random.randrange(r) for _ in range(random.randint(n, 2 * n + 1)))
        prime = {2: 8388593, 3: 8388571, 4: 8388593}[r]
        assert prime % r == 1
        forms = FIELD.draw(f"nullity {number}", "weights", (len(label), n))
        assert len(pairs_of_points(forms, label, r, prime)) == general_nullity(n, label)


def test_pairs_of_points_are_told_apart_by_no_power():
    forms = FIELD.draw("pairs", "weights", (6, 4))
    for label in graph_labels(4, 6, 2):
        for pair in pairs_of_points(forms, label, 2, FIELD.prime):
            sides = [FIELD.power(FIELD.multiply(forms, FIELD.residues(side)[:, None]), 2) for side in np.split(pair, 2)]
            assert (FIELD.plus(sides[0], -sides[1]) == 0).all()


def test_conditions_of_the_second_layer_hold_in_greater_degrees():
    found = tower_conditions(3, 5, (2, 2), 4)
    assert found.rank == 60 == tower_conditions(3, 5, (2, 2), 16).rank
    assert found.evaluation.base == 4
    assert tower_conditions(3, 5, (2, 2), 3) is None
    assert tower_conditions(3, 6, (2, 2), 9) is None


@pytest.mark.parametrize("width", [5, 6, 8])
def test_five_squares_of_quadratic_forms_have_all_their_double_points(width):
    """Six for each label with three and two equal signs, three with four and one, each in both orders."""
    found = pair_conditions(width, 2)
    pairs = found.evaluation.pairs(FIELD, found.key)
    assert sorted(each.count for each in pairs) == [6] * 5 + [12] * 10
    assert all(each.count == 12 if sum(each.label) in (2, 3) else each.count == 6 for each in pairs)
    assert found.rank == 75 == most_pairs(2)
    assert found.evaluation.base == 4


def test_cubes_of_quadratic_forms_have_as_many_pairs_as_the_double_point_formula_says():
    found = pair_conditions(5, 3)
    assert found.rank == 510 == (6**4 - 10 * 6**2 + 15 * 6 - 6) // 2
    assert hilbert_function(Architecture((3, 5, 5, 1), (2, 3)), 2, 15) == comb(92, 2) - 510
    assert hilbert_function(Architecture((3, 5, 5, 1), (2, 3)), 2, 14) == comb(18, 4)  # all monomials


def test_the_powers_take_the_same_values_at_a_pair():
    """By evaluation modulo q, apart from the equations that the search and the checker look at."""
    found = pair_conditions(6, 2)
    first, second = FIELD.draw(found.key, "first", (6, 3)), FIELD.draw(found.key, "second", (5, 6))

    def times(rows, values):
        zero = nmod_poly([0], found.prime)
        return [sum((int(c) * x for c, x in zip(row, values, strict=True)), zero) for row in rows]

    for each in found.evaluation.pairs(FIELD, found.key)[:3]:
        values = []
        for side in (each.left, each.right):
            activations = [a * a % each.modulus for a in times(first, [nmod_poly([1], found.prime), *side])]
            values.append([z * z % each.modulus for z in times(second, activations)])
        scale = each.scale * each.scale % each.modulus
        assert values[0] == [scale * z % each.modulus for z in values[1]]


def test_isolated_pairs_are_those_of_five_forms_that_are_not_on_a_hypersurface():
    assert base_of(4, 2) is None
    assert least_span((3, 5, 5), (2, 2), 7, 330) is None
    assert least_span((3, 5, 5), (2, 2), 3, 10**6) is None
    assert least_span((3, 5, 5), (3, 2), 9, 10**6) is None
    assert least_span((3, 5, 6), (2, 2), 9, 10**6) is None
    assert least_span((4, 5, 7), (2, 2), 9, 10**6) is None
    assert least_span((3, 6, 5), (2, 2), 8, 487).value == 486
    assert least_span((3, 6, 5), (2, 2), 8, 486) is None


def test_theorems_are_asked_only_where_they_may_help():
    assert least_span((3, 4), (2,), 8, 10**6) is None  # one relation is exact
    assert least_span((3, 6), (2,), 8, 10**6) is None
    assert least_span((4, 6), (2,), 8, 889) is None
    assert hilbert_function(Architecture((4, 6, 1), (2,), biases=True), 1, 8) > 889


@pytest.mark.parametrize(("n", "r", "rank"), [(3, 5, 51), (3, 6, 76), (3, 7, 105), (3, 8, 138), (4, 3, 56)])
def test_double_points_of_all_sizes_that_are_looked_at(n, r, rank):
    """For quadrics in the powers of general forms the first 240 of them are enough."""
    assert checker.double_points(n, r, 2) == rank == graph_conditions(n, 2 * n - 1, r, 2).rank


def test_the_first_double_points_are_a_lower_bound():
    assert checker.double_points(4, 4, 2) == 116 < graph_conditions(4, 7, 4, 2).rank == 137


@pytest.mark.parametrize(("n", "r", "t"), [(2, 3, 2), (5, 3, 2), (3, 2, 2), (3, 9, 2), (4, 5, 2), (3, 3, 25)])
def test_double_points_of_other_sizes_prove_nothing(n, r, t):
    assert checker.double_points(n, r, t) == 0


def test_forms_that_are_not_general_are_refused():
    """Equations of a point that has more solutions than its multiples, or none."""
    assert kernel_vector([[1, 0, 2], [0, 1, 3]], 7) == [5, 4, 1]
    for rows in ([[1, 0, 0], [2, 0, 0]], [[0, 0, 0], [0, 1, 0]], [[1, 0], [0, 1]]):
        with pytest.raises(Refused, match="not general"):
            kernel_vector(rows, 7)
