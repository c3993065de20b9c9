"""Proved upper bounds for the dimension of a network's variety, each by name, recursively.

`upper_bound` takes the least of all rules and returns it as a tree: every node names its rule, the architecture
it speaks of, its value and the nodes that it rests on. The certificate's checker recomputes every node.

Hidden symmetries cost a search, so they count only for the subnetworks that the caller names: `searched` goes through
the whole recursion, and the answer depends on nothing but the arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from algebra.evidence.checker.polynomial_counts import orthogonal_orbit
from algebra.evidence.reason import Reason
from algebra.polynomial.hilbert import (
    CACHE,
    Architecture,
    activation_span,
    first_theorem,
    span,
)
from algebra.polynomial.reductions import reduction, reductions
from algebra.polynomial.span import certified_span
from algebra.polynomial.span_rules import Theorems
from algebra.polynomial.whole_rules import (
    ALL,
    COUNTED,
    ELEMENTARY,
    Rule,
    Scope,
    Searched,
    alexander_hirschowitz,
    elementary,
    family_of_spans,
    is_better,
    least_of,
    matrices,
    one_layer,
    segre_veronese,
    symmetry,
    theorems_of,
)

# Cuts are tried at every hidden layer up to this depth; beyond it only at the narrowest layers, into parts that
# are not cut again, because the number of subnetworks grows with the square of the depth.
DEEP = 40
NARROWEST = 12


MOST_LOWERED = 0.25
"""A choice that saves time, no theorem: beyond it a bound may be greater than it must be, but it is never wrong.

By so much of itself the bound of a part may be lowered by theorems on spans that cost a rank. Of the spans with at most
1,000 forms none was lowered by more than 0.14.
"""


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

    Parameters
    ----------
    architecture : Architecture

    Returns
    -------
    Reason

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
    first = first_theorem(a)
    if a.depth == 1 or first is None:
        return False
    if _may_spans_count(a, first):
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


def _may_spans_count(a: Architecture, first: int) -> bool:
    """Tell whether theorems on spans that cost a rank may lower what the rules say of the network as a whole.

    Before the first layer of a theorem nothing is lowered.
    """
    h, counted = a.depth, _upper_bound(a, COUNTED).value

    # Neurons of a layer, outputs, and squares that are added, beyond what the activations below may span.
    asked = [(k, a.degrees[k], a.widths[k + 1]) for k in range(first, h - 1)]
    asked += [(k, 1, a.widths[k + 1]) for k in (h - 2, h - 1) if k >= first]
    if any(_hope(a, k, t) < width and _is_hope(a, k, t) for k, t, width in asked):
        return True

    # Forms that survive behind a layer.
    rho = min(_hope(a, h - 1, 1), a.widths[-1])
    for k in range(first, h):
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
    bound = least_of(a, (one_layer,) if a.depth == 1 else RULES, scope)

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


def cut(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """Cut at a hidden layer: dim(head) + dim(tail) - d_k (Kileel–Trager–Bruna 2019); see `_fibre` for degree 1."""
    part = _part_bound(a, scope)
    best: Reason | None = None
    for k in _cuts(a):
        fibre, details = _fibre(a, k)
        head = part(a.head(k))
        # The tail has outputs c_i l^r with a linear form l, so its dimension is at least d_k + d_h - 1.
        if not is_better(head.value - fibre + a.widths[k] + a.widths[-1] - 1, least):
            continue
        tail = part(a.tail(k))
        value = head.value + tail.value - fibre
        if is_better(value, least):
            least = value
            best = Reason("cut", value, a, (head, tail), (("layer", k), *details))
    return best


def hilbert(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """As `cut`, the tail bounded by the forms that survive on the image of the head (a Hilbert-function bound)."""
    part = _part_bound(a, scope)
    outputs = span(a, a.depth - 1, 1, scope.theorems)
    rho = min(outputs.value - a.biases, a.widths[-1])
    best: Reason | None = None
    for k in _cuts(a):
        fibre, more = _fibre(a, k)
        added, functions = matrices(a, k, rho, scope.theorems)
        # The head, too, has outputs c_i l^r, so its dimension is at least d_0 + d_k - 1.
        if not is_better(added - fibre + a.widths[0] + a.widths[k] - 1, least):
            continue
        head = part(a.head(k))
        value = head.value - fibre + added
        if is_better(value, least):
            least = value
            details = (("layer", k), ("space", functions.value - a.biases), ("rank", rho), *more)
            best = Reason("hilbert", value, a, (head, *theorems_of(a, rho, outputs, functions)), details)
    return best


def output_span(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """More outputs than the last activations span: the others are combinations of the first m."""
    whole = _output_span_part(a, scope.theorems)
    if whole is None:
        return None
    m = whole.widths[-1]
    part = _part_of(whole, scope)
    value = part.value + (m + a.biases) * (a.widths[-1] - m)
    if not is_better(value, least):
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
    if not is_better(part.value - orthogonal_orbit(q, q) + a.biases, least):
        return None  # whatever the span
    s = certified_span(a.widths[: h - 1], a.degrees[: h - 2], a.biases, q)
    value = part.value - orthogonal_orbit(q, s) + a.biases
    details = (("rank", q), ("span", s))
    if not is_better(value, least):
        return None
    return Reason("quadratic-output", value, a, (part, *_rank_functions(a, q, scope.theorems)), details)


def homogenisation(a: Architecture, least: int | None, scope: Scope) -> Reason | None:
    """With biases and one hidden layer: the first bias is one more input, the last adds d_2 at most."""
    if a.depth != 2 or not a.biases:
        return None
    part = _part_of(Architecture((a.widths[0] + 1, *a.widths[1:]), a.degrees), scope)
    value = part.value + a.widths[2]
    return Reason("homogenisation", value, a, (part,)) if is_better(value, least) else None


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
    if a.depth > DEEP:
        return elementary
    if scope.theorems == "proved":
        return lambda part: _least_bound(part, scope.searched)
    return lambda part: _bound(part, scope)


def _part_of(part: Architecture, scope: Scope) -> Reason:
    """Bound a part: theorems that cost a rank are weighed for each part anew; those of deep networks are bounded."""
    is_weighed = scope.theorems == "proved" and part.depth <= DEEP
    return _least_bound(part, scope.searched) if is_weighed else _bound(part, scope)


def _cuts(a: Architecture) -> Iterable[int]:
    """Return the layers at which to cut."""
    if a.depth <= DEEP:
        return range(1, a.depth)
    return sorted(range(1, a.depth), key=a.widths.__getitem__)[:NARROWEST]


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
