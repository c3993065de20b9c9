"""Which architectures fill: given end widths, depth and degree, all hidden widths are asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from algebra import PolynomialNetwork
from algebra.errors import InputError, as_integer
from algebra.polynomial.dimension import explained_bound
from algebra.polynomial.hilbert import Architecture, forms
from algebra.polynomial.rules import counted_bound, upper_bound

if TYPE_CHECKING:
    from algebra.evidence.reason import Reason
    from proofs_check.filling.lattice import Corner, Point

MOST_DEPTH = 64
MOST_FACTORS = 10_000  # of the binomial coefficient that the ambient dimension is


@dataclass(frozen=True)
class FillingProblem:
    """End widths, number h of weight matrices, activation degree.

    Parameters
    ----------
    input, output : int
        End widths.
    depth : int
        h, the number of weight matrices.
    degree : int
        Of the activation.

    Raises
    ------
    InputError
        If one is not positive, the depth is too large, or the outputs have too high a degree for so many inputs.
    """

    input: int
    output: int
    depth: int
    degree: int

    def __post_init__(self) -> None:
        for name in ("input", "output", "depth", "degree"):
            as_integer(name, getattr(self, name), least=1)
        if self.depth > MOST_DEPTH:
            raise InputError("depth", self.depth, f"at most {MOST_DEPTH}")
        if min(self.input, self.degree ** (self.depth - 1)) > MOST_FACTORS:
            raise InputError("input", self.input, f"at most {MOST_FACTORS:,} for outputs of such a degree")

    @property
    def ambient_dimension(self) -> int:
        """Dimension to be filled."""
        return self.output * forms(self.degree ** (self.depth - 1), self.input)

    @property
    def label(self) -> str:
        """Permanent label of the list."""
        return f"mfa:{self.input}-{self.output}:h{self.depth}:r{self.degree}"

    @cached_property
    def saturated(self) -> Point:
        """Hidden widths beyond which nothing is gained, whatever the other widths."""
        return tuple(forms(self.degree**k, self.input) for k in range(1, self.depth))

    def architecture(self, corner: Corner) -> Architecture:
        """The architecture of hidden widths, unbounded ones saturated.

        Parameters
        ----------
        corner : tuple of int or None
            The hidden widths; None: unbounded.

        Returns
        -------
        Architecture
        """
        hidden = [n if w is None else min(w, n) for w, n in zip(corner, self.saturated, strict=True)]
        return Architecture((self.input, *hidden, self.output), (self.degree,) * (self.depth - 1))

    def network(self, point: Point) -> PolynomialNetwork:
        """The network with these hidden widths.

        Parameters
        ----------
        point : tuple of int
            The hidden widths.

        Returns
        -------
        PolynomialNetwork
        """
        return PolynomialNetwork((self.input, *point, self.output), degrees=(self.degree,) * (self.depth - 1))

    def is_excluded(self, corner: Corner) -> bool:
        """Whether an upper bound at the corner proves that nothing in its region fills.

        Parameters
        ----------
        corner : tuple of int or None
            The hidden widths; None: unbounded.

        Returns
        -------
        bool
        """
        return upper_bound(self.architecture(corner)).value < self.ambient_dimension

    def is_excluded_by_counts(self, corner: Corner) -> bool:
        """Whether an upper bound that costs no rank proves the same: it is found in less time, and mostly enough.

        Parameters
        ----------
        corner : tuple of int or None
            The hidden widths; None: unbounded.

        Returns
        -------
        bool
        """
        return counted_bound(self.architecture(corner)).value < self.ambient_dimension

    def is_explained(self, corner: Corner) -> bool:
        """Whether hidden symmetries at the corner prove the same.

        Parameters
        ----------
        corner : tuple of int or None
            The hidden widths; None: unbounded.

        Returns
        -------
        bool
        """
        return self.excluding_bound(corner).value < self.ambient_dimension

    def excluding_bound(self, corner: Corner) -> Reason:
        """The least upper bound at a corner, hidden symmetries searched only where the others leave a gap.

        Parameters
        ----------
        corner : tuple of int or None
            The hidden widths; None: unbounded.

        Returns
        -------
        Reason
        """
        bound = upper_bound(self.architecture(corner))
        if bound.value < self.ambient_dimension:
            return bound
        return explained_bound(self.network(self.architecture(corner).widths[1:-1]))
