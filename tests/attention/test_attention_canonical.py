"""The canonical form of softmax layers: equality, head size, number of heads, inputs that tell layers apart."""

import random

import pytest
from flint import ctx, fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from algebra import Grade, InputError
from algebra.rank import rank_mod
from algebra.rank.primes import random_prime
from tensors.attention.softmax import canonical
from tensors.attention.softmax.canonical import canonical_form, check_distinction, distinguish, layers_equal
from tensors.attention.softmax.heads import layer_residues, softmax_layer, square_part
from tensors.attention.softmax.residues import PRIME_BITS
from tests.properties import examples

A = [[1, 1], [0, 1]]
B = [[0, 1], [0, 0]]
ZERO = [[0, 0], [0, 0]]


def head(a, v):
    return {"A": a, "V": v}


def negative(matrix):
    return [[-x for x in row] for row in matrix]


def test_heads_cancel():
    form = canonical_form(softmax_layer([head(A, [[1, 0]]), head(A, [[-1, 0]]), head(B, [[1, 1]])], tokens=3))
    assert (len(form.groups), form.least_head_size, int(form.least_heads())) == (1, 1, 1)
    assert form.groups[0].heads == (2,)
    assert not form.is_zero


def test_the_hypothesis_is_after_merging():
    layer = softmax_layer([head(A, [[1, 0]]), head(A, [[-1, 0]]), head(B, [[1, 1]])], tokens=3)
    assert canonical_form(layer).fits_standard(width=2, heads=2)  # though a head has a score matrix of rank 2
    assert not canonical_form(softmax_layer([head(A, [[1, 0]])], tokens=3)).fits_standard(width=2, heads=2)


def test_two_tokens_identify_opposite_scores():
    heads = [head(A, [[1, 0]]), head(negative(A), [[1, 0]])]
    two, three = (canonical_form(softmax_layer(heads, tokens=n)) for n in (2, 3))
    assert (len(two.groups), two.least_head_size) == (1, 0)
    assert (len(three.groups), three.least_head_size) == (2, 2)
    single = canonical_form(softmax_layer(heads, tokens=1))
    assert (len(single.groups), single.least_head_size) == (1, 0)
    assert fmpq_mat([[2, 0]]) == single.groups[0].V


def test_a_flipped_head_is_one_head():
    form = canonical_form(softmax_layer([head(negative(A), [[1, 2]])], tokens=2))
    assert (len(form.groups), int(form.least_heads())) == (2, 1)
    form = canonical_form(softmax_layer([head(A, [[1, 2]]), head(ZERO, [[1, 0]])], tokens=2))
    assert (len(form.groups), int(form.least_heads())) == (2, 2)
    form = canonical_form(softmax_layer([head(negative(A), [[1, 2]]), head(negative(B), [[0, 1]])], tokens=2))
    assert (len(form.groups), int(form.least_heads())) == (3, 2)


def test_many_groups_for_two_tokens_are_left_open(monkeypatch):
    monkeypatch.setattr(canonical, "MOST_SIGNS", 1)
    heads = [head(negative(A), [[1, 2]]), head(negative(B), [[0, 1]])]
    found = canonical_form(softmax_layer(heads, tokens=2)).least_heads()
    assert (found.lower, found.upper, found.grade) == (2, 3, Grade.INCONCLUSIVE)


def output_rank(matrices, tokens):
    """Rank of the functions x -> X softmax(X^T A X) e_1 at random points, modulo a prime: how many are independent."""
    prime = random_prime("rank", PRIME_BITS)
    random.seed(tokens)
    points = [fmpq_mat([[random.randint(-4, 4) for _ in range(tokens)] for _ in range(2)]) for _ in range(12)]
    rows = []
    for a in matrices:
        for unit in ([[1, 0]], [[0, 1]]):
            layer = softmax_layer([head(a, unit)], tokens)
            rows.append([x for X in points for x in layer_residues(layer, X, prime, {1: 987654321})[0]])
    return rank_mod(rows, prime)


def test_which_heads_are_independent():
    C, threefold = [[2, 0], [1, 1]], [[3 * x for x in row] for row in A]
    matrices = [A, negative(A), B, negative(B), C, ZERO, threefold]
    assert [output_rank(matrices, n) for n in (2, 3, 4)] == [10, 14, 14]
    for n, expected in ((2, 5), (3, 7)):
        layer = softmax_layer([head(a, [[h + 1, 1]]) for h, a in enumerate(matrices)], tokens=n)
        assert len(canonical_form(layer).groups) == expected


small = st.integers(-1, 1)
squares = st.lists(st.lists(small, min_size=2, max_size=2), min_size=2, max_size=2)
values = st.lists(st.lists(small, min_size=2, max_size=2), min_size=1, max_size=1)
layers = st.lists(st.builds(head, squares, values), min_size=1, max_size=4)


@given(layers, layers, st.integers(1, 4))
@examples(80)
def test_equality_is_decided_both_ways(first, second, tokens):
    f, g = (softmax_layer(heads, tokens) for heads in (first, second))
    found = distinguish(f, g)
    assert layers_equal(f, g) == (found is None)
    if found is None:
        prime = random_prime("same", PRIME_BITS)
        X = fmpq_mat(2, tokens, list(range(2 * tokens)))
        assert layer_residues(f.minus(g), X, prime, {1: 12345}) == [[0] * tokens]
    else:
        assert check_distinction(f, g, found)
        assert not check_distinction(f, f, found)


@given(layers, st.integers(1, 4), st.data())
@examples(60)
def test_a_layer_equals_its_rearrangements(heads, tokens, data):
    layer = softmax_layer(heads, tokens)
    order = data.draw(st.permutations(heads))
    split = [head(h["A"], [[2 * x for x in row] for row in h["V"]]) for h in order]
    split += [head(h["A"], negative(h["V"])) for h in heads]
    assert layers_equal(layer, softmax_layer(split, tokens))
    form = canonical_form(layer)
    rebuilt = [head(group.A, group.V) for group in form.groups] or [head(ZERO, [[0, 0]])]
    assert layers_equal(layer, softmax_layer(rebuilt, tokens))
    assert form.least_head_size <= max(int(fmpq_mat(h["A"]).rank()) for h in heads)
    assert form.least_heads().upper <= len(form.groups) <= 2 * len(heads)


@pytest.mark.parametrize("tokens", [10**9, 10**400])
def test_layers_of_many_tokens_are_compared_without_an_input(tokens):
    first, second = [head(A, [[1, 1]])], [head(A, [[2, 1]])]
    f, g = (softmax_layer(heads, tokens) for heads in (first, second))
    assert layers_equal(f, f)
    assert not layers_equal(f, g)
    assert distinguish(f, f) is None
    with pytest.raises(InputError, match="1448 for an input"):
        distinguish(f, g)


def test_a_distinction_holds_in_balls():
    f, g = (softmax_layer([head(A, [[k, 1]])], tokens=3) for k in (1, 2))
    found = distinguish(f, g, seed=3)
    with ctx.workprec(128):
        value = f.minus(g).balls(found.X.table())[found.output][found.token]
    assert not value.contains(0)


def test_weights_with_a_root():
    W = {"W_q": [[1, 0], [0, 1]], "W_k": [[1, 1], [0, 1]], "W_v": [[1, 0]], "W_o": [[2]]}
    layer = softmax_layer([W], tokens=3)
    assert (layer.heads[0].radicand, layer.heads[0].A) == (2, fmpq_mat([[1, 0], [1, 1]]) * fmpq(1, 2))
    assert fmpq_mat([[2, 0]]) == layer.heads[0].V
    rational = softmax_layer([head([["1/2", 0], ["1/2", "1/2"]], [[2, 0]])], tokens=3)
    assert not layers_equal(layer, rational)
    assert check_distinction(layer, rational, distinguish(layer, rational))
    assert layers_equal(layer, layer)
    one = {"W_q": [[1, 0]], "W_k": [[1, 1]], "V": [[2, 0]]}
    assert layers_equal(softmax_layer([one], 3), softmax_layer([head([[1, 0], [1, 0]], [[2, 0]])], 3))
    zero = {"W_q": [[0, 0], [0, 0]], "W_k": [[1, 1], [0, 1]], "V": [[1, 0]]}
    assert layers_equal(softmax_layer([zero], 3), softmax_layer([head(ZERO, [[1, 0]])], 3))


@given(layers, st.permutations(range(3)))
@examples(30)
def test_permuting_tokens_permutes_outputs(heads, order):
    layer = softmax_layer(heads, 3)
    prime = random_prime("permute", PRIME_BITS)
    X = [[1, -2, 3], [0, 2, 5]]
    Y = layer_residues(layer, fmpq_mat(X), prime, {1: 777})
    permuted = layer_residues(layer, fmpq_mat([[row[j] for j in order] for row in X]), prime, {1: 777})
    assert permuted == [[row[j] for j in order] for row in Y]


def test_a_zero_denominator_is_noticed():
    layer = softmax_layer([head([[0]], [[1]])], tokens=3)
    assert layer_residues(layer, fmpq_mat([[1, 2, 3]]), 3, {1: 2}) is None


def test_square_parts():
    assert [square_part(n) for n in (1, 2, 4, 12, 72)] == [(1, 1), (1, 2), (2, 1), (2, 3), (6, 2)]


BAD = [
    ([], 3, "heads"),
    ([{"A": A}], 3, r"heads\[0\]"),
    ([{"A": A, "V": [[1, 0]], "W": 1}], 3, r"heads\[0\]"),
    ([{"A": A, "W_q": A, "W_k": A, "V": [[1, 0]]}], 3, r"heads\[0\]"),
    ([head([[1, 2]], [[1, 0]])], 3, "square"),
    ([head(A, [[1, 0, 0]])], 3, "2 columns"),
    ([head(A, [[0.5, 0]])], 3, "exact"),
    ([head(A, [[1, 0]])], 0, "tokens"),
    ([head(A, [[1, 0]])], 2.5, "tokens"),
    ([head(A, [[1, 0]]), head([[1]], [[1]])], 3, "width 2"),
    ([head(A, [[1, 0]]), head(A, [[1, 0], [0, 1]])], 3, "1 rows"),
    ([{"W_q": A, "W_k": [[1, 0]], "V": [[1, 0]]}], 3, "W_q"),
    ([{"A": A, "W_o": [[1, 1]], "W_v": [[1, 0]]}], 3, "W_o"),
]


@pytest.mark.parametrize(("heads", "tokens", "words"), BAD)
def test_bad_layers(heads, tokens, words):
    with pytest.raises(InputError, match=words):
        softmax_layer(heads, tokens)


def test_layers_of_other_sizes_are_not_compared():
    first = softmax_layer([head(A, [[1, 0]])], 3)
    with pytest.raises(InputError, match="tokens"):
        layers_equal(first, softmax_layer([head(A, [[1, 0]])], 4))
    with pytest.raises(InputError, match="width"):
        layers_equal(first, softmax_layer([head([[1]], [[1]])], 3))
