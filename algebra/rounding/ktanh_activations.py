"""Sigmoid, swish and GELU from a table of tanh on bfloat16, and their exact errors.

sigmoid(x) = (1 + tanh(x/2))/2, swish(x) = x sigmoid(x), GELU(x) = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).  The
argument of tanh is rounded to bfloat16 correctly, the rest is exact: answers are rational numbers, and their errors are
told by balls (Arb) around the true values.  Those of ``gelu`` are to its definition by the error function, those of
``gelu-tanh`` to the form with tanh, which differs from it by up to 0.000474.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, one_of
from algebra.rounding.ktanh_bfloat16 import INFINITY, SIGN, bfloat16_value, round_floor

if TYPE_CHECKING:
    from algebra.exact.balls import Decimals
    from algebra.rounding.ktanh_bfloat16 import Words

BITS = 192  # of the balls: an argument or an error that they leave open is an ArithmeticError


@dataclass(frozen=True)
class Activation:
    """One function: the argument of tanh, the answer from tanh and x, and the true value."""

    argument: Callable[[Any], Any]
    answer: Callable[[Fraction, Fraction], Fraction]
    truth: Callable[[Any], Any]


def _gelu_argument(x: Any) -> Any:
    from flint import arb

    return (2 / arb.pi()).sqrt() * (x + x**3 * arb(44715) / 1000000)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + (-x).exp())


ACTIVATIONS = {
    "sigmoid": Activation(lambda x: x / 2, lambda t, x: (1 + t) / 2, _sigmoid),
    "swish": Activation(lambda x: x / 2, lambda t, x: x * (1 + t) / 2, lambda x: x * _sigmoid(x)),
    "gelu": Activation(_gelu_argument, lambda t, x: x * (1 + t) / 2, lambda x: x * _normal(x)),
    "gelu-tanh": Activation(
        _gelu_argument, lambda t, x: x * (1 + t) / 2, lambda x: x * (1 + _gelu_argument(x).tanh()) / 2
    ),
}


def _normal(x: Any) -> Any:
    from flint import arb

    return (-x / arb(2).sqrt()).erfc() / 2


def activation(name: str, words: Words, word: int, is_rounded: bool = False) -> Fraction:
    """Return an activation of one finite word, exactly as a table of tanh gives it.

    Parameters
    ----------
    name : str
        ``sigmoid``, ``swish``, ``gelu`` or ``gelu-tanh``.
    words : array
        tanh of all 65,536 words: `KTanhTable.words`, or `correctly_rounded_tanh`.
    word : int
    is_rounded : bool
        Whether the answer is rounded to bfloat16, nearest and ties to even, as it is where it is stored.

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        If there is no such activation, or the word is infinite or no number.

    Examples
    --------
    >>> from algebra.rounding import correctly_rounded_tanh
    >>> activation("sigmoid", correctly_rounded_tanh(), 0x4000)  # 0.8808 is the sigmoid of 2
    Fraction(451, 512)
    """
    one_of("name", name, ACTIVATIONS)
    x = bfloat16_value(word)
    if x is None:
        raise InputError("word", word, "a finite bfloat16 word")
    tanh = bfloat16_value(int(words[_rounded(ACTIVATIONS[name].argument, x)]))
    assert tanh is not None  # tanh is at most 1
    answer = ACTIVATIONS[name].answer(tanh, x)
    if not is_rounded or answer == 0:
        return answer
    rounded = bfloat16_value(_nearest_even(abs(answer)))
    assert rounded is not None  # it is at most |x|, or 1
    return rounded if answer > 0 else -rounded


def _rounded(argument: Callable[[Any], Any], x: Fraction) -> int:
    """Round the argument of tanh to bfloat16: nearest, ties to even, and infinity beyond the greatest number."""
    from algebra.exact.balls import ball, interval_of
    from algebra.exact.precision import precision

    sign = SIGN if x < 0 else 0
    if x == 0:
        return sign
    with precision(BITS + 320):
        ends = [Fraction(int(end.p), int(end.q)) for end in interval_of(argument(ball(abs(x))))]
    found = {_nearest_even(end) for end in ends}
    if len(found) > 1:
        raise ArithmeticError(f"the argument of tanh at {x} is not decided")
    return sign | found.pop()


def _nearest_even(value: Fraction) -> int:
    if value >= 1 << 128:
        return INFINITY
    scaled = value * (1 << 133)
    floor, is_exact = scaled.numerator // scaled.denominator, scaled.denominator == 1
    shift = max(floor.bit_length() - 8, 0)
    if shift == 0:  # a tie is possible below the unit only
        rest = scaled - floor
        return floor + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and floor % 2 == 1))
    is_tie = is_exact and floor & ((1 << shift) - 1) == 1 << (shift - 1)
    return min(round_floor(floor - (is_tie and floor >> shift & 1 == 0), 133), INFINITY)


def max_activation_error(name: str, words: Words, is_rounded: bool = False) -> tuple[Decimals, Fraction]:
    """Return the maximal error of an activation over all finite words, enclosed, and where it is.

    Below 2^-15 errors are less than 2^-30: those of tanh(x/2) are x^3/24, and that of GELU's argument is multiplied by
    x/2.  Beyond 32 the answers are 0, 1 or x, from which the functions differ by less than 2^-40.  Both are less than
    the maximum over the other words, for no table of words has an error below 2^-16 there.  Rounding the answers to
    bfloat16 changes nothing of this: it keeps 0, 1, 1/2 and x, and errs by less than 2^-17 below 2^-15.

    Parameters
    ----------
    name : str
        Of the activation.
    words : array
        tanh of all 65,536 words, see `activation`.
    is_rounded : bool
        Whether every step is rounded to a word, see `activation`.

    Returns
    -------
    error : Decimals
    at : Fraction
    """
    one_of("name", name, ACTIVATIONS)
    from algebra.exact.balls import ball, decimals
    from algebra.exact.precision import precision

    truth, worst, at = ACTIVATIONS[name].truth, None, Fraction(0)
    for sign in (0, SIGN):
        for word in range(sign | 0x3800, sign | 0x4200):  # magnitudes from 2^-15 to 32
            x = bfloat16_value(word)
            assert x is not None
            answer = activation(name, words, word, is_rounded)
            with precision(BITS):
                error = abs(truth(ball(x)) - ball(answer))
                if worst is None or error > worst:
                    worst, at = error, x
    with precision(BITS):
        return decimals(worst), at
