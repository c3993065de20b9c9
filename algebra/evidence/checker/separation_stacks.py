"""Stacks of attention layers, as claims about separation ranks describe them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .limits import MOST_LAYERS, MOST_VALUE, need
from .reading import boolean, fields, integer

POOLED = ":pooled"
"""At the end of the label of a stack whose output is the sum over all tokens."""


class Stack(NamedTuple):
    """Width, heads, head size, layers; tokens on either side; dimension of the tokens' space; residual connections.

    Tokens are any vectors, or one of so many `words`, each with its vector, plus one of its position on request.
    """

    width: int
    heads: int
    head_size: int
    layers: int
    tokens: tuple[int, int]
    seen: int
    residual: bool
    words: int | None = None
    positions: bool = False

    @property
    def degree(self) -> int:
        """Degree C = (3^L - 1)/2 of the output in the Gram matrix."""
        return int((3**self.layers - 1) // 2)

    @property
    def weights(self) -> int:
        """Number of all weights."""
        each = [3 * self.head_size * inner + self.width * self.head_size for inner in (self.seen, self.width)]
        return self.heads * (each[0] + (self.layers - 1) * each[1])


def read_stack(value: Any) -> tuple[Stack, str]:
    """Return a stack and its label."""
    names = ("width", "heads", "head_size", "layers", "tokens", "embedding_rank", "residual", "vocabulary", "positions")
    width, heads, size, layers, tokens, rank, residual, words, positions = fields(value, "stack", *names)

    # Sizes of the layers.
    width = integer(width, "width", 1, MOST_VALUE)
    heads = integer(heads, "heads", 1, MOST_VALUE)
    size = integer(size, "head_size", 1, width)
    layers = integer(layers, "layers", 1, MOST_LAYERS)

    # Tokens of both groups, and how they are embedded.
    need(type(tokens) is list and len(tokens) == 2, "tokens is not a list of two numbers")
    on_a, on_b = (integer(count, "tokens", 1, MOST_VALUE) for count in tokens)
    seen = width if rank is None else integer(rank, "embedding_rank", 1, width - 1)
    words = None if words is None else integer(words, "vocabulary", 1, MOST_VALUE)
    need(boolean(positions, "positions") <= (words is not None), "there are positions without a vocabulary")

    residual = boolean(residual, "residual")
    stack = Stack(width, heads, size, layers, (on_a, on_b), seen, residual, words, positions)
    return stack, stack_label((width, heads, size, layers), stack.tokens, seen, residual, words, positions)


def stack_label(
    sizes: tuple[int, int, int, int],
    tokens: Sequence[int],
    seen: int,
    residual: bool,
    vocabulary: int | None,
    positions: bool,
) -> str:
    """Return the name of a stack; parts that have their default value are left out.

    Examples
    --------
    >>> stack_label((5, 2, 2, 3), (6, 6), 4, True, None, False)
    'separation:5:h2:a2:l3:n6-6:r4:residual'
    """
    width, heads, size, layers = sizes
    parts = [f"separation:{width}:h{heads}:a{size}:l{layers}:n{tokens[0]}-{tokens[1]}"]
    parts += [f"r{seen}"] if seen < width else []
    parts += ["residual"] if residual else []
    parts += [f"v{vocabulary}"] if vocabulary is not None else []
    return ":".join([*parts, *["positions"] * positions])
