"""Graphs: colour refinement, fractional isomorphism, Tinhofer's procedure and its classes, and what networks see."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
