"""The rank of a softmax matrix with rational logits, over the real numbers.

The claim is ``lower <= rank softmax(Z) <= upper`` for the matrix ``logits`` of rationals Z. Multiplying rows and
columns by positive numbers changes no rank, so it is the rank of e^(z_ij - z_1j - z_i1 + z_11). Let c > 0 be the
greatest common divisor of these differences (1 if all vanish) and M = (z_ij - z_1j - z_i1 + z_11)/c, a matrix of
integers. q = e^c is transcendental (Hermite, Lindemann), so the rank is that of (q^M_ij) over the field Q(q).

A logit may be ``"-inf"``: the key is blocked for this query, and the entry of softmax is 0. Then there are not always
first entries to subtract. Rows and columns are reached from each other through visible entries, first found first;
the entry through which a row or column was reached becomes 0. Without blocked entries this is the M from above.

**Lower bound.** ``residue-minor``: q -> ``base``, a unit modulo ``modulus``, is a homomorphism of rings from
Z[q, 1/q]. The minor of (base^M_ij) at (``rows``, ``columns``) is a unit, so that of (q^M_ij) is not zero.

**Upper bound.** ``distinct-rows``, ``distinct-columns``: equal rows or columns of M are counted once.
``evaluation``: a minor of size k = upper + 1 is q^s f(q) for a polynomial f whose coefficients' absolute values have
a sum of at most k!. So f(2^t) is not zero for 2^t >= k!, unless f is zero: the rank of the integer matrix
(2^(t (M_ij - min_j M_ij))), found by fraction-free elimination, bounds the rank. Blocked entries are 0 in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import factorial, gcd, lcm
from typing import Any

from .labels import softmax_label
from .limits import MOST_BITS, Refused, hold, need, per_product, spend
from .minors import is_regular, read_minor, read_modulus
from .reading import MOST_SHOWN, fields, integer, rational, read_bounds, read_proofs, text

MOST_CLAIMED = 1000
"""Rank whose factorial is calculated; an evaluation that proves so large a rank takes days."""

BLOCKED = "-inf"
"""The logit of a key that a query does not see."""

Logits = list[list[Fraction | None]]
Exponents = list[list[int | None]]
"""One row a key, one column a query; None where it is blocked."""


def softmax_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of the rank of a softmax matrix."""
    _, name, given, lower, upper = fields(claim, "claim", "quantity", "label", "logits", "lower", "upper")
    proofs = read_proofs(document, "lower", "upper")
    logits = read_logits(given)
    label = softmax_label(given)
    need(text(name, "label") in (label, softmax_label(given, is_old=True)), "the label does not fit the logits")
    lower, upper, between = read_bounds(lower, upper)
    exponents = normalised(logits)
    checks = [lambda: check_softmax_upper(exponents, upper, proofs[1])]
    checks.append(lambda: check_softmax_lower(exponents, lower, proofs[0]))
    matrix = "[" + ", ".join("[" + ", ".join(row) + "]" for row in given) + "]"
    whole = f", the softmax of {matrix}," if len(matrix) <= MOST_SHOWN else ""
    return f"the rank of {label}{whole} is {between}", checks


def read_logits(value: Any) -> Logits:
    """Return a matrix of rationals, written "p" or "p/q" in lowest terms; every query sees a key."""
    need(type(value) is list and len(value) > 0, "logits is not a list of rows")
    need(all(type(row) is list and len(row) == len(value[0]) > 0 for row in value), "logits is not a matrix")

    # Pay for as many entries, and for their digits.
    entries = [entry for row in value for entry in row]
    characters = sum(len(entry) for entry in entries if type(entry) is str)
    spend(200 * len(entries) + characters, "the logits")

    read = [[None if entry == BLOCKED else rational(entry, "logits") for entry in row] for row in value]
    queries = zip(*read, strict=True)
    need(all(any(z is not None for z in query) for query in queries), "a query sees no key")
    return read


def normalised(logits: Logits) -> Exponents:
    """Return the exponents M of q: the greatest common divisor is 1, and zero stands where `shifts` arrived."""
    above, left = shifts(logits)
    moved = [[None if z is None else z - above[i] - left[j] for j, z in enumerate(row)] for i, row in enumerate(logits)]
    visible = [z for row in moved for z in row if z is not None]
    common = 1
    for denominator in {z.denominator for z in visible}:
        common = lcm(common, denominator)
        need(common.bit_length() <= MOST_BITS, "the common denominator is too large")
    entries, bits = len(moved) * len(moved[0]), common.bit_length()
    hold(entries, 100 + bits // 4, "the exponents")
    spend(entries * (20 + per_product(bits)), "the exponents")
    divisor = gcd(*(int(z * common) for z in visible)) or 1
    return [[None if z is None else int(z * common) // divisor for z in row] for row in moved]


def shifts(logits: Logits) -> tuple[list[Fraction], list[Fraction]]:
    """Return what is subtracted from each row and each column.

    Rows and columns are reached breadth first through visible entries, in their order, and each is shifted so that the
    entry through which it was reached becomes zero. Two rows that differ by a shift are reached through the same
    column, so they become equal; likewise columns.
    """
    spend(20 * len(logits) * len(logits[0]), "the shifts")
    found: dict[tuple[int, int], Fraction] = {}  # of a side, 0 for rows and 1 for columns, and a place
    for start in range(len(logits)):
        if (0, start) in found:
            continue
        found[0, start] = Fraction(0)
        waiting = [(0, start)]
        for side, k in waiting:  # the list grows
            entries = logits[k] if side == 0 else [row[k] for row in logits]
            for other, z in enumerate(entries):
                if z is not None and (1 - side, other) not in found:
                    found[1 - side, other] = z - found[side, k]
                    waiting.append((1 - side, other))
    return [found[0, i] for i in range(len(logits))], [found[1, j] for j in range(len(logits[0]))]


def check_softmax_lower(exponents: Exponents, claimed: int, proof: Any) -> None:
    """Check the lower bound."""
    names = ("rule", "modulus", "base", "rows", "columns")
    rule, modulus, base, rows, columns = fields(proof, "lower", *names)
    need(rule == "residue-minor", "the lower bound's rule is unknown")
    rows, columns = read_minor(rows, columns, len(exponents) - 1, len(exponents[0]) - 1)
    need(len(rows) == claimed, f"the claim's lower bound is {claimed}, but the minor has size {len(rows)}")
    m = read_modulus(modulus, len(rows))
    g = integer(base, "base", 0, m - 1)
    need(gcd(g, m) == 1, "the base is no unit")
    bits = max(abs(z) for row in exponents for z in row if z is not None).bit_length()
    spend(len(rows) ** 2 * (20 + bits) * per_product(m.bit_length()), "the powers of the base")
    powers = [[exponents[i][j] for j in columns] for i in rows]
    minor = [[0 if z is None else pow(g, z, m) for z in row] for row in powers]
    need(is_regular(minor, m), "the minor of the lower bound vanishes")


def check_softmax_upper(exponents: Exponents, claimed: int, proof: Any) -> None:
    """Check the upper bound."""
    (rule,) = fields(proof, "upper", "rule")
    need(rule in ("distinct-rows", "distinct-columns", "evaluation"), "the upper bound's rule is unknown")
    if rule == "distinct-rows":
        found = sum(any(z is not None for z in row) for row in {*map(tuple, exponents)})
    elif rule == "distinct-columns":
        found = len({*zip(*exponents, strict=True)})
    else:
        found = evaluated_rank(exponents, claimed)
    need(found <= claimed, f"the claim's upper bound is {claimed}, but {rule} gives {found}")


def evaluated_rank(exponents: Exponents, claimed: int) -> int:
    """Return the rank of (2^(t (M_ij - min_j M_ij))), for the least t that suits minors of size claimed + 1."""
    rows, bits = evaluation(exponents, claimed)
    pay_for_evaluation(rows, bits, claimed)
    return integer_rank([[0 if z is None else 1 << bits * z for z in row] for row in rows])


def evaluation(exponents: Exponents, claimed: int) -> tuple[Exponents, int]:
    """Return the distinct rows and columns of the exponents, from 0 on, and the bits t."""
    need(claimed < MOST_CLAIMED, "the evaluation: too large to be checked here")
    columns = {*zip(*{*map(tuple, exponents)}, strict=True)}
    rows = [from_zero(row) for row in zip(*columns, strict=True)]
    return rows, (factorial(claimed + 1) - 1).bit_length()


def from_zero(row: Iterable[int | None]) -> list[int | None]:
    """Shift a row so that its least exponent is 0."""
    entries = [*row]
    least = min((z for z in entries if z is not None), default=0)
    return [None if z is None else z - least for z in entries]


def can_be_evaluated(exponents: Exponents, claimed: int) -> bool:
    """Tell whether the checker, if patient, evaluates so large a matrix: whoever writes a certificate asks this."""
    try:
        pay_for_evaluation(*evaluation(exponents, claimed), claimed)
    except Refused:
        return False
    return True


def pay_for_evaluation(rows: Exponents, bits: int, claimed: int) -> None:
    """Pay for the elimination: after k steps entries are minors, k times as long; dividing them is quadratic."""
    largest = max(z for row in rows for z in row if z is not None)
    entries, stages, length = len(rows) * len(rows[0]), claimed + 1, bits * (1 + largest)
    hold(entries, 40 + stages * length // 4, "the evaluation")
    spend(entries * (10 * stages + (stages**3 * length**2 >> 14) // 5), "the evaluation")


def integer_rank(rows: list[list[int]]) -> int:
    """Return the rank of a matrix of integers, by Bareiss's fraction-free elimination."""
    found, previous = 0, 1
    left = [row for row in rows if any(row)]
    while left:
        pivot, *rest = left
        j = next(i for i, x in enumerate(pivot) if x)

        # After k steps entries are minors of size k; the pivot before divides what is left without a rest.
        left = []
        for row in rest:
            moved = [(x * pivot[j] - row[j] * y) // previous for x, y in zip(row, pivot, strict=True)]
            if any(moved):
                left.append(moved)
        found, previous = found + 1, pivot[j]
    return found
