"""The notebooks as they lie in git; what they show when they are executed is in the tests beside this one."""

import json
import re
import subprocess
import sys

import pytest

from tests.notebooks.prose import ROOT

HIDDEN = {".ipynb_checkpoints", ".venv", "build", "dist", "generated"}
NOTEBOOKS = [path for path in sorted(ROOT.rglob("*.ipynb")) if not HIDDEN & set(path.relative_to(ROOT).parts)]


def test_there_are_notebooks():
    assert ROOT / "notebooks" / "01_dimensions_of_polynomial_networks.ipynb" in NOTEBOOKS


def test_every_notebook_is_executed_with_its_prose(request):
    tests = "".join(path.read_text(encoding="utf-8") for path in request.path.parent.glob("test_*_notebook.py"))
    assert [path.name for path in NOTEBOOKS if f'"{path.name}"' not in tests] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_has_no_outputs(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["nbformat"] == 4
    for cell in document["cells"]:
        assert not cell.get("outputs"), cell["id"]
        assert cell.get("execution_count") is None, cell["id"]
        assert not cell.get("attachments"), cell["id"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_says_nothing_of_the_machine_that_wrote_it(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["metadata"]["kernelspec"]["name"] == "python3"
    assert not set(document["metadata"]) - {"kernelspec", "language_info"}
    assert all(not cell["metadata"] for cell in document["cells"])
    identifiers = [cell["id"] for cell in document["cells"]]
    assert len(set(identifiers)) == len(identifiers)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_code_of_a_notebook_fits_on_the_page(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    lines = [line for cell in code for line in "".join(cell["source"]).splitlines()]
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_needs_one_name_and_builds_no_table_by_hand(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    code = "\n".join("".join(cell["source"]) for cell in document["cells"] if cell["cell_type"] == "code")
    assert code.count("import rankcert as rc") == 1
    assert not re.findall(r"(?:from|import) (?:algebra|tensors|proofs_check|rankcert\.|pandas).*", code)


def test_the_picture_of_the_readme_is_drawn_anew(tmp_path):
    target = tmp_path / "filling.png"
    subprocess.run([sys.executable, ROOT / "docs" / "img" / "make_filling.py", target], check=True, cwd=tmp_path)
    for path in (target, ROOT / "docs" / "img" / "filling.png"):
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size < 100_000
