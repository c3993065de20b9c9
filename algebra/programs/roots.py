r"""Why square roots may be replaced by roots of residues, each with any sign: a proof by a rank over two elements.

The roots :math:`\sigma_i = \sqrt{u_i}` of a program are independent if no product of some of the u is a square, up
to a function of the weights alone. The ring of weights, inputs and roots is then a domain, every sample may take
either sign, and a residue for every root is a specialisation. If a product over a set S were :math:`c(w)\,v(w,
x)^2`, its quadratic character modulo a prime would be the same at all inputs with the same weights. So the premise
is the full column rank, over the field with two elements, of the differences of the characters at two inputs, for
many weights. Roots in the arguments of others are squares by choice while these are tested, layer by layer.

In more detail: let u be such a product at x, and u' at x', for the same w. By assumption u u' = (c v v')^2 is a square
in the field of functions of (w, x, x') and of the lower roots. Where no radicand vanishes, the ring with these roots is
etale over a polynomial ring over the integers localised at an odd prime, hence regular, hence normal: the root of u u'
lies in it, and has a value at every point over F_p. So u u' is a square there, whatever point is drawn.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import compress, islice, product
from math import isqrt, prod
from typing import TYPE_CHECKING

import numpy as np
from flint import nmod_mat

from algebra.evidence.evaluation import PoleError
from algebra.exact.coprime import coprime_base, exponents
from algebra.programs.core import Sqrt
from algebra.programs.sampling import NO_PATTERN, Pattern, is_square, pair_of_runs
from algebra.rank.field import prime_field
from algebra.rank.primes import largest_prime_below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algebra.programs.exponentials import Exponentials
    from algebra.programs.lowering import Graph

PRIMES = (2**31 - 1, 2**61 - 1, 2**89 - 1, 2**107 - 1)
"""Congruent to 3 modulo 4, so that roots are powers; another for every attempt, if there are no roots of numbers."""

LARGEST = 2**61 - 1
"""The first prime that is tried; fractions with both parts below 2^30 are recognised from their residues."""

MOST_ROOTS = 6
"""Of numbers: the matrix has a row for each of 2^6 choices of signs, and one prime in 2^6 has all roots."""

MOST_TRIES = 64
"""Primes that are tried, times 2 for each root: none of them has all roots with a probability of 2^-64."""

MOST_CHOICES = 8
"""Of signs: a program is run under each of them."""

SLACK = 24
"""Rows beyond the number of roots: random bits miss their rank with probability 2^-24."""

ATTEMPTS = len(PRIMES)


@lru_cache(maxsize=256)
def roots_are_independent(graph: Graph, found: Exponentials, pattern: Pattern = NO_PATTERN) -> bool:
    """Prove that the square roots of a program are independent; False if no proof was found."""
    if not constant_roots_are_independent(graph):
        return False
    depths = graph.depths(Sqrt)
    return all(
        any(_seen(graph, found, pattern, level, attempt) for attempt in range(ATTEMPTS))
        for level in sorted({depths[i] for i in graph.numbers(Sqrt) if _varies(graph, i)})
    )


def _varies(graph: Graph, i: int) -> bool:
    return graph.nodes[i].sees_input or graph.nodes[i].sees_parameter


def constant_roots(graph: Graph) -> list[Fraction]:
    """Return the rational numbers under roots, each once; rational roots are folded before."""
    numbers: dict[Fraction, None] = {}
    for i in graph.numbers(Sqrt):
        constant = graph.nodes[graph.nodes[i].of[0]].constant
        numbers |= dict.fromkeys(constant.entries if constant is not None else ())
    return list(numbers)


def primes_with_roots(graph: Graph) -> Iterator[int]:
    """Yield primes modulo which every number under a root of the program is a square, the largest first.

    They are 3 modulo 4, so that roots are powers. Without roots of numbers, all such primes are yielded; with too many
    there are none.

    Examples
    --------
    >>> from algebra.programs import sqrt, traced
    >>> from algebra.programs.lowering import lowered
    >>> graph = lowered(traced(lambda w, x: w * sqrt(w.trace.constant(3)) * x, {"w": ()}, {"x": ()}))
    >>> next(primes_with_roots(graph)) < 2**61 - 1
    True
    """
    numbers = [x.numerator * x.denominator for x in constant_roots(graph)]
    if len(numbers) > MOST_ROOTS or any(n <= 0 for n in numbers):
        return  # of negative numbers there are no roots, real or modulo such primes
    prime = LARGEST
    for _ in range(MOST_TRIES << len(numbers)):
        if prime % 4 == 3 and all(pow(n, (prime - 1) // 2, prime) == 1 for n in numbers):
            yield prime
        prime = largest_prime_below(prime)


def sign_choices(graph: Graph, prime: int, most: int = MOST_CHOICES) -> list[frozenset[int]]:
    """Return the residues of numbers under roots that have negative roots, for choices of signs; at first none has."""
    radicands = [x.numerator * pow(x.denominator, -1, prime) % prime for x in constant_roots(graph)]
    choices = islice(product((False, True), repeat=len(radicands)), most)
    return [frozenset(compress(radicands, choice)) for choice in choices]


def constant_roots_are_independent(graph: Graph) -> bool:
    """Tell whether no product of some of the rational numbers under roots is the square of a rational number.

    Equal numbers get equal roots. Other roots of numbers that no parameter and no input reaches are not decided.
    """
    if any(not _varies(graph, i) and graph.nodes[graph.nodes[i].of[0]].constant is None for i in graph.numbers(Sqrt)):
        return False
    numbers = constant_roots(graph)
    if any(x <= 0 for x in numbers):
        return False
    # x is a square if numerator * denominator is; each is a product of coprime numbers, of which squares do not count.
    whole = [x.numerator * x.denominator for x in numbers]
    base = coprime_base(whole)
    counted = [i for i, b in enumerate(base) if isqrt(b) ** 2 != b]
    powers = [exponents(n, base) for n in whole]
    parities = [[power[i] % 2 for i in counted] for power in powers]
    return not numbers or int(nmod_mat(parities, 2).rank() if counted else 0) == len(numbers)


def _seen(graph: Graph, found: Exponentials, pattern: Pattern, level: int, attempt: int) -> bool:
    """Test the roots with so many roots behind one another; those below are forced to be there."""
    primes = list(islice(primes_with_roots(graph), ATTEMPTS)) if constant_roots(graph) else PRIMES
    if attempt >= len(primes):
        return False
    field, depths = prime_field(primes[attempt]), graph.depths(Sqrt)
    lower = [i for i in graph.numbers(Sqrt) if depths[i] < level or not _varies(graph, i)]
    tested = [i for i in graph.numbers(Sqrt) if depths[i] == level and _varies(graph, i)]
    count = sum(prod(graph.nodes[i].shape) for i in tested)
    rows = count + SLACK
    try:
        first, second = pair_of_runs(graph, found, field, f"characters/{level}/{attempt}", rows, pattern, lower)
    except PoleError:
        return False

    columns = []
    for i in tested:
        radicands = graph.nodes[i].of[0]
        a, b = (is_square(field, run[radicands]) for run in (first, second))
        if not graph.nodes[i].sees_input:
            b = np.broadcast_to(a[:1], a.shape)  # of weights alone: modulo constants
        changed = np.broadcast_to(a ^ b, (rows, *a.shape[1:]))
        columns.append(changed.reshape(rows, -1))
    matrix = np.concatenate(columns, axis=1)
    return int(nmod_mat(*matrix.shape, [int(x) for x in matrix.ravel()], 2).rank()) == count
