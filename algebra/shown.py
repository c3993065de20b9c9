"""What notebooks and terminals show of an object: a table of facts that costs nothing and stays short.

`Shown` is the one mixin of public classes. A display reads fields and nothing else: it starts no rank, and it does not
grow with the object.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from algebra.escape import escape

LONGEST = 120
"""Characters of a label that are shown."""

MOST_FACTS = 24
"""Rows of a table of facts."""

MOST_ENTRIES = 8
"""Entries of a list that are shown."""

MOST_DIGITS = 40
"""Digits of a number that are shown; numbers of more are said to have them."""

LONGEST_REPR = 240
"""Characters of one field in plain text, and entries of a list from which on only the first are written."""

MATRIX = 6
"""Rows and columns of the largest matrix that is shown as a formula."""

LARGEST = 10**15
"""Greatest number that is written out."""


def card(title: str, label: str, *facts: str) -> str:
    """Return a title, a label and some facts as HTML; what users named is escaped.

    Parameters
    ----------
    title : str
    label : str
    *facts : str

    Returns
    -------
    str

    Examples
    --------
    >>> card("a < b", "x:" + "1" * 200, "two facts", "in a row")[:60]
    '<b>a &lt; b</b> <code>x:111111111111111111111111111111111111'
    """
    short = label if len(label) <= LONGEST else f"{label[:LONGEST]}…"
    return f"<b>{escape(title)}</b> <code>{escape(short)}</code><br><small>{escape(', '.join(facts))}</small>"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Write a number of things, and of very many that they are.

    Parameters
    ----------
    number : int
    singular : str
    plural : str, optional
        Default: the singular with an s.

    Returns
    -------
    str

    Examples
    --------
    >>> counted(1, "layer"), counted(12345, "weight"), counted(10**5000, "entry", "entries")
    ('1 layer', '12,345 weights', 'more than 10^15 entries')
    """
    shown = f"{number:,}" if number <= LARGEST else "more than 10^15"
    return f"{shown} {singular if number == 1 else plural or singular + 's'}"


class Shown:
    """A mixin: an object shows itself as a title, a drawing if it has one, and a table of facts.

    A class may say more of itself by `shown_facts` and `shown_figure`. Its plain text is that of a dataclass, with long
    fields cut.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Answer(Shown):
    ...     rank: int
    ...     rows: tuple[int, ...]
    >>> Answer(3, (0, 1))
    Answer(rank=3, rows=(0, 1))
    >>> len(repr(Answer(3, tuple(range(10**5))))) < 100
    True
    >>> Answer(3, (0, 1))._repr_html_()[:49]
    '<div><b>Answer</b><table><tbody><tr><th style="te'
    """

    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """Give the class its plain text before `dataclass` writes one without bounds."""
        super().__init_subclass__(**options)
        if cls.__repr__ in (object.__repr__, Shown.__repr__):
            cls.__repr__ = Shown.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={_short_repr(value)}" for name, value in _fields(self))
        return f"{type(self).__qualname__}({facts})"

    def shown_facts(self) -> Iterable[tuple[str, Any]]:
        """Return pairs (name, value) for people; here the fields that are not hidden, without underscores.

        Returns
        -------
        iterable of (str, object)
        """
        return ((name.replace("_", " "), value) for name, value in _fields(self))

    def shown_figure(self) -> str:
        """Return a small drawing as SVG, or nothing.

        Returns
        -------
        str
            SVG, or empty.
        """
        return ""

    def _repr_html_(self) -> str:
        rows = []
        for number, (name, value) in enumerate(self.shown_facts()):
            if number == MOST_FACTS:
                rows.append(_row("…", "more facts are not shown"))
                break
            rows.append(_row(escape(name), html_of(value)))
        table = f"<table><tbody>{''.join(rows)}</tbody></table>" if rows else ""
        return f"<div><b>{escape(words_of(type(self).__name__))}</b>{self.shown_figure()}{table}</div>"


def words_of(name: str) -> str:
    """Write the name of a class in words.

    Examples
    --------
    >>> words_of("NumericClassification"), words_of("CP"), words_of("RankSpectrum")
    ('Numeric classification', 'CP', 'Rank spectrum')
    """
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z]|\d|$)|[A-Z]?[a-z]+|\d+", name)
    return " ".join([parts[0], *(part if part.isupper() else part.lower() for part in parts[1:])]) if parts else name


def _row(name: str, value: str) -> str:
    return f'<tr><th style="text-align:left">{name}</th><td style="text-align:left">{value}</td></tr>'


def _fields(shown: Any) -> list[tuple[str, Any]]:
    """Return name and value of the fields that are part of what is printed."""
    if is_dataclass(shown):
        return [(each.name, getattr(shown, each.name)) for each in fields(shown) if each.repr]
    return [(name, value) for name, value in getattr(shown, "__dict__", {}).items() if not name.startswith("_")]


def html_of(value: Any) -> str:
    """Return one value as a line of HTML, capped.

    Examples
    --------
    >>> html_of(None), html_of(True), html_of((1, 2)), html_of(range(100))
    ('—', 'yes', '1, 2', '100 entries: 0, 1, 2, 3, 4, 5, 6, 7, …')
    """
    formulas = [_formula(each) for each in (_first(value) if isinstance(value, tuple) else [value])]
    if formulas and all(formulas) and not (isinstance(value, tuple) and len(value) > len(formulas)):
        return ", ".join(formulas)
    own = getattr(value, "_repr_html_", None)
    if own is not None and not isinstance(value, Shown):
        return str(own())
    return escape(plain(value))


def plain(value: Any, depth: int = 0) -> str:
    """Return one value as plain text, capped; what is nested deeper than two lists is only named.

    Parameters
    ----------
    value : object
    depth : int
        How deep it lies in what is shown.

    Returns
    -------
    str

    Examples
    --------
    >>> plain(10**50), plain("a" * 200)[-3:], plain({"a": 1})
    ('a number of about 51 digits', 'aa…', 'a: 1')
    """
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value).replace("_", " ")
    if isinstance(value, int):
        size = abs(value).bit_length() * 30103 // 100000 + 1
        return str(value) if size <= MOST_DIGITS else f"a number of about {size} digits"
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
    if isinstance(value, Shown):
        return _line(value)
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"array of shape {tuple(value.shape)}"
    if callable(getattr(value, "nrows", None)):
        return f"matrix of {value.nrows()} × {value.ncols()}"
    if isinstance(value, Mapping):
        return _listed([f"{plain(k, 2)}: {plain(v, 2)}" for k, v in _first(value.items())], len(value))
    if isinstance(value, list | tuple | range | set | frozenset):
        if depth >= 2:
            return f"{len(value)} entries"
        parts = [plain(each, depth + 1) for each in _first(value)]
        text = _listed(parts, len(value))
        return f"({text})" if depth else text
    fraction = _fraction(value)
    if fraction is not None:
        return fraction
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _first(values: Iterable[Any]) -> list[Any]:
    return [value for value, _ in zip(values, range(MOST_ENTRIES), strict=False)]


def _listed(parts: list[str], count: int) -> str:
    if not count:
        return "none"
    if count > len(parts):
        return f"{count} entries: {', '.join(parts)}, …"
    return ", ".join(parts)


def _line(shown: Shown) -> str:
    """Name an object that is part of another one: by its own text if it has one, else by its first facts."""
    if type(shown).__str__ is not object.__str__ or type(shown).__repr__ is not Shown.__repr__:
        text = str(shown)
    else:
        text = ", ".join(f"{name}: {plain(value, 2)}" for name, value in _first(shown.shown_facts()))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _fraction(value: Any) -> str | None:
    """Write a fraction, of long ones about how large they are; None for what is no fraction."""
    try:
        above, below = int(value.numerator), int(value.denominator)
    except (AttributeError, TypeError, ValueError):
        return None
    if max(above.bit_length(), below.bit_length()) <= 2 * MOST_DIGITS:
        return f"{above}/{below}" if below != 1 else str(above)
    try:
        return f"about {above / below:.6g}"
    except OverflowError:
        return "a fraction of very many digits"


def _formula(value: Any) -> str:
    """Return a small exact matrix as a formula between dollars; nothing for anything else."""
    if not callable(getattr(value, "table", None)) or not callable(getattr(value, "nrows", None)):
        return ""
    if not (0 < value.nrows() <= MATRIX and 0 < value.ncols() <= MATRIX):
        return ""
    rows = [[plain(entry) for entry in row] for row in value.table()]
    if max(len(entry) for row in rows for entry in row) > 12:
        return ""
    body = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"$\begin{{pmatrix}} {escape(body)} \end{{pmatrix}}$"


def _short_repr(value: Any) -> str:
    """Write a field as Python does, of long ones the beginning."""
    if isinstance(value, list | tuple) and len(value) > LONGEST_REPR:
        first = ", ".join(map(_short_repr, value[:3]))
        opened, closed = ("[", "]") if isinstance(value, list) else ("(", ")")
        return f"{opened}{first}, … {len(value)} in all{closed}"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value).bit_length() > 14000:
        return plain(value)
    try:
        text = repr(value)
    except ValueError:  # an integer within that is longer than Python writes
        return plain(value)
    return text if len(text) <= LONGEST_REPR else f"{text[:LONGEST_REPR]}…"
