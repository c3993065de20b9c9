"""Transformers as they are built, as ready programs, and what the known symmetries say of their dimension.

A block is attention and a feed-forward network, each behind a normalisation and each added to its input. Tokens are
columns. The output is the last token's; with `every_token` those of all tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, Any, Literal

from algebra.errors import InputError, as_integer, one_of
from algebra.programs.tracing import Traced, concatenate, silu, softmax, sqrt, traced
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.programs.program import Program

Norm = Literal["none", "rms", "layer"]
FeedForward = Literal["none", "silu", "swiglu"]

EPSILON = "1/100000"
"""What is added under the square root of a normalisation."""


@dataclass(frozen=True)
class Transformer(Shown):
    """Which transformer.

    Parameters
    ----------
    width : int
        d, entries of a token.
    head_size, value_size : int
        d_k and d_v; the head size is even with rotary positions.
    heads, key_value_heads : int
        Query heads, and how many heads of keys and values they share; the first is a multiple of the second.
    tokens, layers : int
    norm : str
        ``"rms"``, ``"layer"`` or ``"none"``; gains, and for ``"layer"`` biases, are learned.
    rotary, causal, residual : bool
    feed_forward : str
        ``"swiglu"``, ``"silu"`` or ``"none"``.
    hidden : int
        m, neurons of the feed-forward network.
    every_token : bool
        Whether the outputs are those of all tokens; else of the last.

    Raises
    ------
    InputError
        If a size is below 1, or they do not fit.

    Examples
    --------
    >>> Transformer(4, 2, 2, tokens=3, norm="none", feed_forward="none", residual=False).formula
    26
    """

    width: int
    head_size: int
    value_size: int
    heads: int = 1
    key_value_heads: int = 1
    tokens: int = 3
    layers: int = 1
    norm: Norm = "rms"
    rotary: bool = True
    causal: bool = True
    residual: bool = True
    feed_forward: FeedForward = "swiglu"
    hidden: int = 4
    every_token: bool = False

    def __post_init__(self) -> None:
        for name in ("width", "head_size", "value_size", "heads", "key_value_heads", "tokens", "layers", "hidden"):
            as_integer(name, getattr(self, name), 1)
        if self.heads % self.key_value_heads:
            raise InputError("heads", self.heads, f"a multiple of key_value_heads, which is {self.key_value_heads}")
        if self.rotary and self.head_size % 2:
            raise InputError("head_size", self.head_size, "even: rotary positions turn pairs of coordinates")
        for name, allowed in (("norm", ("none", "rms", "layer")), ("feed_forward", ("none", "silu", "swiglu"))):
            one_of(name, getattr(self, name), allowed)

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """Shapes of all parameters, by name; the number of the layer comes last."""
        d = self.width
        found: dict[str, tuple[int, int]] = {}
        for layer in range(self.layers):
            found |= self._norm_shapes("attention", layer)
            for head in range(self.key_value_heads):
                found[f"K{head}.{layer}"] = (self.head_size, d)
                found[f"V{head}.{layer}"] = (self.value_size, d)
            for head in range(self.heads):
                found[f"Q{head}.{layer}"] = (self.head_size, d)
                found[f"O{head}.{layer}"] = (d, self.value_size)
            if self.feed_forward != "none":
                found |= self._norm_shapes("feed_forward", layer)
                if self.feed_forward == "swiglu":
                    found[f"gate.{layer}"] = (self.hidden, d)
                found[f"up.{layer}"] = (self.hidden, d)
                found[f"down.{layer}"] = (d, self.hidden)
        return found

    def _norm_shapes(self, place: str, layer: int) -> dict[str, tuple[int, int]]:
        names = {"none": (), "rms": ("gain",), "layer": ("gain", "bias")}[self.norm]
        return {f"{place}.{name}.{layer}": (self.width, 1) for name in names}

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return sum(rows * columns for rows, columns in self.shapes.values())

    @property
    def formula(self) -> int:
        """Parameters less the symmetries that every such network has; the dimension in most cases.

        In each layer: of every key head GL(d_k), under rotary positions at general frequencies its commutant of
        dimension d_k; of every value head GL(d_v); a factor for every gain of a normalisation and every gated unit.
        """
        group = self.head_size if self.rotary else self.head_size**2
        gains = 0 if self.norm == "none" else self.width * (1 + (self.feed_forward != "none"))
        units = self.hidden if self.feed_forward == "swiglu" else 0
        return self.parameters - self.layers * (self.key_value_heads * (group + self.value_size**2) + gains + units)

    def program(self) -> Program:
        """Return the program.

        Returns
        -------
        Program
            Its input ``x`` has shape (width, tokens).
        """
        return traced(self._run, self.shapes, {"x": (self.width, self.tokens)})

    def _run(self, x: Traced, **weights: Traced) -> Traced:
        for layer in range(self.layers):
            own = {name.rpartition(".")[0]: array for name, array in weights.items() if name.endswith(f".{layer}")}
            is_last = layer == self.layers - 1 and not self.every_token
            x = self._block(x, own, range(self.tokens - 1, self.tokens) if is_last else range(self.tokens))
        return x

    def _block(self, x: Traced, w: dict[str, Traced], queries: range) -> Traced:
        z = self._normalised(x, w, "attention")
        columns = []
        for t in queries:
            seen = t + 1 if self.causal else self.tokens
            parts = [self._head(z, w, head, t, seen) for head in range(self.heads)]
            columns.append(_total(parts + ([x[:, t : t + 1]] if self.residual else [])))
        y = concatenate(columns, 1) if len(columns) > 1 else columns[0]
        if self.feed_forward == "none":
            return y
        z = self._normalised(y, w, "feed_forward")
        up = w["up"] @ z
        units = silu(w["gate"] @ z) * up if self.feed_forward == "swiglu" else silu(up)
        return y + w["down"] @ units if self.residual else w["down"] @ units

    def _head(self, z: Traced, w: dict[str, Traced], head: int, t: int, seen: int) -> Traced:
        """Return what one head adds to token t, which sees so many tokens."""
        shared = head * self.key_value_heads // self.heads
        tokens, query = z[:, :seen], w[f"Q{head}"] @ z[:, t : t + 1]
        keys = w[f"K{shared}"] @ tokens
        if self.rotary:
            turned = [
                keys[:, j : j + 1].T @ (z.trace.constant(rotation(t - j, self.head_size)) @ query) for j in range(seen)
            ]
            logits = concatenate(turned) if seen > 1 else turned[0]
        else:
            logits = keys.T @ query
        return w[f"O{head}"] @ (w[f"V{shared}"] @ (tokens @ softmax(logits, 0)))

    def _normalised(self, x: Traced, w: dict[str, Traced], place: str) -> Traced:
        if self.norm == "none":
            return x
        if self.norm == "layer":
            x = x - x.mean(0, keepdims=True)
        found = x / sqrt((x * x).mean(0, keepdims=True) + EPSILON) * w[f"{place}.gain"]
        return found + w[f"{place}.bias"] if self.norm == "layer" else found


def _total(parts: list[Traced]) -> Traced:
    found = parts[0]
    for part in parts[1:]:
        found = found + part
    return found


def rotation(positions: int, size: int) -> list[list[str]]:
    """Return the rotation of a head by so many positions, for general frequencies, with rational entries.

    Plane k turns by the angle of (a^2 - b^2 + 2abi)/(a^2 + b^2) for the k-th Gaussian prime a + bi: no product of
    powers of these numbers is 1, so the frequencies are linearly independent over Q, and independent of pi.

    Examples
    --------
    >>> rotation(1, 2), rotation(0, 2)
    ([['3/5', '-4/5'], ['4/5', '3/5']], [['1', '0'], ['0', '1']])
    """
    found = [["0"] * size for _ in range(size)]
    for k, (a, b) in zip(range(size // 2), _gaussian_primes(), strict=False):
        cosine, sine = Fraction(a * a - b * b, a * a + b * b), Fraction(2 * a * b, a * a + b * b)
        if positions < 0:
            sine = -sine
        c, s = Fraction(1), Fraction(0)
        for _ in range(abs(positions)):
            c, s = c * cosine - s * sine, c * sine + s * cosine
        found[2 * k][2 * k] = found[2 * k + 1][2 * k + 1] = str(c)
        found[2 * k][2 * k + 1], found[2 * k + 1][2 * k] = str(-s), str(s)
    return found


def _gaussian_primes() -> Any:
    """Yield a > b > 0 with a^2 + b^2 prime: the primes that are 1 modulo 4."""
    prime = 5
    while True:
        if all(prime % q for q in range(3, int(prime**0.5) + 1, 2)):
            for b in range(1, int(prime**0.5) + 1):
                a = round((prime - b * b) ** 0.5)
                if a > b and a * a + b * b == prime and gcd(a, b) == 1:
                    yield a, b
                    break
        prime += 4


def transformer(width: int, head_size: int, value_size: int, **options: Any) -> Program:
    """Return the program of a transformer; see `Transformer` for the options.

    Parameters
    ----------
    width : int
        Coordinates of a token.
    head_size : int
        Rows of a query and of a key.
    value_size : int
        Rows of a value.
    **options
        The other fields of `Transformer`.

    Returns
    -------
    Program

    Examples
    --------
    >>> transformer(4, 2, 2, tokens=3, norm="none", feed_forward="none", residual=False).dimension()
    26 (proved)
    """
    return Transformer(width, head_size, value_size, **options).program()
