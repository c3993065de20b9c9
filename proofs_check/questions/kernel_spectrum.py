"""The spectrum of a Euclidean kernel on the cube, a slice, or all 0/1 vectors: exact, with rank and inertia."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from algebra.errors import InputError
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Natural, Number, Positive, Text, file_format
from proofs_check.show.text import aligned, bounds_text, number, strong

if TYPE_CHECKING:
    from algebra.kernels import Spectrum

DOMAINS = ("hypercube", "slice", "cube01")
MOST_SHOWN = 40  # levels in a report for people


@file_format
class Kernel:
    """A kernel by its values at all distances, or at all inner products."""

    domain: Text
    """"hypercube": {-1,1}^n; "slice": the 0/1 vectors of weight p; "cube01": {0,1}^n."""

    n: Positive
    """Number of coordinates, at most 3000."""

    values: list[Number]
    """Exact real numbers: on the hypercube by Hamming distance 0..n; on a slice by half of it, 0..min(p, n-p); on
    cube01 by inner product 0..n."""

    p: Natural | None = None
    """Weight of the slice, at most n."""


def answer(given: Kernel) -> Answer:
    """Compute the exact eigenvalues, or for inner products the coefficients of a congruence."""
    from algebra.kernels import Scheme, inner_product_spectrum, kernel_spectrum

    if given.domain not in DOMAINS:
        raise InputError("domain", given.domain, f"one of {', '.join(DOMAINS)}")
    if (given.p is None) == (given.domain == "slice"):
        allowed = "the weight of the slice" if given.p is None else 'left out, except with "slice"'
        raise InputError("p", given.p, allowed)

    if given.domain == "cube01":
        found = inner_product_spectrum(given.n, given.values)
    else:
        found = kernel_spectrum(Scheme(given.n, given.p), given.values)
    return Answer(_label(given), _fields(found), found.rank)


def _label(given: Kernel) -> str:
    from algebra.exact.numbers import long_number, number_text

    exact = " ".join(number_text(long_number("values", value)) for value in given.values)
    size = f"n{given.n}" if given.p is None else f"n{given.n}:p{given.p}"
    return f"kernel:{given.domain}:{size}:{hashlib.sha256(exact.encode()).hexdigest()[:32]}"


def _fields(found: Spectrum) -> Result:
    from algebra.exact.numbers import number_text

    numbers = [number_text(x) for x in found.numbers]
    return {
        "eigenvalues": numbers if found.are_eigenvalues else None,
        "differences": None if found.are_eigenvalues else numbers,
        "multiplicities": list(found.multiplicities),
        "rank": int(found.rank),
        "positive": found.positive,
        "negative": found.negative,
        "psd": found.is_psd,
    }


def report(result: Result) -> str:
    """Everything that is known of one kernel, for people."""
    of_level = "eigenvalue" if result["eigenvalues"] else "coefficient"
    numbers = result["eigenvalues"] or result["differences"]
    levels = list(enumerate(zip(numbers, result["multiplicities"], strict=True)))
    rows = [("level", of_level, "multiplicity")]
    rows += [(str(j), x, str(m)) for j, (x, m) in levels[:MOST_SHOWN]]
    more = f"\n… {len(levels) - MOST_SHOWN} more levels" if len(levels) > MOST_SHOWN else ""
    psd = "positive semidefinite" if result["psd"] else "not positive semidefinite"
    inertia = f"{number(result['positive'])} positive, {number(result['negative'])} negative eigenvalues"
    head = f"{result['label']}  rank {strong(bounds_text(result))}, {strong(psd)}"
    return f"{head}\n\n{aligned(rows, right=(1, 2))}{more}\n\n{inertia}, {result['seconds']} s"


def line(result: Result) -> str:
    """Say in one line the rank, and whether the kernel is positive semidefinite."""
    psd = "positive semidefinite" if result["psd"] else "not positive semidefinite"
    return f"{result['label']}  {bounds_text(result)}, {psd}"


QUESTION = Question(
    name="kernel spectrum",
    says="Exact spectrum, rank and inertia of a Euclidean kernel on the hypercube, a slice or all 0/1 vectors.",
    about="Values are exact, so that signs and zeros are proved. On all 0/1 vectors the eigenvalues of a kernel of the "
    "inner product are irrational in general; rank and inertia come from its forward differences instead.",
    given=Kernel,
    answer=answer,
    fields=(
        Field("eigenvalues", "list", "one a level, exact; null for cube01"),
        Field("differences", "list", "for cube01 the forward differences at 0, which have the signs; else null"),
        Field("multiplicities", "list", "dimension of each level"),
        Field("rank", "integer", "rank of the Gram matrix of all points"),
        Field("positive", "integer", "number of positive eigenvalues, with multiplicity"),
        Field("negative", "integer", "number of negative eigenvalues, with multiplicity"),
        Field("psd", "boolean", "whether the kernel is positive semidefinite"),
    ),
    headline="rank",
    example={"domain": "slice", "n": 6, "p": 3, "values": [16, 9, 4, 1]},
    needs=("algebra.kernels.spectrum",),
    usage=("rankcert kernel spectrum kernel.json", "rankcert kernel spectrum kernels.jsonl --json"),
    report=report,
    line=line,
)
