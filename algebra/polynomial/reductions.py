"""Reductions of an architecture that keep the variety, or change its dimension by a known amount.

The first that applies is taken, again and again, until none does; what is left is bounded by
`algebra.polynomial.rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from algebra.polynomial.hilbert import CACHE, Architecture, saturation_width, span
from algebra.polynomial.span_rules import Theorems

if TYPE_CHECKING:
    from algebra.evidence.reason import Reason


class Step(NamedTuple):
    """One reduction: dim V(whole) = dim V(part) + added; `functions` are the theorems on spans that it rests on."""

    rule: str
    part: Architecture
    added: int = 0
    details: tuple[tuple[str, int], ...] = ()
    functions: tuple[Reason, ...] = ()


def reduction(a: Architecture, theorems: Theorems = "proved") -> Step | None:
    """Return the first reduction that applies, or None.

    Examples
    --------
    >>> reduction(Architecture((5, 3, 2), (2,)))  # doctest: +NORMALIZE_WHITESPACE
    Step(rule='input-reduction', part=Architecture(widths=(3, 3, 2), degrees=(2,), biases=False),
         added=6, details=(), functions=())
    """
    if a.depth > 1:
        for rule in REDUCTIONS:
            step = rule(a, theorems)
            if step is not None:
                return step
    return None


@lru_cache(maxsize=CACHE)
def reductions(
    a: Architecture, theorems: Theorems = "proved"
) -> tuple[tuple[tuple[Architecture, Step], ...], Architecture]:
    """Apply reductions until none applies; return each with what it was applied to, and what is left.

    Examples
    --------
    >>> steps, left = reductions(Architecture((5, 2, 9, 1), (2, 2)))
    >>> [step.rule for _, step in steps], left.widths
    (['saturation', 'input-reduction'], (2, 2, 3, 1))
    """
    steps: list[tuple[Architecture, Step]] = []
    while (step := reduction(a, theorems)) is not None:
        steps.append((a, step))
        a = step.part
    return tuple(steps), a


def linear_layer(a: Architecture, theorems: Theorems) -> Step | None:
    """A layer of degree 1 that is no bottleneck between its neighbours is absorbed by them."""
    if 1 not in a.degrees:
        return None
    for k in range(1, a.depth):
        if a.degrees[k - 1] == 1 and a.widths[k] >= min(a.widths[k - 1], a.widths[k + 1]):
            return Step("linear-layer", a.without(k), 0, (("layer", k),))
    return None


def width_one(a: Architecture, theorems: Theorems) -> Step | None:
    """After a layer of width 1 only scalars survive."""
    if a.biases or 1 not in a.widths[1:-1]:
        return None
    k = a.widths.index(1, 1)
    return Step("width-one", a.head(k), a.widths[-1] - 1, (("layer", k),))


def saturation(a: Architecture, theorems: Theorems) -> Step | None:
    """More neurons than their activations span change nothing.

    As many activations as there are neurons below are independent, if those are not more than theirs span.
    """
    for k in range(1, a.depth):
        if a.widths[k] <= a.widths[k - 1]:
            continue
        width = saturation_width(a, k, theorems)
        if a.widths[k] > width:
            functions = span(a, k - 1, a.degrees[k - 1], theorems).reasons
            return Step("saturation", a.with_width(k, width), 0, (("layer", k), ("width", width)), functions)
    return None


def input_reduction(a: Architecture, theorems: Theorems) -> Step | None:
    """For d_1 < d_0 the function depends on d_1 linear forms, a point of the Grassmannian Gr(d_1, d_0)."""
    d0, d1 = a.widths[:2]
    return Step("input-reduction", a.with_width(0, d1), d1 * (d0 - d1)) if d1 < d0 else None


Reduction = Callable[[Architecture, Theorems], Step | None]

REDUCTIONS: tuple[Reduction, ...] = (linear_layer, width_one, saturation, input_reduction)
