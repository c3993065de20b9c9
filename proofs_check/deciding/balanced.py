"""Critical points of deep linear networks whose neighbouring layers are balanced."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from random import Random

from flint import fmpq, fmpq_mat

from algebra.critical_points import Problem
from algebra.critical_points.classes.data import rational_orthogonal


@dataclass(frozen=True)
class Balanced:
    """A critical point with W_{h+1}ᵀ W_{h+1} = W_h W_hᵀ: X = I and singular values v^H, of which some are kept.

    Parameters
    ----------
    depth : int
    roots : tuple of int
        The v, decreasing.
    kept : tuple of int
    """

    depth: int
    roots: tuple[int, ...]
    kept: tuple[int, ...]

    @property
    def problem(self) -> Problem:
        """W_h = O_h D O_{h-1}ᵀ with random rational orthogonal O_h and D the kept v.

        Examples
        --------
        >>> Balanced(3, (2, 1), (0,)).problem.is_critical
        True
        """
        size = len(self.roots)
        generator = Random(self.depth)
        frames = [rational_orthogonal(size, generator) for _ in range(self.depth + 1)]

        # The data: the target is the product of all v, each to the depth.
        singular = _diagonal([root**self.depth for root in self.roots])
        target = frames[-1] * singular * frames[0].transpose()

        # The weights: every layer has the kept v, between frames that cancel in the product.
        middle = _diagonal([root if i in self.kept else 0 for i, root in enumerate(self.roots)])
        W = [above * middle * below.transpose() for below, above in pairwise(frames)]
        return Problem(_diagonal([1] * size), target, W)


def _diagonal(values: list[int]) -> fmpq_mat:
    size = len(values)
    return fmpq_mat(size, size, [fmpq(values[i]) if i == j else fmpq(0) for i in range(size) for j in range(size)])


def balanced_instances() -> tuple[Balanced, ...]:
    """Return all subsets of three directions, for three and four layers."""
    subsets = [kept for size in range(4) for kept in combinations(range(3), size)]
    return tuple(Balanced(depth, (3, 2, 1), kept) for depth in (3, 4) for kept in subsets)
