"""`rankcert dimension`: bounds of one architecture, or of each in a file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from proofs_check.cli.output import aligned, number, show, strong

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
Biases = Annotated[bool, typer.Option("--biases", help="Every layer adds a bias.")]
ErrorBound = Annotated[
    str | None,
    typer.Option(
        "--error",
        metavar="P",
        help="Where the bounds leave a gap: repeat until the error probability is at most P, e.g. 2^-100.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of every random choice.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
CertificateFile = Annotated[
    Path | None, typer.Option("--certificate", metavar="FILE", help="Write what an independent checker needs.")
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
    if path is None:
        given = described(words, degree, degrees, biases)
        results, good = [measure(given, seed, log2_error, certificate)], True
    else:
        results, good = _from_file(
            path, {"degree": degree, "degrees": degrees, "biases": biases}, seed, log2_error, certificate
        )
    text = report if len(results) == 1 and good else one_line
    show("dimension", results, as_json, text)
    raise typer.Exit(0 if good else 1)


def file_of(words: list[str]) -> Path | None:
    """Return the file if the only word is no integer, else None."""
    return Path(words[0]) if len(words) == 1 and not words[0].lstrip("+-").isdigit() else None


def _from_file(
    path: Path, options: dict[str, Any], seed: int, log2_error: float | None, certificate: Path | None
) -> tuple[list[dict[str, Any]], bool]:
    from algebra import InputError
    from proofs_check.cli.files import answer_file

    for name, value in options.items():
        if value:
            raise InputError(f"--{name}", value, "left out when a file describes the network")
    if certificate is not None and path.suffix.lower() == ".jsonl":
        raise InputError(
            "--certificate", str(certificate), "left out with a .jsonl file: ask for one certificate at a time"
        )
    return answer_file(path, lambda given: measure(given, seed, log2_error, certificate))


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
    if certificate is not None:
        _check_folder(certificate)
    start = time.perf_counter()
    bounds = network.dimension(seed=seed if given.get("seed") is None else given["seed"], log2_error=log2_error)
    seconds = time.perf_counter() - start
    if certificate is not None:
        bounds.certificate().write(certificate)
    return dimension_result(network, bounds, seconds, None if certificate is None else str(certificate))


def _check_folder(certificate: Path) -> None:
    import os

    from algebra import InputError

    if certificate.is_dir() or not os.access(certificate.parent, os.W_OK):
        raise InputError("--certificate", str(certificate), "a file in a folder that exists and can be written")


def one_line(result: dict[str, Any]) -> str:
    """One line of a batch: label and dimension, or what was wrong with the input."""
    from proofs_check.results import known

    if "error" in result:
        return f"line {result['line']}: {result['error']['message']}"
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
        ("lower bound", number(result["lower"]), result["lower_by"]),
        ("upper bound", number(result["upper"]), result["upper_by"]),
        ("naive dimension", number(result["naive_dimension"]), words[result["reaches_naive"]][0]),
        ("expected dimension", number(result["expected_dimension"]), words[result["reaches_expected"]][0]),
        ("ambient dimension", number(result["ambient_dimension"]), words[result["filling"]][1]),
        ("defect", number(result["defect"]), ""),
        ("fibre dimension", number(result["fibre_dimension"]), ""),
    ]
    notes = f"  seed {result['seed']}, {result['seconds']:.3g} s"
    if result["certificate"]:
        notes += f", certificate in {result['certificate']}"
    return f"{result['label']}  dimension {strong(str(known(result)))}\n\n{aligned(rows)}\n\n{notes}"
