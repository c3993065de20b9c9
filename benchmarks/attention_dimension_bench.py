"""Dimensions of attention networks: against a float Jacobian with a singular value decomposition, and per second.

    python benchmarks/attention_dimension_bench.py [--quick] [single] [sweep] [together]

Without sections all are run. Times are CPU times on one thread, both sides interleaved, the least of several. The
float estimator takes 10 inputs, as published, or 8 more than there are weights. The exit status is 1 if the dimension
of a network with one head disagrees with its formula.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Callable

from _attention_peer import float_dimension
from _timing import Cold, figure, interleaved, seconds, timed
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from algebra import Grade
from tensors.attention.formulas import formula_values
from tensors.attention.functions import batch, blocks, counts, dimension, independence, reduction, rules, unseen
from tensors.attention.functions.network import AttentionNetwork

CONSOLE = Console(width=128)
SINGLE = [
    AttentionNetwork((4, 4), 2, tokens=3),
    AttentionNetwork((3, 3, 3), (1, 2), tokens=3),
    AttentionNetwork((5, 1, 5), (1, 3), tokens=3),
    AttentionNetwork((8, 8), 4, tokens=3),
    AttentionNetwork((4, 4, 4, 4), 3, tokens=3),
    AttentionNetwork((3, 3, 3, 3, 3), 2, tokens=3),
    AttentionNetwork((8, 8, 8), 4, tokens=3),
    AttentionNetwork((12, 12), 6, tokens=3),
    AttentionNetwork((10, 10, 10), 3, tokens=3),
    AttentionNetwork((4, 4), 2, 6, tokens=3),
    AttentionNetwork((3, 3, 3), 2, 2, tokens=3),
    AttentionNetwork((3, 3, 3), 2, kind="softmax", tokens=3),
    AttentionNetwork((4, 4, 4, 4), 3, kind="softmax", tokens=3),
    AttentionNetwork((10, 10, 10), 2, kind="softmax", tokens=3),
    AttentionNetwork((3, 3, 3), 2, 3, kind="softmax", tokens=3),
]


def clear() -> None:
    """Empty the caches that know a network."""
    for cached in (
        dimension.trial,
        rules.upper_bound,
        rules.independent_outputs,
        independence.independent_exponentials,
        independence._kept_logit_rank,
        batch._seen_before,
        reduction.reduced,
        reduction.forward_widths,
        reduction.gauge_fixed,
        rules._sums,
        blocks.block_value,
        counts.virtual_weights_dimension,
        unseen.hidden_scores,
    ):
        cached.cache_clear()


def exact(network: AttentionNetwork) -> int:
    """Our dimension from empty caches."""
    clear()
    return network.dimension().lower


def marked(found: int, truth: int) -> str:
    """A float answer, red where it is wrong."""
    return str(found) if found == truth else f"[red]{found}[/]"


def single(quick: bool) -> bool:
    """One network at a time."""
    table = Table(
        title="Exact against float64 at 10 inputs, and at 8 more than weights (wrong answers red)", title_justify="left"
    )
    for i, name in enumerate(
        (
            "network",
            "weights",
            "exact",
            "grade",
            "float, 10 inputs",
            "float, weights + 8",
            "here",
            "10 inputs",
            "times",
            "times",
        )
    ):
        table.add_column(name, justify="left" if i == 0 else "right", no_wrap=i == 0)
    good = True
    for network in SINGLE[:6] if quick else SINGLE:
        bounds = network.dimension()
        formula = formula_values(network)["virtual-weights"]
        good &= formula is None or formula == bounds.lower
        many = network.parameters + 8
        answers = [float_dimension(network, points) for points in (10, many)]
        tasks = [Cold(lambda n=network: exact(n)), lambda n=network: float_dimension(n)]
        ours, ten = interleaved(tasks, 5, budget=2.0)
        full = timed(lambda n=network, k=many: float_dimension(n, k))
        table.add_row(
            network.label.removeprefix("attention:"),
            str(network.parameters),
            str(bounds.lower),
            bounds.grade.value,
            *(marked(answer, bounds.lower) for answer in answers),
            seconds(ours),
            seconds(ten),
            figure(ten / ours),
            figure(full / ours),
        )
    CONSOLE.print(table)
    return good


def families(quick: bool) -> dict[str, list[AttentionNetwork]]:
    """Many small networks."""
    most = 3 if quick else 4
    pairs = itertools.product(range(1, most), repeat=2)
    sizes = list(pairs)
    triples = list(itertools.product(range(1, most), repeat=3))
    return {
        "lightning, 2 layers": [AttentionNetwork(w, a, tokens=3) for w in triples for a in sizes],
        "lightning, 3 layers": [
            AttentionNetwork(w, a, tokens=3)
            for w in itertools.product(range(2, most), repeat=4)
            for a in itertools.product((1, 2), repeat=3)
        ],
        "lightning, 1 to 4 heads": [
            AttentionNetwork((d, e), a, h, tokens=3)
            for d, e in itertools.product(range(1, most + 1), repeat=2)
            for a in range(1, d + 1)
            for h in range(1, 5)
        ],
        "softmax, 2 layers": [AttentionNetwork(w, a, kind="softmax", tokens=3) for w in triples for a in sizes],
    }


def sweep(quick: bool) -> bool:
    """Dimensions per second, and how often the float answer is wrong."""
    table = Table(title="Dimensions per CPU second, and wrong float answers", title_justify="left")
    for i, name in enumerate(
        (
            "family",
            "networks",
            "proved",
            "here, per s",
            "float, per s",
            "times",
            "wrong, 10 inputs",
            "wrong, weights + 8",
        )
    ):
        table.add_column(name, justify="left" if i == 0 else "right", no_wrap=i == 0)
    good = True
    for name, networks in families(quick).items():
        clear()
        truths = {n: n.dimension() for n in networks}
        ours, ten = (
            timed(lambda ns=networks: (clear(), [n.dimension() for n in ns])),
            timed(lambda ns=networks: [float_dimension(n) for n in ns]),
        )
        wrong: Counter[str] = Counter()
        for n, bounds in truths.items():
            formula = formula_values(n)["virtual-weights"]
            good &= formula is None or formula == bounds.lower
            wrong["few"] += float_dimension(n) != bounds.lower
            wrong["many"] += float_dimension(n, n.parameters + 8) != bounds.lower
        proved = sum(bounds.grade is Grade.PROVED for bounds in truths.values())
        counts = [str(len(networks)), str(proved)]
        rates = [figure(len(networks) / ours), figure(len(networks) / ten), figure(ten / ours)]
        table.add_row(name, *counts, *rates, str(wrong["few"]), str(wrong["many"]))
    CONSOLE.print(table)
    return good


def together(quick: bool) -> bool:
    """Networks of a table together, against one by one: from empty caches, with all that each of them draws."""
    names = ("family", "networks", "proved so", "one by one", "together", "times")
    table = Table(title="Networks evaluated together", title_justify="left")
    for i, name in enumerate(names):
        table.add_column(name, justify="left" if i == 0 else "right", no_wrap=i == 0)
    good = True
    for family, networks in families(quick).items():
        found = batch.proved_dimensions(networks)
        good &= all(network.dimension() == bounds for network, bounds in found.items())
        both: list[Callable[[], object]] = [
            lambda ns=networks: (clear(), batch.proved_dimensions(ns)),
            lambda ns=networks: (clear(), [n.dimension() for n in ns]),
        ]
        ours, alone = interleaved(both, 5, budget=5.0)
        counts = [str(len(networks)), str(len(found))]
        table.add_row(family, *counts, seconds(alone), seconds(ours), figure(alone / ours))
    CONSOLE.print(table)
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("sections", nargs="*", choices=["single", "sweep", "together", []], default=[])
    options = parser.parse_args()
    chosen = {"single": single, "sweep": sweep, "together": together}
    with threadpool_limits(1):
        AttentionNetwork((2, 2), 1).dimension()  # imports
        results = [chosen[name](options.quick) for name in options.sections or chosen]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
