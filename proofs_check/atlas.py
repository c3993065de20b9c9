"""The atlas: tables of families, kept in the repository, each with how it was made and what is open in it.

A chapter is a family that says what a reader should learn from it (`proofs_check.family.Chapter`). `rankcert atlas`
runs it with its default options, and `write` writes its tables as CSV, one permanent label and one grade a row,
certificates of what is remarkable, and a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra import PolynomialNetwork, __version__
from algebra.writing import file_stem, write_file
from proofs_check.family import Family, Rows, data_of_columns
from proofs_check.registry import family, family_modules
from proofs_check.show.tables import Table

if TYPE_CHECKING:
    from proofs_check.family import Chapter

SHOWN = 60  # rows of each table on its page; the file has all


def chapters() -> dict[str, Family]:
    """Return the families that are chapters, by name.

    Examples
    --------
    >>> sorted(chapters())
    ['defects', 'thresholds', 'unimodality']
    """
    found = map(family, family_modules())
    return {each.name: each for each in found if each.chapter is not None}


def tables(chapter: Family, rows: Rows) -> dict[str, Table]:
    """Return the tables of a chapter by name: the family's own, and the others of its chapter."""
    assert isinstance(chapter.columns, tuple)
    about = _about(chapter)
    kept = {chapter.name: (chapter.columns, rows), **{t.name: (t.columns, t.rows(rows)) for t in about.others}}
    return {name: Table(data_of_columns(columns, part), name) for name, (columns, part) in kept.items()}


def write(chapter: Family, rows: Rows, folder: Path, pages: Path, told: Mapping[str, Any], took: str) -> list[Path]:
    """Write the tables, certificates and page of a chapter, and return the files.

    Parameters
    ----------
    chapter : Family
    rows : sequence of dict
    folder, pages : Path
        For the tables with their certificates, and for the page.
    told : dict
        The options of the family that were chosen.
    took : str
        How long it took.

    Returns
    -------
    list of Path
    """
    for place in (folder, pages):
        place.mkdir(parents=True, exist_ok=True)
    about = _about(chapter)
    text = [f"# {about.title}", about.question, *(f"- {finding}" for finding in about.findings(rows))]
    files = []
    for name, table in tables(chapter, rows).items():
        files.append(folder / f"{name}.csv")
        table.write(files[-1])
        text += [f"## `{name}.csv`: {table.length()} rows", _head(table)]

    labels, written = certify(about.witnesses(rows), folder / "certificates")
    if labels:
        text += ["## Certificates", f"`rankcert check atlas/certificates/*.json` checks {', '.join(labels)}."]
    text.append(_provenance(chapter, rows, told, took))
    page = pages / f"{chapter.name}.md"
    write_file(page, "\n\n".join(text) + "\n", "--pages")
    return [*files, *written, page]


def _about(family: Family) -> Chapter:
    assert family.chapter is not None
    return family.chapter


def certify(networks: Iterable[PolynomialNetwork], folder: Path) -> tuple[list[str], list[Path]]:
    """Write the certificates of the networks' dimensions; return the labels and the files."""
    labels, files = [], []
    for network in networks:
        folder.mkdir(parents=True, exist_ok=True)
        files.append(folder / f"{file_stem(network.label)}.json")
        network.dimension().certificate().write(files[-1])
        labels.append(f"`{network.label}`")
    return labels, files


def _head(table: Table) -> str:
    head = Table(table.frame.head(SHOWN)).to_markdown().rstrip()
    return head if table.length() <= SHOWN else f"{head}\n\nThe first {SHOWN} rows; the file has all."


def _provenance(chapter: Family, rows: Rows, told: Mapping[str, Any], took: str) -> str:
    grades = [row["grade"] for row in rows]
    counted = ", ".join(f"{grades.count(grade)} {grade}" for grade in dict.fromkeys(sorted(grades, reverse=True)))
    shown = ", ".join(f"{name} {_listed(value)}" for name, value in told.items() if name != "seed")
    return (
        f"## How it was made\n\n`rankcert atlas {chapter.name}`, rankcert {__version__}, seed {told['seed']}, "
        f"{took}. Family: {shown}. {len(rows)} instances: {counted}. "
        "The same command regenerates the table; other bounds extend it, and a store (`--store`) keeps what is there."
    )


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | range) else value
