"""Proved upper bounds for the dimension of an attention variety, each by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.polynomial.field import PrimeField
from algebra.rank import DEFAULT_PRIME
from algebra.rank.modular_rank import rank_of_array
from tensors.attention.formulas import layered_dimension, one_layer_bounds, virtual_weights_dimension
from tensors.attention.network import AttentionNetwork
from tensors.attention.reduction import few_tokens, gauge_fixed, reduced, replaced
from tensors.attention.residue_jacobian import draw_weights, every_pair, forward

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tensors.attention.network import Shape

SLACK = 4
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
}


@dataclass(frozen=True)
class UpperBound:
    """A proved upper bound of the dimension: the name of its argument, its value, and what it was computed from."""

    rule: str
    value: int
    details: str = ""

    def explain(self) -> str:
        """Return the bound and its argument as text."""
        shown = f" ({self.details})" if self.details else ""
        return f"{self.value} >= dim: {self.rule}, {REASONS[self.rule]}{shown}"


def upper_bounds(network: AttentionNetwork) -> tuple[UpperBound, ...]:
    """Return all upper bounds that apply to a network, the least first.

    Examples
    --------
    >>> [(b.rule, b.value) for b in upper_bounds(AttentionNetwork((3, 3), 2, 3))]
    [('matrix-rank', 45), ('gauge', 48), ('heads', 48), ('ambient', 54)]
    """
    return tuple(sorted(_all(network), key=lambda bound: bound.value))


@lru_cache(maxsize=4096)
def upper_bound(network: AttentionNetwork) -> UpperBound:
    """Return the least of all upper bounds.

    Examples
    --------
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
    if network.kind not in ("lightning", "polynomial"):
        return
    if network.depth == 1:
        yield from (UpperBound(rule, value) for rule, value in _layer_bounds(network, network.shapes[0]).items())
    else:
        if network.ambient_dimension is not None:
            yield UpperBound("ambient", network.ambient_dimension)
        parts = [min(_layer_bounds(network, shape).values()) for shape in small.shapes]
        shown = f"layers {', '.join(map(str, parts))}"
        if network.residual:
            yield UpperBound("layers", sum(parts), shown)
        elif all(_has_independent_outputs(small, i) for i in range(small.depth - 1)):
            yield UpperBound("layers", layered_dimension(small.widths, parts), shown)


def _layer_bounds(network: AttentionNetwork, shape: Shape) -> dict[str, int]:
    # A mask leaves these bounds valid: what is left of the outputs is a linear function of the same tensor.
    tokens, power = network.tokens, network.score_power
    return one_layer_bounds(shape.before, shape.after, shape.head_size, shape.heads, tokens, power)


def _has_independent_outputs(network: AttentionNetwork, i: int) -> bool:
    """Prove by a rank that the output coordinates of a general layer i are linearly independent functions.

    Changing the basis of its outputs then acts freely on the functions of that layer and the next.
    """
    return independent_outputs(layer_alone(network, i))


def layer_alone(network: AttentionNetwork, i: int) -> AttentionNetwork:
    """Return one layer as a network, with at most two tokens where others may be 0."""
    shape = network.shapes[i]
    ends = (shape.before, shape.after)
    return replaced(few_tokens(network), widths=ends, head_sizes=shape.head_size, heads=shape.heads)


@lru_cache(maxsize=4096)
def independent_outputs(layer: AttentionNetwork) -> bool:
    """Tell whether the output coordinates of one general layer are seen to be linearly independent modulo a prime.

    Parameters
    ----------
    layer : AttentionNetwork
        Of one layer, lightning or polynomial.

    Examples
    --------
    >>> independent_outputs(AttentionNetwork((2, 4), 1, 2)), independent_outputs(AttentionNetwork((2, 9), 1, 2))
    (True, False)
    """
    return rank_of_array(outputs_at(layer), DEFAULT_PRIME) == layer.widths[-1]


def outputs_key(layer: AttentionNetwork) -> str:
    """Key of the generator of the weights and samples at which outputs are seen to be independent."""
    return f"{layer.label}/outputs"


def outputs_at(layer: AttentionNetwork) -> NDArray[Any]:
    """Return the outputs of one layer at random samples, one row for each sample and query token."""
    field, key = PrimeField(DEFAULT_PRIME), outputs_key(layer)
    samples = layer.widths[-1] + SLACK
    X = field.draw(key, "points", (samples, layer.tokens, layer.widths[0]))
    (weights,) = draw_weights(layer, field, key, 1)
    _, Y = forward(layer, field, weights, X, every_pair(layer), None)
    return np.asarray(Y.reshape(-1, layer.widths[-1]))
