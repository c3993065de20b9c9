"""Minimal cuts of large factor graphs: scipy's flows with the bits that fit, against networkx with all of them.

    python benchmarks/flow_bench.py [--quick]

A hidden chain with an observed variable at each of its variables, every other one of the row side. CPU time of one
thread, both in one run. The exit status is 1 if the cuts have different products by more than the rounding.
"""

from __future__ import annotations

import argparse
import math
import sys
from random import Random

from _timing import figure, seconds, timed
from rich.console import Console
from rich.table import Table

from tensors.networks import FactorGraph
from tensors.networks.cuts import capacities, flow_cut
from tensors.networks.flows import Flow, _by_networkx, _by_scipy

CONSOLE = Console(width=120)

COMPARED = 20_000
"""Up to so many variables networkx is asked too."""

ROUNDING = 1e-3
"""Of the logarithm of the product, in bits for each variable of the cut."""


def chain(variables: int, mixed: bool) -> tuple[FactorGraph, tuple[int, ...]]:
    """Return a graph and its row side; dimensions are powers of two, or any small ones."""
    hidden, random = variables // 2, Random(1)
    seen = [random.choice((2, 3, 5, 6) if mixed else (2,)) for _ in range(hidden)]
    dims = seen + [random.choice((2, 3, 4, 7) if mixed else (2, 4, 8)) for _ in range(hidden)]
    scopes = [(i, hidden + i) for i in range(hidden)] + [(hidden + i, hidden + i + 1) for i in range(hidden - 1)]
    return FactorGraph(dims, hidden, tuple(scopes)), tuple(range(0, hidden, 2))


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="1,000 and 2,000 variables")
    options = parser.parse_args(words)
    table = Table(title="Flows of odd-even hidden chains, CPU time", title_justify="left")
    for name in ("variables", "dimensions", "networkx", "scipy", "times", "log2 of the cut", "same cut"):
        table.add_column(name, justify="right")
    for variables in (1_000, 2_000) if options.quick else (5_000, 20_000, 100_000):
        for mixed in (False, True):
            graph, rows = chain(variables, mixed)
            limits, flows = capacities(graph.variable_dims), dict[str, Flow]()

            def run(engine: str, name: str) -> float:
                call = _by_networkx if engine == "networkx" else _by_scipy
                return timed(lambda: flows.__setitem__(name, call(graph, rows, limits)))  # noqa: B023

            run("scipy", "first")  # imports
            fast = min(run("scipy", "scipy") for _ in range(3))
            slow = run("networkx", "networkx") if variables <= COMPARED else None
            cuts = {name: flow_cut(graph, rows, flow) for name, flow in flows.items()}
            product = math.log2(cuts["scipy"].product)
            if slow is not None and product > math.log2(cuts["networkx"].product) + ROUNDING * variables:
                CONSOLE.print(f"[red]disagreement[/] at {variables} variables")
                return 1
            same = "" if slow is None else "yes" if cuts["scipy"] == cuts["networkx"] else "no"
            times = ("", "") if slow is None else (seconds(slow), figure(slow / fast))
            kind = "mixed" if mixed else "powers of 2"
            table.add_row(f"{variables:,}", kind, times[0], seconds(fast), times[1], f"{product:.3f}", same)
    CONSOLE.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
