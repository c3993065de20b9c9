"""Separation ranks of attention stacks: the reference table, the definition, bounds, and what leaves them alone."""

import json
from dataclasses import replace
from itertools import product
from math import prod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import algebra.evidence.checker.separation_bounds as checked
from algebra import Grade
from algebra.errors import InputError
from algebra.evidence.checker import gram_forms as forms
from algebra.evidence.checker.separation_stacks import read_stack
from algebra.evidence.evaluation import quick_trial
from algebra.rank import rank_mod
from algebra.rank.field import prime_field
from algebra.rank.primes import DEFAULT_PRIME, random_prime
from tensors.attention import AttentionStack
from tensors.attention.depth import evaluation
from tensors.attention.depth.copied_form import copied_form_bound, find_form
from tensors.attention.depth.evaluation import StackValues
from tensors.attention.depth.question import stack_claim
from tests.attention.separation_oracle import pooled_matrix, rank_of_forms, token_level_matrix
from tests.properties import examples

REFERENCE = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "separation_ranks.jsonl").read_text(encoding="utf-8").splitlines()
]
LARGE = 900  # ranks of the reference that take seconds


def stack_of(row):
    return AttentionStack.from_json({k: v for k, v in row.items() if k not in ("per_degree", "lower", "upper")})


def stacks(most_width=4, most_layers=3):
    """Draw small stacks, residual ones and embeddings of low rank among them."""

    @st.composite
    def draw_stack(draw):
        width = draw(st.integers(1, most_width))
        sizes = draw(st.integers(1, 3)), draw(st.integers(1, width)), draw(st.integers(1, most_layers))
        tokens = draw(st.integers(1, width + 1)), draw(st.integers(1, width + 1))
        rank = draw(st.none() | st.integers(1, width))
        return AttentionStack(width, *sizes, tokens, rank, draw(st.booleans()))

    return draw_stack()


# ---- the reference table


@pytest.mark.parametrize("row", [row for row in REFERENCE if row["upper"] < LARGE], ids=lambda row: stack_of(row).label)
def test_the_reference_is_reproduced(row):
    found = stack_of(row).separation()
    assert (found.whole.lower, found.whole.upper) == (row["lower"], row["upper"])
    assert found.whole.grade is (Grade.PROVED if row["lower"] == row["upper"] else Grade.PROBABLE)
    assert sum(each.lower for each in found.degrees) == row["lower"]
    if row["per_degree"] is not None:
        assert [each.lower for each in found.degrees] == row["per_degree"]


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in REFERENCE if row["upper"] >= LARGE], ids=lambda r: stack_of(r).label)
def test_the_large_rows_of_the_reference_are_reproduced(row):
    found = stack_of(row).separation()
    assert (found.whole.lower, found.whole.upper) == (row["lower"], row["upper"])
    if row["per_degree"] is not None:
        assert [each.lower for each in found.degrees] == row["per_degree"]


def test_upper_bounds_of_the_reference_need_no_evaluation():
    for row in REFERENCE:
        assert stack_of(row).upper_bound().value == row["upper"]


def test_values_that_the_theory_states():
    assert [AttentionStack(d, 1, d, 2, (d, d)).upper_bound().value for d in range(2, 7)] == [18, 49, 110, 216, 385]
    assert [AttentionStack(d, d, 1, 2, (d, d)).upper_bound().value for d in range(2, 7)] == [17, 43, 85, 146, 231]
    assert AttentionStack(4, 1, 4, 3, (4, 4)).upper_bound().value == 31460
    assert AttentionStack(5, 1, 3, 2, (5, 5)).upper_bound().value == 150
    logs = {4: (3, 9.4), 10: (12, 439.1), 100: (4, 117.0), 768: (3, 68.9)}
    for width, (layers, expected) in logs.items():
        bound = checked.whole_ambient(AttentionStack(width, 1, width, layers, (width, width)).checked)
        assert abs(np.log(float(bound) if bound < 1e300 else 1) / np.log(3) - expected) < 0.06 or bound > 1e300
        assert abs(bound.bit_length() / np.log2(3) - expected) < 0.8


# ---- the definition


@pytest.mark.parametrize(
    "stack",
    [
        AttentionStack(3, 3, 1, 2, (2, 2)),
        AttentionStack(4, 2, 2, 2, (1, 3)),
        AttentionStack(2, 1, 2, 3, (2, 2)),
        AttentionStack(3, 2, 2, 2, (2, 1), embedding_rank=2),
        AttentionStack(3, 1, 2, 2, (2, 2), residual=True),
        AttentionStack(3, 1, 3, 2, (2, 2), 2, residual=True),
    ],
    ids=lambda stack: stack.label,
)
def test_the_collapse_is_the_definition(stack):
    key, size = "tokens", 5
    expected = token_level_matrix(stack, key, DEFAULT_PRIME, size)
    found = StackValues(stack).at(prime_field(DEFAULT_PRIME), key, size, 1).array
    assert (found.astype(int) % DEFAULT_PRIME).tolist() == expected

    prime = random_prime("large", 62)
    found = StackValues(stack).at(prime_field(prime), key, size, 1).array
    assert found.tolist() == token_level_matrix(stack, key, prime, size)


def test_the_degrees_add_up_to_the_whole():
    stack, field = AttentionStack(3, 2, 2, 2, (3, 2)), prime_field(DEFAULT_PRIME)
    whole = StackValues(stack).at(field, "key", 6, 1).array
    parts = [StackValues(stack, k).at(field, "key", 6, 1).array for k in range(stack.degree + 1)]
    assert not ((sum(parts) - whole).astype(int) % DEFAULT_PRIME).any()

    # The part of degree k is homogeneous: doubling the tokens of B multiplies it by 4^k.
    layers = evaluation.draw_layers(stack, field, "key")
    a, b = (evaluation.draw_tokens(stack, field, "key", side, 4, 1) for side in (0, 1))
    for k in range(stack.degree + 1):
        once, twice = (evaluation.values(layers, field, a, times * b, (k, stack.degree)) for times in (1, 2))
        assert not ((twice - 4**k * once).astype(object) % DEFAULT_PRIME).any()


@examples(25)
@given(stacks(3, 2), st.integers(0, 9))
def test_the_rank_of_all_degrees_is_that_of_the_whole(stack, seed):
    stack = replace(stack, residual=False)
    whole = quick_trial(StackValues(stack), stack.upper_bound().value, seed, 0).rank
    assert sum(stack.rank_of_degree(k, seed=seed).lower for k in range(stack.degree + 1)) == whole


@examples(10)
@given(stacks(3, 2), st.data())
def test_permutations_and_changes_of_basis_leave_the_rank(stack, data):
    field = prime_field(DEFAULT_PRIME)
    layers = evaluation.draw_layers(stack, field, "key")
    size, d = stack.upper_bound().value + 2, stack.seen_width
    a, b = (evaluation.draw_tokens(stack, field, "key", side, size, 1) for side in (0, 1))

    def rank(on_a, on_b):
        return rank_mod(evaluation.values(layers, field, on_a, on_b).astype(np.int64), DEFAULT_PRIME)

    before = rank(a, b)
    others = data.draw(st.permutations(range(1, a.shape[1])))
    places = data.draw(st.permutations(range(b.shape[1])))
    assert rank(a[:, [0, *others]], b[:, places]) == before
    change = field.draw("change", "basis", (d, d))
    assert rank(field.multiply(a, change), field.multiply(b, change)) == before


def test_outputs_are_alike():
    """Another output coordinate is another network of the same kind: its rank is the same."""
    field, stack = prime_field(DEFAULT_PRIME), AttentionStack(3, 1, 3, 2, (3, 3))
    *others, last = evaluation.draw_layers(stack, field, "key")
    a, b = (evaluation.draw_tokens(stack, field, "key", side, 60, 1) for side in (0, 1))
    for p in range(3):
        turned = replace(last, factors=tuple((np.roll(P, -p, axis=0), S) for P, S in last.factors))
        values = evaluation.values([*others, turned], field, a, b).astype(np.int64)
        assert rank_mod(values, DEFAULT_PRIME) == 49


def test_special_weights_fall_short():
    """All O V and K^T Q the identity: the note gives 17, 46, 104 for widths 2, 3, 4."""
    field = prime_field(DEFAULT_PRIME)
    for d, expected in ((2, 17), (3, 46), (4, 104)):
        stack = AttentionStack(d, 1, d, 2, (d, d))
        layers = [evaluation.Layer(((np.eye(d), np.eye(d)),), None)] * 2
        a, b = (evaluation.draw_tokens(stack, field, "key", side, 120, 1) for side in (0, 1))
        assert rank_mod(evaluation.values(layers, field, a, b).astype(np.int64), DEFAULT_PRIME) == expected


# ---- bounds


@pytest.mark.parametrize(("d", "tokens"), [(2, 1), (2, 2), (3, 1), (3, 2), (3, 3)])
def test_dimensions_of_spaces_of_forms_are_ranks(d, tokens):
    for degree in range(4 if d == 2 else 3):
        assert forms.invariants(d, tokens, degree) == rank_of_forms(d, tokens, degree, DEFAULT_PRIME)
        found = forms.covariants(d, tokens, degree, d)
        assert found == rank_of_forms(d, tokens, degree, DEFAULT_PRIME, with_token=True)


def test_sums_over_partitions_are_closed_forms():
    for d, m in product((2, 3, 4), range(5)):
        size = d * (d + 1) // 2
        even = [[2 * part for part in u] for u in forms.partitions(m, d, m)]
        assert sum(forms.schur_dimension(u, d) for u in even) == forms.mon(size, m)
        assert forms.covariant_dimension(d, d, m) == d * forms.mon(size, m)


@examples(60)
@given(st.lists(st.integers(0, 7), max_size=4), st.integers(1, 6))
def test_dimensions_of_representations_are_those_of_hooks(parts, d):
    u = sorted((part for part in parts if part), reverse=True)
    hooks = prod(row - j + sum(other > j for other in u[i + 1 :]) for i, row in enumerate(u) for j in range(row))
    assert forms.schur_dimension(u, d) * hooks == prod(d + j - i for i, row in enumerate(u) for j in range(row))


@examples(60)
@given(stacks(), st.integers(0, 9))
def test_no_rank_exceeds_its_bound(stack, seed):
    """Ranks with room above the bounds: none is hidden by a bound that is too small."""
    if stack.is_homogeneous:
        for k in range(min(stack.degree, 6) + 1):
            for bound in (checked.ambient(stack.checked, k), checked.first_layer(stack.checked, k)):
                if bound < 60:
                    assert quick_trial(StackValues(stack, k), bound + 8, seed, 0).rank <= bound
    bound = stack.upper_bound().value
    if bound < 250:
        assert quick_trial(StackValues(stack), bound + 8, seed, 0).rank <= bound


@examples(100)
@given(stacks(6, 4))
def test_the_checker_reads_what_the_library_writes(stack):
    other, label = read_stack(stack_claim(stack)["stack"])
    assert (other, label) == (stack.checked, stack.label)


def test_residual_connections_leave_the_bound_of_the_standard_shape():
    for d, layers in product((1, 2, 3, 4), (1, 2, 3)):
        for heads in (1, d):
            stack = AttentionStack(d, heads, d // heads, layers, (d, d))
            assert replace(stack, residual=True).upper_bound().value == stack.upper_bound().value


@pytest.mark.parametrize(("d", "layers"), [(2, 2), (3, 2), (2, 3)])
def test_residual_connections_attain_it(d, layers):
    stack = AttentionStack(d, 1, d, layers, (d, d), residual=True)
    assert stack.separation_rank().grade is Grade.PROVED
    assert stack.separation().degrees is None


@pytest.mark.parametrize(
    ("width", "words", "positions", "length", "rank"),
    [
        (3, 2, True, 5, 18),
        (3, 3, True, 4, 39),
        (2, 2, True, 5, 12),
        (2, 2, False, 7, 5),
        (2, 3, False, 7, 12),
        (3, 3, False, 7, 13),
        (3, 5, False, 5, 30),
        (4, 6, False, 5, 45),
        (2, 3, False, 4, 12),
        (2, 4, False, 3, 18),
    ],
)
def test_vocabularies_of_the_note(width, words, positions, length, rank):
    stack = AttentionStack(width, 1, width, 2, (length, length), vocabulary=words, positions=positions)
    found = stack.separation_rank()
    assert found.lower == rank
    assert found.grade is Grade.PROVED
    assert found.certificate().check().statement == f"the separation rank of {stack.label} is {rank}"


def test_deep_stacks_on_few_words_are_open():
    stack = AttentionStack(2, 1, 2, 100, (3, 3), vocabulary=1)
    assert (stack.separation_rank().lower, stack.separation_rank().upper) == (0, 1)


def test_short_texts_stay_below_the_bounds():
    stack = AttentionStack(4, 1, 4, 2, (3, 3), vocabulary=6, positions=True)
    found = stack.separation_rank()
    assert (found.lower, found.upper, found.grade) == (108, 110, Grade.INCONCLUSIVE)


# ---- theorems


@pytest.mark.parametrize(
    ("stack", "below"),
    [((2, 1, 2), 0), ((3, 3, 1), 0), ((3, 1, 3), 1), ((4, 2, 2), 1), ((5, 5, 1), 1), ((6, 3, 2), 1), ((7, 7, 1), 2)],
)
def test_forms_are_found_where_the_note_says(stack, below):
    width = stack[0]
    found = [find_form(AttentionStack(*stack, layers, (width, width))) is not None for layers in range(1, below + 2)]
    assert found == [False] * below + [True]


def test_copied_forms_are_below_the_ranks():
    for row in REFERENCE:
        stack = stack_of(row)
        bound = copied_form_bound(stack) if stack.layers > 1 else None
        if bound is not None:
            assert bound.value <= row["upper"]
    assert copied_form_bound(AttentionStack(2, 1, 2, 4, (2, 2))).value == 105


def test_one_layer_and_tokens_on_a_line_are_theorems():
    for d, heads, size in product((1, 2, 3, 4), (1, 2, 3), (1, 2)):
        if size <= d:
            stack = AttentionStack(d, heads, size, 1, (1, 2))
            assert stack.separation_rank().record == replace(stack).separation_rank().record
            assert int(stack.separation_rank()) == 1 + min(d, heads * size)
            assert quick_trial(StackValues(stack), 9, 0, 0).rank == 1 + min(d, heads * size)
    for layers in (2, 3):
        stack = AttentionStack(2, 2, 1, layers, (1, 1), embedding_rank=1)
        assert int(stack.separation_rank()) == (3**layers + 1) // 2
        assert quick_trial(StackValues(stack), 50, 0, 0).rank == (3**layers + 1) // 2
    assert len(str(AttentionStack(1, 1, 1, 1000, (1, 1)).separation_rank().lower)) == 477


def test_deep_stacks_have_bounds_of_hundreds_of_digits():
    bounds = AttentionStack(5, 1, 5, 40, (9, 9)).separation_rank()
    assert bounds.lower_by == "copied-form"
    assert 200 < len(str(bounds.lower)) < len(str(bounds.upper)) < 300


def test_more_than_the_checker_takes_is_probable_or_open():
    bounds = AttentionStack(3, 1, 3, 2, (1, 2)).separation_rank(log2_error=-200)
    assert bounds.grade is Grade.PROBABLE
    assert bounds.log2_error <= -200


# ---- pooled outputs


@pytest.mark.parametrize(
    ("shape", "tokens", "rank"),
    [((2, 1, 2), (2, 2), 36), ((3, 3, 1), (3, 3), 86), ((4, 2, 2), (4, 4), 214), ((2, 1, 2), (1, 2), 33)],
)
def test_pooled_outputs_of_the_note(shape, tokens, rank):
    stack = AttentionStack(*shape, 2, tokens, pooled=True)
    found = stack.separation()
    assert (found.whole.lower, found.whole.upper, found.degrees) == (rank, rank, None)
    assert stack.upper_bound().value == rank
    assert found.whole.certificate().check().statement == f"the separation rank of {stack.label} is {rank}"
    assert "at a token of A" in found.whole.evidence.explain()


@pytest.mark.parametrize(
    ("shape", "layers", "tokens", "residual"),
    [
        ((1, 1, 1), 2, (1, 2), False),
        ((2, 1, 1), 2, (2, 2), False),
        ((2, 1, 2), 2, (1, 2), False),
        ((2, 2, 1), 1, (3, 1), True),
        ((2, 1, 1), 2, (2, 1), True),
        ((3, 1, 2), 1, (2, 3), False),
    ],
)
def test_pooled_outputs_token_by_token(shape, layers, tokens, residual):
    stack = AttentionStack(*shape, layers, tokens, residual=residual, pooled=True)
    rank = stack.separation_rank()
    matrix = pooled_matrix(stack, "pooled", DEFAULT_PRIME, rank.upper + 3)
    assert rank_mod(matrix, DEFAULT_PRIME) == rank.lower


# ---- bad input


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"width": 0}, "width"),
        ({"heads": 0}, "heads"),
        ({"head_size": 4}, "head_size"),
        ({"head_size": 0}, "head_size"),
        ({"layers": 0}, "layers"),
        ({"layers": 1001}, "layers"),
        ({"tokens": [0, 3]}, "tokens"),
        ({"tokens": [3, 0]}, "tokens"),
        ({"tokens": [3]}, "tokens"),
        ({"tokens": 3}, "tokens"),
        ({"tokens": [3, 3, 3]}, "tokens"),
        ({"embedding_rank": 4}, "embedding_rank"),
        ({"embedding_rank": 0}, "embedding_rank"),
        ({"residual": 1}, "residual"),
        ({"vocabulary": 0}, "vocabulary"),
        ({"positions": True}, "positions"),
        ({"pooled": 1}, "pooled"),
        ({"pooled": True, "vocabulary": 3}, "pooled"),
        ({"depth": 3}, "depth"),
        ({"tokens": None}, "tokens"),
        ({"width": None}, "width"),
        ({"layers": 1.5}, "layers"),
    ],
)
def test_bad_input_is_refused(change, argument):
    good = {"width": 3, "heads": 1, "head_size": 3, "layers": 2, "tokens": [3, 3]}
    with pytest.raises(InputError) as refusal:
        AttentionStack.from_json({**good, **change})
    assert refusal.value.argument == argument


def test_degrees_that_do_not_exist_are_refused():
    stack = AttentionStack(2, 1, 2, 2, (2, 2))
    for k in (-1, 5, "1"):
        with pytest.raises(InputError, match="k is"):
            stack.rank_of_degree(k)
    with pytest.raises(InputError, match="residual"):
        replace(stack, residual=True).rank_of_degree(1)
    with pytest.raises(InputError, match="pooling"):
        replace(stack, pooled=True).rank_of_degree(1)


def test_bounds_that_nobody_can_write_are_refused():
    for width, layers in ((1000, 1000), (10**30, 9), (10**4000, 3)):
        with pytest.raises(InputError, match="4200 digits"):
            AttentionStack(width, 1, 1, layers, (3, 3)).upper_bound()


def test_primes_that_are_too_small_are_not_used():
    values = StackValues(AttentionStack(2, 1, 2, 3, (2, 2)))
    assert not values.suits(79)
    assert values.suits(83)
    field = prime_field(11)
    assert values.at(field, "key", 236, 1).rank(232) < 232
