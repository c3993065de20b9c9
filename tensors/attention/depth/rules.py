"""Which theorems bound a separation rank, and what they say.

A layer is linear in the tokens that it reads for every Gram matrix: y_i = M(G) x_i with G = sum_j x_j x_j^T and
M(G) = sum_h O_h V_h G K_h^T Q_h, and the outputs' Gram matrix is M G M^T. So the output of L layers is a form F(G, x_i)
of degree C = (3^L - 1)/2 in G and 1 in x_i. With G = G_A + G_B its part f_k of degree k in G_B has degree C - k in G_A;
the separation rank is the sum of the ranks of f_0 ... f_C. Convention: x_i is one of the tokens of A.

| rule | theorem |
|---|---|
| ``ambient`` | so many forms on G_B, tokens times forms on G_A (T1; of few positions T6, of low embedding rank T5) |
| ``first-layer`` | the first layer sees G through the entries of V_h G K_h^T and Q G Q^T (T2) |
| ``one-layer`` | one layer has rank 1 + min(d, H e) (T3) |
| ``line`` | tokens on a line: G is one number, and F = const G^C x (T4) |
| ``residual`` | the terms of all degrees k + m <= C, divided as in T2 (T7) |
| ``vocabulary``, ``texts`` | G_B lies in an affine space; there are so many texts (T8) |
| ``both-sides`` | a pooled output is read on either side (T9) |

The formulas stand once, with their proofs, in `algebra.evidence.checker.separation_bounds`.
"""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING

import algebra.evidence.checker.separation_bounds as formulas
from algebra.errors import InputError
from algebra.evidence.certificate import MOST_DIGITS, check_digits
from algebra.evidence.checker.limits import MOST_VALUE
from algebra.evidence.reason import Reason

if TYPE_CHECKING:
    from tensors.attention.depth.architecture import StackArchitecture


def degrees_are_listed(stack: StackArchitecture) -> bool:
    """Tell whether the ranks of all degrees are asked one by one."""
    return stack.is_homogeneous and stack.degree < formulas.MOST_DEGREES


def degree_bound(stack: StackArchitecture, k: int) -> Reason:
    """Return the least upper bound of rank f_k.

    Parameters
    ----------
    stack : StackArchitecture
    k : int
        The degree.

    Returns
    -------
    Reason

    Examples
    --------
    >>> from tensors.attention.depth.architecture import StackArchitecture
    >>> degree_bound(StackArchitecture(4, 4, 1, 2, (4, 4)), 2)
    Reason(rule='first-layer', value=34, about=None, parts=(), details=(('k', 2),), note=None)
    """
    names = ["ambient"] + ["first-layer"] * (stack.degree < formulas.MOST_DEGREES)
    found = [Reason(name, formulas.upper_bound(stack.checked, k, name), details=(("k", k),)) for name in names]
    return min(found, key=lambda bound: bound.value)


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
    >>> len(str(whole_bound(StackArchitecture(10, 1, 10, 10, (10, 10))).value))
    158
    """
    check_size(stack)
    if stack.pooled:
        sides = tuple(whole_bound(side) for side in stack.sides)
        return Reason("both-sides", sum(side.value for side in sides), parts=sides)

    is_shallow, is_free = stack.degree < formulas.MOST_DEGREES, stack.vocabulary is None
    names = ["ambient"] + ["residual"] * (is_shallow and stack.residual)
    names += ["one-layer"] * (is_free and stack.layers == 1) + ([] if is_free else ["vocabulary", "texts"])
    found = [Reason(name, formulas.upper_bound(stack.checked, None, name)) for name in names]
    check_digits("layers", stack.layers, found[0].value)
    if is_shallow and not stack.residual:
        parts = tuple(degree_bound(stack, k) for k in range(stack.degree + 1))
        found.insert(1, Reason("sum-over-degrees", sum(part.value for part in parts), parts=parts))
    return min(found, key=lambda bound: bound.value)


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


def exact_rank(stack: StackArchitecture, k: int | None) -> Reason | None:
    """Return the rank of f_k, or of the whole, where a theorem knows it for tokens that are any vectors.

    On a line the rank is C + 1; a residual connection adds lower powers of G, and changes nothing: (G_A + G_B)^C is the
    only term of its degree.
    """
    if stack.vocabulary is not None:
        return None
    if stack.layers == 1:
        return Reason("one-layer", formulas.one_layer_rank(stack.checked, k))
    return Reason("line", formulas.line_rank(stack.checked, k)) if stack.seen_width == 1 else None
