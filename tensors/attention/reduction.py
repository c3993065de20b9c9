"""Widths and head sizes that a network's functions can show: everything beyond them is invisible."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from typing import Any

from tensors.attention.network import AttentionNetwork, Shape


def forward_widths(network: AttentionNetwork) -> tuple[int, ...]:
    """Return the dimensions of the spaces in which the tokens of each layer lie.

    The outputs of a layer lie in the column space of its values side by side; f_i = min(d_i, H_i f_{i-1}).

    Examples
    --------
    >>> forward_widths(AttentionNetwork((2, 9, 9), 1, 2))
    (2, 4, 8)
    """
    if network.residual:
        return network.widths
    found = [network.widths[0]]
    for shape in network.shapes:
        found.append(min(shape.after, shape.heads * found[-1]))
    return tuple(found)


def visible_widths(network: AttentionNetwork) -> tuple[int, ...]:
    """Return w_0 … w_l: hidden widths as far as the later layers can see them.

    A layer looks at its tokens through its keys, queries and values only: through H (w + 2a) linear forms if w is
    what is seen of its outputs. The last width is left as it is.

    Examples
    --------
    >>> visible_widths(AttentionNetwork((8, 6, 1), (2, 1)))
    (8, 3, 1)
    """
    found = list(forward_widths(network))
    found[-1] = network.widths[-1]
    if network.residual:
        return tuple(found)
    for i in range(network.depth - 1, 0, -1):
        after = network.shapes[i]
        seen = found[i + 1] + (0 if network.is_constant else 2 * after.head_size)
        found[i] = min(found[i], after.heads * seen)
    return tuple(found)


def reduced(network: AttentionNetwork) -> AttentionNetwork:
    """Return the smallest network of the same shape with the same set of functions, by `visible_widths`.

    Every function of the given network is one of the reduced network (choose bases of the spaces in which tokens lie
    and of the forms that look at them), and conversely (fill up with zeros).

    Examples
    --------
    >>> reduced(AttentionNetwork((8, 6, 1), (2, 7))).label
    'attention:lightning:8-6-1:a2-6:n2'
    """
    widths = visible_widths(network)
    sizes = [min(a, before) for a, (before, _) in zip(network.head_sizes, pairwise(widths), strict=True)]
    return replaced(network, widths=widths, head_sizes=sizes)


def replaced(network: AttentionNetwork, **changes: Any) -> AttentionNetwork:
    """Return the network with some arguments changed.

    Examples
    --------
    >>> replaced(AttentionNetwork((3, 3), 2), tokens=5).label
    'attention:lightning:3-3:a2:n5'
    """
    kept = {field.name: getattr(network, field.name) for field in fields(network)}
    return AttentionNetwork(**kept | changes)


def few_tokens(network: AttentionNetwork) -> AttentionNetwork:
    """Return the network with at most two tokens, if tokens that are 0 change nothing for the others.

    Examples
    --------
    >>> few_tokens(AttentionNetwork((3, 3), 2, tokens=50)).tokens
    2
    """
    if network.kind not in ("lightning", "polynomial") or network.tokens <= 2:
        return network
    return replaced(network, tokens=2)


def gauge_fixed(network: AttentionNetwork) -> int:
    """Return the number of weights of a reduced network, less the symmetries that are always there.

    General weights can be moved, layer by layer, so that a square block of each K is the identity (a change of basis
    of the head), an entry of each Q is 1 unless it is softmax (a factor moves from the scores to the values), and the
    first columns of the values side by side are the identity (a change of basis of the hidden tokens; not with
    residual connections). Normalised scores of rank 1 do not depend on Q at all. What is left free gives every
    function, up to closure: a proved upper bound of the dimension.

    Parameters
    ----------
    network : AttentionNetwork
        As `reduced` returns it.

    Examples
    --------
    >>> gauge_fixed(AttentionNetwork((3, 3, 3), 2)), gauge_fixed(AttentionNetwork((3, 3, 3), 2, kind="softmax"))
    (23, 25)
    """
    layers = sum(s.heads * (_scores(network, s) + s.before * s.after) for s in network.shapes)
    return layers - (0 if network.residual else sum(w * w for w in network.widths[1:-1]))


def _scores(network: AttentionNetwork, shape: Shape) -> int:
    if network.kind == "normalised" and shape.rank == 1:
        return shape.before - 1
    return shape.rank * (2 * shape.before - shape.rank) - network.is_scalable
