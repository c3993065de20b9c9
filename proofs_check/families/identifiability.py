"""Up to how many neurons one hidden layer is globally identifiable, by the contact locus; what is left above."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from algebra import PolynomialNetwork
from algebra.errors import InputError
from algebra.polynomial.identifiability import identifiability
from proofs_check.families._boxes import degrees_option
from proofs_check.family import Column, Family, Instance, Row, Rows, graded
from proofs_check.option import SEED, Option
from proofs_check.words import numbers_of

INPUTS, OUTPUTS, DEGREES_ASKED = (2, 3, 4, 5, 6), (1, 2, 3, 4), (2, 3, 4, 5)
MOST_AMBIENT = 3000  # coordinates of the outputs: one rank takes seconds


def instances(
    inputs: Sequence[int] = INPUTS,
    outputs: Sequence[int] = OUTPUTS,
    degrees: Sequence[int] = DEGREES_ASKED,
    seed: int = 0,
) -> list[Instance]:
    """Every choice of ends and degree.

    Raises
    ------
    InputError
        If a number is not positive, or a space of outputs too large.

    Examples
    --------
    >>> len(instances()), instances([2], [1], [3])
    (80, [{'input': 2, 'output': 1, 'degree': 3, 'seed': 0}])
    """
    found = []
    for r, d0, d2 in product(degrees, inputs, outputs):
        ambient = PolynomialNetwork((d0, 1, d2), r).ambient_dimension
        if ambient is None or ambient > MOST_AMBIENT or r < 2:
            allowed = f"at least 2, with spaces of outputs of at most {MOST_AMBIENT} dimensions"
            raise InputError("degrees", r, allowed)
        found.append({"input": d0, "output": d2, "degree": r, "seed": seed})
    return found


def evaluate(instance: Instance) -> Row:
    """Go down from the greatest width whose parameters do not fill the space, until one is globally identifiable.

    Whatever is so at s neurons is so below: two decompositions of a general sum of fewer would give two of s.
    """
    d0, d2, r, seed = (instance[name] for name in ("input", "output", "degree", "seed"))
    ambient = PolynomialNetwork((d0, 1, d2), r).ambient_dimension
    assert ambient is not None
    most = (ambient - 1) // (d0 + d2 - 1)
    above: list[dict[str, Any]] = []
    for s in range(most, 0, -1):
        found = identifiability(PolynomialNetwork((d0, s, d2), r), seed)
        if found.globally:
            break
        reason = found.undecided if found.finitely else f"not even finitely: {found.decided_by}"
        above.append({"width": s, "finitely": found.finitely, "reason": reason})
    unique = most - len(above)
    return {
        "label": f"identifiability:{d0}-{d2}:r{r}",
        "input": d0,
        "output": d2,
        "degree": r,
        "ambient_dimension": ambient,
        "below": most,
        "unique": unique,
        "by": found.globally_by if unique else "",
        "above": above[::-1],
        "grade": "proved" if all(each["finitely"] is False for each in above) else "inconclusive",
        "seed": seed,
    }


def _above(row: Row) -> str:
    return "; ".join(f"{each['width']}: {each['reason']}" for each in row["above"])


def findings(rows: Rows) -> list[str]:
    """Say where all widths below the filling ones are decided, and which are not."""
    whole = [row for row in rows if not row["above"]]
    left = [
        f"({row['input']}, {each['width']}, {row['output']}; {row['degree']})"
        for row in rows
        for each in row["above"]
        if each["finitely"] is not False
    ]
    shown = f"undecided: {', '.join(left)}" if left else "nothing is undecided"
    return [f"{len(whole)} of {len(rows)} are globally identifiable at every width that does not fill; {shown}"]


FAMILY = Family(
    name="identifiability",
    says="Up to how many neurons one hidden layer is globally identifiable, and what is left above.",
    instances=instances,
    evaluate=evaluate,
    key=lambda i: f"identifiability:{i['input']}-{i['output']}:r{i['degree']}:seed={i['seed']}",
    columns=(
        Column("label", "text"),
        Column("input", heading="d_0", says="width of the input"),
        Column("output", heading="d_2", says="width of the output"),
        Column("degree", heading="r", says="activation degree"),
        Column("ambient_dimension", heading="ambient", says="dimension of the space of all such polynomial maps"),
        Column("below", heading="widths below", says="the greatest width whose parameters do not fill that space"),
        Column(
            "unique", heading="unique up to", says="the greatest that is proved globally identifiable, with all below"
        ),
        Column("by", "text", "by", says="what proves it"),
        Column("above", "text", "above", value=_above, says="the widths between, and why they are not"),
        Column("grade", "text", says="proved: every width below is decided"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title="Global identifiability of one hidden layer",
    notes=lambda rows, told: (
        graded(rows),
        *findings(rows),
        "widths at which the parameters fill the space are not asked: no hyperplane is left that could tell",
    ),
    options=(
        Option("inputs", "Widths of the input; default: 2..6.", numbers_of, INPUTS, "D,D…"),
        Option("outputs", "Widths of the output; default: 1..4.", numbers_of, OUTPUTS, "D,D…"),
        degrees_option(*DEGREES_ASKED),
        SEED,
    ),
    cost=lambda i: float(PolynomialNetwork((i["input"], 1, i["output"]), i["degree"]).ambient_dimension or 1) ** 3,
    example={"inputs": [2, 3], "outputs": [1], "degrees": [3, 4]},
    usage=("rankcert table identifiability --inputs 3 --degrees 3,4",),
)
