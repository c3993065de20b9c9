"""Sparse attention patterns: the assumptions of universality as exact questions about digraphs."""

from tensors.attention.patterns.assumption import Assumption1, check_assumption1
from tensors.attention.patterns.batch import steps_batch, words_of
from tensors.attention.patterns.hamiltonian import PathAnswer, hamiltonian_path, is_gamma
from tensors.attention.patterns.minimal import MinimalPattern, minimal_pattern
from tensors.attention.patterns.named import NAMES, describe, named_parameters, named_pattern
from tensors.attention.patterns.path_obstacles import Obstacle, is_obstacle
from tensors.attention.patterns.pattern import SparsePattern
from tensors.attention.patterns.probability_map import softmax_scale, sparsemax, sparsemax_scale
from tensors.attention.patterns.reach import (
    Reach,
    causal_steps,
    is_closed,
    least_connections,
    reach,
    steps_by_rotation,
    steps_lower_bound,
)
from tensors.attention.patterns.table import pattern_table

__all__ = [
    "NAMES",
    "Assumption1",
    "MinimalPattern",
    "Obstacle",
    "PathAnswer",
    "Reach",
    "SparsePattern",
    "causal_steps",
    "check_assumption1",
    "describe",
    "hamiltonian_path",
    "is_closed",
    "is_gamma",
    "is_obstacle",
    "least_connections",
    "minimal_pattern",
    "named_parameters",
    "named_pattern",
    "pattern_table",
    "reach",
    "softmax_scale",
    "sparsemax",
    "sparsemax_scale",
    "steps_batch",
    "steps_by_rotation",
    "steps_lower_bound",
    "words_of",
]
