"""Bounds of separation ranks, one function a theorem.

A layer is linear in the tokens that it reads for every Gram matrix: y_i = M(G) x_i with G = sum_j x_j x_j^T and
M(G) = sum_h O_h V_h G K_h^T Q_h, and the outputs' Gram matrix is M G M^T. So the output of L layers is a form F(G, x_i)
of degree C = (3^L - 1)/2 in G and 1 in x_i. With G = G_A + G_B its part f_k of degree k in G_B has degree C - k in G_A;
the separation rank is the sum of the ranks of f_0 ... f_C. Convention: x_i is one of the tokens of A.

Notation: d the dimension of the space of the tokens (`seen_width`), s = d(d+1)/2, q = min(d, H e).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb, log2
from typing import TYPE_CHECKING

from algebra.errors import InputError
from algebra.evidence.certificate import MOST_DIGITS, check_digits
from algebra.evidence.checker.limits import MOST_VALUE
from algebra.evidence.reason import Reason
from tensors.gram_forms import gram_forms, monomials, vector_forms

if TYPE_CHECKING:
    from tensors.attention.depth.architecture import StackArchitecture

MOST_DEGREES = 365
"""Degrees that are looked at one by one: those of six layers. Seven have 1094, and their bounds take seconds."""

MOST_OVERLAPPING = 122
"""The same where the forms of the first layer overlap (below `first_layer_bound`), which takes a sum more: five layers.
"""


def degrees_are_listed(stack: StackArchitecture) -> bool:
    """Tell whether the ranks of all degrees are asked one by one."""
    return stack.is_homogeneous and stack.degree < MOST_DEGREES


# ---- one degree


def degree_bound(stack: StackArchitecture, k: int) -> Reason:
    """Return the least upper bound of rank f_k.

    Examples
    --------
    >>> from tensors.attention.depth.architecture import StackArchitecture
    >>> degree_bound(StackArchitecture(4, 4, 1, 2, (4, 4)), 2)
    Reason(rule='first-layer', value=34, about=None, parts=(), details=(('k', 2),), note=None)
    """
    bounds = [ambient_bound(stack, k)]
    if stack.degree < MOST_DEGREES:
        bounds.append(first_layer_bound(stack, k))
    return min(bounds, key=lambda bound: bound.value)


def ambient_bound(stack: StackArchitecture, k: int) -> Reason:
    """Count the functions of either side (theorem T1; with few positions T6, with an embedding of low rank T5).

    *Theorem.* rank f_k <= min(D_B(k), D_A(C - k)): forms of degree k on Gram matrices of N_B tokens, and functions
    x_a p(G) with p of degree C - k on Gram matrices of N_A tokens. Of x only q linear forms are seen.
    """
    d, (on_a, on_b) = stack.seen_width, stack.tokens
    below = gram_forms(d, on_b, k), vector_forms(d, on_a, stack.degree - k, stack.query_rank)
    return Reason("ambient", min(below), details=(("k", k),))


def first_layer_bound(stack: StackArchitecture, k: int) -> Reason:
    """Count what the first layer lets through (theorem T2).

    *Theorem.* The first layer sees G through the entries of V_h G K_h^T, which span a space Z of linear forms, and of
    Q G Q^T, a space Y: F lies in S^a(Z) S^c(Y) (x) R^q with a = 3^(L-1), c = C_{L-1}. Of the c factors from Y, j go to
    the side of B; the terms with j <= j0 have B-parts with at most j0 factors outside Z, the others A-parts with at
    most c - j0 - 1. A sum of two functions has rank at most the sum, for every j0.
    """
    return Reason("first-layer", min(_split(first_forms(stack), k)), details=(("k", k),))


@dataclass(frozen=True)
class FirstForms:
    """Linear forms of the first layer: dimensions of Z, Y and their intersection, q, and the degrees a and c in them.

    The dimensions of Z and Y are upper bounds for all weights, that of the intersection a lower one for almost all: so
    F can be lifted to spaces of exactly these dimensions.
    """

    z: int
    y: int
    both: int
    rank: int
    a: int
    c: int


def first_forms(stack: StackArchitecture) -> FirstForms:
    """Return the dimensions of the spaces of linear forms that the first layer sees.

    One head's entries of V G K^T span V (x) K modulo the antisymmetric part of the square of their intersection, which
    has dimension max(0, 2e - d) at least. Y is the symmetric square of the q-dimensional space Q, everything if q = d.
    Z_h meets Y in (V_h n Q)(K_h n Q), both of dimension p = max(0, e + q - d); moved into the blocks of Q's own heads
    these are independent. And Z + Y lies in the s-dimensional space of all forms.
    """
    d, heads, s, q = stack.seen_width, stack.heads, stack.gram_size, stack.query_rank
    e = min(stack.head_size, d)
    z = min(s, heads * (e * e - comb(max(0, 2 * e - d), 2)))
    y = q * (q + 1) // 2

    p = max(0, e + q - d)
    one, blocks = p * p - comb(max(0, 2 * p - q), 2), heads * (p * p - comb(max(0, 2 * p - e), 2))
    both = z if q == d else min(z, max(z + y - s, one, blocks))
    c = (stack.degree - 1) // 3
    return FirstForms(z, y, both, q, stack.degree - c, c)


def _split(forms: FirstForms, k: int) -> list[int]:
    """Return the bounds of rank f_k for every way of dividing the terms between both sides."""
    a, c, m = forms.a, forms.c, forms.a + forms.c - k
    fewest, most = max(0, k - a), min(c, k)
    bounds = []
    if forms.both == forms.z or forms.a + forms.c < MOST_OVERLAPPING:
        # Few factors from Y to B; the other terms to A.
        at_b = _counts(forms, k, most, k - fewest)
        at_a = _counts(forms, m, c - fewest, a - k + most)
        for j in range(fewest - 1, most + 1):
            left = at_b[j] if j >= fewest else 0
            right = forms.rank * at_a[c - j - 1] if j < most else 0
            bounds.append(left + right)
    if forms.both < forms.z:
        bounds.append(_bihomogeneous(forms, k))
        if forms.a + forms.c < MOST_OVERLAPPING:
            # The other way round: few factors from Z to B.
            for j in range(fewest - 1, most + 1):
                left = _counts(forms, k, most, k - j - 1)[-1] if j < most else 0
                right = forms.rank * _counts(forms, m, c - fewest, a - k + j)[-1] if j >= fewest else 0
                bounds.append(left + right)
    return bounds


def _counts(forms: FirstForms, degree: int, most_y: int, most_z: int) -> list[int]:
    """Count monomials of a degree with at most 0 ... most_y factors outside Z, and at most most_z outside Y."""
    outside, found, total = forms.y - forms.both, [], 0
    for i in range(most_y + 1):
        if i <= degree:
            total += monomials(outside, i) * _within(forms.both, forms.z - forms.both, degree - i, most_z)
        found.append(total)
    return found


@lru_cache(maxsize=1 << 15)
def _within(both: int, only_z: int, degree: int, most_z: int) -> int:
    """Count monomials in the forms of Z with at most most_z factors outside Y."""
    if only_z == 0:
        return monomials(both, degree)
    return sum(monomials(only_z, i) * monomials(both, degree - i) for i in range(min(most_z, degree) + 1))


def _bihomogeneous(forms: FirstForms, k: int) -> int:
    """Bound rank f_k by counting each bidegree in Z and Y on its own, as if these were independent.

    They are not, but f_k is the restriction of a function on independent ones.
    """
    total = 0
    for j in range(max(0, k - forms.a), min(forms.c, k) + 1):
        at_b = monomials(forms.z, k - j) * monomials(forms.y, j)
        at_a = forms.rank * monomials(forms.z, forms.a - k + j) * monomials(forms.y, forms.c - j)
        total += min(at_b, at_a)
    return total


# ---- all degrees together


def whole_bound(stack: StackArchitecture) -> Reason:
    """Return the least upper bound of the separation rank.

    Raises
    ------
    InputError
        If it has more than 4200 digits.

    Examples
    --------
    >>> from tensors.attention.depth.architecture import StackArchitecture
    >>> whole_bound(StackArchitecture(3, 3, 1, 3, (3, 3))).value
    2441
    >>> whole_bound(StackArchitecture(2, 1, 2, 2, (9, 9), vocabulary=2)).value
    5
    """
    check_size(stack)
    if stack.pooled:
        sides = tuple(whole_bound(side) for side in stack.sides)
        return Reason("both-sides", sum(side.value for side in sides), parts=sides)
    bounds = [whole_ambient_bound(stack)]
    if stack.degree < MOST_DEGREES:
        bounds.append(summed_bound(stack) if not stack.residual else residual_bound(stack))
    if stack.layers == 1 and stack.vocabulary is None:
        bounds.append(one_layer(stack))
    if stack.vocabulary is not None:
        bounds += [vocabulary_bound(stack), texts_bound(stack)]
    return min(bounds, key=lambda bound: bound.value)


def check_size(stack: StackArchitecture) -> None:
    """Refuse a stack whose bounds have more digits than a certificate may claim.

    The ambient bound is at least the number of monomials of degree C/2, more than (n/m)^m for n factors of m kinds.

    Raises
    ------
    InputError
        Naming the layers.
    """
    s, half = stack.gram_size, stack.degree // 2
    fewer, bits = min(s - 1, half), MOST_VALUE.bit_length()
    if fewer > bits or (fewer and fewer * (log2(s - 1 + half) - log2(fewer)) > bits):
        raise InputError("layers", stack.layers, MOST_DIGITS)


def summed_bound(stack: StackArchitecture) -> Reason:
    """Add up the bounds of all degrees."""
    parts = [degree_bound(stack, k) for k in range(stack.degree + 1)]
    return Reason("sum-over-degrees", sum(part.value for part in parts), parts=tuple(parts))


def whole_ambient_bound(stack: StackArchitecture) -> Reason:
    """Add up the ambient bounds (T1) of all degrees in closed form, for tokens without end.

    The first term of min(mon(s, k), q mon(s, C - k)) grows with k, the second falls: with k0 the last k at which the
    first is the less, the sum is binom(s + k0, k0) + q binom(s + C - k0 - 1, C - k0 - 1). With residual connections the
    same split by k0 bounds the rank although terms of lower degree come in (T7).

    Examples
    --------
    >>> from tensors.attention.depth.architecture import StackArchitecture
    >>> len(str(whole_ambient_bound(StackArchitecture(10, 1, 10, 10, (10, 10))).value))
    158
    """
    s, top, q = stack.gram_size, stack.degree, stack.query_rank
    low, high = 0, top
    while low < high:
        k = (low + high + 1) // 2
        if monomials(s, k) <= q * monomials(s, top - k):
            low = k
        else:
            high = k - 1
    value = comb(s + low, low) + (q * comb(s + top - low - 1, top - low - 1) if low < top else 0)
    check_digits("layers", stack.layers, value)
    return Reason("ambient", value, details=(("k0", low),))


def residual_bound(stack: StackArchitecture) -> Reason:
    """Bound the rank of a stack with residual connections (theorem T7).

    *Theorem.* F has terms of all degrees k in G_B and m in G_A with k + m <= C. Choose j0(k), never increasing: terms
    with at most j0(k) factors outside Z on the side of B have B-parts of degree k, of the others those with A-parts of
    degree m have at most c - j0(C - m) - 1 outside Z. So the sum of T2 over all k with these j0 is a bound. Where few
    tokens make the ambient dimensions less, these count.
    """
    forms, d, (on_a, on_b) = first_forms(stack), stack.seen_width, stack.tokens
    top, c = stack.degree, forms.c

    # best[j]: the least sum over the degrees so far with the last j0 equal to j - 1; sums only move to smaller j0.
    best = [0] * (c + 2)
    for k in range(top + 1):
        at_b, at_a = _counts(forms, k, c, k), _counts(forms, top - k, c, top - k)
        few_b, few_a = gram_forms(d, on_b, k), vector_forms(d, on_a, top - k, d)
        for j in range(c, -2, -1):
            cost = min(few_b, at_b[j]) if j >= 0 else 0
            cost += min(few_a, d * at_a[c - j - 1]) if j < c else 0
            best[j + 1] += cost
        for j in range(c, -1, -1):
            best[j] = min(best[j], best[j + 1])
    return Reason("residual", best[0])


# ---- theorems that give the rank itself


def one_layer(stack: StackArchitecture) -> Reason:
    """Return 1 + min(d, H e), the separation rank of one layer (theorem T3).

    *Theorem.* f_0 has rank 1, and f_1 that of G -> sum_h S_h^T G u_h, S_h = K_h^T Q_h: at most that of the stacked Q,
    and as much where all u_h are one vector. Gram matrices of one token span all symmetric matrices.
    """
    q = min(stack.seen_width, stack.heads * stack.head_size)
    return Reason("one-layer", 1 + q)


def exact_degree(stack: StackArchitecture, k: int) -> Reason | None:
    """Return the rank of f_k where a theorem knows it: one layer (T3), or tokens on a line (T4: G is one number)."""
    if stack.layers == 1:
        return Reason("one-layer", one_layer(stack).value - 1 if k else 1)
    return Reason("line", 1) if stack.seen_width == 1 else None


def exact_whole(stack: StackArchitecture) -> Reason | None:
    """Return the separation rank where a theorem knows it, for tokens that are any vectors.

    On a line F = const G^C x, so the rank is C + 1; a residual connection adds lower powers of G, and changes nothing:
    (G_A + G_B)^C is the only term of its degree.
    """
    if stack.vocabulary is not None:
        return None
    if stack.layers == 1:
        return one_layer(stack)
    return Reason("line", stack.degree + 1) if stack.seen_width == 1 else None


# ---- finite vocabularies


def vocabulary_bound(stack: StackArchitecture) -> Reason:
    """Bound the rank of the grid matrix of a vocabulary of V words (theorem T8).

    *Theorem.* Over all texts G_B lies in an affine space of dimension kappa: counts of words with fixed sum, or with
    positions what d p^T + p d^T spans for d among the V - 1 differences of words. x_i takes V values in a space of
    dimension v = min(V, d). For every k0 the terms of degree at most k0 in G_B go to the side of B.
    """
    words, d, s, top = _words(stack), stack.seen_width, stack.gram_size, stack.degree
    left = max(0, d - words + 1)
    free = s - left * (left + 1) // 2 if stack.positions else min(words - 1, s)
    kappa_a, kappa_b = (min(free, count * (words - 1)) for count in stack.tokens)
    v = min(words, d)

    def split(k: int) -> int:
        rest = v * comb(kappa_a + top - k - 1, kappa_a) if k < top else 0
        return comb(kappa_b + k, kappa_b) + rest

    # Every k0 gives a bound; a good one is where the difference of neighbours changes its sign.
    low, high = 0, top
    while low < high:
        k = (low + high) // 2
        low, high = (low, k) if split(k) <= split(k + 1) else (k + 1, high)
    return Reason("vocabulary", split(low), details=(("kappa", free), ("k0", low)))


def texts_bound(stack: StackArchitecture) -> Reason:
    """Count the texts of either side; without positions only how often each word comes, and the word at i.

    Longer counts than any bound that is used are cut off.
    """
    words, (on_a, on_b) = _words(stack), stack.tokens
    bits = MOST_VALUE.bit_length()
    if stack.positions:
        sides = [words ** min(count, bits) for count in stack.tokens]
    else:
        lengths = (count if min(words - 1, count) <= bits else bits for count in (on_a - 1, on_b))
        sides = [monomials(words, length) for length in lengths]
        sides[0] *= words
    return Reason("texts", min(sides))


def _words(stack: StackArchitecture) -> int:
    assert stack.vocabulary is not None, "asked of a vocabulary"
    return stack.vocabulary
