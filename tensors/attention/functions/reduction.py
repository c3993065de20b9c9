"""Widths and head sizes that a network's functions can show: everything beyond them is invisible."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from algebra.evidence.checker.attention_counts import enough_rank
from tensors.attention.functions.architecture import AttentionArchitecture, Shape
from tensors.attention.functions.gram import output_forms


def counted_widths(network: AttentionArchitecture) -> tuple[int, ...]:
    """Return f_i = min(d_i, H_i f_{i-1}): the outputs lie in the column space of all values side by side.

    Examples
    --------
    >>> counted_widths(AttentionArchitecture((2, 9, 9), 1, 2))
    (2, 4, 8)
    """
    if network.residual:
        return network.widths
    found = [network.widths[0]]
    for shape in network.shapes:
        found.append(min(shape.after, shape.heads * found[-1]))
    return tuple(found)


@lru_cache(maxsize=4096)
def forward_widths(network: AttentionArchitecture) -> tuple[int, ...]:
    """Return the dimensions of the spaces in which the tokens of each layer lie.

    They are at most those of `counted_widths`. The outputs of a layer are also a matrix times the vector of all
    functions that its coordinates can be (`output_forms`), of this layer's tokens or of the network's: its column
    space has no greater dimension than that vector.

    Examples
    --------
    >>> forward_widths(AttentionArchitecture((2, 9, 9), 1, 2)), forward_widths(AttentionArchitecture((2, 9, 9), 1, 9))
    ((2, 4, 8), (2, 6, 9))
    """
    if network.residual:
        return network.widths
    first, found = network.widths[0], [network.widths[0]]
    for i, shape in enumerate(network.shapes):
        alone = output_forms(network, found[-1], 1, seen_tokens(network, i))
        whole = output_forms(network, first, i + 1, network.tokens)
        found.append(min(shape.after, shape.heads * found[-1], *(n for n in (alone, whole) if n is not None)))
    return tuple(found)


def seen_tokens(network: AttentionArchitecture, i: int) -> int:
    """Return 1 if all tokens that enter layer i are multiples of one vector, else the number of tokens.

    That is so after a single head of lightning or polynomial attention whose scores have rank 1. Being homogeneous in
    the query token, the function from there on is that of one token then.

    Examples
    --------
    >>> [seen_tokens(AttentionArchitecture((3, 3, 3), (1, 2), heads), 1) for heads in (1, 2)]
    [1, 2]
    """
    if not network.is_polynomial or network.causal or network.residual:
        return network.tokens
    return 1 if any(shape.heads == shape.rank == 1 for shape in network.shapes[:i]) else network.tokens


def visible_widths(network: AttentionArchitecture, spaces: tuple[int, ...] | None = None) -> tuple[int, ...]:
    """Return w_0 … w_l: hidden widths as far as the later layers can see them.

    A layer looks at its tokens through its keys, queries and values only: through H (w + 2a) linear forms if w is
    what is seen of its outputs. The last width is left as it is. Tokens lie in spaces of dimensions `spaces`, by
    default `forward_widths`.

    Examples
    --------
    >>> visible_widths(AttentionArchitecture((8, 6, 1), (2, 1)))
    (8, 3, 1)
    """
    found = list(forward_widths(network) if spaces is None else spaces)
    found[-1] = network.widths[-1]
    if network.residual:
        return tuple(found)
    for i in range(network.depth - 1, 0, -1):
        after = network.shapes[i]
        seen = found[i + 1] + (0 if network.is_constant else 2 * after.head_size)
        found[i] = min(found[i], after.heads * seen)
    return tuple(found)


@lru_cache(maxsize=4096)
def reduced(network: AttentionArchitecture) -> AttentionArchitecture:
    """Return the smallest network of the same shape with the same set of functions, by `visible_widths`.

    Every function of the given network is one of the reduced network (choose bases of the spaces in which tokens lie
    and of the forms that look at them), and conversely (fill up with zeros). Several heads of lightning attention need
    no greater head size than `enough_rank`: general functions are the same, over the complex numbers.

    Examples
    --------
    >>> reduced(AttentionArchitecture((8, 6, 1), (2, 7))).label
    'attention:lightning:8-6-1:a2-6:n2'
    """
    widths = visible_widths(network)
    sizes = tuple(
        min(a, before if network.kind != "lightning" else enough_rank(before, h))
        for a, h, (before, _) in zip(network.head_sizes, network.heads, pairwise(widths), strict=True)
    )
    if (widths, sizes) == (network.widths, network.head_sizes):
        return network
    return network.changed(widths=widths, head_sizes=sizes)


def few_tokens(network: AttentionArchitecture) -> AttentionArchitecture:
    """Return the network with at most two tokens, if tokens that are 0 change nothing for the others.

    Examples
    --------
    >>> few_tokens(AttentionArchitecture((3, 3), 2, tokens=50)).tokens
    2
    """
    if not network.is_polynomial or network.tokens <= 2:
        return network
    return network.changed(tokens=2)


@lru_cache(maxsize=4096)
def gauge_fixed(network: AttentionArchitecture) -> int:
    """Return the number of weights of a reduced network, less the symmetries that are always there.

    General weights can be moved, layer by layer, so that a square block of each K is the identity (a change of basis
    of the head), an entry of each Q is 1 unless it is softmax (a factor moves from the scores to the values), and the
    first columns of the values side by side are the identity (a change of basis of the hidden tokens; not with
    residual connections). Normalised scores of rank 1 do not depend on Q at all. What is left free gives every
    function, up to closure: a proved upper bound of the dimension.

    Parameters
    ----------
    network : AttentionArchitecture
        As `reduced` returns it.

    Returns
    -------
    int

    Examples
    --------
    >>> [gauge_fixed(AttentionArchitecture((3, 3, 3), 2, kind=kind)) for kind in ("lightning", "softmax")]
    [23, 25]
    """
    layers = sum(s.heads * (_scores(network, s) + s.before * s.after) for s in network.shapes)
    return layers - (0 if network.residual else sum(w * w for w in network.widths[1:-1]))


def _scores(network: AttentionArchitecture, shape: Shape) -> int:
    if network.kind == "normalised" and shape.rank == 1:
        return shape.before - 1
    return shape.rank * (2 * shape.before - shape.rank) - network.is_scalable
