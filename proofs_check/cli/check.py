"""`rankcert check`: certificates re-checked by the independent checker."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import rich_click as click

from proofs_check.cli.build import command
from proofs_check.cli.failures import BAD_INPUT, error_fields
from proofs_check.cli.output import remark, show
from proofs_check.option import JSON, Option, words_option
from proofs_check.show.text import strong
from proofs_check.words import path

PATIENT = Option("patient", "Take an hour and 8 GB where needed, instead of ten seconds and 400 MB.", default=False)
CERTIFICATES = words_option(
    "certificates", "Files that --certificate wrote.", path, metavar="CERTIFICATE…", is_needed=True
)


def check_command() -> click.Command:
    """Return `rankcert check`."""
    return command(
        "check",
        check,
        [CERTIFICATES, PATIENT, JSON],
        "Check certificates anew, trusting nothing in them that can be computed again.",
        "Exit status: 0 all valid, 1 some refused, 2 some not readable.",
        ("rankcert check dimension.json",),
    )


def check(certificates: tuple[Path, ...], patient: bool, as_json: bool) -> None:
    """Check each certificate, and end the command."""
    results = [examine(path, patient) for path in certificates]
    show("check", results, as_json, report)
    for result in results:
        if "error" in result and not as_json:
            remark(result["error"]["message"])
    if any("error" in result for result in results):
        sys.exit(BAD_INPUT)
    sys.exit(0 if all(result["valid"] for result in results) else 1)


def examine(path: Path, patient: bool = False) -> dict[str, Any]:
    """Check one certificate; an unreadable one gives an ``error``."""
    from algebra import InputError
    from algebra.evidence.checker import check_file

    try:
        verdict = check_file(path, patient)
    except OSError as error:
        found = InputError("CERTIFICATE", str(path), f"a file that can be read ({error.strerror})")
        return {"certificate": str(path), "error": error_fields(found)}
    except ValueError:
        found = InputError("CERTIFICATE", str(path), "a rankcert certificate (JSON)")
        return {"certificate": str(path), "error": error_fields(found)}
    return {
        "certificate": str(path),
        "valid": verdict.valid,
        "grade": "proved" if verdict.valid else "inconclusive",
        "statement": verdict.statement,
        "reasons": list(verdict.reasons),
    }


def report(result: dict[str, Any]) -> str:
    """Write a verdict for people."""
    if "error" in result:
        return f"{result['certificate']}: {strong('not readable')}"
    if result["valid"]:
        return f"{result['certificate']}: {strong('valid')}, {result['statement']}"
    return f"{result['certificate']}: {strong('REFUSED')}\n" + "\n".join(f"  {reason}" for reason in result["reasons"])
