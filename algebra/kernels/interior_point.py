"""Concave maximisation in floats by interior points; whoever calls proves what it proposes.

    maximise f(x)    subject to    c_i(x) >= 0,  lower <= x <= upper,

with f and all c_i concave.  Two methods of Newton's, for two kinds of walls:

* `primal_dual` finds x, rooms and prices together (Mehrotra, SIAM J. Optim. 2, 1992).  Where walls are quadratic, as in
  learning, it takes some thirty steps, where the path takes two hundred;
* `path` maximises f + tau (the sum of the logarithms of all rooms) for a falling weight tau, with a line search.  Where
  walls are as curved as b^2 / theta, for small theta, primal-dual steps stall, and this does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from algebra.types import Floats

LAST_WEIGHT, SHRINK = 1e-13, 0.1  # of the barrier: where floats end; a faster fall takes more steps in all
INSIDE = 0.99  # of a primal-dual step: the share of the way to the nearest wall
MOST_PRIMAL_DUAL = 80  # steps
MOST_STEPS = 200  # of Newton's method for one weight: four to eight as a rule, up to ninety at the first one
CENTRED = 1e-2  # of the squared decrement, in units of tau: near enough for prices that are corrected by the last step
LEAST_SHARE = 1e-10  # of a step: less, and floats have ended


class ConcaveProgram(Protocol):
    """A program: its bounds, and what Newton's method asks of it at one point."""

    lower: Floats
    upper: Floats

    def slope(self, x: Floats) -> Floats:
        """Return the gradient of the objective."""

    def objective(self, x: Floats) -> float:
        """Return the objective."""

    def walls(self, x: Floats) -> tuple[Floats, Floats]:
        """Return the c_i and their gradients, one a column."""

    def curvature(self, x: Floats, prices: Floats) -> Floats:
        """Return minus the Hessian of the objective plus the c_i times their prices."""


@dataclass(frozen=True)
class State:
    """A point near the path, with the prices of walls, of lower and of upper bounds; 0 where there is no bound."""

    x: Floats
    walls: Floats
    lower: Floats
    upper: Floats


def path(program: ConcaveProgram, start: Floats, weight: float) -> Iterator[State]:
    """Yield better and better states until floats end; `start` lies strictly inside all walls and bounds.

    The first weight ought to be as large as the objective may be wrong by: with less the way leads along the walls.

    Examples
    --------
    >>> import numpy as np
    >>> class Circle:  # x + y on the unit disc
    ...     lower, upper = np.full(2, -np.inf), np.full(2, np.inf)
    ...     def objective(self, x): return x.sum()
    ...     def slope(self, x): return np.ones(2)
    ...     def walls(self, x): return np.array([1 - x @ x]), -2 * x[:, None]
    ...     def curvature(self, x, prices): return 2 * prices[0] * np.eye(2)
    >>> *_, last = path(Circle(), np.zeros(2), 1.0)
    >>> last.x.round(6).tolist(), float(last.walls[0].round(6))
    ([0.707107, 0.707107], 0.707107)
    """
    import numpy as np

    x, tau = start, weight
    while tau > LAST_WEIGHT:
        for _ in range(MOST_STEPS):
            with np.errstate(all="ignore"):
                try:
                    step, decrement, state = _newton(program, x, tau)
                except np.linalg.LinAlgError:
                    return
                share = _share(program, x, step, tau)
            if share < LEAST_SHARE:
                break
            x = x + share * step
            if decrement < CENTRED * tau:
                break
        yield state
        tau *= SHRINK


def _newton(program: ConcaveProgram, x: Floats, tau: float) -> tuple[Floats, float, State]:
    """Return Newton's step, the squared decrement, and x with the prices that the step corrects."""
    import numpy as np

    rooms, normals = program.walls(x)
    low, high = x - program.lower, program.upper - x  # infinite where there is no bound, and then without force
    whole = (normals * (tau / rooms**2)) @ normals.T + program.curvature(x, tau / rooms)
    whole[np.diag_indices(len(x))] += tau / low**2 + tau / high**2
    slope = program.slope(x) + normals @ (tau / rooms) + tau / low - tau / high
    step = _solved(whole, slope)
    if not np.isfinite(step).all():
        raise np.linalg.LinAlgError

    prices = tau / rooms * (1 - (step @ normals) / rooms)
    state = State(
        x,
        np.maximum(prices, 0),
        np.maximum(tau / low * (1 - step / low), 0),
        np.maximum(tau / high * (1 + step / high), 0),
    )
    return step, float(slope @ step), state


def _solved(matrix: Floats, right: Floats) -> Floats:
    """Solve a system; a singular one, such as that of repeated points, by least squares."""
    import numpy as np

    try:
        return np.asarray(np.linalg.solve(matrix, right), np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(matrix, right, rcond=None)[0], np.float64)


def _share(program: ConcaveProgram, x: Floats, step: Floats, tau: float) -> float:
    """Return how much of a step keeps inside and raises objective and barrier."""
    share, before = 1.0, _barrier(program, x, tau)
    while share >= LEAST_SHARE and not _barrier(program, x + share * step, tau) >= before:
        share /= 2
    return share


def _barrier(program: ConcaveProgram, x: Floats, tau: float) -> float:
    """Return the objective with its barrier; minus infinity outside."""
    import numpy as np

    low, high = x - program.lower, program.upper - x
    bounds = np.concatenate([low[np.isfinite(low)], high[np.isfinite(high)]])
    if not bounds.min(initial=np.inf) > 0:
        return -np.inf
    rooms, _ = program.walls(x)
    if not rooms.min() > 0:
        return -np.inf
    return program.objective(x) + tau * float(np.log(rooms).sum() + np.log(bounds).sum())


def primal_dual(program: ConcaveProgram, start: Floats) -> Iterator[State]:
    """Yield better and better states until floats end, as `path` does.

    Examples
    --------
    >>> import numpy as np
    >>> class Square:  # x + y on the unit square
    ...     lower, upper = np.zeros(2), np.ones(2)
    ...     def objective(self, x): return x.sum()
    ...     def slope(self, x): return np.ones(2)
    ...     def walls(self, x): return np.zeros(0), np.zeros((2, 0))
    ...     def curvature(self, x, prices): return np.zeros((2, 2))
    >>> *_, last = primal_dual(Square(), np.full(2, 0.5))
    >>> last.x.round(6).tolist(), last.upper.round(6).tolist()
    ([1.0, 1.0], [1.0, 1.0])
    """
    import numpy as np

    bounds = _Bounds(program)
    walls, _ = program.walls(start)
    rooms = np.concatenate([walls, bounds.rooms(start)])
    place = _Place(start, rooms, np.full(len(rooms), 1 / max(len(walls), 1)))
    for _ in range(MOST_PRIMAL_DUAL):
        with np.errstate(all="ignore"):
            try:
                straight, towards_centre = _both_steps(program, bounds, place)
            except np.linalg.LinAlgError:
                return
            here = place.complementarity
            reached = place.moved(straight, place.share_inside(straight)).complementarity
            step = straight.moved(towards_centre, here * min(1.0, max(reached, 0.0) / here) ** 3)
            place = place.moved(step, place.share_inside(step))
            if not (np.isfinite(place.x).all() and np.isfinite(place.prices).all() and place.complementarity > 0):
                return
        lower, upper = np.zeros(len(start)), np.zeros(len(start))
        prices = place.prices[len(walls) :]
        lower[bounds.low], upper[bounds.high] = prices[: len(bounds.low)], prices[len(bounds.low) :]
        yield State(place.x, place.prices[: len(walls)], lower, upper)


class _Bounds:
    """Which coordinates are bounded: the walls that come after those of the program."""

    def __init__(self, program: ConcaveProgram) -> None:
        import numpy as np

        self.program = program
        self.low, self.high = (np.flatnonzero(np.isfinite(bound)) for bound in (program.lower, program.upper))

    def rooms(self, x: Floats) -> Floats:
        """Return what is left to the bounds."""
        import numpy as np

        lower, upper = self.program.lower, self.program.upper
        return np.concatenate([x[self.low] - lower[self.low], upper[self.high] - x[self.high]])

    def along(self, step: Floats) -> Floats:
        """Return how these rooms change."""
        import numpy as np

        return np.concatenate([step[self.low], -step[self.high]])

    def add(self, total: Floats, forces: Floats, sign: float = -1.0) -> None:
        """Add the bounds' normals, each times a force; with the sign 1 their squares."""
        total[self.low] += forces[: len(self.low)]
        total[self.high] += sign * forces[len(self.low) :]


@dataclass(frozen=True)
class _Place:
    """A point, with rooms and prices of all walls and bounds, all positive."""

    x: Floats
    rooms: Floats
    prices: Floats

    def moved(self, step: _Place, share: float) -> _Place:
        """Return what is a share of a step further."""
        return _Place(self.x + share * step.x, self.rooms + share * step.rooms, self.prices + share * step.prices)

    def share_inside(self, step: _Place) -> float:
        """Return how much of a step keeps all rooms and prices positive."""
        import numpy as np

        here = np.concatenate([self.rooms, self.prices])
        change = np.concatenate([step.rooms, step.prices])
        falling = change < 0
        return float(min(1.0, (INSIDE * here[falling] / -change[falling]).min(initial=1.0)))

    @property
    def complementarity(self) -> float:
        """Mean product of room and price, 0 at the optimum."""
        return float(self.rooms @ self.prices) / len(self.rooms)


def _both_steps(program: ConcaveProgram, bounds: _Bounds, place: _Place) -> tuple[_Place, _Place]:
    """Return Newton's step towards rooms times prices = 0, and what each unit of that product adds to it."""
    import numpy as np

    pull = place.prices / place.rooms
    values, normals = program.walls(place.x)
    count = len(values)

    def summed(forces: Floats) -> Floats:
        total: Floats = normals @ forces[:count]
        bounds.add(total, forces[count:])
        return total

    def along(step: Floats) -> Floats:
        return np.concatenate([step @ normals, bounds.along(step)])

    # a step makes the rooms of walls what they ought to be; those of bounds always are
    missing = np.zeros(len(pull))
    missing[:count] = values - place.rooms[:count]

    whole = (normals * pull[:count]) @ normals.T + program.curvature(place.x, place.prices[:count])
    diagonal = np.zeros(len(place.x))
    bounds.add(diagonal, pull[count:], 1.0)
    whole[np.diag_indices(len(diagonal))] += diagonal
    right = np.column_stack([program.slope(place.x) - summed(pull * missing), summed(1 / place.rooms)])
    straight, unit = _solved(whole, right).T

    rooms, rooms_of_unit = along(straight) + missing, along(unit)
    return (
        _Place(straight, rooms, -place.prices - pull * rooms),
        _Place(unit, rooms_of_unit, 1 / place.rooms - pull * rooms_of_unit),
    )
