"""Blocks of layers: bounds of each by itself, and when changes of the bases between them act freely."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.rank import DEFAULT_PRIME
from algebra.rank.field import PrimeField
from algebra.rank.modular_rank import rank_of_array
from tensors.attention.functions.architecture import AttentionArchitecture
from tensors.attention.functions.counts import one_layer_bounds, virtual_weights_dimension
from tensors.attention.functions.gram import output_forms
from tensors.attention.functions.reduction import few_tokens, forward_widths, reduced, seen_tokens
from tensors.attention.functions.residue_jacobian import draw_weights, every_pair, forward, samples_last
from tensors.attention.functions.unseen import unseen_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SLACK = 4
"""Samples beyond the number of outputs: a few unlucky ones do not hide that the outputs are independent."""

LOOK_BACK = 4
"""Layers of the longest block that is tried: the number of blocks grows with the depth only linearly then."""


def gram_forms(network: AttentionArchitecture) -> int | None:
    r"""Return the dimension of a variety that contains all functions of lightning attention, or None for other kinds.

    The coordinates of an output lie in a space of dimension W, see `tensors.attention.functions.gram`. The network
    looks at its input through :math:`s = \min(d_0, H_1 (w_1 + 2 a_1))` linear forms only, and its outputs lie in a
    space of dimension :math:`p = \min(f_l, W)`: subspaces of dimension s, W for tokens of width s, and matrices of
    rank p.

    Parameters
    ----------
    network : AttentionArchitecture

    Returns
    -------
    int or None
        None where `output_forms` knows no bound.

    Examples
    --------
    >>> gram_forms(AttentionArchitecture((2, 4, 2), (1, 3), 3, tokens=3))
    60
    >>> gram_forms(AttentionArchitecture((1, 2, 1), 1, 2))
    1
    """
    small = reduced(network)
    d, last, first = network.widths[0], network.widths[-1], small.shapes[0]
    seen = min(d, first.heads * (small.widths[1] + 2 * first.head_size))
    forms = output_forms(network, seen, network.depth, network.tokens)
    if forms is None:
        return None
    rank = min(forward_widths(network)[-1], forms)
    return seen * (d - seen) + rank * (last + forms - rank)


def layer_bounds(network: AttentionArchitecture, i: int) -> dict[str, int]:
    """Return proved upper bounds of the dimension of one layer, by name, see `one_layer_bounds`.

    What a layer does not show of its scores counts in the last layer only: in others, a change of the basis of their
    outputs might be unseen.
    """
    # a mask leaves these bounds valid: what is left of the outputs is a linear function of the same tensor
    shape, tokens = network.shapes[i], seen_tokens(network, i)
    unseen = unseen_scores(network, i) if i == network.depth - 1 else 0
    ends = (shape.before, shape.after)
    return one_layer_bounds(*ends, shape.head_size, shape.heads, tokens, network.score_power, unseen)


def layer_values(network: AttentionArchitecture) -> list[int]:
    """Return the least bound of each layer."""
    return [min(layer_bounds(network, i).values()) for i in range(network.depth)]


def block(network: AttentionArchitecture, start: int, end: int) -> AttentionArchitecture:
    """Return layers `start` to `end` - 1 as a network, of one token where all are multiples of one vector.

    Examples
    --------
    >>> block(AttentionArchitecture((2, 2, 3), 1, (1, 4), tokens=9), 1, 2).label
    'attention:lightning:2-3:a1:h4:n1'
    """
    return network.changed(
        widths=network.widths[start : end + 1],
        head_sizes=network.head_sizes[start:end],
        heads=network.heads[start:end],
        tokens=seen_tokens(network, start),
    )


def blocks(network: AttentionArchitecture, cuts: Sequence[int]) -> list[AttentionArchitecture]:
    """Return the blocks between the cuts, with at most two tokens where others may be 0."""
    return [few_tokens(block(network, *ends)) for ends in pairwise((0, *cuts, network.depth))]


@lru_cache(maxsize=4096)
def block_value(network: AttentionArchitecture, start: int, end: int) -> int | None:
    """Return the least bound of one block of a reduced network; None if none is known.

    Examples
    --------
    >>> network = AttentionArchitecture((2, 4, 1, 1), 1, 6, tokens=1)
    >>> block_value(network, 0, 2), block_value(network, 2, 3)
    (10, 1)
    """
    if end == start + 1:
        return min(layer_bounds(network, start).values())
    part = block(network, start, end)
    found = gram_forms(part)
    if part.is_single_headed:
        flags = virtual_weights_dimension(part)
        return flags if found is None else min(found, flags)
    return found


def best_cuts(network: AttentionArchitecture) -> tuple[int, ...]:
    """Return the cuts of a reduced network into two blocks or more for which the sum of the blocks' bounds is least.

    Examples
    --------
    >>> best_cuts(AttentionArchitecture((2, 4, 1, 1), 1, 6, tokens=1))
    (2,)
    >>> best_cuts(AttentionArchitecture((2, 2, 2, 2), 2, 2))
    (1, 2)
    """
    if network.depth == 2:
        return (1,)
    best: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    for end in range(1, network.depth + 1):
        found = []
        for start in range(end - 1, max(end - LOOK_BACK, 0) - 1, -1):
            value = block_value(network, start, end) if (start, end) != (0, network.depth) else None
            if value is not None:
                before, cuts = best[start]
                inner = (*cuts, start) if start else ()
                found.append((before + value - (network.widths[start] ** 2 if start else 0), inner))
        best.append(min(found, key=lambda pair: pair[0]))
    return best[-1][1]


def shown_parts(parts: Sequence[int]) -> str:
    """Return the parts of a sum as text."""
    return f"layers {', '.join(map(str, parts))}"


@lru_cache(maxsize=4096)
def independent_outputs(network: AttentionArchitecture) -> bool:
    """Tell whether the output coordinates of a general network are seen to be linearly independent modulo a prime.

    Changing the basis of its outputs then acts freely on its functions, and on those of this block and the next.

    Parameters
    ----------
    network : AttentionArchitecture
        Lightning or polynomial.

    Returns
    -------
    bool
        False proves nothing.

    Examples
    --------
    >>> [independent_outputs(AttentionArchitecture((2, width), 1, 2)) for width in (4, 9)]
    [True, False]
    """
    return rank_of_array(outputs_at(network), DEFAULT_PRIME) == network.widths[-1]


def outputs_key(network: AttentionArchitecture) -> str:
    """Key of the generator of the weights and samples at which outputs are seen to be independent."""
    return f"{network.label}/outputs"


def outputs_at(network: AttentionArchitecture) -> NDArray[Any]:
    """Return the outputs of a network at random samples, one row for each sample and query token."""
    field, key = PrimeField(DEFAULT_PRIME), outputs_key(network)
    samples = network.widths[-1] + SLACK
    X = samples_last(field.draw(key, "points", (samples, network.tokens, network.widths[0])))
    for weights in draw_weights(network, field, key, 1):
        _, X = forward(network, field, weights, X, every_pair(network), None)
    return np.asarray(X.swapaxes(-1, -3).reshape(-1, network.widths[-1]))
