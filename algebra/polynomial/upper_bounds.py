"""Proved upper bounds for the dimension of a network's variety, each by name, recursively.

`upper_bound` takes the least of all rules and returns it as a tree: every node names its rule, the architecture
it speaks of, its value and the nodes that it rests on. The certificate's checker recomputes every node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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

    def explain(self, indent: str = "") -> str:
        """Return the tree as text: each bound with its rule and what it rests on.

        Examples
        --------
        >>> print(upper_bound(Architecture((2, 2, 1, 4), (2, 2))).explain())
        6 >= dim(2, 2, 1, 4; 2, 2): width-one (layer 2)
          3 >= dim(2, 2, 1; 2): ambient (layer 0, space 3, rank 1)
        """
        shown = ", ".join(f"{name} {value}" for name, value in self.details)
        of = "dim" if self.architecture is None else _shown(self.architecture)
        line = f"{indent}{self.value} >= {of}: {self.rule}{f' ({shown})' if shown else ''}"
        if self.symmetries is not None:
            line += f" ({self.symmetries})"
        return "\n".join([line, *(part.explain(indent + "  ") for part in self.parts)])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all the rules in the tree, the root's first, each once."""
        return tuple(dict.fromkeys(node.rule for node in reversed(list(self.nodes()))))


def _shown(a: Architecture) -> str:
    degrees = f"; {', '.join(map(str, a.degrees))}" if a.degrees else ""
    return f"dim({', '.join(map(str, a.widths))}{degrees}{'; biases' if a.biases else ''})"


Rule = Callable[[Architecture, int | None], UpperBound | None]
"""A rule returns its bound if that is below the least one known so far (None: whatever it is)."""


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
    best: UpperBound | None = None
    for rule in rules:
        best = rule(a, None if best is None else best.value) or best
    assert best is not None
    return best


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


def elementary(a: Architecture) -> UpperBound:
    """Return the least bound that does not look at subnetworks.

    Examples
    --------
    >>> elementary(Architecture((2, 3, 2, 1), (2, 2))).value
    5
    """
    return _least(a, ELEMENTARY if a.depth > 1 else (one_layer,))


# Rules whose least value counts.


def _better(value: int, least: int | None) -> bool:
    return least is None or value < least


def one_layer(a: Architecture, least: int | None) -> UpperBound | None:
    """Without hidden layers the parameters are the coefficients: d_0 d_1 (with biases (d_0 + 1) d_1)."""
    return UpperBound("one-layer", a, a.parameters)


def gauge(a: Architecture, least: int | None) -> UpperBound | None:
    """Parameters less the scalings of hidden neurons (Kileel–Trager–Bruna 2019, the naive dimension)."""
    return UpperBound("gauge", a, a.naive) if _better(a.naive, least) else None


def determinantal(a: Architecture, least: int | None) -> UpperBound | None:
    """The outputs are `rho` independent forms at most, in a space of N: rank `rho` matrices of size d_h x N.

    With `rho` = d_h this is the ambient dimension.
    """
    rho = min(output_span_bound(a), a.widths[-1])
    value, space = _matrices(a, 0, rho)
    if not _better(value, least):
        return None
    name = "ambient" if rho == a.widths[-1] else "determinantal"
    return UpperBound(name, a, value, (), (("layer", 0), ("space", space), ("rank", rho)))


def cut(a: Architecture, least: int | None) -> UpperBound | None:
    """Cut at a hidden layer: dim(head) + dim(tail) - d_k (Kileel–Trager–Bruna 2019); see `_fibre` for degree 1."""
    part = upper_bound if a.depth <= DEEP else elementary
    best: UpperBound | None = None
    for k in _cuts(a):
        bounds = (part(a.head(k)), part(a.tail(k)))
        fibre, details = _fibre(a, k)
        value = bounds[0].value + bounds[1].value - fibre
        if _better(value, least):
            least = value
            best = UpperBound("cut", a, value, bounds, (("layer", k), *details))
    return best


def hilbert(a: Architecture, least: int | None) -> UpperBound | None:
    """As `cut`, the tail bounded by the forms that survive on the image of the head (a Hilbert-function bound)."""
    part = upper_bound if a.depth <= DEEP else elementary
    rho = min(output_span_bound(a), a.widths[-1])
    best: UpperBound | None = None
    for k in _cuts(a):
        head = part(a.head(k))
        fibre, more = _fibre(a, k)
        added, space = _matrices(a, k, rho)
        value = head.value - fibre + added
        if _better(value, least):
            least = value
            details = (("layer", k), ("space", space), ("rank", rho), *more)
            best = UpperBound("hilbert", a, value, (head,), details)
    return best


def output_span(a: Architecture, least: int | None) -> UpperBound | None:
    """More outputs than the last activations span: the others are combinations of the first m."""
    m = output_span_bound(a)
    if a.widths[-1] <= m:
        return None
    part = upper_bound(a.with_width(-1, m))
    value = part.value + (m + a.biases) * (a.widths[-1] - m)
    return UpperBound("output-span", a, value, (part,), (("span", m),)) if _better(value, least) else None


def quadratic_output(a: Architecture, least: int | None) -> UpperBound | None:
    """One output, last activation squared: the orthogonal group acts on the q forms that are squared.

    Its stabiliser is that of s independent forms, where s is *certified* from below by a rank.
    """
    h = a.depth
    if a.widths[-1] != 1 or a.degrees[-1] != 2:
        return None
    q = min(a.widths[-2], activation_span(a, h - 2) if h > 2 else a.widths[0] + a.biases)
    part = upper_bound(Architecture((*a.widths[: h - 1], q), a.degrees[: h - 2], a.biases))
    if q < 2 or not _better(part.value - comb(q, 2) + a.biases, least):
        return None  # whatever the span
    s = certified_span(a.widths[: h - 1], a.degrees[: h - 2], a.biases, q)
    value = part.value - (comb(q, 2) - comb(q - s, 2)) + a.biases
    details = (("rank", q), ("span", s))
    return UpperBound("quadratic-output", a, value, (part,), details) if _better(value, least) else None


def alexander_hirschowitz(a: Architecture, least: int | None) -> UpperBound | None:
    """The exceptions of degree 3 and 4 of Alexander and Hirschowitz 1995 (degree 2 is `quadratic_output`)."""
    if a.depth != 2 or a.biases or (*a.widths, *a.degrees) not in AH_EXCEPTIONS:
        return None
    value = min(a.naive, forms(a.degrees[0], a.widths[0])) - 1
    return UpperBound("alexander-hirschowitz", a, value) if _better(value, least) else None


def segre_veronese(a: Architecture, least: int | None) -> UpperBound | None:
    """The sporadic defective secants of Segre–Veronese varieties in degree (1, r) (Abo and Brambilla)."""
    if a.depth != 2 or a.biases or not is_segre_veronese_exception(a.widths, a.degrees[0]):
        return None
    value = min(a.naive, a.widths[2] * forms(a.degrees[0], a.widths[0])) - 1
    return UpperBound("segre-veronese", a, value) if _better(value, least) else None


def homogenisation(a: Architecture, least: int | None) -> UpperBound | None:
    """With biases and one hidden layer: the first bias is one more input, the last adds d_2 at most."""
    if a.depth != 2 or not a.biases:
        return None
    part = upper_bound(Architecture((a.widths[0] + 1, *a.widths[1:]), a.degrees))
    value = part.value + a.widths[2]
    return UpperBound("homogenisation", a, value, (part,)) if _better(value, least) else None


def symmetry(a: Architecture, least: int | None) -> UpperBound | None:
    """Vector fields tangent to the fibres, discovered and verified identically (`algebra.polynomial.symmetries`)."""
    found = _discovered.get(a)
    return found if found is not None and _better(found.value, least) else None


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


def _matrices(a: Architecture, k: int, rho: int) -> tuple[int, int]:
    """Dimension of the d_h x N matrices of rank `rho`, and the N forms that survive behind layer k.

    With biases: modulo the constants, which the last bias makes free.
    """
    space = hilbert_function(a, k, a.degree_after(k)) - a.biases
    return rho * (space + a.widths[-1] - rho) + (a.widths[-1] if a.biases else 0), space


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


def bounds_of(architecture: Architecture) -> list[UpperBound]:
    """Return the least bound of each rule that applies, reductions left aside."""
    rules = (one_layer,) if architecture.depth == 1 else RULES
    return [bound for rule in rules if (bound := rule(architecture, None)) is not None]
