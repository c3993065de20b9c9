"""Convolutional arithmetic circuits: their grid tensors, and the ranks of these across partitions of the patches."""

from tensors.convac.architecture import ConvAC, Layer
from tensors.convac.generalised import RankDistribution, rank_distribution
from tensors.convac.grid_tensor import grid_tensor, matricization
from tensors.convac.rank import matricization_rank
from tensors.convac.spectrum import Spectrum, rank_spectrum
from tensors.convac.weights import Weights

__all__ = [
    "ConvAC",
    "Layer",
    "RankDistribution",
    "Spectrum",
    "Weights",
    "grid_tensor",
    "matricization",
    "matricization_rank",
    "rank_distribution",
    "rank_spectrum",
]
