"""The grid tensor itself, for circuits with few patches: exact over Q or F_p, or floats of a tensorly backend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.exact.given import plain_array
from algebra.memory import power_up_to
from algebra.rank.field import PrimeField
from tensors.convac.evaluation import evaluate
from tensors.convac.points import representation_matrix, template_points
from tensors.grid_points import enumeration
from tensors.matricization import column_positions, row_positions
from tensors.networks.arrays import MOST_AXES

if TYPE_CHECKING:
    from algebra.types import Array
    from tensors.convac.weights import CircuitWeights


LARGEST = 1 << 24


def grid_tensor(weights: CircuitWeights, representation: Any = None) -> Array:
    """Return the value at every choice of templates: N axes of one entry per template.

    Parameters
    ----------
    weights : CircuitWeights
        Drawn modulo a prime (the entries are centred residues), or given (exact, or floats).
    representation : array_like, shape (templates, M), optional
        F: row i holds the values of the M representation functions at template i. Default: the identity.

    Returns
    -------
    ndarray
        Any tensorly function takes it as it is with the numpy backend; for another backend pass ``tensorly.tensor`` of
        it.

    Raises
    ------
    InputError
        If there are more than 2^24 entries, or `representation` does not fit.

    Examples
    --------
    A CP circuit with one channel and all weights 1 gives the tensor of ones:

    >>> from tensors.convac import ConvAC, Layer
    >>> from tensors.convac.weights import CircuitWeights
    >>> net = ConvAC(2, 2, [Layer(2, 2, 1)])
    >>> grid_tensor(CircuitWeights.given(net, [[[[[1, 1]], [[1, 1]]]]]))
    array([[1, 1],
           [1, 1]], dtype=object)
    """
    count = weights.architecture.positions
    if count > MOST_AXES:
        allowed = f"one of at most {MOST_AXES}: numpy's arrays have no more axes"
        raise InputError("architecture", f"{count} positions", allowed)
    rows = tuple(range((count + 1) // 2))
    matrix = matricization(weights, rows, representation)
    templates = weights.architecture.templates if representation is None else len(representation)
    return matrix.reshape((templates,) * count)


def matricization(weights: CircuitWeights, row_side: str | Sequence[int], representation: Any = None) -> Array:
    """Return the whole matricization: rows run through the row side's templates, the first position slowest.

    Parameters
    ----------
    weights : CircuitWeights
        Of a circuit.
    row_side : str or sequence of int
        Positions of the rows, or the name of a partition.
    representation : array_like, optional
        Values of the representation functions; default: the identity.

    Returns
    -------
    Array

    Raises
    ------
    InputError
        As for `grid_tensor`, or if `row_side` is no partition (all positions are allowed: one column).

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> from tensors.convac.weights import CircuitWeights
    >>> net = ConvAC(4, 2, [Layer(2, 2, 2), Layer(2, 2, 1)])
    >>> matricization(CircuitWeights.drawn(net, "key", 8388593), "left").shape
    (4, 4)
    """
    net = weights.architecture
    _check_entries(net.templates if representation is None else len(representation), net.positions)
    matrix = _templates(weights, representation)
    is_all = not isinstance(row_side, str) and sorted(row_side) == list(range(net.positions))
    rows = tuple(range(net.positions)) if is_all else row_positions(net.input_shape, row_side)
    fixed = [0] * net.positions
    sides = (rows, column_positions(net.positions, rows))
    choices = [enumeration(len(side), len(matrix), LARGEST) for side in sides]
    return evaluate(
        weights, [template_points(side, side, fixed, c, matrix) for side, c in zip(sides, choices, strict=True)]
    )


def _check_entries(templates: int, positions: int) -> None:
    """Refuse what has too many entries, by integers and before anything is made."""
    if power_up_to(templates, positions, LARGEST) is None:
        allowed = f"such that the tensor has at most {LARGEST} entries"
        raise InputError("architecture", f"{positions} positions of {templates} templates", allowed)


def _templates(weights: CircuitWeights, representation: Any) -> Array:
    """F in the arithmetic of the weights."""
    net, arithmetic = weights.architecture, weights.arithmetic
    if isinstance(arithmetic, PrimeField):
        eye = np.eye(net.templates, dtype=np.int64)
        return arithmetic.residues(eye if representation is None else representation_matrix(net, representation))
    dtype = weights.output.dtype
    if representation is None:
        return np.eye(net.templates, dtype=np.int64).astype(dtype)
    matrix = plain_array("representation", representation)
    if matrix.ndim != 2 or matrix.shape[1] != net.templates or not len(matrix):
        allowed = f"a matrix of {net.templates} columns, one per representation function"
        raise InputError("representation", f"an array of shape {matrix.shape}", allowed)
    return matrix if matrix.dtype.kind == "f" else matrix.astype(dtype)
