"""The list of all minimal filling architectures, in one call."""

from __future__ import annotations

from algebra.errors import InputError
from proofs_check.filling.problem import FillingProblem
from proofs_check.filling.search import MinimalFilling

MOST_AMBIENT = 10**12  # no rank of a matrix with more columns is computed on any machine


def filling_search(input: int, output: int, depth: int, degree: int, seed: int = 0) -> MinimalFilling:
    """Return a search that has not begun; `minimal_filling` says of what.

    Raises
    ------
    InputError
        For an ambient dimension beyond all machines.
    """
    problem = FillingProblem(input, output, depth, degree)
    if problem.ambient_dimension > MOST_AMBIENT:
        allowed = f"such that the ambient dimension is at most {MOST_AMBIENT:,}"
        raise InputError("input, output, depth, degree", [input, output, depth, degree], allowed)
    return MinimalFilling(problem, seed)


def minimal_filling(input: int, output: int, depth: int, degree: int, seed: int = 0) -> MinimalFilling:
    """List all minimal filling architectures of a kind, among those of any hidden widths.

    Parameters
    ----------
    input, output : int
        Widths of the ends.
    depth : int
        Number of weight matrices.
    degree : int
        Activation degree of every hidden layer.
    seed : int
        Of every random choice.

    Returns
    -------
    MinimalFilling
        `architectures` is the list, `is_complete` whether it is proved to be all there is, `certificate` the proof.

    Raises
    ------
    InputError
        For numbers below 1, and for an ambient dimension beyond all machines.

    Examples
    --------
    >>> found = minimal_filling(3, 1, depth=3, degree=3)
    >>> [each.widths for each in found.architectures()], found.is_complete
    ([(3, 6, 8, 1), (3, 7, 6, 1)], True)
    """
    found = filling_search(input, output, depth, degree, seed)
    found.run()
    return found
