"""What is asked for: a sparse row-stochastic matrix, and the precisions to which its ratios are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from algebra.drawn import LARGEST, grids
from algebra.errors import TEXT, InputError, as_integer
from algebra.exact.numbers import EXACT, exact_number
from algebra.shown import Shown

MOST_TOKENS = 1 << 14
LEAST_PRECISION, MOST_PRECISION = Fraction(1, 10**100), Fraction(10**100)
MOST_RATIO = 10**300


@dataclass(frozen=True)
class SparseTarget(Shown):
    """A row-stochastic matrix by its supports: rows are queries, columns are keys.

    Parameters
    ----------
    supports : tuple of tuples of int
        The columns of the nonzero entries of each row, in increasing order.
    weights : tuple of (tuple of Fraction or None)
        The entries of each row at its support; None for a row whose entries are equal.

    Examples
    --------
    >>> target = SparseTarget.from_matrix([["1/3", "2/3"], [0, 1]])
    >>> target.supports, target.weights
    (((0, 1), (1,)), ((Fraction(1, 3), Fraction(2, 3)), None))
    """

    supports: tuple[tuple[int, ...], ...]
    weights: tuple[tuple[Fraction, ...] | None, ...]

    def shown_figure(self) -> str:
        """Draw where the matrix is not zero.

        Returns
        -------
        str
            SVG; empty where the matrix is large.
        """
        if self.length > LARGEST:
            return ""
        rows = [set(support) for support in self.supports]
        return grids([("support", [[key in row for key in range(self.length)] for row in rows])])

    @property
    def length(self) -> int:
        """Number of tokens L."""
        return len(self.supports)

    @cached_property
    def k(self) -> int:
        """The largest number of nonzero entries in a row."""
        return max(map(len, self.supports))

    @cached_property
    def is_uniform(self) -> bool:
        """Whether in each row all nonzero entries are equal."""
        return all(row is None for row in self.weights)

    @cached_property
    def all_ratios(self) -> frozenset[Fraction]:
        """The nonzero entries of all rows, each over the least of its row."""
        return frozenset(ratio for row in range(self.length) for ratio in self.ratios(row))

    def ratios(self, row: int) -> tuple[Fraction, ...]:
        """Return the nonzero entries of a row over the least of them.

        Parameters
        ----------
        row : int
            The query.

        Returns
        -------
        tuple of Fraction
            In the order of the row's support; at least 1 each.
        """
        weights = self.weights[row]
        if weights is None:
            return (Fraction(1),) * len(self.supports[row])
        least = min(weights)
        return tuple(weight / least for weight in weights)

    @classmethod
    def from_matrix(cls, matrix: Any) -> SparseTarget:
        """Read a square matrix of exact numbers whose rows sum to one.

        Parameters
        ----------
        matrix : matrix of exact numbers, shape (L, L)

        Returns
        -------
        SparseTarget

        Raises
        ------
        InputError
            If it is not square or too large, an entry is a float or negative, or a row does not sum to one.
        """
        rows = _rows(matrix)
        read = [_read_row(i, row, len(rows)) for i, row in enumerate(rows)]
        for i, row in enumerate(read):
            if sum(row.values()) != 1:
                raise InputError(f"matrix[{i}]", f"a row of sum {sum(row.values())}", _sum_rule(read))
        return cls._of([tuple(row) for row in read], [tuple(row.values()) for row in read])

    @classmethod
    def from_supports(cls, supports: Any, weights: Any = None, length: int | None = None) -> SparseTarget:
        """Read the supports of the rows; equal entries in each row unless weights are given.

        Parameters
        ----------
        supports : sequence of sequences of int
            For each query the keys with a nonzero entry.
        weights : sequence of sequences, optional
            Positive exact numbers in the same places; each row is divided by its sum.
        length : int, optional
            Number of tokens, to check against.

        Returns
        -------
        SparseTarget

        Raises
        ------
        InputError
            If a support is empty, repeats a key or names one that does not exist, or a weight is not positive.
        """
        rows = _listed("supports", supports, "a list of lists of keys")
        if length is not None and length != len(rows):
            raise InputError("supports", f"{len(rows)} rows", f"{length} rows, one for each token")
        _check_length("supports", len(rows))
        found = [_read_support(i, row, len(rows)) for i, row in enumerate(rows)]
        if weights is None:
            return cls(tuple(tuple(sorted(row)) for row in found), (None,) * len(found))
        values = [_read_weights(i, row, found[i]) for i, row in enumerate(_same_length(weights, found))]
        order = [sorted(range(len(row)), key=row.__getitem__) for row in found]
        columns = [tuple(row[i] for i in places) for row, places in zip(found, order, strict=True)]
        entries = [tuple(row[i] for i in places) for row, places in zip(values, order, strict=True)]
        return cls._of(columns, entries)

    @classmethod
    def _of(cls, columns: list[tuple[int, ...]], entries: list[tuple[Fraction, ...]]) -> SparseTarget:
        for i, row in enumerate(entries):
            if max(row) > MOST_RATIO * min(row):
                raise InputError(f"row {i}", f"weights of ratio {max(row) / min(row)}", "of ratios up to 1e300")
        return cls(tuple(columns), tuple(None if len(set(row)) == 1 else row for row in entries))


@dataclass(frozen=True)
class Precision(Shown):
    """How close the ratios inside a row must come (Likhosherstov, Choromanski, Weller, arXiv:2106.03764).

    Parameters
    ----------
    zeros : Fraction
        eps_1: a zero entry's weight over a nonzero one's is below it.
    ratios : Fraction
        eps_2: the ratio of two nonzero entries' weights is right up to this relative error.
    uniform : Fraction or None
        eps_3: the ratio of two zero entries' weights differs from 1 by less; None: not asked for.

    Examples
    --------
    >>> Precision.of(["1/100", "1/10", None]).zeros
    Fraction(1, 100)
    """

    zeros: Fraction
    ratios: Fraction
    uniform: Fraction | None = None

    def __post_init__(self) -> None:
        for name, value in (("epsilon[0]", self.zeros), ("epsilon[1]", self.ratios), ("epsilon[2]", self.uniform)):
            if value is not None and value <= 0:
                raise InputError(name, str(value), "above 0: a softmax has no exact zeros and no exact ratios to offer")
            if value is not None and not LEAST_PRECISION <= value <= MOST_PRECISION:
                raise InputError(name, str(value), "between 1e-100 and 1e100")
        if self.zeros > 1:
            raise InputError("epsilon[0]", str(self.zeros), "at most 1: a zero entry must stay below a nonzero one")

    @classmethod
    def of(cls, given: Any) -> Precision:
        """Read the three precisions; the last may be None or left out.

        Parameters
        ----------
        given : Precision or sequence
            eps_1, eps_2 and perhaps eps_3, exact.

        Returns
        -------
        Precision

        Raises
        ------
        InputError
            If there are not two or three, one is a float or not positive, or the first is above 1.
        """
        if isinstance(given, Precision):
            return given
        values = _listed("epsilon", given, 'three precisions like ["1/100", "1/10", null]')
        if len(values) not in (2, 3) or values[0] is None or values[1] is None:
            raise InputError(
                "epsilon", given, 'three precisions like ["1/100", "1/10", null]; only the last may be null'
            )
        zeros, ratios = (exact_number(f"epsilon[{i}]", value) for i, value in enumerate(values[:2]))
        last = values[2] if len(values) == 3 else None
        return cls(zeros, ratios, None if last is None else exact_number("epsilon[2]", last))

    @property
    def bits(self) -> int:
        """Binary digits to which logits are rounded: their errors together stay far below eps_2."""
        return max(12, (16 / self.ratios).__ceil__().bit_length())


def _listed(argument: str, value: Any, allowed: str) -> Sequence[Any]:
    is_list = hasattr(value, "__len__") and hasattr(value, "__getitem__") and getattr(value, "ndim", 1) != 0
    if isinstance(value, (*TEXT, dict)) or not is_list:
        raise InputError(argument, value, allowed)
    return value  # type: ignore[no-any-return]


def _check_length(argument: str, length: int) -> None:
    if not 1 <= length <= MOST_TOKENS:
        raise InputError(argument, f"{length} rows", f"of 1 to {MOST_TOKENS} rows")


def _rows(matrix: Any) -> list[Sequence[Any]]:
    if isinstance(matrix, np.ndarray) and matrix.dtype.kind not in "iuO":
        raise InputError("matrix", f"an array of {matrix.dtype}", f"a square matrix; each entry {EXACT}")
    rows = [
        _listed(f"matrix[{i}]", row, "a list of numbers")
        for i, row in enumerate(_listed("matrix", matrix, "a list of rows"))
    ]
    _check_length("matrix", len(rows))
    for i, row in enumerate(rows):
        if len(row) != len(rows):
            raise InputError(f"matrix[{i}]", f"{len(row)} entries", f"of {len(rows)} entries: the matrix is square")
    return rows


def _read_row(i: int, row: Sequence[Any], length: int) -> dict[int, Fraction]:
    found: dict[int, Fraction] = {}
    for j, value in enumerate(row):
        if type(value) is int and value == 0:
            continue
        number = exact_number(f"matrix[{i}][{j}]", value)
        if number < 0:
            raise InputError(f"matrix[{i}][{j}]", str(number), "at least 0: attention weights are probabilities")
        if number:
            found[j] = number
    return found


def _sum_rule(rows: list[dict[int, Fraction]]) -> str:
    sums = [Fraction(0)] * len(rows)
    for row in rows:
        for j, value in row.items():
            sums[j] += value
    hint = " (its columns do: transpose it, rows are queries here)" if all(value == 1 for value in sums) else ""
    return f"one of sum 1{hint}"


def _read_support(i: int, row: Any, length: int) -> list[int]:
    keys = [as_integer(f"supports[{i}]", key) for key in _listed(f"supports[{i}]", row, "a list of keys")]
    if not keys:
        raise InputError(f"supports[{i}]", [], "not empty: a row of attention weights sums to one")
    if min(keys) < 0 or max(keys) >= length:
        raise InputError(f"supports[{i}]", keys, f"a list of keys from 0 to {length - 1}")
    if len(set(keys)) < len(keys):
        raise InputError(f"supports[{i}]", keys, "without repeats")
    return keys


def _same_length(weights: Any, supports: list[list[int]]) -> Sequence[Any]:
    rows = _listed("weights", weights, "a list of lists of numbers")
    if len(rows) != len(supports):
        raise InputError("weights", f"{len(rows)} rows", f"{len(supports)} rows, as many as supports")
    return rows


def _read_weights(i: int, row: Any, support: list[int]) -> list[Fraction]:
    values = [exact_number(f"weights[{i}]", value) for value in _listed(f"weights[{i}]", row, "a list of numbers")]
    if len(values) != len(support):
        raise InputError(f"weights[{i}]", f"{len(values)} numbers", f"{len(support)} numbers, one for each key")
    if min(values) <= 0:
        raise InputError(f"weights[{i}]", str(min(values)), "above 0: a zero entry is not in the support")
    total = sum(values)
    return [value / total for value in values]
