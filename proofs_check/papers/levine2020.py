r"""Y. Levine, N. Wies, O. Sharir, H. Bata, A. Shashua: limits to depth efficiencies of self-attention.

The two theorems are restated from memory, without the paper's text: a violated claim says that the statement *as
restated here* contradicts a proof, and asks for the paper to be read (it may have a hypothesis on the number of
tokens). Everything under "ours" is proved in `tensors.attention.depth`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from algebra import Bounds, Grade
from algebra.evidence.checker.gram_forms import covariants, invariants
from algebra.evidence.error import log2_of
from algebra.evidence.evaluation import quick_trial
from algebra.evidence.generic_rank import Known, bounds_of
from algebra.evidence.reason import Reason
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import equals, within
from proofs_check.deciding.separation import deep_upper_log3, is_shallow, log3, lower_core, shallow_upper
from proofs_check.paper import Paper
from tensors.attention import AttentionStack

if TYPE_CHECKING:
    from collections.abc import Iterable

PAPER = Paper(
    "levine2020",
    "restated from memory, after Y. Levine, N. Wies, O. Sharir, H. Bata, A. Shashua, Limits to depth efficiencies of "
    "self-attention, NeurIPS 2020",
    "2006.12467",
)
OWN = PAPER.beside("the rankcert developers, after Levine et al., NeurIPS 2020", "2006.12467")
RESTATED = "Statement restated from memory, for N_A, N_B >= d; not a citation of the paper's text."

ROOM = 8  # above an upper bound, in which a greater rank would be seen

SHALLOW: Hypothesis[AttentionStack] = Hypothesis("L < log_3 d", lambda s: is_shallow(s.width, s.layers))
DEEP: Hypothesis[AttentionStack] = Hypothesis("L > log_3 d", lambda s: 3**s.layers > s.width)
WIDE: Hypothesis[AttentionStack] = Hypothesis("H e >= d", lambda s: s.heads * s.head_size >= s.width)
SEVERAL: Hypothesis[AttentionStack] = Hypothesis("d >= 2", lambda s: s.width >= 2)


def standard(widths: Iterable[int], layers: Iterable[int]) -> tuple[AttentionStack, ...]:
    """Return stacks of H heads of size d/H for every divisor H of a width, with d tokens on either side.

    Examples
    --------
    >>> [stack.heads for stack in standard([4], [2])]
    [1, 2, 4]
    """
    pairs = product(widths, layers)
    return tuple(AttentionStack(d, h, d // h, L, (d, d)) for d, L in pairs for h in range(1, d + 1) if d % h == 0)


def small(most_width: int = 4) -> tuple[AttentionStack, ...]:
    """Return stacks of all shapes, two layers, whose heads need not fill the width; and few of three layers.

    Examples
    --------
    >>> len(small(2))
    19
    """
    two = (
        AttentionStack(d, heads, size, 2, tokens)
        for d in range(1, most_width + 1)
        for heads, size in product((1, 2), range(1, d + 1))
        for tokens in {(d, d), (1, d), (d, 1)}
    )
    return (*two, *standard((1, 2), (3,)), AttentionStack(2, 1, 2, 3, (1, 2)), AttentionStack(2, 2, 1, 3, (2, 1)))


def seen_rank(stack: AttentionStack, k: int | None, bound: int, seed: int) -> Bounds:
    """Return the rank that is seen in degree k, or of the whole, evaluated with room above a bound.

    Examples
    --------
    >>> seen_rank(AttentionStack(2, 1, 2, 2, (2, 2)), 2, 5, 0).lower
    6
    """
    from tensors.attention.depth.evaluation import StackValues

    seen = quick_trial(StackValues(stack, k), bound + ROOM, seed, 0)
    return Bounds(seen.rank, None, Grade.INCONCLUSIVE, lower_by=seen.rule)


def none_beyond(stack: AttentionStack, bounds: Iterable[int], seed: int) -> Verdict:
    """Decide whether the ranks of f_0, f_1, ... stay within bounds: no rank that is seen may exceed its own.

    Examples
    --------
    >>> none_beyond(AttentionStack(2, 1, 2, 2, (2, 2)), [1, 3, 5, 6, 2], 0).reason
    'rank f_2 6.., not at most 5'
    """
    verdicts = []
    for k, bound in enumerate(bounds):
        found = seen_rank(stack, k, bound, seed)
        most = bound if found.lower > bound else None
        verdicts.append(within(found, high=most, name=f"rank f_{k}"))
    return Verdict.all_of(verdicts)


# ---- the two theorems, as restated


def _known(stack: AttentionStack, seed: int) -> Bounds:
    """Return bounds that need no evaluation: the first ambient bound and the form that later layers copy."""
    from tensors.attention.depth.copied_form import copied_form_bound
    from tensors.attention.depth.question import SeparationRank

    form, upper = copied_form_bound(stack) if stack.layers > 1 else None, stack.upper_bound()
    return bounds_of(SeparationRank(stack), Known(seed, form or Reason("line", stack.degree + 1), upper))


@PAPER.states(
    r"L < \log_3 d \implies \log_3 \operatorname{sep} \le \tfrac{3^L - 1}{2} \log_3 (d + H)",
    SHALLOW,
    on=lambda: standard((4, 6, 10, 12, 27, 28, 30), (1, 2, 3)),
    remark=RESTATED,
    name="shallow-upper",
)
def shallow_rank_at_most(stack: AttentionStack, seed: int) -> Verdict:
    return within(_known(stack, seed), high=shallow_upper(stack.width, stack.heads, stack.layers), name="rank")


@PAPER.states(
    r"\operatorname{sep} \ge \left(\!\!\binom{(d-H)/2}{3^{L-2}}\!\!\right)",
    on=lambda: standard((2, 4, 5, 6), (2,)) + standard((2, 3, 4, 5, 6, 8), (4, 6, 9)),
    remark=RESTATED,
    name="lower-core",
)
def common_core(stack: AttentionStack, seed: int) -> Verdict:
    """The common core of both lower bounds, from which they follow."""
    bounds = stack.separation_rank(seed=seed) if stack.layers <= 2 else _known(stack, seed)
    return within(bounds, low=lower_core(stack.width, stack.heads, stack.layers), name="rank")


@PAPER.states(
    r"L > \log_3 d \implies \log_3 \operatorname{sep} \le 2dL + L - 2d \log_3 \tfrac{d}{2\sqrt2 e}",
    DEEP,
    on=lambda: tuple(AttentionStack(d, 1, d, L, (d, d)) for d in (2, 3, 5, 6) for L in (3, 6, 14, 24, 40)),
    kind=Kind.FALSE_CONJECTURE,
    remark=RESTATED,
)
def deep_upper(stack: AttentionStack, seed: int) -> Verdict:
    """Refuted is what is restated here, not the paper: its text may ask for few tokens, and for N_B <= 2 the slope
    fits. The slope in L is 2d + 1; that of the rank is at least d(d+1)/2 - 1 for many tokens.
    """
    # Compare logarithms; no instance comes nearer than a hundredth to the remembered bound.
    bounds, most = _known(stack, seed), deep_upper_log3(stack.width, stack.layers)
    assert bounds.upper is not None
    if log3(bounds.upper) + 0.01 < most:
        return Verdict.holds(Grade.PROVED, bounds)
    if log3(bounds.lower) - 0.01 > most:
        reason = f"log_3 of the rank is at least {log3(bounds.lower):.1f} ({bounds.lower_by}), more than {most:.1f}"
        return Verdict.violated(Grade.PROVED, bounds, reason=reason)
    between = f"{log3(bounds.lower):.1f} and {log3(bounds.upper):.1f}"
    return Verdict.inconclusive(f"log_3 of the rank is between {between}, the bound {most:.1f}", bounds)


# ---- ours


@OWN.states(
    r"\operatorname{rank} f_k \le T_k \text{ (ambient and first layer) for all weights}",
    on=lambda: small(3),
)
def bounds_by_degree(stack: AttentionStack, seed: int) -> Verdict:
    """Evaluated with room above each bound."""
    from tensors.attention.depth.rules import degree_bound

    return none_beyond(stack, [degree_bound(stack, k).value for k in range(stack.degree + 1)], seed)


@OWN.states(
    r"\operatorname{rank} f_k \le \min(D_B(k), D_A(C - k)) \text{ for all weights}",
    on=lambda: tuple(s for s in small(3) if s.layers == 2),
)
def ambient(stack: AttentionStack, seed: int) -> Verdict:
    # Whatever other bounds there are.
    (on_a, on_b), d, top = stack.tokens, stack.width, stack.degree
    most = [min(invariants(d, on_b, k), covariants(d, on_a, top - k, d)) for k in range(top + 1)]
    return none_beyond(stack, most, seed)


@OWN.states(
    r"L = 1 \implies \operatorname{sep} = 1 + \min(d, He) \text{ almost everywhere}",
    on=lambda: tuple(
        AttentionStack(d, h, e, 1, n)
        for d in (1, 2, 3, 4, 5)
        for h in (1, 2, 3)
        for e in range(1, d + 1)
        for n in ((1, 1), (2, 1))
    ),
)
def one_layer(stack: AttentionStack, seed: int) -> Verdict:
    value = 1 + min(stack.width, stack.heads * stack.head_size)
    found = seen_rank(stack, None, value, seed)
    if found.lower == value:  # the theorem's upper bound, by counting
        found = replace(found, upper=value, grade=Grade.PROVED)
    return equals(found, value)


@OWN.states(
    r"He \ge d,\; N_A, N_B \ge d \implies \operatorname{sep} = T(d, H, e, L) \text{ almost everywhere}",
    WIDE,
    on=lambda: tuple(s for s in small(4) if min(s.tokens) >= s.width) + standard((5,), (2,)),
    kind=Kind.CONJECTURE,
)
def sharp(stack: AttentionStack, seed: int) -> Verdict:
    """Proved at each instance that holds: T is an upper bound, and the rank modulo a prime reaches it."""
    return equals(stack.separation_rank(seed=seed), stack.upper_bound().value, "rank")


@OWN.states(
    r"\binom{s-1+m}{m} \le \operatorname{sep} \le \binom{s+C}{s},\; s = \tfrac{d(d+1)}2,"
    r"\; m = \tfrac{3^{L-r-1}-1}{2}",
    SEVERAL,
    on=lambda: standard((2, 3, 4, 5, 6), (4, 12, 30)),
)
def growth(stack: AttentionStack, seed: int) -> Verdict:
    """So s - 1 <= lim log_3(sep)/L <= s. The hypothesis on r layers is checked modulo a prime and lifted."""
    # The two proved sides at one depth: binom(s - 1 + m, m) <= rank <= binom(s + C, s).
    bounds = _known(stack, seed)
    s = stack.gram_size
    assert bounds.upper is not None
    if bounds.lower_by != "copied-form":
        return Verdict.inconclusive("no form was found that satisfies the hypothesis", bounds)
    most = s * log2_of(stack.degree + s)
    if log2_of(bounds.upper) <= most:
        return Verdict.holds(Grade.PROVED, bounds)
    return Verdict.violated(Grade.PROVED, bounds, reason=f"the upper bound exceeds 2^{most:.0f}")
