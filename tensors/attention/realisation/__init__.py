"""Sparse attention matrices realised by inputs to fixed weights, in few dimensions, verified without exponentials."""

from tensors.attention.realisation.codes import gold_keys, kerdock_keys
from tensors.attention.realisation.demand import Precision, SparseTarget
from tensors.attention.realisation.lower_bounds import (
    dimension_lower_bound,
    guaranteed_exponent,
    uniform_zeros_bound,
    universal_keys_dimension,
)
from tensors.attention.realisation.realisation import Realisation
from tensors.attention.realisation.realise import METHODS, Realised, realise
from tensors.attention.realisation.searches import projection_bound, projection_dimension
from tensors.attention.realisation.table import dimension_table
from tensors.attention.realisation.verification import Verification, verify

__all__ = [
    "METHODS",
    "Precision",
    "Realisation",
    "Realised",
    "SparseTarget",
    "Verification",
    "dimension_lower_bound",
    "dimension_table",
    "gold_keys",
    "guaranteed_exponent",
    "kerdock_keys",
    "projection_bound",
    "projection_dimension",
    "realise",
    "uniform_zeros_bound",
    "universal_keys_dimension",
    "verify",
]
