"""What a network is: widths, activations, parameters and the quantities that need no rank.

Everything below the facades `PolynomialNetwork` and `ConvolutionalNetwork` speaks of these two classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from algebra.drawn import layers as drawn_layers
from algebra.errors import InputError, as_integer, check_keys
from algebra.evidence.checker.labels import convolution_label, digits, network_label, tuple_digits
from algebra.frozen import set_fields
from algebra.memory import binomial
from algebra.polynomial.activation import Activation, Power, Rational
from algebra.sequences import as_list, integers_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SPARSE_DEGREE = 512
"""Up to this degree the sparsity of general activations is looked at."""

WIDTHS = "a non-empty sequence of at least two integers, each at least 1"
SIZES = "a non-empty sequence of integers, each at least 1"


@dataclass(frozen=True, init=False)
class PolynomialArchitecture:
    """Widths and activations of a polynomial network, and the quantities that need no rank.

    The data of `algebra.polynomial.network.PolynomialNetwork`, which says what the parameters are.

    Examples
    --------
    >>> PolynomialArchitecture((2, 3, 4, 5, 4, 6, 4, 1), degree=2).naive_dimension
    84
    """

    widths: tuple[int, ...]
    activations: tuple[Activation, ...]
    biases: bool

    def __init__(
        self,
        widths: Sequence[int],
        degree: int | None = None,
        *,
        degrees: Sequence[int] | None = None,
        biases: bool = False,
        activation: Activation | Sequence[Activation] | None = None,
    ) -> None:
        checked = check_widths(widths)
        if not isinstance(biases, bool):
            raise InputError("biases", biases, "True or False")
        activations = activations_of(len(checked) - 2, degree, degrees, activation)
        set_fields(self, widths=checked, activations=activations, biases=biases)

    @property
    def depth(self) -> int:
        """Number h of weight matrices."""
        return len(self.widths) - 1

    @cached_property
    def degrees(self) -> tuple[int, ...] | None:
        """Activation degree of each hidden layer; None if some activation is not a power."""
        powers = tuple(a.exponent for a in self.activations if isinstance(a, Power))
        return powers if len(powers) == len(self.activations) else None

    @property
    def degree(self) -> int | tuple[int, ...] | None:
        """The common activation degree, or the tuple of them; None without any or for other activations."""
        degrees = self.degrees
        if not degrees:
            return None
        return degrees[0] if len(set(degrees)) == 1 else degrees

    @cached_property
    def output_degree(self) -> int | None:
        """Degree D of the outputs as polynomials in the inputs; None if they are not polynomials."""
        factors = []
        for a in self.activations:
            if isinstance(a, Rational) and not a.is_polynomial:
                return None
            factors.append(a.exponent if isinstance(a, Power) else a.polynomial_degree)
        return prod(factors)

    @property
    def is_homogeneous(self) -> bool:
        """Whether the outputs are forms: powers only, and no biases."""
        return self.degrees is not None and not self.biases

    @cached_property
    def ambient_dimension(self) -> int | None:
        """Dimension A of the space of output polynomials; None for rational activations.

        Without biases only the degrees that the activations can make are counted: z + z^3 makes no squares.
        """
        degree = self.output_degree
        if degree is None:
            return None
        variables = self.widths[0]
        if self.is_homogeneous:
            return self.widths[-1] * binomial(degree + variables - 1, variables - 1)
        if self.biases or degree > SPARSE_DEGREE:
            return self.widths[-1] * binomial(degree + variables, variables)
        return self.widths[-1] * sum(binomial(d + variables - 1, variables - 1) for d in self._output_degrees())

    def _output_degrees(self) -> set[int]:
        """Degrees of the monomials that outputs can have, without biases."""
        found = {1}
        for a in self.activations:
            support = {a.exponent} if isinstance(a, Power) else {i for i, c in enumerate(a.numerator) if c}
            sums, made = {0}, set[int]()
            for count in range(max(support) + 1):
                made |= sums if count in support else set()
                sums = {x + y for x in sums for y in found}
            found = made
        return found

    @cached_property
    def parameters(self) -> int:
        """Number of weights and biases."""
        weights = sum(a * b for a, b in pairwise(self.widths))
        return weights + (sum(self.widths[1:]) if self.biases else 0)

    @cached_property
    def gauge_dimension(self) -> int:
        """Dimension of the symmetries of single hidden neurons that leave the function unchanged.

        For powers these are the scalings; see `Rational.symmetry_dimension` for other activations.
        """
        widths = zip(self.widths[1:-1], self.activations, strict=True)
        return sum(width * a.symmetry_dimension(self.biases) for width, a in widths)

    @property
    def naive_dimension(self) -> int:
        """Parameters up to scaling of hidden neurons (the effective parameters n(d))."""
        return self.parameters - self.gauge_dimension

    @property
    def expected_dimension(self) -> int:
        """The least of naive and ambient dimension."""
        ambient = self.ambient_dimension
        return self.naive_dimension if ambient is None else min(self.naive_dimension, ambient)

    @property
    def label(self) -> str:
        """Permanent readable label, e.g. ``pnn:2-3-2-1:r2``."""
        return network_label(self.widths, [a.label for a in self.activations], self.degrees is not None, self.biases)

    def with_width(self, layer: int, width: int) -> Self:
        """Return the network with another width of one layer, the activations unchanged.

        Parameters
        ----------
        layer : int
            From 0, the inputs, to the depth, the outputs.
        width : int

        Returns
        -------
        PolynomialArchitecture
            Of the class of this one.

        Raises
        ------
        InputError
            If there is no such layer, or the width is not positive.

        Examples
        --------
        >>> from algebra import PolynomialNetwork
        >>> PolynomialNetwork((2, 3, 1), degree=2).with_width(1, 5).widths
        (2, 5, 1)
        """
        if not 0 <= as_integer("layer", layer) <= self.depth:
            raise InputError("layer", layer, f"between 0 and {self.depth}")
        network = object.__new__(type(self))
        widths = check_widths((*self.widths[:layer], width, *self.widths[layer + 1 :]))
        set_fields(network, widths=widths, activations=self.activations, biases=self.biases)
        return network

    def predecessors(self) -> tuple[Self, ...]:
        """Return the networks with one hidden width lowered by one; a filling one is minimal if none of them fills.

        Returns
        -------
        tuple of PolynomialArchitecture
            One for each hidden width above 1, in the order of the layers.
        """
        hidden = range(1, self.depth)
        return tuple(self.with_width(k, self.widths[k] - 1) for k in hidden if self.widths[k] > 1)

    def __repr__(self) -> str:
        shown = f"degrees={tuple_digits(self.degrees or ())}"
        if isinstance(self.degree, int):
            shown = f"degree={digits(self.degree)}"
        if self.degrees is None:
            shown = f"activation={list(self.activations)}"
        return f"{type(self).__name__}({tuple_digits(self.widths)}, {shown}{', biases=True' if self.biases else ''})"

    def _repr_html_(self) -> str:
        layers = " → ".join(map(digits, self.widths))
        known = f"{digits(self.parameters)} parameters, naive dimension {digits(self.naive_dimension)}"
        if self.ambient_dimension is not None and self.ambient_dimension < 10**12:
            known += f", ambient {self.ambient_dimension}, expected {self.expected_dimension}"
        facts = f"<b>{layers}</b> <code>{self.label}</code><br><small>{known}</small>"
        return facts + drawn_layers(self.widths)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Build the network that an object describes; a key that is null or left out has its default value.

        Parameters
        ----------
        given : dict
            ``widths``; ``degree`` (an integer, or a list) or ``degrees``; ``biases``; and ``activation`` (an object
            with ``numerator`` and ``denominator``, or a list of such), or ``activations`` as `to_json` writes them.

        Returns
        -------
        PolynomialArchitecture
            Of the class whose method it is.

        Raises
        ------
        InputError
            Naming the key, its value and what is allowed.

        Examples
        --------
        >>> PolynomialArchitecture.from_json({"widths": [2, 3, 1], "degree": 2}).label
        'pnn:2-3-1:r2'
        """
        known = {key: value for key, value in given.items() if value is not None}
        check_keys(known, ("widths", "degree", "degrees", "biases", "activation", "activations"), ["widths"])
        general = known.get("activations", known.get("activation"))
        activation = None if general is None else activations_from_json(general)
        biases = known.get("biases", False)
        return cls(a_list("widths", known["widths"]), **degrees_from_json(known), biases=biases, activation=activation)

    def to_json(self) -> dict[str, Any]:
        """Describe the network as certificates do.

        Returns
        -------
        dict
            The keys ``widths``, ``biases``, and ``degrees`` or ``activations``.

        Examples
        --------
        >>> PolynomialArchitecture((2, 3, 1), degree=2).to_json()
        {'widths': [2, 3, 1], 'degrees': [2], 'biases': False}
        """
        if self.degrees is not None:
            return {"widths": list(self.widths), "degrees": list(self.degrees), "biases": self.biases}
        activations = [a.to_json() for a in self.activations]
        return {"widths": list(self.widths), "activations": activations, "biases": self.biases}


@dataclass(frozen=True, init=False)
class ConvolutionalArchitecture:
    """Filters, strides and activations of a one-dimensional convolutional network, and what needs no rank.

    The data of `algebra.polynomial.convolution.ConvolutionalNetwork`, which says what the parameters are.
    """

    filters: tuple[int, ...]
    strides: tuple[int, ...]
    activations: tuple[Activation, ...]

    def __init__(
        self,
        filters: Sequence[int],
        strides: Sequence[int] | None = None,
        degree: int | None = None,
        *,
        degrees: Sequence[int] | None = None,
    ) -> None:
        sizes = _sizes("filters", filters)
        steps = (1,) * len(sizes) if strides is None else _sizes("strides", strides)
        if len(steps) != len(sizes):
            raise InputError("strides", list(steps), f"one stride for each of the {len(sizes)} filters")
        activations = activations_of(len(sizes) - 1, degree, degrees, None)
        set_fields(self, filters=sizes, strides=steps, activations=activations)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """Length of the signal before each layer, and the one output."""
        found = [1]
        for size, stride in zip(reversed(self.filters), reversed(self.strides), strict=True):
            found.append((found[-1] - 1) * stride + size)
        return tuple(reversed(found))

    @property
    def degrees(self) -> tuple[int, ...]:
        """Activation degree of each hidden layer."""
        return tuple(a.exponent for a in self.activations if isinstance(a, Power))

    @property
    def degree(self) -> int | tuple[int, ...] | None:
        """The common activation degree, or the tuple of them; None for a single layer."""
        return self.degrees[0] if len(set(self.degrees)) == 1 else self.degrees or None

    @property
    def biases(self) -> bool:
        """Convolutions here have none."""
        return False

    @property
    def parameters(self) -> int:
        """Number of filter coefficients."""
        return sum(self.filters)

    @property
    def gauge_dimension(self) -> int:
        """One scaling between each two layers."""
        return len(self.filters) - 1

    @property
    def naive_dimension(self) -> int:
        """Filter coefficients up to scaling of the hidden layers."""
        return self.parameters - self.gauge_dimension

    @property
    def output_degree(self) -> int:
        """Degree of the output as a form in the inputs."""
        return prod(self.degrees)

    @cached_property
    def ambient_dimension(self) -> int:
        """Dimension of the space of forms of that degree."""
        return binomial(self.output_degree + self.widths[0] - 1, self.widths[0] - 1)

    @property
    def expected_dimension(self) -> int:
        """The least of naive and ambient dimension."""
        return min(self.naive_dimension, self.ambient_dimension)

    @property
    def label(self) -> str:
        """Permanent readable label, e.g. ``cnn:k4-3-2:s1-1-1:r3``."""
        return convolution_label(self.filters, self.strides, [a.label for a in self.activations], powers=True)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Build the network that an object describes; a key that is null or left out has its default value.

        Parameters
        ----------
        given : dict
            ``convolution`` (an object with ``filters`` and perhaps ``strides``), and ``degree`` or ``degrees``.

        Returns
        -------
        ConvolutionalArchitecture
            Of the class whose method it is.

        Raises
        ------
        InputError
            Naming the key, its value and what is allowed.

        Examples
        --------
        >>> ConvolutionalArchitecture.from_json({"convolution": {"filters": [4, 3, 2]}, "degree": 3}).label
        'cnn:k4-3-2:s1-1-1:r3'
        """
        known = {key: value for key, value in given.items() if value is not None}
        check_keys(known, ("convolution", "degree", "degrees"), ["convolution"])
        shape = known["convolution"]
        if not isinstance(shape, dict):
            raise InputError("convolution", shape, 'an object {"filters": […], "strides": […]}')
        check_keys(shape, ("filters", "strides"), required=["filters"])
        strides = None if shape.get("strides") is None else a_list("strides", shape["strides"])
        return cls(a_list("filters", shape["filters"]), strides, **degrees_from_json(known))

    def to_json(self) -> dict[str, Any]:
        """Describe the network as certificates do.

        Returns
        -------
        dict
            The keys ``convolution`` and ``degrees``.

        Examples
        --------
        >>> ConvolutionalArchitecture([2, 3], degree=2).to_json()
        {'convolution': {'filters': [2, 3], 'strides': [1, 1]}, 'degrees': [2]}
        """
        convolution = {"filters": list(self.filters), "strides": list(self.strides)}
        return {"convolution": convolution, "degrees": list(self.degrees)}


Network: TypeAlias = PolynomialArchitecture | ConvolutionalArchitecture
"""What can be asked for the dimension of its variety."""


def check_widths(widths: Any) -> tuple[int, ...]:
    """Return the widths as a tuple of ints, or raise an `InputError` that names them.

    Parameters
    ----------
    widths : sequence of int

    Returns
    -------
    tuple of int

    Raises
    ------
    InputError
        If they are no list of positive integers, or fewer than two.
    """
    given = integers_of("widths", widths, WIDTHS, least=1)
    if len(given) < 2:
        raise InputError("widths", list(given), WIDTHS)
    return given


def activations_of(
    hidden: int, degree: int | None, degrees: Sequence[int] | None, activation: Any
) -> tuple[Activation, ...]:
    """One activation per hidden layer, from whichever of the three arguments was given.

    Raises
    ------
    InputError
        If two of them are given, none is where one is needed, or there are not as many as hidden layers.
    """
    given = {"degree": degree, "degrees": degrees, "activation": activation}
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise InputError(named[1], given[named[1]], f"left out when {named[0]} is given")
    if activation is not None:
        allowed = f"a Rational, or one for each of the {hidden} hidden layers"
        each = (
            [activation] * hidden if isinstance(activation, Activation) else as_list("activation", activation, allowed)
        )
        if len(each) != hidden or not all(isinstance(a, Activation) for a in each):
            raise InputError("activation", activation, allowed)
        return tuple(_plain(a) for a in each)
    if degrees is not None:
        exponents = as_list("degrees", degrees, "a sequence of integers")
        if len(exponents) != hidden:
            raise InputError("degrees", exponents, f"one degree for each of the {hidden} hidden layers")
        return tuple(_power(as_integer("degrees", r, least=1)) for r in exponents)
    if degree is None:
        if hidden:
            raise InputError("degree", None, "an integer of at least 1")
        return ()
    return (_power(as_integer("degree", degree, least=1)),) * hidden


@lru_cache(maxsize=1 << 8)
def _power(exponent: int) -> Power:
    """Make a power once: its exponent has been checked, and families have the same ones in every network."""
    return Power(exponent)


def _plain(activation: Activation) -> Activation:
    """A multiple of a power is that power: the factor goes into the next weights."""
    if isinstance(activation, Power):
        return activation
    m = activation.homogeneous_degree
    return Power(m) if activation.is_polynomial and m is not None else activation


def _sizes(argument: str, values: Sequence[int]) -> tuple[int, ...]:
    given = integers_of(argument, values, SIZES, least=1)
    if not given:
        raise InputError(argument, list(given), SIZES)
    return given


def a_list(name: str, value: Any) -> list[Any]:
    """Return a list from a parsed object, and refuse anything else.

    Raises
    ------
    InputError
        If it is no list.
    """
    if not isinstance(value, list):
        raise InputError(name, value, "a list of integers")
    return value


def degrees_from_json(given: Mapping[str, Any]) -> dict[str, Any]:
    """Take ``degree`` as an integer or a list, ``degrees`` as a list.

    Raises
    ------
    InputError
        If both are given, or ``degrees`` is no list.
    """
    found: dict[str, Any] = {name: given[name] for name in ("degree", "degrees") if name in given}
    if len(found) == 2:
        raise InputError("degrees", given["degrees"], "left out when degree is given")
    if isinstance(found.get("degree"), list):
        return {"degrees": found["degree"]}
    if "degrees" in found:
        a_list("degrees", found["degrees"])
    return found


def activations_from_json(given: Any) -> Activation | list[Activation]:
    """Read one activation, or one for each hidden layer; an integer stands for a power.

    Raises
    ------
    InputError
        If it is neither an integer nor such an object.
    """
    if isinstance(given, list):
        return [a for each in given if isinstance(a := activations_from_json(each), Activation)]
    if isinstance(given, int) and not isinstance(given, bool):
        return Power(given) if given > 0 else Rational([1])
    if not isinstance(given, dict):
        raise InputError("activation", given, 'an object {"numerator": […], "denominator": […]}')
    check_keys(given, ("numerator", "denominator"), required=["numerator"])
    return Rational(a_list("numerator", given["numerator"]), a_list("denominator", given.get("denominator", [1])))
