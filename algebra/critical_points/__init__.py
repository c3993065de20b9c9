"""Deep linear networks and their critical points, exactly.

A name is imported from its module when it is first used: a point is classified without what the varieties need.
"""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
