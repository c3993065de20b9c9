"""Exact objects and their ranks: the rank core, the evidence, polynomial networks."""

from algebra.errors import InputError
from algebra.evidence import Bounds, Grade
from algebra.polynomial import ConvolutionalNetwork, PolynomialNetwork, Rational
from algebra.version import __version__

__all__ = ["Bounds", "ConvolutionalNetwork", "Grade", "InputError", "PolynomialNetwork", "Rational", "__version__"]
