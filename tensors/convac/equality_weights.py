"""Weights for products of equalities between cells: integers 0 and 1; `constructive` says what they attain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algebra.errors import InputError, as_integer
from tensors.convac.offset_paths import Pair, agreement, path_base
from tensors.convac.weights import CircuitWeights

if TYPE_CHECKING:
    from algebra.types import Array
    from tensors.convac.architecture import ConvACArchitecture


def constant_weights(architecture: ConvACArchitecture) -> CircuitWeights:
    """Return weights of a circuit that is the same at all templates, and not 0."""
    first = _table(architecture, 0)
    first[:, 0, :] = 1
    return _completed(architecture, [first], 1)


def window_weights(architecture: ConvACArchitecture) -> CircuitWeights:
    """Return weights for "the cells of every first window show the same template", which suit every sharing.

    Raises
    ------
    InputError
        For a single layer whose output is its first channel: nothing sums the channels.
    """
    if len(architecture.layers) == 1 and architecture.output == "single":
        raise InputError("architecture", architecture.label, "one with a second layer or a linear output")
    base = min(architecture.templates, architecture.layers[0].channels)
    first = _table(architecture, 0)
    for c in range(base):
        first[:, c, c] = 1
    return _completed(architecture, [first], base)


def equality_weights(architecture: ConvACArchitecture, layer: int, pair: Pair) -> CircuitWeights:
    """Return weights for "the cells at the ends of both paths show the same template", from all places of a layer.

    Up to the layer where the paths part for the last time, every layer carries the indicators "the cell at the end of
    the path shows template c" of both paths (of one, as long as they agree); there their products are taken, and led
    along the common rest of the path. At all other offsets a layer reads a constant: the sum of the indicators, or,
    above that layer, a channel of its own. The layer after the given one sums over c.

    Parameters
    ----------
    architecture : ConvACArchitecture
    layer : int
        K, counted from 1 and not the last; up to it the weights must depend on the offset.
    pair : Pair
        Two different paths of offsets along the axes at the layers 1 … K.

    Returns
    -------
    CircuitWeights

    Raises
    ------
    InputError
        If the layer or the paths are none of this circuit, or the channels are too few.
    """
    _check_paths(architecture, layer, pair)
    agree = agreement(pair)
    base = path_base(architecture, layer, agree)
    parting = max(number for number in range(layer) if pair.first[number] != pair.second[number])
    constant, second, tables = np.ones(architecture.templates, dtype=np.int64), 0, []
    for number in range(layer):
        table = _table(architecture, number)
        window = architecture.layers[number].window
        first_offset, second_offset = (int(np.ravel_multi_index(path[number], window)) for path in pair)
        is_double, is_kept = agree <= number < parting, parting <= number < layer - 1
        table[:, : 2 * base if is_double else base] = constant
        _select(table, first_offset, 0, 0, base)
        if is_double:
            _select(table, second_offset, base, second, base)
        elif number == parting:
            _select(table, second_offset, 0, second, base)
        if is_kept:
            table[:, base] = constant
        constant = np.zeros(table.shape[1], dtype=np.int64)
        constant[base if is_kept else slice(base)] = 1
        second = base if is_double else 0
        tables.append(table)
    return _completed(architecture, tables, base)


def _check_paths(architecture: ConvACArchitecture, layer: int, pair: Pair) -> None:
    last = len(architecture.layers) - 1
    if as_integer("layer", layer, 1) > last:
        raise InputError("layer", layer, f"at most {last}: a layer above it has to sum its channels")
    for number, form in enumerate(architecture.layers[:layer], 1):
        if not form.knows_offsets:
            raise InputError("layer", layer, f"below layer {number}, whose weights are the same at every offset")
    windows = [form.window for form in architecture.layers[:layer]]
    for path in pair:
        if len(path) != layer or any(
            len(step) != len(window) or any(not 0 <= o < r for o, r in zip(step, window, strict=True))
            for step, window in zip(path, windows, strict=True)
        ):
            raise InputError("pair", path, f"paths of one offset for each of the layers 1 to {layer}, in its window")
    if pair.first == pair.second:
        raise InputError("pair", pair.first, "two different paths")
    if path_base(architecture, layer, agreement(pair)) < 1:
        raise InputError("pair", pair.first, "paths through layers with two channels or more where they differ")


def _table(architecture: ConvACArchitecture, number: int) -> Array:
    """Zeros for one layer's weights at one position: offsets, channels out, channels in."""
    return np.zeros(architecture.weight_shape(number)[1:], dtype=np.int64)


def _select(table: Array, offset: int, start: int, start_below: int, base: int) -> None:
    """Let channels read, at one offset, one channel each of the layer below."""
    table[offset, start : start + base] = 0
    for c in range(base):
        table[offset, start + c, start_below + c] = 1


def _completed(architecture: ConvACArchitecture, tables: list[Array], base: int) -> CircuitWeights:
    """Sum the first `base` channels above the given layers, copy the sum, and write the tables out."""
    for number in range(len(tables), len(architecture.layers)):
        table = _table(architecture, number)
        table[:, 0, : base if number == len(tables) else 1] = 1
        tables = [*tables, table]
    layers = [np.broadcast_to(t, architecture.weight_shape(number)) for number, t in enumerate(tables)]
    if architecture.output == "single":
        return CircuitWeights.given(architecture, layers)
    mixing = np.zeros(architecture.layers[-1].channels, dtype=np.int64)
    mixing[: base if len(architecture.layers) == 1 else 1] = 1
    return CircuitWeights.given(architecture, layers, mixing)
