"""The structure of a factor graph: which variables there are, and which of them each factor touches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, Self

from algebra.errors import InputError, as_integer
from algebra.evidence.checker.labels import graph_label
from algebra.frozen import set_fields
from algebra.sequences import as_list, integers_of
from algebra.shown import card, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True)
class GraphStructure:
    """Variables and factors, checked: the data of a `FactorGraph`, which says what each field means.

    Parameters
    ----------
    variable_dims : tuple of int
        Values of each variable, observed ones first.
    observed : int
        How many are observed.
    factor_scopes : tuple of tuples of int
        The variables of each factor.
    tied : tuple of tuples of int, optional
        Groups of factors that share one table.

    Raises
    ------
    InputError
        If a variable does not exist, a scope repeats one, or the tables of a group differ in shape.

    Examples
    --------
    >>> GraphStructure((4, 4, 2), 2, ((0, 2), (1, 2))).label
    'fg:v4,4,2:o2:f0-2,1-2'
    """

    variable_dims: tuple[int, ...]
    observed: int
    factor_scopes: tuple[tuple[int, ...], ...]
    tied: tuple[tuple[int, ...], ...] | None = None

    def __post_init__(self) -> None:
        wanted = "a list of integers of at least 1"
        dims = integers_of("variable_dims", self.variable_dims, wanted, least=1)
        allowed = f"an integer between 1 and the number of variables, {len(dims)}"
        observed = as_integer("observed", self.observed, 1, allowed)
        if observed > len(dims):
            raise InputError("observed", observed, allowed)
        listed = as_list("factor_scopes", self.factor_scopes, "a list of lists of variables, one for each factor")
        scopes = tuple(_scope(scope, len(dims)) for scope in listed)
        tied = None if self.tied is None else _groups(self.tied, scopes, dims)
        set_fields(self, variable_dims=dims, observed=observed, factor_scopes=scopes, tied=tied)

    @property
    def label(self) -> str:
        """Permanent readable name; long ones end in a hash instead of the list of factors.

        Examples
        --------
        >>> GraphStructure((2,) * 40, 40, tuple((i, i + 1) for i in range(39))).label
        'fg:n40:o40:m39:be9e89430d418d609473297e71403dee'
        """
        return graph_label(self.variable_dims, self.observed, self.factor_scopes, self.tied)

    @cached_property
    def factors_of(self) -> tuple[tuple[int, ...], ...]:
        """For each variable, the factors that touch it."""
        found: list[list[int]] = [[] for _ in self.variable_dims]
        for factor, scope in enumerate(self.factor_scopes):
            for variable in scope:
                found[variable].append(factor)
        return tuple(map(tuple, found))

    @cached_property
    def tables(self) -> tuple[int, ...]:
        """For each factor, the first factor that has the same table."""
        found = list(range(len(self.factor_scopes)))
        for group in self.tied or ():
            for factor in group:
                found[factor] = min(group)
        return tuple(found)

    def table_shape(self, factor: int) -> tuple[int, ...]:
        """Shape of a factor's table.

        Parameters
        ----------
        factor : int

        Returns
        -------
        tuple of int
        """
        return tuple(self.variable_dims[v] for v in self.factor_scopes[factor])

    @property
    def table_entries(self) -> int:
        """Number of entries of all tables, those of tied factors once."""
        return sum(prod(self.table_shape(f)) for f, first in enumerate(self.tables) if f == first)

    @property
    def hidden(self) -> range:
        """The hidden variables."""
        return range(self.observed, len(self.variable_dims))

    @property
    def is_tied(self) -> bool:
        """Whether two factors have the same table."""
        return any(table != factor for factor, table in enumerate(self.tables))

    def _repr_html_(self) -> str:
        observed, hidden = counted(self.observed, "observed variable"), counted(len(self.hidden), "hidden variable")
        return card(type(self).__name__, self.label, observed, hidden, counted(len(self.factor_scopes), "factor"))

    def check_row_side(self, row_side: Sequence[int]) -> tuple[int, ...]:
        """Return the row side, sorted.

        Parameters
        ----------
        row_side : sequence of int

        Returns
        -------
        tuple of int

        Raises
        ------
        InputError
            If it is not a list of distinct observed variables.
        """
        allowed = f"a list of distinct observed variables, integers from 0 to {self.observed - 1}"
        if isinstance(row_side, str | bytes | dict) or not hasattr(row_side, "__iter__"):
            raise InputError("row_side", row_side, allowed)
        rows = sorted(as_integer("row_side", v, 0, allowed) for v in row_side)
        if len(set(rows)) < len(rows) or (rows and rows[-1] >= self.observed):
            raise InputError("row_side", list(row_side), allowed)
        return tuple(rows)

    def other_side(self, row_side: Iterable[int]) -> tuple[int, ...]:
        """Return the observed variables that are not on the row side, sorted.

        Parameters
        ----------
        row_side : iterable of int

        Returns
        -------
        tuple of int
        """
        rows = set(row_side)
        return tuple(v for v in range(self.observed) if v not in rows)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read a graph from an object with variable_dims, observed, factor_scopes and perhaps tied.

        Parameters
        ----------
        given : mapping
            The keys ``variable_dims``, ``observed``, ``factor_scopes``, and perhaps ``tied``.

        Returns
        -------
        GraphStructure
            Of the class whose method it is.

        Raises
        ------
        InputError
            If a field is missing or wrong.

        Examples
        --------
        >>> GraphStructure.from_json({"variable_dims": [3, 3], "observed": 2, "factor_scopes": [[0, 1]]}).observed
        2
        """
        for name in ("variable_dims", "observed", "factor_scopes"):
            if name not in given:
                raise InputError(name, None, "given")
        tied = given.get("tied")
        return cls(
            tuple(_list("variable_dims", given["variable_dims"])),
            given["observed"],
            tuple(tuple(_list("factor_scopes", scope)) for scope in _list("factor_scopes", given["factor_scopes"])),
            None if tied is None else tuple(tuple(_list("tied", group)) for group in _list("tied", tied)),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the object that `from_json` reads.

        Returns
        -------
        dict
        """
        return {
            "variable_dims": list(self.variable_dims),
            "observed": self.observed,
            "factor_scopes": [list(scope) for scope in self.factor_scopes],
            "tied": None if self.tied is None else [list(group) for group in self.tied],
        }


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise InputError(name, value, "a list (factor_scopes and tied: a list of lists)")
    return list(value)


def _scope(scope: Sequence[int], variables: int) -> tuple[int, ...]:
    allowed = f"lists of distinct variables, integers from 0 to {variables - 1}"
    found = integers_of("factor_scopes", scope, allowed, least=0)
    if len(set(found)) < len(found) or (found and max(found) >= variables):
        raise InputError("factor_scopes", list(found), allowed)
    return found


def _groups(
    tied: Sequence[Sequence[int]], scopes: tuple[tuple[int, ...], ...], dims: tuple[int, ...]
) -> tuple[tuple[int, ...], ...]:
    allowed = f"lists of factors, integers from 0 to {len(scopes) - 1}, none of them twice"
    groups = tuple(integers_of("tied", group, allowed, least=0) for group in as_list("tied", tied, allowed))
    counts = Counter(f for group in groups for f in group)
    if any(f >= len(scopes) or count > 1 for f, count in counts.items()):
        raise InputError("tied", [list(group) for group in groups], allowed)
    for group in groups:
        if len({tuple(dims[v] for v in scopes[f]) for f in group}) > 1:
            raise InputError("tied", list(group), "a group of factors whose tables have the same shape")
    return groups
