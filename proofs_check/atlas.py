"""The atlas: tables that the sweeps made, kept in the repository, each with how it was made and what is open in it.

A chapter is a sweep over a family with default bounds. `rankcert atlas` runs it (what a store holds already is
not computed again), and `write` writes its tables as CSV, one permanent label and one
grade a row, and a page of documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import algebra
from algebra import PolynomialNetwork
from algebra.errors import InputError
from proofs_check.conjectures import defects, thresholds, unimodality
from proofs_check.conjectures.lattice import is_unimodal

if TYPE_CHECKING:
    from proofs_check.engine.sweep import FamilySweep
    from proofs_check.show.tables import Table

Row = dict[str, Any]
WITNESSES = 3  # counterexamples of a kind that are certified
SHOWN = 60  # rows of each table on its page


@dataclass(frozen=True)
class Chapter:
    """One sweep of the atlas.

    Parameters
    ----------
    name, title, question : str
    family : callable
        Bounds → instances.
    bounds : dict
        Default arguments of `family`.
    evaluate, key, cost : callable
        See `proofs_check.engine.sweep.Sweep`.
    tables : callable
        Results → rows by name of the table.
    findings : callable
        Results → sentences, each true of the rows as they stand.
    witnesses : callable
        Results → networks whose dimensions prove what is remarkable; their certificates are kept beside the tables.
    """

    name: str
    title: str
    question: str
    family: Callable[..., list[Row]]
    bounds: Mapping[str, Any]
    evaluate: Callable[[Row], Row]
    key: Callable[[Row], str]
    cost: Callable[[Row], float]
    tables: Callable[[list[Row]], dict[str, list[Row]]]
    findings: Callable[[list[Row]], list[str]]
    witnesses: Callable[[list[Row]], list[PolynomialNetwork]]

    def sweep(self, **bounds: Any) -> FamilySweep:
        """The sweep, with other bounds where they are given.

        Raises
        ------
        InputError
            For a bound that the family does not have, or an empty family.
        """
        from proofs_check.engine.sweep import FamilySweep

        for name in bounds:
            if name not in self.bounds:
                raise InputError(name, bounds[name], f"one of the bounds {', '.join(self.bounds)}")
        chosen = {**self.bounds, **bounds}
        return FamilySweep(self.name, chosen, self.family(**chosen), self.evaluate, self.key, self.cost)


def chapters() -> dict[str, Chapter]:
    """Return all chapters by name.

    Examples
    --------
    >>> sorted(chapters())
    ['defects', 'thresholds', 'unimodality']
    """
    return {chapter.name: chapter for chapter in CHAPTERS}


def write(
    chapter: Chapter, results: list[Row], folder: Path, pages: Path, bounds: Mapping[str, Any], took: str
) -> None:
    """Write the tables and the page of results."""
    folder.mkdir(parents=True, exist_ok=True)
    pages.mkdir(parents=True, exist_ok=True)
    text = [f"# {chapter.title}", chapter.question, *(f"- {finding}" for finding in chapter.findings(results))]
    for name, rows in chapter.tables(results).items():
        table = _table(name, rows)
        table.write(folder / f"{name}.csv")
        text += [f"## `{name}.csv`: {len(rows)} rows", _head(table)]
    written = certify(chapter.witnesses(results), folder / "certificates")
    if written:
        text += ["## Certificates", "`rankcert check atlas/certificates/*.json` checks " + ", ".join(written) + "."]
    text.append(_provenance(chapter, results, bounds, took))
    (pages / f"{chapter.name}.md").write_text("\n\n".join(text) + "\n", encoding="utf-8")


def certify(networks: Iterable[PolynomialNetwork], folder: Path) -> list[str]:
    """Write the certificates of the networks' dimensions; return the labels."""
    labels = []
    for network in networks:
        folder.mkdir(parents=True, exist_ok=True)
        certificate = network.dimension().certificate()
        certificate.write(folder / f"{network.label.replace(':', '_')}.json")
        labels.append(f"`{network.label}`")
    return labels


def _table(name: str, rows: Iterable[Row]) -> Table:
    import pandas as pd

    from proofs_check.show.tables import Table

    plain = [{column: _cell(value) for column, value in row.items()} for row in rows]
    return Table(pd.DataFrame(plain).convert_dtypes(), title=name)


def _cell(value: Any) -> Any:
    """Lists as text: widths with spaces, lists of widths with semicolons."""
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], list):
        return "; ".join(" ".join(map(str, each)) for each in value)
    return " ".join(map(str, value))


def _head(table: Table) -> str:
    from proofs_check.show.tables import Table

    head = Table(table.frame.head(SHOWN)).to_markdown().rstrip()
    return head if len(table.frame) <= SHOWN else f"{head}\n\nThe first {SHOWN} rows; the file has all."


def _provenance(chapter: Chapter, results: list[Row], bounds: Mapping[str, Any], took: str) -> str:
    grades = [result["grade"] for result in results]
    counted = ", ".join(f"{grades.count(grade)} {grade}" for grade in dict.fromkeys(sorted(grades, reverse=True)))
    shown = ", ".join(f"{name} {value}" for name, value in bounds.items())
    return (
        f"## How it was made\n\n`rankcert atlas {chapter.name}`, rankcert {algebra.__version__}, seed 0, "
        f"{took}. Family: {shown}. {len(results)} instances: {counted}. "
        "The same command regenerates the table; other bounds extend it, and a store (`--store`) keeps what is there."
    )


# ---------------------------------------------------------------- the chapters


def _unimodality_tables(results: list[Row]) -> dict[str, list[Row]]:
    problems = [{name: value for name, value in row.items() if name != "lists"} for row in results]
    lists = [
        {
            "label": f"pnn:{'-'.join(map(str, widths))}:r{row['degree']}",
            "list": row["label"],
            "widths": widths,
            "degree": row["degree"],
            "parameters": sum(a * b for a, b in pairwise(widths)),
            "unimodal": is_unimodal(widths),
            "grade": "proved" if row["complete"] else "probable",
        }
        for row in results
        for widths in row["lists"]
    ]
    return {"unimodality": problems, "minimal-filling": lists}


def _unimodality_findings(results: list[Row]) -> list[str]:
    found = unimodality.summary(results)
    total = sum(row["architectures"] for row in results)
    sentences = [
        f"{total} minimal filling architectures in {len(results)} lists, "
        f"{sum(row['complete'] for row in results)} of them proved to be complete."
    ]
    for depth, here in found["by_depth"].items():
        if here["least_degree"] is None:
            sentences.append(f"Depth {depth}: none in this family fails to be unimodal.")
            continue
        shown = ", ".join(f"({', '.join(map(str, widths))})" for widths in here["examples"])
        surely = "no smaller degree in this family" if here["smaller_degrees_complete"] else "smaller degrees are open"
        sentences.append(
            f"Depth {depth}: unimodality fails from degree {here['least_degree']} on ({surely}), at {shown}."
        )
    if found["least_parameters"]:
        widths = ", ".join(map(str, found["least_parameters_at"]))
        sentences.append(f"Fewest parameters of a non-unimodal one: {found['least_parameters']}, at ({widths}).")
    if found["open"]:
        sentences.append(f"Open (a region that no bound excludes): {', '.join(found['open'])}.")
    return sentences


def _valleys(results: list[Row]) -> list[PolynomialNetwork]:
    """At each depth the non-unimodal architectures of least degree (they fill) and their predecessors (they do not)."""
    found = []
    for here in unimodality.summary(results)["by_depth"].values():
        for widths in here["examples"][:1]:
            network = PolynomialNetwork(widths, here["least_degree"])
            found += [network, *network.predecessors()]
    return found


def _unlocalised(results: list[Row]) -> list[PolynomialNetwork]:
    """Networks that are not identifiable although their blocks are, and these blocks."""
    found = []
    for row in [row for row in results if row["converse_fails"]][:WITNESSES]:
        widths, degree = row["widths"], row["degree"]
        blocks = [PolynomialNetwork(widths[k : k + 3], degree) for k in range(len(widths) - 2)]
        found += [PolynomialNetwork(widths, degree), *blocks]
    return list(dict.fromkeys(found))


def _threshold_findings(results: list[Row]) -> list[str]:
    attained = [row for row in results if row["attained"] and row["bound"] > 1]
    gaps = [row["label"] for row in results if not row["upward_closed"]]
    return [
        f"The theorem's bound 2 max - 2 is attained by {len(attained)} of {len(results)}: "
        + ", ".join(row["label"].removeprefix("threshold:") for row in attained[:12])
        + ("." if len(attained) <= 12 else " and others."),
        "Non-defectivity is upward closed in the degree for all of them."
        if not gaps
        else f"Non-defectivity is not upward closed at {', '.join(gaps)}.",
    ]


def _defect_findings(results: list[Row]) -> list[str]:
    defective = [row for row in results if row["defect"]]
    converse = [row for row in results if row["converse_fails"]]
    return [
        f"{len(defective)} of {len(results)} have less than the expected dimension; each is explained by named bounds.",
        f"{len(converse)} are not identifiable although all their blocks are (the converse of localization fails).",
    ]


CHAPTERS = (
    Chapter(
        "unimodality",
        "Minimal filling architectures, and where they are not unimodal",
        "Which architectures fill their ambient space, minimally? A complete list comes with a proof: every other "
        "architecture contains one of the list or lies in a region that a named bound excludes. `rankcert sweep "
        "minimal-filling --certificates FOLDER` writes the proof of one list. At depth 3 and below unimodality cannot "
        "fail: to fill, the first hidden layer must be as wide as the input, and the last must span the outputs.",
        unimodality.problems,
        {
            "inputs": [2, 3, 4, 5, 6],
            "outputs": [1, 2, 3, 4, 5, 6, 7, 8],
            "depths": [2, 3, 4, 5, 6, 7, 8, 9],
            "degrees": [2, 3, 4, 5, 6, 7, 8, 9],
            "largest": 970,
            "largest_deep": 770,
        },
        unimodality.evaluate,
        unimodality.key,
        unimodality.cost,
        _unimodality_tables,
        _unimodality_findings,
        _valleys,
    ),
    Chapter(
        "thresholds",
        "Activation thresholds",
        "The last degree at which the dimension is below the naive one. Every degree up to the bound of Usevich, "
        "Borsoi, Dérand and Clausel (2025, corollary 17) is computed, so the columns also answer whether that bound is "
        "attained and whether non-defectivity is upward closed.",
        thresholds.family,
        {"depths": [2, 3], "largest": 5},
        thresholds.evaluate,
        thresholds.key,
        thresholds.cost,
        lambda results: {"thresholds": results},
        _threshold_findings,
        lambda results: [],
    ),
    Chapter(
        "defects",
        "Defects of deep networks, and identifiability of their blocks",
        "Where the dimension is below the expected one, by how much, and which chain of bounds explains it; and "
        "whether all one-hidden-layer blocks are identifiable while the network is not.",
        defects.family,
        {"depths": [2, 3, 4], "largest": 5, "degrees": [2, 3]},
        defects.evaluate,
        defects.key,
        defects.cost,
        lambda results: {"defects": results},
        _defect_findings,
        _unlocalised,
    ),
)
