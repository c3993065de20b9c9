"""The span of the monomials of degree t in the activations of the last of some layers, at general weights."""

from __future__ import annotations

from collections.abc import Callable
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
    proofs = read_proofs(document, "lower", "upper")
    of = Network(read_widths(widths), integers(degrees, "degrees", 1, MOST_ORDER))
    need(len(of.activations) == len(of.widths) - 1, "there is not one degree for each layer")
    t = integer(t, "t", 1)
    lower, upper, between = read_bounds(lower, upper)
    shown = "-".join(map(digits, of.widths)), ",".join(map(digits, of.degrees))
    need(text(name, "label") == f"monomial-span:{shown[0]}:r{shown[1]}:t{digits(t)}", "the label does not fit")
    statement = f"the dimension of the span {name} is {between}"
    return statement, [lambda: check_most(of, t, upper, proofs[1]), lambda: check_least(of, t, lower, proofs[0])]


def check_most(of: Network, t: int, claimed: int, chain: Any) -> None:
    """Check the upper bound: forms and relations, and the statements that are named."""
    need(
        type(chain) is list and all(type(entry) is dict for entry in chain), "the upper bound is no list of statements"
    )
    need(sum(degree.bit_length() for degree in of.degrees) <= MOST_BITS, "the degree is too large to be checked here")
    spend(1000 + len(of.widths) ** 2 * (2000 + 20 * len(chain)), "the upper bound")
    proved = [check_functions(entry) for entry in chain]
    need(span_bound(of, len(of.degrees), t, proved) <= claimed, f"the claim's upper bound {claimed} is not proved")


def check_least(of: Network, t: int, claimed: int, lower: Any) -> None:
    """Check the lower bound: t-th powers of combinations of the activations, at points, have a minor that is a unit."""
    names = ("rule", "prime", "key", "rows", "columns")
    rule, prime, key, rows, columns = fields(lower, "lower", *names)
    need(rule == "monomials", "the lower bound's rule is unknown")
    rows, columns = read_minor(rows, columns, LARGEST, LARGEST)
    need(len(rows) == claimed, f"the claim's lower bound is {claimed}, but the minor has size {len(rows)}")
    m, key = read_modulus(prime, len(rows)), read_key(key)
    pay_for_samples(of, len(columns), m, 1)
    spend(len(rows) * len(columns) * (of.widths[-1] + 20 + t.bit_length()), "the powers")

    layers, width = terms(of), of.widths[-1]
    theta = residues(key, "weights", 0, of.parameters, 1, m)
    combinations = [residues(key, "combinations", width * i, width, 1, m) for i in rows]
    minor: list[list[int]] = [[] for _ in rows]
    for j in columns:
        x = residues(key, "points", of.widths[0] * j, of.widths[0], 1, m)
        values = [outputs for _, outputs, _ in forward(of, layers, theta, x, m)][-1]
        for row, combination in zip(minor, combinations, strict=True):
            row.append(pow(sum(c * z for c, z in zip(combination, values, strict=True)), t, m))
    need(is_regular(minor, m), "the minor of the lower bound vanishes")
