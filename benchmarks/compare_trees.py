"""Compare two source trees of rankcert, interleaved: ``python benchmarks/compare_trees.py OTHER [NAME]...``.

Each tree runs in a process of its own; every case is timed in turns, first in the one and then in the other. Printed is
the ratio of the least times, this tree over the other: 1.03 is 3 % slower. CPU time on one thread.
"""

from __future__ import annotations

import csv
import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 40
SHORTEST = 2e-3  # seconds that a case is repeated for, so that the clock's steps do not matter


def cases() -> dict[str, Callable[[], object]]:
    """Return what is timed, in whichever tree this process runs."""
    import random

    import numpy as np

    from algebra import PolynomialNetwork
    from algebra.critical_points import classify
    from algebra.linear import Problem
    from algebra.memorization import memorize
    from algebra.rank import rank_mod, rank_numeric, rank_profile_mod, rank_rational
    from tensors.attention import AttentionNetwork, SparseTarget, named_pattern, realise, softmax_matrix
    from tensors.convac import ConvAC
    from tensors.networks import FactorGraph

    draw = random.Random(1)
    lists = {n: [[draw.randint(-100, 100) for _ in range(n)] for _ in range(n)] for n in (5, 20, 100, 300)}
    long = [[draw.randint(-(2**70), 2**70) for _ in range(20)] for _ in range(20)]
    logits = [[i * j % 5 for j in range(8)] for i in range(8)]
    layer = {"window": [2], "stride": [2], "channels": 3}
    circuit = {"input_shape": [8], "templates": 3, "layers": [layer] * 3}
    graph = ((4, 4, 2), 2, ((0, 2), (1, 2)))
    point = ([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[1, 0]], [[1], [0]]])
    points, labels = [[i, i * i % 7] for i in range(40)], [i % 2 for i in range(40)]
    target = SparseTarget.from_supports([[(7 * i + 1) % 256] for i in range(256)])
    certificate = PolynomialNetwork((2, 3, 2, 1), degree=2).dimension().certificate()
    array = np.array(lists[100])
    return {
        "rank_mod, lists of 5": lambda: rank_mod(lists[5]),
        "rank_mod, lists of 20": lambda: rank_mod(lists[20]),
        "rank_mod, lists of 100": lambda: rank_mod(lists[100]),
        "rank_mod, lists of 300": lambda: rank_mod(lists[300]),
        "rank_mod, an array of 100": lambda: rank_mod(array),
        "rank_mod, long integers": lambda: rank_mod(long),
        "rank_profile_mod, lists of 20": lambda: rank_profile_mod(lists[20]),
        "rank_rational, lists of 20": lambda: rank_rational(lists[20]),
        "rank_numeric, lists of 20": lambda: rank_numeric(lists[20]),
        "PolynomialNetwork, made": lambda: PolynomialNetwork((2, 3, 2, 1), degree=2),
        "AttentionNetwork, made": lambda: AttentionNetwork((8, 8), (4,), kind="softmax", tokens=3),
        "FactorGraph, made": lambda: FactorGraph(*graph),
        "ConvAC, made": lambda: ConvAC.from_json(dict(circuit)),
        "Problem, made": lambda: Problem(*point),
        "SoftmaxMatrix, made": lambda: softmax_matrix(logits),
        "dimension (2, 3, 2, 1) r=2": lambda: PolynomialNetwork((2, 3, 2, 1), degree=2).dimension(),
        "dimension (4, 6, 6, 2) r=3": lambda: PolynomialNetwork((4, 6, 6, 2), degree=3).dimension(),
        "dimension (8, 16, 16, 8) r=2": lambda: PolynomialNetwork((8, 16, 16, 8), degree=2).dimension(),
        "dimension of softmax attention": lambda: AttentionNetwork((3, 3), (2,), kind="softmax", tokens=3).dimension(),
        "rank of softmax, 8 x 8": lambda: softmax_matrix(logits).rank(),
        "rank of a circuit": lambda: ConvAC.from_json(dict(circuit)).rank("odd-even"),
        "rank of a factor graph": lambda: FactorGraph(*graph).rank([0]),
        "upper bounds of the 1,576 published rows": published_bounds(),
        "a critical point": lambda: classify(Problem(*point)),
        "memorize 40 points": lambda: memorize(points, labels, "width3"),
        "realise 256 rows": lambda: realise(target, ["1/100", "1/10", None]),
        "a pattern of 37 tokens": lambda: named_pattern("sliding-window", n=37, w=5),
        "check a certificate of 6 rows": certificate.check,
    }


def published_bounds() -> Callable[[], object]:
    """Bound the networks of the published table from above, each time from empty caches."""
    from algebra.polynomial.hilbert import Architecture
    from algebra.polynomial.rules import upper_bound

    table = Path(__file__).resolve().parents[1] / "proofs_check" / "printed" / "data" / "dao2026-search.csv"
    with table.open(newline="") as file:
        rows = [(tuple(map(int, row["widths"].split())), int(row["degree"])) for row in csv.DictReader(file)]
    networks = [Architecture(widths, (degree,) * (len(widths) - 2)) for widths, degree in rows]

    def bound() -> None:
        # Whichever modules this tree has.
        for name in [name for name in sys.modules if name.startswith("algebra.polynomial.")]:
            for value in vars(sys.modules[name]).values():
                if hasattr(value, "cache_clear") and hasattr(value, "cache_info"):
                    value.cache_clear()
        for network in networks:
            upper_bound(network)

    return bound


def serve() -> None:
    """Time the cases that are named on standard input, one a line."""
    known, counts = cases(), {}
    gc.disable()
    for line in sys.stdin:
        name = line.rstrip("\n")
        if name not in counts:
            known[name]()
            counts[name] = max(1, int(SHORTEST / max(_timed(known[name], 1), 1e-7)))
        print(_timed(known[name], counts[name]), flush=True)


def _timed(case: Callable[[], object], count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        case()
    return (time.process_time() - start) / count


def _started(tree: Path) -> subprocess.Popen[str]:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, __file__, "--serve"]
    environment = {**os.environ, **threads, "PYTHONPATH": str(tree)}
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _ask(process: subprocess.Popen[str], name: str) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{name}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def main(other: str, parts: list[str]) -> None:
    """Print a row for each case whose name has one of the parts."""
    here = Path(__file__).resolve().parents[1]
    ours, theirs = _started(here), _started(Path(other).resolve())
    print("| case | other | this | this / other |\n|---|---|---|---|")
    for name in cases():
        if parts and not any(part in name for part in parts):
            continue
        pairs = [(_ask(ours, name), _ask(theirs, name)) for _ in range(ROUNDS)]
        this, that = (min(side) for side in zip(*pairs, strict=True))
        print(f"| {name} | {that * 1e6:.1f} µs | {this * 1e6:.1f} µs | {this / that:.2f} |", flush=True)
    for process in (ours, theirs):
        process.communicate()


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
    else:
        main(sys.argv[1], sys.argv[2:])
