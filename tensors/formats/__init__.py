"""Tensor formats of shallow, deep and recurrent circuits, exact conversions between them, and tensorly's objects."""

from tensors.formats.circuits import (
    circuit_of_cp,
    circuit_of_train,
    circuit_of_tree,
    cp_of_circuit,
    tree_of_circuit,
)
from tensors.formats.conversions import (
    same_tensor,
    train_of_cp,
    train_of_tensor,
    train_of_tree,
    tree_of_cp,
    tree_of_tensor,
    tree_of_train,
    tucker_of_tensor,
)
from tensors.formats.depth import (
    Separation,
    Truncation,
    deep_circuit,
    depth_efficiency_bound,
    depth_separation,
    shallow_circuit,
    train_rank_of_tree,
    train_terms_bound,
    tree_width_of_train,
    truncated_circuit,
    truncation_bound,
    witness_distance_squared,
)
from tensors.formats.graphs import graph_of_train, graph_of_tree, train_of_graph, tree_of_graph
from tensors.formats.models import CP, Train, Tucker
from tensors.formats.products import cp_of_train, cp_of_tree
from tensors.formats.tensorly_objects import from_tensorly, to_tensorly
from tensors.formats.trees import Leaf, Node, Tree

__all__ = [
    "CP",
    "Leaf",
    "Node",
    "Separation",
    "Train",
    "Tree",
    "Truncation",
    "Tucker",
    "circuit_of_cp",
    "circuit_of_train",
    "circuit_of_tree",
    "cp_of_circuit",
    "cp_of_train",
    "cp_of_tree",
    "deep_circuit",
    "depth_efficiency_bound",
    "depth_separation",
    "from_tensorly",
    "graph_of_train",
    "graph_of_tree",
    "same_tensor",
    "shallow_circuit",
    "to_tensorly",
    "train_of_cp",
    "train_of_graph",
    "train_of_tensor",
    "train_of_tree",
    "train_rank_of_tree",
    "train_terms_bound",
    "tree_of_circuit",
    "tree_of_cp",
    "tree_of_graph",
    "tree_of_tensor",
    "tree_of_train",
    "tree_width_of_train",
    "truncated_circuit",
    "truncation_bound",
    "tucker_of_tensor",
    "witness_distance_squared",
]
