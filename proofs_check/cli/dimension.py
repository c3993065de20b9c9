"""`rankcert dimension`: bounds of one architecture, or of each in a file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from proofs_check.cli.files import Answers, answer_file, finish, seed_of
from proofs_check.cli.options import Biases, CertificateFile, ErrorBound, Json, Seed
from proofs_check.cli.output import aligned, bound_rows, number, run_notes, strong
from proofs_check.cli.written import check_certificate, write_certificate

Words = Annotated[
    list[str],
    typer.Argument(
        metavar="WIDTHS…|FILE", show_default=False, help="Widths from input to output, or a .json or .jsonl file."
    ),
]
Degree = Annotated[str | None, typer.Option("--degree", metavar="R", help="Activation degree of every hidden layer.")]
Degrees = Annotated[
    str | None, typer.Option("--degrees", metavar="R,R…", help="One activation degree per hidden layer.")
]


def dimension(
    words: Words,
    degree: Degree = None,
    degrees: Degrees = None,
    biases: Biases = False,
    error: ErrorBound = None,
    seed: Seed = 0,
    certificate: CertificateFile = None,
    as_json: Json = False,
) -> None:
    """Dimension of a polynomial network's variety, with evidence for both bounds.

    Examples
    --------
      rankcert dimension 2 3 2 1 --degree 2

      rankcert dimension 2 4 3 1 --degrees 2,3 --error 2^-100

      rankcert dimension networks.jsonl --json
    """
    from proofs_check.cli.networks import log2_error_of

    log2_error = log2_error_of(error)
    path = file_of(words)
    check_certificate(certificate, path)
    if path is None:
        given = described(words, degree, degrees, biases)
        answers: Answers = [measure(given, seed, log2_error, certificate)], True
    else:
        _check_unused({"degree": degree, "degrees": degrees, "biases": biases})
        answers = answer_file(path, lambda given: measure(given, seed, log2_error, certificate))
    finish("dimension", answers, as_json, report, one_line)


def file_of(words: list[str]) -> Path | None:
    """Return the file if the only word is no integer, else None."""
    return Path(words[0]) if len(words) == 1 and not words[0].lstrip("+-").isdigit() else None


def _check_unused(options: dict[str, Any]) -> None:
    from algebra import InputError

    for name, value in options.items():
        if value:
            raise InputError(f"--{name}", value, "left out when a file describes the network")


def described(words: list[str], degree: str | None, degrees: str | None, biases: bool) -> dict[str, Any]:
    """Return the object that a file would hold for these words."""
    from proofs_check.cli.networks import integer, integers

    given: dict[str, Any] = {"widths": integers("widths", words), "biases": biases}
    if degree is not None:
        given["degree"] = integer("degree", degree, "an integer of at least 1")
    if degrees is not None:
        given["degrees"] = integers("degrees", degrees)
    return given


def measure(
    given: dict[str, Any], seed: int, log2_error: float | None, certificate: Path | None = None
) -> dict[str, Any]:
    """Bound the dimension of the network that an object describes."""
    from proofs_check.cli.networks import network_of
    from proofs_check.results import dimension_result

    network = network_of(given)
    start = time.perf_counter()
    bounds = network.dimension(seed=seed_of(given, seed), log2_error=log2_error)
    seconds = time.perf_counter() - start
    return dimension_result(network, bounds, seconds, write_certificate(bounds, certificate))


def one_line(result: dict[str, Any]) -> str:
    """One line of a batch: label and dimension."""
    from proofs_check.results import known

    return f"{result['label']}  {known(result)}"


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one network, for people."""
    from proofs_check.results import known

    words: dict[bool | None, tuple[str, str]] = {
        True: ("reached", "filling"),
        False: ("not reached", "not filling"),
        None: ("", ""),
    }
    rows = [
        *bound_rows(result),
        ("naive dimension", number(result["naive_dimension"]), words[result["reaches_naive"]][0]),
        ("expected dimension", number(result["expected_dimension"]), words[result["reaches_expected"]][0]),
        ("ambient dimension", number(result["ambient_dimension"]), words[result["filling"]][1]),
        ("defect", number(result["defect"]), ""),
        ("fibre dimension", number(result["fibre_dimension"]), ""),
    ]
    return f"{result['label']}  dimension {strong(str(known(result)))}\n\n{aligned(rows)}\n\n{run_notes(result)}"
