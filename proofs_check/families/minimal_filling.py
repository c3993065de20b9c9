"""Every minimal filling architecture for given ends, depth and degree, with a proof that the list is complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.writing import file_stem, make_folder
from proofs_check.family import Column, Family, Instance, Row, Rows, Told, tuple_column
from proofs_check.option import SEED, Option
from proofs_check.show.text import aligned, counted, strong
from proofs_check.words import folder, integer

if TYPE_CHECKING:
    from proofs_check.filling import MinimalFilling


def search(
    first: int, last: int, depth: int, degree: int, certificates: Path | None = None, seed: int = 0
) -> MinimalFilling:
    """Return the search; the folder for certificates is made first, so that no work is lost for want of it.

    Parameters
    ----------
    first, last : int
        Widths of input and output.
    depth : int
        Number of weight matrices.
    degree : int
        Activation degree of every hidden layer.
    certificates : Path, optional
        Folder.
    seed : int

    Returns
    -------
    MinimalFilling
    """
    from proofs_check.filling.minimal import filling_search

    found = filling_search(first, last, depth, degree, seed)
    if certificates is not None:
        make_folder("--certificates", certificates)
    return found


def evaluate(instance: Instance) -> Row:
    """Decide whether an architecture fills, as a step of the search."""
    from proofs_check.filling import search as filling

    return filling.evaluate(instance)


def finished(found: MinimalFilling, result: Mapping[str, Any], told: Told) -> Row:
    """Write one certificate for each architecture, and one for the list if it is proved to be complete."""
    from algebra import PolynomialNetwork

    folder: Path | None = told["certificates"]
    architectures = [{**each, "certificate": None} for each in result["architectures"]]
    if folder is None:
        return {**result, "architectures": architectures}

    for each in architectures:
        network = PolynomialNetwork(each["widths"], degrees=[result["degree"]] * (result["depth"] - 1))
        each["certificate"] = str(folder / f"{file_stem(each['label'])}.json")
        network.dimension(seed=found.seed).certificate().write(each["certificate"])
    certificate = None
    if result["complete"]:
        certificate = str(folder / f"{file_stem(result['label'])}.json")
        found.certificate().write(certificate)
    return {**result, "architectures": architectures, "certificate": certificate}


def said(found: MinimalFilling, rows: Rows, asked: int) -> str:
    """Return the list for people."""
    state = "complete, proved" if found.is_complete else "not proved to be complete"
    head = f"{strong(found.problem.label)}: {counted(len(rows), 'minimal filling architecture')}, {state}"
    lines = [_line(row) for row in rows]
    regions = f"{len(found.regions)} excluded regions, {len(found.open_regions)} open"
    open_regions = [f"  open: widths at most {_corner(corner)}" for corner in found.open_regions]
    return "\n".join([head, *([aligned(lines)] if lines else []), regions, *open_regions])


def _line(row: Row) -> tuple[str, str, str]:
    valley = "" if row["unimodal"] else "valley"
    return "-".join(map(str, row["widths"])), f"{row['parameters']} parameters", valley


def _corner(corner: Iterable[int | None]) -> str:
    return "-".join("∞" if width is None else str(width) for width in corner)


FAMILY = Family(
    name="minimal-filling",
    says="Every minimal filling architecture of a kind, with a proof that the list is complete.",
    search=search,
    evaluate=evaluate,
    key=lambda row: row["label"],
    columns=(
        Column("label", "text"),
        tuple_column("widths", "widths", "widths from input to output"),
        Column("parameters", heading="parameters", says="number of weights"),
        Column("unimodal", "boolean", "unimodal", says="whether the widths go up and then down"),
        Column("grade", "text", "grade", says="proved where the list is complete"),
    ),
    title=lambda rows, told: (
        f"Minimal filling architectures ({told['first']}, …, {told['last']}) of {told['depth']} layers, "
        f"degree {told['degree']}"
    ),
    notes=lambda rows, told: [
        "the list is proved to be complete"
        if rows and all(row["grade"] == "proved" for row in rows)
        else "the list is not proved to be complete"
    ],
    options=(
        Option("first", "Width of the input.", integer, None, "D0", ("--input",), "input", is_needed=True),
        Option("last", "Width of the output.", integer, None, "DH", ("--output",), "output", is_needed=True),
        Option("depth", "Number of weight matrices.", integer, metavar="H", called="depth", is_needed=True),
        Option(
            "degree", "Activation degree of every hidden layer.", integer, metavar="R", called="degree", is_needed=True
        ),
        Option("certificates", "Write certificates of the list and of its entries.", folder, metavar="FOLDER"),
        SEED,
    ),
    example={"first": 2, "last": 1, "depth": 4, "degree": 2},
    usage=("rankcert table minimal-filling --input 2 --output 1 --depth 7 --degree 2",),
    finished=finished,
    text=said,
)
