"""What modules of the registry define, what the library may not import, and what the first answer does not wait for."""

import subprocess
import sys
from importlib import import_module

import pytest

from proofs_check.registry import family_modules, question_modules
from tests.house.imports import edges, names_imported

ABOVE = ("proofs_check.cli", "rankcert.__main__")  # what the command is made of
NEVER = {"typer", "joblib"}
HEAVY = {"pydantic", "pandas", "sympy", "networkx"}
CODE = """
import atexit, sys
from proofs_check.cli import main
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
main()
"""


def test_the_library_does_not_import_the_command_line():
    inner = [(name, other) for name, other in edges() if other.startswith("proofs_check.cli")]
    assert [(name, other) for name, other in sorted(inner) if not name.startswith(ABOVE)] == []


def test_nothing_imports_what_was_left_behind():
    for name, found in names_imported().items():
        assert not {each.partition(".")[0] for each in found} & NEVER, name


@pytest.mark.parametrize(("attribute", "modules"), [("QUESTION", question_modules()), ("FAMILY", family_modules())])
def test_modules_define_what_they_are_named_after(attribute, modules):
    assert modules
    for name, module in modules.items():
        assert getattr(import_module(module), attribute).name == name
        assert module.rpartition(".")[2] == name.replace(" ", "_").replace("-", "_")


@pytest.mark.parametrize(
    ("words", "without"),
    [
        (["--help"], {*HEAVY, "numpy", "scipy"}),
        (["--version"], {*HEAVY, "numpy", "scipy"}),
        (["table", "--help"], {*HEAVY, "scipy"}),
        (["table", "head-size", "--help"], HEAVY),
        (["dimension", "2", "3", "2", "1", "--degree", "2"], HEAVY),
    ],
)
def test_the_first_answer_waits_for_nothing_heavy(words, without):
    done = subprocess.run([sys.executable, "-c", CODE, *words], capture_output=True, text=True, check=True)
    assert not without & {name.split(".")[0] for name in done.stderr.split()}
