"""The atlas: how complete and how sure each list is, and a page where an architecture is looked up in the browser.

The page works without a server: its data are a script that assigns one object, made from the tables of the atlas.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

from proofs_check.atlas import chapters
from proofs_check.show.reference import markdown_table

ROOT = Path(__file__).resolve().parents[2]
ATLAS = ROOT / "atlas"
FORM = Path(__file__).parent / "lookup.html"
DEFECTS = ("dimension", "expected_dimension", "ambient_dimension", "naive_dimension", "defect", "upper_by", "grade")

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """Return the rows of a table of the atlas."""
    with (ATLAS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def data() -> dict[str, Any]:
    """Return what the look-up page knows, keyed by hyphenated widths, with the degree behind a colon.

    ``lists`` has for each pair of ends, depth and degree whether the list of minimal filling architectures is complete,
    how sure that is, and the hidden widths of each architecture in it.
    """
    lists: dict[str, dict[str, Any]] = {
        row["label"]: {"complete": row["complete"] == "True", "grade": row["grade"], "hidden": []}
        for row in read("unimodality")
    }
    for row in read("minimal-filling"):
        lists[row["list"]]["hidden"].append([int(width) for width in row["widths"].split()[1:-1]])
    dimensions = {
        f"{row['widths'].replace(' ', '-')}:{row['degree']}": [row[column] for column in DEFECTS]
        for row in read("defects")
    }
    thresholds = {
        row["widths"].replace(" ", "-"): [row["threshold"], row["bound"], row["defects"], row["grade"]]
        for row in read("thresholds")
    }
    return {"columns": DEFECTS, "lists": lists, "dimensions": dimensions, "thresholds": thresholds}


def write(folder: Path) -> None:
    """Write the page on the lists, the look-up page, and its data."""
    static = folder.parent / "static"
    static.mkdir(exist_ok=True)
    text = json.dumps(data(), separators=(",", ":"))
    (static / "atlas.js").write_text(f"window.ATLAS = {text};\n", encoding="utf-8")
    (folder / "index.md").write_text(_index(), encoding="utf-8")
    (folder / "lookup.md").write_text(_lookup(), encoding="utf-8")


def _index() -> str:
    names = {"minimal-filling": "unimodality"}  # a table that another chapter writes
    rows = []
    for path in sorted(ATLAS.glob("*.csv")):
        name = path.stem
        table = read(name)
        chapter = names.get(name, name)
        assert chapter in chapters()
        grades = Counter(row["grade"] for row in table)
        sure = ", ".join(f"{count:,} {grade}" for grade, count in grades.most_common())
        rows.append(
            [f"`atlas/{name}.csv`", f"{len(table):,}", _completeness(name, table), f"`rankcert atlas {chapter}`", sure]
        )
    heads = ["list", "rows", "complete?", "source", "how sure"]
    pages = "\n".join(f"../../atlas/{name}" for name in sorted(chapters()))
    return f"""# Atlas

What long searches found, kept in the repository as tables with one permanent label and one grade a row.
[Look an architecture up](lookup.md), or read the chapters. [Sweeps](../../sweeps.md) says how the searches prove that
their lists are complete.

{markdown_table(heads, rows)}

Each chapter ends with the command, version, seed and family that made it. Remarkable entries have certificates in
`atlas/certificates`: `rankcert check atlas/certificates/*.json` checks them without the library.

```{{toctree}}
:maxdepth: 1

lookup
{pages}
```
"""


def _completeness(name: str, table: list[Row]) -> str:
    """Say of a list whether it holds everything that it is about."""
    if name == "minimal-filling":
        lists = read("unimodality")
        return _of_lists(lists)
    if name == "unimodality":
        return f"a family of ends, depths and degrees; {_of_lists(table)}"
    return "the family that its chapter names, whole; nothing is claimed beyond it"


def _of_lists(lists: list[Row]) -> str:
    complete = sum(row["complete"] == "True" for row in lists)
    return f"{complete} of {len(lists)} lists are proved to be complete"


def _lookup() -> str:
    return f"""# Look an architecture up

Type the widths of a polynomial network from input to output, and its degree. Where the atlas has the complete list of
minimal filling architectures with these ends, depth and degree, it decides for *every* network whether it fills:
exactly those do that are at least as wide, layer by layer, as one in the list. Nothing is sent anywhere: the page holds
its data.

```{{raw}} html
{FORM.read_text(encoding="utf-8")}
```
"""
