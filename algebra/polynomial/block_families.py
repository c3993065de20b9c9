r"""Families of architectures whose dimension is proved for all widths at once, by block networks.

Take widths :math:`(c_0 n, \ldots, c_{h-1} n, m)` with fixed multipliers, and degrees of at least 2. Call n *good* if
the dimension is the naive one (weights less scalings of hidden neurons); then activations and adjoints are independent.
If a and b are good, so is a + b: split into a block of each kind. If the last degree is at least 3, the bound on blocks
(`algebra.polynomial.blocks`) is

.. math:: N(a) + N(b) + 2ab \sum_{l < h} c_l c_{l-1} = N(a + b), \qquad
    N(n) = n^2 \sum_{l < h} c_l c_{l-1} + n (c_{h-1} m - \sum_{0 < l < h} c_l),

the naive dimension, which is an upper bound; and ranks of blocks add up. So if all of :math:`n_0, \ldots, 2 n_0 - 1`
are good, then every :math:`n \ge n_0` is. And if m outputs have the naive dimension, so have more (`fewer-outputs`).

If the last degree is 2, it is the same where :math:`2 \lceil c_{h-1} / c_{h-2} \rceil \le m`: so often are forms used
in both blocks. With one output and :math:`c_{h-1} \le c_{h-2}` the orthogonal group acts on the last squares, so that
:math:`\binom{c_{h-1} n}{2}` is to be subtracted from N(n). The bound on blocks is then less by
:math:`c_{h-1}^2 ab`, and the sum is again that of the whole.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from algebra.polynomial.dimension import dimension
from algebra.polynomial.halves import factor_ranks
from algebra.polynomial.hilbert import Architecture
from algebra.polynomial.rules import upper_bound
from algebra.sequences import as_list

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 64
"""Widths that are tried: from some on the space of forms is large enough, or it never is."""


def least_width(multipliers: Sequence[int], degrees: Sequence[int], outputs: int = 1, most: int = MOST) -> int | None:
    """Return an n_0 such that for all n >= n_0 the networks of a family have their naive dimension: a theorem.

    Of one output with squares before it: the naive one less that of the orthogonal group of the last hidden layer.

    Parameters
    ----------
    multipliers : sequence of int
        c_0 … c_{h-1}: the widths are c_0 n, …, c_{h-1} n, then that many outputs or more.
    degrees : sequence of int
        r_1 … r_{h-1}, each at least 2.
    outputs : int
        The least number of outputs; exactly one, where it is 1 and the last degree is 2.
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

    Squares alone, before two outputs or more:

    >>> least_width((1, 1, 1), (2, 2), outputs=2), least_width((1, 2, 2), (2, 2), outputs=2)
    (1, 6)
    """
    c = [as_integer("multipliers", x, least=1) for x in as_list("multipliers", multipliers, "integers")]
    r = [as_integer("degrees", x, least=2) for x in as_list("degrees", degrees, "integers of at least 2")]
    if len(c) < 2 or len(r) != len(c) - 1:
        raise InputError("degrees", r, f"one for each hidden layer, of which {c} has {len(c) - 1}")
    outputs = as_integer("outputs", outputs, least=1)
    least = 1 if outputs == 1 and c[-1] <= c[-2] else 2 * -(-c[-1] // c[-2])
    if r[-1] == 2 and outputs < least:
        raise InputError(
            "outputs", outputs, f"at least {least}: the last degree is 2, and there are {c[-1]}:{c[-2]} squares"
        )

    run = 0  # of good widths up to n
    for n in range(1, 2 * most):
        architecture = Architecture((*(n * x for x in c), outputs), tuple(r))
        run = run + 1 if is_good(architecture) else 0
        first = n - run + 1
        if run >= first:
            return first
    return None


def is_good(architecture: Architecture) -> bool:
    """Tell whether a network is proved to have the dimension of its family, and activations and adjoints of full rank.

    Of the dimension any proof will do; a probable one is none.

    Examples
    --------
    >>> [is_good(Architecture((n, 4, 1), (r,))) for n, r in ((4, 3), (2, 3), (4, 2))]
    [True, False, True]
    """
    expected = family_dimension(architecture)
    if upper_bound(architecture).value < expected:
        return False
    found = dimension(architecture.network)
    if not found.lower == found.upper == expected:
        return False

    # They are independent where the dimension is the naive one.
    if expected == architecture.naive:
        return True
    factors = factor_ranks(architecture)
    return factors is not None and factors.is_full


def family_dimension(a: Architecture) -> int:
    """Return the naive dimension; of one output with squares before it, less that of the orthogonal group.

    Examples
    --------
    >>> [family_dimension(Architecture((4, 4, outputs), (2,))) for outputs in (1, 2)]
    [10, 20]
    """
    is_quadratic = a.degrees[-1] == 2 and a.widths[-1] == 1
    return a.naive - (comb(a.widths[-2], 2) if is_quadratic else 0)
