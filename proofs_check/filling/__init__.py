"""Minimal filling architectures: all of them for given ends, depth and degree, with the proof that none is missing."""

from proofs_check.filling.lattice import is_unimodal
from proofs_check.filling.minimal import minimal_filling
from proofs_check.filling.problem import FillingProblem
from proofs_check.filling.search import MinimalFilling

__all__ = ["FillingProblem", "MinimalFilling", "is_unimodal", "minimal_filling"]
