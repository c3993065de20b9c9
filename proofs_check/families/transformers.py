"""Dimensions of transformers as they are built, beside what the known symmetries say."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, one_of
from proofs_check.family import BOUND_COLUMNS, Column, Family, Instance, Row, Rows, Told, bounds_cell
from proofs_check.option import SEED, Option
from proofs_check.results import bounds_fields
from proofs_check.words import separated, span, text

if TYPE_CHECKING:
    from algebra.programs.transformers import Transformer

MOST_PARAMETERS = 300
"""Networks with more are left out: one of 300 takes seconds."""

MOST_ROWS = 10_000

NORMS, FEED_FORWARDS = ("none", "rms", "layer"), ("none", "silu", "swiglu")
SIZES = ("width", "head_size", "value_size", "heads", "key_value_heads", "tokens", "layers", "hidden")

# a few of each kind: what the dimension depends on
DEFAULT: dict[str, Sequence[Any]] = {
    "width": (3,),
    "head_size": (2,),
    "value_size": (1, 2),
    "heads": (1, 2),
    "key_value_heads": (1,),
    "tokens": (1, 2, 3),
    "layers": (1,),
    "hidden": (4,),
    "norm": ("none", "rms"),
    "positions": ("none", "rotary"),
    "feed_forward": ("none", "swiglu"),
    "residual": ("yes",),
}


def instances(seed: int = 0, **chosen: Sequence[Any] | None) -> list[Instance]:
    """Every transformer of some sizes and kinds that fits together and has at most 300 weights.

    Parameters
    ----------
    seed : int
    **chosen
        For each name in `DEFAULT` the values, instead of the default ones.

    Returns
    -------
    list of dict

    Raises
    ------
    InputError
        For a kind that is not known, or too many transformers.

    Examples
    --------
    >>> len(instances(tokens=[3], norm=["rms"]))
    16
    """
    told = {name: value for name, value in chosen.items() if value is not None}
    for name, allowed in (("norm", NORMS), ("feed_forward", FEED_FORWARDS)):
        _check_words(name, told.get(name, ()), allowed)
    _check_words("positions", told.get("positions", ()), ("none", "rotary"))
    _check_words("residual", told.get("residual", ()), ("yes", "no"))
    for name in SIZES:
        if max(told.get(name, ()), default=0) > MOST_PARAMETERS:
            raise InputError(f"--{name.replace('_', '-')}", max(told[name]), f"numbers up to {MOST_PARAMETERS}")
    values = {**DEFAULT, **told}
    count = prod(map(len, values.values()))
    if count > MOST_ROWS:
        raise InputError("options", count, f"values with at most {MOST_ROWS} combinations")

    found = []
    for combination in product(*values.values()):
        instance = {**dict(zip(values, combination, strict=True)), "seed": seed}
        if _fits(instance) and transformer_of(instance).parameters <= MOST_PARAMETERS:
            found.append(instance)
    return found


def _check_words(name: str, given: Sequence[str], allowed: Sequence[str]) -> None:
    told = f"one of {', '.join(allowed)}, or several with commas"
    for word in given:
        one_of(f"--{name.replace('_', '-')}", word, allowed, told)


def _fits(instance: Instance) -> bool:
    """Leave out head numbers that share no keys evenly, rotations of an odd size, and sizes that nothing has."""
    if instance["heads"] % instance["key_value_heads"] or instance["heads"] < instance["key_value_heads"]:
        return False
    return instance["positions"] == "none" or int(instance["head_size"]) % 2 == 0


def transformer_of(instance: Instance) -> Transformer:
    """Return the transformer of an instance."""
    from algebra.programs.transformers import Transformer

    return Transformer(
        **{name: instance[name] for name in SIZES},
        norm=instance["norm"],
        rotary=instance["positions"] == "rotary",
        feed_forward=instance["feed_forward"],
        residual=instance["residual"] == "yes",
    )


def key(instance: Instance) -> str:
    """Name an instance permanently.

    Examples
    --------
    >>> key(instances(tokens=[3], heads=[1], value_size=[1], norm=["rms"], positions=["rotary"])[1])
    'transformer:d3:k2:v1:h1:g1:n3:l1:m4:rms:rotary:swiglu:yes:seed=0'
    """
    sizes = ":".join(f"{letter}{instance[name]}" for letter, name in zip("dkvhgnlm", SIZES, strict=True))
    kinds = ":".join(instance[name] for name in ("norm", "positions", "feed_forward", "residual"))
    return f"transformer:{sizes}:{kinds}:seed={instance['seed']}"


def evaluate(instance: Instance) -> Row:
    """Bound the dimension, and say what every lost parameter is lost to.

    Examples
    --------
    >>> row = evaluate(instances(tokens=[3], heads=[1], value_size=[1], norm=["rms"], positions=["rotary"])[1])
    >>> row["parameters"], row["lower"], row["formula"], row["agrees"]
    (60, 47, 47, True)
    """
    from algebra.evidence.generic_rank import RankEvidence
    from algebra.programs.dimension import ProgramDimension, program_dimension

    network = transformer_of(instance)
    program = network.program()
    bounds = program_dimension(program, instance["seed"])
    lost: dict[str, int] = {}
    for symmetry in ProgramDimension(program).symmetries:
        lost[symmetry.rule] = lost.get(symmetry.rule, 0) + symmetry.dimension
    value = bounds.value
    explained = "; ".join(f"{count} {rule}" for rule, count in lost.items())
    evidence = bounds.evidence
    if isinstance(evidence, RankEvidence) and bounds.upper != network.parameters - sum(lost.values()):
        upper = evidence.upper
        explained = f"{upper.rule}: {upper.note}" if upper is not None else explained
    return {
        "label": key(instance).rpartition(":")[0],
        **{name: instance[name] for name in DEFAULT},
        "parameters": network.parameters,
        "formula": network.formula,
        **bounds_fields(bounds),
        "agrees": None if value is None else value == network.formula,
        "lost_to": explained,
        "seed": instance["seed"],
    }


def notes(rows: Rows, told: Told) -> tuple[str, str]:
    """Say what the formula is, and how often it is right."""
    agree = sum(row["agrees"] is True for row in rows)
    differ = sum(row["agrees"] is False for row in rows)
    return (
        "formula: parameters less GL(d_k) (rotary: its commutant) of each key head, GL(d_v) of each value head, and a "
        "factor for each gain and each gated unit",
        f"the formula is the dimension in {agree} of {len(rows)} rows, and is not in {differ}; open in "
        f"{len(rows) - agree - differ}",
    )


def _shape(row: Row) -> str:
    sizes = f"({row['width']}, {row['head_size']}, {row['value_size']})"
    return f"{sizes} h{row['heads']}/{row['key_value_heads']}"


def _words(name: str, word: str) -> list[str]:
    return [part.strip() for part in text(name, word).split(",")]


def _sizes(name: str, says: str) -> Option:
    return Option(name, says, _numbers, metavar="N|N..N,…")


def _numbers(name: str, word: str) -> list[int]:
    return sorted({number for part in separated(span)(name, word) for number in part})


FAMILY = Family(
    name="transformers",
    says="Dimensions of transformers as they are built, beside what the known symmetries say.",
    about="Every combination of the values that are given; numbers and ranges with commas between them.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text"),
        *(Column(name, says=f"the transformer's {name.replace('_', ' ')}") for name in SIZES),
        *(Column(name, "text", says=f"its {name.replace('_', ' ')}") for name in DEFAULT if name not in SIZES),
        Column("", "", "(d, dk, dv) heads", _shape),
        Column("", "", "n", lambda row: row["tokens"]),
        Column("", "", "L", lambda row: row["layers"]),
        Column("", "", "norm", lambda row: row["norm"]),
        Column("", "", "positions", lambda row: row["positions"]),
        Column("", "", "feed-forward", lambda row: row["feed_forward"]),
        Column("", "", "residual", lambda row: row["residual"]),
        Column("parameters", heading="parameters", says="number of weights"),
        Column("", "", "dimension", bounds_cell),
        Column("formula", heading="formula", says="parameters less the symmetries that every such network has"),
        Column(
            "agrees",
            "boolean",
            "agrees",
            lambda row: {True: "yes", False: "no", None: "open"}[row["agrees"]],
            says="whether the formula is the dimension; empty where that is open",
        ),
        *BOUND_COLUMNS,
        Column("lost_to", "text", says="what the lost parameters are lost to, as far as it is found"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title="Dimensions of transformers",
    notes=notes,
    options=(
        _sizes("width", "Entries of a token; default: 3."),
        _sizes("head_size", "Of keys and queries; default: 2."),
        _sizes("value_size", "Of values; default: 1,2."),
        _sizes("heads", "Query heads; default: 1,2."),
        _sizes("key_value_heads", "Heads of keys and values, which the query heads share; default: 1."),
        _sizes("tokens", "Default: 1..3."),
        _sizes("layers", "Default: 1."),
        _sizes("hidden", "Neurons of the feed-forward network; default: 4."),
        Option("norm", "none, rms, layer; default: none,rms.", _words, metavar="KIND,…"),
        Option("positions", "none, rotary; default: none,rotary.", _words, metavar="KIND,…"),
        Option("feed_forward", "none, silu, swiglu; default: none,swiglu.", _words, metavar="KIND,…"),
        Option("residual", "yes, no; default: yes.", _words, metavar="yes,no"),
        SEED,
    ),
    cost=lambda instance: float(transformer_of(instance).parameters) ** 2,
    example={"tokens": [3], "heads": [1], "value_size": [1]},
    usage=(
        "rankcert table transformers",
        "rankcert table transformers --width 2..4 --tokens 2,3 --norm rms --feed-forward swiglu,silu --output t.csv",
    ),
)
