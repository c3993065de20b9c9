"""The upper bound of the dimension of a program's functions: the rules, each under its theorem."""

from __future__ import annotations

from typing import Any

from .generator import residues
from .limits import LARGEST, hold, need, per_drawing, spend
from .minors import is_regular, read_minor, read_modulus
from .programs_fields import Derivation, Field, field_at
from .programs_larger import larger
from .programs_monomials import ambient_dimension
from .programs_networks import recognised
from .programs_parts import independent_coefficients, split_off
from .programs_reading import Program, exact_number
from .reading import fields, integer, read_key, read_network
from .rules import check_upper


def check_program_upper(p: Program, claimed: int | None, proof: Any) -> None:
    """Check the upper bound."""
    if claimed is None or proof is None:
        return need(claimed is proof, "the claim's upper bound has no proof, or the proof no claim")
    found = bound(p, claimed, proof)
    return need(found <= claimed, f"the claim's upper bound is {claimed}, but the rule gives {found}")


def bound(p: Program, claimed: int, proof: Any) -> int:
    """Return the bound that a proof gives."""
    rule = proof.get("rule") if type(proof) is dict else None
    need(type(rule) is str and rule in RULES, f"the upper bound's rule is none of {', '.join(RULES)}")
    return RULES[str(rule)](p, claimed, proof)


def parameters(p: Program, _claimed: int, proof: Any) -> int:
    """The functions are the image of the weights."""
    fields(proof, "upper", "rule")
    return p.parameters


def symmetries(p: Program, _claimed: int, proof: Any) -> int:
    """The flows of symmetries lie in the fibres, and their rank at a point is the dimension of its orbit.

    A general orbit is no smaller. `Derivation` proves that each field leaves the functions alone; their values at the
    weights of the key (integers of the stream ``weights``) are independent modulo the prime: the minor of all fields
    at the columns is a unit.
    """
    _, given, prime, key, columns = fields(proof, "upper", "rule", "fields", "prime", "key", "columns")
    need(type(given) is list, "fields is not a list")
    _, columns = read_minor(list(range(len(given))), columns, LARGEST, p.parameters - 1)
    m = read_modulus(prime, len(columns))
    hold(len(given), 8 * p.parameters, "the vector fields")
    spend(per_drawing(p.parameters, 1) + 4 * len(given) * p.parameters, "the vector fields")
    weights = residues(read_key(key), "weights", 0, p.parameters, 1, m)
    derivation, matrix = Derivation(p), []
    for each in given:
        field = read_field(each, p.parameters)
        need(derivation.is_symmetry(field), "a vector field is not seen to leave the functions alone")
        values = field_at(field, weights, m)
        matrix.append([values[q] for q in columns])
    need(is_regular(matrix, m), "the vector fields are not shown to be independent")
    return p.parameters - len(given)


def read_field(value: Any, count: int) -> Field:
    """Return a field: triples of a weight, the weight (or null: 1) that moves it, and the coefficient."""
    need(type(value) is list, "a vector field is not a list")
    spend(40 * len(value), "a vector field")
    found: Field = {}
    for each in value:
        need(type(each) is list and len(each) == 3, "a vector field's entry is no triple")
        q = integer(each[0], "a weight", 0, count - 1)
        other = None if each[1] is None else integer(each[1], "a weight", 0, count - 1)
        parts = found.setdefault(q, {})
        need(other not in parts, "a vector field moves a weight twice by the same")
        parts[other] = exact_number(each[2])
        need(parts[other] != 0, "a vector field has a coefficient 0")
    return found


def ambient(p: Program, _claimed: int, proof: Any) -> int:
    """The outputs are polynomials in the inputs: each lies in the space that its monomials span."""
    fields(proof, "upper", "rule")
    return ambient_dimension(p)


def network(p: Program, claimed: int, proof: Any) -> int:
    """The program is a polynomial network, up to names: the rules for these."""
    _, given, chain = fields(proof, "upper", "rule", "network", "upper")
    found = read_network(given)
    need(recognised(p) == found, "the program is not seen to be this network")
    check_upper(found, claimed, chain)
    return claimed


def larger_program(p: Program, claimed: int, proof: Any) -> int:
    """The functions of the program lie among those of a larger one; see `programs_larger`."""
    _, given, weights, inputs, upper = fields(proof, "upper", "rule", "program", "weights", "inputs", "upper")
    return bound(larger(p, given, weights, inputs), claimed, upper)


def parts(p: Program, claimed: int, proof: Any) -> int:
    """What is seen of parts, and the rest; see `programs_parts`."""
    _, given, upper = fields(proof, "upper", "rule", "parts", "upper")
    need(type(given) is list, "parts is not a list")
    seen = 0
    for each in given:
        dimension, p = split_off(p, each)
        seen += dimension
    need(seen <= claimed, f"the claim's upper bound is {claimed}, but of the parts alone {seen} are seen")
    return seen + bound(p, claimed - seen, upper)


def coefficients(p: Program, _claimed: int, proof: Any) -> int:
    """The program is the only part: see `programs_parts`."""
    fields(proof, "upper", "rule")
    return independent_coefficients(p)


RULES = {
    "parameters": parameters,
    "symmetries": symmetries,
    "ambient": ambient,
    "network": network,
    "larger-program": larger_program,
    "parts": parts,
    "independent-coefficients": coefficients,
}
