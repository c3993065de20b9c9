"""One-dimensional convolutional polynomial networks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import comb, prod
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from algebra.polynomial.activation import Activation, Power

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra.evidence import Bounds

SIZES = "a non-empty sequence of integers, each at least 1"


@dataclass(frozen=True, init=False)
class ConvolutionalNetwork:
    r"""Layers :math:`(w * x)_i = \sum_t w_t\, x_{i s + t}` with powers between them, and one output.

    The input is as long as one output asks for; longer inputs repeat the same function and have the same dimension.

    Parameters
    ----------
    filters, strides : sequence of int
        Filter size and stride of each layer, each at least 1; strides default to 1.
    degree : int
        Activation degree, at least 1. Not needed for a single layer.
    degrees : sequence of int, optional
        One activation degree per hidden layer, instead of `degree`.

    Raises
    ------
    InputError
        Naming the argument, its value and what is allowed.

    References
    ----------
    .. [1] V. Shahverdi, G. L. Marchetti, K. Kohn, On the geometry and optimization of polynomial convolutional
       networks, AISTATS 2025, arXiv:2410.00722.
    .. [2] K. Kohn, G. Montúfar, V. Shahverdi, M. Trager, Function space and critical points of linear
       convolutional networks, arXiv:2304.05752.

    Examples
    --------
    >>> ConvolutionalNetwork([4, 3, 2], degree=3).dimension()
    7 (proved)
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
        from algebra.polynomial.network import activations_of

        sizes = _sizes("filters", filters)
        steps = (1,) * len(sizes) if strides is None else _sizes("strides", strides)
        if len(steps) != len(sizes):
            raise InputError("strides", list(steps), f"one stride for each of the {len(sizes)} filters")
        object.__setattr__(self, "filters", sizes)
        object.__setattr__(self, "strides", steps)
        object.__setattr__(self, "activations", activations_of(len(sizes) - 1, degree, degrees, None))

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
        return comb(self.output_degree + self.widths[0] - 1, self.widths[0] - 1)

    @property
    def expected_dimension(self) -> int:
        """The least of naive and ambient dimension."""
        return min(self.naive_dimension, self.ambient_dimension)

    @property
    def label(self) -> str:
        """Permanent readable label, e.g. ``cnn:k4-3-2:s1-1-1:r3``."""
        parts = ["cnn", "k" + "-".join(map(str, self.filters)), "s" + "-".join(map(str, self.strides))]
        if self.degrees:
            distinct = self.degrees[:1] if len(set(self.degrees)) == 1 else self.degrees
            parts.append("r" + ",".join(map(str, distinct)))
        return ":".join(parts)

    def dimension(self, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Dimension of the network's variety; see `PolynomialNetwork.dimension`."""
        from algebra.polynomial.dimension import dimension

        return dimension(self, seed=seed, log2_error=log2_error)


def _sizes(argument: str, values: Sequence[int]) -> tuple[int, ...]:
    try:
        given = list(values)
    except TypeError:
        raise InputError(argument, values, SIZES) from None
    if not given:
        raise InputError(argument, given, SIZES)
    return tuple(as_integer(argument, value, least=1, allowed=SIZES) for value in given)
