"""Exact objects and their ranks: the rank core, the evidence, polynomial networks."""

__version__ = "0.1.0"

from algebra.errors import InputError
from algebra.evidence import Bounds, Grade
from algebra.polynomial import ConvolutionalNetwork, PolynomialNetwork, Rational

__all__ = ["Bounds", "ConvolutionalNetwork", "Grade", "InputError", "PolynomialNetwork", "Rational"]
