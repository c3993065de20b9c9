"""From words on the command line, or an object in a file, to a network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from algebra.errors import check_keys

if TYPE_CHECKING:
    from algebra import ConvolutionalNetwork, PolynomialNetwork

    Network = PolynomialNetwork | ConvolutionalNetwork

KEYS = ("widths", "degree", "degrees", "biases", "activation", "convolution", "seed")
ERROR = "2^-k, a decimal like 1e-30 or a fraction like 1/1000, greater than 0 and at most 1/2"


def network_of(given: dict[str, Any]) -> Network:
    """Build the network that an object describes.

    Parameters
    ----------
    given : dict
        ``{"widths": [2, 3, 2, 1], "degree": 2}``, ``degree`` a list for one degree per hidden layer, also with
        ``biases`` or ``activation``; or ``{"convolution": {"filters": [2, 2], "strides": [1, 1]}, "degree": 2}``.

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> network_of({"convolution": {"filters": [4, 3, 2]}, "degree": 3}).label
    'cnn:k4-3-2:s1-1-1:r3'
    """
    from algebra import ConvolutionalNetwork, InputError, PolynomialNetwork

    check_keys(given, KEYS)
    known = {key: value for key, value in given.items() if value is not None and key != "seed"}
    if "convolution" not in known:
        check_keys(known, KEYS, required=["widths"])
        return PolynomialNetwork.from_json(known)
    for key in ("widths", "biases", "activation"):
        if known.get(key):
            raise InputError(key, known[key], "left out when there is a convolution")
        known.pop(key, None)
    return ConvolutionalNetwork.from_json(known)


def integer(name: str, word: str, allowed: str = "an integer") -> int:
    """Read an integer from the command line.

    Examples
    --------
    >>> integer("width", "12")
    12
    """
    from algebra import InputError

    try:
        return int(word)
    except ValueError:
        raise InputError(name, word, allowed) from None


def integers(name: str, words: str | Sequence[str]) -> list[int]:
    """Read integers, separated by commas or spaces where they come as one word.

    Examples
    --------
    >>> integers("degrees", "2,3")
    [2, 3]
    """
    parts = words.replace(",", " ").split() if isinstance(words, str) else words
    return [integer(name, part, "integers, each at least 1") for part in parts]


def log2_error_of(word: str | None) -> float | None:
    """Read an error probability, and return its base-2 logarithm.

    Raises
    ------
    InputError
        If it is not a number greater than 0 and at most 1/2.

    Examples
    --------
    >>> log2_error_of("2^-100"), log2_error_of("1/1024")
    (-100.0, -10.0)
    """
    from fractions import Fraction

    from algebra import InputError

    if word is None:
        return None
    base, power, exponent = word.replace("**", "^").partition("^")
    try:
        if power:
            logarithm = math.log2(Fraction(base)) * float(Fraction(exponent))
        else:
            value = Fraction(word)
            logarithm = math.log2(value.numerator) - math.log2(value.denominator)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise InputError("error", word, ERROR) from None
    if not -math.inf < logarithm <= -1:
        raise InputError("error", word, ERROR)
    return logarithm
