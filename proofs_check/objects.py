"""Tables of objects: one question asked of every network of a list, or of every row of a data frame.

What is asked is a question of the registry, and the rows are those of `rankcert table batch`: the same keys, so that a
store that holds an answer is not asked twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from algebra.errors import InputError, as_integer
from proofs_check.cells import is_missing, plain_cell
from proofs_check.engine.plain import to_json
from proofs_check.engine.progress import moving_progress
from proofs_check.engine.run import run_sweep
from proofs_check.engine.store import Store
from proofs_check.engine.sweep import FamilySweep
from proofs_check.families.batch import SHARED, TOGETHER, evaluate, failed, key
from proofs_check.family import data_of_columns, graded
from proofs_check.reading import keys, required_keys, written
from proofs_check.registry import question
from proofs_check.results import known

if TYPE_CHECKING:
    from proofs_check.family import Column, Row
    from proofs_check.question import Question
    from proofs_check.show.tables import Table

Source: TypeAlias = str | Callable[[Any], Any]  # a name, or what computes a cell from an object
Chosen: TypeAlias = Sequence[str | tuple[str, Source]] | Mapping[str, Source]

# The question of an object: by its class, or one that it inherits from.
BY_CLASS = {
    "PolynomialArchitecture": "dimension",
    "ConvolutionalArchitecture": "dimension",
    "AttentionArchitecture": "attention dimension",
    "StackArchitecture": "rank attention",
    "ConvACArchitecture": "rank convac",
    "GraphStructure": "rank factor-graph",
}
# The question of a row: by a key that no other of these has; the first that is there decides.
BY_KEY = {
    "input_shape": "rank convac",
    "variable_dims": "rank factor-graph",
    "head_size": "rank attention",
    "head_sizes": "attention dimension",
    "convolution": "dimension",
    "widths": "dimension",
}
# What people see, where they choose nothing: what describes an object, then the answer.
SHOWN: dict[str, tuple[str, ...]] = {
    "dimension": (*("widths", "degree", "dimension", "naive_dimension", "ambient_dimension", "defect", "filling"),),
    "attention dimension": (
        *("kind", "widths", "head_sizes", "heads", "tokens", "dimension", "parameters", "ambient_dimension"),
    ),
    "rank convac": ("label", "row_side", "rank", "parameters"),
    "rank factor-graph": ("label", "row_side", "rank"),
}


@dataclass(frozen=True)
class Item:
    """One object: as it was given, as its question reads it, and what stands beside it in a data frame."""

    asked: Any
    given: Mapping[str, Any]
    beside: Mapping[str, Any] = field(default_factory=dict)


def table_of(
    objects: Any,
    columns: Chosen | None = None,
    *,
    name: str | None = None,
    title: str = "",
    seed: int = 0,
    log2_error: float | None = None,
    jobs: int | None = None,
    store: str | Path | None = None,
    extra: Mapping[str, Any],
) -> Table:
    """Ask one question of every object; see `proofs_check.tabulate.table`."""
    rows = frame_rows(objects)
    listed = list(objects_of(objects)) if rows is None else rows
    if not listed:
        raise InputError("networks", "nothing", "at least one network")
    asked = question(_question_name(listed, name))
    items = [_item(each, place, asked, extra, rows is not None) for place, each in enumerate(listed)]
    chosen = None if columns is None else _headings(columns)
    for source in (chosen or {}).values():
        _check_column(source, asked, items[0])

    seed = as_integer("seed", seed)
    answers = _answers(asked, items, {"seed": seed, "log2_error": log2_error}, jobs, store)
    return _table(asked, items, answers, chosen, title or asked.says, seed)


# ---- what is asked


def frame_rows(objects: Any) -> list[dict[str, Any]] | None:
    """Return the rows of a data frame; None if it is none."""
    if hasattr(objects, "columns") and hasattr(objects, "to_dict"):
        return [{str(name): cell for name, cell in row.items()} for row in objects.to_dict("records")]
    return None


def objects_of(objects: Any) -> Iterable[Any]:
    """Return the objects of a list, or the one that was given."""
    if isinstance(objects, Mapping) or class_question(objects) is not None:
        return [objects]
    if not isinstance(objects, Iterable):
        allowed = "networks, objects as files hold them, a data frame, or the name of a family"
        raise InputError("networks", objects, allowed)
    return objects


def class_question(found: Any) -> str | None:
    """Return the name of the question that is asked of an object; None for what has none.

    Examples
    --------
    >>> from tensors.convac import ConvAC, ConvLayer
    >>> class_question(ConvAC(4, 2, [ConvLayer(4, 4, 3)])), class_question("text") is None
    ('rank convac', True)
    """
    return next((BY_CLASS[each.__name__] for each in type(found).__mro__ if each.__name__ in BY_CLASS), None)


def _question_name(listed: Sequence[Any], name: str | None) -> str:
    """Return the one question of all objects, as it was named or as their classes and keys tell."""
    if name is not None:
        return name
    names = [_of_one(each, place) for place, each in enumerate(listed)]
    other = next((place for place, each in enumerate(names) if each != names[0]), None)
    if other is not None:
        raise InputError(f"networks[{other}]", listed[other], f"asked the same question as the first, {names[0]!r}")
    return names[0]


def _of_one(each: Any, place: int) -> str:
    found = class_question(each)
    if found is None and isinstance(each, Mapping):
        inside = (class_question(cell) for cell in each.values())
        by_key = (BY_KEY[key] for key in BY_KEY if not is_missing(each.get(key)))
        found = next(filter(None, inside), None) or next(by_key, None)
    if found is None:
        kinds = "a network, a circuit, a factor graph, or an object as files hold it"
        raise InputError(f"networks[{place}]", each, f"{kinds}; `question=` names what is asked of others")
    return found


def _item(each: Any, place: int, asked: Question, extra: Mapping[str, Any], is_row: bool) -> Item:
    """Describe an object as its question reads it."""
    allowed = keys(asked.given)
    unknown = next((key for key in extra if key not in allowed), None)
    if unknown is not None:
        options = "columns, question, title, seed, log2_error, jobs, store"
        raise InputError(unknown, extra[unknown], f"left out: there are {options}, and keys of {asked.name!r}")
    if not isinstance(each, Mapping):
        return _of_network(each, place, asked, extra)
    if not is_row:
        return Item(each, {**each, **extra})

    holder = next((name for name, cell in each.items() if class_question(cell) is not None), None)
    if holder is not None:
        beside = {name: cell for name, cell in each.items() if name != holder}
        return replace(_of_network(each[holder], place, asked, extra), beside=beside)
    given = {name: plain_cell(name, cell) for name, cell in each.items() if name in allowed and not is_missing(cell)}
    return Item(each, {**given, **extra}, {name: cell for name, cell in each.items() if name not in given})


def _of_network(each: Any, place: int, asked: Question, extra: Mapping[str, Any]) -> Item:
    """Describe a network, with the keys that a file of its question needs beside it."""
    given = {**_described(each, place, keys(asked.given)), **extra}
    missing = next((key for key in required_keys(asked.given) if key not in given), None)
    if missing is not None:
        raise InputError(missing, None, f"given: {asked.name!r} is asked of a network and its {missing}")
    return Item(each, given)


def _described(each: Any, place: int, allowed: Sequence[str]) -> dict[str, Any]:
    """Return the object that a file would hold for a network."""
    if hasattr(each, "to_json"):
        found = dict(each.to_json())
        return {"activation" if name == "activations" else name: value for name, value in found.items()}
    found = {name: getattr(each, name) for name in allowed if hasattr(each, name)}
    if not found:
        raise InputError(f"networks[{place}]", each, f"an object with {', '.join(allowed)}")
    return {name: _listed(value) for name, value in found.items()}


def _listed(value: Any) -> Any:
    return [_listed(each) for each in value] if isinstance(value, tuple | list) else value


# ---- the answers


def _answers(
    asked: Question, items: Sequence[Item], told: Mapping[str, Any], jobs: int | None, store: str | Path | None
) -> list[Row]:
    """Return the answer to each object, in order; what went wrong with one is its row."""
    options = {option.name for option in asked.options} & set(SHARED)
    shared = {name: value for name, value in told.items() if name in options}
    instances = [
        {"question": asked.name, "line": number, "text": to_json(written_object(item.given)), **shared}
        for number, item in enumerate(items, start=1)
    ]
    sweep = FamilySweep("batch", {"name": asked.name}, instances, evaluate, key, together=TOGETHER)
    with ExitStack() as stack:
        opened = None if store is None else stack.enter_context(Store.open(store))
        shown = stack.enter_context(moving_progress("networks"))
        report = run_sweep(sweep, opened, jobs=jobs, progress=shown)
    if report.interrupted:
        raise KeyboardInterrupt
    found = {key(instance): answer for instance, answer in sweep.results}
    found |= {failure.key: failed(failure.instance, failure.message) for failure in report.failed}
    return [found[key(instance)] for instance in instances]


def written_object(given: Any) -> Any:
    """Return a value as JSON holds it: tuples are lists, fractions text."""
    if isinstance(given, Mapping):
        return {str(name): written_object(value) for name, value in given.items()}
    if isinstance(given, list | tuple | range):
        return [written_object(value) for value in given]
    if given is None or isinstance(given, bool | int | float | str):
        return given
    return written(given) if hasattr(given, "__dataclass_fields__") else plain_cell("", given)


# ---- the table


def _table(
    asked: Question,
    items: Sequence[Item],
    rows: Sequence[Row],
    chosen: Mapping[str, Source] | None,
    title: str,
    seed: int,
) -> Table:
    """Make the table: all fields as data, the chosen columns for people."""
    from algebra import __version__
    from proofs_check.families.batch import columns as fields_of
    from proofs_check.show.tables import Columns, Table

    lines = [{"question": asked.name, "line": number, **row} for number, row in enumerate(rows, start=1)]
    fields = [column for column in fields_of(lines) if column.name != "error" or any("error" in row for row in rows)]
    data = data_of_columns(fields[1:], lines)
    beside = {name: [item.beside.get(name) for item in items] for name in items[0].beside}
    kinds = dict(data.kinds or {}) | {name: _kind(cells) for name, cells in beside.items()}

    chosen = _default(asked, fields, rows, beside) if chosen is None else chosen
    shown = {
        heading: [_cell(source, asked, item, row) for item, row in zip(items, rows, strict=True)]
        for heading, source in chosen.items()
    }
    if any("error" in row for row in rows):
        shown["error"] = [row.get("error", "").partition(": ")[2] or None for row in rows]
    computed = {heading: cells for heading, cells in shown.items() if callable(chosen.get(heading))}
    kinds |= {heading: _kind(cells) for heading, cells in computed.items()}
    cells = {**beside, **data.cells, **{heading: _values(each) for heading, each in computed.items()}}

    remarks = [graded(rows), f"rankcert {__version__}, seed {seed}"]
    return Table(Columns(cells, kinds), title, remarks, Columns(shown))


def _default(
    asked: Question, fields: Sequence[Column], rows: Sequence[Row], beside: Mapping[str, Any]
) -> Mapping[str, Source]:
    """Return what people see unless they choose: what stood beside, what describes the object, the answer."""
    plain = [each.name for each in fields if each.heading and each.name not in ("", "line", "error")]
    names = SHOWN.get(asked.name, (*plain[:1], asked.headline, *plain[1:]))
    there = [name for name in names if name and (name == asked.headline or any(name in row for row in rows))]
    return {name: name for name in beside if name not in there} | {name.replace("_", " "): name for name in there}


def _headings(chosen: Chosen) -> dict[str, Source]:
    """Return the source of the cells below each heading."""
    if isinstance(chosen, str) or not isinstance(chosen, Mapping | Sequence):
        raise InputError("columns", chosen, "a list of names, or of pairs (heading, name or function), or a mapping")
    if isinstance(chosen, Mapping):
        return dict(chosen)
    return dict((each, each) if isinstance(each, str) else each for each in chosen)


def _cell(source: Source, asked: Question, item: Item, row: Row) -> Any:
    """Return what people see of an object in one column."""
    if callable(source):
        return source(item.asked)
    if source == asked.headline and source:
        return known(row) if row.get("lower") is not None else None
    if source in row:
        return _readable(row[source])
    if source in item.beside:
        return _readable(item.beside[source])
    if source in item.given:
        return _readable(item.given[source])
    if "error" in row:
        return None
    found = getattr(item.asked, source, None)
    return _readable(found() if callable(found) else found)


def _check_column(source: Source, asked: Question, item: Item) -> None:
    """Check before any work that there is something to show in a column."""
    names = [asked.headline, *(each.name for each in asked.columns), *item.beside, *item.given]
    if callable(source) or source in names:
        return
    is_public = isinstance(source, str) and not source.startswith("_")
    if not (is_public and hasattr(item.asked, source)):
        listed = ", ".join(dict.fromkeys(name for name in names if name))
        raise InputError("columns", source, f"one of {listed}, an attribute of the network, or a function of it")


def _readable(value: Any) -> Any:
    """Return a value as people read it: lists as tuples, objects as JSON."""
    if isinstance(value, list):
        return tuple(_readable(each) for each in value)
    if isinstance(value, dict):
        return to_json(value)
    return None if is_missing(value) else value


def _values(cells: Sequence[Any]) -> list[Any]:
    """Return computed cells as data: bounds that meet are integers, others the text that says what is known."""
    found = [(cell.lower if cell.is_proved else str(cell)) if hasattr(cell, "is_proved") else cell for cell in cells]
    return [str(cell) for cell in found] if _kind(found) == "text" else found


def _kind(cells: Sequence[Any]) -> str:
    """Return the kind of a column of data."""
    present = [cell.lower if getattr(cell, "is_proved", False) else cell for cell in cells if not is_missing(cell)]
    if present and all(isinstance(cell, bool) for cell in present):
        return "boolean"
    if present and all(isinstance(cell, int) for cell in present):
        return "integer"
    return "number" if present and all(isinstance(cell, int | float) for cell in present) else "text"
