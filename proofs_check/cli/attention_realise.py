"""`rankcert attention realise`: inputs for which attention with fixed weights shows a given sparse matrix."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from algebra.errors import check_keys
from proofs_check.cli.files import answer_file, finish, seed_of
from proofs_check.cli.options import File, Json, Seed
from proofs_check.cli.output import aligned, number, run_notes, strong

if TYPE_CHECKING:
    from tensors.attention.realisation import Realised, SparseTarget

KEYS = ("matrix", "supports", "weights", "epsilon", "method", "margin", "dimension", "most_range", "seed")
CONDITIONS = ("zeros", "ratios", "uniform")


def realise(
    file: File,
    tokens: Annotated[bool, typer.Option("--tokens", help="Print the tokens: L lists, query then key.")] = False,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Realise a sparse attention matrix (rows are queries) to given precisions, in as few dimensions as can be.

    A file holds {"supports": [[1], [0]], "epsilon": ["1/100", "1/10", null], "method": "auto"}: for each query the
    keys with a nonzero entry, with "weights" in the same places if they differ; or the whole "matrix". The precisions
    bound, inside a row, zero over nonzero entries, the error of nonzero over nonzero, and that of zero over zero.

    Examples
    --------
      rankcert attention realise matrix.json

      rankcert attention realise matrix.json --tokens --json
    """
    answers = answer_file(file, lambda given: measure(given, seed, tokens))
    finish("attention realise", answers, as_json, report, one_line, lambda result: bool(result["verified"]))


def target_of(given: dict[str, Any]) -> SparseTarget:
    """Read the matrix that an object describes.

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> target_of({"supports": [[1], [0]], "epsilon": [1, 1]}).k
    1
    """
    from algebra import InputError
    from tensors.attention.realisation import SparseTarget

    check_keys(given, KEYS, required=["epsilon"])
    forms = [form for form in ("matrix", "supports") if given.get(form) is not None]
    if len(forms) != 1:
        raise InputError("matrix or supports", forms, "given, exactly one of them")
    if forms == ["matrix"]:
        if given.get("weights") is not None:
            raise InputError("weights", given["weights"], "left out with a matrix")
        return SparseTarget.from_matrix(given["matrix"])
    return SparseTarget.from_supports(given["supports"], given.get("weights"))


def realised_of(given: dict[str, Any], seed: int = 0) -> Realised:
    """Realise the matrix that an object describes, to its precisions and by its method.

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> realised_of({"supports": [[1], [2], [0]], "epsilon": ["1/9", "1/9"]}).verified
    True
    """
    from tensors.attention.realisation import realise as construct

    target = target_of(given)
    names = ("margin", "dimension", "most_range")
    options = {name: given[name] for name in names if given.get(name) is not None}
    method = given.get("method")
    return construct(target, given["epsilon"], "auto" if method is None else method, seed=seed, **options)


def measure(given: dict[str, Any], seed: int = 0, tokens: bool = False) -> dict[str, Any]:
    """Realise the matrix that an object describes."""
    seed = seed_of(given, seed)
    start = time.perf_counter()
    found = realised_of(given, seed)
    result = fields(found)
    if tokens and found.realisation is not None:
        result["tokens"] = [[str(value) for value in token] for token in found.realisation.tokens()]
    return {**result, "seed": seed, "seconds": round(time.perf_counter() - start, 6)}


def fields(found: Realised) -> dict[str, Any]:
    """Return an outcome as plain JSON values."""
    from proofs_check.results import bounds_fields
    from tensors.attention.realisation import projection_bound, universal_keys_dimension

    target, made, checked = found.target, found.realisation, found.verification
    wanted = (found.precision.zeros, found.precision.ratios, found.precision.uniform)
    return {
        "label": _label(target),
        **bounds_fields(found.bounds),
        "length": target.length,
        "k": target.k,
        "epsilon": [None if value is None else str(value) for value in wanted],
        "dimension": None if made is None else made.dimension,
        "method": None if made is None else made.method,
        "verified": found.verified,
        "met": None if checked is None else [checked.zeros_met, checked.ratios_met, checked.uniform_met],
        "reached": None if checked is None else checked.reached(),
        "gap": None if checked is None or checked.gap is None else str(checked.gap),
        "logit_range": None if checked is None else _decimals(checked.logit_range),
        "facts": None if made is None else made.facts,
        "trivial_dimension": target.length - 1,
        "universal_keys_dimension": universal_keys_dimension(target.length, target.k),
        "projection_bound": projection_bound(target, found.precision),
        "tried": list(found.tried),
    }


def _label(target: SparseTarget) -> str:
    from hashlib import sha256

    digest = sha256(repr((target.supports, target.weights)).encode()).hexdigest()[:12]
    return f"attention-matrix:L{target.length}:k{target.k}:{digest}"


def _decimals(value: Any) -> dict[str, str]:
    from algebra.exact.balls import ball, decimals

    return decimals(ball(value))


def one_line(result: dict[str, Any]) -> str:
    """One line of a batch: label, dimension and whether it was verified."""
    return f"{result['label']}  {_outcome(result)}"


def _outcome(result: dict[str, Any]) -> str:
    if result["dimension"] is None:
        return "out of reach of this method"
    state = "verified" if result["verified"] else "NOT to the precision asked for"
    return f"dimension {result['dimension']} by {result['method']}, {state}"


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one realisation, for people."""
    rows = [
        ("least dimension", f"{result['lower']}..{result['upper']}", result["lower_by"]),
        ("trivial", number(result["trivial_dimension"]), "L - 1, always enough"),
        ("universal keys", number(result["universal_keys_dimension"]), "min(2k, L - 1), if zeros need not be uniform"),
        ("random projection", number(result["projection_bound"]), "the O(log L) bound with its constants"),
    ]
    reached = result["reached"] or {}
    for name, asked in zip(CONDITIONS, result["epsilon"], strict=True):
        if reached.get(name) is not None:
            rows.append((f"{name} reached", reached[name]["upper"], f"asked: {'nothing' if asked is None else asked}"))
    if result["logit_range"] is not None:
        rows.append(("logits within", result["logit_range"]["upper"], "largest minus smallest in a row"))
    notes = f"  tried: {'; '.join(result['tried'])}\n{run_notes(result)}"
    return f"{result['label']}  {strong(_outcome(result))}\n\n{aligned(rows)}\n\n{notes}"
