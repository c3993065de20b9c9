"""Named sparse attention patterns: layers until all tokens are seen, against connections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofs_check.show.tables import Table

FIELDS = {
    "label": "text",
    "name": "text",
    "n": "integer",
    "p": "integer",
    "steps": "integer",
    "causal_steps": "integer",
    "connections": "integer",
    "largest_degree": "integer",
    "path": "boolean",
    "assumption_1": "boolean",
    "universal": "boolean",
    "remark": "text",
}


def sparse_pattern_rows(lengths: Sequence[int], names: Sequence[str] = (), seed: int = 0) -> list[dict[str, Any]]:
    """Check named patterns at several lengths, and the fixed pattern where its block does not divide the length.

    Parameters
    ----------
    lengths : sequence of int
    names : sequence of str
        All named patterns if empty.
    seed : int
        Of random patterns.

    Raises
    ------
    InputError
        For a length below 1, or a name that there is not.

    Examples
    --------
    >>> [(row["n"], row["steps"]) for row in sparse_pattern_rows([16], ["fixed"])]
    [(16, 2), (16, None)]
    """
    from tensors.attention.patterns import NAMES, describe, pattern_table

    for name in names:
        describe(name)
    chosen = [name.replace("_", "-") for name in names] or list(NAMES)
    rows = []
    for name in chosen:
        for n in lengths:
            rows += [{**row, "remark": None, "seed": seed} for row in pattern_table([n], [name], seed)]
            if name == "fixed" and n > 3:
                rows.append(_undivided(n, seed))
    return rows


def _undivided(n: int, seed: int) -> dict[str, Any]:
    """Check the fixed pattern with the block next above the usual one that does not divide n."""
    from tensors.attention.patterns import named_pattern
    from tensors.attention.patterns.table import pattern_row, usual_parameters

    w = next(w for w in range(usual_parameters("fixed", n)["w"] + 1, n + 2) if n % w)
    pattern = named_pattern("fixed", n, w=w)
    remark = pattern.remarks[0] if pattern.remarks else None
    return {**pattern_row("fixed", pattern), "remark": remark, "seed": seed}


def sparse_pattern_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Return the table of `sparse_pattern_rows`.

    Examples
    --------
    >>> table = sparse_pattern_table(sparse_pattern_rows([8], ["directed-ring"]))
    >>> table.shown["s"].tolist(), table.shown["connections"].tolist()
    (['7'], [16])
    """
    import pandas as pd

    from algebra import __version__
    from proofs_check.show.tables import Table, frame_of

    shown = pd.DataFrame({
        "pattern": [_short(row) for row in rows],
        "n": [row["n"] for row in rows],
        "p": [row["p"] for row in rows],
        "s": [_steps(row) for row in rows],
        "connections": [row["connections"] for row in rows],
        "share": [f"{row['connections'] / (row['p'] * row['n'] ** 2):.3f}" for row in rows],
        "degree": [row["largest_degree"] for row in rows],
        "path": pd.Series([row["path"] for row in rows], dtype=object),
        "Assumption 1": pd.Series([row["assumption_1"] for row in rows], dtype=object),
        "universal": pd.Series([row["universal"] for row in rows], dtype=object),
    })  # fmt: skip
    return Table(frame_of(rows, FIELDS), "Sparse attention patterns", [*_notes(rows), f"rankcert {__version__}"], shown)


def _short(row: dict[str, Any]) -> str:
    """Return the label without the word pattern and without the length, which has its column."""
    return ":".join(part for part in row["label"].split(":")[1:] if part != f"n{row['n']}")


def _steps(row: dict[str, Any]) -> str:
    if row["steps"] is not None:
        return str(row["steps"])
    return "never" if row["causal_steps"] is None else f"never; causal {row['causal_steps']}"


def _notes(rows: Sequence[dict[str, Any]]) -> list[str]:
    silent = [row["label"].removeprefix("pattern:") for row in rows if row["remark"] and row["steps"] is None]
    found = [
        "s: layers until every token has seen all (of causal patterns, also until it has seen all earlier ones); "
        "connections: over a period, with self-loops; share: of all"
        " pairs; universal: by Yun et al. (NeurIPS 2020, arXiv:2006.04862), no if "
        "some tokens are never seen, blank if not known",
    ]
    if silent:
        found.append(f"the block does not divide n, and the last block is never seen: {', '.join(silent)}")
    return found
