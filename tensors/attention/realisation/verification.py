"""Whether a realisation meets its demand, entry by entry: rationals against logarithms, never an exponential."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb

from algebra.errors import InputError
from algebra.exact.balls import Decimals, ball, decimals
from algebra.exact.logarithms import compare_with_log
from algebra.exact.precision import precision
from algebra.shown import Shown
from tensors.attention.realisation.demand import Precision, SparseTarget
from tensors.attention.realisation.products import RowExtremes, row_extremes
from tensors.attention.realisation.realisation import Realisation

PRECISION = 128


@dataclass(frozen=True)
class ReachedPrecisions(Shown):
    """The precisions that a realisation reaches, enclosed by decimals; None where nothing is measured.

    Parameters
    ----------
    zeros, ratios, uniform : Decimals, optional
        Those of conditions (a), (b) and (c).
    """

    zeros: Decimals | None
    ratios: Decimals | None
    uniform: Decimals | None

    def fields(self) -> dict[str, dict[str, str] | None]:
        """Return plain JSON values."""
        each = {"zeros": self.zeros, "ratios": self.ratios, "uniform": self.uniform}
        return {name: None if ends is None else ends.fields() for name, ends in each.items()}


@dataclass(frozen=True)
class Verification(Shown):
    """What a realisation reaches, and whether that is enough.

    Parameters
    ----------
    zeros_met, ratios_met, uniform_met : bool
        Conditions (a), (b) and (c); one that is not asked for is met.
    gap : Fraction or None
        The least logit on a support minus the greatest off it, least over all rows; None if no entry is zero.
    ratio_error : arb
        Largest ``|log(M_ij / M_il) - log(A_ij / A_il)|`` on a support.
    spread : Fraction or None
        Largest difference of two logits off a support; None if no row has two zeros.
    logit_range : Fraction
        Largest difference of two logits in a row.
    worst_row : int or None
        A row that attains the gap.
    """

    zeros_met: bool
    ratios_met: bool
    uniform_met: bool
    gap: Fraction | None
    ratio_error: arb
    spread: Fraction | None
    logit_range: Fraction
    worst_row: int | None

    @property
    def holds(self) -> bool:
        """Whether all that was asked for is met."""
        return self.zeros_met and self.ratios_met and self.uniform_met

    def reached(self) -> ReachedPrecisions:
        """Return the precisions that were reached, enclosed by decimals.

        Returns
        -------
        ReachedPrecisions
        """
        with precision(PRECISION + _size(self.gap) + _size(self.spread)):
            zeros = None if self.gap is None else decimals((-ball(self.gap)).exp())
            ratios = decimals(self.ratio_error.expm1())
            uniform = None if self.spread is None else decimals(ball(self.spread).expm1())
        return ReachedPrecisions(zeros, ratios, uniform)


def verify(target: SparseTarget, realisation: Realisation, precision: Any) -> Verification:
    """Check every entry of a realisation, exactly.

    With rational logits Z and a row's support S: (a) ``min_S Z - max_off Z > log(1/eps_1)``; (b) for any two of the
    support, ``|exp(Z_j - Z_l) A_l / A_j - 1| < eps_2``, which is ``max_S u - min_S u < log(1 + eps_2)`` for
    ``u = Z - log A``; (c) ``max_off Z - min_off Z < log(1 + eps_3)``. Extremes are exact integers; each comparison of
    a rational with a logarithm is decided.

    Parameters
    ----------
    target : SparseTarget
    realisation : Realisation
        Of any origin; nothing in it but keys, queries and denominators is used.
    precision : Precision or sequence of three

    Returns
    -------
    Verification

    Raises
    ------
    InputError
        If the shapes do not fit, or a denominator is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> target = SparseTarget.from_supports([[0], [1]])
    >>> keys = np.array([[0], [1]])
    >>> verify(target, Realisation(keys, np.array([[-5], [5]]), (1, 1), "by hand"), ["1/100", "1/10", None]).holds
    True
    >>> verify(target, Realisation(keys, np.array([[-5], [-5]]), (1, 1), "by hand"), ["1/100", "1/10", None]).holds
    False
    """
    wanted = Precision.of(precision)
    _check_shapes(target, realisation)
    rows = row_extremes(realisation.queries, realisation.keys, target.supports)
    every = list(zip(range(target.length), rows, realisation.denominators, strict=True))

    # (a) and (c): extremes of the logits, which are integers over the denominator of their row.
    gaps: dict[int, Fraction] = {}
    spreads: list[Fraction] = []
    for i, row, denominator in every:
        if row.greatest_off is not None and row.least_off is not None:
            gaps[i] = Fraction(min(row.on) - row.greatest_off, denominator)
            if target.length - len(row.on) > 1:
                spreads.append(Fraction(row.greatest_off - row.least_off, denominator))
    worst = min(gaps, key=gaps.__getitem__, default=None)
    gap, spread = None if worst is None else gaps[worst], max(spreads, default=None)

    # (b): where all weights of a row are equal its error is rational, too; the other errors are balls.
    equal = [(row, denominator) for i, row, denominator in every if target.weights[i] is None]
    exact_error = max((Fraction(max(row.on) - min(row.on), d) for row, d in equal), default=Fraction(0))
    uneven = [(i, row.on, denominator) for i, row, denominator in every if target.weights[i] is not None]
    errors = [_row_error(target, *row, PRECISION + 2 * wanted.bits) for row in uneven]
    ratios_met = compare_with_log(exact_error, 1 + wanted.ratios) < 0 and all(
        _is_below(error, target, *row, 1 + wanted.ratios) for error, row in zip(errors, uneven, strict=True)
    )

    return Verification(
        zeros_met=gap is None or compare_with_log(gap, 1 / wanted.zeros) > 0,
        ratios_met=ratios_met,
        uniform_met=wanted.uniform is None or spread is None or compare_with_log(spread, 1 + wanted.uniform) < 0,
        gap=gap,
        ratio_error=_greatest([ball(exact_error), *errors]),
        spread=spread,
        logit_range=max(Fraction(_range(row), denominator) for _, row, denominator in every),
        worst_row=worst,
    )


def _check_shapes(target: SparseTarget, realisation: Realisation) -> None:
    shape = (target.length, realisation.dimension)
    for name in ("keys", "queries"):
        if getattr(realisation, name).shape != shape:
            raise InputError(name, getattr(realisation, name).shape, f"of shape {shape}")
    if len(realisation.denominators) != target.length or min(realisation.denominators) < 1:
        raise InputError("denominators", realisation.denominators, f"{target.length} positive integers")


def _range(row: RowExtremes) -> int:
    values = [value for value in (*row.on, row.greatest_off, row.least_off) if value is not None]
    return max(values) - min(values)


def _row_error(target: SparseTarget, i: int, on: Sequence[int], denominator: int, bits: int) -> arb:
    """Enclose the largest difference of ``u = Z - log A`` on a support."""
    with precision(bits):
        shifted = [
            ball(Fraction(value - on[0], denominator)) - ball(ratio).log()
            for value, ratio in zip(on, target.ratios(i), strict=True)
        ]
        greatest = least = shifted[0]
        for value in shifted[1:]:
            greatest, least = greatest.max(value), least.min(value)
        return greatest - least


def _is_below(
    error: arb, target: SparseTarget, i: int, on: Sequence[int], denominator: int, argument: Fraction
) -> bool:
    """Decide whether a row's error is below ``log(argument)``."""
    with precision(PRECISION):
        bound = ball(argument).log()
        if error < bound:
            return True
        if error > bound:
            return False
    ratios = target.ratios(i)
    return all(
        compare_with_log(Fraction(a - b, denominator), argument * ratio / other) < 0
        for a, ratio in zip(on, ratios, strict=True)
        for b, other in zip(on, ratios, strict=True)
    )


def _greatest(values: list[arb]) -> arb:
    found = values[0]
    for value in values[1:]:
        found = found.max(value)
    return found


def _size(value: Fraction | None) -> int:
    return 0 if value is None else max(value.numerator.bit_length() - value.denominator.bit_length(), 0)
