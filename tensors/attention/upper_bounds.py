"""Proved upper bounds for the dimension of an attention variety, each by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

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


@dataclass(frozen=True)
class UpperBound:
    """A proved upper bound of the dimension: the name of its argument, its value, and what it was computed from.

    `cuts` are the layers at which the blocks begin that ``"layers"`` and ``"blocks"`` add up.
    """

    rule: str
    value: int
    details: str = ""
    cuts: tuple[int, ...] = ()

    def explain(self) -> str:
        """Return the bound and its argument as text."""
        shown = f" ({self.details})" if self.details else ""
        return f"{self.value} >= dim: {self.rule}, {REASONS[self.rule]}{shown}"


def upper_bounds(network: AttentionNetwork) -> tuple[UpperBound, ...]:
    """Return all upper bounds that apply to a network, the least first.

    Examples
    --------
    >>> from tensors.attention.network import AttentionNetwork
    >>> [(b.rule, b.value) for b in upper_bounds(AttentionNetwork((3, 3), 2, 3))]
    [('matrix-rank', 45), ('gauge', 48), ('heads', 48), ('ambient', 54)]
    """
    return tuple(sorted(_all(network), key=lambda bound: bound.value))


@lru_cache(maxsize=4096)
def upper_bound(network: AttentionNetwork) -> UpperBound:
    """Return the least of all upper bounds.

    Examples
    --------
    >>> from tensors.attention.network import AttentionNetwork
    >>> upper_bound(AttentionNetwork((3, 3, 3), 2, 3)).explain()
    '81 >= dim: layers, sum over the layers, less the changes of hidden bases (layers 45, 45)'
    """
    return upper_bounds(network)[0]


def _all(network: AttentionNetwork) -> Iterator[UpperBound]:
    small = reduced(network)
    shown = "" if small == network else f"widths {', '.join(map(str, small.widths))}"
    yield UpperBound("gauge", gauge_fixed(small), shown)
    if network.is_constant:
        rank = min(network.widths)
        yield UpperBound("linear", rank * (network.widths[0] + network.widths[-1] - rank))
    if network.is_single_headed and not network.residual:
        yield UpperBound("virtual-weights", virtual_weights_dimension(network))
    if seen_weights(small) < gauge_fixed(small):
        yield UpperBound("unseen-scores", seen_weights(small), shown)
    equal = equal_tokens_dimension(small)
    if equal is not None:
        yield UpperBound("equal-tokens", equal, shown)
    if network.kind not in ("lightning", "polynomial"):
        return
    if network.depth == 1:
        yield from (UpperBound(rule, value) for rule, value in layer_bounds(network, 0).items())
    else:
        yield from _deep(network, small)


def _deep(network: AttentionNetwork, small: AttentionNetwork) -> Iterator[UpperBound]:
    if network.ambient_dimension is not None:
        yield UpperBound("ambient", network.ambient_dimension)
    forms = gram_forms(network)
    if forms is not None:
        yield UpperBound("gram-forms", forms)
    if network.residual:
        yield UpperBound("layers", sum(parts := layer_values(small)), shown_parts(parts))
        return
    cuts = best_cuts(small)
    for tried in dict.fromkeys((cuts, tuple(range(1, small.depth)))):
        if all(independent_outputs(block) for block in blocks(small, tried)[:-1]):
            found = [block_value(small, *ends) for ends in pairwise((0, *tried, small.depth))]
            parts = [value for value in found if value is not None]
            assert len(parts) == len(found), "cuts are chosen among blocks with a bound"
            rule = "layers" if len(parts) == small.depth else "blocks"
            value = layered_dimension([small.widths[i] for i in (0, *tried, small.depth)], parts)
            yield UpperBound(rule, value, shown_parts(parts), tried)
