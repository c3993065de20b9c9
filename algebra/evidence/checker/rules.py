"""The rules of the upper bound.

Each takes the network, the layer k that the statement names (or 0), and what is given: the earlier statements and the
certified span. It refuses if a hypothesis fails, and returns the bound. V(d) is the variety of the network d.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple, TypeVar

from .functions import SPANS, check_functions
from .hilbert import Functions, forms, span_bound
from .limits import MOST_BITS, MOST_DEGREE, Refused, need, spend
from .minors import certified_span
from .polynomial_counts import (
    ALEXANDER_HIRSCHOWITZ,
    OCTAD_FAMILY,
    is_segre_veronese_exception,
    maps_of_rank,
    orthogonal_orbit,
)
from .reading import Network, fields, integer, integers, label, read_network, text
from .symmetry import symmetries, symmetry

T = TypeVar("T")


class Bound(NamedTuple):
    """An earlier statement of the chain."""

    of: Network
    value: int


class Given(NamedTuple):
    """What a rule rests on: earlier bounds, earlier statements on spans, and a span that the statement certifies."""

    parts: list[Bound]
    spans: list[Functions]
    span: int


class Rule(NamedTuple):
    """A theorem, and what a statement brings along for it.

    `back` says how far before the named layer, or the last one, the span is taken that it may certify; 0: none is.
    """

    bound: Callable[[Network, int, Given], int]
    parts: int = 0
    names_layer: bool = False
    back: int = 0


def same(part: Bound, wanted: Network) -> int:
    """Return the value of a part that speaks of the wanted network."""
    need(part.of == wanted, "a part speaks of another network than the rule asks for")
    return part.value


def one_layer(a: Network, _k: int, _given: Given) -> int:
    """Without hidden layers the parameters are the coefficients."""
    need(len(a.widths) == 2, "there is a hidden layer")
    return a.parameters


def gauge(a: Network, _k: int, _given: Given) -> int:
    """Move one neuron's input z by (alpha z + beta), its outgoing weights by gamma, and the next bias by epsilon.

    Where s'(z)(alpha z + beta) + gamma s(z) + epsilon = 0, the function stays: a vector field tangent to the
    fibre. For powers these are the scalings. The fields of all neurons are independent at a general point: look
    at the first layer in which one moves the incoming weights. For convolutions: one scaling of each filter.
    """
    if a.filters:
        return a.parameters - len(a.activations)
    neurons = zip(a.widths[1:-1], a.activations, strict=True)
    return a.parameters - sum(width * symmetries(activation, a.biases) for width, activation in neurons)


def ambient(a: Network, _k: int, _given: Given) -> int:
    """The outputs are polynomials up to degree D; without biases only of the degrees that can be made."""
    have_powers = all(isinstance(s, int) for s in a.activations)
    have_polynomials = all(isinstance(s, int) or len(s[1]) == 1 for s in a.activations)
    need(have_polynomials, "an activation is not a polynomial")

    degree, n, outputs = prod(a.degrees), a.widths[0], a.widths[-1]
    if have_powers or a.biases or degree > MOST_DEGREE:
        return outputs * forms(degree, n, a.biases or not have_powers)
    return outputs * sum(forms(made, n, False) for made in output_degrees(a))


def output_degrees(a: Network) -> set[int]:
    """Degrees of the monomials of the outputs, without biases: sums of as many degrees as a power has factors."""
    found = {1}
    for s in a.activations:
        support = {s} if isinstance(s, int) else {i for i, c in enumerate(s[0]) if c}
        sums, made = {0}, set[int]()
        for power in range(max(support, default=0) + 1):
            if power in support:
                made |= sums
            sums = {x + y for x in sums for y in found}
        found = made
    return found


def rank_variety(a: Network, k: int, given: Given) -> int:
    """Bound what follows layer k: d_h functions from a space of dimension n, of which m at most are independent.

    With biases all that is meant modulo the constants, which the last bias adds.
    """
    d = a.widths[-1]
    m = min(d, outputs_span(a, given))
    n = span_bound(a, k, prod(a.degrees[k:]), given.spans) - a.biases
    return maps_of_rank(m, n, d, a.biases)


def outputs_span(a: Network, given: Given) -> int:
    """Bound the span of the outputs for all last weights, with biases modulo the constants."""
    return span_bound(a, len(a.degrees), 1, given.spans) - a.biases


def determinantal(a: Network, _k: int, given: Given) -> int:
    """The outputs span no more than the activations of layer h-1: a matrix of bounded rank."""
    return rank_variety(a, 0, given)


def fibre(a: Network, k: int, s: int) -> int:
    """Dimension of the orbits of the group that acts on the pre-activations of layer k and inversely on W_{k+1}.

    It is the torus of dimension d_k. If r_k = 1 it is all of GL(d_k), with biases the affine group: its orbits
    have dimension d_k m (with biases d_k more) if the pre-activations span m dimensions (modulo the constants).
    """
    d = a.widths[k]
    if a.degrees[k - 1] != 1:
        return d
    m = min(s - a.biases, d)
    return max(d, d * m + d * a.biases)


def hilbert(a: Network, k: int, given: Given) -> int:
    """V(head) up to that group; then the outputs are forms on what layer k yields."""
    head = same(given.parts[0], a.head(k)) - fibre(a, k, given.span)
    return head + rank_variety(a, k, given)


def family_of_spans(a: Network, k: int, given: Given) -> int:
    """The spans of products of two of the octad's squares are a family of dimension 15; then it goes as in `hilbert`.

    Each is orthogonal to a sum of four fourth powers of linear forms, up to a factor: see `functions.octad`.
    """
    is_octad = a.widths[:2] == (4, 8) and a.degrees[0] == 2 and not a.biases
    has_degree = prod(a.degrees[1:]) == 2
    need(k == 1 and is_octad and has_degree, "the first layer is not the octad, or what follows has not degree 2")
    need(any(s.speaks_of(a, 1, 2) for s in given.spans), "the statement on the octad is missing")
    return OCTAD_FAMILY + rank_variety(a, k, given)


def cut(a: Network, k: int, given: Given) -> int:
    """V(head) x V(tail) -> V is dominant, and that group acts on its fibres (Kileel, Trager, Bruna 2019)."""
    head = same(given.parts[0], a.head(k))
    tail = same(given.parts[1], a.tail(k))
    return head + tail - fibre(a, k, given.span)


def linear_layer(a: Network, k: int, given: Given) -> int:
    """If r_k = 1 and d_k >= min(d_{k-1}, d_{k+1}), then W_{k+1} W_k is any matrix: leave layer k out."""
    before, width, after = a.widths[k - 1 : k + 2]
    need(a.degrees[k - 1] == 1, "the layer's degree is not 1")
    need(width >= min(before, after), "the layer is a bottleneck")
    widths = a.widths[:k] + a.widths[k + 1 :]
    degrees = a.degrees[: k - 1] + a.degrees[k:]
    return same(given.parts[0], Network(widths, degrees, a.biases))


def saturation(a: Network, k: int, given: Given) -> int:
    """As many neurons as there are independent powers on layer k-1 (modulo constants) give all their combinations."""
    part = given.parts[0].of
    width = part.widths[k] if k < len(part.widths) else 0
    independent = span_bound(a, k - 1, a.degrees[k - 1], given.spans) - a.biases
    need(independent <= width <= a.widths[k], "the layer is not saturated")
    return same(given.parts[0], a.with_width(k, width))


def input_reduction(a: Network, _k: int, given: Given) -> int:
    """The function factors through the d_1 forms of W_1: a point of a Grassmannian, and a function on C^{d_1}."""
    d0, d1 = a.widths[:2]
    need(d1 <= d0, "the first layer is wider than the input")
    return same(given.parts[0], a.with_width(0, d1)) + d1 * (d0 - d1)


def width_one(a: Network, k: int, given: Given) -> int:
    """Behind a layer of width 1 the outputs are multiples c_i z^e of one power, z up to a scalar."""
    need(a.widths[k] == 1 and not a.biases, "the layer has not width 1, or there are biases")
    return same(given.parts[0], a.head(k)) + a.widths[-1] - 1


def output_span(a: Network, _k: int, given: Given) -> int:
    """If m bounds the span of the outputs, all others are combinations of the first m (and constants)."""
    d, m = a.widths[-1], given.parts[0].of.widths[-1]
    need(len(a.degrees) > 0 and outputs_span(a, given) <= m <= d, "the outputs need not depend")
    fewer = a.with_width(len(a.widths) - 1, m)
    return same(given.parts[0], fewer) + (m + a.biases) * (d - m)


def quadratic_output(a: Network, _k: int, given: Given) -> int:
    """One output, last degree 2: a quadratic form of rank q at most in the span of layer h-2's activations.

    So it is a sum of q squares of outputs of d_0 ... d_{h-2}, q (plus b_h). O(q) acts on the fibres; these
    outputs span at least s dimensions, so the stabiliser of a general point is in O(q - s).
    """
    h, s = len(a.widths) - 1, given.span
    q = given.parts[0].of.widths[-1]
    need(a.widths[-1] == 1 and a.degrees[-1:] == (2,), "there is not one output that is a sum of squares")

    # No more squares than neurons, nor than the activations below span.
    spanned = span_bound(a, h - 2, 1, given.spans)
    need(q >= min(a.widths[h - 1], spanned), "the quadratic form may have a larger rank")
    need(s <= q, "the span is larger than the rank")

    squares = Network((*a.widths[: h - 1], q), a.degrees[: h - 2], a.biases)
    return same(given.parts[0], squares) - orthogonal_orbit(q, s) + a.biases


def alexander_hirschowitz(a: Network, _k: int, given: Given) -> int:
    """The defective cases of Alexander and Hirschowitz (1995) of degree 3 and 4, each of defect 1."""
    is_exception = (*a.widths, *a.degrees) in ALEXANDER_HIRSCHOWITZ
    need(is_exception and not a.biases, "the network is no exception of the theorem")
    return min(gauge(a, 0, given), ambient(a, 0, given)) - 1


def segre_veronese(a: Network, _k: int, given: Given) -> int:
    """Secants of Segre-Veronese varieties of degree (1, r) of defect 1 (Ottaviani 2007, Abo, Brambilla 2009)."""
    known = len(a.widths) == 3 and is_segre_veronese_exception(a.widths, a.degrees[0])
    need(known and not a.biases, "the network is no known exception")
    return min(gauge(a, 0, given), ambient(a, 0, given)) - 1


def homogenisation(a: Network, _k: int, given: Given) -> int:
    """With one hidden layer the first bias is one more input, set to 1; the last adds d_2 parameters."""
    need(len(a.widths) == 3 and a.biases, "there is not one hidden layer with biases")
    return same(given.parts[0], Network((a.widths[0] + 1, *a.widths[1:]), a.degrees, False)) + a.widths[2]


RULES: dict[str, Rule] = {
    "one-layer": Rule(one_layer),
    "gauge": Rule(gauge),
    "ambient": Rule(ambient),
    "determinantal": Rule(determinantal),
    "linear-layer": Rule(linear_layer, parts=1, names_layer=True),
    "saturation": Rule(saturation, parts=1, names_layer=True),
    "input-reduction": Rule(input_reduction, parts=1),
    "width-one": Rule(width_one, parts=1, names_layer=True),
    "cut": Rule(cut, parts=2, names_layer=True, back=1),
    "hilbert": Rule(hilbert, parts=1, names_layer=True, back=1),
    "family-of-spans": Rule(family_of_spans, names_layer=True),
    "output-span": Rule(output_span, parts=1),
    "quadratic-output": Rule(quadratic_output, parts=1, back=2),
    "alexander-hirschowitz": Rule(alexander_hirschowitz),
    "segre-veronese": Rule(segre_veronese),
    "homogenisation": Rule(homogenisation, parts=1),
    "symmetry": Rule(gauge),  # less the fields that the statement brings along, see `symmetry`
}
SPAN = ("span_key", "span_prime", "span_rows", "span_columns")


def check_statement(entry: Any, earlier: list[Bound | Functions]) -> Bound | Functions:
    """Check one statement of the chain, given the earlier ones."""
    need(type(entry) is dict, "a statement of the upper bound is not an object")
    name = text(entry.get("rule"), "rule")
    if name in SPANS:
        return refusing(name, lambda: check_functions(entry))
    need(name in RULES, "a rule of the upper bound is unknown")
    rule = RULES[name]

    # Its keys: the network, and what the rule takes.
    described = ("network",) if "network" in entry else ("widths", "degrees", "biases")
    layered = ("layer",) if rule.names_layer else ()
    spanned = SPAN if rule.back and "span_key" in entry else ()
    fields_ = ("fields",) if name == "symmetry" else ()
    fields(entry, name, "rule", "value", "parts", *described, *layered, *spanned, *fields_)

    # The network it speaks of.
    a = read_network(entry["network"] if "network" in entry else {field: entry[field] for field in described})
    need(a.is_plain != ("network" in entry), "a statement writes down its network in the wrong way")
    need(a.is_plain or name in ("gauge", "ambient"), f"{name} does not speak of such networks")
    pay_for_statement(a)

    # What it rests on.
    named = [earlier[i] for i in integers(entry["parts"], f"the parts of {name}", 0, len(earlier) - 1)]
    parts = [each for each in named if isinstance(each, Bound)]
    spans = [each for each in named if isinstance(each, Functions)]
    need(len(parts) == rule.parts, f"{name} has not {rule.parts} parts")
    spend(20 * len(spans) * len(a.widths), "the chain")

    # The layer it names, and the one whose span it certifies.
    last = len(a.widths) - 1
    k = integer(entry["layer"], f"the layer of {name}", 1, last - 1) if rule.names_layer else 0
    before = (k or last) - rule.back
    need(before >= 0, f"there are too few layers for {name}")

    def least_value() -> int:
        span = certified_span(a, before, *(entry[field] for field in spanned)) if spanned else 0
        return symmetry(a, entry["fields"]) if fields_ else rule.bound(a, k, Given(parts, spans, span))

    least = refusing(name, least_value)
    value = integer(entry["value"], "value")
    need(value >= least, f"{name} does not give the value {value} of {label(a)}")
    return Bound(a, value)


def refusing(name: str, proof: Callable[[], T]) -> T:
    """Return what a proof gives; a refusal names the rule."""
    try:
        return proof()
    except Refused as refusal:
        raise Refused(f"{name}: {refusal}") from None


def pay_for_statement(a: Network) -> None:
    """Pay for one use of a rule: for `span_bound`, which looks at all pairs of layers, and two binomials a layer."""
    bits = sum(degree.bit_length() - 1 for degree in a.degrees if degree)  # at least half of the product's
    need(bits <= MOST_BITS, "the degree is too large to be checked here")
    layers = len(a.widths)
    spend(1000 + layers * (2000 + 20 * layers) * (1 + bits // 4096), "the chain")


def check_upper(network: Network, claimed: int | None, chain: Any) -> None:
    """Check the upper bound."""
    if chain is None or claimed is None:
        return need(chain is claimed, "the claim's upper bound has no proof, or the proof no claim")
    need(type(chain) is list and len(chain) > 0, "the upper bound is not a list of statements")
    bounds: list[Bound | Functions] = []
    for entry in chain:
        bounds.append(check_statement(entry, bounds))
    found = bounds[-1]
    need(isinstance(found, Bound) and found.of == network, "the upper bound's last statement speaks of another network")
    need(found.value == claimed, f"the claim's upper bound is {claimed}, but the chain gives {found.value}")
