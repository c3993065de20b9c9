"""Unimodality of minimal filling architectures: at which depth, degree and end widths it fails.

Kileel, Trager and Bruna (2019) asked whether every minimal filling architecture is unimodal; Dao and Rodriguez (2026)
published non-unimodal ones of depth 7 with squares and of depth 6 with cubes. Each row here is the complete list of one
problem, proved or with its open regions.

Depth 3 and less needs no search. Hidden widths d_1 >= d_0 and, in front of the output, d_{h-1} >= min(d_h, ambient
forms) are necessary to fill, so a sequence of at most four widths has no valley.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import TYPE_CHECKING

from algebra import PolynomialNetwork
from algebra.errors import InputError
from proofs_check.families._boxes import degrees_option, depths_option, largest_option
from proofs_check.family import Chapter, ChapterTable, Column, Family, Instance, Row, Rows, graded, spaced
from proofs_check.option import SEED, Option
from proofs_check.words import integer, numbers_of

if TYPE_CHECKING:
    from proofs_check.filling import FillingProblem

INPUTS, OUTPUTS, DEPTHS_ASKED, DEGREES_ASKED = range(2, 7), range(1, 9), range(2, 10), range(2, 10)
LARGEST_AMBIENT, LARGEST_DEEP = 970, 770  # of the atlas that is kept: an hour or two on two cores
DEEP = 7  # depth from which problems are hard at a smaller ambient dimension
SHOWN = 3  # counterexamples listed in a row, those of fewest parameters first


def instances(
    inputs: Sequence[int] = INPUTS,
    outputs: Sequence[int] = OUTPUTS,
    depths: Sequence[int] = DEPTHS_ASKED,
    degrees: Sequence[int] = DEGREES_ASKED,
    largest: int = LARGEST_AMBIENT,
    largest_deep: int | None = LARGEST_DEEP,
    seed: int = 0,
) -> list[Instance]:
    """Every problem of a box whose ambient dimension is at most `largest`; from depth 7 on also `largest_deep`.

    At equal ambient dimension a deep problem has many times as many architectures between its bounds.

    Raises
    ------
    InputError
        If the box is empty.

    Examples
    --------
    >>> [(i["depth"], i["degree"]) for i in instances([2], [1], [3], [2, 3])]
    [(3, 2), (3, 3)]
    """
    from proofs_check.filling import FillingProblem

    deep = largest if largest_deep is None else min(largest, largest_deep)
    found = [
        {"input": d0, "output": dh, "depth": h, "degree": r, "seed": seed}
        for h, r, d0, dh in product(depths, degrees, inputs, outputs)
        if FillingProblem(d0, dh, h, r).ambient_dimension <= (deep if h >= DEEP else largest)
    ]
    if not found:
        raise InputError("largest", largest, "at least the ambient dimension of one problem of the family")
    return found


def problem_of(instance: Instance) -> FillingProblem:
    """Build the problem that an instance describes."""
    from proofs_check.filling import FillingProblem

    return FillingProblem(*(instance[name] for name in ("input", "output", "depth", "degree")))


def evaluate(instance: Instance) -> Row:
    """Search one problem and summarise it.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``architectures`` (how many), ``non_unimodal`` (how many), ``examples`` (widths of non-unimodal ones), ``lists``
        (widths of all), ``least_parameters`` of a non-unimodal one, ``complete``, ``regions``, ``open_regions`` (how
        many), ``grade``.
    """
    from proofs_check.filling import MinimalFilling

    problem = problem_of(instance)
    search = MinimalFilling(problem, instance.get("seed", 0))
    search.run()
    found = search.architectures()
    failing = sorted((each for each in found if not each.unimodal), key=lambda each: (each.parameters, each.widths))
    return {
        "label": problem.label,
        "input": problem.input,
        "output": problem.output,
        "depth": problem.depth,
        "degree": problem.degree,
        "ambient_dimension": problem.ambient_dimension,
        "architectures": len(found),
        "non_unimodal": len(failing),
        "least_parameters": failing[0].parameters if failing else None,
        "examples": [list(each.widths) for each in failing[:SHOWN]],
        "lists": [list(each.widths) for each in found],
        "regions": len(search.regions),
        "open_regions": len(search.open_regions),
        "complete": search.is_complete,
        "grade": search.grade,
    }


def key(instance: Instance) -> str:
    """Permanent key of a problem."""
    problem = problem_of(instance)
    return f"unimodality:{problem.label}:seed={instance.get('seed', 0)}"


def cost(instance: Instance) -> float:
    """Roughly how long the search takes, in arbitrary units: it grows fast with depth and ambient dimension."""
    problem = problem_of(instance)
    return float(problem.ambient_dimension) ** 2 * 4.0**problem.depth


@dataclass(frozen=True)
class AtDepth:
    """Where unimodality fails first, among the lists of one depth.

    Parameters
    ----------
    depth : int
    least_degree : int or None
        None: nowhere.
    examples : tuple of sequences of int
        One of each list of that degree with such architectures.
    is_least : bool
        Whether the lists of smaller degrees are proved to be complete, so that nothing fails there.
    """

    depth: int
    least_degree: int | None
    examples: tuple[Sequence[int], ...]
    is_least: bool


def by_depth(rows: Rows) -> list[AtDepth]:
    """Return where unimodality fails first at each depth.

    Only what the rows prove: a row that is not complete may hide a counterexample, but those that it lists are proved.
    """
    found = []
    for depth in sorted({row["depth"] for row in rows}):
        here = [row for row in rows if row["depth"] == depth]
        failing = [row for row in here if row["non_unimodal"]]
        least = min((row["degree"] for row in failing), default=None)
        examples = tuple(row["examples"][0] for row in failing if row["degree"] == least)
        is_least = all(row["complete"] for row in here if least is None or row["degree"] < least)
        found.append(AtDepth(depth, least, examples, is_least))
    return found


def lists(rows: Rows) -> Rows:
    """Return one row for each minimal filling architecture of the lists."""
    return [_architecture(row, widths) for row in rows for widths in row["lists"]]


def _architecture(row: Row, widths: Sequence[int]) -> Row:
    from proofs_check.filling import is_unimodal

    return {
        "label": f"pnn:{'-'.join(map(str, widths))}:r{row['degree']}",
        "list": row["label"],
        "widths": widths,
        "degree": row["degree"],
        "parameters": sum(a * b for a, b in pairwise(widths)),
        "unimodal": is_unimodal(widths),
        "grade": "proved" if row["complete"] else "probable",
    }


def findings(rows: Rows) -> list[str]:
    """Say how many lists are proved to be complete, and at each depth from which degree on unimodality fails."""
    total, complete = sum(row["architectures"] for row in rows), sum(row["complete"] for row in rows)
    sentences = [
        f"{total} minimal filling architectures in {len(rows)} lists, {complete} of them proved to be complete.",
        *map(_at_depth, by_depth(rows)),
    ]

    failing = [row for row in rows if row["non_unimodal"]]
    fewest = min(failing, key=lambda row: row["least_parameters"], default=None)
    if fewest is not None:
        widths = ", ".join(map(str, fewest["examples"][0]))
        sentences.append(f"Fewest parameters of a non-unimodal one: {fewest['least_parameters']}, at ({widths}).")

    unfinished = [row["label"] for row in rows if not row["complete"]]
    if unfinished:
        sentences.append(f"Open (a region that no bound excludes): {', '.join(unfinished)}.")
    return sentences


def _at_depth(here: AtDepth) -> str:
    if here.least_degree is None:
        return f"Depth {here.depth}: none in this family fails to be unimodal."
    shown = ", ".join(f"({', '.join(map(str, widths))})" for widths in here.examples)
    surely = "no smaller degree in this family" if here.is_least else "smaller degrees are open"
    return f"Depth {here.depth}: unimodality fails from degree {here.least_degree} on ({surely}), at {shown}."


def witnesses(rows: Rows) -> list[PolynomialNetwork]:
    """Return at each depth a non-unimodal architecture of least degree, which fills, and those below, which do not."""
    found = []
    for here in by_depth(rows):
        if here.least_degree is not None:
            network = PolynomialNetwork(here.examples[0], here.least_degree)
            found += [network, *network.predecessors()]
    return found


def _joined(row: Row) -> str:
    return "; ".join(" ".join(map(str, widths)) for widths in row["examples"])


FAMILY = Family(
    name="unimodality",
    says="Complete lists of minimal filling architectures, and which of them are not unimodal.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    cost=cost,
    columns=(
        Column("label", "text", "list", says="name of the list"),
        Column("input", says="width of the input"),
        Column("output", says="width of the output"),
        Column("depth", says="number of weight matrices"),
        Column("degree", says="activation degree"),
        Column("ambient_dimension", heading="ambient", says="dimension of the space of all such polynomial maps"),
        Column("architectures", heading="architectures", says="how many minimal filling architectures there are"),
        Column("non_unimodal", heading="not unimodal", says="how many of them are not unimodal"),
        Column("least_parameters", heading="least parameters", says="fewest parameters of a non-unimodal one"),
        Column("examples", "text", "examples", value=_joined, says="widths of up to three of them"),
        Column("regions", says="regions of widths that a named bound excludes"),
        Column("open_regions", heading="open", says="regions that no bound excludes"),
        Column("complete", "boolean", "complete", says="whether the list is proved to be complete"),
        Column("grade", "text", says="of the list"),
    ),
    title="Minimal filling architectures, and where they are not unimodal",
    notes=lambda rows, told: (graded(rows), *findings(rows)),
    options=(
        Option("inputs", "Widths of the input; default: 2..6.", numbers_of, INPUTS, "D,D…"),
        Option("outputs", "Widths of the output; default: 1..8.", numbers_of, OUTPUTS, "D,D…"),
        depths_option(*DEPTHS_ASKED),
        degrees_option(*DEGREES_ASKED),
        replace(largest_option(LARGEST_AMBIENT), says="Greatest ambient dimension."),
        Option("largest_deep", f"The same from depth {DEEP} on.", integer, LARGEST_DEEP, "N"),
        SEED,
    ),
    example={"inputs": [2], "outputs": [1], "depths": [3, 4], "degrees": [2]},
    usage=("rankcert table unimodality --largest 40",),
    chapter=Chapter(
        "Minimal filling architectures, and where they are not unimodal",
        "Which architectures fill their ambient space, minimally? A complete list comes with a proof: every other "
        "architecture contains one of the list or lies in a region that a named bound excludes. `rankcert sweep "
        "minimal-filling --certificates FOLDER` writes the proof of one list. At depth 3 and below unimodality cannot "
        "fail: to fill, the first hidden layer must be as wide as the input, and the last must span the outputs.",
        findings,
        (
            ChapterTable(
                "minimal-filling",
                lists,
                (
                    Column("label", "text"),
                    Column("list", "text"),
                    Column("widths", "text", value=spaced("widths")),
                    Column("degree"),
                    Column("parameters"),
                    Column("unimodal", "boolean"),
                    Column("grade", "text"),
                ),
            ),
        ),
        witnesses,
    ),
)
