"""Formulas of LaTeX as MathML, which browsers draw without a network."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup, escape

WITHIN_TEXT = re.compile(r"\\textit\{([^{}]*)\}")
"""Slanted words within a text, which MathML would need to take apart; they are put between quotation marks."""

ESCAPED = re.compile(r"(\\(?:texttt|text|mathrm)\{[^{}]*)\\_")


@cache
def mathml(latex: str) -> Markup:
    r"""Return a formula as MathML; as its source, if it cannot be read or `latex2mathml` is not installed.

    Parameters
    ----------
    latex : str
        Without dollars.

    Returns
    -------
    Markup
        HTML that is safe to put into a page.
    """
    try:
        from latex2mathml.converter import convert
    except ImportError:
        return Markup("<code>{}</code>").format(latex)

    plain = WITHIN_TEXT.sub(r"“\1”", latex)
    while ESCAPED.search(plain):
        plain = ESCAPED.sub(r"\1_", plain)
    try:
        made = convert(plain, display="block")
    except Exception:  # the converter has errors of its own for each way in which a formula is wrong
        return Markup("<code>{}</code>").format(latex)
    return Markup("{}").format(Markup(made.replace("<math ", f'<math aria-label="{escape(latex)}" ', 1)))
