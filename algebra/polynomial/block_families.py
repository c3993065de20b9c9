r"""Families of architectures whose dimension is proved for all widths at once, by block networks.

Take widths :math:`(c_0 n, \ldots, c_{h-1} n, m)` with fixed multipliers, degrees at least 2, the last at least 3. Call
n *good* if the dimension is the naive one (weights less scalings of hidden neurons), and all activations and adjoints
of :math:`(c_0 n, \ldots, c_{h-1} n, m)` have full rank. If a and b are good, so is a + b: split into a block of each
kind. The bound on blocks (`algebra.polynomial.blocks`) is

.. math:: N(a) + N(b) + 2ab \sum_{l < h} c_l c_{l-1} = N(a + b), \qquad
    N(n) = n^2 \sum_{l < h} c_l c_{l-1} + n (c_{h-1} m - \sum_{0 < l < h} c_l),

the naive dimension, which is an upper bound; and ranks of blocks add up. So if all of :math:`n_0, \ldots, 2 n_0 - 1`
are good, then every :math:`n \ge n_0` is. And if m outputs have the naive dimension, so have more (`fewer-outputs`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from algebra.polynomial.architecture import PolynomialArchitecture
from algebra.polynomial.blocks import factor_ranks
from algebra.polynomial.dimension import dimension
from algebra.polynomial.hilbert import Architecture
from algebra.polynomial.rules import upper_bound
from algebra.sequences import as_list

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 64
"""Widths that are tried: from some on the space of forms is large enough, or it never is."""


def least_width(multipliers: Sequence[int], degrees: Sequence[int], outputs: int = 1, most: int = MOST) -> int | None:
    """Return an n_0 such that for all n >= n_0 the networks of a family have their naive dimension: a theorem.

    Parameters
    ----------
    multipliers : sequence of int
        c_0 … c_{h-1}: the widths are c_0 n, …, c_{h-1} n, then that many outputs or more.
    degrees : sequence of int
        r_1 … r_{h-1}, each at least 2, the last at least 3.
    outputs : int
        The least number of outputs.
    most : int
        The greatest n_0 that is tried.

    Returns
    -------
    int or None
        The least n_0 up to `most` from which n_0, …, 2 n_0 - 1 are all good; None if there is none.

    Raises
    ------
    InputError
        For multipliers or degrees that the theorem does not speak of.

    Examples
    --------
    Networks of constant width, with any number of outputs; and twice as many hidden neurons as inputs:

    >>> least_width((1, 1, 1), (2, 3)), least_width((1, 2), (3,)), least_width((1, 2, 2), (3, 3))
    (1, 9, 3)
    """
    c = [as_integer("multipliers", x, least=1) for x in as_list("multipliers", multipliers, "integers")]
    r = [as_integer("degrees", x, least=2) for x in as_list("degrees", degrees, "integers of at least 2")]
    if len(c) < 2 or len(r) != len(c) - 1:
        raise InputError("degrees", r, f"one for each hidden layer, of which {c} has {len(c) - 1}")
    if r[-1] < 3:
        raise InputError("degrees", r, "such that the last is at least 3")
    outputs = as_integer("outputs", outputs, least=1)

    run = 0  # of good widths up to n
    for n in range(1, 2 * most):
        architecture = Architecture((*(n * x for x in c), outputs), tuple(r))
        run = run + 1 if is_good(architecture) else 0
        first = n - run + 1
        if run >= first:
            return first
    return None


def is_good(architecture: Architecture) -> bool:
    """Tell whether a network is proved to have its naive dimension, and activations and adjoints of full rank.

    Of the dimension any proof will do; a probable one is none.

    Examples
    --------
    >>> is_good(Architecture((4, 4, 1), (3,))), is_good(Architecture((2, 4, 1), (3,)))
    (True, False)
    """
    factors = factor_ranks(architecture)
    if factors is None or not factors.is_full or upper_bound(architecture).value < architecture.naive:
        return False
    found = dimension(PolynomialArchitecture(architecture.widths, degrees=architecture.degrees))
    return found.lower == found.upper == architecture.naive
