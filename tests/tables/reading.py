"""Tables read back from their files, by other code than what wrote them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pandas as pd

Cells = list[list[str]]

FORMATS = ("md", "html", "tex", "csv", "parquet")
"""The first three are for people and show the same cells; the other two are data."""


def check_every_format(folder: Path, write: Callable[[Path], object], rows: int) -> Cells:
    """Write a table in every format, read each file back, and compare the cells; return those of the CSV file."""
    for suffix in FORMATS:
        write(folder / f"table.{suffix}")
    assert {path.name for path in folder.iterdir()} >= {f"table.{suffix}" for suffix in FORMATS}

    shown = _markdown(folder / "table.md")
    assert len(shown) == rows + 1
    assert _html(folder / "table.html") == shown
    latex = _latex(folder / "table.tex")
    assert [len(row) for row in latex] == [len(row) for row in shown]
    assert [[_digits(cell) for cell in row] for row in latex[1:]] == [[_digits(c) for c in row] for row in shown[1:]]

    # A quote in a CSV file marks a text that a spreadsheet would take for a formula.
    with (folder / "table.csv").open(newline="", encoding="utf-8") as file:
        data = [[re.sub("^'(?=[-=+@])", "", cell) for cell in row] for row in csv.reader(file)]
    assert len(data) == rows + 1
    assert _without_seconds(_parquet(folder / "table.parquet")) == _without_seconds(data)
    return data


def _without_seconds(data: Cells) -> Cells:
    """Leave out how long each row took: every file is another run."""
    kept = [column for column, name in enumerate(data[0]) if name != "seconds"]
    return [[row[column] for column in kept] for row in data]


def _markdown(path: Path) -> Cells:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[cell.strip().replace(r"\|", "|") for cell in row] for row in (rows[0], *rows[2:])]


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Cells = []
        self.is_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.is_cell = tag in {"td", "th"}
        if tag == "tr":
            self.rows.append([])
        elif self.is_cell:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.is_cell = False

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.rows[-1][-1] += data


def _html(path: Path) -> Cells:
    table = _Table()
    table.feed(path.read_text(encoding="utf-8"))
    return table.rows


def _latex(path: Path) -> Cells:
    """Read what stands between the rules; of a cell only its numbers are compared, since the words have markup."""
    text = path.read_text(encoding="utf-8")
    rules = [match.end() for match in re.finditer(r"\\(toprule|midrule|bottomrule)", text)]
    lines = [line for start, end in pairwise(rules) for line in text[start:end].splitlines()]
    rows = [line.strip().removesuffix(r"\\") for line in lines if line.strip().endswith(r"\\")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)&", row)] for row in rows]


def _digits(cell: str) -> list[str]:
    return re.findall(r"\d+", cell)


def _parquet(path: Path) -> Cells:
    frame = pd.read_parquet(path, dtype_backend="numpy_nullable")
    rows = [["" if pd.isna(cell) else str(cell) for cell in row] for row in frame.itertuples(index=False)]
    return [list(frame.columns), *rows]
