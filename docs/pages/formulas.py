r"""Formulas of the site as MathML, which browsers draw by themselves: no page needs a network or a script for them.

This is an extension of Sphinx. Its renderer takes the place of MathJax for formulas of documents, docstrings and
claims; formulas between dollars in what a notebook shows as HTML, which Jupyter typesets, are replaced as well. A
formula that cannot be drawn is a warning, and a warning is an error of the build.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging

from proofs_check.show.formulas import drawn

NAME = "mathml"

# A formula in HTML: between dollars, with a command of LaTeX in it; a price has none, and no tag is within.
SHOWN = re.compile(r"\$([^$<>]*\\[^$<>]*)\$")

logger = logging.getLogger(__name__)


def inline(translator: Any, node: nodes.math) -> None:
    """Write a formula of a line."""
    attributes = translator.starttag(node, "span", "", CLASS="math notranslate nohighlight")
    translator.body.append(f"{attributes}{_drawn(node.astext(), 'inline', node)}</span>")
    raise nodes.SkipNode


def block(translator: Any, node: nodes.math_block) -> None:
    """Write a formula that stands by itself; it scrolls where it is wider than the page."""
    if node["number"]:
        raise ExtensionError(f"equation {node['number']} has a number, which no formula of the site has")
    attributes = translator.starttag(node, "div", "", CLASS="math notranslate nohighlight")
    translator.body.append(f"{attributes}{_drawn(node.astext(), 'block', node)}</div>\n")
    raise nodes.SkipNode


def _drawn(latex: str, display: str, node: nodes.Node) -> str:
    try:
        return drawn(latex.strip(), display)
    except ValueError as error:
        logger.warning("%s", error, location=node)
        return ""


def replaced(html: str) -> str:
    r"""Replace the formulas between dollars in HTML.

    Examples
    --------
    >>> made = replaced(r"<td>$\begin{pmatrix} 1 &amp; 0 \end{pmatrix}$</td><td>5 $ or 6 $</td>")
    >>> made[:9], made.count("<mtd"), made[-26:]
    ('<td><math', 2, 'h></td><td>5 $ or 6 $</td>')
    """
    return SHOWN.sub(lambda found: drawn(unescape(found[1]).strip(), "inline"), html)


def replace_shown(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the formulas in what notebooks have shown as HTML."""
    for node in list(doctree.findall(nodes.raw)):
        if node.get("format") == "html" and "text_html" in node.get("classes", ()):
            try:
                node.children = [nodes.Text(replaced(node.astext()))]
            except ValueError as error:
                logger.warning("%s", error, location=(docname, node.line))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer; `html_math_renderer` in `conf.py` chooses it."""
    app.add_html_math_renderer(NAME, inline_renderers=(inline, None), block_renderers=(block, None))
    app.connect("doctree-resolved", replace_shown)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
