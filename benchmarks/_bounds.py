"""The upper bound by cuts and gauge alone, in a few lines of its own: no saturation, no Hilbert functions."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import comb


@lru_cache(maxsize=1 << 20)
def cut_and_gauge(widths: tuple[int, ...], degree: int) -> int:
    """Least of naive and ambient dimension, the sums over all cuts, and the reduction of superfluous inputs."""
    if len(widths) == 2:
        return widths[0] * widths[1]
    total = degree ** (len(widths) - 2)
    naive = sum(a * b for a, b in pairwise(widths)) - sum(widths[1:-1])
    ambient = widths[-1] * comb(total + widths[0] - 1, total)
    best = min(naive, ambient)
    if widths[1] < widths[0]:
        d0, d1 = widths[:2]
        best = min(best, d1 * (d0 - d1) + cut_and_gauge((d1, *widths[1:]), degree))
    for k in range(1, len(widths) - 1):
        parts = cut_and_gauge(widths[: k + 1], degree) + cut_and_gauge(widths[k:], degree)
        best = min(best, parts - widths[k])
    return best
