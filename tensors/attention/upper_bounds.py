"""Proved upper bounds for the dimension of an attention variety, each by name."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from algebra.evidence.reason import Reason
from tensors.attention.blocks import (
    best_cuts,
    block_value,
    blocks,
    gram_forms,
    independent_outputs,
    layer_bounds,
    layer_values,
    shown_parts,
)
from tensors.attention.formulas import layered_dimension, virtual_weights_dimension
from tensors.attention.reduction import gauge_fixed, reduced
from tensors.attention.unseen import equal_tokens_dimension, seen_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensors.attention.network import AttentionNetwork

REASONS = {
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


def upper_bounds(network: AttentionNetwork) -> tuple[Reason, ...]:
    """Return all upper bounds that apply to a network, the least first.

    Examples
    --------
    >>> from tensors.attention.network import AttentionNetwork
    >>> [(b.rule, b.value) for b in upper_bounds(AttentionNetwork((3, 3), 2, 3))]
    [('matrix-rank', 45), ('gauge', 48), ('heads', 48), ('ambient', 54)]
    """
    return tuple(sorted(_all(network), key=lambda bound: bound.value))


@lru_cache(maxsize=4096)
def upper_bound(network: AttentionNetwork) -> Reason:
    """Return the least of all upper bounds.

    Examples
    --------
    >>> from tensors.attention.network import AttentionNetwork
    >>> explanation(upper_bound(AttentionNetwork((3, 3, 3), 2, 3)))
    '81 >= dim: layers, sum over the layers, less the changes of hidden bases (layers 45, 45)'
    """
    return upper_bounds(network)[0]


def explanation(bound: Reason) -> str:
    """Return a bound and its argument as text."""
    shown = f" ({bound.note})" if bound.note else ""
    return f"{bound.value} >= dim: {bound.rule}, {REASONS[bound.rule]}{shown}"


def _all(network: AttentionNetwork) -> Iterator[Reason]:
    small = reduced(network)
    shown = "" if small == network else f"widths {', '.join(map(str, small.widths))}"
    yield Reason("gauge", gauge_fixed(small), note=shown)
    if network.is_constant:
        rank = min(network.widths)
        yield Reason("linear", rank * (network.widths[0] + network.widths[-1] - rank))
    if network.is_single_headed and not network.residual:
        yield Reason("virtual-weights", virtual_weights_dimension(network))
    if seen_weights(small) < gauge_fixed(small):
        yield Reason("unseen-scores", seen_weights(small), note=shown)
    equal = equal_tokens_dimension(small)
    if equal is not None:
        yield Reason("equal-tokens", equal, note=shown)
    if network.kind not in ("lightning", "polynomial"):
        return
    if network.depth == 1:
        yield from (Reason(rule, value) for rule, value in layer_bounds(network, 0).items())
    else:
        yield from _deep(network, small)


def _deep(network: AttentionNetwork, small: AttentionNetwork) -> Iterator[Reason]:
    if network.ambient_dimension is not None:
        yield Reason("ambient", network.ambient_dimension)
    forms = gram_forms(network)
    if forms is not None:
        yield Reason("gram-forms", forms)
    if network.residual:
        parts = layer_values(small)
        yield Reason("layers", sum(parts), note=shown_parts(parts))
        return
    cuts = best_cuts(small)
    for tried in dict.fromkeys((cuts, tuple(range(1, small.depth)))):
        if all(independent_outputs(block) for block in blocks(small, tried)[:-1]):
            found = [block_value(small, *ends) for ends in pairwise((0, *tried, small.depth))]
            parts = [value for value in found if value is not None]
            assert len(parts) == len(found), "cuts are chosen among blocks with a bound"
            rule = "layers" if len(parts) == small.depth else "blocks"
            value = layered_dimension([small.widths[i] for i in (0, *tried, small.depth)], parts)
            yield Reason(rule, value, details=(("cuts", tried),), note=shown_parts(parts))
