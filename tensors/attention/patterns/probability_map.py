"""Assumption 2 of Yun et al.: how far scores must be scaled for a probability map to be nearly one-hot."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.exact.numbers import ratio

if TYPE_CHECKING:
    from flint import arb


def softmax_scale(visible: int, zeta: Any, eta: Any, precision: int = 128) -> arb:
    """Return a scale t that is enough for softmax, as a ball: ``log((visible - 1) / eta) / zeta``, at least 0.

    Whenever one of `visible` scores exceeds the others by at least `zeta`, softmax of t times the scores gives it at
    least ``1 - eta``: the others sum to at most ``(visible - 1) exp(-t zeta)`` times its weight.

    Parameters
    ----------
    visible : int
        Number of visible keys.
    zeta, eta : rational
        The gap, above 0, and the weight left to the others, above 0 and at most 1.

    Returns
    -------
    flint.arb

    Raises
    ------
    InputError
        If an argument is out of range, or a float.

    Examples
    --------
    >>> softmax_scale(5, "1/2", "1/100").str(6, radius=False)
    '11.9829'
    """
    from flint import arb

    from algebra.exact.balls import ball
    from algebra.exact.precision import precision as working_precision

    count = as_integer("visible", visible, 1)
    gap, rest = _positive("zeta", zeta), _positive("eta", eta)
    if rest > 1:
        raise InputError("eta", str(rest), "at most 1")
    odds = (count - 1) / rest
    if odds <= 1:
        return arb(0)
    with working_precision(precision):
        return ball(odds).log() / ball(gap)


def sparsemax_scale(zeta: Any) -> Fraction:
    """Return the scale at which sparsemax is one-hot exactly: ``1 / zeta``.

    Parameters
    ----------
    zeta : rational
        The gap, above 0: the greatest score exceeds every other by at least that.

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        If the gap is not positive, or not exact.

    Examples
    --------
    >>> sparsemax_scale("1/2")
    Fraction(2, 1)
    """
    return 1 / _positive("zeta", zeta)


def sparsemax(scores: Any) -> tuple[Fraction, ...]:
    """Return the Euclidean projection of the scores to the simplex, exactly [1]_.

    Parameters
    ----------
    scores : iterable of rational

    Returns
    -------
    tuple of Fraction
        Attention weights; they sum to 1.

    Raises
    ------
    InputError
        If there are no scores, or one is not exact.

    References
    ----------
    .. [1] A. F. T. Martins, R. F. Astudillo, "From softmax to sparsemax: a sparse model of attention and
       multi-label classification", ICML 2016, arXiv:1602.02068.

    Examples
    --------
    >>> [str(weight) for weight in sparsemax([2, "3/2", 0])]
    ['3/4', '1/4', '0']
    """
    numbers = [_rational("scores", score) for score in scores]
    if not numbers:
        raise InputError("scores", scores, "not empty: a token that sees nothing has no attention weights")
    total, threshold = Fraction(0), Fraction(0)
    for count, score in enumerate(sorted(numbers, reverse=True), start=1):
        total += score
        if 1 + count * score > total:
            threshold = (total - 1) / count
    return tuple(max(score - threshold, Fraction(0)) for score in numbers)


def _rational(argument: str, value: Any) -> Fraction:
    found = ratio(value)
    if found is None:
        raise InputError(argument, value, 'an exact number: an integer, a fraction or a string like "1/100"')
    return Fraction(*found)


def _positive(argument: str, value: Any) -> Fraction:
    number = _rational(argument, value)
    if number <= 0:
        raise InputError(argument, str(value), "above 0")
    return number
