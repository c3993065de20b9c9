"""Tables of anything else: results, graphs, numbers. Nothing is asked; the chosen columns are all that there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from algebra.evidence import Bounds, Grade
from proofs_check.chosen import Chosen, Source, attribute, check_source, headings_of, kind_of, readable, values_of
from proofs_check.family import graded

if TYPE_CHECKING:
    from proofs_check.show.tables import Table


def table_of_things(things: Sequence[Any], columns: Chosen, title: str = "") -> Table:
    """Return the table of objects of any kind, by their attributes, their keys, or functions of them.

    Parameters
    ----------
    things : sequence
    columns : sequence or mapping
        Names of attributes, of methods without arguments, or of the keys of a mapping; functions of each object.
    title : str

    Returns
    -------
    Table
        The data are the same columns; bounds that meet are integers.

    Raises
    ------
    InputError
        For a column that the first object does not have.

    Examples
    --------
    >>> made = table_of_things([(1, 2), (3, 3)], {"first": lambda pair: pair[0], "distinct": lambda pair: len({*pair})})
    >>> made.frame.values.tolist()
    [[1, 2], [3, 1]]
    """
    from algebra import __version__
    from proofs_check.show.tables import Columns, Table

    chosen = headings_of(columns)
    for source in chosen.values():
        check_source(source, _keys(things[0]), things[0], type(things[0]).__name__)

    shown = {heading: [_cell(source, each) for each in things] for heading, source in chosen.items()}
    kinds = {heading: kind_of(cells) for heading, cells in shown.items()}
    data = Columns({heading: values_of(cells) for heading, cells in shown.items()}, kinds)
    rows = [_grade([cells[place] for cells in shown.values()]) for place in range(len(things))]
    return Table(data, title, [graded(rows), f"rankcert {__version__}"], Columns(shown))


def _keys(thing: Any) -> list[str]:
    return [str(key) for key in thing] if isinstance(thing, Mapping) else []


def _cell(source: Source, thing: Any) -> Any:
    if callable(source):
        return readable(source(thing))
    if isinstance(thing, Mapping) and source in thing:
        return readable(thing[source])
    return attribute(thing, source)


def _grade(cells: Sequence[Any]) -> dict[str, Any]:
    """Return the weakest grade of the bounds in a row, as a field of it."""
    grades = [cell.grade for cell in cells if isinstance(cell, Bounds)]
    return {"grade": Grade.weakest(grades).value} if grades else {}
