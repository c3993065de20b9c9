"""The batch functional dimension of a program: the rank of its derivative at given weights, on given data.

``values`` has an array of numbers for every parameter, ``data`` an array for every input, with the samples along its
first axis; fractions are strings "p/q", integers are not. The statement names both by a digest. The claim bounds the
rank of the derivative of w -> (outputs at x_1, outputs at x_2, ...) at these weights. A rectifier is active where its
argument is above 0; its derivative is 0 elsewhere, also at a kink, where the argument is 0. Row t n + o of the matrix
is the gradient of output o of n at sample t. There are no square roots, and no exponentials or denominators behind
exponentials.

**Lower bound.** ``given-minor``: the minor at ``rows`` and ``columns`` is a unit modulo ``prime``, at the residues of
weights and data, with the signs that the exact numbers have.

With exponentials, all exponents of these samples are multiples of 1 / ``common``, and ``base`` stands for exp(1 /
``common``): that is transcendental (Hermite), so the gradients are rational functions of it. Signs behind exponentials
are decided by intervals (`programs_intervals`); a sample at which one is not decided is refused.

**Upper bound.** ``parameters``, ``samples``: the number of columns, and of rows. ``ambient``: the number of monomials
in the inputs that the outputs can have, and so their derivatives in the weights. ``kernel-vectors``: columns less
vectors that the matrix maps to 0. They are the values, at these weights, of fields that leave the functions alone
(``fields``; see `programs_fields`: its rules hold at kinks, too), and ``vectors`` of pairs of a weight and a number,
along which the outputs are differentiated at every sample, in exact numbers. They are independent: the minor of all of
them, fields first, at ``columns`` is a unit modulo ``prime``. ``pattern-relations``: less the directions, too, that
the relations between neurons in ``parts`` hide (see `programs_patterns`); these move no weight at ``columns``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

from .limits import LARGEST, MOST_BITS, hold, need, spend
from .minors import is_regular, read_minor, read_modulus
from .programs_exact import Given, Vector, changes_outputs, over_one, reached
from .programs_fields import Derivation, field_at
from .programs_monomials import ambient_dimension
from .programs_patterns import hidden_directions
from .programs_reading import (
    EXPONENTIALS,
    Program,
    digest_of,
    exact_number,
    nested,
    program_label,
    read_program,
    read_shape,
)
from .programs_tape import Rational, pay_for_terms
from .programs_upper import read_field
from .programs_values import Residues, Sampler, pay_for_points, signed_power
from .reading import between, fields, integer, read_proofs, text


def given_claim(claim: Any, document: dict[str, Any]) -> tuple[str, list[Callable[[], None]]]:
    """Two bounds of the batch functional dimension of a program."""
    names = ("quantity", "label", "program", "values", "data", "lower", "upper")
    _, name, described, values, data, lower, upper = fields(claim, "claim", *names)
    proofs = read_proofs(document, "lower", "upper")
    given = read_given(described, values, data)
    need(text(name, "label") == program_label(described), "the label does not fit the program")
    lower = integer(lower, "claim.lower")
    upper = None if upper is None else integer(upper, "claim.upper", lower)
    checks = [lambda: check_given_upper(given, upper, proofs[1]), lambda: check_given_lower(given, lower, proofs[0])]
    point = digest_of([values, data])
    where = f"at the given weights, on {len(given.samples)} samples (sha256 {point}),"
    return f"the batch functional dimension of {name} {where} is {between(lower, upper)}", checks


def read_given(described: Any, values: Any, data: Any) -> Given:
    """Return a program with its weights and samples."""
    p = read_program(described)
    need(not p.roots, "square roots have no rational values")
    check_exponentials(p)
    weights = [numbers for _, numbers in read_arrays(values, described["parameters"], "values", False)]
    columns = read_arrays(data, described["inputs"], "data", True)
    counts = {shape[0] for shape, _ in columns}
    need(len(counts) <= 1, "the inputs have different numbers of samples")
    count = counts.pop() if counts else 1
    samples: list[list[Rational]] = [[] for _ in range(count)]
    for _, numbers in columns:
        size = len(numbers) // count
        for t, row in enumerate(samples):
            row += numbers[t * size : (t + 1) * size]
    flat = [number for array in weights for number in array]
    return Given(p, flat, over_one(flat), samples)


def check_exponentials(p: Program) -> None:
    """Refuse exponentials behind one another, and denominators behind exponentials."""
    after: set[int] = set()
    for u in p.needed:
        made = p.tape.made[u]
        is_after = not after.isdisjoint(made.of)
        need(not (is_after and made.kind == "inverse"), "a denominator stands behind an exponential")
        need(not (is_after and made.kind in EXPONENTIALS), "an exponential stands behind another")
        if is_after or made.kind in EXPONENTIALS:
            after.add(u)


def read_arrays(
    given: Any, shapes: Mapping[str, Any], what: str, has_samples: bool
) -> list[tuple[tuple[int, ...], list[Rational]]]:
    """Return the arrays of these names, in their order, as shapes and entries."""
    need(type(given) is dict and given.keys() == shapes.keys(), f"{what} has not one array for every name")
    found = []
    for name in shapes:
        shape, numbers = nested(given[name])
        pay_for_terms(len(numbers))
        need(not has_samples or bool(shape), f"{what} has an array without samples")
        need(shape[has_samples:] == read_shape(shapes[name]), f"{what} has an array of another shape")
        found.append((shape, numbers))
    return found


@dataclass
class GivenSampler(Sampler):
    """The program at the residues of given weights and samples."""

    given: Given = field(kw_only=True)
    base: int = 1
    common: int = 1

    @cached_property
    def weights(self) -> list[int]:
        """Residues of the weights."""
        return self.residues(self.given.weights)

    def drawn(self, g: int, t: int) -> tuple[list[int], list[int], Residues]:
        """Return weights and inputs, and the powers of the base that the exponentials are."""
        p, found = self.program, Residues()
        z = self.given.values(t) if p.exponents else {}
        for u in p.exponents:
            exponent = Fraction(*z[u]) * self.common
            need(exponent.denominator == 1, "an exponent is no multiple of the fraction that is stated")
            spend(2 * exponent.numerator.bit_length() * (10 + self.m.bit_length()), "the exponentials at a sample")
            found[u] = signed_power(self.base, exponent.numerator, self.m)
        return self.weights, self.residues(self.given.samples[t]), found

    def residues(self, numbers: list[Rational]) -> list[int]:
        """Return residues of numbers."""
        spend(len(numbers) * (10 + self.m.bit_length()), "the weights and the data")
        return [self.residue(value) for value in numbers]


def sampler_of(given: Given, m: int) -> GivenSampler:
    """Return the program modulo m."""
    return GivenSampler(given.program, "", m, {}, given=given)


def check_given_lower(given: Given, claimed: int, proof: Any) -> None:
    """Check the lower bound."""
    if type(proof) is dict and proof.get("rule") == "trivial":
        fields(proof, "lower", "rule")
        return need(claimed == 0, f"the trivial bound is 0, not the claim's lower bound {claimed}")
    p = given.program
    powers = ("base", "common") if p.exponents else ()
    rule, prime, rows, columns, *both = fields(proof, "lower", "rule", "prime", "rows", "columns", *powers)
    need(rule == "given-minor", "the lower bound's rule is unknown")
    rows, columns = read_minor(rows, columns, given.rows - 1, p.parameters - 1)
    need(len(rows) == claimed, f"the claim's lower bound is {claimed}, but the minor has size {len(rows)}")
    m = read_modulus(prime, len(rows))
    pay_for_points(p, len(rows), m)
    hold(len(rows), 8 * p.parameters, "the minor")

    # The rows of one sample share its values.
    sampler, outputs = sampler_of(given, m), len(p.outputs)
    if both:
        sampler.base = integer(both[0], "base", 1, m - 1)
        sampler.common = integer(both[1], "common", 1, 1 << MOST_BITS)
    places: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        places.setdefault(row // outputs, []).append(place)
    matrix: list[list[int]] = [[]] * len(rows)
    for t, of_sample in places.items():
        sampler.signs[t] = given.active(t)
        z = sampler.values(0, t, p.needed)
        for place in of_sample:
            covector = [int(o == rows[place] % outputs) for o in range(outputs)]
            gradient = sampler.pulled_back(covector, z, t)
            matrix[place] = [gradient[q] for q in columns]
    return need(is_regular(matrix, m), "the minor of the lower bound vanishes")


def check_given_upper(given: Given, claimed: int | None, proof: Any) -> None:
    """Check the upper bound."""
    if claimed is None or proof is None:
        return need(claimed is proof, "the claim's upper bound has no proof, or the proof no claim")
    rule = proof.get("rule") if type(proof) is dict else None
    need(type(rule) is str and rule in RULES, f"the upper bound's rule is none of {', '.join(RULES)}")
    found = RULES[str(rule)](given, proof)
    return need(found <= claimed, f"the claim's upper bound is {claimed}, but the rule gives {found}")


def parameters(given: Given, proof: Any) -> int:
    """The matrix has a column for every weight."""
    fields(proof, "upper", "rule")
    return given.program.parameters


def samples(given: Given, proof: Any) -> int:
    """The matrix has a row for every output and sample."""
    fields(proof, "upper", "rule")
    return given.rows


def ambient(given: Given, proof: Any) -> int:
    """The derivatives of the outputs in a weight lie in the space of the outputs' monomials, whatever the weights."""
    fields(proof, "upper", "rule")
    return ambient_dimension(given.program)


def kernel(given: Given, proof: Any) -> int:
    """The columns less independent vectors of the kernel."""
    _, stated, vectors, prime, columns = fields(proof, "upper", "rule", "fields", "vectors", "prime", "columns")
    return given.program.parameters - check_kernel(given, stated, vectors, prime, columns)


def hidden(given: Given, proof: Any) -> int:
    """The columns less directions that relations between neurons hide, and vectors of the kernel.

    These are independent at columns that no such direction moves.
    """
    names = ("rule", "parts", "fields", "vectors", "prime", "columns")
    _, parts, stated, vectors, prime, columns = fields(proof, "upper", *names)
    need(not given.program.exponents, "relations are looked at in rational values only")
    found, moved = hidden_directions(given, parts)
    if stated or vectors or columns:
        found += check_kernel(given, stated, vectors, prime, columns)
        need(moved.isdisjoint(columns), "the vectors are not shown to be independent of the directions")
    return given.program.parameters - found


def check_kernel(given: Given, stated: Any, vectors: Any, prime: Any, columns: Any) -> int:
    """Return how many fields and vectors there are; refuse them if they are no independent vectors of the kernel."""
    p = given.program
    need(type(stated) is list and type(vectors) is list, "fields or vectors is not a list")
    count = len(stated) + len(vectors)
    _, columns = read_minor(list(range(count)), columns, LARGEST, p.parameters - 1)
    m = read_modulus(prime, count)
    hold(count, 8 * p.parameters, "the vectors of the kernel")
    spend(4 * count * p.parameters, "the vectors of the kernel")

    weights = sampler_of(given, m).weights
    derivation, matrix = Derivation(p), []
    for each in stated:
        moving = read_field(each, p.parameters)
        need(derivation.is_symmetry(moving), "a vector field is not seen to leave the functions alone")
        matrix.append(field_at(moving, weights, m))
    read = [read_vector(each, p.parameters) for each in vectors]
    matrix += [[vector.get(q, 0) % m for q in range(p.parameters)] for vector in read]
    need(is_regular([[row[q] for q in columns] for row in matrix], m), "the vectors are not shown to be independent")
    check_vectors(given, read)
    return count


def read_vector(value: Any, count: int) -> Vector:
    """Return a vector, multiplied by a common denominator: pairs of a weight and a number that is not 0."""
    need(type(value) is list, "a vector is not a list")
    spend(40 * len(value), "a vector of the kernel")
    found: dict[int, Rational] = {}
    common = 1
    for each in value:
        need(type(each) is list and len(each) == 2, "a vector's entry is no pair")
        q = integer(each[0], "a weight", 0, count - 1)
        need(q not in found, "a vector moves a weight twice")
        found[q] = exact_number(each[1])
        need(found[q] != 0, "a vector has an entry 0")
        common = lcm(common, found[q].denominator)
        need(common.bit_length() <= MOST_BITS, "a vector has too many denominators")
    return {q: c.numerator * (common // c.denominator) for q, c in found.items()}


def check_vectors(given: Given, vectors: list[Vector]) -> None:
    """Refuse vectors that the derivative does not map to 0, at every sample."""
    p = given.program
    ways = [reached(p, vector) for vector in vectors]
    hold(sum(map(len, ways)), 8, "the vectors of the kernel")
    need(not (vectors and p.exponents), "vectors are followed through rational values only")
    for t in range(len(given.samples) if vectors else 0):
        z = given.values(t)
        for vector, above in zip(vectors, ways, strict=True):
            moved = changes_outputs(p, z, vector, above)
            need(not moved, "a vector changes an output at a sample")


RULES: dict[str, Callable[[Given, Any], int]] = {
    "parameters": parameters,
    "samples": samples,
    "ambient": ambient,
    "kernel-vectors": kernel,
    "pattern-relations": hidden,
}
"""Of upper bounds, each with its reason."""
