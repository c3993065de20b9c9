"""The network's polynomials and coefficient Jacobian as sympy objects: for small cases, notebooks and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.polynomial.activation import Activation, Power
from algebra.polynomial.layout import layout

if TYPE_CHECKING:
    import sympy

    from algebra.polynomial.architecture import Network

TOO_LARGE = 20_000  # rows times columns of the coefficient Jacobian


def input_symbols(network: Network) -> tuple[sympy.Symbol, ...]:
    """Return the symbols x0, x1 and so on."""
    import sympy

    return tuple(sympy.symbols(f"x0:{network.widths[0]}"))


def parameter_symbols(network: Network) -> tuple[sympy.Symbol, ...]:
    """Return one symbol a parameter, in the order of the certificates.

    Parameters
    ----------
    network : Network

    Returns
    -------
    tuple of sympy.Symbol
        ``w1_00`` (layer, row, column) for a weight, ``b1_0`` for a bias, ``w1_0`` for a shared weight.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> parameter_symbols(PolynomialNetwork((1, 2, 1), degree=2))
    (w1_00, w1_10, w2_00, w2_01)
    """
    import sympy

    names = [""] * layout(network).parameters
    plan = layout(network)
    for layer in range(len(plan.widths) - 1):
        which, rows, columns, bias, bias_rows, _ = plan.bands[layer]
        first = int(which.min())
        for q, i, j in zip(which, rows, columns, strict=True):
            names[q] = f"w{layer + 1}_{q - first}" if plan.is_shared else f"w{layer + 1}_{i}{_comma(plan.widths)}{j}"
        for q, i in zip(bias, bias_rows, strict=True):
            names[q] = f"b{layer + 1}_{i}"
    return tuple(sympy.Symbol(name) for name in names)


def _comma(widths: tuple[int, ...]) -> str:
    return "" if max(widths) <= 10 else "_"


def polynomials(network: Network) -> tuple[sympy.Expr, ...]:
    """Return the outputs as expressions in the inputs and the parameters.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> polynomials(PolynomialNetwork((1, 2, 1), degree=2))[0]
    w1_00**2*w2_00*x0**2 + w1_10**2*w2_01*x0**2
    """
    import sympy

    plan, weights = layout(network), parameter_symbols(network)
    read = range(network.widths[0]) if plan.inputs is None else plan.inputs
    values: list[Any] = [sympy.Symbol(f"x{i}") for i in read]
    for layer in range(len(plan.widths) - 1):
        which, rows, columns, bias, bias_rows, _ = plan.bands[layer]
        z: list[Any] = [0] * plan.widths[layer + 1]
        for q, i, j in zip(which, rows, columns, strict=True):
            z[i] += weights[q] * values[j]
        for q, i in zip(bias, bias_rows, strict=True):
            z[i] += weights[q]
        values = [_apply(plan.activations[layer], v) for v in z] if layer < len(plan.activations) else z
    return tuple(values)


def _apply(activation: Activation, z: Any) -> Any:
    if isinstance(activation, Power):
        return z**activation.exponent
    import sympy

    def value(coefficients: Any) -> Any:
        return sum(sympy.Rational(c.numerator, c.denominator) * z**i for i, c in enumerate(coefficients))

    return value(activation.numerator) / value(activation.denominator)


def coefficient_jacobian(network: Network) -> sympy.Matrix:
    """Return the Jacobian of the map from parameters to coefficients: one row a coefficient, one column a parameter.

    Raises
    ------
    InputError
        If the activations are not polynomials, or the matrix has more than 20,000 entries.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> coefficient_jacobian(PolynomialNetwork((2, 1, 1), degree=2))
    Matrix([
    [2*w1_00*w2_00,             0,      w1_00**2],
    [2*w1_01*w2_00, 2*w1_00*w2_00, 2*w1_00*w1_01],
    [            0, 2*w1_01*w2_00,      w1_01**2]])
    """
    import sympy

    ambient = network.ambient_dimension
    if ambient is None:
        raise InputError("network", network.label, "with polynomial activations")
    if ambient * network.parameters > TOO_LARGE:
        raise InputError(
            "network",
            network.label,
            f"small: at most {TOO_LARGE} entries, not {ambient * network.parameters}",
        )
    x, weights = input_symbols(network), parameter_symbols(network)
    degree = network.output_degree
    assert degree is not None
    homogeneous = not network.biases and all(isinstance(a, Power) for a in network.activations)
    monomials = [m for m in _monomials(len(x), degree) if sum(m) == degree or not homogeneous]
    rows = []
    for output in polynomials(network):
        poly = sympy.Poly(sympy.expand(output), *x)
        rows += [[sympy.diff(poly.coeff_monomial(m), w) for w in weights] for m in monomials]
    return sympy.Matrix(rows)


def _monomials(variables: int, degree: int) -> list[tuple[int, ...]]:
    """Exponents of total degree at most `degree`, the first variable's powers first."""
    if variables == 0:
        return [()]
    return [(e, *rest) for e in range(degree, -1, -1) for rest in _monomials(variables - 1, degree - e)]


def symbolic_dimension(network: Network, seed: int = 0) -> int:
    """Return the rank over Q of the coefficient Jacobian at random integer weights, by sympy alone.

    Slow, and independent of everything else here: the oracle of the tests. It is the dimension unless the weights are
    unlucky, and never more.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> symbolic_dimension(PolynomialNetwork((2, 2, 1), degree=2))
    3
    """
    from random import Random

    from sympy.polys.matrices import DomainMatrix

    random = Random(seed)
    weights = {symbol: random.randint(1, 10**6) for symbol in parameter_symbols(network)}
    matrix = coefficient_jacobian(network).subs(weights)
    return int(DomainMatrix.from_Matrix(matrix).to_field().rank())
