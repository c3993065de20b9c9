"""Self-expressive clustering: degenerate optima, closed forms, exact programs, and a check of what was trained."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
