"""Sparse attention patterns: the assumptions of universality as exact questions about digraphs."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
