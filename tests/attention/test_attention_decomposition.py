from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorly import unfold
from tensorly.cp_tensor import CPTensor, cp_to_tensor
from tensorly.tucker_tensor import tucker_to_tensor

from algebra import InputError
from algebra.exact.arrays import rank_factors
from algebra.rank import rank_rational
from tensors.attention.decomposition import (
    coefficient_tensor,
    from_cp,
    from_tucker,
    head_bounds,
    layer_of_tensor,
    scores_to_cp,
    to_cp,
    to_tucker,
    unfolding,
)
from tensors.attention.layer import AttentionLayer, layer_of_forms
from tests.properties import examples

PRIME = 2**61 - 1


def integers(rng, *shape):
    return rng.integers(-5, 6, shape).astype(object)


def random_layer(seed, d=3, out=2, a=2, heads=2, **options):
    rng = np.random.default_rng(seed)
    triples = [(integers(rng, a, d), integers(rng, a, d), integers(rng, out, d)) for _ in range(heads)]
    return AttentionLayer(triples, **options)


def tokens(seed, d=3, n=3):
    return integers(np.random.default_rng(seed + 1000), d, n)


def changed(layer, change):
    return AttentionLayer(
        [change(h.K, h.Q, h.V) for h in layer.heads], layer.kind, score_power=layer.score_power, visible=layer.visible
    )


def outputs(layer, X):
    return layer.residues(X, PRIME, 123456789) if layer.kind == "softmax" else layer(X)


KINDS = st.sampled_from(["lightning", "polynomial", "normalised", "softmax"])


@examples(40)
@given(st.integers(0, 10**6), KINDS, st.permutations(range(3)))
def test_tokens_may_be_permuted_and_heads_change_bases(seed, kind, order):
    layer, X = random_layer(seed, kind=kind, score_power=2 if kind == "polynomial" else 1), tokens(seed)
    try:
        Y = outputs(layer, X)
    except InputError:  # a column of normalised scores may sum to 0
        return
    assert (outputs(layer, X[:, order]) == Y[:, order]).all()
    G, back = np.array([[1, 2], [1, 3]], object), np.array([[3, -1], [-2, 1]], object)  # inverse transposed
    assert (outputs(changed(layer, lambda K, Q, V: (G @ K, back @ Q, V)), X) == Y).all()


def test_a_factor_moves_from_scores_to_values_without_softmax_only():
    third = Fraction(1, 3)
    for kind, same in (("lightning", True), ("softmax", False)):
        layer, X = random_layer(1, kind=kind), tokens(1)
        moved = changed(layer, lambda K, Q, V: (3 * K, Q, V * third))
        assert (outputs(moved, X) == outputs(layer, X)).all() == same


def test_residues_are_the_exact_outputs_modulo_a_prime():
    for kind in ("lightning", "normalised"):
        layer, X = random_layer(4, kind=kind), tokens(4)
        exact = [Fraction(y).numerator * pow(Fraction(y).denominator, -1, 10007) % 10007 for y in layer(X).flat]
        assert layer.residues(X, 10007, 5).ravel().tolist() == exact


def test_softmax_residues_satisfy_the_definition():
    layer = AttentionLayer([([["1/2"]], [[1]], [[1]])], "softmax")
    X, p, g = [[1, 3]], 101, 7  # scores 1/2 x_j x_q: e^(1/2) is replaced by g
    E = [[g, g**3], [g**3, g**9]]
    expected = [(1 * E[0][q] + 3 * E[1][q]) * pow(E[0][q] + E[1][q], -1, p) % p for q in range(2)]
    assert layer.residues(X, p, g).tolist() == [expected]


def test_masks_are_exact_zeros_and_must_say_what_they_mean():
    causal = np.triu(np.ones((3, 3), bool))
    layer, X = random_layer(2, kind="normalised", visible=causal), tokens(2)
    assert all(P[2, 0] == 0 and P[:, 1].sum() == 1 for P in layer.weights(X))
    blocked = AttentionLayer([(h.K, h.Q, h.V) for h in layer.heads], "normalised", blocked=~causal)
    assert (blocked(X) == layer(X)).all()
    triple = ([[1]], [[1]], [[1]])
    for options, word in (
        ({"visible": causal, "blocked": ~causal}, "left out"),
        ({"visible": [[0, 1], [1, 1]]}, "True and False"),
        ({"visible": np.zeros((2, 2), bool)}, "query 0 sees none"),
        ({"blocked": np.array([[False, True], [False, True]])}, "query 1 sees none"),
        ({"visible": np.ones((2, 3), bool)}, "square"),
    ):
        with pytest.raises(InputError, match=word):
            AttentionLayer([triple], **options)
    with pytest.raises(InputError, match="as many as the mask"):
        AttentionLayer([triple], visible=np.ones((2, 2), bool))([[1, 2, 3]])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_tensor_is_the_function(count):
    layer, X = random_layer(7), tokens(7, n=count)
    for symmetrised in (True, False):
        T = coefficient_tensor(layer, symmetrised=symmetrised, tokens=count)
        Y = np.einsum("oprs,pj,rj,sq->oq", T, X, X, X, optimize=False)
        assert np.array_equal(Y, layer(X))


def test_only_the_symmetric_part_is_seen():
    e = np.eye(2, dtype=int).tolist()
    one = AttentionLayer([([e[0]], [e[0]], [e[1]])])  # V = e_1, A = e_0 e_0^T
    other = AttentionLayer([([e[1]], [e[0]], [e[0]])])  # p and r exchanged
    assert (coefficient_tensor(one) == coefficient_tensor(other)).all()
    assert (coefficient_tensor(one, symmetrised=False) != coefficient_tensor(other, symmetrised=False)).any()
    X = [[2, 3], [5, 7]]
    assert (one(X) == other(X)).all()


def test_ll1_and_block_terms_through_tensorly_are_exact():
    huge = 10**30
    layer = AttentionLayer([([[huge, 1]], [[1, huge]], [[1, 2], [3, huge]]), ([[0, 1]], [[1, 1]], [[1, 1], [2, 2]])])
    T = coefficient_tensor(layer, symmetrised=False)
    cp, tucker = to_cp(layer), to_tucker(layer)
    assert (cp_to_tensor(cp).reshape(2, 2, 2, 2) == T).all()
    assert (tucker_to_tensor(tucker) == T).all()
    assert tucker.core.shape == (3, 3, 2, 2)  # values of rank 2 and 1, two heads of size 1
    assert (unfold(T, 1) == unfolding(T, (1,))).all()
    for back in (from_cp(cp), from_tucker(tucker), layer_of_tensor(T)):
        assert (coefficient_tensor(back, symmetrised=False) == T).all()
        assert len(back.heads) == 2
    floats = CPTensor((None, [np.asarray(f, float) for f in cp.factors]))
    assert not (cp_to_tensor(floats).reshape(2, 2, 2, 2) == T).all()
    with pytest.raises(InputError, match="exact"):
        from_cp(floats)


@examples(25)
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_conversions_and_bounds(seed, a, heads, out):
    layer = random_layer(seed, a=a, heads=heads, out=out)
    T = coefficient_tensor(layer, symmetrised=False)
    for back in (from_cp(to_cp(layer)), from_tucker(to_tucker(layer))):
        assert (coefficient_tensor(back, symmetrised=False) == T).all()
    assert len(layer_of_tensor(T).heads) <= heads
    bounds = head_bounds(coefficient_tensor(layer), head_size=a)
    assert max(bounds.values()) <= heads
    assert max(head_bounds(coefficient_tensor(layer), a, max(h.value_rank for h in layer.heads)).values()) <= heads


def test_weights_of_a_cp_tensor():
    factors = [np.array([[1], [2]], object), np.array([[1], [0]], object), np.array([[0], [1]], object)]
    layer = from_cp(CPTensor((np.array([5], object), factors)))
    assert layer.heads[0].A.tolist() == [[0, 5], [0, 0]]


def test_one_unfolding_is_no_bound_and_the_others_reach_the_truth():
    layer = random_layer(3, d=3, out=3, a=3, heads=1)
    T = coefficient_tensor(layer)
    assert rank_rational(unfolding(T, (0, 1))) == 9 > len(layer.heads)  # "op x rs": nine times too large
    assert max(head_bounds(T).values()) == 1
    assert max(head_bounds(coefficient_tensor(random_layer(3, d=4, out=4, a=1, heads=4)), head_size=1).values()) == 4


def test_scores_are_a_sum_of_head_size_many_products():
    layer, X = random_layer(5, a=2, d=4, out=1), tokens(5, d=4, n=5)
    for h in range(2):
        cp = scores_to_cp(layer, X, h)
        assert cp.rank == 2
        assert (cp_to_tensor(cp) == layer.scores(X)[h]).all()
        assert rank_rational(layer.scores(X)[h]) <= layer.heads[h].head_size
    with pytest.raises(InputError, match="number of heads"):
        scores_to_cp(layer, X, 2)


def test_factors_through_the_rank():
    for matrix in ([[0, 0], [0, 0]], [[1, 2], [2, 4]], [[0, 1], [0, 2]], [["1/2", 1, 0], [1, 2, 3]]):
        L, R = rank_factors(matrix)
        assert L.shape[1] == max(rank_rational(matrix), 1)
        assert [[Fraction(x) for x in row] for row in (L @ R)] == [[Fraction(x) for x in row] for row in matrix]
    layer = layer_of_forms([([[1, 0], [0, 1]], [[1, 1]]), ([[1, 1], [1, 1]], [[2, 0]])])
    assert [h.score_rank for h in layer.heads] == [h.head_size for h in layer.heads] == [2, 1]


@pytest.mark.parametrize(
    ("heads", "word"),
    [
        ([], "at least one head"),
        ([([[1]], [[1]])], "three matrices"),
        ([([[1]], [[1, 2]], [[1]])], "shape of K"),
        ([([[1]], [[1]], [[1, 2]])], "1 columns"),
        ([([[1]], [[1]], [[1]]), ([[1, 2]], [[1, 2]], [[1, 2]])], "one shape"),
        ([([[0.5]], [[1]], [[1]])], "exact"),
    ],
)
def test_bad_layers(heads, word):
    with pytest.raises(InputError, match=word):
        AttentionLayer(heads)


def test_bad_questions():
    layer = AttentionLayer([([[1]], [["1/3"]], [[1]])], "softmax")
    with pytest.raises(InputError, match="residues"):
        layer([[1, 2]])
    with pytest.raises(InputError, match="1 rows"):
        layer.scores([[1], [2]])
    with pytest.raises(InputError, match="kind lightning"):
        coefficient_tensor(layer)
    with pytest.raises(InputError, match="prime"):
        layer.residues([[1]], 10, 3)
    with pytest.raises(InputError, match="does not divide"):
        layer.residues([[1]], 7, 14)
    with pytest.raises(InputError, match="divides no denominator"):
        AttentionLayer([([[1]], [["1/3"]], [[1]])]).residues([[1]], 3, 2)
    with pytest.raises(InputError, match="sums to 0"):
        AttentionLayer([([[1]], [[1]], [[1]])], "normalised")([[1, -1]])
    with pytest.raises(InputError, match="shape"):
        layer_of_tensor(np.zeros((2, 2, 3, 2), object))
    with pytest.raises(InputError, match="order 3"):
        from_cp(CPTensor((None, [np.array([[1]], object)] * 2)))
    with pytest.raises(InputError, match="order 4"):
        from_tucker((np.zeros((1, 1), object), [np.array([[1]], object)] * 2))
