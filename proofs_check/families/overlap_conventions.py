"""Borders and sharings under which the overlap formula, taken literally, is true or false."""

from __future__ import annotations

from collections.abc import Sequence

from algebra.errors import InputError
from proofs_check.family import BOUND_COLUMNS, Column, Family, Instance, Row, graded, power_bounds_cell, powers_cell
from proofs_check.option import SEED, Option
from proofs_check.results import bounds_fields, reaches
from proofs_check.words import grid, spelled_grid

LENGTHS = range(4, 13, 2)  # a window of half the line + 2 has to fit; where to stop is our choice


def instances(grid: int | Sequence[int] = 8, seed: int = 0) -> list[Instance]:
    """Every border and sharing on a line of even length, and the line one longer.

    Examples
    --------
    >>> len(instances(8))
    26
    """
    length = _even_length(grid)
    wide, widest = length // 2 + 2, length
    even = [
        {"length": length, "window": window, "border": border, "sharing": sharing, "seed": seed}
        for border in ("clip", "same", "valid", "zero")
        for sharing in ("none", "sliding", "full")
        for window in (wide, widest)
    ]
    odd = [
        {"length": length + 1, "window": wide - 1, "border": border, "sharing": "sliding", "seed": seed}
        for border in ("clip", "same")
    ]
    return [*even, *odd]


def _even_length(grid: int | Sequence[int]) -> int:
    shape = [grid] if isinstance(grid, int) else list(grid)
    if len(shape) != 1 or shape[0] not in LENGTHS:
        raise InputError("--grid", grid, f"one even length between {LENGTHS[0]} and {LENGTHS[-1]}")
    return shape[0]


def evaluate(instance: Instance) -> Row:
    """Compare the overlap formula, taken literally, with the rank under one convention.

    A line of patches under one layer of stride 1 with two channels, then a product over everything; M = 2. The window
    is longer than half of the line.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``formula_holds`` is None where the bounds do not decide; ``excluded_by`` names the hypotheses of the theorem as
        restated that fail, None if it applies.

    Examples
    --------
    >>> row = evaluate({"length": 8, "window": 8, "border": "valid", "sharing": "sliding", "seed": 0})
    >>> row["formula"], row["upper"], row["formula_holds"], row["excluded_by"]
    (16, 2, False, 'valid border')
    """
    from proofs_check.deciding.grid_tensors import both_ways
    from proofs_check.papers.sharir2018 import one_window, stated

    length, window = instance["length"], instance["window"]
    border, sharing = instance["border"], instance["sharing"]
    circuit = one_window(length, window, border, sharing, 1 if sharing == "full" else 2)
    bounds, formula = both_ways(circuit, instance["seed"]), stated(circuit)
    return {
        "label": circuit.net.label,
        "grid": str(length),
        "window": window,
        "border": border,
        "sharing": sharing,
        "formula": formula,
        **bounds_fields(bounds),
        "formula_holds": reaches(bounds, formula),
        "excluded_by": _excluded(length, border, sharing),
        "row_side": "left",
        "seed": instance["seed"],
    }


def _excluded(length: int, border: str, sharing: str) -> str | None:
    reasons = [
        f"{border} border" * (border in ("valid", "zero")),
        "full sharing" * (sharing == "full"),
        "odd length" * (length % 2),
    ]
    return ", ".join(filter(None, reasons)) or None


def _outcome(row: Row) -> str:
    """Say whether the rank is at least the value of the formula."""
    if row["formula_holds"] is None:
        return "probably FALSE" if row["grade"] == "probable" and row["lower"] < row["formula"] else "not decided"
    return "holds" if row["formula_holds"] else "FALSE"


def key(instance: Instance) -> str:
    """Return the permanent key of a circuit.

    Examples
    --------
    >>> key(instances(8)[0])
    'overlap-conventions:n8:w6:clip:none:seed=0'
    """
    circuit = f"n{instance['length']}:w{instance['window']}:{instance['border']}:{instance['sharing']}"
    return f"overlap-conventions:{circuit}:seed={instance['seed']}"


FAMILY = Family(
    name="overlap-conventions",
    says="Under which borders and sharing of weights the overlap formula is true, taken literally.",
    about="The formula of the overlap theorem (Sharir, Shashua, ICLR 2018) beside the rank between left and right, on "
    "a line of patches and on the line one longer, under every border and every sharing of weights.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text"),
        Column("grid", "text", "patches", lambda row: int(row["grid"]), says="number of patches of the line"),
        Column("window", heading="window", says="length of the window"),
        Column("border", "text", "border", says="what happens where a window leaves the line"),
        Column("sharing", "text", "sharing", says="which positions have the same weights"),
        Column(
            "formula",
            heading="formula",
            shown=powers_cell("formula"),
            says="what the formula of the overlap theorem says",
        ),
        Column(
            "lower",
            heading="rank",
            shown=power_bounds_cell,
            says="proved lower bound on the rank between left and right",
        ),
        *BOUND_COLUMNS[1:],
        Column(
            "formula_holds",
            "boolean",
            "rank >= formula",
            _outcome,
            says="whether the rank is at least that; empty where the bounds leave it open",
        ),
        Column(
            "excluded_by",
            "text",
            "outside the theorem by",
            says="hypotheses of the theorem that fail; empty if it applies",
        ),
        Column("row_side", "text", says="the partition: left"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title="The overlap formula, taken literally, under every border and sharing (M = C = 2, left and right)",
    notes=lambda rows, told: (graded(rows), "ranks for almost all weights"),
    options=(
        Option(
            "grid",
            "Patches of the line: an even number from 4 to 12.",
            grid,
            8,
            "N",
            choices=lambda: map(str, LENGTHS),
            write=spelled_grid,
        ),
        SEED,
    ),
    cost=lambda instance: 2.0 ** instance["length"],
    example={"grid": [4]},
    usage=("rankcert table overlap-conventions", "rankcert table overlap-conventions --grid 4 --output conventions.md"),
)
