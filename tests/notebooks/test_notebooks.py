"""The notebooks as they lie in git; nbmake executes them (`testpaths` in pyproject.toml)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HIDDEN = {".ipynb_checkpoints", ".venv", "build", "dist"}
NOTEBOOKS = [path for path in sorted(ROOT.rglob("*.ipynb")) if not HIDDEN & set(path.relative_to(ROOT).parts)]


def test_there_are_notebooks():
    assert ROOT / "notebooks" / "01_dimensions_of_polynomial_networks.ipynb" in NOTEBOOKS


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


def test_the_picture_of_the_readme_is_drawn_anew(tmp_path):
    target = tmp_path / "filling.png"
    subprocess.run([sys.executable, ROOT / "docs" / "img" / "make_filling.py", target], check=True, cwd=tmp_path)
    for path in (target, ROOT / "docs" / "img" / "filling.png"):
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size < 100_000


# What the prose of the first notebook rests on, in the order in which it appears. If the library proves more some day,
# the text (section 6 above all) has to say so too.
FIRST_NOTEBOOK = (
    "65 (proved)",
    "≥ 65 jacobian-minor · ≤ 65 ambient · seed 0",
    "65 <= dim: rank of the evaluated Jacobian modulo",
    "65 >= dim(2, 3, 4, 5, 4, 6, 4, 1; 2, 2, 2, 2, 2, 2): ambient",
    "exit status 0",
    "refused: the digest does not fit",
    "refused: the minor of the lower bound vanishes",
    "[(6, 8), (7, 6)]",
    "(None, 5) · (3, 10, 5, 1) has dimension 50 (proved)",
    "(5, None) · (3, 5, 55, 1) has dimension 45 (proved)",
    "(6, 7) · (3, 6, 7, 1) has dimension 54 (proved)",
    "exit status 0 · valid: the minimal filling architectures mfa:3-1:h3:r3 are exactly the 2 listed",
    "the table agrees with the list: True",
    "the minimal filling architectures mfa:2-1:h7:r2 are exactly the 13 listed",
    "(True, [False, False, False, False, False, False])",
    "7 rows: 7 proved",
    "60 >= dim(2, 3, 3, 5, 4, 6, 4, 1; 2, 2, 2, 2, 2, 2): cut (layer 2)",
    "  9 >= dim(2, 3, 3; 2): ambient",
    "  54 >= dim(3, 5, 4, 6, 4, 1; 2, 2, 2, 2): cut (layer 2)",
    "    34 >= dim(4, 6, 4, 1; 2, 2): quadratic-output",
    "      40 >= dim(4, 6, 4; 2): ambient",
    "7 lists, all complete: True",
    "[(2, 4, 7, 6, 16, 2)]",
    "[(2, 6, 5, 38, 1)]",
    *(f"<td>{expected}</td>\n      <td>217</td>\n      <td>no</td>" for expected in (215, 178, 216)),
    "4 rows: 4 proved",
    "exit status 0 · valid: the dimension of pnn:2-6-5-38-1:r6 is 217",
    "14 (proved) by alexander-hirschowitz; expected 15",
    "1 symmetry beyond the scalings, of degree 9 in 6 symbols",
    "(True, False)",
    "\nTrue\n",
    "38 (proved) by symmetry; expected 39",
    "1 symmetry beyond the scalings, of degree 4 in 7 symbols",
    "\nTrue\n",
    "exit status 0",
    "refused: symmetry: a field moves the function",
    "375 rows: 375 proved",
    "14 of 375 rows, all 375 proved",
    r"\toprule",
    "11 (probable",
    "between 11 and 14 is proved",
    "(14, None)",
)


def _shown(path):
    """Everything that the executed notebook shows, as text."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = []
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        if output["output_type"] == "stream":  # a line may come in several pieces
            shown.append(output["text"])
        data = output.get("data", {})
        shown += [f"\n{data[kind]}\n" for kind in ("text/plain", "text/html") if kind in data]
    return "".join(shown)


def test_the_first_notebook_shows_what_its_prose_says():
    shown = _shown(ROOT / "notebooks" / "01_dimensions_of_polynomial_networks.ipynb")
    place = 0
    for expected in FIRST_NOTEBOOK:
        place = shown.find(expected, place)
        assert place >= 0, expected
        place += len(expected) - 1
