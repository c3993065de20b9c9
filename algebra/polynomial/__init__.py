"""Polynomial networks: evaluation, Jacobians, bounds by name, dimension."""

from algebra.polynomial.activation import Power, Rational
from algebra.polynomial.convolution import ConvolutionalNetwork
from algebra.polynomial.network import PolynomialNetwork

__all__ = ["ConvolutionalNetwork", "PolynomialNetwork", "Power", "Rational"]
