"""Spans of monomials in activations: where the bounds meet what is seen, and where a gap is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import comb, prod

from algebra.errors import InputError, as_integer
from algebra.polynomial.monomial_spans import monomial_span
from proofs_check.families._boxes import degrees_option
from proofs_check.family import Column, Family, Instance, Row, Rows, bounds_cell, graded, spaced
from proofs_check.option import SEED, Option
from proofs_check.results import bounds_fields
from proofs_check.words import integer, numbers_of

INPUTS, DEGREES_ASKED, WIDEST, LARGEST = (3, 4, 5, 6), (2, 3, 4, 5), 12, 2000
MOST_LAYERS, MOST_WIDTH, MOST_FORMS = 4, 40, 5000  # one span takes seconds there
MOST_INSTANCES = 20_000


def instances(
    inputs: Sequence[int] = INPUTS,
    layers: int = 1,
    degrees: Sequence[int] = DEGREES_ASKED,
    widest: int = WIDEST,
    largest: int = LARGEST,
    seed: int = 0,
) -> list[Instance]:
    """Every tower of so many layers, all wider than the input, and every t with at most `largest` forms.

    Layers with one neuron more than inputs have one relation, and more neurons than forms are saturated: of the last
    layer both are left out, since counting is exact there.

    Raises
    ------
    InputError
        If nothing is left.

    Examples
    --------
    >>> [(i["widths"], i["t"]) for i in instances([4], 1, [2], 6, 84)]
    [([4, 6], 2), ([4, 6], 3)]
    """
    _check("layers", [layers], 1, MOST_LAYERS)
    _check("inputs", inputs, 2, MOST_WIDTH)
    _check("degrees", degrees, 1, MOST_WIDTH)
    _check("widest", [widest], 1, MOST_WIDTH)
    _check("largest", [largest], 1, MOST_FORMS)
    found: list[Instance] = []
    for n in inputs:
        for powers in product(degrees, repeat=layers):
            for widths in _towers(n, powers, widest):
                t = 2
                while comb(prod(powers) * t + n - 1, n - 1) <= largest:
                    found.append({"widths": list(widths), "degrees": list(powers), "t": t, "seed": seed})
                    t += 1
                if len(found) > MOST_INSTANCES:
                    raise InputError("largest", largest, f"less: a table of at most {MOST_INSTANCES:,} spans")
    if not found:
        raise InputError("largest", largest, "so large that some tower and t are left")
    return found


def _check(name: str, values: Sequence[int], least: int, most: int) -> None:
    """Refuse numbers that no table is made for."""
    for value in values:
        if not least <= as_integer(name, value) <= most:
            raise InputError(name, value, f"between {least} and {most}")


def _towers(n: int, degrees: Sequence[int], widest: int) -> Iterator[tuple[int, ...]]:
    """Layers wider than the input, none with more neurons than forms; the last at least two wider."""
    towers: list[tuple[int, ...]] = [(n,)]
    for k, degree in enumerate(degrees, 1):
        least = n + 2 if k == len(degrees) else n + 1
        towers = [
            (*tower, width)
            for tower in towers
            for width in range(least, widest + 1)
            if width <= comb(degree + tower[-1] - 1, degree)
        ]
    return iter(towers)


def evaluate(instance: Instance) -> Row:
    """Bound one span from both sides."""
    found = monomial_span(instance["widths"], instance["degrees"], instance["t"], instance["seed"])
    degree = prod(instance["degrees"]) * instance["t"]
    n = instance["widths"][0]
    return {
        "label": label_of(instance),
        "widths": instance["widths"],
        "degrees": instance["degrees"],
        "t": instance["t"],
        "forms": comb(degree + n - 1, n - 1),
        **bounds_fields(found),
        "gap": found.upper - found.lower if found.upper is not None else None,
        "seed": instance["seed"],
    }


def label_of(instance: Instance) -> str:
    """Permanent label of the monomials."""
    widths, degrees = "-".join(map(str, instance["widths"])), ",".join(map(str, instance["degrees"]))
    return f"monomial-span:{widths}:r{degrees}:t{instance['t']}"


def findings(rows: Rows) -> list[str]:
    """Say how many bounds are exact, how many of those by a theorem, and where a gap is left."""
    left = [row for row in rows if row["gap"]]
    theorems = sum(row["upper_by"] != "forms" for row in rows if not row["gap"])
    sentences = [f"{len(rows) - len(left)} of {len(rows)} spans are exact, {theorems} of them by a theorem"]
    if left:
        sentences.append(f"a gap is left at {', '.join(row['label'] for row in left)}")
    return sentences


FAMILY = Family(
    name="monomial-spans",
    says="Spans of monomials in activations (Hilbert functions of towers), their bounds, and the gaps that are left.",
    instances=instances,
    evaluate=evaluate,
    key=lambda instance: f"{label_of(instance)}:seed={instance['seed']}",
    columns=(
        Column("label", "text"),
        Column("widths", "text", "widths", value=spaced("widths"), says="from the input to the layer that is asked"),
        Column("degrees", "text", "degrees", value=spaced("degrees"), says="activation degrees of its layers"),
        Column("t", heading="t", says="degree of the monomials"),
        Column("forms", heading="forms", says="forms of that degree in the inputs"),
        Column("lower", heading="span", shown=bounds_cell, says="proved lower bound: a rank modulo a prime"),
        Column("upper", says="proved upper bound"),
        Column("upper_by", "text", "by", says="forms (and relations), or the theorem"),
        Column("gap", heading="gap", says="upper less lower bound"),
        Column("grade", "text"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title="Spans of monomials in activations",
    notes=lambda rows, told: (graded(rows), *findings(rows)),
    options=(
        Option("inputs", "Numbers of inputs; default: 3..6.", numbers_of, INPUTS, "D,D…"),
        Option("layers", "Number of layers; default: 1.", integer, 1, "N"),
        degrees_option(*DEGREES_ASKED),
        Option("widest", "Greatest width; default: 12.", integer, WIDEST, "D"),
        Option(
            "largest", "Most forms of the monomials' degree in the inputs.", integer, LARGEST, "N", called="largest"
        ),
        SEED,
    ),
    cost=lambda i: float(comb(prod(i["degrees"]) * i["t"] + i["widths"][0] - 1, i["widths"][0] - 1)) ** 3,
    example={"inputs": [4], "degrees": [2], "widest": 6, "largest": 84},
    usage=(
        "rankcert table monomial-spans --inputs 4 --degrees 2",
        "rankcert table monomial-spans --layers 2 --inputs 3",
    ),
)
