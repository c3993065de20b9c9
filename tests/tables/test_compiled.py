"""Tables of every shape are typeset by LaTeX, where it is installed: no error, and no line beyond the page."""

import re
import shutil
import subprocess

import pytest

import rankcert as rc
from proofs_check.registry import family, family_modules

LATEX = shutil.which("pdflatex")
NEEDED = ("booktabs.sty", "longtable.sty", "rotating.sty", "pdflscape.sty", "array.sty")


def has_packages():
    """Tell whether LaTeX and the packages that tables ask for are there."""
    find = shutil.which("kpsewhich")
    if LATEX is None or find is None:
        return False
    return all(subprocess.run([find, name], capture_output=True, check=False).stdout for name in NEEDED)


TABLES = {
    "long": lambda: rc.table([rc.PolynomialNetwork((2, a, b, 1), degree=2) for a in range(1, 8) for b in range(1, 9)]),
    "wide": lambda: rc.table("critical-points", widths=[2, 2, 2], values=[2, 1]),
    "captioned": lambda: rc.table([rc.PolynomialNetwork((2, 3, 1), degree=2)], title="50% of $x_1$ & _more_ #1"),
}


@pytest.mark.skipif(not has_packages(), reason="no LaTeX")
@pytest.mark.parametrize("name", TABLES)
def test_tables_are_typeset(tmp_path, name):
    check_typeset(tmp_path, TABLES[name]())


@pytest.mark.slow
@pytest.mark.skipif(not has_packages(), reason="no LaTeX")
@pytest.mark.parametrize("name", family_modules())
def test_the_example_of_every_family_is_typeset(tmp_path, name):
    check_typeset(tmp_path, rc.table(name, jobs=1, **family(name).example))


def check_typeset(tmp_path, table):
    """Write a document of a table, and let LaTeX set it."""
    table.write(tmp_path / "table.tex")
    source = (tmp_path / "table.tex").read_text(encoding="utf-8")
    packages = ",".join(re.findall(r"\\usepackage\{([^}]*)\}", source))
    document = (
        rf"\documentclass{{article}}\usepackage[T1]{{fontenc}}\usepackage{{{packages}}}"
        r"\begin{document}\input{table.tex}\end{document}"
    )
    (tmp_path / "document.tex").write_text(document, encoding="utf-8")
    command = [LATEX, "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
    for _ in range(2):  # the widths of long tables are known in the second run
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
