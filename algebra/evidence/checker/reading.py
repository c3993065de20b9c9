"""Reading: networks and numbers as a certificate writes them down; anything else is refused."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from .labels import activation_label, convolution_label, network_label

INFINITE = 1 << 100  # binomials stop here; no value that a certificate may claim comes near
LARGEST = 1 << 40  # of widths' products, degrees, values and sample numbers
MOST_LAYERS = 1000
MOST_PARAMETERS = 1_000_000
MOST_DEGREE = 512  # up to which `ambient` looks at the degrees that can be made
EXPONENT_BITS = 16
MOST_BITS = 1 << 14  # of the degree of the outputs
MOST_PAIRS = 10**8  # of layers, in all statements; of monomials, in a symmetry
MOST_WORK = 2 * 10**13  # bit operations, roughly; about an hour

MOST_VALUE = 1 << 14000
"""Of ranks, which may be huge: 4215 decimal digits; JSON readers take no more than 4300."""


class Refused(Exception):  # noqa: N818 - a verdict, not an error
    """The certificate does not prove its claim; the argument says why."""


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


def need(condition: bool, reason: str) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise Refused(reason)


def fields(value: Any, name: str, *names: str) -> list[Any]:
    """Return the values of an object that has exactly these fields."""
    need(type(value) is dict, f"{name} is not an object")
    extra, missing = sorted(map(repr, set(value) - set(names))), sorted(set(names) - set(value))
    need(not extra, f"{name} has unknown fields: {', '.join(extra)[:200]}")
    need(not missing, f"{name} lacks {', '.join(missing)}")
    return [value[field] for field in names]


def without_word_size(value: Any, name: str) -> tuple[Any, int]:
    """Split an object from its ``word_size``, which is 1 where it is left out."""
    if type(value) is not dict or "word_size" not in value:
        return value, 1
    rest = {key: entry for key, entry in value.items() if key != "word_size"}
    return rest, integer(value["word_size"], f"{name}.word_size", 1, 64)


def integer(value: Any, name: str, least: int = 0, most: int = LARGEST) -> int:
    """Return an integer (no bool, no string) between two limits."""
    need(type(value) is int and least <= value <= most, f"{name} is not an integer between {least} and {most}")
    return int(value)


def integers(value: Any, name: str, least: int = 0, most: int = LARGEST) -> tuple[int, ...]:
    """Return a list of integers between two limits as a tuple."""
    need(type(value) is list, f"{name} is not a list")
    return tuple(integer(item, f"an entry of {name}", least, most) for item in value)


def text(value: Any, name: str) -> str:
    """Return an ASCII string."""
    need(
        type(value) is str and value.isascii() and len(value) < 1_000_000,
        f"{name} is not a short ASCII string",
    )
    return str(value)


def boolean(value: Any, name: str) -> bool:
    """Return true or false."""
    need(type(value) is bool, f"{name} is not true or false")
    return bool(value)


def coefficients(value: Any, name: str) -> tuple[Fraction, ...]:
    """Return rational coefficients written "p" or "p/q" in lowest terms, the leading one not zero."""
    need(type(value) is list and len(value) <= MOST_LAYERS, f"{name} is not a list of coefficients")
    good = all(type(c) is str and len(c) < 500 and re.fullmatch(r"-?\d+(/0*[1-9]\d*)?", c, re.A) for c in value)
    need(good, f"{name} has a coefficient that is not a string 'p' or 'p/q'")
    found = tuple(map(Fraction, value))
    need(list(map(str, found)) == value, f"{name} has a coefficient that is not in lowest terms")
    need(not found or found[-1] != 0, f"{name} has leading coefficient 0")
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
        found = Network(read_widths(widths), integers(degrees, "degrees", 1), boolean(biases, "biases"))
    need(len(found.activations) == len(found.widths) - 2, "there is not one activation for each hidden layer")
    return found


def read_activation(value: Any) -> Activation:
    """Return the degree of a power, or the numerator and the denominator of a rational function."""
    if type(value) is int:
        return integer(value, "a degree", 1)
    top, bottom = fields(value, "an activation", "numerator", "denominator")
    found = coefficients(top, "numerator"), coefficients(bottom, "denominator")
    need(len(found[1]) > 0, "an activation has denominator 0")
    return found


def read_convolution(sizes: Any, degrees: Any) -> Network:
    """Return a convolutional network."""
    both = fields(sizes, "convolution", "filters", "strides")
    filters, strides = (integers(side, "filters or strides", 1) for side in both)
    activations = integers(degrees, "degrees", 1)
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
