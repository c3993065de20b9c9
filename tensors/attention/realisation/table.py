"""Dimension against length: what each construction guarantees, beside the trivial L - 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from algebra.errors import as_integer
from tensors.attention.realisation.demand import Precision
from tensors.attention.realisation.lower_bounds import (
    guaranteed_exponent,
    least_ratio,
    uniform_zeros_bound,
    universal_keys_dimension,
)
from tensors.attention.realisation.searches import projection_dimension

LENGTHS = (16, 64, 256, 1024, 4096)
SPARSITIES = (1, 2, 4, 8)
CODES = ("gold", "kerdock")


def dimension_table(
    lengths: Sequence[int] = LENGTHS, sparsities: Sequence[int] = SPARSITIES, precision: Any = ("1/10", "1/2", "1/2")
) -> list[dict[str, Any]]:
    """Return the dimensions that suffice for every matrix with k equal entries a row, construction by construction.

    Parameters
    ----------
    lengths, sparsities : sequences of int
        L and k.
    precision : Precision or sequence
        Columns that end in ``_uniform``, `projection` and `lower_uniform` use all three precisions; the others the
        first two alone.

    Returns
    -------
    list of dict
        One a pair, with None where a construction does not apply; ``best`` and ``best_uniform`` name the smallest,
        ``"trivial"`` where nothing beats L - 1.

    Examples
    --------
    >>> row, = dimension_table([1024], [1])
    >>> row["moment"], row["gold_uniform"], row["kerdock_uniform"], row["projection"], row["trivial"]
    (2, 512, 256, 5195, 1023)
    """
    wanted = Precision.of(precision)
    return [
        _row(as_integer("length", length, 2), as_integer("k", k, 1), wanted) for length in lengths for k in sparsities
    ]


def _row(length: int, k: int, precision: Precision) -> dict[str, Any]:
    plain = Precision(precision.zeros, precision.ratios)
    row: dict[str, Any] = {"length": length, "k": k, "trivial": length - 1}
    row["moment"] = universal_keys_dimension(length, k)
    row["binary"] = (length - 1).bit_length() if k == 1 else None
    for kind in CODES:
        row[kind] = _code(kind, length, k, plain)
    row["best_bounded"] = _best(row, ("binary", *CODES))
    for kind in CODES:
        row[f"{kind}_uniform"] = None if precision.uniform is None else _code(kind, length, k, precision)
    row["projection"] = projection_dimension(length, precision, k=k)
    row["best_uniform"] = _best(row, ("gold_uniform", "kerdock_uniform", "projection"))
    ratio = least_ratio(precision)
    row["lower_uniform"] = None if ratio is None or k >= length else uniform_zeros_bound(length, k, ratio)
    return row


def _code(kind: str, length: int, k: int, precision: Precision) -> int | None:
    exponent = guaranteed_exponent(kind, length, k, precision)
    return None if exponent is None else 1 << exponent


def _best(row: dict[str, Any], names: Sequence[str]) -> str:
    known = [(row[name], name) for name in ("trivial", *names) if row[name] is not None]
    return min(known, key=lambda choice: choice[0])[1]
