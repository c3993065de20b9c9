"""Minimal filling architectures: the complete list for given ends, depth and degree, with its proof.

Filling is an up-set in the hidden widths. The search keeps regions {w <= corner} that are *excluded*: at the corner,
unbounded entries saturated, a named upper bound is below the ambient dimension, so by monotonicity nothing in the
region fills. The minimal points outside all regions are tested: one that fills is a minimal filling architecture, since
everything below it is excluded; one that does not gives another region, grown as far as the bound allows. When all
minimal points fill, the list is complete, and regions with points are the proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from algebra.errors import as_integer
from algebra.evidence.evaluation import quick_trial
from algebra.polynomial.jacobian import JacobianEvaluation
from algebra.polynomial.rules import upper_bound
from proofs_check.filling.answers import Listed, Tested
from proofs_check.filling.certify import filling_certificate
from proofs_check.filling.lattice import Corner, Frontier, Point, below, is_unimodal
from proofs_check.filling.problem import FillingProblem

if TYPE_CHECKING:
    from algebra.evidence import Certificate

__all__ = ["FillingProblem", "MinimalFilling", "evaluate", "grow"]

BATCH = 4  # points tested at a time; fixed, so that the same seed gives the same regions on every machine
TRIALS = 2

Instance = dict[str, Any]


def evaluate(instance: Instance) -> dict[str, Any]:
    """Return what `tested` finds, as plain JSON values.

    Parameters
    ----------
    instance : dict
        A point of the search: the problem with ``hidden`` widths, and the seed.

    Returns
    -------
    dict
    """
    return tested(instance).record()


def tested(instance: Instance) -> Tested:
    """Decide whether an architecture fills; if not, grow an excluded region around it.

    Examples
    --------
    >>> found = tested({"input": 2, "output": 1, "depth": 2, "degree": 2, "hidden": [1], "seed": 0})
    >>> found.filling, found.upper, found.corner
    (False, 2, (1,))
    """
    problem = FillingProblem(*(instance[name] for name in ("input", "output", "depth", "degree")))
    point: Point = tuple(instance["hidden"])

    # What a count excludes grows by counts, too: a region that theorems would make larger is rare.
    for is_excluded in (problem.is_excluded_by_counts, problem.is_excluded):
        if is_excluded(point):
            return _answer(False, 0, problem, point, 0, grow(problem, point, is_excluded))
    jacobian, ambient = JacobianEvaluation(problem.network(point)), problem.ambient_dimension
    trials = []
    for number in range(TRIALS):
        trials.append(quick_trial(jacobian, ambient, instance["seed"], number).rank)
        if trials[-1] == ambient:
            return _answer(True, ambient, problem, point, number, None)
    if problem.is_explained(point):
        return _answer(False, max(trials), problem, point, 0, grow(problem, point, problem.is_explained))

    def seems_not_filling(region: Corner) -> bool:
        a = problem.architecture(region)
        jacobian = JacobianEvaluation(problem.network(a.widths[1:-1]))
        return quick_trial(jacobian, ambient, instance["seed"], 0).rank < ambient

    return _answer(None, max(trials), problem, point, 0, grow(problem, point, seems_not_filling))


def _answer(
    filling: bool | None, lower: int, problem: FillingProblem, point: Point, trial: int, corner: Corner | None
) -> Tested:
    network = problem.network(point)
    bound = upper_bound(problem.architecture(point)) if filling else problem.excluding_bound(point)
    upper, grade = min(bound.value, problem.ambient_dimension), "probable" if filling is None else "proved"
    return Tested(network.label, network.widths, filling, lower, upper, bound.rule, grade, trial, corner)


def grow(problem: FillingProblem, point: Point, holds: Callable[[Corner], bool]) -> Corner:
    """Raise the entries of a corner, one after the other, as far as `holds` does: to infinity if possible.

    Two orders are tried, from the first layer and from the last; the region with more unbounded entries wins.
    """
    orders = (range(len(point)), range(len(point) - 1, -1, -1))
    return max((_grow(problem, point, holds, order) for order in orders), key=_size)


def _size(corner: Corner) -> tuple[int, int]:
    return sum(w is None for w in corner), sum(w or 0 for w in corner)


def _grow(problem: FillingProblem, point: Point, holds: Callable[[Corner], bool], order: range) -> Corner:
    corner: Corner = point
    for k in order:
        corner = _raise(problem, corner, k, holds)
    return corner


def _raise(problem: FillingProblem, corner: Corner, k: int, holds: Callable[[Corner], bool]) -> Corner:
    def at(width: int | None) -> Corner:
        return (*corner[:k], width, *corner[k + 1 :])

    if holds(at(None)):
        return at(None)
    low = corner[k]
    assert low is not None
    step = 1
    while holds(at(low + step)):
        low, step = low + step, 2 * step
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(at(middle)) else (low, middle)
    return at(low)


@dataclass
class MinimalFilling:
    """The search as an adaptive sweep (`proofs_check.engine.sweep.Sweep`).

    Parameters
    ----------
    problem : FillingProblem
    seed : int

    Examples
    --------
    >>> search = MinimalFilling(FillingProblem(2, 1, 5, 2))
    >>> search.run()
    >>> search.architectures()[0].widths, search.is_complete
    ((2, 3, 3, 3, 2, 1), True)
    """

    problem: FillingProblem
    seed: int = 0
    name: str = "minimal-filling"
    filling: dict[Point, Tested] = field(default_factory=dict)
    regions: list[Corner] = field(default_factory=list)
    open_regions: list[Corner] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seed = as_integer("seed", self.seed)
        self._frontier = Frontier(self.problem.depth - 1)
        self._round: list[Point] = []
        self._answers: dict[Point, Tested] = {}

    evaluate = staticmethod(evaluate)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the sweep is about."""
        p = self.problem
        return {"input": p.input, "output": p.output, "depth": p.depth, "degree": p.degree, "seed": self.seed}

    def pending(self) -> list[Instance]:
        """Return the next minimal points to be tested; empty while the last ones are out, and at the end.

        Returns
        -------
        list of dict
        """
        if self._round:
            return []
        undecided = [point for point in self._frontier.points if point not in self.filling]
        step = max(1, len(undecided) // BATCH)
        self._round = undecided[::step][:BATCH]
        return [{**self.parameters, "hidden": list(point)} for point in self._round]

    def receive(self, instance: Instance, result: dict[str, Any]) -> None:
        """Take a result; the regions of a round are used together, in the order of its points.

        Parameters
        ----------
        instance : dict
            One that was pending.
        result : dict
            What `evaluate` returned.
        """
        self._answers[tuple(instance["hidden"])] = Tested.from_record(result)
        if len(self._answers) == len(self._round):
            for point in self._round:
                self._use(point, self._answers[point])
            self._round, self._answers = [], {}

    def _use(self, point: Point, found: Tested) -> None:
        if found.filling:
            self.filling[point] = found
            return
        if any(below(point, known) for known in self.regions + self.open_regions):
            return  # a point of the same round has excluded it already
        assert found.corner is not None
        (self.regions if found.filling is False else self.open_regions).append(found.corner)
        self._frontier.exclude(found.corner)

    def key(self, instance: Instance) -> str:
        """Permanent key of a question.

        Parameters
        ----------
        instance : dict

        Returns
        -------
        str
        """
        label = self.problem.network(tuple(instance["hidden"])).label
        return f"filling:{label}:seed={instance['seed']}"

    def cost(self, instance: Instance) -> float:
        """Roughly the elimination's work.

        Parameters
        ----------
        instance : dict

        Returns
        -------
        float
        """
        return float(self.problem.ambient_dimension) ** 3

    @property
    def is_finished(self) -> bool:
        """Whether every minimal point outside the regions is known to fill."""
        return not self._round and all(point in self.filling for point in self._frontier.points)

    def run(self) -> None:
        """Run the search here and now, without a store."""
        while not self.is_finished:
            for instance in self.pending():
                self.receive(instance, evaluate(instance))

    def minimal(self) -> list[Point]:
        """Hidden widths of the minimal filling architectures found, sorted.

        Returns
        -------
        list of tuple of int
        """
        return sorted(point for point in self._frontier.points if point in self.filling)

    @property
    def is_complete(self) -> bool:
        """Whether the list is proved to be complete."""
        return self.is_finished and not self.open_regions

    @property
    def grade(self) -> str:
        """How far the list is proved to be all there is."""
        return "proved" if self.is_complete else "inconclusive"

    def architectures(self) -> list[Listed]:
        """Return the minimal filling architectures found; all of them where the list is complete.

        Returns
        -------
        list of Listed
        """
        grade = "proved" if self.is_complete else "probable"
        networks = [self.problem.network(point) for point in self.minimal()]
        return [Listed(n.label, n.widths, n.parameters, is_unimodal(n.widths), grade) for n in networks]

    def rows(self) -> list[dict[str, Any]]:
        """Return the architectures of the list, as plain JSON values.

        Returns
        -------
        list of dict
        """
        return [each.record() for each in self.architectures()]

    def result(self) -> dict[str, Any]:
        """The list, whether it is proved to be complete, and what remains open, as plain JSON values.

        Returns
        -------
        dict
        """
        return {
            "label": self.problem.label,
            **self.parameters,
            "ambient_dimension": self.problem.ambient_dimension,
            "architectures": self.rows(),
            "complete": self.is_complete,
            "grade": self.grade,
            "regions": [list(corner) for corner in self.regions],
            "open_regions": [list(corner) for corner in self.open_regions],
        }

    def certificate(self) -> Certificate:
        """Write the whole list down for the independent checker.

        Returns
        -------
        Certificate

        Raises
        ------
        ValueError
            If the search is not finished, or regions are open.
        """
        if not self.is_complete:
            raise ValueError(f"the list {self.problem.label} is not proved to be complete")
        trials = {point: self.filling[point].trial for point in self.minimal()}
        return filling_certificate(self.problem, trials, self.regions, self.seed)
