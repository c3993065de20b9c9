"""Overlapping windows against the rank of the grid tensor: circuits by their windows, beside every theorem's bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from math import prod
from typing import TYPE_CHECKING

from proofs_check.family import (
    BOUND_COLUMNS,
    Column,
    Family,
    Instance,
    Row,
    Rows,
    Told,
    graded,
    power_bounds_cell,
    powers_cell,
)
from proofs_check.option import SEED, Option, repeated_option, words_option
from proofs_check.results import bounds_fields
from proofs_check.words import grid, integer, spelled_grid

if TYPE_CHECKING:
    from tensors.convac import WindowFamily

GRIDS = ((4, 4), (8, 8), (16, 16))
LEGEND = {
    "pooling": "pooling R: layers of windows R and stride R, which do not overlap",
    "stack": "stack R: layers of windows R and stride 1, then one product over the grid",
    "blocks": "blocks R: windows R of stride 1 and windows 2 of stride 2 in turn, then one product over the grid",
}


# ---- the circuits


def instances(
    windows: Sequence[int] | None = None,
    grid: Iterable[Sequence[int]] = GRIDS,
    family: str = "stack",
    depth: int = 1,
    templates: int = 2,
    channels: int = 2,
    last: int | None = None,
    partition: str | Sequence[int] = "left",
    border: str = "clip",
    sharing: str = "sliding",
    seed: int = 0,
) -> list[Instance]:
    """Every window on every grid; what any of the circuits refuses is refused here, before the work."""
    from tensors.convac import WindowFamily
    from tensors.matricization import row_positions

    chosen = WindowFamily(family, templates, channels, depth, border, sharing, last)
    side = partition if isinstance(partition, str) else list(partition)
    found = []
    for shape in map(list, grid):
        row_positions(shape, side)
        for each, window in _circuits(chosen, shape, windows):
            label = each.circuit(shape, window).label
            found.append(
                {"label": label, "family": asdict(each), "grid": shape, "window": window, "side": side, "seed": seed}
            )
    return found


def _circuits(
    chosen: WindowFamily, shape: Sequence[int], windows: Sequence[int] | None
) -> Iterator[tuple[WindowFamily, int]]:
    """Yield families with a window; first pooling windows 2, which do not overlap, to compare with."""
    side = min(shape)
    if chosen.name != "pooling" and side > 1:
        yield replace(chosen, name="pooling"), 2

    default = sorted({r for r in (1, 2, 3, 4, side // 2 + 1) if r <= side})
    for window in windows or default:
        yield chosen, window


def key(instance: Instance) -> str:
    """Return the permanent key of a circuit and a partition.

    Examples
    --------
    >>> key(instances([3], [[8]])[1])
    'overlaps:stack-3:convac:8:M2:w3s1c2,sliding-w8s8c2,sliding:left:seed=0'
    """
    kind = f"{instance['family']['name']}-{instance['window']}"
    return f"overlaps:{kind}:{instance['label']}:{side_text(instance['side'])}:seed={instance['seed']}"


def side_text(side: str | Sequence[int]) -> str:
    """Write the row side of a partition.

    Examples
    --------
    >>> side_text("left"), side_text([0, 1, 5])
    ('left', '0,1,5')
    """
    return side if isinstance(side, str) else ",".join(map(str, side))


def evaluate(instance: Instance) -> Row:
    """Bound the rank of one circuit, beside every theorem's bound.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``theorem`` is the overlap theorem's bound (Sharir and Shashua, ICLR 2018), None where its hypotheses fail;
        ``equality_graph`` its generalisation; ``min_cut`` the least cut of the unrolled circuit, None where that is too
        large; ``maximum`` the templates of the smaller side.

    Examples
    --------
    >>> pooling, stack = map(evaluate, instances([5], [[8]]))
    >>> stack["lower"], stack["upper"], stack["theorem"], stack["equality_graph"], stack["maximum"]
    (16, 16, 16, 16, 16)
    >>> pooling["lower"], pooling["upper"], pooling["theorem"]
    (2, 2, None)
    """
    from tensors.convac import WindowFamily
    from tensors.convac.lower_bounds import equality_graph_bound, overlap_theorem_bound
    from tensors.convac.receptive_fields import total_receptive_field, total_stride
    from tensors.convac.upper_bounds import cut_bound
    from tensors.matricization import row_positions

    family, seed = WindowFamily(**instance["family"]), instance["seed"]
    net = family.circuit(instance["grid"], instance["window"])
    rows = row_positions(net.input_shape, instance["side"])
    bounds = net.rank(rows, seed)
    theorem, graph = overlap_theorem_bound(net, rows), equality_graph_bound(net, rows)
    cut = None if net.vanishes else cut_bound(net, rows)

    below = net.layers[:-1] or net.layers
    windows, strides = [layer.window[-1] for layer in below], [layer.stride[-1] for layer in below]
    return {
        "label": net.label,
        "grid": "x".join(map(str, instance["grid"])),
        "family": family.name,
        "window": instance["window"],
        "receptive_field": total_receptive_field(windows, strides),
        "stride": total_stride(strides),
        "parameters": net.parameters,
        **bounds_fields(bounds),
        "theorem": None if theorem is None else theorem.value,
        "equality_graph": None if graph is None else graph.value,
        "min_cut": None if cut is None else cut.value,
        "maximum": net.templates ** min(len(rows), net.positions - len(rows)),
        "row_side": side_text(instance["side"]),
        "seed": seed,
    }


def cost(instance: Instance) -> float:
    """Return a rough time: linear algebra with vectors as long as the grid has cells."""
    return float(prod(instance["grid"]) ** 2 * instance["family"]["channels"])


# ---- the table


def _title(rows: Rows, told: Told) -> str:
    sizes = f"M = {told['templates']}, C = {told['channels']}, {told['border']}, {told['sharing']}"
    return f"Ranks across the partition {side_text(told['partition'])}: {sizes}"


def _notes(rows: Rows, told: Told) -> list[str]:
    legend = [LEGEND[name] for name in LEGEND if any(row["family"] == name for row in rows)]
    return [graded(rows), *legend, "ranks for almost all weights"]


# ---- the options


def _side(name: str, word: str) -> str | list[int]:
    """Read a partition: a name, or positions with commas."""
    parts = word.split(",")
    return [int(part) for part in parts] if all(part.strip().isdigit() for part in parts) else word


def _families() -> Iterable[str]:
    return LEGEND


def _partitions() -> Iterable[str]:
    from tensors.matricization import NAMED

    return NAMED


def _borders() -> Iterable[str]:
    from tensors.convac.layer import BORDERS

    return BORDERS


def _sharings() -> Iterable[str]:
    from tensors.convac.layer import SHARINGS

    return SHARINGS


FAMILY = Family(
    name="overlaps",
    says="Overlapping windows against the rank of the grid tensor, beside every theorem's bound.",
    about="One row a circuit: its rank with its grade, the bound of the overlap theorem (Sharir, Shashua, ICLR 2018), "
    "of its generalisation by the equality graph, the minimal cut, and the largest rank there can be. Circuits of "
    "pooling windows 2, which do not overlap, come first in each grid.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text"),
        Column("grid", "text", "grid", says="lengths of the grid, joined by x"),
        Column(
            "family", "text", "windows", lambda row: f"{row['family']} {row['window']}", says="stack, blocks or pooling"
        ),
        Column("window", says="length R of the windows"),
        Column(
            "receptive_field",
            heading="T_R / T_S",
            shown=lambda row: f"{row['receptive_field']} / {row['stride']}",
            says="total receptive field T_R below the last product",
        ),
        Column("stride", says="total stride T_S"),
        Column("parameters", heading="weights", says="number of weights"),
        Column("lower", heading="rank", shown=power_bounds_cell, says="proved lower bound on the rank"),
        *BOUND_COLUMNS[1:],
        Column(
            "theorem",
            heading="overlap theorem",
            shown=powers_cell("theorem"),
            says="bound of the overlap theorem; empty where its hypotheses fail",
        ),
        Column(
            "equality_graph",
            heading="equality graph",
            shown=powers_cell("equality_graph"),
            says="bound of its generalisation by the equality graph",
        ),
        Column(
            "min_cut",
            heading="minimal cut",
            shown=powers_cell("min_cut"),
            says="least cut of the unrolled circuit, an upper bound; empty where that is too large to find",
        ),
        Column("maximum", heading="largest", shown=powers_cell("maximum"), says="the largest rank that there can be"),
        Column("row_side", "text", says="the partition"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title=_title,
    notes=_notes,
    options=(
        words_option(
            "windows", "Windows R; default: 1 2 3 4 and half the grid + 1, those that fit.", integer, metavar="[R]…"
        ),
        repeated_option(
            "grid",
            "Grid of patches, once or more; default: 4x4, 8x8 and 16x16.",
            grid,
            GRIDS,
            "HxW",
            write=spelled_grid,
        ),
        Option(
            "family",
            "stack: layers R x R of stride 1, then one product. blocks: with 2 x 2 pooling after each. pooling: R x R "
            "of stride R throughout.",
            default="stack",
            metavar="NAME",
            choices=_families,
        ),
        Option("depth", "Layers (blocks) below the last product.", integer, 1, "L"),
        Option("templates", "Templates of a patch.", integer, 2, "M"),
        Option("channels", "Channels of every layer.", integer, 2, "C"),
        Option("last", "Channels of the last layer; default: those of every layer.", integer, metavar="C"),
        Option(
            "partition",
            "Rows of the matrix: left, top, odd-even, checkerboard or quadrants, or positions like 0,1,5.",
            _side,
            "left",
            "NAME",
            choices=_partitions,
        ),
        Option(
            "border",
            "Where a window leaves the grid: clip, same, valid or zero.",
            default="clip",
            metavar="NAME",
            choices=_borders,
        ),
        Option(
            "sharing",
            "Which weights are the same: none, sliding or full.",
            default="sliding",
            metavar="NAME",
            choices=_sharings,
        ),
        SEED,
    ),
    cost=cost,
    example={"windows": [1, 2], "grid": [[4, 4]]},
    usage=(
        "rankcert table overlaps --output overlaps.md",
        "rankcert table overlaps 1 2 3 5 9 --grid 16 --channels 3 --templates 3",
        "rankcert table overlaps --family blocks --border same --partition checkerboard",
    ),
)
