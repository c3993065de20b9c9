"""Write complete lists of minimal filling architectures down for the independent checker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.evidence import Certificate
from algebra.evidence.evaluation import quick_trial
from algebra.polynomial.certify import chain_json
from algebra.polynomial.jacobian import JacobianEvaluation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proofs_check.filling.lattice import Corner, Point
    from proofs_check.filling.problem import FillingProblem


def filling_certificate(
    problem: FillingProblem, trials: Mapping[Point, int], regions: Sequence[Corner], seed: int
) -> Certificate:
    """Return the certificate of a finished search: a minor for each architecture, a bound for each region.

    Parameters
    ----------
    problem : FillingProblem
    trials : dict
        For each minimal filling point, in order, the number of the trial that saw its rank.
    regions : sequence of corners
    seed : int

    Returns
    -------
    Certificate
    """
    claim = {
        "quantity": "minimal-filling",
        "label": problem.label,
        "input": problem.input,
        "output": problem.output,
        "depth": problem.depth,
        "degree": problem.degree,
        "architectures": [list(problem.network(point).widths) for point in trials],
    }
    return Certificate.of(
        claim,
        seed,
        filling=[_minor(problem, point, number, seed) for point, number in trials.items()],
        regions=[_region(problem, corner) for corner in regions],
    )


def _minor(problem: FillingProblem, point: Point, number: int, seed: int) -> dict[str, Any]:
    jacobian = JacobianEvaluation(problem.network(point))
    return quick_trial(jacobian, problem.ambient_dimension, seed, number).minor_json()


def _region(problem: FillingProblem, corner: Corner) -> dict[str, Any]:
    network = problem.network(problem.architecture(corner).widths[1:-1])
    return {"corner": list(corner), "upper": chain_json(network, problem.excluding_bound(corner))}
