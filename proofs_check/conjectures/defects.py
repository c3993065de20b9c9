"""Defects of deep networks: where the dimension is below the expected one, and which argument explains it.

Also the converse of localization (Usevich et al. 2025): all blocks (d_{l-1}, d_l, d_{l+1}; r) identifiable, and the
network not. It is false in general; a row says whether the blocks decide, and if not, which bound explains it.
"""

from __future__ import annotations

from typing import Any

from algebra import Grade, PolynomialNetwork
from algebra.evidence.generic_rank import RankEvidence
from proofs_check.conjectures.small_families import boxes, widths_key


def family(depths: list[int], largest: int, degrees: list[int]) -> list[dict[str, Any]]:
    """Return every network of these depths and degrees with widths 2 … largest (the last from 1).

    Examples
    --------
    >>> family([2], 2, [2])
    [{'widths': [2, 2, 1], 'degree': 2}, {'widths': [2, 2, 2], 'degree': 2}]
    """
    return [{"widths": list(widths), "degree": degree} for degree in degrees for widths in boxes(depths, largest)]


def evaluate(instance: dict[str, Any]) -> dict[str, Any]:
    """Dimension, defect and explanation of one network; identifiability of the network and of its blocks.

    Returns
    -------
    dict
        ``dimension``, ``expected_dimension``, ``defect``, ``upper_by`` and ``explained_by`` (names of the bounds),
        ``identifiable``, ``blocks_identifiable``, ``converse_fails``, ``grade``.

    Examples
    --------
    >>> row = evaluate({"widths": [4, 3, 2, 1], "degree": 2})
    >>> row["dimension"], row["defect"], row["explained_by"]
    (14, 1, ['input-reduction', 'cut', 'ambient', 'one-layer'])
    """
    widths, degree, seed = instance["widths"], instance["degree"], instance.get("seed", 0)
    network = PolynomialNetwork(widths, degree)
    found = network.dimension(seed=seed)
    blocks = [PolynomialNetwork(widths[k : k + 3], degree) for k in range(len(widths) - 2)]
    bounds = [block.dimension(seed=seed) for block in blocks]
    good = all(int(b) == block.naive_dimension for b, block in zip(bounds, blocks, strict=True))
    identifiable = int(found) == network.naive_dimension
    evidence = found.evidence
    assert isinstance(evidence, RankEvidence)
    assert evidence.upper is not None
    return {
        "label": network.label,
        "widths": widths,
        "degree": degree,
        "dimension": int(found),
        "expected_dimension": network.expected_dimension,
        "ambient_dimension": network.ambient_dimension,
        "naive_dimension": network.naive_dimension,
        "defect": network.expected_dimension - int(found),
        "upper_by": found.upper_by,
        "explained_by": list(evidence.upper.names),
        "identifiable": identifiable,
        "blocks_identifiable": good,
        "converse_fails": good and not identifiable,
        "grade": Grade.weakest([found.grade, *(b.grade for b in bounds)]).value,
    }


def key(instance: dict[str, Any]) -> str:
    """Permanent key."""
    return widths_key("defect", instance)


def cost(instance: dict[str, Any]) -> float:
    """Roughly the cube of the bound on the dimension."""
    return float(PolynomialNetwork(instance["widths"], instance["degree"]).expected_dimension) ** 3
