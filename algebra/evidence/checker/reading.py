"""Reading: networks and numbers as a certificate writes them down; anything else is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from .labels import activation_label, convolution_label, network_label, shortened
from .limits import LARGEST, MOST_LAYERS, MOST_VALUE, Refused, need, shown

MOST_TEXT = 1_000_000
"""Characters of a label."""

MOST_KEY = 10_000
"""Characters of a key; the library's begin with the label of a network, of at most 1000 widths."""

MOST_SHOWN = 200
"""Characters of what a statement shows whole."""

MOST_COEFFICIENT = 500
"""Characters of a rational number: as many as the library writes."""

MOST_COEFFICIENTS = 1000
"""Of a numerator or denominator; each is read again at every sample and neuron."""

Activation = int | tuple[tuple[Fraction, ...], tuple[Fraction, ...]]  # a degree, or numerator and denominator


class Network(NamedTuple):
    """Widths d_0 … d_h, activations, biases; `filters` and `strides` are empty unless it is convolutional."""

    widths: tuple[int, ...]
    activations: tuple[Activation, ...]
    biases: bool = False
    filters: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it is dense with powers: the networks that most rules speak of."""
        return not self.filters and all(isinstance(activation, int) for activation in self.activations)

    @property
    def degrees(self) -> tuple[int, ...]:
        """The degrees r_1 … r_{h-1} of a polynomial network."""
        return tuple(a if isinstance(a, int) else max(0, len(a[0]) - 1) for a in self.activations)

    @property
    def parameters(self) -> int:
        """Number of parameters."""
        dense = sum((before + self.biases) * after for before, after in pairwise(self.widths))
        return sum(self.filters) if self.filters else dense

    def head(self, k: int) -> Network:
        """Return d_0 … d_k: its outputs are the pre-activations of layer k."""
        return Network(self.widths[: k + 1], self.activations[: k - 1], self.biases)

    def tail(self, k: int) -> Network:
        """Return d_k … d_h, on the activations of layer k."""
        return Network(self.widths[k:], self.activations[k:], self.biases)

    def with_width(self, k: int, width: int) -> Network:
        """Replace d_k."""
        return self._replace(widths=(*self.widths[:k], width, *self.widths[k + 1 :]))


def fields(value: Any, name: str, *names: str) -> list[Any]:
    """Return the values of an object that has exactly these fields."""
    if type(value) is not dict:
        raise Refused(f"{name} is not an object")
    if value.keys() != set(names):
        extra, missing = sorted(map(repr, set(value) - set(names))), sorted(set(names) - set(value))
        need(not extra, f"{name} has unknown fields: {', '.join(extra)[:200]}")
        raise Refused(f"{name} lacks {', '.join(missing)}")
    return [value[field] for field in names]


def without_word_size(value: Any, name: str) -> tuple[Any, int]:
    """Split an object from its ``word_size``, which is 1 where it is left out."""
    if type(value) is not dict or "word_size" not in value:
        return value, 1
    rest = {key: entry for key, entry in value.items() if key != "word_size"}
    return rest, integer(value["word_size"], f"{name}.word_size", 1, 64)


def integer(value: Any, name: str, least: int = 0, most: int = LARGEST) -> int:
    """Return an integer (no bool, no string) between two limits."""
    if type(value) is not int or not least <= value <= most:
        raise Refused(f"{name} is not an integer between {shown(least)} and {shown(most)}")
    return value


def integers(value: Any, name: str, least: int = 0, most: int = LARGEST) -> tuple[int, ...]:
    """Return a list of integers between two limits as a tuple."""
    if type(value) is not list:
        raise Refused(f"{name} is not a list")
    entry = f"an entry of {name}"
    return tuple(integer(item, entry, least, most) for item in value)


def read_bounds(lower: Any, upper: Any, most: int = LARGEST) -> tuple[int, int, str]:
    """Return both bounds of a claim, and how a statement says them.

    Examples
    --------
    >>> read_bounds(2, 3), read_bounds(3, 3)
    ((2, 3, 'at least 2 and at most 3'), (3, 3, '3'))
    """
    lower = integer(lower, "claim.lower", 0, most)
    upper = integer(upper, "claim.upper", lower, most)
    return lower, upper, between(lower, upper)


def between(lower: int, upper: int | None) -> str:
    """Say what two bounds say; None: there is no upper one.

    Examples
    --------
    >>> between(2, None)
    'at least 2'
    """
    return f"{lower}" if lower == upper else f"at least {lower}" + ("" if upper is None else f" and at most {upper}")


def read_proofs(document: Any, *names: str) -> list[Any]:
    """Return the proofs that a document holds under these names, and nothing else beside its claim."""
    return fields(document, "document", *names, "claim", "made_by", "digest", "format")[: len(names)]


def text(value: Any, name: str, most: int = MOST_TEXT) -> str:
    """Return an ASCII string."""
    need(type(value) is str and value.isascii() and len(value) < most, f"{name} is not a short ASCII string")
    return str(value)


def read_key(value: Any, name: str = "key") -> str:
    """Return the key of a generator."""
    return text(value, name, MOST_KEY)


def ranges(numbers: Sequence[int]) -> str:
    """Write sorted numbers down, consecutive ones as ranges, all of them: two sets look different.

    Examples
    --------
    >>> ranges([0, 1, 2, 5, 7, 8])
    '0-2,5,7,8'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a},{b}" if b == a + 1 else f"{a}-{b}" for a, b in runs)


def named(numbers: Sequence[int], what: str) -> str:
    """Name a set in a statement: whole if it is short, else by its size and a hash."""
    whole = ranges(numbers)
    return whole if len(whole) <= MOST_SHOWN else f"{len(numbers)} {what} ({shortened(whole)})"


def boolean(value: Any, name: str) -> bool:
    """Return true or false."""
    need(type(value) is bool, f"{name} is not true or false")
    return bool(value)


def coefficients(value: Any, name: str) -> tuple[Fraction, ...]:
    """Return rational coefficients, the leading one not zero."""
    need(type(value) is list and len(value) <= MOST_COEFFICIENTS, f"{name} is not a short list of coefficients")
    found = tuple(rational(c, name) for c in value)
    need(not found or found[-1] != 0, f"{name} has leading coefficient 0")
    return found


def rational(value: Any, name: str) -> Fraction:
    """Return a rational number, written "p" or "p/q" in lowest terms: each has one way to be written."""
    good = type(value) is str and len(value) < MOST_COEFFICIENT and re.fullmatch(r"-?\d+(/0*[1-9]\d*)?", value, re.A)
    need(bool(good), f"{name} has a coefficient that is not a string 'p' or 'p/q' of at most {MOST_COEFFICIENT} digits")
    found = Fraction(value)
    need(str(found) == value, f"{name} has a coefficient that is not in lowest terms")
    return found


def read_widths(value: Any) -> tuple[int, ...]:
    """Return d_0 … d_h."""
    widths = integers(value, "widths", 1)
    need(2 <= len(widths) <= MOST_LAYERS, f"there are not between 2 and {MOST_LAYERS} widths")
    return widths


def read_network(value: Any) -> Network:
    """Return a network: dense with powers, dense with other activations, or convolutional."""
    need(type(value) is dict, "a network is not an object")
    if "convolution" in value:
        return read_convolution(*fields(value, "network", "convolution", "degrees"))
    if "activations" in value:
        widths, given, biases = fields(value, "network", "widths", "activations", "biases")
        need(type(given) is list, "activations is not a list")
        activations = tuple(map(read_activation, given))
        found = Network(read_widths(widths), activations, boolean(biases, "biases"))
    else:
        widths, degrees, biases = fields(value, "network", "widths", "degrees", "biases")
        found = Network(read_widths(widths), integers(degrees, "degrees", 1, MOST_VALUE), boolean(biases, "biases"))
    need(len(found.activations) == len(found.widths) - 2, "there is not one activation for each hidden layer")
    return found


def read_activation(value: Any) -> Activation:
    """Return the degree of a power, or the numerator and the denominator of a rational function."""
    if type(value) is int:
        return integer(value, "a degree", 1, MOST_VALUE)
    top, bottom = fields(value, "an activation", "numerator", "denominator")
    found = coefficients(top, "numerator"), coefficients(bottom, "denominator")
    need(len(found[1]) > 0, "an activation has denominator 0")
    need(not is_constant(*found), "an activation is constant")
    return found


def is_constant(numerator: Sequence[Fraction], denominator: Sequence[Fraction]) -> bool:
    """Tell whether a quotient is a constant: its sides are proportional. A label may name it as it names a power."""
    if not numerator:
        return True
    same = len(numerator) == len(denominator)
    return same and all(x * denominator[-1] == y * numerator[-1] for x, y in zip(numerator, denominator, strict=True))


def read_convolution(sizes: Any, degrees: Any) -> Network:
    """Return a convolutional network."""
    both = fields(sizes, "convolution", "filters", "strides")
    filters, strides = (integers(side, "filters or strides", 1) for side in both)
    activations = integers(degrees, "degrees", 1, MOST_VALUE)
    need(1 <= len(filters) <= MOST_LAYERS and len(strides) == len(filters), "filters and strides do not fit")
    need(len(activations) == len(filters) - 1, "there is not one degree for each hidden layer")
    widths = [1]
    for size, stride in zip(reversed(filters), reversed(strides), strict=True):
        widths.append(integer((widths[-1] - 1) * stride + size, "a width of the convolution", 1))
    return Network(tuple(reversed(widths)), activations, False, filters, strides)


def label(network: Network) -> str:
    """Return the network's permanent name."""
    each = [str(a) if isinstance(a, int) else activation_label(*a) for a in network.activations]
    powers = all(isinstance(a, int) for a in network.activations)
    if network.filters:
        return convolution_label(network.filters, network.strides, each, powers)
    return network_label(network.widths, each, powers, network.biases)
