"""Upper bounds of the dimension of an attention network, each under its argument."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from math import comb
from typing import Any

from .attention_counts import matrices_of_rank, one_layer_bounds, symmetric_of_rank
from .attention_networks import Attention, pay_for_samples
from .attention_values import forward, weights
from .hilbert import forms
from .limits import INFINITE, MOST_BITS, need, shown, spend
from .minors import is_regular, read_modulus
from .reading import fields, integer, integers, read_key


def check_attention_upper(a: Attention, claimed: int, proof: Any) -> None:
    """Check the upper bound."""
    need(type(proof) is dict, "the upper bound has no proof")
    rule = proof.get("rule")
    if rule == "layers":
        _, outputs = fields(proof, "upper", "rule", "outputs")
        value = blocks_bound(a, tuple(range(1, len(a.heads))), outputs)
    elif rule == "blocks":
        _, cuts, outputs = fields(proof, "upper", "rule", "cuts", "outputs")
        value = blocks_bound(a, integers(cuts, "cuts", 1, len(a.heads) - 1), outputs)
    else:
        fields(proof, "upper", "rule")
        need(type(rule) is str and rule in SIMPLE, "the upper bound's rule is unknown")
        value = SIMPLE[rule](a)
    need(value <= claimed, f"the claim's upper bound is {claimed}, but {rule} gives {shown(value)}")


def gauge(a: Attention) -> int:
    """Count the numbers of the reduced network."""
    r = a.reduced
    layers = zip(pairwise(r.widths), r.head_sizes, r.heads, strict=True)
    free = int(a.kind == "softmax")
    return sum(h * (matrices_of_rank(s, d) + d * e - 1 + free) for (d, e), s, h in layers) - hidden_squares(r)


def hidden_squares(a: Attention) -> int:
    """Return the sum of the squares of the hidden widths."""
    return sum(w * w for w in a.widths[1:-1])


def virtual_weights(a: Attention) -> int:
    """Count forms and product of one head in every layer.

    With r_i = min(d_0 … d_i), the function depends on M = V_l … V_1, of rank at most r_l, and on the forms B_i =
    (V_{i-1} … V_1)^T K_i^T Q_i (V_{i-1} … V_1) of rank alpha_i = min(a_i, r_{i-1}), which see s_i = min(2 a_i,
    r_{i-1}) linear forms. T_i = min(r_i, T_{i+1} + s_{i+1}), T_l = r_l, is the dimension of what layers after i see
    of the rows of V_i … V_1: a flag of spaces. Forms that are not softmax matter up to a factor. With one token, or
    after a layer with alpha_i = 1 (all tokens are multiples of one vector), only symmetric parts of rank s_i matter.
    """
    need(max(a.heads) == 1, "virtual weights are for one head in every layer")

    # r_i, alpha_i and s_i.
    ranks = list(accumulate(a.widths, min))
    alpha = [min(size, rank) for size, rank in zip(a.head_sizes, ranks, strict=False)]
    s = [min(2 * size, rank) for size, rank in zip(a.head_sizes, ranks, strict=False)]

    # T_i, from the last layer down; T_0 = d_0 are the inputs themselves.
    last = ranks[-1]
    seen = [last]
    for i in range(len(s) - 1, 0, -1):
        seen.append(min(ranks[i], seen[-1] + s[i]))
    T = [a.widths[0], *seen[:0:-1]]

    # The flag, and the product of rank r_l on its last space.
    total = sum(after * (before - after) for before, after in pairwise(T))
    total += last * (T[-1] + a.widths[-1] - last)

    # The form of each layer, on the space that it lives on.
    is_softmax = a.kind == "softmax"
    for i, t in enumerate(T):
        is_symmetric = not is_softmax and (a.tokens == 1 or 1 in alpha[:i])
        if is_symmetric:
            total += symmetric_of_rank(s[i], t)
        else:
            total += matrices_of_rank(alpha[i], t)
    return total - (0 if is_softmax else len(T))


def linear(a: Attention) -> int:
    """Return the dimension of the matrices of bounded rank."""
    need(a.kind == "softmax" and a.tokens == 1, "attention weights are 1 for softmax of one token only")
    rank = min(a.widths)
    return rank * (a.widths[0] + a.widths[-1] - rank)


def unseen_scores(a: Attention, i: int) -> int:
    """Dimension of a space of score matrices that layer i of a reduced network does not show.

    For H heads on tokens of width d before it, with values P = (V_1 … V_H), these are the B for which the blocks
    V_g^T B V_h are skew as follows. One token x becomes the sum of V_h x c_h: B is symmetric anyway, the blocks on the
    diagonal are 0. Scores of rank 1 (not softmax): a token is the sum of V_h u_h c_hq, with the same u_h for all; the
    blocks off the diagonal are 0. Softmax of two tokens: x_2 + c_hq (x_1 - x_2) in place of u_h c_hq; block rows have
    the sum 0. If P has w rows, the condition on P^T B P leaves at least w^2 + k - (H d)^2 dimensions of k.
    """
    if i == 0:
        return 0
    w, d, h = a.widths[i], a.widths[i - 1], a.heads[i - 1]
    wide = h * d
    skew = comb(d, 2)

    # Softmax of two tokens: the skew blocks of all pairs of heads, less those whose block rows have the sum 0.
    if a.kind == "softmax":
        return max(0, w * w + h * (h - 1) * skew - wide**2) if a.tokens == 2 else 0

    # One token: symmetric B, skew blocks off the diagonal.
    if a.tokens_of(i) == 1:
        return max(0, comb(w + 1, 2) + comb(h, 2) * skew - comb(wide + 1, 2))

    # Scores of rank 1: skew blocks on the diagonal.
    has_rank_one = min(a.head_sizes[i - 1], d) == 1
    return max(0, w * w + h * skew - wide**2) if has_rank_one else 0


def seen_weights(a: Attention) -> int:
    """Count as `gauge` does, but of each score matrix only what its layer shows."""
    r = a.reduced
    is_softmax = a.kind == "softmax"
    total = -hidden_squares(r)
    for i, ((d, e), size, h) in enumerate(zip(pairwise(r.widths), r.head_sizes, r.heads, strict=True)):
        # The score matrices of a head's size, of one token their symmetric parts; and all score matrices.
        if not is_softmax and r.tokens_of(i) == 1:
            family, every = symmetric_of_rank(min(2 * size, d), d), comb(d + 1, 2)
        else:
            family, every = matrices_of_rank(size, d), d * d

        # Scores and values up to a common factor; softmax has no such factor.
        scores = min(family, every - unseen_scores(r, i))
        total += h * (scores + d * e - (0 if is_softmax else 1))
    return total


def gram(a: Attention) -> int:
    """Count the functions F(X X^T) X on s linear forms, with matrices of rank at most f_l."""
    degree_bits = len(a.heads) * (2 * a.power + 1).bit_length()
    need(a.kind != "softmax" and degree_bits <= MOST_BITS, "gram-forms does not apply")

    # The first layer sees s linear forms, by its keys, queries and values.
    r, d = a.reduced, a.widths[0]
    s = min(d, r.heads[0] * (r.widths[1] + 2 * r.head_sizes[0]))

    # Their space, and matrices of bounded rank on it.
    kinds = a.coordinates(s, len(a.heads), a.tokens)
    need(kinds < INFINITE, "gram-forms does not apply")
    rank = min(a.spaces[-1], kinds)
    return s * (d - s) + rank * (a.widths[-1] + kinds - rank)


def one_layer(a: Attention, unseen: int = 0) -> dict[str, int]:
    """Return the bounds of one layer; see `one_layer_bounds`."""
    need(len(a.heads) == 1 and a.kind != "softmax", "the bound is for one layer that is not softmax")
    (d, e), (size,), (h,) = a.widths, a.head_sizes, a.heads
    return one_layer_bounds((d, e), size, h, a.tokens == 1, a.power, unseen)


def ambient(a: Attention) -> int:
    """Count the forms; of one token, those of degree (2r + 1)^l."""
    if a.tokens > 1 or len(a.heads) == 1:
        return one_layer(a)["ambient"]
    degree_bits = len(a.heads) * (2 * a.power + 1).bit_length()
    need(a.kind != "softmax" and degree_bits <= MOST_BITS, "ambient does not apply")
    return a.widths[-1] * forms((2 * a.power + 1) ** len(a.heads), a.widths[0], False)


def only(rule: str) -> Callable[[Attention], int]:
    """Return the bound of one layer by its name."""

    def bound(a: Attention) -> int:
        found = one_layer(a)
        need(rule in found, f"{rule} does not apply")
        return found[rule]

    return bound


SIMPLE: dict[Any, Callable[[Attention], int]] = {
    "gauge": gauge,
    "virtual-weights": virtual_weights,
    "linear": linear,
    "ambient": ambient,
    "unseen-scores": seen_weights,
    "gram-forms": gram,
    **{rule: only(rule) for rule in ("heads", "matrix-rank", "common-subspace", "mixing")},
}


def blocks_bound(a: Attention, cuts: tuple[int, ...], outputs: Any) -> int:
    """Sum over blocks of layers of the reduced network, whose outputs are proved independent."""
    need(a.kind != "softmax", "blocks and layers are not for softmax")
    r = a.reduced
    ends = (0, *cuts, len(a.heads))
    need(all(map(int.__lt__, ends, ends[1:])), "cuts do not increase")
    need(type(outputs) is list and len(outputs) == len(cuts), "there is not one minor for each block but the last")

    lengths = [end - start for start, end in pairwise(ends)]
    spend(sum(length * (20_000 + 40 * length) for length in lengths), "the blocks")
    for (start, end), proof in zip(pairwise(ends), outputs, strict=False):
        check_outputs(r.block(start, end), proof)

    # Between two blocks the coordinates are free.
    values = [block_value(r, start, end) for start, end in pairwise(ends)]
    return sum(values) - sum(r.widths[i] ** 2 for i in cuts)


def block_value(r: Attention, start: int, end: int) -> int:
    """Return the least bound of one block; what a layer hides of its scores counts in the last one only."""
    part = r.block(start, end)
    if end == start + 1:
        return min(one_layer(part, unseen_scores(r, start) if end == len(r.heads) else 0).values())
    rules = [virtual_weights] if max(part.heads) == 1 else []
    if part.tokens == 1 or part.power == 1:
        rules.append(gram)
    need(len(rules) > 0, "no bound is known for a block")
    return min(rule(part) for rule in rules)


def check_outputs(block: Attention, proof: Any) -> None:
    """Check that the outputs of a general network are linearly independent functions."""
    key, prime, tokens, rows = fields(proof, "outputs", "key", "prime", "tokens", "rows")
    few = block._replace(tokens=integer(tokens, "tokens", 1, block.tokens))
    width = block.widths[-1]
    rows = integers(rows, "rows")
    need(len(set(rows)) == len(rows) == width, "the outputs' minor is not square")
    m, key = read_modulus(prime, width), read_key(key)
    pay_for_samples(few, width, m)
    theta = weights(few, key, m)
    matrix = []
    for row in rows:
        sample, token = divmod(row, few.tokens)
        Y = forward(few, theta, key, sample, m, whole=True)[1]
        matrix.append([line[token] for line in Y])
    need(is_regular(matrix, m), "the minor of a block's outputs vanishes")
