"""Points at which a circuit is evaluated: choices of input vectors for the positions of one side of a partition.

Every position takes a vector of M numbers. A template is one row of the matrix F of representation functions (by
default a unit vector); the matrix of values at templates is a part of the matricization. Other vectors give
combinations of its rows and columns only where the output is linear in each of them, that is if every input is read
once: an overlapping circuit is a polynomial in them, of greater rank as a function than on its templates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.rank.field import PrimeField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra.types import Array
    from tensors.convac.architecture import ConvACArchitecture


@dataclass(frozen=True)
class Points:
    """So many points for one side.

    Parameters
    ----------
    count : int
        Number of points.
    fixed : tuple of int
        Positions that show the same vector at every point.
    constants : ndarray, shape (len(fixed), M)
        Their vectors.
    varied : tuple of int
        The side's other positions.
    values : ndarray, shape (len(varied), M, count)
        Their vectors at every point.
    """

    count: int
    fixed: tuple[int, ...]
    constants: Array
    varied: tuple[int, ...]
    values: Array

    def all_varied(self) -> Points:
        """Return the same points with the fixed vectors written out at every point."""
        repeated = np.repeat(self.constants[:, :, None], self.count, axis=2)
        values = np.concatenate([repeated, self.values])
        return Points(self.count, (), self.constants[:0], self.fixed + self.varied, values)


def template_points(
    side: Sequence[int], varied: Sequence[int], fixed: Sequence[int], choices: Array, templates: Array
) -> Points:
    """Show chosen templates at some positions of a side, and fixed ones at the others.

    Parameters
    ----------
    side, varied : sequence of int
        Positions of the side, and those of them that vary.
    fixed : sequence of int
        A template for every position of the grid; those of the positions in `varied` do not matter.
    choices : ndarray of int, shape (len(varied), points)
        Templates of the varied positions.
    templates : ndarray, shape (number of templates, M)
        F, in the arithmetic of the weights.

    Returns
    -------
    Points
    """
    moving = set(varied)
    still = tuple(position for position in side if position not in moving)
    constants = templates[[fixed[position] for position in still]].reshape(len(still), templates.shape[1])
    values = np.ascontiguousarray(templates[choices].transpose(0, 2, 1))
    return Points(choices.shape[1], still, constants, tuple(varied), values)


def drawn_points(
    architecture: ConvACArchitecture,
    sides: Sequence[Sequence[int]],
    key: str,
    field: PrimeField,
    count: int,
    size: int = 1,
) -> list[Points]:
    """Draw a random vector for every position at each of so many points, for both sides alike.

    Entry d of position q at point i is number ``(i * N + q) * M + d`` of the stream ``points``.

    Parameters
    ----------
    architecture : ConvACArchitecture
    sides : sequence of sequence of int
        The row side and the column side.
    key : str
    field : PrimeField
    count : int
    size : int
        64-bit words in each number.

    Returns
    -------
    list of Points
    """
    n, m = architecture.positions, architecture.templates
    drawn = field.draw(key, "points", (count, n, m), size).transpose(1, 2, 0)
    empty = field.zeros((0, m))
    return [Points(count, (), empty, tuple(side), np.ascontiguousarray(drawn[list(side)])) for side in sides]


def template_matrix(architecture: ConvACArchitecture, field: PrimeField, representation: Any = None) -> Array:
    """Return F in the field: row i holds the values of the representation functions at template i.

    Parameters
    ----------
    architecture : ConvACArchitecture
    field : PrimeField
    representation : array_like of int, shape (number of templates, M), optional
        Default: the identity.

    Returns
    -------
    numpy.ndarray
        Residues.

    Raises
    ------
    InputError
        If it has another number of columns than the architecture has representation functions.
    """
    if representation is None:
        return field.residues(np.eye(architecture.templates, dtype=np.int64))
    return field.residues(representation_matrix(architecture, representation))


def representation_matrix(architecture: ConvACArchitecture, representation: Any) -> Array:
    """Check a matrix of representation functions.

    Raises
    ------
    InputError
        If it is not a matrix of integers with one column for each of the architecture's representation functions.
    """
    columns = architecture.templates
    allowed = f"a matrix of integers with {columns} columns, one per representation function"
    rows = representation.tolist() if isinstance(representation, np.ndarray) else representation
    if not isinstance(rows, list | tuple) or not rows:
        raise InputError("representation", rows, allowed)
    if not all(isinstance(row, list | tuple) and len(row) == columns for row in rows):
        raise InputError("representation", rows, allowed)
    matrix = np.empty((len(rows), columns), dtype=object)
    for index in np.ndindex(matrix.shape):
        matrix[index] = as_integer("representation", rows[index[0]][index[1]], None, allowed)
    return matrix
