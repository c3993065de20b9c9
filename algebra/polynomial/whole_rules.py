"""Upper bounds that look at a network as a whole: they ask for spans, and for no bound of a part of it.

`algebra.polynomial.rules` tries them first, because they cost a count, and goes on to the rules that cut.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from algebra.evidence.checker.polynomial_counts import (
    ALEXANDER_HIRSCHOWITZ,
    OCTAD_FAMILY,
    is_segre_veronese_exception,
    maps_of_rank,
)
from algebra.evidence.reason import Reason
from algebra.polynomial.hilbert import Architecture, forms, span
from algebra.polynomial.span_rules import Span, Theorems

Searched = frozenset[Architecture]
"""Subnetworks of one hidden layer whose hidden symmetries are searched and used."""


class Scope(NamedTuple):
    """What counts beside counts: hidden symmetries, and theorems on spans."""

    searched: Searched = frozenset()
    theorems: Theorems = "proved"


ALL = Scope()
COUNTED = Scope(theorems="free")

Rule = Callable[[Architecture, int | None, Scope], Reason | None]
"""A rule returns its bound if that is below the least one known so far (None: whatever it is)."""


def least_of(a: Architecture, rules: tuple[Rule, ...], scope: Scope) -> Reason:
    """Return the least bound of some rules, of which the first one always has one."""
    best: Reason | None = None
    for rule in rules:
        best = rule(a, None if best is None else best.value, scope) or best
    assert best is not None
    return best


def elementary(a: Architecture) -> Reason:
    """Return the least bound that does not look at subnetworks.

    Examples
    --------
    >>> elementary(Architecture((2, 3, 2, 1), (2, 2))).value
    5
    """
    return least_of(a, ELEMENTARY if a.depth > 1 else (one_layer,), ALL)


def is_better(value: int, least: int | None) -> bool:
    """Tell whether a value is below the least one known so far."""
    return least is None or value < least


def one_layer(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """Without hidden layers the parameters are the coefficients: d_0 d_1 (with biases (d_0 + 1) d_1)."""
    return Reason("one-layer", a.parameters, a)


def gauge(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """Parameters less the scalings of hidden neurons (Kileel–Trager–Bruna 2019, the naive dimension)."""
    naive = a.naive
    return Reason("gauge", naive, a) if is_better(naive, least) else None


def determinantal(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """The outputs are `rho` independent forms at most, in a space of N: rank `rho` matrices of size d_h x N.

    With `rho` = d_h this is the ambient dimension.
    """
    outputs = span(a, a.depth - 1, 1, scope.theorems)
    rho = min(outputs.value - a.biases, a.widths[-1])
    value, functions = matrices(a, 0, rho, scope.theorems)
    if not is_better(value, least):
        return None
    name = "ambient" if rho == a.widths[-1] else "determinantal"
    details = (("layer", 0), ("space", functions.value - a.biases), ("rank", rho))
    return Reason(name, value, a, theorems_of(a, rho, outputs, functions), details)


def family_of_spans(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """As `hilbert`, but the head counts only by the spans that it makes: a family of less than its dimension.

    Squares of eight forms in four variables, of which quadratic forms are taken: the spans are those of the octad, a
    family of dimension 15, where the head has 32 - 8 parameters. That spans of codimension c in N forms are a family
    of dimension c(N - c) at most is what `determinantal` says already.
    """
    if a.widths[:2] != (4, 8) or a.biases or a.degrees[0] != 2 or a.degree_after(1) != 2:
        return None
    outputs = span(a, a.depth - 1, 1, scope.theorems)
    rho = min(outputs.value, a.widths[-1])
    added, functions = matrices(a, 1, rho, scope.theorems)
    value = OCTAD_FAMILY + added
    if not is_better(value, least):
        return None
    details = (("layer", 1), ("space", functions.value), ("rank", rho), ("family", OCTAD_FAMILY))
    return Reason("family-of-spans", value, a, theorems_of(a, rho, outputs, functions), details)


def alexander_hirschowitz(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """The exceptions of degree 3 and 4 of Alexander and Hirschowitz 1995 (degree 2 is `quadratic_output`)."""
    if a.depth != 2 or a.biases or (*a.widths, *a.degrees) not in ALEXANDER_HIRSCHOWITZ:
        return None
    value = min(a.naive, forms(a.degrees[0], a.widths[0])) - 1
    return Reason("alexander-hirschowitz", value, a) if is_better(value, least) else None


def segre_veronese(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """The sporadic defective secants of Segre–Veronese varieties in degree (1, r) (Abo and Brambilla)."""
    if a.depth != 2 or a.biases or not is_segre_veronese_exception(a.widths, a.degrees[0]):
        return None
    value = min(a.naive, a.widths[2] * forms(a.degrees[0], a.widths[0])) - 1
    return Reason("segre-veronese", value, a) if is_better(value, least) else None


def symmetry(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """Vector fields tangent to the fibres, discovered and verified identically (`algebra.polynomial.symmetries`)."""
    if a not in scope.searched:
        return None
    from algebra.polynomial.symmetries import discover

    found = discover(a)
    if found is None or not is_better(found.bound, least):
        return None
    return Reason("symmetry", found.bound, a, note=found)


def matrices(a: Architecture, k: int, rho: int, theorems: Theorems) -> tuple[int, Span]:
    """Dimension of the d_h x N matrices of rank `rho`, and the N forms that survive behind layer k.

    With biases: modulo the constants, which the last bias makes free.
    """
    functions = span(a, k, a.degree_after(k), theorems)
    return maps_of_rank(rho, functions.value - a.biases, a.widths[-1], a.biases), functions


def theorems_of(a: Architecture, rho: int, outputs: Span, functions: Span) -> tuple[Reason, ...]:
    """The theorems on spans that count: of the outputs only if they are dependent; each once."""
    reasons = (outputs.reasons if rho < a.widths[-1] else ()) + functions.reasons
    return tuple(dict.fromkeys(reasons))


ELEMENTARY: tuple[Rule, ...] = (gauge, determinantal)
