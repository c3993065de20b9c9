from algebra.exact.matrices import rational_matrix as rational_matrix
from algebra.exact.numbers import EXACT as EXACT
from algebra.exact.numbers import exact_number as exact_number
