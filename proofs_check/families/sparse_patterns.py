"""Named sparse attention patterns: layers until all tokens are seen, against connections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from algebra.errors import InputError, as_integer
from proofs_check.family import Column, Family, Instance, Row, Rows, Told
from proofs_check.option import SEED, Option, words_option
from proofs_check.words import integer
from tensors.attention.patterns.named import NAMES, describe, named_pattern
from tensors.attention.patterns.pattern import MOST_TOKENS

# the default of `tensors.attention.patterns.table`, which a help need not import
LENGTHS = (16, 64, 512)


def instances(lengths: Sequence[int] = LENGTHS, patterns: Sequence[str] = NAMES, seed: int = 0) -> list[Instance]:
    """Every named pattern of every length, and the fixed one also with a block that does not divide the length.

    Parameters
    ----------
    lengths : sequence of int
    patterns : sequence of str
        Names of patterns.
    seed : int
        Of random patterns.

    Returns
    -------
    list of dict

    Raises
    ------
    InputError
        For a length below 1 or too large, or a name that there is not.

    Examples
    --------
    >>> [(each["n"], each["parameters"], each["is_undivided"]) for each in instances([16], ["fixed"])]
    [(16, {'w': 4, 'c': 1}, False), (16, {'w': 5, 'c': 1}, True)]
    """
    for name in patterns:
        describe(name)
    for n in lengths:
        if as_integer("length", n, 1) > MOST_TOKENS:
            raise InputError("length", n, f"at most {MOST_TOKENS}")
    names = [name.replace("_", "-") for name in patterns]
    return [each for name in names for n in lengths for each in _instances(name, n, seed)]


def _instances(name: str, n: int, seed: int) -> Iterator[Instance]:
    from tensors.attention.patterns.table import undivided_block, usual_parameters

    usual = usual_parameters(name, n, seed)
    yield {"name": name, "n": n, "parameters": usual, "is_undivided": False, "seed": seed}
    if name == "fixed" and n > 3:
        other = {**usual, "w": undivided_block(n)}
        yield {"name": name, "n": n, "parameters": other, "is_undivided": True, "seed": seed}


def evaluate(instance: Instance) -> Row:
    """Check one pattern.

    Examples
    --------
    >>> evaluate(instances([16], ["fixed"])[1])["remark"][:32]
    'w = 5 does not divide n = 16: th'
    """
    from tensors.attention.patterns.table import pattern_row

    pattern = named_pattern(instance["name"], instance["n"], **instance["parameters"])
    remark = next(iter(pattern.remarks), None) if instance["is_undivided"] else None
    return {**pattern_row(instance["name"], pattern).record(), "remark": remark, "seed": instance["seed"]}


def key(instance: Instance) -> str:
    """Name the pattern, its parameters, and the seed.

    Examples
    --------
    >>> key(instances([16], ["fixed"])[1])
    'sparse-patterns:fixed:n16:w5:c1:undivided:seed=0'
    """
    parameters = [f"{name}{value}" for name, value in instance["parameters"].items() if name != "seed"]
    undivided = ["undivided"] * instance["is_undivided"]
    parts = ["sparse-patterns", instance["name"], f"n{instance['n']}", *parameters, *undivided]
    return ":".join([*parts, f"seed={instance['seed']}"])


# ---- the table


def _short(row: Row) -> str:
    """Return the label without the word pattern and without the length, which has its column."""
    return ":".join(part for part in row["label"].split(":")[1:] if part != f"n{row['n']}")


def _steps(row: Row) -> str:
    if row["steps"] is not None:
        return str(row["steps"])
    return "never" if row["causal_steps"] is None else f"never; causal {row['causal_steps']}"


def _share(row: Row) -> str:
    return f"{row['connections'] / (row['p'] * row['n'] ** 2):.3f}"


def notes(rows: Rows, told: Told) -> Iterator[str]:
    """Explain the columns, and name the patterns whose last block is never seen."""
    yield (
        "s: layers until every token has seen all (of causal patterns, also until it has seen all earlier ones); "
        "connections: over a period, with self-loops; share: of all pairs; universal: by Yun et al. (NeurIPS 2020, "
        "arXiv:2006.04862), no if some tokens are never seen, blank if not known"
    )
    silent = [row["label"].removeprefix("pattern:") for row in rows if row["remark"] and row["steps"] is None]
    if silent:
        yield f"the block does not divide n, and the last block is never seen: {', '.join(silent)}"


FAMILY = Family(
    name="sparse-patterns",
    says="Sparse attention patterns: layers until all tokens are seen, connections, and the conditions of "
    "universality.",
    about="Windows and global tokens are 2, strides and blocks the power of two next to the square root of N. The "
    "fixed pattern is also checked with a block that does not divide N.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text", "pattern", _short, says="pattern with its parameters"),
        Column("name", "text", says="name of the pattern"),
        Column("n", heading="n", says="number of tokens"),
        Column("p", heading="p", says="number of layers, after which the pattern repeats"),
        Column(
            "steps", heading="s", shown=_steps, says="layers after which every token has seen every token; empty: never"
        ),
        Column("causal_steps", says="of causal patterns: layers until every token has seen all earlier ones"),
        Column("connections", heading="connections", says="arcs over a period, self-loops included"),
        Column("", "", "share", _share),
        Column("largest_degree", heading="degree", says="the most tokens that one token attends to"),
        Column("path", "boolean", "path", says="whether there is a Hamiltonian path; empty if undecided"),
        Column("assumption_1", "boolean", "Assumption 1", says="whether self-loops, path and reach all hold"),
        Column(
            "universal",
            "boolean",
            "universal",
            says="by Yun et al.; false if some token never sees another, empty if not known",
        ),
        Column("remark", "text", says="what is worth knowing of the pattern"),
    ),
    title="Sparse attention patterns",
    notes=notes,
    options=(
        words_option("lengths", "Numbers of tokens; default: 16 64 512.", integer, LENGTHS, "[N]…"),
        Option(
            "patterns",
            f"Only this one; may be repeated; default: all of {', '.join(NAMES)}.",
            default=NAMES,
            metavar="NAME",
            spelled=("--pattern",),
            choices=lambda: NAMES,
            is_list=True,
        ),
        SEED,
    ),
    cost=lambda instance: float(instance["n"]) ** 2,
    example={"lengths": [16], "patterns": ["strided", "bigbird"]},
    usage=(
        "rankcert table sparse-patterns",
        "rankcert table sparse-patterns 64 256 1024 --pattern bigbird --pattern strided --output patterns.md",
    ),
)
