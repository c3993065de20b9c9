"""From words on the command line, or an object in a file, to a network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from proofs_check.cli.files import check_keys

if TYPE_CHECKING:
    from algebra import ConvolutionalNetwork, PolynomialNetwork, Rational

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
    given = {key: value for key, value in given.items() if value is not None}
    degrees = _degrees(given)
    if "convolution" not in given:
        check_keys(given, KEYS, required=["widths"])
        biases = given.get("biases", False)
        activation = _activation(given.get("activation"))
        return PolynomialNetwork(_list("widths", given["widths"]), **degrees, biases=biases, activation=activation)
    for key in ("widths", "biases", "activation"):
        if given.get(key):
            raise InputError(key, given[key], "left out when there is a convolution")
    shape = given["convolution"]
    if not isinstance(shape, dict):
        raise InputError("convolution", shape, 'an object {"filters": […], "strides": […]}')
    check_keys(shape, ("filters", "strides"), required=["filters"])
    strides = None if shape.get("strides") is None else _list("strides", shape["strides"])
    return ConvolutionalNetwork(_list("filters", shape["filters"]), strides, **degrees)


def _list(name: str, value: Any) -> list[Any]:
    from algebra import InputError

    if not isinstance(value, list):
        raise InputError(name, value, "a list of integers")
    return value


def _degrees(given: dict[str, Any]) -> dict[str, Any]:
    """Take ``degree`` as an integer or a list; ``degrees`` as a list."""
    from algebra import InputError

    found: dict[str, Any] = {name: given[name] for name in ("degree", "degrees") if name in given}
    if len(found) == 2:
        raise InputError("degrees", given["degrees"], "left out when degree is given")
    if isinstance(found.get("degree"), list):
        return {"degrees": found["degree"]}
    if "degrees" in found:
        _list("degrees", found["degrees"])
    return found


def _activation(given: Any) -> Rational | list[Rational] | None:
    from algebra import InputError, Rational

    if given is None:
        return None
    if isinstance(given, list):
        return [a for each in given if isinstance(a := _activation(each), Rational)]
    if not isinstance(given, dict):
        raise InputError("activation", given, 'an object {"numerator": […], "denominator": […]}')
    check_keys(given, ("numerator", "denominator"), required=["numerator"])
    return Rational(_list("numerator", given["numerator"]), _list("denominator", given.get("denominator", [1])))


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
