"""Families of small networks for the sweeps: every sequence of widths in a box, up to what is known to be trivial."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from algebra.errors import InputError, as_integer
from proofs_check.option import Option
from proofs_check.words import integer, numbers_of

MOST_DEPTH, MOST_NETWORKS = 64, 1_000_000


def boxes(depths: Sequence[int], largest: int, smallest: int = 2, last: int = 1) -> list[tuple[int, ...]]:
    """Return all widths of the given depths between `smallest` and `largest`; the last width from `last` on.

    Raises
    ------
    InputError
        If the family is empty, or too large to be listed.

    Examples
    --------
    >>> len(boxes([2], 3)), boxes([1], 2)
    (12, [(2, 1), (2, 2)])
    """
    as_integer("largest", largest, least=1)
    for depth in depths:
        if as_integer("depths", depth, least=1) > MOST_DEPTH:
            raise InputError("depths", depth, f"at most {MOST_DEPTH}")
    count = sum(max(largest - smallest + 1, 0) ** depth * max(largest - last + 1, 0) for depth in depths)
    if count > MOST_NETWORKS:
        raise InputError("largest", largest, f"less: a family of at most {MOST_NETWORKS:,} networks, not {count:,}")
    found = [
        (*widths, output)
        for depth in depths
        for widths in product(range(smallest, largest + 1), repeat=depth)
        for output in range(last, largest + 1)
    ]
    if not found:
        raise InputError("largest", largest, f"at least {smallest}, so that the family is not empty")
    return found


def widths_key(sweep: str, instance: dict[str, Any]) -> str:
    """Permanent key of a question about widths (and a degree, if there is one)."""
    widths = "-".join(map(str, instance["widths"]))
    degree = f":r{instance['degree']}" if "degree" in instance else ""
    return f"{sweep}:{widths}{degree}:seed={instance.get('seed', 0)}"


# ---- options that families of small networks share, each with its own default


def depths_option(*default: int) -> Option:
    """Return the option of the numbers of weight matrices."""
    says = f"Numbers of weight matrices, like 2,3 or 2..4; default: {_listed(default)}."
    return Option("depths", says, numbers_of, default, "H,H…", called="depths")


def degrees_option(*default: int) -> Option:
    """Return the option of the activation degrees."""
    says = f"Activation degrees, like 2,3 or 2..4; default: {_listed(default)}."
    return Option("degrees", says, numbers_of, default, "R,R…", called="degrees")


def largest_option(default: int) -> Option:
    """Return the option of the greatest width."""
    return Option("largest", "Greatest width.", integer, default, "D", called="largest")


def _listed(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))
