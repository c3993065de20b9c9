"""Ranks of convolutional arithmetic circuits by evaluation: against the unit G, against the tensor, and their growth.

    python benchmarks/convac_bench.py [--quick] [--plot FILE.svg]

G(N) is the time of one N x N float64 product divided by 3. One thread, CPU time, both sides interleaved, the least of
several. The circuits: one layer of windows R, stride 1, C channels, weights of their own everywhere, then one product
over all patches; two templates, left against right, of rank 2^(R-1).

The peer builds the tensor of 2^N floats patch by patch (numpy broadcasting), takes tensorly's matricization and numpy's
rank, of the same circuits. The tensor's entries span many orders of magnitude, so numpy's rank, which is printed, is
often too small. Times of ours include drawing the weights; the layout of a circuit that was evaluated before is kept,
and the second table says what the first time takes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import tensorly as tl
from _timing import busy, figure, goal_cells, goal_table, interleaved, product_seconds, seconds
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from tensors.convac import ConvAC, ConvLayer, routes, sampling, values
from tensors.convac.sampling import best_sample
from tensors.matricization import row_positions

AGAINST_THE_TENSOR = {12: None, 14: None, 16: 10.0, 18: 40.0, 20: 200.0}
FIRST_AGAINST_THE_TENSOR = {12: None, 14: None, 16: 6.0, 18: 32.0, 20: 180.0}
AGAINST_G = 12.0
AGAINST_64 = 2.0
MINUTE = 60.0
MOST_PATCHES = 1 << 20  # weights of so many patches take 3 GiB


def circuit(patches: int, window: int, channels: int = 2) -> ConvAC:
    return ConvAC(patches, 2, [ConvLayer(window, 1, channels), ConvLayer(patches, patches, 1)])


def evaluated(net: ConvAC, rank: int) -> Callable[[], None]:
    rows = row_positions(net.input_shape, "left")

    def task() -> None:
        found = best_sample(net, rows, rank)
        if found is None or found.rank != rank:
            raise AssertionError(found)

    return task


def for_the_first_time(patches: int, window: int, rank: int) -> Callable[[], None]:
    """The same for a circuit never seen: it is made, and what is kept of others' layouts is forgotten."""

    def task() -> None:
        for kept in (routes._kept_routes, sampling._kept_nearest_first, values._kept_work):
            kept.cache_clear()
        evaluated(circuit(patches, window), rank)()

    return task


def tensor_of(net: ConvAC, seed: int = 1) -> np.ndarray:
    """All 2^N values in float64, one axis per patch."""
    rng = np.random.default_rng(seed)
    layer, count, m = net.layers[0], net.positions, net.templates
    weights = rng.standard_normal((count, layer.window[0], layer.channels, m))
    mixing = rng.standard_normal((count, layer.channels))
    tensor = np.ones((m,) * count)
    for q in range(count):
        product = np.ones((layer.channels,) + (1,) * count)
        for o in range(min(layer.window[0], count - q)):
            shape = [layer.channels] + [1] * count
            shape[1 + q + o] = m
            product = product * weights[q, o].reshape(shape)
        tensor = tensor * np.tensordot(mixing[q], product, 1)
    return tensor


def by_tensor(net: ConvAC, seen: list[int]) -> Callable[[], None]:
    half = net.positions // 2

    def task() -> None:
        tensor = tl.tensor(tensor_of(net))
        unfolded = tl.unfold(tl.reshape(tensor, (net.templates**half, -1)), 0)
        seen.append(int(np.linalg.matrix_rank(tl.to_numpy(unfolded))))

    return task


def against_the_unit(repeats: int) -> Table:
    small, large = circuit(64, 11), circuit(1024, 11)
    few, many = interleaved([evaluated(small, 1024), evaluated(large, 1024)], repeats)
    unit = min(product_seconds(1024) for _ in range(3))
    table = goal_table("Rank 1024 by evaluation, two templates, windows of 11", "against", "time")
    table.add_row("1024 patches / G(1024)", seconds(many), *goal_cells(many / unit, AGAINST_G, at_least=False))
    table.add_row("1024 patches / 64 patches", seconds(few), *goal_cells(many / few, AGAINST_64, at_least=False))
    return table


def against_the_tensor(sizes: list[int], repeats: int) -> Table:
    title = "Rank 8: times faster than tensor, unfold and numpy's rank"
    table = goal_table(title, "patches", "here", "tensor", "numpy's rank")
    for patches in sizes:
        net = circuit(patches, 4)
        seen: list[int] = []
        peer = by_tensor(net, seen)
        first, beside = interleaved([for_the_first_time(patches, 4, 8), peer], repeats, budget=20.0)
        ours, theirs = interleaved([evaluated(net, 8), peer], repeats, budget=20.0)
        cells = goal_cells(beside / first, FIRST_AGAINST_THE_TENSOR[patches])
        table.add_row(f"{patches}, first call", seconds(first), seconds(beside), str(seen[-1]), *cells)
        cells = goal_cells(theirs / ours, AGAINST_THE_TENSOR[patches])
        table.add_row(str(patches), seconds(ours), seconds(theirs), str(seen[-1]), *cells)
    return table


def growth(sizes: list[int], repeats: int) -> list[tuple[int, float, float]]:
    """Seconds for rank 8 and for rank 1024, by number of patches."""
    found = []
    for patches in sizes:
        least = interleaved([evaluated(circuit(patches, 4), 8), evaluated(circuit(patches, 11), 1024)], repeats)
        found.append((patches, least[0], least[1]))
    return found


def growth_table(rows: list[tuple[int, float, float]]) -> Table:
    table = Table("patches", "rank 8", "rank 1024", title="Growth with the number of patches", title_justify="left")
    for patches, low, high in rows:
        table.add_row(figure(patches), seconds(low), seconds(high))
    return table


def largest_in_a_minute(start: int = 4096) -> tuple[int, float]:
    """Double the patches until the rank 1024 takes over a minute of wall time; at most `MOST_PATCHES`."""
    patches, last = start, (0, 0.0)
    while True:
        begin = time.perf_counter()
        evaluated(circuit(patches, 11), 1024)()
        wall = time.perf_counter() - begin
        if wall > MINUTE:
            return last
        last = patches, wall
        patches *= 2
        if patches > MOST_PATCHES:
            return last


def draw(rows: list[tuple[int, float, float]], path: str) -> None:
    from matplotlib.figure import Figure

    picture = Figure(figsize=(5, 3.4))
    axes = picture.subplots()
    for column, label in ((1, "rank 8"), (2, "rank 1024")):
        axes.loglog([row[0] for row in rows], [row[column] for row in rows], "o-", label=label)
    axes.set_xlabel("patches N (the tensor has 2^N entries)")
    axes.set_ylabel("CPU seconds")
    axes.legend()
    picture.savefig(path, bbox_inches="tight")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions and sizes")
    parser.add_argument("--plot", metavar="FILE", help="draw the growth with N (needs matplotlib)")
    arguments = parser.parse_args()
    console = Console()
    console.print(busy(2))
    repeats = 3 if arguments.quick else 9
    with threadpool_limits(1):
        console.print(against_the_unit(repeats))
        console.print(against_the_tensor([12, 16, 18] if arguments.quick else [12, 14, 16, 18, 20], repeats))
        rows = growth([64, 256, 1024] if arguments.quick else [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384], 2)
        console.print(growth_table(rows))
    if arguments.plot:
        draw(rows, arguments.plot)
    if not arguments.quick:
        patches, wall = largest_in_a_minute()
        console.print(
            f"rank 1024 within a minute on 2 cores, up to {MOST_PATCHES:,} patches: {patches:,} ({seconds(wall)})"
        )


if __name__ == "__main__":
    main()
