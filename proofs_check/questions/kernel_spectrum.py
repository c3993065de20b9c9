"""The spectrum of a Euclidean kernel on the cube, a slice, or all 0/1 vectors: exact, with rank and inertia."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from algebra.errors import InputError, one_of
from proofs_check.option import CERTIFICATE
from proofs_check.question import Answer, Field, Question, Result, Writer
from proofs_check.reading import Natural, Number, Positive, Text, file_format
from proofs_check.show.text import aligned, bounds_text, number, strong

if TYPE_CHECKING:
    from algebra.kernels import KernelSpectrum

DOMAINS = ("hypercube", "slice", "cube01")
MOST_SHOWN = 40  # levels in a report for people


@file_format
class Kernel:
    """A kernel by its values at all distances, or at all inner products."""

    domain: Text
    """"hypercube": {-1,1}^n; "slice": the 0/1 vectors of weight p; "cube01": {0,1}^n."""

    n: Positive
    """Number of coordinates, at most 3000."""

    values: list[Number] | None = None
    """Exact real numbers: on the hypercube by Hamming distance 0..n; on a slice by half of it, 0..min(p, n-p); on
    cube01 by inner product 0..n."""

    formula: Text | None = None
    """Instead of values, such as "(1 + s)^2" or "t^d": s is the inner product, d the Hamming distance, n the dimension,
    on cube01 a and b the weights of both points; with exp, sqrt, asin, … on the hypercube and slices up to n = 24."""

    t: Number | list[Number] | None = None
    """Of a formula with t: its value, or the two ends of an interval for all of which the kernel is asked for."""

    p: Natural | None = None
    """Weight of the slice, at most n."""


def answer(given: Kernel) -> Answer:
    """Compute the exact eigenvalues, or for inner products the coefficients of a congruence.

    Raises
    ------
    InputError
        If there is no such domain, or a weight is given where none belongs or is missing.
    """
    one_of("domain", given.domain, DOMAINS)
    if (given.p is None) == (given.domain == "slice"):
        allowed = "the weight of the slice" if given.p is None else 'left out, except with "slice"'
        raise InputError("p", given.p, allowed)

    from algebra.kernels import inertia_certificate

    found = _spectrum(given)
    files: dict[str, Writer] = {}
    if given.values is not None:
        made = partial(inertia_certificate, given.domain, given.n, given.p, given.values)
        files["certificate"] = lambda path: made().write(path)
    return Answer(_label(given), _fields(found), found.rank, files=files)


def _spectrum(given: Kernel) -> KernelSpectrum:
    from algebra.kernels import Scheme, formula_spectrum, inner_product_spectrum, kernel_spectrum
    from algebra.kernels.formulas import symbol

    if given.values is None:
        if given.formula is None:
            raise InputError("values", None, "given, or a formula instead")
        t = None if given.t is None else symbol("t", given.t)
        return formula_spectrum(given.domain, given.n, given.formula, given.p, t)
    if given.formula is not None or given.t is not None:
        extra = "t" if given.formula is None else "formula"
        raise InputError(extra, getattr(given, extra), "left out beside values")
    if given.domain == "cube01":
        return inner_product_spectrum(given.n, given.values)
    return kernel_spectrum(Scheme(given.n, given.p), given.values)


def _label(given: Kernel) -> str:
    """Name the kernel by its exact values, or by its formula and t as they are written."""
    from algebra.evidence.checker.labels import spectrum_label
    from algebra.exact.numbers import long_number, number_text

    told = [f"{given.formula} {given.t}"]
    if given.values is not None:
        told = [number_text(long_number("values", value)) for value in given.values]
    return spectrum_label(given.domain, given.n, given.p, told)


def _fields(found: KernelSpectrum) -> Result:
    from algebra.exact.numbers import number_text

    level, t = found.negative_at or (None, None)
    return {
        "eigenvalues": None if found.eigenvalues is None else list(found.eigenvalues),
        "differences": None if found.differences is None else list(found.differences),
        "multiplicities": list(found.multiplicities),
        "rank": found.rank.value,
        "positive": found.positive,
        "negative": found.negative,
        "psd": found.is_psd,
        "negative_level": level,
        "negative_t": None if t is None else number_text(t),
        "psd_on": None if found.psd_on is None else [list(ends) for ends in found.psd_on],
    }


def report(result: Result) -> str:
    """Everything that is known of one kernel, for people."""
    of_level = "eigenvalue" if result["eigenvalues"] else "coefficient" if result["differences"] else "block"
    numbers = result["eigenvalues"] or result["differences"] or [""] * len(result["multiplicities"])
    levels = list(enumerate(zip(numbers, result["multiplicities"], strict=True)))
    rows = [("level", of_level, "multiplicity")]
    rows += [(str(j), x, str(m)) for j, (x, m) in levels[:MOST_SHOWN]]
    more = f"\n… {len(levels) - MOST_SHOWN} more levels" if len(levels) > MOST_SHOWN else ""
    if result["positive"] is None:
        inertia = "inertia open, or depending on t"
    else:
        inertia = f"{number(result['positive'])} positive, {number(result['negative'])} negative eigenvalues"
    if result["negative_level"] is not None:
        at = "" if result["negative_t"] is None else f" at t = {result['negative_t']}"
        inertia += f"; negative on level {result['negative_level']}{at}"
    if result["psd_on"] is not None and not result["psd"]:
        intervals = ", ".join(f"[{low}, {high}]" if low != high else low for low, high in result["psd_on"])
        inertia += f"; positive semidefinite for t in {intervals or 'no part of the interval'}"
    head = f"{result['label']}  rank {strong(bounds_text(result))}, {strong(_psd(result))}"
    return f"{head}\n\n{aligned(rows, right=(1, 2))}{more}\n\n{inertia}, {result['seconds']} s"


def line(result: Result) -> str:
    """Say in one line the rank, and whether the kernel is positive semidefinite."""
    return f"{result['label']}  {bounds_text(result)}, {_psd(result)}"


def _psd(result: Result) -> str:
    said = {True: "positive semidefinite", False: "not positive semidefinite", None: "semidefiniteness open"}
    return said[result["psd"]]


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
        Field(
            "rank",
            "integer",
            "rank of the Gram matrix of all points, for all but finitely many t; null if open",
        ),
        Field(
            "positive",
            "integer",
            "number of positive eigenvalues, with multiplicity; null if open, or if t has an interval",
        ),
        Field("negative", "integer", "number of negative eigenvalues, likewise"),
        Field("psd", "boolean", "whether the kernel is positive semidefinite; null where a sign is open"),
        Field("negative_level", "integer", "the first level, or block, with a negative eigenvalue; else null"),
        Field("negative_t", "text", "with an interval: a t where it is negative; else null"),
        Field("psd_on", "list", "with an interval: the closed intervals of t on which it is positive semidefinite"),
    ),
    headline="rank",
    example={"domain": "slice", "n": 6, "p": 3, "values": [16, 9, 4, 1]},
    options=(CERTIFICATE,),
    needs=("algebra.kernels.spectrum",),
    usage=(
        "rankcert kernel spectrum kernel.json --certificate proof.json",
        "rankcert kernel spectrum kernels.jsonl --json",
    ),
    report=report,
    line=line,
)
