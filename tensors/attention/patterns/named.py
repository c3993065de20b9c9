"""Patterns with a name: those of the literature, with tokens 0..n-1 and parameters `w`, `g`, `c`, `r`, `step`."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from algebra.errors import InputError, as_integer
from tensors.attention.patterns.bits import Rows, bitset, transpose, unpacked_rows
from tensors.attention.patterns.pattern import MOST_TOKENS, SparsePattern

Layers = tuple[Rows, ...]


def _span(low: int, high: int, n: int) -> int:
    """Return the tokens from `low` to `high`, both included, as far as they exist."""
    low, high = max(low, 0), min(high, n - 1)
    return (1 << (high + 1)) - (1 << low) if low <= high else 0


def _united(*layers: Rows) -> Layers:
    return (tuple(_any(rows) for rows in zip(*layers, strict=True)),)


def _any(rows: tuple[int, ...]) -> int:
    found = 0
    for row in rows:
        found |= row
    return found


def _dense(n: int) -> Layers:
    return (((1 << n) - 1,) * n,)


def _window(n: int, w: int) -> Layers:
    return (tuple(_span(k - w, k + w, n) for k in range(n)),)


def _circular(n: int, w: int) -> Layers:
    offsets = range(-w, w + 1) if 2 * w + 1 < n else range(n)
    return (tuple(bitset((k + i) % n for i in offsets) for k in range(n)),)


def _ring(n: int) -> Layers:
    return (tuple(1 << k | 1 << (k - 1) % n for k in range(n)),)


def _star(n: int) -> Layers:
    return (((1 << n) - 1, *(1 << k | 1 for k in range(1, n))),)


def _star_transformer(n: int) -> Layers:
    return _longformer(n, 1, 1)


def _longformer(n: int, w: int, g: int) -> Layers:
    full, hubs = (1 << n) - 1, (1 << min(g, n)) - 1
    return (tuple(full if k < g else _span(k - w, k + w, n) | hubs for k in range(n)),)


def _bigbird(n: int, w: int, g: int, r: int, seed: int) -> Layers:
    generator = random.Random(seed)
    rows = []
    for row in _longformer(n, w, g)[0]:
        hidden = np.flatnonzero(~unpacked_rows([row], n)[0])
        drawn = generator.sample(range(hidden.size), min(r, hidden.size))
        rows.append(row | bitset(hidden[drawn].tolist()))
    return (tuple(rows),)


def _congruent(n: int, w: int) -> Rows:
    classes = [bitset(range(first, n, w)) for first in range(min(w, n))]
    return tuple(classes[k % w] for k in range(n))


def _strided(n: int, w: int) -> Layers:
    return (_window(n, w)[0], _congruent(n, w))


def _strided_union(n: int, w: int) -> Layers:
    return _united(*_strided(n, w))


def _summaries(n: int, w: int, c: int) -> int:
    return bitset(j for j in range(n) if j % w >= w - c)


def _fixed(n: int, w: int, c: int, repair: bool) -> Layers:
    blocks = tuple(_span(k // w * w, k // w * w + w - 1, n) for k in range(n))
    summaries = _summaries(n, w, c) | (1 << (n - 1) if repair else 0)
    return (blocks, tuple(summaries | 1 << k for k in range(n)))


def _fixed_union(n: int, w: int, c: int, repair: bool) -> Layers:
    return _united(*_fixed(n, w, c, repair))


def _logsparse(n: int) -> Layers:
    return (tuple(bitset([k, *(k - (1 << e) for e in range(k.bit_length()))]) for k in range(n)),)


def _logsparse_both_sides(n: int) -> Layers:
    (rows,) = _logsparse(n)
    return _united(rows, transpose(rows))


def _dilated(n: int, w: int, step: int) -> Layers:
    return (tuple(bitset(range(k % step if k < w * step else k - w * step, min(k + w * step + 1, n), step))
                  for k in range(n)),)  # fmt: skip


def _causal(layers: Layers) -> Layers:
    return tuple(tuple(row & ((2 << k) - 1) for k, row in enumerate(rows)) for rows in layers)


def _causal_window(n: int, w: int) -> Layers:
    return _causal(_window(n, w))


def _causal_strided(n: int, w: int) -> Layers:
    return _causal(_strided(n, w))


def _causal_fixed(n: int, w: int, c: int) -> Layers:
    return _causal(_fixed(n, w, c, False))


@dataclass(frozen=True)
class _Maker:
    """How to build a named pattern; a parameter's pair is its least value and its default (None: must be given)."""

    build: Callable[..., Layers]
    parameters: dict[str, tuple[int, int | None]]
    about: str


_W = (1, None)
_MAKERS = {
    "dense": _Maker(_dense, {}, "every token attends to every token"),
    "sliding-window": _Maker(_window, {"w": _W}, "k-w..k+w"),
    "circular-window": _Maker(_circular, {"w": _W}, "k-w..k+w modulo n"),
    "directed-ring": _Maker(_ring, {}, "k and k-1 modulo n: the fewest connections of Assumption 1"),
    "star": _Maker(_star, {}, "k and the hub 0, which attends to all; no window"),
    "star-transformer": _Maker(_star_transformer, {}, "k-1..k+1 and the relay 0, which attends to all"),
    "longformer": _Maker(_longformer, {"w": _W, "g": (0, None)}, "k-w..k+w, and g global tokens"),
    "bigbird": _Maker(
        _bigbird,
        {"w": _W, "g": (0, None), "r": (0, None), "seed": (0, 0)},
        "k-w..k+w, g global tokens, and r random keys a token",
    ),
    "strided": _Maker(_strided, {"w": _W}, "layer 1: k-w..k+w; layer 2: the tokens congruent to k modulo w"),
    "strided-union": _Maker(_strided_union, {"w": _W}, "both layers of the strided pattern in one"),
    "fixed": _Maker(
        _fixed,
        {"w": _W, "c": (1, 1), "repair": (0, 0)},
        "layer 1: k's own block of w tokens; layer 2: k and the last c tokens of every block of w",
    ),
    "fixed-union": _Maker(
        _fixed_union, {"w": _W, "c": (1, 1), "repair": (0, 0)}, "both layers of the fixed pattern in one"
    ),
    "logsparse": _Maker(_logsparse, {}, "k, k-1, k-2, k-4, …"),
    "logsparse-both-sides": _Maker(_logsparse_both_sides, {}, "k and k±1, k±2, k±4, …"),
    "dilated-window": _Maker(_dilated, {"w": (1, 1), "step": (1, 2)}, "k + i step for i from -w to w"),
    "causal-window": _Maker(_causal_window, {"w": _W}, "k-w..k"),
    "causal-strided": _Maker(_causal_strided, {"w": _W}, "the strided pattern without later tokens"),
    "causal-fixed": _Maker(_causal_fixed, {"w": _W, "c": (1, 1)}, "the fixed pattern without later tokens"),
}

NAMES = tuple(_MAKERS)


def named_parameters(name: str) -> tuple[str, ...]:
    """Return the names of a named pattern's parameters besides `n`.

    Parameters
    ----------
    name : str
        Of a pattern.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> named_parameters("longformer")
    ('w', 'g')
    """
    return tuple(_maker(name).parameters)


def parameter_ranges(name: str) -> dict[str, tuple[int, int | None]]:
    """Return the parameters of a named pattern besides `n`: the least value of each, and its default, if it has one.

    Parameters
    ----------
    name : str
        Of a pattern.

    Returns
    -------
    dict of str to (int, int or None)

    Examples
    --------
    >>> parameter_ranges("fixed")
    {'w': (1, None), 'c': (1, 1), 'repair': (0, 0)}
    """
    return dict(_maker(name).parameters)


def describe(name: str) -> str:
    """Say in a line what a named pattern is.

    Parameters
    ----------
    name : str
        Of a pattern.

    Returns
    -------
    str
    """
    return _maker(name).about


def named_pattern(name: str, n: int, **parameters: Any) -> SparsePattern:
    """Build a pattern of the literature.

    Parameters
    ----------
    name : str
        One of `NAMES`: windows, ring and star; star-transformer [1]_, longformer [2]_, bigbird [3]_, strided and fixed
        [4]_, logsparse [5]_, and the causal forms.
    n : int
        Number of tokens.
    **parameters : int
        `w` the window, stride or block; `g` global tokens; `r` random keys a token and `seed`; `c` summary tokens a
        block; `repair=True` adds token n-1 to the summaries of a fixed pattern; `step` of a dilated window.

    Returns
    -------
    SparsePattern

    Raises
    ------
    InputError
        If the name or a parameter is unknown, missing or too small.

    References
    ----------
    .. [1] Q. Guo et al., "Star-transformer", NAACL 2019, arXiv:1902.09113.
    .. [2] I. Beltagy, M. E. Peters, A. Cohan, "Longformer: the long-document transformer", 2020, arXiv:2004.05150.
    .. [3] M. Zaheer et al., "Big Bird: transformers for longer sequences", NeurIPS 2020, arXiv:2007.14062.
    .. [4] R. Child, S. Gray, A. Radford, I. Sutskever, "Generating long sequences with sparse transformers", 2019,
       arXiv:1904.10509.
    .. [5] S. Li et al., "Enhancing the locality and breaking the memory bottleneck of transformer on time series
       forecasting", NeurIPS 2019, arXiv:1907.00235.

    Examples
    --------
    >>> named_pattern("sliding-window", 5, w=1).lists()
    [[[0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4]]]
    >>> named_pattern("fixed", 8, w=3).remarks[0][:38]
    'w = 3 does not divide n = 8: the last '
    """
    maker = _maker(name)
    name = name.replace("_", "-")
    n = as_integer("n", n, 1)
    if n > MOST_TOKENS:
        raise InputError("n", n, f"at most {MOST_TOKENS} tokens")
    values = _values(name, maker, n, parameters)
    shown = "".join(f":{key}{value}" for key, value in values.items() if key != "repair" or value)
    return SparsePattern(maker.build(n, **values), f"{name}:n{n}{shown}", _remarks(name, n, values))


def _maker(name: Any) -> _Maker:
    plain = name.replace("_", "-") if isinstance(name, str) else None
    if plain not in _MAKERS:
        raise InputError("name", name, f"one of {', '.join(NAMES)}", NAMES)
    return _MAKERS[plain]


def _values(name: str, maker: _Maker, n: int, given: dict[str, Any]) -> dict[str, int]:
    for key, value in given.items():
        if key not in maker.parameters:
            known = ", ".join(("n", *maker.parameters))
            raise InputError(key, value, f"left out: the parameters of {name} are {known}")
    found = {}
    for key, (least, default) in maker.parameters.items():
        value = given.get(key, default)
        if key == "repair" and isinstance(value, bool):
            value = int(value)
        found[key] = as_integer(key, value, least)
    if found.get("c", 1) > found.get("w", 1):
        raise InputError("c", found["c"], f"at most the block length w = {found['w']}")
    if found.get("g", 0) > n:
        raise InputError("g", found["g"], f"at most the number of tokens n = {n}")
    if found.get("repair", 0) > 1:
        raise InputError("repair", found["repair"], "true or false")
    return found


def _remarks(name: str, n: int, values: dict[str, int]) -> tuple[str, ...]:
    if name.startswith("fixed") and n % values["w"] and not values["repair"]:
        w, c = values["w"], values["c"]
        if n % w <= w - c and n > w:
            return (
                f"w = {w} does not divide n = {n}: the last block has no summary token, so no token outside it ever "
                "sees it; with repair token n-1 is a summary too",
            )
        return (f"w = {w} does not divide n = {n}: the last block is incomplete",)
    if name == "star":
        return ("without a window there is no Hamiltonian path for n >= 4; star-transformer has one",) * (n > 3)
    return ()
