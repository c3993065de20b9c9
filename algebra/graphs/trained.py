"""Trained networks, read from a mapping of names to arrays: a state dict of torch, or an opened ``.npz`` file.

Layers are known by the names that PyTorch Geometric gives their weights:

* GraphConv: ``….lin_rel.weight`` of the sum of the neighbours, ``….lin_rel.bias``, ``….lin_root.weight``;
* SAGEConv: ``….lin_l.weight`` of the mean of the neighbours, ``….lin_l.bias``, ``….lin_r.weight``;
* GINConv: ``….eps`` (or none) and the linear layers ``….nn.0.weight``, ``….nn.0.bias``, ``….nn.2.weight``, …
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from algebra.errors import InputError
from algebra.exact.numbers import exact_fractions
from algebra.graphs.message_passing import MessageLayer, MessagePassingNetwork

GIN = re.compile(r"(?P<layer>.*)\.nn\.(?P<part>\d+)\.weight")
KINDS = {"lin_rel": ("lin_root", "sum"), "lin_l": ("lin_r", "mean")}
"""The name of the neighbours' weights, with that of the vertex's own, and what is aggregated."""

LAYOUTS = "weights of GraphConv (lin_rel, lin_root), SAGEConv (lin_l, lin_r) or GINConv (nn.0, …, eps)"


@dataclass(frozen=True)
class _StoredLayer:
    """One layer as it is stored: arrays, and None for those that there are not."""

    own: Any
    neighbours: Any = None
    bias: Any = None
    aggregation: str = "sum"


def network_from_weights(
    weights: Mapping[str, Any], palette: Sequence[int] = (0,), last_activation: str = "identity"
) -> MessagePassingNetwork:
    """Return the exact network of trained weights, with ReLU behind every layer but the last.

    Parameters
    ----------
    weights : mapping of str to array
        In the order in which layers act, as torch and numpy keep it. Floats are the binary fractions that they are.
    palette : sequence of int
        The colours of the input features, as in `MessagePassingNetwork`.
    last_activation : {"identity", "relu"}

    Returns
    -------
    MessagePassingNetwork

    Raises
    ------
    InputError
        If a name belongs to no layer of a known kind.

    Examples
    --------
    >>> import numpy as np
    >>> state = {"conv.lin_rel.weight": np.array([[1.5]]), "conv.lin_root.weight": np.array([[-0.5]])}
    >>> network_from_weights(state).features("Bg")[1]
    [Fraction(5, 2)]
    """
    arrays = {name: _array(name, value) for name, value in weights.items()}
    layers: list[_StoredLayer] = []
    used: set[str] = set()
    for name in arrays:
        if name not in used and name.endswith(".weight"):
            found, names = _gin(name, arrays) if GIN.fullmatch(name) else _convolution(name, arrays)
            layers += found
            used |= names
    strange = next((name for name in arrays if name not in used), None)
    if strange is not None or not layers:
        raise InputError("weights", strange or list(arrays), LAYOUTS)
    activations = ["relu"] * (len(layers) - 1) + [last_activation]
    made = [
        MessageLayer.of(each.own, each.neighbours, each.bias, activation, each.aggregation, f"layers[{i}]")
        for i, (each, activation) in enumerate(zip(layers, activations, strict=True))
    ]
    return MessagePassingNetwork.of(made, palette)


def _array(name: str, value: Any) -> Any:
    """Return the entries as an array of exact numbers."""
    for step in ("detach", "cpu"):
        value = getattr(value, step)() if callable(getattr(value, step, None)) else value
    plain = np.asarray(value)
    if plain.dtype.kind not in "fiu":
        raise InputError(name, value, "an array of real numbers")
    return np.array(exact_fractions(plain.tolist()), dtype=object)


def _convolution(name: str, arrays: Mapping[str, Any]) -> tuple[list[_StoredLayer], set[str]]:
    """Read GraphConv or SAGEConv, by the name of any of its weights."""
    prefix, _, part = name.removesuffix(".weight").rpartition(".")
    for of_neighbours, (own, aggregation) in KINDS.items():
        if part not in (of_neighbours, own):
            continue
        names = [f"{prefix}.{each}" for each in (f"{own}.weight", f"{of_neighbours}.weight", f"{of_neighbours}.bias")]
        message = arrays.get(names[1])
        if message is None:
            raise InputError("weights", name, f"given with {names[1]}")
        at_vertex = arrays[names[0]] if names[0] in arrays else 0 * message
        layer = _StoredLayer(at_vertex, message, arrays.get(names[2]), aggregation)
        return [layer], {each for each in names if each in arrays}
    raise InputError("weights", name, LAYOUTS)


def _gin(name: str, arrays: Mapping[str, Any]) -> tuple[list[_StoredLayer], set[str]]:
    """Read GINConv: its first linear layer acts on (1 + eps) h_v + the sum of the neighbours, the others on h_v."""
    matched = GIN.fullmatch(name)
    assert matched is not None
    prefix = matched["layer"]
    parts = sorted(int(each["part"]) for each in map(GIN.fullmatch, arrays) if each and each["layer"] == prefix)
    layers, used = [], set()
    for part in parts:
        weight, bias = f"{prefix}.nn.{part}.weight", f"{prefix}.nn.{part}.bias"
        layers.append(_StoredLayer(arrays[weight], bias=arrays.get(bias)))
        used |= {each for each in (weight, bias) if each in arrays}

    first = layers[0].own
    eps = arrays.get(f"{prefix}.eps")
    used |= {f"{prefix}.eps"} if eps is not None else set()
    factor = 1 if eps is None else 1 + eps.reshape(-1)[0]
    return [replace(layers[0], own=first * factor, neighbours=first), *layers[1:]], used
