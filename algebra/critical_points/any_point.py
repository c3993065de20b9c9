"""What users type: classify a point, whatever its numbers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

from algebra.critical_points.classification import Classification, classify_exactly
from algebra.critical_points.floats.classification import NumericClassification, classify_numeric
from algebra.critical_points.problem import Problem, TrainedProblem
from algebra.critical_points.trained import trained_array
from algebra.errors import InputError
from algebra.exact.numbers import has_floats

Accuracy = float | Mapping[str, float] | None


@overload
def classify(  # type: ignore[overload-overlap]  # a trained problem is a problem, but it is not taken as exact
    X: TrainedProblem, Y: None = None, W: None = None, *, accuracy: Accuracy = None, tolerance: float | None = None
) -> NumericClassification: ...


@overload
def classify(
    X: Problem, Y: None = None, W: None = None, *, accuracy: None = None, tolerance: None = None
) -> Classification: ...


@overload
def classify(
    X: Any, Y: Any, W: Sequence[Any], *, accuracy: Accuracy = None, tolerance: float | None = None
) -> Classification | NumericClassification: ...


def classify(
    X: Any,
    Y: Any = None,
    W: Sequence[Any] | None = None,
    *,
    accuracy: Accuracy = None,
    tolerance: float | None = None,
) -> Classification | NumericClassification:
    """Classify a point: global minimum, strict or non-strict saddle, or not critical.

    Exact numbers give an exact answer, always proved. Floats give what they prove, and what the point is near.

    Parameters
    ----------
    X : Problem or array_like of shape (d_x, m)
        A problem, and nothing else; or the inputs, one a column.
    Y : array_like of shape (d_y, m), optional
        The targets, one a column.
    W : sequence of array_like, optional
        The weights; W_1 acts first.
    accuracy : float or dict, optional
        Of floats, what is known of them: each entry stands for every number within `accuracy`. A dictionary gives one
        for each of X, Y and W. Default: half a unit in the last place; 0: the numbers are exactly the floats.
    tolerance : float, optional
        Of floats, what you count as zero: a relative gradient, or a relative singular value, below it. What is
        concluded from it has the grade `numeric`: it is no proof.

    Returns
    -------
    Classification or NumericClassification
        The second for floats; its `answer` is one sentence.

    Raises
    ------
    InputError
        If shapes do not chain, an entry is no finite number, or `accuracy` or `tolerance` is given with exact numbers.

    See Also
    --------
    Problem.from_torch : a trained network of torch, or its state dict.

    References
    ----------
    .. [1] C. Yun, S. Sra, A. Jadbabaie, "Global optimality conditions for deep neural networks", ICLR 2018,
       arXiv:1707.02444.
    .. [2] E. M. Achour, F. Malgouyres, S. Gerchinovitz, "The loss landscape of deep linear neural networks: a
       second-order analysis", JMLR 25(242), 2024, arXiv:2107.13289.

    Examples
    --------
    >>> I, e = [[1, 0], [0, 1]], [[1, 0], [0, 0]]
    >>> classify(I, [[2, 0], [0, 1]], [e, e, [[2, 0], [0, 0]]])
    nonstrict_saddle (k = 2, r = 1; all-pivots-tightened)
    >>> trained = [[[1.0, 0.0], [0.0, 1.0]], [[2.0000003, 0.0], [0.0, 1.0]]]
    >>> found = classify(I, [[2, 0], [0, 1]], trained)
    >>> print(found.answer.partition(", gap")[0])
    not critical as it stands (proved); one Newton step of length 1.3e-07 leads to a global minimum (numeric)
    """
    if Y is None and W is None:
        if not isinstance(X, Problem):
            raise InputError("X", X, "a Problem, or the inputs, with Y and W beside them")
        if isinstance(X, TrainedProblem):
            return classify_numeric(*X.floats, accuracy, tolerance)
        _refuse_options(accuracy, tolerance)
        return classify_exactly(X)
    if Y is None or W is None:
        raise InputError("Y" if Y is None else "W", None, "given: X, Y and W together, or a Problem alone")

    x, y, *weights = (_plain(name, given) for name, given in _named(X, Y, W))
    if has_floats(x, y, weights):
        return classify_numeric(x, y, weights, accuracy, tolerance)
    _refuse_options(accuracy, tolerance)
    return classify_exactly(Problem(x, y, weights))


def _named(X: Any, Y: Any, W: Sequence[Any]) -> list[tuple[str, Any]]:
    if not hasattr(W, "__len__"):
        raise InputError("W", W, "a list of at least one matrix, the one that acts first in front")
    return [("X", X), ("Y", Y), *((f"W_{h}", w) for h, w in enumerate(W, start=1))]


def _plain(argument: str, given: Any) -> Any:
    """Return a tensor as an array; anything else as it is."""
    return trained_array(argument, given) if callable(getattr(given, "detach", None)) else given


def _refuse_options(accuracy: Accuracy, tolerance: float | None) -> None:
    for name, value in (("accuracy", accuracy), ("tolerance", tolerance)):
        if value is not None:
            raise InputError(name, value, "left out: no entry is a float, so the answer is exact")
