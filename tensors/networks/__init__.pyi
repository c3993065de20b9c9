from tensors.networks.cuts import Cut as Cut
from tensors.networks.cuts import minimal_cut as minimal_cut
from tensors.networks.factor_graph import FactorGraph as FactorGraph
from tensors.networks.paths import Wire as Wire
from tensors.networks.paths import disjoint_paths as disjoint_paths
from tensors.networks.paths import path_tables as path_tables
from tensors.networks.structure import GraphStructure as GraphStructure
