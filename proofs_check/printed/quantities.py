"""What printed tables are about: which columns describe an object, which values are printed, how they are computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from algebra import Bounds
    from proofs_check.deciding.evidence import Network

    Answer = dict[str, Any]

Measure = Callable[[Mapping[str, Any], int, frozenset[str]], "Answer"]


@dataclass(frozen=True)
class Quantity:
    """What can be computed of one kind of object.

    Parameters
    ----------
    inputs, fields : dict
        Columns that describe the object, and those that may be printed; each with its kind: ``integer``, ``integers``,
        ``boolean``, ``architectures`` or ``text``.
    measure : callable
        From a row's inputs, a seed and the bounds that may not be used to a dict with all the fields (`Bounds` where
        they are known), ``label`` and ``grade``.
    """

    inputs: Mapping[str, str]
    fields: Mapping[str, str]
    measure: Measure


def dimension(given: Mapping[str, Any], seed: int = 0, without: frozenset[str] = frozenset()) -> Answer:
    """Dimension of a polynomial network, or of a convolutional one, and what follows from it.

    Examples
    --------
    >>> answer = dimension({"widths": [3, 5, 1], "degree": 4})
    >>> answer["dimension"], answer["defective"], answer["filling"]
    (14 (proved), True, False)
    """
    from proofs_check.deciding.evidence import dimension as without_these

    network = network_of(given)
    bounds = without_these(network, seed, without) if without else network.dimension(seed=seed)
    ambient, expected = network.ambient_dimension, network.expected_dimension
    reaches_expected = reached(bounds, expected)
    return {
        "label": network.label,
        "grade": bounds.grade.value,
        "dimension": bounds,
        "ambient_dimension": ambient,
        "naive_dimension": network.naive_dimension,
        "filling": reached(bounds, ambient),
        "defective": None if reaches_expected is None else not reaches_expected,
    }


def network_of(given: Mapping[str, Any]) -> Network:
    """Build the network of a row: from ``filters`` and ``strides``, or from ``widths``; ``degree`` may be a list.

    Examples
    --------
    >>> network_of({"filters": [3, 2], "strides": [1, 1], "degree": 2}).label
    'cnn:k3-2:s1-1:r2'
    """
    from algebra import ConvolutionalNetwork, PolynomialNetwork

    degree = given.get("degree")
    one, many = (None, degree) if isinstance(degree, list) else (degree, None)
    if given.get("filters"):
        return ConvolutionalNetwork(given["filters"], given.get("strides"), one, degrees=many)
    return PolynomialNetwork(given["widths"], one, degrees=many)


def reached(bounds: Bounds, goal: int | None) -> bool | None:
    """Tell whether a value that is at most `goal` equals it, by its bounds or else by its probable value.

    Examples
    --------
    >>> from algebra import Bounds, Grade
    >>> reached(Bounds(14, 15, Grade.PROBABLE, log2_error=-60), 15), reached(Bounds(14, 15, Grade.INCONCLUSIVE), 15)
    (False, None)
    """
    from proofs_check.results import reaches

    by_bounds = reaches(bounds, goal)
    return bounds.value == goal if by_bounds is None and bounds.value is not None and goal is not None else by_bounds


def threshold(given: Mapping[str, Any], seed: int = 0, without: frozenset[str] = frozenset()) -> Answer:
    """Activation threshold of an architecture.

    Examples
    --------
    >>> threshold({"widths": [2, 5, 2, 3]})["threshold"]
    6
    """
    from algebra.polynomial.threshold import activation_threshold

    found = activation_threshold(given["widths"], seed=seed)
    label = f"threshold:{'-'.join(map(str, found.widths))}"
    return {"label": label, "grade": found.grade.value, "threshold": found.threshold}


def minimality(given: Mapping[str, Any], seed: int = 0, without: frozenset[str] = frozenset()) -> Answer:
    """Whether an architecture is minimal filling: it fills, and none of its predecessors does.

    Examples
    --------
    >>> answer = minimality({"widths": [2, 3, 4, 5, 4, 6, 4, 1], "degree": 2})
    >>> answer["minimal"], answer["unimodal"], answer["grade"]
    (True, False, 'proved')
    """
    from proofs_check.claim import Outcome
    from proofs_check.deciding.families import is_minimal_filling
    from proofs_check.filling.lattice import is_unimodal

    found = dimension(given, seed)
    network = network_of(given)
    verdict = is_minimal_filling(network, seed)  # type: ignore[arg-type]
    minimal = {Outcome.HOLDS: True, Outcome.VIOLATED: False}.get(verdict.outcome)
    grade = "inconclusive" if minimal is None else verdict.grade.value
    return {**found, "minimal": minimal, "unimodal": is_unimodal(network.widths), "grade": grade}


def minimal_filling(given: Mapping[str, Any], seed: int = 0, without: frozenset[str] = frozenset()) -> Answer:
    """All minimal filling architectures for given end widths, degree and depth; None if the list may be incomplete.

    Examples
    --------
    >>> answer = minimal_filling({"input": 2, "output": 2, "degree": 3, "depth": 3})
    >>> answer["architectures"], answer["grade"]
    ([[2, 3, 5, 2], [2, 4, 4, 2]], 'proved')
    """
    from proofs_check.filling import FillingProblem, MinimalFilling

    search = MinimalFilling(FillingProblem(given["input"], given["output"], given["depth"], given["degree"]), seed)
    search.run()
    architectures = [list(each.widths) for each in search.architectures()] if search.is_complete else None
    number = None if architectures is None else len(architectures)
    return {"label": search.problem.label, "grade": search.grade, "architectures": architectures, "number": number}


NETWORK = {"widths": "integers", "filters": "integers", "strides": "integers", "degree": "integer"}
DIMENSION = {
    "dimension": "integer",
    "ambient_dimension": "integer",
    "naive_dimension": "integer",
    "filling": "boolean",
    "defective": "boolean",
}
QUANTITIES = {
    "dimension": Quantity(NETWORK, DIMENSION, dimension),
    "threshold": Quantity({"widths": "integers"}, {"threshold": "integer"}, threshold),
    "minimality": Quantity(NETWORK, {**DIMENSION, "minimal": "boolean", "unimodal": "boolean"}, minimality),
    "minimal-filling": Quantity(
        dict.fromkeys(("input", "output", "degree", "depth"), "integer"),
        {"architectures": "architectures", "number": "integer"},
        minimal_filling,
    ),
}
