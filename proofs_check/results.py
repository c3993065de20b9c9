"""From a network and its bounds to the fields that every command, table and store shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from algebra.evidence import Bounds
    from algebra.polynomial import ConvolutionalNetwork, PolynomialNetwork, Rational

    Network = PolynomialNetwork | ConvolutionalNetwork
    Result = dict[str, Any]

# Fields of a dimension's result that fit into one cell, and how a table holds them.
DIMENSION_FIELDS: dict[str, str] = {
    "label": "text",
    "lower": "integer",
    "upper": "integer",
    "grade": "text",
    "log2_error": "number",
    "lower_by": "text",
    "upper_by": "text",
    "ambient_dimension": "integer",
    "naive_dimension": "integer",
    "expected_dimension": "integer",
    "fibre_dimension": "integer",
    "defect": "integer",
    "reaches_naive": "boolean",
    "reaches_expected": "boolean",
    "filling": "boolean",
    "seed": "integer",
}


def bounds_fields(bounds: Bounds) -> Result:
    """Return the fields that every result with bounds carries.

    Examples
    --------
    >>> from algebra import Bounds
    >>> bounds_fields(Bounds.exactly(5, by="gauge"))["grade"]
    'proved'
    """
    return {
        "lower": bounds.lower,
        "upper": bounds.upper,
        "grade": bounds.grade.value,
        "log2_error": bounds.log2_error,
        "lower_by": bounds.lower_by,
        "upper_by": bounds.upper_by,
    }


def dimension_fields(network: Network, bounds: Bounds) -> Result:
    """Return what is known of a network's dimension beside the bounds themselves, as plain JSON values.

    Only what the two bounds prove is stated: a comparison that they leave open is None, even where a probable value
    would decide it, and so are the defect and the fibre dimension unless the bounds meet.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    bounds : Bounds
        What `network.dimension()` returned.

    Returns
    -------
    dict

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> network = PolynomialNetwork((2, 3, 2, 1), degree=2)
    >>> found = dimension_fields(network, network.dimension())
    >>> found["filling"], found["reaches_naive"], found["fibre_dimension"]
    (True, False, 9)
    """
    value = bounds.lower if bounds.lower == bounds.upper else None
    expected = network.expected_dimension
    return {
        **architecture_fields(network),
        "parameters": network.parameters,
        "gauge_dimension": network.gauge_dimension,
        "ambient_dimension": network.ambient_dimension,
        "naive_dimension": network.naive_dimension,
        "expected_dimension": expected,
        "fibre_dimension": None if value is None else network.parameters - value,
        "defect": None if value is None else expected - value,
        "reaches_naive": reaches(bounds, network.naive_dimension),
        "reaches_expected": reaches(bounds, expected),
        "filling": reaches(bounds, network.ambient_dimension),
    }


def dimension_result(network: Network, bounds: Bounds, seconds: float, certificate: str | None = None) -> Result:
    """Return everything that is known of a network's dimension, with where it comes from.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    bounds : Bounds
        What `network.dimension()` returned.
    seconds : float
        Time that it took.
    certificate : str, optional
        Where the certificate was written.

    Returns
    -------
    dict

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> network = PolynomialNetwork((2, 3, 2, 1), degree=2)
    >>> dimension_result(network, network.dimension(), 0.001)["lower"]
    5
    """
    found = {"label": network.label, **bounds_fields(bounds), **dimension_fields(network, bounds)}
    return {**found, "seed": bounds.seed, "seconds": round(seconds, 6), "certificate": certificate}


def architecture_fields(network: Network) -> Result:
    """Return widths, degree and biases; filters and strides of a convolution, coefficients of general activations."""
    from algebra.polynomial import ConvolutionalNetwork, Rational  # with FLINT, which a help does without

    degree = network.degree
    fields: Result = {
        "widths": list(network.widths),
        "degree": list(degree) if isinstance(degree, tuple) else degree,
        "biases": network.biases,
    }
    if isinstance(network, ConvolutionalNetwork):
        fields["convolution"] = {"filters": list(network.filters), "strides": list(network.strides)}
    elif network.degrees is None:
        fields["activations"] = [_coefficients(a) for a in network.activations if isinstance(a, Rational)]
    return fields


def _coefficients(activation: Rational) -> dict[str, list[str]]:
    return {
        "numerator": [str(c) for c in activation.numerator],
        "denominator": [str(c) for c in activation.denominator],
    }


def reaches(bounds: Bounds, goal: int | None) -> bool | None:
    """Tell whether the value, which is at most `goal`, equals it; None where the bounds do not prove either.

    Examples
    --------
    >>> from algebra import Bounds, Grade
    >>> [reaches(Bounds(12, 15, Grade.INCONCLUSIVE), goal) for goal in (12, 15, 16)]
    [True, None, False]
    """
    if goal is None:
        return None
    if bounds.lower >= goal:
        return True
    if bounds.upper is not None and bounds.upper < goal:
        return False
    return None


def known(result: Mapping[str, Any]) -> Bounds:
    """Rebuild the bounds of a result, without the evidence behind them.

    Examples
    --------
    >>> known({"lower": 5, "upper": 5, "grade": "proved"})
    5 (proved)
    """
    from algebra.evidence import Bounds, Grade

    grade, log2_error = Grade(result["grade"]), result.get("log2_error")
    reasons = result.get("lower_by", ""), result.get("upper_by", "")
    return Bounds(result["lower"], result["upper"], grade, log2_error, *reasons)
