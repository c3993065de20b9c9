"""Formulas of the site: all of them can be drawn, and a browser draws them without a network."""

import json
import re

import pytest

pytest.importorskip("sphinx")
pytest.importorskip("furo")

from docs.pages.formulas import replaced
from proofs_check.papers import select
from proofs_check.show.formulas import drawn
from tests.browser import DARK, LIGHT, NARROW, framed, needs_browser, run_in_browser, with_script
from tests.docs.documents import DOCUMENTS, ROOT, prose_of

ROOMS = ("algebra", "tensors", "proofs_check", "rankcert")


def formulas():
    """Return all formulas of documents, notebooks, docstrings and claims."""
    found = [claim.statement for claim in select()]
    for path in [*DOCUMENTS, *(ROOT / "notebooks").glob("*.ipynb")]:
        parts = re.split(r"\$\$", prose_of(path))
        found += parts[1::2]
        found += [formula for part in parts[::2] for formula in re.findall(r"\$([^$\n]+)\$", part)]
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            found += re.findall(r":math:`([^`]*)`", path.read_text(encoding="utf-8"))
    return sorted(set(found))


def test_every_formula_can_be_drawn():
    found = formulas()
    assert len(found) > 500
    alphabets = re.compile(r'mathvariant="(?!normal)')  # an attribute that browsers do not heed
    assert [latex for latex in found if alphabets.search(drawn(latex, "inline"))] == []


def test_letters_numbers_arrows_and_functions_are_what_tex_makes_of_them():
    assert "<mi>&#x0211D;</mi>" in drawn(r"\mathbb R")
    assert "<mn>𝟏𝟐</mn>" in drawn(r"\mathbf{12}")
    assert "<mo>&#x027F9;</mo>" in drawn(r"a \implies b")
    assert '<mo lspace="0" rspace="0.167em">dim</mo>' in drawn(r"\dim V")
    assert '<mo lspace="0.167em" rspace="0">min</mo>' in drawn(r"2 \min(a, b)")
    assert drawn(r"\begin{aligned} a &= b \\ &\;\vdots \end{aligned}").count("text-align: right") == 2


@pytest.mark.parametrize("wrong", [r"\unheard x", r"\frac{1}", r"{a", "a & b", r"\left( a"])
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError, match="cannot be drawn"):
        drawn(wrong)


def test_a_display_with_a_wrong_formula_is_refused():
    assert replaced("<td>5 $ and 6 $</td>") == "<td>5 $ and 6 $</td>"
    with pytest.raises(ValueError, match="unheard"):
        replaced(r"<td>$\unheard$</td>")


PAGE = r"""# A page

In a line: $\dim V = \binom{n}{2}$.

$$\sum_{i=1}^n i = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 + 15 + 16 + \dots + n = \frac{n(n+1)}{2}$$
"""
CONF = """
import sys
sys.path.insert(0, ROOT)
extensions = ["myst_parser", "docs.pages.formulas"]
myst_enable_extensions = ["dollarmath"]
html_math_renderer = "mathml"
html_theme = "furo"
html_static_path = [ROOT + "/docs/_static"]
html_css_files = ["site.css"]
"""


def build(folder, page):
    """Build a site of one page as the real one is built; return where it is, and the warnings."""
    from io import StringIO

    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    source, out = folder / "source", folder / "out"
    source.mkdir()
    (source / "conf.py").write_text(f"ROOT = {str(ROOT)!r}\n{CONF}", encoding="utf-8")
    (source / "index.md").write_text(page, encoding="utf-8")
    warnings = StringIO()
    with patch_docutils(str(source)), docutils_namespace():
        Sphinx(source, source, out, folder / "trees", "html", status=None, warning=warnings).build()
    return out, warnings.getvalue()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out, warnings = build(tmp_path_factory.mktemp("site"), PAGE)
    assert warnings == ""
    return out


def test_the_site_needs_no_network_for_formulas(site):
    text = (site / "index.html").read_text(encoding="utf-8")
    assert text.count("<math ") == 2
    assert re.findall(r'(?:src|rel="stylesheet" href)="(?:https?:)?//', text) == []
    assert "MathJax" not in text


def test_a_wrong_formula_is_a_warning_of_the_build(tmp_path):
    _, warnings = build(tmp_path, "# A page\n\nIt is $\\unheard x$.\n")
    assert re.search(r"index\.md.*WARNING: the formula \\unheard x cannot be drawn: it has \\unheard", warnings)


@needs_browser
@pytest.mark.parametrize("scheme", [DARK, LIGHT])
def test_formulas_are_drawn_in_the_colour_of_the_text(site, tmp_path, scheme):
    """A formula that is drawn has a height of its own: a binomial is higher than the letters beside it."""
    script = """
      const [short, long] = document.querySelectorAll("math");
      const high = each => each.getBoundingClientRect().height / parseFloat(getComputedStyle(each).fontSize);
      const colour = each => getComputedStyle(each).color;
      document.title = JSON.stringify([high(short), high(long), colour(short), colour(document.querySelector("p"))]);
    """
    text = with_script((site / "index.html").read_text(encoding="utf-8"), script)
    shown = run_in_browser(site, text, scheme)
    short, long, colour, around = json.loads(re.search(r"<title>(.*?)</title>", shown)[1].replace("&quot;", '"'))
    assert short > 1.2
    assert long > 1.8
    assert colour == around


@needs_browser
@pytest.mark.parametrize("width", [NARROW, 1200])
def test_a_long_formula_scrolls_and_the_page_does_not(site, width):
    text = (site / "index.html").read_text(encoding="utf-8")
    shown = run_in_browser(site, framed(text, width), "--virtual-time-budget=5000")
    assert int(re.search(r"<title>width (\d+)</title>", shown)[1]) <= width
