"""The separation rank of a stack of attention layers, for almost all weights.

A layer with weights Q, K, V (e x d) and O (``width`` x e) for each of its ``heads`` takes the tokens x_1 ... x_N to

    y_i = sum_h O_h sum_j <Q_h x_i, K_h x_j> V_h x_j  (+ x_i with ``residual``).

``tokens`` N_A and N_B are the sizes of two groups; y is the first coordinate of the output of ``layers`` layers at a
token of the first. Tokens lie in a space of dimension r (``embedding_rank``, null: the width), so the first layer reads
their r coordinates: d = r there, and d = ``width`` later. The claim is lower <= rank <= upper for the rank of y as a
function of both groups, the least R with y = sum of R products g(x_A) h(x_B); with a ``degree`` k, of its part of
degree 2k in x_B, for stacks without residual connections. With a ``vocabulary`` of V words both groups are texts, and
tokens the vectors of their words, plus with ``positions`` one for each place: for almost all weights and vectors.

**Gram matrices.** With G = sum_j x_j x_j^T and M(G) = sum_h O_h V_h G K_h^T Q_h a layer is y_i = M(G) x_i, and the
Gram matrix of its outputs is M G M^T. So y is a form F(G, x_i) of degree C = (3^L - 1)/2 in G = G_A + G_B. Its parts
f_k of degree k in G_B have degree C - k in G_A: they are independent on both sides, and the rank is the sum of theirs.

**Lower bound.** ``minor``: from ``key``, modulo ``prime``: the stream ``weights`` (of each layer and head Q, K, V, then
O, each row by row), ``rows`` and ``columns`` (of each choice min(N, r) tokens, the others are 0; of ``rows`` the first
is x_i). f_k is a coefficient of F(G_A + t G_B, x): a combination of the values at t = 0 ... C, whose differences have
to be units. The minor is a unit. ``line``: of a stack in which one coordinate is passed on F = const G^C x, so each
degree has rank 1 at least. ``one-layer``, ``copied-entry``, ``copied-power``, ``copied-form``: theorems, see
`separation_bounds` and `separation_forms`.
``sum-over-degrees``: the proofs of all degrees. With a vocabulary only ``minor``, whose ``rows`` and ``columns`` are
texts, numbers of words from 0 on; vectors are drawn from the streams ``embeddings``, ``rows/positions`` and
``columns/positions``.

**Upper bound.** ``ambient``, ``first-layer``, ``one-layer``, ``line``, ``residual``, ``vocabulary``, ``texts``:
theorems, see `separation_bounds`; what bounds the rank for free tokens bounds that of texts.
``sum-over-degrees``: the least of them in each degree.

**Pooled output.** ``pooled-separation-rank`` is that of the sum of the outputs at all tokens, Phi(G) (m_A + m_B) with m
the sums of both groups. The first part is odd in x_A and even in x_B, the second the other way round, so their ranks
add up; and Phi(G) m_A has the rank of Phi(G) x_i, since an orthogonal matrix that combines the tokens of A leaves G as
it is. So it is the sum of the ranks of the stack and of that with its groups exchanged (``both-sides``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import factorial, gcd
from typing import Any

from .limits import LARGEST, MOST_VALUE, hold, need, per_drawing, per_product, spend
from .matrices import Matrix
from .minors import is_regular, read_minor, read_modulus
from .reading import fields, integer, integers, read_bounds, read_key, read_proofs, text
from .separation_bounds import (
    MOST_DEGREES,
    copied_entry_rank,
    copied_power_rank,
    copied_rank,
    least_bound,
    one_layer_rank,
    upper_bound,
)
from .separation_forms import check_form
from .separation_stacks import POOLED, Stack, read_stack
from .separation_values import Sample, draw_layers, draw_tokens, pair_values, tokens_of_texts


def separation_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of a separation rank, or of the rank of one degree."""
    names = ("quantity", "label", "stack", "degree", "lower", "upper")
    _, name, given, degree, lower, upper = fields(claim, "claim", *names)
    proofs = read_proofs(document, "lower", "upper")
    stack, label = read_stack(given)
    need(text(name, "label") == label, "the label does not fit the stack")
    k = None if degree is None else integer(degree, "degree", 0, stack.degree)
    is_homogeneous = not stack.residual and stack.words is None
    need(k is None or is_homogeneous, "with residual connections or a vocabulary ranks do not add up by degree")
    lower, upper, between = read_bounds(lower, upper, MOST_VALUE)
    of = "separation rank" if k is None else f"rank in degree {k}"
    checks = [lambda: check_separation_upper(stack, k, upper, proofs[1])]
    checks.append(lambda: check_separation_lower(stack, k, lower, proofs[0]))
    return f"the {of} of {name} is {between}", checks


def pooled_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of the separation rank of the sum over all tokens."""
    names = ("quantity", "label", "stack", "lower", "upper")
    _, name, given, lower, upper = fields(claim, "claim", *names)
    stack, label = read_stack(given)
    need(text(name, "label") == label + POOLED, "the label does not fit the stack")
    need(stack.words is None, "of pooled words nothing is known")
    proofs = read_proofs(document, "lower", "upper")
    sides = (stack, stack._replace(tokens=stack.tokens[::-1]))
    lower, upper, between = read_bounds(lower, upper, MOST_VALUE)
    ways = ((upper, proofs[1], check_separation_upper), (lower, proofs[0], check_separation_lower))
    checks: list[Callable[[], None]] = [partial(check_sides, sides, *way) for way in ways]
    return f"the separation rank of {name} is {between}", checks


def check_sides(
    sides: Sequence[Stack], claimed: int, proof: Any, check: Callable[[Stack, int | None, int, Any], None]
) -> None:
    """Check one bound of either side, and that they add up."""
    rule, parts = fields(proof, "a bound", "rule", "sides")
    need(rule == "both-sides", "the rule of a pooled output is unknown")
    need(type(parts) is list and len(parts) == 2, "there is not one proof for each side")
    total = proved_sum("a side", parts, [partial(check, stack, None) for stack in sides])
    need(total == claimed, f"the claim's bound is {claimed}, but both sides give {total}")


def proved_sum(what: str, parts: list[Any], checks: Sequence[Callable[[int, Any], None]]) -> int:
    """Check the value and the proof of each part, and return the sum of the values."""
    total = 0
    for part, check in zip(parts, checks, strict=True):
        value, proof = fields(part, what, "value", "proof")
        check(integer(value, f"the rank of {what}", 0, MOST_VALUE), proof)
        total += value
    return total


def check_separation_upper(stack: Stack, k: int | None, claimed: int, proof: Any) -> None:
    """Check the upper bound."""
    (rule,) = fields(proof, "upper", "rule")
    if rule == "sum-over-degrees":
        need(k is None and not stack.residual, "a sum over degrees is of a whole stack without residual connections")
        need(stack.degree < MOST_DEGREES, "there are too many degrees to be summed over")
        found = sum(least_bound(stack, each) for each in range(stack.degree + 1))
    else:
        found = upper_bound(stack, k, text(rule, "upper.rule"))
    need(found <= claimed, f"the claim's upper bound is {claimed}, but {rule} gives {found}")


def check_separation_lower(stack: Stack, k: int | None, claimed: int, proof: Any) -> None:
    """Check the lower bound."""
    need(type(proof) is dict, "lower is not an object")
    rule = proof.get("rule")
    need(type(rule) is str and rule in LOWER, "the lower bound's rule is unknown")
    need(stack.words is None or rule in ("minor", "trivial"), "the lower bound's rule is not for vocabularies")
    found = LOWER[rule](stack, k, proof)
    need(found == claimed, f"the claim's lower bound is {claimed}, but its proof gives {found}")


def line(stack: Stack, k: int | None) -> int:
    """One in each degree."""
    return stack.degree + 1 if k is None else 1


def theorem(rank: Callable[[Stack, int | None], int]) -> Callable[[Stack, int | None, Any], int]:
    """Return the check of a theorem that needs nothing but the stack."""

    def value(stack: Stack, k: int | None, proof: Any) -> int:
        fields(proof, "lower", "rule")
        return rank(stack, k)

    return value


def sum_over_degrees(stack: Stack, k: int | None, proof: Any) -> int:
    """One proof for each degree."""
    _, degrees = fields(proof, "lower", "rule", "degrees")
    need(k is None and not stack.residual, "a sum over degrees is of a whole stack without residual connections")
    need(type(degrees) is list and len(degrees) == stack.degree + 1, "there is not one proof for each degree")
    checks = [partial(check_separation_lower, stack, each) for each in range(stack.degree + 1)]
    return proved_sum("a degree", degrees, checks)


def copied_form(stack: Stack, k: int | None, proof: Any) -> int:
    """A form in the Gram matrix of a part of the stack, copied by later layers."""
    part = check_form(stack, proof)
    return copied_rank(stack, part, k)


def minor(stack: Stack, k: int | None, proof: Any) -> int:
    """A minor at random tokens."""
    names = ("rule", "prime", "key", "word_size", "rows", "columns")
    _, prime, key, size, rows, columns = fields(proof, "lower", *names)
    if stack.words is None:
        rows, columns = read_minor(rows, columns, LARGEST, LARGEST)
    else:
        rows, columns = (read_texts(stack, side, given) for side, given in enumerate((rows, columns)))
        need(len(rows) == len(columns), "the minor is not square")
    times = 1 if k is None else stack.degree + 1
    m, key, size = read_modulus(prime, len(rows)), read_key(key), integer(size, "word_size", 1, 64)
    pay_for_pairs(stack, len(rows), times, m, size)
    need(k is None or gcd(factorial(stack.degree), m) == 1, "the modulus is too small for the degree")

    layers = draw_layers(stack, key, m, size)
    on_a, on_b = (
        [Sample.of(tokens, layers[0], m) for tokens in drawn_groups(stack, key, side, chosen, m, size)]
        for side, chosen in enumerate((rows, columns))
    )
    degree = None if k is None else (k, stack.degree)
    matrix = [[pair_values(layers, a, b, stack.residual, degree, m) for b in on_b] for a in on_a]
    need(is_regular(matrix, m), "the minor of the lower bound vanishes")
    return len(rows)


def read_texts(stack: Stack, side: int, given: Any) -> list[list[int]]:
    """Return texts: of each place the number of a word."""
    need(type(given) is list and given != [], "the minor has no texts")
    found = [list(integers(text, "a text", 0, (stack.words or 1) - 1)) for text in given]
    need(all(len(text) == stack.tokens[side] for text in found), "a text is not as long as its group")
    return found


def drawn_groups(stack: Stack, key: str, side: int, chosen: list[Any], m: int, size: int) -> list[Matrix]:
    """Return the tokens of each choice: drawn, or those of a text."""
    if stack.words is not None:
        return tokens_of_texts(stack, key, side, chosen, m, size)
    return [draw_tokens(stack, key, side, t, m, size) for t in chosen]


def pay_for_pairs(stack: Stack, count: int, times: int, m: int, size: int) -> None:
    """Pay for weights, tokens, and so many evaluations of each pair: two products of matrices a head and layer."""
    # Words are embedded for every token; vectors, for no more tokens than they see dimensions.
    lengths = stack.tokens if stack.words is not None else [min(each, stack.seen) for each in stack.tokens]
    drawn = stack.weights + count * stack.seen * sum(lengths)
    hold(drawn, 40, "weights and tokens")

    product = stack.width**3 * per_product(m.bit_length())
    each = 2 * stack.layers * (stack.heads + 1) * product
    evaluations = times * (times + count**2 * each)
    spend(per_drawing(drawn, size) + evaluations + stack.weights * stack.width, "the stack at all pairs")


LOWER: dict[str, Callable[[Stack, int | None, Any], int]] = {
    "trivial": theorem(lambda stack, k: 0),
    "line": theorem(line),
    "one-layer": theorem(one_layer_rank),
    "copied-entry": theorem(copied_entry_rank),
    "copied-power": theorem(copied_power_rank),
    "copied-form": copied_form,
    "minor": minor,
    "sum-over-degrees": sum_over_degrees,
}
