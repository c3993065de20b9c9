"""A program with weights and data: exact numbers, checked against its shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.programs.straight_line import Constant, StraightLineProgram, read_constant
from algebra.shown import Shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.types import Array


@dataclass(frozen=True, eq=False)
class GivenPoint(Shown):
    """A program with weights and data.

    Parameters
    ----------
    program : StraightLineProgram
    values : mapping of str to Constant
        One array for every parameter, of its shape.
    data : mapping of str to Constant
        For every input the samples, along the first axis.
    """

    program: StraightLineProgram
    values: Mapping[str, Constant]
    data: Mapping[str, Constant]

    @classmethod
    def read(cls, program: StraightLineProgram, values: Any, data: Any) -> GivenPoint:
        """Read weights and data, and check their names and shapes.

        Parameters
        ----------
        program : StraightLineProgram
        values : mapping of str to array_like
            One for every parameter: rationals, strings "p/q", or floats, which are exactly what they are.
        data : mapping of str to array_like
            For every input the samples, along the first axis; as many of each.

        Returns
        -------
        GivenPoint

        Raises
        ------
        InputError
            Naming the array, and the shape that is needed.
        """
        weights = {
            name: _of_shape(f"values.{name}", each, program.parameters[name])
            for name, each in _named("values", values, program.parameters).items()
        }
        samples = {
            name: _of_samples(f"data.{name}", each, program.inputs[name])
            for name, each in _named("data", data, program.inputs).items()
        }
        counts = {name: each.shape[0] for name, each in samples.items()}
        if len(set(counts.values())) > 1:
            raise InputError("data", counts, "as many samples of every input")
        return cls(program, weights, samples)

    @property
    def samples(self) -> int:
        """Number of samples; 1 without inputs."""
        return next((each.shape[0] for each in self.data.values()), 1)

    @cached_property
    def leaves(self) -> dict[str, Array]:
        """Weights and data as exact numbers, with the samples in front."""
        found = {name: _array(constant)[None] for name, constant in self.values.items()}
        return found | {name: _array(constant) for name, constant in self.data.items()}

    def leaves_at(self, samples: NDArray[np.intp]) -> dict[str, Array]:
        """Return weights, and data at some samples.

        Parameters
        ----------
        samples : ndarray of int
            Their numbers.

        Returns
        -------
        dict of str to ndarray
        """
        return {name: array if name in self.values else array[samples] for name, array in self.leaves.items()}


def _named(argument: str, given: Any, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(given, Mapping) or set(given) != set(wanted):
        shown = sorted(map(str, given)) if isinstance(given, Mapping) else given
        raise InputError(argument, shown, f"an object with the keys {', '.join(wanted)}")
    return given


def _of_shape(name: str, given: Any, shape: tuple[int, ...]) -> Constant:
    found = read_constant(name, given)
    if found.shape != shape:
        raise InputError(name, list(found.shape), f"of the shape {list(shape)}")
    return found


def _of_samples(name: str, given: Any, shape: tuple[int, ...]) -> Constant:
    found = read_constant(name, given)
    if not found.shape or found.shape[1:] != shape:
        raise InputError(name, list(found.shape), f"a list of samples, each of shape {list(shape)}")
    return found


def _array(constant: Constant) -> Array:
    flat = np.empty(prod(constant.shape), object)
    flat[:] = [x.numerator if x.denominator == 1 else x for x in constant.entries]
    return flat.reshape(constant.shape)
