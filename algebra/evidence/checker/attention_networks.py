"""Attention networks as claims describe them, and the widths that their functions show."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import isqrt
from typing import Any, NamedTuple

from .hilbert import forms
from .reading import INFINITE, MOST_PAIRS, MOST_PARAMETERS, fields, integer, integers, need, read_widths

MOST_POWER = 100
MOST_BOXES = 14


class Attention(NamedTuple):
    """An attention network, as the claim describes it."""

    kind: str
    widths: tuple[int, ...]
    head_sizes: tuple[int, ...]
    heads: tuple[int, ...]
    tokens: int
    power: int

    @property
    def parameters(self) -> int:
        """Number of weights."""
        layers = zip(pairwise(self.widths), self.head_sizes, self.heads, strict=True)
        return sum(h * (2 * a * d + e * d) for (d, e), a, h in layers)

    @property
    def spaces(self) -> tuple[int, ...]:
        """The dimensions f_0 … f_l of the spaces in which tokens lie."""
        found = [self.widths[0]]
        for i, (after, h) in enumerate(zip(self.widths[1:], self.heads, strict=True)):
            alone = self.coordinates(found[-1], 1, self.tokens_of(i))
            found.append(min(after, h * found[-1], alone, self.coordinates(self.widths[0], i + 1, self.tokens)))
        return tuple(found)

    def coordinates(self, width: int, layers: int, tokens: int) -> int:
        """Bound the linearly independent coordinates after some layers on tokens of a width."""
        r = self.power
        if self.kind == "softmax":
            return INFINITE
        if tokens == 1:
            return forms((2 * r + 1) ** layers, width, False)
        if layers == 1:
            return forms(r + 1, width, False) * forms(r, width, False)
        return covariants(width, (3**layers - 1) // 2, tokens) if r == 1 else INFINITE

    def tokens_of(self, i: int) -> int:
        """1 if all tokens that enter layer i are multiples of one vector, else their number."""
        layers = zip(self.head_sizes[:i], self.widths, self.heads, strict=False)
        alike = self.kind != "softmax" and any(h == min(size, d) == 1 for size, d, h in layers)
        return 1 if alike else self.tokens

    def block(self, start: int, end: int) -> Attention:
        """Layers `start` to `end` - 1 as a network."""
        parts = self.widths[start : end + 1], self.head_sizes[start:end], self.heads[start:end]
        return Attention(self.kind, *parts, self.tokens_of(start), self.power)

    @property
    def reduced(self) -> Attention:
        """The network with the widths w_0 … w_l and head sizes at most as large."""
        w = [*self.spaces[:-1], self.widths[-1]]
        for i in range(len(w) - 2, 0, -1):
            seen = 0 if self.kind == "softmax" and self.tokens == 1 else 2 * self.head_sizes[i]
            w[i] = min(w[i], self.heads[i] * (w[i + 1] + seen))
        enough = w[:-1]
        if self.kind == "lightning":
            enough = [max(1, d - isqrt(h - 1)) for d, h in zip(w, self.heads, strict=False)]
        return self._replace(widths=tuple(w), head_sizes=tuple(map(min, self.head_sizes, enough)))


def covariants(width: int, degree: int, tokens: int) -> int:
    """Count the functions F(X X^T) X, F a row of forms of a degree; see ``gram-forms``."""
    if tokens >= width or degree >= MOST_BOXES:
        return width * forms(degree, width * (width + 1) // 2, False)
    total = 0
    for partition in partitions(degree + 1, degree + 1, tokens):
        for i, part in enumerate(partition):
            if partition[i + 1 : i + 2] != (part,):
                total += representation([2 * p - (j == i) for j, p in enumerate(partition)], width)
    return total


def partitions(boxes: int, largest: int, parts: int) -> Iterator[tuple[int, ...]]:
    """List the partitions of a number into at most so many parts."""
    if boxes == 0:
        yield ()
    elif parts:
        for first in range(min(boxes, largest), 0, -1):
            for rest in partitions(boxes - first, first, parts - 1):
                yield (first, *rest)


def representation(partition: list[int], width: int) -> int:
    """Dimension of the representation of GL(width), by contents and hooks."""
    above, below = 1, 1
    for i, part in enumerate(partition):
        for j in range(part):
            above *= width + j - i
            below *= part - j + sum(lower > j for lower in partition[i + 1 :])
    return above // below


def read_attention(value: Any) -> Attention:
    """Return a network."""
    names = ("kind", "widths", "head_sizes", "heads", "tokens", "score_power")
    kind, widths, sizes, heads, tokens, power = fields(value, "network", *names)
    need(kind in ("lightning", "polynomial", "softmax"), "the kind is unknown")
    read = read_widths(widths), integers(sizes, "head_sizes", 1), integers(heads, "heads", 1)
    need(
        len(read[1]) == len(read[2]) == len(read[0]) - 1,
        "there is not one head size and number of heads for each layer",
    )
    found = Attention(kind, *read, integer(tokens, "tokens", 1), integer(power, "score_power", 1, MOST_POWER))
    need(kind == "polynomial" or found.power == 1, "only the kind polynomial has powers of scores")
    return found


def check_size(a: Attention, samples: int) -> None:
    """Refuse evaluations that would take hours."""
    need(a.parameters <= MOST_PARAMETERS, f"there are more than {MOST_PARAMETERS} weights")
    need(samples * sum(a.heads) * a.tokens**2 <= MOST_PAIRS, "the scores at all samples are too many")
