"""The numbers behind the plots: dimensions over two hidden widths, or over width and degree."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from algebra import Bounds, InputError, PolynomialNetwork
from algebra.errors import as_integer
from proofs_check.engine.progress import moving_progress
from proofs_check.engine.run import answers
from proofs_check.engine.sweep import FamilySweep, Instance
from proofs_check.families import dimensions
from proofs_check.results import known

Architecture = tuple[tuple[int, ...], int]  # widths and degree

MOST_CELLS = 10_000


@dataclass(frozen=True)
class Grid:
    """Dimensions over two axes.

    Parameters
    ----------
    columns, rows : range
        What goes to the right (the first hidden width) and what goes up (the second one, or the degree).
    networks : tuple of tuple of PolynomialNetwork
        Row by row.
    bounds : tuple of tuple of Bounds
    """

    columns: range
    rows: range
    networks: tuple[tuple[PolynomialNetwork, ...], ...]
    bounds: tuple[tuple[Bounds, ...], ...]

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, right, lower and upper end of the picture."""
        return (self.columns[0] - 0.5, self.columns[-1] + 0.5, self.rows[0] - 0.5, self.rows[-1] + 0.5)

    def dimensions(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the dimensions; lower bounds where no more is known.

        Returns
        -------
        numpy.ndarray of float64
            One row for each of `rows`.
        """
        return np.array([[float(bounds.lower) for bounds in row] for row in self.bounds])

    def defects(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return expected dimension less dimension; nan where it is not decided.

        Returns
        -------
        numpy.ndarray of float64
            One row for each of `rows`.
        """
        lines = zip(self.networks, self.bounds, strict=True)
        return np.array([[_defect(n, b) for n, b in zip(*line, strict=True)] for line in lines])


def _defect(network: PolynomialNetwork, bounds: Bounds) -> float:
    expected = network.expected_dimension
    return math.nan if bounds.value is None or expected is None else float(expected - bounds.value)


def two_hidden_widths(
    input: int, output: int, degree: int, d1_range: Iterable[int], d2_range: Iterable[int], seed: int = 0
) -> Grid:
    """Compute the dimensions of the networks (input, d1, d2, output).

    Parameters
    ----------
    input, output : int
        Widths of input and output.
    degree : int
        Activation degree.
    d1_range, d2_range : iterable of int
        Consecutive widths of the first and the second hidden layer.
    seed : int

    Returns
    -------
    Grid

    Examples
    --------
    >>> two_hidden_widths(3, 1, 3, range(2, 4), range(2, 4)).dimensions().tolist()
    [[8.0, 12.0], [8.0, 15.0]]
    """
    columns, rows = _consecutive("d1_range", d1_range), _consecutive("d2_range", d2_range)
    return _grid(columns, rows, lambda d1, d2: ((input, d1, d2, output), degree), seed)


def width_and_degree(input: int, output: int, degrees: Iterable[int], d1_range: Iterable[int], seed: int = 0) -> Grid:
    """Compute the dimensions of the networks (input, d1, output) over width and degree.

    Parameters
    ----------
    input, output : int
        Widths of input and output.
    degrees : iterable of int
        Consecutive activation degrees.
    d1_range : iterable of int
        Consecutive widths of the hidden layer.
    seed : int

    Returns
    -------
    Grid

    Examples
    --------
    >>> width_and_degree(3, 1, range(4, 5), range(4, 7)).defects().tolist()
    [[0.0, 1.0, 0.0]]
    """
    columns, rows = _consecutive("d1_range", d1_range), _consecutive("degree", degrees)
    return _grid(columns, rows, lambda d1, degree: ((input, d1, output), degree), seed)


def _consecutive(name: str, values: Iterable[int]) -> range:
    allowed = "consecutive integers of at least 1, such as range(2, 9)"
    found = [as_integer(name, value, least=1, allowed=allowed) for value in values]
    if not found or found != list(range(found[0], found[0] + len(found))):
        raise InputError(name, found, allowed)
    return range(found[0], found[-1] + 1)


def _grid(columns: range, rows: range, describe: Callable[[int, int], Architecture], seed: int) -> Grid:
    if len(columns) * len(rows) > MOST_CELLS:
        raise InputError("ranges", f"{len(columns)} x {len(rows)}", f"of at most {MOST_CELLS} cells")
    architectures = [[describe(column, row) for column in columns] for row in rows]
    networks = tuple(tuple(PolynomialNetwork(*each) for each in line) for line in architectures)
    instances = [_instance(network, as_integer("seed", seed)) for line in networks for network in line]

    # The same question as `rankcert sweep dimensions` asks, under the same keys; nothing is kept of it here.
    question = dimensions.evaluate, dimensions.key, dimensions.cost
    sweep = FamilySweep("dimensions", {"seed": seed}, instances, *question, together=dimensions.TOGETHER)
    with moving_progress("cells", len(instances)) as show:
        bounds = [known(result) for result in answers(sweep, progress=show)]

    width = len(columns)
    return Grid(columns, rows, networks, tuple(tuple(bounds[k : k + width]) for k in range(0, len(bounds), width)))


def _instance(network: PolynomialNetwork, seed: int) -> Instance:
    architecture = {"label": network.label, "widths": list(network.widths), "degree": network.degree, "biases": False}
    return {**architecture, "seed": seed, "log2_error": None}
