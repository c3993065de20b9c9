"""Exact objects and their ranks: the rank core, the evidence, polynomial networks."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
