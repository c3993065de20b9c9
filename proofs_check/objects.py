"""Tables of objects: one question asked of every network of a list, or of every row of a data frame.

What is asked is a question of the registry, and the rows are those of `rankcert table batch`: the same keys, so that a
store that holds an answer is not asked twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer, meant
from proofs_check.cells import is_missing, plain_cell
from proofs_check.chosen import Chosen, Source, attribute, check_source, headings_of, kind_of, readable, values_of
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
from proofs_check.things import table_of_things

if TYPE_CHECKING:
    from proofs_check.family import Column, Row
    from proofs_check.question import Question
    from proofs_check.show.tables import Table

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
    """Ask one question of every object; see `proofs_check.tabulate.table`.

    Raises
    ------
    InputError
        If there are no objects, or the title is no text.
    """
    rows = frame_rows(objects)
    listed = list(objects_of(objects)) if rows is None else rows
    if not listed:
        raise InputError("networks", "nothing", "at least one network")
    if not isinstance(title, str):
        raise InputError("title", title, "text")
    chosen = None if columns is None else headings_of(columns)
    if name is None and chosen is not None and not any(map(_of_one, listed)):
        _check_extra(extra)
        return table_of_things(listed, chosen, title)

    asked = question(_question_name(listed, name))
    items = [_item(each, place, asked, extra, rows is not None) for place, each in enumerate(listed)]
    for source in (chosen or {}).values():
        names = [asked.headline, *(each.name for each in asked.columns), *items[0].beside, *items[0].given]
        check_source(source, names, items[0].asked, "network")

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
    """Return the objects of a list, or the one that was given.

    Raises
    ------
    InputError
        If it is neither.
    """
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
    names = [_of_one(each) for each in listed]
    unknown = next((place for place, each in enumerate(names) if each is None), None)
    if unknown is not None:
        kinds = "a network, a circuit, a factor graph, or an object as files hold it"
        others = "`question=` names what is asked of others, `columns=` what is shown of them"
        given = listed[unknown]
        hint = next(
            filter(None, (meant(str(key), BY_KEY) for key in (given if isinstance(given, Mapping) else ()))), ""
        )
        raise InputError(f"networks[{unknown}]", given, f"{kinds}; {others}{hint}")
    other = next((place for place, each in enumerate(names) if each != names[0]), None)
    if other is not None:
        raise InputError(f"networks[{other}]", listed[other], f"asked the same question as the first, {names[0]!r}")
    return str(names[0])


def _of_one(each: Any) -> str | None:
    """Return the question of one object, as its class or its keys tell."""
    found = class_question(each)
    if found is None and isinstance(each, Mapping):
        inside = (class_question(cell) for cell in each.values())
        by_key = (BY_KEY[key] for key in BY_KEY if not is_missing(each.get(key)))
        found = next(filter(None, inside), None) or next(by_key, None)
    return found


def _item(each: Any, place: int, asked: Question, extra: Mapping[str, Any], is_row: bool) -> Item:
    """Describe an object as its question reads it."""
    allowed = keys(asked.given)
    _check_extra(extra, allowed, asked.name)
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


def _check_extra(extra: Mapping[str, Any], allowed: Sequence[str] = (), name: str = "") -> None:
    """Refuse keywords that are neither an option nor a key of the question's file."""
    unknown = next((key for key in extra if key not in allowed), None)
    if unknown is not None:
        options = ("columns", "question", "title", "seed", "log2_error", "jobs", "store")
        there = f"there are {', '.join(options)}" + (f", and of {name!r} {', '.join(allowed)}" if allowed else "")
        raise InputError(unknown, extra[unknown], f"left out: {there}{meant(unknown, [*options, *allowed])}")


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
    kinds = dict(data.kinds or {}) | {name: kind_of(cells) for name, cells in beside.items()}

    chosen = _default(asked, fields, rows, beside) if chosen is None else chosen
    shown = {
        heading: [_cell(source, asked, item, row) for item, row in zip(items, rows, strict=True)]
        for heading, source in chosen.items()
    }
    if any("error" in row for row in rows):
        shown["error"] = [row.get("error", "").partition(": ")[2] or None for row in rows]
    computed = {heading: cells for heading, cells in shown.items() if callable(chosen.get(heading))}
    kinds |= {heading: kind_of(cells) for heading, cells in computed.items()}
    cells = {**beside, **data.cells, **{heading: values_of(each) for heading, each in computed.items()}}

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


def _cell(source: Source, asked: Question, item: Item, row: Row) -> Any:
    """Return what people see of an object in one column."""
    if callable(source):
        return source(item.asked)
    if source == asked.headline and source:
        return known(row) if row.get("lower") is not None else None
    if source in row:
        return readable(row[source])
    if source in item.beside:
        return readable(item.beside[source])
    if source in item.given:
        return readable(item.given[source])
    if "error" in row:
        return None
    return attribute(item.asked, source)
