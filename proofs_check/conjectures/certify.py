"""Write complete lists of minimal filling architectures down for the independent checker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.evidence import Certificate
from algebra.evidence.evaluation import quick_trial
from algebra.polynomial.certify import chain_json
from algebra.polynomial.jacobian import JacobianEvaluation

if TYPE_CHECKING:
    from proofs_check.conjectures.lattice import Corner, Point
    from proofs_check.conjectures.minimal_filling import FillingProblem, MinimalFilling


def filling_certificate(search: MinimalFilling) -> Certificate:
    """Return the certificate of a finished search: a minor for each architecture, a bound for each region."""
    problem, points = search.problem, search.minimal()
    claim = {
        "quantity": "minimal-filling",
        "label": problem.label,
        "input": problem.input,
        "output": problem.output,
        "depth": problem.depth,
        "degree": problem.degree,
        "architectures": [list(problem.network(point).widths) for point in points],
    }
    return Certificate.of(
        claim,
        search.seed,
        filling=[_minor(problem, point, search.filling[point]["trial"], search.seed) for point in points],
        regions=[_region(problem, corner) for corner in search.regions],
    )


def _minor(problem: FillingProblem, point: Point, number: int, seed: int) -> dict[str, Any]:
    jacobian = JacobianEvaluation(problem.network(point))
    return quick_trial(jacobian, problem.ambient_dimension, seed, number).minor_json()


def _region(problem: FillingProblem, corner: Corner) -> dict[str, Any]:
    network = problem.network(problem.architecture(corner).widths[1:-1])
    return {"corner": list(corner), "upper": chain_json(network, problem.excluding_bound(corner))}
