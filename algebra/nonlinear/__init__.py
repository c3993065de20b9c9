"""Networks with activations: conditions for global optimality, and spurious local minima, exactly."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
