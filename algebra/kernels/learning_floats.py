"""What floats propose for kernel learning; nothing here has to be right.

Ridge regression and support vectors have one dual program, in multipliers beta and a number t:

    maximise  y'beta - sum_a ridge_a beta_a^2 / 2 - t/2    subject to    q_j(beta) <= t for each level j,

for support vectors with ridges 0 and 0 <= y_a beta_a <= cost.  Twice the prices of the walls are the weights of the
levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from algebra.kernels.interior_point import primal_dual

if TYPE_CHECKING:
    from algebra.types import Floats

ENOUGH = 1e-14  # of the value: a gap below it is beyond floats


@dataclass(frozen=True)
class Program:
    """The program in floats.

    Parameters
    ----------
    relations : array of int
        One a pair of points.
    table : array
        ``table[j, i]``: the value of the zonal kernel of level j in relation i.
    labels : array
    ridges : array
        One a point; 0 for support vectors.
    cost : float, optional
        Only for support vectors.
    """

    relations: Floats
    table: Floats
    labels: Floats
    ridges: Floats
    cost: float | None

    def images(self, beta: Floats) -> Floats:
        """Return G_j beta, one column a level: sums by relation first, then all levels at once."""
        import numpy as np

        points, levels = len(beta), len(self.table)
        places = self.relations + levels * np.arange(points)[:, None]
        weights = np.broadcast_to(beta, (points, points)).ravel()
        sums = np.bincount(places.ravel(), weights, points * levels).reshape(points, levels)
        return sums @ self.table.T

    def gram(self, weights: Floats) -> Floats:
        """Return the Gram matrix of a combination of the levels."""
        found: Floats = (weights @ self.table)[self.relations]
        return found


class _Dual:
    """The program in x = (alpha, t): alpha is beta for a regression, and y beta for support vectors."""

    def __init__(self, program: Program) -> None:
        import numpy as np

        points = len(program.labels)
        self.program = program
        self.signs = np.ones(points) if program.cost is None else program.labels
        self.lower, self.upper = np.full(points + 1, -np.inf), np.full(points + 1, np.inf)
        if program.cost is not None:
            self.lower[:points], self.upper[:points] = 0.0, program.cost

    def start(self) -> Floats:
        """Return a point inside."""
        import numpy as np

        points, cost = len(self.signs), self.program.cost
        alpha = np.full(points, 0.0 if cost is None else min(cost / 2, 1 / points))
        beta = alpha * self.signs
        return np.append(alpha, (beta @ self.program.images(beta)).max() + 1.0)

    def objective(self, x: Floats) -> float:
        """Return the objective."""
        alpha = x[:-1]
        return float((self.program.labels * self.signs) @ alpha - (self.program.ridges * alpha) @ alpha / 2 - x[-1] / 2)

    def slope(self, x: Floats) -> Floats:
        """Return the gradient of the objective."""
        import numpy as np

        return np.append(self.program.labels * self.signs - self.program.ridges * x[:-1], -0.5)

    def walls(self, x: Floats) -> tuple[Floats, Floats]:
        """Return t - q_j and the gradients."""
        import numpy as np

        beta = x[:-1] * self.signs
        images = self.program.images(beta)
        return x[-1] - beta @ images, np.vstack([-2 * self.signs[:, None] * images, np.ones(images.shape[1])])

    def curvature(self, x: Floats, prices: Floats) -> Floats:
        """Return that of the combined kernel, and of the ridge."""
        import numpy as np

        found = np.zeros((len(x), len(x)))
        found[:-1, :-1] = 2 * self.program.gram(prices) * np.outer(self.signs, self.signs)
        found[:-1, :-1] += np.diag(self.program.ridges)
        return found


def proposal(program: Program) -> tuple[Floats, Floats]:
    """Return weights of the levels and multipliers that are nearly optimal.

    Examples
    --------
    >>> import numpy as np
    >>> table = np.array([[1.0, 1.0], [1.0, -1.0]])
    >>> pair = Program(np.array([[0, 1], [1, 0]]), table, np.array([1.0, -1.0]), np.full(2, 0.5), None)
    >>> [abs(found).round(6).tolist() for found in proposal(pair)]  # beta = y / (ridge + 2)
    [[0.0, 1.0], [0.4, 0.4]]
    """
    import numpy as np

    levels, dual = len(program.table), _Dual(program)
    best, best_gap = (np.full(levels, 1 / levels), np.zeros(len(program.labels))), np.inf
    for state in primal_dual(dual, dual.start()):
        weights = state.walls / state.walls.sum()
        beta = state.x[:-1] * dual.signs
        if program.cost is None:
            beta = regression(program, weights, program.labels)
        lower, upper = _sides(program, weights, beta)
        if upper - lower < best_gap:
            best, best_gap = (weights, beta), upper - lower
        if best_gap <= ENOUGH * abs(upper):
            break
    return best


def regression(program: Program, weights: Floats, labels: Floats) -> Floats:
    """Return the multipliers of ridge regression with one kernel; 0 where floats do not tell."""
    import numpy as np

    matrix = program.gram(weights) + np.diag(program.ridges)
    try:
        return np.asarray(np.linalg.solve(matrix, labels), np.float64)
    except np.linalg.LinAlgError:  # the ridge is too small for floats
        return np.zeros(len(labels))


def _sides(program: Program, weights: Floats, beta: Floats) -> tuple[float, float]:
    """Return what floats say of both sides of the value; what a regression leaves is taken for 0, and polished away."""
    import numpy as np

    images = program.images(beta)
    forms = beta @ images
    value = float(program.labels @ beta - (program.ridges * beta) @ beta / 2)
    if program.cost is None:
        return value - float(forms.max()) / 2, value - float(weights @ forms) / 2
    missing = np.maximum(0, 1 - program.labels * (images @ weights)).sum()
    return value - float(forms.max()) / 2, float(weights @ forms) / 2 + program.cost * float(missing)
