"""Proved upper bounds for the dimension of a network's variety, each by name, recursively.

`upper_bound` takes the least of all rules and returns it as a tree: every node names its rule, the architecture
it speaks of, its value and the nodes that it rests on. The certificate's checker recomputes every node.

Hidden symmetries cost a search, so they count only for the subnetworks that the caller names: `searched` goes through
the whole recursion, and the answer depends on nothing but the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from algebra.evidence.checker.polynomial_counts import (
    ALEXANDER_HIRSCHOWITZ,
    OCTAD_FAMILY,
    is_segre_veronese_exception,
    maps_of_rank,
    orthogonal_orbit,
)
from algebra.evidence.reason import Reason
from algebra.polynomial.hilbert import (
    CACHE,
    Architecture,
    activation_span,
    forms,
    may_theorems_count,
    span,
)
from algebra.polynomial.reductions import reduction, reductions
from algebra.polynomial.span import certified_span
from algebra.polynomial.span_rules import Span, Theorems

# Cuts are tried at every hidden layer up to this depth; beyond it only at the narrowest layers, into parts that
# are not cut again, because the number of subnetworks grows with the square of the depth.
DEEP = 40
NARROWEST = 12


Searched = frozenset[Architecture]
"""Subnetworks of one hidden layer whose hidden symmetries are searched and used."""


class Scope(NamedTuple):
    """What counts beside counts: hidden symmetries, and theorems on spans."""

    searched: Searched = frozenset()
    theorems: Theorems = "proved"


ALL = Scope()
COUNTED = Scope(theorems="free")

MOST_LOWERED = 0.25
"""A choice that saves time, no theorem: beyond it a bound may be greater than it must be, but it is never wrong.

By so much of itself the bound of a part may be lowered by theorems on spans that cost a rank. Of the spans with at most
1,000 forms none was lowered by more than 0.14.
"""

Rule = Callable[[Architecture, int | None, Scope], Reason | None]
"""A rule returns its bound if that is below the least one known so far (None: whatever it is)."""


def upper_bound(architecture: Architecture, searched: Searched = frozenset()) -> Reason:
    """Return the least known upper bound for the dimension of the network's variety.

    Parameters
    ----------
    architecture : Architecture
    searched : frozenset of Architecture
        Subnetworks whose hidden symmetries count; see `algebra.polynomial.symmetries.discover`.

    Returns
    -------
    Reason
        A tree; every node is about an `Architecture`.

    Examples
    --------
    >>> bound = upper_bound(Architecture((2, 3, 3, 5, 4, 6, 4, 1), (2,) * 6))
    >>> bound.value, bound.rule
    (60, 'cut')
    >>> print(upper_bound(Architecture((2, 2, 1, 4), (2, 2))).explain())
    6 >= dim(2, 2, 1, 4; 2, 2): width-one (layer 2)
      3 >= dim(2, 2, 1; 2): ambient (layer 0, space 3, rank 1)
    >>> block = Architecture((3, 5, 4), (2,), biases=True)
    >>> upper_bound(block).value, upper_bound(block, frozenset({block})).value
    (39, 38)
    """
    return _least_bound(architecture, searched)


def counted_bound(architecture: Architecture) -> Reason:
    """Return the least upper bound without theorems on spans that cost a rank.

    Examples
    --------
    >>> counted_bound(Architecture((4, 6, 12, 8, 1), (2, 2, 2))).value
    144
    """
    return _upper_bound(architecture, COUNTED)


@lru_cache(maxsize=CACHE)
def _least_bound(architecture: Architecture, searched: Searched) -> Reason:
    # What costs a rank is asked only where it may lower the bound.
    scope = Scope(searched, "proved" if _may_gain(architecture) else "free")
    return _upper_bound(architecture, scope)


@lru_cache(maxsize=CACHE)
def _may_gain(a: Architecture) -> bool:
    """Tell whether theorems on spans that cost a rank may lower a bound."""
    _, a = reductions(a, "free")
    if a.depth == 1 or not may_theorems_count(a):
        return False
    if _may_spans_count(a):
        return True
    parts = (_output_span_part(a, "free"), _quadratic_part(a, "free"))
    if any(part is not None and _may_gain(part) for part in parts):
        return True

    # Through a cut only as far as a part can be lowered: mostly it is far too large, wherever it was cut off.
    counted = _upper_bound(a, COUNTED).value
    for k in _cuts(a) if a.depth <= DEEP else ():
        halves = (a.head(k), a.tail(k))
        together = sum(_bound(half, COUNTED).value for half in halves)
        if together * (1 - MOST_LOWERED) - a.widths[k] < counted and any(map(_may_gain, halves)):
            return True
    return False


def _may_spans_count(a: Architecture) -> bool:
    """Tell whether theorems on spans that cost a rank may lower what the rules say of the network as a whole."""
    h, counted = a.depth, _upper_bound(a, COUNTED).value

    # Neurons of a layer, outputs, and squares that are added, beyond what the activations below may span.
    asked = [(k, a.degrees[k], a.widths[k + 1]) for k in range(1, h - 1)]
    asked += [(k, 1, a.widths[k + 1]) for k in (h - 2, h - 1) if k > 0]
    if any(_hope(a, k, t) < width for k, t, width in asked if _is_hope(a, k, t)):
        return True

    # Forms that survive behind a layer.
    rho = min(_hope(a, h - 1, 1), a.widths[-1])
    for k in range(1, h):
        t = a.degree_after(k)
        if _is_hope(a, k, t):
            head = _bound(a.head(k), COUNTED).value * (1 - MOST_LOWERED)
            fibre = a.widths[k] if a.degrees[k - 1] > 1 else a.widths[k] ** 2
            if head - fibre + rho * (_hope(a, k, t) + a.widths[-1] - rho) < counted:
                return True
    return False


def _hope(a: Architecture, k: int, t: int) -> int:
    """Return a span as it would be if all conditions of theorems were independent."""
    return span(a, k, t, "hoped").value


def _is_hope(a: Architecture, k: int, t: int) -> bool:
    """Tell whether that is less than what costs nothing."""
    return _hope(a, k, t) < span(a, k, t, "free").value


def _upper_bound(a: Architecture, scope: Scope) -> Reason:
    """Return the least bound within a scope."""
    if a.depth > DEEP:
        for part in _deep_parts(a, scope.theorems):
            _bound(part, scope)
    return _bound(a, scope)


@lru_cache(maxsize=CACHE)
def _bound(a: Architecture, scope: Scope) -> Reason:
    # Reductions keep the variety, or change its dimension by a known amount: what is left is bounded.
    steps, a = reductions(a, scope.theorems)
    bound = _least(a, (one_layer,) if a.depth == 1 else RULES, scope)

    # The chain of reductions is part of the argument.
    for whole, step in reversed(steps):
        bound = Reason(step.rule, bound.value + step.added, whole, (bound, *step.functions), step.details)
    return bound


def _deep_parts(a: Architecture, theorems: Theorems) -> Iterable[Architecture]:
    """Return the parts of a very deep network that its bound asks for, the least deep first.

    Each asks for the next: where they are bounded in this order, no call goes deeper than `DEEP` layers.
    """
    found: dict[Architecture, None] = {}
    waiting = [a]
    while waiting:
        _, whole = reductions(waiting.pop(), theorems)
        for part in (_output_span_part(whole, theorems), _quadratic_part(whole, theorems)):
            if part is not None and part.depth > DEEP and part not in found:
                found[part] = None
                waiting.append(part)
    return sorted(found, key=lambda part: (part.depth, part.widths[-1]))


def _least(a: Architecture, rules: tuple[Rule, ...], scope: Scope) -> Reason:
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
    return _least(a, ELEMENTARY if a.depth > 1 else (one_layer,), ALL)


# Rules whose least value counts.


def _better(value: int, least: int | None) -> bool:
    return least is None or value < least


def one_layer(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """Without hidden layers the parameters are the coefficients: d_0 d_1 (with biases (d_0 + 1) d_1)."""
    return Reason("one-layer", a.parameters, a)


def gauge(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """Parameters less the scalings of hidden neurons (Kileel–Trager–Bruna 2019, the naive dimension)."""
    return Reason("gauge", a.naive, a) if _better(a.naive, least) else None


def determinantal(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """The outputs are `rho` independent forms at most, in a space of N: rank `rho` matrices of size d_h x N.

    With `rho` = d_h this is the ambient dimension.
    """
    outputs = span(a, a.depth - 1, 1, scope.theorems)
    rho = min(outputs.value - a.biases, a.widths[-1])
    value, functions = _matrices(a, 0, rho, scope.theorems)
    if not _better(value, least):
        return None
    name = "ambient" if rho == a.widths[-1] else "determinantal"
    details = (("layer", 0), ("space", functions.value - a.biases), ("rank", rho))
    return Reason(name, value, a, _theorems(a, rho, outputs, functions), details)


def cut(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """Cut at a hidden layer: dim(head) + dim(tail) - d_k (Kileel–Trager–Bruna 2019); see `_fibre` for degree 1."""
    part = _part_bound(a, scope)
    best: Reason | None = None
    for k in _cuts(a):
        bounds = (part(a.head(k)), part(a.tail(k)))
        fibre, details = _fibre(a, k)
        value = bounds[0].value + bounds[1].value - fibre
        if _better(value, least):
            least = value
            best = Reason("cut", value, a, bounds, (("layer", k), *details))
    return best


def hilbert(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """As `cut`, the tail bounded by the forms that survive on the image of the head (a Hilbert-function bound)."""
    part = _part_bound(a, scope)
    outputs = span(a, a.depth - 1, 1, scope.theorems)
    rho = min(outputs.value - a.biases, a.widths[-1])
    best: Reason | None = None
    for k in _cuts(a):
        head = part(a.head(k))
        fibre, more = _fibre(a, k)
        added, functions = _matrices(a, k, rho, scope.theorems)
        value = head.value - fibre + added
        if _better(value, least):
            least = value
            details = (("layer", k), ("space", functions.value - a.biases), ("rank", rho), *more)
            best = Reason("hilbert", value, a, (head, *_theorems(a, rho, outputs, functions)), details)
    return best


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
    added, functions = _matrices(a, 1, rho, scope.theorems)
    value = OCTAD_FAMILY + added
    if not _better(value, least):
        return None
    details = (("layer", 1), ("space", functions.value), ("rank", rho), ("family", OCTAD_FAMILY))
    return Reason("family-of-spans", value, a, _theorems(a, rho, outputs, functions), details)


def output_span(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """More outputs than the last activations span: the others are combinations of the first m."""
    whole = _output_span_part(a, scope.theorems)
    if whole is None:
        return None
    m = whole.widths[-1]
    part = _part_of(whole, scope)
    value = part.value + (m + a.biases) * (a.widths[-1] - m)
    if not _better(value, least):
        return None
    return Reason("output-span", value, a, (part, *span(a, a.depth - 1, 1, scope.theorems).reasons), (("span", m),))


def quadratic_output(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """One output, last activation squared: the orthogonal group acts on the q forms that are squared.

    Its stabiliser is that of s independent forms, where s is *certified* from below by a rank.
    """
    squared = _quadratic_part(a, scope.theorems)
    if squared is None:
        return None
    h, q = a.depth, squared.widths[-1]
    part = _part_of(squared, scope)
    if not _better(part.value - orthogonal_orbit(q, q) + a.biases, least):
        return None  # whatever the span
    s = certified_span(a.widths[: h - 1], a.degrees[: h - 2], a.biases, q)
    value = part.value - orthogonal_orbit(q, s) + a.biases
    details = (("rank", q), ("span", s))
    if not _better(value, least):
        return None
    return Reason("quadratic-output", value, a, (part, *_rank_functions(a, q, scope.theorems)), details)


def alexander_hirschowitz(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """The exceptions of degree 3 and 4 of Alexander and Hirschowitz 1995 (degree 2 is `quadratic_output`)."""
    if a.depth != 2 or a.biases or (*a.widths, *a.degrees) not in ALEXANDER_HIRSCHOWITZ:
        return None
    value = min(a.naive, forms(a.degrees[0], a.widths[0])) - 1
    return Reason("alexander-hirschowitz", value, a) if _better(value, least) else None


def segre_veronese(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """The sporadic defective secants of Segre–Veronese varieties in degree (1, r) (Abo and Brambilla)."""
    if a.depth != 2 or a.biases or not is_segre_veronese_exception(a.widths, a.degrees[0]):
        return None
    value = min(a.naive, a.widths[2] * forms(a.degrees[0], a.widths[0])) - 1
    return Reason("segre-veronese", value, a) if _better(value, least) else None


def homogenisation(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """With biases and one hidden layer: the first bias is one more input, the last adds d_2 at most."""
    if a.depth != 2 or not a.biases:
        return None
    part = _part_of(Architecture((a.widths[0] + 1, *a.widths[1:]), a.degrees), scope)
    value = part.value + a.widths[2]
    return Reason("homogenisation", value, a, (part,)) if _better(value, least) else None


def symmetry(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """Vector fields tangent to the fibres, discovered and verified identically (`algebra.polynomial.symmetries`)."""
    if a not in scope.searched:
        return None
    from algebra.polynomial.symmetries import discover

    found = discover(a)
    if found is None or not _better(found.bound, least):
        return None
    return Reason("symmetry", found.bound, a, note=found)


def _output_span_part(a: Architecture, theorems: Theorems) -> Architecture | None:
    """The network with as many outputs as the last activations span, if that is fewer."""
    m = output_span_bound(a, theorems) if a.depth > 1 else a.widths[-1]
    return a.with_width(-1, m) if a.widths[-1] > m else None


def _quadratic_part(a: Architecture, theorems: Theorems) -> Architecture | None:
    """The q >= 2 forms whose squares are added to the one output, as a network; None if that is not what it is."""
    h = a.depth
    if h == 1 or a.widths[-1] != 1 or a.degrees[-1] != 2:
        return None
    q = min(a.widths[-2], activation_span(a, h - 2, theorems) if h > 2 else a.widths[0] + a.biases)
    return Architecture((*a.widths[: h - 1], q), a.degrees[: h - 2], a.biases) if q > 1 else None


def _rank_functions(a: Architecture, q: int, theorems: Theorems) -> tuple[Reason, ...]:
    """What the number q of squares rests on beyond counts, if it is less than the last layer has."""
    return span(a, a.depth - 2, 1, theorems).reasons if a.depth > 2 and q < a.widths[-2] else ()


def _matrices(a: Architecture, k: int, rho: int, theorems: Theorems) -> tuple[int, Span]:
    """Dimension of the d_h x N matrices of rank `rho`, and the N forms that survive behind layer k.

    With biases: modulo the constants, which the last bias makes free.
    """
    functions = span(a, k, a.degree_after(k), theorems)
    return maps_of_rank(rho, functions.value - a.biases, a.widths[-1], a.biases), functions


def _theorems(a: Architecture, rho: int, outputs: Span, functions: Span) -> tuple[Reason, ...]:
    """The theorems on spans that count: of the outputs only if they are dependent; each once."""
    reasons = (outputs.reasons if rho < a.widths[-1] else ()) + functions.reasons
    return tuple(dict.fromkeys(reasons))


def output_span_bound(a: Architecture, theorems: Theorems) -> int:
    """Bound the span of the outputs for all last weights; with biases, modulo the constants."""
    return activation_span(a, a.depth - 1, theorems) - a.biases


def _fibre(a: Architecture, k: int) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Dimension of the group between head and tail: a torus, or for degree 1 GL(d_k) (with biases: affine maps).

    The matrices act on s independent functions, where s is *certified* from below, with orbits of dimension d_k s.
    """
    d = a.widths[k]
    if a.degrees[k - 1] > 1:
        return d, ()
    s = certified_span(a.widths[:k], a.degrees[: k - 1], a.biases, d + a.biases) - a.biases
    return d * s + (d if a.biases else 0), (("span", s),)


def _part_bound(a: Architecture, scope: Scope) -> Callable[[Architecture], Reason]:
    """Return what bounds the parts of a cut: all rules, but of very deep networks the elementary ones."""
    return elementary if a.depth > DEEP else lambda part: _part_of(part, scope)


def _part_of(part: Architecture, scope: Scope) -> Reason:
    """Bound a part: theorems that cost a rank are weighed for each part anew; those of deep networks are bounded."""
    is_weighed = scope.theorems == "proved" and part.depth <= DEEP
    return _least_bound(part, scope.searched) if is_weighed else _bound(part, scope)


def _cuts(a: Architecture) -> Iterable[int]:
    """Return the layers at which to cut."""
    if a.depth <= DEEP:
        return range(1, a.depth)
    return sorted(range(1, a.depth), key=a.widths.__getitem__)[:NARROWEST]


ELEMENTARY: tuple[Rule, ...] = (gauge, determinantal)
RULES: tuple[Rule, ...] = (
    *ELEMENTARY,
    cut,
    hilbert,
    family_of_spans,
    output_span,
    quadratic_output,
    alexander_hirschowitz,
    segre_veronese,
    homogenisation,
    symmetry,
)


def bound_by_name(architecture: Architecture) -> dict[str, int]:
    """Return the least value that each applicable rule gives, for explanation and tables.

    Examples
    --------
    >>> bound_by_name(Architecture((3, 3, 1), (2,)))
    {'gauge': 9, 'ambient': 6, 'cut': 9, 'hilbert': 9, 'quadratic-output': 6}
    """
    found = {bound.rule: bound.value for bound in bounds_of(architecture)}
    step = reduction(architecture)
    return found if step is None else {step.rule: upper_bound(step.part).value + step.added, **found}


def bounds_of(architecture: Architecture) -> list[Reason]:
    """Return the least bound of each rule that applies, reductions left aside."""
    upper_bound(architecture)  # its parts are known then, and no rule recurses in the depth
    rules = (one_layer,) if architecture.depth == 1 else RULES
    return [bound for rule in rules if (bound := rule(architecture, None, ALL)) is not None]
