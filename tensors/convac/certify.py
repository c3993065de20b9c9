"""Certificates of a circuit's matricization rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.evidence.certificate import Certificate
from algebra.evidence.checker.circuit_rules import MOST_VALUE
from tensors.convac.lower_bounds import equality_graph_bound
from tensors.convac.rank_bound import RankBound

if TYPE_CHECKING:
    from tensors.convac.rank import RankEvidence
    from tensors.convac.rank_bound import RankBound
    from tensors.convac.sampling import Sample

QUANTITY = "grid-tensor-rank"


def rank_certificate(evidence: RankEvidence) -> Certificate:
    """Write both bounds down for the independent checker.

    Raises
    ------
    InputError
        If a bound has more digits than JSON readers accept, or a representation is not equivalent to the identity.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> bounds = ConvAC(4, 2, [Layer(2, 2, 2), Layer(2, 2, 3)]).rank("odd-even")
    >>> bounds.certificate().check().statement
    'the rank of convac:4:M2:w2s2c2-w2s2c3 with the rows 0,2 is 4 for almost all weights'
    """
    import algebra

    if evidence.upper.value > MOST_VALUE:
        raise InputError("architecture", evidence.architecture.label, "one whose bounds have at most 4200 digits")
    if evidence.sample is not None and evidence.sample.representation is not None:
        raise InputError("representation", "rows that are dependent", "left out: certificates are of one-hot templates")
    value, lower = _lower(evidence)
    claim = {
        "quantity": QUANTITY,
        "label": evidence.architecture.label,
        "circuit": evidence.architecture.to_json(),
        "row_side": list(evidence.rows),
        "lower": value,
        "upper": evidence.upper.value,
    }
    made_by = {"rankcert": algebra.__version__, "seed": evidence.seed}
    return Certificate.from_body({"claim": claim, "lower": lower, "upper": _upper(evidence.upper), "made_by": made_by})


def _lower(evidence: RankEvidence) -> tuple[int, dict[str, Any]]:
    bound = evidence.lower
    if bound.value == 0:
        return 0, {"rule": "trivial"}
    if evidence.sample is not None:
        return _minor(evidence.sample)
    if bound.rule == "sharir-shashua-overlap":  # a special case of the equality graph
        graph = equality_graph_bound(evidence.architecture, evidence.rows)
        bound = graph if graph is not None and graph.value >= bound.value else RankBound(1, "nonzero")
    if bound.rule == "equality-graph":
        return bound.value, {"rule": bound.rule, "layer": bound.details["layer"], "paths": bound.details["paths"]}
    if bound.rule == "disjoint-paths":
        return bound.value, {"rule": bound.rule, "paths": bound.details["paths"]}
    return bound.value, {"rule": bound.rule}


def _minor(sample: Sample) -> tuple[int, dict[str, Any]]:
    profile = sample.profile()
    written = {
        "rule": "evaluation-minor",
        "prime": sample.prime,
        "key": sample.key,
        "scheme": sample.scheme,
        "varied": [list(side) for side in sample.varied],
        "count": sample.largest,
        "rows": list(profile.rows[: sample.rank]),
        "columns": list(profile.columns[: sample.rank]),
    }
    if profile.rank > sample.rank:  # cannot be: the goal is an upper bound
        raise ArithmeticError(f"the rank {profile.rank} exceeds the bound {sample.rank}")
    return sample.rank, written


def _upper(bound: RankBound) -> dict[str, Any]:
    if "variables" in bound.details:
        rule = bound.rule if bound.rule == "equal-windows" else "cut"
        return {"rule": rule, "graph": bound.details["graph"], "variables": bound.details["variables"]}
    return {"rule": bound.rule}
