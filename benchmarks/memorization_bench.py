"""Networks that memorise N points: time to build and to verify, points a second, sizes beside bounds.

    python benchmarks/memorization_bench.py [--quick] [SECTION …]

Sections: build (each construction against N), evaluation (against plain Fractions), crossover (the least number of
points, among those tried, from which on a network has fewer parameters than points). CPU times, random data.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from fractions import Fraction

from _timing import figure, interleaved, seconds
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from algebra.memorization import CONSTRUCTIONS, DataSet, RationalNetwork, data_set, memorize, to_relu

CONSOLE = Console(width=120)
DIMENSION = 3


def random_points(count: int, classes: int = 2) -> DataSet:
    generator = random.Random(count)
    points: dict[tuple[int, ...], int] = {}
    while len(points) < count:
        points[tuple(generator.randint(-(10**6), 10**6) for _ in range(DIMENSION))] = generator.randrange(classes)
    return data_set(list(points), list(points.values()), classes)


def build(options: argparse.Namespace) -> bool:
    """Time to build and to verify against N; whether every network is exact and within its bound."""
    good = True
    for name, construction in CONSTRUCTIONS.items():
        table = Table(title=f"{name}, d = {DIMENSION}, two classes", title_justify="left", min_width=100)
        for column in ("N", "parameters", "bound", "layers", "width", "bits", "build", "verify", "points/s"):
            table.add_column(column, justify="right")
        for count in (50, 200) if options.quick else (100, 300, 1000, 2000, 4000):
            data = random_points(count)
            start = time.process_time()
            network = construction.build(data, 0)
            building = time.process_time() - start
            (verifying,) = interleaved([lambda data=data, network=network: network.evaluate(data.points)], 3)
            promised = construction.guarantee_of(data).parameters
            good &= network.evaluate(data.points) == data.labels and network.parameters <= promised
            sizes = [network.parameters, promised, network.hidden_layers, network.width, network.bits[1]]
            rate = figure(count / verifying)
            table.add_row(f"{count:,}", *(f"{size:,}" for size in sizes), seconds(building), seconds(verifying), rate)
        CONSOLE.print(table)
    return good


def plain(network: RationalNetwork, point: tuple[Fraction, ...]) -> Fraction:
    """Evaluate neuron by neuron, zero weights skipped; step and identity neurons only."""
    values = list(point)
    for layer in network.layers:
        inputs = [
            sum((w * x for w, x in zip(row, values, strict=True) if w), bias)
            for row, bias in zip(layer.weights, layer.biases, strict=True)
        ]
        values = [
            Fraction(int(x >= 0)) if a.value == "step" else max(x, Fraction(0)) if a.value == "relu" else x
            for a, x in zip(layer.activations, inputs, strict=True)
        ]
    return values[0]


def evaluation(options: argparse.Namespace) -> bool:
    """All points at once against one by one in Fractions."""
    table = Table(title="Exact evaluation against plain Fractions", title_justify="left", min_width=100)
    for column in ("network", "N", "layers", "together", "one by one", "times faster"):
        table.add_column(column, justify="right")
    good = True
    for count in (50,) if options.quick else (100, 1000):
        data = random_points(count)
        native = memorize(data.points, data.labels).network
        for name, network in {"width 3": native, "width 3, ReLU": to_relu(native, data.points)}.items():
            some = data.points[:50]
            quick, slow = interleaved(
                [
                    lambda network=network, data=data: network.evaluate(data.points),
                    lambda network=network, some=some: [plain(network, point) for point in some],
                ],
                2,
            )
            good &= list(network.evaluate(some)) == [plain(network, point) for point in some]
            slow *= count / len(some)
            cells = (f"{count:,}", str(network.hidden_layers), seconds(quick), seconds(slow), figure(slow / quick))
            table.add_row(name, *cells)
    CONSOLE.print(table)
    return good


def crossover(options: argparse.Namespace) -> bool:
    """Parameters over points as N doubles."""
    counts = (200, 400) if options.quick else (1000, 1500, 2000, 3000, 4000, 6000)
    table = Table(title="Parameters / points, two classes: below 1 it is sublinear in earnest", title_justify="left")
    table.add_column("construction")
    for count in counts:
        table.add_column(f"N = {count:,}", justify="right")
    for name in ("width3", "wide", "sqrt", "hard-tanh"):
        found = [CONSTRUCTIONS[name].build(random_points(count), 0).parameters / count for count in counts]
        table.add_row(name, *(f"{ratio:.3f}" for ratio in found))
    CONSOLE.print(table)
    return True


SECTIONS = {"build": build, "evaluation": evaluation, "crossover": crossover}


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="small cases only")
    options = parser.parse_args(words)
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    with threadpool_limits(1):
        good = [SECTIONS[name](options) for name in options.sections or SECTIONS]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
