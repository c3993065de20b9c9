r"""Exponents that are numbers: which are linearly independent over the rational numbers, together with 1.

By the theorem of Lindemann and Weierstrass the exponentials of algebraic numbers are algebraically independent if the
numbers are linearly independent over Q. Beside them stand exponentials of rational numbers, powers of one number; these
are independent of the others if 1 is. The numbers of a program are polynomials in square roots of rational numbers of
which no product is a square (`algebra.programs.roots`). Over the field that these generate, the products of different
roots are a basis, and to change signs of roots are its automorphisms. So a linear relation between the numbers is one
between their conjugates, sign by sign: the kernel of a matrix with one row for every choice of signs, modulo a prime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence.evaluation import PoleError
from algebra.programs.arithmetic import Residues
from algebra.programs.exponentials import EXPONENTIAL
from algebra.programs.parts import cut_graph
from algebra.programs.roots import MOST_ROOTS, sign_choices
from algebra.programs.running import forward
from algebra.programs.sampling import square_roots
from algebra.rank.field import prime_field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra.programs.lowering import Graph
    from algebra.types import Array


def conjugates(graph: Graph, nodes: Sequence[int], prime: int) -> Array | None:
    """Return 1 and the entries of arrays of numbers, in one row for every choice of signs of the roots of numbers.

    None if there are other functions than roots, as in the exponential of an exponential of a number.
    """
    sub = cut_graph(graph, (), nodes)
    if sub.numbers(*EXPONENTIAL):
        return None
    field, rows = prime_field(prime), []
    for negative in sign_choices(sub, prime, 1 << MOST_ROOTS):
        try:
            values = forward(sub, Residues(field, roots=square_roots(field, negative)), {})
        except PoleError:
            return None
        rows.append([1, *(int(u) % prime for i in sub.outputs for u in values[i].ravel())])
    return np.array(rows, object)
