"""Counts of what the functions of attention networks depend on, most of them proved upper bounds of the dimension."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import algebra.evidence.checker.attention_counts as formulas
from algebra.errors import InputError, as_integer
from algebra.memory import binomial
from tensors.attention.functions.architecture import AttentionArchitecture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class _Form:
    """What a layer's scores show: linear forms in the tokens, dimension of the family on T of them, scalings."""

    seen: int
    count: Callable[[int], int]
    scalings: int


@lru_cache(maxsize=1024)
def _bilinear(alpha: int, rank: int, scalings: int) -> _Form:
    return _Form(min(2 * alpha, rank), lambda T: formulas.matrices_of_rank(alpha, T), scalings)


@lru_cache(maxsize=1024)
def _symmetric(alpha: int, rank: int, scalings: int) -> _Form:
    s = min(2 * alpha, rank)
    return _Form(s, lambda T: formulas.symmetric_of_rank(s, T), scalings)


_NOTHING = _Form(0, lambda T: 0, 0)
_KEY = _Form(1, lambda T: T, 1)


def _ranks(network: AttentionArchitecture) -> tuple[int, ...]:
    return tuple(accumulate(network.widths, min))


def _forms(network: AttentionArchitecture, collapse: bool) -> list[_Form]:
    """What the scores of each layer show; with `collapse`, only what is left of it after a layer of rank 1."""
    if network.is_constant:
        return [_NOTHING] * network.depth
    scalings = int(network.is_scalable)
    found, collapsed = [], collapse and network.tokens == 1
    for a, rank in zip(network.head_sizes, _ranks(network), strict=False):
        alpha = min(a, rank)
        if network.kind == "normalised" and collapse:
            found.append(_NOTHING if collapsed else _KEY if alpha == 1 else _bilinear(alpha, rank, 1))
        else:
            shape = _symmetric if collapsed else _bilinear
            found.append(shape(min(a, rank), rank, scalings))
        collapsed |= collapse and alpha == 1 and not network.causal and network.kind != "softmax"
    return found


@lru_cache(maxsize=4096)
def virtual_weights_dimension(network: AttentionArchitecture) -> int:
    """Return the number of virtual weights of a network with one head in every layer: a proved upper bound.

    With the values V_i and score matrices A_i, the function depends on M = V_l … V_1 and on the forms
    B_i = (V_{i-1} … V_1)^T A_i (V_{i-1} … V_1) only. The formula counts them: a flag of the spaces that later layers
    can see, of dimensions T_i; forms of rank α_i on them; M; less one scaling for each layer unless it is softmax.

    If the score matrix of a layer of lightning attention has rank 1, all its outputs are multiples of one vector; then
    later layers see the symmetric part of their forms only, as they do when there is one token. That collapse is what
    the equal-width formula misses. Normalised scores of rank 1 show their key only, and make all tokens equal.

    Parameters
    ----------
    network : AttentionArchitecture

    Returns
    -------
    int

    Raises
    ------
    InputError
        For several heads, or residual connections.

    Examples
    --------
    >>> [virtual_weights_dimension(AttentionArchitecture((3,) * 4, a)) for a in ((2, 2, 2), (1, 2, 2), (2, 1, 2))]
    [30, 23, 25]
    """
    return _virtual_weights(network, collapse=True)


def naive_dimension(network: AttentionArchitecture) -> int:
    """Return the count of virtual weights that overlooks the collapse: the equal-width formula for all widths.

    Parameters
    ----------
    network : AttentionArchitecture

    Returns
    -------
    int

    Raises
    ------
    InputError
        For several heads, or residual connections.

    Examples
    --------
    >>> network = AttentionArchitecture((3, 3, 3), (1, 2))
    >>> naive_dimension(network), virtual_weights_dimension(network)
    (20, 18)
    """
    return _virtual_weights(network, collapse=False)


def _virtual_weights(network: AttentionArchitecture, collapse: bool) -> int:
    if not network.is_single_headed or network.residual:
        raise InputError("network", network.label, "one with a single head in every layer and no residual connections")
    ranks, forms = _ranks(network), _forms(network, collapse)

    # From the output down: what later layers see of the tokens before a layer.
    seen = [ranks[-1]]
    for rank, form in zip(ranks[-2:0:-1], forms[:0:-1], strict=True):
        seen.append(min(rank, seen[-1] + form.seen))
    T = [network.widths[0], *seen[:0:-1]]

    # A flag of these spaces, the product of all values on the last one, and forms on each.
    flags = sum(after * (before - after) for before, after in pairwise(T))
    product = ranks[-1] * (T[-1] + network.widths[-1] - ranks[-1])
    counted = [form.count(t) - form.scalings for form, t in zip(forms, T, strict=True)]
    return flags + product + sum(counted)


def one_layer_bounds(
    width: int, after: int, head_size: int, heads: int, tokens: int = 2, score_power: int = 1, unseen: int = 0
) -> dict[str, int]:
    """Return proved upper bounds, by name, for the dimension of one layer of lightning or polynomial attention.

    Parameters
    ----------
    width, after : int
        Widths d and d' of the tokens before and after the layer.
    head_size, heads : int
    tokens : int
        One token is a family of its own; two and more are alike.
    score_power : int
        r, the power of the scores.
    unseen : int
        Dimension of a space of score matrices (of one token: symmetric ones) that the inputs of the layer do not
        show, see `tensors.attention.functions.unseen.unseen_scores`.

    Returns
    -------
    dict
        ``"heads"``, ``"matrix-rank"``, ``"ambient"``, ``"common-subspace"`` (one output, H < d) and ``"mixing"`` (one
        output, H <= d, r = 1, two tokens); `algebra.evidence.checker.attention_counts` has the formulas and says why.

    Raises
    ------
    InputError
        For an integer below 1.

    Examples
    --------
    >>> one_layer_bounds(4, 1, 3, 3)
    {'heads': 54, 'matrix-rank': 51, 'ambient': 40, 'common-subspace': 39, 'mixing': 48}
    """
    names = ("width", "after", "head_size", "heads", "tokens", "score_power")
    values = (width, after, head_size, heads, tokens, score_power)
    d, out, a, H, n, r = (as_integer(name, value, 1) for name, value in zip(names, values, strict=True))
    return dict(_one_layer_bounds((d, out), a, H, n == 1, r, unseen, binomial))


_one_layer_bounds = lru_cache(maxsize=4096)(formulas.one_layer_bounds)
"""The same, kept: the networks of a table share most of their layers."""


def one_layer_dimension(
    width: int, after: int, head_size: int, heads: int, tokens: int = 2, score_power: int = 1
) -> int:
    """Return the least of `one_layer_bounds`: for lightning attention and n >= 2, the dimension in all known cases.

    Parameters
    ----------
    width, after : int
        d, of the tokens before the layer, and of those after it.
    head_size : int
    heads : int
    tokens : int
    score_power : int
        1: lightning attention.

    Returns
    -------
    int

    Examples
    --------
    >>> [one_layer_dimension(4, 1, 2, h) for h in (1, 2, 3, 4)]
    [15, 30, 39, 40]
    """
    return min(one_layer_bounds(width, after, head_size, heads, tokens, score_power).values())


def layered_dimension(widths: Sequence[int], one_layer: Sequence[int]) -> int:
    """Return the sum of the layers' dimensions less the squares of the hidden widths (changes of hidden bases).

    Examples
    --------
    >>> layered_dimension((3, 3, 3), (26, 26))
    43
    """
    return sum(one_layer) - sum(w * w for w in widths[1:-1])
