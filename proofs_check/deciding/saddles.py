"""What a claim about saddles rests on: exact points of lower and of higher loss nearby, never the verdict alone."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import fmpq

from algebra import Grade
from algebra.critical_points import Problem, escape, quadratic_form
from algebra.critical_points.classification import Classification
from algebra.critical_points.classification import Verdict as Class
from algebra.exact.matrices import Matrix, trace_of_product
from proofs_check.claim import Verdict
from proofs_check.deciding.assumptions import is_global
from proofs_check.deciding.critical_points import Point

NEAR = fmpq(1, 100)  # square of the distance that counts as near
ATTEMPTS = 60
SEEDS = 16
RADIUS = Fraction(1, 1 << 18)


def checked(parts: Mapping[str, bool], about: str = "") -> Verdict:
    """Hold if every part is true, else name those that are not.

    Examples
    --------
    >>> checked({"2 > 1": True, "1 > 2": False}, "numbers").reason
    'numbers: not (1 > 2)'
    """
    failed = [name for name, holds in parts.items() if not holds]
    if not failed:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"{about}{': ' if about else ''}not ({'; '.join(failed)})")


def lower_nearby(found: Classification) -> bool:
    """Tell whether there is a point of lower loss near a critical point.

    Either by a direction of negative curvature, or by a point at distance at most 1/10, its loss computed anew.

    Examples
    --------
    >>> from algebra.critical_points import classify
    >>> lower_nearby(classify(Problem([[1]], [[1]], [[[0]], [[0]], [[0]]])))
    True
    """
    problem = found.problem
    for seed in range(SEEDS):
        way = escape(found, seed=seed, radius=RADIUS)
        if way is None:
            return False
        if found.verdict is Class.STRICT_SADDLE:
            return bool(quadratic_form(problem, list(way.direction)) < 0)
        move = [V * way.step for V in way.direction]
        if _square(move) <= NEAR:  # a move along the fibre may be long although its parts are scaled down
            return bool(_moved(problem, move).loss < problem.loss)
    return False


def higher_nearby(problem: Problem) -> bool:
    """Tell whether a point of higher loss, at distance at most 1/10, is found among random ones.

    Examples
    --------
    >>> higher_nearby(Problem([[1]], [[1]], [[[0]], [[0]], [[0]]]))
    True
    """
    generator = random.Random(0)
    for _ in range(ATTEMPTS):
        direction = [_random_like(problem, W, generator) for W in problem.W]
        size = _square(direction)
        step = fmpq(1, 16)
        while size * step * step > NEAR:
            step /= 2
        for sign in (1, -1):
            if _moved(problem, [direction[0] * (sign * step), *(V * step for V in direction[1:])]).loss > problem.loss:
                return True
    return False


def _square(move: list[Matrix]) -> Any:
    return sum((trace_of_product(V, V) for V in move), fmpq(0))


def _moved(problem: Problem, move: list[Matrix]) -> Problem:
    return problem.with_weights([W + V for W, V in zip(problem.W, move, strict=True)])


def _random_like(problem: Problem, W: Matrix, generator: random.Random) -> Matrix:
    return problem.matrix_of([[fmpq(generator.randint(-2, 2)) for _ in range(W.ncols())] for _ in range(W.nrows())])


def saddle(point: Point) -> Verdict:
    """Decide whether a critical point is a saddle: exact points of lower and of higher loss are near it.

    Examples
    --------
    >>> from proofs_check.deciding.critical_points import Data
    >>> saddle(Point(Data((2, 2, 2), (2, 1), "plain"), "class", 0)).outcome
    <Outcome.HOLDS: 'holds'>
    """
    parts = {
        "a point of lower loss nearby": lower_nearby(point.found),
        "a point of higher loss nearby": higher_nearby(point.problem),
    }
    return checked(parts, _seen(point))


def global_iff(point: Point, says_global: bool) -> Verdict:
    """Decide a test of global optimality: right about the loss, and where it says no, the point is a saddle."""
    least = is_global(point.problem)
    if says_global != least:
        said = "a global minimum" if says_global else "no global minimum"
        return Verdict.violated(Grade.PROVED, reason=f"{_seen(point)}, which the test calls {said}")
    return Verdict.holds(Grade.PROVED) if least else saddle(point)


def _seen(point: Point) -> str:
    problem = point.problem
    weights = "; ".join(f"W_{h} = {W.table()}" for h, W in enumerate(problem.W, start=1))
    shown = f", {weights}" if point.data.kind == "plain" else ""
    return f"loss {problem.loss}, least loss {point.found.minimum_loss()}, r = {problem.r}, k = {problem.k}{shown}"
