"""A bound of the generic rank of a circuit's matricization, from below or from above."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RankBound:
    """A proved bound of the generic rank.

    Parameters
    ----------
    value : int
    rule : str
        Name of the argument.
    details : dict
        What it rests on, as plain JSON values.
    """

    value: int
    rule: str
    details: dict[str, Any] = field(default_factory=dict)
