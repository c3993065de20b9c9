"""Gradient descent in fixed point, step size by step size: where rounding to nearest stops, and stochastic rounding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from algebra.errors import InputError, as_integer
from algebra.exact.numbers import exact_number, number_text
from proofs_check.family import Column, Family, Instance, Row, Rows, Told
from proofs_check.option import Option, words_option
from proofs_check.words import at_least, integer

EXPONENTS = (0, 1, 2, 3, 4, 5, 6, 7, 8)
MOST_EXPONENT = 20


def instances(
    exponents: Sequence[int] = EXPONENTS, minimiser: str = "401/2", start: int = 0, steps: int = 1000
) -> list[Instance]:
    """One descent for each step size h = 2^-k.

    Raises
    ------
    InputError
        If an exponent is too large.
    """
    for k in exponents:
        if as_integer("exponents", k, 0) > MOST_EXPONENT:
            raise InputError("exponents", k, f"at most {MOST_EXPONENT}")
    c = number_text(exact_number("minimiser", minimiser))
    return [{"h": number_text(Fraction(1, 1 << k)), "c": c, "start": start, "steps": steps} for k in exponents]


def evaluate(instance: Instance) -> Row:
    """State the law after the steps, and where the nearest modes stop.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        Numbers as exact strings, in grid units; ``near`` is the probability of a word next to the minimiser.

    Examples
    --------
    >>> row = evaluate({"h": "1/8", "c": "13", "start": 0, "steps": 4})
    >>> row["mean"], row["nearest_even"], row["nearest_even_step"], row["width"]
    ('22035/4096', 10, 9, 8)
    """
    from algebra.rounding.dead_zones import dead_zone
    from algebra.rounding.descent import gradient_descent
    from algebra.rounding.fixed_point import Mode

    found = gradient_descent(instance["h"], instance["c"], instance["start"], instance["steps"])
    even, down = found.stop(Mode.NEAREST_EVEN), found.stop(Mode.NEAREST_DOWN)
    zone = dead_zone(found.h, found.c, Mode.NEAREST_DOWN)
    near = sum((p for s, p in found.law if found.c - 1 < s < found.c + 1), Fraction(0))
    return {
        **instance,
        "width": None if zone is None else zone[1] - zone[0] + 1,
        "nearest_even": even.at,
        "nearest_even_step": even.step,
        "nearest_down": down.at,
        "nearest_down_step": down.step,
        "mean": number_text(found.law.mean),
        "variance": number_text(found.law.variance),
        "near": number_text(near),
    }


def decimals(name: str) -> Callable[[Row], str]:
    """Return what shows an exact field as people read it, with four significant digits.

    Examples
    --------
    >>> decimals("mean")({"mean": "1/3"})
    '0.3333'
    """
    from algebra.exact.numbers import long_number
    from proofs_check.show.text import decimal

    return lambda row: decimal(long_number(name, row[name]))


def _stop(name: str) -> Callable[[Row], str]:
    """Return what shows where a mode stops, and when."""
    return lambda row: f"{row[name]} ({'late' if row[f'{name}_step'] is None else row[f'{name}_step']})"


def _notes(rows: Rows, told: Told) -> Sequence[str]:
    return (
        "in grid units; h: step size times curvature; dead zone: words that rounding to nearest, ties down, keeps",
        "stops: where rounding to nearest ends (after how many steps; late: more than 100,000)",
        "mean and variance of stochastic rounding, and the probability of a word next to the minimiser: exact laws, "
        "shown with four digits",
        "without rounding the iterate is the mean",
    )


FAMILY = Family(
    name="rounding",
    says="Gradient descent in fixed point: where rounding to nearest stops, and the exact law of stochastic rounding.",
    about="On a quadratic in one dimension, for step sizes h = 2^-k times the curvature. Everything is in grid units.",
    instances=instances,
    evaluate=evaluate,
    key=lambda i: f"round-descent:h{i['h']}:c{i['c']}:s{i['start']}:t{i['steps']}",
    columns=(
        Column("h", "text", "h", says="step size times curvature"),
        Column("c", "text", says="the minimiser"),
        Column("start", says="the first word"),
        Column("steps", says="after which the law is told"),
        Column(
            "width", heading="dead zone", says="number of words that rounding to nearest, ties down, keeps for ever"
        ),
        Column(
            "nearest_even",
            heading="stops, ties to even",
            shown=_stop("nearest_even"),
            says="where rounding to nearest stops",
        ),
        Column("nearest_even_step", says="the first step that changes nothing; empty: beyond 100,000"),
        Column("nearest_down", heading="stops, ties down", shown=_stop("nearest_down"), says="the same with ties down"),
        Column("nearest_down_step", says="the first step that changes nothing; empty: beyond 100,000"),
        Column("mean", "text", "mean", decimals("mean"), says="of stochastic rounding, exact"),
        Column("variance", "text", "variance", decimals("variance"), says="of stochastic rounding, exact"),
        Column("near", "text", "P(next to c)", decimals("near"), says="probability of a word next to the minimiser"),
        Column("seconds", "number"),
    ),
    title=lambda rows, told: f"Descent towards {told['minimiser']} from {told['start']} in fixed point",
    notes=_notes,
    options=(
        words_option(
            "exponents",
            f"Step sizes 2^-K, K from 0 to {MOST_EXPONENT}; default: 0 1 2 3 4 5 6 7 8.",
            integer,
            EXPONENTS,
            "[K]…",
        ),
        Option("minimiser", "The minimiser in grid units, an integer or p/q.", default="401/2", metavar="C"),
        Option("start", "The first word.", integer, 0, "S"),
        Option("steps", "Steps after which the law is told.", at_least(0), 1000, "T"),
    ),
    cost=lambda instance: float(instance["steps"]),
    example={"exponents": [2, 4], "minimiser": "13", "steps": 20},
    usage=(
        "rankcert table rounding",
        "rankcert table rounding 3 6 --minimiser 401/2 --start 400 --output rounding.tex",
    ),
)
