"""Defects of deep networks: where the dimension is below the expected one, and which argument explains it.

Also the converse of localization (Usevich et al. 2025): all blocks (d_{l-1}, d_l, d_{l+1}; r) identifiable, and the
network not. It is false in general; a row says whether the blocks decide, and if not, which bound explains it.
"""

from __future__ import annotations

from collections.abc import Sequence

from algebra import Grade, PolynomialNetwork
from proofs_check.families._boxes import boxes, degrees_option, depths_option, largest_option, widths_key
from proofs_check.family import Chapter, Column, Family, Instance, Row, Rows, graded, spaced, tuple_column
from proofs_check.option import SEED

WITNESSES = 3  # counterexamples that are certified


def instances(
    depths: Sequence[int] = (2, 3, 4), largest: int = 5, degrees: Sequence[int] = (2, 3), seed: int = 0
) -> list[Instance]:
    """Every network of these depths and degrees with widths 2 … largest (the last from 1).

    Examples
    --------
    >>> [(i["widths"], i["degree"]) for i in instances([2], 2, [2])]
    [([2, 2, 1], 2), ([2, 2, 2], 2)]
    """
    widths = boxes(depths, largest)
    return [{"widths": list(each), "degree": degree, "seed": seed} for degree in degrees for each in widths]


def evaluate(instance: Instance) -> Row:
    """Dimension, defect and explanation of one network; identifiability of the network and of its blocks.

    Parameters
    ----------
    instance : dict
        One of `instances`.

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
    from algebra.evidence.generic_rank import RankEvidence

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


def key(instance: Instance) -> str:
    """Permanent key."""
    return widths_key("defect", instance)


def cost(instance: Instance) -> float:
    """Roughly the cube of the bound on the dimension."""
    return float(PolynomialNetwork(instance["widths"], instance["degree"]).expected_dimension) ** 3


def findings(rows: Rows) -> list[str]:
    """Say how many have a defect, and how often the converse of localization fails."""
    defective = [row for row in rows if row["defect"]]
    converse = [row for row in rows if row["converse_fails"]]
    return [
        f"{len(defective)} of {len(rows)} have less than the expected dimension; each is explained by named bounds.",
        f"{len(converse)} are not identifiable although all their blocks are (the converse of localization fails).",
    ]


def witnesses(rows: Rows) -> list[PolynomialNetwork]:
    """Return networks that are not identifiable although their blocks are, and these blocks."""
    found = []
    for row in [row for row in rows if row["converse_fails"]][:WITNESSES]:
        widths, degree = row["widths"], row["degree"]
        blocks = [PolynomialNetwork(widths[k : k + 3], degree) for k in range(len(widths) - 2)]
        found += [PolynomialNetwork(widths, degree), *blocks]
    return list(dict.fromkeys(found))


FAMILY = Family(
    name="defects",
    says="Defects of small deep networks, what explains them, and identifiability of their blocks.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    cost=cost,
    columns=(
        Column("label", "text"),
        tuple_column("widths", "widths", "widths from input to output"),
        Column("degree", heading="degree", says="activation degree"),
        Column("dimension", heading="dimension", says="dimension of the variety"),
        Column("expected_dimension", heading="expected", says="the smaller of naive and ambient dimension"),
        Column("ambient_dimension", heading="ambient", says="dimension of the space of all such polynomial maps"),
        Column("naive_dimension", heading="naive", says="parameters less the rescaling of hidden neurons"),
        Column("defect", heading="defect", says="expected dimension less dimension"),
        Column("upper_by", "text"),
        Column(
            "explained_by", "text", "explained by", value=spaced("explained_by"), says="all bounds of that argument"
        ),
        Column(
            "identifiable",
            "boolean",
            "identifiable",
            says="whether the dimension is the naive one",
        ),
        Column(
            "blocks_identifiable",
            "boolean",
            "blocks identifiable",
            says="whether that holds of every two consecutive layers",
        ),
        Column(
            "converse_fails",
            "boolean",
            "converse fails",
            says="whether the blocks are identifiable and the network is not",
        ),
        Column("grade", "text", "grade", says="the weakest grade of the network and its blocks"),
    ),
    title="Defects of deep networks, and identifiability of their blocks",
    notes=lambda rows, told: (graded(rows), *findings(rows)),
    options=(depths_option(2, 3, 4), largest_option(5), degrees_option(2, 3), SEED),
    example={"depths": [2], "largest": 3, "degrees": [2]},
    usage=("rankcert table defects --depths 3 --largest 3 --degrees 2",),
    chapter=Chapter(
        "Defects of deep networks, and identifiability of their blocks",
        "Where the dimension is below the expected one, by how much, and which chain of bounds explains it; and "
        "whether all one-hidden-layer blocks are identifiable while the network is not.",
        findings,
        witnesses=witnesses,
    ),
)
