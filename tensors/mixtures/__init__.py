"""Homogeneous mixtures as nonnegative tensors: models, weights, conversions, separation, approximation."""

from tensors.mixtures.approximation import Approximation, approximate
from tensors.mixtures.conversions import cores_of_latent_tree, latent_tree_of_cores, markov_of_train, stochastic
from tensors.mixtures.models import (
    CoreTree,
    LatentTree,
    balanced_cores,
    balanced_tree,
    hidden_markov,
    latent_tree,
    parameter_count,
    shallow_mixture,
    tensor_train,
)
from tensors.mixtures.nonnegative_rank import (
    NonnegativeRank,
    fooling_set,
    maximal_rectangles,
    nonnegative_rank,
    rectangle_cover,
)
from tensors.mixtures.separation import (
    bond_exponents,
    components_needed,
    largest_cut,
    separating_rows,
    separation_exponent,
    symmetric_dimension,
    train_cut,
)
from tensors.mixtures.spn import Indicators, Product, Sum, SumProductNetwork, spn_of_latent_tree
from tensors.mixtures.weights import WeightedGraph, random_weights

__all__ = [
    "Approximation",
    "CoreTree",
    "Indicators",
    "LatentTree",
    "NonnegativeRank",
    "Product",
    "Sum",
    "SumProductNetwork",
    "WeightedGraph",
    "approximate",
    "balanced_cores",
    "balanced_tree",
    "bond_exponents",
    "components_needed",
    "cores_of_latent_tree",
    "fooling_set",
    "hidden_markov",
    "largest_cut",
    "latent_tree",
    "latent_tree_of_cores",
    "markov_of_train",
    "maximal_rectangles",
    "nonnegative_rank",
    "parameter_count",
    "random_weights",
    "rectangle_cover",
    "separating_rows",
    "separation_exponent",
    "shallow_mixture",
    "spn_of_latent_tree",
    "stochastic",
    "symmetric_dimension",
    "tensor_train",
    "train_cut",
]
