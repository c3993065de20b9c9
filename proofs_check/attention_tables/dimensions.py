"""Dimensions of attention varieties, lightning and softmax side by side, beside the published count."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from proofs_check.results import bounds_fields, known

if TYPE_CHECKING:
    from algebra import Bounds
    from proofs_check.show.tables import Table

Architecture = tuple[tuple[int, ...], tuple[int, ...], int]  # widths, head sizes, heads

FAMILIES: dict[str, dict[str, Any]] = {
    "one_token": {"kind": "lightning", "tokens": 1},
    "lightning": {"kind": "lightning", "tokens": 3},
    "softmax": {"kind": "softmax", "tokens": 3},
}
SIDES = ("lower", "upper", "grade", "log2_error", "lower_by", "upper_by")
FIELDS = {
    "label": "text",
    "widths": "text",
    "head_sizes": "text",
    "heads": "integer",
    "parameters": "integer",
    **{f"{name}_{side}": "integer" for name in FAMILIES for side in ("lower", "upper")},
    **{f"{name}_grade": "text" for name in FAMILIES},
    "published": "integer",
    "published_by": "text",
    "published_right": "boolean",
    "softmax_published": "integer",
    "softmax_published_right": "boolean",
    "seed": "integer",
    "seconds": "number",
}


def reference_architectures() -> list[Architecture]:
    """Return architectures that show what the dimension depends on: widths, bottlenecks, head sizes 1, heads.

    Examples
    --------
    >>> reference_architectures()[0]
    ((4, 4), (2,), 1)
    """
    single: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
        ((4, 4), (2,)), ((4, 4), (4,)), ((8, 8), (2,)), ((8, 3), (4,)),
        ((3, 3, 3), (1, 1)), ((3, 3, 3), (1, 2)), ((3, 3, 3), (2, 2)), ((4, 4, 4), (1, 2)), ((4, 4, 4), (2, 2)),
        ((4, 4, 4), (4, 4)), ((6, 4, 5), (2, 3)), ((6, 6, 1), (2, 1)), ((8, 6, 1), (2, 1)), ((5, 1, 5), (1, 3)),
        ((2, 5, 2), (2, 2)), ((3, 3, 3, 3), (2, 2, 2)), ((3, 3, 3, 3), (2, 1, 2)), ((3, 3, 3, 3), (1, 2, 2)),
        ((4, 3, 2, 3), (2, 2, 2)), ((4, 4, 4, 4), (3, 3, 3)),
    ]  # fmt: skip
    several: list[Architecture] = [
        ((3, 1), (1,), 3), ((3, 3), (2,), 2), ((3, 3), (3,), 3), ((4, 4), (2,), 4), ((4, 1), (3,), 2),
        ((2, 2, 2), (2, 2), 2), ((3, 3, 3), (1, 1), 2), ((2, 4, 2), (1, 3), 2),
    ]  # fmt: skip
    return [(widths, sizes, 1) for widths, sizes in single] + several


def dimension_rows(architectures: Iterable[Architecture], seed: int = 0) -> list[dict[str, Any]]:
    """Bound three dimensions of each architecture: lightning with one token and with several, softmax with three.

    Parameters
    ----------
    architectures : iterable of (widths, head sizes, heads)
    seed : int

    Returns
    -------
    list of dict
        Plain JSON values. ``published``: the equal-width formula where it speaks of the network, else the same count
        for all widths (``published_by``: "equal-width" or "naive"), for one head; H times one head for several heads
        in one layer ("heads"); None beyond.

    Raises
    ------
    InputError
        For widths, head sizes or heads that describe no network.

    Examples
    --------
    >>> row, = dimension_rows([((3, 3, 3), (1, 2), 1)])
    >>> row["lightning"]["lower"], row["published"], row["published_right"], row["softmax"]["lower"]
    (18, 20, False, 22)
    """
    return [_row(architecture, seed) for architecture in architectures]


def _row(architecture: Architecture, seed: int) -> dict[str, Any]:
    from tensors.attention import AttentionNetwork

    widths, sizes, heads = architecture
    start = time.perf_counter()
    networks = {name: AttentionNetwork(widths, sizes, heads, **family) for name, family in FAMILIES.items()}
    found = {name: network.dimension(seed=seed) for name, network in networks.items()}
    published, by = _published(networks["lightning"])
    softmax, _ = _published(networks["softmax"])
    network = networks["lightning"]
    return {
        "label": ":".join(["attention", "-".join(map(str, widths)), "a" + "-".join(map(str, sizes)), f"h{heads}"]),
        "widths": list(network.widths),
        "head_sizes": list(network.head_sizes),
        "heads": heads,
        "parameters": network.parameters,
        **{name: {key: bounds_fields(bounds)[key] for key in SIDES} for name, bounds in found.items()},
        "published": published,
        "published_by": by,
        "published_right": _is_right(found["lightning"], published),
        "softmax_published": softmax,
        "softmax_published_right": _is_right(found["softmax"], softmax),
        "grade": min((bounds.grade for bounds in found.values()), key=lambda grade: grade.strength).value,
        "seed": seed,
        "seconds": round(time.perf_counter() - start, 6),
    }


def _published(network: Any) -> tuple[int | None, str | None]:
    from tensors.attention.formulas import formula_values

    values = formula_values(network)
    for name in ("equal-width", "naive"):
        if values[name] is not None:
            return values[name], name
    if network.depth > 1:
        return None, None
    (shape,) = network.shapes
    head = shape.rank * (2 * shape.before - shape.rank) + shape.before * shape.after
    return shape.heads * (head - network.is_scalable), "heads"


def _is_right(bounds: Bounds, value: int | None) -> bool | None:
    return None if value is None or bounds.value is None else bounds.value == value


def dimension_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Return the table of `dimension_rows`.

    Examples
    --------
    >>> dimension_table(dimension_rows([((3, 3, 3), (1, 2), 1)])).notes[1]
    'the count is wrong for lightning attention in 1 of 1 rows, for softmax in 0 of 1'
    """
    import pandas as pd

    from proofs_check.show.tables import Table, frame_of

    flat = [_flat(row) for row in rows]
    shown = pd.DataFrame({
        "widths": pd.Series([tuple(row["widths"]) for row in rows], dtype=object),
        "a": pd.Series([tuple(row["head_sizes"]) for row in rows], dtype=object),
        "H": [row["heads"] for row in rows],
        "parameters": [row["parameters"] for row in rows],
        "one token": pd.Series([known(row["one_token"]) for row in rows], dtype=object),
        "lightning": pd.Series([known(row["lightning"]) for row in rows], dtype=object),
        "count": pd.Series([_marked(row, "published") for row in rows], dtype=object),
        "softmax": pd.Series([known(row["softmax"]) for row in rows], dtype=object),
        "softmax count": pd.Series([_marked(row, "softmax_published") for row in rows], dtype=object),
    })  # fmt: skip
    return Table(frame_of(flat, FIELDS), "Dimensions of attention varieties", _notes(rows), shown)


def _marked(row: dict[str, Any], name: str) -> str:
    if row[name] is None:
        return ""
    return f"{row[name]}{' ≠' if row[f'{name}_right'] is False else ''}"


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    parts = {f"{name}_{side}": row[name][side] for name in FAMILIES for side in ("lower", "upper", "grade")}
    return {**row, **parts, "widths": _spaced(row["widths"]), "head_sizes": _spaced(row["head_sizes"])}


def _spaced(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _notes(rows: Sequence[dict[str, Any]]) -> list[str]:
    from algebra import __version__

    wrong = [sum(row[f"{name}_right"] is False for row in rows) for name in ("published", "softmax_published")]
    told = [sum(row[name] is not None for row in rows) for name in ("published", "softmax_published")]
    return [
        "lightning and softmax: three tokens. count: virtual weights, as published for equal widths (Henry, Marchetti, "
        "Kohn, ICLR 2025); for several heads in one layer H times one head",
        f"the count is wrong for lightning attention in {wrong[0]} of {told[0]} rows, for softmax in {wrong[1]} of "
        f"{told[1]}",
        f"rankcert {__version__}, seed {rows[0]['seed'] if rows else 0}",
    ]
