"""The ranks across all partitions of few patches: which interactions an architecture can model, and which not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from algebra.drawn import bars
from algebra.errors import InputError
from algebra.evidence.bounds import Bounds, Grade
from algebra.shown import Shown
from tensors.convac.question import matricization_rank
from tensors.matricization import all_partitions

if TYPE_CHECKING:
    from tensors.convac.architecture import ConvACArchitecture

MOST_POSITIONS = 16


@dataclass(frozen=True)
class RankSpectrum(Shown):
    """Rank bounds for every partition.

    Parameters
    ----------
    architecture : ConvACArchitecture
    ranks : tuple of (rows, Bounds)
        Each partition once, as its smaller side.
    """

    architecture: ConvACArchitecture
    ranks: tuple[tuple[tuple[int, ...], Bounds], ...]

    def shown_facts(self) -> list[tuple[str, Any]]:
        """Name the circuit, and count partitions by the lower bound of their rank.

        Returns
        -------
        list of (str, object)
            Names and values, in the order in which they are shown.
        """
        grades = Counter(bounds.grade.value for _, bounds in self.ranks)
        lowers = {str(rank): count for rank, count in self.counts.items()}
        return [
            ("circuit", self.architecture.label),
            ("partitions", len(self.ranks)),
            ("grades", dict(grades)),
            ("partitions by rank", lowers),
        ]

    def shown_figure(self) -> str:
        """Draw how many partitions have which lower bound.

        Returns
        -------
        str
            SVG.
        """
        return bars([(str(rank), count) for rank, count in self.counts.items()])

    def __repr__(self) -> str:
        return f"RankSpectrum({self.architecture.label}, {len(self.ranks)} partitions by rank: {self.counts})"

    @property
    def grade(self) -> Grade:
        """As good as the weakest of the bounds."""
        return Grade.weakest(bounds.grade for _, bounds in self.ranks)

    @cached_property
    def counts(self) -> dict[int, int]:
        """How many partitions have which lower bound, in increasing order of it."""
        return dict(sorted(Counter(bounds.lower for _, bounds in self.ranks).items()))

    def best(self, size: int | None = None) -> tuple[tuple[int, ...], Bounds]:
        """Return a partition of greatest lower bound, among those whose smaller side has so many positions.

        Parameters
        ----------
        size : int, optional
            Positions of the smaller side; default: any number.

        Returns
        -------
        (tuple of int, Bounds)
            The smaller side, and its rank.

        Raises
        ------
        InputError
            If there is no partition of that size.
        """
        return max(self._of_size(size), key=lambda pair: pair[1].lower)

    def worst(self, size: int | None = None) -> tuple[tuple[int, ...], Bounds]:
        """Return a partition of least lower bound, among those whose smaller side has so many positions.

        Parameters
        ----------
        size : int, optional
            Positions of the smaller side; default: any number.

        Returns
        -------
        (tuple of int, Bounds)
            The smaller side, and its rank.

        Raises
        ------
        InputError
            If there is no partition of that size.
        """
        return min(self._of_size(size), key=lambda pair: pair[1].lower)

    def _of_size(self, size: int | None) -> list[tuple[tuple[int, ...], Bounds]]:
        chosen = [pair for pair in self.ranks if size is None or len(pair[0]) == size]
        if not chosen:
            raise InputError("size", size, f"between 1 and {self.architecture.positions // 2}")
        return chosen


Spectrum = RankSpectrum  # its earlier name


def rank_spectrum(
    architecture: ConvACArchitecture, partitions: Iterable[Iterable[int]] | None = None, seed: int = 0
) -> RankSpectrum:
    """Bound the rank across every partition, or across those given.

    Parameters
    ----------
    architecture : ConvACArchitecture
        Of at most 16 positions, if `partitions` is left out: there are 2^(N-1) - 1 partitions.
    partitions : iterable of iterable of int, optional
        Row sides.
    seed : int

    Returns
    -------
    RankSpectrum

    Raises
    ------
    InputError
        For too many positions, or a bad partition.

    Examples
    --------
    Pooling neighbours separates odd from even positions better than left from right:

    >>> from tensors.convac import ConvAC, Layer
    >>> found = rank_spectrum(ConvAC(4, 2, [Layer(2, 2, 2), Layer(2, 2, 1)]))
    >>> [(rows, bounds.lower) for rows, bounds in found.ranks if len(rows) == 2]
    [((0, 1), 1), ((0, 2), 4), ((0, 3), 4)]
    """
    chosen: Iterator[Iterable[int]]
    if partitions is None:
        if architecture.positions > MOST_POSITIONS:
            allowed = f"at most {MOST_POSITIONS} positions, unless the partitions are given"
            raise InputError("architecture", f"{architecture.positions} positions", allowed)
        chosen = iter(all_partitions(architecture.positions))
    else:
        chosen = iter(partitions)
    ranks = [(tuple(rows), matricization_rank(architecture, tuple(rows), seed)) for rows in chosen]
    return RankSpectrum(architecture, tuple(ranks))
