"""What the bounds talk about: widths, activation degrees, biases; and the Hilbert functions behind them.

Every function here is a statement about *generic* weights that needs no computation with weights.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

from algebra.evidence.checker.labels import digits
from algebra.memory import binomial, power_up_to
from algebra.polynomial.architecture import PolynomialArchitecture
from algebra.polynomial.span_rules import Span, Theorems, is_free, least_span

CACHE = 1 << 17

LOOK_BACK = 24
"""How many layers back a relation is looked for; looking at fewer layers gives weaker bounds, never wrong ones."""


class Architecture(NamedTuple):
    """Widths d_0 … d_h, activation degrees r_1 … r_{h-1}, and whether every layer has biases."""

    widths: tuple[int, ...]
    degrees: tuple[int, ...]
    biases: bool = False

    def __str__(self) -> str:
        degrees = f"; {', '.join(map(digits, self.degrees))}" if self.degrees else ""
        return f"dim({', '.join(map(digits, self.widths))}{degrees}{'; biases' if self.biases else ''})"

    def to_json(self) -> dict[str, Any]:
        """Describe the architecture as certificates do."""
        return {"widths": list(self.widths), "degrees": list(self.degrees), "biases": self.biases}

    @property
    def network(self) -> PolynomialArchitecture:
        """The network with these widths and powers, to be evaluated."""
        return PolynomialArchitecture(self.widths, degrees=self.degrees, biases=self.biases)

    @property
    def depth(self) -> int:
        """Number h of weight matrices."""
        return len(self.widths) - 1

    @property
    def parameters(self) -> int:
        """Number of weights and biases."""
        w = self.widths
        return sum((w[i] + self.biases) * w[i + 1] for i in range(len(w) - 1))

    @property
    def naive(self) -> int:
        """Parameters less the scalings of hidden neurons."""
        return self.parameters - sum(self.widths[1:-1])

    def head(self, k: int) -> Architecture:
        """The network d_0 … d_k, whose outputs are the pre-activations of layer k."""
        return Architecture(self.widths[: k + 1], self.degrees[: k - 1], self.biases)

    def tail(self, k: int) -> Architecture:
        """The network d_k … d_h on the activations of layer k."""
        return Architecture(self.widths[k:], self.degrees[k:], self.biases)

    def without(self, k: int) -> Architecture:
        """Leave out hidden layer k and its activation."""
        return Architecture(
            self.widths[:k] + self.widths[k + 1 :], self.degrees[: k - 1] + self.degrees[k:], self.biases
        )

    def with_width(self, k: int, width: int) -> Architecture:
        """Replace the width of layer k (negative k counts from the end)."""
        k %= len(self.widths)
        return Architecture((*self.widths[:k], width, *self.widths[k + 1 :]), self.degrees, self.biases)

    def degree_after(self, k: int) -> int:
        """Degree of the outputs in the activations of layer k."""
        return prod(self.degrees[k:])


def forms(degree: int, variables: int, biases: bool = False) -> int:
    """Dimension of the forms of a degree in so many variables; with biases, of polynomials up to it.

    Parameters
    ----------
    degree : int
    variables : int
    biases : bool
        Count polynomials up to the degree.

    Returns
    -------
    int

    Examples
    --------
    >>> forms(2, 3), forms(2, 3, biases=True)
    (6, 10)
    """
    top = degree + variables - (not biases)
    return binomial(top, degree)


def hilbert_function(architecture: Architecture, k: int, t: int, theorems: Theorems = "proved") -> int:
    r"""Bound the span of the degree-t monomials in the activations of layer k (with biases: up to degree t).

    The least of three: all monomials; the bound for an earlier layer j (up to `LOOK_BACK` layers back) in degree t·e,
    where the activations of layer k are forms of degree e in those of layer j; and, if d_k > d_j, what a relation of
    degree :math:`\delta = e^{d_j - 1}` leaves over (with biases :math:`e^{d_j}`). A relation of at most that degree
    always holds among any d_j + 1 of the activations: their image has that degree at most (Bézout). Without biases, the
    theorems of `algebra.polynomial.span_rules` are asked where they may give less.

    Examples
    --------
    Four squares of linear forms in three variables satisfy one quartic relation:

    >>> [hilbert_function(Architecture((3, 4, 1), (2,)), 1, t) for t in (1, 2, 4)]
    [4, 10, 34]
    """
    return span(architecture, k, t, theorems).value


def span(architecture: Architecture, k: int, t: int, theorems: Theorems = "proved") -> Span:
    """Return `hilbert_function` with the theorem that it rests on, if it is one of `algebra.polynomial.span_rules`.

    Examples
    --------
    >>> span(Architecture((4, 6, 1), (2,)), 1, 8)
    Span(value=889, rule='graph', about=Monomials(widths=(4, 6), degrees=(2,), t=8))
    """
    return _hilbert(architecture.widths[: k + 1], architecture.degrees[:k], architecture.biases, t, theorems)


@lru_cache(maxsize=CACHE)
def _hilbert(widths: tuple[int, ...], degrees: tuple[int, ...], biases: bool, t: int, theorems: Theorems) -> Span:
    # Forms and relations first, at every layer that is near enough: they cost a count.
    best, top, shaped = _own_forms(widths, degrees, biases, t), t, []
    for j in range(len(widths) - 1, max(len(widths) - LOOK_BACK, -1) + 1, -1):
        degree = top * degrees[j - 1]
        best = min(best, _own_forms(widths[:j], degrees[: j - 1], biases, degree))
        if not biases and (theorems != "free" or is_free(widths[j - 1], widths[j])) and _is_shaped(widths, j):
            shaped.append((j, top, degree))
        top = degree

    # Theorems where they may help: never below a quarter of the forms in three variables.
    found = Span(best)
    for j, top, degree in shaped:
        if 8 * found.value > (degree + 1) * (degree + 2):
            found = least_span(widths[: j + 1], degrees[:j], top, found.value, theorems) or found
    return found


def _is_shaped(widths: tuple[int, ...], j: int) -> bool:
    """Tell whether a theorem speaks of layer j.

    It has at least two neurons more than inputs and less than twice as many; or it is that of the octad; or it is the
    second of two layers, with one neuron less than twice their inputs, of which the first is wider.
    """
    n, d = widths[j - 1], widths[j]
    return n + 2 <= d < 2 * n or (n, d) == (4, 8) or (j > 1 and d == 2 * widths[j - 2] - 1 < 2 * n - 1)


def first_theorem(a: Architecture) -> int | None:
    """Return the first layer of which a theorem that costs a rank may lower a span that bounds ask for; None: none.

    The spans are those that the bounds of a network and its parts ask for.

    Examples
    --------
    >>> first_theorem(Architecture((4, 6, 12, 8, 1), (2, 2, 2)))
    1
    >>> first_theorem(Architecture((4, 6, 12, 1), (2, 2))) is None
    True
    """
    if a.biases:
        return None
    if 1 in a.degrees:
        return 1  # a part may absorb linear layers, and then be that of a theorem
    for j in range(1, a.depth):
        if not _is_shaped(a.widths, j):
            continue
        first, t = max(j - 2, 0), 1
        for degree in (*a.degrees[j:], 1):
            if _may_lower(a.widths[first : j + 1], a.degrees[first:j], t):
                return j
            t *= degree
    return None


@lru_cache(maxsize=CACHE)
def _may_lower(widths: tuple[int, ...], degrees: tuple[int, ...], t: int) -> bool:
    """Tell whether a theorem on the last one or two layers may give less than a count."""
    known = _hilbert(widths, degrees, False, t, "free").value
    return known > _hilbert(widths, degrees, False, t, "hoped").value


@lru_cache(maxsize=CACHE)
def _own_forms(widths: tuple[int, ...], degrees: tuple[int, ...], biases: bool, t: int) -> int:
    """Forms of degree t in the last layer's activations, less the multiples of a relation that always holds."""
    d, e = widths[-1], 1
    least = None
    for j in range(len(widths) - 2, max(len(widths) - LOOK_BACK, -1), -1):
        e *= degrees[j]
        if d > widths[j]:
            least = relation_degree(e, widths[j], biases, t if least is None else least) or least
    found = forms(t, d, biases)
    if least is not None:
        found -= forms(t - least, d, biases)
    return found


def relation_degree(degree: int, variables: int, biases: bool, most: int | None = None) -> int | None:
    """Degree of a relation that so many variables plus one forms of a degree in them always satisfy.

    Parameters
    ----------
    degree : int
        Of the forms.
    variables : int
    biases : bool
        Whether the forms have terms of lower degree, too.
    most : int, optional
        Look no further.

    Returns
    -------
    int or None
        None if it is greater than `most`; it may then be too long for any memory.

    Examples
    --------
    >>> relation_degree(2, 3, biases=False), relation_degree(2, 10**100, biases=False, most=9)
    (4, None)
    """
    exponent = variables if biases else variables - 1
    return int(degree**exponent) if most is None else power_up_to(degree, exponent, most)


def activation_span(architecture: Architecture, k: int, theorems: Theorems = "proved") -> int:
    """Bound the span of the activations of layer k (with biases: and of the constant function)."""
    return span(architecture, k, 1, theorems).value


def saturation_width(architecture: Architecture, k: int, theorems: Theorems = "proved") -> int:
    """Width of hidden layer k beyond which nothing is gained: its activations already span all they can.

    With biases: modulo the constants, which the next bias supplies.

    Examples
    --------
    >>> saturation_width(Architecture((2, 9, 1), (2,)), 1)
    3
    """
    found = span(architecture, k - 1, architecture.degrees[k - 1], theorems).value
    return max(1, found - architecture.biases)
