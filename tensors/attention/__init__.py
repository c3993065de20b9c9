"""Attention: matrices and layers, exactly.

A name is imported from its module when it is first used: a pattern is checked without what a softmax rank needs.

From below to above, and a module imports only what stands below it: `functions` (networks as families of functions),
`softmax`, `patterns`, `realisation` and `depth` (stacks), which know nothing of each other; then `low_rank` (head
sizes); then what stands here, layers with given weights, their decompositions and collapse, and what formulas say of
dimensions.
"""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
