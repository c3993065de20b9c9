"""The house: imports point one way, public functions are documented, the README tells the truth."""

import ast
import doctest
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import algebra
from proofs_check.papers import papers, select
from tests.claims.outcomes import read
from tests.house.imports import names_imported

ROOT = Path(__file__).parent.parent
ORDER = ["algebra", "tensors", "proofs_check", "rankcert"]
SOURCES = [path for room in ORDER for path in sorted((ROOT / room).rglob("*.py"))]


def test_imports_point_one_way():
    assert len(names_imported()) == len(SOURCES)
    for module, names in names_imported().items():
        rank = ORDER.index(module.partition(".")[0])
        against = [name for name in names if name.partition(".")[0] in ORDER[rank + 1 :]]
        assert not against, f"{module} imports {against}"


def test_public_functions_are_documented():
    missing = []
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node) and not (_has_statement(node) or _is_overload(node)):
                missing.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert not missing


def _is_overload(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether it is a signature only, of the function that follows."""
    return any(isinstance(name, ast.Name) and name.id == "overload" for name in node.decorator_list)


def _has_statement(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether it decides a claim: the statement above it says what it does, and a docstring is the claim's note."""
    calls = [decorator.func for decorator in node.decorator_list if isinstance(decorator, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr == "states" for call in calls)


def test_no_path_of_a_machine_is_named():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    for name in tracked or [str(path.relative_to(ROOT)) for path in SOURCES]:
        path = ROOT / name
        if path == Path(__file__) or not path.exists():  # a file may be removed before git knows
            continue
        if path.suffix in {".py", ".md", ".toml", ".cff", ".ipynb", ".csv"}:
            text = path.read_text()
            assert "/work/" not in text, name
            assert "../shared" not in text, name


def test_the_readme_is_true():
    failed, attempted = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert attempted > 4
    assert failed == 0
    readme = (ROOT / "README.md").read_text()
    for link in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (ROOT / link).exists(), link
    assert re.search(r"<!-- tests -->\n```sh\n.*pytest.*\n```\n<!-- end -->", readme)


def test_papers_are_counted_right():
    texts = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    counts = [int(n) for path in texts for n in re.findall(r"(\d+)\s+papers", path.read_text())]
    assert counts == [len(papers())]


def test_every_claim_has_its_outcome_written_down():
    claims, outcomes = select(), list(read())
    missing = sorted({claim.paper for claim in claims if claim.id not in outcomes})
    write = "python -m tests.claims.outcomes"
    assert not missing, f"look at what comes out, then write it down: {write} {' '.join(missing)}"
    assert outcomes == [claim.id for claim in claims], f"claims were renamed or moved: {write} writes all of them"


def test_contributing_shows_the_code_as_it_is():
    """Its example runs, and every line that it quotes stands in the file that it names, in that order."""
    failed, attempted = doctest.testfile(str(ROOT / "CONTRIBUTING.md"), module_relative=False)
    assert attempted > 3
    assert failed == 0
    text = (ROOT / "CONTRIBUTING.md").read_text()
    quotes = re.findall(r"```python\n# (\S+)\n(.*?)```", text, re.DOTALL)
    assert len(quotes) == 6
    for name, quoted in quotes:
        lines = iter((ROOT / name).read_text().splitlines())
        missing = [line for line in quoted.splitlines() if line and line not in lines]
        assert not missing, name


def test_the_readmes_table_is_what_the_command_prints():
    readme = (ROOT / "README.md").read_text()
    command = re.search(r"\.venv/bin/rankcert (table .*)\n", readme).group(1).split()
    run = [sys.executable, "-c", "from proofs_check.cli import main; main()", *command]
    out = subprocess.run(run, capture_output=True, text=True, check=True, env={"COLUMNS": "120", "PATH": ""}).stdout
    printed = [line.rstrip() for line in out.splitlines() if line.startswith(("│", "8 rows"))]
    shown = [line.rstrip() for line in readme.splitlines() if line.startswith(("│", "8 rows"))]
    assert printed == shown


def test_the_version_comes_from_one_place():
    assert f"version: {algebra.__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"## {algebra.__version__}\n" in (ROOT / "CHANGELOG.md").read_text()
    from importlib.metadata import version

    assert version("rankcert") == algebra.__version__


def test_importing_the_packages_is_light():
    code = "import algebra, json, sys; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    heavy = {"sympy", "pandas", "tensorly", "networkx", "scipy", "pyarrow", "rich", "typer", "joblib", "loky"}
    assert not heavy & set(json.loads(out))


@pytest.mark.parametrize("room", ORDER)
def test_packages_are_typed(room):
    assert (ROOT / room / "py.typed").exists()
