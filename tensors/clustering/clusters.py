"""Clusters of a trained model: the subspaces that the labels mean, and the graph of the coefficients."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import combinations

from tensors.clustering.solution import TrainedSolution


@dataclass(frozen=True)
class Subspaces:
    """Ranks of the clusters: independent subspaces are what the models are meant for.

    Parameters
    ----------
    ranks : dict
        Of the points of each label.
    total : int
        Of all points.
    meets : tuple of (label, label, int)
        Pairs of clusters whose spans meet, with the dimension of the intersection.
    """

    ranks: dict[Hashable, int]
    total: int
    meets: tuple[tuple[Hashable, Hashable, int], ...]

    @property
    def are_independent(self) -> bool:
        """Whether the sum of the spans is direct."""
        return sum(self.ranks.values()) == self.total


@dataclass(frozen=True)
class Affinity:
    """The graph of |C| + |C|^T against the labels.

    Parameters
    ----------
    components : int
        Connected components, the nullity of the Laplacian.
    is_preserving : bool, optional
        Whether every coefficient between points of different labels is 0; None without labels.
    crossing : int, optional
        Number of those that are not.
    split : tuple, optional
        Labels whose points lie in several components.
    """

    components: int
    is_preserving: bool | None
    crossing: int | None
    split: tuple[Hashable, ...] | None


def subspaces(solution: TrainedSolution) -> Subspaces | None:
    """Return the ranks of the clusters, and where they meet; None without labels.

    Parameters
    ----------
    solution : TrainedSolution

    Returns
    -------
    Subspaces or None
    """
    if solution.labels is None:
        return None
    clusters = clusters_of(solution.labels)
    ranks = {label: solution.rank_of(points) for label, points in clusters.items()}
    meets = []
    for one, other in combinations(clusters, 2):
        common = ranks[one] + ranks[other] - solution.rank_of([*clusters[one], *clusters[other]])
        if common > 0:
            meets.append((one, other, common))
    return Subspaces(ranks, solution.rank_of(range(solution.model.N)), tuple(meets))


def clusters_of(labels: tuple[Hashable, ...]) -> dict[Hashable, list[int]]:
    """Return the points of each label.

    Examples
    --------
    >>> clusters_of(("a", "b", "a"))
    {'a': [0, 2], 'b': [1]}
    """
    found: dict[Hashable, list[int]] = {}
    for point, label in enumerate(labels):
        found.setdefault(label, []).append(point)
    return found


def affinity(solution: TrainedSolution) -> Affinity:
    """Return what the graph of the coefficients is worth as a clustering."""
    import networkx as nx

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(solution.model.N))
    graph.add_edges_from(solution.support)
    components = list(nx.connected_components(graph))
    labels = solution.labels
    if labels is None:
        return Affinity(len(components), None, None, None)

    crossing = sum(labels[i] != labels[j] for i, j in solution.support)
    places: dict[Hashable, set[int]] = {label: set() for label in labels}
    for place, component in enumerate(components):
        for point in component:
            places[labels[point]].add(place)
    split = tuple(label for label, found in places.items() if len(found) > 1)
    return Affinity(len(components), crossing == 0, crossing, split)
