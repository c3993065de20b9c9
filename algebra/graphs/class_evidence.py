"""What proves that a graph is in a class, or that it is not: one kind of evidence for each argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from algebra.shown import Shown


class ClassEvidence(Protocol):
    """What a verdict rests on."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""


@dataclass(frozen=True)
class Remark(Shown):
    """A sentence: what a whole search has shown, or why nothing was decided.

    Parameters
    ----------
    says : str
    """

    says: str

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"says": self.says}


@dataclass(frozen=True)
class Inclusion(Shown):
    """The verdict follows from that on another class.

    Parameters
    ----------
    source : str
        Name of the other class.
    """

    source: str

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"from": self.source}


@dataclass(frozen=True)
class RefinedCells(Shown):
    """What colour refinement ends with.

    Parameters
    ----------
    cells, rounds : int
        Numbers of cells and of rounds.
    cell : tuple of int, optional
        One of at least two vertices.
    """

    cells: int
    rounds: int
    cell: tuple[int, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        counts: dict[str, Any] = {"cells": self.cells, "rounds": self.rounds}
        return counts if self.cell is None else {**counts, "cell": list(self.cell)}


@dataclass(frozen=True)
class CellSizes(Shown):
    """The stable partition meets all conditions of the structure theorem.

    Parameters
    ----------
    sizes : tuple of int
        Of its cells.
    """

    sizes: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"sizes": list(self.sizes)}


@dataclass(frozen=True)
class FailedCondition(Shown):
    """A condition of the structure theorem that fails.

    Parameters
    ----------
    condition : str
    cells : tuple of tuple of int
        Those that it fails for.
    says : str
    """

    condition: str
    cells: tuple[tuple[int, ...], ...]
    says: str

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"condition": self.condition, "cells": list(map(list, self.cells)), "says": self.says}


@dataclass(frozen=True)
class Generators(Shown):
    """Automorphisms that move the vertices of each cell into each other.

    Parameters
    ----------
    generators : tuple of tuple of int
        Images of all vertices.
    """

    generators: tuple[tuple[int, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"generators": list(map(list, self.generators))}


@dataclass(frozen=True)
class TwoOrbits(Shown):
    """Two vertices of one cell that no automorphism moves into each other.

    Parameters
    ----------
    pair : tuple of int
    marks : tuple of int, optional
        Vertices that were marked before, and that automorphisms have to fix; None where none may be.
    """

    pair: tuple[int, int]
    marks: tuple[int, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        marks = {} if self.marks is None else {"marks": list(self.marks)}
        return {**marks, "pair": list(self.pair)}


@dataclass(frozen=True)
class EquitablePartition(Shown):
    """An equitable partition that is not the orbit partition of any group of automorphisms.

    Parameters
    ----------
    cells : tuple of tuple of int
    """

    cells: tuple[tuple[int, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"cells": list(map(list, self.cells))}


@dataclass(frozen=True)
class CompactPart(Shown):
    """A connected piece of a component whose extreme rays are all automorphisms.

    Parameters
    ----------
    vertices : tuple of int
        Those of the graph that it stands on.
    rays : tuple of tuple of int
        The automorphisms: each lists the positions of images among the vertices.
    """

    vertices: tuple[int, ...]
    rays: tuple[tuple[int, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"vertices": list(self.vertices), "rays": list(map(list, self.rays))}


@dataclass(frozen=True)
class ExtremeRays(Shown):
    """All extreme rays of all pieces.

    Parameters
    ----------
    parts : tuple of CompactPart
    enumerated_by : str, optional
        What found them; None where there is no piece.
    """

    parts: tuple[CompactPart, ...]
    enumerated_by: str | None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"parts": [part.to_json() for part in self.parts], "enumerated_by": self.enumerated_by}


__all__ = [
    "CellSizes",
    "ClassEvidence",
    "CompactPart",
    "EquitablePartition",
    "ExtremeRays",
    "FailedCondition",
    "Generators",
    "Inclusion",
    "RefinedCells",
    "Remark",
    "TwoOrbits",
]
