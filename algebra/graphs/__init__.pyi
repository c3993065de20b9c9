from algebra.graphs.graph import SimpleGraph as SimpleGraph
from algebra.graphs.reading import as_graph as as_graph
from algebra.graphs.reading import graph_from_adjacency as graph_from_adjacency
from algebra.graphs.reading import graph_from_graph6 as graph_from_graph6
from algebra.graphs.reading import graph_from_networkx as graph_from_networkx
from algebra.graphs.refinement import StablePartition as StablePartition
from algebra.graphs.refinement import colour_refinement as colour_refinement
