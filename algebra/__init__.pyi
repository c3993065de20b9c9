from algebra.errors import InputError as InputError
from algebra.evidence.bounds import Bounds as Bounds
from algebra.evidence.bounds import Grade as Grade
from algebra.polynomial.activation import Rational as Rational
from algebra.polynomial.convolution import ConvolutionalNetwork as ConvolutionalNetwork
from algebra.polynomial.network import PolynomialNetwork as PolynomialNetwork
from algebra.version import __version__ as __version__
