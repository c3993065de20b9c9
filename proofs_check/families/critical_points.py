"""Every class of critical point of one small deep linear network, each column recomputed from an exact point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, check_keys
from proofs_check.family import Column, Family, Instance, Row, Rows, Told, spaced
from proofs_check.option import SEED, Option, words_option
from proofs_check.show.text import counted
from proofs_check.words import at_least, integers, path

if TYPE_CHECKING:
    from algebra.critical_points import CriticalClass
    from algebra.critical_points.classes.data import SpectralData

LIMIT = 2000
MOST_SAMPLES = (
    300  # the numerators of exact data grow with their number: these take ten seconds, 1,000 would take hours
)
NAMES = {"global_min": "global minimum", "strict_saddle": "strict saddle", "nonstrict_saddle": "non-strict saddle"}
SIGNS = ("neg", "zero", "pos")

Matrix = list[list[str]]  # exact numbers


# ---- the data


@dataclass(frozen=True)
class Data:
    """What the network is fitted to.

    Parameters
    ----------
    X, Y : list of lists of str
    name : str
        Says all of the data in a key.
    """

    X: Matrix
    Y: Matrix
    name: str


def _data(told: Told) -> Data:
    return _made(told) if told["data"] is None else _given(told)


def _made(told: Told) -> Data:
    from algebra.exact.matrices import to_strings

    found = _with_values(told)
    values = ",".join(map(str, found.singular_values))
    return Data(to_strings(found.X), to_strings(found.Y), f"values={values}:samples={found.X.ncols()}")


def _with_values(told: Told) -> SpectralData:
    """Return random data with chosen singular values: by default n, …, 2, 1, all distinct."""
    from algebra.critical_points import data_with_singular_values

    widths, values = _widths(told["widths"]), told["values"]
    if len(widths) < 2:
        raise InputError("WIDTHS", widths, "at least two integers: input and output")
    chosen = range(min(widths[0], widths[-1]), 0, -1) if values is None else values
    if max(widths) > MOST_SAMPLES or (told["samples"] or 0) > MOST_SAMPLES:
        name, value = ("widths", widths) if max(widths) > MOST_SAMPLES else ("samples", told["samples"])
        raise InputError(name, value, f"at most {MOST_SAMPLES}: all data are exact")
    return data_with_singular_values(list(chosen), widths[0], widths[-1], told["samples"], told["seed"])


def _given(told: Told) -> Data:
    """Read X and Y from a file, or take them as they are."""
    from algebra.evidence.checker.labels import shortened
    from algebra.exact.matrices import OVER_Q, rational_matrix, to_strings
    from algebra.exact.numbers import has_floats

    for name, value in (("--values", told["values"]), ("--samples", told["samples"])):
        if value is not None:
            raise InputError(name, value, "left out with --data")
    content = told["data"] if isinstance(told["data"], Mapping) else _read(Path(told["data"]))
    check_keys(content, ["X", "Y", "W"], ["X", "Y"])
    if has_floats(content["X"], content["Y"]):
        raise InputError("X, Y", "floats", 'exact: integers and strings "p/q"')

    X, Y = (to_strings(rational_matrix(name, content[name], OVER_Q)) for name in ("X", "Y"))
    return Data(X, Y, f"data={shortened(repr((X, Y)))}")


def _read(file: Path) -> Mapping[str, Any]:
    from algebra.reading import parse_object, read_text

    return parse_object(read_text(file), str(file))


def _about(told: Told) -> str:
    """Say where the data come from; a file is not read again."""
    if told["data"] is None:
        found = _with_values(told)
        values = ", ".join(map(str, found.singular_values))
        return f"singular values {values}; {counted(found.X.ncols(), 'sample')}"
    return "data as given" if isinstance(told["data"], Mapping) else f"data from {Path(told['data']).name}"


def _widths(words: Sequence[Any]) -> list[int]:
    """Return the widths, each word one of them or a list."""
    return [width for word in words for width in (word if isinstance(word, list | tuple) else [word])]


# ---- the classes


def instances(**told: Any) -> list[Instance]:
    """Every class, or those that are alike together: same directions kept, verdict, inertia and pivots.

    Parameters
    ----------
    **told
        The options: ``widths``; ``values``, ``samples`` and ``seed``, or ``data``, which is a file or
        ``{"X": rows, "Y": rows}``; ``limit`` and ``every``.

    Returns
    -------
    list of dict

    Raises
    ------
    InputError
        If the data are not rational, the widths do not fit, or there are too many weights for the exact Hessian.
    """
    from algebra.critical_points.second_order import LARGEST

    widths, data = _widths(told["widths"]), _data(told)
    weights = sum(a * b for a, b in pairwise(widths))
    if weights > LARGEST:
        raise InputError("widths", widths, f"at most {LARGEST} weights for the exact Hessian, not {weights}")

    groups: dict[Any, list[int]] = {}
    for number, found in enumerate(classes(widths, data.X, data.Y, told["limit"])):
        alike = (found.kept, found.verdict, *found.inertia.values(), found.untightened)
        groups.setdefault(number if told["every"] else alike, []).append(number)

    common = {"widths": widths, "X": data.X, "Y": data.Y, "name": data.name, "seed": told["seed"]}
    return [
        {**common, "number": numbers[0], "classes": len(numbers), "limit": told["limit"]} for numbers in groups.values()
    ]


def classes(widths: Sequence[int], X: Matrix, Y: Matrix, limit: int) -> tuple[CriticalClass, ...]:
    """Return the first classes; each process enumerates them once, although every row of a table asks for them.

    Examples
    --------
    >>> [found.verdict for found in classes([2, 1, 2], [["1", "0"], ["0", "1"]], [["2", "0"], ["0", "1"]], 2)]
    ['strict_saddle', 'global_min']
    """
    return _classes(tuple(widths), *(tuple(map(tuple, rows)) for rows in (X, Y)), limit)


@lru_cache(maxsize=4)
def _classes(widths: tuple[int, ...], X: Any, Y: Any, limit: int) -> tuple[CriticalClass, ...]:
    from algebra.critical_points import critical_classes, singular_structure

    return tuple(critical_classes(widths, singular_structure(X, Y), limit))


def key(instance: Instance) -> str:
    """Return the permanent key of a class: network, data, its number in the list, and how many are alike.

    Examples
    --------
    >>> told = FAMILY.told({"widths": (2, 1, 2), "values": (2, 1)})
    >>> key(instances(**told)[2])
    'critical-points:2-1-2:values=2,1:samples=2:class=2:alike=1:seed=0'
    """
    widths = "-".join(map(str, instance["widths"]))
    number = f"class={instance['number']}:alike={instance['classes']}"
    return f"critical-points:{widths}:{instance['name']}:{number}:seed={instance['seed']}"


def evaluate(instance: Instance) -> Row:
    """Classify an exact point of one class, and compare: theory gives the class, and all is computed again.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``verdict``, ``loss`` and inertias of the point, and whether they ``agree`` with theory; the ranks of the layers
        are those of the first of alike classes.

    Examples
    --------
    >>> told = FAMILY.told({"widths": (2, 1, 2), "data": {"X": [[1, 0], [0, 1]], "Y": [[2, 0], [0, 1]]}})
    >>> rows = map(evaluate, instances(**told))
    >>> [(row["S"], row["verdict"], row["hessian_neg"], row["agree"]) for row in rows]
    [([], 'strict_saddle', 2, True), ([1], 'global_min', 0, True), ([2], 'strict_saddle', 1, True)]
    """
    from algebra.critical_points import (
        classify,
        conjectural_inertia,
        critical_point,
        hessian_inertia,
        is_tightened,
        minimum_loss,
    )

    theory = classes(*(instance[name] for name in ("widths", "X", "Y", "limit")))[instance["number"]]
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
        **{f"hessian_{sign}": inertia[sign] for sign in SIGNS},
        **{f"closed_form_{sign}": formula[sign] for sign in SIGNS},
        "tightened": is_tightened(point),
        "untightened_pivots": None if found.untightened is None else [list(pivot) for pivot in found.untightened],
        "layer_ranks": [int(W.rank()) for W in point.W],
        "exotic": theory.is_exotic,
        "classes": instance["classes"],
        "grade": found.grade.value,
    }
    agree = inertia == formula == theory.inertia and _agrees(row, theory)
    return {**row, "agree": agree, "seed": instance["seed"]}


def _agrees(row: Row, theory: CriticalClass) -> bool:
    """Whether theory, classification and Hessian say the same."""
    least = row["minimum_loss"]
    parts = (
        row["verdict"] == theory.verdict,
        row["loss"] == str(theory.loss),
        (row["hessian_neg"] > 0) == (row["verdict"] == "strict_saddle"),
        (row["verdict"] == "global_min") == (row["loss"] == least),
    )
    return all(parts)


# ---- the table


def _title(rows: Rows, told: Told) -> str:
    return f"Critical points of the deep linear network {'-'.join(map(str, _widths(told['widths'])))}"


def _notes(rows: Rows, told: Told) -> list[str]:
    classes = sum(row["classes"] for row in rows)
    counts = {name: sum(row["classes"] for row in rows if row["verdict"] == name) for name in NAMES}
    kinds = ", ".join(counted(count, NAMES[name]) for name, count in counts.items() if count)
    start = "the first " if classes >= told["limit"] else ""
    same = sum(row["agree"] for row in rows)
    return [
        f"{start}{counted(len(rows), 'row')}, {counted(classes, 'class')}: {kinds}",
        f"theory, classification and exact Hessian agree in {same} of {len(rows)}; the closed form is conjectural",
        _about(told),
    ]


def _has_alike(rows: Rows) -> bool:
    return any(row["classes"] > 1 for row in rows)


def _minimum(row: Row) -> str:
    least = row["minimum_loss"]
    return f"{least['lower']} .. {least['upper']}" if isinstance(least, dict) else str(least)


def _short_minimum(row: Row) -> str:
    from fractions import Fraction

    from algebra.exact.numbers import decimal_text

    least = row["minimum_loss"]
    return f"{decimal_text(Fraction(least['lower']), 6)}…" if isinstance(least, dict) else str(least)


def _pivots(row: Row) -> str | None:
    pivots = row["untightened_pivots"]
    return None if pivots is None else " ".join(f"({i},{j})" for i, j in pivots)


def _inertia(row: Row, kind: str) -> str:
    return "/".join(str(row[f"{kind}_{sign}"]) for sign in SIGNS)


FAMILY = Family(
    name="critical-points",
    says="All critical points of a small deep linear network, up to symmetry.",
    about="A row has the kind (minimum, strict or non-strict saddle), the rank, the loss, and the exact numbers of "
    "negative, zero and positive eigenvalues of the Hessian, beside a closed form. Singular values are those of "
    "Y Xᵀ (X Xᵀ)⁻¹ X, exact numbers, min(d_x, d_y) of them; equal and zero ones are welcome. Classes that agree in S, "
    "verdict, Hessian and pivots share a row. Exit status 1: a row contradicts itself.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text"),
        Column(
            "S",
            "text",
            "S",
            lambda row: f"{{{', '.join(map(str, row['S']))}}}",
            spaced("S"),
            says="positions of the singular directions that the product keeps, from the largest",
        ),
        Column("rank", heading="r", says="rank of the product on the data"),
        Column("k", heading="k", says="the largest rank that the network can have on the data"),
        Column("verdict", "text", "verdict", lambda row: NAMES[row["verdict"]], says="class of the point"),
        Column("decided_by", "text", says="argument for the verdict"),
        Column("pure", "boolean", says="whether the product is a critical point among the matrices of its rank"),
        Column("loss", "text", "loss", says="half the squared error"),
        Column("minimum_loss", "text", "minimum", _short_minimum, _minimum, says="least loss of all weights"),
        Column(
            "hessian_neg",
            heading="Hessian -/0/+",
            shown=lambda row: _inertia(row, "hessian"),
            says="negative eigenvalues of the Hessian",
        ),
        Column("hessian_zero", says="zero ones"),
        Column("hessian_pos", says="positive ones"),
        Column(
            "closed_form_neg",
            heading="closed form",
            shown=lambda row: _inertia(row, "closed_form"),
            says="negative eigenvalues by the conjectural formula",
        ),
        Column("closed_form_zero", says="zero ones by it"),
        Column("closed_form_pos", says="positive ones by it"),
        Column("tightened", "boolean", "tightened", says="whether all pivots are tightened"),
        Column(
            "untightened_pivots", "text", value=_pivots, says="pairs of layers between which negative curvature is seen"
        ),
        Column(
            "layer_ranks",
            "text",
            "layers",
            value=spaced("layer_ranks"),
            when=lambda rows: not _has_alike(rows),
            says="ranks of the layers",
        ),
        Column("", "", "decided by", lambda row: f"{row['decided_by']} {_pivots(row) or ''}".rstrip()),
        Column(
            "exotic",
            "boolean",
            says="whether it is a non-strict saddle although fewer than three layers have the rank r",
        ),
        Column("classes", heading="classes", when=_has_alike, says="how many classes share the row"),
        Column("agree", "boolean", says="whether theory, classification and exact Hessian agree"),
        Column("grade", "text"),
    ),
    title=_title,
    notes=_notes,
    options=(
        words_option("widths", "Widths from input to output: d_x … d_y.", integers, metavar="WIDTHS…", is_needed=True),
        Option(
            "values",
            "Singular values of the data; default: n, …, 2, 1, all distinct.",
            lambda name, word: word.replace(",", " ").split(),
            metavar="S1,S2,…",
            spelled=("--values", "-s"),
        ),
        Option("data", 'Own exact data instead: {"X": rows, "Y": rows}.', path, metavar="FILE.json"),
        Option("samples", "Columns of X; default: d_x.", at_least(1), metavar="M"),
        Option("limit", "Stop after N classes.", at_least(1), LIMIT, "N"),
        Option("every", "One row for each class, with the ranks of its layers.", default=False),
        SEED,
    ),
    cost=lambda instance: float(sum(a * b for a, b in pairwise(instance["widths"]))) ** 3,
    example={"widths": [2, 2, 2]},
    usage=(
        "rankcert table critical-points 2 2 2 --values 2,1",
        "rankcert table critical-points 3 2 2 3 --values 2,2,1/2 --output critical.tex",
        "rankcert table critical-points 2 1 2 --data data.json --json",
    ),
    is_good=lambda row: bool(row["agree"]),
)
