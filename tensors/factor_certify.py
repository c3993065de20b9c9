"""Certificates of matricization ranks of factor graphs: paths or a minor below, a cut above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.evidence.certificate import Certificate
from algebra.evidence.checker.factor_graphs import MOST_VALUE
from tensors.disjoint_paths import width
from tensors.factor_rank import Minor, Symmetry, elimination
from tensors.min_cut import Cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensors.disjoint_paths import Wire
    from tensors.factor_rank import FactorGraphEvidence

QUANTITY = "matricization-rank"


def rank_certificate(evidence: FactorGraphEvidence) -> Certificate:
    """Write the bounds of a matricization rank down for the independent checker.

    Raises
    ------
    InputError
        If the bound has more digits than JSON readers accept.

    Examples
    --------
    >>> from tensors.factor_graph import FactorGraph
    >>> bounds = FactorGraph((4, 4, 2), 2, ((0, 2), (1, 2))).rank([0])
    >>> bounds.certificate().check().statement
    'the rank of fg:v4,4,2:o2:f0-2,1-2 with the rows 0 is 2 for almost all tables'
    """
    import algebra

    graph, lower = evidence.graph, evidence.lower
    if evidence.upper.product > MOST_VALUE:
        raise InputError("row_side", list(evidence.row_side), "one whose bounds have at most 4200 digits")
    claim = {
        "quantity": QUANTITY,
        "label": graph.label,
        "graph": graph.to_json(),
        "row_side": list(evidence.row_side),
        "lower": lower.rank if isinstance(lower, Minor) else width(lower),
        "upper": evidence.upper.product,
    }
    body = {
        "claim": claim,
        "lower": _minor_json(evidence) if isinstance(lower, Minor) else paths_json(lower),
        "upper": upper_json(evidence.upper),
        "made_by": {"rankcert": algebra.__version__, "seed": evidence.seed},
    }
    return Certificate.from_body(body)


def upper_json(upper: Cut | Symmetry) -> dict[str, Any]:
    """Write an upper bound down.

    Examples
    --------
    >>> upper_json(Cut((1, 3), 6))
    {'rule': 'cut', 'variables': [1, 3]}
    """
    if isinstance(upper, Cut):
        return {"rule": "cut", "variables": sorted(upper.variables)}
    return {"rule": "symmetric", "side": upper.side}


def paths_json(wires: Sequence[Wire]) -> dict[str, Any]:
    """Write disjoint paths down."""
    return {"rule": "paths", "paths": [{"width": wire.width, "path": list(wire.path)} for wire in wires]}


def _minor_json(evidence: FactorGraphEvidence) -> dict[str, Any]:
    lower = evidence.lower
    assert isinstance(lower, Minor)
    profile = evidence.profile
    if profile.rank < lower.rank:
        raise ArithmeticError(f"the rank {lower.rank} of {evidence.graph.label} was not seen again")
    return {
        "rule": "minor",
        "prime": lower.prime,
        "key": lower.key,
        "word_size": 1,
        "varied": [list(pair) for pair in (*lower.rows, *lower.columns)],
        "rows": list(profile.rows),
        "columns": list(profile.columns),
        "order": list(elimination(evidence.graph, lower).order),
    }
