"""Realised attention matrices: constructions, exact verification by a second road, bounds, the command."""

import json
import math
import random
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.exact.balls import ball, decimals
from algebra.exact.logarithms import compare_with_log, log_above, rounded_log
from tensors.attention.realisation import (
    METHODS,
    Precision,
    Realisation,
    SparseTarget,
    dimension_lower_bound,
    dimension_table,
    gold_keys,
    guaranteed_exponent,
    kerdock_keys,
    projection_bound,
    projection_dimension,
    realise,
    searches,
    uniform_zeros_bound,
    universal_keys_dimension,
    verify,
)
from tensors.attention.realisation.codes import POLYNOMIALS, coherence_bound
from tensors.attention.realisation.products import limbs_of, row_extremes
from tensors.attention.realisation.searches import code_realisation, random_signs
from tensors.attention.realisation.sign_keys import SignSystem
from tests.properties import examples

USUAL = ("1/100", "1/10", None)
LOOSE = ("1/10", "1/2", "1/2")


def regular(length, k, seed=0, weighted=False):
    """A target with k entries in each row and in each column: cyclic shifts of a random permutation."""
    generator = random.Random(seed)
    order = generator.sample(range(length), length)
    shifts = generator.sample(range(length), k)
    supports = [[order[(i + shift) % length] for shift in shifts] for i in range(length)]
    weights = [[generator.randint(1, 9) for _ in range(k)] for _ in range(length)] if weighted else None
    return SparseTarget.from_supports(supports, weights)


def holds_in_balls(target, realisation, precision):
    """Verify the slow way: softmax of the exact logits in ball arithmetic, all pairs of every row."""
    wanted = Precision.of(precision)
    before, ctx.prec = ctx.prec, 2000
    try:
        for i, support in enumerate(target.supports):
            logits = realisation.logits(i)
            scores = [ball(value - max(logits)).exp() for value in logits]
            off = [j for j in range(target.length) if j not in support]
            entries = dict(zip(support, target.ratios(i), strict=True))
            for s in support:
                if any(not scores[j] < scores[s] * fmpq(wanted.zeros.numerator, wanted.zeros.denominator) for j in off):
                    return False
                for t in support:
                    ratio = scores[s] / scores[t] * ball(entries[t] / entries[s]) - 1
                    if s != t and not abs(ratio) < ball(wanted.ratios):
                        return False
            if wanted.uniform is not None and any(
                j != m and not abs(scores[j] / scores[m] - 1) < ball(wanted.uniform) for j in off for m in off
            ):
                return False
        return True
    finally:
        ctx.prec = before


@pytest.mark.parametrize("method", ["moment", "signs", "gold", "kerdock", "trivial", "auto"])
@pytest.mark.parametrize(("length", "k", "weighted"), [(12, 1, False), (17, 2, True), (20, 3, True), (16, 2, False)])
def test_constructions_by_a_second_road(method, length, k, weighted):
    target = regular(length, k, length, weighted)
    found = realise(target, USUAL, method)
    assert found.verified
    assert holds_in_balls(target, found.realisation, USUAL)
    assert not holds_in_balls(target, found.realisation, ["1/1000000", "1/10", None]) or method == "moment"


@pytest.mark.parametrize("method", ["moment", "signs", "gold", "trivial"])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_a_changed_support_is_noticed(method, k):
    target = regular(24, k, 5)
    found = realise(target, USUAL, method)
    assert found.verified
    for row in (0, 11, 23):
        supports = [list(support) for support in target.supports]
        supports[row][0] = next(j for j in range(24) if j not in supports[row])
        assert not verify(SparseTarget.from_supports(supports), found.realisation, USUAL).holds


def test_a_changed_weight_is_noticed():
    target = SparseTarget.from_supports([[0, 1], [1, 2], [2, 3], [3, 4], [0, 4]], [[1, 2]] * 5)
    found = realise(target, USUAL)
    other = SparseTarget.from_supports(target.supports, [[1, 2]] * 4 + [[1, Fraction(9, 4)]])
    assert verify(other, found.realisation, ["1/100", "1/5", None]).holds
    checked = verify(other, found.realisation, USUAL)
    assert (checked.zeros_met, checked.ratios_met) == (True, False)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_moment_keys_serve_every_target(k):
    made = [realise(regular(40, k, seed, True), USUAL, "moment") for seed in range(3)]
    assert all(found.verified and found.realisation.dimension == 2 * k for found in made)
    assert all(np.array_equal(found.realisation.keys, made[0].realisation.keys) for found in made)
    assert universal_keys_dimension(40, k) == 2 * k


@pytest.mark.parametrize(("length", "k", "low", "high"), [
    (16, 1, 2.5, 3.5), (16, 2, 4.0, 5.5), (64, 1, 3.9, 4.7), (256, 1, 5.0, 6.0),
])  # fmt: skip
def test_price_of_the_moment_construction(length, k, low, high):
    """Published orders of magnitude of the logits, of random regular targets with weights 1..9."""
    found = realise(regular(length, k, 1, True), USUAL, "moment")
    assert low < math.log10(found.verification.logit_range) < high


def test_short_sequences_use_the_trivial_construction():
    found = realise(regular(5, 2, 0), USUAL, "moment")
    assert (found.realisation.method, found.realisation.dimension, found.verified) == ("trivial", 4, True)
    assert realise(SparseTarget.from_supports([[0]]), LOOSE).realisation.dimension == 0
    full = realise(SparseTarget.from_supports([[0, 1, 2]] * 3), LOOSE)
    assert (full.realisation.dimension, full.bounds.grade.value, full.verified) == (0, "proved", True)
    uneven = realise(SparseTarget.from_supports([[0, 1, 2]] * 3, [[1, 2, 3]] * 3), USUAL)
    assert (uneven.verified, uneven.realisation.dimension) == (True, 2)


def test_one_permutation_needs_exactly_two_dimensions():
    found = realise(regular(30, 1, 3), USUAL)
    assert str(found.bounds) == "2 (proved)"


@pytest.mark.parametrize(("length", "dimension"), [(16, 4), (64, 6), (256, 8), (1024, 10), (4096, 12)])
def test_binary_code(length, dimension):
    found = realise(regular(length, 1), USUAL, "binary")
    assert (found.realisation.dimension, found.verified) == (dimension, True)
    assert found.verification.logit_range <= dimension * (math.log(100) + 0.01)


@pytest.mark.parametrize(("m", "count"), [(3, 64), (5, 1024), (7, 700), (9, 300)])
def test_gold_keys_have_three_inner_products(m, count):
    keys = gold_keys(m, count)
    gram = keys @ keys.T
    values = set(gram[~np.eye(count, dtype=bool)].tolist())
    assert values <= {0, 1 << (m + 1) // 2, -(1 << (m + 1) // 2)}
    assert (np.diag(gram) == 1 << m).all()
    assert count <= 1 << m or max(values) == coherence_bound("gold", m) * (1 << m)


@pytest.mark.parametrize(("m", "count"), [(4, 128), (6, 2048), (8, 1500)])
def test_kerdock_keys_have_small_inner_products(m, count):
    keys = kerdock_keys(m, count)
    gram = keys @ keys.T
    assert set(np.abs(gram[~np.eye(count, dtype=bool)]).tolist()) <= {0, 1 << m // 2}
    assert (np.diag(gram) == 1 << m).all()


def test_the_polynomials_are_irreducible():
    from flint import nmod_poly

    for m, bits in POLYNOMIALS.items():
        _, factors = nmod_poly([bits >> i & 1 for i in range(m + 1)], 2).factor()
        assert [(factor.degree(), power) for factor, power in factors] == [(m, 1)]


@pytest.mark.parametrize(("length", "k", "m", "zeros", "scale"), [
    (1024, 1, 5, "1/100", 6.1403), (1024, 1, 7, "1/100", 5.2631), (1024, 1, 9, "1/10", 2.4561),
    (1024, 2, 7, "1/100", 6.4473), (1024, 2, 5, "1/100", 13.8156), (1024, 2, 9, "1/10", 2.6316),
])  # fmt: skip
def test_published_scales_of_gold_keys(length, k, m, zeros, scale):
    target, precision = regular(length, k, 2), Precision.of([zeros, "1/10", None])
    found = code_realisation(target, precision, "gold", m)
    assert verify(target, found, precision).holds
    # Where the extremes depend on the target the published one is the worst case.
    assert found.facts.scale <= scale + 2**-9
    if k == 1:
        assert found.facts.scale == pytest.approx(scale, abs=2**-10)


def test_uniform_zeros_are_cheaper_by_codes_than_trivially():
    target = regular(1024, 1, 4)
    gold, auto = realise(target, LOOSE, "gold"), realise(target, LOOSE)
    assert (gold.realisation.dimension, gold.verified) == (512, True)
    assert (auto.realisation.method, auto.realisation.dimension, auto.verified) == ("kerdock", 256, True)
    assert (auto.bounds.lower, auto.bounds.lower_by) == (133, "trace-and-frobenius")


def test_random_projection_meets_its_demand():
    target = regular(24, 1, 2)
    found = realise(target, LOOSE, "projection")
    assert found.verified
    assert found.realisation.dimension <= projection_bound(target, Precision.of(LOOSE), Fraction(1, 2))
    assert holds_in_balls(target, found.realisation, LOOSE)


@pytest.mark.parametrize(("length", "tight", "loose"), [
    (16, 121385, 2227), (64, 175334, 3216), (256, 229283, 4206), (1024, 283231, 5195), (4096, 337180, 6184),
])  # fmt: skip
def test_published_bounds_of_the_projection(length, tight, loose):
    assert projection_dimension(length, Precision.of(["1/100", "1/10", "1/10"])) == tight
    assert projection_dimension(length, Precision.of(LOOSE)) == loose
    if length == 1024:
        assert [projection_dimension(1024, Precision.of(LOOSE), k=k) for k in (2, 4, 8)] == [10389, 20778, 41556]


@pytest.mark.parametrize(("length", "values"), [
    (64, [10, 28, 45, 57, 61]), (256, [14, 55, 132, 215, 239]), (1024, [15, 72, 252, 678, 894]),
    (4096, [15, 78, 325, 1468, 2808]), (2**20, [15, 80, 360, 2395, 9706]),
])  # fmt: skip
def test_published_lower_bounds(length, values):
    deltas = [Fraction(1, n) for n in (5, 10, 20, 50, 100)]
    assert [uniform_zeros_bound(length, 1, delta) for delta in deltas] == values


def test_published_table_of_dimensions():
    plain = {(row.length, row.k): row for row in dimension_table()}
    gold = {
        16: (8, 32, 128, 512), 64: (8, 32, 128, 512), 256: (32, 32, 128, 512), 1024: (32, 32, 128, 512),
        4096: (128, 128, 128, 512),
    }  # fmt: skip
    for length, codes in gold.items():
        for k, code in zip((1, 2, 4, 8), codes, strict=True):
            row = plain[length, k]
            assert (row.gold, row.trivial, row.moment) == (code, length - 1, min(2 * k, length - 1))
            known = [value for value in (row.binary, row.gold, row.kerdock, row.trivial) if value is not None]
            assert getattr(row, row.best_bounded) == min(known)
    assert [plain[length, 1].gold_uniform for length in (16, 64, 256, 1024, 4096)] == [512] * 5
    assert [plain[1024, k].gold_uniform for k in (2, 4, 8)] == [2048, 8192, 32768]
    assert [plain[length, 1].lower_uniform for length in (1024, 4096)] == [109, 123]
    tight = Precision.of(["1/100", "1/10", "1/10"])
    assert [guaranteed_exponent("gold", 4096, k, tight) for k in (1, 2)] == [15, 17]
    assert [plain[length, 1].best_uniform for length in (256, 1024)] == ["trivial", "kerdock_uniform"]


@given(st.integers(2, 7), st.integers(0, 10**6))
@examples(40)
def test_lower_bounds_never_exceed_what_was_built(length, seed):
    generator = random.Random(seed)
    supports = [generator.sample(range(length), generator.randint(1, length)) for _ in range(length)]
    target = SparseTarget.from_supports(supports)
    for precision in (USUAL, LOOSE, ("1/1000", "1/100", "1/100")):
        found = realise(target, precision)
        assert found.verified
        assert found.bounds.lower <= found.realisation.dimension
        assert found.bounds.lower == dimension_lower_bound(target, Precision.of(precision))[0]
        assert holds_in_balls(target, found.realisation, precision)


@given(
    st.sampled_from([1, 2, 3, 5, 9, 60]),
    st.integers(1, 5),
    st.sampled_from([3, 20, 40, 70, 200]),
    st.integers(0, 10**6),
)
@examples(60)
def test_row_extremes_are_exact(length, d, bits, seed):
    generator = random.Random(seed)

    def draw(size):
        values = [[generator.randint(-(1 << size), 1 << size) for _ in range(d)] for _ in range(length)]
        return np.array(values, np.int64 if size < 60 else object)

    queries, keys = draw(bits), draw(generator.choice([1, 20, 45, 150]))
    supports = [generator.sample(range(length), generator.randint(1, length)) for _ in range(length)]
    product = queries.astype(object) @ keys.astype(object).T
    for row, found, support in zip(product, row_extremes(queries, keys, supports), supports, strict=True):
        off = [value for j, value in enumerate(row) if j not in support]
        assert found.on == tuple(row[j] for j in support)
        assert found.greatest_off == (max(off) if off else None)
        assert found.least_off == (min(off) if off else None)


def test_limbs_put_together_again():
    values = np.array([[0, -1, 2**70 - 3], [-(2**70), 5, -(2**22)]], object)
    limbs = limbs_of(values, 22)
    total = sum(limb.astype(np.int64).astype(object) * 2 ** (22 * i) for i, limb in enumerate(limbs))
    assert (total == values).all()


def test_comparisons_with_logarithms():
    assert compare_with_log(Fraction(0), Fraction(1)) == 0
    close = rounded_log(Fraction(3), 3000)
    assert [compare_with_log(close + step, Fraction(3)) for step in (Fraction(0), Fraction(1, 2**2999))] == [-1, 1]
    assert compare_with_log(log_above(Fraction(5, 7), 10), Fraction(5, 7)) == 1
    exact = SparseTarget.from_supports([[0], [1]])
    at_the_edge = Realisation(np.array([[0], [1]]), np.array([[0], [0]]), (1, 1), "zero")
    assert not verify(exact, at_the_edge, [1, "1/10", None]).zeros_met  # a gap of 0 is not above log 1


@pytest.mark.parametrize("value", ["0.3333", "12345.678", "1e-30", "7e50", "-0.25", "0.0999999999999999", "1"])
def test_decimals_enclose(value):
    found = decimals(arb(value), 6)
    assert arb(found.lower) <= arb(value).upper()
    assert arb(found.upper) >= arb(value).lower()
    width = Fraction(found.upper) - Fraction(found.lower)
    assert 0 <= width <= abs(Fraction(value)) * Fraction(2, 10**5)


def test_what_is_reached_is_said():
    found = realise(regular(40, 1), ["1/10", "1/2", "1/10"], "moment")
    checked = found.verification
    assert (found.verified, checked.zeros_met, checked.ratios_met, checked.uniform_met) == (False, True, True, False)
    assert float(checked.reached().uniform.upper) > 0.1
    assert found.bounds.upper == 39
    signs = realise(regular(40, 1), ["1/10", "1/2", "1/100"], "signs")
    assert (signs.verified, signs.realisation.method) == (False, "signs")
    gold = realise(regular(40, 1), ["1/10", "1/2", "1/1000"], "gold", dimension=8)
    assert (gold.verified, gold.verification.zeros_met) == (False, True)


def test_bounded_logits():
    target = regular(64, 2, 1)
    free, bounded = realise(target, USUAL), realise(target, USUAL, most_range=25)
    assert free.verification.logit_range > 1000
    assert bounded.verified
    assert bounded.verification.logit_range <= 25
    assert free.realisation.dimension < bounded.realisation.dimension < 63


def test_fixed_weights_and_tokens():
    target = regular(10, 2, 1, True)
    found = realise(target, USUAL).realisation
    w_q, w_k = found.weights()
    tokens = found.tokens()
    assert w_q.shape == (4, 8)
    for i in range(10):
        query = [sum(int(a) * b for a, b in zip(row, tokens[i], strict=True)) for row in w_q]
        keys = [[sum(int(a) * b for a, b in zip(row, token, strict=True)) for row in w_k] for token in tokens]
        assert [sum(a * b for a, b in zip(query, key, strict=True)) for key in keys] == found.logits(i)
    drawn = found.approximate_matrix()
    for i, support in enumerate(target.supports):
        assert drawn[i, list(support)] == pytest.approx(
            [float(r / sum(target.ratios(i))) for r in target.ratios(i)], abs=0.05
        )


def test_same_answer_for_the_same_seed():
    target = regular(40, 2, 3)
    one, again, other = (realise(target, USUAL, "signs", seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.realisation.queries, again.realisation.queries)
    assert one.realisation.keys.tolist() != other.realisation.keys.tolist()
    assert one.verified
    assert other.verified


@pytest.mark.parametrize(("build", "message"), [
    (lambda: SparseTarget.from_matrix([["1/2", "1/4"], ["1/2", "3/4"]]), "transpose"),
    (lambda: SparseTarget.from_matrix([["1/2", "1/4"], ["1/2", "1/2"]]), "sum 3/4"),
    (lambda: SparseTarget.from_matrix([[0.5, 0.5], [0.5, 0.5]]), "exact: an integer"),
    (lambda: SparseTarget.from_matrix(np.eye(2)), "float64"),
    (lambda: SparseTarget.from_matrix([["3/2", "-1/2"], [1, 0]]), "at least 0"),
    (lambda: SparseTarget.from_matrix([[1, 0]]), "square"),
    (lambda: SparseTarget.from_matrix([]), "1 to"),
    (lambda: SparseTarget.from_matrix([[0, 0], [0, 1]]), "sum 0"),
    (lambda: SparseTarget.from_matrix("11"), "list"),
    (lambda: SparseTarget.from_supports([[0], []]), "not empty"),
    (lambda: SparseTarget.from_supports([[0], [2]]), "from 0 to 1"),
    (lambda: SparseTarget.from_supports([[0, 0], [1]]), "repeats"),
    (lambda: SparseTarget.from_supports([[0], [1]], [[1], [0]]), "above 0"),
    (lambda: SparseTarget.from_supports([[0], [1]], [[1], [1, 2]]), "one for each key"),
    (lambda: SparseTarget.from_supports([[0], [1]], [[1]]), "as many as supports"),
    (lambda: SparseTarget.from_supports([[0]], length=3), "one for each token"),
    (lambda: Precision.of([0, "1/10", None]), "above 0"),
    (lambda: Precision.of(["3/2", "1/10"]), "at most 1"),
    (lambda: Precision.of([0.01, "1/10", None]), "exact: an integer"),
    (lambda: Precision.of(["1/100", None, None]), "only the last"),
    (lambda: Precision.of(["1/100"]), "three precisions"),
    (lambda: Precision.of("1/100"), "three precisions"),
    (lambda: realise(regular(8, 1), USUAL, "jl"), "one of auto"),
    (lambda: realise(regular(8, 2), USUAL, "binary"), "2 nonzero entries"),
    (lambda: realise(regular(8, 1), USUAL, "signs", margin=1), "below 1"),
    (lambda: realise(regular(8, 1), USUAL, "moment", dimension=3), "left out"),
    (lambda: realise(regular(8, 1), USUAL, "moment", most_range=3), "left out"),
    (lambda: realise(regular(8, 1), USUAL, most_range=-1), "above 0"),
    (lambda: realise(regular(8, 1), USUAL, "gold", dimension=7), "length of a gold code"),
    (lambda: realise(regular(8, 1), USUAL, "projection", dimension=10**9), "at most"),
    (lambda: realise(regular(8, 1), USUAL, "signs", dimension=10**9), "at most"),
    (lambda: gold_keys(4, 3), "code is at hand"),
    (lambda: gold_keys(3, 65), "at most 64"),
    (lambda: uniform_zeros_bound(5, 1, Fraction(2)), "between 0 and 1"),
    (lambda: verify(regular(8, 1), realise(regular(9, 1), USUAL).realisation, USUAL), "of shape"),
])  # fmt: skip
def test_bad_input(build, message):
    with pytest.raises(InputError, match=message):
        build()


def test_ranges_beyond_all_floats():
    for beyond, within in ((10**5000, 10**300), (f"1/{10**400}", "1/1000")):
        one, other = (realise(regular(16, 2), USUAL, most_range=most) for most in (beyond, within))
        assert one.tried == other.tried


def test_command(call, tmp_path):
    file = tmp_path / "matrix.json"
    matrix = [["1/3", "2/3", 0, 0, 0, 0], *([int(i == j) for j in range(6)] for i in range(1, 6))]
    file.write_text(json.dumps({"matrix": matrix, "epsilon": ["1/100", "1/10", None]}))
    answer = call("attention", "realise", file, "--json", "--tokens")
    (result,) = answer.results
    assert answer.status == 0
    assert (result["dimension"], result["method"], result["verified"]) == (4, "moment", True)
    assert (result["lower"], result["upper"], result["epsilon"]) == (2, 4, ["1/100", "1/10", None])
    assert [len(token) for token in result["tokens"]] == [8] * 6
    assert "dimension 4 by moment, verified" in call("attention", "realise", file).stdout


def test_command_on_many_lines(call, tmp_path):
    file = tmp_path / "many.jsonl"
    supports = [[(i + 1) % 20] for i in range(20)]
    lines = [{"supports": supports, "epsilon": ["1/10", "1/2", None], "method": method} for method in METHODS]
    lines.append({"supports": supports, "epsilon": ["1/10", "1/2", "1/1000"], "method": "moment"})
    lines.append({"supports": supports, "epsilon": ["1/10", "1/2", None], "matrix": []})
    lines.append({"supports": supports})
    lines.append({"supports": supports, "epsilon": ["1/10", "1/2", None], "methods": "auto"})
    file.write_text("\n".join(map(json.dumps, lines)))
    answer = call("attention", "realise", file, "--json")
    assert answer.status == 1
    *made, short, both, without, unknown = answer.results
    assert [result["verified"] for result in made] == [True] * len(METHODS)
    assert (short["verified"], short["met"]) == (False, [True, True, False])
    assert float(short["reached"]["uniform"]["lower"]) > 0.001
    assert both["error"]["argument"] == "matrix or supports"
    assert without["error"]["argument"] == "epsilon"
    assert unknown["error"]["argument"] == "methods"
    assert "NOT to the precision asked for" in call("attention", "realise", file).stdout


def test_a_matrix_without_zeros_has_no_margin():
    found = realise(SparseTarget.from_supports([[0, 1, 2]] * 3, [[1, 2, 3]] * 3), USUAL, "signs")
    assert found.verified
    assert found.realisation.facts.margin is None


@pytest.mark.parametrize("method", ["auto", "moment", "signs", "projection", "gold", "trivial"])
@pytest.mark.parametrize("epsilon", [["1e-100", 1, None], ["1/10", "1e-100", None], ["1/10", "1e100", "1e100"]])
def test_extreme_precisions_are_answered(method, epsilon, monkeypatch):
    monkeypatch.setattr(searches, "MOST_SIGNS", 1 << 22)  # out of reach is the last of them either way
    target = SparseTarget.from_supports([[(i + 1) % 8] for i in range(8)])
    reached = realise(target, epsilon, method).verification.reached()
    for ends in (reached.zeros, reached.ratios, reached.uniform):
        assert ends is None or not arb(ends.lower) > arb(ends.upper)
    assert reached.ratios is not None


def test_decimals_just_below_a_power_of_ten_enclose():
    from flint import arb, ctx, fmpq

    from algebra.exact.balls import decimals

    with ctx.workprec(600):
        found = decimals(arb(fmpq(1, 10)) - arb(fmpq(1, 10**101)))
    assert Fraction(found.lower) <= Fraction(1, 10) - Fraction(1, 10**101) <= Fraction(found.upper)


def test_a_projection_out_of_reach_is_said_soon(monkeypatch):
    monkeypatch.setattr(searches, "MOST_SIGNS", 1 << 20)
    target = SparseTarget.from_supports([[i, (i + 1) % 16] for i in range(16)])
    found = realise(target, ["1/1000", "1/1000000", None], "projection")
    assert not found.verified
    assert found.realisation.dimension < projection_bound(target, Precision.of(["1/1000", "1/1000000", None]))


@pytest.mark.parametrize(
    ("epsilon", "weights"),
    [
        (["1e-99999999", "1/10", None], None),
        (["1e-101", "1/10", None], None),
        (["1/10", "1e101", None], None),
        (["1/10", "1/10", None], [[1, "1e301"], [1, 1]]),
    ],
)
def test_numbers_out_of_all_proportion_are_refused(epsilon, weights):
    with pytest.raises(InputError):
        realise(SparseTarget.from_supports([[0, 1], [0, 1]], weights), epsilon)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("length", [2, 5, 70, 1100])
def test_a_plan_is_that_of_every_row_by_itself(length, weighted):
    """An oracle in words: the query of a row is the least that has its logits on the support; the rest follows."""
    choose = random.Random(length)
    supports = [sorted(choose.sample(range(length), choose.randint(1, min(3, length)))) for _ in range(length)]
    supports[-1] = list(range(length)) if length < 9 else supports[-1]
    weights = [[choose.randint(1, 3) for _ in row] for row in supports] if weighted else None
    target = SparseTarget.from_supports(supports, weights)
    system = SignSystem(random_signs(length, 200, "plan"), target, Precision.of(["1/100", "1/10", None]))
    plan = system.plan()

    keys, margins, spreads, ranges = system.keys.astype(float), [], [], []
    for row, support in enumerate(map(list, target.supports)):
        logs = np.array([float(system.logs[ratio]) for ratio in target.ratios(row)])
        inverse = np.linalg.pinv(keys[support])
        ones, moved = keys @ (inverse @ np.ones(len(support))), keys @ (inverse @ logs)
        off = np.delete(np.arange(length), support)
        needed = max([0.0, *((float(system.wanted_gap) + moved[off]) / (1 - ones[off]))])
        assert 0 <= plan.scales[row] - needed < 2.0**-11
        scores = plan.scales[row] * ones + moved
        margins += [1 - ones[off].max()] if len(off) else []
        spreads += [np.ptp(scores[off])] if len(off) else []
        ranges.append(np.ptp(scores))
    expected = (min(margins, default=math.inf), max(spreads, default=0), max(ranges))
    assert np.allclose((plan.margin, plan.spread, plan.logit_range), expected, atol=1e-9)
    assert system.plan(margin=0.999) is None
