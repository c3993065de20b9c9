"""Sufficient conditions in function space: when every critical point of a nonlinear network is a global minimum.

The theorems speak of layers that are arbitrary functions, and of critical points with respect to all of them.  They
give conditions that are sufficient, not necessary.  What can be tested on given weights is tested exactly; what cannot
is listed.

References
----------
.. [1] C. Yun, S. Sra, A. Jadbabaie, Global optimality conditions for deep neural networks, ICLR 2018,
   arXiv:1707.02444: theorems 4.1 and 4.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.errors import InputError
from algebra.exact.matrices import OVER_Q, rational_matrix
from algebra.nonlinear.activation import ScalarActivation, activation_of
from algebra.shown import Shown

HOLDS, FAILS, UNTESTED, DECLARED = "holds", "fails", "untested", "declared"


@dataclass(frozen=True)
class Hypothesis:
    """One hypothesis of a theorem.

    Attributes
    ----------
    name : str
    status : str
        holds, fails (the certificate for it fails; where it is only sufficient, `detail` says so), declared (the user
        says so) or untested (nothing that is given decides it).
    detail : str
    """

    name: str
    status: str
    detail: str = ""


@dataclass(frozen=True)
class FunctionSpaceCheck(Shown):
    """What one theorem says of a network.

    Attributes
    ----------
    theorem : str
    hypotheses : tuple of Hypothesis
    split : int or None
        The layer j of theorem 4.2 that was taken.
    squared_bounds : dict of str to Fraction
        Proved lower bounds of the squares of the constants eps of the theorem.
    """

    theorem: str
    hypotheses: tuple[Hypothesis, ...]
    split: int | None
    squared_bounds: dict[str, Fraction]

    @property
    def testable_hold(self) -> bool:
        """Whether every hypothesis that can be tested holds (or was declared)."""
        return all(h.status in (HOLDS, DECLARED, UNTESTED) for h in self.hypotheses)

    @property
    def untested(self) -> tuple[str, ...]:
        """Names of the hypotheses that remain for the reader."""
        return tuple(h.name for h in self.hypotheses if h.status == UNTESTED)

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the hypotheses whose test failed."""
        return tuple(h.name for h in self.hypotheses if h.status == FAILS)

    @property
    def conclusion(self) -> str:
        """What follows, in a sentence."""
        if self.failed:
            return f"theorem {self.theorem} says nothing: {', '.join(self.failed)}"
        rest = f", provided that: {'; '.join(self.untested)}" if self.untested else ""
        return f"by theorem {self.theorem} every critical point in function space is a global minimum{rest}"


def check_function_space(W: Sequence[Any], activation: Any, activate_output: bool = False) -> list[FunctionSpaceCheck]:
    """Check the hypotheses of theorems 4.1 and 4.2 of [1]_ for layers phi(W_i x), or W_i phi(x), of one network.

    Parameters
    ----------
    W : sequence of array_like
        W_i of shape (d_i, d_(i-1)), exact rationals, W_1 first; no biases.
    activation : str or ScalarActivation
        A known name (see `algebra.nonlinear.activation.KNOWN`), or declared facts.
    activate_output : bool
        Whether the last layer applies it, too.

    Returns
    -------
    list of FunctionSpaceCheck
        Theorem 4.1 if d_x >= d_y, theorem 4.2 if d_x <= d_y; both for a square network.

    Raises
    ------
    InputError
        If the shapes do not chain, a number is not exact, or the activation is not known.

    Notes
    -----
    The condition on singular values is replaced by a certificate that is sufficient: along g no width increases and
    every W_i has full row rank, hence sigma_min(J[g]) is at least the product of a sigma_min(W_i).

    References
    ----------
    .. [1] C. Yun, S. Sra, A. Jadbabaie, "Global optimality conditions for deep neural networks", ICLR 2018,
       arXiv:1707.02444.

    Examples
    --------
    >>> checks = check_function_space([[[1, 0], [0, 2]], [[1, 1]]], "x+tanh")
    >>> checks[0].theorem, checks[0].testable_hold
    ('4.1', True)
    >>> check_function_space([[[1, 0], [0, 2]], [[1, 1]]], "relu")[0].failed
    ('phi is differentiable',)
    >>> check_function_space([[[1, 0], [0, 2]], [[1, 1]], [[1]]], "tanh")[0].failed
    ("phi' >= a > 0",)
    """
    weights = _weights(W)
    phi = activation_of(activation)
    widths = [weights[0].ncols(), *(w.nrows() for w in weights)]
    activated = [i < len(weights) - 1 or activate_output for i in range(len(weights))]
    checks = []
    if widths[0] >= widths[-1]:
        checks.append(_first_theorem(weights, widths, phi, activated))
    if widths[0] <= widths[-1]:
        checks.append(_second_theorem(weights, widths, phi, activated))
    return checks


def _weights(W: Sequence[Any]) -> list[fmpq_mat]:
    if not isinstance(W, Sequence) or not len(W):
        raise InputError("W", W, "a list of at least one matrix, the one that acts first in front")
    weights = [rational_matrix(f"W_{i}", w, OVER_Q) for i, w in enumerate(W, start=1)]
    for i, (below, w) in enumerate(pairwise(weights), start=2):
        if w.ncols() != below.nrows():
            wanted = f"{w.nrows()} x {below.nrows()}: it takes what W_{i - 1} gives"
            raise InputError(f"W_{i}", f"{w.nrows()} x {w.ncols()}", wanted)
    return weights


def _first_theorem(
    weights: list[fmpq_mat], widths: list[int], phi: ScalarActivation, activated: list[bool]
) -> FunctionSpaceCheck:
    tested, bound = _outer(weights[1:], phi, activated[1:], "g = layers 2 to the last", 2)
    return FunctionSpaceCheck("4.1", (*_common(widths, phi, activated), *tested), None, _bounds(g=bound))


def _second_theorem(
    weights: list[fmpq_mat], widths: list[int], phi: ScalarActivation, activated: list[bool]
) -> FunctionSpaceCheck:
    best: FunctionSpaceCheck | None = None
    for j in range(1, len(weights) + 1):
        if widths[j - 1] != widths[0] or widths[j] < widths[-1]:
            continue
        inner, low = _inner(weights[: j - 1], phi, activated[: j - 1])
        outer, high = _outer(weights[j:], phi, activated[j:], f"g = layers {j + 1} to the last", j + 1)
        found = Hypothesis("some j has d_(j-1) = d_x and d_j >= d_y", HOLDS, f"j = {j}")
        hypotheses = _merged((*_common(widths, phi, activated), found, *inner, *outer))
        check = FunctionSpaceCheck("4.2", hypotheses, j, _bounds(f=low, g=high))
        if best is None or len(check.failed) < len(best.failed):
            best = check
    missing = Hypothesis("some j has d_(j-1) = d_x and d_j >= d_y", FAILS, "no layer does")
    return best or FunctionSpaceCheck("4.2", (*_common(widths, phi, activated), missing), None, {})


def _merged(hypotheses: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    return tuple({(h.name, h.detail): h for h in hypotheses}.values())


def _bounds(**bounds: Fraction | None) -> dict[str, Fraction]:
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _common(widths: list[int], phi: ScalarActivation, activated: list[bool]) -> list[Hypothesis]:
    least = min(widths[0], widths[-1])
    narrow = [i for i, width in enumerate(widths) if width < least]
    shown = f"narrower: {narrow}" if narrow else ""
    facts = [
        _fact("phi(0) = 0", phi.zero_at_zero, phi),
        _fact("phi is differentiable", phi.differentiable, phi),
        _fact("phi grows at most linearly", phi.largest_slope is not None, phi, f"phi' <= {phi.largest_slope}"),
    ]
    return [
        Hypothesis("every width is at least min(d_x, d_y)", FAILS if narrow else HOLDS, shown),
        *(facts if any(activated) else []),
        Hypothesis("the target E[Y | X] lies in the same kind of space", UNTESTED, "depends on the distribution"),
        Hypothesis("the point is critical in every layer as a function", UNTESTED, "more than critical in the weights"),
    ]


def _fact(name: str, holds: bool, phi: ScalarActivation, detail: str = "") -> Hypothesis:
    return Hypothesis(name, (DECLARED if phi.declared else HOLDS) if holds else FAILS, f"{phi.name} {detail}".strip())


def _slopes(phi: ScalarActivation) -> Hypothesis:
    return _fact("phi' >= a > 0", bool(phi.least_slope and phi.least_slope > 0), phi, f"a = {phi.least_slope}")


def _outer(
    weights: list[fmpq_mat], phi: ScalarActivation, activated: list[bool], what: str, first: int
) -> tuple[list[Hypothesis], Fraction | None]:
    """Test the certificate of sigma_min(J[g]) >= eps for the layers of g."""
    if not weights:
        return [Hypothesis(f"{what}: sigma_min(J[g]) >= eps", HOLDS, "g is the identity")], Fraction(1)
    tested = []
    if any(activated):
        tested = [_fact("phi is twice differentiable", phi.twice_differentiable, phi), _slopes(phi)]
    deficient = [i for i, w in enumerate(weights, start=first) if int(w.rank()) < w.nrows()]
    detail = (
        f"deficient or widening layers: {deficient}; the certificate is only sufficient" if deficient else "exact rank"
    )
    tested.append(Hypothesis(f"{what}: every W_i has full row rank", FAILS if deficient else HOLDS, detail))
    if any(h.status == FAILS for h in tested):
        return tested, None
    return tested, _product_bound(weights, phi, activated)


def _inner(
    weights: list[fmpq_mat], phi: ScalarActivation, activated: list[bool]
) -> tuple[list[Hypothesis], Fraction | None]:
    """Test the certificate that the first layers compose to an invertible map f with ||f(u)|| >= eps ||u||."""
    if not weights:
        return [Hypothesis("f = layers 1 to j - 1 is invertible", HOLDS, "f is the identity")], Fraction(1)
    tested = [_slopes(phi)] if any(activated) else []
    bad = [i for i, w in enumerate(weights, start=1) if w.nrows() != w.ncols() or int(w.rank()) < w.nrows()]
    detail = f"not square or singular: {bad}; the certificate is only sufficient" if bad else "exact rank"
    tested.append(Hypothesis("f = layers 1 to j - 1: every W_i is invertible", FAILS if bad else HOLDS, detail))
    if any(h.status == FAILS for h in tested):
        return tested, None
    return tested, _product_bound(weights, phi, activated)


def _product_bound(weights: list[fmpq_mat], phi: ScalarActivation, activated: list[bool]) -> Fraction:
    slope = phi.least_slope or Fraction(0)
    return prod((least_singular_squared(w) for w in weights), start=Fraction(1)) * slope ** (2 * sum(activated))


def least_singular_squared(matrix: fmpq_mat) -> Fraction:
    """Return a positive lower bound of the least eigenvalue of W W^T, for W of full row rank: 1 / trace of its inverse.

    Examples
    --------
    >>> least_singular_squared(fmpq_mat([[2, 0], [0, 2]]))
    Fraction(2, 1)
    """
    inverse = (matrix * matrix.transpose()).inv()
    trace = sum((inverse[i, i] for i in range(inverse.nrows())), fmpq(0))
    return Fraction(int(trace.q), int(trace.p))
