"""What an attention network is: widths, head sizes, heads, how scores become weights, and quantities without rank."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

from algebra.drawn import layers as drawn_layers
from algebra.errors import InputError, as_integer, check_keys, one_of
from algebra.evidence.checker.labels import attention_label
from algebra.frozen import set_fields
from algebra.memory import binomial
from algebra.polynomial.architecture import check_widths
from algebra.sequences import integers_of
from algebra.shown import card, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN = 12
"""Widths that notebooks show."""

KINDS = ("lightning", "polynomial", "normalised", "softmax")


@dataclass(frozen=True)
class Shape:
    """One layer: the widths of its tokens before and after, head size, number of heads."""

    before: int
    after: int
    head_size: int
    heads: int

    @cached_property
    def rank(self) -> int:
        """The greatest rank of a score matrix A: head size, but at most the width."""
        return min(self.head_size, self.before)

    @cached_property
    def parameters(self) -> int:
        """Entries of all K, Q (head size x before) and V (after x before)."""
        return self.heads * (2 * self.head_size * self.before + self.after * self.before)


_shape = lru_cache(maxsize=4096)(Shape)
"""Layers that many networks share: what is counted of one is kept."""


@dataclass(frozen=True, init=False)
class AttentionArchitecture:
    """Widths, head sizes and heads of an attention network, how its scores become weights, and what needs no rank.

    The data of `tensors.attention.functions.network.AttentionNetwork`, which says what they mean.

    Examples
    --------
    >>> AttentionArchitecture((3, 3, 3), (1, 2)).label
    'attention:lightning:3-3-3:a1-2:n2'
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
        set_fields(
            self,
            widths=checked,
            head_sizes=_one_each("head_sizes", head_sizes, depth),
            heads=_one_each("heads", heads, depth),
            kind=kind,
            tokens=as_integer("tokens", tokens, 1),
            score_power=power,
            causal=causal,
            residual=residual,
        )

    def __hash__(self) -> int:
        """Hash the fields, once: every bound of a network is looked up by it."""
        known = vars(self)
        if "_hash" not in known:
            known["_hash"] = hash(tuple(self.__getstate__().values()))
        found: int = known["_hash"]
        return found

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields: what is kept beside them is made again, and hashes differ from process to process."""
        known = vars(self)
        return {name: known[name] for name in FIELDS}

    def changed(self, **values: Any) -> Self:
        """Return the network with other values of some fields, which are valid and are not checked again.

        Parameters
        ----------
        **values
            By the name of the field; tuples where they are tuples.

        Returns
        -------
        AttentionArchitecture
            Of the class of this one.

        Examples
        --------
        >>> AttentionArchitecture((5, 3), 2, tokens=9).changed(tokens=2).label
        'attention:lightning:5-3:a2:n2'
        """
        made = object.__new__(type(self))
        vars(made).update(self.__getstate__() | values)
        return made

    @property
    def depth(self) -> int:
        """Number l of layers."""
        return len(self.widths) - 1

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The layers, first to last."""
        rows = zip(pairwise(self.widths), self.head_sizes, self.heads, strict=True)
        return tuple(_shape(before, after, a, h) for (before, after), a, h in rows)

    @property
    def parameters(self) -> int:
        """Number of entries of all weights."""
        return sum(shape.parameters for shape in self.shapes)

    @property
    def is_polynomial(self) -> bool:
        """Whether outputs are polynomials in weights and inputs: of lightning and polynomial attention they are."""
        return self.kind in ("lightning", "polynomial")

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
        >>> [AttentionArchitecture((3, 3), 2, tokens=n).ambient_dimension for n in (2, 1)]
        [54, 30]
        """
        has_formula = self.depth == 1 or (self.tokens == 1 and not self.residual)
        if not self.is_polynomial or not has_formula:
            return None

        d, after, r = self.widths[0], self.widths[-1], self.score_power
        if self.tokens == 1:
            degree = (2 * r + 1) ** self.depth
            return int(after * binomial(d - 1 + degree, d - 1))
        attended, attending = binomial(d + r, r + 1), binomial(d + r - 1, r)
        return after * attended * attending

    @property
    def label(self) -> str:
        """Short name, the same on every machine; parts that have their default value are left out."""
        sizes = self.widths, self.head_sizes, self.heads
        head = attention_label(self.kind, *sizes, self.score_power, self.tokens)
        return ":".join([head, *["causal"] * self.causal, *["residual"] * self.residual])

    def _repr_html_(self) -> str:
        shown = " → ".join(map(str, self.widths[:SHOWN])) + (" → …" if len(self.widths) > SHOWN else "")
        tokens, weights = counted(self.tokens, "token"), counted(self.parameters, "weight")
        facts = card(f"{self.kind} attention {shown}", self.label, tokens, counted(self.depth, "layer"), weights)
        return facts + drawn_layers(self.widths)

    def to_json(self) -> dict[str, Any]:
        """Describe the network as the command line's files do.

        Returns
        -------
        dict

        Examples
        --------
        >>> AttentionArchitecture((5, 3), 2).to_json()["head_sizes"]
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
        return found | {name: True for name in ("causal", "residual") if getattr(self, name)}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Return the network that an object describes; a key that is null or left out has its default value.

        Parameters
        ----------
        given : mapping
            ``widths``, ``head_sizes``, ``tokens``, and perhaps other fields of the network.

        Returns
        -------
        AttentionArchitecture
            Of the class whose method it is.

        Raises
        ------
        InputError
            Naming the key, its value and what is allowed.

        Examples
        --------
        >>> given = {"kind": "softmax", "widths": [5, 3], "head_sizes": [2], "tokens": 3, "causal": None}
        >>> AttentionArchitecture.from_json(given).label
        'attention:softmax:5-3:a2:n3'
        """
        known = {key: value for key, value in given.items() if value is not None}
        check_keys(known, FIELDS, ["widths", "head_sizes"])
        return cls(**known)


FIELDS = tuple(each.name for each in fields(AttentionArchitecture))
"""What a network consists of, in its order."""


def check_kind(kind: Any, power: int) -> None:
    """Refuse a kind that there is not, and powers of scores with a kind that takes none.

    Raises
    ------
    InputError
        If it is so.
    """
    one_of("kind", kind, KINDS)
    if power > 1 and kind != "polynomial":
        raise InputError("score_power", power, f"1 for the kind {kind!r}; the kind 'polynomial' takes powers of scores")


def _one_each(name: str, values: int | Sequence[int], depth: int) -> tuple[int, ...]:
    """Return one integer for each layer, each at least 1."""
    if type(values) is int and values >= 1:  # nearly always: spare the rest
        return (values,) * depth
    if type(values) is not tuple and (not isinstance(values, Iterable) or getattr(values, "ndim", 1) == 0):
        wanted = f"an integer of at least 1, or {depth} of them, one for each layer"
        return (as_integer(name, values, 1, wanted),) * depth
    given = integers_of(name, values, "an integer of at least 1", least=1)
    if len(given) != depth:
        raise InputError(name, list(given), f"{depth} integers, one for each layer")
    return given
