r"""N. Wies, Y. Levine, D. Jannai, A. Shashua: a vocabulary bottleneck in self-attention.

Restated from memory, without the paper's text, see `levine2020`; what is proved here is stronger.
"""

from __future__ import annotations

from dataclasses import replace

from algebra import Grade
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import equals
from proofs_check.paper import Paper
from tensors.attention import AttentionStack

PAPER = Paper(
    "wies2021",
    "restated from memory, after N. Wies, Y. Levine, D. Jannai, A. Shashua, Which transformer architecture fits my "
    "data? A vocabulary bottleneck in self-attention, ICML 2021",
    "2105.03928",
)
OWN = PAPER.beside("the rankcert developers, after Wies et al., ICML 2021", "2105.03928")

WIDE: Hypothesis[AttentionStack] = Hypothesis("H e >= r", lambda s: s.heads * s.head_size >= s.seen_width)
FULL_HEADS: Hypothesis[AttentionStack] = Hypothesis("e >= r", lambda s: s.head_size >= s.seen_width)

EMBEDDED = tuple(
    AttentionStack(d, heads, size, layers, (d, d), embedding_rank=rank)
    for d, heads, size, layers, rank in (
        (3, 1, 3, 2, 2),
        (4, 1, 4, 2, 2),
        (4, 2, 2, 2, 2),
        (4, 4, 1, 2, 2),
        (4, 4, 1, 2, 3),
        (5, 1, 5, 2, 3),
        (5, 5, 1, 2, 3),
        (3, 3, 1, 3, 2),
        (3, 1, 2, 2, 1),
    )
)


@PAPER.states(
    r"\text{tokens in a space of dimension } r \implies \operatorname{sep} \text{ is that of width } r",
    FULL_HEADS,
    on=lambda: EMBEDDED,
)
def bottleneck(stack: AttentionStack, seed: int) -> Verdict:
    """Restated from memory as: in the deep regime min(d, r) replaces the width in the exponent.

    Checked as an equality of ranks, for heads that are at least as large as r.
    """
    # The rank is that of a stack as wide as the embedding's rank.
    narrow = AttentionStack(
        stack.seen_width, stack.heads, stack.seen_width, stack.layers, (stack.seen_width, stack.seen_width)
    )
    other = narrow.separation_rank(seed=seed)
    if other.value is None:
        return Verdict.inconclusive(f"the narrow stack has rank {other}", other)
    return equals(stack.separation_rank(seed=seed), other.value, "rank")


@OWN.states(
    r"\operatorname{sep}(d + 1, H, e, L, r) = \operatorname{sep}(d, H, e, L, r)",
    WIDE,
    on=lambda: EMBEDDED,
    kind=Kind.CONJECTURE,
)
def wider_is_wasted(stack: AttentionStack, seed: int) -> Verdict:
    """With the same heads: the bounds depend on the width through r, H and e only."""
    # The next width has the same rank.
    wider = replace(stack, width=stack.width + 1)
    first, second = stack.separation_rank(seed=seed), wider.separation_rank(seed=seed)
    if first.grade is Grade.PROVED and second.grade is Grade.PROVED:
        return equals(second, first.lower, "rank")
    return Verdict.inconclusive(f"{first} against {second}", first, second)


@OWN.states(
    r"He \ge r \implies \operatorname{sep} = T(r, H, e, L) \text{ almost everywhere}",
    WIDE,
    on=lambda: EMBEDDED,
    kind=Kind.CONJECTURE,
)
def sharp(stack: AttentionStack, seed: int) -> Verdict:
    return equals(stack.separation_rank(seed=seed), stack.upper_bound().value, "rank")
