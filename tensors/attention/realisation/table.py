"""Dimension against length: what each construction guarantees, beside the trivial L - 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
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


@dataclass(frozen=True)
class SufficientDimensions:
    """Dimensions that suffice for one length and sparsity; None where a construction does not apply.

    Parameters
    ----------
    length, k : int
    trivial : int
        L - 1, which always suffices.
    moment : int
        Of universal keys on a moment curve.
    binary : int or None
    gold, kerdock : int or None
        Of keys from codes, by the first two precisions.
    best_bounded, best_uniform : str
        Which of the bounded or uniform constructions is smallest; ``"trivial"`` where none beats L - 1.
    gold_uniform, kerdock_uniform, projection : int or None
        By all three precisions.
    lower_uniform : int or None
        A lower bound of every uniform construction.
    """

    length: int
    k: int
    trivial: int
    moment: int
    binary: int | None
    gold: int | None
    kerdock: int | None
    best_bounded: str
    gold_uniform: int | None
    kerdock_uniform: int | None
    projection: int | None
    best_uniform: str
    lower_uniform: int | None

    def record(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def dimension_table(
    lengths: Sequence[int] = LENGTHS, sparsities: Sequence[int] = SPARSITIES, precision: Any = ("1/10", "1/2", "1/2")
) -> list[SufficientDimensions]:
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
    list of SufficientDimensions
        One a pair; `pandas.DataFrame` takes them as they are.

    Examples
    --------
    >>> row, = dimension_table([1024], [1])
    >>> row.moment, row.gold_uniform, row.kerdock_uniform, row.projection, row.trivial
    (2, 512, 256, 5195, 1023)
    """
    wanted = Precision.of(precision)
    return [
        _row(as_integer("length", length, 2), as_integer("k", k, 1), wanted) for length in lengths for k in sparsities
    ]


def _row(length: int, k: int, precision: Precision) -> SufficientDimensions:
    plain = Precision(precision.zeros, precision.ratios)
    is_uniform, ratio = precision.uniform is not None, least_ratio(precision)
    binary = (length - 1).bit_length() if k == 1 else None
    gold, kerdock = (_code(kind, length, k, plain) for kind in CODES)
    gold_uniform, kerdock_uniform = (_code(kind, length, k, precision) if is_uniform else None for kind in CODES)
    projection = projection_dimension(length, precision, k=k)

    bounded = {"binary": binary, "gold": gold, "kerdock": kerdock}
    uniform = {"gold_uniform": gold_uniform, "kerdock_uniform": kerdock_uniform, "projection": projection}
    return SufficientDimensions(
        length=length,
        k=k,
        trivial=length - 1,
        moment=universal_keys_dimension(length, k),
        binary=binary,
        gold=gold,
        kerdock=kerdock,
        best_bounded=_best(length - 1, bounded),
        gold_uniform=gold_uniform,
        kerdock_uniform=kerdock_uniform,
        projection=projection,
        best_uniform=_best(length - 1, uniform),
        lower_uniform=None if ratio is None or k >= length else uniform_zeros_bound(length, k, ratio),
    )


def _code(kind: str, length: int, k: int, precision: Precision) -> int | None:
    exponent = guaranteed_exponent(kind, length, k, precision)
    return None if exponent is None else 1 << exponent


def _best(trivial: int, found: Mapping[str, int | None]) -> str:
    """Return the name of the smallest dimension; of equal ones the first."""
    known = [("trivial", trivial), *((name, value) for name, value in found.items() if value is not None)]
    return min(known, key=lambda choice: choice[1])[0]
