"""Dimension against length: constructions of sparse attention matrices, the trivial one, and what is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofs_check.show.tables import Table

COLUMNS = {
    "trivial": "trivial L-1",
    "moment": "moment 2k",
    "binary": "binary",
    "gold": "Gold",
    "kerdock": "Kerdock",
    "gold_uniform": "Gold, uniform",
    "kerdock_uniform": "Kerdock, uniform",
    "projection": "projection, uniform",
    "lower_uniform": "needed, uniform",
}
CONSTRUCTIONS = ("binary", "gold", "kerdock", "gold_uniform", "kerdock_uniform", "projection")
FIELDS = {
    "label": "text",
    "length": "integer",
    "k": "integer",
    **dict.fromkeys(COLUMNS, "integer"),
    "lower_universal": "integer",
    "best_bounded": "text",
    "best_uniform": "text",
}


def realisation_rows(lengths: Sequence[int], sparsities: Sequence[int], precision: Any) -> list[dict[str, Any]]:
    """Return the dimensions that are enough for every matrix with k equal entries a row, and those that are needed.

    Parameters
    ----------
    lengths, sparsities : sequences of int
        L from 2 and k from 1; pairs with k > L are left out.
    precision : sequence of three
        eps_1, eps_2, eps_3; the last may be None: then zeros need not be uniform.

    Raises
    ------
    InputError
        For a bad number.

    Examples
    --------
    >>> row, = realisation_rows([4096], [1], ("1/10", "1/2", "1/2"))
    >>> row["trivial"], row["moment"], row["kerdock_uniform"], row["projection"], row["lower_uniform"]
    (4095, 2, 256, 6184, 123)
    """
    from algebra import InputError
    from tensors.attention.realisation import Precision, dimension_table

    wanted = Precision.of(precision)
    pairs = [(length, k) for length in lengths for k in sparsities if k <= length]
    if not pairs:
        raise InputError("k", list(sparsities), "at most the length: no row has more nonzero entries than keys")
    shown = [str(x) if x is not None else None for x in (wanted.zeros, wanted.ratios, wanted.uniform)]
    found = []
    for length, k in pairs:
        (row,) = dimension_table([length], [k], wanted)
        if wanted.uniform is None:
            row["projection"] = row["best_uniform"] = None
        label = f"realise:L{length}:k{k}"
        found.append({"label": label, **row, "lower_universal": row["moment"], "precision": shown})
    return found


def realisation_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Return the table of `realisation_rows`; what is not below L - 1 is marked.

    Examples
    --------
    >>> table = realisation_table(realisation_rows([16], [1], ("1/10", "1/2", "1/2")))
    >>> table.shown["projection, uniform"].tolist(), table.shown["moment 2k"].tolist()
    (['2227 *'], ['2'])
    """
    import pandas as pd

    from proofs_check.show.tables import Table, frame_of

    columns: dict[str, Any] = {"L": [row["length"] for row in rows], "k": [row["k"] for row in rows]}
    for name, title in COLUMNS.items():
        cells = [_marked(row, name) for row in rows]
        if any(cells):
            columns[title] = pd.Series(cells, dtype=object)
    zeros, ratios, uniform = rows[0]["precision"]
    title = f"Dimensions that realise every matrix with k equal entries a row: precisions {zeros}, {ratios}"
    title += "" if uniform is None else f", and {uniform} where zeros are to be uniform"
    return Table(frame_of(rows, FIELDS), title, _notes(rows), pd.DataFrame(columns))


def _marked(row: dict[str, Any], name: str) -> str:
    if row[name] is None:
        return ""
    return f"{row[name]}{' *' if name in CONSTRUCTIONS and row[name] >= row['trivial'] else ''}"


def _notes(rows: Sequence[dict[str, Any]]) -> list[str]:
    from algebra import __version__

    return [
        "* not below the trivial L - 1. uniform: zeros of a row alike up to the third precision; needed: no "
        "construction has fewer",
        "moment 2k is the least for keys that serve all matrices; its logits grow with L and k, those of the codes "
        "do not",
        *(f"below L - 1, {COLUMNS[name]}: {_where(rows, name)}" for name in CONSTRUCTIONS if _any(rows, name)),
        "Likhosherstov, Choromanski, Weller (arXiv:2106.03764) prove that O(log L) dimensions are enough, by random "
        "projection; the bound here has the smaller constants of a one-sided split, and is below L - 1 for longer "
        "matrices only",
        f"rankcert {__version__}",
    ]


def _any(rows: Sequence[dict[str, Any]], name: str) -> bool:
    return any(row[name] is not None for row in rows)


def _where(rows: Sequence[dict[str, Any]], name: str) -> str:
    """Say for each k from which of the lengths on a construction has fewer dimensions than L - 1."""
    parts = []
    for k in dict.fromkeys(row["k"] for row in rows):
        good = [r["length"] for r in rows if r["k"] == k and r[name] is not None and r[name] < r["trivial"]]
        known = [r for r in rows if r["k"] == k and r[name] is not None]
        if known:
            parts.append(f"k = {k} from L = {min(good)}" if good else f"k = {k} nowhere here")
    return "; ".join(parts)
