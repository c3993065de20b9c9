"""The dimension of the functions of a program: any network that can be evaluated.

A program has arrays of fixed shapes: ``inputs`` and ``parameters`` (names with shapes), ``constants`` (names with
nested lists of integers and fractions "p/q"), ``steps`` (each an operation ``op`` ``of`` earlier arrays, with its
options, under a new name) and ``outputs``. Operations, broadcasting and axes are those of numpy; see
`programs_operations`. The claim bounds the dimension of the set of all functions x -> outputs, for almost all weights
w: the generic rank of the derivative of w -> (outputs at x_1, outputs at x_2, ...). The label is the digest of the
program's text.

Every entry of every array is a scalar of a tape (`programs_tape`), made of earlier ones by sums of products, and
functions of one of them. Equal scalars are one.

**Lower bound.** ``program-minor``: row t of the matrix is the gradient, in all weights, of a random covector times
the outputs at sample t, modulo ``prime`` (`programs_values`). The minor at ``rows`` and ``columns`` is a unit, so the
rank is its size. What stands for a function: a residue E, a unit, for exp s, with dE = E ds; a residue sigma with
sigma^2 = u for sqrt u, with d sigma = du / (2 sigma).

This needs that the exponentials of all samples are algebraically independent over the field of weights and inputs. By
Ax's theorem (Annals of Mathematics 93, 1971) it is enough that no rational combination of the exponents of one sample
is a function of the weights alone, and none of the exponents that see no input a number. ``exponents`` shows it: a
minor of their differences at pairs of samples with the same weights (``pairs``), or at pairs of weights
(``weights``), is a unit. Where exponents are dependent, ``relations`` writes some as sums of integer multiples of the
others and of functions of the weights (`programs_relations`). Exponentials of rational numbers are powers of one
transcendental number; those of others are independent of it and of one another (`programs_constants`). Exponentials in
exponents are residues, by induction. Square roots are independent if no product of radicands is a square times a
function of the weights (of those that see no input: times a number). Its quadratic character would be the same at both
points of a pair; ``roots`` lists, for each level of roots behind roots,
pairs whose characters (Jacobi symbols) are independent over the field with two elements. Of numbers under roots no
product is a square: ``numbers`` lists odd moduli at which their Jacobi symbols are independent.

Rectifiers: ``signs`` is the key of real weights and inputs. No argument of a rectifier is 0 there, so the signs at
these weights and sample t stay nearby; row t is the gradient under them (`programs_signs`, `programs_intervals`). Where
exponents or radicands depend on rectifiers, ``exponents`` and ``roots`` are lists: a proof for each pattern of these
rectifiers that a row has, in the order of the rows, in which all exponents are independent, without relations.

**Upper bound.** ``parameters``: their number. ``symmetries``: less the dimension of an orbit, shown by vector fields
on the weights, each proved to leave the functions alone (`programs_fields`). ``ambient``: the number of monomials.
``network``: the program is a polynomial network, whose chain of statements follows. ``independent-coefficients``: the
outputs are polynomials in the weights, and so many of their coefficients are linearly independent. Two rules rest on a
proof for another program: ``larger-program``, whose functions include those of this one (`programs_larger`), and
``parts``: what is seen of parts that are polynomial in weights, and the rest (`programs_parts`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .limits import need
from .programs_lower import check_program_lower
from .programs_reading import program_label, read_program
from .programs_upper import check_program_upper
from .reading import between, fields, integer, read_proofs, text


def program_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of the dimension of a program's functions."""
    _, name, given, lower, upper = fields(claim, "claim", "quantity", "label", "program", "lower", "upper")
    proofs = read_proofs(document, "lower", "upper")
    program = read_program(given)
    need(text(name, "label") == program_label(given), "the label does not fit the program")
    lower = integer(lower, "claim.lower")
    upper = None if upper is None else integer(upper, "claim.upper", lower)
    checks = [lambda: check_program_upper(program, upper, proofs[1])]
    checks.append(lambda: check_program_lower(program, lower, proofs[0]))
    return f"the dimension of {name} is {between(lower, upper)}", checks
