r"""S. Gupta, A. Agrawal, K. Gopalakrishnan, P. Narayanan: training with fixed-point numbers and stochastic rounding."""

from __future__ import annotations

from fractions import Fraction

from algebra.rounding.fixed_point import FixedPoint, Mode
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.paper import Paper

PAPER = Paper(
    "gupta2015",
    "S. Gupta, A. Agrawal, K. Gopalakrishnan, P. Narayanan, Deep learning with limited numerical precision, ICML 2015",
    "1502.02551",
)

Rounding = tuple[Fraction, FixedPoint]


def _fits(given: Rounding) -> bool:
    value, words = given
    return words.fits(value)


NO_SATURATION: Hypothesis[Rounding] = Hypothesis("-2^(IL-1) <= x <= 2^(IL-1) - eps", _fits)
SMALL: Hypothesis[Rounding] = Hypothesis("0 < |x| < eps / 2", lambda given: 0 < abs(given[0]) < given[1].eps / 2)


def _roundings() -> tuple[Rounding, ...]:
    """Numbers of several denominators, of both signs, on the grid, between and beyond it."""
    formats = [FixedPoint(*bits) for bits in ((1, 0), (1, 3), (2, 2), (3, 1), (8, 8))]
    numbers = [Fraction(p, q) for q in (1, 2, 3, 5, 16, 29, 1024) for p in (-37, -5, -1, 0, 1, 3, 11, 37)]
    return tuple((x, words) for words in formats for x in numbers)


@PAPER.states(
    r"\mathbb{E}\,\mathrm{Round}(x, \langle IL, FL \rangle) = x",
    NO_SATURATION,
    on=_roundings,
)
def unbiased(given: Rounding, seed: int) -> Verdict:
    """Beyond the range numbers saturate, and the mean is its end: the hypothesis cannot be left out."""
    value, words = given
    mean = words.stochastic(value).mean * words.eps
    return Verdict.decided(mean == value, f"the mean is {mean}")


@PAPER.states(
    r"0 < |x| < \varepsilon/2 \implies \text{every rounding to nearest gives } 0,\quad "
    r"\Pr[\text{stochastic rounding gives } \pm\varepsilon] > 0",
    NO_SATURATION,
    SMALL,
    on=_roundings,
)
def small_updates(given: Rounding, seed: int) -> Verdict:
    value, words = given
    nearest = [words.word(value, mode) for mode in Mode if mode is not Mode.FLOOR]
    moves = 1 - words.stochastic(value)[0]
    return Verdict.decided(
        not any(nearest) and moves > 0, f"nearest: {nearest}; stochastic moves with probability {moves}"
    )
