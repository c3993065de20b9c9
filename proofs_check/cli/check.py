"""`rankcert check`: certificates re-checked by the independent checker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from proofs_check.cli.failures import BAD_INPUT, error_fields
from proofs_check.cli.options import Json
from proofs_check.cli.output import remark, show, strong


def check(
    certificates: Annotated[
        list[Path], typer.Argument(metavar="CERTIFICATE…", show_default=False, help="Files that --certificate wrote.")
    ],
    as_json: Json = False,
) -> None:
    """Check certificates anew, trusting nothing in them that can be computed again.

    Exit status: 0 all valid, 1 some refused, 2 some not readable.

    Examples
    --------
      rankcert check dimension.json
    """
    results = [examine(path) for path in certificates]
    show("check", results, as_json, report)
    for result in results:
        if "error" in result and not as_json:
            remark(result["error"]["message"])
    if any("error" in result for result in results):
        raise typer.Exit(BAD_INPUT)
    raise typer.Exit(0 if all(result["valid"] for result in results) else 1)


def examine(path: Path) -> dict[str, Any]:
    """Check one certificate; an unreadable one gives an ``error``."""
    from algebra import InputError
    from algebra.evidence.certificate import Certificate

    try:
        certificate = Certificate.read(path)
    except OSError as error:
        found = InputError("CERTIFICATE", str(path), f"a file that can be read ({error.strerror})")
        return {"certificate": str(path), "error": error_fields(found)}
    except InputError:
        found = InputError("CERTIFICATE", str(path), "a rankcert certificate (JSON)")
        return {"certificate": str(path), "error": error_fields(found)}
    verdict = certificate.check()
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
