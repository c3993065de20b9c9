"""Overlaps against ranks: families of circuits with the rank of each and every theorem's bound."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensors.convac import ConvAC, Layer

FAMILIES = ("stack", "blocks", "pooling")

FIELDS = {
    "label": "text",
    "grid": "text",
    "family": "text",
    "window": "integer",
    "receptive_field": "integer",
    "stride": "integer",
    "parameters": "integer",
    "lower": "integer",
    "upper": "integer",
    "grade": "text",
    "log2_error": "number",
    "lower_by": "text",
    "upper_by": "text",
    "theorem": "integer",
    "equality_graph": "integer",
    "min_cut": "integer",
    "maximum": "integer",
    "row_side": "text",
    "seed": "integer",
    "seconds": "number",
}
LONG = 10_000  # numbers from here on are written as powers


@dataclass(frozen=True)
class Family:
    """Circuits that differ in their windows.

    Parameters
    ----------
    name : str
        ``stack``: so many layers of windows R and stride 1, then one product over everything. ``blocks``: windows R of
        stride 1 and windows 2 of stride 2 in turn, then one product. ``pooling``: windows R of stride R throughout,
        which do not overlap.
    templates, channels : int
    last : int, optional
        Channels of the last layer; default: as many as the others.
    depth : int
        Layers below the last product; blocks count as one.
    border, sharing : str
        See `tensors.convac.Layer`.

    Raises
    ------
    InputError
        For an unknown family, or numbers below 1.
    """

    name: str = "stack"
    templates: int = 2
    channels: int = 2
    depth: int = 1
    border: str = "clip"
    sharing: str = "sliding"
    last: int | None = None

    def __post_init__(self) -> None:
        from algebra.errors import as_integer

        if self.name not in FAMILIES:
            raise InputError("family", self.name, f"one of {', '.join(FAMILIES)}")
        for name in ("templates", "channels", "depth"):
            as_integer(name, getattr(self, name), 1)
        if self.last is not None:
            as_integer("last", self.last, 1)

    def circuit(self, shape: Sequence[int], window: int) -> ConvAC:
        """Return the circuit of one window size.

        Parameters
        ----------
        shape : sequence of int
            Of the grid.
        window : int
            R, at most the shortest axis. On grids that have become smaller a window is cut off.

        Raises
        ------
        InputError
            If the window does not fit.

        Examples
        --------
        >>> Family("stack", depth=2).circuit([8], 3).label
        'convac:8:M2:w3s1c2,sliding-w3s1c2,sliding-w8s8c2,sliding'
        >>> Family("blocks", depth=1).circuit([4, 4], 3).label
        'convac:4x4:M2:w3x3s1x1c2,sliding-w2x2s2x2c2,sliding-w2x2s2x2c2,sliding'
        >>> Family("pooling").circuit([8], 2).label
        'convac:8:M2:w2s2c2,sliding-w2s2c2,sliding-w2s2c2,sliding'
        """
        from tensors.convac import ConvAC, Layer
        from tensors.convac.geometry import grid_after

        if not 1 <= window <= min(shape):
            raise InputError("window", window, f"between 1 and {min(shape)}, the length of the grid")
        grid, layers = tuple(shape), []
        for size, stride in self._steps(window, shape):
            if max(grid) == 1:
                break
            windows = [min(size, h) for h in grid]
            strides = [min(stride, r) for r in windows]
            layers.append(Layer(windows, strides, self.channels, self.border, self.sharing))
            grid = grid_after(grid, layers[-1])
        if max(grid) > 1 or not layers:
            layers.append(Layer(grid, grid, self.channels, sharing=self.sharing))
        if self.last is not None:
            layers[-1] = replace_channels(layers[-1], self.last)
        return ConvAC(shape, self.templates, layers)

    def _steps(self, window: int, shape: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield windows and strides of the layers below the last product."""
        if self.name == "pooling":
            size = 1
            while window > 1 and size < max(shape):
                yield window, window
                size *= window
            return
        for _ in range(self.depth):
            yield window, 1
            if self.name == "blocks":
                yield 2, 2


def replace_channels(layer: Layer, channels: int) -> Layer:
    """Return the same layer with another number of channels.

    Examples
    --------
    >>> from tensors.convac import Layer
    >>> replace_channels(Layer(2, 2, 5), 1).label
    'w2s2c1'
    """
    return type(layer)(layer.window, layer.stride, channels, layer.border, layer.sharing)


def overlap_row(
    family: Family, shape: Sequence[int], window: int, row_side: str | Sequence[int] = "left", seed: int = 0
) -> dict[str, Any]:
    """Bound the rank of one circuit of a family, beside every theorem's bound.

    Returns
    -------
    dict
        The fields of `FIELDS`. ``theorem`` is the overlap theorem's bound (Sharir and Shashua, ICLR 2018), None where
        its hypotheses fail; ``equality_graph`` its generalisation; ``min_cut`` the least cut of the unrolled circuit,
        None where that is too large; ``maximum`` the templates of the smaller side.

    Examples
    --------
    >>> row = overlap_row(Family(), [8], 5)
    >>> row["lower"], row["upper"], row["theorem"], row["equality_graph"], row["maximum"]
    (16, 16, 16, 16, 16)
    >>> row = overlap_row(Family("pooling"), [8], 2)
    >>> row["lower"], row["upper"], row["theorem"]
    (2, 2, None)
    """
    from proofs_check.results import bounds_fields
    from tensors.convac.lower_bounds import equality_graph_bound, overlap_theorem_bound
    from tensors.convac.receptive_fields import total_receptive_field, total_stride
    from tensors.convac.upper_bounds import cut_bound
    from tensors.matricization import row_positions

    net = family.circuit(shape, window)
    rows = row_positions(net.input_shape, row_side)
    start = time.perf_counter()
    bounds = net.rank(rows, seed)
    theorem, graph = overlap_theorem_bound(net, rows), equality_graph_bound(net, rows)
    cut = None if net.vanishes else cut_bound(net, rows)
    below = net.layers[:-1] or net.layers
    windows, strides = [layer.window[-1] for layer in below], [layer.stride[-1] for layer in below]
    return {
        "label": net.label,
        "grid": _joined(shape),
        "family": family.name,
        "window": window,
        "receptive_field": total_receptive_field(windows, strides),
        "stride": total_stride(strides),
        "parameters": net.parameters,
        **bounds_fields(bounds),
        "theorem": None if theorem is None else theorem.value,
        "equality_graph": None if graph is None else graph.value,
        "min_cut": None if cut is None else cut.value,
        "maximum": net.templates ** min(len(rows), net.positions - len(rows)),
        "row_side": _named(row_side),
        "seed": seed,
        "seconds": round(time.perf_counter() - start, 6),
    }


def powers(number: int) -> str:
    """Write a large number as a power of a small prime, or as a product of such powers where that is shorter.

    Examples
    --------
    >>> powers(512), powers(2**25), powers(3 * 2**60), powers(12544), powers(10**9 + 7)
    ('512', '2^25', '2^60·3', '12544', '1000000007')
    """
    rest, parts = number, []
    for prime in (2, 3, 5, 7):
        count = 0
        while number and rest % prime == 0:
            rest, count = rest // prime, count + 1
        if count:
            parts.append(f"{prime}^{count}" if count > 1 else str(prime))
    long = LONG if len(parts) == 1 else LONG**3
    return "·".join(parts) if rest == 1 and number >= long else str(number)


def _joined(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))


def _named(row_side: str | Sequence[int]) -> str:
    return row_side if isinstance(row_side, str) else ",".join(map(str, row_side))
