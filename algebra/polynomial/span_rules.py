"""Theorems on the span of monomials in activations that go beyond forms and one relation.

Each speaks of one or two layers of a tower, wherever they stand in it: the activations of layer k are polynomials in
those of an earlier layer j, whatever these are, so the span of monomials in them is at most what it is for free
variables in the place of layer j. `algebra.polynomial.hilbert` asks them where counting leaves more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from algebra.evidence.checker.labels import digits
from algebra.evidence.checker.polynomial_counts import OCTAD_SPAN
from algebra.evidence.reason import Reason
from algebra.memory import binomial

MOST_WIDTH = 13
"""Wider layers have too many choices of signs for the rule ``graph``; so nothing is counted for them."""

LEAST_SHARE = 0.5
"""A choice that saves time, no theorem; a rule that is not asked makes no bound wrong.

Of the 105 (n, w; r) and t with n <= 7, w <= 13, r <= 6 and at most 2,500 forms in which there are enough conditions to
lower the count of monomials, 40 do lower it; the least share among these is 0.76, of (4, 6; 2) at t = 4.
"""

FEW_FORMS = 100
"""Up to so many forms a rank is computed at once, in some 2 ms: in small degrees most conditions are dependent."""

Theorems = Literal["free", "hoped", "proved"]
"""Which theorems on spans count: those that cost no rank; all, as if all conditions were independent; all."""


class Monomials(NamedTuple):
    """The monomials of degree t in the activations of the last of these layers, with general weights."""

    widths: tuple[int, ...]
    degrees: tuple[int, ...]
    t: int

    def __str__(self) -> str:
        widths, degrees = (", ".join(map(digits, side)) for side in (self.widths, self.degrees))
        return f"span({widths}; {degrees}; t = {self.t})"

    def to_json(self) -> dict[str, Any]:
        """Describe them as certificates do."""
        return {"widths": list(self.widths), "degrees": list(self.degrees), "t": self.t}


class Span(NamedTuple):
    """A bound of a span; the theorem, and what it speaks of, if it is one of this module."""

    value: int
    rule: str = ""
    about: Monomials | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The theorem as what a bound rests on; empty if forms and relations are all that counts."""
        return () if self.about is None else (Reason(self.rule, self.value, self.about),)


SpanRule = Callable[[tuple[int, ...], tuple[int, ...], int, int, bool], Span | None]
"""A rule looks at the last layers of a tower and returns its bound if that is below the least one known so far.

The last argument says whether it returns what it hopes for, which costs a count, or what it proves, which costs a rank.
"""


def least_span(
    widths: tuple[int, ...], degrees: tuple[int, ...], t: int, known: int, theorems: Theorems = "proved"
) -> Span | None:
    """Return the least bound below a known one that these theorems give for the last layer's activations, or None.

    Examples
    --------
    >>> least_span((3, 4, 6), (2, 2), 4, 126)
    Span(value=125, rule='graph', about=Monomials(widths=(4, 6), degrees=(2,), t=4))
    """
    best: Span | None = None
    for rule in FREE_RULES if theorems == "free" else SPAN_RULES:
        least = known if best is None else best.value
        best = rule(widths, degrees, t, least, theorems == "hoped") or best
    return best


def is_free(inputs: int, width: int) -> bool:
    """Tell whether a theorem that costs no rank speaks of a layer; `octad` is the only one.

    Examples
    --------
    >>> is_free(4, 8), is_free(4, 7)
    (True, False)
    """
    return (inputs, width) == (4, 8)


def octad(widths: tuple[int, ...], degrees: tuple[int, ...], t: int, known: int, is_hope: bool) -> Span | None:
    """Products of two of eight squares of linear forms in four variables: 34 of the 35 quartics.

    The eight points that are dual to the forms lie on a pencil of quadrics, which has a self-polar tetrahedron a_1, …,
    a_4: it is spanned by two combinations Σ α_k a_k^2 and Σ β_k a_k^2. The vectors (a_k(p_j)^2)_k of the eight points
    lie in a plane, and among the diagonal quadratic forms Σ c_k x_k^2 one, up to a factor, vanishes on all of it. So Σ
    c_k a_k^4, as a form on the quartics, vanishes at all products l_i^2 l_j^2.
    """
    if widths[-2:] != (4, 8) or degrees[-1] != 2 or t != 2 or known <= OCTAD_SPAN:
        return None
    return Span(OCTAD_SPAN, "octad", Monomials((4, 8), (2,), 2))


def graph(widths: tuple[int, ...], degrees: tuple[int, ...], t: int, known: int, is_hope: bool) -> Span | None:
    """Pairs of points that powers of linear forms do not tell apart: `algebra.polynomial.graph_conditions`.

    One power more than variables satisfies one relation, and counting its multiples is exact: the rule begins with two.
    Powers themselves are independent as long as they can be: it begins with t = 2. And it is asked only where the
    known bound is more than `LEAST_SHARE` of all forms, which saves ranks that have never helped.
    """
    n, w, r = widths[-2], widths[-1], degrees[-1]
    if not n + 2 <= w <= min(2 * n - 1, MOST_WIDTH) or t < 2:
        return None
    space = binomial(r * t + n - 1, n - 1)
    if known <= space * LEAST_SHARE:
        return None
    from algebra.polynomial.graph_conditions import graph_conditions, most_conditions

    most = most_conditions(n, w, r, t)
    if most == 0 or space - most >= known:
        return None
    if is_hope and space > FEW_FORMS:
        return Span(space - most)
    found = graph_conditions(n, w, r, t)
    if found is None or space - found.rank >= known:
        return None
    return Span(space - found.rank, "graph", Monomials((n, w), (r,), t))


def double_points(widths: tuple[int, ...], degrees: tuple[int, ...], t: int, known: int, is_hope: bool) -> Span | None:
    """Pairs of points that a second layer does not tell apart: `algebra.polynomial.tower_conditions`."""
    if len(widths) < 3 or widths[-2] != widths[-3] + 1 or widths[-1] != 2 * widths[-3] - 1 or widths[-3] < 3:
        return None
    from algebra.polynomial.tower_conditions import bases_of, most_tower_conditions, tower_conditions

    n, w, powers = widths[-3], widths[-1], (degrees[-2], degrees[-1])
    bases = bases_of(n, w, powers)
    if not bases or bases[0] > t:
        return None
    space = _on_first_layer(n, powers[0], powers[1] * t)
    most = most_tower_conditions(n, w, powers)
    if space - most >= known:
        return None
    if is_hope:
        return Span(space - most)
    found = tower_conditions(n, w, powers, t)
    if found is None or space - found.rank >= known:
        return None
    return Span(space - found.rank, "double-points", Monomials((n, n + 1, w), powers, t))


def isolated_pairs(widths: tuple[int, ...], degrees: tuple[int, ...], t: int, known: int, is_hope: bool) -> Span | None:
    """Pairs of points that five powers of quadratic forms do not tell apart: `algebra.polynomial.pair_conditions`."""
    if len(widths) < 3 or widths[-3] != 3 or widths[-1] != 5 or widths[-2] < 5 or degrees[-2] != 2:
        return None
    from algebra.polynomial.pair_conditions import base_of, most_pairs, pair_conditions

    width, degree = widths[-2], degrees[-1]
    base = base_of(width, degree)
    space = binomial(2 * degree * t + 2, 2)
    if base is None or base > t or space - most_pairs(degree) >= known:
        return None
    if is_hope:
        return Span(space - most_pairs(degree))
    found = pair_conditions(width, degree)
    if found is None or space - found.rank >= known:
        return None
    return Span(space - found.rank, "isolated-pairs", Monomials((3, width, 5), (2, degree), t))


def _on_first_layer(n: int, degree: int, t: int) -> int:
    """Forms of degree t in n + 1 powers of linear forms in n variables, less the multiples of their relation."""
    e = degree ** (n - 1)
    return binomial(t + n, n) - (binomial(t - e + n, n) if t >= e else 0)


def proof_of(span: Reason) -> dict[str, Any]:
    """Return what a certificate holds of such a bound, beyond rule, layers and value."""
    about: Monomials = span.about
    n, w = about.widths[0], about.widths[-1]
    if span.rule == "octad":
        return {}
    if span.rule == "graph":
        from algebra.polynomial.graph_conditions import graph_conditions

        seen = graph_conditions(n, w, about.degrees[0], about.t)
    elif span.rule == "isolated-pairs":
        from algebra.polynomial.pair_conditions import pair_conditions

        seen = pair_conditions(about.widths[1], about.degrees[1])
    else:
        from algebra.polynomial.tower_conditions import tower_conditions

        seen = tower_conditions(n, w, (about.degrees[0], about.degrees[1]), about.t)
    assert seen is not None
    return seen.minor_json()


FREE_RULES: tuple[SpanRule, ...] = (octad,)
SPAN_RULES: tuple[SpanRule, ...] = (octad, graph, double_points, isolated_pairs)
