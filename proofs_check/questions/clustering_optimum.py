"""The least value of a self-expressive model over all embeddings: a degenerate optimum, with what proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from proofs_check.option import CERTIFICATE
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Number, Positive, Text, file_format
from proofs_check.show.text import aligned, plain_matrix, run_notes, strong

if TYPE_CHECKING:
    from tensors.clustering import DegenerateOptimum

MOST_SHOWN = 12  # points of an optimum in an answer; certificates hold more
MOST_WRITTEN = 40  # signs of a number in a report for people


@file_format
class Model:
    """What is minimised over all embeddings Z and coefficients C: |Z - Z C|^2 / 2 + lam theta(C)."""

    normalisation: Text
    """"frobenius": |Z|_F^2 = tau; "rows": each of the d rows has the squared norm tau/d; "whitened": Z Z^T = (tau/d) I;
    "instance": every point has norm 1; "none"."""

    regulariser: Text
    """"l1": the sum of |c_ij|; "square": |C|_F^2 / 2; "nuclear": the sum of the singular values."""

    N: Positive
    """Number of points, the columns of Z."""

    lam: Number
    """Weight of the regulariser, positive."""

    diagonal: Text = "zero"
    """"zero": no point expresses itself; "free"."""

    tau: Number | None = None
    """Squared norm of Z; needed with "frobenius", "rows" and "whitened", of no meaning with the others."""

    d: Positive = 2
    """Number of rows of Z; the least value depends on it with "whitened" only."""


def answer(given: Model) -> Answer:
    """Write the optimum down, and what proves it."""
    from algebra.exact.numbers import number_text
    from tensors.clustering import SelfExpressiveModel, degenerate_optimum

    kinds = cast(Any, given)
    model = SelfExpressiveModel(
        kinds.normalisation, kinds.regulariser, given.N, kinds.lam, kinds.tau, kinds.diagonal, given.d
    )
    found = degenerate_optimum(model)
    fields = {
        **{name: value for name, value in model.to_json().items() if name != "d"},
        "optimum": number_text(found.value),
        "attained_by": found.attained_by,
        "kind": found.kind,
        "only": found.is_only,
        "zero_from": None if found.threshold is None else number_text(found.threshold),
        "multiplier": number_text(found.multiplier),
        **_point(found),
        "grade": "proved",
    }
    return Answer(model.label, fields, files={"certificate": lambda path: found.certificate().write(path)})


def _point(found: DegenerateOptimum) -> Result:
    """Write Z and C down, if there are few points."""
    if max(found.model.N, found.model.d) > MOST_SHOWN:
        return {"squared_scale": None, "Z": None, "C": None}
    point = found.point().to_json(found.model.regulariser)
    return {name: point[name] for name in ("squared_scale", "Z", "C")}


def report(result: Result) -> str:
    """Everything that is known of one optimum, for people."""
    others = {True: "nothing else attains it", None: "others may attain it"}
    rows = [("attained by", result["attained_by"]), ("", others[result["only"]])]
    if result["zero_from"] is not None:
        rows.append(("C = 0 from", f"lam = {_short(result['zero_from'])}"))
    rows.append(("multiplier", _short(result["multiplier"])))
    if result["Z"] is not None:
        scale = "" if result["squared_scale"] == "1" else f"sqrt({_short(result['squared_scale'])}) "
        rows += [("Z", f"{scale}{plain_matrix(result['Z'])}"), ("C", plain_matrix(result["C"]))]
    head = f"{result['label']}  least value {strong(_short(result['optimum']))} ({result['grade']})"
    return f"{head}\n\n{aligned(rows, right=())}\n\n{run_notes(result)}"


def _short(number: str) -> str:
    from fractions import Fraction

    from proofs_check.show.text import decimal

    return number if len(number) <= MOST_WRITTEN else f"about {decimal(Fraction(number))}"


def line(result: Result) -> str:
    """Say in one line the value, and what attains it."""
    return f"{result['label']}  {_short(result['optimum'])}: {result['attained_by']}"


QUESTION = Question(
    name="clustering optimum",
    says="Least value of a self-expressive clustering model over all embeddings and coefficients, and what attains it.",
    about="The optimum depends on neither the data nor the number of clusters. It is proved from both sides: by a "
    "point that attains it, and by a multiplier; a certificate holds both, for up to 100 points. With the "
    'normalisation "none" it is an infimum; with "whitened" only a free diagonal without "l1" is solved.',
    given=Model,
    answer=answer,
    fields=(
        Field("normalisation", "text", "of the embedding"),
        Field("regulariser", "text", "of the coefficients"),
        Field("diagonal", "text", "of the coefficients"),
        Field("N", "integer", "number of points"),
        Field("tau", "text", "squared norm of the embedding; null where the normalisation has none"),
        Field("lam", "text", "weight of the regulariser"),
        Field("optimum", "text", "the least value, exact; with none the infimum"),
        Field("attained_by", "text", "what attains it, in words"),
        Field("kind", "text", "the same in a word"),
        Field("only", "boolean", "true: nothing else attains it; null: that is not known"),
        Field("zero_from", "text", "from this lam on C = 0 is optimal; null if it never is"),
        Field("multiplier", "text", "the dual solution that proves that nothing is below"),
        Field("squared_scale", "text", "of the embedding: Z is the root of it times the matrix; null beside null"),
        Field("Z", "list", "an embedding that attains it, up to the scale; null for many points"),
        Field("C", "list", "its coefficients; null for many points"),
        Field("grade", "text", "proved"),
    ),
    example={"normalisation": "frobenius", "regulariser": "l1", "diagonal": "zero", "N": 5, "tau": "30", "lam": "1/14"},
    options=(CERTIFICATE,),
    needs=("tensors.clustering.optimum",),
    usage=("rankcert clustering optimum model.json", "rankcert clustering optimum models.jsonl --json"),
    report=report,
    line=line,
)
