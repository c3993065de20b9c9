"""Dimensions of attention varieties, lightning and softmax side by side, beside the published count."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from proofs_check.engine.sweep import Together
from proofs_check.families._together import asked_together
from proofs_check.family import Column, Family, Instance, Row, Rows, Told, tuple_column
from proofs_check.option import SEED, Option, words_option
from proofs_check.results import bounds_fields, known
from proofs_check.show.text import counted
from proofs_check.words import separated, span, spelled

if TYPE_CHECKING:
    from algebra import Bounds
    from tensors.attention import AttentionNetwork

Architecture = tuple[tuple[int, ...], tuple[int, ...], int]  # widths, head sizes, heads

MOST_ROWS = 10_000
NETWORKS: dict[str, dict[str, Any]] = {
    "one_token": {"kind": "lightning", "tokens": 1},
    "lightning": {"kind": "lightning", "tokens": 3},
    "softmax": {"kind": "softmax", "tokens": 3},
}

# what the dimension depends on: widths, bottlenecks, head sizes 1, heads
SINGLE_HEADED: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((4, 4), (2,)), ((4, 4), (4,)), ((8, 8), (2,)), ((8, 3), (4,)),
    ((3, 3, 3), (1, 1)), ((3, 3, 3), (1, 2)), ((3, 3, 3), (2, 2)), ((4, 4, 4), (1, 2)), ((4, 4, 4), (2, 2)),
    ((4, 4, 4), (4, 4)), ((6, 4, 5), (2, 3)), ((6, 6, 1), (2, 1)), ((8, 6, 1), (2, 1)), ((5, 1, 5), (1, 3)),
    ((2, 5, 2), (2, 2)), ((3, 3, 3, 3), (2, 2, 2)), ((3, 3, 3, 3), (2, 1, 2)), ((3, 3, 3, 3), (1, 2, 2)),
    ((4, 3, 2, 3), (2, 2, 2)), ((4, 4, 4, 4), (3, 3, 3)),
]  # fmt: skip
SEVERAL_HEADS: list[Architecture] = [
    ((3, 1), (1,), 3), ((3, 3), (2,), 2), ((3, 3), (3,), 3), ((4, 4), (2,), 4), ((4, 1), (3,), 2),
    ((2, 2, 2), (2, 2), 2), ((3, 3, 3), (1, 1), 2), ((2, 4, 2), (1, 3), 2),
]  # fmt: skip


# ---- instances


def instances(
    widths: Sequence[Sequence[int]] = (),
    head_sizes: Sequence[Sequence[int]] | None = None,
    heads: Sequence[int] | None = None,
    seed: int = 0,
) -> list[Instance]:
    """Every architecture in ranges, in lexicographic order; without ranges some that show what matters.

    Parameters
    ----------
    widths : sequence
        The possible widths of each layer, from input to output.
    head_sizes : sequence, optional
        The possible head sizes of all layers, or of each; default: 1 and 2.
    heads : sequence of int, optional
        The possible numbers of heads; default: 1.
    seed : int

    Returns
    -------
    list of dict

    Raises
    ------
    InputError
        For fewer than two widths, head sizes of another number of layers, too many architectures, or head sizes and
        heads without widths.

    Examples
    --------
    >>> [each["widths"] for each in instances([[3], [2, 3]], [[1]])]
    [[3, 2], [3, 3]]
    """
    if widths:
        chosen = _architectures(widths, head_sizes or [range(1, 3)], heads or [1])
    else:
        _check_unused(head_sizes, heads)
        chosen = [*((widths, sizes, 1) for widths, sizes in SINGLE_HEADED), *SEVERAL_HEADS]
    return [{"widths": list(w), "head_sizes": list(a), "heads": h, "seed": seed} for w, a, h in chosen]


def _architectures(
    widths: Sequence[Sequence[int]], head_sizes: Sequence[Sequence[int]], heads: Sequence[int]
) -> Iterable[Architecture]:
    ranges, layers = " ".join(map(spelled, widths)), len(widths) - 1
    if layers < 1:
        raise InputError("RANGES", ranges, "two widths or more, from input to output")
    if len(head_sizes) not in (1, layers):
        allowed = f"one, or {layers} separated by commas: one for each layer"
        raise InputError("--head-sizes", ",".join(map(spelled, head_sizes)), allowed)

    sizes = [*head_sizes] * (layers if len(head_sizes) == 1 else 1)
    count = math.prod(map(len, [*widths, *sizes, heads]))
    if count > MOST_ROWS:
        raise InputError("RANGES", ranges, f"ranges with at most {MOST_ROWS} architectures, not {count}")
    return product(product(*widths), product(*sizes), heads)


def _check_unused(head_sizes: Sequence[Sequence[int]] | None, heads: Sequence[int] | None) -> None:
    if head_sizes is not None:
        raise InputError("--head-sizes", ",".join(map(spelled, head_sizes)), "left out unless RANGES are given")
    if heads is not None:
        raise InputError("--heads", spelled(heads), "left out unless RANGES are given")


def architecture(instance: Instance) -> str:
    """Name the architecture of an instance.

    Examples
    --------
    >>> architecture({"widths": [3, 3, 3], "head_sizes": [1, 2], "heads": 1})
    '3-3-3:a1-2:h1'
    """
    widths, sizes = ("-".join(map(str, instance[name])) for name in ("widths", "head_sizes"))
    return f"{widths}:a{sizes}:h{instance['heads']}"


# ---- answers


def evaluate(instance: Instance) -> Row:
    """Bound three dimensions of an architecture: lightning with one token and with three, softmax with three.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``published``: the published count, and ``published_by`` the formula, see
        `tensors.attention.formulas.published_count`; ``published_right``: whether it is the dimension.

    Examples
    --------
    >>> row = evaluate({"widths": [3, 3, 3], "head_sizes": [1, 2], "heads": 1, "seed": 0})
    >>> row["lightning"]["lower"], row["published"], row["published_right"], row["softmax"]["lower"]
    (18, 20, False, 22)
    """
    found = {name: _network(instance, name).dimension(seed=instance["seed"]) for name in NETWORKS}
    return _row(instance, found)


def evaluate_together(instances: Sequence[Instance]) -> list[Row | None]:
    """Bound the dimensions of many architectures at once; None where one of the three is not proved so.

    Examples
    --------
    >>> chosen = instances([[2, 3], [1, 2], [1, 2]], [[1]])
    >>> [row and row["lightning"]["lower"] for row in evaluate_together(chosen)]
    [4, 5, 6, 8, 7, 8, 10, 12]
    """
    from tensors.attention.functions.batch import proved_dimensions

    networks = [_network(instance, name) for instance in instances for name in NETWORKS]
    told = [(instance["seed"], None) for instance in instances for name in NETWORKS]
    bounds = asked_together(networks, told, proved_dimensions)

    rows: list[Row | None] = []
    for place, instance in enumerate(instances):
        three = dict(zip(NETWORKS, bounds[len(NETWORKS) * place :], strict=False))
        found = {name: each for name, each in three.items() if each is not None}
        rows.append(_row(instance, found) if len(found) == len(NETWORKS) else None)
    return rows


def _row(instance: Instance, found: dict[str, Bounds]) -> Row:
    """Compare the three dimensions of an architecture with the published count."""
    from tensors.attention.formulas import published_count

    networks = {name: _network(instance, name) for name in NETWORKS}
    published, published_by = published_count(networks["lightning"])
    softmax, _ = published_count(networks["softmax"])
    return {
        "label": f"attention:{architecture(instance)}",
        "widths": instance["widths"],
        "head_sizes": instance["head_sizes"],
        "heads": instance["heads"],
        "parameters": networks["lightning"].parameters,
        **{name: bounds_fields(bounds) for name, bounds in found.items()},
        "published": published,
        "published_by": published_by,
        "published_right": _is_right(found["lightning"], published),
        "softmax_published": softmax,
        "softmax_published_right": _is_right(found["softmax"], softmax),
        "grade": min((bounds.grade for bounds in found.values()), key=lambda grade: grade.strength).value,
        "seed": instance["seed"],
    }


def _network(instance: Instance, name: str) -> AttentionNetwork:
    return _built(tuple(instance["widths"]), tuple(instance["head_sizes"]), instance["heads"], name)


@lru_cache(maxsize=1 << 13)
def _built(widths: tuple[int, ...], head_sizes: tuple[int, ...], heads: int, name: str) -> AttentionNetwork:
    """Build a network once for its cost, its dimension and its counts."""
    from tensors.attention import AttentionNetwork

    return AttentionNetwork(widths, head_sizes, heads, **NETWORKS[name])


def gains(instance: Instance) -> bool:
    """Whether the dimensions of an architecture are found sooner together with others."""
    from tensors.attention.functions.batch import gains as network_gains

    return network_gains(_network(instance, "softmax"))


def _is_right(bounds: Bounds, value: int | None) -> bool | None:
    return None if value is None or bounds.value is None else bounds.value == value


# ---- the table


def _sides(name: str, heading: str) -> tuple[Column, Column]:
    """The two bounds of one of the networks; people see them in one cell."""
    return (
        Column(
            f"{name}_lower",
            "integer",
            heading,
            lambda row: known(row[name]),
            lambda row: row[name]["lower"],
            says=f"proved lower bound on the dimension of {_spoken(name)}",
        ),
        Column(f"{name}_upper", value=lambda row: row[name]["upper"], says="proved upper bound on it"),
    )


def _grade(name: str) -> Column:
    says = f"how far the bounds of {_spoken(name)} are proved"
    return Column(f"{name}_grade", "text", value=lambda row: row[name]["grade"], says=says)


def _spoken(name: str) -> str:
    """Say which of the networks is meant."""
    tokens = NETWORKS[name]["tokens"]
    return f"{NETWORKS[name]['kind']} attention with {counted(tokens, 'token')}"


def _marked(name: str) -> Callable[[Row], str]:
    """Return what writes a count, with a mark where it is wrong."""
    return lambda row: "" if row[name] is None else f"{row[name]}{' ≠' if row[f'{name}_right'] is False else ''}"


def notes(rows: Rows, told: Told) -> tuple[str, str]:
    """Say what is counted, and how often the count is wrong."""
    counted = ("published", "softmax_published")
    wrong = [sum(row[f"{name}_right"] is False for row in rows) for name in counted]
    given = [sum(row[name] is not None for row in rows) for name in counted]
    return (
        "lightning and softmax: three tokens. count: virtual weights, as published for equal widths (Henry, Marchetti, "
        "Kohn, ICLR 2025); for several heads in one layer H times one head",
        f"the count is wrong for lightning attention in {wrong[0]} of {given[0]} rows, for softmax in {wrong[1]} of "
        f"{given[1]}",
    )


FAMILY = Family(
    name="attention-dimensions",
    says="Dimensions of attention varieties: lightning with one token and with several, softmax, and the published "
    "count.",
    about="A count that is not the dimension is marked ≠.",
    instances=instances,
    evaluate=evaluate,
    together=Together(evaluate_together, gains),
    key=lambda i: f"attention-dimensions:{architecture(i)}:seed={i['seed']}",
    columns=(
        Column("label", "text"),
        tuple_column("widths", "widths", "widths of a token, before and after each layer"),
        tuple_column("head_sizes", "a", "head size of each layer"),
        Column("heads", heading="H", says="number of heads of a layer"),
        Column("parameters", heading="parameters", says="number of weights"),
        *_sides("one_token", "one token"),
        *_sides("lightning", "lightning"),
        Column("", "", "count", _marked("published")),
        *_sides("softmax", "softmax"),
        *map(_grade, NETWORKS),
        Column("published", says="the published count for lightning attention; empty where there is none"),
        Column("published_by", "text", says="the formula that it is from"),
        Column("published_right", "boolean", says="whether it is the dimension; empty where that is open"),
        Column(
            "softmax_published",
            "integer",
            "softmax count",
            _marked("softmax_published"),
            says="the published count for softmax; empty where there is none",
        ),
        Column("softmax_published_right", "boolean", says="likewise for softmax"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title="Dimensions of attention varieties",
    notes=notes,
    options=(
        words_option(
            "widths",
            "Widths from input to output, each a number or a range like 3..6; default: some architectures.",
            span,
            (),
            "[RANGES]…",
            called="widths",
        ),
        Option(
            "head_sizes",
            "Head size of all layers, or of each; numbers or ranges; default: 1..2.",
            separated(span),
            metavar="A|A,A…",
        ),
        Option("heads", "Heads in a layer, a number or a range; default: 1.", span, metavar="H|H..H"),
        SEED,
    ),
    cost=lambda instance: float(_network(instance, "softmax").parameters) ** 3,
    example={"widths": [range(2, 3), range(2, 4)]},
    usage=(
        "rankcert table attention-dimensions",
        "rankcert table attention-dimensions 3 3 3 --head-sizes 1..3,1..3",
        "rankcert table attention-dimensions 2..5 1..3 --head-sizes 2 --heads 1..4 --output heads.tex",
    ),
)
