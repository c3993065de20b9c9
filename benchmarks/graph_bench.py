"""Colour refinement against networkx's Weisfeiler-Lehman hash on the same graphs; fractional isomorphism, 2-FWL.

    python benchmarks/graph_bench.py [--quick]

Times are CPU seconds, one thread, interleaved, the least of several, of networkx graphs that are read already (ours as
`SimpleGraph`). `weisfeiler_lehman_graph_hash` hashes strings for a number of rounds that it is told, the first of which
are the degrees; it is told one more than refinement needs, which refinement makes as well, to see that it is stable. It
gives a hash of the multisets of colours; ours are canonical colours, cells and the exact transcript. Classes are
counted beside: how many graphs each tells apart.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise

import networkx as nx
from _timing import figure, interleaved, seconds
from networkx.generators.atlas import graph_atlas_g
from rich.console import Console
from rich.table import Table

from algebra.graphs import (
    SimpleGraph,
    as_graph,
    colour_refinement,
    folklore_refinement,
    fractional_isomorphism,
    is_tinhofer,
    named_pair,
    stable_cells,
)

Graphs = Sequence[nx.Graph]


def families(is_quick: bool) -> dict[str, Graphs]:
    large = 200 if is_quick else 1000
    atlas = [graph for graph in graph_atlas_g() if len(graph) == 7]
    return {
        "all 1,044 with 7 vertices": atlas[::8] if is_quick else atlas,
        f"random, n = {large}, degree 6": [nx.gnp_random_graph(large, 6 / large, seed=s) for s in range(3)],
        f"random 3-regular, n = {large}": [nx.random_regular_graph(3, large, seed=s) for s in range(3)],
        f"path, n = {large // 5}": [nx.path_graph(large // 5)],
        f"grid, {large // 50} x {large // 50}": [nx.grid_2d_graph(large // 50, large // 50)],
    }


def compared(repeats: int, is_quick: bool) -> Table:
    table = Table("graphs", "rounds", "ours", "networkx", "networkx / ours", "classes", "by hash")
    for name, graphs in families(is_quick).items():
        read = [as_graph(graph) for graph in graphs]
        rounds = max(colour_refinement(graph).rounds for graph in read)
        steps = rounds + 1

        def ours(read: list = read) -> None:
            for graph in read:
                colour_refinement(graph)

        def theirs(graphs: Graphs = graphs, steps: int = steps) -> None:
            for graph in graphs:
                nx.weisfeiler_lehman_graph_hash(graph, iterations=steps)

        times = interleaved([ours, theirs], repeats, budget=30.0)
        classes = len({colour_refinement(graph).transcript for graph in read})
        hashes = len({nx.weisfeiler_lehman_graph_hash(graph, iterations=steps) for graph in graphs})
        row = (name, str(rounds), seconds(times[0]), seconds(times[1]), figure(times[1] / times[0]))
        table.add_row(*row, str(classes), str(hashes))
    return table


def long_paths(repeats: int, is_quick: bool) -> Table:
    """The queue beside the rounds, where there are many rounds."""
    table = Table("path with n =", "rounds", "queue", "rounds / queue")
    for n in (200, 1000) if is_quick else (200, 1000, 2000):
        path = as_graph(nx.path_graph(n))
        times = interleaved([lambda g=path: colour_refinement(g), lambda g=path: stable_cells(g)], repeats, budget=20.0)
        table.add_row(str(n), seconds(times[0]), seconds(times[1]), figure(times[0] / times[1]))
    return table


def proved(first: SimpleGraph, second: SimpleGraph) -> object:
    """Return either certificate."""
    found = fractional_isomorphism(first, second)
    return found.scaled if found.exists else found.farkas


def others(repeats: int) -> Table:
    """Graphs, or pairs, a second of what has no counterpart in networkx."""
    atlas = [as_graph(graph) for graph in graph_atlas_g() if len(graph) == 7][::4]
    far = list(pairwise(atlas))
    rook, shrikhande = named_pair("rook-shrikhande")
    tasks: dict[str, tuple[Callable[[], object], int]] = {
        "multipliers, 7 vertices": (
            lambda: [p.exists or p.farkas for p in (fractional_isomorphism(*f) for f in far)],
            260,
        ),
        "Tinhofer graphs, 7 vertices": (lambda: [is_tinhofer(graph) for graph in atlas], len(atlas)),
        "2-FWL, 16 vertices": (lambda: [folklore_refinement(graph) for graph in (rook, shrikhande)], 2),
    }
    times = interleaved([task for task, _ in tasks.values()], repeats)
    table = Table("task", "each", "a second")
    for (name, (_, count)), spent in zip(tasks.items(), times, strict=True):
        table.add_row(name, seconds(spent / count), figure(count / spent))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller graphs, fewer repetitions")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", message="The hashes produced for graphs")  # of version 3.5 of networkx
    repeats = 2 if arguments.quick else 5
    console = Console()
    console.print(compared(repeats, arguments.quick))
    console.print(long_paths(repeats, arguments.quick))
    console.print(others(repeats))


if __name__ == "__main__":
    main()
