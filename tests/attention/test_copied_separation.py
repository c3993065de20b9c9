"""Lower bounds of separation ranks by copies: the stacks of the proofs token by token, and ranks that are known."""

import json
from pathlib import Path

import numpy as np
import pytest

from algebra.random_words import residues
from algebra.rank import rank_mod
from algebra.rank.field import prime_field
from algebra.rank.primes import DEFAULT_PRIME
from tensors.attention import AttentionStack
from tensors.attention.depth.copies import copied_entry_bound, copied_power_bound
from tensors.attention.depth.evaluation import Layer, values
from tests.attention.separation_oracle import output

DATA = Path(__file__).parents[1] / "data" / "separation_ranks.jsonl"
ROWS = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
COPY = np.array([[1]], object)


def unit(rows, columns, *ones):
    """Return a matrix of zeros with ones at some places."""
    found = np.zeros((rows, columns), object)
    for place in ones:
        found[place] = 1
    return found


def entry_layers(d, layers):
    """Return Q, K, V and O of the stack whose first layer reads token 0 against the others, and later ones copy."""
    others = unit(d, d, *((i, i) for i in range(1, d)))
    first = unit(d, d, (0, 0))
    copy = first
    return [[(others, others, first, first)], *([[(copy, copy, copy, copy)]] * (layers - 1))]


@pytest.mark.parametrize(("d", "layers"), [(2, 2), (3, 2), (2, 3)])
def test_the_copied_entry_has_the_rank_that_is_claimed(d, layers):
    prime, bound = DEFAULT_PRIME, copied_entry_bound(AttentionStack(d, 1, d, layers, (d, d))).value
    weights, size = entry_layers(d, layers), bound + 5
    numbers = iter(residues("copied-entry", "tokens", 0, 2 * size * d * d, 1, prime))
    sides = [
        [[np.array([next(numbers) for _ in range(d)], object) for _ in range(d)] for _ in range(size)] for _ in "ab"
    ]
    matrix = [[output(weights, [*a, *b], prime) for b in sides[1]] for a in sides[0]]
    assert rank_mod(matrix, prime) == bound


@pytest.mark.parametrize(("n", "layers"), [(2, 3), (3, 3)])
def test_the_copied_power_has_at_least_the_rank_that_is_claimed(n, layers):
    stack, field, d = AttentionStack(2 * n, 1, n, layers, (2 * n, 2 * n)), prime_field(DEFAULT_PRIME), 2 * n
    z = unit(d, d, *((i, i) for i in range(n)))
    from_y = unit(d, d, *((n + i, n + i) for i in range(n)))
    turn = unit(d, d, *((n + i, i) for i in range(n)))
    row = np.zeros((d, d), object)
    row[0, :n] = range(2, n + 2)
    factors = [(z, turn @ turn.T), (row, z), *[(unit(d, d, (0, 0)), unit(d, d, (0, 0)))] * (layers - 2)]
    drawn = [Layer(((p.astype(float), s.astype(float)),), None) for p, s in factors]
    assert (turn @ turn.T == from_y).all()

    # What the first layer sees of G lies between the first half and the second: M = Z on the second half.
    drawn[0] = Layer(((z.astype(float), from_y.astype(float)),), None)
    for k in range(stack.degree + 1):
        bound = copied_power_bound(stack, k)
        if bound is None:
            continue
        sides = [field.draw("copied-power", name, (bound.value + 8, d, d)) for name in ("rows", "columns")]
        found = values(drawn, field, *sides, (k, stack.degree))
        assert rank_mod(np.mod(found, field.prime).astype(int), field.prime) >= bound.value, k


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(map(str, row.values()))[:16])
def test_no_copy_exceeds_a_rank(row):
    names = ("width", "heads", "head_size", "layers", "tokens", "embedding_rank")
    stack = AttentionStack(**{name: row[name] for name in names if name in row})
    for theorem in (copied_entry_bound, copied_power_bound):
        whole = theorem(stack)
        assert whole is None or whole.value <= row["lower"]
        parts = [theorem(stack, k) for k in range(stack.degree + 1)]
        for part, rank in zip(parts, row["per_degree"] or [], strict=bool(row["per_degree"])):
            assert part is None or rank is None or part.value <= rank
        if whole is not None:
            assert sum(part.value for part in parts if part is not None) == whole.value


@pytest.mark.parametrize(("heads", "size", "tokens"), [(1, 1, (9, 9)), (2, 1, (9, 9)), (2, 4, (2, 9)), (2, 4, (9, 3))])
def test_few_heads_and_few_tokens_copy_less(heads, size, tokens):
    bound = copied_entry_bound(AttentionStack(8, heads, size, 2, tokens))
    n = min(heads * size, min(8, *tokens) - 1)
    assert bound.value == copied_entry_bound(AttentionStack(n + 1, 1, n + 1, 2, (n + 1, n + 1))).value


def test_wide_shallow_stacks_are_known_within_a_sixth_of_the_digits():
    stack = AttentionStack(768, 12, 64, 2, (768, 768))
    bounds = stack.separation_rank()
    assert bounds.lower_by == "sum-over-degrees"
    assert bounds.lower >= 302_579_200
    assert len(str(bounds.lower)) * 6 >= 5 * len(str(bounds.upper)) - 6
