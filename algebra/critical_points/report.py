"""Everything that is known of a point of a deep linear network, as plain JSON values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from algebra.critical_points.classification import Classification, PointVerdict, classify_exactly
from algebra.critical_points.escapes import escape
from algebra.critical_points.problem import Problem
from algebra.critical_points.second_order import LARGEST, conjectural_inertia, hessian_inertia
from algebra.critical_points.theorem_check import TheoremCheck
from algebra.critical_points.theorems import published_theorems
from algebra.errors import InputError
from algebra.exact.matrices import to_strings, trace_of_product
from algebra.exact.numbers import has_floats
from algebra.exact.spectra import Comparison

if TYPE_CHECKING:
    from algebra.critical_points.floats.classification import NumericClassification


def point_result(
    X: Any,
    Y: Any,
    W: Sequence[Any],
    *,
    hessian: bool = False,
    seed: int = 0,
    accuracy: float | Mapping[str, float] | None = None,
    tolerance: float | None = None,
    polish: int | None = None,
) -> dict[str, Any]:
    """Classify a point: exactly if all entries are exact, else as far as the accuracy of its floats proves it.

    Parameters
    ----------
    X, Y : array_like
    W : sequence of array_like
        W_1 acts first.
    hessian, seed
        As for `exact_result`.
    accuracy, tolerance
        Of floats, as for `classify_numeric`.
    polish : int, optional
        Of floats: take at most so many Newton steps first.

    Returns
    -------
    dict
        Plain JSON values.

    Raises
    ------
    InputError
        If shapes do not chain, an entry is no finite number, floats and strings are mixed, or an option that is for
        floats is given with exact entries.

    Notes
    -----
    Floats that are exactly a critical point are read as the rationals that they are: the fields of the exact result
    then stand in the place of the numeric ones.

    Examples
    --------
    >>> point_result([["1"]], [["1"]], [[["1/2"]], [["2"]]])["verdict"]
    'global_min'
    >>> point_result([[1.0]], [[1.0]], [[[0.5]], [[1.0]]])["verdict"]
    'not_critical'
    """
    if has_floats(X, Y, W):
        return _measured_result(X, Y, W, hessian, seed, accuracy, tolerance, polish)
    for name, value in (("accuracy", accuracy), ("tolerance", tolerance), ("polish", polish)):
        if value is not None:
            raise InputError(name, value, "left out: no entry is a float, so the answer is exact")
    return exact_result(Problem(X, Y, W), hessian, seed)


def _measured_result(
    X: Any,
    Y: Any,
    W: Sequence[Any],
    hessian: bool,
    seed: int,
    accuracy: float | Mapping[str, float] | None,
    tolerance: float | None,
    polish: int | None,
) -> dict[str, Any]:
    from algebra.critical_points.files import holds_text
    from algebra.critical_points.floats.classification import classify_numeric
    from algebra.evidence import Grade

    if holds_text(X, Y, W):
        raise InputError("X, Y, W", "floats and strings", 'either numbers, or all exact: integers and strings "p/q"')
    polished: dict[str, Any] = {}
    if polish is not None:
        W, polished = polished_weights(X, Y, W, polish)

    problem = Problem.from_floats(X, Y, W)
    found = classify_numeric(X, Y, W, accuracy, tolerance)
    result = {**numeric_result(problem, found), **polished}

    is_exact = found.grade is Grade.PROVED and found.at_floats is not None and found.verdict is found.at_floats.verdict
    return {**result, **exact_result(problem, hessian, seed)} if is_exact else result


def exact_result(problem: Problem, hessian: bool = False, seed: int = 0) -> dict[str, Any]:
    """Classify a point and return the verdict with all its evidence.

    Parameters
    ----------
    problem : Problem
    hessian : bool
        Whether to add the inertia of the exact Hessian, and the conjectural closed form beside it.
    seed : int
        Of the random moves that lead away from a non-strict saddle.

    Returns
    -------
    dict

    Examples
    --------
    >>> zero = [[0, 0], [0, 0]]
    >>> result = exact_result(Problem([[1, 0], [0, 1]], [[2, 0], [0, 1]], [zero, zero]), hessian=True)
    >>> result["verdict"], result["loss"], result["minimum_loss"], result["hessian_inertia"]
    ('strict_saddle', '5/2', '0', {'neg': 4, 'zero': 0, 'pos': 4})
    """
    found = classify_exactly(problem)
    theorems = published_theorems(found)
    way = escape(found, seed=seed)
    return {
        "label": problem.label,
        "verdict": found.verdict.value,
        "critical": found.critical,
        "k": problem.k,
        "rank": problem.r,
        "loss": str(problem.loss),
        "minimum_loss": found.minimum_loss().fields(),
        "decided_by": found.decided_by,
        "reasons": list(found.reasons),
        "hypotheses": _hypotheses(theorems),
        "theorems": [theorem.fields() for theorem in theorems],
        **_details(found),
        "escape_direction": None if way is None else way.fields(),
        **(_second_order(found) if hessian else {}),
        "grade": found.grade.value,
    }


def numeric_result(problem: Problem, found: NumericClassification) -> dict[str, Any]:
    """Return what float data prove, with the fields of an exact result; those that floats leave open are None.

    Parameters
    ----------
    problem : Problem
        The floats as rationals, for names and shapes.
    found : NumericClassification

    Returns
    -------
    dict
        Plain JSON values.

    Examples
    --------
    >>> from algebra.critical_points.floats.classification import classify_numeric
    >>> point = [[1.0]], [[1.0]], [[[0.5]], [[1.0]]]
    >>> result = numeric_result(Problem.from_floats(*point), classify_numeric(*point))
    >>> result["verdict"], result["critical"], result["rank"]
    ('not_critical', False, None)
    """
    decided = {PointVerdict.NOT_CRITICAL: False, PointVerdict.INCONCLUSIVE: None}.get(found.verdict, True)
    open_fields = dict.fromkeys(("k", "rank", "minimum_loss", "escape_direction", "hessian_inertia"))
    bent = [d for d in found.decisions if d.question == "negative curvature?" and d.answer]
    direction = [V.tolist() for V in found.curvature_direction] if bent else None
    return {
        "label": problem.label,
        "critical": decided,
        **open_fields,
        "hypotheses": {},
        "curvature_direction": direction,
        "reasons": found.explain().splitlines(),
        **_finite(found.fields()),
    }


def polished_weights(X: Any, Y: Any, W: Any, steps: int) -> tuple[list[Any], dict[str, Any]]:
    """Take Newton steps towards a critical point; then look for an exact one near it.

    Parameters
    ----------
    X, Y, W : array_like
        A point, as floats.
    steps : int
        At most so many Newton steps.

    Returns
    -------
    W : list of ndarray
        The weights after the steps.
    fields : dict
        "polish": how it went; "rounded": the exact result at rational weights of small denominators near them, None if
        none of those tried is critical.

    Examples
    --------
    >>> weights, fields = polished_weights([[1.0]], [[1.0]], [[[1.001]], [[0.998]]], 10)
    >>> fields["polish"]["stopped_by"] in ("no decrease", "gradient is zero", "steps"), len(weights)
    (True, 2)
    """
    from algebra.critical_points.floats.polishing import polish, rounded

    point = polish(X, Y, W, steps=steps)
    near = rounded(X, Y, point.W)
    exact = None if near is None else {**exact_result(near.problem), "moved": near.moved, "W": _strings(near.problem)}
    how = {"gradient_norms": list(point.gradient_norms), "losses": list(point.losses), "moved": point.moved}
    return list(point.W), _finite({"polish": {**how, "stopped_by": point.stopped_by}, "rounded": exact})


def _strings(problem: Problem) -> list[list[list[str]]]:
    return [to_strings(W) for W in problem.W]


def _finite(value: Any) -> Any:
    """Replace infinities, which JSON does not know, by None."""
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _hypotheses(theorems: list[TheoremCheck]) -> dict[str, bool]:
    merged: dict[str, bool] = {} if theorems else {"X nonzero": False}
    for theorem in theorems:
        merged.update(theorem.hypotheses)
    return merged


def _details(found: Classification) -> dict[str, Any]:
    comparison, pivots = found.comparison, found.untightened
    return {
        "pure": found.pure,
        "singular_directions": _positions(comparison),
        "separator": None if comparison is None or comparison.separator is None else str(comparison.separator),
        "untightened_pivots": None if pivots is None else [list(pivot) for pivot in pivots],
        "gradient_squared": str(found.problem.gradient_squared),
        "gradient_squared_by_layer": [str(trace_of_product(g, g)) for g in found.problem.gradient],
    }


def _positions(comparison: Comparison | None) -> list[int] | None:
    return None if comparison is None or comparison.positions is None else list(comparison.positions)


def _second_order(found: Classification) -> dict[str, Any]:
    problem = found.problem
    small = problem.parameters <= LARGEST
    return {
        "hessian_inertia": hessian_inertia(problem).fields() if small else None,
        "hessian_inertia_by": "exact-hessian" if small else f"more than {LARGEST} weights",
        "closed_form_inertia": conjectural_inertia(problem).fields() if found.critical else None,
        "closed_form_status": "conjectural formula",
    }
