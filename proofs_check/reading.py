"""File formats: a frozen dataclass says what an object in a file holds; pydantic reads it and describes it.

A format is decorated with `file_format`, its fields are of the types below, and a line of text below a field says what
it means. `read` turns a parsed object into the dataclass, or says in a sentence which key is wrong and what is allowed;
`schema` is its JSON Schema. What only the mathematics can tell (shapes that chain, a pattern's name) is checked by the
class that the object describes. pydantic is imported where a file is read, not before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, dataclass_transform

from annotated_types import Ge

from algebra.errors import InputError, check_keys, meant

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

Format = TypeVar("Format")


class Unconverted:
    """Marks a type that is taken as it is: ``"3"`` and ``3.0`` and ``true`` are no integers."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        """Tell pydantic so; it looks for this name."""
        return {**handler(source), "strict": True}


Integer = Annotated[int, Unconverted()]
Natural = Annotated[int, Unconverted(), Ge(0)]
Positive = Annotated[int, Unconverted(), Ge(1)]
Truth = Annotated[bool, Unconverted()]
Text = Annotated[str, Unconverted()]
Real = Integer | Annotated[float, Unconverted()]
"""An integer or a float."""
Number = Integer | Annotated[float, Unconverted()] | Text
"""An integer, a string ``"p/q"``, or a float, which is a measured number."""
Matrix = list[list[Number]]


KEYS: dict[str, tuple[str, ...]] = {}
"""The keys of each file format, by the name of its class, for messages."""


@dataclass_transform(frozen_default=True)
def file_format(kind: type[Format]) -> type[Format]:
    """Make a frozen dataclass of a class that describes what a file holds; other keys than its fields are refused."""
    config: dict[str, Any] = {"extra": "forbid", "use_attribute_docstrings": True}
    if kind.__doc__:  # up to 2.12 at least, pydantic does not take it from a dataclass
        config["json_schema_extra"] = {"description": cleandoc(kind.__doc__)}
    kind.__pydantic_config__ = config  # type: ignore[attr-defined]
    made = dataclass(frozen=True)(kind)
    KEYS[kind.__name__] = KEYS.get(kind.__name__) or keys(made)
    return made


def read(kind: type[Format], found: Mapping[str, Any]) -> Format:
    """Build a file format from a parsed object; a key that is null is as good as left out.

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> @file_format
    ... class Point:
    ...     at: list[int]
    ...     name: str | None = None
    >>> read(Point, {"at": [1, 2], "name": None}).at
    [1, 2]
    >>> read(Point, {"at": [1, 2], "nam": "origin"})
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: nam is 'origin', but it must be left out: the keys are at, name (did you mean name?)
    """
    from pydantic import ValidationError

    names = keys(kind)
    check_keys(found, names)
    given = {key: value for key, value in found.items() if value is not None}
    check_keys(given, names, required_keys(kind))
    try:
        return adapter(kind).validate_python(given)
    except ValidationError as failure:
        raise first_error(failure.errors(include_url=False), given, _all_keys(kind)) from None


def written(given: Any, without: Sequence[str] = ()) -> dict[str, Any]:
    """Return the object that a file format stands for, without some keys and without those that are None.

    Examples
    --------
    >>> @file_format
    ... class Point:
    ...     at: list[int]
    ...     name: str | None = None
    ...     seed: int | None = None
    >>> written(Point([1, 2], seed=3), without=["seed"])
    {'at': [1, 2]}
    """
    found = {key: _plain(value) for key, value in vars(given).items() if key not in without}
    return {key: value for key, value in found.items() if value is not None}


def _plain(value: Any) -> Any:
    """Turn file formats inside a value into objects; lists are not copied number by number, as `asdict` does."""
    if is_dataclass(value):
        return written(value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list) and any(isinstance(each, list | dict) or is_dataclass(each) for each in value):
        return [_plain(each) for each in value]
    return value


def schema(kind: type) -> dict[str, Any]:
    """Return the JSON Schema of a file format."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **adapter(kind).json_schema()}


ADAPTERS: dict[type, Any] = {}


def adapter(kind: type[Format]) -> TypeAdapter[Format]:
    """Return what pydantic makes of a file format; it takes some milliseconds, so once."""
    from pydantic import TypeAdapter

    if kind not in ADAPTERS:
        ADAPTERS[kind] = TypeAdapter(kind)
    found: TypeAdapter[Format] = ADAPTERS[kind]
    return found


def keys(kind: type) -> tuple[str, ...]:
    """Return the keys of a file format, in the order in which it lists them."""
    return tuple(each.name for each in fields(kind))


def required_keys(kind: type) -> tuple[str, ...]:
    """Return the keys that have no default."""
    return tuple(e.name for e in fields(kind) if e.default is MISSING and e.default_factory is MISSING)


# ---- pydantic's errors as ours


def first_error(errors: Sequence[ErrorDetails], found: Any, names: Sequence[str]) -> InputError:
    """Turn the first of pydantic's errors into ours, an unknown key before all others.

    Parameters
    ----------
    errors : sequence
    found : Any
        What was to be read.
    names : sequence of str
        Keys that may have been meant by an unknown one.

    Returns
    -------
    InputError
    """
    error = next((each for each in errors if each["type"] == "unexpected_keyword_argument"), errors[0])
    path = _path(error["loc"], found)
    if error["type"] == "missing":
        return _refused((*path, error["loc"][-1]), None, "given")
    if error["type"] == "unexpected_keyword_argument":
        return _refused(path, error["input"], f"left out: there is no such key{meant(str(path[-1]), names)}")

    # of an integer or a list of integers, ["x"] is meant as a list: the type that reads most of a value is the one
    paths = [_path(each["loc"], found) for each in errors]
    path = max((p for p in paths if p[: len(path)] == path), key=len)

    # of a value that may be of several types, say what each of them allows
    here = [each for each, its_path in zip(errors, paths, strict=True) if its_path == path]
    words = [word for each in here for word in _words(each)]
    return _refused(path, _at(found, path), " or ".join(dict.fromkeys(map(_allowed, here))), words)


def _refused(path: Sequence[int | str], value: Any, allowed: str, words: Sequence[str] = ()) -> InputError:
    """Name the last key of a path, for an entry of a matrix with its place; if that is not all, say where it is."""
    last = max(place for place, step in enumerate(path) if isinstance(step, str))
    is_entry = len(path) > last + 2  # readers of exact matrices write P[0][1], and those of lists just widths
    named = path[last:] if is_entry else path[last : last + 1]
    where = "" if len(named) == len(path) else f" (at {_written(path)})"
    return InputError(_written(named), value, f"{allowed}{where}", words)


ALL_KEYS: dict[type, tuple[str, ...]] = {}


def _all_keys(kind: type) -> tuple[str, ...]:
    """The keys of a format and of the formats within it, once: a schema takes fifty times as long as most lines."""
    if kind not in ALL_KEYS:
        described = adapter(kind).json_schema()
        parts = [described, *described.get("$defs", {}).values()]
        ALL_KEYS[kind] = tuple(name for part in parts for name in part.get("properties", {}))
    return ALL_KEYS[kind]


def _path(location: Sequence[int | str], found: Any) -> tuple[int | str, ...]:
    """Keep the steps of a location that lead somewhere; pydantic adds the names of types that it tried."""
    path: list[int | str] = []
    for step in location:
        is_key = isinstance(found, Mapping) and step in found
        is_index = isinstance(found, list) and isinstance(step, int)
        if is_key or is_index:
            path.append(step)
            found = found[step]
    return tuple(path)


def _at(found: Any, path: Sequence[int | str]) -> Any:
    for step in path:
        found = found[step]
    return found


def _written(path: Sequence[int | str]) -> str:
    """Write a path as one does in Python and JavaScript: ``layers[0].window``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


ALLOWED = {
    "int_type": "an integer",
    "float_type": "a number",
    "string_type": 'a string, such as "p/q"',
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
}


def _words(error: ErrorDetails) -> list[str]:
    """Return the words that one of pydantic's errors asks for: it lists them in quotation marks."""
    is_choice = error["type"] == "literal_error"
    return re.findall("'([^']*)'", str(error.get("ctx", {})["expected"])) if is_choice else []


def _allowed(error: ErrorDetails) -> str:
    """Say what one of pydantic's errors asks for, as the end of the sentence "it must be …"."""
    limits = error.get("ctx", {})
    if error["type"] == "literal_error":
        return f"one of {', '.join(_words(error))}"
    if error["type"] == "greater_than_equal":
        return f"an integer of at least {limits['ge']}"
    if error["type"] == "dataclass_type":
        listed = KEYS.get(str(limits.get("class_name")), ())
        return f"an object with {', '.join(listed)}" if listed else "an object"
    return ALLOWED.get(error["type"], error["msg"][0].lower() + error["msg"][1:])
