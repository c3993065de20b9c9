"""Euclidean kernels on the hypercube and its slices: exact spectra, and the least norm that a function needs."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
