"""Attention networks as claims describe them, and the widths that their functions show."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from .attention_counts import coordinates, enough_rank
from .limits import INFINITE, hold, need, per_drawing, per_product, spend
from .reading import fields, integer, integers, read_widths

MOST_POWER = 100
"""Of scores: bounds are binomials of three times as many factors."""


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
        return spaces_of(self)

    def coordinates(self, width: int, layers: int, tokens: int) -> int:
        """Bound the linearly independent coordinates after some layers on tokens of a width."""
        return INFINITE if self.kind == "softmax" else coordinates(self.power, width, layers, tokens)

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
        # From the output down: a layer needs no more than later ones see of it, by values and by scores.
        w = [*self.spaces[:-1], self.widths[-1]]
        shows_scores = self.kind != "softmax" or self.tokens > 1
        for i in range(len(w) - 2, 0, -1):
            seen = 2 * self.head_sizes[i] if shows_scores else 0
            w[i] = min(w[i], self.heads[i] * (w[i + 1] + seen))

        enough = w[:-1]
        if self.kind == "lightning":
            enough = [enough_rank(d, h) for d, h in zip(w, self.heads, strict=False)]
        sizes = map(min, self.head_sizes, enough)
        return self._replace(widths=tuple(w), head_sizes=tuple(sizes))


@lru_cache(maxsize=16)
def spaces_of(a: Attention) -> tuple[int, ...]:
    """Return the dimensions of the spaces in which tokens lie; they are asked for at every sample."""
    found = [a.widths[0]]
    for i, (after, h) in enumerate(zip(a.widths[1:], a.heads, strict=True)):
        alone = a.coordinates(found[-1], 1, a.tokens_of(i))
        found.append(min(after, h * found[-1], alone, a.coordinates(a.widths[0], i + 1, a.tokens)))
    return tuple(found)


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
    layers = len(found.heads)
    spend(100_000 + layers * (2000 + 40 * layers), "the network")  # its bounds: binomials, and all pairs of layers
    return found


def pay_for_samples(a: Attention, samples: int, m: int, size: int = 1) -> None:
    """Pay for the weights, and for values and derivatives of all heads at so many samples."""
    n, bits = a.tokens, m.bit_length()
    hold(a.parameters, 100 + 8 * size, "the network")

    # A layer holds keys, queries, values and derivatives of its tokens, and four matrices of scores.
    layers = list(zip(pairwise(a.widths), a.head_sizes, a.heads, strict=True))
    held = [h * (n * (2 * s + e + d) + 4 * n * n) for (d, e), s, h in layers]
    hold(max(held), 80 + 8 * size, "a layer")

    # At a sample: the products of matrices, and a power for each score.
    products = sum(h * (n * d * (2 * s + e) + n * n * (s + e)) for (d, e), s, h in layers)
    scores = sum(a.heads) * n * n
    powers = scores * (30 + a.power.bit_length()) * per_product(bits)
    drawn = per_drawing(n * a.widths[0] + a.widths[-1] + scores, size)
    each = 8 * products * per_product(bits) + 6 * powers + drawn
    spend(per_drawing(a.parameters, size) + samples * each, "the network at all samples")
