"""The lower bound of the dimension of an attention network: a minor of its evaluated Jacobian."""

from __future__ import annotations

from typing import Any

from .attention_networks import Attention, pay_for_samples
from .attention_values import forward, gradient, weights
from .limits import LARGEST, hold, need, spend
from .minors import is_regular, read_minor, read_modulus
from .reading import fields, integer, integers, read_key, read_widths, without_word_size


def check_attention_lower(a: Attention, claimed: int, proof: Any) -> None:
    """Check the lower bound."""
    if type(proof) is dict and proof.get("rule") == "trivial":
        fields(proof, "lower", "rule")
        return need(claimed == 0, f"the trivial bound is 0, not the claim's lower bound {claimed}")
    names = ("rule", "widths", "head_sizes", "tokens", "prime", "key", "rows", "columns", "logits")
    proof, words = without_word_size(proof, "lower")
    rule, widths, sizes, n, prime, key, rows, columns, logits = fields(proof, "lower", *names)
    need(rule == "jacobian-minor", "the lower bound's rule is unknown")
    part = a._replace(
        widths=read_widths(widths), head_sizes=integers(sizes, "head_sizes", 1), tokens=integer(n, "tokens", 1)
    )
    need(is_part(part, a), "the evaluated network is not part of the given one")
    rows, columns = read_minor(rows, columns, LARGEST, part.parameters - 1)
    need(len(rows) == claimed, f"the claim's lower bound is {claimed}, but the minor has size {len(rows)}")
    m, key = read_modulus(prime, len(rows)), read_key(key)
    pay_for_samples(part, len(rows), m, words)
    if a.kind == "softmax" and len(a.heads) > 1 and a.tokens > 1:
        check_independence(part, logits)
    else:
        need(logits is None, "logits are for several softmax layers only")
    theta = weights(part, key, m, words)
    matrix = []
    for t in rows:
        row = gradient(part, theta, key, t, m, words)
        matrix.append([row[q] for q in columns])
    need(is_regular(matrix, m), "the minor of the lower bound vanishes")
    return None


def is_part(part: Attention, a: Attention) -> bool:
    """Tell whether widths, head sizes and tokens are at most those of a network."""
    tokens = part.tokens == a.tokens if a.kind == "softmax" else part.tokens <= a.tokens
    sides = ((part.widths, a.widths), (part.head_sizes, a.head_sizes))
    return tokens and all(len(x) == len(y) and all(map(int.__le__, x, y)) for x, y in sides)


def check_independence(a: Attention, proof: Any) -> None:
    """Check that the logits are linearly independent functions."""
    prime, keys, samples = fields(proof, "logits", "prime", "keys", "samples")
    need(type(keys) is list and type(samples) is list, "keys or samples is not a list")
    keys = [read_key(key, "a key") for key in keys]
    found = [integers(pair, "a sample") for pair in samples]
    need(all(len(pair) == 2 and pair[0] < len(keys) for pair in found), "a sample is not a key and a number")
    need(len(set(found)) == len(found), "a sample comes twice")
    m = read_modulus(prime, len(found))
    pay_for_samples(a, len(found), m)
    hold(len(keys) * a.parameters, 100, "the networks of all keys")
    spend(10 * len(keys) * a.parameters, "the networks of all keys")
    hold(len(found) * sum(a.heads), 40 * a.tokens**2, "the logits of all samples")
    theta = [weights(a, key, m) for key in keys]
    matrix = []
    for k, t in found:
        steps, _ = forward(a, theta[k], keys[k], t, m)
        row = []
        for f, step in zip(a.spaces, steps, strict=False):
            for head in step.heads:
                S = head.scores
                row += [s for j, line in enumerate(S) for q, s in enumerate(line) if f > 1 or len(line) == 1 or j <= q]
        matrix.append(row)
    need(all(len(row) == len(matrix) for row in matrix), "there are not as many samples as logits")
    need(is_regular(matrix, m), "the minor of the logits vanishes")
