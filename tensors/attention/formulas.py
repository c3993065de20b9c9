"""Dimensions of attention varieties by formula: the published one, the naive one, and counts that are proved bounds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import comb
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tensors.attention.network import AttentionNetwork


def equal_width_dimension(width: int, head_size: int, depth: int, softmax: bool = False) -> int:
    """Return the published dimension of single-headed networks of equal widths d and head sizes a.

    l α(2d - α) + d^2 - l with α = min(a, d), for lightning attention; without the last term it is the authors'
    conjecture for softmax. For lightning it fails from two layers on when the head size is 1 and α(2d - α) is more
    than what the symmetric part of a score matrix carries; see `virtual_weights_dimension`.

    Parameters
    ----------
    width, head_size, depth : int
        Each at least 1.
    softmax : bool

    Raises
    ------
    InputError
        For an integer below 1.

    References
    ----------
    .. [1] N. W. Henry, G. L. Marchetti, K. Kohn, Geometry of lightning self-attention: identifiability and dimension,
       ICLR 2025, arXiv:2408.17221.

    Examples
    --------
    >>> equal_width_dimension(3, 2, 2), equal_width_dimension(3, 2, 2, softmax=True)
    (23, 25)
    """
    d, a, depth = (as_integer(n, v, 1) for n, v in (("width", width), ("head_size", head_size), ("depth", depth)))
    alpha = min(a, d)
    return depth * alpha * (2 * d - alpha) + d * d - (0 if softmax else depth)


@dataclass(frozen=True)
class _Form:
    """What a layer's scores show: linear forms in the tokens, dimension of the family on T of them, scalings."""

    seen: int
    count: Callable[[int], int]
    scalings: int


def _bilinear(alpha: int, rank: int, scalings: int) -> _Form:
    return _Form(min(2 * alpha, rank), lambda T: alpha * (2 * T - alpha), scalings)


def _symmetric(alpha: int, rank: int, scalings: int) -> _Form:
    s = min(2 * alpha, rank)
    return _Form(s, lambda T: s * (2 * T - s + 1) // 2, scalings)


_NOTHING = _Form(0, lambda T: 0, 0)
_KEY = _Form(1, lambda T: T, 1)


def _ranks(network: AttentionNetwork) -> tuple[int, ...]:
    return tuple(accumulate(network.widths, min))


def _forms(network: AttentionNetwork, collapse: bool) -> list[_Form]:
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


def virtual_weights_dimension(network: AttentionNetwork) -> int:
    """Return the number of virtual weights of a network with one head in every layer: a proved upper bound.

    With the values V_i and score matrices A_i, the function depends on M = V_l … V_1 and on the forms
    B_i = (V_{i-1} … V_1)^T A_i (V_{i-1} … V_1) only. The formula counts them: a flag of the spaces that later layers
    can see, of dimensions T_i; forms of rank α_i on them; M; less one scaling for each layer unless it is softmax.

    If the score matrix of a layer of lightning attention has rank 1, all its outputs are multiples of one vector; then
    later layers see the symmetric part of their forms only, as they do when there is one token. That collapse is what
    the equal-width formula misses. Normalised scores of rank 1 show their key only, and make all tokens equal.

    Raises
    ------
    InputError
        For several heads, or residual connections.

    Examples
    --------
    >>> from tensors.attention.network import AttentionNetwork
    >>> [virtual_weights_dimension(AttentionNetwork((3,) * 4, a)) for a in ((2, 2, 2), (1, 2, 2), (2, 1, 2))]
    [30, 23, 25]
    """
    return _virtual_weights(network, collapse=True)


def naive_dimension(network: AttentionNetwork) -> int:
    """Return the count of virtual weights that overlooks the collapse: the equal-width formula for all widths.

    Raises
    ------
    InputError
        For several heads, or residual connections.

    Examples
    --------
    >>> from tensors.attention.network import AttentionNetwork
    >>> network = AttentionNetwork((3, 3, 3), (1, 2))
    >>> naive_dimension(network), virtual_weights_dimension(network)
    (20, 18)
    """
    return _virtual_weights(network, collapse=False)


def _virtual_weights(network: AttentionNetwork, collapse: bool) -> int:
    if not network.is_single_headed or network.residual:
        raise InputError("network", network.label, "one with a single head in every layer and no residual connections")
    ranks, forms = _ranks(network), _forms(network, collapse)
    T = [ranks[-1]]
    for rank, form in zip(ranks[-2:0:-1], forms[:0:-1], strict=True):
        T.append(min(rank, T[-1] + form.seen))
    T = [network.widths[0], *T[:0:-1]]
    flags = sum(after * (before - after) for before, after in pairwise(T))
    product = ranks[-1] * (T[-1] + network.widths[-1] - ranks[-1])
    return flags + product + sum(form.count(t) - form.scalings for form, t in zip(forms, T, strict=True))


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
        show, see `tensors.attention.unseen.unseen_scores`.

    Returns
    -------
    dict
        ``"heads"``: H times the dimension of one head. ``"matrix-rank"``: matrices of rank at most H, as the sums of
        vec(V) vec(A)^T are (forms of bidegree (r, r) in place of A). ``"ambient"``: the space of coefficients.
        ``"common-subspace"`` (one output, H < d): a form in the ideal of H linear forms. ``"mixing"`` (one output,
        H <= d, r = 1, two tokens): A_1 + v_2 w^T and A_2 - v_1 w^T give the same function, for w in both row spaces.

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
    alpha, s = min(a, d), min(2 * a, d)
    attending = comb(d + r - 1, r)
    family = alpha * (2 * d - alpha) if n > 1 else s * (2 * d - s + 1) // 2
    forms = attending**2 if n > 1 else comb(d + 2 * r - 1, 2 * r)
    mixing = H * (family + d * out - 1) - comb(H, 2) * max(0, 2 * alpha - d)
    family = min(family, (d * d if n > 1 else comb(d + 1, 2)) - unseen)
    forms -= unseen if r == 1 else 0
    least = min(H, d * out, forms)
    bounds = {"heads": H * (family + d * out - 1), "matrix-rank": least * (d * out + forms - least)}

    def cubics(variables: int) -> int:
        return comb(variables + r, r + 1) * attending if n > 1 else comb(variables + 2 * r, 2 * r + 1)

    bounds["ambient"] = out * cubics(d)
    if out == 1 and d > H:
        bounds["common-subspace"] = H * (d - H) + cubics(d) - cubics(d - H)
    if out == 1 and d >= H and r == 1 and n > 1:
        bounds["mixing"] = mixing
    return bounds


def one_layer_dimension(
    width: int, after: int, head_size: int, heads: int, tokens: int = 2, score_power: int = 1
) -> int:
    """Return the least of `one_layer_bounds`: for lightning attention and n >= 2, the dimension in all known cases.

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


def formula_values(network: AttentionNetwork) -> dict[str, int | None]:
    """Return what each formula says of a network; None where it does not speak of it.

    ``"equal-width"``: the published formula (and conjecture for softmax), for lightning and softmax attention of one
    head, equal widths and head sizes, and two tokens or more. ``"naive"``: the same count for all widths, overlooking
    the collapse. ``"virtual-weights"``: the proved bound that is conjectured to be the dimension. ``"layers"``: the sum
    over the layers, each by `one_layer_dimension` (by its own count for softmax), less the hidden bases, for several
    heads; a proved bound for softmax, for lightning attention with few exceptions right.

    Examples
    --------
    >>> from tensors.attention.network import AttentionNetwork
    >>> formula_values(AttentionNetwork((3, 3, 3), (1, 1)))
    {'equal-width': 17, 'naive': 17, 'virtual-weights': 17, 'layers': 17}
    """
    values: dict[str, int | None] = dict.fromkeys(("equal-width", "naive", "virtual-weights", "layers"))
    if network.residual:
        return values
    if network.is_single_headed:
        values |= {"naive": naive_dimension(network), "virtual-weights": virtual_weights_dimension(network)}
    if _is_published(network):
        softmax = network.kind == "softmax"
        values["equal-width"] = equal_width_dimension(network.widths[0], network.head_sizes[0], network.depth, softmax)
    values["layers"] = _layers_formula(network)
    return values


def _is_published(network: AttentionNetwork) -> bool:
    equal = len(set(network.widths)) == len(set(network.head_sizes)) == 1
    plain = network.is_single_headed and network.tokens > 1 and not network.causal
    return equal and plain and network.kind in ("lightning", "softmax")


def _layers_formula(network: AttentionNetwork) -> int | None:
    from tensors.attention.reduction import counted_widths, gauge_fixed, replaced, visible_widths

    widths = visible_widths(network, counted_widths(network))
    small = replaced(network, widths=widths, head_sizes=list(map(min, network.head_sizes, widths)))
    if network.kind not in ("lightning", "polynomial"):
        return None if network.is_constant else gauge_fixed(small)
    n, r = network.tokens, network.score_power
    parts = [one_layer_dimension(s.before, s.after, s.head_size, s.heads, n, r) for s in small.shapes]
    return layered_dimension(small.widths, parts)
