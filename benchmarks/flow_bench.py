"""Minimal cuts of odd-even hidden chains, against the flow of networkx on the same arcs.

    python benchmarks/flow_bench.py [--quick]

Times are CPU seconds, one thread, interleaved, the least of several; libraries are imported before. A chain has as many
hidden variables as observed ones, and one observed variable hangs on each; rows are the even ones. Where dimensions
are powers of two, the limits are small integers and one round is enough; otherwise they are logarithms of 40 bits after
the point. Cuts are compared.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable

import networkx as nx
from _timing import goal_cells, goal_table, interleaved, seconds
from networkx.algorithms.flow import boykov_kolmogorov
from rich.console import Console
from rich.table import Table

from tensors.networks import FactorGraph
from tensors.networks.cuts import capacities
from tensors.networks.flows import Flow, FlowNetwork, sink_of

GOALS = {20_000: 50.0}
AGAINST_5000 = 1.0
POWERS = ((2,), (2, 4, 8))
MIXED = ((2, 3, 5, 6), (2, 3, 4, 7))

Task = tuple[FactorGraph, tuple[int, ...]]


def chain(variables: int, dims: tuple[tuple[int, ...], tuple[int, ...]]) -> Task:
    n, draw = variables // 2, random.Random(variables)
    chosen = [draw.choice(dims[0]) for _ in range(n)] + [draw.choice(dims[1]) for _ in range(n)]
    scopes = [(i, n + i) for i in range(n)] + [(n + i, n + i + 1) for i in range(n - 1)]
    return FactorGraph(tuple(chosen), n, tuple(scopes)), tuple(range(0, n, 2))


Arcs = list[tuple[int, int, dict[str, int]]]


def network(task: Task) -> Arcs:
    """Return the arcs of a task with their capacities."""
    found = FlowNetwork(*task)
    limits, unlimited = found._bounded(capacities(task[0].variable_dims))
    limits += [unlimited] * (len(found.arcs) - len(limits))
    return [(a, b, {"capacity": limit}) for (a, b), limit in zip(found.arcs, limits, strict=True)]


def cut_by_networkx(arcs: Arcs, task: Task) -> tuple[int, ...]:
    """Return the variables that the source can enter in what a maximal flow leaves, but not leave."""
    sink = sink_of(task[0])
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from((sink - 1, sink))
    graph.add_edges_from(arcs)
    reached = boykov_kolmogorov(graph, sink - 1, sink).graph["trees"][0]
    return tuple(v for v in range(len(task[0].variable_dims)) if 2 * v in reached and 2 * v + 1 not in reached)


def by_networkx(task: Task) -> Callable[[], object]:
    arcs = network(task)
    return lambda: cut_by_networkx(arcs, task)


def by_ours(task: Task) -> Callable[[], object]:
    graph, rows = task
    limits = capacities(graph.variable_dims)
    return lambda: Flow.of(graph, rows, limits)


def same_cut(task: Task) -> bool:
    graph, rows = task
    return cut_by_networkx(network(task), task) == Flow.of(graph, rows, capacities(graph.variable_dims)).cut


def compared(sizes: list[int], repeats: int) -> Table:
    table = goal_table("flows of odd-even hidden chains", "variables", "dimensions", "networkx", "ours")
    for variables in sizes:
        for name, dims in (("powers of 2", POWERS), ("mixed", MIXED)):
            task = chain(variables, dims)
            if not same_cut(task):
                raise AssertionError(f"two cuts of {variables} variables")
            theirs, ours = interleaved([by_networkx(task), by_ours(task)], repeats, budget=60.0)
            goal = GOALS.get(variables)
            table.add_row(f"{variables:,}", name, seconds(theirs), seconds(ours), *goal_cells(theirs / ours, goal))
    return table


def largest(repeats: int) -> Table:
    """A hundred thousand variables in what networkx takes for five thousand."""
    table = goal_table("100,000 variables against networkx at 5,000", "dimensions", "networkx, 5,000", "ours")
    for name, dims in (("powers of 2", POWERS), ("mixed", MIXED)):
        tasks = [by_networkx(chain(5000, dims)), by_ours(chain(100_000, dims))]
        theirs, ours = interleaved(tasks, repeats)
        table.add_row(name, seconds(theirs), seconds(ours), *goal_cells(ours / theirs, AGAINST_5000, at_least=False))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller chains, fewer repetitions")
    arguments = parser.parse_args()
    console = Console()
    console.print(compared([1000, 5000] if arguments.quick else [1000, 5000, 20_000], 2 if arguments.quick else 3))
    if not arguments.quick:
        console.print(largest(3))


if __name__ == "__main__":
    main()
