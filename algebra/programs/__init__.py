"""Programs: the exact dimension of the set of functions of any network that can be evaluated."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
