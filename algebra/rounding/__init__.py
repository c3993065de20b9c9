"""Limited precision, exactly: formats, tie rules, stochastic rounding and its laws; functions computed in few bits."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
