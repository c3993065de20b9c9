"""Optimal tables of K-TanH for several sizes, with and without carry and monotonicity."""

from __future__ import annotations

from collections.abc import Sequence

from algebra.errors import InputError, as_integer
from proofs_check.family import Column, Family, Instance, Row
from proofs_check.option import Option, words_option
from proofs_check.words import integer

BITS = (1, 2, 3, 4, 5)


def instances(bits: Sequence[int] = BITS, start: str = "0.25", end: str = "3.75") -> list[Instance]:
    """Every kind of table with these mantissa bits in the index.

    Raises
    ------
    InputError
        If a number of bits is above 7.
    """
    from proofs_check.questions._ktanh import layout_of

    for count in bits:
        if as_integer("N", count, 0) > 7:
            raise InputError("N", count, "an integer from 0 to 7")
    layout_of(0, start, end, ("--from", "--to"))
    kinds = [(False, False), (False, True), (True, False), (True, True)]
    return [
        {"mantissa_bits": count, "start": start, "end": end, "carry": carry, "monotone": monotone}
        for count in bits
        for carry, monotone in kinds
    ]


def evaluate(instance: Instance) -> Row:
    """Find one table, as `rankcert ktanh optimise` does.

    Examples
    --------
    >>> row = evaluate(instances([1])[0])
    >>> round(row["max_abs_error"], 8), row["entries"], row["is_monotone"]
    (0.03788284, 8, False)
    """
    from proofs_check.questions.ktanh_optimise import QUESTION

    found = QUESTION.ask(instance)
    fields = {name: found[name] for name in (*NAMES, "grade", "seconds")}
    return {"label": found["label"], **instance, **fields, "is_monotone": found["monotone"]}


NAMES = ("entries", "max_abs_error", "mean_abs_error", "max_ulp", "mean_ulp", "exact", "inputs", "max_ulp_everywhere")

FAMILY = Family(
    name="ktanh",
    says="Tables of K-TanH with the least maximal error, for several sizes.",
    instances=instances,
    evaluate=evaluate,
    key=lambda i: f"ktanh:m{i['mantissa_bits']}:{i['start']}..{i['end']}:carry={i['carry']}:monotone={i['monotone']}",
    columns=(
        Column("label", "text"),
        Column("mantissa_bits", heading="mantissa bits", says="high bits of the mantissa in the index"),
        Column("entries", heading="entries", says="entries that some word reads"),
        Column("carry", "boolean", "carry", lambda row: "yes" if row["carry"] else "no", says="may reach the exponent"),
        Column("monotone", "boolean", says="whether only monotone tables were compared"),
        Column(
            "is_monotone",
            "boolean",
            "monotone",
            lambda row: "asked for" if row["monotone"] else "yes" if row["is_monotone"] else "no",
            says="whether the answers never descend",
        ),
        Column(
            "max_abs_error",
            "number",
            "max error",
            lambda row: f"{row['max_abs_error']:.8f}",
            says="maximal distance to tanh between the thresholds, proved to be the least",
        ),
        Column(
            "mean_abs_error",
            "number",
            "mean error",
            lambda row: f"{row['mean_abs_error']:.6f}",
            says="mean distance over the words between the thresholds",
        ),
        Column("max_ulp", heading="max ulp", says="maximal distance to the correctly rounded word, in words"),
        Column("mean_ulp", "number", "mean ulp", lambda row: f"{row['mean_ulp']:.3f}", says="its mean"),
        Column("exact", heading="exact", says="words that are answered by the correctly rounded one"),
        Column("inputs", heading="of", says="positive words between the thresholds"),
        Column("max_ulp_everywhere", heading="max ulp everywhere", says="the maximal distance over all numbers"),
        Column("grade", "text"),
        Column("seconds", "number"),
    ),
    title=lambda rows, told: f"Optimal tables of K-TanH from {told['start']} to {told['end']}",
    notes=lambda rows, told: (
        "errors over the words between the thresholds, in exact arithmetic; ulp: to tanh rounded to the nearest",
        "K-TanH: Kundu et al., arXiv:1909.07729; the carry is ours",
    ),
    options=(
        words_option(
            "bits", "High bits of the mantissa in the index, from 0 to 7; default: 1 2 3 4 5.", integer, BITS, "[N]…"
        ),
        Option("start", "Smaller numbers pass.", default="0.25", metavar="X", spelled=("--from",)),
        Option("end", "Numbers from here on become 1.", default="3.75", metavar="X", spelled=("--to",)),
    ),
    example={"bits": [1, 2]},
    usage=("rankcert table ktanh", "rankcert table ktanh 3 4 --from 0.125 --output ktanh.tex"),
)
