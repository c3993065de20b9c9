"""Programs beside the routes that are written by hand, transformers, and ReLU networks at given weights; CPU times.

    python benchmarks/program_bench.py [--large]

With ``--large`` only ReLU networks with 10,000 weights on 10,000 points, which take some 20 s and 3 GB each.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from _timing import ROOT, Cold, interleaved

from algebra import PolynomialNetwork
from algebra.programs import Program, Transformer, traced
from algebra.programs.batch import Batch
from algebra.programs.given import given_dimension
from algebra.programs.given_point import GivenPoint
from algebra.programs.lowering import lowered
from algebra.programs.symmetries import symmetries
from proofs_check.families.relu import drawn, layers_of, network_of

PUBLISHED = ROOT / "tests" / "data" / "reference_dimensions.jsonl"


def as_program(widths: list[int], degree: int) -> Program:
    """Return a polynomial network as a program."""
    depth = len(widths) - 1
    shapes = {f"W{k}": (widths[k], widths[k - 1]) for k in range(1, depth + 1)}

    def run(x: Any, **weights: Any) -> Any:
        for k in range(1, depth + 1):
            x = weights[f"W{k}"] @ x
            x = x**degree if k < depth else x
        return x

    return traced(run, shapes, {"x": (widths[0], 1)})


def published() -> None:
    """Every published row through its program: the same number, and the ratio of the times."""
    rows = [json.loads(line) for line in Path(PUBLISHED).read_text().splitlines()]
    rows = [row for row in rows if row.get("degree") and not row.get("biases")]
    ratios, wrong, total = [], [], [0.0, 0.0]
    for row in rows:
        widths, degree = row["widths"], row["degree"]
        program = as_program(widths, degree)
        found = program.dimension()
        if found.lower != row["dim"]:
            wrong.append((widths, degree, row["dim"], found))
        by_hand = Cold(partial(_by_hand, widths, degree))
        times = interleaved([by_hand, Cold(partial(_cold, widths, degree))], 3)
        ratios.append((times[1] / times[0], times, widths, degree))
        total = [a + b for a, b in zip(total, times, strict=True)]
    ratios.sort(key=lambda each: each[0])
    print(f"published rows: {len(rows)}, different: {wrong}")
    print(
        f"time of programs / by hand: all {total[1] / total[0]:.2f}, median {ratios[len(ratios) // 2][0]:.2f}, ", end=""
    )
    print(f"largest {ratios[-1][0]:.2f} of {ratios[-1][2:]} ({ratios[-1][1][1]:.3f} s / {ratios[-1][1][0]:.3f} s)")


def _by_hand(widths: list[int], degree: int) -> object:
    return PolynomialNetwork(widths, degree).dimension()


def _cold(widths: list[int], degree: int) -> object:
    lowered.cache_clear()
    symmetries.cache_clear()
    return as_program(widths, degree).dimension()


LAYERS = (
    (4, 2, 2, 1, 1, 3), (4, 2, 2, 1, 1, 2), (4, 2, 2, 2, 2, 3), (4, 4, 2, 1, 1, 3), (5, 4, 2, 2, 2, 4),
    (4, 2, 2, 2, 1, 3), (4, 2, 2, 4, 2, 3), (4, 4, 2, 2, 1, 4), (3, 2, 2, 2, 2, 3),
)  # fmt: skip
"""Width, head size, value size, heads, heads of keys and values, tokens."""


def attention_layers() -> None:
    """Eighteen layers of attention, with and without rotary positions: the slowest takes so many seconds of CPU."""
    seconds = []
    for sizes in LAYERS:
        for rotary in (False, True):
            width, head_size, value_size, heads, shared, tokens = sizes
            layer = Transformer(width, head_size, value_size, heads, shared, tokens, norm="none", rotary=rotary,
                                residual=False, feed_forward="none")  # fmt: skip
            start = process_time()
            bounds = layer.program().dimension()
            seconds.append(process_time() - start)
            assert bounds.is_proved
    print(f"{len(seconds)} layers of attention, all proved: at most {max(seconds):.2f} s each")


def transformers() -> None:
    """Six blocks, the last two with two layers and four norms: seconds of CPU."""
    blocks = [
        Transformer(4, 2, 2, heads=2, tokens=3, hidden=4, feed_forward=kind, rotary=rotary, norm="rms", layers=layers)
        for kind, rotary, layers in (
            ("silu", True, 1),
            ("silu", False, 1),
            ("swiglu", True, 1),
            ("swiglu", False, 1),
            ("swiglu", True, 2),
            ("swiglu", False, 2),
        )
    ]
    for block in blocks:
        start = process_time()
        bounds = block.program().dimension()
        print(
            f"{block.feed_forward}, rotary {block.rotary}, layers {block.layers}, {block.parameters} weights: "
            f"{bounds}, formula {block.formula}, {process_time() - start:.2f} s"
        )


def rectifiers(widths: str, samples: int) -> None:
    """One network at given weights, and what part of the time the rank takes."""
    instance = {"widths": widths, "samples": samples, "scale": 0, "seed": 0}
    program = network_of(layers_of(widths))
    weights, data = drawn(instance)
    point = GivenPoint.read(program, {k: w.tolist() for k, w in weights.items()}, {"x": data.tolist()})
    start, wall = process_time(), perf_counter()
    bounds = given_dimension(point).bounds
    whole, wall = process_time() - start, perf_counter() - wall
    batch = Batch.of(lowered(program), point)
    start = process_time()
    batch.rank(bounds.upper)
    rank = process_time() - start
    print(
        f"{widths} on {samples} points, {program.count} weights: {bounds}, {whole:.2f} s ({wall:.2f} s on the clock), "
    )
    print(f"  the Jacobian and its rank {rank:.2f} s")


if __name__ == "__main__":
    if "--large" in sys.argv:
        rectifiers("20-450-1", 10_000)
        rectifiers("20-70-84-30-1", 10_000)
    else:
        rectifiers("4-8-8-2", 600)
        attention_layers()
        transformers()
        published()
