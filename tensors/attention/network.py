"""Attention networks as families of functions: widths, head sizes, heads, how scores become weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import comb
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.polynomial.architecture import check_widths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from algebra.evidence import Bounds

KINDS = ("lightning", "polynomial", "normalised", "softmax")


@dataclass(frozen=True)
class Shape:
    """One layer: the widths of its tokens before and after, head size, number of heads."""

    before: int
    after: int
    head_size: int
    heads: int

    @property
    def rank(self) -> int:
        """The greatest rank of a score matrix A: head size, but at most the width."""
        return min(self.head_size, self.before)

    @property
    def parameters(self) -> int:
        """Entries of all K, Q (head size x before) and V (after x before)."""
        return self.heads * (2 * self.head_size * self.before + self.after * self.before)


@dataclass(frozen=True, init=False)
class AttentionNetwork:
    r"""Layers :math:`Y = \sum_h V_h X P_h`, with weights :math:`P_h` from the scores :math:`(K_h X)^T (Q_h X)`.

    Tokens are the columns of X; row j, column q of the scores belongs to key j and query q. Values :math:`V_h` are
    free matrices (an output projection is absorbed). The *dimension* is that of the set of all functions
    :math:`X \mapsto Y` that the weights give: the generic rank of the Jacobian of weights to function.

    Parameters
    ----------
    widths : sequence of int
        :math:`(d_0, \ldots, d_l)`: width of a token before and after each layer; at least two, each at least 1.
    head_sizes : int or sequence of int
        Rows of K and Q, one number for each layer (one integer for all).
    heads : int or sequence of int
        Heads of each layer (one integer for all).
    kind : {"lightning", "polynomial", "normalised", "softmax"}
        What becomes of the scores: nothing; their `score_power`-th power; division by the sums of their columns;
        softmax of their columns.
    tokens : int
        Number n of tokens.
    score_power : int
        For the kind ``"polynomial"`` only; the power 1 is lightning attention.
    causal : bool
        Whether query q sees the keys j ≤ q only. The weights of the others are exact zeros.
    residual : bool
        Whether every layer adds its input: Y = X + …; all widths must be equal then.

    Raises
    ------
    InputError
        Naming the argument, its value and what is allowed.

    References
    ----------
    .. [1] N. W. Henry, G. L. Marchetti, K. Kohn, Geometry of lightning self-attention: identifiability and dimension,
       ICLR 2025, arXiv:2408.17221.

    Examples
    --------
    >>> network = AttentionNetwork((3, 3, 3), (1, 2))
    >>> network.label, network.parameters
    ('attention:lightning:3-3-3:a1-2:n2', 36)
    >>> network.dimension()
    18 (proved)
    """

    widths: tuple[int, ...]
    head_sizes: tuple[int, ...]
    heads: tuple[int, ...]
    kind: str
    tokens: int
    score_power: int
    causal: bool
    residual: bool

    def __init__(
        self,
        widths: Sequence[int],
        head_sizes: int | Sequence[int],
        heads: int | Sequence[int] = 1,
        *,
        kind: str = "lightning",
        tokens: int = 2,
        score_power: int = 1,
        causal: bool = False,
        residual: bool = False,
    ) -> None:
        checked = check_widths(widths)
        depth = len(checked) - 1
        power = as_integer("score_power", score_power, 1)
        check_kind(kind, power)
        for name, flag in (("causal", causal), ("residual", residual)):
            if not isinstance(flag, bool):
                raise InputError(name, flag, "True or False")
        if residual and len(set(checked)) > 1:
            raise InputError("widths", list(checked), "equal, because every layer adds its input")
        values = {
            "widths": checked,
            "head_sizes": _one_each("head_sizes", head_sizes, depth),
            "heads": _one_each("heads", heads, depth),
            "kind": kind,
            "tokens": as_integer("tokens", tokens, 1),
            "score_power": power,
            "causal": causal,
            "residual": residual,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def depth(self) -> int:
        """Number l of layers."""
        return len(self.widths) - 1

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The layers, first to last."""
        rows = zip(pairwise(self.widths), self.head_sizes, self.heads, strict=True)
        return tuple(Shape(before, after, a, h) for (before, after), a, h in rows)

    @property
    def parameters(self) -> int:
        """Number of entries of all weights."""
        return sum(shape.parameters for shape in self.shapes)

    @property
    def is_scalable(self) -> bool:
        """Whether a factor can move from the scores of a head to its values: all kinds but softmax.

        Of normalised scores, the factor is lost at once.
        """
        return self.kind != "softmax"

    @property
    def is_single_headed(self) -> bool:
        """Whether no layer has more than one head."""
        return max(self.heads) == 1

    @property
    def is_constant(self) -> bool:
        """Whether all attention weights are 1 whatever the scores: one token, softmax or normalised."""
        return self.tokens == 1 and self.kind in ("softmax", "normalised")

    @property
    def ambient_dimension(self) -> int | None:
        """Dimension of the space of coefficients of lightning or polynomial attention; None where it is not known.

        With r the power of the scores, an output of one layer is a form of degree r + 1 in the attended token and of
        degree r in the attending one. With one token, the outputs of l layers are forms of degree (2r + 1)^l; for
        several tokens and layers, or residual connections between layers, no formula is used.

        Examples
        --------
        >>> AttentionNetwork((3, 3), 2).ambient_dimension, AttentionNetwork((3, 3), 2, tokens=1).ambient_dimension
        (54, 30)
        """
        if (self.depth > 1 and (self.tokens > 1 or self.residual)) or self.kind not in ("lightning", "polynomial"):
            return None
        d, after, r = self.widths[0], self.widths[-1], self.score_power
        if self.tokens == 1:
            return int(after * comb(d - 1 + (2 * r + 1) ** self.depth, d - 1))
        return after * comb(d + r, r + 1) * comb(d + r - 1, r)

    @property
    def label(self) -> str:
        """Short name, the same on every machine; parts that have their default value are left out."""
        return ":".join(self._label_parts())

    def _label_parts(self) -> Iterator[str]:
        yield f"attention:{self.kind}"
        yield "-".join(map(str, self.widths))
        yield "a" + "-".join(map(str, self.head_sizes))
        if not self.is_single_headed:
            yield "h" + "-".join(map(str, self.heads))
        if self.kind == "polynomial":
            yield f"r{self.score_power}"
        yield f"n{self.tokens}"
        if self.causal:
            yield "causal"
        if self.residual:
            yield "residual"

    def to_json(self) -> dict[str, Any]:
        """Describe the network as the command line's files do.

        Examples
        --------
        >>> AttentionNetwork((5, 3), 2).to_json()["head_sizes"]
        [2]
        """
        heads: int | list[int] = self.heads[0] if len(set(self.heads)) == 1 else list(self.heads)
        found = {
            "kind": self.kind,
            "widths": list(self.widths),
            "head_sizes": list(self.head_sizes),
            "heads": heads,
            "tokens": self.tokens,
            "score_power": self.score_power,
        }
        extra = {name: True for name in ("causal", "residual") if getattr(self, name)}
        return found | extra

    def dimension(self, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Bound the dimension from both sides; see `tensors.attention.dimension.attention_dimension`."""
        from tensors.attention.dimension import attention_dimension

        return attention_dimension(self, seed=seed, log2_error=log2_error)


def check_kind(kind: Any, power: int) -> None:
    """Refuse a kind that there is not, and powers of scores with a kind that takes none."""
    if kind not in KINDS:
        raise InputError("kind", kind, f"one of {', '.join(KINDS)}")
    if power > 1 and kind != "polynomial":
        raise InputError("score_power", power, f"1 for the kind {kind!r}; the kind 'polynomial' takes powers of scores")


def _one_each(name: str, values: int | Sequence[int], depth: int) -> tuple[int, ...]:
    """Return one integer for each layer, each at least 1."""
    if not isinstance(values, (list, tuple)):
        return (
            as_integer(name, values, 1, f"an integer of at least 1, or {depth} of them, one for each layer"),
        ) * depth
    if len(values) != depth:
        raise InputError(name, list(values), f"{depth} integers, one for each layer")
    return tuple(as_integer(name, value, 1) for value in values)
