"""Polynomial networks: widths, activations, parameters and the quantities that need no rank."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import comb, prod
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.polynomial.activation import Activation, Power, Rational

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sympy
    from numpy.typing import NDArray

    from algebra.evidence import Bounds
    from algebra.polynomial.identifiability import Identifiability
    from algebra.polynomial.symmetries import Symmetries

SPARSE_DEGREE = 512
"""Up to this degree the sparsity of general activations is looked at."""

WIDTHS = "a non-empty sequence of at least two integers, each at least 1"


@dataclass(frozen=True, init=False)
class PolynomialNetwork:
    r"""The network :math:`p_W(x) = W_h\,\rho_{h-1}(W_{h-1} \cdots \rho_1(W_1 x))` of Kileel, Trager and Bruna.

    Parameters
    ----------
    widths : sequence of int
        :math:`(d_0, \ldots, d_h)`, at least two, each at least 1; `W_i` has shape `(d_i, d_{i-1})`.
    degree : int, optional
        Activation degree r ≥ 1 of every hidden layer. Not needed when there is no hidden layer.
    degrees : sequence of int, optional
        One activation degree per hidden layer, instead of `degree`.
    biases : bool
        Whether every layer (the last included) adds a bias.
    activation : Rational or sequence of Rational, optional
        A general polynomial or rational activation, instead of a degree.

    Raises
    ------
    InputError
        Naming the argument, its value and what is allowed.

    References
    ----------
    .. [1] J. Kileel, M. Trager, J. Bruna, On the expressive power of deep polynomial neural networks,
       NeurIPS 2019, arXiv:1905.12207.

    Examples
    --------
    >>> network = PolynomialNetwork((2, 3, 4, 5, 4, 6, 4, 1), degree=2)
    >>> network.ambient_dimension, network.naive_dimension
    (65, 84)
    >>> network.dimension()
    65 (proved)
    >>> PolynomialNetwork((2, 3, 1), degrees=[3]).label
    'pnn:2-3-1:r3'
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
        activation: Rational | Sequence[Rational] | None = None,
    ) -> None:
        checked = check_widths(widths)
        if not isinstance(biases, bool):
            raise InputError("biases", biases, "True or False")
        object.__setattr__(self, "widths", checked)
        object.__setattr__(self, "activations", activations_of(len(checked) - 2, degree, degrees, activation))
        object.__setattr__(self, "biases", biases)

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
            return self.widths[-1] * comb(degree + variables - 1, variables - 1)
        if self.biases or degree > SPARSE_DEGREE:
            return self.widths[-1] * comb(degree + variables, variables)
        return self.widths[-1] * sum(comb(d + variables - 1, variables - 1) for d in self._output_degrees())

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
        parts = ["pnn", "-".join(map(str, self.widths))]
        labels = [a.label for a in self.activations]
        if labels:
            joined = labels[:1] if len(set(labels)) == 1 else labels
            parts.append(
                ("r" if self.degrees is not None else "a") + (";" if self.degrees is None else ",").join(joined)
            )
        return ":".join(parts + (["b"] if self.biases else []))

    def dimension(self, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Dimension of the network's variety, with evidence for both sides.

        Parameters
        ----------
        seed : int
            Seed of every random choice; the same seed gives the same answer on every machine.
        log2_error : float, optional
            Where the bounds leave a gap: repeat until a greater dimension would have stayed unseen with probability at
            most ``2**log2_error``. Default: -64.

        Returns
        -------
        Bounds
            `PROVED` where the rank meets an upper bound, otherwise `PROBABLE`.

        Examples
        --------
        >>> PolynomialNetwork((3, 5, 1), degree=4).dimension()
        14 (proved)
        """
        from algebra.polynomial.dimension import dimension

        return dimension(self, seed=seed, log2_error=log2_error)

    def is_filling(self, seed: int = 0) -> bool | None:
        """Whether the variety is the whole ambient space; None where the bounds do not decide.

        Examples
        --------
        >>> PolynomialNetwork((2, 3, 4, 5, 4, 6, 4, 1), degree=2).is_filling()
        True
        """
        ambient = self.ambient_dimension
        found = self.dimension(seed=seed)
        if ambient is None or (found.upper is not None and found.upper < ambient):
            return False
        return True if found.lower == ambient else None

    def with_width(self, layer: int, width: int) -> PolynomialNetwork:
        """Return the network with another width of one layer, the activations unchanged.

        Raises
        ------
        InputError
            If there is no such layer, or the width is not positive.

        Examples
        --------
        >>> PolynomialNetwork((2, 3, 1), degree=2).with_width(1, 5).widths
        (2, 5, 1)
        """
        if not 0 <= as_integer("layer", layer) <= self.depth:
            raise InputError("layer", layer, f"between 0 and {self.depth}")
        network = object.__new__(PolynomialNetwork)
        widths = check_widths((*self.widths[:layer], width, *self.widths[layer + 1 :]))
        for name, value in (("widths", widths), ("activations", self.activations), ("biases", self.biases)):
            object.__setattr__(network, name, value)
        return network

    def predecessors(self) -> tuple[PolynomialNetwork, ...]:
        """Return the networks with one hidden width lowered by one; a filling one is minimal if none of them fills."""
        hidden = range(1, self.depth)
        return tuple(self.with_width(k, self.widths[k] - 1) for k in hidden if self.widths[k] > 1)

    def identifiability(self, seed: int = 0) -> Identifiability:
        """Whether the weights are determined by the function up to scalings and permutations, and what decides it.

        Examples
        --------
        >>> PolynomialNetwork((3, 3, 2, 2), degree=2).identifiability().finitely
        True
        """
        from algebra.polynomial.identifiability import identifiability

        return identifiability(self, seed=seed)

    def symmetries(self) -> Symmetries | None:
        """Search hidden symmetries beyond the scalings (one hidden layer, powers); None if none are found.

        None does not prove that there are none; see `algebra.polynomial.symmetries.discover`.

        Examples
        --------
        >>> print(PolynomialNetwork((3, 5, 4), degree=2, biases=True).symmetries())
        1 symmetry beyond the scalings, of degree 4 in 7 symbols: dimension at most 38
        """
        from algebra.polynomial.architecture import Architecture
        from algebra.polynomial.symmetries import discover

        if self.degrees is None or self.depth != 2:
            raise InputError("network", self.label, "with one hidden layer and a power as activation")
        return discover(Architecture(self.widths, self.degrees, self.biases))

    def polynomials(self) -> tuple[sympy.Expr, ...]:
        """Return the outputs as sympy expressions in the inputs and the weights (small networks)."""
        from algebra.polynomial.symbolic import polynomials

        return polynomials(self)

    def coefficient_jacobian(self) -> sympy.Matrix:
        """Return the Jacobian of weights → coefficients as a sympy matrix (small networks)."""
        from algebra.polynomial.symbolic import coefficient_jacobian

        return coefficient_jacobian(self)

    def evaluate(self, parameters: Any, points: Any, prime: int | None = None) -> NDArray[Any]:
        """Return the outputs at several points; see `algebra.polynomial.evaluation.evaluate`."""
        from algebra.polynomial.evaluation import evaluate

        return evaluate(self, parameters, points, prime)

    def __repr__(self) -> str:
        shown = f"degree={self.degree}" if isinstance(self.degree, int) else f"degrees={self.degrees}"
        if self.degrees is None:
            shown = f"activation={list(self.activations)}"
        return f"PolynomialNetwork({self.widths}, {shown}{', biases=True' if self.biases else ''})"

    def _repr_html_(self) -> str:
        layers = " → ".join(map(str, self.widths))
        known = f"{self.parameters} parameters, naive dimension {self.naive_dimension}"
        if self.ambient_dimension is not None and self.ambient_dimension < 10**12:
            known += f", ambient {self.ambient_dimension}, expected {self.expected_dimension}"
        return f"<b>{layers}</b> <code>{self.label}</code><br><small>{known}</small>"


def check_widths(widths: Any) -> tuple[int, ...]:
    """Return the widths as a tuple of ints, or raise an `InputError` that names them."""
    if isinstance(widths, str | bytes):
        raise InputError("widths", widths, WIDTHS)
    try:
        given = list(widths)
    except TypeError:
        raise InputError("widths", widths, WIDTHS) from None
    if len(given) < 2:
        raise InputError("widths", given, WIDTHS)
    for width in given:
        as_integer("widths", width, least=1, allowed=WIDTHS)
    return tuple(map(int, given))


def activations_of(
    hidden: int, degree: int | None, degrees: Sequence[int] | None, activation: Any
) -> tuple[Activation, ...]:
    """One activation per hidden layer, from whichever of the three arguments was given."""
    given = {"degree": degree, "degrees": degrees, "activation": activation}
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise InputError(named[1], given[named[1]], f"left out when {named[0]} is given")
    if activation is not None:
        each = (activation,) * hidden if isinstance(activation, Rational) else tuple(activation)
        if len(each) != hidden or not all(isinstance(a, Rational) for a in each):
            raise InputError("activation", activation, f"a Rational, or one for each of the {hidden} hidden layers")
        return tuple(_plain(a) for a in each)
    if degrees is not None:
        try:
            exponents = list(degrees)
        except TypeError:
            raise InputError("degrees", degrees, "a sequence of integers") from None
        if len(exponents) != hidden:
            raise InputError("degrees", exponents, f"one degree for each of the {hidden} hidden layers")
        return tuple(Power(as_integer("degrees", r, least=1)) for r in exponents)
    if degree is None:
        if hidden:
            raise InputError("degree", None, "an integer of at least 1")
        return ()
    return (Power(degree),) * hidden


def _plain(activation: Rational) -> Activation:
    """A multiple of a power is that power: the factor goes into the next weights."""
    m = activation.homogeneous_degree
    return Power(m) if activation.is_polynomial and m is not None else activation
