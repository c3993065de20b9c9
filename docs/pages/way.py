"""One number's way from the command to the certificate, recorded while the command runs.

    python -m docs.pages.way

prints the functions of our packages in the order in which they are first called, as JSON. A process of its own records
them: what another command has imported or remembered would be missing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("algebra", "tensors", "proofs_check", "rankcert")
COMMAND = ["dimension", "2", "3", "2", "1", "--degree", "2", "--certificate"]

# One number's way: the function, and what happens there.
WAY = (
    ("proofs_check.cli", "main", "the command begins"),
    ("proofs_check.registry", "question", "the registry finds the question by the command's name"),
    ("proofs_check.cli.questions", "question_command", "the question becomes a command with its options"),
    ("proofs_check.question", "Question.reply", "the words have become a typed object, and the question is put"),
    ("proofs_check.questions.dimension", "answer", "the question's own module answers it"),
    ("algebra.polynomial.network", "PolynomialNetwork.dimension", "the facade of the room, which users call too"),
    ("algebra.evidence.generic_rank", "bound_generic_rank", "the one mechanism that bounds ranks from both sides"),
    ("algebra.polynomial.dimension", "DimensionQuestion.arguments", "the room's arguments, the cheap ones first"),
    ("algebra.rank.modular_rank", "rank_of_array", "a rank modulo a prime bounds the dimension from below"),
    ("proofs_check.question", "Answer.of_bounds", "bounds that meet have become an answer, graded as proved"),
    ("algebra.evidence.bounds", "Bounds.certificate", "what proves them is collected"),
    ("algebra.evidence.certificate", "Certificate.write", "and written to a file"),
    ("proofs_check.cli.output", "show", "the answer is printed"),
    ("algebra.evidence.checker.claims", "check", "the checker recomputes all of it, with the standard library alone"),
)


def recorded() -> list[str]:
    """Run the command and the checker here, and return the functions that were called, in the order of first calls."""
    from algebra.evidence.checker import check
    from proofs_check.cli import main

    called: dict[str, None] = {}

    def record(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            module = frame.f_globals.get("__name__", "")
            if module.partition(".")[0] in PACKAGES:
                called.setdefault(f"{module}:{frame.f_code.co_qualname}")

    with TemporaryDirectory() as folder:
        certificate = Path(folder) / "certificate.json"
        sys.argv = ["rankcert", *COMMAND, str(certificate)]
        sys.setprofile(record)
        try:
            with redirect_stdout(StringIO()):
                main()
        except SystemExit as end:
            if end.code:
                raise RuntimeError(f"rankcert ended with {end.code}") from end
        check(certificate.read_text(encoding="utf-8"))
        sys.setprofile(None)
    return list(called)


def stations() -> Iterator[tuple[str, str, str]]:
    """Yield module, function and sentence of each station, in the order in which the number comes by.

    Raises
    ------
    LookupError
        If it does not come by at one of them, or not in this order.
    """
    run = [sys.executable, "-m", "docs.pages.way"]
    printed = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    order = {name: place for place, name in enumerate(json.loads(printed))}
    last = -1
    for module, function, says in WAY:
        place = order.get(f"{module}:{function}")
        if place is None or place < last:
            raise LookupError(f"the number does not come by at {module}.{function} after the stations before it")
        last = place
        yield module, function, says


if __name__ == "__main__":
    print(json.dumps(recorded()))
