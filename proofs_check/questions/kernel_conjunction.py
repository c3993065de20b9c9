"""The least norm that a conjunction of literals needs of the best Euclidean kernel, enclosed, with what proves it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from proofs_check.option import CERTIFICATE
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Natural, Number, Positive, Text, file_format
from proofs_check.show.text import aligned, strong

TO_FILE = replace(CERTIFICATE, name="certificate_file", spelled=("--certificate",))  # the answer holds it, too
PROVED_BY = {"concave-maximum": "Cauchy and Schwarz", "multipliers": "a rational dual solution"}
MOST_SHOWN = 12  # squares in a report for people


@file_format
class Conjunction:
    """A conjunction of k literals, and how well it is to be represented."""

    domain: Text
    """"hypercube": {-1,1}^n; "slice": the 0/1 vectors of weight p; "cube01": {0,1}^n, without negations."""

    n: Positive
    """Number of coordinates, at most 3000."""

    k: Positive
    """Number of literals, at most n, on a slice at most p."""

    p: Natural | None = None
    """Weight of the slice."""

    mode: Text = "exact"
    """"exact": values 0 and 1; "margin": at least 1 where it is true, at most -1 elsewhere; "approximate": up to
    epsilon the values 0 and 1."""

    epsilon: Number | None = None
    """For "approximate", from 0 to below 1/2."""


def answer(given: Conjunction) -> Answer:
    """Enclose the least norm."""
    from algebra.exact.numbers import number_text
    from algebra.kernels import conjunction_norm

    found = conjunction_norm(cast(Any, given.domain), given.n, given.k, given.p, cast(Any, given.mode), given.epsilon)
    certificate = found.certificate()
    squares = None if found.squares is None else [number_text(x) for x in found.squares]
    fields = {
        "domain": given.domain,
        "n": given.n,
        "k": given.k,
        "p": given.p,
        "mode": given.mode,
        "epsilon": None if found.epsilon is None else number_text(found.epsilon),
        "squared_terms": squares,
        "norm": {"lower": found.lower, "upper": found.upper},
        "grade": "proved",
        "certificate": certificate.document,
    }
    return Answer(found.label, fields, files={TO_FILE.name: certificate.write})


def report(result: Result) -> str:
    """Everything that is known of one norm, for people."""
    norm, squares = result["norm"], result["squared_terms"]
    rows = [("at least", norm["lower"], ""), ("at most", norm["upper"], "")]
    rows += [("proved by", PROVED_BY[result["certificate"]["lower"]["rule"]], "")]
    if squares:
        more = ", …" if len(squares) > MOST_SHOWN else ""
        rows += [("sum of the roots of", ", ".join(squares[:MOST_SHOWN]) + more, "")]
    head = f"{result['label']}  least norm {strong(_shown(norm))}"
    return f"{head}\n\n{aligned(rows, right=())}\n\n{result['grade']}, {result['seconds']} s"


def _shown(norm: dict[str, str]) -> str:
    """Print the digits that both ends share, or both ends."""
    lower, upper = (f"{float(norm[end]):.6g}" for end in ("lower", "upper"))
    return lower if lower == upper else f"{norm['lower']} .. {norm['upper']}"


def line(result: Result) -> str:
    """Say in one line between which numbers the norm lies."""
    return f"{result['label']}  {result['norm']['lower']} .. {result['norm']['upper']}"


QUESTION = Question(
    name="kernel conjunction",
    says="Least norm of a conjunction over all Euclidean kernels, enclosed: exactly, with a margin, or approximately.",
    about="Kernels have k(x, x) <= 1. A lower bound holds for every kernel, Euclidean or not, that serves all "
    "conjunctions of this size. Both sides are proved: by a closed form or a point of a concave maximum, and with "
    "limits by a rational predictor and rational multipliers. `rankcert check` reads the certificate.",
    given=Conjunction,
    answer=answer,
    fields=(
        Field("domain", "text", "where the function lives"),
        Field("n", "integer", "number of coordinates"),
        Field("k", "integer", "number of literals"),
        Field("p", "integer", "weight of the slice; else null"),
        Field("mode", "text", "exact, margin or approximate"),
        Field("epsilon", "text", "what an approximation may be off; else null"),
        Field("squared_terms", "list", "where a closed form is known: the norm is the sum of their roots; else null"),
        Field("norm", "object", "lower and upper: decimals that enclose the least norm"),
        Field("grade", "text", "proved"),
        Field("certificate", "object", "what proves both sides, as `rankcert check` reads it"),
    ),
    example={"domain": "hypercube", "n": 9, "k": 3, "mode": "margin"},
    options=(TO_FILE,),
    needs=("algebra.kernels.conjunctions", "scipy.optimize"),
    usage=(
        "rankcert kernel conjunction conjunction.json --certificate proof.json",
        "rankcert kernel conjunction sizes.jsonl --json",
    ),
    report=report,
    line=line,
)
