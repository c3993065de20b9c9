"""Columns that a user chooses: headings, and where the cells below each come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from algebra.errors import InputError
from proofs_check.cells import is_missing
from proofs_check.engine.plain import to_json

Source: TypeAlias = str | Callable[[Any], Any]  # a name, or what computes a cell from an object
Chosen: TypeAlias = Sequence[str | tuple[str, Source]] | Mapping[str, Source]

ALLOWED = "a list of names, or of pairs (heading, name or function), or a mapping of headings to them"


def headings_of(chosen: Chosen) -> dict[str, Source]:
    """Return the source of the cells below each heading.

    Raises
    ------
    InputError
        For anything but names, pairs and mappings, for nothing at all, and for a heading that comes twice.

    Examples
    --------
    >>> headings_of(["widths", ("N", "parameters")])
    {'widths': 'widths', 'N': 'parameters'}
    """
    if isinstance(chosen, str) or not isinstance(chosen, Mapping | Sequence):
        raise InputError("columns", chosen, ALLOWED)
    pairs = list(chosen.items()) if isinstance(chosen, Mapping) else [_pair(each) for each in chosen]
    if not pairs:
        raise InputError("columns", chosen, "at least one column")

    found: dict[str, Source] = {}
    for heading, source in pairs:
        if not isinstance(heading, str) or not (isinstance(source, str) or callable(source)):
            raise InputError("columns", (heading, source), ALLOWED)
        if heading in found:
            raise InputError("columns", heading, "a heading that comes once: (heading, name) calls a column otherwise")
        found[heading] = source
    return found


def _pair(each: Any) -> tuple[Any, Any]:
    if isinstance(each, tuple | list) and len(each) == 2:
        return each[0], each[1]
    return each, each


def check_source(source: Source, names: Sequence[str], found: Any, kind: str) -> None:
    """Check before any work that an object has what a column shows.

    Parameters
    ----------
    source : str or callable
    names : sequence of str
        What there is beside attributes.
    found : object
        The first of the table.
    kind : str
        What the error message calls it: "network".

    Raises
    ------
    InputError
        Naming what there is.
    """
    if callable(source) or source in names:
        return
    if source.startswith("_") or not hasattr(found, source):
        listed = ", ".join(dict.fromkeys(name for name in names if name))
        others = f"an attribute of the {kind}, or a function of it"
        told = f"one of {listed}, {others}" if listed else others
        raise InputError("columns", source, told, [*filter(None, names), *_public(found)])


def _public(found: Any) -> list[str]:
    return [name for name in dir(found) if not name.startswith("_")]


def attribute(found: Any, name: str) -> Any:
    """Return an attribute as people read it: what a method returns, if it is one.

    Raises
    ------
    InputError
        For a method that has to be told more.
    """
    value = getattr(found, name, None)
    if not callable(value):
        return readable(value)
    try:
        return readable(value())
    except TypeError:
        if _takes_nothing(value):
            raise
        raise InputError("columns", name, f"a method without arguments: use lambda each: each.{name}(…)") from None


def _takes_nothing(method: Callable[..., Any]) -> bool:
    from inspect import signature

    try:
        signature(method).bind()
    except TypeError:
        return False
    return True


def readable(value: Any) -> Any:
    """Return a value as people read it: lists as tuples, objects as JSON."""
    if isinstance(value, list):
        return tuple(readable(each) for each in value)
    if isinstance(value, dict):
        return to_json(value)
    return None if is_missing(value) else value


def values_of(cells: Sequence[Any]) -> list[Any]:
    """Return computed cells as data: bounds that meet are integers, others the text that says what is known."""
    found = [_value(cell) for cell in cells]
    is_text = kind_of(found) == "text"
    return [None if cell is None else str(cell) for cell in found] if is_text else found


def _value(cell: Any) -> Any:
    if is_missing(cell):
        return None
    if hasattr(cell, "is_proved"):
        return cell.lower if cell.is_proved else str(cell)
    return cell.item() if type(cell).__module__ == "numpy" and hasattr(cell, "item") and not cell.ndim else cell


def kind_of(cells: Sequence[Any]) -> str:
    """Return the kind of a column of data.

    Examples
    --------
    >>> kind_of([True, None]), kind_of([1, 2]), kind_of([1, 0.5]), kind_of(["a", 1])
    ('boolean', 'integer', 'number', 'text')
    """
    present = [found for cell in cells if (found := _value(cell)) is not None]
    if present and all(isinstance(cell, bool) for cell in present):
        return "boolean"
    if present and all(isinstance(cell, int) and not isinstance(cell, bool) for cell in present):
        return "integer"
    return "number" if present and all(isinstance(cell, int | float) for cell in present) else "text"
