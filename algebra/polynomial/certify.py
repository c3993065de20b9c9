"""Certificates of dimensions: the network and the chain of its upper bound, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.polynomial.span import seen_span
from algebra.polynomial.span_rules import Monomials, proof_of

if TYPE_CHECKING:
    from algebra.evidence.reason import Reason
    from algebra.polynomial.architecture import Network
    from algebra.polynomial.hilbert import Architecture
    from algebra.polynomial.symmetries import SymmetryField

LAYERED = frozenset({"linear-layer", "saturation", "width-one", "cut", "hilbert", "family-of-spans"})


def chain_json(network: Network, root: Reason) -> list[dict[str, Any]]:
    """Write a tree of bounds as a list without repetition, parts before what rests on them.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    root : Reason
        The bound of the network, on top of the tree.

    Returns
    -------
    list of dict
    """
    if root.about is None:
        return [{"rule": root.rule, "network": network.to_json(), "value": root.value, "parts": []}]
    chain: list[dict[str, Any]] = []
    place: dict[int, int] = {}  # by identity: hashing a tree would walk it over and over
    first: dict[Any, int] = {}
    waiting = [root]
    while waiting:
        bound = waiting[-1]
        missing = [part for part in bound.parts if id(part) not in place]
        waiting.extend(missing)
        if missing:
            continue
        waiting.pop()
        parts = [place[id(part)] for part in bound.parts]
        content = (bound.rule, bound.about, bound.value, tuple(parts), bound.details)
        if content not in first:
            first[content] = len(chain)
            chain.append(_statement(bound, parts))
        place[id(bound)] = first[content]
    return chain


def _statement(bound: Reason, parts: list[int]) -> dict[str, Any]:
    if isinstance(bound.about, Monomials):
        return span_json(bound)
    statement = {"rule": bound.rule, **bound.about.to_json(), "value": bound.value, "parts": parts}
    layer = dict(bound.details).get("layer")
    if bound.rule in LAYERED:
        statement["layer"] = layer
    a, details = bound.about, dict(bound.details)
    if bound.rule == "quadratic-output":
        statement |= _span_json(a, a.depth - 2, details["rank"])
    elif bound.note is not None:
        statement["fields"] = [_field_json(field) for field in bound.note.fields]
    elif layer is not None and "span" in details:
        # With biases the constant is one dimension of the span, which the affine maps do not move.
        statement |= _span_json(a, layer - 1, a.widths[layer] + a.biases)
    return statement


def span_json(bound: Reason) -> dict[str, Any]:
    """Write a theorem on a span down, with what it chooses."""
    return {"rule": bound.rule, **bound.about.to_json(), "value": bound.value, **proof_of(bound)}


def _field_json(field: SymmetryField) -> list[Any]:
    return [[q, [[list(e), c] for e, c in terms]] for q, terms in field.components]


def _span_json(a: Architecture, layer: int, enough: int) -> dict[str, Any]:
    return seen_span(a.widths[: layer + 1], a.degrees[:layer], a.biases, enough).minor_json()
