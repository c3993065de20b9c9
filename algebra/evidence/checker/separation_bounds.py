"""Theorems on separation ranks of stacks of attention layers; notation as in `separation`.

d = r is the dimension of the tokens' space, s = d(d+1)/2, q = min(d, H e) (d with residual connections), mon(n, k) the
number of monomials of degree k in n variables.

``ambient``: f_k is a sum of products of a form of degree k on Gram matrices of N_B tokens and a function x_a p(G), p a
form of degree C - k on Gram matrices of N_A tokens; x is seen through q linear forms. Forms on Gram matrices of N < d
tokens are the invariants of O(N) among polynomials on d x N matrices, the sum of S_u(R^d) (x) S_u(R^N) (first
fundamental theorem): one for each partition u of 2k with even rows; x_a p(G) are the covariants with values in R^N, one
for each partition of 2(C - k) + 1 with exactly one odd row. Whole stack, N >= d: with k0 the last k for which the first
number is the less, terms of degree up to k0 in G_B go to B; so it is with residual connections.

``first-layer``: the first layer sees G through the entries of V_h G K_h^T (their span Z: at most e^2 - binom(2e - d, 2)
for each head, since the antisymmetric part of the square of the intersection of both row spaces is lost), and of
Q G Q^T (their span Y, q(q+1)/2). F has degree a = 3^(L-1) in Z and c = C_{L-1} in Y. If B gets j of the factors from Y
it gets k - j from Z. Terms with j <= j0 have B-parts of at most j0 factors outside Z and k - min j outside Y, others
A-parts of at most c - j0 - 1 and a - k + max j; the same the other way round; the sum of both counts is a bound for
every j0. Z and Y meet in (V_h n Q)(K_h n Q), of dimension p^2 - binom(2p - q, 2) for a general head, p = e + q - d;
moved into blocks of size e that Q consists of, these are independent; and Z + Y has dimension s at most.
And F is the restriction of a form on independent Z and Y, of which each bidegree has its own rank.

``residual``: there are terms of degree k in G_B and m in G_A for k + m <= C. For j0(k) that never increases terms with
at most j0(k) factors outside Z at B go to B, of the others those of degree m in G_A have at most c - j0(C - m) - 1.

``one-layer``: f_0 has rank 1, f_1 that of G -> sum_h Q_h^T K_h G V_h^T O_h^T e_1, in the row space of the stacked Q;
attained where all V_h^T O_h^T e_1 are equal. ``line`` (d = 1): F = const G^C x; residual connections add less.

``vocabulary``: over all texts G_B lies in an affine space of dimension kappa: counts of V words with fixed sum, or with
positions what d p^T + p d^T spans for d among V - 1 differences of words, s(d) - s(d - V + 1); at most N (V - 1) too.
x_i lies in a space of dimension v = min(V, d). For every k0 the terms of degree at most k0 in G_B go to B. ``texts``:
how many there are, without positions how often each word comes, and the word at i.

``copied-entry`` (lower): weights with F = (g^T Y g)^m (g^T x), m = (3^(L-1) - 1)/2, g the row of G at a coordinate and
Y the block of n others, w = min(d, N_A, N_B), n = min(w - 1, H e). The part of degree i in Y and j in g of B has the
rank mon(n, min(2i, 2m+1-j)) mon(n, min(j, 2(m-i)+1)) at least, by the representations of GL_n that occur in it.
``copied-power`` (lower): F = gamma^m omega, gamma = v^T G_1^D v, G_1 = Z Y Z^T, with blocks Z and Y of G of size
n = min(w div 2, e), D = 3^r >= n. At a zero its gradient is regular, so its images under Z are almost all symmetric
matrices: no derivative of degree up to m in Y of gamma^m omega vanishes, on either side. The library proves both.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import comb
from typing import NamedTuple

from .gram_forms import covariants, invariants, mon, per_count
from .limits import MOST_VALUE, need, spend
from .separation_stacks import Stack

MOST_DEGREES = 365
"""Degrees that are looked at one by one: those of six layers. Seven have 1094, and their bounds take seconds."""

MOST_OVERLAPPING = 122
"""The same where the forms of the first layer overlap, which takes a sum more: five layers."""


def tokens_seen(stack: Stack) -> int:
    """Return w = min(d, N_A, N_B)."""
    return min(stack.seen, *stack.tokens)


def symmetric(n: int) -> int:
    """Return the dimension of the symmetric n x n matrices."""
    return n * (n + 1) // 2


def least_where(is_past: Callable[[int], bool], top: int) -> int:
    """Return the least k from 0 on with a property that all greater ones have, or `top`, by bisection."""
    low, high = 0, top
    while low < high:
        k = (low + high) // 2
        low, high = (low, k) if is_past(k) else (k + 1, high)
    return low


def upper_bound(stack: Stack, k: int | None, rule: str) -> int:
    """Return what one rule says of a degree, or of the whole."""
    rules = WHOLE if k is None else DEGREE
    need(rule in rules, "the upper bound's rule is unknown")
    return WHOLE[rule](stack) if k is None else DEGREE[rule](stack, k)


def least_bound(stack: Stack, k: int) -> int:
    """Return the least bound of a degree."""
    return min(ambient(stack, k), first_layer(stack, k))


def seen_forms(stack: Stack) -> int:
    """Return q."""
    return stack.seen if stack.residual else min(stack.seen, stack.heads * stack.head_size)


def one_layer_rank(stack: Stack, k: int | None) -> int:
    """Return the rank of one layer."""
    need(stack.layers == 1 and stack.words is None, "there is more than one layer, or a vocabulary")
    q = min(stack.seen, stack.heads * stack.head_size)
    if k is None:
        return 1 + q
    return q if k else 1


def line_rank(stack: Stack, k: int | None) -> int:
    """Return the rank where the tokens lie on a line."""
    need(stack.seen == 1 and stack.words is None, "the tokens do not lie on a line")
    return stack.degree + 1 if k is None else 1


def copied_rank(stack: Stack, part: Stack, k: int | None) -> int:
    """Return what the form of a part of the stack proves: mon(s - 1, k) for k <= m, or their sum."""
    s, m = part.seen * (part.seen + 1) // 2, (3 ** (stack.layers - part.layers) - 1) // 2
    need(m * s.bit_length() <= MOST_VALUE.bit_length() or s <= 64, "the bound is too large to be computed")
    if k is None:
        return comb(s - 1 + m, m)
    need(k <= m, "the form says nothing of this degree")
    return mon(s - 1, k)


def copied_entry_rank(stack: Stack, k: int | None) -> int:
    """Return what an entry g^T Y g of the first layer's Gram matrix proves, copied by all later layers."""
    copies = stack.layers > 1 and tokens_seen(stack) > 1
    need(copies, "there is no layer that copies, or no second token")
    refuse_large(stack)
    n = min(tokens_seen(stack) - 1, stack.heads * stack.head_size)
    m = (3 ** (stack.layers - 1) - 1) // 2

    # Of one degree: the parts of degree i in Y and j = k - i in g.
    if k is not None:
        chosen = range(max(0, k - 2 * m - 1), min(m, k) + 1)
        spend(2 * len(chosen) * per_count(n, 2 * m + 1), "the copied entry")
        found = 0
        for i in chosen:
            j = k - i
            found += mon(n, min(2 * i, 2 * m + 1 - j)) * mon(n, min(j, 2 * (m - i) + 1))
        return found

    # Of each i the sum over all j; of deep stacks only some i.
    spend(4 * min(m + 1, MOST_DEGREES) * per_count(n + 1, 2 * m + 1), "the copied entry")
    found = 0
    for i in range(0, m + 1, m // MOST_DEGREES + 1):
        most = 2 * (m - i) + 1
        found += mon(n, 2 * i) * mon(n + 1, most)
        if i:
            found += mon(n, most) * mon(n + 1, 2 * i - 1)
    return found


def copied_power_rank(stack: Stack, k: int | None) -> int:
    """Return what a power of Z Y Z^T proves: mon(s, k) and n mon(s, k), of the first and last m + 1 degrees."""
    refuse_large(stack)
    n = min(tokens_seen(stack) // 2, stack.head_size)

    # D = 3^r is the first power of 3 that is not less than n.
    r = 1
    while 3**r < n:
        r += 1
    need(n >= 2 and stack.layers >= r + 2, "the stack is too small for a power that is copied")
    s = symmetric(n)
    m = (3 ** (stack.layers - r - 1) - 1) // 2
    spend(per_count(s + 1, m), "the copied power")

    if k is None:
        return (1 + n) * mon(s + 1, m)
    need(min(k, stack.degree - k) <= m, "the power says nothing of this degree")
    return mon(s, k) if k <= m else n * mon(s, stack.degree - k)


# ---- ambient


def ambient(stack: Stack, k: int) -> int:
    """Count the functions of either side in one degree."""
    d, (on_a, on_b) = stack.seen, stack.tokens
    refuse_large(stack)
    return min(invariants(d, on_b, k), covariants(d, on_a, stack.degree - k, seen_forms(stack)))


def whole_ambient(stack: Stack) -> int:
    """Sum over all degrees, for as many tokens as there are coordinates."""
    s, top, q = symmetric(stack.seen), stack.degree, seen_forms(stack)
    refuse_large(stack)
    spend(3 * top.bit_length() * per_count(s, top), "the ambient bound")

    # k0: the last degree for which B has no more functions than A; at k = 0 it has one.
    k0 = least_where(lambda k: mon(s, k + 1) > q * mon(s, top - k - 1), top)
    of_b = mon(s + 1, k0)
    of_a = q * mon(s + 1, top - k0 - 1) if k0 < top else 0
    return of_b + of_a


def refuse_large(stack: Stack) -> None:
    """Refuse where a number of monomials has more digits than a claim may have: mon(n + 1, k) > (n/k)^k, (k/n)^n."""
    less, more = sorted((symmetric(stack.seen) - 1, stack.degree // 2))
    bits = (more // less).bit_length() - 1 if less else 0
    is_small = less * bits <= 1 << 15 and less <= 1 << 15
    need(is_small, "the bound is too large to be computed")


# ---- first layer


class LinearForms(NamedTuple):
    """Dimensions of Z, Y and their intersection, q, and the degrees a and c of F in Z and Y."""

    z: int
    y: int
    both: int
    q: int
    a: int
    c: int


def linear_forms(stack: Stack) -> LinearForms:
    """Return what the first layer sees: upper bounds of dim Z and dim Y, a lower one of the intersection."""
    d, q, heads = stack.seen, seen_forms(stack), stack.heads
    s, e = symmetric(d), min(stack.head_size, d)
    z = min(s, heads * (e * e - lost(e, d)))
    y = symmetric(q)

    # What Z and Y have in common: by their dimensions, by one general head, and by all of them in blocks.
    p = max(0, e + q - d)
    meets = [z + y - s, p * p - lost(p, q), heads * (p * p - lost(p, e))]
    both = z if q == d else min(z, max(meets))

    c = (stack.degree - 1) // 3
    return LinearForms(z, y, both, q, stack.degree - c, c)


def lost(e: int, d: int) -> int:
    """Return the antisymmetric forms on the intersection of two row spaces of dimension e in dimension d."""
    return comb(max(0, 2 * e - d), 2)


def first_layer(stack: Stack, k: int) -> int:
    """Count what the first layer lets through, in one degree."""
    need(stack.degree < MOST_DEGREES, "there are too many degrees")
    refuse_large(stack)
    forms = linear_forms(stack)
    z, y, both, q, a, c = forms
    m, fewest, most = stack.degree - k, max(0, k - a), min(c, k)
    is_inside, is_shallow = both == z, stack.degree < MOST_OVERLAPPING
    found = []

    # Few factors from Y to B; the other terms to A.
    if is_inside or is_shallow:
        at_b = counts(forms, k, most, k - fewest)
        at_a = counts(forms, m, c - fewest, a - k + most)
        for j in range(fewest - 1, most + 1):
            of_b = at_b[j] if j >= fewest else 0
            of_a = q * at_a[c - j - 1] if j < most else 0
            found.append(of_b + of_a)

    # Each bidegree in Z and Y on its own, as if these were independent.
    if not is_inside:
        total = 0
        for j in range(fewest, most + 1):
            i = k - j
            of_b = mon(z, i) * mon(y, j)
            of_a = q * mon(z, a - i) * mon(y, c - j)
            total += min(of_b, of_a)
        found.append(total)

    # The other way round: few factors from Z to B.
    if not is_inside and is_shallow:
        for j in range(fewest - 1, most + 1):
            of_b = counts(forms, k, most, k - j - 1)[-1] if j < most else 0
            of_a = q * counts(forms, m, c - fewest, a - k + j)[-1] if j >= fewest else 0
            found.append(of_b + of_a)
    return min(found)


def counts(forms: LinearForms, degree: int, most_y: int, most_z: int) -> list[int]:
    """Count monomials of a degree with at most 0 ... most_y factors outside Z, and at most most_z outside Y."""
    outside, only_z = forms.y - forms.both, forms.z - forms.both
    terms = 1 if only_z == 0 else min(most_z, degree) + 2
    steps = max(0, min(most_y, degree)) + 1
    spend(steps * terms * per_count(forms.y, degree) // 4, "the first layer's forms")

    found, total = [], 0
    for i in range(most_y + 1):
        if i <= degree:
            total += mon(outside, i) * inside(forms.both, only_z, degree - i, most_z)
        found.append(total)
    return found


@lru_cache(maxsize=1 << 15)
def inside(both: int, only_z: int, degree: int, most_z: int) -> int:
    """Count monomials in the forms of Z with at most most_z factors outside Y."""
    if only_z == 0:
        return mon(both, degree)
    return sum(mon(only_z, i) * mon(both, degree - i) for i in range(min(most_z, degree) + 1))


def residual(stack: Stack) -> int:
    """Divide the terms of all degrees, for the best j0(k) that never increases."""
    is_for = stack.residual and stack.degree < MOST_DEGREES
    need(is_for, "the rule is for few layers with residual connections")
    refuse_large(stack)
    forms, d, top = linear_forms(stack), stack.seen, stack.degree
    on_a, on_b = stack.tokens
    c = forms.c

    # best[j]: the least sum over the degrees so far with the last j0 equal to j - 1; sums only move to smaller j0.
    best = [0] * (c + 2)
    for k in range(top + 1):
        m = top - k
        at_b, at_a = counts(forms, k, c, k), counts(forms, m, c, m)
        few_b, few_a = invariants(d, on_b, k), covariants(d, on_a, m, d)
        for j in range(c, -2, -1):
            of_b = min(few_b, at_b[j]) if j >= 0 else 0
            of_a = min(few_a, d * at_a[c - j - 1]) if j < c else 0
            best[j + 1] += of_b + of_a
        for j in range(c, -1, -1):
            best[j] = min(best[j], best[j + 1])
    return best[0]


def vocabulary(stack: Stack) -> int:
    """Divide the terms of all degrees between both sides, for words instead of free tokens."""
    need(stack.words is not None, "the rule is for vocabularies")
    refuse_large(stack)
    words, d, top = stack.words or 1, stack.seen, stack.degree
    s = symmetric(d)

    # kappa on either side, and the dimension of the space of x.
    free = s - symmetric(max(0, d - words + 1)) if stack.positions else min(words - 1, s)
    at_a, at_b = (min(free, count * (words - 1)) for count in stack.tokens)
    of_x = min(words, d)
    spend(8 * top.bit_length() * per_count(free + 1, top), "the bound of a vocabulary")

    def divided(k: int) -> int:
        of_a = of_x * mon(at_a + 1, top - k - 1) if k < top else 0
        return mon(at_b + 1, k) + of_a

    k0 = least_where(lambda k: divided(k) <= divided(k + 1), top)
    return divided(k0)


def texts(stack: Stack) -> int:
    """Count the texts of either side; counts beyond all values that a claim may have are cut off."""
    need(stack.words is not None, "the rule is for vocabularies")
    words, bits = stack.words or 1, MOST_VALUE.bit_length()
    if stack.positions:
        return int(min(words ** min(count, bits) for count in stack.tokens))

    # How often each word comes; at i there is one more word.
    sizes = (stack.tokens[0] - 1, stack.tokens[1])
    lengths = [count if min(words - 1, count) <= bits else bits for count in sizes]
    spend(sum(per_count(words, length) for length in lengths), "the texts")
    return min(words * mon(words, lengths[0]), mon(words, lengths[1]))


DEGREE: dict[str, Callable[[Stack, int], int]] = {
    "ambient": ambient,
    "first-layer": first_layer,
    "one-layer": one_layer_rank,
    "line": line_rank,
}
WHOLE: dict[str, Callable[[Stack], int]] = {
    "ambient": whole_ambient,
    "residual": residual,
    "vocabulary": vocabulary,
    "texts": texts,
    "one-layer": lambda stack: one_layer_rank(stack, None),
    "line": lambda stack: line_rank(stack, None),
}
