"""What the search for minimal filling architectures finds: of one architecture, and of the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from proofs_check.filling.lattice import Corner


@dataclass(frozen=True)
class Tested:
    """What became of one architecture.

    Parameters
    ----------
    label : str
    widths : tuple of int
    filling : bool or None
        None: bounds and rank do not decide.
    lower, upper : int
        Of the dimension.
    upper_by : str
        The rule of the upper bound.
    grade : str
    trial : int
        Number of the trial that saw `lower`.
    corner : tuple of int or None, optional
        Of the region around it that is excluded; None where it fills. Entries that are None are unbounded.

    Examples
    --------
    >>> found = Tested("pnn:2-1-1:r2", (2, 1, 1), False, 0, 2, "cut", "proved", 0, (1,))
    >>> Tested.from_record(found.record()) == found
    True
    """

    label: str
    widths: tuple[int, ...]
    filling: bool | None
    lower: int
    upper: int
    upper_by: str
    grade: str
    trial: int
    corner: Corner | None

    def record(self) -> dict[str, Any]:
        """Return plain JSON values, as the store keeps them."""
        corner = None if self.corner is None else list(self.corner)
        return {**asdict(self), "widths": list(self.widths), "corner": corner}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Tested:
        """Read what `record` returns."""
        corner = None if record["corner"] is None else tuple(record["corner"])
        return cls(**{**record, "widths": tuple(record["widths"]), "corner": corner})


@dataclass(frozen=True)
class Listed:
    """A minimal filling architecture of a list."""

    label: str
    widths: tuple[int, ...]
    parameters: int
    unimodal: bool
    grade: str

    def record(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "widths": list(self.widths)}
