"""Dimensions by the definition alone: the rank of a Jacobian, in Python's integers, with nothing of the library.

The network x -> W_h (… (W_2 (W_1 x)^r)^r …) has a map of weights to functions. Its generic rank is that of the
derivatives of the outputs at many inputs, by all weights, at random weights modulo a prime near 2^61.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

PRIME = 2**61 - 1

Vector = list[int]


def dimension(widths: Sequence[int], degrees: int | Sequence[int], seed: int = 0) -> int:
    """Return the rank at one random choice of weights and inputs; below the generic one only by rare bad luck."""
    powers = [degrees] * (len(widths) - 2) if isinstance(degrees, int) else list(degrees)
    random = Random(seed)
    sizes = list(zip(widths[1:], widths, strict=False))
    weights = [[[random.randrange(PRIME) for _ in range(b)] for _ in range(a)] for a, b in sizes]
    count = sum(a * b for a, b in sizes)
    points = [[random.randrange(PRIME) for _ in range(widths[0])] for _ in range(count + 5)]
    return _rank([row for point in points for row in _gradients(weights, point, powers)])


def _gradients(weights: list[list[Vector]], point: Vector, powers: list[int]) -> list[Vector]:
    """Return the derivatives of each output at a point, by reverse accumulation."""
    inputs, slopes, value = [], [], point
    for W, r in zip(weights, [*powers, 1], strict=True):
        inputs.append(value)
        sums = [sum(w * x for w, x in zip(row, value, strict=True)) % PRIME for row in W]
        value = [pow(z, r, PRIME) for z in sums]
        slopes.append([r * pow(z, r - 1, PRIME) % PRIME for z in sums])

    found = []
    for output in range(len(value)):
        above, parts = [int(i == output) for i in range(len(value))], []
        for W, x, slope in zip(reversed(weights), reversed(inputs), reversed(slopes), strict=True):
            above = [a * s % PRIME for a, s in zip(above, slope, strict=True)]
            parts.append([a * b % PRIME for a in above for b in x])
            above = [sum(a * row[j] for a, row in zip(above, W, strict=True)) % PRIME for j in range(len(x))]
        found.append([entry for part in reversed(parts) for entry in part])
    return found


def _rank(rows: list[Vector]) -> int:
    """Eliminate, one pivot after the other."""
    rank = 0
    for column in range(len(rows[0])):
        place = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if place is None:
            continue
        rows[rank], rows[place] = rows[place], rows[rank]
        pivot, inverse = rows[rank], pow(rows[rank][column], -1, PRIME)
        for i in range(rank + 1, len(rows)):
            if rows[i][column]:
                factor = rows[i][column] * inverse % PRIME
                rows[i] = [(x - factor * y) % PRIME for x, y in zip(rows[i], pivot, strict=True)]
        rank += 1
    return rank
