"""Networks with rational weights that memorise a data set exactly, and what theorems say of their size."""

from algebra.memorization.constructions import CONSTRUCTIONS, Check, Memorized, check_memorization, memorize
from algebra.memorization.conversion import to_hardtanh, to_relu
from algebra.memorization.data import DataSet, data_set
from algebra.memorization.guarantees import Guarantee, Sizes, crossover, information_bits
from algebra.memorization.network import Activation, Layer, Network, dense_parameters

__all__ = [
    "CONSTRUCTIONS",
    "Activation",
    "Check",
    "DataSet",
    "Guarantee",
    "Layer",
    "Memorized",
    "Network",
    "Sizes",
    "check_memorization",
    "crossover",
    "data_set",
    "dense_parameters",
    "information_bits",
    "memorize",
    "to_hardtanh",
    "to_relu",
]
