"""The table of all classes of critical points of one small deep linear network, each column recomputed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from algebra.critical_points import CriticalClass, Problem
    from proofs_check.show.tables import Table

FIELDS = {
    "label": "text",
    "S": "text",
    "rank": "integer",
    "k": "integer",
    "verdict": "text",
    "decided_by": "text",
    "pure": "boolean",
    "loss": "text",
    "minimum_loss": "text",
    "hessian_neg": "integer",
    "hessian_zero": "integer",
    "hessian_pos": "integer",
    "closed_form_neg": "integer",
    "closed_form_zero": "integer",
    "closed_form_pos": "integer",
    "tightened": "boolean",
    "untightened_pivots": "text",
    "layer_ranks": "text",
    "exotic": "boolean",
    "classes": "integer",
    "agree": "boolean",
    "grade": "text",
}
LISTS = ("S", "untightened_pivots", "layer_ranks", "minimum_loss")
NAMES = {"global_min": "global minimum", "strict_saddle": "strict saddle", "nonstrict_saddle": "non-strict saddle"}


def critical_point_rows(
    widths: Sequence[int], X: Any, Y: Any, limit: int = 10_000, every: bool = False
) -> list[dict[str, Any]]:
    """Return one row for each class of critical point, alike ones together, as plain JSON values.

    Theory gives the classes, and an exact point of each; the point is then classified, its Hessian computed, and all is
    compared.

    Parameters
    ----------
    widths : sequence of int
    X, Y : array_like
        Exact rationals.
    limit : int
        Stop after so many classes.
    every : bool
        Whether each class gets a row of its own; else those that keep the same directions and have the same verdict,
        inertia and pivots share one, and the ranks of the layers are those of the first.

    Raises
    ------
    InputError
        If the data are not rational, the widths do not fit, or there are too many weights for the exact Hessian.

    Examples
    --------
    >>> rows = critical_point_rows((2, 1, 2), [[1, 0], [0, 1]], [[2, 0], [0, 1]])
    >>> [(row["S"], row["verdict"], row["hessian_neg"], row["agree"]) for row in rows]
    [([], 'strict_saddle', 2, True), ([1], 'global_min', 0, True), ([2], 'strict_saddle', 1, True)]
    """
    from algebra.critical_points import critical_classes, singular_structure
    from algebra.critical_points.second_order import LARGEST
    from algebra.errors import InputError

    weights = sum(a * b for a, b in pairwise(widths))
    if weights > LARGEST:
        raise InputError("widths", list(widths), f"at most {LARGEST} weights for the exact Hessian, not {weights}")
    groups: dict[Any, list[CriticalClass]] = {}
    for number, found in enumerate(critical_classes(widths, singular_structure(X, Y), limit)):
        alike = (found.kept, found.verdict, *found.inertia.values(), found.untightened)
        groups.setdefault(number if every else alike, []).append(found)
    return [_row(found[0], len(found)) for found in groups.values()]


def _row(theory: CriticalClass, classes: int) -> dict[str, Any]:
    from algebra.critical_points import classify, conjectural_inertia, critical_point, hessian_inertia, minimum_loss

    point = critical_point(theory).problem
    found, inertia, formula = classify(point), hessian_inertia(point).fields(), conjectural_inertia(point).fields()
    row = {
        "label": point.label,
        "S": [place + 1 for place in theory.kept],
        "rank": point.r,
        "k": point.k,
        "verdict": found.verdict.value,
        "decided_by": found.decided_by,
        "pure": found.pure,
        "loss": str(point.loss),
        "minimum_loss": minimum_loss(point).fields(),
        **{f"hessian_{sign}": number for sign, number in inertia.items()},
        **{f"closed_form_{sign}": number for sign, number in formula.items()},
        "tightened": is_tightened(point),
        "untightened_pivots": None if found.untightened is None else [list(pivot) for pivot in found.untightened],
        "layer_ranks": [int(W.rank()) for W in point.W],
        "exotic": theory.is_exotic,
        "classes": classes,
        "grade": found.grade.value,
    }
    return {**row, "agree": inertia == formula == theory.inertia and _agrees(row, theory)}


def _agrees(row: dict[str, Any], theory: CriticalClass) -> bool:
    """Whether theory, classification and Hessian say the same."""
    least = row["minimum_loss"]
    parts = (
        row["verdict"] == theory.verdict,
        row["loss"] == str(theory.loss),
        (row["hessian_neg"] > 0) == (row["verdict"] == "strict_saddle"),
        (row["verdict"] == "global_min") == (row["loss"] == least),
    )
    return all(parts)


def is_tightened(point: Problem) -> bool:
    """Tell whether each pivot has a complementary block of rank r, as Achour, Malgouyres and Gerchinovitz define it.

    Examples
    --------
    >>> from algebra.critical_points import Problem
    >>> zero = [[0]]
    >>> is_tightened(Problem([[1]], [[1]], [zero, zero])), is_tightened(Problem([[1]], [[1]], [zero] * 3))
    (False, True)
    """
    if point.data_rank == 0:
        return True
    p = point.reduced
    S_XY = p.S_YX.transpose()
    return all(p.r in (int(p.B(i, j).rank()), int((p.C(j) * S_XY * p.A(i)).rank())) for i, j in p.pivots)


def critical_point_table(rows: Sequence[dict[str, Any]], widths: Sequence[int], about: str, complete: bool) -> Table:
    """Return the table.

    Parameters
    ----------
    rows : sequence of dict
        From `critical_point_rows`.
    widths : sequence of int
    about : str
        Where the data come from.
    complete : bool
        Whether all classes are there.

    Examples
    --------
    >>> rows = critical_point_rows((1, 1), [[1]], [[1]])
    >>> critical_point_table(rows, (1, 1), "Y = 1", True).notes[0]
    '1 row, 1 class: 1 global minimum'
    """
    from algebra import __version__
    from proofs_check.show.tables import Table, frame_of

    flat = [{**row, **{name: _flat(row[name]) for name in LISTS}} for row in rows]
    title = f"Critical points of the deep linear network {'-'.join(map(str, widths))}"
    same = sum(row["agree"] for row in rows)
    notes = [
        _counted(rows, complete),
        f"theory, classification and exact Hessian agree in {same} of {len(rows)}; the closed form is conjectural",
        f"{about} (rankcert {__version__})",
    ]
    return Table(frame_of(flat, FIELDS), title, notes, _display(rows))


def _flat(value: Any) -> str | None:
    if isinstance(value, dict):
        return f"{value['lower']} .. {value['upper']}"
    return value if value is None or isinstance(value, str) else " ".join(map(_pivot, value))


def _pivot(entry: Any) -> str:
    return f"({','.join(map(str, entry))})" if isinstance(entry, list) else str(entry)


def _counted(rows: Sequence[dict[str, Any]], complete: bool) -> str:
    classes = sum(row["classes"] for row in rows)
    counts = {name: sum(row["classes"] for row in rows if row["verdict"] == name) for name in NAMES}
    kinds = ", ".join(f"{count} {_plural(NAMES[name], count)}" for name, count in counts.items() if count)
    start = "" if complete else "the first "
    return f"{start}{len(rows)} {_plural('row', len(rows))}, {classes} {_plural('class', classes)}: {kinds}"


def _plural(word: str, count: int) -> str:
    if count == 1:
        return word
    return f"{word[:-2]}a" if word.endswith("um") else f"{word}es" if word.endswith("s") else f"{word}s"


def _display(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    from proofs_check.show.tables import display_frame

    columns: dict[str, list[Any]] = {
        "S": ["{" + ", ".join(map(str, row["S"])) + "}" for row in rows],
        "r": [row["rank"] for row in rows],
        "k": [row["k"] for row in rows],
        "verdict": [NAMES[row["verdict"]] for row in rows],
        "loss": [row["loss"] for row in rows],
        "minimum": [_short(row["minimum_loss"]) for row in rows],
        "Hessian -/0/+": [_signs(row, "hessian") for row in rows],
        "closed form": [_signs(row, "closed_form") for row in rows],
        "tightened": [row["tightened"] for row in rows],
        "layers": [_flat(row["layer_ranks"]) for row in rows],
        "decided by": [_because(row) for row in rows],
        "classes": [row["classes"] for row in rows],
    }
    del columns["layers" if any(row["classes"] > 1 for row in rows) else "classes"]
    return display_frame(columns)


def _short(least: Any) -> str:
    from fractions import Fraction

    return least if isinstance(least, str) else f"{float(Fraction(least['lower'])):.6g}…"


def _signs(row: dict[str, Any], kind: str) -> str:
    return "/".join(str(row[f"{kind}_{sign}"]) for sign in ("neg", "zero", "pos"))


def _because(row: dict[str, Any]) -> str:
    pivots = row["untightened_pivots"]
    return f"{row['decided_by']} {_flat(pivots)}" if pivots else str(row["decided_by"])
