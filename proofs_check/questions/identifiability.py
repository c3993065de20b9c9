"""Identifiability: whether a general function of a network has finitely many weights, or one, up to symmetry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs_check.option import BIASES, CERTIFICATE, SEED
from proofs_check.question import Answer, Field, Question, Result, Words
from proofs_check.questions.dimension import ARCHITECTURE_FIELDS, DEGREE, DEGREES, Network, described, network_of
from proofs_check.results import architecture_fields
from proofs_check.show.text import aligned, strong

if TYPE_CHECKING:
    from algebra.polynomial.identifiability import Identifiability

WORDS = {
    True: "globally identifiable",
    False: "not finitely identifiable",
    None: "finitely identifiable; whether globally is open",
}


def answer(given: Network, seed: int) -> Answer:
    """Decide both, and say what decides them."""
    from algebra.polynomial.identifiability import identifiability

    network = network_of(given)
    found = identifiability(network, seed=seed)
    files = {} if found.contact is None else {"certificate": lambda path: found.certificate().write(path)}
    return Answer(
        network.label, {**architecture_fields(network), **identifiability_fields(found)}, seed=seed, files=files
    )


def identifiability_fields(found: Identifiability) -> Result:
    """Return what was decided, and by what, as plain JSON values."""
    return {
        "finitely": found.finitely,
        "finitely_by": found.decided_by,
        "theorem": found.theorem,
        "grade": found.grade.value,
        "globally": found.globally,
        "globally_by": found.globally_by,
        "undecided": found.undecided,
    }


def _value(result: Result) -> str:
    if result["finitely"] is None:
        return "not decided"
    return f"{WORDS[result['globally']]} ({result['grade']})"


def report(result: Result) -> str:
    """Write what was decided for people."""
    rows = [("finitely", result["finitely_by"], result["theorem"])]
    rows += [("globally", result["globally_by"] or "open", result["undecided"])]
    return f"{result['label']}  {strong(_value(result))}\n\n{aligned(rows, right=())}"


QUESTION = Question(
    name="identifiability",
    says="Whether a general function of a network determines its weights, up to scalings and permutations of neurons.",
    about="Finitely: up to finitely many choices. Globally: up to the scalings and permutations alone. For one hidden "
    "layer the tangential contact locus decides the latter, where hyperplanes that contain the tangent spaces are "
    "left: with a certificate. Where it decides nothing, `undecided` says why.",
    given=Network,
    answer=answer,
    fields=(
        *ARCHITECTURE_FIELDS,
        Field("finitely", "boolean", "whether the general fibre is finite up to scalings; null where that is open"),
        Field("finitely_by", "text", "the theorem, the bound or the rank that decides it"),
        Field("theorem", "text", "source of the theorem; empty for a rank or a bound"),
        Field("grade", "text", "how far `finitely` is proved"),
        Field("globally", "boolean", "whether the general fibre is one orbit; null where that is open"),
        Field("globally_by", "text", "the theorem that decides it, or what decides that the fibre is not even finite"),
        Field("undecided", "text", "why `globally` is null"),
    ),
    example={"widths": [3, 8, 1], "degree": 6},
    options=(SEED, CERTIFICATE),
    usage=(
        "rankcert identifiability 3 8 1 --degree 6 --certificate FILE",
        "rankcert identifiability networks.jsonl --json",
    ),
    words=Words("WIDTHS", "Widths from input to output", described, (DEGREE, DEGREES, BIASES)),
    report=report,
    line=lambda result: f"{result['label']}  {_value(result)}",
)
