"""Exact numbers, matrices and real algebraic numbers: reading them, elimination, spectra, balls, logarithms.

Every room stands on this one; it stands on none.
"""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
