"""Classes of graphs: graphs classified a second, the atlas of all graphs, and the enumeration of extreme rays.

    python benchmarks/graph_classes_bench.py [--quick]

Times are CPU seconds, one thread. The atlas is made anew, every graph in it classified, and what colour refinement
confuses compared by one marking and by 2-FWL: all of `rankcert table graphs`. Beside it stands the same generation by
networkx: one vertex more on each smaller graph, and `could_be_isomorphic` with `is_isomorphic` to find those that are
there already. Rays are enumerated by PPL (if pplpy is there) and by the checker, interleaved.
"""

from __future__ import annotations

import argparse
from itertools import combinations

import networkx as nx
from _timing import figure, interleaved, seconds, timed
from rich.console import Console
from rich.table import Table

from algebra.evidence.checker.cones import extreme_rays
from algebra.graphs import SimpleGraph, circulant, classify_graph, cycle, named_graph, rook
from algebra.graphs.atlas import all_graphs, graphs_of_size
from algebra.graphs.census import census
from algebra.graphs.circulations import Circulations
from algebra.graphs.rays import all_rays, has_ppl


def made_anew(order: int) -> None:
    graphs_of_size.cache_clear()
    all_graphs(order)


def generated_by_networkx(order: int) -> int:
    """Generate all graphs by isomorphism tests of networkx."""
    found = [nx.empty_graph(1)]
    for n in range(1, order):
        kept: dict[tuple, list[nx.Graph]] = {}
        for graph in found:
            for size in range(n + 1):
                for near in combinations(range(n), size):
                    made = graph.copy()
                    made.add_node(n)
                    made.add_edges_from((n, v) for v in near)
                    same = kept.setdefault(tuple(sorted(d for _, d in made.degree)), [])
                    if not any(nx.could_be_isomorphic(made, g) and nx.is_isomorphic(made, g) for g in same):
                        same.append(made)
        found = [graph for graphs in kept.values() for graph in graphs]
    return len(found)


def atlas(largest: int, beside: int) -> Table:
    table = Table(
        "vertices", "graphs", "made", "classified", "classified a second", "whole census", "made, networkx / ours"
    )
    for order in range(5, largest + 1):
        generation = timed(lambda order=order: made_anew(order))
        graphs = all_graphs(order)
        classification = timed(lambda graphs=graphs: [classify_graph(graph) for graph in graphs])
        whole = generation + timed(
            lambda order=order: [census(order, size) for size in range(order * (order - 1) // 2 + 1)]
        )
        ratio = ""
        if order <= beside:
            ratio = figure(timed(lambda order=order: generated_by_networkx(order)) / generation)
        rate = figure(len(graphs) / classification)
        table.add_row(
            str(order), f"{len(graphs):,}", seconds(generation), seconds(classification), rate, seconds(whole), ratio
        )
    return table


def named() -> Table:
    table = Table("graph", "compact", "by", "time")
    graphs: dict[str, SimpleGraph] = {
        **{name: named_graph(name) for name in ("cube", "petersen", "icosahedron", "heawood", "rook-3x3", "rook-3x4")},
        "C_12(1, 3)": circulant(12, [1, 3]),
    }
    for name, graph in graphs.items():
        found = classify_graph(graph)
        # another seed, so that nothing is remembered
        again = timed(lambda graph=graph: classify_graph(graph, seed=1))
        table.add_row(name, str(found.compact.value), found.compact.by, seconds(again))
    return table


def enumerations(repeats: int) -> Table:
    table = Table("graph", "dimension", "rays", "PPL", "the checker", "the checker / PPL")
    for name, graph in {
        "C_6": cycle(6),
        "cube": named_graph("cube"),
        "C_10": cycle(10),
        "K_5 x K_2": rook(5, 2),
    }.items():
        cone = Circulations.of(graph)
        equations, places = cone.off_diagonal
        rays = all_rays(cone)
        if rays is None or not has_ppl():
            continue
        if name == "K_5 x K_2":  # too large for the checker
            table.add_row(
                name, str(cone.dimension), str(len(rays.matrices)), seconds(timed(lambda c=cone: all_rays(c))), "", ""
            )
            continue
        tasks = [lambda c=cone: all_rays(c), lambda e=equations, p=places: extreme_rays(e, len(p))]
        times = interleaved(tasks, repeats)
        shown = [seconds(each) for each in times]
        table.add_row(name, str(cone.dimension), str(len(rays.matrices)), *shown, figure(times[1] / times[0]))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="up to 6 vertices, fewer repetitions")
    arguments = parser.parse_args()
    console = Console()
    console.print(atlas(6, 5) if arguments.quick else atlas(8, 6))
    console.print(named())
    console.print(enumerations(2 if arguments.quick else 5))


if __name__ == "__main__":
    main()
