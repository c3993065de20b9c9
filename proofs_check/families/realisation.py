"""Dimension against length: constructions of sparse attention matrices, the trivial one, and what is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from algebra.errors import InputError, as_integer
from proofs_check.family import Column, Family, Instance, Row, Rows, Told
from proofs_check.option import Option, words_option
from proofs_check.words import integer, integers, separated

# the defaults of `tensors.attention.realisation.table`, which a help need not import
LENGTHS = (16, 64, 256, 1024, 4096)
SPARSITIES = (1, 2, 4, 8)
PRECISION = ("1/10", "1/2", "1/2")
HEADINGS = {
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
MEANINGS = {
    "trivial": "L - 1, always enough",
    "moment": "min(2k, L - 1): moment curves; the logits grow with L and k",
    "binary": "of permutations (k = 1): the bits of a token's place",
    "gold": "keys from Gold codes, zeros not uniform; empty where they do not apply",
    "kerdock": "keys from Kerdock codes, likewise",
    "gold_uniform": "keys from Gold codes, with zeros of a row alike up to the third precision",
    "kerdock_uniform": "keys from Kerdock codes, likewise",
    "projection": "a dimension at which random projections work, by the O(log L) bound with its constants",
    "lower_uniform": "a dimension below which no construction makes the zeros uniform",
}
CONSTRUCTIONS = ("binary", "gold", "kerdock", "gold_uniform", "kerdock_uniform", "projection")


def instances(
    lengths: Sequence[int] = LENGTHS, sparsities: Sequence[int] = SPARSITIES, precision: Sequence[Any] = PRECISION
) -> list[Instance]:
    """Every length L from 2 with every number k of equal entries a row, from 1 to L.

    Parameters
    ----------
    lengths, sparsities : sequences of int
        L and k; pairs with k > L are left out.
    precision : sequence of three
        eps_1, eps_2, eps_3; the last may be None: then zeros need not be uniform.

    Returns
    -------
    list of dict

    Raises
    ------
    InputError
        For a bad number, or without a pair.

    Examples
    --------
    >>> [(each["length"], each["k"]) for each in instances([2, 16], [1, 4])]
    [(2, 1), (16, 1), (16, 4)]
    """
    from tensors.attention.realisation.demand import Precision

    read = Precision.of(precision)
    wanted = [None if each is None else str(each) for each in (read.zeros, read.ratios, read.uniform)]
    Ls, ks = [as_integer("length", L, 2) for L in lengths], [as_integer("k", k, 1) for k in sparsities]
    pairs = [(L, k) for L in Ls for k in ks if k <= L]
    if not pairs:
        raise InputError("k", list(sparsities), "at most the length: no row has more nonzero entries than keys")
    return [{"length": L, "k": k, "precision": wanted} for L, k in pairs]


def evaluate(instance: Instance) -> Row:
    """Return the dimensions that are enough for every matrix with k equal entries a row, and those that are needed.

    Examples
    --------
    >>> row = evaluate({"length": 4096, "k": 1, "precision": ["1/10", "1/2", "1/2"]})
    >>> row["trivial"], row["moment"], row["kerdock_uniform"], row["projection"], row["lower_uniform"]
    (4095, 2, 256, 6184, 123)
    """
    from tensors.attention.realisation.table import dimension_table

    length, k, precision = instance["length"], instance["k"], instance["precision"]
    (found,) = dimension_table([length], [k], precision)
    row = found.record()
    if precision[-1] is None:
        row["projection"] = row["best_uniform"] = None
    return {"label": f"realise:L{length}:k{k}", **row, "lower_universal": found.moment, "precision": precision}


def key(instance: Instance) -> str:
    """Name the length, the number of entries, and the precisions."""
    precision = ",".join(each or "none" for each in instance["precision"])
    return f"realisation:L{instance['length']}:k{instance['k']}:precision={precision}"


# ---- the table


def _dimension(name: str, heading: str) -> Column:
    """The dimensions of one construction, marked where they are not below L - 1; unseen where there are none."""

    def shown(row: Row) -> str:
        if row[name] is None:
            return ""
        return f"{row[name]}{' *' if name in CONSTRUCTIONS and row[name] >= row['trivial'] else ''}"

    return Column(name, "integer", heading, shown, when=lambda rows: _is_any(rows, name), says=MEANINGS[name])


def _is_any(rows: Rows, name: str) -> bool:
    return any(row[name] is not None for row in rows)


def title(rows: Rows, told: Told) -> str:
    """Name the precisions."""
    zeros, ratios, uniform = rows[0]["precision"]
    also = "" if uniform is None else f", and {uniform} where zeros are to be uniform"
    return f"Dimensions that realise every matrix with k equal entries a row: precisions {zeros}, {ratios}{also}"


def notes(rows: Rows, told: Told) -> Iterator[str]:
    """Explain the columns, and say where each construction has fewer dimensions than L - 1."""
    yield (
        "* not below the trivial L - 1. uniform: zeros of a row alike up to the third precision; needed: no "
        "construction has fewer"
    )
    yield (
        "moment 2k is the least for keys that serve all matrices; its logits grow with L and k, those of the codes "
        "do not"
    )
    for name in CONSTRUCTIONS:
        if _is_any(rows, name):
            yield f"below L - 1, {HEADINGS[name]}: {_where(rows, name)}"
    yield (
        "Likhosherstov, Choromanski, Weller (arXiv:2106.03764) prove that O(log L) dimensions are enough, by random "
        "projection; the bound here has the smaller constants of a one-sided split, and is below L - 1 for longer "
        "matrices only"
    )


def _where(rows: Rows, name: str) -> str:
    """Say for each k from which of the lengths on a construction has fewer dimensions than L - 1."""
    parts = []
    for k in dict.fromkeys(row["k"] for row in rows):
        found = [row for row in rows if row["k"] == k and row[name] is not None]
        below = [row["length"] for row in found if row[name] < row["trivial"]]
        if found:
            parts.append(f"k = {k} from L = {min(below)}" if below else f"k = {k} nowhere here")
    return "; ".join(parts)


def _epsilon(name: str, word: str) -> str | None:
    return None if word.lower() in ("none", "null", "") else word


FAMILY = Family(
    name="realisation",
    says="Widths at which every attention matrix with k nonzero entries in each row is realised.",
    about="For each number L of tokens and each k: the smallest width at which each construction realises every such "
    "matrix. Width L - 1 always suffices; a star marks constructions that do no better. The last column is a width "
    "below which no construction works.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text"),
        Column("length", heading="L", says="number L of tokens"),
        Column("k", heading="k", says="nonzero entries of a row"),
        *(_dimension(name, heading) for name, heading in HEADINGS.items()),
        Column("lower_universal", says="dimension that keys for all such matrices need, whatever the construction"),
        Column("best_bounded", "text", says="construction of bounded logits with the fewest dimensions"),
        Column("best_uniform", "text", says="the same where zeros are to be uniform"),
    ),
    title=title,
    notes=notes,
    options=(
        words_option(
            "lengths", "Numbers of tokens, each at least 2; default: 16 64 256 1024 4096.", integer, LENGTHS, "[L]…"
        ),
        Option(
            "sparsities",
            "Nonzero entries in a row; default: 1,2,4,8.",
            integers,
            SPARSITIES,
            "K,K…",
            spelled=("--k",),
        ),
        Option(
            "precision",
            "Of zeros, ratios, uniform zeros; E3 may be none; default: 1/10,1/2,1/2.",
            separated(_epsilon),
            PRECISION,
            "E1,E2,E3",
        ),
    ),
    example={"lengths": [16], "sparsities": [1, 2]},
    usage=(
        "rankcert table realisation",
        "rankcert table realisation 1024 4096 65536 --k 1,2 --precision 1/100,1/10,none",
    ),
)
