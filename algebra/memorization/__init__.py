"""Networks with rational weights that memorise a data set exactly, and what theorems say of their size."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
