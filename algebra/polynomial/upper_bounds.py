"""Proved upper bounds for the dimension of a network's variety, each by name, recursively.

`upper_bound` takes the least of all rules and returns it as a tree: every node names its rule, the architecture
it speaks of, its value and the nodes that it rests on. The certificate's checker recomputes every node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING

from algebra.polynomial.architecture import (
    CACHE,
    Architecture,
    activation_span,
    forms,
    hilbert_function,
)
from algebra.polynomial.reductions import Step, reduction
from algebra.polynomial.span import certified_span

if TYPE_CHECKING:
    from algebra.polynomial.symmetries import Symmetries

# Cuts are tried at every hidden layer up to this depth; beyond it only at the narrowest layers, into parts that
# are not cut again, because the number of subnetworks grows with the square of the depth.
DEEP = 40
NARROWEST = 12


@dataclass(frozen=True)
class UpperBound:
    """A proved upper bound: the rule's name, what it speaks of, its value, and what it rests on."""

    rule: str
    architecture: Architecture | None  # None: the network itself (convolutions, general activations)
    value: int
    parts: tuple[UpperBound, ...] = ()
    details: tuple[tuple[str, int], ...] = ()
    symmetries: Symmetries | None = None

    def nodes(self) -> Iterator[UpperBound]:
        """Return the tree's nodes, parts before the whole."""
        found, todo = [], [self]
        while todo:
            found.append(todo.pop())
            todo.extend(found[-1].parts)
        return reversed(found)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all the rules in the tree, the root's first, each once."""
        return tuple(dict.fromkeys(node.rule for node in reversed(list(self.nodes()))))


Rule = Callable[[Architecture], Iterator[UpperBound]]


def upper_bound(architecture: Architecture) -> UpperBound:
    """Return the least known upper bound for the dimension of the network's variety.

    Examples
    --------
    >>> bound = upper_bound(Architecture((2, 3, 3, 5, 4, 6, 4, 1), (2,) * 6))
    >>> bound.value, bound.rule
    (60, 'cut')
    """
    return _upper_bound(architecture)


@lru_cache(maxsize=CACHE)
def _upper_bound(a: Architecture) -> UpperBound:
    steps: list[tuple[Architecture, Step]] = []
    while (step := reduction(a)) is not None:
        steps.append((a, step))
        a = step.part
    bound = _least(a, (one_layer,) if a.depth == 1 else RULES)
    for whole, step in reversed(steps):
        bound = UpperBound(step.rule, whole, bound.value + step.added, (bound,), step.details)
    return bound


def _least(a: Architecture, rules: tuple[Rule, ...]) -> UpperBound:
    return min((bound for rule in rules for bound in rule(a)), key=lambda bound: bound.value)


_discovered: dict[Architecture, UpperBound] = {}


def learn(symmetries: Symmetries) -> None:
    """Let all later bounds use verified symmetries of a subnetwork.

    Examples
    --------
    >>> from algebra.polynomial.symmetries import discover
    >>> block = Architecture((3, 5, 4), (2,), biases=True)
    >>> found = discover(block)
    >>> learn(found)
    >>> upper_bound(block).rule, upper_bound(block).value
    ('symmetry', 38)
    """
    a = symmetries.architecture
    _discovered[a] = UpperBound("symmetry", a, symmetries.bound, symmetries=symmetries)
    _upper_bound.cache_clear()


def _elementary(a: Architecture) -> UpperBound:
    """Return the least bound that does not look at subnetworks."""
    return _least(a, ELEMENTARY if a.depth > 1 else (one_layer,))


# Rules whose least value counts.


def one_layer(a: Architecture) -> Iterator[UpperBound]:
    """Without hidden layers the parameters are the coefficients: d_0 d_1 (with biases (d_0 + 1) d_1)."""
    yield UpperBound("one-layer", a, a.parameters)


def gauge(a: Architecture) -> Iterator[UpperBound]:
    """Parameters less the scalings of hidden neurons (Kileel–Trager–Bruna 2019, the naive dimension)."""
    yield UpperBound("gauge", a, a.naive)


def determinantal(a: Architecture) -> Iterator[UpperBound]:
    """The outputs are `rho` independent forms at most, in a space of N: rank `rho` matrices of size d_h x N.

    With `rho` = d_h this is the ambient dimension.
    """
    yield _relative(a, 0, None)


def cut(a: Architecture) -> Iterator[UpperBound]:
    """Cut at a hidden layer: dim(head) + dim(tail) - d_k (Kileel–Trager–Bruna 2019); see `_fibre` for degree 1."""
    for k, head, tail in _cuts(a):
        bounds = (head(a.head(k)), tail(a.tail(k)))
        fibre, details = _fibre(a, k)
        yield UpperBound("cut", a, sum(bound.value for bound in bounds) - fibre, bounds, (("layer", k), *details))


def hilbert(a: Architecture) -> Iterator[UpperBound]:
    """As `cut`, the tail bounded by the forms that survive on the image of the head (a Hilbert-function bound)."""
    for k, head, _ in _cuts(a):
        yield _relative(a, k, head(a.head(k)))


def output_span(a: Architecture) -> Iterator[UpperBound]:
    """More outputs than the last activations span: the others are combinations of the first m."""
    if a.depth > 1:
        m = output_span_bound(a)
        if a.widths[-1] > m:
            part = upper_bound(a.with_width(-1, m))
            value = part.value + (m + a.biases) * (a.widths[-1] - m)
            yield UpperBound("output-span", a, value, (part,), (("span", m),))


def quadratic_output(a: Architecture) -> Iterator[UpperBound]:
    """One output, last activation squared: the orthogonal group acts on the q forms that are squared.

    Its stabiliser is that of s independent forms, where s is *certified* from below by a rank.
    """
    h = a.depth
    if h < 2 or a.widths[-1] != 1 or a.degrees[-1] != 2:
        return
    q = min(a.widths[-2], activation_span(a, h - 2) if h > 2 else a.widths[0] + a.biases)
    if q < 2:
        return
    part = upper_bound(Architecture((*a.widths[: h - 1], q), a.degrees[: h - 2], a.biases))
    s = certified_span(a.widths[: h - 1], a.degrees[: h - 2], a.biases, q)
    moved = comb(q, 2) - comb(q - s, 2)
    yield UpperBound("quadratic-output", a, part.value - moved + a.biases, (part,), (("rank", q), ("span", s)))


def alexander_hirschowitz(a: Architecture) -> Iterator[UpperBound]:
    """The exceptions of degree 3 and 4 of Alexander and Hirschowitz 1995 (degree 2 is `quadratic_output`)."""
    if a.depth == 2 and not a.biases and (*a.widths, *a.degrees) in AH_EXCEPTIONS:
        expected = min(a.naive, forms(a.degrees[0], a.widths[0]))
        yield UpperBound("alexander-hirschowitz", a, expected - 1)


def segre_veronese(a: Architecture) -> Iterator[UpperBound]:
    """The sporadic defective secants of Segre–Veronese varieties in degree (1, r) (theory note T18 b, c, d)."""
    if a.depth == 2 and not a.biases and is_segre_veronese_exception(a.widths, a.degrees[0]):
        expected = min(a.naive, a.widths[2] * forms(a.degrees[0], a.widths[0]))
        yield UpperBound("segre-veronese", a, expected - 1)


def homogenisation(a: Architecture) -> Iterator[UpperBound]:
    """With biases and one hidden layer: the first bias is one more input, the last adds d_2 at most."""
    if a.depth == 2 and a.biases:
        part = upper_bound(Architecture((a.widths[0] + 1, *a.widths[1:]), a.degrees))
        yield UpperBound("homogenisation", a, part.value + a.widths[2], (part,))


def symmetry(a: Architecture) -> Iterator[UpperBound]:
    """Vector fields tangent to the fibres, discovered and verified identically (`algebra.polynomial.symmetries`)."""
    if a in _discovered:
        yield _discovered[a]


# (d_0, d_1, d_2, r), d_0 counting variables.
AH_EXCEPTIONS = {(3, 5, 1, 4), (4, 9, 1, 4), (5, 14, 1, 4), (5, 7, 1, 3)}


def is_segre_veronese_exception(widths: tuple[int, ...], degree: int) -> bool:
    """Tell whether (d_0, d_1, d_2; r) is one of the sporadic defective cases, each with defect 1.

    Examples
    --------
    >>> is_segre_veronese_exception((4, 5, 3), 2), is_segre_veronese_exception((4, 5, 2), 2)
    (True, False)
    """
    d0, d1, d2 = widths
    if degree == 2 and d2 == 3 and d0 % 2 == 0 and d0 >= 4:
        return d1 == 3 * (d0 // 2 - 1) + 2
    return (d0, d1, d2, degree) in {(4, 6, 5, 2), (3, 5, 2, 3)}


def _relative(a: Architecture, k: int, head: UpperBound | None) -> UpperBound:
    """Bound the tail behind layer k as matrices of bounded rank over the forms that survive there.

    With biases: over those forms modulo the constants, which the last bias makes free.
    """
    rho = min(output_span_bound(a), a.widths[-1])
    space = hilbert_function(a, k, a.degree_after(k)) - a.biases
    value = rho * (space + a.widths[-1] - rho) + (a.widths[-1] if a.biases else 0)
    details = (("layer", k), ("space", space), ("rank", rho))
    if head is None:
        return UpperBound("ambient" if rho == a.widths[-1] else "determinantal", a, value, (), details)
    fibre, more = _fibre(a, k)
    return UpperBound("hilbert", a, head.value - fibre + value, (head,), (*details, *more))


def output_span_bound(a: Architecture) -> int:
    """Bound the span of the outputs for all last weights; with biases, modulo the constants."""
    return activation_span(a, a.depth - 1) - a.biases


def _fibre(a: Architecture, k: int) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Dimension of the group between head and tail: a torus, or for degree 1 GL(d_k) (with biases: affine maps).

    The matrices act on s independent functions, where s is *certified* from below, with orbits of dimension d_k s.
    """
    d = a.widths[k]
    if a.degrees[k - 1] > 1:
        return d, ()
    s = certified_span(a.widths[:k], a.degrees[: k - 1], a.biases, d + a.biases) - a.biases
    return d * s + (d if a.biases else 0), (("span", s),)


def _cuts(
    a: Architecture,
) -> Iterator[tuple[int, Callable[[Architecture], UpperBound], Callable[[Architecture], UpperBound]]]:
    """Yield where to cut, and how to bound the two parts."""
    if a.depth <= DEEP:
        for k in range(1, a.depth):
            yield k, upper_bound, upper_bound
    else:
        for k in sorted(range(1, a.depth), key=a.widths.__getitem__)[:NARROWEST]:
            yield k, _elementary, _elementary


ELEMENTARY: tuple[Rule, ...] = (gauge, determinantal)
RULES: tuple[Rule, ...] = (
    *ELEMENTARY,
    cut,
    hilbert,
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
    found: dict[str, int] = {}
    step = reduction(architecture)
    if step is not None:
        found[step.rule] = upper_bound(step.part).value + step.added
    for rule in (one_layer,) if architecture.depth == 1 else RULES:
        for bound in rule(architecture):
            found[bound.rule] = min(bound.value, found.get(bound.rule, bound.value))
    return found
