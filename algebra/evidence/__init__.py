"""Evidence: what is known of an integer, how far it is proved, and certificates that anyone can check."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
