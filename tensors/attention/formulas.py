"""What formulas say of dimensions of attention varieties: the published one, the naive one, and proved counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.errors import as_integer
from tensors.attention.functions.counts import (
    layered_dimension,
    naive_dimension,
    one_layer_dimension,
    virtual_weights_dimension,
)
from tensors.attention.functions.reduction import counted_widths, gauge_fixed, visible_widths

if TYPE_CHECKING:
    from tensors.attention.functions.architecture import AttentionArchitecture


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

    Returns
    -------
    int

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


def formula_values(network: AttentionArchitecture) -> dict[str, int | None]:
    """Return what each formula says of a network; None where it does not speak of it.

    ``"equal-width"``: the published formula (and conjecture for softmax), for lightning and softmax attention of one
    head, equal widths and head sizes, and two tokens or more. ``"naive"``: the same count for all widths, overlooking
    the collapse. ``"virtual-weights"``: the proved bound that is conjectured to be the dimension. ``"layers"``: the sum
    over the layers, each by `one_layer_dimension` (by its own count for softmax), less the hidden bases, for several
    heads; a proved bound for softmax, for lightning attention with few exceptions right.

    Parameters
    ----------
    network : AttentionArchitecture

    Returns
    -------
    dict of str to (int or None)

    Examples
    --------
    >>> from tensors.attention import AttentionNetwork
    >>> formula_values(AttentionNetwork((3, 3, 3), (1, 1)))
    {'equal-width': 17, 'naive': 17, 'virtual-weights': 17, 'layers': 17}
    """
    values: dict[str, int | None] = dict.fromkeys(("equal-width", "naive", "virtual-weights", "layers"))
    if network.residual:
        return values
    if network.is_single_headed:
        values |= {"naive": naive_dimension(network), "virtual-weights": virtual_weights_dimension(network)}
    if _is_published(network):
        values["equal-width"] = _equal_width(network)
    values["layers"] = _layers_formula(network)
    return values


def published_count(network: AttentionArchitecture) -> tuple[int | None, str | None]:
    """Return the count of virtual weights as the literature has it, and which formula gives it.

    ``"equal-width"`` where that speaks of the network, else ``"naive"`` for one head; ``"heads"`` for one layer of
    several: their number times the count for one. None beyond.

    Parameters
    ----------
    network : AttentionArchitecture

    Returns
    -------
    (int or None, str or None)

    Examples
    --------
    >>> from tensors.attention import AttentionNetwork
    >>> published_count(AttentionNetwork((3, 3, 3), (1, 2))), published_count(AttentionNetwork((3, 1), 1, 3))
    ((20, 'naive'), (21, 'heads'))
    """
    if network.residual:
        return None, None
    if _is_published(network):
        return _equal_width(network), "equal-width"
    if network.is_single_headed:
        return naive_dimension(network), "naive"
    if network.depth > 1:
        return None, None
    (shape,) = network.shapes
    head = shape.rank * (2 * shape.before - shape.rank) + shape.before * shape.after
    return shape.heads * (head - network.is_scalable), "heads"


def _is_published(network: AttentionArchitecture) -> bool:
    equal = len(set(network.widths)) == len(set(network.head_sizes)) == 1
    plain = network.is_single_headed and network.tokens > 1 and not network.causal
    return equal and plain and network.kind in ("lightning", "softmax")


def _equal_width(network: AttentionArchitecture) -> int:
    is_softmax = network.kind == "softmax"
    return equal_width_dimension(network.widths[0], network.head_sizes[0], network.depth, is_softmax)


def _layers_formula(network: AttentionArchitecture) -> int | None:
    widths = visible_widths(network, counted_widths(network))
    small = network.changed(widths=widths, head_sizes=tuple(map(min, network.head_sizes, widths)))
    if not network.is_polynomial:
        return None if network.is_constant else gauge_fixed(small)
    n, r = network.tokens, network.score_power
    parts = [one_layer_dimension(s.before, s.after, s.head_size, s.heads, n, r) for s in small.shapes]
    return layered_dimension(small.widths, parts)
