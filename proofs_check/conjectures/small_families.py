"""Families of small networks for the sweeps: every sequence of widths in a box, up to what is known to be trivial."""

from __future__ import annotations

from itertools import product
from typing import Any

from algebra.errors import InputError, as_integer


def boxes(depths: list[int], largest: int, smallest: int = 2, last: int = 1) -> list[tuple[int, ...]]:
    """Return all widths of the given depths between `smallest` and `largest`; the last width from `last` on.

    Raises
    ------
    InputError
        If the family is empty.

    Examples
    --------
    >>> len(boxes([2], 3)), boxes([1], 2)
    (12, [(2, 1), (2, 2)])
    """
    as_integer("largest", largest, least=1)
    found = [
        (*widths, output)
        for depth in depths
        for widths in product(range(smallest, largest + 1), repeat=as_integer("depths", depth, least=1))
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
