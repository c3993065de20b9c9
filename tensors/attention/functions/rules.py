"""Proved upper bounds for the dimension of an attention variety: one function a theorem, and all of them in a table."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from algebra.evidence.reason import Reason
from tensors.attention.functions.architecture import AttentionArchitecture
from tensors.attention.functions.blocks import (
    best_cuts,
    block_value,
    blocks,
    gram_forms,
    independent_outputs,
    layer_bounds,
    layer_values,
    shown_parts,
)
from tensors.attention.functions.counts import layered_dimension, virtual_weights_dimension
from tensors.attention.functions.reduction import gauge_fixed, reduced
from tensors.attention.functions.unseen import equal_tokens_dimension, hidden_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SENTENCES = {
    "gauge": "weights of the smallest network with the same functions, less the symmetries that are always there",
    "virtual-weights": "the function depends on the forms and the product that the weights give the inputs only",
    "linear": "all attention weights are 1: a product of matrices",
    "heads": "as many times the dimension of one head",
    "matrix-rank": "sums of products of values and forms, as matrices of bounded rank",
    "ambient": "the space of coefficients",
    "common-subspace": "forms in the ideal of as many linear forms as there are heads",
    "mixing": "changes of two score matrices that cancel",
    "layers": "sum over the layers, less the changes of hidden bases",
    "blocks": "sum over blocks of layers, less the changes of the bases between them",
    "unseen-scores": "weights and symmetries, less what the tokens' shape hides of the score matrices",
    "gram-forms": "outputs are forms in the Gram matrix of the tokens, times the tokens",
    "equal-tokens": "all tokens are equal after scores of rank 1: what follows is one matrix",
}
"""What each bound says, by its name."""


def gauge(network: AttentionArchitecture, small: AttentionArchitecture) -> Iterator[Reason]:
    """Count weights and symmetries; see `gauge_fixed`."""
    yield Reason("gauge", gauge_fixed(small), note=_shown_widths(network, small))


def constant_weights(network: AttentionArchitecture, small: AttentionArchitecture) -> Iterator[Reason]:
    """Where all attention weights are 1, count matrices of bounded rank."""
    if network.is_constant:
        rank = min(network.widths)
        yield Reason("linear", rank * (network.widths[0] + network.widths[-1] - rank))


def virtual_weights(network: AttentionArchitecture, small: AttentionArchitecture) -> Iterator[Reason]:
    """Count virtual weights; see `virtual_weights_dimension`."""
    if network.is_single_headed and not network.residual:
        yield Reason("virtual-weights", virtual_weights_dimension(network))


def unseen_scores(network: AttentionArchitecture, small: AttentionArchitecture) -> Iterator[Reason]:
    """Count as `gauge` does, less what is unseen; see `hidden_scores`."""
    hidden = hidden_scores(small)
    if hidden > 0:
        yield Reason("unseen-scores", gauge_fixed(small) - hidden, note=_shown_widths(network, small))


def equal_tokens(network: AttentionArchitecture, small: AttentionArchitecture) -> Iterator[Reason]:
    """Count one matrix on equal tokens; see `equal_tokens_dimension`."""
    value = equal_tokens_dimension(small)
    if value is not None:
        yield Reason("equal-tokens", value, note=_shown_widths(network, small))


def one_layer(network: AttentionArchitecture, small: AttentionArchitecture) -> Iterator[Reason]:
    """Return all bounds of a single layer; see `one_layer_bounds`."""
    if network.is_polynomial and network.depth == 1:
        yield from (Reason(name, value) for name, value in layer_bounds(network, 0).items())


def ambient(network: AttentionArchitecture, small: AttentionArchitecture) -> Iterator[Reason]:
    """Count the coefficients of several layers; see `AttentionArchitecture.ambient_dimension`."""
    value = network.ambient_dimension if network.depth > 1 else None
    if value is not None:
        yield Reason("ambient", value)


def gram(network: AttentionArchitecture, small: AttentionArchitecture) -> Iterator[Reason]:
    """Count forms in the Gram matrix of the tokens; see `gram_forms`."""
    value = gram_forms(network) if network.is_polynomial and network.depth > 1 else None
    if value is not None:
        yield Reason("gram-forms", value)


def sum_of_layers(network: AttentionArchitecture, small: AttentionArchitecture) -> Iterator[Reason]:
    """With residual connections, add up the bounds of the layers; no change of a hidden basis is free."""
    if network.is_polynomial and network.depth > 1 and network.residual:
        parts = layer_values(small)
        yield Reason("layers", sum(parts), note=shown_parts(parts))


def sum_of_blocks(network: AttentionArchitecture, small: AttentionArchitecture) -> Iterator[Reason]:
    """Add up the bounds of blocks of layers, less the changes of the bases between them, where these act freely."""
    yield from (bound for bound in _sums(small) if _act_freely(small, bound))


@lru_cache(maxsize=4096)
def _sums(small: AttentionArchitecture) -> tuple[Reason, ...]:
    """Return the sums of bounds of blocks, which hold if changes of the bases between the blocks act freely."""
    if not small.is_polynomial or small.depth == 1 or small.residual:
        return ()

    # The blocks with the least sum, and all layers by themselves: their outputs may be seen to be independent when
    # those of larger blocks are not.
    sums = []
    for cuts in dict.fromkeys((best_cuts(small), tuple(range(1, small.depth)))):
        ends = (0, *cuts, small.depth)
        found = [block_value(small, *pair) for pair in pairwise(ends)]
        parts = [value for value in found if value is not None]
        assert len(parts) == len(found), "cuts are chosen among blocks with a bound"
        name = "layers" if len(parts) == small.depth else "blocks"
        value = layered_dimension([small.widths[i] for i in ends], parts)
        sums.append(Reason(name, value, details=(("cuts", cuts),), note=shown_parts(parts)))
    return tuple(sums)


def _act_freely(small: AttentionArchitecture, bound: Reason) -> bool:
    """Whether the outputs of all blocks of a sum but the last are seen to be independent."""
    return all(independent_outputs(block) for block in blocks(small, bound.detail("cuts"))[:-1])


def _shown_widths(network: AttentionArchitecture, small: AttentionArchitecture) -> str:
    return "" if small == network else f"widths {', '.join(map(str, small.widths))}"


COUNTS: tuple[Callable[[AttentionArchitecture, AttentionArchitecture], Iterator[Reason]], ...] = (
    gauge,
    constant_weights,
    virtual_weights,
    unseen_scores,
    equal_tokens,
    one_layer,
    ambient,
    gram,
    sum_of_layers,
)
"""Theorems that only count: what each says of a network, given also as `reduced` returns it; perhaps nothing."""

RULES = (*COUNTS, sum_of_blocks)
"""All theorems; whether a sum over blocks holds costs a rank."""


def upper_bounds(network: AttentionArchitecture) -> tuple[Reason, ...]:
    """Return all upper bounds that apply to a network, the least first.

    Examples
    --------
    >>> [(b.rule, b.value) for b in upper_bounds(AttentionArchitecture((3, 3), 2, 3))]
    [('matrix-rank', 45), ('gauge', 48), ('heads', 48), ('ambient', 54)]
    """
    small = reduced(network)
    found = [bound for rule in RULES for bound in rule(network, small)]
    return tuple(sorted(found, key=lambda bound: bound.value))


@lru_cache(maxsize=4096)
def upper_bound(network: AttentionArchitecture) -> Reason:
    """Return the least of all upper bounds.

    Examples
    --------
    >>> explanation(upper_bound(AttentionArchitecture((3, 3, 3), 2, 3)))
    '81 >= dim: layers, sum over the layers, less the changes of hidden bases (layers 45, 45)'
    """
    small = reduced(network)
    least = min((bound for rule in COUNTS for bound in rule(network, small)), key=lambda bound: bound.value)

    # Only sums that are less are asked whether they hold.
    for bound in _sums(small):
        if bound.value < least.value and _act_freely(small, bound):
            least = bound
    return least


def explanation(bound: Reason) -> str:
    """Return a bound and its argument as text."""
    shown = f" ({bound.note})" if bound.note else ""
    return f"{bound.value} >= dim: {bound.rule}, {SENTENCES[bound.rule]}{shown}"
