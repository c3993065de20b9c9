"""The data of a stack of attention layers whose two groups of tokens are to be separated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from algebra.errors import InputError, as_integer, check_keys
from algebra.evidence.checker.separation_stacks import POOLED, Stack, stack_label
from algebra.frozen import set_fields
from algebra.sequences import integers_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_LAYERS = 1000
"""Layers at most. Already the degree 3^1000 in the tokens has 478 digits; bounds with more than 4200 are refused."""

SIDES = "two integers of at least 1: the tokens on the output's side and those on the other"


@dataclass(frozen=True)
class StackArchitecture:
    """Layers y_i = sum_h O_h sum_j <Q_h x_i, K_h x_j> V_h x_j, one after the other, without softmax.

    Parameters
    ----------
    width : int
        Coordinates of a token, d.
    heads : int
        In each layer, H.
    head_size : int
        Rows of every Q, K and V, at most the width: e.
    layers : int
        L.
    tokens : (int, int)
        N_A and N_B. The output is read at one of the N_A tokens; the rank is that between these and the N_B others.
    embedding_rank : int, optional
        All tokens lie in a space of this dimension, r; default: the width.
    residual : bool
        Whether every layer adds its input to what it gives.
    vocabulary : int, optional
        Tokens are so many words with generic embeddings; default: any vectors.
    positions : bool
        Whether a generic vector of its position is added to each word.
    pooled : bool
        Whether the output is the sum over all tokens, instead of that at one of the N_A.

    Raises
    ------
    InputError
        For numbers below 1, head sizes and embedding ranks above the width, positions without a vocabulary, pooling
        with one.

    Examples
    --------
    >>> StackArchitecture(5, 2, 2, 2, (6, 6)).label
    'separation:5:h2:a2:l2:n6-6'
    """

    width: int
    heads: int
    head_size: int
    layers: int
    tokens: tuple[int, int]
    embedding_rank: int | None = None
    residual: bool = False
    vocabulary: int | None = None
    positions: bool = False
    pooled: bool = False

    def __post_init__(self) -> None:
        sizes = {name: as_integer(name, getattr(self, name), 1) for name in ("width", "heads", "head_size", "layers")}
        width = sizes["width"]
        if sizes["layers"] > MOST_LAYERS:
            raise InputError("layers", self.layers, f"an integer between 1 and {MOST_LAYERS}")

        for name in ("head_size", "embedding_rank"):
            value = getattr(self, name)
            allowed = f"an integer between 1 and the width, {_short(width)}"
            if value is not None and as_integer(name, value, 1, allowed) > width:
                raise InputError(name, value, allowed)
        tokens = integers_of("tokens", self.tokens, SIDES, least=1)
        if len(tokens) != 2:
            raise InputError("tokens", list(tokens), SIDES)

        rank = width if self.embedding_rank is None else as_integer("embedding_rank", self.embedding_rank, 1)
        words = None if self.vocabulary is None else as_integer("vocabulary", self.vocabulary, 1)
        for name in ("residual", "positions", "pooled"):
            if not isinstance(getattr(self, name), bool):
                raise InputError(name, getattr(self, name), "true or false")
        if self.positions and words is None:
            raise InputError("positions", True, "false: tokens that are no words may be any vectors already")
        if self.pooled and words is not None:
            raise InputError("pooled", True, "false with a vocabulary: of words nothing is known")
        set_fields(self, **sizes, tokens=tokens, embedding_rank=None if rank == width else rank, vocabulary=words)

    @property
    def label(self) -> str:
        """Permanent readable name."""
        sizes = self.width, self.heads, self.head_size, self.layers
        one = stack_label(sizes, self.tokens, self.seen_width, self.residual, self.vocabulary, self.positions)
        return one + POOLED if self.pooled else one

    @cached_property
    def checked(self) -> Stack:
        """The same as the checker knows it, whose formulas are used."""
        sizes = self.width, self.heads, self.head_size, self.layers, self.tokens
        return Stack(*sizes, self.seen_width, self.residual, self.vocabulary, self.positions)

    @property
    def seen_width(self) -> int:
        """Dimension of the space of the tokens, r: what the first layer sees of the width."""
        return self.width if self.embedding_rank is None else self.embedding_rank

    @cached_property
    def degree(self) -> int:
        """Degree C of the output in the Gram matrix of the tokens: (3^L - 1)/2."""
        return self.checked.degree

    @property
    def gram_size(self) -> int:
        """Dimension s of the symmetric matrices that the tokens' Gram matrix lies in."""
        return self.seen_width * (self.seen_width + 1) // 2

    @property
    def threshold(self) -> int:
        """Last depth L with (3^L - 1)/2 at most s, up to which the rank can grow double exponentially with depth.

        Beyond, log_3 of the rank grows by at most s a layer: the rank is at most binom(s + C, s).
        """
        depth = 1
        while (3 ** (depth + 1) - 1) // 2 <= self.gram_size:
            depth += 1
        return depth

    @property
    def is_homogeneous(self) -> bool:
        """Whether the degree in one side's tokens determines that in the other's, so that ranks add up by degree."""
        return not self.residual and self.vocabulary is None and not self.pooled

    @property
    def sides(self) -> tuple[StackArchitecture, StackArchitecture]:
        """Two stacks whose ranks add up to that of the pooled output: read at a token of A, and at one of B."""
        one = StackArchitecture(**{**self.to_json(), "pooled": False})
        return one, replace(one, tokens=self.tokens[::-1])

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read a stack from an object with its fields.

        Parameters
        ----------
        given : mapping
            One key for each field.

        Returns
        -------
        StackArchitecture
            Of the class whose method it is.

        Raises
        ------
        InputError
            If a field is missing, unknown or wrong.

        Examples
        --------
        >>> StackArchitecture.from_json({"width": 2, "heads": 1, "head_size": 2, "layers": 3, "tokens": [2, 2]}).degree
        13
        """
        check_keys(given, FIELDS)
        told = {name: value for name, value in given.items() if value is not None}
        check_keys(told, FIELDS, FIELDS[:5])
        return cls(**told)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `from_json` reads.

        Returns
        -------
        dict
        """
        return {name: getattr(self, name) for name in FIELDS} | {"tokens": list(self.tokens)}


FIELDS = tuple(StackArchitecture.__dataclass_fields__)


def _short(number: int) -> str:
    """Write a number that nobody would read as what it is."""
    return str(number) if number.bit_length() <= 100 else "a number of more than 30 digits"
