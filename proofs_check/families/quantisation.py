"""How ranks and verdicts on critical points survive quantisation: of factors and of entries, bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

from algebra import errors
from algebra.errors import InputError, as_integer
from algebra.rounding.fixed_point import Mode, round_to_integer, rounding_law
from proofs_check.families._quantised import POINTS, RANKS, Parts, Rows
from proofs_check.family import Column, Family, Instance, Row, Told
from proofs_check.family import Rows as TableRows
from proofs_check.option import Option, repeated_option, words_option
from proofs_check.words import at_least, integer, one_of

if TYPE_CHECKING:
    from collections.abc import Callable

BITS = (0, 2, 4, 8, 16)
MOST_BITS = 4096
ROUNDINGS = ("nearest_even", "nearest_down", "stochastic")
OBJECTS = (*RANKS, *POINTS)


def instances(
    bits: Sequence[int] = BITS, objects: Sequence[str] = OBJECTS, rounding: str = "nearest_even", seed: int = 0
) -> list[Instance]:
    """Each matrix by its factors and by its entries, and each critical point, for each number of fraction bits.

    Raises
    ------
    InputError
        If there is no such rounding or object, or there are too many bits.
    """
    for count in bits:
        if as_integer("B", count, 0) > MOST_BITS:
            raise InputError("B", count, f"at most {MOST_BITS:,}")
    for name in objects:
        errors.one_of("object", name, OBJECTS)
    errors.one_of("rounding", rounding, ROUNDINGS)
    as_integer("seed", seed, 0)
    return [
        {"object": name, "rounded": what, "fraction_bits": count, "rounding": rounding, "seed": seed}
        for name in objects
        for what in (("factors", "entries") if name in RANKS else ("factors",))
        for count in bits
    ]


def evaluate(instance: Instance) -> Row:
    """Round, and decide the rank or the verdict anew, exactly.

    Examples
    --------
    >>> row = evaluate({**instances([4], ["deep-linear"])[1], "fraction_bits": 4})
    >>> row["rounded"], row["before"], row["after"], row["survives"], row["proved_before"]
    ('entries', '3', '6', False, 3)
    """
    random = Random(f"{instance['seed']} {instance['rounding']}")

    def rounded(rows: Rows) -> Rows:
        unit = 1 << instance["fraction_bits"]
        return [[Fraction(_word(x * unit, instance["rounding"], random), unit) for x in row] for row in rows]

    found = _rank(instance, rounded) if instance["object"] in RANKS else _verdict(instance, rounded)
    return {**instance, **found, "survives": found["before"] == found["after"], "grade": "proved"}


def _word(value: Fraction, rounding: str, random: Random) -> int:
    """Round to an integer; stochastically by a random word that is as long as the denominator asks for."""
    if rounding != "stochastic":
        return round_to_integer(value, Mode(rounding))
    law = rounding_law(value)
    return law.highest if random.randrange(law.total) < law[law.highest] * law.total else law.lowest


def _rank(instance: Instance, rounded: Callable[[Rows], Rows]) -> Row:
    """Compare the ranks of a matrix, and of the same with rounded factors or entries."""
    from algebra.exact.matrices import rational_matrix
    from algebra.rounding.ranks import rank_before_rounding

    thing = RANKS[instance["object"]]
    parts = thing.parts(Random(f"{instance['seed']} {instance['object']}"))
    exact = thing.matrix(parts)
    is_of_entries = instance["rounded"] == "entries"
    after = rounded(exact) if is_of_entries else thing.matrix([rounded(part) for part in parts])
    words = [[x * (1 << instance["fraction_bits"]) for x in row] for row in after] if is_of_entries else None
    return {
        "rows": len(exact),
        "columns": len(exact[0]),
        "before": str(rational_matrix("matrix", exact).rank()),
        "after": str(rational_matrix("matrix", after).rank()),
        "proved_before": None if words is None else rank_before_rounding(words, instance["rounding"] != "stochastic"),
    }


def _verdict(instance: Instance, rounded: Callable[[Rows], Rows]) -> Row:
    """Compare the classes of a point, and of the one with rounded data and weights."""
    parts: Parts = POINTS[instance["object"]][1]
    before, after = _classified(parts), _classified([rounded(part) for part in parts])
    return {
        "before": before.verdict.value,
        "after": after.verdict.value,
        "loss": str(after.problem.loss),
        "gradient_squared": str(after.problem.gradient_squared),
    }


def _classified(parts: Parts) -> Any:
    from algebra.critical_points import Problem, classify

    X, Y, *W = parts
    return classify(Problem(X, Y, W))


def _shown(name: str) -> Callable[[Row], str]:
    return lambda row: str(row[name]).replace("_", " ")


def _gradient(row: Row) -> str:
    from proofs_check.show.text import decimal

    square = row.get("gradient_squared")
    return "" if square is None else "0" if square == "0" else decimal(Fraction(square))


def _notes(rows: TableRows, told: Told) -> Sequence[str]:
    return (
        "factors: weights, tokens, data; entries: the matrix that they make; all ranks and verdicts are exact",
        "proved before: a lower bound on the rank of every matrix with these rounded entries; no upper bound transfers",
        "a verdict is of the rounded problem; gradient: its squared norm at the rounded point",
    )


FAMILY = Family(
    name="quantisation",
    says="How ranks and verdicts on critical points survive quantisation, bit by bit.",
    about="Structure survives, coincidence does not: a product of rounded factors has at most the rank that its shape "
    "allows, and a matrix of low rank whose entries are rounded has full rank. A critical point whose weights are on "
    "the grid stays one; any other is not critical any more, however many bits there are.",
    instances=instances,
    evaluate=evaluate,
    key=lambda i: f"quantisation:{i['object']}:{i['rounded']}:f{i['fraction_bits']}:{i['rounding']}:seed={i['seed']}",
    columns=(
        Column("object", "text", "object"),
        Column("rounded", "text", "rounded", says="whether the factors or the entries are rounded"),
        Column("fraction_bits", heading="bits", says="behind the point"),
        Column("rounding", "text", says="to nearest, or stochastic: one draw"),
        Column("seed", says="of what is drawn, and of stochastic rounding"),
        Column("rows", says="of the matrix"),
        Column("columns", says="of the matrix"),
        Column("before", "text", "before", _shown("before"), says="the rank, or the class of the critical point"),
        Column("after", "text", "after", _shown("after"), says="the same of the rounded object"),
        Column(
            "survives",
            "boolean",
            "survives",
            lambda row: "yes" if row["survives"] else "no",
            says="whether it is the same",
        ),
        Column(
            "proved_before",
            heading="proved before",
            says="lower bound on the rank of every matrix with these rounded entries; empty: factors are rounded",
        ),
        Column("loss", "text", says="of the rounded problem at the rounded point, exact"),
        Column("gradient_squared", "text", "gradient", _gradient, says="squared norm of its gradient, exact"),
        Column("grade", "text"),
        Column("seconds", "number"),
    ),
    title=lambda rows, told: f"Ranks and verdicts after rounding ({str(told['rounding']).replace('_', ' ')})",
    notes=_notes,
    options=(
        words_option("bits", "Fraction bits; default: 0 2 4 8 16.", integer, BITS, "[B]…"),
        repeated_option(
            "objects",
            f"One of {', '.join(OBJECTS)}; may be repeated; default: all.",
            one_of(lambda: OBJECTS),
            OBJECTS,
            "NAME",
            spelled=("--object",),
            choices=lambda: OBJECTS,
        ),
        Option("rounding", f"One of {', '.join(ROUNDINGS)}.", one_of(lambda: ROUNDINGS), "nearest_even", "NAME"),
        Option("seed", "Of the matrices, and of stochastic rounding.", at_least(0), 0, "N"),
    ),
    example={"bits": [2, 8], "objects": ["deep-linear", "strict-saddle"]},
    usage=(
        "rankcert table quantisation",
        "rankcert table quantisation 4 8 --object convac --rounding stochastic --seed 3 --output ranks.tex",
    ),
)
