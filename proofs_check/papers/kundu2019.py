r"""A. Kundu et al.: K-TanH, tanh on bfloat16 by a table of exponents, shifts and addends."""

from __future__ import annotations

from algebra.evidence import Grade
from algebra.rounding.ktanh_bfloat16 import INFINITY, MAGNITUDE, ONE, SIGN, tanh_floor
from algebra.rounding.ktanh_errors import SCALE, TableErrors
from algebra.rounding.ktanh_search import optimal_table
from algebra.rounding.ktanh_table import KTanhTable, Layout
from proofs_check.claim import Verdict
from proofs_check.paper import Paper

PAPER = Paper(
    "kundu2019",
    "A. Kundu, A. Heinecke, D. Kalamkar, S. Srinivasan, E. C. Qin, N. K. Mellempudi, D. Das, K. Banerjee, B. Kaul, "
    "P. Dubey, K-TanH: Efficient TanH for Deep Learning",
    "1909.07729",
)

Kind = tuple[int, bool, bool]  # mantissa bits in the index, carry, monotone
START, END = 0x3E80, 0x4070  # 0.25 and 3.75
KINDS: tuple[Kind, ...] = tuple(
    (bits, carry, monotone) for bits in range(1, 6) for carry in (False, True) for monotone in (False, True)
)


def table_of(kind: Kind) -> KTanhTable:
    """Return the optimal table of one kind, between the thresholds of the paper."""
    bits, carry, monotone = kind
    return optimal_table(Layout(bits, START, END), carry, monotone)


@PAPER.states(
    r"\max_{|x| < 3.75} |K(x) - \tanh x| < \tfrac16 (1 - \tanh 1), \text{ the error of } \max(-1, \min(1, x))",
    on=lambda: KINDS,
)
def six_times(kind: Kind, seed: int) -> Verdict:
    """Of the optimal tables between the thresholds 0.25 and 3.75, not of the printed ones; what is smaller passes
    with an error of 0.0051 at most.
    """
    error = max(TableErrors(table_of(kind)).abs_errors) + 1  # in units of 2^-320, rounded upwards
    hard = (1 << SCALE) - tanh_floor(ONE, SCALE) - 1  # 1 - tanh 1, rounded downwards
    ratio = f"{hard / error:.2f} times"
    if 6 * error < hard:
        return Verdict.holds(Grade.PROVED, reason=ratio)
    return Verdict.violated(Grade.PROVED, reason=ratio)


@PAPER.states(
    r"K(-x) = -K(x), \quad |K(x)| \le 1",
    on=lambda: KINDS,
)
def odd(kind: Kind, seed: int) -> Verdict:
    """On every word of bfloat16 that is a number, infinities included."""
    answers = table_of(kind).words.tolist()
    numbers = [word for word in range(1 << 16) if word & MAGNITUDE <= INFINITY]
    bad = [
        word
        for word in numbers
        if answers[word] & MAGNITUDE > ONE
        or (word ^ answers[word]) & SIGN
        or answers[word ^ SIGN] ^ answers[word] != SIGN
    ]
    if bad:
        return Verdict.violated(Grade.PROVED, reason=f"word {bad[0]:#06x}")
    return Verdict.holds(Grade.PROVED, reason=f"{len(numbers)} words")
