"""Concave maximisation in floats, along the path of a logarithmic barrier; whoever calls proves what it proposes.

    maximise f(x)    subject to    c_i(x) >= 0,  lower <= x <= upper,

with f and all c_i concave.  For a falling weight tau, Newton's method with a line search maximises f + tau (the sum of
the logarithms of all rooms).  At the maximum the prices tau / room are multipliers that belong to x.  (Primal-dual steps
are fewer, where they work; here walls are as curved as b^2 / theta, and such steps stall at them.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from algebra.types import Floats

LAST_WEIGHT, SHRINK = 1e-13, 0.1  # of the barrier: where floats end; a faster fall takes more steps in all
MOST_STEPS = 50  # of Newton's method for one weight: four to eight as a rule, more at the first one
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


def path(program: ConcaveProgram, start: Floats) -> Iterator[State]:
    """Yield better and better states until floats end; `start` lies strictly inside all walls and bounds.

    Examples
    --------
    >>> import numpy as np
    >>> class Circle:  # x + y on the unit disc
    ...     lower, upper = np.full(2, -np.inf), np.full(2, np.inf)
    ...     def objective(self, x): return x.sum()
    ...     def slope(self, x): return np.ones(2)
    ...     def walls(self, x): return np.array([1 - x @ x]), -2 * x[:, None]
    ...     def curvature(self, x, prices): return 2 * prices[0] * np.eye(2)
    >>> *_, last = path(Circle(), np.zeros(2))
    >>> last.x.round(6).tolist(), float(last.walls[0].round(6))
    ([0.707107, 0.707107], 0.707107)
    """
    import numpy as np

    x, tau = start, 1.0
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
    step = np.linalg.solve(whole, slope)
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
