"""`Program`: what users ask about any network that can be evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.programs.dimension import ProgramDimension, program_dimension
from algebra.programs.given import GivenDimension, given_dimension
from algebra.programs.given_point import GivenPoint
from algebra.programs.straight_line import StraightLineProgram
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.evidence.bounds import Bounds
    from algebra.programs.symmetries import Symmetry


class Program(StraightLineProgram, Shown):
    """A network as a straight-line program over arrays, and its dimension.

    Parameters
    ----------
    inputs, parameters, steps, outputs, constants
        As for `algebra.programs.straight_line.StraightLineProgram`; `from_json` reads the contract's form.

    Examples
    --------
    >>> steps = [{"name": "h", "op": "matmul", "of": ["W", "x"]}, {"name": "y", "op": "matmul", "of": ["V", "h"]}]
    >>> given = {"inputs": {"x": [3]}, "parameters": {"W": [2, 3], "V": [3, 2]}, "steps": steps, "outputs": ["y"]}
    >>> program = Program.from_json(given)
    >>> program.dimension()
    8 (proved)
    >>> print(*program.symmetries)
    4 by GL between linear maps between W and V
    """

    def dimension(self, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Bound the dimension of the set of functions, for almost all weights.

        See `algebra.programs.dimension.program_dimension`.

        Parameters
        ----------
        seed : int
            Any integer: the seed of every random choice.
        log2_error : float, optional
            Target for log2 of the error probability; default: -64.

        Returns
        -------
        Bounds
        """
        return program_dimension(self, seed, log2_error)

    def dimension_at(self, values: Any, data: Any) -> GivenDimension:
        """Bound the dimension at given weights, on given data; see `algebra.programs.given.given_dimension`.

        Parameters
        ----------
        values : mapping of str to array_like
            One for every parameter.
        data : mapping of str to array_like
            For every input the samples, along the first axis.

        Returns
        -------
        GivenDimension
        """
        return given_dimension(GivenPoint.read(self, values, data))

    @property
    def symmetries(self) -> tuple[Symmetry, ...]:
        """What the lost parameters are lost to, as far as it is found on the program's graph."""
        return ProgramDimension(self).symmetries
