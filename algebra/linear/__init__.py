"""Another name of `algebra.critical_points` and `algebra.nonlinear` together, which users know."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
