"""Golden answers: what commands print and which files they write, kept byte for byte.

`cases.json` is the table: in each group a name, the command line, the input files, and where it is not 0 the exit
status. The answers lie in the folder of the group, under the same name:

* ``exact``: answers that are proved, or in which chance has no part. They change only if a bug is mended.
* ``probable``: answers whose grade is probable or inconclusive. They change with the default of ``log2_error``.
* ``refused``: bad input, its exit status 2 and the error as JSON.

Each case runs in an empty folder, so that file names in answers are relative. Only the version of rankcert, times and
dates are masked, and the digest of a certificate, which depends on the version; that it is right is checked instead.
Answers of floating point are left out: their last digits belong to the machine.

To write all goldens anew, each in a fresh process, and then to read what changed::

    RANKCERT_WRITE_GOLDEN=1 pytest tests/golden/test_golden.py -k answer
    git diff tests/golden

As a program, this module runs cases in the order given and prints those that differ from their goldens.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GROUPS: dict[str, dict[str, dict[str, Any]]] = json.loads((HERE / "cases.json").read_text(encoding="utf-8"))
CASES = {f"{group}/{name}": case for group, cases in GROUPS.items() for name, case in cases.items()}
NO_INPUT = ("before", "command", "text", "status", "written")

MASKED = [
    (re.compile(r'("(?:seconds|run_seconds)": )[0-9.e+-]+'), r"\1null"),
    (re.compile(r'("(?:version|rankcert|digest)": )"[^"]*"'), r'\1"…"'),
    (re.compile(r'("(?:started|ended)_at": )"[^"]*"'), r'\1"…"'),
    (re.compile(r"rankcert \d+\.\d+\.\d+\w*"), "rankcert …"),
    (re.compile(r"(computed in) [0-9.e+-]+ s"), r"\1 … s"),
]

Run = Callable[[list[str]], tuple[int, str, str]]  # command line -> exit status, stdout, stderr
Files = dict[str, str]  # file name in the folder of the group -> text


def run_here(words: list[str]) -> tuple[int, str, str]:
    """Run a command in this process."""
    from click.testing import CliRunner

    from proofs_check.cli.app import app

    result = CliRunner().invoke(app, words, catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def run_fresh(words: list[str]) -> tuple[int, str, str]:
    """Run a command in a process of its own."""
    code = "from proofs_check.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def answer(name: str, run: Run = run_here) -> Files:
    """Run a case in an empty folder, and return what is compared, masked."""
    case = CASES[name]
    stem = name.partition("/")[2]
    with _empty_folder() as folder:
        for file, content in case.items():
            if file not in NO_INPUT:
                (folder / file).write_text(_text(file, content), encoding="utf-8")
        for command in case.get("before", []):
            status, _, complaint = run([*command.split(), "--json"])
            assert status == 0, complaint
        words = case["command"].split()
        status, stdout, stderr = run(words if case.get("text") else [*words, "--json"])
        assert status == case.get("status", 0), f"{name}: exit status {status}\n{stdout}\n{stderr}"

        files = {f"{stem}.txt" if case.get("text") else f"{stem}.json": masked(stdout)}
        for path in sorted({path for pattern in _written(case) for path in folder.glob(pattern)}):
            text = path.read_text(encoding="utf-8")
            _check_digest(text)
            files[f"{stem}.{path.name}"] = masked(text)
    return files


def golden(name: str) -> Files:
    """Read the golden files of a case."""
    group, _, stem = name.partition("/")
    found = sorted((HERE / group).glob(f"{stem}.*"))
    return {path.name: path.read_text(encoding="utf-8") for path in found}


def write(name: str) -> None:
    """Write the golden files of a case, from fresh processes, in the place of the old ones."""
    folder = HERE / name.partition("/")[0]
    folder.mkdir(exist_ok=True)
    for old in golden(name):
        (folder / old).unlink()
    for file, text in answer(name, run_fresh).items():
        (folder / file).write_text(text, encoding="utf-8")


def masked(text: str) -> str:
    """Replace what may differ between two runs of the same program."""
    for pattern, instead in MASKED:
        text = pattern.sub(instead, text)
    return text


def _text(file: str, content: Any) -> str:
    if file.endswith(".jsonl"):
        return "".join(json.dumps(line) + "\n" for line in content)
    return json.dumps(content) if file.endswith(".json") else content


def _written(case: dict[str, Any]) -> list[str]:
    """Return the patterns of the files that a case writes and that are compared."""
    refused = case.get("status") == 2  # then nothing is written
    certificate = ["certificate.json"] if "--certificate certificate.json" in case["command"] and not refused else []
    return [*certificate, *case.get("written", [])]


def _check_digest(text: str) -> None:
    """Check the digest of a certificate, which is masked as it depends on the version."""
    from algebra.evidence import checker

    if '"digest"' in text:
        document = json.loads(text)
        assert document["digest"] == checker.digest(document)


@contextmanager
def _empty_folder() -> Iterator[Path]:
    """Work in an empty folder, and leave it and the environment as they were."""
    before, environment = Path.cwd(), dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(before)
            os.environ.clear()  # tables ask for one thread of BLAS through it
            os.environ.update(environment)


if __name__ == "__main__":
    different = [name for name in sys.argv[1:] if answer(name) != golden(name)]
    print("\n".join(different))
