"""A process of its own for one large network: CPU and wall time, the least of several, and peak memory, as JSON.

    python benchmarks/_measured.py '{"widths": [16, 16, 1], "degree": 3, "threads": 1, "repeats": 2}'

Memory is what numpy and Python held at most at one time, by tracemalloc, in the last of the repetitions.
"""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from typing import Any

from _timing import clear_caches
from threadpoolctl import threadpool_limits

from algebra import Bounds, PolynomialNetwork


def run(task: dict[str, Any]) -> tuple[float, float, Bounds]:
    """Wall and CPU time of one dimension from empty caches."""
    clear_caches()
    wall, cpu = time.perf_counter(), time.process_time()
    bounds = PolynomialNetwork(task["widths"], task["degree"]).dimension()
    return time.perf_counter() - wall, time.process_time() - cpu, bounds


def main() -> None:
    task = json.loads(sys.argv[1])
    with threadpool_limits(task["threads"]):
        PolynomialNetwork((8, 16, 16, 8), 2).dimension()  # buffers of BLAS, imports
        times = [run(task) for _ in range(task["repeats"] - 1)]
        tracemalloc.start()
        times.append(run(task))
        memory, bounds = tracemalloc.get_traced_memory()[1], times[-1][2]
    answer = {"wall": min(t[0] for t in times), "cpu": min(t[1] for t in times), "memory": memory}
    print(json.dumps({**answer, "lower": bounds.lower, "upper": bounds.upper}))


if __name__ == "__main__":
    main()
