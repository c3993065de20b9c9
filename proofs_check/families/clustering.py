"""Degenerate optima of self-expressive clustering: normalisations, regularisers and diagonals beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from algebra.errors import InputError, as_integer
from proofs_check.family import Column, Family, Instance, Row
from proofs_check.option import Option, words_option
from proofs_check.words import integer

MOST = 100  # points: every optimum is written down and checked
NORMALISATIONS = ("frobenius", "instance")
REGULARISERS = ("l1", "square", "nuclear")
DIAGONALS = ("zero", "free")


def instances(sizes: Sequence[int] = (3, 5), lam: str = "1/4", tau: str | None = None) -> list[Instance]:
    """All models of these numbers of points; |Z|_F^2 is tau, or the number of points, as with points of norm 1.

    Raises
    ------
    InputError
        If there are too many points.
    """
    from algebra.exact.numbers import number_text
    from tensors.clustering.model import positive_number

    for N in sizes:
        if as_integer("N", N, 1) > MOST:
            raise InputError("N", N, f"at most {MOST}")
    weight = number_text(positive_number("lam", lam))
    size = None if tau is None else number_text(positive_number("tau", tau))
    kinds = product(sizes, NORMALISATIONS, REGULARISERS, DIAGONALS)
    return [_instance(N, kind, size, weight) for N, *kind in kinds]


def _instance(N: int, kind: Sequence[Any], tau: str | None, lam: str) -> Instance:
    normalisation, regulariser, diagonal = kind
    norm = (tau or str(N)) if normalisation == "frobenius" else None
    return {
        "normalisation": normalisation,
        "regulariser": regulariser,
        "diagonal": diagonal,
        "N": N,
        "tau": norm,
        "lam": lam,
    }


def evaluate(instance: Instance) -> Row:
    """Write one optimum down, and have its certificate checked.

    Examples
    --------
    >>> row = evaluate(instances((3,))[0])
    >>> row["optimum"], row["kind"], row["certified"]
    ('11/24', 'two-points', True)
    """
    from algebra.exact.numbers import number_text
    from tensors.clustering import SelfExpressiveModel, degenerate_optimum

    model = SelfExpressiveModel(**instance)
    found = degenerate_optimum(model)
    return {
        "label": model.label,
        **instance,
        "optimum": number_text(found.value),
        "value": round(float(found.value), 9),
        "kind": found.kind,
        "attained_by": found.attained_by,
        "only": found.is_only,
        "zero_from": None if found.threshold is None else number_text(found.threshold),
        "certified": found.certificate().check().valid,
    }


FAMILY = Family(
    name="clustering",
    says="Degenerate optima of self-expressive clustering models: exact least values, and what attains them.",
    instances=instances,
    evaluate=evaluate,
    key=lambda i: f"clustering:{':'.join(str(i[name]) for name in i)}",
    columns=(
        Column("label", "text"),
        Column("N", heading="N", says="number of points"),
        Column("normalisation", "text", "normalisation", says="of the embedding"),
        Column("tau", "text", "tau", says="squared norm of the embedding; empty with points of norm 1"),
        Column("lam", "text", "lam", says="weight of the regulariser"),
        Column("regulariser", "text", "regulariser", says="of the coefficients"),
        Column("diagonal", "text", "diagonal", says="zero: no point expresses itself"),
        Column("optimum", "text", "optimum", says="the least value over all embeddings, exact"),
        Column("value", "number", says="the same as a float"),
        Column("kind", "text", "attained by", says="what attains it, in a word"),
        Column("attained_by", "text", says="the same in words"),
        Column("only", "boolean", "only", says="whether nothing else does; empty: not known"),
        Column("zero_from", "text", "C = 0 from", says="from this lam on C = 0 is optimal; empty if it never is"),
        Column("certified", "boolean", says="whether the independent checker accepts the certificate"),
        Column("seconds", "number"),
    ),
    title="Least values of self-expressive models over all embeddings",
    notes=lambda rows, told: (
        "no optimum depends on the data, the number of clusters, or the width of the embedding",
        "instance: every point has norm 1; frobenius: only the whole embedding is normalised",
    ),
    options=(
        words_option("sizes", "Numbers of points, up to 100; default: 3 5.", integer, (3, 5), "[N]…"),
        Option("lam", "Weight of the regulariser.", default="1/4", metavar="p/q", called="lam"),
        Option("tau", "Squared norm of the embedding; default: N.", metavar="p/q", called="tau"),
    ),
    is_good=lambda row: bool(row["certified"]),
    cost=lambda instance: float(instance["N"]) ** 3,
    example={"sizes": [3]},
    usage=("rankcert table clustering", "rankcert table clustering 2 3 7 --lam 1/14 --tau 30"),
)
