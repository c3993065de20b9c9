"""The span of the monomials of degree t in the activations of the last of some layers, at general weights."""

from __future__ import annotations

from collections.abc import Callable
from operator import mul
from typing import Any

from .functions import MOST_ORDER, check_functions
from .generator import residues
from .hilbert import span_bound
from .labels import digits
from .limits import LARGEST, MOST_BITS, need, spend
from .minors import forward, is_regular, pay_for_samples, read_minor, read_modulus, terms
from .reading import Network, fields, integer, integers, read_bounds, read_key, read_proofs, read_widths, text


def span_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of the span."""
    names = ("quantity", "label", "widths", "degrees", "t", "lower", "upper")
    _, name, widths, degrees, t, lower, upper = fields(claim, "claim", *names)
    below, above = read_proofs(document, "lower", "upper")

    # The numbers that the claim is about.
    of = Network(read_widths(widths), integers(degrees, "degrees", 1, MOST_ORDER))
    need(len(of.activations) == len(of.widths) - 1, "there is not one degree for each layer")
    t = integer(t, "t", 1)
    lower, upper, between = read_bounds(lower, upper)

    # Its name says them again.
    shown_widths = "-".join(map(digits, of.widths))
    shown_degrees = ",".join(map(digits, of.degrees))
    label = f"monomial-span:{shown_widths}:r{shown_degrees}:t{digits(t)}"
    need(text(name, "label") == label, "the label does not fit")

    checks: list[Callable[[], None]] = [
        lambda: check_most(of, t, upper, above),
        lambda: check_least(of, t, lower, below),
    ]
    return f"the dimension of the span {name} is {between}", checks


def check_most(of: Network, t: int, claimed: int, chain: Any) -> None:
    """Check the upper bound: forms and relations, and the statements that are named."""
    is_chain = type(chain) is list and all(type(entry) is dict for entry in chain)
    need(is_chain, "the upper bound is no list of statements")
    bits = sum(degree.bit_length() for degree in of.degrees)
    need(bits <= MOST_BITS, "the degree is too large to be checked here")
    spend(1000 + len(of.widths) ** 2 * (2000 + 20 * len(chain)), "the upper bound")

    proved = [check_functions(entry) for entry in chain]
    least = span_bound(of, len(of.degrees), t, proved)
    need(least <= claimed, f"the claim's upper bound {claimed} is not proved")


def check_least(of: Network, t: int, claimed: int, lower: Any) -> None:
    """Check the lower bound: t-th powers of combinations of the activations, at points, have a minor that is a unit."""
    names = ("rule", "prime", "key", "rows", "columns")
    rule, prime, key, rows, columns = fields(lower, "lower", *names)
    need(rule == "monomials", "the lower bound's rule is unknown")
    rows, columns = read_minor(rows, columns, LARGEST, LARGEST)
    need(len(rows) == claimed, f"the claim's lower bound is {claimed}, but the minor has size {len(rows)}")

    # All work is paid for before it begins.
    m, key = read_modulus(prime, len(rows)), read_key(key)
    first, width = of.widths[0], of.widths[-1]
    pay_for_samples(of, len(columns), m, 1)
    spend(len(rows) * len(columns) * (width + 20 + t.bit_length()), "the powers")

    # A row is a combination of the activations, a column a point.
    layers = terms(of)
    theta = residues(key, "weights", 0, of.parameters, 1, m)
    combinations = [residues(key, "combinations", width * i, width, 1, m) for i in rows]
    minor: list[list[int]] = [[] for _ in rows]
    for j in columns:
        x = residues(key, "points", first * j, first, 1, m)
        *_, (_, values, _) = forward(of, layers, theta, x, m)
        for row, combination in zip(minor, combinations, strict=True):
            value = sum(map(mul, combination, values))
            row.append(pow(value, t, m))
    need(is_regular(minor, m), "the minor of the lower bound vanishes")
