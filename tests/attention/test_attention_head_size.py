"""The least head size of an attention matrix, with weights and witnesses."""

import random
from fractions import Fraction
from math import gcd, prod

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import assume, given
from hypothesis import strategies as st

from algebra import Grade, InputError
from algebra.exact.coprime import coprime_base, exponents
from algebra.exact.elimination import least_norm_solutions, pivots, projector, pseudo_inverse, solution
from algebra.exact.logarithms import LogMatrix, log_matrix, over_common_base, rational_scores
from algebra.exact.numbers import ratio
from algebra.rank import rank_rational
from tensors.attention.low_rank.completion import complete, visible_blocks
from tensors.attention.low_rank.head_size import common_head_size, least_head_size
from tensors.attention.low_rank.log_rank import formal_rank_upper, independent, lattice, log_rank
from tensors.attention.low_rank.scores import read_mask, scores_of_logits, scores_of_probabilities
from tensors.attention.low_rank.weights import construct_weights, factors
from tensors.attention.softmax.numeric import head_size_numeric, logits_rank_numeric
from tests.properties import cases, examples


def normalised(W):
    sums = [sum(column) for column in zip(*W, strict=True)]
    return [[Fraction(w) / s for w, s in zip(row, sums, strict=True)] for row in W]


def powers(n, exponent):
    return [[exponent(i, j) for j in range(n)] for i in range(n)]


HALF = Fraction(1, 2)
CIRCULANT = [[HALF, Fraction(1, 6), Fraction(1, 3)], [Fraction(1, 3), HALF, Fraction(1, 6)]]
CIRCULANT.append([Fraction(1, 6), Fraction(1, 3), HALF])
WORKED = {
    "two by two": ([[HALF, Fraction(1, 3)], [HALF, Fraction(2, 3)]], 1),
    "uniform": (normalised([[1] * 4] * 4), 0),
    "powers of two": (normalised(powers(3, lambda i, j: 2 ** (i * j))), 1),
    "two and three": (normalised([[1, 1, 1], [1, 6, 4], [1, 4, 6]]), 2),
    "circulant": (CIRCULANT, 2),
    "two primes, rank 1": (normalised(powers(5, lambda i, j: 2 ** (i * j) * 3 ** (i * j * j))), 1),
    "two primes, rank 2": (normalised(powers(5, lambda i, j: 2 ** (i * j) * 3 ** (i * i * j * j))), 2),
}


@pytest.mark.parametrize("name", WORKED)
def test_worked_values(name):
    P, expected = WORKED[name]
    found = least_head_size(scores_of_probabilities(P))
    assert found.representable
    assert (found.bounds.lower, found.bounds.upper, found.bounds.grade) == (expected, expected, Grade.PROVED)
    assert (found.witness is None) == (expected == 0)
    assert found.fits(expected)
    assert found.fits(expected - 1) is False


def evaluated(rows):
    from sympy import N, sympify

    return [[N(sympify(x), 60) for x in row] for row in rows]


def check_weights(made, P, X=None):
    """Softmax of the scores of the weights is P, to 50 digits."""
    from sympy import N, exp, sqrt, sympify

    key, query = evaluated(made.key_rows), evaluated(made.query_rows)
    assert len(key) == len(query) == made.head_size
    if X is not None:
        assert made.columns == "coordinates"
        tokens = [[N(Fraction(x), 60) for x in row] for row in X]
        key, query = (
            [[sum(map(product, row, t)) for t in zip(*tokens, strict=True)] for row in W] for W in (key, query)
        )
    factor = N(sympify(made.query_factor) / sqrt(made.head_size), 60)
    scores = [[factor * sum(map(product, k, q)) for q in zip(*query, strict=True)] for k in zip(*key, strict=True)]
    weighted = [[exp(z) for z in row] for row in scores]
    sums = [sum(column) for column in zip(*weighted, strict=True)]
    for i, row in enumerate(P):
        for j, p in enumerate(row):
            assert abs(weighted[i][j] / sums[j] - N(Fraction(p), 60)) < 1e-45


def product(a, b):
    return a * b


@pytest.mark.parametrize("name", WORKED)
def test_weights_give_the_matrix_back(name):
    P, least = WORKED[name]
    found = least_head_size(scores_of_probabilities(P))
    check_weights(construct_weights(found), P)
    check_weights(construct_weights(found, head_size=least + 2), P)
    n = len(P)
    X = [[int(i <= j) + (i == j) for j in range(n)] for i in range(n)] + [[1] * n]
    check_weights(construct_weights(least_head_size(scores_of_probabilities(P), X)), P, X)


def test_weights_with_rational_functions_of_logarithms():
    P = normalised([[1, 1, 1], [2, 3, 5], [4, 7, 11]])
    found = least_head_size(scores_of_probabilities(P))
    check_weights(construct_weights(found), P)
    # a rank that neither the rational rows nor the rational columns explain: skew-symmetric of size 3
    skew = LogMatrix((2, 3, 5), tuple(skew_unit(i, j) for i, j in ((0, 1), (0, 2), (1, 2))))
    found = log_rank(skew)
    assert (found.bounds.lower, found.bounds.upper, found.bounds.upper_by) == (2, 2, "vanishing-minors")
    left, right = factors(skew, found)
    assert left.shape == (2, 3)
    from sympy import Matrix, simplify, sympify

    F = Matrix([[sympify(x) for x in row] for row in left.texts()])
    D = Matrix([[sympify(x) for x in row] for row in skew.texts()])
    assert (F.T * right - D).applyfunc(simplify).is_zero_matrix


def skew_unit(i, j):
    entries = [[0] * 3 for _ in range(3)]
    entries[i][j], entries[j][i] = 1, -1
    return fmpq_mat(entries)


def test_the_threshold_is_one_below_the_published_one():
    random.seed(5)
    for n in (2, 3, 4):
        for _ in cases(4):
            P = normalised([[random.randint(1, 30) for _ in range(n)] for _ in range(n)])
            assert least_head_size(scores_of_probabilities(P)).bounds.upper <= n - 1
    generic = normalised([[1, 1, 1], [2, 3, 5], [7, 11, 13]])
    assert int(least_head_size(scores_of_probabilities(generic)).bounds) == 2


def test_the_paper_s_counterexample_is_about_dependent_tokens():
    X = [[1, 0]]  # the second query's scores are 0: its column of P is (1/2, 1/2)
    forced = scores_of_probabilities([[Fraction(1, 3), HALF], [Fraction(2, 3), HALF]])
    assert int(least_head_size(forced, X).bounds) == 1
    other = scores_of_probabilities([[HALF, Fraction(1, 3)], [HALF, Fraction(2, 3)]])
    found = least_head_size(other, X)
    assert (found.representable, found.bounds, found.scores) == (False, None, ())
    assert found.contradiction.side == "queries"
    assert found.contradiction.relation == ("0", "1")  # x_2 = 0, but whatever the shift not all its scores
    assert (found.contradiction.at, found.contradiction.value) == (0, "-log(2)")
    assert found.fits(100) is False
    assert int(least_head_size(other, [[1, 0], [0, 1]]).bounds) == 1
    with pytest.raises(InputError, match="representable"):
        construct_weights(found)


rationals = st.fractions(-3, 3, max_denominator=4)


def matrices(rows, columns, entries=rationals):
    return st.lists(st.lists(entries, min_size=columns, max_size=columns), min_size=rows, max_size=rows)


def transposed_rank_with_ones(Z):
    """rank [Z | 1] - 1: another formula for the least head size."""
    return rank_rational([[*row, 1] for row in Z]) - 1


@given(st.data(), st.integers(1, 5))
@examples(50)
def test_rational_logits(data, n):
    Z = data.draw(matrices(n, n))
    shifts = data.draw(st.lists(rationals, min_size=n, max_size=n))
    order = data.draw(st.permutations(range(n)))
    expected = transposed_rank_with_ones(Z)
    for logits in (
        Z,
        [[z + c for z, c in zip(row, shifts, strict=True)] for row in Z],
        [Z[i] for i in order],  # another reference row
        [[Z[i][j] for j in order] for i in order],
    ):
        found = least_head_size(scores_of_logits(logits))
        assert (int(found.bounds), found.bounds.grade) == (expected, Grade.PROVED)


@given(st.data(), st.integers(2, 4))
@examples(40)
def test_rational_probabilities(data, n):
    W = data.draw(matrices(n, n, st.integers(1, 9)))
    order = data.draw(st.permutations(range(n)))
    scales = data.draw(st.lists(st.integers(1, 6), min_size=n, max_size=n))
    first = least_head_size(scores_of_probabilities(normalised(W))).bounds
    assert first.grade is Grade.PROVED
    permuted = normalised([[W[i][j] for j in order] for i in order])
    assert least_head_size(scores_of_probabilities(permuted)).bounds.record == first.record
    scaled = normalised([[w * s for w, s in zip(row, scales, strict=True)] for row in W])
    assert scaled == normalised(W)
    assert int(first) >= 0


@given(st.data(), st.integers(1, 4), st.integers(1, 4))
@examples(80)
def test_given_tokens_against_the_linear_equations(data, d, n):
    X = data.draw(matrices(d, n, st.integers(-2, 2)))
    if data.draw(st.booleans()):  # scores that such tokens do have, with shifts
        A = fmpq_mat(data.draw(matrices(d, d, st.integers(-2, 2))))
        Z = fmpq_mat(X).transpose() * A * fmpq_mat(X)
        shifts = data.draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n))
        logits = [[z + c for z, c in zip(row, shifts, strict=True)] for row in Z.table()]
        possible = True
    else:
        logits, possible = data.draw(matrices(n, n, st.integers(-2, 2))), False
    scores = scores_of_logits(logits)
    found, second = least_head_size(scores, X), common_head_size([(X, scores)])
    assert found.representable == second.representable
    assert found.representable or not possible
    assert (found.contradiction is None) == found.representable
    if found.contradiction is not None:
        relation = [Fraction(v) for v in found.contradiction.relation]
        assert any(relation)
        assert all(sum(v * x for v, x in zip(relation, row, strict=True)) == 0 for row in X)
        assert found.contradiction.value != "0"
    if found.representable:
        assert second.bounds.lower <= int(found.bounds) <= second.bounds.upper
        made = construct_weights(found)
        P = softmax_of(logits)
        check_close(made, P, X)


def softmax_of(logits):
    from math import exp

    rows = [[exp(Fraction(*ratio(z))) for z in row] for row in logits]
    sums = [sum(column) for column in zip(*rows, strict=True)]
    return [[x / s for x, s in zip(row, sums, strict=True)] for row in rows]


def check_close(made, P, X):
    from math import sqrt

    import numpy as np

    key, query = (np.array([[float(Fraction(x)) for x in row] for row in W]) for W in (made.key_rows, made.query_rows))
    tokens = np.array([[float(x) for x in row] for row in X])
    factor = (1 if made.query_factor == "1" else sqrt(made.head_size)) / sqrt(made.head_size)
    scores = factor * (key @ tokens).T @ (query @ tokens)
    found = np.exp(scores - scores.max(axis=0))
    assert np.allclose(found / found.sum(axis=0), P, atol=1e-9)


def test_dependent_tokens_with_logarithms():
    X = [[1, 1, 0], [0, 0, 1]]  # the first two tokens are equal
    P = normalised([[1, 1, 2], [1, 1, 2], [6, 6, 5]])
    found = least_head_size(scores_of_probabilities(P), X)
    assert (found.representable, int(found.bounds)) == (True, 1)
    check_weights(construct_weights(found), P, X)
    assert not least_head_size(scores_of_probabilities(normalised([[1, 1, 2], [2, 1, 2], [6, 6, 5]])), X).representable
    single = least_head_size(scores_of_probabilities([[1]]), [[0]])
    assert int(single.bounds) == 0


def test_several_pairs():
    eye = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    flipped = [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    A = [[1, 2, 0], [2, 4, 0], [0, 0, 0]]
    other = [row[::-1] for row in A[::-1]]
    both = common_head_size([(eye, scores_of_logits(A)), (flipped, scores_of_logits(other))])
    assert (both.representable, both.bounds.lower, both.bounds.upper) == (True, 1, 1)
    assert not common_head_size([(eye, scores_of_logits(A)), (eye, scores_of_logits(other))]).representable
    four, eight = [[1, 1], [4, 16]], [[1, 1], [8, 512]]  # bases {4} and {8}: comparable only over {2}
    pairs = [
        ([[1, 0], [0, 1]], scores_of_probabilities(normalised(four))),
        ([[1, 0], [0, "3/2"]], scores_of_probabilities(normalised(eight))),
    ]
    assert [scores.values.base for _, scores in pairs] == [(4,), (8,)]
    found = common_head_size(pairs)
    assert (found.representable, int(found.bounds)) == (True, 1)
    assert found.solution.texts() == [["0", "0"], ["2*log(2)", "4*log(2)"]]
    doubled = [([[1, 0], [0, 1]], scores_of_probabilities(normalised(four)))] * 2
    assert common_head_size(doubled).bounds.upper == 1


def test_one_matrix_for_several_inputs_is_recovered():
    random.seed(8)
    A = fmpq_mat([[1, 2, 3], [2, 4, 6], [1, 0, 1]])
    pairs = []
    for _ in range(3):
        X = fmpq_mat([[random.randint(-3, 3) for _ in range(4)] for _ in range(3)])
        pairs.append((X, scores_of_logits((X.transpose() * A * X).tolist())))
    found = common_head_size(pairs)
    assert (found.representable, int(found.bounds)) == (True, 2)
    assert found.solution.coefficients[0] == A
    assert construct_weights(found).columns == "coordinates"
    assert found.witness.reference is None


def test_a_mask_frees_scores():
    P = [[1, HALF, Fraction(1, 4)], [0, HALF, Fraction(1, 4)], [0, 0, HALF]]
    by_zeros, causal = (scores_of_probabilities(P, mask) for mask in ("zeros", "causal"))
    assert by_zeros == causal
    found = least_head_size(causal)
    assert (found.bounds.lower, found.bounds.upper) == (1, 1)
    rank_one = [[i * j for j in range(4)] for i in range(4)]
    found = least_head_size(scores_of_logits(rank_one, "causal"))
    assert (found.bounds.lower, found.bounds.upper) == (1, 1)
    blocked = [[0, 1], [1, 0]]
    assert int(least_head_size(scores_of_logits([[5, 1], [1, 7]], blocked, "blocked")).bounds) == 0


@given(st.data(), st.integers(2, 4))
@examples(40)
def test_masked_bounds_hold(data, n):
    Z = data.draw(matrices(n, n, st.integers(-2, 2)))
    visible = data.draw(matrices(n, n, st.integers(0, 1)))
    assume(all(any(column) for column in zip(*visible, strict=True)))
    scores = scores_of_logits(Z, visible, "visible")
    found = least_head_size(scores)
    assert found.bounds.lower <= found.bounds.upper <= n - 1
    assert found.bounds.lower <= transposed_rank_with_ones(Z)
    filled = complete(scores)
    for j in range(n):
        seen = scores.support(j)
        shifts = {filled.coefficients[0][i, j] - fmpq(Z[i][j]) for i in seen}
        assert len(shifts) == 1
    for keys, queries in visible_blocks(scores):
        assert all(scores.visible[i][j] for i in keys for j in queries)
    X = [[int(i == j) for j in range(n)] for i in range(n)]
    joint = common_head_size([(X, scores)])
    assert joint.representable
    assert found.bounds.lower <= joint.bounds.upper


@pytest.mark.parametrize("n", range(2, 7))
def test_balls_meet_the_formal_rank(n):
    """Random rank-structured rational matrices over the primes up to 7: nothing is left open."""
    random.seed(n)
    for _ in cases(12):
        W = [[1] * n for _ in range(n)]
        for prime in random.sample((2, 3, 5, 7), random.randint(1, 3)):
            for _ in range(random.randint(1, 2)):
                left, right = ([random.randint(0, 2) for _ in range(n)] for _ in range(2))
                W = [
                    [w * prime ** (a * b) for w, b in zip(row, right, strict=True)]
                    for row, a in zip(W, left, strict=True)
                ]
        scores = scores_of_probabilities(normalised(W))
        found = least_head_size(scores).bounds
        assert found.grade is Grade.PROVED
        assert int(found) == symbolic_rank(scores.differences(range(n), range(n)).coefficients)


@given(st.data(), st.integers(2, 5))
@examples(40)
def test_witnesses_are_minors(data, n):
    from sympy import Matrix, Rational

    Z = data.draw(matrices(n, n))
    found = least_head_size(scores_of_logits(Z))
    witness = found.witness
    if witness is None:
        assert int(found.bounds) == 0
        return
    assert len(witness.keys) == len(witness.queries) == found.bounds.lower
    minor = [[Z[i][j] - Z[witness.reference][j] for j in witness.queries] for i in witness.keys]
    # the scores were shifted by a constant for each query, which does not change these differences
    determinant = Matrix([[Rational(x.numerator, x.denominator) for x in row] for row in minor]).det()
    assert determinant == Rational(witness.determinant) != 0


def test_masked_weights_realise_what_is_visible():
    from math import exp

    random.seed(4)
    for n in (2, 3, 4, 5):
        W = [[random.randint(1, 4) if i <= j else 0 for j in range(n)] for i in range(n)]
        P = normalised(W)
        made = construct_weights(least_head_size(scores_of_probabilities(P, "causal")))
        key, query = evaluated(made.key_rows), evaluated(made.query_rows)
        factor = (1 if made.query_factor == "1" else made.head_size**0.5) / made.head_size**0.5
        for j in range(n):
            raw = [exp(factor * sum(k[i] * q[j] for k, q in zip(key, query, strict=True))) for i in range(j + 1)]
            assert all(abs(x / sum(raw) - P[i][j]) < 1e-9 for i, x in enumerate(raw))


@given(st.lists(st.integers(1, 10**6), max_size=8))
@examples(80)
def test_coprime_base(numbers):
    base = coprime_base(numbers)
    assert all(gcd(a, b) == 1 for i, a in enumerate(base) for b in base[:i])
    assert all(b > 1 for b in base)
    for number in numbers:
        assert prod(b**e for b, e in zip(base, exponents(number, base), strict=True)) == number


def test_coprime_base_refuses():
    with pytest.raises(InputError, match="numbers"):
        coprime_base([0])
    with pytest.raises(ArithmeticError):
        exponents(10, (2,))


def symbolic_rank(coefficients):
    from sympy import QQ, symbols
    from sympy.polys.matrices import DomainMatrix

    field = QQ.frac_field(*symbols(f"t:{len(coefficients)}"))
    rows, columns = coefficients[0].nrows(), coefficients[0].ncols()

    def entry(i, j):
        terms = (QQ(int(e[i, j].p), int(e[i, j].q)) * g for e, g in zip(coefficients, field.gens, strict=True))
        return sum(terms, field.zero)

    return DomainMatrix([[entry(i, j) for j in range(columns)] for i in range(rows)], (rows, columns), field).rank()


@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.integers(2, 3))
@examples(50)
def test_formal_rank(data, rows, columns, count):
    coefficients = [fmpq_mat(data.draw(matrices(rows, columns, st.integers(-1, 1)))) for _ in range(count)]
    expected = symbolic_rank(coefficients)
    spanning = independent(coefficients)
    if spanning:
        assert formal_rank_upper(spanning)[0] == expected
    found = log_rank(LogMatrix((2, 3, 5)[:count], tuple(coefficients)))
    assert (found.bounds.lower, found.bounds.upper) == (expected, expected)
    assert len(found.rows) == len(found.columns) == expected


def test_undecided_at_few_bits():
    near = log_matrix([[fmpq(2), fmpq(3)], [fmpq(10**40), fmpq(3**84 * 10**40 + 1, 3**84)]])
    assert log_rank(near, most_bits=64).bounds.lower <= log_rank(near).bounds.lower
    assert log_rank(near).bounds.grade is Grade.PROVED


def test_arrays_are_welcome():
    import numpy as np

    Z, mask = np.array([[0, 1], [1, 0]]), np.array([[True, True], [False, True]])
    assert scores_of_logits(Z, mask, "visible") == scores_of_logits(Z.tolist(), "causal")
    assert int(least_head_size(scores_of_logits(Z), np.eye(2, dtype=int)).bounds) == 1


def test_small_tools():
    assert sum(1 for _ in lattice(3, 3)) == 10
    assert pivots(fmpq_mat(2, 2)) == ()
    assert solution(fmpq_mat([[1, 1], [1, 1]]), fmpq_mat([[1], [2]])) is None
    (short,) = least_norm_solutions(fmpq_mat([[1, 1]]), [fmpq_mat([[2]])])
    assert short.tolist() == [[1], [1]]
    M = fmpq_mat([[1, 2, 3], [2, 4, 6]])
    inverse = pseudo_inverse(M)
    assert M * inverse * M == M
    assert inverse * M * inverse == inverse
    assert inverse * M == projector(M.transpose())
    assert pseudo_inverse(fmpq_mat(2, 3)) == fmpq_mat(3, 2)
    six, mixed = over_common_base([log_matrix([[fmpq(6), fmpq(4)]]), rational_scores(fmpq_mat([[1, 0]]))])
    assert six.base == mixed.base == (1, 2, 3)
    assert (six.texts(), mixed.texts()) == ([["log(2) + log(3)", "2*log(2)"]], [["1", "0"]])


def test_floats_are_numeric():
    P = [[0.5, 1 / 3], [0.5, 2 / 3]]
    assert head_size_numeric(P).rank == 1
    assert logits_rank_numeric([[1.0, 2.0, 3.0]] * 3).rank == 0
    exact = [[Fraction(x) for x in column] for column in ([0.5, 0.5], [0.25, 0.75])]
    assert int(least_head_size(scores_of_probabilities(list(zip(*exact, strict=True)))).bounds) == 1
    with pytest.raises(InputError, match="positive"):
        head_size_numeric([[0.0, 0.5], [1.0, 0.5]])
    with pytest.raises(InputError, match="column 0"):
        head_size_numeric([[0.5, 0.5], [0.6, 0.5]])


BAD_P = [
    ([[HALF, HALF], [HALF, Fraction(1, 3)]], "column 1 sums to 5/6"),
    ([[HALF, HALF], [Fraction(1, 3), Fraction(2, 3)]], "transpose it"),
    ([[2, 1], [-1, 0]], "positive"),
    ([[1, HALF], [0, HALF]], "give mask"),
    ([[1, 0], [0, 0]], "column 1 is zero"),
    ([[0.5, 0.5], [0.5, 0.5]], "exact"),
    ([], "matrix"),
    ([["a"]], "rational"),
]


@pytest.mark.parametrize(("P", "words"), BAD_P)
def test_bad_probabilities(P, words):
    with pytest.raises(InputError, match=words):
        scores_of_probabilities(P)


BAD_MASKS = [
    ([[0, 1], [1, 0]], None, "visible"),
    ([[0, 1], [1, 0]], "seen", "visible"),
    ([[1, 1], [1, 1]], "blocked", "query 0 sees none"),
    ([[1, 2], [0, 1]], "visible", "0 and 1"),
    ([[1, 1]], "visible", "2 x 2"),
    ("upper", None, "causal"),
    ("causal", "visible", "left out"),
    (None, "visible", "left out"),
]


@pytest.mark.parametrize(("mask", "means", "words"), BAD_MASKS)
def test_bad_masks(mask, means, words):
    with pytest.raises(InputError, match=words):
        read_mask(mask, means, (2, 2))


def test_masks_and_zeros_must_agree():
    P = [[1, HALF], [0, HALF]]
    with pytest.raises(InputError, match="visible"):
        scores_of_probabilities(P, [[1, 1], [1, 1]], "visible")
    with pytest.raises(InputError, match="blocked"):
        scores_of_probabilities(P, [[1, 0], [0, 1]], "visible")
    with pytest.raises(InputError, match="no mask"):
        scores_of_logits([[0, 1], [1, 0]], "zeros")


def test_bad_tokens():
    scores = scores_of_logits([[0, 1], [1, 0]])
    with pytest.raises(InputError, match="transpose"):
        least_head_size(scores, [[1, 0, 0], [0, 1, 0]])
    with pytest.raises(InputError, match="left out"):
        least_head_size(scores_of_logits([[0, 1]]), [[1]])
    with pytest.raises(InputError, match="at least one pair"):
        common_head_size([])
    with pytest.raises(InputError, match="one dimension"):
        common_head_size([([[1, 0]], scores), ([[1, 0], [0, 1]], scores)])
    with pytest.raises(InputError, match="head_size"):
        construct_weights(least_head_size(scores_of_logits([[0, 0, 0], [0, 1, 0], [0, 0, 1]])), head_size=1)
