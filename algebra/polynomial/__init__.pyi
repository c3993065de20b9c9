from algebra.polynomial.activation import Power as Power
from algebra.polynomial.activation import Rational as Rational
from algebra.polynomial.convolution import ConvolutionalNetwork as ConvolutionalNetwork
from algebra.polynomial.network import PolynomialNetwork as PolynomialNetwork
from algebra.polynomial.symbolic import parameter_symbols as parameter_symbols
